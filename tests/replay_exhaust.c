/*
 * mmviz-exhaust: allocations of one kind until there is nothing left for it.
 *
 *	gfp highuser order 0 mask 0xc2
 *	mmviz-zones 1 ... done                              the zones: a table of its own
 *	begin n=0 zone=- DMA:free=3840,pcp=0,boost=0 Normal:free=... HighMem:free=...
 *	before n=35155 DMA:...                              before allocation 35156, which is the first one ...
 *	take n=35156 zone=Normal DMA:...                    ... from another zone than the one before it
 *	fail n=254866 zone=- DMA:...                        no zone may give any more
 *	got DMA=2829 Normal=216847 HighMem=35190 Movable=0
 *	freed n=0 zone=- DMA:...                            all of it given back, CPUs' lists drained
 *
 * Our alloc_pages decides alone which zone gives, from nothing but the mask, the order and the zones.
 *
 * A table says how many pages are free, not how they lie.  With order 0 and without boost that makes no
 * difference, and they are put into the largest blocks.  A boost comes with the first block that is torn out of
 * another kind's pageblock smaller than that: at which number of free pages it came is read from the
 * transcript, and so many are put into broken pageblocks.  How far it goes and who is stopped by it is ours
 * to say.  In the same way a zone that had pages above its mark, but gave no more, had them in small blocks.
 */
#include "sim/page_alloc.h"
#include "tests/replay_zones.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 512, RISES_MAX = 8 };

/* What the transcript says of a zone, before we begin. */
struct recorded_use {
	uint32_t left;               /* free pages at the end                       */
	uint32_t boost;              /* last seen                                   */
	uint32_t seen;               /* free pages, last seen                       */
	unsigned nr_rises;           /* of the boost, and ...                       */
	uint32_t rise_at[RISES_MAX]; /* ... free pages just after each              */
};

/* A line's words about the zones. */
struct shown {
	struct shown_zone {
		uint32_t free, pcp, boost;
	} zone[MAX_NR_ZONES];
};

struct exhaust {
	struct replay *r;
	struct zone_table table;
	struct machine *m;
	uint32_t mask;
	unsigned order;
	struct recorded_use use[MAX_NR_ZONES];
	pfn_t *got; /* blocks, in order */
	uint32_t nr_got;
	uint32_t got_of[MAX_NR_ZONES];
};

/* ---- our lines ---- */

static void look(const struct machine *m, struct shown *now)
{
	const struct zone *z;

	for_each_populated_zone(m, z) {
		uint32_t pcp = 0;

		for (unsigned cpu = 0; cpu < m->config.cpus; cpu++)
			pcp += z->pcp[cpu].count;
		now->zone[z->type] = (struct shown_zone){z->nr_free_pages, pcp, z->watermark_boost};
	}
}

/* "before n=0 DMA:free=3840,pcp=0,boost=0 Normal:..." */
static void expect_shown(struct exhaust *e, const char *head, const struct shown *shown)
{
	const struct zone *z;
	char text[TEXT_MAX];
	size_t n = (size_t)snprintf(text, TEXT_MAX, "%s", head);

	for_each_populated_zone(e->m, z) {
		const struct shown_zone *s = &shown->zone[z->type];

		n += (size_t)snprintf(text + n, TEXT_MAX - n, " %s:free=%u,pcp=%u,boost=%u",
				      z->name, s->free, s->pcp, s->boost);
	}
	if (!replay_line(e->r) && !e->r->differs)
		replay_differ(e->r, "%s", text);
	replay_compare_words(e->r, text);
}

static void expect_now(struct exhaust *e, const char *word, uint32_t n, const char *zone)
{
	struct shown now;
	char head[64];

	look(e->m, &now);
	snprintf(head, sizeof(head), "%s n=%u zone=%s", word, n, zone);
	expect_shown(e, head, &now);
}

static void expect_before(struct exhaust *e, uint32_t n, const struct shown *before)
{
	char head[64];

	snprintf(head, sizeof(head), "before n=%u", n);
	expect_shown(e, head, before);
}

static void expect_got(struct exhaust *e)
{
	char text[TEXT_MAX] = "got";
	size_t n = 3;

	for (unsigned i = 0; i < e->table.nr_zones; i++)
		n += (size_t)snprintf(text + n, TEXT_MAX - n, " %s=%u",
				      zone_names[e->table.order[i]], e->got_of[e->table.order[i]]);
	replay_line(e->r);
	replay_compare_words(e->r, text);
}

/* ---- what the transcript tells of the beginning ---- */

