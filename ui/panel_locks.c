/*
 * Locks: the words of one spinlock in memory, who waits at it, and whose cache has which line.
 *
 *	 Normal->lock  mcs       CPU 2 has it, 3 wait
 *	                                            node 0        node 1
 *	                                            0  1  2  3 |  4  5  6  7
 *	 the word      tail n5                      .  .  .  . |  .  M  .  .
 *	 CPU 2 has it  n2  locked 1  next n3        .  .  S  S |  .  .  .  .
 *	↓CPU 3 waits   n3  locked 0  next n4        .  .  .  S |  S  .  .  .
 *	 ...
 *	 this event   12 taken, 3 waited   45 lines moved, cost 2480 (one node 1800)
 *	 hand-overs   0>1 ######## 8   640
 *
 * A row is a cache line: first the word that all CPUs know, then the nodes of those who have the lock or wait, in the
 * order of the queue.  An arrow leads from a node to the one that its owner knows: with CLH up, to the node it looks
 * at; with MCS down, to the one it has to wake.  At the right is what each CPU's cache has of the line, by the initials
 * of MESI.  Up and Down go through the locks that have been taken.
 */
#include "panel.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "parts.h"
#include "src/i18n.h"
#include "src/zone_name.h"

enum { WIDE_FROM = 62, HEAD_LINES = 2, LOCKS_MOST = MAX_ZONES + MAX_CACHES, FIELDS_AT = 14 };

/* What is shown, and what of it was touched. */
struct shown_lock {
	const struct view *v;
	const struct machine *m;
	const struct spinlock *l;
	bool wide;
	uint8_t queue[MAX_CPUS]; /* CPUs: the holder, then those who wait */
	unsigned nr_queue;
	enum touch word;
	enum touch cell[LOCK_LINES][MAX_CPUS];
};

/* ---- which lock ---- */

/* Locks worth a place: those of zones, and those of caches that have been taken or are chosen. */
static int list_locks(const struct view *v, uint16_t list[LOCKS_MOST])
{
	const struct machine *m = view_machine(v);
	const struct spinlock *l;
	int n = 0;

	for (uint32_t i = 0; (l = lock_nth(m, i)) != NULL && n < LOCKS_MOST; i++)
		if (l->id < LOCK_ID_CACHE || l->total.acquisitions ||
		    (v->choice.kind == CHOOSE_LOCK && v->choice.lock == l->id))
			list[n++] = (uint16_t)l->id;
	return n;
}

static bool names_lock(const struct story_node *n, const void *ctx)
{
	uint64_t id;

	(void)ctx;
	return step_arg(&n->step, A_LOCK, &id);
}

const struct spinlock *lock_to_show(const struct view *v)
{
	const struct machine *m = view_machine(v);
	const struct story_node *n = story_find_last(view_story(v), names_lock, NULL);
	const struct spinlock *l = NULL;
	uint64_t id;

	if (v->choice.kind == CHOOSE_LOCK)
		l = lock_find(m, v->choice.lock);
	else if (v->choice_is_users &&
		 (v->choice.kind == CHOOSE_CACHE || v->choice.kind == CHOOSE_OBJECT))
		l = lock_find(m, LOCK_ID_CACHE + v->choice.cache);
	if (!l && m->contention.nr_turns && m->contention.event_nr == m->event_nr)
		l = lock_find(m, m->contention.lock);
	if (!l && n && step_arg(&n->step, A_LOCK, &id))
		l = lock_find(m, (uint32_t)id);
	if (!l && m->contention.nr_turns)
		l = lock_find(m, m->contention.lock);
	if (!l)
		l = lock_find(m, zone_id_of(m, MAX_ZONES + ZONE_NORMAL));
	return l ? l : lock_nth(m, 0);
}

/* ---- what was touched ---- */

/* A telling about a line of this lock marks the CPU's copy; any other change marks the word. */
static void mark(void *ctx, const struct story_node *n)
{
	struct shown_lock *s = ctx;
	const struct story *story = view_story(s->v);
	bool now = n == story_last(story) || view_is_complete(s->v);
	enum touch touch = now ? TOUCH_STEP : TOUCH_EVENT;
	uint64_t id, line, cpu;

	if (!step_arg(&n->step, A_LOCK, &id) || id != s->l->id || n->is_span ||
	    !step_arg(&n->step, A_CPU, &cpu) || cpu >= MAX_CPUS)
		return;
	if (!step_arg(&n->step, A_LINE, &line))
		line = 0;
	if (line < LOCK_LINES && touch > s->cell[line][cpu])
		s->cell[line][cpu] = touch;
}

