/*
 * Caches: made, used, shrunk, destroyed.
 *
 * The verbs that the rest of the kernel knows.  kmem_cache_alloc asks the CPU's
 * array, if the cache has one, else the slabs; kmem_cache_free goes the same
 * way back.  The descriptor of a cache is itself an object, of the first cache
 * of all, kmem_cache, whose own descriptor is part of the kernel image.
 *
 * Simpler than Linux: the descriptor is the only thing a new cache costs (6.1
 * also takes a kmem_cache_node and the arrays from kmalloc caches), and caches
 * of equal geometry are not merged.
 */
#include <string.h>

#include "page_alloc.h"
#include "slab_list.h"

/* ---- create and destroy ---- */

static bool is_power_of_two(uint32_t n) { return n && (n & (n - 1)) == 0; }

/* The first number in machine.cache that no cache has; MAX_CACHES: none. */
static uint32_t free_index(const struct machine *m)
{
	uint32_t i = 0;

	while (i < m->nr_caches && m->cache[i])
		i++;
	return i;
}

static void cache_free_record(struct machine *m, struct kmem_cache *c)
{
	free_cpu_cache(m, c);
	memcpy(m->ended_cache, c->name, sizeof(m->ended_cache));
	m->ended_cache_index = c->index;
	m->cache[c->index] = NULL;
	while (m->nr_caches && !m->cache[m->nr_caches - 1])
		m->nr_caches--;
	arena_free(m->arena, c, sizeof(*c));
}

/* A record with its geometry, entered in machine.cache; NULL: no slab can
 * hold such an object, or there are too many caches. */
static struct kmem_cache *cache_record(struct machine *m,
				       const struct kmem_cache *wish)
{
	uint32_t i = free_index(m);
	struct slab_rules rules;
	struct kmem_cache *c;

	if (i == MAX_CACHES)
		return NULL;
	c = arena_alloc(m->arena, sizeof(*c));
	*c = *wish;
	c->index = i;
	slab_rules_of(m, &rules);
	if (!cache_geometry(c, &rules)) {
		arena_free(m->arena, c, sizeof(*c));
		return NULL;
	}
	c->reciprocal = UINT32_MAX / c->size + 1;
	m->cache[i] = c;
	if (i == m->nr_caches)
		m->nr_caches++;
	return c;
}

/* 0, or -SIM_ENOMEM: there is no descriptor.  A class for index lists is there:
 * they are short, and boot makes the short classes first. */
static int cache_fit_out(struct machine *m, struct kmem_cache *c)
{
	setup_cpu_cache(m, c);
	c->next_reap = m->reap_passes + 2;
	if (c->mgmt == SLAB_OFF)
		c->freelist_cache = kmalloc_cache(m, c->slab_size);
	if (c->index > 0) {
		c->kobj = kmem_cache_alloc(m, m->cache[0]);
		if (!c->kobj)
			return -SIM_ENOMEM;
	}
	cache_lock_init(m, c);
	step(m, CACHE_GEOMETRY, c->index, c->size, c->num, c->gfporder,
	     c->colour);
	return 0;
}

struct kmem_cache *kmem_cache_create(struct machine *m, const char *name,
				     uint32_t object_size, uint32_t align,
				     uint32_t flags)
{
	struct kmem_cache wish = {
		.object_size = object_size, .align = align, .flags = flags};
	struct kmem_cache *c;

	if (object_size == 0 || object_size > CACHE_SIZE_MAX ||
	    align > CACHE_SIZE_MAX || (align && !is_power_of_two(align)))
		return NULL;
	strncpy(wish.name, name, CACHE_NAME_LEN - 1);

	enter(m, KMEM_CACHE_CREATE, object_size, align);
	c = cache_record(m, &wish);
	if (c && c->flags != flags)
		note(m, CACHE_FLAGS_DROPPED, c->index);
	if (c && cache_fit_out(m, c) < 0) {
		cache_free_record(m, c);
		c = NULL;
	}
	leave(m, KMEM_CACHE_CREATE, c ? 0 : SIM_ENOMEM);
	return c;
}

int kmem_cache_destroy(struct machine *m, struct kmem_cache *c)
{
	int err = 0;

	enter(m, KMEM_CACHE_DESTROY, c->index);
	if (!(c->flags & SLAB_BUILTIN))
		kmem_cache_shrink(m, c);
	if (c->flags & SLAB_BUILTIN) {
		note(m, CACHE_BUILTIN, c->index);
		err = -SIM_EINVAL;
	} else if (c->active) {
		note(m, CACHE_BUSY, c->index, c->active);
		err = -SIM_EINVAL;
	} else {
		vaddr_t kobj = c->kobj;

		cache_free_record(m, c);
		kmem_cache_free(m, m->cache[0], kobj);
	}
	leave(m, KMEM_CACHE_DESTROY, -err);
	return err;
}

uint32_t kmem_cache_shrink(struct machine *m, struct kmem_cache *c)
{
	uint32_t pages;

	enter(m, KMEM_CACHE_SHRINK, c->index);
	drain_cpu_caches(m, c);
	pages = drain_freelist(m, c, UINT32_MAX);
	leave(m, KMEM_CACHE_SHRINK, pages);
	return pages;
}

