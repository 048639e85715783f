/*
 * The rulers: everything to scale.
 *
 *	4G |##|\          the whole address space, and beside it what is zoomed into
 *	   |..| |::|
 *	3G |##|/|##|
 *	   |..|
 *	2G |..|
 *
 * A cell of the whole is tens of megabytes, so most areas are smaller than it: it is drawn as the most important thing
 * in it, an area of the process before all others, then what is largest; of very many ranges the first ones are looked
 * at, so that a process with tens of thousands of areas is drawn as fast as one with ten.  The line beside the right one shows which part
 * of it the rows show.
 */
#include "space.h"

#include <stdio.h>

#include "panel.h"
#include "parts.h"

enum { LABEL_WIDTH = 3, BAR_WIDTH = 2, LINE_WIDTH = 1, WIDE = 44, NARROW = 34, RANGES_MOST = 64 };

/* A ruler: which addresses it shows, top line the last ones. */
struct ruler {
	vaddr_t first, last;
	unsigned depth; /* of ranges that are told apart on it */
};

int space_ruler_width(const struct space *s, int width)
{
	if (width < NARROW)
		return 0;
	if (width < WIDE)
		return BAR_WIDTH + LINE_WIDTH;
	return LABEL_WIDTH + BAR_WIDTH + LINE_WIDTH + (s->depth ? BAR_WIDTH + LINE_WIDTH : 0);
}

/* Addresses of a line, one less: lines of a ruler of height lines. */
static uint64_t line_span(const struct ruler *u, int height)
{
	return (u->last - u->first) / (uint32_t)height;
}

/* The lowest address of a line; lines count from the top. */
static vaddr_t line_first(const struct ruler *u, int height, int y)
{
	int from_bottom = height - 1 - y;

	return u->first + (vaddr_t)((line_span(u, height) + 1) * (uint32_t)from_bottom);
}

static vaddr_t line_last(const struct ruler *u, int height, int y)
{
	return y == 0 ? u->last : line_first(u, height, y - 1) - 1;
}

/* ---- what stands in a line ---- */

struct cell_look {
	uint32_t glyph;
	enum role role;
	enum touch touch;
	bool chosen;
	uint64_t weight;
};

static struct address_range range_on(const struct space *s, const struct ruler *u, vaddr_t va)
{
	return u->depth ? address_range_inside(s->m, &s->outer[u->depth - 1], va)
			: address_range_at(s->m, s->t, va);
}

static uint32_t range_glyph(const struct address_range *r)
{
	switch (r->kind) {
	case RANGE_DIRECT:
	case RANGE_LARGE:
	case RANGE_TABLE:
		return 0x2592;
	case RANGE_VMALLOC:
		return 0x2591;
	case RANGE_PKMAP:
	case RANGE_FIXMAP:
	case RANGE_LDT:
	case RANGE_CPU_ENTRY:
	case RANGE_FIX_BOOT:
		return 0x2593;
	case RANGE_VM_AREA:
	case RANGE_PAGE:
		return 0x2588;
	default:
		return range_is_area(r) ? 0x2588 : 0xb7;
	}
}

/* How much a range counts in a line: an area, a page more than any hole. */
static uint64_t weight_of(const struct address_range *r, vaddr_t first, vaddr_t last)
{
	uint64_t from = r->first > first ? r->first : first, to = r->last < last ? r->last : last;
	uint64_t bytes = to - from + 1, most = UINT64_MAX / 4;
	bool is_mapped = range_is_area(r) || r->kind == RANGE_PAGE || r->kind == RANGE_VM_AREA;

	return range_glyph(r) == 0xb7 ? 0 : is_mapped ? most : bytes < most ? bytes : most;
}

static struct cell_look look_of(const struct space *s, const struct ruler *u, vaddr_t first,
				vaddr_t last)
{
	struct cell_look look = {.glyph = 0xb7, .role = ROLE_DIM};
	vaddr_t va = first;

	for (int i = 0; i < RANGES_MOST; i++) {
		struct address_range r = range_on(s, u, va);
		uint64_t weight = weight_of(&r, first, last);
		enum touch touch = weight ? range_touch(s, &r) : TOUCH_NONE;

		if (weight > look.weight) {
			look.weight = weight;
			look.glyph = range_glyph(&r);
			look.role = range_role(s, &r);
		}
		if (touch > look.touch)
			look.touch = touch;
		look.chosen |= range_bytes(&r) <= (uint64_t)last - first && range_is_chosen(s, &r);
		if (r.last >= last)
			return look;
		va = r.last + 1;
	}
	/* of so many the rest looks the same; where the walk is may be among them */
	va = s->v->walk_va;
	if (va >= first && va <= last) {
		struct address_range r = range_on(s, u, va);

		look.touch = range_touch(s, &r) > look.touch ? range_touch(s, &r) : look.touch;
	}
	return look;
}

