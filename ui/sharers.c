/*
 * Who shares this page.
 *
 *	sh b7ffe000 r-  kid b7ffe000 r-  baby b7ffe000 r-      where there is room
 *	sh r-  kid r-  baby r-                                 where they have it at the address that is looked at
 *	sh r-  kid r-  +3 more                                 where there is little
 *
 * They are found from the frame, by reverse mapping, and stand in the order in which they came to it: the parent before the
 * child.  Rights are those of the entries: all read-only is how copy-on-write waits.
 */
#include "sharers.h"

#include <stdio.h>
#include <string.h>

#include "panel.h"
#include "parts.h"
#include "sim/rmap.h"
#include "src/i18n.h"

static bool keep(void *ctx, const struct rmap_entry *e)
{
	struct sharers *s = ctx;

	if (s->nr < SHARERS_KEPT)
		s->sharer[s->nr] = (struct sharer){e->vma->mm->owner, e->va, *e->entry};
	s->nr++;
	return true;
}

void sharers_of(const struct machine *m, pfn_t pfn, struct sharers *s)
{
	s->nr = 0;
	if (pfn < m->max_pfn)
		rmap_walk(m, pfn, keep, s);
}

static uint32_t nr_kept(const struct sharers *s)
{
	return s->nr < SHARERS_KEPT ? s->nr : SHARERS_KEPT;
}

bool sharers_have(const struct sharers *s, const struct task *t)
{
	for (uint32_t i = 0; s->nr > 1 && i < nr_kept(s); i++)
		if (s->sharer[i].task == t)
			return true;
	return false;
}

bool is_shared_with_chosen(const struct view *v, const struct task *t, vaddr_t va, pfn_t pfn)
{
	const struct choice *c = &v->choice;

	return c->kind == CHOOSE_ADDRESS && c->pfn == pfn && pfn != PFN_NONE &&
	       !view_is_chosen_va(v, t->pid, va);
}

/* ---- a line ---- */

static const char *rights_of(pte_t e) { return !(e & PTE_P) ? "--" : e & PTE_RW ? "rw" : "r-"; }

/* One of them without its name: " b7ffe000 r-". */
static void place_text(const struct sharer *s, bool addresses, vaddr_t here, char buf[TEXT_LEN])
{
	if (addresses || s->va != here)
		snprintf(buf, TEXT_LEN, " %08" PRIx64 " %s", s->va, rights_of(s->entry));
	else
		snprintf(buf, TEXT_LEN, " %s", rights_of(s->entry));
}

static void more_text(uint32_t nr, char buf[TEXT_LEN])
{
	snprintf(buf, TEXT_LEN, _("+%u more"), nr);
}

/* How many of them fit, with room for the count of the others. */
static uint32_t how_many_fit(const struct sharers *s, int width, bool addresses, vaddr_t here)
{
	char text[TEXT_LEN], more[TEXT_LEN];
	uint32_t fit = 0;
	int x = 0;

	for (uint32_t i = 0; i < nr_kept(s); i++) {
		bool last = i + 1 == s->nr;

		place_text(&s->sharer[i], addresses, here, text);
		more_text(s->nr - i - 1, more);
		x += text_width(s->sharer[i].task->comm) + text_width(text);
		if (x + (last ? 0 : 2 + text_width(more)) <= width)
			fit = i + 1;
		x += 2;
	}
	return fit;
}

int put_sharers(const struct area *a, int x, int y, const struct sharers *s, vaddr_t here)
{
	static const enum role role[3] = {ROLE_PROCESS_1, ROLE_PROCESS_2, ROLE_PROCESS_3};
	bool addresses = true;
	char text[TEXT_LEN];
	uint32_t fit;

	if (s->nr < 2)
		return x;
	here = page_align_down(here);
	fit = how_many_fit(s, a->width - x, true, here);
	if (fit < s->nr) {
		addresses = false;
		fit = how_many_fit(s, a->width - x, false, here);
	}
	for (uint32_t i = 0; i < fit; i++) {
		const struct sharer *one = &s->sharer[i];

		place_text(one, addresses, here, text);
		x = put_text(a, x, y, ROLE_DIM, 0, i ? "  " : "");
		x = put_text(a, x, y, role[one->task->pid % 3], 0, one->task->comm);
		x = put_text(a, x, y, ROLE_DIM, 0, text);
	}
	more_text(s->nr - fit, text);
	return fit && fit < s->nr ? put_format(a, x, y, ROLE_DIM, 0, "  %s", text) : x;
}
