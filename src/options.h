/*
 * The command line.
 */
#ifndef SRC_OPTIONS_H
#define SRC_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

enum option_mode { MODE_FULL_SCREEN, MODE_PRINT_SCREEN, MODE_STATE, MODE_TRACE, MODE_CHECK, MODE_WHAT, MODE_PROC,
		   MODE_HELP, MODE_VERSION };

struct options {
	enum option_mode mode;
	const char *file;    /* the scenario; "-": standard input        */
	const char *machine; /* words of a machine header, or NULL       */
	const char *at;      /* EVENT[.STEP] or a label; NULL: the end   */
	const char *proc;    /* directory of MODE_PROC                   */
	const char *svg, *theme, *language, *panel; /* or NULL           */
	const char *keys;    /* pressed before the screen is printed; or NULL */
	const char *what;    /* words of MODE_WHAT                       */
	int width, height;   /* of MODE_PRINT_SCREEN                     */
	bool ascii;
};

/* False: wrong, and a message that says why is on err. */
bool options_read(struct options *o, int argc, char *const *argv, FILE *err);

void options_help(FILE *out);

#endif
