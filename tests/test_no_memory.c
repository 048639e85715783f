/*
 * No memory: whichever allocation fails, what was there stays as it was, and the user is told.
 *
 * The linker sends the program's calls of malloc and its like through here (--wrap, see Makefile).  Every test
 * counts how many of them its work takes, by letting the first one fail, then the second ... until
 * the work is done before its turn comes:
 *
 *	work 1   X                      the 1st allocation fails
 *	work 2   a X                    the 2nd
 *	work n   a b c ... done         none: the end
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/marks.h"
#include "src/story.h"
#include "tests/script.h"

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *old, size_t bytes);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *old, size_t bytes);
char *__wrap_strdup(const char *text);

static long
	before_failure; /* allocations that still succeed; 0: the failure has been, or none is wanted */
static bool has_failed;

static bool fails(void)
{
	if (before_failure == 0 || --before_failure > 0)
		return false;
	has_failed = true;
	return true;
}

void *__wrap_malloc(size_t bytes) { return fails() ? NULL : __real_malloc(bytes); }

void *__wrap_calloc(size_t count, size_t bytes)
{
	return fails() ? NULL : __real_calloc(count, bytes);
}

void *__wrap_realloc(void *old, size_t bytes)
{
	return fails() ? NULL : __real_realloc(old, bytes);
}

char *__wrap_strdup(const char *text) { return fails() ? NULL : __real_strdup(text); }

/* From here on the nr-th allocation fails, counted from 1. */
static void fail_at(long nr)
{
	before_failure = nr;
	has_failed = false;
}

/* Back to enough memory; returns whether the failure came. */
static bool enough(void)
{
	before_failure = 0;
	return has_failed;
}

/* ---- checkpoints and marks ---- */

enum { BYTES = 1 << 20, LEAST_FAILURES = 3 };

static struct arena *arena;
static unsigned char *memory, *copy;
static struct marks marks;

static void open_marks(void)
{
	arena = arena_create(8 << 20);
	memory = arena_alloc(arena, BYTES);
	copy = malloc(BYTES);
	memset(memory, 1, BYTES);
	marks = (struct marks){.checkpoints = checkpoints_open(arena), .limit = 64 << 20};
	ck_assert(arena && memory && copy && marks.checkpoints);
}

static void close_marks(void)
{
	marks_free(&marks);
	checkpoints_close(marks.checkpoints);
	arena_destroy(arena);
	free(copy);
}

/* Write to every third page. */
static void change(int value)
{
	for (size_t at = 0; at < BYTES; at += 3 * 4096)
		memset(memory + at, value, 100);
}

START_TEST(a_checkpoint_that_could_not_be_taken_spoils_no_other)
{
	struct checkpoint *first = checkpoint_take(marks.checkpoints), *p, *later;
	long nr = 1;

	ck_assert_ptr_nonnull(first);
	for (bool failed = true; failed; nr++) {
		change((int)(nr % 200) + 2);
		memcpy(copy, memory, BYTES);
		fail_at(nr);
		p = checkpoint_take(marks.checkpoints);
		failed = enough();
		ck_assert_int_eq(p == NULL, failed);
		later = checkpoint_take(marks.checkpoints);
		ck_assert_ptr_nonnull(later);
		change(255);
		checkpoint_restore(marks.checkpoints, first);
		for (size_t i = 0; i < BYTES; i += 4096)
			ck_assert_int_eq(memory[i], 1);
		checkpoint_restore(marks.checkpoints, later);
		ck_assert_int_eq(memcmp(memory, copy, BYTES), 0);
		checkpoint_drop(marks.checkpoints, p);
		checkpoint_drop(marks.checkpoints, later);
	}
	ck_assert_int_gt(nr, LEAST_FAILURES);
	checkpoint_drop(marks.checkpoints, first);
}
END_TEST

