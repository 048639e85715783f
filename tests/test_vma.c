/* Numbers: REFERENCE 9.2 (T9.a), 9.4; RULES 7. */
#include "tests/space.h"

static struct vma *area(vaddr_t start, vaddr_t end)
{
	return map_area(m, sh->mm, start, end, RW, NULL, 0);
}

START_TEST(find_vma_gives_the_lowest_area_that_ends_above)
{
	struct vma *low = area(0x1000, 0x3000), *high = area(0x5000, 0x6000);

	ck_assert_ptr_eq(find_vma(m, sh->mm, 0), low);
	ck_assert_ptr_eq(find_vma(m, sh->mm, 0x2fff), low);
	ck_assert_ptr_eq(find_vma(m, sh->mm, 0x3000), high);
	ck_assert_ptr_eq(find_vma(m, sh->mm, 0x5fff), high);
	ck_assert_uint_eq(find_vma(m, sh->mm, 0x6000)->start, 0x08048000);
	ck_assert_ptr_null(find_vma(m, sh->mm, 0xc0000000));
	ck_assert_uint_eq(told[S_FIND_VMA_NONE], 1);
}
END_TEST

START_TEST(find_vma_remembers_its_last_answer)
{
	struct vma *v = area(0x1000, 0x3000);

	find_vma(m, sh->mm, 0x1000);
	ck_assert_uint_eq(told[S_FIND_VMA_CACHE], 0);
	ck_assert_ptr_eq(find_vma(m, sh->mm, 0x2000), v);
	ck_assert_uint_eq(told[S_FIND_VMA_CACHE], 1);
	remove_vma(m, v);
	ck_assert_ptr_null(sh->mm->mmap_cache);
	ck_assert_uint_eq(find_vma(m, sh->mm, 0x2000)->start, 0x08048000);
}
END_TEST

START_TEST(an_intersection_needs_more_than_a_common_border)
{
	struct vma *v = area(0x1000, 0x3000);

	ck_assert_ptr_null(find_vma_intersection(sh->mm, 0, 0x1000));
	ck_assert_ptr_null(find_vma_intersection(sh->mm, 0x3000, 0x5000));
	ck_assert_ptr_eq(find_vma_intersection(sh->mm, 0, 0x1001), v);
	ck_assert_ptr_eq(find_vma_intersection(sh->mm, 0x2fff, 0x5000), v);
}
END_TEST

START_TEST(a_split_keeps_pages_and_offsets)
{
	struct vma *v = area(0x10000, 0x18000), *upper;
	uint32_t pages = sh->mm->total_vm, areas = sh->mm->map_count;

	upper = split_vma(m, v, 0x13000);
	ck_assert_uint_eq(v->end, 0x13000);
	ck_assert_uint_eq(v->pgoff, 0x10);
	ck_assert_uint_eq(upper->start, 0x13000);
	ck_assert_uint_eq(upper->end, 0x18000);
	ck_assert_uint_eq(upper->pgoff, 0x13);
	ck_assert_uint_eq(sh->mm->total_vm, pages);
	ck_assert_uint_eq(sh->mm->map_count, areas + 1);
	ck_assert_ptr_eq(vma_next(v), upper);
	ck_assert_ptr_eq(vma_prev(upper), v);
}
END_TEST

START_TEST(an_area_takes_an_object_of_the_slab_cache_and_gives_it_back)
{
	const struct kmem_cache *c = m->kobj_cache[KOBJ_VMA];
	uint32_t objects = cache_active_objs(c);
	struct vma *v = area(0x10000, 0x18000);

	ck_assert_uint_eq(cache_active_objs(c), objects + 1);
	split_vma(m, v, 0x14000);
	ck_assert_uint_eq(cache_active_objs(c), objects + 2);
	do_munmap(m, sh->mm, 0x10000, 0x18000);
	ck_assert_uint_eq(cache_active_objs(c), objects);
}
END_TEST

START_TEST(a_hundred_areas_stay_sorted)
{
	for (uint32_t i = 0; i < 100; i++) /* every 37th of 100 places */
		area(0x20000000 + i * 37 % 100 * 0x2000, 0x20001000 + i * 37 % 100 * 0x2000);
	ck_assert_uint_eq(sh->mm->map_count, 104);
	for (uint32_t i = 0; i < 100; i++)
		ck_assert_uint_eq(mm_area_at(sh->mm, 0x20000000 + i * 0x2000)->start,
				  0x20000000 + i * 0x2000);
}
END_TEST

Suite *vma_suite(void);
Suite *vma_suite(void)
{
	Suite *s = suite_create("vma");
	TCase *t = tcase_create("areas");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, find_vma_gives_the_lowest_area_that_ends_above);
	tcase_add_test(t, find_vma_remembers_its_last_answer);
	tcase_add_test(t, an_intersection_needs_more_than_a_common_border);
	tcase_add_test(t, a_split_keeps_pages_and_offsets);
	tcase_add_test(t, an_area_takes_an_object_of_the_slab_cache_and_gives_it_back);
	tcase_add_test(t, a_hundred_areas_stay_sorted);
	suite_add_tcase(s, t);
	return s;
}
