/*
 * Fields that the inspector shows are live: from the structures that can be reached at many moments of many scenarios.
 *
 * For each profile the lectures on it, a scenario of its own and random ones are gone through.  At each moment every
 * pointer is followed from the nodes, tasks, caches and files on, as a user does with Enter.  A field that has one
 * value only, in all objects of its kind at all times, is dead, unless it stands below with the reason.
 */
#include <check.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "src/fields.h"
#include "src/timeline.h"
#include "tests/field_truth.h"
#include "tests/random.h"

/* ---- what was seen ---- */

enum { SEEN_MOST = 2048, NAME_MOST = FIELD_NAME };

/* A field of a kind, all its objects and moments together. */
struct seen {
	enum object_kind kind; /* OBJ_NONE: nothing here yet     */
	char name[NAME_MOST];  /* without numbers: "mmap[]"      */
	uint64_t first;
	uint32_t times;
	bool varies, is_null; /* null: always 0 or NULL          */
};

static struct seen seen[SEEN_MOST]; /* open hashing by kind and name */

/* "mmap[3]" is "mmap[]", "[5..8]" is "[]", "ioapic 7" is "ioapic". */
static void without_numbers(const char *name, char text[NAME_MOST])
{
	bool inside = false, apart = false;
	size_t len = 0;

	for (; *name; name++) {
		inside = inside ? *name != ']' : *name == '[' && strchr("0123456789", name[1]);
		apart = apart || *name == ' ';
		if (!((inside || apart) && strchr("0123456789.", *name)))
			text[len++] = *name;
	}
	while (len && text[len - 1] == ' ')
		len--;
	text[len] = '\0';
}

static uint64_t mixed(uint64_t sum, uint64_t n) { return (sum ^ n) * 1099511628211ULL ^ sum >> 29; }

static uint64_t text_key(uint64_t sum, const char *text)
{
	for (; *text; text++)
		sum = mixed(sum, (uint8_t)*text);
	return sum;
}

static uint64_t value_key(const struct field *f)
{
	uint64_t sum = text_key(mixed(14695981039346656037ULL, f->value), f->text);

	return mixed(mixed(mixed(sum, f->target.kind), f->target.id), f->target.sub);
}

static void note_field(enum object_kind kind, const struct field *f)
{
	char name[NAME_MOST];
	uint64_t value = value_key(f), at;

	without_numbers(f->name, name);
	at = text_key(kind, name) >> 20 & (SEEN_MOST - 1);
	while (seen[at].kind && (seen[at].kind != kind || strcmp(seen[at].name, name) != 0))
		at = (at + 1) % SEEN_MOST;
	if (!seen[at].kind) {
		seen[at] = (struct seen){.kind = kind, .first = value, .is_null = true};
		memcpy(seen[at].name, name, sizeof(name));
	}
	seen[at].times++;
	seen[at].varies = seen[at].varies || value != seen[at].first;
	seen[at].is_null = seen[at].is_null && !f->value && !f->target.kind && !f->text[0];
}

/* ---- what can be reached at a moment ---- */

enum { OBJECTS_MOST = 900, OF_A_KIND = 50, TABLE_SIZE = 4096 };

struct reached {
	const struct machine *m;
	struct truth *truth; /* between events; else NULL */
	struct object object[OBJECTS_MOST];
	uint32_t nr, of_kind[NR_OBJECT_KINDS];
	uint64_t key[TABLE_SIZE]; /* open hashing; 0: nobody */
	uint32_t now;             /* whose fields are read   */
};

static void reach(struct reached *r, const struct object *o)
{
	uint64_t key = object_key(o), at = key * 0x9e3779b97f4a7c15ULL >> 52;

	if (!o->kind || r->nr == OBJECTS_MOST || r->of_kind[o->kind] == OF_A_KIND)
		return;
	for (; r->key[at]; at = (at + 1) % TABLE_SIZE)
		if (r->key[at] == key)
			return;
	if (!object_exists(r->m, o))
		return;
	r->key[at] = key;
	r->of_kind[o->kind]++;
	r->object[r->nr++] = *o;
}

