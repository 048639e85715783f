/*
 * The narrator: each kind of event has its sentence, and its numbers are the machine's.
 */
#include "onscreen.h"

static char said[1024];

/* What is said after event nr of a scenario. */
static const char *say_of(const char *text, uint32_t nr)
{
	struct view v = open_view(text);

	go(&v, nr, STEP_END);
	narrate(&v, said, sizeof(said));
	close_view(&v);
	return said;
}

static void check_says(const char *text, uint32_t nr, const char *words)
{
	const char *sentence = say_of(text, nr);

	ck_assert_msg(strstr(sentence, words), "\"%s\" is not in \"%s\"", words, sentence);
}

START_TEST(every_place_of_every_sentence_names_something)
{
	ck_assert_msg(!narrator_unknown_place(), "%s", narrator_unknown_place());
}
END_TEST

START_TEST(use_after_free_says_who_holds_what_is_there)
{
#define FREED "machine i386 ram=64M\nkmalloc a 100\nkfree a\nkread a\nkmalloc b 100\nkwrite a\n"
	check_says(FREED, 3, "Use after free: nobody holds object ");
	check_says(FREED, 5, "somebody else has the memory by now. The write changes what is his");
	check_says("alloc_pages a 0\nfree_pages a\nkread a\n", 3,
		   "Use after free: nobody holds frame ");
	check_says("machine i386-6.1\nvmalloc a 4K\nkread a\nvfree a\nkread a\n", 4,
		   "the TLB leads a read at ");
}
END_TEST

START_TEST(a_copy_names_both_frames_and_who_keeps_the_old_one)
{
	struct view v = open_view(COW_LECTURE);
	char want[256];
	pfn_t old;

	go(&v, FORK, STEP_END);
	old = frame_of(&v, "kid", 0xb7ffe000);
	go(&v, COPY, STEP_END);
	snprintf(want, sizeof(want),
		 "kid writes a page that it shares with sh (2 mappings): the kernel copies frame "
		 "%x to %x. "
		 "Only kid's entry changes; frame %x stays with sh, now alone.",
		 old, frame_of(&v, "kid", 0xb7ffe000), old);
	narrate(&v, said, sizeof(said));
	ck_assert_int_eq(strncmp(said, want, strlen(want)), 0);
	close_view(&v);
}
END_TEST

START_TEST(the_last_user_does_not_copy)
{
	check_says(COW_LECTURE, REUSE,
		   "has no other user left: it is not copied, sh gets the right to write back.");
}
END_TEST

START_TEST(a_fork_counts_areas_tables_and_entries)
{
	check_says(COW_LECTURE, FORK,
		   "kid is a copy of sh: 5 areas and 3 page tables of its own, but not one page. "
		   "3 entries are copied, and read-only on both sides now");
}
END_TEST

START_TEST(a_first_touch_takes_a_frame_and_a_first_read_does_not)
{
#define TOUCH                                                                                      \
	"machine i386 ram=64M\nspawn p\nmmap p b 16K at=0x50000000\nread p b\nwrite p b "          \
	"value=x\nwrite p b+4K 12K\n"
	check_says(TOUCH, 2, "p has 16K at 50000000, where it asked for them");
	check_says(TOUCH, 3,
		   "p reads 50000000, which was never written: its entry leads to the zero page");
	check_says(TOUCH, 3, "A page table for this part of the addresses had to come first");
	check_says(
		TOUCH, 4,
		"p writes to a page that it had only read: its entry led to the shared zero page.");
	check_says(TOUCH, 5, "p writes 3 pages in 3 faults: 3 new frames, each filled with zeros.");
}
END_TEST

START_TEST(an_mmu_that_marks_nothing_leaves_it_to_faults)
{
#define OLD_ENTRY                                                                                  \
	"machine arm ram=64M\nspawn p\nmmap p b 4K\nwrite p b value=x\nfork p q\nread q b\n"       \
	"mmap p s 4K shared\nread p s\nwrite p s value=y\n"
	check_says(
		OLD_ENTRY, 5,
		"allows the access, but it is old, and this MMU does not mark an entry as young");
	check_says(OLD_ENTRY, 8,
		   "allows the write, but this MMU does not mark that a page becomes dirty");
}
END_TEST

