/*
 * The screen as data.
 *
 * A panel writes characters with a role ("changed by the last step", "free memory") into cells; nobody here
 * knows what a role looks like or what a terminal is.  Every write goes through put_char, which holds the
 * three rules of the grid:
 *
 *	what falls outside the area is cut;
 *	a character of two columns owns two cells, the right one with ch 0, and overwriting one of them
 *	blanks the other, so that a row never holds half a character:
 *
 *		| 写 0 | 页 0 |   put 'x' at 1   |' ' x | 页 0 |
 *
 *	on a screen without UTF-8 each character is replaced by its plain stand-in as it is put.
 */
#include "grid.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "src/utf8.h"

static const struct cell blank = {.ch = ' ', .role = ROLE_NORMAL};

bool grid_resize(struct grid *g, int width, int height)
{
	size_t n = (size_t)width * (size_t)height;
	/* one more than is shown: every cell has a right neighbour to look at */
	struct cell *cell = realloc(g->cell, (n + 1) * sizeof(*cell));

	if (!cell)
		return false;
	cell[n] = blank;
	g->cell = cell;
	g->width = width;
	g->height = height;
	grid_clear(g);
	return true;
}

void grid_free(struct grid *g)
{
	free(g->cell);
	g->cell = NULL;
	g->width = g->height = 0;
}

void grid_clear(struct grid *g)
{
	size_t row = (size_t)g->width;

	for (size_t x = 0; x < row; x++)
		g->cell[x] = blank;
	for (size_t y = 1; y < (size_t)g->height; y++)
		memcpy(&g->cell[y * row], g->cell, row * sizeof(*g->cell));
}

struct area area_of(struct grid *g)
{
	return (struct area){.grid = g, .width = g->width, .height = g->height};
}

struct area area_sub(const struct area *a, int x, int y, int width, int height)
{
	struct area sub;

	x = x < 0 ? 0 : x > a->width ? a->width : x;
	y = y < 0 ? 0 : y > a->height ? a->height : y;
	width = width < 0 ? 0 : width > a->width - x ? a->width - x : width;
	height = height < 0 ? 0 : height > a->height - y ? a->height - y : height;
	sub = (struct area){
		.grid = a->grid, .x = a->x + x, .y = a->y + y, .width = width, .height = height};
	return sub;
}

/* The cell at (x, y) of the area; NULL outside. */
static struct cell *cell_at(const struct area *a, int x, int y)
{
	if (x < 0 || x >= a->width || y < 0 || y >= a->height)
		return NULL;
	return &a->grid->cell[(size_t)(a->y + y) * (size_t)a->grid->width + (size_t)(a->x + x)];
}

/*
 * A cell is about to be overwritten: the other half of a wide character there becomes a blank.  A right half is
 * never the first of its row, so that the last cell's neighbour, in the next row, is none.
 */
static void part_halves(struct cell *c)
{
	if (c->ch == 0)
		c[-1].ch = ' ';
	else if (c[1].ch == 0)
		c[1].ch = ' ';
}

/* Put a character that takes `width` columns. */
static void put_sized(const struct area *a, int x, int y, uint32_t ch, int width, struct cell look)
{
	struct cell *c = cell_at(a, x, y);

	if (!c || width == 0)
		return;
	if (width == 2 && !cell_at(a, x + 1, y))
		ch = ' ', width = 1;
	if (a->grid->ascii && ch >= 0x80)
		ch = ascii_of(ch);
	part_halves(c);
	look.ch = ch;
	*c = look;
	if (width == 2) {
		part_halves(c + 1);
		look.ch = ch < 0x80 ? ch : 0;
		c[1] = look;
	}
}

static struct cell look_of(enum role role, unsigned attr)
{
	return (struct cell){.role = (uint16_t)role, .attr = (uint16_t)attr};
}

void put_char(const struct area *a, int x, int y, uint32_t ch, enum role role, unsigned attr)
{
	put_sized(a, x, y, ch, char_width(ch), look_of(role, attr));
}

int put_text(const struct area *a, int x, int y, enum role role, unsigned attr, const char *utf8)
{
	struct cell look = look_of(role, attr);
	uint32_t ch;

	while (x < a->width && (ch = utf8_next(&utf8))) {
		int width = char_width(ch);

		put_sized(a, x, y, ch, width, look);
		x += width;
	}
	return x < a->width ? x : a->width;
}

int put_format(const struct area *a, int x, int y, enum role role, unsigned attr,
	       const char *format, ...)
{
	char buf[512];
	va_list args;

	va_start(args, format);
	vsnprintf(buf, sizeof(buf), format, args);
	va_end(args);
	return put_text(a, x, y, role, attr, buf);
}

void put_right(const struct area *a, int x_end, int y, enum role role, unsigned attr,
	       const char *utf8)
{
	put_text(a, x_end - text_width(utf8), y, role, attr, utf8);
}

