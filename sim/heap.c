/*
 * Chunks inside the heap: who gives one, and where a freed one goes.
 *
 * free() asks, in this order:
 *
 *	up to 1040 bytes, fewer than 7 of that size there?   tcache
 *	up to 128 bytes?                                     fastbin
 *	else it merges with free neighbours; at the end of the heap: into top
 *	else                                                 unsorted bin
 *
 * malloc() asks the tcache first (malloc.c), and then
 *
 *	fastbin or small bin of the size -> the unsorted, which are sorted
 *	-> best fit in the bins -> cut from top
 *	-> merge all fastbin chunks and look again -> ask the kernel
 *
 * Sizes here are of chunks, header counted: malloc(100) is a chunk of 112.  The
 * limits are those of 64 bits; malloc.h has them for other machines.
 * Source: glibc 2.36 malloc.c, _int_malloc and _int_free; REFERENCE 12.
 */
#include "heap.h"
#include "machine.h"

/* A freed chunk this large, with what it merged with, may trim the heap. */
enum { CONSOLIDATION_THRESHOLD = 65536 };

/* ---- free ---- */

/* Merge c with a free neighbour below; returns what it is now. */
static struct chunk *coalesce_below(struct heap_call *k, struct chunk *c)
{
	struct chunk *below = chunk_below(c);
	uint64_t was;

	if (!is_binned(below))
		return c;
	was = below->bytes;
	bin_unlink(k, below);
	chunk_absorb(k->m, k->h, below, c);
	step(k->m, COALESCE_BACK, below->start, was, below->bytes);
	return below;
}

/* Merge c with a free neighbour above, which is not top. */
static void coalesce_above(struct heap_call *k, struct chunk *c)
{
	struct chunk *above = chunk_above(c);
	vaddr_t at;
	uint64_t was;

	if (!is_binned(above)) {
		write_in_use(k, c);
		return;
	}
	at = above->start;
	was = above->bytes;
	bin_unlink(k, above);
	chunk_absorb(k->m, k->h, c, above);
	step(k->m, COALESCE_FORWARD, at, was, c->bytes);
}

/* c merges with free neighbours and goes to the unsorted bin, or into top;
 * returns the bytes of what became of it. */
static uint64_t coalesce(struct heap_call *k, struct chunk *c)
{
	struct chunk *above;

	c = coalesce_below(k, c);
	above = chunk_above(c);
	if (above && above->is_top) {
		chunk_absorb(k->m, k->h, c, above);
		write_size(k, c);
		step(k->m, COALESCE_TOP, c->start, c->bytes);
		return c->bytes;
	}
	coalesce_above(k, c);
	unsorted_put(k, c);
	step(k->m, BIN_PUT, c->start, c->bytes);
	return c->bytes;
}

static void malloc_consolidate(struct heap_call *k)
{
	enter(k->m, MALLOC_CONSOLIDATE, k->t->pid);
	for (uint32_t i = 0; i < FASTBINS_MAX; i++)
		while (k->h->fastbin[i]) {
			struct chunk *c = k->h->fastbin[i];

			chunk_put(k->h, c, CHUNK_USED);
			coalesce(k, c);
		}
	leave(k->m, MALLOC_CONSOLIDATE);
}

/* A large chunk was freed: is it time to give memory back? */
static void after_large_free(struct heap_call *k)
{
	if (have_fastchunks(k->h))
		malloc_consolidate(k);
	if (k->h->top->bytes >= k->h->trim_threshold)
		systrim(k);
}

void int_free(struct heap_call *k, struct chunk *c)
{
	if (tcache_free(k, c) || fastbin_free(k, c))
		return;
	if (coalesce(k, c) >= CONSOLIDATION_THRESHOLD)
		after_large_free(k);
}

/* ---- malloc ---- */

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

	if (!c && top && top->bytes >= nb + chunk_minsize(k->h))
		c = take_top(k, nb);
	return c;
}

struct chunk *int_malloc(struct heap_call *k, uint64_t nb)
{
	struct chunk *c = fastbin_get(k, nb);

	if (!c)
		c = smallbin_get(k, nb);
	if (c)
		return c;
	/* Large requests are rare and want large pieces. */
	if (nb >= min_large_size(k->h) && have_fastchunks(k->h))
		malloc_consolidate(k);
	c = bins_or_top(k, nb);
	if (!c && have_fastchunks(k->h)) {
		malloc_consolidate(k);
		c = bins_or_top(k, nb);
	}
	return c ? c : sysmalloc(k, nb);
}
