/*
 * Spinlocks: zone->lock, and the lock of a slab cache's lists.
 *
 * Verbs, and the words in memory of five algorithms; each has a file of its
 * own that says how it works (lock_word.c, lock_queue.c, lock_qspin.c).
 */
#ifndef SIM_LOCK_H
#define SIM_LOCK_H

#include "cache_line.h"

struct kmem_cache;

enum lock_kind {
	LOCK_TAS,    /* test and set: 2.4, 2.6 up to 2.6.24           */
	LOCK_TICKET, /* 2.6.25 .. 4.1 on x86, ARM                     */
	LOCK_CLH,    /* Craig, Landin and Hagersten                   */
	LOCK_MCS,    /* Mellor-Crummey and Scott                      */
	LOCK_QSPIN,  /* x86 from 4.2 on                               */
	NR_LOCK_KINDS
};

/* Words of one CPU's place in a queue; each lies on a line of its own. */
struct lock_node {
	uint8_t locked; /* CLH: its CPU holds the lock or waits; MCS and
	                 * qspinlock: 1 = go on, it is yours            */
	uint8_t next;   /* MCS, qspinlock: the node behind, + 1; 0: none */
};

enum { CLH_NODES = MAX_CPUS + 1 };

/* What a lock has cost so far. */
struct lock_stats {
	uint64_t acquisitions, contended; /* contended: had to wait      */
	uint64_t handovers;
	uint64_t moved, cost;      /* cache lines, see cache_line.c       */
	uint64_t polls, poll_cost; /* looks at a word that did not change */
};

/*
 * Law: at rest nobody holds it and nobody waits, and the words say so; else
 *      the queue that the words tell is that of the CPUs that wait, in the
 *      order in which they came (test and set has no queue).
 */
struct spinlock {
	uint32_t id;       /* A_LOCK                                     */
	uint8_t kind;      /* enum lock_kind                             */
	/* line 0: the words that every CPU knows */
	int16_t slock;         /* TAS: 1 = free, 0 or less: held         */
	uint16_t next, owner;  /* ticket: the next to draw, the one served */
	uint8_t locked, pending; /* qspinlock                            */
	uint8_t tail;          /* CLH, MCS, qspinlock: last node, + 1; 0: none */
	/* line 1 + i */
	struct lock_node node[CLH_NODES];
	/* in registers and on stacks of the CPUs */
	uint16_t ticket[MAX_CPUS]; /* ticket: the one drawn              */
	uint8_t mine[MAX_CPUS];    /* CLH: the node that is its own now  */
	uint8_t pred[MAX_CPUS];    /* CLH: the node it looks at          */
	/* what no CPU knows, but we do */
	uint8_t holder;            /* CPU + 1; 0: free                   */
	uint8_t nr_waiters;
	uint8_t waiter[MAX_CPUS];  /* CPUs in the order of their coming  */
	struct line_group lines;
	struct lock_stats total, event; /* since boot; of event_nr       */
	uint64_t event_nr;
};

enum { LOCK_ID_CACHE = 0x100 }; /* + index of the cache; else a zone's id */

/* A free lock of the machine's kind, its words in the memory of a node. */
void spinlock_init(struct machine *m, struct spinlock *l, uint32_t id,
		   unsigned node);

/*
 * The running CPU takes l, and gives it back; use spin_lock and spin_unlock
 * (machine.h), which a machine with one CPU does not have.
 */
void lock_acquire(struct machine *m, struct spinlock *l);
void lock_release(struct machine *m, struct spinlock *l);

/*
 * A CPU comes to l: true if it has it now, false if it waits.  It must neither
 * hold it nor wait already.
 */
bool lock_arrive(struct machine *m, struct spinlock *l, unsigned cpu);

/* The other CPUs are up: from now on locks are taken. */
void locks_boot(struct machine *m);

/* The lock of a cache that has just been made. */
void cache_lock_init(struct machine *m, struct kmem_cache *c);
/* All locks anew, of another kind, with caches that know of each other or
 * without, between events: for teaching, no kernel changes its locks. */
