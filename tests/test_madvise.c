/* Numbers: RULES 10; the recorded cases dontneed, dontfork and madvise-free-willneed. */
#include "tests/space.h"

START_TEST(dontneed_takes_the_pages_and_leaves_area_and_tables)
{
	vaddr_t a = (vaddr_t)map(32 * K, RW);
	uint32_t tables;

	ck_write(sh, a + 8 * K);
	tables = sh->mm->nr_tables;
	ck_assert_int_eq(sys_madvise(m, sh, a + 8 * K, 8 * K, ADV_DONTNEED), 0);
	ck_assert_uint_eq(frame_at(sh, a + 8 * K), PFN_NONE);
	ck_assert_uint_eq(sh->mm->nr_tables, tables);
	ck_assert_ptr_nonnull(mm_area_at(sh->mm, a)->anon_vma);
	ck_areas("b7ff8000-b8000000 rw-p");
}
END_TEST

START_TEST(dontneed_passes_over_holes_and_says_so_in_the_end)
{
	vaddr_t a = (vaddr_t)map(12 * K, RW);

	ck_write(sh, a);
	ck_write(sh, a + 8 * K);
	sys_munmap(m, sh, a + 4 * K, 4 * K);
	ck_assert_int_eq(sys_madvise(m, sh, a, 12 * K, ADV_DONTNEED), -SIM_ENOMEM);
	ck_assert_uint_eq(frame_at(sh, a + 8 * K), PFN_NONE);
	ck_assert_int_eq(sys_madvise(m, sh, 0x50000000, 4 * K, ADV_DONTNEED), -SIM_ENOMEM);
	ck_assert_int_eq(sys_madvise(m, sh, a + 1, 4 * K, ADV_DONTNEED), -SIM_EINVAL);
	ck_assert_int_eq(sys_madvise(m, sh, a, 0, ADV_DONTNEED), 0);
}
END_TEST

START_TEST(a_locked_area_refuses_to_drop_pages_after_those_before_are_done)
{
	vaddr_t a = (vaddr_t)map(12 * K, RW);

	ck_write(sh, a);
	sys_mlock(m, sh, a + 4 * K, 4 * K);
	ck_assert_int_eq(sys_madvise(m, sh, a, 12 * K, ADV_DONTNEED), -SIM_EINVAL);
	ck_assert_uint_eq(frame_at(sh, a), PFN_NONE);
	ck_assert_uint_ne(frame_at(sh, a + 4 * K), PFN_NONE);
	ck_assert_int_eq(sys_madvise(m, sh, a + 4 * K, 4 * K, ADV_FREE), -SIM_EINVAL);
	ck_assert_int_eq(sys_madvise(m, sh, a + 4 * K, 4 * K, ADV_PAGEOUT), -SIM_EINVAL);
}
END_TEST

START_TEST(dontfork_splits_and_leaves_out_and_dofork_merges)
{
	vaddr_t a = (vaddr_t)map(32 * K, RW);
	struct task *kid;

	sys_madvise(m, sh, a + 8 * K, 8 * K, ADV_DONTFORK);
	ck_areas("b7ff8000-b7ffa000 rw-p b7ffa000-b7ffc000 rw-p b7ffc000-b8000000 rw-p");
	kid = fork_sh();
	ck_areas_of(kid, "b7ff8000-b7ffa000 rw-p b7ffc000-b8000000 rw-p");
	sys_madvise(m, sh, a + 8 * K, 8 * K, ADV_DOFORK);
	ck_areas("b7ff8000-b8000000 rw-p");
}
END_TEST

START_TEST(a_page_advised_free_is_clean_and_faults_once_after_its_rights_came_back)
{
	vaddr_t a = (vaddr_t)map(8 * K, RW);

	ck_write(sh, a);
	ck_write(sh, a + 4 * K);
	ck_assert_int_eq(sys_madvise(m, sh, a, 4 * K, ADV_FREE), 0);
	sys_mprotect(m, sh, a, 8 * K, R);
	sys_mprotect(m, sh, a, 8 * K, RW);
	machine_begin_event(m);
	ck_write(sh, a);
	ck_assert_uint_eq(sh->event_min, 1);
	ck_write(sh, a + 4 * K);
	ck_assert_uint_eq(sh->event_min, 1);
}
END_TEST

START_TEST(populate_by_advice_follows_the_advice_not_the_area)
{
	vaddr_t a = (vaddr_t)map(8 * K, RW), ro = (vaddr_t)map(4 * K, R);

	ck_assert_int_eq(sys_madvise(m, sh, a, 8 * K, ADV_POPULATE_READ), 0);
	ck_assert_uint_eq(frame_at(sh, a), m->zero_page);
	ck_assert_int_eq(sys_madvise(m, sh, a, 8 * K, ADV_POPULATE_WRITE), 0);
	ck_assert_uint_ne(frame_at(sh, a), m->zero_page);
	ck_assert_int_eq(sys_madvise(m, sh, ro, 4 * K, ADV_POPULATE_WRITE), -SIM_EINVAL);
	ck_assert_int_eq(sys_madvise(m, sh, a, 8 * K, ADV_WILLNEED), 0);
}
END_TEST

