/*
 * The pages of an area, drawn in a line.
 *
 *	*a  kid1   a2 hello        mark, letter, mappers, content: a few pages
 *	 a  a2  .  .  z            without the content
 *	 .x30 a2a                  runs of equal pages
 *	 ....~~##....   /64        many pages in a cell, the shade says how many are present
 *
 *	.  not present    z  the zero page    a  anonymous    f  file, page cache
 *
 * How large a page is drawn is decided by the area and the width alone, not by the pages' state: a page stays where it is
 * when it changes.  Only runs move, and they are not drawn where there is room for every page.
 */
#include "area_pages.h"

#include "panel.h"
#include "parts.h"
#include "sharers.h"

enum {
	MAX_EXACT_PAGES = 1024, /* areas up to this are drawn page by page      */
	SAMPLES = 8,            /* pages looked at for one cell of a larger one */
	STRIDE_CONTENT = 7,
	STRIDE_CONTENT_MAX = 13,
	STRIDE_MAPPERS = 3,
};

/* ---- one page ---- */

struct page_look {
	char letter;
	uint32_t mappers;
	enum role role;
	enum touch touch;
	bool chosen, shared; /* shared: another entry for the chosen page's frame */
	const struct page *page;
};

static struct page_look look_at(const struct view *v, const struct task *t, const struct vma *area,
				vaddr_t va)
{
	const struct machine *m = view_machine(v);
	pte_t e = user_entry(m, t->mm, va);
	struct page_look look = {.letter = page_letter(m, e, area), .role = ROLE_DIM};

	look.page = entry_page(m, e);
	look.touch = story_touched_va(view_story(v), t->pid, va);
	look.chosen = view_is_chosen_va(v, t->pid, va);
	if (look.page) {
		look.role = frame_role(m, pte_pfn(e));
		look.mappers = look.page->mapcount > 0 ? (uint32_t)look.page->mapcount : 0;
		if (!look.chosen && v->choice.kind != CHOOSE_ADDRESS)
			look.chosen = view_is_chosen_pfn(v, pte_pfn(e));
		look.shared = is_shared_with_chosen(v, t, va, pte_pfn(e));
	}
	return look;
}

/* Bold: there is a page. Underlined: the same frame as the chosen page's. */
static unsigned look_attr(const struct page_look *look)
{
	return (look->page ? ATTR_BOLD : 0) | (look->shared ? ATTR_UNDERLINE : 0);
}

static uint32_t letter_glyph(char letter) { return letter == '.' ? 0xb7 : (uint32_t)letter; }

static uint32_t mappers_glyph(uint32_t mappers)
{
	return mappers < 2 ? ' ' : mappers < 10 ? '0' + mappers : '+';
}

/* One page in `stride` columns: mark, letter, mappers, content. */
static void draw_page(const struct area *a, int x, int y, const struct page_look *look, int stride)
{
	enum role role = look->chosen ? ROLE_CHOSEN : touched_role(look->touch, look->role);
	struct area content;

	put_mark(a, x, y, look->touch);
	put_char(a, x + 1, y, letter_glyph(look->letter), role, look_attr(look));
	put_char(a, x + 2, y, mappers_glyph(look->mappers), role, 0);
	if (stride >= STRIDE_CONTENT && look->page && look->page->tag[0]) {
		content = area_sub(a, x + 4, y, stride - 4, 1);
		put_format(&content, 0, 0,
			   look->chosen  ? ROLE_CHOSEN
			   : look->touch ? role
					 : ROLE_NORMAL,
			   0, "%.*s", TAG_LEN, look->page->tag);
	}
}

/* ---- the pages of an area ---- */

/* A run of equal pages, of a few letters' width. */
struct page_run {
	struct page_look look;
	uint32_t count;
};

static bool is_same_look(const struct page_look *a, const struct page_look *b)
{
	return a->letter == b->letter && a->mappers == b->mappers && !a->touch && !b->touch &&
	       !a->chosen && !b->chosen && !a->shared && !b->shared;
}

static bool is_shared(const struct page_look *look)
{
	return look->letter == 'a' && look->mappers > 1;
}

/* Columns of a page of a run that is drawn page by page: mark, letter, mappers. */
static int single_width(const struct page_run *r) { return is_shared(&r->look) ? 3 : 2; }

/* Runs of three and less are drawn page by page. */
static int run_width(const struct page_run *r)
{
	if (r->count > 3)
		return single_width(r) + 1 + digits(r->count);
	return (int)r->count * single_width(r);
}

static void draw_run(const struct area *a, int x, int y, const struct page_run *r)
{
	int width = single_width(r);
	uint32_t drawn = r->count > 3 ? 1 : r->count;

	for (uint32_t i = 0; i < drawn; i++, x += width) {
		enum role role =
			r->look.chosen ? ROLE_CHOSEN : touched_role(r->look.touch, r->look.role);

		put_mark(a, x, y, r->look.touch);
		put_char(a, x + 1, y, letter_glyph(r->look.letter), role, look_attr(&r->look));
		if (width > 2)
			put_char(a, x + 2, y, mappers_glyph(r->look.mappers), role, 0);
	}
	if (r->count > 3)
		put_format(a, x, y, ROLE_DIM, 0, "\303\227%u", r->count);
}

