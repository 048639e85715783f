/*
 * Process: the tree of processes, and one process's areas with their pages.
 *
 *	 sh -- kid<                      rss 5  pte 3  areas 5
 *	 08048000 r-xp subject   f2
 *	 0804b000 rw-p [heap]    .  .  .
 *	   used p 1008   free 512   top 131544        the C library's chunks in the heap
 *	|b7ffe000 rw-p -        *a1 K   a2 B          letter, mappers, content
 *	 bffdf000 rw-p [stack]   .x32 a
 *
 * A page is drawn as large as there is room: with its content, with the number of its mappers, as one letter, as one
 * of a run of equal pages, and in an area of more pages than that as part of a cell that stands for many.  How large is
 * decided by the area and the panel alone, not by the pages' state: a page stays where it is when it changes.
 *
 *	.  not present    z  the zero page    a  anonymous    f  file, page cache
 *
 * When a write has just parted a page, the foot shows both frames and both contents, before and now.
 */
#include "panel.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "parts.h"
#include "src/i18n.h"

enum {
	MAX_EXACT_PAGES = 256, /* areas up to this are drawn page by page */
	SAMPLES = 8,           /* pages looked at for one cell of a larger one */
	STRIDE_CONTENT = 7, STRIDE_CONTENT_MAX = 13, STRIDE_MAPPERS = 3,
	CHUNK_LINES = 3,
};

/* ---- one page ---- */

struct page_look {
	char letter;
	uint32_t mappers;
	enum role role;
	enum touch touch;
	bool chosen;
	const struct page *page;
};

static struct page_look look_at(const struct view *v, const struct task *t, const struct vma *area, vaddr_t va)
{
	const struct machine *m = view_machine(v);
	pte_t e = user_entry(m, t->mm, va);
	struct page_look look = { .letter = page_letter(m, e, area), .role = ROLE_DIM };

	look.page = entry_page(m, e);
	look.touch = story_touched_va(view_story(v), t->pid, va);
	look.chosen = view_is_chosen_va(v, t->pid, va);
	if (look.page) {
		look.role = frame_role(m, pte_pfn(e));
		look.mappers = look.page->mapcount > 0 ? (uint32_t)look.page->mapcount : 0;
		if (!look.chosen && v->choice.kind != CHOOSE_ADDRESS)
			look.chosen = view_is_chosen_pfn(v, pte_pfn(e));
	}
	return look;
}

static uint32_t letter_glyph(char letter)
{
	return letter == '.' ? 0xb7 : (uint32_t)letter;
}

static uint32_t mappers_glyph(uint32_t mappers)
{
	return mappers < 2 ? ' ' : mappers < 10 ? '0' + mappers : '+';
}

/* One page in `stride` columns: mark, letter, mappers, content. */
static void draw_page(const struct area *a, int x, int y, const struct page_look *look, int stride)
{
	enum role role = look->chosen ? ROLE_CHOSEN : touched_role(look->touch, look->role);
	struct area content;

	if (stride < STRIDE_MAPPERS) {
		uint32_t glyph = look->mappers > 1 && look->letter == 'a' ? mappers_glyph(look->mappers)
									  : letter_glyph(look->letter);

		put_char(a, x, y, glyph, role, look->touch ? ATTR_BOLD | ATTR_UNDERLINE : 0);
		return;
	}
	put_mark(a, x, y, look->touch);
	put_char(a, x + 1, y, letter_glyph(look->letter), role, look->page ? ATTR_BOLD : 0);
	put_char(a, x + 2, y, mappers_glyph(look->mappers), role, 0);
	if (stride >= STRIDE_CONTENT && look->page && look->page->tag[0]) {
		content = area_sub(a, x + 4, y, stride - 5, 1);
		put_format(&content, 0, 0, look->chosen ? ROLE_CHOSEN : look->touch ? role : ROLE_NORMAL, 0, "%.*s",
			   TAG_LEN, look->page->tag);
	}
}

/* ---- the pages of an area ---- */

/* A run of equal pages, of a few letters' width. */
struct run { struct page_look look; uint32_t count; };

