/*
 * Zones and buddy: how much is free, above which marks, in blocks of which size.
 *
 *	 Normal  |######################....|  205312      used, on CPU lists, free
 *	         min 1024  low 1280  high 1536
 *	 kept from HighMem 256                              lowmem_reserve of the chosen zone
 *	 order      DMA  Normal  HighMem   first blocks of the chosen zone
 *	   0   4K     0       1       *3   38a51 38a53 38a56
 *	   1   8K     0       2        1   38a58
 *	 CPU 0  6/76 batch 7<<1            38a51 38a52 38a53   free_factor 1: twice as many go back
 *	 split 38a50, order 3: 38a50 | 38a51 | 38a52 | 38a54
 *
 * Low panels turn the table: a row for each zone, a column for each order.  With several nodes the table has the zones
 * of the chosen zone's node, and where not all gauges have room a line says what each node has free:
 *
 *	 free  @0 618M  @1 762M
 *
 * What the last split or merge made is drawn
 * as a bar of its halves; what became of each half is read from mem_map as it stands now.
 */
#include "panel.h"

#include <stdio.h>
#include <string.h>

#include "buddy_parts.h"
#include "parts.h"
#include "src/i18n.h"
#include "src/zone_name.h"

enum { TALL = 20 };

/* "HighMem", "HighMem@1" */
static int name_width(const struct machine *m) { return m->nr_nodes > 1 ? 10 : 8; }

/* ---- which zone is looked at ---- */

/* Ids of zones are below. */
static unsigned nr_zones(const struct machine *m) { return m->nr_nodes * MAX_NR_ZONES; }

/* Is a telling about the free memory of a zone? */
static bool names_zone(const struct story_node *n, const void *ctx)
{
	uint64_t value;

	(void)ctx;
	return step_arg(&n->step, A_ZONE, &value) ||
	       (step_arg(&n->step, A_PFN, &value) && step_arg(&n->step, A_ORDER, &value));
}

/* The zone of a frame; NULL: none, or one without memory. */
static const struct zone *zone_of(const struct machine *m, uint64_t pfn)
{
	const struct zone *z = pfn < m->max_pfn ? page_zone_const(m, (pfn_t)pfn) : NULL;

	return z && z->managed_pages ? z : NULL;
}

/* The zone that the event took from or gave to last; NULL: none. */
static const struct zone *zone_at_work(const struct view *v)
{
	const struct machine *m = view_machine(v);
	const struct story_node *n = story_find_last(view_story(v), names_zone, NULL);
	uint64_t value;

	if (!n)
		return NULL;
	if (step_arg(&n->step, A_ZONE, &value))
		return value < nr_zones(m) ? zone_by_id(m, (uint32_t)value) : NULL;
	return step_arg(&n->step, A_PFN, &value) ? zone_of(m, value) : NULL;
}

/*
 * The user's zone while the panel is active; that of the chosen lock, or of the frame the user chose; the one at work in this event; else
 * the highest.  Frames that an event only looks at, as the MMU at page tables, do not turn the panel over.
 */
static unsigned shown_zone(const struct view *v, const struct panel_state *ps, bool active)
{
	const struct machine *m = view_machine(v);
	const struct zone *z = NULL;

	if (active && ps->word[0])
		return (unsigned)(ps->word[0] - 1) < nr_zones(m) ? (unsigned)(ps->word[0] - 1) : 0;
	if (v->choice.kind == CHOOSE_LOCK && v->choice.lock < nr_zones(m))
		z = zone_by_id(m, v->choice.lock);
	else if (v->choice_is_users)
		z = zone_of(m, v->choice.pfn);
	if (!z)
		z = zone_at_work(v);
	if (z)
		return z->id;
	for (unsigned i = nr_zones(m); i-- > 0;)
		if (zone_by_id(m, i)->managed_pages)
			return i;
	return 0;
}

