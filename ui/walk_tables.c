/*
 * The tables side by side, as on a blackboard: of each the entries that are there, and the one that the MMU reads.
 *
 *	 cr3 37c0f000  of kid                                 TLB holds 3fc07 RW D   miss, filled
 *	+ pgd 37c0f ----------+ +->+ pte 37c11 ----------+ +->+ frame 3fc07 --------+
 *	|   0..31             | |  |   0..1021           | |  | HighMem             |
 *	|  32 37c10067        | |  |1022*3fc07067        +-+  | anonymous           |
 *	|  33..734            | |  | was 3fc05065        |    | "A" -> "K"          |
 *	| 735 37c11067        +-+  |1023 3fc06065        |    | map 1  ref 1        |
 *	+---------------------+    +---------------------+    +---------------------+
 *	  P RW US A D               P RW US A D                mapped by
 *	                            P RO US A D                kid b7ffe000
 *
 * Runs of empty entries are folded to one line, and runs of large pages, which only the kernel has.  So one sees what a
 * table is: a thousand places, a few in use.
 */
#include "walk.h"

#include <stdio.h>

#include "panel.h"
#include "parts.h"
#include "sim/rmap.h"
#include "src/i18n.h"
#include "src/zone_name.h"

enum {
	LEAST_WIDTH = 76,
	LEAST_HEIGHT = 13,
	BOX_MAX = 28,
	TOP = 3,        /* lines above the boxes: bits, indices, cr3   */
	FOOT = 2,       /* below: rights, rights before                */
	LEAST_ROWS = 5, /* of a box                                    */
	INDEX_WIDTH = 4,
	MAX_LINES = 1025 /* entries of the largest table, and one as it was */
};

/* Where the boxes stand. */
struct board {
	int box, gap, rows; /* columns, columns between, rows at most */
	bool whole;         /* entries in full                        */
};

static struct board board_of(const struct machine *m, int width, int height)
{
	struct board b = {.gap = width >= 100 ? 5 : 3};
	int n = m->profile->pt_levels + 1;

	b.box = (width - 2 - b.gap * (n - 1)) / n;
	b.box = b.box > BOX_MAX ? BOX_MAX : b.box;
	b.rows = height - TOP - FOOT - 2;
	b.whole = b.box - 2 >= INDEX_WIDTH + 1 + walk_value_width(m, true);
	return b;
}

bool walk_tables_fit(int width, int height)
{
	return width >= LEAST_WIDTH && height >= LEAST_HEIGHT;
}

static int box_x(const struct board *b, unsigned i) { return 1 + (int)i * (b->box + b->gap); }

int walk_tables_level_at(const struct machine *m, int width, int height, int x)
{
	struct board b = board_of(m, width, height);

	return (x - 1) / (b.box + b.gap);
}

/* ---- the lines of a table ---- */

enum line_kind { LINE_ENTRY, LINE_WAS, LINE_EMPTY, LINE_LARGE };

struct line {
	uint8_t kind;
	uint16_t from, to;
};

struct lines {
	struct line line[MAX_LINES];
	int n, read; /* read: the line of the entry that the MMU reads */
};

static enum line_kind kind_of(const struct walk *k, unsigned level, unsigned index, pte_t e)
{
	if (index == k->w.index[level])
		return LINE_ENTRY;
	if (!e)
		return LINE_EMPTY;
	return level + 1 < k->m->profile->pt_levels && e & PTE_PSE ? LINE_LARGE : LINE_ENTRY;
}

static const pte_t *table_of(const struct walk *k, unsigned level)
{
	return level ? pt_table(k->m, k->w.entry[level - 1]) : k->t->mm->pgd_entry;
}

static void list_lines(const struct walk *k, unsigned level, struct lines *l)
{
	const pte_t *table = table_of(k, level);
	bool changed = k->leaf_changed && level == k->w.levels - 1;

	l->n = l->read = 0;
	for (unsigned i = 0; i < pt_entries(k->m, level); i++) {
		struct line *before = l->n ? &l->line[l->n - 1] : NULL;
		enum line_kind kind = kind_of(k, level, i, table[i]);

		if (kind >= LINE_EMPTY && before && before->kind == kind) {
			before->to = (uint16_t)i;
			continue;
		}
		if (i == k->w.index[level])
			l->read = l->n;
		l->line[l->n++] = (struct line){(uint8_t)kind, (uint16_t)i, (uint16_t)i};
		if (changed && i == k->w.index[level])
			l->line[l->n++] = (struct line){LINE_WAS, (uint16_t)i, (uint16_t)i};
	}
}