static void see_field(void *ctx, const struct field *f)
{
	struct reached *r = ctx;
	const struct object *o = &r->object[r->now];

	if (f->form == FORM_GROUP)
		return;
	note_field(o->kind, f);
	if (r->truth)
		truth_of_field(r->truth, o, f);
	reach(r, &f->target);
}

/* A process, and the first page of each of its areas, be it there or not. */
static void reach_task(struct reached *r, const struct task *t)
{
	struct object o = task_object(t);

	reach(r, &o);
	for (const struct vma *v = t->mm ? t->mm->mmap : NULL; v; v = v->next) {
		o = entry_object(t->pid, v->start, r->m->profile->pt_levels - 1u);
		reach(r, &o);
	}
}

/* Where a user begins: a node, a process, a cache, a CPU's segments, a lock. */
static void reach_roots(struct reached *r)
{
	struct object o;

	for (uint32_t i = 0; i < r->m->nr_nodes; i++) {
		o = make_object(OBJ_NODE, i, 0);
		reach(r, &o);
	}
	for (const struct task *t = r->m->tasks; t; t = t->next)
		reach_task(r, t);
	for (uint32_t i = 0; i < r->m->nr_nodes * MAX_NR_ZONES; i++) {
		o = make_object(OBJ_LOCK, i, 0);
		if (populated_zone(zone_by_id(r->m, i)))
			reach(r, &o);
	}
	for (uint32_t i = r->m->nr_caches; i-- > 0;) {
		o = cache_object(r->m->cache[i]);
		reach(r, &o);
	}
	for (uint32_t i = 0; i < r->m->config.cpus; i++) {
		o = make_object(OBJ_GDT, i, 0);
		reach(r, &o);
	}
	for (const struct file *f = r->m->files; f; f = f->next) {
		o = file_object(f);
		reach(r, &o);
	}
}

static void look_around(const struct machine *m, bool at_rest)
{
	static struct reached r;

	memset(&r, 0, sizeof(r));
	r.m = m;
	r.truth = at_rest ? truth_of(m) : NULL;
	reach_roots(&r);
	for (r.now = 0; r.now < r.nr; r.now++) {
		ck_assert(object_fields(m, &r.object[r.now], see_field, &r));
		if (r.truth)
			truth_of_object(r.truth, &r.object[r.now]);
	}
	if (r.truth)
		truth_free(r.truth);
}

/* ---- scenarios ---- */

static uint32_t seed;

static uint32_t draw(uint32_t below)
{
	seed = seed * 1664525U + 1013904223U;
	return (uint32_t)((uint64_t)(seed >> 4) * below >> 28);
}

/*
 * After each event, where a third is held against the truth, and at so many steps within.  A long scenario is looked
 * at now and then.
 */
static void go_through(struct scenario *s, uint32_t events, uint64_t within)
{
	uint32_t nr = scenario_nr_events(s), every = nr / events + 1;
	struct timeline *t = timeline_open(s);

	ck_assert_ptr_nonnull(t);
	for (uint32_t e = 0; e <= nr; e += every) {
		struct when at = timeline_goto(t, (struct when){e, STEP_END});
		uint64_t steps = timeline_steps(t);

		look_around(timeline_machine(t), draw(3) == 0);
		for (uint64_t i = 0; e && i < within && i < steps; i++) {
			at.step = within < steps ? draw((uint32_t)steps) + 1 : i + 1;
			timeline_goto(t, at);
			look_around(timeline_machine(t), false);
		}
	}
	timeline_close(t);
	scenario_free(s);
}

static bool is_on(const struct scenario *s, const struct mm_profile *p)
{
	return scenario_config(s)->profile == p;
}

static void go_through_file(const char *path, const struct mm_profile *p)
{
	struct diags d;
	struct scenario *s;

	diags_init(&d);
	s = scenario_load(path, NULL, &d);
	if (s && is_on(s, p))
		go_through(s, 25, 2);
	else
		scenario_free(s);
	diags_free(&d);
}

static void go_through_text(const char *text, uint32_t events, uint64_t within)
{
	struct diags d;
	struct scenario *s;

	diags_init(&d);
	s = scenario_parse("tests/fields.txt", text, strlen(text), NULL, &d);
	if (!s)
		diags_print(&d, stderr);
	ck_assert_ptr_nonnull(s);
	go_through(s, events, within);
	diags_free(&d);
}