START_TEST(a_mark_without_its_story_stays_when_the_one_with_it_cannot_be_had)
{
	struct mark place = {.at = {1, 5}, .work = 10};
	struct story *story = story_new();
	bool failed = true;
	long nr = 1;

	marks_take(&marks, &(struct mark){.at = {0, STEP_END}}, NULL);
	marks_take(&marks, &place, NULL);
	for (; failed; nr++) {
		ck_assert_uint_eq(marks.count, 2);
		ck_assert_ptr_null(marks.mark[1].story);
		change((int)nr);
		fail_at(nr);
		marks_take(&marks, &place, story);
		failed = enough();
	}
	ck_assert_int_gt(nr, LEAST_FAILURES);
	ck_assert_uint_eq(marks.count, 2);
	ck_assert_ptr_nonnull(marks.mark[1].story);
	story_free(story);
}
END_TEST

START_TEST(a_mark_that_could_not_be_set_is_no_mark)
{
	size_t before;
	long nr = 1;

	/* as many as there is room for: one more makes the list grow */
	for (uint32_t i = 0; i < 64; i++)
		marks_take(&marks, &(struct mark){.at = {i, STEP_END}, .work = i}, NULL);
	ck_assert_uint_eq(marks.count, marks.cap);
	for (bool failed = true; failed; nr++) {
		before = marks.count;
		change((int)nr);
		fail_at(nr);
		marks_take(&marks, &(struct mark){.at = {64, STEP_END}, .work = 64}, NULL);
		failed = enough();
		ck_assert_uint_eq(marks.count, before + !failed);
		ck_assert_uint_eq(marks_find(&marks, (struct when){65, STEP_END})->at.event,
				  failed ? 63 : 64);
	}
	ck_assert_int_gt(nr, LEAST_FAILURES);
}
END_TEST

/* ---- the language ---- */

static const char text[] = "title \"t\"\n"
			   "machine i386 ram=8M\n"
			   "say \"one\"\nsay \"two\"\nsay.zh \"三\"\n"
			   "label l\nfocus process sh\npause\n"
			   "quiz \"q\" answer=a choices=\"a|b\"\n"
			   "spawn sh subject\n"
			   "mmap sh f 8K file=data9k\n"
			   "repeat 3\nfork sh k$i # child\nwrite k$i data value=w$i\nend\n"
			   "cache_create c 100\n"
			   "expect objs c == 0\nexpect mapcount sh data > 1\n";

START_TEST(a_scenario_is_read_whole_or_refused)
{
	long nr = 1;

	for (bool failed = true; failed; nr++) {
		struct script c;

		fail_at(nr);
		script_read(&c, text);
		failed = enough();
		if (!c.s)
			ck_assert_msg(failed && c.d.count + c.d.dropped > 0, "allocation %ld", nr);
		else
			ck_assert_uint_eq(scenario_nr_events(c.s), 9);
		script_free(&c);
	}
	ck_assert_int_gt(nr, 10);
}
END_TEST

START_TEST(mistakes_are_told_or_counted)
{
	static const char wrong[] = "spawn sh\nwrite sh datta\nforc sh kid\n";
	long nr = 1;

	for (bool failed = true; failed; nr++) {
		struct script c;

		fail_at(nr);
		script_read(&c, wrong);
		failed = enough();
		ck_assert_ptr_null(c.s);
		ck_assert_uint_gt(c.d.count + c.d.dropped, 0);
		script_free(&c);
	}
	ck_assert_int_gt(nr, LEAST_FAILURES);
}
END_TEST

START_TEST(what_is_typed_goes_in_whole_or_not_at_all)
{
	long nr = 1;

	for (bool failed = true; failed; nr++) {
		struct script c;
		uint32_t at;

		script_read(&c, text);
		ck_assert_ptr_nonnull(c.s);
		fail_at(nr);
		at = scenario_insert(c.s, 4, "mmap sh new 8K prot=r at=0x50000000", &c.d);
		failed = enough();
		ck_assert_uint_eq(scenario_nr_events(c.s), at ? 10 : 9);
		ck_assert(at || (failed && c.d.count + c.d.dropped > 0));
		ck_assert_uint_eq(scenario_event(c.s, scenario_nr_events(c.s))->kind,
				  EV_CACHE_CREATE);
		script_free(&c);
	}
	ck_assert_int_gt(nr, LEAST_FAILURES);
}
END_TEST

