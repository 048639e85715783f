/* Nodes, Movable, holes and memory models: numbers of REFERENCE 1.5 (T1.a, T1.b), of 6.1's rules, and counted by hand. */
#include "tests/frames.h"

static struct machine *m;
static struct machine_config config;

/* A classic machine of this much RAM; more is set in config before boot(). */
static void setup_config(void)
{
	machine_config_default(&config);
	m = NULL;
}

static struct machine *boot(uint64_t ram_mb, uint32_t nodes)
{
	config.ram_bytes = ram_mb << 20;
	config.nodes = nodes;
	m = machine_create(&config, &test_trace);
	ck_assert_ptr_nonnull(m);
	ck_laws(m);
	return m;
}

static void teardown(void) { machine_destroy(m); }

static const struct zone *zone(uint32_t node, enum zone_type type)
{
	return &m->node[node].node_zones[type];
}

static void ck_zone(uint32_t node, enum zone_type type, uint32_t start_mb, uint32_t end_mb)
{
	const struct zone *z = zone(node, type);

	ck_assert_uint_eq(z->start_pfn, start_mb * 256);
	ck_assert_uint_eq(z->start_pfn + z->spanned_pages, end_mb * 256);
}

/* The nodes of a list in the order in which they come, as digits: "0132". */
static const char *order_of(uint32_t node)
{
	static char text[MAX_NUMNODES + 1];
	size_t n = 0;

	for (const struct zoneref *r = m->node[node].node_zonelists[0].zonerefs; r->zone; r++)
		if (n == 0 || text[n - 1] != (char)('0' + r->zone->node))
			text[n++] = (char)('0' + r->zone->node);
	text[n] = '\0';
	return text;
}

/* ---- nodes ---- */

START_TEST(memory_is_cut_into_equal_parts)
{
	boot(2048, 2);
	ck_assert_uint_eq(m->nr_nodes, 2);
	ck_zone(0, ZONE_DMA, 0, 16);
	ck_zone(0, ZONE_NORMAL, 16, 896);
	ck_zone(0, ZONE_HIGHMEM, 896, 1024);
	ck_zone(1, ZONE_HIGHMEM, 1024, 2048);
	ck_assert_uint_eq(zone(1, ZONE_NORMAL)->spanned_pages, 0);
	ck_assert_uint_eq(m->node[1].node_start_pfn, 1024 * 256);
	ck_assert_uint_eq(m->node[1].node_present_pages, 1024 * 256);
	ck_assert_uint_eq(m->node[1].nr_zones, 3);
	ck_assert_ptr_eq(page_zone(m, 1024 * 256 - 1), zone(0, ZONE_HIGHMEM));
	ck_assert_ptr_eq(page_zone(m, 1024 * 256), zone(1, ZONE_HIGHMEM));
	ck_assert_uint_eq(pfn_to_nid(m, 1024 * 256 - 1), 0);
	ck_assert_uint_eq(pfn_to_nid(m, 1024 * 256), 1);
}
END_TEST

START_TEST(a_node_holds_whole_sections)
{
	/* 400M on three nodes: 133M each, less what is no whole 64M */
	boot(400, 3);
	ck_zone(0, ZONE_NORMAL, 16, 128);
	ck_zone(1, ZONE_NORMAL, 128, 256);
	ck_zone(2, ZONE_NORMAL, 256, 400);
}
END_TEST

START_TEST(cpus_are_spread_in_blocks)
{
	config.cpus = 8;
	boot(512, 2);
	ck_assert_uint_eq(cpu_to_node(m, 3), 0);
	ck_assert_uint_eq(cpu_to_node(m, 4), 1);
	ck_assert_uint_eq(node_nr_cpus(m, 0), 4);
}
END_TEST

START_TEST(with_one_cpu_the_other_node_has_memory_only)
{
	boot(512, 2);
	ck_assert_uint_eq(cpu_to_node(m, 0), 0);
	ck_assert_uint_eq(node_nr_cpus(m, 1), 0);
}
END_TEST

