/*
 * The CPU in kernel mode: one access, from an address to a frame.
 *
 * The kernel uses the same MMU as a process and the same tables, those that CR3
 * names when it runs: of the process whose system call it is, or init_mm's in a
 * kernel thread.  What differs from user mode (access.c):
 *
 *	US is not asked for: the kernel may read every page that is present
 *	RW is (CR0.WP): its own code, and a page to be copied on write, too
 *	large entries (PSE) end the walk early: the direct map has them
 *	a fault asks other questions: kernel_fault.c
 *
 *	c1234567   direct map       PGD[772] = 010001e3 PSE -> frame 1234
 *	f8800000   vmalloc          PGD[994] -> table -> any frame
 *	ff801000   kmap             PGD[1022] -> table -> a high frame
 *	ffffd000   fixmap, device   -> frame fee00, which is no RAM
 *	08049000   a process's      as in user mode, if there is a process
 *
 * The TLB keeps kernel entries of G beyond a new CR3: all address spaces have
 * the same ones.  So who takes one away must flush on all CPUs (vmalloc's lazy
 * areas, kmap's window), or be sure that no other CPU can have it (the slots of
 * kmap_atomic).
 *
 * The MMU asks what an entry allows, not who holds the memory.  An access by a
 * name whose object was freed since is no fault; only the story tells it.
 *
 * What a store leaves is the frame's word of up to 8 characters, as for a user
 * page.  Simpler than Linux: page tables and free frames are not made of such
 * words, so a store there changes nothing, and is told so.
 */
#include "kernel_access.h"

#include <string.h>

#include "machine.h"

/* The tables of t's process, or init_mm's. */
static void load_tables(struct machine *m, const struct task *t)
{
	if (t)
		switch_mm(m, t);
	else
		switch_init_mm(m);
}

static uint32_t error_of(enum access kind, bool present)
{
	return (present ? ERR_PROT : 0) |
	       (kind == ACCESS_WRITE ? ERR_WRITE : 0);
}

/* An entry of a level, as the CPU takes it: PAE's PGD entries grant all. */
static bool denies(const struct machine *m, unsigned level, pte_t e,
		   enum access kind)
{
	bool grants_all = level == 0 && m->profile->pt_levels == 3;

	return kind == ACCESS_WRITE && !grants_all && !(e & PTE_RW);
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

/* The entry of va's small page that a leaf of any level stands for. */
static pte_t small_entry(const struct machine *m, unsigned level, pte_t leaf,
			 vaddr_t va)
{
	pfn_t inside = (pfn_t)((va & (pt_span(m, level) - 1)) >> PAGE_SHIFT);

	if (level + 1u == m->profile->pt_levels)
		return leaf;
	return (leaf & ~(pte_t)PTE_PSE) + ((pte_t)inside << PAGE_SHIFT);
}

/* Walk the tables that are loaded; 0: a page fault with *error. */
static pte_t supervisor_walk(struct machine *m, const struct task *t,
			     vaddr_t va, enum access kind, uint32_t *error)
{
	pte_t *table = t ? t->mm->pgd_entry : m->kernel_pgd;
	pfn_t pfn = t ? t->mm->pgd : m->swapper_pg_dir;

	for (unsigned level = 0;; level++) {
		unsigned index = pt_index(m, level, va);
		pte_t e = table[index];

		if (!(e & PTE_P)) {
			*error = error_of(kind, false);
			note(m, MMU_NOT_PRESENT, level, pfn, index, e, *error);
			return 0;
		}
		if (denies(m, level, e, kind)) {
			*error = error_of(kind, true);
			note(m, MMU_PROTECTION, level, pfn, index, e, *error);
			return 0;
		}
		if ((e & PTE_PSE) || level + 1u == m->profile->pt_levels) {
			set_accessed(m, va, kind, &table[index]);
			return small_entry(m, level, table[index], va);
		}
		note(m, PAGE_WALK, level, pfn, index, e);
		pfn = pte_pfn(e);
		table = pt_table(m, e);
	}
}

/* The frame behind va; PFN_NONE: a page fault with *error. */
static pfn_t translate(struct machine *m, const struct task *t, vaddr_t va,
		       enum access kind, uint32_t *error)
{
	struct tlb *tlb = &m->tlb[m->cpu];
	struct tlb_entry *hit = tlb_lookup(m, tlb, va);
	uint32_t need = kind == ACCESS_WRITE ? PTE_RW | PTE_D : 0;
	pte_t entry;

