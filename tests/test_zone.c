/* Numbers: REFERENCE 1.2, 1.3, 2.2 to 2.4, 4.2, and the recorded zones of a real kernel. */
#include "tests/frames.h"
#include "tests/zone_limits.h"

#include <stdlib.h>

static struct machine *boot(const char *profile, uint64_t ram_bytes, uint32_t cpus)
{
	struct machine_config c;
	struct machine *m;

	machine_config_default(&c);
	c.profile = profile_find(profile);
	c.ram_bytes = ram_bytes;
	c.cpus = cpus;
	m = machine_create(&c, &test_trace);
	ck_assert_ptr_nonnull(m);
	return m;
}

/* What /proc/zoneinfo of a Linux 6.1 kernel showed. */
enum { RECORDED_ZONES = 3 };
static const enum zone_type recorded_type[RECORDED_ZONES] = {ZONE_DMA, ZONE_NORMAL, ZONE_HIGHMEM};

struct recorded_zone {
	uint32_t start_pfn, spanned, present, managed, min, low, high;
	uint32_t protection[RECORDED_ZONES];
	uint32_t pcp_high, pcp_batch;
};

struct recorded {
	const char *profile;
	uint32_t ram_mb, mem_total_kb, min_free_kbytes;
	struct recorded_zone zone[RECORDED_ZONES];
};

static const struct recorded recordings[] = {
#include "tests/recorded/zones.h"
};

enum { NR_RECORDINGS = sizeof(recordings) / sizeof(*recordings) };

static void compare_zone(const struct zone *z, const struct recorded_zone *r)
{
	ck_assert_uint_eq(z->start_pfn, r->start_pfn);
	ck_assert_uint_eq(z->spanned_pages, r->spanned);
	ck_assert_uint_eq(z->present_pages, r->present);
	ck_assert_uint_eq(z->managed_pages, r->managed);
	for (unsigned j = 0; j < RECORDED_ZONES; j++)
		ck_assert_uint_eq(z->lowmem_reserve[recorded_type[j]], r->protection[j]);
	ck_assert_uint_eq(z->lowmem_reserve[ZONE_MOVABLE], r->protection[RECORDED_ZONES - 1]);
	ck_limits(z, r->min, r->low, r->high, r->pcp_high, r->pcp_batch);
}

START_TEST(boot_gives_the_zones_that_a_real_kernel_recorded)
{
	const struct recorded *r = &recordings[_i];
	struct machine *m = boot(r->profile, (uint64_t)r->ram_mb << 20, 1);

	ck_assert_uint_eq(totalram_pages(m) * 4, r->mem_total_kb);
	ck_assert_uint_eq(m->vm.min_free_kbytes, r->min_free_kbytes);
	for (unsigned i = 0; i < RECORDED_ZONES; i++)
		compare_zone(zone_by_id(m, recorded_type[i]), &r->zone[i]);
	machine_destroy(m);
}
END_TEST

START_TEST(any_ram_from_8M_to_4G_boots_and_keeps_the_laws)
{
	static const uint64_t sizes[] = {
		8u << 20,        (8u << 20) + 4097, 12345678,         16u << 20,
		(16u << 20) + 1, 20u << 20,         33u << 20,        57u << 20,
		100u << 20,      (896u << 20) - 1,  896u << 20,       897u << 20,
		3583ull << 20,   3584ull << 20,     (4ull << 30) - 1, 4ull << 30};
	const struct mm_profile *p = profile_nth((size_t)_i);

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct machine *m = boot(p->name, sizes[i], 2);
		uint32_t all = (uint32_t)(sizes[i] >> PAGE_SHIFT);

		ck_laws(m);
		ck_assert_uint_gt(totalram_pages(m), all / 5 * 2);
		ck_assert_uint_le(totalram_pages(m), all);
		machine_destroy(m);
	}
}
END_TEST

