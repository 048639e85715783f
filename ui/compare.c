/*
 * Compare: one virtual address in two processes.
 *
 *	+ Compare b7ffe000 ------------------------------------------ sh, kid +
 *	| 1011011111 1111111110 000000000000                                  |
 *	| pgd 735    pte 1022   offset 0                                      |
 *	|           sh pid 1                    kid pid 2                     |
 *	| cr3       37c08000                 #  37c0f000                      |
 *	| pgd 735   37c0e067 P RW US A D     #  37c11067 P RW US A D          |
 *	| pte 1022  3fc05065 P RO US A D     =  3fc05065 P RO US A D          |
 *	| area      b7ffe000-b8000000 rw-p - =  b7ffe000-b8000000 rw-p -      |
 *	|              +-----------+--------------+                           |
 *	|              + frame 3fc05 -------------+     one frame is drawn as |
 *	|              | "A"                      |     one, two as two       |
 *
 * The address is the one of the walk panel, so it follows the events, or the user who holds it.  The processes are the
 * one that the events are about and the one nearest to it: its parent, else a child, else one that runs the same
 * program.  They stand in the order of their birth, so that a step of the other one leaves both where they are.  Who
 * names two, or turns to another one, keeps this pair.
 */
#include "compare.h"

#include <stdio.h>
#include <string.h>

#include "parts.h"
#include "screen.h"
#include "src/i18n.h"
#include "src/what.h"

enum { COLUMN_WIDTH = 75, WORD_LEN = 64 };

struct compare {
	uint32_t pid[2]; /* 0: there is none */
	vaddr_t va;
	bool is_held; /* the pair was chosen by the user */
};

/* ---- who ---- */

/* How near is o to t?  Smaller is nearer. */
static int distance(const struct task *t, const struct task *o)
{
	if (o == t->parent)
		return 0;
	if (o->parent == t)
		return 1;
	return o->mm->program == t->mm->program ? 2 : 3;
}

/* The nearest process, the eldest of equally near ones; NULL: t is alone. */
static const struct task *partner_of(const struct machine *m, const struct task *t)
{
	const struct task *best = NULL;

	for (const struct task *o = m->tasks; o; o = o->next)
		if (o != t && (!best || distance(t, o) < distance(t, best)))
			best = o;
	return best;
}

static void take_pair(struct compare *c, const struct task *a, const struct task *b)
{
	bool swap = a && b && b->pid < a->pid;

	c->pid[0] = swap ? b->pid : a ? a->pid : 0;
	c->pid[1] = swap ? a->pid : b ? b->pid : 0;
}

static void compare_follow(struct screen *s, void *state)
{
	const struct task *t = view_task(&s->view);
	struct compare *c = state;

	c->va = s->view.walk_va;
	if (!c->is_held)
		take_pair(c, t, t ? partner_of(view_machine(&s->view), t) : NULL);
}

/* The process before or after one in the order of birth, in a circle. */
static const struct task *neighbour(const struct machine *m, const struct task *t, int direction)
{
	const struct task *o = m->tasks;

	if (direction > 0)
		return t->next ? t->next : m->tasks;
	while (o->next && o->next != t)
		o = o->next;
	return o;
}

/* Another process at the right; this pair stays. */
static void turn_partner(struct compare *c, const struct machine *m, int direction)
{
	const struct task *left = find_task(m, c->pid[0]), *right = find_task(m, c->pid[1]);

	c->is_held = true;
	if (!right)
		right = left;
	if (!right)
		return;
	right = neighbour(m, right, direction);
	if (right == left)
		right = neighbour(m, right, direction);
	if (right != left)
		c->pid[1] = right->pid;
}

/* ---- the box ---- */

static struct compare_side side_of(const struct machine *m, uint32_t pid, vaddr_t va)
{
	struct compare_side side = {.t = pid ? find_task(m, pid) : NULL, .pfn = PFN_NONE};

	if (!side.t)
		return side;
	pt_walk(m, side.t->mm, va, &side.w);
	side.area = area_at(side.t->mm, va);
	if (side.w.complete)
		side.pfn = (pfn_t)(side.w.phys >> PAGE_SHIFT);
	if (side.pfn < m->max_pfn)
		side.page = &m->mem_map[side.pfn];
	return side;
}

static void compare_title(const struct view *v, const void *state, char *left, char *right,
			  size_t size)
{
	const struct machine *m = view_machine(v);
	const struct compare *c = state;
	const struct task *a = find_task(m, c->pid[0]), *b = find_task(m, c->pid[1]);

	snprintf(left, size, _("Compare %08" PRIx64), c->va);
	if (a && b)
		snprintf(right, size, "%s, %s", a->comm, b->comm);
}

