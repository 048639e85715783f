/* Each law is broken on purpose, and the checker names it. */
#include "tests/frames.h"

static struct machine *m;
static struct zone *z;
static pfn_t used; /* one frame in use */

static void setup(void)
{
	m = one_block(10);
	z = &m->node.node_zones[ZONE_NORMAL];
	z->pcp[0].batch = 7;
	used = alloc_page(m, GFP_KERNEL, FRAME_KERNEL);
	ck_laws(m);
}

static void teardown(void) { machine_destroy(m); }

static void ck_broken(const char *words)
{
	const char *sentence = machine_check(m);

	ck_assert_msg(sentence != NULL, "not found: %s", words);
	ck_assert_msg(strstr(sentence, words) != NULL, "'%s' instead of '%s'", sentence, words);
}

START_TEST(a_wrong_count_of_free_pages_is_found)
{
	z->nr_free_pages++;
	ck_broken("zone Normal: 1018 pages are free, but its blocks hold 1017");
}
END_TEST

START_TEST(a_wrong_count_of_blocks_is_found)
{
	z->free_area[5].nr_free = 2;
	ck_broken("nr_free of order 5 is 2, but the list has 1");
}
END_TEST

START_TEST(a_broken_link_is_found)
{
	pfn_t head = z->free_area[5].free_list.head;

	m->mem_map[head].prev = 7;
	ck_broken("list of order 5 is broken at frame 32");
}
END_TEST

START_TEST(a_list_that_runs_in_a_circle_is_found)
{
	m->mem_map[3].next = 3;
	ck_broken("list of order 0 is broken");
}
END_TEST

START_TEST(a_block_of_the_wrong_order_is_found)
{
	m->mem_map[32].order = 4;
	ck_broken("block 32 on the free list of order 5 is not marked so");
}
END_TEST

START_TEST(two_free_buddies_are_found)
{
	z->pcp[0].list[0].count = 0;
	page_list_init(&z->pcp[0].list[0]);
	z->pcp[0].count = 0;
	for (pfn_t pfn = 0; pfn < 7; pfn++)
		m->mem_map[pfn].use = FRAME_RESERVED;
	z->managed_pages -= 7;
	z->nr_alloc = 0;
	ck_laws(m);
	/* 6 beside 7, both of order 0 */
	m->mem_map[6].use = FRAME_FREE;
	m->mem_map[6].flags = PG_BUDDY;
	page_list_append(m, &z->free_area[0].free_list, 6);
	z->free_area[0].nr_free++;
	z->nr_free_pages++;
	z->managed_pages++;
	ck_broken("buddies 7 and 6 of order 0 are both free");
}
END_TEST

START_TEST(a_frame_in_use_inside_a_free_block_is_found)
{
	m->mem_map[40].use = FRAME_ANON;
	ck_broken("frame 40 lies in free block 32 (order 5), but is in use");
}
END_TEST

START_TEST(a_free_frame_in_no_block_is_found)
{
	m->mem_map[used].use = FRAME_FREE;
	ck_broken("frame 0 is free, but in no block");
}
END_TEST

START_TEST(a_block_that_is_on_no_list_is_found)
{
	m->mem_map[used].use = FRAME_FREE;
	m->mem_map[used].refcount = 0;
	m->mem_map[used].flags = PG_BUDDY;
	ck_broken("free blocks of order 0, but");
}
END_TEST

START_TEST(a_wrong_count_on_a_cpus_list_is_found)
{
	z->pcp[0].count--;
	ck_broken("CPU 0 counts 5 pages, but its lists hold 6");
}
END_TEST

START_TEST(a_lost_page_is_found)
{
	z->nr_alloc--;
	ck_broken("managed 1024 pages, but 1017 free + 6 on CPUs + 0 in use");
}
END_TEST

START_TEST(marks_that_do_not_rise_are_found)
{
	z->watermark[WMARK_MIN] = 2;
	z->watermark[WMARK_LOW] = 1;
	ck_broken("marks 2, 1, 0 do not rise");
}
END_TEST

START_TEST(more_managed_than_present_is_found)
{
	z->present_pages = 1000;
	ck_broken("managed 1024, but present 1000");
}
END_TEST

