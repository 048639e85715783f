/*
 * The queued spinlock of x86 since 4.2: one word, and a queue only for a crowd.
 *
 *	 31                    18 17  16 15        8 7         0
 *	+------------------------+------+-----------+-----------+
 *	|     tail: CPU + 1      | idx  |  pending  |  locked   |
 *	+------------------------+------+-----------+-----------+
 *
 *	nobody has it      locked 0 -> 1, and that is all: as cheap as a word
 *	one has it         the second sets pending and looks at locked
 *	two are there      the third and all others queue up on nodes as with MCS,
 *	                   each looking at its own; the first of the queue looks
 *	                   at the word until locked and pending are 0
 *
 * So the common case needs no node, and a crowd does not fight for the word: at
 * most two look at it.  Whoever goes on stores locked = 1 itself; the first of
 * the queue then wakes the one behind it (node.locked = 1).  Lines that move
 * when the lock is handed to
 *
 *	the CPU that set pending    3   the word to who leaves, to who looks, and
 *	                                to it again, to write
 *	the first of the queue      6   the same; the next one's node to be
 *	                                written and read; the word to that one
 *
 * (REFERENCE 14.3 has 2 and 4: it counts neither the writing of the word by who
 * goes on nor the first look at it by the next.)
 *
 * Source: Linux kernel/locking/qspinlock.c; REFERENCE 14.2.  Simpler: a CPU has
 * one node for each lock, so the index is always 0.
 */
#include "machine.h"

static unsigned node_line(unsigned node) { return 1 + node; }

static void qspin_init(struct spinlock *l)
{
	l->locked = l->pending = 0;
	l->tail = 0;
}

/* Is the CPU in the queue? Else it is the one that set pending. */
static bool is_queued(const struct spinlock *l, unsigned cpu)
{
	return l->mine[cpu];
}

/* Has the CPU in front of it in the queue gone, so that it looks at the word? */
static bool is_first(const struct spinlock *l, unsigned cpu)
{
	return l->node[cpu].locked;
}

static void take(struct machine *m, struct spinlock *l, unsigned cpu)
{
	line_store(m, &l->lines, 0, cpu);
	l->locked = 1;
	if (!is_queued(l, cpu))
		l->pending = 0;
	else if (l->tail == cpu + 1)
		l->tail = 0;
	step(m, QSPIN_TAKE, l->id, cpu);
}

static void join_queue(struct machine *m, struct spinlock *l, unsigned cpu)
{
	unsigned pred;

	line_store(m, &l->lines, node_line(cpu), cpu);
	l->node[cpu] = (struct lock_node){0};
	l->mine[cpu] = 1;
	line_store(m, &l->lines, 0, cpu);
	pred = l->tail;
	l->tail = (uint8_t)(cpu + 1);
	if (!pred) {
		l->node[cpu].locked = 1;
		step(m, MCS_FIRST, l->id, cpu, node_line(cpu));
		return;
	}
	step(m, MCS_XCHG, l->id, cpu, node_line(cpu), node_line(pred - 1));
	line_store(m, &l->lines, node_line(pred - 1), cpu);
	l->node[pred - 1].next = (uint8_t)(cpu + 1);
	step(m, MCS_LINK, l->id, cpu, node_line(pred - 1), node_line(cpu));
}

static bool qspin_arrive(struct machine *m, struct spinlock *l, unsigned cpu)
{
	l->mine[cpu] = 0;
	if (!l->locked && !l->pending && !l->tail) {
		take(m, l, cpu);
		return true;
	}
	if (l->pending || l->tail) {
		join_queue(m, l, cpu);
		return false;
	}
	line_store(m, &l->lines, 0, cpu);
	l->pending = 1;
	step(m, QSPIN_PENDING, l->id, cpu);
	return false;
}

static void qspin_release(struct machine *m, struct spinlock *l, unsigned cpu)
{
	line_store(m, &l->lines, 0, cpu);
	l->locked = 0;
	step(m, QSPIN_CLEAR, l->id, cpu);
}

static bool qspin_may_enter(const struct spinlock *l, unsigned cpu)
{
	if (l->locked)
		return false;
	return !is_queued(l, cpu) || (is_first(l, cpu) && !l->pending);
}

/* The first of the queue leaves it and wakes the one behind. */
static void wake_next(struct machine *m, struct spinlock *l, unsigned cpu)
{
	unsigned next = l->node[cpu].next;

	l->mine[cpu] = 0;
	l->node[cpu] = (struct lock_node){0};
	if (!next)
		return;
	line_store(m, &l->lines, node_line(next - 1), cpu);
	l->node[next - 1].locked = 1;
	step(m, MCS_PASS, l->id, cpu, node_line(next - 1));
	/* it sees that in its node, and looks at the word from now on */
	line_load(m, &l->lines, node_line(next - 1), next - 1);
}

static bool qspin_enter(struct machine *m, struct spinlock *l, unsigned cpu)
{
	take(m, l, cpu);
	if (!is_queued(l, cpu))
		return true;
	line_load(m, &l->lines, node_line(cpu), cpu);
	wake_next(m, l, cpu);
	return true;
}

static unsigned qspin_watched(const struct spinlock *l, unsigned cpu)
{
	return is_queued(l, cpu) && !is_first(l, cpu) ? node_line(cpu) : 0;
}

/* The holder, the one with pending, and the queue from its first node on. */
static unsigned qspin_queue(const struct spinlock *l, uint8_t cpu[MAX_CPUS])
{
	unsigned n = 0, at = 0;

	if (l->locked && l->holder)
		cpu[n++] = l->holder - 1;
	for (unsigned i = 0; i < l->nr_waiters; i++) {
		if (!is_queued(l, l->waiter[i]))
			cpu[n++] = l->waiter[i];
		else if (is_first(l, l->waiter[i]))
			at = l->waiter[i] + 1u;
	}
	for (; at && n < MAX_CPUS; at = l->node[at - 1].next)
		cpu[n++] = (uint8_t)(at - 1);
	return n;
}

static bool qspin_at_rest(const struct spinlock *l)
{
	return !l->locked && !l->pending && !l->tail;
}

const struct lock_ops lock_qspin = {
	.init = qspin_init,
	.arrive = qspin_arrive,
	.release = qspin_release,
	.may_enter = qspin_may_enter,
	.take = qspin_enter,
	.watched = qspin_watched,
	.queue = qspin_queue,
	.at_rest = qspin_at_rest,
};
