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
 * frames.  All of it lies in lowmem, so more HighMem means less Normal.
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
 * Simpler than Linux: one node; the image's sections and the early allocations
 * are one range; a RAM that is too small for the profile's image gets an image
 * of a quarter of RAM, at 1M if need be (the real kernel would not boot).
 */
#include "page_alloc.h"
#include "machine.h"

enum { MB_FRAMES = 256, MAX_TAKEN = 6 };

struct pfn_range {
	pfn_t start, end;
};

/* What is not free when zones are handed over: ascending, disjoint. */
struct boot_map {
	pfn_t ram_end; /* first frame without memory  */
	struct pfn_range taken[MAX_TAKEN];
	unsigned nr_taken;
	struct pfn_range init; /* taken now, freed at the end */
};

static uint32_t bytes_to_pages(uint64_t bytes)
{
	return (uint32_t)((bytes + PAGE_SIZE - 1) >> PAGE_SHIFT);
}

static void add_range(struct boot_map *b, pfn_t start, pfn_t end)
{
	if (start < end)
		b->taken[b->nr_taken++] = (struct pfn_range){start, end};
}

/* Frames of [start, end) get a use, mem_map entry by entry. */
static void mark_frames(struct machine *m, pfn_t start, pfn_t end,
			enum frame_use use)
{
	for (pfn_t pfn = start; pfn < end; pfn++)
		pfn_page(m, pfn)->use = (uint8_t)use;
}

/* End of the RAM that the kernel sees: firmware keeps the last part. */
static pfn_t find_ram_end(const struct machine *m)
{
	const struct mm_profile *p = m->profile;
	uint64_t bytes = m->config.ram_bytes;

	if (p->pci_hole_from_mb && bytes >> 20 >= p->pci_hole_from_mb)
		bytes = (uint64_t)p->pci_hole_at_mb << 20;
	return (pfn_t)(bytes >> PAGE_SHIFT) - p->firmware_top_kb / 4;
}

/*
 * Pages of the dentry and inode hash tables: 4 bytes for every second, every
 * fourth lowmem page, each rounded up to a power of two.  1G: 128 + 64.
 * 6.1 alloc_large_system_hash().
 */
static uint32_t hash_pages(uint32_t lowmem_pages)
{
	uint32_t want =
		((lowmem_pages + MB_FRAMES - 1) & ~(MB_FRAMES - 1u)) / 2;
	uint32_t dentries = 1;

	while (dentries < want)
		dentries *= 2;
	return bytes_to_pages(4 * (dentries + dentries / 2));
}

/* Sizes of what the kernel keeps from boot on. */
static void size_kernel(struct machine *m, struct boot_map *b)
{
	const struct mm_profile *p = m->profile;
	uint32_t align = p->mem_map_align;
	uint64_t frames = (b->ram_end + align - 1) / align * align;
	uint32_t image = p->kernel_bytes >> PAGE_SHIFT;
	uint32_t init = p->init_bytes >> PAGE_SHIFT;
	uint32_t hole = p->hole_end - p->hole_start;

	if (image > b->ram_end / 4) {
		image = b->ram_end / 4;
		init = init < image / 8 ? init : image / 8;
	}
	m->nr_kernel_image_pages = image;
	b->init.end = init;
	m->nr_mem_map_pages = bytes_to_pages(frames * p->page_struct_bytes);
	if (p->boot_hashes)
		m->nr_boot_hash_pages =
			hash_pages(m->max_low_pfn - p->first_pfn - hole -
				   m->nr_mem_map_pages);
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
	m->mem_map_pfn = p->boot_takes_top ? m->max_low_pfn - tables : end;

	add_range(b, p->first_pfn, p->low_reserved);
	add_range(b, start, end);
	add_range(b, m->mem_map_pfn, m->mem_map_pfn + tables);
	for (unsigned i = 0; i < b->nr_taken; i++)
		mark_frames(m, b->taken[i].start, b->taken[i].end,
			    FRAME_RESERVED);
	mark_frames(m, 0, p->first_pfn, FRAME_HOLE);
	mark_frames(m, p->hole_start, p->hole_end, FRAME_HOLE);
}

/* The zones of this kernel as it numbers them: DMA, Normal, HighMem are 3. */
static uint32_t nr_zones_up_to(const struct mm_profile *p, enum zone_type type)
{
	uint32_t nr = 0;

	for (unsigned i = 0; i <= type; i++)
		nr += p->zones >> i & 1;
	return nr;
}

