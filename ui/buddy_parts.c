/*
 * The block that was split or merged last, drawn as its halves.
 *
 *	split 38a50 order 3 -> 0
 *	[38a50|38a51| 38a52     |        38a54        ]     a bar: each half twice as wide as the one before
 *	  38a54 order 2  free list
 *	  38a52 order 1  free list
 *	  38a51 order 0  CPU list
 *	  38a50 order 0  kid
 *
 * Which block it was is told by the story (__rmqueue_smallest and the expands under it; __free_one_page and its merges).
 * The halves follow from the block: the upper half of a block of order k + 1 that begins at h is h + 2^k.  What became
 * of each is read from mem_map as it stands at this moment.
 */
#include "buddy_parts.h"

#include <stdio.h>

#include "panel.h"
#include "parts.h"
#include "src/i18n.h"

/* A block `head` of order high, cut so that one piece of order low remains of it at its lower end: after a split that is
 * `head` itself, before a merge it is the block that came back, wherever it lies inside. */
struct parting {
	bool is_merge;
	pfn_t head, piece;
	unsigned high, low;
};

static bool is_split_or_merge(const struct story_node *n, const void *ctx)
{
	(void)ctx;
	return n->step.id == S_EXPAND || n->step.id == S_BUDDY_MERGE;
}

/* Did this block leave its free list here? */
static bool takes_block(const struct story_node *n, const void *ctx)
{
	return n->step.id == S_RMQUEUE_SMALLEST && n->step.arg[0] == *(const pfn_t *)ctx;
}

static bool find_parting(const struct story *s, struct parting *p)
{
	const struct story_node *n = story_find_last(s, is_split_or_merge, NULL), *taken;

	if (!n)
		return false;
	if (n->step.id == S_EXPAND) {
		p->is_merge = false;
		p->head = p->piece = (pfn_t)n->step.arg[0];
		p->low = (unsigned)n->step.arg[3];
		taken = story_find_last(s, takes_block, &p->head);
		p->high = (unsigned)(taken ? taken->step.arg[1] : n->step.arg[1]);
		return true;
	}
	p->is_merge = true;
	p->head = (pfn_t)n->step.arg[2];
	p->high = (unsigned)n->step.arg[3];
	while (n && n->step.id != S_FREE_ONE_PAGE)
		n = n->parent;
	if (!n)
		return false;
	p->piece = (pfn_t)n->step.arg[0];
	p->low = (unsigned)n->step.arg[1];
	return true;
}

/* What a piece is now, in a few words. */
static const char *fate(const struct machine *m, pfn_t pfn, unsigned order, enum role *role,
			char buf[TEXT_LEN])
{
	const struct page *p = &m->mem_map[pfn];

	*role = frame_role(m, pfn);
	if (p->use == FRAME_FREE && p->flags & PG_BUDDY && p->order == order)
		snprintf(buf, TEXT_LEN, _("free list %u"), order);
	else if (p->use == FRAME_PCP)
		snprintf(buf, TEXT_LEN, _("CPU list"));
	else if (p->use == FRAME_FREE)
		snprintf(buf, TEXT_LEN, "%s", _("inside a block"));
	else
		snprintf(buf, TEXT_LEN, "%s", frame_use_name((enum frame_use)p->use));
	return buf;
}

/* The piece of order k that was parted from the rest: of a merge the buddy that was free. */
static pfn_t half_of(const struct parting *p, unsigned k)
{
	return p->is_merge ? (p->piece & ~((1u << k) - 1)) ^ 1u << k : p->head + (1u << k);
}

/* Is a piece chosen, and not the whole block with it? */
static bool is_chosen_piece(const struct view *v, const struct parting *p, pfn_t pfn)
{
	if (v->choice.kind == CHOOSE_BLOCK && v->choice.order >= p->high)
		return false;
	return view_is_chosen_pfn(v, pfn);
}

/* A piece in the bar, from column `from` to `to`; solid: the one that was asked for, or that came back. */
static void draw_segment(const struct area *a, int y, int from, int to, pfn_t pfn, enum role role,
			 bool solid)
{
	struct area part = area_sub(a, from, y, to - from, 1);

	fill(&part, 0, 0, part.width, solid ? 0x2588 : 0x2591, role);
	put_char(&part, 0, 0, 0x2595, ROLE_BORDER, 0);
	if (part.width >= 7)
		put_format(&part, (part.width - 5) / 2 + 1, 0, role, ATTR_BOLD, "%05x", pfn);
}

