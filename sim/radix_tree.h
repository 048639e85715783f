/*
 * A radix tree: frames by the numbers of their pages.
 */
#ifndef SIM_RADIX_TREE_H
#define SIM_RADIX_TREE_H

#include "types.h"

struct arena;
struct radix_node;

/* Zeroed memory is an empty tree. */
struct radix_tree {
	struct radix_node *root;
	uint32_t height; /* levels; 0: empty */
};

/* The frame of index; PFN_NONE: there is none. */
pfn_t radix_tree_lookup(const struct radix_tree *t, uint64_t index);

/* pfn, not PFN_NONE, becomes the frame of index, which has none. */
void radix_tree_insert(struct arena *a, struct radix_tree *t, uint64_t index,
		       pfn_t pfn);

/* index, which has a frame, has none from now on. */
void radix_tree_delete(struct arena *a, struct radix_tree *t, uint64_t index);

/*
 * The first index from *index on that has a frame goes to *index, its frame is
 * returned; PFN_NONE: there is none, and *index is as before.
 */
pfn_t radix_tree_next(const struct radix_tree *t, uint64_t *index);

/* Does every node have as many used slots as its count says, and one at least? */
bool radix_tree_counts_hold(const struct radix_tree *t);

#endif
