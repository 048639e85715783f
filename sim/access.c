/*
 * The CPU: one access, from an address to a frame.
 *
 *	TLB: hit with the right -------------------------------> frame
 *	 | miss, or the entry denies
 *	page walk: every entry present, with US (and RW) ------> frame
 *	 | no                        (A, on a write D, set; TLB filled)
 *	page fault: do_page_fault
 *	 | the kernel mended the entry      | it refused
 *	the instruction runs again          the signal
 *
 * So a write to a page never touched misses the TLB, walks to an empty entry,
 * faults, misses again, walks to the new entry and stores: the second round
 * is not the kernel's doing, the CPU starts the instruction anew.
 *
 * The kernel's gigabyte is mapped in every address space, but without US: from
 * user mode it is a protection fault.
 *
 * A frame's bytes are not modelled.  What a user page holds is a word of up to
 * 8 characters, the last one written: enough for the eye to tell pages apart,
 * and a copy copies it.
 *
 * ARM's MMU sets no bits: where the kernel's copy of the entry says not accessed,
 * or not dirty for a write, there is a fault instead (arm_pte.c).  x86-64 knows
 * addresses that are none, those whose upper bits do not repeat bit 47: not a
 * page fault but a general protection fault, which does not say where.
 *
 * To execute needs no right of its own on i386, except that an entry of PAE may
 * say NX (m->nx, pgtable.c).  A fetch from data then takes two faults: the first
 * brings the page, as for any access, the second finds it not executable.
 *
 * Simpler than Linux on a real CPU: one load or store a page; no speculation.
 */
#include "access.h"

#include <string.h>

#include "machine.h"

/* What every entry on the way must have. */
static uint32_t rights_needed(enum access kind)
{
	return PTE_US | (kind == ACCESS_WRITE ? PTE_RW : 0);
}

/* A leaf entry as the MMU has it: where the kernel keeps A and D (ARM), without
 * A it is none, and without D it is read-only. */
static pte_t as_mmu_has_it(const struct machine *m, pte_t leaf)
{
	if (!m->profile->soft_young_dirty)
		return leaf;
	if (!(leaf & PTE_A))
		return 0;
	return leaf & PTE_D ? leaf : leaf & ~(pte_t)PTE_RW;
}

/* Does the page's entry forbid the access, whatever its area says? */
static bool forbids(pte_t leaf, enum access kind)
{
	return kind == ACCESS_FETCH && (leaf & PTE_NX);
}

/* What an entry of a level grants: a PAE PGD leaves rights to what follows. */
static pte_t rights_given(const struct machine *m, unsigned level, pte_t e)
{
	if (level == 0 && m->profile->pae_pgd)
		e |= PTE_US | PTE_RW;
	return e;
}

/* The error code that the CPU pushes; instruction fetches are marked only
 * where the CPU knows NX, i.e. with PAE. */
static uint32_t error_of(const struct machine *m, enum access kind,
			 bool present)
{
	uint32_t error = ERR_USER;

	if (present)
		error |= ERR_PROT;
	if (kind == ACCESS_WRITE)
		error |= ERR_WRITE;
	if (kind == ACCESS_FETCH && m->profile->has_nx)
		error |= ERR_INSTR;
	return error;
}

/* The walk reached the page: leave the marks of the access in its entry. */
static void set_accessed(struct machine *m, vaddr_t va, enum access kind,
			 pte_t *entry)
{
	pte_t old = *entry;

	*entry |= PTE_A | (kind == ACCESS_WRITE ? PTE_D : 0);
	if (*entry != old)
		step(m, MMU_SET_BITS, va, old, *entry);
}

/*
 * Walk the tables of mm for an access.  The leaf entry, or NULL: a page fault
 * with *error.
 */
static pte_t *page_walk(struct machine *m, const struct mm *mm, vaddr_t va,
			enum access kind, uint32_t *error)
{
	const struct mm_profile *p = m->profile;
	uint32_t need = rights_needed(kind);
	pte_t *table = mm->pgd_entry;
	pfn_t pfn = mm->pgd;

	for (unsigned level = 0;; level++) {
		unsigned index = pt_slot(p, level, va);
		pte_t e = table[index];

		if (level + 1 == p->pt_levels)
			e = as_mmu_has_it(m, e);
		if (!(e & PTE_P)) {
			*error = error_of(m, kind, false);
			note(m, MMU_NOT_PRESENT, level, pfn, index, e, *error);
			return NULL;
		}
		if ((rights_given(m, level, e) & need) != need ||
		    forbids(e, kind)) {
			*error = error_of(m, kind, true);
			note(m, MMU_PROTECTION, level, pfn, index, e, *error);
			return NULL;
		}
		if (level + 1 == p->pt_levels)
			return &table[index];
		note(m, PAGE_WALK, level, pfn, index, e);
		pfn = pte_pfn(e);
		table = pfn_page(m, pfn)->mapping;
	}
}

