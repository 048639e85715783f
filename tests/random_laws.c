/*
 * What must hold for every scenario.
 *
 *	law           every law of the machine after every event
 *	contents      what a process sees changes by its own events alone (random_contents.c)
 *	conservation  everything given back: the frames and objects of a machine just booted, and files
 *	listing       the state listing of the text is that of the same lines typed one by one
 *	replay        back and forward through any micro-step: the same bytes, the same listing
 *	unwatched     with a listener and without: the same bytes
 *
 * The first three are asked of every scenario, the others of some: they take longer.
 */
#include "tests/random.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/page_alloc.h"
#include "sim/pgtable.h"
#include "sim/slab.h"
#include "src/engine.h"
#include "src/listing.h"
#include "src/panic.h"
#include "src/timeline.h"

/* Names of files in a scenario begin here. */
#define NAME "tests/random.txt"

enum { MOMENTS = 4 };

static bool fail(struct report *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool fail(struct report *r, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(r->why, sizeof(r->why), format, args);
	va_end(args);
	return false;
}

/* ---- conservation ---- */

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
	lru_add_drain_all(m);
	drain_pages(m, -1);
}

/* Processes end, names of kernel memory are freed, and nothing is kept at hand. */
static void give_all_back(struct machine *m)
{
	while (m->tasks)
		do_exit(m, m->tasks);
	for (uint32_t i = 0; i < m->names.cap; i++) {
		const struct region *r = &m->names.slot[i];

		if (r->name && r->freed)
			continue;
		if (r->name && r->kind == REGION_PAGES)
			free_pages(m, (pfn_t)(r->start >> PAGE_SHIFT), r->extra);
		else if (r->name && r->kind == REGION_KMALLOC)
			kfree(m, r->start);
		else if (r->name && r->kind == REGION_OBJECT)
			kmem_cache_free(m, m->cache[r->extra], r->start);
		else if (r->name && r->kind == REGION_VMALLOC)
			vfree(m, r->start);
		else if (r->name && r->kind == REGION_IOREMAP)
			iounmap(m, r->start);
	}
	drain(m);
}

struct census {
	uint32_t frames[NR_FRAME_USES];
};

/* Tables below one of the kernel's own: those of vmalloc stay. */
static uint32_t count_kernel_tables(const struct machine *m, const pte_t *table, unsigned level)
{
	uint32_t count = 0;

	for (unsigned i = 0; i < pt_entries(m, level); i++) {
		if (!(table[i] & PTE_P) || (table[i] & PTE_PSE))
			continue;
		count++;
		if (level + 2U < m->profile->pt_levels)
			count += count_kernel_tables(m, pt_table(m, table[i]), level + 1);
	}
	return count;
}

static struct census count_frames(const struct machine *m)
{
	struct census c = {0};

	for (pfn_t pfn = 0; pfn < m->max_pfn; pfn++)
		c.frames[pfn_page(m, pfn)->use]++;
	c.frames[FRAME_TABLE] -= count_kernel_tables(m, m->kernel_pgd, 0);
	return c;
}

static bool frames_are_back(struct report *r, const struct machine *m, const struct machine *fresh)
{
	struct census had = count_frames(fresh), has = count_frames(m);

	for (int use = 0; use < NR_FRAME_USES; use++)
		if (use != FRAME_FREE && use != FRAME_FILE && use != FRAME_SLAB &&
		    has.frames[use] != had.frames[use])
			return fail(r, "conservation: %u frames of use %d, but boot had %u",
				    has.frames[use], use, had.frames[use]);
	return true;
}

/* Files keep their inodes and dentries; the scenario's own caches may keep what its objects have left. */
static bool objects_are_back(struct report *r, const struct machine *m, const struct machine *fresh)
{
	for (uint32_t i = 0; i < MAX_CACHES; i++) {
		const struct kmem_cache *c = m->cache[i], *old = fresh->cache[i];
		uint32_t active = c ? cache_active_objs(c) : 0;
		bool of_files =
			c && (c == m->kobj_cache[KOBJ_FILP] || c == m->kobj_cache[KOBJ_INODE] ||
			      c == m->kobj_cache[KOBJ_DENTRY]);

		if (c && old && !of_files && strcmp(c->name, "kmem_cache") != 0 &&
		    strncmp(c->name, "kmalloc", 7) != 0 && strncmp(c->name, "size-", 5) != 0 &&
		    active != cache_active_objs(old))
			return fail(r, "conservation: %u objects of %s, but boot had %u", active,
				    c->name, cache_active_objs(old));
		if (c && active == 0 && cache_slabs(c) > 0)
			return fail(r, "conservation: %s has slabs but no objects", c->name);
	}
	return true;
}

static bool everything_is_back(struct report *r, const struct scenario *s, struct machine *m)
{
	struct trace trace = {0};
	struct machine *fresh = engine_boot(s, &trace);
	const char *broken;
	bool good;

	drain(fresh);
	give_all_back(m);
	broken = machine_check(m);
	good = !broken || fail(r, "law: when everything is back: %s", broken);
	good = good && frames_are_back(r, m, fresh) && objects_are_back(r, m, fresh);
	machine_destroy(fresh);
	return good;
}

