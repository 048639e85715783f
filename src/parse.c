/*
 * The parser: lines to statements, statements to events and what stands between them.
 *
 * One pass over the text, line by line; a line's first word decides which file reads the rest:
 *
 *	event.c, option.c     events            header.c          title, machine
 *	lecture.c, focus.c    say, label ...    expect_parse.c    expect
 *	repeat.c              repeat ... end    include.c         include
 *	values.c              a single word     mistake.c         what is wrong with it
 *
 * A row for the events panel is made when a line is met first; a repeat meets its lines again, in
 * the same order, and finds their rows by counting.
 */
#include "parse.h"
#include "i18n.h"
#include "number.h"

#include <stdlib.h>
#include <string.h>

void parser_free(struct parser *p)
{
	scope_free(&p->scope);
	free(p->buf);
}

/* ---- rows ---- */

/* The line as a row shows it. A comment's row keeps the comment. */
static const char *row_text(struct parser *p, enum row_kind kind)
{
	const struct line *l = &p->line;
	const char *hash;
	char *text;

	if (l->canonical && kind != ROW_COMMENT) {
		/* the line's own place in the source, ended where its newline was */
		p->source->text[l->text - p->source->text + l->len] = '\0';
		return l->text;
	}
	hash = kind == ROW_COMMENT ? memchr(l->text, '#', l->len) : NULL;
	if (hash)
		return pool_text(&p->s->pool, hash, l->len - (size_t)(hash - l->text));
	text = pool_alloc(&p->s->pool, (size_t)l->len + 1);
	if (text)
		line_fold(l->text, l->len, 0, text, (size_t)l->len + 1);
	return text;
}

bool is_first_pass(const struct parser *p) { return p->row + 1 == p->s->nr_rows; }

bool add_block(struct parser *p, const struct block *b)
{
	struct scenario *s = p->s;

	if (!HAS_ROOM(s->blocks, s->nr_blocks, s->cap_blocks))
		return mistake_memory(p);
	s->blocks[s->nr_blocks++] = *b;
	return true;
}

static bool begin_row(struct parser *p, enum row_kind kind)
{
	struct scenario *s = p->s;
	struct row *r;

	p->row = p->next_row++;
	if (p->row < s->nr_rows)
		return true;
	if (!HAS_ROOM(s->rows, s->nr_rows, s->cap_rows))
		return mistake_memory(p);
	r = &s->rows[s->nr_rows++];
	*r = (struct row){
		.kind = (uint8_t)kind,
		.event = s->nr_events + 1,
		.line = p->line_nr,
		.file = p->source->name,
		.text = row_text(p, kind),
	};
	return r->text || mistake_memory(p);
}

/* ---- events ---- */

/*
 * What the event names is known from here on, also when the rest of its line is wrong: one mistake
 * shall not make ten.
 */
static bool define(struct parser *p, const struct event *e, bool good)
{
	struct scope_proc *made;

	if (good)
		return scenario_define(p->s, &p->scope, e) || mistake_memory(p);
	if ((e->kind == EV_SPAWN && e->proc) || (e->kind == EV_FORK && e->name)) {
		made = scope_add(&p->scope, e->kind == EV_FORK ? e->name : e->proc, 0);
		if (made)
			made->anything_goes = true;
	} else if (e->name && e->kind != EV_FORK) {
		scenario_define(p->s, &p->scope, e);
	}
	return false;
}

static bool parse_event_line(struct parser *p, enum event_kind k)
{
	struct scenario *s = p->s;
	bool good;

	if (s->nr_events == MAX_EVENTS)
		return mistake(p, &p->line.word[0], _("more than %d events"), MAX_EVENTS);
	if (!HAS_ROOM(s->events, s->nr_events, s->cap_events))
		return mistake_memory(p);
	good = parse_event(p, k, &s->events[s->nr_events]);
	if (good && !event_is_modelled(k))
		good = mistake(p, &p->line.word[0], _("%s is not modelled yet"),
			       event_help(k)->word);
	if (!define(p, &s->events[s->nr_events], good)) {
		p->focus = NULL;
		return false;
	}
	s->nr_events++;
	s->rows[p->row].nr_events++;
	check_focus(p);
	return true;
}

/* ---- statements ---- */

