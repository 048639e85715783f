/*
 * From two grids to bytes.
 *
 * A lecture may be given through a slow line, and every byte costs the terminal time: so only cells that differ
 * are sent, and the pen remembers where it stands and what it draws with, from one frame to the next.
 *
 *	old   │ step  8/33 │ find_vma      │
 *	now   │ step  9/33 │ good_area     │
 *	sent        9        ESC[2;16H  ESC[38;5;110m  g o o d _ a r e a
 *
 * A new style is the dearest thing to say: ESC[1;38;5;233;48;5;221m has 22 bytes, a move 3 to 9.  So a frame is
 * not drawn row by row, but as with coloured pencils, one style after the other, each taken up once:
 *
 *	row by row   A ◆  B name  C text   A ◆  B name  C text        6 styles, 6 moves
 *	by style     A ◆  ◆   B name  name   C text  text             3 styles, 6 moves
 *
 * The cells that differ are collected in strokes of one style.  The next style is the one that is nearest to the
 * present one.  Of a style only what changes is sent, in one sequence (ESC[22;38;5;253m); a blank has no
 * foreground and goes with any style of its ground.  The way to a stroke is the shortest of: over the cells between,
 * written again; a few steps left, right, up, down; a place by row and column.  Many blanks are erased with one
 * sequence.
 */
#include "pen.h"

#include <stdio.h>
#include <string.h>

#include "src/utf8.h"

enum { MOVE_MAX = 24, NEAR = 10 /* cells that may be written again instead of a move */ };

void pen_flush(struct pen *p)
{
	if (p->n)
		p->write(p->buffer, p->n);
	p->n = 0;
}

static void put(struct pen *p, const char *bytes, size_t n)
{
	if (p->n + n > PEN_BUFFER)
		pen_flush(p);
	memcpy(p->buffer + p->n, bytes, n);
	p->n += n;
}

void pen_string(struct pen *p, const char *s) { put(p, s, strlen(s)); }

void pen_forget(struct pen *p)
{
	p->known = false;
	p->x = p->y = -1;
}

/* ---- where ---- */

static size_t put_number(char *to, int v)
{
	char digits[12];
	size_t n = 0;

	do
		digits[sizeof(digits) - 1 - n++] = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	memcpy(to, digits + sizeof(digits) - n, n);
	return n;
}

/* ESC [ n letter; n = 1 goes without saying. */
static size_t control(char *to, int n, char letter)
{
	size_t len = 2;

	to[0] = '\033';
	to[1] = '[';
	if (n > 1)
		len += put_number(to + len, n);
	to[len++] = letter;
	return len;
}

/* From where the pen stands, dx columns and dy rows away. */
static size_t step_by(const struct pen *p, char *to, int dx, int dy)
{
	size_t len = 0;

	if (p->feeds && dy > 0 && dy <= 3)
		for (; dy; dy--)
			to[len++] = '\n';
	if (dy)
		len += control(to, dy > 0 ? dy : -dy, dy > 0 ? 'B' : 'A');
	if (dx > 0)
		len += control(to + len, dx, 'C');
	else if (dx < -3)
		len += control(to + len, -dx, 'D');
	for (; dx < 0 && dx >= -3; dx++)
		to[len++] = '\b';
	return len;
}

/* The shortest way of an ANSI terminal to a cell. */
static size_t way_to(const struct pen *p, char to[MOVE_MAX], int x, int y)
{
	char steps[MOVE_MAX];
	size_t n, len = control(to, y + 1, 'H');

	if (x > 0) {
		to[len - 1] = ';';
		len += put_number(to + len, x + 1);
		to[len++] = 'H';
	}
	if (p->x < 0)
		return len;
	n = step_by(p, steps, x - p->x, y - p->y);
	if (n < len)
		memcpy(to, steps, len = n);
	return len;
}

void pen_move(struct pen *p, int x, int y)
{
	if (p->x == x && p->y == y)
		return;
	if (p->move) {
		pen_string(p, p->move(x, y));
	} else {
		char way[MOVE_MAX];
		size_t len = way_to(p, way, x, y);

		put(p, way, len);
	}
	p->x = x;
	p->y = y;
}

/* ---- what a cell shows ---- */

enum { NEEDS_INK = ATTR_UNDERLINE | ATTR_REVERSE };

/* Of a blank only the ground is seen, whatever its foreground, if nothing needs ink. */
static struct sight sight_of(const struct pen *p, struct cell c)
{
	const struct ink *ink = &p->ink[c.role];
	struct sight l = {.fg = ink->fg, .bg = ink->bg, .attr = ink->attr | c.attr};

	l.blank = c.ch == ' ' && (l.attr & NEEDS_INK) == 0;
	return l;
}

