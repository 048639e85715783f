/*
 * The grid, its characters, the themes, and the picture.
 */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/utf8.h"
#include "ui/grid.h"
#include "ui/theme.h"

static struct grid g;

static void set_up(void)
{
	memset(&g, 0, sizeof(g));
	ck_assert(grid_resize(&g, 10, 3));
}

static void tear_down(void) { grid_free(&g); }

/* The grid as text, in a buffer that the next call takes again. */
static const char *printed(void)
{
	static char buf[4096];
	FILE *f = fmemopen(buf, sizeof(buf), "w");

	grid_print(&g, f);
	fclose(f);
	return buf;
}

START_TEST(text_is_cut_at_the_edges_of_its_area)
{
	struct area whole = area_of(&g), a = area_sub(&whole, 2, 1, 4, 1);

	ck_assert_int_eq(put_text(&a, 0, 0, ROLE_NORMAL, 0, "abcdefgh"), 4);
	put_text(&a, -2, 0, ROLE_NORMAL, 0, "XYZ");
	put_text(&a, 0, 1, ROLE_NORMAL, 0, "below");
	put_text(&a, 0, -1, ROLE_NORMAL, 0, "above");
	ck_assert_str_eq(printed(), "\n  Zbcd\n\n");
}
END_TEST

START_TEST(an_area_never_leaves_the_one_around_it)
{
	struct area whole = area_of(&g), a = area_sub(&whole, 8, 2, 50, 50);

	ck_assert_int_eq(a.width, 2);
	ck_assert_int_eq(a.height, 1);
	a = area_sub(&whole, -3, -3, 4, 4);
	ck_assert_int_eq(a.x, 0);
	a = area_sub(&whole, 40, 1, 5, 1);
	ck_assert_int_eq(a.width, 0);
}
END_TEST

START_TEST(a_wide_character_takes_two_cells)
{
	struct area a = area_of(&g);

	ck_assert_int_eq(put_text(&a, 0, 0, ROLE_NORMAL, 0, "写a页"), 5);
	ck_assert_uint_eq(g.cell[1].ch, 0);
	ck_assert_uint_eq(g.cell[2].ch, 'a');
	ck_assert_int_eq(text_width("写a页"), 5);
	ck_assert_str_eq(printed(), "写a页\n\n\n");
}
END_TEST

START_TEST(half_a_wide_character_is_never_left)
{
	struct area a = area_of(&g);

	put_text(&a, 0, 0, ROLE_NORMAL, 0, "写页");
	put_char(&a, 1, 0, 'x', ROLE_NORMAL, 0);
	put_char(&a, 2, 0, 'y', ROLE_NORMAL, 0);
	ck_assert_str_eq(printed(), " xy\n\n\n");
	put_char(&a, 9, 0, 0x9875, ROLE_NORMAL, 0);
	ck_assert_uint_eq(g.cell[9].ch, ' ');
}
END_TEST

START_TEST(numbers_line_up_at_the_right)
{
	struct area a = area_of(&g);

	put_right(&a, 6, 0, ROLE_NUMBER, 0, "7");
	put_right(&a, 6, 1, ROLE_NUMBER, 0, "1234");
	ck_assert_str_eq(printed(), "     7\n  1234\n\n");
}
END_TEST

START_TEST(painting_keeps_the_characters)
{
	struct area a = area_of(&g);

	put_text(&a, 0, 0, ROLE_NORMAL, 0, "abc");
	paint(&a, 1, 0, 20, ROLE_CURRENT, ATTR_BOLD);
	ck_assert_str_eq(printed(), "abc\n\n\n");
	ck_assert_int_eq(g.cell[0].role, ROLE_NORMAL);
	ck_assert_int_eq(g.cell[9].role, ROLE_CURRENT);
}
END_TEST

START_TEST(text_is_wrapped_at_blanks_and_cut_with_an_ellipsis)
{
	struct area a = area_of(&g);

	ck_assert_int_eq(put_wrapped(&a, 0, 0, 10, 3, ROLE_NORMAL, "the kernel copies a frame"), 3);
	ck_assert_str_eq(printed(), "the kernel\ncopies a\nframe\n");
	grid_clear(&g);
	ck_assert_int_eq(put_wrapped(&a, 0, 0, 10, 2, ROLE_NORMAL, "the kernel copies a frame"), 3);
	ck_assert_str_eq(printed(), "the kernel\ncopies a…\n\n");
	grid_clear(&g);
	ck_assert_int_eq(put_wrapped(&a, 0, 0, 10, 0, ROLE_NORMAL, "the kernel copies a frame"), 3);
	ck_assert_str_eq(printed(), "\n\n\n");
}
END_TEST

