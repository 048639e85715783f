/* Numbers: REFERENCE 10.5, 16 (G5); RULES 9. */
#include "tests/faults.h"

static vaddr_t buf;
static struct task *kid;

/* A parent with two written pages, A at buf and B behind it, and its child. */
static void family(void)
{
	buf = (vaddr_t)map(8192, RW);
	write_tag(sh, buf, "A");
	write_tag(sh, buf + 4096, "B");
	kid = fork_sh();
	machine_begin_event(m);
}

#define ck_page(t, va, refs, is_exclusive, want_bits)                                              \
	do {                                                                                       \
		ck_assert_int_eq(page_of(t, va)->refcount, refs);                                  \
		ck_assert_int_eq(page_of(t, va)->mapcount, refs);                                  \
		ck_assert_int_eq(!!(page_of(t, va)->flags & PG_EXCLUSIVE), is_exclusive);          \
		ck_assert_uint_eq(bits_of(t, va), want_bits);                                      \
	} while (0)

START_TEST(golden_trace_g5)
{
	pfn_t a, b;

	buf = (vaddr_t)map(8192, RW);
	ck_assert_uint_eq(faults_of(sh, buf, 2, ACCESS_WRITE), 2);
	a = frame_at(sh, buf);
	b = frame_at(sh, buf + 4096);
	ck_page(sh, buf, 1, true, 0x067);
	kid = fork_sh();
	ck_page(sh, buf, 2, false, 0x065);
	ck_page(kid, buf + 4096, 2, false, 0x045);
	ck_assert_uint_eq(faults_of(kid, buf, 1, ACCESS_WRITE), 1);
	ck_page(sh, buf, 1, false, 0x065);
	ck_page(kid, buf, 1, true, 0x067);
	ck_assert_uint_eq(m->nr_cow_copies, 1);
	ck_assert_uint_eq(faults_of(sh, buf, 1, ACCESS_WRITE), 1);
	ck_page(sh, buf, 1, true, 0x067);
	ck_assert_uint_eq(frame_at(sh, buf), a);
	do_exit(m, kid);
	ck_page(sh, buf + 4096, 1, false, 0x065);
	ck_assert_uint_eq(faults_of(sh, buf + 4096, 1, ACCESS_WRITE), 1);
	ck_page(sh, buf + 4096, 1, true, 0x067);
	ck_assert_uint_eq(frame_at(sh, buf + 4096), b);
	ck_assert_uint_eq(m->nr_cow_copies, 1);
	ck_assert_uint_eq(m->nr_cow_reuses, 2);
}
END_TEST

START_TEST(who_writes_first_copies_be_it_the_parent)
{
	pfn_t a;

	family();
	a = frame_at(sh, buf);
	write_tag(sh, buf, "mine");
	ck_assert_uint_ne(frame_at(sh, buf), a);
	write_tag(kid, buf, "yours");
	ck_assert_uint_eq(frame_at(kid, buf), a);
}
END_TEST

START_TEST(the_copy_has_the_content_and_the_two_part)
{
	family();
	ck_assert_uint_eq(frame_at(kid, buf), frame_at(sh, buf));
	touch(kid, buf + 1, ACCESS_READ);
	ck_tag(kid, buf, "A");
	access_page(m, kid, buf, ACCESS_WRITE, NULL);
	ck_tag(kid, buf, "A");
	write_tag(kid, buf, "K");
	ck_tag(kid, buf, "K");
	ck_tag(sh, buf, "A");
}
END_TEST

START_TEST(of_three_sharers_two_copy)
{
	struct task *grandchild;
	pfn_t a;

	family();
	a = frame_at(sh, buf);
	grandchild = do_fork(m, kid, "grand", 3);
	ck_page(sh, buf, 3, false, 0x065);
	write_tag(kid, buf, "k");
	write_tag(sh, buf, "s");
	write_tag(grandchild, buf, "g");
	ck_assert_uint_eq(frame_at(grandchild, buf), a);
	ck_assert_uint_eq(m->nr_cow_copies, 2);
	ck_tag(sh, buf, "s");
	ck_tag(kid, buf, "k");
	ck_tag(grandchild, buf, "g");
}
END_TEST

START_TEST(a_hundred_pages_are_copied_by_the_child_and_reused_by_the_parent)
{
	vaddr_t hundred = (vaddr_t)map(100 * 4096, RW);
	pfn_t first;

	faults_of(sh, hundred, 100, ACCESS_WRITE);
	first = frame_at(sh, hundred);
	kid = fork_sh();
	ck_assert_uint_eq(faults_of(kid, hundred, 100, ACCESS_READ), 0);
	ck_assert_uint_eq(faults_of(kid, hundred, 100, ACCESS_WRITE), 100);
	ck_assert_uint_eq(m->nr_cow_copies, 100);
	ck_assert_uint_eq(faults_of(sh, hundred, 100, ACCESS_WRITE), 100);
	ck_assert_uint_eq(m->nr_cow_reuses, 100);
	ck_assert_uint_eq(frame_at(sh, hundred), first);
}
END_TEST

