/*
 * The pen against a terminal made for the test: whatever is drawn over whatever, the terminal then shows the
 * grid.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "src/utf8.h"
#include "ui/pen.h"

enum { W = 24, H = 6 };

/* A terminal that knows what the pen uses: cup, cuf, cub, cuu, cud, ech, sgr with colours, wide characters. */
static struct terminal {
	struct seen {
		uint32_t ch;
		int fg, bg;
		unsigned attr;
	} cell[H][W];
	int x, y, fg, bg;
	unsigned attr;
	size_t bytes;
} terminal;

static const struct seen nothing = {.ch = ' ', .fg = -1, .bg = -1};

static void clear_terminal(void)
{
	memset(&terminal, 0, sizeof(terminal));
	for (int i = 0; i < W * H; i++)
		terminal.cell[i / W][i % W] = nothing;
	terminal.fg = terminal.bg = -1;
}

static void select_graphics(const int *arg, int n)
{
	if (n == 0)
		terminal.attr = 0, terminal.fg = terminal.bg = -1;
	for (int i = 0; i < n; i++) {
		switch (arg[i]) {
		case 0:
			terminal.attr = 0, terminal.fg = terminal.bg = -1;
			break;
		case 1:
			terminal.attr |= ATTR_BOLD;
			break;
		case 4:
			terminal.attr |= ATTR_UNDERLINE;
			break;
		case 7:
			terminal.attr |= ATTR_REVERSE;
			break;
		case 22:
			terminal.attr &= ~(unsigned)ATTR_BOLD;
			break;
		case 24:
			terminal.attr &= ~(unsigned)ATTR_UNDERLINE;
			break;
		case 27:
			terminal.attr &= ~(unsigned)ATTR_REVERSE;
			break;
		case 38:
			ck_assert_int_eq(arg[i + 1], 5);
			terminal.fg = arg[i + 2];
			i += 2;
			break;
		case 48:
			ck_assert_int_eq(arg[i + 1], 5);
			terminal.bg = arg[i + 2];
			i += 2;
			break;
		default:
			ck_abort_msg("SGR %d", arg[i]);
		}
	}
}

static void control(char final, const int *arg, int n)
{
	switch (final) {
	case 'H':
		terminal.y = n > 0 && arg[0] ? arg[0] - 1 : 0;
		terminal.x = n > 1 && arg[1] ? arg[1] - 1 : 0;
		break;
	case 'A':
		terminal.y -= n ? arg[0] : 1;
		break;
	case 'B':
		terminal.y += n ? arg[0] : 1;
		break;
	case 'C':
		terminal.x += n ? arg[0] : 1;
		break;
	case 'D':
		terminal.x -= n ? arg[0] : 1;
		break;
	case 'X':
		for (int i = 0; i < arg[0]; i++)
			terminal.cell[terminal.y][terminal.x + i] =
				(struct seen){.ch = ' ', .fg = terminal.fg, .bg = terminal.bg};
		break;
	case 'm':
		select_graphics(arg, n);
		break;
	default:
		ck_abort_msg("control %c", final);
	}
}

static void print(uint32_t ch)
{
	struct seen s = {.ch = ch, .fg = terminal.fg, .bg = terminal.bg, .attr = terminal.attr};
	int width = char_width(ch);

	ck_assert_int_ge(terminal.x, 0);
	ck_assert_int_le(terminal.x + width, W);
	terminal.cell[terminal.y][terminal.x] = s;
	if (width == 2) {
		s.ch = 0;
		terminal.cell[terminal.y][terminal.x + 1] = s;
	}
	terminal.x += width;
}

static void receive(const char *bytes, size_t n)
{
	static char text[1 << 16];
	const char *p = text;

	ck_assert_uint_lt(n, sizeof(text));
	memcpy(text, bytes, n);
	text[n] = '\0';
	terminal.bytes += n;
	while (*p) {
		int arg[16], nr = 0;

		if (*p == '\b' || *p == '\n') {
			terminal.x -= *p == '\b';
			terminal.y += *p == '\n';
			p++;
			continue;
		}
		if (*p != '\033') {
			print(utf8_next(&p));
			continue;
		}
		ck_assert_int_eq(p[1], '[');
		for (p += 2; (*p >= '0' && *p <= '9') || *p == ';';) {
			arg[nr++] = (int)strtol(p, (char **)&p, 10);
			p += *p == ';';
		}
		control(*p++, arg, nr);
	}
}

