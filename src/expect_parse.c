/*
 * expect KEY [words] OP VALUE: from words to a question that expect.c answers.
 *
 * One table has, for every KEY, which words follow it and what it is compared with.
 */
#include "i18n.h"
#include "number.h"
#include "parse.h"

#include <string.h>

enum value_kind { V_NUMBER, V_RESULT, V_ZONE, V_YES, V_MGMT, V_LINEAR };

/*
 * words: P process, A address in it, L logical address in it, Z zone, O order, C cache, N name of a kernel object,
 * K zone or cache with a lock, T number of a turn at it
 */
static const struct key_info {
	const char *word, *words, *form;
	enum value_kind value;
} keys[NR_EXPECT_KEYS] = {
	[EXPECT_RESULT] = {"result", "", "expect result OP ok|ERRNO|SIGNAL", V_RESULT},
	[EXPECT_MINFLT] = {"minflt", "P", "expect minflt PROC OP VALUE", V_NUMBER},
	[EXPECT_MAJFLT] = {"majflt", "P", "expect majflt PROC OP VALUE", V_NUMBER},
	[EXPECT_RSS] = {"rss", "P", "expect rss PROC OP PAGES", V_NUMBER},
	[EXPECT_VMAS] = {"vmas", "P", "expect vmas PROC OP VALUE", V_NUMBER},
	[EXPECT_PTE] = {"pte", "P", "expect pte PROC OP PAGES", V_NUMBER},
	[EXPECT_FREE] = {"free", "Z", "expect free ZONE OP PAGES", V_NUMBER},
	[EXPECT_NR_FREE] = {"nr_free", "ZO", "expect nr_free ZONE ORDER OP BLOCKS", V_NUMBER},
	[EXPECT_NUMA_HIT] = {"numa_hit", "Z", "expect numa_hit ZONE OP VALUE", V_NUMBER},
	[EXPECT_NUMA_MISS] = {"numa_miss", "Z", "expect numa_miss ZONE OP VALUE", V_NUMBER},
	[EXPECT_NUMA_FOREIGN] = {"numa_foreign", "Z", "expect numa_foreign ZONE OP VALUE",
				 V_NUMBER},
	[EXPECT_NUMA_LOCAL] = {"numa_local", "Z", "expect numa_local ZONE OP VALUE", V_NUMBER},
	[EXPECT_NUMA_OTHER] = {"numa_other", "Z", "expect numa_other ZONE OP VALUE", V_NUMBER},
	[EXPECT_OBJS] = {"objs", "C", "expect objs CACHE OP VALUE", V_NUMBER},
	[EXPECT_SLABS] = {"slabs", "C", "expect slabs CACHE OP VALUE", V_NUMBER},
	[EXPECT_ERRORS] = {"errors", "C", "expect errors CACHE OP VALUE", V_NUMBER},
	[EXPECT_MGMT] = {"mgmt", "C", "expect mgmt CACHE OP on|off|objfreelist", V_MGMT},
	[EXPECT_COLOUR] = {"colour", "N", "expect colour NAME OP BYTES", V_NUMBER},
	[EXPECT_MAPCOUNT] = {"mapcount", "PA", "expect mapcount PROC ADDR OP VALUE", V_NUMBER},
	[EXPECT_ZONE] = {"zone", "PA", "expect zone PROC ADDR OP ZONE", V_ZONE},
	[EXPECT_SAME_FRAME] = {"same_frame", "PAPA",
			       "expect same_frame PROC ADDR PROC ADDR OP yes|no", V_YES},
	[EXPECT_VMALLOC_FAULTS] = {"vmalloc_faults", "", "expect vmalloc_faults OP VALUE",
				   V_NUMBER},
	[EXPECT_VMALLOC_USED] = {"vmalloc_used", "", "expect vmalloc_used OP PAGES", V_NUMBER},
	[EXPECT_VMALLOC_LAZY] = {"vmalloc_lazy", "", "expect vmalloc_lazy OP PAGES", V_NUMBER},
	[EXPECT_KMAP_FREE] = {"kmap_free", "", "expect kmap_free OP SLOTS", V_NUMBER},
	[EXPECT_PKMAP_COUNT] = {"pkmap_count", "S", "expect pkmap_count SLOT OP VALUE", V_NUMBER},
	[EXPECT_KMAP_DEPTH] = {"kmap_depth", "", "expect kmap_depth OP VALUE", V_NUMBER},
	[EXPECT_OOPS_ERROR] = {"oops_error", "", "expect oops_error OP VALUE", V_NUMBER},
	[EXPECT_SWAP_USED] = {"swap_used", "", "expect swap_used OP PAGES", V_NUMBER},
	[EXPECT_LINEAR] = {"linear", "PL", "expect linear PROC SEGMENT:OFFSET OP ADDRESS|GP|NP",
			   V_LINEAR},
	[EXPECT_ACQUISITIONS] = {"acquisitions", "K", "expect acquisitions ZONE|CACHE OP VALUE",
				 V_NUMBER},
	[EXPECT_CONTENDED] = {"contended", "K", "expect contended ZONE|CACHE OP VALUE", V_NUMBER},
	[EXPECT_HANDOVERS] = {"handovers", "K", "expect handovers ZONE|CACHE OP VALUE", V_NUMBER},
	[EXPECT_LINES_MOVED] = {"lines_moved", "K", "expect lines_moved ZONE|CACHE OP VALUE",
				V_NUMBER},
	[EXPECT_LOCK_COST] = {"lock_cost", "K", "expect lock_cost ZONE|CACHE OP VALUE", V_NUMBER},
	[EXPECT_POLL_COST] = {"poll_cost", "K", "expect poll_cost ZONE|CACHE OP VALUE", V_NUMBER},
	[EXPECT_TURN_CPU] = {"turn_cpu", "T", "expect turn_cpu N OP CPU", V_NUMBER},
	[EXPECT_TURN_LINES] = {"turn_lines", "T", "expect turn_lines N OP VALUE", V_NUMBER},
	[EXPECT_TURN_COST] = {"turn_cost", "T", "expect turn_cost N OP VALUE", V_NUMBER},
};