/* One zone's part of a line of states. */
static void look_at_zone(struct recorded_use *u, const char *part)
{
	unsigned free_pages, pcp, boost;

	if (sscanf(part, ":free=%u,pcp=%u,boost=%u", &free_pages, &pcp, &boost) != 3)
		return;
	if (boost > u->boost && u->nr_rises < RISES_MAX)
		u->rise_at[u->nr_rises++] = free_pages;
	u->boost = boost;
	u->left = free_pages;
}

static void look_at_line(struct exhaust *e, bool begin)
{
	for (const char *p = strchr(e->r->line, ' '); p; p = strchr(p + 1, ' ')) {
		enum zone_type type = zone_by_name(p + 1);

		if (type == MAX_NR_ZONES)
			continue;
		if (begin)
			e->use[type].boost = UINT32_MAX;
		look_at_zone(&e->use[type], p + 1 + strlen(zone_names[type]));
	}
}

/* The lines from "begin" to "fail", read ahead. */
static void look_ahead(struct exhaust *e)
{
	struct replay_place place = replay_mark(e->r);

	while (replay_line(e->r) && !replay_begins(e->r, "got", NULL))
		look_at_line(e, replay_begins(e->r, "begin", NULL));
	replay_back(e->r, place);
}

/* ---- free memory ---- */

/* Where the next free pages of a zone are put: whole blocks from the top down, broken pageblocks from the
 * bottom up. */
struct layer {
	struct exhaust *e;
	struct zone *z;
	pfn_t top, bottom;
	unsigned order; /* of the largest block in the broken pageblock before */
};

/* A free block on the list of a kind, whatever its pageblock is. */
static void put_block(const struct layer *l, pfn_t pfn, unsigned order, enum migratetype type)
{
	struct machine *m = l->e->m;
	uint32_t nr_free = l->z->free_area[order].nr_free;

	for (pfn_t i = pfn; i < pfn + (1u << order); i++)
		m->mem_map[i].use = FRAME_FREE;
	buddy_add_boot_block(m, l->z, pfn, order, PLACE_TAIL);
	if (l->z->free_area[order].nr_free != nr_free + 1)
		replay_differ(l->e->r, "no place for frame %u beside its buddy", pfn);
	else if (order < MAX_ORDER - 1 && m->mem_map[pfn].level != type)
		move_to_free_list(m, l->z, pfn, type);
}

/* nr_pages in the largest blocks that are aligned, just below those before. */
static void put_whole(struct layer *l, uint32_t nr_pages, enum migratetype type)
{
	pfn_t pfn = l->top - nr_pages;

	if (l->bottom + nr_pages > l->top) {
		replay_differ(l->e->r, "no place for %u free pages in zone %s", nr_pages,
			      l->z->name);
		return;
	}
	for (l->top = pfn; nr_pages > 0;) {
		unsigned k = MAX_ORDER - 1;

		while (pfn & ((1u << k) - 1) || 1u << k > nr_pages)
			k--;
		put_block(l, pfn, k, type);
		pfn += 1u << k;
		nr_pages -= 1u << k;
	}
}

/*
 * nr_pages as far as the next pageblock, in blocks of order at most, none beside its buddy; as many as fit, and
 * so many come back.  Order 2: blocks of 4, 2, 1 frames, one in use, and again.
 */
static uint32_t put_broken(struct layer *l, uint32_t nr_pages, unsigned order,
			   enum migratetype type)
{
	uint32_t block = pageblock_nr_pages(l->e->m), put = 0;
	pfn_t end = (l->bottom / block + 1) * block;
	unsigned largest = 0;

	pfn_t pfn = l->bottom;

	for (; pfn < end && end <= l->top && put < nr_pages; pfn += 2u << order) {
		pfn_t at = pfn;

		for (unsigned k = order + 1; k-- > 0; at += 1u << k) {
			if (put + (1u << k) > nr_pages)
				continue;
			put_block(l, at, k, type);
			put += 1u << k;
			largest = k > largest ? k : largest;
		}
	}
	l->bottom = pfn;
	l->order = largest;
	return put;
}

/* In as many pageblocks as it takes. */
static void put_all_broken(struct layer *l, uint32_t nr_pages, unsigned order,
			   enum migratetype type)
{
	while (nr_pages > 0) {
		uint32_t put = put_broken(l, nr_pages, order, type);

		if (put == 0) {
			replay_differ(l->e->r, "no place for %u free pages in parts of pageblocks",
				      nr_pages);
			return;
		}
		nr_pages -= put;
	}
}

