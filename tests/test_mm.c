/* Fields of task_struct, mm_struct and struct page that others only read: counts, sums, flags. */
#include "tests/faults.h"

/* ---- pages of areas by what they are for ---- */

static void ck_sums(uint32_t exec, uint32_t data, uint32_t stack, uint32_t total)
{
	ck_assert_uint_eq(sh->mm->exec_vm, exec);
	ck_assert_uint_eq(sh->mm->data_vm, data);
	ck_assert_uint_eq(sh->mm->stack_vm, stack);
	ck_assert_uint_eq(sh->mm->total_vm, total);
}

START_TEST(a_program_has_pages_of_code_data_and_stack)
{
	ck_sums(1, 2 + 3, 33, 39); /* text; data and bss; 132K of stack */
}
END_TEST

START_TEST(shared_and_read_only_memory_is_none_of_these)
{
	struct mmap_request rq = {.bytes = 16 * K, .prot = RW, .shared = true};

	sys_mmap(m, sh, &rq);
	map(8 * K, R);
	ck_sums(1, 5, 33, 39 + 4 + 2);
}
END_TEST

START_TEST(other_rights_make_other_memory_of_it)
{
	vaddr_t a = (vaddr_t)map(16 * K, RW);

	ck_sums(1, 9, 33, 43);
	sys_mprotect(m, sh, a, 4 * K, RX);
	ck_sums(2, 8, 33, 43);
	sys_mprotect(m, sh, a, 4 * K, RW | VM_EXEC); /* writable: data */
	ck_sums(1, 9, 33, 43);
	sys_mprotect(m, sh, a, 4 * K, 0);
	ck_sums(1, 8, 33, 43);
	do_munmap(m, sh->mm, a, a + 8 * K);
	ck_sums(1, 7, 33, 41);
}
END_TEST

START_TEST(a_stack_that_grows_is_more_stack)
{
	ck_write(sh, 0xbff00000);
	ck_sums(1, 5, 256, 262); /* 1M */
}
END_TEST

START_TEST(a_child_has_what_its_parent_has)
{
	struct task *kid = fork_sh();

	ck_assert_uint_eq(kid->mm->exec_vm, 1);
	ck_assert_uint_eq(kid->mm->data_vm, 5);
	ck_assert_uint_eq(kid->mm->stack_vm, 33);
	ck_assert_uint_ne(sh->mm->arg_start, 0);
	ck_assert_uint_eq(kid->mm->arg_start, sh->mm->arg_start);
	ck_assert_uint_eq(kid->mm->arg_end, sh->mm->arg_end);
	ck_assert_uint_eq(kid->mm->env_start, sh->mm->env_start);
	ck_assert_uint_eq(kid->mm->env_end, sh->mm->env_end);
}
END_TEST

/* ---- mm_users, mm_count ---- */

static char counts[128];
static uint32_t flags_in_exit;

static void listen_counts(void *ctx, const struct step *s)
{
	const char *word = s->id == S_MMGRAB   ? "grab"
			   : s->id == S_MMPUT  ? "put"
			   : s->id == S_MMDROP ? "drop"
					       : NULL;
	size_t at = strlen(counts);

	(void)ctx;
	if (word)
		snprintf(counts + at, sizeof(counts) - at, "%s%s %u", at ? ", " : "", word,
			 (unsigned)s->arg[1]);
	if (s->id == S_EXIT_MMAP && s->kind == TELL_ENTER)
		flags_in_exit = find_task(m, (uint32_t)s->arg[0])->flags;
}

static void hear_counts(void)
{
	counts[0] = '\0';
	flags_in_exit = 0;
	m->trace->sink = listen_counts;
}

START_TEST(an_address_space_has_one_user_and_one_for_all_users)
{
	struct task *kid = fork_sh();

	ck_assert_uint_eq(sh->mm->mm_users, 1);
	ck_assert_uint_eq(sh->mm->mm_count, 1);
	ck_assert_uint_eq(kid->mm->mm_users, 1);
	ck_assert_ptr_eq(task_active_mm(kid), kid->mm);
}
END_TEST

START_TEST(exit_empties_an_address_space_while_its_tables_are_in_use)
{
	hear_counts();
	do_exit(m, sh);
	ck_assert_str_eq(counts, "grab 2, put 0, drop 1, drop 0");
}
END_TEST

START_TEST(exec_leaves_the_old_address_space_for_the_new_one)
{
	const struct kmem_cache *c = m->kobj_cache[KOBJ_MM];
	uint32_t objects = cache_active_objs(c);

	hear_counts();
	ck_assert_uint_eq(do_execve(m, sh, &builtin_program).kind, OUT_OK);
	ck_assert_str_eq(counts, "put 0, drop 0");
	ck_assert_uint_eq(sh->mm->mm_users, 1);
	ck_assert_uint_eq(cache_active_objs(c), objects);
}
END_TEST

/* ---- task_struct.flags ---- */

START_TEST(a_child_has_not_run_a_program_of_its_own_until_exec)
{
	struct task *kid = fork_sh();

	ck_assert_uint_eq(sh->flags, 0);
	ck_assert_uint_eq(kid->flags, PF_FORKNOEXEC);
	do_execve(m, kid, &builtin_program);
	ck_assert_uint_eq(kid->flags, 0);
}
END_TEST

