/*
 * What the tellings of one event touched: the sets behind the panels' marks.
 */
#ifndef SRC_TOUCHED_H
#define SRC_TOUCHED_H

#include "story.h"

enum {
	KEPT_CHANGES = 1024, /* the latest ones, known exactly                  */
	GROUP_SHIFT = 6,     /* of older ones: groups of 64 frames or pages     */
	OLD_TASKS = 4,       /* address spaces whose older changes are known    */
	OLD_THINGS = 128,    /* older areas                                     */
};

/* A telling and the processes that its addresses belong to (0: none). */
struct change {
	struct step step;
	uint32_t pid[2];
};

/* Of a long event: what was touched before the latest changes, coarsely. */
struct old_changes {
	bool any;
	uint64_t frames[(1 << (20 - GROUP_SHIFT)) / 64];
	uint32_t pid[OLD_TASKS];
	uint64_t pages[OLD_TASKS][(1 << (20 - GROUP_SHIFT)) / 64];
	uint64_t caches[MAX_CACHES / 64];
	uint32_t orders[MAX_ZONES]; /* bit MAX_ORDER: the zone itself */
	uint64_t thing[OLD_THINGS];    /* keys, a hash table; 0 is empty */
};

/* Where zones begin, ascending: a free block's list is that of its zone. */
struct zone_borders {
	uint32_t nr;
	struct { pfn_t start; uint32_t zone; } at[MAX_ZONES];
};

struct touched; /* what queries look at: made from changes when it is asked for */
struct touched *touched_new(void);
void touched_free(struct touched *t);

/* A change leaves the kept ones. */
void old_changes_add(struct old_changes *o, const struct change *c, const struct zone_borders *z);

/*
 * Make the sets.  last: the last telling of any kind.  change[0 .. n) is a ring whose newest is
 * change[newest].  complete: everything that the event changed counts as changed by the last step.
 */
void touched_make(struct touched *t, const struct zone_borders *z, const struct change *last,
		  const struct change *change, size_t n, size_t newest, bool complete);

/* What can be marked. */
enum touch_kind { TOUCHED_FRAME = 1, TOUCHED_BLOCK, TOUCHED_PAGE, TOUCHED_VMA, TOUCHED_ZONE,
		  TOUCHED_ORDER, TOUCHED_CACHE, TOUCHED_OBJECT, NR_TOUCH_KINDS };

/* pid: of a page or an area; the order of a block, whose value is its first frame >> order; the zone of a free
 * list, whose value is its order; else 0. */
enum touch touched_find(const struct touched *t, const struct old_changes *o, enum touch_kind kind,
			uint32_t pid, uint64_t value);

#endif
