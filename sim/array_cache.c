/*
 * CPUs' arrays: objects at hand, without a list and without a lock.
 *
 * Each CPU has a small stack of free objects of a cache.  An object is popped
 * from the top, so the one freed last, still warm in the CPU's cache, goes out
 * first; a freed object is pushed.  Only an empty or a full array goes to the
 * slabs, and then for batchcount objects at once:
 *
 *	limit 4, batch 2; A, B, C, D, E are freed:
 *	    push A B C D    [A B C D]
 *	    push E, 6.1     A and B leave, the oldest:  [C D E]
 *	    push E, 2.4     C and D leave, the newest:  [A B E]
 *
 * 6.1 fills an array from the lowest index up and pops from the top, so a fresh
 * slab's objects go out in descending order within a batch.  An array that was
 * not used since the reaper last looked refills by 16 at most.  With several
 * CPUs, objects that leave a full array first go to one that all CPUs share.
 *
 * In 2.4 a machine with one CPU has no arrays; in 6.1 every machine has.
 *
 * Objects in an array count as in use by their slab, but nobody holds them.
 *
 * Simpler than Linux: the arrays themselves take no memory of the machine.
 * Sources: 2.4.18 enable_cpucache and kmem_cache_alloc_batch, 6.1
 * cache_alloc_refill and cache_flusharray; REFERENCE 5.8, 5.10.
 */
#include <string.h>

#include "slab_list.h"

enum {
	BATCHREFILL_LIMIT = 16,
	SHARED_FACTOR = 8, /* batches that the shared array holds         */
	REAP_PARTS = 5,    /* the reaper takes such a part of an idle one */
};

/* ---- set-up ---- */

/* 2.4: none for objects above a page. */
static uint16_t limit_24(uint32_t size)
{
	if (size > PAGE_SIZE)
		return 0;
	if (size > 1024)
		return 60;
	return size > 256 ? 124 : 252;
}

static uint16_t limit_61(uint32_t size)
{
	if (size > 131072)
		return 1;
	if (size > PAGE_SIZE)
		return 8;
	if (size > 1024)
		return 24;
	return size > 256 ? 54 : 120;
}

/* 6.1: free objects that c may keep while so many CPUs run. */
static uint32_t free_limit(const struct kmem_cache *c, uint32_t batchcount,
			   uint32_t cpus)
{
	return (1 + cpus) * batchcount + c->num;
}

static void array_init(struct machine *m, struct array_cache *ac,
		       uint16_t limit, uint16_t batchcount)
{
	ac->limit = limit;
	ac->batchcount = batchcount;
	if (limit)
		ac->entry = arena_alloc(m->arena, limit * sizeof(vaddr_t));
}

void setup_cpu_cache(struct machine *m, struct kmem_cache *c)
{
	uint32_t cpus = m->config.cpus;
	uint16_t limit, batch;

	if (m->profile->slab_61) {
		limit = limit_61(c->size);
		batch = (limit + 1) / 2;
		if (cpus > 1 && c->size <= PAGE_SIZE)
			array_init(m, &c->shared, batch * SHARED_FACTOR, batch);
		c->free_limit = free_limit(c, batch, m->cpus_online);
	} else {
		limit = cpus > 1 ? limit_24(c->size) : 0;
		batch = limit / 2;
	}
	for (uint32_t cpu = 0; cpu < cpus; cpu++)
		array_init(m, &c->cpu[cpu], limit, batch);
}

/*
 * Each CPU that comes raises the limit of the caches that are there, but is
 * not yet counted among the CPUs that run while it does.  So the last one is
 * missing in the limit of boot's caches: recorded with two CPUs, 2 batches for
 * kmalloc-32 and 3 for a cache made later.
 */
void cache_cpus_online(struct machine *m)
{
	for (; m->cpus_online < m->config.cpus; m->cpus_online++)
		for (uint32_t i = 0; i < m->nr_caches; i++) {
			struct kmem_cache *c = m->cache[i];

			if (c && m->profile->slab_61)
				c->free_limit =
					free_limit(c, c->cpu[0].batchcount,
						   m->cpus_online);
		}
}

