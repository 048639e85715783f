/*
 * What is this?  The chunk of the C library's heap that an address lies in.
 *
 *	start          1 word      2 words                           start + bytes
 *	| prev_size    | size      | what malloc gave                 | prev_size ...
 *
 * The word behind a chunk in use belongs to it as well: prev_size is written only while the chunk below is free.  So of
 * a chunk of 112 bytes the program may use 108 (64 bits: 104), the last word of them in the next chunk's header.
 */
#include "sim/malloc.h"
#include "what_data.h"

/* The heap or mmapped chunk that covers va; NULL. */
static const struct chunk *chunk_at(const struct malloc_state *h, vaddr_t va)
{
	for (const struct chunk *c = h->first; c; c = c->next)
		if (va - c->start < c->bytes)
			return c;
	for (const struct chunk *c = h->mmapped; c; c = c->next)
		if (va - c->start < c->bytes)
			return c;
	return NULL;
}

/* Chunks on the list of a free chunk, and the place of c on it, from 1. */
static uint32_t count_list(const struct chunk *c, uint32_t *place)
{
	uint32_t n = 1;

	for (const struct chunk *p = c->prev_free; p; p = p->prev_free)
		n++;
	*place = n;
	for (const struct chunk *p = c->next_free; p; p = p->next_free)
		n++;
	return n;
}

static void what_free(const struct asking *q, uint32_t pid, const struct chunk *c)
{
	uint32_t place, of = count_list(c, &place);

	switch (c->place) {
	case CHUNK_TCACHE:
		tell(q, CHUNK_TCACHE, pid, c->start, c->bytes, place, of);
		break;
	case CHUNK_FASTBIN:
		tell(q, CHUNK_FASTBIN, pid, c->start, c->bytes, place, of);
		break;
	case CHUNK_TOP:
		tell(q, CHUNK_TOP, pid, c->start, c->bytes);
		break;
	case CHUNK_FENCE:
		tell(q, CHUNK_FENCE, pid, c->start, c->bytes);
		break;
	default:
		if (is_unsorted(c))
			tell(q, CHUNK_UNSORTED, pid, c->start, c->bytes, place, of);
		else
			tell(q, CHUNK_BIN, c->bin, c->start, c->bytes, place, of);
		break;
	}
}

static void what_used(const struct asking *q, uint32_t pid, const struct chunk *c)
{
	const char *name = c->name ? symbol_name(q->s, c->name) : NULL;

	if (!name)
		tell(q, CHUNK_LIBRARY, pid, c->start, c->bytes);
	else if (c->mmapped)
		tell_name(q, name, CHUNK_MMAPPED, pid, c->start, c->bytes);
	else
		tell_name(q, name, CHUNK_USED, pid, c->start, c->bytes);
}

/* Which part of it va is. */
static void what_part(const struct asking *q, const struct malloc_state *h, const struct chunk *c,
		      vaddr_t va)
{
	uint64_t offset = va - c->start;
	uint32_t word = h->size_sz, header = chunk_hdr_sz(h);

	if (offset < word)
		tell(q, CHUNK_PREV_SIZE, 0);
	else if (offset < header)
		tell(q, CHUNK_SIZE, 0);
	else
		tell(q, CHUNK_BYTE, offset - header, c->bytes - (c->mmapped ? header : word));
}

void what_chunk(const struct asking *q, const struct task *t, vaddr_t va)
{
	const struct chunk *c = chunk_at(&t->mm->heap, va);
	const struct chunk *next;

	if (!c)
		return;
	if (c->place == CHUNK_USED)
		what_used(q, t->pid, c);
	else
		what_free(q, t->pid, c);
	what_part(q, &t->mm->heap, c, va);
	if (c->mmapped)
		return;
	if (c->prev && c->prev->start + c->prev->bytes == c->start)
		tell(q, CHUNK_BELOW, t->pid, c->prev->start, c->prev->bytes, c->prev->place);
	next = c->next;
	if (next && c->start + c->bytes == next->start)
		tell(q, CHUNK_ABOVE, t->pid, next->start, next->bytes, next->place);
}
