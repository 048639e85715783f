/*
 * Copy-on-write: do_wp_page.
 *
 * fork gives the child the parent's frames and makes both sides read-only.
 * Who writes first finds an entry that is present but not writable:
 *
 *	shared area           not COW at all: the file is told, RW is set
 *	zero page             a new frame of zeros
 *	page cache frame      copy: the cache must not see the write
 *	anonymous, exclusive  reuse: nobody else can have it
 *	anonymous, one user   reuse, and it is exclusive again; a copy, if
 *	                      it waits in a batch of reclaim (lru_batch.c)
 *	anonymous, shared     copy: the others keep the old frame
 *
 * So of n sharers n - 1 copy, and the last one, whoever it is, gets the frame
 * itself:
 *
 *	            frame A             frame B       P's entry   C's entry
 *	P writes    1 user, exclusive                 A rw
 *	fork        2 users                           A ro        A ro
 *	C writes    1 user              1 user, excl. A ro        B rw
 *	P writes    1 user, exclusive                 A rw        B rw
 *
 * Exclusive is a mark on the frame, not a count: a frame made by a fault has
 * it until fork takes it away (6.1 PageAnonExclusive; RULES 9).  2.4 and 2.6
 * had the count alone and decide the same here.
 *
 * Every case is one minor fault.
 */
#include <string.h>

#include "fault.h"
#include "machine.h"

/*
 * Enter a fresh frame at va: exclusive, mapped once, writable if the area is.
 * The reference that its allocation gave is the mapping's from now on.
 */
static void map_anon(struct machine *m, struct vma *v, vaddr_t va, pte_t *entry,
		     pfn_t pfn)
{
	struct page *page = pfn_page(m, pfn);
	pte_t old = *entry;
	pte_t bits = vma_page_prot(m, v) | PTE_D;

	page->mapping = v->anon_vma;
	page_set_index(page, vma_pgoff(v, va));
	page->mapcount = 1;
	page->flags |= PG_EXCLUSIVE | PG_UPTODATE | PG_SWAPBACKED;
	v->mm->rss_anon++;
	add_mm_counter_fast(m, v->mm, page, 1);
	step(m, PAGE_ADD_NEW_ANON_RMAP, pfn, v->anon_vma->id, page_index(page));
	lru_batch_add(m, v->flags & VM_LOCKED ? LRU_MLOCK : LRU_ADD, pfn);
	if (v->flags & VM_WRITE)
		bits |= PTE_RW;
	*entry = mk_pte(pfn, bits);
	v->mm->nr_changes++;
	step(m, SET_PTE, va, old, *entry, pfn);
	if (pte_present(old))
		flush_tlb_page(m, v->mm, va);
}

enum fault_result map_new_anon_page(struct machine *m, struct vma *v,
				    vaddr_t va, pte_t *entry)
{
	pfn_t pfn = alloc_page(m, GFP_HIGHUSER_MOVABLE, FRAME_ANON);

	if (pfn == PFN_NONE)
		return FAULT_OOM;
	step(m, CLEAR_PAGE, pfn);
	map_anon(m, v, va, entry, pfn);
	return FAULT_MINOR;
}

enum fault_result map_anon_copy(struct machine *m, struct vma *v, vaddr_t va,
				pte_t *entry, pfn_t from)
{
	pfn_t pfn = alloc_page(m, GFP_HIGHUSER_MOVABLE, FRAME_ANON);

	if (pfn == PFN_NONE)
		return FAULT_OOM;
	memcpy(pfn_page(m, pfn)->tag, pfn_page(m, from)->tag, TAG_LEN);
	step(m, COPY_PAGE, from, pfn, page_tag(pfn_page(m, pfn)));
	map_anon(m, v, va, entry, pfn);
	return FAULT_MINOR;
}

/* ---- a write to a present, read-only entry ---- */

/* The frame stays: the entry becomes writable. */
static enum fault_result wp_page_reuse(struct machine *m, vaddr_t va,
				       pte_t *entry)
{
	pte_t old = *entry;

	*entry |= PTE_RW | PTE_D | PTE_A;
	step(m, SET_PTE, va, old, *entry, pte_pfn(old));
	return FAULT_MINOR;
}

/* A shared mapping: the file hears of the first write, the frame stays. */
static enum fault_result wp_page_shared(struct machine *m, struct vma *v,
					vaddr_t va, pte_t *entry)
{
	pfn_t pfn = pte_pfn(*entry);

	if (!v->file->shmem)
		note(m, PAGE_MKWRITE, va, pfn);
	pfn_page(m, pfn)->flags |= PG_DIRTY;
	return wp_page_reuse(m, va, entry);
}

/* The old frame loses the mapping that the copy has taken over. */
static void drop_old(struct machine *m, struct vma *v, pfn_t pfn)
{
	struct page *page = pfn_page(m, pfn);
	struct mm *mm = v->mm;

	page->mapcount--;
	add_mm_counter_fast(m, mm, page, -1);
	if (page->use == FRAME_ANON)
		mm->rss_anon--;
	else
		mm->rss_file--;
	step(m, PAGE_REMOVE_RMAP, pfn, page->mapcount);
	if (v->flags & VM_LOCKED)
		lru_batch_add(m, LRU_MLOCK, pfn);
	/* it may stay in a batch; its areas may end before */
	if (page->use == FRAME_ANON && page->mapcount == 0)
		page->mapping = NULL;
	put_page(m, pfn);
}

