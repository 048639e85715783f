/*
 * What is this?  The table of facts, and how the MMU reads an address.
 *
 *	[735] at 37c0fb7c  37c11067 P RW US A D       the entry's own place, its value, where it leads
 *
 * A process's address is walked through its tables, a kernel address through the kernel's own.
 */
#include "what_data.h"

#include <string.h>

#include "i18n.h"
#include "sim/pgtable.h"

const struct fact_info fact_info[NR_FACT_IDS] = {
#define FACT(id, label, text, ...) {label, text, {__VA_ARGS__}},
#include "what.def"
#undef FACT
};

void what_add(const struct asking *q, enum fact_id id, const char *name,
	      const uint64_t arg[FACT_ARGS])
{
	struct what *w = q->w;
	struct fact *f = &w->fact[w->nr];

	if (w->nr == FACTS_MAX)
		return;
	w->nr++;
	*f = (struct fact){.id = (uint16_t)id};
	memcpy(f->arg, arg, sizeof(f->arg));
	if (name)
		memcpy(f->name, name, strnlen(name, FACT_NAME_LEN - 1));
}

const struct fact *what_fact(const struct what *w, enum fact_id id, unsigned n)
{
	for (uint32_t i = 0; i < w->nr; i++)
		if (w->fact[i].id == id && n-- == 0)
			return &w->fact[i];
	return NULL;
}

bool fact_arg(const struct fact *f, unsigned kind, uint64_t *value)
{
	for (int i = 0; i < FACT_ARGS; i++) {
		if (fact_info[f->id].arg[i] != kind)
			continue;
		*value = f->arg[i];
		return true;
	}
	return false;
}

/* ---- the walk ---- */

/* The entry that was looked at on a level, and where it lies itself. */
static void what_entry(const struct asking *q, const struct pt_walk *k, unsigned level)
{
	const struct mm_profile *p = q->m->profile;
	pte_t e = k->entry[level];
	paddr_t at =
		((paddr_t)k->table[level] << PAGE_SHIFT) + (paddr_t)k->index[level] * p->pte_bytes;
	uint64_t arg[FACT_ARGS] = {k->index[level], at, e, pte_present(e) ? pte_pfn(e) : PFN_NONE};

	what_add(q,
		 level == 0                  ? W_PGD
		 : level + 1 == p->pt_levels ? W_PTE
		 : level + 2 == p->pt_levels ? W_PMD
					     : W_PUD,
		 NULL, arg);
}

/* The walk to va; mm: the process's, or the kernel's own. */
static void what_walk(const struct asking *q, const struct mm *mm, vaddr_t va, struct pt_walk *k)
{
	const struct machine *m = q->m;
	unsigned last;
	uint64_t span;

	*k = (struct pt_walk){0};
	if (!mm->pgd_entry)
		return;
	pt_walk(m, mm, va, k);
	last = k->levels - 1;
	for (unsigned level = 0; level < k->levels; level++)
		what_entry(q, k, level);
	span = pt_span(m, last);
	if (k->large)
		tell(q, LARGE_PAGE, span);
	else if (k->levels < m->profile->pt_levels)
		tell(q, NO_TABLE, va & ~(span - 1), (va & ~(span - 1)) + span);
}

/* CPUs that would not walk at all. */
static void what_tlb(const struct asking *q, uint32_t pid, vaddr_t va)
{
	for (uint32_t cpu = 0; cpu < q->m->config.cpus; cpu++) {
		const struct tlb *tlb = &q->m->tlb[cpu];
		const struct tlb_entry *e = tlb->pid == pid ? tlb_peek(tlb, va) : NULL;

		if (e)
			tell(q, TLB, cpu, e->pfn, e->bits);
	}
}

/* ---- the three kinds of place ---- */

static void what_phys(const struct asking *q, paddr_t phys)
{
	uint64_t pfn = phys >> PAGE_SHIFT;

	if (pfn < q->m->max_pfn)
		what_frame(q, (pfn_t)pfn, (uint32_t)(phys % PAGE_SIZE));
	else
		tell(q, BEYOND_RAM, (paddr_t)q->m->max_pfn << PAGE_SHIFT);
}

static void what_user(const struct asking *q, const struct what_place *p)
{
	const struct task *t = find_task(q->m, p->pid);
	struct pt_walk k;

	if (!t || !t->mm) {
		tell(q, NO_PROCESS, p->pid, p->va);
		return;
	}
	tell(q, USER_ADDRESS, p->pid, p->va, p->va % PAGE_SIZE);
	what_area(q, t, p->va);
	what_access(q, t, p->va);
	what_chunk(q, t, p->va);
	what_segments(q, t, p->va);
	what_walk(q, t->mm, p->va, &k);
	what_tlb(q, p->pid, p->va);
	if (k.complete)
		what_phys(q, k.phys);
	else if (k.levels && pte_present(k.entry[k.levels - 1]))
		/* PROT_NONE: mapped for the software, refused by the MMU */
		what_phys(q, ((paddr_t)pte_pfn(k.entry[k.levels - 1]) << PAGE_SHIFT) +
				     p->va % PAGE_SIZE);
}

static void what_kernel(const struct asking *q, vaddr_t va)
{
	const struct machine *m = q->m;
	const struct mm kernel = {.pgd = m->swapper_pg_dir, .pgd_entry = m->kernel_pgd};
	struct pt_walk k;

	what_kernel_region(q, va);
	what_kernel_segments(q, va);
	what_walk(q, &kernel, va, &k);
	if (k.complete)
		what_phys(q, k.phys);
}

/* A logical address: the linear one that it becomes, and all that is known of that. */
static void what_at_segment(const struct asking *q, const struct what_place *p)
{
	const struct task *t = find_task(q->m, p->pid);
	struct what_place linear = {.kind = PLACE_USER, .pid = p->pid};

	if (!what_logical(q, t, p, &linear.va))
		return;
	if (linear.va >= q->m->map.kernel_base)
		what_kernel(q, linear.va);
	else
		what_user(q, &linear);
}

void what_is(const struct machine *m, const struct scenario *s, const struct what_place *p,
	     struct what *w)
{
	struct asking q = {m, s, w};

	w->place = *p;
	w->nr = 0;
	if (p->kind == PLACE_PHYS) {
		tell(&q, PHYSICAL, p->phys, p->phys % PAGE_SIZE);
		what_phys(&q, p->phys);
	} else if (p->kind == PLACE_LOGICAL) {
		what_at_segment(&q, p);
	} else if (p->kind == PLACE_KERNEL || p->va >= m->map.kernel_base) {
		what_kernel(&q, p->va);
	} else {
		what_user(&q, p);
	}
}
