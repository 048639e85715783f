/*
 * Completion: what may stand at the cursor, from the tables and from the machine.
 *
 *	wr|                     events of the language, and the prompt's own words
 *	write |                 PROC: the processes that live now
 *	write kid |             ADDR: the names that kid has given, and code, data, bss, heap, stack
 *	write kid buf |         options of `write`: value=
 *	cache_free |            NAME: the names by which an object of a cache is held
 *	kwrite |                KADDR: all names of kernel memory, and places
 *	proc |                  files of /proc, those of a process behind its name: kid/maps
 *	what |                  processes, the names of the one that is shown, kernel memory, phys, pfn
 *	inspect |               these, caches and zones
 *
 * Which kind of word is due is read from the arguments of events.def ("PROC ADDR [SIZE] [value=WORD]").  One
 * candidate is put in; of several their common beginning, and all are shown above the line.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "screen.h"
#include "src/proc.h"
#include "src/zone_name.h"

enum { WORDS_MAX = 256, POOL = 8192, WORD_MAX = 64 };

/* Candidates: those that begin with the prefix, each once. */
struct words {
	const char *prefix;
	size_t prefix_len;
	const char *word[WORDS_MAX];
	int count;
	char pool[POOL];
	size_t used;
};

static void add(struct words *w, const char *text, size_t len)
{
	char *copy = w->pool + w->used;

	if (len < w->prefix_len || strncmp(text, w->prefix, w->prefix_len) != 0)
		return;
	if (w->count == WORDS_MAX || w->used + len + 1 > POOL)
		return;
	for (int i = 0; i < w->count; i++)
		if (strlen(w->word[i]) == len && strncmp(w->word[i], text, len) == 0)
			return;
	memcpy(copy, text, len);
	copy[len] = '\0';
	w->used += len + 1;
	w->word[w->count++] = copy;
}

static void add_text(struct words *w, const char *text) { add(w, text, strlen(text)); }

/* ---- where the candidates come from ---- */

static void add_regions(struct words *w, const struct scenario *s, const struct region_table *t)
{
	for (uint32_t i = 0; i < t->cap; i++)
		if (t->slot[i].name)
			add_text(w, symbol_name(s, t->slot[i].name));
}

/* Names of kernel memory: those that an event takes, if something is held by them; for others all. */
static void add_kernel_names(struct words *w, const struct screen *s, enum event_kind k)
{
	const struct region_table *t = &view_machine(&s->view)->names;
	uint32_t taken = name_taken(k);

	for (uint32_t i = 0; i < t->cap; i++) {
		const struct region *r = &t->slot[i];

		if (r->name && (!taken || (r->kind == taken && !r->freed)))
			add_text(w, symbol_name(s->view.scenario, r->name));
	}
}

/* KADDR: names of kernel memory, also of what was freed, and places. */
static void add_kernel_addresses(struct words *w, const struct screen *s, enum event_kind k)
{
	add_kernel_names(w, s, k);
	for (int i = 0; kernel_place_words[i]; i++)
		add_text(w, kernel_place_words[i]);
}

static void add_processes(struct words *w, const struct screen *s)
{
	for (const struct task *t = view_machine(&s->view)->tasks; t; t = t->next)
		add_text(w, symbol_name(s->view.scenario, t->symbol));
}

/* Names of the process that the line's second word names; of all when it names none. */
static void add_addresses(struct words *w, const struct screen *s, const char *process, size_t len)
{
	static const char *const places[] = {"code", "data", "bss", "heap", "stack"};

	for (const struct task *t = view_machine(&s->view)->tasks; t; t = t->next) {
		const char *name = symbol_name(s->view.scenario, t->symbol);

		if (strlen(name) == len && strncmp(name, process, len) == 0)
			add_regions(w, s->view.scenario, &t->mm->regions);
	}
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		add_text(w, places[i]);
}

/* `what`: in its first place an address of the process that is shown may stand, or a word that says otherwise. */
static void add_what(struct words *w, const struct screen *s, int nr, const char *process,
		     size_t len)
{
	const struct task *t = view_task(&s->view);
	const char *name = t ? symbol_name(s->view.scenario, t->symbol) : "";

	if (nr == 1) {
		add_text(w, "phys");
		add_text(w, "pfn");
		add_processes(w, s);
		add_regions(w, s->view.scenario, &view_machine(&s->view)->names);
		process = name;
		len = strlen(name);
	}
	if (nr <= 2 && t)
		add_addresses(w, s, process, len);
}

