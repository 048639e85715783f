/* Numbers: REFERENCE 1.5, 2.5, golden traces G4 and G7, and a recorded exhaustion. */
#include "tests/frames.h"

static struct machine *m;
static struct zone *zones;

static void teardown(void)
{
	machine_destroy(m);
	m = NULL;
	test_trace.sink = NULL;
}

/* A zone with so many free frames (whole blocks of order 10 and less) and marks of its own. */
static void give_zone(enum zone_type type, pfn_t start, uint32_t free, uint32_t min, uint32_t low)
{
	struct zone *z = add_zone(m, type, start, (free + 1023) & ~1023u);
	pfn_t end = start + free;

	for (unsigned order = 10; start < end; start += 1u << order) {
		while (start + (1u << order) > end)
			order--;
		add_block(m, z, start, order);
	}
	z->watermark[WMARK_MIN] = min;
	z->watermark[WMARK_LOW] = low;
	z->watermark[WMARK_HIGH] = 2 * low - min;
}

/* Only NORMAL: marks of an ideal 1G machine. */
static void normal_with(uint32_t free)
{
	m = bare_machine((free + 1023) & ~1023u);
	zones = m->node[0].node_zones;
	give_zone(ZONE_NORMAL, 0, free, 939, 1173);
	build_zonelists(m);
}

/* All three zones of an ideal 1G machine, nearly full. */
static void three_zones(uint32_t dma, uint32_t normal, uint32_t high)
{
	m = bare_machine(16384);
	zones = m->node[0].node_zones;
	give_zone(ZONE_DMA, 0, dma, 17, 21);
	give_zone(ZONE_NORMAL, 4096, normal, 939, 1173);
	give_zone(ZONE_HIGHMEM, 12288, high, 32, 66);
	zones[ZONE_DMA].lowmem_reserve[ZONE_NORMAL] = 880;
	zones[ZONE_DMA].lowmem_reserve[ZONE_HIGHMEM] = 1008;
	zones[ZONE_NORMAL].lowmem_reserve[ZONE_HIGHMEM] = 1024;
	build_zonelists(m);
}

static pfn_t take(uint32_t gfp) { return alloc_page(m, gfp, FRAME_KERNEL); }

/* What the engine told: how often each step. */
static uint32_t told[NR_STEP_IDS];
static int depth;

static void count_steps(void *ctx, const struct step *s)
{
	(void)ctx;
	depth += s->kind == TELL_ENTER ? 1 : s->kind == TELL_LEAVE ? -1 : 0;
	if (s->kind != TELL_LEAVE)
		told[s->id]++;
}

static void listen(void)
{
	memset(told, 0, sizeof(told));
	depth = 0;
	test_trace.sink = count_steps;
}

START_TEST(gfp_flags_name_the_highest_zone)
{
	ck_assert_uint_eq(gfp_zone(GFP_KERNEL), ZONE_NORMAL);
	ck_assert_uint_eq(gfp_zone(GFP_ATOMIC), ZONE_NORMAL);
	ck_assert_uint_eq(gfp_zone(GFP_DMA), ZONE_DMA);
	ck_assert_uint_eq(gfp_zone(GFP_HIGHUSER), ZONE_HIGHMEM);
	ck_assert_uint_eq(gfp_zone(GFP_HIGHUSER_MOVABLE), ZONE_MOVABLE);
	ck_assert_uint_eq(gfp_zone(GFP_KERNEL | GFP_BIT_MOVABLE), ZONE_NORMAL);
}
END_TEST

struct mark_case {
	uint32_t free, mark, reserve, gfp;
	bool ok;
};

static const struct mark_case mark_cases[] = {
	{1500, 1173, 0, 0, true},     /* T2.a */
	{1500, 1173, 1024, 0, false}, /* T2.b */
	{2198, 1173, 1024, 0, true},  /* T2.c */
	{2197, 1173, 1024, 0, false},
	{360, 939, 0, GFP_ATOMIC, true},  /* T2.d: 939 -> 353 */
	{353, 939, 0, GFP_ATOMIC, false}, /* T2.e */
	{470, 939, 0, GFP_KERNEL | GFP_BIT_HIGH, false},
	{471, 939, 0, GFP_KERNEL | GFP_BIT_HIGH, true},
	{2000, 17, 2032, 0, false}, /* T2.g */
};

START_TEST(a_zone_gives_only_above_mark_and_reserve)
{
	const struct mark_case *c = &mark_cases[_i];
	struct zone z = {.nr_free_pages = c->free};

	z.lowmem_reserve[ZONE_NORMAL] = c->reserve;
	ck_assert_int_eq(
		zone_watermark_ok(&z, 0, c->mark, ZONE_NORMAL, gfp_to_alloc_flags(c->gfp, 0)),
		c->ok);
}
END_TEST

