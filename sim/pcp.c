/*
 * Per-CPU lists: a small stock of free blocks in front of the buddy.
 *
 * Almost all requests are for one frame, and almost all frames come back one
 * by one.  So each CPU keeps some of every zone for itself and goes to the
 * zone's buddy (whose lock all CPUs share) once in `batch` times only.
 *
 *	alloc: the head.  Empty?  Fetch batch blocks, one after the other,
 *	       appended in the order in which they came.
 *	free:  to the head, so that the warmest frame is used next.  high pages
 *	       or more?  batch of them go back, from the tail.
 *
 * 1024 free frames, batch 7: three frames asked for are 0, 1, 2; the list
 * holds 3, 4, 5, 6; the buddy holds 7, 8-15, 16-31, ...
 *
 * The more frees come in a row, the more go back at once: each time twice as
 * many (free_factor), while every allocation halves that again.
 *
 * A frame on a CPU's list is free to its user, yet not to the zone: the zone's
 * free pages do not count it, and its buddy cannot be joined with it.
 *
 * Source: 6.1 mm/page_alloc.c (rmqueue_bulk, free_pcppages_bulk,
 * free_unref_page_commit); REFERENCE 4.2.  Simpler than Linux: nobody drains an
 * idle CPU's lists.
 */
#include "page_alloc.h"
#include "page_list.h"

enum { FREE_FACTOR_MAX = 5 }; /* 6.1 CONFIG_PCP_BATCH_SCALE_MAX */

static struct per_cpu_pages *this_cpu_pages(struct machine *m, struct zone *z)
{
	return &z->pcp[m->cpu];
}

/* The kinds that a CPU does not tell apart lie among the movable ones. */
static enum migratetype pcp_list_type(enum migratetype type)
{
	return type < MIGRATE_PCPTYPES ? type : MIGRATE_MOVABLE;
}

/* A block goes to the head of this CPU's list of a kind, or to its tail; it
 * remembers the kind, as its pageblock may change before it leaves. */
static inline void add_block(struct machine *m, struct per_cpu_pages *pcp,
			     pfn_t pfn, unsigned order, enum migratetype type,
			     bool tail)
{
	struct page_list *l = &pcp->list[order][pcp_list_type(type)];

	pfn_page(m, pfn)->level = (uint8_t)type;
	if (tail)
		page_list_append(m, l, pfn);
	else
		page_list_push(m, l, pfn);
	pcp->count += 1u << order;
}

static NOINLINE void rmqueue_bulk(struct machine *m, struct zone *z,
				  unsigned order, enum migratetype type)
{
	struct per_cpu_pages *pcp = this_cpu_pages(m, z);
	uint32_t want = pcp->batch, got = 0;

	/* batch counts pages, but at least two blocks are fetched */
	if (want > 1)
		want = want >> order > 2 ? want >> order : 2;
	enter(m, RMQUEUE_BULK, z->id, m->cpu, order, want);
	spin_lock(m, &z->lock);
	for (; got < want; got++) {
		pfn_t pfn = rmqueue_block(m, z, order, type);

		if (pfn == PFN_NONE)
			break;
		set_block_use(pfn_page(m, pfn), order, FRAME_PCP);
		add_block(m, pcp, pfn, order, type, true);
	}
	spin_unlock(m, &z->lock);
	leave(m, RMQUEUE_BULK, got);
}

pfn_t rmqueue_pcplist(struct machine *m, struct zone *z, unsigned order,
		      enum migratetype type)
{
	struct per_cpu_pages *pcp = this_cpu_pages(m, z);
	struct page_list *l = &pcp->list[order][type];
	pfn_t pfn;

	pcp->free_factor >>= 1;
	if (l->count == 0)
		rmqueue_bulk(m, z, order, type);
	pfn = l->head;
	if (pfn == PFN_NONE)
		return PFN_NONE;
	page_list_remove(m, l, pfn);
	pfn_page(m, pfn)->level = 0;
	pcp->count -= 1u << order;
	step(m, PCP_TAKE, pfn, order, m->cpu, pcp->count);
	return pfn;
}

