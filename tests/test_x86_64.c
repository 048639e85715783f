/* x86-64: four levels, no high memory, addresses that are none. */
#include "faults.h"
#include "zone_limits.h"

#include "sim/kernel_access.h"

static void boot_nodes(uint32_t ram_mb, uint32_t nodes, uint32_t movable_mb)
{
	static struct trace quiet;
	struct machine_config c;

	machine_config_default(&c);
	c.profile = profile_find("x86-64");
	c.ram_bytes = (uint64_t)ram_mb << 20;
	c.cpus = c.nodes = nodes;
	c.movable_bytes = (uint64_t)movable_mb << 20;
	m = machine_create(&c, &quiet);
}

static void boot_x86_64(void)
{
	boot("x86-64", 5 * 1024);
	do_exit(m, sh);
	sh = do_spawn(m, "sh", 1, m->profile->program, NULL);
	machine_begin_event(m);
}

START_TEST(an_address_is_cut_9_9_9_9_12)
{
	static const struct {
		vaddr_t va;
		unsigned index[4];
	} cuts[] = {
		{0x400000, {0, 0, 2, 0}},
		{0x7ffffffff000 - 0x1000, {255, 511, 511, 510}},
		{0xffff888000000000, {273, 0, 0, 0}},
		{0xffffffff81000000, {511, 510, 8, 0}},
	};

	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++)
		for (unsigned l = 0; l < 4; l++)
			ck_assert_uint_eq(pt_index(m, l, cuts[i].va), cuts[i].index[l]);
}
END_TEST

START_TEST(there_is_no_high_memory)
{
	struct zone *z;

	for_each_populated_zone(m, z)
		ck_assert(z->type != ZONE_HIGHMEM);
	ck_assert_uint_eq(m->max_low_pfn, m->max_pfn);
	ck_assert_int_eq(page_zone(m, 0xfff)->type, ZONE_DMA);
	ck_assert_int_eq(page_zone(m, 0x1000)->type, ZONE_DMA32);
	ck_assert_int_eq(page_zone(m, 0xfffff)->type, ZONE_DMA32);
	ck_assert_int_eq(page_zone(m, 0x100000)->type, ZONE_NORMAL);
	ck_assert_uint_eq(m->map.high_memory, 0xffff888000000000 + ((uint64_t)m->max_pfn << 12));
}
END_TEST

START_TEST(the_image_is_mapped_twice)
{
	struct mm kernel = {.pgd = m->swapper_pg_dir, .pgd_entry = m->kernel_pgd};
	struct pt_walk direct, text;

	pt_walk(m, &kernel, 0xffff888001000000, &direct);
	pt_walk(m, &kernel, 0xffffffff81000000, &text);
	ck_assert(direct.large && text.large);
	ck_assert_uint_eq(direct.phys, 0x1000000);
	ck_assert_uint_eq(text.phys, 0x1000000);
	ck_assert_uint_eq(direct.levels, 3);
	/* code and constants are read-only in both, and run in one */
	ck_assert_uint_eq(direct.entry[2] & (PTE_RW | PTE_NX), PTE_NX);
	ck_assert_uint_eq(text.entry[2] & (PTE_RW | PTE_NX), 0);
	pt_walk(m, &kernel, 0xffffffff82000000, &text);
	ck_assert_uint_eq(text.entry[2] & (PTE_RW | PTE_NX), PTE_NX);
	/* idt_table */
	pt_walk(m, &kernel, 0xffffffff83313000, &text);
	ck_assert(!text.large);
	ck_assert_uint_eq(text.entry[3] & PTE_RW, 0);
	pt_walk(m, &kernel, 0xffffffff83314000, &text);
	ck_assert_uint_eq(text.entry[3] & PTE_RW, PTE_RW);
}
END_TEST