static void draw_run(const struct area *a, int y, const struct line *l)
{
	int x = put_format(a, 0, y, ROLE_DIM, 0, "%*u", INDEX_WIDTH, l->from);

	if (l->to > l->from)
		x = put_format(a, x, y, ROLE_DIM, 0, "\342\200\246%u", l->to);
	put_text(a, x + 1, y, ROLE_DIM, 0, l->kind == LINE_LARGE ? "PS" : "\302\267");
}

static void draw_entry(const struct walk *k, const struct area *a, int y, unsigned level,
		       unsigned index, bool whole)
{
	bool read = index == k->w.index[level], leaf = read && level == k->w.levels - 1;
	pte_t e = table_of(k, level)[index];
	enum touch touch = leaf        ? k->leaf_touch
			   : e & PTE_P ? story_touched_pfn(view_story(k->v), pte_pfn(e))
				       : TOUCH_NONE;
	enum role role = !read ? ROLE_DIM : e & PTE_P ? ROLE_NUMBER : ROLE_ERROR;
	unsigned attr = read ? ATTR_BOLD : 0;
	int x = put_format(a, 0, y, read ? walk_level_role(level) : ROLE_DIM, attr, "%*u",
			   INDEX_WIDTH, index);

	put_mark(a, x, y, touch);
	put_walk_value(k->m, a, x + 1, y, e, whole, touched_role(leaf ? touch : TOUCH_NONE, role),
		       attr);
	if (read && (int)level == k->cursor)
		paint(a, 0, y, a->width, ROLE_CHOSEN, 0);
}

static void draw_line(const struct walk *k, const struct area *a, int y, unsigned level,
		      const struct line *l, bool whole)
{
	if (l->kind == LINE_ENTRY) {
		draw_entry(k, a, y, level, l->from, whole);
	} else if (l->kind == LINE_WAS) {
		put_text(a, 0, y, ROLE_DIM, 0, _("was"));
		put_walk_value(k->m, a, INDEX_WIDTH + 1, y, k->old_leaf, whole, ROLE_DIM, 0);
	} else {
		draw_run(a, y, l);
	}
}

/* ---- boxes and arrows ---- */

static struct area open_box(const struct area *a, const struct board *b, unsigned i,
			    const char *name, pfn_t pfn)
{
	struct area box = area_sub(a, box_x(b, i), TOP, b->box, b->rows + 2);
	char title[TEXT_LEN];

	snprintf(title, sizeof(title), pfn == PFN_NONE ? "%s" : "%s %05x", name, pfn);
	return draw_box(&box, title, NULL, false);
}

/* From a line of box i to the head of the next one. */
static void draw_arrow(const struct area *a, const struct board *b, unsigned i, int y,
		       enum role role)
{
	int x = box_x(b, i) + b->box - 1, turn = x + b->gap - 2, end = box_x(b, i + 1) - 1;

	put_char(a, x, y, 0x251c, role, 0);
	fill(a, x + 1, y, turn - x - 1, 0x2500, role);
	put_char(a, turn, y, 0x2518, role, 0);
	for (int up = TOP + 1; up < y; up++)
		put_char(a, turn, up, 0x2502, role, 0);
	put_char(a, turn, TOP, 0x250c, role, 0);
	fill(a, turn + 1, TOP, end - turn - 1, 0x2500, role);
	put_char(a, end, TOP, 0x25b8, role, ATTR_BOLD);
}

/* The table that the MMU reads at a level, an arrow from its entry, and what that allows. */
static void draw_table(const struct walk *k, const struct area *a, const struct board *b,
		       unsigned level, const struct lines *l)
{
	struct area in = open_box(a, b, level, walk_level_name(k->m, level), k->w.table[level]);
	int top = scroll_clamp(l->read - b->rows / 2, b->rows, l->n), x = box_x(b, level) + 1;
	bool present = k->w.entry[level] & PTE_P;

	for (int i = 0; i < b->rows && top + i < l->n; i++)
		draw_line(k, &in, i, level, &l->line[top + i], b->whole);
	if (present)
		draw_arrow(a, b, level, TOP + 1 + l->read - top, walk_level_role(level));
	put_walk_rights(k->m, a, x, TOP + b->rows + 2, level, k->w.entry[level],
			present ? ROLE_NORMAL : ROLE_ERROR);
	if (k->leaf_changed && level == k->w.levels - 1)
		put_walk_rights(k->m, a, x, TOP + b->rows + 3, level, k->old_leaf, ROLE_DIM);
}

/* What stands where the walk did not get to. */
static void draw_missing(const struct walk *k, const struct area *a, const struct board *b,
			 unsigned level)
{
	bool is_table = level < k->m->profile->pt_levels;
	struct area in = open_box(a, b, level, is_table ? walk_level_name(k->m, level) : _("frame"),
				  PFN_NONE);

	put_text(&in, 1, 0, ROLE_DIM, 0, is_table ? _("no table") : _("no frame"));
}

