/*
 * Page tables: walk, allocate, free.
 *
 * A table is one frame full of entries; the entry of a level that is not the
 * last names the frame of the next table, the entry of the last level names
 * the page.  The index at each level is a slice of the address.  For
 * 0xb7ffe123 with two levels
 *
 *	1011 0111 11|11 1111 1110|0001 0010 0011
 *	  pgd 735   |  pte 1022  |  offset 0x123
 *
 *	CR3 -> PGD[735] -> table[1022] -> frame + 0x123
 *
 * and with PAE, whose entries are twice as wide and tables half as long, 2 /
 * 447 / 510 / 0x123.  Shifts and widths are in the profile, so one loop walks
 * both.
 *
 * The entries of the kernel's gigabyte are copied from swapper_pg_dir into
 * every PGD when it is made, so that the kernel is mapped whoever runs.
 *
 * A table appears with the first page in its span (4M; PAE 2M) and goes when
 * no area is left that could need it: see free_pgtables.  PAE's three middle
 * tables of user space are allocated with the PGD, as 6.1 does, and come back
 * at the next fault if an unmapping took them.
 *
 * x86-64 has four levels of nine bits each, 9/9/9/9/12; ARM's two, 11/9/12 as
 * Linux sees them, are told in arm_pte.c.
 *
 * Simpler than Linux: a PAE PGD takes a whole page (32 bytes of a slab there);
 * entries are 64 bits wide for the host in all formats; no table locks.
 */
#include "pgtable.h"

#include "machine.h"

unsigned pt_index(const struct machine *m, unsigned level, vaddr_t va)
{
	return pt_slot(m->profile, level, va);
}

uint64_t pt_span(const struct machine *m, unsigned level)
{
	return (uint64_t)1 << m->profile->pt_shift[level];
}

unsigned pt_entries(const struct machine *m, unsigned level)
{
	return 1u << m->profile->pt_bits[level];
}

static unsigned leaf_level(const struct machine *m)
{
	return m->profile->pt_levels - 1u;
}

/* Does an entry above the last level lead to another table? */
static bool is_table(pte_t e) { return (e & PTE_P) && !(e & PTE_PSE); }

uint64_t pmd_addr_end(const struct machine *m, uint64_t va, uint64_t end)
{
	uint64_t span = pt_span(m, leaf_level(m) - 1);
	uint64_t table_end = (va & ~(span - 1)) + span;

	return table_end < end ? table_end : end;
}

uint64_t pt_hole_end(const struct machine *m, const pte_t *pgd, vaddr_t va,
		     unsigned level, uint64_t end)
{
	const struct mm_profile *p = m->profile;
	const pte_t *table = pgd;

	for (unsigned l = 0; l < level; l++) {
		pte_t e = table[pt_slot(p, l, va)];

		if (!is_table(e)) {
			uint64_t span = pt_span(m, l);
			uint64_t hole_end = (va & ~(span - 1)) + span;

			return hole_end > end ? hole_end : end;
		}
		table = pt_table(m, e);
	}
	return end;
}

uint64_t pt_next(const struct machine *m, const struct mm *mm, uint64_t va,
		 uint64_t end)
{
	uint64_t next = pt_hole_end(m, mm->pgd_entry, va, leaf_level(m),
				    pmd_addr_end(m, va, UINT64_MAX));

	return next < end ? next : end;
}

pte_t *pt_table(const struct machine *m, pte_t entry)
{
	return pfn_page(m, pte_pfn(entry))->mapping;
}

/* The entry of va at a level; NULL if a table on the way is missing. */
static pte_t *entry_at(const struct machine *m, const struct mm *mm, vaddr_t va,
		       unsigned level)
{
	const struct mm_profile *p = m->profile;
	pte_t *table = mm->pgd_entry;

	for (unsigned l = 0; l < level; l++) {
		pte_t e = table[pt_slot(p, l, va)];

		if (!is_table(e))
			return NULL;
		table = pt_table(m, e);
	}
	return &table[pt_slot(p, level, va)];
}

pte_t *pte_offset(const struct machine *m, const struct mm *mm, vaddr_t va)
{
	return entry_at(m, mm, va, leaf_level(m));
}

/* ---- allocation ---- */

/* Bits of an entry at level that points to a table.  A PAE PGD has room for
 * P alone: rights are decided below it. */