START_TEST(the_classic_machine_ends_lowmem_at_896M)
{
	struct machine *m = boot("i386", 1u << 30, 1);
	const struct zone *z = m->node[0].node_zones;

	ck_assert_uint_eq(z[ZONE_DMA].spanned_pages, 4096);
	ck_assert_uint_eq(z[ZONE_NORMAL].start_pfn, 4096);
	ck_assert_uint_eq(z[ZONE_NORMAL].spanned_pages, 225280);
	ck_assert_uint_eq(z[ZONE_HIGHMEM].start_pfn, 229376);
	ck_assert_uint_eq(z[ZONE_HIGHMEM].spanned_pages, 32768);
	ck_assert_uint_eq(m->max_low_pfn, 229376);
	ck_assert_uint_eq(m->node[0].nr_zones, 3);
	/* frame 0, 4M of image, 32 bytes of mem_map for each of 262144 frames */
	ck_assert_uint_eq(z[ZONE_DMA].managed_pages, 4096 - 1 - 1024 - 2048);
	ck_assert_uint_eq(m->node[0].mem_map_pfn, m->kernel_image_pfn + m->nr_kernel_image_pages);
	machine_destroy(m);
}
END_TEST

START_TEST(the_classic_boot_puts_the_highest_block_at_the_head)
{
	struct machine *m = boot("i386", 64u << 20, 1);
	const struct page_list *l = &m->node[0].node_zones[ZONE_NORMAL].free_area[10].free_list[0];

	/* the highest of all, 15360, is what the slab caches began with */
	ck_assert_uint_eq(l->head, 14336);
	ck_assert_uint_eq(m->mem_map[l->head].next, 13312);
	ck_assert_uint_eq(l->tail, 4096);
	machine_destroy(m);
}
END_TEST

START_TEST(the_boot_of_6_1_puts_the_lowest_lowmem_and_the_highest_highmem_first)
{
	struct machine *m = boot("i386-6.1", 1u << 30, 1);
	const struct zone *z = m->node[0].node_zones;
	pfn_t normal = z[ZONE_NORMAL].free_area[10].free_list[MIGRATE_MOVABLE].head;

	ck_assert_uint_lt(normal, m->mem_map[normal].next);
	ck_assert_uint_eq(z[ZONE_DMA].free_area[10].free_list[MIGRATE_MOVABLE].head, 1024);
	/* the last frame is 0x3ffdf: 0x3fc00 is no longer a whole block */
	ck_assert_uint_eq(z[ZONE_HIGHMEM].free_area[10].free_list[MIGRATE_MOVABLE].head, 0x3f800);
	ck_assert_uint_eq(z[ZONE_HIGHMEM].free_area[10].free_list[MIGRATE_MOVABLE].tail, 0x36c00);
	machine_destroy(m);
}
END_TEST

START_TEST(frames_without_memory_and_frames_of_the_kernel_are_marked)
{
	struct machine *m = boot("i386-6.1", 64u << 20, 1);

	ck_assert_uint_eq(m->mem_map[0].use, FRAME_HOLE);
	ck_assert_uint_eq(m->mem_map[1].use, FRAME_RESERVED);
	ck_assert_uint_eq(m->mem_map[0x9f].use, FRAME_HOLE);
	ck_assert_uint_eq(m->mem_map[0xff].use, FRAME_HOLE);
	ck_assert_uint_eq(m->mem_map[0x100].use, FRAME_FREE);
	ck_assert_uint_eq(m->mem_map[0x1000].use, FRAME_RESERVED);
	ck_assert_uint_eq(m->mem_map[m->node[0].mem_map_pfn].use, FRAME_RESERVED);
	ck_assert_uint_eq(m->mem_map[m->max_pfn - 1].use, FRAME_RESERVED);
	ck_assert_uint_eq(m->mem_map[m->zero_page].use, FRAME_ZERO);
	ck_assert_int_eq(m->mem_map[m->zero_page].refcount, 1);
	machine_destroy(m);
}
END_TEST

/* ---- formulas, on zones of ideal size ---- */

static struct machine *m;

static void ideal(uint32_t dma, uint32_t normal, uint32_t high, uint32_t cpus)
{
	struct zone *z;

	m = bare_machine(16);
	m->config.cpus = cpus;
	z = m->node[0].node_zones;
	z[ZONE_DMA].managed_pages = z[ZONE_DMA].present_pages = dma;
	z[ZONE_NORMAL].managed_pages = z[ZONE_NORMAL].present_pages = normal;
	z[ZONE_HIGHMEM].managed_pages = z[ZONE_HIGHMEM].present_pages = high;
	calculate_min_free_kbytes(m);
	setup_per_zone_wmarks(m);
	setup_per_zone_lowmem_reserve(m);
	setup_zone_pagesets(m);
	build_zonelists(m);
}

