/* Text for people goes through here: _(text) where it is shown, N_(text) where it only stands in a table. */
#ifndef SRC_I18N_H
#define SRC_I18N_H

#include <libintl.h> /* ngettext */
#include <stdbool.h>
#include <stddef.h>

/* A frame has hundreds of texts: where the user's language has no catalogue none of them is looked up. */
extern bool i18n_has_catalogue;

/* Find the catalogue of the user's language, once the locale is set. */
void i18n_open(void);

/* From now on "zh" or "en", whatever the locale says; listings that other programs read are left before this. */
void i18n_use(const char *language);

/* The text in the user's language; itself where the catalogue does not have it. */
const char *i18n_look_up(const char *text) __attribute__((format_arg(1)));

/* A line of the Chinese catalogue. */
struct i18n_entry {
	const char *english, *chinese;
};

/* The i-th line, from 0; NULL behind the last one. */
const struct i18n_entry *i18n_entry(size_t i);

static inline const char *i18n_text(const char *text) __attribute__((format_arg(1)));
static inline const char *i18n_text(const char *text)
{
	return i18n_has_catalogue ? i18n_look_up(text) : text;
}

#define _(text) i18n_text(text)
#define N_(text) (text)

#endif
