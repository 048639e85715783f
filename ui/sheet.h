/*
 * A sheet: rows that are drawn out of sight and shown in part; and what in them has changed.
 *
 *	sheet_begin(sheet, width, ascii)
 *	row = sheet_row(sheet, key)          for every row from the top, drawn into as into any area
 *	sheet_mark(sheet, before, touch)     before: the same, drawn at an earlier moment
 *
 * A row is known by its key, which is the same at every moment; a word of it that reads otherwise than before is
 * marked.  So whoever draws a sheet says what is there now, and never what has changed.
 */
#ifndef UI_SHEET_H
#define UI_SHEET_H

#include "grid.h"
#include "src/story.h"

enum { SHEET_MARGIN = 2 /* columns left of a row: sign of the cursor, sign of a change */ };

struct sheet_row {
	uint64_t key;       /* 0: not compared                            */
	uint64_t link;      /* for whoever made the row; see is_link      */
	int16_t value;      /* column from which it is compared           */
	bool is_link;       /* the cursor may rest here                   */
	uint8_t touch;      /* enum touch: the sign in its margin         */
};

struct sheet {
	struct grid grid;   /* rows below each other, margins included    */
	struct sheet_row *row;
	int nr_rows, cap;
	int nr_head;        /* first rows that do not scroll away         */
};

/* Empty, for rows of that many columns, margins included. */
void sheet_begin(struct sheet *s, int width, bool ascii);
void sheet_free(struct sheet *s);

/* The next row, blank, without its margins.  No memory: an area without cells, and no row is added. */
struct area sheet_row(struct sheet *s, uint64_t key);
/* The row made last can be chosen; link is given back when it is. */
void sheet_link(struct sheet *s, uint64_t link);
/* What stands left of a column of the row made last is its name, and not compared. */
void sheet_value_at(struct sheet *s, int column);
/* A row with a title in a line, like a border. */
void sheet_heading(struct sheet *s, const char *title);
/* The rows made until now stay in sight while those after them scroll. */
void sheet_end_head(struct sheet *s);

/* Mark what reads otherwise than in before.  Of two calls the later one wins, where it finds something. */
void sheet_mark(struct sheet *s, const struct sheet *before, enum touch touch);

/* Rows [from, from + n) into an area, below each other. */
void sheet_show(const struct sheet *s, const struct area *a, int from, int n);

/* The row of a key; -1. */
int sheet_find(const struct sheet *s, uint64_t key);
/* The next row after `row` in a direction that can be chosen; -1. */
int sheet_next_link(const struct sheet *s, int row, int direction);
/* The next row after `row` in a direction, round the ends, that holds a text, case ignored; `row` itself comes last;
 * -1. */
int sheet_search(const struct sheet *s, int row, int direction, const char *needle);

#endif
