/*
 * mmviz-buddyboot: from the ranges of memblock to the free lists of all zones.
 *
 *	kernel 6.1.192 i386 non-PAE UP SLAB cpus=1
 *	memory 0x1000-0x9f000               bytes; there is no memory elsewhere
 *	reserved 0x3e48200-0x3e48704        in use: frames that are touched are not free
 *	zone DMA start=1 spanned=4095 present=3998 managed=3840
 *	state after-memblock-free-all       lists, CPU's lists, marks, pageblocks, counts: see replay_buddy.c
 *	...
 *	endstate
 *
 * Given are the kernel and the ranges; our boot cuts zones out of the memory and hands over what is free.
 */
#include "sim/memblock.h"
#include "tests/bare.h"
#include "tests/booted.h"
#include "tests/replay_zones.h"

#include <stdlib.h>
#include <string.h>

struct boot {
	struct replay *r;
	struct mm_profile profile;
	struct memblock memory; /* holes and what is in use    */
	pfn_t end;              /* of the memory so far        */
	struct machine *m;
	struct zone *z; /* whose state comes next      */
};

/* "0x1000-0x9f000" in frames: whole ones alone, or all that are touched. */
static bool read_range(struct boot *b, const char *text, bool whole, pfn_t *start, pfn_t *end)
{
	unsigned long long from, to;
	unsigned up = PAGE_SIZE - 1;

	if (sscanf(text, "%llx-%llx", &from, &to) != 2 || from > to) {
		replay_differ(b->r, "a range of bytes: 0xSTART-0xEND");
		return false;
	}
	*start = (pfn_t)((from + (whole ? up : 0)) >> PAGE_SHIFT);
	*end = (pfn_t)((to + (whole ? 0 : up)) >> PAGE_SHIFT);
	return true;
}

/* Between two ranges of memory there is none. */
static void add_memory(struct boot *b, const char *text)
{
	pfn_t start, end;

	if (!read_range(b, text, true, &start, &end) || start >= end)
		return;
	memblock_remove(&b->memory, b->end, start);
	b->memory.end = b->end = end;
}

static void add_reserved(struct boot *b, const char *text)
{
	pfn_t start, end;

	if (!read_range(b, text, false, &start, &end))
		return;
	if (b->memory.reserved.nr == MEMBLOCK_RANGES)
		replay_differ(b->r, "at most %d ranges", MEMBLOCK_RANGES);
	else
		memblock_reserve(&b->memory, start, end < b->end ? end : b->end);
}

/* Frames as boot finds them: in a hole, in use, or nothing yet. */
static void mark_frames(struct boot *b)
{
	pfn_t start, end = 0;

	while (memblock_next_memory(&b->memory, &start, &end, b->end))
		for (pfn_t pfn = start; pfn < end; pfn++)
			b->m->mem_map[pfn].use = FRAME_RESERVED;
	end = 0;
	while (memblock_next_free(&b->memory, &start, &end, b->end))
		for (pfn_t pfn = start; pfn < end; pfn++)
			b->m->mem_map[pfn].use = FRAME_FREE;
}

/* All ranges are known. */
static void hand_over(struct boot *b)
{
	struct machine *m = b->m = bare_machine_like(b->profile.name, (b->end + 1023) & ~1023u);
	pfn_t maxmem;

	m->profile = &b->profile;
	m->max_pfn = b->end;
	kernel_map_init(&m->map, &b->profile, 0);
	maxmem = (pfn_t)(m->map.maxmem >> PAGE_SHIFT);
	m->max_low_pfn = b->end < maxmem ? b->end : maxmem;
	nodes_set_ranges(m, b->end);
	mark_frames(b);
	free_area_init(m, &b->memory);
	memblock_free_all(m, &b->memory);
	build_zonelists(m);
}

/* "zone DMA start=1 ..." */
static void compare_zone(struct boot *b, const char *rest)
{
	enum zone_type type = zone_by_name(rest);
	char text[256];

	if (!b->m)
		hand_over(b);
	if (type == MAX_NR_ZONES || !b->m->node[0].node_zones[type].name) {
		replay_differ(b->r, "no zone of this name in this machine");
		return;
	}
	b->z = &b->m->node[0].node_zones[type];
	snprintf(text, sizeof(text), "zone %s start=%u spanned=%u present=%u managed=%u",
		 b->z->name, b->z->start_pfn, b->z->spanned_pages, b->z->present_pages,
		 b->z->managed_pages);
	replay_compare_words(b->r, text);
}

void replay_buddy_boot(struct replay *r)
{
	struct boot b = {.r = r};
	const char *rest;

	while (!r->differs && replay_line(r)) {
		if (replay_begins(r, "kernel", NULL))
			recorded_profile(&b.profile, r->line);
		else if (replay_begins(r, "memory", &rest) && !b.m)
			add_memory(&b, rest);
		else if (replay_begins(r, "reserved", &rest) && !b.m)
			add_reserved(&b, rest);
		else if (replay_begins(r, "zone", &rest) && b.profile.name && b.end)
			compare_zone(&b, rest);
		else if (replay_begins(r, "state", NULL) && b.z)
			replay_zone_state(r, b.m, b.z);
		else
			replay_differ(r, "a line of a hand-over");
	}
	if (!r->differs && b.m && machine_check(b.m))
		replay_differ(r, "a broken law: %s", machine_check(b.m));
	if (b.m)
		machine_destroy(b.m);
}
