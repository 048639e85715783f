/*
 * Bins: where freed chunks wait that merge, and who gets which.
 *
 * A chunk that free() puts here is not sorted at once, for perhaps the next
 * malloc wants just that one.  It goes to the head of the unsorted bin; the
 * next malloc whose size is at hand nowhere else looks at all of these, oldest
 * first, and puts what it does not take into the bin of its size:
 *
 *	bin  1          unsorted
 *	bins 2 .. 63    small: 32, 48 ... 1008 bytes, one size each (i386: 16,
 *	                32 ... 992: its bins are one size lower)
 *	bins 64 .. 126  large: 64 bytes wide each at first, then 512, 4096, 32K,
 *	                256K; the last one holds all the rest
 *
 * In a small bin the chunk that came first is taken first.  A large bin is
 * sorted, largest first; the first chunk of each size is linked to the first
 * ones of the next sizes as well, so that a search need not step over equals,
 * and it is left where it is as long as there is another of its size.
 *
 * A chunk is found in this order:
 *
 *	small request: the oldest of its bin; others of it move to the tcache
 *	while sorting: one of just this size (all of these into the tcache, and
 *	    out of there again); or, for a small request, the remainder of the
 *	    chunk cut last, if it is alone in the unsorted bin: small requests
 *	    that follow each other lie side by side
 *	after sorting: the smallest that fits, of the bin of that size or of the
 *	    next bin that has any
 *
 * What is left of a chunk goes back to the unsorted bin.
 *
 * A link is written into the chunks before and behind: pages that a child
 * shares with its parent are copied for it.  The bins' own heads lie in the
 * library's variables, which have no page here.
 * Source: glibc 2.36 malloc.c, _int_malloc, unlink_chunk, largebin_index;
 * REFERENCE 12.
 */
#include "heap.h"
#include "machine.h"

enum {
	UNSORTED_BIN = 1,
	FIRST_LARGE_BIN = 64,
	MAX_ITERS = 10000, /* chunks that one malloc sorts at most */
};

/* ---- which bin ---- */

/* On i386 the smallest chunk is 16 bytes, one unit: its bin would be number 1,
 * the unsorted one, so all are one further. */
static uint32_t smallbin_correction(const struct malloc_state *h)
{
	return h->alignment > chunk_hdr_sz(h);
}

uint32_t min_large_size(const struct malloc_state *h)
{
	return (FIRST_LARGE_BIN - smallbin_correction(h)) * h->alignment;
}

static bool is_small(const struct malloc_state *h, uint64_t bytes)
{
	return bytes < min_large_size(h);
}

/* The last one of the bins that are 64 bytes wide, in units of these. */
static uint32_t last_narrow(const struct malloc_state *h)
{
	if (h->size_sz == 8)
		return 48;
	return h->alignment == 16 ? 45 : 38;
}

uint32_t bin_index(const struct malloc_state *h, uint64_t bytes)
{
	if (is_small(h, bytes))
		return (uint32_t)(bytes / h->alignment) +
		       smallbin_correction(h);
	if (bytes >> 6 <= last_narrow(h))
		return FIRST_LARGE_BIN - (min_large_size(h) >> 6) +
		       (uint32_t)(bytes >> 6);
	if (bytes >> 9 <= 20)
		return 91 + (uint32_t)(bytes >> 9);
	if (bytes >> 12 <= 10)
		return 110 + (uint32_t)(bytes >> 12);
	if (bytes >> 15 <= 4)
		return 119 + (uint32_t)(bytes >> 15);
	return bytes >> 18 <= 2 ? 124 + (uint32_t)(bytes >> 18) : NR_BINS - 1;
}

bool is_unsorted(const struct chunk *c)
{
	return c->place == CHUNK_BIN && c->bin == UNSORTED_BIN;
}

/* ---- links ---- */

/* A link in p is written; NULL: the bin's own head. */
static void write_link(struct heap_call *k, const struct chunk *p)
{
	if (p)
		heap_write(k, chunk2mem(k->h, p));
}

/* So is one to the next size, in a large chunk. */
static void write_size_link(struct heap_call *k, const struct chunk *p)
{
	heap_write(k, chunk2mem(k->h, p) + 2u * k->h->size_sz);
}

/* The first chunk of c's size in its bin. */
static struct chunk *first_of_size(struct chunk *c)
{
	while (c->prev_free && c->prev_free->bytes == c->bytes)
		c = c->prev_free;
	return c;
}

/* c is the first of its size in a large bin: the first ones of the next sizes,
 * in a ring, get links to it or around it. */
static void write_size_links(struct heap_call *k, struct chunk *c)
{
	const struct bin *b = &k->h->bins[c->bin];
	struct chunk *before =
		first_of_size(c->prev_free ? c->prev_free : b->last);
	struct chunk *after = c;

	if (c->next_free && c->next_free->bytes == c->bytes)
		write_size_link(k, c->next_free); /* it will be the first */
	if (before == c)
		return;
	while (after && after->bytes == c->bytes)
		after = after->next_free;
	write_size_link(k, before);
	write_size_link(k, after ? after : b->first);
}

/* The chunks around c on its list get links to it or past it. */
static void write_links(struct heap_call *k, struct chunk *c)
{
	write_link(k, c->prev_free);
	write_link(k, c->next_free);
	if (!is_unsorted(c) && !is_small(k->h, c->bytes) &&
	    first_of_size(c) == c)
		write_size_links(k, c);
}

/* Where a chunk goes in its bin: before this one; NULL: at the end. */
static struct chunk *place_in_bin(const struct bin *b, uint64_t bytes)
{
	struct chunk *c = b->first;

