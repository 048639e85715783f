/* The page cache's index against a plain array. */
#include <check.h>

#include "sim/arena.h"
#include "sim/radix_tree.h"

enum { INDICES = 5000 };

static struct arena *a;
static struct radix_tree t;

static void setup(void)
{
	a = arena_create((size_t)64 << 20);
	t = (struct radix_tree){0};
}

static void teardown(void) { arena_destroy(a); }

START_TEST(an_empty_tree_has_nothing)
{
	uint64_t index = 0;

	ck_assert_uint_eq(radix_tree_lookup(&t, 0), PFN_NONE);
	ck_assert_uint_eq(radix_tree_lookup(&t, UINT64_MAX), PFN_NONE);
	ck_assert_uint_eq(radix_tree_next(&t, &index), PFN_NONE);
	ck_assert_uint_eq(index, 0);
}
END_TEST

START_TEST(a_level_more_for_each_six_bits)
{
	static const struct {
		uint64_t index;
		uint32_t height;
	} want[] = {{63, 1},         {64, 2}, {4095, 2}, {4096, 3}, {(uint64_t)1 << 35, 6},
		    {UINT64_MAX, 11}};

	for (pfn_t i = 0; i < 6; i++) {
		radix_tree_insert(a, &t, want[i].index, i);
		ck_assert_uint_eq(t.height, want[i].height);
		for (pfn_t k = 0; k <= i; k++)
			ck_assert_uint_eq(radix_tree_lookup(&t, want[k].index), k);
		ck_assert_uint_eq(radix_tree_lookup(&t, 62), PFN_NONE);
	}
}
END_TEST

START_TEST(what_is_deleted_takes_its_levels_along)
{
	radix_tree_insert(a, &t, 5, 50);
	radix_tree_insert(a, &t, (uint64_t)1 << 35, 60);
	ck_assert_uint_eq(t.height, 6);
	radix_tree_delete(a, &t, (uint64_t)1 << 35);
	ck_assert_uint_eq(t.height, 1);
	ck_assert_uint_eq(radix_tree_lookup(&t, 5), 50);
	radix_tree_delete(a, &t, 5);
	ck_assert_uint_eq(t.height, 0);
	ck_assert_ptr_null(t.root);
}
END_TEST

START_TEST(pages_far_apart_are_found_in_their_order)
{
	static const uint64_t at[] = {0, 63, 64, 1 << 20, (uint64_t)1 << 34, UINT64_MAX};
	uint64_t index = 0;

	for (pfn_t i = 6; i-- > 0;)
		radix_tree_insert(a, &t, at[i], i);
	for (pfn_t i = 0; i < 6; i++) {
		ck_assert_uint_eq(radix_tree_next(&t, &index), i);
		ck_assert_uint_eq(index, at[i]);
		index++;
	}
	index = at[4] + 1;
	ck_assert_uint_eq(radix_tree_next(&t, &index), 5);
}
END_TEST

START_TEST(it_is_an_array_with_holes)
{
	static pfn_t want[INDICES];
	uint32_t seed = 1;

	for (unsigned i = 0; i < INDICES; i++)
		want[i] = PFN_NONE;
	for (pfn_t n = 0; n < 40000; n++) {
		unsigned i = (seed = seed * 1664525 + 1013904223) % INDICES;
		uint64_t next = i;
		unsigned k = i;

		if (want[i] == PFN_NONE)
			radix_tree_insert(a, &t, i, want[i] = n);
		else
			radix_tree_delete(a, &t, i), want[i] = PFN_NONE;
		ck_assert_uint_eq(radix_tree_lookup(&t, i), want[i]);
		while (k < INDICES && want[k] == PFN_NONE)
			k++;
		ck_assert_uint_eq(radix_tree_next(&t, &next), k < INDICES ? want[k] : PFN_NONE);
		ck_assert_uint_eq(next, k < INDICES ? k : i);
		ck_assert(n % 64 || radix_tree_counts_hold(&t));
	}
}
END_TEST

Suite *radix_tree_suite(void);

Suite *radix_tree_suite(void)
{
	Suite *s = suite_create("radix_tree");
	TCase *c = tcase_create("radix_tree");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, an_empty_tree_has_nothing);
	tcase_add_test(c, a_level_more_for_each_six_bits);
	tcase_add_test(c, what_is_deleted_takes_its_levels_along);
	tcase_add_test(c, pages_far_apart_are_found_in_their_order);
	tcase_add_test(c, it_is_an_array_with_holes);
	suite_add_tcase(s, c);
	return s;
}
