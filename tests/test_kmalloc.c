/* Numbers: REFERENCE 5.4, 5.10 and the recording slab-kmalloc of a real kernel. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "sim/machine.h"
#include "sim/page_alloc.h"

static struct trace trace;
static struct machine *m;

static void boot(const char *profile, uint32_t ram_mb)
{
	struct machine_config c;

	machine_config_default(&c);
	c.profile = profile_find(profile);
	c.ram_bytes = (uint64_t)ram_mb << 20;
	m = machine_create(&c, &trace);
	ck_assert_ptr_nonnull(m);
}

static void teardown(void)
{
	machine_destroy(m);
	m = NULL;
}

#define ck_laws()                                                                                  \
	do {                                                                                       \
		const char *broken_ = machine_check(m);                                            \
		ck_assert_msg(broken_ == NULL, "%s", broken_);                                     \
	} while (0)

/* What serves a request: a cache's name, "order 3", or "none". */
static const char *server(uint32_t bytes, uint32_t gfp)
{
	vaddr_t obj = kmalloc(m, bytes, gfp);
	const struct slab *s = slab_of(m, obj);
	static char text[CACHE_NAME_LEN];

	if (!obj)
		return "none";
	if (s)
		strcpy(text, s->cache->name);
	else
		sprintf(text, "order %u", pfn_page(m, kva_to_pfn(m, obj))->order);
	kfree(m, obj);
	return text;
}

START_TEST(the_smallest_class_of_2_4_serves)
{
	boot("i386", 64);
	ck_assert_str_eq(server(1, GFP_KERNEL), "size-32");
	ck_assert_str_eq(server(32, GFP_KERNEL), "size-32");
	ck_assert_str_eq(server(33, GFP_KERNEL), "size-64");
	ck_assert_str_eq(server(65, GFP_KERNEL), "size-128");
	ck_assert_str_eq(server(1025, GFP_KERNEL), "size-2048");
	ck_assert_str_eq(server(131072, GFP_KERNEL), "size-131072");
	ck_assert_str_eq(server(131073, GFP_KERNEL), "none");
	ck_laws();
}
END_TEST

START_TEST(requests_of_6_1_are_served_as_recorded)
{
	static const struct {
		uint32_t bytes;
		const char *server;
	} rows[] = {
		{1, "kmalloc-32"},    {8, "kmalloc-32"},    {9, "kmalloc-32"},
		{32, "kmalloc-32"},   {33, "kmalloc-64"},   {64, "kmalloc-64"},
		{65, "kmalloc-96"},   {96, "kmalloc-96"},   {97, "kmalloc-128"},
		{129, "kmalloc-192"}, {193, "kmalloc-256"}, {257, "kmalloc-512"},
		{512, "kmalloc-512"}, {513, "kmalloc-1k"},  {1024, "kmalloc-1k"},
		{1025, "kmalloc-2k"}, {2048, "kmalloc-2k"}, {2049, "kmalloc-4k"},
		{4097, "kmalloc-8k"}, {8192, "kmalloc-8k"}, {8193, "order 2"},
		{12000, "order 2"},   {16384, "order 2"},   {16385, "order 3"},
		{20000, "order 3"},   {32768, "order 3"},   {65536, "order 4"},
		{100000, "order 5"},  {131072, "order 5"},  {131073, "order 6"},
		{262144, "order 6"},  {1048576, "order 8"}, {4194304, "order 10"},
		{4194305, "none"},
	};

	boot("i386-6.1", 256);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_str_eq(server(rows[i].bytes, GFP_KERNEL), rows[i].server);
	ck_laws();
}
END_TEST

START_TEST(dma_memory_comes_from_the_dma_zone)
{
	static const char *const profiles[] = {"i386", "i386-6.1"};
	static const char *const names[] = {"size-128(DMA)", "dma-kmalloc-128"};
	vaddr_t obj;

	boot(profiles[_i], 128);
	ck_assert_str_eq(server(100, GFP_DMA), names[_i]);
	obj = kmalloc(m, 100, GFP_DMA);
	ck_assert_int_eq(page_zone(m, kva_to_pfn(m, obj))->type, ZONE_DMA);
	obj = kmalloc(m, 100, GFP_KERNEL);
	ck_assert_int_eq(page_zone(m, kva_to_pfn(m, obj))->type, ZONE_NORMAL);
	ck_laws();
}
END_TEST

START_TEST(kernel_memory_is_never_high)
{
	boot("i386-6.1", 2048);
	ck_assert_int_eq(page_zone(m, kva_to_pfn(m, kmalloc(m, 100, GFP_HIGHUSER)))->type,
			 ZONE_NORMAL);
	ck_assert_int_eq(page_zone(m, kva_to_pfn(m, kmalloc(m, 20000, GFP_HIGHUSER)))->type,
			 ZONE_NORMAL);
}
END_TEST

