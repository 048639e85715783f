/*
 * The block that was split or merged last, drawn as its halves.
 */
#ifndef UI_BUDDY_PARTS_H
#define UI_BUDDY_PARTS_H

#include "grid.h"
#include "view.h"

/* Draws nothing when no block was split or merged in this event. */
void draw_buddy_parts(const struct view *v, const struct area *a);

#endif
