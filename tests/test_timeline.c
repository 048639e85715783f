/* Motion in time: every way to a moment ends in the same machine. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "src/marks.h"
#include "src/timeline.h"

static struct scenario *s;
static struct timeline *t;

static void start(const char *text)
{
	struct diags d;

	diags_init(&d);
	s = scenario_parse("test", text, strlen(text), NULL, &d);
	diags_print(&d, stderr);
	diags_free(&d);
	ck_assert_ptr_nonnull(s);
	t = timeline_open(s);
	ck_assert_ptr_nonnull(t);
}

static void finish(void)
{
	timeline_close(t);
	scenario_free(s);
}

static const char cow[] = "machine i386 ram=32M\n"
			  "spawn sh\n"
			  "mmap sh buf 64K\n"
			  "write sh buf 64K value=A\n"
			  "fork sh kid\n"
			  "expect rss kid == 0\n"
			  "write kid buf value=K\n"
			  "expect minflt kid == 1\n"
			  "exit kid\n"
			  "write sh buf+4K value=B\n";

enum { LAST = 7 };

/* FNV over the arena's bytes. */
static uint64_t fingerprint(void)
{
	struct arena *a = timeline_machine(t)->arena;
	const uint64_t *word = arena_base(a);
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < arena_used(a) / sizeof(*word); i++)
		if (word[i])
			h = (h ^ word[i] ^ i) * 0x100000001b3u;
	return h;
}

static void ck_now(uint32_t event, uint64_t step)
{
	struct when now = timeline_now(t);

	ck_assert_uint_eq(now.event, event);
	ck_assert_uint_eq(now.step, step);
}

static void go(uint32_t event, uint64_t step) { timeline_goto(t, (struct when){event, step}); }

START_TEST(it_begins_before_the_first_event)
{
	start(cow);
	ck_now(0, STEP_END);
	ck_assert_uint_eq(timeline_steps(t), 0);
	ck_assert_ptr_null(timeline_result(t, 1));
	ck_assert(!timeline_prev(t));
	ck_assert(!timeline_step_back(t));
	finish();
}
END_TEST

START_TEST(next_goes_to_the_end_and_previous_back_to_the_start)
{
	uint64_t at[LAST + 1];

	start(cow);
	at[0] = fingerprint();
	for (uint32_t e = 1; e <= LAST; e++) {
		ck_assert(timeline_next(t));
		ck_now(e, STEP_END);
		at[e] = fingerprint();
		ck_assert_uint_ne(at[e], at[e - 1]);
	}
	ck_assert(!timeline_next(t));
	ck_now(LAST, STEP_END);
	for (uint32_t e = LAST; e-- > 0;) {
		ck_assert(timeline_prev(t));
		ck_now(e, STEP_END);
		ck_assert_uint_eq(fingerprint(), at[e]);
	}
	for (uint32_t e = 1; e <= LAST; e++) {
		timeline_next(t);
		ck_assert_uint_eq(fingerprint(), at[e]);
	}
	finish();
}
END_TEST

START_TEST(micro_steps_lead_through_an_event_and_back)
{
	uint64_t steps, *at;

	start(cow);
	go(4, STEP_END);
	ck_assert(timeline_step(t));
	ck_now(5, 1);
	steps = timeline_steps(t);
	ck_assert_uint_gt(steps, 10);
	at = calloc(steps + 1, sizeof(*at));
	for (uint64_t k = 1; k < steps; k++) {
		ck_now(5, k);
		ck_assert_uint_eq(story_steps(timeline_story(t)), k);
		ck_assert_uint_eq(story_last(timeline_story(t))->last_nr, k);
		at[k] = fingerprint();
		ck_assert(timeline_step(t));
	}
	ck_now(5, STEP_END);
	for (uint64_t k = steps - 1; k >= 1; k--) {
		ck_assert(timeline_step_back(t));
		ck_now(5, k);
		ck_assert_uint_eq(fingerprint(), at[k]);
	}
	ck_assert(timeline_step_back(t));
	ck_now(4, STEP_END);
	ck_assert(timeline_step_back(t));
	ck_now(4, timeline_steps(t) - 1);
	go(5, steps / 2);
	ck_assert(timeline_next(t));
	ck_now(5, STEP_END);
	go(5, steps / 2);
	ck_assert(timeline_prev(t));
	ck_now(4, STEP_END);
	free(at);
	finish();
}
END_TEST