/* ---- time ---- */

/* What a lecture's audience sees at the moment, as one number. */
static uint64_t state_of(const struct timeline *t)
{
	const struct machine *m = timeline_machine(t);
	uint64_t sum = story_steps(timeline_story(t));

	for (const struct task *task = m->tasks; task; task = task->next)
		sum = sum * 31 + task->mm->rss_anon * 7 + task->mm->map_count;
	for (int z = 0; z < MAX_NR_ZONES; z++)
		sum = sum * 31 + m->node[0].node_zones[z].nr_free_pages;
	return sum;
}

enum { NR_MOMENTS = 7, DONE = 3 };

/* Forward, back, into an event: the state at each. False: there was no memory to begin. */
static bool walk(struct scenario *s, uint64_t state[NR_MOMENTS])
{
	static const struct when moment[NR_MOMENTS] = {
		{9, STEP_END}, {3, 8}, {2, STEP_END}, {4, 5}, {4, 9}, {0, STEP_END}, {8, STEP_END}};
	struct timeline *t = timeline_open(s);

	for (int i = 0; t && i < NR_MOMENTS; i++) {
		timeline_goto(t, moment[i]);
		state[i] = state_of(t);
	}
	timeline_close(t);
	return t != NULL;
}

/* In a process of its own: what cannot go on without memory ends the program with status 2. */
static int walk_apart(struct scenario *s, long nr, const uint64_t wanted[NR_MOMENTS])
{
	uint64_t state[NR_MOMENTS];
	pid_t child = fork();
	int status;

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		bool begun;

		fail_at(nr);
		begun = walk(s, state);
		if (!enough())
			exit(DONE);
		exit(begun && memcmp(state, wanted, sizeof(state)) != 0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_msg(WIFEXITED(status), "allocation %ld: signal %d", nr, WTERMSIG(status));
	return WEXITSTATUS(status);
}

START_TEST(time_is_right_or_ends_with_a_message)
{
	uint64_t wanted[NR_MOMENTS];
	struct script c;
	int status = 0;
	long nr = 1;

	script_read(&c, text);
	ck_assert(walk(c.s, wanted));
	for (; status != DONE; nr += nr < 30 ? 1 : 7) {
		status = walk_apart(c.s, nr, wanted);
		ck_assert_msg(status == 0 || status == 2 || status == DONE,
			      "allocation %ld: another state, or status %d", nr, status);
	}
	ck_assert_int_gt(nr, 10);
	script_free(&c);
}
END_TEST

Suite *no_memory_suite(void)
{
	Suite *s = suite_create("no_memory");
	TCase *kept = tcase_create("marks");
	TCase *rest = tcase_create("language and time");

	tcase_add_checked_fixture(kept, open_marks, close_marks);
	tcase_add_test(kept, a_checkpoint_that_could_not_be_taken_spoils_no_other);
	tcase_add_test(kept, a_mark_without_its_story_stays_when_the_one_with_it_cannot_be_had);
	tcase_add_test(kept, a_mark_that_could_not_be_set_is_no_mark);
	tcase_add_test(rest, a_scenario_is_read_whole_or_refused);
	tcase_add_test(rest, mistakes_are_told_or_counted);
	tcase_add_test(rest, what_is_typed_goes_in_whole_or_not_at_all);
	tcase_add_test(rest, time_is_right_or_ends_with_a_message);
	tcase_set_timeout(rest, 0);
	suite_add_tcase(s, kept);
	suite_add_tcase(s, rest);
	return s;
}
