/* Text for people goes through gettext. */
#ifndef SRC_I18N_H
#define SRC_I18N_H

#include <libintl.h> /* ngettext */
#include <stdbool.h>

/* A frame has hundreds of texts: where the user's language has no catalogue none of them is looked up. */
extern bool i18n_has_catalogue;

/* Find the catalogue of the user's language, once the locale is set. */
void i18n_open(void);

/* The text in the user's language. */
const char *i18n_look_up(const char *text) __attribute__((format_arg(1)));

static inline const char *i18n_text(const char *text) __attribute__((format_arg(1)));
static inline const char *i18n_text(const char *text)
{
	return i18n_has_catalogue ? i18n_look_up(text) : text;
}

#define _(text) i18n_text(text)
#define N_(text) (text)

#endif