static void array_free(struct machine *m, struct array_cache *ac)
{
	arena_free(m->arena, ac->entry, ac->limit * sizeof(vaddr_t));
	memset(ac, 0, sizeof(*ac));
}

void free_cpu_cache(struct machine *m, struct kmem_cache *c)
{
	for (uint32_t cpu = 0; cpu < MAX_CPUS; cpu++)
		array_free(m, &c->cpu[cpu]);
	array_free(m, &c->shared);
}

/* ---- refill ---- */

/* Move up to max objects from the top of one array to that of another. */
static uint32_t transfer_objects(struct array_cache *to,
				 struct array_cache *from, uint32_t max)
{
	uint32_t nr = to->limit - to->avail;

	if (nr > from->avail)
		nr = from->avail;
	if (nr > max)
		nr = max;
	if (nr == 0)
		return 0;
	from->avail -= nr;
	memcpy(to->entry + to->avail, from->entry + from->avail,
	       nr * sizeof(vaddr_t));
	to->avail += nr;
	return nr;
}

/* Take objects off s until it is full or none is wanted; returns how many
 * are still wanted. */
static uint32_t alloc_block(struct machine *m, struct kmem_cache *c,
			    struct array_cache *ac, struct slab *s,
			    uint32_t wanted)
{
	uint16_t index;

	for (; wanted > 0 && s->inuse < c->num; wanted--)
		ac->entry[ac->avail++] = slab_get_obj(m, c, s, &index);
	return wanted;
}

static void refill_from_slabs(struct machine *m, struct kmem_cache *c,
			      struct array_cache *ac, uint32_t wanted)
{
	struct slab *s;

	while (wanted > 0 && (s = first_slab(m, c)) != NULL)
		wanted = alloc_block(m, c, ac, s, wanted);
}

/* What all CPUs have in common is asked: the shared array, then the slabs. */
static void refill_locked(struct machine *m, struct kmem_cache *c,
			  struct array_cache *ac, uint32_t wanted)
{
	uint32_t shared;

	spin_lock(m, &c->list_lock);
	shared = transfer_objects(ac, &c->shared, wanted);
	if (shared) {
		c->shared.touched = true;
		step(m, AC_FROM_SHARED, c->index, shared);
	} else {
		refill_from_slabs(m, c, ac, wanted);
	}
	spin_unlock(m, &c->list_lock);
}

/* 2.4 takes from the new slab as from any other; 6.1 before others see it. */
static void refill_by_growing(struct machine *m, struct kmem_cache *c,
			      struct array_cache *ac, uint32_t wanted,
			      uint32_t gfp)
{
	struct slab *s = cache_grow(m, c, gfp);

	if (!s)
		return;
	if (!m->profile->slab_61)
		spin_lock(m, &c->list_lock);
	alloc_block(m, c, ac, s, wanted);
	if (!m->profile->slab_61)
		spin_unlock(m, &c->list_lock);
}

static uint32_t objects_wanted(const struct machine *m,
			       const struct array_cache *ac)
{
	if (m->profile->slab_61 && !ac->touched &&
	    ac->batchcount > BATCHREFILL_LIMIT)
		return BATCHREFILL_LIMIT;
	return ac->batchcount;
}

void cache_alloc_refill(struct machine *m, struct kmem_cache *c,
			struct array_cache *ac, uint32_t gfp)
{
	uint32_t wanted = objects_wanted(m, ac);

	enter(m, CACHE_ALLOC_REFILL, c->index, wanted);
	/* 6.1 looks before it takes the lock for nothing */
	if (!m->profile->slab_61 || c->free_objects || c->shared.avail)
		refill_locked(m, c, ac, wanted);
	/* A refill that got something does not grow the cache. */
	if (ac->avail == 0)
		refill_by_growing(m, c, ac, wanted, gfp);
	leave(m, CACHE_ALLOC_REFILL, ac->avail);
}

/* ---- flush ---- */

/* nr entries from first on go back to their slabs, in this order; returns the
 * slabs that leave the cache for it, to be destroyed without the lock. */
