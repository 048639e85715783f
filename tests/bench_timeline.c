/*
 * How long it takes to get anywhere, and what the marks take.
 *
 *	a lecture                   key by key: next, back, small steps
 *	a million simple events     random moments: at most 50 ms each, at most 512 MiB
 *	a million heavy events      the same
 *	one event of 150000 faults  random micro-steps; a step on, a step back; what listening costs
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/engine.h"
#include "src/timeline.h"

enum { JUMPS = 60, STEPS = 200 };

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* A random source of its own: the same moments on every host. */
static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525U + 1013904223U;
	return *seed >> 8;
}

static struct scenario *parse(const char *text)
{
	struct diags d;
	struct scenario *s;

	diags_init(&d);
	s = scenario_parse("bench", text, strlen(text), NULL, &d);
	if (!s)
		diags_print(&d, stderr);
	diags_free(&d);
	return s;
}

static void print_stats(const struct timeline *t)
{
	struct timeline_stats st;

	timeline_stats(t, &st);
	printf("  marks: %llu, %.1f MiB\n", (unsigned long long)st.checkpoints,
	       (double)st.checkpoint_bytes / (1 << 20));
}

/* Time one motion, and keep the longest. */
static double timed_goto(struct timeline *t, struct when w, double *max)
{
	double start = now_ms(), took;

	timeline_goto(t, w);
	took = now_ms() - start;
	if (took > *max)
		*max = took;
	return took;
}

static void jump_about(struct timeline *t, uint32_t events)
{
	uint32_t seed = 1;
	double sum = 0, max = 0;

	for (int i = 0; i < JUMPS; i++)
		sum += timed_goto(t, (struct when){next_random(&seed) % (events + 1), STEP_END},
				  &max);
	printf("  random event: %.2f ms, at most %.2f ms\n", sum / JUMPS, max);
	sum = max = 0;
	for (int i = 0; i < STEPS; i++)
		sum += timed_goto(t, (struct when){events - 1 - (uint32_t)i, STEP_END}, &max);
	printf("  back, one by one: %.3f ms, at most %.2f ms\n", sum / STEPS, max);
	print_stats(t);
}

static void step_about(struct timeline *t, uint32_t event)
{
	uint64_t steps;
	uint32_t seed = 1;
	double sum = 0, max = 0;

	timeline_goto(t, (struct when){event, STEP_END});
	steps = timeline_steps(t);
	printf("  micro-steps: %llu\n", (unsigned long long)steps);
	for (int i = 0; i < JUMPS; i++) {
		uint64_t step = ((uint64_t)next_random(&seed) << 24 | next_random(&seed)) % steps;

		sum += timed_goto(t, (struct when){event, step + 1}, &max);
	}
	printf("  random micro-step: %.2f ms, at most %.2f ms\n", sum / JUMPS, max);
	sum = max = 0;
	for (uint64_t i = 0; i < STEPS; i++)
		sum += timed_goto(t, (struct when){event, steps / 2 + i}, &max);
	printf("  on, one by one: %.3f ms, at most %.2f ms\n", sum / STEPS, max);
	sum = max = 0;
	for (uint64_t i = 0; i < STEPS; i++)
		sum += timed_goto(t, (struct when){event, steps / 3 - i}, &max);
	printf("  back, one by one: %.3f ms, at most %.2f ms\n", sum / STEPS, max);
	print_stats(t);
}

/* The keys of a lecturer, one after the other. */
static void play_lecture(void)
{
	struct scenario *s =
		parse("machine i386\nspawn sh\nmmap sh buf 16K\nwrite sh buf 16K\nfork sh kid\n"
		      "write kid buf\nwrite sh buf\nfork kid grandkid\nwrite kid buf+4K\n"
		      "malloc sh m 64K\nwrite sh m 64K\nexit grandkid\nexit kid\nexit sh\n");
	double start = now_ms();
	struct timeline *t = timeline_open(s);
	uint64_t steps = 0;

	printf("a lecture: open %.3f ms\n", now_ms() - start);
	start = now_ms();
	for (int round = 0; round < 100; round++) {
		while (timeline_next(t))
			continue;
		while (timeline_prev(t))
			continue;
	}
	printf("  next, previous: %.3f ms\n", (now_ms() - start) / 100 / 2 / scenario_nr_events(s));
	start = now_ms();
	for (; timeline_step(t); steps++)
		continue;
	printf("  step on: %.3f ms of %llu steps\n", (now_ms() - start) / (double)steps,
	       (unsigned long long)steps);
	start = now_ms();
	while (timeline_step_back(t))
		continue;
	printf("  step back: %.3f ms\n", (now_ms() - start) / (double)steps);
	print_stats(t);
	timeline_close(t);
	scenario_free(s);
}

