/*
 * What holds for every scenario: random ones, written in the language from a fixed seed, on small machines
 * where memory runs out.
 *
 *	laws          every law of the machine after every event
 *	replay        back to the start and forward again: the same bytes
 *	unwatched     with a listener and without: the same bytes
 *	conservation  frames before == frames after everything was given back
 */
#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/engine.h"
#include "src/timeline.h"

enum { SCENARIOS = 16, EVENTS = 160, PROCS = 4, REGIONS = 5, NAMES = 6, TEXT_MAX = 32768 };

/* ---- a scenario at random ---- */

/* What the writer knows of the names it gave. */
struct process {
	bool alive;
	unsigned maps, mallocs; /* region names r0, r1, ... and m0, m1, ... in use, as bits */
};

struct writer {
	uint32_t seed;
	size_t len;
	char text[TEXT_MAX];
	struct process proc[PROCS];
	unsigned pages, kmallocs, objects; /* names given, as bits */
	unsigned caches;
};

static uint32_t draw(struct writer *w, uint32_t below)
{
	w->seed = w->seed * 1664525U + 1013904223U;
	return (w->seed >> 8) % below;
}

static void line(struct writer *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void line(struct writer *w, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	w->len += (size_t)vsnprintf(w->text + w->len, TEXT_MAX - w->len, format, args);
	va_end(args);
	ck_assert_uint_lt(w->len, TEXT_MAX - 2);
	w->text[w->len++] = '\n';
	w->text[w->len] = 0;
}

static const char *prot(struct writer *w)
{
	static const char *const words[] = {"rw", "rw", "rw", "r", "none", "rwx", "rx"};

	return words[draw(w, 7)];
}

/* An index whose bit is set in mask, or -1. */
static int some_bit(struct writer *w, unsigned mask)
{
	for (int tries = 0; mask && tries < 64; tries++) {
		int i = (int)draw(w, 8);

		if (mask >> i & 1)
			return i;
	}
	return -1;
}

/* A range of the process p: somewhere in or over the end of what it has. */
static const char *range(struct writer *w, int p)
{
	static char text[64];
	int r = some_bit(w, w->proc[p].maps), k = some_bit(w, w->proc[p].mallocs);
	unsigned page = draw(w, 20), pages = 1 + draw(w, draw(w, 4) ? 8 : 200);

	switch (draw(w, 6)) {
	case 0:
		snprintf(text, sizeof(text), "stack-%uK", 4 * page);
		break;
	case 1:
		snprintf(text, sizeof(text), "%s", draw(w, 2) ? "data" : "bss 12K");
		break;
	case 2:
		if (k >= 0) {
			snprintf(text, sizeof(text), "m%d", k);
			break;
		}
		/* fall through */
	default:
		if (r >= 0)
			snprintf(text, sizeof(text), "r%d+%uK %uK", r, 4 * page, 4 * pages);
		else
			snprintf(text, sizeof(text), "heap %uK", 4 * pages);
	}
	return text;
}

static void write_map(struct writer *w, int p)
{
	static const char *const flags[] = {"",          "",           "",        " shared",
					    " populate", " growsdown", " locked", " noreserve"};
	int r = (int)draw(w, REGIONS), old = some_bit(w, w->proc[p].maps);
	unsigned kilobytes = 4 * (1 + draw(w, draw(w, 5) ? 16 : 600));

	if (old >= 0 && draw(w, 4) == 0)
		line(w, "mmap p%d r%d %uK prot=%s at=r%d+%uK fixed%s", p, r, kilobytes, prot(w),
		     old, 4 * draw(w, 8), draw(w, 2) ? " shared" : "");
	else
		line(w, "mmap p%d r%d %uK prot=%s%s", p, r, kilobytes, prot(w), flags[draw(w, 8)]);
	w->proc[p].maps |= 1U << r;
}

static void write_heap(struct writer *w, int p)
{
	int k = some_bit(w, w->proc[p].mallocs), fresh = (int)draw(w, NAMES);
	unsigned bytes = 1 + draw(w, draw(w, 3) ? 3000 : 300000);

	if (draw(w, 6) == 0) {
		line(w, "brk p%d %c%uK", p, draw(w, 3) ? '+' : '-', 4 * draw(w, 30));
	} else if (k >= 0 && draw(w, 2)) {
		line(w, draw(w, 3) ? "free p%d m%d" : "realloc p%d m%d 5000", p, k);
	} else {
		line(w, "%s p%d m%d %u", draw(w, 4) ? "malloc" : "calloc", p, fresh, bytes);
		w->proc[p].mallocs |= 1U << fresh;
	}
}

static void write_call(struct writer *w, int p)
{
	static const char *const advice[] = {"dontneed", "dontfork", "dofork", "free", "willneed"};
	int r = some_bit(w, w->proc[p].maps);

	switch (draw(w, 6)) {
	case 0:
		line(w, "munmap p%d %s", p, range(w, p));
		break;
	case 1:
		line(w, "mprotect p%d %s prot=%s", p, range(w, p), prot(w));
		break;
	case 2:
		line(w, "madvise p%d %s %s", p, range(w, p), advice[draw(w, 5)]);
		break;
	case 3:
		line(w, "%s p%d %s", draw(w, 2) ? "mlock" : "munlock", p, range(w, p));
		break;
	case 4:
		if (r >= 0)
			line(w, "mremap p%d r%d %uK%s", p, r, 4 * draw(w, 40),
			     draw(w, 2) ? " maymove" : "");
		break;
	default:
		line(w, "fetch p%d %s", p, draw(w, 2) ? "code" : "data");
	}
}

static void write_process(struct writer *w, int p)
{
	int other = (int)draw(w, PROCS);

	if (!w->proc[p].alive) {
		line(w, "spawn p%d", p);
		w->proc[p] = (struct process){.alive = true};
	} else if (!w->proc[other].alive) {
		line(w, "fork p%d p%d", p, other);
		w->proc[other] = w->proc[p];
	} else if (draw(w, 3) == 0) {
		line(w, "exit p%d", p);
		w->proc[p].alive = false;
	}
}

static void write_kernel(struct writer *w)
{
	unsigned i = draw(w, NAMES), bit = 1U << i;

	switch (draw(w, 4)) {
	case 0:
		if (w->pages & bit)
			line(w, "free_pages b%u", i);
		else
			line(w, "alloc_pages b%u %u gfp=%s", i, draw(w, 7),
			     draw(w, 2) ? "kernel" : "highuser");
		w->pages ^= bit;
		break;
	case 1:
		if (w->kmallocs & bit)
			line(w, "kfree k%u", i);
		else
			line(w, "kmalloc k%u %u", i, 1 + draw(w, draw(w, 4) ? 500 : 20000));
		w->kmallocs ^= bit;
		break;
	case 2:
		if (w->caches < 2)
			line(w, "cache_create c%u %u", w->caches++, 1 + draw(w, 3000));
		else
			line(w, "cache_shrink c%u", draw(w, 2));
		break;
	default:
		if (w->objects & bit)
			line(w, "cache_free o%u", i);
		else if (w->caches)
			line(w, "cache_alloc c%u o%u", draw(w, w->caches), i);
		if ((w->objects & bit) || w->caches)
			w->objects ^= bit;
	}
}

static void write_event(struct writer *w)
{
	int p = (int)draw(w, PROCS);
	uint32_t kind = draw(w, 16);

	if (kind == 0)
		line(w, "cpu %u", draw(w, 2));
	else if (kind < 4)
		write_kernel(w);
	else if (!w->proc[p].alive || kind < 6)
		write_process(w, p);
	else if (kind < 8)
		write_map(w, p);
	else if (kind < 9)
		write_heap(w, p);
	else if (kind < 11)
		write_call(w, p);
	else
		line(w, "%s p%d %s", kind < 14 ? "write" : "read", p, range(w, p));
}

/* Everything that was given a name goes back. */
static void write_end(struct writer *w)
{
	for (unsigned i = 0; i < NAMES; i++) {
		if (w->pages >> i & 1)
			line(w, "free_pages b%u", i);
		if (w->kmallocs >> i & 1)
			line(w, "kfree k%u", i);
		if (w->objects >> i & 1)
			line(w, "cache_free o%u", i);
	}
	for (unsigned i = 0; i < w->caches; i++)
		line(w, "cache_destroy c%u", i);
	for (int p = 0; p < PROCS; p++)
		if (w->proc[p].alive)
			line(w, "exit p%d", p);
}

static struct scenario *random_scenario(int number)
{
	static const char *const profiles[] = {"i386", "i386-6.1", "i386-6.1-pae", "i386-pae"};
	struct writer *w = calloc(1, sizeof(*w));
	struct scenario *s;
	struct diags d;

	ck_assert_ptr_nonnull(w);
	w->seed = (uint32_t)number * 7919 + 5;
	line(w, "machine %s ram=%dM cpus=2", profiles[number % 4], number % 3 ? 8 : 40);
	while (w->len < TEXT_MAX / 4)
		write_event(w);
	write_end(w);
	diags_init(&d);
	s = scenario_parse("random", w->text, strlen(w->text), NULL, &d);
	diags_print(&d, stderr);
	diags_free(&d);
	free(w);
	ck_assert_ptr_nonnull(s);
	ck_assert_uint_gt(scenario_nr_events(s), EVENTS);
	return s;
}

/* ---- laws, conservation ---- */

struct census {
	uint32_t frames[NR_FRAME_USES];
};

static struct census count_frames(const struct machine *m)
{
	struct census c = {0};

	for (pfn_t pfn = 0; pfn < m->max_pfn; pfn++)
		c.frames[pfn_page(m, pfn)->use]++;
	return c;
}

/* What the kernel keeps at hand goes back to the buddy. The management of a slab may be an object of another
 * cache, so until nothing comes any more. */
static void drain(struct machine *m)
{
	uint32_t pages;

	do {
		pages = 0;
		for (uint32_t i = 0; i < MAX_CACHES; i++)
			if (m->cache[i])
				pages += kmem_cache_shrink(m, m->cache[i]);
	} while (pages);
	drain_pages(m, -1);
}

START_TEST(every_law_holds_after_every_event)
{
	struct scenario *s = random_scenario(_i);
	struct trace trace = {0};
	struct machine *m = engine_boot(s, &trace);
	unsigned ok = 0;

	for (uint32_t nr = 1; nr <= scenario_nr_events(s); nr++) {
		struct outcome o = engine_run(m, s, nr, false);
		const char *broken = machine_check(m);
		char text[100];

		scenario_event_text(s, nr, text, sizeof(text));
		ck_assert_msg(!broken, "after event %u, %s: %s", nr, text, broken);
		ok += o.kind == OUT_OK || o.kind == OUT_ADDRESS;
	}
	ck_assert_uint_gt(ok, scenario_nr_events(s) / 3); /* not only refusals */
	machine_destroy(m);
	scenario_free(s);
}
END_TEST

START_TEST(all_frames_come_back_but_those_of_files)
{
	struct scenario *s = random_scenario(_i);
	struct trace trace = {0};
	struct machine *m = engine_boot(s, &trace);
	struct census before, after;

	drain(m);
	before = count_frames(m);
	for (uint32_t nr = 1; nr <= scenario_nr_events(s); nr++)
		engine_run(m, s, nr, false);
	ck_assert_uint_eq(m->nr_tasks, 0);
	drain(m);
	after = count_frames(m);
	for (int use = 0; use < NR_FRAME_USES; use++)
		if (use != FRAME_FREE && use != FRAME_FILE && use != FRAME_SLAB)
			ck_assert_msg(after.frames[use] == before.frames[use], "use %d: %u, was %u",
				      use, after.frames[use], before.frames[use]);
	/* a file stays in the page cache, its inode in a slab */
	for (uint32_t i = 0; i < MAX_CACHES; i++)
		if (m->cache[i] && cache_active_objs(m->cache[i]) == 0)
			ck_assert_uint_eq(cache_slabs(m->cache[i]), 0);
	ck_assert_uint_eq(
		after.frames[FRAME_FREE] + after.frames[FRAME_FILE] + after.frames[FRAME_SLAB],
		before.frames[FRAME_FREE] + before.frames[FRAME_FILE] + before.frames[FRAME_SLAB]);
	machine_destroy(m);
	scenario_free(s);
}
END_TEST

/* ---- replay, unwatched ---- */

static uint64_t fingerprint(const struct timeline *t)
{
	struct arena *a = timeline_machine(t)->arena;
	const uint64_t *word = arena_base(a);
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < arena_used(a) / sizeof(*word); i++)
		if (word[i])
			h = (h ^ word[i] ^ i) * 0x100000001b3u;
	return h;
}

