/*
 * Some thousand random scenarios, each held against what must hold for all of them (random_laws.c).
 *
 * MMVIZ_RANDOM_SEEDS=N/FROM runs other seeds, MMVIZ_RANDOM_JOBS=J in so many processes at a time.  A scenario
 * that fails is made small, printed, and kept as tests/random-SEED.txt: `MMVIZ_CHECK=1 ./mmviz --state` runs it.
 */
#include "tests/random.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/grammar.h"

enum { SEEDS = 1500, JOBS_MAX = 16, FINDINGS_MAX = 10, SECONDS_PER_SEED = 120 };

/* Memory that forked processes share. */
static struct report *shared_reports(size_t n)
{
	void *p = mmap(NULL, n * sizeof(struct report), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(p, MAP_FAILED);
	return p;
}

static void give_back(struct report *r, size_t n) { munmap(r, n * sizeof(*r)); }

/* ---- seeds ---- */

/* A process that goes through every step-th seed from next on. */
struct job {
	pid_t pid;
	uint64_t next, end, step;
	struct report *r;
};

static void start_job(struct job *j)
{
	fflush(NULL);
	j->pid = fork();
	ck_assert_int_ge(j->pid, 0);
	if (j->pid > 0)
		return;
	for (uint64_t seed = j->next; seed < j->end; seed += j->step) {
		random_limit_cpu(SECONDS_PER_SEED);
		if (!random_seed_holds(j->r, seed))
			exit(1);
	}
	exit(0);
}

static bool seed_alone(struct report *r, const char *text, uint64_t seed)
{
	(void)text;
	return random_seed_holds(r, seed);
}

/* A seed has failed in its job: once more alone, for its sentence and its text; made small, and kept. */
static void show_finding(struct report *r)
{
	char path[64];
	FILE *f;

	if (random_apart(r, seed_alone, NULL, r->seed))
		snprintf(r->why, sizeof(r->why), "not again: it failed in a row of seeds only");
	else if (strncmp(r->why, "parse:", 6) != 0)
		random_shrink(r, random_text_holds, r->seed);
	snprintf(path, sizeof(path), "tests/random-%llu.txt", (unsigned long long)r->seed);
	f = fopen(path, "w");
	if (f) {
		fprintf(f, "# seed %llu: %s\n%s", (unsigned long long)r->seed, r->why, r->text);
		fclose(f);
	}
	fprintf(stderr, "random: seed %llu: %s\n  kept as %s:\n%s", (unsigned long long)r->seed,
		r->why, path, r->text);
}

/* Wait for a job; one that ended at a finding starts again behind it. Returns the findings: 0 or 1. */
static unsigned wait_job(struct job *j)
{
	int status;

	ck_assert_int_eq(waitpid(j->pid, &status, 0), j->pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	j->next = j->r->seed + j->step;
	show_finding(j->r);
	return 1;
}

static unsigned run_seeds(uint64_t first, uint64_t count, unsigned jobs, struct report *r)
{
	struct job job[JOBS_MAX];
	unsigned findings = 0;

	for (unsigned i = 0; i < jobs; i++) {
		job[i] = (struct job){
			.next = first + i, .end = first + count, .step = jobs, .r = &r[i]};
		start_job(&job[i]);
	}
	for (unsigned i = 0; i < jobs; i++)
		while (wait_job(&job[i]) && findings++ < FINDINGS_MAX)
			start_job(&job[i]);
	return findings;
}

static void read_settings(uint64_t *first, uint64_t *count, unsigned *jobs)
{
	const char *seeds = getenv("MMVIZ_RANDOM_SEEDS"), *wanted = getenv("MMVIZ_RANDOM_JOBS");
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	char *end;

	*first = 1;
	*count = SEEDS;
	*jobs = cpus < 1 ? 1 : cpus > 4 ? 4 : (unsigned)cpus;
	if (seeds) {
		*count = strtoull(seeds, &end, 10);
		*first = *end == '/' ? strtoull(end + 1, NULL, 10) : 1;
	}
	if (wanted && atoi(wanted) > 0)
		*jobs = atoi(wanted) > JOBS_MAX ? JOBS_MAX : (unsigned)atoi(wanted);
}

START_TEST(random_scenarios_keep_every_law)
{
	struct report *r = shared_reports(JOBS_MAX), sum = {.seed = 0};
	uint64_t first, count;
	unsigned jobs, findings;

	read_settings(&first, &count, &jobs);
	findings = run_seeds(first, count, jobs, r);
	for (unsigned i = 0; i < jobs; i++) {
		sum.scenarios += r[i].scenarios;
		sum.events += r[i].events;
		sum.done_well += r[i].done_well;
		sum.kills += r[i].kills;
	}
	fprintf(stderr,
		"random: seeds %llu to %llu: %llu scenarios, %llu events, %llu done, %llu OOM "
		"kills\n",
		(unsigned long long)first, (unsigned long long)(first + count - 1),
		(unsigned long long)sum.scenarios, (unsigned long long)sum.events,
		(unsigned long long)sum.done_well, (unsigned long long)sum.kills);
	give_back(r, JOBS_MAX);
	ck_assert_uint_eq(findings, 0);
	ck_assert_uint_eq(sum.scenarios, count);
	/* not only refusals, and memory runs out now and then */
	ck_assert_uint_gt(sum.done_well, sum.events / 2);
	ck_assert(sum.kills > 0 || count < 500);
}
END_TEST

/* ---- the generator and the shrinking themselves ---- */

/* How often the seeds' texts hold a word, as a whole one. */
static unsigned count_word(const char *text, const char *word)
{
	size_t len = strlen(word);
	unsigned n = 0;

	for (const char *at = text; (at = strstr(at, word)) != NULL; at += len)
		n += (at == text || strchr(" \n", at[-1])) && strchr(" \n=", at[len]) != NULL;
	return n;
}

START_TEST(every_event_and_every_option_is_written)
{
	static const char *const words[] = {
		"private",
		"shared",
		"file",
		"at",
		"fixed",
		"populate",
		"growsdown",
		"locked",
		"noreserve",
		"maymove",
		"dontneed",
		"dontfork",
		"dofork",
		"free",
		"willneed",
		"pageout",
		"hwcache",
		"ctor",
		"poison",
		"align",
		"value",
		"gfp",
		"cases/wide",
		"cases/pie",
		"prot=none",
		"i386",
		"i386-pae",
		"i386-6.1",
		"i386-6.1-pae",
		"cpus",
		"machine arm",
		"machine x86-64",
		"overcommit",
		"stack",
		"populate_read",
		"populate_write",
		"lock",
		"coherent",
		"on",
		"rounds",
		"polls",
		"mcs",
		"cost_local",
		"cost_remote",
		"nodes",
		"distance",
		"memory=sparse",
		"memory=flat",
		"movable",
		"hole",
		"split",
		"nx",
		"min_free_kbytes",
		"watermark_scale_factor",
		"lowmem_reserve_ratio",
		"percpu_pagelist_high_fraction",
		"watermark_boost",
	};
	struct report *r = shared_reports(1);
	unsigned events[NR_EVENT_KINDS] = {0}, found[sizeof(words) / sizeof(words[0])] = {0};

	for (uint64_t seed = 1; seed <= 120; seed++) {
		ck_assert(random_seed_grows(r, seed));
		for (int k = 0; k < NR_EVENT_KINDS; k++)
			events[k] += count_word(r->text, event_help(k)->word);
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			found[i] += count_word(r->text, words[i]);
	}
	for (int k = 0; k < NR_EVENT_KINDS; k++)
		ck_assert_msg((events[k] > 0) == event_is_modelled(k), "%s: %u times",
			      event_help(k)->word, events[k]);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		ck_assert_msg(found[i] > 0, "%s is never written", words[i]);
	give_back(r, 1);
}
END_TEST

START_TEST(a_seed_gives_the_same_text_again)
{
	struct report *r = shared_reports(2);

	for (uint64_t seed = 1; seed <= 20; seed++) {
		ck_assert(random_seed_grows(&r[0], seed) && random_seed_grows(&r[1], seed));
		ck_assert_str_eq(r[0].text, r[1].text);
	}
	give_back(r, 2);
}
END_TEST

/* Fails as long as lines 3 and 7 are there. */
static bool needs_two(struct report *r, const char *text, uint64_t seed)
{
	bool fails = strstr(text, "line 3\n") && strstr(text, "line 7\n");

	(void)seed;
	if (fails)
		snprintf(r->why, sizeof(r->why), "two: of %zu letters", strlen(text));
	return !fails;
}

/* Crashes as needs_two fails; without line 9 it fails in another way. */
static bool crashes(struct report *r, const char *text, uint64_t seed)
{
	if (!strstr(text, "line 9\n")) {
		snprintf(r->why, sizeof(r->why), "nine: it is gone");
		return false;
	}
	if (!needs_two(r, text, seed))
		kill(getpid(), SIGKILL);
	return true;
}

static void shrink_ten_lines(struct report *r, random_test *test, const char *why)
{
	strcpy(r->text, "header\n");
	for (int i = 1; i <= 10; i++)
		sprintf(r->text + strlen(r->text), "line %d\n", i);
	ck_assert(!random_apart(r, test, r->text, 0));
	ck_assert_str_eq(r->why, why);
	random_shrink(r, test, 0);
}

START_TEST(a_failing_scenario_loses_what_it_does_not_need)
{
	struct report *r = shared_reports(1);

	shrink_ten_lines(r, needs_two, "two: of 78 letters");
	ck_assert_str_eq(r->text, "header\nline 3\nline 7\n");
	ck_assert_str_eq(r->why, "two: of 21 letters");
	give_back(r, 1);
}
END_TEST

START_TEST(a_crash_is_a_failure_of_its_own_kind)
{
	struct report *r = shared_reports(1);

	shrink_ten_lines(r, crashes, "signal: Killed");
	ck_assert_str_eq(r->text, "header\nline 3\nline 7\nline 9\n");
	ck_assert_str_eq(r->why, "signal: Killed");
	give_back(r, 1);
}
END_TEST

static bool never_ends(struct report *r, const char *text, uint64_t seed)
{
	(void)r;
	(void)text;
	random_limit_cpu(1);
	for (volatile uint64_t n = seed;; n++)
		;
	return true;
}

START_TEST(a_scenario_that_does_not_end_is_a_failure)
{
	struct report *r = shared_reports(1);

	ck_assert(!random_apart(r, never_ends, "", 0));
	ck_assert_str_eq(r->why, "signal: Profiling timer expired");
	give_back(r, 1);
}
END_TEST

START_TEST(a_text_is_held_against_the_same_as_a_seed)
{
	struct report *r = shared_reports(1);

	ck_assert(random_text_holds(r, "machine i386 ram=8M\nspawn a\nfork a b\nwrite b data 8K\n",
				    1));
	ck_assert_uint_eq(r->events, 3);
	ck_assert_uint_eq(r->done_well, 3);
	/* what cannot be parsed is no failure: shrinking takes away what later lines name */
	ck_assert(random_text_holds(r, "machine i386 ram=8M\nfork a b\n", 1));
	ck_assert_uint_eq(r->events, 3);
	give_back(r, 1);
}
END_TEST

Suite *random_suite(void);
Suite *random_suite(void)
{
	Suite *s = suite_create("random");
	TCase *t = tcase_create("seeds");

	tcase_set_timeout(t, 0);
	tcase_add_test(t, random_scenarios_keep_every_law);
	tcase_add_test(t, every_event_and_every_option_is_written);
	tcase_add_test(t, a_seed_gives_the_same_text_again);
	tcase_add_test(t, a_failing_scenario_loses_what_it_does_not_need);
	tcase_add_test(t, a_crash_is_a_failure_of_its_own_kind);
	tcase_add_test(t, a_scenario_that_does_not_end_is_a_failure);
	tcase_add_test(t, a_text_is_held_against_the_same_as_a_seed);
	suite_add_tcase(s, t);
	return s;
}
