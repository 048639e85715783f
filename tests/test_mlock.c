/* Numbers: RULES 10; the recorded case locked. */
#include "tests/space.h"

START_TEST(mlock_splits_and_fills_and_munlock_merges_back)
{
	vaddr_t a = (vaddr_t)map(32 * K, RW);

	machine_begin_event(m);
	ck_assert_int_eq(sys_mlock(m, sh, a + 8 * K + 5, 8 * K - 5), 0);
	ck_areas("b7ff8000-b7ffa000 rw-p b7ffa000-b7ffc000 rw-p b7ffc000-b8000000 rw-p");
	ck_assert_uint_eq(sh->event_min, 2);
	ck_assert_uint_eq(sh->mm->locked_vm, 2);
	ck_assert_int_eq(sys_mlock(m, sh, a + 8 * K, 4 * K), 0); /* locked already: no split */
	ck_assert_uint_eq(told[S_MLOCK_SAME], 1);
	ck_assert_uint_eq(sh->mm->locked_vm, 2);
	ck_assert_int_eq(sys_munlock(m, sh, a + 8 * K, 4 * K), 0);
	ck_assert_uint_eq(sh->mm->locked_vm, 1);
	ck_assert_int_eq(sys_munlock(m, sh, a, 32 * K), 0);
	ck_assert_uint_eq(sh->mm->locked_vm, 0);
}
END_TEST

START_TEST(a_hole_leaves_the_areas_before_it_locked_but_not_filled)
{
	vaddr_t a = (vaddr_t)map(32 * K, RW);

	sys_munmap(m, sh, a + 12 * K, 4096);
	machine_begin_event(m);
	ck_assert_int_eq(sys_mlock(m, sh, a, 32 * K), -SIM_ENOMEM);
	ck_assert_uint_eq(sh->mm->locked_vm, 3);
	ck_assert_uint_eq(sh->event_min, 0);
}
END_TEST

START_TEST(an_area_without_rights_ends_the_filling)
{
	vaddr_t a = (vaddr_t)map(12 * K, RW);

	sys_mprotect(m, sh, a + 4 * K, 4 * K, 0);
	machine_begin_event(m);
	ck_assert_int_eq(sys_mlock(m, sh, a, 12 * K), -SIM_ENOMEM);
	ck_assert_uint_eq(sh->event_min, 1);
	ck_assert_uint_eq(sh->mm->locked_vm, 3);
}
END_TEST

START_TEST(a_process_may_lock_8_megabytes)
{
	vaddr_t a = (vaddr_t)map(9 << 20, R);

	ck_assert_int_eq(sys_mlock(m, sh, a, (8 << 20) + 1), -SIM_ENOMEM);
	ck_assert_int_eq(sys_mlock(m, sh, a, 8 << 20), 0);
	ck_assert_int_eq(sys_mlock(m, sh, a, 8 << 20), 0); /* not counted twice */
	ck_assert_int_eq(sys_mlock(m, sh, a + (8 << 20), 1), -SIM_ENOMEM);
	ck_assert_uint_eq(sh->mm->locked_vm, 2048);
}
END_TEST

START_TEST(locking_copies_what_fork_shares)
{
	vaddr_t a = (vaddr_t)map(8 * K, RW);
	struct task *kid;

	ck_write(sh, a);
	ck_read(sh, a + 4 * K); /* the zero page */
	kid = fork_sh();
	sys_mlock(m, kid, a, 8 * K);
	ck_assert_uint_ne(frame_at(kid, a), frame_at(sh, a));
	ck_assert_uint_ne(frame_at(kid, a + 4 * K), m->zero_page);
	ck_assert_uint_eq(sh->mm->locked_vm, 0);
}
END_TEST

START_TEST(the_limit_is_looked_at_before_the_range)
{
	ck_assert_int_eq(sys_mlock(m, sh, 0x50000000, 0xfffff000), -SIM_ENOMEM);
	ck_assert_uint_eq(told[S_MLOCK_LIMIT], 1);
	ck_assert_int_eq(sys_mlock(m, sh, 0xffffffff, 4096), -SIM_EINVAL); /* ends above 4G */
	ck_assert_int_eq(sys_munlock(m, sh, 0x50000000, 0xfffff000), -SIM_EINVAL);
	ck_assert_uint_eq(told[S_RANGE_WRAPS], 2);
}
END_TEST

START_TEST(lengths_are_rounded_in_32_bits)
{
	/* 0x10 + 0xffffffff is f: one page, and nothing is there. */
	ck_assert_int_eq(sys_mlock(m, sh, 0x10, 0xffffffff), -SIM_ENOMEM);
	ck_assert_uint_eq(told[S_MLOCK_LIMIT], 0);
	ck_assert_uint_eq(told[S_RANGE_HOLE], 1);
	ck_assert_int_eq(sys_mlock(m, sh, 0x50000000, 0), 0);
}
END_TEST

START_TEST(no_frame_left_is_eagain_and_no_area_enomem)
{
	vaddr_t a = (vaddr_t)map(8 * K, RW);

	while (alloc_page(m, GFP_HIGHUSER, FRAME_KERNEL) != PFN_NONE)
		continue;
	ck_assert_int_eq(sys_mlock(m, sh, a, 8 * K), -SIM_EAGAIN);
	ck_assert_uint_eq(told[S_POPULATE_OOM], 1);
	ck_assert_int_eq(sys_mlock(m, sh, 0x50000000, 4096), -SIM_ENOMEM);
}
END_TEST

Suite *mlock_suite(void);
Suite *mlock_suite(void)
{
	Suite *s = suite_create("mlock");
	TCase *t = tcase_create("locking");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, mlock_splits_and_fills_and_munlock_merges_back);
	tcase_add_test(t, a_hole_leaves_the_areas_before_it_locked_but_not_filled);
	tcase_add_test(t, an_area_without_rights_ends_the_filling);
	tcase_add_test(t, a_process_may_lock_8_megabytes);
	tcase_add_test(t, locking_copies_what_fork_shares);
	tcase_add_test(t, the_limit_is_looked_at_before_the_range);
	tcase_add_test(t, lengths_are_rounded_in_32_bits);
	tcase_add_test(t, no_frame_left_is_eagain_and_no_area_enomem);
	suite_add_tcase(s, t);
	return s;
}
