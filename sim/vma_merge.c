/*
 * When do two areas become one?
 *
 * Areas that touch and are alike are kept as one: fewer areas to search, and
 * one object fewer in the slab cache.  So every change of a range A first asks
 * its neighbours.  P is the area before A; N the one behind it.
 *
 *	A is a hole (mmap, mremap)       A is part of an area (mprotect ...)
 *
 *	1  [P][ A ][N]  [    P    ]      4  [  P A ][N]   [P][   N   ]
 *	2  [P][ A ]  .  [  P   ]  .      5  [P][ A  N ]   [  P  ][ N ]
 *	3   . [ A ][N]   . [  N   ]      6  [P][  A  ][N] [     P    ]
 *	                                 7  [P][  A  ] .  [   P   ]  .
 *	                                 8   . [  A  ][N]  . [   N   ]
 *
 * In 4 and 5 only the border between two areas moves; 6, 7 and 8 remove the
 * area that A was, and 6 removes N as well.  If nothing fits, mmap makes a new
 * area and mprotect splits the old one: one area becomes two or three.
 *
 * A fits a neighbour when all of this holds:
 *	- the same flags: r, w, x, but also shared, locked, accounted, ...
 *	- the same open file, or none in both
 *	- the offsets continue.  Anonymous memory has offsets too: the page
 *	  number of the address where it was made
 *	- anon_vma: the same (or none) in both; or none in one of them, and the
 *	  neighbour's chain has exactly one link.
 *
 * The last rule is why a fork leaves its mark.  A page remembers its anon_vma;
 * a parent's area has a chain of one, so fresh memory joins it; the child
 * inherited a link and added its own, a chain of two, so fresh memory below the
 * same area stays apart in the child.  And a touched range never joins an area
 * that was never touched: that one has no links at all.
 *
 * 6.1 mm/mmap.c vma_merge(), __vma_adjust(), is_mergeable_anon_vma().
 */
#include "machine.h"
#include "vma.h"

static uint64_t range_pages(const struct vma_range *r)
{
	return (r->end - r->start) >> PAGE_SHIFT;
}

/* ---- does it fit? ---- */

/* Tell in which flag v and r differ, most visible first. */
static void tell_flags(struct machine *m, const struct vma *v,
		       const struct vma_range *r)
{
	uint32_t differ = v->flags ^ r->flags, pid = mm_pid(v->mm);

	if (differ & VM_ACCESS)
		note(m, MERGE_NO_RIGHTS, pid, v->start, v->flags & VM_ACCESS,
		     r->flags & VM_ACCESS);
	else if (differ & VM_LOCKED)
		note(m, MERGE_NO_LOCKED, pid, v->start);
	else if (differ & VM_ACCOUNT)
		note(m, MERGE_NO_ACCOUNT, pid, v->start);
	else
		note(m, MERGE_NO_FLAGS, pid, v->start);
}

/* Would r, if it had anon_vma av, and v share one anon_vma without harm? */
static bool mergeable_anon_vma(const struct vma *v, const struct anon_vma *av)
{
	if (v->anon_vma == av)
		return true;
	return (!v->anon_vma || !av) && v->chain_len == 1;
}

/* May r, which has or will have anon_vma av, become part of v, which touches
 * it?  own is the offset v has where they meet, others r's. */
static bool range_fits(struct machine *m, const struct vma *v,
		       const struct vma_range *r, const struct anon_vma *av,
		       uint64_t own, uint64_t others)
{
	uint32_t pid = mm_pid(v->mm);

	if (v->flags != r->flags) {
		tell_flags(m, v, r);
		return false;
	}
	if (v->file != r->file) {
		note(m, MERGE_NO_FILE, pid, v->start);
		return false;
	}
	if (own != others) {
		note(m, MERGE_NO_OFFSET, pid, v->start, own, others);
		return false;
	}
	if (mergeable_anon_vma(v, av))
		return true;
	if (v->anon_vma && av)
		note(m, MERGE_NO_ANON_VMA, pid, v->start, v->anon_vma->id,
		     av->id);
	else
		note(m, MERGE_NO_CHAIN, pid, v->start, v->chain_len);
	return false;
}

/* r follows prev and fits it. */
static bool can_vma_merge_after(struct machine *m, const struct vma *prev,
				const struct vma_range *r,
				const struct anon_vma *av)
{
	return prev && prev->end == r->start &&
	       range_fits(m, prev, r, av, vma_pgoff(prev, prev->end), r->pgoff);
}

/* r lies before next and fits it. */
static bool can_vma_merge_before(struct machine *m, const struct vma *next,
				 const struct vma_range *r)
{
	return next && next->start == r->end &&
	       range_fits(m, next, r, r->anon_vma, next->pgoff,
			  r->pgoff + range_pages(r));
}

/* ---- do it ---- */

