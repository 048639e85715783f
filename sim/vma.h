/*
 * Areas: find, insert, merge, split (REFERENCE 9.2, 9.4; RULES 3).
 *
 *	vma.c        find_vma, insert, remove, split
 *	vma_tree.c   the list and the tree
 *	vma_merge.c  when two areas become one
 *	anon_vma.c   which areas may map the pages of this one
 *	stack.c      areas that grow down
 */
#ifndef SIM_VMA_H
#define SIM_VMA_H

#include "mm.h"

static inline uint64_t vma_pages(const struct vma *v)
{
	return (v->end - v->start) >> PAGE_SHIFT;
}

/* Page offset in its file (or in v's own counting) of an address of v. */
static inline uint64_t vma_pgoff(const struct vma *v, vaddr_t va)
{
	return v->pgoff + (va >> PAGE_SHIFT) - (v->start >> PAGE_SHIFT);
}

/* May it be accessed at all, i.e. is it not `none`? */
static inline bool vma_is_accessible(const struct vma *v)
{
	return v->flags & VM_ACCESS;
}

/* What an area is for, by its flags.  Code: executable, not writable; stack:
 * it grows down; data: private and writable, and no stack. */
static inline bool is_exec_mapping(uint32_t flags)
{
	return (flags & (VM_EXEC | VM_WRITE | VM_GROWSDOWN)) == VM_EXEC;
}
static inline bool is_stack_mapping(uint32_t flags)
{
	return flags & VM_GROWSDOWN;
}
static inline bool is_data_mapping(uint32_t flags)
{
	return (flags & (VM_WRITE | VM_SHARED | VM_GROWSDOWN)) == VM_WRITE;
}

/* The neighbours by address; NULL: there is none. */
static inline struct vma *vma_next(const struct vma *v) { return v->next; }
static inline struct vma *vma_prev(const struct vma *v) { return v->prev; }

/* Every area of mm, by address.  v must not be removed on the way. */
#define for_each_vma(mm, v) for ((v) = (mm)->mmap; (v); (v) = (v)->next)

/* The area whose link in the tree this is; NULL for NULL. */
static inline struct vma *rb_vma(const struct rb_node *n)
{
	return n ? (struct vma *)((char *)(uintptr_t)n -
				  offsetof(struct vma, rb))
		 : NULL;
}

/* For the story: the pid whose address space it is. */
static inline uint32_t mm_pid(const struct mm *mm)
{
	return mm->owner ? mm->owner->pid : 0;
}

/* What lies, or is going to lie, in a range of addresses. */
struct vma_range {
	vaddr_t start, end;
	uint32_t flags;
	uint64_t pgoff;
	struct file *file;
	struct anon_vma *anon_vma; /* what it has now, NULL: none */
};

/* ---- vma.c: the areas of a process ---- */

/* Lowest area with end > va, which may begin above va; NULL if none. */
struct vma *find_vma(struct machine *m, struct mm *mm, vaddr_t va);

/* The same without the cache and without a story: for panels. */
const struct vma *mm_area_at(const struct mm *mm, vaddr_t va);

/* For panels that number the areas by address, from 0: the area of a number
 * (NULL: there are fewer), the number of mm_area_at's answer (or map_count). */
const struct vma *mm_area_nr(const struct mm *mm, uint32_t nr);
uint32_t mm_area_index(const struct mm *mm, vaddr_t va);

/* The same for the engine; *prev: the area before the answer, the last one if
 * there is no answer, NULL if no area is there.  6.1 find_vma_prev(). */
struct vma *find_vma_prev(const struct mm *mm, vaddr_t va, struct vma **prev);

/* First area that overlaps [start, end); NULL if none. */
struct vma *find_vma_intersection(const struct mm *mm, vaddr_t start, uint64_t end);

/* Start of v, lowered by the guard gap if it grows down: nothing new may lie
 * between.  0 when the gap reaches below address 0. */
vaddr_t vm_start_gap(const struct machine *m, const struct vma *v);

/* A new area, not yet linked, all fields 0 but mm; NULL: no memory. */
struct vma *vma_alloc(struct machine *m, struct mm *mm);
/* Give an unlinked area back, with its chain and its use of its file. */
void vma_free(struct machine *m, struct vma *v);

