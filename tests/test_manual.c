/*
 * The manual pages say what the tables say: events of the language, panels, options.
 *
 *	.It Cm malloc Ar PROC REGION SIZE , Cm calloc Ar PROC REGION SIZE
 *	       ^^^^^^                          ^^^^^^ words of events.def
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "src/grammar.h"
#include "src/options.h"
#include "src/scenario.h"

static char manual[1 << 16];

static void read_manual(const char *path)
{
	FILE *f = fopen(path, "r");

	ck_assert_msg(f != NULL, "%s is not there", path);
	manual[fread(manual, 1, sizeof(manual) - 1, f)] = '\0';
	fclose(f);
}

/* Where the page lists an event's word; NULL: it does not. */
static const char *find_item(const char *word)
{
	char first[64], later[64];
	const char *item;

	snprintf(first, sizeof(first), "\n.It Cm %s ", word);
	snprintf(later, sizeof(later), " , Cm %s ", word);
	item = strstr(manual, first);
	if (!item)
		item = strstr(manual, later);
	if (item)
		return item;
	/* without arguments */
	first[strlen(first) - 1] = '\n';
	return strstr(manual, first);
}

static enum event_kind find_event(const char *word, size_t len)
{
	unsigned k = 0;

	while (k < NR_EVENT_KINDS &&
	       (strlen(event_help(k)->word) != len || memcmp(event_help(k)->word, word, len) != 0))
		k++;
	return k;
}

START_TEST(every_event_that_can_run_is_an_item)
{
	read_manual("docs/mmviz-scenario.5");
	for (unsigned k = 0; k < NR_EVENT_KINDS; k++)
		if (event_is_modelled(k))
			ck_assert_msg(find_item(event_help(k)->word) != NULL,
				      "docs/mmviz-scenario.5 has no .It Cm %s",
				      event_help(k)->word);
		else
			ck_assert_msg(find_item(event_help(k)->word) == NULL,
				      "docs/mmviz-scenario.5 has an item for %s, which cannot run",
				      event_help(k)->word);
}
END_TEST

START_TEST(every_item_of_an_event_has_its_options)
{
	read_manual("docs/mmviz-scenario.5");
	for (unsigned k = 0; k < NR_EVENT_KINDS; k++) {
		const char *item = event_is_modelled(k) ? find_item(event_help(k)->word) : NULL;
		char line[1024], word[32];
		size_t len;

		if (!item)
			continue;
		item += *item == '\n';
		snprintf(line, sizeof(line), "%.*s", (int)strcspn(item, "\n"), item);
		for (const char *a = event_help(k)->arguments; *a; a += len + !len) {
			len = strspn(a, "abcdefghijklmnopqrstuvwxyz");
			snprintf(word, sizeof(word), "%.*s", (int)len, a);
			ck_assert_msg(strstr(line, word) != NULL, "%s is not in: %s", word, line);
		}
	}
}
END_TEST

START_TEST(every_item_among_the_events_is_one)
{
	char *p, *end;

	read_manual("docs/mmviz-scenario.5");
	p = strstr(manual, ".Ss Process events");
	end = strstr(manual, ".Ss Lecture statements");
	ck_assert(p && end && p < end);
	*end = '\0';
	while ((p = strstr(p, "Cm "))) {
		bool is_first = strncmp(p - 4, ".It ", 4) == 0 || strncmp(p - 3, " , ", 3) == 0;

		p += 3;
		if (is_first)
			ck_assert_msg(find_event(p, strcspn(p, " \n")) < NR_EVENT_KINDS,
				      "no event of events.def: %.30s", p);
	}
}
END_TEST

START_TEST(events_that_cannot_run_are_told)
{
	const char *p, *end;
	unsigned told = 0, k;

	read_manual("docs/mmviz-scenario.5");
	p = strstr(manual, "The language also holds");
	ck_assert_ptr_nonnull(p);
	end = strstr(p, "their mechanisms");
	ck_assert_ptr_nonnull(end);
	for (p = strstr(p, ".Cm"); p < end; p += strspn(p, " ,;\n")) {
		size_t len = strcspn(p, " ,;\n");

		if (strncmp(p, ".Cm", len) != 0) {
			k = find_event(p, len);
			ck_assert_msg(k < NR_EVENT_KINDS && !event_is_modelled(k), "%.*s can run",
				      (int)len, p);
			told++;
		}
		p += len;
	}
	for (k = 0; k < NR_EVENT_KINDS; k++)
		told -= !event_is_modelled(k);
	ck_assert_uint_eq(told, 0);
}
END_TEST

START_TEST(panels_of_focus_are_told)
{
	read_manual("docs/mmviz-scenario.5");
	for (unsigned i = 0; focus_words[i]; i++)
		ck_assert_msg(strstr(manual, focus_words[i]) != NULL, "%s", focus_words[i]);
}
END_TEST

START_TEST(every_option_of_the_help_is_in_the_manual)
{
	static char help[1 << 13];
	FILE *f = fmemopen(help, sizeof(help), "w");
	unsigned nr = 0;

	options_help(f);
	fclose(f);
	read_manual("docs/mmviz.1");
	for (const char *p = help; (p = strstr(p, "\n  --")); p++, nr++) {
		char item[64];

		snprintf(item, sizeof(item), "Fl -%.*s", (int)strcspn(p + 5, " "), p + 5);
		ck_assert_msg(strstr(strstr(manual, ".Sh OPTIONS"), item) != NULL, "no %s", item);
	}
	ck_assert_uint_gt(nr, 10);
}
END_TEST

Suite *manual_suite(void)
{
	Suite *s = suite_create("manual");
	TCase *tc = tcase_create("manual");

	tcase_add_test(tc, every_event_that_can_run_is_an_item);
	tcase_add_test(tc, every_item_of_an_event_has_its_options);
	tcase_add_test(tc, every_item_among_the_events_is_one);
	tcase_add_test(tc, events_that_cannot_run_are_told);
	tcase_add_test(tc, panels_of_focus_are_told);
	tcase_add_test(tc, every_option_of_the_help_is_in_the_manual);
	suite_add_tcase(s, tc);
	return s;
}