static uint64_t at(struct timeline *t, uint32_t event, uint64_t step)
{
	timeline_goto(t, (struct when){event, step});
	return fingerprint(t);
}

START_TEST(back_and_forward_again_gives_the_same_bytes)
{
	struct scenario *s = random_scenario(_i);
	struct timeline *t = timeline_open(s);
	uint32_t last = scenario_nr_events(s), seed = (uint32_t)_i;
	uint64_t *seen = calloc(last + 1, sizeof(*seen));

	for (uint32_t e = 0; e <= last; e++)
		seen[e] = at(t, e, STEP_END);
	for (uint32_t e = last + 1; e-- > 0;)
		ck_assert_uint_eq(at(t, e, STEP_END), seen[e]);
	for (int i = 0; i < 100; i++) {
		seed = seed * 1664525U + 1013904223U;
		uint32_t e = (seed >> 8) % (last + 1);

		/* now and then through the middle of an event */
		if (i % 2)
			at(t, e, 1 + (seed >> 4) % 64);
		else
			ck_assert_uint_eq(at(t, e, STEP_END), seen[e]);
	}
	ck_assert_uint_eq(at(t, last, STEP_END), seen[last]);
	free(seen);
	timeline_close(t);
	scenario_free(s);
}
END_TEST

static void count_tellings(void *ctx, const struct step *s)
{
	uint64_t *n = ctx;

	*n += s->kind != TELL_LEAVE;
}

