/*
 * What is this?  Every kind of address, by worked numbers; and at random moments, against brute force.
 *
 * 1G classic: low memory ends at 38000 frames (896M), the image has frames 100 to 4ff, mem_map the next 32 bytes * 3fffe0
 * frames.  64M: frames 0 to 3fff, all low; mem_map 500 to 57f.
 */
#include "tests/random.h"
#include "tests/script.h"

#include <glob.h>

#include "sim/pgtable.h"
#include "src/timeline.h"
#include "src/what.h"

enum {
	NR_PARTS = 8, /* of the scenarios that are asked at random */
	SEEDS = 12,   /* of random scenarios in each part          */
};

static struct script c;
static struct what w;

/* The facts of words at the end of a scenario that was run. */
static void ask(const char *words)
{
	struct what_fault fault;
	struct what_place p;

	ck_assert_msg(what_parse(c.m, c.s, c.m->last_task, words, &p, &fault), "%s: %s", words,
		      fault.message);
	what_is(c.m, c.s, &p, &w);
}

/* "label text" of every fact, a line each. */
static const char *all_facts(void)
{
	static char text[1 << 15];
	char line[512];
	size_t used = 0;

	text[0] = '\0';
	for (uint32_t i = 0; i < w.nr; i++) {
		fact_text(c.m, &w.fact[i], line, sizeof(line));
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s: %s\n",
					 fact_info[w.fact[i].id].label, line);
	}
	return text;
}

static bool has_line(const char *line)
{
	const char *found = strstr(all_facts(), line);

	for (; found; found = strstr(found + 1, line))
		if ((found == all_facts() || found[-1] == '\n') && found[strlen(line)] == '\n')
			return true;
	return false;
}

/* Among the facts is this line. */
#define ck_says(line) ck_assert_msg(has_line(line), "not said: %s\n%s", line, all_facts())
/* There is no fact of this id. */
#define ck_silent(id) ck_assert_ptr_null(what_fact(&w, W_##id, 0))

static uint64_t arg_of(enum fact_id id, int i)
{
	const struct fact *f = what_fact(&w, id, 0);

	ck_assert_msg(f != NULL, "no such fact among\n%s", all_facts());
	return f->arg[i];
}

static void run(const char *text) { script_run(&c, text); }

static void end(void) { script_free(&c); }

/* ---- user addresses ---- */

static const char cow[] = "machine i386 ram=1G\n"
			  "spawn sh\n"
			  "mmap sh buf 8K\n"
			  "write sh buf 8K value=A\n"
			  "fork sh kid\n"
			  "write kid buf value=K\n";

START_TEST(a_users_page_is_told_from_its_name_to_its_frame)
{
	run(cow);
	ask("kid buf+0x123");
	ck_says("address: b7ffe123: user address of kid, byte 291 of its page");
	ck_says("name: buf + 0x123 of 0x2000, by mmap");
	ck_says("area: b7ffe000-b8000000  rw-p  anonymous  8K");
	ck_says("area: mprotect may give it rwx  flags account");
	/* 0xb7ffe123 >> 22 = 735; 735 * 4 = b7c; (0xb7ffe123 >> 12) & 1023 = 1022; * 4 = ff8 */
	ck_says("pgd: [735] at 37c0fb7c  37c11067 P RW US A D");
	ck_says("pte: [1022] at 37c11ff8  3fc07067 P RW US A D");
	ck_says("TLB: CPU 0 holds 3fc07 RW D");
	ck_says("frame: 3fc07  node 0  HighMem  physical 3fc07123");
	ck_says("frame: no kernel address: the kernel maps high memory by kmap");
	/* mem_map begins behind the image, at frame 500: c0500000 + 0x3fc07 * 32 */
	ck_says("frame: struct page at c0cf80e0  ref 1  map 1  exclusive uptodate swapbacked");
	ck_says("frame: content \"K\"");
	ck_says("use: anonymous, page b7ffe of anon_vma 5  exclusive");
	ck_says("mapped by: kid  b7ffe000  rw");
	ck_assert_ptr_null(what_fact(&w, W_MAPPED, 1));
	end();
}
END_TEST

START_TEST(a_page_shared_since_fork_names_everyone_who_maps_it)
{
	run(cow);
	ask("sh buf+4K");
	ck_says("pte: [1023] at 37c0effc  3fc06065 P RO US A D");
	ck_says("use: anonymous, page b7fff of anon_vma 3  not exclusive");
	ck_says("mapped by: sh  b7fff000  r-");
	ck_says("mapped by: kid  b7fff000  r-");
	ck_assert_ptr_null(what_fact(&w, W_MAPPED, 2));
	ck_silent(TLB); /* kid runs */
	end();
}
END_TEST

START_TEST(pages_not_touched_have_an_entry_that_is_empty_or_no_table)
{
	run("machine i386 ram=64M\nspawn sh\nmmap sh far 4K at=0x60000000\n"
	    "mmap sh buf 8K\nwrite sh buf value=A\n");
	ask("buf+4K");
	ck_says("pte: [1023] at 03c1fffc  00000000 not present");
	ck_silent(FRAME);
	ask("far");
	ck_says("pgd: [384] at 03c17600  00000000 not present");
	ck_says("pte: none: no table for 60000000-60400000");
	ck_silent(FRAME);
	end();
}
END_TEST

START_TEST(a_page_read_only_is_the_zero_page_which_nobody_counts)
{
	run("machine i386 ram=64M\nspawn sh\nmmap sh buf 4K\nread sh buf\n");
	ask("buf");
	/* the fifth page of the image; bit 9 says special */
	ck_says("pte: [1023] at 03c1fffc  00104225 P RO US A special");
	ck_says("frame: 104  node 0  DMA  physical 00104000");
	ck_says("use: the zero page: all reads of pages never written end here, and nobody counts "
		"them");
	ck_silent(MAPPED);
	ck_silent(MAPPED_NOT);
	end();
}
END_TEST

START_TEST(a_page_of_a_none_area_keeps_its_frame_for_the_software)
{
	run("machine i386 ram=64M\nspawn sh\nmmap sh sea 8K shared\nwrite sh sea value=S\n"
	    "mprotect sh sea 4K prot=none\n");
	ask("sea");
	ck_says("area: b7ffe000-b7fff000  ---s  zero  4K");
	ck_says("pte: [1022] at 03c20ff8  03c1f160 for the software only (PROT_NONE)");
	ck_says("use: shared anonymous memory: page 0 of 2");
	ck_says("mapped by: sh  b7ffe000  --");
	end();
}
END_TEST

START_TEST(file_pages_know_their_file_and_where_it_ends)
{
	run("machine i386 ram=64M\nspawn sh\nfork sh kid\n");
	ask("sh code");
	ck_says("area: 08048000-08049000  r-xp  program  4K");
	ck_says("area: page 0 of program, which has 3");
	ck_says("use: page cache: page 0 of the 3 of program");
	ck_says("mapped by: sh  08048000  r-");
	ck_says("mapped by: kid  08048000  r-");
	ck_assert_ptr_null(what_fact(&w, W_MAPPED, 2));
	end();
}
END_TEST

START_TEST(no_area_is_told_by_its_neighbours)
{
	run("machine i386 ram=64M\nspawn sh\n");
	ask("0x1000");
	ck_says("area: none: a hole of 131360K between 00000000 and 08048000");
	ck_says("area: none, and never one: it is below 00010000 (mmap_min_addr)");
	ask("0x60000000");
	ck_says("area: none: a hole of 3014212K between 0804e000 and bffdf000");
	end();
}
END_TEST

