/*
 * Sentences: words with places {...} that facts fill.
 */
#ifndef UI_SENTENCE_H
#define UI_SENTENCE_H

#include "facts.h"

/* A text that grows in a buffer; what does not fit is cut. */
struct text {
	char *buf;
	size_t size, len;
};

/* Add words to a text. */
void text_put(struct text *t, const char *words);

/* Add a sentence, its places {...} filled in; see sentences.def. */
void put_sentence(struct text *t, const struct facts *f, const char *sentence);

/* Does the text between { and } name a fact, a number or a step, whether it was told or not? */
bool is_place(const char *place, size_t len);

#endif
