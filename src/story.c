/*
 * The story of one event: its steps as a tree, folded by repetition.
 *
 * A parent keeps its first KEEP children whole.  Behind them it keeps one child for each name, the latest
 * one, which counts those before it:
 *
 *	write sh big 600M
 *	+-- access          the first page ...
 *	+-- access          ... to the 12th, each with all that happened
 *	+-- access x153587  the last page, with all that happened there
 *
 * So a loop of any number of rounds, whatever its rounds consist of, takes a bounded number of nodes, and
 * the path to the last telling is always whole.  A story that has grown large all the same keeps fewer.
 *
 * Speed matters more than anything here, because every telling of a million faults comes through.  A new
 * round nearly always tells what the round before told: so the old children are not thrown away when a
 * folded span begins anew; they are walked along with the tellings and written over ("stale" is the next
 * of them), and only where the story takes another turn the rest of them is given up.
 */
#include "story.h"

#include <stdlib.h>
#include <string.h>

#include "panic.h"
#include "touched.h"

enum {
	KEEP = 12,         /* children of a parent kept whole     */
	KEEP_LARGE = 2,    /* the same in a story that is ...      */
	LARGE = 600,       /* ... of more nodes than these        */
	SHELF_NODES = 128, /* nodes are allocated so many at once */
};

/* Law: the children up to kept_last are whole, each of those behind has another name; the valid children
 * end at n.last_child; what follows it, from stale on, is of the round before. */
struct node {
	struct story_node n; /* first: a struct story_node is a struct node */
	struct story_node *kept_last, *stale;
	uint32_t nr_children;
	uint32_t pid[2]; /* processes that it and what is below it speak of */
};

struct shelf {
	struct shelf *next;
	struct node node[SHELF_NODES];
};

struct story {
	struct node root;
	struct node *open, *last; /* innermost span that is open; node of the last telling */
	uint64_t steps;
	bool complete;

	struct shelf *shelves;
	struct node *free; /* linked by n.next */
	size_t shelf_used; /* nodes of the first shelf that were ever used */
	size_t nr_nodes;

	uint64_t count[NR_STEP_IDS];
	struct step first_of[NR_STEP_IDS], last_of[NR_STEP_IDS];

	struct zone_borders borders;
	struct change change[KEPT_CHANGES];
	uint64_t nr_changes;
	struct old_changes old;
	struct touched *touched; /* made when first asked for                 */
	uint64_t touched_at;     /* steps + 1 when the sets were made, or 0   */
};

static struct node *node_of(struct story_node *n) { return (struct node *)n; }

/* ---- nodes ---- */

static struct node *node_new(struct story *s)
{
	struct node *n = s->free;

	s->nr_nodes++;
	if (n) {
		s->free = node_of(n->n.next);
		return n;
	}
	if (!s->shelves || s->shelf_used == SHELF_NODES) {
		struct shelf *c = panic_if_null(malloc(sizeof(*c)));

		c->next = s->shelves;
		s->shelves = c;
		s->shelf_used = 0;
	}
	return &s->shelves->node[s->shelf_used++];
}

/* Free a node, those behind it and all below them. */
static void free_list(struct story *s, struct story_node *n)
{
	while (n) {
		struct story_node *next = n->next;

		free_list(s, n->child);
		n->next = s->free ? &s->free->n : NULL;
		s->free = node_of(n);
		s->nr_nodes--;
		n = next;
	}
}

/* What the round before told and this one did not goes. */
static void cut_stale(struct story *s, struct node *p)
{
	if (!p->stale)
		return;
	free_list(s, p->stale);
	p->stale = NULL;
	if (p->n.last_child)
		p->n.last_child->next = NULL;
	else
		p->n.child = NULL;
}

/* ---- begin, end, copy ---- */

struct story *story_new(void)
{
	struct story *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	story_reset(s);
	return s;
}

void story_free(struct story *s)
{
	if (!s)
		return;
	while (s->shelves) {
		struct shelf *next = s->shelves->next;

		free(s->shelves);
		s->shelves = next;
	}
	touched_free(s->touched);
	free(s);
}

/* The story of the next event begins. */
void story_reset(struct story *s)
{
	s->root.stale = NULL;
	free_list(s, s->root.n.child);
	memset(&s->root, 0, sizeof(s->root));
	s->root.n.is_span = true;
	s->open = &s->root;
	s->last = NULL;
	s->steps = 0;
	s->complete = false;
	memset(s->count, 0, sizeof(s->count));
	s->nr_changes = 0;
	if (s->old.any)
		memset(&s->old, 0, sizeof(s->old));
	s->touched_at = 0;
}

void story_set_zones(struct story *s, const struct machine *m)
{
	s->borders.nr = m->nr_zone_spans;
	for (uint32_t i = 0; i < m->nr_zone_spans; i++) {
		s->borders.at[i].start = m->zone_span[i].start;
		s->borders.at[i].zone = m->zone_span[i].zone->id;
	}
}

