/*
 * Radix tree: the page cache's index.
 *
 * A file's pages are found by their number, six bits of it at each level, as
 * the MMU finds an address by ten.  What is not there costs nothing, however
 * long the file is: shared memory of 128T with two pages in it is a path for
 * each of them.
 *
 *	height 2, page 130 = 2 * 64 + 2
 *
 *	root -> [0][1][2] ... [63]
 *	               '-> [0][1][2] ... [63]
 *	                          '-> frame
 *
 * The tree has as many levels as the highest number needs.  One level more: the
 * old root becomes slot 0 of the new one.  A node whose last slot becomes empty
 * goes, and a root with nothing but slot 0 gives its place to that.
 *
 * Law: a node has as many used slots as its count says, and that is not 0.
 *
 * Source: 2.6 lib/radix-tree.c, 6.1 lib/xarray.c.  Simpler than Linux: nodes
 * take no memory of the modelled machine (there: cache radix_tree_node), and
 * there are no tags.
 */
#include "radix_tree.h"

#include "arena.h"

enum { MAP_SHIFT = 6, MAP_SIZE = 1 << MAP_SHIFT, MAP_MASK = MAP_SIZE - 1 };

/* What a slot holds: the level below, or on the last level a frame + 1; 0: it
 * is empty. */
union radix_slot {
	struct radix_node *node;
	uintptr_t frame;
};

struct radix_node {
	union radix_slot slot[MAP_SIZE];
	uint32_t count; /* used slots */
};

/* Is index one of those that a tree of so many levels has? */
static bool has_room(uint32_t height, uint64_t index)
{
	return height * MAP_SHIFT >= 64 || index >> (height * MAP_SHIFT) == 0;
}

static unsigned slot_of(uint64_t index, uint32_t level)
{
	return index >> ((level - 1) * MAP_SHIFT) & MAP_MASK;
}

pfn_t radix_tree_lookup(const struct radix_tree *t, uint64_t index)
{
	union radix_slot s = {.node = t->root};

	if (!has_room(t->height, index))
		return PFN_NONE;
	for (uint32_t level = t->height; level > 0 && s.node; level--)
		s = s.node->slot[slot_of(index, level)];
	return s.frame ? (pfn_t)(s.frame - 1) : PFN_NONE;
}

/* ---- insert ---- */

/* Levels are put on top until index has a place; below an empty tree's root
 * there is nothing yet. */
static void extend(struct arena *a, struct radix_tree *t, uint64_t index)
{
	while (t->height == 0 || !has_room(t->height, index)) {
		struct radix_node *old = t->root;

		t->height++;
		if (!old)
			continue;
		t->root = arena_alloc(a, sizeof(*t->root));
		t->root->slot[0].node = old;
		t->root->count = 1;
	}
	if (!t->root)
		t->root = arena_alloc(a, sizeof(*t->root));
}

void radix_tree_insert(struct arena *a, struct radix_tree *t, uint64_t index,
		       pfn_t pfn)
{
	struct radix_node *n;

	extend(a, t, index);
	n = t->root;
	for (uint32_t level = t->height; level > 1; level--) {
		union radix_slot *s = &n->slot[slot_of(index, level)];

		if (!s->node) {
			s->node = arena_alloc(a, sizeof(*n));
			n->count++;
		}
		n = s->node;
	}
	n->slot[slot_of(index, 1)].frame = (uintptr_t)pfn + 1;
	n->count++;
}

/* ---- delete ---- */

/* In the node of a level; true: it has no used slot any more, and is gone. */
static bool delete_below(struct arena *a, struct radix_node *n, uint32_t level,
			 uint64_t index)
{
	union radix_slot *s = &n->slot[slot_of(index, level)];

	if (level > 1 && !delete_below(a, s->node, level - 1, index))
		return false;
	s->frame = 0;
	if (--n->count > 0)
		return false;
	arena_free(a, n, sizeof(*n));
	return true;
}

/* Levels on top that lead to slot 0 alone are not needed. */
static void shrink(struct arena *a, struct radix_tree *t)
{
	while (t->height > 1 && t->root->count == 1 && t->root->slot[0].node) {
		struct radix_node *old = t->root;

		t->root = old->slot[0].node;
		t->height--;
		arena_free(a, old, sizeof(*old));
	}
}

void radix_tree_delete(struct arena *a, struct radix_tree *t, uint64_t index)
{
	if (delete_below(a, t->root, t->height, index))
		*t = (struct radix_tree){0};
	else
		shrink(a, t);
}

/* ---- in order ---- */

static pfn_t next_below(const struct radix_node *n, uint32_t level,
			uint64_t *index)
{
	uint64_t step = (uint64_t)1 << ((level - 1) * MAP_SHIFT), at = *index;
	pfn_t pfn = PFN_NONE;

	for (unsigned i = slot_of(at, level); i < MAP_SIZE; i++) {
		if (level == 1 && n->slot[i].frame)
			pfn = (pfn_t)(n->slot[i].frame - 1);
		else if (level > 1 && n->slot[i].node)
			pfn = next_below(n->slot[i].node, level - 1, &at);
		if (pfn != PFN_NONE) {
			*index = at;
			return pfn;
		}
		at = (at | (step - 1)) + 1; /* where the next slot begins */
	}
	return PFN_NONE;
}

pfn_t radix_tree_next(const struct radix_tree *t, uint64_t *index)
{
	if (t->height == 0 || !has_room(t->height, *index))
		return PFN_NONE;
	return next_below(t->root, t->height, index);
}

/* ---- its law ---- */

static bool node_holds(const struct radix_node *n, uint32_t level)
{
	uint32_t used = 0;

	for (unsigned i = 0; i < MAP_SIZE; i++) {
		if (!n->slot[i].frame)
			continue;
		used++;
		if (level > 1 && !node_holds(n->slot[i].node, level - 1))
			return false;
	}
	return used == n->count && used > 0;
}

bool radix_tree_counts_hold(const struct radix_tree *t)
{
	return t->height ? node_holds(t->root, t->height) : !t->root;
}
