/* Numbers: REFERENCE 9.4 (the eight cases, T9.c, T9.d); RULES 3; the recorded case
 * merge-after-fork. */
#include "tests/space.h"

/* P, A and N of the drawing in sim/vma_merge.c, two pages each. */
enum { P = 0x40000000, A = 0x40002000, N = 0x40004000, END = 0x40006000 };

START_TEST(case_1_fills_the_hole_between_two_areas)
{
	map_fixed(P, 8 * K, RW);
	map_fixed(N, 8 * K, RW);
	map_fixed(A, 8 * K, RW);
	ck_assert_uint_eq(merge_case, 1);
	ck_areas("40000000-40006000 rw-p");
}
END_TEST

START_TEST(case_2_extends_the_area_before)
{
	map_fixed(P, 8 * K, RW);
	map_fixed(N, 8 * K, R);
	map_fixed(A, 8 * K, RW);
	ck_assert_uint_eq(merge_case, 2);
	ck_areas("40000000-40004000 rw-p 40004000-40006000 r--p");
}
END_TEST

START_TEST(case_3_extends_the_area_behind_downwards)
{
	map_fixed(P, 8 * K, R);
	map_fixed(N, 8 * K, RW);
	map_fixed(A, 8 * K, RW);
	ck_assert_uint_eq(merge_case, 3);
	ck_areas("40000000-40002000 r--p 40002000-40006000 rw-p");
}
END_TEST

START_TEST(case_4_moves_the_border_down)
{
	map_fixed(P, 16 * K, RW);
	map_fixed(N, 8 * K, RW);
	sys_mprotect(m, sh, N, 8 * K, R);
	sys_mprotect(m, sh, A, 8 * K, R);
	ck_assert_uint_eq(merge_case, 4);
	ck_areas("40000000-40002000 rw-p 40002000-40006000 r--p");
}
END_TEST

START_TEST(case_5_moves_the_border_up)
{
	map_fixed(P, 24 * K, RW);
	sys_mprotect(m, sh, P, 8 * K, R);
	sys_mprotect(m, sh, A, 8 * K, R);
	ck_assert_uint_eq(merge_case, 5);
	ck_areas("40000000-40004000 r--p 40004000-40006000 rw-p");
}
END_TEST

START_TEST(case_6_makes_one_area_of_three)
{
	map_fixed(P, 24 * K, RW);
	sys_mprotect(m, sh, A, 8 * K, R);
	ck_areas("40000000-40002000 rw-p 40002000-40004000 r--p 40004000-40006000 rw-p");
	sys_mprotect(m, sh, A, 8 * K, RW);
	ck_assert_uint_eq(merge_case, 6);
	ck_areas("40000000-40006000 rw-p");
}
END_TEST

START_TEST(case_7_joins_a_whole_area_with_the_one_before)
{
	map_fixed(P, 16 * K, RW);
	sys_mprotect(m, sh, A, 8 * K, R);
	sys_mprotect(m, sh, A, 8 * K, RW);
	ck_assert_uint_eq(merge_case, 7);
	ck_areas("40000000-40004000 rw-p");
}
END_TEST

START_TEST(case_8_joins_a_whole_area_with_the_one_behind)
{
	map_fixed(A, 16 * K, RW);
	sys_mprotect(m, sh, A, 8 * K, R);
	sys_mprotect(m, sh, A, 8 * K, RW);
	ck_assert_uint_eq(merge_case, 8);
	ck_areas("40002000-40006000 rw-p");
}
END_TEST

START_TEST(touched_pieces_merge_again_because_one_adopts_the_others_anon_vma)
{
	map_fixed(P, 16 * K, RW);
	sys_mprotect(m, sh, A, 8 * K, VM_WRITE);
	ck_write(sh, P);
	ck_write(sh, A);
	ck_assert_uint_eq(told[S_ANON_VMA_PREPARE], 1);
	ck_assert_uint_eq(told[S_ANON_VMA_ADOPT], 1);
	sys_mprotect(m, sh, A, 8 * K, RW);
	ck_assert_uint_eq(merge_case, 7);
	ck_areas("40000000-40004000 rw-p");
}
END_TEST

