/*
 * Walk: how the MMU turns an address into a frame.
 *
 *	 1011011111 1111111110 000000000000
 *	 pgd 735    pte 1022   offset 0
 *	 cr3 0192e000
 *	  [735]  38b21067  P RW US A -
 *	    [1022] 38a4f025 -> 38a50067               the entry changed in this event
 *	           P RO US A -   P RW US A D
 *	 frame 38a50 HighMem map 1 ref 1   anonymous
 *	 content "A" -> "K"   phys 38a50000
 *	 TLB   holds 38a50 RW D     last: miss, filled
 *
 * Entries are read as the MMU reads them, by pt_walk, from the tables as they stand at this moment; what stood there
 * before is taken from the story of the event.  When the panel is low, the lines go in the order of `need`: entries and
 * frame stay to the last.  Without a line of its own the TLB's answer stands behind the contents.
 */
#include "panel.h"

#include <stdio.h>
#include <string.h>

#include "parts.h"
#include "src/i18n.h"
#include "src/listing.h"

/* What the lines are drawn from. */
struct walk {
	const struct view *v;
	const struct machine *m;
	const struct task *t;
	vaddr_t va;
	struct pt_walk w;
	pte_t old_leaf; /* the leaf entry before this event changed it */
	bool leaf_changed;
	enum touch leaf_touch;
	int cursor; /* entry that Enter follows; -1: panel not active */
	bool tlb_has_line;
};

enum {
	LINE_BITS,
	LINE_INDEX,
	LINE_CR3,
	LINE_ENTRY_0,
	LINE_ENTRY_1,
	LINE_ENTRY_2,
	LINE_LEAF_BITS,
	LINE_FRAME,
	LINE_CONTENT,
	LINE_TLB,
	LINE_TLB_COUNTS,
	NR_LINES
};

/* Smaller stays longer. */
static const uint8_t need[NR_LINES] = {
	[LINE_BITS] = 5,    [LINE_INDEX] = 3,   [LINE_CR3] = 6,        [LINE_ENTRY_0] = 0,
	[LINE_ENTRY_1] = 0, [LINE_ENTRY_2] = 0, [LINE_LEAF_BITS] = 7,  [LINE_FRAME] = 1,
	[LINE_CONTENT] = 2, [LINE_TLB] = 4,     [LINE_TLB_COUNTS] = 8,
};

/* ---- what the event changed ---- */

struct entry_question {
	uint32_t pid;
	vaddr_t page;
};

/* Does a telling give the old and the new entry of this page? */
static bool changes_entry(const struct story_node *n, const void *ctx)
{
	const struct entry_question *q = ctx;
	uint16_t id = n->step.id;
	uint64_t va;

	return (id == S_SET_PTE || id == S_MMU_SET_BITS) && step_arg(&n->step, A_VA, &va) &&
	       page_align_down((vaddr_t)va) == q->page && node_pid(n) == q->pid;
}

struct tag_question {
	pfn_t pfn;
};

static bool changes_content(const struct story_node *n, const void *ctx)
{
	const struct tag_question *q = ctx;
	uint64_t pfn, tag;

	return step_arg(&n->step, A_PFN, &pfn) && pfn == q->pfn &&
	       step_arg_nth(&n->step, A_TAG, 1, &tag);
}

static void find_changes(struct walk *k)
{
	struct entry_question q = {k->t->pid, page_align_down(k->va)};
	const struct story *s = view_story(k->v);
	const struct story_node *first = story_find_first(s, changes_entry, &q);
	uint64_t old;

	if (!first)
		return;
	step_arg(&first->step, A_PTE, &old);
	k->old_leaf = old;
	k->leaf_changed = old != k->w.entry[k->w.levels - 1];
	k->leaf_touch = view_is_complete(k->v) || changes_entry(story_last(s), &q) ? TOUCH_STEP
										   : TOUCH_EVENT;
}

/* ---- lines ---- */

static bool is_large_level(const struct walk *k, unsigned level)
{
	return k->w.large && level == k->w.levels - 1;
}