START_TEST(below_the_stack_it_is_told_how_far_it_may_grow)
{
	run("machine i386 ram=64M\nspawn sh\n");
	ask("stack-4K");
	/* the stack ends at c0000000 and may have 8M; 256 pages below it stay free */
	ck_says("area: 4K below bffdf000, an area that grows down, to bf800000 at most");
	ck_says("area: in its guard gap bfedf000-bffdf000, which mmap leaves free");
	ask("stack-1M");
	ck_assert_uint_eq(arg_of(W_GUARD_GAP, 1), 0xbfedf000);
	ask("stack-257p");
	ck_silent(GUARD_GAP);
	ck_assert_uint_eq(arg_of(W_STACK_ABOVE, 3), 0xbf800000);
	end();
}
END_TEST

START_TEST(with_three_levels_the_walk_has_three_entries)
{
	run("machine i386-pae ram=1G\nspawn sh\nmmap sh buf 8K\nwrite sh buf value=A\n");
	ask("buf");
	/* 2 / 447 / 510, entries of 8 bytes: offsets 010, df8, ff0 */
	ck_assert_uint_eq(arg_of(W_PGD, 0), 2);
	ck_assert_uint_eq(arg_of(W_PGD, 1) & 0xfff, 0x010);
	ck_assert_uint_eq(arg_of(W_PMD, 0), 447);
	ck_assert_uint_eq(arg_of(W_PMD, 1) & 0xfff, 0xdf8);
	ck_assert_uint_eq(arg_of(W_PTE, 0), 510);
	ck_assert_uint_eq(arg_of(W_PTE, 1) & 0xfff, 0xff0);
	ck_assert_uint_eq(arg_of(W_PGD, 2) >> 12, arg_of(W_PMD, 1) >> 12);
	ck_assert_uint_eq(arg_of(W_PMD, 2) >> 12, arg_of(W_PTE, 1) >> 12);
	ck_assert_uint_eq(pte_pfn(arg_of(W_PTE, 2)), arg_of(W_FRAME, 0));
	ck_assert(arg_of(W_PTE, 2) & PTE_NX);
	end();
}
END_TEST

START_TEST(what_an_access_would_meet_is_told_for_each_kind_of_it)
{
	run(cow);
	ask("kid buf");
	ck_says("access: read, write, fetch: no fault");
	ask("kid buf+4K");
	ck_says("access: read, fetch: no fault");
	ck_says("access: write: a fault copies the page");
	ask("sh buf");
	ck_says("access: write: a fault makes the entry writable, the frame stays");
	ask("sh bss");
	ck_says("access: read, fetch: a fault maps the zero page");
	ck_says("access: write: a fault takes a new frame");
	ck_silent(ACCESS_GROWS);
	ask("sh stack-4");
	ck_says("access: the stack would grow down to here first");
	ask("sh 0xbf7ffffc");
	ck_says("access: read, write, fetch: SIGSEGV MAPERR, the stack may not grow so far");
	ask("sh code");
	ck_says("access: write: SIGSEGV ACCERR, the area does not allow it");
	ask("sh 0x1000");
	ck_says("access: read, write, fetch: SIGSEGV MAPERR, no area");
	end();
	run("machine i386 ram=64M\nspawn sh\nmmap sh f 8K file=data9k prot=r\n"
	    "mmap sh g 32K file=data9k shared\n");
	ask("f");
	ck_says("access: read, fetch: a fault maps the frame of the page cache");
	/* 9216 bytes: two pages and 1K */
	ask("g+8K");
	ck_says("access: read, write, fetch: a fault maps the frame of the page cache");
	ck_says("area: page 2 of data9k, which has 3");
	ask("g+12K");
	ck_says("area: page 3 of data9k, which has 3: behind its end");
	ck_says("access: read, write, fetch: SIGBUS, behind the end of the file");
	end();
}
END_TEST

START_TEST(the_last_page_of_a_file_says_how_much_of_it_is_the_files)
{
	run("machine i386 ram=64M\nspawn sh\nmmap sh f 12K file=data9k prot=r\nread sh f 12K\n");
	ask("f+8K");
	ck_says("use: page cache: page 2 of the 3 of data9k");
	ck_says("use: its last page: 1K of the file, then zeros");
	ask("f");
	ck_silent(FILE_TAIL);
	end();
}
END_TEST

START_TEST(a_page_that_may_not_be_executed_says_so)
{
	run("machine i386-pae ram=64M nx=on\nspawn sh\nmmap sh buf 8K\nwrite sh buf value=A\n");
	ask("buf");
	ck_assert_ptr_nonnull(strstr(all_facts(), "067 P RW US A D NX\n"));
	ck_says("access: read, write: no fault");
	ck_says("access: fetch: SIGSEGV ACCERR, the area does not allow it");
	/* the fetch brings the page before it is refused */
	ask("buf+4K");
	ck_says("access: read: a fault maps the zero page");
	ck_says("access: fetch: SIGSEGV ACCERR, the area does not allow it");
	ask("code");
	ck_says("access: read, fetch: no fault");
	end();
}
END_TEST

START_TEST(each_cpu_that_holds_the_translation_says_so)
{
	run("machine i386 ram=64M cpus=2\nspawn sh\nmmap sh buf 4K\nwrite sh buf\n"
	    "cpu 1\nread sh buf\n");
	ask("buf");
	ck_assert_uint_eq(what_fact(&w, W_TLB, 0)->arg[0], 0);
	ck_assert_uint_eq(what_fact(&w, W_TLB, 1)->arg[0], 1);
	ck_assert_uint_eq(what_fact(&w, W_TLB, 1)->arg[1], arg_of(W_FRAME, 0));
	ck_assert_ptr_null(what_fact(&w, W_TLB, 2));
	end();
}
END_TEST

/* ---- the C library's heap ---- */

static const char heap[] = "machine i386 ram=64M\n"
			   "spawn sh\n"
			   "malloc sh p 100\n"
			   "malloc sh q 2000\n"
			   "malloc sh r 200000\n"
			   "malloc sh s 24\n"
			   "malloc sh t 24\n"
			   "free sh s\n"
			   "free sh q\n"
			   "free sh t\n";

START_TEST(a_chunk_in_use_says_which_byte_of_it_this_is)
{
	run(heap);
	ask("p+4");
	/* 100 bytes and a word, rounded up to 16: 112; the library's own lists come first */
	ck_says("name: p + 0x4 of 0x64, by malloc");
	ck_says("chunk: 0804e198 of 112 bytes in use: p");
	ck_says("chunk: here: byte 4 of the 108 behind its header that can be used");
	ck_says("chunk: below it: 0804e008 of 400 bytes, in use");
	ck_says("chunk: above it: 0804e208 of 2016 bytes, free");
	ask("p-4");
	ck_says("chunk: here: its size, the second word of its header");
	ask("p-8");
	ck_says("chunk: here: prev_size, the first word of its header; the chunk below may use it "
		"while it is in use");
	ask("0x0804e010");
	ck_says("chunk: 0804e008 of 400 bytes in use by the C library itself");
	end();
}
END_TEST

