/*
 * What the measurements of pairs share: the clock, the order of rounds, a listener that counts.
 */
#ifndef TESTS_BENCH_ROUNDS_H
#define TESTS_BENCH_ROUNDS_H

#include <stdint.h>
#include <time.h>

#include "sim/trace.h"

/* Nanoseconds since some moment. */
static inline uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* For qsort of doubles: the least first. */
static inline int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* A sink: ctx is uint64_t[NR_STEP_IDS], steps by their kind. */
static inline void count_steps(void *ctx, const struct step *s)
{
	uint64_t *counts = ctx;

	counts[s->id]++;
}

#endif
