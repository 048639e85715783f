/*
 * Cache lines: who has a copy, and what it costs to get one.
 */
#ifndef SIM_CACHE_LINE_H
#define SIM_CACHE_LINE_H

#include "types.h"

struct machine;

/* What a CPU's cache knows of its copy: MESI, backwards. */
enum line_state {
	LINE_INVALID,   /* it has none that counts                        */
	LINE_SHARED,    /* others may have one: reading is free           */
	LINE_EXCLUSIVE, /* nobody else has one, and memory has the same   */
	LINE_MODIFIED,  /* nobody else has one, memory has an older one   */
	NR_LINE_STATES
};

/* Law: where one CPU's copy is exclusive or modified, no other CPU has one. */
struct cache_line {
	uint8_t state[MAX_CPUS]; /* enum line_state                       */
	uint8_t home;            /* node in whose memory the line lies    */
	uint8_t writer;          /* CPU that wrote it last, + 1; 0: none  */
};

/* A lock's word, and one node for each CPU and one over. */
enum { LOCK_LINES = 1 + MAX_CPUS + 1 };

/* The lines of one lock, and what their moves have cost. */
struct line_group {
	uint32_t lock; /* whose they are: A_LOCK */
	struct cache_line line[LOCK_LINES];
	uint64_t moved, cost; /* since the group was made */
};

/* A CPU loads from line i, or stores to it; told if the line has to move. */
void line_load(struct machine *m, struct line_group *g, unsigned i,
	       unsigned cpu);
void line_store(struct machine *m, struct line_group *g, unsigned i,
		unsigned cpu);

/*
 * A CPU loads from line i so many times more while nothing changes there:
 * returns the cost.  A cached copy answers for 1, memory for its distance.
 */
uint64_t line_poll(const struct machine *m, const struct line_group *g,
		   unsigned i, unsigned cpu, uint32_t times);

/* One transfer between nodes a and b. */
uint32_t line_cost(const struct machine *m, unsigned a, unsigned b);

/* A_SOURCE: where a line comes from. */
enum { SOURCE_MEMORY = 0x100 }; /* + node; else a CPU */

#endif