/* The table has the zones of one node, from `first` on: those that have memory. */
static unsigned first_of_node(unsigned zone) { return zone / MAX_NR_ZONES * MAX_NR_ZONES; }

/* ---- gauges ---- */

static enum role free_role(const struct zone *z)
{
	if (z->nr_free_pages < z->watermark[WMARK_MIN])
		return ROLE_MARK_MIN;
	if (z->nr_free_pages < z->watermark[WMARK_LOW])
		return ROLE_MARK_LOW;
	return z->nr_free_pages < z->watermark[WMARK_HIGH] ? ROLE_MARK_HIGH : ROLE_OK;
}

static uint32_t pcp_pages(const struct machine *m, const struct zone *z)
{
	uint32_t pages = 0;

	for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++)
		pages += z->pcp[cpu].count;
	return pages;
}

/* The cell of a gauge of n cells that stands for `pages` free pages, counted from the right end. */
static int gauge_cell(const struct zone *z, uint32_t pages, int n)
{
	int from_right = (int)((uint64_t)pages * (uint32_t)n / z->managed_pages);

	return from_right >= n ? 0 : n - 1 - from_right;
}

/* Used from the left, free at the right; a mark stands where the free part would end at that many free pages. */
static void draw_gauge(const struct machine *m, const struct zone *z, const struct area *a, int x,
		       int y, int n)
{
	static const enum role role[NR_WMARK] = {ROLE_MARK_MIN, ROLE_MARK_LOW, ROLE_MARK_HIGH};
	uint32_t pcp = pcp_pages(m, z);
	int free_cells, pcp_cells;

	put_char(a, x, y, 0x2595, ROLE_BORDER, 0);
	put_char(a, x + n + 1, y, 0x258f, ROLE_BORDER, 0);
	if (!z->managed_pages)
		return;
	free_cells = (int)((uint64_t)z->nr_free_pages * (uint32_t)n / z->managed_pages);
	if (z->nr_free_pages && !free_cells)
		free_cells = 1;
	pcp_cells = pcp * (uint32_t)n / z->managed_pages > 0
			    ? (int)((uint64_t)pcp * (uint32_t)n / z->managed_pages)
			    : 0;
	for (int i = 0; i < n; i++) {
		if (i >= n - free_cells)
			put_char(a, x + 1 + i, y, 0xb7, ROLE_FREE, 0);
		else if (i >= n - free_cells - pcp_cells)
			put_char(a, x + 1 + i, y, 0x2592, ROLE_PCP, 0);
		else
			put_char(a, x + 1 + i, y, 0x2588, ROLE_GAUGE, 0);
	}
	for (int mark = WMARK_HIGH; mark >= WMARK_MIN; mark--)
		put_char(a, x + 1 + gauge_cell(z, z->watermark[mark], n), y, 0x2502, role[mark],
			 ATTR_BOLD);
}

static void draw_marks(const struct zone *z, const struct area *a, int x, int y)
{
	int field = a->width - x >= 28 ? 4 : 0; /* numbers line up where there is room */
	char text[TEXT_LEN];

	/* numbers of four digits need the room that the names above leave */
	snprintf(text, sizeof(text), "min %u low %u high %u", z->watermark[WMARK_MIN],
		 z->watermark[WMARK_LOW], z->watermark[WMARK_HIGH]);
	if (!field && x + text_width(text) > a->width)
		x = a->width > text_width(text) ? a->width - text_width(text) : 0;
	x = put_text(a, x, y, ROLE_MARK_MIN, 0, "min");
	x = put_format(a, x + 1, y, ROLE_NUMBER, 0, "%-*u", field, z->watermark[WMARK_MIN]) + 1;
	x = put_text(a, x, y, ROLE_MARK_LOW, 0, "low");
	x = put_format(a, x + 1, y, ROLE_NUMBER, 0, "%-*u", field, z->watermark[WMARK_LOW]) + 1;
	x = put_text(a, x, y, ROLE_MARK_HIGH, 0, "high");
	put_format(a, x + 1, y, ROLE_NUMBER, 0, "%u", z->watermark[WMARK_HIGH]);
	if (a->width - x > 20) {
		snprintf(text, sizeof(text), _("of %u"), z->managed_pages);
		put_right(a, a->width, y, ROLE_DIM, 0, text);
	}
}

