/*
 * Boot: from bare RAM to free lists.
 *
 * RAM is cut into zones; what the kernel itself needs is taken out; the rest
 * is given to the buddy in the largest aligned blocks.  A classic machine of
 * 64M:
 *
 *	frame 0      256          1280      1408       4096          16384
 *	      | free | image 4M  | mem_map | free     | free        |
 *	      |<------------- DMA ------------------->|<- Normal -->|
 *	      frame 0 itself is the BIOS's
 *
 * mem_map is the largest piece: 32 bytes for each of 16384 frames are 128
 * frames.  All of it lies in lowmem, so more HighMem means less Normal; where
 * exactly is the memory model's (memory_model.c).
 *
 * Each zone has three sizes: spanned (its range), present (without the holes
 * where there is no memory) and managed (without what boot took).
 *
 * In which order blocks are handed over decides which frame comes first ever
 * after: the classic kernel pushes ascending blocks on the list's head, so the
 * highest is taken first; 6.1 appends lowmem to the tail, so the lowest is;
 * its HighMem goes to the head frame by frame, which leaves the same lists as
 * its largest blocks one by one (REFERENCE 1.6).
 *
 * RAM may have a hole (setting `hole`, and on a PC that for devices of the bus
 * below 4G), be spread over nodes (node.c), and have a part cut off for pages
 * that can be moved (movable.c).
 *
 * Simpler than Linux: the image's sections and the early allocations are one
 * range; a RAM that is too small for the profile's image gets an image of a
 * quarter of RAM, at 1M if need be (the real kernel would not boot).
 */
#include "memblock.h"
#include "page_alloc.h"
#include "machine.h"

enum { MB_FRAMES = 256 };

/* What boot knows of memory. */
struct boot_map {
	struct memblock mem;
	pfn_t ram_end;         /* first frame without memory  */
	struct pfn_range init; /* taken now, freed at the end */
};

static uint32_t bytes_to_pages(uint64_t bytes)
{
	return (uint32_t)((bytes + PAGE_SIZE - 1) >> PAGE_SHIFT);
}

/* Frames of [start, end) get a use, mem_map entry by entry. */
static void mark_frames(struct machine *m, pfn_t start, pfn_t end,
			enum frame_use use)
{
	for (pfn_t pfn = start; pfn < end; pfn++)
		pfn_page(m, pfn)->use = (uint8_t)use;
}

static pfn_t mb_to_pfn(uint32_t mb) { return mb * MB_FRAMES; }

/* With so much RAM some of it would lie where devices of the bus are. */
static bool has_pci_hole(const struct machine_config *c)
{
	uint32_t from = c->profile->pci_hole_from_mb;

	return from && c->ram_bytes >> 20 >= from;
}

/* Where RAM ends that is below the devices, and firmware's tables begin. */
static pfn_t low_ram_end(const struct machine_config *c)
{
	const struct mm_profile *p = c->profile;
	pfn_t end = has_pci_hole(c) ? mb_to_pfn(p->pci_hole_at_mb)
				    : (pfn_t)(c->ram_bytes >> PAGE_SHIFT);

	return end - p->firmware_top_kb / 4;
}

pfn_t boot_ram_pages(const struct machine_config *c)
{
	const struct mm_profile *p = c->profile;

	if (has_pci_hole(c) && !p->pci_hole_end_mb)
		return mb_to_pfn(p->pci_hole_at_mb);
	return (pfn_t)(c->ram_bytes >> PAGE_SHIFT);
}

pfn_t boot_ram_pfn(const struct machine_config *c, pfn_t page)
{
	const struct mm_profile *p = c->profile;

	if (!has_pci_hole(c) || page < mb_to_pfn(p->pci_hole_at_mb))
		return page;
	return page + mb_to_pfn(p->pci_hole_end_mb - p->pci_hole_at_mb);
}

/* 6G on x86-64: 3G of it, the hole, and the other 3G from 4G to 7G. */
pfn_t boot_ram_end(const struct machine_config *c)
{
	if (!has_pci_hole(c) || !c->profile->pci_hole_end_mb)
		return low_ram_end(c);
	return boot_ram_pfn(c, boot_ram_pages(c));
}

