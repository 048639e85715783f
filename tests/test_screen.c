/*
 * The full screen without a terminal: what keys, mouse and prompt do, and golden screens.
 *
 * A golden screen is the text of a whole frame.  After a wanted change of what is shown:
 *
 *	MMVIZ_ACCEPT=1 build/tests/unit screen; git diff tests/golden
 */
#include <glob.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "tests/golden.h"
#include "tests/open_screen.h"
#include "src/i18n.h"
#include "ui/keys.h"

static const char lecture[] =
	"title \"Three frames\"\n"
	"machine i386 ram=1G\n"
	"label start\n"
	"spawn sh\n"
	"say \"A region of two pages: a promise, no memory.\"\n"
	"say.zh \"两页的区域\"\n"
	"mmap sh buf 8K\n"
	"write sh buf 8K value=A\n"
	"label fork\n"
	"quiz \"How many pages does fork copy?\" answer=\"none\" choices=\"all|none\"\n"
	"fork sh kid\n"
	"focus zones\n"
	"write kid buf value=K\n"
	"write sh buf value=S\n"
	"pause\n"
	"read sh 0x10\n"
	"kmalloc box 100\n"
	"label end\n"
	"exit kid\n"
	"expect rss sh == 1\n";
enum { SPAWN = 1, MMAP, WRITE, FORK, COPY, REUSE, REFUSED, KMALLOC, EXIT, NR_EVENTS = EXIT };

static void set_up(void) { open_screen(lecture, 120, 40); }

static struct when now(void) { return timeline_now(s.view.timeline); }

static bool shows(const char *text) { return strstr(frame(), text) != NULL; }

/* ---- time ---- */

START_TEST(keys_move_in_time)
{
	press("n");
	ck_assert_uint_eq(now().event, SPAWN);
	press(" ");
	ck_assert_uint_eq(now().event, MMAP);
	screen_key(&s, KEY_PAGEDOWN_);
	ck_assert_uint_eq(now().event, WRITE);
	screen_key(&s, KEY_PAGEUP_);
	ck_assert_uint_eq(now().event, MMAP);
	press("p");
	ck_assert_uint_eq(now().event, SPAWN);
	press("G");
	ck_assert_uint_eq(now().event, NR_EVENTS);
	press("n");
	ck_assert_str_eq(s.message, "this is the end");
	press("g");
	ck_assert_uint_eq(now().event, 0);
	press("p");
	ck_assert_str_eq(s.message, "this is the start");
}
END_TEST

START_TEST(micro_steps_go_on_and_back)
{
	go_to(MMAP, STEP_END);
	press("s");
	ck_assert_uint_eq(now().event, WRITE);
	ck_assert_uint_eq(now().step, 1);
	press("ss");
	ck_assert_uint_eq(now().step, 3);
	press("S");
	ck_assert_uint_eq(now().step, 2);
	press("n");
	ck_assert_uint_eq(now().event, WRITE);
	ck_assert(view_is_complete(&s.view));
}
END_TEST

START_TEST(left_and_right_step_where_the_panel_has_no_use_for_them)
{
	press("1");
	screen_key(&s, KEY_RIGHT_);
	ck_assert_uint_eq(now().event, SPAWN);
	screen_key(&s, KEY_LEFT_);
	ck_assert_uint_eq(now().event, 0);
}
END_TEST

/* The cells of the frame. */
static struct grid drawn(void)
{
	struct grid g = {0};

	screen_draw(&s, &g);
	return g;
}

static bool same_cell(struct cell a, struct cell b)
{
	return a.ch == b.ch && a.role == b.role && a.attr == b.attr;
}

START_TEST(a_moment_looks_the_same_whichever_way_led_there)
{
	static const int size[][2] = {{20, 5}, {80, 24}, {120, 40}, {200, 60}};
	struct grid there[NR_EVENTS + 1], back;

	screen_resize(&s, size[_i][0], size[_i][1]);
	for (uint32_t e = 0; e <= NR_EVENTS; e++) {
		there[e] = drawn();
		press(e + 1 == FORK ? "nn" : "n");
	}
	for (uint32_t e = NR_EVENTS; e-- > 0;) {
		press("p");
		s.message[0] = '\0';
		back = drawn();
		for (int i = 0; i < back.width * back.height; i++)
			ck_assert_msg(same_cell(back.cell[i], there[e].cell[i]),
				      "event %u, column %d, row %d", e, i % back.width,
				      i / back.width);
		grid_free(&back);
	}
	for (uint32_t e = 0; e <= NR_EVENTS; e++)
		grid_free(&there[e]);
}
END_TEST

START_TEST(numbers_that_grow_move_nothing)
{
	char before[160], after[160];

	go_to(SPAWN, STEP_END);
	snprintf(before, sizeof(before), "%.120s", frame());
	press("n");
	snprintf(after, sizeof(after), "%.120s", frame());
	ck_assert_int_eq((int)(strstr(before, "step") - before),
			 (int)(strstr(after, "step") - after));
	ck_assert_int_eq((int)(strstr(before, "event") - before),
			 (int)(strstr(after, "event") - after));
}
END_TEST

