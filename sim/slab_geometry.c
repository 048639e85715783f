/*
 * How a slab is cut: objects, management, colours.
 *
 * A slab is 2^order pages.  In it lie the objects, side by side, and the index
 * list of those that are free; what is left over is spent on colours, so that
 * the first objects of different slabs do not compete for one cache line:
 *
 *	| colour | management | obj 0 | obj 1 | ... | obj num-1 |  left |   2.4
 *	| colour | obj 0 | obj 1 | ... | obj num-1 |  left | index list |   6.1
 *
 * 2.4 needs a descriptor of 24 bytes and 4 bytes an object, at the head of the
 * slab, or (objects of 512 bytes and more) in an object of a kmalloc cache.
 * inode_cache, 480 bytes, line of 32: 8 objects take 3840, management
 * 24 + 8 * 4 rounded up to 64, so 192 are left: 6 colours of 32 bytes.
 *
 * 6.1 needs one byte an object, and has three places for it, tried in this
 * order: in one of the free objects itself (which costs nothing, but needs an
 * object of at least num bytes that nobody has to find constructed), in a
 * kmalloc object, at the end of the slab.
 *
 * Both take the lowest order that holds an object, and go on to larger ones
 * while more than an eighth of the slab is wasted, up to break_order.
 *
 * Red zones (slab_debug.c) add a word before and behind each object.
 *
 * Simpler than Linux: 2.4's bound on the indices of an off-slab list (116) is
 * left out, for objects of 512 bytes never come near it, and its caller gives
 * an alignment, as in 2.6, where the kernel takes the offset of a colour.
 * Sources: 2.4.18 kmem_cache_estimate and kmem_cache_create, 6.1
 * calculate_slab_order; REFERENCE 5.2, 5.3, 5.10.
 */
#include "machine.h"

enum {
	SLAB_DESCRIPTOR = 24, /* 2.4 slab_t                                 */
	BUFCTL_BYTES = 4,     /* 2.4 kmem_bufctl_t                          */
	OFF_SLAB_FROM = PAGE_SIZE / 8, /* 2.4: objects this large            */
	MAX_GFP_ORDER = 5, /* 2.4                                        */
	KMALLOC_MAX_ORDER = 10,
	KMALLOC_MIN_ALIGN = 8, /* 6.1                                        */
	OBJ_MIN_SIZE = 16,     /* 6.1                                        */
	OBJ_MAX_NUM = 255,     /* 6.1: indices have one byte                 */
	SMALL_MACHINE_PAGES = (32 << 20) / PAGE_SIZE,
};

static uint32_t round_up(uint32_t bytes, uint32_t to)
{
	return (bytes + to - 1) / to * to;
}

static uint32_t larger(uint32_t a, uint32_t b) { return a > b ? a : b; }

static uint32_t slab_bytes(unsigned order)
{
	return (uint32_t)PAGE_SIZE << order;
}

/* Up to 32 MB of RAM both versions go one order less far. */
void slab_rules_of(const struct machine *m, struct slab_rules *r)
{
	r->slab_61 = m->profile->slab_61;
	r->cache_line = m->profile->cache_line;
	r->break_order = m->profile->slab_break_order;
	if (totalram_pages(m) <= SMALL_MACHINE_PAGES && r->break_order > 0)
		r->break_order--;
}

/*
 * Alignment that SLAB_HWCACHE_ALIGN asks for: a cache line, or the part of it
 * that several small objects may share.  2.4 halves while bytes is below half
 * of it, 6.1 also when it is just half.
 */
static uint32_t hwcache_align(uint32_t bytes, uint32_t line, bool or_equal)
{
	while (bytes < line / 2 || (or_equal && bytes == line / 2))
		line /= 2;
	return line;
}

/* ---- 2.4.18 ---- */

/* The management's size; c->align above a cache line asks for more. */
static uint32_t management_24(const struct kmem_cache *c, uint32_t num,
			      const struct slab_rules *r)
{
	return round_up(SLAB_DESCRIPTOR + num * BUFCTL_BYTES,
			larger(r->cache_line, c->align));
}

/* Objects in a slab of order, and the bytes left: kmem_cache_estimate. */
static uint32_t estimate_24(const struct kmem_cache *c, unsigned order,
			    bool off, const struct slab_rules *r,
			    uint32_t *left)
{
	uint32_t bytes = slab_bytes(order), num = bytes / c->size, used;

	for (;; num--) {
		used = num * c->size + (off ? 0 : management_24(c, num, r));
		if (used <= bytes || num == 0)
			break;
	}
	*left = bytes - (num ? used : 0);
	return num;
}

/* Choose order and num; returns the bytes left over. */
static uint32_t choose_order_24(struct kmem_cache *c, bool off,
				const struct slab_rules *r)
{
	unsigned order = 0;
	uint32_t left, num;

	for (;; order++) {
		num = estimate_24(c, order, off, r, &left);
		if (order >= MAX_GFP_ORDER)
			break;
		if (num == 0)
			continue;
		if (order >= r->break_order || left * 8 <= slab_bytes(order))
			break;
	}
	c->gfporder = (uint8_t)order;
	c->num = (uint16_t)num;
	return left;
}

