/*
 * Why: the steps of the current event as a tree.
 *
 *	v do_page_fault  write, user, present
 *	    find_vma -> b7ffe000
 *	  v do_wp_page
 *	    > alloc_pages -> 38a50                    folded: 11 steps below
 *	      copy_page 38a4f -> 38a50
 *	    * set_pte                                 the last step told
 *
 * What is open is decided by one number: how deep to look.  The path to the last step is always open; the rest
 * down to the greatest depth with which all lines still fit into the panel.  A span that leads straight on (a fault, and
 * what handles it) counts as no deeper than the span around it, one that is the same in every event (an object from a
 * slab) as deeper than it is, so it folds first.  Where not everything fits, neighbouring steps of routine (look-ups in
 * the TLB and in the page tables) share one line.  The user's left and right turn the rule round for one span.
 *
 * Lines that are then left over go to reasons that are longer than the panel is wide, from the top, when the event is
 * over.  While steps follow each other every line stays one, so that they stand still: the narration has the last
 * one's reason whole.
 */
#include "panel.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "parts.h"
#include "src/i18n.h"

enum { MAX_DEPTH = 64, FOOT_LINES = 2, FOOT_FROM_HEIGHT = 14 };

enum { WORD_MOMENT, WORD_CURSOR /* first_nr of the node at the cursor */ };

/* One walk over the lines that are shown. */
struct lines {
	const struct story_node *root, *last;
	const struct story_node *path[MAX_DEPTH]; /* spans around the last step, by depth */
	const struct panel_state *ps;
	int open_depth; /* spans at a smaller weight are open */
	bool grouping;  /* steps of routine share a line      */
	int spare;      /* lines of the panel for what is longer than one */
	/* where the walk stands */
	const struct story_node *node;
	int depth;
	int weight[MAX_DEPTH]; /* of the span at each depth on the way */
};

/* Is it one of several of its name, so that their number says more than what is in each? */
static bool is_one_of_many(const struct story_node *n)
{
	for (const struct story_node *other = n->parent->child; other; other = other->next)
		if (other != n && other->is_span && other->step.id == n->step.id)
			return true;
	return n->count > 1;
}

/* How much deeper than it is does a span count? */
static int extra_depth(const struct story_node *n)
{
	if (is_one_of_many(n))
		return 2;
	switch (n->step.id) {
	case S_ACCESS:
	case S_PAGE_FAULT:
	case S_HANDLE_MM_FAULT:
	case S_DO_WP_PAGE:
	case S_DO_ANONYMOUS_PAGE:
		return -1;
	case S_KMEM_CACHE_ALLOC:
	case S_KMEM_CACHE_FREE:
	case S_FREE_PAGES:
		return 2;
	default:
		return 0;
	}
}

/* Is it a step of the kind that comes with everything? */
static bool is_routine(const struct lines *l, const struct story_node *n)
{
	switch (n->step.id) {
	case S_TLB_HIT:
	case S_TLB_MISS:
	case S_TLB_DENIES:
	case S_TLB_FILL:
	case S_PAGE_WALK:
	case S_MMU_SET_BITS:
	case S_PREP_NEW_PAGE:
	case S_WMARK_OK:
	case S_FIND_VMA:
	case S_FIND_VMA_CACHE:
	case S_FAULT_GOOD_AREA:
	case S_SWITCH_MM:
		return n != l->last;
	default:
		return false;
	}
}

/* The last of the nodes that share a line with n; n itself where there are none. */
static const struct story_node *group_end(const struct lines *l, const struct story_node *n)
{
	if (l->grouping && is_routine(l, n))
		while (n->next && is_routine(l, n->next))
			n = n->next;
	return n;
}

static bool is_on_path(const struct lines *l, const struct story_node *n, int depth)
{
	return depth < MAX_DEPTH && l->path[depth] == n;
}