/* A new area as r says, linked; it counts as a user of r's file.  r's anon_vma
 * is left out.  NULL: no memory. */
struct vma *vma_create(struct machine *m, struct mm *mm,
		       const struct vma_range *r);

/* Link an area, its fields set, into mm: order, counts. */
void insert_vma(struct machine *m, struct mm *mm, struct vma *v);
/* Unlink and free an area: its pages must be gone. */
void remove_vma(struct machine *m, struct vma *v);
/* All of them, by address, at the end of mm: nobody will search its tree any
 * more, so what becomes of that is not told. */
void remove_all_vmas(struct machine *m, struct mm *mm);

/* A linked area gets other borders: [start, end) must meet no other area.
 * Its offset follows its start. */
void vma_set_range(struct machine *m, struct vma *v, vaddr_t start,
		   vaddr_t end);
/* A linked area gets other flags. */
void vma_set_flags(struct vma *v, uint32_t flags);

/*
 * Cut v at va, strictly inside: v keeps the lower part; returns the upper.
 * NULL: no memory.  6.1 __split_vma(): no look at max_map_count.
 */
struct vma *split_vma(struct machine *m, struct vma *v, vaddr_t va);

/* ---- vma_tree.c: list and tree, for vma.c and unmapped_area.c ---- */

/* v, whose borders are set, gets its place in mm / leaves it; told: the
 * story hears of the tree. */
void vma_link(struct machine *m, struct mm *mm, struct vma *v);
void vma_unlink(struct machine *m, struct vma *v, bool told);

/* v, linked, got other borders: the gaps below it and above it changed. */
void vma_borders_moved(struct machine *m, struct vma *v);

/* Bytes free below v; a guard gap is not looked at. */
uint64_t vma_gap(const struct machine *m, const struct vma *v);

/* ---- vma_merge.c ---- */

/*
 * Let r, new or about to get new flags, become part of its neighbours.  prev
 * is the area before r.start or, when r lies inside an area behind its start,
 * that area; NULL: none.  Returns the area that holds r now; NULL if nothing
 * fits (or no memory).  6.1 vma_merge(): mprotect, mlock, madvise, mremap.
 */
struct vma *vma_merge(struct machine *m, struct mm *mm, struct vma *prev,
		      const struct vma_range *r);

/* The same for mmap, where r is a hole: the next area is asked first, then the
 * previous one for both.  6.1 mmap_region(), vma_expand(). */
struct vma *vma_merge_new_range(struct machine *m, struct mm *mm,
				const struct vma_range *r);

/* The same for brk: prev, which ends at r.start, alone. */
struct vma *vma_merge_extend(struct machine *m, struct vma *prev,
			     const struct vma_range *r);

/*
 * [start, end) of v gets new flags: merged with what it touches or else split
 * off.  Returns the area that holds it now, its flags set; NULL: ENOMEM, also
 * at max_map_count.  6.1 mprotect_fixup(), mlock_fixup().
 */
struct vma *vma_modify_flags(struct machine *m, struct vma *v, vaddr_t start,
			     vaddr_t end, uint32_t flags);

/* ---- stack.c ---- */
/*
 * The stack grows: v, which grows down, shall begin at va's page.  0, or
 * -SIM_ENOMEM (-SIM_EPERM) when limit, guard gap or overcommit forbid it.
 * 6.1 expand_downwards(), acct_stack_growth().
 */
int expand_stack(struct machine *m, struct vma *v, vaddr_t va);
/* Would it?  Memory for an anon_vma is taken for granted. */
bool stack_may_grow(const struct machine *m, const struct vma *v, vaddr_t va);

/* ---- anon_vma.c: anon_vma and its chains (RULES 3); 0 or -SIM_ENOMEM ---- */

/* v gets an anon_vma if it has none: its own, or a neighbour's. */
int anon_vma_prepare(struct machine *m, struct vma *v);
/* dst (a split piece, a copy in the same process) gets src's chain. */
int anon_vma_clone(struct machine *m, struct vma *dst, const struct vma *src);
/* dst (the child's area) gets src's chain and an anon_vma of its own. */
int anon_vma_fork(struct machine *m, struct vma *dst, const struct vma *src);
void unlink_anon_vmas(struct machine *m, struct vma *v);

#endif
