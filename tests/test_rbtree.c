/* Red-black trees: shapes worked out by hand, and random trees against an array. */
#include "sim/rbtree.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

enum { MAX_ITEMS = 1024 };

/* What is in the tree; it knows of its subtree how many there are and the largest weight. */
struct item {
	struct rb_node rb;
	unsigned key, weight;
	unsigned nr, heaviest;
};

static struct item items[MAX_ITEMS];
static struct rb_root root;
static char story[512];
static unsigned nr_updates;

static struct item *item_of(const struct rb_node *n)
{
	return n ? (struct item *)((char *)(uintptr_t)n - offsetof(struct item, rb)) : NULL;
}

/* Asked a million times: an assertion of Check's writes to a pipe each time. */
#define law(holds) ((holds) ? (void)0 : ck_abort_msg("broken: %s", #holds))

/* ---- hooks ---- */

static unsigned nr_of(const struct rb_node *n) { return n ? item_of(n)->nr : 0; }
static unsigned heaviest_of(const struct rb_node *n) { return n ? item_of(n)->heaviest : 0; }

static bool update(void *ctx, struct rb_node *n)
{
	struct item *it = item_of(n);
	unsigned left = heaviest_of(n->child[RB_LEFT]), right = heaviest_of(n->child[RB_RIGHT]);
	unsigned nr = 1 + nr_of(n->child[RB_LEFT]) + nr_of(n->child[RB_RIGHT]);
	unsigned heaviest = it->weight;

	law(ctx == &root);
	nr_updates++;
	heaviest = left > heaviest ? left : heaviest;
	heaviest = right > heaviest ? right : heaviest;
	if (it->nr == nr && it->heaviest == heaviest)
		return false;
	it->nr = nr;
	it->heaviest = heaviest;
	return true;
}

static void inherit(struct rb_node *up, const struct rb_node *down)
{
	item_of(up)->nr = item_of(down)->nr;
	item_of(up)->heaviest = item_of(down)->heaviest;
}

static void rotated(void *ctx, const struct rb_node *down, const struct rb_node *up,
		    enum rb_side side)
{
	size_t at = strlen(story);

	(void)ctx;
	law(up->child[side] == down && down->parent == up);
	snprintf(story + at, sizeof(story) - at, "%s%u %s under %u", at ? ", " : "",
		 item_of(down)->key, side == RB_LEFT ? "left" : "right", item_of(up)->key);
}

static void coloured(void *ctx, const struct rb_node *n)
{
	size_t at = strlen(story);

	(void)ctx;
	snprintf(story + at, sizeof(story) - at, "%s%u %s", at ? ", " : "", item_of(n)->key,
		 n->colour == RB_RED ? "red" : "black");
}

static const struct rb_hooks hooks = {update, inherit, rotated, coloured};
static const struct rb_work work = {&root, &hooks, &root};

/* ---- a tree of numbers ---- */

static void setup(void)
{
	memset(items, 0, sizeof(items));
	root = (struct rb_root){0};
	story[0] = '\0';
}

static void insert(unsigned key)
{
	struct rb_node *n = root.node, *parent = NULL;
	enum rb_side side = RB_LEFT;

	items[key].key = key;
	while (n) {
		parent = n;
		side = key < item_of(n)->key ? RB_LEFT : RB_RIGHT;
		n = n->child[side];
	}
	rb_link_node(&root, &items[key].rb, parent, side);
	story[0] = '\0';
	rb_insert_color(&work, &items[key].rb);
}

static void insert_all(const char *keys)
{
	for (; *keys; keys++)
		insert((unsigned)(*keys - '0'));
}

static void erase(unsigned key)
{
	story[0] = '\0';
	rb_erase(&work, &items[key].rb);
}

static size_t put_tree(char *to, const struct rb_node *n)
{
	size_t at = 0;

	if (n->child[RB_LEFT]) {
		at += (size_t)sprintf(to, "(");
		at += put_tree(to + at, n->child[RB_LEFT]);
		at += (size_t)sprintf(to + at, ") ");
	}
	at += (size_t)sprintf(to + at, "%u%c", item_of(n)->key, n->colour == RB_RED ? 'r' : 'b');
	if (n->child[RB_RIGHT]) {
		at += (size_t)sprintf(to + at, " (");
		at += put_tree(to + at, n->child[RB_RIGHT]);
		at += (size_t)sprintf(to + at, ")");
	}
	return at;
}

/* In order, subtrees in brackets: "(1b) 2b (3b)". */
static const char *tree(void)
{
	static char text[8192];

	text[0] = '\0';
	if (root.node)
		put_tree(text, root.node);
	return text;
}

/* ---- the laws ---- */

struct tour {
	unsigned nodes, depth;
	const struct rb_node *before;
};