static const char *level_name(const struct machine *m, unsigned level)
{
	if (level == 0)
		return "pgd";
	return level + 1 < m->profile->pt_levels ? "pmd" : "pte";
}

/* Bits [from, from + n) of the address, highest first. */
static int put_bits(const struct area *a, int x, int y, vaddr_t va, unsigned from, unsigned n,
		    enum role role)
{
	while (n--)
		x = put_char_text(a, x, y, va >> (from + n) & 1 ? '1' : '0', role);
	return x + 1;
}

static enum role level_role(unsigned level)
{
	static const enum role role[] = {ROLE_PROCESS_1, ROLE_PROCESS_2, ROLE_PROCESS_3};

	return role[level % 3];
}

static void draw_bits(const struct walk *k, const struct area *a, int y)
{
	const struct mm_profile *p = k->m->profile;
	int x = 1;

	for (unsigned l = 0; l < p->pt_levels; l++)
		x = put_bits(a, x, y, k->va, p->pt_shift[l], p->pt_bits[l], level_role(l));
	put_bits(a, x, y, k->va, 0, PAGE_SHIFT, ROLE_DIM);
}

/* Each index under its bits, or close together where those are not shown. */
static void draw_index(const struct walk *k, const struct area *a, int y)
{
	const struct mm_profile *p = k->m->profile;
	bool aligned = a->width >= 32 + p->pt_levels + 1;
	int x = 1, end;

	for (unsigned l = 0; l < p->pt_levels; l++) {
		/* two bits of PAE's first level have no room for a name */
		const char *name = aligned && p->pt_bits[l] < 5 ? "" : level_name(k->m, l);

		end = put_text(a, x, y, ROLE_LABEL, 0, name);
		end = put_format(a, end + (name[0] != '\0'), y, level_role(l), ATTR_BOLD, "%-4u",
				 pt_index(k->m, l, k->va));
		x = aligned ? x + p->pt_bits[l] + 1 : end;
	}
	end = put_text(a, x, y, ROLE_LABEL, 0, aligned ? _("offset") : "+");
	put_format(a, end + aligned, y, ROLE_DIM, 0, "%u", k->va & (PAGE_SIZE - 1));
}

static int put_pfn(const struct walk *k, const struct area *a, int x, int y, pfn_t pfn)
{
	enum role role =
		view_is_chosen_pfn(k->v, pfn)
			? ROLE_CHOSEN
			: touched_role(story_touched_pfn(view_story(k->v), pfn),
				       pfn < k->m->max_pfn ? frame_role(k->m, pfn) : ROLE_NORMAL);

	return put_format(a, x, y, role, ATTR_BOLD, "%05x", pfn);
}

static void draw_cr3(const struct walk *k, const struct area *a, int y)
{
	int x = put_text(a, 1, y, ROLE_LABEL, 0, "cr3");

	x = put_pfn(k, a, x + 1, y, k->t->mm->pgd);
	x = put_text(a, x, y, ROLE_DIM, 0, "000");
	x = put_format(a, x + 2, y, ROLE_DIM, 0, _("of %s"), k->t->comm);
	if (k->va >= k->m->profile->page_offset)
		put_text(a, x + 2, y, ROLE_KERNEL, 0, _("kernel half, shared by all"));
}

static int value_digits(const struct walk *k) { return k->m->profile->pte_bytes > 4 ? 9 : 8; }

static void put_entry_bits(const struct walk *k, const struct area *a, int x, int y, unsigned level,
			   pte_t e, enum role role)
{
	char text[TEXT_LEN];

	if (!e) {
		put_text(a, x, y, role, 0, _("nothing there"));
		return;
	}
	x = put_text(a, x, y, role, 0, pte_bits_text(e, text));
	if (is_large_level(k, level))
		put_text(a, x + 1, y, ROLE_WARN, ATTR_BOLD,
			 k->m->profile->pt_levels == 3 ? "PS 2M" : "PS 4M");
}

static int entry_column(unsigned level) { return 2 + 2 * (int)level; }

