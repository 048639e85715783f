/*
 * Where does a new mapping go?
 *
 * With a hint: there, if nothing is in the way.  Else top-down: the highest gap
 * below mmap_base that is large enough, and of it the top end.  So mappings
 * pile up downwards from mmap_base, and the heap grows up towards them:
 *
 *	0  64K     08048000                     b8000000        c0000000
 *	|  |  text data bss | heap ->    <- mmap |    room for    |
 *	|  |                                  mmap_base   stack   |
 *
 * mmap_base leaves room for the stack: 3G less the stack limit (8M) and the
 * guard gap, but at least 128M, so c0000000 - 8000000 = b8000000.  After
 * mappings of 16K and 8K the areas end at b8000000, b7ffc000 and the next one
 * of 8K begins at b7ff8000.
 *
 * Below an area that grows down 1M stays free, its guard gap.  The search finds
 * gaps by their size alone; where the end of one would reach into a guard gap,
 * it begins again, and looks only at what lies below that:
 *
 *	            64K            2M             stack
 *	prev |  a  |    | b |               | area that grows down
 *	                            |<- 1M ->|
 *	                            '- 1.5M wanted: 2M would do, but for the
 *	                               guard; so all must end below this
 *
 * When nothing fits below mmap_base: bottom-up from 40000000, a third of the
 * user's 3G (TASK_UNMAPPED_BASE), the lowest gap that is large enough, also
 * between mmap_base and the stack.
 *
 * Each area knows the largest gap below an area of its subtree (vma_tree.c),
 * so that the search passes whole subtrees that have none of the size.
 *
 * 6.1 mm/mmap.c generic_get_unmapped_area_topdown(), unmapped_area_topdown(),
 * unmapped_area(); the tree is that of 3.8.
 * Simpler than Linux: no address is random.
 */
#include "machine.h"
#include "mmap.h"
#include "vma.h"

/* A range without areas; end 0: there is none. */
struct gap {
	uint64_t start, end;
	uint32_t passed; /* smaller gaps seen before it */
};

/* A search from one side of the address space (where large gaps are wanted)
 * to the other. */
struct search {
	enum rb_side from;
	uint64_t bytes;
	uint32_t passed;
};

/* The part of [low, high) between prev and v that may be used. */
static struct gap gap_between(const struct vma *prev, const struct vma *v,
			      vaddr_t low, vaddr_t high)
{
	struct gap g = {.start = low, .end = high};

	if (prev && prev->end > low)
		g.start = prev->end;
	if (v && v->start < high)
		g.end = v->start;
	if (g.end < g.start)
		g.end = g.start;
	return g;
}

/* Is a gap large enough?  If not it is passed. */
static bool fits(struct search *s, uint64_t gap_bytes)
{
	if (gap_bytes >= s->bytes)
		return true;
	s->passed += gap_bytes > 0;
	return false;
}

/* Is there a gap that fits in the subtree of v?  If not it is passed. */
static bool subtree_fits(struct search *s, const struct vma *v)
{
	if (v && v->subtree_gap >= s->bytes)
		return true;
	s->passed += v ? v->nr_gaps : 0;
	return false;
}

/* The first area, coming from s->from, in the subtree of v with a gap below it
 * that fits: there is one. */
static const struct vma *first_in_subtree(struct search *s, const struct vma *v)
{
	for (;;) {
		const struct vma *near = rb_vma(v->rb.child[s->from]);

		if (subtree_fits(s, near))
			v = near;
		else if (fits(s, v->gap))
			return v;
		else
			v = rb_vma(v->rb.child[!s->from]);
	}
}

/* The same for v itself and all areas behind it; NULL: there is none. */
static const struct vma *first_from(struct search *s, const struct vma *v)
{
	while (v && !fits(s, v->gap)) {
		const struct vma *far = rb_vma(v->rb.child[!s->from]);
		const struct rb_node *n = &v->rb;

		if (subtree_fits(s, far))
			return first_in_subtree(s, far);
		/* Up, until we come from the near side. */
		while (n->parent && n->parent->child[!s->from] == n)
			n = n->parent;
		v = rb_vma(n->parent);
	}
	return v;
}