static const uint8_t row_kinds[NR_STATEMENTS - NR_EVENT_KINDS] = {
	ROW_HEADER, ROW_HEADER, ROW_SAY,     ROW_LABEL,  ROW_PAUSE, ROW_QUIZ,
	ROW_FOCUS,  ROW_EXPECT, ROW_INCLUDE, ROW_REPEAT, ROW_END,
};

/* Statements that are written once for every language: `say.zh` is ST_SAY in "zh". */
static bool is_in_language(const struct word *w, const char *statement)
{
	size_t len = strlen(statement);

	return w->len > len + 1 && memcmp(w->text, statement, len) == 0 && w->text[len] == '.';
}

/* The statement of the line's first word; NR_STATEMENTS if it is unknown. */
static unsigned find_statement(struct parser *p)
{
	const struct word *w = &p->line.word[0];
	uint32_t symbol = symbol_find(&p->s->symbols, w->text, w->len);

	if (symbol && symbol < SYM_STATEMENTS + NR_STATEMENTS)
		return symbol - SYM_STATEMENTS;
	return is_in_language(w, "say")     ? ST_SAY
	       : is_in_language(w, "quiz")  ? ST_QUIZ
	       : is_in_language(w, "title") ? ST_TITLE
					    : NR_STATEMENTS;
}

static bool parse_end(struct parser *p)
{
	if (p->line.nr_words > 1)
		return mistake(p, &p->line.word[1], _("end stands alone"));
	if (p->nr_open_repeats == 0)
		return mistake(p, &p->line.word[0], _("end without repeat"));
	p->has_ended = true;
	return true;
}

static void parse_lecture(struct parser *p, unsigned st)
{
	switch (st) {
	case ST_TITLE:
		parse_title(p);
		break;
	case ST_MACHINE:
		parse_machine(p);
		break;
	case ST_SAY:
		parse_say(p);
		break;
	case ST_LABEL:
		parse_label(p);
		break;
	case ST_PAUSE:
		parse_pause(p);
		break;
	case ST_QUIZ:
		parse_quiz(p);
		break;
	case ST_FOCUS:
		parse_focus(p);
		break;
	case ST_EXPECT:
		parse_expect(p);
		break;
	case ST_INCLUDE:
		parse_include(p);
		break;
	default:
		parse_end(p);
		break;
	}
}

/* $i has a value inside a repeat only; in a text it may be meant as it stands. */
static bool check_counter(struct parser *p)
{
	if (p->counter) {
		p->varies = true;
		return true;
	}
	for (uint32_t i = 0; i < p->line.nr_words; i++) {
		const struct word *w = &p->line.word[i];

		for (uint32_t k = 0; !w->plain && !memchr(w->text, '"', w->len) && k + 1 < w->len;
		     k++)
			if (w->text[k] == '$' && w->text[k + 1] == 'i')
				return mistake(
					p, w,
					_("$i is the counter of a repeat, and there is none here"));
	}
	return true;
}

/* The letters are right; quotes and $i are resolved. */
static bool prepare_line(struct parser *p)
{
	struct line *l = &p->line;

	if (l->fault) {
		struct word w = {.at = l->fault_at, .width = l->fault_width};

		return mistake(p, &w, "%s", _(l->fault));
	}
	if (l->simple)
		return true;
	if (l->has_counter && !check_counter(p))
		return false;
	return line_resolve(l, p->counter, &p->buf, &p->buf_cap) || mistake_memory(p);
}

static enum row_kind row_kind_of(unsigned st)
{
	return st >= NR_EVENT_KINDS && st < NR_STATEMENTS ? row_kinds[st - NR_EVENT_KINDS]
							  : ROW_EVENT;
}

/* The line is read; what follows begins at next.  Returns where to go on. */
static const char *parse_line(struct parser *p, const char *next, const char *end)
{
	unsigned st;

	if (p->line.nr_words == 0) {
		if (p->line.fault)
			prepare_line(p);
		else if (p->line.has_comment)
			begin_row(p, ROW_COMMENT);
		return next;
	}
	st = find_statement(p);
	if (!begin_row(p, row_kind_of(st)) || !prepare_line(p))
		return next;
	if (st < NR_EVENT_KINDS)
		parse_event_line(p, st);
	else if (st == ST_REPEAT)
		return parse_repeat(p, next, end);
	else if (st < NR_STATEMENTS)
		parse_lecture(p, st);
	else
		mistake_unknown(p, &p->line.word[0], _("statement"), scenario_words());
	return next;
}