static enum role piece_role(const struct view *v, const struct parting *p, pfn_t pfn, bool solid)
{
	if (is_chosen_piece(v, p, pfn))
		return ROLE_CHOSEN;
	if (p->is_merge)
		return solid ? ROLE_COW : ROLE_FREE;
	return frame_role(view_machine(v), pfn);
}

/* The whole block as a bar in address order; where a cell is too small for a piece, it is left out. */
static void draw_bar(const struct view *v, const struct area *a, int y, const struct parting *p)
{
	int width = a->width - 3;
	uint32_t frames = 1u << p->high;

#define COLUMN(pfn) (1 + (int)((uint64_t)((pfn)-p->head) * (uint32_t)width / frames))
	for (unsigned k = p->low; k < p->high; k++) {
		pfn_t half = half_of(p, k);

		draw_segment(a, y, COLUMN(half), COLUMN(half + (1u << k)), half,
			     piece_role(v, p, half, false), false);
	}
	draw_segment(a, y, COLUMN(p->piece), COLUMN(p->piece + (1u << p->low)), p->piece,
		     piece_role(v, p, p->piece, true), true);
#undef COLUMN
	put_char(a, 1 + width, y, 0x258f, ROLE_BORDER, 0);
}

/* The head of a piece's line; returns the column after it. */
static int draw_piece(const struct view *v, const struct area *a, int y, const struct parting *p,
		      pfn_t pfn, unsigned order)
{
	enum touch touch = story_touched_pfn(view_story(v), pfn);
	enum role role = is_chosen_piece(v, p, pfn) ? ROLE_CHOSEN : ROLE_NUMBER;
	int x;

	put_mark(a, 0, y, touch == TOUCH_STEP ? touch : TOUCH_NONE);
	x = put_format(a, 3, y, role, 0, "%05x", pfn);
	return put_format(a, x + 1, y, ROLE_DIM, 0, _("order %-2u"), order) + 1;
}

/* A piece and what became of it. */
static void draw_fate(const struct view *v, const struct area *a, int y, const struct parting *p,
		      pfn_t pfn, unsigned order)
{
	int x = draw_piece(v, a, y, p, pfn, order);
	char text[TEXT_LEN];
	enum role role;

	fate(view_machine(v), pfn, order, &role, text);
	x = put_text(a, x, y, ROLE_DIM, 0, "\342\206\222");
	put_text(a, x + 1, y, role, 0, text);
}

/* The halves, the largest first; the piece itself last. */
static void list_split(const struct view *v, const struct area *a, int y, const struct parting *p)
{
	for (unsigned k = p->high; k-- > p->low;)
		draw_fate(v, a, y++, p, half_of(p, k), k);
	draw_fate(v, a, y, p, p->piece, p->low);
}

/* The block that came back, and each buddy that was free and joined. */
static void list_merge(const struct view *v, const struct area *a, int y, const struct parting *p)
{
	int x = draw_piece(v, a, y, p, p->piece, p->low);

	put_text(a, x, y++, ROLE_COW, 0, _("came back"));
	for (unsigned k = p->low; k < p->high && y < a->height; k++) {
		x = draw_piece(v, a, y, p, half_of(p, k), k);
		put_format(a, x, y++, ROLE_FREE, 0, _("was free: order %u"), k + 1);
	}
}

void draw_buddy_parts(const struct view *v, const struct area *a)
{
	struct parting p;
	int y = 0;
	int x;

	if (a->height < 1 || !find_parting(view_story(v), &p))
		return;
	x = put_text(a, 1, y, p.is_merge ? ROLE_OK : ROLE_COW, ATTR_BOLD,
		     p.is_merge ? _("merged") : _("split"));
	x = put_format(a, x + 1, y, ROLE_NUMBER, 0, "%05x", p.head);
	put_format(a, x + 1, y++, ROLE_DIM, 0,
		   p.is_merge ? _("order %u, from %u") : _("order %u, down to %u"), p.high, p.low);
	if (a->height >= 2)
		draw_bar(v, a, y++, &p);
	if (y >= a->height)
		return;
	if (p.is_merge)
		list_merge(v, a, y, &p);
	else
		list_split(v, a, y, &p);
}
