/* The story as a tree, its marks, and tellings as text. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "src/story.h"

static struct story *s;

static void open_story(void)
{
	s = story_new();
	ck_assert_ptr_nonnull(s);
}

static void close_story(void) { story_free(s); }

static void tell(enum step_kind kind, enum step_id id, uint64_t a, uint64_t b, uint64_t c,
		 uint64_t d)
{
	struct step st = {.id = id, .kind = kind, .arg = {a, b, c, d, 0}};

	story_tell(s, &st);
}

#define BEGIN(id, ...)  tell(TELL_ENTER, S_##id, __VA_ARGS__)
#define END(id, result) tell(TELL_LEAVE, S_##id, result, 0, 0, 0)
#define STEP(id, ...)   tell(TELL_STEP, S_##id, __VA_ARGS__)
#define NOTE(id, ...)   tell(TELL_NOTE, S_##id, __VA_ARGS__)

static unsigned nr_nodes(const struct story_node *n)
{
	unsigned sum = 0;

	for (const struct story_node *k = n->child; k; k = k->next) {
		ck_assert_ptr_eq(k->parent, n);
		ck_assert(k->next || n->last_child == k);
		sum += 1 + nr_nodes(k);
	}
	return sum;
}

/* How often a name was told according to the tree: folded ones counted; exact only below unfolded spans. */
static uint64_t sum_counts(const struct story_node *n, enum step_id id)
{
	uint64_t sum = 0;

	for (const struct story_node *k = n->child; k; k = k->next)
		sum += k->step.id == id ? k->count : 0;
	return sum;
}

START_TEST(spans_and_steps_make_a_tree)
{
	const struct story_node *root, *page;

	BEGIN(ALLOC_PAGES, 0, GFP_KERNEL, 0, 0);
	STEP(EXPAND, 16, 2, 18, 1);
	STEP(EXPAND, 16, 1, 17, 0);
	END(ALLOC_PAGES, 16);
	STEP(CLEAR_PAGE, 16, 0, 0, 0);
	story_pause(s, true);

	root = story_root(s);
	page = root->child;
	ck_assert_uint_eq(page->step.id, S_ALLOC_PAGES);
	ck_assert(page->is_span && page->ended);
	ck_assert_uint_eq(page->result, 16);
	ck_assert_uint_eq(page->first_nr, 1);
	ck_assert_uint_eq(page->last_nr, 3);
	ck_assert_uint_eq(page->child->step.arg[2], 18);
	ck_assert_uint_eq(page->child->next->step.arg[2], 17);
	ck_assert_uint_eq(page->next->step.id, S_CLEAR_PAGE);
	ck_assert_uint_eq(story_steps(s), 4);
	ck_assert_ptr_eq(story_last(s), page->next);
	ck_assert_uint_eq(story_count(s, S_EXPAND), 2);
	ck_assert_uint_eq(story_first_of(s, S_EXPAND)->arg[2], 18);
	ck_assert_uint_eq(story_last_of(s, S_EXPAND)->arg[2], 17);
	ck_assert_ptr_null(story_last_of(s, S_COPY_PAGE));
}
END_TEST

/* One page fault, slightly different every third time. */
static void tell_fault(uint32_t n)
{
	BEGIN(PAGE_FAULT, 1, 0x1000 * n, 6, 0);
	BEGIN(ALLOC_PAGES, 0, GFP_HIGHUSER, 0, 0);
	if (n % 3 == 0)
		STEP(EXPAND, n, 1, n + 1, 0);
	STEP(PREP_NEW_PAGE, n, 0, 0, 0);
	END(ALLOC_PAGES, n);
	STEP(SET_PTE, 0x1000 * n, 0, 0, n);
	END(PAGE_FAULT, OUT_OK);
}

START_TEST(a_million_faults_take_no_more_nodes_than_a_few)
{
	const struct story_node *latest;
	uint64_t steps = 0;

	for (uint32_t n = 1; n <= 1000000; n++) {
		tell_fault(n);
		steps += 4 + (n % 3 == 0);
	}
	story_pause(s, true);
	ck_assert_uint_eq(story_steps(s), steps);
	ck_assert_uint_lt(nr_nodes(story_root(s)), 100);
	ck_assert_uint_eq(sum_counts(story_root(s), S_PAGE_FAULT), 1000000);
	ck_assert_uint_eq(story_count(s, S_EXPAND), 333333);

	latest = story_root(s)->last_child;
	ck_assert_uint_gt(latest->count, 999000);
	ck_assert_uint_eq(latest->step.arg[1], (uint32_t)(0x1000 * 1000000u));
	ck_assert_uint_eq(latest->last_nr, steps);
	ck_assert_uint_eq(latest->child->child->step.id, S_PREP_NEW_PAGE);
	ck_assert_ptr_eq(latest->child->child->next, NULL);
	ck_assert_uint_eq(latest->last_child->step.id, S_SET_PTE);
}
END_TEST

