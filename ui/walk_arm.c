/*
 * ARM: what the MMU reads, beside the entries that Linux keeps.
 *
 *	mmu l1 [128] 0008a801   table 8a800
 *	    l2 [ 72] 3fdff83e   P RW US      Linux 3fdff15f young dirty
 *
 * The MMU cuts an address 12/8/12 and reads a word of 32 bits that says less than Linux's: an entry that is not young is
 * none for it, one that is not dirty may not be written (sim/arm_pte.c).
 */
#include "walk.h"

#include "parts.h"
#include "sim/arm_pte.h"
#include "src/i18n.h"

enum { LABELS = 5, VALUES = 18 };

bool has_arm_tables(const struct machine *m) { return m->profile->soft_young_dirty; }

static int put_place(const struct area *a, int y, const char *name, unsigned index, unsigned level)
{
	int x = put_text(a, LABELS, y, ROLE_LABEL, 0, name);

	x = put_char_text(a, x + 1, y, '[', ROLE_DIM);
	x = put_format(a, x, y, walk_level_role(level), ATTR_BOLD, "%u", index);
	put_char_text(a, x, y, ']', ROLE_DIM);
	return VALUES;
}

void draw_arm_first_level(const struct walk *k, const struct area *a, int y)
{
	uint32_t word = arm_first_level(k->w.entry[0], k->va);
	int x = put_place(a, y, "l1", arm_first_level_index(k->va), 0);

	put_text(a, 1, y, ROLE_LABEL, 0, "mmu");
	x = put_format(a, x, y, word ? ROLE_NUMBER : ROLE_ERROR, ATTR_BOLD, "%08x", word);
	put_text(a, x + 2, y, ROLE_DIM, 0,
		 !word        ? _("nothing there")
		 : k->w.large ? _("a section of 1M")
			      : _("a table of 256"));
}

/* What the MMU may do with a small page. */
static int put_arm_rights(const struct area *a, int x, int y, uint32_t word, uint32_t linux_word)
{
	if (!word)
		return put_text(a, x, y, ROLE_ERROR, 0,
				linux_word ? _("none: not young") : _("nothing there"));
	x = put_text(a, x, y, ROLE_NORMAL, 0, word & HW_APX ? "RO" : "RW");
	x = put_text(a, x + 1, y, ROLE_NORMAL, 0, word & HW_AP1 ? "US" : "KE");
	return word & HW_XN ? put_text(a, x + 1, y, ROLE_WARN, ATTR_BOLD, "XN") : x;
}

static int put_linux_word(const struct area *a, int x, int y, uint32_t word)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} bits[] = {
		{L_PTE_YOUNG, "young"}, {L_PTE_DIRTY, "dirty"}, {L_PTE_RDONLY, "rdonly"},
		{L_PTE_USER, "user"},   {L_PTE_XN, "xn"},       {L_PTE_NONE, "none"},
	};

	x = put_text(a, x, y, ROLE_LABEL, 0, "Linux");
	x = put_format(a, x + 1, y, word ? ROLE_NUMBER : ROLE_DIM, 0, "%08x", word);
	for (size_t i = 0; i < sizeof(bits) / sizeof(*bits); i++)
		if (word & bits[i].bit)
			x = put_text(a, x + 1, y, ROLE_DIM, 0, bits[i].name);
	return x;
}

void draw_arm_second_level(const struct walk *k, const struct area *a, int y)
{
	pte_t e = k->w.levels > 1 ? k->w.entry[1] : 0;
	uint32_t word = arm_hw_pte(e), linux_word = arm_linux_pte(e);
	int x = put_place(a, y, "l2", arm_second_level_index(k->va), 1);

	if (k->w.levels < 2)
		return;
	x = put_format(a, x, y, word ? ROLE_NUMBER : ROLE_ERROR, ATTR_BOLD, "%08x", word);
	x = put_arm_rights(a, x + 2, y, word, linux_word);
	put_linux_word(a, x + 2, y, linux_word);
}
