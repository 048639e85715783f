/*
 * Layouts of every size.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "ui/layout.h"

static const uint32_t never[MAX_PANELS];

static int nr_panels(void)
{
	int n = 0;

	while (panel_table[n])
		n++;
	return n;
}

static int named(const char *name)
{
	for (int i = 0; panel_table[i]; i++)
		if (strcmp(panel_table[i]->name, name) == 0)
			return i;
	ck_abort_msg("no panel %s", name);
	return -1;
}

static bool shows(const struct layout *l, const char *name)
{
	return layout_place(l, named(name)) != NULL;
}

/* A lecture that is about nothing. */
static void lay_out(struct layout *l, int width, int height, int active, const uint32_t *used,
		    bool zoomed)
{
	struct stage st = {.active = active, .subject = -1, .zoomed = zoomed};

	memcpy(st.used, used, sizeof(st.used));
	layout_make(l, width, height, panel_table, &st);
}

/* Every cell between title and narration belongs to exactly one panel. */
static void check_covered(const struct layout *l)
{
	int top = l->path_y >= 0 ? 2 : 1, cells = 0;

	for (int i = 0; i < l->nr_places; i++) {
		const struct place *p = &l->place[i];

		ck_assert_int_gt(p->width, 0);
		ck_assert_int_gt(p->height, 0);
		ck_assert_int_ge(p->y, top);
		ck_assert_int_le(p->x + p->width, l->width);
		ck_assert_int_le(p->y + p->height, l->narration_y);
		cells += p->width * p->height;
		for (int j = 0; j < i; j++) {
			const struct place *q = &l->place[j];

			ck_assert(p->x >= q->x + q->width || q->x >= p->x + p->width ||
				  p->y >= q->y + q->height || q->y >= p->y + p->height);
		}
	}
	ck_assert_int_eq(cells, l->width * (l->narration_y - top));
}

START_TEST(every_size_is_covered_without_overlap)
{
	struct layout l;

	for (int width = MIN_WIDTH; width <= 320; width += 7) {
		for (int height = MIN_HEIGHT; height <= 100; height += 1) {
			for (int active = 0; active < nr_panels(); active++) {
				lay_out(&l, width, height, active, never, false);
				ck_assert(!l.too_small);
				check_covered(&l);
				ck_assert_ptr_nonnull(layout_place(&l, active));
			}
			lay_out(&l, width, height, 3, never, true);
			check_covered(&l);
			ck_assert_int_eq(l.nr_places, 1);
		}
	}
}
END_TEST

START_TEST(too_small_is_said_and_nothing_else)
{
	struct layout l;

	lay_out(&l, 19, 24, 0, never, false);
	ck_assert(l.too_small);
	lay_out(&l, 80, 4, 0, never, false);
	ck_assert(l.too_small);
	lay_out(&l, 20, 5, 0, never, false);
	ck_assert(!l.too_small);
	ck_assert_int_eq(l.nr_places, 1);
}
END_TEST

START_TEST(at_80x24_four_panels_are_shown_and_the_others_a_key_away)
{
	struct layout l;

	lay_out(&l, 80, 24, named("events"), never, false);
	ck_assert(shows(&l, "events") && shows(&l, "why") && shows(&l, "process") &&
		  shows(&l, "walk"));
	ck_assert(!shows(&l, "zones") && l.hides);
	lay_out(&l, 80, 24, named("zones"), never, false);
	ck_assert(shows(&l, "events") && shows(&l, "why") && shows(&l, "zones"));
}
END_TEST

START_TEST(at_120x40_what_every_lecture_needs_is_shown)
{
	static const int size[][2] = {{120, 40}, {160, 50}};
	static const char *const names[] = {"events", "why",  "process", "walk",
					    "zones",  "slab", "memory"};
	struct layout l;

	for (size_t i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
		lay_out(&l, size[i][0], size[i][1], 0, never, false);
		for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
			ck_assert_msg(shows(&l, names[k]), "%s", names[k]);
	}
}
END_TEST

/* Panels that take a place without being called. */
static int nr_usual_panels(void)
{
	int n = 0;

	for (int i = 0; i < nr_panels(); i++)
		n += !panel_table[i]->on_demand;
	return n;
}

START_TEST(at_200x60_and_above_all_panels_are_shown_but_those_on_demand)
{
	static const int size[][2] = {{200, 60}, {320, 90}};
	struct layout l;

	for (size_t i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
		lay_out(&l, size[i][0], size[i][1], 0, never, false);
		ck_assert_int_eq(l.nr_places, nr_usual_panels());
		for (int k = 0; k < nr_panels(); k++)
			ck_assert((layout_place(&l, k) != NULL) == !panel_table[k]->on_demand);
	}
}
END_TEST

START_TEST(where_all_panels_fit_choosing_one_moves_nothing)
{
	struct layout a, b;

	lay_out(&a, 200, 60, 0, never, false);
	for (int active = 1; active < nr_panels(); active++) {
		if (panel_table[active]->on_demand)
			continue;
		lay_out(&b, 200, 60, active, never, false);
		ck_assert_mem_eq(a.place, b.place, sizeof(a.place[0]) * (size_t)a.nr_places);
	}
}
END_TEST

START_TEST(the_panel_not_used_for_longest_gives_way)
{
	uint32_t used[MAX_PANELS] = {0};
	struct layout l;

	used[named("walk")] = 1;
	used[named("slab")] = 2;
	lay_out(&l, 80, 24, named("slab"), used, false);
	ck_assert(shows(&l, "slab") && shows(&l, "walk"));
	ck_assert(!shows(&l, "process"));
}
END_TEST

