/*
 * mmviz-buddy: the page allocator of one zone, operation by operation.
 *
 *	zone DMA start=1 spanned=4095 present=3998 managed=3840
 *	drain 1                                 the CPU's lists are emptied after every operation
 *	state begin                             what we begin with
 *	list 8 U 256                            free list of an order and a kind, head first
 *	pageblocks 0 UMMM                       kinds of pageblocks from a frame on
 *	nr 0 0 0 0 0 0 0 0 1 1 3 free 3840
 *	endstate
 *	op 1 alloc 4 U -> 256                   then every line that changed: lists (chg), pageblocks (pb),
 *	chg 4 U 272                             marks (wm), the CPU's lists (pcp, pcplist), counts (nr)
 *	op 2 free 4 256
 *	state end                               all of it once more
 */
#include "tests/bare.h"
#include "tests/replay_zones.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 65536, NR_LISTS = MAX_ORDER * MIGRATE_TYPES };

static const char kinds[] = "UMRH";

struct buddy {
	struct replay *r;
	struct machine *m;
	struct zone *z;
	uint32_t gfp; /* of the zone */
	bool drain;
	char *list[NR_LISTS]; /* as last shown: "8 U 256" */
	char *blocks;         /* kinds of the pageblocks, a letter each */
	uint32_t nr_blocks;
	char wm[128];
};

/* ---- our lines ---- */

/* "4 U 272 288": a list; its length without blocks is 3. */
static void list_text(const struct buddy *b, const struct page_list *l, unsigned order,
		      unsigned type, char text[TEXT_MAX])
{
	size_t n = (size_t)snprintf(text, TEXT_MAX, "%u %c", order, kinds[type]);

	for (pfn_t pfn = l->head; pfn != PFN_NONE && n < TEXT_MAX; pfn = b->m->mem_map[pfn].next)
		n += (size_t)snprintf(text + n, TEXT_MAX - n, " %u", pfn);
}

static const struct page_list *free_list(const struct buddy *b, unsigned i)
{
	return &b->z->free_area[i / MIGRATE_TYPES].free_list[i % MIGRATE_TYPES];
}

static void wm_text(const struct buddy *b, char text[128])
{
	const uint32_t *mark = b->z->watermark;

	snprintf(text, 128, "wm min=%u low=%u high=%u boost=%u", mark[WMARK_MIN], mark[WMARK_LOW],
		 mark[WMARK_HIGH], b->z->watermark_boost);
}

static void expect_pcp(const struct buddy *b)
{
	const struct per_cpu_pages *pcp = &b->z->pcp[0];
	char text[TEXT_MAX] = "pcplist ";

	snprintf(text, sizeof(text), "pcp count=%u high=%u batch=%u free_factor=%u", pcp->count,
		 pcp->high, pcp->batch, pcp->free_factor);
	replay_expect(b->r, text);
	memcpy(text, "pcplist ", 8);
	for (unsigned i = 0; i < PCP_ORDERS * MIGRATE_PCPTYPES; i++) {
		const struct page_list *l = &pcp->list[i / MIGRATE_PCPTYPES][i % MIGRATE_PCPTYPES];
		static char list[TEXT_MAX];

		if (!l->count)
			continue;
		list_text(b, l, i / MIGRATE_PCPTYPES, i % MIGRATE_PCPTYPES, list);
		snprintf(text + 8, sizeof(text) - 8, "%.*s", TEXT_MAX - 16, list);
		replay_expect(b->r, text);
	}
}

static void expect_nr(const struct buddy *b)
{
	char text[256] = "nr";
	size_t n = 2;

	for (unsigned k = 0; k < MAX_ORDER; k++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, " %u",
				      b->z->free_area[k].nr_free);
	snprintf(text + n, sizeof(text) - n, " free %u", b->z->nr_free_pages);
	replay_expect(b->r, text);
}

/* ---- changes ---- */

static void expect_changed_lists(struct buddy *b)
{
	static char list[TEXT_MAX], text[TEXT_MAX + 8];

	for (unsigned i = 0; i < NR_LISTS; i++) {
		list_text(b, free_list(b, i), i / MIGRATE_TYPES, i % MIGRATE_TYPES, list);
		if (b->list[i] && strcmp(list, b->list[i]) == 0)
			continue;
		snprintf(text, sizeof(text), "chg %s", list);
		replay_expect(b->r, text);
		free(b->list[i]);
		b->list[i] = strdup(list);
	}
}

static void expect_changed_pageblocks(struct buddy *b)
{
	uint32_t nr_pages = 1u << b->m->profile->pageblock_order;
	pfn_t first = b->z->start_pfn & ~(nr_pages - 1);
	char text[64];

	for (uint32_t i = 0; i < b->nr_blocks; i++) {
		char now = kinds[b->z->pageblock[i]];

		if (b->blocks[i] == now)
			continue;
		b->blocks[i] = now;
		snprintf(text, sizeof(text), "pb %u %c", first + i * nr_pages, now);
		replay_expect(b->r, text);
	}
}

