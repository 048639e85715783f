/* ARM: two hardware tables in a page, young and dirty by faults, the layout (REFERENCE 6.4, 8.1). */
#include "faults.h"
#include "zone_limits.h"

#include "sim/arm_pte.h"

static void boot_arm(void)
{
	boot("arm", 1024);
	do_exit(m, sh);
	sh = do_spawn(m, "sh", 1, m->profile->program, NULL);
	machine_begin_event(m);
}

START_TEST(an_address_is_cut_12_8_12)
{
	static const struct {
		vaddr_t va;
		unsigned first, second;
	} cuts[] = {
		{0x08048000, 128, 72},   {0xc0100000, 3073, 0}, {0xbffff123, 3071, 255},
		{0xb7ff9000, 2943, 249}, {0xf8800000, 3976, 0},
	};

	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		ck_assert_uint_eq(arm_first_level_index(cuts[i].va), cuts[i].first);
		ck_assert_uint_eq(arm_second_level_index(cuts[i].va), cuts[i].second);
		ck_assert_uint_eq(pt_index(m, 0, cuts[i].va), cuts[i].first / 2);
		ck_assert_uint_eq(pt_index(m, 1, cuts[i].va),
				  cuts[i].first % 2 * 256 + cuts[i].second);
	}
}
END_TEST

START_TEST(the_hardware_tables_lie_behind_linux_s_words)
{
	ck_assert_uint_eq(arm_linux_place(0x10, 0x08048000), 0x10000 + 72 * 4);
	ck_assert_uint_eq(arm_hw_place(0x10, 0x08048000), 0x10000 + 2048 + 72 * 4);
	ck_assert_uint_eq(arm_linux_place(0x10, 0x08148000), 0x10000 + 1024 + 72 * 4);
	ck_assert_uint_eq(arm_hw_place(0x10, 0x08148000), 0x10000 + 3072 + 72 * 4);
	/* the first-level entry of the upper M leads to the second of them */
	ck_assert_uint_eq(arm_first_level(mk_pte(0x10, PTE_TABLE), 0x08148000), 0x10c01);
	ck_assert_uint_eq(arm_first_level(mk_pte(0x10, PTE_TABLE), 0x08048000), 0x10801);
}
END_TEST

START_TEST(what_is_not_young_is_no_entry_for_the_mmu_and_what_is_not_dirty_read_only)
{
	pte_t page = mk_pte(0x3fc05, PTE_P | PTE_US | PTE_RW);

	ck_assert_uint_eq(arm_hw_pte(page), 0);
	ck_assert_uint_eq(arm_linux_pte(page) & (L_PTE_PRESENT | L_PTE_YOUNG), L_PTE_PRESENT);
	ck_assert_uint_eq(arm_hw_pte(page | PTE_A) & (HW_SMALL | HW_APX), HW_SMALL | HW_APX);
	ck_assert_uint_eq(arm_hw_pte(page | PTE_A | PTE_D) & HW_APX, 0);
	ck_assert_uint_eq(arm_hw_pte(page | PTE_A | PTE_D) >> 12, 0x3fc05);
}
END_TEST

START_TEST(the_first_directory_is_of_four_frames)
{
	for (pfn_t i = 0; i < 4; i++)
		ck_assert_uint_eq(pfn_page(m, sh->mm->pgd + i)->use, FRAME_TABLE);
	ck_assert_uint_eq(sh->mm->pgd % 4, 0);
	ck_assert_uint_eq(m->swapper_pg_dir, 4); /* 0x4000 */
}
END_TEST

/* A page that both have is old in the child, whose first read is a fault; i386 sets A itself. */
START_TEST(a_child_faults_for_a_page_that_it_only_reads)
{
	struct mmap_request rq = {.bytes = PAGE_SIZE, .prot = RW};
	vaddr_t buf = (vaddr_t)sys_mmap(m, sh, &rq);
	struct task *kid;

	ck_assert_uint_eq(faults_of(sh, buf, 1, ACCESS_WRITE), 1);
	kid = do_fork(m, sh, "kid", 2);
	ck_assert_uint_eq(arm_hw_pte(entry_of(kid, buf)), 0);
	ck_assert_uint_eq(faults_of(kid, buf, 1, ACCESS_READ), 1);
	ck_assert_uint_ne(arm_hw_pte(entry_of(kid, buf)), 0);
	ck_assert_uint_eq(faults_of(kid, buf, 1, ACCESS_READ), 0);
}
END_TEST

