/*
 * Laws of zones, free lists, per-CPU lists, and of every frame.
 *
 * Conservation: what a zone manages is free in the buddy, or on a CPU's list,
 * or in somebody's hands:
 *
 *	managed = free + pcp + (pages ever allocated - pages ever freed)
 */
#include "check.h"

static bool check_sizes(const struct zone *z)
{
	const uint32_t *mark = z->watermark;

	return LAW(z->present_pages <= z->spanned_pages,
		   "zone %s: present %u, but spanned %u", z->name,
		   z->present_pages, z->spanned_pages) &&
	       LAW(z->managed_pages <= z->present_pages,
		   "zone %s: managed %u, but present %u", z->name,
		   z->managed_pages, z->present_pages) &&
	       LAW(mark[WMARK_MIN] <= mark[WMARK_LOW] &&
			   mark[WMARK_LOW] <= mark[WMARK_HIGH],
		   "zone %s: marks %u, %u, %u do not rise", z->name,
		   mark[WMARK_MIN], mark[WMARK_LOW], mark[WMARK_HIGH]);
}

/* One block of a free list: its head, its place, and its buddy's state. */
static bool check_block(struct check *k, const struct zone *z, pfn_t pfn,
			unsigned order)
{
	const struct page *page = pfn_page(k->m, pfn);
	pfn_t buddy = pfn ^ 1u << order;
	const struct page *other = pfn_page(k->m, buddy);

	if (!LAW((page->flags & PG_BUDDY) && page->order == order,
		 "block %u on the free list of order %u is not marked so", pfn,
		 order) ||
	    !LAW((pfn & ((1u << order) - 1)) == 0,
		 "free block %u of order %u is not aligned", pfn, order) ||
	    !LAW(zone_spans_pfn(z, pfn + (1u << order) - 1),
		 "free block %u of order %u is not inside zone %s", pfn, order,
		 z->name))
		return false;
	if (order == MAX_ORDER - 1 || !zone_spans_pfn(z, buddy))
		return true;
	/* whole pageblocks that met while one was kept for atomic requests */
	if (z->pageblock && order >= k->m->profile->pageblock_order)
		return true;
	return LAW(!(other->flags & PG_BUDDY) || other->order != order,
		   "buddies %u and %u of order %u are both free", pfn, buddy,
		   order);
}

/*
 * A list's links: each block names the one before it, and there are as many
 * as the list says.  Blocks outside of the zone end the walk.
 */
static bool check_links(struct check *k, const struct zone *z,
			const struct page_list *l, unsigned order)
{
	pfn_t before = PFN_NONE;
	uint32_t count = 0;

	for (pfn_t pfn = l->head; pfn != PFN_NONE;
	     before = pfn, pfn = pfn_page(k->m, pfn)->next, count++) {
		if (!LAW(zone_spans_pfn(z, pfn) && count < l->count &&
				 pfn_page(k->m, pfn)->prev == before,
			 "zone %s: list of order %u is broken at frame %u",
			 z->name, order, pfn))
			return false;
	}
	return LAW(count == l->count && l->tail == before,
		   "zone %s: list of order %u says %u blocks, but holds %u",
		   z->name, order, l->count, count);
}

/* Does the block know the list that it is on?  A CPU keeps those of pageblocks
 * for atomic requests among the movable ones. */
static bool check_type(const struct check *k, pfn_t pfn, unsigned type)
{
	const struct page *page = pfn_page(k->m, pfn);

	if (page->use == FRAME_PCP && page->level == MIGRATE_HIGHATOMIC)
		return LAW(type == MIGRATE_MOVABLE,
			   "block %u is on a CPU's list of type %u, though its "
			   "pageblock is kept for atomic requests",
			   pfn, type);
	return LAW(page->level == type,
		   "block %u is on a list of type %u, but says %u", pfn, type,
		   page->level);
}

