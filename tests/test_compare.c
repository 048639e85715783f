/*
 * Two processes side by side: which two, what of their walks is alike, and how one frame or two are drawn.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/open_screen.h"

static const char lecture[] = "machine i386 ram=1G\n"
			      "spawn sh\n"
			      "mmap sh buf 8K\n"
			      "write sh buf 8K value=A\n"
			      "fork sh kid\n"
			      "write kid buf value=K\n"
			      "write sh buf value=S\n"
			      "fork kid baby\n"
			      "mmap sh own 4K at=0x50000000\n"
			      "write sh own value=mine\n"
			      "read kid 0x50000000\n"
			      "exit kid\n";
enum { SPAWN = 1, MMAP, WRITE, FORK, COPY, REUSE, BABY, MMAP_OWN, OWN, REFUSED, EXIT };

static void set_up(void) { open_screen(lecture, 120, 40); }

/* To the first micro-step of an event at which a step has been told. */
static void go_to_step(uint32_t event, enum step_id id)
{
	for (uint64_t k = 1; k <= 10000; k++) {
		const struct story_node *last;

		go_to(event, k);
		last = story_last(view_story(&s.view));
		if (last && last->step.id == id)
			return;
	}
	ck_abort_msg("event %u never tells that step", event);
}

static bool shows(const char *format, ...) __attribute__((format(printf, 1, 2)));
static bool shows(const char *format, ...)
{
	const char *text = frame();
	char want[256];
	va_list args;
	bool found;

	va_start(args, format);
	vsnprintf(want, sizeof(want), format, args);
	va_end(args);
	found = strstr(text, want) != NULL;
	if (!found)
		fprintf(stderr, "not on the screen: %s\n%s\n", want, text);
	return found;
}

/* How often is a text on the screen? */
static int count(const char *words)
{
	int n = 0;

	for (const char *p = frame(); (p = strstr(p, words)) != NULL; p++)
		n++;
	return n;
}

static pfn_t frame_of(const char *name, vaddr_t va)
{
	for (const struct task *t = view_machine(&s.view)->tasks; t; t = t->next) {
		const pte_t *e = pte_offset(view_machine(&s.view), t->mm, va);

		if (strcmp(t->comm, name) == 0)
			return e && pte_present(*e) ? pte_pfn(*e) : PFN_NONE;
	}
	return PFN_NONE;
}

#define SAME     "="
#define ALIKE    "\342\211\210"
#define NOT_SAME "\342\211\240"

/* ---- one frame, two frames ---- */

START_TEST(a_shared_frame_is_one_box)
{
	go_to(FORK, STEP_END);
	press(":compare sh kid buf\n");
	ck_assert(shows("Compare b7ffe000"));
	ck_assert(shows(" sh, kid "));
	ck_assert(shows(" frame %05x ", frame_of("sh", 0xb7ffe000)));
	/* from both entries to one box */
	ck_assert(shows("\342\224\224\342\224\200\342\224\200"));
	ck_assert(shows("\342\224\200\342\224\254\342\224\200"));
	ck_assert(shows("anonymous \303\2272 HighMem"));
	ck_assert(shows("One frame until somebody writes: copy-on-write."));
}
END_TEST

START_TEST(a_frame_that_parted_is_two_boxes)
{
	go_to(COPY, STEP_END);
	press("c");
	ck_assert(shows(" frame %05x ", frame_of("sh", 0xb7ffe000)));
	ck_assert(shows(" frame %05x ", frame_of("kid", 0xb7ffe000)));
	ck_assert(shows("\"A\"  "));
	ck_assert(shows("\"K\"  exclusive"));
	ck_assert(shows("Two frames: what one writes, the other does not see."));
}
END_TEST

START_TEST(the_parting_is_seen_step_by_step)
{
	go_to_step(COPY, S_COPY_PAGE);
	press("c");
	ck_assert(shows("One frame until somebody writes"));
	go_to_step(COPY, S_SET_PTE);
	ck_assert(shows("Two frames, with the same in them."));
	go_to_step(COPY, S_STORE);
	ck_assert(shows("Two frames: what one writes"));
}
END_TEST

