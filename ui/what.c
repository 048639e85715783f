/*
 * What is this?  The box: the facts of one address, line by line.
 *
 *	+- What is kid b7ffe000? ------------------------ user address -+
 *	| address   b7ffe000: user address of kid, byte 0 of its page   |
 *	| area      b7ffe000-b8000000 rw-p anonymous 8K                 |
 *	| pgd       [735] at 37c0fb7c: 37c11067 P RW US A D             |
 *	|*pte       [1022] at 37c11ff8: 3fc07067 P RW US A D            |
 *	| frame     3fc07: node 0, HighMem, physical 3fc07000           |
 *	| ...                                                           |
 *	+-------- Enter chooses  w what is that?  i struct  b back -----+
 *
 * What is said comes from src/what.h.  Here it gets its colours, by the kinds of its arguments; and what a line leads to:
 * the first thing that it names and that can be chosen.
 */
#include <stdio.h>
#include <string.h>

#include "panel.h"
#include "parts.h"
#include "screen.h"
#include "src/address_map.h"
#include "src/i18n.h"
#include "src/utf8.h"
#include "src/what.h"

enum {
	COLUMN_WIDTH = 66,
	LABEL_WIDTH = 10,
	NARROW = 36, /* narrower: the text begins behind its label */
	INDENT = 2,
	CELLS_MAX = 512,
	PLACES_KEPT = 32,
};

/* The places that were asked about, the last one shown. */
struct what_box {
	struct what_place place[PLACES_KEPT];
	unsigned nr;
};

static const struct what_place *shown(const struct what_box *b) { return &b->place[b->nr - 1]; }

/* ---- which place is meant ---- */

static bool place_of_cache(const struct machine *m, uint32_t index, struct what_place *p)
{
	const struct kmem_cache *c = index < m->nr_caches ? m->cache[index] : NULL;

	if (!c || !c->kobj)
		return false;
	*p = (struct what_place){.kind = PLACE_KERNEL, .va = c->kobj};
	return true;
}

/* The place of a choice; false: it has none. */
static bool place_of_choice(const struct machine *m, const struct choice *c, struct what_place *p)
{
	switch (c->kind) {
	case CHOOSE_FRAME:
	case CHOOSE_BLOCK:
		*p = (struct what_place){.kind = PLACE_PHYS, .phys = (paddr_t)c->pfn << PAGE_SHIFT};
		return c->pfn != PFN_NONE;
	case CHOOSE_ADDRESS:
	case CHOOSE_VMA:
		*p = (struct what_place){.kind = PLACE_USER, .pid = c->pid, .va = c->va};
		if (c->va >= user_end(m))
			p->kind = PLACE_KERNEL;
		return c->pid != 0 || p->kind == PLACE_KERNEL;
	case CHOOSE_OBJECT:
		*p = (struct what_place){.kind = PLACE_KERNEL, .va = c->va};
		return true;
	case CHOOSE_CACHE:
		return place_of_cache(m, c->cache, p);
	default:
		return false;
	}
}

/* The place of the cursor: what is chosen, else the address of the walk. False: there is no process. */
static bool place_of_cursor(const struct view *v, struct what_place *p)
{
	const struct task *t = view_task(v);

	if (place_of_choice(view_machine(v), &v->choice, p))
		return true;
	*p = (struct what_place){.kind = PLACE_USER, .pid = t ? t->pid : 0, .va = v->walk_va};
	return t != NULL;
}

/* ---- what a line leads to ---- */

/* A choice in 64 bits, for the sheet. */
static uint64_t link_of_choice(const struct choice *c)
{
	switch (c->kind) {
	case CHOOSE_ADDRESS:
		return (uint64_t)c->kind << 56 | (uint64_t)c->pid << 32 | c->va;
	case CHOOSE_TASK:
		return (uint64_t)c->kind << 56 | (uint64_t)c->pid << 32;
	case CHOOSE_BLOCK:
		return (uint64_t)c->kind << 56 | (uint64_t)c->order << 32 | c->pfn;
	case CHOOSE_OBJECT:
		return (uint64_t)c->kind << 56 | (uint64_t)c->cache << 32 | c->va;
	case CHOOSE_CACHE:
		return (uint64_t)c->kind << 56 | (uint64_t)c->cache << 32;
	default:
		return (uint64_t)c->kind << 56 | c->pfn;
	}
}

