/*
 * What is this?  A user address in its process: the names that cover it, and its area.
 *
 * An address without an area is told by its neighbours: the hole that it lies in, and whether an area above could grow
 * down to it.
 *
 *	      hole             guard gap        stack
 *	|    |...............|..................|xxxxxxx|
 *	 below               start - 1M         start   end
 *	          lowest start: end - 8M, the limit
 */
#include <string.h>

#include "i18n.h"
#include "listing.h"
#include "run.h"
#include "sim/pgtable.h"
#include "what_data.h"

enum { DANGLING_MAX = 8 }; /* names of what was given back that are told */

/* ---- names ---- */

static void what_names(const struct asking *q, const struct region_table *names, vaddr_t va)
{
	for (uint32_t i = 0; i < names->cap; i++) {
		const struct region *r = &names->slot[i];

		if (r->name && va - r->start < r->bytes)
			tell_name(q, symbol_name(q->s, r->name), REGION, va - r->start, r->bytes,
				  r->kind);
	}
}

/* A function or variable of the program: its file's addresses, moved to where it was loaded. */
static void what_symbol(const struct asking *q, const struct mm *mm, vaddr_t va)
{
	const struct program *p = mm->program;
	uint64_t offset;
	const char *name =
		p ? program_symbol_at(p, in_word(q->m, va - (mm->entry - p->entry)), &offset)
		  : NULL;

	if (name)
		tell_name(q, name, SYMBOL, offset);
}

/* Does a name of kernel memory cover the address?  That of alloc_pages is physical. */
static bool covers(const struct region *r, uint64_t address, bool physical)
{
	return r->name && (r->kind == REGION_PAGES) == physical && address >= r->start &&
	       address - r->start < r->bytes;
}

/* The names of what was given back, which point there still: the first few of them. */
static void what_dangling_names(const struct asking *q, uint64_t address, bool physical)
{
	const struct region_table *names = &q->m->names;
	uint32_t nr = 0;

	for (uint32_t i = 0; i < names->cap; i++) {
		const struct region *r = &names->slot[i];

		if (r->freed && covers(r, address, physical) && nr++ < DANGLING_MAX)
			tell_name(q, symbol_name(q->s, r->name), FREED_NAME, address - r->start,
				  r->bytes, r->kind);
	}
	if (nr > DANGLING_MAX)
		tell(q, FREED_NAMES_MORE, nr - DANGLING_MAX);
}

void what_kernel_names(const struct asking *q, uint64_t address, bool physical)
{
	const struct region_table *names = &q->m->names;

	for (uint32_t i = 0; i < names->cap; i++) {
		const struct region *r = &names->slot[i];

		if (!r->freed && covers(r, address, physical))
			tell_name(q, symbol_name(q->s, r->name), KERNEL_NAME, address - r->start,
				  r->bytes, r->kind);
	}
	what_dangling_names(q, address, physical);
}

/* ---- an area ---- */

static void what_file_page(const struct asking *q, const struct vma *v, vaddr_t va)
{
	uint64_t index = vma_pgoff(v, va);

	if (index < v->file->nr_pages)
		tell_name(q, v->file->name, AREA_FILE, index, v->file->nr_pages);
	else
		tell_name(q, v->file->name, AREA_BEYOND_FILE, index, v->file->nr_pages);
}

static void what_vma(const struct asking *q, const struct task *t, const struct vma *v, vaddr_t va)
{
	const char *name = vma_name(v);

	tell_name(q, strcmp(name, "-") == 0 ? _("anonymous") : name, AREA, t->pid, v->start, v->end,
		  v->flags, v->end - v->start);
	tell(q, AREA_FLAGS, v->flags, v->flags);
	if (v->file)
		what_file_page(q, v, va);
	if (v->anon_vma)
		tell(q, AREA_ANON_VMA, v->anon_vma->id, v->chain_len);
}

/* ---- no area ---- */

/* The area above may be a stack. */
static void what_growth(const struct asking *q, const struct task *t, const struct vma *above,
			vaddr_t va)
{
	const struct mm_profile *p = q->m->profile;
	vaddr_t gap = p->stack_guard_gap_pages << PAGE_SHIFT;
	vaddr_t most = p->stack_limit_bytes;

	if (!(above->flags & VM_GROWSDOWN))
		return;
	tell(q, STACK_ABOVE, t->pid, above->start, above->start - va,
	     above->end > most ? above->end - most : 0);
	if (above->start - va <= gap)
		tell(q, GUARD_GAP, t->pid, above->start > gap ? above->start - gap : 0,
		     above->start);
}

static void what_hole(const struct asking *q, const struct task *t, vaddr_t va)
{
	const struct mm *mm = t->mm;
	struct vma *below, *above = find_vma_prev(mm, va, &below);
	vaddr_t from = below ? below->end : 0;
	vaddr_t to = above ? above->start : q->m->map.task_size;

	tell(q, NO_AREA, t->pid, from, to, to - from);
	if (va < q->m->profile->mmap_min_addr)
		tell(q, NULL_PAGES, q->m->profile->mmap_min_addr);
	if (above)
		what_growth(q, t, above, va);
}

void what_area(const struct asking *q, const struct task *t, vaddr_t va)
{
	const struct vma *v = mm_area_at(t->mm, va);

	what_names(q, &t->mm->regions, va);
	what_symbol(q, t->mm, va);
	if (v && v->start <= va)
		what_vma(q, t, v, va);
	else
		what_hole(q, t, va);
}