static void expect_changes(struct buddy *b)
{
	char wm[128];

	expect_changed_lists(b);
	expect_changed_pageblocks(b);
	wm_text(b, wm);
	if (strcmp(wm, b->wm) != 0) {
		strcpy(b->wm, wm);
		replay_expect(b->r, wm);
	}
	if (!b->drain)
		expect_pcp(b);
	expect_nr(b);
}

/* A whole state, after its head. */
static void expect_state(struct buddy *b)
{
	static char list[TEXT_MAX], text[TEXT_MAX + 8];
	uint32_t nr_pages = 1u << b->m->profile->pageblock_order;

	for (unsigned i = 0; i < NR_LISTS; i++) {
		if (!free_list(b, i)->count)
			continue;
		list_text(b, free_list(b, i), i / MIGRATE_TYPES, i % MIGRATE_TYPES, list);
		snprintf(text, sizeof(text), "list %s", list);
		replay_expect(b->r, text);
	}
	expect_pcp(b);
	wm_text(b, text);
	replay_expect(b->r, text);
	snprintf(text, sizeof(text), "pageblocks %u %.*s", b->z->start_pfn & ~(nr_pages - 1),
		 (int)b->nr_blocks, b->blocks);
	replay_expect(b->r, text);
	expect_nr(b);
	replay_expect(b->r, "endstate");
}

void replay_zone_state(struct replay *r, struct machine *m, struct zone *z)
{
	struct buddy b = {.r = r, .m = m, .z = z, .nr_blocks = zone_nr_pageblocks(m, z)};

	b.blocks = calloc(b.nr_blocks + 1, 1);
	for (uint32_t i = 0; i < b.nr_blocks; i++)
		b.blocks[i] = kinds[z->pageblock[i]];
	expect_state(&b);
	free(b.blocks);
}

/* ---- the beginning ---- */

static void start_zone(struct buddy *b)
{
	static const struct {
		const char *name;
		enum zone_type type;
		uint32_t gfp;
	} zones[] = {
		{"zone DMA", ZONE_DMA, GFP_BIT_DMA},
		{"zone Normal", ZONE_NORMAL, 0},
		{"zone HighMem", ZONE_HIGHMEM, GFP_BIT_HIGHMEM},
	};
	long long start = 0, spanned = 0, managed = 0;
	size_t i = 0;

	while (i < 3 && !replay_begins(b->r, zones[i].name, NULL))
		i++;
	if (i == 3 || !replay_value(b->r->line, "start", &start) ||
	    !replay_value(b->r->line, "spanned", &spanned) ||
	    !replay_value(b->r->line, "managed", &managed)) {
		replay_differ(b->r, "a zone: DMA, Normal, HighMem");
		return;
	}
	b->m = bare_machine_like("i386-6.1", (uint32_t)(start + spanned + 1023) & ~1023u);
	b->z = add_zone(b->m, zones[i].type, (pfn_t)start, (uint32_t)spanned);
	b->z->managed_pages = (uint32_t)managed;
	b->gfp = zones[i].gfp;
	b->m->group_by_mobility = true;
	build_zonelists(b->m);
	b->nr_blocks = zone_nr_pageblocks(b->m, b->z);
	b->blocks = calloc(b->nr_blocks + 1, 1);
}

/* Free blocks of a "list ORDER KIND pfn..." line; their pageblocks are what they are by then. */
static void load_list(struct buddy *b, const char *text)
{
	char *end;
	unsigned order = (unsigned)strtoul(text, &end, 10);
	const char *kind = *end ? strchr(kinds, end[1]) : NULL;

	if (order >= MAX_ORDER || !kind) {
		replay_differ(b->r, "list ORDER U|M|R");
		return;
	}
	for (const char *p = end + 2; *p == ' '; p = end) {
		pfn_t pfn = (pfn_t)strtoul(p, &end, 10);

		for (pfn_t i = pfn; i < pfn + (1u << order); i++)
			b->m->mem_map[i].use = FRAME_FREE;
		buddy_add_boot_block(b->m, b->z, pfn, order, PLACE_TAIL);
		if (pageblock_type(b->m, b->z, pfn) != (enum migratetype)(kind - kinds))
			move_to_free_list(b->m, b->z, pfn, (enum migratetype)(kind - kinds));
	}
}

static void load_marks(struct buddy *b, const char *line)
{
	static const char *const key[] = {"min", "low", "high"};
	long long value = 0;

	for (int i = 0; i < NR_WMARK; i++)
		if (replay_value(line, key[i], &value))
			b->z->watermark[i] = (uint32_t)value;
	if (replay_value(line, "boost", &value))
		b->z->watermark_boost = (uint32_t)value;
	wm_text(b, b->wm);
}

static void load_pcp(struct buddy *b, const char *line)
{
	struct per_cpu_pages *pcp = &b->z->pcp[0];
	long long value;

	if (replay_value(line, "high", &value))
		pcp->high = (uint32_t)value;
	if (replay_value(line, "batch", &value))
		pcp->batch = (uint32_t)value;
	if (replay_value(line, "free_factor", &value))
		pcp->free_factor = (uint32_t)value;
}

