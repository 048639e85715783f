/* Kinds of pages: whose block is taken, and what becomes of the pageblock. Pageblocks have 1024 frames. */
#include "sim/memblock.h"
#include "tests/frames.h"

static struct machine *m;
static struct zone *z;

/* nr pageblocks, all free and Movable, in one zone that begins at frame 1024 * first. */
static void open_zone(unsigned first, unsigned nr)
{
	m = bare_machine_like("i386-6.1", (first + nr) * 1024);
	z = add_zone(m, ZONE_NORMAL, first * 1024, nr * 1024);
	m->group_by_mobility = true;
	for (unsigned i = 0; i < nr; i++)
		add_block(m, z, (first + i) * 1024, 10);
	build_zonelists(m);
}

static pfn_t take(uint32_t gfp, unsigned order) { return alloc_pages(m, gfp, order, FRAME_KERNEL); }

static enum migratetype type_of(pfn_t pfn) { return pageblock_type(m, z, pfn); }

static uint32_t blocks(unsigned order, enum migratetype type)
{
	return z->free_area[order].free_list[type].count;
}

START_TEST(an_unmovable_page_takes_a_whole_pageblock)
{
	open_zone(0, 2);
	ck_assert_uint_eq(take(0, 4), 0);
	ck_assert_uint_eq(type_of(0), MIGRATE_UNMOVABLE);
	ck_assert_uint_eq(type_of(1024), MIGRATE_MOVABLE);
	/* 16-31, 32-63, ..., 512-1023 wait for the next unmovable ones */
	for (unsigned k = 4; k < 10; k++)
		ck_assert_uint_eq(blocks(k, MIGRATE_UNMOVABLE), 1);
	ck_assert_uint_eq(take(GFP_BIT_MOVABLE, 4), 1024);
	ck_assert_uint_eq(take(0, 4), 16);
	ck_laws(m);
	machine_destroy(m);
}
END_TEST

START_TEST(the_largest_block_is_stolen_and_what_is_free_around_it_comes_along)
{
	open_zone(0, 1);
	/* 768 movable frames are in use: 0-511, 512-767; 768-1023 are free */
	ck_assert_uint_eq(take(GFP_BIT_MOVABLE, 9), 0);
	ck_assert_uint_eq(take(GFP_BIT_MOVABLE, 8), 512);
	for (pfn_t i = 0; i < 768; i++)
		m->mem_map[i].use = FRAME_ANON;
	ck_assert_uint_eq(take(0, 4), 768);
	/* 256 free + 0 alike are not half of the pageblock: it stays */
	ck_assert_uint_eq(type_of(0), MIGRATE_MOVABLE);
	for (unsigned k = 4; k < 8; k++)
		ck_assert_uint_eq(blocks(k, MIGRATE_UNMOVABLE), 1);
	machine_destroy(m);
}
END_TEST

/* Pages of a user that could move count as strangers to what cannot. */
START_TEST(a_pageblock_changes_when_half_of_it_is_free_or_alike)
{
	for (int users = 0; users < 2; users++) {
		open_zone(0, 1);
		ck_assert_uint_eq(take(GFP_BIT_MOVABLE, 9), 0);
		ck_assert_uint_eq(take(GFP_BIT_MOVABLE, 8), 512);
		if (users)
			for (pfn_t i = 0; i < 768; i++)
				m->mem_map[i].use = FRAME_ANON;
		ck_assert_uint_eq(take(GFP_BIT_RECLAIMABLE, 4), 768);
		/* alike: what is used in a movable pageblock and cannot move, 768 or 0 */
		ck_assert_uint_eq(type_of(0), users ? MIGRATE_MOVABLE : MIGRATE_RECLAIMABLE);
		machine_destroy(m);
	}
}
END_TEST

START_TEST(a_movable_page_takes_the_smallest_block_of_others)
{
	open_zone(0, 1);
	/* unmovable: 0-15 and 32-1023 in use, 16-31 free, of order 4 */
	ck_assert_uint_eq(take(0, 4), 0);
	for (unsigned k = 5; k < 10; k++)
		ck_assert_uint_eq(take(0, k), 1u << k);
	/* 16-19 used: 20-23 of order 2 and 24-31 of order 3 are left */
	ck_assert_uint_eq(take(0, 2), 16);
	m->profile = profile_find("i386"); /* its CPU lists would fetch more than one */
	z->pcp[0].batch = 1;
	ck_assert_uint_eq(rmqueue_block(m, z, 1, MIGRATE_MOVABLE), 20);
	/* the block alone: the pageblock and its other blocks stay unmovable */
	ck_assert_uint_eq(type_of(0), MIGRATE_UNMOVABLE);
	ck_assert_uint_eq(blocks(3, MIGRATE_UNMOVABLE), 1);
	ck_assert_uint_eq(blocks(1, MIGRATE_MOVABLE), 1);
	machine_destroy(m);
}
END_TEST

