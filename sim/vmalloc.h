/*
 * vmalloc and ioremap: kernel addresses for frames that do not lie side by
 * side, or are no RAM.
 */
#ifndef SIM_VMALLOC_H
#define SIM_VMALLOC_H

#include "pgtable.h"
#include "vmap_range.h"

enum { VM_IOREMAP = 1, VM_ALLOC = 2 }; /* flags of an area */

/* Law: in order of addresses, disjoint, inside [vmalloc_start, vmalloc_end). */
struct vm_struct {
	vaddr_t start, end;  /* end: behind the guard page                 */
	uint32_t flags;
	uint32_t nr_pages;   /* of vmalloc: frames that are its own         */
	pfn_t *page;         /* [nr_pages]                                  */
	paddr_t phys;        /* of ioremap                                  */
	bool lazy;           /* freed, but its addresses may still be in a TLB */
	vaddr_t kobj;        /* its vm_struct in the slab cache; 0: boot's  */
	vaddr_t pages_kobj;  /* the array of its pages                      */
	struct vm_struct *next, *prev;
};

struct vmap {
	struct vm_struct *first, *last;
	struct vmap_ranges free; /* what no area has, not even a lazy one   */
	uint32_t lazy_pages;    /* of all areas that are lazy, guards too  */
	bool drain_due;         /* too many: the worker is going to purge   */
};

/*
 * Addresses alone, for bytes (rounded up to pages) and a guard page: the lowest
 * range that is free (vmap_range.c).  ioremap's begin at a multiple of their
 * size, rounded up to a power of two, at most what a middle table's entry
 * spans.  NULL: no range, even after a purge, or no memory.
 * 6.1 __get_vm_area_node().
 */
struct vm_struct *get_vm_area(struct machine *m, uint64_t bytes,
			      uint32_t flags);

/* Its addresses become lazy, its pages go: 6.1 free_vm_area(), vfree(). */
void free_vm_area(struct machine *m, struct vm_struct *area);

/* The area that covers va, lazy or not; NULL. */
struct vm_struct *find_vmap_area(const struct machine *m, vaddr_t va);
/* The area that covers va, and is not lazy; NULL. */
struct vm_struct *find_vm_area(const struct machine *m, vaddr_t va);

/* Memory of single frames, high ones first; its address, 0: none. */
vaddr_t vmalloc(struct machine *m, uint64_t bytes);
/* va must be what vmalloc gave: false if it is not. */
bool vfree(struct machine *m, vaddr_t va);

/* An address for a device's memory; 0: it is RAM, or there is no range. */
vaddr_t ioremap(struct machine *m, paddr_t phys, uint64_t bytes);
/* va must lie in the first page that ioremap gave: false if it does not. */
bool iounmap(struct machine *m, vaddr_t va);

/* All TLBs forget the lazy areas, whose addresses are free then. */
void purge_vmap_areas(struct machine *m);
/* The worker, if it is due: 6.1 drain_vmap_area_work(). */
void drain_vmap_work(struct machine *m);
/* Bytes of vmalloc's part, as the kernel counts them: VMALLOC_TOTAL. */
uint64_t vmalloc_total(const struct machine *m);
/* Pages that may be lazy before it is: 32M for one CPU. */
uint32_t lazy_max_pages(const struct machine *m);

/* An area of addresses that are free, without pages of ours: boot's, for replays
 * of recordings. */
struct vm_struct *vmap_insert(struct machine *m, vaddr_t start, vaddr_t end,
			      uint32_t flags);

#endif
