/*
 * /proc on the screen: the chooser, a file that follows time, what is marked in it, and golden boxes.
 *
 * After a wanted change of what is shown:
 *
 *	MMVIZ_ACCEPT=1 build/tests/unit proc_view; git diff tests/golden
 */
#include <stdlib.h>
#include <string.h>

#include "tests/open_screen.h"

static const char lecture[] = "title \"Files\"\n"
			      "machine i386 ram=1G\n"
			      "spawn sh\n"
			      "mmap sh buf 8K\n"
			      "write sh buf value=A\n"
			      "fork sh kid\n"
			      "write kid buf value=K\n"
			      "fork kid baby\n"
			      "exit kid\n";
enum { SPAWN = 1, MMAP, WRITE, FORK, COPY, FORK_2, EXIT };

static void set_up(void) { open_screen(lecture, 120, 40); }

/* The box alone, without the panels around it. */
static const char *box(void)
{
	static char text[1 << 17];
	struct grid g = {0}, part = {0};
	const struct area *b = &s.overlay.box;
	FILE *f = fmemopen(text, sizeof(text), "w");

	g.ascii = s.view.ascii;
	screen_draw(&s, &g);
	ck_assert(grid_resize(&part, b->width, b->height));
	for (int y = 0; y < b->height; y++)
		memcpy(&part.cell[y * b->width], &g.cell[(b->y + y) * g.width + b->x],
		       sizeof(struct cell) * (size_t)b->width);
	grid_print(&part, f);
	fclose(f);
	grid_free(&g);
	grid_free(&part);
	return text;
}

static bool shows(const char *text) { return strstr(frame(), text) != NULL; }

/* ---- the chooser ---- */

START_TEST(f_opens_the_list_of_files_and_closes_it)
{
	go_to(COPY, STEP_END);
	press("f");
	ck_assert(shows(" /proc "));
	ck_assert(shows("meminfo       memory by use"));
	ck_assert(shows("2  kid "));
	ck_assert(shows("smaps         areas, and what of them is in memory"));
	press("f");
	ck_assert_ptr_null(s.overlay.kind);
	press("f");
	press_key(KEY_ESCAPE_);
	ck_assert_ptr_null(s.overlay.kind);
}
END_TEST

START_TEST(without_a_process_there_are_the_machines_files_only)
{
	press("f");
	ck_assert(shows("kpageflags"));
	ck_assert(!shows("smaps"));
	press_key(KEY_ENTER_);
	ck_assert(shows("/proc/buddyinfo"));
	press_key(KEY_BACKTAB_);
	ck_assert(shows("/proc/kpageflags"));
	press_key(KEY_TAB_);
	ck_assert(shows("/proc/buddyinfo"));
}
END_TEST

START_TEST(enter_opens_a_file_and_tab_the_next_one)
{
	go_to(COPY, STEP_END);
	press("fjjj");
	press_key(KEY_ENTER_);
	ck_assert(shows("/proc/meminfo"));
	ck_assert(shows("MemTotal:        1036284 kB"));
	press_key(KEY_TAB_);
	ck_assert(shows("/proc/vmstat"));
	press("d");
	ck_assert(shows("pgfault 6"));
	press_key(KEY_BACKTAB_);
	press_key(KEY_BACKTAB_);
	ck_assert(shows("/proc/zoneinfo"));
	press("b");
	ck_assert(shows("▸ zoneinfo"));
	press_key(KEY_ENTER_);
	press("f");
	ck_assert_ptr_null(s.overlay.kind);
}
END_TEST

START_TEST(comma_and_full_stop_go_to_other_processes)
{
	go_to(FORK_2, STEP_END);
	enter_line("proc kid/comm");
	ck_assert(shows("/proc/2/comm"));
	press(".");
	ck_assert(shows("/proc/3/comm"));
	ck_assert(shows("baby"));
	press(".");
	ck_assert(shows("/proc/3/comm"));
	press(",,");
	ck_assert(shows("/proc/1/comm"));
	press(",");
	ck_assert(shows("/proc/1/comm"));
	press("b..");
	ck_assert(shows("3  baby "));
}
END_TEST

/* ---- time ---- */

