/*
 * realloc: more room, in place if that can be had.
 *
 *	smaller          the rest is cut off and freed
 *	larger, and above it lies
 *	    top          top gives the difference
 *	    a free chunk that is large enough: taken, its rest freed
 *	    neither      a new chunk, a copy, the old one freed
 *
 * The copy is the only part that touches user memory: it reads each page of
 * the old chunk (one never written to is the zero page then) and writes each of
 * the new one.  A mapping moves by mremap, which copies page-table entries and
 * not a byte.
 *
 * Source: glibc 2.36 __libc_realloc, _int_realloc.
 */
#include "heap.h"
#include "machine.h"

/* c has at least nb bytes: what is too much is cut off and freed. */
static struct chunk *trim_to(struct heap_call *k, struct chunk *c, uint64_t nb)
{
	struct chunk *rest;

	step(k->m, REALLOC_IN_PLACE, c->start, c->bytes, nb);
	write_size(k, c);
	if (c->bytes - nb < chunk_minsize(k->h)) {
		write_in_use(k, c);
		return c;
	}
	rest = chunk_split(k->m, k->h, c, nb);
	write_size(k, rest);
	write_in_use(k, rest);
	int_free(k, rest);
	return c;
}

/* Copy the contents of c to the chunk `to`; false: an access was refused. */
static bool copy_chunk(struct heap_call *k, struct chunk *to,
		       const struct chunk *c, uint64_t bytes)
{
	vaddr_t from = chunk2mem(k->h, c), dest = chunk2mem(k->h, to);

	if (!heap_flush(k) || !heap_copy(k, dest, from, bytes))
		return false;
	step(k->m, REALLOC_COPY, from, dest, bytes);
	return true;
}

/* A new chunk, a copy, the old one freed; NULL: no memory, c stays. */
static struct chunk *move_chunk(struct heap_call *k, struct chunk *c,
				uint64_t nb)
{
	struct chunk *to = int_malloc(k, nb);

	if (!to)
		return NULL;
	/* Was it cut from a top that touches c now? */
	if (to == chunk_above(c)) {
		chunk_absorb(k->m, k->h, c, to);
		return trim_to(k, c, nb);
	}
	if (!copy_chunk(k, to, c, c->bytes - k->h->size_sz))
		return NULL;
	int_free(k, c);
	return to;
}

/* c takes what it lacks from top, which lies above it. */
static struct chunk *extend_into_top(struct heap_call *k, struct chunk *c,
				     uint64_t nb)
{
	chunk_absorb(k->m, k->h, c, k->h->top);
	step(k->m, REALLOC_IN_PLACE, c->start, c->bytes, nb);
	return take_top(k, nb);
}

struct chunk *int_realloc(struct heap_call *k, struct chunk *c, uint64_t nb)
{
	struct chunk *above = chunk_above(c);

	if (c->bytes >= nb)
		return trim_to(k, c, nb);
	if (above && above->is_top &&
	    c->bytes + above->bytes >= nb + chunk_minsize(k->h))
		return extend_into_top(k, c, nb);
	if (is_binned(above) && c->bytes + above->bytes >= nb) {
		bin_unlink(k, above);
		chunk_absorb(k->m, k->h, c, above);
		return trim_to(k, c, nb);
	}
	return move_chunk(k, c, nb);
}

struct chunk *realloc_mapping(struct heap_call *k, struct chunk *c, uint64_t nb)
{
	struct chunk *moved = mremap_chunk(k, c, nb), *to;

	if (moved)
		return moved;
	if (c->bytes - k->h->size_sz >= nb)
		return c;
	to = int_malloc(k, nb);
	if (!to || !copy_chunk(k, to, c, c->bytes - chunk_hdr_sz(k->h)))
		return NULL;
	munmap_chunk(k, c);
	return to;
}
