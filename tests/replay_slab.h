/*
 * What the replays of slab recordings share: the machine of a transcript's head, and the words of a cache.
 */
#ifndef TESTS_REPLAY_SLAB_H
#define TESTS_REPLAY_SLAB_H

#include "sim/machine.h"
#include "tests/replay.h"

struct slabs {
	struct replay *r;
	struct mm_profile profile;
	struct trace trace;
	struct machine *m;   /* NULL until the head was read */
	char kernel[256];    /* its line                     */
	uint32_t foreign_flags; /* of kmem_cache.flags: not compared */
};

/* Is the line just read one of the head?  Then it is used, or compared. */
bool slabs_head(struct slabs *k);

/* Every word key=value of text that we know must say what cache c says. */
void slabs_compare(struct slabs *k, const struct kmem_cache *c, const char *text);

/* A cache as "size_req= align_req= hwcache= ... -> ..." wants it, compared with what follows the arrow; NULL: differs. */
struct kmem_cache *slabs_cache(struct slabs *k, const char *line);

/* ---- counts, brought about by allocating and freeing ---- */

struct slab_counts {
	long long full, partial, free, free_objects, ac_avail, shared_avail;
};

/*
 * Fill a fresh cache so that it counts as wanted: all objects of all slabs are taken, then as many given back, from
 * as few slabs as partial and free say.  Text of why no cache can count so, or NULL.
 */
const char *slabs_fill(struct machine *m, struct kmem_cache *c, const struct slab_counts *want);
/* Everything back. */
void slabs_empty(struct machine *m, struct kmem_cache *c);

#endif
