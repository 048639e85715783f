/*
 * vmalloc and ioremap: kernel addresses for frames that do not lie side by
 * side, or are no RAM.
 *
 * A large piece of memory need not be one block of frames: the page tables can
 * make any frames look like one.  Above low memory is room for that, and behind
 * each area one page stays unmapped, so that who runs over the end is caught:
 *
 *	f73fe000            f7400000            f7403000
 *	| page | guard     | page | page | guard|
 *	  |                   |      |
 *	  3fc05               3fbff  1a2b3          frames as they come
 *
 * The frames are order 0 and may be high.  The entries are written into the
 * kernel's master table (swapper_pg_dir) only; a process whose own directory
 * was made before learns of a new table by a fault (vmalloc_fault.c).
 *
 * An area that is freed gives its frames back at once.  Its addresses may still
 * stand in the TLB of any CPU, and asking all of them to forget is dear.  2.6
 * asks each time.  In 6.1 addresses stay out of use (lazy) until 32M have come
 * together, or no range is left; then one flush frees them all.
 *
 * Source: 6.1 mm/vmalloc.c; REFERENCE 7.1.  Simpler than Linux: the areas that
 * are in use are a sorted list, no tree.
 */
#include "vmalloc.h"

#include "machine.h"

enum {
	LAZY_BYTES = 32 << 20, /* for the first CPU, and for each doubling */
	VM_STRUCT_BYTES = 32,
};

/* ---- ranges ---- */

uint64_t vmalloc_total(const struct machine *m)
{
	return m->map.vmalloc_end - m->map.vmalloc_start -
	       m->profile->vmalloc_end_is_last;
}

static uint32_t area_pages(const struct vm_struct *area)
{
	return (uint32_t)((area->end - area->start) >> PAGE_SHIFT);
}

/* Link a new area where it belongs. */
static void insert_area(struct vmap *v, struct vm_struct *area)
{
	struct vm_struct *next = v->first;

	while (next && next->start < area->start)
		next = next->next;
	area->next = next;
	area->prev = next ? next->prev : v->last;
	*(area->prev ? &area->prev->next : &v->first) = area;
	*(next ? &next->prev : &v->last) = area;
}

static void remove_area(struct vmap *v, struct vm_struct *area)
{
	*(area->prev ? &area->prev->next : &v->first) = area->next;
	*(area->next ? &area->next->prev : &v->last) = area->prev;
}

/*
 * ioremap's areas could be mapped by large entries: they begin at a power of two,
 * the lowest that is not below their size, in 2.6 the lowest above it.
 */
static uint64_t alignment(const struct machine *m, uint64_t bytes,
			  uint32_t flags)
{
	uint64_t most = 1ull << m->profile->ioremap_max_order;
	uint64_t align = PAGE_SIZE, least = bytes;

	if (!m->profile->vmap_61)
		least++;
	if (flags & VM_IOREMAP)
		while (align < least && align < most)
			align *= 2;
	return align;
}

static struct vm_struct *new_area(struct machine *m, vaddr_t start, vaddr_t end,
				  uint32_t flags)
{
	struct vm_struct *area = arena_alloc(m->arena, sizeof(*area));

	*area = (struct vm_struct){.start = start, .end = end, .flags = flags};
	insert_area(&m->vmap, area);
	return area;
}

struct vm_struct *vmap_insert(struct machine *m, vaddr_t start, vaddr_t end,
			      uint32_t flags)
{
	take_vmap_range(m, start, end);
	return new_area(m, start, end, flags);
}

struct vm_struct *get_vm_area(struct machine *m, uint64_t bytes, uint32_t flags)
{
	uint64_t size = page_align_up(bytes);
	uint64_t align = alignment(m, size, flags);
	struct vm_struct *area;
	vaddr_t kobj, start;

	size += PAGE_SIZE; /* the guard */
	if (bytes == 0 || size > m->map.vmalloc_end - m->map.vmalloc_start)
		return NULL;
	kobj = kmalloc(m, VM_STRUCT_BYTES, GFP_KERNEL);
	if (!kobj)
		return NULL;
	start = alloc_vmap_range(m, size, align);
	if (!start) {
		purge_vmap_areas(m);
		start = alloc_vmap_range(m, size, align);
	}
	if (!start) {
		note(m, VMALLOC_NO_RANGE, size);
		kfree(m, kobj);
		return NULL;
	}
	area = new_area(m, start, start + size, flags);
	area->kobj = kobj;
	step(m, ALLOC_VMAP_AREA, start, size);
	return area;
}