START_TEST(a_copied_page_is_seen_between_two_steps)
{
	bool seen = false;

	start(cow);
	go(5, 1);
	do {
		const struct step *copy = story_last_of(timeline_story(t), S_COPY_PAGE);
		const struct machine *m = timeline_machine(t);

		if (!copy)
			continue;
		seen = true;
		ck_assert_int_eq(memcmp(pfn_page(m, (pfn_t)copy->arg[0])->tag, "A", 2), 0);
	} while (timeline_step(t) && timeline_now(t).event == 5);
	ck_assert(seen);
	finish();
}
END_TEST

START_TEST(what_is_beyond_is_cut)
{
	start(cow);
	go(99, 5);
	ck_now(LAST, STEP_END);
	go(3, 1 << 30);
	ck_now(3, STEP_END);
	go(0, 17);
	ck_now(0, STEP_END);
	finish();
}
END_TEST

START_TEST(step_zero_is_the_machine_before_the_event)
{
	uint64_t before;

	start(cow);
	go(4, STEP_END);
	before = fingerprint();
	go(5, 0);
	ck_now(5, 0);
	ck_assert_uint_eq(fingerprint(), before);
	ck_assert_uint_eq(story_steps(timeline_story(t)), 0);
	ck_assert(timeline_next(t));
	ck_now(5, STEP_END);
	go(5, 0);
	ck_assert(timeline_step(t));
	ck_now(5, 1);
	go(5, 0);
	ck_assert(timeline_step_back(t));
	ck_now(4, STEP_END);
	finish();
}
END_TEST

START_TEST(results_are_kept_while_time_goes_back)
{
	const struct event_result *r;

	start(cow);
	go(LAST, STEP_END);
	go(1, STEP_END);
	r = timeline_result(t, 2);
	ck_assert_uint_eq(r->outcome.kind, OUT_ADDRESS);
	ck_assert_uint_eq(timeline_result(t, 3)->minflt, 16);
	ck_assert_uint_eq(timeline_result(t, 3)->cow, 0);
	ck_assert_uint_eq(timeline_result(t, 5)->minflt, 1);
	ck_assert_uint_eq(timeline_result(t, 5)->cow, 1);
	ck_assert_ptr_null(timeline_result(t, 0));
	ck_assert_ptr_null(timeline_result(t, LAST + 1));
	finish();
}
END_TEST

START_TEST(expects_are_checked_when_their_event_has_run)
{
	start(cow);
	ck_assert_int_eq(timeline_failed_expect(t, 4), -1);
	go(LAST, STEP_END);
	ck_assert_int_eq(timeline_failed_expect(t, 4), 0);
	ck_assert_int_eq(timeline_failed_expect(t, 5), -1);
	go(1, STEP_END);
	ck_assert_int_eq(timeline_failed_expect(t, 4), 0);
	finish();
}
END_TEST

START_TEST(a_line_typed_in_the_middle_runs_at_once)
{
	struct diags d;
	uint64_t before;

	diags_init(&d);
	start(cow);
	go(LAST, STEP_END);
	go(3, STEP_END);
	before = fingerprint();
	ck_assert(timeline_insert(t, "write sh buf+60K value=new", &d));
	ck_now(4, STEP_END);
	ck_assert_uint_eq(scenario_nr_events(s), LAST + 1);
	ck_assert_ptr_null(timeline_result(t, 5));
	ck_assert_uint_ne(fingerprint(), before);
	ck_assert(timeline_prev(t));
	ck_assert_uint_eq(fingerprint(), before);
	go(LAST + 1, STEP_END);
	ck_now(LAST + 1, STEP_END);
	ck_assert_int_eq(timeline_failed_expect(t, 5), 0); /* moved up with its event */
	/* in the middle of an event: behind it */
	go(6, 3);
	ck_assert(timeline_insert(t, "read sh buf", &d));
	ck_now(7, STEP_END);
	ck_assert_uint_eq(scenario_event(s, 7)->kind, EV_READ);
	/* a mistake changes nothing */
	ck_assert(!timeline_insert(t, "raed sh buf", &d));
	ck_assert_uint_gt(d.count, 0);
	ck_now(7, STEP_END);
	diags_free(&d);
	finish();
}
END_TEST

/* ---- long runs ---- */

static const char lengthy[] = "machine i386 ram=64M\n"
			      "spawn sh\n"
			      "mmap sh big 40M\n"
			      "write sh big 40M value=x\n"
			      "fork sh kid\n"
			      "write kid big 4M\n"
			      "exit kid\n";

/* Where a random moment of the long event is; the same ones each time. */
static struct when some_moment(int i, uint64_t steps)
{
	uint64_t x = ((uint64_t)i + 1) * 6364136223846793005u;

