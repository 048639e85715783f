/*
 * madvise: what the process is going to do with a range.
 *
 *	dontneed        the pages go now, the area stays: anonymous memory
 *	                reads as zeros again, a private file page as the file.
 *	                Page tables and anon_vma stay too.
 *	free            as dontneed, but only when memory is short; a page that
 *	                is written before stays.  Entries become clean, so that
 *	                such a write is seen.
 *	dontfork        fork leaves the area out (VM_DONTCOPY); a flag, so areas
 *	dofork          split and merge as with mprotect
 *	willneed        read ahead: nothing to do, all files are in memory and
 *	                there is no swap; but for memory that could be in swap
 *	                the batches of pages are worked off (lru_batch.c)
 *	pageout         reclaim now (pageout.c)
 *	populate_read   touch the pages, as mmap's populate, but as this says
 *	populate_write
 *
 * A locked area refuses dontneed, free and pageout (EINVAL) at once; areas
 * before it are done by then.  Holes are passed over, and make the answer
 * ENOMEM in the end.  populate_read wants the right to read, populate_write to
 * write (EINVAL), and a page within the file (EFAULT).
 *
 * 6.1 mm/madvise.c madvise_walk_vmas(), RULES section 10.
 */
#include "machine.h"
#include "mmap.h"
#include "vma.h"

/* May pages of v be thrown away? */
static bool may_drop(struct machine *m, const struct vma *v)
{
	if (!(v->flags & VM_LOCKED))
		return true;
	note(m, MADVISE_LOCKED, mm_pid(v->mm), v->start);
	return false;
}

/* A page that its process has given up goes to reclaim's list of files' pages,
 * when its batch is worked off (lru_batch.c). */
static void mark_page_lazyfree(struct machine *m, pfn_t pfn)
{
	if (pfn_page(m, pfn)->flags & PG_SWAPBACKED)
		lru_batch_add(m, LRU_LAZYFREE, pfn);
}

/* Is the page clean?  Who has it alone may forget that it was not. */
static bool clean_page(struct page *page)
{
	if (page->mapcount == 1)
		page->flags &= (uint8_t)~PG_DIRTY;
	return !(page->flags & PG_DIRTY);
}

/* Entries of anonymous pages become clean and old, and the pages need no place
 * in swap: what is clean then may be thrown away.  6.1
 * madvise_free_pte_range(), mark_page_lazyfree(). */
static void clean_entries(struct machine *m, struct vma *v, vaddr_t start,
			  vaddr_t end)
{
	for (vaddr_t va = start; va < end; va += PAGE_SIZE) {
		pte_t *e = pte_offset(m, v->mm, va);

		if (!e || !pte_present(*e) || (*e & PTE_SPECIAL) ||
		    !clean_page(pfn_page(m, pte_pfn(*e))))
			continue;
		mark_page_lazyfree(m, pte_pfn(*e));
		if (!(*e & (PTE_D | PTE_A)))
			continue;
		*e &= ~(pte_t)(PTE_D | PTE_A);
		step(m, MADVISE_FREE_PTE, mm_pid(v->mm), va, pte_pfn(*e));
		flush_tlb_page(m, v->mm, va);
	}
}

static int advise_free(struct machine *m, struct vma *v, vaddr_t start,
		       vaddr_t end)
{
	if (!may_drop(m, v))
		return -SIM_EINVAL;
	if (v->file) {
		note(m, MADVISE_FREE_FILE, mm_pid(v->mm), v->start);
		return -SIM_EINVAL;
	}
	note(m, MADVISE_FREE, mm_pid(v->mm), start, end);
	lru_add_drain(m);
	clean_entries(m, v, start, end);
	return 0;
}

static int advise_dontneed(struct machine *m, struct vma *v, vaddr_t start,
			   vaddr_t end)
{
	if (!may_drop(m, v))
		return -SIM_EINVAL;
	note(m, MADVISE_DONTNEED, mm_pid(v->mm), start, end);
	zap_page_range(m, v, start, end);
	return 0;
}

