/* Numbers: REFERENCE 8.1, 8.2, 8.4; RULES 10, 11, 12. */
#include "tests/faults.h"

enum { BUF = 0x20000000 };

START_TEST(an_address_is_cut_into_10_10_12)
{
	ck_assert_uint_eq(pt_index(m, 0, 0x08048000), 32);
	ck_assert_uint_eq(pt_index(m, 1, 0x08048000), 72);
	ck_assert_uint_eq(pt_index(m, 0, 0xc0100000), 768);
	ck_assert_uint_eq(pt_index(m, 1, 0xc0100000), 256);
	ck_assert_uint_eq(pt_index(m, 0, 0xbffff123), 767);
	ck_assert_uint_eq(pt_index(m, 1, 0xbffff123), 1023);
	ck_assert_uint_eq(pt_index(m, 0, 0xb7ff9000), 735);
	ck_assert_uint_eq(pt_index(m, 1, 0xb7ff9000), 1017);
}
END_TEST

START_TEST(with_pae_an_address_is_cut_into_2_9_9_12)
{
	static const unsigned want[][4] = {
		{0x08048000, 0, 64, 72},
		{0xc0100000, 3, 0, 256},
		{0xbffff123, 2, 511, 511},
		{0xb7ff9000, 2, 447, 505},
	};

	for (size_t i = 0; i < 4; i++)
		for (unsigned level = 0; level < 3; level++)
			ck_assert_uint_eq(pt_index(m, level, want[i][0]), want[i][1 + level]);
}
END_TEST

START_TEST(lowmem_is_mapped_by_large_entries_up_to_896M)
{
	struct pt_walk w;

	ck_assert_uint_eq(m->kernel_pgd[768], 0x000001e3);
	ck_assert_uint_eq(m->kernel_pgd[991], 0x37c001e3);
	ck_assert_uint_eq(m->kernel_pgd[992], 0);
	pt_walk(m, sh->mm, 0xf7ffffff, &w);
	ck_assert(w.complete && w.large);
	ck_assert_uint_eq(w.levels, 1);
	ck_assert_uint_eq(w.phys, 0x37ffffff);
	pt_walk(m, sh->mm, 0xf8000000, &w);
	ck_assert(!w.complete);
}
END_TEST

START_TEST(the_end_of_lowmem_that_fills_no_large_page_has_small_entries)
{
	vaddr_t end = pfn_to_kva(m, m->max_low_pfn);
	struct pt_walk w;

	ck_assert_uint_ne(end % (4 << 20), 0);
	pt_walk(m, sh->mm, end - 1, &w);
	ck_assert(w.complete && !w.large);
	ck_assert_uint_eq(w.phys, end - 1 - 0xc0000000);
	pt_walk(m, sh->mm, end, &w);
	ck_assert(!w.complete);
}
END_TEST

START_TEST(every_address_space_has_the_kernels_entries)
{
	struct task *kid = fork_sh();
	unsigned first = pt_index(m, 0, 0xc0000000);

	for (unsigned i = first; i < pt_entries(m, 0); i++) {
		ck_assert_uint_eq(sh->mm->pgd_entry[i], m->kernel_pgd[i]);
		ck_assert_uint_eq(kid->mm->pgd_entry[i], m->kernel_pgd[i]);
	}
	/* a table's entry may have US, what it leads to has not */
	ck_assert_uint_eq(m->kernel_pgd[first] & PTE_US, 0);
	ck_assert_uint_eq(*kernel_pte(m, m->map.pkmap_base) & PTE_US, 0);
}
END_TEST

START_TEST(a_new_process_has_2_tables)
{
	ck_assert_uint_eq(sh->mm->nr_tables, 2);
	ck_assert_uint_eq(pfn_page(m, sh->mm->pgd)->use, FRAME_TABLE);
	ck_assert_uint_eq(pfn_page(m, sh->mm->pgd)->level, 0);
}
END_TEST

START_TEST(with_pae_a_new_process_has_5_tables)
{
	ck_assert_uint_eq(sh->mm->nr_tables, 5);
	/* an entry of the PGD has no rights of its own */
	ck_assert_uint_eq(sh->mm->pgd_entry[1] & (PAGE_SIZE - 1), PTE_P);
}
END_TEST

START_TEST(sixteen_touches_4M_apart_take_16_tables_and_munmap_gives_them_back)
{
	map_at(BUF, 64 << 20, RW);
	for (vaddr_t va = BUF; va < BUF + (64 << 20); va += 4 << 20)
		ck_write(sh, va);
	ck_assert_uint_eq(sh->mm->nr_tables, 18);
	sys_munmap(m, sh, BUF, 64 << 20);
	ck_assert_uint_eq(sh->mm->nr_tables, 2);
}
END_TEST

