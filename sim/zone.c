/*
 * Zones: how much each of them keeps for itself.
 *
 * Three numbers rule who may take a frame from a zone:
 *
 *	min    below it only those may take who cannot wait
 *	low    at or below it kswapd is due
 *	high   kswapd's goal
 *
 * They grow with the square root of memory (min_free_kbytes), because a larger
 * machine needs more in reserve, but not in proportion:
 *
 *	lowmem   16M  64M  256M  512M  896M
 *	kB       512 1024  2048  2896  3831
 *
 * min_free_kbytes is shared out by the zones' sizes.  With 896M of lowmem it
 * is 957 pages: DMA 17, Normal 939, and low and high a quarter of that apart.
 *
 * lowmem_reserve keeps a zone's pages from requests that could have used a
 * higher zone: Normal of a 1G machine holds 32768 / 32 = 1024 pages back from
 * GFP_HIGHUSER, and nothing from GFP_KERNEL.
 *
 * Source: 6.1 mm/page_alloc.c; REFERENCE 1.5, 2.2 to 2.4, 4.2.
 */
#include "zone.h"
#include "page_list.h"

enum { MIN_FREE_KBYTES_LEAST = 128 };

const char *const zone_names[MAX_NR_ZONES + 1] = {
	[ZONE_DMA] = "DMA",         [ZONE_DMA32] = "DMA32",
	[ZONE_NORMAL] = "Normal",   [ZONE_HIGHMEM] = "HighMem",
	[ZONE_MOVABLE] = "Movable", [ZONE_DEVICE] = "Device",
};

static uint64_t clamp(uint64_t n, uint64_t least, uint64_t most)
{
	return n < least ? least : n > most ? most : n;
}

/* Floor of the square root, bit by bit from above. */
static uint32_t int_sqrt(uint64_t n)
{
	uint64_t root = 0;

	for (uint64_t bit = 1u << 31; bit; bit >>= 1)
		if ((root | bit) * (root | bit) <= n)
			root |= bit;
	return (uint32_t)root;
}

bool is_highmem(const struct machine *m, const struct zone *z)
{
	return z->type == ZONE_HIGHMEM ||
	       (z->type == ZONE_MOVABLE && m->movable_zone == ZONE_HIGHMEM);
}

/* ---- all zones of a machine ---- */

static void zone_init_lists(struct zone *z)
{
	for (unsigned k = 0; k < MAX_ORDER; k++)
		for (unsigned t = 0; t < MIGRATE_TYPES; t++)
			page_list_init(&z->free_area[k].free_list[t]);
	for (unsigned cpu = 0; cpu < MAX_CPUS; cpu++)
		for (unsigned k = 0; k < PCP_ORDERS; k++)
			for (unsigned t = 0; t < MIGRATE_PCPTYPES; t++)
				page_list_init(&z->pcp[cpu].list[k][t]);
}

void zone_init(struct machine *m, uint32_t id)
{
	struct zone *z = zone_by_id(m, id);

	z->type = (enum zone_type)(id % MAX_NR_ZONES);
	z->node = (uint8_t)(id / MAX_NR_ZONES);
	z->id = (uint8_t)id;
	if (!(m->profile->zones >> z->type & 1))
		return;
	z->name = zone_names[z->type];
	zone_init_lists(z);
}

struct zone *next_zone(const struct machine *m, uint32_t id)
{
	for (; id < m->nr_nodes * MAX_NR_ZONES; id++)
		if (zone_by_id(m, id)->name)
			return zone_by_id(m, id);
	return NULL;
}

struct zone *next_populated_zone(const struct machine *m, uint32_t id)
{
	struct zone *z = next_zone(m, id);

	while (z && !populated_zone(z))
		z = next_zone(m, z->id + 1u);
	return z;
}

/* Few, and sorted by the hand of whoever adds one. */
static void add_zone_span(struct machine *m, struct zone *z)
{
	uint32_t i = m->nr_zone_spans++;

	for (; i > 0 && m->zone_span[i - 1].start > z->start_pfn; i--)
		m->zone_span[i] = m->zone_span[i - 1];
	m->zone_span[i] = (struct zone_span){z->start_pfn, z};
}

void zones_set_spans(struct machine *m)
{
	struct zone *z;

	m->nr_zone_spans = 0;
	for_each_populated_zone(m, z)
		add_zone_span(m, z);
}

const struct zone *page_zone_const(const struct machine *m, pfn_t pfn)
{
	return page_zone((struct machine *)(uintptr_t)m, pfn);
}

uint32_t totalram_pages(const struct machine *m)
{
	const struct zone *z;
	uint32_t sum = 0;

	for_each_zone(m, z)
		sum += z->managed_pages;
	return sum;
}

/* ---- marks and reserves ---- */

/* Pages that GFP_USER could take before high marks stop it; at first none
 * are set. */
uint32_t nr_free_buffer_pages(const struct machine *m)
{
	const struct zone *z;
	uint32_t sum = 0;

	for_each_zone(m, z) {
		uint32_t high = z->watermark[WMARK_HIGH] + z->watermark_boost;

		if (z->type <= ZONE_NORMAL && z->managed_pages > high)
			sum += z->managed_pages - high;
	}
	return sum;
}

