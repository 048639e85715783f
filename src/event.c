/*
 * Events: a line's words to an event that is ready to run.
 *
 *	mmap   PROC NEWREGION SIZE [prot=PROT] ...       events.def
 *	mmap   sh   buf       16K  prot=r populate       the line
 *
 * Positional arguments come first, in their order; one that may be left out is there when the next
 * word looks like it.  What is left are options.
 */
#include "i18n.h"
#include "number.h"
#include "parse.h"
#include "run.h"
#include "sim/page_alloc.h"

#include <string.h>

enum { MAX_ROWS = 16 }; /* of names in the fixmap */

/* What the names of kernel memory are given by and taken by. */
static enum event_kind maker_of(enum event_kind taker)
{
	switch (taker) {
	case EV_FREE_PAGES:
	case EV_KMAP:
	case EV_KUNMAP:
	case EV_KMAP_ATOMIC:
	case EV_KUNMAP_ATOMIC:
		return EV_ALLOC_PAGES;
	case EV_KFREE:
		return EV_KMALLOC;
	case EV_CACHE_FREE:
		return EV_CACHE_ALLOC;
	case EV_VFREE:
		return EV_VMALLOC;
	default:
		return EV_IOREMAP;
	}
}

static bool read_kernel_name(struct parser *p, const struct word *w, struct event *e)
{
	enum event_kind wanted = maker_of(e->kind);
	uint32_t given;

	e->name = symbol_intern(&p->s->symbols, w->text, w->len);
	if (!e->name)
		return mistake_memory(p);
	given = scope_get(&p->scope, SCOPE_KERNEL, e->name);
	if (given == 0)
		return mistake_unknown_name(p, w, SCOPE_KERNEL, _("name"));
	if (given - 1 != wanted)
		return mistake(p, w, _("\"%s\" was given by %s; %s takes what %s gave"),
			       symbol_name(p->s, e->name), event_help(given - 1)->word,
			       event_help(e->kind)->word, event_help(wanted)->word);
	return true;
}

static bool read_new_proc(struct parser *p, const struct word *w, uint32_t *symbol)
{
	const struct scope_proc *old;

	if (!read_new_name(p, w, symbol))
		return false;
	old = scope_find(&p->scope, *symbol);
	if (old && old->alive && !old->anything_goes) {
		mistake(p, w, _("there is a process \"%.*s\" already"), (int)w->len, w->text);
		*symbol = 0;
		return false;
	}
	return true;
}

static bool read_new_region(struct parser *p, const struct word *w, uint32_t *symbol)
{
	if (!read_new_name(p, w, symbol))
		return false;
	if (*symbol >= SYM_CODE && *symbol < SYM_AFTER) {
		mistake(p, w, _("\"%.*s\" means a place of every process; choose another name"),
			(int)w->len, w->text);
		*symbol = 0;
		return false;
	}
	return true;
}

static bool read_region(struct parser *p, const struct word *w, struct event *e)
{
	const struct scope_proc *owner = scope_find(&p->scope, e->proc);

	e->name = symbol_intern(&p->s->symbols, w->text, w->len);
	if (!e->name)
		return mistake_memory(p);
	if (!owner || owner->anything_goes || scope_has_region(&p->scope, e->proc, e->name))
		return true;
	return mistake_unknown_region(p, w, e->proc);
}

static bool read_new_cache(struct parser *p, const struct word *w, struct event *e)
{
	struct word name = *w;

	if (w->len >= CACHE_NAME_LEN)
		return mistake(p, w, _("a cache's name has at most %d letters"),
			       CACHE_NAME_LEN - 1);
	if (!read_new_name(p, &name, &e->name))
		return false;
	return scope_get(&p->scope, SCOPE_CACHE, e->name) != EV_CACHE_CREATE ||
	       mistake(p, w, _("there is a cache \"%.*s\" already"), (int)w->len, w->text);
}

static bool read_break(struct parser *p, const struct word *w, struct event *e)
{
	if (w->len && (w->text[0] == '+' || w->text[0] == '-')) {
		e->options |= w->text[0] == '+' ? OPT_BRK_PLUS : OPT_BRK_MINUS;
		return read_size(p, w, w->text + 1, w->len - 1, most_bytes(p), &e->size);
	}
	return read_addr(p, w, w->text, w->len, e->proc, &e->addr);
}

