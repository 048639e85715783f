/*
 * Watermarks: how much a zone keeps, and from whom.
 *
 * A zone gives only while it has more free pages than it keeps:
 *
 *	keeps = mark + lowmem_reserve[highest zone of the request]
 *	             + pages of pageblocks for atomic requests
 *
 * Who cannot wait has rights in the second round, and the min mark shrinks for
 * him: by half with __GFP_HIGH, by another quarter of what is left if he may
 * not sleep either.  Neither are the pageblocks for atomic requests denied to
 * him.
 *
 *	free 1180, low 1173, min 939, one frame at a time:
 *	1180 .. 1174 pass the low mark; 1173 is not more than 1173: from there
 *	the min mark counts, and GFP_KERNEL leaves 939
 *	GFP_ATOMIC: 939 - 469 = 470, 470 - 117 = 353 are left
 *
 * A larger block takes its pages all at once: those behind its first one do not
 * count as free.  And there must be a block that is large enough.
 *
 * A boost (mobility.c) is added to all marks; single frames for __GFP_ATOMIC
 * are not held up by it.
 *
 * Source: 6.1 mm/page_alloc.c (gfp_to_alloc_flags, __zone_watermark_ok,
 * zone_watermark_fast); REFERENCE 2.5.
 */
#include "page_alloc.h"
#include "machine.h"

uint32_t gfp_to_alloc_flags(uint32_t gfp, unsigned order)
{
	uint32_t flags = WMARK_MIN;

	/* the bits are the same: __GFP_HIGH, __GFP_KSWAPD_RECLAIM */
	flags |= gfp & (ALLOC_MIN_RESERVE | ALLOC_KSWAPD);
	if (gfp & (GFP_BIT_DIRECT_RECLAIM | GFP_BIT_NOMEMALLOC))
		return flags;
	flags |= ALLOC_NON_BLOCK;
	if (order > 0 && (flags & ALLOC_MIN_RESERVE))
		flags |= ALLOC_HIGHATOMIC;
	return flags;
}

/* What is left of a mark for a request with these rights: 939 -> 353. */
static uint32_t mark_for(uint32_t mark, uint32_t alloc_flags)
{
	if (!(alloc_flags & ALLOC_MIN_RESERVE))
		return mark;
	mark -= mark / 2;
	if (alloc_flags & ALLOC_NON_BLOCK)
		mark -= mark / 4;
	return mark;
}

/* Pages that z keeps from a request. */
static uint32_t pages_kept(const struct zone *z, uint32_t mark,
			   enum zone_type highest, uint32_t alloc_flags)
{
	uint32_t keep =
		mark_for(mark, alloc_flags) + z->lowmem_reserve[highest];

	if (!(alloc_flags & ALLOC_RESERVES))
		keep += z->nr_reserved_highatomic;
	return keep;
}

/* Are there more than keep free pages even without all but one of a block? */
static bool has_pages(const struct zone *z, unsigned order, uint32_t keep)
{
	return (int64_t)z->nr_free_pages - ((1 << order) - 1) > (int64_t)keep;
}

/* Is a block of this order on a list that the request may use?  A zone with
 * free pages has one of order 0.  Asked from the largest order down, for most
 * zones have one there: the first look answers, whatever the order is. */
static bool has_block(const struct zone *z, unsigned order,
		      uint32_t alloc_flags)
{
	for (unsigned k = MAX_ORDER; k-- > order;) {
		const struct free_area *area = &z->free_area[k];
		uint32_t kept = area->free_list[MIGRATE_HIGHATOMIC].count;

		if (area->nr_free > kept)
			return true;
		if (kept && (alloc_flags & ALLOC_HIGHATOMIC))
			return true;
	}
	return order == 0;
}

bool zone_watermark_ok(const struct zone *z, unsigned order, uint32_t mark,
		       enum zone_type highest, uint32_t alloc_flags)
{
	return has_pages(z, order, pages_kept(z, mark, highest, alloc_flags)) &&
	       has_block(z, order, alloc_flags);
}

/* The mark of a round as it stands now.  A boost does not stop single frames
 * for __GFP_ATOMIC in the second round. */
static uint32_t mark_now(const struct zone *z, uint32_t gfp, unsigned order,
			 enum watermark wmark)
{
	bool urgent =
		order == 0 && (gfp & GFP_BIT_ATOMIC) && wmark == WMARK_MIN;

	return z->watermark[wmark] + (urgent ? 0 : z->watermark_boost);
}

bool zone_may_give(struct machine *m, const struct zone *z, unsigned order,
		   enum zone_type highest, uint32_t alloc_flags, uint32_t gfp)
{
	enum watermark wmark = alloc_flags & ALLOC_WMARK_MASK;
	uint32_t keep = pages_kept(z, mark_now(z, gfp, order, wmark), highest,
				   alloc_flags);

	if (alloc_flags & ALLOC_NO_WATERMARKS) {
		note(m, WMARK_IGNORED, z->id, z->nr_free_pages);
		return true;
	}
	if (!has_pages(z, order, keep)) {
		note(m, WMARK_FAIL, z->id, z->nr_free_pages, keep, wmark);
		return false;
	}
	if (!has_block(z, order, alloc_flags)) {
		note(m, WMARK_NO_BLOCK, z->id, z->nr_free_pages, order);
		return false;
	}
	note(m, WMARK_OK, z->id, z->nr_free_pages, keep, wmark);
	return true;
}