static void ck_marks(enum zone_type type, uint32_t min, uint32_t low, uint32_t high)
{
	const uint32_t *mark = m->node[0].node_zones[type].watermark;

	ck_assert_uint_eq(mark[WMARK_MIN], min);
	ck_assert_uint_eq(mark[WMARK_LOW], low);
	ck_assert_uint_eq(mark[WMARK_HIGH], high);
}

static void teardown(void)
{
	machine_destroy(m);
	m = NULL;
}

START_TEST(min_free_kbytes_grows_with_the_root_of_lowmem)
{
	static const uint32_t mb[] = {16, 64, 256, 512, 896};
	static const uint32_t kbytes[] = {512, 1024, 2048, 2896, 3831};

	ideal(4096, mb[_i] * 256 - 4096, 0, 1);
	ck_assert_uint_eq(m->vm.min_free_kbytes, kbytes[_i]);
}
END_TEST

START_TEST(min_free_kbytes_is_never_below_128)
{
	ideal(200, 0, 0, 1);
	ck_assert_uint_eq(m->vm.min_free_kbytes, 128);
}
END_TEST

START_TEST(marks_of_16M)
{
	ideal(4096, 0, 0, 1);
	ck_marks(ZONE_DMA, 128, 160, 192);
}
END_TEST

START_TEST(marks_of_512M)
{
	ideal(4096, 126976, 0, 1);
	ck_marks(ZONE_DMA, 22, 27, 32);
	ck_marks(ZONE_NORMAL, 701, 876, 1051);
}
END_TEST

START_TEST(marks_of_1G)
{
	ideal(4096, 225280, 32768, 1);
	ck_marks(ZONE_DMA, 17, 21, 25);
	ck_marks(ZONE_NORMAL, 939, 1173, 1407);
	ck_marks(ZONE_HIGHMEM, 32, 66, 100);
}
END_TEST

START_TEST(marks_of_4G)
{
	ideal(4096, 225280, 819200, 1);
	ck_marks(ZONE_HIGHMEM, 128, 982, 1836);
}
END_TEST

START_TEST(each_zone_holds_pages_back_from_requests_of_higher_ones)
{
	const struct zone *z;

	ideal(4096, 225280, 32768, 1);
	z = m->node[0].node_zones;
	ck_assert_uint_eq(z[ZONE_DMA].lowmem_reserve[ZONE_DMA], 0);
	ck_assert_uint_eq(z[ZONE_DMA].lowmem_reserve[ZONE_NORMAL], 880);
	ck_assert_uint_eq(z[ZONE_DMA].lowmem_reserve[ZONE_HIGHMEM], 1008);
	ck_assert_uint_eq(z[ZONE_NORMAL].lowmem_reserve[ZONE_NORMAL], 0);
	ck_assert_uint_eq(z[ZONE_NORMAL].lowmem_reserve[ZONE_HIGHMEM], 1024);
	ck_assert_uint_eq(z[ZONE_HIGHMEM].lowmem_reserve[ZONE_HIGHMEM], 0);
}
END_TEST

START_TEST(an_empty_zone_holds_nothing_back_and_is_in_no_list)
{
	ideal(4096, 0, 32768, 1);
	ck_assert_uint_eq(m->node[0].node_zones[ZONE_NORMAL].lowmem_reserve[ZONE_HIGHMEM], 0);
	ck_assert_int_eq(m->node[0].node_zonelists[0].zonerefs[0].zone_idx, ZONE_HIGHMEM);
	ck_assert_int_eq(m->node[0].node_zonelists[0].zonerefs[1].zone_idx, ZONE_DMA);
	ck_assert_ptr_null(m->node[0].node_zonelists[0].zonerefs[2].zone);
}
END_TEST