START_TEST(chinese_is_wrapped_between_characters)
{
	struct area a = area_of(&g);

	ck_assert_int_eq(put_wrapped(&a, 0, 0, 6, 3, ROLE_NORMAL, "写时复制一页"), 2);
	ck_assert_str_eq(printed(), "写时复\n制一页\n\n");
}
END_TEST

START_TEST(no_line_begins_with_a_sign_that_closes_nor_ends_with_one_that_opens)
{
	struct area a = area_of(&g);

	ck_assert_int_eq(put_wrapped(&a, 0, 0, 8, 3, ROLE_NORMAL, "写时复制，一页"), 2);
	ck_assert_str_eq(printed(), "写时复\n制，一页\n\n");
	grid_clear(&g);
	ck_assert_int_eq(put_wrapped(&a, 0, 0, 6, 3, ROLE_NORMAL, "一页（写）"), 2);
	ck_assert_str_eq(printed(), "一页\n（写）\n\n");
}
END_TEST

START_TEST(names_stay_whole_among_chinese_characters)
{
	struct area a = area_of(&g);

	ck_assert_int_eq(put_wrapped(&a, 0, 0, 9, 3, ROLE_NORMAL, "写页表kmap页"), 2);
	ck_assert_str_eq(printed(), "写页表\nkmap页\n\n");
}
END_TEST

START_TEST(a_long_word_is_broken_where_it_must)
{
	struct area a = area_of(&g);

	ck_assert_int_eq(put_wrapped(&a, 0, 0, 4, 3, ROLE_NORMAL, "abcdefghij"), 3);
	ck_assert_str_eq(printed(), "abcd\nefgh\nij\n");
}
END_TEST

START_TEST(a_box_has_its_title_and_gives_its_inside)
{
	struct area whole, inside;

	ck_assert(grid_resize(&g, 16, 3));
	whole = area_of(&g);
	inside = draw_box(&whole, "5 Zones", "n", false);
	put_text(&inside, 0, 0, ROLE_NORMAL, 0, "hello, everybody");
	ck_assert_str_eq(printed(), "┌ 5 Zones ── n ┐\n│hello, everybo│\n└──────────────┘\n");
	ck_assert_int_eq(inside.width, 14);
	ck_assert_int_eq(inside.height, 1);
}
END_TEST

START_TEST(the_active_box_differs_by_shape)
{
	struct area a = area_of(&g);

	draw_box(&a, "w", NULL, true);
	ck_assert_str_eq(printed(), "┏ w ━━━━━┓\n┃        ┃\n┗━━━━━━━━┛\n");
	draw_box(&a, "w", NULL, false);
	ck_assert_str_eq(printed(), "┌ w ─────┐\n│        │\n└────────┘\n");
}
END_TEST

START_TEST(a_box_of_any_size_can_be_drawn)
{
	for (int w = 0; w < 6; w++) {
		for (int h = 0; h < 3; h++) {
			struct area whole = area_of(&g), a = area_sub(&whole, 1, 1, w, h);
			struct area inside = draw_box(&a, "title", "right", true);

			ck_assert_int_le(inside.width, w);
			ck_assert_int_ge(inside.width, 0);
			ck_assert_int_ge(inside.height, 0);
		}
	}
}
END_TEST

START_TEST(without_utf8_only_ascii_is_in_the_cells)
{
	struct area a = area_of(&g);

	g.ascii = true;
	put_text(&a, 0, 0, ROLE_NORMAL, 0, "─│┌◆█░→…写");
	for (size_t i = 0; i < 30; i++)
		ck_assert_uint_lt(g.cell[i].ch, 0x80);
	ck_assert_str_eq(printed(), "-|+*#.>~??\n\n\n");
}
END_TEST

