/*
 * What was touched, so that panels can mark it.
 *
 * Panels ask for every cell they draw: was this frame (page, area, list ...) changed by the last step, or
 * earlier in this event?  The story only keeps the latest 1024 changes as they were told; from them, and
 * not before somebody asks, a hash table of everything they name is made:
 *
 *	frame 0x38a50                      by the last step
 *	block of order 3 at frame 0x38a48  earlier
 *	page 0x0804a000 of process 2       earlier
 *
 * A million changes in one event are more than the eye can tell apart: of older ones only groups of 64
 * frames or pages are remembered, as bits.
 *
 * Steps are changes.  Notes and openings of spans are none, but while one of them is the last telling,
 * what it speaks of is marked: that is where the audience shall look.
 */
#include "touched.h"

#include <stdlib.h>
#include <string.h>

enum {
	SLOTS = 8192,
	SLOTS_USED_MAX = SLOTS * 3 / 4,
};

struct slot {
	uint64_t key;
	uint32_t made; /* in which making: slots of earlier ones are empty */
	uint32_t touch;
};

struct touched {
	uint32_t made, used;
	uint32_t block_orders; /* orders of which a block is in the table */
	struct slot slot[SLOTS];
};

static uint64_t key_of(enum touch_kind kind, uint32_t pid, uint64_t value)
{
	return (value * NR_TOUCH_KINDS + kind) ^ (uint64_t)pid << 40;
}

static size_t hash(uint64_t key) { return (size_t)(key * 0x9e3779b97f4a7c15u >> 40); }

struct touched *touched_new(void) { return calloc(1, sizeof(struct touched)); }

void touched_free(struct touched *t) { free(t); }

/* ---- what a telling names ---- */

/* Does the step move a block to or from a list of the buddy? */
static bool moves_free_block(enum step_id id)
{
	return id == S_RMQUEUE_SMALLEST || id == S_EXPAND || id == S_BUDDY_MERGE ||
	       id == S_ADD_TO_FREE_LIST || id == S_ADD_TO_FREE_LIST_TAIL ||
	       id == S_MOVE_TO_FREE_LIST;
}

static uint32_t zone_of(const struct zone_borders *z, pfn_t pfn)
{
	uint32_t i = z->nr;

	while (i > 1 && pfn < z->at[i - 1].start)
		i--;
	return i ? z->at[i - 1].zone : 0;
}

/* One thing that a telling names; pid also stands for a block's order and a free list's zone. */
struct named {
	enum touch_kind kind;
	uint32_t pid;
	uint64_t value;
};

enum { NAMED_MAX = STEP_ARGS * 2 + STEP_ARGS };

/* The argument at i of a telling names up to three things; returns how many. */
static size_t name_arg(const struct change *c, const struct zone_borders *z, int i, pfn_t *pfn,
		       struct named *out)
{
	const struct step *s = &c->step;
	uint64_t value = s->arg[i];
	size_t n = 0;

	switch ((enum arg_kind)step_info[s->id].arg[i]) {
	case A_PFN:
		*pfn = (pfn_t)value;
		out[n++] = (struct named){TOUCHED_FRAME, 0, value};
		break;
	case A_ORDER:
		if (*pfn == PFN_NONE || value >= MAX_ORDER)
			break;
		if (value > 0)
			out[n++] = (struct named){TOUCHED_BLOCK, (uint32_t)value, *pfn >> value};
		if (moves_free_block(s->id)) {
			out[n++] = (struct named){TOUCHED_ORDER, zone_of(z, *pfn), value};
			out[n++] = (struct named){TOUCHED_ZONE, 0, zone_of(z, *pfn)};
		}
		break;
	case A_ZONE:
		out[n++] = (struct named){TOUCHED_ZONE, 0, value};
		break;
	case A_VA:
	case A_VMA:
		for (int k = 0; k < 2 && c->pid[k]; k++) {
			out[n++] = (struct named){TOUCHED_PAGE, c->pid[k], page_align_down(value)};
			if (step_info[s->id].arg[i] == A_VMA)
				out[n - 1].kind = TOUCHED_VMA;
		}
		break;
	case A_CACHE:
		out[n++] = (struct named){TOUCHED_CACHE, 0, value};
		break;
	case A_KVA:
		out[n++] = (struct named){TOUCHED_OBJECT, 0, value};
		break;
	default:
		break;
	}
	return n;
}