START_TEST(what_is_no_address_does_not_come_to_the_page_tables)
{
	check_says("machine x86-64 ram=64M\nspawn p\nread p 0x800000000000\n", 2,
		   "800000000000 is no address: bits 63 to 48 do not repeat bit 47.");
}
END_TEST

START_TEST(who_has_ended_and_what_was_never_given_is_said)
{
#define NOBODY                                                                                     \
	"machine i386 ram=64M\nspawn p\nspawn q\nmmap q z 0\nmalloc q all 3G\n"                    \
	"exit p\nread p code\nfork p r\nread q z\nmunmap q z\nkmalloc k 5M\n"
	check_says(NOBODY, 4, "is refused with ENOMEM: 3G is more than PTRDIFF_MAX");
	check_says(NOBODY, 6, "p has ended: there is no process that could do this. ESRCH.");
	check_says(NOBODY, 7, "p has ended: there is no process that could do this. ESRCH.");
	check_says(NOBODY, 8, "That memory was never given to q, so it has no address");
	check_says(NOBODY, 9, "That memory was never given to q, so it has no address");
	check_says(NOBODY, 10, "kmalloc never gives as much as 5M: NULL.");
}
END_TEST

START_TEST(kernel_memory_that_nobody_holds_or_gets_is_said)
{
#define GIVEN_BACK                                                                                 \
	"machine i386-6.1 ram=64M\nalloc_pages a 0\nfree_pages a\nfree_pages a\nkmalloc k 300K\n"  \
	"kfree k\nkfree k\ncache_create c 100\ncache_destroy c\ncache_alloc c o\n"                 \
	"vmalloc v 500M\nvmalloc z 0\nalloc_pages b 0\nkmap b\nkunmap b\n"                         \
	"ioremap d 0xfe000000 4K\niounmap d\n"
	check_says(GIVEN_BACK, 3, "Nobody holds a: it was given back before, or never given.");
	check_says(GIVEN_BACK, 5, "k returns as a block of order 7");
	check_says(GIVEN_BACK, 6, "Nobody holds k: it was given back before, or never given.");
	check_says(GIVEN_BACK, 9, "That cache is gone, or was never made. EINVAL.");
	check_says(GIVEN_BACK, 10, "v would take 128000 pages, and all zones together have 12");
	check_says(GIVEN_BACK, 11, "Nothing was asked for, so z gets nothing: NULL.");
	check_says(GIVEN_BACK, 14, "b lies in low memory: it had no slot to give back");
	check_says(GIVEN_BACK, 16, "d is unmapped; the device stays where it is.");
}
END_TEST

START_TEST(a_vmalloc_whose_list_of_frames_is_vmalloced_too_names_its_own_range)
{
	check_says("machine i386 ram=1G\nvmalloc big 33M\n", 1,
		   "big is 33796K of addresses from f8800000 on");
}
END_TEST

START_TEST(a_refused_access_says_what_lies_around)
{
#define REFUSED                                                                                    \
	"machine i386 ram=64M\nspawn p\nread p 0\nwrite p code\nread p 0xc0100000\nwrite p "       \
	"0xbf000000\n"                                                                             \
	"read p 0x60000000\nwrite p stack-4K\n"
	check_says(REFUSED, 2, "00000000 lies below the first area, program 08048000-08049000");
	check_says(REFUSED, 3,
		   "lies in program 08048000-08049000, but the rights there are rx, and p wants to "
		   "write: SIGSEGV ACCERR");
	check_says(REFUSED, 4, "is beyond the addresses of processes, which end at c0000000");
	check_says(
		REFUSED, 5,
		"The stack of p would have to grow down to bf000000 and span 16M; its limit is 8M");
	check_says(REFUSED, 7,
		   "bffde000 is below the stack, which may grow: its area begins at bffde000 now");
}
END_TEST

