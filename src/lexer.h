/*
 * From text to lines, from lines to words.
 */
#ifndef SRC_LEXER_H
#define SRC_LEXER_H

#include "vector.h"

enum { WORDS_MAX = 24 };

struct word {
	const char *text; /* what it says: quotes and escapes resolved, not ended by a zero */
	uint32_t len;
	uint32_t at, width; /* where it stands in the line, in bytes, with quotes           */
	bool quoted;        /* begins with a quote: never a number, a flag or an option      */
	bool plain;         /* no quote, escape or $ in it: text points into the line        */
};

struct line {
	const char *text; /* the line in its file           */
	uint32_t len;     /* without its end                */
	uint32_t nr_words;
	bool simple;    /* every word is plain                                     */
	bool canonical; /* no comment, one blank between words, none at the ends   */
	bool has_comment;
	bool has_counter;  /* there is a $i in it */
	const char *fault; /* what is wrong with its letters, NULL: nothing */
	uint32_t fault_at, fault_width;
	struct word word[WORDS_MAX];
};

/*
 * Cut the line that begins at from into words; the text ends at end.  Returns where the next line
 * begins; end when this was the last one.  A line ends with a newline or a zero byte.
 */
const char *line_read(struct line *l, const char *from, const char *end);

/*
 * Resolve quotes and escapes, and put counter for $i (counter 0: $i stays as it is).  The words'
 * texts are in *buf then, which grows as needed, until the next call.  False: no memory.
 */
bool line_resolve(struct line *l, uint32_t counter, char **buf, uint32_t *cap);

/*
 * The line as listings show it: blanks folded to one, the comment dropped, counter for $i (0: as it
 * is). Returns its length; like snprintf cut to size.
 */
size_t line_fold(const char *text, size_t len, uint32_t counter, char *buf, size_t size);

#endif
