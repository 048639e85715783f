/*
 * What a simulated pair of kmem_cache_alloc and kmem_cache_free costs, and malloc with free on the host.
 *
 * Objects of 100 bytes, in three patterns, in nanoseconds for a pair:
 *
 *	one        an object is taken and given back: a CPU's array gives and takes (6.1), or one slab (2.4)
 *	batch      64 are taken, then 64 given back: the array is refilled and flushed
 *	random     of 4096 places one at random is filled or emptied: partial slabs, lists
 *
 * each of them told (every step goes to a listener, which counts it by its kind) and untold.  The budget is 25 ns
 * told.  The host's figures are those of its own malloc in the same pattern.  Rounds are many and short, so that
 * some are not disturbed by what else the host does.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/machine.h"
#include "tests/bench_rounds.h"

enum { PAIRS = 1 << 13, ROUNDS = 199, BATCH = 64, PLACES = 4096, BYTES = 100, BUDGET_NS = 25 };

enum pattern { ONE, BATCHES, RANDOM, NR_PATTERNS };

/* Who gives objects: the machine, or the host where m is NULL. */
struct giver {
	struct machine *m;
	struct kmem_cache *c;
	union object {
		vaddr_t simulated;
		void *host;
	} place[PLACES];
};

static inline void take(struct giver *g, unsigned i)
{
	if (g->m) {
		g->place[i].simulated = kmem_cache_alloc(g->m, g->c);
		return;
	}
	g->place[i].host = malloc(BYTES);
	/* or the compiler takes the pair away */
	__asm__ volatile("" : : "r"(g->place[i].host) : "memory");
}

static inline void give_back(struct giver *g, unsigned i)
{
	if (g->m)
		kmem_cache_free(g->m, g->c, g->place[i].simulated);
	else
		free(g->place[i].host);
	g->place[i] = (union object){0};
}

/* ---- the patterns: how many pairs they were, for all is given back at the end ---- */

static unsigned run_one(struct giver *g)
{
	for (unsigned i = 0; i < PAIRS; i++) {
		take(g, 0);
		give_back(g, 0);
	}
	return PAIRS;
}

static unsigned run_batches(struct giver *g)
{
	for (unsigned n = 0; n < PAIRS; n += BATCH) {
		for (unsigned i = 0; i < BATCH; i++)
			take(g, i);
		for (unsigned i = 0; i < BATCH; i++)
			give_back(g, i);
	}
	return PAIRS;
}

static unsigned run_random(struct giver *g)
{
	uint32_t seed = 1;
	unsigned operations = 2 * PAIRS;

	for (unsigned n = 0; n < 2 * PAIRS; n++) {
		unsigned i = (seed = seed * 1664525 + 1013904223) >> 20;

		if (g->m ? g->place[i].simulated != 0 : g->place[i].host != NULL)
			give_back(g, i);
		else
			take(g, i);
	}
	for (unsigned i = 0; i < PLACES; i++)
		if (g->m ? g->place[i].simulated != 0 : g->place[i].host != NULL) {
			give_back(g, i);
			operations++;
		}
	return operations / 2;
}

static const struct {
	const char *name;
	unsigned (*run)(struct giver *g);
} patterns[NR_PATTERNS] = {
	[ONE] = {"one", run_one},
	[BATCHES] = {"batch", run_batches},
	[RANDOM] = {"random", run_random},
};

/* ---- rounds ---- */

/* Nanoseconds a pair in each round, sorted: the first is the best. */
static void measure(struct giver *g, enum pattern p, double ns[ROUNDS])
{
	patterns[p].run(g); /* warms the caches */
	for (int i = 0; i < ROUNDS; i++) {
		uint64_t from = now();
		unsigned pairs = patterns[p].run(g);

		ns[i] = (double)(now() - from) / pairs;
	}
	qsort(ns, ROUNDS, sizeof(ns[0]), by_value);
}

static void measure_profile(const char *profile, struct giver *host)
{
	static uint64_t counts[NR_STEP_IDS];
	struct trace trace = {.ctx = counts};
	static struct giver sim;
	struct machine_config config;
	double told[ROUNDS], untold[ROUNDS], theirs[ROUNDS];

	machine_config_default(&config);
	config.profile = profile_find(profile);
	sim.m = machine_create(&config, &trace);
	if (!sim.m)
		exit(EXIT_FAILURE);
	sim.c = kmem_cache_create(sim.m, "bench", BYTES, 0, 0);
	for (int p = 0; p < NR_PATTERNS; p++) {
		trace.sink = NULL;
		measure(&sim, p, untold);
		trace.sink = count_steps;
		measure(&sim, p, told);
		measure(host, p, theirs);
		printf("%-9s %-7s %8.1f %8.1f %8.1f %8.1f %8.1f %8.1f   %s\n", profile,
		       patterns[p].name, told[0], told[ROUNDS / 2], untold[0], untold[ROUNDS / 2],
		       theirs[0], theirs[ROUNDS / 2],
		       told[0] < BUDGET_NS ? "ok" : "over the budget");
	}
	machine_destroy(sim.m);
}

int main(void)
{
	static struct giver host;

	printf("%d pairs, objects of %d bytes; ns a pair, best and median of %d rounds\n", PAIRS,
	       BYTES, ROUNDS);
	printf("%-17s %17s %17s %17s\n", "", "told", "untold", "host's malloc");
	measure_profile("i386", &host);
	measure_profile("i386-6.1", &host);
	return EXIT_SUCCESS;
}