static uint32_t table_bits(const struct machine *m, unsigned level)
{
	return level == 0 && m->profile->pae_pgd ? PTE_P : PTE_TABLE;
}

/*
 * A zeroed table of a level for mm; PFN_NONE: no memory.  All but the last
 * level must be in directly mapped memory; the last may be high where the
 * kernel was built so (CONFIG_HIGHPTE; REFERENCE 8.4).
 */
static pfn_t table_alloc(struct machine *m, const struct mm *mm, unsigned level)
{
	unsigned order = level == 0 ? m->profile->pgd_order : 0;
	uint32_t gfp = GFP_KERNEL | GFP_BIT_ZERO;
	struct page *page;
	pfn_t pfn;

	if (level == leaf_level(m) && m->profile->highpte)
		gfp |= GFP_BIT_HIGHMEM;
	pfn = alloc_pages(m, gfp, order, FRAME_TABLE);
	if (pfn == PFN_NONE)
		return PFN_NONE;
	page = pfn_page(m, pfn);
	page->level = (uint8_t)level;
	page->index = mm->owner->pid;
	page->mapping =
		arena_alloc(m->arena, pt_entries(m, level) * sizeof(pte_t));
	return pfn;
}

static void table_free(struct machine *m, pfn_t pfn)
{
	struct page *page = pfn_page(m, pfn);
	unsigned order = page->level == 0 ? m->profile->pgd_order : 0;

	arena_free(m->arena, page->mapping,
		   pt_entries(m, page->level) * sizeof(pte_t));
	page->mapping = NULL;
	page->level = 0;
	page->index = 0;
	free_pages(m, pfn, order);
}

/* The tables on the way to va's entry at level, allocated where missing;
 * that entry, or NULL: no memory. */
static pte_t *entry_alloc(struct machine *m, struct mm *mm, vaddr_t va,
			  unsigned level)
{
	const struct mm_profile *p = m->profile;
	pte_t *table = mm->pgd_entry;

	for (unsigned l = 0; l < level; l++) {
		pte_t *slot = &table[pt_slot(p, l, va)];

		if (!(*slot & PTE_P)) {
			pfn_t pfn = table_alloc(m, mm, l + 1);

			if (pfn == PFN_NONE)
				return NULL;
			*slot = mk_pte(pfn, table_bits(m, l));
			mm->nr_tables++;
			step(m, TABLE_ALLOC, mm->owner->pid, pfn, l + 1, va,
			     *slot);
		}
		table = pt_table(m, *slot);
	}
	return &table[pt_slot(p, level, va)];
}

pte_t *pte_alloc(struct machine *m, struct mm *mm, vaddr_t va)
{
	return entry_alloc(m, mm, va, leaf_level(m));
}

bool pmd_alloc(struct machine *m, struct mm *mm, vaddr_t va)
{
	unsigned level = leaf_level(m) - 1;

	return level == 0 || entry_alloc(m, mm, va, level);
}

/* With PAE, the middle tables of user space exist from the start. */
static bool prepopulate_pmd(struct machine *m, struct mm *mm)
{
	uint64_t span = pt_span(m, 0);

	if (!m->profile->pae_pgd)
		return true;
	for (uint64_t va = 0; va < m->map.task_size; va += span)
		if (!entry_alloc(m, mm, (vaddr_t)va, 1))
			return false;
	return true;
}

int pgd_alloc(struct machine *m, struct mm *mm)
{
	pfn_t pfn = table_alloc(m, mm, 0);
	unsigned first = pt_index(m, 0, m->map.kernel_base);

	if (pfn == PFN_NONE)
		return -SIM_ENOMEM;
	mm->pgd = pfn;
	mm->pgd_entry = pfn_page(m, pfn)->mapping;
	for (unsigned i = first; i < pt_entries(m, 0); i++)
		mm->pgd_entry[i] = m->kernel_pgd[i];
	step(m, PGD_ALLOC, mm->owner->pid, pfn, pt_entries(m, 0) - first);
	if (!prepopulate_pmd(m, mm)) {
		pgd_free(m, mm);
		return -SIM_ENOMEM;
	}
	return 0;
}

/* ---- freeing ---- */

