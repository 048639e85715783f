/* Events on a machine: results, names, defaults; SCENARIO's tables of events. */
#include "tests/script.h"

#include "src/grammar.h"

static struct script c;

static void teardown(void) { script_free(&c); }

static uint32_t symbol_of(const char *name)
{
	for (uint32_t i = 1; strcmp(symbol_name(c.s, i), "?") != 0; i++)
		if (strcmp(symbol_name(c.s, i), name) == 0)
			return i;
	return 0;
}

static struct task *task(const char *name) { return find_task_by_symbol(c.m, symbol_of(name)); }

/* What the page at va of the process holds. */
static const char *content(const char *name, vaddr_t va)
{
	static char tag[TAG_LEN + 1];
	const pte_t *entry = pte_offset(c.m, task(name)->mm, va);

	if (!entry || !(*entry & PTE_P))
		return "not present";
	memcpy(tag, c.m->mem_map[pte_pfn(*entry)].tag, TAG_LEN);
	return tag;
}

/* ---- processes ---- */

START_TEST(spawn_fork_and_exit_make_and_end_processes)
{
	script_run(&c, "spawn sh\nfork sh kid\n");
	ck_assert_ptr_nonnull(task("kid"));
	ck_assert_ptr_eq(task("kid")->parent, task("sh"));
	ck_assert_str_eq(task("kid")->comm, "kid");
	ck_assert_uint_eq(task("kid")->event_min, 1);
	ck_assert_str_eq(script_result("spawn sh\nexit sh\nread sh data"), "ESRCH");
	ck_assert_str_eq(script_result("spawn sh\nexit sh\nfork sh kid"), "ESRCH");
}
END_TEST

START_TEST(exec_replaces_the_program_and_forgets_region_names)
{
	script_run(&c, "spawn sh subject\nmmap sh buf 4K\nexec sh wide\n");
	ck_assert_str_eq(task("sh")->mm->program->name, "wide");
	ck_assert_str_eq(
		script_result("spawn sh subject\nmmap sh buf 4K\nexec sh wide\nread sh buf"),
		"EFAULT");
}
END_TEST

START_TEST(a_name_that_lives_cannot_be_made_again)
{
	/* the parser sees to it, but out-of-memory kills are known at run time only */
	script_run_to(&c, "spawn sh\nfork sh kid\nexit kid\nfork sh kid\n", 2);
	struct run_progress progress = {0};
	c.last = event_run(c.m, c.s, 4, &progress, 1);
	ck_assert_uint_eq(c.last.kind, OUT_ERRNO);
	ck_assert_uint_eq(c.last.value, SIM_EEXIST);
}
END_TEST

/* ---- memory ---- */

START_TEST(results_are_written_as_listings_want_them)
{
	ck_assert_str_eq(script_result("spawn sh"), "ok");
	ck_assert_str_eq(script_result("machine i386-6.1\nspawn sh\nmmap sh buf 16K"),
			 "0xb7ffc000");
	ck_assert_str_eq(script_result("spawn sh\nmmap sh buf 0"), "EINVAL");
	ck_assert_str_eq(script_result("spawn sh\nmmap sh buf 3G"), "ENOMEM");
	ck_assert_str_eq(script_result("spawn sh\nmmap sh buf 4K at=0 fixed"), "EPERM");
	ck_assert_str_eq(script_result("spawn sh\nread sh 0x00001234"),
			 "SIGSEGV MAPERR 0x00001234");
	ck_assert_str_eq(script_result("spawn sh\nwrite sh code+16"), "SIGSEGV ACCERR 0x08048010");
	ck_assert_str_eq(script_result("spawn sh\nmmap sh f 32K file=data9k\nread sh f+12K"),
			 "SIGBUS ADRERR 0xb7ffb000");
	ck_assert_str_eq(script_result("spawn sh\nmmap sh f 4K shared file=subject"), "EACCES");
	ck_assert_str_eq(script_result("spawn sh\nbrk sh +16K"), "0x08052000");
	ck_assert_str_eq(script_result("spawn sh\nbrk sh 0x08000000"), "ENOMEM");
	ck_assert_str_eq(script_result("spawn sh\nbrk sh -4G"), "ENOMEM");
}
END_TEST