START_TEST(a_large_block_of_6_1_is_not_a_slab_and_goes_back_whole)
{
	const struct zone *z;
	uint32_t free;
	vaddr_t obj;

	boot("i386-6.1", 128);
	z = &m->node[0].node_zones[ZONE_NORMAL];
	free = z->nr_free_pages + z->pcp[0].count;
	obj = kmalloc(m, 20000, GFP_KERNEL);
	ck_assert_int_eq(pfn_page(m, kva_to_pfn(m, obj))->use, FRAME_KERNEL);
	ck_assert_uint_eq(z->nr_free_pages + z->pcp[0].count, free - 8);
	kfree(m, obj);
	ck_assert_uint_eq(z->nr_free_pages + z->pcp[0].count, free);
	kfree(m, 0);
	ck_laws();
}
END_TEST

START_TEST(boot_makes_the_classes_in_the_kernels_order)
{
	static const char *const first_61[] = {"kmem_cache",  "kmalloc-64",  "kmalloc-32",
					       "kmalloc-96",  "kmalloc-128", "kmalloc-192",
					       "kmalloc-256", "kmalloc-512", "kmalloc-1k"};

	boot("i386-6.1", 64);
	for (size_t i = 0; i < sizeof(first_61) / sizeof(first_61[0]); i++)
		ck_assert_str_eq(m->cache[i]->name, first_61[i]);
	ck_assert_uint_eq(m->cache[1]->align, 64);
	ck_assert_uint_eq(m->cache[3]->align, 32);
	teardown();
	boot("i386", 64);
	ck_assert_str_eq(m->cache[1]->name, "size-32");
	ck_assert_str_eq(m->cache[2]->name, "size-32(DMA)");
	ck_assert_str_eq(m->cache[26]->name, "size-131072(DMA)");
}
END_TEST

START_TEST(objects_of_the_engine_have_the_recorded_sizes)
{
	static const struct {
		enum kernel_object kind;
		const char *name;
		uint32_t size, num;
		enum slab_mgmt mgmt;
	} rows[] = {
		{KOBJ_TASK, "task_struct", 1920, 2, SLAB_OBJFREELIST},
		{KOBJ_MM, "mm_struct", 480, 8, SLAB_OBJFREELIST},
		{KOBJ_VMA, "vm_area_struct", 64, 64, SLAB_OBJFREELIST},
		{KOBJ_ANON_VMA, "anon_vma", 48, 83, SLAB_ON},
		{KOBJ_ANON_VMA_CHAIN, "anon_vma_chain", 32, 124, SLAB_ON},
		{KOBJ_FILES, "files_cache", 192, 21, SLAB_OBJFREELIST},
		{KOBJ_SIGHAND, "sighand_cache", 1312, 3, SLAB_ON},
		{KOBJ_FILP, "filp", 160, 25, SLAB_OBJFREELIST},
		{KOBJ_INODE, "inode_cache", 328, 12, SLAB_ON},
		{KOBJ_DENTRY, "dentry", 128, 32, SLAB_OBJFREELIST},
	};

	boot("i386-6.1", 64);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct kmem_cache *c = m->kobj_cache[rows[i].kind];

		ck_assert_str_eq(c->name, rows[i].name);
		ck_assert_uint_eq(c->size, rows[i].size);
		ck_assert_uint_eq(c->num, rows[i].num);
		ck_assert_int_eq(c->mgmt, rows[i].mgmt);
	}
}
END_TEST

START_TEST(an_object_of_the_engine_is_taken_and_given_back)
{
	vaddr_t obj;

	boot("i386", 64);
	obj = kobj_alloc(m, KOBJ_VMA);
	ck_assert_uint_eq(m->kobj_cache[KOBJ_VMA]->active, 1);
	kobj_free(m, KOBJ_VMA, obj);
	kobj_free(m, KOBJ_VMA, 0);
	ck_assert_uint_eq(m->kobj_cache[KOBJ_VMA]->active, 0);
	ck_laws();
}
END_TEST

START_TEST(no_bytes_are_an_object_in_2_4_and_no_memory_in_6_1)
{
	vaddr_t obj;

	boot("i386", 64);
	obj = kmalloc(m, 0, GFP_KERNEL);
	ck_assert_str_eq(slab_of(m, obj)->cache->name, "size-32");
	teardown();
	boot("i386-6.1", 64);
	obj = kmalloc(m, 0, GFP_KERNEL);
	ck_assert_uint_eq(obj, 0x10);
	ck_assert_uint_eq(ksize(m, obj), 0);
	kfree(m, obj);
	ck_laws();
}
END_TEST

Suite *kmalloc_suite(void);

Suite *kmalloc_suite(void)
{
	Suite *s = suite_create("kmalloc");
	TCase *t = tcase_create("kmalloc");

	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, the_smallest_class_of_2_4_serves);
	tcase_add_test(t, requests_of_6_1_are_served_as_recorded);
	tcase_add_loop_test(t, dma_memory_comes_from_the_dma_zone, 0, 2);
	tcase_add_test(t, kernel_memory_is_never_high);
	tcase_add_test(t, no_bytes_are_an_object_in_2_4_and_no_memory_in_6_1);
	tcase_add_test(t, a_large_block_of_6_1_is_not_a_slab_and_goes_back_whole);
	tcase_add_test(t, boot_makes_the_classes_in_the_kernels_order);
	tcase_add_test(t, objects_of_the_engine_have_the_recorded_sizes);
	tcase_add_test(t, an_object_of_the_engine_is_taken_and_given_back);
	suite_add_tcase(s, t);
	return s;
}
