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
 * What a page looks like is in area_pages.c, the foot in page_foot.c.
 */
#include "panel.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "address_bar.h"
#include "area_pages.h"
#include "page_foot.h"
#include "parts.h"
#include "sharers.h"
#include "src/i18n.h"
#include "src/listing.h"

enum { CHUNK_LINES = 3, WIDE_COUNTS = 53, TALL = 16 };

/* panel_state.word: the address last brought into sight, and where the areas were drawn, for clicks */
enum { WORD_SEEN, WORD_HEAD, WORD_CHUNKS_AT, WORD_CHUNKS, WORD_MOVES };

/* ---- one area ---- */

struct columns {
	int name, name_width, pages, digits;
	bool ends;
};

/* User addresses of 64 bits have up to 12 digits. */
static struct columns columns_of(const struct machine *m, int width)
{
	int more = m->profile->word_bits == 64 ? 4 : 0;
	struct columns c = {.ends = width >= 72 + 2 * more, .digits = 8 + more};

	c.name = c.ends ? 24 + 2 * more : 15 + more;
	c.name_width = width < 36 ? 6 : width < 60 ? 8 : 12;
	c.pages = c.name + c.name_width + 1;
	return c;
}

static bool is_chosen_area(const struct view *v, const struct task *t, const struct vma *area)
{
	const struct choice *c = &v->choice;

	return (c->kind == CHOOSE_ADDRESS || c->kind == CHOOSE_VMA) && c->pid == t->pid &&
	       c->va >= area->start && c->va < area->end;
}

static void draw_area(const struct view *v, const struct task *t, const struct area *a, int y,
		      const struct vma *area)
{
	struct columns c = columns_of(view_machine(v), a->width);
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
	x = put_format(a, 1, y, role, 0, "%0*" PRIx64, c.digits, area->start);
	if (c.ends)
		x = put_format(a, x, y, role, 0, "-%0*" PRIx64, c.digits, area->end);
	put_text(a, x + 1, y, touched_role(touch, area->flags & VM_WRITE ? ROLE_NORMAL : ROLE_DIM),
		 0, vma_rights(area, text));
	part = area_sub(a, c.name, y, c.name_width, 1);
	put_text(&part, 0, 0, chosen ? ROLE_TITLE : ROLE_LABEL, 0, area_name(v, area, text));
	part = area_sub(a, c.pages, y, a->width - c.pages, 1);
	draw_area_pages(v, t, &part, 0, area);
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
static int draw_chunks(const struct view *v, const struct task *t, const struct area *a, int y,
		       int max)
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
			put_format(a, a->width - 6, y + max - 1, ROLE_DIM, 0, " +%-4u",
				   t->mm->heap.nr_chunks - shown);
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
	vaddr_t va = mm->heap.first ? mm->heap.first->start : 0;
	const struct vma *v = mm_area_at(mm, va);

	return va && v && v->start <= va ? mm_area_index(mm, va) : mm->map_count;
}

/* ---- the head: processes and counts ---- */

/* What the tree tells apart. */
struct tree_marks {
	const struct task *shown;
	struct sharers sharers; /* of the chosen page */
};

/* Underlined: the process that is shown, and those that share the chosen page with it. */
static int draw_task(const struct area *a, int x, const struct task *t, const struct tree_marks *k)
{
	static const enum role role[3] = {ROLE_PROCESS_1, ROLE_PROCESS_2, ROLE_PROCESS_3};

	bool shown = t == k->shown;
	unsigned attr = shown                          ? ATTR_BOLD | ATTR_UNDERLINE
			: sharers_have(&k->sharers, t) ? ATTR_UNDERLINE
						       : 0;

	x = put_text(a, x, 0, role[t->pid % 3], attr, t->comm);
	if (shown)
		x = put_char_text(a, x, 0, 0x25c2, ROLE_CHOSEN);
	return x;
}

/* The next task in the tree, parents first: a child of `after`, or the next of its elder relatives. */
static const struct task *next_in_tree(const struct task *after)
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
	return NULL;
}

