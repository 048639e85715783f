/*
 * Numbers: REFERENCE 14.2 to 14.4, T14.a to T14.c.  7 CPUs wait and one holds, unless it is said otherwise.
 */
#include <check.h>

#include "sim/machine.h"
#include "sim/page_alloc.h"
#include "tests/script.h"

static struct trace trace;
static struct machine *m;
static struct spinlock *l;

/* All that was told since the last reset, by kind; and the laws after each hand-over. */
static uint32_t told[NR_STEP_IDS];

static void listen(void *ctx, const struct step *s)
{
	(void)ctx;
	if (s->kind == TELL_LEAVE) {
		if (s->id == S_SPIN_LOCK || s->id == S_SPIN_UNLOCK)
			ck_assert_ptr_null(lock_broken_law(m, l));
		return;
	}
	told[s->id]++;
}

static void start_on(enum lock_kind kind, uint32_t cpus, uint32_t nodes, bool coherent)
{
	struct machine_config c;

	machine_config_default(&c);
	c.ram_bytes = (uint64_t)nodes << 26;
	c.cpus = cpus;
	c.nodes = nodes;
	c.lock = kind;
	c.coherent = coherent;
	memset(&trace, 0, sizeof(trace));
	memset(told, 0, sizeof(told));
	m = machine_create(&c, &trace);
	trace.sink = listen;
	l = cpus > 1 ? lock_find(m, ZONE_NORMAL) : NULL;
	machine_begin_event(m);
}

static void start(enum lock_kind kind, uint32_t cpus, bool coherent)
{
	start_on(kind, cpus, 1, coherent);
}

static void finish(void)
{
	ck_assert_ptr_null(machine_check(m));
	machine_destroy(m);
}

static void meet(uint32_t nr_cpus, uint32_t rounds, uint32_t polls)
{
	struct contention_wish w = {
		.nr_cpus = nr_cpus, .rounds = rounds, .polls = polls, .lock = ZONE_NORMAL};

	for (uint32_t i = 0; i < nr_cpus; i++)
		w.cpu[i] = (uint8_t)i;
	ck_assert_int_eq(contend(m, &w), 0);
}

/* The lines that each hand-over moved: "8 8 7". */
static const char *lines_of_turns(void)
{
	static char text[512];
	size_t at = 0;

	text[0] = '\0';
	for (uint32_t i = 1; i < m->contention.nr_turns; i++)
		at += (size_t)sprintf(text + at, "%s%u", at ? " " : "",
				      m->contention.turn[i].moved);
	return text;
}

/* Who had the lock, in order: "0123". */
static const char *order_of_turns(void)
{
	static char text[MAX_CPUS * CONTEND_ROUNDS_MAX + 1];

	for (uint32_t i = 0; i < m->contention.nr_turns; i++)
		text[i] = (char)('0' + m->contention.turn[i].cpu);
	text[m->contention.nr_turns] = '\0';
	return text;
}

/* ---- T14.a ---- */

START_TEST(a_ticket_hand_over_moves_the_word_to_the_holder_and_to_all_who_wait)
{
	start(LOCK_TICKET, 8, true);
	meet(8, 1, 0);
	ck_assert_str_eq(lines_of_turns(), "8 7 6 5 4 3 2");
	ck_assert_str_eq(order_of_turns(), "01234567");
	finish();
}
END_TEST

START_TEST(a_clh_hand_over_moves_two_lines_however_many_wait)
{
	start(LOCK_CLH, 8, true);
	meet(8, 1, 0);
	ck_assert_str_eq(lines_of_turns(), "2 2 2 2 2 2 2");
	ck_assert_str_eq(order_of_turns(), "01234567");
	finish();
}
END_TEST

START_TEST(an_mcs_hand_over_moves_two_lines_and_one_more_when_next_was_just_written)
{
	start(LOCK_MCS, 8, true);
	meet(8, 1, 0);
	ck_assert_str_eq(lines_of_turns(), "3 2 2 2 2 2 2");
	ck_assert_str_eq(order_of_turns(), "01234567");
	finish();
}
END_TEST

