/*
 * Walk: how the MMU turns an address into a frame.
 *
 *	 ds 007b:b7ffe000  base 0 limit 4G  linear b7ffe000
 *	 1011011111 1111111110 000000000000
 *	 pgd 735    pte 1022   offset 0
 *	 cr3 0192e000
 *	  [735]  38b21067  P RW US A -
 *	    [1022] 38a4f025 -> 38a50067               the entry changed in this event
 *	           P RO US A -   P RW US A D
 *	 frame 38a50 HighMem map 1 ref 1   anonymous
 *	 content "A" -> "K"   phys 38a50000
 *	 shared sh r-  kid r-                              who else maps the frame
 *	 TLB   holds 38a50 RW D     last: miss, filled
 *
 * Entries are read as the MMU reads them, by pt_walk, from the tables as they stand at this moment; what stood there
 * before is taken from the story of the event.  When the panel is low, the lines go in the order of `need`: entries and
 * frame stay to the last.  On a wide panel, when it is zoomed, whole tables stand side by side instead.
 *
 *	walk_segment.c  the step before         walk_bits.c     the address, cut
 *	walk_levels.c   entries                 walk_frame.c    frame, contents, TLB
 *	walk_tables.c   the tables side by side
 */
#include "panel.h"

#include <stdio.h>
#include <string.h>

#include "parts.h"
#include "sharers.h"
#include "src/i18n.h"
#include "walk.h"

enum {
	LINE_SEGMENT,
	LINE_BITS,
	LINE_INDEX,
	LINE_CR3,
	LINE_ENTRY_0,
	LINE_ENTRY_1,
	LINE_ENTRY_2,
	LINE_ENTRY_3,
	LINE_ARM_FIRST,
	LINE_ARM_SECOND,
	LINE_LEAF_RIGHTS,
	LINE_FRAME,
	LINE_CONTENT,
	LINE_SHARERS,
	LINE_TLB,
	LINE_TLB_COUNTS,
	NR_LINES
};

enum { NEEDS = 12 };

/* Smaller stays longer. */
static const uint8_t need[NR_LINES] = {
	[LINE_BITS] = 5,    [LINE_INDEX] = 3,   [LINE_CR3] = 7,         [LINE_ENTRY_0] = 0,
	[LINE_ENTRY_1] = 0, [LINE_ENTRY_2] = 0, [LINE_LEAF_RIGHTS] = 8, [LINE_FRAME] = 1,
	[LINE_CONTENT] = 2, [LINE_TLB] = 4,     [LINE_TLB_COUNTS] = 11, [LINE_SHARERS] = 10,
	[LINE_SEGMENT] = 6, [LINE_ENTRY_3] = 0, [LINE_ARM_FIRST] = 4,   [LINE_ARM_SECOND] = 1,
};

/* The step before the walk comes late where it adds nothing. */
static int need_of(const struct machine *m, int line)
{
	const struct gdt_layout *l = m->profile->gdt;

	return line == LINE_SEGMENT && (!l || l->long_mode) ? 9 : need[line];
}

/* ---- what the event changed ---- */

struct entry_question {
	uint32_t pid;
	vaddr_t page;
};

/* Does a telling say what the entry of this page was? A page of a file is mapped where nothing was. */
static bool changes_entry(const struct story_node *n, const void *ctx)
{
	const struct entry_question *q = ctx;
	uint16_t id = n->step.id;
	uint64_t va;

	return (id == S_SET_PTE || id == S_MMU_SET_BITS || id == S_MAP_FILE_PAGE ||
		id == S_ZAP_PTE) &&
	       step_arg(&n->step, A_VA, &va) && page_align_down((vaddr_t)va) == q->page &&
	       node_pid(n) == q->pid;
}