/* Families in one line: "sh -- kid -- baby  sh -- twin". Returns the column after it. */
static int draw_tree(const struct area *a, const struct task *from, const struct tree_marks *k)
{
	const struct task *before = NULL;
	int x = 1;

	for (const struct task *t = from; t; before = t, t = next_in_tree(t)) {
		if (before && t->parent != before) {
			x += 2;
			if (t->parent)
				x = put_text(a, x, 0, ROLE_DIM, 0, t->parent->comm);
		}
		if (before && t->parent)
			x = put_text(a, x, 0, ROLE_BORDER, 0, "\342\224\200\342\224\200");
		x = draw_task(a, x, t, k);
		if (x >= a->width)
			break;
	}
	return x;
}

static int tree_width(const struct view *v, const struct task *until)
{
	const struct machine *m = view_machine(v);
	int x = 1;

	for (const struct task *t = m->tasks, *before = NULL; t; before = t, t = next_in_tree(t)) {
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

	snprintf(text, sizeof(text),
		 a->width >= WIDE_COUNTS ? _("rss %6u  pte %3u  areas %3u  faults %6u")
					 : _("rss %3u pte %2u areas %2u faults %2u"),
		 mm->rss_anon + mm->rss_file, mm->nr_tables, mm->map_count,
		 t->min_flt + t->maj_flt);
	put_text(a, 1, y, ROLE_LABEL, 0, text);
	if (t->event_min + t->event_maj)
		put_format(a, 2 + text_width(text), y, ROLE_FAULT, ATTR_BOLD, "+%u",
			   t->event_min + t->event_maj);
}

/* ---- the panel ---- */

/* Keep the chosen area in sight, of an address above all areas the last one. */
static void follow_choice(const struct view *v, struct panel_state *ps, const struct task *t,
			  int height)
{
	uint32_t i = mm_area_index(t->mm, v->walk_va);

	if (ps->word[WORD_SEEN] != v->walk_va + 1ULL || ps->word[WORD_MOVES] != v->moves) {
		ps->word[WORD_SEEN] = v->walk_va + 1ULL;
		ps->word[WORD_MOVES] = v->moves;
		ps->cursor = (int)(i < t->mm->map_count ? i : t->mm->map_count - 1);
	}
	if (ps->last_pid != t->pid) {
		ps->last_pid = t->pid;
		ps->top = 0;
	}
	ps->top = scroll_to(ps->top, ps->cursor, height, (int)t->mm->map_count);
}

static void draw_areas(struct view *v, struct panel_state *ps, const struct area *a,
		       const struct task *t)
{
	uint32_t heap = heap_index(t->mm);
	const struct vma *area;
	int extra = heap < t->mm->map_count && a->height > (int)t->mm->map_count ? 1 : 0, y = 0;

	follow_choice(v, ps, t, a->height - extra);
	ps->word[WORD_CHUNKS] = 0;
	area = mm_area_nr(t->mm, (uint32_t)ps->top);
	for (uint32_t i = (uint32_t)ps->top; area && y < a->height; i++, area = area->next) {
		draw_area(v, t, a, y++, area);
		if (i == heap && a->height - y > 1) {
			int room = a->height - y - (int)(t->mm->map_count - i - 1);

			room = room < 1 ? 1 : room > CHUNK_LINES ? CHUNK_LINES : room;
			ps->word[WORD_CHUNKS_AT] = (uint64_t)y;
			ps->word[WORD_CHUNKS] = (uint64_t)draw_chunks(v, t, a, y, room);
			y += (int)ps->word[WORD_CHUNKS];
		}
	}
	draw_thumb(a, ps->top, a->height, (int)t->mm->map_count);
}

static int bar_height(int height) { return height >= TALL ? ADDRESS_BAR_HEIGHT : 0; }

static void process_draw(struct view *v, struct panel_state *ps, const struct area *a, bool active)
{
	const struct task *t = view_task(v);
	int head = a->height >= 5 ? 2 : 1, foot = page_foot_height(v, a->height), bar, x;
	struct tree_marks marks = {.shown = t};
	struct area part;

	(void)active;
	ps->height = a->height;
	ps->width = a->width;
	if (!t) {
		put_text(a, 1, 0, ROLE_DIM, 0, _("(no process)"));
		return;
	}
	if (v->choice.kind == CHOOSE_ADDRESS)
		sharers_of(view_machine(v), v->choice.pfn, &marks.sharers);
	x = draw_tree(a,
		      tree_width(v, t) < a->width ? view_machine(v)->tasks
		      : t->parent                 ? t->parent
						  : t,
		      &marks);
	if (x + WIDE_COUNTS < a->width) { /* both in one line */
		part = area_sub(a, a->width - WIDE_COUNTS, 0, WIDE_COUNTS, 1);
		draw_counts(&part, 0, t);
		head = 1;
	} else if (head == 2) {
		draw_counts(a, 1, t);
	}
	ps->word[WORD_HEAD] = (uint64_t)head;
	bar = bar_height(a->height);
	part = area_sub(a, 0, head, a->width, a->height - head - foot - bar);
	draw_areas(v, ps, &part, t);
	part = area_sub(a, 0, a->height - foot - bar, a->width, bar);
	if (bar)
		draw_address_bar(v, &part, t);
	part = area_sub(a, 0, a->height - foot, a->width, foot);
	draw_page_foot(v, &part, t);
}

static void process_status(const struct view *v, const struct panel_state *ps, char *buf,
			   size_t size)
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
	view_choose_address(v, t->pid, mm_area_nr(t->mm, (uint32_t)i)->start);
}