START_TEST(test_and_set_moves_about_three_lines_for_each_cpu_that_waits)
{
	start(LOCK_TAS, 8, true);
	meet(8, 1, 0);
	/* 1 + N reads + N tries + N - 2 reads, the last one that tried has it; N = 1: all in one */
	ck_assert_str_eq(lines_of_turns(), "20 17 14 11 8 5 3");
	finish();
}
END_TEST

START_TEST(a_queued_spinlock_moves_the_word_and_one_node)
{
	start(LOCK_QSPIN, 8, true);
	meet(8, 1, 0);
	/*
	 * Pending, while the first of the queue looks at the word, too; the queue, whose first has to fetch
	 * next; the queue; nobody is left to wake.
	 */
	ck_assert_str_eq(lines_of_turns(), "5 7 6 6 6 6 3");
	ck_assert_str_eq(order_of_turns(), "01234567");
	finish();
}
END_TEST

START_TEST(a_queued_spinlock_that_one_cpu_waits_for_uses_no_node)
{
	start(LOCK_QSPIN, 2, true);
	meet(2, 1, 0);
	ck_assert_str_eq(lines_of_turns(), "3");
	ck_assert_uint_eq(told[S_QSPIN_PENDING], 1);
	ck_assert_uint_eq(told[S_MCS_FIRST], 0);
	finish();
}
END_TEST

/* k hand-overs with constant N: ticket k (N + 1), MCS 2 k */
START_TEST(with_a_constant_crowd_each_hand_over_costs_the_same)
{
	start(LOCK_TICKET, 8, true);
	meet(8, 2, 0);
	ck_assert_str_eq(lines_of_turns(), "8 8 8 8 8 8 8 8 8 7 6 5 4 3 2");
	finish();
	start(LOCK_MCS, 8, true);
	meet(8, 2, 0);
	ck_assert_str_eq(lines_of_turns(), "3 2 2 2 2 2 2 2 2 2 2 2 2 2 2");
	finish();
}
END_TEST

START_TEST(nobody_pays_for_a_lock_that_only_he_uses)
{
	uint64_t moved;

	for (int kind = 0; kind < NR_LOCK_KINDS; kind++) {
		start((enum lock_kind)kind, 8, true);
		spin_lock(m, l);
		spin_unlock(m, l);
		moved = l->lines.moved;
		for (int i = 0; i < 5; i++) {
			spin_lock(m, l);
			spin_unlock(m, l);
		}
		/* CLH goes through two nodes in turn */
		ck_assert_uint_le(l->lines.moved - moved, kind == LOCK_CLH ? 1 : 0);
		ck_assert_uint_eq(l->total.acquisitions, 6);
		ck_assert_uint_eq(l->total.contended, 0);
		finish();
	}
}
END_TEST

/* ---- T14.b: CPUs 0-3 on node 0, 4-7 on node 1; c_l 40, c_r 120 ---- */

START_TEST(a_ticket_hand_over_pays_for_each_remote_cpu_that_waits)
{
	start_on(LOCK_TICKET, 8, 2, true);
	meet(8, 1, 0);
	ck_assert_uint_eq(m->contention.turn[1].waiting, 6);
	/* the word to CPU 0: 40; to 3 near and 4 far CPUs: 3 * 40 + 4 * 120 */
	ck_assert_uint_eq(m->contention.turn[1].cost, 640);
	finish();
}
END_TEST

START_TEST(mcs_and_clh_pay_for_the_next_cpu_alone)
{
	for (int kind = LOCK_CLH; kind <= LOCK_MCS; kind++) {
		start_on((enum lock_kind)kind, 8, 2, true);
		meet(8, 1, 0);
		ck_assert_uint_eq(m->contention.turn[3].cost, 80);  /* 2 to 3 */
		ck_assert_uint_eq(m->contention.turn[4].cost, 240); /* 3 to 4 */
		ck_assert_uint_eq(m->contention.turn[5].cost, 80);  /* 4 to 5 */
		finish();
	}
}
END_TEST

