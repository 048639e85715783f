/*
 * Lecture statements: say, label, pause, quiz.  The other one, focus, is in focus.c.
 *
 * They stand before an event and belong to it.  A say that follows another one of the same language
 * before the same event adds a line to it.
 */
#include "i18n.h"
#include "parse.h"

#include <string.h>

struct note *add_note(struct parser *p, enum note_kind kind)
{
	struct note_list *l = &p->s->notes[kind];

	if (l->count == MAX_EVENTS || !HAS_ROOM(l->item, l->count, l->cap)) {
		mistake_memory(p);
		return NULL;
	}
	l->item[l->count] = (struct note){
		.event = p->s->nr_events + 1,
		.row = p->row,
		.counter = p->line.has_counter ? p->counter : 0,
	};
	return &l->item[l->count++];
}

bool has_words(struct parser *p, uint32_t least, uint32_t most, const char *form)
{
	if (p->line.nr_words < least)
		return mistake(p, NULL, _("a word is missing: %s"), form);
	if (p->line.nr_words > most)
		return mistake_unexpected(p, &p->line.word[most], form);
	return true;
}

bool parse_label(struct parser *p)
{
	const struct word *w = &p->line.word[1];
	struct note *n;
	uint32_t symbol;

	if (!has_words(p, 2, 2, "label NAME") || !read_new_name(p, w, &symbol))
		return false;
	if (scope_get(&p->scope, SCOPE_LABEL, symbol))
		return mistake(p, w, _("there is a label \"%.*s\" already"), (int)w->len, w->text);
	n = add_note(p, NOTE_LABEL);
	if (!n)
		return false;
	n->symbol = symbol;
	return scope_set(&p->scope, SCOPE_LABEL, symbol, n->event) || mistake_memory(p);
}

/* The language of say.zh, quiz.zh, title.zh, one of those that --lang knows; *symbol is 0 for none. */
bool read_language(struct parser *p, uint32_t *symbol)
{
	static const char *const known[] = {"en", "zh", NULL};
	const struct word *w = &p->line.word[0];
	const char *dot = memchr(w->text, '.', w->len), *lang = dot ? dot + 1 : NULL;
	uint32_t len = dot ? w->len - (uint32_t)(lang - w->text) : 0;
	struct word word = word_part(w, lang, len);
	unsigned index;

	*symbol = 0;
	if (!dot)
		return true;
	if (!read_choice(p, &word, lang, len, _("language"), known, &index))
		return false;
	*symbol = symbol_intern(&p->s->symbols, lang, len);
	return *symbol || mistake_memory(p);
}

/* What the event has been given in this language so far; NULL: nothing. */
static struct note *find_say(struct parser *p, uint32_t lang)
{
	struct note_list *l = &p->s->notes[NOTE_SAY];

	for (uint32_t i = l->count; i > 0 && l->item[i - 1].event == p->s->nr_events + 1; i--)
		if (l->item[i - 1].symbol == lang)
			return &l->item[i - 1];
	return NULL;
}

bool parse_say(struct parser *p)
{
	const struct word *w = &p->line.word[1];
	uint32_t symbol;
	struct note *n, *before;
	char *text;
	size_t had;

	if (!has_words(p, 2, 2, "say \"TEXT\""))
		return false;
	if (!read_language(p, &symbol))
		return false;
	before = find_say(p, symbol);
	had = before ? strlen(before->text) + 1 : 0;
	text = pool_alloc(&p->s->pool, had + w->len + 1);
	if (!text)
		return mistake_memory(p);
	if (before)
		snprintf(text, had + 1, "%s\n", before->text);
	memcpy(text + had, w->text, w->len);
	n = before ? before : add_note(p, NOTE_SAY);
	if (!n)
		return false;
	n->symbol = symbol;
	n->text = text;
	return true;
}

bool parse_pause(struct parser *p)
{
	return has_words(p, 1, 1, "pause") && add_note(p, NOTE_PAUSE);
}

/* The value of key= in the word, kept; *value stays NULL if the word is another one. */
static bool read_text(struct parser *p, const struct word *w, const char *key, const char **value)
{
	size_t len = strlen(key);

	if (w->quoted || w->len <= len || memcmp(w->text, key, len) != 0 || w->text[len] != '=')
		return true;
	if (*value)
		return mistake(p, w, _("%s is given twice"), key);
	*value = pool_text(&p->s->pool, w->text + len + 1, w->len - len - 1);
	return *value || mistake_memory(p);
}

/* Is text one of the choices, which stand between bars? */
static bool is_choice(const char *choices, const char *text)
{
	size_t len = strlen(text);

	for (const char *c = choices;; c++) {
		size_t choice = strcspn(c, "|");

		if (choice == len && memcmp(c, text, len) == 0)
			return true;
		c += choice;
		if (!*c)
			return false;
	}
}

static bool check_answer(struct parser *p, const struct quiz *q, const char *form)
{
	if (!q->answer)
		return mistake(p, NULL, _("answer= is missing: %s"), form);
	if (!q->answer[0])
		return mistake(p, NULL, _("the answer is empty: %s"), form);
	if (q->choices && !is_choice(q->choices, q->answer))
		return mistake(p, NULL, _("the answer \"%s\" is none of the choices \"%s\""),
			       q->answer, q->choices);
	return true;
}

bool parse_quiz(struct parser *p)
{
	static const char form[] = "quiz \"QUESTION\" answer=\"...\" [choices=\"a|b|c\"]";
	struct quiz *q = pool_alloc(&p->s->pool, sizeof(*q));
	uint32_t symbol;
	struct note *n;

	if (!q)
		return mistake_memory(p);
	if (!has_words(p, 3, 4, form) || !read_language(p, &symbol))
		return false;
	q->question = pool_text(&p->s->pool, p->line.word[1].text, p->line.word[1].len);
	for (uint32_t i = 2; i < p->line.nr_words; i++) {
		const char *answer = q->answer, *choices = q->choices;

		if (!read_text(p, &p->line.word[i], "answer", &q->answer) ||
		    !read_text(p, &p->line.word[i], "choices", &q->choices))
			return false;
		if (q->answer == answer && q->choices == choices)
			return mistake_unexpected(p, &p->line.word[i], form);
	}
	if (!check_answer(p, q, form))
		return false;
	n = q->question ? add_note(p, NOTE_QUIZ) : NULL;
	if (!n)
		return mistake_memory(p);
	n->symbol = symbol;
	n->quiz = q;
	return true;
}
