/*
 * Sentences: words with places {...} that facts fill.
 *
 *	"the kernel copies frame {COPY_PAGE.0} to {COPY_PAGE.1} ... stays with {others}"
 *	 the kernel copies frame 3d2b          to 3d2c          ... stays with sh
 *
 * Facts have names, so that a sentence can ask for them in any order; a place may also be a number with its noun, or
 * an argument of a step of the story.
 */
#include "sentence.h"

#include <stdio.h>
#include <string.h>

#include "parts.h"
#include "src/i18n.h"
#include "src/listing.h"
#include "src/zone_name.h"

void text_put(struct text *t, const char *words)
{
	size_t room = t->size - t->len - 1, n = strlen(words);

	n = n < room ? n : room;
	memcpy(t->buf + t->len, words, n);
	t->len += n;
	t->buf[t->len] = '\0';
}

static void put_arg(struct text *t, const struct facts *f, enum arg_kind kind, uint64_t value)
{
	char words[TEXT_LEN];

	arg_text(f->m, kind, value, words, sizeof(words));
	text_put(t, words);
}

static void put_count(struct text *t, uint64_t n)
{
	char words[24];

	snprintf(words, sizeof(words), "%llu", (unsigned long long)n);
	text_put(t, words);
}

/* ---- facts with a name ---- */

static void put_area(struct text *t, const struct vma *area)
{
	char words[96];

	if (!area)
		return;
	snprintf(words, sizeof(words), "%s %08" PRIx64 "-%08" PRIx64,
		 strcmp(vma_name(area), "-") == 0 ? _("area") : vma_name(area), area->start,
		 area->end);
	text_put(t, words);
}

static void put_others(struct text *t, const struct facts *f)
{
	uint32_t left = f->nr_others;

	for (const struct task *o = f->m->tasks; o; o = o->next) {
		if (!is_other(f, o))
			continue;
		text_put(t, o->comm);
		if (--left)
			text_put(t, left == 1 ? _(" and ") : ", ");
	}
}

/* Where a returning block stopped merging, if the story says. */
static bool is_merge_end(const struct story_node *n, const void *ctx)
{
	uint16_t id = n->step.id;

	(void)ctx;
	return id == S_BUDDY_MERGE || id == S_BUDDY_BUSY || id == S_BUDDY_ON_CPU ||
	       id == S_BUDDY_IN_PARTS || id == S_BUDDY_OUTSIDE;
}

static void put_step(struct text *t, const struct facts *f, const struct step *s)
{
	char words[256];

	step_text(f->m, s, words, sizeof(words));
	text_put(t, words);
}

static void put_why_no_more(struct text *t, const struct facts *f)
{
	const struct story_node *n = story_find_last(f->s, is_merge_end, NULL);

	if (!n || n->step.id == S_BUDDY_MERGE)
		return;
	text_put(t, "; ");
	put_step(t, f, &n->step);
}

/* The reason without the errno, which the sentence says itself. */
static void put_reason(struct text *t, const struct facts *f)
{
	char words[256], errno_words[64], *start = words, *colon;
	size_t n;

	if (!f->reason)
		return;
	step_text(f->m, f->reason, words, sizeof(words));
	outcome_text(&f->outcome, errno_words, sizeof(errno_words));
	n = strlen(errno_words);
	if (strncmp(words, errno_words, n) == 0 && words[n] == ':')
		start = words + n + 2;
	colon = strrchr(start, ':');
	if (colon && strcmp(colon + 2, errno_words) == 0)
		*colon = '\0';
	text_put(t, start);
}

static void put_verb(struct text *t, const struct facts *f, bool wish)
{
	static const char *const does[] = {N_("reads"), N_("writes"), N_("executes")};
	static const char *const wants[] = {N_("wants to read"), N_("wants to write"),
					    N_("wants to execute")};
	int i = f->e->kind == EV_WRITE ? 1 : f->e->kind == EV_FETCH ? 2 : 0;

	text_put(t, _(wish ? wants[i] : does[i]));
}

static void put_symbol(struct text *t, const struct facts *f, uint32_t symbol)
{
	text_put(t, symbol_name(f->v->scenario, symbol));
}

static void put_event(struct text *t, const struct facts *f)
{
	char words[128];

	scenario_event_text(f->v->scenario, timeline_now(f->v->timeline).event, words,
			    sizeof(words));
	text_put(t, words);
}

static void put_outcome(struct text *t, const struct facts *f)
{
	char words[64];

	outcome_text(&f->outcome, words, sizeof(words));
	text_put(t, words);
}

static void put_zone(struct text *t, const struct facts *f)
{
	char name[ZONE_NAME_LEN];
	const struct zone *z = f->frame != PFN_NONE ? page_zone_const(f->m, f->frame) : NULL;

	text_put(t, z ? zone_name(f->m, z->id, name) : "?");
}

