/*
 * Who shares this page: in the foot of the process panel, in the walk, above the strip of frames, and as marks.
 */
#include "onscreen.h"
#include "ui/sharers.h"

static const char family[] = "machine i386 ram=1G\n"
			     "spawn sh\n"
			     "mmap sh buf 8K\n"
			     "write sh buf 8K value=A\n"
			     "fork sh kid\n"
			     "fork kid baby\n"
			     "fork sh twin\n"
			     "write baby buf value=b\n";
enum { F_WRITE = 3, F_KID, F_BABY, F_TWIN, F_COPY };
enum { PAGE = 0xb7ffe000 };

static struct view v;
static struct sharers s;

static void set_up(void) { v = open_view(family); }

static void tear_down(void) { close_view(&v); }

static void look(const char *name, vaddr_t va)
{
	view_choose_address(&v, task_named(&v, name)->pid, va);
	sharers_of(view_machine(&v), v.choice.pfn, &s);
}

/* The line in so many columns. */
static const char *line(int width, vaddr_t here)
{
	static char text[256];
	struct grid g = {0};
	FILE *f = fmemopen(text, sizeof(text), "w");
	struct area a;

	ck_assert(grid_resize(&g, width, 1));
	a = area_of(&g);
	ck_assert_int_le(put_sharers(&a, 0, 0, &s, here), width);
	grid_print(&g, f);
	fclose(f);
	grid_free(&g);
	text[strcspn(text, "\n")] = '\0';
	return text;
}

START_TEST(the_family_is_named_in_the_order_in_which_it_came_to_the_page)
{
	go(&v, F_TWIN, STEP_END);
	look("baby", PAGE);
	ck_assert_uint_eq(s.nr, 4);
	ck_assert_str_eq(line(80, PAGE), "sh b7ffe000 r-  kid b7ffe000 r-  baby b7ffe000 r-  "
					 "twin b7ffe000 r-");
	ck_assert(sharers_have(&s, task_named(&v, "twin")));
}
END_TEST

START_TEST(where_there_is_little_room_addresses_go_and_then_names)
{
	go(&v, F_TWIN, STEP_END);
	look("baby", PAGE);
	/* 16 columns a name with its address and gap: 67 in all; without: 31 */
	ck_assert_str_eq(line(67, PAGE), "sh b7ffe000 r-  kid b7ffe000 r-  baby b7ffe000 r-  "
					 "twin b7ffe000 r-");
	ck_assert_str_eq(line(66, PAGE), "sh r-  kid r-  baby r-  twin r-");
	ck_assert_str_eq(line(31, PAGE), "sh r-  kid r-  baby r-  twin r-");
	ck_assert_str_eq(line(30, PAGE), "sh r-  kid r-  +2 more");
	ck_assert_str_eq(line(22, PAGE), "sh r-  kid r-  +2 more");
	ck_assert_str_eq(line(21, PAGE), "sh r-  +3 more");
	ck_assert_str_eq(line(13, PAGE), "");
	ck_assert_str_eq(line(57, NOWHERE), "sh b7ffe000 r-  kid b7ffe000 r-  +2 more");
}
END_TEST

START_TEST(who_has_a_page_alone_shares_with_nobody)
{
	go(&v, F_COPY, STEP_END);
	look("baby", PAGE);
	ck_assert_uint_eq(s.nr, 1);
	ck_assert_str_eq(line(80, PAGE), "");
	ck_assert(!sharers_have(&s, task_named(&v, "baby")));
	look("kid", PAGE);
	ck_assert_uint_eq(s.nr, 3);
	ck_assert(!sharers_have(&s, task_named(&v, "baby")));
	sharers_of(view_machine(&v), PFN_NONE, &s);
	ck_assert_uint_eq(s.nr, 0);
}
END_TEST

START_TEST(the_process_panel_names_the_sharers_of_the_chosen_page)
{
	go(&v, F_KID, STEP_END);
	look("kid", PAGE);
	ck_assert(shows(&panel_process, &v, 60, 16, "shared sh b7ffe000 r-  kid b7ffe000 r-"));
	/* in one line with the frame */
	ck_assert(shows(&panel_process, &v, 38, 8, "b7ffe000 3fc05 \"A\" sh r-  kid r-"));
	go(&v, F_WRITE, STEP_END);
	look("sh", PAGE);
	ck_assert(shows(&panel_process, &v, 38, 8, "b7ffe000 3fc05 \"A\" HighMem"));
}
END_TEST