struct kmem_cache *kmem_cache_find(struct machine *m, const char *name)
{
	for (uint32_t i = 0; i < m->nr_caches; i++)
		if (m->cache[i] && strcmp(m->cache[i]->name, name) == 0)
			return m->cache[i];
	return NULL;
}

uint32_t cache_active_objs(const struct kmem_cache *c) { return c->active; }

uint32_t cache_slabs(const struct kmem_cache *c)
{
	return c->slabs_full.count + c->slabs_partial.count +
	       c->slabs_free.count;
}

/* ---- objects ---- */

/* A caller takes what the array or the slab gave: object index of s. */
static void object_taken(struct machine *m, struct kmem_cache *c,
			 struct slab *s, uint16_t index)
{
	s->busy[index] = 1;
	c->num_allocations++;
	if (++c->active > c->high_mark)
		c->high_mark = c->active;
	if (s->bytes)
		slab_debug_alloc(m, s, index);
}

static void object_freed(struct machine *m, struct kmem_cache *c,
			 struct slab *s, uint16_t index)
{
	s->busy[index] = 0;
	c->active--;
	if (s->bytes)
		slab_debug_free(m, s, index);
}

/* 2.4's kmem_cache_alloc_one: straight from a slab.  The lock is not held while
 * pages are asked for. */
static vaddr_t slab_alloc(struct machine *m, struct kmem_cache *c, uint32_t gfp)
{
	struct slab *s;
	uint16_t index;
	vaddr_t obj;

	spin_lock(m, &c->list_lock);
	s = first_slab(m, c);
	if (!s) {
		spin_unlock(m, &c->list_lock);
		s = cache_grow(m, c, gfp);
		if (!s)
			return 0;
		spin_lock(m, &c->list_lock);
	}
	obj = slab_get_obj(m, c, s, &index);
	spin_unlock(m, &c->list_lock);
	object_taken(m, c, s, index);
	return obj;
}

/* An object from the top of the array, which is refilled when it is empty; 0:
 * no memory. */
static vaddr_t array_cache_alloc(struct machine *m, struct kmem_cache *c,
				 struct array_cache *ac, uint32_t gfp)
{
	struct slab *s;
	vaddr_t obj;

	if (ac->avail) {
		c->allochit++;
	} else {
		c->allocmiss++;
		cache_alloc_refill(m, c, ac, gfp);
		if (ac->avail == 0)
			return 0;
	}
	ac->touched = true;
	obj = ac->entry[--ac->avail];
	step(m, AC_GET, c->index, obj, ac->avail);
	s = virt_to_slab(m, obj);
	object_taken(m, c, s, obj_to_index(c, s, obj));
	return obj;
}

/* obj goes on the array; a full one gives a batch away before. */
static void array_cache_free(struct machine *m, struct kmem_cache *c,
			     struct array_cache *ac, vaddr_t obj)
{
	if (ac->avail < ac->limit) {
		c->freehit++;
	} else {
		c->freemiss++;
		cache_flusharray(m, c, ac);
	}
	ac->entry[ac->avail++] = obj;
	step(m, AC_PUT, c->index, obj, ac->avail, ac->limit);
}

vaddr_t kmem_cache_alloc_gfp(struct machine *m, struct kmem_cache *c,
			     uint32_t gfp)
{
	struct array_cache *ac = &c->cpu[m->cpu];
	vaddr_t obj;

	enter(m, KMEM_CACHE_ALLOC, c->index);
	obj = ac->limit ? array_cache_alloc(m, c, ac, gfp)
			: slab_alloc(m, c, gfp);
	if (obj)
		obj += c->obj_offset;
	leave(m, KMEM_CACHE_ALLOC, obj);
	return obj;
}

vaddr_t kmem_cache_alloc(struct machine *m, struct kmem_cache *c)
{
	return kmem_cache_alloc_gfp(m, c, GFP_KERNEL);
}

void kmem_cache_free(struct machine *m, struct kmem_cache *c, vaddr_t obj)
{
	struct array_cache *ac = &c->cpu[m->cpu];
	struct slab *s;
	uint16_t index;

	enter(m, KMEM_CACHE_FREE, c->index, obj);
	obj -= c->obj_offset;
	s = virt_to_slab(m, obj);
	index = obj_to_index(c, s, obj);
	object_freed(m, c, s, index);
	if (ac->limit) {
		array_cache_free(m, c, ac, obj);
	} else {
		spin_lock(m, &c->list_lock);
		slab_put_obj(m, c, s, obj, index);
		spin_unlock(m, &c->list_lock);
	}
	leave(m, KMEM_CACHE_FREE);
}

const char *cache_name(const struct machine *m, uint32_t index)
{
	if (index < MAX_CACHES && m->cache[index])
		return m->cache[index]->name;
	if (index == m->ended_cache_index && m->ended_cache[0])
		return m->ended_cache;
	return NULL;
}
