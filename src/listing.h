/*
 * What mmviz prints without a screen: the state listing, the trace, the checks.
 * All return the exit status: 0, 1 when an expect failed, 2 when the output broke.  A pipe whose reader has
 * gone is no error: the listing ends.  SIGPIPE must be ignored.
 */
#ifndef SRC_LISTING_H
#define SRC_LISTING_H

#include <stdio.h>
#include "sim/vma.h"
#include "timeline.h"

int list_state(struct scenario *s, FILE *out); /* --state: SCENARIO.md, "The state listing, version 1" */
int list_trace(struct scenario *s, FILE *out); /* --trace: one step a line, indented                    */
int list_check(struct scenario *s, FILE *out); /* --check: run to the end, report every expect           */

/* --what: what is known of an address (what.h) at a moment; 2 as well when the words mean none, with a message. */
int list_what(struct scenario *s, struct when at, const char *words, FILE *out);

/*
 * --state in pieces, for who runs the events otherwise: each of them, in order, with m as it is before and after
 * it. What is between may be anything. m, s and out must live as long. check: panic when what was kept from one
 * event to the next is not what is there.
 */
struct state_lister;
struct state_lister *state_lister_open(const struct machine *m, const struct scenario *s, FILE *out,
				       bool check);
void state_lister_before(struct state_lister *l, uint32_t event);
void state_lister_after(struct state_lister *l, uint32_t event, const struct outcome *o);
/* What is kept back is written, for who writes to out as well. */
void state_lister_flush(struct state_lister *l);
void state_lister_close(struct state_lister *l);

/* What /proc/PID/maps calls an area: "[heap]", "[stack]", its file's name; "-" where that has none. */
const char *vma_name(const struct vma *v);

/* The end of every listing: flush. status, or 2 with a message when not all of it could be written. */
int listing_end(FILE *out, int status);

#endif
