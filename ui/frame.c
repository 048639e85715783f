/*
 * The whole frame: what stands around the panels, and the panels in their places.
 *
 *	 mmviz  cow.txt   Copy-on-write after fork            i386 1G · CPU 0 · event  7/23 · step      9/14
 *	 write kid buf value=K › page_fault › do_wp_page › alloc_page › rmqueue                the way to the step
 *	+ panels ---------+ + --------------+ + -------------+
 *	+-----------------+ +---------------+ +--------------+
 *	 what the lecturer says
 *	 one sentence: what happened and why
 *	 ┣━━m━━w━·━F━━w━━C━━━━━━━━━━━[w]──m──────x──┤           timeline
 *	 n next  p back  s/S step ...                           keys
 *
 * Numbers that change stand in fields of a constant width: nothing moves when one grows.
 */
#include <stdio.h>
#include <string.h>

#include "keys.h"
#include "parts.h"
#include "screen.h"
#include "src/i18n.h"

enum { TEXT_MAX = 1024, STEP_FIELD = 9, PATH_MAX_SPANS = 64, KEYS_MAX = 40 };

/* ---- title ---- */

/* Where we are: machine, CPU, event, step; as much as fits in a screen of that width. */
static void moment_text(const struct screen *s, char *buf, size_t size)
{
	const struct machine *m = view_machine(&s->view);
	struct when now = timeline_now(s->view.timeline);
	uint32_t nr_events = scenario_nr_events(s->view.scenario);
	uint64_t steps = now.event ? timeline_steps(s->view.timeline) : 0;
	uint64_t step = view_is_complete(&s->view) ? steps : now.step;
	char part[64], ram[TEXT_LEN], cpu[16] = "";

	/* where there is little room only a machine that has others says which one runs */
	if (s->width >= 100 || m->config.cpus > 1)
		snprintf(cpu, sizeof(cpu), "  CPU %u", m->cpu);
	snprintf(part, sizeof(part), "%llu/%llu", (unsigned long long)step,
		 (unsigned long long)steps);
	if (s->width >= 64)
		snprintf(buf, size, "%s %s%s  %s %*u/%u  %s %-*s", m->profile->name,
			 bytes_text(m->config.ram_bytes, ram), cpu, _("event"), digits(nr_events),
			 now.event, nr_events, _("step"), STEP_FIELD, part);
	else
		snprintf(buf, size, " %*u/%u %-*s", digits(nr_events), now.event, nr_events,
			 s->width >= 40 ? STEP_FIELD : 0, s->width >= 40 ? part : "");
}

static void draw_title(const struct screen *s, const struct area *row)
{
	char moment[TEXT_MAX];
	const char *title;
	int x, end;

	fill(row, 0, 0, row->width, ' ', ROLE_STATUS);
	moment_text(s, moment, sizeof(moment));
	end = row->width - text_width(moment);

	struct area left = area_sub(row, 0, 0, end, 1);

	x = s->width < 40 ? 1 : put_text(&left, 1, 0, ROLE_STATUS, ATTR_BOLD, "mmviz") + 2;
	x = put_text(&left, x, 0, ROLE_KEY, 0, scenario_name(s->view.scenario)) + 2;
	title = scenario_title(s->view.scenario, s->view.language);
	if (x + text_width(title) < end)
		x = put_text(&left, x, 0, ROLE_STATUS, 0, title) + 2;
	if (s->playing)
		put_format(&left, x, 0, ROLE_NOW, 0, " \xe2\x96\xb6 %d.%d s ",
			   play_interval(s) / 1000, play_interval(s) / 100 % 10);
	put_text(row, end, 0, ROLE_STATUS, ATTR_BOLD, moment);
}

/* ---- the way from the event to its latest step ---- */

static int draw_event(const struct screen *s, const struct area *row, uint32_t event)
{
	char text[TEXT_MAX];

	scenario_event_text(s->view.scenario, event, text, sizeof(text));
	return put_text(row, 1, 0, ROLE_TITLE, 0, text);
}

