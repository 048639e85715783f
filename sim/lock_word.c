/*
 * Locks of one word: test and set, ticket.
 *
 * Test and set, the lock of 2.4 and 2.6.  The word is 1 when the lock is free.
 * An atomic decrement takes it: the result 0 means that it was free.  Below 0
 * somebody has it; the CPU then only reads, until it sees 1, and tries again:
 *
 *	slock   1    free
 *	        0    CPU 0 has it
 *	       -2    CPU 0 has it, two others tried once
 *	        1    CPU 0 stored 1: whoever comes first has it next
 *
 * Nobody waits in an order: a CPU near the last holder can win again and again.
 *
 * Ticket, from 2.6.25 on: as in a bakery.  Who comes draws a number, who leaves
 * turns the display one further; all stand before the same display:
 *
 *	next 4   owner 1      CPU 0 holds ticket 1; 2 and 3 wait
 *
 *	        +------+-------+
 *	line 0  | next | owner |   <- every CPU that waits reads this line
 *	        +------+-------+
 *
 * It is fair, but both numbers lie on one line: each draw and each hand-over
 * takes it away from all who wait, and each of them fetches it again: N + 1
 * moves to hand the lock to one.
 *
 * Sources: 2.6.11 include/asm-i386/spinlock.h, 3.x arch/x86 spinlock.h;
 * REFERENCE 14.2, 14.3.
 */
#include <string.h>

#include "machine.h"

static unsigned watch_word(const struct spinlock *l, unsigned cpu)
{
	(void)l;
	(void)cpu;
	return 0;
}

/* ---- test and set ---- */

static void tas_init(struct spinlock *l) { l->slock = 1; }

/* lock; decb: the line must be this CPU's alone. */
static bool tas_try(struct machine *m, struct spinlock *l, unsigned cpu)
{
	line_store(m, &l->lines, 0, cpu);
	l->slock--;
	if (l->slock < 0)
		step(m, TAS_MISS, l->id, cpu);
	else
		step(m, TAS_GET, l->id, cpu);
	return l->slock == 0;
}

static void tas_release(struct machine *m, struct spinlock *l, unsigned cpu)
{
	line_store(m, &l->lines, 0, cpu);
	l->slock = 1;
	step(m, TAS_STORE, l->id, cpu);
}

static bool tas_may_enter(const struct spinlock *l, unsigned cpu)
{
	(void)cpu;
	return l->slock > 0;
}

/* The word knows nobody: holder and waiters as we know them. */
static unsigned tas_queue(const struct spinlock *l, uint8_t cpu[MAX_CPUS])
{
	unsigned n = 0;

	if (l->holder)
		cpu[n++] = l->holder - 1;
	for (unsigned i = 0; i < l->nr_waiters; i++)
		cpu[n++] = l->waiter[i];
	return n;
}

static bool tas_at_rest(const struct spinlock *l) { return l->slock == 1; }

const struct lock_ops lock_tas = {
	.init = tas_init,
	.arrive = tas_try,
	.release = tas_release,
	.may_enter = tas_may_enter,
	.take = tas_try,
	.watched = watch_word,
	.queue = tas_queue,
	.at_rest = tas_at_rest,
};

/* ---- ticket ---- */

static void ticket_init(struct spinlock *l) { l->next = l->owner = 0; }

static bool ticket_arrive(struct machine *m, struct spinlock *l, unsigned cpu)
{
	line_store(m, &l->lines, 0, cpu);
	l->ticket[cpu] = l->next++;
	step(m, TICKET_DRAW, l->id, cpu, l->ticket[cpu], l->owner);
	return l->ticket[cpu] == l->owner;
}

static void ticket_release(struct machine *m, struct spinlock *l, unsigned cpu)
{
	line_store(m, &l->lines, 0, cpu);
	l->owner++;
	step(m, TICKET_SERVE, l->id, cpu, l->owner);
}

static bool ticket_may_enter(const struct spinlock *l, unsigned cpu)
{
	return l->ticket[cpu] == l->owner;
}

/* Whose tickets lie between owner and next. */
static unsigned ticket_queue(const struct spinlock *l, uint8_t cpu[MAX_CPUS])
{
	unsigned n = 0;
	uint8_t came[MAX_CPUS];
	unsigned nr = tas_queue(l, came);

	for (uint16_t t = l->owner; t != l->next && n < MAX_CPUS; t++)
		for (unsigned i = 0; i < nr; i++)
			if (l->ticket[came[i]] == t)
				cpu[n++] = came[i];
	return n;
}

static bool ticket_at_rest(const struct spinlock *l)
{
	return l->next == l->owner;
}

const struct lock_ops lock_ticket = {
	.init = ticket_init,
	.arrive = ticket_arrive,
	.release = ticket_release,
	.may_enter = ticket_may_enter,
	.watched = watch_word,
	.queue = ticket_queue,
	.at_rest = ticket_at_rest,
};
