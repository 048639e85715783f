/*
 * Red-black trees: search trees that stay low.
 *
 * A node is a field of the thing that is in the tree; the tree knows nothing
 * of keys.  Who uses it goes down to a free place himself, and calls
 *
 *	rb_link_node     the node hangs there, red
 *	rb_insert_color  the tree's rules are restored
 *	rb_erase         a node goes, and the rules are restored
 *
 * Law: see rbtree.c.
 */
#ifndef SIM_RBTREE_H
#define SIM_RBTREE_H

#include "types.h"

enum rb_colour { RB_RED, RB_BLACK };
enum rb_side { RB_LEFT, RB_RIGHT };

/* Linux hides the colour in the lowest bit of parent. */
struct rb_node {
	struct rb_node *parent;   /* NULL: the root                    */
	struct rb_node *child[2]; /* by enum rb_side: rb_left, rb_right */
	enum rb_colour colour;
};

struct rb_root {
	struct rb_node *node;     /* NULL: an empty tree */
};

/* What a user of the tree wants to be called for. */
struct rb_hooks {
	/* n has other children, or they know something else: bring up to date
	 * what n knows of its subtree; did that change?  6.1 struct
	 * rb_augment_callbacks. */
	bool (*update)(void *ctx, struct rb_node *n);
	/* up has got the subtree that down had, and knows of it what that
	 * knew. */
	void (*inherit)(struct rb_node *up, const struct rb_node *down);
	/* For the story, NULL: nobody hears of it.  up took the place of down,
	 * which is its child on side now; n has got another colour. */
	void (*rotated)(void *ctx, const struct rb_node *down,
			const struct rb_node *up, enum rb_side side);
	void (*coloured)(void *ctx, const struct rb_node *n);
};

/* A tree that is being changed. */
struct rb_work {
	struct rb_root *root;
	const struct rb_hooks *hooks;
	void *ctx;
};

/* n becomes a leaf, red: the child of parent on side, or the root if parent is
 * NULL.  That place must be free. */
void rb_link_node(struct rb_root *root, struct rb_node *n,
		  struct rb_node *parent, enum rb_side side);

/* n has just been linked: update it and all above it, restore the rules. */
void rb_insert_color(const struct rb_work *w, struct rb_node *n);

/* Take n out, which is in the tree: update all above it and the one that
 * follows it in order, restore the rules. */
void rb_erase(const struct rb_work *w, struct rb_node *n);

/* What n knows has changed: update it and, as far as that matters, its
 * ancestors.  NULL: nothing to do. */
void rb_propagate(const struct rb_work *w, struct rb_node *n);

/* The outermost node of a tree on a side: its first or its last; NULL: none. */
struct rb_node *rb_outermost(const struct rb_root *root, enum rb_side side);

#endif
