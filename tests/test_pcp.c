/* Numbers: REFERENCE 4.2, golden trace G3, and the recorded rules. */
#include "tests/frames.h"

static struct machine *m;
static struct zone *z;
static struct per_cpu_pages *pcp;

/* 1024 free frames, batch 7, high 28. */
static void setup(void)
{
	m = one_block(10);
	z = &m->node[0].node_zones[ZONE_NORMAL];
	pcp = &z->pcp[0];
	pcp->batch = 7;
	pcp->high = 28;
}

static void teardown(void) { machine_destroy(m); }

static pfn_t take(unsigned order) { return alloc_pages(m, GFP_KERNEL, order, FRAME_KERNEL); }

/* A CPU's list as "3,4,5", head first. */
static const char *list_text(const struct page_list *l)
{
	static char text[1024];
	size_t at = 0;

	text[0] = '\0';
	for (pfn_t pfn = l->head; pfn != PFN_NONE; pfn = m->mem_map[pfn].next)
		at += (size_t)sprintf(text + at, "%s%u", at ? "," : "", pfn);
	return text;
}

START_TEST(golden_trace_g3)
{
	for (pfn_t i = 0; i < 3; i++)
		ck_assert_uint_eq(take(0), i);
	ck_assert_str_eq(list_text(&pcp->list[0][0]), "3,4,5,6");
	ck_lists(m, z, "o0[7] o3[8] o4[16] o5[32] o6[64] o7[128] o8[256] o9[512]");
	ck_assert_uint_eq(z->nr_free_pages, 1017);
	for (pfn_t i = 3; i < 8; i++)
		ck_assert_uint_eq(take(0), i);
	ck_assert_str_eq(list_text(&pcp->list[0][0]), "8,9,10,11,12,13");
	ck_lists(m, z, "o1[14] o4[16] o5[32] o6[64] o7[128] o8[256] o9[512]");
	ck_laws(m);
}
END_TEST

START_TEST(the_frame_freed_last_is_taken_first)
{
	pfn_t a = take(0), b = take(0);

	free_pages(m, a, 0);
	free_pages(m, b, 0);
	ck_assert_uint_eq(take(0), b);
	ck_assert_uint_eq(take(0), a);
}
END_TEST

START_TEST(a_larger_order_fetches_at_least_two_blocks)
{
	ck_assert_uint_eq(take(3), 0);
	ck_assert_uint_eq(pcp->count, 8);
	ck_assert_str_eq(list_text(&pcp->list[3][0]), "8");
	ck_assert_uint_eq(take(1), 16);
	ck_assert_str_eq(list_text(&pcp->list[1][0]), "18,20");
	ck_assert_uint_eq(pcp->count, 12);
	ck_laws(m);
}
END_TEST

START_TEST(orders_above_3_go_straight_to_the_buddy)
{
	pfn_t pfn = take(4);

	ck_assert_uint_eq(pcp->count, 0);
	free_pages(m, pfn, 4);
	ck_lists(m, z, "o10[0]");
}
END_TEST

START_TEST(a_batch_of_one_fetches_one)
{
	pcp->batch = 1;
	take(0);
	ck_assert_uint_eq(pcp->count, 0);
}
END_TEST

/* Take n frames, so that n frees are possible; the lists are emptied. */
static void take_many(pfn_t *got, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		got[i] = take(0);
	drain_pages(m, 0);
	pcp->free_factor = 0;
}

START_TEST(full_lists_give_batch_pages_back_and_each_time_twice_as_many)
{
	pfn_t got[100];
	uint32_t counts[100];

	take_many(got, 100);
	for (uint32_t i = 0; i < 100; i++) {
		free_pages(m, got[i], 0);
		counts[i] = pcp->count;
	}
	ck_assert_uint_eq(counts[26], 27); /* the 28th reaches high           */
	ck_assert_uint_eq(counts[27], 21); /* 7 went back                     */
	ck_assert_uint_eq(counts[34], 14); /* 7 later: 14 went back           */
	ck_assert_uint_eq(counts[48], 7);  /* 14 later: 28 > 28 - 7, so 21    */
	ck_assert_uint_eq(counts[69], 7);  /* 21 later: 21 again              */
	ck_assert_uint_eq(pcp->free_factor, 2);
	ck_laws(m);
}
END_TEST

