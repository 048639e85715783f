/*
 * The command line: one table gives what is read and what --help says.
 *
 *	mmviz --screen 80x24 --at=fork scenarios/cow.txt
 *
 * Options may stand anywhere, their value in the next word or behind `=`; `--` ends them.
 */
#include "options.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "i18n.h"

enum { SCREEN_MAX = 1000 };

/* What an option does: by which of the fields are set, one of them or both. */
struct option_row {
	const char *name;
	const char *value; /* what its value is called; NULL: has none          */
	const char *help;
	size_t field; /* of struct options: where a text goes, or 0        */
	int mode;     /* or -1                                             */
};

#define TEXT(member) offsetof(struct options, member), -1

static const struct option_row rows[] = {
	{"--state", NULL, N_("print the state after every event, as a real kernel shows it"), 0,
	 MODE_STATE},
	{"--trace", NULL, N_("print every step of the engine"), 0, MODE_TRACE},
	{"--check", NULL, N_("run to the end and report every expect"), 0, MODE_CHECK},
	{"--proc", "DIR", N_("write the machine's /proc into a directory, as files"),
	 offsetof(struct options, proc), MODE_PROC},
	{"--screen", "WIDTHxHEIGHT", N_("print a screen of this size as text"), 0,
	 MODE_PRINT_SCREEN},
	{"--what", "ADDRESS", N_("print what is known of an address: \"kid buf\", \"pfn 38a50\""),
	 offsetof(struct options, what), MODE_WHAT},
	{"--at", "EVENT[.STEP]|LABEL",
	 N_("the moment of --proc, --screen and --what; else the end"), TEXT(at)},
	{"--svg", "FILE", N_("draw that screen into a file, too"), TEXT(svg)},
	{"--keys", "KEYS", N_("press these keys before: characters, and names as in <Enter>"),
	 TEXT(keys)},
	{"--machine", "WORDS", N_("this machine instead of the scenario's: \"i386-6.1 ram=512M\""),
	 TEXT(machine)},
	{"--theme", "NAME", N_("dark, light or contrast"), TEXT(theme)},
	{"--lang", "CODE", N_("language of the screen: en or zh"), TEXT(language)},
	{"--panel", "NAME", N_("begin with this panel in front"), TEXT(panel)},
	{"--ascii", NULL, N_("draw with ASCII characters only"), 0, -1},
	{"--help", NULL, N_("print this"), 0, MODE_HELP},
	{"--version", NULL, N_("print the version"), 0, MODE_VERSION},
	{NULL, NULL, NULL, 0, -1},
};

void options_help(FILE *out)
{
	fputs(_("usage: mmviz [OPTIONS] SCENARIO        (- is standard input)\n"
		"Step through a model of Linux's 32-bit memory manager.\n\n"),
	      out);
	for (const struct option_row *r = rows; r->name; r++)
		fprintf(out, "  %-10s %-19s %s\n", r->name, r->value ? r->value : "", _(r->help));
	fputs(_("\nExit status: 0; 1 an expect failed; 2 the usage, the scenario or a file is "
		"wrong.\n"
		"In the program ? shows the keys. The language is in mmviz-scenario(5).\n"),
	      out);
}

static bool fail(FILE *err, const char *format, const char *word)
{
	fputs("mmviz: ", err);
	fprintf(err, format, word);
	fputs(_("; mmviz --help lists the options\n"), err);
	return false;
}

/* The row of a word up to `=`; NULL: none. */
static const struct option_row *find_row(const char *word, size_t len)
{
	for (const struct option_row *r = rows; r->name; r++)
		if (strlen(r->name) == len && strncmp(r->name, word, len) == 0)
			return r;
	return NULL;
}

static bool fail_unknown(FILE *err, const char *word, size_t len)
{
	const char *names[sizeof(rows) / sizeof(rows[0])];
	const char *near;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		names[i] = rows[i].name;
	near = nearest_word(word, len, names);
	if (!near)
		return fail(err, _("unknown option %s"), word);
	fprintf(err, _("mmviz: unknown option %.*s; did you mean %s?\n"), (int)len, word, near);
	return false;
}

/* 80x24 */
static bool read_size(struct options *o, const char *text)
{
	unsigned long width, height;
	char *end;

	if (!text || *text < '1' || *text > '9')
		return false;
	width = strtoul(text, &end, 10);
	if (*end != 'x' || end[1] < '1' || end[1] > '9')
		return false;
	height = strtoul(end + 1, &end, 10);
	if (*end || width > SCREEN_MAX || height > SCREEN_MAX)
		return false;
	o->width = (int)width;
	o->height = (int)height;
	return true;
}

static bool set_option(struct options *o, const struct option_row *r, const char *value, FILE *err)
{
	if (r->field)
		memcpy((char *)o + r->field, &value, sizeof(value));
	else if (r->mode < 0)
		o->ascii = true;
	if (r->mode == MODE_PRINT_SCREEN && !read_size(o, value))
		return fail(err, _("--screen wants WIDTHxHEIGHT, each 1..1000, not \"%s\""), value);
	if (r->mode < 0)
		return true;
	/* --help and --version win over what comes before them */
	if (o->mode != MODE_FULL_SCREEN && o->mode != (enum option_mode)r->mode &&
	    r->mode < MODE_HELP)
		return fail(err, _("%s cannot be combined with what comes before it"), r->name);
	o->mode = (enum option_mode)r->mode;
	return true;
}

/* One word that begins with a dash; *i moves on when its value is the next word. */
static bool read_option(struct options *o, int argc, char *const *argv, int *i, FILE *err)
{
	const char *word = argv[*i], *equals = strchr(word, '=');
	size_t len = equals ? (size_t)(equals - word) : strlen(word);
	const struct option_row *r = find_row(word, len);
	const char *value = equals ? equals + 1 : NULL;

	if (!r)
		return fail_unknown(err, word, len);
	if (equals && !r->value)
		return fail(err, _("%s takes no value"), r->name);
	if (r->value && !value) {
		if (++*i == argc)
			return fail(err, _("%s wants a value"), r->name);
		value = argv[*i];
	}
	return set_option(o, r, value, err);
}

static bool is_complete(const struct options *o, FILE *err)
{
	if (o->mode == MODE_HELP || o->mode == MODE_VERSION)
		return true;
	if (!o->file)
		return fail(err, "%s", _("which scenario? A file is missing"));
	if (o->at && o->mode != MODE_PRINT_SCREEN && o->mode != MODE_WHAT && o->mode != MODE_PROC)
		return fail(err, "%s", _("--at needs --proc, --screen or --what"));
	if ((o->svg || o->keys) && o->mode != MODE_PRINT_SCREEN)
		return fail(err, _("%s needs --screen"), o->svg ? "--svg" : "--keys");
	if (o->language && strcmp(o->language, "en") != 0 && strcmp(o->language, "zh") != 0)
		return fail(err, _("--lang wants en or zh, not \"%s\""), o->language);
	return true;
}

bool options_read(struct options *o, int argc, char *const *argv, FILE *err)
{
	bool only_files = false;

	memset(o, 0, sizeof(*o));
	for (int i = 1; i < argc; i++) {
		bool is_option = argv[i][0] == '-' && argv[i][1] && !only_files;

		if (is_option && strcmp(argv[i], "--") == 0) {
			only_files = true;
		} else if (is_option) {
			if (!read_option(o, argc, argv, &i, err))
				return false;
		} else if (o->file) {
			return fail(err, _("one scenario at a time: \"%s\" is one too many"),
				    argv[i]);
		} else {
			o->file = argv[i];
		}
	}
	return is_complete(o, err);
}
