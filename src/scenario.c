/*
 * A scenario: the parsed file, its events and its lecture statements.
 *
 *	rows       every line that is not blank, in the file's order: what the events panel shows
 *	events     in the order in which they run: more than rows where something repeats
 *	notes      say, label, pause, quiz, focus: each belongs to the event that it stands before
 *	expects    each belongs to the event that it stands behind
 *
 * All of them are arrays in order, so that whatever belongs to an event is found by halving.
 */
#include "i18n.h"
#include "parse.h"

#include <stdlib.h>
#include <string.h>

/* ---- making and freeing ---- */

/* The names that the language gives get the first symbols, in the order of enum fixed_symbol. */
static bool add_fixed_symbols(struct symbols *t)
{
	static const char *const places[] = {"code", "data", "bss", "heap", "stack"};
	const char *const *word = scenario_words();
	bool good = true;

	for (; *word; word++)
		good &= symbol_intern(t, *word, (uint32_t)strlen(*word)) != 0;
	for (unsigned i = 0; i < SYM_AFTER - SYM_CODE; i++)
		good &= symbol_intern(t, places[i], (uint32_t)strlen(places[i])) != 0;
	return good;
}

struct scenario *scenario_new(void)
{
	struct scenario *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	machine_config_default(&s->config);
	grammar_read(s->grammar);
	if (symbols_init(&s->symbols, &s->pool) && add_fixed_symbols(&s->symbols) &&
	    HAS_ROOM(s->extras, s->nr_extras, s->cap_extras)) {
		memset(&s->extras[s->nr_extras++], 0, sizeof(*s->extras));
		return s;
	}
	scenario_free(s);
	return NULL;
}

void scenario_free(struct scenario *s)
{
	if (!s)
		return;
	if (s->source)
		free(s->source->text);
	for (struct source *src = s->included; src; src = src->next)
		free(src->text);
	for (unsigned k = 0; k < NR_NOTE_KINDS; k++)
		free(s->notes[k].item);
	scenario_files_free(s);
	free(s->events);
	free(s->extras);
	free(s->rows);
	free(s->expects);
	free(s->blocks);
	symbols_free(&s->symbols);
	pool_free(&s->pool);
	free(s);
}

/* The scenario's own text; takes text over. False: no memory, text is still the caller's. */
static bool set_source(struct scenario *s, const char *name, char *text, size_t len)
{
	struct source *src = pool_alloc(&s->pool, sizeof(*src));
	const char *slash = strrchr(name, '/');

	if (!src)
		return false;
	src->name = pool_text(&s->pool, name, strlen(name));
	src->folder = pool_text(&s->pool, name, slash ? (size_t)(slash - name) + 1 : 0);
	if (!src->name || !src->folder)
		return false;
	src->text = text;
	src->len = len;
	file_identity(name, &src->device, &src->inode);
	s->source = src;
	return true;
}

/* Takes text over. */
static struct scenario *parse_owned(const char *name, char *text, size_t len,
				    const char *machine_override, struct diags *d)
{
	struct scenario *s = scenario_new();
	struct parser *p = calloc(1, sizeof(*p));
	bool good = false;

	if (s && p && set_source(s, name, text, len)) {
		text = NULL;
		p->s = s;
		p->d = d;
		good = parse_scenario(p, machine_override);
	} else {
		diag_add(d, name, 0, 0, 0, "", "%s", _("out of memory"));
	}
	if (p)
		parser_free(p);
	free(p);
	free(text);
	if (good)
		return s;
	scenario_free(s);
	return NULL;
}

struct scenario *scenario_load(const char *path, const char *machine_override, struct diags *d)
{
	char why[256];
	size_t len;
	char *text = text_read(path, &len, why, sizeof(why));

	if (text)
		return parse_owned(path, text, len, machine_override, d);
	diag_add(d, "mmviz", 0, 0, 0, "", "%s", why);
	return NULL;
}

struct scenario *scenario_parse(const char *name, const char *text, size_t len,
				const char *machine_override, struct diags *d)
{
	char *copy = malloc(len + 1);

	if (copy) {
		advise_large(copy, len + 1);
		memcpy(copy, text, len);
		copy[len] = '\0';
		return parse_owned(name, copy, len, machine_override, d);
	}
	diag_add(d, name, 0, 0, 0, "", "%s", _("out of memory"));
	return NULL;
}

bool scenario_define(const struct scenario *s, struct scope *c, const struct event *e)
{
	const struct event_extra *x = &s->extras[e->extra];
	struct scope_proc *made;

	switch (e->kind) {
	case EV_SPAWN:
		made = scope_add(c, e->proc, 0);
		if (made)
			made->program = x->file ? s->files[x->file - 1].program : &builtin_program;
		return made != NULL;
	case EV_FORK:
		return scope_add(c, e->name, e->proc) != NULL;
	case EV_EXEC:
		scope_find(c, e->proc)->program = s->files[x->file - 1].program;
		return true;
	case EV_EXIT:
		scope_find(c, e->proc)->alive = false;
		return true;
	case EV_MMAP:
	case EV_MALLOC:
	case EV_CALLOC:
		return scope_define_region(c, e->proc, e->name);
	case EV_ALLOC_PAGES:
	case EV_KMALLOC:
	case EV_CACHE_ALLOC:
	case EV_VMALLOC:
	case EV_IOREMAP:
		return scope_set(c, SCOPE_KERNEL, e->name, e->kind + 1u);
	case EV_CACHE_CREATE:
		return scope_set(c, SCOPE_CACHE, e->name, EV_CACHE_CREATE);
	case EV_CACHE_DESTROY:
		return scope_set(c, SCOPE_CACHE, e->other, EV_CACHE_DESTROY);
	default:
		return true;
	}
}

