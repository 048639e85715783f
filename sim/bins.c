/*
 * Chunks inside the heap: where a freed one waits, and who gets it next.
 *
 * free() asks, in this order:
 *
 *	up to 1024 bytes, fewer than 7 of that size there?   tcache
 *	up to 64 bytes?                                      fastbin
 *	else it merges with free neighbours; at the end of the heap: into top
 *	else                                                 bins
 *
 * Chunks in tcache and fastbins do not merge: their neighbours take them for
 * used.  malloc() asks the tcache first (malloc.c), and then
 *
 *	fastbin of the size -> best fit in the bins -> cut from top
 *	-> merge all fastbin chunks and look again -> ask the kernel
 *
 * Sizes here are of chunks, header counted: malloc(100) is a chunk of 112.
 *
 * Simpler than glibc, which finds its best fit in 126 bins by size and a list
 * of chunks not yet sorted: here one list is searched, oldest first among
 * equals.  Left out are thus the exact fit that glibc hands out while it sorts
 * although an equal one is older, its move of further equal ones into the
 * tcache, and the rule that a small request goes on cutting the last remainder.
 * The writes to neighbours on those lists are left out with them.
 * Source: glibc 2.36 malloc.c, _int_malloc and _int_free; REFERENCE 12.
 */
#include "heap.h"
#include "machine.h"

enum {
	TCACHE_MAX = 1024,     /* largest chunk of the tcache               */
	TCACHE_COUNT = 7,      /* chunks of one size in it                  */
	FASTBIN_MAX = 64,      /* largest chunk of the fastbins             */
	MIN_LARGE_SIZE = 1008, /* from here on a request empties them first */
	CONSOLIDATION_THRESHOLD = 65536, /* a freed chunk this large may trim */
};

/* ---- what is written where ---- */

/* The links in a free chunk's user memory, and its size at its end. */
static void write_free(struct heap_call *k, const struct chunk *c)
{
	write_size(k, c);
	heap_write(k, chunk2mem(c));
	heap_write(k, c->start + c->bytes);
}

/* The next chunk's header says whether c is in use. */
static void write_in_use(struct heap_call *k, const struct chunk *c)
{
	heap_write(k, c->start + c->bytes + SIZE_SZ);
}

/* Count and head of a list of the tcache: 64 of 2 and 64 of 4 bytes. */
static void write_tcache(struct heap_call *k, uint64_t bytes)
{
	uint32_t i = size_index(bytes);

	heap_write(k, k->h->tcache_mem + 2 * i);
	heap_write(k, k->h->tcache_mem + 2 * TCACHE_BINS + 4 * i);
}

/* ---- tcache and fastbins ---- */

struct chunk *tcache_get(struct heap_call *k, uint64_t nb)
{
	struct chunk *c;

	if (nb > TCACHE_MAX)
		return NULL;
	c = k->h->tcache[size_index(nb)];
	if (!c)
		return NULL;
	chunk_put(k->h, c, CHUNK_USED);
	heap_write(k, chunk2mem(c));
	write_tcache(k, nb);
	step(k->m, TCACHE_GET, c->start, nb,
	     k->h->tcache_count[size_index(nb)]);
	return c;
}

static bool tcache_has_room(const struct heap_call *k, uint64_t bytes)
{
	return k->h->tcache_mem && bytes <= TCACHE_MAX &&
	       k->h->tcache_count[size_index(bytes)] < TCACHE_COUNT;
}

static void tcache_put(struct heap_call *k, struct chunk *c)
{
	chunk_put(k->h, c, CHUNK_TCACHE);
	heap_write(k, chunk2mem(c));
	write_tcache(k, c->bytes);
}

/* A fastbin chunk of nb bytes; further ones move to the tcache, for they will
 * be wanted soon.  NULL: there is none. */
static struct chunk *fastbin_get(struct heap_call *k, uint64_t nb)
{
	struct chunk **bin = &k->h->fastbin[size_index(nb)];
	struct chunk *c = *bin;
	uint32_t stashed = 0;

	if (!c)
		return NULL;
	chunk_put(k->h, c, CHUNK_USED);
	step(k->m, FASTBIN_GET, c->start, nb);
	for (; *bin && tcache_has_room(k, nb); stashed++)
		tcache_put(k, *bin);
	if (stashed)
		step(k->m, FASTBIN_STASH, nb, stashed);
	return c;
}

static bool have_fastchunks(const struct heap_call *k)
{
	for (uint32_t i = 0; i < FASTBINS; i++)
		if (k->h->fastbin[i])
			return true;
	return false;
}

