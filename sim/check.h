/*
 * Inside of the checker: what its parts share.
 */
#ifndef SIM_CHECK_H
#define SIM_CHECK_H

#include "machine.h"

/* In check.found: this frame belongs to a table, slab or stack that was
 * found by going through their owners. */
#define FRAME_OWNED UINT32_MAX

struct check {
	const struct machine *m;
	uint32_t *found; /* by frame: page-table entries that map it, or
	                  * FRAME_OWNED                                  */
	uint32_t links, listed;         /* of areas to anon_vmas, and back */
	uint32_t shares, listed_shares; /* areas with a file, and back     */
};

/*
 * A law: true if it holds.  Else the sentence is written down, and false goes
 * back up to machine_check, where nothing more is asked.  The format knows %s, %u
 * (uint32_t), %l (uint64_t) and %x (the same, as an address).
 */
#define LAW(holds, ...) ((holds) || (check_fail(__VA_ARGS__), false))
void check_fail(const char *format, ...);

/* The block at pfn is in use, and nobody else was found to own it. */
bool check_owned(struct check *k, pfn_t pfn, unsigned order,
		 enum frame_use use);

bool check_zones(struct check *k);  /* check_zone.c                    */
bool check_nodes(struct check *k);  /* check_node.c                    */
bool check_frames(struct check *k); /* check_zone.c, after the others  */
bool check_locks(struct check *k);  /* check_lock.c                    */
bool check_slabs(struct check *k);  /* check_slab.c                    */
bool check_spaces(struct check *k); /* check_space.c                   */
bool check_kernel_tables(struct check *k);
bool check_kernel_map(struct check *k); /* check_vmap.c                */
bool check_segments(struct check *k);   /* check_segment.c             */

/* A red-black tree, and what is asked of each node in order: check_rbtree.c. */
struct rb_law {
	const char *thing; /* what a node is: "area"              */
	uint32_t most;     /* so many there are, the list says    */
	vaddr_t (*start)(const struct rb_node *n);
	/* Its place among the others. */
	bool (*in_order)(void *ctx, const struct rb_node *n);
	/* What it knows of its subtree. */
	bool (*subtree)(void *ctx, const struct rb_node *n);
	void *ctx;
};
bool check_rbtree(const struct rb_law *law, const struct rb_root *root);

/* Is va in an area of vmalloc that is freed lazily, or in the fixmap? */
bool may_be_stale(const struct machine *m, vaddr_t va);
bool check_mappings(struct check *k); /* check_rmap.c, after spaces    */
bool check_areas(struct check *k, const struct mm *mm); /* check_vma.c */
bool check_heap(const struct malloc_state *h); /* check_heap.c         */

/* check_rmap.c: an area is found from what its pages belong to. */
bool check_area_rmap(struct check *k, const struct vma *v);
/* A frame that v maps at va is found there from its struct page. */
bool check_mapper(const struct page *page, const struct vma *v, vaddr_t va);

#endif
