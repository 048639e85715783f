/*
 * Mistakes: where they are, what was expected, which known word is nearest.
 *
 * A mistake in a name must not make ten: a process that is unknown is told once and known from then
 * on.
 */
#include "i18n.h"
#include "parse.h"

#include <stdlib.h>
#include <string.h>

static void add(struct parser *p, uint32_t at, uint32_t width, const char *format, va_list values)
{
	p->nr_mistakes++;
	diag_add_at(p->d, p->source->name, p->line_nr, p->line.text, p->line.len, at, width, format,
		    values);
}

bool mistake(struct parser *p, const struct word *w, const char *format, ...)
{
	uint32_t at = w ? w->at : 0, width = w ? w->width : 1;
	va_list values;

	if (!w && p->line.nr_words) {
		const struct word *last = &p->line.word[p->line.nr_words - 1];

		at = last->at + last->width;
	}
	va_start(values, format);
	add(p, at, width, format, values);
	va_end(values);
	return false;
}

bool mistake_unexpected(struct parser *p, const struct word *w, const char *form)
{
	return mistake(p, w, _("unexpected \"%.*s\": %s"), (int)w->len, w->text, form);
}

struct word word_part(const struct word *w, const char *text, uint32_t len)
{
	struct word part = *w;

	part.text = text;
	part.len = len;
	/* what quotes and $i have made is marked as the whole word */
	if (w->plain) {
		part.at = w->at + (uint32_t)(text - w->text);
		part.width = len;
	}
	return part;
}

bool mistake_memory(struct parser *p)
{
	if (!p->no_memory)
		diag_add(p->d, p->source ? p->source->name : "mmviz", 0, 0, 0, "", "%s",
			 _("out of memory"));
	p->no_memory = true;
	p->nr_mistakes++;
	return false;
}

bool mistake_unknown(struct parser *p, const struct word *w, const char *what,
		     const char *const *known)
{
	const char *nearest = nearest_word(w->text, w->len, known);

	if (nearest)
		return mistake(p, w, _("unknown %s \"%.*s\"; did you mean \"%s\"?"), what,
			       (int)w->len, w->text, nearest);
	return mistake(p, w, _("unknown %s \"%.*s\""), what, (int)w->len, w->text);
}

bool mistake_unknown_proc(struct parser *p, const struct word *w)
{
	const char *names[NAMES_MAX + 1];
	unsigned n = 0;

	for (uint32_t i = p->scope.nr_procs; i > 1 && n < NAMES_MAX; i--)
		if (!p->scope.proc[i - 1].anything_goes)
			names[n++] = symbol_name(p->s, p->scope.proc[i - 1].symbol);
	names[n] = NULL;
	return mistake_unknown(p, w, _("process"), names);
}

unsigned known_names(struct parser *p, enum scope_kind kind, uint32_t proc,
		     const char *names[NAMES_MAX + 1], unsigned n)
{
	for (uint32_t i = 0; i < p->scope.nr_slots && n < NAMES_MAX; i++) {
		uint64_t key = p->scope.entry[i].key;

		if (key && key >> 62 == kind &&
		    (!proc || scope_has_region(&p->scope, proc, (uint32_t)key)))
			names[n++] = symbol_name(p->s, (uint32_t)key);
	}
	names[n] = NULL;
	return n;
}

bool mistake_unknown_region(struct parser *p, const struct word *w, uint32_t proc)
{
	const char *names[NAMES_MAX + 1];

	known_names(p, SCOPE_PROCESS, proc, names, 0);
	return mistake_unknown(p, w, _("region"), names);
}

bool mistake_unknown_place(struct parser *p, const struct word *w, uint32_t proc)
{
	const char *names[NAMES_MAX + 1];
	unsigned n = 0;

	for (uint32_t symbol = SYM_CODE; symbol < SYM_AFTER; symbol++)
		names[n++] = symbol_name(p->s, symbol);
	known_names(p, SCOPE_PROCESS, proc, names, n);
	return mistake_unknown(p, w, _("region"), names);
}

bool mistake_unknown_name(struct parser *p, const struct word *w, enum scope_kind kind,
			  const char *what)
{
	const char *names[NAMES_MAX + 1];

	known_names(p, kind, 0, names, 0);
	return mistake_unknown(p, w, what, names);
}
