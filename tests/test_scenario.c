/* The grammar of SCENARIO, what is refused and where; events, rows, notes, repeat, include. */
#include "tests/script.h"

#include "src/grammar.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static struct script c;

static void teardown(void) { script_free(&c); }

static const struct event *event(uint32_t nr) { return scenario_event(c.s, nr); }

static const char *event_text(uint32_t nr)
{
	static char text[256];

	scenario_event_text(c.s, nr, text, sizeof(text));
	return text;
}

/* ---- values and options ---- */

START_TEST(mmap_takes_its_options_in_any_order)
{
	script_read(&c, "spawn sh\nmmap sh buf 1.5M shared noreserve at=0x40000000 prot=rx fixed "
			"locked growsdown "
			"populate file=data64k@8K\n");
	ck_assert_ptr_nonnull(c.s);
	ck_assert_uint_eq(scenario_nr_events(c.s), 2);
	const struct event *e = event(2);
	const struct event_extra *x = scenario_extra(c.s, e);
	ck_assert_uint_eq(e->kind, EV_MMAP);
	ck_assert_uint_eq(e->size, 1572864);
	ck_assert_uint_eq(e->prot, VM_READ | VM_EXEC);
	ck_assert_uint_eq(e->options, OPT_HAS_SIZE | OPT_SHARED | OPT_NORESERVE | OPT_HAS_AT |
					      OPT_FIXED | OPT_LOCKED | OPT_GROWSDOWN |
					      OPT_POPULATE);
	ck_assert_uint_eq((uint64_t)x->at.offset, 0x40000000);
	ck_assert_uint_eq(x->offset, 8192);
	ck_assert_str_eq(scenario_file(c.s, x->file - 1)->name, "data64k");
	ck_assert_uint_eq(scenario_file(c.s, x->file - 1)->bytes, 65536);
	ck_assert(!scenario_file(c.s, x->file - 1)->executable);
	ck_assert_str_eq(symbol_name(c.s, e->name), "buf");
}
END_TEST

START_TEST(mmap_is_private_and_rw_by_default)
{
	script_read(&c, "spawn sh\nmmap sh buf 4K\nmmap sh none 4K prot=none private\n");
	ck_assert_uint_eq(event(2)->prot, VM_READ | VM_WRITE);
	ck_assert_uint_eq(event(2)->options, OPT_HAS_SIZE);
	ck_assert_uint_eq(event(3)->prot, 0);
}
END_TEST

START_TEST(addresses_are_numbers_regions_places_and_symbols_with_offsets)
{
	script_read(&c, "spawn sh\nmmap sh my-buf 64K\nread sh 0x08049000\nread sh my-buf\nread sh "
			"my-buf+8K\n"
			"read sh stack-1M\nread sh code+1p\nread sh heap 2p\nread sh "
			"my-buf-4K\nread sh bss\nread sh data\n");
	ck_assert_ptr_nonnull(c.s);
	ck_assert_uint_eq(event(3)->addr.base, ADDR_NUMBER);
	ck_assert_int_eq(event(3)->addr.offset, 0x08049000);
	ck_assert_uint_eq(event(4)->addr.base, ADDR_REGION);
	ck_assert_str_eq(symbol_name(c.s, event(4)->addr.symbol), "my-buf");
	ck_assert_int_eq(event(5)->addr.offset, 8192);
	ck_assert_uint_eq(event(6)->addr.base, ADDR_STACK);
	ck_assert_int_eq(event(6)->addr.offset, -1048576);
	ck_assert_uint_eq(event(7)->addr.base, ADDR_CODE);
	ck_assert_uint_eq(event(8)->addr.base, ADDR_HEAP);
	ck_assert_uint_eq(event(8)->size, 8192);
	ck_assert_int_eq(event(9)->addr.offset, -4096);
	ck_assert_uint_eq(event(10)->addr.base, ADDR_BSS);
	ck_assert_uint_eq(event(11)->addr.base, ADDR_DATA);
}
END_TEST

START_TEST(a_size_may_be_left_out_before_advice_and_options)
{
	script_read(&c,
		    "spawn sh\nmmap sh b 8K\nmadvise sh b dontneed\nmadvise sh b 4K willneed\n"
		    "mprotect sh b prot=r\nmprotect sh b 4K prot=none\nwrite sh b value=\"a b\"\n");
	ck_assert_ptr_nonnull(c.s);
	ck_assert_uint_eq(event(3)->other, ADV_DONTNEED);
	ck_assert(!(event(3)->options & OPT_HAS_SIZE));
	ck_assert_uint_eq(event(4)->other, ADV_WILLNEED);
	ck_assert_uint_eq(event(4)->size, 4096);
	ck_assert_uint_eq(event(5)->prot, VM_READ);
	ck_assert_uint_eq(event(6)->prot, 0);
	ck_assert_int_eq(memcmp(scenario_extra(c.s, event(7))->value, "a b\0\0\0\0\0", TAG_LEN), 0);
}
END_TEST

START_TEST(brk_goes_up_down_and_to_an_address)
{
	script_read(&c, "spawn sh\nbrk sh +16K\nbrk sh -8K\nbrk sh 0x08060000\nbrk sh heap+4K\n");
	ck_assert_ptr_nonnull(c.s);
	ck_assert(event(2)->options & OPT_BRK_PLUS);
	ck_assert_uint_eq(event(2)->size, 16384);
	ck_assert(event(3)->options & OPT_BRK_MINUS);
	ck_assert_uint_eq(event(4)->addr.base, ADDR_NUMBER);
	ck_assert_uint_eq(event(5)->addr.base, ADDR_HEAP);
}
END_TEST

START_TEST(an_elf_file_given_as_contents_is_opened_for_reading_only)
{
	script_read(&c, "spawn sh\nmmap sh f 4K file=subject\nspawn p subject\n");
	ck_assert_ptr_nonnull(c.s);
	ck_assert(scenario_file(c.s, 0)->executable);
	ck_assert_ptr_nonnull(scenario_file(c.s, 0)->program);
	ck_assert_ptr_null(scenario_file(c.s, 1));
}
END_TEST

