/*
 * The state listing, version 1: what a real kernel's /proc shows after the same events.
 *
 *	@3 write sh buf 16K
 *	= ok
 *	! sh min=4 maj=0
 *	P sh pte=3
 *	 08048000-08049000 r-xp 00000000 subject | fH1
 *	 b7ffc000-b8000000 rw-p 00000000 - | aH4 aH5 aH6 aH7
 *
 * Frames are numbered in the order in which they appear (frame_numbers.h), and only what an event has changed
 * is written anew (space_text.c).  When exec or a fixed mmap replaces mappings, what they alone held is
 * forgotten before the new is numbered, although the same file page may come back at once (RULES section 1).
 *
 * With MMVIZ_CHECK=1 each text that was kept is compared with one that is written from nothing.
 */
#include "listing.h"

#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "sim/pgtable.h"
#include "space_text.h"
#include "vector.h"

enum { WRITE_BYTES = 1 << 17 }; /* as much is written to the file at once */

struct state_lister {
	FILE *out;
	const struct machine *m;
	const struct scenario *s;
	bool check;
	struct frame_numbers numbers;
	struct space_text **space; /* one for each process, in order of creation */
	uint32_t nr_spaces, cap_spaces;
	struct buffer text; /* not written yet */

	/* the event under way replaces mappings of this process, 0: it does not; these frames are mapped by
	 * nothing else */
	uint32_t replaces;
	pfn_t *replaced;
	uint32_t nr_replaced, cap_replaced;
	uint32_t
		*mapped; /* by frame: entries among those that are replaced; zeros between events */
};

/* Mappings that an event replaces: those of task in [start, end). */
struct range {
	const struct task *task;
	uint64_t start, end;
};

const char *vma_name(const struct vma *v)
{
	const struct mm *mm = v->mm;

	if (v->file)
		return v->file->name;
	if (v->start <= mm->brk && v->end >= mm->start_brk)
		return "[heap]";
	if (v->start <= mm->start_stack && v->end > mm->start_stack)
		return "[stack]";
	return "-";
}

/* ---- what is replaced ---- */

/* Does the event replace mappings, if it succeeds? */
static bool may_replace(struct state_lister *l, const struct event *e, struct range *r)
{
	const struct event_extra *extra = scenario_extra(l->s, e);
	uint64_t rest;
	vaddr_t start;

	if (e->kind != EV_EXEC && (e->kind != EV_MMAP || !(e->options & OPT_FIXED)))
		return false;
	*r = (struct range){.task = find_task_by_symbol(l->m, e->proc), .end = UINT64_MAX};
	if (e->kind == EV_EXEC)
		return r->task != NULL;
	if (!r->task || !addr_resolve(l->m, l->s, e->proc, &extra->at, &start, &rest))
		return false;
	r->start = start;
	r->end = start + page_align_up(e->size);
	return true;
}

/* The entry that is replaced is the last of so many that map its frame. */
static void count_replaced(struct state_lister *l, pfn_t pfn)
{
	if (pfn == l->m->zero_page || ++l->mapped[pfn] != (uint32_t)pfn_page(l->m, pfn)->mapcount)
		return;
	if (!HAS_ROOM(l->replaced, l->nr_replaced, l->cap_replaced))
		panic_no_memory();
	l->replaced[l->nr_replaced++] = pfn;
}

static void uncount_replaced(struct state_lister *l, pfn_t pfn) { l->mapped[pfn] = 0; }

/* Each frame that the area maps in the range. */
static void visit_frames(struct state_lister *l, const struct vma *v, const struct range *r,
			 void (*visit)(struct state_lister *l, pfn_t pfn))
{
	uint64_t end = v->end < r->end ? v->end : r->end;

	for (uint64_t va = v->start > r->start ? v->start : r->start, next; va < end; va = next) {
		const pte_t *e = pte_offset(l->m, v->mm, (vaddr_t)va);

		next = e ? va + PAGE_SIZE : pt_next(l->m, v->mm, va, end);
		if (e && pte_present(*e))
			visit(l, pte_pfn(*e));
	}
}

static void find_replaced(struct state_lister *l, const struct range *r)
{
	const struct vma *v;

	l->nr_replaced = 0;
	l->replaces = r->task->pid;
	for_each_vma(r->task->mm, v)
		visit_frames(l, v, r, count_replaced);
	for_each_vma(r->task->mm, v)
		visit_frames(l, v, r, uncount_replaced);
}

/* ---- what has changed ---- */

/* The text of t's address space, which stands at place i in the order of creation. */
static struct space_text *find_space(struct state_lister *l, const struct task *t, uint32_t i)
{
	if (i == l->nr_spaces) {
		if (i == l->cap_spaces) {
			l->cap_spaces = i ? 2 * i : 8;
			l->space = panic_if_null(
				realloc(l->space, l->cap_spaces * sizeof(struct space_text *)));
		}
		l->space[l->nr_spaces++] = space_text_new(t->pid);
	}
	return l->space[i];
}

/* Processes that ended are at some places of the row: those behind them move up. */
static void drop_ended(struct state_lister *l)
{
	const struct task *t = l->m->tasks;
	uint32_t kept = 0;

	for (uint32_t i = 0; i < l->nr_spaces; i++) {
		struct space_text *s = l->space[i];

		if (t && t->pid == space_text_pid(s)) {
			l->space[kept++] = s;
			t = t->next;
			continue;
		}
		space_text_look(s, NULL, &l->numbers, false);
		space_text_free(s);
	}
	l->nr_spaces = kept;
}

