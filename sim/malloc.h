/*
 * The C library's allocator, as a process sees it (REFERENCE 12: glibc 2.36).
 * It lives in user space: it asks the kernel by brk and mmap, and touches the
 * pages of its chunk headers by ordinary writes.
 *
 * Two numbers of the machine make all its sizes: that of a word, and what
 * addresses are multiples of.
 *
 *	                          i386      ARM       x86-64
 *	size_sz                   4         4         8
 *	malloc_alignment          16        8         16
 *	header of a chunk         8         8         16
 *	smallest chunk            16        16        32
 *	malloc(100)               112       104       112
 *	tcache up to              1024      520       1040
 *	fastbins up to            64        64        128
 *	large bins from           1008      512       1024
 *	mmap_threshold up to      512K      512K      32M
 *	fresh heap of malloc(1)   136K      132K      132K
 */
#ifndef SIM_MALLOC_H
#define SIM_MALLOC_H

#include "mm.h"
#include "fault.h"

enum {
	DEFAULT_MMAP_THRESHOLD = 131072, /* also trim threshold and top_pad */
};

/* Where a chunk is. */
enum chunk_place {
	CHUNK_USED,    /* in the program's hands (or the library's own)      */
	CHUNK_TCACHE,  /* freed, kept for the next malloc of its size        */
	CHUNK_FASTBIN, /* the same, when the tcache has 7 of its size        */
	CHUNK_BIN,     /* free: neighbours merge with it                     */
	CHUNK_TOP,     /* the rest of the heap, up to the break              */
	CHUNK_FENCE,   /* two headers that end a piece of heap given up      */
};

/*
 * Law: heap chunks that touch are not both in bins; a chunk in a bin never
 *      touches top from below; bytes is a multiple of malloc_alignment; with
 *      mmapped_front, a mapping's chunk is what it leaves of whole pages.
 */
struct chunk {
	vaddr_t start;        /* of the header; user memory is behind it    */
	uint64_t bytes;       /* with header                                */
	bool in_use;          /* the program holds it                       */
	bool mmapped, is_top;
	uint8_t place;        /* enum chunk_place                           */
	uint8_t bin;          /* CHUNK_BIN: which one                       */
	uint32_t name;        /* symbol of the region, 0 = free              */
	struct chunk *next, *prev; /* heap: by address; mmapped: last first */
	struct chunk *next_free, *prev_free; /* on its list of free chunks   */
	struct chunk *next_hash; /* another one with the same hash          */
};

/* A chunk's header: prev_size and size. */
static inline uint32_t chunk_hdr_sz(const struct malloc_state *h)
{
	return 2u * h->size_sz;
}

/* The smallest chunk: a header, and two links while it is free. */
static inline uint32_t chunk_minsize(const struct malloc_state *h)
{
	return 4u * h->size_sz;
}

/* Where the memory of a chunk begins. */
static inline vaddr_t chunk2mem(const struct malloc_state *h,
				const struct chunk *c)
{
	return c->start + chunk_hdr_sz(h);
}

/*
 * User address, or -SIM_ENOMEM.  When the kernel refuses a touch of a header
 * (the scenario took the page away, or no memory is left) the result is a
 * negative number that holds the whole outcome: see malloc_outcome.  After an
 * OUT_KILLED t may be gone.
 */
int64_t user_malloc(struct machine *m, struct task *t, uint64_t bytes,
		    uint32_t name);
int64_t user_calloc(struct machine *m, struct task *t, uint64_t bytes,
		    uint32_t name);
/* 0 bytes: free, result 0. old must be what malloc gave, else -SIM_EINVAL. */
int64_t user_realloc(struct machine *m, struct task *t, vaddr_t old,
		     uint64_t bytes, uint32_t name);
/* 0, or -SIM_EINVAL: no chunk in use begins there (the library would abort). */
int64_t user_free(struct machine *m, struct task *t, vaddr_t addr);

/* Any result of the four above as the outcome of an event. */
struct outcome malloc_outcome(int64_t result);

/* Is c in the bin of chunks that are not yet sorted by size? */
bool is_unsorted(const struct chunk *c);
/* Bytes that may be used at an address malloc gave; 0: none. */
uint64_t user_usable_size(const struct mm *mm, vaddr_t addr);

/* fork: the child's heap has the same chunks. exec, exit: forget them. */
void malloc_copy(struct machine *m, struct mm *to, const struct mm *from);
void malloc_forget(struct machine *m, struct mm *mm);

#endif