START_TEST(every_event_of_the_language_is_known)
{
	ck_assert_uint_eq(NR_EVENT_KINDS, 50);
	for (unsigned k = 0; k < NR_EVENT_KINDS; k++) {
		ck_assert(strlen(event_help(k)->word) > 0);
		ck_assert(strlen(event_help(k)->meaning) > 0);
	}
	assert_good("machine i386 cpus=2\ncpu 1\nalloc_pages a 3 gfp=highuser node=0\nkmalloc k "
		    "100 gfp=atomic\n"
		    "cache_create box 100 align=64 hwcache ctor poison\ncache_alloc box "
		    "o\ncache_free o\n"
		    "cache_shrink box\ncache_destroy box\nkfree k\nfree_pages a\n"
		    "contend 1 0 on=DMA rounds=2 polls=3\ncontend 0 1 on=size-64\nlock clh\n");
}
END_TEST

/* ---- what is wrong ---- */

START_TEST(an_unknown_word_is_told_with_the_nearest)
{
	assert_mistake("frok sh kid", "1:1+4 unknown statement \"frok\"; did you mean \"fork\"?");
	assert_mistake("xyzzy", "1:1+5 unknown statement \"xyzzy\"");
	assert_mistake("spawn sh\nspawn kid\nwrite kdi data",
		       "3:7+3 unknown process \"kdi\"; did you mean \"kid\"?");
	assert_mistake("spawn sh\nmmap sh buf 4K\nwrite sh bfu+4K",
		       "3:10+3 unknown region \"bfu\"; did you mean \"buf\"?");
	assert_mistake("spawn sh\nmmap sh buf 4K shraed",
		       "2:16+6 unknown option \"shraed\"; did you mean \"shared\"?");
	assert_mistake("spawn sh\nmadvise sh data dontned",
		       "2:17+7 unknown advice \"dontned\"; did you mean \"dontneed\"?");
	assert_mistake("spawn sh\nread sh datta+4K",
		       "2:9+5 unknown region \"datta\"; did you mean \"data\"?");
	assert_mistake("spawn sh\nfree sh datta", "2:9+5 unknown region \"datta\"");
	assert_mistake("SPAWN sh", "1:1+5 unknown statement \"SPAWN\"; did you mean \"spawn\"?");
	assert_mistake("focus proces sh",
		       "1:7+6 unknown panel \"proces\"; did you mean \"process\"?");
	assert_mistake("say.fr hello", "1:5+2 unknown language \"fr\"; known are en, zh");
	assert_mistake("quiz.fr q answer=a", "1:6+2 unknown language \"fr\"; known are en, zh");
	assert_mistake("machine i386-6.2",
		       "1:9+8 unknown profile \"i386-6.2\"; did you mean \"i386-6.1\"?");
}
END_TEST

START_TEST(an_item_of_focus_that_does_not_exist_is_told)
{
	assert_mistake("spawn sh\nfocus process hs\nread sh data",
		       "2:15+2 unknown process \"hs\"; did you mean \"sh\"?");
	assert_mistake("focus zones Normla\nspawn sh",
		       "1:13+6 unknown zone \"Normla\"; did you mean \"Normal\"?");
	assert_mistake("machine i386 nodes=2\nfocus zones Normal@2\nspawn sh",
		       "2:13+8 2 is out of range: a node of this machine is 0 to 1");
	assert_mistake("cache_create box 300\nfocus slab bxo\nspawn sh",
		       "2:12+3 unknown cache \"bxo\"; did you mean \"box\"?");
	assert_mistake("focus locks Norml\nspawn sh",
		       "1:13+5 unknown zone or cache \"Norml\"; did you mean \"Normal\"?");
	assert_mistake("focus locks mm_strct\nspawn sh",
		       "1:13+8 unknown cache \"mm_strct\"; did you mean \"mm_struct\"?");
	assert_mistake("focus space vmaloc\nspawn sh",
		       "1:13+6 unknown range \"vmaloc\"; did you mean \"vmalloc\"?");
	assert_mistake("focus why \"a b\"\nspawn sh",
		       "1:11+5 the why panel is brought up as a whole: focus why");
	assert_mistake("spawn sh\nfocus process hs",
		       "2:15+2 unknown process \"hs\"; did you mean \"sh\"?");
}
END_TEST

START_TEST(the_event_behind_a_focus_may_make_its_item)
{
	assert_good("focus process sh\nspawn sh\nfocus walk kid\nfork sh kid\n"
		    "focus slab box\ncache_create box 300\nfocus locks box\nread sh data\n"
		    "focus slab mm_str\nfocus zones highmem\nfocus memory Normal@0\n"
		    "focus space buf\nmmap sh buf 4K\nfocus space unlike-any-other-name\n"
		    "focus space 0804\nread sh data\n");
	/* one mistake, not two */
	assert_mistake("focus slab box\ncache_create box",
		       "2:17+1 SIZE is missing: cache_create NEWCACHE SIZE [align=BYTES] [hwcache] "
		       "[ctor] [poison] [redzone]");
}
END_TEST

START_TEST(a_missing_argument_shows_the_form)
{
	assert_mistake("spawn sh\nmunmap sh", "2:10+1 ADDR is missing: munmap PROC ADDR [SIZE]");
	assert_mistake("spawn sh\nmprotect sh data",
		       "2:17+1 prot= is missing: mprotect PROC ADDR [SIZE] prot=PROT");
	assert_mistake("free_pages", "1:11+1 NAME is missing: free_pages NAME");
	assert_mistake("spawn sh\nfork sh", "2:8+1 CHILD is missing: fork PARENT CHILD");
	assert_mistake("spawn sh\nexit sh now", "2:9+3 unexpected \"now\": exit PROC");
}
END_TEST

START_TEST(names_are_known_from_where_they_are_given)
{
	assert_mistake("write sh data\nspawn sh", "1:7+2 unknown process \"sh\"");
	assert_mistake("spawn sh\nwrite sh buf\nmmap sh buf 4K", "2:10+3 unknown region \"buf\"");
	assert_mistake("free_pages a", "1:12+1 unknown name \"a\"");
	assert_mistake("kmalloc a 10\nfree_pages a",
		       "2:12+1 \"a\" was given by kmalloc; free_pages takes what alloc_pages gave");
	assert_mistake("spawn a\nspawn b\nmmap a buf 4K\nfree b buf",
		       "4:8+3 unknown region \"buf\"");
}
END_TEST

