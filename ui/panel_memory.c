/*
 * Memory: every frame of the machine.
 *
 *	 DMA     ########........
 *	 Normal  ####............................        a cell stands for 2^k frames; the shade says how many are
 *	 20000   ................................        in use, the colour for what
 *	 HighMem ..............................#*        a diamond: touched by this event
 *	 sections ########..  3: 0c000-0ffff ...         SPARSEMEM: which parts of memory have a mem_map
 *	 ----------------------------------------
 *	 38a40   aaaf....a2...                           around the chosen frame, one cell a frame
 *
 * A machine of 4 GiB has a million frames, and a draw may look at a few thousand.  So a cell is summed up by steps: at
 * the head of a free block the whole block is skipped; of frames in use a few are looked at, then some at even
 * distances.  What is free is thus found fast, where most is free, and a cell full of frames in use is known from a
 * sample.  Touched frames are not searched for: the story names them.
 */
#include "panel.h"

#include <stdio.h>
#include <string.h>

#include "parts.h"
#include "sections.h"
#include "sharers.h"
#include "src/i18n.h"
#include "src/zone_name.h"

enum { LOOKS = 16 /* frames in use looked at in a cell */, STRIP_LINES = 2 };

/* "HighMem", "HighMem@1" */
static int label_width(const struct machine *m) { return m->nr_nodes > 1 ? 10 : 8; }

/* ---- the map: rows of cells, each zone begins a new row ---- */

struct map {
	const struct machine *m;
	int columns;
	unsigned shift;                  /* a cell is 2^shift frames */
	uint32_t rows[MAX_ZONES], total; /* of each zone, by address */
};

static uint32_t rows_of_zone(const struct zone *z, int columns, unsigned shift)
{
	uint64_t row = (uint64_t)columns << shift;

	return (uint32_t)((z->spanned_pages + row - 1) / row);
}

static void map_measure(struct map *map, unsigned shift)
{
	map->shift = shift;
	map->total = 0;
	for (unsigned i = 0; i < map->m->nr_zone_spans; i++) {
		map->rows[i] = rows_of_zone(map->m->zone_span[i].zone, map->columns, shift);
		map->total += map->rows[i];
	}
}

/* The map with which all memory fits into rows of columns, then zoomed in by steps of four. */
static struct map map_of(const struct machine *m, int columns, int rows, int zoom)
{
	struct map map = {.m = m, .columns = columns};
	unsigned shift = 0;

	for (map_measure(&map, 0); (int)map.total > rows && shift < 20;)
		map_measure(&map, ++shift);
	if (zoom)
		map_measure(&map, (unsigned)zoom * 2 < shift ? shift - (unsigned)zoom * 2 : 0);
	return map;
}

/* The first frame of a row, and how many frames of its zone come from there; the zone's index, -1 below the last. */
static int map_row(const struct map *map, uint32_t row, pfn_t *pfn, uint32_t *frames)
{
	for (unsigned i = 0; i < map->m->nr_zone_spans; i++) {
		const struct zone *z = map->m->zone_span[i].zone;

		if (row < map->rows[i]) {
			uint32_t offset =
				(uint32_t)(((uint64_t)row * (uint32_t)map->columns) << map->shift);

			*pfn = z->start_pfn + offset;
			*frames = z->spanned_pages - offset;
			return (int)i;
		}
		row -= map->rows[i];
	}
	return -1;
}

/* Where a frame is drawn. False: in no zone. */
static bool map_find(const struct map *map, pfn_t pfn, uint32_t *row, int *column)
{
	uint32_t first = 0;

	for (unsigned i = 0; i < map->m->nr_zone_spans; i++) {
		const struct zone *z = map->m->zone_span[i].zone;

		if (pfn >= z->start_pfn && pfn - z->start_pfn < z->spanned_pages) {
			uint32_t cell = (pfn - z->start_pfn) >> map->shift;

			*row = first + cell / (uint32_t)map->columns;
			*column = (int)(cell % (uint32_t)map->columns);
			return true;
		}
		first += map->rows[i];
	}
	return false;
}

/* ---- a cell ---- */

/* What the scan of cells in ascending order remembers: frames below are in a free block already seen. */
struct scan {
	const struct machine *m;
	pfn_t free_until;
};

struct sum {
	uint32_t used, seen, by_role[NR_ROLES];
};

