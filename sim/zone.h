/*
 * Nodes and zones: ranges of memory with the same limits.
 *
 * Structures of buddy, per-CPU lists and zones; the algorithms are in
 * zone.c (watermarks, zonelists), boot.c, buddy.c, pcp.c, page_alloc.c.
 */
#ifndef SIM_ZONE_H
#define SIM_ZONE_H

#include "lock.h"
#include "page.h"

struct machine;

/* From below; a kernel has some of them (profile.zones).  6.1 enum zone_type. */
enum zone_type {
	ZONE_DMA,     /* old devices: 24 bits of physical address        */
	ZONE_DMA32,   /* 64-bit machines: devices with 32 bits           */
	ZONE_NORMAL,  /* mapped directly, always                         */
	ZONE_HIGHMEM, /* 32-bit machines: mapped when it is needed       */
	ZONE_MOVABLE, /* cut off for pages that can be moved             */
	ZONE_DEVICE,  /* memory of devices: nothing is given out of it   */
	MAX_NR_ZONES
};
enum { MAX_ZONES = MAX_NUMNODES * MAX_NR_ZONES }; /* of a machine: ids */
/* 6.1 enum numa_stat_item.  A request prefers the first zone of its list. */
enum numa_event {
	NUMA_HIT,     /* given to a request that preferred this node       */
	NUMA_MISS,    /* given to one that preferred another               */
	NUMA_FOREIGN, /* preferred, but another node gave                  */
	NUMA_LOCAL,   /* given to a CPU of this node                       */
	NUMA_OTHER,   /* given to a CPU of another                         */
	NR_NUMA_EVENTS
};
enum watermark { WMARK_MIN, WMARK_LOW, WMARK_HIGH, NR_WMARK };
enum { PCP_ORDERS = 4 };
/* Can the page be got rid of?  mobility.c. */
enum migratetype {
	MIGRATE_UNMOVABLE,
	MIGRATE_MOVABLE,
	MIGRATE_RECLAIMABLE,
	MIGRATE_PCPTYPES, /* so many have lists of a CPU's own */
	MIGRATE_HIGHATOMIC = MIGRATE_PCPTYPES, /* pageblocks kept for those
	                                        * who cannot wait: highatomic.c */
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
	struct page_list list[PCP_ORDERS][MIGRATE_PCPTYPES];
};

/*
 * Law: nr_free_pages == sum over orders of nr_free << order;
 *      present <= spanned; managed <= present;
 *      min <= low <= high.
 */
struct zone {
	const char *name; /* zone_names[type]; NULL: the kernel has it not */
	enum zone_type type;
	uint8_t id;   /* node * MAX_NR_ZONES + type: A_ZONE */
	uint8_t node; /* of which it is part                */
	pfn_t start_pfn;
	uint32_t spanned_pages; /* holes counted           */
	uint32_t present_pages; /* without holes           */
	uint32_t managed_pages; /* ever given to the buddy */
	uint32_t watermark[NR_WMARK];
	uint32_t watermark_boost; /* added to all of them for a while */
	uint32_t nr_reserved_highatomic; /* of pageblocks kept for atomic
	                                  * requests                       */
	uint32_t lowmem_reserve[MAX_NR_ZONES]; /* denied to requests that may
	                                        * use a higher zone          */
	uint32_t nr_free_pages; /* in the buddy, not on CPU lists */
	struct free_area free_area[MAX_ORDER];
	uint8_t *pageblock; /* enum migratetype of each; NULL: one kind only */
	struct per_cpu_pages pcp[MAX_CPUS];
	uint64_t nr_alloc, nr_free;  /* pages to and from users since boot */
	/* where requests were served, if there are several nodes: zone_statistics() */
	uint64_t numa_events[NR_NUMA_EVENTS];
	uint64_t nr_split, nr_merge; /* halvings and joinings of blocks    */
	struct spinlock lock; /* before free_area; nobody holds it at rest */
};

/* An entry of a zonelist: a zone, and its type at hand. */
struct zoneref {
	struct zone *zone; /* NULL, with ZONE_DMA: the list ends */
	enum zone_type zone_idx;
};