static void malloc_consolidate(struct heap_call *k)
{
	enter(k->m, MALLOC_CONSOLIDATE, k->t->pid);
	for (uint32_t i = 0; i < FASTBINS; i++)
		while (k->h->fastbin[i]) {
			struct chunk *c = k->h->fastbin[i];

			chunk_put(k->h, c, CHUNK_USED);
			coalesce(k, c);
		}
	leave(k->m, MALLOC_CONSOLIDATE);
}

/* ---- bins and top ---- */

/* Smallest chunk in the bins of at least nb bytes, oldest among equals. */
static struct chunk *best_fit(const struct malloc_state *h, uint64_t nb)
{
	struct chunk *best = NULL;

	for (struct chunk *c = h->bins; c; c = c->next_free)
		if (c->bytes >= nb && (!best || c->bytes <= best->bytes))
			best = c;
	return best;
}

static struct chunk *bins_get(struct heap_call *k, uint64_t nb)
{
	struct chunk *c = best_fit(k->h, nb), *rest;

	if (!c)
		return NULL;
	chunk_put(k->h, c, CHUNK_USED);
	step(k->m, BIN_FIT, c->start, c->bytes, nb);
	if (c->bytes < nb + MINSIZE) {
		write_in_use(k, c);
		return c;
	}
	rest = chunk_split(k->m, k->h, c, nb);
	chunk_put(k->h, rest, CHUNK_BIN);
	write_size(k, c);
	write_free(k, rest);
	step(k->m, CHUNK_SPLIT, rest->start, rest->bytes);
	return c;
}

struct chunk *take_top(struct heap_call *k, uint64_t nb)
{
	struct chunk *c = k->h->top;

	chunk_split(k->m, k->h, c, nb);
	write_size(k, c);
	write_size(k, k->h->top);
	step(k->m, TOP_SPLIT, c->start, nb, k->h->top->bytes);
	return c;
}

/* From the bins, else from top; NULL: neither has enough. */
static struct chunk *bins_or_top(struct heap_call *k, uint64_t nb)
{
	const struct chunk *top = k->h->top;
	struct chunk *c = bins_get(k, nb);

	if (!c && top && top->bytes >= nb + MINSIZE)
		c = take_top(k, nb);
	return c;
}

struct chunk *int_malloc(struct heap_call *k, uint64_t nb)
{
	struct chunk *c = NULL;

	if (nb <= FASTBIN_MAX)
		c = fastbin_get(k, nb);
	if (c)
		return c;
	if (nb >= MIN_LARGE_SIZE && have_fastchunks(k))
		malloc_consolidate(k);
	c = bins_or_top(k, nb);
	if (!c && have_fastchunks(k)) {
		malloc_consolidate(k);
		c = bins_or_top(k, nb);
	}
	return c ? c : sysmalloc(k, nb);
}

/* ---- free ---- */

uint64_t coalesce(struct heap_call *k, struct chunk *c)
{
	struct chunk *below = chunk_below(c), *above;

	if (is_binned(below)) {
		uint64_t was = below->bytes;

		chunk_put(k->h, below, CHUNK_USED);
		chunk_absorb(k->m, k->h, below, c);
		c = below;
		step(k->m, COALESCE_BACK, c->start, was, c->bytes);
	}
	above = chunk_above(c);
	if (above && above->is_top) {
		chunk_absorb(k->m, k->h, c, above);
		write_size(k, c);
		step(k->m, COALESCE_TOP, c->start, c->bytes);
		return c->bytes;
	}
	if (is_binned(above)) {
		vaddr_t at = above->start;
		uint64_t was = above->bytes;

		chunk_absorb(k->m, k->h, c, above);
		step(k->m, COALESCE_FORWARD, at, was, c->bytes);
	} else {
		write_in_use(k, c);
	}
	chunk_put(k->h, c, CHUNK_BIN);
	write_free(k, c);
	step(k->m, BIN_PUT, c->start, c->bytes);
	return c->bytes;
}

/* A large chunk was freed: is it time to give memory back? */
static void after_large_free(struct heap_call *k)
{
	if (have_fastchunks(k))
		malloc_consolidate(k);
	if (k->h->top->bytes >= k->h->trim_threshold)
		systrim(k);
}

void int_free(struct heap_call *k, struct chunk *c)
{
	uint64_t bytes = c->bytes;

	if (tcache_has_room(k, bytes)) {
		tcache_put(k, c);
		step(k->m, TCACHE_PUT, c->start, bytes,
		     k->h->tcache_count[size_index(bytes)]);
		return;
	}
	if (bytes <= FASTBIN_MAX) {
		chunk_put(k->h, c, CHUNK_FASTBIN);
		heap_write(k, chunk2mem(c));
		step(k->m, FASTBIN_PUT, c->start, bytes);
		return;
	}
	if (coalesce(k, c) >= CONSOLIDATION_THRESHOLD)
		after_large_free(k);
}
