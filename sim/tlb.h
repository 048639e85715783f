/*
 * The translation lookaside buffer of one CPU: 64 entries, 16 sets of 4 ways,
 * least recently filled way replaced, as on a Pentium's data TLB.
 */
#ifndef SIM_TLB_H
#define SIM_TLB_H

#include "mm.h"

enum { TLB_SETS = 16, TLB_WAYS = 4, TLB_FLUSH_CEILING = 33 };

struct tlb_entry {
	uint64_t vpn;      /* va >> 12, plus 1; 0 = invalid           */
	pfn_t pfn;
	uint16_t bits;     /* RW, US, D, G of the entry when it was read */
	bool nx;           /* and NX                                  */
};

struct tlb {
	struct tlb_entry entry[TLB_SETS][TLB_WAYS];
	uint8_t next_way[TLB_SETS];
	uint32_t pid;      /* whose address space is loaded; 0 = init_mm */
	bool has_global;   /* perhaps: entries that a new CR3 leaves    */
	uint64_t hits, misses, flushes, page_flushes;
};

/* What it keeps of a page-table entry. */
pte_t tlb_pte(const struct tlb_entry *e);

/* The entry for va in the running address space, or NULL. No counting. */
const struct tlb_entry *tlb_peek(const struct tlb *t, vaddr_t va);

/* The same, counted as a hit or a miss, and told. */
struct tlb_entry *tlb_lookup(struct machine *m, struct tlb *t, vaddr_t va);

/* Keep va's entry: in place of the one known, or of the oldest of its set. */
void tlb_fill(struct machine *m, struct tlb *t, struct tlb_entry *known,
	      vaddr_t va, pte_t entry);

/* One CPU forgets one page: what a page fault itself does to its entry. */
void tlb_drop(struct tlb *t, vaddr_t va);

/* Forget one page / everything of mm, on every CPU that runs it. */
void flush_tlb_page(struct machine *m, const struct mm *mm, vaddr_t va);
void flush_tlb_mm(struct machine *m, const struct mm *mm);

/* The pages of [start, end): one by one up to TLB_FLUSH_CEILING of them,
 * else everything of mm (6.1 flush_tlb_mm_range). */
void flush_tlb_range(struct machine *m, const struct mm *mm, vaddr_t start,
		     uint64_t end);

/* Kernel addresses stand in the TLB whoever runs: all CPUs forget everything,
 * global entries too (6.1 flush_tlb_kernel_range). */
void flush_tlb_kernel(struct machine *m);

/* mm is about to be freed: no CPU may keep it loaded. */
void tlb_forget_mm(struct machine *m, const struct mm *mm);

/* Load task's CR3 on the current CPU: flushes unless it is loaded. */
void switch_mm(struct machine *m, const struct task *t);
/* Load the kernel's own, swapper_pg_dir. */
void switch_init_mm(struct machine *m);

#endif
