/*
 * Themes: for every role a foreground, a background and attributes, as 24-bit colours that term.c maps to 256,
 * 16 or no colours.
 */
#ifndef UI_THEME_H
#define UI_THEME_H

#include "grid.h"

struct style {
	int32_t fg, bg;  /* 0xrrggbb; -1 = the terminal's own */
	uint8_t fg16, bg16; /* for 16 colours: 0..15, 255 = the terminal's own */
	uint8_t attr;    /* enum cell_attr, also used without colours */
};

struct theme {
	const char *name;
	int32_t fg, bg;  /* of the whole picture, for SVG */
	struct style style[NR_ROLES];
};

const struct theme *theme_find(const char *name); /* "dark", "light", "contrast"; NULL if unknown */
const struct theme *theme_next(const struct theme *t);

#endif