START_TEST(play_stops_at_a_question_a_pause_and_the_end)
{
	press("r");
	ck_assert_uint_eq(now().event, SPAWN);
	ck_assert(s.playing);
	screen_play(&s);
	screen_play(&s);
	ck_assert_uint_eq(now().event, WRITE);
	screen_play(&s);
	ck_assert(s.quiz_open && !s.playing);
	press("nr");
	ck_assert_uint_eq(now().event, COPY);
	screen_play(&s);
	screen_play(&s);
	ck_assert_uint_eq(now().event, REUSE);
	ck_assert(!s.playing);
	press("r");
	ck_assert_uint_eq(now().event, REFUSED);
	screen_play(&s);
	screen_play(&s);
	ck_assert_uint_eq(now().event, EXIT);
	ck_assert(!s.playing);
}
END_TEST

START_TEST(any_move_stops_the_play_and_looking_does_not)
{
	press("r");
	press("2T");
	ck_assert(s.playing);
	press("+");
	ck_assert(s.playing);
	press("n");
	ck_assert(!s.playing);
}
END_TEST

/* ---- lecture statements ---- */

START_TEST(a_question_comes_before_its_event_and_the_answer_after)
{
	go_to(WRITE, STEP_END);
	press("n");
	ck_assert_uint_eq(now().event, WRITE);
	ck_assert(shows("How many pages does fork copy?"));
	ck_assert(!shows("Not \"all\": none"));
	press("a");
	ck_assert_uint_eq(now().event, WRITE);
	press("n");
	ck_assert_uint_eq(now().event, FORK);
	ck_assert(shows("Not \"all\": none"));
	press("pnbn");
	ck_assert(shows("Right: none"));
	press("n");
	ck_assert(!shows("Right: none"));
}
END_TEST

START_TEST(escape_leaves_a_question_without_running_its_event)
{
	go_to(WRITE, STEP_END);
	press("n");
	screen_key(&s, KEY_ESCAPE_);
	ck_assert(!s.quiz_open);
	ck_assert_uint_eq(now().event, WRITE);
}
END_TEST

START_TEST(what_the_lecturer_says_is_shown_with_its_event)
{
	go_to(MMAP, STEP_END);
	ck_assert(shows(" A region of two pages: a promise, no memory.\n"));
	s.view.language = "zh";
	ck_assert(shows("两页的区域"));
	go_to(WRITE, STEP_END);
	ck_assert(!shows(" 两页的区域\n"));
}
END_TEST

START_TEST(a_question_is_asked_in_the_users_language)
{
	close_screen();
	open_screen("spawn sh\n"
		    "quiz \"What?\" answer=\"That.\"\n"
		    "quiz.zh \"何?\" answer=\"彼\"\n"
		    "read sh data\n",
		    120, 40);
	press("nn");
	ck_assert(s.quiz_open && shows("What?") && !shows("何"));
	s.view.language = "zh";
	ck_assert(shows("何?") && !shows("What?"));
	press("n");
	ck_assert(shows("何?  彼") && !shows("That."));
}
END_TEST

START_TEST(focus_brings_its_panel_up_and_going_back_undoes_it)
{
	screen_resize(&s, 80, 24);
	ck_assert_ptr_null(layout_place(&s.layout, panel_find("zones")));
	go_to(COPY, STEP_END);
	ck_assert_int_eq(s.active, panel_find("zones"));
	ck_assert_ptr_nonnull(layout_place(&s.layout, panel_find("zones")));
	press("1");
	go_to(REUSE, STEP_END);
	ck_assert_int_eq(s.active, panel_find("events"));
	go_to(FORK, STEP_END);
	ck_assert_ptr_null(layout_place(&s.layout, panel_find("zones")));
}
END_TEST

#define FOCUSES                                                                                    \
	"machine i386 ram=64M\nfocus slab box\ncache_create box 300\nkmalloc a 10\n"               \
	"focus zones HighMem\nkmalloc b 10\nfocus space kmap\nkmalloc c 10\nfocus space\n"         \
	"kmalloc d 10\n"

START_TEST(focus_finds_what_its_own_event_makes)
{
	close_screen();
	open_screen(FOCUSES, 120, 40);
	screen_goto(&s, (struct when){1, 1});
	ck_assert_int_eq(s.view.choice.kind, CHOOSE_NONE);
	go_to(1, STEP_END);
	ck_assert(s.view.choice.kind == CHOOSE_CACHE && s.view.choice_is_users);
	ck_assert_str_eq(view_machine(&s.view)->cache[s.view.choice.cache]->name, "box");
}
END_TEST