START_TEST(of_a_run_the_first_rounds_are_whole)
{
	const struct story_node *n;

	for (uint32_t i = 1; i <= 50; i++)
		tell_fault(i);
	n = story_root(s)->child;
	for (uint32_t i = 1; i <= 12; i++, n = n->next) {
		ck_assert_uint_eq(n->count, 1);
		ck_assert_uint_eq(nr_nodes(n), 3 + (i % 3 == 0));
	}
	ck_assert_uint_eq(n->count, 38);
	ck_assert_ptr_null(n->next);
}
END_TEST

START_TEST(steps_that_take_turns_fold_into_one_node_for_each_name)
{
	const struct story_node *n;

	BEGIN(ZAP_PAGE_RANGE, 0, 0, 0, 0);
	for (uint32_t i = 0; i < 1000; i++) {
		STEP(ZAP_PTE, i, i, 0, 0);
		STEP(PAGE_REMOVE_RMAP, i, 0, 0, 0);
		if (i % 7 == 0)
			NOTE(WMARK_OK, 0, 0, 0, 0);
	}
	n = story_root(s)->child;
	ck_assert_uint_le(nr_nodes(n), 12 + 3);
	ck_assert_uint_eq(sum_counts(n, S_ZAP_PTE), 1000);
	ck_assert_uint_eq(sum_counts(n, S_PAGE_REMOVE_RMAP), 1000);
	ck_assert_uint_eq(sum_counts(n, S_WMARK_OK), 143);
	ck_assert_uint_eq(story_last(s)->step.id, S_PAGE_REMOVE_RMAP);
	ck_assert_uint_eq(story_last(s)->step.arg[0], 999);
	/* each name stays where it was folded first: lines do not change places from round to round */
	ck_assert_uint_eq(n->last_child->step.id, S_WMARK_OK);
}
END_TEST

START_TEST(the_path_to_the_last_step_is_whole_in_the_middle_of_a_round)
{
	const struct story_node *last;

	for (uint32_t i = 1; i <= 1000; i++)
		tell_fault(i);
	BEGIN(PAGE_FAULT, 1, 0xabc000, 6, 0);
	BEGIN(ALLOC_PAGES, 0, GFP_HIGHUSER, 0, 0);
	story_pause(s, false);
	last = story_last(s);
	ck_assert_uint_eq(last->step.id, S_ALLOC_PAGES);
	ck_assert(!last->ended);
	ck_assert_ptr_null(last->child); /* nothing of the round before */
	ck_assert_ptr_null(last->next);
	ck_assert_uint_eq(last->parent->step.arg[1], 0xabc000);
	ck_assert_ptr_null(last->parent->next);
	nr_nodes(story_root(s));
	/* and it goes on */
	STEP(PREP_NEW_PAGE, 5, 0, 0, 0);
	ck_assert_ptr_eq(story_last(s)->parent, last);
}
END_TEST

/* A story of many different shapes stays bounded. */
START_TEST(a_story_of_random_shapes_stays_small)
{
	static const enum step_id spans[] = {S_PAGE_FAULT, S_ALLOC_PAGES, S_RMQUEUE, S_DO_WP_PAGE};
	static const enum step_id steps[] = {S_EXPAND, S_SET_PTE, S_COPY_PAGE, S_CLEAR_PAGE,
					     S_STORE};
	enum step_id open[8];
	uint32_t seed = 3;
	int depth = 0;

	for (int i = 0; i < 300000; i++) {
		seed = seed * 1664525U + 1013904223U;
		uint32_t x = seed >> 20;

		if (x % 4 == 0 && depth < 8) {
			open[depth++] = spans[x / 4 % 4];
			tell(TELL_ENTER, open[depth - 1], 1, 0, 0, 0);
		} else if (x % 4 == 1 && depth > 0) {
			tell(TELL_LEAVE, open[--depth], 0, 0, 0, 0);
		} else {
			tell(TELL_STEP, steps[x / 4 % 5], i, 0, 0, 0);
		}
	}
	story_pause(s, false);
	ck_assert_uint_lt(nr_nodes(story_root(s)), 6000);
}
END_TEST

