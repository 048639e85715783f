/*
 * What the files of the C library's allocator share: records of chunks, and
 * one call's dealings with the process's memory.
 */
#ifndef SIM_HEAP_H
#define SIM_HEAP_H

#include "malloc.h"

enum { SIZE_SZ = 4 }; /* a size in a header */

/* One call of the library by t. */
struct heap_call {
	struct machine *m;
	struct task *t;
	struct malloc_state *h;
	vaddr_t *dirty;         /* pages whose headers it has written, in the
	                         * order of the first write                  */
	uint32_t nr_dirty, cap_dirty;
	struct outcome refused; /* OUT_OK: nothing was                       */
};

/* ---- chunk.c: the records ---- */

/* A record for [start, start + bytes), in use: among the heap's by address, or
 * first among the mmapped. */
struct chunk *chunk_new(struct machine *m, struct malloc_state *h,
			vaddr_t start, uint64_t bytes, bool mmapped);
void chunk_delete(struct machine *m, struct malloc_state *h, struct chunk *c);
/* The chunk whose header begins at start; NULL if none does. */
struct chunk *chunk_find(const struct malloc_state *h, vaddr_t start);
/* The heap chunk that begins where c ends / ends where c begins, or NULL. */
struct chunk *chunk_above(const struct chunk *c);
struct chunk *chunk_below(const struct chunk *c);
/* Move c to a place, and to the head of its list. */
void chunk_put(struct malloc_state *h, struct chunk *c, enum chunk_place to);
/* Cut c: it keeps bytes; the rest becomes a chunk in use, or top. */
struct chunk *chunk_split(struct machine *m, struct malloc_state *h,
			  struct chunk *c, uint64_t bytes);
/* c grows by the chunk above it, whose record goes. */
void chunk_absorb(struct machine *m, struct malloc_state *h, struct chunk *c,
		  struct chunk *above);

static inline vaddr_t chunk2mem(const struct chunk *c)
{
	return c->start + CHUNK_HDR_SZ;
}
/* Does it merge with a neighbour that is freed? */
static inline bool is_binned(const struct chunk *c)
{
	return c && c->place == CHUNK_BIN;
}
/* Number of a list of chunks of one size, in the tcache and the fastbins. */
static inline uint32_t size_index(uint64_t chunk_bytes)
{
	return (uint32_t)((chunk_bytes - MINSIZE) / MALLOC_ALIGNMENT);
}

/* ---- bins.c: chunks inside the heap ---- */

/* A chunk of nb bytes from the fastbins, the bins, top, or the kernel; NULL:
 * no memory, or k->refused tells. */
struct chunk *int_malloc(struct heap_call *k, uint64_t nb);
/* A heap chunk in use is freed. */
void int_free(struct heap_call *k, struct chunk *c);
/* The tcache's chunk of nb bytes; NULL: it has none. */
struct chunk *tcache_get(struct heap_call *k, uint64_t nb);
/* A chunk of nb bytes is cut from top, which is large enough. */
struct chunk *take_top(struct heap_call *k, uint64_t nb);
/* c merges with free neighbours and goes to the bins, or into top; returns the
 * bytes of what became of it. */
uint64_t coalesce(struct heap_call *k, struct chunk *c);

/* ---- realloc.c ---- */

/* A heap chunk in use gets room for nb bytes, in place or elsewhere; NULL as
 * int_malloc. */
struct chunk *int_realloc(struct heap_call *k, struct chunk *c, uint64_t nb);
/* The same for a chunk with a mapping of its own. */
struct chunk *realloc_mapping(struct heap_call *k, struct chunk *c,
			      uint64_t nb);

/* ---- sysmalloc.c: the library and the kernel ---- */

/* The library writes a word at va. */
void heap_write(struct heap_call *k, vaddr_t va);
/* The library writes c's size. */
static inline void write_size(struct heap_call *k, const struct chunk *c)
{
	heap_write(k, c->start + SIZE_SZ);
}
/* The writes reach memory, page by page; false: one was refused, or k->refused
 * was set before; t may be gone then. */
bool heap_flush(struct heap_call *k);
/* Write every page of [va, va + bytes) with this content; false as above. */
bool heap_fill(struct heap_call *k, vaddr_t va, uint64_t bytes,
	       const char tag[TAG_LEN]);
/* Copy bytes from one place to another; false as above. */
bool heap_copy(struct heap_call *k, vaddr_t to, vaddr_t from, uint64_t bytes);

/* Top cannot give nb bytes: more heap, or a mapping. NULL as int_malloc. */
struct chunk *sysmalloc(struct heap_call *k, uint64_t nb);
/* Top is above the trim threshold: give back what is above top_pad. */
void systrim(struct heap_call *k);
/* The mapping of a chunk goes back to the kernel, and its record goes. */
void munmap_chunk(struct heap_call *k, struct chunk *c);
/* The mapping of c is resized for nb bytes, perhaps moved; NULL: refused. */
struct chunk *mremap_chunk(struct heap_call *k, struct chunk *c, uint64_t nb);

#endif
