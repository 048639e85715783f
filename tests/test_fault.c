/* Numbers: REFERENCE 10.1, 10.4, 10.6, 13.8, 16 (G8); RULES 6, 7. */
#include "tests/faults.h"

enum { BUF = 0x20000000 };

/* ---- anonymous memory ---- */

START_TEST(memory_comes_at_the_first_write)
{
	vaddr_t buf = (vaddr_t)map(64 * K, RW);
	struct page *page;

	ck_assert_uint_eq(entry_of(sh, buf), 0);
	ck_assert_uint_eq(faults_of(sh, buf, 1, ACCESS_WRITE), 1);
	ck_assert_uint_eq(bits_of(sh, buf), 0x067);
	page = page_of(sh, buf);
	ck_assert_uint_eq(page->use, FRAME_ANON);
	ck_assert_int_eq(page->refcount, 1);
	ck_assert_int_eq(page->mapcount, 1);
	ck_assert(page->flags & PG_EXCLUSIVE);
	ck_assert_ptr_eq(page->mapping, mm_area_at(sh->mm, buf)->anon_vma);
	ck_assert_uint_eq(page->index, buf >> PAGE_SHIFT);
	ck_assert_uint_eq(faults_of(sh, buf, 16, ACCESS_WRITE), 15);
}
END_TEST

START_TEST(reads_before_the_first_write_share_the_zero_page)
{
	vaddr_t buf = (vaddr_t)map(100 * 4096, RW);
	uint32_t rss = sh->mm->rss_anon;

	ck_assert_uint_eq(faults_of(sh, buf, 100, ACCESS_READ), 100);
	ck_assert_uint_eq(bits_of(sh, buf), 0x225);
	ck_assert_uint_eq(frame_at(sh, buf), m->zero_page);
	ck_assert_uint_eq(frame_at(sh, buf + 99 * 4096), m->zero_page);
	ck_assert_uint_eq(sh->mm->rss_anon, rss);
	ck_assert_int_eq(pfn_page(m, m->zero_page)->mapcount, 0);
	ck_assert_ptr_null(mm_area_at(sh->mm, buf)->anon_vma);
	ck_assert_uint_eq(faults_of(sh, buf, 100, ACCESS_WRITE), 100);
	ck_assert_uint_eq(faults_of(sh, buf, 100, ACCESS_WRITE), 0);
	ck_assert_uint_eq(sh->mm->rss_anon, rss + 100);
}
END_TEST

START_TEST(a_fault_on_an_entry_that_allows_it_only_marks_it)
{
	vaddr_t buf = (vaddr_t)map(4096, RW);
	pte_t *e;

	ck_write(sh, buf);
	e = pte_offset(m, sh->mm, buf);
	*e &= ~(pte_t)(PTE_A | PTE_D);
	flush_tlb_page(m, sh->mm, buf);
	ck_assert_int_eq(handle_mm_fault(m, sh, find_vma(m, sh->mm, buf), buf, false), FAULT_MINOR);
	ck_assert_uint_eq(bits_of(sh, buf), 0x027);
	ck_assert_int_eq(handle_mm_fault(m, sh, find_vma(m, sh->mm, buf), buf, true), FAULT_MINOR);
	ck_assert_uint_eq(bits_of(sh, buf), 0x067);
	ck_assert_uint_eq(told[S_SET_ACCESS_FLAGS], 2);
	ck_assert_uint_eq(told[S_FAULT_SPURIOUS], 0);
	ck_assert_int_eq(handle_mm_fault(m, sh, find_vma(m, sh->mm, buf), buf, true), FAULT_MINOR);
	ck_assert_uint_eq(bits_of(sh, buf), 0x067);
	ck_assert_uint_eq(told[S_SET_ACCESS_FLAGS], 2);
	ck_assert_uint_eq(told[S_FAULT_SPURIOUS], 1);
}
END_TEST

START_TEST(user_frames_are_high_where_there_is_high_memory)
{
	vaddr_t buf = (vaddr_t)map(4096, RW);

	ck_write(sh, buf);
	ck_assert_int_eq(page_zone(m, frame_at(sh, buf))->type, ZONE_HIGHMEM);
	teardown();
	boot("i386-6.1", 256);
	buf = (vaddr_t)map(4096, RW);
	ck_write(sh, buf);
	ck_assert_int_eq(page_zone(m, frame_at(sh, buf))->type, ZONE_NORMAL);
}
END_TEST

/* ---- bad accesses ---- */

