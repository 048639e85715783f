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

/* ---- the tree ---- */

static char looks[256];

/* Steps of the tree and looks at it: "right 08049000, left bffdf000, found 0804b000". */
static void listen_looks(void *ctx, const struct step *s)
{
	static const struct {
		enum step_id id;
		const char *word;
		int arg;
	} words[] = {
		{S_FIND_VMA_RIGHT, "right", 2}, {S_FIND_VMA_LEFT, "left", 2},
		{S_FIND_VMA, "found", 2},       {S_FIND_VMA_CACHE, "cache", 2},
		{S_FIND_VMA_NONE, "none", 1},   {S_RB_LINK_ROOT, "root", 1},
		{S_RB_LINK_LEFT, "below", 1},   {S_RB_LINK_RIGHT, "above", 1},
		{S_RB_SET_RED, "red", 1},       {S_RB_SET_BLACK, "black", 1},
		{S_RB_ROTATE_LEFT, "turn", 1},  {S_RB_ROTATE_RIGHT, "turn", 1},
		{S_RB_ERASE, "out", 1},         {S_INSERT_VMA, "insert", 1},
		{S_REMOVE_VMA, "remove", 1},
	};
	size_t at = strlen(looks);

	(void)ctx;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].id == s->id)
			snprintf(looks + at, sizeof(looks) - at, "%s%s %x", at ? ", " : "",
				 words[i].word, (unsigned)s->arg[words[i].arg]);
}

static void hear_looks(void)
{
	looks[0] = '\0';
	m->trace->sink = listen_looks;
}

static const struct vma *child(vaddr_t start, enum rb_side side)
{
	return rb_vma(mm_area_at(sh->mm, start)->rb.child[side]);
}

START_TEST(the_built_in_programs_tree_is_as_drawn)
{
	const struct vma *root = rb_vma(sh->mm->mm_rb.node);

	ck_assert_uint_eq(root->start, 0x08049000);
	ck_assert_uint_eq(child(0x08049000, RB_LEFT)->start, 0x08048000);
	ck_assert_uint_eq(child(0x08049000, RB_RIGHT)->start, 0xbffdf000);
	ck_assert_uint_eq(child(0xbffdf000, RB_LEFT)->start, 0x0804b000);
	ck_assert_ptr_null(child(0xbffdf000, RB_RIGHT));
	ck_assert_int_eq(child(0xbffdf000, RB_LEFT)->rb.colour, RB_RED);
	ck_assert_int_eq(child(0x08049000, RB_LEFT)->rb.colour, RB_BLACK);
	ck_assert_int_eq(root->rb.colour, RB_BLACK);
	ck_assert_uint_eq(sh->mm->mmap->start, 0x08048000);
	ck_assert_uint_eq(sh->mm->mmap->next->next->start, 0x0804b000);
}
END_TEST

START_TEST(find_vma_tells_each_look_on_its_way_down)
{
	sh->mm->mmap_cache = NULL;
	hear_looks();
	find_vma(m, sh->mm, 0x0804c000);
	ck_assert_str_eq(looks, "right 8049000, left bffdf000, found 804b000");
	hear_looks();
	find_vma(m, sh->mm, 0x0804c000);
	ck_assert_str_eq(looks, "cache 804b000");
	hear_looks();
	find_vma(m, sh->mm, 0x08049fff); /* the root itself */
	ck_assert_str_eq(looks, "found 8049000");
}
END_TEST

START_TEST(an_address_in_a_hole_is_looked_for_down_to_a_leaf)
{
	hear_looks();
	find_vma(m, sh->mm, 0x90000000);
	ck_assert_str_eq(looks, "right 8049000, left bffdf000, right 804b000, found bffdf000");
	hear_looks();
	find_vma(m, sh->mm, 0x90000000); /* it is not in the area that was found */
	ck_assert_str_eq(looks, "right 8049000, left bffdf000, right 804b000, found bffdf000");
	hear_looks();
	find_vma(m, sh->mm, 0xc0000000);
	ck_assert_str_eq(looks, "right 8049000, right bffdf000, none c0000000");
}
END_TEST

