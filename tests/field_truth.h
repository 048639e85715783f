/*
 * What the fields of the inspector must say, reckoned from the machine by another way than the fields are read.
 */
#ifndef TESTS_FIELD_TRUTH_H
#define TESTS_FIELD_TRUTH_H

#include "src/fields.h"

struct truth;

/* Of a machine between two events. */
struct truth *truth_of(const struct machine *m);
void truth_free(struct truth *w);

/* A pointer leads to what its type says, and that is there. */
void truth_of_field(const struct truth *w, const struct object *o, const struct field *f);
/* An object's numbers are what can be counted; of two neighbours each knows the other. */
void truth_of_object(const struct truth *w, const struct object *o);

#endif
