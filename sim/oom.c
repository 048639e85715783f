/*
 * Out of memory: who has to go?
 *
 * A page fault cannot be refused for lack of memory: the program was promised
 * the page when mmap succeeded.  So when no frame can be had, the kernel ends
 * the process that holds most, and the fault is tried again with its frames:
 *
 *	points = resident pages + page-table pages        (6.1 oom_badness)
 *
 *	sh    rss 50000  tables 30   50030   <- ends
 *	kid   rss   120  tables  5     125
 *
 * Of two with equal points the younger one ends.
 *
 * Simpler than Linux: no reclaim is tried before (there is no swap yet, and
 * the page cache keeps its pages); nobody is exempt (oom_score_adj is 0); a
 * request of the kernel itself (a page table of fork, a slab) fails with
 * ENOMEM instead of ending anybody.
 */
#include "process.h"

#include "machine.h"

static uint32_t oom_badness(const struct task *t)
{
	const struct mm *mm = t->mm;

	return mm->rss_anon + mm->rss_file + mm->nr_tables;
}

static struct task *select_bad_process(struct machine *m)
{
	struct task *chosen = m->tasks;

	for (struct task *t = m->tasks; t; t = t->next) {
		note(m, OOM_BADNESS, t->pid, oom_badness(t),
		     t->mm->rss_anon + t->mm->rss_file, t->mm->nr_tables);
		if (oom_badness(t) >= oom_badness(chosen))
			chosen = t;
	}
	return chosen;
}

uint32_t out_of_memory(struct machine *m, uint32_t wanted_by)
{
	struct task *victim;
	uint32_t pid = 0;

	enter(m, OUT_OF_MEMORY, wanted_by);
	victim = select_bad_process(m);
	if (victim) {
		pid = victim->pid;
		m->nr_oom_kills++;
		note(m, OOM_KILL_PROCESS, pid, oom_badness(victim));
		do_exit(m, victim);
	}
	leave(m, OUT_OF_MEMORY, pid);
	return pid;
}
