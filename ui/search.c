/*
 * `/`: the next place of the panel in front that holds a text.
 */
#include <string.h>

#include "screen.h"
#include "src/i18n.h"

/* The text searched for last; NULL: none yet. */
static const char *needle(const struct screen *s)
{
	const struct history *h = &s->prompt.history[PROMPT_SEARCH];

	return h->count ? h->line[h->count - 1] : NULL;
}

static void search_overlay(struct screen *s, const char *text, int direction)
{
	if (!overlay_search(s, text, direction))
		screen_say(s, ROLE_WARN, _("\"%s\" is not found here"), text);
}

void search_again(struct screen *s, int direction)
{
	const struct panel *p = panel_table[s->active];
	const char *text = needle(s);

	if (!text)
		screen_say(s, ROLE_WARN, "%s", _("nothing was searched for yet: / searches"));
	else if (s->overlay.kind)
		search_overlay(s, text, direction);
	else if (!p->search)
		screen_say(s, ROLE_WARN, "%s", _("there is nothing to search in this panel"));
	else if (!p->search(&s->view, &s->panel[s->active], text, direction))
		screen_say(s, ROLE_WARN, _("\"%s\" is not found in this panel"), text);
	screen_fulfil(s);
}

void search_run(struct screen *s)
{
	prompt_remember(&s->prompt);
	prompt_close(&s->prompt);
	search_again(s, 1);
}
