/*
 * UTF-8 in and out, and how many columns a character takes.
 */
#ifndef UI_UTF8_H
#define UI_UTF8_H

#include <stdint.h>

enum { UTF8_MAX = 4 }; /* bytes of one character */

/*
 * The character at *p, which moves behind it; 0 at the end of the string, where p stays.  A byte that
 * begins no valid character is U+FFFD and counts as one.
 */
uint32_t utf8_next(const char **p);

/* Write ch to buf (UTF8_MAX bytes, no final zero); returns the bytes written. */
int utf8_put(char *buf, uint32_t ch);

/* Columns of a terminal: 0 (combining, control), 1, or 2 (East Asian wide). Not asked of the locale: the
 * same everywhere. */
int char_width(uint32_t ch);

#endif