/* T14.c: CPUs 3 and 4 alone, on two nodes; CPU 4 waits and looks 10 times. */
START_TEST(without_caches_clh_polls_far_memory_and_mcs_its_own)
{
	struct contention_wish w = {
		.cpu = {3, 4}, .nr_cpus = 2, .rounds = 1, .polls = 10, .lock = ZONE_NORMAL};

	start_on(LOCK_CLH, 8, 2, false);
	ck_assert_int_eq(contend(m, &w), 0);
	ck_assert_uint_eq(l->event.poll_cost, 10 * 120);
	finish();
	start_on(LOCK_MCS, 8, 2, false);
	ck_assert_int_eq(contend(m, &w), 0);
	ck_assert_uint_eq(l->event.poll_cost, 10 * 1);
	finish();
}
END_TEST

START_TEST(test_and_set_favours_the_node_of_the_last_holder)
{
	struct contention_wish w = {
		.cpu = {4, 0, 5, 1, 6}, .nr_cpus = 5, .rounds = 1, .lock = ZONE_NORMAL};

	start_on(LOCK_TAS, 8, 2, true);
	ck_assert_int_eq(contend(m, &w), 0);
	ck_assert_str_eq(order_of_turns(), "45601");
	finish();
}
END_TEST

/* ---- the words, as in the table of 14.2 ---- */

START_TEST(the_words_of_a_ticket_lock_say_who_is_served)
{
	start(LOCK_TICKET, 4, true);
	lock_arrive(m, l, 2);
	lock_arrive(m, l, 0);
	lock_arrive(m, l, 3);
	ck_assert_uint_eq(l->next, 3);
	ck_assert_uint_eq(l->owner, 0);
	ck_assert_uint_eq(l->ticket[3], 2);
	m->cpu = 2;
	spin_unlock(m, l);
	ck_assert_uint_eq(l->owner, 1);
	ck_assert_uint_eq(l->holder, 0 + 1);
	m->cpu = 0;
	spin_unlock(m, l);
	m->cpu = 3;
	spin_unlock(m, l);
	finish();
}
END_TEST

START_TEST(clh_takes_over_its_predecessors_node)
{
	start(LOCK_CLH, 2, true);
	lock_arrive(m, l, 0);
	lock_arrive(m, l, 1);
	ck_assert_uint_eq(l->pred[0], MAX_CPUS);
	ck_assert_uint_eq(l->pred[1], 0);
	ck_assert_uint_eq(lock_watched_line(l, 1), 1 + 0);
	spin_unlock(m, l);
	ck_assert_uint_eq(l->mine[0], MAX_CPUS);
	ck_assert_uint_eq(l->node[0].locked, 0);
	m->cpu = 1;
	spin_unlock(m, l);
	ck_assert_uint_eq(l->mine[1], 0);
	finish();
}
END_TEST

START_TEST(mcs_looks_at_its_own_node_and_its_predecessor_points_to_it)
{
	start(LOCK_MCS, 3, true);
	lock_arrive(m, l, 0);
	lock_arrive(m, l, 2);
	lock_arrive(m, l, 1);
	ck_assert_uint_eq(l->tail, 1 + 1);
	ck_assert_uint_eq(l->node[0].next, 2 + 1);
	ck_assert_uint_eq(l->node[2].next, 1 + 1);
	ck_assert_uint_eq(lock_watched_line(l, 2), 1 + 2);
	spin_unlock(m, l);
	ck_assert_uint_eq(l->node[2].locked, 1);
	ck_assert_uint_eq(l->node[1].locked, 0);
	m->cpu = 2;
	spin_unlock(m, l);
	m->cpu = 1;
	spin_unlock(m, l);
	ck_assert_uint_eq(l->tail, 0);
	finish();
}
END_TEST

