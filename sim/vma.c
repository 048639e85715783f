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
 * Before it goes down the tree of areas (vma_tree.c), find_vma looks at its last
 * answer, mmap_cache: programs touch the same area again and again.
 *
 * Law: total_vm is the sum of the areas' pages, locked_vm that of the locked
 * ones, exec_vm, stack_vm and data_vm those of areas for code, stack and data
 * (vma.h); what is none of these (read-only data, shared memory, `none`) is in
 * total_vm alone.  Every change of borders, flags or membership goes through this file,
 * which counts.
 */
#include "vma.h"

#include "machine.h"

/* ---- find ---- */

/* One look on the way down: where to go on if v is not yet the answer. */
static enum rb_side turn(struct machine *m, const struct vma *v, vaddr_t va)
{
	if (v->end > va) {
		note(m, FIND_VMA_LEFT, mm_pid(v->mm), va, v->start);
		return RB_LEFT;
	}
	note(m, FIND_VMA_RIGHT, mm_pid(v->mm), va, v->start, v->end);
	return RB_RIGHT;
}

/* Down the tree, told: the lowest area with end > va. */
static struct vma *descend(struct machine *m, const struct mm *mm, vaddr_t va)
{
	struct vma *v = rb_vma(mm->mm_rb.node), *best = NULL;

	while (v && !(v->start <= va && va < v->end)) {
		if (v->end > va)
			best = v;
		v = rb_vma(v->rb.child[turn(m, v, va)]);
	}
	return v ? v : best;
}

struct vma *find_vma(struct machine *m, struct mm *mm, vaddr_t va)
{
	struct vma *v = mm->mmap_cache;

	if (v && v->start <= va && va < v->end) {
		note(m, FIND_VMA_CACHE, mm_pid(mm), va, v->start);
		return v;
	}
	v = descend(m, mm, va);
	if (!v) {
		note(m, FIND_VMA_NONE, mm_pid(mm), va);
		return NULL;
	}
	mm->mmap_cache = v;
	note(m, FIND_VMA, mm_pid(mm), va, v->start);
	return v;
}

/* Down the tree without a word. */
static struct vma *look_up(const struct mm *mm, vaddr_t va)
{
	struct vma *v = rb_vma(mm->mm_rb.node), *best = NULL;

	while (v) {
		if (v->end <= va) {
			v = rb_vma(v->rb.child[RB_RIGHT]);
			continue;
		}
		best = v;
		if (v->start <= va)
			break;
		v = rb_vma(v->rb.child[RB_LEFT]);
	}
	return best;
}

struct vma *find_vma_prev(const struct mm *mm, vaddr_t va, struct vma **prev)
{
	struct vma *v = look_up(mm, va);

	*prev = v ? v->prev : rb_vma(rb_outermost(&mm->mm_rb, RB_RIGHT));
	return v;
}

const struct vma *mm_area_at(const struct mm *mm, vaddr_t va)
{
	return look_up(mm, va);
}

const struct vma *mm_area_nr(const struct mm *mm, uint32_t nr)
{
	const struct vma *v = mm->mmap;

	while (v && nr-- > 0)
		v = v->next;
	return v;
}

uint32_t mm_area_index(const struct mm *mm, vaddr_t va)
{
	uint32_t nr = 0;

	for (const struct vma *v = mm->mmap; v && v->end <= va; v = v->next)
		nr++;
	return nr;
}

struct vma *find_vma_intersection(const struct mm *mm, vaddr_t start,
				  uint64_t end)
{
	struct vma *v = look_up(mm, start);

	return v && v->start < end ? v : NULL;
}

vaddr_t vm_start_gap(const struct machine *m, const struct vma *v)
{
	vaddr_t gap = (vaddr_t)m->profile->stack_guard_gap_pages << PAGE_SHIFT;

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

/* Count v's pages in (or, before a change, out of) its address space.  6.1
 * vm_stat_account(). */
static void count_pages(const struct vma *v, bool in)
{
	uint64_t pages = in ? vma_pages(v) : -vma_pages(v);
	struct mm *mm = v->mm;

	mm->total_vm += pages;
	mm->nr_changes++;
	if (v->flags & VM_LOCKED)
		mm->locked_vm += pages;
	if (is_exec_mapping(v->flags))
		mm->exec_vm += pages;
	else if (is_stack_mapping(v->flags))
		mm->stack_vm += pages;
	else if (is_data_mapping(v->flags))
		mm->data_vm += pages;
}

static void link_vma(struct machine *m, struct mm *mm, struct vma *v)
{
	count_pages(v, true);
	if (v->file)
		i_mmap_link(v);
	vma_link(m, mm, v);
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

static void unlink_and_free(struct machine *m, struct vma *v, bool told)
{
	struct mm *mm = v->mm;

	if (v->file)
		i_mmap_unlink(v);
	count_pages(v, false);
	vma_unlink(m, v, told);
	step(m, REMOVE_VMA, mm_pid(mm), v->start, vma_pages(v), mm->map_count);
	vma_free(m, v);
}

void remove_vma(struct machine *m, struct vma *v)
{
	unlink_and_free(m, v, true);
}

void remove_all_vmas(struct machine *m, struct mm *mm)
{
	while (mm->mmap)
		unlink_and_free(m, mm->mmap, false);
}

/* ---- change ---- */

static void set_borders(struct machine *m, struct vma *v, vaddr_t start,
			vaddr_t end)
{
	count_pages(v, false);
	v->pgoff = vma_pgoff(v, start);
	v->start = start;
	v->end = end;
	count_pages(v, true);
	vma_borders_moved(m, v);
}

void vma_set_range(struct machine *m, struct vma *v, vaddr_t start, vaddr_t end)
{
	uint64_t before = vma_pages(v);

	set_borders(m, v, start, end);
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
	set_borders(m, v, v->start, va);
	link_vma(m, v->mm, upper);
	step(m, SPLIT_VMA, mm_pid(v->mm), v->start, upper->start, vma_pages(v),
	     vma_pages(upper));
	return upper;
}
