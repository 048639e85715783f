/*
 * Events: the scenario as it stands in the file, with what came of each event.
 *
 *	   -- fork --                                 a label is a heading
 *	   the child gets a copy of the tables        narration, dim
 *	 6 fork sh kid                      +1 f      done: how it ended
 *	>7 write kid buf value=K        COW copy      the current event
 *	 8 write sh buf value=B                       still to come, dim
 *
 * Rows are taken by their number from the scenario, so that a draw costs time for the rows in sight and for no
 * others.  Header, comments, pauses and expects that hold are not shown: they are the author's business.
 */
#include "panel.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "parts.h"
#include "src/i18n.h"

enum { NO_ROW = -1, MAX_PAGE = 4096 /* rows, most of them not shown */ };

/* panel_state.word: the moment of the last draw (+1), to see that time moved */
enum { WORD_MOMENT };

/* The words of a `say`, without the statement's name and quotes. */
static void say_text(const char *row, char *buf, size_t size)
{
	const char *p = strchr(row, '"');
	size_t n = 0;

	for (p = p ? p + 1 : ""; *p && *p != '"' && n + 1 < size; p++) {
		if (*p == '\\' && p[1])
			p++;
		buf[n++] = *p;
	}
	buf[n] = '\0';
}

/* What a user of this language is told or asked before an event; NULL: nothing. */
static const char *words_in(const struct view *v, const struct row *r, const char *lang)
{
	const struct quiz *q = scenario_quiz(v->scenario, r->event, lang);

	if (r->kind == ROW_SAY)
		return scenario_say(v->scenario, r->event, lang);
	return q ? q->question : NULL;
}

/* Narration and questions are shown in the user's language where the scenario has it. */
static bool is_in_users_language(const struct view *v, const struct row *r)
{
	size_t word = strcspn(r->text, " ");
	bool zh_row = word > 3 && memcmp(r->text + word - 3, ".zh", 3) == 0;
	bool zh_user = v->language && strncmp(v->language, "zh", 2) == 0;
	const char *en, *zh;

	if (zh_row || !zh_user)
		return zh_row == zh_user;
	en = words_in(v, r, "en");
	zh = words_in(v, r, "zh");
	return !en || !zh || strcmp(en, zh) == 0;
}

static bool is_failed_expect(const struct view *v, const struct row *r, uint32_t row)
{
	uint32_t after = r->event ? r->event - 1 : scenario_nr_events(v->scenario);
	bool has_run = after && after <= timeline_now(v->timeline).event;
	long i = has_run ? timeline_failed_expect(v->timeline, after) : -1;

	return i >= 0 && scenario_expect(v->scenario, (size_t)i)->row == row;
}

static bool is_row_shown(const struct view *v, uint32_t row)
{
	const struct row *r = scenario_row(v->scenario, row);

	switch (r->kind) {
	case ROW_EVENT:
	case ROW_LABEL:
	case ROW_REPEAT:
	case ROW_INCLUDE:
		return true;
	case ROW_SAY:
	case ROW_QUIZ:
		return is_in_users_language(v, r);
	case ROW_EXPECT:
		return is_failed_expect(v, r, row);
	default:
		return false;
	}
}

/* The row of the current event; NO_ROW before the first. */
static int current_row(const struct view *v)
{
	struct when now = timeline_now(v->timeline);

	return now.event ? (int)scenario_event(v->scenario, now.event)->row : NO_ROW;
}

/* The next shown row from `row` on in a direction, `row` itself not counted; NO_ROW at the end. */
static int next_row(const struct view *v, int row, int direction)
{
	int total = (int)scenario_nr_rows(v->scenario);

	for (row += direction; row >= 0 && row < total; row += direction)
		if (is_row_shown(v, (uint32_t)row))
			return row;
	return NO_ROW;
}

static int number_width(const struct view *v)
{
	int width = snprintf(NULL, 0, "%u", scenario_nr_events(v->scenario));

	return width > 2 ? width : 2;
}

