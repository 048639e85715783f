/*
 * Every page that one of two processes has, side by side.
 *
 *	 pages                1 the same, 2 not
 *	 08048000 program     3fc00 f "progra.0"     =  3fc00 f "progra.0"
 *	 b7ffe000 -           3fc05 a "A"            #  3fc07 a "K"
 *
 * Where neither has a table, a whole table's addresses are passed over at once.
 */
#include "compare.h"

#include <stdio.h>

#include "panel.h"
#include "parts.h"
#include "src/i18n.h"

enum { LABEL_WIDTH = 19, NAME_AT = 9, MAX_ROWS = 512, ROW_OF_PAGE = 0x100 };

static pte_t entry_at(const struct machine *m, const struct compare_side *s, vaddr_t va,
		      bool *table)
{
	const pte_t *e = pte_offset(m, s->t->mm, va);

	*table |= e != NULL;
	return e && pte_present(*e) ? *e : 0;
}

/* Behind va, where neither of them has a table. */
static uint64_t next_table(const struct machine *m, const struct compare_side side[2], uint64_t va,
			   uint64_t end)
{
	uint64_t next = end;

	for (int i = 0; i < 2; i++)
		if (side[i].t && pt_next(m, side[i].t->mm, va, end) < next)
			next = pt_next(m, side[i].t->mm, va, end);
	return next;
}

/* The next page at or above va that one of them has: true, its address and both entries. */
static bool next_page(const struct machine *m, const struct compare_side side[2], uint64_t *va,
		      pte_t e[2])
{
	uint64_t end = m->map.task_size;

	while (*va < end) {
		bool table = false;

		e[0] = entry_at(m, &side[0], (vaddr_t)*va, &table);
		e[1] = entry_at(m, &side[1], (vaddr_t)*va, &table);
		if (e[0] || e[1])
			return true;
		*va = table ? *va + PAGE_SIZE : next_table(m, side, *va, end);
	}
	return false;
}

static void draw_side(const struct machine *m, const struct area *half, const struct vma *area,
		      pte_t e)
{
	const struct page *p = entry_page(m, e);
	char text[TEXT_LEN];
	int x;

	if (!p || !area) {
		put_char(half, 0, 0, 0xb7, ROLE_DIM, 0);
		return;
	}
	x = put_format(half, 0, 0, frame_role(m, pte_pfn(e)), ATTR_BOLD, "%05x %c", pte_pfn(e),
		       page_letter(m, e, area));
	put_text(half, x + 1, 0, ROLE_NORMAL, 0, tag_text(p->tag, text));
}

static void fill_page(const struct view *v, const struct compare_side side[2], vaddr_t va,
		      const pte_t e[2], bool chosen, struct sheet *sheet)
{
	const struct machine *m = view_machine(v);
	struct area row = sheet_row(sheet, ROW_OF_PAGE + va);
	struct compare_columns c = compare_columns(row.width, LABEL_WIDTH);
	const struct vma *area[2] = {area_at(side[0].t->mm, va), area_at(side[1].t->mm, va)};
	const struct vma *any = area[0] ? area[0] : area[1];
	char name[TEXT_LEN];
	struct area part = area_sub(&row, NAME_AT, 0, LABEL_WIDTH - NAME_AT - 1, 1);

	put_format(&row, 0, 0, chosen ? ROLE_CHOSEN : ROLE_NUMBER, 0, "%08" PRIx64, va);
	put_text(&part, 0, 0, ROLE_LABEL, 0, any ? area_name(v, any, name) : "");
	part = area_sub(&row, c.left, 0, c.half, 1);
	draw_side(m, &part, area[0], e[0]);
	part = area_sub(&row, c.right, 0, c.half, 1);
	draw_side(m, &part, area[1], e[1]);
	put_likeness(&row, &c, entry_likeness(e[0], e[1]));
	sheet_link(sheet, va);
}

void compare_fill_pages(const struct view *v, const struct compare_side side[2], vaddr_t va,
			struct sheet *sheet)
{
	int heading, same = 0, other = 0;
	uint64_t at = 0;
	struct area row;
	pte_t e[2];

	sheet_heading(sheet, _("pages"));
	heading = sheet->nr_rows - 1;
	for (; next_page(view_machine(v), side, &at, e); at += PAGE_SIZE) {
		if (entry_likeness(e[0], e[1]) == LIKE_NOT)
			other++;
		else
			same++;
		if (same + other <= MAX_ROWS)
			fill_page(v, side, (vaddr_t)at, e, at == page_align_down(va), sheet);
	}
	row = area_of(&sheet->grid);
	if (heading >= 0)
		put_format(&row, SHEET_MARGIN + 8, heading, ROLE_DIM, 0,
			   _(" %d in the same frame, %d not "), same, other);
	if (same + other > MAX_ROWS) {
		row = sheet_row(sheet, 0);
		put_format(&row, 0, 0, ROLE_DIM, 0, _("and %d more"), same + other - MAX_ROWS);
	}
	row = sheet_row(sheet, 0);
	put_text(&row, 0, 0, ROLE_DIM, 0,
		 _("= the same   \342\211\210 the same frame, other bits   \342\211\240 not the "
		   "same"));
}