START_TEST(a_free_chunk_says_on_which_list_it_waits)
{
	run(heap);
	ask("q");
	ck_says("chunk: 0804e208 of 2016 bytes free: in the unsorted bin, place 1 of 1");
	ask("s");
	ck_says("chunk: 0804e9e8 of 32 bytes free: in the tcache, place 2 of the 2 of its size");
	ask("t");
	ck_says("chunk: 0804ea08 of 32 bytes free: in the tcache, place 1 of the 2 of its size");
	ask("t+100");
	ck_says("chunk: 0804ea28 of 136664 bytes: top, the part of the heap not cut yet");
	ask("r");
	ck_says("chunk: b7fcf008 of 200696 bytes in use: r, with a mapping of its own");
	ck_says("chunk: here: byte 0 of the 200688 behind its header that can be used");
	ck_silent(CHUNK_BELOW);
	end();
}
END_TEST

/* ---- free frames ---- */

START_TEST(a_free_frame_is_in_a_block_that_has_a_buddy)
{
	run("machine i386 ram=64M\n");
	/* boot gives frames 1 to ff back: blocks 1, 2, 4, 8, 10, 20, 40, 80 */
	ask("pfn 40");
	ck_says("use: free: head of block 40 of order 6, place 1 of the 1 on the list of DMA");
	ck_says("buddy: 0: in use, reserved");
	ask("pfn 7f");
	ck_says("use: free: inside block 40 of order 6, place 1 of the 1 on the list of DMA");
	ask("pfn 2000");
	ck_says("buddy: none: 10 is the largest order");
	end();
}
END_TEST

/*
 * Boot's slabs were cut from 3c00: 3d00 (order 8) and 3e00 (order 9) are left of it.  a takes 3d00, b the lower half of
 * 3e00.
 */
START_TEST(the_half_that_was_not_taken_says_who_has_the_other)
{
	run("machine i386 ram=64M\nalloc_pages a 8\nalloc_pages b 8\n");
	ask("pfn 3f00");
	ck_says("use: free: head of block 3f00 of order 8, place 1 of the 1 on the list of Normal");
	ck_says("buddy: 3e00: in use, kernel");
	ask("pfn 3f42");
	ck_says("use: free: inside block 3f00 of order 8, place 1 of the 1 on the list of Normal");
	end();
	run("machine i386 ram=64M\nalloc_pages a 8\nalloc_pages b 8\nalloc_pages c 7\n"
	    "alloc_pages d 7\nfree_pages b\n");
	ask("d");
	ck_says("use: kernel: page 0 of block 3f00 of order 7");
	ask("pfn 3e00");
	ck_says("use: free: head of block 3e00 of order 8, place 1 of the 1 on the list of Normal");
	ck_says("buddy: 3f00: in use, kernel");
	end();
}
END_TEST

START_TEST(a_frame_on_a_cpus_list_says_which_cpu_and_where)
{
	const struct zone *z;
	pfn_t second;

	run("machine i386 ram=64M cpus=2\ncpu 1\nalloc_pages a 0\nfree_pages a\n");
	z = &c.m->node[0].node_zones[ZONE_NORMAL];
	second = c.m->mem_map[z->pcp[1].list[0][0].head].next;
	what_is(c.m, c.s, &(struct what_place){.kind = PLACE_PHYS, .phys = (paddr_t)second << 12},
		&w);
	ck_assert_uint_eq(arg_of(W_PCP, 0), second);
	ck_assert_uint_eq(arg_of(W_PCP, 2), 1);
	ck_assert_uint_eq(arg_of(W_PCP, 3), 2);
	ck_assert_uint_eq(arg_of(W_PCP, 4), z->pcp[1].list[0][0].count);
	ck_silent(MAPPED);
	end();
}
END_TEST

START_TEST(the_second_frame_of_a_block_on_a_cpus_list_is_found)
{
	const struct page_list *l;

	run("machine i386-6.1 ram=64M\nalloc_pages a 1\nfree_pages a\n");
	l = &c.m->node[0].node_zones[ZONE_NORMAL].pcp[0].list[1][0];
	ck_assert_uint_ne(l->head, PFN_NONE);
	what_is(c.m, c.s,
		&(struct what_place){.kind = PLACE_PHYS, .phys = (paddr_t)(l->head + 1) << 12}, &w);
	ck_assert_uint_eq(arg_of(W_PCP, 0), l->head);
	ck_assert_uint_eq(arg_of(W_PCP, 1), 1);
	ck_assert_uint_eq(arg_of(W_PCP, 3), 1);
	end();
}
END_TEST

/* 6.1 keeps a list for each kind of page; a block's kind follows its pageblock's at boot, and requests change it. */
START_TEST(where_lists_go_by_mobility_the_kind_is_told)
{
	run("machine i386-6.1 ram=1G\nalloc_pages a 0\nfree_pages a\n");
	ask("pfn 4000");
	ck_says("frame: in a pageblock of movable pages");
	ck_says("use: on the list of movable blocks");
	what_is(c.m, c.s,
		&(struct what_place){.kind = PLACE_PHYS,
				     .phys = (paddr_t)c.m->node[0]
						     .node_zones[ZONE_NORMAL]
						     .pcp[0]
						     .list[0][MIGRATE_UNMOVABLE]
						     .head
					     << 12},
		&w);
	ck_says("use: on the list of unmovable blocks");
	end();
	/* the classic kernel has one list for all */
	run("machine i386 ram=8M\n");
	ask("pfn 700");
	ck_silent(FREE_KIND);
	ck_silent(PAGEBLOCK);
	end();
}
END_TEST

/* ---- what boot keeps ---- */

START_TEST(boots_frames_are_told_apart)
{
	run("machine i386 ram=1G\n");
	ask("pfn 0");
	ck_says("use: reserved: the firmware's first 4K, never handed out");
	ask("pfn 100");
	ck_says("use: reserved: kernel image, page 0 of 1024");
	ask("pfn 4ff");
	ck_says("use: reserved: kernel image, page 1023 of 1024");
	/* byte 0x1050 of mem_map is in the struct page of frame 0x1050 / 32 = 0x82, its byte 16 */
	ask("phys 501050");
	ck_says("use: reserved: mem_map, byte 16 of the struct page of frame 82");
	ask("0xc0501050");
	ck_says("use: reserved: mem_map, byte 16 of the struct page of frame 82");
	ask("pfn 40000");
	ck_says("frame: none: RAM ends at 40000000");
	end();
}
END_TEST

START_TEST(a_pc_has_a_hole_and_hash_tables)
{
	run("machine i386-6.1 ram=1G\n");
	ask("pfn 9f");
	ck_says("use: a hole: there is no memory at this address");
	ck_silent(STRUCT_PAGE);
	ask("pfn 0");
	ck_says("frame: 0  in no zone  physical 00000000");
	/* 128 + 64 pages up to the end of low memory at 36bfe */
	ask("pfn 36bfd");
	ck_says("use: reserved: hash tables of dentries and inodes, page 191 of 192");
	ask("pfn 9e");
	ck_says("use: reserved: the firmware's first 1M, never handed out");
	/* 128K of firmware at the end */
	ask("pfn 3ffe0");
	ck_says("frame: none: RAM ends at 3ffe0000");
	end();
}
END_TEST

/* ---- kernel addresses ---- */

