/*
 * Which panels stand where.
 *
 * Reading order is what happened, why, to whom, through which entries, from which memory: from the upper left
 * to the lower right.
 *
 *	120x40 and more         80x24: the right column has       narrower: one column
 *	                        those used last that fit
 *	+------+-------+-----+  +----------+----------+           +--------+
 *	|events|process|zones|  | events   | process  |           | events |
 *	|      |       |     |  +----------+----------+           +--------+
 *	+------+-------+     |  | why      | walk     |           | why    |
 *	|why   |walk   |     |  |          |          |           +--------+
 *	|      +-------+-----+  +----------+----------+
 *	|      |slab   |mem. |
 *	+------+-------+-----+
 *
 * One rule shares space, of columns and inside a column: everybody gets what it needs at least; then one cell
 * after the other goes to whoever has the smallest part of what it wants; what all have no wish for is shared
 * evenly.  A panel brought up in a column that
 * is full takes the place of the one not used for longest.  The one that the lecture is about comes before the others:
 * it gets all that it wants, as far as they keep what they need.
 */
#include "layout.h"

#include <string.h>

enum { COLUMNS_MAX = 4 };

/* The columns of a screen of at least so many cells across; later panels go to the last column. */
static const struct plan {
	int from_width, columns;
	const char *column[COLUMNS_MAX];
} plans[] = {
	{180, 4, {"events why", "process walk", "space slab", "zones memory"}},
	{108, 3, {"events why", "process walk slab", "zones memory space"}},
	{60, 2, {"events why", "process walk zones memory slab space"}},
	{0, 1, {"events why process walk zones memory slab space"}},
};

/* What stands around the panels on a screen of at least so many rows. */
static const struct band {
	int from_height, path, narration, bar, keys;
	bool boxed;
} bands[] = {
	{40, 1, 4, 2, 1, true}, {34, 1, 3, 2, 1, true}, {24, 0, 5, 1, 1, true},
	{20, 0, 3, 1, 1, true}, {14, 0, 2, 1, 1, true}, {9, 0, 1, 1, 1, false},
	{7, 0, 1, 0, 1, false}, {0, 0, 1, 0, 0, false},
};

/* One of those who share: at least min, as near to want as the others; of what is left `weight` parts. */
struct share {
	int min, want, weight, got;
};

/* Has a the smaller part of what it wants?  Or, where both have all of it, the smaller surplus? */
static bool is_poorer(const struct share *a, const struct share *b)
{
	if (a->got >= a->want && b->got >= b->want)
		return (a->got - a->want) * b->weight < (b->got - b->want) * a->weight;
	return a->got * b->want < b->got * a->want;
}

static void share_out(struct share *s, int n, int total)
{
	for (int i = 0; i < n; i++) {
		s[i].got = s[i].min;
		total -= s[i].got;
	}
	for (; total > 0; total--) {
		int poorest = 0;

		for (int i = 1; i < n; i++)
			if (is_poorer(&s[i], &s[poorest]))
				poorest = i;
		s[poorest].got++;
	}
}

/* The place of a name in a column's list, -1: not there. */
static int rank_in(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (int rank = 0; *list; rank++) {
		size_t word = strcspn(list, " ");

		if (word == len && strncmp(list, name, len) == 0)
			return rank;
		list += word;
		list += strspn(list, " ");
	}
	return -1;
}

static int column_of(const struct plan *p, const char *name)
{
	for (int c = 0; c < p->columns; c++)
		if (rank_in(p->column[c], name) >= 0)
			return c;
	return p->columns - 1;
}

/* The panels of one column, from the top. */
struct stack {
	int panel[MAX_PANELS];
	int n;
};

/* Rank inside the column's list; panels that the list does not name stand below, in their own order. */
static int order_in(const char *list, const struct panel *const *table, int panel)
{
	int rank = rank_in(list, table[panel]->name);

	return rank >= 0 ? rank : MAX_PANELS + panel;
}

/* The panel of a column that was used last and is not taken yet; -1: none is left. */
static int latest_used(const struct plan *p, int column, const struct panel *const *table,
		       const struct stage *st, const bool *taken)
{
	const char *list = p->column[column];
	const uint32_t *used = st->used;
	int best = -1;

	for (int i = 0; i < MAX_PANELS && table[i]; i++) {
		if (taken[i] || column_of(p, table[i]->name) != column)
			continue;
		if ((table[i]->on_demand || st->idle >> i & 1) && used[i] == 0)
			continue;
		if (best < 0 || used[i] > used[best] ||
		    (used[i] == used[best] &&
		     order_in(list, table, i) < order_in(list, table, best)))
			best = i;
	}
	return best;
}

/*
 * What a panel must have to stand with others: the subject, as long as it is the one in front, all that its lecture
 * needs, if need be alone.  Beside one that the user has brought up it makes do with less, rather than be gone.
 */
static int least_height(const struct panel *const *table, int panel, const struct stage *st)
{
	return panel == st->subject && panel == st->active ? table[panel]->need_height
							   : table[panel]->min_height;
}

/*
 * Choose the panels of a column, the latest used first: two where they find their least height, more where
 * everyone keeps half of what it wants.
 */
static void choose_stack(struct stack *s, const struct plan *p, int column,
			 const struct panel *const *table, const struct stage *st, int height,
			 int frame)
{
	const char *list = p->column[column];
	bool taken[MAX_PANELS] = {false};
	int least = 0, half = 0, next, at;

	s->n = 0;
	while ((next = latest_used(p, column, table, st, taken)) >= 0) {
		int min = least_height(table, next, st), want = table[next]->want_height / 2;
		int next_least = min + frame, next_half = (want > min ? want : min) + frame;

		taken[next] = true;
		if (s->n == 1 && least + next_least > height)
			continue;
		if (s->n >= 2 && half + next_half > height)
			continue;
		least += next_least;
		half += next_half;
		for (at = s->n++; at > 0; at--) {
			if (order_in(list, table, s->panel[at - 1]) < order_in(list, table, next))
				break;
			s->panel[at] = s->panel[at - 1];
		}
		s->panel[at] = next;
	}
}

