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
 * A zone gives only while it has more free pages than a mark and a reserve.
 * First round: the low mark.  When no zone passes, kswapd is due, and in the
 * second round the min mark counts; a caller that cannot wait (GFP_ATOMIC) may
 * then go to 3/8 of it.
 *
 *	free 1180, low 1173, min 939, GFP_KERNEL, one frame at a time:
 *	1180 .. 1174 pass the low mark; 1173 is not more than 1173: from there
 *	the min mark counts, and 939 are left; GFP_ATOMIC leaves 353
 *
 * The mark is tested before the CPU's list is looked at: frames that lie there
 * do not help a zone that is refused, and a refill may leave a zone up to
 * batch - 1 pages below its mark.
 *
 * Source: 6.1 mm/page_alloc.c (get_page_from_freelist, __zone_watermark_ok);
 * REFERENCE 1.5, 2.5, 2.6.  Simpler than Linux: reclaim is not modelled, so
 * when the second round fails, the request does.
 */
#include "page_alloc.h"
#include "machine.h"

#include <string.h>

enum zone_type gfp_zone(uint32_t gfp)
{
	if (gfp & GFP_BIT_DMA)
		return ZONE_DMA;
	if (gfp & GFP_BIT_HIGHMEM && gfp & GFP_BIT_MOVABLE)
		return ZONE_MOVABLE;
	return gfp & GFP_BIT_HIGHMEM ? ZONE_HIGHMEM : ZONE_NORMAL;
}

/* What a request with these rights leaves alone: 939 -> 353 for ATOMIC. */
static uint32_t mark_for(uint32_t mark, uint32_t gfp)
{
	if (!(gfp & GFP_BIT_HIGH))
		return mark;
	mark -= mark / 2;
	if (!(gfp & GFP_BIT_DIRECT_RECLAIM))
		mark -= mark / 4;
	return mark;
}

/* Pages that z keeps from a request: its mark and its reserve. */
static uint32_t pages_kept(const struct zone *z, uint32_t mark,
			   enum zone_type highest, uint32_t gfp)
{
	return mark_for(mark, gfp) + z->lowmem_reserve[highest];
}

/* Are there more than keep free pages even without all but one of a block? */
static bool has_pages(const struct zone *z, unsigned order, uint32_t keep)
{
	return (int64_t)z->nr_free_pages - ((1 << order) - 1) > (int64_t)keep;
}

/* A zone with free pages has a block of order 0. */
static bool has_block(const struct zone *z, unsigned order)
{
	if (order == 0)
		return true;
	for (; order < MAX_ORDER; order++)
		if (z->free_area[order].nr_free)
			return true;
	return false;
}

bool zone_watermark_ok(const struct zone *z, unsigned order, uint32_t mark,
		       enum zone_type highest, uint32_t gfp)
{
	return has_pages(z, order, pages_kept(z, mark, highest, gfp)) &&
	       has_block(z, order);
}

/* The mark that counts now: a boost does not stop single pages for those who
 * cannot wait.  6.1 wmark_pages(), zone_watermark_fast(). */
static uint32_t mark_now(const struct zone *z, unsigned order,
			 enum watermark wmark, uint32_t rights)
{
	bool urgent =
		order == 0 && (rights & GFP_BIT_HIGH) && wmark == WMARK_MIN;

	return z->watermark[wmark] + (urgent ? 0 : z->watermark_boost);
}

/* zone_watermark_ok, told. rights: those of gfp that count in this round. */
static bool zone_may_give(struct machine *m, const struct zone *z,
			  unsigned order, enum watermark wmark,
			  enum zone_type highest, uint32_t rights)
{
	uint32_t keep = pages_kept(z, mark_now(z, order, wmark, rights),
				   highest, rights);

	if (!has_pages(z, order, keep)) {
		note(m, WMARK_FAIL, z->id, z->nr_free_pages, keep, wmark);
		return false;
	}
	if (!has_block(z, order)) {
		note(m, WMARK_NO_BLOCK, z->id, z->nr_free_pages, order);
		return false;
	}
	note(m, WMARK_OK, z->id, z->nr_free_pages, keep, wmark);
	return true;
}