const char *const expect_op_words[NR_EXPECT_OPS] = {"==", "!=", "<", "<=", ">", ">="};

static const char *const result_words[] = {
	"ok",      "EPERM",  "ESRCH",   "EAGAIN", "ENOMEM", "EACCES", "EFAULT", "EEXIST",  "EINVAL",
	"SIGSEGV", "SIGBUS", "SIGKILL", "NULL",   "oops",   "sleeps", "BUG",    "WARNING", NULL};
static const char *const mgmt_words[] = {"on", "off", "objfreelist", NULL};
static const char *const yes_words[] = {"yes", "no", NULL};
static const char *const fault_words[] = {"GP", "NP", NULL};
const char *const segment_words[] = {"cs", "ds", "es", "ss", "fs", "gs", NULL};

static bool find_key(struct parser *p, const struct word *w, unsigned *key)
{
	const char *words[NR_EXPECT_KEYS + 1];

	for (unsigned k = 0; k < NR_EXPECT_KEYS; k++)
		words[k] = keys[k].word;
	words[NR_EXPECT_KEYS] = NULL;
	return read_choice(p, w, w->text, w->len, _("KEY of expect"), words, key);
}

static bool read_order(struct parser *p, const struct word *w, struct expect *e)
{
	uint64_t order;

	if (!read_number(p, w, w->text, w->len, _("an order"), 0, MAX_ORDER - 1, &order))
		return false;
	e->order = (uint32_t)order;
	return true;
}

/*
 * A zone that the machine may have: "Normal@1", that of node 1; "Normal", those of all nodes together.  Its id, or
 * MAX_ZONES + its type; and the word as it is spelled.
 */