START_TEST(focus_on_what_is_not_there_is_told)
{
	close_screen();
	open_screen(FOCUSES, 120, 40);
	go_to(3, STEP_END);
	ck_assert(shows("focus zones: there is no \"HighMem\" at this moment"));
	ck_assert_int_eq(s.active, panel_find("zones"));
}
END_TEST

START_TEST(focus_without_an_item_shows_the_whole)
{
	close_screen();
	open_screen(FOCUSES, 120, 40);
	go_to(4, STEP_END);
	ck_assert_int_eq(s.panel[panel_find("space")].zoom, 1);
	go_to(5, STEP_END);
	ck_assert_int_eq(s.panel[panel_find("space")].zoom, 0);
	go_to(4, STEP_END);
	ck_assert_int_eq(s.panel[panel_find("space")].zoom, 1);
}
END_TEST

START_TEST(an_expect_that_fails_is_told)
{
	go_to(EXIT, STEP_END);
	ck_assert(shows("not as expected: expect rss sh == 1"));
}
END_TEST

/* ---- panels ---- */

START_TEST(tab_and_numbers_choose_panels)
{
	press("3");
	ck_assert_int_eq(s.active, 2);
	screen_key(&s, KEY_TAB_);
	ck_assert_int_eq(s.active, 3);
	screen_key(&s, KEY_BACKTAB_);
	screen_key(&s, KEY_BACKTAB_);
	ck_assert_int_eq(s.active, 1);
	press("9");
	ck_assert_int_eq(s.active, 8);
}
END_TEST

START_TEST(zoom_shows_one_panel_alone)
{
	press("5z");
	ck_assert_int_eq(s.layout.nr_places, 1);
	screen_key(&s, KEY_TAB_);
	ck_assert_ptr_nonnull(layout_place(&s.layout, 5));
	press("z");
	ck_assert_int_gt(s.layout.nr_places, 1);
}
END_TEST

START_TEST(help_lists_every_key_and_closes)
{
	const struct key_info *k;

	press("?");
	screen_resize(&s, 120, 200);
	for (size_t i = 0; (k = key_info(i)); i++)
		ck_assert_msg(shows(k->line == LINE_GROUP ? k->group : k->keys),
			      "%s is not in the help", k->keys);
	for (int e = 0; e < NR_EVENT_KINDS; e++)
		ck_assert(shows(event_help((enum event_kind)e)->word));
	press("n");
	ck_assert_uint_eq(now().event, 0);
	press("q");
	ck_assert(!s.help_open && !s.quit);
	press("q");
	ck_assert(s.quit);
}
END_TEST

START_TEST(help_scrolls_and_stops_at_its_ends)
{
	screen_resize(&s, 80, 24);
	press("?");
	frame();
	press("k");
	ck_assert_int_eq(s.help_top, 0);
	press("jj");
	ck_assert_int_eq(s.help_top, 2);
	press("G");
	int last = s.help_top;

	press("j");
	ck_assert_int_eq(s.help_top, last);
	ck_assert_int_gt(last, 20);
}
END_TEST

START_TEST(the_bottom_line_keeps_what_matters_most_when_it_is_narrow)
{
	for (int width = 20; width < 140; width++) {
		screen_resize(&s, width, 24);
		ck_assert(shows("n next"));
		ck_assert_int_eq(width < 30 || shows("q quit"), 1);
	}
}
END_TEST

/* ---- mouse ---- */

START_TEST(a_click_makes_its_panel_active)
{
	const struct place *p = layout_place(&s.layout, 4);

	screen_click(&s, p->x + 2, p->y + 2, false);
	ck_assert_int_eq(s.active, 4);
	screen_click(&s, 0, s.layout.narration_y, false);
	ck_assert_int_eq(s.active, 4);
}
END_TEST

START_TEST(a_click_on_the_timeline_goes_there)
{
	frame();
	screen_click(&s, s.bar_x + s.bar_width - 1, s.layout.bar_y, false);
	ck_assert_uint_eq(now().event, NR_EVENTS);
	screen_click(&s, s.bar_x, s.layout.bar_y, false);
	ck_assert_uint_eq(now().event, 0);
	for (uint32_t e = 0; e <= NR_EVENTS; e++) {
		int x = s.bar_x + (int)(e * (uint32_t)(s.bar_width - 1) / NR_EVENTS);

		ck_assert_uint_eq(timebar_event(&s, x), e);
	}
}
END_TEST

START_TEST(a_click_on_a_panels_name_opens_it)
{
	screen_resize(&s, 80, 24);
	frame();
	ck_assert_int_ge(s.switcher_x, 0);
	for (int x = s.switcher_x; x < 80; x++) {
		if (switcher_panel(&s, x) != 6)
			continue;
		screen_click(&s, x, s.layout.bar_y, false);
		ck_assert_int_eq(s.active, 6);
		return;
	}
	ck_abort_msg("no name of panel 7");
}
END_TEST

