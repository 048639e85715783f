/*
 * Saving: the file's own text, with what was typed at its place.
 *
 * Lines are written as they were read, comments and blanks included.  Only where something was
 * typed inside of a repeat or an include, between two of its events, that part has to be written
 * out:
 *
 *	repeat 100            repeat 40        typed after the 41st write:
 *	write sh buf          write sh buf     iterations before and after it stay
 *	end                   end              a repeat; after it only when $i is not
 *	                      write sh buf     used, for it counts from 1
 *	                      munmap sh buf
 *	                      repeat 59
 *	                      write sh buf
 *	                      end
 *
 * Loading the new file gives the same events.  Saved into another folder, files are named by their
 * full path.
 */
#include "unparse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- what was typed inside of a block ---- */

static bool is_inside(const struct block *b, uint32_t row)
{
	return row > b->first_row && row <= b->last_row;
}

static void write_notes(struct saving *v, const struct block *b, uint32_t event)
{
	for (unsigned k = 0; k < NR_NOTE_KINDS; k++) {
		const struct note_list *l = &v->s->notes[k];

		for (uint32_t i = note_index(l, event); i < l->count && l->item[i].event == event;
		     i++)
			if (is_inside(b, l->item[i].row))
				write_note(v, k, &l->item[i]);
	}
}

static bool write_expects(struct saving *v, const struct block *b, uint32_t event)
{
	const struct scenario *s = v->s;

	for (uint32_t i = expect_index(s, event); i < s->nr_expects && s->expects[i].event == event;
	     i++)
		if (is_inside(b, s->expects[i].row) &&
		    !write_row(v, s->expects[i].row, s->expects[i].counter))
			return false;
	return true;
}

/* Events [first, behind) of a block, one line each. */
static bool write_out(struct saving *v, const struct block *b, uint32_t first, uint32_t behind)
{
	for (uint32_t nr = first; nr < behind; nr++) {
		const struct event *e = &v->s->events[nr - 1];

		write_notes(v, b, nr);
		if (!write_row(v, e->row, e->counter) || !write_expects(v, b, nr))
			return false;
	}
	return true;
}

/* ---- lines of the file ---- */

/* The file as it was read, line by line. */
struct reading {
	const char *next, *end;
	uint32_t line_nr; /* of the line at next, from 1 */
};

/* The next line's length; its text at *text. */
static size_t next_line(struct reading *f, const char **text)
{
	*text = f->next;
	while (f->next < f->end && *f->next != '\n' && *f->next != '\0')
		f->next++;
	size_t len = (size_t)(f->next - *text);

	f->next += f->next < f->end;
	f->line_nr++;
	return len;
}

/* The lines up to number last, as they were read, but for files that now lie elsewhere. */
static bool copy_lines(struct saving *v, struct reading *f, uint32_t last, uint32_t *row)
{
	const struct scenario *s = v->s;

	while (f->next < f->end && f->line_nr <= last) {
		uint32_t line_nr = f->line_nr;
		const char *text;
		size_t len = next_line(f, &text);
		bool is_row = *row < s->nr_rows && s->rows[*row].line == line_nr;

		if (is_row && is_moved(v, &s->rows[*row])) {
			if (!write_moved(v, &s->rows[*row], 0))
				return false;
		} else {
			fprintf(v->out, "%.*s\n", (int)len, text);
		}
		*row += is_row;
	}
	return true;
}

/* The body of a repeat as it was read, to run `count` times. */
static bool write_repeat(struct saving *v, const struct block *b, const struct reading *f,
			 uint32_t count)
{
	const struct scenario *s = v->s;
	struct reading body = *f;
	const char *text;

	if (count == 0)
		return true;
	fprintf(v->out, "repeat %u\n", count);
	next_line(&body, &text);
	for (uint32_t row = b->first_row + 1; row <= b->last_row; row++) {
		const struct row *r = &s->rows[row];

		if (r->line == 0 || r->file != s->source->name)
			continue;
		if (!copy_lines(v, &body, r->line, &row))
			return false;
		row--;
	}
	return true;
}

/* Events before event `nr` of block b that were typed. */
static uint32_t count_typed(const struct scenario *s, const struct block *b, uint32_t nr)
{
	uint32_t n = 0;

	for (uint32_t i = b->first_event; i < nr; i++)
		n += s->rows[s->events[i - 1].row].line == 0;
	return n;
}

/* Does a lecture statement stand between the last event of an iteration and the `end`? */
static bool has_trailing_notes(const struct scenario *s, const struct block *b)
{
	for (uint32_t row = b->last_row; row > b->first_row; row--) {
		unsigned kind = s->rows[row].kind;

		if (kind == ROW_EVENT)
			return false;
		if (kind >= ROW_SAY && kind <= ROW_FOCUS)
			return true;
	}
	return false;
}

