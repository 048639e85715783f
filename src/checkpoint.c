/*
 * Checkpoints: the arena's pages as they were, unchanged ones shared.
 *
 * A checkpoint is a table of blocks of 4 KiB.  Two checkpoints that differ in three blocks share all
 * others, by reference counts, and share the leaves of their tables in the same way:
 *
 *	checkpoint 7   [leaf A ][leaf B ][leaf C ]
 *	checkpoint 8   [leaf A ][leaf B'][leaf C ]      B' = B with one block replaced
 *
 * Taking and restoring cost what was changed, not what there is: only the dirty granules of the arena
 * (watch.c) are compared and copied.
 *
 * Law: the clean granules hold what the checkpoint `shadow` holds, the one taken or restored last; what
 * lies behind the arena's used bytes is zero.
 */
#include "timeline.h"

#include <stdlib.h>
#include <string.h>

#include "watch.h"

enum {
	BLOCK_BYTES = 4096,
	LEAF_BLOCKS = 32,
	MANY_DIRTY = 96, /* more dirty granules than these are closed after a restore */
};

struct block {
	uint32_t refs;
	unsigned char bytes[BLOCK_BYTES];
};

/* A block that is NULL, or whose leaf is, is as when the watch began. */
struct leaf {
	uint32_t refs;
	struct block *block[LEAF_BLOCKS];
};

struct checkpoint {
	uint32_t refs;
	size_t nr_leaves;
	struct leaf *leaf[];
};

struct checkpoints {
	struct arena *arena;
	struct watch watch;
	struct checkpoint *shadow; /* NULL: the arena as it was when the watch began */
	size_t bytes;              /* of tables, leaves and blocks in host memory    */
};

static void put_checkpoint(struct checkpoints *c, struct checkpoint *p);

/*
 * Watch an arena; it must live until checkpoints_close.  NULL: no memory.  Nothing is saved yet.
 */
struct checkpoints *checkpoints_open(struct arena *a)
{
	struct checkpoints *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->arena = a;
	if (!watch_begin(&c->watch, arena_base(a), arena_size(a), arena_used(a))) {
		free(c);
		return NULL;
	}
	return c;
}

/* The arena is free to be written again. Checkpoints that were not dropped are lost. */
void checkpoints_close(struct checkpoints *c)
{
	if (!c)
		return;
	put_checkpoint(c, c->shadow);
	watch_end(&c->watch);
	free(c);
}

void checkpoints_watch(struct checkpoints *c) { watch_signals(&c->watch); }

/* Host memory that all checkpoints take. */
size_t checkpoints_bytes(const struct checkpoints *c) { return c->bytes + c->watch.saved_bytes; }

size_t checkpoints_dirty(const struct checkpoints *c) { return c->watch.nr_dirty; }

/* ---- tables, leaves and blocks ---- */

static void put_block(struct checkpoints *c, struct block *b)
{
	if (b && --b->refs == 0) {
		c->bytes -= sizeof(*b);
		free(b);
	}
}

static void put_leaf(struct checkpoints *c, struct leaf *l)
{
	if (!l || --l->refs > 0)
		return;
	for (size_t i = 0; i < LEAF_BLOCKS; i++)
		put_block(c, l->block[i]);
	c->bytes -= sizeof(*l);
	free(l);
}

static size_t table_bytes(size_t nr_leaves)
{
	return sizeof(struct checkpoint) + nr_leaves * sizeof(struct leaf *);
}

static void put_checkpoint(struct checkpoints *c, struct checkpoint *p)
{
	if (!p || --p->refs > 0)
		return;
	for (size_t i = 0; i < p->nr_leaves; i++)
		put_leaf(c, p->leaf[i]);
	c->bytes -= table_bytes(p->nr_leaves);
	free(p);
}

/* A table like p's with room for nr_leaves, which is not fewer; all leaves shared. */
static struct checkpoint *copy_table(struct checkpoints *c, const struct checkpoint *p,
				     size_t nr_leaves)
{
	struct checkpoint *q = calloc(1, table_bytes(nr_leaves));

	if (!q)
		return NULL;
	q->refs = 1;
	q->nr_leaves = nr_leaves;
	c->bytes += table_bytes(nr_leaves);
	for (size_t i = 0; p && i < p->nr_leaves; i++) {
		q->leaf[i] = p->leaf[i];
		if (q->leaf[i])
			q->leaf[i]->refs++;
	}
	return q;
}

