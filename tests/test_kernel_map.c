/* Addresses of the kernel's gigabyte, by profile and RAM (REFERENCE 6.2, 6.3). */
#include "sim/machine.h"

#include <check.h>

static const struct {
	const char *profile;
	uint32_t ram_mb;
	vaddr_t high_memory, vmalloc_start, vmalloc_end, pkmap_base, ldt, entry, fixaddr_start;
} maps[] = {
	{"i386", 512, 0xe0000000, 0xe0800000, 0xff7fe000, 0xff800000, 0, 0, 0},
	{"i386", 1024, 0xf8000000, 0xf8800000, 0xff7fe000, 0xff800000, 0, 0, 0},
	{"i386-pae", 1024, 0xf8000000, 0xf8800000, 0xffbfe000, 0xffc00000, 0, 0, 0},
	/* firmware keeps the last 128K */
	{"i386-6.1", 512, 0xdffe0000, 0xe07e0000, 0xfebfe000, 0xfec00000, 0xff000000, 0xff400000,
	 0xffdb8000},
	{"i386-6.1", 1024, 0xf6bfe000, 0xf73fe000, 0xfebfe000, 0xfec00000, 0xff000000, 0xff400000,
	 0xffdb8000},
	{"i386-6.1-pae", 1024, 0xf6ffe000, 0xf77fe000, 0xfeffe000, 0xff000000, 0xff200000,
	 0xff400000, 0xffdb8000},
};

START_TEST(each_area_begins_where_the_kernel_has_it)
{
	struct machine_config c;
	struct trace trace = {0};
	struct machine *m;

	machine_config_default(&c);
	c.profile = profile_find(maps[_i].profile);
	c.ram_bytes = (uint64_t)maps[_i].ram_mb << 20;
	m = machine_create(&c, &trace);
	ck_assert_uint_eq(m->map.page_offset, 0xc0000000);
	ck_assert_uint_eq(m->map.high_memory, maps[_i].high_memory);
	ck_assert_uint_eq(m->map.vmalloc_start, maps[_i].vmalloc_start);
	ck_assert_uint_eq(m->map.vmalloc_end, maps[_i].vmalloc_end);
	ck_assert_uint_eq(m->map.pkmap_base, maps[_i].pkmap_base);
	if (maps[_i].ldt) {
		ck_assert_uint_eq(m->map.ldt_base, maps[_i].ldt);
		ck_assert_uint_eq(m->map.cpu_entry_area, maps[_i].entry);
		ck_assert_uint_eq(m->map.fixaddr_start, maps[_i].fixaddr_start);
	}
	ck_assert_uint_le(m->map.pkmap_end, m->map.ldt_base);
	ck_assert_uint_le(m->map.ldt_base, m->map.cpu_entry_area);
	ck_assert_uint_le(m->map.cpu_entry_area, m->map.fixaddr_start);
	ck_assert_uint_lt(m->map.fixaddr_start, m->map.fixaddr_top);
	machine_destroy(m);
}
END_TEST

/* What low memory gains, processes lose; everything above low memory stays. */
static const struct {
	const char *profile;
	vaddr_t page_offset, high_memory;
	uint32_t low_mb;
} splits[] = {
	{"i386", 0xc0000000, 0xf8000000, 896},          {"i386", 0x80000000, 0xf8000000, 1920},
	{"i386", 0x40000000, 0xf8000000, 2944},         {"i386-pae", 0x80000000, 0xf8000000, 1920},
	{"i386-pae", 0x40000000, 0xf8000000, 2944},     {"i386-6.1", 0x80000000, 0xf6bfe000, 1899},
	{"i386-6.1-pae", 0x40000000, 0xf6ffe000, 2927},
};

START_TEST(the_split_moves_the_border_between_processes_and_low_memory)
{
	struct machine_config c;
	struct trace trace = {0};
	struct outcome o;
	struct machine *m;
	struct task *sh;
	struct pt_walk w;

	machine_config_default(&c);
	c.profile = profile_find(splits[_i].profile);
	c.ram_bytes = (uint64_t)3 << 30;
	c.page_offset = splits[_i].page_offset;
	m = machine_create(&c, &trace);
	ck_assert_uint_eq(m->map.task_size, splits[_i].page_offset);
	ck_assert_uint_eq(m->map.high_memory, splits[_i].high_memory);
	ck_assert_uint_eq(m->max_low_pfn >> 8, splits[_i].low_mb);
	sh = do_spawn(m, "sh", 1, &builtin_program, &o);
	ck_assert_ptr_nonnull(sh);
	ck_assert_uint_eq(mm_area_at(sh->mm, sh->mm->start_stack)->end, splits[_i].page_offset);
	ck_assert_uint_eq(sh->mm->mmap_base, splits[_i].page_offset - (128 << 20));
	for (pfn_t pfn = 0; pfn < m->max_low_pfn; pfn += 999) {
		pt_walk(m, sh->mm, pfn_to_kva(m, pfn), &w);
		ck_assert(w.complete);
		ck_assert_uint_eq(w.phys >> PAGE_SHIFT, pfn);
	}
	ck_assert_ptr_null(machine_check(m));
	machine_destroy(m);
}
END_TEST

START_TEST(slots_of_the_fixmap_count_down)
{
	struct kernel_map map;

	kernel_map_init(&map, profile_find("i386-6.1"), 0);
	ck_assert_uint_eq(fix_to_virt(&map, 0), 0xfffff000);
	ck_assert_uint_eq(fix_to_virt(&map, map.fix_kmap_begin), 0xfffbb000); /* measured */
}
END_TEST

Suite *kernel_map_suite(void);

Suite *kernel_map_suite(void)
{
	Suite *s = suite_create("kernel_map");
	TCase *t = tcase_create("kernel_map");

	tcase_add_loop_test(t, each_area_begins_where_the_kernel_has_it, 0,
			    sizeof(maps) / sizeof(maps[0]));
	tcase_add_loop_test(t, the_split_moves_the_border_between_processes_and_low_memory, 0,
			    sizeof(splits) / sizeof(splits[0]));
	tcase_add_test(t, slots_of_the_fixmap_count_down);
	suite_add_tcase(s, t);
	return s;
}
