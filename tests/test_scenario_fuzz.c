/*
 * Random texts: the parser ends with a scenario or with diagnoses, and what it lets pass can be
 * run.
 *
 * The texts are grown from a good one by changing bytes, words and lines.  Fixed seed; more rounds
 * with MMVIZ_FUZZ_ROUNDS, another seed with MMVIZ_FUZZ_SEED.
 */
#include "tests/fuzz.h"
#include "tests/script.h"

#include "src/grammar.h"

#include <stdio.h>

enum { ROUNDS = 1500, TEXT_MAX = 8192, RUN_MAX = 200 };

static const char seed_text[] = "# a bit of everything\n"
				"title \"fuzz \\\"it\\\"\"\n"
				"machine i386-6.1 ram=32M cpus=2 overcommit=0\n"
				"label start\n"
				"say \"one\"\n"
				"say.zh \"\xe4\xb8\x80\"\n"
				"spawn sh subject\n"
				"mmap sh buf 64K prot=rw populate\n"
				"mmap sh f 8K file=data9k@4K prot=r\n"
				"write sh buf+8K 12K value=x\n"
				"fork sh kid\n"
				"expect minflt kid == 1\n"
				"expect same_frame sh buf kid buf == yes\n"
				"repeat 3\n"
				"fork kid k$i\n"
				"repeat 2\n"
				"write kid buf value=\"$i\"\n"
				"end\n"
				"exit k$i\n"
				"end\n"
				"mprotect kid buf 4K prot=none\n"
				"madvise sh buf dontneed\n"
				"mremap sh buf 128K maymove\n"
				"munmap sh buf+4K\n"
				"brk sh +16K\n"
				"malloc sh m 300K\n"
				"realloc sh m 10\n"
				"free sh m\n"
				"mlock sh stack\n"
				"munlock sh stack 4K\n"
				"fetch kid code\n"
				"exec kid wide\n"
				"read kid bss 3p\n"
				"cpu 1\n"
				"alloc_pages a 2 gfp=dma\n"
				"free_pages a\n"
				"kmalloc o 100\n"
				"kfree o\n"
				"cache_create box 200 align=64 hwcache\n"
				"cache_alloc box b1\n"
				"cache_free b1\n"
				"cache_shrink box\n"
				"cache_destroy box\n"
				"quiz \"q\" answer=\"a\" choices=\"a|b\"\n"
				"focus zones Normal\n"
				"pause\n"
				"exit kid\n"
				"expect objs task_struct >= 1\n"
				"expect result == ok\n";

static uint32_t random_state;

static uint32_t random_below(uint32_t n)
{
	random_state = random_state * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)random_state * n >> 32);
}

/* Replace the n bytes at `at` by text. */
static void splice(char *all, size_t at, size_t n, const char *text)
{
	size_t len = strlen(all), added = strlen(text);

	if (len - n + added >= TEXT_MAX)
		return;
	memmove(all + at + added, all + at + n, len - at - n + 1);
	memcpy(all + at, text, added);
}

/* Start and length of a random line, or of a random word. */
static size_t pick(const char *all, const char *ends, size_t *n)
{
	size_t len = strlen(all), at = len ? random_below((uint32_t)len) : 0;

	while (at > 0 && !strchr(ends, all[at - 1]))
		at--;
	*n = strcspn(all + at, ends);
	return at;
}

