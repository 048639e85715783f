/*
 * The foot of the process panel: the chosen page, or a page that has just parted.
 *
 *	 COW    before        now
 *	 sh     38a4f "A"  -> 38a4f "A"
 *	 kid    38a4f "A"  -> 38a50 "K"
 *
 *	 b7fff000 frame 38a4f "B" HighMem x2
 *	 shared  sh b7fff000 r-  kid b7fff000 r-
 *
 * Before is what the copy's telling says; now is what the entries say at this moment, so one can step through it: the copy
 * is made, the entry changes, the content changes.
 */
#include "page_foot.h"

#include <string.h>

#include "panel.h"
#include "parts.h"
#include "sharers.h"
#include "src/i18n.h"
#include "src/zone_name.h"

enum { NAME_WIDTH = 8, TALL = 13, MIDDLE = 10 };

/* The copy that the last write fault of this event made, where, and who wrote. */
struct parting {
	const struct step *copy;
	uint32_t pid;
	vaddr_t va;
};

static bool find_parting(const struct view *v, struct parting *p)
{
	const struct step *fault = story_last_of(view_story(v), S_DO_WP_PAGE);
	uint64_t pid, va;

	p->copy = story_last_of(view_story(v), S_COPY_PAGE);
	if (!p->copy || !fault || !step_arg(fault, A_TASK, &pid) || !step_arg(fault, A_VA, &va))
		return false;
	p->pid = (uint32_t)pid;
	p->va = (vaddr_t)va;
	return true;
}

/* Columns of one side: before, and now. */
static int half_width(const struct area *a)
{
	return a->width >= 46 ? 18 : (a->width - NAME_WIDTH) / 2;
}

/* A frame and its content. */
static void draw_side(const struct view *v, const struct area *a, int x, int y, pfn_t pfn,
		      const char tag[TAG_LEN])
{
	const struct machine *m = view_machine(v);
	char text[TEXT_LEN];

	if (pfn == PFN_NONE) {
		put_text(a, x, y, ROLE_DIM, 0, "-");
		return;
	}
	x = put_format(a, x, y, view_is_chosen_pfn(v, pfn) ? ROLE_CHOSEN : frame_role(m, pfn),
		       ATTR_BOLD, "%05x", pfn);
	put_text(a, x + 1, y, ROLE_NORMAL, 0, tag_text(tag, text));
}

/* One process of a parting: what it mapped before, what it maps now. */
static void draw_parting_row(const struct view *v, const struct area *a, int y,
			     const struct task *t, vaddr_t va, const struct step *copy)
{
	const struct machine *m = view_machine(v);
	const struct page *now = entry_page(m, user_entry(m, t->mm, va));
	pfn_t old = (pfn_t)copy->arg[0], pfn = now ? (pfn_t)(now - m->mem_map) : PFN_NONE;
	int half = half_width(a);
	struct area name = area_sub(a, 1, y, NAME_WIDTH - 2, 1),
		    before = area_sub(a, NAME_WIDTH, y, half - 2, 1);
	char tag[TAG_LEN];

	memcpy(tag, &copy->arg[2], TAG_LEN);
	put_text(&name, 0, 0, ROLE_LABEL, 0, t->comm);
	draw_side(v, &before, 0, 0, old, tag);
	put_char(a, NAME_WIDTH + half - 3, y, 0x2192, pfn == old ? ROLE_DIM : ROLE_COW, ATTR_BOLD);
	if (pfn != old)
		put_mark(a, NAME_WIDTH + half - 1, y, TOUCH_STEP);
	draw_side(v, a, NAME_WIDTH + half, y, pfn, now ? now->tag : "");
}

/* The writer and one of those who keep the old frame; `head` also the words above them. */
static void draw_parting(const struct view *v, const struct area *a, const struct parting *p,
			 bool head)
{
	const struct machine *m = view_machine(v);
	const struct task *writer = find_task(m, p->pid);
	int half = half_width(a), y = head, others = 0;

	if (head) {
		put_text(a, 1, 0, ROLE_COW, ATTR_BOLD, "COW");
		put_text(a, NAME_WIDTH, 0, ROLE_DIM, 0, _("before"));
		put_text(a, NAME_WIDTH + half, 0, ROLE_DIM, 0, _("now"));
	}
	for (const struct task *t = m->tasks; t; t = t->next) {
		if (t == writer || pte_pfn(user_entry(m, t->mm, p->va)) != (pfn_t)p->copy->arg[0])
			continue;
		if (!others++)
			draw_parting_row(v, a, y++, t, p->va, p->copy);
	}
	if (others > 1)
		put_format(a, a->width - 3, y - 1, ROLE_DIM, 0, "+%d", others - 1);
	if (writer)
		draw_parting_row(v, a, y, writer, p->va, p->copy);
}

