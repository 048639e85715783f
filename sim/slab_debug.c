/*
 * Poison and red zones: who writes to memory that is not his?
 *
 * A cache may ask for either.  Then the engine keeps the bytes of its objects,
 * as the kernel does, and looks at them when an object changes hands.
 *
 * Poison.  An object that nobody holds is filled with a pattern that ends in
 * another byte; if it is not whole when the object is taken, somebody wrote to
 * the object after he had freed it.
 *
 *	2.4   free 5a 5a ... 5a a5                 looked for: the a5, at the end
 *	6.1   free 6b 6b ... 6b a5    taken 5a 5a ... 5a a5     every byte
 *
 * So 2.4 overlooks most writes: only the last byte must be the first a5.
 *
 * Red zones.  A word before and one behind the object say whether it is taken;
 * a write that goes too far hits them.  Looked at when the object is freed and
 * when it is taken, and when the slab is given back.
 *
 *	| red | object ... | padding | red |       a word: 2.4 4 bytes, 6.1 8
 *
 *	        free                  taken
 *	2.4     5a2cf071              170fc2a5
 *	6.1     09f911029d74e35b      d84156c5635688c0
 *
 * The words make the object larger, and its address is no multiple of a cache
 * line any more: 2.4 forgets SLAB_HWCACHE_ALIGN, 6.1 the red zones.
 *
 * A constructor's work must survive in a free object: 2.4 refuses poison then,
 * 6.1 runs the constructor again each time that the object is taken.
 *
 * Simpler than Linux: a finding is told and counted in errors, and the machine
 * goes on; 2.4 would stop in BUG().  2.4 with CPUs' arrays looks when an object
 * goes into an array, here it is when it comes out.  Only these caches have
 * bytes, and index lists are not among them.  Sources: 2.4.18 kmem_poison_obj,
 * kmem_check_poison_obj; 6.1 poison_obj, check_poison_obj, verify_redzone_free.
 */
#include <string.h>

#include "machine.h"

enum {
	POISON_24 = 0x5a,    /* 2.4: nobody's                             */
	POISON_FREE = 0x6b,  /* 6.1: nobody's                             */
	POISON_INUSE = 0x5a, /* 6.1: somebody's, who has not written yet  */
	POISON_END = 0xa5,   /* the last byte                             */
	RED_BYTES_24 = 4,
	RED_BYTES_61 = 8,
};

static const uint64_t red_24[2] = {0x5a2cf071, 0x170fc2a5};
static const uint64_t red_61[2] = {0x09f911029d74e35b, 0xd84156c5635688c0};

uint32_t red_zone_bytes(bool slab_61)
{
	return slab_61 ? RED_BYTES_61 : RED_BYTES_24;
}

/* ---- where things lie ---- */

static uint8_t *slot(const struct slab *s, uint32_t index)
{
	return s->bytes + index * s->cache->size;
}

/* The bytes that poison covers: 2.4 also what rounding added. */
static uint32_t poison_bytes(const struct machine *m,
			     const struct kmem_cache *c)
{
	return m->profile->slab_61 ? c->object_size
				   : c->size - 2 * c->obj_offset;
}

/* ---- poison ---- */

static void poison_obj(const struct machine *m, const struct slab *s,
		       uint32_t index, uint8_t pattern)
{
	uint8_t *obj = slot(s, index) + s->cache->obj_offset;
	uint32_t bytes = poison_bytes(m, s->cache);

	memset(obj, pattern, bytes);
	obj[bytes - 1] = POISON_END;
}

/* The first byte that is not as it was left; bytes: all are.  2.4 looks for
 * the end alone. */
static uint32_t first_wrong(const uint8_t *obj, uint32_t bytes, bool slab_61)
{
	uint32_t i = 0;

	if (slab_61) {
		while (i < bytes - 1 && obj[i] == POISON_FREE)
			i++;
	} else {
		while (i < bytes - 1 && obj[i] != POISON_END)
			i++;
		if (i < bytes - 1)
			return i;
	}
	return i == bytes - 1 && obj[i] == POISON_END ? bytes : i;
}

/* Is the pattern of a free object whole?  If not, that is told and counted. */
static bool check_poison_obj(struct machine *m, const struct slab *s,
			     uint32_t index)
{
	struct kmem_cache *c = s->cache;
	bool slab_61 = m->profile->slab_61;
	uint32_t bytes = poison_bytes(m, c), wrong;
	const uint8_t *obj = slot(s, index) + c->obj_offset;
	vaddr_t va = slab_object(s, index) + c->obj_offset;

	wrong = first_wrong(obj, bytes, slab_61);
	if (wrong == bytes)
		return true;
	c->errors++;
	step(m, SLAB_CORRUPTION, c->index, va, wrong, obj[wrong],
	     wrong == bytes - 1 ? POISON_END
	     : slab_61          ? POISON_FREE
				: POISON_24);
	return false;
}

/* ---- red zones ---- */

