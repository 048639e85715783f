/*
 * The areas of an address space.
 *
 * An area (vm_area_struct) says for one range of addresses what may be done
 * there and where its pages come from.  It is a promise: the page tables say
 * what is there now.  An address without an area is a segmentation fault.
 *
 *	08048000  0804b000        0804e000            bffdf000  c0000000
 *	|  text   |  data  |  bss |                    |  stack  |
 *	| r-xp    |  rw-p  | rw-p |        hole        |  rw-p   |
 *
 * Every fault begins with one question, find_vma(addr): the lowest area with
 * end > addr.  It may begin above addr; then addr lies in the hole below it:
 * a stack may grow over it, anything else is a bad access.  For areas
 * [1000,3000) and [5000,6000):
 *
 *	find_vma(2fff) first, find_vma(3000) second, find_vma(6000) none
 *
 * Simpler than Linux: 2.4 and 2.6 keep the areas in a sorted list and a
 * red-black tree, 6.1 keeps them in a maple tree; here they are an array of
 * pointers sorted by address, searched by halving.  The answers are the same.
 * mmap_cache, the last area found, is that of 2.4 and 2.6.
 *
 * Law: sorted, disjoint; total_vm is the sum of their pages, locked_vm that of
 * the locked ones.  Every change of borders, flags or membership goes through
 * this file, which counts.
 */
#include "vma.h"

#include <string.h>

#include "machine.h"

/* ---- find ---- */

