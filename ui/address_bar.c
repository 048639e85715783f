/*
 * The 4 GiB of addresses of a process in one line.
 *
 *	 0 ..##...................................#.....#|========= 4G
 *	   ^ program, heap                      mmap  stack  kernel
 *
 * A cell of 64 stands for 64 MiB, so most areas are smaller than theirs: a cell is drawn as used when any area
 * reaches into it.  Long areas look long, and the hole between heap and mappings is what it is: nearly everything.
 */
#include "address_bar.h"

#include "panel.h"
#include "parts.h"
#include "src/i18n.h"

/* Addresses of a cell, the first and the one behind the last. */
static uint64_t cell_start(int x, int cells) { return ((uint64_t)x << 32) / (uint32_t)cells; }

static int cell_of(uint64_t va, int cells) { return (int)(va * (uint32_t)cells >> 32); }

static enum role area_role(const struct vma *area)
{
	if (!area->file)
		return ROLE_ANON;
	return area->file->shmem ? ROLE_SHMEM : ROLE_FILE;
}

/* The first area that reaches into [from, to); NULL if none does. */
static const struct vma *area_within(const struct mm *mm, uint64_t from, uint64_t to)
{
	const struct vma *area = mm_area_at(mm, (vaddr_t)from);

	return area && area->start < to ? area : NULL;
}

static void draw_cell(const struct view *v, const struct area *a, int x, const struct task *t,
		      int cell, int cells)
{
	uint64_t from = cell_start(cell, cells), to = cell_start(cell + 1, cells);
	const struct vma *area = area_within(t->mm, from, to);
	bool chosen = v->walk_va >= from && v->walk_va < to;

	if (from >= view_machine(v)->map.kernel_base)
		put_char(a, x, 0, 0x2592, chosen ? ROLE_CHOSEN : ROLE_RESERVED, 0);
	else if (area)
		put_char(a, x, 0, 0x2588, chosen ? ROLE_CHOSEN : area_role(area), 0);
	else
		put_char(a, x, 0, 0xb7, chosen ? ROLE_CHOSEN : ROLE_DIM, 0);
}

/* A word under the cell of an address: to the right of it, or where it still fits. */
static void put_word(const struct area *a, int x, const char *word)
{
	int last = a->width - text_width(word);

	put_text(a, x < last ? x : last, 1, ROLE_DIM, 0, word);
}

void draw_address_bar(const struct view *v, const struct area *a, const struct task *t)
{
	int cells = a->width - 7, stack = cell_of(t->mm->start_stack, cells);

	if (cells < 32)
		return;
	put_text(a, 1, 0, ROLE_LABEL, 0, "0");
	for (int cell = 0; cell < cells; cell++)
		draw_cell(v, a, 3 + cell, t, cell, cells);
	put_text(a, 4 + cells, 0, ROLE_LABEL, 0, "4G");
	put_word(a, 3 + cell_of(t->mm->start_code, cells), _("program, heap"));
	put_word(a, 3 + stack - text_width(_("mmap, stack")) + 1, _("mmap, stack"));
	put_word(a, 3 + cell_of(view_machine(v)->map.page_offset, cells) + 2, _("kernel"));
}
