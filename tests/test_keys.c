/*
 * The table of keys, and what is made from it.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "ui/keys.h"
#include "ui/panel.h"

START_TEST(keys_of_the_design_do_what_it_says)
{
	static const struct {
		const char *keys;
		enum action action;
	} wanted[] = {
		{"n Space Right PageDown", ACT_NEXT},
		{"p Left PageUp Backspace", ACT_BACK},
		{"s", ACT_STEP},
		{"S", ACT_STEP_BACK},
		{"g Home", ACT_START},
		{"G End", ACT_END},
		{"r", ACT_PLAY},
		{"+", ACT_FASTER},
		{"-", ACT_SLOWER},
		{"Tab", ACT_PANEL_NEXT},
		{"Shift-Tab", ACT_PANEL_PREV},
		{"1 2 3 4 5 6 7 8 9", ACT_PANEL_NR},
		{"Up k", ACT_UP},
		{"Down j", ACT_DOWN},
		{"h", ACT_LEFT},
		{"l", ACT_RIGHT},
		{"Enter", ACT_FOLLOW},
		{"z", ACT_ZOOM},
		{":", ACT_PROMPT},
		{"/", ACT_SEARCH},
		{"? F1", ACT_HELP},
		{"T", ACT_THEME},
		{"q", ACT_QUIT},
	};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		for (const char *p = wanted[i].keys; *p;) {
			size_t len = strcspn(p, " ");
			uint32_t key = key_named(p, len);

			ck_assert_msg(key != 0, "no key is named %.*s", (int)len, p);
			ck_assert_msg(key_action(key) == wanted[i].action, "key %.*s", (int)len, p);
			p += len + strspn(p + len, " ");
		}
	}
}
END_TEST

START_TEST(no_key_stands_on_two_lines)
{
	const struct key_info *k;
	uint32_t seen[256];
	size_t n = 0;

	for (size_t i = 0; (k = key_info(i)); i++) {
		if (k->line != LINE_KEY)
			continue;
		for (const char *p = k->keys; *p;) {
			size_t len = strcspn(p, " ");
			uint32_t key = key_named(p, len);

			ck_assert_msg(key != 0, "line %zu: %s", i, k->keys);
			for (size_t j = 0; j < n; j++)
				ck_assert_msg(seen[j] != key, "%.*s stands twice", (int)len, p);
			seen[n++] = key;
			p += len + strspn(p + len, " ");
		}
	}
}
END_TEST

START_TEST(every_line_has_its_help)
{
	const struct key_info *k;

	for (size_t i = 0; (k = key_info(i)); i++) {
		if (k->line == LINE_GROUP) {
			ck_assert_str_ne(k->group, "");
			continue;
		}
		ck_assert_str_ne(k->keys, "");
		ck_assert_str_ne(k->help, "");
		if (k->line == LINE_KEY)
			ck_assert_int_eq(k->shown[0] == '\0', k->label[0] == '\0');
		if (k->line == LINE_PANEL_KEY) {
			bool found = false;

			for (size_t j = 0; panel_table[j]; j++)
				found = found || strcmp(panel_table[j]->name, k->group) == 0;
			ck_assert_msg(found, "no panel %s", k->group);
		}
	}
}
END_TEST

START_TEST(an_unknown_key_does_nothing)
{
	ck_assert_int_eq(key_action('@'), ACT_NONE);
	ck_assert_int_eq(key_action(KEY_DELETE_), ACT_NONE);
	ck_assert_int_eq(key_action(0), ACT_NONE);
	ck_assert_uint_eq(key_named("Nothing", 7), 0);
}
END_TEST

START_TEST(the_manual_page_lists_the_table)
{
	static char list[1 << 14], manual[1 << 16];
	FILE *f = fmemopen(list, sizeof(list), "w");
	size_t n;

	keys_print_man(f);
	fclose(f);
	f = fopen("docs/mmviz.1", "r");
	ck_assert_msg(f != NULL, "docs/mmviz.1 is not there");
	n = fread(manual, 1, sizeof(manual) - 1, f);
	fclose(f);
	manual[n] = '\0';
	ck_assert_msg(strstr(manual, list) != NULL,
		      "the list of keys in docs/mmviz.1 should be:\n%s", list);
}
END_TEST

Suite *keys_suite(void)
{
	Suite *s = suite_create("keys");
	TCase *t = tcase_create("keys");

	tcase_add_test(t, keys_of_the_design_do_what_it_says);
	tcase_add_test(t, no_key_stands_on_two_lines);
	tcase_add_test(t, every_line_has_its_help);
	tcase_add_test(t, an_unknown_key_does_nothing);
	tcase_add_test(t, the_manual_page_lists_the_table);
	suite_add_tcase(s, t);
	return s;
}
