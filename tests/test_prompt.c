/*
 * The line editor, without a scenario behind it.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "ui/panel.h"
#include "ui/prompt.h"

static struct prompt p;

static void set_up(void)
{
	memset(&p, 0, sizeof(p));
	prompt_open(&p, PROMPT_EVENT);
}

static void tear_down(void) { prompt_free(&p); }

static void type(const char *text)
{
	for (; *text; text++)
		ck_assert_int_eq(prompt_key(&p, (uint32_t)*text), PROMPT_EDITED);
}

static void enter_line(const char *text)
{
	type(text);
	ck_assert_int_eq(prompt_key(&p, KEY_ENTER_), PROMPT_ENTER);
	prompt_remember(&p);
	prompt_close(&p);
	prompt_open(&p, PROMPT_EVENT);
}

START_TEST(what_is_typed_stands_in_the_line)
{
	type("write kid buf");
	ck_assert_str_eq(p.text, "write kid buf");
	ck_assert_int_eq(p.cursor, 13);
}
END_TEST

START_TEST(the_cursor_moves_and_text_goes_in_where_it_stands)
{
	type("wrte");
	prompt_key(&p, KEY_LEFT_);
	prompt_key(&p, KEY_LEFT_);
	type("i");
	ck_assert_str_eq(p.text, "write");
	prompt_key(&p, KEY_HOME_);
	type("re");
	ck_assert_str_eq(p.text, "rewrite");
	prompt_key(&p, KEY_END_);
	type("!");
	ck_assert_str_eq(p.text, "rewrite!");
	for (int i = 0; i < 20; i++)
		prompt_key(&p, KEY_LEFT_);
	ck_assert_int_eq(p.cursor, 0);
	for (int i = 0; i < 20; i++)
		prompt_key(&p, KEY_RIGHT_);
	ck_assert_int_eq(p.cursor, 8);
}
END_TEST

START_TEST(erasing_takes_whole_characters)
{
	prompt_key(&p, 'a');
	prompt_key(&p, 0x9875);
	prompt_key(&p, 0xe9);
	ck_assert_str_eq(p.text, "a页é");
	prompt_key(&p, KEY_BACKSPACE_);
	ck_assert_str_eq(p.text, "a页");
	prompt_key(&p, KEY_LEFT_);
	ck_assert_int_eq(p.cursor, 1);
	prompt_key(&p, KEY_DELETE_);
	ck_assert_str_eq(p.text, "a");
}
END_TEST

START_TEST(control_keys_erase_words_and_lines)
{
	type("write kid buf");
	prompt_key(&p, 'w' & 0x1f);
	ck_assert_str_eq(p.text, "write kid ");
	prompt_key(&p, 'w' & 0x1f);
	ck_assert_str_eq(p.text, "write ");
	prompt_key(&p, 'a' & 0x1f);
	prompt_key(&p, 'k' & 0x1f);
	ck_assert_str_eq(p.text, "");
	type("abc");
	prompt_key(&p, 'u' & 0x1f);
	ck_assert_str_eq(p.text, "");
}
END_TEST

START_TEST(history_gives_lines_back_and_keeps_what_was_being_typed)
{
	enter_line("spawn sh");
	enter_line("fork sh kid");
	enter_line("fork sh kid");
	type("wri");
	prompt_key(&p, KEY_UP_);
	ck_assert_str_eq(p.text, "fork sh kid");
	prompt_key(&p, KEY_UP_);
	ck_assert_str_eq(p.text, "spawn sh");
	prompt_key(&p, KEY_UP_);
	ck_assert_str_eq(p.text, "spawn sh");
	prompt_key(&p, KEY_DOWN_);
	prompt_key(&p, KEY_DOWN_);
	ck_assert_str_eq(p.text, "wri");
	prompt_key(&p, KEY_DOWN_);
	ck_assert_str_eq(p.text, "wri");
}
END_TEST

START_TEST(history_forgets_the_oldest_lines)
{
	char line[32];

	for (int i = 0; i < HISTORY_MAX + 5; i++) {
		snprintf(line, sizeof(line), "spawn p%d", i);
		enter_line(line);
	}
	ck_assert_int_eq(p.history[PROMPT_EVENT].count, HISTORY_MAX);
	ck_assert_str_eq(p.history[PROMPT_EVENT].line[0], "spawn p5");
}
END_TEST

START_TEST(searches_have_a_history_of_their_own)
{
	enter_line("spawn sh");
	prompt_open(&p, PROMPT_SEARCH);
	prompt_key(&p, KEY_UP_);
	ck_assert_str_eq(p.text, "");
}
END_TEST

START_TEST(escape_and_erasing_beyond_the_start_leave)
{
	type("a");
	ck_assert_int_eq(prompt_key(&p, KEY_ESCAPE_), PROMPT_CANCEL);
	ck_assert(!p.open);
	prompt_open(&p, PROMPT_EVENT);
	type("a");
	ck_assert_int_eq(prompt_key(&p, KEY_BACKSPACE_), PROMPT_EDITED);
	ck_assert_int_eq(prompt_key(&p, KEY_BACKSPACE_), PROMPT_CANCEL);
	ck_assert(!p.open);
}
END_TEST

START_TEST(a_line_has_an_end)
{
	for (int i = 0; i < 2 * LINE_MAX_BYTES; i++)
		prompt_key(&p, 0x9875);
	ck_assert_int_lt(p.len, LINE_MAX_BYTES);
	ck_assert_uint_eq(strlen(p.text), (size_t)p.len);
	ck_assert_int_eq(p.len % 3, 0);
}
END_TEST

START_TEST(an_error_goes_away_with_the_next_key)
{
	type("wrte sh");
	strcpy(p.error, "unknown word");
	p.error_width = 4;
	type("x");
	ck_assert_str_eq(p.error, "");
	ck_assert_int_eq(p.error_width, 0);
}
END_TEST

/* The prompt drawn into w columns and h lines. */
static const char *drawn(int w, int h, int *x, int *y)
{
	static char buf[4096];
	struct grid g = {0};
	struct area a;
	FILE *f = fmemopen(buf, sizeof(buf), "w");

	ck_assert(grid_resize(&g, w, h));
	a = area_of(&g);
	prompt_draw(&p, &a, x, y);
	grid_print(&g, f);
	fclose(f);
	grid_free(&g);
	return buf;
}

