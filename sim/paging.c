/*
 * The kernel's own page tables: swapper_pg_dir with the direct map.
 *
 * Low memory is mapped once, at boot, at page_offset + physical address, by
 * large entries (PSE) of 4M, with PAE 2M, and global (G): a new CR3 does not
 * push them out of the TLB.  With 1G and 896M of low memory:
 *
 *	swapper_pg_dir[768] = 0x000001e3   0xc0000000 -> 0x00000000
 *	swapper_pg_dir[769] = 0x004001e3   0xc0400000 -> 0x00400000
 *	...
 *	swapper_pg_dir[991] = 0x37c001e3   0xf7c00000 -> 0x37c00000
 *
 * An entry says one thing about all that it spans, so small entries take the
 * place of a large one (a real kernel counts them as DirectMap4k) where
 *
 *	low memory ends inside of it               c7c00000  c7fdf163  0
 *	there is a hole in it (6.1; none at all where all of it is a hole)
 *	the kernel's text and constants do (6.1):  c1000000  01000161 ... 01287163
 *	they are read-only, what follows is not
 *	the table of exceptions lies (6.1), which is read-only, too
 *	it is the first one (6.1): firmware may    c0000000  00000163 ...
 *	have set the caching of the first megabyte page by page (MTRR)
 *
 * No last-level entry has US: user mode is refused everywhere in the kernel's
 * half.  With NX, all of it is data but the image (6.1: but its text; x86-64: but
 * its text where it is mapped to run).
 *
 * The tables are frames of the kernel image, at the places where the assembler
 * start of the i386 kernel has them: swapper_pg_dir in its second page, then
 * the tables, and the zero page in its fifth; in 6.1 behind what is read-only.
 *
 * ARM's 2M entries are two sections of 1M each (arm_pte.c), its PGD takes four
 * frames and begins at a multiple of 16K.  x86-64 has a middle table for each
 * gigabyte of RAM and maps the image a second time, where it is linked to run,
 * and mem_map (memory_model.c).
 * The tables of both come from the image, one after the other.
 *
 * What comes above low memory (vmalloc, kmap, fixmap) is mapped by small
 * entries.  kmap's window, the areas of exceptions and the fixmap have their
 * tables from boot on, so that mapping a page there never needs memory; those
 * of vmalloc are allocated when they are needed first.  All of them stay.
 *
 * Why some tables are entered with US (067) and others without it (063): the
 * assembler start and the splitting of large pages write 063 (_KERNPG_TABLE),
 * everyone else 067 (_PAGE_TABLE).  It makes no difference, the last level
 * decides; but this is what the recorded kernels show.
 *
 * Source: 6.1 arch/x86/mm/init_32.c, init.c split_mem_range(), pat/set_memory.c,
 * kernel/head_32.S; REFERENCE 8.1.
 */
#include "pgtable.h"

#include "machine.h"

/* Pages of the kernel image, behind what is read-only. */
enum image_page {
	IMAGE_SWAPPER_PG_DIR = 1,
	IMAGE_PMD = 2,
	IMAGE_PG0 = 3,
	IMAGE_ZERO_PAGE = 4,
	IMAGE_OTHER_TABLES = 5,
	/* ARM */
	ARM_VECTORS = 1,
	ARM_SWAPPER_PG_DIR = 4, /* to 7 */
	ARM_ZERO_PAGE = 8,
	ARM_OTHER_TABLES = 9,
};

enum {
	/* what user mode may read and execute in the kernel's part */
	PAGE_VECTORS = PTE_P | PTE_US | PTE_A | PTE_D,
	KERNPG_TABLE = PTE_P | PTE_RW | PTE_A | PTE_D,
	BOOT_SLOTS_BELOW = 2, /* pages between fixaddr_tot_start and the lowest
			       * page of early_ioremap's */
};

/* Tables that boot makes, and where the image has room for the next one. */
struct boot_tables {
	struct machine *m;
	pfn_t image; /* page 0 of enum image_page */
	pfn_t next;
	pfn_t pg0; /* place of the table of low memory's end; 0: none */
	pfn_t text_end, ro_end; /* of the image; equal to its start: none */
	pfn_t idt;              /* a read-only page behind them           */
};

/* ---- tables in the image ---- */

/* A table of a level in an image page, and the entry that leads to it. */
static pte_t *image_table(struct machine *m, pfn_t pfn, unsigned level,
			  pte_t *slot, uint32_t bits)
{
	struct page *page = pfn_page(m, pfn);
	unsigned order = level == 0 ? m->profile->pgd_order : 0;

	for (unsigned i = 0; i < 1u << order; i++)
		pfn_page(m, pfn + i)->use = FRAME_TABLE;
	page->level = (uint8_t)level;
	page->mapping =
		arena_alloc(m->arena, pt_entries(m, level) * sizeof(pte_t));
	if (slot)
		*slot = mk_pte(pfn, bits);
	return page->mapping;
}

