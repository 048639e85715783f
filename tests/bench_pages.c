/*
 * What a simulated pair of alloc_pages and free_pages costs, and malloc with free on the host.
 *
 * In three patterns, in nanoseconds for a pair:
 *
 *	one       a frame is taken and given back: a CPU's list gives and takes
 *	order 4   the same with a block of 16 frames: the buddy itself, split and merged each time
 *	mixed     of 1024 places one at random is filled or emptied, with orders 0 to 5, a small one more often
 *
 * each of them told (every step goes to a listener, which counts it by its kind) and untold.  The budget is 60 ns
 * told, for mixed orders.  The host's malloc gives as many bytes as a block has, 16 times fewer, so that it does
 * not ask its kernel.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/machine.h"
#include "sim/page_alloc.h"
#include "tests/bench_rounds.h"

enum { PAIRS = 1 << 13, ROUNDS = 199, PLACES = 1024, BUDGET_NS = 60, BIG_ORDER = 4 };

enum pattern { ONE, BIG, MIXED, NR_PATTERNS };

/* Who gives blocks: the machine, or the host where m is NULL. */
struct giver {
	struct machine *m;
	struct block {
		pfn_t pfn;
		void *host;
		unsigned order;
		bool taken;
	} place[PLACES];
};

static inline void take(struct giver *g, struct block *b, unsigned order)
{
	b->order = order;
	b->taken = true;
	if (g->m) {
		b->pfn = alloc_pages(g->m, GFP_KERNEL, order, FRAME_KERNEL);
		return;
	}
	b->host = malloc((size_t)(PAGE_SIZE / 16) << order);
	/* or the compiler takes the pair away */
	__asm__ volatile("" : : "r"(b->host) : "memory");
}

static inline void give_back(struct giver *g, struct block *b)
{
	if (g->m)
		free_pages(g->m, b->pfn, b->order);
	else
		free(b->host);
	b->taken = false;
}

/* ---- the patterns: how many pairs they were, for all is given back at the end ---- */

static unsigned run_pairs(struct giver *g, unsigned order)
{
	for (unsigned i = 0; i < PAIRS; i++) {
		take(g, &g->place[0], order);
		give_back(g, &g->place[0]);
	}
	return PAIRS;
}

static unsigned run_one(struct giver *g) { return run_pairs(g, 0); }

static unsigned run_big(struct giver *g) { return run_pairs(g, BIG_ORDER); }

static unsigned run_mixed(struct giver *g)
{
	static const uint8_t orders[16] = {0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5};
	uint32_t seed = 1;
	unsigned operations = 2 * PAIRS;

	for (unsigned n = 0; n < 2 * PAIRS; n++) {
		struct block *b;

		seed = seed * 1664525 + 1013904223;
		b = &g->place[seed >> 22];
		if (b->taken)
			give_back(g, b);
		else
			take(g, b, orders[seed >> 12 & 15]);
	}
	for (unsigned i = 0; i < PLACES; i++)
		if (g->place[i].taken) {
			give_back(g, &g->place[i]);
			operations++;
		}
	return operations / 2;
}

static const struct {
	const char *name;
	unsigned (*run)(struct giver *g);
} patterns[NR_PATTERNS] = {
	[ONE] = {"one", run_one},
	[BIG] = {"order 4", run_big},
	[MIXED] = {"mixed", run_mixed},
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
	for (int p = 0; p < NR_PATTERNS; p++) {
		trace.sink = NULL;
		measure(&sim, p, untold);
		trace.sink = count_steps;
		measure(&sim, p, told);
		measure(host, p, theirs);
		printf("%-9s %-7s %8.1f %8.1f %8.1f %8.1f %8.1f %8.1f   %s\n", profile,
		       patterns[p].name, told[0], told[ROUNDS / 2], untold[0], untold[ROUNDS / 2],
		       theirs[0], theirs[ROUNDS / 2],
		       p != MIXED            ? ""
		       : told[0] < BUDGET_NS ? "ok"
					     : "over the budget");
	}
	machine_destroy(sim.m);
}

int main(void)
{
	static struct giver host;

	printf("%d pairs; ns a pair, best and median of %d rounds\n", PAIRS, ROUNDS);
	printf("%-17s %17s %17s %17s\n", "", "told", "untold", "host's malloc");
	measure_profile("i386", &host);
	measure_profile("i386-6.1", &host);
	return EXIT_SUCCESS;
}
