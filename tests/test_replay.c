/*
 * The recorded cases, reached in any way: the listing of a run that goes back and forward again through any
 * event and any micro-step is the recording, byte for byte.
 *
 * MMVIZ_REPLAY_ROUNDS=N goes N ways through each case instead of one.
 */
#include "tests/random.h"

#include <check.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static glob_t cases;

/* All of a file, with a zero behind it. */
static char *read_all(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t cap = 0;

	ck_assert_msg(f != NULL, "%s cannot be read", path);
	/* no listing holds a zero byte */
	ck_assert_int_gt(getdelim(&text, &cap, '\0', f), 0);
	fclose(f);
	return text;
}

/* tests/cases/brk.txt -> the text of tests/cases/brk.state */
static char *read_recording(const char *scenario)
{
	char path[256];

	snprintf(path, sizeof(path), "%.*s.state", (int)(strlen(scenario) - strlen(".txt")),
		 scenario);
	return read_all(path);
}

static struct scenario *load(const char *path)
{
	struct scenario *s;
	struct diags d;

	diags_init(&d);
	s = scenario_load(path, NULL, &d);
	diags_print(&d, stderr);
	diags_free(&d);
	ck_assert_ptr_nonnull(s);
	return s;
}

START_TEST(a_recorded_case_is_the_same_back_and_forward)
{
	const char *wanted = getenv("MMVIZ_REPLAY_ROUNDS"), *path = cases.gl_pathv[_i];
	int rounds = wanted && atoi(wanted) > 1 ? atoi(wanted) : 1;
	struct report *r = calloc(1, sizeof(*r));
	char *recorded = read_recording(path);
	struct scenario *s = load(path);

	ck_assert_ptr_nonnull(r);
	for (int round = 0; round < rounds; round++)
		ck_assert_msg(random_replays(r, s, (uint64_t)(_i + 1000 * round), recorded),
			      "%s, round %d: %s", path, round, r->why);
	scenario_free(s);
	free(recorded);
	free(r);
}
END_TEST

START_TEST(what_differs_is_found_and_named)
{
	struct report *r = calloc(1, sizeof(*r));
	char *recorded = read_recording("tests/cases/brk.txt");
	struct scenario *s = load("tests/cases/brk.txt");
	char *digit = strstr(recorded, "pte=");

	ck_assert_ptr_nonnull(r);
	digit[4]++;
	ck_assert(!random_replays(r, s, 1, recorded));
	ck_assert_str_eq(r->why, "replay: the listing parts at: P sh pte=3");
	scenario_free(s);
	free(recorded);
	free(r);
}
END_TEST

Suite *replay_suite(void);
Suite *replay_suite(void)
{
	Suite *suite = suite_create("replay");
	TCase *c = tcase_create("replay");

	if (!cases.gl_pathv)
		glob("tests/cases/*.txt", 0, NULL, &cases);
	tcase_set_timeout(c, 0);
	tcase_add_loop_test(c, a_recorded_case_is_the_same_back_and_forward, 0,
			    (int)cases.gl_pathc);
	tcase_add_test(c, what_differs_is_found_and_named);
	suite_add_tcase(suite, c);
	return suite;
}
