/*
 * A growing buffer of text, for listings that are long: numbers are put without a format.
 */
#ifndef SRC_BUFFER_H
#define SRC_BUFFER_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "panic.h"

struct buffer {
	char *text; /* not ended by a zero */
	size_t len, cap;
};

/* Room for n bytes more, where they begin. */
static inline char *buffer_room(struct buffer *b, size_t n)
{
	if (b->cap - b->len < n) {
		b->cap = (b->cap + n) * 2;
		b->text = panic_if_null(realloc(b->text, b->cap));
	}
	return b->text + b->len;
}

static inline void put_bytes(struct buffer *b, const char *text, size_t n)
{
	if (n) {
		memcpy(buffer_room(b, n), text, n);
		b->len += n;
	}
}

static inline void put_string(struct buffer *b, const char *text)
{
	put_bytes(b, text, strlen(text));
}

static inline void put_char(struct buffer *b, char c)
{
	*buffer_room(b, 1) = c;
	b->len++;
}

/* Write a number's decimal digits to `at`; returns the end. */
static inline char *decimal(char *at, uint64_t n)
{
	char digits[20];
	int i = sizeof(digits);

	do
		digits[--i] = (char)('0' + n % 10);
	while (n /= 10);
	memcpy(at, digits + i, sizeof(digits) - (size_t)i);
	return at + sizeof(digits) - i;
}

static inline void put_decimal(struct buffer *b, uint64_t n)
{
	b->len = (size_t)(decimal(buffer_room(b, 20), n) - b->text);
}

/* Eight hexadecimal digits, more for a larger number. */
static inline void put_hex8(struct buffer *b, uint64_t n)
{
	unsigned digits = 8;
	char *at;

	while (digits < 16 && n >> 4 * digits)
		digits++;
	at = buffer_room(b, digits);
	for (unsigned i = 0; i < digits; i++)
		at[i] = "0123456789abcdef"[n >> 4 * (digits - 1 - i) & 15];
	b->len += digits;
}

#endif
