/* 64 entries, 16 sets of 4 ways. */
#include "tests/faults.h"

enum { BUF = 0x20000000, SET_BYTES = TLB_SETS * PAGE_SIZE };

static struct tlb *tlb(void) { return &m->tlb[0]; }

START_TEST(the_first_access_misses_and_the_second_hits)
{
	uint64_t hits, misses;

	map_at(BUF, 4096, RW);
	ck_write(sh, BUF);
	hits = tlb()->hits;
	misses = tlb()->misses;
	ck_write(sh, BUF + 5);
	ck_read(sh, BUF + 4095);
	ck_assert_uint_eq(tlb()->hits - hits, 2);
	ck_assert_uint_eq(tlb()->misses, misses);
}
END_TEST

START_TEST(a_fault_misses_twice_before_and_after_the_kernel)
{
	uint64_t misses = tlb()->misses;

	map_at(BUF, 4096, RW);
	ck_write(sh, BUF);
	ck_assert_uint_eq(tlb()->misses - misses, 2);
}
END_TEST

START_TEST(the_fifth_page_of_a_set_pushes_out_the_first)
{
	map_at(BUF, 5 * SET_BYTES, RW);
	flush_tlb_mm(m, sh->mm);
	for (vaddr_t i = 0; i < 5; i++)
		ck_read(sh, BUF + i * SET_BYTES);
	ck_assert_ptr_null(tlb_peek(tlb(), BUF));
	for (vaddr_t i = 1; i < 5; i++)
		ck_assert_ptr_nonnull(tlb_peek(tlb(), BUF + i * SET_BYTES));
}
END_TEST

START_TEST(the_entry_says_what_the_page_table_said)
{
	const struct tlb_entry *e;

	map_at(BUF, 4096, RW);
	ck_write(sh, BUF);
	e = tlb_peek(tlb(), BUF);
	ck_assert_uint_eq(e->pfn, frame_at(sh, BUF));
	ck_assert_uint_eq(e->bits, PTE_RW | PTE_US | PTE_D);
	ck_read(sh, 0x08048000);
	ck_assert_uint_eq(tlb_peek(tlb(), 0x08048000)->bits, PTE_US);
}
END_TEST

START_TEST(flushing_a_page_leaves_its_neighbours)
{
	map_at(BUF, 8192, RW);
	ck_write(sh, BUF);
	ck_write(sh, BUF + 4096);
	flush_tlb_page(m, sh->mm, BUF);
	ck_assert_ptr_null(tlb_peek(tlb(), BUF));
	ck_assert_ptr_nonnull(tlb_peek(tlb(), BUF + 4096));
}
END_TEST

START_TEST(another_cpu_that_has_the_tables_loaded_is_interrupted_once_for_a_range)
{
	uint64_t before;

	map_at(BUF, 8192, RW);
	ck_write(sh, BUF);
	ck_write(sh, BUF + 4096);
	m->config.cpus = 2;
	m->cpu = 1;
	ck_read(sh, BUF + 4096);
	before = m->trace->nr;
	flush_tlb_range(m, sh->mm, BUF, BUF + 8192);
	/* one question, two pages on each of two CPUs */
	ck_assert_uint_eq(m->trace->nr - before, 1 + 2 * 2);
	ck_assert_ptr_null(tlb_peek(&m->tlb[0], BUF));
	ck_assert_ptr_null(tlb_peek(&m->tlb[1], BUF + 4096));
	m->cpu = 0;
	m->config.cpus = 1;
}
END_TEST

START_TEST(pages_up_to_33_are_flushed_one_by_one_and_34_all_at_once)
{
	uint64_t all = tlb()->flushes, single = tlb()->page_flushes;

	flush_tlb_range(m, sh->mm, BUF, BUF + 33 * PAGE_SIZE);
	ck_assert_uint_eq(tlb()->page_flushes - single, 33);
	ck_assert_uint_eq(tlb()->flushes, all);
	flush_tlb_range(m, sh->mm, BUF, BUF + 34 * PAGE_SIZE);
	ck_assert_uint_eq(tlb()->page_flushes - single, 33);
	ck_assert_uint_eq(tlb()->flushes - all, 1);
}
END_TEST

START_TEST(another_address_space_begins_with_an_empty_tlb)
{
	struct task *kid;

	ck_read(sh, 0x08048000);
	kid = fork_sh();
	ck_read(kid, 0x08049000);
	ck_assert_uint_eq(tlb()->pid, kid->pid);
	ck_assert_uint_eq(told[S_SWITCH_MM], 1);
	ck_read(sh, 0x08049000);
	ck_assert_ptr_null(tlb_peek(tlb(), 0x08048000));
}
END_TEST

START_TEST(an_address_space_that_is_not_loaded_needs_no_flush)
{
	struct task *kid = fork_sh();
	uint64_t flushes = tlb()->flushes;

	ck_assert_uint_eq(tlb()->pid, kid->pid);
	flush_tlb_mm(m, sh->mm);
	flush_tlb_page(m, sh->mm, 0x08048000);
	ck_assert_uint_eq(tlb()->flushes, flushes);
}
END_TEST

START_TEST(after_fork_the_parents_old_rights_are_forgotten)
{
	map_at(BUF, 4096, RW);
	ck_write(sh, BUF);
	fork_sh();
	ck_assert_uint_eq(told[S_FLUSH_TLB_MM], 1);
	ck_assert_uint_eq(faults_of(sh, BUF, 1, ACCESS_WRITE), 1);
}
END_TEST

START_TEST(the_last_process_leaves_no_address_space_loaded)
{
	ck_read(sh, 0x08048000);
	do_exit(m, sh);
	ck_assert_uint_eq(tlb()->pid, 0);
	ck_assert_ptr_null(tlb_peek(tlb(), 0x08048000));
}
END_TEST

Suite *tlb_suite(void)
{
	Suite *s = suite_create("tlb");
	TCase *tc = tcase_create("tlb");

	tcase_add_checked_fixture(tc, boot_61, teardown);
	tcase_add_test(tc, the_first_access_misses_and_the_second_hits);
	tcase_add_test(tc, a_fault_misses_twice_before_and_after_the_kernel);
	tcase_add_test(tc, the_fifth_page_of_a_set_pushes_out_the_first);
	tcase_add_test(tc, the_entry_says_what_the_page_table_said);
	tcase_add_test(tc, flushing_a_page_leaves_its_neighbours);
	tcase_add_test(tc, another_cpu_that_has_the_tables_loaded_is_interrupted_once_for_a_range);
	tcase_add_test(tc, pages_up_to_33_are_flushed_one_by_one_and_34_all_at_once);
	tcase_add_test(tc, another_address_space_begins_with_an_empty_tlb);
	tcase_add_test(tc, an_address_space_that_is_not_loaded_needs_no_flush);
	tcase_add_test(tc, after_fork_the_parents_old_rights_are_forgotten);
	tcase_add_test(tc, the_last_process_leaves_no_address_space_loaded);
	suite_add_tcase(s, tc);
	return s;
}