static struct pen pen;

static void set_up(void)
{
	memset(&pen, 0, sizeof(pen));
	pen.reset = "\033[0m";
	pen.on[0] = "\033[1m", pen.on[1] = "\033[4m", pen.on[2] = "\033[7m";
	pen.off[0] = "\033[22m", pen.off[1] = "\033[24m", pen.off[2] = "\033[27m";
	pen.erases = true;
	pen.write = receive;
	for (int role = 0; role < NR_ROLES; role++) {
		pen.ink[role] = (struct ink){
			.fg = 16 + role, .bg = role % 3, .attr = role % 5 == 0 ? ATTR_BOLD : 0};
		snprintf(pen.ink[role].set_fg, PEN_STRING, "\033[38;5;%dm", 16 + role);
		snprintf(pen.ink[role].set_bg, PEN_STRING, "\033[48;5;%dm", role % 3);
	}
	pen_forget(&pen);
	clear_terminal();
}

/* What a grid's cell should look like; of a blank only the ground counts. */
static void check_shown(const struct grid *g)
{
	for (int i = 0; i < W * H; i++) {
		struct cell c = g->cell[i];
		const struct ink *ink = &pen.ink[c.role];
		struct seen s = terminal.cell[i / W][i % W];
		unsigned attr = ink->attr | c.attr;

		ck_assert_msg(s.ch == c.ch, "cell %d,%d is U+%04x, not U+%04x", i % W, i / W, s.ch,
			      c.ch);
		ck_assert_int_eq(s.bg, ink->bg);
		if (c.ch == ' ' && !(attr & (ATTR_UNDERLINE | ATTR_REVERSE))) {
			ck_assert_uint_eq(s.attr & (ATTR_UNDERLINE | ATTR_REVERSE), 0);
		} else {
			ck_assert_int_eq(s.fg, ink->fg);
			ck_assert_uint_eq(s.attr, attr);
		}
	}
}

static uint32_t seed = 1;

static unsigned pick(unsigned n)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 16) % n;
}

static void scribble(struct grid *g, unsigned strokes)
{
	static const uint32_t signs[] = {'a', 'b', ' ', ' ', ' ', 0x2588, 0x2502, 0x9875, 0x5199};
	struct area a = area_of(g);

	for (unsigned i = 0; i < strokes; i++) {
		uint32_t ch = signs[pick(sizeof(signs) / sizeof(signs[0]))];
		enum role role = (enum role)pick(4);
		int x = (int)pick(W), y = (int)pick(H), n = (int)(pick(3) ? 1 + pick(3) : pick(W));
		unsigned attr = pick(4) ? 0 : pick(8);

		for (; n > 0 && x < W; n--, x += char_width(ch))
			put_char(&a, x, y, ch, role, attr);
	}
}

START_TEST(any_frame_after_any_other_is_shown_right)
{
	struct grid old = {0}, now = {0};
	bool first = true;

	pen.erases = _i & 1;
	if (_i & 2)
		pen.off[0] = pen.off[1] = pen.off[2] = NULL;
	pen.feeds = _i & 4;
	ck_assert(grid_resize(&old, W, H) && grid_resize(&now, W, H));
	for (int round = 0; round < 400; round++) {
		if (pick(20) == 0)
			grid_clear(&now);
		scribble(&now, pick(12));
		pen_draw(&pen, first ? NULL : &old, &now);
		pen_flush(&pen);
		check_shown(&now);
		memcpy(old.cell, now.cell, sizeof(*now.cell) * W * H);
		first = false;
		if (pick(30) == 0) {
			clear_terminal();
			pen_forget(&pen);
			first = true;
		}
	}
	grid_free(&old);
	grid_free(&now);
}
END_TEST

START_TEST(the_same_frame_again_costs_nothing)
{
	struct grid g = {0};

	ck_assert(grid_resize(&g, W, H));
	scribble(&g, 50);
	pen_draw(&pen, NULL, &g);
	pen_flush(&pen);
	terminal.bytes = 0;
	pen_draw(&pen, &g, &g);
	pen_flush(&pen);
	ck_assert_uint_eq(terminal.bytes, 0);
	grid_free(&g);
}
END_TEST

