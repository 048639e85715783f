/*
 * The translation lookaside buffer of one CPU: 64 entries, 16 sets of 4 ways,
 * least recently filled way replaced, as on a Pentium's data TLB.
 */
#ifndef SIM_TLB_H
#define SIM_TLB_H

#include "mm.h"

enum { TLB_SETS = 16, TLB_WAYS = 4 };

struct tlb_entry {
	uint32_t vpn;      /* va >> 12, plus 1; 0 = invalid           */
	pfn_t pfn;
	uint16_t bits;     /* RW, US, D of the entry when it was read */
};

struct tlb {
	struct tlb_entry entry[TLB_SETS][TLB_WAYS];
	uint8_t next_way[TLB_SETS];
	uint32_t pid;      /* whose address space is loaded; 0 = none */
	uint64_t hits, misses, flushes, page_flushes;
};

/* The entry for va in the running address space, or NULL. No counting. */
const struct tlb_entry *tlb_peek(const struct tlb *t, vaddr_t va);

/* The same, counted as a hit or a miss, and told. */
struct tlb_entry *tlb_lookup(struct machine *m, struct tlb *t, vaddr_t va);
void tlb_fill(struct machine *m, struct tlb *t, vaddr_t va, pte_t entry);

/* Forget one page / everything of mm, on every CPU that runs it. */
void flush_tlb_page(struct machine *m, const struct mm *mm, vaddr_t va);
void flush_tlb_mm(struct machine *m, const struct mm *mm);

/* Load task's CR3 on the current CPU: flushes unless it is loaded. */
void switch_mm(struct machine *m, const struct task *t);

#endif