static enum fault_result wp_page_copy(struct machine *m, struct vma *v,
				      vaddr_t va, pte_t *entry)
{
	pte_t old = *entry;
	enum fault_result r = FAULT_OOM;

	if (anon_vma_prepare(m, v))
		return FAULT_OOM;
	if (old & PTE_SPECIAL)
		return map_new_anon_page(m, v, va, entry);
	r = map_anon_copy(m, v, va, entry, pte_pfn(old));
	if (r == FAULT_MINOR) {
		m->nr_cow_copies++;
		drop_old(m, v, pte_pfn(old));
	}
	return r;
}

/* With more references a frame cannot be the writer's alone. */
enum { REFS_MOST = 3 };

/* The rules for a private area, in their order: the first that holds. */
enum wp_rule {
	RULE_ZERO_PAGE,
	RULE_FILE_PAGE,
	RULE_EXCLUSIVE,
	RULE_SHARED,
	RULE_BATCHED,
	RULE_LAST_USER
};

/* A frame that is on no list yet is in a batch of new ones, and with few
 * references the batches are worked off before these are counted. */
static bool waits_for_lists(const struct machine *m, pfn_t pfn)
{
	const struct page *page = pfn_page(m, pfn);

	return !(page->flags & PG_LRU) &&
	       page->refcount + lru_is_added(m, pfn) <= REFS_MOST;
}

static enum wp_rule wp_rule(const struct machine *m, pte_t e)
{
	const struct page *page = pfn_page(m, pte_pfn(e));
	int32_t refs;

	if (e & PTE_SPECIAL)
		return RULE_ZERO_PAGE;
	if (page->use != FRAME_ANON)
		return RULE_FILE_PAGE;
	if (page->flags & PG_EXCLUSIVE)
		return RULE_EXCLUSIVE;
	refs = page->refcount - (int32_t)lru_batch_refs(m, pte_pfn(e));
	if (refs > 1)
		return RULE_SHARED;
	return page->refcount > 1 && !waits_for_lists(m, pte_pfn(e))
		       ? RULE_BATCHED
		       : RULE_LAST_USER;
}

enum forecast_kind wp_forecast(const struct machine *m, const struct vma *v,
			       pte_t e)
{
	if (v->flags & VM_SHARED)
		return FORECAST_REUSE;
	switch (wp_rule(m, e)) {
	case RULE_ZERO_PAGE:
		return FORECAST_NEW;
	case RULE_EXCLUSIVE:
	case RULE_LAST_USER:
		return FORECAST_REUSE;
	default:
		return FORECAST_COPY;
	}
}

/* Why a copy is made. */
static void tell_copy(struct machine *m, enum wp_rule rule, pfn_t pfn)
{
	const struct page *page = pfn_page(m, pfn);

	if (rule == RULE_ZERO_PAGE)
		note(m, WP_ZERO_PAGE, pfn);
	else if (rule == RULE_FILE_PAGE)
		note(m, WP_FILE_PAGE, pfn, page->mapcount);
	else if (rule == RULE_SHARED)
		note(m, WP_SHARED, pfn, page->mapcount);
	else
		note(m, WP_BATCHED, pfn, lru_batch_refs(m, pfn));
}

/*
 * May the frame of a private area be written in place?  If so it is exclusive
 * from now on.
 */
static bool can_reuse(struct machine *m, pte_t e)
{
	pfn_t pfn = pte_pfn(e);
	enum wp_rule rule = wp_rule(m, e);

	if (rule >= RULE_SHARED && waits_for_lists(m, pfn))
		lru_add_drain(m);
	switch (rule) {
	case RULE_EXCLUSIVE:
		note(m, WP_EXCLUSIVE, pfn);
		return true;
	case RULE_LAST_USER:
		pfn_page(m, pfn)->flags |= PG_EXCLUSIVE;
		step(m, WP_LAST_USER, pfn, pfn_page(m, pfn)->refcount);
		return true;
	default:
		tell_copy(m, rule, pfn);
		return false;
	}
}

enum fault_result do_wp_page(struct machine *m, struct vma *v, vaddr_t va,
			     pte_t *entry)
{
	enum fault_result r;

	enter(m, DO_WP_PAGE, v->mm->owner->pid, va, pte_pfn(*entry));
	if (v->flags & VM_SHARED) {
		r = wp_page_shared(m, v, va, entry);
	} else if (can_reuse(m, *entry)) {
		m->nr_cow_reuses++;
		r = wp_page_reuse(m, va, entry);
	} else {
		r = wp_page_copy(m, v, va, entry);
	}
	leave(m, DO_WP_PAGE, r == FAULT_MINOR ? pte_pfn(*entry) : PFN_NONE);
	return r;
}