/* Zones in the order in which they are tried. */
struct zonelist {
	struct zoneref zonerefs[MAX_ZONES + 1];
};

enum {
	ZONELIST_FALLBACK,   /* all nodes, the nearest first               */
	ZONELIST_NOFALLBACK, /* this node alone: __GFP_THISNODE            */
	MAX_ZONELISTS
};

/*
 * A node: memory that is equally near to some of the CPUs.
 *
 * Law: its zones span what it spans, without overlap; what they have present
 *      is what it has present.
 */
struct pglist_data {
	uint32_t node_id;
	pfn_t range_start, range_end; /* frames that would be its own  */
	pfn_t node_start_pfn; /* of those with memory, the first       */
	uint32_t node_spanned_pages, node_present_pages;
	pfn_t zone_movable_pfn; /* where Movable begins; 0: there is none */
	pfn_t mem_map_pfn;      /* its part of mem_map; PFN_NONE        */
	uint32_t nr_mem_map_pages;
	uint32_t nr_zones; /* up to the highest that has memory, of those that the
	                    * kernel knows: 3 with HighMem, 2 without       */
	struct zone node_zones[MAX_NR_ZONES];
	struct zonelist node_zonelists[MAX_ZONELISTS];
	/* what kswapd of the node is asked for, until it sleeps again:
	 * kswapd.c */
	enum zone_type kswapd_highest_zoneidx; /* MAX_NR_ZONES: nothing */
	uint32_t kswapd_order;
	uint64_t nr_kswapd_wakeups; /* since boot */
};

static inline pfn_t node_end_pfn(const struct pglist_data *n)
{
	return n->node_start_pfn + n->node_spanned_pages;
}

/* Populated zones by address: the way from a frame to its zone. */
struct zone_span {
	pfn_t start;
	struct zone *zone;
};

/* "DMA" ...: by type, NULL ends them. */
extern const char *const zone_names[MAX_NR_ZONES + 1];

/*
 * What an administrator may write in /proc/sys/vm about zones.  Machines begin
 * with vm_sysctl_init's; vm_sysctl.c changes them.
 */
struct vm_sysctl {
	uint32_t min_free_kbytes;      /* shared out as the min marks      */
	int64_t user_min_free_kbytes;  /* as it was written; -1: never     */
	uint32_t watermark_scale_factor; /* between marks at least, in
	                                  * 1/10000 of the zone            */
	uint32_t watermark_boost_factor; /* most, in 1/10000 of the high
	                                  * mark; 0: none                  */
	uint32_t lowmem_reserve_ratio[MAX_NR_ZONES]; /* one page is kept for
	                                              * so many above; 0: none */
	uint32_t percpu_pagelist_high_fraction; /* pcp high: zone / it; 0: the
	                                         * low mark                 */
};

/*
 * Set min_free_kbytes, watermarks, reserves, pcp sizes and zonelists, in this
 * order, from managed pages (REFERENCE 2.2, 2.3, 2.4, 4.2, 1.5).
 */
void calculate_min_free_kbytes(struct machine *m);
void setup_per_zone_wmarks(struct machine *m);
void setup_per_zone_lowmem_reserve(struct machine *m);
void setup_zone_pagesets(struct machine *m);
/* All four, as boot does: 6.1 init_per_zone_wmark_min(). */
void init_per_zone_wmark_min(struct machine *m);
void build_zonelists(struct machine *m);

/* An empty zone: its name, if the kernel has it, and its lists. */
void zone_init(struct machine *m, uint32_t id);

/* ---- vm_sysctl.c: what is written to /proc/sys/vm ---- */

/* As a kernel begins. */
void vm_sysctl_init(struct machine *m);
/*
 * A value is written: 0, or -SIM_EINVAL where the file takes it not.  Marks,
 * reserves and the limits of CPUs' lists follow, from what is managed now.
 */
int write_min_free_kbytes(struct machine *m, uint32_t kbytes);
int write_watermark_scale_factor(struct machine *m, uint32_t factor);
int write_lowmem_reserve_ratio(struct machine *m,
			       const uint32_t ratio[MAX_NR_ZONES]);
