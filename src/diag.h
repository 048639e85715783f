/*
 * Diagnoses: what is wrong in a scenario, where, and what was meant.
 *
 *	cow.txt:7:7: unknown process "kdi"; did you mean "kid"?
 *	    7 | write kdi buf value=K
 *	      |       ^~~
 */
#ifndef SRC_DIAG_H
#define SRC_DIAG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { DIAG_MAX = 20 }; /* more are counted, not kept */

struct diag {
	char *file; /* as named by the user; "-" for standard input, ":" for the prompt */
	unsigned line, column, width; /* from 1, columns in characters of the terminal; width of the
	                               * fault for the caret; line 0: no position */
	char *text;                   /* the source line, tabs as blanks */
	char *message;                /* one sentence, with expectation and suggestion */
};

struct diags {
	struct diag item[DIAG_MAX];
	size_t count;   /* kept */
	size_t dropped; /* beyond DIAG_MAX, or no memory */
};

void diags_init(struct diags *d);
void diags_free(struct diags *d);

/* Add one; the format is printf's. Out of memory drops it (counted). */
void diag_add(struct diags *d, const char *file, unsigned line, unsigned column, unsigned width,
	      const char *text, const char *format, ...) __attribute__((format(printf, 7, 8)));

/*
 * The same for a place in a raw line of a file: the fault is the bytes [at, at + width) of text,
 * which has len bytes and may hold tabs and any UTF-8.  Columns are worked out here.
 */
void diag_add_at(struct diags *d, const char *file, unsigned line, const char *text, size_t len,
		 size_t at, size_t width, const char *format, va_list values)
	__attribute__((format(printf, 8, 0)));

/* All, as compilers print them, with caret lines. */
void diags_print(const struct diags *d, FILE *out);

/* The word of list (ended by NULL) nearest to word by edit distance, if near enough; else NULL. */
const char *nearest_word(const char *word, size_t len, const char *const *list);

/*
 * How far two words are apart: letters inserted, left out, changed, or swapped with their
 * neighbour.  Upper and lower case are the same.
 */
unsigned word_distance(const char *a, size_t a_len, const char *b, size_t b_len);
/* May a word at this distance be what a word of len letters was meant to be? */
bool is_near(unsigned distance, size_t len);

#endif
