/*
 * What is this?  The facts of one address at one moment, one a line.
 *
 *	kid b7ffe000
 *	address    b7ffe000: user address of kid, byte 0 of its page
 *	name       buf + 0 of 0x2000, by mmap
 *	area       b7ffe000-b8000000 rw-p  8K
 *	pgd        [735] at 37c10b7c: 37c11067 P RW US A D
 *	pte        [1022] at 37c11ff8: 3fc07067 P RW US A D
 *	...
 */
#include "listing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "utf8.h"
#include "what.h"

enum { LABEL_WIDTH = 10, LINE_MAX_BYTES = 512 };

/* A label, filled up with blanks by columns, not by bytes. */
static void print_label(const char *label, FILE *out)
{
	int width = 0;

	for (const char *p = label; *p;)
		width += char_width(utf8_next(&p));
	fprintf(out, "%s%*s ", label, width < LABEL_WIDTH ? LABEL_WIDTH - width : 0, "");
}

static void print_facts(const struct machine *m, const struct what *w, FILE *out)
{
	char text[LINE_MAX_BYTES];

	what_place_text(m, &w->place, text, sizeof(text));
	fprintf(out, "%s\n", text);
	for (uint32_t i = 0; i < w->nr; i++) {
		print_label(_(fact_info[w->fact[i].id].label), out);
		fact_text(m, &w->fact[i], text, sizeof(text));
		fprintf(out, "%s\n", text);
	}
}

int list_what(struct scenario *s, struct when at, const char *words, FILE *out)
{
	struct timeline *t = timeline_open(s);
	struct what *w = calloc(1, sizeof(*w));
	struct what_fault fault = {0};
	const struct machine *m;
	struct what_place place;
	int status = 2;

	if (!t || !w) {
		fprintf(stderr, "mmviz: %s\n", strerror(ENOMEM));
	} else {
		timeline_goto(t, at);
		m = timeline_machine(t);
		if (what_parse(m, s, m->last_task, words, &place, &fault)) {
			what_is(m, s, &place, w);
			print_facts(m, w, out);
			status = 0;
		} else {
			fprintf(stderr, "mmviz: --what: %s\n", fault.message);
		}
	}
	timeline_close(t);
	free(w);
	return listing_end(out, status);
}