bool mmu_allows(const struct machine *m, const struct mm *mm, vaddr_t va,
		enum access kind)
{
	uint32_t need = rights_needed(kind);
	struct pt_walk w;

	if (!is_canonical(m, va))
		return false;
	pt_walk(m, mm, va, &w);
	if (w.complete && !w.large)
		w.entry[w.levels - 1] = as_mmu_has_it(m, w.entry[w.levels - 1]);
	for (unsigned l = 0; l < w.levels; l++)
		if ((rights_given(m, l, w.entry[l]) & need) != need ||
		    forbids(w.entry[l], kind))
			return false;
	return w.complete && (w.entry[w.levels - 1] & PTE_P);
}

/* Does a TLB entry allow the access without another look at the tables? */
static bool tlb_allows(const struct tlb_entry *e, enum access kind)
{
	uint32_t need = rights_needed(kind);

	if (kind == ACCESS_WRITE)
		need |= PTE_D;
	return (e->bits & need) == need && !forbids(tlb_pte(e), kind);
}

/* The frame behind va; PFN_NONE: a page fault with *error. */
static pfn_t translate(struct machine *m, const struct mm *mm, vaddr_t va,
		       enum access kind, uint32_t *error)
{
	struct tlb *tlb = &m->tlb[m->cpu];
	struct tlb_entry *hit = tlb_lookup(m, tlb, va);
	pte_t *entry;

	if (hit && tlb_allows(hit, kind))
		return hit->pfn;
	if (hit)
		note(m, TLB_DENIES, va, tlb_pte(hit), kind);
	entry = page_walk(m, mm, va, kind, error);
	if (!entry) {
		if (hit)
			tlb_drop(tlb, va);
		return PFN_NONE;
	}
	set_accessed(m, va, kind, entry);
	tlb_fill(m, tlb, hit, va, *entry);
	return pte_pfn(*entry);
}

/* The access itself: what it leaves in the frame. */
static void load_or_store(struct machine *m, pfn_t pfn, vaddr_t va,
			  enum access kind, const char *tag)
{
	struct page *page = pfn_page(m, pfn);
	uint64_t old = page_tag(page);

	if (kind != ACCESS_WRITE) {
		note(m, LOAD, pfn, va, old);
		return;
	}
	if (tag)
		memcpy(page->tag, tag, TAG_LEN);
	step(m, STORE, pfn, va, old, page_tag(page));
}

struct outcome access_page(struct machine *m, struct task *t, vaddr_t va,
			   enum access kind, const char tag[TAG_LEN])
{
	struct outcome o = {.kind = OUT_OK};
	uint32_t error = 0;
	pfn_t pfn = PFN_NONE;

	m->current = t;
	switch_mm(m, t);
	enter(m, ACCESS, t->pid, va, kind);
	if (!is_canonical(m, va)) {
		note(m, GENERAL_PROTECTION, va);
		o.kind = OUT_GP;
	}
	while (o.kind == OUT_OK &&
	       (pfn = translate(m, t->mm, va, kind, &error)) == PFN_NONE)
		o = do_page_fault(m, t, va, error);
	if (o.kind == OUT_OK)
		load_or_store(m, pfn, va, kind, tag);
	leave(m, ACCESS, o.kind);
	return o;
}

/* Pages that [va, va + bytes) touches. */
static uint64_t pages_of(vaddr_t va, uint64_t bytes)
{
	return page_align_up(va % PAGE_SIZE + bytes) >> PAGE_SHIFT;
}

struct outcome access_range(struct machine *m, struct task *t, vaddr_t va,
			    uint64_t bytes, enum access kind,
			    const char tag[TAG_LEN], uint64_t *done,
			    uint64_t max, bool *more)
{
	struct outcome o = {.kind = OUT_OK};
	uint64_t pages = pages_of(va, bytes);

	for (uint64_t n = 0; n < max && *done < pages; n++) {
		uint64_t at = va;

		if (*done > 0)
			at = page_align_down(va) + (*done << PAGE_SHIFT);
		o = access_page(m, t, (vaddr_t)at, kind, tag);
		if (o.kind != OUT_OK)
			break;
		++*done;
	}
	*more = o.kind == OUT_OK && *done < pages;
	return o;
}

struct outcome user_runs(struct machine *m, struct task *t)
{
	const pte_t *entry = pte_offset(m, t->mm, t->mm->entry);

	m->current = t;
	if (entry && pte_usable(m->profile, *entry) &&
	    !forbids(*entry, ACCESS_FETCH))
		return (struct outcome){.kind = OUT_OK};
	return access_page(m, t, t->mm->entry, ACCESS_FETCH, NULL);
}
