/*
 * Chunks: the records of what the C library has cut its heap into.
 *
 * The heap is a row of chunks without gaps, each with a header of two words
 * that glibc keeps in the heap itself; the last one is top, the part not yet
 * used:
 *
 *	start_brk (i386: +8)                                           break
 *	| | tcache | in use | free | in use | in tcache | ...      top  |
 *
 *	chunk    start             start + 2 words          start + bytes
 *	         | prev_size size | user memory ...              | next chunk
 *	                                             may use its prev_size |
 *
 * Here the headers are records in the arena, and only the pages in which they
 * would lie are touched: the bytes of user pages are not modelled.  Records are
 * linked by address, and found by address through a hash, so that free takes
 * the same time in a heap of any size.
 *
 * Chunks with a mapping of their own are on a second list.
 */
#include <string.h>

#include "heap.h"
#include "machine.h"

/* ---- the hash ---- */

enum { FIRST_CAP = 16, START_UNIT = 8 };

static struct chunk **bucket(const struct malloc_state *h, vaddr_t start)
{
	uint32_t hash = (uint32_t)(start / START_UNIT) * 2654435769u;

	return &h->by_addr[hash >> (32 - __builtin_ctz(h->by_addr_cap))];
}

static size_t hash_bytes(uint32_t cap) { return cap * sizeof(struct chunk *); }

static void hash_add(struct malloc_state *h, struct chunk *c)
{
	struct chunk **b = bucket(h, c->start);

	c->next_hash = *b;
	*b = c;
}

static void hash_grow(struct machine *m, struct malloc_state *h)
{
	struct chunk **old = h->by_addr;
	uint32_t cap = h->by_addr_cap;

	h->by_addr_cap = cap ? cap * 2 : FIRST_CAP;
	h->by_addr = arena_alloc(m->arena, hash_bytes(h->by_addr_cap));
	for (uint32_t i = 0; i < cap; i++) {
		struct chunk *c = old[i], *next;

		for (; c; c = next) {
			next = c->next_hash;
			hash_add(h, c);
		}
	}
	arena_free(m->arena, old, hash_bytes(cap));
}

struct chunk *chunk_find(const struct malloc_state *h, vaddr_t start)
{
	struct chunk *c = NULL;

	if (h->by_addr_cap)
		c = *bucket(h, start);
	while (c && c->start != start)
		c = c->next_hash;
	return c;
}

/* ---- the row ---- */

/* The last heap chunk below start: new chunks are near the end of the row, or
 * follow a neighbour that is known. */
static struct chunk *last_below(const struct malloc_state *h, vaddr_t start)
{
	struct chunk *c = h->top ? h->top : h->first;

	while (c && c->next && c->next->start < start)
		c = c->next;
	while (c && c->start > start)
		c = c->prev;
	return c;
}

static void link_after(struct chunk **first, struct chunk *c,
		       struct chunk *after)
{
	c->prev = after;
	c->next = after ? after->next : *first;
	if (c->next)
		c->next->prev = c;
	if (after)
		after->next = c;
	else
		*first = c;
}

/* after: where in the row, for heap chunks. */
static struct chunk *record_new(struct machine *m, struct malloc_state *h,
				vaddr_t start, uint64_t bytes, bool mmapped,
				struct chunk *after)
{
	struct chunk *c = arena_alloc(m->arena, sizeof(*c));

	if (h->nr_chunks++ >= h->by_addr_cap)
		hash_grow(m, h);
	c->start = start;
	c->bytes = bytes;
	c->mmapped = mmapped;
	c->in_use = true;
	hash_add(h, c);
	link_after(mmapped ? &h->mmapped : &h->first, c, after);
	return c;
}

struct chunk *chunk_new(struct machine *m, struct malloc_state *h,
			vaddr_t start, uint64_t bytes, bool mmapped)
{
	return record_new(m, h, start, bytes, mmapped,
			  mmapped ? NULL : last_below(h, start));
}

void chunk_delete(struct machine *m, struct malloc_state *h, struct chunk *c)
{
	struct chunk **b = bucket(h, c->start);

	while (*b != c)
		b = &(*b)->next_hash;
	*b = c->next_hash;
	if (c->prev)
		c->prev->next = c->next;
	else if (c->mmapped)
		h->mmapped = c->next;
	else
		h->first = c->next;
	if (c->next)
		c->next->prev = c->prev;
	h->nr_chunks--;
	arena_free(m->arena, c, sizeof(*c));
}

struct chunk *chunk_above(const struct chunk *c)
{
	struct chunk *n = c->next;

	return n && n->start == c->start + c->bytes ? n : NULL;
}

struct chunk *chunk_below(const struct chunk *c)
{
	struct chunk *p = c->prev;

	return p && p->start + p->bytes == c->start ? p : NULL;
}

/* ---- places ---- */

/* Head of the list of a place, for chunks of bytes; NULL: it has no list. */
static struct chunk **list_of(struct malloc_state *h, enum chunk_place place,
			      uint64_t bytes)
{
	if (place == CHUNK_TCACHE)
		return &h->tcache[size_index(h, bytes)];
	if (place == CHUNK_FASTBIN)
		return &h->fastbin[size_index(h, bytes)];
	return NULL;
}