/* Does the zone keep pages from requests that another zone of its node could serve? */
static bool keeps_from(const struct machine *m, const struct zone *z, unsigned type)
{
	return z->lowmem_reserve[type] &&
	       zone_by_id(m, first_of_node(z->id) + type)->managed_pages > 0;
}

/* lowmem_reserve: how many pages beyond its mark the zone keeps from which requests.  Returns the lines used. */
static int draw_reserve(const struct machine *m, const struct zone *z, const struct area *a, int y)
{
	int x = 0;

	for (unsigned type = 0; type < MAX_NR_ZONES; type++) {
		if (!keeps_from(m, z, type))
			continue;
		if (x == 0)
			x = put_text(a, 1, y, ROLE_LABEL, 0, _("kept from"));
		x = put_text(a, x + 1, y, ROLE_NORMAL, 0,
			     zone_by_id(m, first_of_node(z->id) + type)->name);
		x = put_format(a, x + 1, y, ROLE_NUMBER, 0, "%u", z->lowmem_reserve[type]);
	}
	return 1;
}

/* Does any zone keep anything?  Then the line has a place, whichever zone is shown. */
static bool has_reserves(const struct machine *m)
{
	for (unsigned i = 0; i < nr_zones(m); i++)
		for (unsigned type = 0; type < MAX_NR_ZONES; type++)
			if (zone_by_id(m, i)->managed_pages &&
			    keeps_from(m, zone_by_id(m, i), type))
				return true;
	return false;
}

/* What each node has free, in a line; the one in front stands out. */
static void draw_nodes(const struct view *v, const struct area *a, unsigned shown)
{
	const struct machine *m = view_machine(v);
	int x = put_text(a, 1, 0, ROLE_LABEL, 0, _("free"));
	char text[TEXT_LEN];

	for (uint32_t node = 0; node < m->nr_nodes; node++) {
		bool front = node == shown / MAX_NR_ZONES;
		uint64_t pages = 0;

		for (unsigned i = 0; i < MAX_NR_ZONES; i++)
			pages += m->node[node].node_zones[i].nr_free_pages;
		x = put_format(a, x + 2, 0, front ? ROLE_TITLE : ROLE_LABEL, front ? ATTR_BOLD : 0,
			       "@%u", node);
		x = put_text(a, x + 1, 0, ROLE_NUMBER, 0, bytes_text(pages << PAGE_SHIFT, text));
	}
}

/* Gauges of the zones from `first` up to `end` that have memory; returns the lines used. */
static int draw_gauges(const struct view *v, const struct area *a, unsigned first, unsigned end,
		       unsigned shown, int lines_each)
{
	const struct machine *m = view_machine(v);
	int y = 0;
	char text[TEXT_LEN], name[ZONE_NAME_LEN];

	for (unsigned i = first; i < end; i++) {
		const struct zone *z = zone_by_id(m, i);
		enum touch touch = story_touched_zone(view_story(v), i);

		if (!z->managed_pages)
			continue;
		put_mark(a, 0, y, touch);
		put_text(a, 1, y, i == shown ? ROLE_TITLE : ROLE_LABEL, i == shown ? ATTR_BOLD : 0,
			 zone_name(m, i, name));
		draw_gauge(m, z, a, 1 + name_width(m), y, a->width - name_width(m) - 3 - 8);
		snprintf(text, sizeof(text), "%u", z->nr_free_pages);
		put_right(a, a->width, y, touched_role(touch, free_role(z)), ATTR_BOLD, text);
		if (lines_each > 1)
			draw_marks(z, a, 1 + name_width(m), y + 1);
		y += lines_each;
	}
	return y;
}