/* Draw the pages as runs of equal ones; false (nothing drawn) when they need more than width columns. */
static bool draw_runs(const struct view *v, const struct task *t, const struct area *a, int y,
		      const struct vma *area, uint64_t pages)
{
	struct page_run run[64];
	uint32_t n = 0;
	int width = 0, x = 0;

	for (uint32_t i = 0; i < pages; i++) {
		struct page_look look = look_at(v, t, area, area->start + i * PAGE_SIZE);

		if (n && is_same_look(&run[n - 1].look, &look)) {
			run[n - 1].count++;
			continue;
		}
		if (n == 64)
			return false;
		run[n++] = (struct page_run){look, 1};
	}
	for (uint32_t i = 0; i < n; i++)
		width += run_width(&run[i]);
	if (width > a->width)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		draw_run(a, x, y, &run[i]);
		x += run_width(&run[i]);
	}
	return true;
}

/* The pages [from, to) of an area in one cell: how full, coloured by the first present page looked at. */
static struct page_look look_at_many(const struct view *v, const struct task *t,
				     const struct vma *area, uint64_t from, uint64_t to,
				     uint32_t *fill_of_8)
{
	uint64_t step = (to - from + SAMPLES - 1) / SAMPLES;
	uint32_t seen = 0, present = 0;
	struct page_look sum = {.letter = '.', .role = ROLE_DIM};
	vaddr_t chosen = page_align_down(v->choice.va);

	for (uint64_t i = from; i < to; i += step, seen++) {
		struct page_look look = look_at(v, t, area, area->start + i * PAGE_SIZE);

		present += look.page != NULL;
		if (look.page && !sum.page) {
			sum.page = look.page;
			sum.role = look.role;
		}
		if (look.touch > sum.touch)
			sum.touch = look.touch;
	}
	sum.chosen = v->choice.kind == CHOOSE_ADDRESS && v->choice.pid == t->pid &&
		     chosen >= area->start + from * PAGE_SIZE &&
		     chosen < area->start + to * PAGE_SIZE;
	*fill_of_8 = seen ? present * 8 / seen : 0;
	if (present && *fill_of_8 == 0)
		*fill_of_8 = 1;
	return sum;
}

/* A large area: every cell stands for `scale` pages; the scale is written behind, marked when one of them changed. */
static void draw_scaled(const struct view *v, const struct task *t, const struct area *a, int y,
			const struct vma *area, uint64_t pages)
{
	static const uint32_t shade[9] = {0xb7,   0x2591, 0x2591, 0x2592, 0x2592,
					  0x2592, 0x2593, 0x2593, 0x2588};
	int cells = a->width > 11 ? a->width - 7 : a->width;
	uint64_t scale = (pages + (uint64_t)cells - 1) / (uint64_t)cells;
	uint32_t fill_of_8;
	int x = 0;
	enum touch touched = TOUCH_NONE;

	for (uint64_t from = 0; from < pages; from += scale, x++) {
		uint64_t to = pages - from < scale ? pages : from + scale;
		struct page_look look = look_at_many(v, t, area, from, to, &fill_of_8);

		put_char(a, x, y, shade[fill_of_8], look.chosen ? ROLE_CHOSEN : look.role, 0);
		touched = look.touch > touched ? look.touch : touched;
	}
	if (cells == a->width)
		return;
	put_mark(a, cells, y, touched);
	put_format(a, cells + 1, y, ROLE_DIM, 0, "/%" PRIu64, scale);
}

/* Columns of a page, from the number of pages and the width alone; below STRIDE_MAPPERS: runs or a scale. */
static int stride_of(uint64_t pages, int width)
{
	int stride = pages <= (uint64_t)width ? width / (int)pages : 0;

	if (stride >= STRIDE_CONTENT)
		return stride < STRIDE_CONTENT_MAX ? stride : STRIDE_CONTENT_MAX;
	return stride < STRIDE_MAPPERS ? 0 : STRIDE_MAPPERS;
}

vaddr_t area_page_at(const struct vma *area, int width, int x)
{
	uint64_t pages = vma_pages(area), page;
	int stride;

	if (width <= 0 || x < 0)
		return area->start;
	stride = stride_of(pages, width);
	page = stride ? (uint64_t)(x / stride) : (uint64_t)x * pages / (uint64_t)width;
	return area->start + ((page < pages ? page : pages - 1) << PAGE_SHIFT);
}

void draw_area_pages(const struct view *v, const struct task *t, const struct area *a, int y,
		     const struct vma *area)
{
	uint64_t pages = vma_pages(area);
	int stride;

	if (a->width <= 0)
		return;
	stride = stride_of(pages, a->width);
	if (!stride) {
		if (pages > MAX_EXACT_PAGES || !draw_runs(v, t, a, y, area, pages))
			draw_scaled(v, t, a, y, area, pages);
		return;
	}
	for (uint32_t i = 0; i < pages; i++) {
		struct page_look look = look_at(v, t, area, area->start + i * PAGE_SIZE);

		draw_page(a, (int)i * stride, y, &look, stride);
	}
}