/* Can what looks like that be drawn with the style of another look? */
static bool suits(struct sight style, struct sight l)
{
	if (style.bg != l.bg)
		return false;
	if (l.blank)
		return (style.attr & NEEDS_INK) == 0;
	return !style.blank && style.fg == l.fg && style.attr == l.attr;
}

/* Do two cells that are not the same look the same on the terminal? */
static bool same_sight(const struct pen *p, struct cell a, struct cell b)
{
	struct sight l;

	if (a.ch != b.ch)
		return false;
	l = sight_of(p, a);
	return suits(l, sight_of(p, b));
}

/* Would it be drawn without a change of style? */
static bool is_ready(const struct pen *p, struct sight l)
{
	return p->known && suits((struct sight){.fg = p->fg, .bg = p->bg, .attr = p->attr}, l);
}

/* ---- with what ---- */

/* A sequence ESC [ ... m is being put together; others go out as they are. */
struct sgr {
	char text[96];
	size_t n;
};

static void sgr_end(struct pen *p, struct sgr *s)
{
	if (s->n) {
		put(p, "\033[", 2);
		put(p, s->text, s->n);
		put(p, "m", 1);
	}
	s->n = 0;
}

static void sgr_add(struct pen *p, struct sgr *s, const char *string)
{
	size_t len = strlen(string);

	if (len > 3 && string[0] == '\033' && string[1] == '[' && string[len - 1] == 'm' &&
	    strspn(string + 2, "0123456789;") == len - 3 && s->n + len < sizeof(s->text)) {
		if (s->n)
			s->text[s->n++] = ';';
		memcpy(s->text + s->n, string + 2, len - 3);
		s->n += len - 3;
		return;
	}
	sgr_end(p, s);
	pen_string(p, string);
}

void pen_reset(struct pen *p)
{
	pen_string(p, p->reset);
	p->known = true;
	p->fg = p->bg = -1;
	p->attr = 0;
}

/* The attributes to draw a look with, now: a blank takes those that there are, unless they need ink. */
static unsigned attr_for(const struct pen *p, struct sight l)
{
	return l.blank && p->known ? p->attr & ~(unsigned)NEEDS_INK : l.attr;
}

/* Take up the style of a stroke. */
static void set_style(struct pen *p, const struct stroke *s)
{
	const struct ink *ink = &p->ink[s->role];
	unsigned attr = attr_for(p, s->sight);
	struct sgr sgr = {.n = 0};

	for (int i = 0; i < NR_ATTRS; i++)
		if (!p->known || ((p->attr & ~attr & 1u << i) && !p->off[i]))
			pen_reset(p);
	for (int i = 0; i < NR_ATTRS; i++) {
		if (p->attr & ~attr & 1u << i)
			sgr_add(p, &sgr, p->off[i]);
		if (attr & ~p->attr & 1u << i)
			sgr_add(p, &sgr, p->on[i]);
	}
	if (ink->fg != p->fg && !s->sight.blank) {
		sgr_add(p, &sgr, ink->set_fg);
		p->fg = ink->fg;
	}
	if (ink->bg != p->bg)
		sgr_add(p, &sgr, ink->set_bg);
	sgr_end(p, &sgr);
	p->bg = ink->bg;
	p->attr = attr;
}

/* About how many bytes that takes. */
static int style_cost(const struct pen *p, struct sight l)
{
	int cost = 0;

	if (is_ready(p, l))
		return 0;
	if (!p->known || p->bg != l.bg)
		cost += 9;
	if (!l.blank && p->fg != l.fg)
		cost += 9;
	for (unsigned changed = p->attr ^ attr_for(p, l); changed; changed &= changed - 1)
		cost += 3;
	return cost;
}

/* ---- strokes ---- */

static const struct cell *row_of(const struct grid *g, int y)
{
	return &g->cell[(size_t)y * (size_t)g->width];
}

static void put_cell(struct pen *p, const struct grid *g, struct cell c)
{
	char utf8[UTF8_MAX];
	size_t len = (size_t)utf8_put(utf8, c.ch);

	put(p, utf8, len);
	p->x += char_width(c.ch);
	if (p->x >= g->width)
		p->x = p->y = -1; /* terminals differ in where the cursor is now */
}

/* Go to a cell over those between, if they may be written again as they are and that is shorter than a move. */
static bool write_over(struct pen *p, const struct grid *g, int x, int y)
{
	const struct cell *row = row_of(g, y);
	char way[MOVE_MAX], utf8[UTF8_MAX];
	size_t bytes = 0;

	if (p->y != y || p->x < 0 || x <= p->x || x > p->x + NEAR)
		return false;
	for (int i = p->x; i < x; i++) {
		if (row[i].ch == 0 || char_width(row[i].ch) != 1 ||
		    !is_ready(p, sight_of(p, row[i])))
			return false;
		bytes += (size_t)utf8_put(utf8, row[i].ch);
	}
	if (!p->move && bytes > way_to(p, way, x, y))
		return false;
	while (p->x < x)
		put_cell(p, g, row[p->x]);
	return true;
}

