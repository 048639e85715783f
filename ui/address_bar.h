/*
 * The addresses of a process in one line.
 */
#ifndef UI_ADDRESS_BAR_H
#define UI_ADDRESS_BAR_H

#include "grid.h"
#include "view.h"

enum { ADDRESS_BAR_HEIGHT = 2 };

void draw_address_bar(const struct view *v, const struct area *a, const struct task *t);

#endif
