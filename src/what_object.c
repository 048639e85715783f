/*
 * What is this?  An address in a slab: which part of it, which object, and whose.
 *
 * The bytes of objects are not modelled, but who holds which one is: the engine's processes, areas, files, caches know
 * the kernel address of their object.  So an address in vm_area_struct's slab is told as the area that it describes.
 *
 *	| colour | descriptor, index list | obj 0 | obj 1 | ... |  rest |        2.4
 *	| colour | obj 0 | obj 1 | ...                |  rest | index list |     6.1
 */
#include "what_data.h"

/* ---- whose object ---- */

/* One that the scenario or the engine's other structures may own is told by the first that claims it. */
static bool what_area_object(const struct asking *q, const struct task *t, const struct vma *v,
			     vaddr_t obj)
{
	if (v->kobj == obj) {
		tell(q, IS_VMA, t->pid, v->start);
		return true;
	}
	for (const struct anon_vma_chain *l = v->chain; l; l = l->next) {
		if (l->kobj == obj) {
			tell(q, IS_CHAIN, t->pid, v->start, l->anon_vma->id);
			return true;
		}
		if (l->anon_vma->kobj == obj) {
			tell(q, IS_ANON_VMA, t->pid, v->start, l->anon_vma->id);
			return true;
		}
	}
	return false;
}

static bool what_task_object(const struct asking *q, const struct task *t, vaddr_t obj)
{
	if (t->kobj[0] == obj)
		tell(q, IS_TASK, t->pid);
	else if (t->kobj[1] == obj)
		tell(q, IS_FILES, t->pid);
	else if (t->kobj[2] == obj)
		tell(q, IS_SIGHAND, t->pid);
	else if (t->mm && t->mm->kobj == obj)
		tell(q, IS_MM, t->pid);
	else
		return false;
	return true;
}

static bool what_file_object(const struct asking *q, const struct file *f, vaddr_t obj)
{
	if (f->kobj[0] == obj)
		tell_name(q, f->name, IS_INODE, 0);
	else if (f->kobj[1] == obj)
		tell_name(q, f->name, IS_DENTRY, 0);
	else if (f->kobj[2] == obj)
		tell_name(q, f->name, IS_FILP, 0);
	else
		return false;
	return true;
}

/* The slab of a list whose index list is the object. */
static bool what_index_object(const struct asking *q, const struct slab_list *l, vaddr_t obj)
{
	for (const struct slab *s = l->first; s; s = s->next) {
		if (s->off_slab == obj) {
			tell(q, IS_INDEX, s->cache->index, s->pfn);
			return true;
		}
	}
	return false;
}

static bool what_cache_object(const struct asking *q, const struct kmem_cache *c, vaddr_t obj)
{
	if (c->kobj == obj) {
		tell(q, IS_CACHE, c->index);
		return true;
	}
	return c->mgmt == SLAB_OFF && (what_index_object(q, &c->slabs_full, obj) ||
				       what_index_object(q, &c->slabs_partial, obj) ||
				       what_index_object(q, &c->slabs_free, obj));
}

static void what_owner(const struct asking *q, vaddr_t obj)
{
	const struct machine *m = q->m;

	for (const struct task *t = m->tasks; t; t = t->next) {
		if (what_task_object(q, t, obj))
			return;
		for (const struct vma *v = t->mm ? t->mm->mmap : NULL; v; v = v->next)
			if (what_area_object(q, t, v, obj))
				return;
	}
	for (const struct file *f = m->files; f; f = f->next)
		if (what_file_object(q, f, obj))
			return;
	for (uint32_t i = 0; i < m->nr_caches; i++)
		if (m->cache[i] && what_cache_object(q, m->cache[i], obj))
			return;
}

/* ---- free objects ---- */

/* Place in a CPU's array, the next to go out first; 0: it is not there. */
static uint32_t array_place(const struct array_cache *ac, vaddr_t obj)
{
	for (uint32_t i = ac->avail; i > 0; i--)
		if (ac->entry[i - 1] == obj)
			return ac->avail - i + 1;
	return 0;
}