/* How many blanks of the same look begin at x, in [x, end). */
static int blanks(const struct pen *p, const struct cell *row, int x, int end)
{
	int n = 0;

	while (x + n < end && sight_of(p, row[x + n]).blank)
		n++;
	return n;
}

/* Are n blanks, with `more` cells of the stroke behind them, shorter when erased?  The erased ones must be passed. */
static bool is_worth_erasing(int n, bool more)
{
	char bytes[MOVE_MAX];

	return (int)(control(bytes, n, 'X') * (more ? 2 : 1)) < n;
}

/* Send a stroke, whose style has been set. */
static void put_stroke(struct pen *p, const struct grid *g, const struct stroke *s)
{
	const struct cell *row = row_of(g, s->y);
	int end = s->x + s->n;

	if (p->keeps_last_cell && s->y == g->height - 1 && end == g->width)
		end -= row[end - 1].ch ? 1 : 2;
	for (int x = s->x; x < end;) {
		int n = p->erases ? blanks(p, row, x, end) : 0;

		if (!write_over(p, g, x, s->y))
			pen_move(p, x, s->y);
		if (is_worth_erasing(n, x + n < end)) {
			char erase[MOVE_MAX];
			size_t len = control(erase, n, 'X');

			put(p, erase, len);
			x += n;
		} else {
			put_cell(p, g, row[x]);
			x += char_width(row[x].ch);
		}
	}
}

/* Draw the strokes that were collected, a style at a time. */
static void put_strokes(struct pen *p, const struct grid *g)
{
	while (p->nr_strokes) {
		size_t left = 0, next = 0;

		for (size_t i = 1; i < p->nr_strokes; i++)
			if (style_cost(p, p->stroke[i].sight) <
			    style_cost(p, p->stroke[next].sight))
				next = i;
		if (!is_ready(p, p->stroke[next].sight))
			set_style(p, &p->stroke[next]);
		for (size_t i = 0; i < p->nr_strokes; i++) {
			if (is_ready(p, p->stroke[i].sight))
				put_stroke(p, g, &p->stroke[i]);
			else
				p->stroke[left++] = p->stroke[i];
		}
		p->nr_strokes = left;
	}
}

/* Does a blank cell go into the same erasing as a stroke of blanks before it: are all between them blank? */
static bool is_erased_with(const struct pen *p, const struct stroke *s, const struct cell *row,
			   int x)
{
	if (!p->erases || !s->sight.blank)
		return false;
	for (int i = s->x + s->n; i <= x; i++) {
		struct sight l = sight_of(p, row[i]);

		if (!l.blank || l.bg != s->sight.bg)
			return false;
	}
	return true;
}

/* A cell is to be sent: with the stroke that ends before it, or as the begin of a new one. */
static void add_cell(struct pen *p, const struct grid *g, int x, int y)
{
	const struct cell *row = row_of(g, y);
	struct stroke *s = p->nr_strokes ? &p->stroke[p->nr_strokes - 1] : NULL;
	struct sight l = sight_of(p, row[x]);
	int width = char_width(row[x].ch);

	if (s && s->y == y && is_erased_with(p, s, row, x)) {
		s->n = x + 1 - s->x;
	} else if (s && s->y == y && s->x + s->n == x &&
		   (suits(s->sight, l) || suits(l, s->sight))) {
		s->n += width;
		if (s->sight.blank) {
			s->sight = l;
			s->role = row[x].role;
		}
	} else {
		if (p->nr_strokes == PEN_STROKES)
			put_strokes(p, g);
		p->stroke[p->nr_strokes++] = (struct stroke){
			.sight = l, .role = row[x].role, .x = x, .y = y, .n = width};
	}
}

static bool same_cells(const struct cell *a, const struct cell *b, int n)
{
	return memcmp(a, b, (size_t)n * sizeof(*a)) == 0;
}

/* The cells of a row that differ from what the terminal shows; from NULL: all. */
static void add_row(struct pen *p, const struct grid *now, int y, const struct cell *from)
{
	const struct cell *to = row_of(now, y);

	/* a right half goes with its left half, which differs if it does */
	for (int x = 0; x < now->width; x++)
		if (to[x].ch &&
		    !(from && (same_cells(&from[x], &to[x], 1) || same_sight(p, from[x], to[x]))))
			add_cell(p, now, x, y);
}

void pen_draw(struct pen *p, const struct grid *old, const struct grid *now)
{
	p->nr_strokes = 0;
	for (int y = 0; y < now->height; y++)
		if (!old || !same_cells(row_of(old, y), row_of(now, y), now->width))
			add_row(p, now, y, old ? row_of(old, y) : NULL);
	put_strokes(p, now);
}
