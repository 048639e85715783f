/*
 * Laws of areas: the list, the tree, and what is counted from them.
 *
 * The tree is gone through in order while the list is gone along: both must
 * come to the same area at the same time.
 */
#include "check.h"

#include "rmap.h"
#include "vma.h"

/* A way through the tree. */
struct tour {
	const struct check *k;
	const struct vma *next; /* of the list: the tree's next one is this */
};

/* ---- the list ---- */

static bool check_area(struct check *k, const struct mm *mm,
		       const struct vma *v)
{
	return LAW(v->mm == mm && v->start < v->end &&
			   ((v->start | v->end) & (PAGE_SIZE - 1)) == 0 &&
			   v->end <= k->m->map.task_size,
		   "area %x-%x is no area of user pages", v->start, v->end) &&
	       LAW(!v->prev || v->prev->end <= v->start,
		   "area %x-%x begins below %x, the end of the one before",
		   v->start, v->end, v->prev->end) &&
	       LAW(!v->next || v->next->prev == v,
		   "area %x: the next one in the list does not know it",
		   v->start) &&
	       check_area_rmap(k, v);
}

/* Pages of the areas whose flags answer yes. */
static uint64_t pages_of(const struct mm *mm, bool (*is_kind)(uint32_t flags))
{
	const struct vma *v;
	uint64_t pages = 0;

	for_each_vma(mm, v)
		pages += is_kind(v->flags) ? vma_pages(v) : 0;
	return pages;
}

static bool is_any(uint32_t flags)
{
	(void)flags;
	return true;
}

static bool is_locked(uint32_t flags) { return flags & VM_LOCKED; }

static bool check_sum(const struct mm *mm, const char *name, uint64_t counted,
		      bool (*is_kind)(uint32_t flags))
{
	uint64_t pages = pages_of(mm, is_kind);

	return LAW(pages == counted, "%s is %l pages, but the areas have %l",
		   name, counted, pages);
}

static bool check_list(struct check *k, const struct mm *mm)
{
	const struct vma *v;
	uint32_t nr = 0;

	for_each_vma(mm, v) {
		if (!LAW(nr < mm->map_count && (nr || !v->prev),
			 "the list has more than the %u areas that are counted",
			 mm->map_count) ||
		    !check_area(k, mm, v))
			return false;
		nr++;
	}
	return LAW(nr == mm->map_count, "%u areas are counted, %u are there",
		   mm->map_count, nr) &&
	       check_sum(mm, "total_vm", mm->total_vm, is_any) &&
	       check_sum(mm, "locked_vm", mm->locked_vm, is_locked) &&
	       check_sum(mm, "exec_vm", mm->exec_vm, is_exec_mapping) &&
	       check_sum(mm, "stack_vm", mm->stack_vm, is_stack_mapping) &&
	       check_sum(mm, "data_vm", mm->data_vm, is_data_mapping);
}

/* ---- the tree ---- */

static vaddr_t start_of(const struct rb_node *n) { return rb_vma(n)->start; }

/* The list and the tree come to the same area. */
static bool is_next(void *ctx, const struct rb_node *n)
{
	const struct vma *v = rb_vma(n);
	struct tour *t = ctx;

	if (!LAW(t->next == v, "area %x has another place in the list",
		 v->start))
		return false;
	t->next = v->next;
	return true;
}

/* What an area knows of the gaps of its subtree. */
static bool check_gaps(void *ctx, const struct rb_node *n)
{
	const struct vma *v = rb_vma(n);
	const struct tour *t = ctx;
	uint64_t largest = v->gap;
	uint32_t nr = v->gap > 0;

	for (int side = RB_LEFT; side <= RB_RIGHT; side++) {
		const struct vma *child = rb_vma(v->rb.child[side]);

		if (child && child->subtree_gap > largest)
			largest = child->subtree_gap;
		nr += child ? child->nr_gaps : 0;
	}
	return LAW(v->gap == vma_gap(t->k->m, v),
		   "area %x: the gap below it has %l bytes, not %l", v->start,
		   vma_gap(t->k->m, v), v->gap) &&
	       LAW(largest == v->subtree_gap && nr == v->nr_gaps,
		   "area %x: its subtree has %u gaps, the largest of %l bytes, "
		   "not %u and %l",
		   v->start, nr, largest, v->nr_gaps, v->subtree_gap);
}

bool check_areas(struct check *k, const struct mm *mm)
{
	struct tour t = {.k = k, .next = mm->mmap};
	const struct rb_law law = {.thing = "area",
				   .most = mm->map_count,
				   .start = start_of,
				   .in_order = is_next,
				   .subtree = check_gaps,
				   .ctx = &t};
	const struct vma *hit = mm->mmap_cache;

	return check_list(k, mm) && check_rbtree(&law, &mm->mm_rb) &&
	       LAW(!t.next, "area %x is in the list, but not in the tree",
		   t.next->start) &&
	       LAW(!hit || mm_area_at(mm, hit->start) == hit,
		   "mmap_cache remembers an area that is gone");
}