START_TEST(the_pci_hole_is_not_mapped)
{
	struct mm kernel = {.pgd = m->swapper_pg_dir, .pgd_entry = m->kernel_pgd};
	struct pt_walk w;

	pt_walk(m, &kernel, pfn_to_kva(m, 0xbffdf), &w);
	ck_assert(w.complete && !w.large);
	pt_walk(m, &kernel, pfn_to_kva(m, 0xbffe0), &w);
	ck_assert(!w.complete);
	pt_walk(m, &kernel, pfn_to_kva(m, 0xc0000), &w);
	ck_assert(!w.complete);
	pt_walk(m, &kernel, pfn_to_kva(m, 0x100000), &w);
	ck_assert(w.complete && w.large);
}
END_TEST

/* 64 bytes a struct page: frame 100000 has the one at ffffea0004000000. */
START_TEST(mem_map_is_one_array_in_vmemmap)
{
	struct mm kernel = {.pgd = m->swapper_pg_dir, .pgd_entry = m->kernel_pgd};
	struct pt_walk w;

	ck_assert(has_vmemmap(m));
	ck_assert_uint_eq(page_struct_address(m, 0x100000), 0xffffea0004000000);
	pt_walk(m, &kernel, 0xffffea0004000000, &w);
	ck_assert(w.complete && w.large);
	ck_assert_uint_eq(pfn_to_kva(m, (pfn_t)(w.phys >> PAGE_SHIFT)),
			  page_struct_place(m, 0x100000));
	ck_assert_uint_eq(w.phys & 0x1fffff, 0);
	/* the PCI hole has no memory, and no struct page */
	ck_assert_uint_eq(page_struct_address(m, 0xd0000), 0);
	pt_walk(m, &kernel, 0xffffea0003400000, &w);
	ck_assert(!w.complete);
}
END_TEST

/* What Debian's amd64 kernel showed: MemTotal and min_free_kbytes, and of DMA and DMA32 managed pages, marks, reserve,
 * pages that a CPU keeps, and its batch. */
static const struct {
	uint32_t ram_mb, mem_total, min_free;
	struct {
		uint32_t managed, min, low, high, reserve, pcp_high, batch;
	} zone[2];
} recorded[] = {
	{128, 81920, 1085, {{3840, 56, 70, 84, 56, 70, 1}, {16640, 214, 267, 320, 0, 267, 3}}},
	{256, 210752, 1799, {{3840, 34, 42, 50, 182, 42, 1}, {48848, 414, 517, 620, 0, 517, 15}}},
	{512, 468416, 2713, {{3840, 22, 27, 32, 434, 27, 1}, {113264, 655, 818, 981, 0, 818, 31}}},
	{1024,
	 983744,
	 3938,
	 {{3840, 15, 18, 21, 937, 18, 1}, {242096, 968, 1210, 1452, 0, 1210, 63}}},
	{2048,
	 2014400,
	 5651,
	 {{3840, 10, 13, 16, 1944, 13, 1}, {499760, 1401, 1898, 2395, 0, 1898, 63}}},
};

START_TEST(boot_gives_the_zones_that_a_real_kernel_recorded)
{
	teardown();
	boot("x86-64", recorded[_i].ram_mb);
	ck_assert_uint_eq(totalram_pages(m) * 4, recorded[_i].mem_total);
	ck_assert_uint_eq(m->vm.min_free_kbytes, recorded[_i].min_free);
	for (int i = 0; i < 2; i++) {
		const struct zone *z = &m->node[0].node_zones[i];

		ck_assert_uint_eq(z->managed_pages, recorded[_i].zone[i].managed);
		ck_assert_uint_eq(z->lowmem_reserve[ZONE_DMA32], recorded[_i].zone[i].reserve);
		ck_limits(z, recorded[_i].zone[i].min, recorded[_i].zone[i].low,
			  recorded[_i].zone[i].high, recorded[_i].zone[i].pcp_high,
			  recorded[_i].zone[i].batch);
	}
}
END_TEST

