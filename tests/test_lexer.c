/* From text to words; numbers and sizes: SCENARIO, the table of kinds. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/lexer.h"
#include "src/number.h"
#include "src/symbols.h"
#include "src/utf8.h"

static struct line l;
static char *buf;
static uint32_t cap;

static const char *read_line(const char *text)
{
	const char *next = line_read(&l, text, text + strlen(text));

	ck_assert(line_resolve(&l, 0, &buf, &cap));
	return next;
}

static void free_buf(void)
{
	free(buf);
	buf = NULL;
	cap = 0;
}

/* The words with a stroke between them. */
static const char *words(const char *text)
{
	static char all[256];
	size_t used = 0;

	read_line(text);
	all[0] = '\0';
	for (uint32_t i = 0; i < l.nr_words; i++)
		used += (size_t)snprintf(all + used, sizeof(all) - used, "%s%.*s", i ? "|" : "",
					 (int)l.word[i].len, l.word[i].text);
	return all;
}

static const char *folded(const char *text, uint32_t counter)
{
	static char out[128];

	line_fold(text, strlen(text), counter, out, sizeof(out));
	return out;
}

START_TEST(words_are_separated_by_blanks_and_tabs)
{
	ck_assert_str_eq(words("write sh buf"), "write|sh|buf");
	ck_assert_str_eq(words(" \twrite   sh\tbuf \r"), "write|sh|buf");
	ck_assert_str_eq(words(""), "");
	ck_assert_str_eq(words("a-word-longer-than-eight-letters! second!word"),
			 "a-word-longer-than-eight-letters!|second!word");
}
END_TEST

START_TEST(a_hash_begins_a_comment_but_not_in_quotes)
{
	ck_assert_str_eq(words("write sh buf # the page"), "write|sh|buf");
	ck_assert_str_eq(words("write sh buf#x"), "write|sh|buf");
	ck_assert_str_eq(words("say \"a # b\""), "say|a # b");
	words("# only");
	ck_assert(l.has_comment && l.nr_words == 0);
}
END_TEST

START_TEST(quotes_keep_blanks_and_know_three_escapes)
{
	ck_assert_str_eq(words("say \"a  b\""), "say|a  b");
	ck_assert_str_eq(words("say \"a\\\"b\\\\c\\nd\""), "say|a\"b\\c\nd");
	ck_assert_str_eq(words("write sh b value=\"a b\""), "write|sh|b|value=a b");
	ck_assert_str_eq(words("say \"\""), "say|");
	ck_assert(l.word[1].quoted);
}
END_TEST

START_TEST(a_quote_that_is_not_closed_is_a_fault_at_its_beginning)
{
	read_line("say \"abc");
	ck_assert_str_eq(l.fault, "a quote that is not closed");
	ck_assert_uint_eq(l.fault_at, 4);
	ck_assert_uint_eq(l.fault_width, 4);
}
END_TEST

START_TEST(control_characters_and_bytes_that_are_not_utf8_are_faults)
{
	read_line("read sh \033[1m");
	ck_assert_str_eq(l.fault, "a control character");
	ck_assert_uint_eq(l.fault_at, 8);
	read_line("say \"\xe4\xbd\xa0\"");
	ck_assert_ptr_null(l.fault);
	read_line("say \"\xe4\xbd\"");
	ck_assert_str_eq(l.fault, "not UTF-8");
	ck_assert_uint_eq(l.fault_at, 5);
	read_line("# \xff");
	ck_assert_str_eq(l.fault, "not UTF-8");
	/* written longer than needed, a surrogate, beyond Unicode, cut off */
	size_t at;
	ck_assert(!is_utf8("\xc0\x80", 2, &at));
	ck_assert(!is_utf8("\xed\xa0\x80", 3, &at));
	ck_assert(!is_utf8("\xf5\x80\x80\x80", 4, &at));
	ck_assert(!is_utf8("a\xf0\x9f\x98", 4, &at));
	ck_assert_uint_eq(at, 1);
	ck_assert(is_utf8("\xf0\x9f\x98\x80", 4, &at));
}
END_TEST