static void change(char *all)
{
	static const char *const words[] = {"sh",
					    "kid",
					    "buf",
					    "4K",
					    "0x1000",
					    "3p",
					    "9999999999G",
					    "value=y",
					    "==",
					    "$i",
					    "\"",
					    "stack-1M",
					    "code+1",
					    "prot=rwx",
					    "shared",
					    "fixed",
					    "at=buf",
					    "\xe4\xbd\xa0",
					    "#",
					    "populate",
					    "-1",
					    "repeat 5\n",
					    "\nend\n",
					    "include fuzz.txt",
					    "file=wide@8K",
					    "heap",
					    "0"};
	char byte[2] = {(char)(1 + random_below(255)), '\0'}, copy[TEXT_MAX];
	size_t n, m, at = pick(all, random_below(2) ? "\n" : " \n", &n);
	unsigned word = random_below(sizeof(words) / sizeof(words[0]) + NR_STATEMENTS);

	switch (random_below(6)) {
	case 0:
		splice(all, random_below((uint32_t)strlen(all) + 1), 0, byte);
		break;
	case 1:
		splice(all, at, n, "");
		break;
	case 2:
		splice(all, at, n,
		       word < NR_STATEMENTS ? scenario_words()[word] : words[word - NR_STATEMENTS]);
		break;
	case 3:
		splice(all, at, 0,
		       word < NR_STATEMENTS ? scenario_words()[word] : words[word - NR_STATEMENTS]);
		break;
	default:
		/* a line to another place, or a word in the place of another */
		snprintf(copy, sizeof(copy), "%.*s", (int)n, all + at);
		at = pick(all, strchr(copy, ' ') ? "\n" : " \n", &m);
		splice(all, at, strchr(copy, ' ') ? 0 : m, copy);
		if (strchr(copy, ' '))
			splice(all, at + strlen(copy), 0, "\n");
		break;
	}
}

/* The first events of what was let pass run, and every law of the machine holds after them. */
static void run_some(const struct scenario *s)
{
	static const struct fuzz_limits limits = {.events = RUN_MAX, .slices = UINT32_MAX};
	const char *broken = fuzz_run(s, scenario_config(s), &limits);

	ck_assert_msg(broken == NULL, "%s", broken);
}

static bool read_one(const char *text, size_t len)
{
	struct diags d;
	struct scenario *s;

	diags_init(&d);
	s = scenario_parse("tests/cases/fuzz.txt", text, len, NULL, &d);
	ck_assert((s == NULL) == (d.count > 0));
	for (size_t i = 0; i < d.count; i++)
		ck_assert(strlen(d.item[i].message) > 0);
	if (s)
		run_some(s);
	scenario_free(s);
	diags_free(&d);
	return s != NULL;
}

static uint32_t setting(const char *name, uint32_t otherwise)
{
	const char *value = getenv(name);

	return value ? (uint32_t)strtoul(value, NULL, 10) : otherwise;
}

START_TEST(random_texts_are_parsed_or_diagnosed)
{
	static char text[TEXT_MAX];
	uint32_t passed = 0, rounds = setting("MMVIZ_FUZZ_ROUNDS", ROUNDS);

	random_state = setting("MMVIZ_FUZZ_SEED", 1);
	for (uint32_t round = 0; round < rounds; round++) {
		if (round % 4 == 0)
			strcpy(text, seed_text);
		for (uint32_t i = random_below(3); i < 3; i++)
			change(text);
		passed += read_one(text, strlen(text));
	}
	/* or the test tests only mistakes */
	ck_assert_uint_gt(passed, rounds / 100);
}
END_TEST

START_TEST(random_bytes_are_parsed_or_diagnosed)
{
	char bytes[256];

	random_state = 1;
	for (unsigned round = 0; round < ROUNDS; round++) {
		uint32_t len = random_below(sizeof(bytes));

		for (uint32_t i = 0; i < len; i++)
			bytes[i] = (char)random_below(256);
		read_one(bytes, len);
	}
}
END_TEST

START_TEST(a_text_cut_anywhere_is_parsed_or_diagnosed)
{
	for (size_t len = 0; len < sizeof(seed_text); len += 5)
		read_one(seed_text, len);
	ck_assert(read_one(seed_text, sizeof(seed_text) - 1));
}
END_TEST

Suite *scenario_fuzz_suite(void);
Suite *scenario_fuzz_suite(void)
{
	Suite *s = suite_create("scenario_fuzz");
	TCase *tc = tcase_create("fuzz");

	tcase_set_timeout(tc, 0);
	tcase_add_test(tc, random_texts_are_parsed_or_diagnosed);
	tcase_add_test(tc, random_bytes_are_parsed_or_diagnosed);
	tcase_add_test(tc, a_text_cut_anywhere_is_parsed_or_diagnosed);
	suite_add_tcase(s, tc);
	return s;
}
