/*
 * What keys and mouse do.
 *
 * A key goes to whoever is in front: the prompt, the help, a question, an overlay; then keys.def says what it does.  Of
 * the arrows, Up and Down are always the panel's; Left and Right are offered to it and step the timeline when
 * it has no use for them.  What keys.def gives to nobody is the panel's.
 */
#include "keys.h"
#include "screen.h"
#include "src/i18n.h"

/* Milliseconds between two events of play, slow to fast. */
static const int speeds[NR_SPEEDS] = {6000, 4000, 2500, 1500, 800, 400, 150};

int play_interval(const struct screen *s) { return speeds[s->speed]; }

/* ---- time ---- */

/* The next event, after its question if it has one. False at the end. */
static bool go_next(struct screen *s)
{
	bool moved;

	if (quiz_ask(s))
		return true;
	moved = timeline_next(s->view.timeline);
	screen_follow(s);
	return moved;
}

static void go_step(struct screen *s)
{
	if (quiz_ask(s))
		return;
	if (!timeline_step(s->view.timeline))
		screen_say(s, ROLE_WARN, "%s", _("this is the end"));
	screen_follow(s);
}

static void go_back(struct screen *s, bool (*back)(struct timeline *))
{
	if (!back(s->view.timeline))
		screen_say(s, ROLE_WARN, "%s", _("this is the start"));
	screen_follow(s);
}

void screen_play(struct screen *s)
{
	uint32_t next = timeline_now(s->view.timeline).event + 1;

	if (view_is_complete(&s->view) && scenario_pause(s->view.scenario, next)) {
		s->playing = false;
		screen_say(s, ROLE_WARN, "%s", _("pause: r plays on"));
	} else if (!go_next(s) ||
		   timeline_now(s->view.timeline).event == scenario_nr_events(s->view.scenario)) {
		s->playing = false;
	}
}

static void toggle_play(struct screen *s)
{
	s->playing = !s->playing;
	/* the first event comes at once, even where the scenario has a pause */
	if (s->playing && !go_next(s))
		s->playing = false;
}

/* ---- panels ---- */

static bool panel_key(struct screen *s, uint32_t key)
{
	const struct panel *p = panel_table[s->active];
	bool used = p->key && p->key(&s->view, &s->panel[s->active], key);

	screen_fulfil(s);
	return used;
}

static void next_panel(struct screen *s, int by)
{
	int n = panel_count();

	screen_activate(s, (s->active + by + n) % n);
}

static void toggle_zoom(struct screen *s)
{
	s->zoomed = !s->zoomed;
	screen_resize(s, s->width, s->height);
}

static void change_theme(struct screen *s)
{
	s->theme = theme_next(s->theme);
	screen_say(s, ROLE_WARN, _("theme %s"), s->theme->name);
}

static void change_speed(struct screen *s, int by)
{
	if (s->speed + by >= 0 && s->speed + by < NR_SPEEDS)
		s->speed += by;
	screen_say(s, ROLE_WARN, _("an event every %d.%d s"), play_interval(s) / 1000,
		   play_interval(s) / 100 % 10);
}

/* ---- dispatch ---- */

/* Actions that move in time. False: another kind. */
static bool act_time(struct screen *s, enum action action)
{
	switch (action) {
	case ACT_NEXT:
		if (!go_next(s))
			screen_say(s, ROLE_WARN, "%s", _("this is the end"));
		return true;
	case ACT_BACK:
		go_back(s, timeline_prev);
		return true;
	case ACT_STEP:
		go_step(s);
		return true;
	case ACT_STEP_BACK:
		go_back(s, timeline_step_back);
		return true;
	case ACT_START:
		screen_goto(s, (struct when){0, STEP_END});
		return true;
	case ACT_END:
		screen_goto(s, (struct when){scenario_nr_events(s->view.scenario), STEP_END});
		return true;
	case ACT_PLAY:
		toggle_play(s);
		return true;
	case ACT_FASTER:
		change_speed(s, 1);
		return true;
	case ACT_SLOWER:
		change_speed(s, -1);
		return true;
	default:
		return false;
	}
}

/* Actions of the panel in front. False: another kind. */
static bool act_panel(struct screen *s, enum action action, uint32_t key)
{
	switch (action) {
	case ACT_PANEL_NEXT:
		next_panel(s, 1);
		return true;
	case ACT_PANEL_PREV:
		next_panel(s, -1);
		return true;
	case ACT_PANEL_NR:
		screen_activate(s, (int)(key - '1'));
		return true;
	case ACT_UP:
		panel_key(s, KEY_UP_);
		return true;
	case ACT_DOWN:
		panel_key(s, KEY_DOWN_);
		return true;
	case ACT_LEFT:
		panel_key(s, KEY_LEFT_);
		return true;
	case ACT_RIGHT:
		panel_key(s, KEY_RIGHT_);
		return true;
	case ACT_FOLLOW:
		panel_key(s, KEY_ENTER_);
		return true;
	case ACT_RELEASE:
		view_release(&s->view);
		return true;
	case ACT_ZOOM:
		toggle_zoom(s);
		return true;
	case ACT_WHAT:
		what_show_cursor(s);
		return true;
	default:
		return false;
	}
}

