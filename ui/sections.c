/*
 * SPARSEMEM's sections in a line.
 *
 *	sections ■■■■■■■■··■■■■■■  5: frames 14000-17fff  mem_map at 01380
 *	                 `- no memory, no mem_map
 *
 * Where there are more than fit, those around the chosen one are shown.
 */
#include "sections.h"

#include "parts.h"
#include "src/i18n.h"

enum { TEXT_ROOM = 44 };

/* The chosen frame's section; the first without one. */
static uint32_t chosen_section(const struct view *v)
{
	const struct machine *m = view_machine(v);
	const struct mem_section *s =
		v->choice.pfn < m->max_pfn ? pfn_to_section(m, v->choice.pfn) : NULL;

	return s ? (uint32_t)(s - m->mem_section) : 0;
}

static void draw_section_text(const struct machine *m, const struct area *a, int x, int y,
			      uint32_t nr)
{
	const struct mem_section *s = &m->mem_section[nr];
	pfn_t start = section_start_pfn(m, s), end = section_start_pfn(m, s + 1);
	char form[TEXT_LEN], brief[TEXT_LEN];

	x = put_format(a, x, y, ROLE_LABEL, ATTR_BOLD, "%u", nr);
	x = put_format(a, x, y, ROLE_NUMBER, 0, ": %05x-%05x", start, end - 1);
	if (!s->present) {
		put_fitting(a, x + 1, y, ROLE_DIM, _("no memory, no mem_map"), _("hole"));
		return;
	}
	snprintf(form, sizeof(form), _("mem_map at %05x"), s->mem_map_pfn);
	snprintf(brief, sizeof(brief), _("map %05x"), s->mem_map_pfn);
	put_fitting(a, x + 1, y, ROLE_RESERVED, form, brief);
}

int draw_sections(const struct view *v, const struct area *a, int y)
{
	const struct machine *m = view_machine(v);
	uint32_t chosen = chosen_section(v), first = 0;
	int x = 0, room;

	if (m->memory_model != MEMORY_SPARSE)
		return 0;
	x = put_text(a, 0, y, ROLE_LABEL, 0, _("sections")) + 1;
	room = a->width - x - TEXT_ROOM;
	if (room < a->width / 4)
		room = a->width / 4;
	if ((uint32_t)room < m->nr_sections && chosen > (uint32_t)room / 2)
		first = chosen - (uint32_t)room / 2;
	if (first + (uint32_t)room > m->nr_sections && first > 0)
		first = m->nr_sections - (uint32_t)room;
	for (uint32_t i = first; i < m->nr_sections && i < first + (uint32_t)room; i++, x++) {
		bool present = m->mem_section[i].present;

		put_char(a, x, y, present ? 0x25a0 : 0xb7,
			 i == chosen ? ROLE_CHOSEN
			 : present   ? ROLE_RESERVED
				     : ROLE_HOLE,
			 0);
	}
	draw_section_text(m, a, x + 1, y, chosen);
	return 1;
}
