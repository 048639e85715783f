/*
 * Address space: all addresses of a process, from the last one down to 0.
 *
 *	 4G |##|  ff800000   4M kmap       2 of 1024 used
 *	    |##|  f8800000 110M vmalloc    1 area, 2 pages
 *	    |:.|  f8000000   8M hole
 *	    |##|  c1000000 880M lowmem     Normal  frames 01000-37fff
 *	 3G |##|  c0000000  16M lowmem     DMA  frames 00000-00fff
 *	    |  |  bffdf000 132K stack      .x32 a
 *	    |  |  bfedf000   1M guard gap
 *	 ...
 *	 bffdf000-bfffffff rw-p [stack]: 1 of 33 resident ...        the range at the cursor
 *
 * At the left everything to scale: of 4 GiB a page is a millionth part, so most areas are less than a line of it.  Beside
 * it each range has one row, whatever its size.  Enter looks into a range: its pages, vmalloc's areas, slots of kmap's
 * window, large pages of the direct map; `[` comes back.  High addresses stand at the top: stacks grow down.
 *
 * What is zoomed into is kept as addresses, and looked up again at each moment: when time moves and the range is gone,
 * the panel comes back to what is around it.
 */
#include "panel.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "parts.h"
#include "space.h"
#include "src/i18n.h"

/* panel_state.word: the cursor's and the top row's address, what is zoomed into, and the choice last followed. */
enum { WORD_CURSOR, WORD_TOP, WORD_PATH, WORD_SEEN = WORD_PATH + SPACE_DEPTH };

enum { FOOT_FROM = 10, FOOT_LINES = 3, FOOT_TALL = 22, SEARCH_MOST = 200000 };

struct address_range space_row(const struct space *s, vaddr_t va)
{
	return s->depth ? address_range_inside(s->m, &s->outer[s->depth - 1], va)
			: address_range_at(s->m, s->t, va);
}

/* ---- what is shown ---- */

/* Look up what is zoomed into; what has no parts at this moment is left. */
static void enter_path(struct space *s, struct panel_state *ps)
{
	for (unsigned i = 0; i < (unsigned)ps->zoom; i++) {
		struct address_range r = space_row(s, (vaddr_t)ps->word[WORD_PATH + i]);

		if (!range_has_parts(s->m, &r))
			break;
		s->outer[s->depth++] = r;
		s->first = r.first;
		s->last = r.last;
		if (s->depth == SPACE_DEPTH)
			break;
		/* the next one must lie in it */
		if (ps->word[WORD_PATH + i + 1] < r.first || ps->word[WORD_PATH + i + 1] > r.last)
			break;
	}
	ps->zoom = (int)s->depth;
}

/* An address of the kernel that a telling is about, beside the direct map; 0: none. */
static vaddr_t kernel_address_of(const struct machine *m, const struct story_node *n)
{
	vaddr_t va;

	for (unsigned nth = 0; (va = telling_kernel_address(m, n, nth)); nth++)
		if (va >= user_end(m) &&
		    (va < m->map.page_offset ||
		     va - m->map.page_offset >= m->map.high_memory - m->map.page_offset))
			return va;
	return 0;
}

static bool names_kernel_address(const struct story_node *n, const void *ctx)
{
	return kernel_address_of(ctx, n) != 0;
}

/* The address to look at: the user's, else the kernel's own that this event is about, else that of the walk. */
static vaddr_t followed_address(const struct view *v)
{
	const struct machine *m = view_machine(v);
	const struct story *story = view_story(v);
	const struct story_node *n = story_last(story);

	if (v->choice_is_users)
		return v->walk_va;
	if (view_is_complete(v))
		n = story_find_last(story, names_kernel_address, m);
	return n && kernel_address_of(m, n) ? kernel_address_of(m, n) : v->walk_va;
}

/*
 * The cursor goes where the choice has gone.  Outside of what is shown the user's stays where it is, that of the story
 * goes to the end: a moment looks the same from wherever in time one comes.
 */