/*
 * nr_pages where no block of the request's order can be, free as they are: in what is cut off from such a block
 * by an end of the zone.  The rest comes back.
 */
static uint32_t put_at_ends(struct layer *l, uint32_t nr_pages, enum migratetype type)
{
	struct zone *z = l->z;
	struct {
		pfn_t first, end;
	} cut[] = {{z->start_pfn, l->bottom}, {l->top, z->start_pfn + z->spanned_pages}};

	for (unsigned i = 0; i < 2; i++) {
		struct layer end = {l->e, z, cut[i].end, cut[i].first, 0};
		uint32_t room = cut[i].end - cut[i].first, put = nr_pages < room ? nr_pages : room;

		put_whole(&end, put, type);
		nr_pages -= put;
	}
	return nr_pages;
}

/* Pages that a request takes out of the buddy at a time. */
static uint32_t refill_pages(const struct exhaust *e, const struct zone *z)
{
	uint32_t blocks = 1, batch = z->pcp[0].batch;

	if (e->order <= e->m->profile->pcp_max_order && batch > 1)
		blocks = batch >> e->order > 2 ? batch >> e->order : 2;
	return blocks << e->order;
}

/* Would the last round have given from so many free pages, had there been a block? */
static bool marks_would_give(const struct exhaust *e, const struct zone *z, uint32_t left)
{
	struct zone copy = *z;
	uint32_t flags = gfp_to_alloc_flags(e->mask, e->order);

	if (e->mask & GFP_BIT_MEMALLOC && !(e->mask & GFP_BIT_NOMEMALLOC))
		return left >= 1u << e->order;
	copy.nr_free_pages = left;
	copy.free_area[MAX_ORDER - 1].nr_free = 1;
	return zone_watermark_ok(&copy, e->order, z->watermark[WMARK_MIN] + e->use[z->type].boost,
				 gfp_zone(e->mask), flags);
}

static pfn_t round_up(pfn_t pfn, uint32_t to) { return (pfn + to - 1) & ~(to - 1); }

/* What a zone has left at the end was of no use to the request: cut off at the zone's ends, or in small blocks if
 * the marks would have let it go.  How much was put. */
static uint32_t put_left(struct layer *l, enum migratetype type)
{
	const struct exhaust *e = l->e;
	uint32_t left = e->use[l->z->type].left, rest;

	l->top &= ~((1u << e->order) - 1);
	l->bottom = round_up(l->z->start_pfn, 1u << e->order);
	rest = put_at_ends(l, left, type);
	if (!marks_would_give(e, l->z, left))
		return left - rest;
	put_all_broken(l, rest, e->order - 1, type);
	l->order = MAX_ORDER - 2;
	return left;
}

/*
 * nr_pages of another kind, whose first block causes a boost, out of rest.  In a zone that is all but free there
 * is no place for broken pageblocks: then they lie where boot has them, unmovable ones in the pageblock that the
 * zone's start cuts off, movable ones in the one that its end does, which are no whole ones to steal either.  A
 * frame in use between the kinds keeps them from merging.
 */
static void put_to_steal(struct layer *l, uint32_t nr_pages, uint32_t rest, enum migratetype type)
{
	uint32_t block = pageblock_nr_pages(l->e->m);
	pfn_t bottom = round_up(l->bottom, block);

	if (bottom + round_up(nr_pages + nr_pages / block + 1, block) + rest - nr_pages <= l->top) {
		l->bottom = bottom;
		put_all_broken(l, nr_pages, l->order, type);
	} else if (type == MIGRATE_UNMOVABLE) {
		struct layer start = {l->e, l->z, l->bottom + nr_pages, l->bottom, 0};

		put_whole(&start, nr_pages, type);
		l->bottom += nr_pages + 1;
	} else {
		put_whole(l, nr_pages, type);
		l->top--;
	}
}

/* Where a zone's holes are does not matter: among the frames in use. */
static void put_holes(const struct exhaust *e, const struct zone *z)
{
	uint32_t left = z->spanned_pages - z->present_pages;

	for (pfn_t pfn = z->start_pfn; left > 0 && zone_spans_pfn(z, pfn); pfn++)
		if (e->m->mem_map[pfn].use == FRAME_RESERVED) {
			e->m->mem_map[pfn].use = FRAME_HOLE;
			left--;
		}
}

/* What is free in a zone, in three parts: blocks that are of no use, pageblocks that are broken when a
 * boost comes, and all the rest. */