/* Columns before a row's text: mark, number, blank. */
static int text_column(const struct view *v) { return 1 + number_width(v) + 1; }

/* Bring `row` into sight with a line or two after it; stays put when it is in sight. */
static void show_row(const struct view *v, struct panel_state *ps, int row)
{
	int line = 0, room = ps->height - 1 - (ps->height > 4) - (ps->height > 8);

	if (row < 0) {
		ps->top = 0;
		return;
	}
	if (row >= ps->top) {
		for (int r = next_row(v, ps->top - 1, 1); r != NO_ROW && r < row && line <= room;
		     r = next_row(v, r, 1))
			line++;
		if (line <= room)
			return;
	}
	ps->top = row;
	for (line = 0; line < ps->height / 3; line++) {
		int before = next_row(v, ps->top, -1);

		if (before == NO_ROW)
			break;
		ps->top = before;
	}
}

/* Rows of [from, end) that are shown, counted up to `most`. */
static int rows_shown(const struct view *v, int from, int end, int most)
{
	int n = 0;

	for (int r = next_row(v, from - 1, 1); r != NO_ROW && r < end && n < most;
	     r = next_row(v, r, 1))
		n++;
	return n;
}

/*
 * Time has moved to the event of `row`: show the page that it is on, and before it as much as there is room for.
 * Pages begin at fixed rows, so the same moment looks the same whichever way led there, and while one steps through
 * a page it stands still.  Many rows are not shown: so a page is two pages, four, eight, as long as that fits.
 */
static void show_page_of(const struct view *v, struct panel_state *ps, int row)
{
	int room = ps->height - 1 - (ps->height > 4) - (ps->height > 8);
	int page = ps->height > 2 ? ps->height * 2 / 3 : 1, start, from = row > 0 ? row : 0;

	for (int wider = 2 * page; wider < MAX_PAGE; wider *= 2) {
		start = from / wider * wider;
		if (rows_shown(v, start, start + wider, room + 1) > room)
			break;
		page = wider;
	}
	start = from / page * page;
	room -= rows_shown(v, start, start + page, room);
	ps->top = start;
	for (int r = next_row(v, start, -1); r != NO_ROW && room-- > 0; r = next_row(v, r, -1))
		ps->top = r;
}

/* ---- what came of an event ---- */

struct result_text {
	char main[24], faults[16];
	enum role main_role;
};

static void faults_text(const struct event_result *r, struct result_text *t)
{
	if (r->majflt)
		snprintf(t->faults, sizeof(t->faults), "+%u F", r->minflt + r->majflt);
	else if (r->minflt)
		snprintf(t->faults, sizeof(t->faults), "+%u f", r->minflt);
}

static void outcome_short(const struct event_result *r, struct result_text *t)
{
	char text[sizeof(t->main)];

	outcome_text(&r->outcome, text, sizeof(text));
	t->main_role = ROLE_ERROR;
	switch (r->outcome.kind) {
	case OUT_OK:
		t->main_role = ROLE_DIM;
		if (r->cow == 1)
			snprintf(t->main, sizeof(t->main), "%s", _("COW copy"));
		else if (r->cow)
			snprintf(t->main, sizeof(t->main), _("%u copies"), r->cow);
		else
			snprintf(t->main, sizeof(t->main), "%s", t->faults[0] ? "" : text);
		if (r->cow)
			t->main_role = ROLE_COW;
		break;
	case OUT_ADDRESS:
		t->main_role = ROLE_NUMBER;
		snprintf(t->main, sizeof(t->main), "%08" PRIx64, r->outcome.value);
		break;
	default:
		/* the first word says it: SIGSEGV, ENOMEM */
		snprintf(t->main, sizeof(t->main), "%.*s", (int)strcspn(text, " "), text);
		break;
	}
}

/* What to show at the right of an event's row. False: it has not run. */
static bool row_result(const struct view *v, const struct row *r, bool current,
		       struct result_text *t)
{
	struct when now = timeline_now(v->timeline);
	uint32_t nr = current ? now.event : r->event;
	const struct event_result *result = timeline_result(v->timeline, nr);