/* From the CPU's list if the order is one of those, else from the buddy. */
static pfn_t rmqueue(struct machine *m, struct zone *z, unsigned order,
		     enum migratetype type)
{
	pfn_t pfn;

	if (order <= m->profile->pcp_max_order)
		return rmqueue_pcplist(m, z, order, type);
	enter(m, RMQUEUE, z->id, order);
	spin_lock(m, &z->lock);
	pfn = rmqueue_block(m, z, order, type);
	spin_unlock(m, &z->lock);
	leave(m, RMQUEUE, pfn);
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

/* Where a request begins: in the list of the running CPU's node. */
static const struct zoneref *first_zones_zonelist(const struct machine *m,
						  enum zone_type highest)
{
	const struct pglist_data *local = &m->node[numa_node_id(m)];

	return next_zones_zonelist(local->node_zonelists[0].zonerefs, highest);
}

/* One round over the zones of the request, each against the same mark. */
static pfn_t get_page_from_freelist(struct machine *m, uint32_t gfp,
				    unsigned order, enum watermark wmark,
				    uint32_t rights)
{
	enum zone_type highest = gfp_zone(gfp);
	enum migratetype type = gfp_migratetype(m, gfp);
	const struct zoneref *ref = first_zones_zonelist(m, highest);

	for (; ref->zone; ref = next_zones_zonelist(ref + 1, highest)) {
		struct zone *z = ref->zone;
		pfn_t pfn;

		if (!zone_may_give(m, z, order, wmark, highest, rights))
			continue;
		pfn = rmqueue(m, z, order, type);
		if (pfn != PFN_NONE) {
			z->nr_alloc += 1u << order;
			return pfn;
		}
	}
	return PFN_NONE;
}

/* The first round failed: 6.1 __alloc_pages_slowpath(), without reclaim. */
static pfn_t alloc_pages_slowpath(struct machine *m, uint32_t gfp,
				  unsigned order)
{
	enum zone_type highest = gfp_zone(gfp);
	const struct zone *z = first_zones_zonelist(m, highest)->zone;
	uint32_t first = z ? z->id : highest;
	pfn_t pfn;

	if (gfp & GFP_BIT_KSWAPD)
		note(m, WAKE_KSWAPD, first);
	pfn = get_page_from_freelist(m, gfp, order, WMARK_MIN, gfp);
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
	for (unsigned i = 0; i < 1u << order; i++)
		page[i].use = (uint8_t)use;
	step(m, PREP_NEW_PAGE, pfn, order);
}

pfn_t alloc_pages(struct machine *m, uint32_t gfp, unsigned order,
		  enum frame_use use)
{
	pfn_t pfn;

	BUG_ON(order >= MAX_ORDER);
	enter(m, ALLOC_PAGES, order, gfp);
	pfn = get_page_from_freelist(m, gfp, order, WMARK_LOW, 0);
	if (pfn == PFN_NONE)
		pfn = alloc_pages_slowpath(m, gfp, order);
	if (pfn != PFN_NONE)
		prep_new_page(m, pfn, order, use);
	leave(m, ALLOC_PAGES, pfn);
	return pfn;
}

/* A block too large for the CPU's lists: 6.1 free_one_page(). */
static void free_to_buddy(struct machine *m, struct zone *z, pfn_t pfn,
			  unsigned order)
{
	spin_lock(m, &z->lock);
	free_one_page(m, z, pfn, order, pageblock_type(m, z, pfn));
	spin_unlock(m, &z->lock);
}

void free_pages(struct machine *m, pfn_t pfn, unsigned order)
{
	struct zone *z = page_zone(m, pfn);
	struct page *page = pfn_page(m, pfn);

	BUG_ON(page->refcount != 1 || page->mapcount != 0);
	BUG_ON(page->order != order);
	enter(m, FREE_PAGES, pfn, order);
	memset(page, 0, sizeof(*page) << order);
	z->nr_free += 1u << order;
	if (order <= m->profile->pcp_max_order)
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
