/* Numbers: RULES 11; the recorded cases mremap-grow and mremap-errors. */
#include "tests/space.h"

static int64_t remap(int64_t at, uint64_t old_bytes, uint64_t new_bytes, bool maymove)
{
	return sys_mremap(m, sh, (vaddr_t)at, old_bytes, new_bytes, maymove);
}

START_TEST(it_grows_in_place_or_moves_or_is_refused)
{
	int64_t a = map(16 * K, RW), b = map(16 * K, R);

	ck_assert_int_eq(remap(b, 16 * K, 8 * K, false), b);
	ck_areas("b7ff8000-b7ffa000 r--p b7ffc000-b8000000 rw-p");
	ck_assert_int_eq(remap(b, 8 * K, 16 * K, false), b);
	ck_assert_int_eq(remap(b, 16 * K, 32 * K, false), -SIM_ENOMEM);
	ck_assert_int_eq(remap(b, 16 * K, 32 * K, true), 0xb7ff0000);
	ck_areas("b7ff0000-b7ff8000 r--p b7ffc000-b8000000 rw-p");
	ck_assert_int_eq(remap(a, 16 * K, 64 * K, false), a); /* above mmap_base too */
	ck_areas("b7ff0000-b7ff8000 r--p b7ffc000-b800c000 rw-p");
}
END_TEST

START_TEST(a_move_keeps_the_frames_and_costs_no_fault)
{
	int64_t a = map(16 * K, RW), to;
	pfn_t frame;

	ck_write(sh, (vaddr_t)a + 4 * K);
	frame = frame_at(sh, (vaddr_t)a + 4 * K);
	map_fixed(0xb8000000, 4096, R);
	machine_begin_event(m);
	to = remap(a, 16 * K, 32 * K, true);
	ck_assert_int_eq(to, 0xb7ff4000);
	ck_assert_uint_eq(frame_at(sh, (vaddr_t)to + 4 * K), frame);
	ck_assert_uint_eq(frame_at(sh, (vaddr_t)a + 4 * K), PFN_NONE);
	ck_assert_uint_eq(sh->event_min, 0);
	/* It keeps its offsets: fresh memory beside it stays apart. */
	ck_assert_uint_eq(mm_area_at(sh->mm, (vaddr_t)to)->pgoff, 0xb7ffc);
	map_fixed(0xb7ff2000, 8 * K, RW);
	ck_areas("b7ff2000-b7ff4000 rw-p b7ff4000-b7ffc000 rw-p b8000000-b8001000 r--p");
}
END_TEST

START_TEST(untouched_memory_takes_the_offsets_of_its_new_place_and_merges_there)
{
	int64_t a = map(16 * K, RW), b = map(16 * K, R), c = map(16 * K, RW);

	ck_assert_int_eq(remap(a, 16 * K, 16 * K, true), a);
	map_fixed(0xb8000000, 4096, R);
	ck_assert_int_eq(remap(a, 16 * K, 32 * K, true), c - 32 * K);
	ck_areas("b7fec000-b7ff8000 rw-p b7ff8000-b7ffc000 r--p b8000000-b8001000 r--p");
	(void)b;
}
END_TEST

START_TEST(untouched_memory_may_merge_with_itself_where_it_moves_to)
{
	int64_t a = map(16 * K, RW);

	map_fixed(0xb8000000, 4096, R);
	ck_assert_int_eq(remap(a, 16 * K, 32 * K, true), a - 32 * K);
	ck_areas("b7ff4000-b7ffc000 rw-p b8000000-b8001000 r--p");
}
END_TEST

START_TEST(growing_in_place_merges_with_the_area_it_reaches)
{
	int64_t a;

	map_fixed(0x40000000, 24 * K, RW);
	sys_munmap(m, sh, 0x40002000, 8 * K);
	a = remap(0x40000000, 8 * K, 16 * K, false);
	ck_assert_int_eq(a, 0x40000000);
	ck_areas("40000000-40006000 rw-p");
	/* Now it is the middle of a merged area and cannot grow there. */
	ck_assert_int_eq(remap(a, 16 * K, 20 * K, false), -SIM_ENOMEM);
	ck_assert_uint_eq(told[S_MREMAP_MIDDLE], 1);
}
END_TEST

