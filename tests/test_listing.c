/* What is printed without a screen, and the command line that asks for it. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/listing.h"
#include "src/options.h"

/* What a listing of a scenario prints; the exit status in *status. */
static char *listed(int (*list)(struct scenario *, FILE *), const char *text, int *status)
{
	char *out = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&out, &len);
	struct scenario *s;
	struct diags d;

	diags_init(&d);
	s = scenario_parse("test.txt", text, strlen(text), NULL, &d);
	diags_print(&d, stderr);
	diags_free(&d);
	ck_assert_ptr_nonnull(s);
	*status = list(s, f);
	fclose(f);
	scenario_free(s);
	return out;
}

static void ck_listed(int (*list)(struct scenario *, FILE *), const char *text, int status,
		      const char *expected)
{
	int got;
	char *out = listed(list, text, &got);

	ck_assert_str_eq(out, expected);
	ck_assert_int_eq(got, status);
	free(out);
}

#define SMALL "machine i386-6.1 ram=64M\nspawn sh\n"

START_TEST(the_state_shows_areas_and_numbers_frames_as_they_appear)
{
	ck_listed(list_state, SMALL "mmap  sh buf 16K  # blanks are folded\nwrite sh buf 8K\n", 0,
		  "mmviz-state 1\n"
		  "@1 spawn sh\n"
		  "= ok\n"
		  "P sh pte=2\n"
		  " 08048000-08049000 r-xp 00000000 program | fN1\n"
		  " 08049000-0804b000 rw-p 00001000 program | . aN2\n"
		  " 0804b000-0804e000 rw-p 00000000 [heap] | .*3\n"
		  " bffdf000-c0000000 rw-p 00000000 [stack] | .*32 aN3\n"
		  "@2 mmap sh buf 16K\n"
		  "= 0xb7ffc000\n"
		  "P sh pte=2\n"
		  " 08048000-08049000 r-xp 00000000 program | fN1\n"
		  " 08049000-0804b000 rw-p 00001000 program | . aN2\n"
		  " 0804b000-0804e000 rw-p 00000000 [heap] | .*3\n"
		  " b7ffc000-b8000000 rw-p 00000000 - | .*4\n"
		  " bffdf000-c0000000 rw-p 00000000 [stack] | .*32 aN3\n"
		  "@3 write sh buf 8K\n"
		  "= ok\n"
		  "! sh min=2 maj=0\n"
		  "P sh pte=3\n"
		  " 08048000-08049000 r-xp 00000000 program | fN1\n"
		  " 08049000-0804b000 rw-p 00001000 program | . aN2\n"
		  " 0804b000-0804e000 rw-p 00000000 [heap] | .*3\n"
		  " b7ffc000-b8000000 rw-p 00000000 - | aN4 aN5 .*2\n"
		  " bffdf000-c0000000 rw-p 00000000 [stack] | .*32 aN3\n");
}
END_TEST

/* The lines of the last event about one place. */
static void ck_last_line(const char *text, const char *start, const char *line)
{
	int status;
	char *out = listed(list_state, text, &status), *last = NULL, *p = out;

	while ((p = strstr(p, start)))
		last = p++;
	ck_assert_ptr_nonnull(last);
	last[strcspn(last, "\n")] = 0;
	ck_assert_str_eq(last, line);
	free(out);
}

START_TEST(equal_neighbours_are_folded_and_zero_pages_told_apart)
{
	ck_last_line(SMALL "mmap sh b 32K\nread sh b 12K\nwrite sh b+12K\n", "b7ff8000-",
		     "b7ff8000-b8000000 rw-p 00000000 - | z*3 aN4 .*4");
}
END_TEST

START_TEST(a_frame_that_nobody_maps_loses_its_number)
{
	ck_last_line(SMALL "mmap sh b 8K\nwrite sh b 8K\nmadvise sh b 4K dontneed\nwrite sh b\n",
		     "b7ffe000-", "b7ffe000-b8000000 rw-p 00000000 - | aN6 aN5");
	/* a page of the page cache, too, although it stays in memory */
	ck_last_line(SMALL "exit sh\nspawn other\n", "08048000-",
		     "08048000-08049000 r-xp 00000000 program | fN4");
}
END_TEST

