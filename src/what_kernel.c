/*
 * What is this?  An address of the kernel's gigabyte: which region, and what of it.
 *
 *	c0000000   direct map      c0000000 + physical address
 *	f8000000   hole of 8M      high_memory; nothing is ever mapped here
 *	f8800000   vmalloc         areas with a guard page behind each; up to VMALLOC_END
 *	ff800000   kmap window     LAST_PKMAP slots of one page
 *	ffc00000   fixmap          slots counted from its end down (6.1: behind LDT and CPU entry areas)
 *	fffff000   the last page
 *
 * (1G, classic i386; the borders are those of sim/kernel_map.h.)  Whether something is mapped at an address is read from
 * the tables; here stands who has it.
 */
#include "what_data.h"

/* ---- vmalloc ---- */

static void what_vm_area(const struct asking *q, vaddr_t va)
{
	const struct vm_struct *area = find_vmap_area(q->m, va);

	if (!area)
		tell(q, VM_NONE, 0);
	else if (area->lazy)
		tell(q, VM_LAZY, area->start, area->end);
	else if (va >= area->end - PAGE_SIZE)
		tell(q, VM_GUARD, area->start, area->end);
	else if (area->flags & VM_IOREMAP)
		tell(q, VM_IOREMAP, area->start, area->end, area->phys + (va - area->start));
	else
		tell(q, VM_ALLOC, area->start, area->end, (va - area->start) >> PAGE_SHIFT,
		     area->nr_pages);
	what_kernel_names(q, va, false);
}

/* ---- kmap ---- */

static void what_pkmap_slot(const struct asking *q, uint32_t slot)
{
	const struct pkmap *window = &q->m->pkmap;

	if (window->count[slot] == 0)
		tell(q, PKMAP_FREE, 0);
	else if (window->count[slot] == 1)
		tell(q, PKMAP_UNUSED, window->pfn[slot]);
	else
		tell(q, PKMAP_USED, window->pfn[slot], window->count[slot] - 1);
}

/* A slot of the fixmap: one of kmap_atomic, or what it is kept for. */
static void what_fix_slot(const struct asking *q, uint32_t slot)
{
	const struct machine *m = q->m;
	uint32_t n = slot - m->map.fix_kmap_begin, each = m->profile->kmap_slots, nr;
	const char *name;

	if (slot >= m->map.fix_kmap_begin && n < each * m->config.cpus)
		tell(q, FIX_KMAP, n / each, n % each, each, m->kmap_ctrl[n / each].depth);
	else if ((name = fix_slot_name(m->profile, slot, &nr)) && nr == 0)
		tell_name(q, name, FIX_SLOT, 0);
	else if (name)
		tell_name(q, name, FIX_SLOT_NR, nr);
}

/* ---- regions ---- */

static void what_fixmap(const struct asking *q, vaddr_t va)
{
	const struct kernel_map *map = &q->m->map;
	uint32_t slot = (uint32_t)((map->fixaddr_top - page_align_down(va)) >> PAGE_SHIFT);

	tell(q, FIXMAP_AREA, va, map->fixaddr_start, map->fixaddr_top, slot);
	what_fix_slot(q, slot);
}

static void what_vmalloc(const struct asking *q, vaddr_t va)
{
	tell(q, VMALLOC_AREA, va, q->m->map.vmalloc_start, q->m->map.vmalloc_end);
	what_vm_area(q, va);
}

static void what_pkmap(const struct asking *q, vaddr_t va)
{
	const struct kernel_map *map = &q->m->map;
	uint32_t slot = (uint32_t)((va - map->pkmap_base) >> PAGE_SHIFT);

	tell(q, PKMAP_AREA, va, map->pkmap_base, map->pkmap_end, slot, q->m->profile->last_pkmap);
	what_pkmap_slot(q, slot);
}

/* Behind the kmap window. */
static void what_fixed(const struct asking *q, vaddr_t va)
{
	const struct kernel_map *map = &q->m->map;

	if (va >= map->fixaddr_top)
		tell(q, LAST_PAGE, va);
	else if (va >= map->fixaddr_start)
		what_fixmap(q, va);
	else if (va >= map->cpu_entry_area)
		tell(q, CPU_ENTRY_AREA, va, map->cpu_entry_area, map->fixaddr_start);
	else if (va >= map->ldt_base)
		tell(q, LDT_AREA, va, map->ldt_base, map->cpu_entry_area);
	else
		tell(q, KMAP_HOLE, va, map->pkmap_end, map->ldt_base);
}

