/*
 * The address space, drawn in parts: the ruler, to scale, and the rows, one for each range however small it is.
 *
 *	panel_space.c   the panel: what is zoomed into, cursor, keys
 *	space_ruler.c   the whole to scale
 *	space_rows.c    a row for each range, and what lies in it
 *	space_foot.c    the range at the cursor in sentences
 */
#ifndef UI_SPACE_H
#define UI_SPACE_H

#include "grid.h"
#include "src/address_map.h"
#include "view.h"

enum { SPACE_DEPTH = 2 };

/* What the parts are drawn from. */
struct space {
	const struct view *v;
	const struct machine *m;
	const struct task *t;                    /* NULL: no process lives             */
	unsigned depth;                          /* ranges that are zoomed into        */
	struct address_range outer[SPACE_DEPTH]; /* those, the widest first            */
	vaddr_t first, last;                     /* addresses that the rows show       */
};

/* The row around an address that lies in [first, last]. */
struct address_range space_row(const struct space *s, vaddr_t va);

/* ---- space_rows.c ---- */
/* "heap", "vmalloc", "slot 5": what a range is, in a word or two; returns buf. */
const char *range_name(const struct space *s, const struct address_range *r, char *buf, size_t size);
/* The nth (from 0) kernel address that a telling names; 0: there are fewer. */
vaddr_t telling_kernel_address(const struct machine *m, const struct story_node *n, unsigned nth);
/* What the last steps did to a range. */
enum touch range_touch(const struct space *s, const struct address_range *r);
/* The colour of what lies in a range. */
enum role range_role(const struct space *s, const struct address_range *r);
/* Is what is chosen in it, by its address or by its frame? */
bool range_is_chosen(const struct space *s, const struct address_range *r);
void draw_space_row(const struct space *s, const struct area *a, int y, const struct address_range *r,
		    bool cursor);

/* ---- space_ruler.c ---- */
/* Columns of the rulers beside rows in a panel of a width; 0: there is no room. */
int space_ruler_width(const struct space *s, int width);
/* The whole address space, and what is zoomed into, over the height of an area; [seen_first, seen_last] is what
 * the rows show of it. */
void draw_space_ruler(const struct space *s, const struct area *a, vaddr_t seen_first, vaddr_t seen_last);
/* The address at a cell of the rulers. */
vaddr_t space_ruler_address(const struct space *s, int width, int height, int x, int y);

/* ---- space_foot.c ---- */
/* What lies in a range and what it is mapped to: lines used of at most max. */
int draw_space_foot(const struct space *s, const struct area *a, int max, const struct address_range *r);

#endif
