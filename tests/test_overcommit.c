/* Numbers: RULES 4; REFERENCE 13.9; the recorded case overcommit. */
#include "tests/space.h"

static void setup_always(void) { space_boot("i386-6.1", 1); }
static void setup_strict(void) { space_boot("i386-6.1", 2); }

START_TEST(mode_0_refuses_one_request_larger_than_ram_and_counts_no_sum)
{
	uint64_t ram = (uint64_t)totalram_pages(m) << PAGE_SHIFT;
	struct mmap_request rq = {.bytes = ram + 4096, .prot = RW};

	ck_assert_int_eq(sys_mmap(m, sh, &rq), -SIM_ENOMEM);
	ck_assert_uint_eq(told[S_OVERCOMMIT_NO], 1);
	ck_assert_int_gt(map(ram, RW), 0);
	ck_assert_int_gt(map(ram, RW), 0);
	rq.noreserve = true;
	ck_assert_int_gt(sys_mmap(m, sh, &rq), 0);
	ck_assert_int_gt(map(ram + 4096, R), 0);
	rq.noreserve = false, rq.shared = true;
	ck_assert_int_eq(sys_mmap(m, sh, &rq), -SIM_ENOMEM);
	rq.file = file_open(m, "data", 8192, false);
	ck_assert_int_gt(sys_mmap(m, sh, &rq), 0); /* its pages have a place on the disk */
	ck_assert_int_eq(sys_brk(m, sh, sh->mm->brk + ram + 4096), -SIM_ENOMEM);
}
END_TEST

START_TEST(mprotect_to_writable_is_a_promise_too)
{
	uint64_t ram = (uint64_t)totalram_pages(m) << PAGE_SHIFT;
	int64_t a = map(ram + 4096, R);

	ck_assert_int_eq(sys_mprotect(m, sh, (uint64_t)a, ram + 4096, RW), -SIM_ENOMEM);
	ck_assert_int_eq(sys_mprotect(m, sh, (uint64_t)a, ram, RW), 0);
}
END_TEST

START_TEST(mode_1_promises_anything) { ck_assert_int_gt(map((uint64_t)2 << 30, RW), 0); }
END_TEST

START_TEST(mode_2_counts_every_promise_against_half_the_ram)
{
	uint64_t piece = (uint64_t)totalram_pages(m) / 8 << PAGE_SHIFT;
	struct mmap_request rq = {.bytes = piece, .prot = RW, .noreserve = true};
	int64_t a = map(piece, RW);

	ck_assert_int_gt(a, 0);
	ck_assert_int_gt(map(piece, RW), 0);
	ck_assert_int_gt(map(piece, RW), 0);
	ck_assert_int_eq(map(piece, RW), -SIM_ENOMEM);
	ck_assert_uint_eq(told[S_COMMIT_NO], 1);
	ck_assert_int_gt(map(piece, R), 0);
	ck_assert_int_eq(sys_mmap(m, sh, &rq), -SIM_ENOMEM); /* noreserve is no way round it */
	sys_munmap(m, sh, (uint64_t)a, piece);
	ck_assert_int_gt(map(piece, RW), 0);
}
END_TEST

START_TEST(what_is_accounted_already_is_not_asked_for_again)
{
	uint64_t piece = (uint64_t)totalram_pages(m) / 4 * 3 << PAGE_SHIFT;
	int64_t a = map(piece, RW);

	ck_assert_int_eq(map(piece, RW), a - (int64_t)piece); /* one area now */
	a -= (int64_t)piece;
	ck_assert_int_eq(sys_mprotect(m, sh, (uint64_t)a, 2 * piece, R), 0);
	ck_assert_int_eq(sys_mprotect(m, sh, (uint64_t)a, 2 * piece, RW), 0);
}
END_TEST

START_TEST(a_fixed_mapping_has_unmapped_what_was_there_when_it_is_refused)
{
	uint64_t ram = (uint64_t)totalram_pages(m) << PAGE_SHIFT;

	map_fixed(0x40000000, 4096, R);
	ck_assert_int_eq(map_fixed(0x3ffff000, ram + 4096, RW), -SIM_ENOMEM);
	ck_areas("");
}
END_TEST

START_TEST(fork_promises_each_area_again)
{
	uint64_t piece = (uint64_t)totalram_pages(m) / 4 * 3 << PAGE_SHIFT;
	vaddr_t low = (vaddr_t)map_fixed(0x10000000, 4096, RW);
	struct task *kid = NULL;

	ck_write(sh, low);
	map_fixed(0x20000000, piece, RW);
	kid = fork_sh();
	ck_assert_ptr_nonnull(kid); /* one piece is less than RAM */
	do_exit(m, kid);
	ck_write(sh, low);
	map_fixed((vaddr_t)(0x20000000 + piece), piece, RW); /* one area with it: more */
	ck_assert_ptr_null(fork_sh());
	machine_begin_event(m);
	ck_write(sh, low); /* the areas before it had been copied: read-only, alone */
	ck_assert_uint_eq(sh->event_min, 1);
	sys_madvise(m, sh, 0x20000000, 2 * piece, ADV_DONTFORK);
	ck_assert_ptr_nonnull(fork_sh());
}
END_TEST

START_TEST(only_the_growth_of_a_private_writable_mapping_is_promised_by_mremap)
{
	uint64_t ram = (uint64_t)totalram_pages(m) << PAGE_SHIFT;
	vaddr_t a = (vaddr_t)map_fixed(0x20000000, 4096, RW);

	ck_assert_int_eq(sys_mremap(m, sh, a, 4096, ram + 8192, false), -SIM_ENOMEM);
	ck_assert_int_eq(sys_mremap(m, sh, a, 4096, ram + 4096, false), a);
	sys_munmap(m, sh, a, ram + 4096);
	a = (vaddr_t)map_fixed(0x20000000, 4096, R);
	ck_assert_int_eq(sys_mremap(m, sh, a, 4096, 2 * ram, false), a);
}
END_TEST

Suite *overcommit_suite(void);
Suite *overcommit_suite(void)
{
	Suite *s = suite_create("overcommit");
	TCase *mode_0 = tcase_create("mode 0"), *mode_1 = tcase_create("mode 1"),
	      *mode_2 = tcase_create("mode 2");

	tcase_add_checked_fixture(mode_0, setup, teardown);
	tcase_add_test(mode_0, mode_0_refuses_one_request_larger_than_ram_and_counts_no_sum);
	tcase_add_test(mode_0, mprotect_to_writable_is_a_promise_too);
	tcase_add_test(mode_0, what_is_accounted_already_is_not_asked_for_again);
	tcase_add_test(mode_0, a_fixed_mapping_has_unmapped_what_was_there_when_it_is_refused);
	tcase_add_test(mode_0, fork_promises_each_area_again);
	tcase_add_test(mode_0, only_the_growth_of_a_private_writable_mapping_is_promised_by_mremap);
	suite_add_tcase(s, mode_0);
	tcase_add_checked_fixture(mode_1, setup_always, teardown);
	tcase_add_test(mode_1, mode_1_promises_anything);
	suite_add_tcase(s, mode_1);
	tcase_add_checked_fixture(mode_2, setup_strict, teardown);
	tcase_add_test(mode_2, mode_2_counts_every_promise_against_half_the_ram);
	suite_add_tcase(s, mode_2);
	return s;
}
