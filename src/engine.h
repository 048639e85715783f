/*
 * A machine for a scenario, and the watch over its laws.
 */
#ifndef SRC_ENGINE_H
#define SRC_ENGINE_H

#include "run.h"

/* Page accesses that one slice of a long event makes. The same everywhere: slices can be seen in a trace. */
enum { SLICE_PAGES = 64 };

/* Booted as the scenario says; NULL: no host memory. trace must live as long. */
struct machine *engine_boot(const struct scenario *s, struct trace *trace);

/* Is the event one that runs in more than one slice? */
bool engine_is_long(const struct scenario *s, uint32_t event);

/* Run an event from its beginning to its end, slice by slice; check: with engine_check after each. */
struct outcome engine_run(struct machine *m, const struct scenario *s, uint32_t event, bool check);

/* Is MMVIZ_CHECK=1 in the environment? */
bool engine_wants_check(void);

/* See that every law of the machine holds, else panic. event: what ran last. */
void engine_check(const struct machine *m, const struct scenario *s, uint32_t event);

#endif