enum { SEEDS = 60 };

/* Of these seeds those whose machine is of this profile. */
static void go_through_random_ones(const struct mm_profile *p)
{
	struct report *r = calloc(1, sizeof(*r));
	char header[64];

	ck_assert_ptr_nonnull(r);
	snprintf(header, sizeof(header), "machine %s ", p->name);
	for (uint64_t i = 1; i <= SEEDS; i++) {
		struct writer *w = writer_new(i);
		bool is_ours = strncmp(writer_header(w), header, strlen(header)) == 0;

		writer_free(w);
		if (!is_ours)
			continue;
		memset(r, 0, sizeof(*r));
		ck_assert_msg(random_seed_grows(r, i), "%s", r->why);
		go_through_text(r->text, 25, 2);
	}
	free(r);
}

/* What lectures do not have on every profile: two nodes with four CPUs and high memory. */
static const char directed[] =
	" ram=1100M nodes=2 cpus=4 movable=64M\n"
	"spawn sh\nmmap sh buf 64K\nmmap sh ro 8K prot=r\nmmap sh shm 32K shared\n"
	"mmap sh f 64K file=cases/subject private\nmmap sh locked 16K locked\nmmap sh none 8K "
	"prot=none\n"
	"mmap sh down 16K growsdown\nmmap sh nores 16K noreserve\n"
	"read sh buf\nwrite sh buf 16K value=A\nwrite sh shm 8K\nread sh f 32K\nwrite sh f\n"
	"read sh ro\nfork sh kid\nwrite kid buf value=B\nfork kid kid2\nset_thread_area kid2 buf\n"
	"mprotect kid buf 8K prot=none\nmprotect kid buf 8K prot=r\nmadvise kid shm dontfork\n"
	"read kid2 buf\nbrk sh +64K\nmalloc sh chunk 5000\nwrite sh chunk 5000\nmunlock sh locked\n"
	"mmap sh prog 8K file=cases/subject shared\nread sh prog\nwrite sh prog\nfetch sh "
	"0x08048000\n"
	"cpu 1\nalloc_pages a 0\nalloc_pages b 3\nalloc_pages c 0 node=1\nalloc_pages d 0 "
	"gfp=highuser node=1\n"
	"alloc_pages d2 0 gfp=highuser node=1\nalloc_pages at 4 gfp=atomic\nfree_pages "
	"a\nfree_pages b\n"
	"kmap d\nkmap d\nkmap d2\nkunmap d2\nkmap_atomic d\nkmap_atomic d2\nkunmap_atomic d2\n"
	"vmalloc v 40K\nvmalloc v2 12K\nvmalloc v3 8M\nioremap io 0xf0000000 16K\nvfree v2\n"
	"cpu 2\ncache_create obj 200 ctor\ncache_create hw 60 hwcache\ncache_create big 3000\n"
	"cache_create huge 9000 ctor\ncache_create off 512 ctor\ncache_alloc off of\ncache_alloc "
	"huge hh\nspawn longername\n"
	"cache_create dbg 100 poison redzone\ncache_alloc dbg g\nkwrite g+100 "
	"value=overrun\ncache_free g\ncache_alloc dbg g2\n"
	"repeat 40\ncache_alloc obj o$i\nend\ncache_free o3\ncache_alloc big bb\ncache_alloc hw h\n"
	"kmalloc k 100\nkmalloc dma 100 gfp=dma\nkmalloc large 20000\ncontend 0 1 2 3 rounds=2\n"
	"contend 0 1 2 on=obj\nlock tas\ncontend 0 1 2 3\nlock ticket\ncontend 0 1 2 3\nlock clh\n"
	"contend 0 1 2 3\nlock qspin\n"
	"contend 0 1 2 3\nlock mcs\ncontend 3 2 1 0\nlock mcs coherent=off\ncontend 0 3 polls=5\n"
	"reap\nreap\nreap\ncache_shrink obj\nfree_pages c\nmunmap kid buf\nexit kid2\nexit kid\n"
	"vfree v\niounmap io\n";

