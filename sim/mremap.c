/*
 * mremap: a mapping gets another size, and perhaps another place.
 *
 *	shrink   the tail is unmapped; always granted
 *	grow     in place, if the mapping ends where its area ends and the
 *	         addresses behind are free; else, with MAYMOVE, somewhere else:
 *
 *	[ a a a a ][other]   ->   [ a a a a . . . . ]  hole  [other]
 *	  f f                       f f
 *
 * A move takes page-table entries from the old place to the new one: the
 * frames stay, no page is copied, no fault is taken.  Then the old range is
 * unmapped.
 *
 * Offsets tell whether it may merge there.  Anonymous memory never touched
 * takes offsets of its new address, as if it had been mapped there, and joins
 * its neighbours.  What has an anon_vma keeps the offsets that its pages know,
 * which continue nobody's there.
 *
 * A mapping that became the middle of a merged area does not end at its area's
 * end: it cannot grow in place.
 *
 * 6.1 mm/mremap.c, RULES section 11.
 */
#include "machine.h"
#include "mmap.h"
#include "vma.h"

/* What is asked, in whole pages. */
struct remap {
	vaddr_t start;
	uint64_t old_bytes, new_bytes;
};

static uint64_t grown_pages(const struct remap *r)
{
	return (r->new_bytes - r->old_bytes) >> PAGE_SHIFT;
}

/* Is the growth within its promises?  0 or the errno. */
static int charge(struct machine *m, const struct vma *v, const struct remap *r)
{
	return v->flags & VM_ACCOUNT ? vm_enough_memory(m, grown_pages(r)) : 0;
}

/* Does the mapping end with its area, and is what follows free? */
static bool vma_expandable(struct machine *m, const struct vma *v,
			   const struct remap *r)
{
	uint64_t end = r->start + r->new_bytes;
	const struct vma *next = vma_next(v);

	if (r->start + r->old_bytes != v->end) {
		note(m, MREMAP_MIDDLE, mm_pid(v->mm), r->start, v->start,
		     v->end);
		return false;
	}
	if (end > m->map.task_size || (next && next->start < end)) {
		note(m, MREMAP_BLOCKED, mm_pid(v->mm), v->end,
		     next ? next->start : m->map.task_size);
		return false;
	}
	return true;
}

/* Grow v over what follows it; the address or the errno. */
static int64_t expand_in_place(struct machine *m, struct vma *v,
			       const struct remap *r)
{
	struct vma_range tail = {
		.start = v->end,
		.end = (vaddr_t)(r->start + r->new_bytes),
		.flags = v->flags,
		.pgoff = vma_pgoff(v, v->end),
		.file = v->file,
		.anon_vma = v->anon_vma,
	};

	if (charge(m, v, r) < 0 || !vma_merge(m, v->mm, v, &tail))
		return -SIM_ENOMEM;
	return (int64_t)r->start;
}

/* An area for v's mapping at to: a neighbour there, or a new one. NULL:
 * ENOMEM.  v may have become part of it. */
static struct vma *copy_vma(struct machine *m, const struct vma *v,
			    const struct remap *r, vaddr_t to)
{
	struct mm *mm = v->mm;
	bool untouched = !v->file && !v->anon_vma;
	struct vma_range range = {
		.start = to,
		.end = (vaddr_t)(to + r->new_bytes),
		.flags = v->flags,
		.pgoff = untouched ? to >> PAGE_SHIFT : vma_pgoff(v, r->start),
		.file = v->file,
		.anon_vma = v->anon_vma,
	};
	struct vma *prev, *copy;

	find_vma_prev(mm, to, &prev);
	copy = vma_merge(m, mm, prev, &range);
	if (copy)
		return copy;
	copy = vma_create(m, mm, &range);
	if (copy && anon_vma_clone(m, copy, v) < 0) {
		remove_vma(m, copy);
		return NULL;
	}
	return copy;
}