static struct choice choice_of_link(uint64_t link)
{
	uint32_t high = link >> 32 & 0xffffff, low = (uint32_t)link;
	struct choice c = {.kind = (enum choice_kind)(link >> 56), .pfn = PFN_NONE};

	switch (c.kind) {
	case CHOOSE_ADDRESS:
	case CHOOSE_TASK:
		c.pid = high;
		c.va = low;
		break;
	case CHOOSE_OBJECT:
	case CHOOSE_CACHE:
		c.cache = high;
		c.va = low;
		break;
	default:
		c.order = high;
		c.pfn = low;
		break;
	}
	return c;
}

/* A kernel address of the direct map: the object that it is in, or its frame. */
static bool choice_of_kva(const struct machine *m, vaddr_t va, struct choice *c)
{
	const struct slab *s = slab_of(m, va);
	int index = s ? slab_object_at(s, va) : -1;

	if (index >= 0) {
		c->kind = CHOOSE_OBJECT;
		c->cache = s->cache->index;
		c->va = slab_object(s, (uint32_t)index);
		return true;
	}
	c->kind = CHOOSE_FRAME;
	c->pfn = va < m->map.page_offset || va >= m->map.high_memory ? PFN_NONE : kva_to_pfn(m, va);
	return c->pfn < m->max_low_pfn;
}

/* An argument that names a process, with the address that goes with it if there is one. */
static bool choice_of_task(const struct machine *m, const struct fact *f, struct choice *c)
{
	uint64_t pid, va;

	if (!fact_arg(f, A_TASK, &pid) || !find_task(m, (uint32_t)pid))
		return false;
	c->pid = (uint32_t)pid;
	c->kind = CHOOSE_TASK;
	if (fact_arg(f, A_VMA, &va) || fact_arg(f, A_VA, &va)) {
		c->kind = CHOOSE_ADDRESS;
		c->va = (vaddr_t)va;
	}
	return true;
}

/* What the line of a fact leads to; false: nothing. */
static bool choice_of_fact(const struct machine *m, const struct fact *f, struct choice *c)
{
	uint64_t value, more;

	*c = (struct choice){.pfn = PFN_NONE};
	if (choice_of_task(m, f, c))
		return true;
	if (fact_arg(f, A_PFN, &value) || fact_arg(f, F_LEADS, &value)) {
		c->pfn = (pfn_t)value;
		c->kind = fact_arg(f, A_ORDER, &more) && more ? CHOOSE_BLOCK : CHOOSE_FRAME;
		c->order = c->kind == CHOOSE_BLOCK ? (unsigned)more : 0;
		return value < m->max_pfn;
	}
	if (fact_arg(f, A_KVA, &value) || fact_arg(f, F_KERNEL, &value))
		return choice_of_kva(m, (vaddr_t)value, c);
	c->kind = CHOOSE_CACHE;
	if (!fact_arg(f, A_CACHE, &value))
		return false;
	c->cache = (uint32_t)value;
	return true;
}

/* ---- a line in colours ---- */

/* A fact as cells, before it is broken into rows. */
struct paragraph {
	const struct machine *m;
	struct cell cell[CELLS_MAX];
	int nr;
};

static enum role role_of_pfn(const struct machine *m, uint64_t pfn)
{
	return pfn < m->max_pfn ? frame_role(m, (pfn_t)pfn) : ROLE_NUMBER;
}

static enum role role_of_task(uint64_t pid)
{
	static const enum role role[3] = {ROLE_PROCESS_1, ROLE_PROCESS_2, ROLE_PROCESS_3};