/* Place on the slab's own list, the next to go out first; 0: it is not there. */
static uint32_t slab_place(const struct machine *m, const struct slab *s, unsigned index)
{
	uint32_t place = 1;

	if (m->profile->slab_61) {
		for (uint32_t i = s->inuse; i < s->cache->num; i++, place++)
			if (s->bufctl[i] == index)
				return place;
		return 0;
	}
	for (uint16_t i = s->free; i < s->cache->num; i = s->bufctl[i], place++)
		if (i == index)
			return place;
	return 0;
}

static bool what_array_object(const struct asking *q, const struct kmem_cache *c, vaddr_t obj,
			      unsigned index)
{
	uint32_t place;

	for (uint32_t cpu = 0; cpu < q->m->config.cpus; cpu++) {
		place = array_place(&c->cpu[cpu], obj);
		if (!place)
			continue;
		tell(q, OBJECT_CPU, c->index, obj, index, cpu, place);
		return true;
	}
	place = array_place(&c->shared, obj);
	if (place)
		tell(q, OBJECT_SHARED, c->index, obj, index, place);
	return place != 0;
}

/* ---- a slab ---- */

/* Byte `at` of the place that an object of c has. */
static void what_byte(const struct asking *q, const struct kmem_cache *c, vaddr_t va, uint32_t at)
{
	int kept = slab_byte(q->m, va);

	if (at < c->obj_offset)
		tell(q, OBJECT_RED_BEFORE, c->obj_offset);
	else if (at >= c->size - c->obj_offset)
		tell(q, OBJECT_RED_BEHIND, c->obj_offset);
	else if (at - c->obj_offset < c->object_size)
		tell(q, OBJECT_BYTE, at - c->obj_offset, c->object_size);
	else
		tell(q, OBJECT_PADDING, c->object_size);
	if (kept >= 0)
		tell(q, OBJECT_VALUE, (uint64_t)kept);
}

static void what_object(const struct asking *q, const struct slab *s, unsigned index, vaddr_t va)
{
	const struct kmem_cache *c = s->cache;
	vaddr_t obj = slab_object(s, index);
	uint32_t place = slab_place(q->m, s, index);

	if (place) {
		tell(q, OBJECT_FREE, c->index, obj, index, place, c->num - s->inuse);
	} else if (!what_array_object(q, c, obj, index)) {
		tell(q, OBJECT_USED, c->index, obj, index, c->num);
		what_owner(q, obj);
	}
	what_byte(q, c, va, va - obj);
}

/* A part of the slab that is no object. */
static void what_no_object(const struct asking *q, const struct slab *s, vaddr_t va)
{
	const struct kmem_cache *c = s->cache;
	vaddr_t start = pfn_to_kva(q->m, s->pfn);
	uint64_t offset = va - start;
	uint32_t bytes = (uint32_t)PAGE_SIZE << c->gfporder;

	if (offset < s->colouroff)
		tell(q, SLAB_COLOUR, s->colouroff);
	else if (va < s->s_mem)
		tell(q, SLAB_DESCRIPTOR, c->slab_size);
	else if (c->mgmt == SLAB_ON && q->m->profile->slab_61 && offset >= bytes - c->slab_size)
		tell(q, SLAB_INDEX, c->slab_size);
	else
		tell(q, SLAB_REST, 0);
}

void what_slab(const struct asking *q, vaddr_t va)
{
	const struct slab *s = slab_of(q->m, va);
	int index = s ? slab_object_at(s, va) : -1;

	if (!s) {
		tell(q, SLAB_NEW, 0);
		return;
	}
	tell(q, SLAB, s->cache->index, s->pfn, s->cache->gfporder, s->inuse, s->cache->num);
	if (index >= 0)
		what_object(q, s, (unsigned)index, va);
	else
		what_no_object(q, s, va);
}