static void find_changes(struct walk *k)
{
	struct entry_question q = {k->t->pid, page_align_down(k->va)};
	const struct story *s = view_story(k->v);
	const struct story_node *first = story_find_first(s, changes_entry, &q);
	uint64_t old = 0;

	if (!first)
		return;
	if (first->step.id != S_MAP_FILE_PAGE)
		step_arg(&first->step, A_PTE, &old);
	k->old_leaf = old;
	k->leaf_changed = old != k->w.entry[k->w.levels - 1];
	k->leaf_touch = view_is_complete(k->v) || changes_entry(story_last(s), &q) ? TOUCH_STEP
										   : TOUCH_EVENT;
}

/* ---- lines ---- */

/* Who else maps the frame. */
static void draw_sharers(const struct walk *k, const struct area *a, int y)
{
	struct sharers s;
	pfn_t pfn;

	walk_page(k, &pfn);
	sharers_of(k->m, pfn, &s);
	if (s.nr > 1)
		put_sharers(a, put_text(a, 1, y, ROLE_LABEL, 0, _("shared")) + 1, y, &s, k->va);
}

static void draw_line(const struct walk *k, const struct area *a, int y, int line)
{
	switch (line) {
	case LINE_SEGMENT:
		draw_walk_segment(k, a, y);
		break;
	case LINE_BITS:
		draw_walk_bits(k->m, a, y, k->va);
		break;
	case LINE_INDEX:
		draw_walk_index(k->m, a, y, k->va, k->has_bits);
		break;
	case LINE_CR3:
		draw_walk_cr3(k, a, y);
		break;
	case LINE_ARM_FIRST:
		draw_arm_first_level(k, a, y);
		break;
	case LINE_ARM_SECOND:
		draw_arm_second_level(k, a, y);
		break;
	case LINE_LEAF_RIGHTS:
		draw_walk_leaf_rights(k, a, y);
		break;
	case LINE_FRAME:
		draw_walk_frame(k, a, y);
		break;
	case LINE_CONTENT:
		draw_walk_content(k, a, y);
		break;
	case LINE_SHARERS:
		draw_sharers(k, a, y);
		break;
	case LINE_TLB:
		draw_walk_tlb(k, a, y);
		break;
	case LINE_TLB_COUNTS:
		draw_walk_tlb_counts(k, a, y);
		break;
	default:
		if ((unsigned)(line - LINE_ENTRY_0) < k->w.levels)
			draw_walk_entry(k, a, y, (unsigned)(line - LINE_ENTRY_0));
		break;
	}
}

/* Can the line be drawn at all in this panel? The number of lines depends on the machine and the panel alone. */
static bool is_line_wanted(const struct machine *m, const struct area *a, int line)
{
	int levels = m->profile->pt_levels;

	if (line == LINE_BITS)
		return walk_bits_fit(m, a->width);
	if (line == LINE_ENTRY_2)
		return levels >= 3;
	if (line == LINE_ENTRY_3)
		return levels == 4;
	if (line == LINE_ARM_FIRST || line == LINE_ARM_SECOND)
		return has_arm_tables(m);
	return true;
}

/* The greatest need with which the lines fit. */
static int need_that_fits(const struct machine *m, const struct area *a)
{
	int most = 0;

	for (int limit = 0; limit < NEEDS; limit++) {
		int lines = 0;

		for (int i = 0; i < NR_LINES; i++)
			lines += is_line_wanted(m, a, i) && need_of(m, i) <= limit;
		if (lines <= a->height)
			most = limit;
	}
	return most;
}

static struct walk walk_of(const struct view *v, const struct task *t)
{
	struct walk k = {.v = v, .m = view_machine(v), .t = t, .va = v->walk_va, .cursor = -1};

	pt_walk(k.m, t->mm, k.va, &k.w);
	find_changes(&k);
	return k;
}

