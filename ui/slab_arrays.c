/*
 * The arrays of a cache in a few lines: how many objects each CPU has at hand.
 *
 *	 CPU 0 ▪ 12/54  CPU 1 ▪  0/54  CPU 2 ▪ 12/54       where there is room for all of them
 *	 CPU 3 ▪ 13/54  shared ▪   0/216
 *
 *	 CPU 0-7 ▪ 12  0  0 12  0  0  0[13] of 54          else a number for each CPU, that of the one which runs in
 *	 shared ▪   0/432                                  brackets: one limit holds for them all
 *
 * What has no room even then is told by an ellipsis.  Machine, cache and room decide which form it is, and fields are as
 * wide as their limits: nothing moves when objects come and go.
 */
#include "slab_arrays.h"

#include <stdio.h>
#include <string.h>

#include "parts.h"
#include "src/i18n.h"

enum { GLYPH_MORE = 0x2026, GAP = 2 };

/* Columns of "12/54" and of the sign in front of it. */
static int stock_width(const struct array_cache *ac) { return 2 + 2 * digits(ac->limit) + 1; }

static int put_stock(const struct area *a, int x, int y, const struct array_cache *ac)
{
	x = put_char_text(a, x, y, GLYPH_AT_HAND, ROLE_PCP) + 1;
	return put_format(a, x, y, ROLE_NUMBER, 0, "%*u/%u", digits(ac->limit), ac->avail,
			  ac->limit);
}

static int shared_width(const struct kmem_cache *c)
{
	return c->shared.limit ? text_width(_("shared ")) + stock_width(&c->shared) : 0;
}

/* The array that CPUs share, behind column x or on the next line. */
static void put_shared(const struct area *a, int x, int y, const struct kmem_cache *c)
{
	x = put_text(a, x, y, ROLE_DIM, 0, _("shared "));
	put_stock(a, x, y, &c->shared);
}

/* ---- the long form ---- */

/* "CPU 0 ▪ 12/54": a CPU has one digit. */
static int cpu_width(const struct kmem_cache *c) { return 6 + stock_width(&c->cpu[0]); }

/* CPUs in a line. */
static int cpus_in_line(const struct area *a, const struct kmem_cache *c)
{
	int n = (a->width - 1 + GAP) / (cpu_width(c) + GAP);

	return n > 0 ? n : 1;
}

/* Lines of the long form, and where the shared array's piece of it begins. */
static int long_form(const struct machine *m, const struct area *a, const struct kmem_cache *c,
		     int *shared_x)
{
	int each = cpus_in_line(a, c), last = (int)(m->config.cpus - 1);
	int lines = last / each + 1;

	*shared_x = 1 + (last % each + 1) * (cpu_width(c) + GAP);
	if (shared_width(c) && *shared_x + shared_width(c) > a->width)
		*shared_x = 1, lines++;
	return lines;
}

static void draw_long(const struct machine *m, const struct area *a, int y,
		      const struct kmem_cache *c)
{
	int each = cpus_in_line(a, c), shared_x, lines = long_form(m, a, c, &shared_x);

	for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
		int x = 1 + (int)cpu % each * (cpu_width(c) + GAP), at = y + (int)cpu / each;
		bool runs = cpu == m->cpu;

		x = put_format(a, x, at, runs ? ROLE_LABEL : ROLE_DIM, runs ? ATTR_BOLD : 0,
			       "CPU %u ", cpu);
		put_stock(a, x, at, &c->cpu[cpu]);
	}
	if (c->shared.limit)
		put_shared(a, shared_x, y + lines - 1, c);
}

/* ---- the short form: where more follows, a piece leaves a column for the sign of it ---- */

/* Behind it nothing has room. */
static int put_more(const struct area *a, int x, int y)
{
	put_char(a, x, y, GLYPH_MORE, ROLE_DIM, 0);
	return a->width;
}

/* What stands in front of the numbers: the longest that fits. */
static int put_label(const struct machine *m, const struct area *a, int y, int room)
{
	char text[TEXT_LEN];

	snprintf(text, sizeof(text), "CPU 0-%u ", m->config.cpus - 1);
	if (text_width(text) > room)
		snprintf(text, sizeof(text), "CPU ");
	if (text_width(text) > room)
		text[0] = '\0';
	return put_text(a, 1, y, ROLE_DIM, 0, text);
}

/* A number for each CPU, behind a column for its bracket; returns the column after the last one's. */
static int put_numbers(const struct machine *m, const struct area *a, int x, int y,
		       const struct kmem_cache *c)
{
	int field = digits(c->cpu[0].limit) + 1;

	for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++, x += field) {
		uint32_t avail = c->cpu[cpu].avail;
		bool runs = cpu == m->cpu;

		if (x + field + 1 >= a->width)
			return put_more(a, x + 1, y);
		put_format(a, x + 1, y, avail ? ROLE_NUMBER : ROLE_DIM, runs ? ATTR_BOLD : 0, "%*u",
			   field - 1, avail);
		if (runs) {
			put_char(a, x, y, '[', ROLE_LABEL, ATTR_BOLD);
			put_char(a, x + field, y, ']', ROLE_LABEL, ATTR_BOLD);
		}
	}
	return x + 1;
}

static int draw_short(const struct machine *m, const struct area *a, int y, int room,
		      const struct kmem_cache *c)
{
	int numbers = (digits(c->cpu[0].limit) + 1) * (int)m->config.cpus + 1, x;
	int end = a->width - (c->shared.limit && room == 1);
	char limit[TEXT_LEN];

	snprintf(limit, sizeof(limit), _(" of %u"), c->cpu[0].limit);
	x = put_label(m, a, y, end - 2 - numbers - text_width(limit));
	x = put_char_text(a, x, y, GLYPH_AT_HAND, ROLE_PCP);
	x = put_numbers(m, a, x, y, c);
	x = x + text_width(limit) <= end ? put_text(a, x, y, ROLE_DIM, 0, limit)
					 : put_more(a, x, y);
	if (!c->shared.limit)
		return 1;
	if (x + GAP + shared_width(c) <= a->width) {
		put_shared(a, x + GAP, y, c);
	} else if (room > 1) {
		put_shared(a, 1, y + 1, c);
		return 2;
	} else {
		put_more(a, x, y);
	}
	return 1;
}

int slab_arrays_draw(const struct machine *m, const struct area *a, int y, int room,
		     const struct kmem_cache *c)
{
	int shared_x, lines;

	if (!c->cpu[0].limit)
		return 0;
	lines = long_form(m, a, c, &shared_x);
	if (lines > room)
		return draw_short(m, a, y, room, c);
	draw_long(m, a, y, c);
	return lines;
}