static void same_tree(const struct story_node *a, const struct story_node *b)
{
	ck_assert_uint_eq(a->step.id, b->step.id);
	ck_assert_uint_eq(a->step.kind, b->step.kind);
	ck_assert_int_eq(memcmp(a->step.arg, b->step.arg, sizeof(a->step.arg)), 0);
	ck_assert_uint_eq(a->first_nr, b->first_nr);
	ck_assert_uint_eq(a->last_nr, b->last_nr);
	ck_assert_uint_eq(a->count, b->count);
	a = a->child;
	b = b->child;
	for (; a && b; a = a->next, b = b->next)
		same_tree(a, b);
	ck_assert(!a && !b);
}

START_TEST(a_copy_goes_on_like_the_original)
{
	struct story *copy;

	for (uint32_t n = 1; n <= 5000; n++)
		tell_fault(n);
	copy = story_copy(s);
	for (uint32_t n = 5001; n <= 5100; n++)
		tell_fault(n);
	story_pause(s, true);
	for (uint32_t n = 5001; n <= 5100; n++) {
		struct story *own = s;

		s = copy;
		tell_fault(n);
		s = own;
	}
	story_pause(copy, true);
	same_tree(story_root(s), story_root(copy));
	ck_assert_uint_eq(story_steps(s), story_steps(copy));
	ck_assert_uint_eq(story_count(copy, S_SET_PTE), 5100);
	ck_assert_int_eq(story_touched_pfn(copy, 5100), story_touched_pfn(s, 5100));
	story_free(copy);
}
END_TEST

START_TEST(a_reset_story_tells_nothing)
{
	tell_fault(9);
	story_reset(s);
	story_pause(s, true);
	ck_assert_ptr_null(story_root(s)->child);
	ck_assert_ptr_null(story_last(s));
	ck_assert_uint_eq(story_steps(s), 0);
	ck_assert_int_eq(story_touched_pfn(s, 9), TOUCH_NONE);
}
END_TEST

/* ---- marks ---- */

static void set_zones(struct story *of)
{
	static struct zone zone[] = {{.id = ZONE_DMA}, {.id = ZONE_NORMAL}, {.id = ZONE_HIGHMEM}};
	static const struct machine m = {
		.nr_zone_spans = 3,
		.zone_span = {{0, &zone[0]}, {0x1000, &zone[1]}, {0x38000, &zone[2]}},
	};

	story_set_zones(of, &m);
}

START_TEST(the_last_step_is_marked_apart_from_earlier_ones)
{
	set_zones(s);
	STEP(CLEAR_PAGE, 0x100, 0, 0, 0);
	STEP(CLEAR_PAGE, 0x200, 0, 0, 0);
	story_pause(s, false);
	ck_assert_int_eq(story_touched_pfn(s, 0x100), TOUCH_EVENT);
	ck_assert_int_eq(story_touched_pfn(s, 0x200), TOUCH_STEP);
	ck_assert_int_eq(story_touched_pfn(s, 0x300), TOUCH_NONE);
	/* when the event is over, all of it is what just happened */
	story_pause(s, true);
	ck_assert_int_eq(story_touched_pfn(s, 0x100), TOUCH_STEP);
	ck_assert_int_eq(story_touched_pfn(s, 0x200), TOUCH_STEP);
}
END_TEST

START_TEST(a_note_marks_only_while_it_is_the_last_telling)
{
	NOTE(WP_SHARED, 0x100, 2, 0, 0);
	story_pause(s, false);
	ck_assert_int_eq(story_touched_pfn(s, 0x100), TOUCH_STEP);
	STEP(CLEAR_PAGE, 0x200, 0, 0, 0);
	story_pause(s, false);
	ck_assert_int_eq(story_touched_pfn(s, 0x100), TOUCH_NONE);
	story_pause(s, true);
	ck_assert_int_eq(story_touched_pfn(s, 0x100), TOUCH_NONE);
}
END_TEST

