/*
 * Slab: the caches, and below them the slabs of the chosen one (slab_map.c).
 *
 *	 cache            size  active/total  full part free
 *	*mm_struct         448      3/9         0    1    0
 *	 vm_area_struct     88     15/42        0    1    0
 *	 ----------------------------------------------------
 *	 0135c part  3/9  colour 0   ##*......        one sign for each object
 *
 * First the caches that the scenario made, then those from which the machine's own objects come, then the other caches
 * that have a slab.  A cache without any slab is not worth a line, unless it was just touched.
 *
 * Enter goes from a cache to its objects, where the arrows move, and from an object to its frame.
 */
#include "panel.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "parts.h"
#include "slab_map.h"
#include "src/i18n.h"

/* Where a cache stands in the list; smaller is higher. */
static int cache_rank(const struct view *v, const struct kmem_cache *c)
{
	const struct machine *m = view_machine(v);

	if (!(c->flags & SLAB_BUILTIN))
		return 0;
	for (int i = 0; i < NR_KERNEL_OBJECTS; i++)
		if (m->kobj_cache[i] == c)
			return 1;
	if (cache_slabs(c))
		return 2;
	return story_touched_cache(view_story(v), c->index) || v->choice.cache == c->index ? 3 : 4;
}

/* The caches in the order of the list; returns how many. */
static int list_caches(const struct view *v, uint16_t list[MAX_CACHES])
{
	const struct machine *m = view_machine(v);
	uint8_t rank[MAX_CACHES];
	int n = 0;

	for (uint32_t i = 0; i < m->nr_caches; i++)
		rank[i] = m->cache[i] ? (uint8_t)cache_rank(v, m->cache[i]) : 4;
	for (int r = 0; r < 4; r++)
		for (uint32_t i = 0; i < m->nr_caches; i++)
			if (rank[i] == r)
				list[n++] = (uint16_t)i;
	return n;
}

/* Does a telling name a cache? */
static bool names_cache(const struct story_node *n, const void *ctx)
{
	uint64_t cache;

	(void)ctx;
	return step_arg(&n->step, A_CACHE, &cache);
}

/* The chosen cache; else the one that the story named last; else the first of the list. */
static uint32_t shown_cache(const struct view *v, const uint16_t *list, int n)
{
	const struct machine *m = view_machine(v);
	const struct story_node *node;
	uint64_t cache;

	if ((v->choice.kind == CHOOSE_CACHE || v->choice.kind == CHOOSE_OBJECT) &&
	    v->choice.cache < m->nr_caches)
		return v->choice.cache;
	if (v->choice.kind == CHOOSE_LOCK && v->choice.lock >= LOCK_ID_CACHE &&
	    lock_find(m, v->choice.lock))
		return v->choice.lock - LOCK_ID_CACHE;
	node = story_find_last(view_story(v), names_cache, NULL);
	if (node && step_arg(&node->step, A_CACHE, &cache) && cache < m->nr_caches &&
	    m->cache[cache])
		return (uint32_t)cache;
	return n ? list[0] : 0;
}

/* ---- the table ---- */

/* Ends of the columns; 0: not shown. */
struct columns {
	int size, objects, full, partial, free;
};

static struct columns columns_of(int width)
{
	struct columns c = {0};
	int end = width;

	if (width >= 36) {
		int each = width >= 54 ? 5 : 3;

		c.free = end;
		c.partial = end - each;
		c.full = end - 2 * each;
		end -= 3 * each;
	}
	c.objects = end;
	c.size = end - 9;
	return c;
}

static void draw_head(const struct area *a, const struct columns *c)
{
	bool wide = c->free && c->free - c->partial >= 5;

	put_text(a, 1, 0, ROLE_LABEL, 0, _("cache"));
	put_right(a, c->size, 0, ROLE_LABEL, 0, _("size"));
	put_right(a, c->objects, 0, ROLE_LABEL, 0, _("act/tot"));
	if (!c->free)
		return;
	put_right(a, c->full, 0, ROLE_LABEL, 0, wide ? _("full") : "F");
	put_right(a, c->partial, 0, ROLE_LABEL, 0, wide ? _("part") : "P");
	put_right(a, c->free, 0, ROLE_LABEL, 0, wide ? _("free") : "E");
}

