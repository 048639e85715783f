/*
 * The arena: one mapping, and a small allocator inside it.
 *
 * The mapping is reserved without being backed: the host gives a page when it
 * is first touched.  Allocation takes the next bytes behind used; a freed
 * chunk goes on the list of its size class and is taken from there first.
 * There are four classes to each doubling, so a chunk is at most a quarter
 * larger than what was asked for:
 *
 *	asked         1..16  17..32  33..48  49..64  65..80  ..  129..160
 *	chunk            16      32      48      64      80           160
 *
 * Nothing is ever split or merged: a machine needs the same few sizes again
 * and again (areas, page tables, arrays that double), and two runs of the same
 * events must put everything at the same place.
 */
#include "arena.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS MAP_ANON
#endif
#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0 /* a host without it reserves nothing anyway */
#endif

enum {
	CHUNK_ALIGN = 16,
	LARGE_ALIGN = 16384, /* a multiple of the host's page size */
	NR_CLASSES = 4 * 48, /* chunks below 2^48 bytes            */
};

/* A free chunk names the next one of its class. */
struct free_chunk {
	struct free_chunk *next;
};

struct arena {
	size_t size, used;
	size_t fail_after; /* allocations until the injected failure, or 0 */
	void *root;
	struct free_chunk *free[NR_CLASSES];
};

/* The one thing that is not simulated state: the program's way out. */
static void (*full_handler)(void);

static size_t round_up(size_t n, size_t step)
{
	return (n + step - 1) & ~(step - 1);
}

/* Position of the highest bit: 0 for 1, 4 for 16..31. */
static unsigned log2_floor(size_t n)
{
	return 63 - (unsigned)__builtin_clzll((unsigned long long)n);
}

/* Bytes of the chunk that serves a request: the end of its class. */
static size_t chunk_bytes(size_t bytes)
{
	size_t step = CHUNK_ALIGN;

	if (bytes > 4 * CHUNK_ALIGN)
		step = (size_t)1 << (log2_floor(bytes - 1) - 2);
	if (bytes >= LARGE_ALIGN && step < LARGE_ALIGN)
		step = LARGE_ALIGN;
	return round_up(bytes ? bytes : 1, step);
}

/* 160 = binary 10100000: highest bit 7, the two bits below it 01. */
static unsigned chunk_class(size_t chunk)
{
	unsigned high = log2_floor(chunk);

	return high * 4 + (unsigned)(chunk >> (high - 2) & 3);
}

struct arena *arena_create(size_t bytes)
{
	struct arena *a;

	bytes = round_up(bytes, LARGE_ALIGN);
	a = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (a == MAP_FAILED)
		return NULL;
#ifdef MADV_NOHUGEPAGE
	/* mem_map is touched here and there: 2 MiB for each would add up */
	madvise(a, bytes, MADV_NOHUGEPAGE);
#endif
	a->size = bytes;
	a->used = round_up(sizeof(*a), CHUNK_ALIGN);
	return a;
}

void arena_destroy(struct arena *a)
{
	if (a)
		munmap(a, a->size);
}

static void arena_full(void)
{
	if (full_handler)
		full_handler();
	abort();
}

/* Bytes that were never used, which are zero. */
static void *take_new(struct arena *a, size_t chunk)
{
	size_t step = chunk >= LARGE_ALIGN ? LARGE_ALIGN : CHUNK_ALIGN;
	size_t start = round_up(a->used, step);

	if (start > a->size || chunk > a->size - start)
		arena_full();
	a->used = start + chunk;
	return (char *)a + start;
}

void *arena_alloc(struct arena *a, size_t bytes)
{
	size_t chunk = chunk_bytes(bytes);
	struct free_chunk **list = &a->free[chunk_class(chunk)];
	void *p = *list;

	if (a->fail_after && --a->fail_after == 0)
		arena_full();
	if (p) {
		*list = (*list)->next;
		memset(p, 0, chunk);
	} else {
		p = take_new(a, chunk);
	}
	if (!a->root)
		a->root = p;
	return p;
}

void arena_free(struct arena *a, void *chunk, size_t bytes)
{
	struct free_chunk **list;
	struct free_chunk *f = chunk;

	if (!f)
		return;
	list = &a->free[chunk_class(chunk_bytes(bytes))];
	f->next = *list;
	*list = f;
}

void *arena_realloc(struct arena *a, void *chunk, size_t old, size_t bytes)
{
	char *p;

	if (chunk && chunk_bytes(old) == chunk_bytes(bytes)) {
		if (bytes > old)
			memset((char *)chunk + old, 0, bytes - old);
		return chunk;
	}
	p = arena_alloc(a, bytes);
	if (chunk)
		memcpy(p, chunk, old < bytes ? old : bytes);
	arena_free(a, chunk, old);
	return p;
}

void *arena_base(struct arena *a) { return a; }

size_t arena_used(const struct arena *a) { return a->used; }

size_t arena_size(const struct arena *a) { return a->size; }

void *arena_root(struct arena *a) { return a->root; }

void arena_fail_after(struct arena *a, size_t n) { a->fail_after = n; }

void arena_on_full(void (*full)(void)) { full_handler = full; }
