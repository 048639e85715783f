/*
 * Freed chunks that do not merge: tcache and fastbins.
 *
 * What a program has freed, it will soon want again, in the same size.  So
 * small chunks are kept as they are, on one list a size, last freed first:
 *
 *	tcache    64 sizes from the smallest chunk on, at most 7 of a size:
 *	          16, 32 ... 1024 bytes on i386, 32, 48 ... 1040 on x86-64
 *	fastbins  up to 16 words (64, 128 bytes), any number: what the tcache
 *	          has no room for
 *
 * Their neighbours take them for used, so they never merge with these; a
 * fastbin's chunks do once malloc_consolidate frees them for good (bins.c).
 * The tcache's lists begin in a chunk of the heap, the library's first one:
 * each get and put writes there.  The fastbins' begin in the library's own
 * variables, which have no page here.
 *
 * Sizes here are of chunks, header counted: malloc(100) is a chunk of 112.
 * Source: glibc 2.36 malloc.c, tcache_get, tcache_put, _int_malloc; REFERENCE
 * 12.
 */
#include "heap.h"
#include "machine.h"

enum {
	TCACHE_COUNT = 7,   /* chunks of one size in the tcache */
	FASTBIN_WORDS = 16, /* of the largest chunk in fastbins */
};

/* ---- tcache ---- */

static bool in_tcache_sizes(const struct malloc_state *h, uint64_t bytes)
{
	return size_index(h, bytes) < TCACHE_BINS;
}

/* Count and head of a list of the tcache: 64 of 2 bytes and 64 words. */
static void write_tcache(struct heap_call *k, uint64_t bytes)
{
	uint32_t i = size_index(k->h, bytes);

	heap_write(k, k->h->tcache_mem + 2 * i);
	heap_write(k, k->h->tcache_mem + 2 * TCACHE_BINS + k->h->size_sz * i);
}

struct chunk *tcache_get(struct heap_call *k, uint64_t nb)
{
	struct chunk *c;

	if (!in_tcache_sizes(k->h, nb))
		return NULL;
	c = k->h->tcache[size_index(k->h, nb)];
	if (!c)
		return NULL;
	chunk_put(k->h, c, CHUNK_USED);
	heap_write(k, chunk2mem(k->h, c));
	write_tcache(k, nb);
	step(k->m, TCACHE_GET, c->start, nb,
	     k->h->tcache_count[size_index(k->h, nb)]);
	return c;
}

bool tcache_has_room(const struct heap_call *k, uint64_t bytes)
{
	return k->h->tcache_mem && in_tcache_sizes(k->h, bytes) &&
	       k->h->tcache_count[size_index(k->h, bytes)] < TCACHE_COUNT;
}

void tcache_put(struct heap_call *k, struct chunk *c)
{
	chunk_put(k->h, c, CHUNK_TCACHE);
	heap_write(k, chunk2mem(k->h, c));
	write_tcache(k, c->bytes);
}

bool tcache_free(struct heap_call *k, struct chunk *c)
{
	if (!tcache_has_room(k, c->bytes))
		return false;
	tcache_put(k, c);
	step(k->m, TCACHE_PUT, c->start, c->bytes,
	     k->h->tcache_count[size_index(k->h, c->bytes)]);
	return true;
}

/* ---- fastbins ---- */

static bool in_fastbin_sizes(const struct malloc_state *h, uint64_t bytes)
{
	return bytes <= (uint64_t)FASTBIN_WORDS * h->size_sz;
}

struct chunk *fastbin_get(struct heap_call *k, uint64_t nb)
{
	struct chunk *c, **bin;
	uint32_t stashed = 0;

	if (!in_fastbin_sizes(k->h, nb))
		return NULL;
	bin = &k->h->fastbin[size_index(k->h, nb)];
	c = *bin;
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

bool fastbin_free(struct heap_call *k, struct chunk *c)
{
	if (!in_fastbin_sizes(k->h, c->bytes))
		return false;
	chunk_put(k->h, c, CHUNK_FASTBIN);
	heap_write(k, chunk2mem(k->h, c));
	step(k->m, FASTBIN_PUT, c->start, c->bytes);
	return true;
}

bool have_fastchunks(const struct malloc_state *h)
{
	for (uint32_t i = 0; i < FASTBINS_MAX; i++)
		if (h->fastbin[i])
			return true;
	return false;
}