/* The black height of n's subtree, which obeys every law. */
static unsigned ck_subtree(struct tour *t, const struct rb_node *n, const struct rb_node *parent,
			   unsigned depth)
{
	unsigned left, right;

	if (!n)
		return 0;
	law(n->parent == parent);
	law(n->colour == RB_BLACK || (parent && parent->colour == RB_BLACK));
	left = ck_subtree(t, n->child[RB_LEFT], n, depth + 1);
	law(!t->before || item_of(t->before)->key < item_of(n)->key);
	t->before = n;
	t->nodes++;
	t->depth = depth > t->depth ? depth : t->depth;
	right = ck_subtree(t, n->child[RB_RIGHT], n, depth + 1);
	law(left == right);
	law(!update(&root, (struct rb_node *)(uintptr_t)n)); /* knows it all already */
	return left + (n->colour == RB_BLACK);
}

static unsigned ck_laws(unsigned want_nodes)
{
	struct tour t = {0};
	unsigned limit = 0;

	ck_subtree(&t, root.node, NULL, 1);
	law(t.nodes == want_nodes);
	while (1u << limit < want_nodes + 1) /* 2 log2(n + 1), rounded up */
		limit++;
	law(t.depth <= 2 * limit);
	return t.depth;
}

/* ---- insert ---- */

START_TEST(one_to_seven_stand_as_drawn)
{
	insert_all("1234567");
	ck_assert_str_eq(tree(), "(1b) 2b ((3b) 4r ((5r) 6b (7r)))");
	ck_laws(7);
}
END_TEST

START_TEST(the_first_one_is_a_black_root)
{
	insert(1);
	ck_assert_str_eq(tree(), "1b");
	ck_assert_str_eq(story, "1 black");
	ck_assert_ptr_null(items[1].rb.parent);
}
END_TEST

START_TEST(under_a_black_parent_nothing_happens)
{
	insert_all("2");
	insert(1);
	ck_assert_str_eq(story, "");
	insert(3);
	ck_assert_str_eq(story, "");
	ck_assert_str_eq(tree(), "(1r) 2b (3r)");
}
END_TEST

START_TEST(a_red_uncle_takes_colour_off_the_parent)
{
	insert_all("213");
	insert(4);
	ck_assert_str_eq(story, "3 black, 1 black, 2 red, 2 black");
	ck_assert_str_eq(tree(), "(1b) 2b (3b (4r))");
}
END_TEST

START_TEST(three_in_any_order_have_the_middle_one_above)
{
	static const struct {
		const char *keys, *story;
	} orders[] = {
		{"123", "2 black, 1 red, 1 left under 2"},
		{"321", "2 black, 3 red, 3 right under 2"},
		{"132", "3 right under 2, 2 black, 1 red, 1 left under 2"},
		{"312", "1 left under 2, 2 black, 3 red, 3 right under 2"},
	};

	insert_all(orders[_i].keys);
	ck_assert_str_eq(story, orders[_i].story);
	ck_assert_str_eq(tree(), "(1r) 2b (3r)");
	ck_laws(3);
}
END_TEST

START_TEST(a_place_for_a_node_may_have_held_another)
{
	insert_all("123");
	erase(1);
	memset(&items[1].rb, 0xff, sizeof(items[1].rb));
	insert(1);
	ck_assert_str_eq(tree(), "(1r) 2b (3r)");
	ck_laws(3);
}
END_TEST

/* ---- erase ---- */

START_TEST(a_red_leaf_just_goes)
{
	insert_all("213");
	erase(1);
	ck_assert_str_eq(story, "");
	ck_assert_str_eq(tree(), "2b (3r)");
}
END_TEST

START_TEST(an_only_child_takes_the_place_and_turns_black)
{
	insert_all("2134");
	erase(3);
	ck_assert_str_eq(story, "4 black");
	ck_assert_str_eq(tree(), "(1b) 2b (4b)");
}
END_TEST

START_TEST(the_last_one_leaves_an_empty_tree)
{
	insert(5);
	erase(5);
	ck_assert_ptr_null(root.node);
	ck_assert_ptr_null(rb_outermost(&root, RB_LEFT));
}
END_TEST

START_TEST(a_red_sibling_comes_up_first)
{
	insert_all("1234567");
	erase(1);
	ck_assert_str_eq(story, "4 black, 2 red, 2 left under 4, 3 red, 2 black");
	ck_assert_str_eq(tree(), "(2b (3r)) 4b ((5r) 6b (7r))");
	ck_laws(6);
}
END_TEST

START_TEST(a_sibling_with_black_children_turns_red)
{
	insert_all("2134");
	erase(4);
	erase(3);
	ck_assert_str_eq(story, "1 red");
	ck_assert_str_eq(tree(), "(1r) 2b");
}
END_TEST

START_TEST(a_siblings_outer_red_child_turns_black_when_it_comes_up)
{
	insert_all("2134");
	erase(1);
	ck_assert_str_eq(story, "4 black, 2 left under 3");
	ck_assert_str_eq(tree(), "(2b) 3b (4b)");
}
END_TEST

START_TEST(a_siblings_inner_red_child_comes_up_twice)
{
	insert_all("2143");
	ck_assert_str_eq(tree(), "(1b) 2b ((3r) 4b)");
	erase(1);
	ck_assert_str_eq(tree(), "(2b) 3b (4b)");
	ck_laws(3);
}
END_TEST

