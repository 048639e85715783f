/*
 * The user's language.
 */
#include "i18n.h"

#include <libintl.h>

bool i18n_has_catalogue;

void i18n_open(void)
{
	textdomain("mmviz");
	/* a catalogue's translation of nothing is its header */
	i18n_has_catalogue = *gettext("") != '\0';
}

const char *i18n_look_up(const char *text) { return gettext(text); }