static const struct mm *mm_of(const struct facts *f) { return f->task ? f->task->mm : NULL; }

enum fact {
	FACT_PROC,
	FACT_CHILD,
	FACT_NAME,
	FACT_PROGRAM,
	FACT_SIZE,
	FACT_VA,
	FACT_RESULT,
	FACT_ERRNO,
	FACT_EVENT,
	FACT_DOES,
	FACT_WANTS,
	FACT_AREA,
	FACT_AREA_START,
	FACT_BELOW,
	FACT_ABOVE,
	FACT_FRAME,
	FACT_ZONE,
	FACT_OTHERS,
	FACT_ALONE,
	FACT_REASON,
	FACT_LAST_TEXT,
	FACT_WHY_NO_MORE,
	FACT_PASSED_ZONE,
	FACT_KILLED,
	FACT_CACHE,
	NR_FACTS
};

static const char *const fact_name[NR_FACTS] = {
	[FACT_PROC] = "proc",
	[FACT_CHILD] = "child",
	[FACT_NAME] = "name",
	[FACT_PROGRAM] = "program",
	[FACT_SIZE] = "size",
	[FACT_VA] = "va",
	[FACT_RESULT] = "result",
	[FACT_ERRNO] = "errno",
	[FACT_EVENT] = "event",
	[FACT_DOES] = "does",
	[FACT_WANTS] = "wants",
	[FACT_AREA] = "area",
	[FACT_AREA_START] = "area_start",
	[FACT_BELOW] = "below",
	[FACT_ABOVE] = "above",
	[FACT_FRAME] = "frame",
	[FACT_ZONE] = "zone",
	[FACT_OTHERS] = "others",
	[FACT_ALONE] = "alone",
	[FACT_REASON] = "reason",
	[FACT_LAST_TEXT] = "last_text",
	[FACT_WHY_NO_MORE] = "why_no_more",
	[FACT_PASSED_ZONE] = "passed_zone",
	[FACT_KILLED] = "killed",
	[FACT_CACHE] = "cache",
};

static bool is_alone(const struct facts *f)
{
	const struct step *copy = story_last_of(f->s, S_COPY_PAGE);

	return copy && f->m->mem_map[copy->arg[0]].mapcount == 1;
}

/* Facts that are about the machine's numbers. */
static void put_place(struct text *t, const struct facts *f, enum fact fact)
{
	const struct step *killed = story_last_of(f->s, S_OOM_KILL_PROCESS);

	switch (fact) {
	case FACT_VA:
		put_arg(t, f, A_VA, f->va);
		break;
	case FACT_RESULT:
		put_arg(t, f, A_VA, f->outcome.value);
		break;
	case FACT_AREA:
		put_area(t, f->area);
		break;
	case FACT_AREA_START:
		put_arg(t, f, A_VA, f->area ? f->area->start : 0);
		break;
	case FACT_BELOW:
		put_area(t, f->below);
		break;
	case FACT_ABOVE:
		put_area(t, f->above);
		break;
	case FACT_FRAME:
		put_arg(t, f, A_PFN, f->frame);
		break;
	case FACT_ZONE:
		put_zone(t, f);
		break;
	case FACT_PASSED_ZONE:
		put_arg(t, f, A_ZONE, f->passed ? f->passed->arg[0] : 0);
		break;
	case FACT_KILLED:
		put_arg(t, f, A_TASK, killed ? killed->arg[0] : 0);
		break;
	default:
		break;
	}
}

static void put_fact(struct text *t, const struct facts *f, enum fact fact)
{
	switch (fact) {
	case FACT_PROC:
		put_symbol(t, f, f->e->proc);
		break;
	case FACT_CHILD:
	case FACT_NAME:
		put_symbol(t, f, f->e->name);
		break;
	case FACT_CACHE:
		put_symbol(t, f, f->e->other);
		break;
	case FACT_PROGRAM:
		text_put(t, mm_of(f) && mm_of(f)->program ? mm_of(f)->program->name : "?");
		break;
	case FACT_SIZE:
		put_arg(t, f, A_BYTES, f->e->size);
		break;
	case FACT_ERRNO:
		put_outcome(t, f);
		break;
	case FACT_EVENT:
		put_event(t, f);
		break;
	case FACT_DOES:
	case FACT_WANTS:
		put_verb(t, f, fact == FACT_WANTS);
		break;
	case FACT_OTHERS:
		put_others(t, f);
		break;
	case FACT_ALONE:
		text_put(t, is_alone(f) ? _(", now alone") : "");
		break;
	case FACT_REASON:
		put_reason(t, f);
		break;
	case FACT_LAST_TEXT:
		put_step(t, f, &story_last(f->s)->step);
		break;
	case FACT_WHY_NO_MORE:
		put_why_no_more(t, f);
		break;
	default:
		put_place(t, f, fact);
		break;
	}
}