/* A word that ends at a blank or at the line's end, behind a number or a blank. */
static bool has_name(const char *line, const char *name)
{
	const char *at = strstr(line, name);
	size_t len = strlen(name);

	return at && at > line && strchr(" 123456789", at[-1]) &&
	       (at[len] == ' ' || at[len] == '\n');
}

START_TEST(names_in_the_switcher_are_whole)
{
	for (int i = 0; i < 2 * panel_count(); i++) {
		const char *line;

		screen_resize(&s, 80, 24);
		screen_activate(&s, i / 2);
		if (i % 2)
			press("z");
		line = frame();
		for (int y = 0; y < s.layout.bar_y; y++)
			line = strchr(line, '\n') + 1;
		for (int p = 0; p < panel_count(); p++)
			if (!layout_place(&s.layout, p))
				ck_assert_msg(has_name(line, panel_table[p]->name), "%s: %.90s",
					      panel_table[p]->name, line);
		if (i % 2)
			press("z");
	}
	screen_resize(&s, 60, 24);
	ck_assert(shows("1  2  3  4  5  6  7  8  9"));
}
END_TEST

/* ---- prompt ---- */

START_TEST(an_event_typed_at_the_prompt_runs_as_the_next_one)
{
	go_to(MMAP, STEP_END);
	enter_line("spawn guest");
	ck_assert(!s.prompt.open);
	ck_assert_uint_eq(now().event, MMAP + 1);
	ck_assert_uint_eq(scenario_nr_events(scenario), NR_EVENTS + 1);
	ck_assert(shows("guest"));
	press(":");
	screen_key(&s, KEY_UP_);
	ck_assert_str_eq(s.prompt.text, "spawn guest");
}
END_TEST

START_TEST(a_mistake_is_shown_and_the_line_kept)
{
	go_to(MMAP, STEP_END);
	enter_line("write hs buf");
	ck_assert(s.prompt.open);
	ck_assert_str_eq(s.prompt.text, "write hs buf");
	ck_assert_int_eq(s.prompt.error_column, 6);
	ck_assert(shows("\n:write hs buf\n       ^"));
	ck_assert_uint_eq(now().event, MMAP);
	ck_assert_uint_eq(scenario_nr_events(scenario), NR_EVENTS);
}
END_TEST

START_TEST(an_unknown_word_names_the_nearest)
{
	static const char *const line[][2] = {
		{"forc sh kid", "fork"}, {"qit", "quit"}, {"gotto 3", "goto"}};

	for (size_t i = 0; i < 3; i++) {
		enter_line(line[i][0]);
		ck_assert_msg(strstr(s.prompt.error, line[i][1]) != NULL, "%s: %s", line[i][0],
			      s.prompt.error);
		screen_key(&s, KEY_ESCAPE_);
	}
}
END_TEST

START_TEST(a_statement_that_is_no_event_is_told_from_an_unknown_word)
{
	enter_line("say hello");
	ck_assert_str_eq(s.prompt.error, "say stands in files: events can be typed");
	screen_key(&s, KEY_ESCAPE_);
	enter_line("xyzzy");
	ck_assert_str_eq(s.prompt.error, "unknown word; ? lists the events");
}
END_TEST

START_TEST(goto_takes_events_steps_and_labels)
{
	enter_line("goto 3");
	ck_assert_uint_eq(now().event, 3);
	ck_assert(view_is_complete(&s.view));
	enter_line("goto 3.2");
	ck_assert_uint_eq(now().step, 2);
	enter_line("goto fork");
	ck_assert_uint_eq(now().event, FORK);
	ck_assert_uint_eq(now().step, 0);
	enter_line("goto 0");
	ck_assert_uint_eq(now().event, 0);
	enter_line("goto nowhere");
	ck_assert(s.prompt.open);
	ck_assert_int_eq(s.prompt.error_column, 5);
	screen_key(&s, KEY_ESCAPE_);
	enter_line("goto 99");
	ck_assert(s.prompt.open);
	screen_key(&s, KEY_ESCAPE_);
	enter_line("goto 3x");
	ck_assert(s.prompt.open);
	ck_assert_uint_eq(now().event, 0);
}
END_TEST

START_TEST(a_label_stands_before_its_event_and_claims_nothing_of_it)
{
	enter_line("goto fork");
	ck_assert(!view_is_complete(&s.view));
	ck_assert(shows("The event begins."));
	ck_assert(!shows("is a copy of"));
	ck_assert(!shows("none"));
	/* how long the event is going to be is known all the same */
	ck_assert_uint_gt(timeline_steps(s.view.timeline), 10);
	press("n");
	ck_assert(s.quiz_open);
	press("n");
	ck_assert_uint_eq(now().event, FORK);
	ck_assert(view_is_complete(&s.view));
	ck_assert(shows("kid is a copy of sh"));
}
END_TEST

