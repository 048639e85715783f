/*
 * For the random tests of the language, seeded (test_scenario_fuzz.c) and guided by coverage
 * (fuzz_scenario.c): what the parser let pass is run, and every law of the machine holds after it.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include "src/run.h"

/* How far a scenario is run. */
struct fuzz_limits {
	uint32_t events;
	uint32_t slices; /* of SLICE pages, of all events together */
	bool check_each; /* the laws after every slice, not only in the end */
};

enum { FUZZ_SLICE_PAGES = 1000 };

/* Event nr and the expects behind it; *slices goes down. NULL, or the law that is broken. */
static inline const char *fuzz_event(struct machine *m, const struct scenario *s, uint32_t nr,
				     uint32_t *slices, bool check)
{
	struct run_progress progress = {0};
	struct outcome last = {OUT_OK, 0};
	struct expect_result r;
	const char *broken = NULL;
	char text[128];

	do {
		last = event_run(m, s, nr, &progress, FUZZ_SLICE_PAGES);
		if (check)
			broken = machine_check(m);
	} while (!broken && progress.more && --*slices);
	outcome_text(&last, text, sizeof(text));
	scenario_event_text(s, nr, text, sizeof(text));
	for (size_t i = 0; i < scenario_nr_expects(s); i++)
		if (scenario_expect(s, i)->event == nr)
			expect_check(m, s, scenario_expect(s, i), &last, &r);
	return broken;
}

/* Run s within the limits on a machine as c says. NULL, or the law that is broken. */
static inline const char *fuzz_run(const struct scenario *s, const struct machine_config *c,
				   const struct fuzz_limits *limits)
{
	struct trace trace = {0};
	struct machine *m = machine_create(c, &trace);
	uint32_t slices = limits->slices;
	const char *broken = m ? NULL : "no memory for a machine";

	for (uint32_t nr = 1; !broken && slices && nr <= limits->events; nr++) {
		if (nr > scenario_nr_events(s))
			break;
		broken = fuzz_event(m, s, nr, &slices, limits->check_each);
	}
	if (!broken)
		broken = machine_check(m);
	if (m)
		machine_destroy(m);
	return broken;
}

#endif
