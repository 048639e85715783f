/*
 * The rulers: everything to scale.
 *
 *	4G |##|\          the whole address space, and beside it what is zoomed into
 *	   |..| |::|
 *	3G |##|/|##|
 *	   |..|
 *	2G |..|
 *
 * Where most numbers are no addresses (x86-64), the two halves on either side of that hole are each to scale, and the
 * hole is one line, ~~, however large it is:
 *
 *	2^64  |..|
 *	-64T  |##|        64T below the end
 *	-128T |##|
 *	128T  |~~|
 *	64T   |..|
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

enum {
	LABEL_WIDTH = 3,
	LABEL_WIDTH_64 = 6,
	BAR_WIDTH = 2,
	LINE_WIDTH = 1,
	WIDE = 44,
	NARROW = 34,
	RANGES_MOST = 64
};

/* A ruler: which addresses it shows, top line the last ones. */
struct ruler {
	vaddr_t first, last;
	unsigned depth;                /* of ranges that are told apart on it          */
	bool has_hole;                 /* are there numbers in it that no address has? */
	vaddr_t hole_first, hole_last; /* those                                        */
};

/* "3G", "-128T": of the ruler of the whole. */
static int label_width(const struct space *s)
{
	vaddr_t first, last;

	return address_hole(s->m, &first, &last) ? LABEL_WIDTH_64 : LABEL_WIDTH;
}

int space_ruler_width(const struct space *s, int width)
{
	if (width < NARROW)
		return 0;
	if (width < WIDE + label_width(s) - LABEL_WIDTH)
		return BAR_WIDTH + LINE_WIDTH;
	return label_width(s) + BAR_WIDTH + LINE_WIDTH + (s->depth ? BAR_WIDTH + LINE_WIDTH : 0);
}

/* The lowest address of the nth line from below, of lines that [first, last] is cut into. */
static vaddr_t nth_line(vaddr_t first, vaddr_t last, int lines, int n)
{
	return first + (vaddr_t)(((last - first) / (uint32_t)lines + 1) * (uint32_t)n);
}

/* The lowest address of a line; lines count from the top. */
static vaddr_t line_first(const struct ruler *u, int height, int y)
{
	int from_bottom = height - 1 - y, low = (height - 1) / 2, high = height / 2;

	if (!u->has_hole || height < 3)
		return nth_line(u->first, u->last, height, from_bottom);
	if (from_bottom < low)
		return nth_line(u->first, u->hole_first - 1, low, from_bottom);
	if (from_bottom == low)
		return u->hole_first;
	return nth_line(u->hole_last + 1, u->last, high, from_bottom - low - 1);
}

static vaddr_t line_last(const struct ruler *u, int height, int y)
{
	return y == 0 ? u->last : line_first(u, height, y - 1) - 1;
}

static int line_of(const struct ruler *u, int height, vaddr_t at)
{
	int y = 0;

	while (y < height - 1 && line_first(u, height, y) > at)
		y++;
	return y;
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
	case RANGE_NO_ADDRESS:
		return 0x2248;
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

/* Under the line of an address, unless the first or the last line has a label of its own. */
static void put_label(const struct ruler *u, const struct area *a, vaddr_t at, const char *text)
{
	int y = line_of(u, a->height, at);

	if (y > 0 && y < a->height - 1)
		put_right(a, a->width - 1, y, ROLE_LABEL, 0, text);
}

/* "3G" where a quarter of the whole begins. */
static void label_quarters(const struct ruler *u, const struct area *a)
{
	uint64_t quarter = (uint64_t)(u->last - u->first) / 4 + 1;
	char text[TEXT_LEN];

	for (unsigned i = 1; i < 4; i++)
		put_label(u, a, (vaddr_t)(quarter * i), bytes_text(quarter * i, text));
}

/* "64T" in the middle of the user's half, "128T" at its end; the kernel's are told by how far it is to the end. */
static void label_halves(const struct ruler *u, const struct area *a)
{
	uint64_t low = u->hole_first, high = (uint64_t)u->last - u->hole_last;
	char text[TEXT_LEN], bytes[TEXT_LEN];

	put_label(u, a, (vaddr_t)(low / 2), bytes_text(low / 2, text));
	put_label(u, a, u->hole_first, bytes_text(low, text));
	for (unsigned i = 1; i <= 2; i++) {
		snprintf(text, sizeof(text), "-%.8s", bytes_text(high / i, bytes));
		put_label(u, a, (vaddr_t)(u->last - high / i + 1), text);
	}
}

/* a is the column of the labels. */
static void draw_labels(const struct space *s, const struct ruler *u, const struct area *a)
{
	char text[TEXT_LEN];

	put_right(a, a->width - 1, a->height - 1, ROLE_LABEL, 0, "0");
	if (!u->has_hole)
		label_quarters(u, a);
	else if (a->height >= 5)
		label_halves(u, a);
	if (a->height > 1)
		put_right(a, a->width - 1, 0, ROLE_LABEL, 0, addresses_text(s->m, text));
}

static struct ruler whole_of(const struct space *s)
{
	struct ruler u = {.first = 0, .last = address_last(s->m)};

	u.has_hole = address_hole(s->m, &u.hole_first, &u.hole_last);
	return u;
}

static struct ruler window_of(const struct space *s)
{
	return s->depth ? (struct ruler){.first = s->first, .last = s->last, .depth = s->depth}
			: whole_of(s);
}

void draw_space_ruler(const struct space *s, const struct area *a, vaddr_t seen_first,
		      vaddr_t seen_last)
{
	struct ruler whole = whole_of(s), window = window_of(s);
	int x = 0;

	if (a->height <= 0)
		return;
	if (a->width > BAR_WIDTH + LINE_WIDTH) {
		x = label_width(s);
		draw_labels(s, &whole, &(struct area){a->grid, a->x, a->y, x, a->height});
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
	bool is_window = !is_wide || x >= label_width(s) + BAR_WIDTH + LINE_WIDTH;
	struct ruler u = is_window ? window_of(s) : whole_of(s);

	return line_first(&u, height, y);
}