	return (struct when){3, 1 + (x >> 20) % (steps - 1)};
}

START_TEST(a_long_event_is_walked_through_like_a_short_one)
{
	struct timeline_stats st;
	uint64_t steps, at[20];

	start(lengthy);
	go(3, STEP_END);
	ck_assert_uint_eq(timeline_result(t, 3)->minflt, 10240);
	steps = timeline_steps(t);
	ck_assert_uint_gt(steps, 100000);
	timeline_stats(t, &st);
	ck_assert_uint_gt(st.checkpoints, 2);
	for (int i = 0; i < 20; i++) {
		struct when w = some_moment(i, steps);

		timeline_goto(t, w);
		ck_now(3, w.step);
		ck_assert_uint_eq(story_steps(timeline_story(t)), w.step);
		at[i] = fingerprint();
	}
	/* the same moments from elsewhere, and over their neighbours */
	for (int i = 20; i-- > 0;) {
		struct when w = some_moment(i, steps);

		go(i % 2 ? 6 : 2, STEP_END);
		timeline_goto(t, w);
		ck_assert_uint_eq(fingerprint(), at[i]);
		timeline_step_back(t);
		timeline_step(t);
		ck_now(3, w.step);
		ck_assert_uint_eq(fingerprint(), at[i]);
	}
	finish();
}
END_TEST

START_TEST(the_story_of_a_long_event_does_not_depend_on_the_way_there)
{
	uint64_t steps, told, nodes;

	start(lengthy);
	go(3, STEP_END);
	steps = timeline_steps(t);
	go(3, steps / 2 + 7);
	told = story_count(timeline_story(t), S_SET_PTE);
	nodes = story_root(timeline_story(t))->last_child->count;
	go(6, STEP_END);
	go(0, STEP_END);
	go(3, steps / 3);
	go(3, steps / 2 + 7);
	ck_assert_uint_eq(story_count(timeline_story(t), S_SET_PTE), told);
	ck_assert_uint_eq(story_root(timeline_story(t))->last_child->count, nodes);
	/* its end, too, is told from the first step */
	go(6, STEP_END);
	go(3, STEP_END);
	ck_assert_uint_eq(story_steps(timeline_story(t)), steps);
	ck_assert_uint_eq(story_count(timeline_story(t), S_STORE), 10240);
	finish();
}
END_TEST

START_TEST(going_back_through_a_long_run_replays_little)
{
	struct timeline_stats before, after;

	start("machine i386 ram=16M\nspawn sh\nmmap sh buf 64K\nrepeat 20000\nwrite sh buf\n"
	      "madvise sh buf 64K dontneed\nend\n");
	go(40002, STEP_END);
	timeline_stats(t, &before);
	for (int i = 0; i < 2000; i++)
		timeline_prev(t);
	ck_now(38002, STEP_END);
	timeline_stats(t, &after);
	/* each event some times over, not thousands of times */
	ck_assert_uint_lt(after.replayed_events - before.replayed_events, 2000 * 200);
	finish();
}
END_TEST

/* ---- running ahead ---- */

/* What two machines in different arenas have in common. */
static uint64_t counts(void)
{
	const struct machine *m = timeline_machine(t);
	uint64_t h = m->nr_faults;

	h = h * 1000003 + m->nr_cow_copies;
	h = h * 1000003 + m->tlb[0].hits;
	for (int i = 0; i < MAX_NR_ZONES; i++)
		h = h * 1000003 + m->node[0].node_zones[i].nr_free_pages;
	return h;
}

/* Says stop the n-th time it is asked. */
static bool stop_later(void *n) { return --*(int *)n <= 0; }

static bool never_stop(void *unused)
{
	(void)unused;
	return false;
}

START_TEST(after_running_ahead_everything_is_as_before)
{
	const struct when at[] = {{0, STEP_END}, {1, STEP_END}, {3, 0}, {3, 200}, {4, STEP_END}};
	uint64_t was, end;

	start(lengthy);
	go(6, STEP_END);
	end = counts();
	finish();
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		uint64_t steps, replayed;
		struct timeline_stats st;

		start(lengthy);
		timeline_goto(t, at[i]);
		was = fingerprint();
		steps = story_steps(timeline_story(t));
		ck_assert(timeline_run_ahead(t, never_stop, NULL));
		ck_now(at[i].event, at[i].step);
		ck_assert_uint_eq(fingerprint(), was);
		ck_assert_uint_eq(story_steps(timeline_story(t)), steps);
		ck_assert(!timeline_run_ahead(t, never_stop, NULL));
		/* and the end is near */
		timeline_stats(t, &st);
		replayed = st.replayed_events;
		go(6, STEP_END);
		timeline_stats(t, &st);
		ck_assert_uint_le(st.replayed_events - replayed, 2);
		ck_assert_uint_eq(counts(), end);
		finish();
	}
}
END_TEST

