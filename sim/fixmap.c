/*
 * The fixmap: pages whose kernel address was chosen when the kernel was built.
 *
 * Some things must have an address before there is an allocator, or one that the
 * compiler knows: an interrupt controller, a debugging port, kmap_atomic's pages.
 * Each has a number, and its address follows from that by counting down:
 *
 *	slot    address     6.1               2.6
 *	  0     fffff000    hole              hole       never mapped: who adds to
 *	  1     ffffe000    dbgp              vsyscall   -1 ends in a fault, and an
 *	  2     ffffd000    earlycon          apic       error code is no pointer
 *	  3     ffffc000    apic              ioapic
 *	  4...  ffffb000    ioapic (64)
 *	 68...  fffbb000    kmap_atomic       67...
 *	580...              mmconfig, ghes
 *
 * What changes is where the page leads: set_fixmap writes one entry, in a table
 * that is there from boot on, so it needs no memory and never fails.
 *
 * Only the CPU that runs forgets its old translation: the slots are set once, in
 * general, before another CPU knows them.
 *
 * Source: 6.1 arch/x86/include/asm/fixmap.h, mm/pgtable.c native_set_fixmap();
 * 2.6 include/asm-i386/fixmap.h.
 */
#include "kmap.h"

#include "machine.h"

/* Slots in front of kmap_atomic's, or behind them. */
static bool is_kmap_slot(const struct mm_profile *p, uint32_t slot)
{
	return slot >= p->fix_kmap_begin &&
	       slot < p->fix_kmap_begin + (uint32_t)p->kmap_slots * p->nr_cpus;
}

bool may_set_fixmap(const struct mm_profile *p, uint32_t slot)
{
	uint32_t nr;

	return slot > 0 && !is_kmap_slot(p, slot) &&
	       fix_slot_name(p, slot, &nr);
}

/* The row that slot is in, counted from its first one. */
static const char *find_row(const struct fix_row *row, uint32_t slot,
			    uint32_t *nr)
{
	for (; row->name; row++) {
		if (slot < row->count) {
			*nr = slot;
			return row->name;
		}
		slot -= row->count;
	}
	return NULL;
}

const char *fix_slot_name(const struct mm_profile *p, uint32_t slot,
			  uint32_t *nr)
{
	uint32_t behind =
		p->fix_kmap_begin + (uint32_t)p->kmap_slots * p->nr_cpus;

	if (slot < p->fix_kmap_begin)
		return find_row(p->fix_rows, slot, nr);
	if (slot < behind) {
		*nr = slot - p->fix_kmap_begin;
		return "kmap_atomic";
	}
	if (slot - behind >= p->fix_slots_behind_kmap)
		return NULL;
	return find_row(p->fix_rows_behind_kmap, slot - behind, nr);
}

static void set_entry(struct machine *m, vaddr_t va, pte_t entry)
{
	*kernel_pte(m, va) = entry;
	tlb_drop(&m->tlb[m->cpu], va);
}

void set_fixmap(struct machine *m, uint32_t slot, paddr_t phys, bool nocache)
{
	vaddr_t va = fix_to_virt(&m->map, slot);
	pte_t bits = kernel_prot(m) | (nocache ? PTE_PCD | PTE_PWT : 0);
	pte_t entry = mk_pte((pfn_t)(phys >> PAGE_SHIFT), bits);

	BUG_ON(!may_set_fixmap(m->profile, slot));
	set_entry(m, va, entry);
	step(m, SET_FIXMAP, slot, va, entry, pte_pfn(entry));
}

void clear_fixmap(struct machine *m, uint32_t slot)
{
	vaddr_t va = fix_to_virt(&m->map, slot);

	BUG_ON(!may_set_fixmap(m->profile, slot));
	set_entry(m, va, 0);
	step(m, CLEAR_FIXMAP, slot, va);
}
