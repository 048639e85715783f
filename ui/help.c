/*
 * The help: keys, the prompt's words, the events of the language, what signs and colours mean.  All of it is
 * made from the tables that the program itself runs by, so it cannot tell anything else.
 *
 * The whole page is drawn at each frame, as far above the top as it is scrolled; what is out of sight is cut.
 */
#include <string.h>

#include "keys.h"
#include "parts.h"
#include "screen.h"
#include "src/i18n.h"

enum { WORD_COLUMN = 2, NARROW = 60 };

struct page_text {
	const struct area *area;
	int y;       /* next line, above 0 when it is scrolled away */
	int meaning; /* column of the meanings                      */
};

static void heading(struct page_text *p, const char *title)
{
	p->y++;
	put_text(p->area, 1, p->y++, ROLE_BORDER_ACTIVE, ATTR_BOLD, title);
}

/* A word, and its meaning beside it, or below it where the word is long. */
static void entry(struct page_text *p, enum role role, const char *word, const char *meaning)
{
	if (put_text(p->area, WORD_COLUMN, p->y, role, ATTR_BOLD, word) + 1 > p->meaning)
		p->y++;
	p->y += put_wrapped(p->area, p->meaning, p->y, p->area->width - p->meaning - 1,
			    p->area->height * 8, ROLE_NORMAL, meaning);
}

static void keys_page(struct page_text *p)
{
	const struct key_info *k;
	char word[128];

	for (size_t i = 0; (k = key_info(i)); i++) {
		switch (k->line) {
		case LINE_GROUP:
			heading(p, _(k->group));
			break;
		case LINE_KEY:
			entry(p, ROLE_WARN, k->keys, _(k->help));
			break;
		case LINE_MOUSE:
			entry(p, ROLE_WARN, _(k->keys), _(k->help));
			break;
		case LINE_PANEL_KEY:
			snprintf(word, sizeof(word), "%s (%s)", k->keys, k->group);
			entry(p, ROLE_WARN, word, _(k->help));
			break;
		}
	}
}

static void prompt_page(struct page_text *p)
{
	heading(p, _("At the prompt"));
	for (int i = 0; prompt_words[i]; i++) {
		const struct prompt_help *h = prompt_help(prompt_words[i]);

		entry(p, ROLE_WARN, h->usage, _(h->meaning));
	}
	heading(p, _("Events of the language, at the prompt and in a scenario"));
	for (int k = 0; k < NR_EVENT_KINDS; k++) {
		const struct event_help *h = event_help((enum event_kind)k);
		char word[256];

		snprintf(word, sizeof(word), "%s %s", h->word, h->arguments);
		entry(p, ROLE_WARN, word, _(h->meaning));
	}
}

static void signs_page(struct page_text *p)
{
	static const struct {
		enum role role;
		const char *sign, *meaning;
	} signs[] = {
		{ROLE_CHANGED, "\xe2\x97\x86 changed", N_("by the step that was told last")},
		{ROLE_CHANGED_EVENT, "\xe2\x97\x87 changed", N_("earlier in this event")},
		{ROLE_CHOSEN, "chosen", N_("in one panel, and lit up in all of them")},
		{ROLE_CURRENT, "current", N_("where the panel's cursor or the event is")},
	};

	heading(p, _("Signs and colours"));
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		entry(p, signs[i].role, signs[i].sign, _(signs[i].meaning));
	for (int use = 0; use < NR_FRAME_USES; use++) {
		enum role role = use_role((enum frame_use)use);

		fill(p->area, WORD_COLUMN, p->y, 3, 0x2588, role);
		put_text(p->area, WORD_COLUMN + 4, p->y++, role, 0,
			 frame_use_name((enum frame_use)use));
	}
	fill(p->area, WORD_COLUMN, p->y, 3, 0x2588, ROLE_SHARED);
	put_text(p->area, WORD_COLUMN + 4, p->y++, ROLE_SHARED, 0,
		 _("anonymous, mapped more than once: parts on the next write"));
}

void help_draw(struct screen *s, const struct area *a)
{
	struct area inside;
	struct page_text p = {.meaning = a->width < NARROW ? 6 : 30};

	for (int y = 0; y < a->height; y++)
		fill(a, 0, y, a->width, ' ', ROLE_NORMAL);
	inside = draw_box(a, _("Help"), _("Up Down PageUp PageDown, q closes"), true);
	p.area = &inside;
	p.y = -s->help_top - 1; /* the first heading needs no blank line above */
	keys_page(&p);
	signs_page(&p);
	prompt_page(&p);
	s->help_lines = p.y + s->help_top;
	draw_thumb(&inside, s->help_top, inside.height, s->help_lines);
}

bool help_key(struct screen *s, uint32_t key)
{
	int page = s->height > 12 ? s->height - 8 : 4, top = s->help_top, last;

	switch (key) {
	case KEY_DOWN_:
	case 'j':
		top++;
		break;
	case KEY_UP_:
	case 'k':
		top--;
		break;
	case KEY_PAGEDOWN_:
	case ' ':
		top += page;
		break;
	case KEY_PAGEUP_:
	case KEY_BACKSPACE_:
		top -= page;
		break;
	case KEY_HOME_:
	case 'g':
		top = 0;
		break;
	case KEY_END_:
	case 'G':
		top = s->help_lines;
		break;
	case KEY_ESCAPE_:
	case KEY_F1_:
	case '?':
	case 'q':
		s->help_open = false;
		return true;
	default:
		return key != 'T';
	}
	last = s->help_lines - page;
	s->help_top = top > last ? last : top;
	if (s->help_top < 0)
		s->help_top = 0;
	return true;
}
