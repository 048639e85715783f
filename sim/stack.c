/*
 * The stack grows by faults.
 *
 * A program never asks for stack.  It pushes below its stack area; find_vma
 * answers with the area above the address, and if that one grows down
 * (VM_GROWSDOWN), the kernel moves its start down to the touched page:
 *
 *	        prev              guard gap           stack
 *	  |   some area   |.... at least 1M ....|v  new |    old     |
 *	             prev->end                  va    start     c0000000
 *
 * What is checked, in this order (6.1):
 *	1. va is not below mmap_min_addr (64K).
 *	2. Guard gap: from the end of the area before to va at least 256 pages,
 *	   unless that area is `none` or grows down itself.  It keeps a stack
 *	   that runs away from writing silently into a mapping.
 *	3. Offsets: the area counts its pages from address 0, those it grows by
 *	   too; one that mremap moved up has kept small offsets and may run out
 *	   of them.
 *	4. Limit: end - va <= 8M (RLIMIT_STACK).
 *	5. Locked: all locked pages together stay below 8M (RLIMIT_MEMLOCK).
 *	6. Overcommit.
 *
 * How far va lies below the stack pointer does not matter: 2.4 wanted
 * va + 32 >= esp, 2.6 and 4.x va + 64K >= esp, 5.0 dropped the test.
 * The pages between are not allocated; growth is a promise like mmap.
 *
 * With the 8M limit the lowest stack page is c0000000 - 800000 = bf800000.
 */
#include "machine.h"
#include "mmap.h"
#include "vma.h"

/* Does the guard gap to the area before v stay free if v begins at start? */
static bool guard_gap_ok(const struct machine *m, const struct vma *v,
			 vaddr_t start)
{
	const struct vma *prev = vma_prev(v);
	uint64_t gap = m->profile->stack_guard_gap_pages, pages;

	if (!prev || (prev->flags & VM_GROWSDOWN) || !vma_is_accessible(prev))
		return true;
	pages = (start - prev->end) >> PAGE_SHIFT;
	if (pages < gap) {
		note(m, STACK_GAP, mm_pid(v->mm), prev->start, pages, gap);
		return false;
	}
	note(m, STACK_GAP_OK, mm_pid(v->mm), prev->start, pages, gap);
	return true;
}

/* Limits of the stack itself; 0 or -SIM_ENOMEM.  6.1 acct_stack_growth(). */
static int stack_limits(const struct machine *m, const struct vma *v,
			vaddr_t start)
{
	uint64_t bytes = v->end - start;
	uint64_t grow = (v->start - start) >> PAGE_SHIFT;
	uint32_t limit = m->profile->stack_limit_bytes;

	if (grow > v->pgoff) {
		note(m, STACK_OFFSETS, mm_pid(v->mm), v->start, grow, v->pgoff);
		return -SIM_ENOMEM;
	}
	if (bytes > limit) {
		note(m, STACK_LIMIT, mm_pid(v->mm), v->start, bytes, limit);
		return -SIM_ENOMEM;
	}
	note(m, STACK_LIMIT_OK, mm_pid(v->mm), v->start, bytes, limit);
	if ((v->flags & VM_LOCKED) && mlock_future_check(m, v->mm, grow) < 0)
		return -SIM_ENOMEM;
	return vm_enough_memory(m, grow);
}

/*
 * The rules tell what they find.  A question is put to a copy of the machine
 * that nobody listens to: they only look.
 */
bool stack_may_grow(const struct machine *m, const struct vma *v, vaddr_t va)
{
	struct machine quiet = *m;
	struct trace nobody = {.nr = 0};
	vaddr_t start = page_align_down(va);

	quiet.trace = &nobody;
	return start >= m->profile->mmap_min_addr &&
	       guard_gap_ok(&quiet, v, start) &&
	       stack_limits(&quiet, v, start) == 0;
}

/* The rules above, one after the other; 0 or the errno. */
static int grow_down(struct machine *m, struct vma *v, vaddr_t start)
{
	int err;

	if (start < m->profile->mmap_min_addr) {
		note(m, STACK_LOW, mm_pid(v->mm), start,
		     m->profile->mmap_min_addr);
		return -SIM_EPERM;
	}
	if (!guard_gap_ok(m, v, start))
		return -SIM_ENOMEM;
	/* Even a growth that the limit refuses leaves an anon_vma. */
	if (anon_vma_prepare(m, v) < 0)
		return -SIM_ENOMEM;
	err = stack_limits(m, v, start);
	if (err < 0)
		return err;
	vma_set_range(m, v, start, v->end);
	return 0;
}

int expand_stack(struct machine *m, struct vma *v, vaddr_t va)
{
	int err;

	enter(m, EXPAND_STACK, mm_pid(v->mm), v->start, page_align_down(va));
	err = grow_down(m, v, page_align_down(va));
	leave(m, EXPAND_STACK, -err);
	return err;
}
