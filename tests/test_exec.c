/* Numbers: RULES 2; the programs are those of the recordings. */
#include "tests/faults.h"

static const struct program wide = {
	.name = "wide",
	.file_bytes = 200936,
	.entry = 0x0804b000,
	.nr_segments = 4,
	.segment =
		{
			{0x08048000, 0x24d4, 0x24d4, 0, R},
			{0x0804b000, 0x27e80, 0x27e80, 0x3000, RX},
			{0x08073000, 0x1234, 0x1234, 0x2b000, R},
			{0x08076a40, 0x4560, 0x4a560, 0x2ca40, RW},
		},
};

static const struct program pie = {
	.name = "pie",
	.file_bytes = 21504,
	.entry = 0x100,
	.pie = true,
	.nr_segments = 2,
	.segment = {{0, 0x3180, 0x3180, 0, RX}, {0x4000, 0x1258, 0x3258, 0x4000, RW}},
};

/* Its bss is one page long and begins at a page. */
static const struct program aligned = {
	.name = "aligned",
	.file_bytes = 0x3000,
	.entry = 0x08048000,
	.nr_segments = 2,
	.segment = {{0x08048000, 0x1000, 0x1000, 0, RX}, {0x08049000, 0x2000, 0x3000, 0x1000, RW}},
};

/* All areas of t, with the number of their present pages. */
static const char *layout(const struct task *t)
{
	static char text[1024];
	size_t at = 0;

	text[0] = '\0';
	for (const struct vma *v = t->mm->mmap; v; v = v->next) {
		unsigned present = 0;

		for (vaddr_t va = v->start; va < v->end; va += PAGE_SIZE)
			present += frame_at(t, va) != PFN_NONE;
		at += (size_t)sprintf(text + at, "%s%x-%x:%u", at ? " " : "", v->start, v->end,
				      present);
	}
	return text;
}

START_TEST(the_built_in_program_has_four_areas_and_three_pages)
{
	ck_assert_str_eq(layout(sh), "8048000-8049000:1 8049000-804b000:1 804b000-804e000:0 "
				     "bffdf000-c0000000:1");
	ck_assert_uint_eq(frame_at(sh, 0x08049000), PFN_NONE);
	ck_assert_uint_eq(page_of(sh, 0x0804a000)->use, FRAME_ANON);
	ck_assert_uint_eq(page_of(sh, 0x08048000)->use, FRAME_FILE);
	ck_assert_uint_eq(page_of(sh, 0xbffff000)->use, FRAME_ANON);
	ck_assert_uint_eq(sh->mm->brk, 0x0804e000);
	ck_assert_uint_eq(sh->mm->start_brk, 0x0804e000);
	ck_assert_uint_eq(sh->mm->entry, 0x08048100);
	ck_assert_uint_eq(sh->mm->data_page, 0x08049000);
	ck_assert_uint_eq(sh->mm->bss_start, 0x0804b000);
	ck_assert_uint_eq(sh->mm->mmap_base, 0xb8000000);
	ck_assert_uint_eq(sh->mm->start_stack >> PAGE_SHIFT, 0xbffff);
	ck_assert_uint_eq(sh->mm->rss_anon, 2);
	ck_assert_uint_eq(sh->mm->rss_file, 1);
}
END_TEST

START_TEST(the_data_area_has_an_anon_vma_and_the_bss_has_none)
{
	ck_assert_ptr_nonnull(mm_area_at(sh->mm, 0x08049000)->anon_vma);
	ck_assert_ptr_null(mm_area_at(sh->mm, 0x0804b000)->anon_vma);
	ck_assert_ptr_null(mm_area_at(sh->mm, 0x08048000)->anon_vma);
}
END_TEST

START_TEST(exec_replaces_everything)
{
	vaddr_t buf = (vaddr_t)map(64 * K, RW);
	struct region r = {.name = 7, .start = buf, .bytes = 64 * K, .kind = REGION_MMAP};

	faults_of(sh, buf, 16, ACCESS_WRITE);
	region_set(m, &sh->mm->regions, &r);
	ck_assert_int_eq(do_execve(m, sh, &wide), 0);
	ck_assert_str_eq(layout(sh), "8048000-804b000:0 804b000-8073000:16 8073000-8075000:0 "
				     "8076000-807b000:1 807b000-80c1000:0 bffdf000-c0000000:1");
	ck_assert_uint_eq(sh->mm->brk, 0x080c1000);
	ck_assert_uint_eq(sh->mm->start_code, 0x0804b000);
	ck_assert_uint_eq(sh->mm->data_page, 0x08076000);
	ck_assert_uint_eq(sh->mm->bss_start, 0x0807b000);
	ck_assert_ptr_null(region_find(&sh->mm->regions, 7));
	ck_assert_uint_eq(sh->mm->nr_tables, 2);
	ck_assert_ptr_eq(sh->mm->program, &wide);
	ck_assert_uint_eq(m->nr_tasks, 1);
}
END_TEST

START_TEST(a_position_independent_program_lies_at_the_top_and_its_heap_alone)
{
	struct task *t = do_spawn(m, "p", 2, &pie);

	ck_assert_str_eq(layout(t), "b7ff8000-b7ffc000:4 b7ffc000-b7ffe000:1 b7ffe000-b8000000:0 "
				    "bffdf000-c0000000:1");
	ck_assert_uint_eq(t->mm->brk, 0x00400000);
	ck_assert_uint_eq(t->mm->entry, 0xb7ff8100);
	ck_assert_uint_eq(t->mm->data_page, 0xb7ffc000);
}
END_TEST