/* The leaf at place i of p, p's own. NULL: no memory. */
static struct leaf *own_leaf(struct checkpoints *c, struct checkpoint *p, size_t i)
{
	struct leaf *old = p->leaf[i], *l;

	if (old && old->refs == 1)
		return old;
	l = calloc(1, sizeof(*l));
	if (!l)
		return NULL;
	c->bytes += sizeof(*l);
	l->refs = 1;
	for (size_t j = 0; old && j < LEAF_BLOCKS; j++) {
		l->block[j] = old->block[j];
		if (l->block[j])
			l->block[j]->refs++;
	}
	put_leaf(c, old);
	p->leaf[i] = l;
	return l;
}

/* Block nr of p; p may be NULL, for the arena as it was. */
static struct block *block_at(const struct checkpoint *p, size_t nr)
{
	size_t i = nr / LEAF_BLOCKS;

	return p && i < p->nr_leaves && p->leaf[i] ? p->leaf[i]->block[nr % LEAF_BLOCKS] : NULL;
}

/* The bytes of block nr that b stands for; NULL: those in place. */
static const unsigned char *block_bytes(const struct checkpoints *c, const struct block *b,
					size_t nr)
{
	return b ? b->bytes : watch_origin(&c->watch, nr * BLOCK_BYTES);
}

/* ---- taking ---- */

/* Block nr of p becomes what is in the arena; false: no memory. */
static bool save_block(struct checkpoints *c, struct checkpoint *p, size_t nr)
{
	const unsigned char *now = c->watch.base + nr * BLOCK_BYTES;
	const unsigned char *origin = watch_origin(&c->watch, nr * BLOCK_BYTES);
	struct leaf *l = own_leaf(c, p, nr / LEAF_BLOCKS);
	struct block *b = NULL;

	if (!l)
		return false;
	if (origin && memcmp(now, origin, BLOCK_BYTES) != 0) {
		b = malloc(sizeof(*b));
		if (!b)
			return false;
		b->refs = 1;
		memcpy(b->bytes, now, BLOCK_BYTES);
		c->bytes += sizeof(*b);
	}
	put_block(c, l->block[nr % LEAF_BLOCKS]);
	l->block[nr % LEAF_BLOCKS] = b;
	return true;
}

/* Save what changed of a granule; false: no memory. */
static bool save_granule(struct checkpoints *c, struct checkpoint *p, size_t g)
{
	size_t per_granule = c->watch.granule_bytes / BLOCK_BYTES;
	bool changed = false;

	for (size_t nr = g * per_granule; nr < (g + 1) * per_granule; nr++) {
		const unsigned char *old = block_bytes(c, block_at(p, nr), nr);

		if (nr / LEAF_BLOCKS >= p->nr_leaves || !old ||
		    memcmp(c->watch.base + nr * BLOCK_BYTES, old, BLOCK_BYTES) == 0)
			continue;
		changed = true;
		if (!save_block(c, p, nr))
			return false;
	}
	watch_compared(&c->watch, g, changed);
	return true;
}

/* Where nothing is noticed: all that is used now or was used in p. */
static void find_dirty(struct checkpoints *c, const struct checkpoint *p)
{
	size_t end = arena_used(c->arena);

	if (c->watch.watching)
		return;
	if (p && p->nr_leaves * LEAF_BLOCKS * BLOCK_BYTES > end)
		end = p->nr_leaves * LEAF_BLOCKS * BLOCK_BYTES;
	watch_all_dirty(&c->watch, end);
}

/* A copy of the arena as it is now.  NULL: no memory, nothing has changed. */
struct checkpoint *checkpoint_take(struct checkpoints *c)
{
	size_t leaf_bytes = (size_t)LEAF_BLOCKS * BLOCK_BYTES;
	size_t nr_leaves = (arena_used(c->arena) + leaf_bytes - 1) / leaf_bytes;
	struct checkpoint *p;