START_TEST(a_block_marks_all_its_frames_and_its_list)
{
	set_zones(s);
	STEP(EXPAND, 0x38a50, 3, 0x38a54, 2);
	story_pause(s, false);
	for (pfn_t pfn = 0x38a50; pfn < 0x38a58; pfn++)
		ck_assert_int_eq(story_touched_pfn(s, pfn), TOUCH_STEP);
	ck_assert_int_eq(story_touched_pfn(s, 0x38a4f), TOUCH_NONE);
	ck_assert_int_eq(story_touched_pfn(s, 0x38a58), TOUCH_NONE);
	ck_assert_int_eq(story_touched_order(s, ZONE_HIGHMEM, 3), TOUCH_STEP);
	ck_assert_int_eq(story_touched_order(s, ZONE_HIGHMEM, 2), TOUCH_STEP);
	ck_assert_int_eq(story_touched_order(s, ZONE_HIGHMEM, 1), TOUCH_NONE);
	ck_assert_int_eq(story_touched_order(s, ZONE_NORMAL, 3), TOUCH_NONE);
	ck_assert_int_eq(story_touched_zone(s, ZONE_HIGHMEM), TOUCH_STEP);
	ck_assert_int_eq(story_touched_zone(s, ZONE_DMA), TOUCH_NONE);
}
END_TEST

START_TEST(an_address_belongs_to_the_process_of_the_span)
{
	BEGIN(PAGE_FAULT, 3, 0x8049123, 6, 0);
	STEP(SET_PTE, 0x8049123, 0, 0x1007, 1);
	END(PAGE_FAULT, OUT_OK);
	BEGIN(DUP_MMAP, 3, 4, 1, 0); /* from one, to the other */
	STEP(SET_PTE, 0x9000, 0, 0x2007, 2);
	story_pause(s, true);
	ck_assert_int_eq(story_touched_va(s, 3, 0x8049000), TOUCH_STEP);
	ck_assert_int_eq(story_touched_va(s, 4, 0x8049000), TOUCH_NONE);
	ck_assert_int_eq(story_touched_va(s, 3, 0x9000), TOUCH_STEP);
	ck_assert_int_eq(story_touched_va(s, 4, 0x9000), TOUCH_STEP);
	ck_assert_int_eq(story_touched_va(s, 3, 0x804a000), TOUCH_NONE);
}
END_TEST

START_TEST(of_a_long_event_older_changes_are_marked_by_groups)
{
	for (uint32_t n = 1; n <= 20000; n++)
		tell_fault(n);
	story_pause(s, false);
	for (pfn_t pfn = 64; pfn < 20000; pfn++)
		ck_assert_int_ge(story_touched_pfn(s, pfn), TOUCH_EVENT);
	ck_assert_int_eq(story_touched_pfn(s, 30000), TOUCH_NONE);
	ck_assert_int_eq(story_touched_va(s, 1, 0x1000 * 5000), TOUCH_EVENT);
	ck_assert_int_eq(story_touched_va(s, 1, 0x1000 * 30000), TOUCH_NONE);
	ck_assert_int_eq(story_touched_va(s, 2, 0x1000 * 5000), TOUCH_NONE);
}
END_TEST

/* ---- text ---- */

static const char *arg(enum arg_kind kind, uint64_t value)
{
	static char buf[128];

	ck_assert_uint_eq(arg_text(NULL, kind, value, buf, sizeof(buf)), strlen(buf));
	return buf;
}

