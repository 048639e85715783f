/* Numbers: REFERENCE 8.2, 11.1; RULES 8. */
#include "tests/faults.h"

enum { BUF = 0x20000000 };

START_TEST(entries_become_read_only_on_both_sides_and_the_childs_old)
{
	struct task *kid;

	map_at(BUF, 8192, RW);
	ck_write(sh, BUF);
	kid = fork_sh();
	ck_assert_uint_eq(bits_of(sh, BUF), 0x065);
	ck_assert_uint_eq(bits_of(kid, BUF), 0x045);
	ck_assert_uint_eq(frame_at(kid, BUF), frame_at(sh, BUF));
	ck_assert_uint_eq(entry_of(kid, BUF + 4096), 0);
	ck_assert_uint_eq(last_told[S_COPY_PRESENT_PTE].arg[2], 2);
}
END_TEST

START_TEST(no_page_is_copied_and_every_private_one_is_told)
{
	uint32_t free_before, copied;
	struct task *kid;

	map_at(BUF, 1000 * 4096, RW);
	faults_of(sh, BUF, 1000, ACCESS_WRITE);
	free_before = free_everywhere();
	space_forget();
	kid = fork_sh();
	copied = told[S_COPY_PRESENT_PTE];
	/* the buffer, the page of data that exec cleared, and the stack's */
	ck_assert_uint_eq(copied, 1002);
	ck_assert_uint_eq(told[S_COPY_PAGE], 0);
	ck_assert_uint_eq(kid->mm->rss_anon, 1002);
	/* PGD, tables of data, buffer and stack, kernel stack, and slabs */
	ck_assert_uint_lt(free_before - free_everywhere(), 20);
}
END_TEST

START_TEST(areas_without_pages_of_their_own_are_left_to_faults)
{
	struct task *kid;

	map_at(BUF, 8192, RW);
	ck_read(sh, BUF);
	kid = fork_sh();
	ck_assert_uint_eq(kid->event_min, 1); /* its first instruction */
	ck_assert_uint_ne(entry_of(kid, 0x08048000), 0);
	ck_assert_uint_eq(entry_of(kid, BUF), 0);
	ck_assert_uint_eq(kid->mm->nr_tables, 2);
	/* code, bss and the buffer have no anon_vma */
	ck_assert_uint_eq(told[S_COPY_NOT_NEEDED], 3);
}
END_TEST

START_TEST(an_area_with_an_anon_vma_is_copied_with_its_zero_pages)
{
	struct task *kid;

	map_at(BUF, 8192, RW);
	ck_read(sh, BUF);
	ck_write(sh, BUF + 4096);
	kid = fork_sh();
	ck_assert_uint_eq(frame_at(kid, BUF), m->zero_page);
	ck_assert_uint_eq(bits_of(kid, BUF), 0x205);
	ck_assert_uint_eq(told[S_COPY_ZERO_PTE], 1);
}
END_TEST

START_TEST(the_child_has_a_table_for_each_of_the_parents_even_without_pages)
{
	struct task *kid;

	map_at(BUF, 8 << 20, RW);
	ck_write(sh, BUF);
	ck_write(sh, BUF + (4 << 20));
	sys_madvise(m, sh, BUF + (4 << 20), 4096, ADV_DONTNEED);
	kid = fork_sh();
	ck_assert_uint_eq(sh->mm->nr_tables, 4);
	ck_assert_uint_eq(kid->mm->nr_tables, 4);
}
END_TEST

START_TEST(private_data_costs_the_child_as_many_tables_as_the_parent)
{
	struct task *kid;

	map_at(BUF, 64 << 20, RW);
	for (vaddr_t va = BUF; va < BUF + (64 << 20); va += 4 << 20)
		ck_write(sh, va);
	kid = fork_sh();
	ck_assert_uint_eq(kid->mm->nr_tables, 18);
	ck_assert_uint_eq(sh->mm->nr_tables, 18);
}
END_TEST

START_TEST(an_area_that_is_not_to_be_copied_is_left_out)
{
	struct task *kid;

	map_at(BUF, 8192, RW);
	ck_write(sh, BUF);
	sys_madvise(m, sh, BUF, 8192, ADV_DONTFORK);
	kid = fork_sh();
	ck_outcome(touch(kid, BUF, ACCESS_READ), OUT_MAPERR, BUF);
	ck_assert_int_eq(page_of(sh, BUF)->mapcount, 1);
	ck_assert_uint_eq(kid->mm->map_count, sh->mm->map_count - 1);
	ck_assert_uint_eq(bits_of(sh, BUF), 0x067);
}
END_TEST

START_TEST(the_child_has_no_locked_memory)
{
	struct task *kid;

	map_at(BUF, 8192, RW);
	sys_mlock(m, sh, BUF, 8192);
	kid = fork_sh();
	ck_assert_uint_eq(sh->mm->locked_vm, 2);
	ck_assert_uint_eq(kid->mm->locked_vm, 0);
	ck_assert_uint_eq(mm_area_at(kid->mm, BUF)->flags & VM_LOCKED, 0);
}
END_TEST

