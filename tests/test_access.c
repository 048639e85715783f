/* Numbers: REFERENCE 8.2, 10.1; RULES 6, 13. */
#include "tests/faults.h"

START_TEST(a_read_sets_accessed_and_a_write_dirty_too)
{
	vaddr_t buf = (vaddr_t)map(4096, RW);
	pte_t *e;

	ck_write(sh, buf);
	e = pte_offset(m, sh->mm, buf);
	*e &= ~(pte_t)(PTE_A | PTE_D);
	flush_tlb_page(m, sh->mm, buf);
	ck_read(sh, buf);
	ck_assert_uint_eq(bits_of(sh, buf), 0x027);
	ck_write(sh, buf);
	ck_assert_uint_eq(bits_of(sh, buf), 0x067);
	ck_assert_uint_eq(told[S_MMU_SET_BITS], 2);
}
END_TEST

START_TEST(the_first_write_behind_a_read_walks_again_to_set_dirty)
{
	vaddr_t shm;
	struct mmap_request rq = {.bytes = 4096, .prot = RW, .shared = true};

	shm = (vaddr_t)sys_mmap(m, sh, &rq);
	ck_read(sh, shm);
	ck_assert_uint_eq(bits_of(sh, shm), 0x027);
	space_forget();
	ck_write(sh, shm);
	ck_assert_uint_eq(told[S_TLB_HIT], 1);
	ck_assert_uint_eq(told[S_TLB_DENIES], 1);
	ck_assert_uint_eq(told[S_PAGE_FAULT], 0);
	ck_assert_uint_eq(bits_of(sh, shm), 0x067);
}
END_TEST

START_TEST(what_is_written_is_the_frames_content)
{
	vaddr_t buf = (vaddr_t)map(4096, RW);

	write_tag(sh, buf, "hello");
	ck_tag(sh, buf, "hello");
	write_tag(sh, buf + 100, "12345678");
	ck_tag(sh, buf, "12345678");
	ck_assert(entry_of(sh, buf) & PTE_D);
}
END_TEST

START_TEST(a_range_is_touched_at_its_start_and_then_at_each_page)
{
	vaddr_t buf = (vaddr_t)map(3 * 4096, R), bad;
	uint64_t done = 0;
	bool more;

	sys_mprotect(m, sh, buf, 4096, RW);
	bad = buf + 4096;
	/* 2 bytes over a page border are 2 pages, and the second begins there */
	ck_outcome(access_range(m, sh, bad - 1, 2, ACCESS_WRITE, "x\0\0\0\0\0\0", &done, 10, &more),
		   OUT_ACCERR, bad);
	ck_assert_uint_eq(done, 1);
	ck_assert(!more);
	done = 0;
	ck_outcome(access_range(m, sh, bad + 9, 1, ACCESS_WRITE, "x\0\0\0\0\0\0", &done, 10, &more),
		   OUT_ACCERR, bad + 9);
}
END_TEST

START_TEST(a_range_may_be_done_in_slices)
{
	vaddr_t buf = (vaddr_t)map(10 * 4096, RW);
	uint64_t done = 0;
	uint32_t slices = 0;
	bool more = true;

	while (more) {
		ck_outcome(access_range(m, sh, buf, 10 * 4096, ACCESS_READ, NULL, &done, 3, &more),
			   OUT_OK, 0);
		slices++;
	}
	ck_assert_uint_eq(done, 10);
	ck_assert_uint_eq(slices, 4);
	ck_assert_uint_eq(told[S_ACCESS], 10);
}
END_TEST

START_TEST(the_end_of_4G_does_not_wrap)
{
	uint64_t done = 0;
	bool more;

	ck_outcome(access_range(m, sh, 0xfffff800, 1 << 20, ACCESS_READ, NULL, &done, 100, &more),
		   OUT_MAPERR, 0xfffff800);
	ck_assert_uint_eq(done, 0);
}
END_TEST