static struct {
	vaddr_t va;
	enum access kind;
	enum outcome_kind outcome;
	uint32_t error;
} const refusals[] = {
	{0, ACCESS_READ, OUT_MAPERR, 4},           {0, ACCESS_WRITE, OUT_MAPERR, 6},
	{0x50000000, ACCESS_READ, OUT_MAPERR, 4},  {0x50000000, ACCESS_FETCH, OUT_MAPERR, 4},
	{0x08048010, ACCESS_WRITE, OUT_ACCERR, 7}, /* code, in memory          */
	{BUF, ACCESS_WRITE, OUT_ACCERR, 6},        /* read-only, never touched */
	{BUF + 4096, ACCESS_READ, OUT_ACCERR, 4},  /* no rights                */
	{0xc0000000, ACCESS_READ, OUT_MAPERR, 5},  {0xc0100000, ACCESS_WRITE, OUT_MAPERR, 7},
	{0xf8800000, ACCESS_READ, OUT_MAPERR, 4},
};

START_TEST(a_refused_access_has_a_reason_a_code_and_no_fault)
{
	map_at(BUF, 4096, R);
	map_at(BUF + 4096, 4096, 0);
	ck_outcome(touch(sh, refusals[_i].va, refusals[_i].kind), refusals[_i].outcome,
		   refusals[_i].va);
	ck_assert_uint_eq(last_told[S_PAGE_FAULT].arg[2], refusals[_i].error);
	ck_assert_uint_eq(sh->event_min, 0);
	ck_assert_uint_eq(told[S_HANDLE_MM_FAULT], 0);
}
END_TEST

START_TEST(a_right_to_write_is_enough_to_read)
{
	map_at(BUF, 4096, VM_WRITE);
	ck_read(sh, BUF);
	map_at(BUF + 8192, 4096, VM_EXEC);
	ck_read(sh, BUF + 8192);
	ck_outcome(touch(sh, BUF + 8192, ACCESS_WRITE), OUT_ACCERR, BUF + 8192);
}
END_TEST

START_TEST(a_stack_has_grown_when_its_rights_forbid_the_access)
{
	sys_mprotect(m, sh, 0xbffdf000, 33 * 4096, R);
	ck_outcome(touch(sh, 0xbffd0000, ACCESS_WRITE), OUT_ACCERR, 0xbffd0000);
	ck_assert_uint_eq(mm_area_at(sh->mm, 0xbffd0000)->start, 0xbffd0000);
}
END_TEST

/* ---- files ---- */

START_TEST(a_read_maps_16_pages_around)
{
	vaddr_t f = map_file("data", 256, R, false);

	ck_assert_uint_eq(f % 0x10000, 0);
	ck_assert_uint_eq(faults_of(sh, f, 64, ACCESS_READ), 4);
	ck_assert_uint_eq(bits_of(sh, f + 63 * 4096), 0x025);
	ck_assert_uint_eq(entry_of(sh, f + 64 * 4096), 0);
	ck_assert_uint_eq(page_of(sh, f)->use, FRAME_FILE);
	ck_assert_int_eq(page_of(sh, f)->mapcount, 1);
	ck_assert_int_eq(page_of(sh, f)->refcount, 2);
	ck_tag(sh, f + 12 * 4096, "data.12");
}
END_TEST

START_TEST(reading_backwards_takes_as_few_faults)
{
	vaddr_t f = map_file("data", 256, R, false);
	uint32_t faults = 0;

	for (int i = 63; i >= 0; i--)
		faults += faults_of(sh, f + (vaddr_t)i * 4096, 1, ACCESS_READ);
	ck_assert_uint_eq(faults, 4);
}
END_TEST

START_TEST(the_first_window_begins_with_the_area)
{
	struct mmap_request rq = {
		.bytes = 64 * 4096, .prot = R, .has_at = true, .at = BUF + 0x5000};

	rq.file = file_open(m, "data", 256 * 4096, false);
	sys_mmap(m, sh, &rq);
	/* 16 pages from ...5000 on, then up to the next 64K, 16, 16, 11 and so on */
	ck_assert_uint_eq(faults_of(sh, BUF + 0x5000, 16, ACCESS_READ), 1);
	ck_assert_uint_eq(faults_of(sh, BUF + 0x15000, 11, ACCESS_READ), 1);
	ck_assert_uint_eq(faults_of(sh, BUF + 0x20000, 37, ACCESS_READ), 3);
}
END_TEST