START_TEST(a_listener_changes_nothing)
{
	struct scenario *s = random_scenario(_i);
	struct trace trace = {0};
	struct machine *m = engine_boot(s, &trace);
	struct checkpoints *c = checkpoints_open(m->arena);
	struct checkpoint *boot = checkpoint_take(c);
	unsigned char *unwatched;
	uint64_t told = 0;
	size_t used;

	for (uint32_t nr = 1; nr <= scenario_nr_events(s); nr++)
		engine_run(m, s, nr, false);
	used = arena_used(m->arena);
	unwatched = malloc(used);
	memcpy(unwatched, arena_base(m->arena), used);
	checkpoint_restore(c, boot);
	trace = (struct trace){.sink = count_tellings, .ctx = &told};
	for (uint32_t nr = 1; nr <= scenario_nr_events(s); nr++)
		engine_run(m, s, nr, false);
	ck_assert_uint_gt(told, 1000);
	ck_assert_uint_eq(told, trace.nr);
	ck_assert_uint_eq(arena_used(m->arena), used);
	ck_assert_int_eq(memcmp(unwatched, arena_base(m->arena), used), 0);
	free(unwatched);
	checkpoint_drop(c, boot);
	checkpoints_close(c);
	machine_destroy(m);
	scenario_free(s);
}
END_TEST

Suite *replay_suite(void);
Suite *replay_suite(void)
{
	Suite *suite = suite_create("replay");
	TCase *c = tcase_create("replay");

	suite_add_tcase(suite, c);
	tcase_set_timeout(c, 0);
	tcase_add_loop_test(c, every_law_holds_after_every_event, 0, SCENARIOS);
	tcase_add_loop_test(c, all_frames_come_back_but_those_of_files, 0, SCENARIOS);
	tcase_add_loop_test(c, back_and_forward_again_gives_the_same_bytes, 0, SCENARIOS);
	tcase_add_loop_test(c, a_listener_changes_nothing, 0, SCENARIOS);
	return suite;
}
