/* Numbers: RULES 5, 3; REFERENCE 9.5 (T9.e); the recorded cases brk and brk-wall. */
#include "tests/space.h"

static int64_t brk_by(struct task *t, int64_t bytes)
{
	return sys_brk(m, t, (uint64_t)(t->mm->brk + bytes));
}

START_TEST(the_first_growth_does_not_join_the_bss_and_the_next_ones_join_the_first)
{
	ck_assert_uint_eq(sh->mm->brk, 0x0804e000);
	ck_assert_int_eq(brk_by(sh, 16 * K), 0x08052000);
	ck_heap(sh, "0804e000-08052000 rw-p");
	ck_assert_int_eq(brk_by(sh, 1), 0x08052001);
	ck_heap(sh, "0804e000-08053000 rw-p");
	ck_assert_int_eq(brk_by(sh, 4095), 0x08053000); /* the same page */
	ck_assert_uint_eq(told[S_BRK_SAME_PAGE], 1);
	ck_heap(sh, "0804e000-08053000 rw-p");
}
END_TEST

START_TEST(an_older_kernel_merges_heap_and_bss)
{
	struct mm_profile old = *m->profile;

	old.brk_merges_bss = true;
	m->profile = &old;
	brk_by(sh, 16 * K);
	ck_assert_str_eq(areas_of(sh, 0x0804b000), "0804b000-08052000 rw-p");
	m->profile = profile_find("i386-6.1");
}
END_TEST

START_TEST(shrinking_gives_pages_back_and_growing_brings_zeros)
{
	brk_by(sh, 40 * K);
	for (vaddr_t va = 0x0804e000; va < 0x08058000; va += 4096)
		ck_write(sh, va);
	brk_by(sh, -20 * K);
	brk_by(sh, 20 * K);
	machine_begin_event(m);
	for (vaddr_t va = 0x0804e000; va < 0x08058000; va += 4096)
		ck_write(sh, va);
	ck_assert_uint_eq(sh->event_min, 5);
}
END_TEST

START_TEST(one_page_stays_free_below_the_next_area)
{
	map_fixed(0x08060000, 4096, RW);
	ck_assert_int_eq(sys_brk(m, sh, 0x0805f000), 0x0805f000);
	ck_assert_int_eq(sys_brk(m, sh, 0x0805f001), -SIM_ENOMEM);
	ck_assert_int_eq(sys_brk(m, sh, 0x08070000), -SIM_ENOMEM);
	ck_assert_uint_eq(told[S_BRK_WALL], 2);
	ck_assert_uint_eq(sh->mm->brk, 0x0805f000);
}
END_TEST

START_TEST(the_gap_below_an_area_that_grows_down_stays_free_too)
{
	struct mmap_request rq = {.bytes = 4096,
				  .prot = RW,
				  .fixed = true,
				  .has_at = true,
				  .at = 0x08200000,
				  .growsdown = true};

	ck_assert_int_eq(sys_mmap(m, sh, &rq), 0x08200000);
	ck_assert_int_eq(sys_brk(m, sh, 0x080ff000), 0x080ff000);
	ck_assert_int_eq(sys_brk(m, sh, 0x080ff001), -SIM_ENOMEM);
	ck_assert_uint_eq(told[S_BRK_WALL], 1);
}
END_TEST

START_TEST(an_area_that_reaches_from_the_bss_into_the_heap_is_heap)
{
	brk_by(sh, 4 * K);
	ck_assert_int_eq(sys_mprotect(m, sh, 0x0804e000, 4096, R), 0);
	ck_assert_int_eq(sys_mprotect(m, sh, 0x0804e000, 4096, RW), 0);
	ck_assert_str_eq(areas_of(sh, 0x0804b000), "0804b000-0804f000 rw-p");
	brk_by(sh, 4 * K);
	ck_assert_str_eq(areas_of(sh, 0x0804b000), "0804b000-08050000 rw-p");
}
END_TEST

START_TEST(the_break_stays_between_the_heaps_start_and_the_kernel)
{
	ck_assert_int_eq(sys_brk(m, sh, 0x0804dfff), -SIM_ENOMEM);
	ck_assert_int_eq(sys_brk(m, sh, 0xc0000001), -SIM_ENOMEM);
	ck_assert_int_eq(sys_brk(m, sh, 0xbfd00000), -SIM_ENOMEM); /* the stack's guard gap */
	ck_assert_int_eq(sys_brk(m, sh, 0x0804e000), 0x0804e000);
}
END_TEST

START_TEST(a_heap_that_was_unmapped_cannot_shrink)
{
	brk_by(sh, 16 * K);
	sys_munmap(m, sh, 0x0804e000, 16 * K);
	ck_assert_int_eq(brk_by(sh, -4 * K), -SIM_ENOMEM);
}
END_TEST

START_TEST(a_heap_with_other_rights_is_not_extended)
{
	brk_by(sh, 4 * K);
	sys_mprotect(m, sh, 0x0804e000, 4 * K, R);
	brk_by(sh, 4 * K);
	ck_heap(sh, "0804e000-0804f000 r--p 0804f000-08050000 rw-p");
}
END_TEST

START_TEST(a_child_whose_heap_was_touched_before_the_fork_begins_a_new_area)
{
	struct task *kid;

	brk_by(sh, 8 * K);
	ck_write(sh, 0x0804e000);
	kid = fork_sh();
	brk_by(kid, 4 * K);
	ck_heap(kid, "0804e000-08050000 rw-p 08050000-08051000 rw-p");
	brk_by(kid, 4 * K);
	ck_heap(kid, "0804e000-08050000 rw-p 08050000-08052000 rw-p");
	brk_by(sh, 4 * K);
	ck_heap(sh, "0804e000-08051000 rw-p");
}
END_TEST

Suite *brk_suite(void);
Suite *brk_suite(void)
{
	Suite *s = suite_create("brk");
	TCase *t = tcase_create("heap");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, the_first_growth_does_not_join_the_bss_and_the_next_ones_join_the_first);
	tcase_add_test(t, an_older_kernel_merges_heap_and_bss);
	tcase_add_test(t, shrinking_gives_pages_back_and_growing_brings_zeros);
	tcase_add_test(t, one_page_stays_free_below_the_next_area);
	tcase_add_test(t, the_gap_below_an_area_that_grows_down_stays_free_too);
	tcase_add_test(t, an_area_that_reaches_from_the_bss_into_the_heap_is_heap);
	tcase_add_test(t, the_break_stays_between_the_heaps_start_and_the_kernel);
	tcase_add_test(t, a_heap_that_was_unmapped_cannot_shrink);
	tcase_add_test(t, a_heap_with_other_rights_is_not_extended);
	tcase_add_test(t, a_child_whose_heap_was_touched_before_the_fork_begins_a_new_area);
	suite_add_tcase(s, t);
	return s;
}