START_TEST(system_calls_say_what_became_of_the_areas)
{
#define CALLS                                                                                      \
	"machine i386 ram=64M\nspawn p\nmmap p a 16K\nmmap p b 16K\nmunmap p a+4K 4K\n"            \
	"mprotect p b 4K prot=r\nbrk p +64K\nbrk p -32K\nmmap p c 0\nmunmap p 0x40000000 4K\n"
	check_says(CALLS, 2, "the top of the highest gap below b8000000 that is large enough");
	check_says(CALLS, 3,
		   "It touches an area of the same kind and becomes part of it: b7ffc000.");
	check_says(CALLS, 4,
		   "is unmapped: the area is cut, what lay between is gone. No page had been "
		   "touched there.");
	check_says(CALLS, 5,
		   "was rw and is r now. An area has one set of rights, so it had to be cut");
	check_says(CALLS, 6, "the end of the heap has moved, but no page is there yet");
	check_says(CALLS, 7, "The break goes down from");
	check_says(CALLS, 8, "mmap p c 0 is refused with EINVAL: a length of 0.");
	check_says(CALLS, 9, "Nothing was mapped between 40000000 and 40001000");
}
END_TEST

START_TEST(shared_memory_is_no_file)
{
#define SHARED                                                                                     \
	"machine i386 ram=64M\nspawn p\nmmap p b 8K shared\nread p b\nfork p q\nwrite q b\n"       \
	"mremap p b 16K maymove\nread p b+8K\nwrite p b+4K\nread p b 8K\n"
	check_says(SHARED, 2, "Its pages will belong to a shared memory object: after fork both");
	check_says(SHARED, 3, "The first touch of this page of shared memory: it gets frame");
	check_says(SHARED, 3, "belongs to the memory object, not to p");
	check_says(SHARED, 4, "Shared memory needs no copied entry: q's faults find the same");
	check_says(SHARED, 5, "q writes a page of shared memory that is there already, frame");
	check_says(SHARED, 5, "2 entries lead to it now");
	check_says(SHARED, 7,
		   "is page 2, counted from 0, of a shared memory object that has 2 pages");
	check_says(SHARED, 9, "p reads 2 pages without a fault");
}
END_TEST

START_TEST(a_file_mapping_says_where_writes_go)
{
	check_says("spawn p\nmmap p f 4K file=/etc/passwd\n", 2, "the file does not change.");
	check_says("spawn p\nmmap p f 4K file=/etc/passwd shared\n", 2,
		   "What is written there goes into the file's own pages.");
	ck_assert_ptr_null(
		strstr(say_of("spawn p\nmmap p f 4K file=/etc/passwd prot=r\n", 2), "written"));
}
END_TEST

START_TEST(mprotect_says_which_entries_may_write_again)
{
#define PROTECT                                                                                    \
	"machine i386 ram=64M\nspawn p\nmmap p b 16K\nwrite p b 16K\nfork p q\nwrite q b\n"        \
	"write p b\nmprotect p b prot=r\nmprotect p b prot=rw\nmprotect q b prot=r\n"              \
	"mprotect q b+4K 4K prot=rw\nmprotect q b 4K prot=rw\n"
	check_says(PROTECT, 7, "was rw and is r now. 1 entry loses the right to write with it.");
	check_says(PROTECT, 8,
		   "1 entry becomes writable at once, for the frames are exclusive; 3 entries stay "
		   "read-only until a write faults.");
	check_says(PROTECT, 10, "1 entry stays read-only until a write faults");
	check_says(PROTECT, 11, "1 entry becomes writable at once, for the frames are exclusive.");
}
END_TEST