START_TEST(the_kernels_gigabyte_is_mapped_but_not_for_users)
{
	ck_outcome(touch(sh, 0xc0100000, ACCESS_READ), OUT_MAPERR, 0xc0100000);
	ck_assert_uint_eq(last_told[S_PAGE_FAULT].arg[2], ERR_USER | ERR_PROT);
	ck_outcome(touch(sh, 0xc0100000, ACCESS_WRITE), OUT_MAPERR, 0xc0100000);
	ck_assert_uint_eq(last_told[S_PAGE_FAULT].arg[2], ERR_USER | ERR_PROT | ERR_WRITE);
	ck_outcome(touch(sh, 0xfffff000, ACCESS_READ), OUT_MAPERR, 0xfffff000);
	ck_assert_ptr_null(tlb_peek(&m->tlb[0], 0xc0100000));
}
END_TEST

START_TEST(any_right_allows_a_fetch)
{
	vaddr_t buf = (vaddr_t)map(4096, RW);

	ck_assert_uint_eq(touch(sh, buf, ACCESS_FETCH).kind, OUT_OK);
	sys_mprotect(m, sh, buf, 4096, 0);
	ck_outcome(touch(sh, buf, ACCESS_FETCH), OUT_ACCERR, buf);
}
END_TEST

START_TEST(the_error_code_marks_a_fetch_with_three_levels)
{
	ck_outcome(touch(sh, 0x50000000, ACCESS_FETCH), OUT_MAPERR, 0x50000000);
	ck_assert_uint_eq(last_told[S_PAGE_FAULT].arg[2], 0x14);
}
END_TEST

START_TEST(nx_is_a_bit_of_three_levels_and_6_1_loses_it)
{
	static const struct {
		const char *profile;
		unsigned nx;
		bool on;
	} machines[] = {
		{"i386-6.1", NX_ON, false},      {"i386-6.1", NX_AS_PROFILE, false},
		{"i386-6.1-pae", NX_ON, true},   {"i386-6.1-pae", NX_AS_PROFILE, false},
		{"i386-pae", NX_OFF, false},     {"i386-pae", NX_AS_PROFILE, true},
		{"i386-6.1-pae", NX_OFF, false},
	};

	for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++) {
		teardown();
		boot_nx(machines[i].profile, 256, machines[i].nx);
		ck_assert_uint_eq(entry_of(sh, 0xbffff000) >> 63, machines[i].on);
		ck_assert_uint_eq(entry_of(sh, 0x08048000) >> 63, 0);
	}
}
END_TEST

START_TEST(a_fetch_from_data_takes_one_fault_for_the_page_and_one_for_nx)
{
	vaddr_t buf = (vaddr_t)map(8192, RW), exec = (vaddr_t)map(4096, RX);

	machine_begin_event(m);
	ck_outcome(touch(sh, buf, ACCESS_FETCH), OUT_ACCERR, buf);
	ck_assert_uint_eq(told[S_PAGE_FAULT], 2);
	ck_assert_uint_eq(last_told[S_PAGE_FAULT].arg[2], 0x15); /* present, user, fetch */
	ck_assert_uint_eq(sh->event_min, 1);
	ck_assert_uint_eq(frame_at(sh, buf), m->zero_page);
	ck_outcome(touch(sh, exec, ACCESS_FETCH), OUT_OK, 0);
	ck_write(sh, buf + 4096); /* known to the TLB as well */
	ck_outcome(touch(sh, buf + 4096, ACCESS_FETCH), OUT_ACCERR, buf + 4096);
	ck_assert_uint_eq(told[S_TLB_DENIES], 1);
}
END_TEST

START_TEST(nx_follows_the_rights_of_the_area)
{
	vaddr_t buf = (vaddr_t)map(4096, RW);

	ck_write(sh, buf);
	ck_outcome(touch(sh, buf, ACCESS_FETCH), OUT_ACCERR, buf);
	sys_mprotect(m, sh, buf, 4096, RX);
	ck_outcome(touch(sh, buf, ACCESS_FETCH), OUT_OK, 0);
	sys_mprotect(m, sh, buf, 4096, R);
	ck_outcome(touch(sh, buf, ACCESS_FETCH), OUT_ACCERR, buf);
	ck_read(sh, buf);
	/* The program itself needs the right, too. */
	sys_mprotect(m, sh, 0x08048000, 4096, R);
	ck_outcome(user_runs(m, sh), OUT_ACCERR, 0x08048100);
}
END_TEST

