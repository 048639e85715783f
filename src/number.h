/*
 * Numbers and sizes of the language.
 */
#ifndef SRC_NUMBER_H
#define SRC_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum number_kind {
	NUMBER_OK,
	NUMBER_BAD,       /* not a number at all       */
	NUMBER_UNIT,      /* a letter behind it that is no unit */
	NUMBER_TOO_LARGE, /* does not fit in 63 bits   */
};

/* A plain number, decimal or 0x..., without a unit. */
enum number_kind number_read(const char *s, size_t len, uint64_t *value);
/* A SIZE in bytes: 4096, 0x1000, 64K, 1.6G (rounded up to a byte), 3p (pages). */
enum number_kind size_read(const char *s, size_t len, uint64_t *bytes);

#endif