static void put_slabs(const struct area *a, int end, int y, uint32_t n, enum role own, enum touch t)
{
	char text[TEXT_LEN];

	snprintf(text, sizeof(text), "%u", n);
	put_right(a, end, y, touched_role(t, n ? own : ROLE_DIM), 0, text);
}

static void draw_cache(const struct view *v, const struct area *a, int y, const struct columns *c,
		       uint32_t index, bool shown)
{
	const struct kmem_cache *cache = view_machine(v)->cache[index];
	enum touch touch = story_touched_cache(view_story(v), index);
	struct area name = area_sub(a, 1, y, c->size - 6, 1);
	uint32_t total = cache_slabs(cache) * cache->num, active = cache_active_objs(cache);
	char text[TEXT_LEN];

	put_mark(a, 0, y, touch);
	put_text(&name, 0, 0, shown ? ROLE_TITLE : ROLE_LABEL, shown ? ATTR_BOLD : 0, cache->name);
	snprintf(text, sizeof(text), "%u", cache->object_size);
	put_right(a, c->size, y, ROLE_DIM, 0, text);
	snprintf(text, sizeof(text), "%u/%-3u", active, total);
	put_right(a, c->objects, y, touched_role(touch, active ? ROLE_NUMBER : ROLE_DIM),
		  touch ? ATTR_BOLD : 0, text);
	if (!c->free)
		return;
	put_slabs(a, c->full, y, cache->slabs_full.count, ROLE_SLAB, touch);
	put_slabs(a, c->partial, y, cache->slabs_partial.count, ROLE_SLAB, touch);
	put_slabs(a, c->free, y, cache->slabs_free.count, ROLE_FREE, touch);
}

/* ---- the panel ---- */

static int objects_height(int height)
{
	return height >= 14 ? height / 2 : height >= 9 ? (height + 2) / 3 : height >= 6 ? 2 : 0;
}

static void slab_draw(struct view *v, struct panel_state *ps, const struct area *a, bool active)
{
	const struct machine *m = view_machine(v);
	struct columns c = columns_of(a->width);
	int objects = objects_height(a->height), rows = a->height - objects - 1, n, at = 0;
	bool among_objects = v->choice.kind == CHOOSE_OBJECT;
	uint16_t list[MAX_CACHES];
	uint32_t shown;
	struct area part;

	ps->height = a->height;
	ps->width = a->width;
	n = list_caches(v, list);
	shown = shown_cache(v, list, n);
	for (int i = 0; i < n; i++)
		if (list[i] == shown)
			at = i;
	ps->cursor = at;
	ps->top = scroll_to(ps->top, at, rows, n);
	draw_head(a, &c);
	for (int i = ps->top; i < n && i < ps->top + rows; i++) {
		draw_cache(v, a, 1 + i - ps->top, &c, list[i], list[i] == shown);
		if (active && i == at)
			paint(a, 1, 1 + i - ps->top, a->width - 1,
			      among_objects ? ROLE_CURRENT : ROLE_CHOSEN, 0);
	}
	draw_thumb(a, ps->top, rows, n);
	part = area_sub(a, 0, a->height - objects, a->width, objects);
	if (objects && shown < m->nr_caches && m->cache[shown])
		slab_map_draw(v, ps, &part, m->cache[shown]);
}

static void slab_status(const struct view *v, const struct panel_state *ps, char *buf, size_t size)
{
	const struct machine *m = view_machine(v);
	uint64_t pages = 0;
	char text[TEXT_LEN];

	(void)ps;
	for (uint32_t i = 0; i < m->nr_caches; i++)
		if (m->cache[i])
			pages += (uint64_t)cache_slabs(m->cache[i]) << m->cache[i]->gfporder;
	snprintf(buf, size, _("%s in slabs"), bytes_text(pages << PAGE_SHIFT, text));
}

/* ---- keys ---- */

static void choose_cache(struct view *v, struct panel_state *ps, int row)
{
	uint16_t list[MAX_CACHES];
	int n = list_caches(v, list);

	if (row < 0 || row >= n)
		return;
	ps->cursor = row;
	view_choose(v, &(struct choice){.kind = CHOOSE_CACHE, .cache = list[row], .pfn = PFN_NONE});
}