START_TEST(a_child_knows_what_its_parent_knew_at_the_fork)
{
	assert_good(
		"spawn sh\nmmap sh a 4K\nfork sh kid\nfork kid baby\nread kid a\nread baby a\n");
	assert_mistake("spawn sh\nfork sh kid\nmmap sh a 4K\nread kid a",
		       "4:10+1 unknown region \"a\"");
	assert_mistake("spawn sh\nfork sh kid\nmmap kid a 4K\nread sh a",
		       "4:9+1 unknown region \"a\"");
	assert_mistake("spawn sh\nfork sh kid\nfork kid b1\nmmap kid a 4K\nfork kid b2\nread b2 "
		       "a\nread b1 a",
		       "7:9+1 unknown region \"a\"");
}
END_TEST

START_TEST(a_process_name_is_free_again_after_exit)
{
	assert_mistake("spawn sh\nspawn sh", "2:7+2 there is a process \"sh\" already");
	assert_mistake("spawn sh\nfork sh sh", "2:9+2 there is a process \"sh\" already");
	assert_good("spawn sh\nfork sh kid\nexit kid\nfork sh kid\nread kid data");
}
END_TEST

START_TEST(one_mistake_does_not_make_ten)
{
	assert_mistake("spawn sh\nfork sh kid now\nwrite kid data\nmmap kid b 4K\nread kid b\nfork "
		       "kid baby\nread baby x",
		       "2:13+3 unexpected \"now\": fork PARENT CHILD");
	assert_mistake("write kid a\nwrite kid b\nexit kid", "1:7+3 unknown process \"kid\"");
	assert_mistake("spawn sh\nmmap sh buf 4Q\nread sh buf\nmunmap sh buf",
		       "2:13+2 \"4Q\" is not a size such as 4096, 0x1000, 64K, 1.5M or 3p (pages)");
}
END_TEST

START_TEST(values_out_of_range_name_the_range)
{
	assert_mistake("machine i386 ram=7M", "1:14+6 ram=7M is out of range: 8M to 4G");
	assert_mistake("machine i386 cpus=0", "1:14+6 0 is out of range: cpus is 1 to 8");
	assert_mistake("machine i386-pae nx=yes",
		       "1:18+6 unknown setting of nx \"yes\"; known are off, on");
	assert_mistake("machine i386-6.1 nx=on",
		       "1:18+5 entries of two-level page tables have no NX: nx=on wants a profile "
		       "with PAE");
	assert_mistake("machine i386 overcommit=3",
		       "1:14+12 3 is out of range: overcommit is 0 to 2");
	assert_mistake("alloc_pages a 11", "1:15+2 11 is out of range: an order is 0 to 10");
	assert_mistake("cpu 1", "1:5+1 1 is out of range: a CPU of this machine is 0 to 0");
	assert_mistake("cache_create c 200K", "1:16+4 \"200K\" is too large: at most 128K");
	assert_mistake("machine i386-6.1\ncache_create c 5M",
		       "2:16+2 \"5M\" is too large: at most 4M");
	assert_mistake("spawn sh\nwrite sh data value=123456789",
		       "2:15+15 value= takes 1 to 8 bytes of UTF-8, not 9");
	assert_mistake("spawn sh\nmmap sh b 5G", "2:11+2 \"5G\" is too large: at most 4G");
	assert_mistake("cache_create c 100 align=48", "1:20+8 align=48 is no power of two");
}
END_TEST

START_TEST(nothing_is_given_twice)
{
	assert_mistake("spawn sh\nmmap sh b 4K prot=r prot=w", "2:21+6 prot is given twice");
	assert_mistake("spawn sh\nmmap sh b 4K private shared",
		       "2:22+6 private and shared exclude each other");
	assert_mistake("machine i386 ram=8M ram=9M", "1:21+6 ram is given twice");
	assert_mistake("machine i386\nmachine i386", "2:1+7 machine is given twice");
	assert_mistake("title a\ntitle b", "2:1+5 title is given twice");
	assert_mistake("title.zh a\ntitle b\ntitle.zh c", "3:1+8 title is given twice");
	assert_mistake("title.zz a", "1:7+2 unknown language \"zz\"; did you mean \"zh\"?");
	assert_mistake("spawn sh\nlabel a\nread sh data\nlabel a",
		       "4:7+1 there is a label \"a\" already");
	assert_mistake("cache_create c 10\ncache_create c 20",
		       "2:14+1 there is a cache \"c\" already");
}
END_TEST

START_TEST(the_header_comes_first)
{
	assert_mistake("spawn sh\nmachine i386", "2:1+7 machine belongs before the first event");
	assert_mistake("spawn sh\ntitle \"x\"", "2:1+5 title belongs before the first event");
	assert_good("say \"hello\"\nlabel start\ntitle \"x\"\nmachine i386\nspawn sh");
}
END_TEST

START_TEST(what_is_not_modelled_is_refused_by_name_after_it_was_checked)
{
	static const char *const events[] = {
		"kswapd", "kswapd node=0", "swapoff", "swapon 64M", "drop_caches", "sync",
	};
	char expected[128], *word;

	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		word = strndup(events[i], strcspn(events[i], " "));
		snprintf(expected, sizeof(expected), "1:1+%zu %s is not modelled yet\n",
			 strlen(word), word);
		ck_assert_str_eq(script_mistakes(events[i]), expected);
		free(word);
	}
	assert_mistake("vmalloc v", "1:10+1 SIZE is missing: vmalloc NEWNAME SIZE");
	assert_mistake("kmap a", "1:6+1 unknown name \"a\"");
	assert_mistake("machine i386 ram=5G", "1:14+6 ram is out of range: 8M to 4G with i386");
	assert_mistake("machine x86-64 ram=65G", "1:16+7 ram=65G is out of range: 8M to 64G");
	assert_mistake("machine armv7", "1:9+5 unknown profile \"armv7\"; did you mean \"arm\"?");
	assert_mistake("machine i386 nodes=2 memory=flat",
		       "1:22+11 memory=flat is for one node: with several, mem_map is cut into "
		       "sections");
	assert_mistake("machine i386 nodes=4 ram=128M",
		       "1:14+7 nodes=4 wants more RAM: each node has at least one section of 64M");
	assert_mistake("machine i386 hole=64M+1M",
		       "1:14+11 a hole cannot begin below 128M: there the kernel itself lies");
	assert_mistake("machine i386 nodes=2\nalloc_pages a 0 node=2",
		       "2:17+6 2 is out of range: a node of this machine is 0 to 1");
	assert_good(
		"machine i386 nodes=2\nalloc_pages a 0 node=1 thisnode\nexpect free Normal@1 > 0");
	assert_mistake("machine i386 swap=1G", "1:14+7 swap=1G is not modelled yet");
	assert_good("machine i386 nodes=1 swap=0");
}
END_TEST