START_TEST(every_outcome_has_a_text)
{
	static const struct {
		struct outcome o;
		const char *text;
	} all[] = {
		{{OUT_OK, 0}, "ok"},
		{{OUT_KILLED, 0}, "SIGKILL"},
		{{OUT_FAILED, 0}, "NULL"},
		{{OUT_ERRNO, SIM_EAGAIN}, "EAGAIN"},
		{{OUT_ERRNO, SIM_EEXIST}, "EEXIST"},
		{{OUT_ERRNO, 999}, "E?"},
		{{OUT_ADDRESS, 0x1000}, "0x00001000"},
	};
	char text[32];

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		outcome_text(&all[i].o, text, sizeof(text));
		ck_assert_str_eq(text, all[i].text);
	}
}
END_TEST

START_TEST(a_size_left_out_means_the_rest_of_the_region)
{
	script_run(&c, "spawn sh\nmmap sh buf 16K\nmunmap sh buf+4K\n");
	ck_assert_uint_eq(task("sh")->mm->total_vm, 1 + 2 + 3 + 33 + 1);
	script_free(&c);
	script_run(&c, "spawn sh\nmmap sh buf 16K at=0x40000000\nmunmap sh 0x40001000\n");
	ck_assert_uint_eq(task("sh")->mm->total_vm, 1 + 2 + 3 + 33 + 3);
	script_free(&c);
	script_run(
		&c,
		"spawn sh\nmmap sh buf 16K at=0x40000000\nmunmap sh buf-4K\nmunmap sh buf+16K\n");
	ck_assert_uint_eq(task("sh")->mm->total_vm, 1 + 2 + 3 + 33 + 4);
	script_free(&c);
	script_run(&c, "spawn sh\nmprotect sh data prot=r\n");
	ck_assert_uint_eq(mm_area_at(task("sh")->mm, 0x08049000)->flags & VM_WRITE, 0);
	ck_assert_uint_eq(mm_area_at(task("sh")->mm, 0x08049000)->end, 0x0804b000);
}
END_TEST

START_TEST(a_region_keeps_its_meaning_when_it_is_unmapped_and_in_children)
{
	ck_assert_str_eq(script_result("spawn sh\nmmap sh buf 8K\nmunmap sh buf\nread sh buf+4K"),
			 "SIGSEGV MAPERR 0xb7fff000");
	ck_assert_str_eq(
		script_result(
			"spawn sh\nmmap sh buf 8K\nfork sh kid\nmunmap sh buf\nwrite kid buf"),
		"ok");
}
END_TEST

START_TEST(mremap_gives_the_region_its_new_place_and_size)
{
	script_run(&c, "spawn sh\nmmap sh a 8K\nmmap sh wall 4K prot=none at=0xb7ffc000\nmmap sh b "
		       "4K prot=r\n"
		       "mremap sh a 64K maymove\nmunmap sh a+4K\n");
	const struct region *r = region_find(&task("sh")->mm->regions, symbol_of("a"));
	ck_assert_uint_eq(r->bytes, 65536);
	ck_assert_ptr_nonnull(mm_area_at(task("sh")->mm, r->start));
	ck_assert_uint_eq(mm_area_at(task("sh")->mm, r->start)->end, r->start + 4096);
}
END_TEST

