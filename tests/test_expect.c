/* expect: every KEY, every OP, and what a failed one shows. */
#include "tests/script.h"

static const char common[] = "machine i386-6.1 ram=1G\n"
			     "spawn sh\n"
			     "mmap sh buf 16K\n"
			     "write sh buf 8K value=A\n"
			     "fork sh kid\n"
			     "cache_create box 100\n"
			     "cache_alloc box o\n"
			     "write kid buf\n";

/* "holds", or both values of the only expect behind the common events. */
static const char *answer(const char *expect)
{
	static char text[128];
	char scenario[1024];
	struct expect_result r;
	struct script c;

	snprintf(scenario, sizeof(scenario), "%sexpect %s\n", common, expect);
	script_run(&c, scenario);
	expect_check(c.m, c.s, scenario_expect(c.s, 0), &c.last, &r);
	if (r.ok)
		snprintf(text, sizeof(text), "holds");
	else
		snprintf(text, sizeof(text), "%s, not %s", r.left, r.right);
	script_free(&c);
	return text;
}

#define assert_holds(expect)        ck_assert_str_eq(answer(expect), "holds")
#define assert_fails(expect, found) ck_assert_str_eq(answer(expect), found)

START_TEST(numbers_of_a_process_are_found)
{
	assert_holds("minflt kid == 1");
	assert_holds("minflt sh == 0");
	assert_holds("majflt kid == 0");
	assert_holds("vmas kid == 5");
	assert_holds("pte kid == 3");
	assert_holds("rss sh == 5"); /* code, data, two of buf, stack */
	assert_fails("rss sh == 6", "5, not 6");
}
END_TEST

START_TEST(every_operator_compares)
{
	assert_holds("vmas kid != 6");
	assert_fails("vmas kid != 5", "5, not 5");
	assert_holds("vmas kid < 6");
	assert_fails("vmas kid < 5", "5, not 5");
	assert_holds("vmas kid <= 5");
	assert_fails("vmas kid <= 4", "5, not 4");
	assert_holds("vmas kid > 4");
	assert_fails("vmas kid > 5", "5, not 5");
	assert_holds("vmas kid >= 5");
	assert_fails("vmas kid >= 0x6", "5, not 6");
}
END_TEST

START_TEST(results_are_ok_errno_signals_and_addresses)
{
	static const struct {
		struct outcome last;
		const char *expect, *found;
	} all[] = {
		{{OUT_OK, 0}, "== ok", "holds"},
		{{OUT_ADDRESS, 0xb7ffe000}, "== ok", "holds"},
		{{OUT_ADDRESS, 0xb7ffe000}, "!= ok", "0xb7ffe000, not ok"},
		{{OUT_ADDRESS, 0xb7ffe000}, "== 0xb7ffe000", "holds"},
		{{OUT_ADDRESS, 0xb7ffd000}, "== 0xb7ffe000", "0xb7ffd000, not 0xb7ffe000"},
		{{OUT_OK, 0}, "== 0xb7ffe000", "ok, not 0xb7ffe000"},
		{{OUT_ERRNO, SIM_ENOMEM}, "== ENOMEM", "holds"},
		{{OUT_ERRNO, SIM_ENOMEM}, "== EINVAL", "ENOMEM, not EINVAL"},
		{{OUT_ERRNO, SIM_ENOMEM}, "!= EINVAL", "holds"},
		{{OUT_MAPERR, 0x1234}, "== SIGSEGV", "holds"},
		{{OUT_ACCERR, 0x1234}, "== SIGSEGV", "holds"},
		{{OUT_ACCERR, 0x1234}, "== ok", "SIGSEGV ACCERR 0x00001234, not ok"},
		{{OUT_BUS, 0x1234}, "== SIGBUS", "holds"},
		{{OUT_KILLED, 0}, "== SIGKILL", "holds"},
		{{OUT_FAILED, 0}, "== NULL", "holds"},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		char scenario[64], found[128];
		struct expect_result r;
		struct script c;

		snprintf(scenario, sizeof(scenario), "spawn sh\nexpect result %s\n", all[i].expect);
		script_run(&c, scenario);
		expect_check(c.m, c.s, scenario_expect(c.s, 0), &all[i].last, &r);
		snprintf(found, sizeof(found), "%s, not %s", r.left, r.right);
		ck_assert_str_eq(r.ok ? "holds" : found, all[i].found);
		script_free(&c);
	}
}
END_TEST

