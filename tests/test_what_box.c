/*
 * What is this?  The box: what opens it, what its lines lead to, and how it follows the time.
 */
#include <string.h>

#include "src/what.h"
#include "tests/open_screen.h"
#include "ui/parts.h"

static const char lecture[] = "machine i386 ram=1G\n"
			      "spawn sh\n"
			      "mmap sh buf 8K\n"
			      "write sh buf 8K value=A\n"
			      "fork sh kid\n"
			      "write kid buf value=K\n"
			      "write sh buf value=S\n"
			      "kmalloc box 100\n"
			      "exit kid\n";
enum { SPAWN = 1, MMAP, WRITE, FORK, COPY, REUSE, KMALLOC, EXIT };
enum { BUF = 0xb7ffe000 };

static void set_up(void) { open_screen(lecture, 120, 40); }

static bool shows(const char *words)
{
	bool found = strstr(frame(), words) != NULL;

	if (!found)
		fputs(frame(), stderr);
	return found;
}

#define ck_shows(words) ck_assert_msg(shows(words), "not shown: %s", words)

/* The row of the box that holds these words; -1. */
static int row_of(const char *words)
{
	frame();
	return sheet_search(&s.overlay.sheet, -1, 1, words);
}

static enum touch touch_of(const char *words)
{
	int row = row_of(words);

	ck_assert_msg(row >= 0, "no row with %s", words);
	return (enum touch)s.overlay.sheet.row[row].touch;
}

/* The cursor on the row that holds these words. */
static void point_at(const char *words)
{
	int row = row_of(words);

	ck_assert_msg(row >= 0, "no row with %s", words);
	ck_assert_msg(s.overlay.sheet.row[row].is_link, "%s leads nowhere", words);
	s.overlay.cursor = row;
}

START_TEST(w_tells_of_what_is_chosen)
{
	go_to(COPY, STEP_END);
	press("w");
	ck_assert_str_eq(s.overlay.kind->name, "what");
	ck_shows("What is kid b7ffe000?");
	ck_shows("mapped by kid  b7ffe000  rw");
	screen_key(&s, KEY_ESCAPE_);
	ck_assert_ptr_null(s.overlay.kind);
	view_choose_frame(&s.view, 0x100);
	press("w");
	ck_shows("What is phys 00100000?");
	ck_shows("reserved: kernel image, page 0 of 1024");
}
END_TEST

START_TEST(w_tells_of_blocks_objects_and_caches_too)
{
	const struct machine *m;
	struct choice c = {.kind = CHOOSE_BLOCK, .pfn = 0x1000, .order = 10};

	go_to(KMALLOC, STEP_END);
	m = view_machine(&s.view);
	view_choose(&s.view, &c);
	press("w");
	ck_shows("free: head of block 1000 of order 10");
	c = (struct choice){.kind = CHOOSE_OBJECT,
			    .cache = m->kobj_cache[KOBJ_MM]->index,
			    .va = m->tasks->mm->kobj};
	view_choose(&s.view, &c);
	screen_key(&s, KEY_ESCAPE_);
	press("w");
	ck_shows("mm_struct of sh");
	screen_key(&s, KEY_ESCAPE_);
	c = (struct choice){.kind = CHOOSE_CACHE, .cache = m->kobj_cache[KOBJ_VMA]->index};
	view_choose(&s.view, &c);
	press("w");
	ck_shows("descriptor of the cache vm_area_struct");
}
END_TEST

START_TEST(a_chosen_process_is_asked_about_where_the_walk_is)
{
	struct choice c = {.kind = CHOOSE_TASK};

	go_to(COPY, STEP_END);
	c.pid = view_machine(&s.view)->tasks->pid;
	view_choose(&s.view, &c);
	press("w");
	ck_shows("What is sh b7ffe000?");
}
END_TEST

START_TEST(without_anything_to_ask_about_it_says_what_to_do)
{
	press("w");
	ck_assert_ptr_null(s.overlay.kind);
	ck_assert_ptr_nonnull(strstr(s.message, "what ADDR"));
}
END_TEST

START_TEST(the_prompt_asks_about_any_address)
{
	go_to(KMALLOC, STEP_END);
	enter_line("what kid buf+4K");
	ck_assert(!s.prompt.open);
	ck_shows("What is kid b7fff000?");
	enter_line("what pfn 100");
	ck_shows("What is phys 00100000?");
	enter_line("what box");
	ck_shows("kernel address in the direct map");
	ck_shows("box + 0 of 0x64, by kmalloc");
	screen_key(&s, KEY_ESCAPE_);
	enter_line("what");
	ck_assert_str_eq(s.overlay.kind->name, "what");
}
END_TEST