START_TEST(pieces_first_touched_apart_stay_apart)
{
	map_fixed(P, 24 * K, RW);
	sys_mprotect(m, sh, A, 8 * K, R);
	ck_write(sh, P);
	ck_write(sh, N);
	ck_assert_uint_eq(told[S_ANON_VMA_PREPARE], 2);
	sys_mprotect(m, sh, A, 8 * K, RW);
	ck_assert_uint_eq(merge_case, 7);
	ck_areas("40000000-40004000 rw-p 40004000-40006000 rw-p");
}
END_TEST

START_TEST(a_touched_range_does_not_join_an_area_never_touched)
{
	map_fixed(P, 8 * K, RW);
	map_fixed(A, 8 * K, RX | VM_WRITE);
	ck_write(sh, A);
	sys_mprotect(m, sh, A, 8 * K, RW);
	ck_assert_uint_eq(told[S_MERGE_NO_CHAIN], 1);
	ck_areas("40000000-40002000 rw-p 40002000-40004000 rw-p");
}
END_TEST

START_TEST(an_untouched_range_joins_a_touched_area)
{
	map_fixed(P, 8 * K, RW);
	ck_write(sh, P);
	map_fixed(A, 8 * K, RW);
	ck_areas("40000000-40004000 rw-p");
}
END_TEST

START_TEST(mprotect_joins_untouched_range_and_touched_and_the_grower_takes_the_anon_vma)
{
	const struct anon_vma *av;

	map_fixed(P, 8 * K, RW);
	map_fixed(N, 8 * K, RW);
	ck_write(sh, N);
	av = mm_area_at(sh->mm, N)->anon_vma;
	map_fixed(A, 8 * K, R);
	sys_mprotect(m, sh, A, 8 * K, RW);
	ck_assert_uint_eq(merge_case, 6);
	ck_areas("40000000-40006000 rw-p");
	ck_assert_ptr_eq(mm_area_at(sh->mm, P)->anon_vma, av);
	ck_assert_uint_eq(mm_area_at(sh->mm, P)->chain_len, 1);
}
END_TEST

START_TEST(mmap_asks_the_next_area_first_and_then_comes_with_its_anon_vma)
{
	map_fixed(P, 8 * K, RW);
	map_fixed(N, 8 * K, RW);
	ck_write(sh, N);
	map_fixed(A, 8 * K, RW);
	ck_assert_uint_eq(merge_case, 3);
	ck_areas("40000000-40002000 rw-p 40002000-40006000 rw-p");
}
END_TEST

START_TEST(memory_once_writable_is_accounted_and_stays_apart)
{
	map_fixed(P, 8 * K, R);
	map_fixed(A, 8 * K, RW);
	sys_mprotect(m, sh, A, 8 * K, R);
	ck_assert_uint_eq(told[S_MERGE_NO_ACCOUNT], 1);
	ck_areas("40000000-40002000 r--p 40002000-40004000 r--p");
	sys_mprotect(m, sh, P, 16 * K, RW);
	ck_areas("40000000-40004000 rw-p");
}
END_TEST

START_TEST(files_merge_when_their_offsets_continue)
{
	struct file *f = file_open(m, "data64k", 65536, false);
	struct mmap_request rq = {
		.bytes = 8 * K, .prot = R, .has_at = true, .fixed = true, .file = f};

	rq.at = A, rq.offset = 8 * K;
	sys_mmap(m, sh, &rq);
	rq.at = P, rq.offset = 0;
	sys_mmap(m, sh, &rq);
	ck_areas("40000000-40004000 r--p");
	rq.at = N, rq.offset = 0;
	sys_mmap(m, sh, &rq);
	ck_assert_uint_eq(told[S_MERGE_NO_OFFSET], 1);
	ck_areas("40000000-40004000 r--p 40004000-40006000 r--p");
	ck_assert_uint_eq(f->nr_areas, 2);
}
END_TEST

