/*
 * Free ranges of kernel addresses.  On i386 with 1G vmalloc's part begins at f8800000 and ends at ff7fe000; an address
 * is counted here in pages from there on.
 */
#include "sim/machine.h"
#include "sim/vmalloc.h"
#include "tests/random.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

enum { START = 0xf8800000, END = 0xff7fe000, ALL_PAGES = (END - START) >> PAGE_SHIFT };

static struct machine *m;
static struct trace trace;
static struct mm_profile profile;

static void set_up(void)
{
	struct machine_config c;

	machine_config_default(&c);
	profile = *profile_find("i386");
	profile.vmap_61 = true; /* the addresses of one, the ways of the other */
	c.profile = &profile;
	c.ram_bytes = 1u << 30;
	trace = (struct trace){0};
	m = machine_create(&c, &trace);
	ck_assert_ptr_nonnull(m);
}

static void tear_down(void) { machine_destroy(m); }

static vaddr_t at(uint32_t page) { return START + ((vaddr_t)page << PAGE_SHIFT); }

/* Pages that begin at a multiple of so many, from the pages on that are returned. */
static int take(uint32_t pages, uint32_t align)
{
	vaddr_t va =
		alloc_vmap_range(m, (uint64_t)pages << PAGE_SHIFT, (uint64_t)align << PAGE_SHIFT);

	return va ? (int)((va - START) >> PAGE_SHIFT) : -1;
}

static void give(uint32_t page, uint32_t pages)
{
	merge_or_add_vmap_range(m, at(page), at(page + pages));
}

/* The tree below f in brackets: (left page-page colour right). */
static size_t put_tree(char *text, size_t n, const struct vmap_range *f)
{
	if (!f)
		return n;
	n += (size_t)sprintf(text + n, "(");
	n = put_tree(text, n, rb_vmap_range(f->rb.child[RB_LEFT]));
	if (f->start < START)
		n += (size_t)sprintf(text + n, "low");
	else
		n += (size_t)sprintf(text + n, "%u", (unsigned)((f->start - START) >> PAGE_SHIFT));
	n += (size_t)sprintf(text + n, "%c", f->rb.colour == RB_RED ? 'r' : 'b');
	n = put_tree(text, n, rb_vmap_range(f->rb.child[RB_RIGHT]));
	return n + (size_t)sprintf(text + n, ")");
}

static const char *tree(void)
{
	static char text[1 << 14];

	put_tree(text, 0, rb_vmap_range(m->vmap.free.root.node));
	return text;
}

static struct vmap_range *root(void) { return rb_vmap_range(m->vmap.free.root.node); }

/* ---- taking ---- */

START_TEST(at_boot_all_addresses_but_0_are_one_range)
{
	const struct vmap_range *f = m->vmap.free.first;

	ck_assert_ptr_eq(f, root());
	ck_assert_uint_eq(f->start, 1);
	ck_assert_uint_eq(f->end, 0xffffffff);
	ck_assert_uint_eq(f->subtree_max_size, 0xfffffffe);
	ck_assert_ptr_null(f->next);
}
END_TEST

START_TEST(the_first_area_lies_amid_the_range_and_what_is_below_becomes_a_new_one)
{
	ck_assert_int_eq(take(4, 1), 0);
	ck_assert_str_eq(tree(), "((lowr)4b)");
	ck_assert_uint_eq(m->vmap.free.first->end, START);
	ck_assert_uint_eq(root()->start, at(4));
}
END_TEST

START_TEST(what_begins_with_its_range_moves_the_ranges_start)
{
	take(4, 1);
	ck_assert_int_eq(take(3, 1), 4);
	ck_assert_str_eq(tree(), "((lowr)7b)");
}
END_TEST

START_TEST(what_is_as_long_as_its_range_makes_it_leave_the_tree)
{
	take(4, 1);
	take(3, 1);
	take(1, 1);
	give(4, 3);
	ck_assert_str_eq(tree(), "((lowr)4b(8r))");
	ck_assert_int_eq(take(3, 1), 4);
	ck_assert_str_eq(tree(), "((lowr)8b)");
}
END_TEST