START_TEST(arguments_are_written_as_their_kinds_ask)
{
	uint64_t tag = 0;

	memcpy(&tag, "hello", 5);
	ck_assert_str_eq(arg(A_PFN, 0x38a50), "38a50");
	ck_assert_str_eq(arg(A_PFN, PFN_NONE), "none");
	ck_assert_str_eq(arg(A_VA, 0x804a000), "0804a000");
	ck_assert_str_eq(arg(A_GFP, GFP_HIGHUSER_MOVABLE), "GFP_HIGHUSER_MOVABLE");
	ck_assert_str_eq(arg(A_GFP, GFP_KERNEL | GFP_BIT_ZERO), "GFP_KERNEL|__GFP_ZERO");
	ck_assert_str_eq(arg(A_PROT, VM_READ | VM_WRITE), "rw");
	ck_assert_str_eq(arg(A_PROT, 0), "none");
	ck_assert_str_eq(arg(A_ERRNO, 0), "ok");
	ck_assert_str_eq(arg(A_ERRNO, SIM_ENOMEM), "ENOMEM");
	ck_assert_str_eq(arg(A_ERRNO, (uint64_t)-SIM_EINVAL), "EINVAL");
	ck_assert_str_eq(arg(A_MARK, WMARK_LOW), "low");
	ck_assert_str_eq(arg(A_ACCESS, ACCESS_WRITE), "write");
	ck_assert_str_eq(arg(A_TAG, tag), "\"hello\"");
	ck_assert_str_eq(arg(A_TAG, 0), "zeros");
	ck_assert_str_eq(arg(A_ERRCODE, 6), "6 (write, user, not present)");
	ck_assert_str_eq(arg(A_ERRCODE, 7), "7 (write, user, present)");
	ck_assert_str_eq(arg(A_BYTES, 65536), "64K");
	ck_assert_str_eq(arg(A_BYTES, 1), "1 byte");
	ck_assert_str_eq(arg(A_BYTES, 1500), "1500 bytes");
	ck_assert_str_eq(arg(A_OUTCOME, OUT_MAPERR), "SIGSEGV MAPERR");
	ck_assert_str_eq(arg(A_PTE, 0x38a50067), "[38a50 P RW US A D]");
	ck_assert_str_eq(arg(A_PTE, 0), "[0]");
	ck_assert_str_eq(arg(A_BOOL, 1), "yes");
}
END_TEST

START_TEST(a_sentence_holds_its_arguments_and_is_cut_to_the_buffer)
{
	struct step st = {.id = S_EXPAND, .kind = TELL_STEP, .arg = {0x38a50, 3, 0x38a54, 2, 0}};
	char text[200], small[12];

	step_text(NULL, &st, text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, "38a50"));
	ck_assert_ptr_nonnull(strstr(text, "38a54"));
	ck_assert_ptr_null(strchr(text, '{'));
	ck_assert_uint_eq(step_text(NULL, &st, small, sizeof(small)), sizeof(small) - 1);
	ck_assert_int_eq(strncmp(text, small, sizeof(small) - 1), 0);
}
END_TEST

/* The sentences of the tables name no argument that the step does not have. */
START_TEST(every_sentence_names_arguments_that_its_step_has)
{
	for (int id = 0; id < NR_STEP_IDS; id++)
		for (const char *p = step_info[id].text; (p = strchr(p, '{')); p++) {
			ck_assert_msg(p[1] >= '0' && p[1] < '0' + STEP_ARGS && p[2] == '}', "%s",
				      step_info[id].text);
			ck_assert_msg(step_info[id].arg[p[1] - '0'] != A_NONE, "%s: %s",
				      step_info[id].name, step_info[id].text);
		}
}
END_TEST

Suite *story_suite(void);
Suite *story_suite(void)
{
	Suite *suite = suite_create("story");
	TCase *t = tcase_create("story");

	suite_add_tcase(suite, t);
	tcase_set_timeout(t, 0);
	tcase_add_checked_fixture(t, open_story, close_story);
	tcase_add_test(t, spans_and_steps_make_a_tree);
	tcase_add_test(t, a_million_faults_take_no_more_nodes_than_a_few);
	tcase_add_test(t, of_a_run_the_first_rounds_are_whole);
	tcase_add_test(t, steps_that_take_turns_fold_into_one_node_for_each_name);
	tcase_add_test(t, the_path_to_the_last_step_is_whole_in_the_middle_of_a_round);
	tcase_add_test(t, a_story_of_random_shapes_stays_small);
	tcase_add_test(t, a_copy_goes_on_like_the_original);
	tcase_add_test(t, a_reset_story_tells_nothing);
	tcase_add_test(t, the_last_step_is_marked_apart_from_earlier_ones);
	tcase_add_test(t, a_note_marks_only_while_it_is_the_last_telling);
	tcase_add_test(t, a_block_marks_all_its_frames_and_its_list);
	tcase_add_test(t, an_address_belongs_to_the_process_of_the_span);
	tcase_add_test(t, of_a_long_event_older_changes_are_marked_by_groups);
	tcase_add_test(t, arguments_are_written_as_their_kinds_ask);
	tcase_add_test(t, a_sentence_holds_its_arguments_and_is_cut_to_the_buffer);
	tcase_add_test(t, every_sentence_names_arguments_that_its_step_has);
	return suite;
}