/* fork copies, or does not copy, [start, end) of *v. */
static int advise_fork(struct machine *m, struct vma **v, vaddr_t start,
		       vaddr_t end, uint32_t dontcopy)
{
	uint32_t flags = ((*v)->flags & ~(uint32_t)VM_DONTCOPY) | dontcopy;
	struct vma *now = *v;

	if (flags == now->flags) {
		note(m, MADVISE_SAME, mm_pid(now->mm), now->start);
		return 0;
	}
	now = vma_modify_flags(m, now, start, end, flags);
	if (!now)
		return -SIM_ENOMEM;
	*v = now;
	if (dontcopy)
		step(m, MADVISE_DONTFORK, mm_pid(now->mm), start, end);
	else
		step(m, MADVISE_DOFORK, mm_pid(now->mm), start, end);
	return 0;
}

static int advise_willneed(struct machine *m, const struct vma *v)
{
	note(m, MADVISE_NOTHING, mm_pid(v->mm), v->start);
	if (!v->file || v->file->shmem)
		lru_add_drain(m);
	return 0;
}

static int advise_populate(struct machine *m, struct vma *v, vaddr_t start,
			   vaddr_t end, bool write)
{
	uint32_t need = write ? VM_WRITE : VM_READ;

	if (!(v->flags & need)) {
		note(m, MADVISE_RIGHTS, mm_pid(v->mm), v->start,
		     v->flags & VM_ACCESS);
		return -SIM_EINVAL;
	}
	return faultin_range(m, v->mm->owner, v, start, end, write);
}

/* One area; *v: the area that holds the range afterwards. 0 or the errno. */
static int advise_area(struct machine *m, struct vma **v, vaddr_t start,
		       vaddr_t end, enum advice advice)
{
	switch (advice) {
	case ADV_DONTNEED:
		return advise_dontneed(m, *v, start, end);
	case ADV_FREE:
		return advise_free(m, *v, start, end);
	case ADV_DONTFORK:
		return advise_fork(m, v, start, end, VM_DONTCOPY);
	case ADV_DOFORK:
		return advise_fork(m, v, start, end, 0);
	case ADV_POPULATE_READ:
		return advise_populate(m, *v, start, end, false);
	case ADV_POPULATE_WRITE:
		return advise_populate(m, *v, start, end, true);
	case ADV_PAGEOUT:
		if (!may_drop(m, *v))
			return -SIM_EINVAL;
		madvise_pageout(m, *v, start, end);
		return 0;
	default:
		return advise_willneed(m, *v);
	}
}

/* All areas of [start, end), ascending; 0 or the errno. */
static int madvise_walk_vmas(struct machine *m, struct mm *mm, vaddr_t start,
			     vaddr_t end, enum advice advice)
{
	int hole = 0;

	while (start < end) {
		struct vma *v = find_vma_intersection(mm, start, end);
		vaddr_t from, to;
		int err;

		if (!v || v->start > start) {
			note(m, RANGE_HOLE, mm_pid(mm), start);
			hole = -SIM_ENOMEM;
		}
		if (!v)
			break;
		from = v->start > start ? v->start : start;
		to = v->end < end ? v->end : end;
		err = advise_area(m, &v, from, to, advice);
		if (err < 0)
			return err;
		start = v->end > to ? v->end : to;
	}
	return hole;
}

int64_t sys_madvise(struct machine *m, struct task *t, uint64_t start,
		    uint64_t bytes, enum advice advice)
{
	int err;

	enter(m, SYS_MADVISE, t->pid, start, bytes);
	if (start % PAGE_SIZE || range_wraps(m, start, bytes)) {
		note(m, RANGE_UNALIGNED, t->pid, start);
		err = -SIM_EINVAL;
	} else {
		err = madvise_walk_vmas(m, t->mm, start,
					start + page_align_up(bytes), advice);
	}
	leave(m, SYS_MADVISE, -err);
	return err;
}
