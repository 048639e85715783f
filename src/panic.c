/*
 * The last words: on the terminal as it was before the screen took it.
 */
#include "panic.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "i18n.h"

static void (*give_terminal_back)(void);

void panic_set_hook(void (*before)(void)) { give_terminal_back = before; }

static void leave_screen(void)
{
	void (*hook)(void) = give_terminal_back;

	give_terminal_back = NULL; /* not twice, should it fail itself */
	if (hook)
		hook();
}

void panic(const char *format, ...)
{
	va_list args;

	leave_screen();
	fputs("mmviz: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	abort();
}

void panic_no_memory(void)
{
	leave_screen();
	fputs(_("mmviz: out of memory\n"), stderr);
	exit(2);
}

void *panic_if_null(void *p)
{
	if (!p)
		panic_no_memory();
	return p;
}