static int zones_with_memory(const struct machine *m)
{
	int n = 0;

	for (unsigned i = 0; i < nr_zones(m); i++)
		n += zone_by_id(m, i)->managed_pages > 0;
	return n;
}

static bool is_in_table(const struct machine *m, unsigned zone)
{
	return zone_by_id(m, zone)->managed_pages > 0;
}

static int zones_in_table(const struct machine *m, unsigned shown)
{
	unsigned first = first_of_node(shown);
	int n = 0;

	for (unsigned i = first; i < first + MAX_NR_ZONES; i++)
		n += is_in_table(m, i);
	return n;
}

/* ---- the table ---- */

static void put_count(const struct view *v, const struct area *a, int x_end, int y, unsigned zone,
		      unsigned order, bool cursor)
{
	const struct zone *z = zone_by_id(view_machine(v), zone);
	uint32_t n = z->free_area[order].nr_free;
	enum touch touch = story_touched_order(view_story(v), zone, order);
	char text[TEXT_LEN];

	snprintf(text, sizeof(text), "%u", n);
	put_right(a, x_end, y,
		  cursor ? ROLE_CHOSEN : touched_role(touch, n ? ROLE_NUMBER : ROLE_DIM),
		  touch ? ATTR_BOLD : 0, text);
	put_mark(a, x_end - text_width(text) - 1, y, touch);
}

/* The first blocks of a list, as many as fit; returns the column behind them. */
static int draw_list(const struct view *v, const struct page_list *list, const struct area *a,
		     int x, int y)
{
	const struct machine *m = view_machine(v);
	const struct story *s = view_story(v);

	for (pfn_t pfn = list->head; pfn != PFN_NONE; pfn = m->mem_map[pfn].next) {
		enum touch touch = story_touched_pfn(s, pfn);
		bool chosen = view_is_chosen_pfn(v, pfn);

		if (x + 5 + (m->mem_map[pfn].next != PFN_NONE ? 2 : 0) > a->width) {
			put_text(a, x, y, ROLE_DIM, 0, "\342\200\246");
			return a->width;
		}
		x = put_format(a, x, y, chosen ? ROLE_CHOSEN : touched_role(touch, ROLE_FREE), 0,
			       "%05x", pfn) +
		    1;
	}
	return x;
}

/* The lists of all kinds, each behind its letter where kinds are told apart: "U 37c3f 37c40 M 3fc08". */
static void draw_blocks(const struct view *v, const struct zone *z, const struct page_list list[],
			unsigned nr_types, const struct area *a, int x, int y)
{
	for (unsigned type = 0; type < nr_types && x + 7 <= a->width; type++) {
		if (list[type].head == PFN_NONE)
			continue;
		if (z->pageblock)
			x = put_char_text(a, x, y, "UMRH"[type], ROLE_LABEL) + 1;
		x = draw_list(v, &list[type], a, x, y);
	}
}

static int tall_column(int index) { return 11 + 8 * (index + 1); }