const char *parse_lines(struct parser *p, const char *from, const char *end)
{
	unsigned depth = p->nr_repeats;

	while (from < end && !p->no_memory) {
		const char *next = line_read(&p->line, from, end);

		p->line_nr++;
		from = parse_line(p, next, end);
		if (p->has_ended && p->nr_repeats == depth)
			break;
	}
	return from;
}

/* ---- the whole ---- */

/*
 * Room for an event and a row a line at once, so that large arrays need not move while they grow.
 */
static void reserve_lines(struct scenario *s, const struct source *src)
{
	const char *end = src->text + src->len;
	uint32_t lines = 0;

	for (const char *p = src->text; p && p < end && lines < MAX_EVENTS; lines++) {
		p = memchr(p, '\n', (size_t)(end - p));
		p = p ? p + 1 : NULL;
	}
	/* without memory for it the arrays grow as they can */
	if (s->nr_events + lines > s->cap_events)
		vector_grow(&s->events, &s->cap_events, s->nr_events + lines, sizeof(*s->events));
	if (s->nr_rows + lines > s->cap_rows)
		vector_grow(&s->rows, &s->cap_rows, s->nr_rows + lines, sizeof(*s->rows));
}

/* Is there a zero byte in the text?  It is told with its place. */
static bool has_zero(struct parser *p, const struct source *src)
{
	const char *zero = memchr(src->text, '\0', src->len), *start = src->text, *end;
	struct word w = {.width = 1};

	if (!zero)
		return false;
	for (p->line_nr = 1; (end = memchr(start, '\n', (size_t)(zero - start))); p->line_nr++)
		start = end + 1;
	w.at = (uint32_t)(zero - start);
	p->line = (struct line){.text = start, .len = w.at + 1};
	mistake(p, &w, _("a zero byte: this is no text"));
	return true;
}

void parse_text(struct parser *p, struct source *src)
{
	const char *end = src->text + src->len;
	bool has_mark = src->len >= 3 && memcmp(src->text, "\xef\xbb\xbf", 3) == 0;

	p->source = src;
	p->line_nr = 0;
	/* a text that was parsed before has zeros where its lines ended */
	if (!src->is_parsed && has_zero(p, src))
		return;
	if (!src->is_parsed)
		reserve_lines(p->s, src);
	src->is_open = src->is_parsed = true;
	parse_lines(p, src->text + 3 * has_mark, end);
	src->is_open = false;
}

static void parse_override(struct parser *p, const char *words)
{
	struct source *command = pool_alloc(&p->s->pool, sizeof(*command));

	if (!command) {
		mistake_memory(p);
		return;
	}
	command->name = "--machine";
	command->folder = "";
	p->source = command;
	p->line_nr = 1;
	line_read(&p->line, words, words + strlen(words));
	if (prepare_line(p))
		parse_machine_words(p, 0, true);
	p->line_nr = 0;
}

/* Rows after the last event lead nowhere. */
static void end_rows(struct scenario *s)
{
	for (uint32_t i = s->nr_rows; i > 0 && s->rows[i - 1].event > s->nr_events; i--)
		s->rows[i - 1].event = 0;
}

bool parse_scenario(struct parser *p, const char *machine_override)
{
	if (machine_override)
		parse_override(p, machine_override);
	parse_text(p, p->s->source);
	check_focus(p);
	if (!p->has_machine && p->nr_mistakes == 0)
		check_memory(p);
	end_rows(p->s);
	return p->nr_mistakes == 0;
}

bool parse_prompt(struct parser *p, struct event *e)
{
	unsigned st;

	line_read(&p->line, p->source->text, p->source->text + p->source->len);
	p->line_nr = 1;
	if (p->line.nr_words == 0 && !p->line.fault)
		return mistake(p, NULL, _("an event is missing"));
	if (!prepare_line(p))
		return false;
	st = find_statement(p);
	if (st >= NR_STATEMENTS)
		return mistake_unknown(p, &p->line.word[0], _("statement"), scenario_words());
	if (st >= NR_EVENT_KINDS)
		return mistake(p, &p->line.word[0],
			       _("\"%.*s\" is no event: only events can be typed"),
			       (int)p->line.word[0].len, p->line.word[0].text);
	if (!parse_event(p, st, e))
		return false;
	return event_is_modelled(st) ||
	       mistake(p, &p->line.word[0], _("%s is not modelled yet"), event_help(st)->word);
}
