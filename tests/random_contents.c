/*
 * Contents: what a process sees changes by its own events alone, and only where they say.
 *
 * Before an event the content of every anonymous page of every process is noted, wherever it is mapped.  After
 * it, everything that the event does not name is still there and the same, in whatever frame that may be now:
 *
 *	write p0 r1+4K 8K     p0's pages 1 and 2 of r1 are new; all others, and all of p1, as they were
 *	fork p0 p1            p0 as it was, and what p1 has is what p0 has there
 *	mremap p0 r1 64K      what r1 held is found where it lies now
 *	kwrite n1             n1 was freed: whoever has its frame now
 *
 * This is what copy-on-write is for, asked without a word about how it is done.
 */
#include "tests/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/pgtable.h"
#include "sim/vma.h"
#include "src/panic.h"
#include "src/proc.h"
#include "src/run.h"

struct content {
	uint32_t pid;
	vaddr_t va;
	uint64_t tag;
};

/* The pages of the process of the event that may have changed, or moved. */
struct named {
	uint32_t pid;  /* 0: of nobody                          */
	bool all;      /* whatever it has                       */
	vaddr_t start; /* [start, end)                          */
	uint64_t end;
	bool moves; /* to another place, as far as it goes   */
	bool fills; /* with one new content                  */
	pfn_t pfn;  /* whoever has this frame; PFN_NONE: of no frame */
};

struct contents {
	struct content *page;
	size_t count, cap;
	struct named named;
};

struct contents *contents_new(void) { return panic_if_null(calloc(1, sizeof(struct contents))); }

void contents_free(struct contents *c)
{
	free(c->page);
	free(c);
}

/* ---- what is there ---- */

/* What is seen at va; false: nothing that is the process's own. */
static bool look(const struct machine *m, const struct task *t, vaddr_t va, uint64_t *tag)
{
	const pte_t *e = pte_offset(m, t->mm, va);

	if (!e || !pte_present(*e) ||
	    (!(*e & PTE_SPECIAL) && pfn_page(m, pte_pfn(*e))->use != FRAME_ANON))
		return false;
	*tag = page_tag(pfn_page(m, pte_pfn(*e)));
	return true;
}

static void note_page(struct contents *c, const struct task *t, vaddr_t va, uint64_t tag)
{
	if (c->count == c->cap) {
		c->cap = c->cap ? c->cap * 2 : 1024;
		c->page = panic_if_null(realloc(c->page, c->cap * sizeof(*c->page)));
	}
	c->page[c->count++] = (struct content){t->pid, va, tag};
}

static void note_area(struct contents *c, const struct machine *m, const struct task *t,
		      const struct vma *v)
{
	uint64_t tag;

	for (uint64_t va = v->start; next_present(m, t->mm, &va, v->end); va += PAGE_SIZE)
		if (look(m, t, (vaddr_t)va, &tag))
			note_page(c, t, (vaddr_t)va, tag);
}

/* ---- what the event names ---- */

/* ADDR [SIZE] of the event. */
static void name_range(struct named *n, const struct machine *m, const struct scenario *s,
		       const struct event *e)
{
	uint64_t bytes;

	if (!addr_resolve(m, s, e->proc, &e->addr, &n->start, &bytes))
		return;
	if (e->options & OPT_HAS_SIZE)
		bytes = e->size;
	else if (e->kind == EV_WRITE || e->kind == EV_KWRITE)
		bytes = 1;
	n->end = n->start + bytes;
}

static void name_fixed(struct named *n, const struct machine *m, const struct scenario *s,
		       const struct event *e)
{
	uint64_t rest;

	if ((e->options & OPT_FIXED) &&
	    addr_resolve(m, s, e->proc, &scenario_extra(s, e)->at, &n->start, &rest))
		n->end = n->start + e->size;
}

static void name_region(struct named *n, const struct task *t, const struct event *e)
{
	const struct region *r = region_find(&t->mm->regions, e->name);

	if (!r)
		return;
	n->start = r->start;
	n->end = (uint64_t)r->start + r->bytes;
	n->moves = true;
}

/* Where the break may go from, and to. */
static void name_break(struct named *n, const struct task *t)
{
	n->start = t->mm->start_brk;
	n->end = t->mm->brk;
}

/* The frame that the kernel writes to by a name whose memory was given back. */
static pfn_t dangling_frame(const struct machine *m, const struct event *e)
{
	const struct region *r = e->kind == EV_KWRITE && e->addr.base == ADDR_KERNEL_NAME
					 ? region_find(&m->names, e->addr.symbol)
					 : NULL;
	uint64_t at = r ? r->start + (uint64_t)e->addr.offset : 0;

	if (!r || !r->freed || r->kind == REGION_VMALLOC || r->kind == REGION_IOREMAP)
		return PFN_NONE;
	return r->kind == REGION_PAGES ? (pfn_t)(at >> PAGE_SHIFT) : kva_to_pfn(m, (vaddr_t)at);
}

