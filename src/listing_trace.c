/*
 * The trace: every telling of the engine, one a line.
 *
 *	@3 write kid buf                 the third event
 *	+ page_fault(kid, b7fff000, ...): ...      a span begins
 *	  ? handle_pte_fault(...): ...   a decision, nothing changes
 *	  * set_pte(...): ...            something changed
 *	= page_fault ok                  the span ends, with its result
 *	= ok                             the event's result
 *
 * Behind the name stand the arguments, behind the colon what they mean.
 */
#include "listing.h"

#include "engine.h"
#include "panic.h"

struct tracer {
	FILE *out;
	const struct machine *m;
	int depth;
};

static void print_args(const struct tracer *t, const struct step *s)
{
	const struct step_info *info = &step_info[s->id];
	char text[128];

	fputc('(', t->out);
	for (int i = 0; i < STEP_ARGS && info->arg[i] != A_NONE; i++) {
		arg_text(t->m, (enum arg_kind)info->arg[i], s->arg[i], text, sizeof(text));
		fprintf(t->out, "%s%s", i ? ", " : "", text);
	}
	fputc(')', t->out);
}

/* A trace sink. */
static void print_telling(void *ctx, const struct step *s)
{
	static const char signs[] = {
		[TELL_ENTER] = '+', [TELL_LEAVE] = '=', [TELL_STEP] = '*', [TELL_NOTE] = '?'};
	struct tracer *t = ctx;
	char text[512];

	if (ferror(t->out))
		return;
	if (s->kind == TELL_LEAVE && t->depth > 0)
		t->depth--;
	fprintf(t->out, "%*s%c %s", t->depth * 2, "", signs[s->kind], step_info[s->id].name);
	step_text(t->m, s, text, sizeof(text));
	if (s->kind == TELL_LEAVE) {
		fprintf(t->out, "%s%s\n", *text ? " " : "", text);
		return;
	}
	print_args(t, s);
	fprintf(t->out, "%s%s\n", *text ? ": " : "", text);
	if (s->kind == TELL_ENTER)
		t->depth++;
}

int list_trace(struct scenario *s, FILE *out)
{
	struct trace trace = {0};
	struct machine *m = panic_if_null(engine_boot(s, &trace));
	struct tracer tracer = {.out = out, .m = m};
	bool check = engine_wants_check();

	trace.ctx = &tracer;
	trace.sink = print_telling;
	for (uint32_t nr = 1; nr <= scenario_nr_events(s) && !ferror(out); nr++) {
		struct outcome o;
		char text[512];

		scenario_event_text(s, nr, text, sizeof(text));
		fprintf(out, "@%u %s\n", nr, text);
		tracer.depth = 0;
		o = engine_run(m, s, nr, check);
		outcome_text(&o, text, sizeof(text));
		fprintf(out, "= %s\n", text);
	}
	machine_destroy(m);
	return listing_end(out, 0);
}
