/*
 * The buddy allocator: blocks of 2^k frames.
 *
 * All free memory of a zone is kept as blocks whose size is a power of two and
 * whose first frame is a multiple of that size.  Every block of order k has
 * one buddy, the other half of the block of order k+1 that holds both; its
 * first frame differs in bit k alone:
 *
 *	buddy(8, order 1) = 8 ^ 2 = 10
 *
 *	frame   8   9  10  11  12  13  14  15
 *	k = 3  [              8              ]
 *	k = 2  [      8      ] [     12      ]
 *	k = 1  [  8  ] [ 10  ] [ 12  ] [ 14  ]
 *
 * Allocation takes the smallest block that is large enough and cuts it down,
 * keeping the lower half each time.  Freeing joins a block with its buddy as
 * long as that is free as a whole, so the blocks of a zone are always as large
 * as they can be.
 *
 * Law: a frame is in one free block, or in none; no two buddies of the same
 *      order are both free.
 *
 * Each order has a free list for every kind of page (mobility.c); where kinds
 * are not told apart, one of them holds everything.
 */
#include "page_alloc.h"
#include "page_list.h"

/* The block's head gets its mark and its place; its pages count as free. */
static void add_to_free_list(struct machine *m, struct zone *z, pfn_t pfn,
			     unsigned order, enum migratetype type, bool tail)
{
	struct free_area *area = &z->free_area[order];
	struct page *page = pfn_page(m, pfn);

	page->flags = PG_BUDDY;
	page->order = (uint8_t)order;
	page->level = (uint8_t)type;
	if (tail)
		page_list_append(m, &area->free_list[type], pfn);
	else
		page_list_push(m, &area->free_list[type], pfn);
	area->nr_free++;
	z->nr_free_pages += 1u << order;
}

static void del_page_from_free_list(struct machine *m, struct zone *z,
				    pfn_t pfn, unsigned order)
{
	struct free_area *area = &z->free_area[order];
	struct page *page = pfn_page(m, pfn);

	page_list_remove(m, &area->free_list[page->level], pfn);
	page->flags = 0;
	page->order = 0;
	page->level = 0;
	area->nr_free--;
	z->nr_free_pages -= 1u << order;
}

void move_to_free_list(struct machine *m, struct zone *z, pfn_t pfn,
		       enum migratetype type)
{
	struct page *page = pfn_page(m, pfn);
	struct page_list *lists = z->free_area[page->order].free_list;

	page_list_remove(m, &lists[page->level], pfn);
	page_list_append(m, &lists[type], pfn);
	step(m, MOVE_TO_FREE_LIST, pfn, page->order, page->level, type);
	page->level = (uint8_t)type;
}

/* Is pfn the head of a free block of exactly this order in z? */
static bool page_is_buddy(const struct machine *m, const struct zone *z,
			  pfn_t pfn, unsigned order)
{
	const struct page *page;

	if (!zone_spans_pfn(z, pfn))
		return false;
	page = pfn_page(m, pfn);
	return (page->flags & PG_BUDDY) && page->order == order;
}

/*
 * Cut a block of order high down to order low.  The lower half is kept, the
 * upper halves go to the free lists, largest first.
 */
static void expand(struct machine *m, struct zone *z, pfn_t pfn, unsigned low,
		   unsigned high, enum migratetype type)
{
	while (high > low) {
		pfn_t upper = pfn + (1u << --high);

		add_to_free_list(m, z, upper, high, type, false);
		z->nr_split++;
		step(m, EXPAND, pfn, high + 1, upper, high);
	}
}

pfn_t rmqueue_smallest(struct machine *m, struct zone *z, unsigned order,
		       enum migratetype type)
{
	for (unsigned k = order; k < MAX_ORDER; k++) {
		pfn_t pfn = z->free_area[k].free_list[type].head;

		if (pfn == PFN_NONE)
			continue;
		del_page_from_free_list(m, z, pfn, k);
		step(m, RMQUEUE_SMALLEST, pfn, k, order);
		expand(m, z, pfn, order, k, type);
		return pfn;
	}
	return PFN_NONE;
}

pfn_t rmqueue_block(struct machine *m, struct zone *z, unsigned order,
		    enum migratetype type)
{
	pfn_t pfn = rmqueue_smallest(m, z, order, type);

	while (pfn == PFN_NONE && rmqueue_fallback(m, z, order, type))
		pfn = rmqueue_smallest(m, z, order, type);
	return pfn;
}

