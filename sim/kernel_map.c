/*
 * The kernel's part of the addresses: which address belongs to what.
 *
 * A process's tables map the kernel above page_offset.  Most of that is one
 * straight copy of low memory; the rest lies above it, and is what low memory
 * had to leave room for:
 *
 *	fffff000  fixaddr_top        slot 0, never mapped
 *	          fixmap             a page for each fixed purpose, downwards
 *	ff400000  cpu_entry_area     6.1 only
 *	ff000000  ldt_base           6.1 only
 *	fec00000  pkmap_base         1024 pages that kmap lends (PAE 512)
 *	          two pages that are never mapped
 *	febfe000  vmalloc_end
 *	          vmalloc, ioremap   at least 128M
 *	f73fe000  vmalloc_start
 *	          8M that are never mapped: who runs over the end is caught
 *	f6bfe000  high_memory
 *	          low memory, straight: virtual = physical + c0000000
 *	c0000000  page_offset
 *
 * The numbers are those of Debian's 6.1 with 1G.  They follow from the top
 * down: each area is as large as it must be, and the upper ones begin at a
 * multiple of what one entry of a middle table spans (4M, PAE 2M), so that
 * they have tables of their own.  So the number of CPUs the kernel was built
 * for moves the end of low memory:
 *
 *	583 fixed slots (32 CPUs, 16 for kmap each)  -> pkmap_base fec00000
 *	 19 fixed slots (1 CPU)                      -> pkmap_base ff400000
 *
 * ARM has kmap's window and the modules in the 16M below the direct map, so its
 * processes end at bf000000; the vectors are its last page but fifteen:
 *
 *	ffff0000  vectors            c0000000  page_offset
 *	ffc80000  fixmap             bfe00000  pkmap_base
 *	ff800000  vmalloc_end        bf000000  modules, end of user addresses
 *
 * 64 bits have room.  x86-64 gives everything a place of its own, terabytes
 * apart, and the direct map maps all of RAM: no window, no high memory.  Only 48
 * bits of an address are translated, and the others must repeat bit 47:
 * between the user's half and the kernel's lie addresses that are none.
 *
 *	ffffffffff7ff000  fixaddr_top        ffffea0000000000  vmemmap
 *	ffffffffc0000000  modules            ffffe90000000000  vmalloc_end
 *	ffffffff80000000  the image again    ffffc90000000000  vmalloc_start
 *	fffffe0000000000  cpu_entry_area     ffff888000000000  page_offset
 *	         0000800000000000 .. ffff7fffffffffff: no addresses
 *	         00007ffffffff000  end of user addresses
 *
 * Simpler than Linux: nothing at random places; the page of the vsyscalls is not
 * there, as in a kernel with vsyscall=none.
 *
 * Source: 6.1 arch/x86/include/asm/pgtable_32_areas.h, fixmap.h; REFERENCE
 * 6.1, 6.2, 6.4; Documentation/x86/x86_64/mm.rst, arch/arm/include/asm.  The
 * classic kernels have a fixed pkmap_base.
 *
 * Where the kernel's half begins is a choice made when a kernel is built
 * (CONFIG_VMSPLIT_3G, _2G, _1G; here split=).  Everything above low memory
 * hangs from the top and stays; what low memory gains is lost to processes:
 *
 *	split  page_offset  low memory at most (classic)  a process
 *	3G/1G  c0000000      896M                          3G
 *	2G/2G  80000000     1920M                          2G
 *	1G/3G  40000000     2944M                          1G
 *
 * All three go with PAE: a border at a whole gigabyte is one between two of
 * its four top entries.  (Kconfig has two more, b0000000 and 78000000, which
 * depend on !X86_PAE for that reason.)
 */
#include "kernel_map.h"

#define FOUR_GIB ((vaddr_t)1 << 32)

#define MAXMEM_64 ((uint64_t)64 << 40) /* x86-64: the direct map has room */

enum {
	GUARD_BYTES = 2 * PAGE_SIZE, /* between vmalloc and kmap's window    */
	BTMAP_SLOTS = 512,           /* of early_ioremap: boot only          */
	CPU_ENTRY_PAGES = 43,        /* of each CPU                          */
};

/* Bytes behind one entry of the last but one level. */
static uint32_t pmd_size(const struct mm_profile *p)
{
	return 1u << p->pt_shift[p->pt_levels - 2];
}

/*
 * The first of boot's own slots: they all lie in one last-level table, so they
 * begin behind the permanent ones, or at the next multiple of 512.
 */
