/*
 * Where does a new mapping go?
 *
 * With a hint: there, if nothing is in the way.  Else top-down: the highest gap
 * below mmap_base that is large enough, and of it the top end.  So mappings
 * pile up downwards from mmap_base, and the heap grows up towards them:
 *
 *	0  64K     08048000                     b8000000        c0000000
 *	|  |  text data bss | heap ->    <- mmap |    room for    |
 *	|  |                                  mmap_base   stack   |
 *
 * mmap_base leaves room for the stack: 3G less the stack limit (8M) and the
 * guard gap, but at least 128M, so c0000000 - 8000000 = b8000000.  After
 * mappings of 16K and 8K the areas end at b8000000, b7ffc000 and the next one
 * of 8K begins at b7ff8000.
 *
 * A gap ends 1M below an area that grows down: its guard gap stays free.
 * When nothing fits below mmap_base: bottom-up from 40000000, a third of the
 * user's 3G (TASK_UNMAPPED_BASE), the lowest gap that is large enough, also
 * between mmap_base and the stack.
 *
 * 6.1 mm/mmap.c generic_get_unmapped_area_topdown().  Simpler than Linux: the
 * kernel asks its tree for a gap of a size, here the areas are passed one by
 * one; no address is random.
 */
#include "machine.h"
#include "mmap.h"
#include "vma.h"

/* A range without areas; end 0: there is none. */
struct gap {
	uint64_t start, end;
	uint32_t passed; /* smaller gaps seen before it */
};

/* The part of [low, high) between area i - 1 and area i that may be used. */
static struct gap gap_below(const struct machine *m, const struct mm *mm,
			    uint32_t i, vaddr_t low, vaddr_t high)
{
	struct gap g = {.start = low, .end = high};

	if (i > 0 && mm->vma[i - 1]->end > low)
		g.start = mm->vma[i - 1]->end;
	if (i < mm->map_count && vm_start_gap(m, mm->vma[i]) < high)
		g.end = vm_start_gap(m, mm->vma[i]);
	if (g.end < g.start)
		g.end = g.start;
	return g;
}

static struct gap highest_gap(const struct machine *m, const struct mm *mm,
			      uint64_t bytes, vaddr_t low, vaddr_t high)
{
	uint32_t passed = 0;

	for (uint32_t i = vma_index(mm, high - 1) + 1; i-- > 0;) {
		struct gap g = gap_below(m, mm, i, low, high);

		g.passed = passed;
		if (g.end - g.start >= bytes)
			return g;
		passed += g.end > g.start;
	}
	return (struct gap){.passed = passed};
}

static struct gap lowest_gap(const struct machine *m, const struct mm *mm,
			     uint64_t bytes, vaddr_t low, vaddr_t high)
{
	uint32_t passed = 0;

	for (uint32_t i = vma_index(mm, low); i <= mm->map_count; i++) {
		struct gap g = gap_below(m, mm, i, low, high);

		g.passed = passed;
		if (g.end - g.start >= bytes)
			return g;
		passed += g.end > g.start;
	}
	return (struct gap){.passed = passed};
}

int64_t get_unmapped_area(struct machine *m, struct mm *mm, uint64_t bytes)
{
	vaddr_t top = m->profile->page_offset;
	vaddr_t third = (vaddr_t)page_align_up(top / 3);
	struct gap g = highest_gap(m, mm, bytes, m->profile->mmap_min_addr,
				   mm->mmap_base);

	if (g.end) {
		note(m, PLACE_TOP_DOWN, mm_pid(mm), g.start, g.end,
		     mm->mmap_base, g.passed);
		return (int64_t)(g.end - bytes);
	}
	note(m, PLACE_FULL, mm_pid(mm), mm->mmap_base, bytes, g.passed);
	g = lowest_gap(m, mm, bytes, third, top);
	if (g.end) {
		note(m, PLACE_BOTTOM_UP, mm_pid(mm), g.start, g.end, third,
		     g.passed);
		return (int64_t)g.start;
	}
	note(m, PLACE_NONE, mm_pid(mm), third, bytes, g.passed);
	return -SIM_ENOMEM;
}

bool hint_is_free(struct machine *m, struct mm *mm, vaddr_t at, uint64_t bytes)
{
	const struct vma *next = mm_area_at(mm, at);
	vaddr_t limit = m->profile->page_offset;

	if (at + bytes > limit) {
		note(m, HINT_BEYOND, mm_pid(mm), at, limit);
		return false;
	}
	if (next && at + bytes > next->start) {
		note(m, HINT_BUSY, mm_pid(mm), at, next->start);
		return false;
	}
	if (next && at + bytes > vm_start_gap(m, next)) {
		note(m, HINT_GAP, mm_pid(mm), at, next->start);
		return false;
	}
	note(m, HINT_FREE, mm_pid(mm), at);
	return true;
}
