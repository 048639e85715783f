/*
 * The kernel's gigabyte: which address belongs to what.
 */
#ifndef SIM_KERNEL_MAP_H
#define SIM_KERNEL_MAP_H

#include "profile.h"

/* Law, on i386: each begins where the one above it in this list ends, or later;
 * elsewhere: no two overlap.  An empty one is not there. */
struct kernel_map {
	vaddr_t task_size;     /* end of what a process may map              */
	vaddr_t kernel_base;   /* lowest of the kernel's; the same on x86   */
	vaddr_t page_offset;   /* direct map of low memory, up to ...        */
	vaddr_t high_memory;
	vaddr_t vmalloc_start; /* vmalloc, ioremap                           */
	vaddr_t vmalloc_end;
	vaddr_t pkmap_base;    /* window of kmap: last_pkmap pages           */
	vaddr_t pkmap_end;
	vaddr_t ldt_base;      /* 6.1: a process's LDT; else as the next     */
	vaddr_t cpu_entry_area; /* 6.1: stacks and tables of exceptions      */
	vaddr_t fixaddr_tot_start; /* fixmap, with slots that boot alone uses */
	vaddr_t fixaddr_start;
	vaddr_t fixaddr_top;   /* slot 0                                     */
	vaddr_t modules, modules_end; /* not on i386                          */
	vaddr_t vmemmap, vmemmap_end; /* x86-64: struct page by frame         */
	vaddr_t kernel_text, kernel_text_end; /* x86-64                       */
	vaddr_t vectors;       /* ARM: one page; 0: there is none            */
	uint32_t cpu_entry_pages;
	uint32_t nr_fix_slots;   /* permanent ones                           */
	uint32_t fix_kmap_begin; /* first slot of kmap_atomic                */
	uint64_t maxmem;         /* most bytes of low memory                 */
};

/*
 * Everything that does not depend on RAM.  page_offset is where the kernel's
 * half begins (split=), 0: as the profile has it.
 */
void kernel_map_init(struct kernel_map *map, const struct mm_profile *p,
		     vaddr_t page_offset);
/* The rest: where low memory ends, and vmalloc begins. */
void kernel_map_set_low_memory(struct kernel_map *map,
			       const struct mm_profile *p, pfn_t max_low_pfn);

/* Address of a fixmap slot: they count down from fixaddr_top. */
static inline vaddr_t fix_to_virt(const struct kernel_map *map, uint32_t slot)
{
	return map->fixaddr_top - ((vaddr_t)slot << PAGE_SHIFT);
}

#endif
