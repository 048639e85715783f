/*
 * How up to 64 pages read in the state listing: ".*60 aH3 aH4 z*2", in a form that goes together with what
 * stands on either side.
 */
#ifndef SRC_PAGE_TEXT_H
#define SRC_PAGE_TEXT_H

#include "buffer.h"
#include "frame_numbers.h"

enum {
	PIECE_PAGES = 64,  /* divides what a page table covers         */
	PAGE_LETTERS = 13, /* " aH4294967295"; a streak of a piece is never longer */
	STREAK_LETTERS = 23, /* " .*18446744073709551615" */
};

/* Equal neighbours: `.` or `z`. */
struct streak {
	char kind;
	uint64_t pages; /* 0: none */
};

/* What a stretch with pages in it holds, and how that reads. */
struct piece {
	pte_t entry[PIECE_PAGES];
	struct streak lead, tail; /* all of it is one: that is the lead */
	uint32_t len;             /* of the text between them               */
	char text[PIECE_PAGES * PAGE_LETTERS];
};

/* p's text from its entries, those of `pages` pages; new frames get numbers. */
void page_text_write(struct piece *p, uint64_t pages, struct frame_numbers *n);

/* Put a streak that is over; nothing if there is none. */
void put_streak(struct buffer *b, const struct streak *s);

/* More pages: of the kind of the streak that is open, or that one is over. */
void join_streak(struct buffer *b, struct streak *open, const struct streak *s);

/* p's pages behind what b holds. */
void put_piece(struct buffer *b, struct streak *open, const struct piece *p, uint64_t pages);

#endif