static void look(struct shown_lock *s, const struct view *v, int width)
{
	memset(s, 0, sizeof(*s));
	s->v = v;
	s->m = view_machine(v);
	s->l = lock_to_show(v);
	s->wide = width >= WIDE_FROM;
	if (!s->l)
		return;
	if (s->l->holder)
		s->queue[s->nr_queue++] = s->l->holder - 1;
	for (unsigned i = 0; i < s->l->nr_waiters; i++)
		s->queue[s->nr_queue++] = s->l->waiter[i];
	story_visit(view_story(v), mark, s);
}

/* ---- whose cache has what ---- */

static int cell_width(const struct shown_lock *s) { return s->wide ? 3 : 1; }

static bool begins_node(const struct shown_lock *s, unsigned cpu)
{
	return cpu > 0 && cpu_to_node(s->m, cpu) != cpu_to_node(s->m, cpu - 1);
}

/* Columns that all copies take, with a line between nodes. */
static int matrix_width(const struct shown_lock *s)
{
	int width = 0;

	for (unsigned cpu = 0; cpu < s->m->config.cpus; cpu++)
		width += cell_width(s) + (begins_node(s, cpu) ? s->wide ? 2 : 1 : 0);
	return width;
}

/* The column of a CPU's letter, x where the matrix begins. */
static int matrix_column(const struct shown_lock *s, int x, unsigned cpu)
{
	for (unsigned c = 0; c <= cpu; c++)
		x += (c ? cell_width(s) : 0) + (begins_node(s, c) ? s->wide ? 2 : 1 : 0);
	return x + (s->wide ? 1 : 0);
}

static void draw_matrix_head(const struct shown_lock *s, const struct area *a, int y)
{
	int x = a->width - matrix_width(s);

	for (unsigned cpu = 0; cpu < s->m->config.cpus; cpu++) {
		int at = matrix_column(s, x, cpu);

		if (begins_node(s, cpu))
			put_char(a, at - (s->wide ? 2 : 1), y, 0x2502, ROLE_BORDER, 0);
		put_format(a, at, y, cpu == s->m->cpu ? ROLE_NOW : ROLE_LABEL,
			   cpu == s->m->cpu ? ATTR_BOLD : 0, "%u", cpu);
	}
}

static enum role state_role(enum line_state state)
{
	static const uint8_t role[NR_LINE_STATES] = {
		[LINE_INVALID] = ROLE_DIM,
		[LINE_SHARED] = ROLE_FREE,
		[LINE_EXCLUSIVE] = ROLE_FILE,
		[LINE_MODIFIED] = ROLE_COW,
	};

	return (enum role)role[state];
}

/* What each CPU has of line i. */
static void draw_copies(const struct shown_lock *s, const struct area *a, int y, unsigned i)
{
	static const char letter[NR_LINE_STATES] = {'I', 'S', 'E', 'M'};
	const struct cache_line *line = &s->l->lines.line[i];
	int x = a->width - matrix_width(s);

	for (unsigned cpu = 0; cpu < s->m->config.cpus; cpu++) {
		int at = matrix_column(s, x, cpu);
		enum line_state state = (enum line_state)line->state[cpu];
		enum touch touch = s->cell[i][cpu];

		if (begins_node(s, cpu))
			put_char(a, at - (s->wide ? 2 : 1), y, 0x2502, ROLE_BORDER, 0);
		if (s->wide)
			put_mark(a, at - 1, y, touch);
		put_char(a, at, y, state ? (uint32_t)letter[state] : 0xb7,
			 touched_role(touch, state_role(state)),
			 (state > LINE_SHARED ? ATTR_BOLD : 0) |
				 (touch == TOUCH_STEP && !s->wide ? ATTR_UNDERLINE : 0));
	}
}

/* ---- rows ---- */

static enum touch row_touch(const struct shown_lock *s, unsigned line)
{
	enum touch most = TOUCH_NONE;

	for (unsigned cpu = 0; cpu < MAX_CPUS; cpu++)
		if (s->cell[line][cpu] > most)
			most = s->cell[line][cpu];
	return most;
}