START_TEST(the_kernels_gigabyte_is_cut_as_the_profile_says)
{
	run("machine i386 ram=1G\n");
	ask("0xc0100000");
	ck_says("address: c0100000: kernel address in the direct map c0000000-f8000000, physical "
		"00100000");
	ck_says("pgd: [768] at 00101c00  000001e3 P RW KE A D PS G");
	ck_says("pte: none: the entry above maps 4M at once (PSE)");
	ck_says("frame: 100  node 0  DMA  physical 00100000");
	ask("0xf7ffffff");
	ck_says("frame: 37fff  node 0  Normal  physical 37ffffff");
	ask("0xf8000000");
	ck_assert_uint_eq(arg_of(W_VMALLOC_HOLE, 2), 0xf8800000);
	ck_says("pte: none: no table for f8000000-f8400000");
	ask("0xf8800000");
	ck_says("address: f8800000: kernel address in the vmalloc area f8800000-ff7fe000");
	ask("0xff7ff000");
	ck_says("address: ff7ff000: kernel address in the guard pages ff7fe000-ff800000 behind "
		"vmalloc");
	ask("0xff801000");
	ck_says("address: ff801000: kernel address in the kmap window ff800000-ffc00000, slot 1 of "
		"1024");
	ask("0xffd00000");
	ck_says("address: ffd00000: kernel address ffc00000-fff54000 between the kmap window and "
		"the fixmap, never mapped");
	ask("0xffffe123");
	ck_says("address: ffffe123: kernel address in the fixmap fff54000-fffff000, slot 1");
	ck_says("slot: fix_vsyscall");
	ask("0xfffff000");
	ck_assert_ptr_nonnull(what_fact(&w, W_LAST_PAGE, 0));
	end();
}
END_TEST

START_TEST(the_kernels_gigabyte_of_6_1_ends_otherwise)
{
	run("machine i386-6.1-pae ram=1G\n");
	ask("0xf6ffe000");
	ck_assert_uint_eq(arg_of(W_VMALLOC_HOLE, 2), 0xf77fe000);
	ask("0xff1ff000");
	ck_says("address: ff1ff000: kernel address in the kmap window ff000000-ff200000, slot 511 "
		"of 512");
	ask("0xff200000");
	ck_says("address: ff200000: kernel address, tables of the CPU (LDT) ff200000-ff400000");
	ask("0xff400000");
	ck_says("address: ff400000: kernel address, entry areas of the CPUs ff400000-ffdb8000");
	/* where the recorded kernel's first kmap_local slot is */
	ask("0xfffbb000");
	ck_says("address: fffbb000: kernel address in the fixmap ffdb8000-fffff000, slot 68");
	ask("0xc1000000");
	/* code is read-only, and the tables lie behind what is */
	ck_says("pgd: [3] at 01c52018  001c53001 P");
	ck_says("pmd: [8] at 01c53040  0010001e1 P RO KE A D PS G");
	ck_says("pte: none: the entry above maps 2M at once (PSE)");
	end();
}
END_TEST

START_TEST(a_process_page_in_low_memory_has_a_kernel_address_too)
{
	vaddr_t kva;
	char words[32];

	run("machine i386 ram=64M\nspawn sh\nmmap sh buf 4K\nwrite sh buf value=A\n");
	ask("buf");
	kva = (vaddr_t)arg_of(W_FRAME_KVA, 0);
	ck_assert_uint_eq(kva, 0xc0000000 + (arg_of(W_FRAME, 0) << 12));
	snprintf(words, sizeof(words), "%08" PRIx64, kva);
	ask(words);
	ck_says("mapped by: sh  b7fff000  rw");
	ck_says("frame: content \"A\"");
	end();
}
END_TEST

START_TEST(an_address_of_the_kernel_typed_for_a_process_is_the_kernels)
{
	run("machine i386 ram=64M\nspawn sh\n");
	ask("sh 0xc0100000");
	ck_assert_ptr_nonnull(what_fact(&w, W_DIRECT_MAP, 0));
	ck_silent(USER_ADDRESS);
	end();
}
END_TEST

START_TEST(an_address_of_vmalloc_knows_its_area_and_its_guard_page)
{
	vaddr_t va, device;

	run("machine i386 ram=1G\n");
	/* T7.a: 5000 bytes are two pages and a guard */
	va = vmalloc(c.m, 5000);
	ck_assert_uint_eq(va, 0xf8800000);
	ask("0xf8801000");
	ck_says("vm area: f8800000-f8803000  vmalloc, page 1 of its 2");
	ck_says("use: kernel: page 0 of block 3fc01 of order 0");
	ask("0xf8802000");
	ck_says("vm area: f8800000-f8803000  its guard page, never mapped");
	ck_says("pte: [2] at 37c03008  00000000 not present");
	ask("0xf8803000");
	ck_says("vm area: none");
	device = ioremap(c.m, 0xfd000000, 4096);
	ck_assert_uint_eq(device, 0xf8804000); /* at a multiple of 8K: REFERENCE 7.1 */
	ask("0xf8804010");
	ck_says("vm area: f8804000-f8806000  ioremap of fd000010");
	ck_says("frame: none: RAM ends at 40000000");
	ck_assert(vfree(c.m, va));
	end();
	run("machine i386-6.1 ram=1G\n");
	va = vmalloc(c.m, 4096);
	ck_assert(vfree(c.m, va));
	what_is(c.m, c.s, &(struct what_place){.kind = PLACE_KERNEL, .va = va}, &w);
	ck_assert_ptr_nonnull(what_fact(&w, W_VM_LAZY, 0));
	end();
}
END_TEST

START_TEST(a_slot_of_kmap_knows_whom_it_is_lent_to)
{
	pfn_t pfn;
	vaddr_t va;
	char line[64];

	run("machine i386 ram=1G\n");
	pfn = alloc_pages(c.m, GFP_HIGHUSER, 0, FRAME_KERNEL);
	ask("0xff801000");
	ck_says("slot: free");
	va = kmap(c.m, pfn);
	ck_assert_uint_eq(va, 0xff801000); /* the first slot that is ever given is 1 */
	kmap(c.m, pfn);
	ask("0xff801234");
	snprintf(line, sizeof(line), "slot: lent to frame %x  users 2", pfn);
	ck_says(line);
	ck_says("frame: high memory, lent the kernel address ff801234 by kmap");
	kunmap(c.m, pfn);
	kunmap(c.m, pfn);
	ask("0xff801000");
	snprintf(line, sizeof(line), "slot: still maps frame %x, which nobody uses here", pfn);
	ck_says(line);
	va = kmap_atomic(c.m, pfn);
	what_is(c.m, c.s, &(struct what_place){.kind = PLACE_KERNEL, .va = va}, &w);
	ck_assert_uint_eq(arg_of(W_FIX_KMAP, 0), 0);
	ck_assert_uint_eq(arg_of(W_FIX_KMAP, 1), 0);
	ck_assert_uint_eq(arg_of(W_FIX_KMAP, 3), 1);
	end();
}
END_TEST

/* ---- slabs ---- */

START_TEST(an_object_in_use_is_known_by_its_name)
{
	run("machine i386 ram=64M\ncache_create toys 700\ncache_alloc toys bear\n"
	    "cache_alloc toys car\ncache_free bear\n");
	ask("car");
	/* 2.4: 24 + 11 * 4 bytes of management, rounded up to a line of 32: 96; then objects of 700 */
	ck_assert_uint_eq(w.place.va & 0xfff, 96 + 700);
	ck_says("name: car + 0 of 0x2bc, by cache_alloc");
	ck_assert_uint_eq(arg_of(W_SLAB, 3), 1);
	ck_assert_uint_eq(arg_of(W_SLAB, 4), 11);
	ck_assert_uint_eq(arg_of(W_OBJECT_USED, 2), 1);
	ck_says("object: here: byte 0 of its 700");
	what_is(c.m, c.s, &(struct what_place){.kind = PLACE_KERNEL, .va = w.place.va - 700}, &w);
	/* freed last: it goes out first, of the ten that are free */
	ck_assert_uint_eq(arg_of(W_OBJECT_FREE, 2), 0);
	ck_assert_uint_eq(arg_of(W_OBJECT_FREE, 3), 1);
	ck_assert_uint_eq(arg_of(W_OBJECT_FREE, 4), 10);
	end();
}
END_TEST

