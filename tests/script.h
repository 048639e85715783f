/*
 * For tests of the language: a scenario from a text, run to an event, and what was wrong with it.
 */
#ifndef TESTS_SCRIPT_H
#define TESTS_SCRIPT_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "src/run.h"

/*
 * One scenario, its machine when it is run, its diagnoses. Made and freed by the functions below.
 */
struct script {
	struct scenario *s;
	struct diags d;
	struct trace trace;
	struct machine *m;
	struct outcome last;
};

/* Parse; s is NULL when something is wrong. */
static inline void script_read(struct script *c, const char *text)
{
	memset(c, 0, sizeof(*c));
	diags_init(&c->d);
	c->s = scenario_parse("tests/cases/test.txt", text, strlen(text), NULL, &c->d);
}

/* Parse what must be right, and run all of it. */
static inline void script_run_to(struct script *c, const char *text, uint32_t last)
{
	script_read(c, text);
	if (!c->s)
		diags_print(&c->d, stderr);
	ck_assert_ptr_nonnull(c->s);
	c->m = machine_create(scenario_config(c->s), &c->trace);
	ck_assert_ptr_nonnull(c->m);
	for (uint32_t nr = 1; nr <= last && nr <= scenario_nr_events(c->s); nr++) {
		struct run_progress progress = {0};

		do
			c->last = event_run(c->m, c->s, nr, &progress, 7);
		while (progress.more);
	}
}

static inline void script_run(struct script *c, const char *text)
{
	script_run_to(c, text, UINT32_MAX);
}

static inline void script_free(struct script *c)
{
	if (c->m)
		machine_destroy(c->m);
	scenario_free(c->s);
	diags_free(&c->d);
	/* under valgrind tests share a process, and the next one may have no script */
	memset(c, 0, sizeof(*c));
}

/* The result of the last event of a scenario, as listings print it. */
static inline const char *script_result(const char *text)
{
	static char result[64];
	struct script c;

	script_run(&c, text);
	outcome_text(&c.last, result, sizeof(result));
	script_free(&c);
	return result;
}

/* All that is wrong with a text: "LINE:COLUMN+WIDTH message" a line. "" if nothing is. */
static inline const char *script_mistakes(const char *text)
{
	static char all[8192];
	struct script c;
	size_t used = 0;

	script_read(&c, text);
	all[0] = '\0';
	for (size_t i = 0; i < c.d.count && used < sizeof(all); i++)
		used += (size_t)snprintf(all + used, sizeof(all) - used, "%u:%u+%u %s\n",
					 c.d.item[i].line, c.d.item[i].column, c.d.item[i].width,
					 c.d.item[i].message);
	ck_assert((c.s == NULL) == (c.d.count > 0));
	script_free(&c);
	return all;
}

#define assert_mistake(text, expected) ck_assert_str_eq(script_mistakes(text), expected "\n")
#define assert_good(text)              ck_assert_str_eq(script_mistakes(text), "")

#endif