START_TEST(a_mapping_that_fails_leaves_the_name_as_it_was)
{
	ck_assert_str_eq(script_result("spawn sh\nmmap sh buf 4K\nmmap sh buf 3G\nwrite sh buf"),
			 "ok");
	ck_assert_str_eq(script_result("spawn sh\nmmap sh buf 3G\nwrite sh buf"), "EFAULT");
	ck_assert_str_eq(script_result("spawn sh\nmmap sh buf 3G\nmremap sh buf 4K"), "EFAULT");
	ck_assert_str_eq(script_result("spawn sh\nmmap sh a 3G\nmmap sh b 4K at=a"), "EFAULT");
}
END_TEST

START_TEST(a_write_shows_its_value_or_the_process_and_a_count)
{
	script_run(&c,
		   "machine i386-6.1\nspawn sh\nmmap sh buf 16K\nwrite sh buf\nwrite sh buf+4K 8K\n"
		   "write sh buf+12K value=hello\n");
	ck_assert_str_eq(content("sh", 0xb7ffc000), "sh.1");
	ck_assert_str_eq(content("sh", 0xb7ffd000), "sh.2");
	ck_assert_str_eq(content("sh", 0xb7ffe000), "sh.2");
	ck_assert_str_eq(content("sh", 0xb7fff000), "hello");
	script_free(&c);
	script_run(&c, "machine i386-6.1\nspawn a-long-name\nmmap a-long-name b 4K\nrepeat "
		       "12\nwrite a-long-name b\nend\n");
	ck_assert_str_eq(content("a-long-name", 0xb7fff000), "a-lon.12");
}
END_TEST

START_TEST(a_long_range_runs_in_slices_as_one_event)
{
	struct run_progress progress = {0};
	unsigned slices = 0;

	script_run_to(&c, "machine i386-6.1\nspawn sh\nmmap sh buf 100K\nwrite sh buf 100K\n", 2);
	do {
		c.last = event_run(c.m, c.s, 3, &progress, 4);
		slices++;
		ck_assert_uint_le(progress.pages_done, slices * 4);
	} while (progress.more);
	ck_assert_uint_eq(slices, 7);
	ck_assert_uint_eq(progress.pages_done, 25);
	ck_assert_uint_eq(task("sh")->event_min, 25);
	ck_assert_uint_eq(task("sh")->writes, 1);
	ck_assert_str_eq(content("sh", 0xb7fff000), "sh.1");
}
END_TEST

START_TEST(a_range_in_slices_keeps_its_start_when_the_stack_grows)
{
	/* bffd5000 to c0000000 is 43 pages; each slice would find `stack` lower down */
	ck_assert_str_eq(script_result("spawn sh\nwrite sh stack-40K 43p\n"), "ok");
	ck_assert_str_eq(script_result("spawn sh\nwrite sh stack-40K 44p\n"),
			 "SIGSEGV MAPERR 0xc0000000");
}
END_TEST

START_TEST(the_child_fetches_its_page_before_a_system_call)
{
	/* dontneed of the page that the program runs in: back in the same event, RULES 13 */
	script_run(&c, "machine i386-6.1\nspawn sh subject\nmadvise sh code dontneed\n");
	ck_assert_uint_eq(c.last.kind, OUT_OK);
	ck_assert_uint_eq(task("sh")->event_min, 1);
}
END_TEST

START_TEST(malloc_names_what_it_gives_and_free_takes_it_once)
{
	ck_assert_str_eq(script_result("spawn sh\nmalloc sh a 100\nwrite sh a 100\nfree sh a"),
			 "ok");
	ck_assert_str_eq(script_result("spawn sh\nmalloc sh a 100\nfree sh a\nfree sh a"),
			 "EINVAL");
	ck_assert_str_eq(
		script_result("spawn sh\nmalloc sh a 100\nrealloc sh a 200K\nwrite sh a 200K"),
		"ok");
	ck_assert_str_eq(script_result("spawn sh\nmalloc sh a 3G\nfree sh a"), "EFAULT");
	ck_assert_str_eq(script_result("spawn sh\ncalloc sh a 300K\nread sh a+200K"), "ok");
	script_run(&c, "spawn sh\nmalloc sh a 100\nrealloc sh a 1000\n");
	const struct region *r = region_find(&task("sh")->mm->regions, symbol_of("a"));
	ck_assert_uint_eq(r->bytes, 1000);
	ck_assert_uint_eq(r->kind, REGION_MALLOC);
}
END_TEST

