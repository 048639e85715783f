/*
 * repeat N ... end: lines that run more than once.
 *
 * The parser runs over the body again for every iteration in which $i makes a difference;
 * iterations that are all alike are parsed twice (the second time finds what may not be said twice)
 * and then copied:
 *
 *	repeat 1000          repeat 1000
 *	read sh buf          mmap sh r$i 4K
 *	end                  end
 *	parsed 2 times,      parsed 1000 times
 *	copied 998 times
 *
 * $i counts from 1 and is the counter of the innermost repeat.
 */
#include "i18n.h"
#include "parse.h"

#include <string.h>

/* Where one iteration begins in all that an iteration may add to. */
struct marks {
	uint32_t events, expects, notes[NR_NOTE_KINDS];
};

static struct marks mark(const struct scenario *s)
{
	struct marks m = {.events = s->nr_events, .expects = s->nr_expects};

	for (unsigned k = 0; k < NR_NOTE_KINDS; k++)
		m.notes[k] = s->notes[k].count;
	return m;
}

static bool is_added_to(const struct scenario *s, const struct marks *from)
{
	struct marks now = mark(s);

	return now.events != from->events || now.expects != from->expects ||
	       memcmp(now.notes, from->notes, sizeof(now.notes)) != 0;
}

/* Append copies of the items [first, first + n) of a list; false: no memory. */
static bool copy_notes(struct note_list *l, uint32_t first, uint32_t n, uint32_t period,
		       uint32_t copies)
{
	for (uint32_t c = 1; c <= copies; c++) {
		for (uint32_t i = 0; i < n; i++) {
			if (!HAS_ROOM(l->item, l->count, l->cap))
				return false;
			l->item[l->count] = l->item[first + i];
			l->item[l->count++].event += c * period;
		}
	}
	return true;
}

static bool copy_expects(struct scenario *s, uint32_t first, uint32_t n, uint32_t period,
			 uint32_t copies)
{
	for (uint32_t c = 1; c <= copies; c++) {
		for (uint32_t i = 0; i < n; i++) {
			if (!HAS_ROOM(s->expects, s->nr_expects, s->cap_expects))
				return false;
			s->expects[s->nr_expects] = s->expects[first + i];
			s->expects[s->nr_expects++].event += c * period;
		}
	}
	return true;
}

static bool copy_events(struct scenario *s, uint32_t first, uint32_t period, uint32_t copies)
{
	uint64_t total = s->nr_events + (uint64_t)period * copies;

	if (copies == 0 || period == 0)
		return true;
	if (total > s->cap_events &&
	    !vector_grow(&s->events, &s->cap_events, (uint32_t)total - 1, sizeof(*s->events)))
		return false;
	for (uint32_t c = 0; c < copies; c++) {
		memcpy(&s->events[s->nr_events], &s->events[first], period * sizeof(*s->events));
		s->nr_events += period;
	}
	for (uint32_t i = 0; i < period; i++)
		s->rows[s->events[first + i].row].nr_events += copies;
	return true;
}

/* Do copies of what was added since `from` still fit? */
static bool has_place(const struct marks *from, const struct marks *to, uint32_t copies)
{
	uint64_t most = to->events + (uint64_t)(to->events - from->events) * copies;
	uint64_t expects = to->expects + (uint64_t)(to->expects - from->expects) * copies;

	if (expects > most)
		most = expects;
	for (unsigned k = 0; k < NR_NOTE_KINDS; k++) {
		uint64_t notes = to->notes[k] + (uint64_t)(to->notes[k] - from->notes[k]) * copies;

		if (notes > most)
			most = notes;
	}
	return most <= MAX_EVENTS;
}

/* What was added since `from` is one iteration: add copies more of it. False: no memory. */
static bool copy_iterations(struct scenario *s, const struct marks *from, const struct marks *to,
			    uint32_t copies)
{
	uint32_t period = to->events - from->events;

	for (unsigned k = 0; k < NR_NOTE_KINDS; k++)
		if (!copy_notes(&s->notes[k], from->notes[k], to->notes[k] - from->notes[k], period,
				copies))
			return false;
	return copy_expects(s, from->expects, to->expects - from->expects, period, copies) &&
	       copy_events(s, from->events, period, copies);
}

