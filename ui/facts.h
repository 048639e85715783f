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
	vaddr_t va;             /* the address of an access: the last, or the refused one */
	uint32_t pages, faults; /* accesses done; faults taken */
	const struct vma *area, *below, *above;
	pfn_t frame;        /* behind va now */
	uint32_t nr_others; /* other processes that still map the frame that was copied */
	uint32_t fetched,
		cut_order; /* for frame: blocks that the CPU's list fetched, largest block cut; 0 */
	const struct step *passed; /* a zone passed over for frame */
	const struct step *reason; /* the telling that names the errno */
	bool has_new, all_private;
};

/* A text that grows in a buffer; what does not fit is cut. */
struct text {
	char *buf;
	size_t size, len;
};

/* Add words to a text. */
void text_put(struct text *t, const char *words);

struct facts facts_of(const struct view *v);

/* Add a sentence, its places {...} filled in; see sentences.def. */
void put_sentence(struct text *t, const struct facts *f, const char *sentence);

/* Does the text between { and } name a fact, a number or a step, whether it was told or not? */
bool is_place(const char *place, size_t len);

#endif
