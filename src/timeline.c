/*
 * Time: a pair (event, step), and one motion to get anywhere.
 *
 *	restore the nearest mark     run whole events       the last event, told to the story,
 *	at or before the target      without a listener     left at step k by longjmp
 *	        |---------------------------------------------->|-----> k
 *
 * Stepping back, jumping and the prompt are this motion; there is no undo.  How long it takes is decided
 * by where marks (checkpoints) are set.  Work is counted in micro-steps and events, not in seconds, so that
 * marks are set at the same moments in every run:
 *
 *	every WORK_FAR or so                    however far the target: a jump replays little more
 *	half-way to the target, and half-way    stepping back again from there replays little, at a cost
 *	of the rest, ... down to WORK_NEAR      of a few marks
 *	inside a long event, with its story     a million faults in one event are walked through like one
 *	after an event that was long to tell    its end is there at once
 *
 * A long event (a range of thousands of pages) runs in slices; between two of them a mark can be set.
 * Its story is always told, because it cannot be told later without starting from its first step.
 *
 * What an event gave (its outcome, its faults, the expects after it) is kept when it runs for the first
 * time: the machine is deterministic, it would be the same again.
 *
 * Only a place that was reached once is near a mark.  So while nobody asks for anything the machine runs ahead
 * to the end, setting marks on the way, and comes back:
 *
 *	here       reached before              a key: stop, remember how far, come back
 *	  |------------->|========================>*
 *	  |<---------------------------------------|
 */
#include "timeline.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "marks.h"
#include "panic.h"

enum {
	WORK_EVENT = 16,     /* an event without a step is work, too       */
	WORK_NEAR = 400,     /* about 4 us: each step in an event replays it */
	WORK_INSIDE = 3000,  /* about 30 us: a mark there has its story    */
	WORK_FAR = 120000,   /* about 1 ms, several when the story listens */
	WORK_DIRTY = 2000,   /* what a dirty granule makes a mark cost     */
	WORK_MOST = 2000000, /* about 15 ms: more is never replayed        */
	WORK_ASK = 20000,    /* about 0.2 ms: how often one running ahead asks */
	LIMIT_MIB = 384,     /* for marks                                  */
};

/* What is known of an event that has run. */
struct past {
	struct event_result result;
	uint64_t steps;
};

/* An expect that failed; in order of events. */
struct failure {
	uint32_t event;
	size_t expect;
};

struct timeline {
	struct scenario *scenario;
	struct machine *m;
	struct trace trace;
	struct story *story;
	struct when now;
	bool check;   /* the laws, after every event and slice */
	bool at_rest; /* no event is under way in m: it may run on from here */

	struct checkpoints *checkpoints;
	struct marks marks;
	struct when marked; /* moment and work of the mark restored or taken last */
	uint64_t marked_work;

	struct past *past; /* [event - 1] */
	uint32_t nr_past, past_cap;
	struct failure *failure;
	size_t nr_failures, failure_cap;
	size_t next_expect; /* first one after an event that has not run yet */

	/* while an event runs */
	struct run_progress progress;
	struct begun begun;
	struct when target;
	uint64_t stop_at; /* step to leave the engine at, STEP_END: none */
	jmp_buf left;
	uint64_t replayed;

	/* while running ahead */
	bool (*must_stop)(void *ctx); /* NULL: not running ahead */
	void *must_stop_ctx;
	uint64_t asked_work;
	bool stopped;
};

/* ---- open, close ---- */

static void check_expects(struct timeline *t, uint32_t event, const struct outcome *outcome);

static void begin(struct timeline *t)
{
	story_set_zones(t->story, t->m);
	story_pause(t->story, true);
	t->now = t->marked = (struct when){0, STEP_END};
	t->at_rest = true;
	marks_take(&t->marks, &(struct mark){.at = t->now}, NULL);
	check_expects(t, 0, &(struct outcome){.kind = OUT_OK});
}

struct timeline *timeline_open(struct scenario *s)
{
	struct timeline *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->scenario = s;
	t->check = engine_wants_check();
	t->story = story_new();
	t->m = engine_boot(s, &t->trace);
	if (t->m)
		t->checkpoints = checkpoints_open(t->m->arena);
	t->marks = (struct marks){.checkpoints = t->checkpoints, .limit = (size_t)LIMIT_MIB << 20};
	if (t->story && t->m && t->checkpoints)
		begin(t);
	if (!t->marks.count) {
		timeline_close(t);
		return NULL;
	}
	return t;
}

