/*
 * Free kernel addresses: which of the ranges an area gets.
 *
 * What no area has is kept as ranges, the longest possible ones, in a list by
 * address and in a red-black tree (rbtree.c).  The ranges end where the kernel's
 * addresses end, vmalloc's share is only what is searched:
 *
 *	            1               f7c45000        f7c63000
 *	            |  not searched |   | areas  |  |  areas  |
 *	ranges      1-f7bfe000      f7c47000-f7c60000         f7c70000-ffffffff
 *
 * Wanted is the lowest range with room.  To pass whole subtrees in 6.1 each knows
 * the longest one from itself down (subtree_max_size):
 *
 *	          c 1M   max 7M            60K: the left of c has 64K, go left;
 *	         /       \                 a is too short, so is all on its left,
 *	   a 8K  max 64K   d 7M  max 7M    on its right are 64K, go right;
 *	        \                          b has room: it is the lowest
 *	     b 64K  max 64K
 *
 * A start that must be a multiple of 16K, say, may lie up to 12K behind the
 * start of a range.  So ranges are looked for that have room for any start:
 * size + align - 1, here "wanted".  But each range on the way is asked whether
 * the area fits as it is: one that is shorter and lies well is taken, if the
 * search comes by.  So the answer hangs on the shape of the tree, not on the
 * ranges alone.
 *
 * The area is cut out of its range:
 *
 *	all of it      the range leaves the tree
 *	from its start the range begins behind the area
 *	up to its end  the range ends before the area
 *	amid it        the range keeps what lies behind, a new range gets what
 *	               lies before
 *
 * Addresses that come back make the range before or behind them longer; if both
 * are neighbours the one behind leaves the tree.
 *
 * Law: sorted, not empty, no two touch; with the areas they are all addresses;
 * the rules of rbtree.c; subtree_max_size as said.
 *
 * Source: 6.1 mm/vmalloc.c find_vmap_lowest_match(), adjust_va_to_fit_type(),
 * __merge_or_add_vmap_area().  2.6 walked along the areas and took the first
 * gap with room; here it walks along the ranges.
 */
#include "vmap_range.h"

#include "machine.h"

static uint64_t range_size(const struct vmap_range *r)
{
	return r->end - r->start;
}

static uint64_t max_size(const struct vmap_range *r)
{
	return r ? r->subtree_max_size : 0;
}

static struct vmap_range *child(const struct vmap_range *r, enum rb_side side)
{
	return rb_vmap_range(r->rb.child[side]);
}

/* ---- the tree ---- */

static bool update_max(void *ctx, struct rb_node *n)
{
	struct vmap_range *r = rb_vmap_range(n);
	uint64_t largest = range_size(r);

	(void)ctx;
	for (int side = RB_LEFT; side <= RB_RIGHT; side++)
		if (max_size(child(r, side)) > largest)
			largest = max_size(child(r, side));
	if (r->subtree_max_size == largest)
		return false;
	r->subtree_max_size = largest;
	return true;
}

static void inherit_max(struct rb_node *up, const struct rb_node *down)
{
	rb_vmap_range(up)->subtree_max_size = max_size(rb_vmap_range(down));
}

static void tell_rotation(void *ctx, const struct rb_node *down,
			  const struct rb_node *up, enum rb_side side)
{
	vaddr_t d = rb_vmap_range(down)->start, u = rb_vmap_range(up)->start;
	struct machine *m = ctx;

	if (side == RB_LEFT)
		step(m, VMAP_ROTATE_LEFT, d, u);
	else
		step(m, VMAP_ROTATE_RIGHT, d, u);
}

static void tell_colour(void *ctx, const struct rb_node *n)
{
	struct machine *m = ctx;

	if (n->colour == RB_RED)
		step(m, VMAP_SET_RED, rb_vmap_range(n)->start);
	else
		step(m, VMAP_SET_BLACK, rb_vmap_range(n)->start);
}

static struct rb_work work_on(struct machine *m)
{
	static const struct rb_hooks hooks = {update_max, inherit_max,
					      tell_rotation, tell_colour};

	return (struct rb_work){&m->vmap.free.root, &hooks, m};
}

