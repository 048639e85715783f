/*
 * An overlay: a box above the panels that shows one thing and follows time.
 *
 *	 title                                    +- mm_struct of sh ------------------------+
 *	+- 1 Events -----------------------------+| task sh > mm                             |
 *	|                                        ||   mm_users     1                         |
 *	|   the panel in front stays in sight    || > mmap       --> b7ffe000                |
 *	+----------------------------------------+|  *map_count    6                         |
 *	 sentence, timeline, keys                 +------------------------- Escape closes --+
 *
 * One is open at a time.  What it shows is a sheet (sheet.h) that its kind fills with rows.  The rest is done here: the
 * place of the box, scrolling, the cursor, searching, closing, and the marks of what has changed: the sheet is filled
 * again at the moments before the last step and before the event, and the three are compared.
 *
 * While it is open, keys that move in time or bring a panel up work as always, and so do prompt, help and questions;
 * Up, Down, u, d, Enter and what the kind knows are the box's, Escape and q close it.
 *
 * To add one:
 *
 *	1. ui/NAME.c: a struct overlay_kind with its functions, and a function that opens it:
 *
 *		struct state *st = overlay_open(s, &NAME_overlay);      the state is zeroed, or NULL
 *
 *	   declared under its file's name in screen.h
 *	2. a line in keys.def and a case in act() of action.c, or a word in the table of command.c, that call it
 */
#ifndef UI_OVERLAY_H
#define UI_OVERLAY_H

#include "sheet.h"
#include "view.h"

struct screen;

struct overlay_kind {
	const char *name;   /* "inspect": for tests                                                            */
	const char *keys;   /* N_("Enter follows"): its own keys, shown in the lower border; NULL              */
	size_t state_bytes; /* of what overlay_open gives                                                      */
	int column_width;   /* columns that its rows want; in a box of twice as many they stand in two columns */
	const char *instead_of; /* a panel that it says more than: it may hide that, even in front; or NULL    */
	/* Titles of the box: at the left, and at the other end (may stay empty). */
	void (*title)(const struct view *v, const void *state, char *left, char *right, size_t size);
	/*
	 * Say what there is, row by row, into an empty sheet.  The machine may stand at an earlier moment than the one
	 * on the screen: look at it and at the state alone, not at the choice or the process of the view; keys of
	 * rows must mean the same thing at all moments.
	 */
	void (*fill)(const struct view *v, const void *state, struct sheet *sheet);
	/*
	 * More of the row that the cursor is on (NULL: none), below the rows, in an area of foot_rows rows; left out
	 * where the box is low.  The machine stands at the moment on the screen.  May be NULL.
	 */
	int foot_rows;
	void (*foot)(const struct view *v, const void *state, const struct sheet_row *row, const struct area *a);
	/*
	 * A key; true if it was used.  row: the link that the cursor is on, NULL: none.  Gets every key but those named above
	 * and those that move in time (Backspace comes here), Enter and a click on the cursor's row as KEY_ENTER_.
	 * May open another overlay or close this one: then state is gone.  May be NULL.
	 */
	bool (*key)(struct screen *s, void *state, const struct sheet_row *row, uint32_t key);
	/* Time has moved; before it is filled again. May be NULL. */
	void (*follow)(struct screen *s, void *state);
	/* What the state holds is given back; the state itself is not its business. May be NULL. */
	void (*close)(void *state);
};

/* The one that is open: of no interest outside of overlay.c. */
struct overlay {
	const struct overlay_kind *kind; /* NULL: none is open                     */
	void *state;
	struct sheet sheet;
	bool stale;              /* the state is another than that of the sheet    */
	uint64_t wanted_key;     /* stale: where the cursor goes then              */
	uint32_t moves;          /* moment of the sheet, as in struct view         */
	int top;                 /* first row shown below the head                 */
	int cursor;              /* row, -1: there is nothing to choose            */
	struct area box, inside; /* at the last draw; the grid is not kept         */
	int columns, foot;
};

/* Open one, in place of the one that is open.  Its state, all zeros; NULL: no memory, and the user is told. */
void *overlay_open(struct screen *s, const struct overlay_kind *k);
void overlay_close(struct screen *s);
/* The state of the open overlay if it is of this kind; NULL. */
void *overlay_state(const struct screen *s, const struct overlay_kind *k);
/* The state was changed: the sheet begins at its top, the cursor on the row of a key (0: on the first it can). */
void overlay_refill(struct screen *s, uint64_t cursor_key);

/* The next row that has changed is shown, around from the last one to the first; false: none has. */
bool overlay_next_change(struct screen *s);

/* ---- for action.c and frame.c ---- */
/* True if the key was used. */
bool overlay_key(struct screen *s, uint32_t key);
/* True if it was inside the box. */
bool overlay_click(struct screen *s, int x, int y, bool doubled);
bool overlay_wheel(struct screen *s, int x, int y, int dy);
/* `/`: the next row that holds a text; false: none does. */
bool overlay_search(struct screen *s, const char *needle, int direction);
/* Bring the sheet up to date, and draw the box into the rows that panels stand in. */
void overlay_draw(struct screen *s, const struct area *panels);

#endif
