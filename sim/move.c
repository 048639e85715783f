/*
 * mremap's work on the entries: move_page_tables.
 *
 * A mapping moves without its frames: entries are taken out of the old tables
 * and put into those of the new place.  No frame is copied, no count changes,
 * no fault comes later.  The new place gets a table for each table of the old
 * one, even if nothing in it is present (RULES 11).
 */
#include "pgtable.h"

#include "machine.h"

/* Entries of n pages; both sides lie in one table each. */
static void move_ptes(struct machine *m, pte_t *old, vaddr_t from, pte_t *new,
		      vaddr_t to, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++) {
		if (!old[i])
			continue;
		new[i] = old[i];
		old[i] = 0;
		step(m, MOVE_PTE, from + i * PAGE_SIZE, to + i * PAGE_SIZE,
		     new[i], pte_pfn(new[i]));
	}
}

int move_page_tables(struct machine *m, struct mm *mm, vaddr_t from, vaddr_t to,
		     uint64_t bytes)
{
	int err = 0;

	enter(m, MOVE_PAGE_TABLES, from, to, bytes >> PAGE_SHIFT);
	mm->nr_changes++;
	for (uint64_t done = 0, next; done < bytes && !err; done = next) {
		uint64_t src = from + done, dst = to + done;
		uint64_t src_left = pmd_addr_end(m, src, from + bytes) - src;
		uint64_t dst_left = pmd_addr_end(m, dst, to + bytes) - dst;
		uint64_t part = src_left < dst_left ? src_left : dst_left;
		pte_t *old = pte_offset(m, mm, (vaddr_t)src);
		pte_t *new;

		next = done + part;
		if (!old)
			continue;
		new = pte_alloc(m, mm, (vaddr_t)dst);
		if (new)
			move_ptes(m, old, (vaddr_t)src, new, (vaddr_t)dst,
				  part >> PAGE_SHIFT);
		else
			err = -SIM_ENOMEM;
	}
	flush_tlb_range(m, mm, from, (uint64_t)from + bytes);
	leave(m, MOVE_PAGE_TABLES, -err);
	return err;
}
