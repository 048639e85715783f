/*
 * The inspector: a kernel structure with live values, and the way that led to it.
 *
 *	+- struct vm_area_struct --------------------- f7c3d338 -+
 *	| task kid > mm > mmap[3]                                |
 *	| > vm_start           b7ffe000            unsigned long |
 *	|   vm_mm              f7c2e1c0 -> mm_struct of kid       |
 *	| ...                                                    |
 *	| unsigned long vm_start                                 |
 *	| its first address                                      |
 *	+-------------------- Enter follows  b back  Esc closes -+
 *
 * Enter on a pointer goes to where it leads and chooses that for all panels; b goes back.  A structure is known by what
 * a debugger's user would write down (src/object.h), so it can vanish when time moves, and come back: then the box says
 * which event freed it or is going to make it.
 */
#include "inspect.h"

#include <stdio.h>
#include <string.h>

#include "parts.h"
#include "screen.h"
#include "src/i18n.h"

enum { PATH_MOST = 64, FOOT_ROWS = 2, COLUMN_WIDTH = 56, KEY_PATH = 1, KEY_GONE = 2 };

/* One step of the way. */
struct stop {
	struct object object;
	char name[FIELD_NAME]; /* of the field that led to it; of the first one: what it is */
	uint64_t cursor;       /* key of the row that was followed from here                */
	struct when seen;      /* a moment at which it existed                              */
};

struct inspect {
	struct stop stop[PATH_MOST];
	int depth;            /* stops, the last one is shown                                  */
	bool exists;          /* now                                                           */
	uint32_t event;       /* else: the event that freed it or is going to make it          */
	struct choice choice; /* as the box left it: another one is the user's, made beside it */
};

static struct stop *last_stop(struct inspect *in) { return &in->stop[in->depth - 1]; }

/* ---- what vanished, and when ---- */

static bool exists_after(struct screen *s, const struct object *o, uint32_t event)
{
	timeline_goto(s->view.timeline, (struct when){event, STEP_END});
	return object_exists(view_machine(&s->view), o);
}

/* The first event in (from, to] after which the object exists, or does not; it is otherwise after from. */
static uint32_t find_event(struct screen *s, const struct object *o, uint32_t from, uint32_t to,
			   bool exists)
{
	struct when now = timeline_now(s->view.timeline);

	while (to - from > 1) {
		uint32_t middle = from + (to - from) / 2;

		if (exists_after(s, o, middle) == exists)
			to = middle;
		else
			from = middle;
	}
	timeline_goto(s->view.timeline, now);
	return to;
}

/* Before event e, inside it, after it: the last event that is complete. */
static uint32_t complete_event(struct when w) { return w.step == STEP_END ? w.event : w.event - 1; }

static void look_whether_it_exists(struct screen *s, struct inspect *in)
{
	struct stop *at = last_stop(in);
	struct when now = timeline_now(s->view.timeline);
	bool later = now.event > at->seen.event ||
		     (now.event == at->seen.event && now.step > at->seen.step);

	in->exists = object_exists(view_machine(&s->view), &at->object);
	if (in->exists)
		at->seen = now;
	else if (later)
		in->event = find_event(s, &at->object, complete_event(at->seen), now.event, false);
	else
		in->event = find_event(s, &at->object, complete_event(now), at->seen.event, true);
}

/* ---- rows ---- */

/* The way from its first stop on; what does not fit is left out behind the first. */
static void put_path(const struct inspect *in, struct sheet *sheet)
{
	struct area row = sheet_row(sheet, KEY_PATH);
	int from = 1, width = text_width(in->stop[0].name), x;

	for (int i = 1; i < in->depth; i++)
		width += 3 + text_width(in->stop[i].name);
	for (; from < in->depth - 1 && width > row.width; from++)
		width -= 3 + text_width(in->stop[from].name) - (from == 1 ? 4 : 0);
	x = put_text(&row, 0, 0, in->depth > 1 ? ROLE_DIM : ROLE_TITLE, 0, in->stop[0].name);
	if (from > 1)
		x = put_text(&row, x, 0, ROLE_DIM, 0, " \xe2\x80\xba \xe2\x80\xa6");
	for (int i = from; i < in->depth; i++) {
		x = put_text(&row, x, 0, ROLE_DIM, 0, " \xe2\x80\xba ");
		x = put_text(&row, x, 0, i == in->depth - 1 ? ROLE_TITLE : ROLE_DIM, 0,
			     in->stop[i].name);
	}
	sheet_end_head(sheet);
}

static void put_gone(const struct view *v, const struct inspect *in, struct sheet *sheet)
{
	struct area row = sheet_row(sheet, 0);
	bool is_past = in->stop[in->depth - 1].seen.event < in->event ||
		       in->event <= timeline_now(v->timeline).event;
	char text[OBJECT_TEXT];

	put_format(&row, 0, 0, ROLE_WARN, ATTR_BOLD,
		   is_past ? _("gone: freed at event %u") : _("not there yet: made at event %u"),
		   in->event);
	row = sheet_row(sheet, 0);
	scenario_event_text(v->scenario, in->event, text, sizeof(text));
	put_text(&row, 0, 0, ROLE_DIM, 0, text);
}

