/*
 * The address, cut: which bits look up an entry in which table.
 *
 *	 1011011111 1111111110 000000000000        two levels, 10/10/12
 *	 pgd 735    pte 1022   offset 0
 *
 *	 10     110111111 111111110 000000000000   PAE, 2/9/9/12
 *	 pgd 2  pmd 447   pte 510   offset 0
 *
 * Each index stands under its bits.  PAE's first two bits are fewer than their name: they get more room where there is
 * some, else the name is left out.
 */
#include "walk.h"

#include "parts.h"
#include "src/i18n.h"

enum { NAME_ROOM = 6 /* "pgd 2" and a blank */ };

/* Bits of an address that the walk looks at. */
static int address_bits(const struct machine *m)
{
	return m->profile->pt_shift[0] + m->profile->pt_bits[0];
}

bool walk_bits_fit(const struct machine *m, int width)
{
	return width > address_bits(m) + m->profile->pt_levels;
}

const char *walk_level_name(const struct machine *m, unsigned level)
{
	if (level == 0)
		return "pgd";
	if (level + 1 == m->profile->pt_levels)
		return "pte";
	return level + 2 == m->profile->pt_levels ? "pmd" : "pud";
}

enum role walk_level_role(unsigned level)
{
	static const enum role role[] = {ROLE_PROCESS_1, ROLE_PROCESS_2, ROLE_PROCESS_3};

	return role[level % 3];
}

/* Columns from the start of a level's group to the next group. */
static int group_width(const struct machine *m, unsigned level, int width)
{
	const struct mm_profile *p = m->profile;
	int group = p->pt_bits[level] + 1, missing = NAME_ROOM - group;
	int spare = width - (1 + address_bits(m) + p->pt_levels);

	return missing > 0 && spare >= missing ? NAME_ROOM : group;
}

/* Bits [from, from + n) of the address, highest first. */
static void put_bits(const struct area *a, int x, int y, vaddr_t va, unsigned from, unsigned n,
		     enum role role)
{
	while (n--)
		x = put_char_text(a, x, y, va >> (from + n) & 1 ? '1' : '0', role);
}

void draw_walk_bits(const struct machine *m, const struct area *a, int y, vaddr_t va)
{
	const struct mm_profile *p = m->profile;
	int x = 1;

	for (unsigned l = 0; l < p->pt_levels; l++) {
		put_bits(a, x, y, va, p->pt_shift[l], p->pt_bits[l], walk_level_role(l));
		x += group_width(m, l, a->width);
	}
	put_bits(a, x, y, va, 0, PAGE_SHIFT, ROLE_DIM);
}

/* Every level's name has room in its group. */
static bool names_fit(const struct machine *m, int width)
{
	return walk_bits_fit(m, width) && group_width(m, 0, width) >= NAME_ROOM;
}

/* Where they need not stand under the bits, and names would be left out, the indices stand close together. */
void draw_walk_index(const struct machine *m, const struct area *a, int y, vaddr_t va,
		     bool below_bits)
{
	bool aligned = names_fit(m, a->width) || (below_bits && walk_bits_fit(m, a->width));
	int x = 1, end;

	for (unsigned l = 0; l < m->profile->pt_levels; l++) {
		int group = group_width(m, l, a->width);
		const char *name = aligned && group < NAME_ROOM ? "" : walk_level_name(m, l);

		end = put_text(a, x, y, ROLE_LABEL, 0, name);
		end = put_format(a, end + (name[0] != '\0'), y, walk_level_role(l), ATTR_BOLD,
				 aligned ? "%u" : "%-4u", pt_index(m, l, va));
		x = aligned ? x + group : end;
	}
	end = put_text(a, x, y, ROLE_LABEL, 0, aligned ? _("offset") : "+");
	put_format(a, end + aligned, y, ROLE_DIM, 0, "%u", (unsigned)(va & (PAGE_SIZE - 1)));
}
