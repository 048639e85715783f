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
 * Frames are not listed by their numbers, which no two kernels share, but are numbered in the order in which
 * they appear.  A frame loses its number when no process maps it any more.  When exec or a fixed mmap
 * replaces mappings, what they alone held is forgotten before the new is numbered, although the same file
 * page may come back at once (RULES section 1).
 */
#include "listing.h"

#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "panic.h"

struct state_lister {
	FILE *out;
	const struct machine *m;
	const struct scenario *s;
	uint32_t *number; /* by frame; 0: has none                 */
	uint32_t *seen;   /* by frame: the pass that met it last   */
	pfn_t *numbered;  /* frames that have a number             */
	uint32_t nr_numbered;
	uint32_t last_number, pass;
	bool replaces; /* the event under way may replace mappings */
};

/* Mappings that an event replaces: those of task in [start, end). */
struct replaced {
	const struct task *task;
	uint64_t start, end;
};

/* The page after va whose entry is worth a look: without a page table there is nothing up to its end. */
static uint64_t next_page(const struct state_lister *l, uint64_t va, const pte_t *entry,
			  uint64_t end)
{
	unsigned leaf = l->m->profile->pt_levels - 1U;
	uint64_t span = pt_span(l->m, leaf) * pt_entries(l->m, leaf);
	uint64_t next = entry ? va + PAGE_SIZE : va - va % span + span;

	return next < end ? next : end;
}

/* ---- numbers ---- */

static uint32_t number_of(struct state_lister *l, pfn_t pfn)
{
	if (!l->number[pfn]) {
		l->number[pfn] = ++l->last_number;
		l->numbered[l->nr_numbered++] = pfn;
	}
	return l->number[pfn];
}

/* Frames that this pass did not see lose their numbers. */
static void forget_unseen(struct state_lister *l)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < l->nr_numbered; i++) {
		pfn_t pfn = l->numbered[i];

		if (l->seen[pfn] == l->pass)
			l->numbered[kept++] = pfn;
		else
			l->number[pfn] = 0;
	}
	l->nr_numbered = kept;
}

static void see_area(struct state_lister *l, const struct task *t, const struct vma *v,
		     const struct replaced *r)
{
	const pte_t *e;

	for (uint64_t va = v->start; va < v->end; va = next_page(l, va, e, v->end)) {
		e = pte_offset(l->m, t->mm, (vaddr_t)va);
		if (!e || !pte_present(*e) || pte_pfn(*e) == l->m->zero_page)
			continue;
		if (t != r->task || va < r->start || va >= r->end)
			l->seen[pte_pfn(*e)] = l->pass;
	}
}

/* See what is mapped now, but not what the event that follows may replace. */
static void see_all_but(struct state_lister *l, const struct replaced *r)
{
	l->pass++;
	for (const struct task *t = l->m->tasks; t; t = t->next) {
		const struct vma *v;

		for_each_vma(t->mm, v)
			see_area(l, t, v, r);
	}
}

/* Does the event replace mappings, if it succeeds? */
static bool may_replace(struct state_lister *l, const struct event *e, struct replaced *r)
{
	const struct event_extra *extra = scenario_extra(l->s, e);
	uint64_t rest;
	vaddr_t start;

	r->task = find_task_by_symbol(l->m, e->proc);
	r->start = 0;
	r->end = UINT64_MAX;
	if (e->kind == EV_EXEC)
		return r->task != NULL;
	if (e->kind != EV_MMAP || !(e->options & OPT_FIXED) || !r->task ||
	    !addr_resolve(l->m, l->s, e->proc, &extra->at, &start, &rest))
		return false;
	r->start = start;
	r->end = start + page_align_up(e->size);
	return true;
}

/* ---- printing ---- */

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

static char page_kind(const struct machine *m, pte_t entry)
{
	if (!pte_present(entry))
		return '.';
	if (pte_pfn(entry) == m->zero_page)
		return 'z';
	return pfn_page(m, pte_pfn(entry))->use == FRAME_ANON ? 'a' : 'f';
}

static char zone_letter(const struct machine *m, pfn_t pfn)
{
	static const char letters[] = "DNH";
	const struct zone *z = page_zone_const(m, pfn);

	return z ? letters[z->type] : '?';
}

