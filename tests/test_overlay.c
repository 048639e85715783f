/*
 * The box above the panels: what it shows at a moment, what it marks, where it stands, what keys and mouse do in it.
 *
 * The kind of overlay here shows a process by its number: counts of its address space, and a row for each area.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/open_screen.h"

static const char lecture[] = "machine i386 ram=1G\n"
			      "spawn sh\n"
			      "mmap sh buf 8K\n"
			      "write sh buf value=A\n"
			      "write sh buf+4K value=B\n"
			      "mmap sh top 16K at=0xb8000000\n"
			      "fork sh kid\n"
			      "exit kid\n";
enum { SPAWN = 1, MMAP, WRITE, WRITE_2, MMAP_2, FORK, EXIT, NR_EVENTS = EXIT };

/* ---- a kind of overlay ---- */

enum { KEY_GONE = 1, KEY_RSS, KEY_TABLES, KEY_AREAS, KEY_OF_AREA = 0x1000, MAX_LINES = 400 };

struct counts {
	uint32_t pid;
	uint64_t entered;  /* link of the row that Enter was pressed on   */
	uint32_t followed; /* how often time moved under it              */
	int more;          /* rows of no interest below                   */
	int *closed;       /* counts closings                             */
};

static void counts_title(const struct view *v, const void *state, char *left, char *right,
			 size_t size)
{
	const struct counts *c = state;

	(void)v;
	snprintf(left, size, "counts of %u", c->pid);
	snprintf(right, size, "test");
}

static void put_count(struct sheet *sheet, uint64_t key, const char *name, uint32_t n)
{
	struct area row = sheet_row(sheet, key);

	put_text(&row, 0, 0, ROLE_LABEL, 0, name);
	put_format(&row, 12, 0, ROLE_NUMBER, 0, "%u", n);
}

static void counts_fill(const struct view *v, const void *state, struct sheet *sheet)
{
	const struct counts *c = state;
	const struct task *t = find_task(view_machine(v), c->pid);
	struct area row = sheet_row(sheet, KEY_GONE);

	put_text(&row, 0, 0, ROLE_TITLE, 0, t ? t->comm : "gone");
	sheet_end_head(sheet);
	if (!t)
		return;
	put_count(sheet, KEY_RSS, "rss", t->mm->rss_anon + t->mm->rss_file);
	put_count(sheet, KEY_TABLES, "tables", t->mm->nr_tables);
	sheet_link(sheet, 1);
	put_count(sheet, KEY_AREAS, "areas", t->mm->map_count);
	sheet_heading(sheet, "areas");
	for (const struct vma *a = mm_area_at(t->mm, 0); a; a = mm_area_at(t->mm, a->end)) {
		row = sheet_row(sheet, KEY_OF_AREA + a->start);
		put_format(&row, 0, 0, ROLE_NUMBER, 0, "area %08" PRIx64, a->start);
		sheet_link(sheet, a->start);
	}
	for (int i = 0; i < c->more; i++) {
		row = sheet_row(sheet, 0);
		put_format(&row, 0, 0, ROLE_DIM, 0, "line %d", i);
	}
}

static bool counts_key(struct screen *screen, void *state, const struct sheet_row *row,
		       uint32_t key)
{
	struct counts *c = state;

	(void)screen;
	if (key != KEY_ENTER_ || !row)
		return false;
	c->entered = row->link;
	return true;
}

static void counts_follow(struct screen *screen, void *state)
{
	struct counts *c = state;

	(void)screen;
	c->followed++;
}

static void counts_close(void *state)
{
	struct counts *c = state;

	if (c->closed)
		++*c->closed;
}

static const struct overlay_kind counts = {
	.name = "counts",
	.keys = "Enter enters",
	.state_bytes = sizeof(struct counts),
	.column_width = 40,
	.title = counts_title,
	.fill = counts_fill,
	.key = counts_key,
	.follow = counts_follow,
	.close = counts_close,
};

/* ---- the screen ---- */

static void set_up(void) { open_screen(lecture, 120, 40); }

static struct counts *open_counts(void)
{
	struct counts *c = overlay_open(&s, &counts);

	ck_assert_ptr_nonnull(c);
	c->pid = 1;
	return c;
}