/* A name of kernel memory that a store or a load may be at; its mistake lists the places too. */
static bool mistake_unknown_kernel_addr(struct parser *p, const struct word *name)
{
	if (nearest_word(name->text, name->len, kernel_place_words))
		return mistake_unknown(p, name, _("name"), kernel_place_words);
	return mistake_unknown_name(p, name, SCOPE_KERNEL, _("name"));
}

/* A kernel address: a number, a name of kernel memory or a place, plus an offset; with in= an ADDR of PROC. */
static bool read_kernel_addr(struct parser *p, const struct word *w, struct event *e)
{
	const char *plus = memchr(w->text, '+', w->len);
	struct word name = *w;
	uint64_t bytes = 0;
	uint32_t place, symbol;

	if (w->len && w->text[0] >= '0' && w->text[0] <= '9')
		return read_addr(p, w, w->text, w->len, 0, &e->addr);
	if (plus)
		name = word_part(w, w->text, (uint32_t)(plus - w->text));
	symbol = symbol_intern(&p->s->symbols, name.text, name.len);
	if (!symbol)
		return mistake_memory(p);
	if (scope_get(&p->scope, SCOPE_KERNEL, symbol))
		e->addr = (struct addr){.base = ADDR_KERNEL_NAME, .symbol = symbol};
	else if (kernel_place_find(p->s->config.profile, name.text, name.len, &place))
		e->addr = (struct addr){.base = ADDR_KERNEL_PLACE, .symbol = place};
	else if (e->proc)
		return read_addr(p, w, w->text, w->len, e->proc, &e->addr);
	else
		return mistake_unknown_kernel_addr(p, &name);
	if (plus && !read_size(p, w, plus + 1, w->len - name.len - 1, most_bytes(p), &bytes))
		return false;
	e->addr.offset = (int64_t)bytes;
	return true;
}

/* in=PROC says whose the address may be: it is read before the arguments. */
static bool read_in(struct parser *p, const struct grammar *g, struct event *e)
{
	for (uint32_t i = 2; (g->allowed >> O_IN & 1) && i < p->line.nr_words; i++) {
		const struct word *w = &p->line.word[i];
		struct word name;

		if (w->quoted || w->len < 4 || memcmp(w->text, "in=", 3) != 0)
			continue;
		name = word_part(w, w->text + 3, w->len - 3);
		return read_proc(p, &name, &e->proc);
	}
	return true;
}

/* A slab's order ends: 2.4's at 5, 6.1's at the page allocator's own, 10. */
static uint64_t most_object_bytes(const struct parser *p)
{
	return p->s->config.profile->slab_61 ? CACHE_SIZE_MAX : CACHE_SIZE_MAX_24;
}

static bool read_sized(struct parser *p, const struct word *w, struct event *e)
{
	uint64_t most = e->kind == EV_CACHE_CREATE ? most_object_bytes(p)
			: e->proc                  ? most_bytes(p)
						   : UINT32_MAX;

	e->options |= OPT_HAS_SIZE;
	if (!read_size(p, w, w->text, w->len, most, &e->size))
		return false;
	return e->kind != EV_CACHE_CREATE || e->size > 0 ||
	       mistake(p, w, _("an object has at least 1 byte"));
}

static bool read_program(struct parser *p, const struct word *w, struct event_extra *x)
{
	char why[256];

	x->file =
		scenario_add_file(p->s, p->source->folder, w->text, w->len, true, why, sizeof(why));
	return x->file || mistake(p, w, "%s", why);
}

static bool mistake_unknown_slot(struct parser *p, const struct word *w)
{
	const char *names[MAX_ROWS + 1], *name;
	uint32_t n = 0, nr;

	for (uint32_t slot = 1;
	     n < MAX_ROWS && (name = fix_slot_name(p->s->config.profile, slot, &nr)); slot++)
		if (nr == 0 && may_set_fixmap(p->s->config.profile, slot))
			names[n++] = name;
	names[n] = NULL;
	return mistake_unknown(p, w, _("fixmap slot"), names);
}

