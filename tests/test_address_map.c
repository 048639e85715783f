/*
 * The map of an address space: every address in one range, borders where the kernel has them.
 */
#include "space.h"

#include "sim/fault.h"
#include "src/address_map.h"

static struct trace quiet;
static const char tag[TAG_LEN] = "A";

static void boot(const char *profile, uint32_t ram_mb)
{
	struct machine_config c;

	machine_config_default(&c);
	c.profile = profile_find(profile);
	c.ram_bytes = (uint64_t)ram_mb << 20;
	m = machine_create(&c, &quiet);
	sh = do_spawn(m, "sh", 1, &builtin_program, NULL);
}

static void boot_classic(void) { boot("i386", 1024); }

static struct address_range at(vaddr_t va) { return address_range_at(m, sh, va); }

static bool is_same(const struct address_range *a, const struct address_range *b)
{
	return a->kind == b->kind && a->first == b->first && a->last == b->last;
}

/* The parts of r, or with r NULL all ranges, from the first to the last: no hole, no overlap, and each is found from
 * both its ends and from its middle. Returns how many. */
static uint32_t check_parts(const struct address_range *r)
{
	vaddr_t va = r ? r->first : 0, last = r ? r->last : address_last(m);
	uint32_t nr = 0;

	for (;; nr++) {
		struct address_range p = r ? address_range_inside(m, r, va) : at(va), again;

		ck_assert_uint_eq(p.first, va);
		ck_assert_uint_ge(p.last, p.first);
		ck_assert_uint_le(p.last, last);
		again = r ? address_range_inside(m, r, p.last) : at(p.last);
		ck_assert(is_same(&p, &again));
		va = p.first + (p.last - p.first) / 2;
		again = r ? address_range_inside(m, r, va) : at(va);
		ck_assert(is_same(&p, &again));
		if (range_has_parts(m, &p) && (!r || nr < 3))
			check_parts(&p);
		if (p.last == last)
			return nr + 1;
		va = p.last + 1;
	}
}

static const struct {
	const char *profile;
	uint32_t ram_mb;
} machines[] = {
	{"i386", 64},      {"i386", 1024},     {"i386-pae", 1024},
	{"i386-6.1", 512}, {"i386-6.1", 1024}, {"i386-6.1-pae", 2048},
};
enum { NR_MACHINES = sizeof(machines) / sizeof(machines[0]) };

START_TEST(every_address_belongs_to_one_range)
{
	boot(machines[_i].profile, machines[_i].ram_mb);
	ck_assert_uint_gt(check_parts(NULL), 12);
	sys_mmap(m, sh, &(struct mmap_request){.bytes = 64 * K, .prot = RW});
	access_page(m, sh, sh->mm->mmap_base - 8 * K, ACCESS_WRITE, tag);
	vmalloc(m, 20 * K);
	vfree(m, vmalloc(m, 4 * K));
	ioremap(m, 0xfec00000, 4 * K);
	set_fixmap(m, 3, 0xfee00000, false);
	for (pfn_t pfn = m->max_low_pfn; pfn < m->max_low_pfn + 3 && pfn < m->max_pfn; pfn++)
		kmap(m, pfn);
	ck_assert_uint_gt(check_parts(NULL), 13);
	sh = NULL;
	check_parts(NULL);
}
END_TEST

static void check_range(vaddr_t va, enum range_kind kind, vaddr_t first, vaddr_t last)
{
	struct address_range r = at(va);

	ck_assert_int_eq(r.kind, kind);
	ck_assert_uint_eq(r.first, first);
	ck_assert_uint_eq(r.last, last);
}

START_TEST(the_user_part_is_areas_and_what_they_leave)
{
	check_range(0, RANGE_NULL, 0, 0xffff);
	check_range(0x10000, RANGE_FREE, 0x10000, 0x08047fff);
	check_range(0x08048123, RANGE_CODE, 0x08048000, 0x08048fff);
	check_range(0x08049000, RANGE_DATA, 0x08049000, 0x0804afff);
	check_range(0x0804b000, RANGE_BSS, 0x0804b000, 0x0804dfff);
	check_range(0x0804e000, RANGE_FREE, 0x0804e000, 0xb7ffffff);
	check_range(0xb8000000, RANGE_ABOVE_BASE, 0xb8000000, 0xbf7fffff);
	/* the stack's limit is 8M below its end, the guard gap 1M */
	check_range(0xbf800000, RANGE_STACK_ROOM, 0xbf800000, 0xbfedefff);
	check_range(0xbfedf000, RANGE_STACK_GAP, 0xbfedf000, 0xbffdefff);
	check_range(0xbfffffff, RANGE_STACK, 0xbffdf000, 0xbfffffff);
}
END_TEST

