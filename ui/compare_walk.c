/*
 * The two walks, level by level, and where they end.
 *
 *	          sh pid 1                   kid pid 2
 *	 pte 1022 3fc05025 P RO US A -    =  3fc05025 P RO US A -
 *	              |                          |
 *	              +------------+-------------+
 *	              + frame 3fc05 -------------+
 *	              | "A"                      |
 *
 * The indices are those of the address, the same for both: they stand at the left once.  One frame is drawn as one
 * box, two as two.
 */
#include "compare.h"

#include <stdio.h>
#include <string.h>

#include "panel.h"
#include "parts.h"
#include "src/i18n.h"
#include "src/listing.h"
#include "walk.h"
#include "src/zone_name.h"

enum { LABEL_WIDTH = 10, BOX_WIDTH = 29, LEG = 4 /* column of the line down from a value */ };

/* keys of rows */
enum {
	ROW_NAMES = 1,
	ROW_CR3,
	ROW_AREA,
	ROW_WORDS,
	ROW_PLACE,
	ROW_WORDS_OF_ONE,
	ROW_PLACE_OF_ONE,
	ROW_LEVEL
};

/* ---- columns and signs ---- */

struct compare_columns compare_columns(int width, int label)
{
	struct compare_columns c = {.left = label, .half = (width - label - 3) / 2};

	c.sign = c.left + c.half + 1;
	c.right = c.sign + 2;
	return c;
}

void put_likeness(const struct area *row, const struct compare_columns *c, enum likeness like)
{
	static const struct {
		uint32_t sign;
		enum role role;
	} look[] = {
		[LIKE_SAME] = {'=', ROLE_OK},
		[LIKE_FRAME] = {0x2248, ROLE_WARN},
		[LIKE_NOT] = {0x2260, ROLE_COW},
	};

	put_char(row, c->sign, 0, look[like].sign, look[like].role, ATTR_BOLD);
}

enum likeness entry_likeness(pte_t a, pte_t b)
{
	if (a == b)
		return LIKE_SAME;
	return pte_present(a) && pte_present(b) && pte_pfn(a) == pte_pfn(b) ? LIKE_FRAME : LIKE_NOT;
}

/* The part of a row that belongs to one side. */
static struct area half_of(const struct area *row, const struct compare_columns *c, int i)
{
	return area_sub(row, i ? c->right : c->left, 0, c->half, 1);
}

/* A row with what is compared at its left. */
static struct area labelled_row(struct sheet *sheet, uint64_t key, const char *label,
				struct compare_columns *c)
{
	struct area row = sheet_row(sheet, key);

	*c = compare_columns(row.width, LABEL_WIDTH);
	put_text(&row, 0, 0, ROLE_LABEL, 0, label);
	return row;
}

/* ---- rows of the walk ---- */

static void fill_names(const struct compare_side side[2], struct sheet *sheet)
{
	static const enum role role[3] = {ROLE_PROCESS_1, ROLE_PROCESS_2, ROLE_PROCESS_3};
	struct compare_columns c;
	struct area row = labelled_row(sheet, ROW_NAMES, "", &c);

	for (int i = 0; i < 2; i++) {
		struct area half = half_of(&row, &c, i);
		int x;

		if (!side[i].t) {
			put_text(&half, 0, 0, ROLE_DIM, 0, _("(no process)"));
			continue;
		}
		x = put_text(&half, 0, 0, role[side[i].t->pid % 3], ATTR_BOLD, side[i].t->comm);
		put_format(&half, x + 1, 0, ROLE_DIM, 0, _("pid %u"), side[i].t->pid);
	}
	sheet_link(sheet, COMPARE_TURN);
}

static void fill_cr3(const struct machine *m, const struct compare_side side[2],
		     struct sheet *sheet)
{
	struct compare_columns c;
	struct area row = labelled_row(sheet, ROW_CR3, "cr3", &c);

	for (int i = 0; i < 2; i++) {
		struct area half = half_of(&row, &c, i);

		if (side[i].t)
			put_format(&half, 0, 0, frame_role(m, side[i].t->mm->pgd), ATTR_BOLD,
				   "%05x000", side[i].t->mm->pgd);
	}
	if (side[0].t && side[1].t)
		put_likeness(&row, &c, LIKE_NOT);
}

/* The entry of a level; false: the walk ended before. */
static bool put_level(const struct machine *m, const struct area *half,
		      const struct compare_side *side, unsigned level)
{
	pte_t e = level < side->w.levels ? side->w.entry[level] : 0;
	enum role role = e & PTE_P ? ROLE_NUMBER : ROLE_ERROR;
	int x;

	if (level >= side->w.levels) {
		put_text(half, 0, 0, ROLE_DIM, 0,
			 side->w.complete ? _("in the entry above") : _("no table"));
		return false;
	}
	x = put_walk_value(m, half, 0, 0, e, false, role, ATTR_BOLD);
	put_walk_rights(m, half, x + 1, 0, level, e, e & PTE_P ? ROLE_NORMAL : ROLE_ERROR);
	return true;
}