START_TEST(what_a_fixed_mapping_replaces_is_forgotten_first)
{
	/* the frame of the first page stays mapped by the child */
	ck_last_line(SMALL "mmap sh b 8K\nwrite sh b 8K\nfork sh kid\n"
			   "mmap sh c 8K at=b fixed populate\n",
		     "b7ffe000-", "b7ffe000-b8000000 rw-p 00000000 - | aN4 aN5");
	ck_last_line(SMALL "mmap sh b 8K\nwrite sh b 8K\n"
			   "mmap sh c 8K at=b fixed populate\n",
		     "b7ffe000-", "b7ffe000-b8000000 rw-p 00000000 - | aN6 aN7");
}
END_TEST

START_TEST(kernel_events_are_counted_but_not_listed)
{
	int status;
	char *out = listed(list_state, SMALL "kmalloc k 100\nread sh data\n", &status);

	ck_assert_ptr_null(strstr(out, "kmalloc"));
	ck_assert_ptr_nonnull(strstr(out, "@3 read sh data"));
	free(out);
}
END_TEST

START_TEST(checks_report_every_expect_with_both_values)
{
	ck_listed(list_check, SMALL "expect vmas sh == 4\nwrite sh bss\nexpect minflt sh == 2\n", 1,
		  "ok test.txt:3: expect vmas sh == 4\n"
		  "FAILED test.txt:5: expect minflt sh == 2: 1 == 2 does not hold after event 2\n"
		  "test.txt: 1 expect holds, 1 failed, 2 events\n");
	ck_listed(list_check, SMALL "expect vmas sh >= 4\nexpect result == ok\n", 0,
		  "ok test.txt:3: expect vmas sh >= 4\n"
		  "ok test.txt:4: expect result == ok\n"
		  "test.txt: 2 expects hold, 0 failed, 1 event\n");
}
END_TEST

START_TEST(the_trace_is_indented_by_depth)
{
	int status, depth = 0, lines = 0;
	char *out = listed(list_trace, SMALL "write sh bss\n", &status), *save = NULL;
	char *event = strstr(out, "@2 write sh bss\n");

	ck_assert_ptr_nonnull(event);
	for (char *l = strtok_r(event, "\n", &save); l; l = strtok_r(NULL, "\n", &save), lines++) {
		int indent = (int)strspn(l, " ");

		if (*l == '@' || (*l == '=' && depth == 0))
			continue;
		if (l[indent] == '=')
			depth--;
		ck_assert_msg(indent == 2 * depth, "%s", l);
		ck_assert_msg(strchr("+=*?", l[indent]) && l[indent + 1] == ' ', "%s", l);
		if (l[indent] == '+')
			depth++;
	}
	ck_assert_int_eq(depth, 0);
	ck_assert_int_gt(lines, 15);
	free(out);
}
END_TEST

START_TEST(output_that_cannot_be_written_is_an_error)
{
	FILE *full = fopen("/dev/full", "w");

	if (!full)
		return; /* a host without it */
	fputs("x", full);
	ck_assert_int_eq(listing_end(full, 0), 2);
	fclose(full);
}
END_TEST

/* ---- the command line ---- */

static struct options options;
static char message[300];