/* Copy the valid children of a node of `from`. */
static void copy_children(struct story *to, struct node *dst, const struct story *from,
			  const struct node *src)
{
	const struct story_node *end = src->stale;

	for (const struct story_node *n = src->n.child; n && n != end; n = n->next) {
		const struct node *old = (const struct node *)n;
		struct node *copy = node_new(to);

		*copy = *old;
		copy->stale = NULL;
		copy->kept_last = NULL;
		copy->n.parent = &dst->n;
		copy->n.child = copy->n.last_child = copy->n.next = NULL;
		if (dst->n.last_child)
			dst->n.last_child->next = &copy->n;
		else
			dst->n.child = &copy->n;
		dst->n.last_child = &copy->n;
		if (n == src->kept_last)
			dst->kept_last = &copy->n;
		if (old == from->last)
			to->last = copy;
		if (old == from->open)
			to->open = copy;
		copy_children(to, copy, from, old);
	}
}

/* to becomes a story that goes on as from does. */
void story_assign(struct story *to, const struct story *from)
{
	size_t kept = from->nr_changes < KEPT_CHANGES ? from->nr_changes : KEPT_CHANGES;

	story_reset(to);
	to->root.nr_children = from->root.nr_children;
	copy_children(to, &to->root, from, &from->root);
	to->steps = from->steps;
	to->complete = from->complete;
	memcpy(to->count, from->count, sizeof(to->count));
	memcpy(to->first_of, from->first_of, sizeof(to->first_of));
	memcpy(to->last_of, from->last_of, sizeof(to->last_of));
	to->borders = from->borders;
	memcpy(to->change, from->change, kept * sizeof(to->change[0]));
	to->nr_changes = from->nr_changes;
	if (from->old.any)
		to->old = from->old;
}

/* NULL: no memory. */
struct story *story_copy(const struct story *s)
{
	struct story *copy = story_new();

	if (copy)
		story_assign(copy, s);
	return copy;
}

/* Host memory that a story takes. */
size_t story_bytes(const struct story *s)
{
	size_t bytes = sizeof(*s);

	for (const struct shelf *c = s->shelves; c; c = c->next)
		bytes += sizeof(*c);
	return bytes;
}

/* ---- telling ---- */

static void begin_node(struct story *s, struct node *n, const struct step *st)
{
	n->n.step = *st;
	n->n.result = 0;
	n->n.last_nr = s->steps;
	n->n.is_span = st->kind == TELL_ENTER;
	n->n.ended = !n->n.is_span;
	n->n.last_child = NULL;
	n->stale = n->n.child;
	n->kept_last = NULL;
	n->nr_children = 0;
}

static void begin_first(struct story *s, struct node *n, const struct step *st)
{
	begin_node(s, n, st);
	n->n.first_nr = s->steps;
	n->n.count = 1;
}

static struct node *append_node(struct story *s, struct node *p, const struct step *st)
{
	struct node *n = node_new(s);

	n->n.child = NULL;
	n->n.next = NULL;
	n->n.parent = &p->n;
	begin_first(s, n, st);
	if (p->n.last_child)
		p->n.last_child->next = &n->n;
	else
		p->n.child = &n->n;
	p->n.last_child = &n->n;
	return n;
}

/* The child behind the whole ones that has this name; NULL: none.  It keeps its place, so that the lines of
 * a loop's steps do not change places with every round. */
static struct node *find_folded(struct node *p, const struct step *st)
{
	struct story_node *n = p->kept_last ? p->kept_last->next : p->n.child;

	while (n && (n->step.id != st->id || n->is_span != (st->kind == TELL_ENTER)))
		n = n->next;
	return n ? node_of(n) : NULL;
}

/* A telling below p becomes one of its nodes. */
static struct node *add_node(struct story *s, struct node *p, const struct step *st)
{
	bool whole = p->nr_children < (s->nr_nodes < LARGE ? KEEP : KEEP_LARGE);
	struct node *n = p->stale ? node_of(p->stale) : NULL;

	p->nr_children++;
	if (n && whole && n->n.step.id == st->id && n->n.is_span == (st->kind == TELL_ENTER)) {
		p->stale = n->n.next;
		begin_first(s, n, st);
		p->n.last_child = p->kept_last = &n->n;
		return n;
	}
	cut_stale(s, p);
	n = whole ? NULL : find_folded(p, st);
	if (n) {
		begin_node(s, n, st);
		n->n.count++;
		return n;
	}
	n = append_node(s, p, st);
	if (whole)
		p->kept_last = &n->n;
	return n;
}

/* The processes that a telling speaks of: those it names, else its parent's. */
static void find_pids(const struct step *st, const struct node *parent, uint32_t pid[2])
{
	const uint8_t *kind = step_info[st->id].arg;
	int n = 0;

	for (int i = 0; i < STEP_ARGS && kind[i] != A_NONE && n < 2; i++)
		if (kind[i] == A_TASK)
			pid[n++] = (uint32_t)st->arg[i];
	if (n == 0) {
		pid[0] = parent->pid[0];
		pid[1] = parent->pid[1];
	} else if (n == 1) {
		pid[1] = 0;
	}
}