/* Where there is no memory: below the first frame, where firmware says so and
 * devices are, and where the scenario wants it. */
static void find_holes(struct machine *m, struct boot_map *b)
{
	const struct mm_profile *p = m->profile;
	pfn_t start = (pfn_t)(m->config.hole_start >> PAGE_SHIFT);
	pfn_t end = start + (pfn_t)(m->config.hole_bytes >> PAGE_SHIFT);

	b->mem.end = b->ram_end;
	memblock_remove(&b->mem, 0, p->first_pfn);
	memblock_remove(&b->mem, p->hole_start, p->hole_end);
	if (b->ram_end > low_ram_end(&m->config))
		memblock_remove(&b->mem, low_ram_end(&m->config),
				mb_to_pfn(p->pci_hole_end_mb));
	memblock_remove(&b->mem, start, end < b->ram_end ? end : b->ram_end);
	m->holes = b->mem.hole;
	for (unsigned i = 0; i < b->mem.hole.nr; i++)
		mark_frames(m, b->mem.hole.range[i].start,
			    b->mem.hole.range[i].end, FRAME_HOLE);
}

/*
 * Pages of the dentry and inode hash tables: a word for every second, every
 * fourth lowmem page, each rounded up to a power of two.  1G: 128 + 64.
 * 6.1 alloc_large_system_hash().
 */
static uint32_t hash_pages(uint32_t lowmem_pages, unsigned word)
{
	uint32_t want =
		((lowmem_pages + MB_FRAMES - 1) & ~(MB_FRAMES - 1u)) / 2;
	uint32_t dentries = 1;

	while (dentries < want)
		dentries *= 2;
	return bytes_to_pages((uint64_t)word * (dentries + dentries / 2));
}

/* Sizes of what the kernel keeps from boot on. */
static void size_kernel(struct machine *m, struct boot_map *b)
{
	const struct mm_profile *p = m->profile;
	uint32_t image = p->kernel_bytes >> PAGE_SHIFT;
	uint32_t init = p->init_bytes >> PAGE_SHIFT;

	if (image + init > b->ram_end / 2) {
		image = b->ram_end / 4;
		init = init < image / 8 ? init : image / 8;
	}
	m->nr_kernel_image_pages = image;
	b->init.end = init;
	if (p->boot_hashes)
		m->nr_boot_hash_pages = hash_pages(
			memblock_present(&b->mem, 0, m->max_low_pfn) -
				m->nr_mem_map_pages,
			p->word_bits / 8);
}

/*
 * Devices with 32 address lines do not reach RAM above 4G.  What they read and
 * write for somebody there goes through buffers below (6.1 swiotlb_init()).
 */
static void place_bounce_buffers(struct machine *m, struct boot_map *b)
{
	const struct mm_profile *p = m->profile;

	if (!p->bounce_bytes || m->max_low_pfn <= p->max_dma32_pfn)
		return;
	m->nr_bounce_pages = bytes_to_pages(p->bounce_bytes);
	m->bounce_pfn = memblock_alloc(&b->mem, m->nr_bounce_pages, 1,
				       p->first_pfn, p->max_dma32_pfn, true);
	BUG_ON(m->bounce_pfn == PFN_NONE);
}

/* Where it lies. */
static void place_kernel(struct machine *m, struct boot_map *b)
{
	const struct mm_profile *p = m->profile;
	uint32_t tables = m->nr_mem_map_pages + m->nr_boot_hash_pages;
	uint32_t image = m->nr_kernel_image_pages + b->init.end;
	pfn_t start = (pfn_t)(p->kernel_phys >> PAGE_SHIFT), end;

	if (start + image + tables > m->max_low_pfn)
		start = MB_FRAMES;
	end = start + image;
	m->kernel_image_pfn = start;
	b->init = (struct pfn_range){end - b->init.end, end};

	memblock_reserve(&b->mem, p->first_pfn,
			 p->hole_start && p->hole_start < p->low_reserved
				 ? p->hole_start
				 : p->low_reserved);
	memblock_reserve(&b->mem, start, end);
	m->boot_hash_pfn =
		memblock_alloc(&b->mem, m->nr_boot_hash_pages, 1, end,
			       m->max_low_pfn, p->boot_takes_top);
	memory_model_place(m, &b->mem, p->boot_takes_top ? p->first_pfn : end);
	place_bounce_buffers(m, b);
	for (unsigned i = 0; i < b->mem.reserved.nr; i++)
		mark_frames(m, b->mem.reserved.range[i].start,
			    b->mem.reserved.range[i].end, FRAME_RESERVED);
}