START_TEST(two_shared_mappings_never_merge_but_pieces_of_one_do)
{
	struct mmap_request rq = {.bytes = 16 * K, .prot = RW, .shared = true};
	int64_t a = sys_mmap(m, sh, &rq), b = sys_mmap(m, sh, &rq);

	ck_assert_int_eq(b, a - 16 * K);
	ck_areas("b7ff8000-b7ffc000 rw-s b7ffc000-b8000000 rw-s");
	sys_mprotect(m, sh, (vaddr_t)a, 8 * K, R);
	sys_mprotect(m, sh, (vaddr_t)a, 8 * K, RW);
	ck_areas("b7ff8000-b7ffc000 rw-s b7ffc000-b8000000 rw-s");
}
END_TEST

START_TEST(fresh_memory_joins_a_touched_area_in_the_parent_but_not_in_the_child)
{
	struct mmap_request rq = {.bytes = 16 * K, .prot = RW};
	vaddr_t a = (vaddr_t)map(16 * K, RW);
	struct task *kid;

	ck_write(sh, a);
	kid = fork_sh();
	ck_assert_uint_eq(mm_area_at(kid->mm, a)->chain_len, 2);
	ck_assert_uint_eq(mm_area_at(sh->mm, a)->chain_len, 1);
	sys_mmap(m, kid, &rq);
	ck_areas_of(kid, "b7ff8000-b7ffc000 rw-p b7ffc000-b8000000 rw-p");
	sys_mmap(m, sh, &rq);
	ck_areas("b7ff8000-b8000000 rw-p");
}
END_TEST

START_TEST(a_grandchild_has_three_links)
{
	vaddr_t a = (vaddr_t)map(4 * K, RW);
	struct task *kid, *baby;

	ck_write(sh, a);
	kid = fork_sh();
	m->current = kid;
	baby = do_fork(m, kid, "baby", 3);
	ck_assert_uint_eq(mm_area_at(baby->mm, a)->chain_len, 3);
	do_exit(m, kid);
	/* Its anon_vma lives on in the grandchild's chain. */
	ck_assert_uint_eq(mm_area_at(baby->mm, a)->chain->next->anon_vma->refcount, 1);
}
END_TEST

START_TEST(mprotect_of_the_middle_makes_three_areas_and_one_again)
{
	map_fixed(0xb7ff0000, 40 * K, RW);
	ck_write(sh, 0xb7ff0000);
	ck_write(sh, 0xb7ff4000);
	sys_mprotect(m, sh, 0xb7ff4000, 8 * K, R);
	ck_areas("b7ff0000-b7ff4000 rw-p b7ff4000-b7ff6000 r--p b7ff6000-b7ffa000 rw-p");
	sys_mprotect(m, sh, 0xb7ff4000, 8 * K, RW);
	ck_areas("b7ff0000-b7ffa000 rw-p");
	sys_munmap(m, sh, 0xb7ff2000, 4 * K);
	ck_areas("b7ff0000-b7ff2000 rw-p b7ff3000-b7ffa000 rw-p");
	map_fixed(0xb7ff2000, 4 * K, RW);
	ck_assert_uint_eq(merge_case, 1);
	ck_areas("b7ff0000-b7ffa000 rw-p");
}
END_TEST

START_TEST(areas_of_two_open_files_stay_apart)
{
	struct file *one = file_open(m, "one", 16 * K, false);
	struct file *two = file_open(m, "two", 16 * K, false);

	map_area(m, sh->mm, P, A, R, one, 0);
	map_area(m, sh->mm, A, N, R, two, 2);
	ck_assert_uint_eq(told[S_MERGE_NO_FILE], 1);
	ck_areas("40000000-40002000 r--p 40002000-40004000 r--p");
}
END_TEST