/* The first frame behind the free block that holds pfn; pfn + 1 if its head is not found. */
static pfn_t end_of_free_block(const struct machine *m, pfn_t pfn)
{
	for (int k = MAX_ORDER - 1; k >= 0; k--) {
		pfn_t head = pfn & ~((1u << k) - 1);
		const struct page *p = &m->mem_map[head];

		if (p->use == FRAME_FREE && p->flags & PG_BUDDY && head + (1u << p->order) > pfn)
			return head + (1u << p->order);
	}
	return pfn + 1;
}

static void sum_up(struct scan *scan, pfn_t from, pfn_t to, struct sum *sum)
{
	uint32_t looks = 0, stride = 1;

	memset(sum, 0, sizeof(*sum));
	for (pfn_t pfn = from; pfn < to;) {
		pfn_t next = pfn < scan->free_until ? scan->free_until : pfn + stride;

		if (pfn >= scan->free_until && scan->m->mem_map[pfn].use == FRAME_FREE)
			scan->free_until = next = end_of_free_block(scan->m, pfn);
		if (next > to)
			next = to;
		if (pfn >= scan->free_until) {
			sum->by_role[frame_role(scan->m, pfn)] += next - pfn;
			sum->used += next - pfn;
			if (++looks == LOOKS / 2)
				stride = (to - pfn) / (LOOKS / 2) + 1;
		}
		sum->seen += next - pfn;
		pfn = next;
	}
}

/* What most of the frames in use are. */
static enum role role_of_sum(const struct sum *sum)
{
	enum role most = ROLE_FREE;
	uint32_t n = 0;

	for (int r = 0; sum->used && r < NR_ROLES; r++) {
		/* holes and boot's reserve only when there is nothing else */
		uint32_t weight = r == ROLE_HOLE ? (sum->by_role[r] > 0)
						 : sum->by_role[r] * (r == ROLE_RESERVED ? 1 : 2);

		if (weight > n) {
			n = weight;
			most = (enum role)r;
		}
	}
	return most;
}

static uint32_t shade_of_sum(const struct sum *sum)
{
	static const uint32_t shade[4] = {0x2591, 0x2592, 0x2593, 0x2588};
	uint32_t fourth;

	if (!sum->used)
		return 0xb7;
	if (sum->by_role[ROLE_HOLE] == sum->seen)
		return 0xd7;
	fourth = (uint32_t)((uint64_t)sum->used * 4 / (sum->seen ? sum->seen : 1));
	return shade[fourth > 3 ? 3 : fourth];
}

/* One letter for a frame's use, where a cell is one frame. */
static uint32_t use_letter(const struct machine *m, pfn_t pfn)
{
	static const uint8_t letter[NR_FRAME_USES] = {
		[FRAME_PCP] = 'p',    [FRAME_RESERVED] = 'R', [FRAME_HOLE] = 0xd7,
		[FRAME_KERNEL] = 'k', [FRAME_STACK] = 'k',    [FRAME_SLAB] = 's',
		[FRAME_TABLE] = 't',  [FRAME_ANON] = 'a',     [FRAME_FILE] = 'f',
		[FRAME_SHMEM] = 'm',  [FRAME_ZERO] = 'z',
	};
	const struct page *p = &m->mem_map[pfn];

	if (p->use == FRAME_FREE)
		return 0xb7;
	if (p->use == FRAME_ANON && p->mapcount > 1)
		return p->mapcount < 10 ? '0' + (uint32_t)p->mapcount : '+';
	return letter[p->use];
}

static void draw_frame_cell(const struct view *v, const struct area *a, int x, int y, pfn_t pfn)
{
	const struct machine *m = view_machine(v);
	enum touch touch = story_touched_pfn(view_story(v), pfn);
	enum role role = touched_role(touch, frame_role(m, pfn));

	if (view_is_chosen_pfn(v, pfn))
		role = ROLE_CHOSEN;
	put_char(a, x, y, use_letter(m, pfn), role, touch ? ATTR_BOLD | ATTR_UNDERLINE : 0);
}

/* ---- drawing ---- */

static void draw_label(const struct area *a, int y, const struct map *map, int zone, pfn_t pfn)
{
	const struct zone *z = map->m->zone_span[zone].zone;
	char name[ZONE_NAME_LEN];

	if (pfn == z->start_pfn)
		put_text(a, 0, y, ROLE_LABEL, ATTR_BOLD, zone_name(map->m, z->id, name));
	else
		put_format(a, 0, y, ROLE_DIM, 0, "%05x", pfn);
}