	return role[pid % 3];
}

static enum role role_of(const struct machine *m, unsigned kind, uint64_t value)
{
	switch (kind) {
	case A_PFN:
		return role_of_pfn(m, value);
	case A_TASK:
		return role_of_task(value);
	case A_CACHE:
		return ROLE_SLAB;
	case F_USE:
		return use_role((enum frame_use)value);
	case F_NAME:
	case A_ZONE:
		return ROLE_LABEL;
	case F_WORDS:
		return ROLE_DIM;
	default:
		return ROLE_NUMBER;
	}
}

static void put_cell(struct paragraph *p, uint32_t ch, enum role role, unsigned attr)
{
	if (p->nr < CELLS_MAX)
		p->cell[p->nr++] =
			(struct cell){.ch = ch, .role = (uint16_t)role, .attr = (uint16_t)attr};
}

/* A fact_put. */
static void put_piece(void *ctx, unsigned kind, uint64_t value, const char *text)
{
	struct paragraph *p = ctx;
	enum role role = role_of(p->m, kind, value);
	unsigned attr = kind == A_PFN || kind == A_TASK || kind == A_TAG ? ATTR_BOLD : 0;

	while (*text)
		put_cell(p, utf8_next(&text), role, attr);
}

/* Where the next row ends: cells from `from` that fit in width, broken at a blank or between wide characters. */
static int row_end(const struct paragraph *p, int from, int width)
{
	int columns = 0, end = from, blank = -1;

	for (; end < p->nr; end++) {
		int w = char_width(p->cell[end].ch);

		if (columns + w > width)
			break;
		if (p->cell[end].ch == ' ' || w == 2)
			blank = end;
		columns += w;
	}
	if (end == p->nr || p->cell[end].ch == ' ' || blank < 0)
		return end > from ? end : from + 1;
	return p->cell[blank].ch == ' ' ? blank : blank + 1;
}

static void put_cells(const struct area *row, int x, const struct paragraph *p, int from, int end)
{
	for (int i = from; i < end; i++) {
		put_char(row, x, 0, p->cell[i].ch, (enum role)p->cell[i].role, p->cell[i].attr);
		x += char_width(p->cell[i].ch);
	}
}

/* ---- the rows of a fact ---- */

/* What its row is known by at every moment: who maps a frame by the process and the page, else the n-th of its kind. */
static uint64_t key_of(const struct fact *f, unsigned nth)
{
	uint64_t key = (uint64_t)(f->id + 1) << 56;

	if (f->id == W_MAPPED)
		return key | (f->arg[0] & 0xffff) << 40 | (f->arg[1] >> PAGE_SHIFT) << 8;
	return key | (uint64_t)nth << 8;
}

/* One fact; its label only where it begins a subject. */
static void fill_fact(struct sheet *sheet, const struct machine *m, const struct fact *f,
		      unsigned nth, bool labelled)
{
	struct paragraph p = {.m = m};
	const char *label = labelled ? _(fact_info[f->id].label) : "";
	int width = sheet->grid.width - SHEET_MARGIN, from = 0, line = 0;
	bool narrow = width < NARROW;
	int x = !narrow ? LABEL_WIDTH : labelled ? text_width(label) + 1 : INDENT;
	struct choice c;

	fact_tell(m, f, put_piece, &p);
	while (from < p.nr) {
		struct area row = sheet_row(sheet, key_of(f, nth) + (uint64_t)line);
		int end = row_end(&p, from, width - x);

		if (line == 0)
			put_text(&row, 0, 0, ROLE_LABEL, ATTR_BOLD, label);
		if (line++ == 0 && choice_of_fact(m, f, &c))
			sheet_link(sheet, link_of_choice(&c));
		put_cells(&row, x, &p, from, end);
		from = end;
		while (from < p.nr && p.cell[from].ch == ' ')
			from++;
		x = narrow ? INDENT : LABEL_WIDTH;
	}
}

