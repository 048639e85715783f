/*
 * What would an access meet?  The answer is held against the access itself, on the machines that the recorded cases leave
 * behind: random addresses of every process, accessed one after the other.
 */
#include <check.h>
#include <glob.h>
#include <string.h>

#include "sim/access.h"
#include "sim/pgtable.h"
#include "sim/vma.h"
#include "src/run.h"
#include "tests/space.h"

enum { NR_PARTS = 8, ACCESSES = 400 };

/* ---- worked cases, on one process ---- */

#define ck_forecast(t, va, access, want)                                                           \
	ck_assert_int_eq(fault_forecast(m, t, (vaddr_t)(va), access).kind, FORECAST_##want)

START_TEST(an_untouched_page_is_a_promise)
{
	int64_t va = map(8 * K, RW);

	ck_forecast(sh, va, ACCESS_READ, ZERO);
	ck_forecast(sh, va, ACCESS_FETCH, ZERO);
	ck_forecast(sh, va, ACCESS_WRITE, NEW);
	ck_read(sh, (vaddr_t)va);
	ck_forecast(sh, va, ACCESS_READ, NO_FAULT);
	ck_forecast(sh, va, ACCESS_WRITE, NEW);
	ck_write(sh, (vaddr_t)va);
	ck_forecast(sh, va, ACCESS_WRITE, NO_FAULT);
}
END_TEST

START_TEST(after_fork_a_write_copies_and_the_last_user_reuses)
{
	vaddr_t va = (vaddr_t)map(4 * K, RW);
	struct task *kid;

	ck_write(sh, va);
	kid = fork_sh();
	ck_forecast(sh, va, ACCESS_WRITE, COPY);
	ck_forecast(kid, va, ACCESS_WRITE, COPY);
	ck_forecast(kid, va, ACCESS_READ, NO_FAULT);
	ck_write(kid, va);
	ck_forecast(sh, va, ACCESS_WRITE, REUSE);
}
END_TEST

START_TEST(areas_refuse_by_their_rights)
{
	int64_t none = map(4 * K, 0), r = map(4 * K, R);

	ck_forecast(sh, none, ACCESS_READ, NO_RIGHT);
	ck_forecast(sh, none, ACCESS_WRITE, NO_RIGHT);
	ck_forecast(sh, r, ACCESS_READ, ZERO);
	ck_forecast(sh, r, ACCESS_WRITE, NO_RIGHT);
	ck_forecast(sh, 0x60000000, ACCESS_READ, NO_AREA);
	ck_forecast(sh, 0xc0100000, ACCESS_READ, NO_AREA);
}
END_TEST

START_TEST(below_the_stack_it_depends_on_limit_and_gap)
{
	struct forecast f = fault_forecast(m, sh, 0xbffde123, ACCESS_WRITE);

	ck_assert(f.grows && f.kind == FORECAST_NEW);
	f = fault_forecast(m, sh, 0xbf800000, ACCESS_READ);
	ck_assert(f.grows && f.kind == FORECAST_ZERO);
	/* 8M end at bf800000 */
	ck_forecast(sh, 0xbf7fffff, ACCESS_WRITE, NO_GROWTH);
	/* 255 pages above a mapping */
	ck_assert_int_eq(map_fixed(0xbf900000, 4 * K, RW), 0xbf900000);
	ck_forecast(sh, 0xbf901000 + 255 * PAGE_SIZE, ACCESS_WRITE, NO_GROWTH);
	ck_forecast(sh, 0xbf901000 + 256 * PAGE_SIZE, ACCESS_WRITE, NEW);
	ck_assert_uint_eq(told[S_EXPAND_STACK], 0);
}
END_TEST

START_TEST(a_question_tells_and_changes_nothing)
{
	vaddr_t va = (vaddr_t)map(4 * K, RW);
	uint64_t nr = m->trace->nr;

	space_forget();
	ck_forecast(sh, va, ACCESS_WRITE, NEW);
	ck_forecast(sh, 0xbffde000, ACCESS_WRITE, NEW);
	ck_forecast(sh, 0xbf000000, ACCESS_WRITE, NO_GROWTH);
	ck_assert_uint_eq(m->trace->nr, nr);
	for (int id = 0; id < NR_STEP_IDS; id++)
		ck_assert_uint_eq(told[id], 0);
	ck_assert_ptr_null(sh->mm->mmap->anon_vma);
	ck_assert_uint_eq(frame_at(sh, va), PFN_NONE);
}
END_TEST

/* ---- against the access itself ---- */

static uint32_t seed;

static uint32_t draw(uint32_t below)
{
	seed = seed * 1664525U + 1013904223U;
	return (uint32_t)((uint64_t)(seed >> 4) * below >> 28);
}

/* An address in an area of t, or up to a page beside it; sometimes far below the stack, or anywhere. */
static vaddr_t some_address(const struct task *t)
{
	const struct vma *v = mm_area_nr(t->mm, draw(t->mm->map_count));
	uint64_t va = (uint64_t)v->start + draw(v->end - v->start);

	switch (draw(8)) {
	case 0:
		va = v->end + draw(PAGE_SIZE);
		break;
	case 1:
		va = (uint64_t)v->start - draw(PAGE_SIZE) - 1;
		break;
	case 2:
		va = 0xc0000000 - draw(12 << 20);
		break;
	case 3:
		va = draw(4) ? draw(0xc0000000) : 0xc0000000 + draw(0x3fffffff);
		break;
	default:
		break;
	}
	return (vaddr_t)va;
}

/* Did what was told amount to this? */
static bool came_true(const struct forecast *f, const struct outcome *o, uint64_t zero_maps)
{
	if (f->grows != (told[S_VMA_ADJUST] > 0) && o->kind == OUT_OK && told[S_EXPAND_STACK])
		return false;
	switch (f->kind) {
	case FORECAST_NO_FAULT:
		return o->kind == OUT_OK && !told[S_PAGE_FAULT];
	case FORECAST_NO_AREA:
		return o->kind == OUT_MAPERR && !told[S_EXPAND_STACK];
	case FORECAST_NO_GROWTH:
		return o->kind == OUT_MAPERR && told[S_EXPAND_STACK];
	case FORECAST_NO_RIGHT:
		return o->kind == OUT_ACCERR;
	case FORECAST_BEYOND:
		return o->kind == OUT_BUS;
	case FORECAST_ZERO:
		return o->kind == OUT_OK && zero_maps == 1;
	case FORECAST_NEW:
		return o->kind == OUT_OK && told[S_CLEAR_PAGE] == 1 && !told[S_COPY_PAGE];
	case FORECAST_FILE:
		return o->kind == OUT_OK && told[S_MAP_FILE_PAGE] && !told[S_COPY_PAGE];
	case FORECAST_COPY:
		return o->kind == OUT_OK && told[S_COPY_PAGE] == 1;
	case FORECAST_REUSE:
		return o->kind == OUT_OK && told[S_SET_PTE] == 1 && !told[S_COPY_PAGE] &&
		       !told[S_PCP_TAKE];
	default:
		return o->kind == OUT_OK && told[S_SET_ACCESS_FLAGS] + told[S_FAULT_SPURIOUS] == 1;
	}
}

static void access_at_random(void)
{
	static const char tag[TAG_LEN] = "random";
	struct task *t = m->tasks;
	enum access kind = (enum access)draw(3);
	vaddr_t va;
	uint64_t zero_maps = m->nr_zero_maps;
	struct forecast f;
	struct outcome o;

	for (uint32_t n = draw(m->nr_tasks); n > 0; n--)
		t = t->next;
	va = some_address(t);
	space_forget();
	f = fault_forecast(m, t, va, kind);
	ck_assert_uint_eq(told[S_EXPAND_STACK], 0);
	o = access_page(m, t, va, kind, tag);
	ck_assert_msg(came_true(&f, &o, m->nr_zero_maps - zero_maps),
		      "%s %08" PRIx64 " access %d: forecast %d, grows %d, but outcome %d", t->comm,
		      va, kind, f.kind, f.grows, o.kind);
}

/* Run a scenario to its end. False: it cannot be loaded here. */
static bool run_case(const char *path, const char *machine, struct scenario **s,
		     struct trace *trace)
{
	struct machine_config c;
	struct diags d;

	diags_init(&d);
	*s = scenario_load(path, machine, &d);
	diags_free(&d);
	if (!*s)
		return false;
	c = *scenario_config(*s);
	if (c.profile->pt_levels == 3)
		c.nx = NX_ON;
	m = machine_create(&c, trace);
	ck_assert_ptr_nonnull(m);
	for (uint32_t nr = 1; nr <= scenario_nr_events(*s); nr++) {
		struct run_progress progress = {0};

		do
			event_run(m, *s, nr, &progress, 1000);
		while (progress.more);
	}
	return true;
}

/* The cases of this part, on their own machines or on another one. */
static void forecast_cases(int part, const char *machine)
{
	glob_t found;

	ck_assert_int_eq(glob("tests/cases/*.txt", 0, NULL, &found), 0);
	for (size_t i = (size_t)part; i < found.gl_pathc; i += NR_PARTS) {
		struct trace trace = {.sink = listen};
		struct scenario *s;

		seed = (uint32_t)i;
		if (!run_case(found.gl_pathv[i], machine, &s, &trace))
			continue;
		for (int n = 0; n < ACCESSES && m->nr_tasks && !m->nr_oom_kills; n++)
			access_at_random();
		machine_destroy(m);
		scenario_free(s);
	}
	m = NULL;
	globfree(&found);
}

START_TEST(what_was_forecast_comes_true) { forecast_cases(_i, NULL); }
END_TEST

START_TEST(where_pages_may_not_be_executed_too) { forecast_cases(_i, "i386-6.1-pae ram=1G nx=on"); }
END_TEST

Suite *forecast_suite(void)
{
	Suite *s = suite_create("forecast");
	TCase *t = tcase_create("worked"), *r = tcase_create("random");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, an_untouched_page_is_a_promise);
	tcase_add_test(t, after_fork_a_write_copies_and_the_last_user_reuses);
	tcase_add_test(t, areas_refuse_by_their_rights);
	tcase_add_test(t, below_the_stack_it_depends_on_limit_and_gap);
	tcase_add_test(t, a_question_tells_and_changes_nothing);
	suite_add_tcase(s, t);
	tcase_add_loop_test(r, what_was_forecast_comes_true, 0, NR_PARTS);
	tcase_add_loop_test(r, where_pages_may_not_be_executed_too, 0, NR_PARTS);
	suite_add_tcase(s, r);
	return s;
}
