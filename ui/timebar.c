/*
 * The timeline bar: the whole scenario as one line.
 *
 *	boot                         now           end
 *	 |                            |             |
 *	 ┣━━m━━w━·━F━━w━━C━━━━━━━━━━━[w]──m──────x──┤     m map  w write  F fork  C copy  x exit
 *
 * Event e of n stands in column e * (width - 1) / n.  Where several events share a column the one that tells
 * most is shown; of very many, a few of each column are looked at, so that the bar costs the same for a
 * million events.  What has run is drawn heavy.  An event that the kernel refused is `!`, one that copied a
 * page on write `C`: that is told once it has run.
 */
#include <string.h>

#include "screen.h"
#include "src/i18n.h"

enum { LOOKED_AT = 8 /* events of one column */, BAR_LEAST = 20 /* columns beside a switcher */ };

/* Letters of ticks, those that tell most first. */
static const struct tick {
	char letter;
	enum role role;
	const char *name;
} ticks[] = {
	{'!', ROLE_ERROR, N_("refused")},     {'C', ROLE_COW, N_("copy")},
	{'F', ROLE_PROCESS_1, N_("fork")},    {'s', ROLE_PROCESS_1, N_("spawn")},
	{'E', ROLE_PROCESS_1, N_("exec")},    {'x', ROLE_PROCESS_2, N_("exit")},
	{'m', ROLE_FILE, N_("map")},          {'u', ROLE_FILE, N_("unmap")},
	{'p', ROLE_FILE, N_("protect")},      {'b', ROLE_FILE, N_("heap")},
	{'l', ROLE_FILE, N_("lock")},         {'a', ROLE_FILE, N_("advise")},
	{'k', ROLE_SLAB, N_("kernel")},       {'w', ROLE_ANON, N_("write")},
	{'L', ROLE_WARN, N_("contend")},      {'r', ROLE_ZERO, N_("read")},
	{'t', ROLE_PROCESS_3, N_("segment")},
};

enum { NR_TICKS = sizeof(ticks) / sizeof(ticks[0]) };

/* Index in ticks of what an event shows; NR_TICKS: nothing. */
static int tick_of(const struct screen *s, uint32_t event)
{
	uint32_t now = timeline_now(s->view.timeline).event;
	bool has_run = event < now || (event == now && view_is_complete(&s->view));
	const struct event_result *r = has_run ? timeline_result(s->view.timeline, event) : NULL;
	char letter = event_tick((enum event_kind)scenario_event(s->view.scenario, event)->kind);
	int i = 0;

	if (r && r->outcome.kind != OUT_OK && r->outcome.kind != OUT_ADDRESS)
		letter = '!';
	else if (r && r->cow)
		letter = 'C';
	while (i < NR_TICKS && ticks[i].letter != letter)
		i++;
	return i;
}

static int column_of(uint32_t event, uint32_t nr_events, int width)
{
	return nr_events ? (int)((uint64_t)event * (uint64_t)(width - 1) / nr_events) : 0;
}

/* First event whose column is x or more; nr_events + 1 if there is none. */
static uint32_t first_event(int x, uint32_t nr_events, int width)
{
	uint64_t parts = (uint64_t)(width - 1);

	return (uint32_t)(((uint64_t)x * nr_events + parts - 1) / parts);
}

/* The most telling tick of a column. */
static int column_tick(const struct screen *s, int x, uint32_t nr_events, int width)
{
	uint32_t from = first_event(x, nr_events, width);
	uint32_t end = x + 1 < width ? first_event(x + 1, nr_events, width) : nr_events + 1;
	uint32_t stride = 1;
	int best = NR_TICKS;

	if (from == 0)
		from = 1;
	if (end > from + LOOKED_AT)
		stride = (end - from) / LOOKED_AT;
	for (uint32_t e = from; e < end && e <= nr_events; e += stride) {
		int t = tick_of(s, e);

		best = t < best ? t : best;
	}
	return best;
}

/* What the letters mean: those that occur, as far as there is room. */
static void draw_legend(const struct area *a, int x, const bool *seen)
{
	for (int i = 0; i < NR_TICKS; i++) {
		const char *name = _(ticks[i].name);

		if (!seen[i] || x + 2 + text_width(name) > a->width)
			continue;
		put_char(a, x, 0, (uint32_t)ticks[i].letter, ticks[i].role, ATTR_BOLD);
		x = put_text(a, x + 2, 0, ROLE_DIM, 0, name) + 2;
	}
}

/* The line with its ticks; marks in seen which letters it shows. */
static void draw_line(const struct screen *s, const struct area *line, bool *seen)
{
	uint32_t nr_events = scenario_nr_events(s->view.scenario);
	uint32_t event = timeline_now(s->view.timeline).event;
	int width = line->width, now = column_of(event, nr_events, width);

	for (int x = 0; x < width; x++) {
		int t = column_tick(s, x, nr_events, width);
		bool past = x <= now;

		if (t < NR_TICKS) {
			seen[t] = true;
			put_char(line, x, 0, (uint32_t)ticks[t].letter,
				 past ? ticks[t].role : ROLE_DIM, past ? ATTR_BOLD : 0);
		} else {
			put_char(line, x, 0, past ? 0x2501 : 0x2500, past ? ROLE_GAUGE : ROLE_DIM,
				 0);
		}
	}
	if (event) {
		int t = tick_of(s, event);

		put_char(line, now, 0, t < NR_TICKS ? (uint32_t)ticks[t].letter : 0x25c6, ROLE_NOW,
			 0);
	} else {
		put_char(line, 0, 0, 0x25c6, ROLE_NOW, 0);
	}
}