/*
 * Give at least nr_pages back to the buddy: from the tail of list i, counted by
 * orders and within an order by kinds; when that is empty of the next one,
 * round and round.
 */
static void free_pcppages_bulk(struct machine *m, struct zone *z, unsigned cpu,
			       uint32_t nr_pages, unsigned i)
{
	struct per_cpu_pages *pcp = &z->pcp[cpu];
	uint32_t goal = nr_pages < pcp->count ? pcp->count - nr_pages : 0;

	enter(m, FREE_PCPPAGES_BULK, z->id, cpu, pcp->count, pcp->high,
	      pcp->count - goal);
	spin_lock(m, &z->lock);
	while (pcp->count > goal) {
		unsigned order = i / MIGRATE_PCPTYPES;
		struct page_list *l = &pcp->list[order][i % MIGRATE_PCPTYPES];

		while (l->count && pcp->count > goal) {
			pfn_t pfn = l->tail;
			unsigned type = pfn_page(m, pfn)->level;

			page_list_remove(m, l, pfn);
			pcp->count -= 1u << order;
			free_one_page(m, z, pfn, order, (enum migratetype)type);
		}
		i = (i + 1) % (PCP_ORDERS * MIGRATE_PCPTYPES);
	}
	spin_unlock(m, &z->lock);
	leave(m, FREE_PCPPAGES_BULK);
}

/*
 * How many pages go back when the lists are full: batch, twice as many after
 * each further time, but never the last batch.  6.1 nr_pcp_free().
 */
static uint32_t nr_pcp_free(struct per_cpu_pages *pcp)
{
	uint32_t nr = pcp->batch << pcp->free_factor, max;

	if (pcp->high < pcp->batch)
		return 1;
	max = pcp->high - pcp->batch;
	if (nr < max && pcp->free_factor < FREE_FACTOR_MAX)
		pcp->free_factor++;
	if (nr > max)
		nr = max;
	return nr < pcp->batch ? pcp->batch : nr;
}

void free_unref_page(struct machine *m, struct zone *z, pfn_t pfn,
		     unsigned order)
{
	struct per_cpu_pages *pcp = this_cpu_pages(m, z);
	enum migratetype type = pageblock_type(m, z, pfn);
	unsigned list = order * MIGRATE_PCPTYPES + pcp_list_type(type);
	/* larger blocks freed in a row: they are worth more in the buddy */
	bool free_high = pcp->free_factor > 0 && order > 0;

	add_block(m, pcp, pfn, order, type, false);
	step(m, PCP_FREE, pfn, order, m->cpu, pcp->count);
	if (free_high)
		free_pcppages_bulk(m, z, m->cpu, pcp->count, list);
	else if (pcp->count >= pcp->high)
		free_pcppages_bulk(m, z, m->cpu, nr_pcp_free(pcp), list);
}

void drain_zone_pages(struct machine *m, struct zone *z)
{
	struct per_cpu_pages *pcp = this_cpu_pages(m, z);

	if (pcp->count)
		free_pcppages_bulk(m, z, m->cpu, pcp->batch, 0);
}

/* Does a CPU hold pages of any zone? */
static bool holds_pages(const struct machine *m, unsigned cpu)
{
	const struct zone *z;

	for_each_populated_zone(m, z)
		if (z->pcp[cpu].count)
			return true;
	return false;
}

void drain_pages(struct machine *m, int cpu)
{
	struct zone *z;

	for (unsigned c = 0; c < m->config.cpus; c++) {
		if (cpu >= 0 ? c != (unsigned)cpu : !holds_pages(m, c))
			continue;
		enter(m, DRAIN_PAGES, c);
		for_each_populated_zone(m, z) {
			if (z->pcp[c].count)
				free_pcppages_bulk(m, z, c, z->pcp[c].count, 0);
		}
		leave(m, DRAIN_PAGES);
	}
}
