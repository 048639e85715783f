/* Batches of pages, and what copy-on-write makes of them: cases lazyfree-*, locked-fork-* of tests/cases. */
#include "tests/faults.h"

enum { PAGES = 32 };

static vaddr_t buf;
static struct task *kid;

/* A parent that has written nr pages, and its child. */
static void family(unsigned nr)
{
	buf = (vaddr_t)map(nr * 4 * K, RW);
	faults_of(sh, buf, nr, ACCESS_WRITE);
	kid = fork_sh();
}

static const struct lru_batch *batch(enum lru_batch_kind kind) { return &m->lru_batch[0][kind]; }

START_TEST(a_new_page_gets_to_its_list_with_fourteen_others)
{
	vaddr_t at = (vaddr_t)map(PAGES * 4 * K, RW);

	lru_add_drain(m);
	faults_of(sh, at, 14, ACCESS_WRITE);
	ck_assert_uint_eq(batch(LRU_ADD)->nr, 14);
	ck_assert(!(page_of(sh, at)->flags & PG_LRU));
	faults_of(sh, at + 14 * 4 * K, 1, ACCESS_WRITE);
	ck_assert_uint_eq(batch(LRU_ADD)->nr, 0);
	ck_assert(page_of(sh, at)->flags & PG_LRU);
	ck_assert_int_eq(page_of(sh, at)->refcount, 1);
}
END_TEST

START_TEST(a_page_given_up_is_copied_while_it_waits)
{
	pfn_t old;

	family(2);
	do_exit(m, kid);
	old = frame_at(sh, buf);
	sys_madvise(m, sh, buf, 4 * K, ADV_FREE);
	ck_assert_uint_eq(batch(LRU_LAZYFREE)->nr, 1);
	ck_assert_int_eq(page_of(sh, buf)->refcount, 2);
	faults_of(sh, buf, 2, ACCESS_WRITE);
	ck_assert_uint_ne(frame_at(sh, buf), old);
	ck_assert_uint_eq(told[S_WP_BATCHED], 1);
	ck_assert_uint_eq(told[S_WP_LAST_USER], 1);
	/* the old frame is free when the batch is worked off */
	ck_assert_uint_eq(pfn_page(m, old)->use, FRAME_ANON);
	lru_add_drain(m);
	ck_assert_uint_eq(pfn_page(m, old)->use, FRAME_PCP);
}
END_TEST

START_TEST(worked_off_it_is_the_writers_own)
{
	family(1);
	do_exit(m, kid);
	sys_madvise(m, sh, buf, 4 * K, ADV_FREE);
	lru_add_drain(m);
	faults_of(sh, buf, 1, ACCESS_WRITE);
	ck_assert_uint_eq(told[S_WP_BATCHED], 0);
	ck_assert_uint_eq(told[S_WP_LAST_USER], 1);
}
END_TEST

START_TEST(willneed_works_the_batches_off)
{
	family(1);
	do_exit(m, kid);
	sys_madvise(m, sh, buf, 4 * K, ADV_FREE);
	ck_assert(page_of(sh, buf)->flags & PG_SWAPBACKED);
	sys_madvise(m, sh, buf, 4 * K, ADV_WILLNEED);
	ck_assert(!(page_of(sh, buf)->flags & PG_SWAPBACKED));
	faults_of(sh, buf, 1, ACCESS_WRITE);
	ck_assert_uint_eq(told[S_WP_BATCHED], 0);
}
END_TEST

START_TEST(pageout_takes_what_was_given_up_and_not_written_since)
{
	buf = (vaddr_t)map(8 * K, RW);
	faults_of(sh, buf, 2, ACCESS_WRITE);
	sys_madvise(m, sh, buf, 8 * K, ADV_FREE);
	ck_write(sh, buf);
	sys_madvise(m, sh, buf, 8 * K, ADV_PAGEOUT);
	ck_assert(page_of(sh, buf)->flags & PG_SWAPBACKED);
	ck_assert_uint_eq(entry_of(sh, buf + 4 * K), 0);
	/* given up again, it is clean whatever it was */
	sys_madvise(m, sh, buf, 8 * K, ADV_FREE);
	sys_madvise(m, sh, buf, 8 * K, ADV_PAGEOUT);
	ck_assert_uint_eq(entry_of(sh, buf), 0);
}
END_TEST

START_TEST(of_32_pages_the_last_two_wait)
{
	family(PAGES);
	do_exit(m, sh);
	sys_madvise(m, kid, buf, PAGES * 4 * K, ADV_FREE);
	ck_assert_uint_eq(batch(LRU_LAZYFREE)->nr, PAGES % PAGEVEC_SIZE);
	faults_of(kid, buf, PAGES, ACCESS_WRITE);
	ck_assert_uint_eq(told[S_WP_BATCHED], 2);
	ck_assert_uint_eq(told[S_WP_LAST_USER], PAGES - 2);
}
END_TEST

START_TEST(a_locked_area_lets_a_page_go_through_a_batch)
{
	buf = (vaddr_t)map(16 * K, RW);
	sys_mlock(m, sh, buf, 16 * K);
	kid = fork_sh();
	ck_assert_uint_eq(batch(LRU_MLOCK)->nr, 0);
	faults_of(sh, buf, 4, ACCESS_WRITE);
	ck_assert_uint_eq(batch(LRU_MLOCK)->nr, 8); /* a new page and an old one each */
	faults_of(kid, buf, 4, ACCESS_WRITE);
	ck_assert_uint_eq(told[S_WP_BATCHED], 4);
}
END_TEST

START_TEST(a_fault_on_a_page_of_no_list_works_all_off)
{
	family(2);
	do_exit(m, kid);
	sys_madvise(m, sh, buf, 4 * K, ADV_FREE);
	/* as if it were as new as the batch */
	pfn_page(m, frame_at(sh, buf + 4 * K))->flags &= (uint8_t)~PG_LRU;
	faults_of(sh, buf + 4 * K, 1, ACCESS_WRITE);
	ck_assert_uint_eq(batch(LRU_LAZYFREE)->nr, 0);
	faults_of(sh, buf, 1, ACCESS_WRITE);
	ck_assert_uint_eq(told[S_WP_BATCHED], 0);
}
END_TEST

Suite *lru_batch_suite(void);

Suite *lru_batch_suite(void)
{
	Suite *s = suite_create("lru_batch");
	TCase *t = tcase_create("lru_batch");

	tcase_add_checked_fixture(t, boot_61, teardown);
	tcase_add_test(t, a_new_page_gets_to_its_list_with_fourteen_others);
	tcase_add_test(t, a_page_given_up_is_copied_while_it_waits);
	tcase_add_test(t, worked_off_it_is_the_writers_own);
	tcase_add_test(t, willneed_works_the_batches_off);
	tcase_add_test(t, pageout_takes_what_was_given_up_and_not_written_since);
	tcase_add_test(t, of_32_pages_the_last_two_wait);
	tcase_add_test(t, a_locked_area_lets_a_page_go_through_a_batch);
	tcase_add_test(t, a_fault_on_a_page_of_no_list_works_all_off);
	suite_add_tcase(s, t);
	return s;
}