START_TEST(names_of_what_was_freed_dangle_behind_those_that_hold)
{
	run("machine i386 ram=64M\ncache_create toys 700\ncache_alloc toys bear\ncache_free bear\n"
	    "cache_alloc toys car\nvmalloc v 8K\nvfree v\nalloc_pages b 0\nfree_pages b\n");
	ask("bear");
	ck_says("name: car + 0 of 0x2bc, by cache_alloc");
	ck_says("name: bear + 0 of 0x2bc, by cache_alloc, freed since: a dangling pointer");
	ck_assert(strstr(all_facts(), "car +") < strstr(all_facts(), "bear +"));
	ask("v");
	ck_says("name: v + 0 of 0x2000, by vmalloc, freed since: a dangling pointer");
	ask("b");
	ck_says("name: b + 0 of 0x1000, by alloc_pages, freed since: a dangling pointer");
	end();
}
END_TEST

START_TEST(of_many_dangling_names_eight_are_told)
{
	run("machine i386 ram=64M\nrepeat 11\nkmalloc k$i 100\nkfree k$i\nend\n");
	ask("k1");
	ck_assert_uint_eq(arg_of(W_FREED_NAMES_MORE, 0), 3);
	end();
}
END_TEST

START_TEST(parts_of_a_slab_that_are_no_object_are_told)
{
	vaddr_t slab;
	struct what_place p = {.kind = PLACE_KERNEL};

	run("machine i386 ram=64M\ncache_create toys 700\ncache_alloc toys bear\n");
	ask("bear");
	slab = (vaddr_t)(0xc0000000 + (arg_of(W_SLAB, 1) << 12));
	p.va = slab + 95;
	what_is(c.m, c.s, &p, &w);
	ck_says("slab: here: the slab's descriptor and the index list of its free objects, 96 "
		"bytes");
	/* 96 + 11 * 700 = 7796 of 8192 */
	p.va = slab + 7795;
	what_is(c.m, c.s, &p, &w);
	ck_says("object: here: byte 699 of its 700");
	p.va = slab + 7796;
	what_is(c.m, c.s, &p, &w);
	ck_says("slab: here: the rest, too small for an object");
	end();
}
END_TEST

START_TEST(slabs_of_6_1_have_colour_padding_and_an_index_list_at_their_end)
{
	struct what_place p = {.kind = PLACE_KERNEL};
	vaddr_t slab;

	run("machine i386-6.1 ram=64M\ncache_create toys 60 ctor\ncache_alloc toys bear\n");
	ask("bear");
	slab = (vaddr_t)(0xc0000000 + (arg_of(W_SLAB, 1) << 12));
	/* objects of 64 and a byte each: 63, which take 4095; one byte is left, so there is one colour */
	ck_assert_uint_eq(arg_of(W_SLAB, 4), 63);
	p.va = (vaddr_t)arg_of(W_OBJECT_USED, 1) + 61;
	what_is(c.m, c.s, &p, &w);
	ck_says("object: here: padding behind its 60 bytes");
	p.va = slab + 4095;
	what_is(c.m, c.s, &p, &w);
	ck_says("slab: here: the index list of its free objects, 63 bytes");
	p.va = slab + 63 * 64;
	what_is(c.m, c.s, &p, &w);
	ck_says("slab: here: the rest, too small for an object");
	/* the CPU's array was filled with the others: the one taken last is bear, the next is on top */
	p.va = (vaddr_t)w.place.va - 63 * 64;
	what_is(c.m, c.s, &p, &w);
	ck_assert_ptr_nonnull(what_fact(&w, W_OBJECT_CPU, 0));
	end();
}
END_TEST

START_TEST(kernel_objects_say_what_they_describe)
{
	const struct task *sh;
	char words[32];

	run(cow);
	sh = c.m->tasks;
	snprintf(words, sizeof(words), "%08" PRIx64, sh->kobj[0] + 5);
	ask(words);
	ck_says("is: task_struct of sh");
	ck_assert_uint_eq(arg_of(W_OBJECT_BYTE, 0), 5);
	snprintf(words, sizeof(words), "%08" PRIx64, sh->mm->kobj);
	ask(words);
	ck_says("is: mm_struct of sh");
	snprintf(words, sizeof(words), "%08" PRIx64, mm_area_at(sh->mm, 0xb7ffe000)->kobj);
	ask(words);
	ck_says("is: vm_area_struct of area b7ffe000 of sh");
	snprintf(words, sizeof(words), "%08" PRIx64, mm_area_at(sh->mm, 0xb7ffe000)->chain->kobj);
	ask(words);
	ck_says("is: anon_vma_chain from area b7ffe000 of sh to anon_vma 3");
	snprintf(words, sizeof(words), "%08" PRIx64,
		 mm_area_at(sh->mm, 0xb7ffe000)->anon_vma->kobj);
	ask(words);
	ck_says("is: anon_vma 3, of area b7ffe000 of sh among others");
	snprintf(words, sizeof(words), "%08" PRIx64, sh->mm->exe->kobj[0]);
	ask(words);
	ck_says("is: inode of program");
	snprintf(words, sizeof(words), "%08" PRIx64, c.m->kobj_cache[KOBJ_MM]->kobj);
	ask(words);
	ck_says("is: descriptor of the cache mm_struct");
	end();
}
END_TEST

/* ---- the kernel's own frames ---- */

START_TEST(a_kernel_stack_knows_its_task)
{
	char words[32];

	run(cow);
	snprintf(words, sizeof(words), "pfn %x", c.m->tasks->stack + 1);
	ask(words);
	ck_says("use: kernel stack of sh, page 1 of 2");
	end();
}
END_TEST

START_TEST(a_page_table_knows_what_it_translates)
{
	char words[32];

	run(cow);
	ask("kid buf");
	/* the entry of b7ffe000 is at 37c11ff8 */
	ask("phys 37c11ff8");
	ck_says("use: page table of kid, pte: translates b7c00000-b8000000");
	ck_says("entry: [1022] for b7ffe000  3fc07067 P RW US A D");
	ask("phys 37c0fb7c");
	ck_says("use: page table of kid, pgd: translates 00000000-100000000");
	ck_says("entry: [735] for b7c00000  37c11067 P RW US A D");
	snprintf(words, sizeof(words), "phys %x", (c.m->swapper_pg_dir << 12) + 769 * 4);
	ask(words);
	ck_says("use: page table of the kernel, pgd: translates 00000000-100000000");
	ck_says("entry: [769] for c0400000  004001e3 P RW KE A D PS G");
	end();
}
END_TEST