static void put_free_pages(struct exhaust *e, struct zone *z)
{
	const struct recorded_use *u = &e->use[z->type];
	enum migratetype own = gfp_migratetype(e->m, e->mask);
	enum migratetype other = own == MIGRATE_MOVABLE ? MIGRATE_UNMOVABLE : MIGRATE_MOVABLE;
	uint32_t rest = e->table.zone[z->type].free;
	struct layer l = {e, z, z->start_pfn + z->spanned_pages, 0, MAX_ORDER - 2};

	if (e->order > 0 && gfp_zone(e->mask) >= z->type)
		rest -= put_left(&l, own);
	if (l.bottom < z->start_pfn)
		l.bottom = z->start_pfn;
	for (unsigned i = 0; i < u->nr_rises; i++) {
		uint32_t from = u->rise_at[i] + refill_pages(e, z);
		uint32_t to = i + 1 < u->nr_rises ? u->rise_at[i + 1] + refill_pages(e, z) : 0;

		put_to_steal(&l, from - to, rest, other);
		rest -= from - to;
	}
	put_whole(&l, rest, own);
	put_holes(e, z);
	z->nr_alloc = z->managed_pages - z->nr_free_pages;
}

/* ---- allocating ---- */

/* Until nothing comes; told when the zone changes. */
static void exhaust_all(struct exhaust *e)
{
	const struct zone *last = NULL;
	struct shown before;
	uint32_t n = 0;

	while (!e->r->differs) {
		const struct zone *z;
		pfn_t pfn;

		look(e->m, &before);
		pfn = alloc_pages(e->m, e->mask, e->order, FRAME_KERNEL);
		if (pfn == PFN_NONE)
			break;
		z = page_zone(e->m, pfn);
		BUG_ON(!z);
		if (z != last) {
			expect_before(e, n, &before);
			expect_now(e, "take", n + 1, z->name);
		}
		last = z;
		e->got[n++] = pfn;
		e->got_of[z->type]++;
	}
	e->nr_got = n;
	expect_now(e, "fail", n, "-");
	expect_got(e);
}

static void free_all(struct exhaust *e)
{
	for (uint32_t i = 0; i < e->nr_got; i++)
		free_pages(e->m, e->got[i], e->order);
	drain_pages(e->m, -1);
	if (!e->r->differs)
		expect_now(e, "freed", 0, "-");
}

/* ---- a transcript ---- */

static bool read_request(struct exhaust *e)
{
	const char *mask = strstr(e->r->line, " mask "), *order = strstr(e->r->line, " order ");

	if (!replay_begins(e->r, "gfp", NULL) || !mask || !order)
		return false;
	e->mask = (uint32_t)strtoul(mask + 6, NULL, 0);
	e->order = (unsigned)strtoul(order + 7, NULL, 10);
	return e->order < MAX_ORDER;
}

/* The table, read for the machine and then compared with it. */
static void start_machine(struct exhaust *e)
{
	struct replay_place place = replay_mark(e->r);

	zone_table_read(e->r, &e->table);
	if (e->r->differs)
		return;
	e->m = zone_table_machine(e->r, &e->table);
	replay_back(e->r, place);
	zone_table_compare(e->r, &e->table, e->m);
}

static void run(struct exhaust *e)
{
	struct zone *z;

	look_ahead(e);
	for_each_populated_zone(e->m, z)
		put_free_pages(e, z);
	expect_now(e, "begin", 0, "-");
	e->got = calloc(e->m->max_pfn, sizeof(*e->got));
	exhaust_all(e);
	free_all(e);
	if (!e->r->differs && machine_check(e->m))
		replay_differ(e->r, "a broken law: %s", machine_check(e->m));
	free(e->got);
}

void replay_exhaust(struct replay *r)
{
	struct replay_place place = replay_mark(r);
	struct exhaust e = {.r = r};

	for (; !r->differs && replay_line(r); place = replay_mark(r)) {
		if (replay_begins(r, "gfp", NULL) && !read_request(&e))
			replay_differ(r, "gfp KIND order 0..%d mask MASK", MAX_ORDER - 1);
		else if (replay_begins(r, "mmviz-zones", NULL) && !e.m)
			start_machine(&e);
		else if (replay_begins(r, "begin", NULL) && e.m) {
			replay_back(r, place);
			run(&e);
		} else if (!replay_begins(r, "gfp", NULL) && !replay_begins(r, "kernel", NULL))
			replay_differ(r, "a line of an exhaustion");
	}
	if (e.m)
		machine_destroy(e.m);
}
