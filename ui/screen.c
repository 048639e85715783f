/*
 * The state of the full screen: which panel is in front, and what follows when time moves.
 *
 * A `focus` statement brings a panel up.  Which focus holds depends on the moment alone, not on the way there:
 * it is the last one at or before the event, so going back shows what was shown before.  What the user brings
 * up holds until the next focus statement is crossed.
 */
#include "screen.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "src/i18n.h"

enum { FOCUS_REPLAYED = 4, FIRST_SPEED = 3 };

int panel_count(void)
{
	int n = 0;

	while (n < MAX_PANELS && panel_table[n])
		n++;
	return n;
}

int panel_find(const char *name)
{
	for (int i = 0; name && i < panel_count(); i++)
		if (strcmp(panel_table[i]->name, name) == 0)
			return i;
	return -1;
}

/* ---- labels and focus statements ---- */

static int by_event(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;

	return (x->event > y->event) - (x->event < y->event);
}

size_t marks_until(const struct marks *m, uint32_t event)
{
	size_t low = 0, high = m->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (m->mark[middle].event <= event)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Collect the rows of one kind. */
static bool collect(struct marks *m, const struct scenario *s, enum row_kind kind)
{
	uint32_t nr_rows = scenario_nr_rows(s);
	size_t count = 0;
	struct mark *mark;

	for (uint32_t i = 0; i < nr_rows; i++)
		count += scenario_row(s, i)->kind == kind;
	mark = realloc(m->mark, (count ? count : 1) * sizeof(*mark));
	if (!mark)
		return false;
	m->mark = mark;
	m->count = 0;
	for (uint32_t i = 0; i < nr_rows; i++) {
		const struct row *r = scenario_row(s, i);

		if (r->kind != kind || !r->event)
			continue;
		mark[m->count++] = (struct mark){
			.event = r->event,
			.text = kind == ROW_LABEL ? r->text + strcspn(r->text, " ")
						  : scenario_focus(s, r->event),
		};
	}
	qsort(mark, m->count, sizeof(*mark), by_event);
	return true;
}

static uint32_t find_first_process(const struct scenario *s)
{
	for (uint32_t i = 1; i <= scenario_nr_events(s); i++)
		if (scenario_event(s, i)->kind == EV_SPAWN)
			return i;
	return 0;
}

bool screen_index(struct screen *s)
{
	s->first_process = find_first_process(s->view.scenario);
	if (!collect(&s->labels, s->view.scenario, ROW_LABEL) ||
	    !collect(&s->focuses, s->view.scenario, ROW_FOCUS))
		return false;
	for (size_t i = 0; i < s->labels.count; i++)
		while (*s->labels.mark[i].text == ' ')
			s->labels.mark[i].text++;
	return true;
}

/* ---- the panel in front ---- */

void screen_activate(struct screen *s, int panel)
{
	if (panel < 0 || panel >= panel_count())
		return;
	s->active = panel;
	s->used[panel] = ++s->clock;
	screen_resize(s, s->width, s->height);
}

/* The panel of "PANEL [ITEM]"; -1. *item: where its ITEM begins, a zero where it has none. */
static int panel_of_focus(const char *focus, const char **item)
{
	char name[32];
	size_t len = focus ? strcspn(focus, " ") : 0;

	if (!len || len >= sizeof(name))
		return -1;
	memcpy(name, focus, len);
	name[len] = '\0';
	*item = focus + len + strspn(focus + len, " ");
	return panel_find(name);
}

static void bring_up(struct screen *s, const char *focus)
{
	const char *item;
	int panel = panel_of_focus(focus, &item);

	if (panel < 0)
		return;
	s->subject = panel;
	screen_activate(s, panel);
}

/* What the focus's own event makes may not be there yet at its first steps: then its item waits. */
static void reveal(struct screen *s, const struct mark *focus)
{
	const char *item = "";
	int nr = panel_of_focus(focus->text, &item);
	const struct panel *panel = nr >= 0 ? panel_table[nr] : NULL;

	s->focus_waits = false;
	if (!panel || !panel->reveal)
		return;
	s->focus_waits = *item && !panel->reveal(&s->view, &s->panel[nr], item);
	if (s->focus_waits && view_is_complete(&s->view))
		screen_say(s, ROLE_WARN, _("focus %s: there is no \"%s\" at this moment"),
			   panel->name, item);
}

/*
 * The focus statements behind us have become others: the screen is as they say.  Panels that know items are as at first,
 * so a focus without one shows the whole.
 */
static void take_focuses(struct screen *s, size_t done)
{
	size_t from = done > FOCUS_REPLAYED ? done - FOCUS_REPLAYED : 0;

	s->focus_done = done;
	s->focus_waits = done > 0;
	memset(s->used, 0, sizeof(s->used));
	s->zoomed = false;
	for (int i = 0; i < panel_count(); i++)
		if (panel_table[i]->reveal)
			s->panel[i] = (struct panel_state){.top = 0};
	view_release(&s->view);
	s->subject = -1;
	screen_activate(s, s->first_panel);
	for (size_t i = from; i < done; i++)
		bring_up(s, s->focuses.mark[i].text);
}

static void follow_focus(struct screen *s)
{
	uint32_t event = timeline_now(s->view.timeline).event;
	size_t done = marks_until(&s->focuses, event);
	bool crossed = done != s->focus_done;

	if (crossed)
		take_focuses(s, done);
	if (s->focus_waits && (crossed || s->focuses.mark[done - 1].event == event) &&
	    !s->view.choice_is_users)
		reveal(s, &s->focuses.mark[done - 1]);
}

void screen_follow(struct screen *s)
{
	struct when now = timeline_now(s->view.timeline);

	/* the letter chosen is kept while the answer is shown */
	s->quiz_open = false;
	if (now.event != s->quiz_event)
		s->quiz_event = 0, s->quiz_choice = 0;
	follow_focus(s);
	view_follow(&s->view);
	/* lists in sight begin at their tops again and go to what matters now: a moment looks the same from both
	 * sides; the one where something is chosen stays */
	for (int i = 0; i < s->layout.nr_places; i++)
		if (!s->view.choice_is_users || s->layout.place[i].panel != s->active)
			s->panel[s->layout.place[i].panel].top = 0;
}

void screen_goto(struct screen *s, struct when when)
{
	timeline_goto(s->view.timeline, when);
	screen_follow(s);
}

void screen_fulfil(struct screen *s)
{
	if (s->view.wants_go) {
		s->view.wants_go = false;
		screen_goto(s, s->view.go);
	}
	if (s->view.wants_panel) {
		screen_activate(s, panel_find(s->view.wants_panel));
		s->view.wants_panel = NULL;
	}
}

/* ---- open, close, size ---- */

bool screen_open(struct screen *s, struct scenario *scenario, const struct ui_options *o)
{
	int panel = panel_find(o->panel);

	memset(s, 0, sizeof(*s));
	s->view.scenario = scenario;
	s->view.language = o->language ? o->language : "en";
	s->view.ascii = o->ascii;
	s->theme = theme_find(o->theme ? o->theme : "dark");
	if (!s->theme)
		s->theme = theme_find("dark");
	s->speed = FIRST_SPEED;
	s->subject = -1;
	s->switcher_x = s->cursor_x = s->cursor_y = -1;
	s->view.timeline = timeline_open(scenario);
	if (!s->view.timeline)
		return false;
	if (!screen_index(s)) {
		screen_close(s);
		return false;
	}
	s->first_panel = panel < 0 ? 0 : panel;
	if (panel >= 0)
		screen_activate(s, panel);
	s->active = s->first_panel;
	screen_follow(s);
	return true;
}

void screen_close(struct screen *s)
{
	overlay_close(s);
	timeline_close(s->view.timeline);
	prompt_free(&s->prompt);
	free(s->labels.mark);
	free(s->focuses.mark);
	memset(s, 0, sizeof(*s));
}

/*
 * Panels that have nothing to show until the next `focus`: those of processes, as long as there are none.  The
 * scenario decides, not the machine, so nothing moves but where a lecture brings up a panel anyhow.
 */
static uint32_t idle_panels(const struct screen *s)
{
	uint32_t until = s->focus_done < s->focuses.count ? s->focuses.mark[s->focus_done].event
							  : UINT32_MAX;
	uint32_t idle = 0;

	if (s->first_process && s->first_process < until)
		return 0;
	for (int i = 0; i < panel_count(); i++)
		if (panel_table[i] == &panel_process || panel_table[i] == &panel_walk)
			idle |= 1U << i;
	return idle;
}

void screen_resize(struct screen *s, int width, int height)
{
	struct stage st = {.active = s->active,
			   .subject = s->subject,
			   .idle = idle_panels(s),
			   .zoomed = s->zoomed};

	memcpy(st.used, s->used, sizeof(st.used));
	s->width = width;
	s->height = height;
	layout_make(&s->layout, width, height, panel_table, &st);
}

void screen_say(struct screen *s, enum role role, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(s->message, sizeof(s->message), format, args);
	va_end(args);
	s->message_role = role;
}