START_TEST(a_middle_table_of_pae_spans_a_gigabyte)
{
	char words[48];

	run("machine i386-pae ram=64M\nspawn sh\nmmap sh buf 8K\nwrite sh buf value=A\n");
	ask("buf");
	snprintf(words, sizeof(words), "phys %llx", (unsigned long long)arg_of(W_PMD, 1));
	ask(words);
	ck_says("use: page table of sh, pmd: translates 80000000-c0000000");
	ck_assert_uint_eq(arg_of(W_TABLE_ENTRY, 2), 0xb7e00000);
	ask("buf");
	snprintf(words, sizeof(words), "phys %llx", (unsigned long long)arg_of(W_PTE, 1));
	ask(words);
	ck_says("use: page table of sh, pte: translates b7e00000-b8000000");
	ck_assert_uint_eq(arg_of(W_TABLE_ENTRY, 1), 510);
	end();
}
END_TEST

START_TEST(a_block_of_the_kernel_has_the_name_that_was_given)
{
	char words[32];

	run("machine i386 ram=64M\nalloc_pages big 3\n");
	ask("big");
	ck_assert_uint_eq(arg_of(W_KERNEL_BLOCK, 2), 0);
	snprintf(words, sizeof(words), "phys %llx", (unsigned long long)w.place.phys + 0x5010);
	ask(words);
	ck_assert_uint_eq(arg_of(W_KERNEL_BLOCK, 1), 3);
	ck_assert_uint_eq(arg_of(W_KERNEL_BLOCK, 2), 5);
	ck_says("name: big + 0x5010 of 0x8000, by alloc_pages");
	end();
}
END_TEST

/* ---- words ---- */

/* What is wrong with words: "AT+LEN message". */
static const char *fault_of(const char *words)
{
	static char text[256];
	struct what_fault f;
	struct what_place p;

	if (what_parse(c.m, c.s, c.m->last_task, words, &p, &f))
		return "nothing";
	snprintf(text, sizeof(text), "%zu+%zu %s", f.at, f.len, f.message);
	return text;
}

START_TEST(words_that_mean_no_place_are_told_with_the_nearest_known)
{
	run(cow);
	ck_assert_str_eq(fault_of(""), "0+0 an address: ADDR, PROC ADDR, phys ADDR or pfn N");
	ck_assert_str_eq(fault_of("kid bfu"), "4+3 unknown address \"bfu\"; did you mean \"buf\"?");
	ck_assert_str_eq(fault_of("kdi buf"), "0+3 unknown process \"kdi\"; did you mean \"kid\"?");
	ck_assert_str_eq(fault_of("stakc"),
			 "0+5 unknown address \"stakc\"; did you mean \"stack\"?");
	ck_assert_str_eq(fault_of("phy 0x1000"),
			 "0+3 unknown process \"phy\"; did you mean \"phys\"?");
	ck_assert_str_eq(fault_of("pfn 12x4"), "4+4 \"12x4\" is not a hexadecimal number");
	ck_assert_str_eq(fault_of("pfn 1000000"),
			 "4+7 \"1000000\" is too large: physical addresses have 36 bits");
	ck_assert_str_eq(fault_of("phys"),
			 "4+0 a physical address in hexadecimal, such as 0x38a50000");
	ck_assert_str_eq(fault_of("kid"),
			 "3+0 an address of kid: a number, or a name such as stack");
	ck_assert_str_eq(fault_of("0x100000000"),
			 "0+11 \"0x100000000\" is no address: they end at 0xffffffff");
	ck_assert_str_eq(fault_of("0x100000000000000000"),
			 "0+20 \"0x100000000000000000\" is no address: they end at 0xffffffff");
	ck_assert_str_eq(fault_of("kid xs:0"),
			 "4+2 unknown segment register \"xs\"; did you mean \"cs\"?");
	ck_assert_str_eq(fault_of("kid ds:"), "7+0 an offset is missing behind the colon");
	ck_assert_str_eq(fault_of("kid ds:bfu"),
			 "7+3 unknown address \"bfu\"; did you mean \"buf\"?");
	ck_assert_str_eq(fault_of("kid buf 3"),
			 "8+1 unexpected \"3\": ADDR, PROC ADDR, phys ADDR or pfn N");
	end();
	run("machine x86-64 ram=64M\n");
	ck_assert_str_eq(
		fault_of("0x10000000000000000"),
		"0+19 \"0x10000000000000000\" is no address: they end at 0xffffffffffffffff");
	end();
	run("machine i386 ram=64M\n");
	ck_assert_str_eq(fault_of("0x1000"), "0+6 a user address needs a process: none lives now");
	ck_assert_str_eq(fault_of("ds:0"), "0+4 a logical address needs a process: none lives now");
	end();
}
END_TEST

/* The place that words mean, as words. */
static const char *place_of(const char *words)
{
	static char text[64];

	ask(words);
	what_place_text(c.m, &w.place, text, sizeof(text));
	return text;
}

START_TEST(words_of_every_form_are_understood)
{
	run("machine i386 ram=64M\nspawn sh\nmmap sh buf-2 8K\nfork sh kid\nkmalloc box 100\n"
	    "alloc_pages big 1\n");
	ck_assert_str_eq(place_of("sh buf-2"), "sh b7ffe000");
	ck_assert_str_eq(place_of("buf-2+1p"), "kid b7fff000");
	ck_assert_str_eq(place_of("  stack-16 "), "kid bffdeff0");
	ck_assert_str_eq(place_of("b7ffe000"), "kid b7ffe000");
	ck_assert_str_eq(place_of("sh 08049010"), "sh 08049010");
	ck_assert_str_eq(place_of("4096"), "kid 00001000");
	ck_assert_str_eq(place_of("C0100000"), "c0100000");
	ck_assert_str_eq(place_of("phys 1000"), "phys 00001000");
	ck_assert_str_eq(place_of("phys 0xFFFFFFFFF"), "phys fffffffff");
	ck_assert_str_eq(place_of("pfn 38a50"), "phys 38a50000");
	ck_assert_str_eq(place_of(place_of("box")), place_of("box"));
	ask("box");
	ck_assert_int_eq(w.place.kind, PLACE_KERNEL);
	ask("big");
	ck_assert_int_eq(w.place.kind, PLACE_PHYS);
	end();
}
END_TEST

START_TEST(segments_are_told_before_the_walk)
{
	run("machine i386 ram=64M\nspawn sh\nmmap sh buf 8K\nset_thread_area sh buf+1K\n");
	ask("sh buf+2K");
	ck_says("segment: ds 007b, GDT entry 15: base 0, 4G, DPL 3: offset = linear address");
	ck_says("segment: gs 0033, entry 6, is the process's own: base b7ffe400, here is its "
		"offset 0x400");
	ask("0xc0100000");
	ck_says("segment: 4G from 0 on reach here from user mode too: what keeps a program out is "
		"US in the entries");
	end();
}
END_TEST

START_TEST(a_logical_address_becomes_a_linear_one_or_a_fault)
{
	run("machine i386 ram=64M\nspawn sh\nmmap sh buf 8K\nset_thread_area sh buf+1K\n");
	ck_assert_str_eq(place_of("gs:16"), "sh 0x33:00000010");
	ck_assert_str_eq(place_of(place_of("sh ds:buf")), "sh 0x7b:b7ffe000");
	ask("sh gs:16");
	ck_says("selector: entry 6 of the GDT, requested privilege level 3");
	ck_says("segment: thread-local storage: base b7ffe400, 4G, DPL 3");
	ck_says("linear: b7ffe410 = base b7ffe400 + offset 0x10");
	ck_says("name: buf + 0x410 of 0x2000, by mmap");
	ask("sh 0x60:0xc0100000");
	ck_says("linear: none, #GP: DPL 0 is the kernel's, user mode has level 3");
	ck_silent(DIRECT_MAP);
	ask("sh 0x80:0");
	ck_says("linear: none, #GP: that entry is empty or a TSS, no code and no data");
	ask("sh 0:0");
	ck_says("linear: none, #GP: the null selector names no segment");
	ask("sh 0x7:0");
	ck_says("linear: none, #GP: the process has no LDT");
	ask("sh 0x100:0");
	ck_says("linear: none, #GP: the GDT has 32 entries");
	end();
}
END_TEST

