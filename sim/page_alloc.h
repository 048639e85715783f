/*
 * Allocating frames: zonelist, watermarks, per-CPU lists, buddy.
 *
 *	alloc_pages -> for each zone of the list: zone_watermark_ok?
 *	            -> rmqueue: the CPU's list, refilled from the buddy
 *	            -> __rmqueue_smallest -> expand
 */
#ifndef SIM_PAGE_ALLOC_H
#define SIM_PAGE_ALLOC_H

#include "zone.h"

/* Allocation flags: bits and values of 6.1 include/linux/gfp_types.h. */
enum {
	GFP_BIT_DMA = 0x01,
	GFP_BIT_HIGHMEM = 0x02,
	GFP_BIT_MOVABLE = 0x08,
	GFP_BIT_HIGH = 0x20, /* may go below the min mark */
	GFP_BIT_IO = 0x40,
	GFP_BIT_FS = 0x80,
	GFP_BIT_ZERO = 0x100,
	GFP_BIT_DIRECT_RECLAIM = 0x400, /* may sleep */
	GFP_BIT_KSWAPD = 0x800,
	GFP_BIT_HARDWALL = 0x100000,
	GFP_ATOMIC = GFP_BIT_HIGH | GFP_BIT_KSWAPD,
	GFP_KERNEL = GFP_BIT_DIRECT_RECLAIM | GFP_BIT_KSWAPD | GFP_BIT_IO |
		     GFP_BIT_FS,
	GFP_DMA = GFP_KERNEL | GFP_BIT_DMA,
	GFP_USER = GFP_KERNEL | GFP_BIT_HARDWALL,
	GFP_HIGHUSER = GFP_USER | GFP_BIT_HIGHMEM,
	GFP_HIGHUSER_MOVABLE = GFP_HIGHUSER | GFP_BIT_MOVABLE,
};

/*
 * A block of 2^order frames for use, reference count 1; PFN_NONE when no zone
 * that gfp allows can give one above its marks.  Contents: tag empty.
 */
pfn_t alloc_pages(struct machine *m, uint32_t gfp, unsigned order,
		  enum frame_use use);

/* Give a block back that alloc_pages gave: its reference count must be 1, and
 * no page table may map it. */
void free_pages(struct machine *m, pfn_t pfn, unsigned order);

static inline pfn_t alloc_page(struct machine *m, uint32_t gfp,
			       enum frame_use use)
{
	return alloc_pages(m, gfp, 0, use);
}

/* References of an order-0 frame; the last one gone frees it. */
void get_page(struct machine *m, pfn_t pfn);
void put_page(struct machine *m, pfn_t pfn);

/* Empty the CPU's lists into the buddy; all CPUs' with cpu < 0. */
void drain_pages(struct machine *m, int cpu);

/* Highest zone that gfp allows: 6.1 gfp_zone(). */
enum zone_type gfp_zone(uint32_t gfp);

/* ---- buddy.c: the block allocator behind the lists ---- */

/* Head of the smallest free block of at least order, cut to order. */
pfn_t rmqueue_smallest(struct machine *m, struct zone *z, unsigned order);

/* Put a block back and merge it with its buddies. */
void free_one_page(struct machine *m, struct zone *z, pfn_t pfn,
		   unsigned order);

/* Where on its free list a block goes. */
enum free_place {
	PLACE_BY_RULE, /* the head, but the tail when a merge is likely */
	PLACE_HEAD,
	PLACE_TAIL,
};

/* Boot's way in, for a block that never was free: as free_one_page, with the
 * place on the list chosen by the caller. */
void buddy_add_boot_block(struct machine *m, struct zone *z, pfn_t pfn,
			  unsigned order, enum free_place place);

/* ---- pcp.c: one CPU's stock, orders 0..pcp_max_order ---- */

/* A block from the running CPU's list, which is refilled when it is empty;
 * PFN_NONE: the zone has none. Its use is still FRAME_PCP. */
pfn_t rmqueue_pcplist(struct machine *m, struct zone *z, unsigned order);
/* A cleared block to the head of the running CPU's list; when that is full,
 * old ones go back to the buddy. */
void free_unref_page(struct machine *m, struct zone *z, pfn_t pfn,
		     unsigned order);

/* ---- page_list.c: pfn is on no list / on l ---- */
void page_list_init(struct page_list *l);
void page_list_push(struct machine *m, struct page_list *l, pfn_t pfn);
void page_list_append(struct machine *m, struct page_list *l, pfn_t pfn);
void page_list_remove(struct machine *m, struct page_list *l, pfn_t pfn);

#endif