/* "tail n5": what the words on line 0 say, in at most `room` columns. */
static void word_text(const struct spinlock *l, int room, char *buf, size_t size)
{
	char tail[8] = "0";

	if (l->tail)
		snprintf(tail, sizeof(tail), "n%u", l->tail - 1u);
	switch (l->kind) {
	case LOCK_TAS:
		snprintf(buf, size, "slock %d", l->slock);
		break;
	case LOCK_TICKET:
		snprintf(buf, size, "owner %u  next %u", l->owner, l->next);
		break;
	case LOCK_QSPIN:
		snprintf(buf, size, "locked %u pend %u tail %s", l->locked, l->pending, tail);
		if (text_width(buf) > room)
			snprintf(buf, size, "locked %u.%u tail %s", l->locked, l->pending, tail);
		break;
	default:
		snprintf(buf, size, "tail %s", tail);
		break;
	}
}

/* The line on which the node of a CPU in the queue lies; 0: it has none there. */
static unsigned node_line_of(const struct spinlock *l, unsigned cpu)
{
	switch (l->kind) {
	case LOCK_CLH:
		return 1 + l->mine[cpu];
	case LOCK_MCS:
		return 1 + cpu;
	case LOCK_QSPIN:
		return l->mine[cpu] ? 1 + cpu : 0;
	default:
		return 0;
	}
}

/* "n3 locked 0 next n4": what a CPU's place in the queue is made of; where there is little room an arrow stands for the
 * words. */
static void place_text(const struct shown_lock *s, unsigned cpu, char *buf, size_t size)
{
	const struct spinlock *l = s->l;
	unsigned line = node_line_of(l, cpu);
	const struct lock_node *node = line ? &l->node[line - 1] : NULL;

	buf[0] = '\0';
	if (l->kind == LOCK_TICKET)
		snprintf(buf, size, _("ticket %u"), l->ticket[cpu]);
	else if (!node && l->kind == LOCK_QSPIN && l->holder != cpu + 1)
		snprintf(buf, size, "%s", _("set pending"));
	else if (node && l->kind == LOCK_CLH && l->holder == cpu + 1)
		snprintf(buf, size, s->wide ? _("n%u locked %u, n%u is free") : _("n%u locked %u"),
			 line - 1, node->locked, l->pred[cpu]);
	else if (node && l->kind == LOCK_CLH)
		snprintf(buf, size, "n%u locked %u %sn%u", line - 1, node->locked,
			 s->wide ? _("looks at ") : "\342\206\221", l->pred[cpu]);
	else if (node && node->next)
		snprintf(buf, size, "n%u locked %u %sn%u", line - 1, node->locked,
			 s->wide ? "next " : "\342\206\223", node->next - 1u);
	else if (node)
		snprintf(buf, size, "n%u locked %u", line - 1, node->locked);
}

/* Does the node of queue[i] know the one above (-1), the one below (1), or none (0)? */
static int pointer_of(const struct shown_lock *s, unsigned i)
{
	const struct spinlock *l = s->l;
	unsigned cpu = s->queue[i], line = node_line_of(l, cpu);

	if (l->kind == LOCK_CLH)
		return i > 0 ? -1 : 0;
	return line && l->node[line - 1].next ? 1 : 0;
}

static void draw_word_row(const struct shown_lock *s, const struct area *a, int y)
{
	enum touch touch = row_touch(s, 0);
	int x = s->wide ? FIELDS_AT + 2 : 8;
	char text[TEXT_LEN];

	put_mark(a, 0, y, touch);
	put_text(a, 2, y, ROLE_LABEL, 0, s->wide ? _("the word") : _("word"));
	word_text(s->l, a->width - matrix_width(s) - x - 1, text, sizeof(text));
	put_text(a, x, y, touched_role(touch, ROLE_NUMBER), ATTR_BOLD, text);
	draw_copies(s, a, y, 0);
}

static void draw_queue_row(const struct shown_lock *s, const struct area *a, int y, unsigned i)
{
	unsigned cpu = s->queue[i], line = node_line_of(s->l, cpu);
	bool holds = s->l->holder == cpu + 1;
	enum touch touch = line ? row_touch(s, line) : s->cell[0][cpu];
	int pointer = pointer_of(s, i);
	char text[TEXT_LEN];

	put_mark(a, 0, y, touch);
	if (pointer)
		put_char(a, 1, y, pointer < 0 ? 0x2191 : 0x2193, ROLE_KEY, ATTR_BOLD);
	if (s->wide)
		snprintf(text, sizeof(text), holds ? _("CPU %u has it") : _("CPU %u waits"), cpu);
	else
		snprintf(text, sizeof(text), holds ? _("%u has") : _("%u waits"), cpu);
	put_text(a, 2, y, holds ? ROLE_OK : ROLE_WARN, holds ? ATTR_BOLD : 0, text);
	place_text(s, cpu, text, sizeof(text));
	put_text(a, s->wide ? FIELDS_AT + 2 : 10, y, touched_role(touch, ROLE_NORMAL), 0, text);
	if (line)
		draw_copies(s, a, y, line);
}

