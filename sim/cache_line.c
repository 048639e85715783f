/*
 * Cache lines: who has a copy, and what it costs to get one.
 *
 * CPUs do not work on memory but on copies of lines in their caches.  Many may
 * hold a copy to read; who writes must be alone.  Each copy is in one of four
 * states, by whose initials the rules are called MESI:
 *
 *	             another CPU reads            another CPU writes
 *	Modified     -> Shared                    -> Invalid
 *	Exclusive    -> Shared                    -> Invalid
 *	Shared                                    -> Invalid
 *	Invalid      a read fetches the line: Shared, or Exclusive when nobody
 *	             else has it; a write fetches it and voids all others
 *
 * Eight CPUs look at a word that says "wait"; its owner writes "go on":
 *
 *	CPU        0  1  2  3  4  5  6  7      lines moved
 *	looking    I  S  S  S  S  S  S  S
 *	0 writes   M  I  I  I  I  I  I  I      1   the line to CPU 0, to write
 *	all look   S  S  S  S  S  S  S  S      7   one for each
 *
 * A move ("transfer") is what the others can hear on the bus: a line that goes
 * to a CPU which lacks it, or the right to write that goes to one which has it
 * Shared (nothing is carried then, yet the way is as long: REFERENCE 14.3
 * counts both alike).  What a CPU finds in its own cache costs nothing here.
 *
 * Who answers decides the price, cost_local within a node, cost_remote between
 * nodes (REFERENCE 14.4):
 *	a read    the CPU that wrote the line last, while it has it: all who wait
 *	          for its word ask at the same moment.  Else the nearest copy,
 *	          else memory, where the line is at home
 *	a write   the nearest copy, else memory; the others hear it as well, but
 *	          nobody waits for them
 *
 * With coherent=off no line of a lock is kept in a cache, as on machines whose
 * caches do not know of each other: each load and store goes to memory, for 1
 * on the CPU's own node, for cost_remote to another one.
 *
 * Simpler than hardware: a copy never leaves a cache for want of room, there
 * is one level of caches, and only lines of locks are followed.
 */
#include "cache_line.h"

#include "machine.h"

uint32_t line_cost(const struct machine *m, unsigned a, unsigned b)
{
	return a == b ? m->config.cost_local : m->config.cost_remote;
}

/* The nearest CPU that has a copy, the lowest of equals; NR: nobody has. */
static unsigned nearest_copy(const struct machine *m,
			     const struct cache_line *l, unsigned cpu)
{
	uint32_t node = cpu_to_node(m, cpu), nr = m->config.cpus;
	unsigned found = nr;

	for (unsigned c = 0; c < nr; c++) {
		if (c == cpu || l->state[c] == LINE_INVALID)
			continue;
		if (found == nr || (cpu_to_node(m, c) == node &&
				    cpu_to_node(m, found) != node))
			found = c;
	}
	return found;
}

/* A move is over: count it.  Returns its cost. */
static uint32_t count_move(const struct machine *m, struct line_group *g,
			   unsigned cpu, uint32_t source)
{
	uint32_t node = source & SOURCE_MEMORY ? source - SOURCE_MEMORY
					       : cpu_to_node(m, source);
	uint32_t cost = line_cost(m, cpu_to_node(m, cpu), node);

	g->moved++;
	g->cost += cost;
	return cost;
}

/* Without caches: to memory and back.  The own node's is as near as a cache. */
static void memory_access(struct machine *m, struct line_group *g, unsigned i,
			  unsigned cpu)
{
	uint32_t home = g->line[i].home;
	uint32_t cost = (uint32_t)line_poll(m, g, i, cpu, 1);

	g->moved++;
	g->cost += cost;
	step(m, LINE_MEMORY, g->lock, i, cpu, SOURCE_MEMORY + home, cost);
}

void line_load(struct machine *m, struct line_group *g, unsigned i,
	       unsigned cpu)
{
	struct cache_line *l = &g->line[i];
	unsigned copy, nr = m->config.cpus;
	uint32_t source, cost;

	if (!m->coherent) {
		memory_access(m, g, i, cpu);
		return;
	}
	if (l->state[cpu] != LINE_INVALID)
		return;
	copy = nearest_copy(m, l, cpu);
	source = copy < nr ? copy : SOURCE_MEMORY + (uint32_t)l->home;
	if (l->writer && l->state[l->writer - 1] != LINE_INVALID)
		source = l->writer - 1;
	for (unsigned c = 0; c < nr; c++)
		if (l->state[c] != LINE_INVALID)
			l->state[c] = LINE_SHARED;
	l->state[cpu] = copy < nr ? LINE_SHARED : LINE_EXCLUSIVE;
	cost = count_move(m, g, cpu, source);
	step(m, LINE_READ, g->lock, i, cpu, source, cost);
}

void line_store(struct machine *m, struct line_group *g, unsigned i,
		unsigned cpu)
{
	struct cache_line *l = &g->line[i];
	enum line_state had = (enum line_state)l->state[cpu];
	unsigned copy, nr = m->config.cpus;
	uint32_t source, cost;

	if (!m->coherent) {
		memory_access(m, g, i, cpu);
		return;
	}
	copy = nearest_copy(m, l, cpu);
	source = copy < nr ? copy : SOURCE_MEMORY + (uint32_t)l->home;
	for (unsigned c = 0; c < nr; c++)
		l->state[c] = c == cpu ? LINE_MODIFIED : LINE_INVALID;
	l->writer = (uint8_t)(cpu + 1);
	if (had == LINE_MODIFIED || had == LINE_EXCLUSIVE)
		return;
	cost = count_move(m, g, cpu, source);
	if (had == LINE_SHARED)
		step(m, LINE_UPGRADE, g->lock, i, cpu, source, cost);
	else
		step(m, LINE_WRITE, g->lock, i, cpu, source, cost);
}

uint64_t line_poll(const struct machine *m, const struct line_group *g,
		   unsigned i, unsigned cpu, uint32_t times)
{
	bool far = !m->coherent && cpu_to_node(m, cpu) != g->line[i].home;

	return (uint64_t)times * (far ? m->config.cost_remote : 1);
}
