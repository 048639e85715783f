/*
 * Unmapping pages: zap_page_range.
 *
 * For every present entry of the range: the entry is cleared, the frame has
 * one mapping less, the process one resident page less.  The frame must not
 * go back to the allocator yet: a CPU may still have the translation in its
 * TLB and would write to somebody else's memory.  So the frames are gathered
 * (Linux: struct mmu_gather), the TLB is flushed, and only then each frame
 * loses the reference that its mapping held:
 *
 *	clear entries of one table -> flush -> put frames -> next table
 *
 * A frame whose last reference went is free; page cache frames stay, the
 * cache has a reference of its own.  Page tables stay: see free_pgtables.
 *
 * Simpler than Linux: the gather is flushed at the end of each table, there
 * also when its batch is full or the whole unmapping is done.
 */
#include "pgtable.h"

#include "machine.h"

enum { GATHER_MAX = 1024 }; /* entries of the largest table */

struct mmu_gather {
	pfn_t pfn[GATHER_MAX];
	unsigned nr;
};

/* Take one present entry out: what it mapped is gathered. */
static void zap_pte(struct machine *m, struct mm *mm, pte_t *entry, vaddr_t va,
		    struct mmu_gather *gather)
{
	pte_t old = *entry;
	pfn_t pfn = pte_pfn(old);
	struct page *page = pfn_page(m, pfn);

	*entry = 0;
	mm->nr_changes++;
	if (old & PTE_SPECIAL) {
		step(m, ZAP_ZERO, va, pfn, old);
		return;
	}
	page->mapcount--;
	if (page->use == FRAME_ANON) {
		mm->rss_anon--;
	} else {
		mm->rss_file--;
		/* What the CPU wrote down in the entry must not be lost. */
		if (old & PTE_D)
			page->flags |= PG_DIRTY;
	}
	gather->pfn[gather->nr++] = pfn;
	step(m, ZAP_PTE, va, pfn, page->mapcount, old);
}

/* [va, end) lies in one table. */
static void zap_pte_range(struct machine *m, struct mm *mm, pte_t *entry,
			  vaddr_t va, uint64_t end)
{
	struct mmu_gather gather;
	vaddr_t start = va;
	bool cleared = false;

	gather.nr = 0;
	for (; va < end; va += PAGE_SIZE, entry++) {
		if (!pte_present(*entry))
			continue;
		zap_pte(m, mm, entry, va, &gather);
		cleared = true;
	}
	sync_mm_rss(mm);
	if (cleared)
		flush_tlb_range(m, mm, start, end);
	for (unsigned i = 0; i < gather.nr; i++)
		put_page(m, gather.pfn[i]);
}

void zap_page_range(struct machine *m, struct vma *v, vaddr_t start,
		    vaddr_t end)
{
	struct mm *mm = v->mm;
	uint32_t rss = mm->rss_anon + mm->rss_file;

	enter(m, ZAP_PAGE_RANGE, v->start, start, (end - start) >> PAGE_SHIFT);
	lru_add_drain(m);
	for (uint64_t va = start, next; va < end; va = next) {
		pte_t *entry = pte_offset(m, mm, (vaddr_t)va);

		next = pt_next(m, mm, va, end);
		if (entry)
			zap_pte_range(m, mm, entry, (vaddr_t)va, next);
	}
	leave(m, ZAP_PAGE_RANGE, rss - mm->rss_anon - mm->rss_file);
}
