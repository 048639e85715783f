/*
 * Spinlocks: who has it, who waits, what it costs to hand it on.
 *
 * A zone's free lists and a cache's slab lists belong to all CPUs, so there is
 * a lock before them.  Who finds it taken does not sleep: it spins, reading one
 * word again and again until that changes.  How the word is found is the
 * difference between the algorithms; what they do in common is here:
 *
 *	spin_lock    arrive: the CPU's stores and loads; it has the lock or waits
 *	             everybody who waits looks once more (its copy of the line may
 *	             be gone)
 *	spin_unlock  release: the holder's stores
 *	             everybody who waits looks: one sees that it may go on
 *
 * Each look at a line that has been written since is a move of that line
 * (cache_line.c), so the price of a hand-over is counted and not computed.  For
 * 7 CPUs that wait (REFERENCE 14.3):
 *
 *	test and set    20 lines   all read, all try, all but two read again
 *	ticket           8         the word to the holder, then to all who wait
 *	CLH, MCS         2         one line to the holder and to the next CPU
 *
 * The engine does one thing after the other, so a lock is contended only where
 * contend.c lets CPUs arrive while another one holds it.
 *
 * Simpler than Linux: interrupts and preemption, which spin_lock_irqsave also
 * turns off, are not modelled; a lock has nodes of its own (in the kernel a CPU
 * has four for all locks); what the critical section itself reads and writes is
 * not counted.  A kernel for one CPU has no locks: here a machine with cpus=1.
 */
#include "lock.h"

#include <string.h>

#include "machine.h"

const char *const lock_kind_names[NR_LOCK_KINDS + 1] = {
	[LOCK_TAS] = "tas", [LOCK_TICKET] = "ticket", [LOCK_CLH] = "clh",
	[LOCK_MCS] = "mcs", [LOCK_QSPIN] = "qspin",
};

const struct lock_ops *lock_ops_of(const struct spinlock *l)
{
	static const struct lock_ops *const ops[NR_LOCK_KINDS] = {
		&lock_tas, &lock_ticket, &lock_clh, &lock_mcs, &lock_qspin,
	};

	return ops[l->kind];
}

/* ---- making and finding ---- */

/* The node in whose memory an object of a slab lies; the kernel's image, that
 * holds what has no object, is on node 0. */
static unsigned home_of(struct machine *m, vaddr_t kobj)
{
	return kobj ? page_zone(m, kva_to_pfn(m, kobj))->node : 0;
}

void spinlock_init(struct machine *m, struct spinlock *l, uint32_t id,
		   unsigned node)
{
	memset(l, 0, sizeof(*l));
	l->id = l->lines.lock = id;
	l->kind = (uint8_t)m->lock_kind;
	l->lines.line[0].home = (uint8_t)node;
	for (unsigned cpu = 0; cpu < m->config.cpus; cpu++)
		l->lines.line[1 + cpu].home = (uint8_t)cpu_to_node(m, cpu);
	/* the node that is nobody's comes with the lock */
	l->lines.line[LOCK_LINES - 1].home = (uint8_t)node;
	lock_ops_of(l)->init(l);
}

void cache_lock_init(struct machine *m, struct kmem_cache *c)
{
	if (m->smp)
		spinlock_init(m, &c->list_lock, LOCK_ID_CACHE + c->index,
			      home_of(m, c->kobj));
}

void locks_init(struct machine *m, enum lock_kind kind, bool coherent)
{
	struct zone *z;

	m->lock_kind = kind;
	m->coherent = coherent;
	for_each_zone(m, z)
		spinlock_init(m, &z->lock, z->id, z->node);
	for (uint32_t i = 0; i < m->nr_caches; i++)
		if (m->cache[i])
			cache_lock_init(m, m->cache[i]);
}

void locks_boot(struct machine *m)
{
	enum lock_kind kind = m->config.lock;

	m->smp = m->config.cpus > 1;
	if (kind == NR_LOCK_KINDS)
		kind = (enum lock_kind)m->profile->lock_kind;
	if (m->smp)
		locks_init(m, kind, m->config.coherent);
}

struct spinlock *lock_find(const struct machine *m, uint32_t id)
{
	uint32_t cache = id - LOCK_ID_CACHE;

