/*
 * UTF-8 and the width of characters.
 *
 *	U+0041  A    41                 one byte:    0xxxxxxx
 *	U+00B7  .    c2 b7              two bytes:   110xxxxx 10xxxxxx
 *	U+2588  full block   e2 96 88   three bytes: 1110xxxx 10xxxxxx 10xxxxxx
 *	U+1F600      f0 9f 98 80        four bytes:  11110xxx 10xxxxxx ...
 *
 * The C library could do both, but only in the user's locale, and its answer for a character's width
 * differs between libraries: a golden screen would differ with it.
 */
#include "utf8.h"

size_t utf8_decode(const char *text, size_t left, uint32_t *ch)
{
	static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
	const unsigned char *s = (const unsigned char *)text;
	size_t more = s[0] < 0x80       ? 0
		      : s[0] >> 5 == 6  ? 1
		      : s[0] >> 4 == 14 ? 2
		      : s[0] >> 3 == 30 ? 3
					: left;

	*ch = UTF8_BROKEN;
	if (more >= left)
		return 1;
	uint32_t value = more == 0 ? s[0] : s[0] & (0x3fu >> more);
	for (size_t i = 1; i <= more; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 1;
		value = value << 6 | (s[i] & 0x3f);
	}
	/* written longer than needed, a surrogate, beyond Unicode? */
	if (value < least[more] || (value >= 0xd800 && value < 0xe000) || value > 0x10ffff)
		return 1;
	*ch = value;
	return more + 1;
}

uint32_t utf8_next_wide(const char **p)
{
	uint32_t ch;

	/* the zero at the end is no byte of a character: nothing is read behind it */
	*p += utf8_decode(*p, UTF8_MAX, &ch);
	return ch;
}

bool is_utf8(const char *text, size_t len, size_t *at)
{
	uint32_t ch;

	for (size_t i = 0, bytes; i < len; i += bytes) {
		*at = i;
		bytes = utf8_decode(text + i, len - i, &ch);
		if (bytes == 1 && ch == UTF8_BROKEN)
			return false;
	}
	return true;
}

int utf8_put(char *buf, uint32_t ch)
{
	if (ch < 0x80) {
		buf[0] = (char)ch;
		return 1;
	}
	if (ch < 0x800) {
		buf[0] = (char)(0xc0 | ch >> 6);
		buf[1] = (char)(0x80 | (ch & 0x3f));
		return 2;
	}
	if (ch < 0x10000) {
		buf[0] = (char)(0xe0 | ch >> 12);
		buf[1] = (char)(0x80 | (ch >> 6 & 0x3f));
		buf[2] = (char)(0x80 | (ch & 0x3f));
		return 3;
	}
	buf[0] = (char)(0xf0 | (ch >> 18 & 7));
	buf[1] = (char)(0x80 | (ch >> 12 & 0x3f));
	buf[2] = (char)(0x80 | (ch >> 6 & 0x3f));
	buf[3] = (char)(0x80 | (ch & 0x3f));
	return 4;
}

struct range {
	uint32_t first, last;
};

/* Two columns: the blocks that Unicode's EastAsianWidth calls W or F, coarsely. */
static const struct range wide[] = {
	{0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0x33ff}, {0x3400, 0x4dbf},
	{0x4e00, 0x9fff},   {0xa000, 0xa4cf},   {0xac00, 0xd7a3}, {0xf900, 0xfaff},
	{0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6}, {0x1f300, 0x1f64f},
	{0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};

/* None: what joins the character before it. */
static const struct range joining[] = {
	{0x300, 0x36f}, {0x200b, 0x200f}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff},
};

static int is_in(uint32_t ch, const struct range *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ch >= r[i].first && ch <= r[i].last)
			return 1;
	return 0;
}

int wide_char_width(uint32_t ch)
{
	if (ch < 0x20 || (ch >= 0x7f && ch < 0xa0))
		return 0;
	/* letters of the West, and all signs that frames and marks are made of */
	if (ch < 0x300 || (ch >= 0x2100 && ch < 0x2e80))
		return 1;
	if (is_in(ch, joining, sizeof(joining) / sizeof(joining[0])))
		return 0;
	return is_in(ch, wide, sizeof(wide) / sizeof(wide[0])) ? 2 : 1;
}