/* A slot of the fixmap that set_fixmap may set: its number or its name. */
static bool read_slot(struct parser *p, const struct word *w, struct event *e)
{
	const struct mm_profile *profile = p->s->config.profile;
	uint64_t slot = 0;
	uint32_t found;

	if (w->len && w->text[0] >= '0' && w->text[0] <= '9') {
		if (!read_number(p, w, w->text, w->len, _("a fixmap slot"), 0,
				 profile->fix_kmap_begin + profile->fix_slots_behind_kmap +
					 (uint64_t)profile->kmap_slots * profile->nr_cpus - 1,
				 &slot))
			return false;
	} else if (fix_slot_find(profile, w->text, w->len, &found)) {
		slot = found;
	} else {
		return mistake_unknown_slot(p, w);
	}
	e->other = (uint32_t)slot;
	return may_set_fixmap(profile, e->other) ||
	       mistake(p, w,
		       slot ? _("slot %u belongs to kmap_atomic")
			    : _("slot %u is the hole that is never mapped"),
		       e->other);
}

/* A physical address; a page's for the fixmap. */
static bool read_phys(struct parser *p, const struct word *w, struct event_extra *x)
{
	x->has_phys = true;
	return read_size(p, w, w->text, w->len, p->s->config.profile->max_ram - 1, &x->offset);
}

/* Is the word what an argument that may be left out looks like?  A size begins with a digit. */
static bool looks_like(enum argument kind, const struct word *w)
{
	return kind == ARG_FILE || (w->len && w->text[0] >= '0' && w->text[0] <= '9');
}

/* One more of the CPUs that come; each once. */
static bool read_next_cpu(struct parser *p, const struct word *w, struct event *e)
{
	unsigned nr = 0;
	uint64_t cpu;

	if (!read_number(p, w, w->text, w->len, _("a CPU of this machine"), 0,
			 p->s->config.cpus - 1, &cpu))
		return false;
	for (; e->size >> (8 * nr) & 0xff; nr++)
		if ((e->size >> (8 * nr) & 0xff) == cpu + 1)
			return mistake(p, w, _("CPU %.*s is named twice"), (int)w->len, w->text);
	e->size |= (cpu + 1) << (8 * nr);
	return true;
}

/* All words from *next on that are numbers; *next is the one behind them. */
static bool read_cpus(struct parser *p, uint32_t *next, struct event *e)
{
	const struct line *l = &p->line;
	uint32_t first = *next;
	bool good = true;

	if (p->s->config.cpus < 2)
		return mistake(p, &l->word[0],
			       _("this machine has one CPU, and no locks: machine ... cpus=2"));
	for (; *next < l->nr_words && looks_like(ARG_CPUS, &l->word[*next]); ++*next)
		good &= read_next_cpu(p, &l->word[*next], e);
	if (*next == first)
		return mistake(p, &l->word[first], _("\"%.*s\" is no CPU"), (int)l->word[first].len,
			       l->word[first].text);
	if (*next - first < 2)
		return mistake(p, &l->word[first],
			       _("one CPU alone does not contend: name two or more"));
	return good;
}

static bool read_lock_kind(struct parser *p, const struct word *w, struct event *e)
{
	unsigned kind;

	if (!read_choice(p, w, w->text, w->len, _("kind of lock"), lock_kind_names, &kind))
		return false;
	e->other = kind;
	return p->s->config.cpus > 1 ||
	       mistake(p, &p->line.word[0],
		       _("this machine has one CPU, and no locks: machine ... cpus=2"));
}

static bool read_argument(struct parser *p, enum argument kind, const struct word *w,
			  struct event *e, struct event_extra *x)
{
	unsigned advice;

	switch (kind) {
	case ARG_PROC:
	case ARG_PARENT:
		return read_proc(p, w, &e->proc);
	case ARG_ADDR:
		return read_addr(p, w, w->text, w->len, e->proc, &e->addr);
	case ARG_SIZE:
	case ARG_NEWSIZE:
		return read_sized(p, w, e);
	case ARG_NEWPROC:
		return read_new_proc(p, w, &e->proc);
	case ARG_CHILD:
		return read_new_proc(p, w, &e->name);
	case ARG_NEWREGION:
		return read_new_region(p, w, &e->name);
	case ARG_REGION:
		return read_region(p, w, e);
	case ARG_BREAK:
		return read_break(p, w, e);
	case ARG_ADVICE:
		if (!read_choice(p, w, w->text, w->len, _("advice"), advice_words, &advice))
			return false;
		e->other = advice;
		return true;
	case ARG_FILE:
		return read_program(p, w, x);
	case ARG_NEWNAME:
		return read_new_name(p, w, &e->name);
	case ARG_NAME:
		return read_kernel_name(p, w, e);
	case ARG_ORDER:
		return read_number(p, w, w->text, w->len, _("an order"), 0, MAX_ORDER - 1,
				   &e->size);
	case ARG_NEWCACHE:
		return read_new_cache(p, w, e);
	case ARG_CACHE:
		return read_cache(p, w, &e->other);
	case ARG_CPU:
		return read_number(p, w, w->text, w->len, _("a CPU of this machine"), 0,
				   p->s->config.cpus - 1, &e->size);
	case ARG_LOCK_KIND:
		return read_lock_kind(p, w, e);
	case ARG_SLOT:
		return read_slot(p, w, e);
	case ARG_PHYS:
		return read_phys(p, w, x);
	case ARG_KADDR:
		return read_kernel_addr(p, w, e);
	default:
		return false;
	}
}