START_TEST(the_heap_is_what_brk_has_given)
{
	sys_brk(m, sh, sh->mm->start_brk + 8 * K);
	check_range(0x0804e000, RANGE_HEAP, 0x0804e000, 0x0804ffff);
	check_range(0x08050000, RANGE_FREE, 0x08050000, 0xb7ffffff);
}
END_TEST

START_TEST(a_full_stack_leaves_no_room_to_grow)
{
	access_page(m, sh, 0xbf800000, ACCESS_WRITE, tag);
	check_range(0xbf800000, RANGE_STACK, 0xbf800000, 0xbfffffff);
	check_range(0xbf7ff000, RANGE_STACK_GAP, 0xbf700000, 0xbf7fffff);
	check_range(0xbf6ff000, RANGE_ABOVE_BASE, 0xb8000000, 0xbf6fffff);
}
END_TEST

START_TEST(the_kernel_s_part_is_its_map)
{
	check_range(0xc0000000, RANGE_DIRECT, 0xc0000000, 0xc0ffffff);
	check_range(0xc1000000, RANGE_DIRECT, 0xc1000000, 0xf7ffffff);
	check_range(0xf8000000, RANGE_HOLE, 0xf8000000, 0xf87fffff);
	check_range(0xf8800000, RANGE_VMALLOC, 0xf8800000, 0xff7fdfff);
	check_range(0xff7fe000, RANGE_UNUSED, 0xff7fe000, 0xff7fffff);
	check_range(0xff800000, RANGE_PKMAP, 0xff800000, 0xffbfffff);
	check_range(0xffc00000, RANGE_UNUSED, 0xffc00000, m->map.fixaddr_start - 1);
	check_range(0xffffe000, RANGE_FIXMAP, m->map.fixaddr_start, 0xffffefff);
	check_range(0xffffffff, RANGE_LAST_PAGE, 0xfffff000, 0xffffffff);
	ck_assert_uint_eq(user_end(m), 0xc0000000);
	ck_assert_str_eq(at(0xc0000000).zone->name, "DMA");
	ck_assert_str_eq(at(0xc1000000).zone->name, "Normal");
}
END_TEST

START_TEST(an_area_of_vmalloc_ends_in_its_guard_page)
{
	vaddr_t va = vmalloc(m, 12 * K);
	struct address_range outer = at(va), r = address_range_inside(m, &outer, va + 4 * K);

	ck_assert_uint_eq(va, 0xf8800000);
	ck_assert_int_eq(r.kind, RANGE_VM_AREA);
	ck_assert_uint_eq(r.first, va);
	ck_assert_uint_eq(range_bytes(&r), 12 * K);
	ck_assert_uint_eq(range_pages_mapped(m, &r), 3);
	r = address_range_inside(m, &outer, va + 12 * K);
	ck_assert_int_eq(r.kind, RANGE_VM_GUARD);
	ck_assert_uint_eq(range_bytes(&r), 4 * K);
	r = address_range_inside(m, &outer, va + 16 * K);
	ck_assert_int_eq(r.kind, RANGE_VM_FREE);
	ck_assert_uint_eq(r.last, outer.last);
	vfree(m, va);
	r = address_range_inside(m, &outer, va + 12 * K);
	ck_assert_int_eq(r.kind, RANGE_VM_FREE);
}
END_TEST

START_TEST(an_area_of_6_1_is_lazy_when_it_was_freed)
{
	struct address_range outer, r;
	vaddr_t va;

	machine_destroy(m);
	boot("i386-6.1", 1024);
	va = vmalloc(m, 12 * K);
	outer = at(va);
	vfree(m, va);
	r = address_range_inside(m, &outer, va + 12 * K);
	ck_assert_int_eq(r.kind, RANGE_VM_LAZY);
	ck_assert_uint_eq(range_bytes(&r), 16 * K);
}
END_TEST

