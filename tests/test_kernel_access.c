/* Accesses in kernel mode, vmalloc faults, oopses, the fixmap (REFERENCE 7.2, 7.4, 10.2). */
#include "tests/space.h"

#include "sim/kernel_access.h"
#include "sim/pgtable.h"

static const char word[TAG_LEN] = "K";

static void boot(const char *profile)
{
	static struct trace trace;
	struct machine_config c;

	machine_config_default(&c);
	c.profile = profile_find(profile);
	trace = (struct trace){.sink = listen};
	m = machine_create(&c, &trace);
	sh = do_spawn(m, "sh", 1, &builtin_program, NULL);
	space_forget();
}

static void setup_classic(void) { boot("i386"); }

static void ck_access(struct task *t, vaddr_t va, enum access kind, enum kernel_code code,
		      enum outcome_kind wanted)
{
	struct outcome o = kernel_access(m, t, va, kind, code, word);

	ck_assert_int_eq(o.kind, wanted);
}

static void ck_load(struct task *t, vaddr_t va)
{
	ck_access(t, va, ACCESS_READ, CODE_PLAIN, OUT_OK);
}

static void ck_oops(struct task *t, vaddr_t va, enum access kind, uint32_t error)
{
	uint64_t before = m->nr_oopses;

	ck_access(t, va, kind, CODE_PLAIN, OUT_OOPS);
	ck_assert_uint_eq(m->nr_oopses, before + 1);
	ck_assert_uint_eq(m->oops.va, va);
	ck_assert_uint_eq(m->oops.error, error);
	ck_assert_uint_eq(m->oops.pid, t ? t->pid : 0);
}

START_TEST(a_process_older_than_the_table_faults_once_for_4m)
{
	vaddr_t v = vmalloc(m, 12 * K);
	unsigned slot = pt_index(m, 0, v);
	uint64_t faults;

	ck_assert_uint_eq(v, 0xf8800000);
	ck_assert_uint_eq(slot, 994);
	ck_assert_uint_eq(sh->mm->pgd_entry[slot], 0);
	faults = sh->min_flt;
	ck_load(sh, v);
	ck_assert_uint_eq(told[S_VMALLOC_FAULT], 1);
	ck_assert_uint_eq(sh->mm->pgd_entry[slot], m->kernel_pgd[slot]);
	ck_load(sh, v + 4 * K);
	ck_assert_uint_eq(m->nr_vmalloc_faults, 1);
	ck_assert_uint_eq(sh->min_flt, faults);
}
END_TEST

START_TEST(a_process_younger_than_the_table_does_not)
{
	vaddr_t v = vmalloc(m, 4 * K);
	struct task *kid = do_fork(m, sh, "kid", 2);

	ck_load(kid, v);
	ck_load(NULL, v);
	ck_assert_uint_eq(m->nr_vmalloc_faults, 0);
}
END_TEST

START_TEST(with_pae_the_kernels_middle_table_is_everybodys)
{
	machine_destroy(m);
	boot("i386-pae");
	ck_load(sh, vmalloc(m, 4 * K));
	ck_assert_uint_eq(m->nr_vmalloc_faults, 0);
}
END_TEST

START_TEST(the_guard_page_is_an_oops_with_the_entries_that_were_found)
{
	vaddr_t v = vmalloc(m, 12 * K);

	ck_oops(sh, v + 12 * K, ACCESS_READ, 0);
	ck_oops(sh, v + 12 * K, ACCESS_WRITE, ERR_WRITE);
	ck_oops(NULL, v + 12 * K, ACCESS_READ, 0);
	ck_assert_uint_eq(m->oops.levels, 2);
	ck_assert_uint_eq(m->oops.entry[0], m->kernel_pgd[994]);
	ck_assert_uint_eq(m->oops.entry[1], 0);
}
END_TEST

