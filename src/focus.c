/*
 * focus PANEL [ITEM]: the panel that comes up with the next event, and what is chosen in it.
 *
 * Which names an ITEM can have depends on the panel.  Often the event that follows makes what it names, so it is looked
 * up behind that one:
 *
 *	focus slab box
 *	cache_create box 300        here box is known
 *
 * A part of a cache's name is enough.  Of ranges not all names are known before the scenario runs (a mapping is called
 * after its file): there a word is wrong only if it is nearly, but not quite, a name that is known.
 */
#include "address_map.h"
#include "i18n.h"
#include "parse.h"

#include <string.h>
#include <strings.h>

enum item { NO_ITEM, ITEM_PROC, ITEM_ZONE, ITEM_CACHE, ITEM_LOCK, ITEM_RANGE };

const char *const focus_words[] = {"events", "why",    "process", "walk",  "zones",
				   "slab",   "memory", "space",   "locks", NULL};

/* Of each of focus_words. */
static const uint8_t items[] = {NO_ITEM,    NO_ITEM,   ITEM_PROC,  ITEM_PROC, ITEM_ZONE,
				ITEM_CACHE, ITEM_ZONE, ITEM_RANGE, ITEM_LOCK};

/* An ITEM that waits for the next event, and where it stands. */
struct focus_item {
	struct focus_item *next; /* met before it          */
	enum item item;
	char *name; /* what word says         */
	struct word word;
	const struct source *source;
	unsigned line_nr;
	const char *line;
	uint32_t line_len;
};

/* ---- is it known? ---- */

static bool is_part_of_one(const char *text, const char *const *names)
{
	for (; *names; names++)
		if (strcasestr(*names, text))
			return true;
	return false;
}

/* The letters of a zone may be of any size here: give the name those of the zone. */
static void spell_zone(char *name)
{
	size_t len = strcspn(name, "@");

	for (unsigned i = 0; zone_names[i]; i++)
		if (strlen(zone_names[i]) == len && strncasecmp(name, zone_names[i], len) == 0)
			memcpy(name, zone_names[i], len);
}

static bool read_zone_item(struct parser *p, struct focus_item *f)
{
	char name[32];
	uint8_t id;

	spell_zone(f->name);
	return read_zone(p, &f->word, &id, name, sizeof(name));
}

static bool is_part_of_cache(struct parser *p, const struct focus_item *f)
{
	const char *names[NAMES_MAX + 1];

	known_names(p, SCOPE_CACHE, 0, names, 0);
	return is_part_of_one(f->name, names);
}

static bool read_cache_item(struct parser *p, const struct focus_item *f)
{
	if (is_part_of_cache(p, f))
		return true;
	if (!know_caches(p))
		return mistake_memory(p);
	return is_part_of_cache(p, f) || mistake_unknown_name(p, &f->word, SCOPE_CACHE, _("cache"));
}

static bool read_lock_item(struct parser *p, struct focus_item *f)
{
	uint32_t zone, cache;

	spell_zone(f->name);
	if (!know_caches(p))
		return mistake_memory(p);
	return is_part_of_cache(p, f) || read_lock_owner(p, &f->word, &zone, &cache);
}

static bool is_hexadecimal(const char *text)
{
	return text[strspn(text, "0123456789abcdefx")] == '\0';
}

static bool read_range_item(struct parser *p, const struct focus_item *f)
{
	const char *names[NAMES_MAX + 1];
	unsigned n = 0;

	for (; range_kind_names[n]; n++)
		names[n] = range_kind_names[n];
	n = known_names(p, SCOPE_PROCESS, 0, names, n);
	n = known_names(p, SCOPE_KERNEL, 0, names, n);
	return n == NAMES_MAX || is_hexadecimal(f->name) || is_part_of_one(f->name, names) ||
	       !nearest_word(f->name, f->word.len, names) ||
	       mistake_unknown(p, &f->word, _("range"), names);
}

static bool read_item(struct parser *p, struct focus_item *f)
{
	uint32_t symbol;

	switch (f->item) {
	case ITEM_PROC:
		return read_proc(p, &f->word, &symbol);
	case ITEM_ZONE:
		return read_zone_item(p, f);
	case ITEM_CACHE:
		return read_cache_item(p, f);
	case ITEM_LOCK:
		return read_lock_item(p, f);
	default:
		return read_range_item(p, f);
	}
}

/* The line is another one meanwhile: mistakes shall show theirs. */
static void check_items(struct parser *p)
{
	const struct source *source = p->source;
	struct line line = p->line;
	unsigned line_nr = p->line_nr;

	for (struct focus_item *f = p->focus; f; f = f->next) {
		p->source = f->source;
		p->line_nr = f->line_nr;
		p->line.text = f->line;
		p->line.len = f->line_len;
		read_item(p, f);
	}
	p->focus = NULL;
	p->source = source;
	p->line = line;
	p->line_nr = line_nr;
}

void check_focus(struct parser *p)
{
	if (p->focus)
		check_items(p);
}

/* ---- the statement ---- */

/* "PANEL ITEM" of the note, in words. */
static char *focus_text(struct parser *p)
{
	const struct word *w = p->line.word;
	bool has_item = p->line.nr_words > 2;
	char *text = pool_alloc(&p->s->pool, w[1].len + (has_item ? w[2].len : 0) + 2);

	if (!text)
		return NULL;
	memcpy(text, w[1].text, w[1].len);
	if (has_item) {
		text[w[1].len] = ' ';
		memcpy(text + w[1].len + 1, w[2].text, w[2].len);
	}
	return text;
}

static bool keep_item(struct parser *p, enum item item, const struct word *w)
{
	struct focus_item *f = pool_alloc(&p->s->pool, sizeof(*f));
	char *name = pool_text(&p->s->pool, w->text, w->len);

	if (!f || !name)
		return mistake_memory(p);
	*f = (struct focus_item){
		.next = p->focus,
		.item = item,
		.name = name,
		.word = *w,
		.source = p->source,
		.line_nr = p->line_nr,
		.line = p->line.text,
		.line_len = p->line.len,
	};
	f->word.text = name;
	p->focus = f;
	return true;
}

bool parse_focus(struct parser *p)
{
	const struct word *w = p->line.word;
	struct note *n;
	unsigned panel;
	char *text;

	if (!has_words(p, 2, 3, "focus PANEL [ITEM]") ||
	    !read_choice(p, &w[1], w[1].text, w[1].len, _("panel"), focus_words, &panel))
		return false;
	if (p->line.nr_words > 2 && items[panel] == NO_ITEM)
		return mistake(p, &w[2], _("the %s panel is brought up as a whole: focus %s"),
			       focus_words[panel], focus_words[panel]);
	text = focus_text(p);
	n = text ? add_note(p, NOTE_FOCUS) : NULL;
	if (!n)
		return mistake_memory(p);
	n->text = text;
	return p->line.nr_words < 3 || w[2].len == 0 || keep_item(p, items[panel], &w[2]);
}
