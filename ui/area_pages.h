/*
 * The pages of an area, drawn in a line.
 */
#ifndef UI_AREA_PAGES_H
#define UI_AREA_PAGES_H

#include "grid.h"
#include "view.h"

/* Draw them on line y of the area, in as much detail as its width allows. */
void draw_area_pages(const struct view *v, const struct task *t, const struct area *a, int y,
		     const struct vma *area);

#endif