	if (hit && (hit->bits & need) == need)
		return hit->pfn;
	if (hit)
		note(m, TLB_DENIES, va, tlb_pte(hit), kind);
	entry = supervisor_walk(m, t, va, kind, error);
	if (!entry) {
		tlb_drop(tlb, va);
		return PFN_NONE;
	}
	tlb_fill(m, tlb, hit, va, entry);
	if (entry & PTE_G)
		tlb->has_global = true;
	return pte_pfn(entry);
}

/* ---- the access itself ---- */

/* Is the frame made of words, so that one can be stored there? */
static bool holds_words(const struct page *page)
{
	return page->use == FRAME_KERNEL || page->use == FRAME_SLAB ||
	       page->use == FRAME_STACK || page->use == FRAME_RESERVED ||
	       page_is_user(page);
}

/* An access to what nobody holds is done as any other. */
static void note_if_free(struct machine *m, pfn_t pfn, vaddr_t va,
			 enum access kind)
{
	enum frame_use use = pfn_page(m, pfn)->use;
	const struct slab *s;
	vaddr_t kva;
	int index;

	if (use == FRAME_FREE || use == FRAME_PCP)
		note(m, FREE_FRAME_ACCESS, pfn, va, kind);
	if (use != FRAME_SLAB)
		return;
	kva = pfn_to_kva(m, pfn) + va % PAGE_SIZE;
	s = slab_of(m, kva);
	index = slab_object_at(s, kva);
	if (index >= 0 && !s->busy[index])
		note(m, FREE_OBJECT_ACCESS, s->cache->index,
		     slab_object(s, (uint32_t)index) + s->cache->obj_offset,
		     index, kind);
}

static void load_or_store(struct machine *m, pfn_t pfn, vaddr_t va,
			  enum access kind, const char *tag)
{
	struct page *page = pfn < m->max_pfn ? pfn_page(m, pfn) : NULL;
	uint64_t old;

	if (!page || page->use == FRAME_HOLE) {
		note(m, DEVICE_ACCESS, va, kind, pfn);
		return;
	}
	note_if_free(m, pfn, va, kind);
	old = page_tag(page);
	if (kind != ACCESS_WRITE) {
		note(m, LOAD, pfn, va, old);
	} else if (!holds_words(page)) {
		note(m, STORE_LOST, pfn, va);
	} else {
		memcpy(page->tag, tag, TAG_LEN);
		/* and where somebody looks at an object's bytes, they are
		 * the word's characters */
		if (page->use == FRAME_SLAB)
			slab_write(m, pfn_to_kva(m, pfn) + va % PAGE_SIZE, tag,
				   (uint32_t)strnlen(tag, TAG_LEN));
		step(m, STORE, pfn, va, old, page_tag(page));
	}
}

struct outcome kernel_access(struct machine *m, struct task *t, vaddr_t va,
			     enum access kind, enum kernel_code code,
			     const char tag[TAG_LEN])
{
	struct outcome o = {.kind = OUT_OK};
	uint32_t error = 0;
	pfn_t pfn = PFN_NONE;

	m->current = t;
	load_tables(m, t);
	enter(m, KERNEL_ACCESS, t ? t->pid : 0, va, kind);
	if (code == CODE_UACCESS && va >= m->map.task_size) {
		note(m, ACCESS_NOT_OK, va, m->map.task_size);
		o = (struct outcome){OUT_ERRNO, SIM_EFAULT};
	}
	if (o.kind == OUT_OK && !is_canonical(m, va))
		o = kernel_general_protection(m, t, va);
	while (o.kind == OUT_OK && pfn == PFN_NONE) {
		pfn = translate(m, t, va, kind, &error);
		if (pfn == PFN_NONE)
			o = do_kernel_fault(m, t, va, error, code);
	}
	if (o.kind == OUT_OK)
		load_or_store(m, pfn, va, kind, tag);
	leave(m, KERNEL_ACCESS, o.kind);
	return o;
}