static void count_tellings(void *ctx, const struct step *s)
{
	*(uint64_t *)ctx += s->kind != TELL_LEAVE;
}

/* 150000 faults: nobody listens, a counter does, the story does. */
static void compare_listeners(void)
{
	struct scenario *s = parse("spawn sh\nmmap sh big 600M\nwrite sh big 600M\n");
	struct story *story = story_new();
	uint64_t told = 0;
	double took[3];

	for (int i = 0; i < 3; i++) {
		struct trace trace = {0};
		struct machine *m = engine_boot(s, &trace);
		double start;

		engine_run(m, s, 1, false);
		engine_run(m, s, 2, false);
		trace.sink = i == 0 ? NULL : i == 1 ? count_tellings : story_tell;
		trace.ctx = i == 1 ? (void *)&told : (void *)story;
		start = now_ms();
		engine_run(m, s, 3, false);
		took[i] = now_ms() - start;
		machine_destroy(m);
	}
	printf("150000 write faults: unwatched %.0f ms, counted %.0f ms, told to the story %.0f "
	       "ms\n",
	       took[0], took[1], took[2]);
	printf("  the story: %.1f ns a telling\n", (took[2] - took[1]) * 1e6 / (double)told);
	story_free(story);
	scenario_free(s);
}

struct stretch {
	double until, called; /* ms: the user's next key; when that was seen */
};

static bool key_comes(void *ctx)
{
	struct stretch *stretch = ctx;

	stretch->called = now_ms();
	return stretch->called >= stretch->until;
}

/* Nobody presses a key for a while, twenty times; then the end is asked for, the first time. */
static void run_ahead(struct scenario *s)
{
	struct timeline *t = timeline_open(s);
	double most = 0, start = now_ms();
	bool more = true;

	for (int i = 0; i < 20 && more; i++) {
		struct stretch stretch = {now_ms() + (i < 19 ? 50 : 1e9), 0};

		more = timeline_run_ahead(t, key_comes, &stretch);
		if (more && i < 19 && now_ms() - stretch.until > most)
			most = now_ms() - stretch.until;
	}
	printf("  run ahead: %.0f ms, a key in between waits at most %.2f ms;", now_ms() - start,
	       most);
	start = now_ms();
	timeline_goto(t, (struct when){UINT32_MAX, STEP_END});
	printf(" then first to the end %.2f ms\n", now_ms() - start);
	timeline_close(t);
}

/* long_event: an event to step about in, or 0. */
static void bench(const char *name, const char *text, uint32_t long_event)
{
	struct scenario *s = parse(text);
	struct timeline *t = s ? timeline_open(s) : NULL;
	double start;

	if (!t) {
		fprintf(stderr, "%s: cannot be run\n", name);
		exit(1);
	}
	start = now_ms();
	timeline_goto(t, (struct when){UINT32_MAX, STEP_END});
	printf("%s: %u events, the first run %.0f ms\n", name, scenario_nr_events(s),
	       now_ms() - start);
	run_ahead(s);
	jump_about(t, scenario_nr_events(s));
	if (long_event)
		step_about(t, long_event);
	timeline_close(t);
	scenario_free(s);
}

int main(void)
{
	play_lecture();
	compare_listeners();
	bench("simple events",
	      "spawn sh\nmmap sh buf 4M\nrepeat 333333\nwrite sh buf\nread sh buf+64K\n"
	      "kmalloc k$i 100\nend\n",
	      0);
	bench("heavy events",
	      "spawn sh\nmmap sh buf 400M\nrepeat 200000\nwrite sh buf 32K\nfork sh kid\n"
	      "write kid buf 16K\nexit kid\nmadvise sh buf 64K dontneed\nend\n",
	      0);
	bench("a long event",
	      "spawn sh\nmmap sh big 600M\nread sh big\nwrite sh big 600M\n"
	      "fork sh kid\nwrite kid big 100M\nexit kid\nmunmap sh big\n",
	      4);
	return 0;
}
