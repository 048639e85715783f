/*
 * Laws of the kernel's gigabyte: areas of vmalloc and what is free beside them,
 * kmap's window, CPUs' slots.
 *
 * What these say is mapped must be what the kernel's master table maps, frame
 * by frame.
 */
#include "check.h"

/* Does the kernel's entry of va map this frame (PFN_NONE: nothing)? */
static bool check_kernel_entry(const struct check *k, vaddr_t va, pfn_t pfn)
{
	const pte_t *entry = kernel_pte(k->m, va);
	pte_t e = entry ? *entry : 0;

	return LAW(e ? pte_pfn(e) == pfn : pfn == PFN_NONE,
		   "the kernel's entry of %x is %x, but it should map frame %u",
		   va, e, pfn);
}

static bool check_area(const struct check *k, const struct vm_struct *a)
{
	uint32_t mapped = a->nr_pages;

	if (!LAW(a->start < a->end && a->start >= k->m->map.vmalloc_start &&
			 a->end <= k->m->map.vmalloc_end &&
			 (!a->next || a->end <= a->next->start) &&
			 (!a->next || a->next->prev == a),
		 "area %x-%x is out of order", a->start, a->end))
		return false;
	for (uint32_t i = 0; i < mapped; i++)
		if (!check_kernel_entry(k,
					a->start + ((vaddr_t)i << PAGE_SHIFT),
					a->lazy ? PFN_NONE : a->page[i]))
			return false;
	return check_kernel_entry(k, a->end - PAGE_SIZE, PFN_NONE);
}

static bool check_areas_of_vmap(const struct check *k)
{
	const struct vmap *v = &k->m->vmap;
	uint32_t lazy = 0;

	for (const struct vm_struct *a = v->first; a; a = a->next) {
		if (!check_area(k, a))
			return false;
		if (a->lazy)
			lazy += (a->end - a->start) >> PAGE_SHIFT;
	}
	return LAW(lazy == v->lazy_pages, "%u pages are lazy, %u are counted",
		   lazy, v->lazy_pages);
}

/* ---- free ranges ---- */

static vaddr_t start_of(const struct rb_node *n)
{
	return rb_vmap_range(n)->start;
}

/* ctx: the range that comes next in the list, which the tree comes to now. */
static bool is_next(void *ctx, const struct rb_node *n)
{
	const struct vmap_range *r = rb_vmap_range(n), **next = ctx;

	if (!LAW(*next == r && r->start < r->end,
		 "free range %x-%x is empty, or not where the list has it",
		 r->start, r->end) ||
	    !LAW(!r->next || (r->next->prev == r && r->end < r->next->start),
		 "free range %x-%x touches the next one", r->start, r->end))
		return false;
	*next = r->next;
	return true;
}

static uint64_t larger(const struct rb_node *n, uint64_t size)
{
	const struct vmap_range *r = rb_vmap_range(n);

	return r && r->subtree_max_size > size ? r->subtree_max_size : size;
}

static bool knows_longest(void *ctx, const struct rb_node *n)
{
	const struct vmap_range *r = rb_vmap_range(n);
	uint64_t max = larger(n->child[RB_LEFT],
			      larger(n->child[RB_RIGHT], r->end - r->start));

	(void)ctx;
	return LAW(max == r->subtree_max_size,
		   "free range %x: the longest from it down has %l bytes, not "
		   "%l",
		   r->start, max, r->subtree_max_size);
}

/* Areas and free ranges take turns, and nothing is left out. */
static bool check_no_gaps(const struct check *k)
{
	const struct vmap *v = &k->m->vmap;
	const struct vmap_range *r = v->free.first;
	const struct vm_struct *a = v->first;
	vaddr_t at = 1;

	while (r || a) {
		bool is_range = r && r->start == at;

		if (!LAW(is_range || (a && a->start == at),
			 "%x is in no area and in no free range", at))
			return false;
		at = is_range ? r->end : a->end;
		if (is_range)
			r = r->next;
		else
			a = a->next;
	}
	return LAW(at == vmap_space_end(k->m),
		   "areas and free ranges end at %x, not at %x", at,
		   vmap_space_end(k->m));
}

static bool check_free_ranges(const struct check *k)
{
	const struct vmap_ranges *free = &k->m->vmap.free;
	const struct vmap_range *next = free->first;
	struct rb_law law = {.thing = "free range",
			     .start = start_of,
			     .in_order = is_next,
			     .subtree = knows_longest,
			     .ctx = &next};

	for (const struct vmap_range *r = free->first; r; r = r->next)
		law.most++;
	return check_rbtree(&law, &free->root) &&
	       LAW(!next, "free range %x is in the list, but not in the tree",
		   next->start) &&
	       check_no_gaps(k);
}

static bool check_window(const struct check *k)
{
	const struct pkmap *p = &k->m->pkmap;

	for (uint32_t i = 0; i < k->m->profile->last_pkmap; i++)
		if (!check_kernel_entry(k,
					k->m->map.pkmap_base +
						((vaddr_t)i << PAGE_SHIFT),
					p->count[i] ? p->pfn[i] : PFN_NONE))
			return false;
	return true;
}

static bool check_kmap_slots(const struct check *k, uint32_t cpu)
{
	const struct kmap_ctrl *c = &k->m->kmap_ctrl[cpu];
	uint32_t nr = k->m->profile->kmap_slots;

	for (uint32_t i = 0; i < nr && cpu < k->m->profile->nr_cpus; i++) {
		vaddr_t va = fix_to_virt(&k->m->map, k->m->map.fix_kmap_begin +
							     cpu * nr + i);

		if (!check_kernel_entry(k, va,
					i < c->depth ? c->pfn[i] : PFN_NONE))
			return false;
	}
	return true;
}

bool may_be_stale(const struct machine *m, vaddr_t va)
{
	const struct vm_struct *a = find_vmap_area(m, va);

	return (a && a->lazy) || va >= m->map.fixaddr_start;
}

/* Low memory is mapped straight, whatever the size of the entries. */
static bool check_direct_map(const struct check *k)
{
	pfn_t nr = (pfn_t)(pt_span(k->m, k->m->profile->pt_levels - 2u) >>
			   PAGE_SHIFT);

	for (pfn_t pfn = nr / 2; pfn < k->m->max_low_pfn; pfn += nr) {
		vaddr_t va = pfn_to_kva(k->m, pfn);
		struct pt_walk w;

		if (!direct_map_has(k->m, pfn))
			continue;
		pt_walk_kernel(k->m, va, &w);
		if (!LAW(w.complete && w.phys >> PAGE_SHIFT == pfn,
			 "%x does not lead to frame %u", va, pfn))
			return false;
	}
	return true;
}

bool check_kernel_map(struct check *k)
{
	if (!k->m->kernel_pgd)
		return true;
	if (!check_direct_map(k))
		return false;
	for (uint32_t cpu = 0; cpu < k->m->config.cpus; cpu++)
		if (!check_kmap_slots(k, cpu))
			return false;
	return check_areas_of_vmap(k) && check_free_ranges(k) &&
	       check_window(k);
}