START_TEST(a_task_is_marked_while_it_ends)
{
	struct task *kid = fork_sh();

	hear_counts();
	do_exit(m, kid);
	ck_assert_uint_eq(flags_in_exit, PF_EXITING | PF_FORKNOEXEC);
}
END_TEST

/* ---- struct page.flags ---- */

START_TEST(an_anonymous_page_is_uptodate_and_swapbacked_and_never_dirty)
{
	vaddr_t a = (vaddr_t)map(4 * K, RW);

	ck_write(sh, a);
	ck_assert_uint_eq(page_of(sh, a)->flags, PG_UPTODATE | PG_SWAPBACKED | PG_EXCLUSIVE);
	fork_sh();
	ck_assert_uint_eq(page_of(sh, a)->flags, PG_UPTODATE | PG_SWAPBACKED);
	ck_write(sh, a);
	ck_assert_uint_eq(page_of(sh, a)->flags, PG_UPTODATE | PG_SWAPBACKED | PG_EXCLUSIVE);
}
END_TEST

START_TEST(what_madvise_gives_up_needs_no_swap)
{
	vaddr_t a = (vaddr_t)map(4 * K, RW);

	ck_write(sh, a);
	sys_madvise(m, sh, a, 4 * K, ADV_FREE);
	ck_assert_uint_eq(page_of(sh, a)->flags,
			  PG_UPTODATE | PG_EXCLUSIVE | PG_LRU | PG_BATCHED | PG_SWAPBACKED);
	ck_assert_uint_eq(entry_of(sh, a) & PTE_D, 0);
	lru_add_drain(m); /* its batch is worked off */
	ck_write(sh, a);
	ck_assert_uint_eq(entry_of(sh, a) & PTE_D, PTE_D); /* reclaim would see it */
	ck_assert_uint_eq(page_of(sh, a)->flags, PG_UPTODATE | PG_EXCLUSIVE | PG_LRU);
}
END_TEST

START_TEST(a_shared_file_hears_of_the_first_write)
{
	vaddr_t a = map_file("data", 4, RW, true);

	ck_read(sh, a);
	ck_assert_uint_eq(page_of(sh, a)->flags, PG_UPTODATE | PG_LRU);
	ck_write(sh, a);
	ck_assert_uint_eq(page_of(sh, a)->flags, PG_UPTODATE | PG_DIRTY | PG_LRU);
}
END_TEST

START_TEST(a_private_file_page_stays_clean)
{
	vaddr_t a = map_file("data", 4, RW, false);
	pfn_t pfn;

	ck_read(sh, a);
	pfn = frame_at(sh, a);
	ck_write(sh, a);
	do_munmap(m, sh->mm, a, a + 16 * K);
	ck_assert_uint_eq(pfn_page(m, pfn)->flags, PG_UPTODATE | PG_LRU);
}
END_TEST

/* Mapped by a read, shared memory is writable at once: nobody hears of the write but the CPU. */
START_TEST(what_the_cpu_wrote_down_is_kept_when_the_entry_goes)
{
	struct mmap_request rq = {.bytes = 4 * K, .prot = RW, .shared = true};
	vaddr_t a = (vaddr_t)sys_mmap(m, sh, &rq);
	struct task *kid = fork_sh();
	pfn_t pfn;

	ck_read(sh, a);
	ck_write(sh, a);
	pfn = frame_at(sh, a);
	ck_assert_uint_eq(entry_of(sh, a) & PTE_D, PTE_D);
	ck_assert_uint_eq(pfn_page(m, pfn)->flags, PG_UPTODATE | PG_SWAPBACKED);
	ck_read(kid, a);
	do_munmap(m, sh->mm, a, a + 4 * K);
	ck_assert_uint_eq(pfn_page(m, pfn)->flags, PG_UPTODATE | PG_SWAPBACKED | PG_DIRTY | PG_LRU);
	ck_assert_uint_eq(frame_at(kid, a), pfn);
}
END_TEST

Suite *mm_suite(void)
{
	Suite *s = suite_create("mm");
	TCase *t = tcase_create("fields");

	tcase_set_timeout(t, 0);
	tcase_add_checked_fixture(t, boot_61, teardown);
	tcase_add_test(t, a_program_has_pages_of_code_data_and_stack);
	tcase_add_test(t, shared_and_read_only_memory_is_none_of_these);
	tcase_add_test(t, other_rights_make_other_memory_of_it);
	tcase_add_test(t, a_stack_that_grows_is_more_stack);
	tcase_add_test(t, a_child_has_what_its_parent_has);
	tcase_add_test(t, an_address_space_has_one_user_and_one_for_all_users);
	tcase_add_test(t, exit_empties_an_address_space_while_its_tables_are_in_use);
	tcase_add_test(t, exec_leaves_the_old_address_space_for_the_new_one);
	tcase_add_test(t, a_child_has_not_run_a_program_of_its_own_until_exec);
	tcase_add_test(t, a_task_is_marked_while_it_ends);
	tcase_add_test(t, an_anonymous_page_is_uptodate_and_swapbacked_and_never_dirty);
	tcase_add_test(t, what_madvise_gives_up_needs_no_swap);
	tcase_add_test(t, a_shared_file_hears_of_the_first_write);
	tcase_add_test(t, a_private_file_page_stays_clean);
	tcase_add_test(t, what_the_cpu_wrote_down_is_kept_when_the_entry_goes);
	suite_add_tcase(s, t);
	return s;
}