bool read_zone(struct parser *p, const struct word *w, uint8_t *id, char *name, size_t size)
{
	const struct machine_config *c = &p->s->config;
	const char *at = memchr(w->text, '@', w->len), *known[MAX_NR_ZONES + 1];
	uint32_t len = at ? (uint32_t)(at - w->text) : w->len;
	uint64_t node = 0;
	unsigned n = 0, index, type = 0;

	for (unsigned i = 0; i < MAX_NR_ZONES; i++)
		if (c->profile->zones >> i & 1)
			known[n++] = zone_names[i];
	known[n] = NULL;
	if (!read_choice(p, w, w->text, len, _("zone"), known, &index))
		return false;
	if (at && !read_number(p, w, at + 1, w->len - len - 1, _("a node of this machine"), 0,
			       c->nodes - 1, &node))
		return false;
	while (zone_names[type] != known[index])
		type++;
	*id = (uint8_t)((at ? (unsigned)node * MAX_NR_ZONES : MAX_ZONES) + type);
	if (at)
		snprintf(name, size, "%s@%u", known[index], (unsigned)node & 7U);
	else
		snprintf(name, size, "%s", known[index]);
	return true;
}

/* SEGMENT:OFFSET: a segment register or a selector in hexadecimal, and an ADDR. */
static bool read_logical(struct parser *p, const struct word *w, struct expect *e, uint32_t proc)
{
	const char *colon = memchr(w->text, ':', w->len);
	uint32_t len = colon ? (uint32_t)(colon - w->text) : w->len;
	struct word segment = word_part(w, w->text, len);
	uint64_t selector;
	unsigned reg;

	if (!colon)
		return mistake(p, w, _("SEGMENT:OFFSET is meant, such as ds:0x8049000 or 0x60:0"));
	e->segment = NR_SEGMENT_REGISTERS;
	if (len > 0 && w->text[0] >= '0' && w->text[0] <= '9') {
		if (!read_number(p, &segment, w->text, len, _("a selector"), 0, UINT16_MAX,
				 &selector))
			return false;
		e->selector = (uint16_t)selector;
	} else {
		if (!read_choice(p, &segment, w->text, len, _("segment register"), segment_words,
				 &reg))
			return false;
		e->segment = (uint8_t)reg;
	}
	return read_addr(p, w, colon + 1, w->len - len - 1, proc, &e->addr[0]);
}

/* A zone or a cache, by whose name its lock goes; a zone's has no name in e. */
static bool read_lock_of(struct parser *p, const struct word *w, struct expect *e)
{
	uint32_t zone;

	if (!read_lock_owner(p, w, &zone, &e->name))
		return false;
	e->zone = (uint8_t)zone;
	return true;
}

/* The number of a turn at a contended lock, from 1. */
static bool read_turn(struct parser *p, const struct word *w, struct expect *e)
{
	uint64_t nr;

	if (!read_number(p, w, w->text, w->len, _("a turn"), 1, MAX_CPUS * CONTEND_ROUNDS_MAX, &nr))
		return false;
	e->order = (uint32_t)nr;
	return true;
}

/* A slot of kmap's window. */
static bool read_slot(struct parser *p, const struct word *w, struct expect *e)
{
	uint64_t slot;

	if (!read_number(p, w, w->text, w->len, _("a slot of kmap's window"), 0,
			 p->s->config.profile->last_pkmap - 1, &slot))
		return false;
	e->order = (uint32_t)slot;
	return true;
}

/* One word in front of OP; *nr_places counts the processes. */
static bool read_subject(struct parser *p, char kind, const struct word *w, struct expect *e,
			 unsigned *nr_places)
{
	char name[sizeof(e->word)];

	switch (kind) {
	case 'P':
		return read_proc(p, w, &e->proc[(*nr_places)++]);
	case 'L':
		return read_logical(p, w, e, e->proc[0]);
	case 'A':
		return read_addr(p, w, w->text, w->len, e->proc[*nr_places - 1],
				 &e->addr[*nr_places - 1]);
	case 'Z':
		return read_zone(p, w, &e->zone, name, sizeof(name));
	case 'O':
		return read_order(p, w, e);
	case 'S':
		return read_slot(p, w, e);
	case 'N':
		e->name = symbol_intern(&p->s->symbols, w->text, w->len);
		return scope_get(&p->scope, SCOPE_KERNEL, e->name) ||
		       mistake_unknown_name(p, w, SCOPE_KERNEL, _("name"));
	case 'K':
		return read_lock_of(p, w, e);
	case 'T':
		return read_turn(p, w, e);
	default:
		return read_cache(p, w, &e->name);
	}
}

