/*
 * The terminal: the only file that knows curses.
 */
#ifndef UI_TERM_H
#define UI_TERM_H

#include "panel.h"
#include "theme.h"

struct mouse { int x, y, buttons; /* 1 left, 4 wheel up, 5 wheel down */ bool doubled; };

/* Take the terminal: alternate screen, raw keys, mouse. False with a message on stderr. */
bool term_open(bool no_color);
/* Give it back; safe to call twice and from a crash handler. */
void term_close(void);
void term_size(int *width, int *height);
/* Put the grid on the terminal; only what differs from the last time is sent. */
void term_show(const struct grid *g, const struct theme *t, int cursor_x, int cursor_y); /* cursor -1: hidden */
/* Wait for a key at most ms milliseconds (-1: for ever); KEY_NONE_ on time-out or end of the terminal. */
uint32_t term_key(int ms, struct mouse *mouse);
/* The terminal went away, or a signal asks to end. */
bool term_gone(void);
/* Redraw everything at the next show. */
void term_redraw(void);
/* Suspend (SIGTSTP) and come back. */
void term_suspend(void);

#endif
