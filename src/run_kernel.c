/*
 * Events of kernel memory: the page allocator, kmalloc, slab caches; and which CPU runs.
 *
 * A name stands for what was given: machine.names holds it with its kind.
 *
 *	alloc_pages   start = physical address of the block, extra = order     result: that address
 *	kmalloc       start = kernel address                                   result: the address
 *	cache_alloc   start = kernel address, extra = index of the cache       result: the address
 *
 * A name is a pointer.  Given again while it is in use it means the new thing from then on, and the
 * old one is lost to the scenario.  After what it stands for was freed it still holds the address:
 * kread and kwrite go there, whoever has the memory by then.  To free it a second time is refused,
 * for the scenario knows better than the kernel what it holds.
 */
#include "run.h"
#include "zone_name.h"

static const struct outcome ok = {OUT_OK, 0};
static const struct outcome nothing = {OUT_FAILED, 0};
static const struct outcome invalid = {OUT_ERRNO, SIM_EINVAL};

enum region_kind name_taken(enum event_kind k)
{
	switch (k) {
	case EV_FREE_PAGES:
	case EV_KMAP:
	case EV_KUNMAP:
	case EV_KMAP_ATOMIC:
	case EV_KUNMAP_ATOMIC:
		return REGION_PAGES;
	case EV_KFREE:
		return REGION_KMALLOC;
	case EV_CACHE_FREE:
		return REGION_OBJECT;
	case EV_VFREE:
		return REGION_VMALLOC;
	case EV_IOUNMAP:
		return REGION_IOREMAP;
	default:
		return 0;
	}
}

const struct region *known_name(const struct run *r)
{
	const struct region *found = region_find(&r->m->names, r->e->name);

	return found && found->kind == name_taken(r->e->kind) ? found : NULL;
}

const struct region *held_name(const struct run *r)
{
	const struct region *found = known_name(r);

	return found && !found->freed ? found : NULL;
}

static struct outcome give(const struct run *r, enum region_kind kind, vaddr_t start,
			   uint64_t bytes, uint32_t extra)
{
	struct region region = {
		.start = start, .bytes = bytes, .name = r->e->name, .extra = extra, .kind = kind};

	region_set(r->m, &r->m->names, &region);
	return (struct outcome){OUT_ADDRESS, start};
}

/* What NAME holds, which is given back now; false: it holds nothing that the event takes. */
static bool take(const struct run *r, struct region *region)
{
	const struct region *found = held_name(r);

	if (!found)
		return false;
	*region = *found;
	region->freed = 1;
	region_set(r->m, &r->m->names, region);
	return true;
}

static struct outcome run_pages(const struct run *r)
{
	unsigned order = (unsigned)r->e->size;
	struct region block;
	pfn_t pfn;

	if (r->e->kind == EV_ALLOC_PAGES) {
		uint32_t nid = r->e->prot ? r->e->prot - 1U : numa_node_id(r->m);
		uint32_t only = r->e->options & OPT_THISNODE ? GFP_BIT_THISNODE : 0;

		pfn = alloc_pages_node(r->m, nid, r->e->other | only, order, FRAME_KERNEL);
		return pfn == PFN_NONE ? nothing
				       : give(r, REGION_PAGES, (paddr_t)pfn << PAGE_SHIFT,
					      (uint64_t)PAGE_SIZE << order, order);
	}
	if (!take(r, &block))
		return invalid;
	free_pages(r->m, (pfn_t)(block.start >> PAGE_SHIFT), block.extra);
	return ok;
}

static struct outcome run_kmalloc(const struct run *r)
{
	struct region object;
	vaddr_t va;

	if (r->e->kind == EV_KMALLOC) {
		va = kmalloc(r->m, (uint32_t)r->e->size, r->e->other);
		return va ? give(r, REGION_KMALLOC, va, (uint32_t)r->e->size, 0) : nothing;
	}
	if (!take(r, &object))
		return invalid;
	kfree(r->m, object.start);
	return ok;
}