/* ---- addresses ---- */

static vaddr_t resolve(struct addr a, uint64_t *rest)
{
	vaddr_t va = 0;

	ck_assert(addr_resolve(c.m, c.s, symbol_of("sh"), &a, &va, rest));
	return va;
}

START_TEST(places_are_those_of_the_program)
{
	uint64_t rest;

	script_run(&c, "machine i386-6.1\nspawn sh subject\nmmap sh buf 16K\nbrk sh +4K\nwrite sh "
		       "stack-4K\n");
	ck_assert_uint_eq(resolve((struct addr){.base = ADDR_CODE}, &rest), 0x08048000);
	ck_assert_uint_eq(rest, 4096);
	ck_assert_uint_eq(resolve((struct addr){.base = ADDR_DATA}, &rest), 0x08049000);
	ck_assert_uint_eq(rest, 8192);
	ck_assert_uint_eq(resolve((struct addr){.base = ADDR_BSS}, &rest), 0x0804b000);
	ck_assert_uint_eq(resolve((struct addr){.base = ADDR_HEAP}, &rest), 0x0804e000);
	ck_assert_uint_eq(resolve((struct addr){.base = ADDR_STACK}, &rest), 0xbffde000);
	ck_assert_uint_eq(rest, 34 * 4096);
	ck_assert_uint_eq(resolve((struct addr){.base = ADDR_NUMBER, .offset = 0x1234}, &rest),
			  0x1234);
	ck_assert_uint_eq(rest, 4096);
	ck_assert_uint_eq(resolve((struct addr){5000, symbol_of("buf"), ADDR_REGION}, &rest),
			  0xb7ffd388);
	ck_assert_uint_eq(rest, 16384 - 5000);
	ck_assert_uint_eq(resolve((struct addr){-1, symbol_of("buf"), ADDR_REGION}, &rest),
			  0xb7ffbfff);
	ck_assert_uint_eq(rest, 4096);
}
END_TEST

START_TEST(what_means_nothing_is_not_resolved)
{
	struct addr unknown = {0, 1, ADDR_REGION}, none = {0}, code = {.base = ADDR_CODE};
	uint64_t rest;
	vaddr_t va;

	script_run(&c, "spawn sh\n");
	ck_assert(!addr_resolve(c.m, c.s, symbol_of("sh"), &unknown, &va, &rest));
	ck_assert(!addr_resolve(c.m, c.s, symbol_of("sh"), &none, &va, &rest));
	ck_assert(!addr_resolve(c.m, c.s, 1, &code, &va, &rest));
}
END_TEST

/* ---- the kernel ---- */

START_TEST(alloc_pages_gives_a_block_of_its_order_and_free_pages_takes_it)
{
	script_run_to(&c, "alloc_pages a 3\nfree_pages a\n", 1);
	const struct region *r = region_find(&c.m->names, symbol_of("a"));
	ck_assert_uint_eq(c.last.kind, OUT_ADDRESS);
	ck_assert_uint_eq(r->start, c.last.value);
	ck_assert_uint_eq(r->kind, REGION_PAGES);
	ck_assert_uint_eq(r->extra, 3);
	ck_assert_uint_eq(r->bytes, 32768);
	ck_assert_uint_eq(r->start % 32768, 0);
	ck_assert_uint_eq(c.m->mem_map[r->start >> PAGE_SHIFT].use, FRAME_KERNEL);
	struct run_progress progress = {0};
	event_run(c.m, c.s, 2, &progress, 1);
	ck_assert_uint_eq(c.m->mem_map[r->start >> PAGE_SHIFT].use, FRAME_PCP);
	ck_assert_uint_eq(r->freed, 1);
}
END_TEST

