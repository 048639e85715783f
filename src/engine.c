/*
 * A machine for a scenario, and the watch over its laws.
 *
 * MMVIZ_CHECK=1 makes every law of the machine be checked after every event and every slice of a long one:
 * slow, and the first place to look when a number is wrong.  The tests run with it.
 */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

#include "panic.h"

/* The arena is larger than what any machine needs; a host of 32 bits may have given less. */
static void arena_is_full(void) { panic_no_memory(); }

struct machine *engine_boot(const struct scenario *s, struct trace *trace)
{
	arena_on_full(arena_is_full);
	return machine_create(scenario_config(s), trace);
}

bool engine_is_long(const struct scenario *s, uint32_t event)
{
	const struct event *e = scenario_event(s, event);

	return (e->kind == EV_READ || e->kind == EV_WRITE) &&
	       e->size > (uint64_t)SLICE_PAGES * PAGE_SIZE;
}

bool engine_wants_check(void)
{
	const char *wanted = getenv("MMVIZ_CHECK");

	return wanted && strcmp(wanted, "1") == 0;
}

void engine_check(const struct machine *m, const struct scenario *s, uint32_t event)
{
	const char *broken = machine_check(m);
	char text[80];

	if (!broken)
		return;
	scenario_event_text(s, event, text, sizeof(text));
	panic("a law of the machine is broken after event %u, %s: %s", event, text, broken);
}

struct outcome engine_run(struct machine *m, const struct scenario *s, uint32_t event, bool check)
{
	struct run_progress progress = {0};
	struct outcome outcome;

	do {
		outcome = event_run(m, s, event, &progress, SLICE_PAGES);
		if (check)
			engine_check(m, s, event);
	} while (progress.more);
	return outcome;
}
