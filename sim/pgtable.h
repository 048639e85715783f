/*
 * Page tables: from a virtual address to a frame.
 *
 * Two levels split an address 10/10/12, with PAE three levels split it
 * 2/9/9/12, with 64 bits four 9/9/9/9/12; one walk serves all, its shifts come
 * from the profile:
 *
 *	 31      22 21      12 11         0
 *	|  pgd idx |  pte idx |   offset   |
 *
 * Tables are frames of the simulated machine; their contents are arrays of
 * pte_t that page->mapping points to.
 *
 *	pgtable.c     walk, allocate, free
 *	arm_pte.c     ARM's two tables in a page
 *	paging.c      the kernel's own tables
 *	zap.c         unmapping pages
 *	protection.c  mprotect's work on entries
 *	move.c        mremap's
 *	fork.c        copying entries
 */
#ifndef SIM_PGTABLE_H
#define SIM_PGTABLE_H

#include "mm.h"
#include "page_alloc.h"
#include "profile.h"

enum pte_bit {
	PTE_P = 0x001, PTE_RW = 0x002, PTE_US = 0x004, PTE_PWT = 0x008,
	PTE_PCD = 0x010, PTE_A = 0x020, PTE_D = 0x040, PTE_PSE = 0x080,
	PTE_G = 0x100,
	PTE_SPECIAL = 0x200,  /* zero page: not counted, not mapcounted   */
	PAGE_KERNEL = PTE_P | PTE_RW | PTE_A | PTE_D | PTE_G, /* a kernel page */
	PTE_TABLE = PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D, /* to a table */
	PTE_PROTNONE = 0x100, /* with P clear: present for the software   */
};
#define PTE_NX ((pte_t)1 << 63) /* 64-bit entries, ARM: no instruction from
                                 * here                                   */

/* 40 bits of frame at most: NX and what else is above them is no frame. */
static inline pfn_t pte_pfn(pte_t e) { return (pfn_t)(e >> PAGE_SHIFT); }
static inline pte_t mk_pte(pfn_t pfn, pte_t bits)
{
	return (pte_t)pfn << PAGE_SHIFT | bits;
}
/* Present for the software: mapped, though perhaps not accessible. */
static inline bool pte_present(pte_t e)
{
	return (e & PTE_P) || (e & PTE_PROTNONE);
}

/* Can the MMU use a leaf entry?  Present, and where it does not set A itself
 * (soft_young_dirty), young. */
static inline bool pte_usable(const struct mm_profile *p, pte_t e)
{
	return (e & PTE_P) && (!p->soft_young_dirty || (e & PTE_A));
}

/* Index of va in a table of level (0 = PGD). */
static inline unsigned pt_slot(const struct mm_profile *p, unsigned level,
			       vaddr_t va)
{
	return va >> p->pt_shift[level] & ((1u << p->pt_bits[level]) - 1);
}
unsigned pt_index(const struct machine *m, unsigned level, vaddr_t va);
/* Bytes of address space behind one entry of a level-`level` table. */
uint64_t pt_span(const struct machine *m, unsigned level);
unsigned pt_entries(const struct machine *m, unsigned level);

/* The leaf entry of va; NULL if a table on the way is missing. */
pte_t *pte_offset(const struct machine *m, const struct mm *mm, vaddr_t va);

/* The same, missing tables allocated; NULL: no memory. */
pte_t *pte_alloc(struct machine *m, struct mm *mm, vaddr_t va);

/* Allocate the tables above va's last one (PAE's middle table): false: no
 * memory.  With two levels there is nothing to do. */
bool pmd_alloc(struct machine *m, struct mm *mm, vaddr_t va);

/* The contents of the table that an entry of a higher level points to. */
pte_t *pt_table(const struct machine *m, pte_t entry);

/*
 * Behind va's part of an address space, end or more: is a table missing on the
 * way to va's entry at level, then the first address that another one may
 * translate.  So who goes through terabytes passes those without tables.
 */
uint64_t pt_hole_end(const struct machine *m, const pte_t *pgd, vaddr_t va,
		     unsigned level, uint64_t end);

/* The same for walks over entries of [va, end): the end of va's last-level table,
 * or of the hole if it is missing; at most end. */
uint64_t pt_next(const struct machine *m, const struct mm *mm, uint64_t va,
		 uint64_t end);

/* End of the part of [va, end) that lies in va's last-level table. */
uint64_t pmd_addr_end(const struct machine *m, uint64_t va, uint64_t end);

/* What the MMU looks at on the way to va, for the walk panel. */
struct pt_walk {
	unsigned levels;       /* entries looked at                        */
	unsigned index[PT_LEVELS_MAX];
	pfn_t table[PT_LEVELS_MAX];
	pte_t entry[PT_LEVELS_MAX];
	bool complete;         /* the last one is a leaf that is present   */
	bool large;            /* ended at a PSE entry                     */
	paddr_t phys;          /* if complete                              */
};
void pt_walk(const struct machine *m, const struct mm *mm, vaddr_t va,
	     struct pt_walk *w);
/* The same in init_mm's tables, the master of the kernel's half. */
void pt_walk_kernel(const struct machine *m, vaddr_t va, struct pt_walk *w);

/* A new PGD for mm, kernel half shared; 0 or -SIM_ENOMEM. */
int pgd_alloc(struct machine *m, struct mm *mm);
void pgd_free(struct machine *m, struct mm *mm);

/* Kernel half: swapper_pg_dir with the direct map, made at boot. */
void paging_boot(struct machine *m);
/* Is a frame mapped at pfn_to_kva()?  Not in high memory, and in 6.1 not where there
 * is no RAM. */
bool direct_map_has(const struct machine *m, pfn_t pfn);
/* The small entry of a kernel address in the master table; NULL: no table. */
pte_t *kernel_pte(const struct machine *m, vaddr_t va);
/* The same, missing tables allocated; NULL: no memory. */
pte_t *kernel_pte_alloc(struct machine *m, vaddr_t va);

/* Drop the pages of [start, end): references, rss, entries; TLB flushed. */
void zap_page_range(struct machine *m, struct vma *v, vaddr_t start,
		    vaddr_t end);

/*
 * After [start, end) was unmapped: free the tables whose whole span lies
 * between floor (end of the area before, or 0) and ceiling (start of the area
 * after, or the kernel's).
 */
void free_pgtables(struct machine *m, struct mm *mm, vaddr_t start,
		   vaddr_t end, vaddr_t floor, vaddr_t ceiling);

/* Give the entries of [start, end) the rights of v->flags. */
void change_protection(struct machine *m, struct vma *v, vaddr_t start,
		       vaddr_t end, uint32_t old_flags);

/* mremap: move entries to another place of the same mm; -SIM_ENOMEM. */
int move_page_tables(struct machine *m, struct mm *mm, vaddr_t from,
		     vaddr_t to, uint64_t bytes);

/* fork: copy or share the entries of one area; 0 or -SIM_ENOMEM. */
int copy_page_range(struct machine *m, struct mm *child, struct vma *dst,
		    struct vma *src);

/* Hardware bits for a fresh entry of an area (vm_get_page_prot). */
uint32_t vm_page_prot(uint32_t vm_flags);

/*
 * The same for an area as it stands (vma_set_page_prot): a shared mapping of
 * a file that wants to hear of the first write to a page is mapped read-only,
 * and where the machine has NX (m->nx) it marks what must not be executed.
 */
pte_t vma_page_prot(const struct machine *m, const struct vma *v);

#endif