START_TEST(the_window_ends_with_the_page_table)
{
	struct mmap_request rq = {.bytes = 6 * 4096, .prot = R, .has_at = true, .at = 0x603fe000};

	rq.file = file_open(m, "data", 256 * 4096, false);
	sys_mmap(m, sh, &rq);
	ck_assert_uint_eq(faults_of(sh, 0x603ff000, 1, ACCESS_READ), 1);
	ck_assert_uint_eq(last_told[S_DO_FAULT_AROUND].arg[2], 2);
	ck_assert_uint_ne(entry_of(sh, 0x603fe000), 0);
	ck_assert_uint_eq(entry_of(sh, 0x60400000), 0);
}
END_TEST

START_TEST(private_writes_copy_one_page_a_fault)
{
	vaddr_t f = map_file("data", 256, RW, false);

	ck_assert_uint_eq(faults_of(sh, f, 64, ACCESS_WRITE), 64);
	ck_assert_uint_eq(page_of(sh, f)->use, FRAME_ANON);
	ck_assert_uint_eq(faults_of(sh, f + (64 << PAGE_SHIFT), 64, ACCESS_READ), 4);
	ck_assert_uint_eq(faults_of(sh, f + (64 << PAGE_SHIFT), 64, ACCESS_WRITE), 64);
}
END_TEST

START_TEST(a_shared_file_hears_of_the_first_write_to_each_page)
{
	vaddr_t f = map_file("data", 256, RW, true);
	pfn_t pfn;

	ck_assert_uint_eq(faults_of(sh, f, 16, ACCESS_READ), 1);
	ck_assert_uint_eq(bits_of(sh, f), 0x025);
	pfn = frame_at(sh, f);
	ck_assert_uint_eq(faults_of(sh, f, 16, ACCESS_WRITE), 16);
	ck_assert_uint_eq(told[S_PAGE_MKWRITE], 16);
	ck_assert_uint_eq(frame_at(sh, f), pfn);
	ck_assert_uint_eq(bits_of(sh, f), 0x067);
	ck_assert_uint_eq(faults_of(sh, f + (16 << PAGE_SHIFT), 16, ACCESS_WRITE), 16);
	ck_assert_uint_eq(sh->mm->rss_anon, 2);
}
END_TEST

START_TEST(behind_the_end_of_a_file_is_sigbus)
{
	struct mmap_request rq = {.bytes = 8 * 4096, .prot = RW};
	vaddr_t f;

	rq.file = file_open(m, "short", 2 * 4096 + 1, false);
	f = (vaddr_t)sys_mmap(m, sh, &rq);
	ck_read(sh, f + 3 * 4096 - 1);
	ck_outcome(touch(sh, f + 3 * 4096, ACCESS_READ), OUT_BUS, f + 3 * 4096);
	ck_outcome(touch(sh, f + 3 * 4096 + 8, ACCESS_WRITE), OUT_BUS, f + 3 * 4096 + 8);
	ck_assert_uint_eq(sh->event_min, 1);
	/* the attempt to copy has left an anon_vma */
	ck_assert_ptr_nonnull(mm_area_at(sh->mm, f)->anon_vma);
}
END_TEST

START_TEST(the_window_is_filled_though_the_page_itself_does_not_exist)
{
	struct mmap_request rq = {.bytes = 8 * 4096, .prot = R};
	vaddr_t f;

	rq.file = file_open(m, "short", 4096, false);
	f = (vaddr_t)sys_mmap(m, sh, &rq);
	ck_outcome(touch(sh, f + 4096, ACCESS_READ), OUT_BUS, f + 4096);
	ck_assert_uint_ne(entry_of(sh, f), 0);
	ck_assert_uint_eq(sh->event_min, 0);
}
END_TEST

START_TEST(a_private_write_behind_the_end_leaves_an_anon_vma_and_a_middle_table)
{
	struct mmap_request rq = {.bytes = 8192, .prot = RW, .has_at = true, .fixed = true};

	map_fixed(0x40000000, 4096, R);
	sys_munmap(m, sh, 0x40000000, 4096); /* the gigabyte's middle table goes */
	ck_assert_uint_eq(sh->mm->nr_tables, 4);
	rq.at = 0x40000000;
	rq.file = file_open(m, "short", 4096, false);
	sys_mmap(m, sh, &rq);
	ck_assert_ptr_null(mm_area_at(sh->mm, 0x40000000)->anon_vma);
	ck_outcome(touch(sh, 0x40001000, ACCESS_WRITE), OUT_BUS, 0x40001000);
	ck_assert_ptr_nonnull(mm_area_at(sh->mm, 0x40000000)->anon_vma);
	ck_assert_uint_eq(sh->mm->nr_tables, 5);
	ck_assert_uint_eq(sh->event_min, 0);
}
END_TEST

