/*
 * A structure's fields as rows.
 *
 *	map_count          5                                    int
 *	mmap               f7c3d2e0 → 08048000 r-xp program
 *	vm_flags           00100073  READ WRITE MAYREAD MAYWRITE
 *	                   MAYEXEC ACCOUNT
 *
 * A pointer is written as a debugger writes it, with what is there behind the arrow.  The C type stands at the end of a
 * row where there is room.
 */
#include "inspect.h"

#include <string.h>

#include "inspect_tree.h"
#include "parts.h"
#include "src/i18n.h"

static const char LIST[] = "mmap["; /* how the areas of a list are called */

enum { TREE_COLUMN = 13, NAME_COLUMN = 16, NAME_COLUMN_NARROW = 14, NARROW = 48, ARROW = 0x2192 };

struct rows {
	const struct view *v;
	struct sheet *sheet;
	int head;              /* rows there were before                      */
	const struct mm *tree; /* of the structure that is drawn as a tree; NULL */
	struct tree_search search;
};

static int value_column(const struct area *row)
{
	return row->width < NARROW ? NAME_COLUMN_NARROW : NAME_COLUMN;
}

/* ---- values; all return the column after them ---- */

static int put_aside(const struct area *row, int x, const char *text)
{
	return put_text(row, x + 2, 0, ROLE_DIM, 0, text);
}

static int put_amount(const struct area *row, int x, const struct field *f)
{
	char text[TEXT_LEN];
	uint64_t bytes = f->form == FORM_PAGES ? f->value << PAGE_SHIFT : f->value;

	x = put_format(row, x, 0, ROLE_NUMBER, 0, "%llu", (unsigned long long)f->value);
	if (f->form == FORM_PAGES && f->value)
		return put_aside(row, x, bytes_text(bytes, text));
	if (f->form == FORM_BYTES && f->value >= 1024)
		return put_aside(row, x, bytes_text(bytes, text));
	return x;
}

static int put_target(const struct view *v, const struct area *row, int x, const struct object *o)
{
	char text[OBJECT_TEXT];

	x = put_char_text(row, x, 0, ARROW, ROLE_BORDER_ACTIVE);
	return put_text(row, x + 1, 0, ROLE_NORMAL, 0, object_text(v, o, text));
}

static int put_address(const struct view *v, const struct area *row, int x, const struct field *f)
{
	if (f->form == FORM_POINTER && !f->target.kind)
		return put_text(row, x, 0, ROLE_DIM, 0, "NULL");
	if (f->value || f->form != FORM_POINTER)
		x = put_format(row, x, 0, ROLE_NUMBER, 0, "%08llx", (unsigned long long)f->value) +
		    1;
	return f->target.kind ? put_target(v, row, x, &f->target) : x;
}

static int put_frame(const struct view *v, const struct area *row, int x, const struct field *f)
{
	if (f->target.kind) /* its text begins with the number */
		return put_target(v, row, x, &f->target);
	return put_format(row, x, 0, ROLE_NUMBER, 0, "%05llx", (unsigned long long)f->value);
}

static int put_entry(const struct view *v, const struct area *row, int x, const struct field *f)
{
	x = put_format(row, x, 0, ROLE_NUMBER, 0, "%08llx", (unsigned long long)f->value);
	x = put_text(row, x + 2, 0, ROLE_NORMAL, 0, f->text) + 1;
	return f->target.kind ? put_target(v, row, x, &f->target) : x;
}

/* As many words as fit from column x on, one at least; returns where the others begin. */
static const char *put_words(const struct area *row, int x, const char *words)
{
	const char *end = words;

	do {
		end += strcspn(end + (*end == ' '), " ") + (*end == ' ');
	} while (*end && x + (int)(end + 1 + strcspn(end + 1, " ") - words) <= row->width);
	put_format(row, x, 0, ROLE_NORMAL, 0, "%.*s", (int)(end - words), words);
	return end + (*end == ' ');
}