static bool is_toggled(const struct panel_state *ps, const struct story_node *n)
{
	for (unsigned i = 0; i < ps->nr_toggled; i++)
		if (ps->toggled[i] == n->first_nr)
			return true;
	return false;
}

static int weight_of(struct lines *l, const struct story_node *n, int depth)
{
	int above = depth > 0 && depth < MAX_DEPTH ? l->weight[depth - 1] : -1;

	if (is_on_path(l, n, depth))
		return -1;
	return above + 1 + extra_depth(n);
}

static bool is_open(struct lines *l, const struct story_node *n, int depth)
{
	bool open = weight_of(l, n, depth) < l->open_depth;

	return n->child && depth + 1 < MAX_DEPTH && open != is_toggled(l->ps, n);
}

/* The next line of the walk; `into` says whether to go into the node's children. False at the end. */
static bool advance(struct lines *l, bool into)
{
	const struct story_node *n = l->node;

	if (into && n->child) {
		if (l->depth >= 0)
			l->weight[l->depth] = weight_of(l, n, l->depth);
		l->node = n->child;
		l->depth++;
		return true;
	}
	n = group_end(l, n);
	while (n != l->root && !n->next) {
		n = n->parent;
		l->depth--;
	}
	l->node = n == l->root ? NULL : n->next;
	return l->node != NULL;
}

static bool lines_first(struct lines *l)
{
	l->node = l->root;
	l->depth = -1;
	return advance(l, true);
}

static bool lines_next(struct lines *l) { return advance(l, is_open(l, l->node, l->depth)); }

/* The greatest depth with which all lines fit into height; *all: even the deepest does. */
static int depth_that_fits(struct lines *l, int height, bool *all)
{
	int shown[MAX_DEPTH] = {0}; /* lines that need an open depth of at least i */
	int total = 0, depth = 0;

	for (bool more = lines_first(l); more; more = advance(l, l->depth + 1 < MAX_DEPTH)) {
		int need = l->depth > 0 ? l->weight[l->depth - 1] + 1 : 0;

		shown[need < MAX_DEPTH ? need : MAX_DEPTH - 1]++;
	}
	for (int i = 0; i < MAX_DEPTH; i++) {
		total += shown[i];
		if (total <= height)
			depth = i;
	}
	*all = total <= height;
	return depth;
}

static struct lines lines_of(const struct view *v, const struct panel_state *ps, int height)
{
	const struct story *s = view_story(v);
	struct lines l = {.root = story_root(s), .last = story_last(s), .ps = ps};
	int depth = 0;
	bool all;

	if (!view_is_complete(v)) {
		for (const struct story_node *n = l.last; n && n != l.root; n = n->parent)
			depth++;
		for (const struct story_node *n = l.last; n && n != l.root; n = n->parent)
			if (--depth < MAX_DEPTH)
				l.path[depth] = n;
	} else {
		l.last = NULL;
	}
	l.open_depth = depth_that_fits(&l, height, &all);
	if (!all) {
		l.grouping = true;
		l.open_depth = depth_that_fits(&l, height, &all);
	}
	return l;
}

/* ---- drawing ---- */

static int draw_name(const struct area *a, int x, int y, const struct story_node *n,
		     const struct machine *m, enum role role)
{
	const struct step_info *info = &step_info[n->step.id];
	char text[TEXT_LEN];

	x = put_text(a, x, y, role, n->is_span ? ATTR_BOLD : 0, info->name);
	if (n->count > 1)
		x = put_format(a, x, y, ROLE_WARN, ATTR_BOLD, " \303\227%llu",
			       (unsigned long long)n->count);
	if (n->is_span && n->ended && info->result != A_NONE) {
		arg_text(m, (enum arg_kind)info->result, n->result, text, sizeof(text));
		x = put_text(a, x, y, ROLE_DIM, 0, " \342\206\222 ");
		x = put_text(a, x, y, ROLE_NUMBER, 0, text);
	}
	return x;
}

