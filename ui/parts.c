/*
 * Parts that several panels are made of.
 *
 * A change is told by its shape: a filled diamond for what the last step did, a hollow one for what an earlier step
 * of the same event did.  Colour only says it once more.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

#include "src/i18n.h"
#include "src/listing.h"

enum { NAMES_MOST = 512 /* of a process: more are not looked through */ };

uint32_t touch_glyph(enum touch t)
{
	return t == TOUCH_STEP ? GLYPH_STEP : t == TOUCH_EVENT ? GLYPH_EVENT : ' ';
}

void put_mark(const struct area *a, int x, int y, enum touch t)
{
	if (t != TOUCH_NONE)
		put_char(a, x, y, touch_glyph(t),
			 t == TOUCH_STEP ? ROLE_CHANGED : ROLE_CHANGED_EVENT, ATTR_BOLD);
}

int put_fitting(const struct area *a, int x, int y, enum role role, const char *form,
		const char *brief)
{
	return put_text(a, x, y, role, 0, x + text_width(form) <= a->width ? form : brief);
}

int put_char_text(const struct area *a, int x, int y, uint32_t ch, enum role role)
{
	put_char(a, x, y, ch, role, 0);
	return x + 1;
}

/* ---- lists ---- */

int scroll_clamp(int top, int height, int total)
{
	if (top > total - height)
		top = total - height;
	return top > 0 ? top : 0;
}

int scroll_to(int top, int line, int height, int total)
{
	if (line < top)
		top = line;
	if (line >= top + height)
		top = line - height + 1;
	return scroll_clamp(top, height, total);
}

int scroll_half(int line, int height)
{
	int half = height > 1 ? height / 2 : 1;

	return line < height ? 0 : ((line - height) / half + 1) * half;
}

void draw_thumb(const struct area *a, int top, int height, int total)
{
	struct area edge = {a->grid, a->x + a->width, a->y, 1, a->height};
	int length, at;

	if (total <= height || height < 2 || edge.x >= a->grid->width)
		return;
	length = (int)((int64_t)height * height / total);
	if (length < 1)
		length = 1;
	at = (int)((int64_t)top * (height - length) / (total - height));
	for (int i = 0; i < length; i++)
		put_char(&edge, 0, at + i, 0x2588, ROLE_LABEL, 0);
}

/* ---- the story ---- */

bool step_arg_nth(const struct step *s, enum arg_kind kind, unsigned n, uint64_t *value)
{
	const struct step_info *info = &step_info[s->id];

	for (int i = 0; i < STEP_ARGS; i++) {
		if (info->arg[i] == kind && n-- == 0) {
			*value = s->arg[i];
			return true;
		}
	}
	return false;
}

bool step_arg(const struct step *s, enum arg_kind kind, uint64_t *value)
{
	return step_arg_nth(s, kind, 0, value);
}

/* The node told after n, in the tree under root; NULL at the end. */
static const struct story_node *told_after(const struct story_node *n,
					   const struct story_node *root)
{
	if (n->child)
		return n->child;
	while (n != root && !n->next)
		n = n->parent;
	return n == root ? NULL : n->next;
}

const struct story_node *story_find_last(const struct story *s, node_question *ask, const void *ctx)
{
	const struct story_node *root = story_root(s), *found = NULL;

	for (const struct story_node *n = told_after(root, root); n; n = told_after(n, root))
		if (ask(n, ctx))
			found = n;
	return found;
}

const struct story_node *story_find_first(const struct story *s, node_question *ask,
					  const void *ctx)
{
	const struct story_node *root = story_root(s);

	for (const struct story_node *n = told_after(root, root); n; n = told_after(n, root))
		if (ask(n, ctx))
			return n;
	return NULL;
}

void story_visit(const struct story *s, void (*see)(void *ctx, const struct story_node *n),
		 void *ctx)
{
	const struct story_node *root = story_root(s);

	for (const struct story_node *n = told_after(root, root); n; n = told_after(n, root))
		see(ctx, n);
}

