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
	GFP_BIT_RECLAIMABLE = 0x10,
	GFP_BIT_HIGH = 0x20, /* may go below the min mark */
	GFP_BIT_IO = 0x40,
	GFP_BIT_FS = 0x80,
	GFP_BIT_ZERO = 0x100,
	GFP_BIT_ATOMIC = 0x200, /* is not held up by a boost */
	GFP_BIT_DIRECT_RECLAIM = 0x400, /* may sleep */
	GFP_BIT_KSWAPD = 0x800,
	GFP_BIT_MEMALLOC = 0x20000, /* frees more than it takes: no mark at all */
	GFP_BIT_NOMEMALLOC = 0x80000, /* ... and never so */
	GFP_BIT_HARDWALL = 0x100000,
	GFP_BIT_THISNODE = 0x200000, /* of no other node */
	GFP_ATOMIC = GFP_BIT_HIGH | GFP_BIT_ATOMIC | GFP_BIT_KSWAPD,
	GFP_NOWAIT = GFP_BIT_KSWAPD,
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

/* The same, but in the order that is best for node nid instead of the running
 * CPU's.  6.1 alloc_pages_node(). */
pfn_t alloc_pages_node(struct machine *m, uint32_t nid, uint32_t gfp,
		       unsigned order, enum frame_use use);

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
static inline enum zone_type gfp_zone(uint32_t gfp)
{
	if (gfp & GFP_BIT_DMA)
		return ZONE_DMA;
	if (gfp & GFP_BIT_HIGHMEM && gfp & GFP_BIT_MOVABLE)
		return ZONE_MOVABLE;
	return gfp & GFP_BIT_HIGHMEM ? ZONE_HIGHMEM : ZONE_NORMAL;
}

/*
 * All frames of a block get a use: four at a time, and a smaller block's last
 * ones more than once (order 1: frames 0, 1, 0, 1).  The host cannot foresee the
 * order of a block; a loop that runs once for all small ones does not ask it to,
 * and a few stores are cheaper than a wrong guess.
 */
static inline void set_block_use(struct page *page, unsigned order,
				 enum frame_use use)
{
	unsigned last = (1u << order) - 1;

	for (unsigned i = 0; i <= last; i += 4) {
		page[i].use = (uint8_t)use;
		page[(i + 1) & last].use = (uint8_t)use;
		page[(i + 2) & last].use = (uint8_t)use;
		page[(i + 3) & last].use = (uint8_t)use;
	}
}

/* ---- watermark.c: how much a zone keeps ---- */

/* What a round of the zones allows: 6.1 mm/internal.h. The lowest bits are an
 * enum watermark. */
enum alloc_flag {
	ALLOC_WMARK_MASK = 0x03,
	ALLOC_NO_WATERMARKS = 0x04,
	ALLOC_NON_BLOCK = 0x10,   /* cannot wait                        */
	ALLOC_MIN_RESERVE = 0x20, /* may go below the min mark          */
	ALLOC_HIGHATOMIC = 0x200, /* from pageblocks kept for it        */
	ALLOC_KSWAPD = 0x800,
	/* who may touch what is kept for atomic requests */
	ALLOC_RESERVES = ALLOC_NON_BLOCK | ALLOC_MIN_RESERVE,
};

/* Rights in the second round: 6.1 gfp_to_alloc_flags(). */
uint32_t gfp_to_alloc_flags(uint32_t gfp, unsigned order);

/*
 * May a request of this order take from z and leave mark pages?  alloc_flags
 * gives its rights below the mark; highest is the highest zone it may use.
 * 6.1 __zone_watermark_ok, REFERENCE 2.5.
 */
bool zone_watermark_ok(const struct zone *z, unsigned order, uint32_t mark,
		       enum zone_type highest, uint32_t alloc_flags);

/* The same for a request, against the mark of alloc_flags as it stands now,
 * and told.  6.1 zone_watermark_fast(). */
bool zone_may_give(struct machine *m, const struct zone *z, unsigned order,
		   enum zone_type highest, uint32_t alloc_flags, uint32_t gfp);

