/*
 * include FILE: another text in the place of this line.
 *
 * The file is found from where the including text lies, and so are the files that it names itself.
 * A text is read once, however often and by whatever path it is included; one that includes
 * itself, directly or through others, is a mistake.
 */
#include "i18n.h"
#include "parse.h"

#include <stdlib.h>
#include <string.h>

/* The text at path as a source of its own; NULL with a mistake told at w. */
static struct source *open_source(struct parser *p, const struct word *w, const char *path)
{
	struct scenario *s = p->s;
	struct source *src = pool_alloc(&s->pool, sizeof(*src));
	size_t folder = strrchr(path, '/') ? (size_t)(strrchr(path, '/') - path) + 1 : 0;
	char why[256];

	if (!src)
		goto no_memory;
	src->name = pool_text(&s->pool, path, strlen(path));
	src->folder = pool_text(&s->pool, path, folder);
	if (!src->name || !src->folder)
		goto no_memory;
	if (file_is_regular(path, why, sizeof(why)))
		src->text = text_read(path, &src->len, why, sizeof(why));
	if (!src->text) {
		mistake(p, w, "%s", why);
		return NULL;
	}
	src->next = s->included;
	s->included = src;
	return src;
no_memory:
	mistake_memory(p);
	return NULL;
}

static bool is_file(const struct source *src, uint64_t device, uint64_t inode)
{
	return src->device == device && src->inode == inode;
}

static struct source *find_source(struct parser *p, const struct word *w)
{
	char *path = path_join(p->source->folder, w->text, w->len);
	struct source *found = NULL;
	uint64_t device, inode;

	if (!path) {
		mistake_memory(p);
		return NULL;
	}
	if (file_identity(path, &device, &inode)) {
		found = p->s->source;
		if (!is_file(found, device, inode))
			found = p->s->included;
		while (found && !is_file(found, device, inode))
			found = found->next;
	}
	if (!found) {
		found = open_source(p, w, path);
		if (found)
			file_identity(path, &found->device, &found->inode);
	}
	free(path);
	return found;
}

/* Parse src in the place of this line. */
static void parse_source(struct parser *p, struct source *src)
{
	const struct source *outer = p->source;
	unsigned line_nr = p->line_nr, nr_open_repeats = p->nr_open_repeats;

	p->nr_includes++;
	p->total_includes++;
	p->nr_open_repeats = 0;
	parse_text(p, src);
	p->nr_open_repeats = nr_open_repeats;
	p->nr_includes--;
	p->source = outer;
	p->line_nr = line_nr;
}

bool parse_include(struct parser *p)
{
	const struct word *w = &p->line.word[1];
	struct block b = {.first_row = p->row, .first_event = p->s->nr_events + 1, .count = 1};
	bool is_first = is_first_pass(p);
	struct source *src;

	if (p->line.nr_words != 2)
		return mistake(p, p->line.nr_words > 2 ? w + 1 : NULL,
			       _("include wants one file: include FILE"));
	if (w->len == 0)
		return mistake(p, w, _("a file's name is missing"));
	if (p->nr_includes == MAX_INCLUDES || p->total_includes == MAX_INCLUDED)
		return mistake(p, w, _("too many includes"));
	src = find_source(p, w);
	if (!src)
		return false;
	if (src->is_open)
		return mistake(p, w, _("%s includes itself"), src->name);
	parse_source(p, src);
	b.last_row = p->next_row - 1;
	b.nr_events = p->s->nr_events + 1 - b.first_event;
	return !is_first || add_block(p, &b);
}