/* A node that nobody stands in the queue with. */
static void draw_idle_row(const struct shown_lock *s, const struct area *a, int y, unsigned line)
{
	enum touch touch = row_touch(s, line);

	put_mark(a, 0, y, touch);
	put_format(a, s->wide ? FIELDS_AT + 2 : 10, y, touched_role(touch, ROLE_DIM), 0,
		   s->l->kind == LOCK_CLH ? "n%u locked %u" : "n%u", line - 1,
		   s->l->node[line - 1].locked);
	draw_copies(s, a, y, line);
}

/* Has any CPU a copy of the line, or had one in this event? */
static bool is_known(const struct shown_lock *s, unsigned line)
{
	for (unsigned cpu = 0; cpu < s->m->config.cpus; cpu++)
		if (s->l->lines.line[line].state[cpu] || s->cell[line][cpu])
			return true;
	return false;
}

/* The word, and the queue; returns the row below. */
static int draw_lines(const struct shown_lock *s, const struct area *a, int y, int end)
{
	draw_word_row(s, a, y++);
	for (unsigned i = 0; i < s->nr_queue && y < end; i++)
		draw_queue_row(s, a, y++, i);
	return y;
}

/* The nodes that nobody stands in the queue with, but of which some cache has a copy; returns the row below. */
static int draw_idle_lines(const struct shown_lock *s, const struct area *a, int y, int end)
{
	uint32_t in_queue = 0;

	for (unsigned i = 0; i < s->nr_queue; i++)
		in_queue |= 1u << node_line_of(s->l, s->queue[i]);
	for (unsigned line = 1; line < LOCK_LINES && y < end; line++)
		if (!(in_queue >> line & 1) && is_known(s, line))
			draw_idle_row(s, a, y++, line);
	return y;
}

/* ---- what it cost ---- */

static void draw_totals(const struct shown_lock *s, const struct area *a, int y, const char *label,
			const struct lock_stats *t)
{
	int x = put_text(a, 2, y, ROLE_LABEL, 0, label) + 1;

	x = put_format(a, x, y, ROLE_NUMBER, 0, _("%llu lines, cost %llu"),
		       (unsigned long long)t->moved, (unsigned long long)t->cost);
	if (t->poll_cost)
		x = put_format(a, x, y, ROLE_DIM, 0, _(", looks %llu"),
			       (unsigned long long)t->poll_cost);
	if (s->wide)
		put_format(a, x, y, ROLE_DIM, 0, _("   %llu taken, %llu waited, %llu handed on"),
			   (unsigned long long)t->acquisitions, (unsigned long long)t->contended,
			   (unsigned long long)t->handovers);
}

/* The same on one node; on such a machine, all since boot. */
static void draw_comparison(const struct shown_lock *s, const struct area *a, int y,
			    const struct lock_stats *event)
{
	if (s->m->nr_nodes == 1)
		draw_totals(s, a, y, _("since boot"), &s->l->total);
	else
		put_format(a, 2, y, ROLE_DIM, 0,
			   s->wide ? _("with all CPUs on one node (UMA) it would be %llu")
				   : _("on one node (UMA) %llu"),
			   (unsigned long long)event->moved * s->m->config.cost_local);
}

/* One hand-over: from whom (-: the lock was free) to whom, its lines as a bar, its cost. */
static void draw_turn(const struct area *a, int y, const struct contention_turn *t, bool last)
{
	enum role role = last ? ROLE_CHANGED : ROLE_NUMBER;
	int x = 2, room = a->width - 2 - 6 - 14, bar;

	if (t->from)
		x = put_format(a, x, y, role, last ? ATTR_BOLD : 0, "%u", t->from - 1u);
	else
		x = put_text(a, x, y, ROLE_DIM, 0, "-");
	x = put_char_text(a, x, y, 0x2192, ROLE_DIM);
	x = put_format(a, x, y, role, last ? ATTR_BOLD : 0, "%u", t->cpu) + 1;
	bar = t->moved < room ? t->moved : room;
	fill(a, x, y, bar, 0x2588, last ? ROLE_CHANGED : ROLE_GAUGE);
	put_format(a, x + bar + 1, y, role, 0, _("%u lines %u"), t->moved, t->cost);
}