START_TEST(a_file_follows_time_and_marks_what_has_changed)
{
	go_to(MMAP, STEP_END);
	enter_line("proc status");
	ck_assert(shows(" VmRSS:                12 kB"));
	ck_assert(shows("◆VmSize:              164 kB"));
	press("n");
	ck_assert(shows("◆VmRSS:                16 kB"));
	ck_assert(shows("◆RssAnon:              12 kB"));
	ck_assert(shows(" VmSize:              164 kB"));
	press("p");
	ck_assert(shows(" VmRSS:                12 kB"));
	ck_assert(shows("◆VmSize:              164 kB"));
}
END_TEST

START_TEST(a_line_stays_itself_when_others_come_above_it)
{
	go_to(SPAWN, STEP_END);
	enter_line("proc maps");
	press("n");
	ck_assert(shows("◆b7ffe000-b8000000 rw-p"));
	ck_assert(shows(" bffdf000-c0000000 rw-p"));
	enter_line("proc smaps");
	/* an area that is new, and those around it */
	ck_assert(shows(" 08048000-08049000 r-xp"));
	press("m");
	ck_assert(shows("◆b7ffe000-b8000000 rw-p"));
	press("/[stack]");
	press_key(KEY_ENTER_);
	ck_assert(shows(" bffdf000-c0000000 rw-p"));
}
END_TEST

START_TEST(a_pages_line_changes_and_its_neighbours_do_not)
{
	go_to(FORK, STEP_END);
	enter_line("proc kid/pagemap");
	press("n");
	ck_assert(shows("◆  b7ffe000  81"));
	ck_assert(shows("  b7fff000  0                 1 not present"));
	ck_assert(!shows("◆  b7fff000"));
	ck_assert(!shows("◆  0804a000"));
}
END_TEST

START_TEST(a_process_that_does_not_live_is_said_to_be_away)
{
	go_to(FORK_2, STEP_END);
	enter_line("proc kid/maps");
	ck_assert(shows("b7ffe000-b8000000"));
	press("n");
	ck_assert(shows("process 2, kid, does not live now"));
	press("p");
	ck_assert(shows("b7ffe000-b8000000"));
	go_to(WRITE, STEP_END);
	ck_assert(shows("process 2, kid, does not live now"));
}
END_TEST

/* ---- looking for something ---- */

START_TEST(m_goes_round_the_lines_that_are_marked)
{
	go_to(COPY, STEP_END);
	enter_line("proc kid/smaps");
	press("m");
	ck_assert(shows("▸◆Pss:                   4 kB"));
	press("mmmmm");
	ck_assert(shows("▸◆Pss:                   4 kB"));
	enter_line("proc cmdline");
	press("m");
	ck_assert(shows("this event has not changed it"));
}
END_TEST

START_TEST(slash_finds_a_line)
{
	go_to(COPY, STEP_END);
	enter_line("proc meminfo");
	ck_assert(!shows("DirectMap4M"));
	press("/directmap4m");
	press_key(KEY_ENTER_);
	ck_assert(shows("▸ DirectMap4M:"));
	press("/nowhere");
	press_key(KEY_ENTER_);
	ck_assert(shows("\"nowhere\" is not found here"));
}
END_TEST

START_TEST(a_long_line_goes_on_in_the_next_row)
{
	go_to(COPY, STEP_END);
	enter_line("proc stat");
	ck_assert(shows("◆2 (kid) R 1 0 0 0 -1 0 2 0"));
	ck_assert(shows("134516736 134522880 134537216"));
	screen_resize(&s, 80, 24);
	ck_assert(shows("134516736 134522880 134537216"));
}
END_TEST

START_TEST(an_empty_file_says_that_it_is)
{
	enter_line("proc vmallocinfo");
	ck_assert(shows("┃  nothing "));
}
END_TEST

START_TEST(of_a_very_long_file_the_beginning_is_shown)
{
	close_screen();
	open_screen("machine i386 ram=1G\nspawn sh\nrepeat 200\nmmap sh a$i 4K prot=r\nmmap sh b$i "
		    "4K\nend\n",
		    120, 40);
	go_to(401, STEP_END);
	enter_line("proc smaps");
	ck_assert(shows("08048000-08049000"));
	press("/the rest");
	press_key(KEY_ENTER_);
	ck_assert(shows("... the rest is not shown"));
}
END_TEST

/* ---- the prompt ---- */

START_TEST(the_prompt_opens_files_by_their_names)
{
	go_to(COPY, STEP_END);
	enter_line("proc meminfo");
	ck_assert(shows("/proc/meminfo"));
	enter_line("proc 1/maps");
	ck_assert(shows("/proc/1/maps"));
	enter_line("proc statm");
	ck_assert(shows("/proc/2/statm"));
	enter_line("proc");
	ck_assert_ptr_null(s.overlay.kind);
	enter_line("proc");
	ck_assert(shows("meminfo       memory by use"));
	enter_line("proc baby/maps");
	ck_assert(shows("there is no such file in /proc at this moment"));
}
END_TEST