/* 16 pages from 16 on: of the range 4-40 the pages 4-16 and 32-40 are left. */
START_TEST(what_lies_amid_its_range_leaves_two)
{
	take(4, 1);
	take(36, 1);
	take(1, 1);
	give(4, 36);
	ck_assert_int_eq(take(16, 16), 16);
	ck_assert_str_eq(tree(), "((lowb(4r))32b(41b))");
}
END_TEST

START_TEST(what_ends_with_its_range_moves_the_ranges_end)
{
	take(4, 1);
	take(44, 1);
	take(1, 1);
	give(4, 44);
	/* 16 pages at a multiple of 32 */
	ck_assert_int_eq(take(16, 32), 32);
	ck_assert_uint_eq(m->vmap.free.first->next->start, at(4));
	ck_assert_uint_eq(m->vmap.free.first->next->end, at(32));
}
END_TEST

START_TEST(without_room_nothing_is_taken)
{
	ck_assert_int_eq(take(ALL_PAGES + 1, 1), -1);
	ck_assert_str_eq(tree(), "(lowb)");
	ck_assert_int_eq(take(ALL_PAGES, 1), 0);
	ck_assert_int_eq(take(1, 1), -1);
	give(0, ALL_PAGES);
	ck_assert_str_eq(tree(), "(lowb)");
}
END_TEST

/* ---- the search ---- */

/* Holes of 8 pages at 8, 24 and 40, of 40 pages at 56. */
#define HOLES "((lowb)8b((24b)40r((56r)100b)))"
static void make_holes(void)
{
	ck_assert_int_eq(take(100, 1), 0);
	give(8, 8);
	give(24, 8);
	give(40, 8);
	give(56, 40);
}

START_TEST(the_lowest_range_with_room_is_taken)
{
	make_holes();
	ck_assert_int_eq(take(8, 1), 8);
	ck_assert_int_eq(take(9, 1), 56);
	ck_assert_int_eq(take(7, 1), 24);
	ck_assert_int_eq(take(2, 1), 40);
	ck_assert_int_eq(take(1, 1), 31);
}
END_TEST

/* 8 pages at a multiple of 8 would fit at 8, 24, 40 and 56; only 56 has room for any start, which takes 15. The way
 * there leads over 8, for the range below vmalloc's part is long enough. */
START_TEST(a_short_range_on_the_way_is_taken)
{
	make_holes();
	ck_assert_str_eq(tree(), HOLES);
	ck_assert_int_eq(take(8, 8), 8);
	ck_assert_str_eq(tree(), "((lowb)24b((40b)56r(100b)))");
	ck_assert_int_eq(take(8, 8), 24);
}
END_TEST

START_TEST(a_short_range_beside_the_way_is_passed_though_it_would_do)
{
	make_holes();
	take(8, 1);
	ck_assert_int_eq(take(7, 1), 24);
	ck_assert_int_eq(take(8, 8), 56);
	ck_assert_int_eq(take(8, 1), 40);
}
END_TEST

/* ---- giving back ---- */

START_TEST(addresses_that_come_back_join_the_range_behind_them)
{
	make_holes();
	give(52, 4);
	ck_assert_str_eq(tree(), "((lowb)8b((24b)40r((52r)100b)))");
}
END_TEST

START_TEST(addresses_that_come_back_join_the_range_before_them)
{
	make_holes();
	give(48, 4);
	ck_assert_str_eq(tree(), HOLES);
	ck_assert_uint_eq(m->vmap.free.first->next->next->next->end, at(52));
}
END_TEST

START_TEST(between_two_ranges_the_one_behind_leaves_the_tree)
{
	make_holes();
	give(48, 8);
	ck_assert_str_eq(tree(), "((lowb)8b((24b)40r(100b)))");
	ck_assert_uint_eq(root()->subtree_max_size, START - 1);
}
END_TEST

/* ---- areas ---- */

