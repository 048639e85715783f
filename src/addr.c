/*
 * Addresses of the language: what a name means in a process at this moment.
 *
 *	buf      what mmap or malloc gave that name, in this process or before the fork
 *	main     a symbol of the program's ELF file, when no region has that name
 *	code     the page of the first executable segment   data    of the first writable one
 *	bss      the first whole page behind its file part  heap    where the heap starts
 *	stack    the lowest address of the stack area: it moves down as the stack grows
 */
#include "run.h"

/* Bytes from va to the end of the area it lies in; a page if it lies in none. */
static uint64_t bytes_to_area_end(const struct mm *mm, vaddr_t va)
{
	const struct vma *v = mm_area_at(mm, va);

	return v && v->start <= va ? v->end - va : PAGE_SIZE;
}

/*
 * The area that grew from the initial stack: the one that holds its first bytes, else the stack's
 * last page.
 */
static vaddr_t stack_start(const struct mm *mm)
{
	const struct vma *v = mm_area_at(mm, mm->start_stack);

	return v && v->start <= mm->start_stack ? v->start : page_align_down(mm->start_stack);
}

static bool named_range(const struct task *t, const char *name, uint32_t symbol, vaddr_t *start,
			uint64_t *bytes)
{
	const struct region *r = region_find(&t->mm->regions, symbol);
	uint64_t size;

	if (r) {
		*start = r->start;
		*bytes = r->bytes;
		return true;
	}
	if (!t->mm->program || !program_symbol(t->mm->program, name, start, &size))
		return false;
	/* a position-independent program lies elsewhere than its file says */
	*start += t->mm->entry - t->mm->program->entry;
	*bytes = size;
	return true;
}

static vaddr_t place_of(const struct task *t, enum addr_base base)
{
	switch (base) {
	case ADDR_CODE:
		return page_align_down(t->mm->start_code);
	case ADDR_DATA:
		return t->mm->data_page;
	case ADDR_BSS:
		return t->mm->bss_start;
	case ADDR_HEAP:
		return t->mm->start_brk;
	default:
		return stack_start(t->mm);
	}
}

bool addr_resolve(const struct machine *m, const struct scenario *s, uint32_t proc,
		  const struct addr *a, vaddr_t *va, uint64_t *bytes_to_end_of_region)
{
	const struct task *t = find_task_by_symbol(m, proc);
	uint64_t bytes = 0;
	vaddr_t start = 0;

	*bytes_to_end_of_region = PAGE_SIZE;
	if (!t || a->base == ADDR_NONE || a->base >= ADDR_KERNEL_NAME)
		return false;
	if (a->base == ADDR_NUMBER) {
		*va = in_word(m, (uint64_t)a->offset);
		return true;
	}
	if (a->base == ADDR_REGION) {
		if (!named_range(t, symbol_name(s, a->symbol), a->symbol, &start, &bytes))
			return false;
	} else {
		start = place_of(t, a->base);
		bytes = bytes_to_area_end(t->mm, start);
	}
	*va = in_word(m, start + (uint64_t)a->offset);
	if (a->offset >= 0 && (uint64_t)a->offset < bytes)
		*bytes_to_end_of_region = bytes - (uint64_t)a->offset;
	return true;
}