static void draw_entry(const struct walk *k, const struct area *a, int y, unsigned level)
{
	bool leaf = level == k->w.levels - 1;
	pte_t e = k->w.entry[level];
	int digits = value_digits(k), x = entry_column(level);
	enum touch touch = leaf ? k->leaf_touch : story_touched_pfn(view_story(k->v), pte_pfn(e));
	enum role role = e & PTE_P ? ROLE_NUMBER : ROLE_ERROR;

	if ((int)level == k->cursor)
		paint(a, 0, y, a->width, ROLE_CHOSEN, 0);
	put_char(a, x - 1, y, 0x2514, ROLE_BORDER, 0);
	x = put_char_text(a, x, y, '[', ROLE_DIM);
	x = put_format(a, x, y, level_role(level), ATTR_BOLD, "%u", pt_index(k->m, level, k->va));
	x = put_char_text(a, x, y, ']', ROLE_DIM);
	if (x < entry_column(level) + 7)
		x = entry_column(level) + 7;
	if (leaf && k->leaf_changed && x + 2 * digits + 4 <= a->width) {
		x = put_format(a, x, y, ROLE_DIM, 0, "%0*llx", digits,
			       (unsigned long long)k->old_leaf);
		x = put_text(a, x + 1, y, ROLE_DIM, 0, "\342\206\222");
	}
	put_mark(a, x, y, touch);
	x = put_format(a, x + 1, y, touched_role(leaf ? touch : TOUCH_NONE, role), ATTR_BOLD,
		       "%0*llx", digits, (unsigned long long)e);
	if (!leaf || !k->leaf_changed || a->width - x > 16)
		put_entry_bits(k, a, x + 2, y, level, e, e & PTE_P ? ROLE_NORMAL : ROLE_ERROR);
}

/* Under the leaf entry, when it changed: its bits before and now. */
static void draw_leaf_bits(const struct walk *k, const struct area *a, int y)
{
	unsigned level = k->w.levels - 1;
	int x = entry_column(level) + 7, digits = value_digits(k);

	if (!k->leaf_changed || a->width - (x + 2 * digits + 4) > 16)
		return;
	put_entry_bits(k, a, x - 3, y, level, k->old_leaf, ROLE_DIM);
	put_entry_bits(k, a, x + digits + 3, y, level, k->w.entry[level],
		       touched_role(k->leaf_touch, ROLE_NORMAL));
}

/* ---- the TLB ---- */

struct tlb_question {
	vaddr_t page;
};

static bool asks_tlb(const struct story_node *n, const void *ctx)
{
	const struct tlb_question *q = ctx;
	uint16_t id = n->step.id;
	uint64_t va;

	return (id == S_TLB_HIT || id == S_TLB_MISS || id == S_TLB_FILL || id == S_TLB_DENIES ||
		id == S_FLUSH_TLB_PAGE) &&
	       step_arg(&n->step, A_VA, &va) && page_align_down((vaddr_t)va) == q->page;
}

static const char *tlb_answer(const struct walk *k)
{
	struct tlb_question q = {page_align_down(k->va)};
	const struct story_node *n = story_find_last(view_story(k->v), asks_tlb, &q);

	switch (n ? n->step.id : NR_STEP_IDS) {
	case S_TLB_HIT:
		return _("hit");
	case S_TLB_MISS:
		return _("miss");
	case S_TLB_FILL:
		return _("miss, filled");
	case S_TLB_DENIES:
		return _("hit, denied");
	case S_FLUSH_TLB_PAGE:
		return _("flushed");
	default:
		return "";
	}
}

/* What the CPU's TLB holds for this page, NULL: nothing. */
static const struct tlb_entry *tlb_entry_of(const struct walk *k)
{
	const struct tlb *tlb = &k->m->tlb[k->m->cpu];

	return tlb->pid == k->t->pid ? tlb_peek(tlb, k->va) : NULL;
}