START_TEST(a_shared_page_that_was_read_faults_at_the_first_write)
{
	struct mmap_request rq = {.bytes = PAGE_SIZE, .prot = RW, .shared = true};
	vaddr_t buf = (vaddr_t)sys_mmap(m, sh, &rq);

	ck_assert_uint_eq(faults_of(sh, buf, 1, ACCESS_READ), 1);
	ck_assert(entry_of(sh, buf) & PTE_RW);
	ck_assert(arm_hw_pte(entry_of(sh, buf)) & HW_APX);
	ck_assert_uint_eq(faults_of(sh, buf, 1, ACCESS_WRITE), 1);
	ck_assert(!(arm_hw_pte(entry_of(sh, buf)) & HW_APX));
}
END_TEST

START_TEST(the_layout_is_arm_s)
{
	ck_assert_uint_eq(m->map.task_size, 0xbf000000);
	ck_assert_uint_eq(m->map.modules, 0xbf000000);
	ck_assert_uint_eq(m->map.pkmap_base, 0xbfe00000);
	ck_assert_uint_eq(m->map.pkmap_end, 0xc0000000);
	ck_assert_uint_eq(m->map.high_memory, 0xf0000000); /* 768M */
	ck_assert_uint_eq(m->map.vmalloc_start, 0xf0800000);
	ck_assert_uint_eq(m->map.vmalloc_end, 0xff800000);
	ck_assert_uint_eq(m->map.fixaddr_start, 0xffc80000);
	ck_assert_uint_eq(m->max_low_pfn, 0x30000);
	ck_assert_uint_eq(sh->mm->mmap_base, 0xb7000000);
}
END_TEST

START_TEST(a_process_may_run_the_page_of_the_vectors)
{
	ck_assert_int_eq(access_page(m, sh, 0xffff0000, ACCESS_FETCH, NULL).kind, OUT_OK);
	ck_assert_int_eq(access_page(m, sh, 0xffff0000, ACCESS_WRITE, NULL).kind, OUT_MAPERR);
	ck_assert_int_eq(access_page(m, sh, 0xc0000000, ACCESS_READ, NULL).kind, OUT_MAPERR);
}
END_TEST

/* What Debian's armmp kernel showed on QEMU's virt board: managed pages, min_free_kbytes, marks, pages that a CPU keeps,
 * and its batch, of low memory (there called DMA) and of high memory. */
static const struct {
	uint32_t ram_mb, min_free;
	struct {
		uint32_t spanned, managed, min, low, high, pcp_high, batch;
	} zone[2];
} recorded[] = {
	{256, 1954, {{65536, 60253, 488, 610, 732, 610, 15}}},
	{512, 2823, {{131072, 125165, 705, 881, 1057, 881, 31}}},
	{1024,
	 3476,
	 {{196608, 0, 869, 1086, 1303, 1086, 63}, {65536, 65536, 64, 139, 214, 139, 15}}},
	{2048,
	 3455,
	 {{196608, 0, 863, 1078, 1293, 1078, 63}, {327680, 327680, 128, 506, 884, 506, 63}}},
};

START_TEST(boot_gives_the_marks_that_a_real_kernel_recorded)
{
	teardown();
	boot("arm", recorded[_i].ram_mb);
	ck_assert_uint_eq(m->vm.min_free_kbytes, recorded[_i].min_free);
	for (int i = 0; i < 2 && recorded[_i].zone[i].spanned; i++) {
		const struct zone *z = &m->node[0].node_zones[i ? ZONE_HIGHMEM : ZONE_NORMAL];

		ck_assert_uint_eq(z->spanned_pages, recorded[_i].zone[i].spanned);
		if (recorded[_i].zone[i].managed) /* else boot takes 8 pages more */
			ck_assert_uint_eq(z->managed_pages, recorded[_i].zone[i].managed);
		ck_limits(z, recorded[_i].zone[i].min, recorded[_i].zone[i].low,
			  recorded[_i].zone[i].high, recorded[_i].zone[i].pcp_high,
			  recorded[_i].zone[i].batch);
	}
}
END_TEST

Suite *arm_suite(void)
{
	Suite *s = suite_create("arm");
	TCase *t = tcase_create("arm");

	tcase_add_checked_fixture(t, boot_arm, teardown);
	tcase_add_loop_test(t, boot_gives_the_marks_that_a_real_kernel_recorded, 0,
			    sizeof(recorded) / sizeof(recorded[0]));
	tcase_add_test(t, an_address_is_cut_12_8_12);
	tcase_add_test(t, the_hardware_tables_lie_behind_linux_s_words);
	tcase_add_test(t,
		       what_is_not_young_is_no_entry_for_the_mmu_and_what_is_not_dirty_read_only);
	tcase_add_test(t, the_first_directory_is_of_four_frames);
	tcase_add_test(t, a_child_faults_for_a_page_that_it_only_reads);
	tcase_add_test(t, a_shared_page_that_was_read_faults_at_the_first_write);
	tcase_add_test(t, the_layout_is_arm_s);
	tcase_add_test(t, a_process_may_run_the_page_of_the_vectors);
	suite_add_tcase(s, t);
	return s;
}
