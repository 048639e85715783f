/*
 * mprotect's work on the entries: change_protection.
 *
 * Each present entry keeps its frame, A and D and takes the rights of the
 * area.  Rights never come back by RW alone: a private frame may be shared
 * with a child, a shared file wants to hear of the first write.  So an entry
 * of a writable area becomes writable here only when that fault would decide
 * nothing:
 *
 *	private	the frame is anonymous, exclusive and already dirty
 *	shared	the entry is dirty already (its file has been told)
 *
 * and is left read-only otherwise; the next write faults (RULES 10; 6.1
 * can_change_pte_writable).  No rights at all: P is cleared, and PROTNONE says
 * to the software that the frame is still there.
 */
#include "pgtable.h"

#include "machine.h"

static const pte_t rights = PTE_NX | PTE_P | PTE_RW | PTE_US | PTE_PROTNONE;

/* Would a write fault on e only set RW?  Then it can be set at once. */
static bool can_change_pte_writable(const struct machine *m,
				    const struct vma *v, pte_t e)
{
	const struct page *page = pfn_page(m, pte_pfn(e));

	if (!(v->flags & VM_WRITE) || !(e & PTE_P) || !(e & PTE_D))
		return false;
	if (v->flags & VM_SHARED)
		return true;
	return !(e & PTE_SPECIAL) && page->use == FRAME_ANON &&
	       (page->flags & PG_EXCLUSIVE);
}

static pte_t pte_modify(const struct machine *m, const struct vma *v, pte_t e)
{
	e &= ~rights;
	e |= vma_page_prot(m, v) & rights;
	if (can_change_pte_writable(m, v, e))
		e |= PTE_RW;
	return e;
}

/* [va, end) lies in one table; returns how many entries changed. */
static uint32_t change_pte_range(struct machine *m, const struct vma *v,
				 pte_t *entry, vaddr_t va, uint64_t end)
{
	uint32_t changed = 0;

	for (; va < end; va += PAGE_SIZE, entry++) {
		pte_t old = *entry;

		if (!pte_present(old))
			continue;
		*entry = pte_modify(m, v, old);
		if (*entry == old)
			continue;
		changed++;
		step(m, SET_PTE, va, old, *entry, pte_pfn(old));
	}
	return changed;
}

void change_protection(struct machine *m, struct vma *v, vaddr_t start,
		       vaddr_t end, uint32_t old_flags)
{
	uint32_t changed = 0;

	enter(m, CHANGE_PROTECTION, v->start, start,
	      (end - start) >> PAGE_SHIFT, old_flags & VM_ACCESS,
	      v->flags & VM_ACCESS);
	for (uint64_t va = start, next; va < end; va = next) {
		pte_t *entry = pte_offset(m, v->mm, (vaddr_t)va);

		next = pt_next(m, v->mm, va, end);
		if (entry)
			changed += change_pte_range(m, v, entry, (vaddr_t)va,
						    next);
	}
	if (changed)
		flush_tlb_range(m, v->mm, start, end);
	leave(m, CHANGE_PROTECTION, changed);
}
