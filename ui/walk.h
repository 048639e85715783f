/*
 * The walk from an address to a frame, drawn in parts: the address cut, entries, frame and TLB, whole tables.
 */
#ifndef UI_WALK_H
#define UI_WALK_H

#include "grid.h"
#include "view.h"

/* What the parts are drawn from. */
struct walk {
	const struct view *v;
	const struct machine *m;
	const struct task *t;
	vaddr_t va;
	struct pt_walk w;
	pte_t old_leaf; /* the leaf entry before this event changed it */
	bool leaf_changed;
	enum touch leaf_touch;
	int cursor; /* entry that Enter follows, levels: the frame; -1: panel not active */
	bool has_bits, tlb_has_line; /* the panel has room for these lines */
};

/* ---- walk_bits.c: the address, cut ---- */

/* Is there room for the bits of an address in their groups? */
bool walk_bits_fit(const struct machine *m, int width);
/* The bits, and on the next line each group's index. */
void draw_walk_bits(const struct machine *m, const struct area *a, int y, vaddr_t va);
void draw_walk_index(const struct machine *m, const struct area *a, int y, vaddr_t va,
		     bool below_bits);
/* "pgd", "pud", "pmd", "pte"; and the colour of what a level looks up. */
const char *walk_level_name(const struct machine *m, unsigned level);
enum role walk_level_role(unsigned level);

/* ---- walk_segment.c: the step before ---- */

/* Which segment reaches the address, and what it adds. */
void draw_walk_segment(const struct walk *k, const struct area *a, int y);

/* ---- walk_levels.c: entries ---- */

/* A frame's number in the colour of its use, or as what is chosen or touched. Returns the column after it. */
int put_walk_pfn(const struct view *v, const struct area *a, int x, int y, pfn_t pfn);
/* Columns of an entry's value: 8; with PAE 9, the 36 bits of a physical address, or all 64 as 17. */
int walk_value_width(const struct machine *m, bool whole);
int put_walk_value(const struct machine *m, const struct area *a, int x, int y, pte_t e, bool whole,
		   enum role role, unsigned attr);
/*
 * What an entry says beside its frame: "P RW US A D", then NX, G, PS where they are set.  Returns the column after
 * it.
 */
int put_walk_rights(const struct machine *m, const struct area *a, int x, int y, unsigned level,
		    pte_t e, enum role role);
void draw_walk_cr3(const struct walk *k, const struct area *a, int y);
void draw_walk_entry(const struct walk *k, const struct area *a, int y, unsigned level);
/* Under the leaf entry, when it changed: its bits before and now. */
void draw_walk_leaf_rights(const struct walk *k, const struct area *a, int y);

/* ---- walk_arm.c: the words that ARM's MMU reads ---- */

/* Does the machine have such? */
bool has_arm_tables(const struct machine *m);
void draw_arm_first_level(const struct walk *k, const struct area *a, int y);
void draw_arm_second_level(const struct walk *k, const struct area *a, int y);

/* ---- walk_frame.c: where the walk ends ---- */

/* The struct page behind the address, and its frame; NULL, PFN_NONE: the walk does not lead to one. */
const struct page *walk_page(const struct walk *k, pfn_t *pfn);
/* The frame, or what the area says where there is none. */
void draw_walk_frame(const struct walk *k, const struct area *a, int y);
/* Its content, before and now.  Behind it the physical address; or the TLB's answer, if that has no line of its own. */
int put_walk_content(const struct walk *k, const struct area *a, int x, int y);
void draw_walk_content(const struct walk *k, const struct area *a, int y);
void draw_walk_tlb(const struct walk *k, const struct area *a, int y);
void draw_walk_tlb_counts(const struct walk *k, const struct area *a, int y);

/* ---- walk_tables.c: the tables side by side ---- */

/* Is there room for them? */
bool walk_tables_fit(int width, int height);
/* The level of the box at a column, levels: the frame's. */
int walk_tables_level_at(const struct machine *m, int width, int height, int x);
void draw_walk_tables(const struct walk *k, const struct area *a);

#endif
