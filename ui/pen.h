/*
 * The pen: the bytes that turn what a terminal shows into what it shall show.
 */
#ifndef UI_PEN_H
#define UI_PEN_H

#include "grid.h"

enum { PEN_BUFFER = 1 << 14, PEN_STRING = 24, PEN_STROKES = 256, NR_ATTRS = 3 };

/* How a role is drawn: numbers to compare, and the strings that set them. */
struct ink {
	int fg, bg;     /* -1: the terminal has no colours */
	unsigned attr;
	char set_fg[PEN_STRING], set_bg[PEN_STRING];
};

/* What is seen of a cell.  A blank shows its ground alone: its fg does not count. */
struct sight { int fg, bg; unsigned attr; bool blank; };

/* Cells side by side that one style draws and that wait to be sent. */
struct stroke { struct sight sight; uint16_t role; int x, y, n; };

struct pen {
	/* What the terminal can do: set by its owner. */
	struct ink ink[NR_ROLES];
	const char *reset;          /* all attributes and colours off                       */
	const char *on[NR_ATTRS];   /* bold, underline, reverse; "" where there is none     */
	const char *off[NR_ATTRS];  /* NULL: only reset does it                             */
	const char *(*move)(int x, int y); /* NULL: ESC [ row ; column H                    */
	bool erases;                /* ESC [ n X blanks n cells in the ground's colour      */
	bool feeds;                 /* a line feed goes down, in the same column            */
	bool keeps_last_cell;       /* writing the last cell would scroll: leave it         */
	void (*write)(const char *bytes, size_t n);

	/* Where it stands and what it draws with; known is false when nothing is certain. */
	bool known;
	int x, y;
	int fg, bg;
	unsigned attr;

	struct stroke stroke[PEN_STROKES];
	size_t nr_strokes;

	size_t n;
	char buffer[PEN_BUFFER];
};

/* Nothing is known any more of the terminal's state: someone else wrote to it. */
void pen_forget(struct pen *p);

/* Send what differs; old NULL: everything.  Both have the same size.  Ends with nothing left in the buffer. */
void pen_draw(struct pen *p, const struct grid *old, const struct grid *now);

/* Put the terminal's cursor into a cell. */
void pen_move(struct pen *p, int x, int y);

/* Attributes and colours off. */
void pen_reset(struct pen *p);

/* Send a string of the terminal's own, and what is in the buffer. */
void pen_string(struct pen *p, const char *s);
void pen_flush(struct pen *p);

#endif
