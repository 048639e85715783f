/* The state listing's text that is kept from event to event: the same as one that is written from nothing. */
#include "tests/script.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/engine.h"
#include "src/listing.h"

#define SMALL "machine i386-6.1 ram=64M\nspawn sh\n"

/* The listing of a text, each kept line compared with a fresh one if check; to be freed. */
static char *listed(const char *text, bool check)
{
	struct script c;
	char *out = NULL;
	size_t len;
	FILE *f = open_memstream(&out, &len);
	struct state_lister *l;

	script_run_to(&c, text, 0);
	l = state_lister_open(c.m, c.s, f, check);
	for (uint32_t nr = 1; nr <= scenario_nr_events(c.s); nr++) {
		state_lister_before(l, nr);
		c.last = engine_run(c.m, c.s, nr, false);
		state_lister_after(l, nr, &c.last);
	}
	state_lister_close(l);
	fclose(f);
	script_free(&c);
	return out;
}

/* What stands behind the bar of the area at start, after the last event. */
static void ck_pages(const char *text, const char *start, const char *pages)
{
	char *out = listed(text, true), *last = NULL, *p = out;

	while ((p = strstr(p, start)))
		last = p++;
	ck_assert_ptr_nonnull(last);
	last = strchr(last, '|') + 2;
	last[strcspn(last, "\n")] = '\0';
	ck_assert_str_eq(last, pages);
	free(out);
}

/* 200 pages that begin where a piece of 64 begins: at 3 * 64 is the last border. */
#define AREA SMALL "mmap sh b 800K at=0x40000000 fixed\n"

START_TEST(equal_neighbours_are_folded_over_the_ends_of_pieces)
{
	ck_pages(AREA, "40000000-", ".*200");
	ck_pages(AREA "read sh b\n", "40000000-", "z .*199");
	ck_pages(AREA "read sh b 800K\n", "40000000-", "z*200");
	ck_pages(AREA "read sh b 100p\n", "40000000-", "z*100 .*100");
	ck_pages(AREA "write sh b+63p 8K\n", "40000000-", ".*63 aN4 aN5 .*135");
	ck_pages(AREA "read sh b+60p 3p\nwrite sh b+64p\n", "40000000-", ".*60 z*3 . aN4 .*135");
	ck_pages(AREA "read sh b+60p 8p\nwrite sh b+66p\n", "40000000-", ".*60 z*6 aN4 z .*132");
	ck_pages(AREA "write sh b\nread sh b+2p 2p\nwrite sh b+5p\nwrite sh b+63p\n", "40000000-",
		 "aN4 . z*2 . aN5 .*57 aN6 .*136");
}
END_TEST

START_TEST(what_has_no_page_table_is_folded_too)
{
	/* tables cover 4M each: the page is in the third one */
	ck_pages(SMALL "mmap sh b 32M at=0x40000000 fixed noreserve\nwrite sh b+9M\n", "40000000-",
		 ".*2304 aN4 .*5887");
	ck_pages(SMALL
		 "mmap sh b 32M at=0x40000000 fixed noreserve\nwrite sh b+4M\nwrite sh b+8188K\n",
		 "40000000-", ".*1024 aN4 .*1022 aN5 .*6144");
}
END_TEST

START_TEST(what_is_kept_follows_every_event)
{
	static const char text[] =
		SMALL "mmap sh b 800K at=0x40000000 fixed\nwrite sh b 800K\nread sh b+4K\n"
		      "fork sh kid\nwrite kid b+400K 8K\nwrite sh b+400K\nread kid b+400K\n"
		      "madvise kid b 64K dontneed\nmprotect sh b+64K 64K prot=r\n"
		      "mprotect sh b+64K 64K prot=rw\nmremap sh b 900K maymove\n"
		      "mmap sh f 64K file=data64k\nread sh f 64K\nwrite sh f+8K\n"
		      "mmap sh s 32K shared\nwrite sh s 32K\nfork sh other\nwrite other s\n"
		      "brk sh +400K\nwrite sh heap+12K 300K\nbrk sh -200K\nmalloc sh m 9000\n"
		      "write sh m 9000\nfree sh m\nmlock sh stack\nwrite sh stack-40K\n"
		      "mmap sh b2 16K at=f fixed populate file=data9k\nexec kid subject\n"
		      "write kid data\nexec kid subject\nmunmap sh b+100K 200K\nexit sh\n"
		      "write other s 32K\nwrite kid stack\nexit kid\nspawn sh wide\nexit other\n";
	char *kept = listed(text, true), *again = listed(text, false);

	ck_assert_str_eq(kept, again);
	ck_assert_ptr_nonnull(strstr(kept, "@38 exit other\n= ok\n"));
	free(kept);
	free(again);
}
END_TEST

