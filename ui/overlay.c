/*
 * An overlay: its box, its cursor, its keys, and what has changed in it.
 *
 * What has changed is not told by the engine's steps but seen: the sheet is filled at three moments.
 *
 *	         before the event       before the last step       now
 *	rss             4                       5                   5      hollow: earlier in this event
 *	nr_ptes         2                       2                   3      filled: by the last step
 *
 * So a mark depends on the moment alone, whichever way led there, and no kind of overlay has to know which step
 * changes which of its rows.
 */
#include "overlay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "parts.h"
#include "screen.h"
#include "src/i18n.h"

enum {
	BOXES_FROM_WIDTH = 100, /* a smaller screen is covered whole        */
	BOXES_FROM_HEIGHT = 30,
	FOOT_FROM_HEIGHT = 12,
	LEAST_HEIGHT = 14, /* of a box below or above the panel it is about */
	COLUMNS_MAX = 3,
	TITLE_MAX = 256,
	WHEEL_ROWS = 2,
};

/* ---- open, close ---- */

void overlay_close(struct screen *s)
{
	struct overlay *o = &s->overlay;

	if (!o->kind)
		return;
	if (o->kind->close)
		o->kind->close(o->state);
	free(o->state);
	sheet_free(&o->sheet);
	memset(o, 0, sizeof(*o));
}

void *overlay_open(struct screen *s, const struct overlay_kind *k)
{
	void *state = calloc(1, k->state_bytes ? k->state_bytes : 1);

	if (!state) {
		screen_say(s, ROLE_ERROR, "%s", strerror(ENOMEM));
		return NULL;
	}
	overlay_close(s);
	s->overlay = (struct overlay){
		.kind = k, .state = state, .stale = true, .moves = s->view.moves, .cursor = -1};
	return state;
}

void *overlay_state(const struct screen *s, const struct overlay_kind *k)
{
	return s->overlay.kind == k ? s->overlay.state : NULL;
}

/* ---- the sheet at three moments ---- */

static void fill_sheet(struct screen *s, struct sheet *sheet, int width)
{
	const struct overlay *o = &s->overlay;

	sheet_begin(sheet, width, s->view.ascii);
	o->kind->fill(&s->view, o->state, sheet);
}

/* Mark what was otherwise at an earlier moment. */
static void compare(struct screen *s, int width, struct when when, enum touch touch)
{
	struct sheet before = {.nr_rows = 0};

	timeline_goto(s->view.timeline, when);
	fill_sheet(s, &before, width);
	sheet_mark(&s->overlay.sheet, &before, touch);
	sheet_free(&before);
}

static void mark_changes(struct screen *s, int width)
{
	struct when now = timeline_now(s->view.timeline);
	bool all = view_is_complete(&s->view) || now.step == 1;

	if (now.event == 0 || now.step == 0)
		return;
	compare(s, width, (struct when){now.event - 1, STEP_END}, all ? TOUCH_STEP : TOUCH_EVENT);
	if (!all)
		compare(s, width, (struct when){now.event, now.step - 1}, TOUCH_STEP);
	timeline_goto(s->view.timeline, now);
}

/* ---- scrolling ---- */

/* Rows in sight below the head. */
static int page_rows(const struct overlay *o)
{
	int rows = (o->inside.height - o->sheet.nr_head - o->foot) * o->columns;

	return rows > 1 ? rows : 1;
}

static int nr_body(const struct overlay *o) { return o->sheet.nr_rows - o->sheet.nr_head; }

static void scroll(struct overlay *o, int by)
{
	o->top = scroll_clamp(o->top + by, page_rows(o), nr_body(o));
}

static bool in_sight(const struct overlay *o, int row)
{
	int y = row - o->sheet.nr_head - o->top;

	return row >= 0 && (row < o->sheet.nr_head || (y >= 0 && y < page_rows(o)));
}

static void show_cursor(struct overlay *o)
{
	if (o->cursor >= o->sheet.nr_head)
		o->top = scroll_to(o->top, o->cursor - o->sheet.nr_head, page_rows(o), nr_body(o));
}

/*
 * Up or down: to the next row that can be chosen if it is in sight or about to be, else a row further.  Of a sheet
 * that is read and has nothing to choose the rows just move.
 */
static void move_cursor(struct overlay *o, int direction)
{
	int from = o->cursor, next;

	if (from >= 0 && !in_sight(o, from))
		from = o->sheet.nr_head + o->top + (direction > 0 ? -1 : page_rows(o));
	next = sheet_next_link(&o->sheet, from, direction);
	if (next >= 0 && !in_sight(o, next)) {
		scroll(o, direction);
		if (!in_sight(o, next))
			return;
	}
	if (next >= 0)
		o->cursor = next;
	else
		scroll(o, direction);
}

