/*
 * The tree of areas, drawn: a picture of a small tree, and of any tree the list with its branches.
 *
 *	                 @08049000                      @ black   o red
 *	          +----------'======+                   == the way of find_vma(b7ffe000)
 *	     @08048000          @b7ffe000<
 *	                       +----'----+
 *	                  o0804b000 obffdf000
 *
 * Columns are the order of addresses, rows the depth: read from left to right the picture is the list.  The list below
 * it is the same turned by a quarter, an area in each row, however many there are:
 *
 *	mmap[0]       ,-@ 08048000 r-xp program
 *	mmap[1]     @ 08049000 rw-p program         1 was looked at first
 *	mmap[2]       | ,-o 0804b000 rw-p [heap]
 *	mmap[3]       `-@ b7ffe000 rw-p buf         2 found
 *	mmap[4]         `-o bffdf000 rw-p [stack]
 *
 * The way of the search is read from the story of the event: the machine itself does not remember it.
 */
#include "inspect_tree.h"

#include <stdio.h>
#include <string.h>

#include "panel.h"
#include "parts.h"
#include "sim/vma.h"
#include "src/i18n.h"

enum {
	BLACK = 0x25cf,
	RED = 0x25cb,
	IN_CACHE = 0x25c2,
	FOUND = 0x25b8,
	PICTURE_NODES = 24,
	WIDE_LABEL = 9,
	SHORT_LABEL = 6,
};

/* ---- the search ---- */

struct reading {
	const struct mm *mm;
	struct tree_search *search;
};

/* A search begins: with a look, or with its end if it looked at nothing. */
static void begin_search(struct tree_search *s, vaddr_t va)
{
	if (s->end == SEARCH_GOES_ON && s->va == va)
		return;
	*s = (struct tree_search){.end = SEARCH_GOES_ON, .va = va};
}

static void read_telling(void *ctx, const struct story_node *n)
{
	const struct reading *r = ctx;
	struct tree_search *s = r->search;
	const uint64_t *arg = n->step.arg;
	uint16_t id = n->step.id;

	if (id != S_FIND_VMA && id != S_FIND_VMA_LEFT && id != S_FIND_VMA_RIGHT &&
	    id != S_FIND_VMA_CACHE && id != S_FIND_VMA_NONE)
		return;
	if (arg[0] != mm_pid(r->mm))
		return;
	begin_search(s, (vaddr_t)arg[1]);
	switch (id) {
	case S_FIND_VMA_LEFT:
	case S_FIND_VMA_RIGHT:
		if (s->nr_looks < SEARCH_LOOKS)
			s->look[s->nr_looks++] = (vaddr_t)arg[2];
		break;
	case S_FIND_VMA_NONE:
		s->end = SEARCH_NULL;
		break;
	default:
		s->end = id == S_FIND_VMA ? SEARCH_FOUND : SEARCH_CACHE;
		s->found = (vaddr_t)arg[2];
		break;
	}
}

void find_tree_search(const struct view *v, const struct mm *mm, struct tree_search *s)
{
	struct reading r = {.mm = mm, .search = s};

	*s = (struct tree_search){.end = SEARCH_NONE};
	story_visit(view_story(v), read_telling, &r);
}

/* When the search looked at an area, from 1; 0: it did not. */
static int look_nr(const struct tree_search *s, vaddr_t start)
{
	for (int i = 0; i < s->nr_looks; i++)
		if (s->look[i] == start)
			return i + 1;
	return s->end == SEARCH_FOUND && s->found == start ? s->nr_looks + 1 : 0;
}

/* The area found was looked at too, though perhaps before others. */
static int nr_looks(const struct tree_search *s)
{
	int nr = s->end == SEARCH_FOUND ? look_nr(s, s->found) : 0;

	return nr > s->nr_looks ? nr : s->nr_looks;
}

static bool is_found(const struct tree_search *s, vaddr_t start)
{
	return (s->end == SEARCH_FOUND || s->end == SEARCH_CACHE) && s->found == start;
}

