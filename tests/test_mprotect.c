/* Numbers: RULES 10; the recorded cases mprotect-* and file-executable-readonly. */
#include "tests/space.h"

START_TEST(areas_before_a_hole_are_changed_and_stay_so)
{
	vaddr_t a = (vaddr_t)map(32 * K, RW);

	sys_munmap(m, sh, a + 12 * K, 4096);
	ck_assert_int_eq(sys_mprotect(m, sh, a, 32 * K, R), -SIM_ENOMEM);
	ck_areas("b7ff8000-b7ffb000 r--p b7ffc000-b8000000 rw-p");
	ck_assert_int_eq(sys_mprotect(m, sh, 0x50000000, 4096, R), -SIM_ENOMEM);
	ck_assert_int_eq(sys_mprotect(m, sh, a - 4096, 8192, R), -SIM_ENOMEM);
	ck_assert_int_eq(sys_mprotect(m, sh, a + 1, 4096, R), -SIM_EINVAL);
	ck_assert_int_eq(sys_mprotect(m, sh, a, 0, 0), 0);
	ck_assert_int_eq(sys_mprotect(m, sh, 0xfffff000, 4096, R), -SIM_ENOMEM);
	ck_areas("b7ff8000-b7ffb000 r--p b7ffc000-b8000000 rw-p");
}
END_TEST

START_TEST(equal_rights_change_nothing)
{
	vaddr_t a = (vaddr_t)map(32 * K, RW);

	ck_assert_int_eq(sys_mprotect(m, sh, a + 8 * K, 8 * K, RW), 0);
	ck_assert_uint_eq(told[S_MPROTECT_SAME], 1);
	ck_areas("b7ff8000-b8000000 rw-p");
}
END_TEST

START_TEST(rights_that_come_back_cost_no_fault)
{
	vaddr_t a = (vaddr_t)map(8 * K, RW);

	ck_write(sh, a);
	sys_mprotect(m, sh, a, 4096, R);
	ck_assert_uint_eq(touch(sh, a, ACCESS_WRITE).kind, OUT_ACCERR);
	sys_mprotect(m, sh, a, 4096, RW);
	machine_begin_event(m);
	ck_write(sh, a);
	ck_assert_uint_eq(sh->event_min, 0);
}
END_TEST

START_TEST(a_file_opened_read_only_never_becomes_writable_where_it_is_shared)
{
	struct file *ro = file_open(m, "subject", 8192, true);
	struct mmap_request rq = {.bytes = 8192, .prot = R, .shared = true, .file = ro};
	vaddr_t a = (vaddr_t)sys_mmap(m, sh, &rq);

	ck_assert_int_eq(sys_mprotect(m, sh, a, 8192, RW), -SIM_EACCES);
	ck_areas("b7ffe000-b8000000 r--s");
	rq.shared = false;
	a = (vaddr_t)sys_mmap(m, sh, &rq);
	ck_assert_int_eq(sys_mprotect(m, sh, a, 8192, RW), 0);
}
END_TEST

START_TEST(a_locked_area_that_becomes_writable_is_filled_for_writing)
{
	struct mmap_request rq = {.bytes = 8 * K, .prot = R, .locked = true};
	vaddr_t a = (vaddr_t)sys_mmap(m, sh, &rq);

	ck_assert_uint_eq(frame_at(sh, a), m->zero_page);
	machine_begin_event(m);
	sys_mprotect(m, sh, a, 8 * K, RW);
	ck_assert_uint_eq(sh->event_min, 2);
	ck_assert_uint_ne(frame_at(sh, a), m->zero_page);
	ck_write(sh, a);
	ck_assert_uint_eq(sh->event_min, 2);
}
END_TEST

START_TEST(a_stack_split_by_mprotect_still_grows_down)
{
	ck_assert_int_eq(sys_mprotect(m, sh, 0xbffdf000, 12 * K, RX), 0);
	ck_assert(mm_area_at(sh->mm, 0xbffdf000)->flags & VM_GROWSDOWN);
	ck_assert(mm_area_at(sh->mm, 0xbfff0000)->flags & VM_GROWSDOWN);
}
END_TEST

Suite *mprotect_suite(void);
Suite *mprotect_suite(void)
{
	Suite *s = suite_create("mprotect");
	TCase *t = tcase_create("rights");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, areas_before_a_hole_are_changed_and_stay_so);
	tcase_add_test(t, equal_rights_change_nothing);
	tcase_add_test(t, rights_that_come_back_cost_no_fault);
	tcase_add_test(t, a_file_opened_read_only_never_becomes_writable_where_it_is_shared);
	tcase_add_test(t, a_locked_area_that_becomes_writable_is_filled_for_writing);
	tcase_add_test(t, a_stack_split_by_mprotect_still_grows_down);
	suite_add_tcase(s, t);
	return s;
}
