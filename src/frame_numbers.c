/*
 * Numbers of frames: made and freed. The rest is in the header: it is asked for every page.
 */
#include "frame_numbers.h"

#include "panic.h"

void frame_numbers_init(struct frame_numbers *n, const struct machine *m)
{
	n->m = m;
	n->number = panic_if_null(calloc(m->max_pfn, sizeof(*n->number)));
	n->last = 0;
}

void frame_numbers_free(struct frame_numbers *n) { free(n->number); }
