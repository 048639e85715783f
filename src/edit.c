/*
 * The prompt: a typed line becomes an event among those of the file.
 *
 * It runs after event `after`, and it stands in the list of rows where a file would have it so that
 * loading that file gives the same events: behind the expects of `after`, before the next event's
 * lecture statements.
 *
 *	7  write kid buf            event 7
 *	   expect result == ok
 *	>  munmap kid buf           typed: event 8
 *	   say "..."                now of event 9
 *	9  exit kid                 was 8
 */
#include "i18n.h"
#include "parse.h"

#include <stdlib.h>
#include <string.h>

/* What is known after event `after`. */
static bool learn(struct parser *p, uint32_t after)
{
	for (uint32_t i = 0; i < after; i++)
		if (!scenario_define(p->s, &p->scope, &p->s->events[i]))
			return mistake_memory(p);
	return true;
}

/* The name that an event makes and that may exist once only; 0: none. */
static uint32_t made_by(const struct event *e)
{
	switch (e->kind) {
	case EV_SPAWN:
		return e->proc;
	case EV_FORK:
	case EV_CACHE_CREATE:
		return e->name;
	default:
		return 0;
	}
}

static uint32_t ended_by(const struct event *e)
{
	return e->kind == EV_EXIT ? e->proc : e->kind == EV_CACHE_DESTROY ? e->other : 0;
}

/*
 * Does a later event make the same name while the new one's is in use?  The file could not be
 * loaded again.
 */
static bool check_later(struct parser *p, const struct event *new, uint32_t after)
{
	uint32_t name = made_by(new);
	bool is_cache = new->kind == EV_CACHE_CREATE;

	for (uint32_t i = after; name && i < p->s->nr_events; i++) {
		const struct event *e = &p->s->events[i];

		if (made_by(e) == name && (e->kind == EV_CACHE_CREATE) == is_cache)
			return mistake(p, &p->line.word[0],
				       _("event %u makes %s, too: choose another name"), i + 1,
				       symbol_name(p->s, name));
		if (ended_by(e) == name)
			return true;
	}
	return true;
}

/* Where the row of an event after `after` belongs: see the head of this file. */
static uint32_t find_row(const struct scenario *s, uint32_t after)
{
	uint32_t row = after ? s->events[after - 1].row + 1 : 0;

	/* the last event of a repeat or an include: behind its end */
	for (uint32_t i = 0; i < s->nr_blocks; i++) {
		const struct block *b = &s->blocks[i];

		if (b->nr_events && b->first_event + b->nr_events - 1 == after &&
		    b->last_row + 1 > row)
			row = b->last_row + 1;
	}
	for (uint32_t i = row; i < s->nr_rows; i++) {
		unsigned kind = s->rows[i].kind;

		if (kind == ROW_EVENT || kind == ROW_REPEAT || kind == ROW_END ||
		    kind == ROW_INCLUDE)
			break;
		if (kind == ROW_EXPECT || kind == ROW_HEADER)
			row = i + 1;
	}
	return row;
}

/*
 * Does the note stand behind the new event, at row?  What belongs to the next event is met between
 * event `after` and that one: behind the new row, or, in a repeat's next iteration, before the row
 * of `after`.
 */
static bool is_behind(const struct scenario *s, const struct note *n, uint32_t after, uint32_t row)
{
	return n->event > after + 1 || n->row >= row ||
	       (after && n->row < s->events[after - 1].row);
}

/*
 * Make place for event after + 1 in everything that counts events. row is where the new row will
 * be.
 */
static void shift_events(struct scenario *s, uint32_t after, uint32_t row)
{
	for (unsigned k = 0; k < NR_NOTE_KINDS; k++) {
		struct note_list *l = &s->notes[k];

		for (uint32_t i = note_index(l, after + 1); i < l->count; i++)
			l->item[i].event += is_behind(s, &l->item[i], after, row);
	}
	for (uint32_t i = 0; i < s->nr_expects; i++)
		s->expects[i].event += s->expects[i].event > after;
	for (uint32_t i = 0; i < s->nr_rows; i++) {
		struct row *r = &s->rows[i];

		if (r->event == 0 && i < row)
			r->event = after + 1;
		else if (r->event > after + 1 || (r->event == after + 1 && i >= row))
			r->event++;
	}
	for (uint32_t i = 0; i < s->nr_blocks; i++) {
		struct block *b = &s->blocks[i];

		if (row > b->first_row && row <= b->last_row)
			b->nr_events++;
		else if (b->first_event > after)
			b->first_event++;
	}
	memmove(&s->events[after + 1], &s->events[after],
		(s->nr_events - after) * sizeof(*s->events));
	s->nr_events++;
}

/* Make place for a row in everything that counts rows. */
static void shift_rows(struct scenario *s, uint32_t row)
{
	for (uint32_t i = 0; i < s->nr_events; i++)
		s->events[i].row += s->events[i].row >= row;
	for (uint32_t i = 0; i < s->nr_expects; i++)
		s->expects[i].row += s->expects[i].row >= row;
	for (unsigned k = 0; k < NR_NOTE_KINDS; k++)
		for (uint32_t i = 0; i < s->notes[k].count; i++)
			s->notes[k].item[i].row += s->notes[k].item[i].row >= row;
	for (uint32_t i = 0; i < s->nr_blocks; i++) {
		s->blocks[i].last_row += s->blocks[i].last_row >= row;
		s->blocks[i].first_row += s->blocks[i].first_row >= row;
	}
	memmove(&s->rows[row + 1], &s->rows[row], (s->nr_rows - row) * sizeof(*s->rows));
	s->nr_rows++;
}

static bool insert(struct parser *p, struct event *e, uint32_t after)
{
	struct scenario *s = p->s;
	uint32_t row = find_row(s, after);
	char *text = pool_alloc(&s->pool, p->line.len + 1);

	if (s->nr_events == MAX_EVENTS)
		return mistake(p, &p->line.word[0], _("more than %d events"), MAX_EVENTS);
	if (!text || !HAS_ROOM(s->events, s->nr_events, s->cap_events) ||
	    !HAS_ROOM(s->rows, s->nr_rows, s->cap_rows))
		return mistake_memory(p);
	line_fold(p->line.text, p->line.len, 0, text, p->line.len + 1);
	shift_events(s, after, row);
	shift_rows(s, row);
	e->row = row;
	s->events[after] = *e;
	s->rows[row] = (struct row){.kind = ROW_EVENT,
				    .event = after + 1,
				    .nr_events = 1,
				    .file = p->source->name,
				    .text = text};
	return true;
}

uint32_t scenario_insert(struct scenario *s, uint32_t after, const char *line, struct diags *d)
{
	struct parser *p = calloc(1, sizeof(*p));
	struct source prompt = {
		.name = ":", .folder = s->source->folder, .len = strcspn(line, "\n")};
	struct event e;
	bool good = false;

	if (after > s->nr_events)
		after = s->nr_events;
	if (p) {
		p->s = s;
		p->d = d;
		p->source = &prompt;
		prompt.text = pool_text(&s->pool, line, prompt.len);
		good = prompt.text ? learn(p, after) && parse_prompt(p, &e) &&
					     check_later(p, &e, after) && insert(p, &e, after)
				   : mistake_memory(p);
		parser_free(p);
	} else {
		diag_add(d, ":", 0, 0, 0, "", "%s", _("out of memory"));
	}
	free(p);
	return good ? after + 1 : 0;
}
