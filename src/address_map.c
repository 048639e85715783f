/*
 * The map of an address space: which range lies where, from the first address to the last.
 *
 *	fffff000 last page                c0000000 direct map, zone DMA
 *	ffd55000 fixmap                   bffdf000 stack
 *	ff800000 kmap's window            bfedf000 its guard gap
 *	ff7fe000 not used                 bf800000 room to grow to its limit
 *	f8800000 vmalloc                  b8000000 above mmap_base
 *	f8000000 hole of 8M               b7ffe000 a mapping
 *	c1000000 direct map, Normal       ...
 *
 * The kernel's part is a list of regions, made from its map each time, lowest first, with whatever lies between two of
 * them; so a machine whose kernel has another order (ARM has kmap's window below the direct map) needs nothing here.
 * The user's part is what the areas leave: a free range is cut where its meaning changes, at mmap_min_addr, at
 * mmap_base, where the guard gap of a stack begins and where its limit ends.
 *
 *	b8000000         bf800000        bfedf000    bffdf000   c0000000
 *	| above mmap_base | stack room    | guard gap | stack    |
 *	mmap_base         end - 8M limit   start - 1M  start      end
 */
#include "address_map.h"

#include "i18n.h"
#include "sim/pgtable.h"

enum { PARTS_MAX = 16, CUTS_MAX = 8 };

const char *const range_kind_names[NR_RANGE_KINDS + 1] = {
	[RANGE_NULL] = N_("never"),          [RANGE_FREE] = N_("free"),
	[RANGE_ABOVE_BASE] = N_("free"),     [RANGE_STACK_ROOM] = N_("to grow"),
	[RANGE_STACK_GAP] = N_("guard gap"), [RANGE_CODE] = N_("code"),
	[RANGE_DATA] = N_("data"),           [RANGE_BSS] = N_("bss"),
	[RANGE_HEAP] = N_("heap"),           [RANGE_STACK] = N_("stack"),
	[RANGE_MAPPING] = N_("mapping"),     [RANGE_DIRECT] = N_("lowmem"),
	[RANGE_HOLE] = N_("hole"),           [RANGE_VMALLOC] = N_("vmalloc"),
	[RANGE_PKMAP] = N_("kmap"),          [RANGE_LDT] = N_("LDT"),
	[RANGE_CPU_ENTRY] = N_("cpu entry"), [RANGE_FIX_BOOT] = N_("boot slots"),
	[RANGE_FIXMAP] = N_("fixmap"),       [RANGE_LAST_PAGE] = N_("last page"),
	[RANGE_MODULES] = N_("modules"),     [RANGE_VMEMMAP] = N_("vmemmap"),
	[RANGE_TEXT] = N_("image"),          [RANGE_VECTORS] = N_("vectors"),
	[RANGE_NO_ADDRESS] = N_("none"),     [RANGE_UNUSED] = N_("not used"),
	[RANGE_VM_AREA] = N_("area"),        [RANGE_VM_GUARD] = N_("guard"),
	[RANGE_VM_LAZY] = N_("lazy"),        [RANGE_VM_FREE] = N_("free"),
	[RANGE_LARGE] = N_("large"),         [RANGE_TABLE] = N_("table"),
	[RANGE_PAGE] = N_("page"),           [RANGE_ABSENT] = N_("absent"),
	[RANGE_FREE_FRAMES] = N_("free"),
};

vaddr_t address_last(const struct machine *m) { return in_word(m, UINT64_MAX); }

int address_digits(const struct machine *m)
{
	return address_last(m) == (vaddr_t)UINT32_MAX ? 8 : 16;
}

bool address_hole(const struct machine *m, vaddr_t *first, vaddr_t *last)
{
	/* the highest address below it has zeros in bits 63..va_bits - 1 */
	*first = (vaddr_t)1 << (m->profile->va_bits - 1);
	*last = m->map.kernel_base - 1;
	return m->profile->word_bits > m->profile->va_bits;
}

/* ---- the kernel's part ---- */

