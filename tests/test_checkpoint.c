/* Checkpoints against plain copies of the arena. */
#include <check.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "src/timeline.h"

enum { MEMORY = 4 << 20, ROUNDS = 400, KEPT = 12 };

static struct arena *a;
static unsigned char *memory;
static struct checkpoints *c;

static void open_arena(void)
{
	a = arena_create((size_t)256 << 20);
	ck_assert_ptr_nonnull(a);
	memory = arena_alloc(a, MEMORY);
	memory[5] = 1;
	c = checkpoints_open(a);
	ck_assert_ptr_nonnull(c);
}

static void close_arena(void)
{
	checkpoints_close(c);
	arena_destroy(a);
}

static uint32_t seed;

static uint32_t draw(uint32_t below)
{
	seed = seed * 1664525U + 1013904223U;
	return (seed >> 8) % below;
}

static void scribble(uint32_t n)
{
	while (n-- > 0)
		memory[draw(MEMORY)] = (unsigned char)draw(3);
}

/* A checkpoint and what it must bring back. */
struct copy {
	struct checkpoint *p;
	unsigned char *bytes;
	size_t used;
};

static struct copy take_copy(void)
{
	struct copy k = {.p = checkpoint_take(c), .used = arena_used(a)};

	ck_assert_ptr_nonnull(k.p);
	k.bytes = malloc(k.used);
	ck_assert_ptr_nonnull(k.bytes);
	memcpy(k.bytes, arena_base(a), k.used);
	return k;
}

static void drop_copy(struct copy *k)
{
	checkpoint_drop(c, k->p);
	free(k->bytes);
}

static void check_copy(const struct copy *k)
{
	const unsigned char *base = arena_base(a);

	ck_assert_uint_eq(arena_used(a), k->used);
	ck_assert_int_eq(memcmp(base, k->bytes, k->used), 0);
	/* what lies behind is zero */
	ck_assert_uint_eq(base[k->used], 0);
	ck_assert_int_eq(memcmp(base + k->used, base + k->used + 1, 1 << 20), 0);
}

/* Take, change, restore in any order; the arena grows on the way. */
static void compare_with_copies(void)
{
	struct copy kept[KEPT];

	for (int i = 0; i < KEPT; i++) {
		scribble(draw(60));
		kept[i] = take_copy();
	}
	for (int round = 0; round < ROUNDS; round++) {
		int i = (int)draw(KEPT);

		if (draw(3) == 0)
			scribble(draw(30));
		if (draw(20) == 0)
			memset(arena_alloc(a, 300000), 7, 300000);
		checkpoint_restore(c, kept[i].p);
		check_copy(&kept[i]);
		if (draw(10) == 0) {
			int k = (int)draw(KEPT);

			scribble(draw(30));
			drop_copy(&kept[k]);
			kept[k] = take_copy();
		}
	}
	for (int i = 0; i < KEPT; i++)
		drop_copy(&kept[i]);
}

START_TEST(any_checkpoint_brings_back_every_byte)
{
	seed = (uint32_t)_i + 1;
	compare_with_copies();
}
END_TEST

START_TEST(it_works_without_the_help_of_the_mmu)
{
	struct arena *others[8];
	struct checkpoints *watches[8];

	/* all places of the signal handler are taken by others */
	close_arena();
	for (int i = 0; i < 8; i++) {
		others[i] = arena_create(1 << 20);
		watches[i] = checkpoints_open(others[i]);
		ck_assert_ptr_nonnull(watches[i]);
	}
	open_arena();
	seed = 77;
	compare_with_copies();
	for (int i = 0; i < 8; i++) {
		checkpoints_close(watches[i]);
		arena_destroy(others[i]);
	}
}
END_TEST

