/*
 * The panel of the address space: rows, rulers, what Enter looks into, what the cursor tells.
 */
#include "onscreen.h"

#include "src/address_map.h"
#include "ui/parts.h"
#include "ui/space.h"

/* The panel's text after keys. */
static char *after_keys(struct view *v, struct panel_state *ps, int width, int height,
			const uint32_t *keys, size_t n)
{
	free(panel_text(&panel_space, v, ps, width, height));
	for (size_t i = 0; i < n; i++)
		panel_space.key(v, ps, keys[i]);
	return panel_text(&panel_space, v, ps, width, height);
}

static bool holds(char *text, const char *words)
{
	bool found = strstr(text, words) != NULL;

	if (!found)
		fprintf(stderr, "not in the panel: %s\n%s\n", words, text);
	free(text);
	return found;
}

START_TEST(every_range_has_a_row_however_small_it_is)
{
	struct view v = open_view(COW_LECTURE);

	go(&v, COPY, STEP_END);
	ck_assert(shows(&panel_space, &v, 78, 30, "fffff000    4K last page"));
	ck_assert(shows(&panel_space, &v, 78, 30, "c1000000  880M lowmem      Normal"));
	ck_assert(shows(&panel_space, &v, 78, 30, "bffdf000  132K stack"));
	ck_assert(shows(&panel_space, &v, 78, 30, "08048000    4K code"));
	ck_assert(shows(&panel_space, &v, 78, 30, "PAGE_OFFSET"));
	ck_assert(shows(&panel_space, &v, 38, 30, "c1000000  880M lowmem"));
	close_view(&v);
}
END_TEST

START_TEST(a_mapped_file_has_its_name)
{
	struct view v =
		open_view("spawn sh\nmmap sh map 8K prot=r file=tests/cases/data9k\nread sh map\n");

	go(&v, 3, STEP_END);
	ck_assert(shows(&panel_space, &v, 78, 30, "b7ffe000    8K data9k"));
	close_view(&v);
}
END_TEST

START_TEST(what_the_event_was_about_is_in_sight_marked_and_told)
{
	struct view v = open_view(COW_LECTURE);

	go(&v, COPY, STEP_END);
	for (int height = 3; height < 40; height++)
		ck_assert(shows(&panel_space, &v, 78, height, "\342\227\206b7ffe000    8K buf"));
	ck_assert(
		shows(&panel_space, &v, 78, 14, "b7ffe000-b7ffffff 8K rw-p buf: 1 of 2 resident"));
	close_view(&v);
}
END_TEST

START_TEST(enter_looks_into_an_area_and_bracket_comes_back)
{
	static const uint32_t in[] = {KEY_ENTER_}, out[] = {'['};
	struct view v = open_view(COW_LECTURE);
	struct panel_state ps = {0};
	char page[64];

	go(&v, COPY, STEP_END);
	snprintf(page, sizeof(page), "4K page        a %05x HighMem",
		 frame_of(&v, "kid", 0xb7ffe000));
	ck_assert(holds(after_keys(&v, &ps, 78, 14, in, 1), page));
	ck_assert_int_eq(ps.zoom, 1);
	ck_assert(holds(after_keys(&v, &ps, 78, 14, out, 1), "bffdf000"));
	ck_assert_int_eq(ps.zoom, 0);
	ck_assert(!panel_space.key(&v, &ps, '['));
	close_view(&v);
}
END_TEST

START_TEST(enter_on_a_page_follows_it_to_the_walk)
{
	static const uint32_t keys[] = {KEY_ENTER_, KEY_ENTER_};
	struct view v = open_view(COW_LECTURE);
	struct panel_state ps = {0};

	go(&v, COPY, STEP_END);
	free(after_keys(&v, &ps, 78, 14, keys, 2));
	ck_assert_str_eq(v.wants_panel, "walk");
	ck_assert_uint_eq(v.walk_va, 0xb7ffe000);
	close_view(&v);
}
END_TEST