/* A run of equal '.' or 'z'. */
static void print_run(FILE *out, char kind, uint64_t n)
{
	if (n > 1)
		fprintf(out, " %c*%llu", kind, (unsigned long long)n);
	else if (n == 1)
		fprintf(out, " %c", kind);
}

static void print_pages(struct state_lister *l, const struct task *t, const struct vma *v)
{
	uint64_t run = 0, next;
	char run_kind = '.';

	for (uint64_t va = v->start; va < v->end; va = next) {
		const pte_t *entry = pte_offset(l->m, t->mm, (vaddr_t)va);
		char kind = entry ? page_kind(l->m, *entry) : '.';

		next = next_page(l, va, entry, v->end);
		if (kind != run_kind) {
			print_run(l->out, run_kind, run);
			run = 0;
			run_kind = kind;
		}
		if (kind == '.' || kind == 'z')
			run += (next - va) / PAGE_SIZE;
		else
			fprintf(l->out, " %c%c%u", kind, zone_letter(l->m, pte_pfn(*entry)),
				number_of(l, pte_pfn(*entry)));
	}
	print_run(l->out, run_kind, run);
}

static void print_area(struct state_lister *l, const struct task *t, const struct vma *v)
{
	fprintf(l->out, " %08x-%08llx %c%c%c%c %08llx %s |", v->start, (unsigned long long)v->end,
		v->flags & VM_READ ? 'r' : '-', v->flags & VM_WRITE ? 'w' : '-',
		v->flags & VM_EXEC ? 'x' : '-', v->flags & VM_SHARED ? 's' : 'p',
		v->file ? (unsigned long long)v->pgoff << PAGE_SHIFT : 0ULL, vma_name(v));
	print_pages(l, t, v);
	fputc('\n', l->out);
}

static void print_state(struct state_lister *l, uint32_t nr, const struct outcome *o)
{
	const struct event *e = scenario_event(l->s, nr);
	char text[512];

	scenario_event_text(l->s, nr, text, sizeof(text));
	fprintf(l->out, "@%u %s\n", nr, text);
	outcome_text(o, text, sizeof(text));
	fprintf(l->out, "= %s\n", text);
	if (e->kind != EV_SPAWN && e->kind != EV_EXEC)
		for (const struct task *t = l->m->tasks; t; t = t->next)
			if (t->event_min || t->event_maj)
				fprintf(l->out, "! %s min=%u maj=%u\n", t->comm, t->event_min,
					t->event_maj);
	for (const struct task *t = l->m->tasks; t; t = t->next) {
		const struct vma *v;

		fprintf(l->out, "P %s pte=%u\n", t->comm, t->mm->nr_tables);
		for_each_vma(t->mm, v)
			print_area(l, t, v);
	}
}

/* ---- the listing ---- */

struct state_lister *state_lister_open(const struct machine *m, const struct scenario *s, FILE *out)
{
	struct state_lister *l = panic_if_null(calloc(1, sizeof(*l)));

	l->out = out;
	l->m = m;
	l->s = s;
	l->number = panic_if_null(calloc(m->max_pfn, sizeof(*l->number)));
	l->seen = panic_if_null(calloc(m->max_pfn, sizeof(*l->seen)));
	l->numbered = panic_if_null(calloc(m->max_pfn, sizeof(*l->numbered)));
	fputs("mmviz-state 1\n", out);
	return l;
}

void state_lister_close(struct state_lister *l)
{
	free(l->number);
	free(l->seen);
	free(l->numbered);
	free(l);
}

void state_lister_before(struct state_lister *l, uint32_t event)
{
	struct replaced r;

	l->replaces = may_replace(l, scenario_event(l->s, event), &r);
	if (l->replaces)
		see_all_but(l, &r);
}

void state_lister_after(struct state_lister *l, uint32_t event, const struct outcome *o)
{
	if (l->replaces && (o->kind == OUT_OK || o->kind == OUT_ADDRESS))
		forget_unseen(l);
	if (!event_is_listed(scenario_event(l->s, event)->kind))
		return;
	see_all_but(l, &(struct replaced){0});
	forget_unseen(l);
	print_state(l, event, o);
}

int list_state(struct scenario *s, FILE *out)
{
	struct trace trace = {0};
	struct machine *m = panic_if_null(engine_boot(s, &trace));
	struct state_lister *l = state_lister_open(m, s, out);
	bool check = engine_wants_check();

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