static void load_pageblocks(struct buddy *b, const char *text)
{
	const char *letters = strchr(text, ' ');

	for (uint32_t i = 0; i < b->nr_blocks && letters; i++) {
		const char *kind = letters[1 + i] ? strchr(kinds, letters[1 + i]) : NULL;

		if (!kind) {
			replay_differ(b->r, "a letter for each of %u pageblocks", b->nr_blocks);
			return;
		}
		b->z->pageblock[i] = (uint8_t)(kind - kinds);
		b->blocks[i] = *kind;
	}
}

/* Lists come before the kinds of their pageblocks: kept until then. */
static void load_state(struct buddy *b)
{
	char *list[NR_LISTS] = {NULL};
	const char *rest;
	unsigned n = 0;

	while (!b->r->differs && replay_line(b->r) && !replay_begins(b->r, "endstate", NULL)) {
		if (replay_begins(b->r, "list", &rest) && n < NR_LISTS)
			list[n++] = strdup(rest);
		else if (replay_begins(b->r, "pcp", &rest))
			load_pcp(b, rest);
		else if (replay_begins(b->r, "wm", &rest))
			load_marks(b, rest);
		else if (replay_begins(b->r, "pageblocks", &rest))
			load_pageblocks(b, rest);
		else if (!replay_begins(b->r, "nr", NULL))
			replay_differ(b->r, "a state that begins with empty CPU lists");
	}
	for (unsigned i = 0; i < n; i++) {
		load_list(b, list[i]);
		free(list[i]);
	}
	/* all that is not free has a user */
	b->z->nr_alloc = b->z->managed_pages - b->z->nr_free_pages;
	for (unsigned i = 0; i < NR_LISTS; i++) {
		static char text[TEXT_MAX];

		list_text(b, free_list(b, i), i / MIGRATE_TYPES, i % MIGRATE_TYPES, text);
		b->list[i] = strdup(text);
	}
}

/* ---- operations ---- */

static void do_alloc(struct buddy *b, unsigned nr, const char *text)
{
	char *end;
	unsigned order = (unsigned)strtoul(text, &end, 10);
	char kind = *end ? end[1] : ' ', ours[64];
	pfn_t pfn;

	if (order >= MAX_ORDER || !strchr(kinds, kind)) {
		replay_differ(b->r, "op N alloc ORDER U|M|R -> PFN");
		return;
	}
	pfn = alloc_pages(b->m,
			  b->gfp | (kind == 'M'   ? GFP_BIT_MOVABLE
				    : kind == 'R' ? GFP_BIT_RECLAIMABLE
						  : 0),
			  order, FRAME_KERNEL);
	if (pfn == PFN_NONE)
		snprintf(ours, sizeof(ours), "op %u alloc %u %c -> fail", nr, order, kind);
	else
		snprintf(ours, sizeof(ours), "op %u alloc %u %c -> %u", nr, order, kind, pfn);
	replay_compare(b->r, ours);
}

static void do_free(struct buddy *b, const char *text)
{
	char *end;
	unsigned order = (unsigned)strtoul(text, &end, 10);
	pfn_t pfn = (pfn_t)strtoul(end, NULL, 10);
	const struct page *page = pfn < b->m->max_pfn ? &b->m->mem_map[pfn] : NULL;

	if (!page || page->use != FRAME_KERNEL || page->order != order)
		replay_differ(b->r, "no block %u of order %u in use", pfn, order);
	else
		free_pages(b->m, pfn, order);
}

static void do_op(struct buddy *b, const char *rest)
{
	char *end;
	unsigned nr = (unsigned)strtoul(rest, &end, 10);

	if (strncmp(end, " alloc ", 7) == 0)
		do_alloc(b, nr, end + 7);
	else if (strncmp(end, " free ", 6) == 0)
		do_free(b, end + 6);
	else
		replay_differ(b->r, "op N alloc, op N free");
	if (b->drain)
		drain_pages(b->m, 0);
	if (!b->r->differs)
		expect_changes(b);
	if (!b->r->differs && machine_check(b->m))
		replay_differ(b->r, "a broken law: %s", machine_check(b->m));
}

static void close_machine(struct buddy *b)
{
	for (unsigned i = 0; i < NR_LISTS; i++)
		free(b->list[i]);
	free(b->blocks);
	machine_destroy(b->m);
}

void replay_buddy(struct replay *r)
{
	struct buddy b = {.r = r};
	const char *rest;

	while (!r->differs && replay_line(r)) {
		if (replay_begins(r, "zone", NULL))
			start_zone(&b);
		else if (replay_begins(r, "drain", &rest))
			b.drain = *rest == '1';
		else if (replay_begins(r, "state begin", NULL) && b.m)
			load_state(&b);
		else if (replay_begins(r, "state", NULL) && b.m)
			expect_state(&b);
		else if (replay_begins(r, "op", &rest) && b.m)
			do_op(&b, rest);
		else if (!replay_begins(r, "title", NULL) && !replay_begins(r, "kernel", NULL) &&
			 !replay_begins(r, "max_order", NULL))
			replay_differ(r, "a line of a buddy transcript");
	}
	close_machine(&b);
}
