/*
 * Laws of the C library's heaps: the row of chunks, and its lists.
 *
 * Every chunk is found by its address; in the row none overlaps the next, no
 * two free ones touch, and none that is free touches top.  Every chunk that
 * says it waits on a list is on one, and the counts add up.  A bin holds
 * chunks of its sizes, a large one sorts them.
 */
#include "check.h"
#include "heap.h"

/* c and the chunk after it in the row. */
static bool check_pair(const struct malloc_state *h, const struct chunk *c)
{
	const struct chunk *above = chunk_above(c);

	if (!LAW(!c->next || c->start + c->bytes <= c->next->start,
		 "chunk %x overlaps the next", c->start))
		return false;
	if (!above)
		return true;
	return LAW(!is_binned(c) || !(is_binned(above) || above->is_top),
		   "chunk %x is free and has not merged", c->start) &&
	       LAW(c->place == CHUNK_FENCE || c->bytes % h->alignment == 0,
		   "chunk %x has %l bytes", c->start, c->bytes);
}

/* The row: its chunks, and how many of them should be on a list. */
static bool check_row(const struct malloc_state *h, uint32_t *nr,
		      uint32_t *listed)
{
	for (const struct chunk *c = h->first; c; c = c->next) {
		if (!LAW(chunk_find(h, c->start) == c, "chunk %x is not found",
			 c->start) ||
		    !LAW(c->is_top == (c == h->top) &&
				 c->is_top == (c->place == CHUNK_TOP),
			 "chunk %x: which one is top?", c->start) ||
		    !check_pair(h, c))
			return false;
		*nr += 1;
		*listed += c->place == CHUNK_TCACHE ||
			   c->place == CHUNK_FASTBIN || is_binned(c);
	}
	return true;
}

/* A list whose chunks are all in one place; bytes 0: of any size. */
static bool check_list(const struct chunk *c, enum chunk_place place,
		       uint64_t bytes, uint32_t *nr)
{
	for (; c; c = c->next_free) {
		if (!LAW(c->place == place && !c->in_use &&
				 (!bytes || c->bytes == bytes),
			 "chunk %x of %l bytes is on the wrong list", c->start,
			 c->bytes))
			return false;
		*nr += 1;
	}
	return true;
}

/* A bin but the unsorted one: sizes, and their order. */
static bool check_sizes(const struct malloc_state *h, const struct chunk *c,
			uint32_t i)
{
	const struct chunk *next = c->next_free;

	return LAW(bin_index(h, c->bytes) == i,
		   "chunk %x of %u bytes is in bin %u", c->start, c->bytes,
		   i) &&
	       LAW(!next || next->bytes <= c->bytes, "bin %u is not sorted", i);
}

static bool check_bin(const struct malloc_state *h, uint32_t i, uint32_t *nr)
{
	const struct chunk *c, *last = NULL;

	for (c = h->bins[i].first; c; last = c, c = c->next_free) {
		if (!LAW(c->prev_free == last && c->bin == i,
			 "chunk %x is linked wrongly in bin %u", c->start, i))
			return false;
		if (!is_unsorted(c) && !check_sizes(h, c, i))
			return false;
	}
	return LAW(h->bins[i].last == last, "bin %u has another end", i) &&
	       check_list(h->bins[i].first, CHUNK_BIN, 0, nr);
}

static bool check_lists(const struct malloc_state *h, uint32_t listed)
{
	uint32_t nr = 0;

	for (uint32_t i = 0; i < TCACHE_BINS; i++) {
		uint32_t before = nr;

		if (!check_list(h->tcache[i], CHUNK_TCACHE,
				chunk_minsize(h) + i * h->alignment, &nr) ||
		    !LAW(nr - before == h->tcache_count[i],
			 "the tcache counts %u chunks of a size, but has %u",
			 h->tcache_count[i], nr - before))
			return false;
	}
	for (uint32_t i = 0; i < FASTBINS_MAX; i++)
		if (!check_list(h->fastbin[i], CHUNK_FASTBIN,
				chunk_minsize(h) + i * h->alignment, &nr))
			return false;
	for (uint32_t i = 0; h->bins && i < NR_BINS; i++)
		if (!check_bin(h, i, &nr))
			return false;
	return LAW(nr == listed, "%u free chunks, but %u on lists", listed, nr);
}

bool check_heap(const struct malloc_state *h)
{
	uint32_t nr = 0, listed = 0;

	if (!check_row(h, &nr, &listed))
		return false;
	for (const struct chunk *c = h->mmapped; c; c = c->next, nr++)
		if (!LAW(c->mmapped && c->in_use &&
				 (c->start + c->bytes) % PAGE_SIZE == 0,
			 "mapping of chunk %x has %l bytes", c->start,
			 c->bytes))
			return false;
	return LAW(nr == h->nr_chunks, "a heap counts %u chunks, but has %u",
		   h->nr_chunks, nr) &&
	       check_lists(h, listed);
}
