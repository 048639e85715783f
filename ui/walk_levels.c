/*
 * The entries that the MMU reads on its way, one line each.
 *
 *	 cr3 37c0f000  of kid
 *	 [735]   37c11067  P RW US A D
 *	   [1022] 3fc05065 ->*3fc07067          the entry changed in this event
 *	          P RO US A D  P RW US A D
 *
 * With PAE entries have 64 bits.  A physical address has 36 of them, and so many are shown where room is short; the
 * whole entry in two halves where there is more: NX is its highest bit.
 *
 *	     [510]  80000000 3fc07067  P RW US A D NX
 *
 * Its first table has four entries that only lead on: what they say of rights means nothing.
 */
#include "walk.h"

#include "panel.h"
#include "parts.h"
#include "src/i18n.h"

enum {
	VALUE_OFFSET = 7 /* "[1022] " */,
	WHOLE_FROM = 57,
	RIGHTS_WIDTH = 12 /* "P RW US A D" and a blank */
};

/* Are entries 64 bits wide? */
static bool is_wide(const struct machine *m) { return m->profile->pte_bytes > 4; }

int put_walk_pfn(const struct view *v, const struct area *a, int x, int y, pfn_t pfn)
{
	const struct machine *m = view_machine(v);
	enum role role =
		view_is_chosen_pfn(v, pfn)
			? ROLE_CHOSEN
			: touched_role(story_touched_pfn(view_story(v), pfn),
				       pfn < m->max_pfn ? frame_role(m, pfn) : ROLE_NORMAL);

	return put_format(a, x, y, role, ATTR_BOLD, "%05x", pfn);
}

void draw_walk_cr3(const struct walk *k, const struct area *a, int y)
{
	int x = put_text(a, 1, y, ROLE_LABEL, 0, "cr3");

	x = put_walk_pfn(k->v, a, x + 1, y, k->t->mm->pgd);
	x = put_text(a, x, y, ROLE_DIM, 0, "000");
	x = put_format(a, x + 2, y, ROLE_DIM, 0, _("of %s"), k->t->comm);
	if (k->va >= k->m->map.kernel_base)
		put_fitting(a, x + 2, y, ROLE_KERNEL, _("kernel half, shared by all"),
			    _("kernel half"));
	else if (k->m->profile->pae_pgd)
		put_text(a, x + 2, y, ROLE_DIM, 0, k->m->nx ? "PAE nx=on" : "PAE nx=off");
	else if (k->m->profile->has_nx && !k->m->nx)
		put_text(a, x + 2, y, ROLE_DIM, 0, "nx=off");
}

/* ---- values ---- */

int walk_value_width(const struct machine *m, bool whole)
{
	return !is_wide(m) ? 8 : whole ? 17 : 9;
}

int put_walk_value(const struct machine *m, const struct area *a, int x, int y, pte_t e, bool whole,
		   enum role role, unsigned attr)
{
	unsigned high = (unsigned)(e >> 32);

	if (!is_wide(m))
		return put_format(a, x, y, role, attr, "%08x", (unsigned)e);
	if (!whole)
		return put_format(a, x, y, role, attr, "%x%08x", high & 0xf, (unsigned)e);
	x = put_format(a, x, y, high ? role : ROLE_DIM, high ? attr : 0, "%08x", high);
	return put_format(a, x + 1, y, role, attr, "%08x", (unsigned)e);
}

/* ---- rights ---- */

/* Bits that are seldom set are named behind the others. */
static int put_more(const struct area *a, int x, int y, bool set, const char *name)
{
	return set ? put_text(a, x + 1, y, ROLE_WARN, ATTR_BOLD, name) : x;
}