START_TEST(a_line_ends_with_a_newline_or_a_zero_byte)
{
	static const char text[] = "a b\nc\0d";
	const char *end = text + sizeof(text) - 1, *next = line_read(&l, text, end);

	ck_assert_uint_eq(l.len, 3);
	ck_assert_ptr_eq(next, text + 4);
	next = line_read(&l, next, end);
	ck_assert_uint_eq(l.len, 1);
	next = line_read(&l, next, end);
	ck_assert_uint_eq(l.len, 1);
	ck_assert_ptr_eq(next, end);
}
END_TEST

START_TEST(a_line_of_single_blanks_without_a_comment_is_canonical)
{
	read_line("write sh buf");
	ck_assert(l.canonical && l.simple);
	read_line("write  sh buf");
	ck_assert(!l.canonical);
	read_line("write sh buf ");
	ck_assert(!l.canonical);
	read_line(" write sh buf");
	ck_assert(!l.canonical);
	read_line("write sh buf\r");
	ck_assert(!l.canonical);
	read_line("write sh buf #");
	ck_assert(!l.canonical);
}
END_TEST

START_TEST(too_many_words_are_a_fault)
{
	char text[WORDS_MAX * 2 + 3];

	for (int i = 0; i <= WORDS_MAX; i++)
		memcpy(text + i * 2, "a ", 3);
	read_line(text);
	ck_assert_str_eq(l.fault, "too many words in one line");
	ck_assert_uint_eq(l.fault_at, WORDS_MAX * 2);
	ck_assert_uint_eq(l.nr_words, WORDS_MAX);
}
END_TEST

START_TEST(the_counter_stands_for_dollar_i)
{
	static const char text[] = "mmap sh r$i \"a $i\" $i$i";

	line_read(&l, text, text + strlen(text));
	ck_assert(l.has_counter);
	ck_assert(line_resolve(&l, 4294967295u, &buf, &cap));
	ck_assert_int_eq(memcmp(l.word[2].text, "r4294967295", l.word[2].len), 0);
	ck_assert_uint_eq(l.word[2].at, 8);
	ck_assert_uint_eq(l.word[2].width, 3);
	ck_assert_uint_eq(l.word[3].len, 12);
	ck_assert_uint_eq(l.word[4].len, 20);
}
END_TEST

START_TEST(folding_drops_blanks_and_comments_outside_of_quotes)
{
	ck_assert_str_eq(folded("  mmap \t sh  buf 4K  # x", 0), "mmap sh buf 4K");
	ck_assert_str_eq(folded("say  \"a  # \\\"  b\"  ", 0), "say \"a  # \\\"  b\"");
	ck_assert_str_eq(folded("fork sh kid$i", 12), "fork sh kid12");
	ck_assert_str_eq(folded("fork sh kid$i", 0), "fork sh kid$i");
	char four[5];
	ck_assert_uint_eq(line_fold("abcdefgh", 8, 0, four, sizeof(four)), 8);
	ck_assert_str_eq(four, "abcd");
}
END_TEST

START_TEST(sizes_have_units_fractions_and_pages)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} good[] = {
		{"0", 0},
		{"4096", 4096},
		{"0x1000", 4096},
		{"64K", 65536},
		{"16M", 16777216},
		{"3p", 12288},
		{"1G", 1073741824},
		{"1.6G", 1717986919},
		{"0.5K", 512},
		{"1.5p", 6144},
		{"2k", 2048},
		{"0xFFffFFff", 0xffffffff},
		{"0.000000001G", 2},
		{"4.0M", 4194304},
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		uint64_t bytes;

		ck_assert_msg(size_read(good[i].text, strlen(good[i].text), &bytes) == NUMBER_OK,
			      "%s", good[i].text);
		ck_assert_uint_eq(bytes, good[i].bytes);
	}
}
END_TEST