	if (!m->smp)
		return NULL;
	if (id >= LOCK_ID_CACHE)
		return cache < m->nr_caches && m->cache[cache]
			       ? &m->cache[cache]->list_lock
			       : NULL;
	if (id >= m->nr_nodes * MAX_NR_ZONES ||
	    !populated_zone(zone_by_id(m, id)))
		return NULL;
	return &zone_by_id(m, id)->lock;
}

struct spinlock *lock_nth(const struct machine *m, uint32_t i)
{
	for (uint32_t id = 0; id < LOCK_ID_CACHE + m->nr_caches; id++) {
		struct spinlock *l = lock_find(m, id);

		if (l && i-- == 0)
			return l;
	}
	return NULL;
}

/* ---- counting ---- */

/* The counters of this event, begun anew with it. */
static struct lock_stats *event_stats(const struct machine *m,
				      struct spinlock *l)
{
	if (l->event_nr != m->event_nr) {
		memset(&l->event, 0, sizeof(l->event));
		l->event_nr = m->event_nr;
	}
	return &l->event;
}

struct lock_stats lock_event_stats(const struct machine *m,
				   const struct spinlock *l)
{
	static const struct lock_stats none;

	return l->event_nr == m->event_nr ? l->event : none;
}

/* What the lines have moved since the counters were brought up to date. */
static void count_lines(const struct machine *m, struct spinlock *l)
{
	struct lock_stats *e = event_stats(m, l);
	uint64_t moved = l->lines.moved - l->total.moved;
	uint64_t cost = l->lines.cost - l->total.cost;

	l->total.moved += moved;
	l->total.cost += cost;
	e->moved += moved;
	e->cost += cost;
}

/* ---- waiting ---- */

unsigned lock_watched_line(const struct spinlock *l, unsigned cpu)
{
	return lock_ops_of(l)->watched(l, cpu);
}

unsigned lock_queue(const struct spinlock *l, uint8_t cpu[MAX_CPUS])
{
	return lock_ops_of(l)->queue(l, cpu);
}

/* Something was written: whoever waits looks at its line. */
static void everybody_looks(struct machine *m, struct spinlock *l)
{
	for (unsigned i = 0; i < l->nr_waiters; i++)
		line_load(m, &l->lines, lock_watched_line(l, l->waiter[i]),
			  l->waiter[i]);
}

/* While one holds the lock the others look again and again. */
static void everybody_polls(struct machine *m, struct spinlock *l)
{
	uint32_t times = m->contention.polls;

	for (unsigned i = 0; times && i < l->nr_waiters; i++) {
		unsigned cpu = l->waiter[i], line = lock_watched_line(l, cpu);
		uint64_t cost = line_poll(m, &l->lines, line, cpu, times);

		l->total.polls += times;
		l->total.poll_cost += cost;
		l->event.polls += times;
		l->event.poll_cost += cost;
		note(m, LOCK_POLLS, l->id, line, cpu, times, cost);
	}
}

static void remove_waiter(struct spinlock *l, unsigned i)
{
	l->nr_waiters--;
	memmove(&l->waiter[i], &l->waiter[i + 1], l->nr_waiters - i);
}

/*
 * In which order those who see that the lock is free get at it: in that of their
 * coming; but where there is no queue the nearest to the last holder is the
 * fastest, and of equals the CPU with the lowest number.
 */
static void order_of_tries(const struct machine *m, const struct spinlock *l,
			   unsigned from, uint8_t order[MAX_CPUS])
{
	unsigned n = 0;

	memcpy(order, l->waiter, l->nr_waiters);
	if (l->kind != LOCK_TAS)
		return;
	for (int far = 0; far < 2; far++)
		for (unsigned cpu = 0; cpu < m->config.cpus; cpu++)
			if (memchr(l->waiter, (int)cpu, l->nr_waiters) &&
			    (cpu_to_node(m, cpu) != cpu_to_node(m, from)) ==
				    far)
				order[n++] = (uint8_t)cpu;
}