int put_walk_rights(const struct machine *m, const struct area *a, int x, int y, unsigned level,
		    pte_t e, enum role role)
{
	bool leaf = level + 1 == m->profile->pt_levels, large = !leaf && e & PTE_PSE;
	char text[TEXT_LEN];

	if (!e)
		return put_text(a, x, y, role, 0, _("nothing there"));
	if (m->profile->pae_pgd && level == 0) {
		x = put_text(a, x, y, role, 0, e & PTE_P ? "P" : "-");
		return put_text(a, x + 1, y, ROLE_DIM, 0, _("gives no rights"));
	}
	x = put_text(a, x, y, role, 0, pte_bits_text(e, text));
	x = put_more(a, x, y, e & PTE_NX, "NX");
	x = put_more(a, x, y, e & PTE_P && (leaf || large) && e & PTE_G, "G");
	return put_more(a, x, y, large, pt_span(m, level) == 2 << 20 ? "PS 2M" : "PS 4M");
}

/* ---- lines ---- */

static int entry_column(unsigned level) { return 2 + 2 * (int)level; }

/* "[1022]"; returns where the value may begin, the same for every index. */
static int put_index(const struct walk *k, const struct area *a, int y, unsigned level)
{
	int x = entry_column(level), value = x + VALUE_OFFSET;

	put_char(a, x - 1, y, 0x2514, ROLE_BORDER, 0);
	x = put_char_text(a, x, y, '[', ROLE_DIM);
	x = put_format(a, x, y, walk_level_role(level), ATTR_BOLD, "%u",
		       pt_index(k->m, level, k->va));
	x = put_char_text(a, x, y, ']', ROLE_DIM);
	return x < value ? value : x;
}

/* Columns left behind the leaf entry when it is shown as it was and as it is; below 0: there is no room for both. */
static int room_behind(const struct walk *k, const struct area *a)
{
	int width = walk_value_width(k->m, a->width >= WHOLE_FROM);

	return a->width - (entry_column(k->w.levels - 1) + VALUE_OFFSET + 2 * width + 3);
}

/* Both are shown where their rights have room, too; else only if there was something before. */
static bool shows_old(const struct walk *k, const struct area *a)
{
	int room = room_behind(k, a);

	return k->leaf_changed && (room >= RIGHTS_WIDTH || (room >= 0 && k->old_leaf));
}

void draw_walk_entry(const struct walk *k, const struct area *a, int y, unsigned level)
{
	bool leaf = level == k->w.levels - 1, whole = a->width >= WHOLE_FROM;
	pte_t e = k->w.entry[level];
	enum touch touch = leaf ? k->leaf_touch : story_touched_pfn(view_story(k->v), pte_pfn(e));
	enum role role = e & PTE_P ? ROLE_NUMBER : ROLE_ERROR;
	int x = put_index(k, a, y, level), room;

	if (leaf && shows_old(k, a)) {
		x = put_walk_value(k->m, a, x, y, k->old_leaf, whole, ROLE_DIM, 0);
		x = put_text(a, x + 1, y, ROLE_DIM, 0, "\342\206\222");
	}
	put_mark(a, x, y, touch);
	x = put_walk_value(k->m, a, x + 1, y, e, whole,
			   touched_role(leaf ? touch : TOUCH_NONE, role), ATTR_BOLD);
	room = a->width - x;
	if (room >= RIGHTS_WIDTH)
		put_walk_rights(k->m, a, room > RIGHTS_WIDTH + 3 ? x + 2 : x + 1, y, level, e,
				e & PTE_P ? ROLE_NORMAL : ROLE_ERROR);
	if ((int)level == k->cursor)
		paint(a, 0, y, a->width, ROLE_CHOSEN, 0);
}

void draw_walk_leaf_rights(const struct walk *k, const struct area *a, int y)
{
	unsigned level = k->w.levels - 1;
	int width = walk_value_width(k->m, a->width >= WHOLE_FROM), shift = width < 12 ? 3 : 0;
	int x = entry_column(level) + VALUE_OFFSET - shift;

	if (!shows_old(k, a) || room_behind(k, a) >= RIGHTS_WIDTH)
		return;
	put_walk_rights(k->m, a, x, y, level, k->old_leaf, ROLE_DIM);
	put_walk_rights(k->m, a, x + width + 3 + 2 * shift, y, level, k->w.entry[level],
			touched_role(k->leaf_touch, ROLE_NORMAL));
}
