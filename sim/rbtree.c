/*
 * Red-black trees: search trees that stay low.
 *
 * In a search tree everything on the left of a node lies below it, everything
 * on the right above.  Who searches takes one way down; how long that is
 * depends on what was inserted when.  Colours keep it short:
 *
 *	1. The root is black.
 *	2. A red node has no red child.
 *	3. Every way from the root down to a missing child meets the same
 *	   number of black nodes, the tree's black height.
 *
 * So no way is more than twice as long as another (black only, against black
 * and red in turn), and n nodes are at most 2 log2(n + 1) deep: 65530 areas are
 * found in 32 looks.  The nodes 1 to 7, inserted in this order:
 *
 *	        2 b              black height 2:  2 1
 *	      /     \                             2 3, 2 5
 *	   1 b       4 r                          2 4 3, 2 4 6 5, ...
 *	           /     \                        count the b's on each way
 *	        3 b       6 b
 *	                 /   \
 *	              5 r     7 r
 *
 * One operation changes the shape and not the order, the rotation:
 *
 *	      d                u
 *	     / \    left ->   / \
 *	    A   u            d   C       order of both: A d B u C
 *	       / \          / \
 *	      B   C        A   B
 *
 * A new node is red, which cannot break rule 3, but rule 2.  n and its parent
 * are red, g is the (black) grandparent:
 *
 *	uncle red        parent and uncle turn black, g red; go on with g
 *	uncle black      n between parent and g in order: rotate the parent, so
 *	                 that the two stand outside.  Then parent black, g red,
 *	                 rotate g: the parent comes up.  Done
 *
 * A node that goes gives its place to its only child or, if it has two, to the
 * next one in order, which has no left child.  If a black one is missing then,
 * a way is one black short, n's.  s is the sibling, with whose help:
 *
 *	s red            s black, parent red, rotate the parent: s is black now
 *	s's children     s turns red: the parent's other side is one short as
 *	both black       well; go on with the parent (a red one turns black: done)
 *	inner one red    it turns black, s red, rotate s: outer one is red
 *	outer one red    s takes the parent's colour, parent and outer child turn
 *	                 black, rotate the parent: s comes up.  Done
 *
 * Law: rules 1 to 3; child and parent name each other.  Linux lib/rbtree.c.
 */
#include "rbtree.h"

static enum rb_side other(enum rb_side side)
{
	return side == RB_LEFT ? RB_RIGHT : RB_LEFT;
}

/* Missing children are black. */
static bool is_red(const struct rb_node *n) { return n && n->colour == RB_RED; }

static enum rb_side side_of(const struct rb_node *n,
			    const struct rb_node *parent)
{
	return parent->child[RB_LEFT] == n ? RB_LEFT : RB_RIGHT;
}

static void paint(const struct rb_work *w, struct rb_node *n,
		  enum rb_colour colour)
{
	if (n->colour == colour)
		return;
	n->colour = colour;
	if (w->hooks->coloured)
		w->hooks->coloured(w->ctx, n);
}

/* Where old hangs hangs new from now on; NULL: nothing. */
static void replace(struct rb_root *root, const struct rb_node *old,
		    struct rb_node *new)
{
	if (old->parent)
		old->parent->child[side_of(old, old->parent)] = new;
	else
		root->node = new;
	if (new)
		new->parent = old->parent;
}

static void adopt(struct rb_node *parent, enum rb_side side,
		  struct rb_node *child)
{
	parent->child[side] = child;
	if (child)
		child->parent = parent;
}

/* down becomes the child on side of its other child, which comes up. */
static void rotate(const struct rb_work *w, struct rb_node *down,
		   enum rb_side side)
{
	struct rb_node *up = down->child[other(side)];

	replace(w->root, down, up);
	adopt(down, other(side), up->child[side]);
	adopt(up, side, down);
	w->hooks->inherit(up, down);
	w->hooks->update(w->ctx, down);
	if (w->hooks->rotated)
		w->hooks->rotated(w->ctx, down, up, side);
}

static void update_up(const struct rb_work *w, struct rb_node *n)
{
	for (; n; n = n->parent)
		w->hooks->update(w->ctx, n);
}

void rb_propagate(const struct rb_work *w, struct rb_node *n)
{
	while (n && w->hooks->update(w->ctx, n))
		n = n->parent;
}

struct rb_node *rb_outermost(const struct rb_root *root, enum rb_side side)
{
	struct rb_node *n = root->node;

