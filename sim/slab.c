/*
 * Slabs: made of pages, found from an address, given back.
 *
 * A slab is 2^gfporder pages and a record of them.  Each of its frames knows
 * the record, so the address of an object leads to its slab and its cache:
 *
 *	c1a0f060 - PAGE_OFFSET -> frame 1a0f -> page.mapping -> slab -> cache
 *
 * A new slab joins the free ones of its cache, and from the free ones slabs
 * leave (slab_list.h has the lists).
 *
 * Simpler than Linux: bytes of objects are modelled only where somebody looks
 * at them (slab_debug.c), so constructors and the index list are told and
 * counted, not written.
 * Sources: 2.4.18 and 6.1 mm/slab.c; REFERENCE 5.6, 5.7.
 */
#include "page_alloc.h"
#include "slab_list.h"

/* ---- finding ---- */

const struct slab *slab_of(const struct machine *m, vaddr_t obj)
{
	pfn_t pfn;

	if (obj < m->map.page_offset || obj >= m->map.high_memory)
		return NULL;
	pfn = kva_to_pfn(m, obj);
	if (pfn >= m->max_low_pfn || pfn_page(m, pfn)->use != FRAME_SLAB)
		return NULL;
	return pfn_page(m, pfn)->mapping;
}

int slab_object_at(const struct slab *s, vaddr_t va)
{
	uint64_t index;

	if (va < s->s_mem)
		return -1;
	index = (va - s->s_mem) / s->cache->size;
	return index < s->cache->num ? (int)index : -1;
}

/* ---- making and destroying ---- */

/*
 * Bytes before the objects of the next slab.  2.4 uses the colour and then
 * counts on; 6.1 counts first, so its first slab has colour 1.
 */
static uint32_t next_colour(struct machine *m, struct kmem_cache *c)
{
	uint32_t colour = c->colour_next;

	if (++c->colour_next >= c->colour)
		c->colour_next = 0;
	if (m->profile->slab_61)
		colour = c->colour_next;
	return colour * c->colour_off;
}

static bool is_debugged(const struct kmem_cache *c)
{
	return c->flags & (SLAB_POISON | SLAB_RED_ZONE);
}

/* Bytes of the record, its index list, its busy marks and, if somebody looks
 * at them, its objects in one chunk. */
static size_t record_bytes(const struct kmem_cache *c)
{
	return sizeof(struct slab) + c->num * (sizeof(uint16_t) + 1) +
	       (is_debugged(c) ? (size_t)c->num * c->size : 0);
}

static struct slab *record_new(struct machine *m, struct kmem_cache *c)
{
	struct slab *s = arena_alloc(m->arena, record_bytes(c));

	s->cache = c;
	s->bufctl = (uint16_t *)(s + 1);
	s->busy = (uint8_t *)(s->bufctl + c->num);
	s->bytes = is_debugged(c) ? s->busy + c->num : NULL;
	for (uint32_t i = 0; i < c->num; i++)
		s->bufctl[i] = (uint16_t)(m->profile->slab_61 ? i : i + 1);
	if (!m->profile->slab_61)
		s->bufctl[c->num - 1] = BUFCTL_END;
	return s;
}

/* Tell every frame of the slab, or none (NULL), whose it is: so an address
 * leads to its slab and its cache. */
static void set_page_slab(struct machine *m, struct slab *s, struct slab *owner)
{
	for (pfn_t i = 0; i < 1u << s->cache->gfporder; i++)
		pfn_page(m, s->pfn + i)->mapping = owner;
}

static void tell_new_objects(struct machine *m, const struct slab *s)
{
	const struct kmem_cache *c = s->cache;

	if (s->bytes)
		slab_debug_new(m, s);
	if (c->flags & SLAB_CTOR)
		step(m, SLAB_CTOR, c->index, s->s_mem, c->num);
}

/* 2^gfporder frames for a slab; PFN_NONE: no memory. */
static pfn_t slab_pages(struct machine *m, struct kmem_cache *c, uint32_t gfp)
{
	gfp &= ~(uint32_t)(GFP_BIT_HIGHMEM | GFP_BIT_MOVABLE);
	if (c->flags & SLAB_CACHE_DMA)
		gfp |= GFP_BIT_DMA;
	return alloc_pages(m, gfp, c->gfporder, FRAME_SLAB);
}

/*
 * Pages, and an object for the index list if it lies off the slab; false: no
 * memory, and none is held.  2.4 moves the colour on before it knows.
 */