/* The page beside the chosen one. False: the area ends there. */
static bool choose_page(struct view *v, const struct task *t, int direction)
{
	const struct vma *area = area_at(t->mm, v->walk_va);
	uint64_t page = page_align_down(v->walk_va) + (uint64_t)((int64_t)direction * PAGE_SIZE);

	if (!area || page < area->start || page >= area->end)
		return false;
	view_choose_address(v, t->pid, (vaddr_t)page);
	return true;
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
	view_choose(v, &(struct choice){.kind = CHOOSE_TASK, .pid = other->pid, .pfn = PFN_NONE});
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
		return choose_page(v, t, -1);
	case KEY_RIGHT_:
		return choose_page(v, t, 1);
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
	struct columns c = columns_of(view_machine(v), ps->width);
	int line = y - (int)ps->word[WORD_HEAD], chunks_at = (int)ps->word[WORD_CHUNKS_AT];

	if (!t || line < 0 ||
	    y >= ps->height - page_foot_height(v, ps->height) - bar_height(ps->height))
		return;
	if (ps->word[WORD_CHUNKS] && line >= chunks_at)
		line = line < chunks_at + (int)ps->word[WORD_CHUNKS]
			       ? chunks_at - 1
			       : line - (int)ps->word[WORD_CHUNKS];
	line += ps->top;
	if (line >= (int)t->mm->map_count)
		return;
	ps->cursor = line;
	view_choose_address(
		v, t->pid,
		area_page_at(mm_area_nr(t->mm, (uint32_t)line), ps->width - c.pages, x - c.pages));
}

static void process_scroll(struct view *v, struct panel_state *ps, int dy)
{
	const struct task *t = view_task(v);

	if (t)
		choose_area(v, ps, t, ps->cursor + dy);
}

/* focus process NAME */
static bool process_reveal(struct view *v, struct panel_state *ps, const char *item)
{
	(void)ps;
	return view_choose_process(v, item);
}

static bool process_search(struct view *v, struct panel_state *ps, const char *needle,
			   int direction)
{
	const struct task *t = view_task(v);
	const struct vma *area = t ? mm_area_nr(t->mm, (uint32_t)ps->cursor) : NULL;
	int i = ps->cursor;
	char start[20];

	while (area) {
		area = direction > 0 ? area->next : area->prev;
		i += direction;
		snprintf(start, sizeof(start), "%08" PRIx64, area ? area->start : 0);
		if (area && (strstr(start, needle) || strcasestr(vma_name(area), needle))) {
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
	.min_height = 4,
	.want_width = 44,
	.want_height = 16,
	.need_height = 7,
	.status = process_status,
	.draw = process_draw,
	.key = process_key,
	.click = process_click,
	.scroll = process_scroll,
	.reveal = process_reveal,
	.search = process_search,
};