START_TEST(files_that_are_not_there_or_no_programs_are_told)
{
	assert_mistake("spawn sh nofile", "1:10+6 tests/cases/nofile: No such file or directory");
	assert_mistake("spawn sh data9k", "1:10+6 tests/cases/data9k: not an ELF file");
	assert_mistake("spawn sh\nmmap sh f 4K file=nofile@4K",
		       "2:14+14 tests/cases/nofile: No such file or directory");
	assert_mistake("spawn sh\nmmap sh f 4K file=/", "2:14+6 /: a folder, not a file");
	assert_mistake(
		"spawn a subject\nspawn b ../cases/subject",
		"2:9+16 another file is named subject: the machine tells files by their names");
}
END_TEST

START_TEST(caches_of_boot_are_known_by_name)
{
	assert_good("cache_alloc task_struct o\nexpect objs mm_struct == 0\ncache_free o");
	assert_mistake("expect objs task_strcut == 0",
		       "1:13+11 unknown cache \"task_strcut\"; did you mean \"task_struct\"?");
}
END_TEST

START_TEST(all_mistakes_are_told_and_places_are_columns_of_the_screen)
{
	ck_assert_str_eq(
		script_mistakes(
			"spawn sh\nfrok sh kid\n\twrite sh \xe4\xbd\xa0 4Q\nmmap sh buf 4Q\n"),
		"2:1+4 unknown statement \"frok\"; did you mean \"fork\"?\n"
		"3:18+2 unknown region \"\xe4\xbd\xa0\"\n"
		"3:21+2 \"4Q\" is not a size such as 4096, 0x1000, 64K, 1.5M or 3p (pages)\n"
		"4:13+2 \"4Q\" is not a size such as 4096, 0x1000, 64K, 1.5M or 3p (pages)\n");
}
END_TEST

START_TEST(a_zero_byte_is_no_text)
{
	static const char text[] = "spawn sh\n\0read sh data\n";

	diags_init(&c.d);
	ck_assert_ptr_null(scenario_parse("x", text, sizeof(text) - 1, NULL, &c.d));
	ck_assert_str_eq(c.d.item[0].message, "a zero byte: this is no text");
	ck_assert_uint_eq(c.d.item[0].line, 2);
	ck_assert_uint_eq(c.d.item[0].column, 1);
}
END_TEST

/* ---- header ---- */

START_TEST(the_header_makes_the_machine)
{
	script_read(&c, "title \"Two pages\"\nmachine i386-6.1 ram=1.6G cpus=4 overcommit=2\n");
	ck_assert_ptr_nonnull(c.s);
	const struct machine_config *m = scenario_config(c.s);
	ck_assert_str_eq(m->profile->name, "i386-6.1");
	ck_assert_uint_eq(m->ram_bytes, 1717985280); /* whole pages of 1717986919 */
	ck_assert_uint_eq(m->cpus, 4);
	ck_assert_uint_eq(m->overcommit, 2);
	ck_assert_uint_eq(m->nx, NX_AS_PROFILE);
	ck_assert_uint_eq(m->page_offset, 0);
	ck_assert_str_eq(scenario_title(c.s, NULL), "Two pages");
	ck_assert_str_eq(scenario_title(c.s, "zh"), "Two pages");
	ck_assert_str_eq(scenario_name(c.s), "test.txt");
}
END_TEST

START_TEST(a_title_is_in_the_users_language)
{
	script_read(&c, "title.zh \"Liang ye\"\ntitle \"Two pages\"\nspawn sh\n");
	ck_assert_ptr_nonnull(c.s);
	ck_assert_str_eq(scenario_title(c.s, "zh"), "Liang ye");
	ck_assert_str_eq(scenario_title(c.s, "en"), "Two pages");
	ck_assert_str_eq(scenario_title(c.s, NULL), "Two pages");
}
END_TEST

START_TEST(addresses_of_the_kernel_have_names)
{
	struct script k;

	script_read(&k, "vmalloc v 8K\nkread v+4K\nkread high_memory\nkread fix_apic\nspawn sh\n"
			"kread data in=sh user\nkwrite 0xc0000000+4K value=x\n");
	ck_assert_ptr_nonnull(k.s);
	ck_assert_int_eq(scenario_event(k.s, 2)->addr.base, ADDR_KERNEL_NAME);
	ck_assert_int_eq(scenario_event(k.s, 2)->addr.offset, 4096);
	ck_assert_int_eq(scenario_event(k.s, 3)->addr.base, ADDR_KERNEL_PLACE);
	ck_assert_int_eq(scenario_event(k.s, 4)->addr.base, ADDR_KERNEL_PLACE);
	ck_assert_int_eq(scenario_event(k.s, 6)->addr.base, ADDR_DATA);
	ck_assert_uint_eq(scenario_event(k.s, 6)->options, OPT_USER);
	ck_assert_int_eq(scenario_event(k.s, 7)->addr.offset, 0xc0001000);
	script_free(&k);
	assert_mistake("kread hihg_memory",
		       "1:7+11 unknown name \"hihg_memory\"; did you mean \"high_memory\"?");
	assert_mistake("vmalloc big 8K\nkread bgi+4K",
		       "2:7+3 unknown name \"bgi\"; did you mean \"big\"?");
	assert_mistake("kread data", "1:7+4 unknown name \"data\"");
	assert_mistake("kread 0 in=sh", "1:12+2 unknown process \"sh\"");
	assert_mistake("spawn sh\nkread dta in=sh",
		       "2:7+3 unknown region \"dta\"; did you mean \"data\"?");
}
END_TEST

START_TEST(only_slots_that_are_nobodys_are_set)
{
	assert_mistake("set_fixmap 0 0xfee00000", "1:12+1 slot 0 is the hole that is never mapped");
	assert_mistake("set_fixmap 67 0xfee00000", "1:12+2 slot 67 belongs to kmap_atomic");
	assert_mistake("set_fixmap apci 0xfee00000",
		       "1:12+4 unknown fixmap slot \"apci\"; did you mean \"apic\"?");
	assert_mistake("clear_fixmap 171", "1:14+3 171 is out of range: a fixmap slot is 0 to 170");
	assert_mistake("set_fixmap dbgp 0xfee00000", "1:12+4 unknown fixmap slot \"dbgp\"");
	assert_mistake("machine i386-6.1\nset_fixmap vsyscall 0xfee00000",
		       "2:12+8 unknown fixmap slot \"vsyscall\"");
}
END_TEST

