/*
 * What can be said of an event that is over: gathered from its story, its outcome and the machine.
 */
#ifndef UI_FACTS_H
#define UI_FACTS_H

#include "view.h"

/* What conditions and sentences speak of. */
struct facts {
	const struct view *v;
	const struct machine *m;
	const struct story *s;
	const struct event *e;
	const struct task *task; /* of the event; of a fork the child; NULL: gone or none */
	struct outcome outcome;
	bool is_access;
	vaddr_t va; /* of an access: the last address, or the refused one; where a mapping begins */
	uint32_t pages, faults; /* accesses done; faults taken */
	const struct vma *area, *below, *above;
	pfn_t frame;        /* behind va now */
	uint32_t mappers;   /* entries that lead to it */
	uint32_t nr_others; /* other processes that still map the frame that was copied */
	uint32_t fetched,
		cut_order; /* for frame: blocks that the CPU's list fetched, largest block cut; 0 */
	uint32_t read_only; /* of the pages of an mprotect: entries that do not allow a write now */
	const struct step *passed; /* a zone passed over for frame */
	const struct step *reason; /* the telling that names the errno */
	bool has_new, all_private;
};

struct facts facts_of(const struct view *v);

/* Is t another process than the event's, and does it still map the frame that was copied, at the same address? */
bool is_other(const struct facts *f, const struct task *t);

#endif