START_TEST(running_ahead_goes_on_where_it_was_stopped)
{
	uint64_t steps, end, was;
	int rounds = 0;

	start(lengthy);
	go(6, STEP_END);
	end = counts();
	go(3, STEP_END);
	steps = timeline_steps(t);
	finish();

	start(lengthy);
	go(2, STEP_END);
	was = fingerprint();
	for (;; rounds++) {
		int asked = 8; /* times 20,000 micro-steps and events */

		if (!timeline_run_ahead(t, stop_later, &asked))
			break;
		ck_now(2, STEP_END);
		ck_assert_uint_eq(fingerprint(), was);
		ck_assert_int_lt(rounds, 1000);
	}
	ck_assert_int_gt(rounds, 1); /* it was stopped inside the long event */
	go(3, STEP_END);
	ck_assert_uint_eq(timeline_steps(t), steps);
	ck_assert_uint_eq(timeline_result(t, 3)->minflt, 10240);
	go(6, STEP_END);
	ck_assert_uint_eq(counts(), end);
	finish();
}
END_TEST

/* ---- marks ---- */

START_TEST(marks_that_are_missed_least_are_given_up)
{
	struct arena *a = arena_create(64 << 20);
	unsigned char *memory = arena_alloc(a, 8 << 20);
	struct marks k = {.checkpoints = checkpoints_open(a), .limit = 30 << 20};
	uint64_t widest = 0;

	for (uint32_t i = 0; i < 1000; i++) {
		struct mark place = {.at = {i, STEP_END}, .work = (uint64_t)i * 100};

		memset(memory + i % 128 * 65536, (int)(i / 128 + 1), 20000);
		marks_take(&k, &place, NULL);
		ck_assert_uint_le(marks_bytes(&k), k.limit);
	}
	ck_assert_uint_gt(k.count, 10);
	ck_assert_uint_eq(k.mark[0].at.event, 0);
	for (size_t i = 1; i < k.count; i++) {
		ck_assert_int_lt(when_compare(k.mark[i - 1].at, k.mark[i].at), 0);
		if (k.mark[i].work - k.mark[i - 1].work > widest)
			widest = k.mark[i].work - k.mark[i - 1].work;
	}
	ck_assert_uint_lt(widest, 100 * 1000 / k.count * 4);
	ck_assert_uint_eq(marks_find(&k, (struct when){500, STEP_END})->at.step, STEP_END);
	ck_assert_uint_le(marks_find(&k, (struct when){500, STEP_END})->at.event, 500);
	marks_drop_after(&k, (struct when){0, STEP_END});
	ck_assert_uint_eq(k.count, 1);
	marks_free(&k);
	checkpoints_close(k.checkpoints);
	arena_destroy(a);
}
END_TEST

Suite *timeline_suite(void);
Suite *timeline_suite(void)
{
	Suite *suite = suite_create("timeline");
	TCase *c = tcase_create("timeline");

	suite_add_tcase(suite, c);
	tcase_set_timeout(c, 0);
	tcase_add_test(c, it_begins_before_the_first_event);
	tcase_add_test(c, next_goes_to_the_end_and_previous_back_to_the_start);
	tcase_add_test(c, micro_steps_lead_through_an_event_and_back);
	tcase_add_test(c, a_copied_page_is_seen_between_two_steps);
	tcase_add_test(c, what_is_beyond_is_cut);
	tcase_add_test(c, step_zero_is_the_machine_before_the_event);
	tcase_add_test(c, results_are_kept_while_time_goes_back);
	tcase_add_test(c, expects_are_checked_when_their_event_has_run);
	tcase_add_test(c, a_line_typed_in_the_middle_runs_at_once);
	tcase_add_test(c, a_long_event_is_walked_through_like_a_short_one);
	tcase_add_test(c, the_story_of_a_long_event_does_not_depend_on_the_way_there);
	tcase_add_test(c, going_back_through_a_long_run_replays_little);
	tcase_add_test(c, after_running_ahead_everything_is_as_before);
	tcase_add_test(c, running_ahead_goes_on_where_it_was_stopped);
	tcase_add_test(c, marks_that_are_missed_least_are_given_up);
	return suite;
}