/* What it said in this event, or whether it knows the page: at the right, if there is room from x on. */
static void put_tlb_short(const struct walk *k, const struct area *a, int x, int y)
{
	const char *answer = tlb_answer(k);
	char text[TEXT_LEN];

	if (*answer)
		snprintf(text, sizeof(text), _("TLB %s"), answer);
	else
		snprintf(text, sizeof(text), "%s",
			 tlb_entry_of(k) ? _("TLB holds it") : _("not in the TLB"));
	if (a->width - text_width(text) > x)
		put_right(a, a->width, y, *answer ? ROLE_CHANGED_EVENT : ROLE_DIM, 0, text);
}

static const struct page *walk_page(const struct walk *k, pfn_t *pfn)
{
	*pfn = k->w.complete ? (pfn_t)(k->w.phys >> PAGE_SHIFT) : PFN_NONE;
	return k->w.complete && *pfn < k->m->max_pfn ? &k->m->mem_map[*pfn] : NULL;
}

/* Where the walk ends without a frame: what the area says. */
static void draw_no_frame(const struct walk *k, const struct area *a, int y)
{
	const struct vma *area = area_at(k->t->mm, k->va);
	char rights[TEXT_LEN];

	if (k->va >= k->m->profile->page_offset)
		put_text(a, 1, y, ROLE_ERROR, 0, _("no frame: nothing is mapped here"));
	else if (area)
		put_format(a, 1, y, ROLE_WARN, 0, _("no frame yet, area %s %s"),
			   vma_rights(area, rights), vma_name(area));
	else
		put_text(a, 1, y, ROLE_ERROR, 0, _("no frame, no area here"));
}

static void draw_frame(const struct walk *k, const struct area *a, int y)
{
	pfn_t pfn;
	const struct page *p = walk_page(k, &pfn);
	const struct zone *z;
	int x;

	if (!p) {
		draw_no_frame(k, a, y);
		return;
	}
	z = page_zone_const(k->m, pfn);
	if (k->cursor == (int)k->w.levels)
		paint(a, 0, y, a->width, ROLE_CHOSEN, 0);
	x = put_text(a, 1, y, ROLE_LABEL, 0, _("frame"));
	x = put_pfn(k, a, x + 1, y, pfn);
	x = put_format(a, x + 1, y, ROLE_NORMAL, 0, "%-7s", z ? z->name : "");
	x = put_format(a, x + 1, y, ROLE_NORMAL, 0, _("map %d"), p->mapcount);
	x = put_format(a, x + 1, y, ROLE_DIM, 0, _("ref %d"), p->refcount);
	if (x + 1 + text_width(frame_use_name((enum frame_use)p->use)) <= a->width)
		put_right(a, a->width, y, frame_role(k->m, pfn), 0,
			  frame_use_name((enum frame_use)p->use));
}

static void draw_content(const struct walk *k, const struct area *a, int y)
{
	pfn_t pfn;
	const struct page *p = walk_page(k, &pfn);
	struct tag_question q = {pfn};
	const struct story_node *n =
		p ? story_find_first(view_story(k->v), changes_content, &q) : NULL;
	char text[TEXT_LEN], tag[TAG_LEN];
	uint64_t old;
	int x;

	if (!p)
		return;
	x = put_text(a, 1, y, ROLE_LABEL, 0, _("content"));
	if (n && step_arg(&n->step, A_TAG, &old)) {
		memcpy(tag, &old, TAG_LEN);
		if (memcmp(tag, p->tag, TAG_LEN) != 0) {
			x = put_text(a, x + 1, y, ROLE_DIM, 0, tag_text(tag, text));
			x = put_text(a, x + 1, y, ROLE_DIM, 0, "\342\206\222");
		}
	}
	x = put_text(a, x + 1, y, n ? ROLE_CHANGED_EVENT : ROLE_NORMAL, ATTR_BOLD,
		     tag_text(p->tag, text));
	if (!k->tlb_has_line)
		put_tlb_short(k, a, x + 1, y);
	else if (a->width - 14 > x)
		put_format(a, a->width - 14, y, ROLE_DIM, 0, _("phys %08llx"),
			   (unsigned long long)k->w.phys);
}

