/*
 * Batches of pages, and why a write may copy a page that nobody else has.
 *
 * Reclaim keeps all pages of processes on lists, and each change of a list
 * takes a lock that all CPUs share.  So a CPU collects 15 pages before it takes
 * the lock: new ones, those that madvise(free) gave up, those of locked areas.
 * As long as a page waits in a batch, the batch holds a reference.
 *
 * That is seen at copy-on-write.  The frame may stay if its only reference is
 * the mapping that writes (cow.c), and one of a batch cannot be told from that
 * of another process:
 *
 *	fork, the child ends        page: 1 mapping, no longer exclusive
 *	madvise(free)               ... and it waits in a batch: 2 references
 *	write                       a copy, though nobody else has the page
 *
 * A page that is on no list yet must be in a batch of new ones: then the fault
 * works the batches off before it counts.  So it is with munmap, exit, mlock,
 * madvise(dontneed), and whatever brings pages in by itself.
 *
 * A page that a locked area no longer maps is one of LRU_MLOCK as well: the
 * parent locks its memory, forks and writes, and the child, alone with the old
 * pages, copies those that wait.
 *
 * The frame of a page that is copied so waits for its batch, too, before it is
 * free.
 *
 * Simpler than Linux: the reference of a batch of new pages is not counted.  The
 * lists themselves are not modelled, for there is no reclaim.
 * Sources: 6.1 mm/swap.c (folio_batch_add_and_move, lru_add_drain), mm/mlock.c
 * (mlock_pagevec), mm/memory.c do_wp_page(); observed on 6.1.0-50-686.
 */
#include "lru_batch.h"

#include "machine.h"
#include "page_alloc.h"

/* Does a batch of this kind hold the page against copy-on-write? */
static bool holds_pages(enum lru_batch_kind kind) { return kind != LRU_ADD; }

static uint32_t slots_of(const struct lru_batch *b, pfn_t pfn)
{
	uint32_t nr = 0;

	for (uint32_t i = 0; i < b->nr; i++)
		nr += b->pfn[i] == pfn;
	return nr;
}

uint32_t lru_batch_refs(const struct machine *m, pfn_t pfn)
{
	uint32_t refs = 0;

	if (!(pfn_page(m, pfn)->flags & PG_BATCHED))
		return 0;
	for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++)
		refs += slots_of(&m->lru_batch[cpu][LRU_LAZYFREE], pfn) +
			slots_of(&m->lru_batch[cpu][LRU_MLOCK], pfn);
	return refs;
}

bool lru_is_added(const struct machine *m, pfn_t pfn)
{
	for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++)
		if (slots_of(&m->lru_batch[cpu][LRU_ADD], pfn))
			return true;
	return false;
}

/* Every page gets to its list, and loses the reference. */
static void move_to_lists(struct machine *m, enum lru_batch_kind kind,
			  struct lru_batch *b)
{
	struct lru_batch full = *b;

	b->nr = 0;
	for (uint32_t i = 0; i < full.nr; i++) {
		pfn_t pfn = full.pfn[i];
		struct page *page = pfn_page(m, pfn);

		/* a new page may have gone without its batch's knowing */
		if (page_is_user(page))
			page->flags |= PG_LRU;
		/* among those of files: it needs no place in swap, and is
		 * LazyFree in smaps from now on */
		if (kind == LRU_LAZYFREE)
			page->flags &= (uint8_t)~PG_SWAPBACKED;
		if (!holds_pages(kind))
			continue;
		if (!lru_batch_refs(m, pfn))
			page->flags &= (uint8_t)~PG_BATCHED;
		put_page(m, pfn);
	}
}

void lru_batch_add(struct machine *m, enum lru_batch_kind kind, pfn_t pfn)
{
	struct lru_batch *b = &m->lru_batch[m->cpu][kind];

	b->pfn[b->nr++] = pfn;
	if (holds_pages(kind)) {
		get_page(m, pfn);
		pfn_page(m, pfn)->flags |= PG_BATCHED;
		note(m, LRU_BATCH_ADD, pfn, m->cpu, b->nr);
	}
	if (b->nr == PAGEVEC_SIZE)
		move_to_lists(m, kind, b);
}

static void drain_cpu(struct machine *m, uint32_t cpu)
{
	struct lru_batch *b = m->lru_batch[cpu];
	uint32_t nr = b[LRU_LAZYFREE].nr + b[LRU_MLOCK].nr;

	if (nr)
		step(m, LRU_ADD_DRAIN, cpu, nr);
	for (int kind = 0; kind < NR_LRU_BATCHES; kind++)
		if (b[kind].nr)
			move_to_lists(m, (enum lru_batch_kind)kind, &b[kind]);
}

void lru_add_drain(struct machine *m) { drain_cpu(m, m->cpu); }

void lru_add_drain_all(struct machine *m)
{
	for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++)
		drain_cpu(m, cpu);
}