static struct outcome run_cache_create(const struct run *r)
{
	const char *name = symbol_name(r->s, r->e->name);
	uint32_t flags = (r->e->options & OPT_HWCACHE ? SLAB_HWCACHE_ALIGN : 0) |
			 (r->e->options & OPT_CTOR ? SLAB_CTOR : 0) |
			 (r->e->options & OPT_POISON ? SLAB_POISON : 0) |
			 (r->e->options & OPT_RED_ZONE ? SLAB_RED_ZONE : 0);

	if (kmem_cache_find(r->m, name))
		return (struct outcome){OUT_ERRNO, SIM_EEXIST};
	if (!kmem_cache_create(r->m, name, (uint32_t)r->e->size, scenario_extra(r->s, r->e)->align,
			       flags))
		return nothing;
	return ok;
}

static struct outcome run_cache_object(const struct run *r)
{
	struct kmem_cache *c;
	struct region object;
	vaddr_t va;

	if (r->e->kind == EV_CACHE_ALLOC) {
		c = kmem_cache_find(r->m, symbol_name(r->s, r->e->other));
		if (!c)
			return invalid;
		va = kmem_cache_alloc(r->m, c);
		return va ? give(r, REGION_OBJECT, va, c->object_size, c->index) : nothing;
	}
	if (!take(r, &object))
		return invalid;
	/* a cache with objects in use cannot be destroyed: it is still there */
	kmem_cache_free(r->m, r->m->cache[object.extra], object.start);
	return ok;
}

static struct outcome run_cache(const struct run *r)
{
	struct kmem_cache *c = kmem_cache_find(r->m, symbol_name(r->s, r->e->other));

	if (!c)
		return invalid;
	if (r->e->kind == EV_CACHE_DESTROY)
		return outcome_of(kmem_cache_destroy(r->m, c), false);
	kmem_cache_shrink(r->m, c);
	return ok;
}

/* The zone in which a request that asks for nothing special begins: the first Normal one, or the highest below. */
static uint32_t ordinary_zone(const struct machine *m)
{
	const struct zone *z, *found = NULL;

	for_each_populated_zone(m, z)
		if (z->type <= ZONE_NORMAL && (!found || z->type > found->type))
			found = z;
	return found ? found->id : 0;
}

static struct outcome run_contend(const struct run *r)
{
	const struct event_extra *x = scenario_extra(r->s, r->e);
	struct contention_wish w = {.rounds = x->rounds, .polls = x->polls, .lock = r->e->other};
	const struct kmem_cache *c;

	for (uint64_t cpus = r->e->size; cpus; cpus >>= 8)
		w.cpu[w.nr_cpus++] = (uint8_t)((cpus & 0xff) - 1);
	if (w.lock == CONTEND_CACHE) {
		c = kmem_cache_find(r->m, symbol_name(r->s, r->e->name));
		if (!c)
			return invalid;
		w.lock = LOCK_ID_CACHE + c->index;
	} else {
		w.lock =
			w.lock == CONTEND_ORDINARY ? ordinary_zone(r->m) : zone_id_of(r->m, w.lock);
	}
	return outcome_of(contend(r->m, &w), false);
}

static struct outcome run_lock(const struct run *r)
{
	locks_init(r->m, (enum lock_kind)r->e->other, r->e->size != 0);
	step(r->m, LOCKS_MADE, r->e->other, r->e->size);
	return ok;
}

struct outcome run_kernel(const struct run *r)
{
	r->m->current = NULL;
	switch (r->e->kind) {
	case EV_ALLOC_PAGES:
	case EV_FREE_PAGES:
		return run_pages(r);
	case EV_KMALLOC:
	case EV_KFREE:
		return run_kmalloc(r);
	case EV_CACHE_CREATE:
		return run_cache_create(r);
	case EV_CACHE_ALLOC:
	case EV_CACHE_FREE:
		return run_cache_object(r);
	case EV_CACHE_SHRINK:
	case EV_CACHE_DESTROY:
		return run_cache(r);
	case EV_REAP:
		slab_reap(r->m);
		return ok;
	case EV_CONTEND:
		return run_contend(r);
	case EV_LOCK:
		return run_lock(r);
	case EV_CPU:
		r->m->cpu = (uint32_t)r->e->size;
		step(r->m, CPU_RUNS, r->m->cpu);
		return ok;
	default: /* the parser refuses what is not modelled */
		return run_vmap(r);
	}
}