/* The entry of a kernel address at level; tables that are missing on the way
 * are taken from the image (with PAE there is none: make_middle_tables). */
static pte_t *slot_at(struct boot_tables *b, vaddr_t va, unsigned level)
{
	struct machine *m = b->m;
	pte_t *table = m->kernel_pgd;

	for (unsigned l = 0; l < level; l++) {
		pte_t *slot = &table[pt_index(m, l, va)];

		if (!(*slot & PTE_P))
			image_table(m, b->next++, l + 1, slot, KERNPG_TABLE);
		table = pt_table(m, *slot);
	}
	return &table[pt_index(m, level, va)];
}

/* The same in the last but one level. */
static pte_t *large_slot(struct boot_tables *b, vaddr_t va)
{
	return slot_at(b, va, b->m->profile->pt_levels - 2u);
}

/* PAE: one middle table for each gigabyte of the kernel's. */
static void make_middle_tables(struct boot_tables *b)
{
	struct machine *m = b->m;
	unsigned first = pt_index(m, 0, m->map.page_offset);

	if (!m->profile->pae_pgd)
		return;
	for (unsigned i = first; i < pt_entries(m, 0); i++)
		image_table(m, i == first ? b->image + IMAGE_PMD : b->next++, 1,
			    &m->kernel_pgd[i], PTE_P);
}

/* ---- frames side by side ---- */

/* Frames from 0 on at addresses from base on. */
struct mapping {
	vaddr_t base;
	pfn_t end; /* of the frames                                     */
	bool runs; /* the kernel executes its code at these addresses   */
};

/* What [pfn, pfn + nr) is mapped with: one answer for all of it. */
static pte_t frames_prot(const struct boot_tables *b, const struct mapping *map,
			 pfn_t pfn, pfn_t nr)
{
	const struct machine *m = b->m;
	pfn_t image = m->kernel_image_pfn;
	pte_t prot = kernel_prot(m);

	if ((pfn >= image && pfn < b->ro_end) || pfn == b->idt)
		prot &= ~(pte_t)PTE_RW;
	if (map->runs && pfn + nr > image && pfn < b->text_end)
		prot &= ~PTE_NX;
	return prot;
}

static bool lies_inside(pfn_t border, pfn_t pfn, pfn_t nr)
{
	return border > pfn && border < pfn + nr;
}

/* The first hole in [pfn, end) that is not mapped, NULL: none.  What is below 1M
 * always is, for the devices there. */
static const struct pfn_range *find_hole(const struct machine *m, pfn_t pfn,
					 pfn_t end)
{
	pfn_t low = m->profile->low_reserved;

	for (unsigned i = 0; m->profile->maps_ram_alone && i < m->holes.nr;
	     i++) {
		const struct pfn_range *h = &m->holes.range[i];

		if (h->start < end && low < end && h->end > low && h->end > pfn)
			return h;
	}
	return NULL;
}

bool direct_map_has(const struct machine *m, pfn_t pfn)
{
	return pfn < m->max_low_pfn && !find_hole(m, pfn, pfn + 1);
}

/* Does one large entry serve [pfn, pfn + nr)? */
static bool is_uniform(const struct boot_tables *b, const struct mapping *map,
		       pfn_t pfn, pfn_t nr)
{
	const struct machine *m = b->m;

	if (pfn + nr > map->end || find_hole(m, pfn, pfn + nr))
		return false;
	if (!m->profile->ro_bytes)
		return true;
	return pfn > 0 && !lies_inside(m->kernel_image_pfn, pfn, nr) &&
	       !lies_inside(b->ro_end, pfn, nr) &&
	       (b->idt < pfn || b->idt >= pfn + nr) &&
	       !(m->nx && map->runs && lies_inside(b->text_end, pfn, nr));
}

/* The frames of one large page by small entries. */
static void map_small(struct boot_tables *b, const struct mapping *map,
		      pte_t *slot, pfn_t pfn, pfn_t nr)
{
	struct machine *m = b->m;
	bool is_tail = pfn + nr > map->end;
	pte_t *table =
		image_table(m, is_tail && b->pg0 ? b->pg0 : b->next++,
			    m->profile->pt_levels - 1u, slot,
			    is_tail && pfn > 0 ? PTE_TABLE : KERNPG_TABLE);

	for (pfn_t i = 0; i < nr && pfn + i < map->end; i++)
		if (!find_hole(m, pfn + i, pfn + i + 1))
			table[i] = mk_pte(pfn + i,
					  frames_prot(b, map, pfn + i, 1));
}