START_TEST(every_drawing_character_has_a_plain_stand_in)
{
	for (uint32_t ch = 0x2500; ch < 0x25a0; ch++) {
		uint32_t plain = ascii_of(ch);

		ck_assert_uint_gt(plain, ' ');
		ck_assert_uint_lt(plain, 0x7f);
		ck_assert_uint_ne(plain, '?');
	}
	ck_assert_uint_eq(ascii_of('q'), 'q');
	ck_assert_uint_eq(ascii_of(0x5199), '?');
}
END_TEST

START_TEST(broken_utf8_is_one_replacement_a_byte)
{
	static const char *const broken[] = {"\xff",         "\xc0\xaf", "\xe2\x97",
					     "\xed\xa0\x80", "\xf8",     "\x80"};

	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		const char *p = broken[i];

		ck_assert_uint_eq(utf8_next(&p), 0xfffd);
		ck_assert_ptr_eq(p, broken[i] + 1);
	}
}
END_TEST

START_TEST(utf8_goes_out_as_it_came_in)
{
	static const uint32_t ch[] = {'A',   0x7f,   0x80,   0xb7,    0x7ff,
				      0x800, 0x2588, 0xffff, 0x10000, 0x10ffff};

	for (size_t i = 0; i < sizeof(ch) / sizeof(ch[0]); i++) {
		char buf[UTF8_MAX + 1] = "";
		const char *p = buf;
		int n = utf8_put(buf, ch[i]);

		ck_assert_uint_eq(utf8_next(&p), ch[i]);
		ck_assert_int_eq((int)(p - buf), n);
	}
}
END_TEST

START_TEST(control_characters_do_not_reach_the_screen)
{
	struct area a = area_of(&g);

	put_text(&a, 0, 0, ROLE_NORMAL, 0, "a\033[31m\tb");
	for (size_t i = 0; i < 30; i++)
		ck_assert_uint_ge(g.cell[i].ch, ' ');
}
END_TEST

/* ---- themes ---- */