void timeline_close(struct timeline *t)
{
	if (!t)
		return;
	if (t->checkpoints)
		marks_free(&t->marks);
	checkpoints_close(t->checkpoints);
	machine_destroy(t->m);
	story_free(t->story);
	free(t->past);
	free(t->failure);
	free(t);
}

/* ---- marks on the way ---- */

static uint64_t work_done(const struct timeline *t, uint32_t event)
{
	return t->trace.nr + (uint64_t)event * WORK_EVENT;
}

static void set_mark(struct timeline *t, struct when at, const struct story *story)
{
	struct mark mark = {
		.at = at,
		.progress = t->progress,
		.begun = t->begun,
		.told = t->trace.nr,
		.work = work_done(t, at.event),
	};

	marks_take(&t->marks, &mark, story);
	t->marked = at;
	t->marked_work = mark.work;
}

/*
 * Has so much work been done since the last mark that another is due, whatever comes?  Where the work is
 * scattered over much memory marks are dear: then later, so that setting them does not take longer than the
 * work itself.
 */
static bool mark_is_due(const struct timeline *t, uint64_t since)
{
	uint64_t far = WORK_FAR + (uint64_t)WORK_DIRTY * checkpoints_dirty(t->checkpoints);

	return since >= WORK_FAR && since >= (far < WORK_MOST ? far : WORK_MOST);
}

/* Between two events: event has not begun. */
static void mark_before(struct timeline *t, uint32_t event)
{
	uint64_t since = work_done(t, event - 1) - t->marked_work;
	bool half_way = event - 1 - t->marked.event >= t->target.event - event;

	if (mark_is_due(t, since) || (since >= WORK_NEAR && half_way)) {
		t->progress = (struct run_progress){0};
		set_mark(t, (struct when){event - 1, STEP_END}, NULL);
	}
}

/* Between two slices of a long event. */
static void mark_inside(struct timeline *t, uint32_t event)
{
	uint64_t since = work_done(t, event) - t->marked_work;
	uint64_t steps = story_steps(t->story);
	bool half_way = t->stop_at != STEP_END && t->stop_at - steps <= since;

	if (mark_is_due(t, since) || (since >= WORK_INSIDE && half_way))
		set_mark(t, (struct when){event, steps}, t->story);
}

/* Before an event or between two of its slices, on the way ahead: from here it goes on later. */
static void mark_stop(struct timeline *t, uint32_t event)
{
	if (t->progress.more)
		set_mark(t, (struct when){event, story_steps(t->story)}, t->story);
	else
		set_mark(t, (struct when){event - 1, STEP_END}, NULL);
}

/* The event is complete and was told. */
static void mark_after(struct timeline *t, uint32_t event)
{
	if (story_steps(t->story) >= WORK_FAR / 4) {
		t->progress = (struct run_progress){0};
		set_mark(t, (struct when){event, STEP_END}, t->story);
	}
}

/* ---- what an event gave ---- */

static void *grow(void *array, size_t count, size_t item)
{
	return panic_if_null(realloc(array, count * item));
}

static void keep_failure(struct timeline *t, uint32_t event, size_t expect)
{
	if (t->nr_failures == t->failure_cap) {
		t->failure_cap = t->failure_cap ? t->failure_cap * 2 : 16;
		t->failure = grow(t->failure, t->failure_cap, sizeof(*t->failure));
	}
	t->failure[t->nr_failures++] = (struct failure){event, expect};
}

static void check_expects(struct timeline *t, uint32_t event, const struct outcome *outcome)
{
	for (; t->next_expect < scenario_nr_expects(t->scenario); t->next_expect++) {
		const struct expect *e = scenario_expect(t->scenario, t->next_expect);
		struct expect_result r;

		if (e->event > event)
			break;
		expect_check(t->m, t->scenario, e, outcome, &r);
		if (!r.ok)
			keep_failure(t, event, t->next_expect);
	}
}

/* The event ran for the first time. */
static void keep_past(struct timeline *t, uint32_t event, struct outcome outcome)
{
	struct past *p;

	if (t->nr_past == t->past_cap) {
		t->past_cap = t->past_cap ? t->past_cap * 2 : 256;
		t->past = grow(t->past, t->past_cap, sizeof(*t->past));
	}
	p = &t->past[t->nr_past++];
	*p = (struct past){.result = {.outcome = outcome}, .steps = t->trace.nr - t->begun.told};
	p->result.cow = (uint32_t)(t->m->nr_cow_copies - t->begun.cow_copies);
	for (const struct task *task = t->m->tasks; task; task = task->next) {
		p->result.minflt += task->event_min;
		p->result.majflt += task->event_maj;
	}
	check_expects(t, event, &outcome);
}