/* T1.a */
START_TEST(nodes_that_are_equally_far_are_tried_in_turn)
{
	config.cpus = 4;
	boot(1024, 4);
	ck_assert_str_eq(order_of(0), "0123");
	ck_assert_str_eq(order_of(1), "1230");
	ck_assert_str_eq(order_of(2), "2301");
	ck_assert_str_eq(order_of(3), "3012");
}
END_TEST

/* T1.b: distances from 0 are 10, 20, 30, 20 */
START_TEST(in_a_ring_the_neighbours_are_tried_before_the_opposite_node)
{
	config.cpus = 4;
	config.distance = DISTANCE_RING;
	boot(1024, 4);
	ck_assert_uint_eq(node_distance(m, 0, 0), 10);
	ck_assert_uint_eq(node_distance(m, 0, 2), 30);
	ck_assert_uint_eq(node_distance(m, 0, 3), 20);
	ck_assert_str_eq(order_of(0), "0132");
}
END_TEST

START_TEST(in_a_line_the_ends_are_far_from_each_other)
{
	config.cpus = 4;
	config.distance = DISTANCE_LINE;
	boot(1024, 4);
	ck_assert_uint_eq(node_distance(m, 0, 3), 40);
	ck_assert_str_eq(order_of(0), "0123");
	ck_assert_str_eq(order_of(3), "3210");
}
END_TEST

START_TEST(all_zones_of_a_node_come_before_those_of_the_next)
{
	const struct zoneref *r = boot(2048, 2)->node[1].node_zonelists[ZONELIST_FALLBACK].zonerefs;

	ck_assert_ptr_eq(r[0].zone, zone(1, ZONE_HIGHMEM));
	ck_assert_ptr_eq(r[1].zone, zone(0, ZONE_HIGHMEM));
	ck_assert_ptr_eq(r[2].zone, zone(0, ZONE_NORMAL));
	ck_assert_ptr_eq(r[3].zone, zone(0, ZONE_DMA));
	ck_assert_ptr_null(r[4].zone);
	r = m->node[1].node_zonelists[ZONELIST_NOFALLBACK].zonerefs;
	ck_assert_ptr_eq(r[0].zone, zone(1, ZONE_HIGHMEM));
	ck_assert_ptr_null(r[1].zone);
}
END_TEST

START_TEST(marks_and_reserves_are_shared_out_over_the_nodes_zones)
{
	uint32_t min = 0;

	boot(1024, 2);
	/* HighMem is node 1's: node 0 has nothing above Normal to be kept from */
	ck_assert_uint_eq(zone(0, ZONE_NORMAL)->lowmem_reserve[ZONE_HIGHMEM], 0);
	ck_assert_uint_eq(zone(1, ZONE_NORMAL)->lowmem_reserve[ZONE_HIGHMEM], 128 * 256 / 32);
	for (uint32_t node = 0; node < 2; node++)
		min += zone(node, ZONE_NORMAL)->watermark[WMARK_MIN];
	min += zone(0, ZONE_DMA)->watermark[WMARK_MIN];
	ck_assert_uint_le(m->vm.min_free_kbytes / 4 - min, 2); /* less what division drops */
}
END_TEST

START_TEST(a_request_takes_from_the_node_of_its_cpu)
{
	config.cpus = 2;
	boot(512, 2);
	ck_assert_uint_eq(page_zone(m, alloc_page(m, GFP_KERNEL, FRAME_KERNEL))->node, 0);
	m->cpu = 1;
	ck_assert_uint_eq(page_zone(m, alloc_page(m, GFP_KERNEL, FRAME_KERNEL))->node, 1);
	/* only node 0 has DMA */
	ck_assert_uint_eq(page_zone(m, alloc_page(m, GFP_DMA, FRAME_KERNEL))->node, 0);
}
END_TEST

/* ---- whose memory ---- */

static uint64_t events(uint32_t node, enum numa_event event)
{
	return zone(node, ZONE_NORMAL)->numa_events[event];
}

/* Blocks of order 10 of node 1 alone, until it gives none. */
static void use_up_node_1(void)
{
	while (alloc_pages_node(m, 1, GFP_KERNEL | GFP_BIT_THISNODE, 10, FRAME_KERNEL) != PFN_NONE)
		;
}

