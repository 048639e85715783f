/*
 * SPARSEMEM's sections in a line.
 */
#ifndef UI_SECTIONS_H
#define UI_SECTIONS_H

#include "panel.h"

/* Which sections have a mem_map, and of that around the chosen frame where it lies; returns the lines used: 1, or 0
 * with FLATMEM. */
int draw_sections(const struct view *v, const struct area *a, int y);

#endif