/* How many facts before this one have its id. */
static unsigned nth_of_kind(const struct what *w, uint32_t i)
{
	unsigned nth = 0;

	for (uint32_t k = 0; k < i; k++)
		nth += w->fact[k].id == w->fact[i].id;
	return nth;
}

static void what_fill(const struct view *v, const void *state, struct sheet *sheet)
{
	const struct what_box *b = state;
	const struct machine *m = view_machine(v);
	const char *label = "";
	struct what w = {.nr = 0};

	what_is(m, v->scenario, shown(b), &w);
	for (uint32_t i = 0; i < w.nr; i++) {
		const char *own = fact_info[w.fact[i].id].label;

		fill_fact(sheet, m, &w.fact[i], nth_of_kind(&w, i),
			  strcmp(own, label) != 0 || w.fact[i].id == W_MAPPED);
		label = own;
	}
}

static void what_title(const struct view *v, const void *state, char *left, char *right,
		       size_t size)
{
	static const char *const kind[] = {
		[PLACE_USER] = N_("user address"),
		[PLACE_KERNEL] = N_("kernel address"),
		[PLACE_PHYS] = N_("physical address"),
		[PLACE_LOGICAL] = N_("logical address"),
	};
	const struct what_place *p = shown(state);
	char place[TEXT_LEN];

	what_place_text(view_machine(v), p, place, sizeof(place));
	snprintf(left, size, _("What is %s?"), place);
	snprintf(right, size, "%s", _(kind[p->kind]));
}

/* ---- keys ---- */

/* Show another place; the one before is kept for Backspace. */
static void show_place(struct screen *s, struct what_box *b, const struct what_place *p)
{
	if (b->nr == PLACES_KEPT)
		memmove(b->place, b->place + 1, --b->nr * sizeof(*b->place));
	b->place[b->nr++] = *p;
	overlay_refill(s, 0);
}

static void show_before(struct screen *s, struct what_box *b)
{
	if (b->nr < 2)
		return;
	b->nr--;
	overlay_refill(s, 0);
}

/* What the cursor's row leads to, in the same box. */
static void show_row(struct screen *s, struct what_box *b, const struct sheet_row *row)
{
	struct choice c = choice_of_link(row->link);
	struct what_place p;

	if (place_of_choice(view_machine(&s->view), &c, &p))
		show_place(s, b, &p);
}

/* Choose it for all panels. */
static void choose_row(struct screen *s, const struct sheet_row *row)
{
	struct choice c = choice_of_link(row->link);

	view_choose(&s->view, &c);
}

static bool what_key(struct screen *s, void *state, const struct sheet_row *row, uint32_t key)
{
	switch (key) {
	case KEY_ENTER_:
		if (row)
			choose_row(s, row);
		return true;
	case 'w':
		if (row)
			show_row(s, state, row);
		return true;
	case KEY_BACKSPACE_:
	case 'b':
	case 'h':
		show_before(s, state);
		return true;
	case 'i':
		if (row)
			choose_row(s, row);
		return false; /* the inspector opens on what is chosen */
	default:
		return false;
	}
}

static const struct overlay_kind what_overlay = {
	.name = "what",
	.keys = N_("Enter chooses  w what is that?  i struct  b back"),
	.state_bytes = sizeof(struct what_box),
	.column_width = COLUMN_WIDTH,
	.title = what_title,
	.fill = what_fill,
	.key = what_key,
};

void what_show(struct screen *s, const struct what_place *p)
{
	struct what_box *b = overlay_open(s, &what_overlay);

	if (b)
		show_place(s, b, p);
}

void what_show_cursor(struct screen *s)
{
	struct what_place p;

	if (place_of_cursor(&s->view, &p))
		what_show(s, &p);
	else
		screen_say(s, ROLE_WARN, "%s",
			   _("nothing is chosen: \"what ADDR\" at the prompt asks"));
}