struct kernel_part {
	enum range_kind kind;
	vaddr_t first, last;
};

struct kernel_parts {
	unsigned nr;
	struct kernel_part part[PARTS_MAX];
};

/* [start, end), end 0: to the last address; an empty one is left out. Kept in order. */
static void add_part(struct kernel_parts *r, enum range_kind kind, vaddr_t start, vaddr_t end)
{
	unsigned i = r->nr;

	if (start == end || r->nr == PARTS_MAX)
		return;
	for (; i > 0 && r->part[i - 1].first > start; i--)
		r->part[i] = r->part[i - 1];
	r->part[i] = (struct kernel_part){kind, start, end - 1};
	r->nr++;
}

static void list_kernel_parts(const struct machine *m, struct kernel_parts *r)
{
	const struct kernel_map *map = &m->map;
	vaddr_t entry_end = map->cpu_entry_area + map->cpu_entry_pages * PAGE_SIZE;
	vaddr_t hole_first, hole_last;

	r->nr = 0;
	add_part(r, RANGE_DIRECT, map->page_offset, map->high_memory);
	if (m->profile->vmalloc_offset)
		add_part(r, RANGE_HOLE, map->high_memory, map->vmalloc_start);
	add_part(r, RANGE_VMALLOC, map->vmalloc_start, map->vmalloc_end);
	add_part(r, RANGE_PKMAP, map->pkmap_base, map->pkmap_end);
	if (map->ldt_base != map->cpu_entry_area)
		add_part(r, RANGE_LDT, map->ldt_base, map->ldt_base + PAGE_SIZE);
	add_part(r, RANGE_CPU_ENTRY, map->cpu_entry_area, entry_end);
	add_part(r, RANGE_FIX_BOOT, map->fixaddr_tot_start, map->fixaddr_start);
	add_part(r, RANGE_FIXMAP, map->fixaddr_start, map->fixaddr_top);
	if (map->fixaddr_top + (PAGE_SIZE - 1) == address_last(m))
		add_part(r, RANGE_LAST_PAGE, map->fixaddr_top, map->fixaddr_top + PAGE_SIZE);
	add_part(r, RANGE_MODULES, map->modules, map->modules_end);
	add_part(r, RANGE_VMEMMAP, map->vmemmap, map->vmemmap_end);
	add_part(r, RANGE_TEXT, map->kernel_text, map->kernel_text_end);
	add_part(r, RANGE_VECTORS, map->vectors, map->vectors ? map->vectors + PAGE_SIZE : 0);
	if (address_hole(m, &hole_first, &hole_last))
		add_part(r, RANGE_NO_ADDRESS, hole_first, hole_last + 1);
}

vaddr_t user_end(const struct machine *m) { return m->map.task_size; }

/* The part of the direct map that is of va's zone. */
static void cut_by_zone(const struct machine *m, struct address_range *r, vaddr_t va)
{
	pfn_t from = kva_to_pfn(m, r->first), end = kva_to_pfn(m, r->last) + 1;
	pfn_t pfn = kva_to_pfn(m, va), zone_end;

	r->zone = page_zone_const(m, pfn);
	if (r->zone) {
		zone_end = r->zone->start_pfn + r->zone->spanned_pages;
		from = r->zone->start_pfn > from ? r->zone->start_pfn : from;
		end = zone_end < end ? zone_end : end;
	} else {
		pfn_t low = pfn, high = pfn + 1;

		while (low > from && !page_zone_const(m, low - 1))
			low--;
		while (high < end && !page_zone_const(m, high))
			high++;
		from = low;
		end = high;
	}
	r->first = pfn_to_kva(m, from);
	r->last = pfn_to_kva(m, end - 1) + (PAGE_SIZE - 1);
}

static struct address_range kernel_range_at(const struct machine *m, vaddr_t va)
{
	struct address_range range = {
		.kind = RANGE_UNUSED, .first = user_end(m), .last = address_last(m)};
	struct kernel_parts r;