/* A row for each order, a column for each zone, and the blocks of the shown zone. */
static int draw_tall_table(const struct view *v, const struct panel_state *ps, const struct area *a,
			   unsigned shown, bool active)
{
	const struct machine *m = view_machine(v);
	int blocks = tall_column(zones_in_table(m, shown) - 1) + 2, index = 0;
	unsigned first = first_of_node(shown), end = first + MAX_NR_ZONES;

	if (m->nr_nodes > 1)
		put_format(a, 1, 0, ROLE_LABEL, 0, _("node %u"), shown / MAX_NR_ZONES);
	else
		put_text(a, 1, 0, ROLE_LABEL, 0, _("order"));
	for (unsigned z = first; z < end; z++)
		if (is_in_table(m, z))
			put_right(a, tall_column(index++), 0, z == shown ? ROLE_TITLE : ROLE_LABEL,
				  z == shown ? ATTR_BOLD : 0, zone_by_id(m, z)->name);
	if (blocks + text_width(_("first blocks")) <= a->width)
		put_text(a, blocks, 0, ROLE_DIM, 0, _("first blocks"));
	for (unsigned k = 0; k < MAX_ORDER; k++) {
		char bytes[TEXT_LEN];
		int y = 1 + (int)k;

		put_format(a, 1, y, ROLE_LABEL, 0, "%3u", k);
		put_right(a, 10, y, ROLE_DIM, 0, bytes_text((uint64_t)PAGE_SIZE << k, bytes));
		index = 0;
		for (unsigned z = first; z < end; z++)
			if (is_in_table(m, z))
				put_count(v, a, tall_column(index++), y, z, k,
					  active && z == shown && (int)k == ps->cursor);
		if (blocks + 5 <= a->width)
			draw_blocks(v, zone_by_id(m, shown),
				    zone_by_id(m, shown)->free_area[k].free_list, MIGRATE_TYPES, a,
				    blocks, y);
	}
	return 1 + MAX_ORDER;
}

static int number_digits(uint32_t n)
{
	int d = 1;

	for (; n >= 10; n /= 10)
		d++;
	return d;
}

/* Ends of the columns of the flat table: each as wide as its widest number, spare room spread evenly. */
static void flat_columns(const struct machine *m, unsigned shown, int width, int end[MAX_ORDER])
{
	unsigned first = first_of_node(shown);
	int need[MAX_ORDER], total = 0, x = 5;

	for (unsigned k = 0; k < MAX_ORDER; k++) {
		need[k] = 1 + number_digits(k);
		for (unsigned z = first; z < first + MAX_NR_ZONES; z++) {
			int d = 1 + number_digits(zone_by_id(m, z)->free_area[k].nr_free);

			need[k] = d > need[k] ? d : need[k];
		}
		total += need[k];
	}
	for (unsigned k = 0; k < MAX_ORDER; k++) {
		if (need[k] < 3 && total < width - x) {
			need[k]++;
			total++;
		}
	}
	for (unsigned k = 0; k < MAX_ORDER; k++)
		end[k] = x +=
			need[k] +
			(width - 5 - total >= MAX_ORDER ? (width - 5 - total) / MAX_ORDER : 0);
}

/* A row for each zone, a column for each order. */
static int draw_flat_table(const struct view *v, const struct panel_state *ps, const struct area *a,
			   unsigned shown, bool active)
{
	const struct machine *m = view_machine(v);
	unsigned first = first_of_node(shown);
	int end[MAX_ORDER], y = 1;
	char text[TEXT_LEN];

	flat_columns(m, shown, a->width, end);
	put_text(a, 0, 0, ROLE_LABEL, 0, _("order"));
	for (unsigned k = 0; k < MAX_ORDER; k++) {
		snprintf(text, sizeof(text), "%u", k);
		put_right(a, end[k], 0, ROLE_LABEL, 0, text);
	}
	for (unsigned z = first; z < first + MAX_NR_ZONES; z++) {
		if (!is_in_table(m, z))
			continue;
		put_format(a, 1, y, z == shown ? ROLE_TITLE : ROLE_LABEL,
			   z == shown ? ATTR_BOLD : 0, "%.4s", zone_by_id(m, z)->name);
		for (unsigned k = 0; k < MAX_ORDER; k++)
			put_count(v, a, end[k], y, z, k,
				  active && z == shown && (int)k == ps->cursor);
		y++;
	}
	return y;
}

