/*
 * The two ways out in the middle of things: no host memory, and a broken law of the machine.
 */
#ifndef SRC_PANIC_H
#define SRC_PANIC_H

/* Called before the last words are written: the screen gives the terminal back. NULL: nothing to do. */
void panic_set_hook(void (*before)(void));

/* A bug: prints one line and aborts. */
_Noreturn void panic(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The host has no memory left: prints one line and exits with status 2. */
_Noreturn void panic_no_memory(void);
/* p, unless it is NULL: what an allocation gave. */
void *panic_if_null(void *p);

#endif