START_TEST(a_sentence_that_does_not_fit_ends_with_a_full_stop)
{
	go_to(SPAWN, STEP_END);
	ck_assert(shows("The rest comes"));
	screen_resize(&s, 100, 9);
	ck_assert_int_eq(s.layout.narration_height, 1);
	ck_assert(shows("under 2 page tables."));
	ck_assert(!shows("The rest comes"));
}
END_TEST

START_TEST(the_question_gives_way_to_what_is_said)
{
	close_screen();
	open_screen(
		"spawn sh\nmmap sh buf 8K\nwrite sh buf\n"
		"quiz \"Of the pages that sh has, here only a few, elsewhere thousands, how many "
		"are copied by fork?\" answer=\"none\"\n"
		"say \"Nothing is copied but the tables: both have the same frames, and both may "
		"only read them. So fork is cheap, however large the process is.\"\nfork sh kid\n",
		200, 60);
	go_to(4, STEP_END);
	ck_assert(shows("copied by fork?  none") && shows("process is."));
	screen_resize(&s, 80, 24);
	ck_assert(shows("Answer: none") && shows("the process is."));
	ck_assert(!shows("copied by fork?"));
}
END_TEST

/* What the frame's narration shows, without blanks. */
static void read_narration(char *to, size_t size)
{
	const char *from = frame();
	int y = 0;

	for (; *from && size > 1; from++) {
		y += *from == '\n';
		if (y >= s.layout.narration_y && *from != ' ' && *from != '\n')
			*to++ = *from, size--;
	}
	*to = '\0';
}

/* Is a text there, its lines as the frame has broken them? */
static bool is_whole(const char *shown, const char *text)
{
	char words[2048], *to = words;

	for (; text && *text && to < words + sizeof(words) - 1; text++)
		if (*text != ' ' && *text != '\n')
			*to++ = *text;
	*to = '\0';
	return strstr(shown, words) != NULL;
}

START_TEST(a_reason_that_is_too_long_goes_on_in_lines_that_are_left)
{
	const struct place *p;

	go_to(MMAP, STEP_END);
	frame();
	p = layout_place(&s.layout, panel_find("why"));
	/* what vm_unmapped_area found, the second line of the tree, takes several: a click on each is one on it */
	screen_click(&s, p->x + 10, p->y + 2, false);
	ck_assert_int_eq(s.active, panel_find("why"));
	ck_assert_int_eq(s.panel[s.active].cursor, 1);
	frame();
	screen_click(&s, p->x + 10, p->y + 3, false);
	ck_assert_int_eq(s.panel[s.active].cursor, 1);
}
END_TEST

START_TEST(save_writes_a_scenario_that_runs_again)
{
	char path[] = "/tmp/mmviz-test-XXXXXX", line[64];
	int fd = mkstemp(path);
	struct diags d;
	struct scenario *again;

	ck_assert_int_ge(fd, 0);
	close(fd);
	go_to(MMAP, STEP_END);
	enter_line("spawn guest");
	snprintf(line, sizeof(line), "save %s", path);
	enter_line(line);
	ck_assert(!s.prompt.open);
	ck_assert_ptr_nonnull(strstr(s.message, path));
	diags_init(&d);
	again = scenario_load(path, NULL, &d);
	ck_assert_ptr_nonnull(again);
	ck_assert_uint_eq(scenario_nr_events(again), NR_EVENTS + 1);
	scenario_free(again);
	unlink(path);
	enter_line("save /nowhere/at/all");
	ck_assert(s.prompt.open);
	ck_assert_str_ne(s.prompt.error, "");
	screen_key(&s, KEY_ESCAPE_);
	enter_line("save");
	ck_assert(s.prompt.open);
}
END_TEST

START_TEST(quit_at_the_prompt_ends)
{
	enter_line("quit");
	ck_assert(s.quit);
}
END_TEST

START_TEST(tab_completes_words_names_and_options)
{
	go_to(FORK, STEP_END);
	press(":wr");
	screen_key(&s, KEY_TAB_);
	ck_assert_str_eq(s.prompt.text, "write ");
	press("k");
	screen_key(&s, KEY_TAB_);
	ck_assert_str_eq(s.prompt.text, "write kid ");
	press("bu");
	screen_key(&s, KEY_TAB_);
	ck_assert_str_eq(s.prompt.text, "write kid buf ");
	press("v");
	screen_key(&s, KEY_TAB_);
	ck_assert_str_eq(s.prompt.text, "write kid buf value=");
	screen_key(&s, KEY_ESCAPE_);
	press(":goto e");
	screen_key(&s, KEY_TAB_);
	ck_assert_str_eq(s.prompt.text, "goto end ");
	screen_key(&s, KEY_ESCAPE_);
	press(":free");
	screen_key(&s, KEY_TAB_);
	ck_assert_str_eq(s.prompt.text, "free");
	ck_assert_ptr_nonnull(strstr(s.prompt.hint, "free_pages"));
}
END_TEST