/* Until memory is gone: requests go to the other node, kswapd is woken; and CPUs' arrays overflow. */
static const char starving[] =
	" ram=1100M nodes=2 cpus=2 min_free_kbytes=3000 watermark_scale_factor=20"
	" percpu_pagelist_high_fraction=50 lowmem_reserve_ratio=128/16\n"
	"alloc_pages a 2 gfp=atomic\nalloc_pages mv 0 gfp=highuser\n"
	"repeat 300\nalloc_pages m$i 10\nend\nalloc_pages n 3\nalloc_pages n2 3 gfp=atomic\n"
	"cpu 1\nalloc_pages o 0\nfree_pages m1\nfree_pages m2\nfree_pages m3\n"
	"alloc_pages q 0 gfp=highuser\nreap\n"
	"repeat 300\nkmalloc k$i 100\nend\nrepeat 300\nkfree k$i\nend\n";

/* Memory in pieces, all of it movable: other requests tear blocks out of its pageblocks. */
static const char torn[] = " ram=64M watermark_boost=15000\n"
			   "repeat 400\nalloc_pages z$i 0\nend\nrepeat 400\nfree_pages z$i\nend\n"
			   "repeat 120\nalloc_pages m$i 7 gfp=movable\nend\n"
			   "free_pages m3\nfree_pages m5\nfree_pages m20\nalloc_pages u 0\n"
			   "repeat 50\nalloc_pages f$i 3\nalloc_pages at$i 2 gfp=atomic\nend\n";

/* More than 4G, where the machine can have it: the highest zones. */
static const char large[] = " ram=4G\nspawn sh\nalloc_pages a 0\n";
static const char large_split[] = " ram=4G split=2G/2G\nspawn sh\nalloc_pages a 0\n";
static const char large_64[] = " ram=6G\nspawn sh\nexec sh ../scenarios/hello64\n"
			       "set_fixmap apic 0xfee00000 nocache\n"
			       "set_fixmap apic 0xfed00000\n";

static void go_through_on(const struct mm_profile *p, const char *rest, uint32_t events,
			  uint64_t within)
{
	char text[sizeof(directed) + 64];

	snprintf(text, sizeof(text), "machine %s%s", p->name, rest);
	go_through_text(text, events, within);
}

/* ---- what is constant ---- */

static const struct constant {
	enum object_kind kind;
	const char *name;
	const char *profiles; /* "": all */
	const char *why;
} constants[] = {
	{OBJ_TASK, "maj_flt", "", "there is no disk: no fault waits for one"},
	{OBJ_MM, "mmap_base", "arm x86-64", "task_size and the stack's limit are the machine's"},
	{OBJ_MM, "arg_start", "arm x86-64", "every program gets the same strings"},
	{OBJ_MM, "arg_end", "arm x86-64", "the same"},
	{OBJ_MM, "env_start", "arm x86-64", "the same"},
	{OBJ_MM, "env_end", "arm x86-64", "the same"},
	{OBJ_ZONE, "lowmem_reserve[DMA]", "", "no zone below DMA could be denied to its requests"},
	{OBJ_ZONE, "lowmem_reserve[Normal]", "arm", "Normal is the lowest"},
	{OBJ_NODE, "fixmap", "", "the way to the one fixmap"},
	{OBJ_NODE, "pkmap_count", "", "the way to the one window"},
	{OBJ_NODE, "swapper_pg_dir", "arm", "the way to the one table"},
	{OBJ_NODE, "lowmem_reserve_ratio[HighMem]", "", "no zone but Movable is above it"},
	{OBJ_NODE, "lowmem_reserve_ratio[Movable]", "", "it keeps nothing: 0"},
	{OBJ_NODE, "lowmem_reserve_ratio[Device]", "", "nothing is above it"},
	{OBJ_SECTION, "nr_pages", "", "SECTION_SIZE_BITS of the kernel"},
	{OBJ_ENTRY, "PWT", "arm", "its entries say it otherwise"},
	{OBJ_PKMAP, "PKMAP_BASE", "", "chosen when the kernel was built"},
	{OBJ_PKMAP, "LAST_PKMAP", "", "the same"},
	{OBJ_KMAP_CTRL, "KM_MAX_IDX", "", "chosen when the kernel was built"},
	{OBJ_FIXMAP, "FIXADDR_TOP", "", "chosen when the kernel was built"},
	{OBJ_FIXMAP, "FIXADDR_START", "", "the same"},
	{OBJ_FIXMAP, "nr_slots", "", "the same"},
	{OBJ_GDT, "entries", "", "GDT_ENTRIES of the kernel"},
	{OBJ_GDT, "user cs", "", "selectors are chosen when the kernel is built"},
	{OBJ_GDT, "user ds", "", "the same"},
	{OBJ_GDT, "kernel cs", "", "the same"},
	{OBJ_GDT, "kernel ds", "", "the same"},
	{OBJ_GDT, "kernel ss", "", "the same"},
	{OBJ_GDT, "kernel fs", "", "the same"},
	{OBJ_DESC, "p", "", "entries that are not present are empty, and not shown"},
	{OBJ_DESC, "l", "i386 i386-pae i386-6.1 i386-6.1-pae", "no 64-bit mode"},
};