/* Tell why the buddy cannot be joined. */
static void note_no_merge(struct machine *m, const struct zone *z, pfn_t buddy,
			  unsigned order)
{
	const struct page *page;

	if (!zone_spans_pfn(z, buddy)) {
		note(m, BUDDY_OUTSIDE, buddy, order);
		return;
	}
	page = pfn_page(m, buddy);
	if (page->flags & PG_BUDDY)
		note(m, BUDDY_IN_PARTS, buddy, order);
	else if (page->use == FRAME_PCP)
		note(m, BUDDY_ON_CPU, buddy, order);
	else
		note(m, BUDDY_BUSY, buddy, order);
}

/*
 * Join pfn with its buddies as far as they are free; *order becomes that of
 * the block whose head is returned.  8 (order 0) with 9, 10-11 and 12-15 free:
 * 8 + 9 = 8 (1), + 10 = 8 (2), + 12 = 8 (3).
 */
static pfn_t merge_buddies(struct machine *m, struct zone *z, pfn_t pfn,
			   unsigned *order)
{
	while (*order < MAX_ORDER - 1) {
		unsigned k = *order;
		pfn_t buddy = pfn ^ 1u << k;

		if (!page_is_buddy(m, z, buddy, k)) {
			note_no_merge(m, z, buddy, k);
			break;
		}
		if (k >= m->profile->pageblock_order &&
		    !pageblocks_may_join(m, z, pfn, buddy)) {
			note(m, BUDDY_KEPT, buddy, k);
			break;
		}
		del_page_from_free_list(m, z, buddy, k);
		pfn &= buddy;
		*order = k + 1;
		z->nr_merge++;
		step(m, BUDDY_MERGE, buddy, k, pfn, k + 1);
	}
	return pfn;
}

/*
 * Will this block soon be part of a larger one?  So it is when the buddy of
 * the block that it would form with its own buddy is free: it is kept for last
 * then, so that the merge has a chance.  6.1 buddy_merge_likely().  Returns
 * that free block, or PFN_NONE.
 */
static pfn_t buddy_merge_likely(const struct machine *m, const struct zone *z,
				pfn_t pfn, unsigned order)
{
	pfn_t parent = pfn & ~(1u << order);
	pfn_t parents_buddy = parent ^ 1u << (order + 1);

	if (order >= MAX_ORDER - 2)
		return PFN_NONE;
	if (!page_is_buddy(m, z, parents_buddy, order + 1))
		return PFN_NONE;
	return parents_buddy;
}

/* Put a block on its list and tell where it went. */
static void place_block(struct machine *m, struct zone *z, pfn_t pfn,
			unsigned order, enum migratetype type,
			enum free_place place)
{
	pfn_t likely = PFN_NONE;
	bool tail = place == PLACE_TAIL;

	if (place == PLACE_BY_RULE)
		likely = buddy_merge_likely(m, z, pfn, order);
	tail |= likely != PFN_NONE;
	add_to_free_list(m, z, pfn, order, type, tail);
	if (likely != PFN_NONE)
		step(m, ADD_TO_FREE_LIST_TAIL, pfn, order, likely);
	else
		step(m, ADD_TO_FREE_LIST, pfn, order);
}

/* 6.1 __free_one_page(); REFERENCE 3.4. */
void free_one_page(struct machine *m, struct zone *z, pfn_t pfn, unsigned order,
		   enum migratetype type)
{
	enter(m, FREE_ONE_PAGE, pfn, order);
	/* does it come from a CPU's list? */
	if (pfn_page(m, pfn)->use != FRAME_FREE)
		set_block_use(pfn_page(m, pfn), order, FRAME_FREE);
	pfn = merge_buddies(m, z, pfn, &order);
	place_block(m, z, pfn, order, type, PLACE_BY_RULE);
	leave(m, FREE_ONE_PAGE, pfn);
}

void buddy_add_boot_block(struct machine *m, struct zone *z, pfn_t pfn,
			  unsigned order, enum free_place place)
{
	enum migratetype type = pageblock_type(m, z, pfn);

	enter(m, FREE_ONE_PAGE, pfn, order);
	pfn = merge_buddies(m, z, pfn, &order);
	place_block(m, z, pfn, order, type, place);
	leave(m, FREE_ONE_PAGE, pfn);
}
