/* Numbers: RULES 7; REFERENCE 9.6 (T9.f, T9.g, T9.h). */
#include "tests/space.h"

enum { STACK = 0xbffdf000 };

START_TEST(a_touch_far_below_grows_the_stack_to_that_page)
{
	machine_begin_event(m);
	ck_write(sh, STACK - 200000);
	ck_assert_uint_eq(mm_area_at(sh->mm, STACK)->start, 0xbffae000);
	ck_assert_uint_eq(sh->event_min, 1);
	ck_assert_uint_eq(frame_at(sh, STACK - 4096), PFN_NONE);
}
END_TEST

START_TEST(the_stack_spans_at_most_8_megabytes)
{
	ck_assert_uint_eq(touch(sh, 0xbf7fffff, ACCESS_WRITE).kind, OUT_MAPERR);
	ck_assert_uint_eq(told[S_STACK_LIMIT], 1);
	ck_write(sh, 0xbf800000);
	ck_assert_uint_eq(mm_area_at(sh->mm, STACK)->start, 0xbf800000);
	ck_assert_uint_eq(vma_pages(mm_area_at(sh->mm, STACK)), 2048);
}
END_TEST

START_TEST(the_guard_gap_stops_43_pages_below_when_300_are_free)
{
	vaddr_t va = STACK;

	map_fixed(STACK - 300 * 4096, 4096, RW);
	while (touch(sh, va - 4096, ACCESS_WRITE).kind == OUT_OK)
		va -= 4096;
	ck_assert_uint_eq((STACK - va) / 4096, 43);
	ck_assert_uint_eq(told[S_STACK_GAP], 1);
}
END_TEST

START_TEST(a_none_area_below_keeps_no_gap)
{
	vaddr_t va = STACK;

	map_fixed(STACK - 300 * 4096, 4096, 0);
	while (touch(sh, va - 4096, ACCESS_WRITE).kind == OUT_OK)
		va -= 4096;
	ck_assert_uint_eq((STACK - va) / 4096, 299);
	ck_assert_uint_eq(touch(sh, va - 4096, ACCESS_WRITE).kind, OUT_ACCERR);
}
END_TEST

START_TEST(a_growsdown_mapping_grows_like_the_stack)
{
	struct mmap_request rq = {.bytes = 4096, .prot = RW, .growsdown = true, .has_at = true};
	vaddr_t va = 0x60000000;

	rq.at = va;
	sys_mmap(m, sh, &rq);
	map_fixed(va - 400 * 4096, 4096, RW);
	while (touch(sh, va - 4096, ACCESS_WRITE).kind == OUT_OK)
		va -= 4096;
	ck_assert_uint_eq((0x60000000 - va) / 4096, 143);
}
END_TEST

START_TEST(growth_by_a_read_gives_an_anon_vma_and_continues_the_offsets)
{
	struct mmap_request rq = {.bytes = 4096, .prot = RW, .growsdown = true, .has_at = true};
	const struct vma *v;

	rq.at = 0x60000000;
	sys_mmap(m, sh, &rq);
	ck_read(sh, 0x5fffe000);
	v = mm_area_at(sh->mm, 0x60000000);
	ck_assert_uint_eq(v->start, 0x5fffe000);
	ck_assert_uint_eq(v->pgoff, 0x5fffe);
	ck_assert_uint_eq(v->chain_len, 1);
}
END_TEST

START_TEST(nothing_grows_below_mmap_min_addr)
{
	struct vma *v = map_area(m, sh->mm, 0x20000, 0x21000, RW | VM_GROWSDOWN, NULL, 0);

	ck_assert_int_eq(expand_stack(m, v, 0xffff), -SIM_EPERM);
	ck_assert_int_eq(expand_stack(m, v, 0x10000), 0);
	ck_assert_uint_eq(v->start, 0x10000);
}
END_TEST