START_TEST(a_new_area_is_hung_and_the_tree_put_right)
{
	hear_looks();
	area(0x40000000, 0x40001000); /* above bss, which is red and on the left: two turns */
	ck_assert_str_eq(looks, "above 40000000, turn 804b000, black 40000000, red bffdf000, "
				"turn bffdf000, insert 40000000");
	ck_assert_uint_eq(child(0x08049000, RB_RIGHT)->start, 0x40000000);
	ck_assert_uint_eq(child(0x40000000, RB_LEFT)->start, 0x0804b000);
	ck_assert_uint_eq(child(0x40000000, RB_RIGHT)->start, 0xbffdf000);
}
END_TEST

START_TEST(a_removed_area_leaves_list_and_tree)
{
	hear_looks();
	do_munmap(m, sh->mm, 0x08048000, 0x08049000);
	/* a black one is missing on the left; its sibling's inner child is red */
	ck_assert_str_eq(looks, "out 8048000, black 804b000, red bffdf000, turn bffdf000, "
				"black bffdf000, turn 8049000, remove 8048000");
}
END_TEST

START_TEST(what_becomes_of_the_tree_at_exit_is_not_told)
{
	hear_looks();
	do_exit(m, sh);
	ck_assert_str_eq(looks, "remove 8048000, remove 8049000, remove 804b000, remove bffdf000");
}
END_TEST

START_TEST(the_area_before_an_address_is_known)
{
	struct vma *prev;

	ck_assert_uint_eq(find_vma_prev(sh->mm, 0, &prev)->start, 0x08048000);
	ck_assert_ptr_null(prev);
	ck_assert_uint_eq(find_vma_prev(sh->mm, 0x0804a000, &prev)->start, 0x08049000);
	ck_assert_uint_eq(prev->start, 0x08048000);
	ck_assert_ptr_null(find_vma_prev(sh->mm, 0xc0000000, &prev));
	ck_assert_uint_eq(prev->start, 0xbffdf000);
}
END_TEST

START_TEST(areas_are_numbered_by_address)
{
	ck_assert_uint_eq(mm_area_nr(sh->mm, 0)->start, 0x08048000);
	ck_assert_uint_eq(mm_area_nr(sh->mm, 3)->start, 0xbffdf000);
	ck_assert_ptr_null(mm_area_nr(sh->mm, 4));
	ck_assert_uint_eq(mm_area_index(sh->mm, 0), 0);
	ck_assert_uint_eq(mm_area_index(sh->mm, 0x08049000), 1);
	ck_assert_uint_eq(mm_area_index(sh->mm, 0x90000000), 3);
	ck_assert_uint_eq(mm_area_index(sh->mm, 0xc0000000), 4);
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
	tcase_add_test(t, the_built_in_programs_tree_is_as_drawn);
	tcase_add_test(t, find_vma_tells_each_look_on_its_way_down);
	tcase_add_test(t, an_address_in_a_hole_is_looked_for_down_to_a_leaf);
	tcase_add_test(t, a_new_area_is_hung_and_the_tree_put_right);
	tcase_add_test(t, a_removed_area_leaves_list_and_tree);
	tcase_add_test(t, what_becomes_of_the_tree_at_exit_is_not_told);
	tcase_add_test(t, the_area_before_an_address_is_known);
	tcase_add_test(t, areas_are_numbered_by_address);
	tcase_add_test(t, an_intersection_needs_more_than_a_common_border);
	tcase_add_test(t, a_split_keeps_pages_and_offsets);
	tcase_add_test(t, an_area_takes_an_object_of_the_slab_cache_and_gives_it_back);
	tcase_add_test(t, a_hundred_areas_stay_sorted);
	suite_add_tcase(s, t);
	return s;
}