/* ---- laws ---- */

/* A machine that runs a scenario under observation. */
struct run_watched {
	struct trace trace;
	struct scenario *s;
	struct machine *m;
	struct state_lister *lister;
	struct contents *contents;
};

static struct run_watched *watch(struct scenario *s, FILE *listing)
{
	struct run_watched *w = panic_if_null(calloc(1, sizeof(*w)));

	w->s = s;
	w->m = panic_if_null(engine_boot(s, &w->trace));
	w->lister = state_lister_open(w->m, s, listing, true);
	w->contents = contents_new();
	return w;
}

static void unwatch(struct run_watched *w)
{
	contents_free(w->contents);
	state_lister_close(w->lister);
	machine_destroy(w->m);
	free(w);
}

/* One event, its listing, and the laws after it. */
static bool run_one(struct report *r, struct run_watched *w, uint32_t nr)
{
	struct outcome o;
	const char *broken;

	contents_note(w->contents, w->m, w->s, nr);
	state_lister_before(w->lister, nr);
	o = engine_run(w->m, w->s, nr, false);
	state_lister_after(w->lister, nr, &o);
	r->events++;
	r->done_well += o.kind == OUT_OK || o.kind == OUT_ADDRESS;
	broken = machine_check(w->m);
	return (!broken || fail(r, "law: after event %u: %s", nr, broken)) &&
	       contents_hold(w->contents, r, w->m, w->s, nr, &o);
}

static struct scenario *parse(struct report *r, const char *text)
{
	struct scenario *s;
	struct diags d;

	diags_init(&d);
	s = scenario_parse(NAME, text, strlen(text), NULL, &d);
	if (!s)
		fail(r, "parse: %s", d.count ? d.item[0].message : "no message");
	diags_free(&d);
	return s;
}

static bool type_line(struct report *r, struct scenario *s, const char *line)
{
	struct diags d;
	bool good;

	diags_init(&d);
	good = scenario_insert(s, scenario_nr_events(s), line, &d) ||
	       fail(r, "parse: %s: %s", line, d.count ? d.item[0].message : "no message");
	diags_free(&d);
	return good;
}

static void add_line(struct report *r, const char *line)
{
	size_t used = strlen(r->text);

	snprintf(r->text + used, sizeof(r->text) - used, "%s\n", line);
}

/* The scenario of a seed, typed line by line. Its listing goes to out. */
static bool grow(struct report *r, uint64_t seed, FILE *out)
{
	struct writer *writer = writer_new(seed);
	struct scenario *s;
	struct run_watched *w;
	const char *line;
	bool good = true;

	r->text[0] = '\0';
	add_line(r, writer_header(writer));
	s = parse(r, r->text);
	if (!s)
		return false;
	w = watch(s, out);
	while (good && (line = writer_next(writer, s, w->m))) {
		add_line(r, line);
		good = type_line(r, s, line) && run_one(r, w, scenario_nr_events(s));
	}
	r->kills += w->m->nr_oom_kills;
	good = good && everything_is_back(r, s, w->m);
	unwatch(w);
	scenario_free(s);
	writer_free(writer);
	return good;
}

/* The same for a scenario that is there. */
static bool keeps_laws(struct report *r, struct scenario *s, FILE *out)
{
	struct run_watched *w = watch(s, out);
	bool good = true;

	for (uint32_t nr = 1; good && nr <= scenario_nr_events(s); nr++)
		good = run_one(r, w, nr);
	good = good && everything_is_back(r, s, w->m);
	unwatch(w);
	return good;
}

/* ---- replay ---- */

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

static struct when some_moment(struct dice *d, uint32_t events)
{
	struct when w = {dice_below(d, events + 1), STEP_END};

	if (dice_below(d, 3))
		w.step = 1 + dice_below(d, dice_below(d, 2) ? 300 : 12);
	return w;
}

/* Through other moments, forward and back, to the end of event nr. */
static void wander(struct timeline *t, struct dice *d, uint32_t events, uint32_t nr)
{
	while (dice_below(d, 3) == 0)
		timeline_goto(t, some_moment(d, events));
	if (nr && dice_below(d, 4) == 0)
		timeline_goto(t, (struct when){nr, 1 + dice_below(d, 40)});
	timeline_goto(t, (struct when){nr, STEP_END});
}

/* The listing of the moments that t is taken to, from anywhere. */
static void list_wandering(struct timeline *t, struct scenario *s, struct dice *d, FILE *out)
{
	struct state_lister *l = state_lister_open(timeline_machine(t), s, out, false);
	uint32_t last = scenario_nr_events(s);

	timeline_goto(t, (struct when){last, STEP_END});
	for (uint32_t nr = 1; nr <= last; nr++) {
		wander(t, d, last, nr - 1);
		state_lister_before(l, nr);
		wander(t, d, last, nr);
		state_lister_after(l, nr, &timeline_result(t, nr)->outcome);
	}
	state_lister_close(l);
}