START_TEST(below_4096_it_is_a_null_pointer)
{
	space_forget();
	ck_oops(sh, 0x10, ACCESS_READ, 0);
	ck_oops(NULL, 0xfff, ACCESS_WRITE, ERR_WRITE);
	ck_assert_uint_eq(told[S_OOPS_NULL], 2);
	ck_oops(NULL, 0x1000, ACCESS_READ, 0);
	ck_assert_uint_eq(told[S_OOPS_PAGING], 1);
}
END_TEST

START_TEST(a_kernel_thread_has_no_process_whose_address_it_could_mean)
{
	ck_oops(NULL, 0x08048000, ACCESS_READ, 0);
	ck_assert_uint_eq(told[S_FAULT_NO_MM], 1);
	ck_load(sh, 0x08048000);
}
END_TEST

START_TEST(copy_to_user_ends_with_efault_where_a_process_gets_sigsegv)
{
	ck_access(sh, 0x08048000, ACCESS_WRITE, CODE_UACCESS, OUT_ERRNO); /* rx */
	ck_access(sh, 0x20000000, ACCESS_READ, CODE_UACCESS, OUT_ERRNO);
	ck_assert_uint_eq(told[S_FIXUP_EXCEPTION], 2);
	ck_access(sh, 0xc0000000, ACCESS_READ, CODE_UACCESS, OUT_ERRNO);
	ck_assert_uint_eq(told[S_ACCESS_NOT_OK], 1);
	ck_assert_uint_eq(m->nr_oopses, 0);
}
END_TEST

START_TEST(the_kernel_faults_in_a_page_as_the_process_would)
{
	struct mmap_request rq = {.bytes = 8 * K, .prot = RW};
	vaddr_t buf = (vaddr_t)sys_mmap(m, sh, &rq);
	uint64_t faults = sh->min_flt;
	struct task *kid;

	ck_access(sh, buf, ACCESS_WRITE, CODE_UACCESS, OUT_OK);
	ck_assert_uint_eq(sh->min_flt, faults + 1);
	kid = do_fork(m, sh, "kid", 2);
	ck_access(kid, buf, ACCESS_WRITE, CODE_UACCESS, OUT_OK); /* CR0.WP: copied on write */
	ck_assert_uint_eq(m->nr_cow_copies, 1);
	ck_assert_uint_ne(pte_pfn(*pte_offset(m, sh->mm, buf)),
			  pte_pfn(*pte_offset(m, kid->mm, buf)));
}
END_TEST

START_TEST(the_direct_map_leads_to_the_frame_by_large_entries)
{
	pfn_t pfn = alloc_pages(m, GFP_KERNEL, 0, FRAME_KERNEL);

	ck_access(NULL, pfn_to_kva(m, pfn) + 8, ACCESS_WRITE, CODE_PLAIN, OUT_OK);
	ck_assert_str_eq(pfn_page(m, pfn)->tag, "K");
	ck_assert_uint_eq(told[S_KERNEL_FAULT], 0);
	free_pages(m, pfn, 0);
}
END_TEST

START_TEST(what_nobody_holds_is_read_all_the_same_and_told)
{
	vaddr_t obj = kmalloc(m, 100, GFP_KERNEL);
	pfn_t pfn = alloc_pages(m, GFP_KERNEL, 0, FRAME_KERNEL);

	ck_load(NULL, obj);
	ck_load(NULL, pfn_to_kva(m, pfn));
	ck_assert_uint_eq(told[S_FREE_OBJECT_ACCESS] + told[S_FREE_FRAME_ACCESS], 0);
	kfree(m, obj);
	free_pages(m, pfn, 0);
	ck_load(NULL, obj + 50);
	ck_assert_uint_eq(told[S_FREE_OBJECT_ACCESS], 1);
	ck_load(NULL, pfn_to_kva(m, pfn));
	ck_assert_uint_eq(told[S_FREE_FRAME_ACCESS], 1);
}
END_TEST

