/*
 * What a simulated fault costs, and the same on the host's own kernel.
 *
 * Three figures, in nanoseconds:
 *
 *	demand zero   the first write to a page of an anonymous mapping
 *	cow copy      a child's write to a page that it shares with its parent
 *	fork          for each resident page of the parent
 *
 * each of them measured in two ways:
 *
 *	told          every step goes to a listener, which counts it by its kind
 *	untold        nobody listens; the engine counts the steps alone, as on the way to an event far ahead
 *
 * The host does the same with mmap (4K pages, no huge ones), fork and memory writes.  The budget is a tenth
 * of the host's time, told.
 *
 * The host clears half a gigabyte in each of its rounds, after which no cache holds anything of the machine.
 * When a scenario runs nobody does that, so a round that is not kept warms the caches again.  The ratio is
 * that of the best rounds (the others were disturbed); the median is printed beside each.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim/machine.h"

enum { PAGES = 65536, ROUNDS = 9, HOST_PAGE = 4096 };

enum figure { DEMAND_ZERO, COW_COPY, FORK_PAGE, NR_FIGURES };

/* The rounds of one way to measure; sorted by sort_rounds. */
struct rounds {
	double ns[NR_FIGURES][ROUNDS];
};

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static double per_page(uint64_t from, uint64_t to) { return (double)(to - from) / PAGES; }

static void keep_round(struct rounds *r, int round, double demand_zero, double fork_page,
		       double cow_copy)
{
	r->ns[DEMAND_ZERO][round] = demand_zero;
	r->ns[FORK_PAGE][round] = fork_page;
	r->ns[COW_COPY][round] = cow_copy;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void sort_rounds(struct rounds *r)
{
	for (int i = 0; i < NR_FIGURES; i++)
		qsort(r->ns[i], ROUNDS, sizeof(r->ns[i][0]), by_value);
}

/* ---- the simulated machine ---- */

static void count_steps(void *ctx, const struct step *s)
{
	uint64_t *counts = ctx;

	counts[s->id]++;
}

static void touch_all(struct machine *m, struct task *t, vaddr_t va)
{
	static const char tag[TAG_LEN] = "bench";
	uint64_t done = 0;
	bool more = true;
	struct outcome o;

	o = access_range(m, t, va, (uint64_t)PAGES << PAGE_SHIFT, ACCESS_WRITE, tag, &done, PAGES,
			 &more);
	if (o.kind != OUT_OK || more) {
		fprintf(stderr, "the simulated machine refused a write\n");
		exit(EXIT_FAILURE);
	}
}

/* One machine for all rounds: the first one pays for the host memory that it touches. */
static struct machine *boot(const char *profile, struct trace *trace)
{
	struct machine_config config;
	struct machine *m;

	machine_config_default(&config);
	config.profile = profile_find(profile);
	config.ram_bytes = (uint64_t)2 << 30;
	m = machine_create(&config, trace);
	if (!m)
		exit(EXIT_FAILURE);
	return m;
}

static void measure_sim(struct machine *m, struct rounds *r, int round)
{
	struct mmap_request rq = {.bytes = (uint64_t)PAGES << PAGE_SHIFT,
				  .prot = VM_READ | VM_WRITE};
	struct task *parent = do_spawn(m, "sh", 1, &builtin_program, NULL), *child;
	vaddr_t va = (vaddr_t)sys_mmap(m, parent, &rq);
	uint64_t t0, t1, t2, t3;

	t0 = now();
	touch_all(m, parent, va);
	t1 = now();
	child = do_fork(m, parent, "kid", 2);
	t2 = now();
	touch_all(m, child, va);
	t3 = now();
	keep_round(r, round, per_page(t0, t1), per_page(t1, t2), per_page(t2, t3));
	do_exit(m, child);
	do_exit(m, parent);
}

/* ---- the host ---- */

static void host_touch(volatile char *p)
{
	for (size_t i = 0; i < PAGES; i++)
		p[i * HOST_PAGE] = 1;
}

static void *host_map(size_t bytes, int flags)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		exit(EXIT_FAILURE);
	return p;
}

static void measure_host(struct rounds *r, int round)
{
	size_t bytes = (size_t)PAGES * HOST_PAGE;
	uint64_t *child_time = host_map(HOST_PAGE, MAP_SHARED);
	char *p = host_map(bytes, MAP_PRIVATE);
	uint64_t t0, t1, t2, t3;
	pid_t child;

	madvise(p, bytes, MADV_NOHUGEPAGE);
	t0 = now();
	host_touch(p);
	t1 = now();
	child = fork();
	if (child == 0) {
		uint64_t begin = now();

		host_touch(p);
		*child_time = now() - begin;
		_exit(0);
	}
	t2 = now();
	waitpid(child, NULL, 0);
	t3 = *child_time;
	keep_round(r, round, per_page(t0, t1), per_page(t1, t2), per_page(0, t3));
	munmap(p, bytes);
	munmap(child_time, HOST_PAGE);
}

/* ---- the table ---- */

static void print_row(const char *what, enum figure i, const struct rounds *told,
		      const struct rounds *untold, const struct rounds *host)
{
	double ratio = host->ns[i][0] / told->ns[i][0];

	printf("%-12s %8.1f %8.1f %8.1f %8.1f %8.1f %8.1f %7.1fx  %s\n", what, told->ns[i][0],
	       told->ns[i][ROUNDS / 2], untold->ns[i][0], untold->ns[i][ROUNDS / 2], host->ns[i][0],
	       host->ns[i][ROUNDS / 2], ratio, ratio >= 10 ? "ok" : "over the budget");
}

int main(int argc, char **argv)
{
	const char *profile = argc > 1 ? argv[1] : "i386";
	struct rounds told, untold, host;
	uint64_t counts[NR_STEP_IDS] = {0};
	struct trace trace = {.ctx = counts};
	struct machine *m;

	if (!profile_find(profile)) {
		fprintf(stderr, "no profile %s\n", profile);
		return EXIT_FAILURE;
	}
	m = boot(profile, &trace);
	for (int i = 0; i < ROUNDS; i++) {
		trace.sink = NULL;
		measure_sim(m, &untold, i); /* warms the caches; the next one counts */
		measure_sim(m, &untold, i);
		trace.sink = count_steps;
		measure_sim(m, &told, i);
		measure_host(&host, i);
	}
	machine_destroy(m);
	sort_rounds(&told);
	sort_rounds(&untold);
	sort_rounds(&host);
	printf("%s, %d pages; ns, best and median of %d rounds\n", profile, PAGES, ROUNDS);
	printf("%-12s %17s %17s %17s %8s\n", "", "told", "untold", "host", "ratio");
	print_row("demand zero", DEMAND_ZERO, &told, &untold, &host);
	print_row("cow copy", COW_COPY, &told, &untold, &host);
	print_row("fork a page", FORK_PAGE, &told, &untold, &host);
	return EXIT_SUCCESS;
}
