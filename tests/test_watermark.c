/*
 * Watermarks with rights, pageblocks for atomic requests, and what is written to /proc/sys/vm.
 */
#include "tests/bare.h"

#include <check.h>

static struct machine *m;
static struct zone *z;

/* Four pageblocks of Normal, all free but the last one; pages_min of them are kept. */
static void start(uint32_t pages_min)
{
	m = bare_machine_like("i386-6.1", 4096);
	z = add_zone(m, ZONE_NORMAL, 0, 4096);
	for (pfn_t pfn = 0; pfn < 3072; pfn += 1024)
		add_block(m, z, pfn, 10);
	z->watermark[WMARK_MIN] = pages_min;
	z->watermark[WMARK_LOW] = z->watermark[WMARK_HIGH] = pages_min;
	m->group_by_mobility = true;
	build_zonelists(m);
}

static void stop(void) { machine_destroy(m); }

static pfn_t ask(uint32_t gfp, unsigned order) { return alloc_pages(m, gfp, order, FRAME_KERNEL); }

START_TEST(atomic_requests_go_to_three_eighths_of_min)
{
	start(3000);
	ck_assert_uint_ne(ask(GFP_NOWAIT, 0), PFN_NONE);
	while (ask(GFP_NOWAIT, 0) != PFN_NONE)
		;
	ck_assert_uint_eq(z->nr_free_pages, 3000);
	while (ask(GFP_ATOMIC, 0) != PFN_NONE)
		;
	ck_assert_uint_eq(z->nr_free_pages, 1125); /* 3000 -> 1500 -> 1125 */
	ck_assert_uint_eq(z->nr_reserved_highatomic, 0);
}
END_TEST

START_TEST(who_frees_more_than_he_takes_gets_the_last_page)
{
	start(3000);
	while (ask(GFP_NOWAIT | GFP_BIT_MEMALLOC, 0) != PFN_NONE)
		;
	ck_assert_uint_eq(z->nr_free_pages, 0);
}
END_TEST

START_TEST(nomemalloc_takes_that_right_away)
{
	start(3000);
	while (ask(GFP_NOWAIT | GFP_BIT_MEMALLOC | GFP_BIT_NOMEMALLOC, 0) != PFN_NONE)
		;
	ck_assert_uint_eq(z->nr_free_pages, 3000);
}
END_TEST

START_TEST(a_boost_stops_all_but_single_frames_of_atomic)
{
	start(2000);
	z->watermark_boost = 1000;
	while (ask(GFP_BIT_HIGH, 0) != PFN_NONE)
		;
	ck_assert_uint_eq(z->nr_free_pages, 1125); /* 3000 -> 1125 */
	while (ask(GFP_ATOMIC, 0) != PFN_NONE)
		;
	ck_assert_uint_eq(z->nr_free_pages, 750); /* 2000 -> 750 */
}
END_TEST

START_TEST(the_pageblock_of_an_atomic_block_is_kept_for_the_next)
{
	pfn_t pfn;

	start(3072);
	pfn = ask(GFP_ATOMIC, 4);
	ck_assert_uint_ne(pfn, PFN_NONE);
	ck_assert_uint_eq(z->nr_reserved_highatomic, 1024);
	ck_assert_uint_eq(pageblock_type(m, z, pfn), MIGRATE_HIGHATOMIC);
	ck_assert_ptr_null(machine_check(m));
	/* the next one comes from the same pageblock */
	ck_assert_uint_eq(ask(GFP_ATOMIC, 4), pfn + 16);
	/* and what is freed there stays there */
	free_pages(m, pfn, 4);
	ck_assert_uint_eq(m->mem_map[pfn].level, MIGRATE_HIGHATOMIC);
	ck_assert_ptr_null(machine_check(m));
}
END_TEST

START_TEST(who_may_wait_takes_kept_pageblocks_back)
{
	start(2500);
	z->watermark[WMARK_LOW] = z->watermark[WMARK_HIGH] = 3072;
	ck_assert_uint_ne(ask(GFP_ATOMIC, 4), PFN_NONE);
	ck_assert_uint_eq(z->nr_reserved_highatomic, 1024);
	ck_assert_uint_ne(ask(GFP_KERNEL, 4), PFN_NONE);
	ck_assert_uint_eq(z->nr_reserved_highatomic, 0);
	ck_assert_ptr_null(machine_check(m));
}
END_TEST

START_TEST(min_free_kbytes_moves_marks_and_leaves_reserves)
{
	uint32_t reserve;

	start(0);
	m->node[0].node_zones[ZONE_HIGHMEM].managed_pages = 64000;
	init_per_zone_wmark_min(m);
	reserve = z->lowmem_reserve[ZONE_HIGHMEM];
	ck_assert_uint_eq(reserve, 64000 / 32);
	m->node[0].node_zones[ZONE_HIGHMEM].managed_pages = 96000;
	ck_assert_int_eq(write_min_free_kbytes(m, 1024), 0);
	ck_assert_uint_eq(z->watermark[WMARK_MIN], 256);
	ck_assert_uint_eq(z->lowmem_reserve[ZONE_HIGHMEM], reserve);
	ck_assert_int_eq(write_lowmem_reserve_ratio(m, m->vm.lowmem_reserve_ratio), 0);
	ck_assert_uint_eq(z->lowmem_reserve[ZONE_HIGHMEM], 96000 / 32);
}
END_TEST

START_TEST(values_out_of_their_range_are_refused)
{
	start(0);
	ck_assert_int_eq(write_watermark_scale_factor(m, 0), -SIM_EINVAL);
	ck_assert_int_eq(write_watermark_scale_factor(m, 3001), -SIM_EINVAL);
	ck_assert_int_eq(write_percpu_pagelist_high_fraction(m, 7), -SIM_EINVAL);
	ck_assert_int_eq(write_percpu_pagelist_high_fraction(m, 8), 0);
	ck_assert_uint_eq(z->pcp[0].high, 3072 / 8);
}
END_TEST

Suite *watermark_suite(void);
Suite *watermark_suite(void)
{
	Suite *suite = suite_create("watermark");
	TCase *c = tcase_create("watermark");

	tcase_add_checked_fixture(c, NULL, stop);
	tcase_add_test(c, atomic_requests_go_to_three_eighths_of_min);
	tcase_add_test(c, who_frees_more_than_he_takes_gets_the_last_page);
	tcase_add_test(c, nomemalloc_takes_that_right_away);
	tcase_add_test(c, a_boost_stops_all_but_single_frames_of_atomic);
	tcase_add_test(c, the_pageblock_of_an_atomic_block_is_kept_for_the_next);
	tcase_add_test(c, who_may_wait_takes_kept_pageblocks_back);
	tcase_add_test(c, min_free_kbytes_moves_marks_and_leaves_reserves);
	tcase_add_test(c, values_out_of_their_range_are_refused);
	suite_add_tcase(suite, c);
	return suite;
}