START_TEST(the_caret_stands_under_the_fault)
{
	int x, y;

	type("write kdi buf");
	strcpy(p.error, "no process \"kdi\"");
	p.error_column = 6;
	p.error_width = 3;
	ck_assert_str_eq(drawn(40, 3, &x, &y), "\n:write kdi buf\n       ^~~ no process \"kdi\"\n");
	ck_assert_int_eq(x, 14);
	ck_assert_int_eq(y, 1);
	ck_assert_str_eq(drawn(40, 2, &x, &y), ":write kdi buf\n       ^~~ no process \"kdi\"\n");
}
END_TEST

START_TEST(a_message_that_finds_no_room_stands_above)
{
	int x, y;

	type("write kdi buf");
	strcpy(p.error, "there is no process of that name");
	p.error_column = 6;
	p.error_width = 3;
	ck_assert_str_eq(drawn(36, 3, &x, &y),
			 " there is no process of that name\n:write kdi buf\n       ^~~\n");
}
END_TEST

START_TEST(a_line_longer_than_the_screen_shows_its_cursor)
{
	int x, y;

	for (int i = 0; i < 50; i++)
		type("x");
	type("END");
	ck_assert_ptr_nonnull(strstr(drawn(20, 3, &x, &y), "END"));
	ck_assert_int_lt(x, 20);
	prompt_key(&p, KEY_HOME_);
	drawn(20, 3, &x, &y);
	ck_assert_int_eq(x, 1);
}
END_TEST

Suite *prompt_suite(void)
{
	Suite *s = suite_create("prompt");
	TCase *t = tcase_create("prompt");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, what_is_typed_stands_in_the_line);
	tcase_add_test(t, the_cursor_moves_and_text_goes_in_where_it_stands);
	tcase_add_test(t, erasing_takes_whole_characters);
	tcase_add_test(t, control_keys_erase_words_and_lines);
	tcase_add_test(t, history_gives_lines_back_and_keeps_what_was_being_typed);
	tcase_add_test(t, history_forgets_the_oldest_lines);
	tcase_add_test(t, searches_have_a_history_of_their_own);
	tcase_add_test(t, escape_and_erasing_beyond_the_start_leave);
	tcase_add_test(t, a_line_has_an_end);
	tcase_add_test(t, an_error_goes_away_with_the_next_key);
	tcase_add_test(t, the_caret_stands_under_the_fault);
	tcase_add_test(t, a_message_that_finds_no_room_stands_above);
	tcase_add_test(t, a_line_longer_than_the_screen_shows_its_cursor);
	suite_add_tcase(s, t);
	return s;
}