START_TEST(an_entry_of_the_gdt_is_known_by_its_address)
{
	char words[32];

	run("machine i386-6.1 ram=64M\nspawn sh\n");
	snprintf(words, sizeof(words), "%08llx", (unsigned long long)gdt_address(c.m, 0) + 8 * 14);
	ask(words);
	ck_says("gdt: here: entry 14 of the GDT of CPU 0, selector 0070: user code");
	end();
}
END_TEST

START_TEST(a_process_that_has_ended_is_said_to_be_gone)
{
	struct what_place p = {.kind = PLACE_USER, .va = 0xb7ffe000};

	run("machine i386 ram=64M\nspawn sh\nfork sh kid\nexit kid\n");
	p.pid = 2;
	what_is(c.m, c.s, &p, &w);
	ck_says("address: b7ffe000: user address of kid, which does not live at this moment");
	ck_assert_uint_eq(w.nr, 1);
	end();
}
END_TEST

/* ---- at random ---- */

enum { MOMENTS = 8, PLACES = 60 };

static uint32_t seed;

static uint32_t draw(uint32_t below)
{
	seed = seed * 1664525U + 1013904223U;
	return (uint32_t)((uint64_t)(seed >> 4) * below >> 28);
}

/* A frame that a process maps, or any. */
static pfn_t some_frame(const struct machine *m, const struct task *t)
{
	for (int tries = 0; t && tries < 30; tries++) {
		const struct vma *v =
			t->mm->map_count ? mm_area_nr(t->mm, draw(t->mm->map_count)) : NULL;
		const pte_t *e;

		if (!v)
			break;
		e = pte_offset(m, t->mm, v->start + draw(vma_pages(v)) * PAGE_SIZE);
		if (e && pte_present(*e))
			return pte_pfn(*e);
	}
	return draw(m->max_pfn + 10);
}

/* An address of every kind: in areas and beside them, in what is mapped, in the kernel's part, and anywhere. */
static struct what_place some_place(const struct machine *m)
{
	const struct task *t = m->tasks;
	struct what_place p = {.kind = PLACE_PHYS};

	for (uint32_t n = m->nr_tasks ? draw(m->nr_tasks) : 0; t && n > 0; n--)
		t = t->next;
	switch (draw(5)) {
	case 0:
		p.phys = ((paddr_t)some_frame(m, t) << PAGE_SHIFT) + draw(PAGE_SIZE);
		return p;
	case 1:
		p = (struct what_place){.kind = PLACE_KERNEL};
		p.va = (vaddr_t)m->map.page_offset + draw(0x40000000);
		if (draw(3))
			p.va = pfn_to_kva(m, draw(m->max_low_pfn)) + draw(PAGE_SIZE);
		return p;
	default:
		if (!t)
			return p;
		p = (struct what_place){
			.kind = PLACE_USER, .pid = t->pid, .va = draw((uint32_t)m->map.task_size)};
		if (draw(8) && t->mm->map_count) {
			const struct vma *v = mm_area_nr(t->mm, draw(t->mm->map_count));

			p.va = v->start - PAGE_SIZE + draw(v->end - v->start + 2 * PAGE_SIZE);
			p.va = p.va < m->map.task_size ? p.va : m->map.task_size - 1;
		}
		return p;
	}
}

/* Entries of one area that map a frame, found by looking at all of them. */
static uint32_t count_area(const struct machine *m, const struct vma *v, pfn_t pfn)
{
	uint32_t nr = 0;

	for (uint64_t va = v->start; va < v->end; va += PAGE_SIZE) {
		const pte_t *e = pte_offset(m, v->mm, (vaddr_t)va);

		if (!e)
			va = pmd_addr_end(m, va, v->end) - PAGE_SIZE;
		else if (pte_present(*e) && pte_pfn(*e) == pfn)
			nr++;
	}
	return nr;
}

/* Of all processes; outside of areas there is none (a law of check_space.c). */
static uint32_t count_entries(const struct machine *m, pfn_t pfn)
{
	uint32_t nr = 0;

	for (const struct task *t = m->tasks; t; t = t->next)
		for (const struct vma *v = t->mm->mmap; v; v = v->next)
			nr += count_area(m, v, pfn);
	return nr;
}

/*
 * Each mapper that is told maps the frame; between events they are all there are.  Within exec it may be one in
 * the address space that becomes the task's only later.
 */
static void ck_mappers(const struct machine *m, pfn_t pfn, bool at_rest)
{
	uint32_t n = 0;

	for (const struct fact *f; (f = what_fact(&w, W_MAPPED, n)); n++) {
		const struct task *t = find_task(m, (uint32_t)f->arg[0]);
		const pte_t *e = t ? pte_offset(m, t->mm, (vaddr_t)f->arg[1]) : NULL;

		ck_assert_ptr_nonnull(t);
		if (at_rest || (e && pte_pfn(*e) == pfn))
			ck_assert(e && *e == f->arg[2] && pte_pfn(*e) == pfn);
		ck_assert_uint_eq(f->arg[1] % PAGE_SIZE, 0);
	}
	if (what_fact(&w, W_MAPPED_MORE, 0))
		n += (uint32_t)arg_of(W_MAPPED_MORE, 0);
	if (at_rest && (n || what_fact(&w, W_MAPPED_NOT, 0)))
		ck_assert_uint_eq(n, count_entries(m, pfn));
}

/* A free frame's block holds it and stands where it is said to be. */
static void ck_block(const struct machine *m, pfn_t pfn, enum fact_id id)
{
	const struct fact *f = what_fact(&w, id, 0);
	const struct zone *z;
	pfn_t at;

	if (!f)
		return;
	z = zone_by_id(m, (uint32_t)f->arg[2]);
	ck_assert_uint_lt(pfn - (pfn_t)f->arg[0], 1u << f->arg[1]);
	at = z->free_area[f->arg[1]].free_list[m->mem_map[f->arg[0]].level].head;
	for (uint64_t n = 1; n < f->arg[3]; n++)
		at = m->mem_map[at].next;
	ck_assert(f->arg[3] == 0 || at == f->arg[0]);
}

/* What is told of a place, held against the machine. */
static void ck_place(const struct machine *m, const struct scenario *s, const struct what_place *p,
		     bool at_rest)
{
	struct what_fault fault;
	struct what_place again;
	char text[512];
	pfn_t pfn;

	what_is(m, s, p, &w);
	ck_assert_uint_gt(w.nr, 0);
	ck_assert_uint_lt(w.nr, FACTS_MAX);
	for (uint32_t i = 0; i < w.nr; i++)
		ck_assert_uint_gt(fact_text(m, &w.fact[i], text, sizeof(text)), 3);
	what_place_text(m, p, text, sizeof(text));
	ck_assert_msg(what_parse(m, s, m->tasks, text, &again, &fault), "%s", fault.message);
	ck_assert_msg(again.kind == p->kind && again.va == p->va && again.phys == p->phys, "%s",
		      text);
	if (!what_fact(&w, W_FRAME, 0))
		return;
	pfn = (pfn_t)arg_of(W_FRAME, 0);
	if (what_fact(&w, W_PTE, 0))
		ck_assert_uint_eq(arg_of(W_PTE, 3), pfn);
	ck_mappers(m, pfn, at_rest);
	ck_block(m, pfn, W_FREE_HEAD);
	ck_block(m, pfn, W_FREE_INSIDE);
}