START_TEST(batch_and_high_of_the_cpus_lists)
{
	static const uint32_t managed[] = {3840, 5090, 37858, 121867, 213677, 300002};
	static const uint32_t batch[] = {1, 1, 7, 31, 63, 63};

	ideal(managed[_i], 0, 0, 1);
	ck_assert_uint_eq(m->node[0].node_zones[ZONE_DMA].pcp[0].batch, batch[_i]);
}
END_TEST

START_TEST(cpus_share_the_low_mark_but_get_four_batches)
{
	const struct zone *z;

	ideal(4096, 225280, 32768, 2);
	z = m->node[0].node_zones;
	ck_assert_uint_eq(z[ZONE_NORMAL].pcp[1].high, 1173 / 2);
	ck_assert_uint_eq(z[ZONE_HIGHMEM].pcp[1].high, 33);
	ck_assert_uint_eq(z[ZONE_DMA].pcp[1].high, 10);
	ck_assert_uint_eq(z[ZONE_DMA].pcp[2].high, 0);
	teardown();
	ideal(4096, 225280, 32768, 8);
	ck_assert_uint_eq(m->node[0].node_zones[ZONE_NORMAL].pcp[7].high, 4 * 63);
}
END_TEST

START_TEST(each_frame_is_found_in_its_zone)
{
	struct machine *b = boot("i386-6.1", 1u << 30, 1);

	ck_assert_ptr_null(page_zone(b, 0));
	ck_assert_uint_eq(page_zone(b, 1)->type, ZONE_DMA);
	ck_assert_uint_eq(page_zone(b, 4095)->type, ZONE_DMA);
	ck_assert_uint_eq(page_zone(b, 4096)->type, ZONE_NORMAL);
	ck_assert_uint_eq(page_zone_const(b, 224253)->type, ZONE_NORMAL);
	ck_assert_uint_eq(page_zone_const(b, 224254)->type, ZONE_HIGHMEM);
	ck_assert_ptr_null(page_zone_const(b, 0x3ffe0));
	machine_destroy(b);
}
END_TEST

START_TEST(profiles_are_found_by_name)
{
	ck_assert_str_eq(profile_find("i386-6.1-pae")->name, "i386-6.1-pae");
	ck_assert_uint_eq(profile_find("i386-6.1-pae")->pt_levels, 3);
	ck_assert_ptr_null(profile_find("vax"));
	ck_assert_ptr_null(profile_nth(99));
}
END_TEST

Suite *zone_suite(void);

Suite *zone_suite(void)
{
	Suite *s = suite_create("zone");
	TCase *t = tcase_create("boot");

	tcase_set_timeout(t, 0);
	tcase_add_loop_test(t, boot_gives_the_zones_that_a_real_kernel_recorded, 0, NR_RECORDINGS);
	tcase_add_loop_test(t, any_ram_from_8M_to_4G_boots_and_keeps_the_laws, 0, 4);
	tcase_add_test(t, the_classic_machine_ends_lowmem_at_896M);
	tcase_add_test(t, the_classic_boot_puts_the_highest_block_at_the_head);
	tcase_add_test(t, the_boot_of_6_1_puts_the_lowest_lowmem_and_the_highest_highmem_first);
	tcase_add_test(t, frames_without_memory_and_frames_of_the_kernel_are_marked);
	tcase_add_test(t, each_frame_is_found_in_its_zone);
	tcase_add_test(t, profiles_are_found_by_name);
	suite_add_tcase(s, t);
	t = tcase_create("formulas");
	tcase_set_timeout(t, 0);
	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_loop_test(t, min_free_kbytes_grows_with_the_root_of_lowmem, 0, 5);
	tcase_add_test(t, min_free_kbytes_is_never_below_128);
	tcase_add_test(t, marks_of_16M);
	tcase_add_test(t, marks_of_512M);
	tcase_add_test(t, marks_of_1G);
	tcase_add_test(t, marks_of_4G);
	tcase_add_test(t, each_zone_holds_pages_back_from_requests_of_higher_ones);
	tcase_add_test(t, an_empty_zone_holds_nothing_back_and_is_in_no_list);
	tcase_add_loop_test(t, batch_and_high_of_the_cpus_lists, 0, 6);
	tcase_add_test(t, cpus_share_the_low_mark_but_get_four_batches);
	suite_add_tcase(s, t);
	return s;
}