static bool slab_memory(struct machine *m, struct kmem_cache *c, uint32_t gfp,
			struct slab *s)
{
	if (!m->profile->slab_61) {
		spin_lock(m, &c->list_lock);
		s->colouroff = next_colour(m, c);
		spin_unlock(m, &c->list_lock);
	}
	s->pfn = slab_pages(m, c, gfp);
	if (s->pfn == PFN_NONE)
		return false;
	if (m->profile->slab_61)
		s->colouroff = next_colour(m, c);
	if (c->mgmt != SLAB_OFF)
		return true;
	s->off_slab = kmem_cache_alloc_gfp(m, c->freelist_cache, gfp);
	if (!s->off_slab)
		free_pages(m, s->pfn, c->gfporder);
	return s->off_slab != 0;
}

struct slab *cache_grow(struct machine *m, struct kmem_cache *c, uint32_t gfp)
{
	struct slab *s = NULL, place = {0};

	enter(m, CACHE_GROW, c->index, c->gfporder, gfp);
	c->growing++;
	c->grown_lately = !m->profile->slab_61;
	if (!slab_memory(m, c, gfp, &place)) {
		c->growing--;
		leave(m, CACHE_GROW, PFN_NONE);
		return NULL;
	}
	s = record_new(m, c);
	s->pfn = place.pfn;
	s->colouroff = place.colouroff;
	s->off_slab = place.off_slab;
	s->s_mem = pfn_to_kva(m, s->pfn) + s->colouroff;
	if (!m->profile->slab_61 && c->mgmt == SLAB_ON)
		s->s_mem += c->slab_size;
	set_page_slab(m, s, s);
	spin_lock(m, &c->list_lock);
	slab_list_append(&c->slabs_free, s);
	c->free_objects += c->num;
	c->grown++;
	c->growing--;
	spin_unlock(m, &c->list_lock);
	step(m, SLAB_NEW, c->index, s->pfn, c->gfporder, c->num, s->colouroff);
	tell_new_objects(m, s);
	leave(m, CACHE_GROW, s->pfn);
	return s;
}

/* The last free slab leaves its list; NULL: there is none. */
static struct slab *take_last_free(struct kmem_cache *c)
{
	struct slab *s = c->slabs_free.last;

	if (s) {
		slab_list_remove(&c->slabs_free, s);
		c->free_objects -= c->num;
	}
	return s;
}

static struct slab *take_locked(struct machine *m, struct kmem_cache *c)
{
	struct slab *s;

	spin_lock(m, &c->list_lock);
	s = take_last_free(c);
	spin_unlock(m, &c->list_lock);
	return s;
}

/* Give the pages and the index list of a slab back that is on no list. */
static void slab_destroy(struct machine *m, struct slab *s)
{
	struct kmem_cache *c = s->cache;
	vaddr_t off_slab = s->off_slab;
	pfn_t pfn = s->pfn;

	enter(m, SLAB_DESTROY, c->index, pfn, c->gfporder);
	if (s->bytes)
		slab_debug_destroy(m, s);
	set_page_slab(m, s, NULL);
	c->reaped++;
	arena_free(m->arena, s, record_bytes(c));
	free_pages(m, pfn, c->gfporder);
	if (off_slab)
		kmem_cache_free(m, c->freelist_cache, off_slab);
	leave(m, SLAB_DESTROY);
}

uint32_t drain_freelist(struct machine *m, struct kmem_cache *c, uint32_t nr)
{
	uint32_t pages = 0;
	struct slab *s;

	while (nr-- > 0 && !c->growing && (s = take_locked(m, c)) != NULL) {
		pages += 1u << c->gfporder;
		slab_destroy(m, s);
	}
	return pages;
}

struct slab *slabs_over_limit(struct machine *m, struct kmem_cache *c)
{
	struct slab *gone = NULL, *s;

	if (c->free_objects > c->free_limit && c->slabs_free.last)
		note(m, SLAB_FREE_LIMIT, c->index, c->free_objects,
		     c->free_limit);
	while (c->free_objects > c->free_limit &&
	       (s = take_last_free(c)) != NULL) {
		s->next = gone;
		gone = s;
	}
	return gone;
}

void slabs_destroy(struct machine *m, struct slab *gone)
{
	struct slab *s;

	while ((s = gone) != NULL) {
		gone = s->next;
		slab_destroy(m, s);
	}
}