static void follow_choice(struct space *s, struct panel_state *ps)
{
	vaddr_t va = followed_address(s->v);
	uint64_t seen = (uint64_t)va + 1;

	if (ps->word[WORD_SEEN] != seen && va >= s->first && va <= s->last)
		ps->word[WORD_CURSOR] = va;
	else if (ps->word[WORD_SEEN] != seen && !s->v->choice_is_users)
		ps->word[WORD_CURSOR] = s->last;
	ps->word[WORD_SEEN] = seen;
	if (ps->word[WORD_CURSOR] < s->first || ps->word[WORD_CURSOR] > s->last)
		ps->word[WORD_CURSOR] = s->last;
}

static struct space space_of(const struct view *v, struct panel_state *ps)
{
	struct space s = {.v = v, .m = view_machine(v), .t = view_task(v)};

	s.last = address_last(s.m);
	enter_path(&s, ps);
	follow_choice(&s, ps);
	return s;
}

/* ---- rows ---- */

/* The row below, above. False: there is none. */
static bool go_down(const struct space *s, struct address_range *r)
{
	if (r->first <= s->first)
		return false;
	*r = space_row(s, r->first - 1);
	return true;
}

static bool go_up(const struct space *s, struct address_range *r)
{
	if (r->last >= s->last)
		return false;
	*r = space_row(s, r->last + 1);
	return true;
}

/* Rows from r down, counted up to most; *has: is va in one of them? */
static int count_rows(const struct space *s, struct address_range r, int most, vaddr_t va,
		      bool *has)
{
	int n = 1;

	*has = va >= r.first && va <= r.last;
	while (n < most && go_down(s, &r)) {
		*has |= va >= r.first && va <= r.last;
		n++;
	}
	return n;
}

/* The row to begin with, of a cursor that goes with the story: the highest one, or what is a little above the cursor.
 * Nothing that was shown before has a say: a moment looks the same from wherever in time one comes. */
static struct address_range top_row_of_story(const struct space *s, vaddr_t cursor, int height)
{
	struct address_range r = space_row(s, s->last);
	bool has;

	count_rows(s, r, height, cursor, &has);
	if (has)
		return r;
	r = space_row(s, cursor);
	for (int above = height / 3; above > 0 && go_up(s, &r); above--)
		;
	return r;
}

/* The same of a cursor that the user moves: as before, but with the cursor in sight. */
static struct address_range top_row_as_before(const struct space *s, const struct panel_state *ps,
					      int height)
{
	vaddr_t cursor = (vaddr_t)ps->word[WORD_CURSOR], top = (vaddr_t)ps->word[WORD_TOP];
	struct address_range r;
	bool has;

	if (top < s->first || top > s->last || top < cursor)
		top = top < cursor && top >= s->first ? cursor : s->last;
	r = space_row(s, top);
	count_rows(s, r, height, cursor, &has);
	return has ? r : space_row(s, cursor);
}

/* The row to begin with; no line is left empty. */
static struct address_range top_row(const struct space *s, struct panel_state *ps, int height)
{
	vaddr_t cursor = (vaddr_t)ps->word[WORD_CURSOR];
	struct address_range r = s->v->choice_is_users ? top_row_as_before(s, ps, height)
						       : top_row_of_story(s, cursor, height);
	bool has;
	int rows = count_rows(s, r, height, cursor, &has);

	while (rows < height && go_up(s, &r))
		rows++;
	ps->word[WORD_TOP] = r.last;
	return r;
}

/* ---- drawing ---- */

static int foot_height(int height)
{
	return height < FOOT_FROM ? 0 : 1 + (height < FOOT_TALL ? FOOT_LINES - 1 : FOOT_LINES);
}

