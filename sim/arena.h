/*
 * The arena: every byte of simulated state, in one mapping, at one address.
 *
 * A checkpoint copies the arena's used bytes, a restore copies them back.
 * So pointers inside the arena point inside the arena, and nothing outside of
 * it holds simulated state.  The mapping is reserved at once and takes host
 * memory only for what was touched; new memory reads as zero.
 *
 *	base                                    base + used         base + size
 *	| struct arena | allocations ...        | never touched ... |
 *
 * Law: [used, size) is zero; free chunks of one size are on one list; what
 * the allocator itself knows (struct arena) lies inside the mapping too.
 */
#ifndef SIM_ARENA_H
#define SIM_ARENA_H

#include "types.h"

struct arena;

/* Reserve an arena of bytes; NULL if the host has no address space for it. */
struct arena *arena_create(size_t bytes);
void arena_destroy(struct arena *a);

/*
 * bytes zeroed bytes, aligned to 16 (from 16 KiB on to 16 KiB, so that a large
 * array shares no host page with anything else).  Never NULL: when the arena is
 * full or an injected failure is due, the function set by arena_on_full is
 * called, which must not return; without one, abort().  Freed chunks of the
 * same rounded size are used first, last freed first.
 */
void *arena_alloc(struct arena *a, size_t bytes);

/* Give back what arena_alloc gave for the same bytes. NULL is allowed. */
void arena_free(struct arena *a, void *chunk, size_t bytes);

/* Grow or move a chunk: contents kept, new bytes zero. */
void *arena_realloc(struct arena *a, void *chunk, size_t old, size_t bytes);

/* The span that a checkpoint has to copy: [arena_base, + arena_used). */
void *arena_base(struct arena *a);
size_t arena_used(const struct arena *a);
size_t arena_size(const struct arena *a);

/* For tests: the n-th arena_alloc from now finds the arena full; 0: none. */
void arena_fail_after(struct arena *a, size_t n);

/* Called when the arena is full. Host state: not part of a checkpoint. */
void arena_on_full(void (*full)(void));

/* The first object allocated, i.e. struct machine. */
void *arena_root(struct arena *a);

#endif
