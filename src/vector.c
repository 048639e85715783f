/*
 * Growing arrays, and a pool of memory that is given back all at once.
 *
 * A scenario of a million lines makes a million events, and not one of them has an allocation of
 * its own: events stand in one array that doubles, names and texts in a few large chunks.
 */
#include "vector.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FIRST_CAP = 64, CHUNK_BYTES = 32 * 1024, ALIGN = 8, LARGE_BYTES = 4 * 1024 * 1024 };

void advise_large(void *memory, size_t bytes)
{
#ifdef MADV_HUGEPAGE
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t start = ((uintptr_t)memory + page - 1) & ~(page - 1);

	if (bytes >= LARGE_BYTES)
		madvise((void *)start, bytes - (start - (uintptr_t)memory), MADV_HUGEPAGE);
#else
	(void)memory;
	(void)bytes;
#endif
}

bool vector_grow(void *array, uint32_t *cap, uint32_t count, size_t item_bytes)
{
	uint64_t more = *cap ? (uint64_t)*cap * 2 : FIRST_CAP;
	void *old, *grown;

	while (more <= count)
		more *= 2;
	if (more > UINT32_MAX || more > SIZE_MAX / item_bytes)
		return false;
	memcpy(&old, array, sizeof(old));
	grown = realloc(old, (size_t)more * item_bytes);
	if (!grown)
		return false;
	advise_large(grown, (size_t)more * item_bytes);
	memcpy(array, &grown, sizeof(grown));
	*cap = (uint32_t)more;
	return true;
}

struct pool_chunk {
	struct pool_chunk *before;
};

static bool add_chunk(struct pool *p, size_t bytes)
{
	size_t room = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
	struct pool_chunk *chunk = calloc(1, sizeof(*chunk) + room);

	if (!chunk)
		return false;
	chunk->before = p->chunk;
	p->chunk = chunk;
	p->next = (char *)(chunk + 1);
	p->left = room;
	return true;
}

void *pool_alloc(struct pool *p, size_t bytes)
{
	char *given;

	if (bytes > SIZE_MAX / 2)
		return NULL;
	bytes = (bytes + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (bytes > p->left && !add_chunk(p, bytes))
		return NULL;
	given = p->next;
	p->next += bytes;
	p->left -= bytes;
	return given;
}

char *pool_text(struct pool *p, const char *text, size_t len)
{
	char *copy = pool_alloc(p, len + 1);

	if (copy && len)
		memcpy(copy, text, len);
	return copy;
}

void pool_free(struct pool *p)
{
	struct pool_chunk *chunk = p->chunk;

	while (chunk) {
		struct pool_chunk *before = chunk->before;

		free(chunk);
		chunk = before;
	}
	memset(p, 0, sizeof(*p));
}