START_TEST(entries_are_the_same_or_of_one_frame_or_not_the_same)
{
	pfn_t pfn;

	go_to(COPY, 0);
	press(":compare sh kid buf+4K\n");
	pfn = frame_of("sh", 0xb7fff000);
	/* fork left the parent's entry accessed, the child's was never used */
	ck_assert(shows("%05x065 P RO US A D            " ALIKE " %05x045 P RO US - D", pfn, pfn));
	go_to(COPY, STEP_END);
	press(":compare sh kid buf\n");
	ck_assert(shows("%05x065 P RO US A D            " NOT_SAME " %05x067 P RW US A D",
			frame_of("sh", 0xb7ffe000), frame_of("kid", 0xb7ffe000)));
	press(":compare sh kid 0xc0000000\n");
	ck_assert(shows("G PS 4M    " SAME " 000001e3"));
	ck_assert(shows("The kernel's part: the same entries in every process."));
	ck_assert(shows("in the entry above"));
}
END_TEST

START_TEST(one_of_them_may_have_no_page_or_no_area)
{
	go_to(OWN, STEP_END);
	press(":compare sh kid own\n");
	ck_assert(shows(NOT_SAME " no area here"));
	ck_assert(shows("no frame"));
	ck_assert(shows("Only one of them has a page here."));
	press(":compare kid baby 0x50000000\n");
	ck_assert(shows("Neither has a page here."));
}
END_TEST

START_TEST(shared_memory_is_one_frame_on_purpose_and_the_zero_page_nobodys)
{
	close_screen();
	open_screen(
		"spawn p\nmmap p m 4K shared\nmmap p z 4K prot=r\nwrite p m\nread p z\nfork p q\n"
		"read q m\nread q z\n",
		120, 40);
	go_to(8, STEP_END);
	press(":compare p q m\n");
	ck_assert(shows("One frame, shared on purpose: what one writes, the other reads."));
	press(":compare p q z\n");
	ck_assert(shows("The zero page, which is nobody's: whoever writes gets a frame."));
	press(":compare p q code\n");
	ck_assert(shows("One frame of the page cache"));
}
END_TEST

/* ---- which two ---- */

START_TEST(it_is_the_process_of_the_event_and_its_parent_or_child)
{
	go_to(COPY, STEP_END);
	press("c");
	ck_assert(shows(" sh, kid "));
	press("n"); /* sh writes: both stay where they are */
	ck_assert(shows(" sh, kid "));
	press("n");
	ck_assert(shows(" kid, baby "));
}
END_TEST

START_TEST(strangers_that_run_the_same_program_are_near)
{
	close_screen();
	open_screen("spawn a\nspawn b tests/cases/subject\nspawn c\nwrite c data\n", 120, 40);
	go_to(4, STEP_END);
	press("c");
	ck_assert(shows(" a, c "));
	press(",");
	ck_assert(shows(" a, b "));
}
END_TEST

START_TEST(another_process_at_the_right_stays)
{
	go_to(BABY, STEP_END);
	press(":compare sh kid buf\n");
	press(".");
	ck_assert(shows(" sh, baby "));
	press(".");
	ck_assert(shows(" sh, kid "));
	press(",");
	ck_assert(shows(" sh, baby "));
	press("n");
	ck_assert(shows(" sh, baby "));
	go_to(EXIT, STEP_END);
	ck_assert(shows(" sh, baby "));
	go_to(FORK, STEP_END); /* not born yet */
	ck_assert(shows("(no process)"));
	ck_assert(shows("There is no second process to compare with."));
}
END_TEST

START_TEST(a_process_alone_is_shown_alone)
{
	press("c");
	ck_assert(shows("(no process)"));
	go_to(WRITE, STEP_END);
	ck_assert(shows("sh pid 1"));
	ck_assert(shows("There is no second process to compare with."));
}
END_TEST

/* ---- pages ---- */

START_TEST(every_page_of_both_is_listed)
{
	go_to(COPY, STEP_END);
	press("c");
	/* code, data, buf+4K and stack are in the same frames, buf has parted */
	ck_assert(shows("4 in the same frame, 1 not"));
	ck_assert(shows("b7ffe000 buf       %05x a \"A\"", frame_of("sh", 0xb7ffe000)));
	ck_assert(shows(NOT_SAME " %05x a \"K\"", frame_of("kid", 0xb7ffe000)));
	ck_assert(shows("b7fff000 buf       %05x a \"A\"", frame_of("sh", 0xb7fff000)));
	go_to(OWN, STEP_END);
	press(":compare sh kid\n");
	ck_assert(shows("50000000 own       "));
}
END_TEST

