/*
 * Allocating frames: which zone gives, and may it?
 *
 * A request names by its flags the highest zone that will do.  That zone is
 * tried first, then the ones below, never one above: memory that can do less
 * is used first, and the scarce DMA frames last.
 *
 *	GFP_HIGHUSER   HighMem -> Normal -> DMA
 *	GFP_KERNEL                Normal -> DMA
 *	GFP_DMA                             DMA
 *
 * With several nodes the zones of the running CPU's node come first, then those
 * of the others, the nearest first (node.c).
 *
 * A zone gives only while it has more free pages than a mark and a reserve
 * (watermark.c).  The rounds over the zones, each when the one before it failed:
 *
 *	1. the low mark counts
 *	2. kswapd is due; the min mark counts, less what the request's rights
 *	   take from it (GFP_ATOMIC: 3/8 are left)
 *	3. no mark counts, for those who free more than they take
 *	   (__GFP_MEMALLOC)
 *	4. who may wait (GFP_KERNEL) gets what others hold back: pageblocks kept
 *	   for atomic requests, and what lies on the CPUs' lists
 *
 * The mark is tested before the CPU's list is looked at: frames that lie there
 * do not help a zone that is refused, and a refill may leave a zone up to
 * batch - 1 pages below its mark.
 *
 * Source: 6.1 mm/page_alloc.c (get_page_from_freelist,
 * __alloc_pages_slowpath); REFERENCE 1.5, 2.6.  Simpler than Linux: reclaim is
 * not modelled, so the fourth round has nothing else to fetch.
 */
#include "page_alloc.h"
#include "machine.h"

/* Straight from the buddy.  Who cannot wait is given what is kept for such
 * requests, rather than nothing. */
static NOINLINE pfn_t rmqueue_buddy(struct machine *m, struct zone *z,
				    unsigned order, uint32_t alloc_flags,
				    enum migratetype type)
{
	pfn_t pfn = PFN_NONE;

	enter(m, RMQUEUE, z->id, order);
	spin_lock(m, &z->lock);
	if (alloc_flags & ALLOC_HIGHATOMIC)
		pfn = rmqueue_smallest(m, z, order, MIGRATE_HIGHATOMIC);
	if (pfn == PFN_NONE)
		pfn = rmqueue_block(m, z, order, type);
	if (pfn == PFN_NONE && (alloc_flags & ALLOC_NON_BLOCK))
		pfn = rmqueue_smallest(m, z, order, MIGRATE_HIGHATOMIC);
	spin_unlock(m, &z->lock);
	leave(m, RMQUEUE, pfn);
	return pfn;
}

/* From the CPU's list if the order is one of those, else from the buddy. */
static pfn_t rmqueue(struct machine *m, struct zone *z, unsigned order,
		     uint32_t alloc_flags, enum migratetype type)
{
	pfn_t pfn = PFN_NONE;

	if (order <= m->profile->pcp_max_order)
		pfn = rmqueue_pcplist(m, z, order, type);
	if (pfn == PFN_NONE)
		pfn = rmqueue_buddy(m, z, order, alloc_flags, type);
	return pfn;
}

/* The first entry from ref on whose zone will do. */
static const struct zoneref *next_zones_zonelist(const struct zoneref *ref,
						 enum zone_type highest)
{
	while (ref->zone_idx > highest)
		ref++;
	return ref;
}

/* What does not change from round to round: 6.1 struct alloc_context. */
struct alloc_context {
	const struct zoneref *preferred; /* first zone that will do; its zone
	                                  * is NULL: there is none          */
	enum zone_type highest;
	enum migratetype type;
};

/* In the list of node nid; with __GFP_THISNODE in that of its own zones. */
static struct alloc_context prepare_alloc_pages(const struct machine *m,
						uint32_t nid, uint32_t gfp)
{
	unsigned list = gfp & GFP_BIT_THISNODE ? ZONELIST_NOFALLBACK
					       : ZONELIST_FALLBACK;
	const struct zonelist *zl = &m->node[nid].node_zonelists[list];
	enum zone_type highest = gfp_zone(gfp);

	return (struct alloc_context){
		.preferred = next_zones_zonelist(zl->zonerefs, highest),
		.highest = highest,
		.type = gfp_migratetype(m, gfp),
	};
}