START_TEST(a_request_may_ask_for_another_node)
{
	pfn_t pfn;

	boot(512, 2);
	pfn = alloc_pages_node(m, 1, GFP_KERNEL, 0, FRAME_KERNEL);
	ck_assert_uint_eq(pfn_to_nid(m, pfn), 1);
	/* it preferred node 1, though the CPU is node 0's */
	ck_assert_uint_eq(events(1, NUMA_HIT), 1);
	ck_assert_uint_eq(events(1, NUMA_OTHER), 1);
	ck_assert_uint_eq(events(1, NUMA_LOCAL), 0);
	ck_laws(m);
}
END_TEST

START_TEST(what_another_node_gives_is_a_miss_there_and_foreign_here)
{
	pfn_t pfn;

	boot(512, 2);
	use_up_node_1();
	ck_assert_uint_eq(events(0, NUMA_MISS), 0);
	pfn = alloc_pages_node(m, 1, GFP_KERNEL, 10, FRAME_KERNEL);
	ck_assert_uint_eq(pfn_to_nid(m, pfn), 0);
	ck_assert_uint_eq(events(0, NUMA_MISS), 1);
	ck_assert_uint_eq(events(1, NUMA_FOREIGN), 1);
	ck_laws(m);
}
END_TEST

START_TEST(thisnode_is_this_node_or_nothing)
{
	boot(512, 2);
	use_up_node_1();
	ck_assert_uint_eq(alloc_pages_node(m, 1, GFP_KERNEL | GFP_BIT_THISNODE, 10, FRAME_KERNEL),
			  PFN_NONE);
	/* node 1 has no DMA at all */
	ck_assert_uint_eq(alloc_pages_node(m, 1, GFP_DMA | GFP_BIT_THISNODE, 0, FRAME_KERNEL),
			  PFN_NONE);
}
END_TEST

START_TEST(one_node_counts_nothing)
{
	boot(512, 1);
	alloc_page(m, GFP_KERNEL, FRAME_KERNEL);
	ck_assert_uint_eq(events(0, NUMA_HIT), 0);
}
END_TEST

START_TEST(kswapd_is_woken_for_the_order_that_is_missing)
{
	boot(512, 2);
	ck_assert_int_eq(m->node[1].kswapd_highest_zoneidx, MAX_NR_ZONES);
	use_up_node_1();
	ck_assert_uint_gt(m->node[1].nr_kswapd_wakeups, 0);
	ck_assert_uint_eq(m->node[1].kswapd_order, 10);
	ck_assert_int_eq(m->node[1].kswapd_highest_zoneidx, ZONE_NORMAL);
	/* nobody asked node 0 */
	ck_assert_uint_eq(m->node[0].nr_kswapd_wakeups, 0);
}
END_TEST

/* ---- Movable ---- */

START_TEST(movable_is_the_top_of_the_highest_zone)
{
	config.movable_bytes = 64u << 20;
	boot(1024, 1);
	ck_zone(0, ZONE_HIGHMEM, 896, 960);
	ck_zone(0, ZONE_MOVABLE, 960, 1024);
	ck_assert_uint_eq(m->node[0].nr_zones, 4);
	/* it counts as high memory */
	ck_assert_uint_eq(zone(0, ZONE_MOVABLE)->watermark[WMARK_MIN], 32);
	ck_assert_uint_eq(zone(0, ZONE_NORMAL)->lowmem_reserve[ZONE_MOVABLE], 32768 / 32);
}
END_TEST

START_TEST(movable_is_not_cut_from_lower_zones)
{
	config.movable_bytes = 512u << 20;
	boot(1024, 1);
	ck_zone(0, ZONE_MOVABLE, 896, 1024);
	ck_assert_uint_eq(zone(0, ZONE_HIGHMEM)->spanned_pages, 0);
	ck_zone(0, ZONE_NORMAL, 16, 896);
}
END_TEST

START_TEST(without_high_memory_movable_is_cut_from_normal)
{
	config.movable_bytes = 100u << 20;
	boot(512, 1);
	ck_zone(0, ZONE_NORMAL, 16, 412);
	ck_zone(0, ZONE_MOVABLE, 412, 512);
	ck_assert_uint_gt(zone(0, ZONE_MOVABLE)->watermark[WMARK_MIN], 32);
}
END_TEST

