/*
 * Reapers: free slabs are given back, though not all and not at once.
 *
 * A slab that has become free is likely to be wanted again, so a cache keeps
 * it.  When memory is short (2.4) or every two seconds (6.1) somebody looks
 * around and takes a part, and both have the same idea: what was needed since
 * the last look is spared.
 *
 *	2.4  kmem_cache_reap, called when pages are short: goes on from
 *	     where it stopped, looks at up to 10 caches, and takes half of
 *	     the free slabs of the one best cache.  A cache that has grown
 *	     since the last look gets a second chance.  A cache's score is
 *	     the pages in its free slabs, less a fifth if its objects have
 *	     a constructor (building them anew costs time) and less another
 *	     if a slab is more than a page (such blocks are hard to get);
 *	     with 10 or more it is good enough, and the search ends:
 *
 *		12 free slabs of 2 pages, constructor:  24 -> 19 -> 15
 *		15 >= 10: (12 + 1) / 2 = 6 slabs go, 12 pages
 *
 *	6.1  cache_reap, every two seconds on each CPU: from each cache a
 *	     part of the CPU's array (see reap_array), and every second
 *	     time of the shared array and of the free slabs, unless one of
 *	     these was needed in between.
 *
 * Simpler than Linux: there is no clock, so a pass is an event; the chain of
 * caches is gone through by number, youngest first, and a number that a cache
 * took over from a destroyed one keeps its place.  6.1 brings caches in step
 * at random, here the first pass for slabs is each cache's second one.
 * Sources: 2.4.18 kmem_cache_reap, 6.1 cache_reap; REFERENCE 5.9.
 */
#include "machine.h"
#include "page_alloc.h"

enum {
	REAP_SCANLEN = 10, /* 2.4: caches looked at in one search           */
	REAP_PERFECT = 10, /* 2.4: pages with which a cache is good enough  */
	REAP_PASSES = 2,   /* 6.1: of the arrays, to one of the slabs       */
	REAP_PARTS = 5,    /* 6.1: looks until free_limit would be gone     */
};

/* ---- 2.4 ---- */

/* The number of the cache behind i on the chain; cache 0 comes last. */
static uint32_t next_on_chain(const struct machine *m, uint32_t i)
{
	do
		i = i > 0 ? i - 1 : m->nr_caches - 1;
	while (!m->cache[i]);
	return i;
}

/* Pages that taking from c is worth. */
static uint32_t reap_score(const struct kmem_cache *c)
{
	uint32_t pages = c->slabs_free.count << c->gfporder;

	if (c->flags & SLAB_CTOR)
		pages = (pages * 4 + 1) / 5;
	if (c->gfporder)
		pages = (pages * 4 + 1) / 5;
	return pages;
}

/* The score of a cache that the search has come to; 0: not this time. */
static uint32_t reap_look(struct machine *m, struct kmem_cache *c)
{
	uint32_t score;

	if ((c->flags & SLAB_NO_REAP) || c->growing)
		return 0;
	if (c->grown_lately) {
		c->grown_lately = false;
		note(m, REAP_SECOND_CHANCE, c->index, c->slabs_free.count);
		return 0;
	}
	drain_array(m, c, &c->cpu[m->cpu]);
	score = reap_score(c);
	if (score)
		note(m, REAP_SCORE, c->index, c->slabs_free.count, score);
	return score;
}

/* Search on from where the last search stopped; NULL: nothing to take. */
static struct kmem_cache *reap_search(struct machine *m)
{
	uint32_t i = m->clock_searchp, best_score = 0;
	struct kmem_cache *best = NULL;

	if (i >= m->nr_caches || !m->cache[i])
		i = 0;
	m->clock_searchp = i;
	for (int scan = REAP_SCANLEN; scan > 0; scan--) {
		uint32_t score = reap_look(m, m->cache[i]);

		if (score > best_score) {
			best_score = score;
			best = m->cache[i];
		}
		i = next_on_chain(m, i);
		if (best_score >= REAP_PERFECT || i == m->clock_searchp)
			break;
	}
	m->clock_searchp = i;
	return best;
}

uint32_t kmem_cache_reap(struct machine *m)
{
	struct kmem_cache *c;
	uint32_t pages = 0;

	enter(m, KMEM_CACHE_REAP, m->clock_searchp);
	c = reap_search(m);
	if (c) {
		uint32_t nr = (c->slabs_free.count + 1) / 2;

		step(m, REAP_BEST, c->index, nr, c->slabs_free.count);
		pages = drain_freelist(m, c, nr);
	}
	leave(m, KMEM_CACHE_REAP, pages);
	return pages;
}

/* ---- 6.1 ---- */

/* The shared array and the free slabs of a cache; returns pages given back. */
static uint32_t reap_node(struct machine *m, struct kmem_cache *c)
{
	uint32_t parts = REAP_PARTS * c->num;

	if (m->reap_passes < c->next_reap)
		return 0;
	c->next_reap = m->reap_passes + REAP_PASSES;
	reap_array(m, c, &c->shared);
	if (!c->free_touched)
		return drain_freelist(m, c,
				      (c->free_limit + parts - 1) / parts);
	c->free_touched = false;
	if (c->slabs_free.count)
		step(m, REAP_TOUCHED, c->index, c->slabs_free.count);
	return 0;
}

uint32_t cache_reap(struct machine *m)
{
	uint32_t pages = 0;

	enter(m, CACHE_REAP, m->cpu);
	m->reap_passes++;
	for (uint32_t i = m->nr_caches; i-- > 0;)
		if (m->cache[i]) {
			reap_array(m, m->cache[i], &m->cache[i]->cpu[m->cpu]);
			pages += reap_node(m, m->cache[i]);
		}
	leave(m, CACHE_REAP, pages);
	return pages;
}

uint32_t slab_reap(struct machine *m)
{
	return m->profile->slab_61 ? cache_reap(m) : kmem_cache_reap(m);
}