/* ---- up to date ---- */

/* The cursor on the row of a key, or else at its place, on what can be chosen. */
static void set_cursor(struct overlay *o, uint64_t key)
{
	int row = key ? sheet_find(&o->sheet, key) : -1;

	if (row < 0)
		row = o->cursor < o->sheet.nr_rows ? o->cursor : o->sheet.nr_rows - 1;
	if (row < 0 || !o->sheet.row[row].is_link)
		row = sheet_next_link(&o->sheet, row, 1);
	if (row < 0)
		row = sheet_next_link(&o->sheet, o->sheet.nr_rows, -1);
	o->cursor = row;
}

/* Fill the sheet again if it is not what is to be shown. */
static void update(struct screen *s, int width)
{
	struct overlay *o = &s->overlay;
	bool moved = o->moves != s->view.moves;
	uint64_t key = o->cursor >= 0 ? o->sheet.row[o->cursor].key : 0;

	if (!moved && !o->stale && o->sheet.grid.width == width &&
	    o->sheet.grid.ascii == s->view.ascii)
		return;
	if (moved && o->kind->follow)
		o->kind->follow(s, o->state);
	o->moves = s->view.moves;
	fill_sheet(s, &o->sheet, width);
	mark_changes(s, width);
	if (o->stale)
		o->top = 0, o->cursor = -1;
	set_cursor(o, o->stale ? o->wanted_key : key);
	o->stale = false;
	show_cursor(o);
}

/* The same between two draws; before the first one the width is a guess. */
static void update_now(struct screen *s)
{
	const struct overlay *o = &s->overlay;

	update(s, o->sheet.nr_rows ? o->sheet.grid.width : o->kind->column_width + SHEET_MARGIN);
}

void overlay_refill(struct screen *s, uint64_t cursor_key)
{
	s->overlay.stale = true;
	s->overlay.wanted_key = cursor_key;
}

bool overlay_search(struct screen *s, const char *needle, int direction)
{
	struct overlay *o = &s->overlay;
	int from, row;

	update_now(s);
	from = o->cursor >= 0 ? o->cursor : o->sheet.nr_head + o->top;
	row = sheet_search(&o->sheet, from, direction, needle);
	if (row < 0)
		return false;
	o->cursor = row;
	show_cursor(o);
	return true;
}

bool overlay_next_change(struct screen *s)
{
	struct overlay *o = &s->overlay;
	int n, from;

	update_now(s);
	n = o->sheet.nr_rows;
	from = o->cursor >= 0 ? o->cursor : o->sheet.nr_head + o->top - 1;
	for (int i = 1; i <= n; i++) {
		int row = (from + i + n) % n;

		if (!o->sheet.row[row].touch)
			continue;
		o->cursor = row;
		show_cursor(o);
		return true;
	}
	return false;
}

/* ---- keys and mouse ---- */

/* The link that the cursor is on; NULL. */
static const struct sheet_row *cursor_row(const struct overlay *o)
{
	if (o->cursor < 0 || o->cursor >= o->sheet.nr_rows || !o->sheet.row[o->cursor].is_link)
		return NULL;
	return &o->sheet.row[o->cursor];
}

static bool kind_key(struct screen *s, uint32_t key)
{
	struct overlay *o = &s->overlay;
	const struct sheet_row *at = cursor_row(o);
	struct sheet_row row = at ? *at : (struct sheet_row){0};

	if (!o->kind->key || !o->kind->key(s, o->state, at ? &row : NULL, key))
		return false;
	screen_fulfil(s);
	return true;
}

/* Time goes on under the box as it does without one; only Backspace may mean the way back inside it. */
static bool moves_in_time(uint32_t key)
{
	enum action action = key_action(key);

	return action >= ACT_NEXT && action <= ACT_SLOWER && key != KEY_BACKSPACE_;
}

bool overlay_key(struct screen *s, uint32_t key)
{
	struct overlay *o = &s->overlay;

	if (moves_in_time(key))
		return false;
	update_now(s);
	switch (key) {
	case KEY_ESCAPE_:
	case 'q':
		overlay_close(s);
		return true;
	case KEY_UP_:
	case 'k':
		move_cursor(o, -1);
		return true;
	case KEY_DOWN_:
	case 'j':
		move_cursor(o, 1);
		return true;
	case 'u':
		scroll(o, -page_rows(o));
		return true;
	case 'd':
		scroll(o, page_rows(o));
		return true;
	default:
		return kind_key(s, key);
	}
}