static void compare_fill(const struct view *v, const void *state, struct sheet *sheet)
{
	const struct machine *m = view_machine(v);
	const struct compare *c = state;
	struct compare_side side[2] = {side_of(m, c->pid[0], c->va), side_of(m, c->pid[1], c->va)};

	compare_fill_walk(v, side, c->va, sheet);
	if (side[0].t && side[1].t)
		compare_fill_pages(v, side, c->va, sheet);
}

static void go_to(struct screen *s, struct compare *c, vaddr_t va)
{
	view_choose_address(&s->view, view_task(&s->view)->pid, va);
	c->va = va;
	overlay_refill(s, 0);
}

static void turn(struct screen *s, struct compare *c, int direction)
{
	turn_partner(c, view_machine(&s->view), direction);
	overlay_refill(s, 0);
}

static bool compare_key(struct screen *s, void *state, const struct sheet_row *row, uint32_t key)
{
	vaddr_t page = page_align_down(s->view.walk_va);
	struct compare *c = state;

	switch (key) {
	case 'c':
		overlay_close(s);
		return true;
	case ',':
	case '.':
		turn(s, c, key == '.' ? 1 : -1);
		return true;
	case '<':
	case '>':
		if (view_task(&s->view))
			go_to(s, c, key == '>' ? page + PAGE_SIZE : page - PAGE_SIZE);
		return true;
	case KEY_ENTER_:
		if (row && row->link == COMPARE_TURN)
			turn(s, c, 1);
		else if (row)
			go_to(s, c, (vaddr_t)row->link);
		return true;
	default:
		return false;
	}
}

static const struct overlay_kind compare_overlay = {
	.name = "compare",
	.keys = N_(", . another process  < > page  Enter goes to a page"),
	.state_bytes = sizeof(struct compare),
	.column_width = COLUMN_WIDTH,
	.instead_of = "walk",
	.title = compare_title,
	.fill = compare_fill,
	.key = compare_key,
	.follow = compare_follow,
};

void compare_open(struct screen *s)
{
	struct compare *c = overlay_open(s, &compare_overlay);

	if (c)
		compare_follow(s, c);
}

/* ---- compare PROC PROC [ADDR] ---- */

static const struct task *task_named(const struct screen *s, const char *name, size_t len)
{
	for (const struct task *t = view_machine(&s->view)->tasks; t; t = t->next) {
		const char *own = symbol_name(s->view.scenario, t->symbol);

		if (strlen(own) == len && strncmp(own, name, len) == 0)
			return t;
	}
	return NULL;
}

/* Two processes at the start of the text; *end is behind them. */
static bool parse_pair(const struct screen *s, const char *text, const struct task *t[2],
		       const char **end, struct what_fault *f)
{
	*end = text;
	for (int i = 0; i < 2; i++) {
		size_t len = strcspn(*end, " ");

		t[i] = task_named(s, *end, len);
		if (!t[i] || (i && t[1] == t[0])) {
			*f = (struct what_fault){.at = (size_t)(*end - text), .len = len};
			snprintf(f->message, sizeof(f->message), "%s",
				 t[i] ? _("twice the same process")
				      : _("two processes that live now are wanted"));
			return false;
		}
		*end += len + strspn(*end + len, " ");
	}
	return true;
}

bool compare_command(struct screen *s, const char *text, struct what_fault *f)
{
	const struct task *t[2];
	const char *addr;
	struct what_place place;
	struct compare *c;

	if (!*text) {
		compare_open(s);
		return true;
	}
	if (!parse_pair(s, text, t, &addr, f))
		return false;
	if (*addr && !what_parse(view_machine(&s->view), s->view.scenario, t[0], addr, &place, f)) {
		f->at += (size_t)(addr - text);
		return false;
	}
	if (*addr && place.kind == PLACE_PHYS) {
		*f = (struct what_fault){.at = (size_t)(addr - text), .len = strlen(addr)};
		snprintf(f->message, sizeof(f->message), "%s", _("a virtual address is wanted"));
		return false;
	}
	if (*addr)
		view_choose_address(&s->view, t[0]->pid, place.va);
	c = overlay_open(s, &compare_overlay);
	if (c) {
		*c = (struct compare){.pid = {t[0]->pid, t[1]->pid}, .is_held = true};
		compare_follow(s, c);
	}
	return true;
}