static void fill_level(const struct machine *m, const struct compare_side side[2], vaddr_t va,
		       unsigned level, struct sheet *sheet)
{
	struct compare_columns c;
	struct area row = labelled_row(sheet, ROW_LEVEL + level, walk_level_name(m, level), &c);
	int seen = 0;

	put_format(&row, 4, 0, walk_level_role(level), ATTR_BOLD, "%u", pt_index(m, level, va));
	for (int i = 0; i < 2; i++) {
		struct area half = half_of(&row, &c, i);

		if (side[i].t)
			seen += put_level(m, &half, &side[i], level);
	}
	if (seen == 2)
		put_likeness(&row, &c,
			     entry_likeness(side[0].w.entry[level], side[1].w.entry[level]));
	else if (seen == 1 && side[0].t && side[1].t)
		put_likeness(&row, &c, LIKE_NOT);
}

static void put_area(const struct view *v, const struct area *half, const struct vma *area,
		     bool is_kernel)
{
	char rights[TEXT_LEN], name[TEXT_LEN];

	if (is_kernel)
		put_text(half, 0, 0, ROLE_KERNEL, 0, _("the kernel's half"));
	else if (!area)
		put_text(half, 0, 0, ROLE_ERROR, 0, _("no area here"));
	else
		put_format(half, 0, 0, ROLE_NORMAL, 0, "%08" PRIx64 "-%08" PRIx64 " %s %s",
			   area->start, area->end, vma_rights(area, rights),
			   area_name(v, area, name));
}

static bool are_alike(const struct vma *a, const struct vma *b)
{
	return a && b && a->start == b->start && a->end == b->end && a->flags == b->flags &&
	       a->file == b->file;
}

static void fill_area(const struct view *v, const struct compare_side side[2], vaddr_t va,
		      struct sheet *sheet)
{
	bool is_kernel = va >= view_machine(v)->map.kernel_base;
	struct compare_columns c;
	struct area row = labelled_row(sheet, ROW_AREA, _("area"), &c);

	for (int i = 0; i < 2; i++) {
		struct area half = half_of(&row, &c, i);

		if (side[i].t)
			put_area(v, &half, side[i].area, is_kernel);
	}
	if (!side[0].t || !side[1].t || (!side[0].area && !side[1].area && !is_kernel))
		return;
	put_likeness(&row, &c,
		     is_kernel || are_alike(side[0].area, side[1].area) ? LIKE_SAME : LIKE_NOT);
}

/* ---- frames ---- */

enum { BOX_TOP, BOX_WORDS, BOX_PLACE, BOX_END, BOX_ROWS };

static void put_box_words(const struct machine *m, const struct area *in,
			  const struct compare_side *side, int line)
{
	const struct zone *z = page_zone_const(m, side->pfn);
	char name[ZONE_NAME_LEN];
	char text[TEXT_LEN];
	int x;

	if (line == BOX_WORDS) {
		x = put_text(in, 1, 0, ROLE_NORMAL, ATTR_BOLD, tag_text(side->page->tag, text));
		if (side->page->flags & PG_EXCLUSIVE)
			put_text(in, x + 2, 0, ROLE_OK, 0, _("exclusive"));
		return;
	}
	x = put_text(in, 1, 0, frame_role(m, side->pfn), 0,
		     frame_use_name((enum frame_use)side->page->use));
	x = put_format(in, x + 1, 0, ROLE_NORMAL, 0, "\303\227%d", side->page->mapcount);
	put_text(in, x + 1, 0, ROLE_DIM, 0, z ? zone_name(m, z->id, name) : "");
}

/* A line of the box of a frame, from column x of the row on. */
static void draw_box_line(const struct machine *m, const struct area *row, int x,
			  const struct compare_side *side, int line)
{
	struct area box = area_sub(row, x, 0, BOX_WIDTH, 1),
		    in = area_sub(&box, 1, 0, box.width - 2, 1);
	enum role role = frame_role(m, side->pfn);
	int end = box.width - 1, from;

	if (line == BOX_WORDS || line == BOX_PLACE) {
		put_char(&box, 0, 0, 0x2502, role, 0);
		put_char(&box, end, 0, 0x2502, role, 0);
		put_box_words(m, &in, side, line);
		return;
	}
	fill(&box, 1, 0, end - 1, 0x2500, role);
	put_char(&box, 0, 0, line == BOX_TOP ? 0x250c : 0x2514, role, 0);
	put_char(&box, end, 0, line == BOX_TOP ? 0x2510 : 0x2518, role, 0);
	if (line != BOX_TOP)
		return;
	from = put_text(&box, 1, 0, ROLE_LABEL, 0, _(" frame "));
	from = put_format(&box, from, 0, role, ATTR_BOLD, "%05x", side->pfn);
	put_char(&box, from, 0, ' ', ROLE_NORMAL, 0);
}