/*
 * " › name" for every span that is open, the nearest to the step kept when there is no room for all.  The step
 * itself is named by the sentence: so this row stands still while steps follow each other inside a span.
 */
static void draw_way(const struct screen *s, const struct area *row, int x)
{
	const struct story_node *way[PATH_MAX_SPANS], *root = story_root(view_story(&s->view));
	int n = 0, from = 0, width = 0;

	for (const struct story_node *i = story_last(view_story(&s->view)); i && i != root;
	     i = i->parent)
		if (i->is_span && !i->ended && n < PATH_MAX_SPANS)
			way[n++] = i;
	for (from = 0; from < n; from++) {
		width += 3 + text_width(step_info[way[from]->step.id].name);
		if (x + width > row->width - 4)
			break;
	}
	if (from < n)
		x = put_text(row, x, 0, ROLE_DIM, 0, " \xe2\x80\xa6");
	while (from-- > 0) {
		x = put_text(row, x, 0, ROLE_DIM, 0, " \xe2\x80\xba ");
		x = put_text(row, x, 0, ROLE_LABEL, 0, step_info[way[from]->step.id].name);
	}
}

/* How a complete event ended. */
static void draw_result(const struct screen *s, const struct area *row, int x, uint32_t event)
{
	const struct event_result *r = timeline_result(s->view.timeline, event);
	char text[TEXT_MAX];
	bool good;

	if (!r)
		return;
	good = r->outcome.kind == OUT_OK || r->outcome.kind == OUT_ADDRESS;
	outcome_text(&r->outcome, text, sizeof(text));
	x = put_format(row, x, 0, good ? ROLE_OK : ROLE_ERROR, 0, "  = %s", text);
	if (r->minflt || r->majflt)
		x = put_format(row, x, 0, ROLE_FAULT, 0, "  %u %s", r->minflt + r->majflt,
			       r->minflt + r->majflt == 1 ? _("fault") : _("faults"));
	if (r->cow)
		put_format(row, x, 0, ROLE_COW, 0, "  %u %s", r->cow,
			   r->cow == 1 ? _("copy") : _("copies"));
}

static void draw_path(const struct screen *s, const struct area *row)
{
	uint32_t event = timeline_now(s->view.timeline).event;
	int x;

	if (event == 0) {
		put_text(row, 1, 0, ROLE_DIM, 0, _("the machine has booted; no event has run"));
		return;
	}
	x = draw_event(s, row, event);
	if (view_is_complete(&s->view))
		draw_result(s, row, x, event);
	else
		draw_way(s, row, x);
}

/* ---- panels ---- */

static void place_title(const struct place *p, char *buf, size_t size)
{
	snprintf(buf, size, "%d %s", p->panel + 1, _(panel_table[p->panel]->title));
}

/* Box or heading of a panel; returns what it has for itself. */
static struct area open_place(const struct screen *s, const struct area *a, const struct place *p)
{
	bool active = p->panel == s->active;
	char title[64];
	int x;

	place_title(p, title, sizeof(title));
	if (s->layout.boxed)
		return draw_box(a, title, NULL, active);
	x = put_text(a, 0, 0, active ? ROLE_BORDER_ACTIVE : ROLE_TITLE, ATTR_BOLD, title) + 1;
	fill(a, x, 0, a->width - x, 0x2500, active ? ROLE_BORDER_ACTIVE : ROLE_BORDER);
	return area_sub(a, 0, 1, a->width, a->height - 1);
}

/* What the panel says of itself, once it is drawn. */
static void close_place(const struct screen *s, const struct area *a, const struct place *p)
{
	char title[64], status[96] = "";

	if (!panel_table[p->panel]->status)
		return;
	place_title(p, title, sizeof(title));
	panel_table[p->panel]->status(&s->view, &s->panel[p->panel], status, sizeof(status));
	put_box_right(a, title, status);
}