START_TEST(of_two_neighbours_the_next_ones_anon_vma_is_adopted)
{
	map_fixed(P, 24 * K, RW);
	sys_mprotect(m, sh, P, 8 * K, RW | VM_EXEC);
	sys_mprotect(m, sh, N, 8 * K, RW | VM_EXEC);
	ck_write(sh, P);
	ck_write(sh, N);
	ck_assert_uint_eq(told[S_ANON_VMA_PREPARE], 2);
	ck_write(sh, A);
	ck_assert_uint_eq(told[S_ANON_VMA_ADOPT], 1);
	sys_mprotect(m, sh, P, 8 * K, RW);
	sys_mprotect(m, sh, N, 8 * K, RW);
	ck_areas("40000000-40002000 rw-p 40002000-40006000 rw-p");
}
END_TEST

START_TEST(an_anon_vma_is_not_adopted_from_another_file)
{
	struct file *one = file_open(m, "one", 16 * K, false);
	struct file *two = file_open(m, "two", 16 * K, false);

	map_area(m, sh->mm, P, A, RW, one, 0);
	map_area(m, sh->mm, A, N, RW, two, 2);
	ck_write(sh, P);
	ck_write(sh, A);
	ck_assert_uint_eq(told[S_ANON_VMA_PREPARE], 2);
	ck_assert_uint_eq(told[S_ANON_VMA_ADOPT], 0);
}
END_TEST

START_TEST(an_inherited_anon_vma_is_not_adopted)
{
	struct task *kid;

	map_fixed(P, 16 * K, RW);
	sys_mprotect(m, sh, P, 8 * K, VM_WRITE);
	ck_write(sh, A);
	kid = fork_sh();
	ck_write(kid, P);
	ck_assert_uint_eq(told[S_ANON_VMA_ADOPT], 0);
	ck_write(sh, P); /* the parent's chain still has one link */
	ck_assert_uint_eq(told[S_ANON_VMA_ADOPT], 1);
}
END_TEST

Suite *vma_merge_suite(void);
Suite *vma_merge_suite(void)
{
	Suite *s = suite_create("vma_merge");
	TCase *t = tcase_create("cases");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, case_1_fills_the_hole_between_two_areas);
	tcase_add_test(t, case_2_extends_the_area_before);
	tcase_add_test(t, case_3_extends_the_area_behind_downwards);
	tcase_add_test(t, case_4_moves_the_border_down);
	tcase_add_test(t, case_5_moves_the_border_up);
	tcase_add_test(t, case_6_makes_one_area_of_three);
	tcase_add_test(t, case_7_joins_a_whole_area_with_the_one_before);
	tcase_add_test(t, case_8_joins_a_whole_area_with_the_one_behind);
	tcase_add_test(t, touched_pieces_merge_again_because_one_adopts_the_others_anon_vma);
	tcase_add_test(t, pieces_first_touched_apart_stay_apart);
	tcase_add_test(t, a_touched_range_does_not_join_an_area_never_touched);
	tcase_add_test(t, an_untouched_range_joins_a_touched_area);
	tcase_add_test(
		t, mprotect_joins_untouched_range_and_touched_and_the_grower_takes_the_anon_vma);
	tcase_add_test(t, mmap_asks_the_next_area_first_and_then_comes_with_its_anon_vma);
	tcase_add_test(t, memory_once_writable_is_accounted_and_stays_apart);
	tcase_add_test(t, files_merge_when_their_offsets_continue);
	tcase_add_test(t, two_shared_mappings_never_merge_but_pieces_of_one_do);
	tcase_add_test(t, fresh_memory_joins_a_touched_area_in_the_parent_but_not_in_the_child);
	tcase_add_test(t, a_grandchild_has_three_links);
	tcase_add_test(t, mprotect_of_the_middle_makes_three_areas_and_one_again);
	tcase_add_test(t, areas_of_two_open_files_stay_apart);
	tcase_add_test(t, of_two_neighbours_the_next_ones_anon_vma_is_adopted);
	tcase_add_test(t, an_anon_vma_is_not_adopted_from_another_file);
	tcase_add_test(t, an_inherited_anon_vma_is_not_adopted);
	suite_add_tcase(s, t);
	return s;
}