	*t = (struct result_text){.main_role = ROLE_DIM};
	if (current && !view_is_complete(v)) {
		/* under way: its steps are counted in the title line */
		snprintf(t->main, sizeof(t->main), "\342\200\246");
		t->main_role = ROLE_WARN;
		return true;
	}
	if (nr > now.event || !result)
		return false;
	if (r->nr_events > 1 && !current) {
		snprintf(t->main, sizeof(t->main), "\303\227%u", r->nr_events);
		return true;
	}
	faults_text(result, t);
	outcome_short(result, t);
	return true;
}

static void draw_result(const struct area *a, int y, const struct result_text *t)
{
	int end = a->width;

	if (a->width >= 56) { /* room for two columns, so that faults line up */
		put_right(a, end, y, t->main_role, 0, t->main);
		put_right(a, end - 10, y, ROLE_FAULT, 0, t->faults);
	} else if (t->main[0]) {
		put_right(a, end, y, t->main_role, 0, t->main);
	} else {
		put_right(a, end, y, ROLE_FAULT, 0, t->faults);
	}
}

/* ---- drawing ---- */

static void draw_event_row(const struct view *v, const struct area *a, int y, const struct row *r,
			   bool current)
{
	struct when now = timeline_now(v->timeline);
	int column = text_column(v), room = a->width - column;
	struct area text;
	struct result_text t;
	char number[16], line[256];
	enum role role = current ? ROLE_CURRENT : r->event <= now.event ? ROLE_NORMAL : ROLE_DIM;
	bool has = row_result(v, r, current, &t);

	if (current)
		paint(a, 0, y, a->width, ROLE_CURRENT, 0);
	if (has && (t.main[0] || t.faults[0]))
		room -= (a->width >= 56 && t.faults[0] ? 10 : 0) +
			text_width(t.main[0] && a->width < 56 ? t.main
				   : a->width >= 56           ? "12345678"
							      : t.faults) +
			1;
	snprintf(number, sizeof(number), "%u", current ? now.event : r->event);
	if (current)
		put_char(a, 0, y, 0x25b6, ROLE_CURRENT, ATTR_BOLD);
	put_right(a, column - 1, y, current ? ROLE_CURRENT : ROLE_DIM, 0, number);
	if (current)
		scenario_event_text(v->scenario, now.event, line, sizeof(line));
	text = area_sub(a, column, y, room, 1);
	put_text(&text, 0, 0, role, current ? ATTR_BOLD : 0, current ? line : r->text);
	if (has)
		draw_result(a, y, &t);
}

static void draw_label_row(const struct view *v, const struct area *a, int y, const struct row *r)
{
	const char *name = strchr(r->text, ' ');
	int x = text_column(v);

	x = put_text(a, x, y, ROLE_BORDER, 0, "\342\224\200\342\224\200 ");
	x = put_text(a, x, y, ROLE_TITLE, ATTR_BOLD, name ? name + 1 : r->text);
	if (x + 1 < a->width)
		fill(a, x + 1, y, a->width - x - 1, 0x2500, ROLE_BORDER);
}

static void draw_row(const struct view *v, const struct area *a, int y, int row, bool current)
{
	const struct row *r = scenario_row(v->scenario, (uint32_t)row);
	int x = text_column(v);
	char text[512];

	switch (r->kind) {
	case ROW_EVENT:
		draw_event_row(v, a, y, r, current);
		break;
	case ROW_LABEL:
		draw_label_row(v, a, y, r);
		break;
	case ROW_SAY:
		say_text(r->text, text, sizeof(text));
		put_wrapped(a, x, y, a->width - x, 1, ROLE_DIM, text);
		break;
	case ROW_QUIZ:
		say_text(r->text, text, sizeof(text));
		put_text(a, x - 2, y, ROLE_WARN, ATTR_BOLD, "? ");
		put_text(a, x, y, ROLE_DIM, 0, text);
		break;
	case ROW_EXPECT:
		put_char(a, x - 2, y, 0x2717, ROLE_ERROR, ATTR_BOLD);
		put_text(a, x, y, ROLE_ERROR, 0, r->text);
		break;
	default:
		put_text(a, x, y, ROLE_DIM, 0, r->text);
		break;
	}
}