START_TEST(populate_passes_over_holes_and_says_so_in_the_end)
{
	vaddr_t a = (vaddr_t)map(12 * K, RW);

	sys_munmap(m, sh, a + 4 * K, 4 * K);
	machine_begin_event(m);
	ck_assert_int_eq(sys_madvise(m, sh, a, 12 * K, ADV_POPULATE_WRITE), -SIM_ENOMEM);
	ck_assert_uint_eq(sh->event_min, 2);
	ck_assert_uint_ne(frame_at(sh, a + 8 * K), PFN_NONE);
	ck_assert_int_eq(sys_madvise(m, sh, a - 4 * K, 8 * K, ADV_POPULATE_READ), -SIM_ENOMEM);
}
END_TEST

START_TEST(populate_wants_the_right_and_a_page_within_the_file)
{
	struct file *f = file_open(m, "data9k", 9216, false);
	struct mmap_request rq = {.bytes = 16 * K, .prot = R, .file = f};
	vaddr_t a = (vaddr_t)sys_mmap(m, sh, &rq), w = (vaddr_t)map(4 * K, VM_WRITE);

	machine_begin_event(m);
	ck_assert_int_eq(sys_madvise(m, sh, a, 16 * K, ADV_POPULATE_READ), -SIM_EFAULT);
	ck_assert_uint_eq(sh->event_min, 1); /* the three pages by one fault-around */
	ck_assert_uint_ne(frame_at(sh, a + 8 * K), PFN_NONE);
	ck_assert_int_eq(sys_madvise(m, sh, w, 4 * K, ADV_POPULATE_READ), -SIM_EINVAL);
	ck_assert_int_eq(sys_madvise(m, sh, w, 4 * K, ADV_POPULATE_WRITE), 0);
}
END_TEST

START_TEST(free_is_for_anonymous_memory)
{
	struct mmap_request rq = {.bytes = 4096, .prot = RW};
	struct mmap_request shm = {.bytes = 4096, .prot = RW, .shared = true};
	vaddr_t f, s = (vaddr_t)sys_mmap(m, sh, &shm);

	rq.file = file_open(m, "data", 4096, false);
	f = (vaddr_t)sys_mmap(m, sh, &rq);
	ck_assert_int_eq(sys_madvise(m, sh, f, 4096, ADV_FREE), -SIM_EINVAL);
	ck_assert_int_eq(sys_madvise(m, sh, s, 4096, ADV_FREE), -SIM_EINVAL);
	ck_assert_int_eq(sys_madvise(m, sh, s, 4096, ADV_DONTNEED), 0);
}
END_TEST

START_TEST(dontneed_of_shared_memory_leaves_its_frames)
{
	struct mmap_request rq = {.bytes = 8192, .prot = RW, .shared = true};
	vaddr_t a = (vaddr_t)sys_mmap(m, sh, &rq);
	pfn_t frame;

	ck_write(sh, a + 4096);
	frame = frame_at(sh, a + 4096);
	ck_assert_int_eq(sys_madvise(m, sh, a, 8192, ADV_DONTNEED), 0);
	ck_assert_uint_eq(frame_at(sh, a + 4096), PFN_NONE);
	ck_read(sh, a + 4096);
	ck_assert_uint_eq(frame_at(sh, a + 4096), frame);
}
END_TEST

Suite *madvise_suite(void);
Suite *madvise_suite(void)
{
	Suite *s = suite_create("madvise");
	TCase *t = tcase_create("advice");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, dontneed_takes_the_pages_and_leaves_area_and_tables);
	tcase_add_test(t, dontneed_passes_over_holes_and_says_so_in_the_end);
	tcase_add_test(t, a_locked_area_refuses_to_drop_pages_after_those_before_are_done);
	tcase_add_test(t, dontfork_splits_and_leaves_out_and_dofork_merges);
	tcase_add_test(t, a_page_advised_free_is_clean_and_faults_once_after_its_rights_came_back);
	tcase_add_test(t, populate_by_advice_follows_the_advice_not_the_area);
	tcase_add_test(t, populate_passes_over_holes_and_says_so_in_the_end);
	tcase_add_test(t, populate_wants_the_right_and_a_page_within_the_file);
	tcase_add_test(t, free_is_for_anonymous_memory);
	tcase_add_test(t, dontneed_of_shared_memory_leaves_its_frames);
	suite_add_tcase(s, t);
	return s;
}