/* Files of /proc: the machine's, those of the process that is shown, and of every process behind its name. */
static void add_files(struct words *w, const struct screen *s, int nr)
{
	const struct proc_file *f;

	for (size_t i = 0; nr == 1 && (f = proc_file_nth(i)); i++) {
		add_text(w, f->name);
		for (const struct task *t = view_machine(&s->view)->tasks; f->of_process && t;
		     t = t->next) {
			char path[WORD_MAX];

			snprintf(path, sizeof(path), "%s/%s", t->comm, f->name);
			add_text(w, path);
		}
	}
}

static void add_caches(struct words *w, const struct screen *s)
{
	const struct machine *m = view_machine(&s->view);

	for (uint32_t i = 0; i < m->nr_caches; i++)
		if (m->cache[i])
			add_text(w, m->cache[i]->name);
}

/* `inspect`: the same, and what has a name of its own. */
static void add_inspect(struct words *w, const struct screen *s, int nr, const char *process,
			size_t len)
{
	const struct machine *m = view_machine(&s->view);
	const struct zone *z;
	char name[ZONE_NAME_LEN];

	add_what(w, s, nr, process, len);
	if (nr != 1)
		return;
	add_caches(w, s);
	for_each_populated_zone(m, z)
		add_text(w, zone_name(m, z->id, name));
}

static void add_cpus(struct words *w, const struct screen *s)
{
	char word[WORD_MAX];

	for (uint32_t cpu = 0; cpu < view_machine(&s->view)->config.cpus; cpu++) {
		snprintf(word, sizeof(word), "%u", cpu);
		add_text(w, word);
	}
}

/* on=: the zones and caches that have a lock. */
static void add_locks(struct words *w, const struct screen *s)
{
	const struct machine *m = view_machine(&s->view);
	const struct spinlock *l;
	char word[WORD_MAX], name[CACHE_NAME_LEN];

	for (uint32_t i = 0; (l = lock_nth(m, i)) != NULL; i++) {
		snprintf(word, sizeof(word), "on=%s", lock_owner_name(m, l->id, name));
		add_text(w, word);
	}
}

static void add_labels(struct words *w, const struct screen *s)
{
	for (size_t i = 0; i < s->labels.count; i++)
		add_text(w, s->labels.mark[i].text);
}

/* ---- the grammar of an event ---- */

/* The event whose word these bytes are; NR_EVENT_KINDS: none. */
static enum event_kind event_named(const char *word, size_t len)
{
	unsigned k = 0;

	while (k < NR_EVENT_KINDS &&
	       (strlen(event_help(k)->word) != len || strncmp(event_help(k)->word, word, len) != 0))
		k++;
	return (enum event_kind)k;
}

/* Add the words of an option in brackets: "prot=PROT" gives "prot=", "private|shared" both. */
static void add_option(struct words *w, const char *p, size_t len)
{
	while (len > 0) {
		size_t word = 0;

		while (word < len && (islower((unsigned char)p[word]) || p[word] == '_'))
			word++;
		if (word < len && p[word] == '=')
			add(w, p, word + 1);
		else if (word > 0)
			add(w, p, word);
		while (word < len && p[word] != '|')
			word++;
		word += word < len;
		p += word;
		len -= word;
	}
}

/* The words that the argument at place nr (from 1) of event k may be, and every option. */
static void add_arguments(struct words *w, const struct screen *s, enum event_kind k, const char *p,
			  int nr, const char *second, size_t second_len)
{
	for (int place = 1; *p; place++) {
		size_t len = strcspn(p, " "), name;
		bool bracket = *p == '[';
		const char *word = p + bracket;

		name = strcspn(word, " ]=|@");
		if (word[name] == '=' || islower((unsigned char)*word))
			add_option(w, word, len - 2 * bracket);
		else if (place == nr &&
			 (strncmp(word, "PROC", name) == 0 || strncmp(word, "PARENT", name) == 0))
			add_processes(w, s);
		else if (place == nr &&
			 (strncmp(word, "ADDR", name) == 0 || strncmp(word, "REGION", name) == 0))
			add_addresses(w, s, second, second_len);
		else if (place == nr && strncmp(word, "CACHE", name) == 0)
			add_caches(w, s);
		else if (place == nr && strncmp(word, "NAME", name) == 0)
			add_kernel_names(w, s, k);
		else if (place == nr && strncmp(word, "KADDR", name) == 0)
			add_kernel_addresses(w, s, k);
		else if (strncmp(word, "CPU...", name) == 0 && (place == nr || name > 3))
			add_cpus(w, s);
		for (int i = 0;
		     place == nr && strncmp(word, "LOCKKIND", name) == 0 && lock_kind_names[i]; i++)
			add_text(w, lock_kind_names[i]);
		if (strncmp(word, "on=", 3) == 0 && strncmp(w->prefix, "on=", 3) == 0)
			add_locks(w, s);
		p += len;
		p += strspn(p, " ");
	}
}