/* ---- questions ---- */

const char *scenario_name(const struct scenario *s)
{
	const char *name = s->source->name, *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

const char *scenario_title(const struct scenario *s, const char *lang)
{
	uint32_t wanted = lang ? symbol_find(&s->symbols, lang, (uint32_t)strlen(lang)) : 0;
	const char *plain = "";

	for (const struct title *t = s->titles; t->text; t++) {
		if (t->language == wanted && wanted)
			return t->text;
		if (t->language == 0)
			plain = t->text;
	}
	return plain;
}
const struct machine_config *scenario_config(const struct scenario *s) { return &s->config; }
uint32_t scenario_nr_events(const struct scenario *s) { return s->nr_events; }
uint32_t scenario_nr_rows(const struct scenario *s) { return s->nr_rows; }
const struct row *scenario_row(const struct scenario *s, uint32_t i)
{
	return i < s->nr_rows ? &s->rows[i] : NULL;
}
size_t scenario_nr_expects(const struct scenario *s) { return s->nr_expects; }
const struct expect *scenario_expect(const struct scenario *s, size_t i)
{
	return i < s->nr_expects ? &s->expects[i] : NULL;
}

const struct event *scenario_event(const struct scenario *s, uint32_t nr)
{
	return nr && nr <= s->nr_events ? &s->events[nr - 1] : NULL;
}

const struct event_extra *scenario_extra(const struct scenario *s, const struct event *e)
{
	return &s->extras[e->extra];
}

const struct scenario_file *scenario_file(const struct scenario *s, uint32_t index)
{
	return index < s->nr_files ? &s->files[index] : NULL;
}

size_t scenario_event_text(const struct scenario *s, uint32_t nr, char *buf, size_t size)
{
	const struct event *e = scenario_event(s, nr);
	const char *text = e ? s->rows[e->row].text : "";

	return line_fold(text, strlen(text), e ? e->counter : 0, buf, size);
}

const char *symbol_name(const struct scenario *s, uint32_t symbol)
{
	return s->symbols.item[symbol < s->symbols.count ? symbol : 0].name;
}

/* ---- lecture statements ---- */

/*
 * The first of count items whose event is not below `event`; count if all are.  first is the member
 * `event` of the first item, stride the bytes from one item to the next.
 */
static uint32_t first_of_event(const uint32_t *first, size_t stride, uint32_t count, uint32_t event)
{
	uint32_t low = 0, high = count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (*(const uint32_t *)((const char *)first + middle * stride) < event)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint32_t note_index(const struct note_list *l, uint32_t event)
{
	return l->count ? first_of_event(&l->item->event, sizeof(*l->item), l->count, event) : 0;
}

uint32_t expect_index(const struct scenario *s, uint32_t event)
{
	return s->nr_expects ? first_of_event(&s->expects->event, sizeof(*s->expects),
					      s->nr_expects, event)
			     : 0;
}

/* The last note of a kind that belongs to event nr; NULL if there is none. */
static const struct note *last_note(const struct scenario *s, enum note_kind kind, uint32_t nr)
{
	const struct note_list *l = &s->notes[kind];
	uint32_t behind = note_index(l, nr + 1);

	return behind && l->item[behind - 1].event == nr ? &l->item[behind - 1] : NULL;
}

/* The note of event nr in a language, else the one without a language; NULL if there is none. */
static const struct note *note_in(const struct scenario *s, enum note_kind kind, uint32_t nr,
				  const char *lang)
{
	const struct note_list *l = &s->notes[kind];
	uint32_t wanted = lang ? symbol_find(&s->symbols, lang, (uint32_t)strlen(lang)) : 0;
	const struct note *plain = NULL, *own = NULL;

	for (uint32_t i = note_index(l, nr); i < l->count && l->item[i].event == nr; i++) {
		if (l->item[i].symbol == 0)
			plain = &l->item[i];
		else if (l->item[i].symbol == wanted)
			own = &l->item[i];
	}
	return own ? own : plain;
}

const char *scenario_say(const struct scenario *s, uint32_t nr, const char *lang)
{
	const struct note *n = note_in(s, NOTE_SAY, nr, lang);

	return n ? n->text : NULL;
}

bool scenario_pause(const struct scenario *s, uint32_t nr)
{
	return last_note(s, NOTE_PAUSE, nr) != NULL;
}

const char *scenario_focus(const struct scenario *s, uint32_t nr)
{
	const struct note *n = last_note(s, NOTE_FOCUS, nr);

	return n ? n->text : NULL;
}

const struct quiz *scenario_quiz(const struct scenario *s, uint32_t nr, const char *lang)
{
	const struct note *n = note_in(s, NOTE_QUIZ, nr, lang);

	return n ? n->quiz : NULL;
}

const char *scenario_label_before(const struct scenario *s, uint32_t nr)
{
	const struct note_list *l = &s->notes[NOTE_LABEL];
	uint32_t behind = note_index(l, nr + 1);

	return behind ? symbol_name(s, l->item[behind - 1].symbol) : "";
}

uint32_t scenario_label(const struct scenario *s, const char *label)
{
	const struct note_list *l = &s->notes[NOTE_LABEL];
	uint32_t symbol = symbol_find(&s->symbols, label, (uint32_t)strlen(label));

	for (uint32_t i = 0; symbol && i < l->count; i++)
		if (l->item[i].symbol == symbol)
			return l->item[i].event < s->nr_events ? l->item[i].event : s->nr_events;
	return 0;
}
