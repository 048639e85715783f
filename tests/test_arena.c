#include "sim/arena.h"

#include <check.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

static jmp_buf way_out;

static void leave_full(void) { longjmp(way_out, 1); }

START_TEST(an_arena_begins_with_its_own_header)
{
	struct arena *a = arena_create(1 << 20);

	ck_assert_ptr_eq(arena_base(a), a);
	ck_assert_uint_gt(arena_used(a), 0);
	ck_assert_uint_eq(arena_size(a), 1 << 20);
	arena_destroy(a);
}
END_TEST

START_TEST(the_first_object_is_the_root)
{
	struct arena *a = arena_create(1 << 20);
	void *first = arena_alloc(a, 100);

	arena_alloc(a, 100);
	ck_assert_ptr_eq(arena_root(a), first);
	arena_destroy(a);
}
END_TEST

START_TEST(chunks_are_zero_and_aligned)
{
	static const size_t sizes[] = {0, 1, 17, 100, 4096, 16383, 16384, 70000};
	struct arena *a = arena_create(1 << 20);

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		unsigned char *p = arena_alloc(a, sizes[i]), bits = 0;
		uintptr_t offset = (uintptr_t)p - (uintptr_t)a;

		ck_assert_uint_eq(offset % (sizes[i] < 16384 ? 16 : 16384), 0);
		for (size_t k = 0; k < sizes[i]; k++)
			bits |= p[k];
		ck_assert_uint_eq(bits, 0);
	}
	arena_destroy(a);
}
END_TEST

START_TEST(what_lies_behind_used_was_never_touched)
{
	struct arena *a = arena_create(1 << 20);
	unsigned char *p = arena_alloc(a, 5000), bits = 0;

	memset(p, 0xff, 5000);
	arena_free(a, p, 5000);
	p = arena_base(a);
	for (size_t i = arena_used(a); i < arena_size(a); i++)
		bits |= p[i];
	ck_assert_uint_eq(bits, 0);
	arena_destroy(a);
}
END_TEST

START_TEST(chunks_freed_last_are_used_first_and_come_back_zero)
{
	struct arena *a = arena_create(1 << 20);
	char *x = arena_alloc(a, 100), *y = arena_alloc(a, 112), *z = arena_alloc(a, 113);
	size_t used = arena_used(a);

	memset(x, 'x', 100);
	memset(y, 'y', 112);
	arena_free(a, x, 100);
	arena_free(a, y, 112);
	arena_free(a, z, 113);
	ck_assert_ptr_eq(arena_alloc(a, 105), y);
	ck_assert_ptr_eq(arena_alloc(a, 97), x);
	ck_assert_int_eq(x[0], 0);
	ck_assert_int_eq(y[111], 0);
	ck_assert_uint_eq(arena_used(a), used);
	arena_destroy(a);
}
END_TEST

START_TEST(a_chunk_is_at_most_a_quarter_larger_than_asked)
{
	for (size_t bytes = 65; bytes < 100000; bytes += 97) {
		struct arena *a = arena_create(1 << 20);
		size_t before, chunk;

		arena_alloc(a, 16);
		before = arena_used(a);
		arena_alloc(a, bytes);
		chunk = arena_used(a) - before;
		ck_assert_uint_ge(chunk, bytes);
		if (bytes <= 14336)
			ck_assert_uint_le(chunk, bytes + bytes / 4 + 15);
		arena_destroy(a);
	}
}
END_TEST

START_TEST(realloc_keeps_the_contents_and_zeroes_the_rest)
{
	struct arena *a = arena_create(1 << 20);
	char *p = arena_alloc(a, 10);

	memset(p, 'a', 10);
	p = arena_realloc(a, p, 10, 14);
	ck_assert_int_eq(p[9], 'a');
	ck_assert_int_eq(p[13], 0);
	p = arena_realloc(a, p, 14, 50000);
	ck_assert_int_eq(p[9], 'a');
	ck_assert_int_eq(p[14], 0);
	ck_assert_int_eq(p[49999], 0);
	p = arena_realloc(a, p, 50000, 5);
	ck_assert_int_eq(p[4], 'a');
	arena_free(a, NULL, 10);
	arena_destroy(a);
}
END_TEST

START_TEST(a_full_arena_calls_the_way_out)
{
	struct arena *volatile a = arena_create(1 << 20);
	volatile int chunks = 0;

	arena_on_full(leave_full);
	if (setjmp(way_out) == 0)
		for (;;) {
			arena_alloc(a, 120000);
			chunks++;
		}
	ck_assert_int_eq(chunks, 7); /* of 128K; the first 16K hold the header */
	ck_assert_ptr_nonnull(arena_alloc(a, 16));
	arena_on_full(NULL);
	arena_destroy(a);
}
END_TEST

START_TEST(the_nth_allocation_can_be_told_to_fail)
{
	struct arena *volatile a = arena_create(1 << 20);
	volatile int done = 0;

	arena_on_full(leave_full);
	arena_fail_after(a, 3);
	if (setjmp(way_out) == 0)
		for (; done < 10; done++)
			arena_alloc(a, 16);
	ck_assert_int_eq(done, 2);
	ck_assert_ptr_nonnull(arena_alloc(a, 16));
	arena_on_full(NULL);
	arena_destroy(a);
}
END_TEST

START_TEST(an_arena_larger_than_the_host_is_refused)
{
	ck_assert_ptr_null(arena_create(SIZE_MAX / 2));
}
END_TEST

Suite *arena_suite(void);

Suite *arena_suite(void)
{
	Suite *s = suite_create("arena");
	TCase *t = tcase_create("arena");

	tcase_set_timeout(t, 0);
	tcase_add_test(t, an_arena_begins_with_its_own_header);
	tcase_add_test(t, the_first_object_is_the_root);
	tcase_add_test(t, chunks_are_zero_and_aligned);
	tcase_add_test(t, what_lies_behind_used_was_never_touched);
	tcase_add_test(t, chunks_freed_last_are_used_first_and_come_back_zero);
	tcase_add_test(t, a_chunk_is_at_most_a_quarter_larger_than_asked);
	tcase_add_test(t, realloc_keeps_the_contents_and_zeroes_the_rest);
	tcase_add_test(t, a_full_arena_calls_the_way_out);
	tcase_add_test(t, the_nth_allocation_can_be_told_to_fail);
	tcase_add_test(t, an_arena_larger_than_the_host_is_refused);
	suite_add_tcase(s, t);
	return s;
}