/* What stands behind the word in the grammar of an event, or in the usage of a word of the prompt. */
static const char *arguments_of(const char *word, size_t len)
{
	enum event_kind k = event_named(word, len);
	const char *usage;

	if (k < NR_EVENT_KINDS)
		return event_help(k)->arguments;
	for (int i = 0; prompt_words[i]; i++) {
		usage = prompt_help(prompt_words[i])->usage;
		if (strlen(prompt_words[i]) == len && strncmp(prompt_words[i], word, len) == 0)
			return usage[len] ? usage + len + 1 : "";
	}
	return "";
}

/* ---- the line ---- */

/* Everything that may stand at the cursor. */
static void collect(struct words *w, const struct screen *s)
{
	const char *line = s->prompt.text, *cursor = line + s->prompt.cursor, *first, *second, *p;
	size_t first_len, second_len;
	int nr = 0;

	w->count = 0;
	w->used = 0;
	w->prefix = cursor;
	while (w->prefix > line && w->prefix[-1] != ' ')
		w->prefix--;
	w->prefix_len = (size_t)(cursor - w->prefix);
	first = line + strspn(line, " ");
	first_len = strcspn(first, " ");
	second = first + first_len + strspn(first + first_len, " ");
	second_len = strcspn(second, " ");
	if (w->prefix <= first) {
		for (int k = 0; k < NR_EVENT_KINDS; k++)
			add_text(w, event_help((enum event_kind)k)->word);
		for (int i = 0; prompt_words[i]; i++)
			add_text(w, prompt_words[i]);
		return;
	}
	for (p = first; p < w->prefix; nr++) {
		p += strcspn(p, " ");
		p += strspn(p, " ");
	}
	if (first_len == 4 && strncmp(first, "goto", 4) == 0)
		add_labels(w, s);
	else if (first_len == 4 && strncmp(first, "what", 4) == 0)
		add_what(w, s, nr, second, second_len);
	else if (first_len == 7 && strncmp(first, "inspect", 7) == 0)
		add_inspect(w, s, nr, second, second_len);
	else if (first_len == 4 && strncmp(first, "proc", 4) == 0)
		add_files(w, s, nr);
	else
		add_arguments(w, s, event_named(first, first_len), arguments_of(first, first_len),
			      nr, second, second_len);
}

/* How many bytes all candidates have in common. */
static size_t common(const struct words *w)
{
	size_t len = strlen(w->word[0]);

	for (int i = 1; i < w->count; i++) {
		size_t same = 0;

		while (same < len && w->word[i][same] == w->word[0][same])
			same++;
		len = same;
	}
	return len;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The candidates above the line, as many as fit. */
static void show(struct prompt *p, struct words *w)
{
	size_t used = 0;

	qsort(w->word, (size_t)w->count, sizeof(w->word[0]), by_text);
	p->hint[0] = '\0';
	for (int i = 0; i < w->count; i++) {
		size_t len = strlen(w->word[i]);

		if (used + len + 3 > sizeof(p->hint))
			break;
		memcpy(p->hint + used, w->word[i], len);
		memcpy(p->hint + used + len, "  ", 3);
		used += len + 2;
	}
}

void prompt_complete(struct screen *s)
{
	struct prompt *p = &s->prompt;
	struct words w;
	char rest[WORD_MAX + 2];
	size_t len;

	if (p->kind != PROMPT_EVENT)
		return;
	collect(&w, s);
	if (!w.count)
		return;
	len = common(&w) - w.prefix_len;
	if (len <= WORD_MAX) {
		memcpy(rest, w.word[0] + w.prefix_len, len);
		if (w.count == 1 && w.word[0][strlen(w.word[0]) - 1] != '=')
			rest[len++] = ' ';
		rest[len] = '\0';
		prompt_insert(p, rest);
	}
	if (w.count > 1)
		show(p, &w);
	else
		prompt_hint(s);
}

void prompt_hint(struct screen *s)
{
	struct prompt *p = &s->prompt;
	const char *first = p->text + strspn(p->text, " ");
	size_t len = strcspn(first, " ");
	enum event_kind k = event_named(first, len);
	char word[WORD_MAX];

	p->hint[0] = '\0';
	if (p->kind != PROMPT_EVENT || len >= sizeof(word))
		return;
	memcpy(word, first, len);
	word[len] = '\0';
	if (k < NR_EVENT_KINDS)
		snprintf(p->hint, sizeof(p->hint), "%s %s", word, event_help(k)->arguments);
	else if (prompt_help(word))
		snprintf(p->hint, sizeof(p->hint), "%s", prompt_help(word)->usage);
}