/* The line after the Tab key. */
static const char *completed(const char *line)
{
	static char text[512];

	press(":");
	press(line);
	screen_key(&s, KEY_TAB_);
	snprintf(text, sizeof(text), "%s", s.prompt.text);
	screen_key(&s, KEY_ESCAPE_);
	return text;
}

START_TEST(names_of_kernel_memory_are_offered_where_they_may_stand)
{
	enter_line("kmalloc kind 100");
	enter_line("kmalloc kilo 100");
	enter_line("kfree kilo");
	enter_line("alloc_pages kite 0");
	ck_assert_str_eq(completed("kfree ki"), "kfree kind ");
	ck_assert_str_eq(completed("free_pages k"), "free_pages kite ");
	ck_assert_str_eq(completed("kmap k"), "kmap kite ");
	ck_assert_str_eq(completed("kwrite kil"), "kwrite kilo ");
	ck_assert_str_eq(completed("kread hi"), "kread high_memory ");
}
END_TEST

START_TEST(the_grammar_of_what_is_typed_is_shown)
{
	press(":write");
	ck_assert(shows("write PROC ADDR [SIZE]"));
}
END_TEST

START_TEST(search_tells_what_it_does_not_find)
{
	press("N");
	ck_assert_str_ne(s.message, "");
	press("1/no such thing");
	screen_key(&s, KEY_ENTER_);
	ck_assert_ptr_nonnull(strstr(s.message, "no such thing"));
	press("/exit kid");
	screen_key(&s, KEY_ENTER_);
	ck_assert_str_eq(s.message, "");
}
END_TEST

/* ---- anything at all ---- */

static uint32_t seed = 7;

static uint32_t pick(uint32_t n)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 16) % n;
}

START_TEST(no_keys_at_no_size_break_it)
{
	static const char keys[] = "nnnnssspSgGr+-123456789hjklzzww/TN??P:abq\x01\x05\x0b\x15\x17 ";
	struct grid g = {0};

	seed = (uint32_t)_i + 1;
	for (int i = 0; i < 3000; i++) {
		int x = (int)pick(130), y = (int)pick(45);

		switch (pick(12)) {
		case 0:
			screen_resize(&s, 1 + (int)pick(220), 1 + (int)pick(70));
			break;
		case 1:
			screen_click(&s, x, y, pick(2));
			break;
		case 2:
			screen_wheel(&s, x, y, pick(2) ? 1 : -1);
			break;
		case 3:
			screen_play(&s);
			break;
		case 4:
		case 5:
			screen_key(&s, KEY_UP_ + pick(KEY_F1_ - KEY_UP_ + 1));
			break;
		default:
			screen_key(&s, (uint32_t)keys[pick(sizeof(keys) - 1)]);
			break;
		}
		screen_draw(&s, &g);
		ck_assert_int_eq(g.width, s.width);
		ck_assert_int_eq(g.height, s.height);
	}
	grid_free(&g);
}
END_TEST

START_TEST(an_empty_scenario_has_a_screen)
{
	close_screen();
	open_screen("title \"nothing\"\n", 80, 24);
	ck_assert(shows("0/0"));
	press("nspSgGr");
	screen_click(&s, 20, s.layout.bar_y, false);
	ck_assert_uint_eq(now().event, 0);
	enter_line("spawn sh");
	ck_assert_uint_eq(now().event, 1);
	ck_assert(shows("1/1"));
}
END_TEST

/* ---- golden screens ---- */

static const struct golden {
	const char *name;
	int width, height;
	struct when when;
	const char *keys;
	bool ascii;
} golden[] = {
	{"20x5", 20, 5, {COPY, STEP_END}, "", false},
	{"80x24", 80, 24, {COPY, STEP_END}, "3", false},
	{"80x24-step", 80, 24, {COPY, 12}, "3", false},
	{"80x24-ascii", 80, 24, {COPY, STEP_END}, "", true},
	{"120x40", 120, 40, {COPY, STEP_END}, "", false},
	{"200x60", 200, 60, {COPY, STEP_END}, "", false},
	{"120x40-boot", 120, 40, {0, STEP_END}, "", false},
	{"120x40-step", 120, 40, {COPY, 20}, "", false},
	{"80x24-zoom", 80, 24, {COPY, STEP_END}, "7z", false},
	{"80x24-quiz", 80, 24, {WRITE, STEP_END}, "na", false},
	{"80x24-prompt", 80, 24, {FORK, STEP_END}, ":write kid", false},
	{"80x24-space", 80, 24, {COPY, STEP_END}, "8", false},
	{"80x24-space-ascii", 80, 24, {COPY, STEP_END}, "8z", true},
	{"120x40-space", 120, 40, {COPY, STEP_END}, "8z", false},
	{"120x40-space-pages", 120, 40, {COPY, STEP_END}, "8z]", false},
	{"120x40-space-large", 120, 40, {COPY, STEP_END}, "8zkkkkk]", false},
	{"20x5-what", 20, 5, {COPY, STEP_END}, "w", false},
	{"80x24-what", 80, 24, {COPY, STEP_END}, "w", false},
	{"80x24-what-ascii", 80, 24, {COPY, STEP_END}, "w", true},
	{"120x40-what", 120, 40, {COPY, STEP_END}, "w", false},
	{"120x40-what-step", 120, 40, {COPY, 30}, "w", false},
	{"200x60-what", 200, 60, {COPY, STEP_END}, "w", false},
};

