/*
 * Contention: several CPUs want one lock at the same time.
 *
 *	contend 0 1 2 3 on=Normal
 *
 *	CPU 0   takes the lock | works on the free lists ........ | unlocks
 *	CPU 1     comes, waits ...................................| works | unlocks
 *	CPU 2       comes, waits ........................................ | works
 *	CPU 3         comes, waits ...............................................
 *
 * Each CPU does what brings CPUs to this lock.  At a zone's: an empty per-CPU
 * list is refilled, one that holds pages gives a batch back.  At a cache's: the
 * same with the CPU's array.  The others come, in the order named, as soon as
 * the first has the lock.  With several rounds a CPU that is done comes again, at
 * the end of the queue.
 *
 * An array that found no free object wants a new slab, which needs the page
 * allocator; that takes long, and is done when the crowd is gone.
 *
 * The engine is one thread.  A CPU's work is told when its turn has come, though
 * its first steps, up to the lock, were made before it had to wait; no other CPU
 * writes what they read.
 */
#include <string.h>

#include "machine.h"
#include "page_alloc.h"

/* ---- a visit ---- */

/* The zone whose lock it is; NULL: it is a cache's. */
static struct zone *zone_of(struct machine *m, uint32_t lock)
{
	return lock < LOCK_ID_CACHE ? zone_by_id(m, lock) : NULL;
}

static void visit_zone(struct machine *m, struct zone *z)
{
	enum migratetype type = gfp_migratetype(m, GFP_KERNEL);
	pfn_t pfn;

	if (z->pcp[m->cpu].count) {
		drain_zone_pages(m, z);
		return;
	}
	pfn = rmqueue_pcplist(m, z, 0, type);
	if (pfn != PFN_NONE)
		free_unref_page(m, z, pfn, 0);
}

/* False: the CPU found its array empty, and no object for it. */
static bool visit_cache(struct machine *m, struct kmem_cache *c)
{
	struct array_cache *ac = &c->cpu[m->cpu];
	bool was_empty = ac->avail == 0;

	trade_array(m, c, ac);
	return !was_empty || ac->avail;
}

/* What the running CPU came for.  False: it needs a new slab. */
static bool visit(struct machine *m, uint32_t lock)
{
	struct zone *z = zone_of(m, lock);
	bool satisfied = true;

	enter(m, CPU_VISITS, lock, m->cpu);
	if (z)
		visit_zone(m, z);
	else
		satisfied = visit_cache(m, m->cache[lock - LOCK_ID_CACHE]);
	leave(m, CPU_VISITS);
	return satisfied;
}

/* ---- the crowd ---- */

/* CPUs go one after the other as they are handed the lock, until each was there
 * so often.  Returns a bit for each that needs a new slab. */
static uint32_t take_turns(struct machine *m, struct spinlock *l,
			   const struct contention_wish *w)
{
	uint32_t left[MAX_CPUS] = {0}, most = w->rounds * w->nr_cpus;
	uint32_t empty = 0;

	for (unsigned i = 0; i < w->nr_cpus; i++)
		left[w->cpu[i]] = w->rounds;
	m->cpu = w->cpu[0];
	while (most-- > 0) {
		if (visit(m, l->id))
			empty &= ~(1u << m->cpu);
		else
			empty |= 1u << m->cpu;
		if (--left[m->cpu] > 0 && l->holder)
			lock_arrive(m, l, m->cpu);
		if (l->holder)
			m->cpu = l->holder - 1u;
	}
	return empty;
}

/* Who found no object makes the cache grow, or takes what another one has made
 * it grow by. */
static void grow_for_empty(struct machine *m, struct kmem_cache *c,
			   uint32_t empty)
{
	for (unsigned cpu = 0; cpu < m->config.cpus; cpu++) {
		vaddr_t obj;

		if (!(empty >> cpu & 1))
			continue;
		m->cpu = cpu;
		obj = kmem_cache_alloc(m, c);
		if (obj)
			kmem_cache_free(m, c, obj);
	}
}

static bool is_possible(struct machine *m, const struct contention_wish *w)
{
	const struct kmem_cache *c;

	if (!lock_find(m, w->lock) || w->nr_cpus < 2)
		return false;
	if (zone_of(m, w->lock))
		return true;
	c = m->cache[w->lock - LOCK_ID_CACHE];
	return c->cpu[0].limit > 0;
}

int contend(struct machine *m, const struct contention_wish *w)
{
	struct contention *c = &m->contention;
	uint32_t running = m->cpu, empty;

	if (!is_possible(m, w)) {
		note(m, CONTEND_NOT);
		return -SIM_EINVAL;
	}
	memset(c, 0, sizeof(*c));
	c->event_nr = m->event_nr;
	c->lock = w->lock;
	c->polls = w->polls;
	c->nr_due = (uint8_t)(w->nr_cpus - 1);
	memcpy(c->due, w->cpu + 1, c->nr_due);
	enter(m, CONTEND, w->lock, w->nr_cpus);
	empty = take_turns(m, lock_find(m, w->lock), w);
	c->polls = 0;
	if (empty)
		grow_for_empty(m, m->cache[w->lock - LOCK_ID_CACHE], empty);
	m->cpu = running;
	leave(m, CONTEND, c->nr_turns);
	return 0;
}
