/*
 * mm_struct: an address space from its first table to its end.
 *
 * An address space is born with a PGD (kernel half filled in, user half
 * empty) and without areas.  exec fills it from a program, fork from another
 * address space.  It dies in two strokes: exit_mmap takes everything that it
 * maps, then the PGD and the mm_struct itself go.
 *
 * Simpler than Linux: one task for each address space (no threads), so
 * mm_users and mm_count are both 1 and need no counting.
 */
#include "mm.h"

#include "machine.h"

/* Least room between the top of mmap and the end of user space: 128M, kept
 * for a stack that may grow to its limit (6.1 mmap_base). */
enum { MMAP_GAP = 128 << 20 };

struct mm *mm_alloc(struct machine *m, struct task *t)
{
	vaddr_t kobj = kobj_alloc(m, KOBJ_MM);
	struct mm *mm;

	if (!kobj)
		return NULL;
	mm = arena_alloc(m->arena, sizeof(*mm));
	mm->kobj = kobj;
	mm->owner = t;
	mm->mmap_base = m->profile->page_offset - MMAP_GAP;
	if (pgd_alloc(m, mm) == 0)
		return mm;
	kobj_free(m, KOBJ_MM, kobj);
	arena_free(m->arena, mm, sizeof(*mm));
	return NULL;
}

void mmdrop(struct machine *m, struct mm *mm)
{
	pgd_free(m, mm);
	malloc_forget(m, mm);
	region_clear(m, &mm->regions);
	kobj_free(m, KOBJ_MM, mm->kobj);
	arena_free(m->arena, mm, sizeof(*mm));
}
