/*
 * The terminal as a device: two files, its settings, its size, and whether it is still there.
 */
#ifndef UI_TTY_H
#define UI_TTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <termios.h>

struct tty {
	FILE *in, *out;
	int in_fd, out_fd;
	struct termios before; /* the settings that we found                   */
	bool gone;             /* it was closed at the other end               */
};

/* Standard input and output, and /dev/tty for each that is no terminal.  False: there is none. */
bool tty_open(struct tty *t);
/* With the settings that were found. */
void tty_close(struct tty *t);
/* Write all of it, unless the terminal goes away. */
void tty_write(struct tty *t, const char *bytes, size_t n);
/* Columns and rows; false where it does not know. */
bool tty_size(const struct tty *t, int *width, int *height);
/* Does a line feed go straight down?  Not where the driver adds a return to it. */
bool tty_feeds_straight(const struct tty *t);
/* Wait until there is input, or something to read at wake_fd, at most ms milliseconds (-1: for ever).  True unless the
 * time has run out. */
bool tty_wait(struct tty *t, int wake_fd, int ms);

#endif