	while (c && bytes < c->bytes)
		c = c->next_free;
	/* The first of its size stays the first. */
	return c && c->bytes == bytes ? c->next_free : c;
}

void bin_unlink(struct heap_call *k, struct chunk *c)
{
	write_links(k, c);
	chunk_put(k->h, c, CHUNK_USED);
}

void unsorted_put(struct heap_call *k, struct chunk *c)
{
	struct bin *b = chunk_bins(k->m, k->h) + UNSORTED_BIN;

	chunk_put_bin(k->h, c, UNSORTED_BIN, b->first);
	write_links(k, c);
	write_size(k, c);
	heap_write(k, chunk2mem(k->h, c));
	if (!is_small(k->h, c->bytes))
		write_size_link(k, c);
	heap_write(k, c->start + c->bytes); /* the next one's prev_size */
}

static void put_in_bin(struct heap_call *k, struct chunk *c)
{
	uint32_t i = bin_index(k->h, c->bytes);
	const struct bin *b = &k->h->bins[i];

	chunk_put_bin(k->h, c, i,
		      is_small(k->h, c->bytes) ? b->first
					       : place_in_bin(b, c->bytes));
	write_links(k, c);
	heap_write(k, chunk2mem(k->h, c));
	if (!is_small(k->h, c->bytes) && first_of_size(c) == c)
		write_size_link(k, c);
	step(k->m, BIN_SORT, c->start, c->bytes, i);
}

/* ---- taking ---- */

/* nb bytes of c, which is on no list; the rest is unsorted. */
static struct chunk *cut(struct heap_call *k, struct chunk *c, uint64_t nb)
{
	struct chunk *rest;

	if (c->bytes < nb + chunk_minsize(k->h)) {
		write_in_use(k, c);
		return c;
	}
	rest = chunk_split(k->m, k->h, c, nb);
	write_size(k, c);
	unsorted_put(k, rest);
	if (is_small(k->h, nb))
		k->h->last_remainder = rest->start;
	step(k->m, CHUNK_SPLIT, rest->start, rest->bytes);
	return c;
}

/* The oldest chunk of a small bin is taken off it; NULL: it is empty. */
static struct chunk *take_oldest(struct heap_call *k, uint32_t bin)
{
	struct chunk *c = k->h->bins[bin].last;

	if (!c)
		return NULL;
	bin_unlink(k, c);
	write_in_use(k, c);
	return c;
}

struct chunk *smallbin_get(struct heap_call *k, uint64_t nb)
{
	uint32_t i = bin_index(k->h, nb), stashed = 0;
	struct chunk *c, *other;

	if (!is_small(k->h, nb) || !k->h->bins)
		return NULL;
	c = take_oldest(k, i);
	if (!c)
		return NULL;
	step(k->m, SMALLBIN_GET, c->start, nb, i);
	while (tcache_has_room(k, nb) && (other = take_oldest(k, i))) {
		tcache_put(k, other);
		stashed++;
	}
	if (stashed)
		step(k->m, SMALLBIN_STASH, nb, stashed, i);
	return c;
}

/* Is c what the last small request left, and large enough for one more? */
static bool is_last_remainder(const struct malloc_state *h,
			      const struct chunk *c, uint64_t nb)
{
	return is_small(h, nb) && c->start == h->last_remainder &&
	       c->bytes > nb + chunk_minsize(h);
}

/* All unsorted chunks go to their bins, oldest first.  Returns the last
 * remainder's beginning or a chunk of just nb bytes; NULL: neither is there. */
static struct chunk *sort_unsorted(struct heap_call *k, uint64_t nb)
{
	struct bin *unsorted = &k->h->bins[UNSORTED_BIN];
	bool cached = false;

	for (uint32_t i = 0; i < MAX_ITERS && unsorted->last; i++) {
		struct chunk *c = unsorted->last;

		bin_unlink(k, c);
		if (!unsorted->last && is_last_remainder(k->h, c, nb)) {
			step(k->m, LAST_REMAINDER, c->start, c->bytes, nb);
			return cut(k, c, nb);
		}
		if (c->bytes != nb) {
			put_in_bin(k, c);
			continue;
		}
		write_in_use(k, c);
		step(k->m, EXACT_FIT, c->start, nb);
		if (!tcache_has_room(k, nb))
			return c;
		tcache_put(k, c);
		cached = true;
	}
	return cached ? tcache_get(k, nb) : NULL;
}

/* The smallest chunk of a large bin that holds nb bytes; NULL: none does.  Of
 * equal ones the second, or the only one. */
static struct chunk *fit_in_bin(const struct bin *b, uint64_t nb)
{
	struct chunk *c = b->last, *first;

	while (c && c->bytes < nb)
		c = c->prev_free;
	if (!c)
		return NULL;
	first = first_of_size(c);
	return first == c ? c : first->next_free;
}

static struct chunk *best_fit(const struct malloc_state *h, uint64_t nb)
{
	uint32_t i = bin_index(h, nb);
	struct chunk *c = is_small(h, nb) ? NULL : fit_in_bin(&h->bins[i], nb);

	while (!c && ++i < NR_BINS)
		c = h->bins[i].last;
	return c;
}

struct chunk *bins_get(struct heap_call *k, uint64_t nb)
{
	struct chunk *c;

	if (!k->h->bins)
		return NULL;
	c = sort_unsorted(k, nb);
	if (c)
		return c;
	c = best_fit(k->h, nb);
	if (!c)
		return NULL;
	bin_unlink(k, c);
	step(k->m, BIN_FIT, c->start, c->bytes, nb);
	return cut(k, c, nb);
}