/* Which iteration (from 0) the event belongs to, what was typed not counted. */
static uint32_t iteration_of(const struct scenario *s, const struct block *b, uint32_t nr)
{
	uint32_t before = nr - b->first_event - count_typed(s, b, nr);

	/* what is typed behind the last event of an iteration belongs to it */
	if (before && s->rows[s->events[nr - 1].row].line == 0)
		before--;
	return before / b->period;
}

/* A repeat with something typed in it. f is at its first line. */
static bool write_split_repeat(struct saving *v, const struct block *b, const struct reading *f)
{
	const struct scenario *s = v->s;
	uint32_t behind = b->first_event + b->nr_events, first = b->first_event, last = behind - 1;
	uint32_t head, tail, from = b->first_event, to = behind;

	if (b->period == 0 || has_trailing_notes(s, b)) {
		bool good = write_out(v, b, b->first_event, behind);

		write_notes(v, b, behind);
		return good;
	}
	while (s->rows[s->events[first - 1].row].line)
		first++;
	while (s->rows[s->events[last - 1].row].line)
		last--;
	/* whole iterations before the first typed event, and behind the last one */
	head = iteration_of(s, b, first);
	tail = b->varies ? 0 : b->count - 1 - iteration_of(s, b, last);
	from += head * b->period;
	to -= tail * b->period;
	return write_repeat(v, b, f, head) && write_out(v, b, from, to) &&
	       write_repeat(v, b, f, tail);
}

/* The outermost block that begins at the row; NULL if none does. */
static const struct block *block_at(const struct scenario *s, uint32_t row)
{
	const struct block *found = NULL;

	for (uint32_t i = 0; i < s->nr_blocks; i++)
		if (s->blocks[i].first_row == row)
			found = &s->blocks[i];
	return found;
}

static bool has_typed(const struct scenario *s, const struct block *b)
{
	for (uint32_t row = b->first_row + 1; row <= b->last_row; row++)
		if (s->rows[row].line == 0)
			return true;
	return false;
}

/* The block that begins at *row, whose first line is the next of f: in as few lines as possible. */
static bool write_block(struct saving *v, const struct block *b, struct reading *f, uint32_t *row)
{
	const struct scenario *s = v->s;
	uint32_t last = b->is_repeat ? s->rows[b->last_row].line : s->rows[b->first_row].line;
	const char *text;
	bool good = true;

	if (has_typed(s, b)) {
		good = b->is_repeat
			       ? write_split_repeat(v, b, f)
			       : write_out(v, b, b->first_event, b->first_event + b->nr_events);
		if (!b->is_repeat)
			write_notes(v, b, b->first_event + b->nr_events);
		while (f->next < f->end && f->line_nr <= last)
			next_line(f, &text);
	} else {
		for (uint32_t r = *row; good && r <= b->last_row && f->line_nr <= last; r++) {
			if (s->rows[r].file != s->source->name)
				continue;
			good = copy_lines(v, f, s->rows[r].line, &r);
			r--;
		}
	}
	*row = b->last_row + 1;
	return good;
}

static bool write_all(struct saving *v)
{
	const struct scenario *s = v->s;
	const struct source *src = s->source;
	struct reading f = {src->text, src->text + src->len, 1};
	uint32_t row = 0;

	while (row < s->nr_rows) {
		const struct row *r = &s->rows[row];
		const struct block *b = block_at(s, row);
		bool good;

		if (r->line == 0)
			good = write_row(v, row++, 0);
		else if (!b)
			good = copy_lines(v, &f, r->line, &row);
		else
			good = copy_lines(v, &f, r->line - 1, &row) && write_block(v, b, &f, &row);
		if (!good)
			return false;
	}
	return copy_lines(v, &f, UINT32_MAX, &row);
}

/* The temporary neighbour of path that becomes it when it is whole; malloc'd. */
static char *name_beside(const char *path)
{
	size_t len = strlen(path);
	char *beside = malloc(len + sizeof(".new"));

	if (beside)
		snprintf(beside, len + sizeof(".new"), "%s.new", path);
	return beside;
}

/* 0, or errno. */
static int write_file(struct saving *v, const char *path)
{
	bool good;

	v->out = fopen(path, "w");
	if (!v->out)
		return errno;
	good = write_all(v);
	if (ferror(v->out))
		good = false;
	if (fclose(v->out) != 0)
		return errno;
	return good ? 0 : ENOMEM;
}

int scenario_save(const struct scenario *s, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct saving v = {.s = s, .folder = strndup(path, slash ? (size_t)(slash - path) + 1 : 0)};
	char *beside = name_beside(path);
	int err = v.folder && beside ? write_file(&v, beside) : ENOMEM;

	if (err == 0 && rename(beside, path) != 0)
		err = errno;
	if (err && beside)
		remove(beside);
	free(beside);
	free(v.folder);
	return err;
}
