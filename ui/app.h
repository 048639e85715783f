/*
 * The full-screen program: layout, keys, prompt, main loop; and the same screen without a terminal.
 */
#ifndef UI_APP_H
#define UI_APP_H

#include <stdio.h>
#include "src/timeline.h"

struct ui_options {
	const char *theme;    /* or NULL                          */
	const char *language; /* "zh" or "en"                     */
	bool ascii;
	bool no_color;
	const char *panel;    /* start with this one in front, or NULL */
	const char *keys;     /* of app_print_screen: pressed first, "3j<Enter>"; or NULL */
};

/* Run until the user quits; exit status. */
int app_run(struct scenario *s, const struct ui_options *o);

/* Print (and if svg is not NULL draw) the screen of WxH at a moment, after o->keys. 0, or 2 with a message on stderr. */
int app_print_screen(struct scenario *s, const struct ui_options *o, int width, int height, struct when at, FILE *out,
		     const char *svg);

#endif
