/*
 * The text of an address space in the state listing, kept from event to event.
 */
#ifndef SRC_SPACE_TEXT_H
#define SRC_SPACE_TEXT_H

#include "buffer.h"
#include "frame_numbers.h"

struct space_text;
struct space_text *space_text_new(uint32_t pid);
void space_text_free(struct space_text *s);
uint32_t space_text_pid(const struct space_text *s);

/*
 * Look at what t maps now.  Entries that are gone or others are told to n, so that frames lose their
 * numbers; all processes must have been looked at before the first is written.  anew: do not believe that
 * anything is as it was.  t NULL: the process has ended.
 */
void space_text_look(struct space_text *s, const struct task *t, struct frame_numbers *n, bool anew);

/* The lines of its areas; new frames get numbers. */
const struct buffer *space_text_write(struct space_text *s, struct frame_numbers *n);

#endif
