/*
 * Locks with a queue: CLH, MCS.
 *
 * A CPU that waits looks at a line that only one other CPU will ever write, so
 * handing the lock on moves two lines, however many wait.  Both exchange a
 * pointer to the last node, tail, for one to their own; the old value is the
 * CPU in front.  They differ in whose node a CPU looks at.
 *
 * CLH: at that of its predecessor.  There are no pointers in the nodes, the
 * queue is only in the heads of those who wait:
 *
 *	               CPU 0         CPU 1          CPU 2
 *	               holds         waits          waits
 *	  [n8] <- - - - [n0] <- - - - [n1] <- - - - [n2] <-- tail
 *	  locked 0      locked 1      locked 1      locked 1
 *
 *	CPU 0 leaves: n0.locked = 0, CPU 1 sees it.  Nobody will look at n8 again:
 *	CPU 0 takes that one for its next time.
 *
 * MCS: at its own.  The predecessor must then know who comes next:
 *
 *	               CPU 0         CPU 1          CPU 2
 *	               holds         waits          waits
 *	               [n0] - next ->[n1] - next -> [n2] <-- tail
 *	               locked 0       locked 0      locked 0
 *
 *	CPU 0 leaves: n1.locked = 1, CPU 1 sees it in its own node.
 *
 * With coherent caches that is the same: the line is in the cache of who looks
 * at it.  Without, each look goes to the memory in which the node lies: MCS
 * polls its own node's memory, CLH that of the CPU in front, perhaps far away.
 * So CLH suits one memory for all, MCS suits NUMA.
 *
 * Sources: Craig 1993; Magnusson, Landin, Hagersten 1994; Mellor-Crummey and
 * Scott 1991; Linux kernel/locking/mcs_spinlock.h; REFERENCE 14.2, 14.4.
 */
#include "machine.h"

static unsigned node_line(unsigned node) { return 1 + node; }

/* ---- CLH ---- */

static void clh_init(struct spinlock *l)
{
	for (unsigned cpu = 0; cpu < MAX_CPUS; cpu++)
		l->mine[cpu] = (uint8_t)cpu;
	l->tail = CLH_NODES;
}

static bool clh_may_enter(const struct spinlock *l, unsigned cpu)
{
	return !l->node[l->pred[cpu]].locked;
}

static bool clh_arrive(struct machine *m, struct spinlock *l, unsigned cpu)
{
	unsigned mine = l->mine[cpu], pred;

	line_store(m, &l->lines, node_line(mine), cpu);
	l->node[mine].locked = 1;
	step(m, CLH_SET, l->id, cpu, node_line(mine));
	line_store(m, &l->lines, 0, cpu);
	pred = l->tail - 1u;
	l->tail = (uint8_t)(mine + 1);
	l->pred[cpu] = (uint8_t)pred;
	step(m, CLH_XCHG, l->id, cpu, node_line(mine), node_line(pred));
	line_load(m, &l->lines, node_line(pred), cpu);
	return clh_may_enter(l, cpu);
}

static void clh_release(struct machine *m, struct spinlock *l, unsigned cpu)
{
	unsigned mine = l->mine[cpu];

	line_store(m, &l->lines, node_line(mine), cpu);
	l->node[mine].locked = 0;
	l->mine[cpu] = l->pred[cpu];
	step(m, CLH_CLEAR, l->id, cpu, node_line(mine),
	     node_line(l->mine[cpu]));
}

static unsigned clh_watched(const struct spinlock *l, unsigned cpu)
{
	return node_line(l->pred[cpu]);
}

/* The CPU whose node it is and that has it in the queue; MAX_CPUS: none. */
static unsigned clh_owner(const struct spinlock *l, unsigned node)
{
	unsigned cpu = 0;

	while (cpu < MAX_CPUS && l->mine[cpu] != node)
		cpu++;
	return l->node[node].locked ? cpu : MAX_CPUS;
}

