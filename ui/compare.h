/*
 * Two processes side by side: what the files of the comparison share.
 */
#ifndef UI_COMPARE_H
#define UI_COMPARE_H

#include "sheet.h"
#include "view.h"

/* One process, and where it gets from the address. */
struct compare_side {
	const struct task *t; /* NULL: it does not live at this moment                 */
	struct pt_walk w;
	const struct vma *area; /* that holds the address, NULL: none does                */
	pfn_t pfn;              /* behind the address, PFN_NONE: nothing; and its page    */
	const struct page *page;
};

/* Columns of a row: what is compared, the one, the sign between them, the other. */
struct compare_columns {
	int left, sign, right, half;
};

/* In a row of so many columns, `label` of them for what is compared. */
struct compare_columns compare_columns(int width, int label);

/* How two things stand to each other; each has its sign and its colour. */
enum likeness { LIKE_SAME, LIKE_FRAME /* the same frame, other bits */, LIKE_NOT };
void put_likeness(const struct area *row, const struct compare_columns *c, enum likeness like);
/* Of two entries. */
enum likeness entry_likeness(pte_t a, pte_t b);

/* The link of the row with both names; those of pages are their addresses. */
enum { COMPARE_TURN = 1 };

/* ---- compare_walk.c: the walks, and the frame that both lead to, or the two ---- */
void compare_fill_walk(const struct view *v, const struct compare_side side[2], vaddr_t va,
		       struct sheet *sheet);

/* ---- compare_pages.c: every page that one of them has; link: its address ---- */
void compare_fill_pages(const struct view *v, const struct compare_side side[2], vaddr_t va,
			struct sheet *sheet);

#endif
