/*
 * Options: `key=value` and bare flags, behind an event's arguments, in any order, each at most
 * once.
 */
#include "i18n.h"
#include "number.h"
#include "parse.h"
#include "sim/page_alloc.h"

#include <string.h>

static const char *const gfp_words[] = {"kernel", "atomic",  "dma",         "highuser", "nowait",
					"user",   "movable", "reclaimable", "memalloc", NULL};
static const uint32_t gfp_values[] = {
	GFP_KERNEL,
	GFP_ATOMIC,
	GFP_DMA,
	GFP_HIGHUSER,
	GFP_NOWAIT,
	GFP_USER,
	GFP_HIGHUSER_MOVABLE,
	GFP_KERNEL | GFP_BIT_RECLAIMABLE,
	GFP_KERNEL | GFP_BIT_MEMALLOC,
};

/* file=FILE[@OFFSET]: an @ in the file's own name is meant when there is such a file. */
static bool read_file(struct parser *p, const struct word *w, const char *text, uint32_t len,
		      struct event_extra *x)
{
	uint32_t cut = len;
	char why[256];

	x->file = scenario_add_file(p->s, p->source->folder, text, len, false, why, sizeof(why));
	if (x->file)
		return true;
	while (cut > 0 && text[cut - 1] != '@')
		cut--;
	if (cut == 0)
		return mistake(p, w, "%s", why);
	x->file =
		scenario_add_file(p->s, p->source->folder, text, cut - 1, false, why, sizeof(why));
	if (!x->file)
		return mistake(p, w, "%s", why);
	return read_size(p, w, text + cut, len - cut, UINT32_MAX, &x->offset);
}

static bool read_align(struct parser *p, const struct word *w, const char *text, uint32_t len,
		       struct event_extra *x)
{
	uint64_t bytes;

	if (!read_size(p, w, text, len, PAGE_SIZE, &bytes))
		return false;
	if (bytes == 0 || (bytes & (bytes - 1)))
		return mistake(p, w, _("align=%.*s is no power of two"), (int)len, text);
	x->align = (uint32_t)bytes;
	return true;
}

static bool read_value(struct parser *p, const struct word *w, const char *text, uint32_t len,
		       struct event_extra *x)
{
	if (len == 0 || len > TAG_LEN)
		return mistake(p, w, _("value= takes 1 to %d bytes of UTF-8, not %u"), TAG_LEN,
			       len);
	memcpy(x->value, text, len);
	return true;
}

/* on=ZONE|CACHE: whose lock it is about. */
static bool read_on(struct parser *p, const struct word *w, const char *text, uint32_t len,
		    struct event *e)
{
	struct word name = word_part(w, text, len);

	if (!read_lock_owner(p, &name, &e->other, &e->name))
		return false;
	if (e->name)
		e->other = CONTEND_CACHE;
	return true;
}

static bool read_times(struct parser *p, const struct word *w, enum option_word o, const char *text,
		       uint32_t len, struct event_extra *x)
{
	uint64_t most = o == O_ROUNDS ? CONTEND_ROUNDS_MAX : CONTEND_POLLS_MAX, value;

	if (!read_number(p, w, text, len, option_info[o].word, 1, most, &value))
		return false;
	*(o == O_ROUNDS ? &x->rounds : &x->polls) = (uint16_t)value;
	return true;
}

static bool read_coherent(struct parser *p, const struct word *w, const char *text, uint32_t len,
			  struct event *e)
{
	static const char *const words[] = {"off", "on", NULL};
	unsigned index;

	if (!read_choice(p, w, text, len, _("setting of coherent"), words, &index))
		return false;
	e->size = index;
	return true;
}