/* ---- running ---- */

/* A listener for the story that leaves the engine after the wanted step. */
static void tell_until(void *ctx, const struct step *s)
{
	struct timeline *t = ctx;

	story_tell(t->story, s);
	if (s->kind != TELL_LEAVE && story_steps(t->story) == t->stop_at)
		_longjmp(t->left, 1);
}

static void listen(struct timeline *t, bool told)
{
	t->trace.sink = !told ? NULL : t->stop_at == STEP_END ? story_tell : tell_until;
	t->trace.ctx = t->stop_at == STEP_END ? (void *)t->story : (void *)t;
}

/* Now and then, while running ahead: does anybody want something else? */
static bool asks_to_stop(struct timeline *t, uint32_t event)
{
	uint64_t work = work_done(t, event);

	if (!t->must_stop || work - t->asked_work < WORK_ASK)
		return false;
	t->asked_work = work;
	return t->stopped = t->must_stop(t->must_stop_ctx);
}

/* The rest of an event: its slices from t->progress on, or up to t->stop_at. */
static void run_slices(struct timeline *t, uint32_t event)
{
	struct outcome outcome;

	do {
		if (asks_to_stop(t, event)) {
			mark_stop(t, event);
			return;
		}
		outcome = event_run(t->m, t->scenario, event, &t->progress, SLICE_PAGES);
		if (t->check)
			engine_check(t->m, t->scenario, event);
		if (t->progress.more && t->trace.sink)
			mark_inside(t, event);
	} while (t->progress.more);
	t->at_rest = true;
	if (event > t->nr_past)
		keep_past(t, event, outcome);
	if (t->trace.sink)
		mark_after(t, event);
}

/* Run an event; its first part may have been done already, up to a mark inside it. */
static void run_event(struct timeline *t, uint32_t event, bool resumed)
{
	bool last = event == t->target.event;

	t->stop_at = last ? t->target.step : STEP_END;
	listen(t, last || engine_is_long(t->scenario, event));
	if (!resumed) {
		t->progress = (struct run_progress){0};
		t->begun = (struct begun){t->trace.nr, t->m->nr_cow_copies};
		if (t->trace.sink)
			story_reset(t->story);
	}
	t->at_rest = false;
	t->replayed++;
	if (_setjmp(t->left) == 0)
		run_slices(t, event);
	t->trace.sink = NULL;
}

/* Put the machine back; returns the event that is under way there, or 0. */
static uint32_t restore(struct timeline *t, const struct mark *mark)
{
	checkpoint_restore(t->checkpoints, mark->checkpoint);
	t->trace.nr = mark->told;
	t->progress = mark->progress;
	t->begun = mark->begun;
	t->marked = t->now = mark->at;
	t->marked_work = mark->work;
	t->at_rest = mark->at.step == STEP_END;
	if (mark->story)
		story_assign(t->story, mark->story);
	else
		story_reset(t->story);
	return t->at_rest ? 0 : mark->at.event;
}

/*
 * The motion.  target's step is STEP_END, or less than the event has.  Runs on from where the machine
 * stands if that is at rest and no mark is nearer.  Ends under way when running ahead is stopped.
 */
static void move(struct timeline *t, struct when target)
{
	const struct mark *mark = marks_find(&t->marks, target);
	uint32_t under_way = 0;

	t->target = target;
	if (!t->at_rest || t->now.event >= target.event || when_compare(t->now, mark->at) < 0)
		under_way = restore(t, mark);
	else
		checkpoints_watch(t->checkpoints);
	if (under_way)
		run_event(t, under_way, true);
	for (uint32_t event = t->now.event + 1; event <= target.event && !t->stopped; event++) {
		mark_before(t, event);
		run_event(t, event, false);
	}
	t->now = target;
	if (target.event == 0)
		story_reset(t->story);
	story_pause(t->story, t->at_rest);
}

/* ---- going ---- */

/* (e, 0) is the machine before event e, with nothing told yet. */
static void go_before(struct timeline *t, uint32_t event)
{
	timeline_goto(t, (struct when){event - 1, STEP_END});
	story_reset(t->story);
	story_pause(t->story, false);
	t->now = (struct when){event, 0};
	t->at_rest = false;
}

struct when timeline_goto(struct timeline *t, struct when target)
{
	uint32_t nr = scenario_nr_events(t->scenario);