START_TEST(data_that_ends_with_its_page_needs_no_clearing)
{
	struct task *t = do_spawn(m, "p", 2, &aligned);

	ck_assert_str_eq(layout(t), "8048000-8049000:1 8049000-804b000:0 804b000-804c000:0 "
				    "bffdf000-c0000000:1");
	ck_assert_uint_eq(told[S_PADZERO], 0);
	ck_assert_ptr_null(mm_area_at(t->mm, 0x08049000)->anon_vma);
}
END_TEST

START_TEST(the_same_program_twice_shares_its_code)
{
	struct task *t = do_spawn(m, "sh2", 2, &builtin_program);

	ck_assert_uint_eq(frame_at(t, 0x08048000), frame_at(sh, 0x08048000));
	ck_assert_uint_ne(frame_at(t, 0x0804a000), frame_at(sh, 0x0804a000));
	ck_assert_uint_eq(told[S_ADD_TO_PAGE_CACHE], 0);
	ck_assert_ptr_null(t->parent);
}
END_TEST

START_TEST(a_program_that_does_not_fit_is_refused_and_the_old_one_goes_on)
{
	struct program low = builtin_program, high = builtin_program, none = builtin_program;

	low.segment[0].vaddr = 0x1000;
	high.segment[1].memsz = 0xc0000000 - 0x08049000;
	none.nr_segments = 0;
	ck_assert_int_eq(do_execve(m, sh, &low), -SIM_EPERM);
	ck_assert_int_eq(do_execve(m, sh, &high), -SIM_ENOMEM);
	ck_assert_int_eq(do_execve(m, sh, &none), -SIM_EINVAL);
	ck_assert_ptr_null(do_spawn(m, "x", 2, &high));
	ck_assert_uint_eq(m->nr_tasks, 1);
	ck_assert_uint_eq(faults_of(sh, 0x08048000, 1, ACCESS_READ), 0);
}
END_TEST

START_TEST(everything_comes_back_when_the_last_process_ends)
{
	uint32_t before;
	struct task *t;

	for (int round = 0; round < 2; round++) {
		before = free_everywhere();
		t = do_spawn(m, "p", 2, &builtin_program);
		ck_assert_int_eq(do_execve(m, t, &wide), 0);
		faults_of(t, 0x0807b000, 70, ACCESS_WRITE);
		do_exit(m, do_fork(m, t, "q", 3));
		do_exit(m, t);
		for (int i = 0; i < NR_KERNEL_OBJECTS; i++)
			kmem_cache_shrink(m, m->kobj_cache[i]);
	}
	/* the first round has read the file into the page cache */
	ck_assert_uint_eq(free_everywhere(), before);
	ck_assert_ptr_null(find_task_by_symbol(m, 2));
}
END_TEST

START_TEST(without_memory_exec_fails_before_or_after_the_point_of_no_return)
{
	uint32_t pid = sh->pid, before;
	int64_t result;

	ck_assert_ptr_nonnull(open_exec(m, "wide", 200936));
	leave_frames(GFP_HIGHUSER, (uint32_t)_i);
	before = free_everywhere();
	result = do_execve(m, sh, &wide);
	if (result == 0)
		ck_assert_ptr_eq(sh->mm->program, &wide);
	else
		ck_assert_int_eq(result, -SIM_ENOMEM);
	if (result && find_task(m, pid))
		ck_assert_ptr_eq(sh->mm->program, &builtin_program);
	for (int i = 0; i < NR_KERNEL_OBJECTS; i++)
		kmem_cache_shrink(m, m->kobj_cache[i]);
	if (result)
		ck_assert_uint_ge(free_everywhere(), before);
}
END_TEST

START_TEST(pids_and_order_of_birth_are_kept)
{
	struct task *a = do_spawn(m, "a", 2, &builtin_program), *b;

	do_exit(m, sh);
	b = do_spawn(m, "b", 3, &builtin_program);
	ck_assert_uint_eq(a->pid, 2);
	ck_assert_uint_eq(b->pid, 3);
	ck_assert_ptr_eq(m->tasks, a);
	ck_assert_ptr_eq(a->next, b);
	ck_assert_ptr_eq(find_task_by_symbol(m, 3), b);
	ck_assert_ptr_null(find_task(m, 1));
}
END_TEST

START_TEST(a_long_name_is_cut)
{
	struct task *t = do_spawn(m, "a-very-long-process-name", 2, &builtin_program);

	ck_assert_str_eq(t->comm, "a-very-long-pro");
}
END_TEST

Suite *exec_suite(void)
{
	Suite *s = suite_create("exec");
	TCase *tc = tcase_create("6.1"), *small = tcase_create("no memory");

	tcase_add_checked_fixture(tc, boot_61, teardown);
	tcase_add_test(tc, the_built_in_program_has_four_areas_and_three_pages);
	tcase_add_test(tc, the_data_area_has_an_anon_vma_and_the_bss_has_none);
	tcase_add_test(tc, exec_replaces_everything);
	tcase_add_test(tc, a_position_independent_program_lies_at_the_top_and_its_heap_alone);
	tcase_add_test(tc, data_that_ends_with_its_page_needs_no_clearing);
	tcase_add_test(tc, the_same_program_twice_shares_its_code);
	tcase_add_test(tc, a_program_that_does_not_fit_is_refused_and_the_old_one_goes_on);
	tcase_add_test(tc, everything_comes_back_when_the_last_process_ends);
	tcase_add_test(tc, pids_and_order_of_birth_are_kept);
	tcase_add_test(tc, a_long_name_is_cut);
	tcase_add_checked_fixture(small, boot_classic, teardown);
	tcase_add_loop_test(small, without_memory_exec_fails_before_or_after_the_point_of_no_return,
			    0, 16);
	suite_add_tcase(s, tc);
	suite_add_tcase(s, small);
	return s;
}