/* From start on, the first frame of a large page. */
static void map_frames(struct boot_tables *b, const struct mapping *map,
		       pfn_t start)
{
	struct machine *m = b->m;
	pfn_t nr =
		(pfn_t)(pt_span(m, m->profile->pt_levels - 2u) >> PAGE_SHIFT);

	for (pfn_t pfn = start; pfn < map->end; pfn += nr) {
		const struct pfn_range *hole = find_hole(m, pfn, pfn + nr);
		pte_t *slot;

		if (hole && hole->start <= pfn && hole->end >= pfn + nr)
			continue;
		slot = large_slot(b, map->base + ((vaddr_t)pfn << PAGE_SHIFT));

		if (is_uniform(b, map, pfn, nr))
			*slot = mk_pte(pfn,
				       frames_prot(b, map, pfn, nr) | PTE_PSE);
		else
			map_small(b, map, slot, pfn, nr);
	}
}

static void map_low_memory(struct boot_tables *b)
{
	const struct machine *m = b->m;
	struct mapping map = {.base = m->map.page_offset,
			      .end = m->max_low_pfn,
			      .runs = !m->map.kernel_text};

	map_frames(b, &map, 0);
}

/* ---- fixed addresses ---- */

/*
 * The table of the uppermost addresses is the assembler start's, unless the
 * slots that boot itself uses are in the same one: then it got another one.
 */
static uint32_t fixed_table_bits(const struct machine *m, vaddr_t va)
{
	uint64_t mask = ~(pt_span(m, m->profile->pt_levels - 2u) - 1);
	vaddr_t boot_slots =
		m->map.fixaddr_tot_start + BOOT_SLOTS_BELOW * PAGE_SIZE;
	bool is_top = (va & mask) == (m->map.fixaddr_top & mask);

	return m->profile->ro_bytes && is_top &&
			       (boot_slots & mask) != (va & mask)
		       ? KERNPG_TABLE
		       : PTE_TABLE;
}

/* Last-level tables for [start, end): 6.1 page_table_range_init(). */
static void init_table_range(struct boot_tables *b, vaddr_t start, uint64_t end)
{
	struct machine *m = b->m;
	unsigned leaf = m->profile->pt_levels - 1u;
	uint64_t span = pt_span(m, leaf - 1);

	for (uint64_t va = start & ~(span - 1); va < end; va += span) {
		pte_t *slot = large_slot(b, (vaddr_t)va);

		if (!(*slot & PTE_P))
			image_table(m, b->next++, leaf, slot,
				    fixed_table_bits(m, (vaddr_t)va));
	}
}

static void map_fixed_ranges(struct boot_tables *b)
{
	const struct kernel_map *map = &b->m->map;
	uint64_t entry_bytes = (uint64_t)map->cpu_entry_pages << PAGE_SHIFT;

	init_table_range(b, map->pkmap_base, map->pkmap_end);
	init_table_range(b, map->cpu_entry_area,
			 map->cpu_entry_area + entry_bytes);
	init_table_range(b, map->fixaddr_tot_start, map->fixaddr_top);
}

/*
 * x86-64: the image a second time, where its text is linked to run; and the
 * middle table of vmalloc's first half terabyte, so that every PGD has it (6.1
 * preallocate_vmalloc_pages()).
 */
static void map_image_again(struct boot_tables *b)
{
	const struct machine *m = b->m;
	pfn_t nr =
		(pfn_t)(pt_span(m, m->profile->pt_levels - 2u) >> PAGE_SHIFT);
	pfn_t end = m->kernel_image_pfn + m->nr_kernel_image_pages;
	struct mapping map = {.base = m->map.kernel_text,
			      .end = (end + nr - 1) / nr * nr,
			      .runs = true};

	map_frames(b, &map, m->kernel_image_pfn / nr * nr);
	slot_at(b, m->map.vmalloc_start, 1);
}

/* x86-64: each section's part of mem_map by large entries, where vmemmap has it.
 * 6.1 vmemmap_populate_hugepages(). */
static void map_vmemmap(struct boot_tables *b)
{
	const struct machine *m = b->m;
	unsigned leaf = m->profile->pt_levels - 1u;
	uint64_t span = pt_span(m, leaf - 1);
	pfn_t nr = (pfn_t)(span >> PAGE_SHIFT);

	for (uint32_t i = 0; i < m->nr_sections; i++) {
		const struct mem_section *s = &m->mem_section[i];
		uint64_t bytes = section_map_bytes(m->profile);
		pfn_t pfn = s->mem_map_pfn;

		for (uint64_t at = 0; s->present && at < bytes;
		     at += span, pfn += nr)
			*large_slot(b, m->map.vmemmap + i * bytes + at) =
				mk_pte(pfn, kernel_prot(m) | PTE_PSE);
	}
}