	while (n && n->child[side])
		n = n->child[side];
	return n;
}

/* ---- insert ---- */

void rb_link_node(struct rb_root *root, struct rb_node *n,
		  struct rb_node *parent, enum rb_side side)
{
	*n = (struct rb_node){.parent = parent, .colour = RB_RED};
	if (parent)
		parent->child[side] = n;
	else
		root->node = n;
}

/* The uncle is black: n's parent takes the grandparent's place. */
static void raise_parent(const struct rb_work *w, struct rb_node *n,
			 struct rb_node *parent, struct rb_node *grand)
{
	enum rb_side side = side_of(parent, grand);

	if (side_of(n, parent) != side) {
		rotate(w, parent, side);
		parent = n;
	}
	paint(w, parent, RB_BLACK);
	paint(w, grand, RB_RED);
	rotate(w, grand, other(side));
}

void rb_insert_color(const struct rb_work *w, struct rb_node *n)
{
	update_up(w, n);
	while (is_red(n->parent)) {
		struct rb_node *parent = n->parent, *grand = parent->parent;
		struct rb_node *uncle =
			grand->child[other(side_of(parent, grand))];

		if (!is_red(uncle)) {
			raise_parent(w, n, parent, grand);
			break;
		}
		paint(w, parent, RB_BLACK);
		paint(w, uncle, RB_BLACK);
		paint(w, grand, RB_RED);
		n = grand;
	}
	paint(w, w->root->node, RB_BLACK);
}

/* ---- erase ---- */

/* The sibling has a red child: it takes the place of its parent, on whose
 * other side a black is missing. */
static void raise_sibling(const struct rb_work *w, struct rb_node *parent,
			  enum rb_side side)
{
	struct rb_node *sibling = parent->child[other(side)];

	if (!is_red(sibling->child[other(side)])) {
		paint(w, sibling->child[side], RB_BLACK);
		paint(w, sibling, RB_RED);
		rotate(w, sibling, other(side));
		sibling = parent->child[other(side)];
	}
	paint(w, sibling, parent->colour);
	paint(w, parent, RB_BLACK);
	paint(w, sibling->child[other(side)], RB_BLACK);
	rotate(w, parent, side);
}

/* The ways through n, a child of parent or a missing one, are a black short. */
static void erase_color(const struct rb_work *w, struct rb_node *n,
			struct rb_node *parent)
{
	while (parent && !is_red(n)) {
		enum rb_side side = side_of(n, parent);
		struct rb_node *sibling = parent->child[other(side)];

		if (is_red(sibling)) {
			paint(w, sibling, RB_BLACK);
			paint(w, parent, RB_RED);
			rotate(w, parent, side);
			sibling = parent->child[other(side)];
		}
		if (is_red(sibling->child[RB_LEFT]) ||
		    is_red(sibling->child[RB_RIGHT])) {
			raise_sibling(w, parent, side);
			return;
		}
		paint(w, sibling, RB_RED);
		n = parent;
		parent = n->parent;
	}
	if (n)
		paint(w, n, RB_BLACK);
}

/* The next one after n, which has two children, takes its place.  Returns the
 * lowest node under which something has changed. */
static struct rb_node *take_place(struct rb_root *root, struct rb_node *n,
				  struct rb_node *next)
{
	struct rb_node *lowest = next;

	if (next->parent != n) {
		lowest = next->parent;
		replace(root, next, next->child[RB_RIGHT]);
		adopt(next, RB_RIGHT, n->child[RB_RIGHT]);
	}
	adopt(next, RB_LEFT, n->child[RB_LEFT]);
	replace(root, n, next);
	next->colour = n->colour;
	return lowest;
}

void rb_erase(const struct rb_work *w, struct rb_node *n)
{
	struct rb_node *left = n->child[RB_LEFT], *child = n->child[RB_RIGHT];
	enum rb_colour gone = n->colour; /* missing on the way to child */
	struct rb_node *parent = n->parent;

	if (left && child) {
		struct rb_root right = {.node = child};
		struct rb_node *next = rb_outermost(&right, RB_LEFT);

		child = next->child[RB_RIGHT];
		gone = next->colour;
		parent = take_place(w->root, n, next);
		update_up(w, parent);
	} else {
		child = left ? left : child;
		replace(w->root, n, child);
		update_up(w, child ? child : parent);
	}
	if (gone == RB_BLACK)
		erase_color(w, child, parent);
}