uint32_t node_pid(const struct story_node *n)
{
	uint64_t pid;

	for (; n && n->parent; n = n->parent)
		if (step_arg(&n->step, A_TASK, &pid))
			return (uint32_t)pid;
	return 0;
}

/* ---- writing ---- */

int digits(uint32_t n)
{
	int d = 1;

	while (n >= 10) {
		n /= 10;
		d++;
	}
	return d;
}

const char *bytes_text(uint64_t bytes, char buf[TEXT_LEN])
{
	static const char unit[] = " KMGTPE";
	uint64_t whole = bytes, tenth = 0;
	int u = 0;

	while (whole >= 1024 && unit[u + 1]) {
		tenth = whole % 1024 * 10 / 1024;
		whole /= 1024;
		u++;
	}
	if (u == 0)
		snprintf(buf, TEXT_LEN, "%u", (unsigned)whole);
	else if (tenth && whole < 100)
		snprintf(buf, TEXT_LEN, "%u.%u%c", (unsigned)whole, (unsigned)tenth, unit[u]);
	else
		snprintf(buf, TEXT_LEN, "%u%c", (unsigned)whole, unit[u]);
	return buf;
}

const char *addresses_text(const struct machine *m, char buf[TEXT_LEN])
{
	if (m->profile->word_bits < 64)
		return bytes_text((uint64_t)1 << m->profile->word_bits, buf);
	snprintf(buf, TEXT_LEN, "2^%u", m->profile->word_bits);
	return buf;
}

const char *tag_text(const char tag[TAG_LEN], char buf[TEXT_LEN])
{
	if (!tag[0])
		snprintf(buf, TEXT_LEN, "%s", _("zero"));
	else
		snprintf(buf, TEXT_LEN, "\"%.*s\"", TAG_LEN, tag);
	return buf;
}

const char *pte_bits_text(pte_t e, char buf[TEXT_LEN])
{
	snprintf(buf, TEXT_LEN, "%s %s %s %s %s", e & PTE_P ? "P" : "-", e & PTE_RW ? "RW" : "RO",
		 e & PTE_US ? "US" : "KE", e & PTE_A ? "A" : "-", e & PTE_D ? "D" : "-");
	return buf;
}

const char *vma_rights(const struct vma *v, char buf[TEXT_LEN])
{
	snprintf(buf, TEXT_LEN, "%c%c%c%c", v->flags & VM_READ ? 'r' : '-',
		 v->flags & VM_WRITE ? 'w' : '-', v->flags & VM_EXEC ? 'x' : '-',
		 v->flags & VM_MAYSHARE ? 's' : 'p');
	return buf;
}

const char *area_name(const struct view *v, const struct vma *area, char buf[TEXT_LEN])
{
	const struct region_table *names = &area->mm->regions;
	size_t len = 0;

	if (strcmp(vma_name(area), "-") != 0 || names->cap > NAMES_MOST)
		return vma_name(area);
	for (uint32_t i = 0; i < names->cap && len < TEXT_LEN; i++) {
		const struct region *r = &names->slot[i];

		if (r->name && r->start >= area->start && r->start < area->end)
			len += (size_t)snprintf(buf + len, TEXT_LEN - len, "%s%s", len ? " " : "",
						symbol_name(v->scenario, r->name));
	}
	return len ? buf : "-";
}

const struct vma *area_at(const struct mm *mm, vaddr_t va)
{
	const struct vma *above = mm_area_at(mm, va);

	return above && above->start <= va ? above : NULL;
}

pte_t user_entry(const struct machine *m, const struct mm *mm, vaddr_t va)
{
	const pte_t *e = pte_offset(m, mm, va);

	return e ? *e : 0;
}

const struct page *entry_page(const struct machine *m, pte_t e)
{
	if (!pte_present(e) || pte_pfn(e) >= m->max_pfn)
		return NULL;
	return &m->mem_map[pte_pfn(e)];
}
