/*
 * munmap: areas, pages and page tables go.
 *
 *	             start                  end
 *	  [    A    |    ]   [  B  ]   [  C |   ]      before
 *	  [    A    |~~~~]   [~~B~~]   [~~~~| C ]      cut at both ends
 *	  [    A    ]                       [ C ]      after
 *	         floor                    ceiling
 *
 *	1. The areas that reach across start or end are split there.
 *	2. The pages of all areas between are dropped (zap_page_range): their
 *	   frames lose a mapping and, with the last one, are free.
 *	3. A page table that one of them lies in goes when its whole span (4M,
 *	   PAE 2M) lies between floor, the end of the area that stays below, and
 *	   ceiling, the start of the one that stays above: an area that stays
 *	   keeps the tables it lies in, even where it has no page.  A middle
 *	   table (PAE, 1G) likewise; one that none of the areas lies in stays,
 *	   though a hole of the range holds its whole gigabyte.
 *	4. The areas go.
 *
 * Holes in the range are no error, nor is a range with nothing in it.  Cutting
 * a hole into an area makes one area more: at max_map_count that is ENOMEM, and
 * munmap is refused because the process has too much.
 *
 * 6.1 mm/mmap.c do_mas_align_munmap(), unmap_region(), exit_mmap().
 */
#include "machine.h"
#include "mmap.h"
#include "vma.h"

/* Step 1; 0 or -SIM_ENOMEM. */
static int split_ends(struct machine *m, struct mm *mm, vaddr_t start,
		      vaddr_t end)
{
	struct vma *v = find_vma_intersection(mm, start, end);

	if (v && v->start < start) {
		/* Would one area become two that stay? */
		if (v->end > end &&
		    mm->map_count >= m->profile->max_map_count) {
			note(m, MMAP_COUNT, mm_pid(mm), mm->map_count,
			     m->profile->max_map_count);
			return -SIM_ENOMEM;
		}
		if (!split_vma(m, v, start))
			return -SIM_ENOMEM;
	}
	v = find_vma_intersection(mm, end - 1, end);
	if (v && v->end > end && !split_vma(m, v, end))
		return -SIM_ENOMEM;
	return 0;
}

/* Steps 2 and 3 for the areas from first to last. */
static void unmap_region(struct machine *m, struct mm *mm, struct vma *first,
			 struct vma *last)
{
	vaddr_t floor = first->prev ? first->prev->end : 0;
	const struct vma *behind = last->next;
	vaddr_t ceiling = behind ? behind->start : m->map.task_size;

	for (struct vma *v = first; v != behind; v = v->next)
		zap_page_range(m, v, v->start, v->end);
	note(m, UNMAP_TABLES, mm_pid(mm), floor, ceiling);
	for (struct vma *v = first; v != behind; v = v->next)
		free_pgtables(m, mm, v->start, v->end, floor,
			      v->next ? v->next->start : ceiling);
}

/* Steps 2 to 4 for the areas in [start, end), which reach nowhere beyond. */
static void unmap_areas(struct machine *m, struct mm *mm, vaddr_t start,
			vaddr_t end)
{
	struct vma *first = find_vma_intersection(mm, start, end);
	struct vma *last = first, *behind;

	if (!first) {
		note(m, MUNMAP_NOTHING, mm_pid(mm), start, end);
		return;
	}
	while (last->next && last->next->start < end)
		last = last->next;
	unmap_region(m, mm, first, last);
	behind = last->next;
	for (struct vma *v = first, *next; v != behind; v = next) {
		next = v->next;
		remove_vma(m, v);
	}
}

int do_munmap(struct machine *m, struct mm *mm, vaddr_t start, vaddr_t end)
{
	int err;

	enter(m, DO_MUNMAP, mm_pid(mm), start, end);
	err = split_ends(m, mm, start, end);
	if (err == 0)
		unmap_areas(m, mm, start, end);
	leave(m, DO_MUNMAP, -err);
	return err;
}

void exit_mmap(struct machine *m, struct mm *mm)
{
	enter(m, EXIT_MMAP, mm_pid(mm), mm->map_count, mm->total_vm);
	if (mm->mmap)
		unmap_region(m, mm, mm->mmap,
			     rb_vma(rb_outermost(&mm->mm_rb, RB_RIGHT)));
	remove_all_vmas(m, mm);
	leave(m, EXIT_MMAP);
}

int64_t sys_munmap(struct machine *m, struct task *t, uint64_t start,
		   uint64_t bytes)
{
	vaddr_t top = m->map.task_size;

	if (start % PAGE_SIZE || !bytes || start > top || bytes > top - start) {
		note(m, MUNMAP_EINVAL, t->pid, start, bytes);
		return -SIM_EINVAL;
	}
	return do_munmap(m, t->mm, (vaddr_t)start,
			 (vaddr_t)(start + page_align_up(bytes)));
}
