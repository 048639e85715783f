/* Places for mappings: the search by the tree's gaps against a walk through all areas. */
#include "tests/space.h"

enum { MIN_ADDR = 0x10000, TOP = 0xc0000000, THIRD = 0x40000000 };

static struct step placed; /* the last telling of a place */

static void listen_places(void *ctx, const struct step *s)
{
	(void)ctx;
	if (s->id == S_PLACE_TOP_DOWN || s->id == S_PLACE_FULL || s->id == S_PLACE_BOTTOM_UP ||
	    s->id == S_PLACE_NONE)
		placed = *s;
	told[s->id]++;
}

static void setup_places(void)
{
	setup();
	m->trace->sink = listen_places;
}

static int64_t place(uint64_t bytes) { return get_unmapped_area(m, sh->mm, bytes); }

/* ---- by hand ---- */

START_TEST(gaps_that_are_too_small_are_passed_and_counted)
{
	map_fixed(0xb7000000, 4 * K, R);  /* fff000 above it: large enough for 8M only */
	map_fixed(0xb6ffe000, 4 * K, R);  /* 4K between */
	map_fixed(0xb6ffc000, 4 * K, R);  /* 4K between */
	map_fixed(0xb6ffb000, 4 * K, RW); /* none between */
	ck_assert_int_eq(place(8 << 20), 0xb8000000 - (8 << 20));
	ck_assert_uint_eq(placed.arg[4], 0);
	ck_assert_int_eq(place(32 << 20), 0xb6ffb000 - (32 << 20));
	ck_assert_uint_eq(placed.id, S_PLACE_TOP_DOWN);
	ck_assert_uint_eq(placed.arg[1], 0x0804e000); /* from the end of the bss */
	ck_assert_uint_eq(placed.arg[2], 0xb6ffb000);
	ck_assert_uint_eq(placed.arg[4], 3); /* above b7000000, and the two of 4K */
}
END_TEST

/* The numbers are those of a real 6.1 kernel. */
START_TEST(what_is_found_in_a_guard_gap_must_end_below_it)
{
	struct mmap_request rq = {.bytes = 20 * K,
				  .prot = RW,
				  .has_at = true,
				  .fixed = true,
				  .growsdown = true,
				  .at = 0xb7fd3000};
	const struct vma *v;

	map_fixed(0xb7fd8000, 160 * K, R);
	map_fixed(0xb7ed5000, 12 * K, R);
	sys_mmap(m, sh, &rq);
	v = mm_area_at(sh->mm, 0xb7fd3000);
	ck_assert_uint_eq(v->gap, 0xb7fd3000 - 0xb7ed8000);
	/* not b7ed4000, below the next area: the guard gap begins at b7ed3000 */
	ck_assert_int_eq(place(4 * K), 0xb7ed2000);
	/* too small for it is the gap at once: nothing lowers the limit */
	ck_assert_int_eq(place(1024 * K), 0xb7ed5000 - 1024 * K);
}
END_TEST

START_TEST(when_nothing_is_free_below_the_search_goes_up)
{
	sh->mm->mmap_base = 0x08000000;
	ck_assert_int_eq(place(128 << 20), THIRD);
	ck_assert_uint_eq(told[S_PLACE_FULL], 1);
	ck_assert_uint_eq(placed.id, S_PLACE_BOTTOM_UP);
	map_fixed(THIRD, 4 * K, R);
	map_fixed(THIRD + 8 * K, 4 * K, R);
	ck_assert_int_eq(place(128 << 20), THIRD + 12 * K);
	ck_assert_uint_eq(placed.arg[4], 1);
	map_fixed(0x3ffff000, 0x70000000, R);
	map_fixed(0xb0000000, 4 * K, R);
	ck_assert_int_eq(place((uint64_t)0xbfedf000 - 0xb0001000),
			 0xb0001000); /* up to the guard */
	ck_assert_int_eq(place((uint64_t)0xbfee0000 - 0xb0001000), -SIM_ENOMEM);
	ck_assert_uint_eq(placed.id, S_PLACE_NONE);
}
END_TEST

START_TEST(an_address_space_of_one_area_has_room_above_it)
{
	do_munmap(m, sh->mm, 0, 0x10000000);
	do_munmap(m, sh->mm, 0xb8000000, TOP);
	ck_assert_ptr_null(sh->mm->mmap);
	ck_assert_int_eq(place(4 * K), 0xb7fff000);
	map_fixed(THIRD, 4 * K, R);
	ck_assert_int_eq(place(4 * K), 0xb7fff000);
	sh->mm->mmap_base = THIRD;
	ck_assert_int_eq(place(0x3fff1000), THIRD + 4 * K); /* one page more than below */
}
END_TEST

/* ---- at random ---- */

static uint32_t seed;