START_TEST(a_window_without_a_page_takes_no_table)
{
	struct mmap_request rq = {.bytes = 4096, .prot = R, .offset = 4096};
	vaddr_t f;

	rq.file = file_open(m, "short", 4096, false);
	f = (vaddr_t)sys_mmap(m, sh, &rq);
	ck_outcome(touch(sh, f, ACCESS_READ), OUT_BUS, f);
	ck_assert_uint_eq(told[S_FAULT_BEYOND_END], 1);
	ck_assert_uint_eq(sh->mm->nr_tables, 2);
}
END_TEST

START_TEST(shared_anonymous_pages_are_made_once_for_all)
{
	struct mmap_request rq = {.bytes = 4 * 4096, .prot = RW, .shared = true};
	vaddr_t shm = (vaddr_t)sys_mmap(m, sh, &rq);
	struct task *kid = fork_sh();

	ck_assert_uint_eq(faults_of(kid, shm, 1, ACCESS_READ), 1);
	ck_assert_uint_eq(bits_of(kid, shm), 0x027);
	ck_assert_uint_eq(faults_of(kid, shm, 1, ACCESS_WRITE), 0);
	ck_assert_uint_eq(faults_of(kid, shm + 4096, 1, ACCESS_WRITE), 1);
	/* a read maps what exists around it */
	ck_assert_uint_eq(faults_of(sh, shm, 2, ACCESS_READ), 1);
	ck_assert_uint_eq(frame_at(sh, shm + 4096), frame_at(kid, shm + 4096));
	ck_assert_int_eq(page_of(sh, shm)->mapcount, 2);
	ck_assert_int_eq(page_of(sh, shm)->refcount, 3);
	ck_assert_uint_eq(page_of(sh, shm)->use, FRAME_SHMEM);
}
END_TEST

START_TEST(shared_anonymous_memory_goes_with_its_last_area)
{
	struct mmap_request rq = {.bytes = 4 * 4096, .prot = RW, .shared = true};
	vaddr_t shm = (vaddr_t)sys_mmap(m, sh, &rq);
	struct task *kid = fork_sh();
	pfn_t pfn;

	ck_write(sh, shm);
	pfn = frame_at(sh, shm);
	sys_munmap(m, sh, shm, 4 * 4096);
	ck_assert_uint_eq(pfn_page(m, pfn)->use, FRAME_SHMEM);
	ck_assert_int_eq(pfn_page(m, pfn)->mapcount, 0);
	do_exit(m, kid);
	ck_assert_uint_eq(pfn_page(m, pfn)->use, FRAME_PCP);
	ck_assert_uint_eq(told[S_SHMEM_EVICT_INODE], 1);
}
END_TEST

START_TEST(two_ways_to_open_a_file_share_its_page_cache)
{
	struct file *data = file_open(m, "both", 8192, false), *text = open_exec(m, "both", 8192);

	ck_assert_ptr_ne(data, text);
	ck_assert_ptr_eq(data, file_open(m, "both", 8192, false));
	ck_assert_uint_eq(filemap_get_page(data, 1), filemap_get_page(text, 1));
	ck_assert_uint_eq(filemap_get_page(data, 2), PFN_NONE);
}
END_TEST

START_TEST(a_file_too_large_for_memory_cannot_be_opened_and_leaves_nothing)
{
	uint32_t before = free_everywhere();

	ck_assert_ptr_null(file_open(m, "huge", 1u << 30, false));
	ck_assert_uint_eq(free_everywhere(),
			  before - told[S_ADD_TO_PAGE_CACHE] + told[S_DELETE_FROM_PAGE_CACHE]);
	ck_assert_uint_gt(told[S_ADD_TO_PAGE_CACHE], 0);
}
END_TEST

/* ---- no memory ---- */