static void draw_tlb(const struct walk *k, const struct area *a, int y)
{
	const struct tlb *tlb = &k->m->tlb[k->m->cpu];
	const struct tlb_entry *e = tlb_entry_of(k);
	const char *answer = tlb_answer(k);
	int x = put_text(a, 1, y, ROLE_LABEL, 0, "TLB");

	if (e)
		put_format(a, x + 1, y, ROLE_OK, 0, _("holds %05x %s%s"), e->pfn,
			   e->bits & PTE_RW ? "RW" : "RO", e->bits & PTE_D ? " D" : "");
	else
		put_text(a, x + 1, y, ROLE_DIM, 0,
			 tlb->pid == k->t->pid ? _("does not hold it")
					       : _("holds another process"));
	put_right(a, a->width, y, ROLE_CHANGED_EVENT, 0, answer);
}

static void draw_tlb_counts(const struct walk *k, const struct area *a, int y)
{
	const struct tlb *tlb = &k->m->tlb[k->m->cpu];

	put_format(a, 5, y, ROLE_DIM, 0, _("%llu hits  %llu misses  %llu flushes"),
		   (unsigned long long)tlb->hits, (unsigned long long)tlb->misses,
		   (unsigned long long)tlb->flushes + tlb->page_flushes);
}

static void draw_line(const struct walk *k, const struct area *a, int y, int line)
{
	switch (line) {
	case LINE_BITS:
		draw_bits(k, a, y);
		break;
	case LINE_INDEX:
		draw_index(k, a, y);
		break;
	case LINE_CR3:
		draw_cr3(k, a, y);
		break;
	case LINE_LEAF_BITS:
		draw_leaf_bits(k, a, y);
		break;
	case LINE_FRAME:
		draw_frame(k, a, y);
		break;
	case LINE_CONTENT:
		draw_content(k, a, y);
		break;
	case LINE_TLB:
		draw_tlb(k, a, y);
		break;
	case LINE_TLB_COUNTS:
		draw_tlb_counts(k, a, y);
		break;
	default:
		if ((unsigned)(line - LINE_ENTRY_0) < k->w.levels)
			draw_entry(k, a, y, (unsigned)(line - LINE_ENTRY_0));
		break;
	}
}

/* Can the line be drawn at all in this panel? The number of lines depends on the machine and the panel alone. */
static bool is_line_wanted(const struct machine *m, const struct area *a, int line)
{
	int levels = m->profile->pt_levels;

	if (line == LINE_BITS)
		return a->width > 32 + levels;
	if (line == LINE_ENTRY_2)
		return levels == 3;
	return true;
}

/* The greatest need with which the lines fit. */
static int need_that_fits(const struct machine *m, const struct area *a)
{
	int most = 0;

	for (int limit = 0; limit < 9; limit++) {
		int lines = 0;

		for (int i = 0; i < NR_LINES; i++)
			lines += is_line_wanted(m, a, i) && need[i] <= limit;
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
	limit = need_that_fits(k.m, a);
	k.tlb_has_line = need[LINE_TLB] <= limit;
	for (int i = 0; i < NR_LINES && y < a->height; i++)
		if (is_line_wanted(k.m, a, i) && need[i] <= limit) {
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
		snprintf(buf, size, "%s %08x", t->comm, v->walk_va);
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
	(void)x;
	if (y >= ps->top && y - ps->top < view_machine(v)->profile->pt_levels)
		ps->cursor = y - ps->top;
}

static void walk_scroll(struct view *v, struct panel_state *ps, int dy)
{
	(void)ps;
	if (view_task(v))
		go_to_page(v, dy);
}

const struct panel panel_walk = {
	.name = "walk",
	.title = N_("Walk"),
	.min_width = 30,
	.min_height = 5,
	.want_width = 44,
	.want_height = 12,
	.status = walk_status,
	.draw = walk_draw,
	.key = walk_key,
	.click = walk_click,
	.scroll = walk_scroll,
};
