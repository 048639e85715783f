/*
 * Random scenarios: written line by line while they run, held against the laws of everything, and made
 * small when one of them fails.
 *
 *	random_writer.c   the lines: every event of the language, biased towards what is interesting
 *	random_laws.c     what must hold for a scenario
 *	random_contents.c what a process sees changes by its own events alone
 *	random_shrink.c   running apart, dropping lines while it still fails
 *	test_random.c     some thousand seeds of it
 */
#ifndef TESTS_RANDOM_H
#define TESTS_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

#include "src/scenario.h"

enum { RANDOM_TEXT_MAX = 64 * 1024, RANDOM_WHY_MAX = 512 };

/* A random source of its own: the same on every host. */
struct dice {
	uint64_t state;
};
uint32_t dice_below(struct dice *d, uint32_t n); /* 0 .. n-1; n > 0 */

/* ---- random_writer.c ---- */
struct writer;
struct writer *writer_new(uint64_t seed);
/* One whose scenarios a real kernel can run (tests/record): its machines, and what a process does by system calls. */
struct writer *writer_new_recordable(uint64_t seed);
void writer_free(struct writer *w);
/* The header's line: the machine. */
const char *writer_header(struct writer *w);
/* The next event for m as it stands, a line that can be parsed; NULL: enough. */
const char *writer_next(struct writer *w, const struct scenario *s, const struct machine *m);

/* ---- random_laws.c ---- */
/* What was run, in memory that outlives the process that runs it. */
struct report {
	char text[RANDOM_TEXT_MAX]; /* the scenario so far: its last line may be the one that fails */
	char why[RANDOM_WHY_MAX];   /* "": nothing is wrong */
	uint64_t seed, scenarios, events, done_well, kills;
};

/* Grow the scenario of a seed in r->text, with its laws and its conservation. False with r->why. */
bool random_seed_grows(struct report *r, uint64_t seed);
/* The same, and the scenario is held against everything else. */
bool random_seed_holds(struct report *r, uint64_t seed);
/* The same of a text. A text that cannot be parsed holds. */
bool random_text_holds(struct report *r, const char *text, uint64_t seed);

/* Its listing is this one, and its bytes are the same, when it is gone through back and forward at random. */
bool random_replays(struct report *r, struct scenario *s, uint64_t seed, const char *listing);

/* ---- random_contents.c ---- */
struct contents;
struct contents *contents_new(void);
void contents_free(struct contents *c);
/* Before event nr: what every process sees. */
void contents_note(struct contents *c, const struct machine *m, const struct scenario *s,
		   uint32_t nr);
/* After it, with its outcome: is all the same that it does not name?  False with r->why. */
bool contents_hold(struct contents *c, struct report *r, const struct machine *m,
		   const struct scenario *s, uint32_t nr, const struct outcome *o);

/* ---- random_shrink.c ---- */
typedef bool random_test(struct report *r, const char *text, uint64_t seed);
/* This process is ended by SIGPROF after so much work. Not by the clock: a busy machine is no endless loop, and
 * an alarm would go to Check, which ends the whole test for it. */
void random_limit_cpu(unsigned seconds);
/* Run the test in a process of its own: false also when that process crashes or does not end. */
bool random_apart(struct report *r, random_test *test, const char *text, uint64_t seed);
/* Drop lines of r->text, which fails the test, as long as it fails. */
void random_shrink(struct report *r, random_test *test, uint64_t seed);

#endif
