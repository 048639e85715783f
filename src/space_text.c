/*
 * The text of an address space in the state listing, kept from event to event.
 *
 * An event changes a page or two, and a listing of a hundred thousand events shows all pages after each of
 * them.  So what was written is kept at three levels, and written again only where it is not true any more:
 *
 *	process   mm->nr_changes has not moved: all its lines are as they were
 *	line      the same area, and no stretch of it has changed
 *	stretch   up to 64 pages: their entries are compared with those of last time
 *
 *	 08048000-08049000 r-xp 00000000 subject | fH1
 *	 b7f00000-b8000000 rw-p 00000000 - | aH3 aH4 .*60 | z*64 | .*60 aH5 .*3 | .*64
 *	                                     stretch        same   changed        empty
 */
#include "space_text.h"

#include "listing.h"
#include "page_text.h"
#include "sim/pgtable.h"
#include "vector.h"

struct stretch {
	vaddr_t start;
	uint64_t pages; /* where nothing is mapped perhaps very many */
	bool changed;
	struct piece *piece; /* NULL: nothing is mapped */
};

/* An area, what is printed of it, and where that stands. */
struct line {
	vaddr_t start, end;
	uint32_t flags;
	uint64_t pgoff;
	const struct file *file;
	const char *name;
	uint32_t first, count; /* its stretches */
	bool changed;
	size_t at, len; /* in the text; of an unchanged line in the text of before */
};

/* All lines as they are, or as they were. */
struct lines {
	struct line *line;
	struct stretch *stretch;
	uint32_t nr_lines, cap_lines, nr_stretches, cap_stretches;
	struct buffer text;
};

struct space_text {
	uint32_t pid;
	const struct mm *mm; /* when it was looked at last */
	uint64_t nr_changes;
	bool written; /* the text is that of the lines */
	struct lines now, before;
};

/* A look that is under way: where it has got to in the lines of before. */
struct look {
	struct space_text *s;
	const struct mm *mm;
	struct frame_numbers *n;
	bool anew;
	uint32_t old_line, old_stretch;
};

struct space_text *space_text_new(uint32_t pid)
{
	struct space_text *s = panic_if_null(calloc(1, sizeof(*s)));

	s->pid = pid;
	return s;
}

uint32_t space_text_pid(const struct space_text *s) { return s->pid; }

static void free_lines(struct lines *l)
{
	free(l->line);
	free(l->stretch);
	free(l->text.text);
}

void space_text_free(struct space_text *s)
{
	for (uint32_t i = 0; i < s->now.nr_stretches; i++)
		free(s->now.stretch[i].piece);
	free_lines(&s->now);
	free_lines(&s->before);
	free(s);
}

/* ---- looking ---- */

static bool is_frame(const struct machine *m, pte_t e)
{
	return pte_present(e) && pte_pfn(e) != m->zero_page;
}

/* The frames of old entries that the new ones (NULL: none) do not map lose one mapping. */
static void compare_frames(struct frame_numbers *n, const pte_t *old, const pte_t *new,
			   uint64_t pages)
{
	for (uint64_t i = 0; i < pages; i++)
		if (is_frame(n->m, old[i]) &&
		    (!new || !pte_present(new[i]) || pte_pfn(new[i]) != pte_pfn(old[i])))
			frame_unmapped(n, pte_pfn(old[i]));
}

static void drop_piece(struct look *k, struct stretch *s)
{
	if (s->piece)
		compare_frames(k->n, s->piece->entry, NULL, s->pages);
	free(s->piece);
	s->piece = NULL;
}

/* What the stretch was; NULL: it is a new one.  Stretches of before that lie below it are gone. */
static struct stretch *find_before(struct look *k, const struct stretch *s)
{
	struct lines *before = &k->s->before;

	while (k->old_stretch < before->nr_stretches &&
	       before->stretch[k->old_stretch].start < s->start)
		drop_piece(k, &before->stretch[k->old_stretch++]);
	if (k->old_stretch == before->nr_stretches ||
	    before->stretch[k->old_stretch].start != s->start)
		return NULL;
	if (before->stretch[k->old_stretch].pages == s->pages)
		return &before->stretch[k->old_stretch++];
	drop_piece(k, &before->stretch[k->old_stretch++]);
	return NULL;
}

static bool is_empty(const pte_t *entry, uint64_t pages)
{
	uint64_t any = 0;

	for (uint64_t i = 0; i < pages; i++)
		any |= entry[i];
	return any == 0;
}

/* The piece of before, if there was one, becomes the new stretch's. */
static void take_piece(struct look *k, struct stretch *s, const pte_t *entry)
{
	struct stretch *old = find_before(k, s);
	size_t bytes = s->pages * sizeof(*entry);

	if (!entry || is_empty(entry, s->pages)) {
		s->changed = k->anew || !old || old->piece;
		if (old)
			drop_piece(k, old);
		return;
	}
	if (old) {
		s->piece = old->piece;
		old->piece = NULL;
	}
	if (s->piece && !k->anew && memcmp(s->piece->entry, entry, bytes) == 0)
		return;
	s->changed = true;
	if (s->piece)
		compare_frames(k->n, s->piece->entry, entry, s->pages);
	else
		s->piece = panic_if_null(malloc(sizeof(*s->piece)));
	memcpy(s->piece->entry, entry, bytes);
}

