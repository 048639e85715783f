/*
 * The program: read the command line, load the scenario, show it or list it.
 */
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "screen.h"
#include "src/i18n.h"
#include "src/listing.h"
#include "src/options.h"
#include "src/panic.h"
#include "src/proc.h"
#include "term.h"
#include "theme.h"

enum { EXIT_WRONG = 2 };

/* The narration's language as the locale has it. */
static const char *locale_language(void)
{
	const char *locale = setlocale(LC_MESSAGES, NULL);

	return locale && strncmp(locale, "zh", 2) == 0 ? "zh" : "en";
}

static void use_locale(void)
{
	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C"); /* 1.6G is read and written with a point */
	i18n_open();
}

/* What only the screen knows to be right; false with a message. */
static bool check_names(const struct options *o)
{
	if (o->theme && !theme_find(o->theme)) {
		fprintf(stderr, _("mmviz: no theme \"%s\": dark, light or contrast\n"), o->theme);
		return false;
	}
	if (o->panel && panel_find(o->panel) < 0) {
		fprintf(stderr, _("mmviz: no panel \"%s\":"), o->panel);
		for (int i = 0; panel_table[i]; i++)
			fprintf(stderr, " %s", panel_table[i]->name);
		fputc('\n', stderr);
		return false;
	}
	return true;
}

/* The moment of --at, by default the end; false with a message. */
static bool find_moment(struct scenario *s, const struct options *o, struct when *at)
{
	*at = (struct when){scenario_nr_events(s), STEP_END};
	if (!o->at || moment_parse(s, o->at, at))
		return true;
	fprintf(stderr, _("mmviz: --at %s: an event 0..%u, EVENT.STEP, or a label is wanted\n"),
		o->at, scenario_nr_events(s));
	return false;
}

static int write_proc(struct scenario *s, const struct options *o)
{
	struct timeline *t;
	struct when at;
	int status;

	if (!find_moment(s, o, &at))
		return EXIT_WRONG;
	t = panic_if_null(timeline_open(s));
	timeline_goto(t, at);
	status = proc_write(timeline_machine(t), o->proc, stderr);
	timeline_close(t);
	return status;
}

static int print_screen(struct scenario *s, const struct options *o, const struct ui_options *ui)
{
	struct when at;
	int status;

	if (!find_moment(s, o, &at))
		return EXIT_WRONG;
	status = app_print_screen(s, ui, o->width, o->height, at, stdout, o->svg);
	return listing_end(stdout, status);
}

static int print_what(struct scenario *s, const struct options *o)
{
	struct when at;

	return find_moment(s, o, &at) ? list_what(s, at, o->what, stdout) : EXIT_WRONG;
}

static int show(struct scenario *s, const struct options *o)
{
	struct ui_options ui = {
		.theme = o->theme,
		.language = o->language ? o->language : locale_language(),
		.ascii = o->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0,
		.panel = o->panel,
		.keys = o->keys,
	};

	/* what other programs read is the same in every language */
	if (o->mode == MODE_PRINT_SCREEN || o->mode == MODE_WHAT || o->mode == MODE_FULL_SCREEN)
		i18n_use(ui.language);
	switch (o->mode) {
	case MODE_STATE:
		return list_state(s, stdout);
	case MODE_TRACE:
		return list_trace(s, stdout);
	case MODE_CHECK:
		return list_check(s, stdout);
	case MODE_WHAT:
		return print_what(s, o);
	case MODE_PROC:
		return write_proc(s, o);
	case MODE_PRINT_SCREEN:
		return print_screen(s, o, &ui);
	default:
		panic_set_hook(term_close);
		return app_run(s, &ui);
	}
}

static int load_and_show(const struct options *o)
{
	struct diags diags;
	struct scenario *s;
	int status = EXIT_WRONG;

	diags_init(&diags);
	s = scenario_load(o->file, o->machine, &diags);
	diags_print(&diags, stderr);
	if (s)
		status = show(s, o);
	scenario_free(s);
	diags_free(&diags);
	return status;
}

int main(int argc, char **argv)
{
	struct options o;

	use_locale();
	signal(SIGPIPE, SIG_IGN); /* a reader that has enough is no reason to die */
	if (!options_read(&o, argc, argv, stderr))
		return EXIT_WRONG;
	if (o.mode == MODE_HELP) {
		options_help(stdout);
		return listing_end(stdout, EXIT_SUCCESS);
	}
	if (o.mode == MODE_VERSION) {
		puts("mmviz " MMVIZ_VERSION);
		return listing_end(stdout, EXIT_SUCCESS);
	}
	return check_names(&o) ? load_and_show(&o) : EXIT_WRONG;
}