static void events_draw(struct view *v, struct panel_state *ps, const struct area *a, bool active)
{
	struct when now = timeline_now(v->timeline);
	uint64_t moment = (uint64_t)now.event << 32 | v->moves;
	int current = current_row(v), y = 0;

	ps->height = a->height;
	ps->width = a->width;
	if (ps->word[WORD_MOMENT] != moment) {
		ps->word[WORD_MOMENT] = moment;
		ps->cursor = current;
		show_page_of(v, ps, current);
	}
	for (int row = next_row(v, ps->top - 1, 1); row != NO_ROW && y < a->height;
	     row = next_row(v, row, 1)) {
		draw_row(v, a, y, row, row == current);
		if (active && row == ps->cursor && row != current)
			paint(a, 0, y, a->width, ROLE_CHOSEN, 0);
		y++;
	}
	draw_thumb(a, ps->top, a->height, (int)scenario_nr_rows(v->scenario));
}

static void events_status(const struct view *v, const struct panel_state *ps, char *buf,
			  size_t size)
{
	struct when now = timeline_now(v->timeline);

	(void)ps;
	snprintf(buf, size, "%s", now.event ? scenario_label_before(v->scenario, now.event) : "");
}

/* ---- keys ---- */

static void move_cursor(const struct view *v, struct panel_state *ps, int rows)
{
	int direction = rows < 0 ? -1 : 1;

	for (; rows; rows -= direction) {
		int next = next_row(v, ps->cursor, direction);

		if (next == NO_ROW)
			break;
		ps->cursor = next;
	}
	show_row(v, ps, ps->cursor);
}

static void go_to_row(struct view *v, int row)
{
	const struct row *r = row >= 0 ? scenario_row(v->scenario, (uint32_t)row) : NULL;

	if (r && r->event) {
		v->wants_go = true;
		v->go = (struct when){r->event, STEP_END};
	}
}

static bool events_key(struct view *v, struct panel_state *ps, uint32_t key)
{
	switch (key) {
	case KEY_UP_:
		move_cursor(v, ps, -1);
		return true;
	case KEY_DOWN_:
		move_cursor(v, ps, 1);
		return true;
	case KEY_ENTER_:
		go_to_row(v, ps->cursor);
		return true;
	default:
		return false;
	}
}

/* The row drawn at line y; NO_ROW below the last. */
static int row_at(const struct view *v, const struct panel_state *ps, int y)
{
	int row = next_row(v, ps->top - 1, 1);

	while (row != NO_ROW && y-- > 0)
		row = next_row(v, row, 1);
	return row;
}

static void events_click(struct view *v, struct panel_state *ps, int x, int y)
{
	int row = row_at(v, ps, y);

	(void)x;
	if (row != NO_ROW)
		ps->cursor = row;
}

static void events_scroll(struct view *v, struct panel_state *ps, int dy)
{
	for (int i = 0; i < 3; i++) {
		int next = next_row(v, ps->top, dy);

		if (next != NO_ROW)
			ps->top = next;
	}
}

static bool events_search(struct view *v, struct panel_state *ps, const char *needle, int direction)
{
	for (int row = next_row(v, ps->cursor, direction); row != NO_ROW;
	     row = next_row(v, row, direction)) {
		if (strcasestr(scenario_row(v->scenario, (uint32_t)row)->text, needle)) {
			ps->cursor = row;
			show_row(v, ps, row);
			return true;
		}
	}
	return false;
}

const struct panel panel_events = {
	.name = "events",
	.title = N_("Events"),
	.min_width = 30,
	.min_height = 5,
	.want_width = 44,
	.want_height = 14,
	.need_height = 6,
	.status = events_status,
	.draw = events_draw,
	.key = events_key,
	.click = events_click,
	.scroll = events_scroll,
	.search = events_search,
};