/* The cell in which a section begins is underlined. */
static unsigned section_attr(const struct machine *m, pfn_t pfn, uint32_t frames)
{
	const struct mem_section *s = pfn_to_section(m, pfn + frames - 1);

	return s && section_start_pfn(m, s) >= pfn ? ATTR_UNDERLINE : 0;
}

static void draw_row(const struct view *v, const struct area *a, int y, const struct map *map,
		     uint32_t row, struct scan *scan)
{
	int left = label_width(map->m);
	pfn_t pfn;
	uint32_t frames, cell = 1u << map->shift;
	int zone = map_row(map, row, &pfn, &frames);
	struct sum sum;

	if (zone < 0)
		return;
	draw_label(a, y, map, zone, pfn);
	for (int x = 0; x < map->columns && frames; x++) {
		uint32_t n = frames < cell ? frames : cell;

		if (map->shift == 0) {
			draw_frame_cell(v, a, left + x, y, pfn);
		} else if (pfn + n <= scan->free_until) {
			put_char(a, left + x, y, 0xb7, ROLE_FREE, section_attr(map->m, pfn, n));
		} else {
			sum_up(scan, pfn, pfn + n, &sum);
			put_char(a, left + x, y, shade_of_sum(&sum), role_of_sum(&sum),
				 section_attr(map->m, pfn, n));
		}
		pfn += n;
		frames -= n;
	}
}

/* Where the map is drawn, for the marks on it. */
struct canvas {
	const struct view *v;
	const struct area *a;
	const struct map *map;
	uint32_t top;
	int height;
};

static bool canvas_cell(const struct canvas *c, pfn_t pfn, int *x, int *y)
{
	uint32_t row;
	int column;

	if (pfn >= c->map->m->max_pfn || !map_find(c->map, pfn, &row, &column))
		return false;
	if (row < c->top || row >= c->top + (uint32_t)c->height)
		return false;
	*x = label_width(c->map->m) + column;
	*y = (int)(row - c->top);
	return true;
}

/* Mark the frames that a telling names. A question that is never answered yes: all nodes are asked. */
static bool mark_frames(const struct story_node *n, const void *ctx)
{
	const struct canvas *c = ctx;
	uint64_t pfn;
	int x, y;

	for (unsigned i = 0; step_arg_nth(&n->step, A_PFN, i, &pfn); i++)
		if (pfn < c->map->m->max_pfn && canvas_cell(c, (pfn_t)pfn, &x, &y))
			put_mark(c->a, x, y, story_touched_pfn(view_story(c->v), (pfn_t)pfn));
	return false;
}

static void draw_map(const struct view *v, const struct area *a, const struct map *map,
		     uint32_t top)
{
	struct scan scan = {.m = map->m};
	struct canvas canvas = {v, a, map, top, a->height};
	int x, y;

	for (int i = 0; i < a->height; i++)
		draw_row(v, a, i, map, top + (uint32_t)i, &scan);
	if (map->shift == 0)
		return;
	story_find_last(view_story(v), mark_frames, &canvas);
	if (v->choice.pfn != PFN_NONE && canvas_cell(&canvas, v->choice.pfn, &x, &y))
		paint(a, x, y, 1, ROLE_CHOSEN, ATTR_BOLD);
}

static pfn_t strip_start(const struct view *v, int columns)
{
	pfn_t pfn = v->choice.pfn, width = 1;

	while ((int)width * 2 <= columns)
		width *= 2;
	return pfn & ~(width - 1);
}

/* Who shares the chosen frame, in the line above the strip; most frames have one user, and the line stays quiet. */
static void draw_chosen_sharers(const struct view *v, const struct area *a)
{
	const struct machine *m = view_machine(v);
	vaddr_t here = v->choice.kind == CHOOSE_ADDRESS ? v->choice.va : NOWHERE;
	struct area line = area_sub(a, 1, 0, a->width - 2, 1);
	struct sharers s;
	int x;

	sharers_of(m, v->choice.pfn, &s);
	if (s.nr < 2)
		return;
	x = put_format(&line, 0, 0, frame_role(m, v->choice.pfn), ATTR_BOLD, " %05x ",
		       v->choice.pfn);
	x = put_text(&line, x, 0, ROLE_DIM, 0, _("shared")) + 1;
	put_char(&line, x - 1, 0, ' ', ROLE_DIM, 0);
	x = put_sharers(&line, x, 0, &s, here);
	put_char(&line, x, 0, ' ', ROLE_DIM, 0);
}

