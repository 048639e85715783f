/*
 * Signals: noted for the main loop, and the terminal given back when one kills.
 */
#ifndef UI_SIGNALS_H
#define UI_SIGNALS_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

enum { RESCUE_MAX = 256 };

/* What gives the terminal back, prepared before anything goes wrong. */
struct rescue {
	int in_fd, out_fd;
	struct termios settings; /* those that we found            */
	char bytes[RESCUE_MAX];  /* colours off, cursor shown, ... */
	size_t n;
};

enum wish { WISH_NONE, WISH_STOP, WISH_DRAW };

/* Catch signals from here on; a crash uses the rescue, which is copied.  False with errno. */
bool signals_catch(const struct rescue *r);
/* The terminal has been given back: a crash leaves it alone. */
void signals_release(void);
/* Readable when a signal has come; to be polled beside the keyboard. */
int signals_fd(void);
/* What signals have asked for since the last time; stopping goes before drawing. */
enum wish signals_wish(void);
/* Has a signal asked to end? */
bool signals_end(void);
/* Die of the one that asked to end, if one did. */
void signals_die(void);
/* The same, without waiting for the terminal; one did. */
void signals_die_at_once(void);
/* Stop, as the terminal's Ctrl-Z does; returns when continued. */
void signals_stop(void);

#endif
