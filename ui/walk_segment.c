/*
 * The step before the walk: from the logical address, a segment and an offset, to the linear one.
 *
 *	 ds 007b : b7ffe000   base 0 limit 4G   = linear b7ffe000
 *
 * What the panel translates is what user data's segment makes of the address as an offset; where a process has a segment
 * of its own, by gs, and the address lies in it, that is shown, with the base that it adds.
 */
#include "walk.h"

#include <stdio.h>

#include "parts.h"
#include "src/i18n.h"

/* The segment by which the address is reached: gs, if it is the process's own and begins at most a page below. */
static enum segment_register segment_of(const struct walk *k, struct descriptor *s)
{
	desc_t d = 0;

	if (k->t->gs && segment_descriptor(k->m, k->t, k->t->gs, &d)) {
		*s = descriptor_read(d);
		if (k->va >= s->base && k->va - s->base < PAGE_SIZE)
			return SEG_GS;
	}
	segment_descriptor(k->m, k->t, segment_selector(k->m, k->t, SEG_DS, true), &d);
	*s = descriptor_read(d);
	return SEG_DS;
}

/* A machine that adds no base. */
static void draw_no_base(const struct walk *k, const struct area *a, int y)
{
	put_text(a, 1, y, ROLE_DIM, 0,
		 k->m->profile->gdt ? _("64-bit mode: no base but of fs, gs")
				    : _("no segments: the address is linear"));
}

void draw_walk_segment(const struct walk *k, const struct area *a, int y)
{
	const struct gdt_layout *l = k->m->profile->gdt;
	struct descriptor s;
	enum segment_register reg;
	char bytes[TEXT_LEN], linear[TEXT_LEN], adds[3][TEXT_LEN];
	int x, form = 0;

	if (!l || l->long_mode) {
		draw_no_base(k, a, y);
		return;
	}
	reg = segment_of(k, &s);
	x = put_text(a, 1, y, ROLE_LABEL, 0, segment_words[reg]);
	x = put_format(a, x + 1, y, ROLE_NUMBER, 0, "%04x",
		       segment_selector(k->m, k->t, reg, true));
	x = put_format(a, x, y, ROLE_NORMAL, 0, ":%llx", (unsigned long long)(k->va - s.base));
	snprintf(linear, sizeof(linear), _("linear %08llx"), (unsigned long long)k->va);
	snprintf(adds[0], TEXT_LEN, _("base %x limit %s"), s.base, bytes_text(s.bytes, bytes));
	snprintf(adds[1], TEXT_LEN, _("base %x"), s.base);
	snprintf(adds[2], TEXT_LEN, "+%x", s.base);
	while (form < 2 && x + 2 + text_width(adds[form]) + 2 + text_width(linear) > a->width)
		form++;
	put_text(a, x + (form < 2 ? 2 : 1), y, ROLE_DIM, 0, adds[form]);
	put_right(a, a->width, y, ROLE_NUMBER, ATTR_BOLD, linear);
}