/* What w holds at the end of a scenario: the word of the frame behind a name of kernel memory. */
static uint64_t word_behind(const char *name)
{
	vaddr_t va = region_find(&c.m->names, symbol_of(name))->start;

	return page_tag(pfn_page(c.m, kva_to_pfn(c.m, va)));
}

START_TEST(a_name_keeps_its_address_after_what_it_held_was_freed)
{
	script_run(&c, "machine i386-6.1 ram=64M\ncache_create box 100 poison\n"
		       "cache_alloc box a\ncache_free a\nkwrite a value=late\n");
	vaddr_t va = region_find(&c.m->names, symbol_of("a"))->start;
	ck_assert_int_eq(c.last.kind, OUT_OK);
	ck_assert_int_eq(slab_byte(c.m, va), 'l');
	ck_assert_int_eq(slab_byte(c.m, va + 4), 0x6b);
	ck_assert_uint_eq(kmem_cache_find(c.m, "box")->errors, 0);
	/* who takes it next finds it */
	kmem_cache_alloc(c.m, kmem_cache_find(c.m, "box"));
	ck_assert_uint_eq(kmem_cache_find(c.m, "box")->errors, 1);
}
END_TEST

START_TEST(a_dangling_name_reaches_who_has_the_memory_now)
{
	script_run(&c, "machine i386 ram=64M\nkmalloc a 100\nkfree a\nkmalloc b 100\n"
		       "kwrite a value=mine\n");
	ck_assert_uint_eq(region_find(&c.m->names, symbol_of("a"))->start,
			  region_find(&c.m->names, symbol_of("b"))->start);
	ck_assert_int_eq(memcmp(&(uint64_t){word_behind("b")}, "mine", 4), 0);
}
END_TEST

START_TEST(a_block_that_was_freed_is_written_where_low_memory_has_it)
{
	ck_assert_str_eq(script_result("alloc_pages b 0\nfree_pages b\nkread b"), "ok");
	ck_assert_str_eq(script_result("machine i386 ram=1G\nalloc_pages b 0 gfp=highuser\n"
				       "free_pages b\nkread b"),
			 "oops NULL 0x00000000");
}
END_TEST

START_TEST(boot_has_its_caches_whatever_is_kept_back_after_it)
{
	script_run(&c, "machine i386-6.1 ram=8M min_free_kbytes=262144\nspawn sh\nkmalloc a 64\n");
	ck_assert_int_eq(c.last.kind, OUT_FAILED);
	ck_assert_uint_eq(c.m->nr_tasks, 0);
	for (int i = 0; i < NR_KERNEL_OBJECTS; i++)
		ck_assert_ptr_nonnull(c.m->kobj_cache[i]);
	ck_assert_ptr_nonnull(kmalloc_cache(c.m, 8192));
}
END_TEST

START_TEST(contend_without_a_place_is_where_ordinary_requests_begin)
{
	script_run(&c, "machine x86-64 ram=1G cpus=2\ncontend 0 1\n");
	ck_assert_int_eq(c.last.kind, OUT_OK);
	ck_assert_str_eq(script_result("machine x86-64 ram=1G cpus=2\ncontend 0 1 on=Normal"),
			 "EINVAL");
	ck_assert_str_eq(script_result("machine i386 ram=12M cpus=2\ncontend 0 1"), "ok");
}
END_TEST