struct mappers {
	const struct area *area;
	int y;
};

static bool draw_mapper(void *ctx, const struct rmap_entry *e)
{
	struct mappers *list = ctx;

	put_format(list->area, 0, list->y++, ROLE_NORMAL, 0, "%s %08" PRIx64,
		   e->vma->mm->owner->comm, e->va);
	return list->y < list->area->height;
}

/* Below the frame: all entries that lead to it. */
static void draw_mappers(const struct walk *k, const struct area *a, const struct board *b,
			 pfn_t pfn)
{
	int y = TOP + b->rows + 2;
	struct area part = area_sub(a, box_x(b, k->w.levels) + 1, y, b->box - 2, a->height - y);
	struct mappers list = {&part, 1};

	if (part.height < 2 || !rmap_walk(k->m, pfn, NULL, NULL))
		return;
	put_text(&part, 0, 0, ROLE_LABEL, 0, _("mapped by"));
	rmap_walk(k->m, pfn, draw_mapper, &list);
}

static void draw_frame_box(const struct walk *k, const struct area *a, const struct board *b)
{
	pfn_t pfn;
	const struct page *p = walk_page(k, &pfn);
	const struct zone *z;
	char name[ZONE_NAME_LEN];
	struct area in;

	if (!p) {
		draw_missing(k, a, b, k->w.levels);
		return;
	}
	in = open_box(a, b, k->w.levels, _("frame"), pfn);
	z = page_zone_const(k->m, pfn);
	put_format(&in, 1, 0, ROLE_NORMAL, 0, "%s", z ? zone_name(k->m, z->id, name) : "");
	put_text(&in, 1, 1, frame_role(k->m, pfn), 0, frame_use_name((enum frame_use)p->use));
	put_walk_content(k, &in, 1, 2);
	put_format(&in, 1, 3, ROLE_NORMAL, 0, _("map %d  ref %d"), p->mapcount, p->refcount);
	if (p->flags & PG_EXCLUSIVE)
		put_text(&in, 1, 4, ROLE_OK, 0, _("exclusive"));
	if (k->cursor == (int)k->w.levels)
		for (int y = 0; y < LEAST_ROWS; y++)
			paint(&in, 0, y, in.width, ROLE_CHOSEN, 0);
	draw_mappers(k, a, b, pfn);
}

/* What the letters mean, in the last lines, where those are free. */
static void draw_legend(const struct walk *k, const struct area *a, int from)
{
	static const char *const words[] = {
		N_("P present  RW writable  RO read-only  US user  KE kernel  A accessed  D dirty  "
		   "G global  PS 4M page"),
		N_("P present  RW writable  RO read-only  US user  KE kernel  A accessed  D dirty  "
		   "NX no execute  G global  PS 2M page"),
	};
	const char *text = _(words[k->m->profile->pte_bytes > 4]);
	int lines = put_wrapped(a, 1, 0, a->width - 2, 0, ROLE_DIM, text);

	if (a->height - lines >= from)
		put_wrapped(a, 1, a->height - lines, a->width - 2, lines, ROLE_DIM, text);
}

void draw_walk_tables(const struct walk *k, const struct area *a)
{
	struct board b = board_of(k->m, a->width, a->height);
	struct area before = area_sub(a, a->width / 2, 0, a->width - a->width / 2, 1);
	struct area right = area_sub(a, a->width / 2, 2, a->width - a->width / 2, 1);
	struct lines lines[PT_LEVELS_MAX];
	unsigned all = k->m->profile->pt_levels;
	int most = LEAST_ROWS;

	draw_walk_bits(k->m, a, 0, k->va);
	draw_walk_segment(k, &before, 0);
	draw_walk_index(k->m, a, 1, k->va, true);
	draw_walk_cr3(k, a, 2);
	draw_walk_tlb(k, &right, 0);
	for (unsigned l = 0; l < k->w.levels; l++) {
		list_lines(k, l, &lines[l]);
		most = lines[l].n > most ? lines[l].n : most;
	}
	b.rows = most < b.rows ? most : b.rows;
	for (unsigned l = 0; l < k->w.levels; l++)
		draw_table(k, a, &b, l, &lines[l]);
	draw_frame_box(k, a, &b);
	for (unsigned l = k->w.levels + 1; !k->w.complete && l <= all; l++)
		draw_missing(k, a, &b, l);
	draw_legend(k, a, TOP + b.rows + 2 + FOOT + LEAST_ROWS);
}