START_TEST(the_largest_process_ends_when_memory_does)
{
	struct task *big = fork_sh();
	vaddr_t buf = (vaddr_t)map(64 * K, RW);
	struct mmap_request rq = {.bytes = 64 << 20, .prot = RW};
	vaddr_t hoard = (vaddr_t)sys_mmap(m, big, &rq);
	uint32_t pid = big->pid;

	faults_of(big, hoard, 4096, ACCESS_WRITE);
	leave_frames(GFP_HIGHUSER, 0);
	ck_assert_uint_eq(faults_of(sh, buf, 1, ACCESS_WRITE), 1);
	ck_assert_ptr_null(find_task(m, pid));
	ck_assert_uint_eq(m->nr_oom_kills, 1);
	/* points: 4096 pages and what fork and spawn gave it, and its tables */
	ck_assert_uint_eq(last_told[S_OOM_KILL_PROCESS].arg[0], pid);
	ck_assert_uint_gt(last_told[S_OOM_KILL_PROCESS].arg[1], 4096 + 4);
	ck_assert_ptr_eq(m->tasks, sh);
}
END_TEST

START_TEST(who_wants_a_page_may_be_the_one_that_ends)
{
	vaddr_t buf = (vaddr_t)map(64 * K, RW);
	uint32_t pid = sh->pid;

	leave_frames(GFP_HIGHUSER, 0);
	ck_outcome(touch(sh, buf, ACCESS_WRITE), OUT_KILLED, 0);
	ck_assert_ptr_null(find_task(m, pid));
	ck_assert_ptr_null(m->current);
	ck_assert_uint_eq(m->nr_tasks, 0);
}
END_TEST

START_TEST(of_equals_the_younger_ends)
{
	struct task *kid = fork_sh();
	uint32_t pid = kid->pid;

	faults_of(sh, 0x08048000, 1, ACCESS_READ);
	ck_assert_uint_eq(out_of_memory(m, sh->pid), pid);
}
END_TEST

Suite *fault_suite(void)
{
	Suite *s = suite_create("fault");
	TCase *pae = tcase_create("three levels");
	TCase *anon = tcase_create("anonymous"), *bad = tcase_create("refused"),
	      *file = tcase_create("files"), *oom = tcase_create("out of memory");

	tcase_add_checked_fixture(anon, boot_61, teardown);
	tcase_add_test(anon, memory_comes_at_the_first_write);
	tcase_add_test(anon, reads_before_the_first_write_share_the_zero_page);
	tcase_add_test(anon, a_fault_on_an_entry_that_allows_it_only_marks_it);
	tcase_add_test(anon, user_frames_are_high_where_there_is_high_memory);
	tcase_add_checked_fixture(bad, boot_61, teardown);
	tcase_add_loop_test(bad, a_refused_access_has_a_reason_a_code_and_no_fault, 0,
			    sizeof(refusals) / sizeof(refusals[0]));
	tcase_add_test(bad, a_right_to_write_is_enough_to_read);
	tcase_add_test(bad, a_stack_has_grown_when_its_rights_forbid_the_access);
	tcase_add_checked_fixture(file, boot_61, teardown);
	tcase_add_test(file, a_read_maps_16_pages_around);
	tcase_add_test(file, reading_backwards_takes_as_few_faults);
	tcase_add_test(file, the_first_window_begins_with_the_area);
	tcase_add_test(file, the_window_ends_with_the_page_table);
	tcase_add_test(file, private_writes_copy_one_page_a_fault);
	tcase_add_test(file, a_shared_file_hears_of_the_first_write_to_each_page);
	tcase_add_test(file, behind_the_end_of_a_file_is_sigbus);
	tcase_add_test(file, the_window_is_filled_though_the_page_itself_does_not_exist);
	tcase_add_test(file, a_window_without_a_page_takes_no_table);
	tcase_add_test(file, shared_anonymous_pages_are_made_once_for_all);
	tcase_add_test(file, shared_anonymous_memory_goes_with_its_last_area);
	tcase_add_test(file, two_ways_to_open_a_file_share_its_page_cache);
	tcase_add_test(file, a_file_too_large_for_memory_cannot_be_opened_and_leaves_nothing);
	tcase_add_checked_fixture(pae, boot_pae, teardown);
	tcase_add_test(pae, a_private_write_behind_the_end_leaves_an_anon_vma_and_a_middle_table);
	suite_add_tcase(s, pae);
	tcase_add_checked_fixture(oom, boot_61, teardown);
	tcase_add_test(oom, the_largest_process_ends_when_memory_does);
	tcase_add_test(oom, who_wants_a_page_may_be_the_one_that_ends);
	tcase_add_test(oom, of_equals_the_younger_ends);
	suite_add_tcase(s, file);
	suite_add_tcase(s, anon);
	suite_add_tcase(s, bad);
	suite_add_tcase(s, oom);
	return s;
}
