/*
 * Memblock: memory before there is an allocator.
 */
#ifndef SIM_MEMBLOCK_H
#define SIM_MEMBLOCK_H

#include "types.h"

struct pfn_range {
	pfn_t start, end;
};

enum { MEMBLOCK_RANGES = 128 }; /* 6.1 INIT_MEMBLOCK_REGIONS */

struct pfn_ranges {
	struct pfn_range range[MEMBLOCK_RANGES]; /* disjoint, in any order */
	unsigned nr;
};

/* Law: nothing of a hole is reserved. */
struct memblock {
	pfn_t end;                  /* first frame behind all memory   */
	struct pfn_ranges hole;     /* frames without memory below end */
	struct pfn_ranges reserved; /* memory that is in use           */
};

/* There is no memory in [start, end); an empty range is nothing. */
void memblock_remove(struct memblock *b, pfn_t start, pfn_t end);
/* [start, end) is in use. */
void memblock_reserve(struct memblock *b, pfn_t start, pfn_t end);

/*
 * Find and reserve nr_pages side by side in [low, high), as high or as low as
 * possible, from a multiple of align (a power of two) on.  PFN_NONE: there is no
 * such place.
 */
pfn_t memblock_alloc(struct memblock *b, uint32_t nr_pages, uint32_t align,
		     pfn_t low, pfn_t high, bool top_down);

/* The next stretch of memory, or of free memory, of [*end, limit) into *start
 * and *end; false, and both limit: there is none. */
bool memblock_next_memory(const struct memblock *b, pfn_t *start, pfn_t *end,
			  pfn_t limit);
bool memblock_next_free(const struct memblock *b, pfn_t *start, pfn_t *end,
			pfn_t limit);

/* Frames of [start, end) that have memory. */
uint32_t memblock_present(const struct memblock *b, pfn_t start, pfn_t end);

#endif