	list_kernel_parts(m, &r);
	for (unsigned i = 0; i < r.nr; i++) {
		const struct kernel_part *g = &r.part[i];

		if (va < g->first) {
			range.last = g->first - 1;
			break;
		}
		if (va <= g->last) {
			range.kind = g->kind;
			range.first = g->first;
			range.last = g->last;
			break;
		}
		range.first = g->last + 1;
	}
	if (range.kind == RANGE_DIRECT)
		cut_by_zone(m, &range, va);
	return range;
}

/* ---- the user's part ---- */

/* What an area is for. Those between the start of the code and the heap are the program's own. */
static enum range_kind area_kind(const struct vma *v)
{
	const struct mm *mm = v->mm;
	bool of_program = v->start >= page_align_down(mm->start_code) && v->start < mm->start_brk;

	if (of_program && v->file)
		return is_exec_mapping(v->flags) ? RANGE_CODE : RANGE_DATA;
	if (of_program && v->end <= page_align_up(mm->start_brk))
		return RANGE_BSS;
	if (!v->file && v->start <= mm->brk && v->end >= mm->start_brk)
		return RANGE_HEAP;
	if (v->start <= mm->start_stack && v->end > mm->start_stack)
		return RANGE_STACK;
	return RANGE_MAPPING;
}

/* From a border on, a free range means something. */
struct cut {
	uint64_t at;
	enum range_kind kind;
};

/* Cuts in order; a later one at the same place wins. */
static unsigned add_cut(struct cut *c, unsigned n, uint64_t at, enum range_kind kind)
{
	unsigned i = n;

	for (; i > 0 && c[i - 1].at > at; i--)
		c[i] = c[i - 1];
	c[i] = (struct cut){at, kind};
	return n + 1;
}

/* Where the meaning of addresses without an area changes, below an area or the end of the user part. */
static unsigned free_cuts(const struct machine *m, const struct mm *mm, const struct vma *above,
			  struct cut c[CUTS_MAX])
{
	const struct mm_profile *p = m->profile;
	uint64_t gap = (uint64_t)p->stack_guard_gap_pages << PAGE_SHIFT;
	unsigned n = 0;

	n = add_cut(c, n, 0, RANGE_NULL);
	n = add_cut(c, n, p->mmap_min_addr, RANGE_FREE);
	if (mm)
		n = add_cut(c, n, mm->mmap_base, RANGE_ABOVE_BASE);
	if (!above || !(above->flags & VM_GROWSDOWN))
		return n;
	if (above->end > p->stack_limit_bytes && above->end - p->stack_limit_bytes < above->start)
		n = add_cut(c, n, above->end - p->stack_limit_bytes, RANGE_STACK_ROOM);
	if (above->start > gap)
		n = add_cut(c, n, above->start - gap, RANGE_STACK_GAP);
	return n;
}

/* Around va in [first, last], where no area is; above: the next one, or NULL. */
static void cut_free_range(const struct machine *m, const struct mm *mm, const struct vma *above,
			   struct address_range *r, vaddr_t va)
{
	struct cut c[CUTS_MAX];
	unsigned n = free_cuts(m, mm, above, c);

	for (unsigned i = 0; i < n; i++) {
		if (c[i].at <= va) {
			r->kind = c[i].kind;
			if (c[i].at > r->first)
				r->first = (vaddr_t)c[i].at;
		} else if (c[i].at - 1 < r->last) {
			r->last = (vaddr_t)c[i].at - 1;
		}
	}
}

static struct address_range user_range_at(const struct machine *m, const struct task *t, vaddr_t va)
{
	const struct mm *mm = t ? t->mm : NULL;
	const struct vma *v = mm ? mm_area_at(mm, va) : NULL;
	struct vma *below = NULL;
	struct address_range r = {.pid = t ? t->pid : 0, .last = user_end(m) - 1};

	if (v && v->start <= va) {
		r.area = v;
		r.kind = area_kind(v);
		r.first = v->start;
		r.last = v->end - 1;
		return r;
	}
	if (mm)
		find_vma_prev(mm, va, &below);
	if (below)
		r.first = below->end;
	if (v)
		r.last = v->start - 1;
	cut_free_range(m, mm, v, &r, va);
	return r;
}