/* The place in the tree for a range that begins at va, looked for below from. */
static struct vmap_range *find_links(struct vmap_range *from, vaddr_t va,
				     enum rb_side *side)
{
	struct vmap_range *parent = NULL;

	for (struct vmap_range *r = from; r; r = child(r, *side)) {
		parent = r;
		*side = va < r->start ? RB_LEFT : RB_RIGHT;
	}
	return parent;
}

/* A new range of the tree below parent, on side, and of the list. */
static void link_range(struct machine *m, struct vmap_range *parent,
		       enum rb_side side, vaddr_t start, vaddr_t end)
{
	struct vmap_ranges *ranges = &m->vmap.free;
	struct vmap_range *r = arena_alloc(m->arena, sizeof(*r));
	struct rb_work w = work_on(m);

	r->start = start;
	r->end = end;
	r->prev = parent && side == RB_LEFT ? parent->prev : parent;
	r->next = r->prev ? r->prev->next : ranges->first;
	*(r->prev ? &r->prev->next : &ranges->first) = r;
	if (r->next)
		r->next->prev = r;
	rb_link_node(&ranges->root, &r->rb, parent ? &parent->rb : NULL, side);
	step(m, VMAP_RANGE_NEW, start, end);
	rb_insert_color(&w, &r->rb);
}

static void unlink_range(struct machine *m, struct vmap_range *r)
{
	struct rb_work w = work_on(m);

	*(r->prev ? &r->prev->next : &m->vmap.free.first) = r->next;
	if (r->next)
		r->next->prev = r->prev;
	step(m, VMAP_RANGE_GONE, r->start, r->end);
	rb_erase(&w, &r->rb);
	arena_free(m->arena, r, sizeof(*r));
}

/* r is longer or shorter now, and so may be the longest of its subtree. */
static void set_borders(struct machine *m, struct vmap_range *r, vaddr_t start,
			vaddr_t end)
{
	struct rb_work w = work_on(m);

	r->start = start;
	r->end = end;
	rb_propagate(&w, &r->rb);
}

static void shrink(struct machine *m, struct vmap_range *r, vaddr_t start,
		   vaddr_t end)
{
	vaddr_t was = r->start;

	set_borders(m, r, start, end);
	step(m, VMAP_RANGE_CUT, was, start, end);
}

static void grow(struct machine *m, struct vmap_range *r, vaddr_t start,
		 vaddr_t end)
{
	vaddr_t was = r->start;

	set_borders(m, r, start, end);
	step(m, VMAP_RANGE_GROWN, was, start, end);
}

vaddr_t vmap_space_end(const struct machine *m)
{
	return m->profile->word_bits == 64 ? UINT64_MAX : UINT32_MAX;
}

void vmap_init_free_space(struct machine *m)
{
	link_range(m, NULL, RB_LEFT, 1, vmap_space_end(m));
}

/* ---- the search ---- */

/* What is looked for, and from which address on. */
struct wish {
	uint64_t bytes, align;
	uint64_t wanted; /* length of a range that has room for any start */
	vaddr_t low;
};

/* Where the area would begin in a range. */
static vaddr_t start_in(const struct vmap_range *r, const struct wish *w)
{
	vaddr_t at = r->start > w->low ? r->start : w->low;

	return (at + w->align - 1) & ~(w->align - 1);
}

/* 6.1 is_within_this_va(). */
static bool has_room(struct machine *m, const struct vmap_range *r,
		     const struct wish *w)
{
	vaddr_t at = start_in(r, w);
	bool room = at >= w->low && at < r->end && r->end - at >= w->bytes;

	if (room)
		note(m, VMAP_FITS, r->start, r->end, at);
	else
		note(m, VMAP_TOO_SHORT, r->start, r->end, w->bytes, w->low);
	return room;
}

static bool longer_on(const struct vmap_range *r, enum rb_side side,
		      const struct wish *w)
{
	return max_size(child(r, side)) >= w->wanted;
}

/*
 * There was nothing in r's subtree: back up to the first range that has room,
 * or that has a long enough one on its right.  In *found the former; returns
 * where to go on, NULL: nowhere.
 */
