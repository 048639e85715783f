/*
 * Measure the screen: from key to last byte, and the bytes of a step, in a real pseudo terminal; the same for
 * htop on the same terminal, as a peer.
 *
 *	bench_screen [SCENARIO]        $PROG or ./mmviz runs SCENARIO, by default scenarios/cow.txt
 *
 * A key is written, then everything is read until the program has been silent for SILENCE_MS; the time of the
 * last byte counts.  The first two keys are warming up.  Micro-steps are those at the beginning of every event of
 * the lecture; the keys between them, to the next event, do not count.
 *
 * Budgets, for the medians at each size: a micro-step sends at most STEP_BYTES, and its frame is complete no
 * later after the key than htop's.
 */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SILENCE_MS = 20, FIRST_SILENCE_MS = 150, KEYS_MAX = 2000, WARM_UP = 2, STEP_BYTES = 500 };

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

struct run {
	pid_t pid;
	int fd;
};

static struct run start(char *const *argv, int width, int height)
{
	struct winsize size = {.ws_col = (unsigned short)width, .ws_row = (unsigned short)height};
	struct run r = {0};

	r.pid = forkpty(&r.fd, NULL, NULL, &size);
	if (r.pid == 0) {
		setenv("TERM", "xterm-256color", 1);
		setenv("LC_ALL", "C.UTF-8", 1);
		execvp(argv[0], argv);
		_exit(127);
	}
	return r;
}

static void stop(struct run *r)
{
	kill(r->pid, SIGKILL);
	waitpid(r->pid, NULL, 0);
	close(r->fd);
}

/* Read until silence: bytes, and when the last one came. */
static long drain(const struct run *r, int silence, double *last)
{
	static char buf[1 << 16];
	struct pollfd fd = {.fd = r->fd, .events = POLLIN};
	long bytes = 0;

	while (poll(&fd, 1, silence) > 0) {
		ssize_t n = read(r->fd, buf, sizeof(buf));

		if (n <= 0)
			break;
		bytes += n;
		*last = now_ms();
	}
	return bytes;
}

struct figures {
	double ms[KEYS_MAX], bytes[KEYS_MAX];
	int n;
};

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Press every key of a string once; those of `between` are not measured. */
static void press(const struct run *r, const char *keys, char between, struct figures *f)
{
	for (int i = 0; keys[i] && f->n < KEYS_MAX; i++) {
		double begin = now_ms(), end = begin;
		long bytes;

		if (write(r->fd, &keys[i], 1) != 1)
			return;
		bytes = drain(r, SILENCE_MS, &end);
		if (i < WARM_UP || keys[i] == between)
			continue;
		f->ms[f->n] = end - begin;
		f->bytes[f->n++] = (double)bytes;
	}
}

static double part(double *values, int n, double share)
{
	return n ? values[(int)(share * (n - 1))] : 0;
}

struct medians {
	double ms, bytes;
};

/* One line of the report. */
static struct medians report(const char *what, struct figures *f)
{
	struct medians median;

	qsort(f->ms, (size_t)f->n, sizeof(f->ms[0]), by_value);
	qsort(f->bytes, (size_t)f->n, sizeof(f->bytes[0]), by_value);
	median = (struct medians){part(f->ms, f->n, 0.5), part(f->bytes, f->n, 0.5)};
	printf("%-24s %4d keys   ms: median %6.3f  90%% %6.3f  most %6.3f   bytes: median %5.0f  "
	       "90%% %5.0f  most %5.0f\n",
	       what, f->n, median.ms, part(f->ms, f->n, 0.9), part(f->ms, f->n, 1), median.bytes,
	       part(f->bytes, f->n, 0.9), part(f->bytes, f->n, 1));
	f->n = 0;
	return median;
}

/* Start a program, time its first screen, press keys. */
static struct medians measure(const char *name, char *const *argv, int width, int height,
			      const char *steps, const char *events)
{
	static struct figures f;
	char what[64];
	double begin = now_ms(), first = begin;
	struct medians median;
	struct run r = start(argv, width, height);
	long bytes = drain(&r, FIRST_SILENCE_MS, &first);

	printf("%-6s %3dx%-13d first screen after %.2f ms, %ld bytes\n", name, width, height,
	       first - begin, bytes);
	press(&r, steps, 'n', &f);
	snprintf(what, sizeof(what), "%-6s %3dx%d keys", name, width, height);
	median = report(what, &f);
	if (events) {
		press(&r, events, '\0', &f);
		snprintf(what, sizeof(what), "%-6s %3dx%d events", name, width, height);
		report(what, &f);
	}
	stop(&r);
	return median;
}

static void judge(const char *what, int width, int height, double value, double budget)
{
	char size[16];

	snprintf(size, sizeof(size), "%dx%d", width, height);
	printf("%-14s %-8s %8.4g of %8.4g  %s\n", what, size, value, budget,
	       value <= 0        ? "nothing was drawn"
	       : value <= budget ? "ok"
				 : "over the budget");
}

/* n times the keys of a string. */
static char *times(const char *keys, int n)
{
	size_t len = strlen(keys);
	char *all = calloc((size_t)n * len + 1, 1);

	for (int i = 0; all && i < n; i++)
		memcpy(all + (size_t)i * len, keys, len);
	return all;
}

int main(int argc, char **argv)
{
	static char cow[] = "scenarios/cow.txt";
	char *prog = getenv("PROG"), *scenario = argc > 1 ? argv[1] : cow;
	char path[4096];
	static const int size[][2] = {{80, 24}, {120, 40}, {200, 60}};
	char *steps = times("ssssssssssssn", 17), *events = times("nnnnnnnnppppp", 6),
	     *moves = times("\x0e\x10", 40);

	snprintf(path, sizeof(path), "%s%s", prog && !strchr(prog, '/') ? "./" : "",
		 prog ? prog : "./mmviz");
	if (!steps || !events || !moves)
		return EXIT_FAILURE;
	for (size_t i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
		char *const mmviz[] = {path, scenario, NULL}, *const htop[] = {(char *)"htop",
									       (char *)"-d100",
									       NULL};
		struct medians ours =
			measure("mmviz", mmviz, size[i][0], size[i][1], steps, events);
		struct medians peer = measure("htop", htop, size[i][0], size[i][1], moves, NULL);

		judge("bytes a step", size[i][0], size[i][1], ours.bytes, STEP_BYTES);
		if (peer.ms > 0)
			judge("ms, and htop's", size[i][0], size[i][1], ours.ms, peer.ms);
	}
	free(steps);
	free(events);
	free(moves);
	return EXIT_SUCCESS;
}