static uint32_t draw(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

/* The part of [low, high) between two neighbours. */
static uint64_t part(const struct vma *prev, const struct vma *next, uint64_t low, uint64_t high,
		     uint64_t *start)
{
	uint64_t end = next && next->start < high ? next->start : high;

	*start = prev && prev->end > low ? prev->end : low;
	return end > *start ? end - *start : 0;
}

/* Walk down through all gaps below base; from a guard gap on anew, below it. */
static int64_t walk_down(uint64_t bytes, uint64_t *passed)
{
	const struct vma *prev, *v, *last = NULL;
	uint64_t start, size, high = sh->mm->mmap_base;

	for (v = sh->mm->mmap; v; v = v->next)
		last = v;
	*passed = 0;
	for (v = NULL, prev = last; v || prev; v = prev, prev = v ? v->prev : NULL) {
		size = part(prev, v, MIN_ADDR, high, &start);
		if (size < bytes) {
			*passed += size > 0;
			continue;
		}
		if (!v || vm_start_gap(m, v) >= start + size)
			return (int64_t)(start + size - bytes);
		high = vm_start_gap(m, v);
		*passed = 0;
		v = NULL;
		prev = last;
		size = part(prev, v, MIN_ADDR, high, &start);
		if (size >= bytes)
			return (int64_t)(start + size - bytes);
		*passed += size > 0;
	}
	return -SIM_ENOMEM;
}

/* Walk up through all above a third of the addresses; anew behind an area whose guard gap is in the way. */
static int64_t walk_up(uint64_t bytes, uint64_t *passed)
{
	const struct vma *prev, *v;
	uint64_t start, size, low = THIRD;

	*passed = 0;
	for (prev = NULL, v = sh->mm->mmap; v || prev; prev = v, v = v ? v->next : NULL) {
		size = part(prev, v, low, TOP, &start);
		if (size < bytes) {
			*passed += size > 0;
			continue;
		}
		if (!v || vm_start_gap(m, v) >= start + bytes)
			return (int64_t)start;
		low = v->end;
		*passed = 0;
	}
	return -SIM_ENOMEM;
}

static int64_t place_by_walk(uint64_t bytes, uint64_t *passed)
{
	int64_t at = walk_down(bytes, passed);

	return at < 0 ? walk_up(bytes, passed) : at;
}

static void map_or_unmap_something(void)
{
	struct mmap_request rq = {.bytes = (1 + draw(draw(4) ? 40 : 40000)) * 4 * K,
				  .prot = draw(2) ? R : RW,
				  .has_at = true,
				  .fixed = draw(2),
				  .growsdown = draw(3) == 0,
				  .at = MIN_ADDR + draw(0xbfff) * 0x10000 + draw(3) * 4 * K};

	if (draw(3) == 0)
		sys_munmap(m, sh, rq.at, rq.bytes);
	else
		sys_mmap(m, sh, &rq);
}

static uint64_t some_size(void)
{
	switch (draw(3)) {
	case 0:
		return (1 + draw(16)) * 4 * K;
	case 1:
		return (uint64_t)(1 + draw(4096)) * 4 * K;
	default:
		return (uint64_t)(1 + draw(700000)) * 4 * K;
	}
}

START_TEST(the_tree_finds_the_gap_that_a_walk_finds)
{
	uint32_t found = 0, none = 0;

	seed = (uint32_t)_i;
	for (int i = 0; i < 4000; i++) {
		uint64_t bytes = some_size(), passed;
		int64_t want, got;

		map_or_unmap_something();
		if (draw(50) == 0)
			sh->mm->mmap_base = 0x100000 + draw(0xb0000) * 4 * K;
		want = place_by_walk(bytes, &passed);
		got = place(bytes);
		if (got != want)
			ck_abort_msg("try %d: %llx, not %llx", i, (long long)got, (long long)want);
		if (placed.arg[placed.id == S_PLACE_NONE ? 3 : 4] != passed)
			ck_abort_msg("try %d: %u gaps passed, not %u", i, (unsigned)placed.arg[4],
				     (unsigned)passed);
		found += got > 0;
		none += got < 0;
	}
	ck_assert_uint_gt(found, 1000);
	ck_assert_uint_gt(none, 10);
}
END_TEST

Suite *unmapped_area_suite(void)
{
	Suite *s = suite_create("unmapped_area");
	TCase *t = tcase_create("gaps");

	tcase_set_timeout(t, 0);
	tcase_add_checked_fixture(t, setup_places, teardown);
	tcase_add_test(t, gaps_that_are_too_small_are_passed_and_counted);
	tcase_add_test(t, what_is_found_in_a_guard_gap_must_end_below_it);
	tcase_add_test(t, when_nothing_is_free_below_the_search_goes_up);
	tcase_add_test(t, an_address_space_of_one_area_has_room_above_it);
	tcase_add_loop_test(t, the_tree_finds_the_gap_that_a_walk_finds, 0, 8);
	suite_add_tcase(s, t);
	return s;
}
