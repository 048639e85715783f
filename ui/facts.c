/*
 * What can be said of an event that is over.
 *
 * Most facts come from the arguments of the event's steps; where a frame came from is looked up below the span that
 * gave it, who still maps it in the page tables as they stand now.
 */
#include "facts.h"

#include <ctype.h>

#include "parts.h"

/* The span that gave a frame. */
static bool gave_frame(const struct story_node *n, const void *ctx)
{
	return n->step.id == S_ALLOC_PAGES && n->is_span && n->ended &&
	       n->result == *(const pfn_t *)ctx;
}

/* Where the frame behind va came from: what lies below the span that gave it. */
static void look_into(struct facts *f, const struct story_node *n)
{
	for (; n; n = n->next) {
		switch (n->step.id) {
		case S_RMQUEUE_BULK:
			f->fetched = (uint32_t)n->result;
			break;
		case S_EXPAND:
			if (n->step.arg[1] > f->cut_order)
				f->cut_order = (uint32_t)n->step.arg[1];
			break;
		case S_WMARK_FAIL:
			f->passed = &n->step;
			break;
		default:
			break;
		}
		look_into(f, n->child);
	}
}

static pfn_t frame_behind(const struct facts *f)
{
	const struct story_node *n;
	struct pt_walk w;

	if (f->e->kind == EV_ALLOC_PAGES) {
		n = story_root(f->s)->child;
		return n && n->step.id == S_ALLOC_PAGES ? (pfn_t)n->result : PFN_NONE;
	}
	if (!f->task)
		return PFN_NONE;
	pt_walk(f->m, f->task->mm, f->va, &w);
	return w.complete ? (pfn_t)(w.phys >> PAGE_SHIFT) : PFN_NONE;
}

static void gather_frame(struct facts *f)
{
	const struct story_node *n;

	f->frame = frame_behind(f);
	if (f->frame == PFN_NONE)
		return;
	f->mappers = f->frame < f->m->max_pfn ? f->m->mem_map[f->frame].mapcount : 0;
	n = story_find_last(f->s, gave_frame, &f->frame);
	if (n) {
		f->has_new = true;
		look_into(f, n->child);
	}
}

static void gather_areas(struct facts *f)
{
	const struct mm *mm = f->task->mm;
	struct vma *below, *v = find_vma_prev(mm, f->va, &below);

	f->area = area_at(mm, f->va);
	if (v && v->start > f->va)
		f->above = v;
	f->below = below;
	f->all_private = true;
	for_each_vma(mm, v)
		if (v->flags & VM_SHARED)
			f->all_private = false;
}

bool is_other(const struct facts *f, const struct task *t)
{
	const struct step *copy = story_last_of(f->s, S_COPY_PAGE);
	pte_t e = user_entry(f->m, t->mm, f->va);

	return copy && t != f->task && pte_present(e) && pte_pfn(e) == copy->arg[0];
}

/* A step that is the reason of a refusal says so: "EINVAL: a length of 0", "no area at {1}: ENOMEM". */
static bool names_errno(const struct story_node *n, const void *ctx)
{
	const char *text = step_info[n->step.id].text, *p = text;

	(void)ctx;
	if (p[0] == 'E' && isupper((unsigned char)p[1]) && isupper((unsigned char)p[2]))
		return true;
	while ((p = strstr(p, ": E")) != NULL) {
		if (isupper((unsigned char)p[3]) && isupper((unsigned char)p[4]))
			return true;
		p += 3;
	}
	return false;
}

static void gather_access(struct facts *f)
{
	const struct step *access = story_last_of(f->s, S_ACCESS),
			  *first = story_first_of(f->s, S_ACCESS);
	enum step_id done = f->e->kind == EV_WRITE ? S_STORE : S_LOAD;

	f->is_access = true;
	f->va = access ? (vaddr_t)access->arg[1] : 0;
	f->pages = (uint32_t)story_count(f->s, done);
	/* the process's next instruction was fetched before: not a page of this event */
	if (f->e->kind == EV_READ && first && first->arg[2] == ACCESS_FETCH && f->pages > 1)
		f->pages--;
}

/* Entries of a range that are there and do not allow a write; where no table is, nothing is. */
static uint32_t count_read_only(const struct facts *f, uint64_t start, uint64_t end)
{
	uint32_t count = 0;

	for (uint64_t va = start, next; va < end; va = next) {
		const pte_t *e = pte_offset(f->m, f->task->mm, (vaddr_t)va);

		next = e ? va + PAGE_SIZE : pt_next(f->m, f->task->mm, va, end);
		count += e && pte_present(*e) && !(*e & PTE_RW);
	}
	return count;
}

/* Where the mapping begins that a call made or changed. */
static void gather_range(struct facts *f)
{
	const struct step *first = story_first_of(f->s, S_MPROTECT_FIXUP),
			  *last = story_last_of(f->s, S_MPROTECT_FIXUP);

	if (f->outcome.kind == OUT_ADDRESS && (f->e->kind == EV_MMAP || f->e->kind == EV_MREMAP))
		f->va = f->outcome.value;
	if (first && f->task) {
		f->va = (vaddr_t)first->arg[1];
		f->read_only = count_read_only(f, first->arg[1], last->arg[2]);
	}
}

struct facts facts_of(const struct view *v)
{
	struct facts f = {.v = v, .m = view_machine(v), .s = view_story(v), .frame = PFN_NONE};
	struct when now = timeline_now(v->timeline);
	const struct event_result *r = timeline_result(v->timeline, now.event);
	const struct story_node *reason = story_find_last(f.s, names_errno, NULL);

	f.e = scenario_event(v->scenario, now.event);
	if (r) {
		f.outcome = r->outcome;
		f.faults = r->minflt + r->majflt;
	}
	if (f.e->kind == EV_FORK && f.e->name)
		f.task = find_task_by_symbol(f.m, f.e->name);
	else if (f.e->proc)
		f.task = find_task_by_symbol(f.m, f.e->proc);
	if (f.e->kind == EV_READ || f.e->kind == EV_WRITE || f.e->kind == EV_FETCH)
		gather_access(&f);
	gather_range(&f);
	if (f.outcome.kind == OUT_MAPERR || f.outcome.kind == OUT_ACCERR ||
	    f.outcome.kind == OUT_BUS)
		f.va = f.outcome.value;
	if (f.task)
		gather_areas(&f);
	gather_frame(&f);
	for (const struct task *t = f.m->tasks; t; t = t->next)
		f.nr_others += is_other(&f, t);
	f.reason = reason ? &reason->step : NULL;
	return f;
}
