/*
 * From text to lines, from lines to words.
 *
 *	write sh buf+8K value="a b"   # the second page
 *	^^^^^ ^^ ^^^^^^ ^^^^^^^^^^^   ^ comment to the end of the line
 *
 * Words are separated by blanks; a quote may begin anywhere in a word and keeps blanks and # in it.
 * One table says for every byte what it is, and the common line (words of letters, single blanks)
 * is cut in one pass without a copy: its words point into the text.  Quotes, escapes and $i are
 * resolved in a second step, only for the lines that have some.
 */
#include "lexer.h"
#include "i18n.h"
#include "utf8.h"

#include <stdio.h>
#include <string.h>

enum byte_kind { B_WORD, B_BLANK, B_END, B_QUOTE, B_HASH, B_DOLLAR, B_HIGH, B_CONTROL };

enum { C = B_CONTROL }; /* to fit in the table */

/* clang-format off */
static const uint8_t kind_of[128] = {
	B_END, C, C, C, C, C, C, C, C, B_BLANK, B_END, C, C, B_BLANK, C, C,
	C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C,
	B_BLANK, B_WORD, B_QUOTE, B_HASH, B_DOLLAR, [127] = C,
};
/* clang-format on */

static enum byte_kind kind_at(const char *p)
{
	return *p & 0x80 ? B_HIGH : kind_of[(unsigned char)*p];
}

static void set_fault(struct line *l, const char *fault, const char *at, size_t width)
{
	if (l->fault)
		return;
	l->fault = fault;
	l->fault_at = (uint32_t)(at - l->text);
	l->fault_width = (uint32_t)width;
}

/* From the opening quote to behind the closing one; to the line's end when there is none. */
static const char *skip_quoted(struct line *l, const char *p, const char *end, bool *high)
{
	const char *open = p++;

	for (; p < end && kind_at(p) != B_END; p++) {
		if (*p == '"')
			return p + 1;
		if (kind_at(p) == B_HIGH)
			*high = true;
		else if (kind_at(p) == B_CONTROL)
			set_fault(l, N_("a control character"), p, 1);
		if (*p != '\\')
			continue;
		if (p + 1 == end || !strchr("\"\\n", p[1]) || p[1] == '\0')
			set_fault(l, N_("unknown escape; known are \\\", \\\\ and \\n"), p,
				  p + 1 == end || p[1] == '\n' ? 1 : 2);
		else
			p++;
	}
	set_fault(l, N_("a quote that is not closed"), open, (size_t)(p - open));
	return p;
}

/* A word with something special at p; the rest of it, and its flags. */
static const char *skip_special(struct line *l, struct word *w, const char *p, const char *end,
				bool *high)
{
	for (; p < end; p++) {
		switch (kind_at(p)) {
		case B_QUOTE:
			w->plain = false;
			p = skip_quoted(l, p, end, high) - 1;
			break;
		case B_DOLLAR:
			w->plain = false;
			break;
		case B_HIGH:
			*high = true;
			break;
		case B_CONTROL:
			set_fault(l, N_("a control character"), p, 1);
			break;
		case B_WORD:
			break;
		case B_BLANK:
		case B_END:
		case B_HASH:
			return p;
		}
	}
	return p;
}

/*
 * Behind the letters of a word that are plain.  Eight at a time: a byte below 0x25 (blanks, line
 * ends, quote, hash, dollar; and '!', which is looked at again) or above 0x7e leaves its upper bit
 * in `odd`; bytes behind the first such one may be wrong, the first is right.
 */
static const char *skip_plain(const char *p, const char *end)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	const uint64_t ones = 0x0101010101010101u;

	for (; end - p >= 8; p += 8) {
		uint64_t eight, odd;

		memcpy(&eight, p, 8);
		odd = ((eight - 0x25 * ones) | (eight + ones) | eight) & (0x80 * ones);
		if (odd) {
			p += __builtin_ctzll(odd) / 8;
			break;
		}
	}
#endif
	while (p < end && kind_at(p) == B_WORD)
		p++;
	return p;
}

/* The word at p into w; returns what is behind it. */
static const char *read_word(struct line *l, struct word *w, const char *p, const char *end,
			     bool *high)
{
	const char *start = p;

	w->plain = true;
	w->quoted = *p == '"';
	p = skip_plain(p, end);
	if (p < end && kind_at(p) != B_BLANK && kind_at(p) != B_END)
		p = skip_special(l, w, p, end, high);
	w->text = start;
	w->at = (uint32_t)(start - l->text);
	w->len = w->width = (uint32_t)(p - start);
	l->simple &= w->plain;
	return p;
}

/* The word after the last one; one too many is read over the last, and told. */
static struct word *next_word(struct line *l, const char *p)
{
	if (l->nr_words == WORDS_MAX)
		set_fault(l, N_("too many words in one line"), p, 1);
	else
		l->nr_words++;
	return &l->word[l->nr_words - 1];
}