static void inspect_fill(const struct view *v, const void *state, struct sheet *sheet)
{
	const struct inspect *in = state;
	const struct object *o = &in->stop[in->depth - 1].object;

	put_path(in, sheet);
	if (object_exists(view_machine(v), o))
		inspect_rows(v, o, sheet);
	else
		put_gone(v, in, sheet);
}

static void inspect_title(const struct view *v, const void *state, char *left, char *right,
			  size_t size)
{
	const struct inspect *in = state;
	const struct object *o = &in->stop[in->depth - 1].object;
	bool is_struct = o->kind != OBJ_ENTRY && o->kind != OBJ_TABLE && o->kind != OBJ_SLOT;
	vaddr_t kva;

	snprintf(left, size, "%s%s", is_struct ? "struct " : "",
		 _(object_struct(view_machine(v), o->kind)));
	if (object_address(view_machine(v), o, &kva))
		snprintf(right, size, "%08" PRIx64, kva);
}

/* What the field under the cursor is, and means. */
static void inspect_foot(const struct view *v, const void *state, const struct sheet_row *row,
			 const struct area *a)
{
	const struct inspect *in = state;
	struct field f;
	int x;

	if (!row || !inspect_field(view_machine(v), &in->stop[in->depth - 1].object, row->key, &f))
		return;
	x = put_text(a, 0, 0, ROLE_DIM, 0, f.type);
	put_text(a, x + (x > 0), 0, ROLE_LABEL, ATTR_BOLD, f.name);
	put_wrapped(a, 0, 1, a->width, a->height - 1, ROLE_NORMAL, _(f.meaning));
}

/* ---- the way ---- */

static void go_on(struct screen *s, struct inspect *in, const struct object *o, const char *name)
{
	struct stop *stop;

	if (in->depth == PATH_MOST) { /* the first stop and the latest ones are kept */
		memmove(&in->stop[1], &in->stop[2], sizeof(in->stop[0]) * (PATH_MOST - 2));
		in->depth--;
	}
	stop = &in->stop[in->depth++];
	*stop = (struct stop){.object = *o, .seen = timeline_now(s->view.timeline)};
	snprintf(stop->name, sizeof(stop->name), "%s", name);
	in->exists = true;
	in->choice = s->view.choice;
	overlay_refill(s, 0);
}

static bool follow(struct screen *s, struct inspect *in, const struct sheet_row *row)
{
	struct stop *at = last_stop(in);
	struct field f;

	if (!row || !inspect_field(view_machine(&s->view), &at->object, row->key, &f))
		return true;
	if (!object_exists(view_machine(&s->view), &f.target)) {
		screen_say(s, ROLE_DIM, _("%s leads nowhere"), f.name);
		return true;
	}
	at->cursor = row->key;
	inspect_choose(&s->view, &f.target);
	go_on(s, in, &f.target, f.name);
	return true;
}

static void go_back(struct screen *s, struct inspect *in)
{
	in->depth--;
	look_whether_it_exists(s, in);
	if (in->exists)
		inspect_choose(&s->view, &last_stop(in)->object);
	in->choice = s->view.choice;
	overlay_refill(s, last_stop(in)->cursor);
}

static bool inspect_key(struct screen *s, void *state, const struct sheet_row *row, uint32_t key)
{
	struct inspect *in = state;

	switch (key) {
	case KEY_ENTER_:
	case 'l':
		return follow(s, in, row);
	case KEY_BACKSPACE_:
	case 'b':
	case 'h':
		if (in->depth == 1)
			return key != KEY_BACKSPACE_;
		go_back(s, in);
		return true;
	default:
		return false;
	}
}

static void inspect_follow(struct screen *s, void *state) { look_whether_it_exists(s, state); }

static const struct overlay_kind inspect_overlay = {
	.name = "inspect",
	.keys = N_("Enter follows  b back"),
	.state_bytes = sizeof(struct inspect),
	.column_width = COLUMN_WIDTH,
	.title = inspect_title,
	.fill = inspect_fill,
	.foot_rows = FOOT_ROWS,
	.foot = inspect_foot,
	.key = inspect_key,
	.follow = inspect_follow,
};

/* ---- open ---- */

void inspect_open(struct screen *s, const struct object *o)
{
	struct inspect *in = overlay_open(s, &inspect_overlay);
	char name[OBJECT_TEXT];

	if (!in)
		return;
	object_root_text(&s->view, o, name);
	go_on(s, in, o, name);
}

static bool same_choice(const struct choice *a, const struct choice *b)
{
	return a->kind == b->kind && a->pfn == b->pfn && a->order == b->order && a->pid == b->pid &&
	       a->va == b->va && a->cache == b->cache && a->event == b->event;
}

void inspect_toggle(struct screen *s)
{
	const struct inspect *in = overlay_state(s, &inspect_overlay);
	struct object o;

	if (in && (!s->view.choice_is_users || same_choice(&in->choice, &s->view.choice))) {
		overlay_close(s);
		return;
	}
	o = inspect_subject(s);
	inspect_open(s, &o);
}