START_TEST(unchanged_pages_are_shared)
{
	struct checkpoint *first, *second, *third;
	size_t before;

	memset(memory, 1, MEMORY / 2);
	first = checkpoint_take(c);
	before = checkpoints_bytes(c);
	ck_assert_uint_ge(before, MEMORY / 2);
	second = checkpoint_take(c);
	ck_assert_uint_lt(checkpoints_bytes(c) - before, 2000);
	before = checkpoints_bytes(c);
	memory[100] = 99;
	third = checkpoint_take(c);
	/* one block, one leaf, one table */
	ck_assert_uint_gt(checkpoints_bytes(c) - before, 4096);
	ck_assert_uint_lt(checkpoints_bytes(c) - before, 4096 + 2000);
	checkpoint_drop(c, third);
	checkpoint_drop(c, second);
	checkpoint_drop(c, first);
}
END_TEST

START_TEST(a_dropped_checkpoint_gives_its_memory_back)
{
	size_t before;
	struct checkpoint *p = checkpoint_take(c), *q;

	scribble(50);
	q = checkpoint_take(c);
	before = checkpoints_bytes(c);
	for (int i = 0; i < 10; i++) {
		scribble(500);
		checkpoint_drop(c, checkpoint_take(c));
		checkpoint_restore(c, q);
	}
	/* but for the origin of what was never written before */
	ck_assert_uint_lt(checkpoints_bytes(c), before + MEMORY + MEMORY / 8);
	checkpoint_drop(c, p);
	checkpoint_drop(c, q);
}
END_TEST

START_TEST(memory_that_is_never_written_costs_nothing)
{
	struct checkpoint *p = checkpoint_take(c);

	memory[MEMORY - 1] = 1;
	checkpoint_restore(c, p);
	ck_assert_uint_eq(memory[MEMORY - 1], 0);
	ck_assert_uint_lt(checkpoints_bytes(c), 4 * 16384);
	checkpoint_drop(c, p);
}
END_TEST

static sigjmp_buf crashed;

static void on_crash(int sig)
{
	(void)sig;
	siglongjmp(crashed, 1);
}

START_TEST(a_crash_elsewhere_goes_to_the_handler_before)
{
	struct sigaction act = {.sa_handler = on_crash}, old;
	volatile bool handled = false;

	checkpoints_close(c);
	sigaction(SIGSEGV, &act, &old);
	c = checkpoints_open(a);
	if (sigsetjmp(crashed, 1) == 0)
		raise(SIGSEGV);
	else
		handled = true;
	ck_assert(handled);
	sigaction(SIGSEGV, &old, NULL);
}
END_TEST

START_TEST(a_handler_that_came_later_is_put_behind)
{
	struct sigaction act = {.sa_handler = on_crash}, old;
	struct checkpoint *p = checkpoint_take(c);

	sigaction(SIGSEGV, &act, &old); /* as the screen does when it opens */
	checkpoints_watch(c);
	if (sigsetjmp(crashed, 1) == 0)
		memory[0] = 7;
	else
		ck_abort_msg("the write was taken for a crash");
	checkpoint_restore(c, p);
	ck_assert_uint_eq(memory[0], 0);
	sigaction(SIGSEGV, &old, NULL);
	checkpoint_drop(c, p);
}
END_TEST

Suite *checkpoint_suite(void);
Suite *checkpoint_suite(void)
{
	Suite *s = suite_create("checkpoint");
	TCase *t = tcase_create("checkpoint");

	suite_add_tcase(s, t);
	tcase_set_timeout(t, 0);
	tcase_add_checked_fixture(t, open_arena, close_arena);
	tcase_add_loop_test(t, any_checkpoint_brings_back_every_byte, 0, 8);
	tcase_add_test(t, it_works_without_the_help_of_the_mmu);
	tcase_add_test(t, unchanged_pages_are_shared);
	tcase_add_test(t, a_dropped_checkpoint_gives_its_memory_back);
	tcase_add_test(t, memory_that_is_never_written_costs_nothing);
	tcase_add_test(t, a_crash_elsewhere_goes_to_the_handler_before);
	tcase_add_test(t, a_handler_that_came_later_is_put_behind);
	return s;
}
