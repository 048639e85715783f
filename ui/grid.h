/*
 * The screen as data: a grid of cells, each a character, a colour role and attributes.
 *
 * Panels draw into a grid and know nothing of terminals.  The grid is put on the terminal (term.c), printed
 * as text, or drawn as SVG; tests compare it.
 */
#ifndef UI_GRID_H
#define UI_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* What a cell means; the theme gives each role its colours. */
enum role {
	ROLE_NORMAL, ROLE_DIM, ROLE_TITLE, ROLE_BORDER, ROLE_BORDER_ACTIVE, ROLE_LABEL, ROLE_NUMBER,
	ROLE_KEY, ROLE_STATUS, ROLE_NARRATION, ROLE_ERROR, ROLE_OK, ROLE_WARN,
	ROLE_CHANGED,        /* by the last step               */
	ROLE_CHANGED_EVENT,  /* earlier in this event          */
	ROLE_CHOSEN,         /* the chosen object, in all panels */
	ROLE_CURRENT,        /* the current line               */
	ROLE_FREE, ROLE_PCP, ROLE_RESERVED, ROLE_KERNEL, ROLE_SLAB, ROLE_TABLE, ROLE_ANON, ROLE_SHARED,
	ROLE_FILE, ROLE_SHMEM, ROLE_ZERO, ROLE_HOLE,
	ROLE_MARK_MIN, ROLE_MARK_LOW, ROLE_MARK_HIGH, /* watermarks */
	ROLE_GAUGE, ROLE_FAULT, ROLE_COW, ROLE_PROCESS_1, ROLE_PROCESS_2, ROLE_PROCESS_3,
	ROLE_SAY,            /* the lecturer's words            */
	ROLE_NOW,            /* where we are in time            */
	NR_ROLES
};

enum cell_attr { ATTR_BOLD = 1, ATTR_UNDERLINE = 2, ATTR_REVERSE = 4 };

/* No byte of it is padding: cells are compared as bytes. */
struct cell {
	uint32_t ch;   /* Unicode; 0 = right half of a wide character */
	uint16_t role;
	uint16_t attr;
};

struct grid {
	int width, height;
	struct cell *cell; /* row by row */
	bool ascii;        /* characters beyond ASCII are replaced when drawn */
};

/* A part of a grid that a panel draws into; what falls outside is cut. */
struct area {
	struct grid *grid;
	int x, y, width, height;
};

/* A cleared grid of a new size. False: no memory, the grid stays as it is. */
bool grid_resize(struct grid *g, int width, int height);
void grid_free(struct grid *g);
void grid_clear(struct grid *g);

struct area area_of(struct grid *g);
struct area area_sub(const struct area *a, int x, int y, int width, int height);

/* Put one character. Wide characters take two cells. */
void put_char(const struct area *a, int x, int y, uint32_t ch, enum role role, unsigned attr);
/* UTF-8 text; returns the column after it; cut at the area's edge. */
int put_text(const struct area *a, int x, int y, enum role role, unsigned attr, const char *utf8);
int put_format(const struct area *a, int x, int y, enum role role, unsigned attr, const char *format, ...)
	__attribute__((format(printf, 6, 7)));
/* Right-aligned: the last character is left of column x_end. */
void put_right(const struct area *a, int x_end, int y, enum role role, unsigned attr, const char *utf8);
void fill(const struct area *a, int x, int y, int n, uint32_t ch, enum role role);
/* Give cells a role and attributes (a whole line lit up), keeping their characters. */
void paint(const struct area *a, int x, int y, int n, enum role role, unsigned attr);
/* Text broken at blanks over several lines, and between wide characters.  Returns the lines that it takes, drawn
 * or not; of more than max, the last one drawn ends in an ellipsis.  max 0 only counts. */
int put_wrapped(const struct area *a, int x, int y, int width, int max, enum role role, const char *utf8);

int text_width(const char *utf8);                  /* columns                         */
int text_width_of(const char *utf8, size_t bytes); /* columns of its first bytes only */

/* The text at the other end alone, into a box that has its title already; left out where there is no room. */
void put_box_right(const struct area *a, const char *title, const char *right);
/* A box with its title in the top border, right at its other end (or NULL); returns the inside. */
struct area draw_box(const struct area *a, const char *title, const char *right, bool active);

/* The plain ASCII that stands for a drawing character. */
uint32_t ascii_of(uint32_t ch);

/* As text, blanks at line ends cut. */
void grid_print(const struct grid *g, FILE *out);

/* ---- svg.c ---- */
struct theme;
/* As a picture: one SVG file with the theme's colours. */
void grid_svg(const struct grid *g, const struct theme *t, FILE *out);

#endif