/* The names of all that share the line. */
static void draw_group(const struct area *a, int x, int y, const struct story_node *n,
		       const struct story_node *end)
{
	const char *before = "";

	for (;; n = n->next) {
		const char *name = step_info[n->step.id].name;

		if (strcmp(name, before) != 0)
			x = put_text(a, x, y, ROLE_DIM, 0, name) + 1;
		before = name;
		if (n == end)
			break;
	}
}

static int indent_of(const struct lines *l, int width)
{
	int indent = 1 + (width < 50 ? 1 : 2) * l->depth;

	return indent < width / 2 ? indent : width / 2;
}

/* How many bytes of a text, in whole words, stand in so many cells. */
static size_t words_that_fit(const char *text, int width)
{
	size_t fit = 0;

	for (size_t end = strcspn(text, " ");; end += 1 + strcspn(text + end + 1, " ")) {
		if (text_width_of(text, end) > width)
			return fit;
		fit = end;
		if (!text[end])
			return fit;
	}
}

/* A reason behind its step, and in up to `more` further lines; returns how many of these it took. */
static int draw_reason(const struct area *a, int x, int y, int indent, int more, enum role role,
		       char *text)
{
	size_t first = words_that_fit(text, a->width - x);
	int lines;

	if (!text[first] || more <= 0) {
		put_text(a, x, y, role, 0, text);
		return 0;
	}
	lines = put_wrapped(a, indent, y + 1, a->width - indent, more, role,
			    text + first + (text[first] == ' '));
	text[first] = '\0';
	put_text(a, x, y, role, 0, text);
	return lines < more ? lines : more;
}

/* Returns the lines it took. */
static int draw_line(struct lines *l, const struct view *v, const struct area *a, int y)
{
	const struct story_node *n = l->node, *end = group_end(l, n);
	const struct machine *m = view_machine(v);
	char text[256];
	int x = indent_of(l, a->width), indent = x + 4, more;
	bool last = n == l->last;
	enum role role = last ? ROLE_CHANGED : n->is_span ? ROLE_LABEL : ROLE_NORMAL;

	if (end != n) {
		draw_group(a, x + 2, y, n, end);
		return 1;
	}
	if (last)
		put_mark(a, 0, y, TOUCH_STEP);
	if (n->child)
		put_char(a, x, y, is_open(l, n, l->depth) ? 0x25be : 0x25b8, ROLE_DIM, 0);
	x = draw_name(a, x + 2, y, n, m, role);
	step_text(m, &n->step, text, sizeof(text));
	more = draw_reason(a, x + 1, y, indent, l->last ? 0 : l->spare,
			   n->step.kind == TELL_NOTE ? ROLE_NORMAL : ROLE_DIM, text);
	l->spare -= more;
	return 1 + more;
}

/* The whole text of the line at the cursor, for which its line has no room: for him who reads here.  Otherwise the
 * narration has it. */
static void draw_foot(const struct view *v, const struct area *a, const struct story_node *n)
{
	char text[256];

	fill(a, 0, 0, a->width, 0x2500, ROLE_BORDER);
	if (!n)
		return;
	step_text(view_machine(v), &n->step, text, sizeof(text));
	put_wrapped(a, 0, 1, a->width, FOOT_LINES, ROLE_NORMAL, text);
}

static int list_height(const struct area *a)
{
	return a->height >= FOOT_FROM_HEIGHT ? a->height - FOOT_LINES - 1 : a->height;
}

/*
 * A new moment: the cursor goes to the last step, at rest to the top; the user's foldings were for another event.
 * True if it is new.
 */
static bool follow_moment(const struct view *v, struct panel_state *ps)
{
	struct when now = timeline_now(v->timeline);
	const struct story_node *last = story_last(view_story(v));
	uint64_t moment = (uint64_t)now.event << 32 | v->moves;

	if (ps->word[WORD_MOMENT] == moment)
		return false;
	if (ps->word[WORD_MOMENT] >> 32 != moment >> 32)
		ps->nr_toggled = 0;
	ps->word[WORD_MOMENT] = moment;
	ps->word[WORD_CURSOR] = last && !view_is_complete(v) ? last->first_nr : 0;
	return true;
}