/* Names of labels under their places, the section that we are in lit up. */
static void draw_labels(const struct screen *s, const struct area *row)
{
	uint32_t nr_events = scenario_nr_events(s->view.scenario);
	size_t current = marks_until(&s->labels, timeline_now(s->view.timeline).event);
	int free_from = 0;

	for (size_t i = 0; i < s->labels.count; i++) {
		const struct mark *m = &s->labels.mark[i];
		int x = column_of(m->event, nr_events, s->bar_width), width = text_width(m->text);

		if (x < free_from || x + width > row->width)
			continue;
		put_text(row, x, 0, i + 1 == current ? ROLE_TITLE : ROLE_DIM, 0, m->text);
		free_from = x + width + 1;
	}
}

/*
 * How the switcher is written: all panels by number, those that are not on the screen by name too.
 *
 *	1  2  3 process  4 walk  5 zones  6  7 memory  8 space  9 locks
 *	1 2 3process 4walk 5zones 6 7memory 8space 9locks
 *	1  2  3  4  5  6  7  8  9
 *
 * Names are whole or missing: of a piece of one nobody knows what it is.
 */
static const struct switcher_form {
	int gap, blank; /* between panels; between a number and its name */
	bool names;
} switcher_forms[] = {{2, 1, true}, {1, 0, true}, {2, 0, false}};

enum { NR_SWITCHER_FORMS = sizeof(switcher_forms) / sizeof(switcher_forms[0]) };

static bool is_named(const struct screen *s, int panel)
{
	return s->switcher_form->names && !layout_place(&s->layout, panel);
}

static int switcher_item_width(const struct screen *s, int panel)
{
	int name = s->switcher_form->blank + (int)strlen(panel_table[panel]->name);

	return is_named(s, panel) ? 1 + name : 1;
}

/* row: NULL measures. */
static int draw_switcher(struct screen *s, const struct area *row)
{
	const struct switcher_form *form = s->switcher_form;
	int x = 0;

	for (int i = 0; i < panel_count(); i++) {
		bool here = layout_place(&s->layout, i) != NULL;
		enum role role = i == s->active ? ROLE_NOW : here ? ROLE_TITLE : ROLE_KEY;

		if (row)
			put_format(row, x, 0, role, 0, "%d", i + 1);
		if (row && is_named(s, i))
			put_text(row, x + 1 + form->blank, 0, ROLE_DIM, 0, panel_table[i]->name);
		x += switcher_item_width(s, i) + form->gap;
	}
	return x - form->gap;
}

/* The widest form that has room; returns its width, 0: not even numbers have room. */
static int fit_switcher(struct screen *s, int room)
{
	for (int i = 0; i < NR_SWITCHER_FORMS; i++) {
		int width;

		s->switcher_form = &switcher_forms[i];
		width = draw_switcher(s, NULL);
		if (width <= room)
			return width;
	}
	return 0;
}

int switcher_panel(const struct screen *s, int x)
{
	int at = s->switcher_x;

	for (int i = 0; at >= 0 && i < panel_count(); i++) {
		int width = switcher_item_width(s, i);

		if (x >= at && x < at + width)
			return i;
		at += width + s->switcher_form->gap;
	}
	return -1;
}

void timebar_draw(struct screen *s, const struct area *a)
{
	struct area top = area_sub(a, 1, 0, a->width - 2, 1);
	struct area bottom = area_sub(a, 1, a->height - 1, a->width - 2, 1);
	bool seen[NR_TICKS] = {false};
	int switcher = s->layout.hides ? fit_switcher(s, a->width - BAR_LEAST) : 0,
	    room = top.width;

	if (switcher && a->height == 1)
		room -= switcher + 3;
	else if (a->height > 1 && room > 100)
		room = room * 2 / 3;
	s->bar_x = top.x;
	s->bar_width = room;

	struct area line = area_sub(&top, 0, 0, room, 1);

	draw_line(s, &line, seen);
	if (a->height > 1) {
		struct area labels =
			area_sub(&bottom, 0, 0, bottom.width - (switcher ? switcher + 2 : 0), 1);
		struct area legend = area_sub(&top, room + 3, 0, top.width - room - 3, 1);

		draw_labels(s, &labels);
		draw_legend(&legend, 0, seen);
	}
	s->switcher_x = -1;
	if (switcher) {
		struct area right = area_sub(&bottom, bottom.width - switcher, 0, switcher, 1);

		s->switcher_x = right.x;
		draw_switcher(s, &right);
	}
}

uint32_t timebar_event(const struct screen *s, int x)
{
	uint32_t nr_events = scenario_nr_events(s->view.scenario);
	int column = x - s->bar_x;

	if (column <= 0 || s->bar_width < 2)
		return 0;
	if (column >= s->bar_width - 1)
		return nr_events;
	/* the last event of the column, or the nearest one before */
	return first_event(column + 1, nr_events, s->bar_width) - 1;
}
