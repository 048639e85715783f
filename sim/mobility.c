/*
 * Mobility: what cannot move is kept together.
 *
 * A block of 1024 frames can be had only where all of them are free, and one
 * page that stays for ever spoils it.  A user's page can be moved or dropped,
 * a page table cannot.  So every request says which kind it is, every stretch
 * of 1024 frames (a pageblock) has a kind, and free blocks of each kind wait on
 * lists of their own:
 *
 *	pageblock   0          1          2          3
 *	            Unmovable  Movable    Movable    Reclaimable
 *	            [PP.PPP..] [uuuuuu.u] [uuuuuuuu] [ss.sss..]
 *
 * When a kind has no block left that is large enough, another kind must help
 * (__rmqueue_fallback).  It gives the largest block it has, so that this is
 * needed seldom, and where the stolen block is half a pageblock or more, or
 * the page to come cannot move, all that is free in that pageblock changes to
 * the new kind; and the pageblock itself, if half of it is free now or alike.
 *
 *	1024 free Movable frames, one Unmovable frame asked for:
 *	the pageblock becomes Unmovable, frame 0 is given, 1023 wait as Unmovable
 *	for the next ones; a Movable request takes from another pageblock
 *
 * A movable page that may not have a whole pageblock takes the smallest block
 * instead: it does not matter where it lies.
 *
 * Source: 6.1 mm/page_alloc.c (find_suitable_fallback,
 * steal_suitable_fallback, move_freepages_block, boost_watermark).  The kernels
 * before 2.6.24 have one kind only: their profiles say so.
 */
#include "page_alloc.h"
#include "machine.h"
#include "memblock.h"

/* Who helps whom, in this order. */
static const uint8_t fallbacks[MIGRATE_PCPTYPES][MIGRATE_PCPTYPES - 1] = {
	[MIGRATE_UNMOVABLE] = {MIGRATE_RECLAIMABLE, MIGRATE_MOVABLE},
	[MIGRATE_MOVABLE] = {MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE},
	[MIGRATE_RECLAIMABLE] = {MIGRATE_UNMOVABLE, MIGRATE_MOVABLE},
};

uint32_t pageblock_nr_pages(const struct machine *m)
{
	return 1u << m->profile->pageblock_order;
}

static pfn_t pageblock_start(const struct machine *m, pfn_t pfn)
{
	return pfn & ~(pageblock_nr_pages(m) - 1);
}

/* ---- the kinds of pageblocks ---- */

uint32_t zone_nr_pageblocks(const struct machine *m, const struct zone *z)
{
	pfn_t end = z->start_pfn + z->spanned_pages;
	pfn_t start = pageblock_start(m, z->start_pfn);

	return z->spanned_pages ? (end - start + pageblock_nr_pages(m) - 1) >>
					  m->profile->pageblock_order
				: 0;
}

/* Is the first frame of pageblock i of z memory, and z's? */
static bool pageblock_begins_in(const struct machine *m, const struct zone *z,
				uint32_t i, const struct memblock *b)
{
	pfn_t first =
		pageblock_start(m, z->start_pfn) + i * pageblock_nr_pages(m);

	return first >= z->start_pfn &&
	       (!b || memblock_present(b, first, first + 1));
}

void zone_init_pageblocks(struct machine *m, struct zone *z,
			  const struct memblock *b)
{
	uint32_t nr = zone_nr_pageblocks(m, z);

	if (!m->profile->mobility_types || !nr)
		return;
	z->pageblock = arena_alloc(m->arena, nr);
	for (uint32_t i = 0; i < nr; i++)
		z->pageblock[i] = pageblock_begins_in(m, z, i, b)
					  ? MIGRATE_MOVABLE
					  : MIGRATE_UNMOVABLE;
}

void set_pageblock_type(struct machine *m, struct zone *z, pfn_t pfn,
			enum migratetype type)
{
	uint8_t *block = &z->pageblock[pageblock_index(m, z, pfn)];
	enum migratetype old = *block;

	if (old == type)
		return;
	*block = (uint8_t)type;
	step(m, SET_PAGEBLOCK, pageblock_start(m, pfn),
	     m->profile->pageblock_order, old, type);
}

/* Nothing of a pageblock that is kept for atomic requests leaves it. */
bool pageblocks_may_join(const struct machine *m, const struct zone *z,
			 pfn_t pfn, pfn_t buddy)
{
	enum migratetype one = pageblock_type(m, z, pfn);
	enum migratetype other = pageblock_type(m, z, buddy);

	return one == other ||
	       (one != MIGRATE_HIGHATOMIC && other != MIGRATE_HIGHATOMIC);
}

enum migratetype gfp_migratetype(const struct machine *m, uint32_t gfp)
{
	if (!m->group_by_mobility)
		return MIGRATE_UNMOVABLE;
	if (gfp & GFP_BIT_MOVABLE)
		return MIGRATE_MOVABLE;
	return gfp & GFP_BIT_RECLAIMABLE ? MIGRATE_RECLAIMABLE
					 : MIGRATE_UNMOVABLE;
}

