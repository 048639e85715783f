/*
 * Laws of address spaces: page tables, resident pages, TLB.
 */
#include "check.h"

#include "pgtable.h"

/* ---- page tables ---- */

struct walk {
	struct check *k;
	const struct mm *mm;    /* NULL: the kernel's tables          */
	const struct vma *area; /* first one whose end was not passed */
	uint32_t tables, anon, file;
};

/* A private page may be written only by the one who has it alone. */
static bool check_writable(const struct vma *v, vaddr_t va,
			   const struct page *page)
{
	if (!LAW(v->flags & VM_WRITE, "page %x is writable, its area is not",
		 va))
		return false;
	return LAW((v->flags & VM_SHARED) || (page->use == FRAME_ANON &&
					      (page->flags & PG_EXCLUSIVE) &&
					      page->mapcount == 1),
		   "private page %x is writable, but others have its frame",
		   va);
}

/* A present entry that maps a page of the process. */
static bool check_entry(struct walk *w, vaddr_t va, pte_t e)
{
	struct check *k = w->k;
	pfn_t pfn = pte_pfn(e);
	const struct page *page = pfn_page(k->m, pfn);
	const struct vma *v;

	while (w->area && w->area->end <= va)
		w->area = w->area->next;
	v = w->area;
	if (!LAW(v && v->start <= va, "page %x is mapped in no area", va) ||
	    !LAW(pfn < k->m->max_pfn, "page %x: no frame %u", va, pfn))
		return false;
	if (!LAW(!(e & PTE_NX) || (k->m->nx && !(v->flags & VM_EXEC)),
		 "page %x: its entry forbids to execute, its area does not",
		 va) ||
	    !LAW((e & PTE_NX) || !k->m->nx || !(e & PTE_P) ||
			 (v->flags & VM_EXEC),
		 "page %x may be executed, its area says no", va))
		return false;
	if (e & PTE_SPECIAL)
		return LAW(pfn == k->m->zero_page && !(e & PTE_RW),
			   "page %x: entry of the zero page is wrong", va);
	if (!LAW(page_is_user(page), "page %x maps frame %u of use %u", va, pfn,
		 page->use))
		return false;
	if (!check_mapper(page, v, va))
		return false;
	k->found[pfn]++;
	if (page->use == FRAME_ANON)
		w->anon++;
	else
		w->file++;
	return !(e & PTE_RW) || check_writable(v, va, page);
}

/*
 * Entries [0, nr) of a table, and everything below.  The kernel's leaves map
 * all of lowmem: they are no one's pages and not counted.
 */
static bool check_table(struct walk *w, const pte_t *table, unsigned level,
			unsigned first, unsigned nr, uint64_t base)
{
	const struct machine *m = w->k->m;
	bool leaf = level + 1u == m->profile->pt_levels;

	for (unsigned i = first; i < nr; i++) {
		uint64_t va = base + i * pt_span(m, level);
		pte_t e = table[i];

		if (leaf && w->mm) {
			if (pte_present(e) && !check_entry(w, (vaddr_t)va, e))
				return false;
		} else if (!leaf && (e & PTE_P) && !(e & PTE_PSE)) {
			if (!check_owned(w->k, pte_pfn(e), 0, FRAME_TABLE) ||
			    !check_table(w, pt_table(m, e), level + 1, 0,
					 pt_entries(m, level + 1), va))
				return false;
			w->tables++;
		}
	}
	return true;
}

static unsigned kernel_index(const struct machine *m)
{
	return pt_index(m, 0, m->map.kernel_base);
}

/* The user half: what is resident.  The kernel half: everybody's. */
static bool check_tables(struct check *k, const struct mm *mm)
{
	const struct machine *m = k->m;
	unsigned kernel = kernel_index(m);
	struct walk w = {.k = k, .mm = mm, .area = mm->mmap};

	if (!check_owned(k, mm->pgd, m->profile->pgd_order, FRAME_TABLE) ||
	    !check_table(&w, mm->pgd_entry, 0, 0, kernel, 0))
		return false;
	for (unsigned i = kernel; i < pt_entries(m, 0); i++)
		/* one that came later is copied by a fault: vmalloc_fault.c */
		if (!LAW(mm->pgd_entry[i] == m->kernel_pgd[i] ||
				 mm->pgd_entry[i] == 0,
			 "PGD entry %u is not the kernel's", i))
			return false;
	return LAW(w.tables == mm->nr_tables,
		   "%u page tables are counted, %u are there", mm->nr_tables,
		   w.tables) &&
	       LAW(w.anon == mm->rss_anon && w.file == mm->rss_file,
		   "rss is %u anonymous + %u file pages, but %u + %u are "
		   "mapped",
		   mm->rss_anon, mm->rss_file, w.anon, w.file);
}

