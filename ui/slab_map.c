/*
 * The slab map: the slabs of one cache, each with its colour, its management and its objects.
 *
 *	 box  3 objects of 1300 in 4K - management on the slab, 64 - 4 colours of 32
 *	 CPU 0  12/54   shared 0/216
 *	 03c02 part  1/3  colour 0   MM [] <> ..        one sign for each object
 *	 03c05 full  3/3  colour 32  .MM [] [] []
 *
 * What lies in front of the first object is drawn, too: a shade for each step of the colour, another for the management
 * where it is on the slab.  2.4 has it there, in front of the objects; 6.1 has the index list behind them, or in a free
 * object, which is marked.
 *
 *	filled square: in a caller's hands    small square: free, at a CPU's hand    hollow: free in its slab
 *	triangle: the object that goes out next    crossed square: free, with the index list in it
 *
 * Slabs are in the order in which objects are taken from them: partial, free, then the full ones.
 */
#include "slab_map.h"

#include <stdio.h>
#include <string.h>

#include "parts.h"
#include "slab_arrays.h"
#include "src/i18n.h"

enum { MAX_SHOWN_SLABS = 512, MAX_LEAD = 16, SPACED_WIDTH = 70 };
enum { NUMBERED = 4 };          /* columns of an object with its index */
enum { WORD_FIRST, WORD_HEAD }; /* of panel_state.word: first slab shown, lines above the slabs */

enum {
	GLYPH_TAKEN = 0x25a0,
	GLYPH_FREE = 0x25a1,
	GLYPH_NEXT = 0x25b8,
	GLYPH_INDEX = 0x25a4,
	GLYPH_COLOUR = 0x2591,
	GLYPH_MGMT = 0x2593,
};

/* ---- which slabs, and where their objects are drawn ---- */

static int list_slabs(const struct kmem_cache *c, const struct slab *list[MAX_SHOWN_SLABS])
{
	const struct slab_list *lists[3] = {&c->slabs_partial, &c->slabs_free, &c->slabs_full};
	int n = 0;

	for (int i = 0; i < 3; i++)
		for (const struct slab *s = lists[i]->first; s && n < MAX_SHOWN_SLABS; s = s->next)
			list[n++] = s;
	return n;
}

/* How a slab's line is laid out. */
struct layout {
	int x;    /* column of the first sign          */
	int room; /* signs in a line                   */
	int step; /* columns from one sign to the next */
	int lead; /* signs in front of object 0        */
	int tail; /* signs behind the last one         */
};

static bool is_wide(int width) { return width >= 54; }

/* Signs for the steps of the colour, and for a management in front of the objects. */
static int colour_signs(const struct kmem_cache *c, const struct slab *s)
{
	int n = c->colour_off ? (int)(s->colouroff / c->colour_off) : 0;

	return n < MAX_LEAD ? n : MAX_LEAD;
}

/* 2.4: is the management in front of the objects? */
static bool is_in_front(const struct slab *s)
{
	return s->s_mem > (s->s_mem & ~(vaddr_t)(PAGE_SIZE - 1)) + s->colouroff;
}

static struct layout layout_of(int width, const struct kmem_cache *c, const struct slab *s)
{
	struct layout l = {.x = is_wide(width) ? 31 : 14};
	int signs;

	l.lead = colour_signs(c, s) + is_in_front(s);
	l.tail = c->mgmt == SLAB_ON && !is_in_front(s);
	signs = l.lead + c->num + l.tail;
	l.step = signs * NUMBERED <= width - l.x ? NUMBERED : width >= SPACED_WIDTH ? 2 : 1;
	l.room = (width - l.x) / l.step;
	if (l.room < 1)
		l.room = 1;
	return l;
}

static int slab_height(const struct layout *l, const struct kmem_cache *c)
{
	return (l->lead + c->num + l->tail + l->room - 1) / l->room;
}

static void put_sign(const struct area *a, const struct layout *l, int y, int at, uint32_t glyph,
		     enum role role, unsigned attr)
{
	put_char(a, l->x + at % l->room * l->step, y + at / l->room, glyph, role, attr);
}

