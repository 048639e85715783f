/* Numbers: RULES 11, 12; the recorded cases munmap-* and page-tables. */
#include "tests/space.h"

START_TEST(a_hole_in_the_middle_splits_an_area_in_two)
{
	vaddr_t a = (vaddr_t)map(32 * K, RW);
	pfn_t frame;

	ck_write(sh, a + 4 * K);
	ck_write(sh, a + 8 * K);
	frame = frame_at(sh, a + 4 * K);
	ck_assert_int_eq(sys_munmap(m, sh, a + 8 * K, 8 * K), 0);
	ck_areas("b7ff8000-b7ffa000 rw-p b7ffc000-b8000000 rw-p");
	ck_assert_uint_eq(frame_at(sh, a + 4 * K), frame);
	ck_assert_uint_eq(touch(sh, a + 8 * K, ACCESS_READ).kind, OUT_MAPERR);
	ck_assert_int_eq(sys_munmap(m, sh, a, 32 * K), 0);
	ck_areas("");
}
END_TEST

START_TEST(one_call_takes_several_areas_and_holes)
{
	map(16 * K, RW);
	map(16 * K, R);
	vaddr_t c = (vaddr_t)map(16 * K, RW);

	sys_munmap(m, sh, c + 20 * K, 4 * K);
	ck_assert_int_eq(sys_munmap(m, sh, c + 8 * K, 32 * K), 0);
	ck_areas("b7ff4000-b7ff6000 rw-p b7ffe000-b8000000 rw-p");
}
END_TEST

START_TEST(nothing_there_is_no_error_and_odd_lengths_are_rounded_up)
{
	vaddr_t a = (vaddr_t)map(32 * K, RW);

	ck_assert_int_eq(sys_munmap(m, sh, 0x50000000, 64 * K), 0);
	ck_assert_uint_eq(told[S_MUNMAP_NOTHING], 1);
	ck_assert_int_eq(sys_munmap(m, sh, a, 1), 0);
	ck_assert_int_eq(sys_munmap(m, sh, a + 4 * K, 5000), 0);
	ck_areas("b7ffb000-b8000000 rw-p");
}
END_TEST

START_TEST(an_unsound_range_is_refused)
{
	vaddr_t a = (vaddr_t)map(8 * K, RW);

	ck_assert_int_eq(sys_munmap(m, sh, a + 1, 4096), -SIM_EINVAL);
	ck_assert_int_eq(sys_munmap(m, sh, a, 0), -SIM_EINVAL);
	ck_assert_int_eq(sys_munmap(m, sh, 0xc0000000, 4096), -SIM_EINVAL);
	ck_assert_int_eq(sys_munmap(m, sh, 0xbffff000, 8192), -SIM_EINVAL);
	ck_areas("b7ffe000-b8000000 rw-p");
}
END_TEST

START_TEST(a_page_table_goes_when_no_area_is_left_in_its_span)
{
	uint32_t tables = sh->mm->nr_tables;

	map_fixed(0x40000000, 4096, RW);
	map_fixed(0x40300000, 4096, RW); /* in the same 4M, never touched */
	map_fixed(0x40400000, 4096, RW);
	ck_write(sh, 0x40000000);
	ck_write(sh, 0x40400000);
	ck_assert_uint_eq(sh->mm->nr_tables, tables + 2);
	sys_munmap(m, sh, 0x40000000, 4096);
	ck_assert_uint_eq(sh->mm->nr_tables, tables + 2);
	sys_munmap(m, sh, 0x40300000, 4096);
	ck_assert_uint_eq(sh->mm->nr_tables, tables + 1);
	sys_munmap(m, sh, 0x40400000, 4096);
	ck_assert_uint_eq(sh->mm->nr_tables, tables);
}
END_TEST

START_TEST(after_the_last_process_every_frame_and_object_is_back)
{
	vaddr_t a = (vaddr_t)map(64 * K, RW);
	struct mmap_request rq = {.bytes = 16 * K, .prot = RW, .shared = true, .populate = true};
	struct task *kid;

	for (vaddr_t va = a; va < a + 64 * K; va += 4096)
		ck_write(sh, va);
	sys_mmap(m, sh, &rq);
	kid = fork_sh();
	ck_write(kid, a);
	do_exit(m, sh);
	do_exit(m, kid);
	ck_assert_uint_eq(cache_active_objs(m->kobj_cache[KOBJ_VMA]), 0);
	ck_assert_uint_eq(cache_active_objs(m->kobj_cache[KOBJ_ANON_VMA]), 0);
	ck_assert_uint_eq(cache_active_objs(m->kobj_cache[KOBJ_ANON_VMA_CHAIN]), 0);
	for (pfn_t i = 0; i < m->max_pfn; i++)
		ck_assert(m->mem_map[i].use != FRAME_ANON && m->mem_map[i].use != FRAME_SHMEM);
}
END_TEST

START_TEST(a_middle_table_goes_with_an_area_of_its_gigabyte_not_with_a_hole)
{
	uint32_t tables;

	machine_destroy(m);
	space_boot("i386-6.1-pae", 0);
	tables = sh->mm->nr_tables; /* three of 1G, two of 2M */
	ck_assert_uint_eq(tables, 5);
	map_fixed(0x30000000, 4096, RW);
	map_fixed(0x90000000, 4096, RW);
	ck_assert_int_eq(sys_munmap(m, sh, 0x20000000, 0x78000000), 0);
	ck_assert_uint_eq(sh->mm->nr_tables, tables);
	map_fixed(0x50000000, 4096, RW);
	ck_assert_int_eq(sys_munmap(m, sh, 0x20000000, 0x78000000), 0);
	ck_assert_uint_eq(sh->mm->nr_tables, tables - 1);
	map_fixed(0x50000000, 4096, RW);
	ck_write(sh, 0x50000000); /* comes back, and a table of 2M with it */
	ck_assert_uint_eq(sh->mm->nr_tables, tables + 1);
}
END_TEST

Suite *munmap_suite(void);
Suite *munmap_suite(void)
{
	Suite *s = suite_create("munmap");
	TCase *t = tcase_create("unmapping");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_hole_in_the_middle_splits_an_area_in_two);
	tcase_add_test(t, one_call_takes_several_areas_and_holes);
	tcase_add_test(t, nothing_there_is_no_error_and_odd_lengths_are_rounded_up);
	tcase_add_test(t, an_unsound_range_is_refused);
	tcase_add_test(t, a_page_table_goes_when_no_area_is_left_in_its_span);
	tcase_add_test(t, after_the_last_process_every_frame_and_object_is_back);
	tcase_add_test(t, a_middle_table_goes_with_an_area_of_its_gigabyte_not_with_a_hole);
	suite_add_tcase(s, t);
	return s;
}
