/* Text for people goes through gettext. */
#ifndef SRC_I18N_H
#define SRC_I18N_H

#include <libintl.h>
#define _(text) gettext(text)
#define N_(text) (text)

#endif