/* The end of what is looked at together from va on. */
static uint64_t stretch_end(const struct look *k, uint64_t va, uint64_t end, bool has_table)
{
	const uint64_t bytes = (uint64_t)PIECE_PAGES * PAGE_SIZE;
	uint64_t next = va - va % bytes + bytes;

	if (has_table)
		return next < end ? next : end;
	next = pt_next(k->n->m, k->mm, va, end);
	while (next < end && !pte_offset(k->n->m, k->mm, (vaddr_t)next))
		next = pt_next(k->n->m, k->mm, next, end);
	return next;
}

static void look_at_stretch(struct look *k, uint64_t va, uint64_t *next, uint64_t end)
{
	struct lines *now = &k->s->now;
	const pte_t *entry = pte_offset(k->n->m, k->mm, (vaddr_t)va);
	struct stretch *s;

	*next = stretch_end(k, va, end, entry != NULL);
	if (!HAS_ROOM(now->stretch, now->nr_stretches, now->cap_stretches))
		panic_no_memory();
	s = &now->stretch[now->nr_stretches++];
	*s = (struct stretch){.start = (vaddr_t)va, .pages = (*next - va) >> PAGE_SHIFT};
	take_piece(k, s, entry);
}

static bool is_same_line(const struct line *a, const struct line *b)
{
	return a->start == b->start && a->end == b->end && a->flags == b->flags &&
	       a->pgoff == b->pgoff && a->file == b->file && a->name == b->name;
}

/* The line of before, if the area is the same. */
static const struct line *find_line_before(struct look *k, const struct line *l)
{
	const struct lines *before = &k->s->before;

	while (k->old_line < before->nr_lines && before->line[k->old_line].start < l->start)
		k->old_line++;
	if (k->old_line == before->nr_lines || !is_same_line(&before->line[k->old_line], l))
		return NULL;
	return &before->line[k->old_line];
}

static void look_at_area(struct look *k, const struct vma *v)
{
	struct lines *now = &k->s->now;
	const struct line *old;
	struct line *l;

	if (!HAS_ROOM(now->line, now->nr_lines, now->cap_lines))
		panic_no_memory();
	l = &now->line[now->nr_lines++];
	*l = (struct line){
		.start = v->start,
		.end = v->end,
		.flags = v->flags & (VM_ACCESS | VM_SHARED),
		.pgoff = v->file ? v->pgoff : 0,
		.file = v->file,
		.name = vma_name(v),
		.first = now->nr_stretches,
	};
	for (uint64_t va = v->start, next; va < v->end; va = next)
		look_at_stretch(k, va, &next, v->end);
	l->count = now->nr_stretches - l->first;
	old = find_line_before(k, l);
	if (old) {
		l->at = old->at;
		l->len = old->len;
	}
	l->changed = !old;
	for (uint32_t i = 0; i < l->count; i++)
		l->changed |= now->stretch[l->first + i].changed;
}

/* What is now becomes what was before, and nothing is now. */
static void turn_over(struct space_text *s)
{
	struct lines old = s->before;

	s->before = s->now;
	s->now = old;
	s->now.nr_lines = s->now.nr_stretches = 0;
	s->now.text.len = 0;
}

void space_text_look(struct space_text *s, const struct task *t, struct frame_numbers *n, bool anew)
{
	struct look k = {.s = s, .mm = t ? t->mm : NULL, .n = n, .anew = anew};
	const struct vma *v;

	if (t && !anew && s->mm == t->mm && s->nr_changes == t->mm->nr_changes)
		return;
	turn_over(s);
	if (t)
		for_each_vma(t->mm, v)
			look_at_area(&k, v);
	while (k.old_stretch < s->before.nr_stretches)
		drop_piece(&k, &s->before.stretch[k.old_stretch++]);
	s->mm = k.mm;
	s->nr_changes = t ? t->mm->nr_changes : 0;
	s->written = false;
}

/* ---- writing ---- */

static void put_stretch(struct buffer *b, struct streak *open, const struct stretch *s)
{
	struct streak nothing = {'.', s->pages};

	if (s->piece)
		put_piece(b, open, s->piece, s->pages);
	else
		join_streak(b, open, &nothing);
}

static void put_area(struct buffer *b, const struct line *l)
{
	char rights[] = {' ',
			 l->flags & VM_READ ? 'r' : '-',
			 l->flags & VM_WRITE ? 'w' : '-',
			 l->flags & VM_EXEC ? 'x' : '-',
			 l->flags & VM_SHARED ? 's' : 'p',
			 ' '};

	put_char(b, ' ');
	put_hex8(b, l->start);
	put_char(b, '-');
	put_hex8(b, l->end);
	put_bytes(b, rights, sizeof(rights));
	put_hex8(b, l->pgoff << PAGE_SHIFT);
	put_char(b, ' ');
	put_string(b, l->name);
	put_bytes(b, " |", 2);
}

static void write_line(struct lines *now, struct line *l, struct frame_numbers *n)
{
	struct streak open = {.pages = 0};

	put_area(&now->text, l);
	for (uint32_t i = l->first; i < l->first + l->count; i++) {
		struct stretch *s = &now->stretch[i];

		if (s->changed && s->piece)
			page_text_write(s->piece, s->pages, n);
		put_stretch(&now->text, &open, s);
	}
	put_streak(&now->text, &open);
	put_char(&now->text, '\n');
}

const struct buffer *space_text_write(struct space_text *s, struct frame_numbers *n)
{
	struct lines *now = &s->now;

	for (uint32_t i = 0; !s->written && i < now->nr_lines; i++) {
		struct line *l = &now->line[i];
		size_t at = now->text.len;

		if (l->changed)
			write_line(now, l, n);
		else
			put_bytes(&now->text, s->before.text.text + l->at, l->len);
		l->at = at;
		l->len = now->text.len - at;
	}
	s->written = true;
	return &now->text;
}