static void draw_pcp(const struct view *v, const struct area *a, int y, unsigned shown)
{
	const struct machine *m = view_machine(v);
	const struct zone *z = zone_by_id(m, shown);
	const struct per_cpu_pages *p = &z->pcp[m->cpu];
	int x = put_format(a, 1, y, ROLE_LABEL, 0, "CPU %u", m->cpu);

	if (m->nr_nodes > 1)
		x = put_format(a, x, y, ROLE_DIM, 0, _(" of node %u"), numa_node_id(m));
	x = put_format(a, x + 1, y, ROLE_PCP, ATTR_BOLD, "%3u", p->count);
	x = put_format(a, x, y, ROLE_DIM, 0, _("/%u batch %u"), p->high, p->batch);
	/* freed in a row: so many go back at once next time */
	if (p->free_factor)
		x = put_format(a, x, y, ROLE_PCP, 0, "<<%u", p->free_factor);
	draw_blocks(v, z, p->list[0], MIGRATE_PCPTYPES, a, x + 2, y);
}

/* ---- the panel ---- */

static void zones_draw(struct view *v, struct panel_state *ps, const struct area *a, bool active)
{
	const struct machine *m = view_machine(v);
	unsigned shown = shown_zone(v, ps, active);
	int zones = zones_with_memory(m), rows = zones_in_table(m, shown), y = 0, each, spare;
	bool all = m->nr_nodes == 1 || a->height >= zones + rows + 3, tall;
	unsigned first = all ? 0 : first_of_node(shown);
	unsigned end = all ? nr_zones(m) : first + MAX_NR_ZONES;
	struct area rest;

	if (!all) {
		draw_nodes(v, a, shown);
		zones = rows;
		y = 1;
	}
	tall = a->height - y >= zones + 1 + MAX_ORDER + 2 && a->width >= tall_column(rows - 1);

	ps->height = a->height;
	ps->width = a->width;
	ps->zoom = tall;
	/* marks under the gauges only where halves of a block still have room */
	each = a->height - y >= (tall ? 2 * zones + MAX_ORDER + 5 : 2 * zones + rows + 5) ? 2 : 1;
	rest = area_sub(a, 0, y, a->width, a->height - y);
	y += draw_gauges(v, &rest, first, end, shown, each);
	spare = a->height - y - 1 - (tall ? 1 + MAX_ORDER : 1 + rows);
	if (spare > 0 && each == 1) {
		draw_marks(zone_by_id(m, shown), a, 1 + name_width(m), y++);
		spare--;
	}
	if (spare > 0 && has_reserves(m))
		y += draw_reserve(m, zone_by_id(m, shown), a, y);
	ps->top = y;
	rest = area_sub(a, 0, y, a->width, a->height - y);
	if (tall)
		y += draw_tall_table(v, ps, &rest, shown, active);
	else if (rest.height >= rows + 1)
		y += draw_flat_table(v, ps, &rest, shown, active);
	if (y < a->height)
		draw_pcp(v, a, y++, shown);
	if (y + 1 < a->height) {
		if (a->height - y > 6)
			y++;
		rest = area_sub(a, 0, y, a->width, a->height - y);
		draw_buddy_parts(v, &rest);
	}
}

static void zones_status(const struct view *v, const struct panel_state *ps, char *buf, size_t size)
{
	const struct machine *m = view_machine(v);
	uint64_t pages = 0;
	char text[TEXT_LEN];

	(void)ps;
	for (unsigned i = 0; i < nr_zones(m); i++)
		pages += zone_by_id(m, i)->nr_free_pages;
	snprintf(buf, size, _("%s free"), bytes_text(pages << PAGE_SHIFT, text));
}

/* ---- keys ---- */

/* To the next zone with memory. False: there is none. */
static bool move_zone(const struct view *v, struct panel_state *ps, int direction)
{
	const struct machine *m = view_machine(v);
	int i = (int)shown_zone(v, ps, true) + direction;

	while (i >= 0 && i < (int)nr_zones(m) && !zone_by_id(m, i)->managed_pages)
		i += direction;
	if (i < 0 || i >= (int)nr_zones(m))
		return false;
	ps->word[0] = (uint64_t)i + 1;
	return true;
}

/* The head of the first list from a kind on that has one; PFN_NONE. */
static pfn_t first_block(const struct free_area *area, unsigned type)
{
	for (; type < MIGRATE_TYPES; type++)
		if (area->free_list[type].head != PFN_NONE)
			return area->free_list[type].head;
	return PFN_NONE;
}

