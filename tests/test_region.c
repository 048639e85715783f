/* The tables of names against a plain array. */
#include <check.h>
#include <string.h>

#include "sim/machine.h"

static struct machine *m;
static struct region_table t;

static void setup(void)
{
	struct arena *a = arena_create((size_t)64 << 20);

	m = arena_alloc(a, sizeof(*m));
	m->arena = a;
	memset(&t, 0, sizeof(t));
}

static void teardown(void) { arena_destroy(m->arena); }

static void set(struct region_table *table, uint32_t name, vaddr_t start)
{
	struct region r = {.name = name, .start = start, .bytes = 1, .kind = REGION_MMAP};

	region_set(m, table, &r);
}

/* Where a name's range starts; 0: it is not known. */
static vaddr_t start_of(const struct region_table *table, uint32_t name)
{
	const struct region *r = region_find(table, name);

	return r ? r->start : 0;
}

START_TEST(an_unused_table_knows_nothing)
{
	struct region_table copy = {0};

	ck_assert_ptr_null(region_find(&t, 1));
	region_copy(m, &copy, &t);
	region_clear(m, &t);
	ck_assert_uint_eq(t.cap + copy.cap, 0);
}
END_TEST

START_TEST(a_name_that_is_set_again_means_the_new_range)
{
	set(&t, 7, 0x1000);
	set(&t, 7, 0x2000);
	ck_assert_uint_eq(start_of(&t, 7), 0x2000);
	ck_assert_uint_eq(t.count, 1);
}
END_TEST

START_TEST(a_copy_goes_its_own_way)
{
	struct region_table copy = {0};

	for (uint32_t i = 1; i <= 20; i++)
		set(&t, i, i * 0x1000);
	set(&copy, 99, 1);
	region_copy(m, &copy, &t);
	set(&copy, 4, 5);
	ck_assert_uint_eq(start_of(&copy, 99), 0);
	ck_assert_uint_eq(start_of(&t, 4), 0x4000);
	ck_assert_uint_eq(start_of(&copy, 20), 0x14000);
	region_clear(m, &copy);
	ck_assert_ptr_null(region_find(&copy, 20));
}
END_TEST

START_TEST(many_names_are_all_found)
{
	enum { NAMES = 2000 };
	vaddr_t want[NAMES] = {0};
	uint32_t seed = (uint32_t)_i + 1, count = 0;

	for (uint32_t i = 0; i < 5000; i++) {
		seed = seed * 1103515245 + 12345;
		uint32_t name = 1 + (seed >> 16) % (NAMES - 1);

		count += want[name] == 0;
		want[name] = i + 1;
		set(&t, name, i + 1);
		ck_assert_uint_eq(t.count, count);
		ck_assert_uint_le(t.count * 4, t.cap * 3);
	}
	for (uint32_t n = 1; n < NAMES; n++)
		ck_assert_uint_eq(start_of(&t, n), want[n]);
}
END_TEST

Suite *region_suite(void);

Suite *region_suite(void)
{
	Suite *s = suite_create("region");
	TCase *c = tcase_create("region");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, an_unused_table_knows_nothing);
	tcase_add_test(c, a_name_that_is_set_again_means_the_new_range);
	tcase_add_test(c, a_copy_goes_its_own_way);
	tcase_add_loop_test(c, many_names_are_all_found, 0, 3);
	suite_add_tcase(s, c);
	return s;
}