START_TEST(a_page_costs_three_tables_below_the_first)
{
	uint32_t before = sh->mm->nr_tables;
	struct mmap_request rq = {.bytes = PAGE_SIZE,
				  .prot = RW,
				  .fixed = true,
				  .has_at = true,
				  .at = 0x100000000000};

	ck_assert_int_eq(sys_mmap(m, sh, &rq), 0x100000000000);
	ck_assert_uint_eq(faults_of(sh, 0x100000000000, 1, ACCESS_WRITE), 1);
	ck_assert_uint_eq(sh->mm->nr_tables, before + 3);
	ck_assert_int_eq(sys_munmap(m, sh, 0x100000000000, PAGE_SIZE), 0);
	ck_assert_uint_eq(sh->mm->nr_tables, before);
}
END_TEST

START_TEST(where_a_process_s_things_lie)
{
	struct mmap_request rq = {.bytes = PAGE_SIZE, .prot = RW};

	ck_assert_uint_eq(sh->mm->start_code, 0x400000);
	ck_assert_uint_eq(sh->mm->mmap_base, 0x7ffff7fff000);
	ck_assert_int_eq(sys_mmap(m, sh, &rq), 0x7ffff7ffe000);
}
END_TEST

START_TEST(an_address_in_the_hole_is_none)
{
	ck_assert_int_eq(access_page(m, sh, 0x7ffffffff000, ACCESS_READ, NULL).kind, OUT_MAPERR);
	ck_assert_int_eq(access_page(m, sh, 0x7fffffffffff, ACCESS_READ, NULL).kind, OUT_MAPERR);
	ck_assert_int_eq(access_page(m, sh, 0x800000000000, ACCESS_READ, NULL).kind, OUT_GP);
	ck_assert_int_eq(access_page(m, sh, 0xffff7fffffffffff, ACCESS_READ, NULL).kind, OUT_GP);
	ck_assert_int_eq(access_page(m, sh, 0xffff800000000000, ACCESS_READ, NULL).kind,
			 OUT_MAPERR);
}
END_TEST

START_TEST(the_kernel_itself_dies_of_an_address_that_is_none)
{
	const char word[TAG_LEN] = "K";
	struct outcome o;

	space_forget();
	o = kernel_access(m, NULL, 0xffff7fffffffffff, ACCESS_READ, CODE_PLAIN, word);
	ck_assert_int_eq(o.kind, OUT_OOPS);
	ck_assert_uint_eq(told[S_OOPS_GP], 1);
	ck_assert_uint_eq(told[S_TLB_MISS] + told[S_OOPS_PAGING], 0);
	/* copy_from_user asks before */
	o = kernel_access(m, sh, 0x800000000000, ACCESS_READ, CODE_UACCESS, word);
	ck_assert_int_eq(o.kind, OUT_ERRNO);
}
END_TEST

START_TEST(a_break_at_the_last_address_does_not_run_over_to_the_first)
{
	uint32_t areas = sh->mm->map_count;

	ck_assert_int_eq(sys_brk(m, sh, UINT64_MAX), -SIM_ENOMEM);
	ck_assert_int_eq(sys_brk(m, sh, UINT64_MAX - PAGE_SIZE), -SIM_ENOMEM);
	ck_assert_uint_eq(sh->mm->map_count, areas);
}
END_TEST

START_TEST(an_anonymous_page_is_found_by_an_index_of_35_bits)
{
	struct mmap_request rq = {.bytes = PAGE_SIZE, .prot = RW};
	vaddr_t buf = (vaddr_t)sys_mmap(m, sh, &rq);
	pfn_t pfn;

	faults_of(sh, buf, 1, ACCESS_WRITE);
	pfn = pte_pfn(entry_of(sh, buf));
	ck_assert_uint_eq(page_index(pfn_page(m, pfn)), buf >> PAGE_SHIFT);
	ck_assert_uint_gt(page_index(pfn_page(m, pfn)), UINT32_MAX);
}
END_TEST

