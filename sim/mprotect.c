/*
 * mprotect: other rights for a range.
 *
 * Rights belong to an area.  If the range is a part of one, the area is split
 * and the part gets the new rights; if they equal those of a neighbour, the
 * part joins it.  For 8 pages at b7ff8000, all rw:
 *
 *	rw rw rw rw rw rw rw rw      1 area
 *	rw rw r- r- rw rw rw rw      3 areas: mprotect(b7ffa000, 8K, r)
 *	rw rw rw rw rw rw rw rw      1 area again: back to rw, case 6
 *
 * Then the page-table entries follow (change_protection).
 *
 * The call goes from area to area and stops at the first hole (ENOMEM) or at
 * the first right that the area may never have (EACCES: a shared mapping of a
 * file opened read-only does not become writable).  What it has changed
 * before stays changed.
 *
 * A private area that becomes writable is a new promise: it is accounted from
 * now on, and stays so when w is taken away again.  That is the reason why
 * memory mapped rw and set to r does not merge with memory mapped r.
 *
 * 6.1 mm/mprotect.c do_mprotect_pkey(), mprotect_fixup().
 */
#include "machine.h"
#include "mmap.h"
#include "vma.h"

/* MAY bits lie four places above the rights: what may flags never have? */
static bool rights_allowed(uint32_t flags)
{
	return !(flags & ~(flags >> 4) & VM_ACCESS);
}

/* Is w a new promise for an area with these flags? */
static bool must_account(uint32_t old_flags)
{
	return !(old_flags &
		 (VM_ACCOUNT | VM_WRITE | VM_SHARED | VM_NORESERVE));
}

/* A locked private area became writable: its pages get their copies now. */
static void populate_writable(struct machine *m, struct vma *v, vaddr_t start,
			      vaddr_t end, uint32_t old_flags)
{
	if ((old_flags & (VM_WRITE | VM_SHARED | VM_LOCKED)) == VM_LOCKED &&
	    (v->flags & VM_WRITE))
		mm_populate(m, v->mm->owner, start, end, true);
}

/* [start, end) lies in *v and gets prot.  *v: the area it is in afterwards.
 * 0 or the errno. */
static int mprotect_fixup(struct machine *m, struct vma **v, vaddr_t start,
			  vaddr_t end, uint32_t prot)
{
	uint32_t old = (*v)->flags, flags = (old & ~(uint32_t)VM_ACCESS) | prot;
	struct vma *now;

	if (!rights_allowed(flags)) {
		note(m, MPROTECT_EACCES, mm_pid((*v)->mm), (*v)->start, prot);
		return -SIM_EACCES;
	}
	if (flags == old) {
		note(m, MPROTECT_SAME, mm_pid((*v)->mm), (*v)->start, prot);
		return 0;
	}
	if ((prot & VM_WRITE) && must_account(old)) {
		if (vm_enough_memory(m, (end - start) >> PAGE_SHIFT) < 0)
			return -SIM_ENOMEM;
		flags |= VM_ACCOUNT;
	}
	now = vma_modify_flags(m, *v, start, end, flags);
	if (!now)
		return -SIM_ENOMEM;
	*v = now;
	step(m, MPROTECT_FIXUP, mm_pid(now->mm), start, end, old & VM_ACCESS,
	     prot);
	change_protection(m, now, start, end, old);
	populate_writable(m, now, start, end, old);
	return 0;
}

/* All areas of [start, end), ascending; 0 or the errno. */
static int mprotect_range(struct machine *m, struct mm *mm, vaddr_t start,
			  vaddr_t end, uint32_t prot)
{
	while (start < end) {
		struct vma *v = find_vma_intersection(mm, start, end);
		vaddr_t stop;
		int err;

		if (!v || v->start > start) {
			note(m, RANGE_HOLE, mm_pid(mm), start);
			return -SIM_ENOMEM;
		}
		stop = v->end < end ? v->end : end;
		err = mprotect_fixup(m, &v, start, stop, prot);
		if (err < 0)
			return err;
		start = v->end > stop ? v->end : stop;
	}
	return 0;
}

int64_t sys_mprotect(struct machine *m, struct task *t, uint64_t start,
		     uint64_t bytes, uint32_t prot)
{
	uint32_t rights = implied_prot(t->mm, prot);
	int err;

	enter(m, SYS_MPROTECT, t->pid, start, bytes, prot);
	if (start % PAGE_SIZE) {
		note(m, RANGE_UNALIGNED, t->pid, start);
		err = -SIM_EINVAL;
	} else if (range_wraps(m, start, bytes)) {
		note(m, RANGE_WRAPS, t->pid, start, bytes);
		err = bytes ? -SIM_ENOMEM : 0;
	} else {
		err = mprotect_range(m, t->mm, start,
				     start + page_align_up(bytes), rights);
	}
	leave(m, SYS_MPROTECT, -err);
	return err;
}