/* From both values down: to one box, or to two. */
static void draw_legs(const struct area *row, const struct compare_columns *c,
		      const struct compare_side side[2], bool one)
{
	int left = c->left + LEG, right = c->right + LEG, middle = (left + right) / 2;

	if (one) {
		fill(row, left, 0, right - left, 0x2500, ROLE_SHARED);
		put_char(row, left, 0, 0x2514, ROLE_SHARED, 0);
		put_char(row, middle, 0, 0x252c, ROLE_SHARED, 0);
		put_char(row, right, 0, 0x2518, ROLE_SHARED, 0);
		return;
	}
	for (int i = 0; i < 2; i++)
		if (side[i].page)
			put_char(row, i ? right : left, 0, 0x2502, ROLE_BORDER, 0);
}

static void fill_frames(const struct machine *m, const struct compare_side side[2],
			struct sheet *sheet)
{
	/* one box and two are different rows: what only stands elsewhere has not changed */
	static const uint64_t keys[2][BOX_ROWS] = {
		{[BOX_WORDS] = ROW_WORDS, [BOX_PLACE] = ROW_PLACE},
		{[BOX_WORDS] = ROW_WORDS_OF_ONE, [BOX_PLACE] = ROW_PLACE_OF_ONE},
	};
	bool one = side[0].page && side[0].pfn == side[1].pfn;
	struct compare_columns c;
	struct area row = labelled_row(sheet, 0, "", &c);

	draw_legs(&row, &c, side, one);
	for (int line = 0; line < BOX_ROWS; line++) {
		row = sheet_row(sheet, keys[one][line]);
		if (one) {
			draw_box_line(m, &row, (c.left + c.right + 2 * LEG - BOX_WIDTH) / 2,
				      &side[0], line);
			continue;
		}
		for (int i = 0; i < 2; i++) {
			struct area half = half_of(&row, &c, i);

			if (side[i].page)
				draw_box_line(m, &half, 0, &side[i], line);
			else if (side[i].t && line == BOX_WORDS)
				put_text(&half, 0, 0, ROLE_DIM, 0, _("no frame"));
		}
	}
}

/* ---- what it comes to ---- */

static bool is_shared(const struct compare_side *s)
{
	return s->area && s->area->flags & VM_SHARED;
}

/* Both lead to the same frame: how long will they? */
static const char *verdict_of_one(const struct machine *m, const struct compare_side side[2],
				  vaddr_t va)
{
	const struct compare_side *s = &side[0];

	if (va >= m->map.kernel_base)
		return _("The kernel's part: the same entries in every process.");
	if (s->w.entry[s->w.levels - 1] & PTE_SPECIAL)
		return _("The zero page, which is nobody's: whoever writes gets a frame.");
	if (is_shared(&side[0]) && is_shared(&side[1]))
		return _("One frame, shared on purpose: what one writes, the other reads.");
	if (s->page->use == FRAME_FILE)
		return _("One frame of the page cache: whoever may write, and does, gets a copy.");
	return _("One frame until somebody writes: copy-on-write.");
}

static const char *verdict(const struct machine *m, const struct compare_side side[2], vaddr_t va)
{
	if (!side[0].t || !side[1].t)
		return _("There is no second process to compare with.");
	if (!side[0].page || !side[1].page)
		return side[0].page || side[1].page ? _("Only one of them has a page here.")
						    : _("Neither has a page here.");
	if (side[0].pfn == side[1].pfn)
		return verdict_of_one(m, side, va);
	return memcmp(side[0].page->tag, side[1].page->tag, TAG_LEN) == 0
		       ? _("Two frames, with the same in them.")
		       : _("Two frames: what one writes, the other does not see.");
}

/* What the walk's parts begin in column 1 of. */
static struct area beside_label(const struct area *row)
{
	return area_sub(row, LABEL_WIDTH - 1, 0, row->width - LABEL_WIDTH + 1, 1);
}

void compare_fill_walk(const struct view *v, const struct compare_side side[2], vaddr_t va,
		       struct sheet *sheet)
{
	const struct machine *m = view_machine(v);
	struct area row = sheet_row(sheet, 0), part = beside_label(&row);
	bool bits = walk_bits_fit(m, part.width);

	put_format(&row, 0, 0, ROLE_NUMBER, ATTR_BOLD, "%08" PRIx64, va);
	if (bits) {
		draw_walk_bits(m, &part, 0, va);
		row = sheet_row(sheet, 0);
		part = beside_label(&row);
	}
	draw_walk_index(m, &part, 0, va, bits);
	fill_names(side, sheet);
	fill_cr3(m, side, sheet);
	for (unsigned l = 0; l < m->profile->pt_levels; l++)
		fill_level(m, side, va, l, sheet);
	fill_area(v, side, va, sheet);
	fill_frames(m, side, sheet);
	row = sheet_row(sheet, 0);
	put_text(&row, 0, 0, ROLE_SAY, 0, verdict(m, side, va));
}