START_TEST(a_table_stays_while_an_area_lies_in_its_span)
{
	map_at(BUF, 4096, RW);
	map_at(BUF + 8192, 4096, R);
	ck_write(sh, BUF);
	ck_assert_uint_eq(sh->mm->nr_tables, 3);
	sys_munmap(m, sh, BUF, 4096);
	ck_assert_uint_eq(sh->mm->nr_tables, 3);
	sys_munmap(m, sh, BUF + 8192, 4096);
	ck_assert_uint_eq(sh->mm->nr_tables, 2);
}
END_TEST

START_TEST(a_middle_table_goes_with_its_gigabyte_and_comes_back_at_a_fault)
{
	map_at(0x40000000, 8192, RW);
	ck_write(sh, 0x40000000);
	ck_assert_uint_eq(sh->mm->nr_tables, 6);
	sys_munmap(m, sh, 0x40000000, 8192);
	ck_assert_uint_eq(sh->mm->nr_tables, 4);
	map_at(0x40000000, 8192, RW);
	ck_assert_uint_eq(sh->mm->nr_tables, 4);
	ck_write(sh, 0x40000000);
	ck_assert_uint_eq(sh->mm->nr_tables, 6);
}
END_TEST

START_TEST(tables_of_6_1_lie_in_high_memory_where_the_classic_ones_may_not)
{
	const pte_t classic = sh->mm->pgd_entry[32];

	ck_assert_uint_lt(pte_pfn(classic), m->max_low_pfn);
	ck_assert_uint_eq(classic & (PAGE_SIZE - 1), PTE_TABLE);
	teardown();
	boot_61();
	ck_assert_uint_ge(pte_pfn(sh->mm->pgd_entry[32]), m->max_low_pfn);
	ck_assert_uint_lt(sh->mm->pgd, m->max_low_pfn);
}
END_TEST

START_TEST(fresh_rights_of_an_area)
{
	ck_assert_uint_eq(vm_page_prot(VM_READ), 0x025);
	ck_assert_uint_eq(vm_page_prot(VM_READ | VM_WRITE), 0x025);
	ck_assert_uint_eq(vm_page_prot(VM_EXEC), 0x025);
	ck_assert_uint_eq(vm_page_prot(VM_READ | VM_SHARED), 0x025);
	ck_assert_uint_eq(vm_page_prot(VM_READ | VM_WRITE | VM_SHARED), 0x027);
	ck_assert_uint_eq(vm_page_prot(0), 0x120);
}
END_TEST

START_TEST(a_page_of_an_area_without_rights_keeps_its_frame)
{
	vaddr_t buf = (vaddr_t)map(4096, RW);
	pfn_t pfn;

	ck_write(sh, buf);
	pfn = frame_at(sh, buf);
	sys_mprotect(m, sh, buf, 4096, 0);
	ck_assert_uint_eq(bits_of(sh, buf), PTE_PROTNONE | PTE_A | PTE_D);
	ck_assert_uint_eq(frame_at(sh, buf), pfn);
	ck_outcome(touch(sh, buf, ACCESS_READ), OUT_ACCERR, buf);
	sys_mprotect(m, sh, buf, 4096, RW);
	ck_assert_uint_eq(bits_of(sh, buf), 0x067);
	ck_assert_uint_eq(faults_of(sh, buf, 1, ACCESS_WRITE), 0);
	ck_assert_uint_eq(frame_at(sh, buf), pfn);
}
END_TEST

START_TEST(an_exclusive_page_is_writable_again_at_once_and_a_shared_one_faults)
{
	vaddr_t buf = (vaddr_t)map(8192, RW);

	ck_assert_uint_eq(faults_of(sh, buf, 1, ACCESS_WRITE), 1);
	fork_sh();
	ck_assert_uint_eq(faults_of(sh, buf + 4096, 1, ACCESS_WRITE), 1);
	sys_mprotect(m, sh, buf, 8192, R);
	ck_assert_uint_eq(bits_of(sh, buf + 4096), 0x065);
	sys_mprotect(m, sh, buf, 8192, RW);
	ck_assert_uint_eq(bits_of(sh, buf), 0x065);
	ck_assert_uint_eq(bits_of(sh, buf + 4096), 0x067);
	ck_assert_uint_eq(faults_of(sh, buf, 2, ACCESS_WRITE), 1);
}
END_TEST

START_TEST(zapping_counts_down_and_flushes_also_for_zero_pages)
{
	vaddr_t buf = (vaddr_t)map(8192, RW);

	ck_write(sh, buf);
	ck_read(sh, buf + 4096);
	ck_assert_uint_eq(sh->mm->rss_anon, 3);
	ck_assert_ptr_nonnull(tlb_peek(&m->tlb[0], buf + 4096));
	sys_madvise(m, sh, buf + 4096, 4096, ADV_DONTNEED);
	ck_assert_ptr_null(tlb_peek(&m->tlb[0], buf + 4096));
	ck_assert_uint_eq(sh->mm->rss_anon, 3);
	sys_madvise(m, sh, buf, 4096, ADV_DONTNEED);
	ck_assert_ptr_null(tlb_peek(&m->tlb[0], buf));
	ck_assert_uint_eq(sh->mm->rss_anon, 2);
	ck_assert_uint_eq(sh->mm->nr_tables, 3);
}
END_TEST