void fill(const struct area *a, int x, int y, int n, uint32_t ch, enum role role)
{
	struct cell look = look_of(role, 0);
	int width = char_width(ch);

	for (int i = 0; i < n; i++)
		put_sized(a, x + i, y, ch, width, look);
}

void paint(const struct area *a, int x, int y, int n, enum role role, unsigned attr)
{
	for (int i = 0; i < n; i++) {
		struct cell *c = cell_at(a, x + i, y);

		if (c) {
			c->role = (uint16_t)role;
			c->attr = (uint16_t)attr;
		}
	}
}

int text_width_of(const char *utf8, size_t bytes)
{
	const char *p = utf8;
	int width = 0;
	uint32_t ch;

	while ((size_t)(p - utf8) < bytes && (ch = utf8_next(&p)))
		width += char_width(ch);
	return width;
}

int text_width(const char *utf8) { return text_width_of(utf8, SIZE_MAX); }

static bool is_among(uint32_t ch, const uint32_t *set)
{
	while (*set && *set != ch)
		set++;
	return *set != 0;
}

/*
 * May a line end between two characters?  Chinese has no blanks: it may break at every character, but a line does not
 * begin with a sign that closes something, nor end with one that opens it.
 */
static bool may_break(uint32_t last, uint32_t ch)
{
	static const uint32_t closing[] = {0x3001, 0x3002, 0x300b, 0x3011, 0xff01, 0xff09, 0xff0c,
					   0xff1a, 0xff1b, 0xff1f, 0x201d, 0x2019, 0x2026, ',',
					   '.',    ':',    ';',    ')',    0};
	static const uint32_t opening[] = {0x300a, 0x3010, 0xff08, 0x201c, 0x2018, '(', 0};

	return (char_width(last) == 2 || char_width(ch) == 2) && !is_among(ch, closing) &&
	       !is_among(last, opening);
}

/*
 * The end of the line that begins at text: as many characters as fit in width, back to the last place where
 * the line may break.  *next is where the following line begins.  At least one character is taken.
 */
static const char *line_end(const char *text, int width, const char **next)
{
	const char *p = text, *end = NULL, *before = p;
	uint32_t ch, last = ' ';
	int used = 0;

	while ((ch = utf8_next(&p))) {
		if (ch == '\n') {
			*next = p;
			return before;
		}
		if (ch == ' ') {
			end = before;
			*next = p;
		} else if (last != ' ' && may_break(last, ch)) {
			end = *next = before;
		}
		used += char_width(ch);
		if (used > width && before > text) {
			if (!end)
				end = *next = before;
			return end;
		}
		before = p;
		last = ch;
	}
	*next = before;
	return before;
}

/* Draw the bytes [text, end) on row y; a line that is not the last to come but the last to be drawn is cut. */
static void put_line(const struct area *line, int y, enum role role, const char *text,
		     const char *end, bool cut)
{
	int x = 0;

	while (text < end) {
		uint32_t ch = utf8_next(&text);

		if (cut && x + char_width(ch) > line->width - 1)
			break;
		put_char(line, x, y, ch, role, 0);
		x += char_width(ch);
	}
	if (cut)
		put_char(line, x, y, 0x2026, role, 0);
}

int put_wrapped(const struct area *a, int x, int y, int width, int max, enum role role,
		const char *utf8)
{
	struct area column = area_sub(a, x, 0, width, a->height);
	const char *next = utf8;
	int lines = 0;

	if (width <= 0)
		return 0;
	while (*utf8) {
		const char *end = line_end(utf8, width, &next);

		while (*next == ' ')
			next++;
		if (lines < max)
			put_line(&column, y + lines, role, utf8, end, lines == max - 1 && *next);
		lines++;
		utf8 = next;
	}
	return lines;
}

/* The six signs of a frame: -, |, and the corners from the top left clockwise. */
static const uint32_t thin[] = {0x2500, 0x2502, 0x250c, 0x2510, 0x2518, 0x2514};
static const uint32_t thick[] = {0x2501, 0x2503, 0x250f, 0x2513, 0x251b, 0x2517};

void put_box_right(const struct area *a, const char *title, const char *right)
{
	struct area top = area_sub(a, 1, 0, a->width - 2, 1);
	int used = title && *title ? text_width(title) + 2 : 1, width = text_width(right);

	if (!width || width > top.width - used - 3)
		return;
	put_char(&top, top.width - 2 - width, 0, ' ', ROLE_BORDER, 0);
	put_text(&top, top.width - 1 - width, 0, ROLE_LABEL, 0, right);
	put_char(&top, top.width - 1, 0, ' ', ROLE_BORDER, 0);
}

