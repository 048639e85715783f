/*
 * Names that a scenario gave to ranges.
 *
 * `mmap sh buf 16K` names a range of sh; later events say `buf`.  A table holds
 * one process's names (or the machine's own, for kernel memory), hashed by open
 * addressing: a name has a home; if another sits there, the next free slot
 * behind it is taken, round the end.  In the smallest table home is the name
 * mod 8:
 *
 *	slot      0    1    2    3    4    5    6    7
 *	name     15         2   10    3        14    7
 *	home      7         2    2    3         6    7
 *
 * Names are numbers in order of appearance, and who gives many gives them one
 * after the other.  So 64 names in a row have homes in a row, and only such
 * groups are scattered: what a stretch of events changes lies together.
 *
 * Whoever looks for a name walks from its home to the first empty slot.  A name
 * is never taken out: like a pointer it keeps what it was given, whatever
 * became of that, until it is given anew.
 *
 * Law: at least a quarter of the slots is empty; name 0 is an empty slot.
 */
#include <string.h>

#include "machine.h"

enum { FIRST_CAP = 8, GROUP = 64 };

static uint32_t home_of(const struct region_table *t, uint32_t name)
{
	uint32_t group = (name / GROUP * 2654435769u) >> 7;

	return (group * GROUP + name % GROUP) & (t->cap - 1);
}

/* The slot that holds name, or the empty one where it would go. */
static struct region *slot_of(const struct region_table *t, uint32_t name)
{
	uint32_t i = home_of(t, name);

	while (t->slot[i].name && t->slot[i].name != name)
		i = (i + 1) & (t->cap - 1);
	return &t->slot[i];
}

static size_t table_bytes(uint32_t cap) { return cap * sizeof(struct region); }

/* Twice the slots; everybody finds a new home. */
static void table_grow(struct machine *m, struct region_table *t)
{
	struct region_table old = *t;

	t->cap = old.cap ? old.cap * 2 : FIRST_CAP;
	t->slot = arena_alloc(m->arena, table_bytes(t->cap));
	for (uint32_t i = 0; i < old.cap; i++)
		if (old.slot[i].name)
			*slot_of(t, old.slot[i].name) = old.slot[i];
	arena_free(m->arena, old.slot, table_bytes(old.cap));
}

const struct region *region_find(const struct region_table *t, uint32_t name)
{
	const struct region *r;

	if (t->cap == 0)
		return NULL;
	r = slot_of(t, name);
	return r->name ? r : NULL;
}

/* What was known under that name is forgotten. */
void region_set(struct machine *m, struct region_table *t,
		const struct region *r)
{
	struct region *slot;

	if ((t->count + 1) * 4 > t->cap * 3)
		table_grow(m, t);
	slot = slot_of(t, r->name);
	if (slot->name == 0)
		t->count++;
	*slot = *r;
}

/* to's own names are forgotten. */
void region_copy(struct machine *m, struct region_table *to,
		 const struct region_table *from)
{
	region_clear(m, to);
	*to = *from;
	if (from->cap == 0)
		return;
	to->slot = arena_alloc(m->arena, table_bytes(to->cap));
	memcpy(to->slot, from->slot, table_bytes(to->cap));
}

void region_clear(struct machine *m, struct region_table *t)
{
	arena_free(m->arena, t->slot, table_bytes(t->cap));
	memset(t, 0, sizeof(*t));
}