START_TEST(a_shrinking_works_over_areas_and_holes)
{
	int64_t a = map(32 * K, RW);

	sys_munmap(m, sh, (uint64_t)a + 8 * K, 4096);
	sys_mprotect(m, sh, (uint64_t)a + 16 * K, 4096, R);
	ck_assert_int_eq(remap(a, 32 * K, 4 * K, false), a);
	ck_areas("b7ff8000-b7ff9000 rw-p");
	ck_assert_int_eq(remap(a, 32 * K, 32 * K, false), a);
}
END_TEST

START_TEST(refusals_come_in_the_kernels_order)
{
	int64_t a = map(16 * K, RW);

	ck_assert_int_eq(remap(a, 16 * K, 0, false), -SIM_EINVAL);
	ck_assert_int_eq(remap(0x50000000, 16 * K, 0, true), -SIM_EINVAL);
	ck_assert_int_eq(remap(0x50000000, 16 * K, 8 * K, true), -SIM_EFAULT);
	ck_assert_int_eq(remap(a, 16 * K, (uint64_t)3 << 30, true), -SIM_ENOMEM);
	sys_mprotect(m, sh, (uint64_t)a + 8 * K, 4096, R);
	ck_assert_int_eq(remap(a, 16 * K, 32 * K, true), -SIM_EFAULT);
}
END_TEST

START_TEST(the_new_part_of_a_locked_area_is_filled)
{
	struct mmap_request rq = {.bytes = 8 * K, .prot = RW, .locked = true};
	int64_t a = sys_mmap(m, sh, &rq), to;

	machine_begin_event(m);
	ck_assert_int_eq(remap(a, 8 * K, 16 * K, false), a);
	ck_assert_uint_eq(sh->event_min, 2);
	ck_assert_uint_eq(sh->mm->locked_vm, 4);
	map_fixed(0xb8002000, 4096, R);
	to = remap(a, 16 * K, 24 * K, true);
	ck_assert_int_ne(to, a);
	ck_assert_uint_eq(sh->event_min, 4);
	ck_assert_uint_eq(sh->mm->locked_vm, 6);
	ck_assert_int_eq(remap(to, 24 * K, 9 << 20, true), -SIM_EAGAIN);
}
END_TEST

START_TEST(a_size_in_the_last_page_of_4G_rounds_up_to_nothing)
{
	int64_t a = map(16 * K, RW);

	ck_assert_int_eq(remap(a, 16 * K, 0xfffff000, true), -SIM_ENOMEM);
	ck_assert_int_eq(remap(a, 16 * K, 0xfffff001, true), -SIM_EINVAL);
	ck_areas("b7ffc000-b8000000 rw-p");
}
END_TEST

START_TEST(the_new_place_gets_a_table_for_each_part_of_a_table_it_comes_from)
{
	int64_t a = map_fixed(0x40000000, 4 << 20, RW);
	uint32_t tables = sh->mm->nr_tables;

	ck_write(sh, 0x40000000);
	sys_madvise(m, sh, 0x40000000, 4096, ADV_DONTNEED); /* a table without a page */
	ck_assert_uint_eq(sh->mm->nr_tables, tables + 1);
	map_fixed(0x40400000, 4096, R);
	map_fixed(0xb7fff000, 4096, R); /* the new place is not aligned */
	a = remap(a, 4 << 20, 8 << 20, true);
	ck_assert_int_eq(a, 0xb77ff000);
	ck_assert_uint_eq(sh->mm->nr_tables, tables + 2); /* b7400000 and b7800000 */
}
END_TEST

Suite *mremap_suite(void);
Suite *mremap_suite(void)
{
	Suite *s = suite_create("mremap");
	TCase *t = tcase_create("sizes and places");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, it_grows_in_place_or_moves_or_is_refused);
	tcase_add_test(t, a_move_keeps_the_frames_and_costs_no_fault);
	tcase_add_test(t, untouched_memory_takes_the_offsets_of_its_new_place_and_merges_there);
	tcase_add_test(t, untouched_memory_may_merge_with_itself_where_it_moves_to);
	tcase_add_test(t, growing_in_place_merges_with_the_area_it_reaches);
	tcase_add_test(t, a_shrinking_works_over_areas_and_holes);
	tcase_add_test(t, refusals_come_in_the_kernels_order);
	tcase_add_test(t, the_new_part_of_a_locked_area_is_filled);
	tcase_add_test(t, a_size_in_the_last_page_of_4G_rounds_up_to_nothing);
	tcase_add_test(t, the_new_place_gets_a_table_for_each_part_of_a_table_it_comes_from);
	suite_add_tcase(s, t);
	return s;
}