START_TEST(terabytes_without_pages_cost_nothing_to_pass)
{
	struct mmap_request rq = {.bytes = (uint64_t)100 << 40, .prot = RW, .noreserve = true};
	struct task *kid;

	m->config.overcommit = 1;
	ck_assert_int_gt(sys_mmap(m, sh, &rq), 0);
	kid = do_fork(m, sh, "kid", 2);
	do_exit(m, kid);
}
END_TEST

START_TEST(rights_and_advice_are_given_above_4g_too)
{
	struct mmap_request rq = {.bytes = 64 << 10, .prot = RW};
	vaddr_t buf = (vaddr_t)sys_mmap(m, sh, &rq);

	ck_assert_uint_gt(buf, UINT32_MAX);
	faults_of(sh, buf, 1, ACCESS_WRITE);
	ck_assert_int_eq(sys_mprotect(m, sh, buf, 64 << 10, VM_READ), 0);
	ck_assert_uint_eq(mm_area_at(sh->mm, buf)->flags & VM_ACCESS, VM_READ);
	ck_assert_int_eq(sys_madvise(m, sh, buf, 64 << 10, ADV_DONTNEED), 0);
	ck_assert_uint_eq(entry_of(sh, buf), 0);
	/* the last address is that of 64 bits */
	ck_assert_int_eq(sys_mprotect(m, sh, buf, 0 - buf, VM_READ), -SIM_ENOMEM);
	ck_assert_int_eq(sys_madvise(m, sh, buf, 0 - buf, ADV_DONTNEED), -SIM_EINVAL);
}
END_TEST

/* ---- where memory is ---- */

/* 5G: 3G below the devices, less firmware's 128K; the other 2G from 4G on. */
START_TEST(what_the_pci_hole_displaces_is_seen_above_4g)
{
	const struct zone *dma32 = page_zone(m, 0x1000), *normal = page_zone(m, 0x100000);

	ck_assert_uint_eq(m->max_pfn, 6 * 0x40000);
	ck_assert_uint_eq(pfn_page(m, 0xbffdf)->use == FRAME_HOLE, 0);
	ck_assert_uint_eq(pfn_page(m, 0xbffe0)->use, FRAME_HOLE);
	ck_assert_uint_eq(pfn_page(m, 0xfffff)->use, FRAME_HOLE);
	ck_assert_uint_eq(pfn_page(m, 0x100000)->use == FRAME_HOLE, 0);
	ck_assert_uint_eq(dma32->spanned_pages, 0xff000);
	ck_assert_uint_eq(dma32->present_pages, 0xbffe0 - 0x1000);
	ck_assert_uint_eq(normal->start_pfn, 0x100000);
	ck_assert_uint_eq(normal->present_pages, 2 * 0x40000);
	ck_assert_ptr_null(machine_check(m));
}
END_TEST

START_TEST(with_less_than_3584m_there_is_no_hole)
{
	teardown();
	boot("x86-64", 3583);
	ck_assert_uint_eq(m->max_pfn, 3583 * 256 - 32);
	ck_assert_uint_eq(page_zone(m, 0x1000)->present_pages, 3583 * 256 - 32 - 0x1000);
	teardown();
	boot("x86-64", 3584);
	ck_assert_uint_eq(m->max_pfn, 0x100000 + 512 * 256);
}
END_TEST

/* The managed pages of the zones above, shared by the ratio of 256: as they are when the reserves are set,
 * before the 2083 pages of init code come back to DMA32. */
START_TEST(a_zone_s_reserve_is_the_managed_pages_above_it_by_the_ratio)
{
	const struct zone *dma = page_zone(m, 1), *dma32 = page_zone(m, 0x1000);
	const struct zone *normal = page_zone(m, 0x100000);
	uint32_t low = dma32->managed_pages - 2083;

	ck_assert_uint_eq(dma->lowmem_reserve[ZONE_DMA], 0);
	ck_assert_uint_eq(dma->lowmem_reserve[ZONE_DMA32], low / 256);
	ck_assert_uint_eq(dma->lowmem_reserve[ZONE_NORMAL], (low + normal->managed_pages) / 256);
	ck_assert_uint_eq(dma->lowmem_reserve[ZONE_MOVABLE], (low + normal->managed_pages) / 256);
	ck_assert_uint_eq(dma32->lowmem_reserve[ZONE_NORMAL], normal->managed_pages / 256);
	ck_assert_uint_eq(normal->lowmem_reserve[ZONE_NORMAL], 0);
}
END_TEST

