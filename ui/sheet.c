/*
 * A sheet: rows drawn out of sight, and what in them has changed.
 *
 * Two sheets are compared row by row, a row with that of the same key, cell by cell.  What is marked is the word, from
 * blank to blank, that holds a differing cell:
 *
 *	before    map_count     5      rss  4
 *	now     ◆ map_count     5      rss  12
 *	                                    ^^ the word, not the digit
 *
 * A row that was not there before has the sign alone: all of it is new.
 */
#include "sheet.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "parts.h"
#include "src/utf8.h"

enum { ROWS_AT_FIRST = 64, ROW_TEXT = 1024 };

void sheet_begin(struct sheet *s, int width, bool ascii)
{
	if (width < SHEET_MARGIN)
		width = SHEET_MARGIN;
	if (width > s->grid.width)
		s->cap = 0; /* the cells there are hold fewer rows of this width */
	s->grid.width = width;
	s->grid.height = s->cap;
	s->grid.ascii = ascii;
	s->nr_rows = s->nr_head = 0;
}

void sheet_free(struct sheet *s)
{
	grid_free(&s->grid);
	free(s->row);
	memset(s, 0, sizeof(*s));
}

/* Room for one row more. */
static bool grow(struct sheet *s)
{
	int cap = s->cap ? s->cap * 2 : ROWS_AT_FIRST;
	struct sheet_row *row = realloc(s->row, (size_t)cap * sizeof(*row));
	struct cell *cell;

	if (!row)
		return false;
	s->row = row;
	cell = realloc(s->grid.cell, ((size_t)cap * (size_t)s->grid.width + 1) * sizeof(*cell));
	if (!cell)
		return false;
	s->grid.cell = cell;
	s->grid.height = s->cap = cap;
	return true;
}

struct area sheet_row(struct sheet *s, uint64_t key)
{
	struct area all = area_of(&s->grid), row;

	if (s->nr_rows == s->cap && !grow(s))
		return area_sub(&all, 0, 0, 0, 0);
	all = area_of(&s->grid);
	s->row[s->nr_rows] = (struct sheet_row){.key = key};
	row = area_sub(&all, 0, s->nr_rows++, s->grid.width, 1);
	/* with the neighbour that its last cell has in a grid */
	for (int x = 0; x <= row.width; x++)
		row.grid->cell[(size_t)row.y * (size_t)s->grid.width + (size_t)x] =
			(struct cell){.ch = ' ', .role = ROLE_NORMAL};
	return area_sub(&row, SHEET_MARGIN, 0, row.width - SHEET_MARGIN, 1);
}

void sheet_link(struct sheet *s, uint64_t link)
{
	if (!s->nr_rows)
		return;
	s->row[s->nr_rows - 1].link = link;
	s->row[s->nr_rows - 1].is_link = true;
}

void sheet_value_at(struct sheet *s, int column)
{
	if (s->nr_rows)
		s->row[s->nr_rows - 1].value = (int16_t)column;
}

void sheet_heading(struct sheet *s, const char *title)
{
	struct area row = sheet_row(s, 0);
	int x = put_text(&row, 0, 0, ROLE_TITLE, ATTR_BOLD, title) + 1;

	fill(&row, x, 0, row.width - x, 0x2500, ROLE_BORDER);
}

void sheet_end_head(struct sheet *s) { s->nr_head = s->nr_rows; }

/* ---- what has changed ---- */

static struct cell *cells_of(const struct sheet *s, int row)
{
	return &s->grid.cell[(size_t)row * (size_t)s->grid.width];
}

/* A row now and before, compared from a column on; cells that were not there differ. */
struct comparison {
	struct cell *now;
	const struct cell *before;
	int from, width, width_before;
};

static bool differs(const struct comparison *c, int from, int end)
{
	for (int x = from; x < end && x < c->width; x++)
		if (x >= c->width_before || c->now[x].ch != c->before[x].ch)
			return true;
	return false;
}

/* Mark words that differ, with the blanks beside them: "9 " was "90".  True if anything differs. */
static bool mark_words(const struct comparison *c, enum role role)
{
	int end, marked = 0; /* behind the word marked last */

	if (!differs(c, c->from, c->width))
		return false;
	for (int x = c->from; x < c->width; x = end) {
		end = x + 1;
		if (c->now[x].ch == ' ')
			continue;
		while (end < c->width && c->now[end].ch != ' ')
			end++;
		if (!differs(c, x > c->from ? x - 1 : x, end + 1))
			continue;
		/* one blank between two of them belongs to both */
		for (x -= marked && x == marked + 1; x < end; x++)
			c->now[x].role = (uint16_t)role;
		marked = end;
	}
	return true;
}

void sheet_mark(struct sheet *s, const struct sheet *before, enum touch touch)
{
	enum role role = touch == TOUCH_STEP ? ROLE_CHANGED : ROLE_CHANGED_EVENT;
	int at = 0;

	for (int y = 0; y < s->nr_rows; y++) {
		struct comparison c;
		int tried = 0;

		if (!s->row[y].key)
			continue;
		/* most rows stand behind the one found last */
		while (tried < before->nr_rows &&
		       before->row[at % before->nr_rows].key != s->row[y].key)
			at++, tried++;
		if (tried == before->nr_rows) {
			s->row[y].touch = (uint8_t)touch;
			continue;
		}
		at %= before->nr_rows;
		c = (struct comparison){cells_of(s, y), cells_of(before, at++),
					SHEET_MARGIN + s->row[y].value, s->grid.width,
					before->grid.width};
		if (mark_words(&c, role))
			s->row[y].touch = (uint8_t)touch;
	}
}

/* ---- showing ---- */

void sheet_show(const struct sheet *s, const struct area *a, int from, int n)
{
	for (int y = 0; y < n && from + y < s->nr_rows; y++) {
		const struct cell *cell = cells_of(s, from + y);

		for (int x = 0; x < s->grid.width; x++)
			if (cell[x].ch)
				put_char(a, x, y, cell[x].ch, cell[x].role, cell[x].attr);
		put_mark(a, 1, y, s->row[from + y].touch);
	}
}

/* ---- looking for a row ---- */

int sheet_find(const struct sheet *s, uint64_t key)
{
	for (int y = 0; y < s->nr_rows; y++)
		if (s->row[y].key == key)
			return y;
	return -1;
}

int sheet_next_link(const struct sheet *s, int row, int direction)
{
	for (row += direction; row >= 0 && row < s->nr_rows; row += direction)
		if (s->row[row].is_link)
			return row;
	return -1;
}

static void row_text(const struct sheet *s, int row, char buf[ROW_TEXT])
{
	const struct cell *cell = cells_of(s, row);
	int len = 0;

	for (int x = SHEET_MARGIN; x < s->grid.width && len < ROW_TEXT - UTF8_MAX; x++)
		if (cell[x].ch)
			len += utf8_put(buf + len, cell[x].ch);
	buf[len] = '\0';
}

int sheet_search(const struct sheet *s, int row, int direction, const char *needle)
{
	char text[ROW_TEXT];

	for (int n = 0; n < s->nr_rows; n++) {
		row = (row + direction + s->nr_rows) % s->nr_rows;
		row_text(s, row, text);
		if (strcasestr(text, needle))
			return row;
	}
	return -1;
}