struct vm_struct *find_vmap_area(const struct machine *m, vaddr_t va)
{
	struct vm_struct *a = m->vmap.first;

	while (a && a->end <= va)
		a = a->next;
	return a && a->start <= va ? a : NULL;
}

struct vm_struct *find_vm_area(const struct machine *m, vaddr_t va)
{
	struct vm_struct *a = find_vmap_area(m, va);

	return a && !a->lazy ? a : NULL;
}

/* ---- lazy areas ---- */

uint32_t lazy_max_pages(const struct machine *m)
{
	uint32_t parts = 0;

	for (uint32_t cpus = m->config.cpus; cpus; cpus >>= 1)
		parts++;
	return parts * (LAZY_BYTES >> PAGE_SHIFT);
}

/* Its addresses are free: another area may have them. */
static void release_addresses(struct machine *m, vaddr_t start, vaddr_t end)
{
	step(m, FREE_VMAP_AREA, start, end - start);
	merge_or_add_vmap_range(m, start, end);
}

static void destroy_area(struct machine *m, struct vm_struct *area)
{
	remove_area(&m->vmap, area);
	arena_free(m->arena, area, sizeof(*area));
}

/* a and its neighbours behind it that are lazy, too, become one free range.
 * Returns the area behind them. */
static struct vm_struct *purge_run(struct machine *m, struct vm_struct *a)
{
	vaddr_t start = a->start, end = start;
	struct vm_struct *next = a;

	while ((a = next) != NULL && a->lazy && a->start == end) {
		next = a->next;
		end = a->end;
		destroy_area(m, a);
	}
	release_addresses(m, start, end);
	return next;
}

void purge_vmap_areas(struct machine *m)
{
	struct vmap *v = &m->vmap;
	struct vm_struct *a = v->first;

	v->drain_due = false;
	if (!v->lazy_pages)
		return;
	enter(m, PURGE_VMAP_AREAS, v->lazy_pages);
	flush_tlb_kernel(m);
	while (a)
		a = a->lazy ? purge_run(m, a) : a->next;
	v->lazy_pages = 0;
	leave(m, PURGE_VMAP_AREAS);
}

void drain_vmap_work(struct machine *m)
{
	if (m->vmap.drain_due)
		purge_vmap_areas(m);
}

/* ---- frames ---- */

/* Take out what is mapped in [start, start + nr_pages). */
static void unmap_pages(struct machine *m, vaddr_t start, uint32_t nr_pages)
{
	for (uint32_t i = 0; i < nr_pages; i++) {
		vaddr_t va = start + ((vaddr_t)i << PAGE_SHIFT);
		pte_t *entry = kernel_pte(m, va);

		if (!entry || !*entry)
			continue;
		step(m, CLEAR_KERNEL_PTE, va, *entry);
		*entry = 0;
	}
}

/* Map one page for the kernel; false: no memory for a table. */
static bool map_page(struct machine *m, vaddr_t va, pfn_t pfn, pte_t bits)
{
	pte_t *entry = kernel_pte_alloc(m, va);

	if (!entry)
		return false;
	*entry = mk_pte(pfn, bits);
	step(m, SET_KERNEL_PTE, va, *entry, pfn);
	return true;
}

/* The array that names the area's pages: of kmalloc, or of vmalloc itself. */
static bool alloc_page_array(struct machine *m, struct vm_struct *area,
			     uint32_t nr_pages)
{
	uint32_t bytes = nr_pages * 4;

	area->pages_kobj = bytes > PAGE_SIZE ? vmalloc(m, bytes)
					     : kmalloc(m, bytes, GFP_KERNEL);
	if (!area->pages_kobj)
		return false;
	area->page = arena_alloc(m->arena, nr_pages * sizeof(*area->page));
	area->nr_pages = nr_pages;
	for (uint32_t i = 0; i < nr_pages; i++)
		area->page[i] = PFN_NONE;
	return true;
}

static void free_page_array(struct machine *m, struct vm_struct *area)
{
	if (!area->page)
		return;
	for (uint32_t i = 0; i < area->nr_pages; i++)
		if (area->page[i] != PFN_NONE)
			free_pages(m, area->page[i], 0);
	arena_free(m->arena, area->page, area->nr_pages * sizeof(*area->page));
	area->page = NULL;
	if (area->nr_pages * 4 > PAGE_SIZE)
		vfree(m, area->pages_kobj);
	else
		kfree(m, area->pages_kobj);
}