static uint32_t first_boot_slot(const struct mm_profile *p, uint32_t permanent)
{
	uint32_t entries = 1u << p->pt_bits[p->pt_levels - 1];

	if (permanent / entries == (permanent + BTMAP_SLOTS - 1) / entries)
		return permanent;
	return permanent + BTMAP_SLOTS - (permanent & (BTMAP_SLOTS - 1));
}

/* From the fixmap down to vmalloc_end: 6.1. */
static void init_from_top(struct kernel_map *map, const struct mm_profile *p)
{
	vaddr_t mask = ~(vaddr_t)(pmd_size(p) - 1);
	uint32_t boot_end = first_boot_slot(p, map->nr_fix_slots) + BTMAP_SLOTS;

	map->fixaddr_tot_start = map->fixaddr_top - (boot_end + 1) * PAGE_SIZE;
	map->cpu_entry_pages = CPU_ENTRY_PAGES * p->nr_cpus;
	map->cpu_entry_area = (map->fixaddr_tot_start -
			       (map->cpu_entry_pages + 1) * PAGE_SIZE) &
			      mask;
	map->ldt_base = (map->cpu_entry_area - PAGE_SIZE) & mask;
	map->pkmap_base = (map->ldt_base - PAGE_SIZE) & mask;
}

/* i386: the text books count 128M from 4G down, 6.1 from vmalloc_end. */
static void init_i386(struct kernel_map *map, const struct mm_profile *p)
{
	if (!p->pkmap_base)
		init_from_top(map, p);
	else
		map->fixaddr_tot_start = map->cpu_entry_area = map->ldt_base =
			map->fixaddr_start;
	map->vmalloc_end = map->pkmap_base - GUARD_BYTES;
	map->maxmem = (p->pkmap_base ? FOUR_GIB : map->vmalloc_end) -
		      map->page_offset - p->vmalloc_reserve;
}

/* ARM and x86-64: every border has its place. */
static void init_fixed(struct kernel_map *map, const struct mm_profile *p)
{
	map->vmalloc_end = p->vmalloc_end;
	map->modules = p->modules;
	map->modules_end = p->modules_end;
	map->vmemmap = p->vmemmap;
	map->vmemmap_end = p->vmemmap_end;
	map->kernel_text = p->kernel_text;
	map->kernel_text_end = p->kernel_text ? p->modules : 0;
	map->vectors = p->vectors;
	map->fixaddr_tot_start = map->fixaddr_start;
	map->cpu_entry_area = map->ldt_base = map->fixaddr_start;
	if (p->cpu_entry_area) {
		map->cpu_entry_area = map->ldt_base = p->cpu_entry_area;
		map->cpu_entry_pages = CPU_ENTRY_PAGES * p->nr_cpus;
	}
	if (!p->pkmap_base)
		map->pkmap_base = map->vmalloc_end;
	map->maxmem = p->vmalloc_base ? MAXMEM_64
				      : map->vmalloc_end - p->vmalloc_reserve -
						p->page_offset;
}

void kernel_map_init(struct kernel_map *map, const struct mm_profile *p,
		     vaddr_t page_offset)
{
	if (!page_offset)
		page_offset = p->page_offset;
	*map = (struct kernel_map){
		.task_size = p->task_size ? p->task_size : page_offset,
		.kernel_base = p->kernel_base ? p->kernel_base : page_offset,
		.page_offset = page_offset,
		.fixaddr_top = p->fixaddr_top,
		.fix_kmap_begin = p->fix_kmap_begin,
		.nr_fix_slots = p->fix_kmap_begin + p->kmap_slots * p->nr_cpus +
				p->fix_slots_behind_kmap,
		.pkmap_base = p->pkmap_base,
	};
	map->fixaddr_start =
		p->fixaddr_start
			? p->fixaddr_start
			: map->fixaddr_top -
				  (vaddr_t)map->nr_fix_slots * PAGE_SIZE;
	if (p->vmalloc_end)
		init_fixed(map, p);
	else
		init_i386(map, p);
	map->pkmap_end = map->pkmap_base + p->last_pkmap * PAGE_SIZE;
}

void kernel_map_set_low_memory(struct kernel_map *map,
			       const struct mm_profile *p, pfn_t max_low_pfn)
{
	vaddr_t gap = p->vmalloc_offset;

	map->high_memory =
		map->page_offset + ((vaddr_t)max_low_pfn << PAGE_SHIFT);
	map->vmalloc_start =
		p->vmalloc_base ? p->vmalloc_base : map->high_memory + gap;
	if (p->vmalloc_start_round8m)
		map->vmalloc_start =
			(map->vmalloc_start + gap - 1) & ~(gap - 1);
	if (p->vmalloc_start_floor8m)
		map->vmalloc_start &= ~(gap - 1);
}