/* If v has no anon_vma it takes the first one of the areas in [start, end). */
static int import_anon_vma(struct machine *m, struct vma *v, vaddr_t start,
			   vaddr_t end)
{
	const struct vma *o = mm_area_at(v->mm, start);

	for (; o && o->start < end && !v->anon_vma; o = o->next)
		if (o->anon_vma && anon_vma_clone(m, v, o) < 0)
			return -SIM_ENOMEM;
	return 0;
}

/*
 * v takes [start, end), which holds v.  Of the other areas there, those inside
 * go, one that reaches in at either end is cut back.  Their pages stay: page
 * tables know nothing of areas.
 */
static struct vma *vma_absorb(struct machine *m, struct vma *v, vaddr_t start,
			      vaddr_t end)
{
	struct vma *o = find_vma_intersection(v->mm, start, end), *next;

	if (import_anon_vma(m, v, start, end) < 0)
		return NULL;
	for (; o && o->start < end; o = next) {
		next = o->next;
		if (o == v)
			continue;
		if (o->start < start)
			vma_set_range(m, o, o->start, start);
		else if (o->end > end)
			vma_set_range(m, o, end, o->end);
		else
			remove_vma(m, o);
	}
	vma_set_range(m, v, start, end);
	return v;
}

/* r becomes part of v, which takes [start, end): case nr of the drawing. */
static struct vma *merge_as(struct machine *m, unsigned nr, struct vma *v,
			    vaddr_t start, vaddr_t end,
			    const struct vma_range *r)
{
	note(m, VMA_MERGE, mm_pid(v->mm), nr, r->start, r->end, v->start);
	return vma_absorb(m, v, start, end);
}

/* r fits prev and next; do they also fit each other? */
static bool both_fit(const struct vma *prev, const struct vma *next)
{
	return prev->anon_vma == next->anon_vma || !prev->anon_vma ||
	       !next->anon_vma;
}

struct vma *vma_merge(struct machine *m, struct mm *mm, struct vma *prev,
		      const struct vma_range *r)
{
	struct vma *mid = prev ? prev->next : mm->mmap;
	bool exact = mid && mid->end == r->end;   /* r is the whole of mid */
	bool head = mid && mid->start < r->end;   /* r is its beginning */
	bool tail = prev && r->start < prev->end; /* r is the end of prev */
	struct vma *next = exact ? mid->next : mid;
	bool after = can_vma_merge_after(m, prev, r, r->anon_vma);
	bool before = can_vma_merge_before(m, next, r);
	unsigned by_prev = exact ? 7 : head ? 5 : 2;
	unsigned by_next = tail ? 4 : exact ? 8 : 3;

	if (after && before && both_fit(prev, next))
		return merge_as(m, exact ? 6 : 1, prev, prev->start, next->end,
				r);
	if (after)
		return merge_as(m, by_prev, prev, prev->start, r->end, r);
	if (before)
		return merge_as(m, by_next, next, r->start, next->end, r);
	return NULL;
}

struct vma *vma_merge_new_range(struct machine *m, struct mm *mm,
				const struct vma_range *r)
{
	struct vma *prev, *next = find_vma_prev(mm, r->start, &prev);
	bool before = can_vma_merge_before(m, next, r);
	/* Once part of next, the range comes with next's anon_vma. */
	const struct anon_vma *av = before ? next->anon_vma : NULL;

	if (can_vma_merge_after(m, prev, r, av))
		return merge_as(m, before ? 1 : 2, prev, prev->start,
				before ? next->end : r->end, r);
	if (before)
		return merge_as(m, 3, next, r->start, next->end, r);
	return NULL;
}

struct vma *vma_merge_extend(struct machine *m, struct vma *prev,
			     const struct vma_range *r)
{
	if (!can_vma_merge_after(m, prev, r, NULL))
		return NULL;
	return merge_as(m, 2, prev, prev->start, r->end, r);
}

/* ---- merge or split: a range of an area gets new flags ---- */

/* Make [start, end) of v an area of its own; returns it, NULL: ENOMEM. */
static struct vma *vma_isolate(struct machine *m, struct vma *v, vaddr_t start,
			       vaddr_t end)
{
	uint32_t limit = m->profile->max_map_count;

	if (start > v->start) {
		if (v->mm->map_count >= limit)
			return NULL;
		v = split_vma(m, v, start);
	}
	if (v && end < v->end &&
	    (v->mm->map_count >= limit || !split_vma(m, v, end)))
		return NULL;
	return v;
}

struct vma *vma_modify_flags(struct machine *m, struct vma *v, vaddr_t start,
			     vaddr_t end, uint32_t flags)
{
	struct vma *prev = start > v->start ? v : vma_prev(v);
	struct vma_range r = {
		.start = start,
		.end = end,
		.flags = flags,
		.pgoff = vma_pgoff(v, start),
		.file = v->file,
		.anon_vma = v->anon_vma,
	};
	struct vma *now = vma_merge(m, v->mm, prev, &r);

	if (now)
		return now;
	now = vma_isolate(m, v, start, end);
	if (now)
		vma_set_flags(now, flags);
	return now;
}