/* The first block of the order at the cursor; if one of them is chosen, the one after it. */
static void choose_block(struct view *v, const struct panel_state *ps)
{
	const struct machine *m = view_machine(v);
	const struct free_area *area =
		&zone_by_id(m, shown_zone(v, ps, true))->free_area[ps->cursor];
	const struct choice *c = &v->choice;
	pfn_t pfn = PFN_NONE;

	if (c->kind == CHOOSE_BLOCK && c->pfn < m->max_pfn && c->order == (unsigned)ps->cursor &&
	    m->mem_map[c->pfn].flags & PG_BUDDY && m->mem_map[c->pfn].order == c->order) {
		const struct page *page = &m->mem_map[c->pfn];

		pfn = page->next != PFN_NONE ? page->next : first_block(area, page->level + 1);
	}
	if (pfn == PFN_NONE)
		pfn = first_block(area, 0);
	if (pfn != PFN_NONE)
		view_choose(v, &(struct choice){.kind = CHOOSE_BLOCK,
						.pfn = pfn,
						.order = (unsigned)ps->cursor});
}

static bool move_order(struct panel_state *ps, int direction)
{
	int order = ps->cursor + direction;

	if (order < 0 || order >= MAX_ORDER)
		return false;
	ps->cursor = order;
	return true;
}

/* In the tall table orders go down, in the flat one across. */
static bool zones_key(struct view *v, struct panel_state *ps, uint32_t key)
{
	bool tall = ps->zoom;

	switch (key) {
	case KEY_UP_:
	case KEY_DOWN_: {
		int direction = key == KEY_UP_ ? -1 : 1;

		if (tall)
			move_order(ps, direction);
		else
			move_zone(v, ps, direction);
		return true;
	}
	case KEY_LEFT_:
	case KEY_RIGHT_:
		return tall ? move_zone(v, ps, key == KEY_LEFT_ ? -1 : 1)
			    : move_order(ps, key == KEY_LEFT_ ? -1 : 1);
	case KEY_ENTER_:
		choose_block(v, ps);
		return true;
	default:
		return false;
	}
}

static void zones_click(struct view *v, struct panel_state *ps, int x, int y)
{
	const struct machine *m = view_machine(v);
	int line = y - ps->top - 1, end[MAX_ORDER], index = 0;
	unsigned shown = shown_zone(v, ps, true), first = first_of_node(shown);

	if (line < 0)
		return;
	if (ps->zoom && line < MAX_ORDER) {
		ps->cursor = line;
		for (unsigned z = first; z < first + MAX_NR_ZONES; z++)
			if (is_in_table(m, z) && x < tall_column(index++) &&
			    x >= tall_column(index - 2))
				ps->word[0] = z + 1;
	} else if (!ps->zoom && line < zones_in_table(m, shown)) {
		flat_columns(m, shown, ps->width, end);
		for (int k = MAX_ORDER - 1; k >= 0 && x < end[k]; k--)
			ps->cursor = k;
	} else {
		return;
	}
	choose_block(v, ps);
}

static void zones_scroll(struct view *v, struct panel_state *ps, int dy)
{
	(void)v;
	move_order(ps, dy);
}

/* focus zones HighMem */
static bool zones_reveal(struct view *v, struct panel_state *ps, const char *item)
{
	const struct zone *z = zone_find(view_machine(v), item);

	if (z)
		ps->word[0] = z->id + 1U;
	return z != NULL;
}

const struct panel panel_zones = {
	.name = "zones",
	.title = N_("Zones and buddy"),
	.min_width = 30,
	.min_height = 5,
	.want_width = 38,
	.want_height = 24,
	.need_height = 12,
	.status = zones_status,
	.draw = zones_draw,
	.key = zones_key,
	.click = zones_click,
	.scroll = zones_scroll,
	.reveal = zones_reveal,
};
