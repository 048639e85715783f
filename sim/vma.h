/*
 * Areas: find, insert, merge, split (REFERENCE 9.2, 9.4; RULES 3).
 */
#ifndef SIM_VMA_H
#define SIM_VMA_H

#include "mm.h"

/* Lowest area with end > va, which may begin above va; NULL if none. */
struct vma *find_vma(struct machine *m, struct mm *mm, vaddr_t va);

/* The same without the cache and without a story: for panels. */
const struct vma *mm_area_at(const struct mm *mm, vaddr_t va);

/* Index of the first area with end > va; map_count if none. */
uint32_t vma_index(const struct mm *mm, vaddr_t va);
struct vma *vma_before(const struct mm *mm, const struct vma *v);
struct vma *vma_after(const struct mm *mm, const struct vma *v);

/* First area that overlaps [start, end). */
struct vma *find_vma_intersection(struct mm *mm, vaddr_t start, uint64_t end);

/* A new area, not yet linked; NULL: no memory. */
struct vma *vma_alloc(struct machine *m, struct mm *mm);
void vma_free(struct machine *m, struct vma *v);

/* Link an area into mm: counts, order. */
void insert_vma(struct machine *m, struct mm *mm, struct vma *v);
/* Unlink and free an area: its pages must be gone. */
void remove_vma(struct machine *m, struct vma *v);

/*
 * Can [start, end) with these properties become part of its neighbours?  v is
 * the area that now covers it (mprotect, mlock, madvise) or NULL (mmap).
 * Does it; returns the resulting area, NULL if nothing fits.
 */
struct vma *vma_merge(struct machine *m, struct mm *mm, struct vma *v,
		      vaddr_t start, vaddr_t end, uint32_t flags,
		      struct file *file, uint32_t pgoff);

/* Cut v at va: v keeps the lower part; returns the upper, NULL: ENOMEM. */
struct vma *split_vma(struct machine *m, struct vma *v, vaddr_t va);

/*
 * The stack grows: v, which grows down, shall begin at va's page.  0, or
 * -SIM_ENOMEM when limit, guard gap or overcommit forbid it.
 */
int expand_stack(struct machine *m, struct vma *v, vaddr_t va);

/* ---- rmap.c: anon_vma and its chains (RULES 3) ---- */

/* v gets an anon_vma if it has none: its own, or a neighbour's. */
int anon_vma_prepare(struct machine *m, struct vma *v);
/* dst (a split piece, a copy in the same process) gets src's chain. */
int anon_vma_clone(struct machine *m, struct vma *dst, const struct vma *src);
/* dst (the child's area) gets src's chain and an anon_vma of its own. */
int anon_vma_fork(struct machine *m, struct vma *dst, const struct vma *src);
void unlink_anon_vmas(struct machine *m, struct vma *v);

#endif
