/* The prompt and saving: typed events at their places, and the same events when loaded again. */
#include "tests/script.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static struct script c;
static char folder[] = "/tmp/mmviz-edit-XXXXXX";

static void setup(void)
{
	strcpy(folder, "/tmp/mmviz-edit-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void teardown(void)
{
	char command[128];

	script_free(&c);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	ck_assert_int_eq(system(command), 0);
}

static const char *in_folder(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void write_text(const char *name, const char *text)
{
	FILE *f = fopen(in_folder(name), "w");

	fputs(text, f);
	fclose(f);
}

static void load(const char *text)
{
	write_text("main.txt", text);
	memset(&c, 0, sizeof(c));
	diags_init(&c.d);
	c.s = scenario_load(in_folder("main.txt"), NULL, &c.d);
	if (!c.s)
		diags_print(&c.d, stderr);
	ck_assert_ptr_nonnull(c.s);
}

static void type(uint32_t after, const char *line)
{
	uint32_t nr = scenario_insert(c.s, after, line, &c.d);

	if (!nr)
		diags_print(&c.d, stderr);
	ck_assert_uint_eq(nr, after + 1);
}

/* All events, and what belongs to them, as one text. */
static char *story_of(const struct scenario *s)
{
	char *text = NULL, event[256];
	size_t size;
	FILE *out = open_memstream(&text, &size);

	for (uint32_t nr = 1; nr <= scenario_nr_events(s) + 1; nr++) {
		const char *say = scenario_say(s, nr, "en"), *zh = scenario_say(s, nr, "zh");
		const char *label = scenario_label_before(s, nr), *focus = scenario_focus(s, nr);
		const struct quiz *q = scenario_quiz(s, nr, "en"),
				  *qzh = scenario_quiz(s, nr, "zh");

		scenario_event_text(s, nr, event, sizeof(event));
		fprintf(out, "%u [%s] %s|%s|%s|%s|%s|%s|%d\n", nr, event, label, say ? say : "",
			zh ? zh : "", focus ? focus : "", q ? q->answer : "",
			qzh ? qzh->answer : "", scenario_pause(s, nr));
		for (size_t i = 0; i < scenario_nr_expects(s); i++)
			if (scenario_expect(s, i)->event == nr)
				fprintf(out, "  expect %d %d\n", scenario_expect(s, i)->key,
					(int)scenario_expect(s, i)->value);
	}
	fclose(out);
	return text;
}

static const char *read_text(const char *name)
{
	static char text[4096];
	FILE *f = fopen(in_folder(name), "r");

	ck_assert_ptr_nonnull(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	return text;
}

/* Save, load again: the same. */
static void check_saved(const char *name)
{
	char *before = story_of(c.s), *after;
	struct scenario *again;
	struct diags d;

	diags_init(&d);
	ck_assert_int_eq(scenario_save(c.s, in_folder(name)), 0);
	again = scenario_load(in_folder(name), NULL, &d);
	if (!again) {
		diags_print(&d, stderr);
		fputs(read_text(name), stderr);
	}
	ck_assert_ptr_nonnull(again);
	after = story_of(again);
	ck_assert_str_eq(after, before);
	free(before);
	free(after);
	scenario_free(again);
	diags_free(&d);
}

static const char *event_text(uint32_t nr)
{
	static char text[256];

	scenario_event_text(c.s, nr, text, sizeof(text));
	return text;
}

static const char lecture[] = "# A lecture\n"
			      "machine i386   ram=64M\n"
			      "\n"
			      "label start\n"
			      "say \"one\"\n"
			      "spawn sh    # the first\n"
			      "mmap sh buf 8K\n"
			      "expect vmas sh == 5\n"
			      "say \"two\"\n"
			      "say.zh \"\xe4\xba\x8c\"\n"
			      "expect rss sh == 2\n"
			      "write sh buf\n"
			      "# over\n"
			      "say \"end\"\n";

START_TEST(a_typed_line_is_the_event_after_the_current_one)
{
	load(lecture);
	type(2, "  fork   sh  kid # now");
	ck_assert_uint_eq(scenario_nr_events(c.s), 4);
	ck_assert_str_eq(event_text(2), "mmap sh buf 8K");
	ck_assert_str_eq(event_text(3), "fork sh kid");
	ck_assert_str_eq(event_text(4), "write sh buf");
	ck_assert_str_eq(symbol_name(c.s, scenario_event(c.s, 3)->name), "kid");
	const struct row *r = scenario_row(c.s, scenario_event(c.s, 3)->row);
	ck_assert_str_eq(r->text, "fork sh kid");
	ck_assert_uint_eq(r->event, 3);
	ck_assert_uint_eq(r->line, 0);
	ck_assert_str_eq(r->file, ":");
	ck_assert_uint_eq(scenario_row(c.s, scenario_event(c.s, 4)->row)->event, 4);
	ck_assert_str_eq(scenario_row(c.s, scenario_event(c.s, 4)->row)->text, "write sh buf");
}
END_TEST

START_TEST(what_stands_around_it_stays_with_its_events)
{
	load(lecture);
	type(1, "read sh data");
	ck_assert_str_eq(scenario_say(c.s, 1, "en"), "one");
	ck_assert_ptr_null(scenario_say(c.s, 2, "en"));
	ck_assert_uint_eq(scenario_expect(c.s, 0)->event, 3);
	ck_assert_str_eq(scenario_say(c.s, 4, "zh"), "\xe4\xba\x8c");
	ck_assert_str_eq(scenario_say(c.s, 5, "en"), "end");
	ck_assert_uint_eq(scenario_label(c.s, "start"), 1);
	check_saved("saved.txt");
}
END_TEST

START_TEST(a_line_typed_at_the_beginning_comes_behind_the_header)
{
	load(lecture);
	type(0, "alloc_pages a 0");
	ck_assert_str_eq(event_text(1), "alloc_pages a 0");
	ck_assert_str_eq(event_text(2), "spawn sh");
	ck_assert_str_eq(scenario_say(c.s, 2, "en"), "one");
	check_saved("saved.txt");
	ck_assert_ptr_nonnull(strstr(read_text("saved.txt"),
				     "machine i386   ram=64M\nalloc_pages a 0\n\nlabel start\n"));
}
END_TEST

START_TEST(the_file_keeps_its_own_lines)
{
	load(lecture);
	type(3, "exit sh");
	check_saved("saved.txt");
	ck_assert_ptr_nonnull(strstr(read_text("saved.txt"),
				     "spawn sh    # the first\nmmap sh buf 8K\nexpect vmas"));
	ck_assert_ptr_nonnull(
		strstr(read_text("saved.txt"), "write sh buf\nexit sh\n# over\nsay \"end\"\n"));
}
END_TEST

START_TEST(lines_typed_after_one_another_stay_in_order)
{
	load("spawn sh\n");
	type(1, "mmap sh a 4K");
	type(2, "write sh a value=\"a b\"");
	type(3, "fork sh kid");
	type(4, "read kid a");
	type(2, "read sh a");
	check_saved("saved.txt");
	ck_assert_str_eq(read_text("saved.txt"),
			 "spawn sh\nmmap sh a 4K\nread sh a\nwrite sh a value=\"a b\"\n"
			 "fork sh kid\nread kid a\n");
}
END_TEST

START_TEST(an_empty_scenario_can_be_typed_from_nothing)
{
	load("");
	type(0, "spawn sh");
	type(1, "read sh data");
	check_saved("saved.txt");
	ck_assert_str_eq(read_text("saved.txt"), "spawn sh\nread sh data\n");
}
END_TEST

/* ---- what cannot be typed ---- */

static const char *mistake(uint32_t after, const char *line)
{
	static char text[256];

	diags_free(&c.d);
	ck_assert_uint_eq(scenario_insert(c.s, after, line, &c.d), 0);
	ck_assert_uint_eq(c.d.count, 1);
	ck_assert_str_eq(c.d.item[0].file, ":");
	snprintf(text, sizeof(text), "%u %s", c.d.item[0].column, c.d.item[0].message);
	return text;
}

START_TEST(only_good_events_can_be_typed)
{
	load("spawn sh\nmmap sh buf 4K\nfork sh kid\nexit kid\n");
	ck_assert_str_eq(mistake(4, "frok sh kid"),
			 "1 unknown statement \"frok\"; did you mean \"fork\"?");
	ck_assert_str_eq(mistake(4, ""), "1 an event is missing");
	ck_assert_str_eq(mistake(4, "# x"), "1 an event is missing");
	ck_assert_str_eq(mistake(4, "say \"x\""),
			 "1 \"say\" is no event: only events can be typed");
	ck_assert_str_eq(mistake(4, "read sh \"x"), "9 a quote that is not closed");
	ck_assert_str_eq(mistake(4, "sync"), "1 sync is not modelled yet");
	ck_assert_str_eq(mistake(4, "read sh r$i"),
			 "9 $i is the counter of a repeat, and there is none here");
	ck_assert_uint_eq(scenario_nr_events(c.s), 4);
}
END_TEST

START_TEST(names_are_those_known_at_that_event)
{
	load("spawn sh\nmmap sh buf 4K\nfork sh kid\nexit kid\n");
	ck_assert_str_eq(mistake(1, "read sh buf"), "9 unknown region \"buf\"");
	ck_assert_str_eq(mistake(2, "read kid buf"), "6 unknown process \"kid\"");
	ck_assert_str_eq(mistake(3, "spawn kid"), "7 there is a process \"kid\" already");
	type(4, "spawn kid");
	type(3, "read kid buf");
}
END_TEST

START_TEST(a_name_that_a_later_event_makes_cannot_be_made_before_it)
{
	load("spawn sh\nmmap sh buf 4K\nfork sh kid\nexit kid\n");
	ck_assert_str_eq(mistake(1, "spawn kid"), "1 event 3 makes kid, too: choose another name");
	script_free(&c);
	load("cache_create box 10\ncache_destroy box\ncache_create box 10\n");
	ck_assert_str_eq(mistake(2, "cache_create box 20"),
			 "1 event 3 makes box, too: choose another name");
}
END_TEST

/* ---- inside of repeats and includes ---- */

START_TEST(a_line_typed_inside_a_repeat_splits_it)
{
	load("spawn sh\nrepeat 100\n  read sh data  # r\n  read sh code\nend\nexit sh\n");
	type(81, "write sh data");         /* behind the second read of iteration 40 */
	type(84, "write sh data value=x"); /* behind the second read of iteration 41 */
	check_saved("saved.txt");
	ck_assert_str_eq(read_text("saved.txt"),
			 "spawn sh\nrepeat 39\n  read sh data  # r\n  read sh code\nend\n"
			 "read sh data\nread sh code\nwrite sh data\n"
			 "read sh data\nread sh code\nwrite sh data value=x\n"
			 "repeat 59\n  read sh data  # r\n  read sh code\nend\nexit sh\n");
}
END_TEST

START_TEST(a_line_typed_behind_the_last_event_of_a_repeat_stands_behind_it)
{
	load("spawn sh\nrepeat 2\nread sh data\nend\nexpect minflt sh == 0\nexit sh\n");
	type(3, "write sh data");
	check_saved("saved.txt");
	ck_assert_str_eq(read_text("saved.txt"), "spawn sh\nrepeat 2\nread sh data\nend\nexpect "
						 "minflt sh == 0\nwrite sh data\nexit sh\n");
}
END_TEST

START_TEST(a_repeat_with_a_counter_is_written_out_from_there_on)
{
	load("spawn sh\nrepeat 4\nlabel l$i\nfork sh k$i\nexpect minflt k$i == 1\nend\n");
	type(3, "exit k1");
	check_saved("saved.txt");
	ck_assert_str_eq(read_text("saved.txt"),
			 "spawn sh\nrepeat 1\nlabel l$i\nfork sh k$i\nexpect minflt k$i == 1\nend\n"
			 "label l2\nfork sh k2\nexpect minflt k2 == 1\nexit k1\n"
			 "label l3\nfork sh k3\nexpect minflt k3 == 1\n"
			 "label l4\nfork sh k4\nexpect minflt k4 == 1\n");
}
END_TEST

START_TEST(nested_repeats_and_lecture_statements_inside_are_kept)
{
	load("spawn sh\nrepeat 3\nsay \"outer \\\"q\\\"\"\nrepeat 2\nread sh data\nsay "
	     "\"inner\"\nend\nread sh code\n"
	     "pause\nend\nfocus zones\nquiz \"a\\nb\" answer=\"c d\"\nexit sh\n");
	type(2, "write sh data");
	check_saved("saved.txt");
	type(8, "write sh data");
	check_saved("saved.txt");
}
END_TEST

START_TEST(every_lecture_statement_of_a_split_repeat_is_written_out)
{
	load("spawn sh\nrepeat 2\nsay \"a\"\nsay \"b\"\nsay.zh \"三\"\nlabel l$i\npause\n"
	     "focus space \"to grow\"\nfocus walk\nquiz \"q $i\" answer=\"a b\" choices=\"a b|c\"\n"
	     "quiz.zh \"问 $i\" answer=\"甲\"\n"
	     "read sh data\nread sh code\nend\n");
	type(2, "write sh data");
	check_saved("saved.txt");
	ck_assert_ptr_nonnull(
		strstr(read_text("saved.txt"), "label l1\nsay \"a\\nb\"\nsay.zh \"三\"\npause\n"));
	ck_assert_ptr_nonnull(
		strstr(read_text("saved.txt"), "\nfocus space \"to grow\"\nfocus walk\n"));
	ck_assert_ptr_nonnull(strstr(read_text("saved.txt"),
				     "\nquiz \"q 1\" answer=\"a b\" choices=\"a b|c\"\nquiz.zh "
				     "\"问 1\" answer=\"甲\"\nread sh data\nwrite sh data\n"));
}
END_TEST

START_TEST(a_line_typed_inside_an_include_puts_its_events_into_the_file)
{
	write_text("part.txt", "read sh data\nsay \"p\"\nread sh code\n");
	load("spawn sh\ninclude part.txt\nrepeat 2\ninclude part.txt\nend\nexit sh\n");
	type(2, "write sh data");
	check_saved("saved.txt");
	ck_assert_str_eq(read_text("saved.txt"),
			 "spawn sh\nread sh data\nwrite sh data\nsay \"p\"\nread sh code\n"
			 "repeat 2\ninclude part.txt\nend\nexit sh\n");
}
END_TEST

START_TEST(a_line_typed_behind_an_include_leaves_it)
{
	write_text("part.txt", "read sh data\n");
	load("spawn sh\ninclude part.txt\nexit sh\n");
	type(2, "write sh data");
	check_saved("saved.txt");
	ck_assert_str_eq(read_text("saved.txt"),
			 "spawn sh\ninclude part.txt\nwrite sh data\nexit sh\n");
}
END_TEST

START_TEST(in_another_folder_files_are_named_by_their_full_path)
{
	char expected[512];

	ck_assert_int_eq(mkdir(in_folder("sub"), 0700), 0);
	write_text("data file", "12345");
	write_text("part.txt", "read sh data\n");
	load("spawn sh\nmmap sh f 4K  file=\"data file\"@0 prot=r\ninclude part.txt\n");
	type(2, "mmap sh g 4K file=\"data file\"");
	ck_assert_int_eq(scenario_save(c.s, in_folder("sub/saved.txt")), 0);
	snprintf(expected, sizeof(expected),
		 "spawn sh\nmmap sh f 4K file=\"%s/data file\"@0 prot=r\nmmap sh g 4K "
		 "file=\"%s/data file\"\n"
		 "include \"%s/part.txt\"\n",
		 folder, folder, folder);
	ck_assert_str_eq(read_text("sub/saved.txt"), expected);
	struct diags d;
	diags_init(&d);
	struct scenario *again = scenario_load(in_folder("sub/saved.txt"), NULL, &d);
	ck_assert_ptr_nonnull(again);
	ck_assert_uint_eq(scenario_nr_events(again), 4);
	scenario_free(again);
}
END_TEST

START_TEST(saving_over_the_file_itself_works_and_failing_leaves_it)
{
	load("spawn sh\nread sh data\n");
	type(2, "exit sh");
	check_saved("main.txt");
	ck_assert_str_eq(read_text("main.txt"), "spawn sh\nread sh data\nexit sh\n");
	ck_assert_int_eq(scenario_save(c.s, "/nowhere/x.txt"), ENOENT);
	ck_assert_int_eq(scenario_save(c.s, folder), EISDIR);
}
END_TEST

START_TEST(anything_typed_anywhere_is_the_same_when_loaded_again)
{
	static const char *const lines[] = {"read sh data", "write sh data value=x",
					    "alloc_pages a 0", "brk sh +4K"};
	uint32_t random = 7;

	for (unsigned round = 0; round < 30; round++) {
		load("title \"t\"\nspawn sh\nexpect vmas sh == 4\nrepeat 5\nsay \"s\"\nread sh "
		     "data\nexpect minflt sh == 0\n"
		     "repeat 2\nread sh code\nend\nend\n# c\nrepeat 3\nmmap sh m$i 4K\nfork sh "
		     "k$i\nend\nsay \"x\"\nexit sh\n");
		for (unsigned i = 0; i < 4; i++) {
			random = random * 1664525 + 1013904223;
			type(1 + (random >> 8) % scenario_nr_events(c.s), lines[random >> 30]);
		}
		check_saved("saved.txt");
		script_free(&c);
	}
	memset(&c, 0, sizeof(c));
}
END_TEST

Suite *edit_suite(void);
Suite *edit_suite(void)
{
	Suite *s = suite_create("edit");
	TCase *tc = tcase_create("edit");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_typed_line_is_the_event_after_the_current_one);
	tcase_add_test(tc, what_stands_around_it_stays_with_its_events);
	tcase_add_test(tc, a_line_typed_at_the_beginning_comes_behind_the_header);
	tcase_add_test(tc, the_file_keeps_its_own_lines);
	tcase_add_test(tc, lines_typed_after_one_another_stay_in_order);
	tcase_add_test(tc, an_empty_scenario_can_be_typed_from_nothing);
	tcase_add_test(tc, only_good_events_can_be_typed);
	tcase_add_test(tc, names_are_those_known_at_that_event);
	tcase_add_test(tc, a_name_that_a_later_event_makes_cannot_be_made_before_it);
	tcase_add_test(tc, a_line_typed_inside_a_repeat_splits_it);
	tcase_add_test(tc, a_line_typed_behind_the_last_event_of_a_repeat_stands_behind_it);
	tcase_add_test(tc, a_repeat_with_a_counter_is_written_out_from_there_on);
	tcase_add_test(tc, nested_repeats_and_lecture_statements_inside_are_kept);
	tcase_add_test(tc, every_lecture_statement_of_a_split_repeat_is_written_out);
	tcase_add_test(tc, a_line_typed_inside_an_include_puts_its_events_into_the_file);
	tcase_add_test(tc, a_line_typed_behind_an_include_leaves_it);
	tcase_add_test(tc, in_another_folder_files_are_named_by_their_full_path);
	tcase_add_test(tc, saving_over_the_file_itself_works_and_failing_leaves_it);
	tcase_add_test(tc, anything_typed_anywhere_is_the_same_when_loaded_again);
	suite_add_tcase(s, tc);
	return s;
}
