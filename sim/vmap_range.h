/*
 * Ranges of kernel addresses that no area of vmalloc has.
 */
#ifndef SIM_VMAP_RANGE_H
#define SIM_VMAP_RANGE_H

#include "rbtree.h"

struct machine;

struct vmap_range {
	vaddr_t start, end;         /* va_start, va_end                     */
	uint64_t subtree_max_size;  /* the longest from here down in the tree */
	struct rb_node rb;
	struct vmap_range *next, *prev;
};

/* 6.1 free_vmap_area_root and free_vmap_area_list. */
struct vmap_ranges {
	struct rb_root root;
	struct vmap_range *first;
};

static inline struct vmap_range *rb_vmap_range(const struct rb_node *n)
{
	return n ? (struct vmap_range *)((char *)(uintptr_t)n -
					 offsetof(struct vmap_range, rb))
		 : NULL;
}

/* Where the last range can end: at the last address, ULONG_MAX, which is part
 * of none. */
vaddr_t vmap_space_end(const struct machine *m);

/* All addresses but 0 are one range: 6.1 vmap_init_free_space(). */
void vmap_init_free_space(struct machine *m);

/*
 * Take bytes that begin at a multiple of align, both in whole pages, between
 * vmalloc_start and vmalloc_end; their address, 0: there is no room.
 * 6.1 __alloc_vmap_area().
 */
vaddr_t alloc_vmap_range(struct machine *m, uint64_t bytes, uint64_t align);

/* Take [start, end), which lies in one range: what boot took. */
void take_vmap_range(struct machine *m, vaddr_t start, vaddr_t end);

/* [start, end) is free again: 6.1 merge_or_add_vmap_area_augment(). */
void merge_or_add_vmap_range(struct machine *m, vaddr_t start, vaddr_t end);

#endif
