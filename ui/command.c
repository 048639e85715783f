/*
 * The prompt's line: a word of the prompt, or an event that runs as the next one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inspect.h"
#include "screen.h"
#include "src/i18n.h"
#include "src/what.h"

/* ---- words of the prompt ---- */

static bool run_goto(struct screen *s, const char *text);
static bool run_save(struct screen *s, const char *path);
static bool run_inspect(struct screen *s, const char *words);
static bool run_what(struct screen *s, const char *words);
static bool run_proc(struct screen *s, const char *path);
static bool run_quit(struct screen *s, const char *none);
static bool run_compare(struct screen *s, const char *text);

static const struct command {
	const char *word;
	struct prompt_help help;
	bool (*run)(struct screen *s, const char *argument); /* false: the prompt's error is set */
} commands[] = {
	{"goto", {"goto EVENT[.STEP]|LABEL", N_("go to that moment")}, run_goto},
	{"save",
	 {"save FILE", N_("write the session as a scenario, typed events included")},
	 run_save},
	{"inspect",
	 {"inspect PROC|[PROC] ADDR|phys ADDR|pfn N|ZONE|CACHE",
	  N_("the kernel structure of that, with live values")},
	 run_inspect},
	{"what",
	 {"what [PROC] ADDR|phys ADDR|pfn N", N_("what is known of that address")},
	 run_what},
	{"compare",
	 {"compare PROC PROC [ADDR]", N_("the walks of two processes side by side")},
	 run_compare},
	{"proc",
	 {"proc [[PROC/]FILE]", N_("a file of /proc, in a box that follows the time")},
	 run_proc},
	{"quit", {"quit", N_("leave")}, run_quit},
};

enum { NR_COMMANDS = sizeof(commands) / sizeof(commands[0]) };

const char *const prompt_words[] = {"goto",    "save", "inspect", "what",
				    "compare", "proc", "quit",    NULL};

static const struct command *command_named(const char *word, size_t len)
{
	for (int i = 0; i < NR_COMMANDS; i++)
		if (strlen(commands[i].word) == len && strncmp(commands[i].word, word, len) == 0)
			return &commands[i];
	return NULL;
}

const struct prompt_help *prompt_help(const char *word)
{
	const struct command *c = command_named(word, strlen(word));

	return c ? &c->help : NULL;
}

/* ---- mistakes ---- */

/* The error of the bytes [at, at + len) of the line; NULL: of no place. */
static void fault(struct screen *s, const char *at, size_t len, const char *message)
{
	struct prompt *p = &s->prompt;

	snprintf(p->error, sizeof(p->error), "%s", message);
	p->error_column = at ? text_width_of(p->text, (size_t)(at - p->text)) : 0;
	p->error_width = !at ? 0 : len ? text_width_of(at, len) : 1;
}

/* The first diagnosis of an event that was not accepted. */
static void fault_of_event(struct screen *s, const struct diags *d)
{
	struct prompt *p = &s->prompt;

	if (!d->count) {
		fault(s, NULL, 0, strerror(ENOMEM));
		return;
	}
	snprintf(p->error, sizeof(p->error), "%s", d->item[0].message);
	p->error_column = d->item[0].line ? (int)d->item[0].column - 1 : 0;
	p->error_width = d->item[0].line ? (int)d->item[0].width : 0;
}

static bool is_statement(const char *word, size_t len)
{
	for (const char *const *known = scenario_words(); *known; known++)
		if (strlen(*known) == len && strncmp(*known, word, len) == 0)
			return true;
	return false;
}

/* The line begins with no word that is known here: name the nearest. */
static void fault_of_word(struct screen *s, const char *word, size_t len)
{
	const char *known[NR_EVENT_KINDS + NR_COMMANDS + 1], *near;
	char message[MESSAGE_MAX];
	int n = 0;

	for (int k = 0; k < NR_EVENT_KINDS; k++)
		known[n++] = event_help((enum event_kind)k)->word;
	for (int i = 0; i < NR_COMMANDS; i++)
		known[n++] = commands[i].word;
	known[n] = NULL;
	near = nearest_word(word, len, known);
	if (is_statement(word, len))
		snprintf(message, sizeof(message), _("%.*s stands in files: events can be typed"),
			 (int)len, word);
	else if (near)
		snprintf(message, sizeof(message), _("unknown word; did you mean \"%s\"?"), near);
	else
		snprintf(message, sizeof(message), "%s", _("unknown word; ? lists the events"));
	fault(s, word, len, message);
}

/* ---- goto ---- */