struct address_range address_range_at(const struct machine *m, const struct task *t, vaddr_t va)
{
	return va < user_end(m) ? user_range_at(m, t, va) : kernel_range_at(m, va);
}

/* ---- entries ---- */

/* The small entry of a page; NULL: there is no table for it. */
static const pte_t *small_entry(const struct machine *m, const struct address_range *r, vaddr_t va)
{
	return r->area ? pte_offset(m, r->area->mm, va) : kernel_pte(m, va);
}

pte_t range_entry(const struct machine *m, const struct address_range *r, vaddr_t va)
{
	const pte_t *e;

	if (range_is_user(r) && !r->area)
		return 0;
	e = small_entry(m, r, va);
	if (e)
		return *e;
	/* a large one: as if it were small */
	return va - m->map.page_offset < m->map.high_memory - m->map.page_offset
		       ? mk_pte(kva_to_pfn(m, va), PAGE_KERNEL)
		       : 0;
}

/* First address behind what the last-level table of va translates, or a table of the levels above that is not there, at
 * most last + 1; 0: there is none behind. */
static vaddr_t table_end(const struct machine *m, const struct address_range *r, vaddr_t va)
{
	unsigned leaf = m->profile->pt_levels - 1u;
	vaddr_t span = pt_span(m, leaf - 1), last = r->last;
	const pte_t *pgd = r->area ? r->area->mm->pgd_entry : m->kernel_pgd;
	vaddr_t end = (va & ~(span - 1)) + span;

	if (end)
		end = pt_hole_end(m, pgd, va, leaf, end);
	return end - 1 < last ? end : last + 1;
}

uint32_t range_pages_mapped(const struct machine *m, const struct address_range *r)
{
	uint32_t nr = 0;
	vaddr_t va = r->first;

	if (range_is_user(r) && !r->area)
		return 0;
	if (r->kind == RANGE_DIRECT)
		return (uint32_t)(range_bytes(r) >> PAGE_SHIFT);
	for (;;) {
		const pte_t *e = small_entry(m, r, va);
		vaddr_t end = table_end(m, r, va);

		for (; e && va != end; va += PAGE_SIZE, e++)
			nr += pte_present(*e);
		if (end - 1 == r->last)
			return nr;
		va = end;
	}
}

uint32_t range_slot(const struct machine *m, const struct address_range *r, vaddr_t va)
{
	enum range_kind kind = r->outer ? r->outer : r->kind;

	if (kind == RANGE_PKMAP)
		return (uint32_t)((va - m->map.pkmap_base) >> PAGE_SHIFT);
	return (uint32_t)((m->map.fixaddr_top - page_align_down(va)) >> PAGE_SHIFT);
}

/* ---- inside ranges ---- */

bool range_has_parts(const struct machine *m, const struct address_range *r)
{
	switch (r->kind) {
	case RANGE_DIRECT:
	case RANGE_LARGE:
	case RANGE_TABLE:
	case RANGE_VM_AREA:
	case RANGE_PKMAP:
	case RANGE_FIXMAP:
		return true;
	case RANGE_VMALLOC:
		return m->vmap.first != NULL;
	case RANGE_LDT:
	case RANGE_CPU_ENTRY:
	case RANGE_FIX_BOOT:
	case RANGE_MODULES:
		return range_pages_mapped(m, r) > 0;
	default:
		return range_is_area(r);
	}
}

/* Areas of vmalloc and what lies between them. */
static void inside_vmalloc(const struct machine *m, struct address_range *r, vaddr_t va)
{
	const struct vm_struct *vm = m->vmap.first;

	r->kind = RANGE_VM_FREE;
	for (; vm && vm->end <= va; vm = vm->next)
		r->first = vm->end;
	if (!vm)
		return;
	if (va < vm->start) {
		r->last = vm->start - 1;
		return;
	}
	r->vm = vm;
	r->kind = vm->lazy                    ? RANGE_VM_LAZY
		  : va >= vm->end - PAGE_SIZE ? RANGE_VM_GUARD
					      : RANGE_VM_AREA;
	r->first = r->kind == RANGE_VM_GUARD ? vm->end - PAGE_SIZE : vm->start;
	r->last = r->kind == RANGE_VM_AREA ? vm->end - PAGE_SIZE - 1 : vm->end - 1;
}