START_TEST(one_digit_costs_a_move_and_a_byte)
{
	struct grid old = {0}, now = {0};
	struct area a;

	ck_assert(grid_resize(&old, W, H) && grid_resize(&now, W, H));
	a = area_of(&now);
	put_char(&a, 5, 2, '6', ROLE_NORMAL, 0);
	memcpy(old.cell, now.cell, sizeof(*now.cell) * W * H);
	pen_draw(&pen, NULL, &now);
	put_char(&a, 5, 2, '7', ROLE_NORMAL, 0);
	pen_move(&pen, 0, 0);
	pen_flush(&pen);
	terminal.bytes = 0;
	pen_draw(&pen, &old, &now);
	pen_flush(&pen);
	ck_assert_uint_eq(terminal.bytes, strlen("\033[3;6H7"));
	grid_free(&old);
	grid_free(&now);
}
END_TEST

START_TEST(a_style_is_taken_up_once_in_a_frame)
{
	struct grid old = {0}, now = {0};
	struct area a;

	ck_assert(grid_resize(&old, W, H) && grid_resize(&now, W, H));
	pen_draw(&pen, NULL, &old);
	a = area_of(&now);
	for (int y = 2; y < 4; y++) {
		put_char(&a, 5, y, 'x', (enum role)1, 0);
		put_char(&a, 12, y, 'y', (enum role)2, 0);
	}
	pen_move(&pen, 0, 0);
	pen_flush(&pen);
	terminal.bytes = 0;
	pen_draw(&pen, &old, &now);
	pen_flush(&pen);
	check_shown(&now);
	ck_assert_uint_eq(terminal.bytes, strlen("\033[22;38;5;17;48;5;1m"
						 "\033[3;6Hx"
						 "\033[B\bx"
						 "\033[38;5;18;48;5;2m"
						 "\033[A\033[6Cy"
						 "\033[B\by"));
	grid_free(&old);
	grid_free(&now);
}
END_TEST

START_TEST(blanks_are_erased_with_the_blanks_between_them)
{
	struct grid old = {0}, now = {0};
	struct area a;

	ck_assert(grid_resize(&old, W, H) && grid_resize(&now, W, H));
	a = area_of(&old);
	for (int x = 2; x < 20; x += 3)
		put_char(&a, x, 1, 'x', ROLE_NORMAL, 0);
	pen_draw(&pen, NULL, &old);
	pen_move(&pen, 0, 0);
	pen_flush(&pen);
	terminal.bytes = 0;
	pen_draw(&pen, &old, &now);
	pen_flush(&pen);
	check_shown(&now);
	ck_assert_uint_eq(terminal.bytes, strlen("\033[2;3H"
						 "\033[16X"));
	grid_free(&old);
	grid_free(&now);
}
END_TEST

START_TEST(the_last_cell_is_left_where_writing_it_would_scroll)
{
	struct grid g = {0};
	struct area a;

	ck_assert(grid_resize(&g, W, H));
	a = area_of(&g);
	for (int i = 0; i < W * H; i++)
		put_char(&a, i % W, i / W, 'x', ROLE_NORMAL, 0);
	pen.keeps_last_cell = true;
	pen_draw(&pen, NULL, &g);
	pen_flush(&pen);
	ck_assert_uint_eq(terminal.cell[H - 1][W - 2].ch, 'x');
	ck_assert_uint_eq(terminal.cell[H - 1][W - 1].ch, ' ');
	grid_free(&g);
}
END_TEST

Suite *pen_suite(void)
{
	Suite *s = suite_create("pen");
	TCase *t = tcase_create("pen");

	tcase_set_timeout(t, 0);
	tcase_add_checked_fixture(t, set_up, NULL);
	tcase_add_loop_test(t, any_frame_after_any_other_is_shown_right, 0, 8);
	tcase_add_test(t, the_same_frame_again_costs_nothing);
	tcase_add_test(t, one_digit_costs_a_move_and_a_byte);
	tcase_add_test(t, a_style_is_taken_up_once_in_a_frame);
	tcase_add_test(t, blanks_are_erased_with_the_blanks_between_them);
	tcase_add_test(t, the_last_cell_is_left_where_writing_it_would_scroll);
	suite_add_tcase(s, t);
	return s;
}
