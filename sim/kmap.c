/*
 * kmap: kernel addresses for high frames, lent for a while.
 *
 * A frame above low memory has no address in the kernel, so the kernel cannot
 * read or write it; it has a window of 1024 pages (PAE 512) for that, and lends
 * a page of it to whoever asks:
 *
 *	slot    0    1    2    3    4    5   ...
 *	count   0    2    1    3    0    0
 *	             |    |    two users
 *	             |    no user, still mapped
 *	             one user
 *
 * Slots are given in rotation.  One that its last user has left stays mapped:
 * its frame may be wanted again soon, and to be reused it must be forgotten by
 * all TLBs, which is dear.  Only when the search comes round to slot 0, all of
 * them are cleared with one flush.  So a kernel can run out of addresses while
 * most of its memory is free.
 *
 * kmap_atomic has a few slots of each CPU, in the fixmap, used as a stack: they
 * are cleared at once, and only this CPU's TLB must forget them.
 *
 *	slot of CPU c, depth d    fix_kmap_begin + 16 * c + d, downwards
 *
 * Source: 6.1 mm/highmem.c; REFERENCE 7.3, 7.4.
 */
#include "kmap.h"

#include "machine.h"

static vaddr_t pkmap_addr(const struct machine *m, uint32_t slot)
{
	return m->map.pkmap_base + (slot << PAGE_SHIFT);
}

static void set_kernel_pte(struct machine *m, vaddr_t va, pte_t entry)
{
	*kernel_pte(m, va) = entry;
}

/* ---- the window ---- */

/* The slot that maps a frame; last_pkmap: none. */
static uint32_t slot_of(const struct machine *m, pfn_t pfn)
{
	uint32_t slot = 0, nr = m->profile->last_pkmap;

	while (slot < nr &&
	       (m->pkmap.count[slot] == 0 || m->pkmap.pfn[slot] != pfn))
		slot++;
	return slot;
}

vaddr_t page_address(const struct machine *m, pfn_t pfn)
{
	uint32_t slot;

	if (pfn < m->max_low_pfn)
		return pfn_to_kva(m, pfn);
	slot = slot_of(m, pfn);
	return slot < m->profile->last_pkmap ? pkmap_addr(m, slot) : 0;
}

static void flush_all_zero_pkmaps(struct machine *m)
{
	uint32_t cleared = 0;

	enter(m, FLUSH_ALL_ZERO_PKMAPS);
	for (uint32_t i = 0; i < m->profile->last_pkmap; i++) {
		pte_t *entry = kernel_pte(m, pkmap_addr(m, i));

		if (m->pkmap.count[i] != 1)
			continue;
		m->pkmap.count[i] = 0;
		step(m, CLEAR_KERNEL_PTE, pkmap_addr(m, i), *entry);
		*entry = 0;
		cleared++;
	}
	if (cleared)
		flush_tlb_kernel(m);
	leave(m, FLUSH_ALL_ZERO_PKMAPS, cleared);
}

void kmap_flush_unused(struct machine *m) { flush_all_zero_pkmaps(m); }

/* The next free slot after the last one given; last_pkmap: there is none. */
static uint32_t find_slot(struct machine *m)
{
	uint32_t nr = m->profile->last_pkmap, left = nr;

	do {
		m->pkmap.last = (m->pkmap.last + 1) % nr;
		if (m->pkmap.last == 0) {
			flush_all_zero_pkmaps(m);
			left = nr;
		}
		if (m->pkmap.count[m->pkmap.last] == 0)
			return m->pkmap.last;
	} while (--left > 0);
	return nr;
}

/* Are all slots in use, so that no flush can help? */
static bool is_window_full(const struct machine *m)
{
	for (uint32_t i = 0; i < m->profile->last_pkmap; i++)
		if (m->pkmap.count[i] < 2)
			return false;
	return true;
}

static vaddr_t map_new_virtual(struct machine *m, pfn_t pfn)
{
	uint32_t slot;
	vaddr_t va;

	if (is_window_full(m)) {
		note(m, KMAP_FULL, m->profile->last_pkmap);
		return 0;
	}
	slot = find_slot(m);
	va = pkmap_addr(m, slot);
	set_kernel_pte(m, va, mk_pte(pfn, kernel_prot(m)));
	m->pkmap.pfn[slot] = pfn;
	m->pkmap.count[slot] = 2;
	step(m, KMAP_NEW, pfn, slot, va);
	return va;
}

vaddr_t kmap(struct machine *m, pfn_t pfn)
{
	uint32_t slot;

	if (pfn < m->max_low_pfn) {
		note(m, KMAP_LOWMEM, pfn, pfn_to_kva(m, pfn));
		return pfn_to_kva(m, pfn);
	}
	slot = slot_of(m, pfn);
	if (slot == m->profile->last_pkmap)
		return map_new_virtual(m, pfn);
	m->pkmap.count[slot]++;
	step(m, KMAP_AGAIN, pfn, slot, m->pkmap.count[slot]);
	return pkmap_addr(m, slot);
}

bool kunmap(struct machine *m, pfn_t pfn)
{
	uint32_t slot;

	if (pfn < m->max_low_pfn) {
		note(m, KUNMAP_LOWMEM, pfn, pfn_to_kva(m, pfn));
		return true;
	}
	slot = slot_of(m, pfn);
	if (slot == m->profile->last_pkmap || m->pkmap.count[slot] < 2) {
		note(m, KUNMAP_BUG, pfn);
		return false;
	}
	m->pkmap.count[slot]--;
	step(m, KUNMAP, pfn, slot, m->pkmap.count[slot]);
	return true;
}

/* ---- a CPU's stack ---- */

vaddr_t kmap_slot_addr(const struct machine *m, uint32_t cpu, uint32_t depth)
{
	return fix_to_virt(&m->map, m->map.fix_kmap_begin +
					    cpu * m->profile->kmap_slots +
					    depth);
}

vaddr_t kmap_atomic(struct machine *m, pfn_t pfn)
{
	struct kmap_ctrl *c = &m->kmap_ctrl[m->cpu];
	vaddr_t va;

	if (pfn < m->max_low_pfn) {
		note(m, KMAP_LOWMEM, pfn, pfn_to_kva(m, pfn));
		return pfn_to_kva(m, pfn);
	}
	if (c->depth == m->profile->kmap_slots) {
		note(m, KMAP_ATOMIC_FULL, m->cpu, c->depth);
		return 0;
	}
	va = kmap_slot_addr(m, m->cpu, c->depth);
	set_kernel_pte(m, va, mk_pte(pfn, kernel_prot(m)));
	step(m, KMAP_ATOMIC, pfn, m->cpu, c->depth, va);
	c->pfn[c->depth++] = pfn;
	return va;
}

bool kunmap_atomic(struct machine *m, pfn_t pfn)
{
	struct kmap_ctrl *c = &m->kmap_ctrl[m->cpu];
	vaddr_t va;

	if (pfn < m->max_low_pfn) {
		note(m, KUNMAP_LOWMEM, pfn, pfn_to_kva(m, pfn));
		return true;
	}
	if (c->depth == 0 || c->pfn[c->depth - 1] != pfn) {
		note(m, KUNMAP_ATOMIC_ORDER, pfn, m->cpu);
		return false;
	}
	va = kmap_slot_addr(m, m->cpu, --c->depth);
	set_kernel_pte(m, va, 0);
	tlb_drop(&m->tlb[m->cpu], va);
	step(m, KUNMAP_ATOMIC, pfn, m->cpu, c->depth, va);
	return true;
}
