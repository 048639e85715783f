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
#include "lexer.h"
#include "scenario_data.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct saving {
	const struct scenario *s;
	FILE *out;
	char *folder; /* of the new file: "" or ends with a slash */
};

/* ---- words ---- */

static void write_quoted(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '\n') {
			fputs("\\n", out);
			continue;
		}
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static const struct source *source_of(const struct scenario *s, const struct row *r)
{
	const struct source *src = s->included;

	while (src && src->name != r->file)
		src = src->next;
	return src ? src : s->source;
}

/* Do both folders lead to the same place? */
static bool is_same_folder(const char *a, const char *b)
{
	char real_a[PATH_MAX], real_b[PATH_MAX];

	return strcmp(a, b) == 0 || (realpath(*a ? a : ".", real_a) &&
				     realpath(*b ? b : ".", real_b) && strcmp(real_a, real_b) == 0);
}

/* A word that names a file, seen from folder: its full path if there is one. */
static void write_path(FILE *out, const char *folder, const char *name, uint32_t len)
{
	char *path = path_join(folder, name, len), real[PATH_MAX];

	write_quoted(out, path && realpath(path, real) ? real : path ? path : "");
	free(path);
}

/*
 * Where in a word the name of a file is: behind file=, in front of @OFFSET; or all of it. 0
 * letters: nowhere.
 */
static uint32_t find_name(const struct row *r, const struct line *l, uint32_t i, uint32_t *start)
{
	const struct word *w = &l->word[i];
	uint32_t len;

	*start = 0;
	if (i == 1 && r->kind == ROW_INCLUDE)
		return w->len;
	if (i == 2 && l->word[0].len == 5 && memcmp(l->word[0].text, "spawn", 5) == 0)
		return w->len;
	if (i == 2 && l->word[0].len == 4 && memcmp(l->word[0].text, "exec", 4) == 0)
		return w->len;
	if (w->quoted || w->len <= 5 || memcmp(w->text, "file=", 5) != 0)
		return 0;
	*start = 5;
	for (len = w->len; len > 5 && w->text[len - 1] != '@'; len--)
		;
	return len > 5 ? len - 1 - 5 : w->len - 5;
}

/* A statement whose files lie elsewhere than the new file: word by word. */
static bool write_moved(struct saving *v, const struct row *r, uint32_t counter)
{
	const char *folder = source_of(v->s, r)->folder;
	char *buf = NULL;
	uint32_t cap = 0, start;
	struct line l;
	bool good;

	line_read(&l, r->text, r->text + strlen(r->text));
	good = line_resolve(&l, counter, &buf, &cap);
	for (uint32_t i = 0; good && i < l.nr_words; i++) {
		const struct word *w = &l.word[i];
		uint32_t len = find_name(r, &l, i, &start);

		if (i)
			fputc(' ', v->out);
		if (!len) {
			/* as it was written, but for $i */
			char text[256];

			line_fold(l.text + w->at, w->width, counter, text, sizeof(text));
			fputs(text, v->out);
			continue;
		}
		fprintf(v->out, "%.*s", (int)start, w->text);
		write_path(v->out, folder, w->text + start, len);
		fprintf(v->out, "%.*s", (int)(w->len - start - len), w->text + start + len);
	}
	fputc('\n', v->out);
	free(buf);
	return good;
}

static bool names_file(const struct row *r)
{
	return r->kind == ROW_INCLUDE ||
	       (r->kind == ROW_EVENT &&
		(strncmp(r->text, "spawn ", 6) == 0 || strncmp(r->text, "exec ", 5) == 0 ||
		 strstr(r->text, "file=")));
}

static bool is_moved(const struct saving *v, const struct row *r)
{
	return names_file(r) && !is_same_folder(v->folder, source_of(v->s, r)->folder);
}

/* The row's statement, with counter for $i. */
static bool write_row(struct saving *v, uint32_t row, uint32_t counter)
{
	const struct row *r = &v->s->rows[row];
	size_t len;
	char *text;

	if (is_moved(v, r))
		return write_moved(v, r, counter);
	len = line_fold(r->text, strlen(r->text), counter, NULL, 0);
	text = malloc(len + 1);
	if (!text)
		return false;
	line_fold(r->text, strlen(r->text), counter, text, len + 1);
	fprintf(v->out, "%s\n", text);
	free(text);
	return true;
}

/* ---- what was typed inside of a block ---- */

static void write_note(struct saving *v, enum note_kind kind, const struct note *n)
{
	switch (kind) {
	case NOTE_LABEL:
		fprintf(v->out, "label %s\n", symbol_name(v->s, n->symbol));
		break;
	case NOTE_SAY:
		fprintf(v->out, n->symbol ? "say.%s " : "say ", symbol_name(v->s, n->symbol));
		write_quoted(v->out, n->text);
		fputc('\n', v->out);
		break;
	case NOTE_QUIZ:
		fputs("quiz ", v->out);
		write_quoted(v->out, n->quiz->question);
		fputs(" answer=", v->out);
		write_quoted(v->out, n->quiz->answer);
		if (n->quiz->choices) {
			fputs(" choices=", v->out);
			write_quoted(v->out, n->quiz->choices);
		}
		fputc('\n', v->out);
		break;
	case NOTE_FOCUS:
		fprintf(v->out, "focus %s\n", n->text);
		break;
	default:
		fputs("pause\n", v->out);
		break;
	}
}

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

/* First expect of an event or a later one. */
static uint32_t expect_index(const struct scenario *s, uint32_t event)
{
	uint32_t low = 0, high = s->nr_expects;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (s->expects[middle].event < event)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
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