START_TEST(a_child_and_a_moved_page_keep_nx)
{
	vaddr_t buf = (vaddr_t)map(4096, RW), to;
	struct task *kid;

	ck_write(sh, buf);
	kid = fork_sh();
	ck_outcome(touch(kid, buf, ACCESS_FETCH), OUT_ACCERR, buf);
	ck_write(kid, buf);
	ck_outcome(touch(kid, buf, ACCESS_FETCH), OUT_ACCERR, buf);
	map_fixed(buf + 4096, 4096, R);
	to = (vaddr_t)sys_mremap(m, sh, buf, 4096, 8192, true);
	ck_assert_uint_ne(to, buf);
	ck_outcome(touch(sh, to, ACCESS_FETCH), OUT_ACCERR, to);
}
END_TEST

START_TEST(running_a_process_whose_code_is_mapped_tells_nothing)
{
	ck_outcome(user_runs(m, sh), OUT_OK, 0);
	ck_assert_uint_eq(told[S_ACCESS], 0);
	sys_madvise(m, sh, 0x08048000, 4096, ADV_DONTNEED);
	machine_begin_event(m);
	ck_outcome(user_runs(m, sh), OUT_OK, 0);
	ck_assert_uint_eq(sh->event_min, 1);
	ck_assert_uint_eq(last_told[S_ACCESS].arg[1], sh->mm->entry);
}
END_TEST

START_TEST(a_process_without_its_code_cannot_run)
{
	sys_munmap(m, sh, 0x08048000, 4096);
	ck_outcome(user_runs(m, sh), OUT_MAPERR, 0x08048100);
}
END_TEST

START_TEST(every_span_that_is_entered_is_left)
{
	vaddr_t buf = (vaddr_t)map(8192, RW);
	struct task *kid;

	ck_write(sh, buf);
	kid = fork_sh();
	ck_write(kid, buf);
	touch(kid, 0, ACCESS_WRITE);
	do_exit(m, kid);
	ck_assert_uint_eq(told[S_DO_EXIT], 1);
	ck_assert_uint_eq(nr_open, 0);
	ck_assert(!badly_nested);
}
END_TEST

Suite *access_suite(void)
{
	Suite *s = suite_create("access");
	TCase *tc = tcase_create("two levels"), *pae = tcase_create("three levels");
	TCase *nx = tcase_create("three levels with NX");

	tcase_add_checked_fixture(tc, boot_61, teardown);
	tcase_add_checked_fixture(pae, boot_pae, teardown);
	tcase_add_checked_fixture(nx, boot_pae_nx, teardown);
	tcase_add_test(tc, a_read_sets_accessed_and_a_write_dirty_too);
	tcase_add_test(tc, the_first_write_behind_a_read_walks_again_to_set_dirty);
	tcase_add_test(tc, what_is_written_is_the_frames_content);
	tcase_add_test(tc, a_range_is_touched_at_its_start_and_then_at_each_page);
	tcase_add_test(tc, a_range_may_be_done_in_slices);
	tcase_add_test(tc, the_end_of_4G_does_not_wrap);
	tcase_add_test(tc, the_kernels_gigabyte_is_mapped_but_not_for_users);
	tcase_add_test(tc, any_right_allows_a_fetch);
	tcase_add_test(tc, running_a_process_whose_code_is_mapped_tells_nothing);
	tcase_add_test(tc, a_process_without_its_code_cannot_run);
	tcase_add_test(tc, every_span_that_is_entered_is_left);
	tcase_add_test(pae, the_kernels_gigabyte_is_mapped_but_not_for_users);
	tcase_add_test(pae, the_error_code_marks_a_fetch_with_three_levels);
	tcase_add_test(nx, nx_is_a_bit_of_three_levels_and_6_1_loses_it);
	tcase_add_test(nx, a_fetch_from_data_takes_one_fault_for_the_page_and_one_for_nx);
	tcase_add_test(nx, nx_follows_the_rights_of_the_area);
	tcase_add_test(nx, a_child_and_a_moved_page_keep_nx);
	suite_add_tcase(s, nx);
	suite_add_tcase(s, tc);
	suite_add_tcase(s, pae);
	return s;
}
