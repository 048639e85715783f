/*
 * The foot of the process panel: the chosen page, or a page that has just parted.
 */
#ifndef UI_PAGE_FOOT_H
#define UI_PAGE_FOOT_H

#include "grid.h"
#include "view.h"

/* Lines that the foot takes of a panel so high. */
int page_foot_height(const struct view *v, int height);
void draw_page_foot(const struct view *v, const struct area *a, const struct task *t);

#endif
