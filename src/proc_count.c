/*
 * Pages by use: what meminfo, vmstat and zoneinfo count.
 *
 * A frame counts once, however many entries map it: AnonPages of two processes that share a page after fork is 4 kB,
 * their two RSS are 8 kB together.
 *
 *	nr_anon_pages   anonymous frames that somebody maps     (frames of file pages' copies too)
 *	nr_mapped       frames of the page cache that somebody maps
 *	nr_file_pages   all frames of the page cache, shared anonymous memory included
 *	nr_slab_*       slabs' frames, by the cache's SLAB_RECLAIM_ACCOUNT; kmalloc straight from the buddy
 *	nr_mlock        frames that an area with VM_LOCKED maps
 *
 * Page tables count as VmPTE does: without the top one, and without the kernel's own.
 */
#include "proc.h"

#include <string.h>

#include "panic.h"

static void count_frames(const struct machine *m, pfn_t start, pfn_t end, struct page_counts *c)
{
	for (pfn_t pfn = start; pfn < end; pfn++) {
		const struct page *page = &m->mem_map[pfn];
		bool is_shmem = page->use == FRAME_SHMEM, is_mapped = page->mapcount > 0;

		if (page->use == FRAME_ANON) {
			c->anon += is_mapped;
		} else if (is_shmem || page->use == FRAME_FILE) {
			c->cached++;
			c->shmem += is_shmem;
			c->mapped += is_mapped;
		} else if (page->use == FRAME_STACK) {
			c->kernel_stack++;
		}
	}
}

/* What kmalloc took straight from the page allocator, by the scenario's names for it. */
static uint32_t large_kmalloc_pages(const struct machine *m, pfn_t start, pfn_t end)
{
	uint32_t pages = 0;

	for (uint32_t i = 0; i < m->names.cap; i++) {
		const struct region *r = &m->names.slot[i];

		pfn_t pfn;

		if (!r->name || r->freed || r->kind != REGION_KMALLOC ||
		    r->start == ZERO_SIZE_PTR || slab_of(m, r->start))
			continue;
		pfn = kva_to_pfn(m, r->start);
		if (pfn >= start && pfn < end)
			pages += 1U << pfn_page(m, pfn)->order;
	}
	return pages;
}

static void count_slabs(const struct machine *m, struct page_counts *c)
{
	c->slab_unreclaimable = large_kmalloc_pages(m, 0, m->max_pfn);
	for (uint32_t i = 0; i < m->nr_caches; i++) {
		const struct kmem_cache *cache = m->cache[i];
		uint32_t pages = cache ? cache_slabs(cache) << cache->gfporder : 0;

		if (cache && cache->flags & SLAB_RECLAIM_ACCOUNT)
			c->slab_reclaimable += pages;
		else
			c->slab_unreclaimable += pages;
	}
}

static void mark_locked(const struct machine *m, const struct vma *v, bool *locked)
{
	const pte_t *e;

	for (uint64_t va = v->start; (e = next_present(m, v->mm, &va, v->end)); va += PAGE_SIZE)
		if (!(*e & PTE_SPECIAL))
			locked[pte_pfn(*e)] = true;
}

bool *mlocked_frames(const struct machine *m)
{
	bool *locked = panic_if_null(calloc(m->max_pfn, sizeof(*locked)));
	const struct vma *v;

	for (const struct task *t = m->tasks; t; t = t->next)
		for_each_vma(t->mm, v)
			if (v->flags & VM_LOCKED)
				mark_locked(m, v, locked);
	return locked;
}

static void count_locked(const struct machine *m, struct page_counts *c)
{
	bool *locked = mlocked_frames(m);
	const struct zone *z;

	for_each_populated_zone(m, z)
		for (pfn_t pfn = z->start_pfn; pfn < z->start_pfn + z->spanned_pages; pfn++)
			c->mlocked[z->id] += locked[pfn];
	free(locked);
}

void count_pages(const struct machine *m, struct page_counts *c)
{
	memset(c, 0, sizeof(*c));
	count_frames(m, 0, m->max_pfn, c);
	count_slabs(m, c);
	count_locked(m, c);
	for (const struct task *t = m->tasks; t; t = t->next)
		c->page_tables += t->mm->nr_tables;
}

/* Slabs, large kmalloc and page tables of a node, frame by frame. */
static void count_kernel_frames(const struct machine *m, pfn_t start, pfn_t end,
				struct page_counts *c)
{
	for (pfn_t pfn = start; pfn < end; pfn++) {
		const struct page *page = &m->mem_map[pfn];
		const struct slab *slab;

		c->page_tables += page->use == FRAME_TABLE && page->level > 0 && page->index;
		if (page->use != FRAME_SLAB)
			continue;
		slab = slab_of(m, pfn_to_kva(m, pfn));
		if (slab && slab->cache->flags & SLAB_RECLAIM_ACCOUNT)
			c->slab_reclaimable++;
		else
			c->slab_unreclaimable++;
	}
}

void count_node_pages(const struct machine *m, uint32_t node, struct page_counts *c)
{
	const struct pglist_data *n = &m->node[node];

	if (m->nr_nodes == 1) {
		count_pages(m, c);
		return;
	}
	memset(c, 0, sizeof(*c));
	count_frames(m, n->range_start, n->range_end, c);
	count_kernel_frames(m, n->range_start, n->range_end, c);
	c->slab_unreclaimable += large_kmalloc_pages(m, n->range_start, n->range_end);
}

/* The counters of 6.1's enum node_stat_item that this machine has, or that are 0 in it because nothing moves them. */
unsigned node_stats(const struct page_counts *c, struct node_stat s[NODE_STATS_MAX])
{
	const struct node_stat stats[] = {
		{"nr_slab_reclaimable", c->slab_reclaimable},
		{"nr_slab_unreclaimable", c->slab_unreclaimable},
		{"nr_anon_pages", c->anon},
		{"nr_mapped", c->mapped},
		{"nr_file_pages", c->cached},
		{"nr_dirty", 0},
		{"nr_writeback", 0},
		{"nr_writeback_temp", 0},
		{"nr_shmem", c->shmem},
		{"nr_shmem_hugepages", 0},
		{"nr_shmem_pmdmapped", 0},
		{"nr_file_hugepages", 0},
		{"nr_file_pmdmapped", 0},
		{"nr_anon_transparent_hugepages", 0},
		{"nr_dirtied", 0},
		{"nr_written", 0},
		{"nr_kernel_misc_reclaimable", 0},
		{"nr_foll_pin_acquired", 0},
		{"nr_foll_pin_released", 0},
		{"nr_kernel_stack", (uint64_t)c->kernel_stack * (PAGE_SIZE / 1024)},
		{"nr_page_table_pages", c->page_tables},
		{"nr_sec_page_table_pages", 0},
		{"nr_swapcached", 0},
	};

	memcpy(s, stats, sizeof(stats));
	return sizeof(stats) / sizeof(stats[0]);
}