START_TEST(the_split_is_one_of_three)
{
	struct script other;

	script_read(&other, "machine i386-pae split=2G/2G\n");
	ck_assert_uint_eq(scenario_config(other.s)->page_offset, 0x80000000);
	script_free(&other);
	script_read(&other, "machine i386 split=1G/3G\n");
	ck_assert_uint_eq(scenario_config(other.s)->page_offset, 0x40000000);
	script_free(&other);
	assert_mistake("machine i386 split=2G/1G",
		       "1:14+11 unknown split \"2G/1G\"; did you mean \"3G/1G\"?");
}
END_TEST

START_TEST(the_command_line_wins_over_the_header)
{
	static const char text[] = "machine i386 ram=64M cpus=2\ncpu 1\n";

	diags_init(&c.d);
	c.s = scenario_parse("x", text, strlen(text), "i386-6.1 ram=128M", &c.d);
	ck_assert_ptr_nonnull(c.s);
	ck_assert_str_eq(scenario_config(c.s)->profile->name, "i386-6.1");
	ck_assert_uint_eq(scenario_config(c.s)->ram_bytes, 128 << 20);
	ck_assert_uint_eq(scenario_config(c.s)->cpus, 2);
}
END_TEST

START_TEST(a_mistake_on_the_command_line_is_told_as_such)
{
	diags_init(&c.d);
	ck_assert_ptr_null(scenario_parse("x", "", 0, "i386 ram=1M", &c.d));
	ck_assert_str_eq(c.d.item[0].file, "--machine");
	ck_assert_str_eq(c.d.item[0].message, "ram=1M is out of range: 8M to 4G");
	ck_assert_uint_eq(c.d.item[0].column, 6);
}
END_TEST

/* ---- lecture statements ---- */

static const char lecture[] = "# comment\n"
			      "title \"t\"\n"
			      "\n"
			      "label start\n"
			      "say \"one\"\n"
			      "say.zh \"\xe4\xb8\x80\"\n"
			      "say \"two\"\n"
			      "spawn   sh  # first\n"
			      "expect result == ok\n"
			      "pause\n"
			      "focus zones Normal\n"
			      "quiz \"What?\" answer=\"That.\" choices=\"This.|That.\"\n"
			      "quiz.zh \"何?\" answer=\"彼\"\n"
			      "read sh data\n"
			      "read sh data\n"
			      "label end\n"
			      "say \"over\"\n";

START_TEST(lecture_statements_belong_to_the_event_they_stand_before)
{
	script_read(&c, lecture);
	ck_assert_ptr_nonnull(c.s);
	ck_assert_uint_eq(scenario_nr_events(c.s), 3);
	ck_assert_str_eq(scenario_say(c.s, 1, "en"), "one\ntwo");
	ck_assert_str_eq(scenario_say(c.s, 1, "zh"), "\xe4\xb8\x80");
	ck_assert_str_eq(scenario_say(c.s, 1, NULL), "one\ntwo");
	ck_assert_ptr_null(scenario_say(c.s, 2, "zh"));
	ck_assert_str_eq(scenario_say(c.s, 4, "zh"), "over");
	ck_assert(!scenario_pause(c.s, 1) && scenario_pause(c.s, 2) && !scenario_pause(c.s, 3));
	ck_assert_str_eq(scenario_focus(c.s, 2), "zones Normal");
	ck_assert_ptr_null(scenario_focus(c.s, 1));
	ck_assert_str_eq(scenario_quiz(c.s, 2, "en")->question, "What?");
	ck_assert_str_eq(scenario_quiz(c.s, 2, "en")->answer, "That.");
	ck_assert_str_eq(scenario_quiz(c.s, 2, "en")->choices, "This.|That.");
	ck_assert_str_eq(scenario_quiz(c.s, 2, "zh")->question, "何?");
	ck_assert_str_eq(scenario_quiz(c.s, 2, "zh")->answer, "彼");
	ck_assert_ptr_null(scenario_quiz(c.s, 2, "zh")->choices);
	ck_assert_str_eq(scenario_quiz(c.s, 2, NULL)->question, "What?");
	ck_assert_ptr_null(scenario_quiz(c.s, 3, "zh"));
}
END_TEST

START_TEST(labels_are_found_by_name_and_by_event)
{
	script_read(&c, lecture);
	ck_assert_uint_eq(scenario_label(c.s, "start"), 1);
	ck_assert_uint_eq(scenario_label(c.s, "end"), 3); /* nothing follows: the last event */
	ck_assert_uint_eq(scenario_label(c.s, "nowhere"), 0);
	ck_assert_str_eq(scenario_label_before(c.s, 2), "start");
	ck_assert_str_eq(scenario_label_before(c.s, 0), "");
	ck_assert_str_eq(scenario_label_before(c.s, 4), "end");
}
END_TEST

