/*
 * Memblock: memory before there is an allocator.
 *
 * Firmware tells where memory is.  Until zones and free lists exist, boot keeps
 * two lists of ranges: where there is none (holes), and what of the rest is in
 * use already (the image, mem_map):
 *
 *	frame   0     1  256      1280    1408            16384   end
 *	hole                                                      |
 *	in use  [BIOS ]  [ image ][mem_map]
 *	free           ..                  ...............
 *
 * What is neither in a hole nor in use is handed to the buddy at the end.
 *
 * Source: 6.1 mm/memblock.c.  Simpler than Linux: it lists holes where Linux
 * lists memory.
 */
#include "memblock.h"

static void add(struct pfn_ranges *l, pfn_t start, pfn_t end)
{
	if (start >= end)
		return;
	BUG_ON(l->nr == MEMBLOCK_RANGES);
	l->range[l->nr++] = (struct pfn_range){start, end};
}

void memblock_remove(struct memblock *b, pfn_t start, pfn_t end)
{
	add(&b->hole, start, end);
}

void memblock_reserve(struct memblock *b, pfn_t start, pfn_t end)
{
	add(&b->reserved, start, end);
}

/* The range that shares a frame with [start, end); NULL. */
static const struct pfn_range *overlap(const struct pfn_ranges *l, pfn_t start,
				       pfn_t end)
{
	for (unsigned i = 0; i < l->nr; i++)
		if (l->range[i].start < end && l->range[i].end > start)
			return &l->range[i];
	return NULL;
}

/* A hole or something in use that is in the way; NULL. */
static const struct pfn_range *in_the_way(const struct memblock *b, pfn_t start,
					  pfn_t end)
{
	const struct pfn_range *r = overlap(&b->hole, start, end);

	return r ? r : overlap(&b->reserved, start, end);
}

pfn_t memblock_alloc(struct memblock *b, uint32_t nr_pages, uint32_t align,
		     pfn_t low, pfn_t high, bool top_down)
{
	pfn_t mask = ~(pfn_t)(align - 1), up = align - 1;
	const struct pfn_range *r;
	pfn_t at;

	low = (low + up) & mask;
	if (high < low || high - low < nr_pages)
		return PFN_NONE;
	at = top_down ? (high - nr_pages) & mask : low;
	while ((r = in_the_way(b, at, at + nr_pages))) {
		if (top_down ? r->start < low + nr_pages
			     : ((r->end + up) & mask) + nr_pages > high)
			return PFN_NONE;
		at = top_down ? (r->start - nr_pages) & mask
			      : (r->end + up) & mask;
	}
	memblock_reserve(b, at, at + nr_pages);
	return at;
}

/* The first frame from pos on that is in none of the ranges. */
static pfn_t skip(const struct pfn_ranges *l, pfn_t pos)
{
	const struct pfn_range *r;

	while ((r = overlap(l, pos, pos + 1)))
		pos = r->end;
	return pos;
}

/* The first frame of [pos, limit) that is in one of them; else limit. */
static pfn_t next_start(const struct pfn_ranges *l, pfn_t pos, pfn_t limit)
{
	for (unsigned i = 0; i < l->nr; i++)
		if (l->range[i].start >= pos && l->range[i].start < limit)
			limit = l->range[i].start;
	return limit;
}

bool memblock_next_memory(const struct memblock *b, pfn_t *start, pfn_t *end,
			  pfn_t limit)
{
	*start = skip(&b->hole, *end);
	if (*start > limit)
		*start = limit;
	*end = next_start(&b->hole, *start, limit);
	return *start < *end;
}

bool memblock_next_free(const struct memblock *b, pfn_t *start, pfn_t *end,
			pfn_t limit)
{
	pfn_t before;

	*start = *end;
	do {
		before = *start;
		*start = skip(&b->reserved, skip(&b->hole, before));
	} while (*start != before);
	if (*start > limit)
		*start = limit;
	*end = next_start(&b->reserved, *start,
			  next_start(&b->hole, *start, limit));
	return *start < *end;
}

uint32_t memblock_present(const struct memblock *b, pfn_t start, pfn_t end)
{
	uint32_t present = 0;
	pfn_t limit = end;

	for (end = start; memblock_next_memory(b, &start, &end, limit);)
		present += end - start;
	return present;
}