static struct slab *free_block(struct machine *m, struct kmem_cache *c,
			       struct array_cache *ac, uint32_t first,
			       uint32_t nr)
{
	for (uint32_t i = 0; i < nr; i++) {
		vaddr_t obj = ac->entry[first + i];
		struct slab *s = virt_to_slab(m, obj);

		slab_put_obj(m, c, s, obj, obj_to_index(c, s, obj));
	}
	ac->avail -= nr;
	memmove(ac->entry + first, ac->entry + first + nr,
		(ac->avail - first) * sizeof(vaddr_t));
	return m->profile->slab_61 ? slabs_over_limit(m, c) : NULL;
}

/* 6.1: the oldest entries move to the shared array, as far as it has room;
 * false: it has none. */
static bool flush_to_shared(struct machine *m, struct kmem_cache *c,
			    struct array_cache *ac)
{
	struct array_cache *sh = &c->shared;
	uint32_t nr = sh->limit - sh->avail;

	if (nr > ac->batchcount)
		nr = ac->batchcount;
	if (nr == 0)
		return false;
	memcpy(sh->entry + sh->avail, ac->entry, nr * sizeof(vaddr_t));
	sh->avail += nr;
	ac->avail -= nr;
	memmove(ac->entry, ac->entry + nr, ac->avail * sizeof(vaddr_t));
	step(m, AC_TO_SHARED, c->index, nr);
	return true;
}

void cache_flusharray(struct machine *m, struct kmem_cache *c,
		      struct array_cache *ac)
{
	uint32_t nr = ac->batchcount;
	struct slab *gone = NULL;

	enter(m, CACHE_FLUSHARRAY, c->index, nr);
	spin_lock(m, &c->list_lock);
	if (!m->profile->slab_61)
		free_block(m, c, ac, ac->avail - nr, nr);
	else if (!flush_to_shared(m, c, ac))
		gone = free_block(m, c, ac, 0, nr);
	spin_unlock(m, &c->list_lock);
	slabs_destroy(m, gone);
	leave(m, CACHE_FLUSHARRAY);
}

/* The nr oldest entries go back. */
static void give_oldest(struct machine *m, struct kmem_cache *c,
			struct array_cache *ac, uint32_t nr)
{
	struct slab *gone;

	spin_lock(m, &c->list_lock);
	gone = free_block(m, c, ac, 0, nr);
	spin_unlock(m, &c->list_lock);
	slabs_destroy(m, gone);
}

/* A fifth of the limit goes back, or half of what there is if that is less. */
static void reap_some(struct machine *m, struct kmem_cache *c,
		      struct array_cache *ac)
{
	uint32_t nr = (ac->limit + REAP_PARTS - 1) / REAP_PARTS;

	if (nr > ac->avail)
		nr = (ac->avail + 1u) / 2;
	enter(m, REAP_ARRAY, c->index, nr, ac->avail);
	give_oldest(m, c, ac, nr);
	leave(m, REAP_ARRAY);
}

void reap_array(struct machine *m, struct kmem_cache *c, struct array_cache *ac)
{
	if (ac->avail == 0)
		return;
	if (ac->touched) {
		ac->touched = false;
		step(m, AC_UNTOUCHED, c->index, ac->avail);
		return;
	}
	reap_some(m, c, ac);
}

void drain_array(struct machine *m, struct kmem_cache *c,
		 struct array_cache *ac)
{
	if (ac->avail == 0)
		return;
	enter(m, DRAIN_ARRAY, c->index, ac->avail);
	give_oldest(m, c, ac, ac->avail);
	leave(m, DRAIN_ARRAY);
}

void trade_array(struct machine *m, struct kmem_cache *c,
		 struct array_cache *ac)
{
	uint32_t wanted = objects_wanted(m, ac);

	if (ac->avail) {
		reap_some(m, c, ac);
		return;
	}
	enter(m, CACHE_ALLOC_REFILL, c->index, wanted);
	refill_locked(m, c, ac, wanted);
	leave(m, CACHE_ALLOC_REFILL, ac->avail);
}

void drain_cpu_caches(struct machine *m, struct kmem_cache *c)
{
	for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++)
		drain_array(m, c, &c->cpu[cpu]);
	drain_array(m, c, &c->shared);
}
