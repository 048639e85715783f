/*
 * One table of keys, and the questions that are asked of it.
 */
#include "keys.h"

#include <stdbool.h>
#include <string.h>

#include "panel.h"
#include "src/i18n.h"
#include "src/utf8.h"

static const struct key_info key_table[] = {
#define GROUP(title) {.line = LINE_GROUP, .group = (title)},
#define KEY(id, names, show, word, order, text)                                                    \
	{.line = LINE_KEY,                                                                         \
	 .action = ACT_##id,                                                                       \
	 .keys = (names),                                                                          \
	 .shown = (show),                                                                          \
	 .label = (word),                                                                          \
	 .rank = (order),                                                                          \
	 .help = (text)},
#define MOUSE(gesture, text) {.line = LINE_MOUSE, .keys = (gesture), .help = (text)},
#define PANEL_KEY(panel, names, text)                                                              \
	{.line = LINE_PANEL_KEY, .group = (panel), .keys = (names), .help = (text)},
#include "keys.def"
#undef GROUP
#undef KEY
#undef MOUSE
#undef PANEL_KEY
};

static const struct {
	const char *name;
	uint32_t key;
} named[] = {
	{"Space", ' '},
	{"Up", KEY_UP_},
	{"Down", KEY_DOWN_},
	{"Left", KEY_LEFT_},
	{"Right", KEY_RIGHT_},
	{"Enter", KEY_ENTER_},
	{"PageUp", KEY_PAGEUP_},
	{"PageDown", KEY_PAGEDOWN_},
	{"Home", KEY_HOME_},
	{"End", KEY_END_},
	{"Tab", KEY_TAB_},
	{"Shift-Tab", KEY_BACKTAB_},
	{"Backspace", KEY_BACKSPACE_},
	{"Delete", KEY_DELETE_},
	{"Escape", KEY_ESCAPE_},
	{"F1", KEY_F1_},
	{"Ctrl-L", 'l' & 0x1f},
};

const struct key_info *key_info(size_t i)
{
	return i < sizeof(key_table) / sizeof(key_table[0]) ? &key_table[i] : NULL;
}

uint32_t key_named(const char *name, size_t len)
{
	const char *p = name;
	uint32_t ch = utf8_next(&p);

	if (ch && (size_t)(p - name) == len)
		return ch;
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (strlen(named[i].name) == len && strncmp(named[i].name, name, len) == 0)
			return named[i].key;
	return 0;
}

/* Is key one of the names? */
static bool names_key(const char *names, uint32_t key)
{
	while (*names) {
		size_t len = strcspn(names, " ");

		if (key_named(names, len) == key)
			return true;
		names += len;
		names += strspn(names, " ");
	}
	return false;
}

enum action key_action(uint32_t key)
{
	const struct key_info *k;

	for (size_t i = 0; (k = key_info(i)); i++)
		if (k->line == LINE_KEY && names_key(k->keys, key))
			return k->action;
	return ACT_NONE;
}

/* A word that mdoc would take for punctuation or a request is protected. */
static void print_protected(FILE *out, const char *names)
{
	while (*names) {
		size_t len = strcspn(names, " ");

		fprintf(out, " %s%.*s",
			strchr(".,:;()[]?!'|", *names) ? "\\&"
			: *names == '-'                ? "\\"
						       : "",
			(int)len, names);
		names += len;
		names += strspn(names, " ");
	}
	fputc('\n', out);
}

void keys_print_man(FILE *out)
{
	const struct key_info *k;

	for (size_t i = 0; (k = key_info(i)); i++) {
		if (k->line == LINE_GROUP)
			continue;
		fputs(".It", out);
		print_protected(out, k->keys);
		if (k->line == LINE_PANEL_KEY)
			fprintf(out, "(panel %s) ", k->group);
		fprintf(out, "%s\n", k->help);
	}
}