/* A moment looks the same from wherever it is reached. */
static bool moments_are_same(struct report *r, struct timeline *t, struct dice *d, uint32_t last)
{
	for (int i = 0; i < MOMENTS; i++) {
		struct when at = some_moment(d, last);
		uint64_t sum;

		timeline_goto(t, at);
		at = timeline_now(t);
		sum = fingerprint(t);
		wander(t, d, last, dice_below(d, last + 1));
		timeline_goto(t, at);
		if (fingerprint(t) != sum)
			return fail(r, "replay: event %u, step %lld differs", at.event,
				    (long long)at.step);
	}
	return true;
}

/* Where two texts part: the line of the first. */
static bool is_same_listing(struct report *r, const char *what, const char *a, const char *b)
{
	const char *from = a;

	if (strcmp(a, b) == 0)
		return true;
	for (; *a && *a == *b; a++, b++)
		if (*a == '\n')
			from = a + 1;
	return fail(r, "%s: the listing parts at: %.*s", what, (int)strcspn(from, "\n"), from);
}

bool random_replays(struct report *r, struct scenario *s, uint64_t seed, const char *listing)
{
	struct dice d = {seed};
	struct timeline *t = panic_if_null(timeline_open(s));
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	bool good;

	list_wandering(t, s, &d, out);
	fclose(out);
	good = is_same_listing(r, "replay", listing, text) &&
	       moments_are_same(r, t, &d, scenario_nr_events(s));
	free(text);
	timeline_close(t);
	return good;
}

/* ---- unwatched ---- */

static void count_tellings(void *ctx, const struct step *s)
{
	uint64_t *n = ctx;

	*n += s->kind != TELL_LEAVE;
}

static void run_all(struct machine *m, const struct scenario *s)
{
	for (uint32_t nr = 1; nr <= scenario_nr_events(s); nr++)
		engine_run(m, s, nr, false);
}

static bool is_same_unwatched(struct report *r, const struct scenario *s)
{
	struct trace trace = {0};
	struct machine *m = panic_if_null(engine_boot(s, &trace));
	size_t booted = arena_used(m->arena), used;
	char *base = arena_base(m->arena), *boot = panic_if_null(malloc(booted)), *end;
	uint64_t told = 0;
	bool good;

	memcpy(boot, base, booted);
	run_all(m, s);
	used = arena_used(m->arena);
	end = panic_if_null(malloc(used));
	memcpy(end, base, used);

	memcpy(base, boot, booted);
	memset(base + booted, 0, used - booted);
	trace = (struct trace){.sink = count_tellings, .ctx = &told};
	run_all(m, s);
	good = (told == trace.nr && arena_used(m->arena) == used && memcmp(base, end, used) == 0) ||
	       fail(r, "unwatched: a listener changes the machine");
	free(boot);
	free(end);
	machine_destroy(m);
	return good;
}

/* ---- all of it ---- */

/* The dearer questions, some for each seed. */
static bool holds_when_repeated(struct report *r, struct scenario *s, uint64_t seed,
				const char *listing)
{
	struct dice d = {~seed};

	return (dice_below(&d, 8) || random_replays(r, s, seed, listing)) &&
	       (dice_below(&d, 6) || is_same_unwatched(r, s));
}

/* The text once more as a whole: the lines were typed one by one before. */
static bool is_same_when_parsed(struct report *r, uint64_t seed, const char *listing)
{
	struct scenario *s = parse(r, r->text);
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	bool good = s != NULL;

	if (s)
		list_state(s, out);
	fclose(out);
	good = good && is_same_listing(r, "listing", listing, text) &&
	       holds_when_repeated(r, s, seed, listing);
	free(text);
	scenario_free(s);
	return good;
}

/* Its listing in *listing, to be freed. */
static bool grow_listed(struct report *r, uint64_t seed, char **listing)
{
	size_t len;
	FILE *out = open_memstream(listing, &len);
	bool good;

	r->seed = seed;
	r->why[0] = '\0';
	r->scenarios++;
	good = grow(r, seed, out);
	fclose(out);
	return good;
}

bool random_seed_grows(struct report *r, uint64_t seed)
{
	char *listing = NULL;
	bool good = grow_listed(r, seed, &listing);

	free(listing);
	return good;
}

bool random_seed_holds(struct report *r, uint64_t seed)
{
	char *listing = NULL;
	bool good = grow_listed(r, seed, &listing) && is_same_when_parsed(r, seed, listing);

	free(listing);
	return good;
}

bool random_text_holds(struct report *r, const char *text, uint64_t seed)
{
	struct scenario *s = parse(r, text);
	char *listing = NULL;
	size_t len;
	FILE *out;
	bool good;

	r->why[0] = '\0';
	if (!s)
		return true;
	out = open_memstream(&listing, &len);
	good = keeps_laws(r, s, out);
	fclose(out);
	good = good && holds_when_repeated(r, s, seed, listing);
	free(listing);
	scenario_free(s);
	return good;
}