/* From the tail to the front, each by what it looks at. */
static unsigned clh_queue(const struct spinlock *l, uint8_t cpu[MAX_CPUS])
{
	unsigned n = 0, at;

	for (at = clh_owner(l, l->tail - 1u); at < MAX_CPUS && n < MAX_CPUS;
	     at = clh_owner(l, l->pred[at]))
		cpu[n++] = (uint8_t)at;
	for (unsigned i = 0; i < n / 2; i++) {
		uint8_t last = cpu[n - 1 - i];

		cpu[n - 1 - i] = cpu[i];
		cpu[i] = last;
	}
	return n;
}

/* Nodes are dealt out once each, and what tail names is over. */
static bool clh_at_rest(const struct spinlock *l)
{
	uint32_t dealt = 1u << (l->tail - 1);

	for (unsigned cpu = 0; cpu < MAX_CPUS; cpu++)
		dealt |= 1u << l->mine[cpu];
	return dealt == (1u << CLH_NODES) - 1 && !l->node[l->tail - 1].locked;
}

const struct lock_ops lock_clh = {
	.init = clh_init,
	.arrive = clh_arrive,
	.release = clh_release,
	.may_enter = clh_may_enter,
	.watched = clh_watched,
	.queue = clh_queue,
	.at_rest = clh_at_rest,
};

/* ---- MCS ---- */

static void mcs_init(struct spinlock *l) { l->tail = 0; }

static bool mcs_arrive(struct machine *m, struct spinlock *l, unsigned cpu)
{
	unsigned pred;

	line_store(m, &l->lines, node_line(cpu), cpu);
	l->node[cpu] = (struct lock_node){0};
	line_store(m, &l->lines, 0, cpu);
	pred = l->tail;
	l->tail = (uint8_t)(cpu + 1);
	if (!pred) {
		step(m, MCS_FIRST, l->id, cpu, node_line(cpu));
		return true;
	}
	step(m, MCS_XCHG, l->id, cpu, node_line(cpu), node_line(pred - 1));
	line_store(m, &l->lines, node_line(pred - 1), cpu);
	l->node[pred - 1].next = (uint8_t)(cpu + 1);
	step(m, MCS_LINK, l->id, cpu, node_line(pred - 1), node_line(cpu));
	return false;
}

static void mcs_release(struct machine *m, struct spinlock *l, unsigned cpu)
{
	unsigned next;

	line_load(m, &l->lines, node_line(cpu), cpu);
	next = l->node[cpu].next;
	if (!next) {
		line_store(m, &l->lines, 0, cpu);
		l->tail = 0;
		step(m, MCS_EMPTY, l->id, cpu);
		return;
	}
	line_store(m, &l->lines, node_line(next - 1), cpu);
	l->node[next - 1].locked = 1;
	step(m, MCS_PASS, l->id, cpu, node_line(next - 1));
}

static bool mcs_may_enter(const struct spinlock *l, unsigned cpu)
{
	return l->node[cpu].locked;
}

static unsigned mcs_watched(const struct spinlock *l, unsigned cpu)
{
	(void)l;
	return node_line(cpu);
}

/* From the holder's node along the pointers. */
static unsigned mcs_queue(const struct spinlock *l, uint8_t cpu[MAX_CPUS])
{
	unsigned n = 0;

	for (unsigned at = l->tail ? l->holder : 0; at && n < MAX_CPUS;
	     at = l->node[at - 1].next)
		cpu[n++] = (uint8_t)(at - 1);
	return n;
}

static bool mcs_at_rest(const struct spinlock *l) { return l->tail == 0; }

const struct lock_ops lock_mcs = {
	.init = mcs_init,
	.arrive = mcs_arrive,
	.release = mcs_release,
	.may_enter = mcs_may_enter,
	.watched = mcs_watched,
	.queue = mcs_queue,
	.at_rest = mcs_at_rest,
};