START_TEST(test_and_set_counts_below_zero_and_knows_no_order)
{
	start(LOCK_TAS, 4, true);
	lock_arrive(m, l, 0);
	lock_arrive(m, l, 3);
	lock_arrive(m, l, 1);
	ck_assert_int_eq(l->slock, -2);
	spin_unlock(m, l);
	ck_assert_uint_eq(l->holder, 1 + 1); /* 3 came before it */
	m->cpu = 1;
	spin_unlock(m, l);
	m->cpu = 3;
	spin_unlock(m, l);
	ck_assert_int_eq(l->slock, 1);
	finish();
}
END_TEST

/* ---- MESI ---- */

START_TEST(a_write_voids_every_other_copy)
{
	struct line_group g = {.lock = ZONE_NORMAL};

	start(LOCK_TICKET, 4, true);
	line_load(m, &g, 0, 0);
	ck_assert_uint_eq(g.line[0].state[0], LINE_EXCLUSIVE);
	line_load(m, &g, 0, 1);
	ck_assert_uint_eq(g.line[0].state[0], LINE_SHARED);
	ck_assert_uint_eq(g.line[0].state[1], LINE_SHARED);
	line_store(m, &g, 0, 1);
	ck_assert_uint_eq(g.line[0].state[0], LINE_INVALID);
	ck_assert_uint_eq(g.line[0].state[1], LINE_MODIFIED);
	ck_assert_uint_eq(g.moved, 3);
	ck_assert_uint_eq(told[S_LINE_UPGRADE], 1);
	line_store(m, &g, 0, 1);
	line_load(m, &g, 0, 1);
	ck_assert_uint_eq(g.moved, 3);
	finish();
}
END_TEST

START_TEST(a_cpu_that_has_it_alone_writes_for_nothing)
{
	struct line_group g = {.lock = ZONE_NORMAL};

	start(LOCK_TICKET, 4, true);
	line_load(m, &g, 0, 2);
	line_store(m, &g, 0, 2);
	ck_assert_uint_eq(g.line[0].state[2], LINE_MODIFIED);
	ck_assert_uint_eq(g.moved, 1);
	ck_assert_uint_eq(g.cost, 40);
	finish();
}
END_TEST

/* ---- where the kernel takes them ---- */

START_TEST(one_cpu_takes_no_lock)
{
	start(LOCK_TICKET, 1, true);
	for (int i = 0; i < 100; i++)
		ck_assert_uint_ne(alloc_page(m, GFP_KERNEL, FRAME_KERNEL), PFN_NONE);
	ck_assert_ptr_null(lock_nth(m, 0));
	ck_assert_uint_eq(told[S_SPIN_LOCK], 0);
	finish();
}
END_TEST

START_TEST(single_frames_take_the_zones_lock_once_a_batch)
{
	uint32_t batch;

	start(LOCK_TICKET, 2, true);
	batch = zone_by_id(m, ZONE_NORMAL)->pcp[1].batch;
	m->cpu = 1;
	for (uint32_t i = 0; i < 3 * batch; i++)
		alloc_page(m, GFP_KERNEL, FRAME_KERNEL);
	ck_assert_uint_eq(l->total.acquisitions, 3);
	finish();
}
END_TEST

START_TEST(a_block_above_the_lists_takes_the_lock_each_time)
{
	pfn_t pfn;

	start(LOCK_TICKET, 2, true);
	pfn = alloc_pages(m, GFP_KERNEL, 4, FRAME_KERNEL);
	ck_assert_uint_eq(l->total.acquisitions, 1);
	free_pages(m, pfn, 4);
	ck_assert_uint_eq(l->total.acquisitions, 2);
	finish();
}
END_TEST