START_TEST(ranges_that_are_locked_or_freed_or_moved_say_so)
{
#define RANGES                                                                                     \
	"machine i386 ram=64M\nspawn p\nmmap p b 16K at=0x60000000\nmlock p b\nmunlock p b\n"      \
	"madvise p b free\nmadvise p b populate_write\nmmap p w 4K at=0x60004000 prot=r\n"         \
	"mremap p b 32K maymove\nmremap p b 32K\nmremap p b 8K\nmmap p l 8K locked\n"              \
	"mmap p c 8K\nmadvise p c populate_read\n"
	check_says(RANGES, 3, "60000000 to 60004000 is locked, and all its pages are brought");
	check_says(RANGES, 4, "60000000 to 60004000 is no longer locked. The pages stay");
	check_says(RANGES, 5, "may go when memory is short. 4 entries are clean now");
	check_says(RANGES, 6, "16K at 60000000 brought into memory now, but they all are there");
	check_says(RANGES, 8, "4 entries move, the frames stay where they are");
	check_says(RANGES, 9, "b has 32K already: nothing changes.");
	check_says(RANGES, 10, "b shrinks to 8K: b7ffa000 to b8000000 at its end is unmapped");
	check_says(RANGES, 11, "Locked memory must not be missing later");
	check_says(RANGES, 13, "is touched now, before p needs it: 2 faults");
}
END_TEST

START_TEST(another_process_is_another_directory)
{
	check_says("spawn p\nspawn q\nread p data+4K\n", 3,
		   "The CPU changes to p: CR3 holds its directory, frame ");
	check_says("spawn p\nspawn q\nread p data+4K\nread p data+4K\n", 4,
		   "the TLB knows it, frame ");
}
END_TEST

START_TEST(what_grows_down_says_whether_it_took_a_frame)
{
#define GROWS                                                                                      \
	"machine i386 ram=64M\nspawn p\nread p stack-4K\nmmap p d 8K growsdown at=0x50000000\n"    \
	"write p d-4K\n"
	check_says(GROWS, 2,
		   "a read is enough: it begins at bffde000 now. The page shows the zero");
	check_says(GROWS, 4,
		   "4ffff000 is below an area that may grow down: it begins at 4ffff000 now, and "
		   "the page gets frame");
}
END_TEST

START_TEST(exec_says_what_is_left_and_what_was_cleared)
{
	check_says("machine i386 ram=64M\nspawn p\nexec p scenarios/hello\n", 2,
		   "p runs hello now. Its old areas are gone: 3 segments of the file and what has "
		   "no file make 5 areas, with 5 pages in memory. The file's data end at 0804d400, "
		   "inside a page: the kernel cleared the 3K behind, in a private copy.");
}
END_TEST

START_TEST(malloc_says_whether_the_kernel_heard_of_it)
{
#define HEAP                                                                                       \
	"machine i386 ram=64M\nspawn p\nmalloc p a 1000\nmalloc p b 1000\nmalloc p c 200K\nfree "  \
	"p a\nfree p c\n"                                                                          \
	"malloc p d 1000\nexit p\n"
	check_says(HEAP, 2, "The heap is too small: brk grows it by 132K");
	check_says(HEAP, 3, "b is cut from the top of the heap");
	check_says(HEAP, 4, "200K reach the mmap threshold of 128K");
	check_says(HEAP, 5, "goes into the C library's tcache");
	check_says(HEAP, 6,
		   "The chunk had a mapping of its own, 204K: it goes back to the kernel at once.");
	check_says(HEAP, 7, "d is the chunk of 1008 bytes that was freed last");
	check_says("machine i386 ram=64M\nspawn p\nmmap p wall 4K at=0x08050000\nmalloc p a 100K\n",
		   3,
		   "brk cannot grow it by 132K. So the library maps 1M elsewhere, goes on there as "
		   "if it were the heap, and cuts a from it at b7f001a0.");
}
END_TEST

START_TEST(the_buddy_says_what_was_cut_and_why_a_merge_ends)
{
#define BUDDY "machine i386 ram=64M\nalloc_pages a 4\nalloc_pages b 4\nfree_pages a\nfree_pages b\n"
	check_says(BUDDY, 2, "The smallest free block that holds order 4 is");
	check_says(BUDDY, 3, "is in use: no merge");
	check_says(BUDDY, 4, "b returns, and its buddy");
}
END_TEST

