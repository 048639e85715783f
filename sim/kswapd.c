/*
 * kswapd: who would make room.
 *
 * Every node has a kernel thread, kswapd0, kswapd1 ..., that sleeps while there
 * is memory.  A request that finds no zone above its low mark wakes those of all
 * nodes in its zonelist, and goes on: the thread frees pages behind its back
 * until a zone that would have done for the request is above its high mark.
 *
 *	free    high ---------------- kswapd sleeps from here up
 *	        low  ---------------- a request that finds less wakes it
 *	        min  ---------------- only those who may not wait go below
 *
 * It is told for what it is woken: the highest zone that will do, and the order
 * of the block; of several requests the highest and the largest.  Where a zone
 * is above its high mark already, it need not get up.
 *
 * Simpler than Linux: pages are not reclaimed in this model, so kswapd finds
 * nothing to do; what it was woken for and how often is kept.  Neither is it a
 * task among the others: the machine's list has processes, and those threads
 * that a kernel starts at boot (kswapd0, khugepaged, ...) are part of what boot
 * takes.
 *
 * Source: 6.1 mm/vmscan.c (wakeup_kswapd, pgdat_balanced), mm/page_alloc.c
 * (wake_all_kswapds); REFERENCE 1.1, 2.6.
 */
#include "machine.h"

/* Is there a zone for such requests above its high mark?  6.1
 * pgdat_balanced(). */
static bool pgdat_balanced(const struct pglist_data *n, unsigned order,
			   enum zone_type highest)
{
	for (unsigned i = 0; i <= highest; i++) {
		const struct zone *z = &n->node_zones[i];

		if (z->managed_pages &&
		    zone_watermark_ok(z, order,
				      z->watermark[WMARK_HIGH] +
					      z->watermark_boost,
				      highest, 0))
			return true;
	}
	return false;
}

/* z: the first zone of the node that would have done. */
static void wakeup_kswapd(struct machine *m, const struct zone *z,
			  unsigned order, enum zone_type highest)
{
	struct pglist_data *n = &m->node[z->node];

	if (n->kswapd_highest_zoneidx == MAX_NR_ZONES ||
	    n->kswapd_highest_zoneidx < highest)
		n->kswapd_highest_zoneidx = highest;
	if (n->kswapd_order < order)
		n->kswapd_order = order;
	if (pgdat_balanced(n, order, highest)) {
		note(m, KSWAPD_SLEEPS, z->node, z->id, order);
		return;
	}
	n->nr_kswapd_wakeups++;
	step(m, WAKEUP_KSWAPD, z->node, z->id, order);
}

void wake_all_kswapds(struct machine *m, const struct zoneref *first,
		      unsigned order, enum zone_type highest)
{
	bool woken[MAX_NUMNODES] = {false};

	for (const struct zoneref *r = first; r->zone; r++) {
		if (r->zone_idx > highest || woken[r->zone->node])
			continue;
		woken[r->zone->node] = true;
		wakeup_kswapd(m, r->zone, order, highest);
	}
}
