/*
 * A recorded table of zones: what it says, and a machine like it.
 */
#ifndef TESTS_REPLAY_ZONES_H
#define TESTS_REPLAY_ZONES_H

#include "sim/machine.h"
#include "tests/replay.h"

/* What our machine begins with; everything else in the table is for it to say. */
struct zone_table {
	struct mm_profile profile; /* the machine's: must live as long */
	uint32_t cpus;
	struct vm_sysctl vm;
	bool boot_is_known;
	uint32_t boot_managed[MAX_NR_ZONES]; /* when boot computed the marks  */
	struct recorded_zone {
		bool listed;
		pfn_t start;
		uint32_t spanned, present, managed, free, boost;
	} zone[MAX_NR_ZONES]; /* by type */
	unsigned nr_zones;
	enum zone_type order[MAX_NR_ZONES]; /* of the zones listed: reserve= has a column for each */
};

/* From the line after "mmviz-zones 1" to "done". */
void zone_table_read(struct replay *r, struct zone_table *t);
/* A machine with these zones, nothing in them free; marks, reserves and limits are the machine's own. */
struct machine *zone_table_machine(struct replay *r, const struct zone_table *t);
/* Once more from the line after "mmviz-zones 1" to "done": is it what the machine says? */
void zone_table_compare(struct replay *r, const struct zone_table *t, const struct machine *m);

/* The state of a zone's lists from the line after "state WORD" to "endstate": is it our zone's? */
void replay_zone_state(struct replay *r, struct machine *m, struct zone *z);

/* "Normal" at the beginning of a text -> ZONE_NORMAL; MAX_NR_ZONES: no zone's name. */
enum zone_type zone_by_name(const char *text);

#endif