/* ---- stealing ---- */

uint32_t move_freepages_block(struct machine *m, struct zone *z, pfn_t pfn,
			      enum migratetype type, uint32_t *movable)
{
	pfn_t i = pageblock_start(m, pfn), end = i + pageblock_nr_pages(m);
	uint32_t moved = 0;

	*movable = 0;
	if (!zone_spans_pfn(z, i))
		i = pfn;
	if (!zone_spans_pfn(z, end - 1))
		return 0;
	while (i < end) {
		const struct page *page = pfn_page(m, i);

		if (page->flags & PG_BUDDY) {
			unsigned order = page->order;

			move_to_free_list(m, z, i, type);
			moved += 1u << order;
			i += 1u << order;
		} else {
			*movable += page_is_user(page);
			i++;
		}
	}
	return moved;
}

/* Blocks begin to be torn out of pageblocks of another kind: let more be kept
 * free for a while.  6.1 boost_watermark(). */
static void boost_watermark(struct machine *m, struct zone *z)
{
	uint64_t most = (uint64_t)z->watermark[WMARK_HIGH] *
			m->vm.watermark_boost_factor / 10000;
	uint32_t block = pageblock_nr_pages(m);

	if (!most || block * 4 > z->managed_pages)
		return;
	if (most < block)
		most = block;
	z->watermark_boost += block;
	if (z->watermark_boost > most)
		z->watermark_boost = (uint32_t)most;
	step(m, BOOST_WATERMARK, z->id, z->watermark_boost, most);
}

/* May a whole pageblock be taken over for a block of this order? */
static bool can_steal_fallback(const struct machine *m, unsigned order,
			       enum migratetype type)
{
	return order >= m->profile->pageblock_order / 2 ||
	       type != MIGRATE_MOVABLE || !m->group_by_mobility;
}

/*
 * The free block pfn of another kind is ours now; with whole, what is free
 * around it comes along, and perhaps the pageblock.
 */
static void steal_suitable_fallback(struct machine *m, struct zone *z,
				    pfn_t pfn, enum migratetype type,
				    bool whole)
{
	enum migratetype old = pageblock_type(m, z, pfn);
	uint32_t block = pageblock_nr_pages(m), moved = 0, alike, movable;
	unsigned order = pfn_page(m, pfn)->order;

	if (order >= m->profile->pageblock_order) {
		for (pfn_t i = pfn; i < pfn + (1u << order); i += block)
			set_pageblock_type(m, z, i, type);
		move_to_free_list(m, z, pfn, type);
		return;
	}
	boost_watermark(m, z);
	if (whole)
		moved = move_freepages_block(m, z, pfn, type, &movable);
	if (!moved) {
		move_to_free_list(m, z, pfn, type);
		return;
	}
	if (type == MIGRATE_MOVABLE)
		alike = movable;
	else
		alike = old == MIGRATE_MOVABLE ? block - (moved + movable) : 0;
	if (moved + alike >= block / 2 || !m->group_by_mobility)
		set_pageblock_type(m, z, pfn, type);
}

/* The first free block of order that another kind has; PFN_NONE. */
static pfn_t find_suitable_fallback(const struct zone *z, unsigned order,
				    enum migratetype type)
{
	for (unsigned i = 0; i < MIGRATE_PCPTYPES - 1; i++) {
		unsigned other = fallbacks[type][i];
		pfn_t pfn = z->free_area[order].free_list[other].head;

		if (pfn != PFN_NONE)
			return pfn;
	}
	return PFN_NONE;
}

/*
 * The block of another kind that helps: from the largest down; for a movable
 * page that may not take the whole pageblock, the smallest that will do.
 */
static pfn_t choose_fallback(const struct machine *m, const struct zone *z,
			     unsigned order, enum migratetype type)
{
	pfn_t pfn = PFN_NONE;
	unsigned k = MAX_ORDER;

	while (pfn == PFN_NONE && k-- > order)
		pfn = find_suitable_fallback(z, k, type);
	if (pfn == PFN_NONE || k == order || can_steal_fallback(m, k, type))
		return pfn;
	for (k = order, pfn = PFN_NONE; pfn == PFN_NONE; k++)
		pfn = find_suitable_fallback(z, k, type);
	return pfn;
}

bool rmqueue_fallback(struct machine *m, struct zone *z, unsigned order,
		      enum migratetype type)
{
	pfn_t pfn;
	unsigned k;

	if (!z->pageblock)
		return false;
	pfn = choose_fallback(m, z, order, type);
	if (pfn == PFN_NONE)
		return false;
	k = pfn_page(m, pfn)->order;
	enter(m, RMQUEUE_FALLBACK, pfn, k, type, pfn_page(m, pfn)->level);
	steal_suitable_fallback(m, z, pfn, type,
				can_steal_fallback(m, k, type));
	leave(m, RMQUEUE_FALLBACK);
	return true;
}
