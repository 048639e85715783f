/*
 * HighAtomic: pageblocks kept for those who cannot wait.
 *
 * An interrupt that wants four frames side by side can neither wait nor make
 * room, and memory in use for a while has few such blocks left.  So when one
 * was found for it below the low mark, the whole pageblock around that block is
 * kept for the next request of this sort: what is free in it goes to lists that
 * nobody else takes from, and the marks of everybody else rise by it.
 *
 *	GFP_ATOMIC, order 2, second round: block 5120 is given,
 *	pageblock 5120 - 6143 becomes HighAtomic; free pages of it: 5124 ...
 *
 * A hundredth of a zone and one pageblock more, rounded up to whole ones, are
 * kept at most.  Who may wait takes them back one by one before he goes without
 * (page_alloc.c), the last one only when nothing else is left.
 *
 * Source: 6.1 mm/page_alloc.c (reserve_highatomic_pageblock,
 * unreserve_highatomic_pageblock).
 */
#include "page_alloc.h"
#include "machine.h"

void reserve_highatomic_pageblock(struct machine *m, struct zone *z, pfn_t pfn)
{
	uint32_t most = z->managed_pages / 100 + pageblock_nr_pages(m), movable;

	if (!z->pageblock || z->nr_reserved_highatomic >= most ||
	    pageblock_type(m, z, pfn) == MIGRATE_HIGHATOMIC)
		return;
	spin_lock(m, &z->lock);
	z->nr_reserved_highatomic += pageblock_nr_pages(m);
	set_pageblock_type(m, z, pfn, MIGRATE_HIGHATOMIC);
	move_freepages_block(m, z, pfn, MIGRATE_HIGHATOMIC, &movable);
	spin_unlock(m, &z->lock);
}

/* The smallest free block that is kept; PFN_NONE. */
static pfn_t first_kept_block(const struct zone *z)
{
	for (unsigned k = 0; k < MAX_ORDER; k++) {
		pfn_t pfn = z->free_area[k].free_list[MIGRATE_HIGHATOMIC].head;

		if (pfn != PFN_NONE)
			return pfn;
	}
	return PFN_NONE;
}

bool unreserve_highatomic_pageblock(struct machine *m, struct zone *z,
				    enum migratetype type, bool force)
{
	pfn_t pfn = first_kept_block(z);
	uint32_t movable, moved;

	if (pfn == PFN_NONE ||
	    (!force && z->nr_reserved_highatomic <= pageblock_nr_pages(m)))
		return false;
	spin_lock(m, &z->lock);
	/* not so if the block came from a CPU's list after its pageblock had
	 * gone back */
	if (pageblock_type(m, z, pfn) == MIGRATE_HIGHATOMIC)
		z->nr_reserved_highatomic -= pageblock_nr_pages(m);
	set_pageblock_type(m, z, pfn, type);
	moved = move_freepages_block(m, z, pfn, type, &movable);
	spin_unlock(m, &z->lock);
	return moved > 0;
}