/* ---- buddy.c: the block allocator behind the lists ---- */

/*
 * A block of order from the lists of a kind, cut from the smallest that is large
 * enough; when that kind has none, another one helps.  PFN_NONE: nobody has.
 * 6.1 __rmqueue().
 */
pfn_t rmqueue_block(struct machine *m, struct zone *z, unsigned order,
		    enum migratetype type);

/* The same from the lists of this kind alone: 6.1 __rmqueue_smallest(). */
pfn_t rmqueue_smallest(struct machine *m, struct zone *z, unsigned order,
		       enum migratetype type);

/* Put a block back on the lists of a kind and merge it with its buddies. */
void free_one_page(struct machine *m, struct zone *z, pfn_t pfn,
		   unsigned order, enum migratetype type);

/* A free block goes to the tail of another kind's list of its order. */
void move_to_free_list(struct machine *m, struct zone *z, pfn_t pfn,
		       enum migratetype type);

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

/* ---- mobility.c: kinds of pages, and of pageblocks ---- */

/* All pageblocks of a zone whose range is set: Movable, but for a first one
 * that begins before the zone, and those that begin in a hole of memory b (NULL:
 * it has none).  6.1 memmap_init_range() marks them as it comes to their first
 * frame. */
struct memblock;
void zone_init_pageblocks(struct machine *m, struct zone *z,
			  const struct memblock *b);
/* How many there are, the first and the last perhaps in part. */
uint32_t zone_nr_pageblocks(const struct machine *m, const struct zone *z);
uint32_t pageblock_nr_pages(const struct machine *m);
void set_pageblock_type(struct machine *m, struct zone *z, pfn_t pfn,
			enum migratetype type);
/*
 * All free blocks of pfn's pageblock go to the lists of a kind, in the order of
 * their addresses.  Returns their pages; *movable counts the used ones that
 * could move.  Of a pageblock that begins before the zone only the part from
 * pfn on; none of one that ends behind it.
 */
uint32_t move_freepages_block(struct machine *m, struct zone *z, pfn_t pfn,
			      enum migratetype type, uint32_t *movable);
/* May two free halves be joined, if each fills its pageblock? */
bool pageblocks_may_join(const struct machine *m, const struct zone *z,
			 pfn_t pfn, pfn_t buddy);
/* The kind that a request asks for: 6.1 gfp_migratetype(). */
enum migratetype gfp_migratetype(const struct machine *m, uint32_t gfp);
/* No block of this kind is large enough: one of another kind, at least of
 * order, becomes one.  False: there is none.  6.1 __rmqueue_fallback(). */
bool rmqueue_fallback(struct machine *m, struct zone *z, unsigned order,
		      enum migratetype type);

/* ---- highatomic.c: pageblocks kept for atomic requests of higher order ---- */

/* The pageblock around a block just given to such a request is kept from now
 * on, unless enough are: 6.1 reserve_highatomic_pageblock(). */
void reserve_highatomic_pageblock(struct machine *m, struct zone *z, pfn_t pfn);
/* One such pageblock of z gets a kind again; the last one only with force.
 * False: there is none with a free block.  6.1
 * unreserve_highatomic_pageblock(). */
bool unreserve_highatomic_pageblock(struct machine *m, struct zone *z,
				    enum migratetype type, bool force);

/* ---- pcp.c: one CPU's stock, orders 0..pcp_max_order ---- */

/* A block from the running CPU's list of a kind, which is refilled when it is
 * empty; PFN_NONE: the zone has none. Its use is still FRAME_PCP. */
pfn_t rmqueue_pcplist(struct machine *m, struct zone *z, unsigned order,
		      enum migratetype type);
/* A cleared block, its use FRAME_PCP, to the head of the running CPU's list;
 * when that is full, old ones go back to the buddy. */
void free_unref_page(struct machine *m, struct zone *z, pfn_t pfn,
		     unsigned order);
/* A batch of the running CPU's pages of z goes back to the buddy: what the
 * kernel does with an idle CPU's now and then. */
void drain_zone_pages(struct machine *m, struct zone *z);

#endif