static size_t name_all(const struct change *c, const struct zone_borders *z,
		       struct named out[NAMED_MAX])
{
	pfn_t pfn = PFN_NONE;
	size_t n = 0;

	for (int i = 0; i < STEP_ARGS && step_info[c->step.id].arg[i] != A_NONE; i++)
		n += name_arg(c, z, i, &pfn, out + n);
	return n;
}

/* ---- the latest changes ---- */

/* The slot of a key, or the empty one where it belongs. */
static const struct slot *slot_of(const struct touched *t, uint64_t key)
{
	size_t i = hash(key) % SLOTS;

	while (t->slot[i].made == t->made && t->slot[i].key != key)
		i = (i + 1) % SLOTS;
	return &t->slot[i];
}

/* Newer changes come first, so what is known already stays. */
static void add(struct touched *t, const struct named *n, enum touch touch)
{
	uint64_t key = key_of(n->kind, n->pid, n->value);
	struct slot *s = &t->slot[slot_of(t, key) - t->slot];

	if (s->made == t->made || t->used == SLOTS_USED_MAX)
		return;
	if (n->kind == TOUCHED_BLOCK)
		t->block_orders |= 1U << n->pid;
	*s = (struct slot){.key = key, .made = t->made, .touch = touch};
	t->used++;
}

static void add_change(struct touched *t, const struct change *c, const struct zone_borders *z,
		       enum touch touch)
{
	struct named named[NAMED_MAX];
	size_t n = name_all(c, z, named);

	for (size_t i = 0; i < n; i++)
		add(t, &named[i], touch);
}

void touched_make(struct touched *t, const struct zone_borders *z, const struct change *last,
		  const struct change *change, size_t n, size_t newest, bool complete)
{
	t->used = 0;
	t->block_orders = 0;
	if (++t->made == 0) { /* after 2^32 makings slots of the first would look new */
		memset(t->slot, 0, sizeof(t->slot));
		t->made = 1;
	}
	if (last && !complete)
		add_change(t, last, z, TOUCH_STEP);
	for (size_t i = 0; i < n; i++)
		add_change(t, &change[(newest + n - i) % n], z,
			   complete ? TOUCH_STEP : TOUCH_EVENT);
}

/* ---- older changes ---- */

static void set_group(uint64_t *bits, uint64_t page)
{
	uint64_t group = page >> GROUP_SHIFT;

	bits[group / 64 % 256] |= (uint64_t)1 << (group % 64);
}

static bool group_is_set(const uint64_t *bits, uint64_t page)
{
	uint64_t group = page >> GROUP_SHIFT;

	return bits[group / 64 % 256] >> (group % 64) & 1;
}

static void set_block(struct old_changes *o, unsigned order, uint64_t block)
{
	pfn_t first = (pfn_t)(block << order), step = 1U << GROUP_SHIFT;

	for (pfn_t pfn = first; pfn < first + (1U << order); pfn += step)
		set_group(o->frames, pfn);
}

static void set_page(struct old_changes *o, uint32_t pid, vaddr_t page)
{
	for (int i = 0; i < OLD_TASKS; i++) {
		if (o->pid[i] == 0)
			o->pid[i] = pid;
		if (o->pid[i] == pid) {
			set_group(o->pages[i], page >> PAGE_SHIFT);
			return;
		}
	}
}

