/*
 * The vmalloc fault: a process learns of a kernel table that is newer than it.
 *
 * Every PGD has a copy of the kernel's entries, made when the process was.  What
 * vmalloc and ioremap map later goes into the master, swapper_pg_dir, alone; if
 * that took a new table, the entry that leads to it is missing in all processes
 * that are there.  Nobody goes and tells them.  The first one that gets there,
 * in the kernel on its behalf, faults, and copies the one entry:
 *
 *	swapper_pg_dir[994] = 01ab3067 -----> table -> entries of f8800000...
 *	sh's PGD      [994] = 0         fault: [994] = 01ab3067
 *	new's PGD     [994] = 01ab3067        (its PGD was made after)
 *
 * One entry stands for a whole table, so there is at most one such fault for each
 * 4M and process; entries of the table itself are shared and need none.  It is no
 * fault of the process's: min_flt does not move, no area is looked up.
 *
 * Tables of the kernel are never freed, so a copy never becomes wrong.
 *
 * With PAE all processes share the kernel's middle tables (SHARED_KERNEL_PMD):
 * what is new there is new for all, and this fault does not happen.
 *
 * Simpler than Linux: 6.1 pushes a new entry into all PGDs at once
 * (arch_sync_kernel_mappings) and has this fault for races only; here it is as
 * it was up to 2.6, for the fault is the lesson.
 *
 * Source: 2.4, 2.6 do_page_fault() at vmalloc_fault; 6.1 arch/x86/mm/fault.c
 * vmalloc_fault(); REFERENCE 7.2.
 */
#include "kernel_access.h"

#include "machine.h"

bool vmalloc_fault(struct machine *m, struct task *t, vaddr_t va)
{
	unsigned index = pt_index(m, 0, va);
	pte_t master = m->kernel_pgd[index];
	const pte_t *leaf = kernel_pte(m, va);

	if (!(master & PTE_P)) {
		note(m, VMALLOC_FAULT_NO_TABLE, va, index);
		return false;
	}
	if (t && t->mm->pgd_entry[index] != master) {
		t->mm->pgd_entry[index] = master;
		m->nr_vmalloc_faults++;
		step(m, VMALLOC_FAULT, va, index, t->pid, master);
	}
	if (!leaf || !(*leaf & PTE_P)) {
		note(m, VMALLOC_FAULT_NO_PAGE, va, leaf ? *leaf : 0);
		return false;
	}
	return true;
}