/* What had been told when the first frame went back. */
static uint32_t flushes_before_free;

static void listen_for_free(void *ctx, const struct step *s)
{
	if (s->id == S_FREE_PAGES && s->kind == TELL_ENTER && told[S_FREE_PAGES] == 0)
		flushes_before_free = told[S_FLUSH_TLB_PAGE];
	listen_whole(ctx, s);
}

START_TEST(a_frame_goes_back_only_after_the_flush)
{
	vaddr_t buf = (vaddr_t)map(4096, RW);
	pfn_t pfn;

	ck_write(sh, buf);
	pfn = frame_at(sh, buf);
	space_forget();
	m->trace->sink = listen_for_free;
	sys_munmap(m, sh, buf, 4096);
	ck_assert_uint_eq(flushes_before_free, 1);
	ck_assert_uint_eq(pfn_page(m, pfn)->use, FRAME_PCP);
}
END_TEST

START_TEST(moved_pages_keep_their_frames_and_cost_no_fault)
{
	vaddr_t old = BUF, new;
	pfn_t first, third;

	map_at(old, 8 << 20, RW);
	map_at(old + (8 << 20), 4096, R); /* in the way of growing in place */
	ck_write(sh, old);
	ck_write(sh, old + 0x2000);
	first = frame_at(sh, old);
	third = frame_at(sh, old + 0x2000);
	new = (vaddr_t)sys_mremap(m, sh, old, 8 << 20, 9 << 20, true);
	ck_assert_uint_ne(new, old);
	ck_assert_uint_eq(frame_at(sh, new), first);
	ck_assert_uint_eq(frame_at(sh, new + 0x2000), third);
	ck_assert_uint_eq(faults_of(sh, new, 1, ACCESS_WRITE), 0);
	ck_assert_uint_eq(entry_of(sh, old), 0);
}
END_TEST

START_TEST(no_frame_for_a_table_is_no_table)
{
	leave_frames(GFP_KERNEL, 0);
	ck_assert_ptr_null(pte_alloc(m, sh->mm, BUF));
	ck_assert_ptr_null(pte_offset(m, sh->mm, BUF));
	ck_assert_uint_eq(sh->mm->nr_tables, 2);
}
END_TEST

Suite *pgtable_suite(void)
{
	Suite *s = suite_create("pgtable");
	TCase *classic = tcase_create("two levels"), *pae = tcase_create("three levels"),
	      *v61 = tcase_create("6.1");

	tcase_add_checked_fixture(classic, boot_classic, teardown);
	tcase_add_checked_fixture(pae, boot_pae, teardown);
	tcase_add_checked_fixture(v61, boot_61, teardown);
	tcase_add_test(classic, an_address_is_cut_into_10_10_12);
	tcase_add_test(classic, lowmem_is_mapped_by_large_entries_up_to_896M);
	tcase_add_test(classic, every_address_space_has_the_kernels_entries);
	tcase_add_test(classic, tables_of_6_1_lie_in_high_memory_where_the_classic_ones_may_not);
	tcase_add_test(classic, fresh_rights_of_an_area);
	tcase_add_test(classic, no_frame_for_a_table_is_no_table);
	tcase_add_test(pae, with_pae_an_address_is_cut_into_2_9_9_12);
	tcase_add_test(pae, with_pae_a_new_process_has_5_tables);
	tcase_add_test(pae, a_middle_table_goes_with_its_gigabyte_and_comes_back_at_a_fault);
	tcase_add_test(pae, every_address_space_has_the_kernels_entries);
	tcase_add_test(v61, the_end_of_lowmem_that_fills_no_large_page_has_small_entries);
	tcase_add_test(v61, a_new_process_has_2_tables);
	tcase_add_test(v61, sixteen_touches_4M_apart_take_16_tables_and_munmap_gives_them_back);
	tcase_add_test(v61, a_table_stays_while_an_area_lies_in_its_span);
	tcase_add_test(v61, a_page_of_an_area_without_rights_keeps_its_frame);
	tcase_add_test(v61, an_exclusive_page_is_writable_again_at_once_and_a_shared_one_faults);
	tcase_add_test(v61, zapping_counts_down_and_flushes_also_for_zero_pages);
	tcase_add_test(v61, a_frame_goes_back_only_after_the_flush);
	tcase_add_test(v61, moved_pages_keep_their_frames_and_cost_no_fault);
	suite_add_tcase(s, classic);
	suite_add_tcase(s, pae);
	suite_add_tcase(s, v61);
	return s;
}