bool check_kernel_tables(struct check *k)
{
	const struct machine *m = k->m;
	struct walk w = {.k = k};

	if (!m->kernel_pgd)
		return true;
	return check_owned(k, m->swapper_pg_dir, m->profile->pgd_order,
			   FRAME_TABLE) &&
	       check_table(&w, m->kernel_pgd, 0, kernel_index(m),
			   pt_entries(m, 0),
			   (uint64_t)kernel_index(m) * pt_span(m, 0));
}

/* ---- TLB ---- */

static const struct task *task_of(const struct machine *m, uint32_t pid)
{
	const struct task *t = m->tasks;

	while (t && t->pid != pid)
		t = t->next;
	return t;
}

/* An entry may know less than the page table (D, RW), never more; and more than
 * it of what is forbidden (NX), never less. */
static bool check_tlb_entry(struct check *k, const struct mm *mm,
			    const struct tlb_entry *e)
{
	vaddr_t va = (e->vpn - 1) << PAGE_SHIFT;
	const pte_t *entry = pte_offset(k->m, mm, va);
	uint32_t mine = e->bits & (PTE_RW | PTE_US | PTE_D);

	return LAW(entry && (*entry & PTE_P) && pte_pfn(*entry) == e->pfn &&
			   (*entry & mine) == mine &&
			   (e->nx || !(*entry & PTE_NX)),
		   "the TLB knows page %x, but its page table has changed", va);
}

/* The same of the kernel's half; what is freed lazily, and a slot that another
 * CPU has cleared, may still be known. */
static bool check_kernel_tlb_entry(struct check *k, const struct tlb *tlb,
				   const struct tlb_entry *e)
{
	vaddr_t va = (e->vpn - 1) << PAGE_SHIFT;
	struct pt_walk w;
	pte_t leaf;

	pt_walk_kernel(k->m, va, &w);
	leaf = w.entry[w.levels - 1];
	return LAW(!(e->bits & PTE_G) || tlb->has_global,
		   "the TLB knows page %x for all, and does not know that",
		   va) &&
	       LAW((w.complete && w.phys >> PAGE_SHIFT == e->pfn &&
		    (leaf & PTE_RW || !(e->bits & PTE_RW))) ||
			   may_be_stale(k->m, va),
		   "the TLB knows kernel page %x, but its entry has changed",
		   va);
}

static bool check_tlb(struct check *k, const struct tlb *tlb)
{
	const struct task *t = task_of(k->m, tlb->pid);
	bool good = true;

	for (unsigned i = 0; good && i < TLB_SETS * TLB_WAYS; i++) {
		const struct tlb_entry *e =
			&tlb->entry[i / TLB_WAYS][i % TLB_WAYS];

		if (!e->vpn)
			continue;
		if (e->vpn - 1 >= k->m->map.page_offset >> PAGE_SHIFT)
			good = check_kernel_tlb_entry(k, tlb, e);
		else if (t)
			good = check_tlb_entry(k, t->mm, e);
	}
	return good;
}

/* Nobody but living tasks needs an address space between events. */
static bool check_users(const struct machine *m, const struct task *t)
{
	uint32_t users = 0;

	for (const struct task *o = m->tasks; o; o = o->next)
		users += o->mm == t->mm;
	return LAW(t->mm->owner == t, "task %u: its address space is another's",
		   t->pid) &&
	       LAW(!(t->flags & PF_EXITING), "task %u never ends", t->pid) &&
	       LAW(t->mm->mm_users == users && t->mm->mm_count == 1,
		   "task %u: mm_users %u, mm_count %u, but %u tasks use it",
		   t->pid, t->mm->mm_users, t->mm->mm_count, users);
}

bool check_spaces(struct check *k)
{
	const struct machine *m = k->m;
	uint32_t tasks = 0;

	for (const struct task *t = m->tasks; t; t = t->next, tasks++) {
		if (!check_users(m, t) || !check_areas(k, t->mm) ||
		    !check_tables(k, t->mm) || !check_heap(&t->mm->heap) ||
		    !check_owned(k, t->stack, pfn_page(m, t->stack)->order,
				 FRAME_STACK))
			return false;
	}
	for (unsigned cpu = 0; cpu < m->config.cpus; cpu++)
		if (!check_tlb(k, &m->tlb[cpu]))
			return false;
	return LAW(tasks == m->nr_tasks, "%u tasks are counted, %u are there",
		   m->nr_tasks, tasks);
}
