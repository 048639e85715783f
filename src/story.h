/*
 * The story of one event: its steps as a tree, folded by repetition.
 *
 * Built while the event runs.  A parent's first children are kept whole; behind them there is one child for
 * each name, the latest, which counts those folded into it.  So an event of a million faults takes as little
 * memory as one of a few.  The path to the last step told is always whole.
 */
#ifndef SRC_STORY_H
#define SRC_STORY_H

#include "sim/machine.h"

struct story_node {
	struct step step;            /* the telling (enter, step or note)                          */
	uint64_t result;             /* of a span that has ended                                   */
	uint64_t first_nr, last_nr;  /* micro-steps that it covers, from 1; over all folded repeats */
	uint64_t count;              /* 1, or how many like it are folded into it                  */
	bool is_span, ended;
	struct story_node *parent, *child, *last_child, *next;
};

struct story;
struct story *story_new(void);
void story_free(struct story *s);
void story_reset(struct story *s);
/* A trace sink: feed it every telling in order. ctx is the struct story. */
void story_tell(void *ctx, const struct step *s);
/* Before anybody looks at it. complete: the event is over; all its changes count as made by the last step. */
void story_pause(struct story *s, bool complete);
struct story *story_copy(const struct story *s);
void story_assign(struct story *to, const struct story *from);
/* The machine's zones: changes of free lists are marked by zone. */
void story_set_zones(struct story *s, const struct machine *m);
size_t story_bytes(const struct story *s);

const struct story_node *story_root(const struct story *s); /* its children are the top spans */
/* The node of the last telling; NULL before the first. */
const struct story_node *story_last(const struct story *s);
uint64_t story_steps(const struct story *s);

/* How often a step was told in this event. */
uint64_t story_count(const struct story *s, enum step_id id);
/* The last telling of it (its arguments), NULL if there was none; and the first. */
const struct step *story_last_of(const struct story *s, enum step_id id);
const struct step *story_first_of(const struct story *s, enum step_id id);

/* ---- what was touched: the panels' marks ---- */
enum touch { TOUCH_NONE, TOUCH_EVENT, TOUCH_STEP };
/* Touched by the last step, by an earlier step of this event, or not. Asked for every cell drawn: cheap. */
enum touch story_touched_pfn(const struct story *s, pfn_t pfn);
enum touch story_touched_va(const struct story *s, uint32_t pid, vaddr_t page);
enum touch story_touched_vma(const struct story *s, uint32_t pid, vaddr_t start);
enum touch story_touched_zone(const struct story *s, unsigned zone);
enum touch story_touched_order(const struct story *s, unsigned zone, unsigned order);
enum touch story_touched_cache(const struct story *s, unsigned cache);
enum touch story_touched_obj(const struct story *s, vaddr_t kva);

/* The text of a telling for people, e.g. "block 38a50 of order 3 is cut in two: ...". Returns its length. */
size_t step_text(const struct machine *m, const struct step *s, char *buf, size_t size);
/* One argument as people read it: a frame in hex, a GFP mask by name, a process by its name ... */
size_t arg_text(const struct machine *m, enum arg_kind kind, uint64_t value, char *buf, size_t size);
/* The name of a use of memory. */
const char *frame_use_name(enum frame_use use);

#endif
