/*
 * Small machines for the tests of frames: zones of our own making, without a
 * kernel in them, so that each list can be written down.
 */
#ifndef TESTS_FRAMES_H
#define TESTS_FRAMES_H

#include "sim/machine.h"
#include "sim/page_alloc.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

static struct trace test_trace;

/* A machine of nr_frames frames and no zone. */
static inline struct machine *bare_machine(uint32_t nr_frames)
{
	struct arena *a = arena_create((size_t)256 << 20);
	struct machine *m = arena_alloc(a, sizeof(*m));

	m->arena = a;
	m->trace = &test_trace;
	m->profile = profile_find("i386");
	machine_config_default(&m->config);
	m->mem_map = arena_alloc(a, nr_frames * sizeof(struct page));
	for (pfn_t i = 0; i < nr_frames; i++)
		m->mem_map[i].use = FRAME_HOLE;
	m->max_pfn = m->max_low_pfn = nr_frames;
	for (unsigned i = 0; i < MAX_NR_ZONES; i++) {
		struct zone *z = &m->node.node_zones[i];

		z->name = i == ZONE_DMA ? "DMA" : i == ZONE_NORMAL ? "Normal" : "HighMem";
		z->type = (enum zone_type)i;
		zone_init_lists(z);
	}
	return m;
}

/* A zone whose frames are all reserved at first. Per-CPU lists hold nothing. */
static inline struct zone *add_zone(struct machine *m, enum zone_type type, pfn_t start,
				    uint32_t nr_frames)
{
	struct zone *z = &m->node.node_zones[type];

	z->start_pfn = start;
	z->spanned_pages = z->present_pages = nr_frames;
	for (pfn_t i = start; i < start + nr_frames; i++)
		m->mem_map[i].use = FRAME_RESERVED;
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

/* One zone, NORMAL, of frames 0 .. 2^order - 1: one free block. */
static inline struct machine *one_block(unsigned order)
{
	struct machine *m = bare_machine(1u << order);

	add_block(m, add_zone(m, ZONE_NORMAL, 0, 1u << order), 0, order);
	build_zonelists(m);
	return m;
}

/* The lists of a zone as "o0[3,1] o3[8]", head first, empty ones left out. */
static inline const char *free_lists(const struct machine *m, const struct zone *z)
{
	static char text[4096];
	size_t at = 0;

	text[0] = '\0';
	for (unsigned k = 0; k < MAX_ORDER; k++) {
		pfn_t pfn = z->free_area[k].free_list.head;

		if (pfn == PFN_NONE)
			continue;
		at += (size_t)sprintf(text + at, "%so%u[", at ? " " : "", k);
		for (; pfn != PFN_NONE; pfn = m->mem_map[pfn].next)
			at += (size_t)sprintf(text + at, "%u,", pfn);
		text[at - 1] = ']';
	}
	return text;
}

#define ck_lists(m, z, want) ck_assert_str_eq(free_lists(m, z), want)
#define ck_laws(m)                                                                                 \
	do {                                                                                       \
		const char *broken_ = machine_check(m);                                            \
		ck_assert_msg(broken_ == NULL, "%s", broken_);                                     \
	} while (0)

#endif
