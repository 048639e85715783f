/* Each law is broken on purpose, and the checker names it. */
#include "tests/frames.h"
#include "sim/page_list.h"
#include "sim/pgtable.h"

static struct machine *m;
static struct zone *z;
static pfn_t used; /* one frame in use */

static void setup(void)
{
	m = one_block(10);
	z = &m->node[0].node_zones[ZONE_NORMAL];
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
	ck_broken("nr_free of order 5 is 2, but the lists have 1");
}
END_TEST

START_TEST(a_broken_link_is_found)
{
	pfn_t head = z->free_area[5].free_list[0].head;

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
	z->pcp[0].list[0][0].count = 0;
	page_list_init(&z->pcp[0].list[0][0]);
	z->pcp[0].count = 0;
	for (pfn_t pfn = 0; pfn < 7; pfn++)
		m->mem_map[pfn].use = FRAME_RESERVED;
	z->managed_pages -= 7;
	z->nr_alloc = 0;
	ck_laws(m);
	/* 6 beside 7, both of order 0 */
	m->mem_map[6].use = FRAME_FREE;
	m->mem_map[6].flags = PG_BUDDY;
	page_list_append(m, &z->free_area[0].free_list[0], 6);
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

/* ---- a process with four anonymous pages ---- */

static struct task *sh;
static vaddr_t buf;

static void spawn(void)
{
	static const char tag[TAG_LEN] = "x";
	struct mmap_request rq = {.bytes = 4 * PAGE_SIZE, .prot = VM_READ | VM_WRITE};
	uint64_t done = 0;
	bool more;

	boot();
	sh = do_spawn(m, "sh", 1, &builtin_program, NULL);
	buf = (vaddr_t)sys_mmap(m, sh, &rq);
	access_range(m, sh, buf, rq.bytes, ACCESS_WRITE, tag, &done, 100, &more);
	ck_assert_uint_eq(done, 4);
	ck_laws(m);
}

START_TEST(a_wrong_rss_is_found)
{
	sh->mm->rss_anon++;
	ck_broken("rss is");
}
END_TEST

START_TEST(a_wrong_total_vm_is_found)
{
	sh->mm->total_vm--;
	ck_broken("total_vm is");
}
END_TEST

START_TEST(a_wrong_sum_of_data_is_found)
{
	sh->mm->data_vm++;
	ck_broken("data_vm is 10 pages, but the areas have 9");
}
END_TEST

START_TEST(a_user_that_does_not_exist_is_found)
{
	sh->mm->mm_users = 2;
	ck_broken("task 1: mm_users 2, mm_count 1, but 1 tasks use it");
}
END_TEST

START_TEST(an_address_space_that_is_kept_for_nobody_is_found)
{
	sh->mm->mm_count = 2;
	ck_broken("task 1: mm_users 1, mm_count 2, but 1 tasks use it");
}
END_TEST

START_TEST(a_task_that_does_not_come_to_its_end_is_found)
{
	sh->flags |= PF_EXITING;
	ck_broken("task 1 never ends");
}
END_TEST

START_TEST(a_wrong_count_of_page_tables_is_found)
{
	sh->mm->nr_tables++;
	ck_broken("page tables are counted");
}
END_TEST

START_TEST(areas_out_of_order_are_found)
{
	struct vma *v = sh->mm->mmap, *next = v->next;

	sh->mm->mmap = next;
	v->next = next->next;
	v->next->prev = v;
	next->next = v;
	next->prev = NULL;
	v->prev = next;
	ck_broken("the end of the one before");
}
END_TEST

static struct vma *area_of(vaddr_t va) { return find_vma_intersection(sh->mm, va, va + 1); }

START_TEST(areas_that_are_not_counted_are_found)
{
	sh->mm->map_count++;
	ck_broken("6 areas are counted, 5 are there");
	sh->mm->map_count -= 2;
	ck_broken("the list has more than the 4 areas that are counted");
}
END_TEST

START_TEST(an_area_that_the_next_one_does_not_know_is_found)
{
	sh->mm->mmap->next->prev = NULL;
	ck_broken("the next one in the list does not know it");
}
END_TEST

START_TEST(an_area_in_the_tree_alone_is_found)
{
	struct vma *bss = area_of(0x0804b000);

	bss->prev->next = bss->next;
	bss->next->prev = bss->prev;
	sh->mm->map_count--;
	sh->mm->total_vm -= vma_pages(bss);
	sh->mm->data_vm -= vma_pages(bss);
	ck_broken("area 0x804b000 has another place in the list");
}
END_TEST

START_TEST(an_area_in_the_list_alone_is_found)
{
	sh->mm->mm_rb.node = NULL;
	ck_broken("area 0x8048000 is in the list, but not in the tree");
}
END_TEST

START_TEST(a_wrong_parent_in_the_tree_is_found)
{
	area_of(buf)->rb.parent = NULL;
	ck_broken("does not know its parent in the tree");
}
END_TEST

START_TEST(a_red_child_of_a_red_parent_is_found)
{
	rb_vma(sh->mm->mm_rb.node)->rb.colour = RB_RED;
	ck_broken("is red, and so is its parent, or it is the root");
}
END_TEST

START_TEST(a_way_with_fewer_black_areas_is_found)
{
	area_of(0x0804b000)->rb.colour = RB_BLACK;
	ck_broken("black areas below its left, ");
}
END_TEST

START_TEST(a_wrong_gap_is_found)
{
	area_of(0x08048000)->gap++;
	ck_broken("area 0x8048000: the gap below it has 134447104 bytes, not 134447105");
}
END_TEST

START_TEST(a_wrong_knowledge_of_gaps_is_found)
{
	area_of(0x08048000)->nr_gaps++;
	ck_broken("its subtree has 1 gaps, the largest of 134447104 bytes, not 2 and 134447104");
}
END_TEST

START_TEST(a_memory_of_an_area_that_is_gone_is_found)
{
	static struct vma gone = {.start = 0x70000000};

	sh->mm->mmap_cache = &gone;
	ck_broken("mmap_cache remembers an area that is gone");
}
END_TEST

START_TEST(a_page_outside_of_every_area_is_found)
{
	*pte_offset(m, sh->mm, buf - PAGE_SIZE) = *pte_offset(m, sh->mm, buf);
	ck_broken("is mapped in no area");
}
END_TEST

START_TEST(a_lost_entry_is_found)
{
	*pte_offset(m, sh->mm, buf) = 0;
	tlb_drop(&m->tlb[0], buf);
	sh->mm->rss_anon--;
	ck_broken("has mapcount 1, but 0 entries map it");
}
END_TEST

START_TEST(an_entry_that_maps_a_page_of_another_is_found)
{
	pte_t *e = pte_offset(m, sh->mm, buf);

	e[1] = e[0];
	tlb_drop(&m->tlb[0], buf + PAGE_SIZE);
	ck_broken("leads elsewhere");
}
END_TEST

START_TEST(a_wrong_mapcount_is_found)
{
	pfn_page(m, pte_pfn(*pte_offset(m, sh->mm, 0x08048000)))->mapcount++;
	ck_broken("has mapcount 2, but 1 entries map it");
}
END_TEST

START_TEST(a_link_that_its_anon_vma_does_not_know_is_found)
{
	struct anon_vma *av = mm_area_at(sh->mm, buf)->anon_vma;

	av->head = NULL;
	ck_broken("a link of its chain is not on the list of anon_vma");
}
END_TEST

START_TEST(a_link_to_nothing_is_found)
{
	area_of(buf)->chain->anon_vma = NULL;
	ck_broken("a link of its chain names no anon_vma");
}
END_TEST

START_TEST(a_wrong_refcount_of_an_anon_vma_is_found)
{
	mm_area_at(sh->mm, buf)->anon_vma->refcount++;
	ck_broken("has 2 references, but its list 1 links");
}
END_TEST

/* Two areas that point to each other, and their mapping to neither. */
START_TEST(links_that_are_on_a_list_of_nobody_are_found)
{
	struct anon_vma *av = mm_area_at(sh->mm, buf)->anon_vma;
	struct anon_vma_chain *a, *b;

	ck_assert_ptr_nonnull(do_fork(m, sh, "child", 2));
	a = av->head;
	b = av->tail;
	a->same_prev = b;
	b->same_next = a;
	ck_broken("links to anon_vmas, anon_vmas");
}
END_TEST

START_TEST(an_area_that_its_file_does_not_know_is_found)
{
	sh->mm->exe->mapping->i_mmap = NULL;
	ck_broken("is not on the list of its file's mapping");
}
END_TEST

START_TEST(areas_on_a_list_of_nobody_are_found)
{
	struct address_space *as = sh->mm->exe->mapping;

	as->i_mmap->prev_share = as->i_mmap_last;
	as->i_mmap_last->next_share = as->i_mmap;
	as->i_mmap = as->i_mmap_last = NULL;
	ck_broken("2 areas map files, 0 are on the lists of files");
}
END_TEST

START_TEST(a_wrong_count_of_a_files_pages_is_found)
{
	sh->mm->exe->mapping->nrpages++;
	ck_broken("file 1: 4 pages are counted, 3 are in memory");
}
END_TEST

START_TEST(a_frame_of_another_file_is_found)
{
	vaddr_t text = 0x08048000;
	struct page *page = pfn_page(m, pte_pfn(*pte_offset(m, sh->mm, text)));

	page->mapping = NULL;
	ck_broken("its frame is no page of its area's file");
}
END_TEST

START_TEST(a_shared_page_that_one_may_write_is_found)
{
	ck_assert_ptr_nonnull(do_fork(m, sh, "child", 2));
	ck_laws(m);
	*pte_offset(m, sh->mm, buf) |= PTE_RW;
	ck_broken("is writable, but others have its frame");
}
END_TEST

START_TEST(a_forgotten_flush_of_the_tlb_is_found)
{
	pfn_t pfn = pte_pfn(*pte_offset(m, sh->mm, buf + 3 * PAGE_SIZE));

	*pte_offset(m, sh->mm, buf + 3 * PAGE_SIZE) = 0;
	sh->mm->rss_anon--;
	pfn_page(m, pfn)->mapcount = 0;
	put_page(m, pfn);
	ck_broken("but its page table has changed");
}
END_TEST

START_TEST(a_kernel_half_of_ones_own_is_found)
{
	sh->mm->pgd_entry[1000] = 0x1063;
	ck_broken("PGD entry 1000 is not the kernel's");
}
END_TEST

START_TEST(an_area_without_its_anon_vma_is_found)
{
	find_vma_intersection(sh->mm, buf, buf + 1)->chain_len++;
	ck_broken("does not fit its anon_vma");
}
END_TEST

START_TEST(a_lost_task_is_found)
{
	m->nr_tasks++;
	ck_broken("2 tasks are counted, 1 are there");
}
END_TEST

Suite *check_suite(void);

Suite *check_suite(void)
{
	Suite *s = suite_create("check");
	TCase *t = tcase_create("frames");

	tcase_set_timeout(t, 0);
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
	tcase_set_timeout(t, 0);
	tcase_add_checked_fixture(t, boot, teardown);
	tcase_add_test(t, a_lost_object_of_a_cache_is_found);
	tcase_add_test(t, a_slab_on_the_wrong_list_is_found);
	tcase_add_test(t, an_object_that_is_free_and_held_is_found);
	tcase_add_test(t, a_slab_whose_frame_forgot_it_is_found);
	suite_add_tcase(s, t);
	t = tcase_create("process");
	tcase_set_timeout(t, 0);
	tcase_add_checked_fixture(t, spawn, teardown);
	tcase_add_test(t, a_wrong_rss_is_found);
	tcase_add_test(t, a_wrong_total_vm_is_found);
	tcase_add_test(t, a_wrong_sum_of_data_is_found);
	tcase_add_test(t, a_user_that_does_not_exist_is_found);
	tcase_add_test(t, an_address_space_that_is_kept_for_nobody_is_found);
	tcase_add_test(t, a_task_that_does_not_come_to_its_end_is_found);
	tcase_add_test(t, a_wrong_count_of_page_tables_is_found);
	tcase_add_test(t, areas_out_of_order_are_found);
	tcase_add_test(t, areas_that_are_not_counted_are_found);
	tcase_add_test(t, an_area_that_the_next_one_does_not_know_is_found);
	tcase_add_test(t, an_area_in_the_tree_alone_is_found);
	tcase_add_test(t, an_area_in_the_list_alone_is_found);
	tcase_add_test(t, a_wrong_parent_in_the_tree_is_found);
	tcase_add_test(t, a_red_child_of_a_red_parent_is_found);
	tcase_add_test(t, a_way_with_fewer_black_areas_is_found);
	tcase_add_test(t, a_wrong_gap_is_found);
	tcase_add_test(t, a_wrong_knowledge_of_gaps_is_found);
	tcase_add_test(t, a_memory_of_an_area_that_is_gone_is_found);
	tcase_add_test(t, a_page_outside_of_every_area_is_found);
	tcase_add_test(t, a_lost_entry_is_found);
	tcase_add_test(t, an_entry_that_maps_a_page_of_another_is_found);
	tcase_add_test(t, a_wrong_mapcount_is_found);
	tcase_add_test(t, a_link_that_its_anon_vma_does_not_know_is_found);
	tcase_add_test(t, a_link_to_nothing_is_found);
	tcase_add_test(t, a_wrong_refcount_of_an_anon_vma_is_found);
	tcase_add_test(t, links_that_are_on_a_list_of_nobody_are_found);
	tcase_add_test(t, an_area_that_its_file_does_not_know_is_found);
	tcase_add_test(t, areas_on_a_list_of_nobody_are_found);
	tcase_add_test(t, a_wrong_count_of_a_files_pages_is_found);
	tcase_add_test(t, a_frame_of_another_file_is_found);
	tcase_add_test(t, a_shared_page_that_one_may_write_is_found);
	tcase_add_test(t, a_forgotten_flush_of_the_tlb_is_found);
	tcase_add_test(t, a_kernel_half_of_ones_own_is_found);
	tcase_add_test(t, an_area_without_its_anon_vma_is_found);
	tcase_add_test(t, a_lost_task_is_found);
	suite_add_tcase(s, t);
	return s;
}
