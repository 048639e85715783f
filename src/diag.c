/*
 * Diagnoses: what is wrong in a scenario, where, and what was meant.
 *
 * A scenario is read to its end, and everything that is wrong with it is told at once.  A place is
 * kept in columns of the terminal, so that the caret stands under the fault whatever is before it:
 * a tab leads to the next multiple of eight, a Chinese character takes two columns, a combining one
 * none.
 *
 *	bytes     s a y <tab> " 你 " x        你 has three bytes
 *	columns   1 2 3 4     9 10 12 13
 *
 * The word that was meant is the nearest known one, if it is near: at most a third of its letters
 * wrong.
 */
#include "diag.h"
#include "i18n.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

enum { TAB = 8, WORD_MAX = 64 };

void diags_init(struct diags *d) { memset(d, 0, sizeof(*d)); }

void diags_free(struct diags *d)
{
	for (size_t i = 0; i < d->count; i++) {
		free(d->item[i].file);
		free(d->item[i].text);
		free(d->item[i].message);
	}
	memset(d, 0, sizeof(*d));
}

/* Takes over text, which may be NULL when there was no memory. */
static void add(struct diags *d, const char *file, const struct diag *place, char *text,
		const char *format, va_list values)
{
	struct diag *item = &d->item[d->count];
	char *message = NULL;

	if (d->count == DIAG_MAX || !text || vasprintf(&message, format, values) < 0) {
		d->dropped++;
		free(text);
		return;
	}
	*item = *place;
	item->file = strdup(file);
	item->text = text;
	item->message = message;
	if (item->file) {
		d->count++;
		return;
	}
	free(text);
	free(message);
	d->dropped++;
}

void diag_add(struct diags *d, const char *file, unsigned line, unsigned column, unsigned width,
	      const char *text, const char *format, ...)
{
	struct diag place = {.line = line, .column = column, .width = width};
	va_list values;

	va_start(values, format);
	add(d, file, &place, strdup(text ? text : ""), format, values);
	va_end(values);
}

/* A control character, or a byte that is none: shown as a question mark. */
static bool is_unprintable(uint32_t ch, size_t bytes)
{
	return ch < 0x20 || (ch >= 0x7f && ch < 0xa0) || (ch == UTF8_BROKEN && bytes == 1);
}

/*
 * The line as it can be shown: tabs as blanks, control characters and stray bytes as question
 * marks.  *from and *to, byte offsets into text, become columns from 0.  NULL: no memory.
 */
static char *show_line(const char *text, size_t len, size_t *from, size_t *to)
{
	char *shown = malloc(len * TAB + 1);
	size_t out = 0, column = 0, first = SIZE_MAX, last = SIZE_MAX;

	for (size_t i = 0, bytes; shown && i < len; i += bytes) {
		uint32_t ch;

		if (i >= *from && first == SIZE_MAX)
			first = column;
		if (i >= *to && last == SIZE_MAX)
			last = column;
		bytes = utf8_decode(text + i, len - i, &ch);
		if (ch == '\t') {
			do
				shown[out++] = ' ';
			while (++column % TAB);
			continue;
		}
		if (is_unprintable(ch, bytes)) {
			shown[out++] = '?';
			column++;
			continue;
		}
		memcpy(shown + out, text + i, bytes);
		out += bytes;
		column += (size_t)char_width(ch);
	}
	if (shown)
		shown[out] = '\0';
	*from = first == SIZE_MAX ? column : first;
	*to = last == SIZE_MAX ? column : last;
	return shown;
}

void diag_add_at(struct diags *d, const char *file, unsigned line, const char *text, size_t len,
		 size_t at, size_t width, const char *format, va_list values)
{
	struct diag place = {.line = line};
	size_t from = at, to = at + width;
	char *shown = show_line(text, len, &from, &to);

	place.column = (unsigned)from + 1;
	place.width = to > from ? (unsigned)(to - from) : 1;
	add(d, file, &place, shown, format, values);
}

static void print_line(const struct diag *item, FILE *out)
{
	fprintf(out, "%5u | %s\n      | %*s^", item->line, item->text, (int)item->column - 1, "");
	for (unsigned i = 1; i < item->width; i++)
		fputc('~', out);
	fputc('\n', out);
}

void diags_print(const struct diags *d, FILE *out)
{
	for (size_t i = 0; i < d->count; i++) {
		const struct diag *item = &d->item[i];

		if (item->line == 0) {
			fprintf(out, "%s: %s\n", item->file, item->message);
			continue;
		}
		fprintf(out, "%s:%u:%u: %s\n", item->file, item->line, item->column, item->message);
		print_line(item, out);
	}
	if (d->dropped)
		fprintf(out, ngettext("%zu more mistake\n", "%zu more mistakes\n", d->dropped),
			d->dropped);
}

/* A letter of the wrong case is a small mistake: it counts as none. */
static bool differ(char a, char b)
{
	bool is_letter = (a | 0x20) >= 'a' && (a | 0x20) <= 'z';

	return a != b && !(is_letter && (a ^ b) == 0x20);
}

/*
 * Optimal string alignment, row by row.  Worked: "kdi" and "kid" are one swap apart, "wirte" and
 * "write" too; "munmpa" and "mmap" are four apart and no one's suggestion.
 */
unsigned word_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned row[3][WORD_MAX + 1];
	unsigned *before = row[0], *last = row[1], *now = row[2];

	if (a_len > WORD_MAX || b_len > WORD_MAX)
		return WORD_MAX;
	for (unsigned j = 0; j <= b_len; j++)
		last[j] = j;
	for (unsigned i = 1; i <= a_len; i++) {
		now[0] = i;
		for (unsigned j = 1; j <= b_len; j++) {
			unsigned best = last[j - 1] + differ(a[i - 1], b[j - 1]);

			if (last[j] + 1 < best)
				best = last[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			now[j] = best;
		}
		unsigned *spare = before;
		before = last;
		last = now;
		now = spare;
	}
	return last[b_len];
}

bool is_near(unsigned distance, size_t len) { return distance <= (len + 2) / 3 && distance < len; }

const char *nearest_word(const char *word, size_t len, const char *const *list)
{
	const char *nearest = NULL;
	unsigned least = WORD_MAX;

	for (; *list; list++) {
		unsigned distance = word_distance(word, len, *list, strlen(*list));

		if (distance < least) {
			least = distance;
			nearest = *list;
		}
	}
	return nearest && is_near(least, len) ? nearest : NULL;
}