int write_percpu_pagelist_high_fraction(struct machine *m, uint32_t fraction);
/* What the configuration asks for, when boot is over. */
void vm_sysctl_apply(struct machine *m);
enum {
	MIN_FREE_KBYTES_MOST = 262144,
	WATERMARK_SCALE_FACTOR_MOST = 3000,
	/* 6.1 MIN_PERCPU_PAGELIST_HIGH_FRACTION: no CPU takes more */
	HIGH_FRACTION_LEAST = 8,
};

/* ---- node.c ---- */

/* Nodes without memory, and their empty zones. */
void nodes_init(struct machine *m, uint32_t nr_nodes);
/* Cut the frames below end into as many ranges. */
void nodes_set_ranges(struct machine *m, pfn_t end);
/* 10 to itself, 20 twice as far.  Firmware's SLIT. */
uint32_t node_distance(const struct machine *m, uint32_t from, uint32_t to);
uint32_t node_nr_cpus(const struct machine *m, uint32_t node);
/* The node whose range holds the frame. */
uint32_t pfn_to_nid(const struct machine *m, pfn_t pfn);

/* kswapd.c: wake those of all nodes from an entry of a zonelist on. */
void wake_all_kswapds(struct machine *m, const struct zoneref *first,
		      unsigned order, enum zone_type highest);

/* movable.c: where Movable begins in each node; usable_start: the first frame
 * of the zone that it is cut from. */
struct memblock;
void find_zone_movable_pfns(struct machine *m, const struct memblock *b,
			    pfn_t usable_start);

/* ---- zone.c ---- */

/* Zones have got their ranges: page_zone may be asked. */
void zones_set_spans(struct machine *m);

/* Pages below high memory that are above the high marks. */
uint32_t nr_free_buffer_pages(const struct machine *m);

/* Sum of managed pages: MemTotal in pages, the limit of overcommit mode 0. */
uint32_t totalram_pages(const struct machine *m);

/* End of the RAM that the kernel sees: firmware keeps the last part. */
struct machine_config;
pfn_t boot_ram_end(const struct machine_config *c);
/* Pages of RAM that it has addresses for, firmware's part counted; and where the
 * page of this number lies, which the hole for devices may have moved. */
pfn_t boot_ram_pages(const struct machine_config *c);
pfn_t boot_ram_pfn(const struct machine_config *c, pfn_t page);

/* Make zones and mem_map and hand free memory to the buddy (boot.c). */
void boot_memory(struct machine *m);
/* Two steps of it.  Nodes have their ranges: their zones, where there is memory;
 * mem_map says what is free: that goes to the zones' lists. */
void free_area_init(struct machine *m, const struct memblock *b);
void memblock_free_all(struct machine *m, const struct memblock *b);
/* Marks, reserves, limits of CPUs' lists and zonelists from what is managed. */
void boot_set_limits(struct machine *m);

/* Does the zone's range cover pfn? */
static inline bool zone_spans_pfn(const struct zone *z, pfn_t pfn)
{
	return pfn - z->start_pfn < z->spanned_pages;
}

/* Is there memory in it? */
static inline bool populated_zone(const struct zone *z)
{
	return z->present_pages > 0;
}

/* Does it count as high memory?  Movable does where it is cut from HighMem. */
bool is_highmem(const struct machine *m, const struct zone *z);

/* The first zone of this id or a higher one that the kernel has; NULL. */
struct zone *next_zone(const struct machine *m, uint32_t id);
/* The same, but not one without memory. */
struct zone *next_populated_zone(const struct machine *m, uint32_t id);

/* All zones of all nodes. */
#define for_each_zone(m, z)                                                 \
	for ((z) = next_zone(m, 0); (z); (z) = next_zone(m, (z)->id + 1u))
#define for_each_populated_zone(m, z)                                       \
	for ((z) = next_populated_zone(m, 0); (z);                          \
	     (z) = next_populated_zone(m, (z)->id + 1u))

/* The zone that holds pfn; NULL if none does.  page_zone: machine.h. */
const struct zone *page_zone_const(const struct machine *m, pfn_t pfn);

#endif