START_TEST(unmapping_by_the_other_counts_at_once)
{
	pfn_t a;

	family();
	a = frame_at(sh, buf);
	sys_munmap(m, kid, buf, 4096);
	write_tag(sh, buf, "x");
	ck_assert_uint_eq(frame_at(sh, buf), a);
	ck_assert_uint_eq(told[S_WP_LAST_USER], 1);
	ck_assert_uint_eq(m->nr_cow_copies, 0);
}
END_TEST

START_TEST(the_story_gives_the_reason_with_its_numbers)
{
	pfn_t a;

	family();
	a = frame_at(sh, buf);
	space_forget();
	write_tag(kid, buf, "x");
	ck_assert_uint_eq(last_told[S_MMU_PROTECTION].arg[4], ERR_PROT | ERR_WRITE | ERR_USER);
	ck_assert_uint_eq(last_told[S_WP_SHARED].arg[0], a);
	ck_assert_uint_eq(last_told[S_WP_SHARED].arg[1], 2);
	ck_assert_uint_eq(last_told[S_COPY_PAGE].arg[0], a);
	ck_assert_uint_eq(last_told[S_COPY_PAGE].arg[1], frame_at(kid, buf));
	ck_assert_uint_eq(last_told[S_SET_PTE].arg[1], mk_pte(a, 0x045));
	ck_assert_uint_eq(last_told[S_SET_PTE].arg[2], mk_pte(frame_at(kid, buf), 0x067));
	ck_assert_uint_eq(last_told[S_PAGE_REMOVE_RMAP].arg[1], 1);
	ck_assert_uint_eq(told[S_FLUSH_TLB_PAGE], 1);
}
END_TEST

START_TEST(the_zero_page_is_never_written)
{
	buf = (vaddr_t)map(4096, RW);
	ck_read(sh, buf);
	write_tag(sh, buf, "x");
	ck_assert_uint_ne(frame_at(sh, buf), m->zero_page);
	ck_page(sh, buf, 1, true, 0x067);
	ck_assert_uint_eq(told[S_WP_ZERO_PAGE], 1);
	ck_assert_uint_eq(m->nr_cow_copies, 0);
}
END_TEST

START_TEST(a_page_of_the_cache_is_copied_though_nobody_else_maps_it)
{
	vaddr_t f = map_file("data", 4, RW, false);
	pfn_t cache;

	ck_read(sh, f);
	cache = frame_at(sh, f);
	write_tag(sh, f, "x");
	ck_assert_uint_ne(frame_at(sh, f), cache);
	ck_assert_int_eq(strncmp(pfn_page(m, cache)->tag, "data.0", TAG_LEN), 0);
	ck_assert_int_eq(pfn_page(m, cache)->refcount, 1);
	ck_assert_int_eq(pfn_page(m, cache)->mapcount, 0);
	ck_assert_uint_eq(told[S_WP_FILE_PAGE], 1);
}
END_TEST

START_TEST(shared_memory_is_never_copied)
{
	struct mmap_request rq = {.bytes = 4096, .prot = RW, .shared = true};
	vaddr_t shm = (vaddr_t)sys_mmap(m, sh, &rq);

	write_tag(sh, shm, "both");
	kid = fork_sh();
	write_tag(kid, shm, "see");
	ck_assert_uint_eq(frame_at(sh, shm), frame_at(kid, shm));
	ck_tag(sh, shm, "see");
	ck_assert_uint_eq(m->nr_cow_copies, 0);
}
END_TEST

START_TEST(a_copy_leaves_the_number_of_resident_pages)
{
	uint32_t rss;

	family();
	rss = kid->mm->rss_anon;
	write_tag(kid, buf, "x");
	ck_assert_uint_eq(kid->mm->rss_anon, rss);
	ck_assert_uint_eq(kid->event_min, 1);
	ck_assert_uint_eq(sh->event_min, 0);
}
END_TEST

Suite *cow_suite(void)
{
	Suite *s = suite_create("cow");
	TCase *tc = tcase_create("6.1"), *pae = tcase_create("three levels"),
	      *classic = tcase_create("classic");

	tcase_add_checked_fixture(tc, boot_61, teardown);
	tcase_add_test(tc, golden_trace_g5);
	tcase_add_test(tc, who_writes_first_copies_be_it_the_parent);
	tcase_add_test(tc, the_copy_has_the_content_and_the_two_part);
	tcase_add_test(tc, of_three_sharers_two_copy);
	tcase_add_test(tc, a_hundred_pages_are_copied_by_the_child_and_reused_by_the_parent);
	tcase_add_test(tc, unmapping_by_the_other_counts_at_once);
	tcase_add_test(tc, the_story_gives_the_reason_with_its_numbers);
	tcase_add_test(tc, the_zero_page_is_never_written);
	tcase_add_test(tc, a_page_of_the_cache_is_copied_though_nobody_else_maps_it);
	tcase_add_test(tc, shared_memory_is_never_copied);
	tcase_add_test(tc, a_copy_leaves_the_number_of_resident_pages);
	tcase_add_checked_fixture(pae, boot_pae, teardown);
	tcase_add_test(pae, golden_trace_g5);
	tcase_add_test(pae, of_three_sharers_two_copy);
	tcase_add_checked_fixture(classic, boot_classic, teardown);
	tcase_add_test(classic, golden_trace_g5);
	suite_add_tcase(s, tc);
	suite_add_tcase(s, pae);
	suite_add_tcase(s, classic);
	return s;
}
