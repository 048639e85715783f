/*
 * mm_struct: an address space from its first table to its end.
 *
 * An address space is born with a PGD (kernel half filled in, user half
 * empty) and without areas.  exec fills it from a program, fork from another
 * address space.  It dies in two strokes, and has a count for each:
 *
 *	mm_users  tasks that run in it.  The last one takes all that it maps:
 *	          pages, tables, areas (mmput, exit_mmap)
 *	mm_count  one for all users together, and one for each that only has
 *	          the PGD in CR3.  The last one frees PGD and mm_struct (mmdrop)
 *
 * A task that ends is its own example: its address space is emptied while its
 * CPU still uses the PGD, which must stay until another one is loaded.
 *
 *	do_exit                              mm_users  mm_count
 *	  (running)                              1         1
 *	  mmgrab    CR3 goes on with its PGD     1         2
 *	  mmput     the last user                0         2
 *	    exit_mmap; mmdrop                    0         1
 *	  mmdrop    CR3 has another PGD          0         0   freed
 *
 * Simpler than Linux: one task for each address space (no threads); a CPU
 * whose task has ended loads swapper_pg_dir at once, and does not stay in the
 * old tables until something else runs.
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
	mm->mm_users = mm->mm_count = 1;
	mm->mmap_base = m->map.task_size - MMAP_GAP;
	if (pgd_alloc(m, mm) == 0)
		return mm;
	kobj_free(m, KOBJ_MM, kobj);
	arena_free(m->arena, mm, sizeof(*mm));
	return NULL;
}

void mmput(struct machine *m, struct mm *mm)
{
	mm->mm_users--;
	step(m, MMPUT, mm_pid(mm), mm->mm_users);
	if (mm->mm_users > 0)
		return;
	exit_mmap(m, mm);
	mmdrop(m, mm);
}

void mmgrab(struct machine *m, struct mm *mm)
{
	mm->mm_count++;
	step(m, MMGRAB, mm_pid(mm), mm->mm_count);
}

void mmdrop(struct machine *m, struct mm *mm)
{
	mm->mm_count--;
	step(m, MMDROP, mm_pid(mm), mm->mm_count);
	if (mm->mm_count > 0)
		return;
	pgd_free(m, mm);
	malloc_forget(m, mm);
	region_clear(m, &mm->regions);
	kobj_free(m, KOBJ_MM, mm->kobj);
	arena_free(m->arena, mm, sizeof(*mm));
}