/* Who shares the frame, by name, in a line of their own; or behind x, if the first of them fits: then true. */
static bool draw_sharers(const struct view *v, const struct area *a, int x, int y,
			 const struct sharers *s, bool own_line)
{
	if (own_line && s->nr > 1) {
		int after = put_text(a, 1, y + 1, ROLE_LABEL, 0, _("shared"));

		put_sharers(a, after + 1, y + 1, s, v->walk_va);
	}
	return !own_line && put_sharers(a, x, y, s, v->walk_va) > x;
}

static void draw_chosen_page(const struct view *v, const struct area *a, int y,
			     const struct task *t, bool own_line)
{
	const struct machine *m = view_machine(v);
	const struct page *p = entry_page(m, user_entry(m, t->mm, v->walk_va));
	pfn_t pfn = p ? (pfn_t)(p - m->mem_map) : PFN_NONE;
	const struct zone *z;
	char name[ZONE_NAME_LEN];
	struct sharers s;
	char text[TEXT_LEN];
	int x;

	x = put_format(a, 1, y, ROLE_NUMBER, 0, "%08" PRIx64, page_align_down(v->walk_va));
	if (!p) {
		put_text(a, x + 1, y, ROLE_DIM, 0,
			 area_at(t->mm, v->walk_va) ? _("not present") : _("no area here"));
		return;
	}
	sharers_of(m, pfn, &s);
	if (own_line)
		x = put_text(a, x + 1, y, ROLE_DIM, 0, _("frame"));
	x = put_format(a, x + 1, y, view_is_chosen_pfn(v, pfn) ? ROLE_CHOSEN : frame_role(m, pfn),
		       ATTR_BOLD, "%05x", pfn);
	x = put_text(a, x + 1, y, ROLE_NORMAL, 0, tag_text(p->tag, text));
	if (draw_sharers(v, a, x + 1, y, &s, own_line))
		return;
	z = page_zone_const(m, pfn);
	x = put_text(a, x + 1, y, ROLE_DIM, 0, z ? zone_name(m, z->id, name) : "");
	put_format(a, x + 1, y, ROLE_DIM, 0, "\303\227%d", p->mapcount);
}

static void draw_page_legend(const struct area *a, int y)
{
	static const struct {
		const char *sign, *text;
		enum role role;
	} item[] = {
		{"\302\267", N_("none"), ROLE_DIM},   {"a", N_("anon"), ROLE_ANON},
		{"a2", N_("2 mappers"), ROLE_SHARED}, {"f", N_("file"), ROLE_FILE},
		{"z", N_("zero page"), ROLE_ZERO},
	};
	int x = 1;

	for (size_t i = 0; i < sizeof(item) / sizeof(*item); i++) {
		if (x + text_width(item[i].sign) + 1 + text_width(_(item[i].text)) > a->width)
			break;
		x = put_text(a, x, y, item[i].role, ATTR_BOLD, item[i].sign);
		x = put_text(a, x + 1, y, ROLE_DIM, 0, _(item[i].text)) + 2;
	}
}

int page_foot_height(const struct view *v, int height)
{
	struct parting p;

	if (height >= TALL)
		return 4;
	if (height >= MIDDLE || (height >= 8 && find_parting(v, &p)))
		return 2;
	return height >= 6 ? 1 : 0;
}

void draw_page_foot(const struct view *v, const struct area *a, const struct task *t)
{
	bool tall = a->height >= 4;
	struct area inner = area_sub(a, 0, tall, a->width, a->height - tall);
	struct parting p;

	if (a->height < 1)
		return;
	if (tall)
		fill(a, 0, 0, a->width, 0x2500, ROLE_BORDER);
	if (a->height > 1 && find_parting(v, &p)) {
		draw_parting(v, &inner, &p, tall);
		return;
	}
	draw_chosen_page(v, &inner, 0, t, inner.height > 1);
	if (tall)
		draw_page_legend(&inner, 2);
}