START_TEST(many_single_frames_are_no_pair) /* T2.f */
{
	struct zone z = {.nr_free_pages = 1000};

	z.free_area[0].nr_free = 1000;
	ck_assert(!zone_watermark_ok(&z, 1, 100, ZONE_NORMAL, 0));
	ck_assert(zone_watermark_ok(&z, 0, 100, ZONE_NORMAL, 0));
	z.free_area[3].nr_free = 1;
	ck_assert(zone_watermark_ok(&z, 1, 100, ZONE_NORMAL, 0));
}
END_TEST

START_TEST(a_block_is_refused_when_the_zone_would_fall_to_its_mark)
{
	struct zone z = {.nr_free_pages = 115};

	z.free_area[4].nr_free = 7;
	ck_assert(!zone_watermark_ok(&z, 4, 100, ZONE_NORMAL, 0)); /* 115 - 15 */
	z.nr_free_pages = 116;
	ck_assert(zone_watermark_ok(&z, 4, 100, ZONE_NORMAL, 0));
}
END_TEST

START_TEST(golden_trace_g4)
{
	normal_with(1180);
	listen();
	for (int i = 0; i < 7; i++)
		ck_assert_uint_ne(take(GFP_KERNEL), PFN_NONE);
	ck_assert_uint_eq(told[S_WAKE_KSWAPD], 0);
	ck_assert_uint_ne(take(GFP_KERNEL), PFN_NONE);
	ck_assert_uint_eq(told[S_WAKE_KSWAPD], 1);
	while (zones[ZONE_NORMAL].nr_free_pages > 939)
		ck_assert_uint_ne(take(GFP_KERNEL), PFN_NONE);
	ck_assert_uint_eq(told[S_ALLOC_FAILED], 0);
	ck_assert_uint_eq(take(GFP_KERNEL), PFN_NONE);
	ck_assert_uint_eq(told[S_ALLOC_FAILED], 1);
	while (take(GFP_ATOMIC) != PFN_NONE)
		;
	ck_assert_uint_eq(zones[ZONE_NORMAL].nr_free_pages, 353);
	ck_assert_int_eq(depth, 0);
	ck_laws(m);
}
END_TEST

START_TEST(golden_trace_g7)
{
	three_zones(1030, 2198, 66);
	ck_assert_uint_eq(page_zone(m, take(GFP_HIGHUSER))->type, ZONE_NORMAL);
	ck_assert_uint_eq(zones[ZONE_NORMAL].nr_free_pages, 2197);
	ck_assert_uint_eq(page_zone(m, take(GFP_HIGHUSER))->type, ZONE_DMA);
	ck_assert_uint_eq(zones[ZONE_DMA].nr_free_pages, 1029);
	/* every low mark is reached: the second round begins with HIGH again */
	ck_assert_uint_eq(page_zone(m, take(GFP_HIGHUSER))->type, ZONE_HIGHMEM);
}
END_TEST

START_TEST(the_kernel_may_go_below_the_reserve_for_highmem)
{
	three_zones(902, 1174, 66);
	ck_assert_uint_eq(page_zone(m, take(GFP_KERNEL))->type, ZONE_NORMAL);
	ck_assert_uint_eq(page_zone(m, take(GFP_KERNEL))->type, ZONE_DMA);
	ck_assert_uint_eq(page_zone(m, take(GFP_KERNEL))->type, ZONE_NORMAL);
	ck_assert_uint_eq(zones[ZONE_DMA].nr_free_pages, 901);
}
END_TEST

START_TEST(a_request_never_goes_to_a_higher_zone)
{
	three_zones(4096, 0, 4096);
	for (pfn_t pfn; (pfn = take(GFP_DMA)) != PFN_NONE;)
		ck_assert_uint_eq(page_zone(m, pfn)->type, ZONE_DMA);
	ck_assert_uint_eq(take(GFP_KERNEL), PFN_NONE);
	ck_assert_uint_ne(take(GFP_HIGHUSER), PFN_NONE);
}
END_TEST

/* A recorded run (6.1, 1G): GFP_HIGHUSER, order 0, until nothing was given; 35226 frames were free
 * in HighMem, 218915 in Normal, 3840 in DMA. */