static bool is_named(const char *words, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = words; (at = strstr(at, name)) != NULL; at += len)
		if ((at == words || at[-1] == ' ') && (at[len] == ' ' || !at[len]))
			return true;
	return !*words;
}

static const struct constant *constant_of(const struct mm_profile *p, const struct seen *f)
{
	for (size_t i = 0; i < sizeof(constants) / sizeof(*constants); i++)
		if (constants[i].kind == f->kind && strcmp(constants[i].name, f->name) == 0 &&
		    is_named(constants[i].profiles, p->name))
			return &constants[i];
	return NULL;
}

static uint32_t nr_wrong;

static void judge(const struct mm_profile *p, const struct seen *f)
{
	const struct constant *c = constant_of(p, f);

	if (strcmp(f->name, "...") == 0 || f->varies == !c)
		return;
	nr_wrong++;
	fprintf(stderr, "%s: %s in %d: %s (%u times)\n", p->name, f->name, f->kind,
		c ? "varies, though it is said to be constant" : "has one value only", f->times);
}

/* Every kind has been seen, where the machine has it at all. */
static void judge_kinds(const struct mm_profile *p)
{
	bool is_seen[NR_OBJECT_KINDS] = {false};

	for (uint32_t i = 0; i < SEEN_MOST; i++)
		is_seen[seen[i].kind] = true;
	is_seen[OBJ_PKMAP] |= !p->last_pkmap;
	is_seen[OBJ_KMAP_CTRL] |= !p->kmap_slots;
	is_seen[OBJ_GDT] |= !p->gdt;
	is_seen[OBJ_DESC] |= !p->gdt;
	for (int kind = OBJ_NONE + 1; kind < NR_OBJECT_KINDS; kind++)
		ck_assert_msg(is_seen[kind], "%s: kind %d was not seen", p->name, kind);
}

START_TEST(every_field_is_live)
{
	const struct mm_profile *p = profile_nth((size_t)_i);
	glob_t found;

	ck_assert_ptr_nonnull(p);
	memset(seen, 0, sizeof(seen));
	seed = (uint32_t)_i;
	ck_assert_int_eq(glob("scenarios/*.txt", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		go_through_file(found.gl_pathv[i], p);
	globfree(&found);
	go_through_on(p, directed, 200, 12);
	go_through_on(p, starving, 30, 2);
	go_through_on(p, torn, 30, 2);
	if (p->word_bits == 64)
		go_through_on(p, large_64, 9, 0);
	else
		go_through_on(p, p->gdt ? large_split : large, 3, 0);
	go_through_random_ones(p);
	nr_wrong = 0;
	for (uint32_t i = 0; i < SEEN_MOST; i++)
		if (seen[i].kind)
			judge(p, &seen[i]);
	ck_assert_uint_eq(nr_wrong, 0);
	judge_kinds(p);
}
END_TEST

Suite *fields_suite(void)
{
	Suite *s = suite_create("fields");
	TCase *t = tcase_create("live");
	size_t profiles = 0;

	while (profile_nth(profiles))
		profiles++;
	tcase_add_loop_test(t, every_field_is_live, 0, (int)profiles);
	suite_add_tcase(s, t);
	return s;
}