/* ---- numbers with a name ---- */

static bool number_of(const struct facts *f, const char *name, uint64_t *n)
{
	const struct mm *mm = mm_of(f);
	const struct {
		const char *name;
		uint64_t n;
	} number[] = {
		{"pages", f->pages},
		{"faults", f->faults},
		{"fetched", f->fetched},
		{"cut_order", f->cut_order},
		{"mappers", f->mappers},
		{"read_only", f->read_only},
		{"areas", mm ? mm->map_count : 0},
		{"rss", mm ? mm->rss_anon + mm->rss_file : 0},
		{"tables", mm ? mm->nr_tables : 0},
	};

	for (size_t i = 0; i < sizeof(number) / sizeof(*number); i++) {
		if (strcmp(number[i].name, name) == 0) {
			*n = number[i].n;
			return true;
		}
	}
	return false;
}

/* ---- a sentence's places ---- */

static const char *const step_names[NR_STEP_IDS] = {
#define SPAN(id, ...) [S_##id] = #id,
#define STEP(id, ...) [S_##id] = #id,
#include "sim/steps.def"
#undef SPAN
#undef STEP
};

static int find_step(const char *name, size_t len)
{
	for (int i = 0; i < NR_STEP_IDS; i++)
		if (strncmp(step_names[i], name, len) == 0 && step_names[i][len] == '\0')
			return i;
	return -1;
}

/* k of ".k", an argument that the step has; -1: it has none such. */
static int arg_of_place(enum step_id id, const char *dot)
{
	int k = *dot == '.' ? dot[1] - '0' : -1;

	return k >= 0 && k < STEP_ARGS && step_info[id].arg[k] != A_NONE ? k : -1;
}

/* "#STEP", "STEP.k", "^STEP.k": puts it; *n is the number behind it. False: no such step, or it was not told. */
static bool put_step_place(struct text *t, const struct facts *f, const char *name, uint64_t *n)
{
	bool count = name[0] == '#', first = name[0] == '^';
	const struct step *s;
	size_t len;
	int id, k;

	name += count || first;
	len = strcspn(name, ".");
	id = find_step(name, len);
	if (id < 0)
		return false;
	if (count) {
		*n = story_count(f->s, (enum step_id)id);
		put_count(t, *n);
		return true;
	}
	s = first ? story_first_of(f->s, (enum step_id)id) : story_last_of(f->s, (enum step_id)id);
	k = arg_of_place((enum step_id)id, name + len);
	if (!s || k < 0)
		return false;
	*n = s->arg[k];
	put_arg(t, f, (enum arg_kind)step_info[id].arg[k], *n);
	return true;
}

/* One place of a sentence, the text between { and }. */
static void put_place_named(struct text *t, const struct facts *f, char *place)
{
	char *one = strchr(place, '|'), *many = one ? strchr(one + 1, '|') : NULL;
	uint64_t n = 0;

	if (many)
		*one++ = '\0', *many++ = '\0';
	if (number_of(f, place, &n)) {
		put_count(t, n);
	} else if (!put_step_place(t, f, place, &n)) {
		for (int i = 0; i < NR_FACTS; i++)
			if (strcmp(fact_name[i], place) == 0)
				put_fact(t, f, (enum fact)i);
	}
	if (many) {
		text_put(t, " ");
		text_put(t, n == 1 ? one : many);
	}
}

void put_sentence(struct text *t, const struct facts *f, const char *sentence)
{
	char part[160];

	while (*sentence) {
		size_t n = strcspn(sentence, "{");

		if (n > sizeof(part) - 1)
			n = sizeof(part) - 1;
		memcpy(part, sentence, n);
		part[n] = '\0';
		text_put(t, part);
		sentence += n;
		if (*sentence != '{')
			continue;
		n = strcspn(++sentence, "}");
		snprintf(part, sizeof(part), "%.*s", (int)n, sentence);
		put_place_named(t, f, part);
		sentence += n + (sentence[n] == '}');
	}
}

bool is_place(const char *place, size_t len)
{
	static const struct facts none;
	char name[64];
	uint64_t n;
	int id;

	snprintf(name, sizeof(name), "%.*s", (int)len, place);
	name[strcspn(name, "|")] = '\0';
	for (int i = 0; i < NR_FACTS; i++)
		if (strcmp(fact_name[i], name) == 0)
			return true;
	if (number_of(&none, name, &n))
		return true;
	place = name + (name[0] == '#' || name[0] == '^');
	len = strcspn(place, ".");
	id = find_step(place, len);
	return id >= 0 && (name[0] == '#' || arg_of_place((enum step_id)id, place + len) >= 0);
}