static void set_red_zones(const struct machine *m, const struct slab *s,
			  uint32_t index, bool taken)
{
	uint64_t word = (m->profile->slab_61 ? red_61 : red_24)[taken];
	uint32_t bytes = s->cache->obj_offset;

	memcpy(slot(s, index), &word, bytes);
	memcpy(slot(s, index) + s->cache->size - bytes, &word, bytes);
}

/* Do both words say what the object is?  If not, that is told and counted. */
static bool check_red_zones(struct machine *m, const struct slab *s,
			    uint32_t index, bool taken)
{
	struct kmem_cache *c = s->cache;
	uint64_t want = (m->profile->slab_61 ? red_61 : red_24)[taken];
	uint32_t bytes = c->obj_offset;
	bool before = memcmp(slot(s, index), &want, bytes) != 0;
	bool behind =
		memcmp(slot(s, index) + c->size - bytes, &want, bytes) != 0;
	vaddr_t va = slab_object(s, index) + c->obj_offset;

	if (before)
		step(m, SLAB_RED_BEFORE, c->index, va);
	if (behind)
		step(m, SLAB_RED_BEHIND, c->index, va);
	c->errors += before || behind;
	return !before && !behind;
}

/* ---- an object changes hands ---- */

void slab_debug_new(struct machine *m, const struct slab *s)
{
	const struct kmem_cache *c = s->cache;

	for (uint32_t i = 0; i < c->num; i++) {
		if (c->flags & SLAB_RED_ZONE)
			set_red_zones(m, s, i, false);
		if (c->flags & SLAB_POISON)
			poison_obj(m, s, i,
				   m->profile->slab_61 ? POISON_FREE
						       : POISON_24);
	}
	if (c->flags & SLAB_RED_ZONE)
		step(m, SLAB_RED_ZONE, c->index, s->s_mem, c->num,
		     c->obj_offset);
	if (c->flags & SLAB_POISON)
		step(m, SLAB_POISON, c->index, s->s_mem, c->num);
}

void slab_debug_alloc(struct machine *m, const struct slab *s, uint32_t index)
{
	const struct kmem_cache *c = s->cache;
	vaddr_t va = slab_object(s, index) + c->obj_offset;

	if (c->flags & SLAB_POISON) {
		if (check_poison_obj(m, s, index))
			note(m, SLAB_POISON_CHECK, c->index, va);
		if (m->profile->slab_61)
			poison_obj(m, s, index, POISON_INUSE);
	}
	if (c->flags & SLAB_RED_ZONE) {
		if (check_red_zones(m, s, index, false))
			note(m, SLAB_RED_CHECK, c->index, va);
		set_red_zones(m, s, index, true);
	}
	if ((c->flags & SLAB_CTOR) && (c->flags & SLAB_POISON))
		step(m, SLAB_CTOR, c->index, va, 1);
}

void slab_debug_free(struct machine *m, const struct slab *s, uint32_t index)
{
	const struct kmem_cache *c = s->cache;
	vaddr_t va = slab_object(s, index) + c->obj_offset;

	if (c->flags & SLAB_RED_ZONE) {
		if (check_red_zones(m, s, index, true))
			note(m, SLAB_RED_CHECK, c->index, va);
		set_red_zones(m, s, index, false);
	}
	if (c->flags & SLAB_POISON) {
		poison_obj(m, s, index,
			   m->profile->slab_61 ? POISON_FREE : POISON_24);
		step(m, SLAB_POISON, c->index, va, 1);
	}
}

void slab_debug_destroy(struct machine *m, const struct slab *s)
{
	const struct kmem_cache *c = s->cache;

	for (uint32_t i = 0; i < c->num; i++) {
		if (c->flags & SLAB_RED_ZONE)
			check_red_zones(m, s, i, false);
		if (c->flags & SLAB_POISON)
			check_poison_obj(m, s, i);
	}
}

/* ---- anybody's reads and writes ---- */

/* The kept byte of an address; NULL: it lies in no object that has bytes. */
static uint8_t *kept_byte(const struct slab *s, vaddr_t va)
{
	uint32_t bytes;

	if (!s || !s->bytes || va < s->s_mem)
		return NULL;
	bytes = s->cache->num * s->cache->size;
	return va - s->s_mem < bytes ? s->bytes + (va - s->s_mem) : NULL;
}

int slab_byte(const struct machine *m, vaddr_t va)
{
	const uint8_t *at = kept_byte(slab_of(m, va), va);

	return at ? *at : -1;
}

bool slab_write(struct machine *m, vaddr_t va, const void *bytes, uint32_t nr)
{
	const struct slab *s = slab_of(m, va);
	const uint8_t *from = bytes;
	bool kept = false;

	for (uint32_t i = 0; i < nr; i++) {
		uint8_t *at = kept_byte(s, va + i);

		if (at)
			*at = from[i];
		kept |= at != NULL;
	}
	return kept;
}
