/*
 * The areas of an address space as a list and as a tree.
 *
 * The list (mm->mmap, vm_next) answers "what comes next"; fork, exit and
 * /proc/PID/maps go along it.  The tree (mm->mm_rb, vm_rb) answers "where".
 * The built-in program's, to which exec gave the stack first (b black, r red):
 *
 *	mmap -> text -> data -> bss -> stack
 *
 *	mm_rb        data b           An address in bss: above data, to the
 *	            /      \          right; below the stack, to the left;
 *	       text b     stack b     bss holds it.
 *	                  /
 *	               bss r
 *
 * Every area carries both sets of links.  A new area is hung where the search
 * for its address ends, and the tree is put right (rbtree.c); its neighbour
 * there is also its neighbour in the list.
 *
 * "Where is a gap of this size" would take a walk through all areas, and 2.6
 * did walk.  Since 3.8 each area also knows of the gap below it, and of the
 * largest gap below any area of its subtree: whole subtrees are passed at once.
 * Here it knows how many gaps those are, too, so that the story can tell how
 * many were passed.
 *
 *	subtree_gap = max(v's gap, left's subtree_gap, right's)
 *	nr_gaps     = (1 if v's gap is not empty) + left's nr_gaps + right's
 *
 * A gap begins at the end of the area before, for the lowest area at
 * mmap_min_addr, and ends at the area or, if that grows down, below its guard
 * gap.  It may be empty.
 *
 * 6.1 has replaced list and tree by a maple tree, with the same answers.
 *
 * Law: list and tree in order hold the same map_count areas, sorted, disjoint;
 * the tree obeys the rules of rbtree.c; gaps are as said above.
 */
#include "machine.h"
#include "vma.h"

/* ---- gaps ---- */

uint64_t vma_gap(const struct machine *m, const struct vma *v)
{
	vaddr_t low = v->prev ? v->prev->end : m->profile->mmap_min_addr;

	return v->start > low ? v->start - low : 0;
}

static bool update_gaps(void *ctx, struct rb_node *n)
{
	struct vma *v = rb_vma(n);
	const struct vma *left = rb_vma(n->child[RB_LEFT]);
	const struct vma *right = rb_vma(n->child[RB_RIGHT]);
	uint64_t largest = v->gap;
	uint32_t nr = v->gap > 0;

	(void)ctx;
	if (left) {
		largest = left->subtree_gap > largest ? left->subtree_gap
						      : largest;
		nr += left->nr_gaps;
	}
	if (right) {
		largest = right->subtree_gap > largest ? right->subtree_gap
						       : largest;
		nr += right->nr_gaps;
	}
	if (v->subtree_gap == largest && v->nr_gaps == nr)
		return false;
	v->subtree_gap = largest;
	v->nr_gaps = nr;
	return true;
}

static void inherit_gaps(struct rb_node *up, const struct rb_node *down)
{
	struct vma *v = rb_vma(up);
	const struct vma *d = rb_vma(down);

	v->subtree_gap = d->subtree_gap;
	v->nr_gaps = d->nr_gaps;
}

/* The gaps below v and above it have changed; of one above the last area
 * nobody knows. */
static void gaps_changed(const struct machine *m, struct vma *v)
{
	v->gap = vma_gap(m, v);
	if (v->next)
		v->next->gap = vma_gap(m, v->next);
}

/* ---- the story of the tree ---- */

static void tell_rotation(void *ctx, const struct rb_node *down,
			  const struct rb_node *up, enum rb_side side)
{
	const struct vma *v = rb_vma(down), *u = rb_vma(up);
	struct machine *m = ctx;

	if (side == RB_LEFT)
		step(m, RB_ROTATE_LEFT, mm_pid(v->mm), v->start, u->start);
	else
		step(m, RB_ROTATE_RIGHT, mm_pid(v->mm), v->start, u->start);
}

static void tell_colour(void *ctx, const struct rb_node *n)
{
	const struct vma *v = rb_vma(n);
	struct machine *m = ctx;

	if (n->colour == RB_RED)
		step(m, RB_SET_RED, mm_pid(v->mm), v->start);
	else
		step(m, RB_SET_BLACK, mm_pid(v->mm), v->start);
}

static void tell_link(struct machine *m, const struct vma *v,
		      const struct vma *parent, enum rb_side side)
{
	if (!parent)
		step(m, RB_LINK_ROOT, mm_pid(v->mm), v->start);
	else if (side == RB_LEFT)
		step(m, RB_LINK_LEFT, mm_pid(v->mm), v->start, parent->start);
	else
		step(m, RB_LINK_RIGHT, mm_pid(v->mm), v->start, parent->start);
}

static struct rb_work work_on(struct machine *m, struct mm *mm, bool told)
{
	static const struct rb_hooks loud = {update_gaps, inherit_gaps,
					     tell_rotation, tell_colour};
	static const struct rb_hooks silent = {.update = update_gaps,
					       .inherit = inherit_gaps};

	return (struct rb_work){&mm->mm_rb, told ? &loud : &silent, m};
}

/* ---- link and unlink ---- */

/* The free place of the tree where an area that begins at va belongs. */
static struct vma *find_vma_links(const struct mm *mm, vaddr_t va,
				  enum rb_side *side)
{
	struct vma *v = rb_vma(mm->mm_rb.node), *parent = NULL;

	while (v) {
		parent = v;
		*side = va < v->start ? RB_LEFT : RB_RIGHT;
		v = rb_vma(v->rb.child[*side]);
	}
	return parent;
}

static void link_list(struct mm *mm, struct vma *v, struct vma *prev)
{
	v->prev = prev;
	v->next = prev ? prev->next : mm->mmap;
	if (prev)
		prev->next = v;
	else
		mm->mmap = v;
	if (v->next)
		v->next->prev = v;
}

static void unlink_list(struct mm *mm, const struct vma *v)
{
	if (v->prev)
		v->prev->next = v->next;
	else
		mm->mmap = v->next;
	if (v->next)
		v->next->prev = v->prev;
}

void vma_link(struct machine *m, struct mm *mm, struct vma *v)
{
	struct rb_work w = work_on(m, mm, true);
	enum rb_side side = RB_LEFT;
	struct vma *parent = find_vma_links(mm, v->start, &side);

	link_list(mm, v, parent && side == RB_LEFT ? parent->prev : parent);
	rb_link_node(&mm->mm_rb, &v->rb, parent ? &parent->rb : NULL, side);
	mm->map_count++;
	tell_link(m, v, parent, side);
	gaps_changed(m, v);
	rb_insert_color(&w, &v->rb);
}

void vma_unlink(struct machine *m, struct vma *v, bool told)
{
	struct mm *mm = v->mm;
	struct rb_work w = work_on(m, mm, told);

	unlink_list(mm, v);
	mm->map_count--;
	if (mm->mmap_cache == v)
		mm->mmap_cache = NULL;
	if (told)
		note(m, RB_ERASE, mm_pid(mm), v->start);
	gaps_changed(m, v);
	rb_erase(&w, &v->rb);
}

void vma_borders_moved(struct machine *m, struct vma *v)
{
	struct rb_work w = work_on(m, v->mm, false);

	gaps_changed(m, v);
	rb_propagate(&w, &v->rb);
	if (v->next)
		rb_propagate(&w, &v->next->rb);
}