/* Names of bits, in as many rows as they take. */
static void put_bits(struct sheet *sheet, struct area row, int x, const struct field *f)
{
	const char *rest;
	uint64_t key = f->key;

	x = put_format(&row, x, 0, ROLE_NUMBER, 0, "%08llx", (unsigned long long)f->value) + 2;
	for (rest = put_words(&row, x, f->text); *rest; rest = put_words(&row, x, rest)) {
		row = sheet_row(sheet, ++key);
		if (!row.height)
			break;
	}
}

static int put_value(const struct view *v, const struct area *row, int x, const struct field *f)
{
	switch (f->form) {
	case FORM_COUNT:
	case FORM_PAGES:
	case FORM_BYTES:
		return put_amount(row, x, f);
	case FORM_HEX:
		return put_format(row, x, 0, ROLE_NUMBER, 0, "0x%llx",
				  (unsigned long long)f->value);
	case FORM_ADDRESS:
	case FORM_POINTER:
		return put_address(v, row, x, f);
	case FORM_FRAME:
		return put_frame(v, row, x, f);
	case FORM_ENTRY:
		return put_entry(v, row, x, f);
	default:
		return put_text(row, x, 0, strcmp(f->text, "NULL") ? ROLE_NORMAL : ROLE_DIM, 0,
				f->text);
	}
}

/* ---- rows ---- */

/* The picture and the search, between the fields and the list. */
static void put_tree(const struct rows *r)
{
	struct area row;

	draw_tree(r->v, r->tree, &r->search, r->sheet);
	if (r->search.end == SEARCH_NONE)
		return;
	row = sheet_row(r->sheet, 0);
	put_text(&row, 0, 0, ROLE_LABEL, 0, "find_vma");
	draw_tree_search(&r->search, &row, value_column(&row));
}

static void put_field(void *ctx, const struct field *f)
{
	const struct rows *r = ctx;
	struct area row;
	int x, at;

	if (f->form == FORM_GROUP) {
		sheet_heading(r->sheet, _(f->name));
		if (r->tree && r->sheet->nr_rows <= r->head + 1)
			put_tree(r);
		return;
	}
	row = sheet_row(r->sheet, f->key);
	row.width -= row.width > 0; /* off the border */
	sheet_link(r->sheet, 0);
	x = put_text(&row, 0, 0, ROLE_LABEL, 0, f->name) + 1;
	at = value_column(&row);
	if (x > at)
		at = x;
	sheet_value_at(r->sheet, at);
	if (r->tree && f->target.kind == OBJ_VMA && strncmp(f->name, LIST, strlen(LIST)) == 0) {
		sheet_value_at(r->sheet, TREE_COLUMN);
		draw_tree_row(r->v, find_area(view_machine(r->v), &f->target), &r->search, &row,
			      TREE_COLUMN);
		return;
	}
	if (f->form == FORM_BITS) {
		put_bits(r->sheet, row, at, f);
		return;
	}
	x = put_value(r->v, &row, at, f);
	if (x + 2 + text_width(f->type) <= row.width)
		put_right(&row, row.width, 0, ROLE_DIM, 0, f->type);
}

void inspect_rows(const struct view *v, const struct object *o, struct sheet *sheet)
{
	struct rows r = {.v = v, .sheet = sheet, .head = sheet->nr_rows};

	if (o->kind == OBJ_TREE) {
		r.tree = find_mm(view_machine(v), o);
		find_tree_search(v, r.tree, &r.search);
	}
	object_fields(view_machine(v), o, put_field, &r);
}

/* ---- one field ---- */

struct looking {
	uint64_t key;
	struct field *found;
	bool is_found;
};

static void look(void *ctx, const struct field *f)
{
	struct looking *l = ctx;

	if (!l->is_found && f->key == l->key)
		*l->found = *f, l->is_found = true;
}

bool inspect_field(const struct machine *m, const struct object *o, uint64_t key, struct field *f)
{
	struct looking l = {.key = key, .found = f};

	object_fields(m, o, look, &l);
	return l.is_found;
}