START_TEST(arrows_move_over_ranges_and_choose_them_for_all_panels)
{
	struct view v = open_view(COW_LECTURE);
	struct panel_state ps = {0};

	go(&v, COPY, STEP_END);
	free(panel_text(&panel_space, &v, &ps, 78, 24));
	ck_assert(panel_space.key(&v, &ps, KEY_UP_));
	ck_assert_int_eq(v.choice.kind, CHOOSE_ADDRESS);
	ck_assert_uint_eq(v.choice.va, 0xb8000000);
	panel_space.key(&v, &ps, KEY_DOWN_);
	ck_assert_uint_eq(v.choice.va, 0xb7ffe000);
	/* inside an area Left and Right go from page to page, elsewhere they step the time */
	ck_assert(panel_space.key(&v, &ps, KEY_RIGHT_));
	ck_assert_uint_eq(v.choice.va, 0xb7fff000);
	ck_assert(!panel_space.key(&v, &ps, KEY_RIGHT_));
	ck_assert(panel_space.key(&v, &ps, KEY_LEFT_));
	close_view(&v);
}
END_TEST

START_TEST(what_is_zoomed_into_is_left_when_it_is_gone)
{
	static const uint32_t in[] = {KEY_ENTER_};
	struct view v = open_view(COW_LECTURE);
	struct panel_state ps = {0};

	go(&v, COPY, STEP_END);
	free(after_keys(&v, &ps, 78, 14, in, 1));
	ck_assert_int_eq(ps.zoom, 1);
	go(&v, SPAWN, STEP_END);
	free(panel_text(&panel_space, &v, &ps, 78, 14));
	ck_assert_int_eq(ps.zoom, 0);
	close_view(&v);
}
END_TEST

START_TEST(the_direct_map_opens_to_large_pages_and_frames)
{
	struct view v = open_view(COW_LECTURE);
	struct panel_state ps = {0};
	static const uint32_t in[] = {KEY_ENTER_};

	go(&v, COPY, STEP_END);
	panel_space.reveal(&v, &ps, "lowmem");
	ck_assert_int_eq(ps.zoom, 1);
	ck_assert(holds(panel_text(&panel_space, &v, &ps, 78, 14), "    4M large"));
	ck_assert(holds(after_keys(&v, &ps, 78, 14, in, 1), "free"));
	ck_assert_int_eq(ps.zoom, 2);
	close_view(&v);
}
END_TEST

START_TEST(focus_names_a_range)
{
	struct view v = open_view(COW_LECTURE);
	struct panel_state ps = {0};

	go(&v, COPY, STEP_END);
	panel_space.reveal(&v, &ps, "kmap");
	ck_assert(holds(panel_text(&panel_space, &v, &ps, 78, 14), "0-1023"));
	panel_space.reveal(&v, &ps, "stack");
	ck_assert_uint_eq(v.choice.va, 0xbffdf000);
	close_view(&v);
}
END_TEST

START_TEST(search_goes_to_a_name_or_an_address)
{
	struct view v = open_view(COW_LECTURE);
	struct panel_state ps = {0};

	go(&v, COPY, STEP_END);
	free(panel_text(&panel_space, &v, &ps, 78, 14));
	ck_assert(panel_space.search(&v, &ps, "code", 1));
	ck_assert_uint_eq(v.choice.va, 0x08048000);
	ck_assert(panel_space.search(&v, &ps, "ff8", -1));
	ck_assert_uint_eq(v.choice.va, 0xff800000);
	ck_assert(!panel_space.search(&v, &ps, "nothing", 1));
	close_view(&v);
}
END_TEST

START_TEST(a_click_on_the_ruler_goes_to_the_address_there)
{
	struct view v = open_view(COW_LECTURE);
	struct panel_state ps = {0};

	go(&v, COPY, STEP_END);
	free(panel_text(&panel_space, &v, &ps, 78, 24));
	panel_space.click(&v, &ps, 3, 1);
	ck_assert_uint_eq(v.choice.va, 0xc1000000);
	panel_space.click(&v, &ps, 20, 0);
	ck_assert_uint_ge(v.choice.va, 0xc0000000);
	close_view(&v);
}
END_TEST

#define KERNEL_LECTURE                                                                             \
	"machine i386 ram=1G\nspawn sh\nvmalloc big 20K\nalloc_pages hi 0 gfp=highuser\n"          \
	"kmap hi\nkmap_atomic hi\nset_fixmap 3 0xfee00000\nkunmap hi\nvfree big\n"
enum { VMALLOC = 2, KMAP = 4, SET_FIXMAP = 6, KUNMAP, VFREE };

