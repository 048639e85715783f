/*
 * kmap: kernel addresses for high frames, lent for a while.
 */
#ifndef SIM_KMAP_H
#define SIM_KMAP_H

#include "pgtable.h"

enum { PKMAP_MAX = 1024, KMAP_SLOTS_MAX = 16 };

/*
 * The window of kmap.  count[i]: 0 the slot is free; 1 nobody uses it, but it
 * is still mapped and may stand in a TLB; n + 1 n users.
 * Law: pfn[i] has a kernel address in slot i exactly where count[i] > 0.
 */
struct pkmap {
	uint32_t count[PKMAP_MAX];
	pfn_t pfn[PKMAP_MAX];
	uint32_t last; /* slot that was given last */
};

/* A CPU's own slots: a stack. */
struct kmap_ctrl {
	uint32_t depth;
	pfn_t pfn[KMAP_SLOTS_MAX];
};

/*
 * A kernel address of a frame: low memory's own, or one of the window.  0: all
 * slots are in use, and the caller would sleep.  6.1 kmap_high().
 */
vaddr_t kmap(struct machine *m, pfn_t pfn);
/* One user less; false: the frame was not mapped by kmap. */
bool kunmap(struct machine *m, pfn_t pfn);
/* Its address by low memory or kmap, 0: none.  6.1 page_address(). */
vaddr_t page_address(const struct machine *m, pfn_t pfn);
/* Clear every slot without a user: 6.1 kmap_flush_unused(). */
void kmap_flush_unused(struct machine *m);

/* The same for a moment, without sleeping, on the running CPU; 0: its slots are
 * used up, or they are wanted for too many. */
vaddr_t kmap_atomic(struct machine *m, pfn_t pfn);
/* The frame must be the last one that is mapped so here: else false. */
bool kunmap_atomic(struct machine *m, pfn_t pfn);
/* The address of kmap_atomic's slot at a depth of a CPU's stack. */
vaddr_t kmap_slot_addr(const struct machine *m, uint32_t cpu, uint32_t depth);

/* ---- fixmap.c ---- */
/* Map the physical page of phys at a slot, for the kernel; nocache: for a
 * device's registers.  The slot must be may_set_fixmap. */
void set_fixmap(struct machine *m, uint32_t slot, paddr_t phys, bool nocache);
void clear_fixmap(struct machine *m, uint32_t slot);
/* Slot 0 is never mapped, and those of kmap_atomic are its own. */
bool may_set_fixmap(const struct mm_profile *p, uint32_t slot);
/* What a slot is for: "apic"; *nr: number in a row of such slots.  NULL: there
 * is no such slot. */
const char *fix_slot_name(const struct mm_profile *p, uint32_t slot,
			  uint32_t *nr);

#endif