void draw_tree_search(const struct tree_search *s, const struct area *row, int x)
{
	int looks = nr_looks(s);

	x = put_format(row, x, 0, ROLE_NUMBER, 0, "%08" PRIx64, s->va);
	switch (s->end) {
	case SEARCH_CACHE:
		put_text(row, x + 2, 0, ROLE_OK, 0, _("mmap_cache hit, looked at: 0"));
		break;
	case SEARCH_FOUND:
		put_format(row, x + 2, 0, ROLE_OK, 0, _("found, looked at: %d"), looks);
		break;
	case SEARCH_NULL:
		put_format(row, x + 2, 0, ROLE_WARN, 0, _("NULL, looked at: %d"), looks);
		break;
	default:
		put_format(row, x + 2, 0, ROLE_DIM, 0, _("on its way, looked at: %d"), looks);
		break;
	}
}

/* ---- how a node looks ---- */

static int depth_of(const struct vma *v)
{
	int depth = 0;

	for (const struct rb_node *n = v->rb.parent; n; n = n->parent)
		depth++;
	return depth;
}

static bool is_red(const struct vma *v) { return v->rb.colour == RB_RED; }

static enum role node_role(const struct view *v, const struct vma *area,
			   const struct tree_search *s)
{
	enum role own = is_red(area) ? ROLE_ERROR : ROLE_NORMAL;

	if (is_found(s, area->start))
		return ROLE_CHOSEN;
	return touched_role(story_touched_vma(view_story(v), mm_pid(area->mm), area->start), own);
}

static unsigned node_attr(const struct vma *area, const struct tree_search *s)
{
	return is_red(area) && !look_nr(s, area->start) ? 0 : ATTR_BOLD;
}

/* ---- the picture ---- */

struct node {
	const struct vma *area;
	int depth, x;
	bool passed; /* the search came here */
};

struct picture {
	const struct view *v;
	const struct tree_search *search;
	struct node node[PICTURE_NODES];
	int n, height, label;
};

/* Lay the nodes out; false: there are too many for the width. */
static bool lay_out(struct picture *p, const struct mm *mm, int width)
{
	if (mm->map_count > PICTURE_NODES)
		return false;
	p->label = (int)mm->map_count * (WIDE_LABEL + 1) < width ? WIDE_LABEL : SHORT_LABEL;
	if ((int)mm->map_count * (p->label + 1) + 1 > width)
		return false;
	for (const struct vma *a = mm->mmap; a && p->n < PICTURE_NODES; a = a->next, p->n++) {
		p->node[p->n] = (struct node){.area = a,
					      .depth = depth_of(a),
					      .x = p->n * (p->label + 1) + p->label / 2 + 1,
					      .passed = look_nr(p->search, a->start) > 0};
		if (p->node[p->n].depth >= p->height)
			p->height = p->node[p->n].depth + 1;
	}
	return p->n > 0;
}

static const struct node *node_of(const struct picture *p, const struct rb_node *rb)
{
	for (int i = 0; rb && i < p->n; i++)
		if (&p->node[i].area->rb == rb)
			return &p->node[i];
	return NULL;
}

static void draw_node(const struct picture *p, const struct area *row, const struct node *n)
{
	enum role role = node_role(p->v, n->area, p->search);
	unsigned attr = node_attr(n->area, p->search);
	int x = n->x - p->label / 2;

	if (is_found(p->search, n->area->start))
		put_char(row, x - 1, 0, FOUND, ROLE_BORDER_ACTIVE, 0);
	put_char(row, x, 0, is_red(n->area) ? RED : BLACK, role, attr);
	if (p->label == WIDE_LABEL)
		x = put_format(row, x + 1, 0, role, attr, "%08" PRIx64, n->area->start);
	else
		x = put_format(row, x + 1, 0, role, attr, "%05" PRIx64,
			       n->area->start >> PAGE_SHIFT);
	if (n->area->mm->mmap_cache == n->area)
		put_char(row, x, 0, IN_CACHE, ROLE_BORDER_ACTIVE, 0);
}