/* ---- a ruler ---- */

/* The line that the walk's address is in. */
static bool holds_choice(const struct space *s, vaddr_t first, vaddr_t last)
{
	struct address_range line = {.kind = RANGE_UNUSED, .first = first, .last = last};

	return range_is_chosen(s, &line);
}

static void draw_ruler(const struct space *s, const struct ruler *u, const struct area *a, int x)
{
	for (int y = 0; y < a->height; y++) {
		vaddr_t first = line_first(u, a->height, y), last = line_last(u, a->height, y);
		struct cell_look look = look_of(s, u, first, last);
		enum role role = holds_choice(s, first, last) ? ROLE_CHOSEN
							      : touched_role(look.touch, look.role);

		for (int i = 0; i < BAR_WIDTH; i++)
			put_char(a, x + i, y, look.glyph, role, 0);
	}
}

/* Beside it: which lines the rows show. */
static void draw_seen(const struct ruler *u, const struct area *a, int x, vaddr_t seen_first,
		      vaddr_t seen_last)
{
	for (int y = 0; y < a->height; y++) {
		vaddr_t first = line_first(u, a->height, y), last = line_last(u, a->height, y);
		bool seen = first <= seen_last && last >= seen_first;

		put_char(a, x, y, 0x2502, seen ? ROLE_TITLE : ROLE_BORDER, seen ? ATTR_BOLD : 0);
	}
}

/* "3G" where a quarter of the whole begins: under the line of the address. */
static void draw_labels(const struct ruler *u, const struct area *a)
{
	uint64_t quarter = (uint64_t)(u->last - u->first) / 4 + 1;
	char text[TEXT_LEN];

	for (unsigned i = 0; i < 4; i++) {
		vaddr_t at = u->first + (vaddr_t)(quarter * i);
		int y = a->height - 1 - (int)(at / (line_span(u, a->height) + 1));

		if (at == 0)
			put_right(a, LABEL_WIDTH - 1, a->height - 1, ROLE_LABEL, 0, "0");
		else if (y > 0 && y < a->height - 1)
			put_right(a, LABEL_WIDTH - 1, y, ROLE_LABEL, 0, bytes_text(at, text));
	}
	if (a->height > 1)
		put_right(a, LABEL_WIDTH - 1, 0, ROLE_LABEL, 0, bytes_text(quarter * 4, text));
}

static struct ruler whole_of(const struct space *s)
{
	return (struct ruler){.first = 0, .last = address_last(s->m)};
}

static struct ruler window_of(const struct space *s)
{
	return (struct ruler){.first = s->first, .last = s->last, .depth = s->depth};
}

void draw_space_ruler(const struct space *s, const struct area *a, vaddr_t seen_first,
		      vaddr_t seen_last)
{
	struct ruler whole = whole_of(s), window = window_of(s);
	int x = 0;

	if (a->height <= 0)
		return;
	if (a->width > BAR_WIDTH + LINE_WIDTH) {
		draw_labels(&whole, a);
		x = LABEL_WIDTH;
		draw_ruler(s, &whole, a, x);
		x += BAR_WIDTH;
		draw_seen(&whole, a, x, s->depth ? s->first : seen_first,
			  s->depth ? s->last : seen_last);
		x += LINE_WIDTH;
	}
	if (x == 0 || s->depth) {
		draw_ruler(s, &window, a, x);
		draw_seen(&window, a, x + BAR_WIDTH, seen_first, seen_last);
	}
}

vaddr_t space_ruler_address(const struct space *s, int width, int height, int x, int y)
{
	bool is_wide = space_ruler_width(s, width) > BAR_WIDTH + LINE_WIDTH;
	bool is_window = !is_wide || x >= LABEL_WIDTH + BAR_WIDTH + LINE_WIDTH;
	struct ruler u = is_window ? window_of(s) : whole_of(s);

	return line_first(&u, height, y);
}
