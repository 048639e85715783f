/*
 * The Chinese catalogue, held against the sources: what the screen says has its Chinese, and nothing else has.
 */
#include <check.h>
#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/i18n.h"

enum { TEXTS_MAX = 4096, TEXT_MAX = 1024 };

/* Texts that the sources mark for translation. */
static char *marked[TEXTS_MAX];
static int nr_marked;

/* What stays English: diagnoses of the command line, of scenarios and of what is typed at the prompt. */
static bool is_diagnosis(const char *path)
{
	static const char *const files[] = {
		"src/edit.c",          "src/elf.c",           "src/event.c",      "src/expect.c",
		"src/expect_parse.c",  "src/files.c",         "src/focus.c",      "src/header.c",
		"src/header_memory.c", "src/include.c",       "src/lecture.c",    "src/lexer.c",
		"src/mistake.c",       "src/listing_check.c", "src/option.c",     "src/options.c",
		"src/panic.c",         "src/parse.c",         "src/repeat.c",     "src/proc_dir.c",
		"src/scenario.c",      "src/values.c",        "src/what_place.c", "ui/main.c",
		"ui/term.c",           "ui/screen_print.c",
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (strcmp(path, files[i]) == 0)
			return true;
	return false;
}

static char *read_source(const char *path)
{
	static char text[1 << 18];
	FILE *f = fopen(path, "r");
	size_t n;

	ck_assert_ptr_nonnull(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	ck_assert_uint_lt(n, sizeof(text) - 1);
	text[n] = '\0';
	return text;
}

/* Comments become blanks; what stands in quotes is left alone. */
static void blank_comments(char *p)
{
	while (*p) {
		if (*p == '"') {
			for (p++; *p && *p != '"'; p++)
				p += *p == '\\';
			p += *p == '"';
		} else if (p[0] == '/' && p[1] == '*') {
			char *end = strstr(p + 2, "*/");

			ck_assert_ptr_nonnull(end);
			memset(p, ' ', (size_t)(end + 2 - p));
			p = end + 2;
		} else {
			p++;
		}
	}
}

/* One character of a literal, its escape read; returns the place behind it. */
static const char *read_char(const char *p, char *c)
{
	if (*p != '\\') {
		*c = *p;
		return p + 1;
	}
	p++;
	if (*p >= '0' && *p <= '7') {
		char *end;
		char octal[4] = {p[0], p[1], p[2], '\0'};

		*c = (char)strtol(octal, &end, 8);
		return p + (end - octal);
	}
	*c = *p == 'n' ? '\n' : *p == 't' ? '\t' : *p;
	return p + 1;
}

/* Literals side by side, and PRIx64 between them, as one text. NULL: there is none at p. */
static const char *read_literals(const char *p, char text[TEXT_MAX])
{
	size_t n = 0;
	bool any = false;

	for (;;) {
		p += strspn(p, " \t\n");
		if (strncmp(p, "PRIx64", 6) == 0 && any) {
			n += (size_t)snprintf(text + n, TEXT_MAX - n, "%s", PRIx64);
			p += 6;
			continue;
		}
		if (*p != '"')
			break;
		for (p++; *p != '"'; n++) {
			ck_assert_uint_lt(n, TEXT_MAX - 1);
			p = read_char(p, &text[n]);
		}
		p++;
		any = true;
	}
	text[n] = '\0';
	return any ? p : NULL;
}

static void mark(const char *text)
{
	if (!*text)
		return;
	for (int i = 0; i < nr_marked; i++)
		if (strcmp(marked[i], text) == 0)
			return;
	ck_assert_int_lt(nr_marked, TEXTS_MAX);
	marked[nr_marked++] = strdup(text);
}

/* Every literal between an opening parenthesis and its closing one. */
static void mark_in_parentheses(const char *p)
{
	char text[TEXT_MAX];

	for (int depth = 1; depth && *p;) {
		const char *end = *p == '"' ? read_literals(p, text) : NULL;

		if (end) {
			mark(text);
			p = end;
			continue;
		}
		depth += *p == '(' ? 1 : *p == ')' ? -1 : 0;
		p++;
	}
}

static bool is_word_char(char c)
{
	return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z');
}

/* Texts in _(...) and N_(...). */
static void mark_source(const char *path)
{
	char *text = read_source(path);

	blank_comments(text);
	for (char *p = text; (p = strstr(p, "_(")); p += 2) {
		char *start = p > text && p[-1] == 'N' ? p - 1 : p;

		if (start == text || !is_word_char(start[-1]))
			mark_in_parentheses(p + 2);
	}
}

/* The n-th quoted text of every line that begins with a word: a column of a table. */
static void mark_column(const char *path, const char *word, int n)
{
	char *text = read_source(path), literal[TEXT_MAX];
	size_t len = strlen(word);

	blank_comments(text);
	for (char *line = text; line; line = strchr(line, '\n')) {
		const char *p;

		line += *line == '\n';
		if (strncmp(line, word, len) != 0)
			continue;
		p = line;
		for (int i = 0; i < n && p; i++) {
			p = strchr(p, '"');
			p = p ? read_literals(p, literal) : NULL;
		}
		ck_assert_ptr_nonnull(p);
		mark(literal);
	}
}

static void mark_files(const char *pattern, bool tables_of_steps)
{
	glob_t files;

	ck_assert_int_eq(glob(pattern, 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		if (tables_of_steps) {
			mark_column(files.gl_pathv[i], "SPAN(", 2);
			mark_column(files.gl_pathv[i], "STEP(", 2);
		} else if (!is_diagnosis(files.gl_pathv[i])) {
			mark_source(files.gl_pathv[i]);
		}
	}
	globfree(&files);
}

static void read_sources(void)
{
	static const char *const patterns[] = {"ui/*.c", "ui/*.def", "src/*.c", "src/*.def"};

	nr_marked = 0;
	for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++)
		mark_files(patterns[i], false);
	mark_files("sim/steps_*.def", true);
	mark_column("src/events.def", "EVENT(", 3);
}

static void forget_sources(void)
{
	while (nr_marked)
		free(marked[--nr_marked]);
}

static bool is_marked(const char *text)
{
	for (int i = 0; i < nr_marked; i++)
		if (strcmp(marked[i], text) == 0)
			return true;
	return false;
}

static const char *chinese_of(const char *english)
{
	const struct i18n_entry *e;

	for (size_t i = 0; (e = i18n_entry(i)); i++)
		if (strcmp(e->english, english) == 0)
			return e->chinese;
	return NULL;
}

START_TEST(whatever_the_screen_says_has_its_chinese)
{
	for (int i = 0; i < nr_marked; i++)
		ck_assert_msg(chinese_of(marked[i]), "src/zh.def has no line for \"%s\"",
			      marked[i]);
	ck_assert_int_gt(nr_marked, 1500);
}
END_TEST

START_TEST(no_line_of_the_catalogue_is_stale_or_there_twice)
{
	const struct i18n_entry *e;

	for (size_t i = 0; (e = i18n_entry(i)); i++) {
		ck_assert_msg(is_marked(e->english), "no source says \"%s\"", e->english);
		ck_assert_msg(chinese_of(e->english) == e->chinese, "twice: \"%s\"", e->english);
	}
}
END_TEST

/* ---- places ---- */

/* "{STEP.k|one|many}" names STEP.k; returns the name's length, 0 where none begins at p. */
static size_t place_name(const char *p)
{
	size_t n;

	if (*p != '{')
		return 0;
	n = strcspn(p + 1, "|}");
	return n && n < 40 ? n : 0;
}

static bool has_place(const char *text, const char *name, size_t len)
{
	for (; (text = strchr(text, '{')); text++)
		if (place_name(text) == len && strncmp(text + 1, name, len) == 0)
			return true;
	return false;
}

static bool has_same_places(const char *a, const char *b)
{
	for (const char *p = a; (p = strchr(p, '{')); p++)
		if (place_name(p) && !has_place(b, p + 1, place_name(p)))
			return false;
	return true;
}

/* The n-th conversion (from 1) of a format, without its number: "%2$s" is "s" as the second. NULL: none. */
static const char *conversion(const char *format, int n, char found[32])
{
	int counted = 0;

	for (const char *p = format; (p = strchr(p, '%')); p++) {
		size_t digits = strspn(p + 1, "0123456789"), len;
		int at;

		if (p[1] == '%') {
			p++;
			continue;
		}
		at = p[1 + digits] == '$' ? atoi(p + 1) : ++counted;
		p += p[1 + digits] == '$' ? digits + 1 : 0;
		len = strcspn(p + 1, "duxsc") + 1;
		if (at == n) {
			snprintf(found, 32, "%.*s", (int)len, p + 1);
			return found;
		}
	}
	return NULL;
}

static bool has_same_conversions(const char *a, const char *b)
{
	char in_a[32], in_b[32];

	for (int n = 1; n < 12; n++) {
		const char *x = conversion(a, n, in_a), *y = conversion(b, n, in_b);

		if (!x != !y || (x && strcmp(x, y) != 0))
			return false;
	}
	return true;
}

START_TEST(places_are_the_same_in_both_languages)
{
	const struct i18n_entry *e;

	for (size_t i = 0; (e = i18n_entry(i)); i++) {
		ck_assert_msg(has_same_places(e->english, e->chinese) &&
				      has_same_places(e->chinese, e->english),
			      "places differ: \"%s\", \"%s\"", e->english, e->chinese);
		ck_assert_msg(has_same_conversions(e->english, e->chinese),
			      "conversions differ: \"%s\", \"%s\"", e->english, e->chinese);
	}
}
END_TEST

START_TEST(conversions_may_stand_in_another_order)
{
	ck_assert(has_same_conversions("object %d of %s", "%2$s %1$d"));
	ck_assert(!has_same_conversions("object %d of %s", "%s %d"));
	ck_assert(!has_same_conversions("%d", "%s"));
	ck_assert(!has_same_conversions("%u", "-"));
	ck_assert(has_same_places("{a} {b|one|many}", "{b} {a}"));
	ck_assert(!has_same_places("{a} {b}", "{a}"));
}
END_TEST

START_TEST(the_language_is_the_one_that_was_asked_for)
{
	ck_assert_str_eq(_("cache line"), "cache line");
	i18n_use("zh");
	ck_assert_str_eq(_("cache line"), "\347\274\223\345\255\230\350\241\214");
	ck_assert_str_eq(_("this stands nowhere"), "this stands nowhere");
	i18n_use("en");
	ck_assert_str_eq(_("cache line"), "cache line");
}
END_TEST

Suite *i18n_suite(void)
{
	Suite *s = suite_create("i18n");
	TCase *t = tcase_create("i18n");

	tcase_set_timeout(t, 0);
	tcase_add_checked_fixture(t, read_sources, forget_sources);
	tcase_add_test(t, whatever_the_screen_says_has_its_chinese);
	tcase_add_test(t, no_line_of_the_catalogue_is_stale_or_there_twice);
	tcase_add_test(t, places_are_the_same_in_both_languages);
	tcase_add_test(t, conversions_may_stand_in_another_order);
	tcase_add_test(t, the_language_is_the_one_that_was_asked_for);
	suite_add_tcase(s, t);
	return s;
}