static bool geometry_24(struct kmem_cache *c, const struct slab_rules *r)
{
	uint32_t asked = c->align, left;
	bool off;

	c->align = BUFCTL_BYTES;
	c->size = round_up(c->object_size, c->align);
	if (c->flags & SLAB_CTOR)
		c->flags &= ~(uint32_t)SLAB_POISON;
	if (c->flags & SLAB_RED_ZONE) {
		c->flags &= ~(uint32_t)SLAB_HWCACHE_ALIGN;
		c->obj_offset = red_zone_bytes(false);
		c->size += 2 * c->obj_offset;
	}
	off = c->size >= OFF_SLAB_FROM;
	if (c->flags & SLAB_HWCACHE_ALIGN)
		c->align = hwcache_align(c->size, r->cache_line, false);
	c->align = larger(c->align, asked);
	c->size = round_up(c->size, c->align);

	left = choose_order_24(c, off, r);
	if (c->num == 0)
		return false;
	c->slab_size = management_24(c, c->num, r);
	/* Is there room on the slab after all? */
	if (off && left >= c->slab_size) {
		off = false;
		left -= c->slab_size;
	}
	c->mgmt = off ? SLAB_OFF : SLAB_ON;
	c->colour_off = larger(r->cache_line, asked);
	c->colour = left / c->colour_off;
	return true;
}

/* ---- 6.1 ---- */

/* Class of the kmalloc cache that takes an index list of num bytes. */
static uint32_t index_list_class(uint32_t num)
{
	static const uint8_t odd_sizes[] = {32, 64, 96, 128, 192};

	for (size_t i = 0; i < sizeof(odd_sizes); i++)
		if (num <= odd_sizes[i])
			return odd_sizes[i];
	return 256;
}

/*
 * Choose order and num for one place of the index list; returns the bytes left
 * over.  num stays 0 if no order will do.
 */
static uint32_t choose_order_61(struct kmem_cache *c, enum slab_mgmt mgmt,
				const struct slab_rules *r)
{
	uint32_t each = c->size + (mgmt == SLAB_ON ? 1 : 0), left = 0;

	c->num = 0;
	for (unsigned order = 0; order <= KMALLOC_MAX_ORDER; order++) {
		uint32_t num = slab_bytes(order) / each;

		if (num == 0)
			continue;
		if (num > OBJ_MAX_NUM)
			break;
		/* Is what an off-slab list costs worth it? */
		if (mgmt == SLAB_OFF &&
		    index_list_class(num) > c->object_size / 2)
			continue;
		c->num = (uint16_t)num;
		c->gfporder = (uint8_t)order;
		left = slab_bytes(order) - num * each;
		if ((c->flags & SLAB_RECLAIM_ACCOUNT) ||
		    order >= r->break_order || left * 8 <= slab_bytes(order))
			break;
	}
	return left;
}

/* Does the place fit the cache, once order and num are chosen for it? */
static bool place_fits_61(const struct kmem_cache *c, enum slab_mgmt mgmt,
			  uint32_t left)
{
	if (c->num == 0)
		return false;
	if (mgmt == SLAB_OBJFREELIST)
		return c->num <= c->object_size;
	return mgmt == SLAB_ON || left < c->num;
}

static bool geometry_61(struct kmem_cache *c, const struct slab_rules *r)
{
	static const enum slab_mgmt places[] = {SLAB_OBJFREELIST, SLAB_OFF,
						SLAB_ON};
	const uint32_t must_keep = SLAB_CTOR | SLAB_TYPESAFE_BY_RCU;

	c->align = larger(c->align, KMALLOC_MIN_ALIGN);
	if (c->flags & SLAB_HWCACHE_ALIGN)
		c->align = larger(c->align, hwcache_align(c->object_size,
							  r->cache_line, true));
	c->size = round_up(c->object_size, 4);
	if (c->align > KMALLOC_MIN_ALIGN)
		c->flags &= ~(uint32_t)SLAB_RED_ZONE;
	if (c->flags & SLAB_RED_ZONE) {
		c->obj_offset = red_zone_bytes(true);
		c->size = round_up(c->size, c->obj_offset) + 2 * c->obj_offset;
	}
	c->size = round_up(c->size, c->align);
	c->size = larger(c->size, round_up(OBJ_MIN_SIZE, c->align));
	c->colour_off = larger(r->cache_line, c->align);

	for (size_t i = 0; i < 3; i++) {
		uint32_t left;

		/* A list in a free object would overwrite what was built. */
		if (places[i] == SLAB_OBJFREELIST && (c->flags & must_keep))
			continue;
		left = choose_order_61(c, places[i], r);
		if (!place_fits_61(c, places[i], left))
			continue;
		c->mgmt = places[i];
		c->slab_size = c->num;
		c->colour = left / c->colour_off;
		return true;
	}
	return false;
}

bool cache_geometry(struct kmem_cache *c, const struct slab_rules *r)
{
	return r->slab_61 ? geometry_61(c, r) : geometry_24(c, r);
}