/* The cache under the cursor; NULL: the list is empty. */
static const struct kmem_cache *cursor_cache(const struct view *v, const struct panel_state *ps)
{
	uint16_t list[MAX_CACHES];
	int n = list_caches(v, list);

	return ps->cursor < n ? view_machine(v)->cache[list[ps->cursor]] : NULL;
}

/* From a cache to its first object, from an object to the frame that it lies in. */
static void follow(struct view *v, const struct panel_state *ps, const struct kmem_cache *c)
{
	const struct slab *s;

	if (v->choice.kind != CHOOSE_OBJECT) {
		if (ps->height >= 6)
			slab_map_enter(v, c);
		return;
	}
	s = slab_of(view_machine(v), v->choice.va);
	if (!s)
		return;
	view_choose_frame(v, s->pfn + (v->choice.va - pfn_to_kva(view_machine(v), s->pfn)) /
					      PAGE_SIZE);
	v->wants_panel = "memory";
}

static bool slab_key(struct view *v, struct panel_state *ps, uint32_t key)
{
	const struct kmem_cache *c = cursor_cache(v, ps);
	bool arrow = key == KEY_UP_ || key == KEY_DOWN_ || key == KEY_LEFT_ || key == KEY_RIGHT_;

	if (key == KEY_ENTER_ && c) {
		follow(v, ps, c);
		return true;
	}
	if (c && arrow && v->choice.kind == CHOOSE_OBJECT && v->choice_is_users) {
		if (!slab_map_key(v, ps, c, key))
			choose_cache(v, ps, ps->cursor);
		return true;
	}
	if (key == KEY_UP_ || key == KEY_DOWN_) {
		choose_cache(v, ps, ps->cursor + (key == KEY_UP_ ? -1 : 1));
		return true;
	}
	return false;
}

static void slab_click(struct view *v, struct panel_state *ps, int x, int y)
{
	int map = ps->height - objects_height(ps->height);
	const struct kmem_cache *c = cursor_cache(v, ps);

	if (y >= map && c)
		slab_map_click(v, ps, c, x, y - map);
	else if (y >= 1)
		choose_cache(v, ps, ps->top + y - 1);
}

static void slab_scroll(struct view *v, struct panel_state *ps, int dy)
{
	choose_cache(v, ps, ps->cursor + dy);
}

/* The row of a cache of that very name; -1: none. */
static int row_of_cache(const struct view *v, const char *name)
{
	uint16_t list[MAX_CACHES];
	int n = list_caches(v, list);

	for (int i = 0; i < n; i++)
		if (strcmp(view_machine(v)->cache[list[i]]->name, name) == 0)
			return i;
	return -1;
}

/* The row of a cache whose name holds a text, from a row on; -1: none. */
static int find_cache(const struct view *v, int from, const char *needle, int direction)
{
	uint16_t list[MAX_CACHES];
	int n = list_caches(v, list);

	for (int i = from; i >= 0 && i < n; i += direction)
		if (strcasestr(view_machine(v)->cache[list[i]]->name, needle))
			return i;
	return -1;
}

static bool slab_search(struct view *v, struct panel_state *ps, const char *needle, int direction)
{
	int row = find_cache(v, ps->cursor + direction, needle, direction);

	if (row >= 0)
		choose_cache(v, ps, row);
	return row >= 0;
}

/* focus slab CACHE, or a part of its name */
static bool slab_reveal(struct view *v, struct panel_state *ps, const char *item)
{
	int row = row_of_cache(v, item);

	if (row < 0)
		row = find_cache(v, 0, item, 1);
	choose_cache(v, ps, row);
	return row >= 0;
}

const struct panel panel_slab = {
	.name = "slab",
	.title = N_("Slab"),
	.min_width = 30,
	.min_height = 5,
	.want_width = 42,
	.want_height = 14,
	.need_height = 12,
	.status = slab_status,
	.draw = slab_draw,
	.key = slab_key,
	.click = slab_click,
	.scroll = slab_scroll,
	.reveal = slab_reveal,
	.search = slab_search,
};