/* Free the table of a level that covers va, if there is one. */
static void free_table_at(struct machine *m, struct mm *mm, vaddr_t va,
			  unsigned level)
{
	pte_t *slot = entry_at(m, mm, va, level - 1);
	pte_t old;

	if (!slot || !is_table(*slot))
		return;
	old = *slot;
	*slot = 0;
	table_free(m, pte_pfn(old));
	mm->nr_tables--;
	step(m, TABLE_FREE, mm->owner->pid, pte_pfn(old), level, va, old);
}

/*
 * Last level first.  For 2M and floor 0x08060000: the table of 0x08000000
 * begins below the floor, so an area that is still there may use it.
 */
void free_pgtables(struct machine *m, struct mm *mm, vaddr_t start, vaddr_t end,
		   vaddr_t floor, vaddr_t ceiling)
{
	for (unsigned level = leaf_level(m); level > 0; level--) {
		uint64_t span = pt_span(m, level - 1);
		uint64_t at = start & ~(span - 1), next;

		for (; at < end; at = next) {
			next = pt_hole_end(m, mm->pgd_entry, at, level - 1,
					   at + span);
			if (at >= floor && at + span <= ceiling)
				free_table_at(m, mm, at, level);
		}
	}
}

void pgd_free(struct machine *m, struct mm *mm)
{
	free_pgtables(m, mm, 0, m->map.task_size, 0, m->map.kernel_base);
	tlb_forget_mm(m, mm);
	table_free(m, mm->pgd);
	step(m, PGD_FREE, mm->owner->pid, mm->pgd);
	mm->pgd = PFN_NONE;
	mm->pgd_entry = NULL;
}

/* ---- looking ---- */

static void walk_from(const struct machine *m, pte_t *table, pfn_t pfn,
		      vaddr_t va, struct pt_walk *w)
{
	*w = (struct pt_walk){0};
	for (unsigned l = 0; l < m->profile->pt_levels; l++) {
		pte_t e = table[pt_index(m, l, va)];

		w->index[l] = pt_index(m, l, va);
		w->table[l] = pfn;
		w->entry[l] = e;
		w->levels = l + 1;
		w->large = l < leaf_level(m) && (e & PTE_PSE);
		if (!(e & PTE_P))
			return;
		if (w->large || l == leaf_level(m)) {
			uint64_t inside = va & (pt_span(m, l) - 1);

			w->complete = true;
			w->phys = ((paddr_t)pte_pfn(e) << PAGE_SHIFT) + inside;
			return;
		}
		pfn = pte_pfn(e);
		table = pt_table(m, e);
	}
}

void pt_walk(const struct machine *m, const struct mm *mm, vaddr_t va,
	     struct pt_walk *w)
{
	walk_from(m, mm->pgd_entry, mm->pgd, va, w);
}

void pt_walk_kernel(const struct machine *m, vaddr_t va, struct pt_walk *w)
{
	walk_from(m, m->kernel_pgd, m->swapper_pg_dir, va, w);
}

/* ---- rights ---- */

/*
 * i386 has one bit for rights, RW: whatever may be accessed at all may be
 * read and executed.  A private area is never RW from the start: the write
 * fault is what makes the copy.  The 64-bit entries of PAE have one bit more,
 * NX at the very top, for pages that are data and no program.  6.1 loses it on
 * the way: vm_get_page_prot() keeps the bits in an unsigned long of 32 bits, so
 * a page of the recorded PAE kernel can be executed whatever its area says
 * (nx=off, the default there).  REFERENCE 8.2.
 */
uint32_t vm_page_prot(uint32_t vm_flags)
{
	if (!(vm_flags & VM_ACCESS))
		return PTE_PROTNONE | PTE_A;
	if ((vm_flags & VM_SHARED) && (vm_flags & VM_WRITE))
		return PTE_P | PTE_US | PTE_A | PTE_RW;
	return PTE_P | PTE_US | PTE_A;
}

pte_t vma_page_prot(const struct machine *m, const struct vma *v)
{
	pte_t bits = vm_page_prot(v->flags);
	bool notify = (v->flags & VM_SHARED) && v->file && !v->file->shmem;

	if (notify)
		bits &= ~(pte_t)PTE_RW;
	if (m->nx && (bits & PTE_P) && !(v->flags & VM_EXEC))
		bits |= PTE_NX;
	return bits;
}
