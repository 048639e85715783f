/*
 * ZONE_MOVABLE: memory for pages that can be moved away.
 *
 * `movable=256M` is the kernel's movablecore=: so much memory shall hold nothing
 * that cannot be moved, so that it can be emptied again (to plug it out, or to
 * have large blocks).  The rest is kernelcore, which anybody may use.
 *
 * kernelcore is shared out over the nodes, and in each node counted from its
 * lowest frame up; what is left above becomes Movable.  But Movable is cut from
 * the machine's highest zone alone, as nothing that the kernel itself must have
 * may be in it: where kernelcore ends below that zone, it begins at its start.
 *
 *	1G, movable=64M        0      16M        896M     960M     1G
 *	                       | DMA  | Normal   | HighMem | Movable |
 *	1G, movable=512M       | DMA  | Normal   | Movable           |
 *
 * Only requests with __GFP_HIGHMEM and __GFP_MOVABLE (pages of processes) may
 * use it, and they try it first.
 *
 * Source: 6.1 mm/page_alloc.c (find_zone_movable_pfns_for_nodes).
 */
#include "memblock.h"
#include "zone.h"
#include "machine.h"

enum { MOVABLE_ALIGN = 1 << (MAX_ORDER - 1) }; /* begins with a whole block */

static pfn_t round_up(pfn_t pfn)
{
	return (pfn + MOVABLE_ALIGN - 1) & ~(pfn_t)(MOVABLE_ALIGN - 1);
}

static uint32_t smaller(uint32_t a, uint32_t b) { return a < b ? a : b; }

/* What is still to be given out. */
struct kernelcore {
	uint32_t required;  /* pages, of all nodes               */
	pfn_t usable_start; /* where the zone begins that is cut */
};

/* Frames of [start, end) count for kernelcore as far as they lie below the
 * usable zone, and then up to *remaining. */
static void take_range(struct pglist_data *n, struct kernelcore *k, pfn_t start,
		       pfn_t end, uint32_t *remaining)
{
	uint32_t pages;

	if (start < n->zone_movable_pfn)
		start = n->zone_movable_pfn;
	if (start >= end)
		return;
	if (start < k->usable_start) {
		pages = smaller(end, k->usable_start) - start;
		*remaining -= smaller(pages, *remaining);
		k->required -= smaller(pages, k->required);
		if (end <= k->usable_start) {
			n->zone_movable_pfn = end;
			return;
		}
		start = k->usable_start;
	}
	pages = smaller(end - start, *remaining);
	n->zone_movable_pfn = start + pages;
	k->required -= smaller(k->required, pages);
	*remaining -= pages;
}

/* One round: every node that is left gives the same share. */
static void share_out(struct machine *m, const struct memblock *b,
		      struct kernelcore *k, uint32_t usable_nodes)
{
	uint32_t share = k->required / usable_nodes;

	for (uint32_t i = 0; i < m->nr_nodes; i++) {
		struct pglist_data *n = &m->node[i];
		uint32_t remaining;
		pfn_t start, end = n->node_start_pfn;

		if (!n->node_present_pages)
			continue;
		if (k->required < share)
			share = k->required / usable_nodes;
		remaining = share;
		while (remaining &&
		       memblock_next_memory(b, &start, &end, node_end_pfn(n)))
			take_range(n, k, start, end, &remaining);
	}
}

void find_zone_movable_pfns(struct machine *m, const struct memblock *b,
			    pfn_t usable_start)
{
	uint32_t wanted = (uint32_t)(m->config.movable_bytes >> PAGE_SHIFT);
	struct kernelcore k = {.usable_start = usable_start};
	uint32_t total = 0, usable_nodes = 0;

	for (uint32_t i = 0; i < m->nr_nodes; i++) {
		total += m->node[i].node_present_pages;
		usable_nodes += m->node[i].node_present_pages > 0;
	}
	k.required = total - smaller(total, round_up(wanted));
	if (!wanted || !k.required)
		return;
	do
		share_out(m, b, &k, usable_nodes--);
	while (usable_nodes && k.required > usable_nodes);
	for (uint32_t i = 0; i < m->nr_nodes; i++) {
		struct pglist_data *n = &m->node[i];

		n->zone_movable_pfn = round_up(n->zone_movable_pfn);
		if (n->zone_movable_pfn >= node_end_pfn(n))
			n->zone_movable_pfn = 0;
	}
}