START_TEST(a_mapcount_without_an_entry_is_found)
{
	m->mem_map[used].mapcount = 1;
	ck_broken("frame 0 has mapcount 1, but 0 entries map it");
}
END_TEST

START_TEST(an_anonymous_frame_without_an_entry_is_found)
{
	m->mem_map[used].use = FRAME_ANON;
	ck_broken("anonymous frame 0 is mapped by nobody");
}
END_TEST

START_TEST(a_page_table_without_a_process_is_found)
{
	m->mem_map[used].use = FRAME_TABLE;
	ck_broken("frame 0 of use 7 has no owner");
}
END_TEST

/* ---- a whole machine ---- */

static void boot(void)
{
	struct machine_config c;

	machine_config_default(&c);
	c.ram_bytes = 32u << 20;
	m = machine_create(&c, &test_trace);
	ck_assert_ptr_nonnull(m);
	ck_laws(m);
}

START_TEST(a_lost_object_of_a_cache_is_found)
{
	struct kmem_cache *c = kmem_cache_create(m, "lecture", 100, 0, 0);

	ck_assert_uint_ne(kmem_cache_alloc(m, c), 0);
	ck_laws(m);
	c->active++;
	ck_broken("cache lecture: counts 2 objects as active, but 1 are held");
}
END_TEST

START_TEST(a_slab_on_the_wrong_list_is_found)
{
	struct kmem_cache *c = kmem_cache_create(m, "lecture", 100, 0, 0);

	kmem_cache_alloc(m, c);
	c->slabs_partial.first->inuse = 0;
	ck_broken("is on the wrong list");
}
END_TEST

START_TEST(an_object_that_is_free_and_held_is_found)
{
	struct kmem_cache *c = kmem_cache_create(m, "lecture", 100, 0, 0);
	struct slab *s;

	kmem_cache_alloc(m, c);
	s = c->slabs_partial.first;
	s->busy[s->free] = 1;
	ck_broken("which is not free");
}
END_TEST

START_TEST(a_slab_whose_frame_forgot_it_is_found)
{
	struct kmem_cache *c = kmem_cache_create(m, "lecture", 100, 0, 0);

	kmem_cache_alloc(m, c);
	pfn_page(m, c->slabs_partial.first->pfn)->mapping = NULL;
	ck_broken("does not lead to its slab");
}
END_TEST

Suite *check_suite(void);

Suite *check_suite(void)
{
	Suite *s = suite_create("check");
	TCase *t = tcase_create("frames");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_wrong_count_of_free_pages_is_found);
	tcase_add_test(t, a_wrong_count_of_blocks_is_found);
	tcase_add_test(t, a_broken_link_is_found);
	tcase_add_test(t, a_list_that_runs_in_a_circle_is_found);
	tcase_add_test(t, a_block_of_the_wrong_order_is_found);
	tcase_add_test(t, two_free_buddies_are_found);
	tcase_add_test(t, a_frame_in_use_inside_a_free_block_is_found);
	tcase_add_test(t, a_free_frame_in_no_block_is_found);
	tcase_add_test(t, a_block_that_is_on_no_list_is_found);
	tcase_add_test(t, a_wrong_count_on_a_cpus_list_is_found);
	tcase_add_test(t, a_lost_page_is_found);
	tcase_add_test(t, marks_that_do_not_rise_are_found);
	tcase_add_test(t, more_managed_than_present_is_found);
	tcase_add_test(t, a_mapcount_without_an_entry_is_found);
	tcase_add_test(t, an_anonymous_frame_without_an_entry_is_found);
	tcase_add_test(t, a_page_table_without_a_process_is_found);
	suite_add_tcase(s, t);
	t = tcase_create("machine");
	tcase_add_checked_fixture(t, boot, teardown);
	tcase_add_test(t, a_lost_object_of_a_cache_is_found);
	tcase_add_test(t, a_slab_on_the_wrong_list_is_found);
	tcase_add_test(t, an_object_that_is_free_and_held_is_found);
	tcase_add_test(t, a_slab_whose_frame_forgot_it_is_found);
	suite_add_tcase(s, t);
	return s;
}
