/*
 * Resident pages as /proc tells them: a fault's own count, and the process's.
 *
 * mm.rss_anon and rss_file are exact.  A kernel for many CPUs does not write
 * the counters of an address space at each fault, for their cache line would
 * go from CPU to CPU: the task counts beside, in its task_rss_stat, and hands
 * over when it has begun more than TASK_RSS_EVENTS_THRESH faults since, and
 * when it unmaps anything or changes its program.  /proc does not look at what
 * the task still holds:
 *
 *	exec: 4 pages, of which the stack's alone was counted at once
 *	VmRSS 4 kB, until fault 66 has begun: VmRSS 276 kB
 *
 * smaps goes through the entries, and shows what is there.
 *
 * Profile rss_events_thresh; 0: every page is counted at once.
 * 6.1 mm/memory.c add_mm_counter_fast(), check_sync_rss_stat(), sync_mm_rss().
 */
#include "machine.h"

/* Is the address space the one that its task runs in?  What exec prepares is
 * not yet, and its pages are counted at once. */
static bool counts_beside(const struct machine *m, const struct mm *mm)
{
	return m->profile->rss_events_thresh && mm->owner &&
	       mm->owner->mm == mm;
}

void add_mm_counter_fast(struct machine *m, struct mm *mm,
			 const struct page *page, int n)
{
	if (!counts_beside(m, mm))
		return;
	if (page->use == FRAME_ANON)
		mm->rss_stat.anon += n;
	else if (page->use == FRAME_SHMEM)
		mm->rss_stat.shmem += n;
	else
		mm->rss_stat.file += n;
}

void check_sync_rss_stat(struct machine *m, struct mm *mm)
{
	if (counts_beside(m, mm) &&
	    mm->rss_stat.events++ > m->profile->rss_events_thresh)
		sync_mm_rss(mm);
}

void sync_mm_rss(struct mm *mm) { mm->rss_stat = (struct task_rss_stat){0}; }

/* A counter that others have written may be below what the task has taken away
 * beside it: then it shows 0. */
static uint32_t told(uint32_t exact, int32_t beside)
{
	int64_t n = (int64_t)exact - beside;

	return n > 0 ? (uint32_t)n : 0;
}

struct rss_told get_mm_rss(const struct mm *mm, uint32_t shmem)
{
	const struct task_rss_stat *s = &mm->rss_stat;

	return (struct rss_told){
		.anon = told(mm->rss_anon, s->anon),
		.file = told(mm->rss_file - shmem, s->file),
		.shmem = told(shmem, s->shmem),
	};
}
