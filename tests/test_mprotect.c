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

START_TEST(what_a_fork_made_common_faults_once_even_when_nobody_shares_it_any_more)
{
	vaddr_t a = (vaddr_t)map(4096, RW);
	pfn_t frame;

	ck_write(sh, a);
	frame = frame_at(sh, a);
	do_exit(m, fork_sh());
	sys_mprotect(m, sh, a, 4096, R);
	sys_mprotect(m, sh, a, 4096, RW);
	machine_begin_event(m);
	ck_write(sh, a);
	ck_assert_uint_eq(sh->event_min, 1);
	ck_assert_uint_eq(frame_at(sh, a), frame); /* reused, and exclusive again */
	sys_mprotect(m, sh, a, 4096, R);
	sys_mprotect(m, sh, a, 4096, RW);
	ck_write(sh, a);
	ck_assert_uint_eq(sh->event_min, 1);
}
END_TEST

START_TEST(of_a_shared_file_written_pages_become_writable_and_read_ones_notify)
{
	struct mmap_request rq = {.bytes = 8192, .prot = RW, .shared = true};
	vaddr_t a;

	rq.file = file_open(m, "data", 8192, false);
	a = (vaddr_t)sys_mmap(m, sh, &rq);
	ck_read(sh, a);
	ck_write(sh, a);
	sys_mprotect(m, sh, a, 8192, R);
	sys_mprotect(m, sh, a, 8192, RW);
	machine_begin_event(m);
	ck_write(sh, a);
	ck_assert_uint_eq(sh->event_min, 0);
	ck_write(sh, a + 4096);
	ck_assert_uint_eq(sh->event_min, 1);
}
END_TEST

START_TEST(shared_anonymous_pages_become_writable_at_once_though_only_read)
{
	struct mmap_request rq = {.bytes = 4096, .prot = R, .shared = true};
	vaddr_t a = (vaddr_t)sys_mmap(m, sh, &rq);

	ck_read(sh, a);
	sys_mprotect(m, sh, a, 4096, RW);
	machine_begin_event(m);
	ck_write(sh, a);
	ck_assert_uint_eq(sh->event_min, 0);
}
END_TEST

START_TEST(a_page_without_rights_keeps_its_frame)
{
	vaddr_t a = (vaddr_t)map(4096, RW);
	pfn_t frame;

	ck_write(sh, a);
	frame = frame_at(sh, a);
	sys_mprotect(m, sh, a, 4096, 0);
	ck_assert_uint_eq(frame_at(sh, a), frame);
	ck_assert_uint_eq(touch(sh, a, ACCESS_READ).kind, OUT_ACCERR);
	sys_mprotect(m, sh, a, 4096, VM_EXEC); /* x alone is enough to read */
	ck_read(sh, a);
	ck_assert_uint_eq(frame_at(sh, a), frame);
}
END_TEST

START_TEST(refusals_come_in_the_kernels_order)
{
	vaddr_t a = (vaddr_t)map(8192, RW);

	ck_assert_int_eq(sys_mprotect(m, sh, a + 1, 0, R), -SIM_EINVAL);
	ck_assert_int_eq(sys_mprotect(m, sh, 0x50000000, 0, R), 0);
	ck_assert_int_eq(sys_mprotect(m, sh, a, 0xffffffff, R), -SIM_ENOMEM); /* wraps */
	ck_assert_int_eq(sys_mprotect(m, sh, a - 4096, 8192, R), -SIM_ENOMEM);
	ck_areas("b7ffe000-b8000000 rw-p"); /* no area at the start: nothing changed */
	ck_assert_int_eq(sys_mprotect(m, sh, a, 0xc0000000 - a, R), -SIM_ENOMEM);
	ck_areas("b7ffe000-b8000000 r--p"); /* up to the hole */
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
	tcase_add_test(t, what_a_fork_made_common_faults_once_even_when_nobody_shares_it_any_more);
	tcase_add_test(t, of_a_shared_file_written_pages_become_writable_and_read_ones_notify);
	tcase_add_test(t, shared_anonymous_pages_become_writable_at_once_though_only_read);
	tcase_add_test(t, a_page_without_rights_keeps_its_frame);
	tcase_add_test(t, refusals_come_in_the_kernels_order);
	suite_add_tcase(s, t);
	return s;
}
