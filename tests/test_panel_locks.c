/*
 * The locks panel: words, queue, whose cache has what, what it cost; and the lock as a structure.
 */
#include "golden.h"
#include "onscreen.h"

#include "src/fields.h"
#include "src/zone_name.h"

#define AT_A_LOCK(kind)                                                                            \
	"machine i386 ram=256M cpus=8 nodes=2 lock=" kind "\n"                                     \
	"contend 3 4 5\n"                                                                          \
	"alloc_pages a 0\n"

/* The moment at which all have come, and CPU 3 has the lock. */
static struct view all_have_come(const char *text)
{
	struct view v = open_view(text);
	uint32_t waiting = 0;

	for (uint64_t step = 1; waiting < 2; step++) {
		go(&v, 1, step);
		waiting = lock_to_show(&v) ? lock_to_show(&v)->nr_waiters : 0;
		ck_assert_uint_lt(step, 1000);
	}
	return v;
}

START_TEST(a_machine_with_one_cpu_has_nothing_to_show)
{
	struct view v = open_view(COW_LECTURE);

	go(&v, COPY, STEP_END);
	ck_assert_ptr_null(lock_to_show(&v));
	ck_assert(shows(&panel_locks, &v, 60, 10, "This machine has one CPU"));
	close_view(&v);
}
END_TEST

START_TEST(the_queue_of_mcs_points_down)
{
	struct view v = all_have_come(AT_A_LOCK("mcs"));

	ck_assert(shows(&panel_locks, &v, 78, 20, "Normal@0->lock  CPU 3 has it, 2 wait"));
	ck_assert(shows(&panel_locks, &v, 78, 20, "tail n5"));
	ck_assert(shows(&panel_locks, &v, 78, 20, "\342\206\223CPU 3 has it  n3 locked 0 next n4"));
	ck_assert(shows(&panel_locks, &v, 78, 20, "\342\206\223CPU 4 waits   n4 locked 0 next n5"));
	ck_assert(shows(&panel_locks, &v, 36, 9, "3 has   n3 locked 0 \342\206\223n4"));
	close_view(&v);
}
END_TEST

START_TEST(the_queue_of_clh_points_up_to_the_node_that_is_looked_at)
{
	struct view v = all_have_come(AT_A_LOCK("clh"));

	ck_assert(shows(&panel_locks, &v, 78, 20,
			"\342\206\221CPU 4 waits   n4 locked 1 looks at n3"));
	close_view(&v);
}
END_TEST

START_TEST(a_ticket_lock_shows_the_display_and_who_has_which_ticket)
{
	struct view v = all_have_come(AT_A_LOCK("ticket"));

	ck_assert(shows(&panel_locks, &v, 78, 20, "owner 0  next 3"));
	ck_assert(shows(&panel_locks, &v, 78, 20, "CPU 5 waits   ticket 2"));
	close_view(&v);
}
END_TEST

START_TEST(the_words_of_the_other_kinds_are_shown)
{
	struct view v = all_have_come(AT_A_LOCK("tas"));

	ck_assert(shows(&panel_locks, &v, 78, 20, "slock -2"));
	close_view(&v);
	v = all_have_come(AT_A_LOCK("qspin"));
	ck_assert(shows(&panel_locks, &v, 78, 20, "locked 1 pend 1 tail n5"));
	ck_assert(shows(&panel_locks, &v, 78, 20, "CPU 4 waits   set pending"));
	close_view(&v);
}
END_TEST

START_TEST(after_the_event_each_hand_over_has_a_bar)
{
	struct view v = open_view(AT_A_LOCK("ticket"));

	go(&v, 1, STEP_END);
	ck_assert(shows(&panel_locks, &v, 78, 20, "hand-overs (2)"));
	/* CPU 3 far from both: 120 to get the line, 120 for each; then CPU 4 to CPU 5 */
	ck_assert(shows(&panel_locks, &v, 78, 20,
			"3\342\206\2224 \342\226\210\342\226\210\342\226\210 3 lines 360"));
	ck_assert(shows(&panel_locks, &v, 78, 20,
			"4\342\206\2225 \342\226\210\342\226\210 2 lines 80"));
	ck_assert(
		shows(&panel_locks, &v, 78, 20, "with all CPUs on one node (UMA) it would be 400"));
	close_view(&v);
}
END_TEST