/* Words separated by blanks. */
static bool read_line(const char *line)
{
	static char words[200];
	char name[] = "mmviz", *argv[16] = {name}, *save = NULL;
	FILE *err = fmemopen(message, sizeof(message), "w");
	int argc = 1;
	bool ok;

	strcpy(words, line);
	for (char *w = strtok_r(words, " ", &save); w; w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	message[0] = 0;
	ok = options_read(&options, argc, argv, err);
	fclose(err);
	ck_assert(ok == !message[0]);
	return ok;
}

START_TEST(options_are_read_in_any_order)
{
	ck_assert(read_line("a.txt"));
	ck_assert_int_eq(options.mode, MODE_FULL_SCREEN);
	ck_assert_str_eq(options.file, "a.txt");
	ck_assert(read_line("--at=fork a.txt --svg out.svg --screen 120x40 --ascii"));
	ck_assert_int_eq(options.mode, MODE_PRINT_SCREEN);
	ck_assert_int_eq(options.width, 120);
	ck_assert_int_eq(options.height, 40);
	ck_assert_str_eq(options.at, "fork");
	ck_assert_str_eq(options.svg, "out.svg");
	ck_assert(options.ascii);
	ck_assert(read_line("--state -"));
	ck_assert_int_eq(options.mode, MODE_STATE);
	ck_assert_str_eq(options.file, "-");
	ck_assert(read_line("--proc /tmp/p --at 3.2 a.txt"));
	ck_assert_int_eq(options.mode, MODE_PROC);
	ck_assert_str_eq(options.proc, "/tmp/p");
	ck_assert_str_eq(options.at, "3.2");
	ck_assert(read_line("--check -- --odd"));
	ck_assert_str_eq(options.file, "--odd");
	ck_assert(read_line("--help"));
	ck_assert_int_eq(options.mode, MODE_HELP);
	ck_assert(read_line("--theme light --lang zh --panel zones --machine i386 x.txt"));
	ck_assert_str_eq(options.theme, "light");
	ck_assert_str_eq(options.language, "zh");
	ck_assert_str_eq(options.panel, "zones");
	ck_assert_str_eq(options.machine, "i386");
}
END_TEST

static void ck_refused(const char *line, const char *why)
{
	ck_assert_msg(!read_line(line), "%s", line);
	ck_assert_msg(strstr(message, why) != NULL, "%s: %s", line, message);
}

START_TEST(a_wrong_command_line_says_what_is_wrong)
{
	ck_refused("", "scenario");
	ck_refused("--stat a.txt", "--state");
	ck_refused("--svgg=x a.txt", "--svg");
	ck_refused("a.txt b.txt", "b.txt");
	ck_refused("--screen a.txt", "WIDTHxHEIGHT");
	ck_refused("--screen 80x a.txt", "80x");
	ck_refused("--screen 0x24 a.txt", "0x24");
	ck_refused("--screen 80x2000 a.txt", "1..1000");
	ck_refused("--screen", "--screen");
	ck_refused("--at 3 a.txt", "--screen");
	ck_refused("--state --trace a.txt", "--trace");
	ck_refused("--state --proc dir a.txt", "--proc");
	ck_refused("--proc dir --svg x.svg a.txt", "--screen");
	ck_refused("--state=yes a.txt", "no value");
	ck_refused("--lang fr a.txt", "fr");
}
END_TEST

Suite *listing_suite(void);
Suite *listing_suite(void)
{
	Suite *suite = suite_create("listing");
	TCase *c = tcase_create("listing");

	suite_add_tcase(suite, c);
	tcase_set_timeout(c, 0);
	tcase_add_test(c, the_state_shows_areas_and_numbers_frames_as_they_appear);
	tcase_add_test(c, equal_neighbours_are_folded_and_zero_pages_told_apart);
	tcase_add_test(c, a_frame_that_nobody_maps_loses_its_number);
	tcase_add_test(c, what_a_fixed_mapping_replaces_is_forgotten_first);
	tcase_add_test(c, kernel_events_are_counted_but_not_listed);
	tcase_add_test(c, checks_report_every_expect_with_both_values);
	tcase_add_test(c, the_trace_is_indented_by_depth);
	tcase_add_test(c, output_that_cannot_be_written_is_an_error);
	tcase_add_test(c, options_are_read_in_any_order);
	tcase_add_test(c, a_wrong_command_line_says_what_is_wrong);
	return suite;
}
