/*
 * What is this?  From words to a place.
 *
 *	what kid buf+4K         what kid stack-8        an address of a process
 *	what buf                what b7ffe000           of the process that is shown
 *	what 0xc1000000         what box                of the kernel; box: a name of kmalloc, cache_alloc, alloc_pages
 *	what ds:buf             what sh 0x60:0xc0000000 logical: through a segment
 *	what phys 0x38a50000    what pfn 38a50          physical
 *
 * Unlike an event, the words are read for this moment alone: a name means what it means now.
 */
#include <stdio.h>
#include <string.h>

#include "i18n.h"
#include "number.h"
#include "run.h"
#include "scenario_data.h"
#include "what.h"

enum { KNOWN_MAX = 256, HEX_DIGITS = 8, NAME_MAX_BYTES = 256 };

/* A word of the text. */
struct piece {
	const char *text;
	size_t len;
};

/* What is being read, for whom. */
struct reading {
	const struct machine *m;
	const struct scenario *s;
	const char *text;
	struct what_fault *f;
};

static bool wrong(const struct reading *r, const struct piece *w, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static bool wrong(const struct reading *r, const struct piece *w, const char *format, ...)
{
	va_list values;

	r->f->at = (size_t)(w->text - r->text);
	r->f->len = w->len;
	va_start(values, format);
	vsnprintf(r->f->message, sizeof(r->f->message), format, values);
	va_end(values);
	return false;
}

static struct piece next_piece(const char **p)
{
	struct piece w;

	*p += strspn(*p, " ");
	w.text = *p;
	w.len = strcspn(*p, " ");
	*p += w.len;
	return w;
}

static bool is(const struct piece *w, const char *word)
{
	return strlen(word) == w->len && memcmp(w->text, word, w->len) == 0;
}

/* ---- numbers ---- */

static int digit_of(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* Hexadecimal digits alone, 0x in front or not. */
static bool hex_read(const struct piece *w, uint64_t *value)
{
	size_t from = w->len > 2 && w->text[0] == '0' && (w->text[1] | 0x20) == 'x' ? 2 : 0;

	*value = 0;
	for (size_t i = from; i < w->len; i++) {
		int digit = digit_of(w->text[i]);

		if (digit < 0 || i - from >= 16)
			return false;
		*value = *value * 16 + (uint64_t)digit;
	}
	return w->len > from;
}

/* ---- names ---- */

static uint32_t symbol_of(const struct reading *r, const char *text, size_t len)
{
	return symbol_find(&r->s->symbols, text, (uint32_t)len);
}

static const struct task *task_of(const struct reading *r, const struct piece *w)
{
	uint32_t symbol = symbol_of(r, w->text, w->len);

	return symbol ? find_task_by_symbol(r->m, symbol) : NULL;
}

/* Names that are known now, for the nearest of them. */
struct known {
	const char *word[KNOWN_MAX + 1];
	unsigned nr;
};

static void know(struct known *k, const char *word)
{
	if (k->nr < KNOWN_MAX)
		k->word[k->nr++] = word;
	k->word[k->nr] = NULL;
}

static void know_regions(struct known *k, const struct reading *r, const struct region_table *names)
{
	for (uint32_t i = 0; i < names->cap; i++)
		if (names->slot[i].name)
			know(k, symbol_name(r->s, names->slot[i].name));
}

static void know_tasks(struct known *k, const struct reading *r)
{
	for (const struct task *t = r->m->tasks; t; t = t->next)
		know(k, t->comm);
}

static bool wrong_name(const struct reading *r, const struct piece *w, const struct known *k,
		       const char *what)
{
	const char *near = nearest_word(w->text, w->len, k->word);

	if (near)
		return wrong(r, w, _("unknown %s \"%.*s\"; did you mean \"%s\"?"), what,
			     (int)w->len, w->text, near);
	return wrong(r, w, _("unknown %s \"%.*s\""), what, (int)w->len, w->text);
}

/* ---- ADDR ---- */

/* Where NAME+SIZE or NAME-SIZE is cut; the whole length if it is a name alone. */
static size_t find_cut(const struct piece *w)
{
	for (size_t i = w->len; i-- > 1;)
		if ((w->text[i] == '+' || w->text[i] == '-') && i + 1 < w->len &&
		    digit_of(w->text[i + 1]) >= 0 && digit_of(w->text[i + 1]) < 10)
			return i;
	return w->len;
}

/* A symbol of t's program, which lies elsewhere than its file says when it is position-independent. */
static bool read_symbol(const struct task *t, const char *name, size_t len, vaddr_t *va)
{
	const struct program *p = t->mm->program;
	char text[NAME_MAX_BYTES];
	uint64_t bytes;

	if (!p || len >= sizeof(text))
		return false;
	memcpy(text, name, len);
	text[len] = '\0';
	if (!program_symbol(p, text, va, &bytes))
		return false;
	*va += t->mm->entry - p->entry;
	return true;
}

/* Where a name of t begins; false: it means nothing there. */
static bool read_base(const struct reading *r, const struct task *t, const char *name, size_t len,
		      vaddr_t *va)
{
	uint32_t symbol = symbol_of(r, name, len);
	struct addr a = {.base = ADDR_REGION, .symbol = symbol};
	uint64_t rest;

	if (symbol >= SYM_CODE && symbol < SYM_AFTER)
		a.base = (uint8_t)(ADDR_CODE + (symbol - SYM_CODE));
	if (symbol && addr_resolve(r->m, r->s, t->symbol, &a, va, &rest))
		return true;
	return read_symbol(t, name, len, va);
}

/* A name with an offset, of process t. */
static bool read_name(const struct reading *r, const struct task *t, const struct piece *w,
		      struct what_place *p)
{
	size_t cut = find_cut(w);
	uint64_t offset = 0;
	vaddr_t va;

	if (read_base(r, t, w->text, w->len, &va))
		cut = w->len;
	else if (cut == w->len || !read_base(r, t, w->text, cut, &va))
		return false;
	if (cut < w->len && size_read(w->text + cut + 1, w->len - cut - 1, &offset) != NUMBER_OK)
		return false;
	if (cut < w->len && w->text[cut] == '-')
		offset = -offset;
	*p = (struct what_place){.kind = PLACE_USER, .pid = t->pid, .va = va + (vaddr_t)offset};
	return true;
}

/* A name of kernel memory, or of a place that every kernel has: VMALLOC_START, fix_apic. */
static bool read_kernel_name(const struct reading *r, const struct piece *w, struct what_place *p)
{
	uint32_t symbol = symbol_of(r, w->text, w->len), place;
	const struct region *g = symbol ? region_find(&r->m->names, symbol) : NULL;

	if (!g && kernel_place_find(r->m->profile, w->text, (uint32_t)w->len, &place)) {
		*p = (struct what_place){.kind = PLACE_KERNEL,
					 .va = kernel_place_address(r->m, place)};
		return true;
	}
	if (!g)
		return false;
	if (g->kind == REGION_PAGES)
		*p = (struct what_place){.kind = PLACE_PHYS, .phys = g->start};
	else
		*p = (struct what_place){.kind = PLACE_KERNEL, .va = g->start};
	return true;
}

/* A number: as the language has it, or eight hexadecimal digits. */
static bool read_address(const struct piece *w, bool wide, uint64_t *va)
{
	if ((w->len == HEX_DIGITS || (wide && w->len > HEX_DIGITS)) && hex_read(w, va) &&
	    w->text[1] != 'x')
		return true;
	return size_read(w->text, w->len, va) == NUMBER_OK;
}

static bool too_large(const struct reading *r, const struct piece *w)
{
	return wrong(r, w, _("\"%.*s\" is no address: they end at 0x%llx"), (int)w->len, w->text,
		     (unsigned long long)in_word(r->m, UINT64_MAX));
}

/* ADDR of t; w is not empty. */
static bool read_addr_of(const struct reading *r, const struct task *t, const struct piece *w,
			 struct what_place *p)
{
	struct known k = {.nr = 0};
	uint64_t va;

	if (t && read_name(r, t, w, p))
		return true;
	if (read_address(w, r->m->profile->word_bits == 64, &va)) {
		if (va > in_word(r->m, UINT64_MAX))
			return too_large(r, w);
		*p = (struct what_place){.kind = PLACE_KERNEL, .va = (vaddr_t)va};
		if (va >= r->m->map.kernel_base)
			return true;
		if (!t)
			return wrong(r, w, "%s",
				     _("a user address needs a process: none lives now"));
		p->kind = PLACE_USER;
		p->pid = t->pid;
		return true;
	}
	if (size_read(w->text, w->len, &va) == NUMBER_TOO_LARGE)
		return too_large(r, w);
	for (uint32_t symbol = SYM_CODE; t && symbol < SYM_AFTER; symbol++)
		know(&k, symbol_name(r->s, symbol));
	if (t)
		know_regions(&k, r, &t->mm->regions);
	return wrong_name(r, w, &k, _("address"));
}

/* ---- logical addresses ---- */

/* A segment register of t, or a selector. */
static bool read_segment(const struct reading *r, const struct task *t, const struct piece *w,
			 uint16_t *selector)
{
	struct known k = {.nr = 0};
	uint64_t value;

	for (unsigned reg = 0; reg < NR_SEGMENT_REGISTERS; reg++) {
		if (is(w, segment_words[reg])) {
			*selector = segment_selector(r->m, t, (enum segment_register)reg, true);
			return true;
		}
		know(&k, segment_words[reg]);
	}
	if (hex_read(w, &value) && value <= UINT16_MAX) {
		*selector = (uint16_t)value;
		return true;
	}
	return wrong_name(r, w, &k, _("segment register"));
}

/* SEGMENT:ADDR of t. */
static bool read_logical(const struct reading *r, const struct task *t, const struct piece *w,
			 struct what_place *p)
{
	const char *colon = memchr(w->text, ':', w->len);
	struct piece segment = {w->text, (size_t)(colon - w->text)};
	struct piece addr = {colon + 1, w->len - segment.len - 1};
	uint16_t selector;

	if (!t)
		return wrong(r, w, "%s", _("a logical address needs a process: none lives now"));
	if (!read_segment(r, t, &segment, &selector))
		return false;
	if (!addr.len)
		return wrong(r, &addr, "%s", _("an offset is missing behind the colon"));
	if (!read_addr_of(r, t, &addr, p))
		return false;
	*p = (struct what_place){
		.kind = PLACE_LOGICAL, .pid = t->pid, .va = p->va, .selector = selector};
	return true;
}

static bool is_logical(const struct piece *w) { return memchr(w->text, ':', w->len) != NULL; }

/* ---- the words ---- */

static bool read_phys(const struct reading *r, const struct piece *w, bool is_pfn,
		      struct what_place *p)
{
	uint64_t value, most = is_pfn ? 0xffffff : 0xfffffffff;

	if (!w->len)
		return wrong(r, w, "%s",
			     is_pfn ? _("a frame's number in hexadecimal, such as 38a50")
				    : _("a physical address in hexadecimal, such as 0x38a50000"));
	if (!hex_read(w, &value))
		return wrong(r, w, _("\"%.*s\" is not a hexadecimal number"), (int)w->len, w->text);
	if (value > most)
		return wrong(r, w, _("\"%.*s\" is too large: physical addresses have 36 bits"),
			     (int)w->len, w->text);
	*p = (struct what_place){.kind = PLACE_PHYS, .phys = is_pfn ? value << PAGE_SHIFT : value};
	return true;
}

/* One word: of the current process, or of the kernel. */
static bool read_one(const struct reading *r, const struct task *t, const struct piece *w,
		     struct what_place *p)
{
	struct known k = {.nr = 0};
	uint64_t va;

	if (is_logical(w))
		return read_logical(r, t, w, p);
	if ((t && read_name(r, t, w, p)) || read_kernel_name(r, w, p))
		return true;
	if (read_address(w, r->m->profile->word_bits == 64, &va))
		return read_addr_of(r, t, w, p);
	know(&k, "phys");
	know(&k, "pfn");
	know_tasks(&k, r);
	if (t)
		know_regions(&k, r, &t->mm->regions);
	know_regions(&k, r, &r->m->names);
	if (size_read(w->text, w->len, &va) == NUMBER_TOO_LARGE)
		return too_large(r, w);
	for (uint32_t symbol = SYM_CODE; t && symbol < SYM_AFTER; symbol++)
		know(&k, symbol_name(r->s, symbol));
	if (task_of(r, w))
		return wrong(r, &(struct piece){w->text + w->len, 0},
			     _("an address of %.*s: a number, or a name such as stack"),
			     (int)w->len, w->text);
	return wrong_name(r, w, &k, _("address"));
}

/* PROC ADDR */
static bool read_two(const struct reading *r, const struct piece *proc, const struct piece *addr,
		     struct what_place *p)
{
	const struct task *t = task_of(r, proc);
	struct known k = {.nr = 0};

	if (t && is_logical(addr))
		return read_logical(r, t, addr, p);
	if (t)
		return read_addr_of(r, t, addr, p);
	know_tasks(&k, r);
	know(&k, "phys");
	know(&k, "pfn");
	return wrong_name(r, proc, &k, _("process"));
}

bool what_parse(const struct machine *m, const struct scenario *s, const struct task *t,
		const char *text, struct what_place *p, struct what_fault *f)
{
	const struct reading r = {m, s, text, f};
	const char *at = text;
	struct piece first = next_piece(&at), second = next_piece(&at), third = next_piece(&at);

	*p = (struct what_place){.kind = PLACE_USER};
	*f = (struct what_fault){.at = 0};
	if (!first.len)
		return wrong(&r, &first, "%s",
			     _("an address: ADDR, PROC ADDR, phys ADDR or pfn N"));
	if (third.len)
		return wrong(&r, &third,
			     _("unexpected \"%.*s\": ADDR, PROC ADDR, phys ADDR or pfn N"),
			     (int)third.len, third.text);
	if (is(&first, "phys") || is(&first, "pfn"))
		return read_phys(&r, &second, is(&first, "pfn"), p);
	return second.len ? read_two(&r, &first, &second, p) : read_one(&r, t, &first, p);
}