static struct gap highest_gap(const struct mm *mm, uint64_t bytes, vaddr_t low,
			      vaddr_t high)
{
	struct search s = {.from = RB_RIGHT, .bytes = bytes};
	struct vma *prev, *above;
	const struct vma *v;
	struct gap g;

	if (high <= low)
		return (struct gap){0};
	above = find_vma_prev(mm, high - 1, &prev);
	g = gap_between(prev, above, low, high);
	if (fits(&s, g.end - g.start))
		return g;
	v = first_from(&s, prev);
	g = v ? gap_between(v->prev, v, low, high) : (struct gap){0};
	g.passed = s.passed;
	return g;
}

static struct gap lowest_gap(const struct mm *mm, uint64_t bytes, vaddr_t low,
			     vaddr_t high)
{
	struct search s = {.from = RB_LEFT, .bytes = bytes};
	struct vma *prev, *above = find_vma_prev(mm, low, &prev);
	struct gap g = gap_between(prev, above, low, high);
	const struct vma *v, *last;

	if (fits(&s, g.end - g.start))
		return g;
	v = first_from(&s, above ? above->next : NULL);
	last = rb_vma(rb_outermost(&mm->mm_rb, RB_RIGHT));
	g = v ? gap_between(v->prev, v, low, high)
	      : gap_between(last, NULL, low, high);
	if (!v && (!above || !fits(&s, g.end - g.start)))
		g = (struct gap){0};
	g.passed = s.passed;
	return g;
}

/* The area that would be too near: a mapping up to end lies in its guard gap;
 * NULL: there is none. */
static const struct vma *guarded_area(const struct machine *m,
				      const struct mm *mm, vaddr_t end)
{
	const struct vma *next = mm_area_at(mm, end - 1);

	return next && vm_start_gap(m, next) < end ? next : NULL;
}

/* 6.1 unmapped_area_topdown(): its upper limit comes down to where the guard
 * gap begins, also for the gaps that it finds then. */
static struct gap unmapped_area_topdown(struct machine *m, const struct mm *mm,
					uint64_t bytes, vaddr_t low,
					vaddr_t high)
{
	const struct vma *next;
	struct gap g;

	while ((g = highest_gap(mm, bytes, low, high)).end &&
	       (next = guarded_area(m, mm, g.end)) != NULL) {
		high = vm_start_gap(m, next);
		note(m, PLACE_GUARD, mm_pid(mm), g.start, g.end, next->start,
		     high);
	}
	return g;
}

/* 6.1 unmapped_area(): its lower limit goes behind the area that is guarded. */
static struct gap unmapped_area(const struct machine *m, const struct mm *mm,
				uint64_t bytes, vaddr_t low, vaddr_t high)
{
	const struct vma *next;
	struct gap g;

	while ((g = lowest_gap(mm, bytes, low, high)).end &&
	       (next = guarded_area(m, mm, g.start + bytes)) != NULL)
		low = next->end;
	return g;
}

int64_t get_unmapped_area(struct machine *m, struct mm *mm, uint64_t bytes)
{
	vaddr_t top = m->map.task_size;
	vaddr_t third = page_align_up(top / 3);
	struct gap g = unmapped_area_topdown(
		m, mm, bytes, m->profile->mmap_min_addr, mm->mmap_base);

	if (g.end) {
		note(m, PLACE_TOP_DOWN, mm_pid(mm), g.start, g.end,
		     mm->mmap_base, g.passed);
		return (int64_t)(g.end - bytes);
	}
	note(m, PLACE_FULL, mm_pid(mm), mm->mmap_base, bytes, g.passed);
	g = unmapped_area(m, mm, bytes, third, top);
	if (g.end) {
		note(m, PLACE_BOTTOM_UP, mm_pid(mm), g.start, g.end, third,
		     g.passed);
		return (int64_t)g.start;
	}
	note(m, PLACE_NONE, mm_pid(mm), third, bytes, g.passed);
	return -SIM_ENOMEM;
}

bool hint_is_free(struct machine *m, struct mm *mm, vaddr_t at, uint64_t bytes)
{
	const struct vma *next = mm_area_at(mm, at);
	vaddr_t limit = m->map.task_size;

	if (at + bytes > limit) {
		note(m, HINT_BEYOND, mm_pid(mm), at, limit);
		return false;
	}
	if (next && at + bytes > next->start) {
		note(m, HINT_BUSY, mm_pid(mm), at, next->start);
		return false;
	}
	if (next && at + bytes > vm_start_gap(m, next)) {
		note(m, HINT_GAP, mm_pid(mm), at, next->start);
		return false;
	}
	note(m, HINT_FREE, mm_pid(mm), at);
	return true;
}