START_TEST(a_freed_block_goes_to_the_kind_of_its_pageblock)
{
	pfn_t pfn;

	open_zone(0, 2);
	pfn = take(0, 5);
	ck_assert_uint_eq(type_of(pfn), MIGRATE_UNMOVABLE);
	free_pages(m, pfn, 5);
	ck_assert_uint_eq(blocks(10, MIGRATE_UNMOVABLE), 1);
	ck_assert_uint_eq(blocks(10, MIGRATE_MOVABLE), 1);
	ck_laws(m);
	machine_destroy(m);
}
END_TEST

START_TEST(a_first_pageblock_that_begins_before_the_zone_is_unmovable)
{
	m = bare_machine_like("i386-6.1", 4096);
	z = add_zone(m, ZONE_HIGHMEM, 1000, 3000);
	ck_assert_uint_eq(zone_nr_pageblocks(m, z), 4);
	ck_assert_uint_eq(type_of(1000), MIGRATE_UNMOVABLE);
	ck_assert_uint_eq(type_of(1023), MIGRATE_UNMOVABLE);
	ck_assert_uint_eq(type_of(1024), MIGRATE_MOVABLE);
	ck_assert_uint_eq(type_of(3999), MIGRATE_MOVABLE);
	machine_destroy(m);
}
END_TEST

/* Recorded with 4G: memory to frame 786400 and from 1048576 on; 256 pageblocks begin between them. */
START_TEST(a_pageblock_that_begins_in_a_hole_is_unmovable)
{
	struct memblock b = {.end = 1310720};

	m = bare_machine_like("i386-6.1", 1310720);
	z = add_zone(m, ZONE_HIGHMEM, 226814, 1083906);
	memblock_remove(&b, 786400, 1048576);
	zone_init_pageblocks(m, z, &b);
	ck_assert_uint_eq(type_of(226814), MIGRATE_UNMOVABLE);
	ck_assert_uint_eq(type_of(227328), MIGRATE_MOVABLE);
	ck_assert_uint_eq(type_of(786399), MIGRATE_MOVABLE);
	ck_assert_uint_eq(type_of(786432), MIGRATE_UNMOVABLE);
	ck_assert_uint_eq(type_of(1048575), MIGRATE_UNMOVABLE);
	ck_assert_uint_eq(type_of(1048576), MIGRATE_MOVABLE);
	machine_destroy(m);
}
END_TEST

START_TEST(stealing_raises_the_marks_where_that_is_set)
{
	open_zone(0, 8);
	m->vm.watermark_boost_factor = 15000;
	z->watermark[WMARK_HIGH] = 100;
	ck_assert_uint_eq(take(GFP_BIT_MOVABLE, 4), 0); /* the pageblock is torn */
	for (unsigned i = 1; i < 8; i++)
		take(GFP_BIT_MOVABLE, 10);
	ck_assert_uint_eq(z->watermark_boost, 0);
	take(0, 4);
	/* one pageblock, and no more: 1.5 times the high mark is less */
	ck_assert_uint_eq(z->watermark_boost, 1024);
	ck_assert(z->nr_free_pages <= 1024);
	ck_assert_uint_eq(take(GFP_BIT_MOVABLE, 4), PFN_NONE);
	/* who cannot wait gets a single page all the same */
	ck_assert_uint_ne(take(GFP_ATOMIC, 0), PFN_NONE);
	machine_destroy(m);
}
END_TEST

START_TEST(the_classic_kernel_has_one_kind)
{
	m = bare_machine(2048);
	z = add_zone(m, ZONE_NORMAL, 0, 2048);
	add_block(m, z, 0, 10);
	build_zonelists(m);
	ck_assert_ptr_null(z->pageblock);
	ck_assert_uint_eq(gfp_migratetype(m, GFP_HIGHUSER_MOVABLE), MIGRATE_UNMOVABLE);
	ck_assert_uint_eq(take(GFP_BIT_MOVABLE, 10), 0);
	ck_assert_uint_eq(take(GFP_BIT_MOVABLE, 0), PFN_NONE);
	ck_laws(m);
	machine_destroy(m);
}
END_TEST

Suite *mobility_suite(void);

Suite *mobility_suite(void)
{
	Suite *s = suite_create("mobility");
	TCase *t = tcase_create("mobility");

	tcase_add_test(t, an_unmovable_page_takes_a_whole_pageblock);
	tcase_add_test(t, the_largest_block_is_stolen_and_what_is_free_around_it_comes_along);
	tcase_add_test(t, a_pageblock_changes_when_half_of_it_is_free_or_alike);
	tcase_add_test(t, a_movable_page_takes_the_smallest_block_of_others);
	tcase_add_test(t, a_freed_block_goes_to_the_kind_of_its_pageblock);
	tcase_add_test(t, a_first_pageblock_that_begins_before_the_zone_is_unmovable);
	tcase_add_test(t, a_pageblock_that_begins_in_a_hole_is_unmovable);
	tcase_add_test(t, stealing_raises_the_marks_where_that_is_set);
	tcase_add_test(t, the_classic_kernel_has_one_kind);
	suite_add_tcase(s, t);
	return s;
}
