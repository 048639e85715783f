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
 * Where low memory does not end at a multiple of a large page, one table of
 * small entries maps the rest (a real kernel: DirectMap4k).  No entry has US:
 * user mode is refused everywhere in the fourth gigabyte.
 *
 * The tables are frames of the kernel image, at the places where the assembler
 * start of the i386 kernel has them: swapper_pg_dir in its second page, then
 * the tables, and the zero page in its fifth.
 *
 * What comes above low memory (vmalloc, kmap, fixmap) is mapped by small
 * entries; their tables are allocated when they are needed first and stay.
 *
 * Simpler than Linux: one table of small entries at most (6.1 also splits the
 * first large page and the kernel's text), and the whole image is writable.
 */
#include "pgtable.h"

#include "machine.h"

/* Pages of the kernel image. */
enum image_page {
	IMAGE_SWAPPER_PG_DIR = 1,
	IMAGE_PMD = 2,
	IMAGE_PG0 = 3,
	IMAGE_ZERO_PAGE = 4,
	IMAGE_FIXED_TABLES = 5, /* those of kmap's window and the fixmap */
};

enum {
	KERNEL_TABLE = PTE_P | PTE_RW | PTE_A | PTE_D,
	PAGE_KERNEL_LARGE = PAGE_KERNEL | PTE_PSE,
};

static pte_t *image_table(struct machine *m, enum image_page nr, unsigned level)
{
	pfn_t pfn = m->kernel_image_pfn + nr;
	struct page *page = pfn_page(m, pfn);

	page->use = FRAME_TABLE;
	page->level = (uint8_t)level;
	page->mapping =
		arena_alloc(m->arena, pt_entries(m, level) * sizeof(pte_t));
	return page->mapping;
}

static pte_t image_entry(const struct machine *m, enum image_page nr,
			 uint32_t bits)
{
	return mk_pte(m->kernel_image_pfn + nr, bits);
}

/* The table whose entries are large pages: the PGD, with PAE a middle one. */
static pte_t *large_table(struct machine *m)
{
	unsigned slot = pt_index(m, 0, m->profile->page_offset);
	pte_t *pmd;

	if (m->profile->pt_levels == 2)
		return m->kernel_pgd;
	pmd = image_table(m, IMAGE_PMD, 1);
	m->kernel_pgd[slot] = image_entry(m, IMAGE_PMD, PTE_P);
	return pmd;
}

/* The last, incomplete large page of low memory: small entries. */
static void map_tail(struct machine *m, pte_t *slot, pfn_t pfn)
{
	pte_t *table = image_table(m, IMAGE_PG0, m->profile->pt_levels - 1u);

	for (unsigned i = 0; pfn + i < m->max_low_pfn; i++)
		table[i] = mk_pte(pfn + i, PAGE_KERNEL);
	*slot = image_entry(m, IMAGE_PG0, KERNEL_TABLE);
}

/*
 * Last-level tables for what has fixed addresses, [start, end): they are there
 * from boot on, so that mapping a page never needs memory.  Returns the image
 * page behind the last one used.  6.1 page_table_range_init().
 */
static unsigned init_table_range(struct machine *m, vaddr_t start, vaddr_t end,
				 unsigned nr)
{
	unsigned leaf = m->profile->pt_levels - 1u;
	uint64_t span = pt_span(m, leaf - 1);
	pte_t *table =
		leaf == 1
			? m->kernel_pgd
			: pt_table(m, m->kernel_pgd[pt_index(
					      m, 0, m->profile->page_offset)]);

	for (uint64_t va = start & ~(span - 1); va < end; va += span) {
		pte_t *slot = &table[pt_index(m, leaf - 1, (vaddr_t)va)];

		if (*slot & PTE_P)
			continue;
		image_table(m, (enum image_page)nr, leaf);
		*slot = image_entry(m, (enum image_page)nr, KERNEL_TABLE);
		nr++;
	}
	return nr;
}

void paging_boot(struct machine *m)
{
	unsigned level = m->profile->pt_levels - 2u;
	pfn_t per_large = (pfn_t)(pt_span(m, level) >> PAGE_SHIFT);
	pfn_t image = m->kernel_image_pfn;
	pte_t *table;

	m->swapper_pg_dir = image + IMAGE_SWAPPER_PG_DIR;
	m->kernel_pgd = image_table(m, IMAGE_SWAPPER_PG_DIR, 0);
	table = large_table(m);
	for (pfn_t pfn = 0; pfn < m->max_low_pfn; pfn += per_large) {
		pte_t *slot = &table[pt_index(m, level, pfn_to_kva(m, pfn))];

		if (pfn + per_large <= m->max_low_pfn)
			*slot = mk_pte(pfn, PAGE_KERNEL_LARGE);
		else
			map_tail(m, slot, pfn);
	}
	init_table_range(m, m->map.fixaddr_start, m->map.fixaddr_top,
			 init_table_range(m, m->map.pkmap_base,
					  m->map.pkmap_end,
					  IMAGE_FIXED_TABLES));
	m->zero_page = image + IMAGE_ZERO_PAGE;
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
	*slot = mk_pte(pfn, KERNEL_TABLE);
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
