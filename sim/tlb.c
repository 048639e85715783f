/*
 * The translation lookaside buffer: the last translations, kept by the CPU.
 *
 *	va  | 31          16 | 15   12 | 11     0 |
 *	    |      tag       |   set   |  offset  |     16 sets of 4 ways
 *
 * A hit spares the walk.  The price is that an entry may be older than the
 * page table: whoever takes a right away or unmaps must flush.  Giving a right
 * needs no flush: an entry that denies sends the CPU to the tables again.
 *
 * The buffer belongs to one address space, the one whose tables CR3 names:
 * switch_mm to another one empties it, but for entries with G (global): the
 * kernel's, which are the same in all of them.  An entry made by a read says D
 * clear; the first write walks again, to set D in the page table.
 *
 * Several CPUs may have one address space loaded: each where a process ran
 * last keeps its tables until another one runs there.  No CPU can empty the
 * buffer of another, so who changes the tables sends an interrupt to each of
 * those and waits until they have done it: a TLB shootdown.
 *
 * Simpler than Linux on 6.1 hardware: a CPU that no longer runs the process is
 * asked at once, where Linux may leave it alone until it does (lazy TLB); no
 * PCIDs, one size of entry (a large page of the kernel's has one for each small
 * page in it), code and data together.
 */
#include "tlb.h"

#include <string.h>

#include "machine.h"

enum { TLB_BITS = PTE_RW | PTE_US | PTE_D | PTE_G };

static struct tlb_entry *tlb_find(struct tlb *t, vaddr_t va)
{
	uint64_t vpn = va >> PAGE_SHIFT;
	struct tlb_entry *set = t->entry[vpn % TLB_SETS];

	for (unsigned way = 0; way < TLB_WAYS; way++)
		if (set[way].vpn == vpn + 1)
			return &set[way];
	return NULL;
}

pte_t tlb_pte(const struct tlb_entry *e)
{
	return mk_pte(e->pfn, (e->nx ? PTE_NX : 0) | e->bits | PTE_P);
}

const struct tlb_entry *tlb_peek(const struct tlb *t, vaddr_t va)
{
	return tlb_find((struct tlb *)t, va);
}

struct tlb_entry *tlb_lookup(struct machine *m, struct tlb *t, vaddr_t va)
{
	struct tlb_entry *e = tlb_find(t, va);

	if (e) {
		t->hits++;
		note(m, TLB_HIT, va, e->pfn, tlb_pte(e));
	} else {
		t->misses++;
		note(m, TLB_MISS, va);
	}
	return e;
}

void tlb_fill(struct machine *m, struct tlb *t, struct tlb_entry *known,
	      vaddr_t va, pte_t entry)
{
	uint64_t vpn = va >> PAGE_SHIFT;
	unsigned set = vpn % TLB_SETS;
	struct tlb_entry *e = known;

	if (!e) {
		e = &t->entry[set][t->next_way[set]];
		t->next_way[set] = (t->next_way[set] + 1) % TLB_WAYS;
	}
	e->vpn = vpn + 1;
	e->pfn = pte_pfn(entry);
	e->bits = entry & TLB_BITS;
	e->nx = entry & PTE_NX;
	step(m, TLB_FILL, va, e->pfn, entry);
}

void tlb_drop(struct tlb *t, vaddr_t va)
{
	struct tlb_entry *e = tlb_find(t, va);

	if (e)
		e->vpn = 0;
}

static void tlb_flush_all(struct tlb *t)
{
	t->flushes++;
	t->has_global = false;
	memset(t->entry, 0, sizeof(t->entry));
	memset(t->next_way, 0, sizeof(t->next_way));
}

/* What a new CR3 does: entries with G, the kernel's, stay. */
static void tlb_flush(struct tlb *t)
{
	if (!t->has_global) {
		tlb_flush_all(t);
		return;
	}
	t->flushes++;
	for (unsigned set = 0; set < TLB_SETS; set++)
		for (unsigned way = 0; way < TLB_WAYS; way++)
			if (!(t->entry[set][way].bits & PTE_G))
				t->entry[set][way] = (struct tlb_entry){0};
}

/* Tell how many entries a new CR3 has left, if any. */
static void tell_global(struct machine *m, const struct tlb *t)
{
	uint32_t count = 0;

	for (unsigned i = 0; t->has_global && i < TLB_SETS * TLB_WAYS; i++)
		count += t->entry[i / TLB_WAYS][i % TLB_WAYS].vpn != 0;
	if (count)
		note(m, KEEP_GLOBAL, m->cpu, count);
}

/* Is mm the address space that this CPU has loaded? */
static bool is_loaded(const struct tlb *t, const struct mm *mm)
{
	return t->pid == mm->owner->pid && mm->owner->mm == mm;
}

/* A CPU's buffer is its own to empty: another one has to be asked. */
static void ask(struct machine *m, const struct mm *mm, uint32_t cpu)
{
	if (cpu != m->cpu)
		note(m, TLB_SHOOTDOWN, mm->owner->pid, cpu, m->cpu);
}

/* The pages of [start, end), one by one. */
static void flush_pages(struct machine *m, const struct mm *mm, uint64_t start,
			uint64_t end)
{
	for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
		struct tlb *t = &m->tlb[cpu];

		if (!is_loaded(t, mm))
			continue;
		ask(m, mm, cpu);
		for (uint64_t va = start; va < end; va += PAGE_SIZE) {
			tlb_drop(t, (vaddr_t)va);
			t->page_flushes++;
			step(m, FLUSH_TLB_PAGE, va, cpu);
		}
	}
}

void flush_tlb_page(struct machine *m, const struct mm *mm, vaddr_t va)
{
	flush_pages(m, mm, va, (uint64_t)va + PAGE_SIZE);
}

void flush_tlb_mm(struct machine *m, const struct mm *mm)
{
	for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
		struct tlb *t = &m->tlb[cpu];

		if (!is_loaded(t, mm))
			continue;
		ask(m, mm, cpu);
		tlb_flush(t);
		step(m, FLUSH_TLB_MM, mm->owner->pid, cpu);
	}
}

void flush_tlb_kernel(struct machine *m)
{
	for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
		tlb_flush_all(&m->tlb[cpu]);
		step(m, FLUSH_TLB_KERNEL, cpu);
	}
}

void flush_tlb_range(struct machine *m, const struct mm *mm, vaddr_t start,
		     uint64_t end)
{
	if ((end - start) >> PAGE_SHIFT > TLB_FLUSH_CEILING) {
		flush_tlb_mm(m, mm);
		return;
	}
	flush_pages(m, mm, start, end);
}

void switch_mm(struct machine *m, const struct task *t)
{
	struct tlb *tlb = &m->tlb[m->cpu];

	if (tlb->pid == t->pid)
		return;
	tlb_flush(tlb);
	tlb->pid = t->pid;
	step(m, SWITCH_MM, t->pid, t->mm->pgd, m->cpu);
	tell_global(m, tlb);
	load_tls(m, t);
}

void switch_init_mm(struct machine *m)
{
	struct tlb *tlb = &m->tlb[m->cpu];

	if (!tlb->pid)
		return;
	tlb_flush(tlb);
	tlb->pid = 0;
	step(m, SWITCH_INIT_MM, m->swapper_pg_dir, m->cpu);
	tell_global(m, tlb);
}

void tlb_forget_mm(struct machine *m, const struct mm *mm)
{
	for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
		struct tlb *t = &m->tlb[cpu];

		if (!is_loaded(t, mm))
			continue;
		tlb_flush(t);
		t->pid = 0;
		step(m, LEAVE_MM, mm->owner->pid, cpu);
	}
}