START_TEST(memory_runs_out_as_on_a_real_kernel)
{
	static const struct {
		uint32_t got;
		enum zone_type next;
		uint32_t high, normal, dma;
	} turns[] = {
		{35155, ZONE_NORMAL, 65, 218915, 3840}, {251750, ZONE_DMA, 65, 2258, 3840},
		{254575, ZONE_HIGHMEM, 65, 2258, 1015}, {254610, ZONE_NORMAL, 30, 2258, 1015},
		{254862, ZONE_DMA, 30, 2006, 1015},     {254866, MAX_NR_ZONES, 30, 2006, 1011},
	};
	enum zone_type last = ZONE_HIGHMEM, now;
	uint32_t got = 0, turn = 0;

	m = bare_machine(225280 + 35840);
	zones = m->node[0].node_zones;
	give_zone(ZONE_DMA, 0, 3840, 16, 20);
	give_zone(ZONE_NORMAL, 4096, 218915, 927, 1158);
	give_zone(ZONE_HIGHMEM, 225280, 35226, 34, 71);
	zones[ZONE_DMA].lowmem_reserve[ZONE_HIGHMEM] = 995;
	zones[ZONE_NORMAL].lowmem_reserve[ZONE_HIGHMEM] = 1119;
	zones[ZONE_NORMAL].pcp[0].batch = 63;
	zones[ZONE_HIGHMEM].pcp[0].batch = 7;
	build_zonelists(m);
	do {
		uint32_t high = zones[ZONE_HIGHMEM].nr_free_pages;
		uint32_t normal = zones[ZONE_NORMAL].nr_free_pages;
		uint32_t dma = zones[ZONE_DMA].nr_free_pages;
		/* the recorder did not wait for reclaim */
		pfn_t pfn = take(GFP_HIGHUSER & ~GFP_BIT_DIRECT_RECLAIM);

		now = pfn == PFN_NONE ? MAX_NR_ZONES : page_zone(m, pfn)->type;
		if (now != last) {
			ck_assert_uint_eq(got, turns[turn].got);
			ck_assert_uint_eq(now, turns[turn].next);
			ck_assert_uint_eq(high, turns[turn].high);
			ck_assert_uint_eq(normal, turns[turn].normal);
			ck_assert_uint_eq(dma, turns[turn].dma);
			turn++;
		}
		last = now;
		got++;
	} while (now != MAX_NR_ZONES);
	ck_assert_uint_eq(turn, 6);
	ck_laws(m);
}
END_TEST

START_TEST(a_frame_has_its_use_and_one_reference)
{
	const struct page *page;

	normal_with(4096);
	page = pfn_page(m, alloc_pages(m, GFP_KERNEL, 2, FRAME_SLAB));
	for (unsigned i = 0; i < 4; i++)
		ck_assert_uint_eq(page[i].use, FRAME_SLAB);
	ck_assert_int_eq(page->refcount, 1);
	ck_assert_uint_eq(page->order, 2);
	ck_assert(page->flags & PG_COMPOUND);
	ck_assert_int_eq(page[1].refcount, 0);
}
END_TEST

START_TEST(a_frame_is_clean_when_it_is_used_again)
{
	static const struct page clean;
	struct page *page;
	pfn_t pfn;

	normal_with(4096);
	pfn = alloc_pages(m, GFP_KERNEL, 1, FRAME_ANON);
	page = pfn_page(m, pfn);
	for (unsigned i = 0; i < 2; i++) {
		memcpy(page[i].tag, "secret", 6);
		page[i].mapping = page;
		page[i].index = 7;
	}
	free_pages(m, pfn, 1);
	ck_assert_uint_eq(alloc_pages(m, GFP_KERNEL, 1, FRAME_ANON), pfn);
	for (unsigned i = 0; i < 2; i++) {
		ck_assert_mem_eq(page[i].tag, clean.tag, TAG_LEN);
		ck_assert_ptr_null(page[i].mapping);
		ck_assert_uint_eq(page[i].index, 0);
	}
}
END_TEST

START_TEST(the_last_reference_frees_the_frame)
{
	pfn_t pfn;

	normal_with(4096);
	pfn = take(GFP_KERNEL);
	get_page(m, pfn);
	put_page(m, pfn);
	ck_assert_int_eq(pfn_page(m, pfn)->refcount, 1);
	put_page(m, pfn);
	ck_assert_uint_eq(pfn_page(m, pfn)->use, FRAME_FREE);
	ck_assert_uint_eq(zones[ZONE_NORMAL].nr_alloc, 1);
	ck_assert_uint_eq(zones[ZONE_NORMAL].nr_free, 1);
	ck_laws(m);
}
END_TEST