static void draw_rows(const struct space *s, struct panel_state *ps, const struct area *a,
		      bool active, struct address_range *seen_last)
{
	struct address_range r = top_row(s, ps, a->height);
	vaddr_t cursor = (vaddr_t)ps->word[WORD_CURSOR];

	for (int y = 0; y < a->height; y++) {
		draw_space_row(s, a, y, &r, active && cursor >= r.first && cursor <= r.last);
		*seen_last = r;
		if (!go_down(s, &r))
			break;
	}
}

static void draw_foot(const struct space *s, const struct panel_state *ps, const struct area *a)
{
	struct address_range r = space_row(s, (vaddr_t)ps->word[WORD_CURSOR]);

	fill(a, 0, 0, a->width, 0x2500, ROLE_BORDER);
	draw_space_foot(s, &(struct area){a->grid, a->x, a->y + 1, a->width, a->height - 1},
			a->height - 1, &r);
}

static void space_draw(struct view *v, struct panel_state *ps, const struct area *a, bool active)
{
	struct space s = space_of(v, ps);
	int foot = foot_height(a->height), ruler = space_ruler_width(&s, a->width);
	struct area part = area_sub(a, ruler, 0, a->width - ruler, a->height - foot);
	struct address_range lowest = {.first = s.first};

	ps->height = a->height;
	ps->width = a->width;
	draw_rows(&s, ps, &part, active, &lowest);
	part = area_sub(a, 0, 0, ruler, a->height - foot);
	if (ruler)
		draw_space_ruler(&s, &part, lowest.first, (vaddr_t)ps->word[WORD_TOP]);
	part = area_sub(a, 0, a->height - foot, a->width, foot);
	if (foot)
		draw_foot(&s, ps, &part);
}

static void space_status(const struct view *v, const struct panel_state *ps, char *buf, size_t size)
{
	struct panel_state quiet = *ps;
	struct space s = space_of(v, &quiet);
	char name[TEXT_LEN];
	int len = snprintf(buf, size, "%s", s.t ? s.t->comm : "");

	for (unsigned i = 0; i < s.depth && len > 0 && (size_t)len < size; i++)
		len += snprintf(buf + len, size - (size_t)len, "%s%s", len ? " > " : "",
				range_name(&s, &s.outer[i], name, sizeof(name)));
}

/* ---- keys ---- */

/* Choose for all panels: the page of the cursor that was chosen already, else the range's first. */
static void choose(struct view *v, struct panel_state *ps, const struct address_range *r)
{
	const struct task *t = view_task(v);

	ps->word[WORD_CURSOR] = r->first;
	view_choose_address(v, t ? t->pid : 0, r->first);
	ps->word[WORD_SEEN] = (uint64_t)r->first + 1;
}

static void move_cursor(struct view *v, struct panel_state *ps, int by)
{
	struct space s = space_of(v, ps);
	struct address_range r = space_row(&s, (vaddr_t)ps->word[WORD_CURSOR]);

	for (; by > 0 && go_down(&s, &r); by--)
		;
	for (; by < 0 && go_up(&s, &r); by++)
		;
	choose(v, ps, &r);
}

/* Look into the range at the cursor; a page, which has nothing inside, is followed to the walk. */
static void zoom_in(struct view *v, struct panel_state *ps)
{
	struct space s = space_of(v, ps);
	struct address_range r = space_row(&s, (vaddr_t)ps->word[WORD_CURSOR]);

	if (s.depth < SPACE_DEPTH && range_has_parts(s.m, &r)) {
		ps->word[WORD_PATH + s.depth] = r.first;
		ps->zoom = (int)s.depth + 1;
		ps->word[WORD_TOP] = r.last;
		return;
	}
	choose(v, ps, &r);
	v->wants_panel = "walk";
}

static bool zoom_out(struct panel_state *ps)
{
	if (!ps->zoom)
		return false;
	ps->zoom--;
	ps->word[WORD_TOP] = ps->word[WORD_CURSOR];
	return true;
}

