/*
 * Small machines for the tests of frames: zones of our own making, without a
 * kernel in them, so that each list can be written down.
 */
#ifndef TESTS_BARE_H
#define TESTS_BARE_H

#include "sim/machine.h"
#include "sim/page_alloc.h"

static struct trace test_trace;

/* A machine of nr_frames frames and no zone. */
static inline struct machine *bare_machine_like(const char *profile, uint32_t nr_frames)
{
	struct arena *a = arena_create((size_t)256 << 20);
	struct machine *m = arena_alloc(a, sizeof(*m));

	m->arena = a;
	m->trace = &test_trace;
	m->profile = profile_find(profile);
	machine_config_default(&m->config);
	m->mem_map = arena_alloc(a, nr_frames * sizeof(struct page));
	for (pfn_t i = 0; i < nr_frames; i++)
		m->mem_map[i].use = FRAME_HOLE;
	m->max_pfn = m->max_low_pfn = nr_frames;
	vm_sysctl_init(m);
	nodes_init(m, 1);
	return m;
}

static inline struct machine *bare_machine(uint32_t nr_frames)
{
	return bare_machine_like("i386", nr_frames);
}

/* What its zones have present is what it has. */
static inline void node_sum(struct pglist_data *n)
{
	n->node_present_pages = 0;
	for (unsigned i = 0; i < MAX_NR_ZONES; i++)
		n->node_present_pages += n->node_zones[i].present_pages;
}

/* A zone whose frames are all reserved at first. Per-CPU lists hold nothing. */
static inline struct zone *add_zone(struct machine *m, enum zone_type type, pfn_t start,
				    uint32_t nr_frames)
{
	struct pglist_data *n = &m->node[0];
	struct zone *z = &n->node_zones[type];
	pfn_t end = start + nr_frames > node_end_pfn(n) ? start + nr_frames : node_end_pfn(n);

	z->start_pfn = start;
	z->spanned_pages = z->present_pages = nr_frames;
	for (pfn_t i = start; i < start + nr_frames; i++)
		m->mem_map[i].use = FRAME_RESERVED;
	if (!n->node_present_pages || start < n->node_start_pfn)
		n->node_start_pfn = start;
	n->node_spanned_pages = end - n->node_start_pfn;
	node_sum(n);
	zone_init_pageblocks(m, z, NULL);
	zones_set_spans(m);
	z->pcp[0].batch = 1;
	return z;
}

/* A free block, at the tail of its list. */
static inline void add_block(struct machine *m, struct zone *z, pfn_t pfn, unsigned order)
{
	for (pfn_t i = pfn; i < pfn + (1u << order); i++)
		m->mem_map[i].use = FRAME_FREE;
	z->managed_pages += 1u << order;
	buddy_add_boot_block(m, z, pfn, order, PLACE_TAIL);
}

#endif