START_TEST(the_child_knows_the_parents_names_and_layout)
{
	struct region r = {.name = 7, .start = BUF, .bytes = 4096, .kind = REGION_MMAP};
	struct task *kid;

	region_set(m, &sh->mm->regions, &r);
	sys_brk(m, sh, sh->mm->brk + 8192);
	kid = fork_sh();
	ck_assert_uint_eq(region_find(&kid->mm->regions, 7)->start, BUF);
	ck_assert_uint_eq(kid->mm->brk, sh->mm->brk);
	ck_assert_uint_eq(kid->mm->entry, sh->mm->entry);
	ck_assert_ptr_eq(kid->parent, sh);
	ck_assert_uint_eq(kid->pid, sh->pid + 1);
	ck_assert_str_eq(kid->comm, "kid");
	ck_assert_uint_eq(kid->mm->total_vm, sh->mm->total_vm);
}
END_TEST

START_TEST(a_fork_takes_one_object_of_each_kind)
{
	uint32_t tasks = cache_active_objs(m->kobj_cache[KOBJ_TASK]);
	uint32_t areas = cache_active_objs(m->kobj_cache[KOBJ_VMA]);
	struct task *kid = fork_sh();

	ck_assert_uint_eq(cache_active_objs(m->kobj_cache[KOBJ_TASK]), tasks + 1);
	ck_assert_uint_eq(cache_active_objs(m->kobj_cache[KOBJ_VMA]), areas + 4);
	do_exit(m, kid);
	ck_assert_uint_eq(cache_active_objs(m->kobj_cache[KOBJ_TASK]), tasks);
	ck_assert_uint_eq(cache_active_objs(m->kobj_cache[KOBJ_VMA]), areas);
}
END_TEST

START_TEST(a_parent_that_ends_leaves_children_without_one)
{
	struct task *kid = fork_sh();

	do_exit(m, sh);
	ck_assert_ptr_null(kid->parent);
	ck_assert_ptr_eq(m->tasks, kid);
	ck_assert_ptr_eq(m->last_task, kid);
	ck_write(kid, 0x08049000);
}
END_TEST

START_TEST(a_fork_that_finds_no_memory_leaves_nothing)
{
	uint32_t before, nr_tasks = m->nr_tasks;

	map_at(BUF, 64 << 20, RW);
	for (vaddr_t va = BUF; va < BUF + (64 << 20); va += 4 << 20)
		ck_write(sh, va);
	/* room for a stack and a PGD, but not for all tables */
	leave_frames(GFP_KERNEL, (uint32_t)_i);
	before = free_everywhere();
	ck_assert_ptr_null(fork_sh());
	for (int i = 0; i < NR_KERNEL_OBJECTS; i++)
		kmem_cache_shrink(m, m->kobj_cache[i]);
	ck_assert_uint_ge(free_everywhere(), before);
	ck_assert_uint_eq(m->nr_tasks, nr_tasks);
	ck_assert_uint_eq(faults_of(sh, BUF, 1, ACCESS_READ), 0);
}
END_TEST

START_TEST(the_kernel_of_2_6_11_copied_every_entry)
{
	static struct mm_profile old;
	struct mmap_request rq = {.bytes = 4096, .prot = RW, .shared = true};
	struct task *kid;
	vaddr_t shm;

	old = *m->profile;
	old.fork_copies_all_ptes = true;
	m->profile = &old;
	shm = (vaddr_t)sys_mmap(m, sh, &rq);
	ck_write(sh, shm);
	machine_begin_event(m);
	kid = fork_sh();
	ck_assert_uint_eq(kid->event_min, 0);
	ck_assert_uint_eq(bits_of(sh, shm), 0x067);
	ck_assert_uint_eq(bits_of(kid, shm), 0x007); /* clean and old, not read-only */
	ck_assert_int_eq(page_of(sh, shm)->mapcount, 2);
	ck_assert_uint_eq(faults_of(kid, shm, 1, ACCESS_WRITE), 0);
}
END_TEST

Suite *fork_suite(void)
{
	Suite *s = suite_create("fork");
	TCase *tc = tcase_create("6.1"), *small = tcase_create("no memory");

	tcase_add_checked_fixture(tc, boot_61, teardown);
	tcase_add_test(tc, entries_become_read_only_on_both_sides_and_the_childs_old);
	tcase_add_test(tc, no_page_is_copied_and_every_private_one_is_told);
	tcase_add_test(tc, areas_without_pages_of_their_own_are_left_to_faults);
	tcase_add_test(tc, an_area_with_an_anon_vma_is_copied_with_its_zero_pages);
	tcase_add_test(tc, the_child_has_a_table_for_each_of_the_parents_even_without_pages);
	tcase_add_test(tc, private_data_costs_the_child_as_many_tables_as_the_parent);
	tcase_add_test(tc, an_area_that_is_not_to_be_copied_is_left_out);
	tcase_add_test(tc, the_child_has_no_locked_memory);
	tcase_add_test(tc, the_child_knows_the_parents_names_and_layout);
	tcase_add_test(tc, a_fork_takes_one_object_of_each_kind);
	tcase_add_test(tc, a_parent_that_ends_leaves_children_without_one);
	tcase_add_test(tc, the_kernel_of_2_6_11_copied_every_entry);
	/* classic tables lie in low memory, which leave_frames empties */
	tcase_add_checked_fixture(small, boot_classic, teardown);
	tcase_add_loop_test(small, a_fork_that_finds_no_memory_leaves_nothing, 0, 20);
	suite_add_tcase(s, tc);
	suite_add_tcase(s, small);
	return s;
}
