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

int mlock_future_check(const struct machine *m, const struct mm *mm,
		       uint64_t nr_pages)
{
	if (mm->locked_vm + nr_pages <= limit_pages(m))
		return 0;
	note(m, MLOCK_LIMIT, mm_pid(mm), mm->locked_vm, nr_pages,
	     limit_pages(m));
	return -SIM_EAGAIN;
}

/* Pages of [start, end) that are locked already. */
static uint64_t locked_pages(const struct mm *mm, vaddr_t start, uint64_t end)
{
	uint64_t pages = 0;

	for (const struct vma *v = mm_area_at(mm, start); v && v->start < end;
	     v = v->next) {
		vaddr_t from = v->start > start ? v->start : start;
		uint64_t to = v->end < end ? v->end : end;

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
	lru_add_drain(m);
	if (locked)
		step(m, MLOCK_FIXUP, mm_pid(now->mm), start, end,
		     now->mm->locked_vm);
	else
		step(m, MUNLOCK_FIXUP, mm_pid(now->mm), start, end,
		     now->mm->locked_vm);
	return 0;
}

/* All areas of nr_bytes from start on, ascending; 0, -SIM_EINVAL when the range
 * does not end below 4G, or -SIM_ENOMEM. */
static int apply_vma_lock_flags(struct machine *m, struct mm *mm, vaddr_t start,
				uint64_t nr_bytes, uint32_t locked)
{
	vaddr_t end = in_word(m, start + nr_bytes);

	if (end < start) {
		note(m, RANGE_WRAPS, mm_pid(mm), start, nr_bytes);
		return -SIM_EINVAL;
	}
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

/* The pages that bytes from start on touch, in bytes.  All of it in a word, as
 * in the kernel: 0xffffffff bytes from 0x10 on are one page of 32 bits. */
static uint64_t whole_pages(const struct machine *m, vaddr_t start,
			    uint64_t bytes)
{
	bytes = in_word(m, bytes + start % PAGE_SIZE);
	return in_word(m, page_align_up(bytes));
}

/* What POSIX calls the errno of touching a page, 6.1 __mlock_posix_error_return:
 * the range is at fault, ENOMEM; the machine has no frame left, EAGAIN. */
static int posix_error(int err)
{
	switch (err) {
	case -SIM_EFAULT:
		return -SIM_ENOMEM;
	case -SIM_ENOMEM:
		return -SIM_EAGAIN;
	default:
		return err;
	}
}

/* The limit is looked at before the range: mlock of 3G is ENOMEM, wherever. */
static int do_mlock(struct machine *m, struct task *t, vaddr_t start,
		    uint64_t bytes)
{
	struct mm *mm = t->mm;
	vaddr_t first = page_align_down(start);
	uint64_t nr_bytes = whole_pages(m, start, bytes);
	uint64_t more = (nr_bytes >> PAGE_SHIFT) -
			locked_pages(mm, first, first + nr_bytes);
	int err;

	if (mlock_future_check(m, mm, more) < 0)
		return -SIM_ENOMEM;
	err = apply_vma_lock_flags(m, mm, first, nr_bytes, VM_LOCKED);
	if (err < 0)
		return err;
	return posix_error(mm_populate(m, t, first, first + nr_bytes, false));
}

int64_t sys_mlock(struct machine *m, struct task *t, uint64_t start,
		  uint64_t bytes)
{
	int err;

	enter(m, SYS_MLOCK, t->pid, start, bytes);
	err = do_mlock(m, t, in_word(m, start), bytes);
	leave(m, SYS_MLOCK, -err);
	return err;
}

int64_t sys_munlock(struct machine *m, struct task *t, uint64_t start,
		    uint64_t bytes)
{
	vaddr_t first = page_align_down(in_word(m, start));
	int err;

	enter(m, SYS_MUNLOCK, t->pid, start, bytes);
	err = apply_vma_lock_flags(m, t->mm, first,
				   whole_pages(m, start, bytes), 0);
	leave(m, SYS_MUNLOCK, -err);
	return err;
}