static void look_at_all(struct state_lister *l)
{
	uint32_t i = 0;

	drop_ended(l);
	for (const struct task *t = l->m->tasks; t; t = t->next, i++)
		space_text_look(find_space(l, t, i), t, &l->numbers, t->pid == l->replaces);
	l->replaces = 0;
}

/* Written from nothing, is the text the same? */
static void check_text(struct state_lister *l, const struct task *t, const struct buffer *kept)
{
	struct space_text *fresh = space_text_new(t->pid);
	const struct buffer *text;

	space_text_look(fresh, t, &l->numbers, true);
	text = space_text_write(fresh, &l->numbers);
	/* without an area there is no text at all */
	if (text->len != kept->len || (text->len && memcmp(text->text, kept->text, text->len) != 0))
		panic("the listing of %s is not what it maps", t->comm);
	space_text_free(fresh);
}

/* ---- printing ---- */

void state_lister_flush(struct state_lister *l)
{
	fwrite(l->text.text, 1, l->text.len, l->out);
	l->text.len = 0;
}

static void put_event(struct state_lister *l, uint32_t nr, const struct outcome *o)
{
	char text[512];

	put_char(&l->text, '@');
	put_decimal(&l->text, nr);
	put_char(&l->text, ' ');
	scenario_event_text(l->s, nr, text, sizeof(text));
	put_string(&l->text, text);
	outcome_text(o, text, sizeof(text));
	put_string(&l->text, "\n= ");
	put_string(&l->text, text);
	put_char(&l->text, '\n');
}

static void put_faults(struct buffer *b, const struct task *t)
{
	put_string(b, "! ");
	put_string(b, t->comm);
	put_string(b, " min=");
	put_decimal(b, t->event_min);
	put_string(b, " maj=");
	put_decimal(b, t->event_maj);
	put_char(b, '\n');
}

static void put_process(struct state_lister *l, const struct task *t, struct space_text *s)
{
	const struct buffer *areas = space_text_write(s, &l->numbers);

	if (l->check)
		check_text(l, t, areas);
	put_string(&l->text, "P ");
	put_string(&l->text, t->comm);
	put_string(&l->text, " pte=");
	put_decimal(&l->text, t->mm->nr_tables);
	put_char(&l->text, '\n');
	put_bytes(&l->text, areas->text, areas->len);
}

static void put_state(struct state_lister *l, uint32_t nr, const struct outcome *o)
{
	enum event_kind kind = scenario_event(l->s, nr)->kind;
	uint32_t i = 0;

	put_event(l, nr, o);
	if (kind != EV_SPAWN && kind != EV_EXEC)
		for (const struct task *t = l->m->tasks; t; t = t->next)
			if (t->event_min || t->event_maj)
				put_faults(&l->text, t);
	for (const struct task *t = l->m->tasks; t; t = t->next)
		put_process(l, t, l->space[i++]);
	if (l->text.len >= WRITE_BYTES)
		state_lister_flush(l);
}

/* ---- the listing ---- */

struct state_lister *state_lister_open(const struct machine *m, const struct scenario *s, FILE *out,
				       bool check)
{
	struct state_lister *l = panic_if_null(calloc(1, sizeof(*l)));

	l->out = out;
	l->m = m;
	l->s = s;
	l->check = check;
	l->mapped = panic_if_null(calloc(m->max_pfn, sizeof(*l->mapped)));
	frame_numbers_init(&l->numbers, m);
	put_string(&l->text, "mmviz-state 1\n");
	return l;
}

void state_lister_close(struct state_lister *l)
{
	state_lister_flush(l);
	for (uint32_t i = 0; i < l->nr_spaces; i++)
		space_text_free(l->space[i]);
	free(l->space);
	free(l->replaced);
	free(l->mapped);
	free(l->text.text);
	frame_numbers_free(&l->numbers);
	free(l);
}

void state_lister_before(struct state_lister *l, uint32_t event)
{
	struct range r;

	l->replaces = 0;
	if (may_replace(l, scenario_event(l->s, event), &r))
		find_replaced(l, &r);
}

void state_lister_after(struct state_lister *l, uint32_t event, const struct outcome *o)
{
	if (l->replaces && (o->kind == OUT_OK || o->kind == OUT_ADDRESS))
		for (uint32_t i = 0; i < l->nr_replaced; i++)
			frame_renamed(&l->numbers, l->replaced[i]);
	if (!event_is_listed(scenario_event(l->s, event)->kind))
		return;
	look_at_all(l);
	put_state(l, event, o);
}

int list_state(struct scenario *s, FILE *out)
{
	struct trace trace = {0};
	struct machine *m = panic_if_null(engine_boot(s, &trace));
	bool check = engine_wants_check();
	struct state_lister *l = state_lister_open(m, s, out, check);

	for (uint32_t nr = 1; nr <= scenario_nr_events(s) && !ferror(out); nr++) {
		struct outcome o;

		state_lister_before(l, nr);
		o = engine_run(m, s, nr, check);
		state_lister_after(l, nr, &o);
	}
	state_lister_close(l);
	machine_destroy(m);
	return listing_end(out, 0);
}