static bool shows(const char *text) { return strstr(frame(), text) != NULL; }

/* The sign in the margin of the row of a key. */
static enum touch touch_of(uint64_t key)
{
	int row;

	frame();
	row = sheet_find(&s.overlay.sheet, key);
	ck_assert_int_ge(row, 0);
	return s.overlay.sheet.row[row].touch;
}

static uint64_t cursor_key(void)
{
	frame();
	ck_assert_int_ge(s.overlay.cursor, 0);
	return s.overlay.sheet.row[s.overlay.cursor].key;
}

/* ---- open, close ---- */

START_TEST(it_stands_above_the_panels_until_escape_or_q)
{
	int closed = 0;

	go_to(MMAP, STEP_END);
	open_counts()->closed = &closed;
	ck_assert(shows("counts of 1"));
	ck_assert(shows("Enter enters  Escape closes"));
	screen_key(&s, KEY_ESCAPE_);
	ck_assert(!shows("counts of 1"));
	ck_assert_int_eq(closed, 1);
	open_counts()->closed = &closed;
	press("q");
	ck_assert_ptr_null(s.overlay.kind);
	ck_assert(!s.quit);
	ck_assert_int_eq(closed, 2);
}
END_TEST

START_TEST(another_one_takes_its_place)
{
	int closed = 0;

	go_to(MMAP, STEP_END);
	open_counts()->closed = &closed;
	open_counts()->more = 3;
	ck_assert_int_eq(closed, 1);
	ck_assert(shows("line 2"));
	ck_assert_ptr_eq(overlay_state(&s, &counts), s.overlay.state);
	ck_assert_ptr_null(overlay_state(&s, NULL));
}
END_TEST

/* ---- time ---- */

START_TEST(time_goes_on_under_it)
{
	struct counts *c;

	go_to(SPAWN, STEP_END);
	c = open_counts();
	press("n");
	ck_assert_uint_eq(timeline_now(s.view.timeline).event, MMAP);
	ck_assert(shows("areas       5"));
	ck_assert_uint_eq(c->followed, 1);
	screen_key(&s, KEY_RIGHT_);
	ck_assert(shows("rss         4"));
	press("s");
	ck_assert_uint_eq(timeline_now(s.view.timeline).step, 1);
	screen_key(&s, KEY_PAGEUP_);
	screen_key(&s, KEY_LEFT_);
	ck_assert_uint_eq(timeline_now(s.view.timeline).event, MMAP);
	press("G");
	ck_assert_uint_eq(timeline_now(s.view.timeline).event, NR_EVENTS);
	press(":goto 1");
	screen_key(&s, KEY_ENTER_);
	ck_assert(shows("areas       4"));
}
END_TEST

START_TEST(what_an_event_changed_is_marked_by_sign_and_word)
{
	struct cell *cell;

	go_to(WRITE, STEP_END);
	open_counts();
	ck_assert_int_eq(touch_of(KEY_RSS), TOUCH_STEP);
	ck_assert_int_eq(touch_of(KEY_AREAS), TOUCH_NONE);
	ck_assert_int_eq(touch_of(KEY_OF_AREA + 0xb7ffe000), TOUCH_NONE);
	cell = &s.overlay.sheet.grid
			.cell[sheet_find(&s.overlay.sheet, KEY_RSS) * s.overlay.sheet.grid.width];
	ck_assert_uint_eq(cell[SHEET_MARGIN].role, ROLE_LABEL);
	ck_assert_uint_eq(cell[SHEET_MARGIN + 12].role, ROLE_CHANGED);
	ck_assert(shows("\xe2\x97\x86rss         4"));
	press("p");
	ck_assert_int_eq(touch_of(KEY_RSS), TOUCH_NONE);
	ck_assert_int_eq(touch_of(KEY_AREAS), TOUCH_STEP);
	ck_assert_int_eq(touch_of(KEY_OF_AREA + 0xb7ffe000), TOUCH_STEP);
}
END_TEST

