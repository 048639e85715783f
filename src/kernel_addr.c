/*
 * Kernel addresses of the language: what KADDR means at this moment.
 *
 *	0xf8800000   the number
 *	v+4K         what vmalloc, ioremap, kmalloc or cache_alloc gave that name
 *	b            a block of alloc_pages: where low memory or kmap has its page now; NULL: nowhere
 *	high_memory  a border of the kernel's half, or a place of its image
 *	fix_apic     a slot of the fixmap
 *	buf          with in=PROC, an ADDR of that process
 */
#include "run.h"

#include <string.h>

enum { FIRST_SLOT = 256 }; /* places from here on are slots of the fixmap */

enum kernel_place {
	PLACE_PAGE_OFFSET,
	PLACE_TEXT,
	PLACE_SWAPPER_PG_DIR,
	PLACE_ZERO_PAGE,
	PLACE_MEM_MAP,
	PLACE_HIGH_MEMORY,
	PLACE_VMALLOC_START,
	PLACE_VMALLOC_END,
	PLACE_PKMAP_BASE,
	PLACE_FIXADDR_START,
	PLACE_FIXADDR_TOP,
	NR_PLACES
};

const char *const kernel_place_words[] = {
	[PLACE_PAGE_OFFSET] = "PAGE_OFFSET",
	[PLACE_TEXT] = "_text",
	[PLACE_SWAPPER_PG_DIR] = "swapper_pg_dir",
	[PLACE_ZERO_PAGE] = "empty_zero_page",
	[PLACE_MEM_MAP] = "mem_map",
	[PLACE_HIGH_MEMORY] = "high_memory",
	[PLACE_VMALLOC_START] = "VMALLOC_START",
	[PLACE_VMALLOC_END] = "VMALLOC_END",
	[PLACE_PKMAP_BASE] = "PKMAP_BASE",
	[PLACE_FIXADDR_START] = "FIXADDR_START",
	[PLACE_FIXADDR_TOP] = "FIXADDR_TOP",
	[NR_PLACES] = NULL,
};

bool fix_slot_find(const struct mm_profile *p, const char *text, uint32_t len, uint32_t *slot)
{
	const char *name;
	uint32_t nr;

	for (*slot = 0; (name = fix_slot_name(p, *slot, &nr)); ++*slot)
		if (nr == 0 && strlen(name) == len && memcmp(name, text, len) == 0)
			return true;
	return false;
}

bool kernel_place_find(const struct mm_profile *p, const char *text, uint32_t len, uint32_t *place)
{
	uint32_t slot;

	for (*place = 0; kernel_place_words[*place]; ++*place)
		if (strlen(kernel_place_words[*place]) == len &&
		    memcmp(kernel_place_words[*place], text, len) == 0)
			return true;
	if (len <= 4 || memcmp(text, "fix_", 4) != 0 || !fix_slot_find(p, text + 4, len - 4, &slot))
		return false;
	*place = FIRST_SLOT + slot;
	return true;
}

/* Where the kernel's image has a frame of its own: x86-64 links it to run elsewhere than in the direct map. */
static vaddr_t image_address(const struct machine *m, pfn_t pfn)
{
	return m->map.kernel_text ? m->map.kernel_text + ((vaddr_t)pfn << PAGE_SHIFT)
				  : pfn_to_kva(m, pfn);
}

vaddr_t kernel_place_address(const struct machine *m, uint32_t place)
{
	const struct kernel_map *map = &m->map;

	switch (place) {
	case PLACE_PAGE_OFFSET:
		return map->page_offset;
	case PLACE_TEXT:
		return image_address(m, m->kernel_image_pfn);
	case PLACE_SWAPPER_PG_DIR:
		return image_address(m, m->swapper_pg_dir);
	case PLACE_ZERO_PAGE:
		return image_address(m, m->zero_page);
	case PLACE_MEM_MAP:
		return page_struct_address(m, m->profile->first_pfn);
	case PLACE_HIGH_MEMORY:
		return map->high_memory;
	case PLACE_VMALLOC_START:
		return map->vmalloc_start;
	case PLACE_VMALLOC_END:
		return map->vmalloc_end;
	case PLACE_PKMAP_BASE:
		return map->pkmap_base;
	case PLACE_FIXADDR_START:
		return map->fixaddr_start;
	case PLACE_FIXADDR_TOP:
		return map->fixaddr_top;
	default:
		return fix_to_virt(map, place - FIRST_SLOT);
	}
}

/* Where the kernel sees a frame now: low memory, kmap's window, this CPU's slots; 0: nowhere. */
static vaddr_t frame_address(const struct machine *m, pfn_t pfn)
{
	const struct kmap_ctrl *c = &m->kmap_ctrl[m->cpu];
	vaddr_t va = page_address(m, pfn);

	for (uint32_t depth = c->depth; !va && depth > 0; depth--)
		if (c->pfn[depth - 1] == pfn)
			va = kmap_slot_addr(m, m->cpu, depth - 1);
	return va;
}

static bool name_address(const struct machine *m, const struct addr *a, vaddr_t *va)
{
	const struct region *r = region_find(&m->names, a->symbol);
	uint64_t phys;

	if (!r)
		return false;
	*va = in_word(m, r->start + (uint64_t)a->offset);
	if (r->kind == REGION_PAGES) {
		phys = (uint64_t)r->start + (uint64_t)a->offset;
		*va = frame_address(m, (pfn_t)(phys >> PAGE_SHIFT)) +
		      (vaddr_t)(phys & (PAGE_SIZE - 1));
	}
	return true;
}

bool kernel_addr_resolve(const struct machine *m, const struct scenario *s, const struct event *e,
			 vaddr_t *va)
{
	uint64_t rest;

	switch (e->addr.base) {
	case ADDR_KERNEL_NAME:
		return name_address(m, &e->addr, va);
	case ADDR_KERNEL_PLACE:
		*va = in_word(m,
			      kernel_place_address(m, e->addr.symbol) + (uint64_t)e->addr.offset);
		return true;
	case ADDR_NUMBER:
		*va = in_word(m, (uint64_t)e->addr.offset);
		return true;
	default:
		return addr_resolve(m, s, e->proc, &e->addr, va, &rest);
	}
}