/* ---- nodes and zones ---- */

/* The zones of this kernel as it numbers them: DMA, Normal, HighMem are 3. */
static uint32_t nr_zones_up_to(const struct mm_profile *p, enum zone_type type)
{
	uint32_t nr = 0;

	for (unsigned i = 0; i <= type; i++)
		nr += p->zones >> i & 1;
	return nr;
}

/* 6.1 calculate_node_totalpages(): its range, less the holes at both ends. */
static void init_node(struct pglist_data *n, const struct memblock *b)
{
	pfn_t start, end = n->range_start;

	while (memblock_next_memory(b, &start, &end, n->range_end)) {
		if (!n->node_present_pages)
			n->node_start_pfn = start;
		n->node_spanned_pages = end - n->node_start_pfn;
		n->node_present_pages += end - start;
	}
}

static void init_zone(struct machine *m, struct zone *z, pfn_t start, pfn_t end,
		      const struct memblock *b)
{
	struct pglist_data *n = &m->node[z->node];

	if (start < n->node_start_pfn)
		start = n->node_start_pfn;
	if (end > node_end_pfn(n))
		end = node_end_pfn(n);
	if (start >= end || !memblock_present(b, start, end))
		return;
	z->start_pfn = start;
	z->spanned_pages = end - start;
	z->present_pages = memblock_present(b, start, end);
	zone_init_pageblocks(m, z, b);
	for (unsigned cpu = 0; cpu < m->config.cpus; cpu++)
		z->pcp[cpu].batch = 1; /* until setup_zone_pagesets() */
	n->nr_zones = nr_zones_up_to(m->profile, z->type);
}

/* Where the machine's zones begin and end, all nodes taken together: 6.1
 * arch_zone_lowest_possible_pfn[], arch_zone_highest_possible_pfn[]. */
static void find_zone_limits(struct machine *m, const struct memblock *b,
			     struct pfn_range limit[MAX_NR_ZONES])
{
	const struct mm_profile *p = m->profile;
	const pfn_t end[MAX_NR_ZONES] = {
		[ZONE_DMA] = p->max_dma_pfn,
		[ZONE_DMA32] = p->max_dma32_pfn,
		[ZONE_NORMAL] = m->max_low_pfn,
		[ZONE_HIGHMEM] = b->end,
	};
	pfn_t start = p->first_pfn;

	for (unsigned i = 0; i <= ZONE_HIGHMEM; i++) {
		pfn_t stop = end[i] < b->end ? end[i] : b->end;

		limit[i] = (struct pfn_range){start, start};
		if (!(p->zones >> i & 1) || stop <= start)
			continue;
		limit[i].end = start = stop;
		m->movable_zone = (enum zone_type)i;
	}
}

/* The zones of a node.  What lies above its zone_movable_pfn is Movable's:
 * 6.1 adjust_zone_range_for_zone_movable(). */
static void init_node_zones(struct machine *m, struct pglist_data *n,
			    const struct pfn_range *limit,
			    const struct memblock *b)
{
	pfn_t movable = n->zone_movable_pfn, end;

	for (unsigned i = 0; i <= ZONE_HIGHMEM; i++) {
		end = limit[i].end;
		if (movable && end > movable)
			end = movable;
		init_zone(m, &n->node_zones[i], limit[i].start, end, b);
	}
	if (movable)
		init_zone(m, &n->node_zones[ZONE_MOVABLE], movable,
			  limit[m->movable_zone].end, b);
}