START_TEST(a_wrong_address_is_marked_in_the_line)
{
	go_to(COPY, STEP_END);
	enter_line("what kid bfu");
	ck_assert(s.prompt.open);
	ck_assert_str_eq(s.prompt.error, "unknown address \"bfu\"; did you mean \"buf\"?");
	ck_assert_int_eq(s.prompt.error_column, 9);
	ck_assert_int_eq(s.prompt.error_width, 3);
	ck_assert_ptr_null(s.overlay.kind);
}
END_TEST

START_TEST(tab_completes_the_words_of_an_address)
{
	go_to(KMALLOC, STEP_END);
	press(":what k");
	screen_key(&s, KEY_TAB_);
	ck_assert_str_eq(s.prompt.text, "what kid ");
	press("bu");
	screen_key(&s, KEY_TAB_);
	ck_assert_str_eq(s.prompt.text, "what kid buf ");
	screen_key(&s, KEY_ESCAPE_);
	press(":what bo");
	screen_key(&s, KEY_TAB_);
	ck_assert_str_eq(s.prompt.text, "what box ");
	screen_key(&s, KEY_ESCAPE_);
	press(":what ph");
	screen_key(&s, KEY_TAB_);
	ck_assert_str_eq(s.prompt.text, "what phys ");
	screen_key(&s, KEY_ESCAPE_);
	press(":what");
	ck_shows("what [PROC] ADDR|phys ADDR|pfn N");
}
END_TEST

/* ---- following the time ---- */

START_TEST(the_box_keeps_its_address_and_marks_what_the_event_changed)
{
	go_to(FORK, STEP_END);
	enter_line("what kid buf");
	ck_shows("mapped by sh  b7ffe000  r-");
	press("n");
	ck_shows("What is kid b7ffe000?");
	ck_assert_int_eq(touch_of("[1022]"), TOUCH_STEP);
	ck_assert_int_eq(touch_of("content"), TOUCH_STEP);
	ck_assert_int_eq(touch_of("[735]"), TOUCH_NONE);
	ck_assert_int_eq(touch_of("rw-p"), TOUCH_NONE);
	ck_assert_int_eq(row_of("mapped by sh"), -1);
	/* sh's write is not about this page any more */
	press("n");
	ck_assert_int_eq(touch_of("[1022]"), TOUCH_NONE);
	ck_assert_int_eq(touch_of("content"), TOUCH_NONE);
}
END_TEST

START_TEST(marks_are_the_same_whichever_way_the_moment_was_reached)
{
	static char there[1 << 17];

	go_to(FORK, STEP_END);
	enter_line("what kid buf");
	press("n");
	snprintf(there, sizeof(there), "%s", frame());
	press("np");
	s.message[0] = '\0';
	ck_assert_str_eq(frame(), there);
	press("gnnnnn");
	s.message[0] = '\0';
	ck_assert_str_eq(frame(), there);
}
END_TEST

START_TEST(when_the_process_has_left_the_box_says_so)
{
	go_to(KMALLOC, STEP_END);
	enter_line("what kid buf");
	press("n");
	ck_shows("which does not live");
	press("p");
	ck_shows("user address of kid, byte 0");
	press("g");
	ck_shows("which does not live");
}
END_TEST

/* ---- lines lead on ---- */

START_TEST(enter_chooses_what_the_line_names_in_all_panels)
{
	go_to(COPY, STEP_END);
	enter_line("what kid buf+4K");
	point_at("3fc06  node 0");
	screen_key(&s, KEY_ENTER_);
	ck_assert_int_eq(s.view.choice.kind, CHOOSE_FRAME);
	ck_assert_uint_eq(s.view.choice.pfn, 0x3fc06);
	ck_assert_ptr_nonnull(s.overlay.kind);
	point_at("mapped by sh");
	screen_key(&s, KEY_ENTER_);
	ck_assert_int_eq(s.view.choice.kind, CHOOSE_ADDRESS);
	ck_assert_uint_eq(s.view.choice.pid, view_machine(&s.view)->tasks->pid);
	ck_assert_uint_eq(s.view.choice.va, BUF + PAGE_SIZE);
	ck_assert_str_eq(view_task(&s.view)->comm, "sh");
	point_at("[735]");
	screen_key(&s, KEY_ENTER_);
	ck_assert_uint_eq(s.view.choice.pfn, 0x37c11);
	point_at("struct page at");
	screen_key(&s, KEY_ENTER_);
	ck_assert_int_eq(s.view.choice.kind, CHOOSE_FRAME);
	ck_assert_uint_eq(s.view.choice.pfn, 0xcf8);
}
END_TEST