static struct vmap_range *roll_back(struct machine *m, struct vmap_range *r,
				    struct wish *w, struct vmap_range **found)
{
	while ((r = rb_vmap_range(r->rb.parent)) != NULL) {
		if (has_room(m, r, w)) {
			*found = r;
			return NULL;
		}
		if (longer_on(r, RB_RIGHT, w) && w->low <= r->start) {
			/* what lies before has been looked at */
			w->low = r->start + 1;
			return child(r, RB_RIGHT);
		}
	}
	return NULL;
}

/* 2.6 get_vm_area(): along all of them. */
static struct vmap_range *first_fit(struct machine *m, const struct wish *w)
{
	struct vmap_range *r = m->vmap.free.first;

	while (r && !has_room(m, r, w))
		r = r->next;
	return r;
}

static struct vmap_range *find_vmap_lowest_match(struct machine *m,
						 struct wish w)
{
	struct vmap_range *r = rb_vmap_range(m->vmap.free.root.node);
	struct vmap_range *found = NULL;

	if (w.align > PAGE_SIZE && m->map.vmalloc_end - w.low != w.bytes) {
		w.wanted += w.align - 1;
		note(m, VMAP_WANTED, w.wanted);
	}
	while (r && !found) {
		if (longer_on(r, RB_LEFT, &w) && w.low < r->start) {
			note(m, VMAP_LEFT, r->start,
			     max_size(child(r, RB_LEFT)));
			r = child(r, RB_LEFT);
		} else if (has_room(m, r, &w)) {
			found = r;
		} else if (longer_on(r, RB_RIGHT, &w)) {
			note(m, VMAP_RIGHT, r->start,
			     max_size(child(r, RB_RIGHT)));
			r = child(r, RB_RIGHT);
		} else {
			r = roll_back(m, r, &w, &found);
		}
	}
	return found;
}

/* ---- take and give back ---- */

/* [start, end) is cut out of r: 6.1 adjust_va_to_fit_type(). */
static void cut_out(struct machine *m, struct vmap_range *r, vaddr_t start,
		    vaddr_t end)
{
	enum rb_side side = RB_LEFT;
	vaddr_t before = r->start;

	if (start == before && end == r->end) {
		unlink_range(m, r);
	} else if (end == r->end) {
		shrink(m, r, before, start);
	} else {
		shrink(m, r, end, r->end);
		if (start != before) {
			struct vmap_range *parent =
				find_links(r, before, &side);

			link_range(m, parent, side, before, start);
		}
	}
}

vaddr_t alloc_vmap_range(struct machine *m, uint64_t bytes, uint64_t align)
{
	struct wish w = {.bytes = bytes,
			 .align = align,
			 .wanted = bytes,
			 .low = m->map.vmalloc_start};
	struct vmap_range *r;
	vaddr_t at = 0;

	enter(m, ALLOC_VMAP_RANGE, bytes, align);
	r = m->profile->vmap_61 ? find_vmap_lowest_match(m, w)
				: first_fit(m, &w);
	if (r)
		at = start_in(r, &w);
	if (at && at + bytes > m->map.vmalloc_end) {
		note(m, VMAP_BEYOND_END, at, bytes, m->map.vmalloc_end);
		at = 0;
	}
	if (at)
		cut_out(m, r, at, at + bytes);
	leave(m, ALLOC_VMAP_RANGE, at);
	return at;
}

void take_vmap_range(struct machine *m, vaddr_t start, vaddr_t end)
{
	struct vmap_range *r = m->vmap.free.first;

	while (r->end <= start)
		r = r->next;
	cut_out(m, r, start, end);
}

void merge_or_add_vmap_range(struct machine *m, vaddr_t start, vaddr_t end)
{
	enum rb_side side = RB_LEFT;
	struct vmap_range *parent =
		find_links(rb_vmap_range(m->vmap.free.root.node), start, &side);
	struct vmap_range *prev =
		parent && side == RB_LEFT ? parent->prev : parent;
	struct vmap_range *next = prev ? prev->next : m->vmap.free.first;
	bool joins_next = next && next->start == end;

	if (prev && prev->end == start) {
		if (joins_next) {
			end = next->end;
			unlink_range(m, next);
		}
		grow(m, prev, prev->start, end);
	} else if (joins_next) {
		grow(m, next, start, next->end);
	} else {
		link_range(m, parent, side, start, end);
	}
}