START_TEST(lazy_neighbours_come_back_as_one_range)
{
	vaddr_t a = vmalloc(m, 3 * PAGE_SIZE), b = vmalloc(m, PAGE_SIZE), c = vmalloc(m, 1);

	ck_assert_uint_eq(a, at(0));
	ck_assert_uint_eq(b, at(4));
	ck_assert_uint_eq(c, at(6));
	ck_assert(vfree(m, b) && vfree(m, a));
	ck_assert_str_eq(tree(), "((lowr)8b)");
	purge_vmap_areas(m);
	ck_assert_str_eq(tree(), "((lowr)8b)");
	ck_assert_uint_eq(m->vmap.free.first->end, at(6));
	ck_assert_ptr_null(machine_check(m));
}
END_TEST

START_TEST(laws_hold_whatever_is_taken_and_given)
{
	struct vm_struct *held[64] = {0};
	struct dice dice = {(uint64_t)_i + 1};

	for (unsigned n = 0; n < 3000; n++) {
		unsigned i = dice_below(&dice, 64);

		if (held[i]) {
			free_vm_area(m, held[i]);
			held[i] = NULL;
		} else {
			held[i] = get_vm_area(m, 1 + dice_below(&dice, 3u << 20),
					      dice_below(&dice, 2) ? VM_IOREMAP : VM_ALLOC);
		}
		if (dice_below(&dice, 50) == 0)
			purge_vmap_areas(m);
		if (n % 8 == 0)
			ck_assert_msg(!machine_check(m), "%s", machine_check(m));
	}
}
END_TEST

/* ---- laws ---- */

static void ck_broken(const char *words)
{
	const char *sentence = machine_check(m);

	ck_assert_msg(sentence && strstr(sentence, words), "'%s' instead of '%s'", sentence, words);
}

START_TEST(a_wrong_length_of_the_longest_below_is_found)
{
	make_holes();
	/* no areas were made for what was taken: all of it is missing there, which is asked last */
	ck_broken("is in no area and in no free range");
	root()->subtree_max_size++;
	ck_broken("free range 0xf8808000: the longest from it down has");
}
END_TEST

START_TEST(a_red_root_is_found)
{
	make_holes();
	root()->rb.colour = RB_RED;
	ck_broken("free range 0xf8808000 is red, and so is its parent, or it is the root");
}
END_TEST

START_TEST(ranges_that_touch_are_found)
{
	make_holes();
	root()->end = root()->next->start;
	ck_broken("free range 0xf8808000-0xf8818000 touches the next one");
}
END_TEST

START_TEST(a_range_in_the_list_alone_is_found)
{
	make_holes();
	m->vmap.free.root.node = NULL;
	ck_broken("free range 0x1 is in the list, but not in the tree");
}
END_TEST

Suite *vmap_range_suite(void);
Suite *vmap_range_suite(void)
{
	Suite *s = suite_create("vmap_range");
	TCase *c = tcase_create("ranges");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, at_boot_all_addresses_but_0_are_one_range);
	tcase_add_test(c, the_first_area_lies_amid_the_range_and_what_is_below_becomes_a_new_one);
	tcase_add_test(c, what_begins_with_its_range_moves_the_ranges_start);
	tcase_add_test(c, what_is_as_long_as_its_range_makes_it_leave_the_tree);
	tcase_add_test(c, what_lies_amid_its_range_leaves_two);
	tcase_add_test(c, what_ends_with_its_range_moves_the_ranges_end);
	tcase_add_test(c, without_room_nothing_is_taken);
	tcase_add_test(c, the_lowest_range_with_room_is_taken);
	tcase_add_test(c, a_short_range_on_the_way_is_taken);
	tcase_add_test(c, a_short_range_beside_the_way_is_passed_though_it_would_do);
	tcase_add_test(c, addresses_that_come_back_join_the_range_behind_them);
	tcase_add_test(c, addresses_that_come_back_join_the_range_before_them);
	tcase_add_test(c, between_two_ranges_the_one_behind_leaves_the_tree);
	tcase_add_test(c, lazy_neighbours_come_back_as_one_range);
	tcase_add_test(c, a_wrong_length_of_the_longest_below_is_found);
	tcase_add_test(c, a_red_root_is_found);
	tcase_add_test(c, ranges_that_touch_are_found);
	tcase_add_test(c, a_range_in_the_list_alone_is_found);
	tcase_add_loop_test(c, laws_hold_whatever_is_taken_and_given, 0, 4);
	suite_add_tcase(s, c);
	return s;
}
