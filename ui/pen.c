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
 * Three savings: a few equal cells between two that differ are written again when that is shorter than a
 * move; of a style only what changes is sent, in one sequence (ESC [ 22 ; 38 ; 5 ; 253 m); a row of blanks is
 * erased with one sequence.
 */
#include "pen.h"

#include <stdio.h>
#include <string.h>

#include "utf8.h"

enum {
	BRIDGE = 6 /* cells written again instead of a move */,
	ERASE = 8 /* blanks worth an erase */
};

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

static void put_number(struct pen *p, int v)
{
	char digits[12];
	int n = 0;

	do
		digits[sizeof(digits) - 1 - (size_t)n++] = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	put(p, digits + sizeof(digits) - (size_t)n, (size_t)n);
}

void pen_move(struct pen *p, int x, int y)
{
	if (p->x == x && p->y == y)
		return;
	if (p->move) {
		pen_string(p, p->move(x, y));
	} else if (p->y == y && p->x >= 0 && x > p->x) {
		/* ESC [ n C: to the right */
		put(p, "\033[", 2);
		if (x - p->x > 1)
			put_number(p, x - p->x);
		put(p, "C", 1);
	} else {
		put(p, "\033[", 2);
		put_number(p, y + 1);
		put(p, ";", 1);
		put_number(p, x + 1);
		put(p, "H", 1);
	}
	p->x = x;
	p->y = y;
}

/* ---- what a cell shows ---- */

enum { NEEDS_INK = ATTR_UNDERLINE | ATTR_REVERSE };

/* Is it a blank that shows nothing but its ground? */
static bool is_blank(const struct pen *p, struct cell c)
{
	return c.ch == ' ' && ((p->ink[c.role].attr | c.attr) & NEEDS_INK) == 0;
}

/* Do two cells look the same on the terminal?  Of blanks only the ground is seen. */
static bool same_sight(const struct pen *p, struct cell a, struct cell b)
{
	if (a.ch != b.ch)
		return false;
	if (a.role == b.role && a.attr == b.attr)
		return true;
	return is_blank(p, a) && is_blank(p, b) && p->ink[a.role].bg == p->ink[b.role].bg;
}

/* Would a cell be drawn without a change of style? */
static bool is_style(const struct pen *p, struct cell c)
{
	const struct ink *ink = &p->ink[c.role];

	if (!p->known || p->bg != ink->bg)
		return false;
	if (is_blank(p, c))
		return (p->attr & NEEDS_INK) == 0;
	return p->fg == ink->fg && p->attr == (ink->attr | c.attr);
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

static void set_style(struct pen *p, struct cell c)
{
	const struct ink *ink = &p->ink[c.role];
	unsigned attr = ink->attr | c.attr;
	struct sgr s = {.n = 0};

	if (is_style(p, c))
		return;
	for (int i = 0; i < NR_ATTRS; i++)
		if (!p->known || ((p->attr & ~attr & 1u << i) && !p->off[i]))
			pen_reset(p);
	for (int i = 0; i < NR_ATTRS; i++) {
		if (p->attr & ~attr & 1u << i)
			sgr_add(p, &s, p->off[i]);
		if (attr & ~p->attr & 1u << i)
			sgr_add(p, &s, p->on[i]);
	}
	if (ink->fg != p->fg)
		sgr_add(p, &s, ink->set_fg);
	if (ink->bg != p->bg)
		sgr_add(p, &s, ink->set_bg);
	sgr_end(p, &s);
	p->fg = ink->fg;
	p->bg = ink->bg;
	p->attr = attr;
}

/* ---- cells ---- */

static void put_cell(struct pen *p, const struct grid *g, int x, int y)
{
	struct cell c = g->cell[(size_t)y * (size_t)g->width + (size_t)x];
	char utf8[UTF8_MAX];

	if (c.ch == 0 || (p->keeps_last_cell && x == g->width - 1 && y == g->height - 1))
		return;
	pen_move(p, x, y);
	set_style(p, c);
	put(p, utf8, (size_t)utf8_put(utf8, c.ch));
	p->x += char_width(c.ch);
	if (p->x >= g->width)
		p->x = p->y = -1; /* terminals differ in where the cursor is now */
}

/* How many blanks of one ground begin at x, in [x, end). */
static int blanks(const struct pen *p, const struct cell *row, int x, int end)
{
	int n = 0;

	while (x + n < end && is_blank(p, row[x + n]) &&
	       p->ink[row[x + n].role].bg == p->ink[row[x].role].bg)
		n++;
	return n;
}

/* Send the cells [x, end). */
static void put_run(struct pen *p, const struct grid *g, int x, int y, int end)
{
	const struct cell *row = &g->cell[(size_t)y * (size_t)g->width];

	while (x < end) {
		int n = p->erases ? blanks(p, row, x, end) : 0;

		if (n < ERASE) {
			put_cell(p, g, x++, y);
			continue;
		}
		pen_move(p, x, y);
		set_style(p, row[x]);
		put(p, "\033[", 2);
		put_number(p, n);
		put(p, "X", 1);
		x += n;
	}
}

/* The end of the run of cells to send that begins at x: equal cells inside it are few and need no style. */
static int run_end(const struct pen *p, const struct cell *old, const struct cell *now, int x,
		   int width)
{
	int end = x + 1, same = 0;

	for (int i = end; i < width && same <= BRIDGE; i++) {
		if (now[i].ch == 0 || old[i].ch == 0 || !same_sight(p, old[i], now[i])) {
			end = i + 1;
			same = 0;
		} else if (now[i].role != now[i - 1].role || now[i].attr != now[i - 1].attr) {
			break;
		} else {
			same++;
		}
	}
	return end;
}

void pen_draw(struct pen *p, const struct grid *old, const struct grid *now)
{
	for (int y = 0; y < now->height; y++) {
		const struct cell *to = &now->cell[(size_t)y * (size_t)now->width];
		const struct cell *from = old ? &old->cell[(size_t)y * (size_t)now->width] : NULL;

		for (int x = 0, end; x < now->width; x = end) {
			end = x + 1;
			if (from && same_sight(p, from[x], to[x]))
				continue;
			end = from ? run_end(p, from, to, x, now->width) : now->width;
			/* a wide character is sent from its left half, and what covers one as a whole */
			while (x > 0 && (to[x].ch == 0 || (from && from[x].ch == 0)))
				x--;
			put_run(p, now, x, y, end);
		}
	}
}