/* Move v's mapping to a place that is free; to, or -SIM_ENOMEM. */
static int64_t move_vma(struct machine *m, struct vma *v, const struct remap *r,
			vaddr_t to)
{
	struct mm *mm = v->mm;
	vaddr_t old_end = (vaddr_t)(r->start + r->old_bytes);

	/* The move may need three areas more before it needs fewer. */
	if (mm->map_count + 3 >= m->profile->max_map_count)
		return -SIM_ENOMEM;
	if (charge(m, v, r) < 0 || !copy_vma(m, v, r, to))
		return -SIM_ENOMEM;
	if (move_page_tables(m, mm, r->start, to, r->old_bytes) < 0) {
		move_page_tables(m, mm, to, r->start, r->old_bytes);
		do_munmap(m, mm, to, (vaddr_t)(to + r->new_bytes));
		return -SIM_ENOMEM;
	}
	step(m, MREMAP_MOVED, mm_pid(mm), r->start, to, r->new_bytes);
	do_munmap(m, mm, r->start, old_end);
	return (int64_t)to;
}

/* The mapping shall be larger; its address or the errno. */
static int64_t grow(struct machine *m, struct vma *v, const struct remap *r,
		    bool maymove)
{
	bool locked = v->flags & VM_LOCKED;
	int64_t at;

	if (r->start + r->old_bytes > v->end) {
		note(m, MREMAP_ACROSS, mm_pid(v->mm), r->start, v->start,
		     v->end);
		return -SIM_EFAULT;
	}
	if (locked && mlock_future_check(m, v->mm, grown_pages(r)) < 0)
		return -SIM_EAGAIN;
	if (vma_expandable(m, v, r)) {
		at = expand_in_place(m, v, r);
	} else if (!maymove) {
		note(m, MREMAP_STAYS, mm_pid(v->mm), r->start);
		at = -SIM_ENOMEM;
	} else {
		at = get_unmapped_area(m, v->mm, r->new_bytes);
		if (at > 0)
			at = move_vma(m, v, r, (vaddr_t)at);
	}
	return at;
}

static int64_t do_mremap(struct machine *m, struct task *t,
			 const struct remap *r, bool maymove)
{
	struct vma *v =
		find_vma_intersection(t->mm, r->start, (uint64_t)r->start + 1);
	bool locked = v && (v->flags & VM_LOCKED);
	int64_t at;

	if (r->start % PAGE_SIZE || !r->new_bytes || !r->old_bytes) {
		note(m, MREMAP_EINVAL, t->pid, r->start);
		return -SIM_EINVAL;
	}
	if (!v) {
		note(m, MREMAP_NOTHING, t->pid, r->start);
		return -SIM_EFAULT;
	}
	if (r->new_bytes == r->old_bytes)
		return (int64_t)r->start;
	if (r->new_bytes < r->old_bytes)
		return do_munmap(m, t->mm, (vaddr_t)(r->start + r->new_bytes),
				 (vaddr_t)(r->start + r->old_bytes)) < 0
			       ? -SIM_ENOMEM
			       : (int64_t)r->start;
	at = grow(m, v, r, maymove);
	if (at > 0 && locked)
		mm_populate(m, t, (vaddr_t)((uint64_t)at + r->old_bytes),
			    (vaddr_t)((uint64_t)at + r->new_bytes), true);
	return at;
}

int64_t sys_mremap(struct machine *m, struct task *t, vaddr_t start,
		   uint64_t old_bytes, uint64_t new_bytes, bool maymove)
{
	/* In a word, as in the kernel: a size in the last page of 4G is 0. */
	struct remap r = {
		.start = start,
		.old_bytes = in_word(m, page_align_up(old_bytes)),
		.new_bytes = in_word(m, page_align_up(new_bytes)),
	};
	int64_t at;

	enter(m, SYS_MREMAP, t->pid, start, old_bytes, new_bytes, maymove);
	at = do_mremap(m, t, &r, maymove);
	leave(m, SYS_MREMAP, at < 0 ? 0 : at);
	return at;
}