/* Rows that all hand-overs of the last contention at this lock want. */
static int turns_height(const struct shown_lock *s)
{
	const struct contention *c = &s->m->contention;

	return c->lock == s->l->id && c->nr_turns > 1 ? (int)c->nr_turns : 0;
}

/* The latest hand-overs of the last contention at this lock, as many as fit. */
static void draw_turns(const struct shown_lock *s, const struct area *a, int y, int end)
{
	const struct contention *c = &s->m->contention;
	uint32_t first = 1;

	if (turns_height(s) == 0 || end - y < 2)
		return;
	if ((int)(c->nr_turns - 1) > end - y - 1)
		first = c->nr_turns - (uint32_t)(end - y - 1);
	put_format(a, 2, y++, ROLE_LABEL, 0, _("hand-overs (%u)"), c->nr_turns - 1);
	for (uint32_t i = first; i < c->nr_turns; i++)
		draw_turn(a, y++, &c->turn[i],
			  i + 1 == c->nr_turns && c->event_nr == s->m->event_nr);
}

/* ---- the panel ---- */

static void lock_name(const struct machine *m, const struct spinlock *l, char buf[TEXT_LEN])
{
	char name[CACHE_NAME_LEN];

	snprintf(buf, TEXT_LEN, "%s->%s", lock_owner_name(m, l->id, name),
		 l->id < LOCK_ID_CACHE ? "lock" : "list_lock");
}

static void draw_head(const struct shown_lock *s, const struct area *a, bool active)
{
	bool chosen = s->v->choice.kind == CHOOSE_LOCK && s->v->choice_is_users;
	char name[TEXT_LEN];
	int x;

	lock_name(s->m, s->l, name);
	x = put_text(a, 1, 0, chosen ? ROLE_CHOSEN : ROLE_TITLE, ATTR_BOLD, name);
	if (active)
		paint(a, 1, 0, x - 1, ROLE_CHOSEN, 0);
	if (s->l->holder)
		put_format(a, x + 2, 0, ROLE_OK, 0,
			   s->wide ? _("CPU %u has it, %u wait") : _("CPU %u, %u wait"),
			   s->l->holder - 1u, s->l->nr_waiters);
	else
		put_text(a, x + 2, 0, ROLE_DIM, 0, _("free"));
	draw_matrix_head(s, a, 1);
	if (s->wide)
		put_text(a, FIELDS_AT + 2, 1, ROLE_DIM, 0, _("in memory"));
	put_text(a, 2, 1, ROLE_DIM, 0, s->wide ? _("cache line") : _("line"));
}

static void locks_draw(struct view *v, struct panel_state *ps, const struct area *a, bool active)
{
	int foot = a->height >= 7 ? 2 : a->height >= 5 ? 1 : 0, y;
	struct lock_stats event;
	struct shown_lock s;

	ps->height = a->height;
	ps->width = a->width;
	look(&s, v, a->width);
	if (!s.l) {
		put_wrapped(a, 1, 0, a->width - 2, a->height, ROLE_DIM,
			    _("This machine has one CPU: a kernel that is built for one has no "
			      "locks. `machine ... cpus=4` has them."));
		return;
	}
	draw_head(&s, a, active);
	y = draw_lines(&s, a, HEAD_LINES, a->height - foot);
	y = draw_idle_lines(&s, a, y, a->height - foot - turns_height(&s));
	event = lock_event_stats(s.m, s.l);
	if (foot > 0)
		draw_totals(&s, a, y++, _("event"), &event);
	if (foot > 1)
		draw_comparison(&s, a, y++, &event);
	draw_turns(&s, a, y, a->height);
}

static void locks_status(const struct view *v, const struct panel_state *ps, char *buf, size_t size)
{
	const struct machine *m = view_machine(v);

	(void)ps;
	if (!m->smp)
		snprintf(buf, size, "%s", _("one CPU"));
	else if (m->nr_nodes > 1)
		snprintf(buf, size, _("%s, %u CPUs %u nodes%s"), lock_kind_names[m->lock_kind],
			 m->config.cpus, m->nr_nodes, m->coherent ? "" : _(", no caches"));
	else
		snprintf(buf, size, _("%s, %u CPUs%s"), lock_kind_names[m->lock_kind],
			 m->config.cpus, m->coherent ? "" : _(", no caches"));
}

/* ---- keys ---- */