START_TEST(rows_are_the_lines_that_are_not_blank)
{
	static const struct {
		enum row_kind kind;
		uint32_t event, line;
		const char *text;
	} rows[] = {
		{ROW_COMMENT, 1, 1, "# comment"},
		{ROW_HEADER, 1, 2, "title \"t\""},
		{ROW_LABEL, 1, 4, "label start"},
		{ROW_SAY, 1, 5, "say \"one\""},
		{ROW_SAY, 1, 6, "say.zh \"\xe4\xb8\x80\""},
		{ROW_SAY, 1, 7, "say \"two\""},
		{ROW_EVENT, 1, 8, "spawn sh"},
		{ROW_EXPECT, 2, 9, "expect result == ok"},
		{ROW_PAUSE, 2, 10, "pause"},
		{ROW_FOCUS, 2, 11, "focus zones Normal"},
		{ROW_QUIZ, 2, 12, "quiz \"What?\" answer=\"That.\" choices=\"This.|That.\""},
		{ROW_QUIZ, 2, 13, "quiz.zh \"何?\" answer=\"彼\""},
		{ROW_EVENT, 2, 14, "read sh data"},
		{ROW_EVENT, 3, 15, "read sh data"},
		{ROW_LABEL, 0, 16, "label end"},
		{ROW_SAY, 0, 17, "say \"over\""},
	};

	script_read(&c, lecture);
	ck_assert_uint_eq(scenario_nr_rows(c.s), sizeof(rows) / sizeof(rows[0]));
	for (uint32_t i = 0; i < scenario_nr_rows(c.s); i++) {
		ck_assert_uint_eq(scenario_row(c.s, i)->kind, rows[i].kind);
		ck_assert_uint_eq(scenario_row(c.s, i)->event, rows[i].event);
		ck_assert_uint_eq(scenario_row(c.s, i)->line, rows[i].line);
		ck_assert_str_eq(scenario_row(c.s, i)->text, rows[i].text);
	}
	ck_assert_uint_eq(event(2)->row, 12);
	ck_assert_ptr_null(scenario_row(c.s, scenario_nr_rows(c.s)));
	ck_assert_ptr_null(scenario_event(c.s, 0));
	ck_assert_ptr_null(scenario_event(c.s, 4));
}
END_TEST

START_TEST(the_place_of_a_mistake_is_the_part_of_a_word_that_is_wrong)
{
	assert_mistake("spawn sh\nmmap sh b 4K at=nowhere+4K", "2:17+7 unknown region \"nowhere\"");
	assert_mistake("spawn sh\nread sh data+", "2:9+5 a size is missing behind \"data+\"");
	assert_mistake("spawn sh\nmmap sh b 4K fixed prot=r", "2:14+5 fixed needs at=ADDR");
	assert_mistake("spawn sh \"\"", "1:10+2 a file's name is missing");
	assert_mistake("include \"\"", "1:9+2 a file's name is missing");
	assert_mistake("exit", "1:5+1 PROC is missing: exit PROC");
}
END_TEST

START_TEST(lecture_statements_have_their_forms)
{
	assert_mistake("say hello world", "1:11+5 unexpected \"world\": say \"TEXT\"");
	assert_mistake("say", "1:4+1 a word is missing: say \"TEXT\"");
	assert_mistake(
		"quiz \"q\" choices=\"a|b\"",
		"1:23+1 answer= is missing: quiz \"QUESTION\" answer=\"...\" [choices=\"a|b|c\"]");
	assert_mistake(
		"quiz \"q\" answer=",
		"1:17+1 the answer is empty: quiz \"QUESTION\" answer=\"...\" [choices=\"a|b|c\"]");
	assert_mistake("quiz \"q\" answer=ab choices=\"a|abc|b\"",
		       "1:37+1 the answer \"ab\" is none of the choices \"a|abc|b\"");
	assert_mistake("quiz \"q\" answer=a answer=b", "1:19+8 answer is given twice");
	assert_mistake("pause now", "1:7+3 unexpected \"now\": pause");
	assert_mistake("label 1st",
		       "1:7+3 \"1st\" is no name: a letter, then letters, digits, _ and -");
	assert_mistake("end", "1:1+3 end without repeat");
	assert_mistake("repeat 3\nspawn a$i", "1:1+6 repeat without end");
}
END_TEST

START_TEST(expects_belong_to_the_event_before_them)
{
	script_read(&c, lecture);
	ck_assert_uint_eq(scenario_nr_expects(c.s), 1);
	ck_assert_uint_eq(scenario_expect(c.s, 0)->event, 1);
	ck_assert_uint_eq(scenario_expect(c.s, 0)->row, 7);
	assert_mistake("spawn sh\nexpect rss sh === 3",
		       "2:15+3 \"===\" does not compare; known are == != < <= > >=");
	assert_mistake("spawn sh\nexpect rsss sh == 3",
		       "2:8+4 unknown KEY of expect \"rsss\"; did you mean \"rss\"?");
	assert_mistake("spawn sh\nexpect rss == 3",
		       "2:12+2 a word is missing: expect rss PROC OP PAGES");
	assert_mistake("spawn sh\nexpect rss sh",
		       "2:14+1 a word is missing: expect rss PROC OP PAGES");
	assert_mistake("spawn sh\nexpect result == ENOMEN",
		       "2:18+6 unknown result \"ENOMEN\"; did you mean \"ENOMEM\"?");
	assert_mistake("spawn sh\nexpect result < ok", "2:15+1 words are compared by == or !=");
	assert_mistake("expect result == ok", "1:8+6 no event has run that could have a result");
	assert_mistake("spawn sh\nexpect linear sh 0x1000 == 1",
		       "2:18+6 SEGMENT:OFFSET is meant, such as ds:0x8049000 or 0x60:0");
	assert_mistake("spawn sh\nexpect linear sh dx:0 == 1",
		       "2:18+2 unknown segment register \"dx\"; did you mean \"ds\"?");
	assert_mistake("spawn sh\nexpect linear sh ds: == 1", "2:18+3 an address is missing");
	assert_mistake("spawn sh\nexpect linear sh ds:0 == PG",
		       "2:26+2 unknown address or fault \"PG\"; did you mean \"GP\"?");
	assert_mistake("expect free High == 3",
		       "1:13+4 unknown zone \"High\"; known are DMA, Normal, HighMem, Movable");
}
END_TEST

/* ---- repeat and include ---- */

START_TEST(repeat_counts_from_one_and_names_iterations)
{
	script_read(&c, "spawn sh\nrepeat 3\nfork  sh kid$i\nwrite kid$i data "
			"value=\"$i\"\nend\nexit kid3\n");
	ck_assert_ptr_nonnull(c.s);
	ck_assert_uint_eq(scenario_nr_events(c.s), 8);
	ck_assert_str_eq(event_text(2), "fork sh kid1");
	ck_assert_str_eq(event_text(7), "write kid3 data value=\"3\"");
	ck_assert_str_eq(symbol_name(c.s, event(6)->name), "kid3");
	ck_assert_str_eq(scenario_extra(c.s, event(5))->value, "2");
	ck_assert_uint_eq(scenario_nr_rows(c.s), 6);
	ck_assert_uint_eq(scenario_row(c.s, 2)->nr_events, 3);
	ck_assert_uint_eq(scenario_row(c.s, 2)->event, 2);
	ck_assert_uint_eq(scenario_row(c.s, 4)->kind, ROW_END);
	ck_assert_uint_eq(event(7)->row, 3);
}
END_TEST