static void leave_list(struct malloc_state *h, struct chunk *c)
{
	struct bin *b = c->place == CHUNK_BIN ? &h->bins[c->bin] : NULL;
	struct chunk **list =
		b ? &b->first
		  : list_of(h, (enum chunk_place)c->place, c->bytes);

	if (!list)
		return;
	if (c->prev_free)
		c->prev_free->next_free = c->next_free;
	else
		*list = c->next_free;
	if (c->next_free)
		c->next_free->prev_free = c->prev_free;
	else if (b)
		b->last = c->prev_free;
	c->next_free = c->prev_free = NULL;
	if (c->place == CHUNK_TCACHE)
		h->tcache_count[size_index(h, c->bytes)]--;
}

void chunk_put(struct malloc_state *h, struct chunk *c, enum chunk_place to)
{
	struct chunk **list = list_of(h, to, c->bytes);

	leave_list(h, c);
	c->place = (uint8_t)to;
	c->is_top = to == CHUNK_TOP;
	c->in_use = to == CHUNK_USED;
	if (!c->in_use)
		c->name = 0;
	if (c->is_top)
		h->top = c;
	if (!list)
		return;
	c->next_free = *list;
	if (*list)
		(*list)->prev_free = c;
	*list = c;
	if (to == CHUNK_TCACHE)
		h->tcache_count[size_index(h, c->bytes)]++;
}

struct bin *chunk_bins(struct machine *m, struct malloc_state *h)
{
	if (!h->bins)
		h->bins = arena_alloc(m->arena, NR_BINS * sizeof(*h->bins));
	return h->bins;
}

void chunk_put_bin(struct malloc_state *h, struct chunk *c, uint32_t bin,
		   struct chunk *next)
{
	struct bin *b = &h->bins[bin];

	leave_list(h, c);
	c->place = CHUNK_BIN;
	c->bin = (uint8_t)bin;
	c->in_use = false;
	c->name = 0;
	c->next_free = next;
	c->prev_free = next ? next->prev_free : b->last;
	if (c->prev_free)
		c->prev_free->next_free = c;
	else
		b->first = c;
	if (next)
		next->prev_free = c;
	else
		b->last = c;
}

struct chunk *chunk_split(struct machine *m, struct malloc_state *h,
			  struct chunk *c, uint64_t bytes)
{
	struct chunk *rest;

	rest = record_new(m, h, c->start + bytes, c->bytes - bytes, false, c);
	c->bytes = bytes;
	if (c->is_top) {
		chunk_put(h, rest, CHUNK_TOP);
		chunk_put(h, c, CHUNK_USED);
	}
	return rest;
}

void chunk_absorb(struct machine *m, struct malloc_state *h, struct chunk *c,
		  struct chunk *above)
{
	bool top = above->is_top;

	leave_list(h, above);
	c->bytes += above->bytes;
	chunk_delete(m, h, above);
	if (top)
		chunk_put(h, c, CHUNK_TOP);
}

/* ---- whole heaps ---- */

/* The child's chunk for each of one list of free chunks, in the same order. */
static void copy_free_list(struct malloc_state *to, const struct chunk *list)
{
	const struct chunk *c = list;

	while (c && c->next_free)
		c = c->next_free;
	for (; c; c = c->prev_free)
		chunk_put(to, chunk_find(to, c->start),
			  (enum chunk_place)c->place);
}

static void copy_bins(struct machine *m, struct malloc_state *to,
		      const struct malloc_state *from)
{
	if (!from->bins)
		return;
	chunk_bins(m, to);
	for (uint32_t i = 0; i < NR_BINS; i++) {
		const struct chunk *c = from->bins[i].first;

		for (; c; c = c->next_free)
			chunk_put_bin(to, chunk_find(to, c->start), i, NULL);
	}
}

/* Records of one list, from its end on, so that the order is kept. */
static void copy_records(struct machine *m, struct malloc_state *to,
			 const struct chunk *first)
{
	struct chunk *after = NULL;

	for (const struct chunk *c = first; c; c = c->next) {
		struct chunk *n = record_new(m, to, c->start, c->bytes,
					     c->mmapped, after);

		n->in_use = c->in_use;
		n->name = c->name;
		if (c->place == CHUNK_TOP || c->place == CHUNK_FENCE)
			chunk_put(to, n, (enum chunk_place)c->place);
		after = n;
	}
}

void malloc_copy(struct machine *m, struct mm *to, const struct mm *from)
{
	const struct malloc_state *f = &from->heap;
	struct malloc_state *h = &to->heap;

	memset(h, 0, sizeof(*h));
	h->mmap_threshold = f->mmap_threshold;
	h->trim_threshold = f->trim_threshold;
	h->tcache_mem = f->tcache_mem;
	h->noncontiguous = f->noncontiguous;
	h->size_sz = f->size_sz;
	h->alignment = f->alignment;
	h->last_remainder = f->last_remainder;
	copy_records(m, h, f->first);
	copy_records(m, h, f->mmapped);
	for (uint32_t i = 0; i < TCACHE_BINS; i++)
		copy_free_list(h, f->tcache[i]);
	for (uint32_t i = 0; i < FASTBINS_MAX; i++)
		copy_free_list(h, f->fastbin[i]);
	copy_bins(m, h, f);
}

static void free_records(struct machine *m, struct chunk *c)
{
	struct chunk *next;

	for (; c; c = next) {
		next = c->next;
		arena_free(m->arena, c, sizeof(*c));
	}
}

void malloc_forget(struct machine *m, struct mm *mm)
{
	struct malloc_state *h = &mm->heap;

	free_records(m, h->first);
	free_records(m, h->mmapped);
	arena_free(m->arena, h->by_addr, hash_bytes(h->by_addr_cap));
	arena_free(m->arena, h->bins, NR_BINS * sizeof(*h->bins));
	memset(h, 0, sizeof(*h));
}