static void choose_lock(struct view *v, uint32_t id)
{
	view_choose(v, &(struct choice){.kind = CHOOSE_LOCK, .lock = id, .pfn = PFN_NONE});
}

/* The place in the list of the lock that is shown. */
static int shown_place(const struct view *v, const uint16_t *list, int n)
{
	const struct spinlock *l = lock_to_show(v);
	int at = 0;

	while (at < n && (!l || list[at] != l->id))
		at++;
	return at < n ? at : 0;
}

static bool move_by(struct view *v, int by)
{
	uint16_t list[LOCKS_MOST];
	int n = list_locks(v, list), at = shown_place(v, list, n) + by;

	if (at >= 0 && at < n)
		choose_lock(v, list[at]);
	return n > 0;
}

/* To what the lock protects. */
static bool follow(struct view *v)
{
	const struct spinlock *l = lock_to_show(v);
	const struct zone *z;

	if (!l)
		return false;
	if (l->id >= LOCK_ID_CACHE) {
		view_choose(v, &(struct choice){.kind = CHOOSE_CACHE,
						.cache = l->id - LOCK_ID_CACHE,
						.pfn = PFN_NONE});
		v->wants_panel = "slab";
		return true;
	}
	z = zone_by_id(view_machine(v), l->id);
	view_choose_frame(v, z->start_pfn);
	v->wants_panel = "zones";
	return true;
}

static bool locks_key(struct view *v, struct panel_state *ps, uint32_t key)
{
	(void)ps;
	switch (key) {
	case KEY_UP_:
		return move_by(v, -1);
	case KEY_DOWN_:
		return move_by(v, 1);
	case KEY_ENTER_:
		return follow(v);
	default:
		return false;
	}
}

static void locks_click(struct view *v, struct panel_state *ps, int x, int y)
{
	const struct spinlock *l = lock_to_show(v);

	(void)ps;
	(void)x;
	if (y == 0 && l)
		choose_lock(v, l->id);
}

static void locks_scroll(struct view *v, struct panel_state *ps, int dy)
{
	(void)ps;
	move_by(v, dy);
}

/* The next lock in the list, from place at on, whose name holds a text; -1. */
static int find_lock(const struct view *v, int at, const char *needle, int direction)
{
	uint16_t list[LOCKS_MOST];
	int n = list_locks(v, list);
	char name[TEXT_LEN];

	for (; at >= 0 && at < n; at += direction) {
		lock_name(view_machine(v), lock_find(view_machine(v), list[at]), name);
		if (strcasestr(name, needle))
			return list[at];
	}
	return -1;
}

static bool locks_search(struct view *v, struct panel_state *ps, const char *needle, int direction)
{
	uint16_t list[LOCKS_MOST];
	int n = list_locks(v, list);
	int id = find_lock(v, shown_place(v, list, n) + direction, needle, direction);

	(void)ps;
	if (id >= 0)
		choose_lock(v, (uint32_t)id);
	return id >= 0;
}

/* The lock whose owner has this very name; NULL. */
static const struct spinlock *lock_of_owner(const struct machine *m, const char *name)
{
	const struct spinlock *l;
	char owner[CACHE_NAME_LEN];

	for (uint32_t i = 0; (l = lock_nth(m, i)) != NULL; i++)
		if (strcmp(lock_owner_name(m, l->id, owner), name) == 0)
			return l;
	return NULL;
}

/* The lock of a zone or a cache by its name, else the first whose name holds it; -1: none. */
static int lock_named(const struct view *v, const char *name)
{
	const struct machine *m = view_machine(v);
	const struct zone *z = zone_find(m, name);
	const struct spinlock *l = z ? lock_find(m, z->id) : lock_of_owner(m, name);

	return l ? (int)l->id : find_lock(v, 0, name, 1);
}

/* focus locks ZONE|CACHE */
static bool locks_reveal(struct view *v, struct panel_state *ps, const char *item)
{
	int id = lock_named(v, item);

	(void)ps;
	if (id >= 0)
		choose_lock(v, (uint32_t)id);
	return id >= 0;
}

const struct panel panel_locks = {
	.name = "locks",
	.title = N_("Locks"),
	.min_width = 34,
	.min_height = 5,
	.want_width = 40,
	.want_height = 24,
	.need_height = 14,
	.on_demand = true, /* most machines have one CPU, and no locks */
	.status = locks_status,
	.draw = locks_draw,
	.key = locks_key,
	.click = locks_click,
	.scroll = locks_scroll,
	.reveal = locks_reveal,
	.search = locks_search,
};