START_TEST(earlier_in_the_event_is_told_from_the_last_step)
{
	uint32_t hollow = 0, filled = 0, k = 1;
	uint64_t steps;

	go_to(WRITE, STEP_END);
	steps = timeline_steps(s.view.timeline);
	open_counts();
	for (; k < steps; k++) {
		enum touch t;

		go_to(WRITE, k);
		t = touch_of(KEY_RSS);
		ck_assert_int_eq(filled && t == TOUCH_NONE, 0);
		filled += t == TOUCH_STEP;
		hollow += t == TOUCH_EVENT;
	}
	ck_assert_uint_eq(filled, 1);
	ck_assert_uint_ge(hollow, 1);
	go_to(WRITE, 0);
	ck_assert_int_eq(touch_of(KEY_RSS), TOUCH_NONE);
	go_to(0, STEP_END);
	ck_assert_int_eq(touch_of(KEY_GONE), TOUCH_NONE);
	ck_assert(shows("gone"));
}
END_TEST

START_TEST(a_moment_looks_the_same_whichever_way_led_there)
{
	char *there[NR_EVENTS + 1];

	open_counts();
	for (uint32_t e = 0; e <= NR_EVENTS; e++) {
		there[e] = strdup(frame());
		press("n");
	}
	for (uint32_t e = NR_EVENTS; e-- > 0;) {
		press("p");
		s.message[0] = '\0';
		ck_assert_str_eq(frame(), there[e]);
	}
	for (uint32_t e = 0; e <= NR_EVENTS; e++)
		free(there[e]);
}
END_TEST

START_TEST(looking_back_leaves_the_machine_as_it_stands)
{
	struct when now;

	go_to(FORK, 20);
	open_counts();
	for (int i = 0; i < 30; i++) {
		press("s");
		now = timeline_now(s.view.timeline);
		frame();
		ck_assert_uint_eq(timeline_now(s.view.timeline).event, now.event);
		ck_assert_uint_eq(timeline_now(s.view.timeline).step, now.step);
		ck_assert_uint_eq(story_steps(view_story(&s.view)), now.step);
	}
}
END_TEST

/* ---- cursor ---- */

START_TEST(the_cursor_goes_from_link_to_link)
{
	struct counts *c;

	go_to(MMAP, STEP_END);
	c = open_counts();
	ck_assert_uint_eq(cursor_key(), KEY_TABLES);
	press("k");
	ck_assert_uint_eq(cursor_key(), KEY_TABLES);
	screen_key(&s, KEY_DOWN_);
	ck_assert_uint_eq(cursor_key(), KEY_OF_AREA + 0x08048000);
	screen_key(&s, KEY_ENTER_);
	ck_assert_uint_eq(c->entered, 0x08048000);
	press("jjjjjjjjjj");
	ck_assert_uint_eq(cursor_key(), KEY_OF_AREA + 0xbffdf000);
}
END_TEST

START_TEST(the_cursor_stays_on_its_row_when_others_come)
{
	go_to(WRITE_2, STEP_END);
	open_counts();
	press("jjjjjjjjjj");
	ck_assert_uint_eq(cursor_key(), KEY_OF_AREA + 0xbffdf000);
	press("n");
	ck_assert_uint_eq(cursor_key(), KEY_OF_AREA + 0xbffdf000);
	go_to(0, STEP_END);
	frame();
	ck_assert_int_eq(s.overlay.cursor, -1);
	screen_key(&s, KEY_ENTER_);
	go_to(1, STEP_END);
	ck_assert_uint_eq(cursor_key(), KEY_TABLES);
}
END_TEST

START_TEST(a_new_state_begins_at_its_top)
{
	struct counts *c;

	go_to(FORK, STEP_END);
	c = open_counts();
	c->more = MAX_LINES;
	press("dd");
	frame();
	ck_assert_int_gt(s.overlay.top, 0);
	c->pid = 2;
	overlay_refill(&s, KEY_OF_AREA + 0xbffdf000);
	ck_assert_uint_eq(cursor_key(), KEY_OF_AREA + 0xbffdf000);
	ck_assert_int_eq(s.overlay.top, 0);
	ck_assert(shows("counts of 2"));
	overlay_refill(&s, 0);
	ck_assert_uint_eq(cursor_key(), KEY_TABLES);
}
END_TEST