/* ---- what an object is ---- */

static bool in_array(const struct array_cache *ac, vaddr_t kva)
{
	for (uint32_t i = 0; i < ac->avail; i++)
		if (ac->entry[i] == kva)
			return true;
	return false;
}

static bool at_hand(const struct machine *m, const struct kmem_cache *c, vaddr_t kva)
{
	for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++)
		if (in_array(&c->cpu[cpu], kva))
			return true;
	return in_array(&c->shared, kva);
}

/* The object that the next allocation on this CPU gives; 0: one that is not there yet. */
static vaddr_t next_object(const struct machine *m, const struct kmem_cache *c)
{
	const struct array_cache *ac = &c->cpu[m->cpu];
	const struct slab *s =
		c->slabs_partial.first ? c->slabs_partial.first : c->slabs_free.first;

	if (ac->avail)
		return ac->entry[ac->avail - 1];
	if (ac->limit || !s)
		return 0;
	return slab_object(s, m->profile->slab_61 ? s->bufctl[s->inuse] : s->free);
}

/* 6.1: the free object in which the slab's index list lies; -1: none. */
static int index_holder(const struct slab *s)
{
	const struct kmem_cache *c = s->cache;

	return c->mgmt == SLAB_OBJFREELIST && s->inuse < c->num ? s->bufctl[c->num - 1] : -1;
}

static uint32_t object_glyph(const struct machine *m, const struct slab *s, int i, bool next)
{
	if (s->busy[i])
		return GLYPH_TAKEN;
	if (next)
		return GLYPH_NEXT;
	if (i == index_holder(s))
		return GLYPH_INDEX;
	return at_hand(m, s->cache, slab_object(s, (uint32_t)i)) ? GLYPH_AT_HAND : GLYPH_FREE;
}

static enum role glyph_role(uint32_t glyph)
{
	switch (glyph) {
	case GLYPH_TAKEN:
		return ROLE_SLAB;
	case GLYPH_NEXT:
		return ROLE_OK;
	case GLYPH_AT_HAND:
		return ROLE_PCP;
	case GLYPH_INDEX:
	case GLYPH_MGMT:
		return ROLE_TABLE;
	default:
		return ROLE_DIM;
	}
}

/* ---- drawing ---- */

/* What lies before the objects, and behind them. */
static void draw_rest(const struct area *a, const struct layout *l, int y,
		      const struct kmem_cache *c, const struct slab *s)
{
	int colour = colour_signs(c, s);

	for (int i = 0; i < l->lead; i++) {
		uint32_t glyph = i < colour ? GLYPH_COLOUR : GLYPH_MGMT;

		put_sign(a, l, y, i, glyph, glyph_role(glyph), 0);
	}
	if (l->tail)
		put_sign(a, l, y, l->lead + c->num, GLYPH_MGMT, glyph_role(GLYPH_MGMT), 0);
}

static void draw_objects(const struct view *v, const struct area *a, const struct layout *l, int y,
			 const struct slab *s)
{
	const struct machine *m = view_machine(v);
	vaddr_t next = next_object(m, s->cache);

	for (int i = 0; i < s->cache->num; i++) {
		vaddr_t kva = slab_object(s, (uint32_t)i);
		enum touch touch = story_touched_obj(view_story(v), kva);
		bool chosen = v->choice.kind == CHOOSE_OBJECT && v->choice.va == kva;
		uint32_t glyph = object_glyph(m, s, i, kva == next);
		enum role role = glyph_role(glyph);

		if (touch == TOUCH_STEP || (touch && s->busy[i]))
			glyph = touch_glyph(touch);
		put_sign(a, l, y, l->lead + i, glyph,
			 chosen ? ROLE_CHOSEN : touched_role(touch, role),
			 touch || glyph == GLYPH_NEXT ? ATTR_BOLD : 0);
		if (l->step == NUMBERED)
			put_format(a, l->x + (l->lead + i) * l->step + 1, y, ROLE_DIM, 0, "%d", i);
	}
}