START_TEST(nobody_hands_over_a_lock_that_is_free)
{
	struct view v = open_view("machine i386 ram=256M cpus=8 nodes=2 lock=qspin\n"
				  "cache_create box 64\ncache_alloc box x\ncache_free x\n"
				  "contend 0 1 2 3 on=box\n");

	go(&v, 4, STEP_END);
	ck_assert(shows(&panel_locks, &v, 60, 24, "-\342\206\222"));
	ck_assert(!shows(&panel_locks, &v, 60, 24, "4294967295"));
	close_view(&v);
}
END_TEST

START_TEST(the_choice_follows_a_contention_but_not_the_locks_of_an_allocation)
{
	struct view v = open_view(AT_A_LOCK("ticket"));

	go(&v, 1, STEP_END);
	ck_assert_int_eq(v.choice.kind, CHOOSE_LOCK);
	go(&v, 2, STEP_END);
	ck_assert_int_eq(v.choice.kind, CHOOSE_FRAME);
	close_view(&v);
}
END_TEST

START_TEST(keys_go_through_the_locks_and_to_what_they_protect)
{
	struct view v = open_view(AT_A_LOCK("ticket"));
	struct panel_state ps = {0};
	uint32_t normal;

	go(&v, 1, STEP_END);
	normal = lock_to_show(&v)->id;
	ck_assert(panel_locks.key(&v, &ps, KEY_UP_));
	ck_assert_uint_lt(lock_to_show(&v)->id, normal);
	ck_assert(panel_locks.search(&v, &ps, "normal", 1));
	ck_assert_uint_eq(lock_to_show(&v)->id, normal);
	ck_assert(panel_locks.key(&v, &ps, KEY_ENTER_));
	ck_assert_str_eq(v.wants_panel, "zones");
	panel_locks.reveal(&v, &ps, "mm_struct");
	ck_assert_uint_ge(lock_to_show(&v)->id, LOCK_ID_CACHE);
	ck_assert(panel_locks.key(&v, &ps, KEY_ENTER_));
	ck_assert_str_eq(v.wants_panel, "slab");
	close_view(&v);
}
END_TEST

START_TEST(a_chosen_lock_shows_what_it_protects_in_other_panels)
{
	struct view v = open_view(AT_A_LOCK("ticket"));
	struct panel_state ps = {0};

	go(&v, 1, STEP_END);
	panel_locks.reveal(&v, &ps, "Normal@0");
	ck_assert(shows(&panel_zones, &v, 78, 20, "node 0"));
	panel_locks.reveal(&v, &ps, "mm_struct");
	ck_assert(shows(&panel_slab, &v, 78, 20, " mm_struct 9 objects in 4K"));
	close_view(&v);
}
END_TEST

START_TEST(focus_finds_the_lock_of_a_zone_by_its_name_alone)
{
	struct view v = open_view("machine i386 ram=256M cpus=4 nodes=2\ncontend 0 1 on=Normal\n");
	struct panel_state ps = {0};
	char name[CACHE_NAME_LEN];
	static const struct {
		const char *item, *owner;
	} focus[] = {{"Normal", "Normal@0"},
		     {"Normal@1", "Normal@1"},
		     {"dma", "DMA@0"},
		     {"mm_struct", "mm_struct"},
		     {"vm_area_struct", "vm_area_struct"},
		     {"vm_area", "vm_area_struct"}};

	go(&v, 1, STEP_END);
	for (size_t i = 0; i < sizeof(focus) / sizeof(focus[0]); i++) {
		ck_assert(panel_locks.reveal(&v, &ps, focus[i].item));
		ck_assert_str_eq(lock_owner_name(view_machine(&v), lock_to_show(&v)->id, name),
				 focus[i].owner);
	}
	ck_assert(!panel_locks.reveal(&v, &ps, "HighMem"));
	close_view(&v);
}
END_TEST

START_TEST(a_lock_that_is_not_there_is_told)
{
	static char words[512];
	struct view v = open_view("machine i386 cpus=2 ram=64M\ncontend 0 1 on=HighMem\n");

	go(&v, 1, STEP_END);
	narrate(&v, words, sizeof(words));
	ck_assert_str_eq(words, "Nobody meets: the zone has no memory on this machine, or the CPUs "
				"have no arrays of that cache. EINVAL.");
	close_view(&v);
}
END_TEST

