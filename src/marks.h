/*
 * Marks: checkpoints with their place in time.
 */
#ifndef SRC_MARKS_H
#define SRC_MARKS_H

#include "timeline.h"

/* What the machine had counted when an event began. */
struct begun {
	uint64_t told, cow_copies;
};

struct mark {
	struct when at;               /* STEP_END: the event is complete; else the steps told so far of a
	                               * long event, between two of its slices */
	struct run_progress progress; /* of the long event                      */
	struct begun begun;           /* of the long event                      */
	uint64_t told;                /* trace.nr                               */
	uint64_t work;                /* done since boot, see timeline.c        */
	struct checkpoint *checkpoint;
	struct story *story;          /* of the event so far; NULL: was not told */
};

/* Law: in order of time, one for each moment. */
struct marks {
	struct checkpoints *checkpoints;
	struct mark *mark;
	size_t count, cap;
	size_t story_bytes;
	size_t limit; /* of host memory */
};

/* -1, 0, 1: a is before, at, after b. */
int when_compare(struct when a, struct when b);

/*
 * Take a checkpoint of the machine as it is.  story: to be copied, or NULL.  When memory runs short, marks
 * between which there is least to do are given up; without any memory nothing happens.
 */
void marks_take(struct marks *k, const struct mark *place, const struct story *story);

/*
 * The last mark from which `target` can be reached with its event told from its first step; NULL before
 * the first mark is taken.
 */
const struct mark *marks_find(const struct marks *k, struct when target);

/* Forget everything after a moment. */
void marks_drop_after(struct marks *k, struct when at);
void marks_free(struct marks *k);
size_t marks_bytes(const struct marks *k);

#endif