/* As Debian's kernel: nodes of 1G each, the hole for devices is nobody's; and Movable is cut from each node's end. */
START_TEST(nodes_have_equal_parts_of_ram)
{
	static const struct {
		enum zone_type type;
		pfn_t start;
		uint32_t spanned, present;
	} zones[] = {
		{ZONE_DMA32, 0x1000, 258048, 258048},
		{ZONE_DMA32, 0x40000, 262144, 262144},
		{ZONE_DMA32, 0x80000, 262112, 262112},
		{ZONE_NORMAL, 0x100000, 262144, 262144},
	};

	teardown();
	boot_nodes(4096, 4, 0);
	for (unsigned i = 0; i < 4; i++) {
		const struct zone *z = &m->node[i].node_zones[zones[i].type];

		ck_assert_uint_eq(z->start_pfn, zones[i].start);
		ck_assert_uint_eq(z->spanned_pages, zones[i].spanned);
		ck_assert_uint_eq(z->present_pages, zones[i].present);
	}
	machine_destroy(m);
	boot_nodes(1024, 2, 256);
	ck_assert_uint_eq(m->node[0].node_zones[ZONE_MOVABLE].start_pfn, 99328);
	ck_assert_uint_eq(m->node[0].node_zones[ZONE_MOVABLE].spanned_pages, 31744);
	ck_assert_uint_eq(m->node[1].node_zones[ZONE_MOVABLE].start_pfn, 229376);
	ck_assert_uint_eq(m->node[1].node_zones[ZONE_MOVABLE].spanned_pages, 32736);
	ck_assert_uint_eq(m->node[0].node_zones[ZONE_DMA].lowmem_reserve[ZONE_DMA32], 319);
	ck_assert_uint_eq(m->node[0].node_zones[ZONE_DMA].lowmem_reserve[ZONE_MOVABLE], 435);
}
END_TEST

Suite *x86_64_suite(void)
{
	Suite *s = suite_create("x86_64");
	TCase *t = tcase_create("x86_64");

	tcase_add_checked_fixture(t, boot_x86_64, teardown);
	tcase_add_test(t, an_address_is_cut_9_9_9_9_12);
	tcase_add_test(t, there_is_no_high_memory);
	tcase_add_test(t, the_image_is_mapped_twice);
	tcase_add_test(t, the_pci_hole_is_not_mapped);
	tcase_add_test(t, nodes_have_equal_parts_of_ram);
	tcase_add_test(t, mem_map_is_one_array_in_vmemmap);
	tcase_add_loop_test(t, boot_gives_the_zones_that_a_real_kernel_recorded, 0,
			    sizeof(recorded) / sizeof(recorded[0]));
	tcase_add_test(t, a_page_costs_three_tables_below_the_first);
	tcase_add_test(t, where_a_process_s_things_lie);
	tcase_add_test(t, an_address_in_the_hole_is_none);
	tcase_add_test(t, the_kernel_itself_dies_of_an_address_that_is_none);
	tcase_add_test(t, a_break_at_the_last_address_does_not_run_over_to_the_first);
	tcase_add_test(t, an_anonymous_page_is_found_by_an_index_of_35_bits);
	tcase_add_test(t, terabytes_without_pages_cost_nothing_to_pass);
	tcase_add_test(t, what_the_pci_hole_displaces_is_seen_above_4g);
	tcase_add_test(t, with_less_than_3584m_there_is_no_hole);
	tcase_add_test(t, rights_and_advice_are_given_above_4g_too);
	tcase_add_test(t, a_zone_s_reserve_is_the_managed_pages_above_it_by_the_ratio);
	suite_add_tcase(s, t);
	return s;
}