static void walk_draw(struct view *v, struct panel_state *ps, const struct area *a, bool active)
{
	const struct task *t = view_task(v);
	struct walk k;
	int limit, y = 0;

	ps->height = a->height;
	ps->width = a->width;
	if (!t) {
		put_text(a, 1, 0, ROLE_DIM, 0, _("(no process)"));
		return;
	}
	k = walk_of(v, t);
	if (ps->cursor > (int)k.w.levels)
		ps->cursor = (int)k.w.levels;
	if (active)
		k.cursor = ps->cursor;
	if (walk_tables_fit(a->width, a->height)) {
		draw_walk_tables(&k, a);
		return;
	}
	limit = need_that_fits(k.m, a);
	k.tlb_has_line = need[LINE_TLB] <= limit;
	k.has_bits = need[LINE_BITS] <= limit && is_line_wanted(k.m, a, LINE_BITS);
	for (int i = 0; i < NR_LINES && y < a->height; i++)
		if (is_line_wanted(k.m, a, i) && need_of(k.m, i) <= limit) {
			if (i == LINE_ENTRY_0)
				ps->top = y;
			draw_line(&k, a, y++, i);
		}
}

static void walk_status(const struct view *v, const struct panel_state *ps, char *buf, size_t size)
{
	const struct task *t = view_task(v);

	(void)ps;
	buf[0] = '\0';
	if (t)
		snprintf(buf, size, "%s %08" PRIx64, t->comm, v->walk_va);
}

/* ---- keys ---- */

/* Follow an entry: the table or the frame that it names is chosen, and seen in physical memory. */
static void follow_entry(struct view *v, const struct panel_state *ps)
{
	const struct task *t = view_task(v);
	struct pt_walk w;
	pfn_t pfn;

	pt_walk(view_machine(v), t->mm, v->walk_va, &w);
	if (ps->cursor >= (int)w.levels)
		pfn = w.complete ? (pfn_t)(w.phys >> PAGE_SHIFT) : PFN_NONE;
	else
		pfn = w.entry[ps->cursor] & PTE_P ? pte_pfn(w.entry[ps->cursor]) : PFN_NONE;
	if (pfn == PFN_NONE || pfn >= view_machine(v)->max_pfn)
		return;
	view_choose_frame(v, pfn);
	v->wants_panel = "memory";
}

static void go_to_page(struct view *v, int64_t pages)
{
	const struct task *t = view_task(v);

	view_choose_address(v, t->pid, page_align_down(v->walk_va) + (vaddr_t)(pages * PAGE_SIZE));
}

static bool walk_key(struct view *v, struct panel_state *ps, uint32_t key)
{
	if (!view_task(v))
		return false;
	switch (key) {
	case KEY_UP_:
		ps->cursor -= ps->cursor > 0;
		return true;
	case KEY_DOWN_:
		ps->cursor++;
		return true;
	case '<':
		go_to_page(v, -1);
		return true;
	case '>':
		go_to_page(v, 1);
		return true;
	case KEY_ENTER_:
		follow_entry(v, ps);
		return true;
	default:
		return false;
	}
}

static void walk_click(struct view *v, struct panel_state *ps, int x, int y)
{
	if (walk_tables_fit(ps->width, ps->height))
		ps->cursor = walk_tables_level_at(view_machine(v), ps->width, ps->height, x);
	else if (y >= ps->top && y - ps->top < view_machine(v)->profile->pt_levels)
		ps->cursor = y - ps->top;
}

static void walk_scroll(struct view *v, struct panel_state *ps, int dy)
{
	(void)ps;
	if (view_task(v))
		go_to_page(v, dy);
}

/* focus walk NAME: from an address of that process */
static bool walk_reveal(struct view *v, struct panel_state *ps, const char *item)
{
	(void)ps;
	return view_choose_process(v, item);
}

const struct panel panel_walk = {
	.name = "walk",
	.title = N_("Walk"),
	.min_width = 30,
	.min_height = 5,
	.want_width = 44,
	.want_height = 12,
	.need_height = 8,
	.status = walk_status,
	.draw = walk_draw,
	.key = walk_key,
	.click = walk_click,
	.scroll = walk_scroll,
	.reveal = walk_reveal,
};