	watch_signals(&c->watch);
	find_dirty(c, c->shadow);
	if (c->shadow && c->shadow->nr_leaves > nr_leaves)
		nr_leaves = c->shadow->nr_leaves;
	p = copy_table(c, c->shadow, nr_leaves);
	for (size_t i = 0; p && i < c->watch.nr_dirty; i++)
		if (!save_granule(c, p, c->watch.dirty[i])) {
			put_checkpoint(c, p);
			p = NULL;
		}
	if (!p)
		return NULL;
	put_checkpoint(c, c->shadow);
	c->shadow = p;
	p->refs++;
	watch_clean(&c->watch);
	return p;
}

/* ---- restoring ---- */

/* What is the same is not written: zeros written over zeros would take host memory. */
static void load_granule(struct checkpoints *c, const struct checkpoint *p, size_t g)
{
	size_t per_granule = c->watch.granule_bytes / BLOCK_BYTES;
	bool changed = false;

	for (size_t nr = g * per_granule; nr < (g + 1) * per_granule; nr++) {
		unsigned char *now = c->watch.base + nr * BLOCK_BYTES;
		const unsigned char *bytes = block_bytes(c, block_at(p, nr), nr);

		if (!bytes || memcmp(now, bytes, BLOCK_BYTES) == 0)
			continue;
		changed = true;
		memcpy(now, bytes, BLOCK_BYTES);
	}
	watch_compared(&c->watch, g, changed);
}

/* Do p and the shadow differ in granule g? */
static bool granule_differs(const struct checkpoints *c, const struct checkpoint *p, size_t g)
{
	size_t per_granule = c->watch.granule_bytes / BLOCK_BYTES;

	for (size_t nr = g * per_granule; nr < (g + 1) * per_granule; nr++)
		if (block_at(p, nr) != block_at(c->shadow, nr))
			return true;
	return false;
}

static const struct leaf *leaf_at(const struct checkpoint *p, size_t i)
{
	return p && i < p->nr_leaves ? p->leaf[i] : NULL;
}

/* The clean granules in which p and the shadow differ become dirty; shared leaves are skipped. */
static void open_differences(struct checkpoints *c, const struct checkpoint *p)
{
	size_t per_leaf = (size_t)LEAF_BLOCKS * BLOCK_BYTES / c->watch.granule_bytes;
	size_t leaves = c->shadow ? c->shadow->nr_leaves : 0;
	size_t first = 0, n = 0; /* a run of granules to open at once */

	if (p->nr_leaves > leaves)
		leaves = p->nr_leaves;
	for (size_t i = 0; i < leaves; i++) {
		if (leaf_at(p, i) == leaf_at(c->shadow, i))
			continue;
		for (size_t g = i * per_leaf; g < (i + 1) * per_leaf; g++) {
			if (watch_is_dirty(&c->watch, g) || !granule_differs(c, p, g))
				continue;
			if (g != first + n) {
				watch_make_dirty(&c->watch, first, n);
				first = g;
				n = 0;
			}
			n++;
		}
	}
	watch_make_dirty(&c->watch, first, n);
}

/*
 * The arena becomes what it was when p was taken.  Granules that were dirty stay so, if they are few and
 * change again and again: going to and fro inside one event then costs no fault at all.
 */
void checkpoint_restore(struct checkpoints *c, const struct checkpoint *p)
{
	struct checkpoint *own = (struct checkpoint *)(uintptr_t)p; /* only its count changes */

	watch_signals(&c->watch);
	if (c->watch.watching && c->shadow != p)
		open_differences(c, p);
	find_dirty(c, p);
	for (size_t i = 0; i < c->watch.nr_dirty; i++)
		load_granule(c, p, c->watch.dirty[i]);
	own->refs++;
	put_checkpoint(c, c->shadow);
	c->shadow = own;
	if (c->watch.nr_dirty > MANY_DIRTY)
		watch_clean(&c->watch);
	else
		watch_clean_cold(&c->watch);
}

void checkpoint_drop(struct checkpoints *c, struct checkpoint *p) { put_checkpoint(c, p); }
