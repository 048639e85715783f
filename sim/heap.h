/*
 * What the files of the C library's allocator share: records of chunks, and
 * one call's dealings with the process's memory.
 */
#ifndef SIM_HEAP_H
#define SIM_HEAP_H

#include "malloc.h"

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
/* Move c to a place that is not a bin, and to the head of its list. */
void chunk_put(struct malloc_state *h, struct chunk *c, enum chunk_place to);
/* The bins, which a heap has from the first chunk in them on. */
struct bin *chunk_bins(struct machine *m, struct malloc_state *h);
/* Move c to a bin, before another chunk there; NULL: to its end. */
void chunk_put_bin(struct malloc_state *h, struct chunk *c, uint32_t bin,
		   struct chunk *next);
/* Cut c: it keeps bytes; the rest becomes a chunk in use, or top. */
struct chunk *chunk_split(struct machine *m, struct malloc_state *h,
			  struct chunk *c, uint64_t bytes);
/* c grows by the chunk above it, whose record goes. */
void chunk_absorb(struct machine *m, struct malloc_state *h, struct chunk *c,
		  struct chunk *above);

/* Number of a size's list, in the tcache and the fastbins. */
static inline uint32_t size_index(const struct malloc_state *h, uint64_t bytes)
{
	return (uint32_t)((bytes - chunk_minsize(h)) / h->alignment);
}
/* bytes, up to a multiple of what addresses are multiples of. */
static inline uint64_t malloc_align(const struct malloc_state *h,
				    uint64_t bytes)
{
	return (bytes + h->alignment - 1) & ~(uint64_t)(h->alignment - 1);
}
/*
 * A mapping begins on a page, memory for the program on an aligned address:
 * so many bytes lie before the chunk.  8 if a header is shorter than the
 * alignment, as on i386.
 */
static inline uint32_t mmapped_front(const struct malloc_state *h)
{
	return h->alignment > chunk_hdr_sz(h) ? h->alignment - chunk_hdr_sz(h)
					      : 0;
}
/* Does it merge with a neighbour that is freed? */
static inline bool is_binned(const struct chunk *c)
{
	return c && c->place == CHUNK_BIN;
}

/* ---- tcache.c: freed chunks that do not merge ---- */

/* The tcache's chunk of nb bytes; NULL: it has none. */
struct chunk *tcache_get(struct heap_call *k, uint64_t nb);
/* Will it keep one more chunk of this size? */
bool tcache_has_room(const struct heap_call *k, uint64_t bytes);
/* Keep c, for which there is room, without a story. */
void tcache_put(struct heap_call *k, struct chunk *c);
/* A chunk in use is freed into the tcache, into a fastbin; false: it does not
 * go there. */
bool tcache_free(struct heap_call *k, struct chunk *c);
bool fastbin_free(struct heap_call *k, struct chunk *c);
/* A fastbin's chunk of nb bytes; further ones move to the tcache, for they
 * will be wanted soon.  NULL: there is none. */
struct chunk *fastbin_get(struct heap_call *k, uint64_t nb);
bool have_fastchunks(const struct malloc_state *h);

/* ---- bins.c: freed chunks that merge ---- */

/* The bin of a size, 2 .. NR_BINS - 1. */
uint32_t bin_index(const struct malloc_state *h, uint64_t bytes);
/* Of chunks in large bins. */
uint32_t min_large_size(const struct malloc_state *h);
/* c, which is on no list, goes to the head of the unsorted bin. */
void unsorted_put(struct heap_call *k, struct chunk *c);
/* c, which is in a bin, is taken out of it, in use. */
void bin_unlink(struct heap_call *k, struct chunk *c);
/* The oldest chunk in the small bin of nb bytes, further ones move to the
 * tcache; NULL: that is empty, or nb is large. */
struct chunk *smallbin_get(struct heap_call *k, uint64_t nb);
/* What the bins have for nb bytes, after sorting; NULL: nothing. */
struct chunk *bins_get(struct heap_call *k, uint64_t nb);

/* ---- heap.c: chunks inside the heap ---- */

/* A chunk of nb bytes from the fastbins, the bins, top, or the kernel; NULL:
 * no memory, or k->refused tells. */
struct chunk *int_malloc(struct heap_call *k, uint64_t nb);
/* A heap chunk in use is freed. */
void int_free(struct heap_call *k, struct chunk *c);
/* A chunk of nb bytes is cut from top, which is large enough. */
struct chunk *take_top(struct heap_call *k, uint64_t nb);

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
	heap_write(k, c->start + k->h->size_sz);
}
/* The next chunk's header says whether c is in use. */
static inline void write_in_use(struct heap_call *k, const struct chunk *c)
{
	heap_write(k, c->start + c->bytes + k->h->size_sz);
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