static bool has_counter(const struct word *w)
{
	for (uint32_t i = 0; i + 1 < w->len; i++)
		if (w->text[i] == '$' && w->text[i + 1] == 'i')
			return true;
	return false;
}

static const char *skip_comment(struct line *l, const char *p, const char *end, bool *high)
{
	l->has_comment = true;
	l->canonical = false;
	for (; p < end && kind_at(p) != B_END; p++)
		if (kind_at(p) == B_HIGH)
			*high = true;
		else if (kind_at(p) == B_CONTROL)
			set_fault(l, N_("a control character"), p, 1);
	return p;
}

const char *line_read(struct line *l, const char *from, const char *end)
{
	const char *p = from;
	bool high = false;
	size_t bad;

	l->text = from;
	l->nr_words = 0;
	l->simple = l->canonical = true;
	l->has_comment = l->has_counter = false;
	l->fault = NULL;
	while (p < end && kind_at(p) != B_END) {
		struct word *w;

		if (kind_at(p) == B_BLANK) {
			/* canonical: a single blank with a word on both sides */
			if (*p != ' ' || p == from || p + 1 == end || kind_at(p + 1) == B_BLANK ||
			    kind_at(p + 1) == B_END)
				l->canonical = false;
			p++;
			continue;
		}
		if (kind_at(p) == B_HASH) {
			p = skip_comment(l, p, end, &high);
			break;
		}
		w = next_word(l, p);
		p = read_word(l, w, p, end, &high);
		if (!w->plain)
			l->has_counter |= has_counter(w);
	}
	l->len = (uint32_t)(p - from);
	if (high && !is_utf8(from, l->len, &bad))
		set_fault(l, N_("not UTF-8"), from + bad, 1);
	return p < end ? p + 1 : end;
}

/* One word into out, which has room; returns behind it. */
static char *resolve_word(const struct word *w, uint32_t counter, char *out)
{
	bool in_quotes = false;

	for (uint32_t i = 0; i < w->width; i++) {
		const char *p = w->text + i;

		if (*p == '"') {
			in_quotes = !in_quotes;
		} else if (in_quotes && *p == '\\' && i + 1 < w->width) {
			*out++ = p[1] == 'n' ? '\n' : p[1];
			i++;
		} else if (*p == '$' && counter && i + 1 < w->width && p[1] == 'i') {
			out += sprintf(out, "%u", counter);
			i++;
		} else {
			*out++ = *p;
		}
	}
	return out;
}

bool line_resolve(struct line *l, uint32_t counter, char **buf, uint32_t *cap)
{
	/* "$i" grows from two bytes to at most ten */
	uint32_t room = l->len < UINT32_MAX / 8 ? l->len * 5 + 16 : UINT32_MAX - 1;
	char *out;

	if (*cap <= room && !vector_grow(buf, cap, room, 1))
		return false;
	out = *buf;
	for (uint32_t i = 0; i < l->nr_words; i++) {
		struct word *w = &l->word[i];
		char *start = out;

		if (w->plain)
			continue;
		w->text = l->text + w->at;
		out = resolve_word(w, counter, out);
		w->text = start;
		w->len = (uint32_t)(out - start);
	}
	return true;
}

/* Where the output of line_fold goes: counts on when it is full. */
struct folded {
	char *buf;
	size_t size, len;
};

static void fold_byte(struct folded *f, char c)
{
	if (f->len + 1 < f->size)
		f->buf[f->len] = c;
	f->len++;
}

static void fold_number(struct folded *f, uint32_t value)
{
	char digits[16];

	snprintf(digits, sizeof(digits), "%u", value);
	for (const char *p = digits; *p; p++)
		fold_byte(f, *p);
}

size_t line_fold(const char *text, size_t len, uint32_t counter, char *buf, size_t size)
{
	struct folded f = {buf, size, 0};
	bool in_quotes = false, blank = false;

	for (size_t i = 0; i < len && kind_at(text + i) != B_END; i++) {
		char c = text[i];

		if (!in_quotes && kind_at(text + i) == B_BLANK) {
			blank = f.len > 0;
			continue;
		}
		if (!in_quotes && c == '#')
			break;
		if (blank)
			fold_byte(&f, ' ');
		blank = false;
		if (c == '"')
			in_quotes = !in_quotes;
		if (c == '$' && counter && i + 1 < len && text[i + 1] == 'i') {
			fold_number(&f, counter);
			i++;
			continue;
		}
		fold_byte(&f, c);
		/* an escaped quote does not end the word */
		if (in_quotes && c == '\\' && i + 1 < len)
			fold_byte(&f, text[++i]);
	}
	if (size)
		buf[f.len < size ? f.len : size - 1] = '\0';
	return f.len;
}
