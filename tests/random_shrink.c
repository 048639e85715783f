/*
 * Making a failing scenario small.
 *
 * A scenario that breaks a law may crash the program as well, so each try runs in a process of its own; what it
 * finds it writes into memory that both share.  Lines are dropped in runs, the longest first: half of them, a
 * quarter, ... one; a run that is not needed for the failure stays away.
 *
 *	8 lines, the failure needs 2 and 7:   12345678 -> 5678? no, 1234? no -> 12.. 5678: yes -> ... -> 27
 *
 * The failure must stay of its kind: the word before the colon of its sentence.
 */
#include "tests/random.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECONDS_PER_TRY = 120, TRIES = 600, LINES_MAX = 2048 };

/* A crash has the sentence that its signal is. */
static bool is_ended_well(struct report *r, int status)
{
	if (WIFSIGNALED(status))
		snprintf(r->why, sizeof(r->why), "signal: %s", strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status) != 0 && !r->why[0])
		snprintf(r->why, sizeof(r->why), "exit: status %d", WEXITSTATUS(status));
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void random_limit_cpu(unsigned seconds)
{
	struct itimerval t = {.it_value = {.tv_sec = seconds}};

	setitimer(ITIMER_PROF, &t, NULL);
}

bool random_apart(struct report *r, random_test *test, const char *text, uint64_t seed)
{
	int status = 0;
	pid_t child;

	fflush(NULL);
	child = fork();
	if (child == 0) {
		random_limit_cpu(SECONDS_PER_TRY);
		exit(test(r, text, seed) ? 0 : 1);
	}
	if (child < 0 || waitpid(child, &status, 0) != child) {
		snprintf(r->why, sizeof(r->why), "fork: the host has no process to give");
		return false;
	}
	return is_ended_well(r, status);
}

/* Lines of the scenario under work, by where they begin; the header is never dropped. */
struct lines {
	const char *line[LINES_MAX];
	uint32_t count;
};

static struct lines find_lines(const char *text)
{
	struct lines l = {.count = 0};

	while (*text && l.count < LINES_MAX) {
		l.line[l.count++] = text;
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return l;
}

/* The text without lines [from, to). */
static void write_without(const struct lines *l, uint32_t from, uint32_t to, char *text)
{
	size_t used = 0;

	for (uint32_t i = 0; i < l->count; i++) {
		size_t len = strcspn(l->line[i], "\n");

		if (i >= from && i < to)
			continue;
		memcpy(text + used, l->line[i], len);
		used += len;
		text[used++] = '\n';
	}
	text[used] = '\0';
}

static bool is_same_kind(const char *a, const char *b)
{
	size_t len = strcspn(a, ":");

	return strcspn(b, ":") == len && memcmp(a, b, len) == 0;
}

void random_shrink(struct report *r, random_test *test, uint64_t seed)
{
	static char kept[RANDOM_TEXT_MAX], less[RANDOM_TEXT_MAX];
	char why[RANDOM_WHY_MAX];
	struct lines l;
	int tries = 0;

	snprintf(kept, sizeof(kept), "%s", r->text);
	snprintf(why, sizeof(why), "%s", r->why);
	l = find_lines(kept);
	for (uint32_t run = l.count / 2; run > 0;) {
		bool dropped = false;

		for (uint32_t from = 1; from < l.count && tries < TRIES; tries++) {
			write_without(&l, from, from + run, less);
			r->why[0] = '\0';
			if (random_apart(r, test, less, seed) || !is_same_kind(r->why, why)) {
				from += run;
				continue;
			}
			snprintf(why, sizeof(why), "%s", r->why);
			memcpy(kept, less, sizeof(kept));
			l = find_lines(kept);
			dropped = true;
		}
		if (!dropped || run > 1)
			run = run > 1 ? (run + 1) / 2 : 0;
	}
	memcpy(r->text, kept, sizeof(kept));
	snprintf(r->why, sizeof(r->why), "%s", why);
}