static bool is_same_look(const struct page_look *a, const struct page_look *b)
{
	return a->letter == b->letter && a->mappers == b->mappers && !a->touch && !b->touch && !a->chosen &&
	       !b->chosen;
}

static int digits(uint32_t n)
{
	int d = 1;

	for (; n >= 10; n /= 10)
		d++;
	return d;
}

/* Runs of three and less are drawn page by page. */
static int run_width(const struct run *r)
{
	return r->count > 3 ? 3 + digits(r->count) : (int)r->count * 2;
}

static void draw_run(const struct area *a, int x, int y, const struct run *r)
{
	if (r->count > 3) {
		draw_page(a, x + 1, y, &r->look, 1);
		put_format(a, x + 2, y, ROLE_DIM, 0, "\303\227%u", r->count);
		return;
	}
	for (uint32_t i = 0; i < r->count; i++) {
		put_mark(a, x + (int)i * 2, y, r->look.touch);
		draw_page(a, x + (int)i * 2 + 1, y, &r->look, 1);
	}
}

/* Draw the pages as runs of equal ones; false (nothing drawn) when they need more than width columns. */
static bool draw_runs(const struct view *v, const struct task *t, const struct area *a, int y, const struct vma *area,
		      uint32_t pages)
{
	struct run run[64];
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
		run[n++] = (struct run){ look, 1 };
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
static struct page_look look_at_many(const struct view *v, const struct task *t, const struct vma *area, uint32_t from,
				     uint32_t to, uint32_t *fill_of_8)
{
	uint32_t step = (to - from + SAMPLES - 1) / SAMPLES, seen = 0, present = 0;
	struct page_look sum = { .letter = '.', .role = ROLE_DIM };
	vaddr_t chosen = page_align_down(v->choice.va);

	for (uint32_t i = from; i < to; i += step, seen++) {
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
		     chosen >= area->start + (uint64_t)from * PAGE_SIZE &&
		     chosen < area->start + (uint64_t)to * PAGE_SIZE;
	*fill_of_8 = seen ? present * 8 / seen : 0;
	if (present && *fill_of_8 == 0)
		*fill_of_8 = 1;
	return sum;
}

/* A large area: every cell stands for `scale` pages, and the scale is written behind. */
static void draw_scaled(const struct view *v, const struct task *t, const struct area *a, int y,
			const struct vma *area, uint32_t pages)
{
	static const uint32_t shade[9] = { 0xb7,   0x2591, 0x2591, 0x2592, 0x2592,
					   0x2592, 0x2593, 0x2593, 0x2588 };
	int cells = a->width - 6 > 4 ? a->width - 6 : a->width;
	uint32_t scale = (pages + (uint32_t)cells - 1) / (uint32_t)cells, fill_of_8;

	for (uint32_t from = 0, x = 0; from < pages; from += scale, x++) {
		uint32_t to = pages - from < scale ? pages : from + scale;
		struct page_look look = look_at_many(v, t, area, from, to, &fill_of_8);
		enum role role = look.chosen ? ROLE_CHOSEN : look.role;

		if (look.touch)
			put_char(a, (int)x, y, touch_glyph(look.touch), touched_role(look.touch, role), ATTR_BOLD);
		else
			put_char(a, (int)x, y, shade[fill_of_8], role, 0);
	}
	if (cells < a->width)
		put_format(a, cells + 1, y, ROLE_DIM, 0, "/%u", scale);
}

static void draw_pages(const struct view *v, const struct task *t, const struct area *a, int y, const struct vma *area)
{
	uint32_t pages = (area->end - area->start) >> PAGE_SHIFT;
	int stride = pages <= (uint32_t)a->width ? a->width / (int)pages : 0;

	if (a->width <= 0)
		return;
	if (pages > MAX_EXACT_PAGES) {
		draw_scaled(v, t, a, y, area, pages);
		return;
	}
	if (stride < STRIDE_MAPPERS) {
		if (!draw_runs(v, t, a, y, area, pages))
			draw_scaled(v, t, a, y, area, pages);
		return;
	}
	if (stride < STRIDE_CONTENT)
		stride = STRIDE_MAPPERS;
	else if (stride > STRIDE_CONTENT_MAX)
		stride = STRIDE_CONTENT_MAX;
	for (uint32_t i = 0; i < pages; i++) {
		struct page_look look = look_at(v, t, area, area->start + i * PAGE_SIZE);

		draw_page(a, (int)i * stride, y, &look, stride);
	}
}

/* ---- one area ---- */

struct columns { int name, name_width, pages; bool ends; };

static struct columns columns_of(int width)
{
	struct columns c = { .ends = width >= 72 };

	c.name = c.ends ? 24 : 15;
	c.name_width = width < 36 ? 6 : width < 60 ? 8 : 12;
	c.pages = c.name + c.name_width + 1;
	return c;
}

static bool is_chosen_area(const struct view *v, const struct task *t, const struct vma *area)
{
	const struct choice *c = &v->choice;

	return (c->kind == CHOOSE_ADDRESS || c->kind == CHOOSE_VMA) && c->pid == t->pid && c->va >= area->start &&
	       c->va < area->end;
}

static void draw_area(const struct view *v, const struct task *t, const struct area *a, int y, const struct vma *area)
{
	struct columns c = columns_of(a->width);
	enum touch touch = story_touched_vma(view_story(v), t->pid, area->start);
	bool chosen = is_chosen_area(v, t, area);
	enum role role = touched_role(touch, ROLE_NUMBER);
	struct area part;
	char text[TEXT_LEN];
	int x;

	if (touch)
		put_mark(a, 0, y, touch);
	else if (chosen)
		put_char(a, 0, y, 0x258c, ROLE_CHOSEN, 0);
	x = put_format(a, 1, y, role, 0, "%08x", area->start);
	if (c.ends)
		x = put_format(a, x, y, role, 0, "-%08x", area->end);
	put_text(a, x + 1, y, touched_role(touch, area->flags & VM_WRITE ? ROLE_NORMAL : ROLE_DIM), 0,
		 vma_rights(area, text));
	part = area_sub(a, c.name, y, c.name_width, 1);
	put_text(&part, 0, 0, chosen ? ROLE_TITLE : ROLE_LABEL, 0, vma_name(area));
	part = area_sub(a, c.pages, y, a->width - c.pages, 1);
	draw_pages(v, t, &part, 0, area);
}

/* ---- the C library's chunks ---- */

static const char *chunk_word(const struct view *v, const struct chunk *c)
{
	switch (c->place) {
	case CHUNK_TOP:
		return _("top");
	case CHUNK_TCACHE:
		return _("tcache");
	case CHUNK_FASTBIN:
		return _("fastbin");
	case CHUNK_BIN:
		return _("free");
	case CHUNK_FENCE:
		return _("fence");
	default:
		return c->name ? symbol_name(v->scenario, c->name) : _("library");
	}
}

static enum role chunk_role(const struct chunk *c)
{
	switch (c->place) {
	case CHUNK_USED:
		return c->name ? ROLE_ANON : ROLE_DIM;
	case CHUNK_TOP:
	case CHUNK_FENCE:
		return ROLE_DIM;
	default:
		return ROLE_FREE;
	}
}

/* The heap's chunks in address order, as many as fit in max lines; returns the lines used. */
static int draw_chunks(const struct view *v, const struct task *t, const struct area *a, int y, int max)
{
	int x = 3, line = 0;
	uint32_t shown = 0;
	char bytes[TEXT_LEN];

	for (const struct chunk *c = t->mm->heap.first; c; c = c->next, shown++) {
		const char *word = chunk_word(v, c);
		int width = text_width(word) + 1 + text_width(bytes_text(c->bytes, bytes)) + 2;

		if (x + width > a->width && x > 3) {
			x = 3;
			line++;
		}
		if (line >= max) {
			put_format(a, a->width - 6, y + max - 1, ROLE_DIM, 0, " +%-4u", t->mm->heap.nr_chunks - shown);
			return max;
		}
		x = put_char_text(a, x, y + line, 0x2502, ROLE_BORDER);
		x = put_text(a, x, y + line, chunk_role(c), 0, word);
		x = put_text(a, x + 1, y + line, ROLE_DIM, 0, bytes);
	}
	return t->mm->heap.first ? line + 1 : 0;
}

/* The area that holds the heap; map_count if there is none. */
static uint32_t heap_index(const struct mm *mm)
{
	uint32_t i = mm->heap.first ? vma_index(mm, mm->heap.first->start) : mm->map_count;

	return i < mm->map_count && mm->vma[i]->start <= mm->heap.first->start ? i : mm->map_count;
}

/* ---- the head: processes and counts ---- */

static int draw_task(const struct view *v, const struct area *a, int x, const struct task *t, bool shown)
{
	static const enum role role[3] = { ROLE_PROCESS_1, ROLE_PROCESS_2, ROLE_PROCESS_3 };
	enum touch touch = story_touched_task(view_story(v), t->pid);

	if (touch == TOUCH_STEP)
		x = put_char_text(a, x, 0, GLYPH_STEP, ROLE_CHANGED);
	x = put_text(a, x, 0, role[t->pid % 3], shown ? ATTR_BOLD | ATTR_UNDERLINE : 0, t->comm);
	if (shown)
		x = put_char_text(a, x, 0, 0x25c2, ROLE_CHOSEN);
	return x;
}

/* The next task in the tree, parents first: a child of `after`, or the next of its elder relatives. */
static const struct task *next_in_tree(const struct machine *m, const struct task *after)
{
	const struct task *parent = after, *t;

	for (t = after->next; t; t = t->next)
		if (t->parent == after)
			return t;
	for (; after; after = parent) {
		parent = after->parent;
		for (t = after->next; t; t = t->next)
			if (t->parent == parent)
				return t;
	}
	(void)m;
	return NULL;
}

/* Families in one line: "sh -- kid -- baby  sh -- twin". Returns the column after it. */
static int draw_tree(const struct view *v, const struct area *a, const struct task *from, const struct task *shown)
{
	const struct machine *m = view_machine(v);
	const struct task *before = NULL;
	int x = 1;

	for (const struct task *t = from; t; before = t, t = next_in_tree(m, t)) {
		if (before && t->parent != before) {
			x += 2;
			if (t->parent)
				x = put_text(a, x, 0, ROLE_DIM, 0, t->parent->comm);
		}
		if (before && t->parent)
			x = put_text(a, x, 0, ROLE_BORDER, 0, "\342\224\200\342\224\200");
		x = draw_task(v, a, x, t, t == shown);
		if (x >= a->width)
			break;
	}
	return x;
}

static int tree_width(const struct view *v, const struct task *until)
{
	const struct machine *m = view_machine(v);
	int x = 1;

	for (const struct task *t = m->tasks, *before = NULL; t; before = t, t = next_in_tree(m, t)) {
		if (before && t->parent != before)
			x += 2 + (t->parent ? text_width(t->parent->comm) : 0);
		x += (before && t->parent ? 2 : 0) + text_width(t->comm) + 1;
		if (t == until)
			break;
	}
	return x;
}

static void draw_counts(const struct area *a, int y, const struct task *t)
{
	const struct mm *mm = t->mm;
	char text[128];

	snprintf(text, sizeof(text), _("rss %4u  pte %2u  areas %2u  faults %3u"), mm->rss_anon + mm->rss_file,
		 mm->nr_tables, mm->map_count, t->min_flt + t->maj_flt);
	put_text(a, 1, y, ROLE_LABEL, 0, text);
	if (t->event_min + t->event_maj)
		put_format(a, 2 + text_width(text), y, ROLE_FAULT, ATTR_BOLD, "+%u", t->event_min + t->event_maj);
}

/* ---- the foot: the chosen page, or a page that parts ---- */

static void draw_side(const struct view *v, const struct area *a, int x, int y, pfn_t pfn, const char tag[TAG_LEN])
{
	const struct machine *m = view_machine(v);
	char text[TEXT_LEN];

	if (pfn == PFN_NONE) {
		put_text(a, x, y, ROLE_DIM, 0, "-");
		return;
	}
	x = put_format(a, x, y, view_is_chosen_pfn(v, pfn) ? ROLE_CHOSEN : frame_role(m, pfn), ATTR_BOLD, "%05x", pfn);
	put_text(a, x + 1, y, ROLE_NORMAL, 0, tag_text(tag, text));
}

/* One process of a parting: what it mapped before, what it maps now. */
static void draw_parting_row(const struct view *v, const struct area *a, int y, const struct task *t, vaddr_t va,
			     const struct step *copy)
{
	const struct machine *m = view_machine(v);
	const struct page *now = entry_page(m, user_entry(m, t->mm, va));
	pfn_t old = (pfn_t)copy->arg[0], pfn = now ? (pfn_t)(now - m->mem_map) : PFN_NONE;
	int half = a->width >= 46 ? 18 : (a->width - 8) / 2;
	struct area name = area_sub(a, 1, y, 7, 1);
	char tag[TAG_LEN];

	memcpy(tag, &copy->arg[2], TAG_LEN);
	put_text(&name, 0, 0, ROLE_LABEL, 0, t->comm);
	draw_side(v, a, 8, y, old, tag);
	if (half >= 16)
		put_char(a, 8 + half - 3, y, 0x2192, pfn == old ? ROLE_DIM : ROLE_COW, ATTR_BOLD);
	if (pfn != old)
		put_mark(a, 7 + half, y, TOUCH_STEP);
	draw_side(v, a, 8 + half, y, pfn, now ? now->tag : "");
}

static void draw_parting(const struct view *v, const struct area *a, const struct step *copy, uint32_t pid, vaddr_t va)
{
	const struct machine *m = view_machine(v);
	const struct task *writer = find_task(m, pid);
	int half = a->width >= 46 ? 18 : (a->width - 8) / 2, y = 1, others = 0;

	put_text(a, 1, 0, ROLE_COW, ATTR_BOLD, "COW");
	put_text(a, 8, 0, ROLE_DIM, 0, _("before"));
	put_text(a, 8 + half, 0, ROLE_DIM, 0, _("now"));
	for (const struct task *t = m->tasks; t; t = t->next) {
		if (t == writer || pte_pfn(user_entry(m, t->mm, va)) != (pfn_t)copy->arg[0])
			continue;
		if (!others++)
			draw_parting_row(v, a, y++, t, va, copy);
	}
	if (others > 1)
		put_format(a, 8 + 2 * half, 1, ROLE_DIM, 0, "+%d", others - 1);
	if (writer)
		draw_parting_row(v, a, y, writer, va, copy);
}

static void draw_chosen_page(const struct view *v, const struct area *a, int y, const struct task *t)
{
	const struct machine *m = view_machine(v);
	const struct page *p = entry_page(m, user_entry(m, t->mm, v->walk_va));
	const struct zone *z;
	pfn_t pfn;
	char text[TEXT_LEN];
	int x;

	x = put_format(a, 1, y, ROLE_NUMBER, 0, "%08x", page_align_down(v->walk_va));
	if (!p) {
		put_text(a, x + 1, y, ROLE_DIM, 0,
			 mm_area_at(t->mm, v->walk_va) ? _("not present") : _("no area here"));
		return;
	}
	pfn = (pfn_t)(p - m->mem_map);
	z = page_zone_const(m, pfn);
	x = put_text(a, x + 1, y, ROLE_DIM, 0, _("frame"));
	x = put_format(a, x + 1, y, view_is_chosen_pfn(v, pfn) ? ROLE_CHOSEN : frame_role(m, pfn), ATTR_BOLD, "%05x",
		       pfn);
	x = put_text(a, x + 1, y, ROLE_NORMAL, 0, tag_text(p->tag, text));
	x = put_format(a, x + 1, y, ROLE_DIM, 0, "%s", z ? z->name : "");
	put_format(a, x + 1, y, ROLE_DIM, 0, "\303\227%d", p->mapcount);
}

static void draw_page_legend(const struct area *a, int y)
{
	static const struct { const char *sign, *text; enum role role; } item[] = {
		{ "\302\267", N_("none"), ROLE_DIM },    { "a", N_("anon"), ROLE_ANON },
		{ "a2", N_("2 mappers"), ROLE_SHARED },  { "f", N_("file"), ROLE_FILE },
		{ "z", N_("zero page"), ROLE_ZERO },
	};
	int x = 1;

	for (size_t i = 0; i < sizeof(item) / sizeof(*item); i++) {
		if (x + text_width(item[i].sign) + 1 + text_width(_(item[i].text)) > a->width)
			break;
		x = put_text(a, x, y, item[i].role, ATTR_BOLD, item[i].sign);
		x = put_text(a, x + 1, y, ROLE_DIM, 0, _(item[i].text)) + 2;
	}
}

/* The copy that the last write fault of this event made, its address and who wrote; NULL if none was made. */
static const struct step *cow_copy(const struct view *v, vaddr_t *va, uint32_t *pid)
{
	const struct step *copy = story_last_of(view_story(v), S_COPY_PAGE);
	const struct step *fault = story_last_of(view_story(v), S_DO_WP_PAGE);
	uint64_t value;

	if (!copy || !fault || !step_arg(fault, A_TASK, &value))
		return NULL;
	*pid = (uint32_t)value;
	if (!step_arg(fault, A_VA, &value))
		return NULL;
	*va = (vaddr_t)value;
	return copy;
}

static int foot_height(int height)
{
	return height >= 13 ? 4 : height >= 6 ? 1 : 0;
}

static void draw_foot(const struct view *v, const struct area *a, const struct task *t)
{
	struct area inner = area_sub(a, 0, 1, a->width, a->height - 1);
	const struct step *copy;
	uint32_t pid;
	vaddr_t va;

	if (a->height < 4) {
		if (a->height > 0)
			draw_chosen_page(v, a, 0, t);
		return;
	}
	fill(a, 0, 0, a->width, 0x2500, ROLE_BORDER);
	copy = cow_copy(v, &va, &pid);
	if (copy) {
		draw_parting(v, &inner, copy, pid, va);
		return;
	}
	draw_chosen_page(v, &inner, 0, t);
	draw_page_legend(&inner, 2);
}

/* ---- the panel ---- */

/* Keep the chosen area in sight. */
static void follow_choice(const struct view *v, struct panel_state *ps, const struct task *t, int height)
{
	uint32_t i = vma_index(t->mm, v->walk_va);

	if (i < t->mm->map_count && ps->word[0] != v->walk_va + 1ULL) {
		ps->word[0] = v->walk_va + 1ULL;
		ps->cursor = (int)i;
	}
	if (ps->last_pid != t->pid) {
		ps->last_pid = t->pid;
		ps->top = 0;
	}
	ps->top = scroll_to(ps->top, ps->cursor, height, (int)t->mm->map_count);
}

static void draw_areas(struct view *v, struct panel_state *ps, const struct area *a, const struct task *t)
{
	uint32_t heap = heap_index(t->mm);
	int extra = heap < t->mm->map_count && a->height > (int)t->mm->map_count ? 1 : 0, y = 0;

	follow_choice(v, ps, t, a->height - extra);
	for (uint32_t i = (uint32_t)ps->top; i < t->mm->map_count && y < a->height; i++) {
		draw_area(v, t, a, y++, t->mm->vma[i]);
		if (i == heap && a->height - y > 1) {
			int room = a->height - y - (int)(t->mm->map_count - i - 1);

			room = room < 1 ? 1 : room > CHUNK_LINES ? CHUNK_LINES : room;
			y += draw_chunks(v, t, a, y, room);
		}
	}
	draw_thumb(a, ps->top, a->height, (int)t->mm->map_count);
}

static void process_draw(struct view *v, struct panel_state *ps, const struct area *a, bool active)
{
	const struct task *t = view_task(v);
	int head = a->height >= 5 ? 2 : 1, foot = foot_height(a->height), x;
	struct area part;

	(void)active;
	ps->height = a->height;
	ps->width = a->width;
	if (!t) {
		put_text(a, 1, 0, ROLE_DIM, 0, _("(no process)"));
		return;
	}
	x = draw_tree(v, a, tree_width(v, t) < a->width ? view_machine(v)->tasks : t->parent ? t->parent : t, t);
	if (x + 42 < a->width) { /* both in one line */
		part = area_sub(a, a->width - 42, 0, 42, 1);
		draw_counts(&part, 0, t);
		head = 1;
	} else if (head == 2) {
		draw_counts(a, 1, t);
	}
	part = area_sub(a, 0, head, a->width, a->height - head - foot);
	draw_areas(v, ps, &part, t);
	part = area_sub(a, 0, a->height - foot, a->width, foot);
	draw_foot(v, &part, t);
}

static void process_status(const struct view *v, const struct panel_state *ps, char *buf, size_t size)
{
	const struct task *t = view_task(v);

	(void)ps;
	buf[0] = '\0';
	if (t)
		snprintf(buf, size, _("%s pid %u"), t->comm, t->pid);
}

/* ---- keys ---- */

static void choose_area(struct view *v, struct panel_state *ps, const struct task *t, int i)
{
	if (i < 0 || i >= (int)t->mm->map_count)
		return;
	ps->cursor = i;
	view_choose_address(v, t->pid, t->mm->vma[i]->start);
}

static void choose_page(struct view *v, const struct task *t, int direction)
{
	const struct vma *area = mm_area_at(t->mm, v->walk_va);
	uint64_t page = page_align_down(v->walk_va) + (uint64_t)((int64_t)direction * PAGE_SIZE);

	if (area && page >= area->start && page < area->end)
		view_choose_address(v, t->pid, (vaddr_t)page);
}

static void choose_task(struct view *v, const struct task *t, int direction)
{
	const struct machine *m = view_machine(v);
	const struct task *other = t->next;

	if (direction < 0) {
		for (other = m->tasks; other->next && other->next != t; other = other->next)
			;
	}
	if (!other)
		other = m->tasks;
	view_choose(v, &(struct choice){ .kind = CHOOSE_TASK, .pid = other->pid, .pfn = PFN_NONE });
}

static bool process_key(struct view *v, struct panel_state *ps, uint32_t key)
{
	const struct task *t = view_task(v);

	if (!t)
		return false;
	switch (key) {
	case KEY_UP_:
		choose_area(v, ps, t, ps->cursor - 1);
		return true;
	case KEY_DOWN_:
		choose_area(v, ps, t, ps->cursor + 1);
		return true;
	case KEY_LEFT_:
		choose_page(v, t, -1);
		return true;
	case KEY_RIGHT_:
		choose_page(v, t, 1);
		return true;
	case ',':
		choose_task(v, t, -1);
		return true;
	case '.':
		choose_task(v, t, 1);
		return true;
	case KEY_ENTER_:
		view_choose_address(v, t->pid, v->walk_va);
		v->wants_panel = "walk";
		return true;
	default:
		return false;
	}
}

static void process_click(struct view *v, struct panel_state *ps, int x, int y)
{
	const struct task *t = view_task(v);
	int head = ps->height >= 5 ? 2 : 1;

	(void)x;
	if (t && y >= head && y < ps->height - foot_height(ps->height))
		choose_area(v, ps, t, ps->top + y - head);
}

static void process_scroll(struct view *v, struct panel_state *ps, int dy)
{
	const struct task *t = view_task(v);

	if (t)
		choose_area(v, ps, t, ps->cursor + dy);
}

/* focus process NAME */
static void process_reveal(struct view *v, struct panel_state *ps, const char *item)
{
	(void)ps;
	for (const struct task *t = view_machine(v)->tasks; item && t; t = t->next)
		if (strcmp(t->comm, item) == 0)
			view_choose(v, &(struct choice){ .kind = CHOOSE_TASK, .pid = t->pid, .pfn = PFN_NONE });
}

static bool process_search(struct view *v, struct panel_state *ps, const char *needle, int direction)
{
	const struct task *t = view_task(v);
	char start[16];

	for (int i = t ? ps->cursor + direction : -1; i >= 0 && i < (int)t->mm->map_count; i += direction) {
		snprintf(start, sizeof(start), "%08x", t->mm->vma[i]->start);
		if (strstr(start, needle) || strcasestr(vma_name(t->mm->vma[i]), needle)) {
			choose_area(v, ps, t, i);
			return true;
		}
	}
	return false;
}

const struct panel panel_process = {
	.name = "process",
	.title = N_("Process"),
	.min_width = 30,
	.min_height = 5,
	.want_width = 44,
	.want_height = 16,
	.status = process_status,
	.draw = process_draw,
	.key = process_key,
	.click = process_click,
	.scroll = process_scroll,
	.reveal = process_reveal,
	.search = process_search,
};