static bool check_free_area(struct check *k, const struct zone *z,
			    unsigned order)
{
	const struct free_area *area = &z->free_area[order];
	uint32_t blocks = 0;

	for (unsigned type = 0; type < MIGRATE_TYPES; type++) {
		const struct page_list *l = &area->free_list[type];

		if (!check_links(k, z, l, order) ||
		    !LAW(z->pageblock || type == 0 || l->count == 0,
			 "zone %s: blocks of type %u where types are not told "
			 "apart",
			 z->name, type))
			return false;
		for (pfn_t pfn = l->head; pfn != PFN_NONE;
		     pfn = pfn_page(k->m, pfn)->next)
			if (!check_block(k, z, pfn, order) ||
			    !check_type(k, pfn, type))
				return false;
		blocks += l->count;
	}
	return LAW(area->nr_free == blocks,
		   "zone %s: nr_free of order %u is %u, but the lists have %u",
		   z->name, order, area->nr_free, blocks);
}

/* One list of a CPU; *pages grows by what it holds. */
static bool check_pcp_list(struct check *k, const struct zone *z,
			   const struct page_list *l, unsigned order,
			   unsigned type, uint32_t *pages)
{
	if (!check_links(k, z, l, order))
		return false;
	*pages += l->count << order;
	for (pfn_t pfn = l->head; pfn != PFN_NONE;
	     pfn = pfn_page(k->m, pfn)->next)
		if (!check_owned(k, pfn, order, FRAME_PCP) ||
		    !check_type(k, pfn, type))
			return false;
	return true;
}

/* Lists of one CPU; *pages grows by what they hold. */
static bool check_pcp(struct check *k, const struct zone *z, unsigned cpu,
		      uint32_t *pages)
{
	const struct per_cpu_pages *pcp = &z->pcp[cpu];
	uint32_t held = 0;

	for (unsigned order = 0; order < PCP_ORDERS; order++)
		for (unsigned type = 0; type < MIGRATE_PCPTYPES; type++)
			if (!check_pcp_list(k, z, &pcp->list[order][type],
					    order, type, &held))
				return false;
	*pages += held;
	return LAW(held == pcp->count,
		   "zone %s: CPU %u counts %u pages, but its lists hold %u",
		   z->name, cpu, pcp->count, held);
}

/* Pages of pageblocks that are kept for atomic requests. */
static bool check_highatomic(const struct check *k, const struct zone *z)
{
	uint32_t blocks = 0;

	for (uint32_t i = 0; i < zone_nr_pageblocks(k->m, z) && z->pageblock;
	     i++)
		blocks += z->pageblock[i] == MIGRATE_HIGHATOMIC;
	return LAW(z->nr_reserved_highatomic ==
			   blocks * pageblock_nr_pages(k->m),
		   "zone %s: %u pages are kept for atomic requests, but %u "
		   "pageblocks are",
		   z->name, z->nr_reserved_highatomic, blocks);
}

static bool check_zone(struct check *k, const struct zone *z)
{
	uint32_t free = 0, pcp = 0;
	uint32_t used = (uint32_t)(z->nr_alloc - z->nr_free);

	if (!check_sizes(z) || !check_highatomic(k, z))
		return false;
	for (unsigned order = 0; order < MAX_ORDER; order++) {
		if (!check_free_area(k, z, order))
			return false;
		free += z->free_area[order].nr_free << order;
	}
	for (unsigned cpu = 0; cpu < MAX_CPUS; cpu++)
		if (!check_pcp(k, z, cpu, &pcp))
			return false;
	return LAW(free == z->nr_free_pages,
		   "zone %s: %u pages are free, but its blocks hold %u",
		   z->name, z->nr_free_pages, free) &&
	       LAW(z->managed_pages == free + pcp + used,
		   "zone %s: managed %u pages, but %u free + %u on CPUs + %u "
		   "in use",
		   z->name, z->managed_pages, free, pcp, used);
}

bool check_zones(struct check *k)
{
	const struct zone *z;

	for_each_zone(k->m, z)
		if (!check_zone(k, z))
			return false;
	return true;
}

/* ---- every frame ---- */