/* ---- ARM and x86-64: each region has its place ---- */

static bool within(vaddr_t va, vaddr_t start, vaddr_t end) { return va >= start && va < end; }

/* struct page of each frame, by its number. */
static void what_vmemmap(const struct asking *q, vaddr_t va)
{
	const struct kernel_map *map = &q->m->map;
	uint32_t bytes = q->m->profile->page_struct_bytes;
	uint64_t pfn = (va - map->vmemmap) / bytes;

	if (pfn < q->m->max_pfn && page_struct_address(q->m, (pfn_t)pfn))
		tell(q, VMEMMAP_PAGE, va, pfn, (va - map->vmemmap) % bytes);
	else
		tell(q, VMEMMAP_AREA, va, map->vmemmap, map->vmemmap_end);
}

/* Regions that only one of them has. */
static void what_own_region(const struct asking *q, vaddr_t va)
{
	const struct kernel_map *map = &q->m->map;
	vaddr_t entry_end = map->cpu_entry_area + (vaddr_t)map->cpu_entry_pages * PAGE_SIZE;

	if (within(va, map->modules, map->modules_end))
		tell(q, MODULES_AREA, va, map->modules, map->modules_end);
	else if (within(va, map->vmemmap, map->vmemmap_end))
		what_vmemmap(q, va);
	else if (within(va, map->kernel_text, map->kernel_text_end))
		tell(q, KERNEL_IMAGE, va, map->kernel_text, map->kernel_text_end);
	else if (map->vectors && page_align_down(va) == map->vectors)
		tell(q, VECTORS_PAGE, va);
	else if (within(va, map->cpu_entry_area, entry_end))
		tell(q, CPU_ENTRY_AREA, va, map->cpu_entry_area, entry_end);
	else
		tell(q, KERNEL_UNUSED, va);
}

static void what_region(const struct asking *q, vaddr_t va)
{
	const struct kernel_map *map = &q->m->map;

	if (!is_canonical(q->m, va))
		tell(q, NOT_CANONICAL, va);
	else if (va < map->kernel_base)
		tell(q, BELOW_KERNEL, va);
	else if (within(va, map->page_offset, map->high_memory))
		tell(q, DIRECT_MAP, va, map->page_offset, map->high_memory, va - map->page_offset);
	else if (q->m->profile->vmalloc_offset && within(va, map->high_memory, map->vmalloc_start))
		tell(q, VMALLOC_HOLE, va, map->high_memory, map->vmalloc_start);
	else if (within(va, map->vmalloc_start, map->vmalloc_end))
		what_vmalloc(q, va);
	else if (within(va, map->pkmap_base, map->pkmap_end))
		what_pkmap(q, va);
	else if (within(va, map->fixaddr_start, map->fixaddr_top + PAGE_SIZE))
		what_fixmap(q, va);
	else
		what_own_region(q, va);
}

/* ---- i386: they lie in order ---- */

static void what_region_of_i386(const struct asking *q, vaddr_t va)
{
	const struct kernel_map *map = &q->m->map;

	if (va < map->page_offset)
		tell(q, BELOW_KERNEL, va);
	else if (va < map->high_memory)
		tell(q, DIRECT_MAP, va, map->page_offset, map->high_memory, va - map->page_offset);
	else if (va < map->vmalloc_start)
		tell(q, VMALLOC_HOLE, va, map->high_memory, map->vmalloc_start);
	else if (va < map->vmalloc_end)
		what_vmalloc(q, va);
	else if (va < map->pkmap_base)
		tell(q, VMALLOC_GUARD, va, map->vmalloc_end, map->pkmap_base);
	else if (va < map->pkmap_end)
		what_pkmap(q, va);
	else
		what_fixed(q, va);
}

void what_kernel_region(const struct asking *q, vaddr_t va)
{
	if (q->m->map.modules_end)
		what_region(q, va);
	else
		what_region_of_i386(q, va);
}