/* Around the chosen frame, one cell a frame. */
static void draw_strip(const struct view *v, const struct area *a)
{
	const struct machine *m = view_machine(v);
	pfn_t start, width = 1;

	fill(a, 0, 0, a->width, 0x2500, ROLE_BORDER);
	if (v->choice.pfn == PFN_NONE || v->choice.pfn >= m->max_pfn)
		return;
	draw_chosen_sharers(v, a);
	while ((int)width * 2 <= a->width - label_width(m))
		width *= 2;
	start = strip_start(v, a->width - label_width(m));
	for (int line = 0; line < a->height - 1; line++) {
		pfn_t first = start + (pfn_t)line * width;

		put_format(a, 0, 1 + line, ROLE_DIM, 0, "%05x", first);
		for (pfn_t i = 0; i < width && first + i < m->max_pfn; i++)
			draw_frame_cell(v, a, label_width(m) + (int)i, 1 + line, first + i);
	}
}

/* The kinds of frames in the lines above y, as bits of roles. */
static uint64_t roles_above(const struct area *a, int y)
{
	const struct grid *g = a->grid;
	uint64_t roles = 0;

	for (int line = a->y; line < a->y + y; line++)
		for (int x = a->x; x < a->x + a->width; x++)
			roles |= 1ULL << g->cell[(size_t)line * (size_t)g->width + (size_t)x].role;
	return roles;
}

/* What the signs mean: of those that stand above as many as there is room for, then others. */
static void draw_legend(const struct area *a, int y, bool letters)
{
	static const struct {
		enum role role;
		const char *letter, *text;
	} item[] = {
		{ROLE_ANON, "a", N_("anon")},        {ROLE_SHARED, "2", N_("shared")},
		{ROLE_FILE, "f", N_("file")},        {ROLE_TABLE, "t", N_("table")},
		{ROLE_SLAB, "s", N_("slab")},        {ROLE_KERNEL, "k", N_("kernel")},
		{ROLE_PCP, "p", N_("per-CPU")},      {ROLE_RESERVED, "R", N_("boot")},
		{ROLE_HOLE, "\303\227", N_("hole")}, {ROLE_SHMEM, "m", N_("shmem")},
		{ROLE_FREE, "\302\267", N_("free")},
	};
	uint64_t above = roles_above(a, y);
	int x = 0;

	for (size_t i = 0; i < 2 * sizeof(item) / sizeof(*item); i++) {
		size_t k = i % (sizeof(item) / sizeof(*item));
		bool seen = above >> item[k].role & 1, own_sign;

		if (seen != (i == k))
			continue;
		if (x + 2 + text_width(_(item[k].text)) > a->width)
			break;
		own_sign = letters || item[k].role == ROLE_FREE || item[k].role == ROLE_HOLE;
		put_text(a, x, y, item[k].role, ATTR_BOLD,
			 own_sign ? item[k].letter : "\342\226\210");
		x = put_text(a, x + 2, y, ROLE_DIM, 0, _(item[k].text)) + 1;
	}
}

/* ---- the panel ---- */

static int strip_height(int height) { return height >= 10 ? STRIP_LINES + 1 : 0; }

static int legend_height(int height) { return height >= 5 ? 1 : 0; }

static int sections_height(const struct machine *m, int height)
{
	return m->memory_model == MEMORY_SPARSE && height >= 8;
}

static int map_height(const struct machine *m, int height)
{
	return height - strip_height(height) - legend_height(height) - sections_height(m, height);
}

static struct map map_for(const struct view *v, const struct panel_state *ps)
{
	const struct machine *m = view_machine(v);
	int columns = ps->width - label_width(m);

	return map_of(m, columns > 1 ? columns : 1, map_height(m, ps->height), ps->zoom);
}

static void memory_draw(struct view *v, struct panel_state *ps, const struct area *a, bool active)
{
	const struct machine *m = view_machine(v);
	int strip = strip_height(a->height), legend = legend_height(a->height), height, column;
	struct area part;
	struct map map;
	uint32_t row;

	(void)active;
	ps->height = a->height;
	ps->width = a->width;
	height = map_height(m, a->height);
	map = map_for(v, ps);
	if (v->choice.pfn != PFN_NONE && ps->word[0] != v->choice.pfn + 1ULL &&
	    map_find(&map, v->choice.pfn, &row, &column)) {
		ps->word[0] = v->choice.pfn + 1ULL;
		ps->top = scroll_to(ps->top, (int)row, height, (int)map.total);
	}
	ps->top = scroll_clamp(ps->top, height, (int)map.total);
	part = area_sub(a, 0, 0, a->width, height);
	draw_map(v, &part, &map, (uint32_t)ps->top);
	draw_thumb(&part, ps->top, height, (int)map.total);
	if (sections_height(m, a->height))
		height += draw_sections(v, a, height);
	if (strip) {
		part = area_sub(a, 0, height, a->width, strip);
		draw_strip(v, &part);
	}
	if (legend)
		draw_legend(a, a->height - 1, strip || map.shift == 0);
}

