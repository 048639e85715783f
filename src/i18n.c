/*
 * The user's language.
 *
 * Chinese is part of the program (zh.def): it is there wherever the program is, whatever locale the terminal has.  Any
 * other language is one that gettext finds a catalogue for.
 */
#include "i18n.h"

#include <inttypes.h>
#include <libintl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

bool i18n_has_catalogue;

static const struct i18n_entry entries[] = {
#define ZH(english, chinese) {english, chinese},
#include "zh.def"
#undef ZH
};

enum { NR_ENTRIES = sizeof(entries) / sizeof(*entries) };

/* The entries' numbers in the order of their English texts. */
static uint16_t sorted[NR_ENTRIES];
static bool is_chinese;

const struct i18n_entry *i18n_entry(size_t i) { return i < NR_ENTRIES ? &entries[i] : NULL; }

static int compare_entries(const void *a, const void *b)
{
	const uint16_t *i = a, *j = b;

	return strcmp(entries[*i].english, entries[*j].english);
}

static int compare_text(const void *text, const void *b)
{
	const uint16_t *i = b;

	return strcmp(text, entries[*i].english);
}

void i18n_open(void)
{
	textdomain("mmviz");
	/* a catalogue's translation of nothing is its header */
	i18n_has_catalogue = *gettext("") != '\0';
}

void i18n_use(const char *language)
{
	is_chinese = strcmp(language, "zh") == 0;
	i18n_has_catalogue = is_chinese || *gettext("") != '\0';
	if (!is_chinese)
		return;
	for (int i = 0; i < NR_ENTRIES; i++)
		sorted[i] = (uint16_t)i;
	qsort(sorted, NR_ENTRIES, sizeof(*sorted), compare_entries);
}

const char *i18n_look_up(const char *text)
{
	const uint16_t *found;

	if (!is_chinese)
		return gettext(text);
	found = bsearch(text, sorted, NR_ENTRIES, sizeof(*sorted), compare_text);
	return found ? entries[*found].chinese : text;
}