static double channel(int32_t rgb, int shift)
{
	double v = (double)(rgb >> shift & 255) / 255;

	return v <= 0.03928 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

/* Contrast of two colours as WCAG 2 measures it, 1 .. 21. */
static double contrast(int32_t a, int32_t b)
{
	double x = 0.2126 * channel(a, 16) + 0.7152 * channel(a, 8) + 0.0722 * channel(a, 0) + 0.05;
	double y = 0.2126 * channel(b, 16) + 0.7152 * channel(b, 8) + 0.0722 * channel(b, 0) + 0.05;

	return x > y ? x / y : y / x;
}

static const char *const theme_names[] = {"dark", "light", "contrast"};

START_TEST(text_is_readable_in_every_theme)
{
	const struct theme *t = theme_find(theme_names[_i]);

	for (int role = 0; role < NR_ROLES; role++) {
		struct style s = theme_style(t, (struct cell){.role = (uint16_t)role});
		double least = role == ROLE_HOLE || role == ROLE_BORDER ? 1.5
			       : role == ROLE_NORMAL || role == ROLE_NARRATION ||
					       role == ROLE_SAY || role == ROLE_NUMBER ||
					       role == ROLE_TITLE
				       ? 7
				       : 3.5;

		ck_assert_msg(contrast(s.fg, s.bg) >= least, "theme %s role %d: %.1f", t->name,
			      role, contrast(s.fg, s.bg));
	}
}
END_TEST

START_TEST(every_colour_is_one_of_xterms)
{
	const struct theme *t = theme_find(theme_names[_i]);

	for (int role = 0; role < NR_ROLES; role++) {
		struct style s = theme_style(t, (struct cell){.role = (uint16_t)role});
		int32_t colour[] = {s.fg, s.bg};

		for (int i = 0; i < 2; i++) {
			int r = colour[i] >> 16 & 255, gr = colour[i] >> 8 & 255,
			    b = colour[i] & 255;
			bool grey = r == gr && gr == b && r >= 8 && r <= 238 && (r - 8) % 10 == 0;
			bool cube = true;

			for (int shift = 0; shift <= 16; shift += 8) {
				int v = colour[i] >> shift & 255;

				cube = cube && (v == 0 || (v >= 95 && (v - 95) % 40 == 0));
			}
			ck_assert_msg(grey || cube, "theme %s role %d: %06x", t->name, role,
				      (unsigned)colour[i]);
		}
	}
}
END_TEST

START_TEST(what_changed_and_what_is_chosen_stand_on_grounds_of_their_own)
{
	const struct theme *t = theme_find(theme_names[_i]);
	struct style changed = theme_style(t, (struct cell){.role = ROLE_CHANGED});
	struct style chosen = theme_style(t, (struct cell){.role = ROLE_CHOSEN});

	ck_assert_int_ne(changed.bg, t->bg);
	ck_assert_int_ne(chosen.bg, t->bg);
	ck_assert_int_ne(changed.bg, chosen.bg);
	ck_assert_int_ne(changed.bg16, chosen.bg16);
	ck_assert_uint_ne(theme_mono(ROLE_CHANGED), theme_mono(ROLE_CHOSEN));
	ck_assert_uint_ne(theme_mono(ROLE_CHANGED), 0);
}
END_TEST

START_TEST(reverse_swaps_the_colours_of_a_style)
{
	const struct theme *t = theme_find("dark");
	struct style plain = theme_style(t, (struct cell){.role = ROLE_FREE});
	struct style reversed =
		theme_style(t, (struct cell){.role = ROLE_FREE, .attr = ATTR_REVERSE});

	ck_assert_int_eq(plain.fg, reversed.bg);
	ck_assert_int_eq(plain.bg, reversed.fg);
}
END_TEST

START_TEST(themes_come_round)
{
	const struct theme *t = theme_find("dark");

	ck_assert_str_eq(theme_next(t)->name, "light");
	ck_assert_ptr_eq(theme_next(theme_next(theme_next(t))), t);
	ck_assert_ptr_null(theme_find("pink"));
}
END_TEST

START_TEST(the_picture_escapes_text_and_draws_lines)
{
	static char buf[1 << 16];
	FILE *f = fmemopen(buf, sizeof(buf), "w");
	struct area a = area_of(&g);

	draw_box(&a, "a<b&c", NULL, false);
	grid_svg(&g, theme_find("dark"), f);
	fclose(f);
	ck_assert_ptr_nonnull(strstr(buf, "<svg "));
	ck_assert_ptr_nonnull(strstr(buf, "a&lt;b&amp;c"));
	ck_assert_ptr_nonnull(strstr(buf, "<path "));
	ck_assert_ptr_null(strstr(buf, "─"));
	ck_assert_ptr_nonnull(strstr(buf, "</svg>"));
}
END_TEST

Suite *grid_suite(void)
{
	Suite *s = suite_create("grid");
	TCase *t = tcase_create("grid");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, text_is_cut_at_the_edges_of_its_area);
	tcase_add_test(t, an_area_never_leaves_the_one_around_it);
	tcase_add_test(t, a_wide_character_takes_two_cells);
	tcase_add_test(t, half_a_wide_character_is_never_left);
	tcase_add_test(t, numbers_line_up_at_the_right);
	tcase_add_test(t, painting_keeps_the_characters);
	tcase_add_test(t, text_is_wrapped_at_blanks_and_cut_with_an_ellipsis);
	tcase_add_test(t, chinese_is_wrapped_between_characters);
	tcase_add_test(t, no_line_begins_with_a_sign_that_closes_nor_ends_with_one_that_opens);
	tcase_add_test(t, names_stay_whole_among_chinese_characters);
	tcase_add_test(t, a_long_word_is_broken_where_it_must);
	tcase_add_test(t, a_box_has_its_title_and_gives_its_inside);
	tcase_add_test(t, the_active_box_differs_by_shape);
	tcase_add_test(t, a_box_of_any_size_can_be_drawn);
	tcase_add_test(t, without_utf8_only_ascii_is_in_the_cells);
	tcase_add_test(t, every_drawing_character_has_a_plain_stand_in);
	tcase_add_test(t, broken_utf8_is_one_replacement_a_byte);
	tcase_add_test(t, utf8_goes_out_as_it_came_in);
	tcase_add_test(t, control_characters_do_not_reach_the_screen);
	tcase_add_loop_test(t, text_is_readable_in_every_theme, 0, 3);
	tcase_add_loop_test(t, every_colour_is_one_of_xterms, 0, 3);
	tcase_add_loop_test(t, what_changed_and_what_is_chosen_stand_on_grounds_of_their_own, 0, 3);
	tcase_add_test(t, reverse_swaps_the_colours_of_a_style);
	tcase_add_test(t, themes_come_round);
	tcase_add_test(t, the_picture_escapes_text_and_draws_lines);
	suite_add_tcase(s, t);
	return s;
}
