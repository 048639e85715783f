/*
 * The keys: what each does, from keys.def.
 */
#ifndef UI_KEYS_H
#define UI_KEYS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum action {
	ACT_NONE,
#define GROUP(title)
#define KEY(id, ...) ACT_##id,
#define MOUSE(...)
#define PANEL_KEY(...)
#include "keys.def"
#undef GROUP
#undef KEY
#undef MOUSE
#undef PANEL_KEY
	NR_ACTIONS
};

/* One line of keys.def. */
enum key_line { LINE_GROUP, LINE_KEY, LINE_MOUSE, LINE_PANEL_KEY };
struct key_info {
	enum key_line line;
	enum action action;
	const char *group; /* title of the group it stands in; of a PANEL_KEY the panel's name        */
	const char *keys;  /* names of the keys by blanks, "n Space Right PageDown"; MOUSE: gesture  */
	const char *shown, *label; /* on the bottom line; "": not there                              */
	int rank;
	const char *help;
};

/* The i-th line; NULL after the last. Texts are not yet translated. */
const struct key_info *key_info(size_t i);

/* What a key (panel.h: a character or enum key) does; ACT_NONE: nothing here, it may be the panel's. */
enum action key_action(uint32_t key);

/* The key of a name: "Space", "PageDown", "n"; 0 if there is none. */
uint32_t key_named(const char *name, size_t len);

/* The list of keys for the manual page: the lines of an mdoc list. */
void keys_print_man(FILE *out);

#endif
