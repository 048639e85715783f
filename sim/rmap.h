/*
 * Reverse mapping: from a frame to every page-table entry that maps it.
 *
 * A query, without a story: panels ask it at any micro-step.
 */
#ifndef SIM_RMAP_H
#define SIM_RMAP_H

#include "mm.h"
#include "page.h"

struct machine;

/* One mapping of a frame: *entry is present and names it. */
struct rmap_entry {
	const struct vma *vma;
	vaddr_t va;
	const pte_t *entry;
};

/*
 * Call see for every page-table entry of a process that maps frame pfn, in the
 * order in which the areas came to know of it: the parent's before the
 * child's.  see answers whether to go on; NULL: only count.  Returns how many
 * were seen.  Between events that is the frame's mapcount; during one an entry
 * may be ahead of the count, or behind.
 *
 * Frames that are mapped but have no owner to ask (the zero page), and frames
 * that no process can map, have none: 0.  6.1 rmap_walk().
 */
uint32_t rmap_walk(const struct machine *m, pfn_t pfn,
		   bool (*see)(void *ctx, const struct rmap_entry *e),
		   void *ctx);

/*
 * Where v has the page with this index of what page->mapping names: true and
 * *va, or false when that page lies outside of v.  6.1 vma_address().
 */
bool vma_address(const struct vma *v, uint64_t index, vaddr_t *va);

#endif
