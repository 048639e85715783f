/*
 * The grammar of events: what events.def says, ready for the parser.
 *
 * An event's line in events.def holds its grammar as people read it:
 *
 *	"PROC ADDR [SIZE] prot=PROT"
 *
 * Here that text becomes a list of arguments and two sets of options, so that the help, the manual
 * page and the parser cannot disagree.
 */
#include "grammar.h"

#include <assert.h>
#include <string.h>

static const struct event_help help[NR_EVENT_KINDS] = {
#define EVENT(id, word, arguments, meaning, group, tick, listed, modelled)                         \
	{word, arguments, meaning, group},
#include "events.def"
#undef EVENT
};

static const bool modelled[NR_EVENT_KINDS] = {
#define EVENT(id, word, arguments, meaning, group, tick, listed, modelled) modelled,
#include "events.def"
#undef EVENT
};

static const char *const words[] = {
#define EVENT(id, word, ...) word,
#include "events.def"
#undef EVENT
	"title", "machine", "say",     "label",  "pause", "quiz",
	"focus", "expect",  "include", "repeat", "end",   NULL,
};
static_assert(sizeof(words) / sizeof(words[0]) == NR_STATEMENTS + 1, "a word for every statement");

static const char *const argument_names[NR_ARGUMENTS] = {
	[ARG_END] = "the end of the line",
	[ARG_NEWPROC] = "NEWPROC",
	[ARG_CHILD] = "CHILD",
	[ARG_PROC] = "PROC",
	[ARG_PARENT] = "PARENT",
	[ARG_NEWREGION] = "NEWREGION",
	[ARG_REGION] = "REGION",
	[ARG_ADDR] = "ADDR",
	[ARG_SIZE] = "SIZE",
	[ARG_NEWSIZE] = "NEWSIZE",
	[ARG_BREAK] = "+SIZE|-SIZE|ADDR",
	[ARG_ADVICE] = "ADVICE",
	[ARG_FILE] = "FILE",
	[ARG_NEWNAME] = "NEWNAME",
	[ARG_NAME] = "NAME",
	[ARG_ORDER] = "ORDER",
	[ARG_NEWCACHE] = "NEWCACHE",
	[ARG_CACHE] = "CACHE",
	[ARG_CPU] = "CPU",
	[ARG_CPUS] = "CPU...",
	[ARG_LOCK_KIND] = "LOCKKIND",
	[ARG_SLOT] = "SLOT",
	[ARG_PHYS] = "PHYS",
	[ARG_KADDR] = "KADDR",
};

const struct option_info option_info[NR_OPTION_WORDS] = {
	[O_PROT] = {"prot", 4, true, 0},
	[O_PRIVATE] = {"private", 7, false, 0},
	[O_SHARED] = {"shared", 6, false, OPT_SHARED},
	[O_FILE] = {"file", 4, true, 0},
	[O_AT] = {"at", 2, true, 0},
	[O_FIXED] = {"fixed", 5, false, OPT_FIXED},
	[O_POPULATE] = {"populate", 8, false, OPT_POPULATE},
	[O_GROWSDOWN] = {"growsdown", 9, false, OPT_GROWSDOWN},
	[O_LOCKED] = {"locked", 6, false, OPT_LOCKED},
	[O_NORESERVE] = {"noreserve", 9, false, OPT_NORESERVE},
	[O_MAYMOVE] = {"maymove", 7, false, OPT_MAYMOVE},
	[O_VALUE] = {"value", 5, true, 0},
	[O_GFP] = {"gfp", 3, true, 0},
	[O_NODE] = {"node", 4, true, 0},
	[O_THISNODE] = {"thisnode", 8, false, OPT_THISNODE},
	[O_ALIGN] = {"align", 5, true, 0},
	[O_HWCACHE] = {"hwcache", 7, false, OPT_HWCACHE},
	[O_CTOR] = {"ctor", 4, false, OPT_CTOR},
	[O_POISON] = {"poison", 6, false, OPT_POISON},
	[O_REDZONE] = {"redzone", 7, false, OPT_RED_ZONE},
	[O_ON] = {"on", 2, true, 0},
	[O_ROUNDS] = {"rounds", 6, true, 0},
	[O_POLLS] = {"polls", 5, true, 0},
	[O_IN] = {"in", 2, true, 0},
	[O_USER] = {"user", 4, false, OPT_USER},
	[O_NOCACHE] = {"nocache", 7, false, OPT_NOCACHE},
	[O_COHERENT] = {"coherent", 8, true, 0},
};

const char *const advice_words[NR_ADVICE + 1] = {
	[ADV_DONTNEED] = "dontneed",
	[ADV_DONTFORK] = "dontfork",
	[ADV_DOFORK] = "dofork",
	[ADV_FREE] = "free",
	[ADV_WILLNEED] = "willneed",
	[ADV_POPULATE_READ] = "populate_read",
	[ADV_POPULATE_WRITE] = "populate_write",
	[ADV_PAGEOUT] = "pageout",
};

/*
 * The index of the n letters at s in names, which has count. A name that events.def misspells ends
 * here.
 */
static unsigned index_of(const char *const *names, unsigned count, const char *s, size_t n)
{
	unsigned i = 0;

	while (i < count && (strlen(names[i]) != n || memcmp(names[i], s, n) != 0))
		i++;
	assert(i < count);
	return i;
}

static unsigned option_of(const char *s, size_t n)
{
	unsigned i = 0;

	while (i < NR_OPTION_WORDS &&
	       (option_info[i].len != n || memcmp(option_info[i].word, s, n) != 0))
		i++;
	assert(i < NR_OPTION_WORDS);
	return i;
}

/* One item of the text, brackets gone: an argument, an option with a value, or flags. */
static void read_item(struct grammar *g, const char *s, size_t n, bool optional)
{
	if ((*s >= 'A' && *s <= 'Z') || *s == '+') {
		assert(g->nr_args < ARGUMENTS_MAX);
		g->optional |= (uint8_t)(optional << g->nr_args);
		g->arg[g->nr_args++] = (uint8_t)index_of(argument_names, NR_ARGUMENTS, s, n);
		return;
	}
	while (n) {
		size_t word = 0;
		uint32_t bit;

		while (word < n && s[word] != '|' && s[word] != '=')
			word++;
		bit = 1u << option_of(s, word);
		g->allowed |= bit;
		if (!optional)
			g->required |= bit;
		if (word == n || s[word] == '=')
			return;
		s += word + 1;
		n -= word + 1;
	}
}

void grammar_read(struct grammar *g)
{
	memset(g, 0, NR_EVENT_KINDS * sizeof(*g));
	for (unsigned k = 0; k < NR_EVENT_KINDS; k++) {
		const char *s = help[k].arguments;

		while (*s) {
			size_t n = strcspn(s, " ");
			bool optional = *s == '[';

			/* "[file=FILE[@OFFSET]]" ends with its own bracket */
			read_item(&g[k], s + optional, n - 2 * optional, optional);
			s += n + (s[n] == ' ');
		}
	}
}

bool event_is_modelled(enum event_kind k) { return modelled[k]; }

const char *argument_name(enum argument a) { return argument_names[a]; }

const struct event_help *event_help(enum event_kind k) { return &help[k]; }

const char *const *scenario_words(void) { return words; }
