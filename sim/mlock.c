/*
 * mlock: these pages stay in memory.
 *
 * A flag of the area (VM_LOCKED), so the area is split where the range ends,
 * and then every page of the range is touched (populate.c): after a successful
 * mlock no access in it faults for want of a page.  munlock takes the flag
 * away, the pieces merge again.
 *
 * A process may lock 8M in all (RLIMIT_MEMLOCK); what the range already holds
 * locked is not counted twice.  Flags are set area by area up to a hole; then
 * the answer is ENOMEM, the areas before it stay locked, and nothing is
 * touched.  A part whose flag does not change is not split.
 *
 * 6.1 mm/mlock.c do_mlock(), apply_vma_lock_flags(), mlock_fixup().
 */
#include "machine.h"
#include "mmap.h"
#include "vma.h"

static uint64_t limit_pages(const struct machine *m)
{
	return m->profile->memlock_limit_bytes >> PAGE_SHIFT;
}

int mlock_future_check(struct machine *m, const struct mm *mm,
		       uint64_t nr_pages)
{
	if (mm->locked_vm + nr_pages <= limit_pages(m))
		return 0;
	note(m, MLOCK_LIMIT, mm_pid(mm), mm->locked_vm, nr_pages,
	     limit_pages(m));
	return -SIM_EAGAIN;
}

/* Pages of [start, end) that are locked already. */
static uint64_t locked_pages(const struct mm *mm, vaddr_t start, vaddr_t end)
{
	uint64_t pages = 0;

	for (const struct vma *v = mm_area_at(mm, start); v && v->start < end;
	     v = v->next) {
		vaddr_t from = v->start > start ? v->start : start;
		vaddr_t to = v->end < end ? v->end : end;

		if (v->flags & VM_LOCKED)
			pages += (to - from) >> PAGE_SHIFT;
	}
	return pages;
}

/* The part [start, end) of *v gets the flag, or loses it; *v: the area it is
 * in afterwards.  0 or -SIM_ENOMEM. */
static int mlock_fixup(struct machine *m, struct vma **v, vaddr_t start,
		       vaddr_t end, uint32_t locked)
{
	uint32_t flags = ((*v)->flags & ~(uint32_t)VM_LOCKED) | locked;
	struct vma *now;

	if (flags == (*v)->flags) {
		note(m, MLOCK_SAME, mm_pid((*v)->mm), (*v)->start);
		return 0;
	}
	now = vma_modify_flags(m, *v, start, end, flags);
	if (!now)
		return -SIM_ENOMEM;
	*v = now;
	if (locked)
		step(m, MLOCK_FIXUP, mm_pid(now->mm), start, end,
		     now->mm->locked_vm);
	else
		step(m, MUNLOCK_FIXUP, mm_pid(now->mm), start, end,
		     now->mm->locked_vm);
	return 0;
}

/* All areas of [start, end), ascending; 0 or -SIM_ENOMEM. */
static int apply_vma_lock_flags(struct machine *m, struct mm *mm, vaddr_t start,
				vaddr_t end, uint32_t locked)
{
	while (start < end) {
		struct vma *v = find_vma_intersection(mm, start, end);
		vaddr_t stop;

		if (!v || v->start > start) {
			note(m, RANGE_HOLE, mm_pid(mm), start);
			return -SIM_ENOMEM;
		}
		stop = v->end < end ? v->end : end;
		if (mlock_fixup(m, &v, start, stop, locked) < 0)
			return -SIM_ENOMEM;
		start = v->end > stop ? v->end : stop;
	}
	return 0;
}

/* Round [start, start + bytes) to pages; false: it wraps. */
static bool page_range(uint64_t start, uint64_t bytes, vaddr_t *first,
		       vaddr_t *end)
{
	uint64_t stop = page_align_up(start + bytes);

	if (stop > UINT32_MAX)
		return false;
	*first = page_align_down((vaddr_t)start);
	*end = (vaddr_t)stop;
	return true;
}

static int do_mlock(struct machine *m, struct task *t, uint64_t start,
		    uint64_t bytes)
{
	struct mm *mm = t->mm;
	vaddr_t first, end;
	uint64_t more;
	int err;

	if (!page_range(start, bytes, &first, &end)) {
		note(m, RANGE_WRAPS, t->pid, start, bytes);
		return -SIM_EINVAL;
	}
	more = ((end - first) >> PAGE_SHIFT) - locked_pages(mm, first, end);
	if (mlock_future_check(m, mm, more) < 0)
		return -SIM_ENOMEM;
	err = apply_vma_lock_flags(m, mm, first, end, VM_LOCKED);
	return err < 0 ? err : mm_populate(m, t, first, end, false);
}

int64_t sys_mlock(struct machine *m, struct task *t, uint64_t start,
		  uint64_t bytes)
{
	int err;

	enter(m, SYS_MLOCK, t->pid, start, bytes);
	err = do_mlock(m, t, start, bytes);
	leave(m, SYS_MLOCK, -err);
	return err;
}

int64_t sys_munlock(struct machine *m, struct task *t, uint64_t start,
		    uint64_t bytes)
{
	vaddr_t first, end;
	int err;

	enter(m, SYS_MUNLOCK, t->pid, start, bytes);
	if (page_range(start, bytes, &first, &end)) {
		err = apply_vma_lock_flags(m, t->mm, first, end, 0);
	} else {
		note(m, RANGE_WRAPS, t->pid, start, bytes);
		err = -SIM_EINVAL;
	}
	leave(m, SYS_MUNLOCK, -err);
	return err;
}