static const char *completed(const char *line)
{
	static char text[512];

	press(":");
	press(line);
	press_key(KEY_TAB_);
	snprintf(text, sizeof(text), "%s", s.prompt.text);
	press_key(KEY_ESCAPE_);
	return text;
}

START_TEST(the_prompt_completes_files)
{
	go_to(COPY, STEP_END);
	ck_assert_str_eq(completed("pr"), "proc ");
	ck_assert_str_eq(completed("proc mem"), "proc meminfo ");
	ck_assert_str_eq(completed("proc kid/sm"), "proc kid/smaps ");
	ck_assert_str_eq(completed("proc pagem"), "proc pagemap ");
	ck_assert_str_eq(completed("proc kpage"), "proc kpage");
}
END_TEST

/* ---- golden boxes ---- */

static const struct golden {
	const char *name, *line;
	int width, height;
	uint32_t event;
	bool ascii;
} golden[] = {
	{"120x40-proc", "proc", 120, 40, COPY, false},
	{"120x40-proc-status", "proc status", 120, 40, COPY, false},
	{"120x40-proc-slabinfo", "proc slabinfo", 120, 40, COPY, false},
	{"80x24-proc-maps", "proc kid/maps", 80, 24, COPY, false},
	{"80x24-proc-ascii", "proc buddyinfo", 80, 24, COPY, true},
	{"200x60-proc-smaps", "proc kid/smaps", 200, 60, COPY, false},
};

START_TEST(the_box_is_as_the_golden_one)
{
	static char want[1 << 17];
	const struct golden *g = &golden[_i];
	const char *got;
	char path[128];
	size_t n = 0;
	FILE *f;

	screen_resize(&s, g->width, g->height);
	s.view.ascii = g->ascii;
	go_to(g->event, STEP_END);
	enter_line(g->line);
	got = box();
	snprintf(path, sizeof(path), "tests/golden/%s.txt", g->name);
	f = fopen(path, getenv("MMVIZ_ACCEPT") ? "w+" : "r");
	ck_assert_msg(f != NULL, "%s: to make it: MMVIZ_ACCEPT=1 build/tests/unit proc_view", path);
	if (getenv("MMVIZ_ACCEPT"))
		fputs(got, f);
	rewind(f);
	n = fread(want, 1, sizeof(want) - 1, f);
	want[n] = '\0';
	fclose(f);
	ck_assert_msg(strcmp(got, want) == 0,
		      "%s differs; to accept: MMVIZ_ACCEPT=1 build/tests/unit proc_view\n%s", path,
		      got);
}
END_TEST

Suite *proc_view_suite(void);
Suite *proc_view_suite(void)
{
	Suite *suite = suite_create("proc_view");
	TCase *t = tcase_create("proc_view");

	suite_add_tcase(suite, t);
	tcase_set_timeout(t, 0);
	tcase_add_checked_fixture(t, set_up, close_screen);
	tcase_add_test(t, f_opens_the_list_of_files_and_closes_it);
	tcase_add_test(t, without_a_process_there_are_the_machines_files_only);
	tcase_add_test(t, enter_opens_a_file_and_tab_the_next_one);
	tcase_add_test(t, comma_and_full_stop_go_to_other_processes);
	tcase_add_test(t, a_file_follows_time_and_marks_what_has_changed);
	tcase_add_test(t, a_line_stays_itself_when_others_come_above_it);
	tcase_add_test(t, a_pages_line_changes_and_its_neighbours_do_not);
	tcase_add_test(t, a_process_that_does_not_live_is_said_to_be_away);
	tcase_add_test(t, m_goes_round_the_lines_that_are_marked);
	tcase_add_test(t, slash_finds_a_line);
	tcase_add_test(t, a_long_line_goes_on_in_the_next_row);
	tcase_add_test(t, an_empty_file_says_that_it_is);
	tcase_add_test(t, of_a_very_long_file_the_beginning_is_shown);
	tcase_add_test(t, the_prompt_opens_files_by_their_names);
	tcase_add_test(t, the_prompt_completes_files);
	tcase_add_loop_test(t, the_box_is_as_the_golden_one, 0, sizeof(golden) / sizeof(golden[0]));
	return suite;
}