bool moment_parse(const struct scenario *s, const char *text, struct when *when)
{
	char *end;
	unsigned long event;

	*when = (struct when){.event = scenario_label(s, text), .step = STEP_END};
	if (when->event) {
		/* its event is about to begin: what the lecturer says is on the screen already */
		when->step = 0;
		return true;
	}
	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	event = strtoul(text, &end, 10);
	if (errno || event > scenario_nr_events(s))
		return false;
	when->event = (uint32_t)event;
	if (*end == '.' && end[1] >= '0' && end[1] <= '9')
		when->step = strtoull(end + 1, &end, 10);
	return errno == 0 && *end == '\0';
}

static bool run_goto(struct screen *s, const char *text)
{
	struct when when;

	if (!moment_parse(s->view.scenario, text, &when)) {
		char message[MESSAGE_MAX];

		snprintf(message, sizeof(message), _("an event 0..%u, EVENT.STEP, or a label"),
			 scenario_nr_events(s->view.scenario));
		fault(s, text, strlen(text), message);
		return false;
	}
	screen_goto(s, when);
	return true;
}

/* ---- save, compare, quit ---- */

static bool run_save(struct screen *s, const char *path)
{
	int error = *path ? scenario_save(s->view.scenario, path) : 0;

	if (!*path) {
		fault(s, path, 1, _("the name of a file"));
		return false;
	}
	if (error) {
		fault(s, path, strlen(path), strerror(error));
		return false;
	}
	screen_say(s, ROLE_OK, _("saved as %s"), path);
	return true;
}

/* Without words: what the key does. */
static bool run_inspect(struct screen *s, const char *words)
{
	struct what_fault wrong = {.at = 0};
	struct object o;

	if (!*words) {
		o = inspect_subject(s);
	} else if (!inspect_parse(&s->view, words, &o, &wrong)) {
		fault(s, words + wrong.at, wrong.len, wrong.message);
		return false;
	}
	inspect_open(s, &o);
	return true;
}

/* Without words: what the key does. */
static bool run_what(struct screen *s, const char *words)
{
	struct what_fault wrong = {.at = 0};
	struct what_place p;

	if (!*words) {
		what_show_cursor(s);
		return true;
	}
	if (!what_parse(view_machine(&s->view), s->view.scenario, view_task(&s->view), words, &p,
			&wrong)) {
		fault(s, words + wrong.at, wrong.len, wrong.message);
		return false;
	}
	what_show(s, &p);
	return true;
}

static bool run_compare(struct screen *s, const char *text)
{
	struct what_fault f = {.at = 0};

	if (compare_command(s, text, &f))
		return true;
	fault(s, text + f.at, f.len, f.message);
	return false;
}

/* Without a name: the chooser. */
static bool run_proc(struct screen *s, const char *path)
{
	if (!*path)
		proc_view_toggle(s);
	else if (!proc_view_open(s, path)) {
		fault(s, path, strlen(path), _("there is no such file in /proc at this moment"));
		return false;
	}
	return true;
}

static bool run_quit(struct screen *s, const char *none)
{
	if (*none) {
		fault(s, none, strlen(none), _("quit stands alone"));
		return false;
	}
	s->quit = true;
	return true;
}

/* ---- the line ---- */

static bool run_event(struct screen *s, const char *line)
{
	struct diags d;
	bool good;

	diags_init(&d);
	good = timeline_insert(s->view.timeline, line, &d);
	if (!good)
		fault_of_event(s, &d);
	diags_free(&d);
	if (!good)
		return false;
	if (!screen_index(s))
		screen_say(s, ROLE_ERROR, "%s", strerror(ENOMEM));
	screen_follow(s);
	return true;
}

void command_run(struct screen *s)
{
	struct prompt *p = &s->prompt;
	const char *word = p->text + strspn(p->text, " ");
	size_t len = strcspn(word, " ");
	const struct command *c = command_named(word, len);
	bool known = c != NULL, good;

	while (p->len > 0 && p->text[p->len - 1] == ' ')
		p->text[--p->len] = '\0';
	if (p->cursor > p->len)
		p->cursor = p->len;
	if (!*word) {
		prompt_close(p);
		return;
	}
	for (int k = 0; k < NR_EVENT_KINDS && !known; k++) {
		const char *event = event_help((enum event_kind)k)->word;

		known = strlen(event) == len && strncmp(event, word, len) == 0;
	}
	if (!known) {
		fault_of_word(s, word, len);
		return;
	}
	good = c ? c->run(s, word + len + strspn(word + len, " ")) : run_event(s, p->text);
	if (!good)
		return;
	prompt_remember(p);
	prompt_close(p);
}
