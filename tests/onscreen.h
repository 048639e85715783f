/*
 * A view of a scenario, and a panel as text: for the tests of what is on the screen.
 */
#ifndef TESTS_ONSCREEN_H
#define TESTS_ONSCREEN_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/panel.h"

/* Three generations of one page, as a short lecture. */
#define COW_LECTURE                                                                                \
	"machine i386 ram=1G\n"                                                                    \
	"spawn sh\n"                                                                               \
	"mmap sh buf 8K\n"                                                                         \
	"write sh buf value=A\n"                                                                   \
	"fork sh kid\n"                                                                            \
	"label parting\n"                                                                          \
	"say \"The two part.\"\n"                                                                  \
	"write kid buf value=K\n"                                                                  \
	"write sh buf value=S\n"                                                                   \
	"exit kid\n"
enum { SPAWN = 1, MMAP, WRITE, FORK, COPY, REUSE, EXIT, NR_COW_EVENTS = EXIT };

static inline struct view open_view(const char *text)
{
	struct diags d;
	struct view v = {.language = "en"};

	diags_init(&d);
	v.scenario = scenario_parse("test", text, strlen(text), NULL, &d);
	if (!v.scenario)
		diags_print(&d, stderr);
	ck_assert_ptr_nonnull(v.scenario);
	v.timeline = timeline_open(v.scenario);
	ck_assert_ptr_nonnull(v.timeline);
	diags_free(&d);
	return v;
}

static inline void close_view(struct view *v)
{
	timeline_close(v->timeline);
	scenario_free(v->scenario);
}

static inline void go(struct view *v, uint32_t event, uint64_t step)
{
	timeline_goto(v->timeline, (struct when){event, step});
	view_follow(v);
}

/* To the first micro-step of an event at which a step has been told. */
static inline void go_to_step(struct view *v, uint32_t event, enum step_id id)
{
	for (uint64_t k = 1; k <= 10000; k++) {
		const struct story_node *last;

		go(v, event, k);
		last = story_last(view_story(v));
		if (last && last->step.id == id)
			return;
	}
	ck_abort_msg("event %u never tells that step", event);
}

static inline const struct task *task_named(const struct view *v, const char *name)
{
	for (const struct task *t = view_machine(v)->tasks; t; t = t->next)
		if (strcmp(t->comm, name) == 0)
			return t;
	ck_abort_msg("no process %s", name);
	return NULL;
}

static inline pfn_t frame_of(const struct view *v, const char *name, vaddr_t va)
{
	const pte_t *e = pte_offset(view_machine(v), task_named(v, name)->mm, va);

	return e && pte_present(*e) ? pte_pfn(*e) : PFN_NONE;
}

/* The panel as text; free it. */
static inline char *panel_text(const struct panel *p, struct view *v, struct panel_state *ps,
			       int width, int height)
{
	struct grid g = {0};
	struct area a;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	ck_assert(grid_resize(&g, width, height));
	a = area_of(&g);
	p->draw(v, ps, &a, true);
	grid_print(&g, f);
	fclose(f);
	grid_free(&g);
	return text;
}

/* Is `words` to be read in the panel? */
static inline bool shows(const struct panel *p, struct view *v, int width, int height,
			 const char *words)
{
	struct panel_state ps = {0};
	char *text = panel_text(p, v, &ps, width, height);
	bool found = strstr(text, words) != NULL;

	if (!found)
		fprintf(stderr, "not in the panel: %s\n%s\n", words, text);
	free(text);
	return found;
}

#endif