/* The page beside the chosen one, in its range. False: the range ends there. */
static bool choose_page(struct view *v, struct panel_state *ps, int direction)
{
	struct space s = space_of(v, ps);
	vaddr_t page = page_align_down((vaddr_t)ps->word[WORD_CURSOR]);
	struct address_range r = space_row(&s, page), beside = r;

	if (!range_is_area(&r) || (direction < 0 && page <= r.first) ||
	    (direction > 0 && page + (PAGE_SIZE - 1) >= r.last))
		return false;
	beside.first = direction < 0 ? page - PAGE_SIZE : page + PAGE_SIZE;
	choose(v, ps, &beside);
	return true;
}

static bool space_key(struct view *v, struct panel_state *ps, uint32_t key)
{
	switch (key) {
	case KEY_UP_:
		move_cursor(v, ps, -1);
		return true;
	case KEY_DOWN_:
		move_cursor(v, ps, 1);
		return true;
	case KEY_LEFT_:
		return choose_page(v, ps, -1);
	case KEY_RIGHT_:
		return choose_page(v, ps, 1);
	case ']':
	case KEY_ENTER_:
		zoom_in(v, ps);
		return true;
	case '[':
		return zoom_out(ps);
	default:
		return false;
	}
}

static void space_click(struct view *v, struct panel_state *ps, int x, int y)
{
	struct space s = space_of(v, ps);
	int height = ps->height - foot_height(ps->height), ruler = space_ruler_width(&s, ps->width);
	struct address_range r;

	if (y < 0 || y >= height)
		return;
	if (x < ruler) {
		r = address_range_at(s.m, s.t, space_ruler_address(&s, ps->width, height, x, y));
		ps->zoom = 0;
	} else {
		r = top_row(&s, ps, height);
		for (; y > 0 && go_down(&s, &r); y--)
			;
		if (y > 0)
			return;
	}
	choose(v, ps, &r);
}

static void space_scroll(struct view *v, struct panel_state *ps, int dy) { move_cursor(v, ps, dy); }

/* ---- words ---- */

static bool holds_text(const struct space *s, const struct address_range *r, const char *needle)
{
	char text[TEXT_LEN];

	if (strcasestr(range_name(s, r, text, sizeof(text)), needle))
		return true;
	if (range_is_area(r) && strcasestr(area_name(s->v, r->area, text), needle))
		return true;
	snprintf(text, sizeof(text), "%0*llx", address_digits(s->m), (unsigned long long)r->first);
	return strstr(text, needle) != NULL;
}

/* The next row down (direction 1) or up whose address or name holds the text. */
static bool space_search(struct view *v, struct panel_state *ps, const char *needle, int direction)
{
	struct space s = space_of(v, ps);
	struct address_range r = space_row(&s, (vaddr_t)ps->word[WORD_CURSOR]);

	for (int i = 0; i < SEARCH_MOST && (direction > 0 ? go_down(&s, &r) : go_up(&s, &r)); i++)
		if (holds_text(&s, &r, needle)) {
			choose(v, ps, &r);
			return true;
		}
	return false;
}

/*
 * focus space NAME: the highest range of that name, looked into if it has parts, and then the story goes on in there;
 * focus space: the whole.
 */
static bool space_reveal(struct view *v, struct panel_state *ps, const char *item)
{
	struct space s;
	struct address_range r;

	ps->zoom = 0;
	s = space_of(v, ps);
	r = space_row(&s, s.last);
	do {
		if (holds_text(&s, &r, item)) {
			choose(v, ps, &r);
			if (range_has_parts(s.m, &r) && !range_is_area(&r)) {
				zoom_in(v, ps);
				view_release(v);
			}
			return true;
		}
	} while (go_down(&s, &r));
	return false;
}

const struct panel panel_space = {
	.name = "space",
	.title = N_("Address space"),
	.min_width = 30,
	.min_height = 5,
	.want_width = 48,
	.want_height = 24,
	.need_height = 12,
	.status = space_status,
	.draw = space_draw,
	.key = space_key,
	.click = space_click,
	.scroll = space_scroll,
	.reveal = space_reveal,
	.search = space_search,
};
