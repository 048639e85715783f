/*
 * Time: a pair (event, step), and one motion to get anywhere.
 *
 * Restore the nearest checkpoint at or before the target, run events forward, and in the last event stop at
 * micro-step k by leaving the engine.  There is no undo.
 */
#ifndef SRC_TIMELINE_H
#define SRC_TIMELINE_H

#include "run.h"
#include "story.h"

#define STEP_END UINT64_MAX /* the event is complete */

/* event 0: booted, nothing has run. step k of event e: just after its k-th telling. step 0: e has not begun. */
struct when {
	uint32_t event;
	uint64_t step;
};

struct timeline;

/* A machine booted for s, at event 0. NULL: no memory (errno). s must outlive it. */
struct timeline *timeline_open(struct scenario *s);
void timeline_close(struct timeline *t);

const struct machine *timeline_machine(const struct timeline *t);
struct when timeline_now(const struct timeline *t);
/* The story of the current event up to now; of boot at event 0 (empty). */
const struct story *timeline_story(const struct timeline *t);
/* Micro-steps of the current event when complete. */
uint64_t timeline_steps(const struct timeline *t);

/* Anywhere; beyond the end stops at the end. Returns where it arrived. */
struct when timeline_goto(struct timeline *t, struct when target);
bool timeline_next(struct timeline *t);      /* next event; mid-event: its end. false at the end */
bool timeline_prev(struct timeline *t);      /* state before the current event                   */
bool timeline_step(struct timeline *t);      /* next micro-step, over into the next event         */
bool timeline_step_back(struct timeline *t);

/*
 * Nobody wants anything at this moment: run events that were never reached, up to the end or until must_stop, asked
 * every fraction of a millisecond, says so; then be where we were.  From then on going to any of them is as fast
 * as going back.  Returns false when all events were reached before.
 */
bool timeline_run_ahead(struct timeline *t, bool (*must_stop)(void *ctx), void *ctx);

/* How an event that has run ended; NULL if it has not run yet. */
struct event_result { struct outcome outcome; uint32_t minflt, majflt, cow; };
const struct event_result *timeline_result(const struct timeline *t, uint32_t event);

/* The prompt: insert a line after the current event and run it. False with diagnoses. */
bool timeline_insert(struct timeline *t, const char *line, struct diags *d);

/* Expects of the events run so far that failed, for the screen: index into scenario_expect, or -1. */
long timeline_failed_expect(const struct timeline *t, uint32_t event);

/* For the measuring of budgets. */
struct timeline_stats { uint64_t checkpoints, checkpoint_bytes, replayed_events; };
void timeline_stats(const struct timeline *t, struct timeline_stats *st);

/* ---- checkpoint.c: pages of the arena, shared while unchanged ---- */
struct checkpoints;
struct checkpoint;
struct checkpoints *checkpoints_open(struct arena *a);
void checkpoints_close(struct checkpoints *c);
/* Before the machine is let run: make sure that faults of the watched arena come to us first. */
void checkpoints_watch(struct checkpoints *c);
struct checkpoint *checkpoint_take(struct checkpoints *c); /* NULL: no memory */
void checkpoint_restore(struct checkpoints *c, const struct checkpoint *p);
void checkpoint_drop(struct checkpoints *c, struct checkpoint *p);
size_t checkpoints_bytes(const struct checkpoints *c);
/* Granules of 16 KiB written since the last checkpoint: what the next one costs. */
size_t checkpoints_dirty(const struct checkpoints *c);

#endif