START_TEST(the_subject_of_a_lecture_has_all_that_it_wants)
{
	int walk = named("walk");
	struct stage st = {.active = walk, .subject = walk};
	struct layout l;

	layout_make(&l, 120, 40, panel_table, &st);
	ck_assert(shows(&l, "process") && shows(&l, "slab"));
	ck_assert_int_eq(layout_place(&l, walk)->height - 2, panel_table[walk]->want_height);
	st.active = 0;
	layout_make(&l, 120, 40, panel_table, &st);
	ck_assert_int_eq(layout_place(&l, walk)->height - 2, panel_table[walk]->want_height);
}
END_TEST

START_TEST(a_subject_that_needs_a_column_has_it_alone)
{
	int locks = named("locks"), walk = named("walk");
	struct stage st = {.active = locks, .subject = locks};
	struct layout l;

	layout_make(&l, 80, 24, panel_table, &st);
	ck_assert_int_eq(l.nr_places, 3);
	ck_assert_int_eq(layout_place(&l, locks)->height, l.narration_y - 1);
	st.active = st.subject = walk;
	layout_make(&l, 80, 24, panel_table, &st);
	ck_assert(shows(&l, "process") && shows(&l, "walk"));
	ck_assert_int_ge(layout_place(&l, walk)->height - 2, panel_table[walk]->need_height);
}
END_TEST

START_TEST(a_subject_makes_do_with_less_beside_what_the_user_brings_up)
{
	int zones = named("zones"), process = named("process");
	struct stage st = {.active = zones, .subject = zones};
	struct layout l;

	st.used[zones] = 1;
	layout_make(&l, 80, 24, panel_table, &st);
	ck_assert_int_ge(layout_place(&l, zones)->height - 2, panel_table[zones]->need_height);
	st.active = process;
	layout_make(&l, 80, 24, panel_table, &st);
	ck_assert(shows(&l, "process") && shows(&l, "zones"));
}
END_TEST

START_TEST(what_has_nothing_to_show_takes_no_place_until_it_is_brought_up)
{
	int slab = named("slab"), process = named("process");
	struct stage st = {.active = slab, .subject = -1};
	struct layout l;

	st.idle = 1U << process | 1U << named("walk");
	layout_make(&l, 120, 40, panel_table, &st);
	ck_assert(!shows(&l, "process") && !shows(&l, "walk"));
	ck_assert_int_eq(layout_place(&l, slab)->height, l.narration_y - 2);
	st.used[process] = 1;
	layout_make(&l, 120, 40, panel_table, &st);
	ck_assert(shows(&l, "process") && !shows(&l, "walk"));
}
END_TEST

START_TEST(panels_have_their_least_size_wherever_more_than_one_is_shown)
{
	struct layout l;

	for (int width = 60; width <= 240; width += 3) {
		for (int height = 20; height <= 70; height++) {
			lay_out(&l, width, height, 0, never, false);
			if (l.nr_places < 2)
				continue;
			for (int i = 0; i < l.nr_places; i++) {
				const struct panel *p = panel_table[l.place[i].panel];
				bool alone = l.place[i].height ==
					     l.narration_y - (l.path_y >= 0 ? 2 : 1);

				ck_assert_msg(alone || l.place[i].height - 2 >= p->min_height,
					      "%s at %dx%d", p->name, width, height);
				ck_assert_msg(l.place[i].width - 2 >= p->min_width || width < 72,
					      "%s at %dx%d", p->name, width, height);
			}
		}
	}
}
END_TEST

START_TEST(a_cell_belongs_to_the_place_that_covers_it)
{
	struct layout l;

	lay_out(&l, 120, 40, 0, never, false);
	for (int i = 0; i < l.nr_places; i++) {
		const struct place *p = &l.place[i];

		ck_assert_ptr_eq(layout_at(&l, p->x, p->y), p);
		ck_assert_ptr_eq(layout_at(&l, p->x + p->width - 1, p->y + p->height - 1), p);
	}
	ck_assert_ptr_null(layout_at(&l, 5, 0));
	ck_assert_ptr_null(layout_at(&l, 5, 39));
}
END_TEST

Suite *layout_suite(void)
{
	Suite *s = suite_create("layout");
	TCase *t = tcase_create("layout");

	tcase_set_timeout(t, 0);
	tcase_add_test(t, every_size_is_covered_without_overlap);
	tcase_add_test(t, too_small_is_said_and_nothing_else);
	tcase_add_test(t, at_80x24_four_panels_are_shown_and_the_others_a_key_away);
	tcase_add_test(t, at_120x40_what_every_lecture_needs_is_shown);
	tcase_add_test(t, at_200x60_and_above_all_panels_are_shown_but_those_on_demand);
	tcase_add_test(t, where_all_panels_fit_choosing_one_moves_nothing);
	tcase_add_test(t, the_panel_not_used_for_longest_gives_way);
	tcase_add_test(t, the_subject_of_a_lecture_has_all_that_it_wants);
	tcase_add_test(t, a_subject_that_needs_a_column_has_it_alone);
	tcase_add_test(t, a_subject_makes_do_with_less_beside_what_the_user_brings_up);
	tcase_add_test(t, what_has_nothing_to_show_takes_no_place_until_it_is_brought_up);
	tcase_add_test(t, panels_have_their_least_size_wherever_more_than_one_is_shown);
	tcase_add_test(t, a_cell_belongs_to_the_place_that_covers_it);
	suite_add_tcase(s, t);
	return s;
}