/* Random places at random moments of a scenario, which is freed; NULL: it cannot be loaded here. */
static void ask_at_random(struct scenario *s)
{
	struct timeline *t;

	if (!s || !scenario_nr_events(s)) {
		scenario_free(s);
		return;
	}
	t = timeline_open(s);
	ck_assert_ptr_nonnull(t);
	for (int i = 0; i < MOMENTS; i++) {
		struct when at = {draw(scenario_nr_events(s)) + 1, STEP_END};

		timeline_goto(t, at);
		if (i % 2 && timeline_steps(t))
			at.step = draw((uint32_t)timeline_steps(t)) + 1;
		at = timeline_goto(t, at);
		for (int n = 0; n < PLACES; n++) {
			struct what_place p = some_place(timeline_machine(t));

			ck_place(timeline_machine(t), s, &p, at.step == STEP_END);
		}
	}
	timeline_close(t);
	scenario_free(s);
}

START_TEST(at_random_moments_what_is_told_agrees_with_the_machine)
{
	struct diags d;
	glob_t found;

	ck_assert_int_eq(glob("tests/cases/*.txt", 0, NULL, &found), 0);
	ck_assert_int_eq(glob("scenarios/*.txt", GLOB_APPEND, NULL, &found), 0);
	for (size_t i = (size_t)_i; i < found.gl_pathc; i += NR_PARTS) {
		seed = (uint32_t)i;
		diags_init(&d);
		ask_at_random(scenario_load(found.gl_pathv[i], NULL, &d));
		diags_free(&d);
	}
	globfree(&found);
}
END_TEST

START_TEST(in_random_scenarios_too)
{
	struct report *r = calloc(1, sizeof(*r));
	struct diags d;

	ck_assert_ptr_nonnull(r);
	for (uint32_t i = 0; i < SEEDS; i++) {
		memset(r, 0, sizeof(*r));
		seed = (uint32_t)_i * SEEDS + i;
		ck_assert_msg(random_seed_grows(r, seed), "%s", r->why);
		diags_init(&d);
		ask_at_random(scenario_parse("tests/what.txt", r->text, strlen(r->text), NULL, &d));
		diags_free(&d);
	}
	free(r);
}
END_TEST

START_TEST(every_text_uses_arguments_that_its_fact_has)
{
	for (int id = 0; id < NR_FACT_IDS; id++) {
		const struct fact_info *f = &fact_info[id];

		ck_assert(*f->label && *f->text);
		for (const char *p = strchr(f->text, '{'); p; p = strchr(p + 1, '{')) {
			if (strncmp(p, "{name}", 6) == 0)
				continue;
			ck_assert_msg(p[1] >= '0' && p[1] < '0' + FACT_ARGS && p[2] == '}' &&
					      f->arg[p[1] - '0'] != A_NONE,
				      "%s", f->text);
		}
	}
}
END_TEST

Suite *what_suite(void)
{
	Suite *s = suite_create("what");
	TCase *t = tcase_create("what");

	tcase_add_test(t, a_users_page_is_told_from_its_name_to_its_frame);
	tcase_add_test(t, a_page_shared_since_fork_names_everyone_who_maps_it);
	tcase_add_test(t, pages_not_touched_have_an_entry_that_is_empty_or_no_table);
	tcase_add_test(t, a_page_read_only_is_the_zero_page_which_nobody_counts);
	tcase_add_test(t, a_page_of_a_none_area_keeps_its_frame_for_the_software);
	tcase_add_test(t, file_pages_know_their_file_and_where_it_ends);
	tcase_add_test(t, no_area_is_told_by_its_neighbours);
	tcase_add_test(t, below_the_stack_it_is_told_how_far_it_may_grow);
	tcase_add_test(t, with_three_levels_the_walk_has_three_entries);
	tcase_add_test(t, what_an_access_would_meet_is_told_for_each_kind_of_it);
	tcase_add_test(t, the_last_page_of_a_file_says_how_much_of_it_is_the_files);
	tcase_add_test(t, a_page_that_may_not_be_executed_says_so);
	tcase_add_test(t, each_cpu_that_holds_the_translation_says_so);
	tcase_add_test(t, a_chunk_in_use_says_which_byte_of_it_this_is);
	tcase_add_test(t, a_free_chunk_says_on_which_list_it_waits);
	tcase_add_test(t, a_free_frame_is_in_a_block_that_has_a_buddy);
	tcase_add_test(t, the_half_that_was_not_taken_says_who_has_the_other);
	tcase_add_test(t, a_frame_on_a_cpus_list_says_which_cpu_and_where);
	tcase_add_test(t, the_second_frame_of_a_block_on_a_cpus_list_is_found);
	tcase_add_test(t, where_lists_go_by_mobility_the_kind_is_told);
	tcase_add_test(t, boots_frames_are_told_apart);
	tcase_add_test(t, a_pc_has_a_hole_and_hash_tables);
	tcase_add_test(t, the_kernels_gigabyte_is_cut_as_the_profile_says);
	tcase_add_test(t, the_kernels_gigabyte_of_6_1_ends_otherwise);
	tcase_add_test(t, a_process_page_in_low_memory_has_a_kernel_address_too);
	tcase_add_test(t, an_address_of_the_kernel_typed_for_a_process_is_the_kernels);
	tcase_add_test(t, an_address_of_vmalloc_knows_its_area_and_its_guard_page);
	tcase_add_test(t, a_slot_of_kmap_knows_whom_it_is_lent_to);
	tcase_add_test(t, an_object_in_use_is_known_by_its_name);
	tcase_add_test(t, names_of_what_was_freed_dangle_behind_those_that_hold);
	tcase_add_test(t, of_many_dangling_names_eight_are_told);
	tcase_add_test(t, parts_of_a_slab_that_are_no_object_are_told);
	tcase_add_test(t, slabs_of_6_1_have_colour_padding_and_an_index_list_at_their_end);
	tcase_add_test(t, kernel_objects_say_what_they_describe);
	tcase_add_test(t, a_kernel_stack_knows_its_task);
	tcase_add_test(t, a_page_table_knows_what_it_translates);
	tcase_add_test(t, a_middle_table_of_pae_spans_a_gigabyte);
	tcase_add_test(t, a_block_of_the_kernel_has_the_name_that_was_given);
	tcase_add_test(t, words_that_mean_no_place_are_told_with_the_nearest_known);
	tcase_add_test(t, words_of_every_form_are_understood);
	tcase_add_test(t, segments_are_told_before_the_walk);
	tcase_add_test(t, a_logical_address_becomes_a_linear_one_or_a_fault);
	tcase_add_test(t, an_entry_of_the_gdt_is_known_by_its_address);
	tcase_add_test(t, a_process_that_has_ended_is_said_to_be_gone);
	tcase_add_loop_test(t, at_random_moments_what_is_told_agrees_with_the_machine, 0, NR_PARTS);
	tcase_add_loop_test(t, in_random_scenarios_too, 0, NR_PARTS);
	tcase_add_test(t, every_text_uses_arguments_that_its_fact_has);
	suite_add_tcase(s, t);
	return s;
}