/* All frames of a free block are as boot or free_pages left them. */
static bool check_free_block(struct check *k, pfn_t pfn)
{
	unsigned order = pfn_page(k->m, pfn)->order;

	if (!LAW(order < MAX_ORDER && pfn + (1u << order) <= k->m->max_pfn,
		 "free block %u has order %u", pfn, order))
		return false;
	for (pfn_t i = pfn; i < pfn + (1u << order); i++) {
		const struct page *page = pfn_page(k->m, i);

		if (!LAW(page->use == FRAME_FREE && page->refcount == 0 &&
				 page->mapcount == 0 &&
				 (i == pfn || page->flags == 0),
			 "frame %u lies in free block %u (order %u), but is in "
			 "use",
			 i, pfn, order) ||
		    !LAW(k->found[i] == 0,
			 "frame %u is free, but somebody has it", i))
			return false;
	}
	return true;
}

/* Is this one of the uses whose owner is asked before? */
static bool has_known_owner(enum frame_use use)
{
	return use == FRAME_TABLE || use == FRAME_SLAB || use == FRAME_STACK ||
	       use == FRAME_PCP;
}

/* An anonymous frame has a mapping, unless a batch keeps it for a while. */
static bool is_held(const struct machine *m, pfn_t pfn, uint32_t mappings)
{
	return mappings > 0 || lru_batch_refs(m, pfn) > 0;
}

/* A frame that is not free: what it knows against what was found. */
static bool check_used_frame(struct check *k, pfn_t pfn)
{
	const struct page *page = pfn_page(k->m, pfn);
	uint32_t found = k->found[pfn];

	if (!LAW(page->use != FRAME_FREE, "frame %u is free, but in no block",
		 pfn))
		return false;
	if (has_known_owner(page->use))
		return LAW(found == FRAME_OWNED,
			   "frame %u of use %u has no owner", pfn, page->use);
	return LAW(page->mapcount == (int32_t)found,
		   "frame %u has mapcount %u, but %u entries map it", pfn,
		   (uint32_t)page->mapcount, found) &&
	       LAW(page->refcount >= page->mapcount,
		   "frame %u has %u references, but mapcount %u", pfn,
		   (uint32_t)page->refcount, (uint32_t)page->mapcount) &&
	       LAW(page->use != FRAME_ANON || is_held(k->m, pfn, found),
		   "anonymous frame %u is mapped by nobody", pfn);
}

/* What a batch holds are user pages, which know it. */
static bool check_batch(const struct machine *m, const struct lru_batch *b)
{
	for (uint32_t i = 0; i < b->nr; i++) {
		const struct page *page = pfn_page(m, b->pfn[i]);

		if (!LAW(page_is_user(page) && page->flags & PG_BATCHED &&
				 page->refcount > 0,
			 "frame %u waits in a batch, but is no such page",
			 b->pfn[i]))
			return false;
	}
	return true;
}

static bool check_batches(const struct machine *m)
{
	for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++)
		if (!check_batch(m, &m->lru_batch[cpu][LRU_LAZYFREE]) ||
		    !check_batch(m, &m->lru_batch[cpu][LRU_MLOCK]))
			return false;
	return true;
}

/* Blocks are found by their heads here: one that is on no list, or lies
 * inside another, makes the counts differ. */
bool check_frames(struct check *k)
{
	uint32_t blocks[MAX_ORDER] = {0};
	const struct zone *z;

	for (pfn_t pfn = 0; pfn < k->m->max_pfn;) {
		const struct page *page = pfn_page(k->m, pfn);
		bool is_block = page->flags & PG_BUDDY;

		if (!(is_block ? check_free_block(k, pfn)
			       : check_used_frame(k, pfn)))
			return false;
		if (is_block)
			blocks[page->order]++;
		pfn += is_block ? 1u << page->order : 1;
	}
	for (unsigned order = 0; order < MAX_ORDER; order++) {
		uint32_t listed = 0;

		for_each_zone(k->m, z)
			listed += z->free_area[order].nr_free;
		if (!LAW(listed == blocks[order],
			 "%u free blocks of order %u, but %u on lists",
			 blocks[order], order, listed))
			return false;
	}
	return check_batches(k->m);
}