uint32_t vma_index(const struct mm *mm, vaddr_t va)
{
	uint32_t low = 0, high = mm->map_count;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (mm->vma[mid]->end > va)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

static struct vma *vma_at(const struct mm *mm, uint32_t i)
{
	return i < mm->map_count ? mm->vma[i] : NULL;
}

struct vma *find_vma(struct machine *m, struct mm *mm, vaddr_t va)
{
	struct vma *v = mm->mmap_cache;

	if (v && v->start <= va && va < v->end) {
		note(m, FIND_VMA_CACHE, mm_pid(mm), va, v->start);
		return v;
	}
	v = vma_at(mm, vma_index(mm, va));
	if (!v) {
		note(m, FIND_VMA_NONE, mm_pid(mm), va);
		return NULL;
	}
	mm->mmap_cache = v;
	note(m, FIND_VMA, mm_pid(mm), va, v->start);
	return v;
}

const struct vma *mm_area_at(const struct mm *mm, vaddr_t va)
{
	return vma_at(mm, vma_index(mm, va));
}

struct vma *vma_before(const struct mm *mm, const struct vma *v)
{
	uint32_t i = vma_index(mm, v->start);

	return i > 0 ? mm->vma[i - 1] : NULL;
}

struct vma *vma_after(const struct mm *mm, const struct vma *v)
{
	return vma_at(mm, vma_index(mm, v->start) + 1);
}

struct vma *find_vma_intersection(struct mm *mm, vaddr_t start, uint64_t end)
{
	struct vma *v = vma_at(mm, vma_index(mm, start));

	return v && v->start < end ? v : NULL;
}

vaddr_t vm_start_gap(const struct machine *m, const struct vma *v)
{
	vaddr_t gap = m->profile->stack_guard_gap_pages << PAGE_SHIFT;

	if (!(v->flags & VM_GROWSDOWN))
		return v->start;
	return v->start > gap ? v->start - gap : 0;
}

/* ---- objects ---- */

struct vma *vma_alloc(struct machine *m, struct mm *mm)
{
	vaddr_t kobj = kobj_alloc(m, KOBJ_VMA);
	struct vma *v;

	if (!kobj)
		return NULL;
	v = arena_alloc(m->arena, sizeof(*v));
	v->mm = mm;
	v->kobj = kobj;
	return v;
}

void vma_free(struct machine *m, struct vma *v)
{
	unlink_anon_vmas(m, v);
	if (v->file)
		file_put(m, v->file);
	kobj_free(m, KOBJ_VMA, v->kobj);
	arena_free(m->arena, v, sizeof(*v));
}

/* ---- link and unlink ---- */

/* Count v's pages in (or, before a change, out of) its address space. */
static void count_pages(const struct vma *v, bool in)
{
	uint32_t pages = in ? vma_pages(v) : -vma_pages(v);

	v->mm->total_vm += pages;
	if (v->flags & VM_LOCKED)
		v->mm->locked_vm += pages;
}

static void make_room(struct machine *m, struct mm *mm)
{
	uint32_t cap = mm->vma_cap ? 2 * mm->vma_cap : 16;

	if (mm->map_count < mm->vma_cap)
		return;
	mm->vma = arena_realloc(m->arena, mm->vma,
				mm->vma_cap * sizeof(struct vma *),
				cap * sizeof(struct vma *));
	mm->vma_cap = cap;
}

static void link_vma(struct machine *m, struct mm *mm, struct vma *v)
{
	uint32_t i = vma_index(mm, v->start);

	make_room(m, mm);
	memmove(mm->vma + i + 1, mm->vma + i,
		(mm->map_count - i) * sizeof(struct vma *));
	mm->vma[i] = v;
	mm->map_count++;
	count_pages(v, true);
	if (v->file)
		i_mmap_link(v);
}

void insert_vma(struct machine *m, struct mm *mm, struct vma *v)
{
	link_vma(m, mm, v);
	step(m, INSERT_VMA, mm_pid(mm), v->start, vma_pages(v),
	     v->flags & VM_ACCESS, mm->map_count);
}

struct vma *vma_create(struct machine *m, struct mm *mm,
		       const struct vma_range *r)
{
	struct vma *v = vma_alloc(m, mm);

	if (!v)
		return NULL;
	v->start = r->start;
	v->end = r->end;
	v->flags = r->flags;
	v->pgoff = r->pgoff;
	v->file = r->file;
	if (v->file)
		file_get(v->file);
	insert_vma(m, mm, v);
	return v;
}

void remove_vma(struct machine *m, struct vma *v)
{
	struct mm *mm = v->mm;
	uint32_t i = vma_index(mm, v->start);

	if (v->file)
		i_mmap_unlink(v);
	count_pages(v, false);
	mm->map_count--;
	memmove(mm->vma + i, mm->vma + i + 1,
		(mm->map_count - i) * sizeof(struct vma *));
	if (mm->mmap_cache == v)
		mm->mmap_cache = NULL;
	step(m, REMOVE_VMA, mm_pid(mm), v->start, vma_pages(v), mm->map_count);
	vma_free(m, v);
}

/* ---- change ---- */

static void set_borders(struct vma *v, vaddr_t start, vaddr_t end)
{
	count_pages(v, false);
	v->pgoff = vma_pgoff(v, start);
	v->start = start;
	v->end = end;
	count_pages(v, true);
}

void vma_set_range(struct machine *m, struct vma *v, vaddr_t start, vaddr_t end)
{
	uint32_t before = vma_pages(v);

	set_borders(v, start, end);
	step(m, VMA_ADJUST, mm_pid(v->mm), v->start, v->end, before,
	     vma_pages(v));
}

void vma_set_flags(struct vma *v, uint32_t flags)
{
	count_pages(v, false);
	v->flags = flags;
	count_pages(v, true);
}

struct vma *split_vma(struct machine *m, struct vma *v, vaddr_t va)
{
	struct vma *upper = vma_alloc(m, v->mm);

	if (!upper)
		return NULL;
	if (anon_vma_clone(m, upper, v) < 0) {
		vma_free(m, upper);
		return NULL;
	}
	upper->start = va;
	upper->end = v->end;
	upper->flags = v->flags;
	upper->pgoff = vma_pgoff(v, va);
	upper->file = v->file;
	if (upper->file)
		file_get(upper->file);
	set_borders(v, v->start, va);
	link_vma(m, v->mm, upper);
	step(m, SPLIT_VMA, mm_pid(v->mm), v->start, upper->start, vma_pages(v),
	     vma_pages(upper));
	return upper;
}