START_TEST(a_locked_stack_grows_up_to_the_limit_of_locked_memory)
{
	sys_mlock(m, sh, STACK, 33 * 4096);
	ck_write(sh, STACK - 4096);
	ck_assert_uint_eq(sh->mm->locked_vm, 34);
	map(2014 * 4096, R);
	ck_assert_int_eq(sys_mlock(m, sh, 0xb8000000 - 2014 * 4096, 2014 * 4096), 0);
	ck_assert_uint_eq(touch(sh, STACK - 8192, ACCESS_WRITE).kind, OUT_MAPERR);
}
END_TEST

START_TEST(an_area_that_mremap_moved_up_grows_as_far_as_its_offsets_reach)
{
	struct mmap_request rq = {.bytes = 4096, .prot = RW, .growsdown = true, .has_at = true};
	vaddr_t to;

	rq.at = 0x10000; /* offset 16 */
	ck_assert_int_eq(sys_mmap(m, sh, &rq), 0x10000);
	ck_write(sh, 0x10000);
	map_fixed(0x11000, 4096, R);
	to = (vaddr_t)sys_mremap(m, sh, 0x10000, 4096, 8192, true);
	ck_assert_uint_eq(to, 0xb7ffe000);
	ck_assert_uint_eq(touch(sh, to - 17 * 4096, ACCESS_WRITE).kind, OUT_MAPERR);
	ck_assert_uint_eq(told[S_STACK_OFFSETS], 1);
	ck_write(sh, to - 16 * 4096);
	ck_assert_uint_eq(mm_area_at(sh->mm, to)->pgoff, 0);
}
END_TEST

START_TEST(an_area_below_that_grows_down_itself_keeps_no_gap)
{
	struct mmap_request rq = {
		.bytes = 4096, .prot = RW, .growsdown = true, .has_at = true, .fixed = true};

	rq.at = 0x60000000;
	sys_mmap(m, sh, &rq);
	rq.at = 0x5ffff000 - 4096;
	rq.prot = R; /* or it would be one area with the other */
	sys_mmap(m, sh, &rq);
	ck_write(sh, 0x5ffff000);
	ck_areas("5fffe000-5ffff000 r--p 5ffff000-60001000 rw-p");
}
END_TEST

START_TEST(a_growth_that_the_limit_refuses_leaves_an_anon_vma)
{
	struct mmap_request rq = {.bytes = 4096, .prot = RW, .growsdown = true, .has_at = true};

	rq.at = 0x60000000;
	sys_mmap(m, sh, &rq);
	ck_assert_uint_eq(touch(sh, 0x5f800000, ACCESS_READ).kind, OUT_MAPERR);
	ck_assert_uint_eq(told[S_STACK_LIMIT], 1);
	ck_assert_uint_eq(mm_area_at(sh->mm, 0x60000000)->start, 0x60000000);
	ck_assert_ptr_nonnull(mm_area_at(sh->mm, 0x60000000)->anon_vma);
	ck_read(sh, 0x5f801000); /* 8M in all */
}
END_TEST

Suite *stack_suite(void);
Suite *stack_suite(void)
{
	Suite *s = suite_create("stack");
	TCase *t = tcase_create("growth");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_touch_far_below_grows_the_stack_to_that_page);
	tcase_add_test(t, the_stack_spans_at_most_8_megabytes);
	tcase_add_test(t, the_guard_gap_stops_43_pages_below_when_300_are_free);
	tcase_add_test(t, a_none_area_below_keeps_no_gap);
	tcase_add_test(t, a_growsdown_mapping_grows_like_the_stack);
	tcase_add_test(t, growth_by_a_read_gives_an_anon_vma_and_continues_the_offsets);
	tcase_add_test(t, nothing_grows_below_mmap_min_addr);
	tcase_add_test(t, a_locked_stack_grows_up_to_the_limit_of_locked_memory);
	tcase_add_test(t, an_area_that_mremap_moved_up_grows_as_far_as_its_offsets_reach);
	tcase_add_test(t, an_area_below_that_grows_down_itself_keeps_no_gap);
	tcase_add_test(t, a_growth_that_the_limit_refuses_leaves_an_anon_vma);
	suite_add_tcase(s, t);
	return s;
}