static void draw_panels(struct screen *s, const struct area *whole)
{
	for (int i = 0; i < s->layout.nr_places; i++) {
		const struct place *p = &s->layout.place[i];
		struct area a = area_sub(whole, p->x, p->y, p->width, p->height);
		struct area inside = open_place(s, &a, p);
		struct panel_state *ps = &s->panel[p->panel];

		ps->width = inside.width;
		ps->height = inside.height;
		if (inside.width > 0 && inside.height > 0)
			panel_table[p->panel]->draw(&s->view, ps, &inside, p->panel == s->active);
		close_place(s, &a, p);
	}
}

/* ---- key line ---- */

/* Columns that the keys up to a rank take. */
static int keys_width(int rank)
{
	const struct key_info *k;
	int width = 0;

	for (size_t i = 0; (k = key_info(i)); i++)
		if (k->line == LINE_KEY && k->shown[0] && k->rank <= rank)
			width += text_width(k->shown) + 1 + text_width(_(k->label)) + 2;
	return width;
}

static void draw_keys(const struct screen *s, const struct area *row)
{
	const struct key_info *k;
	int rank = 9, x = 1;

	fill(row, 0, 0, row->width, ' ', ROLE_STATUS);
	while (rank > 1 && keys_width(rank) > row->width)
		rank--;
	for (size_t i = 0; (k = key_info(i)); i++) {
		const char *label;

		if (k->line != LINE_KEY || !k->shown[0] || k->rank > rank)
			continue;
		label = k->action == ACT_PLAY && s->playing ? N_("stop") : k->label;
		x = put_text(row, x, 0, ROLE_KEY, 0, k->shown);
		x = put_text(row, x + 1, 0, ROLE_STATUS, 0, _(label)) + 2;
	}
}

/* ---- all of it ---- */

/* The prompt stands where the narration is; on a low screen in the last lines. */
static void draw_prompt(struct screen *s, const struct area *whole)
{
	int y = s->layout.narration_y, height = s->layout.narration_height;
	struct area a;

	if (height < 3) {
		height = s->height < 8 ? 2 : 3;
		y = s->height - height;
	}
	a = area_sub(whole, 0, y, s->width, height);
	prompt_draw(&s->prompt, &a, &s->cursor_x, &s->cursor_y);
}

void screen_draw(struct screen *s, struct grid *g)
{
	const struct layout *l = &s->layout;
	struct area whole, a;

	if ((g->width != s->width || g->height != s->height) &&
	    !grid_resize(g, s->width, s->height))
		screen_resize(s, g->width, g->height);
	g->ascii = s->view.ascii;
	grid_clear(g);
	s->cursor_x = s->cursor_y = -1;
	whole = area_of(g);
	if (l->too_small) {
		put_format(&whole, 0, 0, ROLE_NORMAL, 0, _("too small: %dx%d"), MIN_WIDTH,
			   MIN_HEIGHT);
		return;
	}
	a = area_sub(&whole, 0, l->title_y, s->width, 1);
	draw_title(s, &a);
	if (l->path_y >= 0) {
		a = area_sub(&whole, 0, l->path_y, s->width, 1);
		draw_path(s, &a);
	}
	draw_panels(s, &whole);
	if (s->overlay.kind) {
		int y = l->path_y >= 0 ? l->path_y + 1 : l->title_y + 1;

		a = area_sub(&whole, 0, y, s->width, l->narration_y - y);
		overlay_draw(s, &a);
	}
	a = area_sub(&whole, 0, l->narration_y, s->width, l->narration_height);
	narration_draw(s, &a);
	if (l->bar_height) {
		a = area_sub(&whole, 0, l->bar_y, s->width, l->bar_height);
		timebar_draw(s, &a);
	}
	if (l->keys_y >= 0) {
		a = area_sub(&whole, 0, l->keys_y, s->width, 1);
		draw_keys(s, &a);
	}
	a = area_sub(&whole, 0, 1, s->width, l->narration_y - 1);
	if (s->help_open)
		help_draw(s, &a);
	else if (s->quiz_open)
		quiz_draw(s, &a);
	if (s->prompt.open)
		draw_prompt(s, &whole);
}