static void add_place(struct layout *l, int panel, int x, int y, int width, int height)
{
	l->place[l->nr_places++] =
		(struct place){.panel = panel, .x = x, .y = y, .width = width, .height = height};
}

/* The subject has all that it wants before the others get more than their least, or half of their wish. */
static void favour(struct share *s, int n, int subject, int total)
{
	for (int i = 0; i < n; i++)
		if (i != subject)
			total -= s[i].want / 2 > s[i].min ? s[i].want / 2 : s[i].min;
	if (total > s[subject].want)
		total = s[subject].want;
	if (total > s[subject].min)
		s[subject].min = total;
}

/* Heights of a column's panels. */
static void place_stack(struct layout *l, const struct stack *s, const struct panel *const *table,
			const struct stage *st, int x, int y, int width, int height, int frame)
{
	struct share share[MAX_PANELS] = {{0}};

	for (int i = 0; i < s->n; i++) {
		share[i].min = least_height(table, s->panel[i], st) + frame;
		share[i].want = table[s->panel[i]]->want_height + frame;
		share[i].weight = 1;
	}
	for (int i = 0; i < s->n; i++)
		if (s->panel[i] == st->subject)
			favour(share, s->n, i, height);
	if (s->n == 1)
		share[0].min = height;
	share_out(share, s->n, height);
	for (int i = 0; i < s->n; i++) {
		add_place(l, s->panel[i], x, y, width, share[i].got);
		y += share[i].got;
	}
}

/* Columns side by side, in [y, y + height); one that no panel wants takes no place. */
static void place_columns(struct layout *l, const struct plan *p, const struct panel *const *table,
			  const struct stage *st, int y, int height)
{
	struct stack stack[COLUMNS_MAX] = {{.n = 0}};
	struct share share[COLUMNS_MAX] = {{0}};
	int frame = l->boxed ? 2 : 1, side = l->boxed ? 2 : 0, n = 0, x = 0;

	for (int c = 0; c < p->columns; c++) {
		choose_stack(&stack[n], p, c, table, st, height, frame);
		if (stack[n].n == 0)
			continue;
		/* the sentences of the first column gain most from more room */
		share[n] = (struct share){.min = 1, .want = 1, .weight = c == 0 ? 3 : 1};
		for (int i = 0; i < stack[n].n; i++) {
			const struct panel *panel = table[stack[n].panel[i]];

			if (panel->min_width + side > share[n].min)
				share[n].min = panel->min_width + side;
			if (panel->want_width + side > share[n].want)
				share[n].want = panel->want_width + side;
		}
		n++;
	}
	if (n == 1)
		share[0].min = l->width;
	share_out(share, n, l->width);
	for (int c = 0; c < n; c++) {
		place_stack(l, &stack[c], table, st, x, y, share[c].got, height, frame);
		x += share[c].got;
	}
}

/* The widest plan whose columns find their least width. */
static const struct plan *choose_plan(int width, bool boxed, const struct panel *const *table)
{
	const struct plan *p = plans;

	for (; p->columns > 1; p++) {
		int need[COLUMNS_MAX] = {0}, sum = 0;

		for (int i = 0; i < MAX_PANELS && table[i]; i++) {
			int c = column_of(p, table[i]->name),
			    w = table[i]->min_width + (boxed ? 2 : 0);

			need[c] = w > need[c] ? w : need[c];
		}
		for (int c = 0; c < p->columns; c++)
			sum += need[c];
		if (width >= p->from_width && width >= sum)
			break;
	}
	return p;
}

void layout_make(struct layout *l, int width, int height, const struct panel *const *table,
		 const struct stage *st)
{
	const struct band *b = bands;
	struct stage now = *st;
	int y = 1, end = height, nr_panels = 0;

	*l = (struct layout){
		.width = width, .height = height, .path_y = -1, .bar_y = -1, .keys_y = -1};
	l->too_small = width < MIN_WIDTH || height < MIN_HEIGHT;
	if (l->too_small)
		return;
	while (height < b->from_height)
		b++;
	l->boxed = b->boxed && width >= 30;
	if (b->path)
		l->path_y = y++;
	if (b->keys)
		l->keys_y = --end;
	l->bar_height = b->bar;
	if (b->bar)
		l->bar_y = end -= b->bar;
	l->narration_height = b->narration;
	l->narration_y = end -= b->narration;

	while (nr_panels < MAX_PANELS && table[nr_panels])
		nr_panels++;
	now.used[now.active] = UINT32_MAX;
	if (now.zoomed)
		add_place(l, now.active, 0, y, width, end - y);
	else
		place_columns(l, choose_plan(width, l->boxed, table), table, &now, y, end - y);
	l->hides = l->nr_places < nr_panels;
}

const struct place *layout_place(const struct layout *l, int panel)
{
	for (int i = 0; i < l->nr_places; i++)
		if (l->place[i].panel == panel)
			return &l->place[i];
	return NULL;
}

const struct place *layout_at(const struct layout *l, int x, int y)
{
	for (int i = 0; i < l->nr_places; i++) {
		const struct place *p = &l->place[i];

		if (x >= p->x && x < p->x + p->width && y >= p->y && y < p->y + p->height)
			return p;
	}
	return NULL;
}