static void end_span(struct story *s, const struct step *st)
{
	uint64_t result = step_info[st->id].result != A_NONE ? st->arg[0] : 0;
	struct node *n = s->open;

	while (n != &s->root) {
		bool found = n->n.step.id == st->id;

		cut_stale(s, n);
		n->n.ended = true;
		n->n.result = result;
		n->n.last_nr = s->steps;
		n = node_of(n->n.parent);
		if (found)
			break;
	}
	s->open = n;
}

/* What is kept of a telling: its arguments, and 0 where it has none. */
static struct step arguments_of(const struct step *st)
{
	const uint8_t *kind = step_info[st->id].arg;
	struct step kept = {.id = st->id, .kind = st->kind};

	for (int i = 0; i < STEP_ARGS && kind[i] != A_NONE; i++)
		kept.arg[i] = st->arg[i];
	return kept;
}

/* A step that is not the end of a span. */
static void add_step(struct story *s, const struct step *st)
{
	struct node *n;

	s->steps++;
	n = add_node(s, s->open, st);
	find_pids(st, s->open, n->pid);
	if (s->count[st->id]++ == 0)
		s->first_of[st->id] = *st;
	s->last_of[st->id] = *st;
	s->last = n;
	if (st->kind == TELL_ENTER)
		s->open = n;
	if (st->kind == TELL_STEP) {
		struct change *c = &s->change[s->nr_changes % KEPT_CHANGES];

		if (s->nr_changes++ >= KEPT_CHANGES)
			old_changes_add(&s->old, c, &s->borders);
		c->step = *st;
		c->pid[0] = n->pid[0];
		c->pid[1] = n->pid[1];
	}
}

void story_tell(void *ctx, const struct step *st)
{
	struct story *s = ctx;
	struct step kept;

	if (st->kind == TELL_LEAVE) {
		end_span(s, st);
		return;
	}
	kept = arguments_of(st);
	add_step(s, &kept);
}

/*
 * Nothing more is told for now: spans that are open get their last step.  complete: the event is over,
 * and everything it changed counts as changed by the last step.
 */
void story_pause(struct story *s, bool complete)
{
	for (struct node *n = s->open; n; n = n->n.parent ? node_of(n->n.parent) : NULL) {
		cut_stale(s, n);
		n->n.last_nr = s->steps;
	}
	s->complete = complete;
	s->touched_at = 0;
}

/* ---- asking ---- */

const struct story_node *story_root(const struct story *s) { return &s->root.n; }

const struct story_node *story_last(const struct story *s) { return s->last ? &s->last->n : NULL; }

uint64_t story_steps(const struct story *s) { return s->steps; }

uint64_t story_count(const struct story *s, enum step_id id) { return s->count[id]; }

const struct step *story_last_of(const struct story *s, enum step_id id)
{
	return s->count[id] ? &s->last_of[id] : NULL;
}

const struct step *story_first_of(const struct story *s, enum step_id id)
{
	return s->count[id] ? &s->first_of[id] : NULL;
}

static void make_touched(struct story *s)
{
	size_t n = s->nr_changes < KEPT_CHANGES ? s->nr_changes : KEPT_CHANGES;
	size_t newest = (size_t)((s->nr_changes + KEPT_CHANGES - 1) % KEPT_CHANGES);
	struct change last;

	if (s->last) {
		last.step = s->last->n.step;
		memcpy(last.pid, s->last->pid, sizeof(last.pid));
	}
	touched_make(s->touched, &s->borders, s->last ? &last : NULL, s->change, n, newest,
		     s->complete);
	s->touched_at = s->steps + 1;
}

/* The sets are made when they are first asked for; without memory nothing is marked. */
static enum touch ask(const struct story *s, enum touch_kind kind, uint32_t pid, uint64_t value)
{
	struct story *own = (struct story *)(uintptr_t)s;

	if (!own->touched)
		own->touched = touched_new();
	if (!own->touched)
		return TOUCH_NONE;
	if (s->touched_at != s->steps + 1)
		make_touched(own);
	return touched_find(s->touched, &s->old, kind, pid, value);
}

enum touch story_touched_pfn(const struct story *s, pfn_t pfn)
{
	return ask(s, TOUCHED_FRAME, 0, pfn);
}

enum touch story_touched_va(const struct story *s, uint32_t pid, vaddr_t page)
{
	return ask(s, TOUCHED_PAGE, pid, page_align_down(page));
}

enum touch story_touched_vma(const struct story *s, uint32_t pid, vaddr_t start)
{
	return ask(s, TOUCHED_VMA, pid, start);
}

enum touch story_touched_zone(const struct story *s, unsigned zone)
{
	return ask(s, TOUCHED_ZONE, 0, zone);
}

enum touch story_touched_order(const struct story *s, unsigned zone, unsigned order)
{
	return ask(s, TOUCHED_ORDER, zone, order);
}

enum touch story_touched_cache(const struct story *s, unsigned cache)
{
	return ask(s, TOUCHED_CACHE, 0, cache);
}

enum touch story_touched_obj(const struct story *s, vaddr_t kva)
{
	return ask(s, TOUCHED_OBJECT, 0, kva);
}