/* Place of a key or of the gap where it belongs; OLD_THINGS: neither, the table is full. */
static size_t thing_place(const struct old_changes *o, uint64_t key)
{
	size_t i = hash(key) % OLD_THINGS;

	for (size_t n = 0; n < OLD_THINGS; n++, i = (i + 1) % OLD_THINGS)
		if (o->thing[i] == key || o->thing[i] == 0)
			return i;
	return OLD_THINGS;
}

static void set_old(struct old_changes *o, const struct named *n)
{
	size_t place;

	switch (n->kind) {
	case TOUCHED_FRAME:
		set_group(o->frames, n->value);
		break;
	case TOUCHED_BLOCK:
		set_block(o, n->pid, n->value);
		break;
	case TOUCHED_PAGE:
		set_page(o, n->pid, n->value);
		break;
	case TOUCHED_ZONE:
		o->orders[n->value % MAX_ZONES] |= 1U << MAX_ORDER;
		break;
	case TOUCHED_ORDER:
		o->orders[n->pid % MAX_ZONES] |= 1U << n->value;
		break;
	case TOUCHED_CACHE:
		o->caches[n->value / 64 % (MAX_CACHES / 64)] |= (uint64_t)1 << (n->value % 64);
		break;
	case TOUCHED_VMA:
		place = thing_place(o, key_of(n->kind, n->pid, n->value));
		if (place < OLD_THINGS)
			o->thing[place] = key_of(n->kind, n->pid, n->value);
		break;
	case TOUCHED_OBJECT:
	case NR_TOUCH_KINDS:
		break; /* there may be any number of them: their cache tells */
	}
}

void old_changes_add(struct old_changes *o, const struct change *c, const struct zone_borders *z)
{
	struct named named[NAMED_MAX];
	size_t n = name_all(c, z, named);

	o->any = true;
	for (size_t i = 0; i < n; i++)
		set_old(o, &named[i]);
}

static bool is_old(const struct old_changes *o, enum touch_kind kind, uint32_t pid, uint64_t value)
{
	uint64_t key = key_of(kind, pid, value);
	size_t place;

	switch (kind) {
	case TOUCHED_FRAME:
		return group_is_set(o->frames, value);
	case TOUCHED_PAGE:
		for (int i = 0; i < OLD_TASKS; i++)
			if (o->pid[i] == pid)
				return group_is_set(o->pages[i], value >> PAGE_SHIFT);
		return false;
	case TOUCHED_ZONE:
		return o->orders[value % MAX_ZONES] >> MAX_ORDER & 1;
	case TOUCHED_ORDER:
		return o->orders[pid % MAX_ZONES] >> value & 1;
	case TOUCHED_CACHE:
		return o->caches[value / 64 % (MAX_CACHES / 64)] >> (value % 64) & 1;
	case TOUCHED_VMA:
		place = thing_place(o, key);
		return place < OLD_THINGS && o->thing[place] == key;
	case TOUCHED_BLOCK:
	case TOUCHED_OBJECT:
	case NR_TOUCH_KINDS:
		break;
	}
	return false;
}

/* ---- asking ---- */

static enum touch find(const struct touched *t, enum touch_kind kind, uint32_t pid, uint64_t value)
{
	uint64_t key = key_of(kind, pid, value);
	const struct slot *s = slot_of(t, key);

	return s->made == t->made ? (enum touch)s->touch : TOUCH_NONE;
}

enum touch touched_find(const struct touched *t, const struct old_changes *o, enum touch_kind kind,
			uint32_t pid, uint64_t value)
{
	enum touch best = find(t, kind, pid, value);

	/* a frame may be in the middle of a block that was touched */
	for (unsigned order = 1; kind == TOUCHED_FRAME && t->block_orders >> order; order++) {
		enum touch block = TOUCH_NONE;

		if (t->block_orders >> order & 1)
			block = find(t, TOUCHED_BLOCK, order, value >> order);
		if (block > best)
			best = block;
	}
	if (best == TOUCH_NONE && o->any && is_old(o, kind, pid, value))
		best = TOUCH_EVENT;
	return best;
}