START_TEST(of_two_children_the_next_in_order_takes_the_place)
{
	insert_all("1234567");
	erase(4);
	ck_assert_str_eq(tree(), "(1b) 2b ((3b) 5r (6b (7r)))");
	ck_assert_ptr_eq(root.node->child[RB_RIGHT], &items[5].rb);
	ck_laws(6);
	erase(5);
	ck_assert_str_eq(tree(), "(1b) 2b ((3b) 6r (7b))");
	erase(2);
	ck_assert_str_eq(tree(), "(1b) 3b (6b (7r))");
	ck_laws(4);
}
END_TEST

/* ---- what nodes know ---- */

START_TEST(a_change_goes_up_as_far_as_it_matters)
{
	insert_all("1234567");
	items[3].weight = 9;
	nr_updates = 0;
	rb_propagate(&work, &items[3].rb);
	ck_assert_uint_eq(nr_updates, 3); /* 3, 4, 2 */
	ck_assert_uint_eq(item_of(root.node)->heaviest, 9);
	items[7].weight = 5;
	nr_updates = 0;
	rb_propagate(&work, &items[7].rb);
	ck_assert_uint_eq(nr_updates, 3); /* 7, 6, and 4, which knows of a 9 */
	rb_propagate(&work, NULL);
	ck_laws(7);
}
END_TEST

START_TEST(nobody_need_listen)
{
	static const struct rb_hooks silent = {.update = update, .inherit = inherit};
	static const struct rb_work quiet = {&root, &silent, &root};

	insert_all("1234567");
	story[0] = '\0';
	rb_erase(&quiet, &items[1].rb);
	ck_assert_str_eq(story, "");
	ck_assert_str_eq(tree(), "(2b (3r)) 4b ((5r) 6b (7r))");
}
END_TEST

/* ---- at random ---- */

static unsigned seed;

static unsigned draw(unsigned below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

START_TEST(random_trees_hold_what_went_in_and_obey_every_law)
{
	bool in[MAX_ITEMS] = {0};
	unsigned range = _i < 4 ? 8u << _i : MAX_ITEMS, nr = 0;
	unsigned mood = 2; /* grow, shrink, grow ... */

	seed = (unsigned)_i + 1;
	for (int op = 0; op < 3000; op++) {
		unsigned key = draw(range);

		mood = nr == 0 ? 3 : nr > range * 3 / 4 ? 1 : mood;
		if (in[key] ? draw(4) >= mood : draw(4) < mood) {
			items[key].weight = draw(1000);
			(in[key] ? erase : insert)(key);
			nr += in[key] ? -1u : 1;
			in[key] = !in[key];
		}
		ck_laws(nr);
	}
	for (unsigned key = 0, seen = 0; key < range; key++) {
		const struct rb_node *n = root.node;

		while (n && item_of(n)->key != key)
			n = n->child[key < item_of(n)->key ? RB_LEFT : RB_RIGHT];
		ck_assert_int_eq(n != NULL, in[key]);
		if (in[key] && seen++ == 0)
			ck_assert_ptr_eq(rb_outermost(&root, RB_LEFT), n);
		if (in[key] && seen == nr)
			ck_assert_ptr_eq(rb_outermost(&root, RB_RIGHT), n);
	}
}
END_TEST

START_TEST(a_thousand_in_order_are_at_most_twenty_deep)
{
	for (unsigned key = 0; key < 1000; key++)
		insert(_i ? 999 - key : key);
	ck_assert_uint_le(ck_laws(1000), 20);
	while (root.node)
		erase(item_of(rb_outermost(&root, _i ? RB_LEFT : RB_RIGHT))->key);
}
END_TEST

Suite *rbtree_suite(void)
{
	Suite *s = suite_create("rbtree");
	TCase *t = tcase_create("tree");

	tcase_set_timeout(t, 0);
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, one_to_seven_stand_as_drawn);
	tcase_add_test(t, the_first_one_is_a_black_root);
	tcase_add_test(t, under_a_black_parent_nothing_happens);
	tcase_add_test(t, a_red_uncle_takes_colour_off_the_parent);
	tcase_add_loop_test(t, three_in_any_order_have_the_middle_one_above, 0, 4);
	tcase_add_test(t, a_place_for_a_node_may_have_held_another);
	tcase_add_test(t, a_red_leaf_just_goes);
	tcase_add_test(t, an_only_child_takes_the_place_and_turns_black);
	tcase_add_test(t, the_last_one_leaves_an_empty_tree);
	tcase_add_test(t, a_red_sibling_comes_up_first);
	tcase_add_test(t, a_sibling_with_black_children_turns_red);
	tcase_add_test(t, a_siblings_outer_red_child_turns_black_when_it_comes_up);
	tcase_add_test(t, a_siblings_inner_red_child_comes_up_twice);
	tcase_add_test(t, of_two_children_the_next_in_order_takes_the_place);
	tcase_add_test(t, a_change_goes_up_as_far_as_it_matters);
	tcase_add_test(t, nobody_need_listen);
	tcase_add_loop_test(t, random_trees_hold_what_went_in_and_obey_every_law, 0, 8);
	tcase_add_loop_test(t, a_thousand_in_order_are_at_most_twenty_deep, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