START_TEST(what_is_no_size_is_refused)
{
	static const struct {
		const char *text;
		enum number_kind kind;
	} bad[] = {
		{"", NUMBER_BAD},
		{"x", NUMBER_BAD},
		{"-1", NUMBER_BAD},
		{"4Q", NUMBER_UNIT},
		{"4KK", NUMBER_UNIT},
		{"1.5", NUMBER_UNIT},
		{"1.K", NUMBER_BAD},
		{"0x", NUMBER_UNIT},
		{"0xg", NUMBER_BAD},
		{"0x1K", NUMBER_UNIT},
		{"1.5.5K", NUMBER_UNIT},
		{"1.0000000001K", NUMBER_BAD},
		{"99999999999999999999", NUMBER_TOO_LARGE},
		{"9999999999999G", NUMBER_TOO_LARGE},
		{"0x10000000000000000", NUMBER_TOO_LARGE},
		{"9999999999999.5G", NUMBER_TOO_LARGE},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint64_t bytes;

		ck_assert_msg(size_read(bad[i].text, strlen(bad[i].text), &bytes) == bad[i].kind,
			      "%s", bad[i].text);
	}
}
END_TEST

START_TEST(every_name_has_one_number)
{
	struct pool pool = {0};
	struct symbols t;
	char name[32];

	ck_assert(symbols_init(&t, &pool));
	for (unsigned i = 1; i <= 5000; i++) {
		int len = snprintf(name, sizeof(name), "a-name-of-length-%u", i);

		ck_assert_uint_eq(symbol_intern(&t, name, (uint32_t)len), i);
	}
	ck_assert_uint_eq(symbol_find(&t, "a-name-of-length-77", 19), 77);
	ck_assert_uint_eq(symbol_find(&t, "a-name-of-length-77", 18), 7);
	ck_assert_uint_eq(symbol_find(&t, "a-name", 6), 0);
	ck_assert_str_eq(t.item[77].name, "a-name-of-length-77");
	symbols_free(&t);
	pool_free(&pool);
}
END_TEST

START_TEST(short_names_of_the_same_letters_differ)
{
	static const char *const names[] = {
		"a",  "aa", "aaa", "aaaa", "aaaaa", "aaaaaa", "aaaaaaa", "aaaaaaaa", "aaaaaaaaa",
		"ab", "ba", "abc", "acb",  "abcd",  "abdc",   "abcde",   "abced"};
	struct pool pool = {0};
	struct symbols t;

	ck_assert(symbols_init(&t, &pool));
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ck_assert_uint_eq(symbol_intern(&t, names[i], (uint32_t)strlen(names[i])), i + 1);
	symbols_free(&t);
	pool_free(&pool);
}
END_TEST

Suite *lexer_suite(void);
Suite *lexer_suite(void)
{
	Suite *s = suite_create("lexer");
	TCase *tc = tcase_create("lexer");

	tcase_add_checked_fixture(tc, NULL, free_buf);
	tcase_add_test(tc, words_are_separated_by_blanks_and_tabs);
	tcase_add_test(tc, a_hash_begins_a_comment_but_not_in_quotes);
	tcase_add_test(tc, quotes_keep_blanks_and_know_three_escapes);
	tcase_add_test(tc, a_quote_that_is_not_closed_is_a_fault_at_its_beginning);
	tcase_add_test(tc, control_characters_and_bytes_that_are_not_utf8_are_faults);
	tcase_add_test(tc, a_line_ends_with_a_newline_or_a_zero_byte);
	tcase_add_test(tc, a_line_of_single_blanks_without_a_comment_is_canonical);
	tcase_add_test(tc, too_many_words_are_a_fault);
	tcase_add_test(tc, the_counter_stands_for_dollar_i);
	tcase_add_test(tc, folding_drops_blanks_and_comments_outside_of_quotes);
	tcase_add_test(tc, sizes_have_units_fractions_and_pages);
	tcase_add_test(tc, what_is_no_size_is_refused);
	tcase_add_test(tc, every_name_has_one_number);
	tcase_add_test(tc, short_names_of_the_same_letters_differ);
	suite_add_tcase(s, tc);
	return s;
}