START_TEST(a_process_without_areas_has_no_lines)
{
	char *out = listed(SMALL "munmap sh 0 3G\n", true);

	ck_assert_ptr_nonnull(strstr(out, "@2 munmap sh 0 3G\n= ok\nP sh pte="));
	ck_assert_ptr_null(strstr(strstr(out, "@2"), "\n "));
	free(out);
}
END_TEST

/* The last of three events changes something that is not counted. */
static void list_uncounted(void)
{
	struct script c;
	FILE *f = fopen("/dev/null", "w");
	struct state_lister *l;

	ck_assert_ptr_nonnull(f);
	script_run_to(&c, SMALL "mmap sh b 8K\nread sh b\n", 0);
	l = state_lister_open(c.m, c.s, f, true);
	for (uint32_t nr = 1; nr <= 3; nr++) {
		uint64_t before = c.m->tasks ? c.m->tasks->mm->nr_changes : 0;

		state_lister_before(l, nr);
		c.last = engine_run(c.m, c.s, nr, false);
		if (nr == 3)
			c.m->tasks->mm->nr_changes = before;
		state_lister_after(l, nr, &c.last);
	}
}

START_TEST(a_change_that_is_not_counted_is_found)
{
	int status;
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
		list_uncounted();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}
END_TEST

/* How often the address space of the first process changes in the last event. */
static uint64_t changes_in_last(const char *text)
{
	struct script c;
	uint32_t last;
	uint64_t before;

	script_read(&c, text);
	ck_assert_ptr_nonnull(c.s);
	last = scenario_nr_events(c.s);
	script_free(&c);
	script_run_to(&c, text, last - 1);
	before = c.m->tasks->mm->nr_changes;
	engine_run(c.m, c.s, last, false);
	before = c.m->tasks->mm->nr_changes - before;
	script_free(&c);
	return before;
}

START_TEST(an_address_space_counts_what_its_listing_would_show)
{
	ck_assert_uint_eq(changes_in_last(SMALL "mmap sh b 8K\nwrite sh b 8K\n"), 2);
	ck_assert_uint_eq(changes_in_last(SMALL "mmap sh b 8K\nread sh b 8K\n"), 2);
	ck_assert_uint_eq(changes_in_last(SMALL "mmap sh b 8K\nwrite sh b 8K\nwrite sh b 8K\n"), 0);
	ck_assert_uint_ge(changes_in_last(SMALL "mmap sh b 8K\nwrite sh b\nmunmap sh b 4K\n"), 1);
	ck_assert_uint_ge(changes_in_last(SMALL "brk sh +100\n"), 1);
	ck_assert_uint_ge(changes_in_last(SMALL "brk sh +4K\nbrk sh +1\n"), 1);
	ck_assert_uint_eq(changes_in_last(SMALL "kmalloc k 100\n"), 0);
	ck_assert_uint_eq(changes_in_last(SMALL "fork sh kid\n"), 0);
	ck_assert_uint_eq(changes_in_last(SMALL "fork sh kid\nwrite kid data 8K\n"), 0);
}
END_TEST

Suite *space_text_suite(void);
Suite *space_text_suite(void)
{
	Suite *s = suite_create("space_text");
	TCase *tc = tcase_create("space_text");

	tcase_add_test(tc, equal_neighbours_are_folded_over_the_ends_of_pieces);
	tcase_add_test(tc, what_has_no_page_table_is_folded_too);
	tcase_add_test(tc, what_is_kept_follows_every_event);
	tcase_add_test(tc, an_address_space_counts_what_its_listing_would_show);
	tcase_add_test(tc, a_process_without_areas_has_no_lines);
	tcase_add_test(tc, a_change_that_is_not_counted_is_found);
	suite_add_tcase(s, tc);
	return s;
}