START_TEST(the_narrator_says_who_waited_and_what_a_hand_over_moved)
{
	static char words[512];
	struct view v = open_view(AT_A_LOCK("ticket"));

	go(&v, 1, STEP_END);
	narrate(&v, words, sizeof(words));
	ck_assert_str_eq(
		words, "CPU 3 had Normal@0->lock, others came: 2 times a CPU had to wait. It went "
		       "on in order of arrival: the first hand-over moved 3 cache lines, the last "
		       "one 2.");
	go_to_step(&v, 1, S_LOCK_HANDOVER);
	narrate(&v, words, sizeof(words));
	ck_assert_msg(strstr(words, "CPU 4 is handed Normal@0->lock by CPU 3, it was next in the "
				    "queue: 3 cache lines moved for it, cost 360."),
		      "%s", words);
	close_view(&v);
}
END_TEST

START_TEST(the_inspector_shows_the_words_as_they_are_now)
{
	struct view v = all_have_come(AT_A_LOCK("mcs"));
	const struct machine *m = view_machine(&v);
	struct object lock = make_object(OBJ_LOCK, lock_to_show(&v)->id, 0), node;
	struct field f;

	ck_assert(find_field(m, &lock, "tail", &f));
	ck_assert_int_eq(f.target.kind, OBJ_LOCK_NODE);
	ck_assert_uint_eq(f.target.sub, 5);
	node = make_object(OBJ_LOCK_NODE, lock.id, 3);
	ck_assert(find_field(m, &node, "next", &f));
	ck_assert_uint_eq(f.target.sub, 4);
	ck_assert(find_field(m, &lock, "contended", &f));
	ck_assert_uint_eq(f.value, 2);
	close_view(&v);
}
END_TEST

static const struct {
	const char *golden, *text;
	int width, height;
} shots[] = {
	{"locks-clh", AT_A_LOCK("clh"), 78, 14},
	{"locks-mcs-narrow", AT_A_LOCK("mcs"), 36, 12},
	{"locks-qspin", AT_A_LOCK("qspin"), 96, 16},
};
enum { NR_SHOTS = sizeof(shots) / sizeof(shots[0]) };

START_TEST(the_panel_is_as_the_golden_one)
{
	struct view v = all_have_come(shots[_i].text);
	struct panel_state ps = {0};
	char *text = panel_text(&panel_locks, &v, &ps, shots[_i].width, shots[_i].height);

	compare_golden(shots[_i].golden, text, "panel_locks");
	free(text);
	close_view(&v);
}
END_TEST

START_TEST(it_draws_at_any_size)
{
	struct view v = all_have_come(AT_A_LOCK("clh"));

	for (int width = 1; width < 130; width += 7)
		for (int height = 1; height < 40; height += 3) {
			struct panel_state ps = {0};

			free(panel_text(&panel_locks, &v, &ps, width, height));
		}
	close_view(&v);
}
END_TEST

Suite *panel_locks_suite(void);
Suite *panel_locks_suite(void)
{
	Suite *s = suite_create("panel_locks");
	TCase *t = tcase_create("panel_locks");

	tcase_add_test(t, a_machine_with_one_cpu_has_nothing_to_show);
	tcase_add_test(t, the_queue_of_mcs_points_down);
	tcase_add_test(t, the_queue_of_clh_points_up_to_the_node_that_is_looked_at);
	tcase_add_test(t, a_ticket_lock_shows_the_display_and_who_has_which_ticket);
	tcase_add_test(t, the_words_of_the_other_kinds_are_shown);
	tcase_add_test(t, after_the_event_each_hand_over_has_a_bar);
	tcase_add_test(t, nobody_hands_over_a_lock_that_is_free);
	tcase_add_test(t, the_choice_follows_a_contention_but_not_the_locks_of_an_allocation);
	tcase_add_test(t, keys_go_through_the_locks_and_to_what_they_protect);
	tcase_add_test(t, a_chosen_lock_shows_what_it_protects_in_other_panels);
	tcase_add_test(t, focus_finds_the_lock_of_a_zone_by_its_name_alone);
	tcase_add_test(t, a_lock_that_is_not_there_is_told);
	tcase_add_test(t, the_narrator_says_who_waited_and_what_a_hand_over_moved);
	tcase_add_test(t, the_inspector_shows_the_words_as_they_are_now);
	tcase_add_loop_test(t, the_panel_is_as_the_golden_one, 0, NR_SHOTS);
	tcase_add_test(t, it_draws_at_any_size);
	suite_add_tcase(s, t);
	return s;
}
