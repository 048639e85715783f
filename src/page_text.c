/*
 * How up to 64 pages read in the state listing.
 *
 *	page    0   1   2   3   4   5   6   7
 *	        .   .   .  aH1 aH2  .   z   z
 *	lead |------|      aH1 aH2  .  |------| tail
 *	      .*3             text        z*2
 *
 * Equal neighbours are folded also over the ends of a piece: if the piece before ended with 60 empty pages and
 * this one begins with three, `.*63` is printed.  So the streak that a piece begins with and the one that it
 * ends with are numbers, and text is only what stands between.
 */
#include "page_text.h"

#include "sim/pgtable.h"

static char page_kind(const struct machine *m, pte_t entry)
{
	if (!pte_present(entry))
		return '.';
	if (pte_pfn(entry) == m->zero_page)
		return 'z';
	return pfn_page(m, pte_pfn(entry))->use == FRAME_ANON ? 'a' : 'f';
}

static char zone_letter(const struct machine *m, pfn_t pfn)
{
	static const char letters[] = "DTNHMV";
	const struct zone *z = page_zone_const(m, pfn);

	return z ? letters[z->type] : '?';
}

/* " ." or " .*5" */
static char *streak_text(char *at, const struct streak *s)
{
	*at++ = ' ';
	*at++ = s->kind;
	if (s->pages == 1)
		return at;
	*at++ = '*';
	return decimal(at, s->pages);
}

/* A streak is over: the first thing of a piece is kept as a number. */
static char *end_streak(struct piece *p, char *at, struct streak *s, bool first)
{
	if (s->pages == 0)
		return at;
	if (first)
		p->lead = *s;
	else
		at = streak_text(at, s);
	s->pages = 0;
	return at;
}

void page_text_write(struct piece *p, uint64_t pages, struct frame_numbers *n)
{
	struct streak s = {.pages = 0};
	char *at = p->text;

	p->lead = p->tail = s;
	for (uint64_t i = 0; i < pages; i++) {
		pte_t e = p->entry[i];
		char kind = page_kind(n->m, e);

		if (s.pages && kind == s.kind) {
			s.pages++;
			continue;
		}
		at = end_streak(p, at, &s, i == s.pages);
		s = (struct streak){kind, kind == '.' || kind == 'z'};
		if (s.pages)
			continue;
		*at++ = ' ';
		*at++ = kind;
		*at++ = zone_letter(n->m, pte_pfn(e));
		at = decimal(at, frame_number(n, pte_pfn(e)));
	}
	if (s.pages == pages)
		p->lead = s;
	else
		p->tail = s;
	p->len = (uint32_t)(at - p->text);
}

void put_streak(struct buffer *b, const struct streak *s)
{
	if (s->pages)
		b->len = (size_t)(streak_text(buffer_room(b, STREAK_LETTERS), s) - b->text);
}

void join_streak(struct buffer *b, struct streak *open, const struct streak *s)
{
	if (s->pages == 0)
		return;
	if (open->pages && open->kind != s->kind) {
		put_streak(b, open);
		open->pages = 0;
	}
	open->kind = s->kind;
	open->pages += s->pages;
}

void put_piece(struct buffer *b, struct streak *open, const struct piece *p, uint64_t pages)
{
	join_streak(b, open, &p->lead);
	if (p->lead.pages == pages)
		return;
	put_streak(b, open);
	put_bytes(b, p->text, p->len);
	*open = p->tail;
}
