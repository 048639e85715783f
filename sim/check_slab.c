/*
 * Laws of slab caches: lists by fill, index lists, CPUs' arrays.
 *
 * Each object is in one of three states, and these must add up:
 *
 *	held by a caller     busy, counted in inuse
 *	in a CPU's array     not busy, counted in inuse
 *	free in its slab     not busy, on the index list
 */
#include "check.h"

/* The index list names num - inuse different objects, none of them busy. */
static bool check_free_objects(struct check *k, const struct slab *s)
{
	const struct kmem_cache *c = s->cache;
	uint8_t seen[PAGE_SIZE] = {0};
	uint16_t index = s->free;

	for (uint32_t i = s->inuse; i < c->num; i++) {
		if (k->m->profile->slab_61)
			index = s->bufctl[i];
		if (!LAW(index < c->num && !seen[index] && !s->busy[index],
			 "cache %s: slab at frame %u offers object %u, which "
			 "is not free",
			 c->name, s->pfn, index))
			return false;
		seen[index] = 1;
		if (!k->m->profile->slab_61)
			index = s->bufctl[index];
	}
	return LAW(k->m->profile->slab_61 || index == BUFCTL_END,
		   "cache %s: slab at frame %u has more free objects than it "
		   "counts",
		   c->name, s->pfn);
}

static bool check_slab(struct check *k, const struct kmem_cache *c,
		       const struct slab *s)
{
	if (!LAW(s->cache == c, "cache %s has a slab of another", c->name) ||
	    !check_owned(k, s->pfn, c->gfporder, FRAME_SLAB))
		return false;
	for (pfn_t i = s->pfn; i < s->pfn + (1u << c->gfporder); i++)
		if (!LAW(pfn_page(k->m, i)->mapping == s,
			 "frame %u does not lead to its slab", i))
			return false;
	return check_free_objects(k, s);
}

struct sums {
	uint32_t inuse, busy, in_arrays, free;
};

/* A list whose slabs have least .. most objects in use. */
static bool check_slab_list(struct check *k, const struct kmem_cache *c,
			    const struct slab_list *l, uint32_t least,
			    uint32_t most, struct sums *sums)
{
	const struct slab *before = NULL;
	uint32_t count = 0;

	for (const struct slab *s = l->first; s; before = s, s = s->next) {
		if (!LAW(s->prev == before && count++ < l->count,
			 "cache %s: a list of slabs is broken", c->name) ||
		    !LAW(s->inuse >= least && s->inuse <= most,
			 "cache %s: slab at frame %u with %u of %u objects "
			 "in use is on the wrong list",
			 c->name, s->pfn, s->inuse, c->num) ||
		    !check_slab(k, c, s))
			return false;
		sums->inuse += s->inuse;
		sums->free += c->num - s->inuse;
		for (uint32_t i = 0; i < c->num; i++)
			sums->busy += s->busy[i];
	}
	return LAW(count == l->count && l->last == before,
		   "cache %s: a list says %u slabs, but holds %u", c->name,
		   l->count, count);
}

/* Objects in an array are in use by their slab and in nobody's hands. */
static bool check_array(struct check *k, const struct kmem_cache *c,
			const struct array_cache *ac, struct sums *sums)
{
	if (!LAW(ac->avail <= ac->limit, "cache %s: array holds %u of %u",
		 c->name, ac->avail, ac->limit))
		return false;
	for (uint32_t i = 0; i < ac->avail; i++) {
		const struct slab *s = slab_of(k->m, ac->entry[i]);
		int index = s ? slab_object_at(s, ac->entry[i]) : -1;

		if (!LAW(s && s->cache == c && index >= 0,
			 "cache %s: array entry %x is no object of it", c->name,
			 ac->entry[i]) ||
		    !LAW(!s->busy[index],
			 "cache %s: object %x is held and in an array", c->name,
			 ac->entry[i]))
			return false;
	}
	sums->in_arrays += ac->avail;
	return true;
}

/* What holds between events: nothing grows, free slabs are not too many, and
 * bytes are kept where somebody looks at them. */
static bool check_rest(struct check *k, const struct kmem_cache *c)
{
	bool debugged = c->flags & (SLAB_POISON | SLAB_RED_ZONE);
	const struct slab *s = c->slabs_partial.first ? c->slabs_partial.first
						      : c->slabs_full.first;

	return LAW(c->active <= c->high_mark,
		   "cache %s: %u objects are active, more than ever: %u",
		   c->name, c->active, c->high_mark) &&
	       LAW(!k->m->profile->slab_61 || c->slabs_free.count == 0 ||
			   c->free_objects <= c->free_limit,
		   "cache %s: keeps free slabs with %u free objects, more "
		   "than %u",
		   c->name, c->free_objects, c->free_limit) &&
	       LAW(!s || debugged == (s->bytes != NULL),
		   "cache %s: bytes are kept for nobody, or not kept", c->name);
}

static bool check_cache(struct check *k, const struct kmem_cache *c)
{
	struct sums sums = {0};

	if (!check_slab_list(k, c, &c->slabs_full, c->num, c->num, &sums) ||
	    !check_slab_list(k, c, &c->slabs_partial, 1, c->num - 1u, &sums) ||
	    !check_slab_list(k, c, &c->slabs_free, 0, 0, &sums) ||
	    !check_array(k, c, &c->shared, &sums))
		return false;
	for (unsigned cpu = 0; cpu < MAX_CPUS; cpu++)
		if (!check_array(k, c, &c->cpu[cpu], &sums))
			return false;
	return LAW(sums.inuse == sums.busy + sums.in_arrays,
		   "cache %s: %u objects in use, but %u held + %u in arrays",
		   c->name, sums.inuse, sums.busy, sums.in_arrays) &&
	       LAW(c->active == sums.busy,
		   "cache %s: counts %u objects as active, but %u are held",
		   c->name, c->active, sums.busy) &&
	       LAW(c->free_objects == sums.free,
		   "cache %s: counts %u free objects, but slabs have %u",
		   c->name, c->free_objects, sums.free) &&
	       check_rest(k, c);
}

bool check_slabs(struct check *k)
{
	for (uint32_t i = 0; i < k->m->nr_caches; i++)
		if (k->m->cache[i] && !check_cache(k, k->m->cache[i]))
			return false;
	return true;
}