/* 6.1 free_vmap_area_noflush(). */
static void free_lazily(struct machine *m, struct vm_struct *area)
{
	area->lazy = true;
	m->vmap.lazy_pages += area_pages(area);
	step(m, LAZY_VMAP_AREA, area->start, area->end - area->start,
	     m->vmap.lazy_pages);
	if (m->vmap.lazy_pages > lazy_max_pages(m))
		m->vmap.drain_due = true;
}

static void free_at_once(struct machine *m, struct vm_struct *area)
{
	vaddr_t start = area->start, end = area->end;

	destroy_area(m, area);
	release_addresses(m, start, end);
}

void free_vm_area(struct machine *m, struct vm_struct *area)
{
	bool lazily = m->profile->vmap_61;

	unmap_pages(m, area->start, area_pages(area));
	if (!lazily)
		flush_tlb_kernel(m);
	free_page_array(m, area);
	if (area->kobj)
		kfree(m, area->kobj);
	if (lazily)
		free_lazily(m, area);
	else
		free_at_once(m, area);
}

static bool fill_area(struct machine *m, struct vm_struct *area)
{
	for (uint32_t i = 0; i < area->nr_pages; i++) {
		area->page[i] = alloc_page(m, GFP_KERNEL | GFP_BIT_HIGHMEM,
					   FRAME_KERNEL);
		if (area->page[i] == PFN_NONE ||
		    !map_page(m, area->start + ((vaddr_t)i << PAGE_SHIFT),
			      area->page[i], kernel_prot(m)))
			return false;
	}
	return true;
}

vaddr_t vmalloc(struct machine *m, uint64_t bytes)
{
	uint64_t nr_pages = page_align_up(bytes) >> PAGE_SHIFT;
	struct vm_struct *area = NULL;

	enter(m, VMALLOC, bytes);
	if (nr_pages == 0)
		note(m, VMALLOC_EMPTY);
	else if (nr_pages > totalram_pages(m))
		note(m, VMALLOC_TOO_LARGE, nr_pages, totalram_pages(m));
	else
		area = get_vm_area(m, bytes, VM_ALLOC);
	if (area && !(alloc_page_array(m, area, (uint32_t)nr_pages) &&
		      fill_area(m, area))) {
		free_vm_area(m, area);
		area = NULL;
	}
	leave(m, VMALLOC, area ? area->start : 0);
	return area ? area->start : 0;
}

bool vfree(struct machine *m, vaddr_t va)
{
	struct vm_struct *area = find_vm_area(m, va);

	if (!area || area->start != va || area->flags != VM_ALLOC) {
		note(m, VFREE_BAD, va);
		return false;
	}
	enter(m, VFREE, va);
	free_vm_area(m, area);
	leave(m, VFREE);
	return true;
}

/* ---- devices ---- */

/* RAM has its kernel address already: it may not get a second, uncached one. */
static bool is_ram(const struct machine *m, pfn_t pfn)
{
	return pfn < m->max_pfn && pfn_page(m, pfn)->use != FRAME_HOLE;
}

vaddr_t ioremap(struct machine *m, paddr_t phys, uint64_t bytes)
{
	pfn_t pfn = (pfn_t)(phys >> PAGE_SHIFT);
	uint32_t offset = phys & (PAGE_SIZE - 1), nr_pages;
	struct vm_struct *area;

	nr_pages = (uint32_t)(page_align_up((uint64_t)offset + bytes) >>
			      PAGE_SHIFT);
	for (uint32_t i = 0; i < nr_pages; i++)
		if (is_ram(m, pfn + i)) {
			note(m, IOREMAP_RAM, phys, pfn + i);
			return 0;
		}
	enter(m, IOREMAP, phys, bytes);
	area = get_vm_area(m, (uint64_t)nr_pages << PAGE_SHIFT, VM_IOREMAP);
	if (area)
		area->phys = phys - offset;
	for (uint32_t i = 0; area && i < nr_pages; i++)
		if (!map_page(m, area->start + ((vaddr_t)i << PAGE_SHIFT),
			      pfn + i, kernel_prot(m) | PTE_PCD)) {
			free_vm_area(m, area);
			area = NULL;
		}
	leave(m, IOREMAP, area ? area->start + offset : 0);
	return area ? area->start + offset : 0;
}

bool iounmap(struct machine *m, vaddr_t va)
{
	struct vm_struct *area = find_vm_area(m, va);

	if (!area || area->start != page_align_down(va) ||
	    area->flags != VM_IOREMAP) {
		note(m, IOUNMAP_BAD, va);
		return false;
	}
	enter(m, IOUNMAP, va);
	free_vm_area(m, area);
	leave(m, IOUNMAP);
	return true;
}