START_TEST(global_entries_outlive_a_change_of_address_space)
{
	vaddr_t v = vmalloc(m, 4 * K);
	struct task *kid;

	ck_load(NULL, v);
	kid = do_fork(m, sh, "kid", 2);
	space_forget();
	ck_load(sh, v);
	ck_load(kid, v);
	ck_assert_uint_eq(told[S_TLB_HIT], 2);
	ck_assert_uint_eq(told[S_KEEP_GLOBAL], 2);
	/* 2.6: all TLBs forget what vfree frees */
	ck_assert(vfree(m, v));
	ck_oops(kid, v, ACCESS_READ, 0);
}
END_TEST

START_TEST(in_6_1_the_tlb_is_wrong_until_the_flush)
{
	vaddr_t v;

	machine_destroy(m);
	boot("i386-6.1");
	v = vmalloc(m, 4 * K);
	ck_load(sh, v);
	ck_assert(vfree(m, v));
	ck_load(sh, v);
	purge_vmap_areas(m);
	ck_oops(sh, v, ACCESS_READ, 0);
}
END_TEST

START_TEST(code_of_6_1_is_read_only)
{
	machine_destroy(m);
	boot("i386-6.1");
	ck_load(NULL, 0xc1000000);
	ck_oops(sh, 0xc1000000, ACCESS_WRITE, ERR_PROT | ERR_WRITE);
	ck_assert_uint_eq(told[S_KERNEL_READ_ONLY], 1);
}
END_TEST

START_TEST(a_slot_of_the_fixmap_is_one_entry)
{
	uint32_t nr;

	set_fixmap(m, 2, 0xfee00000, false);
	ck_assert_uint_eq(*kernel_pte(m, 0xffffd000), 0xfee00163);
	ck_load(sh, 0xffffd000);
	ck_assert_uint_eq(told[S_DEVICE_ACCESS], 1);
	set_fixmap(m, 2, 0xfee00000, true);
	ck_assert_uint_eq(*kernel_pte(m, 0xffffd000), 0xfee0017b);
	clear_fixmap(m, 2);
	ck_oops(sh, 0xffffd000, ACCESS_READ, 0);
	ck_assert(!may_set_fixmap(m->profile, 0));
	ck_assert(!may_set_fixmap(m->profile, 67));
	ck_assert_str_eq(fix_slot_name(m->profile, 5, &nr), "ioapic");
	ck_assert_uint_eq(nr, 2);
	ck_assert_ptr_null(fix_slot_name(m->profile, 67 + 8 * 13, &nr));
}
END_TEST

Suite *kernel_access_suite(void);

Suite *kernel_access_suite(void)
{
	Suite *s = suite_create("kernel_access");
	TCase *t = tcase_create("kernel_access");

	tcase_add_checked_fixture(t, setup_classic, teardown);
	tcase_add_test(t, a_process_older_than_the_table_faults_once_for_4m);
	tcase_add_test(t, a_process_younger_than_the_table_does_not);
	tcase_add_test(t, with_pae_the_kernels_middle_table_is_everybodys);
	tcase_add_test(t, the_guard_page_is_an_oops_with_the_entries_that_were_found);
	tcase_add_test(t, below_4096_it_is_a_null_pointer);
	tcase_add_test(t, a_kernel_thread_has_no_process_whose_address_it_could_mean);
	tcase_add_test(t, copy_to_user_ends_with_efault_where_a_process_gets_sigsegv);
	tcase_add_test(t, the_kernel_faults_in_a_page_as_the_process_would);
	tcase_add_test(t, the_direct_map_leads_to_the_frame_by_large_entries);
	tcase_add_test(t, what_nobody_holds_is_read_all_the_same_and_told);
	tcase_add_test(t, global_entries_outlive_a_change_of_address_space);
	tcase_add_test(t, in_6_1_the_tlb_is_wrong_until_the_flush);
	tcase_add_test(t, code_of_6_1_is_read_only);
	tcase_add_test(t, a_slot_of_the_fixmap_is_one_entry);
	suite_add_tcase(s, t);
	return s;
}