static void memory_status(const struct view *v, const struct panel_state *ps, char *buf,
			  size_t size)
{
	struct map map;
	char text[TEXT_LEN];

	buf[0] = '\0';
	if (!ps->width)
		return;
	map = map_for(v, ps);
	snprintf(buf, size, map.shift ? _("%u frames, %s a cell") : _("one frame a cell"),
		 1u << map.shift, bytes_text((uint64_t)PAGE_SIZE << map.shift, text));
}

/* ---- keys ---- */

/* Choose a frame; in a coarse map the first frame in use of its cell. */
static void choose_near(struct view *v, const struct map *map, pfn_t pfn)
{
	const struct machine *m = view_machine(v);
	pfn_t end = pfn + (1u << map->shift), use = pfn;

	if (pfn >= m->max_pfn)
		return;
	while (use < end && use < m->max_pfn && m->mem_map[use].use == FRAME_FREE)
		use = end_of_free_block(m, use);
	view_choose_frame(v, use < end && use < m->max_pfn ? use : pfn);
}

static void move(struct view *v, const struct panel_state *ps, int columns, int rows)
{
	struct map map = map_for(v, ps);
	int64_t cell = (int64_t)1 << map.shift;
	int64_t pfn =
		v->choice.pfn == PFN_NONE ? 0 : (int64_t)(v->choice.pfn >> map.shift << map.shift);

	pfn += (columns + (int64_t)rows * map.columns) * cell;
	if (pfn >= 0)
		choose_near(v, &map, (pfn_t)pfn);
}

static void zoom(struct view *v, struct panel_state *ps, int direction)
{
	struct map map = map_for(v, ps);

	if (direction > 0 && map.shift == 0)
		return;
	ps->zoom += direction;
	if (ps->zoom < 0)
		ps->zoom = 0;
	ps->word[0] = 0; /* bring the chosen frame into sight again */
}

static bool memory_key(struct view *v, struct panel_state *ps, uint32_t key)
{
	switch (key) {
	case KEY_UP_:
		move(v, ps, 0, -1);
		return true;
	case KEY_DOWN_:
		move(v, ps, 0, 1);
		return true;
	case KEY_LEFT_:
		move(v, ps, -1, 0);
		return true;
	case KEY_RIGHT_:
		move(v, ps, 1, 0);
		return true;
	case ']':
	case KEY_ENTER_:
		zoom(v, ps, 1);
		return true;
	case '[':
		zoom(v, ps, -1);
		return true;
	default:
		return false;
	}
}

static void memory_click(struct view *v, struct panel_state *ps, int x, int y)
{
	struct map map = map_for(v, ps);
	int height = map_height(map.m, ps->height);
	uint32_t frames;
	pfn_t pfn;

	if (x < label_width(map.m))
		return;
	x -= label_width(map.m);
	if (y < height && map_row(&map, (uint32_t)(ps->top + y), &pfn, &frames) >= 0)
		choose_near(v, &map, pfn + ((pfn_t)x << map.shift));
}

static void memory_scroll(struct view *v, struct panel_state *ps, int dy)
{
	struct map map = map_for(v, ps);

	ps->top = scroll_clamp(ps->top + dy, map_height(map.m, ps->height), (int)map.total);
}

/* focus memory HighMem: its first frame */
static bool memory_reveal(struct view *v, struct panel_state *ps, const char *item)
{
	const struct zone *z = zone_find(view_machine(v), item);

	if (z) {
		ps->word[0] = 0; /* bring it into sight */
		view_choose_frame(v, z->start_pfn);
	}
	return z != NULL;
}

const struct panel panel_memory = {
	.name = "memory",
	.title = N_("Physical memory"),
	.min_width = 30,
	.min_height = 5,
	.want_width = 42,
	.want_height = 14,
	.need_height = 10,
	.status = memory_status,
	.draw = memory_draw,
	.key = memory_key,
	.click = memory_click,
	.scroll = memory_scroll,
	.reveal = memory_reveal,
};