START_TEST(the_counter_is_that_of_the_innermost_repeat)
{
	script_read(&c, "repeat 2\nalloc_pages o$i 0\nrepeat 3\nalloc_pages i$i 0\nend\nfree_pages "
			"o$i\nend\n");
	ck_assert_ptr_nonnull(c.s);
	ck_assert_uint_eq(scenario_nr_events(c.s), 10);
	ck_assert_str_eq(event_text(4), "alloc_pages i3 0");
	ck_assert_str_eq(event_text(5), "free_pages o1");
	ck_assert_str_eq(event_text(6), "alloc_pages o2 0");
	ck_assert_str_eq(event_text(7), "alloc_pages i1 0");
}
END_TEST

START_TEST(equal_iterations_are_copied_with_their_notes_and_expects)
{
	script_read(&c, "spawn sh\nrepeat 100000\nsay \"again\"\nread sh data\nexpect result == "
			"ok\nread sh code\nend\n");
	ck_assert_ptr_nonnull(c.s);
	ck_assert_uint_eq(scenario_nr_events(c.s), 200001);
	ck_assert_uint_eq(scenario_nr_expects(c.s), 100000);
	ck_assert_uint_eq(scenario_expect(c.s, 99999)->event, 200000);
	ck_assert_uint_eq(scenario_expect(c.s, 1)->event, 4);
	ck_assert_str_eq(scenario_say(c.s, 200000, "en"), "again");
	ck_assert_ptr_null(scenario_say(c.s, 200001, "en"));
	ck_assert_uint_eq(event(200001)->addr.base, ADDR_CODE);
	ck_assert_uint_eq(scenario_row(c.s, 3)->nr_events, 100000);
}
END_TEST

START_TEST(the_second_iteration_finds_what_may_not_be_said_twice)
{
	assert_mistake("spawn sh\nrepeat 3\nfork sh kid\nend",
		       "3:9+3 there is a process \"kid\" already");
	assert_mistake("spawn sh\nrepeat 3\nlabel x\nread sh data\nend",
		       "3:7+1 there is a label \"x\" already");
	assert_good("spawn sh\nrepeat 3\nfork sh kid\nexit kid\nend");
	assert_good("spawn sh\nrepeat 3\nlabel x$i\nread sh data\nend");
}
END_TEST

START_TEST(repeats_have_limits)
{
	assert_mistake("repeat 0\nend", "1:8+1 0 is out of range: the count is 1 to 16777216");
	assert_mistake("repeat x\nend", "1:8+1 \"x\" is not a number: the count is 1 to 16777216");
	assert_mistake("repeat\nend", "1:7+1 repeat wants a count: repeat N");
	assert_mistake("repeat 16777216\nalloc_pages a 0\nfree_pages a\nend",
		       "1:8+8 more than 16777216 events");
	assert_good("repeat 16777216\nrepeat 16777216\nsay \"no event in here\"\nend\nend");
	assert_mistake("spawn sh\nread sh a$i",
		       "2:9+3 $i is the counter of a repeat, and there is none here");
	assert_good("say \"costs 5$is\"");
}
END_TEST

static char folder[] = "/tmp/mmviz-test-XXXXXX";

static void write_text(const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	fputs(text, f);
	fclose(f);
}

static void load(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	diags_init(&c.d);
	c.s = scenario_load(path, NULL, &c.d);
}

static void setup_folder(void)
{
	char path[256];

	strcpy(folder, "/tmp/mmviz-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/sub", folder);
	ck_assert_int_eq(mkdir(path, 0700), 0);
}

static void teardown_folder(void)
{
	char command[256];

	snprintf(command, sizeof(command), "rm -rf %s", folder);
	ck_assert_int_eq(system(command), 0);
	teardown();
}

START_TEST(an_include_is_found_from_the_text_that_names_it)
{
	write_text("main.txt", "spawn sh\ninclude sub/a.txt\nread sh x\n");
	write_text("sub/a.txt", "mmap sh x 4K file=data\ninclude b.txt\n");
	write_text("sub/b.txt", "label b\nread sh x\n");
	write_text("sub/data", "123");
	load("main.txt");
	ck_assert_ptr_nonnull(c.s);
	ck_assert_uint_eq(scenario_nr_events(c.s), 4);
	ck_assert_uint_eq(scenario_label(c.s, "b"), 3);
	ck_assert_uint_eq(scenario_file(c.s, 0)->bytes, 3);
	ck_assert_uint_eq(scenario_nr_rows(c.s), 7);
	ck_assert_str_eq(strrchr(scenario_row(c.s, 4)->file, '/'), "/b.txt");
	ck_assert_uint_eq(scenario_row(c.s, 4)->line, 1);
}
END_TEST

START_TEST(a_text_that_includes_itself_is_a_mistake)
{
	write_text("main.txt", "spawn sh\ninclude sub/a.txt\n");
	write_text("sub/a.txt", "read sh data\ninclude ../main.txt\n");
	load("main.txt");
	ck_assert_ptr_null(c.s);
	ck_assert_uint_ge(c.d.count, 1);
	ck_assert_ptr_nonnull(strstr(c.d.item[c.d.count - 1].message, "includes itself"));
}
END_TEST

START_TEST(a_mistake_in_an_included_text_names_that_text)
{
	write_text("main.txt", "include sub/a.txt\nend\n");
	write_text("sub/a.txt", "\n\nfrok\n");
	load("main.txt");
	ck_assert_uint_eq(c.d.count, 2);
	ck_assert_str_eq(strrchr(c.d.item[0].file, '/'), "/a.txt");
	ck_assert_uint_eq(c.d.item[0].line, 3);
	ck_assert_str_eq(strrchr(c.d.item[1].file, '/'), "/main.txt");
	ck_assert_uint_eq(c.d.item[1].line, 2);
}
END_TEST

START_TEST(a_text_may_be_included_again_and_in_a_repeat)
{
	write_text("main.txt", "spawn sh\nrepeat 3\ninclude sub/a.txt\nend\ninclude sub/a.txt\n");
	write_text("sub/a.txt", "read sh data\nread sh code");
	load("main.txt");
	ck_assert_ptr_nonnull(c.s);
	ck_assert_uint_eq(scenario_nr_events(c.s), 9);
	ck_assert_uint_eq(scenario_nr_rows(c.s), 9);
	ck_assert_uint_eq(event(5)->row, 4);
	ck_assert_uint_eq(event(9)->row, 8);
}
END_TEST