START_TEST(kernelcore_is_shared_out_over_the_nodes)
{
	/* 256M of 1G: 384M of each node stay, and movable is the rest */
	config.movable_bytes = 256u << 20;
	boot(800, 2);
	ck_zone(0, ZONE_NORMAL, 16, 272);
	ck_zone(0, ZONE_MOVABLE, 272, 384);
	ck_zone(1, ZONE_NORMAL, 384, 656);
	ck_zone(1, ZONE_MOVABLE, 656, 800);
}
END_TEST

START_TEST(only_movable_requests_are_given_movable_memory)
{
	config.movable_bytes = 64u << 20;
	boot(1024, 1);
	ck_assert_uint_eq(page_zone(m, alloc_page(m, GFP_HIGHUSER_MOVABLE, FRAME_KERNEL))->type,
			  ZONE_MOVABLE);
	ck_assert_uint_eq(page_zone(m, alloc_page(m, GFP_HIGHUSER, FRAME_KERNEL))->type,
			  ZONE_HIGHMEM);
}
END_TEST

/* ---- holes ---- */

START_TEST(a_hole_is_spanned_but_not_present)
{
	config.hole_start = 256u << 20;
	config.hole_bytes = 64u << 20;
	boot(1024, 1);
	ck_zone(0, ZONE_NORMAL, 16, 896);
	ck_assert_uint_eq(zone(0, ZONE_NORMAL)->present_pages, (880 - 64) * 256);
	ck_assert_uint_eq(m->node[0].node_spanned_pages, 1024 * 256);
	ck_assert_uint_eq(m->node[0].node_present_pages, 960 * 256);
	ck_assert_uint_eq(m->mem_map[256 * 256].use, FRAME_HOLE);
	ck_assert_uint_eq(m->mem_map[320 * 256 - 1].use, FRAME_HOLE);
	ck_assert_uint_eq(m->mem_map[320 * 256].use, FRAME_FREE);
}
END_TEST

START_TEST(a_hole_at_a_nodes_edge_is_not_spanned)
{
	config.hole_start = 448u << 20;
	config.hole_bytes = 128u << 20;
	boot(1024, 2);
	ck_assert_uint_eq(node_end_pfn(&m->node[0]), 448 * 256);
	ck_assert_uint_eq(m->node[1].node_start_pfn, 576 * 256);
}
END_TEST

START_TEST(a_node_that_is_all_hole_gives_nothing_and_is_in_no_list)
{
	config.cpus = 4;
	config.hole_start = 256u << 20;
	config.hole_bytes = 256u << 20;
	boot(1024, 4);
	ck_assert_uint_eq(m->node[1].node_present_pages, 0);
	ck_assert_str_eq(order_of(0), "023");
	/* 2 and 3 are equally far, and node 0 tries 2 first */
	m->cpu = 1;
	ck_assert_uint_eq(page_zone(m, alloc_page(m, GFP_KERNEL, FRAME_KERNEL))->node, 3);
}
END_TEST

/* ---- memory models ---- */

START_TEST(flat_memory_has_one_mem_map)
{
	boot(1024, 1);
	ck_assert_int_eq(m->memory_model, MEMORY_FLAT);
	ck_assert_uint_eq(m->nr_mem_map_pages, 2048);
	ck_assert_uint_eq(page_struct_address(m, 100) - page_struct_address(m, 0), 3200);
}
END_TEST

START_TEST(a_section_without_memory_costs_nothing)
{
	config.memory = MEMORY_SPARSE;
	config.hole_start = 256u << 20;
	config.hole_bytes = 128u << 20;
	boot(1024, 1);
	ck_assert_uint_eq(m->nr_sections, 16);
	ck_assert(m->mem_section[3].present);
	ck_assert(!m->mem_section[4].present);
	ck_assert(!m->mem_section[5].present);
	ck_assert_uint_eq(m->nr_mem_map_pages, 14 * 128);
	ck_assert_uint_eq(page_struct_address(m, 256 * 256), 0);
	ck_assert_uint_eq(m->mem_section[6].mem_map_pfn, m->mem_section[3].mem_map_pfn + 128);
}
END_TEST

