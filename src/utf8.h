/*
 * UTF-8 in and out, and how many columns a character takes.
 */
#ifndef SRC_UTF8_H
#define SRC_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UTF8_MAX = 4 }; /* bytes of one character */

enum { UTF8_BROKEN = 0xfffd }; /* stands for a byte that begins no valid character */

/*
 * The character at text, of whose bytes the first left (1 or more) may be read; returns how many it has.
 * A byte that begins no valid character is UTF8_BROKEN and counts as one.
 */
size_t utf8_decode(const char *text, size_t left, uint32_t *ch);

/* utf8_next of what is not plain ASCII. */
uint32_t utf8_next_wide(const char **p);

/* The character at *p, which moves behind it; 0 at the end of the string, where p stays. */
static inline uint32_t utf8_next(const char **p)
{
	unsigned char first = (unsigned char)**p;

	if (first == 0 || first >= 0x80)
		return first ? utf8_next_wide(p) : 0;
	(*p)++;
	return first;
}

/* Write ch to buf (UTF8_MAX bytes, no final zero); returns the bytes written. */
int utf8_put(char *buf, uint32_t ch);

/* Is text valid UTF-8?  If not, *at is where it first is not. */
bool is_utf8(const char *text, size_t len, size_t *at);

/* char_width of what is not plain ASCII. */
int wide_char_width(uint32_t ch);

/* Columns of a terminal: 0 (combining, control), 1, or 2 (East Asian wide). Not asked of the locale: the
 * same everywhere. */
static inline int char_width(uint32_t ch)
{
	return ch - 0x20 < 0x5f ? 1 : wide_char_width(ch);
}

#endif