START_TEST(blocks_and_objects_are_chosen_as_what_they_are)
{
	go_to(KMALLOC, STEP_END);
	enter_line("what pfn 1234");
	point_at("inside block");
	screen_key(&s, KEY_ENTER_);
	ck_assert_int_eq(s.view.choice.kind, CHOOSE_BLOCK);
	ck_assert_uint_eq(s.view.choice.pfn, 0x1000);
	ck_assert_uint_eq(s.view.choice.order, 10);
	enter_line("what box");
	point_at("in use");
	screen_key(&s, KEY_ENTER_);
	ck_assert_int_eq(s.view.choice.kind, CHOOSE_OBJECT);
	ck_assert_str_eq(cache_name(view_machine(&s.view), s.view.choice.cache), "size-128");
}
END_TEST

START_TEST(w_on_a_line_asks_about_that_and_backspace_comes_back)
{
	go_to(COPY, STEP_END);
	enter_line("what kid buf");
	point_at("[735]");
	press("w");
	ck_shows("What is phys 37c11000?");
	ck_shows("page table of kid, pte: translates b7c00000-b8000000");
	point_at("[0] for b7c00000");
	press("w");
	ck_shows("What is kid b7c00000?");
	screen_key(&s, KEY_BACKSPACE_);
	ck_shows("What is phys 37c11000?");
	press("b");
	ck_shows("What is kid b7ffe000?");
	screen_key(&s, KEY_BACKSPACE_);
	ck_shows("What is kid b7ffe000?");
	ck_assert_uint_eq(timeline_now(s.view.timeline).event, COPY);
}
END_TEST

START_TEST(i_on_a_line_opens_the_structure_of_what_it_names)
{
	go_to(COPY, STEP_END);
	enter_line("what kid buf+4K");
	point_at("3fc06  node 0");
	press("i");
	ck_assert_str_eq(s.overlay.kind->name, "inspect");
	ck_shows("struct page");
	press("w");
	ck_shows("What is phys 3fc06000?");
}
END_TEST

START_TEST(a_long_way_forgets_its_beginning_only)
{
	go_to(COPY, STEP_END);
	enter_line("what kid buf");
	for (int i = 0; i < 40; i++) {
		point_at(i % 2 ? "[0] for b7c00000" : "[735]");
		press("w");
	}
	for (int i = 0; i < 40; i++)
		screen_key(&s, KEY_BACKSPACE_);
	/* of 41 places the last 32 are kept: from the tenth on */
	ck_shows("What is phys 37c11000?");
}
END_TEST

START_TEST(a_line_that_does_not_fit_goes_on_in_the_next_row)
{
	go_to(COPY, STEP_END);
	screen_resize(&s, 40, 24);
	enter_line("what 0xf8000000");
	ck_shows("address");
	ck_shows("the end of the direct map");
	screen_resize(&s, 20, 8);
	frame();
	screen_resize(&s, 200, 60);
	ck_shows("what runs over the end of the");
}
END_TEST

Suite *what_box_suite(void)
{
	Suite *suite = suite_create("what_box");
	TCase *t = tcase_create("what_box");

	tcase_add_checked_fixture(t, set_up, close_screen);
	tcase_add_test(t, w_tells_of_what_is_chosen);
	tcase_add_test(t, w_tells_of_blocks_objects_and_caches_too);
	tcase_add_test(t, a_chosen_process_is_asked_about_where_the_walk_is);
	tcase_add_test(t, without_anything_to_ask_about_it_says_what_to_do);
	tcase_add_test(t, the_prompt_asks_about_any_address);
	tcase_add_test(t, a_wrong_address_is_marked_in_the_line);
	tcase_add_test(t, tab_completes_the_words_of_an_address);
	tcase_add_test(t, the_box_keeps_its_address_and_marks_what_the_event_changed);
	tcase_add_test(t, marks_are_the_same_whichever_way_the_moment_was_reached);
	tcase_add_test(t, when_the_process_has_left_the_box_says_so);
	tcase_add_test(t, enter_chooses_what_the_line_names_in_all_panels);
	tcase_add_test(t, blocks_and_objects_are_chosen_as_what_they_are);
	tcase_add_test(t, w_on_a_line_asks_about_that_and_backspace_comes_back);
	tcase_add_test(t, i_on_a_line_opens_the_structure_of_what_it_names);
	tcase_add_test(t, a_long_way_forgets_its_beginning_only);
	tcase_add_test(t, a_line_that_does_not_fit_goes_on_in_the_next_row);
	suite_add_tcase(suite, t);
	return suite;
}
