/*
 * Numbers and sizes: words to values.
 *
 *	SIZE   digits [. digits] [K|M|G|p]   or   0x hexadecimal
 *
 * K, M and G are powers of 1024, p is a page of 4096 bytes.  A fraction is rounded up to a byte.
 * Worked: 1.6G = 1 * 2^30 + ceil(6 * 2^30 / 10) = 1073741824 + 644245095 = 1717986919.
 */
#include "number.h"

enum { FRACTION_DIGITS = 9 }; /* 10^9 * 2^30 fits in 64 bits */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static int hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static enum number_kind read_hex(const char *s, size_t len, uint64_t *value)
{
	*value = 0;
	if (len == 0)
		return NUMBER_BAD;
	for (size_t i = 0; i < len; i++) {
		int digit = hex_digit(s[i]);

		if (digit < 0)
			return i ? NUMBER_UNIT : NUMBER_BAD;
		if (*value >> 60)
			return NUMBER_TOO_LARGE;
		*value = *value << 4 | (unsigned)digit;
	}
	return NUMBER_OK;
}

/* Leading decimal digits; *used of them. False: more than 63 bits. */
static bool read_digits(const char *s, size_t len, size_t *used, uint64_t *value)
{
	*value = 0;
	for (*used = 0; *used < len && is_digit(s[*used]); ++*used) {
		if (*value > (INT64_MAX - 9) / 10)
			return false;
		*value = *value * 10 + (uint64_t)(s[*used] - '0');
	}
	return true;
}

static bool is_hex(const char *s, size_t len)
{
	return len > 2 && s[0] == '0' && (s[1] | 0x20) == 'x';
}

enum number_kind number_read(const char *s, size_t len, uint64_t *value)
{
	size_t used;

	if (is_hex(s, len))
		return read_hex(s + 2, len - 2, value);
	if (!read_digits(s, len, &used, value))
		return NUMBER_TOO_LARGE;
	if (used == 0)
		return NUMBER_BAD;
	return used == len ? NUMBER_OK : NUMBER_UNIT;
}

/* Bytes of a unit; 0: it is none. */
static uint64_t unit_bytes(char c)
{
	switch (c) {
	case 'p':
		return 4096;
	case 'k':
	case 'K':
		return 1u << 10;
	case 'm':
	case 'M':
		return 1u << 20;
	case 'g':
	case 'G':
		return 1u << 30;
	default:
		return 0;
	}
}

/* s is what follows the whole part: ".6G". Adds the fraction of the unit, rounded up. */
static enum number_kind read_fraction(const char *s, size_t len, uint64_t whole, uint64_t *bytes)
{
	size_t digits;
	uint64_t fraction, unit, power = 1;

	if (!read_digits(s + 1, len - 1, &digits, &fraction) || digits == 0 ||
	    digits > FRACTION_DIGITS)
		return NUMBER_BAD;
	unit = digits + 2 == len ? unit_bytes(s[len - 1]) : 0;
	if (unit == 0)
		return NUMBER_UNIT;
	if (whole > INT64_MAX / unit - 1)
		return NUMBER_TOO_LARGE;
	for (size_t i = 0; i < digits; i++)
		power *= 10;
	*bytes = whole * unit + (fraction * unit + power - 1) / power;
	return NUMBER_OK;
}

enum number_kind size_read(const char *s, size_t len, uint64_t *bytes)
{
	size_t used;
	uint64_t whole, unit;

	if (is_hex(s, len))
		return read_hex(s + 2, len - 2, bytes);
	if (!read_digits(s, len, &used, &whole))
		return NUMBER_TOO_LARGE;
	if (used == 0)
		return NUMBER_BAD;
	*bytes = whole;
	if (used == len)
		return NUMBER_OK;
	if (s[used] == '.')
		return read_fraction(s + used, len - used, whole, bytes);
	unit = used + 1 == len ? unit_bytes(s[used]) : 0;
	if (unit == 0)
		return NUMBER_UNIT;
	if (whole > INT64_MAX / unit)
		return NUMBER_TOO_LARGE;
	*bytes = whole * unit;
	return NUMBER_OK;
}