/* The line of the node at the cursor, and how many lines there are. */
static int cursor_line(struct lines *l, struct panel_state *ps, const struct story_node **at,
		       int *total)
{
	int line = 0, found = 0;

	*at = NULL;
	for (bool more = lines_first(l); more; more = lines_next(l), line++) {
		if (!*at || l->node->first_nr <= ps->word[WORD_CURSOR]) {
			*at = l->node;
			found = line;
		}
	}
	*total = line;
	return found;
}

static void draw_lines(struct lines *l, const struct view *v, struct panel_state *ps,
		       const struct area *a, bool active)
{
	int line = 0, y = 0;

	for (bool more = lines_first(l); more; more = lines_next(l), line++) {
		int lines;

		if (line < ps->top || y >= a->height)
			continue;
		lines = draw_line(l, v, a, y);
		if (active && line == ps->cursor)
			paint(a, 0, y, a->width, ROLE_CHOSEN, 0);
		y += lines;
	}
}

static void why_draw(struct view *v, struct panel_state *ps, const struct area *a, bool active)
{
	int height = active ? list_height(a) : a->height, total;
	struct area list = area_sub(a, 0, 0, a->width, height), foot;
	const struct story_node *at;
	struct lines l;
	bool moved;

	ps->height = height;
	ps->width = a->width;
	moved = follow_moment(v, ps);
	l = lines_of(v, ps, height);
	ps->cursor = cursor_line(&l, ps, &at, &total);
	ps->top = moved ? scroll_half(ps->cursor, height)
			: scroll_to(ps->top, ps->cursor, height, total);
	l.spare = height - total;
	draw_lines(&l, v, ps, &list, active);
	draw_thumb(a, ps->top, height, total);
	if (height < a->height) {
		foot = area_sub(a, 0, height, a->width, a->height - height);
		draw_foot(v, &foot, at);
	}
	if (total == 0)
		put_text(a, 1, 0, ROLE_DIM, 0,
			 timeline_now(v->timeline).event ? _("(nothing happened)")
							 : _("(nothing has run yet)"));
}

/* How long the whole event is: that stands still while one steps through it. */
static void why_status(const struct view *v, const struct panel_state *ps, char *buf, size_t size)
{
	struct when now = timeline_now(v->timeline);

	(void)ps;
	buf[0] = '\0';
	if (now.event)
		snprintf(buf, size, _("%llu steps"),
			 (unsigned long long)timeline_steps(v->timeline));
}

/* ---- keys ---- */

/* The node drawn at a line of the whole list; NULL below the last. */
static const struct story_node *node_at(struct lines *l, int line)
{
	for (bool more = lines_first(l); more; more = lines_next(l))
		if (line-- == 0)
			return l->node;
	return NULL;
}

static void choose_line(struct view *v, struct panel_state *ps, int line)
{
	struct lines l = lines_of(v, ps, ps->height);
	const struct story_node *n = line >= 0 ? node_at(&l, line) : NULL;

	if (!n)
		return;
	ps->word[WORD_CURSOR] = n->first_nr;
	ps->cursor = line;
	view_choose_telling(v, n);
}

/* Open or close the span at the cursor; closing what is closed goes to the span around it. False: nothing to do. */
static bool fold(struct view *v, struct panel_state *ps, bool open)
{
	struct lines l = lines_of(v, ps, ps->height);
	const struct story_node *n = node_at(&l, ps->cursor);

	if (!n)
		return false;
	if (is_open(&l, n, l.depth) == open || !n->child) {
		if (open || n->parent == l.root)
			return false;
		ps->word[WORD_CURSOR] = n->parent->first_nr;
		return true;
	}
	for (unsigned i = 0; i < ps->nr_toggled; i++) {
		if (ps->toggled[i] == n->first_nr) {
			ps->toggled[i] = ps->toggled[--ps->nr_toggled];
			return true;
		}
	}
	if (ps->nr_toggled < sizeof(ps->toggled) / sizeof(*ps->toggled))
		ps->toggled[ps->nr_toggled++] = n->first_nr;
	return true;
}

