/*
 * Overcommit: may the kernel promise more memory than there is?
 *
 * A promise costs nothing until it is touched, and most are never touched
 * whole; so more is promised than there is.  Asked wherever private writable
 * memory is promised (mmap, brk, stack growth, mremap, mprotect, fork) and for
 * shared anonymous memory:
 *
 *	mode 0  one request must not be larger than all RAM and swap; the sum
 *	        of all promises does not matter
 *	mode 1  yes
 *	mode 2  all promises together stay below RAM / 2 + swap, less 8M for
 *	        the administrator and min(total_vm, free at boot) / 32 for the
 *	        user's own shell
 *
 * A machine with 1G (255475 pages) in mode 0 refuses one mapping of 1.6G
 * (419431 pages) and grants 900M twice.
 *
 * 6.1 mm/util.c __vm_enough_memory(), REFERENCE 13.9.  Simpler than Linux: the
 * sum of promises is counted from the areas when mode 2 asks, not kept.
 */
#include "machine.h"

enum {
	ADMIN_RESERVE_PAGES = 8 << (20 - PAGE_SHIFT),
	USER_RESERVE_MAX_PAGES = 128 << (20 - PAGE_SHIFT)
};

uint64_t vm_memory_committed(const struct machine *m)
{
	uint64_t pages = 0;

	for (const struct task *t = m->tasks; t; t = t->next) {
		const struct vma *v;

		for_each_vma(t->mm, v)
			if (v->flags & VM_ACCOUNT)
				pages += vma_pages(v);
	}
	for (const struct file *f = m->files; f; f = f->next)
		pages += f->shmem ? f->nr_pages : 0;
	return pages;
}

uint64_t vm_commit_limit(const struct machine *m)
{
	return totalram_pages(m) / 2 + (m->config.swap_bytes >> PAGE_SHIFT);
}

/* What all promises together must stay below in mode 2. */
static uint64_t allowed_promises(const struct machine *m)
{
	uint64_t user = totalram_pages(m) / 32, allowed = vm_commit_limit(m);

	if (user > USER_RESERVE_MAX_PAGES)
		user = USER_RESERVE_MAX_PAGES;
	if (m->current && m->current->mm &&
	    m->current->mm->total_vm / 32 < user)
		user = m->current->mm->total_vm / 32;
	user += ADMIN_RESERVE_PAGES;
	return allowed > user ? allowed - user : 0;
}

int vm_enough_memory(const struct machine *m, uint64_t nr_pages)
{
	uint64_t swap_pages = m->config.swap_bytes >> PAGE_SHIFT;
	uint64_t allowed, promised;

	if (m->config.overcommit == 1) {
		note(m, OVERCOMMIT_ALWAYS, nr_pages);
		return 0;
	}
	if (m->config.overcommit == 0) {
		allowed = totalram_pages(m) + swap_pages;
		if (nr_pages <= allowed) {
			note(m, OVERCOMMIT_OK, nr_pages, allowed);
			return 0;
		}
		note(m, OVERCOMMIT_NO, nr_pages, allowed);
		return -SIM_ENOMEM;
	}
	allowed = allowed_promises(m);
	promised = vm_memory_committed(m);
	if (promised + nr_pages < allowed) {
		note(m, COMMIT_OK, nr_pages, promised, allowed);
		return 0;
	}
	note(m, COMMIT_NO, nr_pages, promised, allowed);
	return -SIM_ENOMEM;
}