/* The panel, looked into twice at most: what the event has done is where the cursor is. */
static bool shows_inside_at(int width, uint32_t event, int times, const char *words)
{
	struct view v = open_view(KERNEL_LECTURE);
	struct panel_state ps = {0};
	bool found;

	go(&v, event, STEP_END);
	free(panel_text(&panel_space, &v, &ps, 78, 24));
	while (times--)
		panel_space.key(&v, &ps, ']');
	found = holds(panel_text(&panel_space, &v, &ps, width, 24), words);
	close_view(&v);
	return found;
}

static bool shows_inside(uint32_t event, int times, const char *words)
{
	return shows_inside_at(78, event, times, words);
}

START_TEST(areas_of_vmalloc_have_names_pages_and_guards)
{
	ck_assert(shows_inside(VMALLOC, 0,
			       "\342\227\206f8800000  111M vmalloc     areas 1  pages 5"));
	ck_assert(shows_inside(VMALLOC, 1,
			       "\342\227\206f8800000   20K big         vmalloc mapped 5 of 5"));
	ck_assert(shows_inside(VMALLOC, 1, "f8805000    4K guard       never mapped"));
	ck_assert(shows_inside(VMALLOC, 2, "\342\227\206f8804000    4K page"));
	ck_assert(
		shows_inside(VFREE, 0, "\342\227\206f8800000  111M vmalloc     areas 0  pages 0"));
}
END_TEST

START_TEST(an_area_at_the_address_of_a_freed_one_has_its_own_name)
{
	/* so much is purged at once */
	struct view v = open_view("machine i386 ram=1G\nspawn sh\nvmalloc zulu 33M\nvfree zulu\n"
				  "ioremap dev 0xfee00000 4K\n");
	struct panel_state ps = {0};

	go(&v, 4, STEP_END);
	panel_space.reveal(&v, &ps, "vmalloc");
	ck_assert(!v.choice_is_users);
	ck_assert(holds(panel_text(&panel_space, &v, &ps, 78, 24),
			"\342\227\206f8800000    4K dev         ioremap mapped 1 of 1"));
	close_view(&v);
}
END_TEST

START_TEST(narrow_rows_have_words_that_fit)
{
	struct view v = open_view(KERNEL_LECTURE);

	go(&v, VMALLOC, STEP_END);
	ck_assert(shows(&panel_space, &v, 38, 30, "f8000000    8M hole      overruns"));
	ck_assert(shows(&panel_space, &v, 36, 30, "ff800000    4M kmap      0/1024"));
	ck_assert(shows(&panel_space, &v, 36, 30, "f8800000  111M vmalloc   areas 1"));
	close_view(&v);
}
END_TEST

START_TEST(slots_of_kmap_and_the_fixmap_are_seen_one_by_one)
{
	ck_assert(shows_inside(KMAP, 0, "\342\227\206ff800000    4M kmap        1 of 1024 used"));
	ck_assert(shows_inside(KMAP, 1, "4K slot 1"));
	ck_assert(shows_inside(KMAP, 1, "count 2: users 1"));
	ck_assert(shows_inside(KUNMAP, 1, "count 1: still mapped"));
	ck_assert(shows_inside_at(40, KMAP, 1, "3fc0a cnt 2"));
	ck_assert(shows_inside(KUNMAP, 0, "0 of 1024 used  1 still mapped"));
	ck_assert(
		shows_inside(SET_FIXMAP, 1, "\342\227\206ffffc000    4K ioapic 3    fee00 no RAM"));
	ck_assert(shows_inside(SET_FIXMAP, 1, "kmap_atomic CPU 0 place 0"));
}
END_TEST

START_TEST(without_a_process_the_kernel_is_shown)
{
	struct view v = open_view("machine i386 ram=64M\nspawn p\n");

	go(&v, 0, STEP_END);
	ck_assert(shows(&panel_space, &v, 78, 24, "c1000000   48M lowmem"));
	ck_assert(shows(&panel_space, &v, 78, 24, "00010000  2.9G free"));
	close_view(&v);
}
END_TEST