/* The row at a cell of the screen; -1. */
static int row_at(const struct overlay *o, int x, int y)
{
	int body = o->inside.height - o->sheet.nr_head - o->foot, column, row;

	x -= o->inside.x;
	y -= o->inside.y;
	if (x < 0 || x >= o->inside.width || y < 0 || y >= o->inside.height)
		return -1;
	if (y < o->sheet.nr_head)
		return y;
	column = x / (o->inside.width / o->columns);
	if (column >= o->columns || y >= o->inside.height - o->foot)
		return -1;
	row = o->sheet.nr_head + o->top + column * body + y - o->sheet.nr_head;
	return row < o->sheet.nr_rows ? row : -1;
}

static bool in_box(const struct overlay *o, int x, int y)
{
	return x >= o->box.x && x < o->box.x + o->box.width && y >= o->box.y &&
	       y < o->box.y + o->box.height;
}

bool overlay_click(struct screen *s, int x, int y, bool doubled)
{
	struct overlay *o = &s->overlay;
	int row;

	if (!in_box(o, x, y))
		return false;
	update_now(s);
	row = row_at(o, x, y);
	if (row < 0 || !o->sheet.row[row].is_link)
		return true;
	doubled |= o->cursor == row;
	o->cursor = row;
	if (doubled)
		kind_key(s, KEY_ENTER_);
	return true;
}

bool overlay_wheel(struct screen *s, int x, int y, int dy)
{
	if (!in_box(&s->overlay, x, y))
		return false;
	scroll(&s->overlay, dy * WHEEL_ROWS);
	return true;
}

/* ---- where the box stands ---- */

/* Cells that a box at (x, y) of the panels' rows shares with a panel's place. */
static int overlap(const struct area *box, const struct place *p)
{
	int left = box->x > p->x ? box->x : p->x, top = box->y > p->y ? box->y : p->y;
	int right = box->x + box->width, bottom = box->y + box->height;

	if (right > p->x + p->width)
		right = p->x + p->width;
	if (bottom > p->y + p->height)
		bottom = p->y + p->height;
	return right > left && bottom > top ? (right - left) * (bottom - top) : 0;
}

/* Cells of a line of a panel that a box covers. */
static int covered(const struct area *box, const struct place *p, int y)
{
	const struct place line = {.x = p->x, .y = y, .width = p->width, .height = 1};

	return overlap(box, &line);
}

/* Is something in this line of a panel lit up as chosen? */
static bool is_chosen_line(const struct grid *g, const struct place *p, int y)
{
	for (int x = p->x; x < p->x + p->width; x++)
		if (g->cell[y * g->width + x].role == ROLE_CHOSEN)
			return true;
	return false;
}

/* What a box hides of the panel in front: cells of lines in which something is chosen count more than all others. */
static int hides(const struct grid *g, const struct area *box, const struct place *p)
{
	int cells = overlap(box, p), chosen = 0;

	for (int y = p->y; cells && y < p->y + p->height; y++)
		if (is_chosen_line(g, p, y))
			chosen += covered(box, p, y);
	return chosen * p->width * p->height + cells;
}

/*
 * At the side or in the half where it hides least of the panel in front, where its subject was chosen, and of the lines
 * that show this if it can; what is too wide for a side in one of the halves.
 */
static struct area place_box(const struct screen *s, const struct area *all)
{
	const char *hidden = s->overlay.kind->instead_of;
	bool may_hide = hidden && strcmp(hidden, panel_table[s->active]->name) == 0;
	const struct place *front = may_hide ? NULL : layout_place(&s->layout, s->active);
	int width = s->overlay.kind->column_width + SHEET_MARGIN + 2;
	int height = all->height / 2;
	bool is_wide = width > all->width * 2 / 3;
	struct area at[4], best;

	if (s->width < BOXES_FROM_WIDTH || s->height < BOXES_FROM_HEIGHT)
		return *all;
	if (is_wide)
		width = all->width * 2 / 3;
	if (height < LEAST_HEIGHT)
		height = LEAST_HEIGHT;
	at[0] = area_sub(all, all->width - width, 0, width, all->height);
	at[1] = area_sub(all, 0, 0, width, all->height);
	at[2] = area_sub(all, 0, all->height - height, all->width, height);
	at[3] = area_sub(all, 0, 0, all->width, height);
	best = at[is_wide ? 2 : 0];
	for (int i = is_wide ? 3 : 1; front && i < 4; i++)
		if (hides(all->grid, &at[i], front) < hides(all->grid, &best, front))
			best = at[i];
	return best;
}