START_TEST(an_array_takes_the_caches_lock_once_a_batch)
{
	struct kmem_cache *c;
	uint32_t batch;

	start(LOCK_TICKET, 2, true);
	c = kmem_cache_create(m, "mine", 64, 0, 0);
	batch = c->cpu[0].batchcount;
	for (uint32_t i = 0; i < batch; i++)
		kmem_cache_alloc(m, c);
	/* 2.4: in vain; the colour; the new slab; from it, as far as it reaches */
	ck_assert_uint_ge(c->list_lock.total.acquisitions, 4);
	ck_assert_uint_eq(c->list_lock.total.contended, 0);
	finish();
}
END_TEST

/* ---- contend ---- */

START_TEST(cpus_that_meet_refill_their_lists_and_give_them_back)
{
	struct zone *z;

	start(LOCK_TICKET, 4, true);
	z = zone_by_id(m, ZONE_NORMAL);
	drain_pages(m, -1);
	meet(4, 1, 0);
	for (int cpu = 0; cpu < 4; cpu++)
		ck_assert_uint_eq(z->pcp[cpu].count, z->pcp[cpu].batch);
	machine_begin_event(m);
	meet(4, 1, 0);
	for (int cpu = 0; cpu < 4; cpu++)
		ck_assert_uint_eq(z->pcp[cpu].count, 0);
	ck_assert_uint_eq(l->event.acquisitions, 4);
	ck_assert_uint_eq(l->event.handovers, 3);
	ck_assert_uint_eq(m->cpu, 0);
	finish();
}
END_TEST

START_TEST(an_array_that_finds_nothing_makes_the_cache_grow_when_the_crowd_is_gone)
{
	struct contention_wish w = {.cpu = {0, 1}, .nr_cpus = 2, .rounds = 1};
	struct kmem_cache *c;

	start(LOCK_MCS, 2, true);
	c = kmem_cache_create(m, "mine", 64, 0, 0);
	w.lock = LOCK_ID_CACHE + c->index;
	ck_assert_int_eq(contend(m, &w), 0);
	ck_assert_uint_ge(cache_slabs(c), 1);
	ck_assert_uint_gt(c->cpu[0].avail, 0);
	ck_assert_uint_gt(c->cpu[1].avail, 0);
	ck_assert_uint_eq(c->active, 0);
	finish();
}
END_TEST

START_TEST(a_lock_that_is_not_there_is_refused)
{
	struct contention_wish w = {.cpu = {0, 1}, .nr_cpus = 2, .rounds = 1, .lock = ZONE_HIGHMEM};

	start(LOCK_MCS, 2, true);
	ck_assert_int_eq(contend(m, &w), -SIM_EINVAL);
	finish();
}
END_TEST

START_TEST(each_look_costs_one_with_caches)
{
	start(LOCK_MCS, 4, true);
	meet(4, 1, 10);
	/* 3 + 2 + 1 CPUs waited, 10 looks each */
	ck_assert_uint_eq(l->event.polls, 60);
	ck_assert_uint_eq(l->event.poll_cost, 60);
	finish();
}
END_TEST

/* ---- the language ---- */

START_TEST(the_event_says_what_is_wrong_with_it)
{
	assert_mistake("machine i386 cpus=4\ncontend 0 4\n",
		       "2:11+1 4 is out of range: a CPU of this machine is 0 to 3");
	assert_mistake("machine i386 cpus=4\ncontend 1\n",
		       "2:9+1 one CPU alone does not contend: name two or more");
	assert_mistake("machine i386 cpus=4\ncontend 1 2 1\n", "2:13+1 CPU 1 is named twice");
	assert_mistake("machine i386 cpus=4\ncontend 0 1 on=Normall\n",
		       "2:16+7 unknown zone or cache \"Normall\"; did you mean \"Normal\"?");
	assert_mistake("contend 0 1\n",
		       "1:1+7 this machine has one CPU, and no locks: machine ... cpus=2");
	assert_mistake("machine i386 cpus=2\nlock tickets\n",
		       "2:6+7 unknown kind of lock \"tickets\"; did you mean \"ticket\"?");
	assert_mistake(
		"machine i386 cpus=2 lock=foo\n",
		"1:21+8 unknown kind of lock \"foo\"; known are tas, ticket, clh, mcs, qspin");
}
END_TEST