START_TEST(the_screen_is_as_the_golden_one)
{
	const struct golden *g = &golden[_i];

	screen_resize(&s, g->width, g->height);
	s.view.ascii = g->ascii;
	screen_goto(&s, g->when);
	press(g->keys);
	compare_golden(g->name, frame(), "screen");
}
END_TEST

/* Moments of lectures: what their subject looks like where there is little room, and where there is much. */
static const struct lecture {
	const char *name, *scenario;
	int width, height;
	struct when when;
	const char *language;
} lectures[] = {
	{"lecture-numa-80x24", "numa", 80, 24, {6, STEP_END}, "en"},
	{"lecture-numa-120x40", "numa", 120, 40, {6, STEP_END}, "en"},
	{"lecture-reserve-80x24", "reserve", 80, 24, {8, STEP_END}, "en"},
	{"lecture-slab-colour-120x40", "slab-colour", 120, 40, {11, STEP_END}, "en"},
	{"lecture-arm-120x40", "arm", 120, 40, {3, STEP_END}, "en"},
	{"lecture-x86-64-80x24", "x86-64", 80, 24, {3, STEP_END}, "en"},
	{"lecture-segments-120x40", "segments", 120, 40, {6, STEP_END}, "en"},
	{"lecture-vmalloc-80x24", "vmalloc", 80, 24, {4, STEP_END}, "en"},
	{"lecture-vmalloc-120x40", "vmalloc", 120, 40, {14, STEP_END}, "en"},
	{"lecture-vmalloc-200x60", "vmalloc", 200, 60, {6, STEP_END}, "en"},
	{"lecture-locks-80x24", "locks", 80, 24, {6, 60}, "en"},
	{"lecture-locks-200x60", "locks", 200, 60, {9, STEP_END}, "en"},
	{"lecture-cow-80x24-zh", "cow", 80, 24, {7, 20}, "zh"},
	{"lecture-kmap-80x24-zh", "kmap", 80, 24, {7, STEP_END}, "zh"},
	{"lecture-locks-120x40-zh", "locks", 120, 40, {9, STEP_END}, "zh"},
	{"lecture-segments-200x60-zh", "segments", 200, 60, {6, STEP_END}, "zh"},
};

START_TEST(a_lecture_looks_as_its_golden_screen)
{
	const struct lecture *g = &lectures[_i];
	char path[128];

	snprintf(path, sizeof(path), "scenarios/%s.txt", g->scenario);
	close_screen();
	open_file(path, g->language, g->width, g->height);
	screen_goto(&s, g->when);
	compare_golden(g->name, frame(), "screen");
	i18n_use("en");
}
END_TEST

/* Columns that a terminal gives to the widest line. */
static int widest_line(const char *text)
{
	int widest = 0, width = 0;
	wchar_t c;

	for (int n; *text; text += n) {
		n = mbtowc(&c, text, MB_CUR_MAX);
		ck_assert_int_gt(n, 0);
		width = c == L'\n' ? 0 : width + wcwidth(c);
		widest = width > widest ? width : widest;
	}
	return widest;
}

START_TEST(chinese_letters_keep_to_their_two_cells)
{
	static const int widths[] = {60, 79, 80, 81, 120};
	static const char keys[] = "?w\033i\033c\033f\033123456789";
	const char *path = "scenarios/cow.txt";

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return;
	close_screen();
	open_file(path, "zh", widths[_i], 24);
	go_to(7, 20);
	ck_assert_int_le(widest_line(frame()), widths[_i]);
	go_to(7, STEP_END);
	for (const char *k = keys; *k; k++) {
		press_key(*k == '\033' ? KEY_ESCAPE_ : (uint32_t)*k);
		ck_assert_int_le(widest_line(frame()), widths[_i]);
	}
	i18n_use("en");
}
END_TEST

/* The lecturer's words at an event, and the sentence of what happened; a reason behind it may be missing. */
static void check_narration(const char *path, const char *language, uint32_t nr)
{
	const char *say = scenario_say(scenario, nr, language);
	char shown[8192], text[2048];

	go_to(nr, STEP_END);
	read_narration(shown, sizeof(shown));
	narrate(&s.view, text, sizeof(text));
	text[strcspn(text, "\n")] = '\0';
	ck_assert_msg(is_whole(shown, say ? say : ""), "%s, %s, event %u: cut: %s", path, language,
		      nr, say);
	ck_assert_msg(is_whole(shown, text), "%s, %s, event %u: cut: %s", path, language, nr, text);
}

