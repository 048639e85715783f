/*
 * The terminal: the only file that knows curses.
 */
#ifndef UI_TERM_H
#define UI_TERM_H

#include "panel.h"
#include "theme.h"

struct mouse { int x, y, buttons; /* 1 left, 4 wheel up, 5 wheel down */ bool doubled; };

/*
 * Take the terminal: alternate screen, keys one by one, mouse; /dev/tty where standard input or output is
 * none.  From here on signals and crashes give it back.  False with a message on stderr.
 */
bool term_open(bool no_color);
/* Give it back; safe to call twice. */
void term_close(void);
void term_size(int *width, int *height);
/* Put the grid on the terminal; only what differs from the last time is sent.  Cursor -1: hidden. */
void term_show(const struct grid *g, const struct theme *t, int cursor_x, int cursor_y);
/*
 * Wait for a key at most ms milliseconds (-1: for ever); KEY_NONE_ on time-out or end of the terminal,
 * KEY_RESIZE_ when the screen must be drawn again, KEY_SUSPEND_ when the user wants to stop the program.
 */
uint32_t term_key(int ms, struct mouse *mouse);
/* Is there something to do at once: a key, a signal, the end? */
bool term_calls(void);
/* The terminal went away, or a signal asks to end. */
bool term_gone(void);
/* Die of the signal that asked to end, if one did: after term_close, so that the shell learns of it. */
void term_die(void);
/* Redraw everything at the next show. */
void term_redraw(void);
/* Suspend (SIGTSTP) and come back. */
void term_suspend(void);
/* Milliseconds of a clock that only goes forward. */
long long term_clock(void);

#endif
