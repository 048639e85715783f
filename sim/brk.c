/*
 * brk: the heap's upper end.
 *
 * The heap lies between start_brk, which exec set behind the bss, and brk, the
 * program break, a byte address.  Only whole pages count: as long as
 * pageup(brk) stays the same, the number moves and nothing else happens.
 *
 *	0804b000   0804e000 = start_brk      brk         next area
 *	|   bss   |        heap               |  free   | 1 page |  ...
 *
 * Growing: refused when less than one page would stay free below the next area
 * (below its guard gap, if that grows down).  The new part joins the area that
 * ends at the old break, if that one is heap and not bss: if it reaches above
 * start_brk.  So the first growth in 6.1 never joins the bss, though both are
 * rw and touch; 2.4 and 2.6 merged them (profile brk_merges_bss).  In a child
 * whose heap was touched before the fork the old heap has two anon_vma links,
 * so the new part is an area of its own (vma_merge.c).
 * Shrinking unmaps [pageup(new), pageup(old)): freed pages come back as zeros.
 * exec makes a program's bss in the same way (vm_brk_flags), in place of what
 * is there, and as part of whatever anonymous area ends where it begins.
 *
 * The kernel answers with the break, moved or not; the C library makes ENOMEM
 * of one that did not move, and so does the model.
 *
 * 6.1 mm/mmap.c sys_brk(), do_brk_flags(), vm_brk_flags(); RULES section 5.
 */
#include "machine.h"
#include "mmap.h"
#include "vma.h"

/* Is there room for the heap to end at end, and an unmapped page behind it? */
static bool room_above(struct machine *m, struct mm *mm, vaddr_t old,
		       uint64_t end)
{
	const struct vma *next = mm_area_at(mm, old);

	if (next && end + PAGE_SIZE > vm_start_gap(m, next)) {
		note(m, BRK_WALL, mm_pid(mm), end, next->start);
		return false;
	}
	return fixed_place(m, mm, old, end - old) >= 0;
}

/* The area that a new one at va may join; NULL if there is none. */
static struct vma *area_ending_at(const struct mm *mm, vaddr_t va)
{
	struct vma *v;

	find_vma_prev(mm, va, &v);
	return v && v->end == va ? v : NULL;
}

/* [start, end) becomes private zeros with these rights, part of v if that is
 * not NULL and alike; 0 or -SIM_ENOMEM. */
static int do_brk_flags(struct machine *m, struct mm *mm, struct vma *v,
			vaddr_t start, vaddr_t end, uint32_t prot)
{
	struct vma_range r = {
		.start = start,
		.end = end,
		.flags = implied_prot(mm, prot) | VM_MAYREAD | VM_MAYWRITE |
			 VM_MAYEXEC | VM_ACCOUNT,
		.pgoff = start >> PAGE_SHIFT,
	};

	if (mm->map_count > m->profile->max_map_count)
		return -SIM_ENOMEM;
	if (vm_enough_memory(m, (end - start) >> PAGE_SHIFT) < 0)
		return -SIM_ENOMEM;
	if (v && vma_merge_extend(m, v, &r))
		return 0;
	return vma_create(m, mm, &r) ? 0 : -SIM_ENOMEM;
}

/* [start, end) becomes heap: it joins heap, not bss; 0 or -SIM_ENOMEM. */
static int grow_heap(struct machine *m, struct mm *mm, vaddr_t start,
		     vaddr_t end)
{
	struct vma *v = area_ending_at(mm, start);

	if (v && v->end <= mm->start_brk && !m->profile->brk_merges_bss)
		v = NULL;
	return do_brk_flags(m, mm, v, start, end, VM_READ | VM_WRITE);
}

int vm_brk_flags(struct machine *m, struct mm *mm, vaddr_t start, uint64_t end,
		 bool exec)
{
	uint32_t prot = VM_READ | VM_WRITE | (exec ? VM_EXEC : 0);
	int64_t at = fixed_place(m, mm, start, end - start);
	struct vma *v;

	if (at < 0)
		return (int)at;
	if (find_vma_intersection(mm, start, end) &&
	    do_munmap(m, mm, start, (vaddr_t)end) < 0)
		return -SIM_ENOMEM;
	v = area_ending_at(mm, start);
	return do_brk_flags(m, mm, v, start, (vaddr_t)end, prot);
}

/* Move the break; 0 or -SIM_ENOMEM with nothing changed. */
static int do_brk(struct machine *m, struct mm *mm, uint64_t new_brk)
{
	uint64_t end = page_align_up(new_brk);
	vaddr_t old = (vaddr_t)page_align_up(mm->brk);
	int err = 0;

	if (new_brk < mm->start_brk) {
		note(m, BRK_LOW, mm_pid(mm), new_brk, mm->start_brk);
		return -SIM_ENOMEM;
	}
	/* asked before end counts: with 64 bits it may have run over */
	if (new_brk > m->map.task_size) {
		note(m, BRK_BEYOND, mm_pid(mm), new_brk, m->map.task_size);
		return -SIM_ENOMEM;
	}
	if (end > old)
		err = room_above(m, mm, old, end)
			      ? grow_heap(m, mm, old, (vaddr_t)end)
			      : -SIM_ENOMEM;
	else if (end < old)
		err = find_vma_intersection(mm, (vaddr_t)end, old)
			      ? do_munmap(m, mm, (vaddr_t)end, old)
			      : -SIM_ENOMEM;
	else
		note(m, BRK_SAME_PAGE, mm_pid(mm), end);
	if (err)
		return err;
	mm->brk = (vaddr_t)new_brk;
	mm->nr_changes++;
	step(m, BRK_SET, mm_pid(mm), mm->brk);
	return 0;
}

int64_t sys_brk(struct machine *m, struct task *t, uint64_t new_brk)
{
	int err;

	enter(m, SYS_BRK, t->pid, new_brk, t->mm->brk);
	err = do_brk(m, t->mm, new_brk);
	leave(m, SYS_BRK, t->mm->brk);
	return err ? err : (int64_t)new_brk;
}