static bool mistake_missing(struct parser *p, const struct event *e, enum argument kind)
{
	const struct event_help *help = event_help(e->kind);

	return mistake(p, NULL, _("%s is missing: %s %s"), argument_name(kind), help->word,
		       help->arguments);
}

/* Positional arguments; returns the number of the word behind them, 0: a mistake. */
static uint32_t read_arguments(struct parser *p, const struct grammar *g, struct event *e,
			       struct event_extra *x)
{
	const struct line *l = &p->line;
	uint32_t next = 1;
	bool good = true;

	for (unsigned i = 0; i < g->nr_args; i++) {
		bool optional = g->optional >> i & 1;

		if (optional && (next == l->nr_words || !looks_like(g->arg[i], &l->word[next])))
			continue;
		if (next == l->nr_words)
			return mistake_missing(p, e, g->arg[i]);
		if (g->arg[i] == ARG_CPUS) {
			good &= read_cpus(p, &next, e);
			continue;
		}
		good &= read_argument(p, g->arg[i], &l->word[next], e, x);
		next++;
	}
	return good ? next : 0;
}

static bool is_same_extra(const struct event_extra *a, const struct event_extra *b)
{
	return a->at.base == b->at.base && a->at.symbol == b->at.symbol &&
	       a->at.offset == b->at.offset && a->offset == b->offset && a->file == b->file &&
	       a->align == b->align && a->rounds == b->rounds && a->polls == b->polls &&
	       a->has_phys == b->has_phys && memcmp(a->value, b->value, TAG_LEN) == 0;
}

/* The event's rare parts, kept once they are there. */
static bool keep_extra(struct parser *p, const struct event_extra *x, struct event *e)
{
	struct scenario *s = p->s;

	if (!x->file && !x->rounds && !x->has_phys &&
	    !(e->options & (OPT_HAS_AT | OPT_HAS_VALUE | OPT_HAS_ALIGN)))
		return true;
	/* the same line again and again has one */
	if (!is_same_extra(&s->extras[s->nr_extras - 1], x)) {
		if (!HAS_ROOM(s->extras, s->nr_extras, s->cap_extras))
			return mistake_memory(p);
		s->extras[s->nr_extras++] = *x;
	}
	e->extra = s->nr_extras - 1;
	return true;
}

bool parse_event(struct parser *p, enum event_kind k, struct event *e)
{
	const struct grammar *g = &p->s->grammar[k];
	struct event_extra x;
	uint32_t given = 0, next;

	*e = (struct event){
		.kind = (uint8_t)k, .row = p->row, .counter = p->line.has_counter ? p->counter : 0};
	e->prot = k == EV_MMAP ? VM_READ | VM_WRITE : 0;
	if (k == EV_ALLOC_PAGES || k == EV_KMALLOC)
		e->other = GFP_KERNEL;
	memset(&x, 0, sizeof(x));
	if (k == EV_LOCK)
		e->size = p->s->config.coherent;
	if (k == EV_CONTEND) {
		e->other = CONTEND_ORDINARY;
		x.rounds = 1;
	}
	if (!read_in(p, g, e))
		return false;
	next = read_arguments(p, g, e, &x);
	if (next == 0)
		return false;
	if (next == p->line.nr_words && !g->required)
		return keep_extra(p, &x, e);
	for (; next < p->line.nr_words; next++)
		if (!parse_option(p, &p->line.word[next], e, &x, &given))
			return false;
	return check_options(p, e, given) && keep_extra(p, &x, e);
}