static const char *list_word(const struct slab *s)
{
	return s->inuse == 0 ? _("free") : s->inuse == s->cache->num ? _("full") : _("part");
}

static void draw_slab(const struct view *v, const struct area *a, int y, const struct slab *s)
{
	const struct kmem_cache *c = s->cache;
	struct layout l = layout_of(a->width, c, s);
	bool chosen = v->choice.pfn != PFN_NONE && v->choice.pfn >= s->pfn &&
		      v->choice.pfn - s->pfn < 1u << c->gfporder;
	enum touch touch = story_touched_pfn(view_story(v), s->pfn);
	char text[TEXT_LEN];

	put_mark(a, 0, y, touch);
	put_format(a, 1, y, chosen ? ROLE_CHOSEN : touched_role(touch, ROLE_SLAB), ATTR_BOLD,
		   "%05x", s->pfn);
	if (is_wide(a->width)) {
		put_text(a, 7, y, ROLE_LABEL, 0, list_word(s));
		put_format(a, 19, y, ROLE_DIM, 0, _("colour %-4u"), s->colouroff);
	}
	snprintf(text, sizeof(text), "%u/%u", s->inuse, c->num);
	put_right(a, is_wide(a->width) ? 18 : 13, y, ROLE_NUMBER, 0, text);
	draw_rest(a, &l, y, c, s);
	draw_objects(v, a, &l, y, s);
}

/* A piece of the heading, if it fits; returns the column after it. */
static int put_piece(const struct area *a, int x, const char *text)
{
	return x + text_width(text) <= a->width ? put_text(a, x, 0, ROLE_DIM, 0, text) + 1 : x;
}

static void draw_heading(const struct area *a, const struct kmem_cache *c)
{
	static const char *const places[] = {N_(" management on the slab "),
					     N_(" management in %s "),
					     N_(" list in a free object ")};
	char bytes[TEXT_LEN], text[TEXT_LEN];
	int x;

	fill(a, 0, 0, a->width, 0x2500, ROLE_BORDER);
	x = put_format(a, 1, 0, ROLE_TITLE, 0, " %s ", c->name);
	snprintf(text, sizeof(text), _("%u objects in %s "), c->num,
		 bytes_text((uint64_t)PAGE_SIZE << c->gfporder, bytes));
	x = put_piece(a, x, text);
	snprintf(text, sizeof(text), _(places[c->mgmt]),
		 c->freelist_cache ? c->freelist_cache->name : "");
	x = put_piece(a, x, text);
	snprintf(text, sizeof(text), _(" %u colours of %u "), c->colour, c->colour_off);
	put_piece(a, x, c->colour > 1 ? text : _(" no room for colours "));
}

/* Lines for the arrays: a third of what heading and legend leave. */
static int arrays_room(int height, bool legend) { return height > 3 ? (height - legend) / 3 : 0; }

static void draw_legend(const struct area *a, int y, const struct kmem_cache *c)
{
	const struct {
		const char *word; /* NULL: the cache has none */
		uint32_t glyph;
	} signs[] = {
		{N_("taken"), GLYPH_TAKEN},
		{N_("free"), GLYPH_FREE},
		{N_("next"), GLYPH_NEXT},
		{c->cpu[0].limit ? N_("in an array") : NULL, GLYPH_AT_HAND},
		{c->mgmt == SLAB_OBJFREELIST ? N_("index list") : NULL, GLYPH_INDEX},
		{c->colour > 1 ? N_("colour") : NULL, GLYPH_COLOUR},
		{c->mgmt == SLAB_ON ? N_("management") : NULL, GLYPH_MGMT},
	};
	int x = 1;

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (signs[i].word && x + text_width(_(signs[i].word)) + 2 <= a->width) {
			put_char(a, x, y, signs[i].glyph, glyph_role(signs[i].glyph), 0);
			x = put_text(a, x + 2, y, ROLE_DIM, 0, _(signs[i].word)) + 2;
		}
}