START_TEST(slots_of_kmap_are_mapped_one_by_one_or_free_in_a_row)
{
	pfn_t pfn = m->max_low_pfn + 7;
	struct address_range outer, r;
	vaddr_t va = kmap(m, pfn);

	outer = at(va);
	r = address_range_inside(m, &outer, va);
	ck_assert_int_eq(r.kind, RANGE_PAGE);
	ck_assert_uint_eq(range_slot(m, &r, va), 1);
	ck_assert_uint_eq(pte_pfn(range_entry(m, &r, va)), pfn);
	r = address_range_inside(m, &outer, va - 1);
	ck_assert_int_eq(r.kind, RANGE_ABSENT);
	ck_assert_uint_eq(range_slot(m, &r, r.last), 0);
	r = address_range_inside(m, &outer, va + PAGE_SIZE);
	ck_assert_int_eq(r.kind, RANGE_ABSENT);
	ck_assert_uint_eq(range_slot(m, &r, r.last), 1023);
}
END_TEST

START_TEST(the_direct_map_is_made_of_large_pages)
{
	struct address_range outer = at(0xc1000000);
	struct address_range r = address_range_inside(m, &outer, 0xc1234567);
	struct address_range frame;

	ck_assert_int_eq(r.kind, RANGE_LARGE);
	ck_assert_uint_eq(r.first, 0xc1000000);
	ck_assert_uint_eq(range_bytes(&r), 4096 * K);
	frame = address_range_inside(m, &r, 0xc1234567);
	ck_assert_int_eq(frame.kind, RANGE_FREE_FRAMES);
	ck_assert_uint_eq(pte_pfn(range_entry(m, &frame, 0xc1234567)), 0x1234);
	ck_assert_uint_eq(check_parts(&outer), 220);
}
END_TEST

START_TEST(pages_of_an_area_that_are_not_there_are_one_part)
{
	struct address_range outer, r;
	vaddr_t va;

	sys_mmap(m, sh, &(struct mmap_request){.bytes = 512u << 20, .prot = RW});
	va = sh->mm->mmap_base - (512u << 20);
	outer = at(va);
	ck_assert_int_eq(outer.kind, RANGE_MAPPING);
	r = address_range_inside(m, &outer, va + (300u << 20));
	ck_assert_int_eq(r.kind, RANGE_ABSENT);
	ck_assert_uint_eq(range_bytes(&r), 512u << 20);
	access_page(m, sh, va + 40 * K, ACCESS_WRITE, tag);
	ck_assert_uint_eq(check_parts(&outer), 3);
	ck_assert_uint_eq(range_pages_mapped(m, &outer), 1);
	r = address_range_inside(m, &outer, va + 40 * K);
	ck_assert_int_eq(r.kind, RANGE_PAGE);
	ck_assert_uint_eq(range_bytes(&r), 4 * K);
}
END_TEST

START_TEST(without_a_process_the_user_part_is_free)
{
	sh = NULL;
	check_range(0x08048000, RANGE_FREE, 0x10000, 0xbfffffff);
}
END_TEST

Suite *address_map_suite(void)
{
	Suite *s = suite_create("address_map");
	TCase *t = tcase_create("ranges");

	tcase_add_checked_fixture(t, boot_classic, teardown);
	tcase_add_test(t, the_user_part_is_areas_and_what_they_leave);
	tcase_add_test(t, the_heap_is_what_brk_has_given);
	tcase_add_test(t, a_full_stack_leaves_no_room_to_grow);
	tcase_add_test(t, the_kernel_s_part_is_its_map);
	tcase_add_test(t, an_area_of_vmalloc_ends_in_its_guard_page);
	tcase_add_test(t, an_area_of_6_1_is_lazy_when_it_was_freed);
	tcase_add_test(t, slots_of_kmap_are_mapped_one_by_one_or_free_in_a_row);
	tcase_add_test(t, the_direct_map_is_made_of_large_pages);
	tcase_add_test(t, pages_of_an_area_that_are_not_there_are_one_part);
	tcase_add_test(t, without_a_process_the_user_part_is_free);
	suite_add_tcase(s, t);
	t = tcase_create("all machines");
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, every_address_belongs_to_one_range, 0, NR_MACHINES);
	suite_add_tcase(s, t);
	return s;
}
