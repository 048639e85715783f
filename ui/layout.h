/*
 * Which panels stand where on a screen of any size.
 */
#ifndef UI_LAYOUT_H
#define UI_LAYOUT_H

#include "panel.h"

enum { MIN_WIDTH = 20, MIN_HEIGHT = 5 };

struct place {
	int panel;             /* index in panel_table */
	int x, y, width, height;
};

/* Rows of the screen, -1 or height 0: not there. */
struct layout {
	int width, height;
	bool too_small;        /* below MIN_WIDTH x MIN_HEIGHT: nothing else is set */
	int title_y, path_y, narration_y, narration_height, bar_y, bar_height, keys_y;
	bool boxed;            /* panels stand in boxes; else under a heading line  */
	int nr_places;
	struct place place[MAX_PANELS];
	bool hides;            /* some panel is not shown: a switcher is wanted     */
};

/* What decides who stands where, beside the size of the screen. */
struct stage {
	int active;                /* the panel in front: it is always shown                        */
	uint32_t used[MAX_PANELS]; /* when each was last brought to the front, 0: never             */
	int subject;               /* the panel that the lecture has brought up last; -1: none      */
	uint32_t idle;             /* bit i: panel i has nothing to show in this part of the lecture */
	bool zoomed;               /* the active panel alone                                        */
};

/*
 * Lay out a screen.  Of panels that do not all fit, the latest used are shown.  The subject gets what it wants before the
 * others get more than they need; where its need_height leaves nobody else enough, it has its column alone.
 * Idle panels take no place, unless they are brought up.
 *
 * Nothing here depends on the machine: the same screen stands still while time moves.
 */
void layout_make(struct layout *l, int width, int height, const struct panel *const *table,
		 const struct stage *st);

/* Where a panel stands; NULL if it is not shown. */
const struct place *layout_place(const struct layout *l, int panel);

/* The place at a cell of the screen; NULL. */
const struct place *layout_at(const struct layout *l, int x, int y);

#endif