/* The slab whose object is chosen, by its place in the list; -1. */
static int chosen_slab(const struct view *v, const struct slab *const *list, int n)
{
	const struct slab *s =
		v->choice.kind == CHOOSE_OBJECT ? slab_of(view_machine(v), v->choice.va) : NULL;

	for (int i = 0; s && i < n; i++)
		if (list[i] == s)
			return i;
	return -1;
}

/* Lines that the slabs first .. last need. */
static int height_of(const struct slab *const *list, int first, int last, int width)
{
	int lines = 0;

	for (int i = first; i <= last; i++) {
		struct layout l = layout_of(width, list[i]->cache, list[i]);

		lines += slab_height(&l, list[i]->cache);
	}
	return lines;
}

void slab_map_draw(const struct view *v, struct panel_state *ps, const struct area *a,
		   const struct kmem_cache *c)
{
	const struct slab *list[MAX_SHOWN_SLABS];
	int n = list_slabs(c, list), chosen = chosen_slab(v, list, n), y = 1, first = 0;
	bool legend = a->height >= 6;
	int room = arrays_room(a->height, legend);
	struct area slabs;

	draw_heading(a, c);
	if (room)
		y += slab_arrays_draw(view_machine(v), a, y, room, c);
	slabs = area_sub(a, 0, y, a->width, a->height - y - legend);
	while (first < chosen && height_of(list, first, chosen, a->width) > slabs.height)
		first++;
	ps->word[WORD_FIRST] = (uint64_t)first;
	ps->word[WORD_HEAD] = (uint64_t)y;
	for (int i = first, at = 0; i < n && at < slabs.height; i++) {
		draw_slab(v, &slabs, at, list[i]);
		at += height_of(list, i, i, a->width);
	}
	if (n == 0)
		put_text(&slabs, 1, 0, ROLE_DIM, 0, _("no slab"));
	if (legend)
		draw_legend(a, a->height - 1, c);
}

/* ---- the cursor ---- */

static void choose_object(struct view *v, const struct slab *s, int index)
{
	view_choose(v, &(struct choice){.kind = CHOOSE_OBJECT,
					.cache = s->cache->index,
					.pfn = s->pfn,
					.va = slab_object(s, (uint32_t)index)});
}

bool slab_map_enter(struct view *v, const struct kmem_cache *c)
{
	const struct slab *list[MAX_SHOWN_SLABS];

	if (list_slabs(c, list) == 0)
		return false;
	choose_object(v, list[0], 0);
	return true;
}

bool slab_map_key(struct view *v, const struct panel_state *ps, const struct kmem_cache *c,
		  uint32_t key)
{
	const struct slab *list[MAX_SHOWN_SLABS];
	int n = list_slabs(c, list), at = chosen_slab(v, list, n), index;
	struct layout l;

	if (at < 0)
		return false;
	l = layout_of(ps->width, c, list[at]);
	index = slab_object_at(list[at], v->choice.va);
	index += key == KEY_LEFT_    ? -1
		 : key == KEY_RIGHT_ ? 1
		 : key == KEY_UP_    ? -l.room
		 : key == KEY_DOWN_  ? l.room
				     : 0;
	if (index < 0 && at == 0)
		return key == KEY_LEFT_;
	if (index < 0)
		index = list[--at]->cache->num - 1;
	else if (index >= c->num && at + 1 < n)
		at++, index = 0;
	else if (index >= c->num)
		index = c->num - 1;
	choose_object(v, list[at], index);
	return true;
}

void slab_map_click(struct view *v, const struct panel_state *ps, const struct kmem_cache *c, int x,
		    int y)
{
	const struct slab *list[MAX_SHOWN_SLABS];
	int n = list_slabs(c, list), line = (int)ps->word[WORD_HEAD];

	for (int i = (int)ps->word[WORD_FIRST]; i < n && line <= y; i++) {
		struct layout l = layout_of(ps->width, c, list[i]);
		int height = slab_height(&l, c);
		int index = (y - line) * l.room + (x - l.x) / l.step - l.lead;

		if (y < line + height && x >= l.x && index >= 0 && index < c->num)
			choose_object(v, list[i], index);
		line += height;
	}
}