/* What one entry above the last level maps: a large page, or a table's small ones. */
static void inside_direct(const struct machine *m, struct address_range *r, vaddr_t va)
{
	vaddr_t span = (vaddr_t)pt_span(m, m->profile->pt_levels - 2u), start = va & ~(span - 1);

	r->kind = kernel_pte(m, va) ? RANGE_TABLE : RANGE_LARGE;
	if (start > r->first)
		r->first = start;
	if (start + span - 1 < r->last)
		r->last = start + span - 1;
}

static bool is_free_frame(const struct machine *m, vaddr_t va)
{
	return pfn_page(m, kva_to_pfn(m, va))->use == FRAME_FREE;
}

/* Around va in the direct map: one frame that is used, or those in a row that are free. */
static void inside_large(const struct machine *m, struct address_range *r, vaddr_t va)
{
	vaddr_t first = page_align_down(va), last = first;

	r->kind = RANGE_PAGE;
	if (is_free_frame(m, va)) {
		r->kind = RANGE_FREE_FRAMES;
		while (first > r->first && is_free_frame(m, first - PAGE_SIZE))
			first -= PAGE_SIZE;
		while (last + (PAGE_SIZE - 1) < r->last && is_free_frame(m, last + PAGE_SIZE))
			last += PAGE_SIZE;
	}
	r->first = first;
	r->last = last + (PAGE_SIZE - 1);
}

/* The last page of [va, last] that is not mapped, if va is not: the table that a page has not is passed as a whole. */
static vaddr_t absent_up_to(const struct machine *m, const struct address_range *r, vaddr_t va)
{
	vaddr_t last_page = page_align_down(r->last);

	while (va < last_page) {
		const pte_t *e = small_entry(m, r, va + PAGE_SIZE);

		if (e && pte_present(*e))
			break;
		va = e ? va + PAGE_SIZE : page_align_down(table_end(m, r, va + PAGE_SIZE) - 1);
	}
	return va;
}

/* The same downwards. */
static vaddr_t absent_down_to(const struct machine *m, const struct address_range *r, vaddr_t va)
{
	vaddr_t span = (vaddr_t)pt_span(m, m->profile->pt_levels - 2u);

	while (va > r->first) {
		vaddr_t below = va - PAGE_SIZE, start = below & ~(span - 1);
		const pte_t *e = small_entry(m, r, below);

		if (e && pte_present(*e))
			break;
		va = e ? below : start > r->first ? start : r->first;
	}
	return va;
}

/* Around va: one page that is mapped, or those in a row that are not. */
static void inside_pages(const struct machine *m, struct address_range *r, vaddr_t va)
{
	vaddr_t page = page_align_down(va);
	const pte_t *e = small_entry(m, r, page);
	bool mapped = e && pte_present(*e);
	vaddr_t first = mapped ? page : absent_down_to(m, r, page);
	vaddr_t last = mapped ? page : absent_up_to(m, r, page);

	r->kind = mapped ? RANGE_PAGE : RANGE_ABSENT;
	r->first = first;
	r->last = last + (PAGE_SIZE - 1);
}

struct address_range address_range_inside(const struct machine *m, const struct address_range *r,
					  vaddr_t va)
{
	struct address_range part = *r;

	part.outer = r->kind;
	switch (r->kind) {
	case RANGE_VMALLOC:
		inside_vmalloc(m, &part, va);
		break;
	case RANGE_DIRECT:
		inside_direct(m, &part, va);
		break;
	case RANGE_LARGE:
	case RANGE_TABLE:
		inside_large(m, &part, va);
		break;
	default:
		inside_pages(m, &part, va);
		break;
	}
	return part;
}