static void init_zone(struct machine *m, enum zone_type type, pfn_t start,
		      pfn_t end)
{
	const struct mm_profile *p = m->profile;
	struct pglist_data *node = &m->node[0];
	struct zone *z = &node->node_zones[type];

	if (start >= end)
		return;
	z->start_pfn = start;
	z->spanned_pages = z->present_pages = end - start;
	if (type == ZONE_DMA)
		z->present_pages -= p->hole_end - p->hole_start;
	zone_init_pageblocks(m, z);
	node->nr_zones = nr_zones_up_to(p, type);
	node->node_spanned_pages += z->spanned_pages;
	node->node_present_pages += z->present_pages;
}

/* Where each zone ends: 6.1 arch_zone_highest_possible_pfn[]. */
static void init_zones(struct machine *m, const struct boot_map *b)
{
	const struct mm_profile *p = m->profile;
	const pfn_t end[MAX_NR_ZONES] = {
		[ZONE_DMA] = p->max_dma_pfn,
		[ZONE_DMA32] = p->max_dma32_pfn,
		[ZONE_NORMAL] = m->max_low_pfn,
		[ZONE_HIGHMEM] = b->ram_end,
	};
	pfn_t start = p->first_pfn;

	nodes_init(m, 1);
	m->node[0].node_start_pfn = start;
	for (unsigned i = 0; i <= ZONE_HIGHMEM; i++) {
		pfn_t stop = end[i] < b->ram_end ? end[i] : b->ram_end;

		if (!(p->zones >> i & 1))
			continue;
		init_zone(m, (enum zone_type)i, start, stop);
		if (stop > start) {
			m->movable_zone = (enum zone_type)i;
			start = stop;
		}
	}
	zones_set_spans(m);
}

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
	return z->type == ZONE_HIGHMEM ? PLACE_BY_RULE : PLACE_TAIL;
}

/* All of a zone that was not taken: 6.1 memblock_free_all(). */
static void free_zone(struct machine *m, struct zone *z,
		      const struct boot_map *b)
{
	pfn_t end = z->start_pfn + z->spanned_pages, pos = z->start_pfn;

	for (unsigned i = 0; i < b->nr_taken && pos < end; i++) {
		const struct pfn_range *t = &b->taken[i];

		if (t->end <= pos)
			continue;
		if (t->start >= end)
			break;
		if (t->start > pos)
			free_range(m, z, pos, t->start, boot_place(m, z));
		pos = t->end;
	}
	if (pos < end)
		free_range(m, z, pos, end, boot_place(m, z));
}

/*
 * The marks come from what is managed now.  In 6.1, from 512M on, khugepaged's
 * start computes min_free_kbytes a second time, less the high marks of the
 * first: 1G has 3716 kB instead of 3727.
 */
static void set_limits(struct machine *m)
{
	uint32_t khugepaged = m->profile->khugepaged_pages;

	calculate_min_free_kbytes(m);
	setup_per_zone_wmarks(m);
	if (khugepaged && totalram_pages(m) >= khugepaged) {
		calculate_min_free_kbytes(m);
		setup_per_zone_wmarks(m);
	}
	setup_per_zone_lowmem_reserve(m);
	setup_zone_pagesets(m);
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
	if (b->init.start == b->init.end)
		return;
	mark_frames(m, b->init.start, b->init.end, FRAME_FREE);
	free_range(m, page_zone(m, b->init.start), b->init.start, b->init.end,
		   PLACE_BY_RULE);
}

void boot_memory(struct machine *m)
{
	struct boot_map b = {.ram_end = find_ram_end(m)};
	struct zone *z;
	pfn_t maxmem_pfn;

	kernel_map_init(&m->map, m->profile);
	maxmem_pfn = m->map.maxmem >> PAGE_SHIFT;
	m->max_pfn = b.ram_end;
	m->max_low_pfn = b.ram_end < maxmem_pfn ? b.ram_end : maxmem_pfn;
	kernel_map_set_low_memory(&m->map, m->profile, m->max_low_pfn);
	m->mem_map = arena_alloc(m->arena, sizeof(struct page) * b.ram_end);
	init_zones(m, &b);
	size_kernel(m, &b);
	place_kernel(m, &b);
	for_each_populated_zone(m, z)
		free_zone(m, z, &b);
	set_limits(m);
	free_initmem(m, &b);
}
