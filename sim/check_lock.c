/*
 * Laws of spinlocks: the words know who waits, and one copy alone is written.
 */
#include <string.h>

#include "check.h"

/* Where one copy is exclusive, it is the only one; who wrote last is a CPU. */
static bool line_is_lawful(const struct machine *m, const struct cache_line *l)
{
	unsigned copies = 0, alone = 0;

	for (unsigned cpu = 0; cpu < MAX_CPUS; cpu++) {
		if (l->state[cpu] >= NR_LINE_STATES)
			return false;
		copies += l->state[cpu] != LINE_INVALID;
		alone += l->state[cpu] > LINE_SHARED;
	}
	return l->writer <= m->config.cpus && (!alone || copies == 1);
}

/* The queue of the words: the holder, and behind it those who wait. */
static bool queue_is_lawful(const struct spinlock *l)
{
	uint8_t told[MAX_CPUS], came[MAX_CPUS];
	unsigned n = 0;

	if (l->holder)
		came[n++] = l->holder - 1;
	for (unsigned i = 0; i < l->nr_waiters && n < MAX_CPUS; i++)
		came[n++] = l->waiter[i];
	return lock_queue(l, told) == n && memcmp(told, came, n) == 0;
}

const char *lock_broken_law(const struct machine *m, const struct spinlock *l)
{
	uint32_t cpus = 0;

	for (unsigned i = 0; i < LOCK_LINES; i++)
		if (!line_is_lawful(m, &l->lines.line[i]))
			return "a cache line has two owners";
	if (l->holder > m->config.cpus || l->nr_waiters >= MAX_CPUS)
		return "a CPU that is none holds it or waits";
	if (l->holder)
		cpus = 1u << (l->holder - 1);
	for (unsigned i = 0; i < l->nr_waiters; i++) {
		if (cpus >> l->waiter[i] & 1)
			return "a CPU waits twice, or for itself";
		cpus |= 1u << l->waiter[i];
	}
	if (l->nr_waiters && !l->holder)
		return "CPUs wait for a lock that nobody holds";
	if (!queue_is_lawful(l))
		return "its words do not tell who waits";
	if (!l->holder && !lock_ops_of(l)->at_rest(l))
		return "nobody holds it, but its words do not say so";
	return NULL;
}

bool check_locks(struct check *k)
{
	const struct spinlock *l;
	const char *broken;

	for (uint32_t i = 0; (l = lock_nth(k->m, i)) != NULL; i++) {
		broken = lock_broken_law(k->m, l);
		if (!LAW(!broken, "lock %x: %s", l->id, broken) ||
		    !LAW(!l->holder, "lock %x is held after an event", l->id))
			return false;
	}
	return true;
}
