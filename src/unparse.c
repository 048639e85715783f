/*
 * Statements back to text, for saving.
 *
 * A statement is written from its row, with its counter for $i; a lecture statement from what is
 * known of it, since several lines may have become one.  A file that is named is seen from the
 * folder of the text: when the new file lies elsewhere, it is named by its full path.
 */
#include "unparse.h"
#include "lexer.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

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

/* What was written, with counter for $i. False: no memory. */
static bool write_folded(FILE *out, const char *text, size_t len, uint32_t counter)
{
	size_t folded = line_fold(text, len, counter, NULL, 0);
	char *buf = malloc(folded + 1);

	if (!buf)
		return false;
	line_fold(text, len, counter, buf, folded + 1);
	fputs(buf, out);
	free(buf);
	return true;
}

/* A statement whose files lie elsewhere than the new file: word by word. */
bool write_moved(struct saving *v, const struct row *r, uint32_t counter)
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
			good = write_folded(v->out, l.text + w->at, w->width, counter);
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

bool is_moved(const struct saving *v, const struct row *r)
{
	return names_file(r) && !is_same_folder(v->folder, source_of(v->s, r)->folder);
}

/* The row's statement, with counter for $i. */
bool write_row(struct saving *v, uint32_t row, uint32_t counter)
{
	const struct row *r = &v->s->rows[row];

	if (is_moved(v, r))
		return write_moved(v, r, counter);
	if (!write_folded(v->out, r->text, strlen(r->text), counter))
		return false;
	fputc('\n', v->out);
	return true;
}

/* "PANEL [ITEM]", of which the item may be any text. */
static void write_focus(FILE *out, const char *text)
{
	size_t panel = strcspn(text, " ");

	fprintf(out, "focus %.*s", (int)panel, text);
	if (text[panel]) {
		fputc(' ', out);
		write_quoted(out, text + panel + 1);
	}
	fputc('\n', out);
}

void write_note(struct saving *v, enum note_kind kind, const struct note *n)
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
		fprintf(v->out, n->symbol ? "quiz.%s " : "quiz ", symbol_name(v->s, n->symbol));
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
		write_focus(v->out, n->text);
		break;
	default:
		fputs("pause\n", v->out);
		break;
	}
}