START_TEST(a_section_of_pae_is_512M)
{
	config.profile = profile_find("i386-pae");
	config.memory = MEMORY_SPARSE;
	boot(1024, 1);
	ck_assert_uint_eq(m->nr_sections, 2);
	ck_assert_uint_eq(m->nr_mem_map_pages, 2048);
}
END_TEST

START_TEST(a_nodes_mem_map_lies_in_its_own_memory)
{
	boot(512, 2);
	ck_assert_int_eq(m->memory_model, MEMORY_SPARSE);
	ck_assert_uint_eq(pfn_to_nid(m, m->node[0].mem_map_pfn), 0);
	ck_assert_uint_eq(pfn_to_nid(m, m->node[1].mem_map_pfn), 1);
	ck_assert_uint_eq(m->node[1].nr_mem_map_pages, 4 * 128);
}
END_TEST

START_TEST(from_a_frame_to_its_struct_page_and_back)
{
	static const pfn_t pfns[] = {0, 1, 16383, 16384, 100000, 131071};

	config.memory = _i ? MEMORY_SPARSE : MEMORY_FLAT;
	boot(512, 1);
	for (size_t i = 0; i < sizeof(pfns) / sizeof(*pfns); i++) {
		vaddr_t va = page_struct_address(m, pfns[i]);
		pfn_t of;

		ck_assert(is_mem_map(m, kva_to_pfn(m, va), va % PAGE_SIZE, &of));
		ck_assert_uint_eq(of, pfns[i]);
	}
}
END_TEST

Suite *numa_suite(void);

Suite *numa_suite(void)
{
	Suite *s = suite_create("numa");
	TCase *t = tcase_create("nodes");

	tcase_add_checked_fixture(t, setup_config, teardown);
	tcase_add_test(t, memory_is_cut_into_equal_parts);
	tcase_add_test(t, a_node_holds_whole_sections);
	tcase_add_test(t, cpus_are_spread_in_blocks);
	tcase_add_test(t, with_one_cpu_the_other_node_has_memory_only);
	tcase_add_test(t, nodes_that_are_equally_far_are_tried_in_turn);
	tcase_add_test(t, in_a_ring_the_neighbours_are_tried_before_the_opposite_node);
	tcase_add_test(t, in_a_line_the_ends_are_far_from_each_other);
	tcase_add_test(t, all_zones_of_a_node_come_before_those_of_the_next);
	tcase_add_test(t, marks_and_reserves_are_shared_out_over_the_nodes_zones);
	tcase_add_test(t, a_request_takes_from_the_node_of_its_cpu);
	tcase_add_test(t, a_request_may_ask_for_another_node);
	tcase_add_test(t, what_another_node_gives_is_a_miss_there_and_foreign_here);
	tcase_add_test(t, thisnode_is_this_node_or_nothing);
	tcase_add_test(t, one_node_counts_nothing);
	tcase_add_test(t, kswapd_is_woken_for_the_order_that_is_missing);
	suite_add_tcase(s, t);

	t = tcase_create("movable, holes, models");
	tcase_add_checked_fixture(t, setup_config, teardown);
	tcase_add_test(t, movable_is_the_top_of_the_highest_zone);
	tcase_add_test(t, movable_is_not_cut_from_lower_zones);
	tcase_add_test(t, without_high_memory_movable_is_cut_from_normal);
	tcase_add_test(t, kernelcore_is_shared_out_over_the_nodes);
	tcase_add_test(t, only_movable_requests_are_given_movable_memory);
	tcase_add_test(t, a_hole_is_spanned_but_not_present);
	tcase_add_test(t, a_hole_at_a_nodes_edge_is_not_spanned);
	tcase_add_test(t, a_node_that_is_all_hole_gives_nothing_and_is_in_no_list);
	tcase_add_test(t, flat_memory_has_one_mem_map);
	tcase_add_test(t, a_section_without_memory_costs_nothing);
	tcase_add_test(t, a_section_of_pae_is_512M);
	tcase_add_test(t, a_nodes_mem_map_lies_in_its_own_memory);
	tcase_add_loop_test(t, from_a_frame_to_its_struct_page_and_back, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