/* ---- drawing ---- */

/* Frame, or on a small screen a heading; what is inside. */
static struct area open_box(const struct screen *s, const struct area *box)
{
	const struct overlay *o = &s->overlay;
	char left[TITLE_MAX] = "", right[TITLE_MAX] = "";
	struct area inside;
	int x;

	if (o->kind->title)
		o->kind->title(&s->view, o->state, left, right, TITLE_MAX);
	if (s->layout.boxed)
		return draw_box(box, left, right, true);
	x = put_text(box, 0, 0, ROLE_BORDER_ACTIVE, ATTR_BOLD, left) + 1;
	fill(box, x, 0, box->width - x, 0x2500, ROLE_BORDER_ACTIVE);
	inside = area_sub(box, 0, 1, box->width, box->height - 1);
	return inside;
}

/* What keys do, in the lower border. */
static void draw_keys(const struct screen *s, const struct area *box)
{
	const struct overlay *o = &s->overlay;
	struct area border = area_sub(box, 0, box->height - 1, box->width, 1);
	char text[TITLE_MAX];

	if (!s->layout.boxed)
		return;
	snprintf(text, sizeof(text), "%s%s%s", o->kind->keys ? _(o->kind->keys) : "",
		 o->kind->keys ? "  " : "", _("Escape closes"));
	put_box_right(&border, NULL, text);
}

/* A column of rows below the head, and the cursor in it. */
static void draw_rows(const struct overlay *o, const struct area *a, int from, int n)
{
	int y = o->cursor - from;

	sheet_show(&o->sheet, a, from, n);
	if (o->cursor < 0 || y < 0 || y >= n || y >= a->height)
		return;
	paint(a, 0, y, a->width, ROLE_CURRENT, ATTR_BOLD);
	put_char(a, 0, y, 0x25b8, ROLE_CURRENT, ATTR_BOLD);
	put_mark(a, 1, y, o->sheet.row[o->cursor].touch);
}

static void draw_sheet(const struct overlay *o)
{
	const struct area *in = &o->inside;
	int width = in->width / o->columns, head = o->sheet.nr_head;
	int body = in->height - head - o->foot;
	struct area part = area_sub(in, 0, 0, in->width, head);

	draw_rows(o, &part, 0, head);
	for (int i = 0; i < o->columns; i++) {
		part = area_sub(in, i * width, head, width, body);
		draw_rows(o, &part, head + o->top + i * body, body);
	}
	part = area_sub(in, 0, head, in->width, body);
	draw_thumb(&part, o->top, page_rows(o), nr_body(o));
}

static void draw_foot(const struct screen *s)
{
	const struct overlay *o = &s->overlay;
	const struct area *in = &o->inside;
	struct area part = area_sub(in, 0, in->height - o->foot, in->width, o->foot);

	if (!o->foot)
		return;
	fill(&part, 0, 0, part.width, 0x2500, ROLE_BORDER);
	part = area_sub(&part, SHEET_MARGIN, 1, part.width - SHEET_MARGIN, part.height - 1);
	o->kind->foot(&s->view, o->state, cursor_row(o), &part);
}

void overlay_draw(struct screen *s, const struct area *panels)
{
	struct overlay *o = &s->overlay;
	int column = o->kind->column_width + SHEET_MARGIN;

	o->box = place_box(s, panels);
	for (int y = 0; y < o->box.height; y++)
		fill(&o->box, 0, y, o->box.width, ' ', ROLE_NORMAL);
	o->inside = area_sub(&o->box, 1, 1, o->box.width - 2, o->box.height - 2);
	if (!s->layout.boxed)
		o->inside = area_sub(&o->box, 0, 1, o->box.width, o->box.height - 1);
	o->columns = o->inside.width / (column > 0 ? column : 1);
	o->columns = o->columns < 1 ? 1 : o->columns > COLUMNS_MAX ? COLUMNS_MAX : o->columns;
	o->foot =
		o->kind->foot && o->inside.height >= FOOT_FROM_HEIGHT ? o->kind->foot_rows + 1 : 0;
	update(s, o->inside.width / o->columns);
	o->inside = open_box(s, &o->box);
	if (o->inside.height > 0) {
		scroll(o, 0);
		draw_sheet(o);
		draw_foot(s);
	}
	draw_keys(s, &o->box);
	o->box.grid = o->inside.grid = NULL;
}
