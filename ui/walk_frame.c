/*
 * Where the walk ends: the frame, what is in it, and what the TLB keeps of the way.
 *
 *	 frame 38a50 HighMem map 1 ref 1   anonymous, exclusive
 *	 content "A" -> "K"   phys 38a50000
 *	 TLB holds 38a50 RW D               miss, filled
 *	     7 hits  8 misses  2 flushes
 *
 * In a low panel the TLB has no line of its own: its answer stands behind the contents, in the place of the physical
 * address, which the frame's number tells.
 */
#include "walk.h"

#include <stdio.h>
#include <string.h>

#include "panel.h"
#include "parts.h"
#include "src/i18n.h"
#include "src/listing.h"
#include "src/zone_name.h"

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

const struct page *walk_page(const struct walk *k, pfn_t *pfn)
{
	*pfn = k->w.complete ? (pfn_t)(k->w.phys >> PAGE_SHIFT) : PFN_NONE;
	return k->w.complete && *pfn < k->m->max_pfn ? &k->m->mem_map[*pfn] : NULL;
}

/* A frame that is no RAM: registers of a device. */
static void draw_device_frame(const struct walk *k, const struct area *a, int y, pfn_t pfn)
{
	int x = put_text(a, 1, y, ROLE_LABEL, 0, _("frame"));

	x = put_walk_pfn(k->v, a, x + 1, y, pfn);
	put_text(a, x + 1, y, ROLE_WARN, 0, _("no RAM: a device is there"));
}

/* Where the walk ends without a frame: what the area says. */
static void draw_no_frame(const struct walk *k, const struct area *a, int y)
{
	const struct vma *area = area_at(k->t->mm, k->va);
	char rights[TEXT_LEN];

	if (k->va >= k->m->map.kernel_base)
		put_text(a, 1, y, ROLE_ERROR, 0, _("no frame: nothing is mapped here"));
	else if (area)
		put_format(a, 1, y, ROLE_WARN, 0, _("no frame yet, area %s %s"),
			   vma_rights(area, rights), vma_name(area));
	else
		put_text(a, 1, y, ROLE_ERROR, 0, _("no frame, no area here"));
}

/* What the frame is used for, and whether one process has it for itself: as much as there is room for from x on. */
static void put_use(const struct walk *k, const struct area *a, int x, int y, const struct page *p)
{
	const char *use = frame_use_name((enum frame_use)p->use);
	bool exclusive = p->flags & PG_EXCLUSIVE;
	char text[TEXT_LEN];

	snprintf(text, sizeof(text), exclusive ? _("%s, exclusive") : "%s", use);
	if (x + text_width(text) > a->width)
		snprintf(text, sizeof(text), "%s", exclusive ? _("excl") : use);
	if (x + text_width(text) <= a->width)
		put_right(a, a->width, y, frame_role(k->m, (pfn_t)(p - k->m->mem_map)), 0, text);
}

void draw_walk_frame(const struct walk *k, const struct area *a, int y)
{
	pfn_t pfn;
	const struct page *p = walk_page(k, &pfn);
	const struct zone *z;
	char name[ZONE_NAME_LEN];
	int x;

	if (!p) {
		if (k->w.complete)
			draw_device_frame(k, a, y, pfn);
		else
			draw_no_frame(k, a, y);
		return;
	}
	z = page_zone_const(k->m, pfn);
	x = put_text(a, 1, y, ROLE_LABEL, 0, _("frame"));
	x = put_walk_pfn(k->v, a, x + 1, y, pfn);
	x = put_format(a, x + 1, y, ROLE_NORMAL, 0, "%-7s", z ? zone_name(k->m, z->id, name) : "");
	x = put_format(a, x + 1, y, ROLE_NORMAL, 0, _("map %d"), p->mapcount);
	x = put_format(a, x + 1, y, ROLE_DIM, 0, _("ref %d"), p->refcount);
	put_use(k, a, x + 1, y, p);
	if (k->cursor == (int)k->w.levels)
		paint(a, 0, y, a->width, ROLE_CHOSEN, 0);
}

/* ---- the content ---- */

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

int put_walk_content(const struct walk *k, const struct area *a, int x, int y)
{
	pfn_t pfn;
	const struct page *p = walk_page(k, &pfn);
	struct tag_question q = {pfn};
	const struct story_node *n =
		p ? story_find_first(view_story(k->v), changes_content, &q) : NULL;
	char text[TEXT_LEN], tag[TAG_LEN];
	uint64_t old;

	if (!p)
		return x;
	if (n && step_arg(&n->step, A_TAG, &old)) {
		memcpy(tag, &old, TAG_LEN);
		if (memcmp(tag, p->tag, TAG_LEN) != 0) {
			x = put_text(a, x, y, ROLE_DIM, 0, tag_text(tag, text));
			x = put_text(a, x + 1, y, ROLE_DIM, 0, "\342\206\222") + 1;
		}
	}
	return put_text(a, x, y, n ? ROLE_CHANGED_EVENT : ROLE_NORMAL, ATTR_BOLD,
			tag_text(p->tag, text));
}

void draw_walk_content(const struct walk *k, const struct area *a, int y)
{
	int digits = k->m->profile->pte_bytes > 4 ? 9 : 8, x;

	if (!k->w.complete)
		return;
	x = put_text(a, 1, y, ROLE_LABEL, 0, _("content"));
	x = put_walk_content(k, a, x + 1, y);
	if (!k->tlb_has_line)
		put_tlb_short(k, a, x + 1, y);
	else if (a->width - digits - 6 > x)
		put_format(a, a->width - digits - 6, y, ROLE_DIM, 0, _("phys %0*llx"), digits,
			   (unsigned long long)k->w.phys);
}

void draw_walk_tlb(const struct walk *k, const struct area *a, int y)
{
	const struct tlb *tlb = &k->m->tlb[k->m->cpu];
	const struct tlb_entry *e = tlb_entry_of(k);
	const char *answer = tlb_answer(k);
	int x = put_text(a, 1, y, ROLE_LABEL, 0, "TLB");

	if (e)
		put_format(a, x + 1, y, ROLE_OK, 0, _("holds %05x %s%s%s"), e->pfn,
			   e->bits & PTE_RW ? "RW" : "RO", e->bits & PTE_D ? " D" : "",
			   e->nx ? " NX" : "");
	else
		put_text(a, x + 1, y, ROLE_DIM, 0,
			 tlb->pid == k->t->pid ? _("does not hold it")
					       : _("holds another process"));
	put_right(a, a->width, y, ROLE_CHANGED_EVENT, 0, answer);
}

void draw_walk_tlb_counts(const struct walk *k, const struct area *a, int y)
{
	const struct tlb *tlb = &k->m->tlb[k->m->cpu];

	put_format(a, 5, y, ROLE_DIM, 0, _("%llu hits  %llu misses  %llu flushes"),
		   (unsigned long long)tlb->hits, (unsigned long long)tlb->misses,
		   (unsigned long long)tlb->flushes + tlb->page_flushes);
}
