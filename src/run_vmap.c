/*
 * Events of the kernel's gigabyte: vmalloc, ioremap, kmap, fixmap; and what the kernel reads and writes there.
 *
 * A name of vmalloc or ioremap keeps meaning its address after it was freed, as a pointer does: to read it then is
 * an oops, to free it again a warning, unless another area has the address by then: that one goes.  A block of
 * alloc_pages has the address that low memory or kmap gives its pages at the moment, and NULL if none does.
 *
 *	vmalloc, ioremap, kmap, kmap_atomic, set_fixmap   result: the kernel address, NULL
 *	kmap                                              all slots in use: it would sleep
 *	kunmap, kunmap_atomic                             of what is not mapped so, or not the last: a BUG
 *	                                                  (a block that was freed is its struct page still)
 *	vfree, iounmap                                    of what is no area: a warning
 *	kread, kwrite                                     ok, an oops, with `user` EFAULT
 */
#include "run.h"

#include <string.h>

static const struct outcome ok = {OUT_OK, 0};
static const struct outcome invalid = {OUT_ERRNO, SIM_EINVAL};
static const struct outcome no_process = {OUT_ERRNO, SIM_ESRCH};

static struct outcome address_or(vaddr_t va, enum outcome_kind otherwise)
{
	return (struct outcome){(uint8_t)(va ? OUT_ADDRESS : otherwise), va};
}

static struct outcome name_area(const struct run *r, enum region_kind kind, vaddr_t va)
{
	struct region region = {
		.name = r->e->name, .start = va, .bytes = r->e->size, .kind = (uint8_t)kind};

	if (va)
		region_set(r->m, &r->m->names, &region);
	return address_or(va, OUT_FAILED);
}

/* ---- areas ---- */

/*
 * NAME's area was freed.  Freed a second time, it was the area of other names that have the address
 * by now.
 */
static void name_freed(const struct run *r, const struct region *area)
{
	struct region name = *area;

	name.freed = 1;
	region_set(r->m, &r->m->names, &name);
	for (uint32_t i = 0; area->freed && i < r->m->names.cap; i++) {
		struct region *other = &r->m->names.slot[i];

		if (other->name && other->kind == name.kind &&
		    page_align_down(other->start) == page_align_down(name.start))
			other->freed = 1;
	}
}

/* The worker that purges lazy areas runs as soon as the caller is done. */
static struct outcome free_area(const struct run *r)
{
	const struct region *found = known_name(r);
	struct region area;
	bool is_area;

	if (!found)
		return invalid;
	area = *found;
	is_area = area.kind == REGION_VMALLOC ? vfree(r->m, area.start) : iounmap(r->m, area.start);
	drain_vmap_work(r->m);
	name_freed(r, &area);
	return is_area ? ok : (struct outcome){OUT_WARNING, area.start};
}

static struct outcome run_area(const struct run *r)
{
	uint32_t bytes = (uint32_t)r->e->size;

	switch (r->e->kind) {
	case EV_VMALLOC:
		return name_area(r, REGION_VMALLOC, vmalloc(r->m, bytes));
	case EV_IOREMAP:
		return name_area(r, REGION_IOREMAP,
				 ioremap(r->m, scenario_extra(r->s, r->e)->offset, bytes));
	default:
		return free_area(r);
	}
}

/* ---- pages of high memory ---- */

static struct outcome run_kmap(const struct run *r)
{
	bool unmaps = r->e->kind == EV_KUNMAP || r->e->kind == EV_KUNMAP_ATOMIC;
	const struct region *block = unmaps ? known_name(r) : held_name(r);
	pfn_t pfn = block ? block->start >> PAGE_SHIFT : PFN_NONE;

	if (!block)
		return invalid;
	switch (r->e->kind) {
	case EV_KMAP:
		return address_or(kmap(r->m, pfn), OUT_SLEEPS);
	case EV_KMAP_ATOMIC:
		return address_or(kmap_atomic(r->m, pfn), OUT_BUG);
	case EV_KUNMAP:
		return kunmap(r->m, pfn) ? ok : (struct outcome){OUT_BUG, 0};
	default:
		return kunmap_atomic(r->m, pfn) ? ok : (struct outcome){OUT_BUG, 0};
	}
}

static struct outcome run_fixmap(const struct run *r)
{
	uint32_t slot = r->e->other;

	if (r->e->kind == EV_CLEAR_FIXMAP) {
		clear_fixmap(r->m, slot);
		return ok;
	}
	set_fixmap(r->m, slot, scenario_extra(r->s, r->e)->offset, r->e->options & OPT_NOCACHE);
	return address_or(fix_to_virt(&r->m->map, slot), OUT_FAILED);
}

/* ---- accesses ---- */

/* What a page shows when the scenario does not say: "kernel.3" would not fit, so "kern.3". */
static void default_tag(const struct machine *m, char tag[TAG_LEN])
{
	char text[TAG_LEN + 8];
	int n = snprintf(text, sizeof(text), "kern.%u", m->kernel_writes % 1000);

	memset(tag, 0, TAG_LEN);
	memcpy(tag, text, (size_t)n < TAG_LEN ? (size_t)n : TAG_LEN);
}

/* Does the event go by a name whose memory was given back? */
static bool is_dangling(const struct run *r)
{
	const struct region *name = r->e->addr.base == ADDR_KERNEL_NAME
					    ? region_find(&r->m->names, r->e->addr.symbol)
					    : NULL;

	return name && name->freed;
}

static struct outcome run_access(const struct run *r)
{
	enum access kind = r->e->kind == EV_KWRITE ? ACCESS_WRITE : ACCESS_READ;
	struct task *t = find_task_by_symbol(r->m, r->e->proc);
	struct outcome o = ok;
	char tag[TAG_LEN];
	vaddr_t va;

	if (r->e->proc && !t)
		return no_process;
	/* it runs up to its system call */
	if (t)
		o = user_runs(r->m, t);
	if (o.kind != OUT_OK)
		return o;
	if (!kernel_addr_resolve(r->m, r->s, r->e, &va))
		return invalid;
	if (is_dangling(r))
		note(r->m, USE_AFTER_FREE, va, kind);
	if (kind == ACCESS_WRITE)
		r->m->kernel_writes++;
	default_tag(r->m, tag);
	if (r->e->options & OPT_HAS_VALUE)
		memcpy(tag, scenario_extra(r->s, r->e)->value, TAG_LEN);
	return kernel_access(r->m, t, va, kind,
			     r->e->options & OPT_USER ? CODE_UACCESS : CODE_PLAIN, tag);
}

struct outcome run_vmap(const struct run *r)
{
	switch (r->e->kind) {
	case EV_VMALLOC:
	case EV_VFREE:
	case EV_IOREMAP:
	case EV_IOUNMAP:
		return run_area(r);
	case EV_SET_FIXMAP:
	case EV_CLEAR_FIXMAP:
		return run_fixmap(r);
	case EV_KREAD:
	case EV_KWRITE:
		return run_access(r);
	default:
		return run_kmap(r);
	}
}