void locks_init(struct machine *m, enum lock_kind kind, bool coherent);

/* The lock of an id, NULL: there is none.  Ids of zones lie below those of
 * caches. */
struct spinlock *lock_find(const struct machine *m, uint32_t id);
/* Lock i of the machine, from 0; NULL behind the last. */
struct spinlock *lock_nth(const struct machine *m, uint32_t i);

/* Of the last event alone; zeros if it did not come near l. */
struct lock_stats lock_event_stats(const struct machine *m,
				   const struct spinlock *l);

/* The line that a waiting CPU looks at. */
unsigned lock_watched_line(const struct spinlock *l, unsigned cpu);

/*
 * The CPUs that the words in memory say have come: holder first, then those
 * who wait; returns how many.  TAS: the words do not know, it is the waiters.
 */
unsigned lock_queue(const struct spinlock *l, uint8_t cpu[MAX_CPUS]);

/* "ticket": as lock= names them; NULL behind the last. */
extern const char *const lock_kind_names[NR_LOCK_KINDS + 1];

/*
 * Do the laws of l hold?  Between the accesses of CPUs, also while somebody
 * has it.  NULL, or what is wrong.
 */
const char *lock_broken_law(const struct machine *m, const struct spinlock *l);

/* ---- one algorithm ---- */

struct lock_ops {
	void (*init)(struct spinlock *l);
	/* A CPU's stores and loads when it comes; true: the lock is its. */
	bool (*arrive)(struct machine *m, struct spinlock *l, unsigned cpu);
	/* The holder's when it leaves. */
	void (*release)(struct machine *m, struct spinlock *l, unsigned cpu);
	/* Does a waiting CPU see, on the line that it looks at, that it may
	 * go on?  No access: it has just looked. */
	bool (*may_enter)(const struct spinlock *l, unsigned cpu);
	/* What it does then; NULL: nothing. False: another one was faster. */
	bool (*take)(struct machine *m, struct spinlock *l, unsigned cpu);
	unsigned (*watched)(const struct spinlock *l, unsigned cpu);
	unsigned (*queue)(const struct spinlock *l, uint8_t cpu[MAX_CPUS]);
	/* Do the words say that nobody holds it and nobody waits? */
	bool (*at_rest)(const struct spinlock *l);
};

extern const struct lock_ops lock_tas, lock_ticket; /* lock_word.c  */
extern const struct lock_ops lock_clh, lock_mcs;    /* lock_queue.c */
extern const struct lock_ops lock_qspin;            /* lock_qspin.c */
const struct lock_ops *lock_ops_of(const struct spinlock *l);

/* ---- contend.c: several CPUs at one lock ---- */

enum { CONTEND_ROUNDS_MAX = 8, CONTEND_POLLS_MAX = 1000 };

/* Who comes, in this order; how often each; and how often those who wait look
 * while one holds the lock. */
struct contention_wish {
	uint8_t cpu[MAX_CPUS];
	uint32_t nr_cpus, rounds, polls;
	uint32_t lock; /* id */
};

/* One turn: a CPU had the lock, and how it came to have it. */
struct contention_turn {
	uint8_t cpu;
	uint8_t from;     /* the CPU that handed it over, + 1; 0: it was free */
	uint8_t waiting;  /* others that waited when it was handed over   */
	uint8_t moved;    /* lines, from the release until it knew        */
	uint32_t cost;
};

/* The last contend event. */
struct contention {
	uint64_t event_nr;
	uint32_t lock, polls;
	uint8_t due[MAX_CPUS]; /* will come once the first has the lock    */
	uint8_t nr_due;
	uint32_t nr_turns;
	struct contention_turn turn[MAX_CPUS * CONTEND_ROUNDS_MAX];
};

/*
 * CPUs meet at a lock: at a zone's each refills its list or gives a batch of it
 * back, at a cache's the same with its array.  0; -SIM_EINVAL: there is no such
 * lock, or one CPU alone, or a cache whose CPUs have no arrays.
 */
int contend(struct machine *m, const struct contention_wish *w);

#endif