/*
 * Which node gave what another one was preferred for, and to whose CPU.  A
 * request of CPU 0 (node 0) that only node 1 can serve: there a miss and other,
 * node 0 counts it as foreign.  6.1 zone_statistics().
 */
static void zone_statistics(struct machine *m, struct zone *preferred,
			    struct zone *z)
{
	bool local = z->node == numa_node_id(m);

	z->numa_events[local ? NUMA_LOCAL : NUMA_OTHER]++;
	if (z->node == preferred->node) {
		z->numa_events[NUMA_HIT]++;
		return;
	}
	z->numa_events[NUMA_MISS]++;
	preferred->numa_events[NUMA_FOREIGN]++;
	step(m, NUMA_MISSED, z->id, preferred->id,
	     node_distance(m, preferred->node, z->node));
}

/* One round over the zones of the request, each against the same mark. */
static pfn_t get_page_from_freelist(struct machine *m, uint32_t gfp,
				    unsigned order, uint32_t alloc_flags,
				    const struct alloc_context *ac)
{
	const struct zoneref *ref = ac->preferred;

	for (; ref->zone; ref = next_zones_zonelist(ref + 1, ac->highest)) {
		struct zone *z = ref->zone;
		pfn_t pfn;

		if (!zone_may_give(m, z, order, ac->highest, alloc_flags, gfp))
			continue;
		pfn = rmqueue(m, z, order, alloc_flags, ac->type);
		if (pfn == PFN_NONE)
			continue;
		z->nr_alloc += 1u << order;
		if (m->nr_nodes > 1)
			zone_statistics(m, ac->preferred->zone, z);
		if (alloc_flags & ALLOC_HIGHATOMIC)
			reserve_highatomic_pageblock(m, z, pfn);
		return pfn;
	}
	return PFN_NONE;
}

/* A pageblock of the request's zones that was kept for atomic requests is for
 * everybody again; false: there is none. */
static bool unreserve_any(struct machine *m, const struct alloc_context *ac,
			  bool force)
{
	const struct zoneref *ref = ac->preferred;

	for (; ref->zone; ref = next_zones_zonelist(ref + 1, ac->highest))
		if (unreserve_highatomic_pageblock(m, ref->zone, ac->type,
						   force))
			return true;
	return false;
}

/*
 * Who may wait gets what others hold back.  6.1
 * __alloc_pages_direct_reclaim(), and should_reclaim_retry() for the last
 * pageblock; nothing is reclaimed.
 */
static pfn_t alloc_pages_direct_reclaim(struct machine *m, uint32_t gfp,
					unsigned order, uint32_t alloc_flags,
					const struct alloc_context *ac)
{
	pfn_t pfn;

	lru_add_drain(m);
	unreserve_any(m, ac, false);
	drain_pages(m, -1);
	pfn = get_page_from_freelist(m, gfp, order, alloc_flags, ac);
	while (pfn == PFN_NONE && unreserve_any(m, ac, true))
		pfn = get_page_from_freelist(m, gfp, order, alloc_flags, ac);
	return pfn;
}

/* The first round failed: 6.1 __alloc_pages_slowpath(), without reclaim. */
static pfn_t alloc_pages_slowpath(struct machine *m, uint32_t gfp,
				  unsigned order,
				  const struct alloc_context *ac)
{
	const struct zone *z = ac->preferred->zone;
	uint32_t first = z ? z->id : ac->highest;
	uint32_t alloc_flags = gfp_to_alloc_flags(gfp, order);
	pfn_t pfn;

	if (gfp & GFP_BIT_KSWAPD) {
		note(m, WAKE_KSWAPD, first);
		wake_all_kswapds(m, ac->preferred, order, ac->highest);
	}
	pfn = get_page_from_freelist(m, gfp, order, alloc_flags, ac);
	if (pfn == PFN_NONE && (gfp & GFP_BIT_MEMALLOC) &&
	    !(gfp & GFP_BIT_NOMEMALLOC))
		pfn = get_page_from_freelist(m, gfp, order, ALLOC_NO_WATERMARKS,
					     ac);
	if (pfn == PFN_NONE && (gfp & GFP_BIT_DIRECT_RECLAIM))
		pfn = alloc_pages_direct_reclaim(m, gfp, order, alloc_flags,
						 ac);
	if (pfn == PFN_NONE)
		note(m, ALLOC_FAILED, first, order);
	return pfn;
}