void free_area_init(struct machine *m, const struct memblock *b)
{
	struct pfn_range limit[MAX_NR_ZONES] = {{0, 0}};

	find_zone_limits(m, b, limit);
	for (uint32_t i = 0; i < m->nr_nodes; i++)
		init_node(&m->node[i], b);
	if (m->profile->zones >> ZONE_MOVABLE & 1)
		find_zone_movable_pfns(m, b, limit[m->movable_zone].start);
	for (uint32_t i = 0; i < m->nr_nodes; i++)
		init_node_zones(m, &m->node[i], limit, b);
	zones_set_spans(m);
}

/* ---- the hand-over ---- */

/* Give [start, end) to the buddy in the largest blocks that are aligned. */
static void free_range(struct machine *m, struct zone *z, pfn_t start,
		       pfn_t end, enum free_place place)
{
	z->managed_pages += end - start;
	while (start < end) {
		unsigned order = MAX_ORDER - 1;

		while (start & ((1u << order) - 1) ||
		       start + (1u << order) > end)
			order--;
		buddy_add_boot_block(m, z, start, order, place);
		start += 1u << order;
	}
}

static enum free_place boot_place(const struct machine *m, const struct zone *z)
{
	if (!m->profile->boot_lists_ascending)
		return PLACE_HEAD;
	return is_highmem(m, z) ? PLACE_BY_RULE : PLACE_TAIL;
}

/* All of a zone that was not taken. */
static void free_zone(struct machine *m, struct zone *z,
		      const struct memblock *b)
{
	pfn_t start, end = z->start_pfn;

	while (memblock_next_free(b, &start, &end,
				  z->start_pfn + z->spanned_pages))
		free_range(m, z, start, end, boot_place(m, z));
}

void memblock_free_all(struct machine *m, const struct memblock *b)
{
	struct zone *z;

	for_each_populated_zone(m, z)
		free_zone(m, z, b);
}

/*
 * The marks come from what is managed now.  In 6.1, from 512M on, khugepaged's
 * start computes min_free_kbytes a second time, less the high marks of the
 * first: 1G has 3716 kB instead of 3727.
 */
void boot_set_limits(struct machine *m)
{
	uint32_t khugepaged = m->profile->khugepaged_pages;

	init_per_zone_wmark_min(m);
	if (khugepaged && totalram_pages(m) >= khugepaged) {
		calculate_min_free_kbytes(m);
		setup_per_zone_wmarks(m);
	}
	build_zonelists(m);
	/* with less than one pageblock for each type it is not worth it */
	m->group_by_mobility =
		m->profile->mobility_types &&
		totalram_pages(m) >= (uint32_t)m->profile->mobility_types
					     << m->profile->pageblock_order;
}

/* Init code and initrd go to the buddy: after the marks were computed. */
static void free_initmem(struct machine *m, const struct boot_map *b)
{
	pfn_t start = b->init.start, end;

	mark_frames(m, start, b->init.end, FRAME_FREE);
	for (; start < b->init.end; start = end) {
		struct zone *z = page_zone(m, start);

		end = z->start_pfn + z->spanned_pages;
		if (end > b->init.end)
			end = b->init.end;
		free_range(m, z, start, end, PLACE_BY_RULE);
	}
}

void boot_memory(struct machine *m)
{
	struct boot_map b = {.ram_end = boot_ram_end(&m->config)};
	uint64_t maxmem;

	vm_sysctl_init(m);
	kernel_map_init(&m->map, m->profile, m->config.page_offset);
	maxmem = m->map.maxmem >> PAGE_SHIFT;
	m->max_pfn = b.ram_end;
	m->max_low_pfn = b.ram_end < maxmem ? b.ram_end : (pfn_t)maxmem;
	kernel_map_set_low_memory(&m->map, m->profile, m->max_low_pfn);
	vmap_init_free_space(m);
	m->mem_map = arena_alloc(m->arena, sizeof(struct page) * b.ram_end);
	find_holes(m, &b);
	nodes_init(m, m->config.nodes);
	nodes_set_ranges(m, b.ram_end);
	free_area_init(m, &b.mem);
	memory_model_init(m, &b.mem);
	size_kernel(m, &b);
	place_kernel(m, &b);
	memblock_free_all(m, &b.mem);
	boot_set_limits(m);
	free_initmem(m, &b);
}
