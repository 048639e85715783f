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

/* The page drawn in column x of a line of so many columns; of several in a cell the first. */
vaddr_t area_page_at(const struct vma *area, int width, int x);

#endif