START_TEST(the_oldest_go_back_first)
{
	pfn_t got[28];

	take_many(got, 28);
	for (uint32_t i = 0; i < 28; i++)
		free_pages(m, got[i], 0);
	ck_assert_uint_eq(pcp->list[0][0].head, got[27]);
	ck_assert_uint_eq(pcp->list[0][0].tail, got[7]);
	for (uint32_t i = 0; i < 7; i++)
		ck_assert_uint_eq(m->mem_map[got[i]].use, FRAME_FREE);
}
END_TEST

START_TEST(an_allocation_halves_what_goes_back)
{
	pcp->free_factor = 5;
	take(0);
	ck_assert_uint_eq(pcp->free_factor, 2);
	take(0);
	ck_assert_uint_eq(pcp->free_factor, 1);
}
END_TEST

START_TEST(a_larger_block_freed_in_a_row_empties_the_lists)
{
	pfn_t block, single;

	block = take(2);
	single = take(0);
	free_pages(m, single, 0);
	pcp->free_factor = 1;
	free_pages(m, block, 2);
	ck_assert_uint_eq(pcp->count, 0);
	ck_lists(m, z, "o10[0]");
}
END_TEST

START_TEST(each_cpu_has_its_own_list)
{
	pfn_t a, b;

	m->config.cpus = 2;
	z->pcp[1] = z->pcp[0];
	a = take(0);
	m->cpu = 1;
	b = take(0);
	ck_assert_uint_eq(a, 0);
	ck_assert_uint_eq(b, 7);
	free_pages(m, a, 0);
	ck_assert_uint_eq(z->pcp[1].list[0][0].head, a);
	ck_assert_uint_eq(z->pcp[0].count, 6);
	drain_pages(m, 0);
	ck_assert_uint_eq(z->pcp[0].count, 0);
	ck_assert_uint_eq(z->pcp[1].count, 7);
	free_pages(m, b, 0);
	drain_pages(m, -1);
	ck_lists(m, z, "o10[0]");
	ck_laws(m);
}
END_TEST

START_TEST(a_frame_on_a_cpus_list_stops_a_merge)
{
	pfn_t a = take(4);

	pcp->batch = 1;
	ck_assert_uint_eq(take(3), 16);
	free_pages(m, 16, 3);
	free_pages(m, a, 4);
	ck_lists(m, z, "o3[24] o4[0] o5[32] o6[64] o7[128] o8[256] o9[512]");
	drain_pages(m, 0);
	ck_lists(m, z, "o10[0]");
}
END_TEST

START_TEST(a_zone_with_less_than_a_batch_gives_what_it_has)
{
	teardown();
	m = one_block(2);
	z = &m->node[0].node_zones[ZONE_NORMAL];
	z->pcp[0].batch = 7;
	z->pcp[0].high = 28;
	for (pfn_t i = 0; i < 4; i++)
		ck_assert_uint_eq(rmqueue_pcplist(m, z, 0, MIGRATE_UNMOVABLE), i);
	ck_assert_uint_eq(rmqueue_pcplist(m, z, 0, MIGRATE_UNMOVABLE), PFN_NONE);
}
END_TEST

Suite *pcp_suite(void);

Suite *pcp_suite(void)
{
	Suite *s = suite_create("pcp");
	TCase *t = tcase_create("pcp");

	tcase_set_timeout(t, 0);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, golden_trace_g3);
	tcase_add_test(t, the_frame_freed_last_is_taken_first);
	tcase_add_test(t, a_larger_order_fetches_at_least_two_blocks);
	tcase_add_test(t, orders_above_3_go_straight_to_the_buddy);
	tcase_add_test(t, a_batch_of_one_fetches_one);
	tcase_add_test(t, full_lists_give_batch_pages_back_and_each_time_twice_as_many);
	tcase_add_test(t, the_oldest_go_back_first);
	tcase_add_test(t, an_allocation_halves_what_goes_back);
	tcase_add_test(t, a_larger_block_freed_in_a_row_empties_the_lists);
	tcase_add_test(t, each_cpu_has_its_own_list);
	tcase_add_test(t, a_frame_on_a_cpus_list_stops_a_merge);
	tcase_add_test(t, a_zone_with_less_than_a_batch_gives_what_it_has);
	suite_add_tcase(s, t);
	return s;
}
