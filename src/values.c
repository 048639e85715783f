/*
 * Values: one word of a line to a number, a name, an address.
 *
 *	ADDR   0x08049000   buf   buf+8K   stack-4K   main (a symbol of the program)
 *
 * A name may hold a minus itself, so the whole word is tried as a name before it is cut at its last
 * one.
 */
#include "i18n.h"
#include "number.h"
#include "parse.h"
#include "run.h"

#include <string.h>

static const char size_wanted[] = N_("a size such as 4096, 0x1000, 64K, 1.5M or 3p (pages)");

bool is_word(const struct word *w, const char *text)
{
	return w->len == strlen(text) && memcmp(w->text, text, w->len) == 0;
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* A limit as people write it. */
static const char *size_text(uint64_t bytes, char buf[24])
{
	static const char units[] = "\0KMGT";
	unsigned unit = 0;

	while (unit < 4 && bytes && bytes % 1024 == 0) {
		bytes /= 1024;
		unit++;
	}
	snprintf(buf, 24, "%llu%.1s", (unsigned long long)bytes, units + unit);
	return buf;
}

uint64_t most_address(const struct parser *p)
{
	return p->s->config.profile->word_bits == 64 ? UINT64_MAX : UINT32_MAX;
}

uint64_t most_bytes(const struct parser *p)
{
	return (uint64_t)1 << (p->s->config.profile->word_bits == 64 ? 47 : 32);
}

bool read_size(struct parser *p, const struct word *w, const char *text, uint32_t len,
	       uint64_t most, uint64_t *bytes)
{
	enum number_kind kind = size_read(text, len, bytes);
	char limit[24];

	if (kind == NUMBER_OK && *bytes <= most)
		return true;
	if (kind == NUMBER_OK || kind == NUMBER_TOO_LARGE)
		return mistake(p, w, _("\"%.*s\" is too large: at most %s"), (int)len, text,
			       size_text(most, limit));
	return mistake(p, w, _("\"%.*s\" is not %s"), (int)len, text, _(size_wanted));
}

bool read_number(struct parser *p, const struct word *w, const char *text, uint32_t len,
		 const char *what, uint64_t least, uint64_t most, uint64_t *value)
{
	enum number_kind kind = number_read(text, len, value);

	if (kind == NUMBER_OK && *value >= least && *value <= most)
		return true;
	if (kind == NUMBER_OK || kind == NUMBER_TOO_LARGE)
		return mistake(p, w, _("%.*s is out of range: %s is %llu to %llu"), (int)len, text,
			       what, (unsigned long long)least, (unsigned long long)most);
	return mistake(p, w, _("\"%.*s\" is not a number: %s is %llu to %llu"), (int)len, text,
		       what, (unsigned long long)least, (unsigned long long)most);
}

bool read_choice(struct parser *p, const struct word *w, const char *text, uint32_t len,
		 const char *what, const char *const *list, unsigned *index)
{
	struct word value = *w;
	char all[256] = "";
	size_t used = 0;

	for (*index = 0; list[*index]; ++*index)
		if (strlen(list[*index]) == len && memcmp(list[*index], text, len) == 0)
			return true;
	value.text = text;
	value.len = len;
	if (nearest_word(text, len, list))
		return mistake_unknown(p, &value, what, list);
	for (unsigned i = 0; list[i] && used + strlen(list[i]) + 3 < sizeof(all); i++)
		used += (size_t)snprintf(all + used, sizeof(all) - used, "%s%s", i ? ", " : "",
					 list[i]);
	return mistake(p, w, _("unknown %s \"%.*s\"; known are %s"), what, (int)len, text, all);
}

bool read_prot(struct parser *p, const struct word *w, const char *text, uint32_t len,
	       uint8_t *prot)
{
	*prot = 0;
	if (len == 4 && memcmp(text, "none", 4) == 0)
		return true;
	for (uint32_t i = 0; i < len; i++) {
		uint8_t bit = text[i] == 'r'   ? VM_READ
			      : text[i] == 'w' ? VM_WRITE
			      : text[i] == 'x' ? VM_EXEC
					       : 0;

		if (!bit || (*prot & bit))
			return mistake(
				p, w,
				_("bad rights \"%.*s\": letters out of rwx, each once, or none"),
				(int)len, text);
		*prot |= bit;
	}
	return len > 0 || mistake(p, w, _("no rights: letters out of rwx, or none"));
}

bool read_proc(struct parser *p, const struct word *w, uint32_t *symbol)
{
	struct scope_proc *poison;

	*symbol = symbol_intern(&p->s->symbols, w->text, w->len);
	if (!*symbol)
		return mistake_memory(p);
	if (scope_find(&p->scope, *symbol))
		return true;
	mistake_unknown_proc(p, w);
	poison = scope_add(&p->scope, *symbol, 0);
	if (!poison)
		return mistake_memory(p);
	poison->anything_goes = true;
	return false;
}

bool read_new_name(struct parser *p, const struct word *w, uint32_t *symbol)
{
	bool good = w->len > 0 && is_letter(w->text[0]) && !w->quoted;

	for (uint32_t i = 1; good && i < w->len; i++)
		good = is_letter(w->text[i]) || is_digit(w->text[i]) || w->text[i] == '_' ||
		       w->text[i] == '-';
	if (!good)
		return mistake(p, w,
			       _("\"%.*s\" is no name: a letter, then letters, digits, _ and -"),
			       (int)w->len, w->text);
	*symbol = symbol_intern(&p->s->symbols, w->text, w->len);
	return *symbol || mistake_memory(p);
}

/* ---- caches ---- */

/* By asking a machine of this configuration. Once. */
bool know_caches(struct parser *p)
{
	struct trace trace = {0};
	struct machine *m;
	bool known = true;

	if (p->knows_caches)
		return true;
	p->knows_caches = true;
	m = machine_create(&p->s->config, &trace);
	if (!m)
		return false;
	for (uint32_t i = 0; known && i < m->nr_caches; i++) {
		const char *name = m->cache[i] ? m->cache[i]->name : "";
		uint32_t symbol = symbol_intern(&p->s->symbols, name, (uint32_t)strlen(name));

		known = symbol && (scope_get(&p->scope, SCOPE_CACHE, symbol) ||
				   scope_set(&p->scope, SCOPE_CACHE, symbol, EV_CACHE_CREATE));
	}
	machine_destroy(m);
	return known;
}

bool read_cache(struct parser *p, const struct word *w, uint32_t *symbol)
{
	*symbol = symbol_intern(&p->s->symbols, w->text, w->len);
	if (!*symbol)
		return mistake_memory(p);
	if (scope_get(&p->scope, SCOPE_CACHE, *symbol))
		return true;
	if (!know_caches(p))
		return mistake_memory(p);
	return scope_get(&p->scope, SCOPE_CACHE, *symbol) ||
	       mistake_unknown_name(p, w, SCOPE_CACHE, _("cache"));
}

/* Does the word up to an @ name a type of zone? */
static bool names_zone(const struct word *w)
{
	const char *at = memchr(w->text, '@', w->len);
	struct word type = word_part(w, w->text, at ? (uint32_t)(at - w->text) : w->len);
	unsigned i = 0;

	while (zone_names[i] && !is_word(&type, zone_names[i]))
		i++;
	return zone_names[i] != NULL;
}

bool read_lock_owner(struct parser *p, const struct word *w, uint32_t *zone, uint32_t *cache)
{
	char name[32];
	uint8_t id;

	*cache = 0;
	if (names_zone(w)) {
		if (!read_zone(p, w, &id, name, sizeof(name)))
			return false;
		*zone = id;
		return true;
	}
	*cache = symbol_intern(&p->s->symbols, w->text, w->len);
	if (*cache && know_caches(p) && !scope_get(&p->scope, SCOPE_CACHE, *cache) &&
	    nearest_word(w->text, w->len, zone_names))
		return mistake_unknown(p, w, _("zone or cache"), zone_names);
	return read_cache(p, w, cache);
}

/* ---- addresses ---- */

/* Does text name a place in proc?  Sets base and symbol of *a. */
static bool find_place(struct parser *p, const char *text, uint32_t len, uint32_t proc,
		       struct addr *a)
{
	uint32_t symbol = symbol_find(&p->s->symbols, text, len);
	const struct scope_proc *owner = scope_find(&p->scope, proc);
	uint64_t bytes;
	vaddr_t va;

	if (symbol >= SYM_CODE && symbol < SYM_AFTER) {
		a->base = (uint8_t)(ADDR_CODE + (symbol - SYM_CODE));
		return true;
	}
	a->base = ADDR_REGION;
	a->symbol = symbol;
	if (symbol && scope_has_region(&p->scope, proc, symbol))
		return true;
	if (!owner || (!owner->anything_goes && !owner->program))
		return false;
	a->symbol = symbol_intern(&p->s->symbols, text, len);
	return a->symbol &&
	       (owner->anything_goes ||
		program_symbol(owner->program, symbol_name(p->s, a->symbol), &va, &bytes));
}

/* Where the +SIZE or -SIZE of text begins; len if there is none. */
static uint32_t find_offset(const char *text, uint32_t len)
{
	for (uint32_t i = len; i > 1; i--)
		if ((text[i - 1] == '+' || text[i - 1] == '-') && i < len && is_digit(text[i]))
			return i - 1;
	for (uint32_t i = 1; i < len; i++)
		if (text[i] == '+')
			return i;
	return len;
}

bool read_addr(struct parser *p, const struct word *w, const char *text, uint32_t len,
	       uint32_t proc, struct addr *a)
{
	uint32_t cut = find_offset(text, len);
	uint64_t bytes = 0;

	*a = (struct addr){0};
	if (len == 0)
		return mistake(p, w, _("an address is missing"));
	if (is_digit(text[0])) {
		a->base = ADDR_NUMBER;
		if (!read_size(p, w, text, cut, most_address(p), &bytes))
			return false;
		a->offset = (int64_t)bytes;
	} else if (cut == len || text[cut] == '-') {
		if (find_place(p, text, len, proc, a))
			return true;
	}
	if (!a->base || a->base == ADDR_REGION) {
		if (!find_place(p, text, cut, proc, a)) {
			struct word name = word_part(w, text, cut);

			return p->no_memory ? false : mistake_unknown_place(p, &name, proc);
		}
	}
	if (cut == len)
		return true;
	if (cut + 1 == len)
		return mistake(p, w, _("a size is missing behind \"%.*s\""), (int)len, text);
	if (!read_size(p, w, text + cut + 1, len - cut - 1, most_bytes(p), &bytes))
		return false;
	a->offset += text[cut] == '+' ? (int64_t)bytes : -(int64_t)bytes;
	return true;
}