START_TEST(a_long_sheet_scrolls_and_its_head_stays)
{
	int page;

	go_to(MMAP, STEP_END);
	open_counts()->more = MAX_LINES;
	frame();
	page = s.overlay.inside.height - 1;
	press("d");
	ck_assert(shows("sh"));
	ck_assert_int_eq(s.overlay.top, page);
	press("jj");
	ck_assert_int_eq(s.overlay.top, page + 2);
	for (int i = 0; i < MAX_LINES; i++)
		press("d");
	ck_assert(shows("line 399"));
	press("uu");
	ck_assert(!shows("line 399"));
	for (int i = 0; i < MAX_LINES; i++)
		press("u");
	ck_assert_int_eq(s.overlay.top, 0);
	screen_wheel(&s, s.overlay.box.x + 3, s.overlay.box.y + 3, 1);
	ck_assert_int_eq(s.overlay.top, 2);
}
END_TEST

START_TEST(search_finds_a_row)
{
	go_to(MMAP, STEP_END);
	open_counts()->more = MAX_LINES;
	press("/line 222");
	screen_key(&s, KEY_ENTER_);
	ck_assert(shows("line 222"));
	press("/B7FFE");
	screen_key(&s, KEY_ENTER_);
	ck_assert_uint_eq(cursor_key(), KEY_OF_AREA + 0xb7ffe000);
	press("/line");
	screen_key(&s, KEY_ENTER_);
	ck_assert(shows("line 0"));
	press("P");
	ck_assert(shows("line 399"));
	press("N");
	ck_assert(shows("line 0"));
	press("/nowhere");
	screen_key(&s, KEY_ENTER_);
	ck_assert_ptr_nonnull(strstr(s.message, "not found"));
}
END_TEST

START_TEST(a_click_chooses_and_a_second_one_enters)
{
	struct counts *c;
	int x, y;

	go_to(MMAP, STEP_END);
	c = open_counts();
	frame();
	x = s.overlay.inside.x + 4;
	y = s.overlay.inside.y + sheet_find(&s.overlay.sheet, KEY_OF_AREA + 0xbffdf000);
	screen_click(&s, x, y, false);
	ck_assert_uint_eq(cursor_key(), KEY_OF_AREA + 0xbffdf000);
	ck_assert_uint_eq(c->entered, 0);
	screen_click(&s, x, y, false);
	ck_assert_uint_eq(c->entered, 0xbffdf000);
	screen_click(&s, x, y - 1, true);
	ck_assert_uint_eq(c->entered, 0xb7ffe000);
	screen_click(&s, x, s.overlay.box.y, false);
	ck_assert_uint_eq(cursor_key(), KEY_OF_AREA + 0xb7ffe000);
}
END_TEST

START_TEST(panels_beside_it_can_be_clicked_and_brought_up_but_get_no_keys)
{
	struct choice before;

	go_to(MMAP, STEP_END);
	press("1");
	open_counts();
	frame();
	before = s.view.choice;
	press("hl,<]");
	screen_key(&s, KEY_ENTER_);
	ck_assert_mem_eq(&before, &s.view.choice, sizeof(before));
	press("3");
	ck_assert_int_eq(s.active, panel_find("process"));
	frame();
	screen_click(&s, layout_place(&s.layout, 2)->x + 4, layout_place(&s.layout, 2)->y + 4,
		     false);
	ck_assert(s.view.choice_is_users);
	ck_assert_ptr_nonnull(s.overlay.kind);
}
END_TEST

/* ---- place ---- */

START_TEST(the_panel_in_front_stays_in_sight)
{
	go_to(MMAP, STEP_END);
	screen_resize(&s, 200, 60);
	for (int i = 0; i < panel_count(); i++) {
		const struct place *p;

		screen_activate(&s, i);
		open_counts();
		frame();
		p = layout_place(&s.layout, i);
		ck_assert_ptr_nonnull(p);
		ck_assert_msg(s.overlay.box.x >= p->x + p->width ||
				      s.overlay.box.x + s.overlay.box.width <= p->x ||
				      s.overlay.box.y >= p->y + p->height ||
				      s.overlay.box.y + s.overlay.box.height <= p->y,
			      "panel %d is hidden", i);
	}
}
END_TEST