static void go_to_cursor(struct view *v, const struct panel_state *ps)
{
	struct lines l = lines_of(v, ps, ps->height);
	const struct story_node *n = node_at(&l, ps->cursor);

	if (!n)
		return;
	v->wants_go = true;
	v->go = (struct when){timeline_now(v->timeline).event, n->first_nr};
}

static bool why_key(struct view *v, struct panel_state *ps, uint32_t key)
{
	switch (key) {
	case KEY_UP_:
		choose_line(v, ps, ps->cursor - 1);
		return true;
	case KEY_DOWN_:
		choose_line(v, ps, ps->cursor + 1);
		return true;
	case KEY_LEFT_:
		return fold(v, ps, false);
	case KEY_RIGHT_:
		return fold(v, ps, true);
	case KEY_ENTER_:
		go_to_cursor(v, ps);
		return true;
	default:
		return false;
	}
}

/* The line drawn at row y of the panel: what is drawn is measured once more, out of sight. */
static int line_at_row(struct lines *l, const struct view *v, const struct panel_state *ps, int y)
{
	struct grid none = {0};
	struct area nowhere = {.grid = &none, .width = ps->width};
	int line = 0, total = 0, row = 0;

	for (bool more = lines_first(l); more; more = lines_next(l))
		total++;
	l->spare = ps->height - total;
	for (bool more = lines_first(l); more; more = lines_next(l), line++) {
		if (line >= ps->top)
			row += draw_line(l, v, &nowhere, 0);
		if (row > y)
			return line;
	}
	return -1;
}

static void why_click(struct view *v, struct panel_state *ps, int x, int y)
{
	struct lines l = lines_of(v, ps, ps->height);
	int line = y < ps->height ? line_at_row(&l, v, ps, y) : -1;
	const struct story_node *n = line >= 0 ? node_at(&l, line) : NULL;

	if (!n)
		return;
	ps->word[WORD_CURSOR] = n->first_nr;
	ps->cursor = line;
	if (n->child && x <= indent_of(&l, ps->width) + 1)
		fold(v, ps, !is_open(&l, n, l.depth));
	else
		view_choose_telling(v, n);
}

static void why_scroll(struct view *v, struct panel_state *ps, int dy)
{
	choose_line(v, ps, ps->cursor + dy);
}

static bool why_search(struct view *v, struct panel_state *ps, const char *needle, int direction)
{
	struct lines l = lines_of(v, ps, ps->height);
	const struct story_node *found = NULL;
	char text[256];
	int line = 0;

	for (bool more = lines_first(&l); more; more = lines_next(&l), line++) {
		bool after = line > ps->cursor;

		if (line == ps->cursor || after != (direction > 0))
			continue;
		step_text(view_machine(v), &l.node->step, text, sizeof(text));
		if (!strcasestr(text, needle) &&
		    !strcasestr(step_info[l.node->step.id].name, needle))
			continue;
		found = l.node;
		if (direction > 0)
			break;
	}
	if (found)
		ps->word[WORD_CURSOR] = found->first_nr;
	return found != NULL;
}

const struct panel panel_why = {
	.name = "why",
	.title = N_("Why"),
	.min_width = 30,
	.min_height = 5,
	.want_width = 44,
	.want_height = 20,
	.need_height = 8,
	.status = why_status,
	.draw = why_draw,
	.key = why_key,
	.click = why_click,
	.scroll = why_scroll,
	.search = why_search,
};
