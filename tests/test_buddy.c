/* Numbers: REFERENCE 3.2, 3.3, 3.4 and the golden traces G1, G2. */
#include "tests/frames.h"

static struct machine *m;
static struct zone *z;

static void with_block(unsigned order)
{
	m = one_block(order);
	z = &m->node[0].node_zones[ZONE_NORMAL];
}

static void teardown(void)
{
	machine_destroy(m);
	m = NULL;
}

static void put(pfn_t pfn, unsigned order) { free_one_page(m, z, pfn, order, MIGRATE_UNMOVABLE); }

static pfn_t take(unsigned order) { return rmqueue_block(m, z, order, MIGRATE_UNMOVABLE); }

START_TEST(expand_keeps_the_lower_half)
{
	m = bare_machine(64);
	z = add_zone(m, ZONE_NORMAL, 0, 64);
	add_block(m, z, 16, 3);
	ck_assert_uint_eq(take(0), 16);
	ck_lists(m, z, "o0[17] o1[18] o2[20]");
	put(16, 0);
	ck_lists(m, z, "o3[16]");
	ck_assert_uint_eq(z->nr_split, 3);
	ck_assert_uint_eq(z->nr_merge, 3);
}
END_TEST

START_TEST(an_order_10_block_cut_to_order_4_leaves_one_of_each_order)
{
	with_block(10);
	ck_assert_uint_eq(take(4), 0);
	ck_lists(m, z, "o4[16] o5[32] o6[64] o7[128] o8[256] o9[512]");
	ck_assert_uint_eq(z->nr_free_pages, 1008);
}
END_TEST

START_TEST(golden_trace_g1)
{
	with_block(10);
	for (pfn_t i = 0; i < 4; i++)
		ck_assert_uint_eq(take(0), i);
	ck_lists(m, z, "o2[4] o3[8] o4[16] o5[32] o6[64] o7[128] o8[256] o9[512]");
	ck_assert_uint_eq(take(2), 4);
	ck_lists(m, z, "o3[8] o4[16] o5[32] o6[64] o7[128] o8[256] o9[512]");
	put(1, 0);
	ck_lists(m, z, "o0[1] o3[8] o4[16] o5[32] o6[64] o7[128] o8[256] o9[512]");
	put(3, 0);
	ck_lists(m, z, "o0[3,1] o3[8] o4[16] o5[32] o6[64] o7[128] o8[256] o9[512]");
	put(0, 0);
	ck_lists(m, z, "o0[3] o1[0] o3[8] o4[16] o5[32] o6[64] o7[128] o8[256] o9[512]");
	put(2, 0);
	ck_lists(m, z, "o2[0] o3[8] o4[16] o5[32] o6[64] o7[128] o8[256] o9[512]");
	put(4, 2);
	ck_lists(m, z, "o10[0]");
}
END_TEST

/* A zone of 8 frames with the blocks of G2 free. */
static void with_eight(bool block_at_2)
{
	m = bare_machine(8);
	z = add_zone(m, ZONE_NORMAL, 0, 8);
	add_block(m, z, 5, 0);
	if (block_at_2)
		add_block(m, z, 2, 1);
}

START_TEST(a_block_whose_merge_is_likely_goes_to_the_tail)
{
	with_eight(true);
	put(0, 0);
	ck_lists(m, z, "o0[5,0] o1[2]");
}
END_TEST

START_TEST(a_block_whose_merge_is_not_likely_goes_to_the_head)
{
	with_eight(false);
	put(0, 0);
	ck_lists(m, z, "o0[0,5]");
}
END_TEST

START_TEST(freeing_both_halves_gives_the_block_back)
{
	with_eight(true);
	put(0, 0);
	put(1, 0);
	ck_lists(m, z, "o0[5] o2[0]");
}
END_TEST

START_TEST(a_buddy_that_is_in_use_stops_the_merge)
{
	with_block(3);
	ck_assert_uint_eq(take(0), 0);
	ck_assert_uint_eq(take(2), 4);
	put(0, 0);
	ck_lists(m, z, "o2[0]");
}
END_TEST

START_TEST(order_10_is_the_top)
{
	m = bare_machine(4096);
	z = add_zone(m, ZONE_NORMAL, 0, 4096);
	add_block(m, z, 0, 10);
	put(1024, 10);
	ck_lists(m, z, "o10[1024,0]");
}
END_TEST

START_TEST(blocks_of_two_zones_are_no_buddies)
{
	struct zone *high;

	m = bare_machine(16);
	z = add_zone(m, ZONE_NORMAL, 0, 6);
	high = add_zone(m, ZONE_HIGHMEM, 6, 10);
	add_block(m, z, 4, 1);
	free_one_page(m, high, 6, 1, MIGRATE_UNMOVABLE);
	ck_lists(m, high, "o1[6]");
	ck_lists(m, z, "o1[4]");
}
END_TEST

START_TEST(an_empty_zone_gives_nothing)
{
	with_block(3);
	ck_assert_uint_eq(take(3), 0);
	ck_assert_uint_eq(take(0), PFN_NONE);
	ck_assert_uint_eq(z->nr_free_pages, 0);
}
END_TEST

START_TEST(a_request_larger_than_every_block_gets_nothing)
{
	with_block(3);
	ck_assert_uint_eq(take(4), PFN_NONE);
	ck_lists(m, z, "o3[0]");
}
END_TEST

/* A small generator of our own, so that every run is the same. */
static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 16;
}

START_TEST(whatever_was_taken_and_given_back_the_first_state_returns)
{
	pfn_t got[1024];
	uint8_t order[1024];
	uint32_t seed = (uint32_t)_i, n = 0;

	with_block(10);
	do {
		order[n] = (uint8_t)(next_random(&seed) % 5);
		got[n] = take(order[n]);
	} while (got[n] != PFN_NONE && ++n < 1024);
	ck_assert_uint_gt(n, 30);
	while (n > 0) {
		uint32_t i = next_random(&seed) % n;

		put(got[i], order[i]);
		got[i] = got[--n];
		order[i] = order[n];
	}
	ck_lists(m, z, "o10[0]");
}
END_TEST

Suite *buddy_suite(void);

Suite *buddy_suite(void)
{
	Suite *s = suite_create("buddy");
	TCase *t = tcase_create("buddy");

	tcase_set_timeout(t, 0);
	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, expand_keeps_the_lower_half);
	tcase_add_test(t, an_order_10_block_cut_to_order_4_leaves_one_of_each_order);
	tcase_add_test(t, golden_trace_g1);
	tcase_add_test(t, a_block_whose_merge_is_likely_goes_to_the_tail);
	tcase_add_test(t, a_block_whose_merge_is_not_likely_goes_to_the_head);
	tcase_add_test(t, freeing_both_halves_gives_the_block_back);
	tcase_add_test(t, a_buddy_that_is_in_use_stops_the_merge);
	tcase_add_test(t, order_10_is_the_top);
	tcase_add_test(t, blocks_of_two_zones_are_no_buddies);
	tcase_add_test(t, an_empty_zone_gives_nothing);
	tcase_add_test(t, a_request_larger_than_every_block_gets_nothing);
	tcase_add_loop_test(t, whatever_was_taken_and_given_back_the_first_state_returns, 0, 20);
	suite_add_tcase(s, t);
	return s;
}
