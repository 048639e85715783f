/*
 * Symbols: every name of a scenario, once, as a small number.
 *
 * A process, a region, an event's word: whoever compares names afterwards compares numbers.  The
 * table is a power of two of slots, searched onwards from the one that the hash names; it is at
 * most half full.  A slot holds the upper half of the hash beside the id, so that a name is looked
 * at only where it very likely is the right one:
 *
 *	slot   63                 32 31                  0
 *	      [ upper half of hash  |       id            ]      0: empty
 */
#include "symbols.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 1024 };

/* Up to eight letters in one number: different for different names of one length. */
static uint64_t pack(const char *name, uint32_t len)
{
	uint64_t whole = 0;
	uint32_t low, high;

	if (len >= 8) {
		memcpy(&whole, name, 8);
		return whole;
	}
	if (len >= 4) {
		/* the two halves overlap in the middle */
		memcpy(&low, name, 4);
		memcpy(&high, name + len - 4, 4);
		return (uint64_t)high << 32 | low;
	}
	for (uint32_t i = 0; i < len; i++)
		whole = whole << 8 | (unsigned char)name[i];
	return whole;
}

/* Eight bytes at a time, each mixed by a multiplication whose upper bits come down. */
static uint64_t hash_name(const char *name, uint32_t len)
{
	const uint64_t odd = 0x9e3779b97f4a7c15u;
	uint64_t hash = len * odd;

	for (; len > 8; len -= 8, name += 8) {
		hash = (hash ^ pack(name, 8)) * odd;
		hash ^= hash >> 29;
	}
	hash = (hash ^ pack(name, len)) * odd;
	return hash ^ hash >> 32;
}

static bool is_name(const struct symbol *s, const char *name, uint32_t len)
{
	return s->len == len && s->head == pack(name, len) &&
	       (len <= 8 || memcmp(s->name, name, len) == 0);
}

/* The slot that holds the name, or the empty one where it belongs. */
static uint64_t *find_slot(const struct symbols *t, uint64_t hash, const char *name, uint32_t len)
{
	uint32_t mask = t->nr_slots - 1, i = (uint32_t)hash & mask;

	while (t->slot[i] && (t->slot[i] >> 32 != hash >> 32 ||
			      !is_name(&t->item[(uint32_t)t->slot[i]], name, len)))
		i = (i + 1) & mask;
	return &t->slot[i];
}

static bool set_slots(struct symbols *t, uint32_t nr_slots)
{
	uint64_t *slot = calloc(nr_slots, sizeof(*slot));

	if (!slot)
		return false;
	free(t->slot);
	t->slot = slot;
	t->nr_slots = nr_slots;
	for (uint32_t id = 1; id < t->count; id++) {
		const struct symbol *s = &t->item[id];
		uint64_t hash = hash_name(s->name, s->len);

		*find_slot(t, hash, s->name, s->len) = hash >> 32 << 32 | id;
	}
	return true;
}

bool symbols_init(struct symbols *t, struct pool *pool)
{
	memset(t, 0, sizeof(*t));
	t->pool = pool;
	if (!HAS_ROOM(t->item, t->count, t->cap) || !set_slots(t, FIRST_SLOTS))
		return false;
	t->item[t->count++] = (struct symbol){.name = "?"};
	return true;
}

void symbols_free(struct symbols *t)
{
	free(t->item);
	free(t->slot);
	memset(t, 0, sizeof(*t));
}

uint32_t symbol_find(const struct symbols *t, const char *name, uint32_t len)
{
	return (uint32_t)*find_slot(t, hash_name(name, len), name, len);
}

uint32_t symbol_intern(struct symbols *t, const char *name, uint32_t len)
{
	uint64_t hash = hash_name(name, len);
	uint64_t *slot = find_slot(t, hash, name, len);

	if (*slot)
		return (uint32_t)*slot;
	if (t->count > t->nr_slots / 2) {
		if (!set_slots(t, t->nr_slots * 2))
			return 0;
		slot = find_slot(t, hash, name, len);
	}
	if (!HAS_ROOM(t->item, t->count, t->cap))
		return 0;
	t->item[t->count].name = pool_text(t->pool, name, len);
	if (!t->item[t->count].name)
		return 0;
	t->item[t->count].len = len;
	t->item[t->count].head = pack(name, len);
	*slot = hash >> 32 << 32 | t->count;
	return t->count++;
}
