/*
 * What a simulated fault costs, and the same on the host's own kernel.
 *
 * Three figures, in nanoseconds, with a listener that counts steps, as every screen has one:
 *
 *	demand zero   the first write to a page of an anonymous mapping
 *	cow copy      a child's write to a page that it shares with its parent
 *	fork          for each resident page of the parent
 *
 * The host does the same with mmap (4K pages, no huge ones), fork and memory writes.  The budget is a tenth
 * of the host's time.  Each figure is the best of several rounds: the other rounds were disturbed.
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

enum { PAGES = 65536, ROUNDS = 7, HOST_PAGE = 4096 };

struct figures {
	double demand_zero, cow_copy, fork_page;
};

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static double per_page(uint64_t from, uint64_t to) { return (double)(to - from) / PAGES; }

static void keep_best(struct figures *best, const struct figures *round)
{
	if (round->demand_zero < best->demand_zero)
		best->demand_zero = round->demand_zero;
	if (round->cow_copy < best->cow_copy)
		best->cow_copy = round->cow_copy;
	if (round->fork_page < best->fork_page)
		best->fork_page = round->fork_page;
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
	uint32_t done = 0;
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

static void measure_sim(struct machine *m, struct figures *f)
{
	struct mmap_request rq = {.bytes = (uint64_t)PAGES << PAGE_SHIFT,
				  .prot = VM_READ | VM_WRITE};
	struct task *parent = do_spawn(m, "sh", 1, &builtin_program), *child;
	vaddr_t va = (vaddr_t)sys_mmap(m, parent, &rq);
	uint64_t t0, t1, t2, t3;

	t0 = now();
	touch_all(m, parent, va);
	t1 = now();
	child = do_fork(m, parent, "kid", 2);
	t2 = now();
	touch_all(m, child, va);
	t3 = now();
	*f = (struct figures){per_page(t0, t1), per_page(t2, t3), per_page(t1, t2)};
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

static void measure_host(struct figures *f)
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
	*f = (struct figures){per_page(t0, t1), per_page(0, t3), per_page(t1, t2)};
	munmap(p, bytes);
	munmap(child_time, HOST_PAGE);
}

/* ---- the table ---- */

static void print_row(const char *what, double sim, double host)
{
	printf("%-14s %10.1f %10.1f %9.1fx  %s\n", what, sim, host, host / sim,
	       host / sim >= 10 ? "ok" : "over the budget");
}

int main(int argc, char **argv)
{
	const char *profile = argc > 1 ? argv[1] : "i386";
	struct figures none = {1e9, 1e9, 1e9}, sim = none, host = none, round;
	uint64_t counts[NR_STEP_IDS] = {0};
	struct trace trace = {.sink = count_steps, .ctx = counts};
	struct machine *m;

	if (!profile_find(profile)) {
		fprintf(stderr, "no profile %s\n", profile);
		return EXIT_FAILURE;
	}
	m = boot(profile, &trace);
	for (int i = 0; i < ROUNDS; i++) {
		measure_sim(m, &round);
		keep_best(&sim, &round);
		measure_host(&round);
		keep_best(&host, &round);
	}
	machine_destroy(m);
	printf("%s, %d pages    ns simulated   ns host     ratio\n", profile, PAGES);
	print_row("demand zero", sim.demand_zero, host.demand_zero);
	print_row("cow copy", sim.cow_copy, host.cow_copy);
	print_row("fork a page", sim.fork_page, host.fork_page);
	return EXIT_SUCCESS;
}