void calculate_min_free_kbytes(struct machine *m)
{
	uint64_t lowmem_kbytes =
		(uint64_t)nr_free_buffer_pages(m) * (PAGE_SIZE / 1024);
	uint32_t kbytes = int_sqrt(lowmem_kbytes * 16);

	/* what was written by hand stays, unless it is too little */
	if ((int64_t)kbytes > m->vm.user_min_free_kbytes)
		m->vm.min_free_kbytes = (uint32_t)clamp(
			kbytes, MIN_FREE_KBYTES_LEAST, MIN_FREE_KBYTES_MOST);
}

/* What each zone keeps from those who could have used a higher one, with its
 * high mark; at most all it has.  6.1 calculate_totalreserve_pages(). */
static void calculate_totalreserve_pages(struct machine *m)
{
	const struct zone *z;

	m->totalreserve_pages = 0;
	for_each_zone(m, z) {
		uint32_t keep = 0;

		for (unsigned j = z->type; j < MAX_NR_ZONES; j++)
			if (z->lowmem_reserve[j] > keep)
				keep = z->lowmem_reserve[j];
		keep += z->watermark[WMARK_HIGH] + z->watermark_boost;
		m->totalreserve_pages +=
			keep < z->managed_pages ? keep : z->managed_pages;
	}
}

/* One zone's marks. share: its part of the pages to be kept free. */
static void set_wmarks(const struct machine *m, struct zone *z, uint64_t share)
{
	uint64_t min = share, gap;

	if (is_highmem(m, z))
		min = clamp(z->managed_pages / 1024, 32, 128);
	gap = (uint64_t)z->managed_pages * m->vm.watermark_scale_factor / 10000;
	if (gap < share / 4)
		gap = share / 4;
	z->watermark_boost = 0;
	z->watermark[WMARK_MIN] = (uint32_t)min;
	z->watermark[WMARK_LOW] = (uint32_t)(min + gap);
	z->watermark[WMARK_HIGH] = (uint32_t)(min + 2 * gap);
}

/* 6.1 setup_per_zone_wmarks(): the limits of CPUs' lists follow. */
void setup_per_zone_wmarks(struct machine *m)
{
	uint64_t pages_min = m->vm.min_free_kbytes / (PAGE_SIZE / 1024);
	uint64_t lowmem = 0;
	struct zone *z;

	for_each_zone(m, z)
		lowmem += is_highmem(m, z) ? 0 : z->managed_pages;
	if (lowmem == 0)
		lowmem = 1;
	for_each_zone(m, z)
		set_wmarks(m, z, pages_min * z->managed_pages / lowmem);
	calculate_totalreserve_pages(m);
	setup_zone_pagesets(m);
}

/* What z keeps for itself from requests that could have used a higher zone of
 * its node. */
static void set_reserve(struct machine *m, struct zone *z)
{
	const struct zone *zones = m->node[z->node].node_zones;
	uint32_t ratio = m->vm.lowmem_reserve_ratio[z->type];
	bool none = !ratio || !z->managed_pages;
	uint32_t above = 0;

	for (unsigned j = 0; j < MAX_NR_ZONES; j++) {
		if (j > z->type)
			above += zones[j].managed_pages;
		z->lowmem_reserve[j] = none ? 0 : above / ratio;
	}
}

/* 6.1 setup_per_zone_lowmem_reserve(): /proc/zoneinfo's "protection". */
void setup_per_zone_lowmem_reserve(struct machine *m)
{
	struct zone *z;

	for_each_zone(m, z)
		set_reserve(m, z);
	calculate_totalreserve_pages(m);
}

/*
 * Pages that a CPU fetches at once: a quarter of a thousandth of the zone,
 * rounded to a power of two less one (so that frames do not come in step with
 * cache colours).  3840 -> 1, 37858 -> 7, 213677 -> 63.  6.1 zone_batchsize().
 */
static uint32_t zone_batchsize(const struct zone *z)
{
	uint32_t batch = (uint32_t)clamp(z->managed_pages / 1024, 0, 256) / 4;
	uint32_t power = 1;

	if (batch < 1)
		batch = 1;
	while (power * 2 <= batch + batch / 2)
		power *= 2;
	return power > 2 ? power - 1 : 1;
}

/*
 * Pages from which on a CPU gives some back: all CPUs of the node together hold
 * as many as the low mark, or a fraction of the zone that was asked for; but
 * each CPU at least four batches.  1155 for one CPU are 577 for two.  6.1
 * zone_highsize().
 */
static uint32_t zone_highsize(const struct machine *m, const struct zone *z,
			      uint32_t batch)
{
	uint32_t fraction = m->vm.percpu_pagelist_high_fraction;
	uint32_t pages = fraction
				 ? z->managed_pages / fraction
				 : z->watermark[WMARK_LOW] + z->watermark_boost;
	uint32_t cpus = node_nr_cpus(m, z->node);
	uint32_t high = pages / (cpus ? cpus : m->config.cpus);

	return high < 4 * batch ? 4 * batch : high;
}

void setup_zone_pagesets(struct machine *m)
{
	struct zone *z;

	for_each_zone(m, z) {
		uint32_t batch = zone_batchsize(z);

		if (!z->managed_pages)
			continue;
		for (unsigned cpu = 0; cpu < m->config.cpus; cpu++) {
			z->pcp[cpu].batch = batch;
			z->pcp[cpu].high = zone_highsize(m, z, batch);
		}
	}
}

void init_per_zone_wmark_min(struct machine *m)
{
	calculate_min_free_kbytes(m);
	setup_per_zone_wmarks(m);
	setup_per_zone_lowmem_reserve(m);
}
