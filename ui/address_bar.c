/*
 * The addresses of a process in one line.
 *
 *	 0 ..##...................................#.....#|========= 4G
 *	   ^ program, heap                      mmap  stack  kernel
 *
 * A cell of 64 stands for 64 MiB of 4 GiB, so most areas are smaller than theirs: a cell is drawn as used when any area
 * reaches into it.  Long areas look long, and the hole between heap and mappings is what it is: nearly everything.
 *
 * On x86-64 nearly everything is no address at all.  Those numbers are one cell, ~; before it the user's half is to
 * scale, behind it the kernel's, which has as large a part of the line as on i386.
 */
#include "address_bar.h"

#include "panel.h"
#include "parts.h"
#include "src/address_map.h"
#include "src/i18n.h"

/* Addresses that are to scale, and how many cells show them. */
struct bar_part {
	vaddr_t first;
	uint64_t bytes; /* of 64 bits: less than all */
	int cells;
};

struct bar {
	const struct machine *m;
	struct bar_part low,
		high; /* high: no cells if there is no hole; else one cell lies between */
};

static struct bar bar_of(const struct machine *m, int cells)
{
	vaddr_t hole_first, hole_last, last = address_last(m);
	struct bar b = {.m = m};

	if (!address_hole(m, &hole_first, &hole_last)) {
		b.low = (struct bar_part){0, (uint64_t)last + 1, cells};
		return b;
	}
	b.high = (struct bar_part){hole_last + 1, (uint64_t)last - hole_last, cells / 4};
	b.low = (struct bar_part){0, hole_first, cells - 1 - b.high.cells};
	return b;
}

static uint64_t part_start(const struct bar_part *p, int x)
{
	return p->first + p->bytes * (uint32_t)x / (uint32_t)p->cells;
}

static int part_cell(const struct bar_part *p, uint64_t va)
{
	return (int)((va - p->first) * (uint32_t)p->cells / p->bytes);
}

/* The first address of a cell; that of the cell behind the last may wrap to 0. */
static uint64_t cell_start(const struct bar *b, int x)
{
	return x <= b->low.cells ? part_start(&b->low, x)
				 : part_start(&b->high, x - b->low.cells - 1);
}

static int cell_of(const struct bar *b, uint64_t va)
{
	if (va < b->low.bytes)
		return part_cell(&b->low, va);
	return b->low.cells + (va < b->high.first ? 0 : 1 + part_cell(&b->high, va));
}

static enum role area_role(const struct vma *area)
{
	if (!area->file)
		return ROLE_ANON;
	return area->file->shmem ? ROLE_SHMEM : ROLE_FILE;
}

/* The first area that reaches into [from, last]; NULL if none does. */
static const struct vma *area_within(const struct mm *mm, uint64_t from, uint64_t last)
{
	const struct vma *area = mm_area_at(mm, (vaddr_t)from);

	return area && area->start <= last ? area : NULL;
}

static void draw_cell(const struct view *v, const struct area *a, int x, const struct task *t,
		      const struct bar *b, int cell)
{
	uint64_t from = cell_start(b, cell), last = cell_start(b, cell + 1) - 1;
	const struct vma *area = area_within(t->mm, from, last);
	bool chosen = v->walk_va >= from && v->walk_va <= last;

	if (from >= b->m->map.kernel_base)
		put_char(a, x, 0, 0x2592, chosen ? ROLE_CHOSEN : ROLE_RESERVED, 0);
	else if (b->high.cells && cell == b->low.cells)
		put_char(a, x, 0, 0x2248, chosen ? ROLE_CHOSEN : ROLE_DIM, 0);
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
	const struct machine *m = view_machine(v);
	char end[TEXT_LEN];
	int cells = a->width - 5 - text_width(addresses_text(m, end));
	struct bar b;

	if (cells < 32)
		return;
	b = bar_of(m, cells);
	put_text(a, 1, 0, ROLE_LABEL, 0, "0");
	for (int cell = 0; cell < cells; cell++)
		draw_cell(v, a, 3 + cell, t, &b, cell);
	put_text(a, 4 + cells, 0, ROLE_LABEL, 0, end);
	put_word(a, 3 + cell_of(&b, t->mm->start_code), _("program, heap"));
	put_word(a, 3 + cell_of(&b, t->mm->start_stack) - text_width(_("mmap, stack")) + 1,
		 _("mmap, stack"));
	put_word(a, 3 + cell_of(&b, m->map.page_offset) + 2, _("kernel"));
}