START_TEST(an_end_in_an_included_text_closes_nothing_outside)
{
	write_text("main.txt", "spawn sh\nrepeat 3\ninclude sub/a.txt\n");
	write_text("sub/a.txt", "read sh data\nend\n");
	load("main.txt");
	ck_assert_uint_eq(c.d.count, 2);
	ck_assert_str_eq(c.d.item[0].message, "end without repeat");
	ck_assert_str_eq(c.d.item[1].message, "repeat without end");
}
END_TEST

START_TEST(carriage_returns_byte_order_marks_and_a_missing_last_newline_do_no_harm)
{
	script_read(&c, "\xef\xbb\xbfspawn sh\r\nrepeat 2\r\nread sh data\r\nread sh code  # "
			"x\r\nend\r\nexit sh");
	ck_assert_ptr_nonnull(c.s);
	ck_assert_uint_eq(scenario_nr_events(c.s), 6);
	ck_assert_str_eq(event_text(1), "spawn sh");
	ck_assert_str_eq(event_text(5), "read sh code");
	ck_assert_str_eq(event_text(6), "exit sh");
	ck_assert_uint_eq(scenario_row(c.s, scenario_nr_rows(c.s) - 1)->line, 6);
}
END_TEST

START_TEST(a_missing_file_is_told_without_a_line)
{
	load("nowhere.txt");
	ck_assert_ptr_null(c.s);
	ck_assert_uint_eq(c.d.item[0].line, 0);
	ck_assert_ptr_nonnull(strstr(c.d.item[0].message, "nowhere.txt: No such file"));
}
END_TEST

static void add_language(Suite *s)
{
	TCase *tc = tcase_create("language");

	tcase_add_checked_fixture(tc, NULL, teardown);
	tcase_add_test(tc, mmap_takes_its_options_in_any_order);
	tcase_add_test(tc, mmap_is_private_and_rw_by_default);
	tcase_add_test(tc, addresses_are_numbers_regions_places_and_symbols_with_offsets);
	tcase_add_test(tc, a_size_may_be_left_out_before_advice_and_options);
	tcase_add_test(tc, brk_goes_up_down_and_to_an_address);
	tcase_add_test(tc, an_elf_file_given_as_contents_is_opened_for_reading_only);
	tcase_add_test(tc, the_header_makes_the_machine);
	tcase_add_test(tc, the_command_line_wins_over_the_header);
	tcase_add_test(tc, the_split_is_one_of_three);
	tcase_add_test(tc, addresses_of_the_kernel_have_names);
	tcase_add_test(tc, only_slots_that_are_nobodys_are_set);
	tcase_add_test(tc, a_mistake_on_the_command_line_is_told_as_such);
	tcase_add_test(tc, lecture_statements_belong_to_the_event_they_stand_before);
	tcase_add_test(tc, labels_are_found_by_name_and_by_event);
	tcase_add_test(tc, rows_are_the_lines_that_are_not_blank);
	tcase_add_test(tc, repeat_counts_from_one_and_names_iterations);
	tcase_add_test(tc, the_counter_is_that_of_the_innermost_repeat);
	tcase_add_test(tc, equal_iterations_are_copied_with_their_notes_and_expects);
	tcase_add_test(tc, carriage_returns_byte_order_marks_and_a_missing_last_newline_do_no_harm);
	tcase_add_test(tc, a_zero_byte_is_no_text);
	suite_add_tcase(s, tc);
}

static void add_mistakes(Suite *s)
{
	TCase *tc = tcase_create("mistakes");

	tcase_add_test(tc, every_event_of_the_language_is_known);
	tcase_add_test(tc, an_unknown_word_is_told_with_the_nearest);
	tcase_add_test(tc, a_missing_argument_shows_the_form);
	tcase_add_test(tc, an_item_of_focus_that_does_not_exist_is_told);
	tcase_add_test(tc, the_event_behind_a_focus_may_make_its_item);
	tcase_add_test(tc, names_are_known_from_where_they_are_given);
	tcase_add_test(tc, a_child_knows_what_its_parent_knew_at_the_fork);
	tcase_add_test(tc, a_process_name_is_free_again_after_exit);
	tcase_add_test(tc, one_mistake_does_not_make_ten);
	tcase_add_test(tc, values_out_of_range_name_the_range);
	tcase_add_test(tc, nothing_is_given_twice);
	tcase_add_test(tc, the_header_comes_first);
	tcase_add_test(tc, a_title_is_in_the_users_language);
	tcase_add_test(tc, what_is_not_modelled_is_refused_by_name_after_it_was_checked);
	tcase_add_test(tc, files_that_are_not_there_or_no_programs_are_told);
	tcase_add_test(tc, caches_of_boot_are_known_by_name);
	tcase_add_test(tc, all_mistakes_are_told_and_places_are_columns_of_the_screen);
	tcase_add_test(tc, the_place_of_a_mistake_is_the_part_of_a_word_that_is_wrong);
	tcase_add_test(tc, lecture_statements_have_their_forms);
	tcase_add_test(tc, the_second_iteration_finds_what_may_not_be_said_twice);
	tcase_add_test(tc, repeats_have_limits);
	suite_add_tcase(s, tc);
}

Suite *scenario_suite(void);
Suite *scenario_suite(void)
{
	Suite *s = suite_create("scenario");
	TCase *tc = tcase_create("expect"), *files = tcase_create("files");

	add_language(s);
	add_mistakes(s);
	tcase_add_checked_fixture(tc, NULL, teardown);
	tcase_add_test(tc, expects_belong_to_the_event_before_them);
	suite_add_tcase(s, tc);
	tcase_add_checked_fixture(files, setup_folder, teardown_folder);
	tcase_add_test(files, an_include_is_found_from_the_text_that_names_it);
	tcase_add_test(files, a_text_that_includes_itself_is_a_mistake);
	tcase_add_test(files, a_mistake_in_an_included_text_names_that_text);
	tcase_add_test(files, a_text_may_be_included_again_and_in_a_repeat);
	tcase_add_test(files, an_end_in_an_included_text_closes_nothing_outside);
	tcase_add_test(files, a_missing_file_is_told_without_a_line);
	suite_add_tcase(s, files);
	return s;
}
