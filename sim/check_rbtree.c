/*
 * Laws of red-black trees, whatever is in them: rules 1 to 3 of rbtree.c, and
 * that child and parent name each other.
 *
 * The tree is gone through in order, so that who keeps the same things in a list
 * can go along it: both must come to the same one at the same time.
 */
#include "check.h"

/* A way through a tree. */
struct tour {
	const struct rb_law *law;
	uint32_t left; /* how many nodes there may be still */
};

/* Parent, colour, and the place in the order. */
static bool check_node(const struct rb_law *law, const struct rb_node *n,
		       const struct rb_node *parent)
{
	bool red = n->colour == RB_RED;

	return LAW(n->parent == parent,
		   "%s %x does not know its parent in the tree", law->thing,
		   law->start(n)) &&
	       LAW(!red || (parent && parent->colour == RB_BLACK),
		   "%s %x is red, and so is its parent, or it is the root",
		   law->thing, law->start(n)) &&
	       law->in_order(law->ctx, n);
}

/* The black height of the subtree of n in *height. */
static bool check_subtree(struct tour *t, const struct rb_node *n,
			  const struct rb_node *parent, uint32_t *height)
{
	const struct rb_law *law = t->law;
	uint32_t left, right;

	*height = 0;
	if (!n)
		return true;
	if (!LAW(t->left-- > 0, "the tree has more %ss than the list",
		 law->thing) ||
	    !check_subtree(t, n->child[RB_LEFT], n, &left) ||
	    !check_node(law, n, parent) ||
	    !check_subtree(t, n->child[RB_RIGHT], n, &right))
		return false;
	*height = left + (n->colour == RB_BLACK);
	return LAW(left == right,
		   "%s %x has %u black %ss below its left, %u below its right",
		   law->thing, law->start(n), left, law->thing, right) &&
	       law->subtree(law->ctx, n);
}

bool check_rbtree(const struct rb_law *law, const struct rb_root *root)
{
	struct tour t = {.law = law, .left = law->most};
	uint32_t height;

	return check_subtree(&t, root->node, NULL, &height);
}