START_TEST(every_span_is_closed_and_a_refill_is_told)
{
	pfn_t pfn;

	normal_with(4096);
	zones[ZONE_NORMAL].pcp[0].batch = 7;
	listen();
	pfn = take(GFP_KERNEL);
	ck_assert_uint_eq(told[S_ALLOC_PAGES], 1);
	ck_assert_uint_eq(told[S_WMARK_OK], 1);
	ck_assert_uint_eq(told[S_RMQUEUE_BULK], 1);
	ck_assert_uint_eq(told[S_RMQUEUE_SMALLEST], 7);
	ck_assert_uint_eq(told[S_PCP_TAKE], 1);
	free_pages(m, pfn, 0);
	ck_assert_uint_eq(told[S_FREE_PAGES], 1);
	pfn = alloc_pages(m, GFP_KERNEL, 5, FRAME_KERNEL);
	free_pages(m, pfn, 5);
	ck_assert_uint_eq(told[S_RMQUEUE], 1);
	ck_assert_int_eq(depth, 0);
}
END_TEST

START_TEST(with_and_without_a_listener_the_arena_holds_the_same_bytes)
{
	struct machine *other;

	normal_with(4096);
	other = m;
	for (int i = 0; i < 100; i++)
		take(GFP_KERNEL);
	normal_with(4096);
	listen();
	for (int i = 0; i < 100; i++)
		take(GFP_KERNEL);
	ck_assert_uint_eq(arena_used(m->arena), arena_used(other->arena));
	ck_assert_mem_eq(m->mem_map, other->mem_map, 4096 * sizeof(struct page));
	machine_destroy(other);
}
END_TEST

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 16;
}

START_TEST(every_law_holds_after_each_of_many_random_requests)
{
	static const uint32_t gfps[] = {GFP_KERNEL, GFP_ATOMIC, GFP_DMA, GFP_HIGHUSER};
	pfn_t got[400];
	uint32_t seed = (uint32_t)_i * 77, n = 0;

	three_zones(1500, 3000, 2000);
	m->config.cpus = 2;
	setup_per_zone_wmarks(m);
	setup_zone_pagesets(m);
	for (int i = 0; i < 600; i++) {
		uint32_t r = next_random(&seed);

		m->cpu = r % 2;
		if (n == 400 || (n > 0 && r % 5 < 2)) {
			uint32_t k = next_random(&seed) % n;

			free_pages(m, got[k], m->mem_map[got[k]].order);
			got[k] = got[--n];
		} else {
			got[n] = alloc_pages(m, gfps[r % 4], next_random(&seed) % 7, FRAME_KERNEL);
			n += got[n] != PFN_NONE;
		}
		if (i % 50 == 0)
			drain_pages(m, -1);
		ck_laws(m);
	}
	while (n > 0) {
		n--;
		free_pages(m, got[n], m->mem_map[got[n]].order);
	}
	drain_pages(m, -1);
	ck_laws(m);
	for (int i = 0; i < MAX_NR_ZONES; i++)
		ck_assert_uint_eq(zones[i].nr_free_pages, zones[i].managed_pages);
}
END_TEST

Suite *page_alloc_suite(void);

Suite *page_alloc_suite(void)
{
	Suite *s = suite_create("page_alloc");
	TCase *t = tcase_create("page_alloc");

	tcase_set_timeout(t, 0);
	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, gfp_flags_name_the_highest_zone);
	tcase_add_loop_test(t, a_zone_gives_only_above_mark_and_reserve, 0,
			    sizeof(mark_cases) / sizeof(*mark_cases));
	tcase_add_test(t, many_single_frames_are_no_pair);
	tcase_add_test(t, a_block_is_refused_when_the_zone_would_fall_to_its_mark);
	tcase_add_test(t, golden_trace_g4);
	tcase_add_test(t, golden_trace_g7);
	tcase_add_test(t, the_kernel_may_go_below_the_reserve_for_highmem);
	tcase_add_test(t, a_request_never_goes_to_a_higher_zone);
	tcase_add_test(t, memory_runs_out_as_on_a_real_kernel);
	tcase_add_test(t, a_frame_has_its_use_and_one_reference);
	tcase_add_test(t, a_frame_is_clean_when_it_is_used_again);
	tcase_add_test(t, the_last_reference_frees_the_frame);
	tcase_add_test(t, every_span_is_closed_and_a_refill_is_told);
	tcase_add_test(t, with_and_without_a_listener_the_arena_holds_the_same_bytes);
	tcase_add_loop_test(t, every_law_holds_after_each_of_many_random_requests, 0, 5);
	suite_add_tcase(s, t);
	return s;
}