START_TEST(frames_are_compared_counted_and_placed)
{
	assert_holds("mapcount sh buf == 1");
	assert_holds("mapcount sh buf+4K == 2");
	assert_holds("mapcount sh buf+8K == 0");
	assert_holds("same_frame sh buf+4K kid buf+4K == yes");
	assert_holds("same_frame sh buf kid buf == no");
	assert_holds("same_frame sh buf kid buf != yes");
	assert_fails("same_frame sh buf kid buf == yes", "no, not yes");
	assert_holds("same_frame sh buf+8K kid buf+8K == no"); /* nothing there */
	assert_holds("zone sh buf == HighMem");
	assert_fails("zone sh buf == DMA", "HighMem, not DMA");
	assert_fails("zone sh buf+8K == DMA", "not present, not DMA");
	assert_fails("zone sh 0xc0000000 != DMA", "not present, not DMA");
}
END_TEST

START_TEST(zones_and_caches_are_counted)
{
	assert_holds("free HighMem > 30000");
	assert_holds("nr_free Normal 10 >= 100");
	assert_holds("objs box == 1");
	assert_holds("slabs box == 1");
	assert_holds("objs task_struct == 2");
	assert_holds("swap_used == 0");
	assert_fails("swap_used > 0", "0, not 0");
}
END_TEST

START_TEST(linear_addresses_come_from_segments)
{
	assert_holds("linear sh ds:buf+1K == 0xb7ffc400");
	assert_holds("linear sh cs:code == 0x08048000");
	assert_holds("linear sh 0x7b:0xc0000000 == 0xc0000000");
	assert_holds("linear kid 0x60:0 == GP");
	assert_holds("linear kid gs:0 == GP");
	assert_holds("linear kid ds:0 != GP");
	assert_fails("linear sh ds:0x1000 == 4097", "0x00001000, not 0x00001001");
	assert_fails("linear sh 0x60:0 == 0", "GP, not 0");
	assert_fails("linear sh ds:0x1000 == GP", "0x00001000, not GP");
}
END_TEST

START_TEST(what_is_not_there_is_never_as_expected)
{
	struct expect_result r;
	struct script c;

	script_run(
		&c,
		"spawn sh\nexit sh\nexpect rss sh == 0\nexpect rss sh != 0\ncache_create box 10\n"
		"cache_destroy box\nexpect objs box == 0\n");
	for (size_t i = 0; i < 3; i++) {
		expect_check(c.m, c.s, scenario_expect(c.s, i), &c.last, &r);
		ck_assert(!r.ok);
		ck_assert_str_eq(r.left, i < 2 ? "no such process" : "no such cache");
	}
	script_free(&c);
}
END_TEST

Suite *expect_suite(void);
Suite *expect_suite(void)
{
	Suite *s = suite_create("expect");
	TCase *tc = tcase_create("expect");

	tcase_add_test(tc, numbers_of_a_process_are_found);
	tcase_add_test(tc, every_operator_compares);
	tcase_add_test(tc, results_are_ok_errno_signals_and_addresses);
	tcase_add_test(tc, frames_are_compared_counted_and_placed);
	tcase_add_test(tc, zones_and_caches_are_counted);
	tcase_add_test(tc, linear_addresses_come_from_segments);
	tcase_add_test(tc, what_is_not_there_is_never_as_expected);
	suite_add_tcase(s, tc);
	return s;
}
