/*
 * The tree of areas, drawn, and the way that find_vma took down in it.
 */
#ifndef UI_INSPECT_TREE_H
#define UI_INSPECT_TREE_H

#include "sheet.h"
#include "view.h"

/* A search that the current event made, or is making; of mm's process, the last one. */
enum search_end { SEARCH_NONE, SEARCH_GOES_ON, SEARCH_FOUND, SEARCH_CACHE, SEARCH_NULL };
enum { SEARCH_LOOKS = 48 };
struct tree_search {
	enum search_end end;   /* NONE: there was no search                        */
	vaddr_t va;            /* searched for                                     */
	vaddr_t look[SEARCH_LOOKS]; /* starts of the areas looked at, in order     */
	int nr_looks;
	vaddr_t found;         /* FOUND, CACHE: start of the area                  */
};
void find_tree_search(const struct view *v, const struct mm *mm, struct tree_search *s);

/* The tree as a picture, root on top, if it is small enough; nothing otherwise. */
void draw_tree(const struct view *v, const struct mm *mm, const struct tree_search *s, struct sheet *sheet);

/* An area in the list, from column x on: its colour, its depth by branches, and what the search did with it. */
void draw_tree_row(const struct view *v, const struct vma *area, const struct tree_search *s, const struct area *row,
		   int x);

/* What the search was for and how it ended, in one row. */
void draw_tree_search(const struct tree_search *s, const struct area *row, int x);

#endif