struct area draw_box(const struct area *a, const char *title, const char *right, bool active)
{
	const uint32_t *sign = active ? thick : thin;
	enum role role = active ? ROLE_BORDER_ACTIVE : ROLE_BORDER;
	int w = a->width, h = a->height, x;

	fill(a, 1, 0, w - 2, sign[0], role);
	fill(a, 1, h - 1, w - 2, sign[0], role);
	for (int y = 1; y < h - 1; y++) {
		put_char(a, 0, y, sign[1], role, 0);
		put_char(a, w - 1, y, sign[1], role, 0);
	}
	put_char(a, 0, 0, sign[2], role, 0);
	put_char(a, w - 1, 0, sign[3], role, 0);
	put_char(a, w - 1, h - 1, sign[4], role, 0);
	put_char(a, 0, h - 1, sign[5], role, 0);

	struct area top = area_sub(a, 1, 0, w - 2, 1);

	if (title && *title) {
		put_char(&top, 0, 0, ' ', role, 0);
		x = put_text(&top, 1, 0, active ? ROLE_BORDER_ACTIVE : ROLE_TITLE, ATTR_BOLD,
			     title);
		put_char(&top, x, 0, ' ', role, 0);
		x++;
	}
	if (right)
		put_box_right(a, title, right);
	return area_sub(a, 1, 1, w - 2, h - 2);
}

/* Drawing characters and the sign that stands for each of them where there is no UTF-8. */
static const struct stand_in {
	uint32_t ch;
	char plain;
} stand_in[] = {
	{0xa0, ' '},   {0xab, '<'},   {0xb1, '+'},   {0xb5, 'u'},    {0xb7, '.'},    {0xbb, '>'},
	{0xd7, 'x'},   {0x2013, '-'}, {0x2014, '-'}, {0x2018, '\''}, {0x2019, '\''}, {0x201c, '"'},
	{0x201d, '"'}, {0x2022, '*'}, {0x2026, '~'}, {0x203a, '>'},  {0x2190, '<'},  {0x2191, '^'},
	{0x2192, '>'}, {0x2193, 'v'}, {0x21b5, '<'}, {0x21d2, '>'},  {0x2248, '~'},  {0x2260, '!'},
	{0x2264, '<'}, {0x2265, '>'}, {0x2500, '-'}, {0x2501, '='},  {0x2502, '|'},  {0x2503, '|'},
	{0x2504, '-'}, {0x2506, '|'}, {0x2508, '-'}, {0x250a, '|'},  {0x254c, '-'},  {0x254e, '|'},
	{0x2550, '='}, {0x2551, '|'}, {0x2574, '-'}, {0x2575, '|'},  {0x2576, '-'},  {0x2577, '|'},
	{0x2588, '#'}, {0x2591, '.'}, {0x2592, ':'}, {0x2593, '%'},  {0x25a0, '#'},  {0x25a1, '_'},
	{0x25a4, '='}, {0x25aa, '#'}, {0x25ab, '_'}, {0x25ac, '='},  {0x25b2, '^'},  {0x25b6, '>'},
	{0x25b8, '>'}, {0x25b9, '>'}, {0x25bc, 'v'}, {0x25be, 'v'},  {0x25c0, '<'},  {0x25c2, '<'},
	{0x25c6, '*'}, {0x25c7, 'o'}, {0x25cb, 'o'}, {0x25cf, '@'},  {0x2713, 'y'},  {0x2714, 'y'},
	{0x2717, 'x'}, {0x2718, 'x'},
};

uint32_t ascii_of(uint32_t ch)
{
	if (ch < 0x80)
		return ch;
	for (size_t i = 0; i < sizeof(stand_in) / sizeof(stand_in[0]); i++)
		if (stand_in[i].ch == ch)
			return (uint32_t)stand_in[i].plain;
	if (ch > 0x2503 && ch < 0x2580)
		return '+'; /* corners and crossings of lines */
	if (ch >= 0x2580 && ch <= 0x2590)
		return ch < 0x2584 ? '_' : ch < 0x2588 ? '#' : '|'; /* parts of a block */
	if (ch >= 0x2594 && ch < 0x25a0)
		return '|';
	if (ch >= 0x2800 && ch < 0x2900)
		return ch == 0x2800 ? ' ' : ':'; /* dots of Braille */
	return '?';
}

void grid_print(const struct grid *g, FILE *out)
{
	for (int y = 0; y < g->height; y++) {
		const struct cell *row = &g->cell[(size_t)y * (size_t)g->width];
		int end = g->width;

		while (end > 0 && row[end - 1].ch == ' ')
			end--;
		for (int x = 0; x < end; x++) {
			char buf[UTF8_MAX];
			int n = row[x].ch ? utf8_put(buf, row[x].ch) : 0;

			fwrite(buf, 1, (size_t)n, out);
		}
		fputc('\n', out);
	}
}