START_TEST(what_was_freed_is_not_freed_or_mapped_again)
{
	ck_assert_str_eq(script_result("kmalloc a 100\nkfree a\nkfree a"), "EINVAL");
	ck_assert_str_eq(script_result("cache_create box 100\ncache_alloc box a\ncache_free a\n"
				       "cache_free a"),
			 "EINVAL");
	ck_assert_str_eq(script_result("alloc_pages b 0\nfree_pages b\nfree_pages b"), "EINVAL");
	ck_assert_str_eq(script_result("alloc_pages b 0\nfree_pages b\nkmap b"), "EINVAL");
	/* its slot is the page's, and goes on */
	ck_assert_str_eq(
		script_result("alloc_pages b 0 gfp=highuser\nkmap b\nfree_pages b\nkunmap b"),
		"ok");
	/* given anew it holds something again */
	ck_assert_str_eq(script_result("kmalloc a 100\nkfree a\nkmalloc a 200\nkfree a"), "ok");
}
END_TEST

START_TEST(a_second_vfree_takes_the_area_that_has_the_address_by_now)
{
	/* 33M wait for no flush of their own: the address is free again at once */
	script_run(&c, "machine i386 ram=128M\nvmalloc a 33M\nvfree a\nvmalloc b 33M\nvfree a\n");
	ck_assert_int_eq(c.last.kind, OUT_OK);
	ck_assert_uint_eq(region_find(&c.m->names, symbol_of("b"))->freed, 1);
}
END_TEST

START_TEST(gfp_names_choose_the_zone)
{
	script_run(&c, "machine i386 ram=1G\nalloc_pages a 0 gfp=dma\nalloc_pages b 0\nalloc_pages "
		       "h 0 gfp=highuser\n");
	ck_assert_uint_lt(region_find(&c.m->names, symbol_of("a"))->start, 16 << 20);
	ck_assert_uint_lt(region_find(&c.m->names, symbol_of("b"))->start, 896 << 20);
	ck_assert_uint_ge(region_find(&c.m->names, symbol_of("h"))->start, 896 << 20);
}
END_TEST

START_TEST(kernel_requests_that_fail_give_null)
{
	ck_assert_str_eq(script_result("machine i386 ram=8M\nalloc_pages a 10\nalloc_pages b "
				       "10\nalloc_pages d 10"),
			 "NULL");
	ck_assert_str_eq(script_result("machine i386 ram=8M\nalloc_pages a 10\nalloc_pages b "
				       "10\nalloc_pages d 10\n"
				       "free_pages d"),
			 "EINVAL");
	ck_assert_str_eq(script_result("kmalloc a 1G"), "NULL");
	ck_assert_str_eq(script_result("kmalloc a 100\nkfree a\nkfree a"), "EINVAL");
}
END_TEST

START_TEST(caches_live_from_create_to_destroy)
{
	ck_assert_str_eq(
		script_result("cache_create box 100\ncache_alloc box o\ncache_destroy box"),
		"EINVAL");
	ck_assert_str_eq(
		script_result(
			"cache_create box 100\ncache_alloc box o\ncache_free o\ncache_shrink box\n"
			"cache_destroy box"),
		"ok");
	ck_assert_str_eq(
		script_result("cache_create box 100\ncache_destroy box\ncache_alloc box o"),
		"EINVAL");
	ck_assert_str_eq(
		script_result("cache_create box 100\ncache_destroy box\ncache_create box 200\n"
			      "cache_alloc box o\ncache_free o"),
		"ok");
	ck_assert_str_eq(script_result("cache_create task_struct 100"), "EEXIST");
	ck_assert_str_eq(script_result("cache_destroy task_struct"), "EINVAL");
}
END_TEST

START_TEST(cpu_chooses_who_runs_the_following_events)
{
	script_run(&c, "machine i386 cpus=4\ncpu 2\nalloc_pages a 0\n");
	ck_assert_uint_eq(c.m->cpu, 2);
}
END_TEST

/* ---- kinds ---- */

START_TEST(user_memory_events_are_listed_and_every_kind_has_a_tick)
{
	ck_assert(event_is_listed(EV_SPAWN) && event_is_listed(EV_WRITE) &&
		  event_is_listed(EV_FREE));
	ck_assert(!event_is_listed(EV_KMALLOC) && !event_is_listed(EV_CPU));
	ck_assert_int_eq(event_tick(EV_FORK), 'F');
	ck_assert_int_eq(event_tick(EV_CPU), '-');
	for (unsigned k = 0; k < NR_EVENT_KINDS; k++)
		ck_assert(event_tick(k) > ' ' && event_tick(k) < 127);
}
END_TEST