/* What is none is the larger part: 2^64 - 2^48 bytes. */
START_TEST(on_64_bits_sizes_and_names_keep_to_their_columns)
{
	struct view v = open_view("machine x86-64 ram=1G\nspawn sh\n");
	struct panel_state ps = {0};
	char *text;

	go(&v, 1, STEP_END);
	ck_assert(shows(&panel_space, &v, 118, 40, "0000800000000000 15.9E none"));
	ck_assert(shows(&panel_space, &v, 118, 40, " CPU_ENTRY_AREA"));
	text = panel_text(&panel_space, &v, &ps, 118, 40);
	ck_assert_ptr_null(strstr(text, "LDT_BASE_ADDR"));
	free(text);
	close_view(&v);
	v = open_view("machine i386-6.1-pae ram=1G\nspawn sh\n");
	go(&v, 1, STEP_END);
	ck_assert(shows(&panel_space, &v, 118, 40, " LDT_BASE_ADDR"));
	close_view(&v);
}
END_TEST

/* 17 lines: 8 of 16T for the kernel, one for the hole, 8 of 16T for the user. */
START_TEST(on_64_bits_the_ruler_folds_what_is_no_address)
{
	enum { WIDTH = 78, HEIGHT = 17, BAR = 7 };
	struct view v = open_view("machine x86-64 ram=1G\nspawn sh\n");
	struct space s = {.v = &v, .last = UINT64_MAX};

	go(&v, 1, STEP_END);
	s.m = view_machine(&v);
	ck_assert_uint_eq(space_ruler_address(&s, WIDTH, HEIGHT, BAR, 0), 0xfffff00000000000);
	ck_assert_uint_eq(space_ruler_address(&s, WIDTH, HEIGHT, BAR, 7), 0xffff800000000000);
	ck_assert_uint_eq(space_ruler_address(&s, WIDTH, HEIGHT, BAR, 8), 0x0000800000000000);
	ck_assert_uint_eq(space_ruler_address(&s, WIDTH, HEIGHT, BAR, 9), 0x0000700000000000);
	ck_assert_uint_eq(space_ruler_address(&s, WIDTH, HEIGHT, BAR, 16), 0);
	ck_assert(shows(&panel_space, &v, 78, HEIGHT + 4, " 2^64 "));
	ck_assert(shows(&panel_space, &v, 78, HEIGHT + 4, " -64T "));
	ck_assert(shows(&panel_space, &v, 78, HEIGHT + 4, "-128T "));
	ck_assert(shows(&panel_space, &v, 78, HEIGHT + 4, " 128T \342\211\210\342\211\210"));
	ck_assert(shows(&panel_space, &v, 78, HEIGHT + 4, "  64T "));
	close_view(&v);
}
END_TEST

Suite *space_suite(void)
{
	Suite *s = suite_create("space");
	TCase *t = tcase_create("space");

	tcase_add_test(t, every_range_has_a_row_however_small_it_is);
	tcase_add_test(t, a_mapped_file_has_its_name);
	tcase_add_test(t, what_the_event_was_about_is_in_sight_marked_and_told);
	tcase_add_test(t, enter_looks_into_an_area_and_bracket_comes_back);
	tcase_add_test(t, enter_on_a_page_follows_it_to_the_walk);
	tcase_add_test(t, arrows_move_over_ranges_and_choose_them_for_all_panels);
	tcase_add_test(t, what_is_zoomed_into_is_left_when_it_is_gone);
	tcase_add_test(t, the_direct_map_opens_to_large_pages_and_frames);
	tcase_add_test(t, focus_names_a_range);
	tcase_add_test(t, search_goes_to_a_name_or_an_address);
	tcase_add_test(t, a_click_on_the_ruler_goes_to_the_address_there);
	tcase_add_test(t, areas_of_vmalloc_have_names_pages_and_guards);
	tcase_add_test(t, an_area_at_the_address_of_a_freed_one_has_its_own_name);
	tcase_add_test(t, narrow_rows_have_words_that_fit);
	tcase_add_test(t, slots_of_kmap_and_the_fixmap_are_seen_one_by_one);
	tcase_add_test(t, without_a_process_the_kernel_is_shown);
	tcase_add_test(t, on_64_bits_sizes_and_names_keep_to_their_columns);
	tcase_add_test(t, on_64_bits_the_ruler_folds_what_is_no_address);
	suite_add_tcase(s, t);
	return s;
}