static void act(struct screen *s, enum action action, uint32_t key)
{
	if (act_time(s, action) || act_panel(s, action, key))
		return;
	switch (action) {
	case ACT_COMPARE:
		compare_open(s);
		break;
	case ACT_PROMPT:
		prompt_open(&s->prompt, PROMPT_EVENT);
		prompt_hint(s);
		break;
	case ACT_SEARCH:
		prompt_open(&s->prompt, PROMPT_SEARCH);
		break;
	case ACT_FOUND_NEXT:
		search_again(s, 1);
		break;
	case ACT_FOUND_PREV:
		search_again(s, -1);
		break;
	case ACT_INSPECT:
		inspect_toggle(s);
		break;
	case ACT_FILES:
		proc_view_toggle(s);
		break;
	case ACT_THEME:
		change_theme(s);
		break;
	case ACT_HELP:
		s->help_open = true;
		s->help_top = 0;
		break;
	case ACT_QUIT:
		s->quit = true;
		break;
	default:
		panel_key(s, key);
		break;
	}
}

static void key_at_prompt(struct screen *s, uint32_t key)
{
	switch (prompt_key(&s->prompt, key)) {
	case PROMPT_ENTER:
		if (s->prompt.kind == PROMPT_SEARCH)
			search_run(s);
		else
			command_run(s);
		break;
	case PROMPT_COMPLETE:
		prompt_complete(s);
		break;
	case PROMPT_EDITED:
		prompt_hint(s);
		break;
	case PROMPT_CANCEL:
		break;
	}
}

/* Stop playing, unless the key is about playing or looks only. */
static void leave_play(struct screen *s, enum action action)
{
	if ((action >= ACT_NEXT && action <= ACT_END) || action == ACT_PROMPT ||
	    action == ACT_FOLLOW)
		s->playing = false;
}

/* Would the panel in front get this key?  Not while a box stands above it. */
static bool is_for_panel(enum action action)
{
	switch (action) {
	case ACT_NONE:
	case ACT_UP:
	case ACT_DOWN:
	case ACT_LEFT:
	case ACT_RIGHT:
	case ACT_FOLLOW:
	case ACT_RELEASE:
		return true;
	default:
		return false;
	}
}

void screen_key(struct screen *s, uint32_t key)
{
	enum action action = key_action(key);

	s->message[0] = '\0';
	if (s->prompt.open) {
		key_at_prompt(s, key);
		return;
	}
	if (s->help_open && help_key(s, key))
		return;
	if (s->quiz_open) {
		if (quiz_key(s, key))
			return;
		if (action == ACT_RELEASE) {
			s->quiz_open = false;
			return;
		}
	}
	if (s->overlay.kind && (overlay_key(s, key) || is_for_panel(action)))
		return;
	leave_play(s, action);
	if (!s->overlay.kind && (key == KEY_LEFT_ || key == KEY_RIGHT_) && panel_key(s, key))
		return;
	act(s, action, key);
}

/* ---- mouse ---- */

/* Coordinates inside a place's panel; false on its frame. */
static bool inside(const struct screen *s, const struct place *p, int *x, int *y)
{
	int side = s->layout.boxed ? 1 : 0;

	*x -= p->x + side;
	*y -= p->y + 1;
	return *x >= 0 && *x < p->width - 2 * side && *y >= 0 && *y < p->height - 1 - side;
}

static void click_bar(struct screen *s, int x, int y)
{
	const struct layout *l = &s->layout;
	int panel =
		s->switcher_x >= 0 && y == l->bar_y + l->bar_height - 1 ? switcher_panel(s, x) : -1;

	if (panel >= 0)
		screen_activate(s, panel);
	else if (y == l->bar_y && x >= s->bar_x && x < s->bar_x + s->bar_width)
		screen_goto(s, (struct when){timebar_event(s, x), STEP_END});
}

void screen_click(struct screen *s, int x, int y, bool doubled)
{
	const struct layout *l = &s->layout;
	const struct place *p = layout_at(l, x, y);

	s->message[0] = '\0';
	if (l->too_small || s->prompt.open || s->help_open || s->quiz_open)
		return;
	if (s->overlay.kind && overlay_click(s, x, y, doubled))
		return;
	if (l->bar_height && y >= l->bar_y && y < l->bar_y + l->bar_height) {
		s->playing = false;
		click_bar(s, x, y);
		return;
	}
	if (!p)
		return;

	int panel = p->panel;
	bool is_inside = inside(s, p, &x, &y);

	screen_activate(s, panel);
	if (!is_inside)
		return;
	if (panel_table[panel]->click)
		panel_table[panel]->click(&s->view, &s->panel[panel], x, y);
	screen_fulfil(s);
	if (doubled) {
		s->playing = false;
		panel_key(s, KEY_ENTER_);
	}
}

void screen_wheel(struct screen *s, int x, int y, int dy)
{
	const struct place *p = layout_at(&s->layout, x, y);

	if (s->help_open) {
		help_key(s, dy < 0 ? KEY_UP_ : KEY_DOWN_);
		return;
	}
	if (s->prompt.open || s->quiz_open || s->layout.too_small)
		return;
	if (!p || (s->overlay.kind && overlay_wheel(s, x, y, dy)))
		return;
	if (panel_table[p->panel]->scroll)
		panel_table[p->panel]->scroll(&s->view, &s->panel[p->panel], dy);
	screen_fulfil(s);
}