/* ---- what the header writes to /proc/sys/vm ---- */

/* Zone of a machine with 1G: 3840, 213777 and 37858 pages are managed when boot is over. */
static const struct zone *zone_with(const char *settings, enum zone_type type)
{
	char text[160];

	script_free(&c);
	snprintf(text, sizeof(text), "machine i386-6.1 ram=1G %s\nspawn sh\n", settings);
	script_run(&c, text);
	return &c.m->node[0].node_zones[type];
}

START_TEST(min_free_kbytes_is_shared_out_by_managed_pages)
{
	const struct zone *z = zone_with("min_free_kbytes=1024", ZONE_NORMAL);

	ck_assert_uint_eq(z->watermark[WMARK_MIN], 251); /* 256 * 213777 / 217617 */
	ck_assert_uint_eq(z->watermark[WMARK_LOW], 251 + 213);
	ck_assert_uint_eq(z->watermark[WMARK_HIGH], 251 + 2 * 213);
}
END_TEST

START_TEST(watermark_scale_factor_is_how_far_the_marks_lie_apart)
{
	const struct zone *z = zone_with("watermark_scale_factor=100", ZONE_NORMAL);

	ck_assert_uint_eq(z->watermark[WMARK_MIN], 912);
	ck_assert_uint_eq(z->watermark[WMARK_LOW], 912 + 2137); /* 213777 / 100 */
	ck_assert_uint_eq(z->watermark[WMARK_HIGH], 912 + 2 * 2137);
}
END_TEST

START_TEST(lowmem_reserve_ratio_divides_the_pages_above)
{
	const struct zone *z = zone_with("lowmem_reserve_ratio=128/16", ZONE_DMA);

	ck_assert_uint_eq(z->lowmem_reserve[ZONE_NORMAL], 213777 / 128);
	ck_assert_uint_eq(z->lowmem_reserve[ZONE_HIGHMEM], (213777 + 37858) / 128);
	ck_assert_uint_eq(z[ZONE_NORMAL].lowmem_reserve[ZONE_HIGHMEM], 37858 / 16);
	z = zone_with("lowmem_reserve_ratio=0/0", ZONE_DMA);
	ck_assert_uint_eq(z->lowmem_reserve[ZONE_HIGHMEM], 0);
}
END_TEST

/* The CPUs of a node share it. */
START_TEST(a_cpu_s_high_is_a_part_of_the_zone_or_of_its_low_mark)
{
	ck_assert_uint_eq(zone_with("", ZONE_NORMAL)->pcp[0].high, 1140);
	ck_assert_uint_eq(zone_with("cpus=2", ZONE_NORMAL)->pcp[1].high, 570);
	ck_assert_uint_eq(zone_with("percpu_pagelist_high_fraction=8", ZONE_NORMAL)->pcp[0].high,
			  213777 / 8);
	ck_assert_uint_eq(
		zone_with("cpus=2 percpu_pagelist_high_fraction=8", ZONE_NORMAL)->pcp[0].high,
		213777 / 8 / 2);
}
END_TEST

START_TEST(the_cpus_of_a_node_share_its_zones_low_mark)
{
	const struct zone *z = zone_with("cpus=4 nodes=2", ZONE_NORMAL);
	const struct zone *far = &c.m->node[1].node_zones[ZONE_NORMAL];

	ck_assert_uint_eq(z->pcp[0].high, z->watermark[WMARK_LOW] / 2);
	ck_assert_uint_eq(far->pcp[0].high, far->watermark[WMARK_LOW] / 2);
	zone_with("cpus=1 nodes=2", ZONE_NORMAL);
	far = &c.m->node[1].node_zones[ZONE_NORMAL];
	ck_assert_uint_eq(far->pcp[0].high, far->watermark[WMARK_LOW]);
}
END_TEST