START_TEST(walk_and_memory_name_them_too)
{
	go(&v, F_KID, STEP_END);
	look("kid", PAGE);
	ck_assert(shows(&panel_walk, &v, 60, 14, "shared sh b7ffe000 r-  kid b7ffe000 r-"));
	ck_assert(
		shows(&panel_memory, &v, 60, 14, "3fc05 shared sh b7ffe000 r-  kid b7ffe000 r- "));
	view_choose_frame(&v, 0x3fc05);
	ck_assert(
		shows(&panel_memory, &v, 60, 14, "3fc05 shared sh b7ffe000 r-  kid b7ffe000 r- "));
}
END_TEST

/* Attributes of the first cell of a word in the panel. */
static unsigned attr_of(const struct panel *p, const char *word)
{
	struct panel_state ps = {0};
	struct grid g = {0};
	struct area a;
	unsigned attr = 0;
	bool found = false;

	ck_assert(grid_resize(&g, 60, 16));
	a = area_of(&g);
	p->draw(&v, &ps, &a, false);
	for (int i = 0; i < g.width * g.height && !found; i++) {
		size_t n = 0;

		while (word[n] && g.cell[i + (int)n].ch == (uint32_t)word[n])
			n++;
		found = !word[n];
		attr = g.cell[i].attr;
	}
	grid_free(&g);
	ck_assert_msg(found, "no %s", word);
	return attr;
}

START_TEST(sharers_are_underlined_in_the_tree)
{
	go(&v, F_COPY, STEP_END);
	look("kid", PAGE);
	ck_assert_uint_eq(attr_of(&panel_process, "sh") & ATTR_UNDERLINE, ATTR_UNDERLINE);
	ck_assert_uint_eq(attr_of(&panel_process, "twin") & ATTR_UNDERLINE, ATTR_UNDERLINE);
	ck_assert_uint_eq(attr_of(&panel_process, "baby") & ATTR_UNDERLINE, 0);
	look("baby", PAGE);
	ck_assert_uint_eq(attr_of(&panel_process, "sh") & ATTR_UNDERLINE, 0);
}
END_TEST

/* Cells of letter `f` that are underlined and those that are chosen. */
static void count_marks(int *underlined, int *chosen)
{
	struct panel_state ps = {0};
	struct grid g = {0};
	struct area a;

	ck_assert(grid_resize(&g, 60, 16));
	a = area_of(&g);
	panel_process.draw(&v, &ps, &a, false);
	*underlined = *chosen = 0;
	for (int i = 2 * g.width; i < 12 * g.width; i++) {
		*underlined += g.cell[i].ch == 'f' && g.cell[i].attr & ATTR_UNDERLINE;
		*chosen += g.cell[i].ch == 'f' && g.cell[i].role == ROLE_CHOSEN;
	}
	grid_free(&g);
}

START_TEST(another_page_with_the_same_frame_is_underlined)
{
	int underlined, chosen;

	close_view(&v);
	/* both are page 0 of the program's file, in the page cache */
	v = open_view(
		"machine i386 ram=64M\nspawn sh\nmmap sh one 4K file=tests/cases/data9k prot=r\n"
		"mmap sh two 4K file=tests/cases/data9k prot=r\nread sh one\nread sh two\n");
	go(&v, 5, STEP_END);
	view_choose_address(&v, 1, 0xb7fff000);
	count_marks(&underlined, &chosen);
	ck_assert_int_eq(chosen, 1);
	ck_assert_int_eq(underlined, 1);
	view_choose_address(&v, 1, 0x08048000);
	count_marks(&underlined, &chosen);
	ck_assert_int_eq(underlined, 0);
}
END_TEST

Suite *sharers_suite(void)
{
	Suite *suite = suite_create("sharers");
	TCase *t = tcase_create("sharers");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, the_family_is_named_in_the_order_in_which_it_came_to_the_page);
	tcase_add_test(t, where_there_is_little_room_addresses_go_and_then_names);
	tcase_add_test(t, who_has_a_page_alone_shares_with_nobody);
	tcase_add_test(t, the_process_panel_names_the_sharers_of_the_chosen_page);
	tcase_add_test(t, walk_and_memory_name_them_too);
	tcase_add_test(t, sharers_are_underlined_in_the_tree);
	tcase_add_test(t, another_page_with_the_same_frame_is_underlined);
	suite_add_tcase(suite, t);
	return suite;
}
