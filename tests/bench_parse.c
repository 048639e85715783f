/*
 * How fast a scenario is parsed and run: events a second, for a million simple events of several
 * kinds.
 *
 * Budget: 5 million simple events a second, parsed and run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/run.h"

enum { NR_EVENTS = 1000000, ROUNDS = 5 };

struct mix {
	const char *name;
	const char *head;
	const char *body; /* repeated until there are NR_EVENTS lines */
	unsigned lines;
};

static const struct mix mixes[] = {
	{"read", "spawn sh\nmmap sh buf 64K\n", "read sh buf\n", 1},
	{"write", "spawn sh\nmmap sh buf 64K\n", "write sh buf+8K value=x\n", 1},
	{"alloc_pages, free_pages", "", "alloc_pages a 0\nfree_pages a\n", 2},
	{"kmalloc, kfree", "", "kmalloc o 100\nkfree o\n", 2},
	{"mmap, munmap", "spawn sh\n", "mmap sh b 16K\nmunmap sh b\n", 2},
	{"read in a repeat", "spawn sh\nmmap sh buf 64K\nrepeat 999990\nread sh buf\nend\n", "", 1},
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static char *make_text(const struct mix *x, size_t *len)
{
	size_t head = strlen(x->head), body = strlen(x->body),
	       times = body ? NR_EVENTS / x->lines : 0;
	char *text = malloc(head + times * body + 1);

	if (!text)
		exit(EXIT_FAILURE);
	memcpy(text, x->head, head + 1);
	for (size_t i = 0; i < times; i++)
		memcpy(text + head + i * body, x->body, body);
	*len = head + times * body;
	return text;
}

/* Run every event; the seconds that it took. */
static double run_all(const struct scenario *s)
{
	struct trace trace = {0};
	struct machine *m = machine_create(scenario_config(s), &trace);
	double begin = now(), took;

	if (!m)
		exit(EXIT_FAILURE);
	for (uint32_t nr = 1; nr <= scenario_nr_events(s); nr++) {
		struct run_progress progress = {0};

		do
			event_run(m, s, nr, &progress, UINT32_MAX);
		while (progress.more);
	}
	took = now() - begin;
	machine_destroy(m);
	return took;
}

struct figures {
	double parse, run, events;
};

/* One round: parse, boot, run. */
static struct figures measure(const char *text, size_t len)
{
	struct figures f;
	struct diags d;
	struct scenario *s;
	double begin = now();

	diags_init(&d);
	s = scenario_parse("bench", text, len, NULL, &d);
	f.parse = now() - begin;
	if (!s) {
		diags_print(&d, stderr);
		exit(EXIT_FAILURE);
	}
	f.run = run_all(s);
	f.events = scenario_nr_events(s);
	scenario_free(s);
	diags_free(&d);
	return f;
}

static void report(const struct mix *x)
{
	size_t len;
	char *text = make_text(x, &len);
	struct figures best = measure(text, len);

	for (int round = 1; round < ROUNDS; round++) {
		struct figures f = measure(text, len);

		if (f.parse < best.parse)
			best.parse = f.parse;
		if (f.run < best.run)
			best.run = f.run;
	}
	printf("%-24s parse %6.1f ns  run %6.1f ns an event = %5.1f million events/s\n", x->name,
	       best.parse / best.events * 1e9, best.run / best.events * 1e9,
	       best.events / (best.parse + best.run) / 1e6);
	free(text);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(mixes) / sizeof(mixes[0]); i++)
		report(&mixes[i]);
	return EXIT_SUCCESS;
}
