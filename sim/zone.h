/*
 * Nodes and zones: ranges of memory with the same limits.
 *
 * Structures of buddy, per-CPU lists and zones; the algorithms are in
 * zone.c (watermarks, zonelists), boot.c, buddy.c, pcp.c, page_alloc.c.
 */
#ifndef SIM_ZONE_H
#define SIM_ZONE_H

#include "page.h"

struct machine;

enum zone_type { ZONE_DMA, ZONE_NORMAL, ZONE_HIGHMEM, MAX_NR_ZONES };
enum watermark { WMARK_MIN, WMARK_LOW, WMARK_HIGH, NR_WMARK };
enum { PCP_ORDERS = 4 };
/* Can the page be got rid of?  mobility.c. */
enum migratetype {
	MIGRATE_UNMOVABLE,
	MIGRATE_MOVABLE,
	MIGRATE_RECLAIMABLE,
	MIGRATE_TYPES
};

/* Free blocks of one order. */
struct free_area {
	struct page_list free_list[MIGRATE_TYPES];
	uint32_t nr_free; /* blocks on all of them */
};

/* One CPU's stock of free blocks of a zone. Its pages are not free to the
 * zone, not in a buddy block, and have use FRAME_PCP. */
struct per_cpu_pages {
	uint32_t count;       /* pages on all lists                      */
	uint32_t high, batch; /* give back from high on, batch at a time */
	uint32_t free_factor; /* frees in a row double what goes back    */
	struct page_list list[PCP_ORDERS][MIGRATE_TYPES];
};

/*
 * Law: nr_free_pages == sum over orders of nr_free << order;
 *      present <= spanned; managed <= present;
 *      min <= low <= high.
 */
struct zone {
	const char *name; /* "DMA", "Normal", "HighMem" */
	enum zone_type type;
	pfn_t start_pfn;
	uint32_t spanned_pages; /* holes counted           */
	uint32_t present_pages; /* without holes           */
	uint32_t managed_pages; /* ever given to the buddy */
	uint32_t watermark[NR_WMARK];
	uint32_t watermark_boost; /* added to all of them for a while */
	uint32_t lowmem_reserve[MAX_NR_ZONES]; /* denied to requests that may
	                                        * use a higher zone          */
	uint32_t nr_free_pages; /* in the buddy, not on CPU lists */
	struct free_area free_area[MAX_ORDER];
	uint8_t *pageblock; /* enum migratetype of each; NULL: one kind only */
	struct per_cpu_pages pcp[MAX_CPUS];
	uint64_t nr_alloc, nr_free;  /* pages to and from users since boot */
	uint64_t nr_split, nr_merge; /* halvings and joinings of blocks    */
};

struct pglist_data {
	uint32_t node_id;
	pfn_t node_start_pfn;
	uint32_t node_spanned_pages, node_present_pages;
	uint32_t nr_zones;
	struct zone node_zones[MAX_NR_ZONES];
	/* by the highest zone a request may use: zones in the order tried,
	 * MAX_NR_ZONES ends it */
	uint8_t zonelist[MAX_NR_ZONES][MAX_NR_ZONES + 1];
	uint32_t min_free_kbytes;
	bool group_by_mobility; /* else every request is MIGRATE_UNMOVABLE */
};

/*
 * Set min_free_kbytes, watermarks, reserves, pcp sizes and zonelists, in this
 * order, from managed pages (REFERENCE 2.2, 2.3, 2.4, 4.2, 1.5).
 */
void calculate_min_free_kbytes(struct machine *m);
void setup_per_zone_wmarks(struct machine *m);
void setup_per_zone_lowmem_reserve(struct machine *m);
void setup_zone_pagesets(struct machine *m);
void build_zonelists(struct machine *m);

/* An empty zone's free areas and CPU lists: before its first use. */
void zone_init_lists(struct zone *z);

/* Sum of managed pages: MemTotal in pages, the limit of overcommit mode 0. */
uint32_t totalram_pages(const struct machine *m);

/* Make zones and mem_map and hand free memory to the buddy (boot.c). */
void boot_memory(struct machine *m);

/* Does the zone's range cover pfn? */
static inline bool zone_spans_pfn(const struct zone *z, pfn_t pfn)
{
	return pfn - z->start_pfn < z->spanned_pages;
}

/* The zone that holds pfn; NULL if none does. */
struct zone *page_zone(struct machine *m, pfn_t pfn);
const struct zone *page_zone_const(const struct machine *m, pfn_t pfn);

/*
 * May a request of this order take from z and leave mark pages?  gfp gives
 * its rights below the mark; highest is the highest zone it may use.
 * 6.1 __zone_watermark_ok, REFERENCE 2.5.
 */
bool zone_watermark_ok(const struct zone *z, unsigned order, uint32_t mark,
		       enum zone_type highest, uint32_t gfp);

#endif
