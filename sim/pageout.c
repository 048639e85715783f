/*
 * madvise(pageout): reclaim a range now.  Without swap little can go.
 *
 *	given up (free) and not written since   goes: it reads as zeros again
 *	given up, but written                   stays, and is no longer given up
 *	shared memory                           is unmapped; the page stays
 *	anonymous                               stays: it needs a place in swap
 *	of a file                               stays: it lies in memory alone
 *
 * What other processes map, too, is left alone.  All others become old.
 *
 * 6.1 mm/madvise.c madvise_pageout(), madvise_cold_or_pageout_pte_range(),
 * mm/vmscan.c shrink_folio_list(), mm/rmap.c try_to_unmap_one(); observed on
 * 6.1.0-50-686 (case pageout).
 */
#include "machine.h"
#include "mmap.h"
#include "page_alloc.h"
#include "pgtable.h"

/* The entry is empty, and its page has a mapping less. */
static void unmap_entry(struct machine *m, struct vma *v, vaddr_t va,
			pte_t *entry)
{
	pte_t old = *entry;
	pfn_t pfn = pte_pfn(old);
	struct page *page = pfn_page(m, pfn);

	*entry = 0;
	v->mm->nr_changes++;
	page->mapcount--;
	if (page->use == FRAME_ANON) {
		v->mm->rss_anon--;
		page->mapping = NULL;
	} else {
		v->mm->rss_file--;
		page->flags |= old & PTE_D ? PG_DIRTY : 0;
	}
	step(m, TRY_TO_UNMAP, va, pfn, old);
	flush_tlb_page(m, v->mm, va);
	put_page(m, pfn);
}

/* Given up: does it go?  One that is dirty needs a place in swap again. */
static void discard(struct machine *m, struct vma *v, vaddr_t va, pte_t *entry)
{
	struct page *page = pfn_page(m, pte_pfn(*entry));

	if (*entry & PTE_D)
		page->flags |= PG_DIRTY;
	if (page->refcount == 1 && !(page->flags & PG_DIRTY))
		unmap_entry(m, v, va, entry);
	else
		page->flags |= PG_SWAPBACKED;
}

static void make_old(struct machine *m, struct vma *v, vaddr_t va, pte_t *entry)
{
	pte_t old = *entry;

	if (!(old & PTE_A))
		return;
	*entry &= ~(pte_t)PTE_A;
	step(m, SET_ACCESS_FLAGS, va, old, *entry);
	flush_tlb_page(m, v->mm, va);
}

static void pageout_entry(struct machine *m, struct vma *v, vaddr_t va,
			  pte_t *entry)
{
	struct page *page = pfn_page(m, pte_pfn(*entry));

	if (page->mapcount != 1)
		return;
	make_old(m, v, va, entry);
	if (page->use == FRAME_SHMEM)
		unmap_entry(m, v, va, entry);
	else if (page->use == FRAME_ANON && !(page->flags & PG_SWAPBACKED))
		discard(m, v, va, entry);
}

void madvise_pageout(struct machine *m, struct vma *v, vaddr_t start,
		     vaddr_t end)
{
	note(m, MADVISE_NO_SWAP, mm_pid(v->mm), v->start);
	/* shared, and a file's that is not the caller's own */
	if (v->file && !v->file->shmem && (v->flags & VM_MAYSHARE))
		return;
	lru_add_drain(m);
	for (uint64_t va = start, next; va < end; va = next) {
		pte_t *entry = pte_offset(m, v->mm, (vaddr_t)va);

		next = entry ? va + PAGE_SIZE : pt_next(m, v->mm, va, end);
		if (entry && pte_present(*entry) && !(*entry & PTE_SPECIAL))
			pageout_entry(m, v, (vaddr_t)va, entry);
	}
}
