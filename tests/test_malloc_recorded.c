/*
 * The C library's allocator beside a real one: tests/recorded/malloc.txt and malloc-64.txt have random sequences of
 * calls, and what glibc 2.36 of 32 and of 64 bits made of each: the address, the break, and how many pages have been
 * touched.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "sim/check.h"
#include "sim/machine.h"
#include "sim/malloc.h"
#include "sim/mmap.h"
#include "sim/pgtable.h"

enum { NAMES = 1024 };

static const struct recording {
	const char *file, *profile;
	unsigned runs;
	vaddr_t mappings; /* the heap is more, mappings are less below the libraries */
} recordings[] = {
	{"tests/recorded/malloc.txt", "i386-6.1", 36, 1u << 30},
	{"tests/recorded/malloc-64.txt", "x86-64", 25, (vaddr_t)1 << 40},
};

static struct trace trace;
static struct machine *m;
static struct task *t;
static vaddr_t heap, top_down; /* where the heap begins; mappings lie below */
static vaddr_t held[NAMES];

static void teardown(void)
{
	machine_destroy(m);
	m = NULL;
	memset(&trace, 0, sizeof(trace));
	memset(held, 0, sizeof(held));
}

static void map_page(vaddr_t at)
{
	struct mmap_request rq = {.bytes = PAGE_SIZE, .fixed = true, .has_at = true, .at = at};

	ck_assert_int_eq(sys_mmap(m, t, &rq), at);
}

/* A new process. The page stands for the libraries of the real one: mappings cannot grow beyond it. */
static void begin_run(const struct recording *r)
{
	struct machine_config c;

	if (m)
		teardown();
	machine_config_default(&c);
	c.profile = profile_find(r->profile);
	m = machine_create(&c, &trace);
	t = do_spawn(m, "sh", 1, m->profile->program, NULL);
	heap = t->mm->start_brk;
	top_down = t->mm->mmap_base - PAGE_SIZE;
	map_page(top_down);
}

static uint32_t present_pages(void)
{
	uint32_t n = 0;

	for (const struct vma *v = t->mm->mmap; v; v = v->next)
		for (vaddr_t va = v->start; va < v->end && va >= heap && va < top_down;
		     va += PAGE_SIZE) {
			const pte_t *e = pte_offset(m, t->mm, va);

			n += e && pte_present(*e);
		}
	return n;
}

/* A call, and its result as the recording writes it. */
static void run_call(const struct recording *r, const char *line, char result[32])
{
	unsigned i = 0, size = 0;
	int64_t va = 0;
	char op;

	ck_assert_int_ge(sscanf(line, "%c %u %u", &op, &i, &size), 2);
	ck_assert_uint_lt(i, op == 's' || op == 'B' || op == 'b' ? ~0u : NAMES);
	switch (op) {
	case 'm':
		va = user_malloc(m, t, size, 1);
		break;
	case 'c':
		va = user_calloc(m, t, size, 1);
		break;
	case 'r':
		va = user_realloc(m, t, held[i], size, 1);
		break;
	case 'f':
		ck_assert_int_eq(user_free(m, t, held[i]), 0);
		break;
	case 's':
		ck_assert_int_eq(sys_brk(m, t, t->mm->brk + i), t->mm->brk);
		break;
	case 'B':
		map_page(heap + i);
		break;
	default:
		ck_assert_int_eq(sys_munmap(m, t, heap + i, PAGE_SIZE), 0);
		break;
	}
	if (va > 0)
		held[i] = (vaddr_t)va;
	if (va > 0 && (vaddr_t)va < top_down - r->mappings)
		snprintf(result, 32, "h%x", (unsigned)((vaddr_t)va - heap));
	else if (va > 0)
		snprintf(result, 32, "m%x", (unsigned)(top_down - (vaddr_t)va));
	else
		snprintf(result, 32, "%s", va == 0 && !strchr("mcr", op) ? "ok" : "0");
}

START_TEST(every_call_gives_what_the_real_library_gave)
{
	const struct recording *r = &recordings[_i];
	FILE *recording = fopen(r->file, "r");
	char line[128], result[32], real[128], here[128];
	unsigned runs = 0, nr = 0;

	ck_assert_ptr_nonnull(recording);
	while (fgets(line, sizeof(line), recording)) {
		const char *answer = strstr(line, "= ");

		nr++;
		if (strncmp(line, "run ", 4) == 0) {
			begin_run(r);
			runs++;
		}
		if (line[0] == '#' || !answer)
			continue;
		run_call(r, line, result);
		snprintf(real, sizeof(real), "%s", answer + 2);
		snprintf(here, sizeof(here), "%s %x %u\n", result, (unsigned)(t->mm->brk - heap),
			 present_pages());
		ck_assert_msg(strcmp(real, here) == 0, "%s:%u: %s  here %s", r->file, nr, line,
			      here);
		if (nr % 50 == 0)
			ck_assert_ptr_null(machine_check(m));
	}
	fclose(recording);
	ck_assert_uint_eq(runs, r->runs);
}
END_TEST

Suite *malloc_recorded_suite(void)
{
	Suite *s = suite_create("malloc_recorded");
	TCase *c = tcase_create("calls");

	tcase_add_checked_fixture(c, NULL, teardown);
	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, every_call_gives_what_the_real_library_gave, 0,
			    sizeof(recordings) / sizeof(recordings[0]));
	suite_add_tcase(s, c);
	return s;
}