START_TEST(slab_says_which_class_and_which_slab)
{
#define SLAB                                                                                       \
	"machine i386 ram=64M\nkmalloc a 100\ncache_create box 1300 hwcache\ncache_alloc box x\n"  \
	"cache_alloc box y\ncache_free y\ncache_destroy box\n"
	check_says(SLAB, 1,
		   "100 bytes come from size-128, the smallest class that holds them; 28 bytes are "
		   "lost inside.");
	check_says(SLAB, 2,
		   "box is a new cache: its objects take 1312 bytes, 3 of them fit in a slab of "
		   "order 0.");
	check_says(SLAB, 3, "box had no free object: a new slab of 3 objects");
	check_says(SLAB, 4, "y comes from the first partial slab of box");
	check_says(SLAB, 6, "box stays: 1 of its objects are in use. EINVAL.");
}
END_TEST

START_TEST(at_a_micro_step_the_step_and_the_span_around_it_speak)
{
	struct view v = open_view(COW_LECTURE);
	char want[128];
	const struct step *copy;

	go_to_step(&v, COPY, S_COPY_PAGE);
	copy = &story_last(view_story(&v))->step;
	narrate(&v, said, sizeof(said));
	snprintf(want, sizeof(want),
		 "copy_user_highpage: frame %llx is copied to frame %llx: \"A\".\n(do_wp_page: ",
		 (unsigned long long)copy->arg[0], (unsigned long long)copy->arg[1]);
	ck_assert_int_eq(strncmp(said, want, strlen(want)), 0);
	close_view(&v);
}
END_TEST

START_TEST(before_the_first_event_the_machine_is_described)
{
	check_says("machine i386 ram=64M\ncpu 0\n", 0, "A machine with 64M of memory has booted: ");
}
END_TEST

START_TEST(a_small_buffer_cuts_the_sentence_and_ends_it)
{
	struct view v = open_view(COW_LECTURE);
	char small[16];

	go(&v, COPY, STEP_END);
	ck_assert_uint_eq(narrate(&v, small, sizeof(small)), sizeof(small) - 1);
	ck_assert_str_eq(small, "kid writes a pa");
	close_view(&v);
}
END_TEST

Suite *narrator_suite(void)
{
	Suite *s = suite_create("narrator");
	TCase *c = tcase_create("narrator");

	tcase_add_test(c, every_place_of_every_sentence_names_something);
	tcase_add_test(c, use_after_free_says_who_holds_what_is_there);
	tcase_add_test(c, a_copy_names_both_frames_and_who_keeps_the_old_one);
	tcase_add_test(c, the_last_user_does_not_copy);
	tcase_add_test(c, a_fork_counts_areas_tables_and_entries);
	tcase_add_test(c, a_first_touch_takes_a_frame_and_a_first_read_does_not);
	tcase_add_test(c, an_mmu_that_marks_nothing_leaves_it_to_faults);
	tcase_add_test(c, what_is_no_address_does_not_come_to_the_page_tables);
	tcase_add_test(c, who_has_ended_and_what_was_never_given_is_said);
	tcase_add_test(c, kernel_memory_that_nobody_holds_or_gets_is_said);
	tcase_add_test(c, a_vmalloc_whose_list_of_frames_is_vmalloced_too_names_its_own_range);
	tcase_add_test(c, a_refused_access_says_what_lies_around);
	tcase_add_test(c, system_calls_say_what_became_of_the_areas);
	tcase_add_test(c, shared_memory_is_no_file);
	tcase_add_test(c, a_file_mapping_says_where_writes_go);
	tcase_add_test(c, mprotect_says_which_entries_may_write_again);
	tcase_add_test(c, ranges_that_are_locked_or_freed_or_moved_say_so);
	tcase_add_test(c, another_process_is_another_directory);
	tcase_add_test(c, what_grows_down_says_whether_it_took_a_frame);
	tcase_add_test(c, exec_says_what_is_left_and_what_was_cleared);
	tcase_add_test(c, malloc_says_whether_the_kernel_heard_of_it);
	tcase_add_test(c, the_buddy_says_what_was_cut_and_why_a_merge_ends);
	tcase_add_test(c, slab_says_which_class_and_which_slab);
	tcase_add_test(c, at_a_micro_step_the_step_and_the_span_around_it_speak);
	tcase_add_test(c, before_the_first_event_the_machine_is_described);
	tcase_add_test(c, a_small_buffer_cuts_the_sentence_and_ends_it);
	suite_add_tcase(s, c);
	return s;
}