START_TEST(an_event_changes_all_locks)
{
	struct script c;

	script_run(&c, "machine i386 cpus=2 ram=32M\ncontend 0 1\nlock mcs coherent=off\n");
	ck_assert(!c.m->coherent);
	ck_assert_uint_eq(lock_nth(c.m, 0)->kind, LOCK_MCS);
	ck_assert_uint_eq(lock_find(c.m, ZONE_NORMAL)->total.acquisitions, 0);
	script_free(&c);
}
END_TEST

START_TEST(a_profile_has_the_locks_of_its_kernel)
{
	struct script c;

	script_run(&c, "machine i386 cpus=2 ram=32M\n");
	ck_assert_uint_eq(lock_nth(c.m, 0)->kind, LOCK_TAS);
	script_free(&c);
	script_run(&c, "machine i386-6.1 cpus=2 ram=64M\n");
	ck_assert_uint_eq(lock_nth(c.m, 0)->kind, LOCK_QSPIN);
	script_free(&c);
}
END_TEST

Suite *lock_suite(void);
Suite *lock_suite(void)
{
	Suite *s = suite_create("lock");
	TCase *t = tcase_create("core");

	tcase_add_test(t, a_ticket_hand_over_moves_the_word_to_the_holder_and_to_all_who_wait);
	tcase_add_test(t, a_clh_hand_over_moves_two_lines_however_many_wait);
	tcase_add_test(t, an_mcs_hand_over_moves_two_lines_and_one_more_when_next_was_just_written);
	tcase_add_test(t, test_and_set_moves_about_three_lines_for_each_cpu_that_waits);
	tcase_add_test(t, a_queued_spinlock_moves_the_word_and_one_node);
	tcase_add_test(t, a_queued_spinlock_that_one_cpu_waits_for_uses_no_node);
	tcase_add_test(t, with_a_constant_crowd_each_hand_over_costs_the_same);
	tcase_add_test(t, nobody_pays_for_a_lock_that_only_he_uses);
	tcase_add_test(t, a_ticket_hand_over_pays_for_each_remote_cpu_that_waits);
	tcase_add_test(t, mcs_and_clh_pay_for_the_next_cpu_alone);
	tcase_add_test(t, without_caches_clh_polls_far_memory_and_mcs_its_own);
	tcase_add_test(t, test_and_set_favours_the_node_of_the_last_holder);
	tcase_add_test(t, the_words_of_a_ticket_lock_say_who_is_served);
	tcase_add_test(t, clh_takes_over_its_predecessors_node);
	tcase_add_test(t, mcs_looks_at_its_own_node_and_its_predecessor_points_to_it);
	tcase_add_test(t, test_and_set_counts_below_zero_and_knows_no_order);
	tcase_add_test(t, a_write_voids_every_other_copy);
	tcase_add_test(t, a_cpu_that_has_it_alone_writes_for_nothing);
	tcase_add_test(t, one_cpu_takes_no_lock);
	tcase_add_test(t, single_frames_take_the_zones_lock_once_a_batch);
	tcase_add_test(t, a_block_above_the_lists_takes_the_lock_each_time);
	tcase_add_test(t, an_array_takes_the_caches_lock_once_a_batch);
	tcase_add_test(t, cpus_that_meet_refill_their_lists_and_give_them_back);
	tcase_add_test(t, an_array_that_finds_nothing_makes_the_cache_grow_when_the_crowd_is_gone);
	tcase_add_test(t, a_lock_that_is_not_there_is_refused);
	tcase_add_test(t, each_look_costs_one_with_caches);
	tcase_add_test(t, the_event_says_what_is_wrong_with_it);
	tcase_add_test(t, an_event_changes_all_locks);
	tcase_add_test(t, a_profile_has_the_locks_of_its_kernel);
	suite_add_tcase(s, t);
	return s;
}