/* Run the parser over a body that was met before, with counter for $i. */
static void parse_again(struct parser *p, const char *body, const char *end, const struct block *b,
			unsigned line_nr, uint32_t counter)
{
	p->line_nr = line_nr;
	p->counter = counter;
	p->next_row = b->first_row + 1;
	p->has_ended = false;
	parse_lines(p, body, end);
}

/* Iterations that are all alike: the second one was parsed since `from`. False: too many. */
static bool add_alike(struct parser *p, const struct marks *from, uint32_t copies)
{
	struct marks to = mark(p->s);

	/* without an event in it all iterations' notes would pile up before the next one */
	if (to.events == from->events)
		return true;
	if (!has_place(from, &to, copies))
		return false;
	if (!copy_iterations(p->s, from, &to, copies))
		mistake_memory(p);
	return true;
}

/* Iterations 2 to b->count. False: more than a scenario can have. */
static bool parse_iterations(struct parser *p, const char *body, const char *end, struct block *b,
			     unsigned line_nr)
{
	uint32_t mistakes = p->nr_mistakes;
	struct marks from = mark(p->s);

	parse_again(p, body, end, b, line_nr, 2);
	if (p->nr_mistakes != mistakes || !is_added_to(p->s, &from))
		return true;
	if (!b->varies)
		return add_alike(p, &from, b->count - 2);
	for (uint32_t i = 3; i <= b->count && p->nr_mistakes == mistakes; i++)
		parse_again(p, body, end, b, line_nr, i);
	if (p->s->nr_events + 1 - b->first_event != (uint64_t)b->period * b->count)
		b->period = 0;
	return true;
}

static bool read_count(struct parser *p, uint32_t *count)
{
	uint64_t value;

	if (p->line.nr_words != 2)
		return mistake(p, p->line.nr_words > 2 ? &p->line.word[2] : NULL,
			       _("repeat wants a count: repeat N"));
	if (!read_number(p, &p->line.word[1], p->line.word[1].text, p->line.word[1].len,
			 _("the count"), 1, MAX_EVENTS, &value))
		return false;
	*count = (uint32_t)value;
	return p->nr_repeats < MAX_REPEATS ||
	       mistake(p, &p->line.word[0], _("repeats nested more than %d deep"), MAX_REPEATS);
}

/* The line that was read before, for a mistake in it. */
static void return_to(struct parser *p, const struct line *l, unsigned line_nr)
{
	p->line = *l;
	p->line_nr = line_nr;
}

/*
 * All iterations of the body at from; *b learns what they are.  Returns what is behind the `end`.
 */
static const char *parse_body(struct parser *p, const char *from, const char *end, struct block *b,
			      bool again)
{
	struct line opening = p->line;
	uint32_t mistakes = p->nr_mistakes;
	unsigned line_nr = p->line_nr, last_line;
	const char *behind;

	p->varies = p->has_ended = false;
	p->counter = 1;
	behind = parse_lines(p, from, end);
	b->varies = p->varies;
	b->last_row = p->next_row - 1;
	b->period = p->s->nr_events + 1 - b->first_event;
	last_line = p->line_nr;
	if (!p->has_ended) {
		return_to(p, &opening, line_nr);
		mistake(p, &p->line.word[0], _("repeat without end"));
	} else if (again && b->count > 1 && p->nr_mistakes == mistakes) {
		if (!parse_iterations(p, from, end, b, line_nr)) {
			return_to(p, &opening, line_nr);
			mistake(p, &p->line.word[1], _("more than %d events"), MAX_EVENTS);
		}
	}
	p->line_nr = last_line;
	p->next_row = b->last_row + 1;
	p->has_ended = false;
	return behind;
}

const char *parse_repeat(struct parser *p, const char *from, const char *end)
{
	struct block b = {.first_row = p->row,
			  .first_event = p->s->nr_events + 1,
			  .count = 1,
			  .is_repeat = true};
	uint32_t counter = p->counter;
	bool varied = p->varies, is_first = is_first_pass(p);
	/* with a wrong count the body is read once, for its own mistakes */
	bool good = read_count(p, &b.count);
	const char *behind;

	p->nr_repeats++;
	p->nr_open_repeats++;
	behind = parse_body(p, from, end, &b, good);
	p->nr_open_repeats--;
	p->nr_repeats--;
	p->counter = counter;
	p->varies = varied;
	b.nr_events = p->s->nr_events + 1 - b.first_event;
	if (is_first)
		add_block(p, &b);
	return behind;
}
