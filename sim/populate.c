/*
 * Touching pages for the process, before it does.
 *
 * mmap's populate, mlock and some madvise advice want pages now.  The kernel
 * walks the range and takes for every page that is not there the same fault
 * that an access would have taken; it is counted as a fault of the process.
 *
 *	private, writable    as by a write: own frames at once, copies of what
 *	                     fork shares or the zero page stood for
 *	private, read-only   as by a read: the zero page
 *	shared               as by a read: no file page becomes dirty for this
 *
 * Fault-around maps up to 16 file pages with one fault; those count once.
 * An area without any rights (`none`) cannot be filled; neither can a page
 * beyond the end of its file.
 *
 * 6.1 mm/gup.c __mm_populate(), populate_vma_page_range().  Simpler than
 * Linux: when memory ends here no process is killed, the call just ends.
 */
#include "machine.h"
#include "mmap.h"
#include "vma.h"

/* Is the page of va there already, for a write if that is wanted? */
static bool page_is_there(const struct machine *m, const struct mm *mm,
			  vaddr_t va, bool write)
{
	const pte_t *e = pte_offset(m, mm, va);

	return e && pte_present(*e) && (!write || (*e & PTE_RW));
}

static int fault_pages_in(struct machine *m, struct task *t, struct vma *v,
			  vaddr_t start, vaddr_t end, bool write)
{
	for (vaddr_t va = start; va < end; va += PAGE_SIZE) {
		if (page_is_there(m, t->mm, va, write))
			continue;
		switch (handle_mm_fault(m, t, v, va, write)) {
		case FAULT_SIGBUS:
			note(m, POPULATE_BEYOND, t->pid, va);
			return -SIM_EFAULT;
		case FAULT_OOM:
			note(m, POPULATE_OOM, t->pid, va);
			return -SIM_ENOMEM;
		default:
			break;
		}
	}
	return 0;
}

int faultin_range(struct machine *m, struct task *t, struct vma *v,
		  vaddr_t start, vaddr_t end, bool write)
{
	int err = fault_pages_in(m, t, v, start, end, write);

	lru_add_drain(m);
	return err;
}

static int populate_area(struct machine *m, struct task *t, struct vma *v,
			 vaddr_t start, vaddr_t end)
{
	bool write = (v->flags & (VM_WRITE | VM_SHARED)) == VM_WRITE;

	if (!vma_is_accessible(v)) {
		note(m, POPULATE_NONE, t->pid, v->start);
		return -SIM_EFAULT;
	}
	return faultin_range(m, t, v, start, end, write);
}

int mm_populate(struct machine *m, struct task *t, vaddr_t start, vaddr_t end,
		bool skip_errors)
{
	struct vma *v;
	int err = 0;

	enter(m, MM_POPULATE, t->pid, start, end);
	while (!err && start < end &&
	       (v = find_vma_intersection(t->mm, start, end))) {
		vaddr_t from = v->start > start ? v->start : start;
		vaddr_t to = v->end < end ? v->end : end;

		err = populate_area(m, t, v, from, to);
		if (skip_errors)
			err = 0;
		start = to;
	}
	leave(m, MM_POPULATE, -err);
	return err;
}