	if (target.event > nr)
		target = (struct when){nr, STEP_END};
	if (target.event == 0)
		target.step = STEP_END;
	if (when_compare(target, t->now) == 0)
		return t->now;
	/* how many steps it has is known once it has run */
	if (target.step != STEP_END && target.event > t->nr_past)
		move(t, (struct when){target.event, STEP_END});
	if (target.step == 0) {
		go_before(t, target.event);
		return t->now;
	}
	/* just after its last step an event has nothing left to tell */
	if (target.step != STEP_END && target.step >= t->past[target.event - 1].steps)
		target.step = STEP_END;
	if (when_compare(target, t->now) != 0)
		move(t, target);
	return t->now;
}

bool timeline_next(struct timeline *t)
{
	struct when to = t->now;

	if (to.step == STEP_END && to.event++ >= scenario_nr_events(t->scenario))
		return false;
	to.step = STEP_END;
	timeline_goto(t, to);
	return true;
}

bool timeline_prev(struct timeline *t)
{
	if (t->now.event == 0)
		return false;
	timeline_goto(t, (struct when){t->now.event - 1, STEP_END});
	return true;
}

bool timeline_step(struct timeline *t)
{
	struct when to = {t->now.event, t->now.step + 1};

	if (t->now.step == STEP_END) {
		if (t->now.event >= scenario_nr_events(t->scenario))
			return false;
		to = (struct when){t->now.event + 1, 1};
	}
	timeline_goto(t, to);
	return true;
}

bool timeline_step_back(struct timeline *t)
{
	struct when to = t->now;
	uint64_t steps = timeline_steps(t);

	if (to.event == 0)
		return false;
	if (to.step == STEP_END)
		to.step = steps;
	if (to.step <= 1)
		to = (struct when){to.event - 1, STEP_END};
	else
		to.step--;
	timeline_goto(t, to);
	return true;
}

/* ---- running ahead ---- */

bool timeline_run_ahead(struct timeline *t, bool (*must_stop)(void *ctx), void *ctx)
{
	uint32_t nr = scenario_nr_events(t->scenario);
	struct when here = t->now;

	if (t->nr_past == nr)
		return false;
	t->must_stop = must_stop;
	t->must_stop_ctx = ctx;
	t->asked_work = 0;
	move(t, (struct when){nr, STEP_END});
	t->must_stop = NULL;
	t->stopped = false;
	restore(t, marks_find(&t->marks, here));
	timeline_goto(t, here);
	return true;
}

/* ---- the prompt ---- */

/* The events after this one are no longer what they were. */
static void forget_after(struct timeline *t, uint32_t event)
{
	marks_drop_after(&t->marks, (struct when){event, STEP_END});
	if (t->nr_past > event)
		t->nr_past = event;
	while (t->nr_failures && t->failure[t->nr_failures - 1].event > event)
		t->nr_failures--;
	t->next_expect = 0;
	while (t->next_expect < scenario_nr_expects(t->scenario) &&
	       scenario_expect(t->scenario, t->next_expect)->event <= event)
		t->next_expect++;
}

bool timeline_insert(struct timeline *t, const char *line, struct diags *d)
{
	uint32_t after = t->now.step == 0 ? t->now.event - 1 : t->now.event;
	uint32_t nr = scenario_insert(t->scenario, after, line, d);

	if (nr == 0)
		return false;
	/* a mid-event machine must not stay: what it is in the middle of keeps its number */
	timeline_goto(t, (struct when){nr - 1, STEP_END});
	forget_after(t, nr - 1);
	timeline_goto(t, (struct when){nr, STEP_END});
	return true;
}

/* ---- asking ---- */

const struct machine *timeline_machine(const struct timeline *t) { return t->m; }

struct when timeline_now(const struct timeline *t) { return t->now; }

const struct story *timeline_story(const struct timeline *t) { return t->story; }

uint64_t timeline_steps(const struct timeline *t)
{
	return t->now.event && t->now.event <= t->nr_past ? t->past[t->now.event - 1].steps : 0;
}

const struct event_result *timeline_result(const struct timeline *t, uint32_t event)
{
	return event && event <= t->nr_past ? &t->past[event - 1].result : NULL;
}

long timeline_failed_expect(const struct timeline *t, uint32_t event)
{
	size_t low = 0, high = t->nr_failures;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (t->failure[middle].event < event)
			low = middle + 1;
		else
			high = middle;
	}
	return low < t->nr_failures && t->failure[low].event == event ? (long)t->failure[low].expect
								      : -1;
}

void timeline_stats(const struct timeline *t, struct timeline_stats *st)
{
	*st = (struct timeline_stats){
		.checkpoints = t->marks.count,
		.checkpoint_bytes = marks_bytes(&t->marks),
		.replayed_events = t->replayed,
	};
}
