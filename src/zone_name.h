/*
 * Names of zones: "Normal", and where a machine has several nodes "Normal@1", that of node 1.  And of what is in them:
 * kinds of pageblocks.
 */
#ifndef SRC_ZONE_NAME_H
#define SRC_ZONE_NAME_H

#include "sim/machine.h"

enum { ZONE_NAME_LEN = 12 };

/* Kinds of pageblocks as 6.1 names them (migratetype_names): those of the model, and then the one that it has not. */
enum { KINDS_61 = 5 };
extern const char *const migratetype_names[KINDS_61];

/* The name of a zone by its id, in name; returns name. */
const char *zone_name(const struct machine *m, uint32_t id, char name[ZONE_NAME_LEN]);

/* The populated zone of a name, letters of any size; "Normal" alone is that of the lowest node that has one.  NULL:
 * there is none. */
const struct zone *zone_find(const struct machine *m, const char *name);

/* The id of one zone, from a zone's id or MAX_ZONES + a type: the first populated zone of that type. */
uint32_t zone_id_of(const struct machine *m, uint32_t id);

/* The zone or cache whose lock has this id, as on= of `contend` names it; returns name. */
const char *lock_owner_name(const struct machine *m, uint32_t id, char name[CACHE_NAME_LEN]);

#endif