START_TEST(a_small_screen_is_covered_but_for_time_and_sentence)
{
	static const int size[][2] = {{80, 24}, {99, 60}, {40, 12}, {20, 5}};

	go_to(MMAP, STEP_END);
	open_counts();
	for (size_t i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
		screen_resize(&s, size[i][0], size[i][1]);
		ck_assert(shows("counts of 1"));
		ck_assert_int_eq(s.overlay.box.width, size[i][0]);
		ck_assert_int_eq(s.overlay.box.y + s.overlay.box.height, s.layout.narration_y);
		ck_assert(shows("2/7"));
	}
	screen_resize(&s, 19, 4);
	ck_assert(shows("too small"));
	screen_resize(&s, 20, 5);
	ck_assert(shows("counts of 1"));
}
END_TEST

START_TEST(rows_stand_in_columns_where_there_is_room)
{
	int y;

	go_to(MMAP, STEP_END);
	screen_resize(&s, 99, 24);
	open_counts()->more = 30;
	frame();
	ck_assert_int_eq(s.overlay.columns, 2);
	y = s.overlay.inside.y + 1;
	press("d");
	screen_click(&s, 50, y + 2, false);
	ck_assert(shows("line 29"));
	press("/line 7");
	screen_key(&s, KEY_ENTER_);
	ck_assert(shows("line 7"));
}
END_TEST

START_TEST(no_keys_at_no_size_break_it)
{
	static const char keys[] = "nnpsSgGjkudhlq123z/:?iw\x01 ";
	uint32_t seed = (uint32_t)_i + 1;
	struct grid g = {0};

	for (int i = 0; i < 2000; i++) {
		uint32_t r = (seed = seed * 1103515245u + 12345u) >> 8, n = r >> 8;

		if (!s.overlay.kind) {
			open_counts()->more = (int)(n % 100);
			((struct counts *)s.overlay.state)->pid = 1 + n % 2;
		}
		switch (r % 8) {
		case 0:
			screen_resize(&s, 1 + (int)(n % 220), 1 + (int)(n / 256 % 70));
			break;
		case 1:
			screen_click(&s, (int)(n % 130), (int)(n / 256 % 45), n & 1);
			break;
		case 2:
			screen_wheel(&s, (int)(n % 130), (int)(n / 256 % 45), n & 1 ? 1 : -1);
			break;
		case 3:
			screen_key(&s, KEY_UP_ + n % (KEY_F1_ - KEY_UP_ + 1));
			break;
		default:
			screen_key(&s, (uint32_t)keys[n % (sizeof(keys) - 1)]);
			break;
		}
		screen_draw(&s, &g);
		ck_assert_int_eq(g.width, s.width);
	}
	grid_free(&g);
}
END_TEST

Suite *overlay_suite(void)
{
	Suite *suite = suite_create("overlay");
	TCase *t = tcase_create("overlay");

	tcase_set_timeout(t, 0);
	tcase_add_checked_fixture(t, set_up, close_screen);
	tcase_add_test(t, it_stands_above_the_panels_until_escape_or_q);
	tcase_add_test(t, another_one_takes_its_place);
	tcase_add_test(t, time_goes_on_under_it);
	tcase_add_test(t, what_an_event_changed_is_marked_by_sign_and_word);
	tcase_add_test(t, earlier_in_the_event_is_told_from_the_last_step);
	tcase_add_test(t, a_moment_looks_the_same_whichever_way_led_there);
	tcase_add_test(t, looking_back_leaves_the_machine_as_it_stands);
	tcase_add_test(t, the_cursor_goes_from_link_to_link);
	tcase_add_test(t, the_cursor_stays_on_its_row_when_others_come);
	tcase_add_test(t, a_new_state_begins_at_its_top);
	tcase_add_test(t, a_long_sheet_scrolls_and_its_head_stays);
	tcase_add_test(t, search_finds_a_row);
	tcase_add_test(t, a_click_chooses_and_a_second_one_enters);
	tcase_add_test(t, panels_beside_it_can_be_clicked_and_brought_up_but_get_no_keys);
	tcase_add_test(t, the_panel_in_front_stays_in_sight);
	tcase_add_test(t, a_small_screen_is_covered_but_for_time_and_sentence);
	tcase_add_test(t, rows_stand_in_columns_where_there_is_room);
	tcase_add_loop_test(t, no_keys_at_no_size_break_it, 0, 4);
	suite_add_tcase(suite, t);
	return suite;
}