/* The line from a node to a child, heavy where the search went along it. */
static void draw_branch(const struct area *row, const struct node *n, const struct node *child)
{
	bool left = child->x < n->x, heavy = n->passed && child->passed;
	enum role role = heavy ? ROLE_BORDER_ACTIVE : ROLE_BORDER;
	uint32_t line = heavy ? 0x2501 : 0x2500;

	if (left) {
		put_char(row, child->x, 0, heavy ? 0x250f : 0x250c, role, 0);
		fill(row, child->x + 1, 0, n->x - child->x - 1, line, role);
	} else {
		put_char(row, child->x, 0, heavy ? 0x2513 : 0x2510, role, 0);
		fill(row, n->x + 1, 0, child->x - n->x - 1, line, role);
	}
}

static void draw_branches(const struct picture *p, const struct area *row, const struct node *n)
{
	const struct node *left = node_of(p, n->area->rb.child[RB_LEFT]);
	const struct node *right = node_of(p, n->area->rb.child[RB_RIGHT]);
	bool heavy = n->passed && ((left && left->passed) || (right && right->passed));
	static const uint32_t stem[2][3] = {{0x2518, 0x2514, 0x2534}, {0x251b, 0x2517, 0x253b}};

	if (left)
		draw_branch(row, n, left);
	if (right)
		draw_branch(row, n, right);
	if (left || right)
		put_char(row, n->x, 0,
			 stem[heavy][left && right ? 2
				     : right       ? 1
						   : 0],
			 heavy ? ROLE_BORDER_ACTIVE : ROLE_BORDER, 0);
}

void draw_tree(const struct view *v, const struct mm *mm, const struct tree_search *s,
	       struct sheet *sheet)
{
	struct picture p = {.v = v, .search = s};
	int width = sheet->grid.width - SHEET_MARGIN;

	if (!lay_out(&p, mm, width))
		return;
	for (int depth = 0; depth < p.height; depth++) {
		struct area nodes = sheet_row(sheet, 0), branches = {0};

		if (depth + 1 < p.height)
			branches = sheet_row(sheet, 0);
		for (int i = 0; i < p.n; i++) {
			if (p.node[i].depth != depth)
				continue;
			draw_node(&p, &nodes, &p.node[i]);
			if (branches.grid)
				draw_branches(&p, &branches, &p.node[i]);
		}
	}
}

/* ---- the list ---- */

/* On which side of its parent a node hangs. */
static enum rb_side side_of(const struct rb_node *n)
{
	return n->parent->child[RB_LEFT] == n ? RB_LEFT : RB_RIGHT;
}

/* The lines of its ancestors' branches that pass by a node's row, and its own branch. */
static int draw_stems(const struct vma *area, const struct area *row, int x)
{
	const struct rb_node *n = &area->rb;
	int depth = depth_of(area);

	if (n->parent)
		put_text(row, x + 2 * (depth - 1), 0, ROLE_BORDER, 0,
			 side_of(n) == RB_LEFT ? "\xe2\x94\x8c\xe2\x94\x80"
					       : "\xe2\x94\x94\xe2\x94\x80");
	for (int level = depth - 2; n->parent && n->parent->parent; level--, n = n->parent)
		if (side_of(n) != side_of(n->parent))
			put_char(row, x + 2 * level, 0, 0x2502, ROLE_BORDER, 0);
	return x + 2 * depth;
}

void draw_tree_row(const struct view *v, const struct vma *area, const struct tree_search *s,
		   const struct area *row, int x)
{
	enum role role = node_role(v, area, s);
	char rights[TEXT_LEN], name[TEXT_LEN];
	int nr = look_nr(s, area->start);

	if (nr)
		put_format(row, x - 3, 0, ROLE_BORDER_ACTIVE, ATTR_BOLD, "%2d", nr);
	x = draw_stems(area, row, x);
	put_char(row, x, 0, is_red(area) ? RED : BLACK, role, node_attr(area, s));
	x = put_format(row, x + 2, 0, role, 0, "%08" PRIx64, area->start);
	x = put_format(row, x, 0, ROLE_NORMAL, 0, " %s %s", vma_rights(area, rights),
		       area_name(v, area, name));
	if (area->mm->mmap_cache == area)
		put_text(row, x + 1, 0, ROLE_BORDER_ACTIVE, 0, "\xe2\x97\x82 mmap_cache");
}
