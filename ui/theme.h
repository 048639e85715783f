/*
 * Themes: for every role a foreground, a background and attributes.
 *
 * The 24-bit colours are taken from the 256 of xterm, so that a terminal with 256 colours shows what the
 * picture shows; beside each stands the one of the 16 that replaces it where there are no more.
 */
#ifndef UI_THEME_H
#define UI_THEME_H

#include "grid.h"

struct style {
	int32_t fg, bg;     /* 0xrrggbb; -1 = the theme's own                        */
	uint8_t fg16, bg16; /* for 16 colours: 0..15, 255 = the theme's own          */
	uint8_t attr;       /* enum cell_attr                                        */
};

struct theme {
	const char *name;
	int32_t fg, bg;     /* of the whole picture                                  */
	uint8_t fg16, bg16;
	struct style style[NR_ROLES];
};

/* How a cell looks: its role's style with the theme's own colours filled in, and the cell's attributes added;
 * with reverse already done, so that ATTR_REVERSE is never set. */
struct style theme_style(const struct theme *t, struct cell c);

/* The attributes that stand for a role where there are no colours. */
unsigned theme_mono(enum role role);

const struct theme *theme_find(const char *name); /* "dark", "light", "contrast"; NULL if unknown */
const struct theme *theme_next(const struct theme *t);

#endif
