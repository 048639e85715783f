/*
 * Batches of pages on their way to the lists of reclaim.
 */
#ifndef SIM_LRU_BATCH_H
#define SIM_LRU_BATCH_H

#include "page.h"

struct machine;

enum { PAGEVEC_SIZE = 15 };

enum lru_batch_kind {
	LRU_ADD,      /* new pages: 6.1 folio_add_lru()                   */
	LRU_LAZYFREE, /* given up by madvise(free): mark_page_lazyfree()  */
	LRU_MLOCK,    /* of locked areas: mlock_new_page(), munlock_page() */
	NR_LRU_BATCHES
};

/* Law: used slots of LRU_LAZYFREE and LRU_MLOCK hold user pages that have
 * PG_BATCHED and a reference for each slot. */
struct lru_batch {
	uint32_t nr;
	pfn_t pfn[PAGEVEC_SIZE];
};

/* A page goes into a batch of the running CPU; a full one is worked off. */
void lru_batch_add(struct machine *m, enum lru_batch_kind kind, pfn_t pfn);

/* The running CPU's batches are worked off: 6.1 lru_add_drain(). */
void lru_add_drain(struct machine *m);

/* Those of all CPUs. */
void lru_add_drain_all(struct machine *m);

/* How many of a page's references are those of batches. */
uint32_t lru_batch_refs(const struct machine *m, pfn_t pfn);

/* Is it in a batch of new pages? */
bool lru_is_added(const struct machine *m, pfn_t pfn);

#endif
