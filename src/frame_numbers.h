/*
 * Numbers of frames: in the order in which they appear in a listing.
 *
 * Frames are not listed by where they lie in memory, which no two kernels share.  A frame gets the next number
 * when it is met for the first time, and loses it for good when no process maps it any more:
 *
 *	write sh buf      aH1       the first frame of the listing
 *	fork sh kid       aH1 aH1   mapped twice
 *	exit sh, write ..           still mapped: 1
 *	exit kid                    nobody maps it.  If it comes back it is a new one.
 */
#ifndef SRC_FRAME_NUMBERS_H
#define SRC_FRAME_NUMBERS_H

#include "sim/machine.h"

struct frame_numbers {
	const struct machine *m;
	uint32_t *number; /* by frame; 0: has none */
	uint32_t last;
};

void frame_numbers_init(struct frame_numbers *n, const struct machine *m);
void frame_numbers_free(struct frame_numbers *n);

/* The number of a frame that is mapped; the next one if it has none. */
static inline uint32_t frame_number(struct frame_numbers *n, pfn_t pfn)
{
	if (!n->number[pfn])
		n->number[pfn] = ++n->last;
	return n->number[pfn];
}

/* An entry that mapped the frame is gone: was it the last one? */
static inline void frame_unmapped(struct frame_numbers *n, pfn_t pfn)
{
	if (pfn_page(n->m, pfn)->mapcount == 0)
		n->number[pfn] = 0;
}

/* The frame is another one from now on, though it is mapped. */
static inline void frame_renamed(struct frame_numbers *n, pfn_t pfn) { n->number[pfn] = 0; }

#endif