static bool read_valued(struct parser *p, const struct word *w, enum option_word o,
			const char *text, uint32_t len, struct event *e, struct event_extra *x)
{
	unsigned index;
	uint64_t node;

	switch (o) {
	case O_PROT:
		return read_prot(p, w, text, len, &e->prot);
	case O_FILE:
		return read_file(p, w, text, len, x);
	case O_AT:
		e->options |= OPT_HAS_AT;
		return read_addr(p, w, text, len, e->proc, &x->at);
	case O_VALUE:
		e->options |= OPT_HAS_VALUE;
		return read_value(p, w, text, len, x);
	case O_GFP:
		if (!read_choice(p, w, text, len, _("gfp"), gfp_words, &index))
			return false;
		e->other = gfp_values[index];
		return true;
	case O_NODE:
		if (!read_number(p, w, text, len, _("a node of this machine"), 0,
				 p->s->config.nodes - 1, &node))
			return false;
		e->prot = (uint8_t)(node + 1);
		return true;
	case O_IN: /* was read before the address that may be its process's */
		return true;
	case O_ALIGN:
		e->options |= OPT_HAS_ALIGN;
		return read_align(p, w, text, len, x);
	case O_ON:
		return read_on(p, w, text, len, e);
	case O_COHERENT:
		return read_coherent(p, w, text, len, e);
	case O_ROUNDS:
	case O_POLLS:
		return read_times(p, w, o, text, len, x);
	default:
		return false;
	}
}

/* The option that the first len letters of the word name; NR_OPTION_WORDS if none does. */
static enum option_word find_option(const struct word *w, uint32_t len)
{
	unsigned o = 0;

	while (o < NR_OPTION_WORDS &&
	       (option_info[o].len != len || memcmp(option_info[o].word, w->text, len) != 0))
		o++;
	return o;
}

static bool mistake_unknown_option(struct parser *p, const struct word *w, uint32_t len,
				   const struct event *e)
{
	const char *known[NR_OPTION_WORDS + 1];
	const struct event_help *help = event_help(e->kind);
	struct word name = *w;
	unsigned n = 0;

	for (unsigned o = 0; o < NR_OPTION_WORDS; o++)
		if (p->s->grammar[e->kind].allowed >> o & 1)
			known[n++] = option_info[o].word;
	known[n] = NULL;
	name.len = len;
	if (n && nearest_word(w->text, len, known))
		return mistake_unknown(p, &name, _("option"), known);
	return mistake(p, w, _("unexpected \"%.*s\": %s%s%s"), (int)w->len, w->text, help->word,
		       help->arguments[0] ? " " : "", help->arguments);
}

bool parse_option(struct parser *p, const struct word *w, struct event *e, struct event_extra *x,
		  uint32_t *given)
{
	const char *equals = w->quoted ? NULL : memchr(w->text, '=', w->len);
	uint32_t len = equals ? (uint32_t)(equals - w->text) : w->len;
	enum option_word o = w->quoted ? NR_OPTION_WORDS : find_option(w, len);
	const struct option_info *info = &option_info[o];

	if (o == NR_OPTION_WORDS || !(p->s->grammar[e->kind].allowed >> o & 1))
		return mistake_unknown_option(p, w, len, e);
	if (*given >> o & 1)
		return mistake(p, w, _("%s is given twice"), info->word);
	*given |= 1u << o;
	if (info->has_value != (equals != NULL))
		return mistake(p, w,
			       info->has_value ? _("%s= wants a value") : _("%s takes no value"),
			       info->word);
	e->options |= info->flag;
	return !equals || read_valued(p, w, o, equals + 1, w->len - len - 1, e, x);
}

/* The later one of two flags in the line. */
static const struct word *later_flag(const struct parser *p, const char *a, const char *b)
{
	uint32_t i = p->line.nr_words - 1;

	while (i > 0 && !is_word(&p->line.word[i], a) && !is_word(&p->line.word[i], b))
		i--;
	return &p->line.word[i];
}

bool check_options(struct parser *p, const struct event *e, uint32_t given)
{
	uint32_t missing = p->s->grammar[e->kind].required & ~given;
	uint32_t both = 1u << O_PRIVATE | 1u << O_SHARED;

	for (unsigned o = 0; missing && o < NR_OPTION_WORDS; o++)
		if (missing >> o & 1)
			return mistake(p, NULL, _("%s= is missing: %s %s"), option_info[o].word,
				       event_help(e->kind)->word, event_help(e->kind)->arguments);
	if ((given & both) == both)
		return mistake(p, later_flag(p, "private", "shared"),
			       _("private and shared exclude each other"));
	if ((e->options & OPT_FIXED) && !(e->options & OPT_HAS_AT))
		return mistake(p, later_flag(p, "fixed", "fixed"), _("fixed needs at=ADDR"));
	return true;
}