/* The block leaves the stock: its frames get their use, its head a user. */
static void prep_new_page(struct machine *m, pfn_t pfn, unsigned order,
			  enum frame_use use)
{
	struct page *page = pfn_page(m, pfn);

	page->flags = order ? PG_COMPOUND : 0;
	page->order = (uint8_t)order;
	page->refcount = 1;
	set_block_use(page, order, use);
	step(m, PREP_NEW_PAGE, pfn, order);
}

pfn_t alloc_pages_node(struct machine *m, uint32_t nid, uint32_t gfp,
		       unsigned order, enum frame_use use)
{
	struct alloc_context ac = prepare_alloc_pages(m, nid, gfp);
	pfn_t pfn;

	BUG_ON(order >= MAX_ORDER);
	enter(m, ALLOC_PAGES, order, gfp);
	if (nid != numa_node_id(m))
		note(m, ALLOC_ON_NODE, nid,
		     node_distance(m, numa_node_id(m), nid), m->cpu);
	pfn = get_page_from_freelist(m, gfp, order, WMARK_LOW, &ac);
	if (pfn == PFN_NONE)
		pfn = alloc_pages_slowpath(m, gfp, order, &ac);
	if (pfn != PFN_NONE)
		prep_new_page(m, pfn, order, use);
	leave(m, ALLOC_PAGES, pfn);
	return pfn;
}

pfn_t alloc_pages(struct machine *m, uint32_t gfp, unsigned order,
		  enum frame_use use)
{
	return alloc_pages_node(m, numa_node_id(m), gfp, order, use);
}

/* A block too large for the CPU's lists: 6.1 free_one_page(). */
static NOINLINE void free_to_buddy(struct machine *m, struct zone *z, pfn_t pfn,
				   unsigned order)
{
	spin_lock(m, &z->lock);
	free_one_page(m, z, pfn, order, pageblock_type(m, z, pfn));
	spin_unlock(m, &z->lock);
}

/* The block's frames forget what they were: FRAME_FREE or FRAME_PCP from now
 * on.  Four at a time, as set_block_use does it. */
static void free_pages_prepare(struct page *page, unsigned order,
			       enum frame_use use)
{
	static const struct page unused[] = {
		[FRAME_FREE] = {.use = FRAME_FREE},
		[FRAME_PCP] = {.use = FRAME_PCP},
	};
	unsigned last = (1u << order) - 1;

	for (unsigned i = 0; i <= last; i += 4) {
		page[i] = unused[use];
		page[(i + 1) & last] = unused[use];
		page[(i + 2) & last] = unused[use];
		page[(i + 3) & last] = unused[use];
	}
}

void free_pages(struct machine *m, pfn_t pfn, unsigned order)
{
	bool to_cpu = order <= m->profile->pcp_max_order;
	struct zone *z = page_zone(m, pfn);
	struct page *page = pfn_page(m, pfn);

	BUG_ON(page->refcount != 1 || page->mapcount != 0);
	BUG_ON(page->order != order);
	enter(m, FREE_PAGES, pfn, order);
	free_pages_prepare(page, order, to_cpu ? FRAME_PCP : FRAME_FREE);
	z->nr_free += 1u << order;
	if (to_cpu)
		free_unref_page(m, z, pfn, order);
	else
		free_to_buddy(m, z, pfn, order);
	leave(m, FREE_PAGES);
}

void get_page(struct machine *m, pfn_t pfn) { pfn_page(m, pfn)->refcount++; }

void put_page(struct machine *m, pfn_t pfn)
{
	struct page *page = pfn_page(m, pfn);

	if (page->refcount == 1)
		free_pages(m, pfn, page->order);
	else
		page->refcount--;
}
