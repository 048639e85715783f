/*
 * Fields of slab caches, their slabs, the arrays of CPUs, and of objects of which nothing more is known.
 */
#include "fields_put.h"
#include "sim/page_alloc.h"

#include <stdio.h>
#include <string.h>

static const struct bit_name cache_flags[] = {
	{SLAB_HWCACHE_ALIGN, "HWCACHE_ALIGN"},
	{SLAB_CTOR, "CTOR"},
	{SLAB_POISON, "POISON"},
	{SLAB_RED_ZONE, "RED_ZONE"},
	{SLAB_NO_REAP, "NO_REAP"},
	{SLAB_CACHE_DMA, "CACHE_DMA"},
	{SLAB_RECLAIM_ACCOUNT, "RECLAIM_ACCOUNT"},
	{SLAB_TYPESAFE_BY_RCU, "TYPESAFE_BY_RCU"},
	{SLAB_KMALLOC, "KMALLOC"},
	{0, NULL},
};

static const char *mgmt_name(const struct kmem_cache *c)
{
	switch (c->mgmt) {
	case SLAB_OFF:
		return _("off the slab");
	case SLAB_OBJFREELIST:
		return _("in a free object");
	default:
		return _("on the slab");
	}
}

static void put_slabs(struct fields *r, const char *name, const struct slab_list *l)
{
	uint32_t nr = 0;

	for (const struct slab *s = l->first; s && !list_is_full(r, nr, l->count); s = s->next)
		put_item(r, name, nr++, "struct slab", slab_object_of(s),
			 N_("a slab, first of its list first"));
}

static void fields_24(struct fields *r, const struct kmem_cache *c)
{
#include "struct_cache_24.def"
}

static void fields_61(struct fields *r, const struct kmem_cache *c)
{
#include "struct_cache_61.def"
}

void cache_fields(struct fields *r, const struct object *o)
{
	const struct kmem_cache *c = find_cache(r->m, o);

	if (r->m->profile->slab_61)
		fields_61(r, c);
	else
		fields_24(r, c);
#include "struct_cache.def"
	if (r->m->smp)
		put_pointer(
			r, "list_lock", "spinlock_t",
			make_object(OBJ_LOCK, LOCK_ID_CACHE + c->index, 0),
			N_("whoever changes the lists of slabs or the shared array must hold it"));
	put_slabs(r, "partial", &c->slabs_partial);
	put_slabs(r, "full", &c->slabs_full);
	put_slabs(r, "empty", &c->slabs_free);
	for (uint32_t cpu = 0; cpu < r->m->config.cpus; cpu++)
		if (c->cpu[cpu].limit)
			put_item(r, "cpu_cache", cpu, "struct array_cache",
				 make_object(OBJ_ARRAY, c->kobj, cpu),
				 N_("free objects at this CPU's hand"));
	if (c->shared.limit)
		put_pointer(r, "shared", "struct array_cache *",
			    make_object(OBJ_ARRAY, c->kobj, MAX_CPUS),
			    N_("free objects for all CPUs"));
}

static const char *slab_list_name(const struct slab *s)
{
	return s->inuse == 0               ? "slabs_free"
	       : s->inuse == s->cache->num ? "slabs_full"
					   : "slabs_partial";
}

/* The index that is taken next; of a full slab what stands for none. */
static uint32_t next_free(const struct machine *m, const struct slab *s)
{
	if (s->inuse == s->cache->num)
		return BUFCTL_END;
	return m->profile->slab_61 ? s->bufctl[s->inuse] : s->free;
}

void slab_fields(struct fields *r, const struct object *o)
{
	const struct machine *m = r->m;
	const struct slab *s = find_slab(m, o);
	const struct kmem_cache *c = s->cache;
	uint32_t nr = 0;

#include "struct_slab.def"
	put_group(r, N_("Objects in use"));
	for (uint32_t i = 0; i < c->num; i++)
		if (s->busy[i]) {
			if (list_is_full(r, nr++, s->inuse))
				break;
			put_item(r, "object", i, "", object_at(m, slab_object(s, i)),
				 N_("an object in a caller's hands, by its index in the slab"));
		}
}

static void array_61(struct fields *r, const struct array_cache *a)
{
#include "struct_array_61.def"
}

void array_fields(struct fields *r, const struct object *o)
{
	const struct array_cache *a = find_array(r->m, o);
	const struct kmem_cache *c = find_cache(r->m, o);

#include "struct_array.def"
	put_group(r, N_("Free objects, last one out first"));
	for (uint32_t i = a->avail; i-- > 0;) {
		if (list_is_full(r, a->avail - 1 - i, a->avail))
			break;
		put_item(r, "entry", i, "void *", make_object(OBJ_SLOT, a->entry[i], 0),
			 N_("a free object"));
	}
}

enum { ENDS = 8, BYTES_TEXT = 8 * 3 * ENDS };

/* Bytes from an address on, "6b 6b"; "-" where there are none, or they are not kept. */
static size_t put_bytes(const struct machine *m, vaddr_t from, uint32_t nr, char *at)
{
	size_t len = 0;

	at[0] = '-';
	at[1] = '\0';
	for (uint32_t i = 0; i < nr && slab_byte(m, from + i) >= 0; i++)
		len += (size_t)sprintf(at + len, "%s%02x", i ? " " : "",
				       (unsigned)slab_byte(m, from + i));
	return len;
}

/* The object's own bytes: "6b 6b 6b 6b .. 6b 6b 6b a5". */
static const char *bytes_text(const struct machine *m, const struct slab *s, vaddr_t slot,
			      char text[BYTES_TEXT])
{
	vaddr_t obj = slot + s->cache->obj_offset;
	uint32_t bytes = s->cache->object_size;
	size_t len;

	if (bytes <= 2 * ENDS) {
		put_bytes(m, obj, bytes, text);
	} else if ((len = put_bytes(m, obj, ENDS, text)) > 0) {
		len += (size_t)sprintf(text + len, " .. ");
		put_bytes(m, obj + bytes - ENDS, ENDS, text + len);
	}
	return text;
}

static const char *red_text(const struct machine *m, const struct slab *s, vaddr_t word,
			    char text[BYTES_TEXT])
{
	put_bytes(m, word, s->cache->obj_offset, text);
	return text;
}

void slot_fields(struct fields *r, const struct object *o)
{
	vaddr_t kva = o->id;
	const struct slab *s = slab_of(r->m, kva);
	int index = s ? slab_object_at(s, kva) : -1;
	char text[BYTES_TEXT];

	if (index < 0)
		return;
#include "struct_slot.def"
}