/* The comparison that the word is; NR_EXPECT_OPS if it is none. */
static unsigned find_op(const struct word *w)
{
	unsigned op = 0;

	while (op < NR_EXPECT_OPS && !is_word(w, expect_op_words[op]))
		op++;
	return op;
}

/* In a line with too few words: OP, if words are missing before it; NULL: they are at the end. */
static const struct word *find_early_op(const struct parser *p)
{
	for (uint32_t i = 2; i + 1 < p->line.nr_words; i++)
		if (find_op(&p->line.word[i]) < NR_EXPECT_OPS)
			return &p->line.word[i];
	return NULL;
}

static bool read_op(struct parser *p, const struct word *w, struct expect *e)
{
	unsigned op = find_op(w);

	e->op = (uint8_t)op;
	if (op < NR_EXPECT_OPS)
		return true;
	return mistake(p, w, _("\"%.*s\" does not compare; known are == != < <= > >="), (int)w->len,
		       w->text);
}

/* Behind its OP stands a word. */
static bool can_compare_words(struct parser *p, const struct word *w, const struct expect *e)
{
	return e->op <= OP_NE || mistake(p, w - 1, _("words are compared by == or !="));
}

static bool read_word_value(struct parser *p, const struct word *w, const char *what,
			    const char *const *list, struct expect *e)
{
	unsigned index;

	if (!read_choice(p, w, w->text, w->len, what, list, &index))
		return false;
	snprintf(e->word, sizeof(e->word), "%s", list[index]);
	return can_compare_words(p, w, e);
}

static bool read_value(struct parser *p, const struct word *w, enum value_kind kind,
		       struct expect *e)
{
	uint64_t number;

	/* an address that mmap gave is a result, too */
	if (kind == V_NUMBER || ((kind == V_RESULT || kind == V_LINEAR) && w->len &&
				 w->text[0] >= '0' && w->text[0] <= '9')) {
		if (!read_number(p, w, w->text, w->len, _("the value"), 0, INT64_MAX, &number))
			return false;
		e->value = (int64_t)number;
		return true;
	}
	if (kind == V_RESULT)
		return read_word_value(p, w, _("result"), result_words, e);
	if (kind == V_LINEAR)
		return read_word_value(p, w, _("address or fault"), fault_words, e);
	if (kind == V_ZONE)
		return read_zone(p, w, &e->zone, e->word, sizeof(e->word)) &&
		       can_compare_words(p, w, e);
	if (kind == V_MGMT)
		return read_word_value(p, w, _("place"), mgmt_words, e);
	return read_word_value(p, w, _("answer"), yes_words, e);
}

/* Words, OP and VALUE behind the key. */
static bool read_question(struct parser *p, const struct key_info *info, struct expect *e)
{
	const struct word *w = &p->line.word[2];
	unsigned nr_places = 0;
	bool good = true;

	if (p->line.nr_words < strlen(info->words) + 4)
		return mistake(p, find_early_op(p), _("a word is missing: %s"), info->form);
	if (p->line.nr_words > strlen(info->words) + 4)
		return mistake_unexpected(p, &p->line.word[strlen(info->words) + 4], info->form);
	for (const char *kind = info->words; *kind; kind++)
		good &= read_subject(p, *kind, w++, e, &nr_places);
	return good && read_op(p, w, e) && read_value(p, w + 1, info->value, e);
}

bool parse_expect(struct parser *p)
{
	struct scenario *s = p->s;
	struct expect e = {.event = s->nr_events, .row = p->row};
	unsigned key;

	if (p->line.nr_words < 2)
		return mistake(p, NULL, _("a KEY is missing: expect KEY [words] OP VALUE"));
	if (!find_key(p, &p->line.word[1], &key))
		return false;
	e.key = (uint8_t)key;
	e.counter = p->line.has_counter ? p->counter : 0;
	if (!read_question(p, &keys[key], &e))
		return false;
	if (key == EXPECT_RESULT && s->nr_events == 0)
		return mistake(p, &p->line.word[1], _("no event has run that could have a result"));
	if (s->nr_expects == MAX_EVENTS || !HAS_ROOM(s->expects, s->nr_expects, s->cap_expects))
		return mistake_memory(p);
	s->expects[s->nr_expects++] = e;
	return true;
}
