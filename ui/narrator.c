/*
 * The narrator: one sentence, two at most, about what happened and why.
 *
 * Of an event that is over, sentences.def has a table of sentences with their conditions; the first that holds is
 * said.  At a micro-step the step speaks for itself, and the span around it gives the reason.  Conditions and the
 * numbers in the sentences come from the story of the event, from its outcome and from the machine as it stands now
 * (facts.c): what these do not show is not said.
 *
 *	"{proc} writes a page that it shares with {others} ({WP_SHARED.1|mapping|mappings}): ..."
 *	 kid    writes a page that it shares with sh       (2 mappings): ...
 *
 * A translation may put the places in another order, since they have names.
 */
#include <stdio.h>
#include <string.h>

#include "panel.h"
#include "parts.h"
#include "sentence.h"
#include "sim/file.h"
#include "sim/mmap.h"
#include "src/i18n.h"
#include "src/listing.h"

/* ---- the table ---- */

static bool has(const struct facts *f, enum step_id id) { return story_count(f->s, id) > 0; }

/* Did brk ask for less than there was? */
static bool shrinks_heap(const struct facts *f)
{
	const struct step *brk = story_last_of(f->s, S_SYS_BRK);

	return brk && brk->arg[1] < brk->arg[2];
}

/* Did mprotect change the right to write to this, from the other? */
static bool changes_write(const struct facts *f, bool now)
{
	const struct step *fixup = story_last_of(f->s, S_MPROTECT_FIXUP);
	uint64_t from = fixup ? fixup->arg[3] : 0, to = fixup ? fixup->arg[4] : 0;

	return (from ^ to) & VM_WRITE && !(to & VM_WRITE) == !now;
}

static bool keeps_size(const struct facts *f)
{
	const struct step *mremap = story_last_of(f->s, S_SYS_MREMAP);

	return mremap && page_align_up(mremap->arg[2]) == page_align_up(mremap->arg[3]);
}

static bool is_file_area(const struct facts *f, bool shmem)
{
	return f->area && f->area->file && f->area->file->shmem == shmem;
}

/* The words of the conditions. */
#define IS(event)   (f->e->kind == EV_##event)
#define HAS(step)   has(f, S_##step)
#define N(step)     story_count(f->s, S_##step)
#define is_access   f->is_access
#define ended       f->outcome.kind
#define is_errno(e) (ended == OUT_ERRNO && f->outcome.value == SIM_##e)
#define pages       f->pages
#define faults      f->faults
#define nr_others   f->nr_others
#define fetched     f->fetched
#define cut_order   f->cut_order
#define passed      f->passed
#define has_new     f->has_new
#define has_below   (f->below != NULL)
#define has_reason  (f->reason != NULL)
#define has_last    (story_last(f->s) != NULL)
#define all_private f->all_private
#define brk_shrinks shrinks_heap(f)
#define read_only   f->read_only
#define gains_write changes_write(f, true)
#define loses_write changes_write(f, false)
#define needs_frame_or_object                                                                      \
	(IS(FREE_PAGES) || IS(KFREE) || IS(CACHE_FREE) || IS(KMAP) || IS(KUNMAP) ||                \
	 IS(KMAP_ATOMIC) || IS(KUNMAP_ATOMIC))
#define soft_marks  f->m->profile->soft_young_dirty
#define same_size   keeps_size(f)
#define no_caches   (f->e->size == 0)
#define is_populate (f->e->other == ADV_POPULATE_READ || f->e->other == ADV_POPULATE_WRITE)
#define is_locked   (f->e->options & OPT_LOCKED)
#define in_stack    (f->area && strcmp(vma_name(f->area), "[stack]") == 0)
#define in_shmem    is_file_area(f, true)
#define maps_file   (is_file_area(f, false) && f->area->flags & VM_WRITE)
#define in_shared   (f->area && f->area->flags & VM_SHARED)

#define JOIN(a, b)        a##b
#define HOLDS_ON_LINE(nr) JOIN(holds_, nr)
#define CONDITION(words)                                                                           \
	static bool HOLDS_ON_LINE(__LINE__)(const struct facts *f)                                 \
	{                                                                                          \
		(void)f;                                                                           \
		return words;                                                                      \
	}

#define SAY(condition, sentence)  CONDITION(condition)
#define TAIL(condition, sentence) CONDITION(condition)
#include "sentences.def"
#undef SAY
#undef TAIL

struct sentence {
	bool (*holds)(const struct facts *f);
	const char *text;
};

#define TAIL(condition, sentence)
#define SAY(condition, sentence) {HOLDS_ON_LINE(__LINE__), sentence},
static const struct sentence says[] = {
#include "sentences.def"
	{NULL, NULL},
};
#undef SAY
#undef TAIL

#define SAY(condition, sentence)
#define TAIL(condition, sentence) {HOLDS_ON_LINE(__LINE__), sentence},
static const struct sentence tails[] = {
#include "sentences.def"
	{NULL, NULL},
};
#undef SAY
#undef TAIL

/* Say the first sentence that holds, if one does. */
static void say_first(struct text *t, const struct facts *f, const struct sentence *s)
{
	while (s->text && !s->holds(f))
		s++;
	if (!s->text)
		return;
	if (t->len)
		text_put(t, _(" "));
	put_sentence(t, f, _(s->text));
}

static const char *unknown_place(const struct sentence *s)
{
	for (; s->text; s++) {
		for (const char *p = strchr(s->text, '{'); p; p = strchr(p + 1, '{'))
			if (!is_place(p + 1, strcspn(p + 1, "}")))
				return p;
	}
	return NULL;
}

const char *narrator_unknown_place(void)
{
	const char *place = unknown_place(says);

	return place ? place : unknown_place(tails);
}

/* ---- at a micro-step ---- */

/* The step, and why: what the span around it is for. */
static void narrate_step(struct text *t, const struct view *v)
{
	const struct story_node *n = story_last(view_story(v));
	char words[256];

	if (!n) {
		text_put(t, _("The event begins."));
		return;
	}
	text_put(t, step_info[n->step.id].name);
	text_put(t, _(": "));
	step_text(view_machine(v), &n->step, words, sizeof(words));
	text_put(t, words);
	text_put(t, _("."));
	n = n->parent;
	if (!n || !n->parent)
		return;
	text_put(t, _("\n("));
	text_put(t, step_info[n->step.id].name);
	text_put(t, _(": "));
	step_text(view_machine(v), &n->step, words, sizeof(words));
	text_put(t, words);
	text_put(t, _(")"));
}

static void narrate_boot(struct text *t, const struct view *v)
{
	const struct machine *m = view_machine(v);
	char words[256], ram[TEXT_LEN];
	const struct zone *z;
	uint32_t free = 0;

	for_each_zone(m, z)
		free += z->nr_free_pages;
	snprintf(words, sizeof(words),
		 _("A machine with %s of memory has booted: %u page frames are free. Nothing has "
		   "run yet."),
		 bytes_text(m->config.ram_bytes, ram), free);
	text_put(t, words);
}

size_t narrate(const struct view *v, char *buf, size_t size)
{
	struct text t = {buf, size, 0};
	struct facts f;

	if (size == 0)
		return 0;
	buf[0] = '\0';
	if (timeline_now(v->timeline).event == 0) {
		narrate_boot(&t, v);
	} else if (!view_is_complete(v)) {
		narrate_step(&t, v);
	} else {
		f = facts_of(v);
		say_first(&t, &f, says);
		say_first(&t, &f, tails);
	}
	return t.len;
}
