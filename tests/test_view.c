/*
 * The one cursor: what it follows, and what the user holds.
 */
#include "onscreen.h"

enum { BUF = 0xb7ffe000 };

START_TEST(after_an_event_the_choice_is_the_page_it_was_about)
{
	struct view v = open_view(COW_LECTURE);

	go(&v, WRITE, STEP_END);
	ck_assert_int_eq(v.choice.kind, CHOOSE_ADDRESS);
	ck_assert_uint_eq(v.choice.va, BUF);
	ck_assert_uint_eq(v.choice.pid, task_named(&v, "sh")->pid);
	ck_assert_uint_eq(v.choice.pfn, frame_of(&v, "sh", BUF));
	ck_assert_uint_eq(v.walk_va, BUF);
	close_view(&v);
}
END_TEST

START_TEST(at_a_micro_step_the_choice_is_what_the_step_names)
{
	struct view v = open_view(COW_LECTURE);
	const struct step *copy;

	go_to_step(&v, COPY, S_COPY_PAGE);
	copy = &story_last(view_story(&v))->step;
	ck_assert_int_eq(v.choice.kind, CHOOSE_FRAME);
	ck_assert_uint_eq(v.choice.pfn, copy->arg[0]);
	ck_assert_uint_eq(v.walk_va, BUF);
	close_view(&v);
}
END_TEST

START_TEST(a_block_is_lit_from_its_first_frame_to_its_last)
{
	struct view v = open_view("machine i386 ram=64M\nalloc_pages a 4\n");
	pfn_t head;

	go(&v, 1, STEP_END);
	head = (pfn_t)story_root(view_story(&v))->child->result;
	view_choose(&v, &(struct choice){.kind = CHOOSE_BLOCK, .pfn = head, .order = 4});
	ck_assert(view_is_chosen_pfn(&v, head));
	ck_assert(view_is_chosen_pfn(&v, head + 15));
	ck_assert(!view_is_chosen_pfn(&v, head + 16));
	ck_assert(!view_is_chosen_pfn(&v, head - 1));
	close_view(&v);
}
END_TEST

START_TEST(what_the_user_holds_stays_and_its_frame_is_looked_up_again)
{
	struct view v = open_view(COW_LECTURE);
	uint32_t kid;
	pfn_t shared;

	go(&v, FORK, STEP_END);
	kid = task_named(&v, "kid")->pid;
	view_choose_address(&v, kid, BUF);
	shared = v.choice.pfn;
	ck_assert_uint_eq(shared, frame_of(&v, "sh", BUF));
	go(&v, COPY, STEP_END);
	ck_assert_uint_eq(v.choice.va, BUF);
	ck_assert_uint_eq(v.choice.pfn, frame_of(&v, "kid", BUF));
	ck_assert_uint_ne(v.choice.pfn, shared);
	go(&v, REUSE, STEP_END);
	ck_assert_uint_eq(v.pid, kid);
	close_view(&v);
}
END_TEST

START_TEST(let_go_the_choice_follows_again)
{
	struct view v = open_view(COW_LECTURE);

	go(&v, FORK, STEP_END);
	view_choose_frame(&v, 5);
	go(&v, COPY, STEP_END);
	ck_assert_uint_eq(v.choice.pfn, 5);
	view_release(&v);
	ck_assert_int_eq(v.choice.kind, CHOOSE_ADDRESS);
	ck_assert_uint_eq(v.choice.va, BUF);
	close_view(&v);
}
END_TEST

START_TEST(a_fork_shows_the_child_and_an_exit_who_is_left)
{
	struct view v = open_view(COW_LECTURE);

	go(&v, FORK, STEP_END);
	ck_assert_str_eq(view_task(&v)->comm, "kid");
	go(&v, REUSE, STEP_END);
	ck_assert_str_eq(view_task(&v)->comm, "sh");
	go(&v, COPY, STEP_END);
	ck_assert_str_eq(view_task(&v)->comm, "kid");
	go(&v, EXIT, STEP_END);
	ck_assert_str_eq(view_task(&v)->comm, "sh");
	close_view(&v);
}
END_TEST

START_TEST(a_held_process_that_ends_is_let_go)
{
	struct view v = open_view(COW_LECTURE);

	go(&v, COPY, STEP_END);
	view_choose(&v, &(struct choice){.kind = CHOOSE_TASK, .pid = task_named(&v, "kid")->pid});
	go(&v, REUSE, STEP_END);
	ck_assert_str_eq(view_task(&v)->comm, "kid");
	go(&v, EXIT, STEP_END);
	ck_assert_str_eq(view_task(&v)->comm, "sh");
	close_view(&v);
}
END_TEST

START_TEST(before_the_first_event_nothing_is_chosen)
{
	struct view v = open_view(COW_LECTURE);

	view_follow(&v);
	ck_assert_int_eq(v.choice.kind, CHOOSE_NONE);
	ck_assert(view_is_complete(&v));
	ck_assert_ptr_null(view_task(&v));
	ck_assert(!view_is_chosen_pfn(&v, 0));
	close_view(&v);
}
END_TEST

Suite *view_suite(void)
{
	Suite *s = suite_create("view");
	TCase *c = tcase_create("view");

	tcase_add_test(c, after_an_event_the_choice_is_the_page_it_was_about);
	tcase_add_test(c, at_a_micro_step_the_choice_is_what_the_step_names);
	tcase_add_test(c, a_block_is_lit_from_its_first_frame_to_its_last);
	tcase_add_test(c, what_the_user_holds_stays_and_its_frame_is_looked_up_again);
	tcase_add_test(c, let_go_the_choice_follows_again);
	tcase_add_test(c, a_fork_shows_the_child_and_an_exit_who_is_left);
	tcase_add_test(c, a_held_process_that_ends_is_let_go);
	tcase_add_test(c, before_the_first_event_nothing_is_chosen);
	suite_add_tcase(s, c);
	return s;
}
