/*
 * What mmviz prints without a screen: the state listing, the trace, the checks.
 * All return 0, or the exit status: 1 an expect failed, 2 the output broke.
 */
#ifndef SRC_LISTING_H
#define SRC_LISTING_H

#include <stdio.h>
#include "timeline.h"

int list_state(struct scenario *s, FILE *out); /* --state: SCENARIO.md, "The state listing, version 1" */
int list_trace(struct scenario *s, FILE *out); /* --trace: one step a line, indented                    */
int list_check(struct scenario *s, FILE *out); /* --check: run to the end, report every expect           */

#endif