/* Those who see that they may go on do so: the first has the lock. */
static void someone_enters(struct machine *m, struct spinlock *l, unsigned from)
{
	const struct lock_ops *ops = lock_ops_of(l);
	unsigned n = l->nr_waiters;
	uint8_t order[MAX_CPUS];
	bool may[MAX_CPUS];

	order_of_tries(m, l, from, order);
	for (unsigned i = 0; i < n; i++)
		may[i] = ops->may_enter(l, order[i]);
	for (unsigned i = 0; i < n; i++) {
		const uint8_t *place;

		if (!may[i] || (ops->take && !ops->take(m, l, order[i])))
			continue;
		l->holder = order[i] + 1;
		place = memchr(l->waiter, order[i], l->nr_waiters);
		remove_waiter(l, (unsigned)(place - l->waiter));
	}
}

/* ---- taking ---- */

bool lock_arrive(struct machine *m, struct spinlock *l, unsigned cpu)
{
	struct lock_stats *e = event_stats(m, l);
	bool got;

	BUG_ON(l->holder == cpu + 1);
	enter(m, SPIN_LOCK, l->id, cpu);
	got = lock_ops_of(l)->arrive(m, l, cpu);
	l->total.acquisitions++;
	e->acquisitions++;
	if (got) {
		l->holder = (uint8_t)(cpu + 1);
		step(m, LOCK_TAKEN, l->id, cpu);
	} else {
		l->waiter[l->nr_waiters++] = (uint8_t)cpu;
		l->total.contended++;
		e->contended++;
		step(m, LOCK_WAITS, l->id, cpu, lock_watched_line(l, cpu),
		     l->nr_waiters);
	}
	everybody_looks(m, l);
	count_lines(m, l);
	leave(m, SPIN_LOCK, got);
	return got;
}

/* The turn that has just begun, for those who look at contention. */
static void record_turn(struct machine *m, const struct spinlock *l,
			const struct contention_turn *turn)
{
	struct contention *c = &m->contention;

	if (c->lock == l->id && c->event_nr == m->event_nr &&
	    c->nr_turns < MAX_CPUS * CONTEND_ROUNDS_MAX)
		c->turn[c->nr_turns++] = *turn;
}

/* CPUs that shall find the lock taken come now. */
static void crowd_arrives(struct machine *m, struct spinlock *l)
{
	struct contention *c = &m->contention;
	unsigned nr = c->nr_due;

	if (nr == 0 || c->lock != l->id)
		return;
	c->nr_due = 0;
	for (unsigned i = 0; i < nr; i++)
		lock_arrive(m, l, c->due[i]);
}

void lock_acquire(struct machine *m, struct spinlock *l)
{
	struct contention_turn turn = {.cpu = (uint8_t)m->cpu};

	if (l->holder != m->cpu + 1) {
		bool got = lock_arrive(m, l, m->cpu);

		BUG_ON(!got);
		record_turn(m, l, &turn);
		crowd_arrives(m, l);
	}
}

/* ---- giving back ---- */

/* Its lines since moved and cost were so many: the lock has a new holder. */
static void tell_handover(struct machine *m, struct spinlock *l, unsigned from,
			  uint64_t moved, uint64_t cost)
{
	struct contention_turn turn = {
		.cpu = l->holder - 1,
		.from = (uint8_t)(from + 1),
		.waiting = l->nr_waiters,
		.moved = (uint8_t)(l->lines.moved - moved),
		.cost = (uint32_t)(l->lines.cost - cost),
	};

	l->total.handovers++;
	l->event.handovers++;
	record_turn(m, l, &turn);
	if (l->kind == LOCK_TAS)
		step(m, LOCK_SEIZED, l->id, from, turn.cpu, turn.moved,
		     turn.cost);
	else
		step(m, LOCK_HANDOVER, l->id, from, turn.cpu, turn.moved,
		     turn.cost);
}

void lock_release(struct machine *m, struct spinlock *l)
{
	uint64_t moved, cost;
	unsigned cpu = m->cpu;

	BUG_ON(l->holder != cpu + 1);
	event_stats(m, l);
	enter(m, SPIN_UNLOCK, l->id, cpu, l->nr_waiters);
	everybody_polls(m, l);
	moved = l->lines.moved;
	cost = l->lines.cost;
	lock_ops_of(l)->release(m, l, cpu);
	l->holder = 0;
	if (l->nr_waiters) {
		everybody_looks(m, l);
		someone_enters(m, l, cpu);
		everybody_looks(m, l);
		BUG_ON(!l->holder);
		tell_handover(m, l, cpu, moved, cost);
	}
	count_lines(m, l);
	leave(m, SPIN_UNLOCK);
}