START_TEST(enter_on_a_page_goes_there)
{
	go_to(COPY, STEP_END);
	press("c");
	frame();
	press("j\n"); /* below the names: the first page, code */
	ck_assert(shows("Compare 08048000"));
	ck_assert_uint_eq(s.view.walk_va, 0x08048000);
	press(">");
	ck_assert(shows("Compare 08049000"));
	press("<<");
	ck_assert(shows("Compare 08047000"));
}
END_TEST

START_TEST(c_opens_and_closes)
{
	go_to(COPY, STEP_END);
	press("c");
	ck_assert(shows("Compare "));
	press("c");
	ck_assert_int_eq(count("Compare "), 0);
}
END_TEST

START_TEST(it_hides_the_walk_panel_rather_than_becoming_low)
{
	go_to(COPY, STEP_END);
	press("4c");
	frame();
	ck_assert_int_gt(s.overlay.box.height, 30);
	screen_resize(&s, 80, 24);
	ck_assert(shows("pte 1022  "));
	ck_assert_int_eq(s.overlay.box.width, 80);
}
END_TEST

START_TEST(three_levels_are_compared_with_pae)
{
	close_screen();
	open_screen("machine i386-pae ram=1G\nspawn sh\nmmap sh buf 4K\nwrite sh buf\nfork sh kid\n"
		    "write kid buf\n",
		    120, 40);
	go_to(5, STEP_END);
	press("c");
	ck_assert(shows("pgd 2   "));
	ck_assert(shows("pmd 447 "));
	ck_assert(shows("pte 511 "));
	ck_assert(shows(NOT_SAME " 0%05x067 P RW US A D", frame_of("kid", 0xb7fff000)));
}
END_TEST

/* ---- the prompt ---- */

START_TEST(mistakes_at_the_prompt_are_named)
{
	static const struct {
		const char *line, *error;
	} wrong[] = {
		{":compare sh\n", "two processes that live now are wanted"},
		{":compare sh nobody\n", "two processes that live now are wanted"},
		{":compare sh sh\n", "twice the same process"},
		{":compare sh kid nowhere\n", "nowhere"},
		{":compare sh kid pfn 100\n", "a virtual address is wanted"},
	};

	go_to(COPY, STEP_END);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		press(wrong[i].line);
		ck_assert_msg(shows("%s", wrong[i].error), "%s", wrong[i].line);
		ck_assert(s.prompt.open);
		screen_key(&s, KEY_ESCAPE_);
	}
}
END_TEST

START_TEST(the_prompt_completes_processes_and_addresses)
{
	go_to(COPY, STEP_END);
	press(":comp");
	screen_key(&s, KEY_TAB_);
	press("s");
	screen_key(&s, KEY_TAB_);
	press("k");
	screen_key(&s, KEY_TAB_);
	press("bu");
	screen_key(&s, KEY_TAB_);
	ck_assert_str_eq(s.prompt.text, "compare sh kid buf ");
}
END_TEST

Suite *compare_suite(void)
{
	Suite *suite = suite_create("compare");
	TCase *t = tcase_create("compare");

	tcase_add_checked_fixture(t, set_up, close_screen);
	tcase_add_test(t, a_shared_frame_is_one_box);
	tcase_add_test(t, a_frame_that_parted_is_two_boxes);
	tcase_add_test(t, the_parting_is_seen_step_by_step);
	tcase_add_test(t, entries_are_the_same_or_of_one_frame_or_not_the_same);
	tcase_add_test(t, one_of_them_may_have_no_page_or_no_area);
	tcase_add_test(t, shared_memory_is_one_frame_on_purpose_and_the_zero_page_nobodys);
	tcase_add_test(t, it_is_the_process_of_the_event_and_its_parent_or_child);
	tcase_add_test(t, strangers_that_run_the_same_program_are_near);
	tcase_add_test(t, another_process_at_the_right_stays);
	tcase_add_test(t, a_process_alone_is_shown_alone);
	tcase_add_test(t, every_page_of_both_is_listed);
	tcase_add_test(t, enter_on_a_page_goes_there);
	tcase_add_test(t, c_opens_and_closes);
	tcase_add_test(t, it_hides_the_walk_panel_rather_than_becoming_low);
	tcase_add_test(t, three_levels_are_compared_with_pae);
	tcase_add_test(t, mistakes_at_the_prompt_are_named);
	tcase_add_test(t, the_prompt_completes_processes_and_addresses);
	suite_add_tcase(suite, t);
	return suite;
}
