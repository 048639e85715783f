/* Diagnoses: places, carets, suggestions. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "src/diag.h"

static struct diags d;
static char *printed;

static void setup(void) { diags_init(&d); }

static void teardown(void)
{
	diags_free(&d);
	free(printed);
	printed = NULL;
}

static const char *print(void)
{
	size_t size;
	FILE *out = open_memstream(&printed, &size);

	diags_print(&d, out);
	fclose(out);
	return printed;
}

static void add_at(const char *text, size_t at, size_t width, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	diag_add_at(&d, "cow.txt", 7, text, strlen(text), at, width, format, values);
	va_end(values);
}

START_TEST(a_diagnosis_is_printed_as_compilers_do)
{
	diag_add(&d, "cow.txt", 7, 7, 3, "write kdi buf value=K", "unknown process \"%s\"", "kdi");
	ck_assert_str_eq(print(), "cow.txt:7:7: unknown process \"kdi\"\n"
				  "    7 | write kdi buf value=K\n"
				  "      |       ^~~\n");
}
END_TEST

START_TEST(a_diagnosis_without_a_line_has_no_caret)
{
	diag_add(&d, "mmviz", 0, 0, 0, "", "out of memory");
	ck_assert_str_eq(print(), "mmviz: out of memory\n");
}
END_TEST

START_TEST(columns_count_tabs_to_the_next_multiple_of_eight)
{
	add_at("\twrite\tx", 7, 1, "here");
	ck_assert_uint_eq(d.item[0].column, 17);
	ck_assert_str_eq(d.item[0].text, "        write   x");
}
END_TEST

START_TEST(chinese_characters_take_two_columns_and_combining_ones_none)
{
	add_at("say \"\xe4\xbd\xa0\xe5\xa5\xbd\" x", 13, 1, "here");
	ck_assert_uint_eq(d.item[0].column, 12);
	add_at("e\xcc\x81 x", 4, 1, "here");
	ck_assert_uint_eq(d.item[1].column, 3);
	add_at("say \"\xe4\xbd\xa0\xe5\xa5\xbd\"", 4, 8, "here");
	ck_assert_uint_eq(d.item[2].column, 5);
	ck_assert_uint_eq(d.item[2].width, 6);
}
END_TEST

START_TEST(what_cannot_be_shown_becomes_a_question_mark)
{
	add_at("a\033b\xff"
	       "c",
	       4, 1, "here");
	ck_assert_str_eq(d.item[0].text, "a?b?c");
	ck_assert_uint_eq(d.item[0].column, 5);
}
END_TEST

START_TEST(a_fault_behind_the_line_stands_behind_it)
{
	add_at("munmap sh", 10, 1, "missing");
	ck_assert_uint_eq(d.item[0].column, 10);
	ck_assert_uint_eq(d.item[0].width, 1);
}
END_TEST

START_TEST(twenty_are_kept_and_the_others_counted)
{
	for (int i = 0; i < 23; i++)
		diag_add(&d, "x", 1, 1, 1, "", "number %d", i);
	ck_assert_uint_eq(d.count, 20);
	ck_assert_uint_eq(d.dropped, 3);
	ck_assert_ptr_nonnull(strstr(print(), "3 more mistakes\n"));
}
END_TEST

START_TEST(the_distance_counts_letters_that_differ)
{
	ck_assert_uint_eq(word_distance("kdi", 3, "kid", 3), 1);
	ck_assert_uint_eq(word_distance("wirte", 5, "write", 5), 1);
	ck_assert_uint_eq(word_distance("kid", 3, "kid", 3), 0);
	ck_assert_uint_eq(word_distance("", 0, "abc", 3), 3);
	ck_assert_uint_eq(word_distance("fork", 4, "forks", 5), 1);
	ck_assert_uint_eq(word_distance("malloc", 6, "calloc", 6), 1);
	ck_assert_uint_eq(word_distance("munmpa", 6, "mmap", 4), 3);
}
END_TEST

START_TEST(the_nearest_word_is_suggested_only_if_it_is_near)
{
	static const char *const list[] = {"mmap", "munmap", "mremap", "fork", NULL};

	ck_assert_str_eq(nearest_word("mmpa", 4, list), "mmap");
	ck_assert_str_eq(nearest_word("frok", 4, list), "fork");
	ck_assert_str_eq(nearest_word("unmap", 5, list), "munmap");
	ck_assert_str_eq(nearest_word("MMAP", 4, list), "mmap");
	ck_assert_ptr_null(nearest_word("xyzzy", 5, list));
	ck_assert_ptr_null(nearest_word("x", 1, list));
	ck_assert_ptr_null(nearest_word("fork", 4, list + 4));
}
END_TEST

Suite *diag_suite(void);
Suite *diag_suite(void)
{
	Suite *s = suite_create("diag");
	TCase *tc = tcase_create("diag");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_diagnosis_is_printed_as_compilers_do);
	tcase_add_test(tc, a_diagnosis_without_a_line_has_no_caret);
	tcase_add_test(tc, columns_count_tabs_to_the_next_multiple_of_eight);
	tcase_add_test(tc, chinese_characters_take_two_columns_and_combining_ones_none);
	tcase_add_test(tc, what_cannot_be_shown_becomes_a_question_mark);
	tcase_add_test(tc, a_fault_behind_the_line_stands_behind_it);
	tcase_add_test(tc, twenty_are_kept_and_the_others_counted);
	tcase_add_test(tc, the_distance_counts_letters_that_differ);
	tcase_add_test(tc, the_nearest_word_is_suggested_only_if_it_is_near);
	suite_add_tcase(s, tc);
	return s;
}