START_TEST(watermark_boost_is_kept_for_fragmentation)
{
	zone_with("watermark_boost=15000", ZONE_NORMAL);
	ck_assert_uint_eq(c.m->vm.watermark_boost_factor, 15000);
	ck_assert_uint_eq(zone_with("", ZONE_NORMAL)->watermark_boost, 0);
}
END_TEST

Suite *run_suite(void)
{
	Suite *s = suite_create("run");
	TCase *tc = tcase_create("run");

	tcase_add_checked_fixture(tc, NULL, teardown);
	tcase_add_test(tc, spawn_fork_and_exit_make_and_end_processes);
	tcase_add_test(tc, exec_replaces_the_program_and_forgets_region_names);
	tcase_add_test(tc, a_name_that_lives_cannot_be_made_again);
	tcase_add_test(tc, results_are_written_as_listings_want_them);
	tcase_add_test(tc, every_outcome_has_a_text);
	tcase_add_test(tc, a_size_left_out_means_the_rest_of_the_region);
	tcase_add_test(tc, a_region_keeps_its_meaning_when_it_is_unmapped_and_in_children);
	tcase_add_test(tc, mremap_gives_the_region_its_new_place_and_size);
	tcase_add_test(tc, a_mapping_that_fails_leaves_the_name_as_it_was);
	tcase_add_test(tc, a_write_shows_its_value_or_the_process_and_a_count);
	tcase_add_test(tc, a_long_range_runs_in_slices_as_one_event);
	tcase_add_test(tc, a_range_in_slices_keeps_its_start_when_the_stack_grows);
	tcase_add_test(tc, the_child_fetches_its_page_before_a_system_call);
	tcase_add_test(tc, malloc_names_what_it_gives_and_free_takes_it_once);
	tcase_add_test(tc, places_are_those_of_the_program);
	tcase_add_test(tc, what_means_nothing_is_not_resolved);
	tcase_add_test(tc, alloc_pages_gives_a_block_of_its_order_and_free_pages_takes_it);
	tcase_add_test(tc, a_name_keeps_its_address_after_what_it_held_was_freed);
	tcase_add_test(tc, a_dangling_name_reaches_who_has_the_memory_now);
	tcase_add_test(tc, a_block_that_was_freed_is_written_where_low_memory_has_it);
	tcase_add_test(tc, boot_has_its_caches_whatever_is_kept_back_after_it);
	tcase_add_test(tc, contend_without_a_place_is_where_ordinary_requests_begin);
	tcase_add_test(tc, what_was_freed_is_not_freed_or_mapped_again);
	tcase_add_test(tc, a_second_vfree_takes_the_area_that_has_the_address_by_now);
	tcase_add_test(tc, gfp_names_choose_the_zone);
	tcase_add_test(tc, kernel_requests_that_fail_give_null);
	tcase_add_test(tc, caches_live_from_create_to_destroy);
	tcase_add_test(tc, cpu_chooses_who_runs_the_following_events);
	tcase_add_test(tc, user_memory_events_are_listed_and_every_kind_has_a_tick);
	tcase_add_test(tc, min_free_kbytes_is_shared_out_by_managed_pages);
	tcase_add_test(tc, watermark_scale_factor_is_how_far_the_marks_lie_apart);
	tcase_add_test(tc, lowmem_reserve_ratio_divides_the_pages_above);
	tcase_add_test(tc, a_cpu_s_high_is_a_part_of_the_zone_or_of_its_low_mark);
	tcase_add_test(tc, the_cpus_of_a_node_share_its_zones_low_mark);
	tcase_add_test(tc, watermark_boost_is_kept_for_fragmentation);
	suite_add_tcase(s, tc);
	return s;
}