/* ARM: the page that an exception jumps to; user mode finds helpers of the
 * kernel in it.  6.1 early_trap_init(), kuser helpers. */
static void map_vectors(struct boot_tables *b)
{
	vaddr_t va = b->m->map.vectors;

	*slot_at(b, va, b->m->profile->pt_levels - 1u) =
		mk_pte(b->image + ARM_VECTORS, PAGE_VECTORS);
	*slot_at(b, va, 0) |= PTE_US; /* ARM's first level has no rights */
}

/* A place in the image, in pages; a small machine has a small image, with the
 * same proportions. */
static uint32_t image_page(const struct machine *m, uint32_t bytes)
{
	uint64_t pages = bytes >> PAGE_SHIFT;

	return (uint32_t)(pages * m->nr_kernel_image_pages /
			  (m->profile->kernel_bytes >> PAGE_SHIFT));
}

/* Where the image's code and its read-only part end. */
static void find_image_parts(struct boot_tables *b)
{
	const struct mm_profile *p = b->m->profile;
	pfn_t start = b->m->kernel_image_pfn;

	b->ro_end = start + image_page(b->m, p->ro_bytes);
	b->text_end = start + image_page(b->m, p->text_bytes);
	b->idt = PFN_NONE;
	if (p->ro_bytes)
		b->idt = start + image_page(b->m, p->idt_bytes);
	else /* all of it may be executed */
		b->text_end = start + b->m->nr_kernel_image_pages;
}

void paging_boot(struct machine *m)
{
	struct boot_tables b = {.m = m};
	bool arm = m->map.vectors != 0;

	find_image_parts(&b);
	b.image = b.ro_end;
	b.next = b.image + (arm ? ARM_OTHER_TABLES : IMAGE_OTHER_TABLES);
	b.pg0 = arm ? 0 : b.image + IMAGE_PG0;
	m->swapper_pg_dir =
		b.image + (arm ? ARM_SWAPPER_PG_DIR : IMAGE_SWAPPER_PG_DIR);
	m->kernel_pgd = image_table(m, m->swapper_pg_dir, 0, NULL, 0);
	make_middle_tables(&b);
	map_low_memory(&b);
	map_fixed_ranges(&b);
	if (m->map.kernel_text)
		map_image_again(&b);
	if (has_vmemmap(m))
		map_vmemmap(&b);
	if (arm)
		map_vectors(&b);
	m->zero_page = b.image + (arm ? ARM_ZERO_PAGE : IMAGE_ZERO_PAGE);
	pfn_page(m, m->zero_page)->use = FRAME_ZERO;
	pfn_page(m, m->zero_page)->refcount = 1;
}

/* ---- the rest of the kernel's gigabyte ---- */

pte_t *kernel_pte(const struct machine *m, vaddr_t va)
{
	unsigned leaf = m->profile->pt_levels - 1u;
	pte_t *table = m->kernel_pgd;

	for (unsigned level = 0; level < leaf; level++) {
		pte_t e = table[pt_index(m, level, va)];

		if (!(e & PTE_P) || (e & PTE_PSE))
			return NULL;
		table = pt_table(m, e);
	}
	return &table[pt_index(m, leaf, va)];
}

/* A zeroed table for the kernel; false: no memory. */
static bool add_kernel_table(struct machine *m, pte_t *slot, unsigned level,
			     vaddr_t va)
{
	pfn_t pfn = alloc_page(m, GFP_KERNEL | GFP_BIT_ZERO, FRAME_TABLE);
	struct page *page;

	if (pfn == PFN_NONE)
		return false;
	page = pfn_page(m, pfn);
	page->level = (uint8_t)level;
	page->mapping =
		arena_alloc(m->arena, pt_entries(m, level) * sizeof(pte_t));
	*slot = mk_pte(pfn, PTE_TABLE);
	step(m, KERNEL_TABLE_ALLOC, pfn, level, va, *slot);
	return true;
}

pte_t *kernel_pte_alloc(struct machine *m, vaddr_t va)
{
	unsigned leaf = m->profile->pt_levels - 1u;
	pte_t *table = m->kernel_pgd;

	for (unsigned level = 0; level < leaf; level++) {
		pte_t *slot = &table[pt_index(m, level, va)];

		BUG_ON(*slot & PTE_PSE);
		if (!(*slot & PTE_P) &&
		    !add_kernel_table(m, slot, level + 1, va))
			return NULL;
		table = pt_table(m, *slot);
	}
	return &table[pt_index(m, leaf, va)];
}
