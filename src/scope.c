/*
 * Scope: which names are known where, before anything has run.
 *
 * A scenario that names a process or a region which no event before it has made is wrong, and that
 * can be said without running it.  What cannot be decided is let pass: whether an mmap succeeds,
 * whether a process still lives when the memory has run out.
 *
 * A child knows what its parent knew when it forked it.  Nothing is copied for that: every
 * definition has a time, a child remembers its parent and the time of the fork, and a search goes
 * up that chain.
 *
 *	time 1   mmap sh a        sh:  a@1  b@3
 *	time 2   fork sh kid      kid: parent sh, fork time 2
 *	time 3   mmap sh b        is a known in kid?  sh has it since 1 < 2: yes.   b?  3 >= 2: no.
 */
#include "scope.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 256 };

void scope_free(struct scope *c)
{
	free(c->proc);
	free(c->proc_of);
	free(c->entry);
	memset(c, 0, sizeof(*c));
}

/* ---- definitions ---- */

static uint64_t make_key(enum scope_kind kind, uint32_t proc, uint32_t symbol)
{
	return (uint64_t)kind << 62 | (uint64_t)proc << 32 | symbol;
}

static struct scope_entry *find_entry(const struct scope *c, uint64_t key)
{
	uint64_t hash = key * 0x9e3779b97f4a7c15u;
	uint32_t mask = c->nr_slots - 1, i = (uint32_t)(hash >> 32) & mask;

	while (c->entry[i].key && c->entry[i].key != key)
		i = (i + 1) & mask;
	return &c->entry[i];
}

static const struct scope_entry *get(const struct scope *c, uint64_t key)
{
	const struct scope_entry *e = c->nr_slots ? find_entry(c, key) : NULL;

	return e && e->key ? e : NULL;
}

static bool grow_entries(struct scope *c)
{
	struct scope old = *c;
	uint32_t nr_slots = c->nr_slots ? c->nr_slots * 2 : FIRST_SLOTS;
	struct scope_entry *entry = calloc(nr_slots, sizeof(*entry));

	if (!entry)
		return false;
	c->entry = entry;
	c->nr_slots = nr_slots;
	for (uint32_t i = 0; i < old.nr_slots; i++)
		if (old.entry[i].key)
			*find_entry(c, old.entry[i].key) = old.entry[i];
	free(old.entry);
	return true;
}

/* The entry of key, new if need be; NULL: no memory. */
static struct scope_entry *put(struct scope *c, uint64_t key, uint32_t time)
{
	struct scope_entry *e;

	if (c->nr_entries >= c->nr_slots / 2 && !grow_entries(c))
		return NULL;
	e = find_entry(c, key);
	if (!e->key) {
		e->key = key;
		e->time = time;
		c->nr_entries++;
	}
	return e;
}

uint32_t scope_get(const struct scope *c, enum scope_kind kind, uint32_t symbol)
{
	const struct scope_entry *e = get(c, make_key(kind, 0, symbol));

	return e ? e->value : 0;
}

bool scope_set(struct scope *c, enum scope_kind kind, uint32_t symbol, uint32_t value)
{
	struct scope_entry *e = put(c, make_key(kind, 0, symbol), 0);

	if (e)
		e->value = value;
	return e != NULL;
}

/* ---- processes ---- */

static uint32_t index_of(const struct scope *c, uint32_t symbol)
{
	return symbol < c->nr_symbols ? c->proc_of[symbol] : 0;
}

struct scope_proc *scope_find(const struct scope *c, uint32_t symbol)
{
	uint32_t i = index_of(c, symbol);

	return i ? &c->proc[i] : NULL;
}

/* proc_of has a place for the symbol. */
static bool reach_symbol(struct scope *c, uint32_t symbol)
{
	uint32_t had = c->nr_symbols;

	if (symbol < had)
		return true;
	if (!vector_grow(&c->proc_of, &c->nr_symbols, symbol, sizeof(*c->proc_of)))
		return false;
	memset(c->proc_of + had, 0, (c->nr_symbols - had) * sizeof(*c->proc_of));
	return true;
}

struct scope_proc *scope_add(struct scope *c, uint32_t symbol, uint32_t parent)
{
	struct scope_proc *p;
	uint32_t from = parent ? index_of(c, parent) : 0;

	if (c->nr_procs == 0)
		c->nr_procs = 1;
	if (!HAS_ROOM(c->proc, c->nr_procs, c->cap_procs) || c->nr_procs >> 30 != 0 ||
	    !reach_symbol(c, symbol))
		return NULL;
	p = &c->proc[c->nr_procs];
	*p = (struct scope_proc){
		.symbol = symbol, .parent = from, .fork_time = ++c->time, .alive = true};
	if (from) {
		p->program = c->proc[from].program;
		p->anything_goes = c->proc[from].anything_goes;
	}
	c->proc_of[symbol] = c->nr_procs++;
	return p;
}

bool scope_define_region(struct scope *c, uint32_t proc, uint32_t region)
{
	uint32_t i = index_of(c, proc);

	return i == 0 || put(c, make_key(SCOPE_PROCESS, i, region), ++c->time) != NULL;
}

bool scope_has_region(struct scope *c, uint32_t proc, uint32_t region)
{
	uint32_t first = index_of(c, proc), before = UINT32_MAX;

	for (uint32_t i = first; i; i = c->proc[i].parent) {
		const struct scope_entry *e = get(c, make_key(SCOPE_PROCESS, i, region));

		if (c->proc[i].anything_goes)
			return true;
		if (e && e->time < before) {
			/* found far up the chain: the next search shall be short. Its own
			 * children forked before now knew it, too: the old time stays. */
			if (i != first)
				put(c, make_key(SCOPE_PROCESS, first, region), e->time);
			return true;
		}
		if (c->proc[i].fork_time < before)
			before = c->proc[i].fork_time;
	}
	return false;
}