static struct named find_named(const struct machine *m, const struct scenario *s,
			       const struct event *e)
{
	const struct task *t = e->proc ? find_task_by_symbol(m, e->proc) : NULL;
	struct named n = {.pid = t ? t->pid : 0, .pfn = dangling_frame(m, e)};

	if (!t)
		return n;
	if (e->kind == EV_EXEC || e->kind == EV_EXIT ||
	    (e->kind >= EV_MALLOC && e->kind <= EV_FREE))
		n.all = true;
	else if (e->kind == EV_MMAP)
		name_fixed(&n, m, s, e);
	else if (e->kind == EV_MREMAP)
		name_region(&n, t, e);
	else if (e->kind == EV_BRK)
		name_break(&n, t);
	else if (e->kind == EV_MUNMAP || e->kind == EV_WRITE || e->kind == EV_KWRITE ||
		 (e->kind == EV_MADVISE && (e->other == ADV_DONTNEED || e->other == ADV_PAGEOUT)))
		name_range(&n, m, s, e);
	n.fills = e->kind == EV_WRITE || e->kind == EV_KWRITE;
	return n;
}

void contents_note(struct contents *c, const struct machine *m, const struct scenario *s,
		   uint32_t nr)
{
	c->count = 0;
	c->named = find_named(m, s, scenario_event(s, nr));
	for (const struct task *t = m->tasks; t; t = t->next) {
		const struct vma *v;

		for_each_vma(t->mm, v)
			if (!(v->flags & VM_SHARED))
				note_area(c, m, t, v);
	}
}

/* ---- what is left ---- */

static bool differs(struct report *r, const struct task *t, vaddr_t va, const char *what)
{
	snprintf(r->why, sizeof(r->why), "contents: page %08" PRIx64 " of %s %s", va, t->comm,
		 what);
	return false;
}

/* Is the page of p one that the event may change? */
static bool is_named(const struct named *n, const struct machine *m, const struct content *p)
{
	const struct task *t = n->pfn != PFN_NONE ? find_task(m, p->pid) : NULL;
	const pte_t *e = t ? pte_offset(m, t->mm, p->va) : NULL;

	if (e && pte_present(*e) && pte_pfn(*e) == n->pfn)
		return true;
	return p->pid == n->pid &&
	       (n->all || ((uint64_t)p->va + PAGE_SIZE > n->start && p->va < n->end));
}

/* A page that lay in a region which is elsewhere now, or shorter. */
static bool has_moved(struct report *r, const struct machine *m, const struct task *t,
		      const struct contents *c, const struct content *p, const struct event *e,
		      const struct outcome *o)
{
	bool done = o->kind == OUT_ADDRESS;
	uint64_t at = (uint64_t)p->va - c->named.start, tag;

	if (done && at >= page_align_up(e->size))
		return true;
	if (done)
		at += o->value;
	else
		at = p->va;
	return (look(m, t, (vaddr_t)at, &tag) && tag == p->tag) ||
	       differs(r, t, p->va, "is not where its region is");
}

/* A child has what its parent has, but for areas that fork leaves out. */
static bool is_inherited(struct report *r, const struct machine *m, const struct task *child,
			 const struct content *p)
{
	const struct vma *v = mm_area_at(child->mm, p->va);
	uint64_t tag;

	if (!v || v->start > p->va || !v->anon_vma)
		return true;
	return (look(m, child, p->va, &tag) && tag == p->tag) ||
	       differs(r, child, p->va, "is not its parent's");
}

/* All pages of a write that was done show the same. */
static bool is_filled(struct report *r, const struct machine *m, const struct named *n)
{
	const struct task *t = find_task(m, n->pid);
	uint64_t first = 0, tag;

	for (uint64_t va = page_align_down(n->start); t && va < n->end; va += PAGE_SIZE) {
		const pte_t *e = pte_offset(m, t->mm, (vaddr_t)va);

		if (!e || !pte_present(*e))
			return differs(r, t, (vaddr_t)va, "was written, and is not there");
		tag = page_tag(pfn_page(m, pte_pfn(*e)));
		if (va < n->start + 1)
			first = tag;
		if (tag != first || tag == 0)
			return differs(r, t, (vaddr_t)va, "does not show what was written");
	}
	return true;
}

bool contents_hold(struct contents *c, struct report *r, const struct machine *m,
		   const struct scenario *s, uint32_t nr, const struct outcome *o)
{
	const struct event *e = scenario_event(s, nr);
	const struct task *child = NULL;
	uint64_t tag;

	if (e->kind == EV_FORK && o->kind == OUT_OK)
		child = find_task_by_symbol(m, e->name);
	for (size_t i = 0; i < c->count; i++) {
		const struct content *p = &c->page[i];
		const struct task *t = find_task(m, p->pid);

		if (!t) /* it ended, by exit or by the OOM killer */
			continue;
		if (child && p->pid == c->named.pid && !is_inherited(r, m, child, p))
			return false;
		if (!is_named(&c->named, m, p)) {
			if (!look(m, t, p->va, &tag) || tag != p->tag)
				return differs(r, t, p->va, "has changed");
		} else if (c->named.moves && !has_moved(r, m, t, c, p, e, o)) {
			return false;
		}
	}
	return !c->named.fills || o->kind != OUT_OK || is_filled(r, m, &c->named);
}