START_TEST(what_a_lecture_says_is_whole_on_a_small_screen)
{
	static const char *const languages[] = {"en", "zh"};
	glob_t files;

	ck_assert_int_eq(glob("scenarios/*.txt", 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		close_screen();
		open_file(files.gl_pathv[i], languages[_i], 80, 24);
		for (uint32_t nr = 1; nr <= scenario_nr_events(scenario); nr++)
			check_narration(files.gl_pathv[i], languages[_i], nr);
	}
	i18n_use("en");
	globfree(&files);
}
END_TEST

Suite *screen_suite(void)
{
	Suite *suite = suite_create("screen");
	TCase *t = tcase_create("screen");

	tcase_set_timeout(t, 0);
	tcase_add_checked_fixture(t, set_up, close_screen);
	tcase_add_test(t, keys_move_in_time);
	tcase_add_loop_test(t, chinese_letters_keep_to_their_two_cells, 0, 5);
	tcase_add_test(t, micro_steps_go_on_and_back);
	tcase_add_test(t, left_and_right_step_where_the_panel_has_no_use_for_them);
	tcase_add_loop_test(t, a_moment_looks_the_same_whichever_way_led_there, 0, 4);
	tcase_add_test(t, numbers_that_grow_move_nothing);
	tcase_add_test(t, play_stops_at_a_question_a_pause_and_the_end);
	tcase_add_test(t, any_move_stops_the_play_and_looking_does_not);
	tcase_add_test(t, a_question_comes_before_its_event_and_the_answer_after);
	tcase_add_test(t, escape_leaves_a_question_without_running_its_event);
	tcase_add_test(t, what_the_lecturer_says_is_shown_with_its_event);
	tcase_add_test(t, a_question_is_asked_in_the_users_language);
	tcase_add_test(t, focus_brings_its_panel_up_and_going_back_undoes_it);
	tcase_add_test(t, focus_finds_what_its_own_event_makes);
	tcase_add_test(t, focus_on_what_is_not_there_is_told);
	tcase_add_test(t, focus_without_an_item_shows_the_whole);
	tcase_add_test(t, an_expect_that_fails_is_told);
	tcase_add_test(t, tab_and_numbers_choose_panels);
	tcase_add_test(t, zoom_shows_one_panel_alone);
	tcase_add_test(t, help_lists_every_key_and_closes);
	tcase_add_test(t, help_scrolls_and_stops_at_its_ends);
	tcase_add_test(t, the_bottom_line_keeps_what_matters_most_when_it_is_narrow);
	tcase_add_test(t, a_click_makes_its_panel_active);
	tcase_add_test(t, a_click_on_the_timeline_goes_there);
	tcase_add_test(t, a_click_on_a_panels_name_opens_it);
	tcase_add_test(t, names_in_the_switcher_are_whole);
	tcase_add_test(t, an_event_typed_at_the_prompt_runs_as_the_next_one);
	tcase_add_test(t, a_mistake_is_shown_and_the_line_kept);
	tcase_add_test(t, an_unknown_word_names_the_nearest);
	tcase_add_test(t, a_statement_that_is_no_event_is_told_from_an_unknown_word);
	tcase_add_test(t, goto_takes_events_steps_and_labels);
	tcase_add_test(t, a_label_stands_before_its_event_and_claims_nothing_of_it);
	tcase_add_test(t, a_reason_that_is_too_long_goes_on_in_lines_that_are_left);
	tcase_add_test(t, a_sentence_that_does_not_fit_ends_with_a_full_stop);
	tcase_add_test(t, the_question_gives_way_to_what_is_said);
	tcase_add_loop_test(t, what_a_lecture_says_is_whole_on_a_small_screen, 0, 2);
	tcase_add_test(t, save_writes_a_scenario_that_runs_again);
	tcase_add_test(t, quit_at_the_prompt_ends);
	tcase_add_test(t, tab_completes_words_names_and_options);
	tcase_add_test(t, names_of_kernel_memory_are_offered_where_they_may_stand);
	tcase_add_test(t, the_grammar_of_what_is_typed_is_shown);
	tcase_add_test(t, search_tells_what_it_does_not_find);
	tcase_add_loop_test(t, no_keys_at_no_size_break_it, 0, 4);
	tcase_add_test(t, an_empty_scenario_has_a_screen);
	tcase_add_loop_test(t, a_lecture_looks_as_its_golden_screen, 0,
			    sizeof(lectures) / sizeof(lectures[0]));
	tcase_add_loop_test(t, the_screen_is_as_the_golden_one, 0,
			    sizeof(golden) / sizeof(golden[0]));
	suite_add_tcase(suite, t);
	return suite;
}
