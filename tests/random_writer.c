/*
 * Random scenarios, line by line.
 *
 * The writer looks at the machine before each line: addresses lie at the borders of the areas that are there,
 * just beside them, below the stack, around the break; ranges end where areas end.  So most lines do
 * something, and many do it where rules meet.  What a line may not be is wrong: the writer keeps to the names
 * that the parser knows at that place.
 *
 * Each scenario has moods of its own: every kind of event is drawn more often or less often, or never.  Rare
 * combinations come up in the seeds whose moods fit them (W. Groce et al., Swarm testing).
 */
#include "tests/random.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/vma.h"
#include "src/grammar.h"
#include "src/panic.h"

enum {
	PROCS = 7,
	REGIONS = 9,
	CHUNKS = 24,
	KERNEL_NAMES = 200,
	CACHES = 5,
	LINE_MAX = 400,
	GROUPS = 5,
	STACK_NEAR = 9 << 20
};

/* A scenario on its way. */
struct writer {
	struct dice dice;
	const struct machine *m;
	const struct scenario *s;
	uint32_t weight[NR_EVENT_KINDS], sum;
	uint32_t left;    /* lines to write                           */
	uint32_t big;     /* one range of how many is large           */
	uint32_t wave;    /* lines of a phase in which much is given, or taken; 0: no waves */
	bool favours;     /* one process, one cache comes more often */
	bool recordable;  /* machine and events are those of a real kernel */
	uint32_t spare;   /* starved: so many free pages are left, 0: it is not */
	uint32_t chunk;   /* bytes that malloc is often asked for     */
	bool proc[PROCS]; /* does the parser know it, and no exit yet? */
	struct {
		uint8_t maker; /* enum event_kind; EV_SPAWN: it is free    */
		uint32_t nr;   /* its name is n and this                   */
		uint8_t was;   /* maker when it was freed, EV_SPAWN: not yet */
	} given[KERNEL_NAMES];
	uint32_t cache[CACHES]; /* number in the name, 0: none             */
	uint32_t nr_names;
	char line[LINE_MAX];
};

uint32_t dice_below(struct dice *d, uint32_t n)
{
	uint64_t z = d->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (uint32_t)(((z ^ z >> 31) >> 32) * n >> 32);
}

static uint32_t draw(struct writer *w, uint32_t n) { return dice_below(&w->dice, n); }
static bool one_in(struct writer *w, uint32_t n) { return draw(w, n) == 0; }

#define ONE_OF(w, list) ((list)[draw(w, sizeof(list) / sizeof((list)[0]))])

static void put(struct writer *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* More text for the line. */
static void put(struct writer *w, const char *format, ...)
{
	size_t used = strlen(w->line);
	va_list args;

	va_start(args, format);
	vsnprintf(w->line + used, LINE_MAX - used, format, args);
	va_end(args);
}

/* ---- moods ---- */

static uint32_t usual_weight(enum event_kind k)
{
	static const uint8_t usual[NR_EVENT_KINDS] = {
		[EV_SPAWN] = 6,
		[EV_FORK] = 16,
		[EV_EXEC] = 5,
		[EV_EXIT] = 9,
		[EV_MMAP] = 45,
		[EV_MUNMAP] = 26,
		[EV_MPROTECT] = 30,
		[EV_MREMAP] = 20,
		[EV_MADVISE] = 26,
		[EV_MLOCK] = 14,
		[EV_MUNLOCK] = 8,
		[EV_BRK] = 14,
		[EV_SET_THREAD_AREA] = 4,
		[EV_MALLOC] = 14,
		[EV_CALLOC] = 4,
		[EV_REALLOC] = 8,
		[EV_FREE] = 10,
		[EV_READ] = 24,
		[EV_WRITE] = 50,
		[EV_FETCH] = 6,
		[EV_ALLOC_PAGES] = 6,
		[EV_FREE_PAGES] = 6,
		[EV_KMALLOC] = 6,
		[EV_KFREE] = 6,
		[EV_CACHE_CREATE] = 3,
		[EV_CACHE_ALLOC] = 8,
		[EV_CACHE_FREE] = 6,
		[EV_CACHE_SHRINK] = 2,
		[EV_CACHE_DESTROY] = 3,
		[EV_REAP] = 4,
		[EV_CPU] = 4,
		[EV_CONTEND] = 4,
		[EV_LOCK] = 1,
		[EV_VMALLOC] = 6,
		[EV_VFREE] = 5,
		[EV_IOREMAP] = 3,
		[EV_IOUNMAP] = 3,
		[EV_KMAP] = 6,
		[EV_KUNMAP] = 5,
		[EV_KMAP_ATOMIC] = 4,
		[EV_KUNMAP_ATOMIC] = 4,
		[EV_SET_FIXMAP] = 2,
		[EV_CLEAR_FIXMAP] = 2,
		[EV_KREAD] = 12,
		[EV_KWRITE] = 12,
	};

	return usual[k];
}

/* Which events belong together: in some scenarios they come often, in others never. */
static unsigned group_of(enum event_kind k)
{
	return k <= EV_EXIT ? 0 : k <= EV_BRK ? 1 : k <= EV_FREE ? 2 : k <= EV_FETCH ? 3 : 4;
}

struct writer *writer_new(uint64_t seed)
{
	static const uint32_t times[] = {0, 1, 2, 2, 2, 6};
	struct writer *w = panic_if_null(calloc(1, sizeof(*w)));
	uint32_t group[GROUPS];

	w->dice.state = seed * 0xd1342543de82ef95u;
	w->left = 15 + draw(w, one_in(w, 6) ? 300 : 110);
	w->big = one_in(w, 4) ? 4 : 24;
	w->wave = one_in(w, 3) ? 8 + draw(w, one_in(w, 3) ? 160 : 50) : 0;
	w->favours = one_in(w, 3);
	w->spare = one_in(w, 5) ? 1 + draw(w, 24) : 0;
	w->chunk = draw(w, one_in(w, 2) ? 90 : 1200);
	for (int g = 0; g < GROUPS; g++)
		group[g] = ONE_OF(w, times);
	if (one_in(w, 4)) {
		group[draw(w, GROUPS)] = 80;
		w->left += 200;
	}
	for (int k = 0; k < NR_EVENT_KINDS; k++) {
		w->weight[k] = usual_weight(k) * ONE_OF(w, times) * (1 + group[group_of(k)]);
		w->sum += w->weight[k];
	}
	w->weight[EV_SPAWN]++;
	w->sum++;
	return w;
}

/* Can it be one system call, or accesses? */
static bool is_recordable(int k)
{
	return k <= EV_FETCH && k != EV_SET_THREAD_AREA && (k < EV_MALLOC || k > EV_FREE);
}

struct writer *writer_new_recordable(uint64_t seed)
{
	struct writer *w = writer_new(seed);

	w->recordable = true;
	w->spare = 0;
	w->left = 20 + draw(w, 60);
	for (int k = 0; k < NR_EVENT_KINDS; k++)
		if (!is_recordable(k))
			w->weight[k] = 0;
	/* nothing could be done without */
	w->weight[EV_MMAP] += usual_weight(EV_MMAP);
	w->weight[EV_WRITE] += usual_weight(EV_WRITE);
	w->sum = 0;
	for (int k = 0; k < NR_EVENT_KINDS; k++)
		w->sum += w->weight[k];
	return w;
}

void writer_free(struct writer *w) { free(w); }

/* How memory is cut: what the machine's RAM allows. */
static void write_nodes_and_zones(struct writer *w, uint32_t ram)
{
	static const char *const distances[] = {"equal", "ring", "line"};
	/* a node has a whole section; firmware keeps a little of the last one */
	uint32_t section = strstr(w->line, "-pae")     ? 512
			   : strstr(w->line, "x86-64") ? 128
			   : strstr(w->line, "arm")    ? 256
						       : 64;
	uint32_t most = (ram - 1) / section;
	bool nodes = most > 1 && !one_in(w, 3);

	if (nodes)
		put(w, " nodes=%u", 2 + draw(w, (most < MAX_NUMNODES ? most : MAX_NUMNODES) - 1));
	if (nodes && one_in(w, 2))
		put(w, " distance=%s", ONE_OF(w, distances));
	if (nodes || (ram >= 12 && one_in(w, 4)))
		put(w, " memory=sparse");
	else if (one_in(w, 4))
		put(w, " memory=flat");
	if (ram >= 20 && one_in(w, 3))
		put(w, " movable=%uM", 1 + draw(w, ram / 2 < ram - 16 ? ram / 2 : ram - 16));
	if (ram > 200 && ram < 3000 && one_in(w, 3))
		put(w, " hole=%uM+%uM", 128 + draw(w, 32), 1 + draw(w, ram - 170));
}

/* What is written to /proc/sys/vm: mostly little, for with all kept there would be nothing to see. */
static void write_marks(struct writer *w, uint32_t ram)
{
	uint32_t most = one_in(w, 4) ? ram * 1024 : ram * 8;

	if (one_in(w, 4))
		put(w, " min_free_kbytes=%u",
		    1 + draw(w, most < MIN_FREE_KBYTES_MOST ? most : MIN_FREE_KBYTES_MOST));
	if (one_in(w, 4))
		put(w, " watermark_scale_factor=%u",
		    1 + draw(w, one_in(w, 4) ? WATERMARK_SCALE_FACTOR_MOST : 100));
	if (one_in(w, 4))
		put(w, " lowmem_reserve_ratio=%u/%u", draw(w, 300), draw(w, 64));
	if (one_in(w, 4))
		put(w, " percpu_pagelist_high_fraction=%u", HIGH_FRACTION_LEAST + draw(w, 1000));
	if (one_in(w, 3))
		put(w, " watermark_boost=%u", draw(w, 20000));
}

/* Which locks, and what their cache lines cost. */
static void write_locks(struct writer *w)
{
	if (one_in(w, 2))
		put(w, " lock=%s", lock_kind_names[draw(w, NR_LOCK_KINDS)]);
	if (one_in(w, 5))
		put(w, " coherent=off");
	if (one_in(w, 4))
		put(w, " cost_local=%u cost_remote=%u", 1 + draw(w, 100), 1 + draw(w, 1000));
}

/* A machine whose kernel can be had. */
static const char *recordable_header(struct writer *w)
{
	static const uint16_t sizes[] = {128, 256, 512, 1024, 1024, 1024};

	w->line[0] = '\0';
	put(w, "machine %s ram=%uM", one_in(w, 3) ? "i386-6.1-pae" : "i386-6.1", ONE_OF(w, sizes));
	return w->line;
}

const char *writer_header(struct writer *w)
{
	static const char *const profiles[] = {"i386",         "i386-pae", "i386-6.1",
					       "i386-6.1-pae", "arm",      "x86-64"};
	static const char *const splits[] = {"3G/1G", "2G/2G", "1G/3G"};
	static const uint16_t small[] = {8, 8, 8, 9, 12, 16, 20},
			      large[] = {32, 64, 130, 130, 200, 512};
	static const uint16_t high[] = {900, 960, 1024, 1024, 2048, 4096};
	uint32_t size = draw(w, 80), ram;

	if (w->recordable)
		return recordable_header(w);
	ram = size == 0 ? ONE_OF(w, high) : size < 6 ? ONE_OF(w, large) : ONE_OF(w, small);
	w->line[0] = '\0';
	put(w, "machine %s ram=%uM", ONE_OF(w, profiles), ram);
	if (one_in(w, 3))
		put(w, " cpus=%u", 1 + draw(w, MAX_CPUS));
	if (strstr(w->line, "cpus"))
		write_locks(w);
	if (one_in(w, 3))
		put(w, " overcommit=%u", draw(w, 3));
	if (!strstr(w->line, "i386 ") && !strstr(w->line, "6.1 ") && one_in(w, 3))
		put(w, one_in(w, 2) ? " nx=on" : " nx=off");
	if (strstr(w->line, "i386") && one_in(w, 6))
		put(w, " split=%s", ONE_OF(w, splits));
	write_nodes_and_zones(w, ram);
	if (one_in(w, 3))
		write_marks(w, ram);
	return w->line;
}

/* ---- processes ---- */

static const struct task *task_of(const struct writer *w, uint32_t p)
{
	const struct task *t = w->m->tasks;
	char name[COMM_LEN];

	snprintf(name, sizeof(name), "p%u", p);
	while (t && strcmp(t->comm, name) != 0)
		t = t->next;
	return t;
}

/* One of n, in some scenarios the first more often than the others. */
static uint32_t some_index(struct writer *w, uint32_t n)
{
	return w->favours && !one_in(w, 4) ? 0 : draw(w, n);
}

/* One that lives, or now and then one that the parser alone takes for alive; PROCS: none. */
static uint32_t some_proc(struct writer *w)
{
	uint32_t found = PROCS;

	for (uint32_t tries = 0; tries < 12 && found == PROCS; tries++) {
		uint32_t p = some_index(w, PROCS);

		if (w->proc[p] && (task_of(w, p) || one_in(w, 8)))
			found = p;
	}
	return found;
}

/* A name that may be given; PROCS: none is free. */
static uint32_t free_proc(struct writer *w)
{
	for (uint32_t tries = 0; tries < 4; tries++) {
		uint32_t p = draw(w, PROCS);

		if (!w->proc[p])
			return p;
	}
	return PROCS;
}

/* ---- places and sizes ---- */

static vaddr_t wild_address(struct writer *w)
{
	static const vaddr_t wild[] = {
		0,          1,          0x1000,     0xf000,     0x10000,    0x40000000, 0x3ffff000,
		0x08047fff, 0x08048000, 0xb7fff000, 0xb8000000, 0xbf800000, 0xbf7ff000, 0xbffff000,
		0xbfffffff, 0xc0000000, 0xc0001000, 0xc0100000, 0xf0000000, 0xfffff000, 0xffffffff,
	};

	static const vaddr_t wild_64[] = {
		0x7fffffffe000,     0x7ffffffff000,     0x7fffffffffff,     0x800000000000,
		0xffff7fffffffffff, 0xffff800000000000, 0xffff888000100000, 0xffffc90000000000,
		0xffffffff81000000, 0xffffffffff600000, 0xffffffffffffffff, 0x5555555550000,
	};

	if (w->m->profile->word_bits == 64 && one_in(w, 2))
		return ONE_OF(w, wild_64);
	return one_in(w, 3) ? draw(w, UINT32_MAX) : ONE_OF(w, wild);
}

/* An address in an area of t, or beside one; it may have run over an end of the addresses. */
static vaddr_t address_near(struct writer *w, const struct task *t)
{
	const struct mm *mm = t ? t->mm : NULL;
	const struct vma *v = mm && mm->map_count ? mm_area_nr(mm, draw(w, mm->map_count)) : NULL;

	if (!v || one_in(w, 24))
		return wild_address(w);
	switch (draw(w, 12)) {
	case 0:
	case 1:
		return v->start;
	case 2:
		return v->end - PAGE_SIZE;
	case 3:
		return v->end;
	case 4:
		return v->start - PAGE_SIZE * (1 + draw(w, one_in(w, 6) ? 300 : 3));
	case 5:
		return v->end + PAGE_SIZE * draw(w, 8);
	case 6:
		v = mm_area_nr(mm, mm->map_count - 1);
		return v->start - PAGE_SIZE * draw(w, one_in(w, 8) ? 2100 : 12);
	case 7:
		return page_align_down(mm->brk) + PAGE_SIZE * (draw(w, 6) - 3);
	default:
		return v->start + PAGE_SIZE * draw(w, (v->end - v->start) >> PAGE_SHIFT);
	}
}

/* An address where something may happen. */
static vaddr_t some_address(struct writer *w, const struct task *t)
{
	return in_word(w->m, address_near(w, t));
}

/* A range's length from va on. */
static uint64_t some_bytes(struct writer *w, const struct task *t, vaddr_t va)
{
	const struct mm *mm = t ? t->mm : NULL;
	const struct vma *v = mm ? mm_area_at(mm, va) : NULL;

	if (one_in(w, w->big))
		return (uint64_t)PAGE_SIZE * (1 + draw(w, one_in(w, 3) ? 40000 : 1500));
	switch (draw(w, 16)) {
	case 0:
		return draw(w, one_in(w, 3) ? 40000 : 6000);
	case 1:
		return one_in(w, 4) ? (uint64_t)draw(w, 64) << 26 : PAGE_SIZE;
	case 2:
	case 3:
	case 4: /* to the end of the area, or over it */
		if (v)
			return v->end - va + (uint64_t)PAGE_SIZE * draw(w, 3);
		return PAGE_SIZE;
	case 5: /* into the areas that follow */
		if (v && vma_next(v) && vma_next(v)->end - va < 1u << 26)
			return vma_next(v)->end - va;
		return 2 * PAGE_SIZE;
	default:
		return (uint64_t)PAGE_SIZE * (1 + draw(w, one_in(w, 4) ? 24 : 5));
	}
}

/* SIZE in one of its spellings. */
static void put_size(struct writer *w, uint64_t bytes)
{
	if (bytes % PAGE_SIZE || one_in(w, 12))
		put(w, one_in(w, 2) ? " 0x%llx" : " %llu", (unsigned long long)bytes);
	else if (one_in(w, 2))
		put(w, " %llup", (unsigned long long)bytes / PAGE_SIZE);
	else
		put(w, " %lluK", (unsigned long long)bytes / 1024);
}

/* The name of a region of t that va lies in or just behind; NULL: none. */
static const struct region *region_at(const struct task *t, vaddr_t va)
{
	const struct region_table *table = &t->mm->regions;

	for (uint32_t i = 0; i < table->cap; i++)
		if (table->slot[i].name && va - table->slot[i].start <= table->slot[i].bytes)
			return &table->slot[i];
	return NULL;
}

/* "stack", or so many bytes above or below; false: va is far from it. */
static bool put_stack(struct writer *w, const struct mm *mm, vaddr_t va)
{
	const struct vma *v = mm_area_at(mm, mm->start_stack);
	vaddr_t start =
		v && v->start <= mm->start_stack ? v->start : page_align_down(mm->start_stack);
	int64_t off = (int64_t)va - start;

	if (off < -STACK_NEAR || off > STACK_NEAR)
		return false;
	put(w, off ? "stack%+lld" : "stack", (long long)off);
	return true;
}

/* ADDR in one of its spellings. */
static void put_address(struct writer *w, const struct task *t, vaddr_t va)
{
	const struct mm *mm = t ? t->mm : NULL;
	const struct region *r;

	va = in_word(w->m, va);
	r = t ? region_at(t, va) : NULL;
	if (r && !one_in(w, 3)) {
		put(w, "%s", symbol_name(w->s, r->name));
		if (va != r->start)
			put(w, "+%" PRIu64, va - r->start);
	} else if (mm && va == mm->data_page) {
		put(w, "data");
	} else if (mm && va == mm->bss_start) {
		put(w, "bss");
	} else if (mm && va == mm->start_brk) {
		put(w, "heap");
	} else if (mm && page_align_down(mm->entry) == va &&
		   va == page_align_down(mm->start_code)) {
		put(w, "code");
	} else if (!mm || one_in(w, 3) || !put_stack(w, mm, va)) {
		put(w, "0x%08" PRIx64, va);
	}
}

static bool takes_code(const struct task *t, vaddr_t va, uint64_t bytes)
{
	return t && t->mm->entry >= va && t->mm->entry - va < bytes;
}

/*
 * A range. A process whose code page is gone can do nothing any more: mild spares that page mostly.
 */
static void some_range(struct writer *w, const struct task *t, bool mild, vaddr_t *va,
		       uint64_t *bytes)
{
	for (int tries = 0; tries < 6; tries++) {
		*va = some_address(w, t);
		*bytes = some_bytes(w, t, *va);
		if (!mild || !takes_code(t, *va, *bytes))
			break;
	}
}

/* ADDR [SIZE]; system calls want whole pages: unaligned one in so many. */
static void put_range(struct writer *w, const struct task *t, bool mild, uint32_t unaligned)
{
	vaddr_t va;
	uint64_t bytes;

	some_range(w, t, mild, &va, &bytes);
	if (one_in(w, unaligned))
		va += draw(w, PAGE_SIZE);
	put_address(w, t, va);
	if (!one_in(w, 8))
		put_size(w, bytes);
}

/* ---- events of processes ---- */

static const char *const programs[] = {"", "", "", " cases/subject", " cases/wide", " cases/pie"};

/* Are the programs of the test cases, which are for i386, programs of this machine? */
static bool native(const struct writer *w) { return strcmp(w->m->profile->arch, "i386") == 0; }

/* What spawn runs: "" is the built-in program, which a real kernel does not have. */
static const char *some_program(struct writer *w)
{
	if (w->recordable)
		return programs[3 + draw(w, 3)];
	return native(w) ? ONE_OF(w, programs) : "";
}

static bool write_process(struct writer *w, enum event_kind k)
{
	uint32_t p = some_proc(w), fresh = free_proc(w);

	if (k == EV_SPAWN && fresh < PROCS) {
		put(w, "spawn p%u%s", fresh, some_program(w));
		w->proc[fresh] = true;
	} else if (k == EV_FORK && p < PROCS && fresh < PROCS) {
		put(w, "fork p%u p%u", p, fresh);
		w->proc[fresh] = true;
	} else if (k == EV_EXEC && p < PROCS && native(w)) {
		put(w, "exec p%u%s", p, programs[3 + draw(w, 3)]);
	} else if (k == EV_EXIT && p < PROCS) {
		put(w, "exit p%u", p);
		w->proc[p] = false;
	}
	return w->line[0];
}

/* ---- events of a process's memory ---- */

static const char *some_prot(struct writer *w)
{
	static const char *const prots[] = {"rw",   "rw", "rw",  "r", "r",
					    "none", "rx", "rwx", "w", "x"};

	return ONE_OF(w, prots);
}

static void write_mmap(struct writer *w, uint32_t p, const struct task *t)
{
	static const char *const files[] = {"data9k", "data64k", "data64k",
					    "wide",   "pie",     "brk.txt"};
	static const char *const flags[] = {" populate", " growsdown", " locked", " noreserve"};
	vaddr_t va;
	uint64_t bytes;

	some_range(w, t, true, &va, &bytes);
	put(w, "mmap p%u r%u", p, draw(w, REGIONS));
	put_size(w, bytes);
	if (!one_in(w, 4))
		put(w, " prot=%s", some_prot(w));
	if (one_in(w, 4))
		put(w, one_in(w, 4) ? " private" : " shared");
	if (one_in(w, 4)) {
		put(w, " file=cases/%s", ONE_OF(w, files));
		if (one_in(w, 3))
			put(w, "@%u%s", draw(w, 20), one_in(w, 12) ? "" : "p");
	}
	for (unsigned i = 0; i < 4; i++)
		if (one_in(w, 7))
			put(w, "%s", flags[i]);
	if (one_in(w, 3))
		return;
	/* often just below what is there: a neighbour */
	put(w, " at=");
	put_address(w, t, one_in(w, 2) ? va : in_word(w->m, va - page_align_up(bytes)));
	if (one_in(w, 3))
		put(w, " fixed");
}

/* Some region of t, of the kind rather than of another; NULL: it has none. */
static const struct region *some_region(struct writer *w, const struct task *t,
					enum region_kind kind)
{
	const struct region_table *table = t ? &t->mm->regions : NULL;
	const struct region *found = NULL;

	for (uint32_t tries = 0; table && table->cap && tries < 40; tries++) {
		const struct region *r = &table->slot[draw(w, table->cap)];

		if (r->name)
			found = r;
		if (r->name && (r->kind == kind || one_in(w, 12)))
			break;
	}
	return found;
}

static void write_mremap(struct writer *w, uint32_t p, const struct task *t)
{
	const struct region *r = some_region(w, t, REGION_MMAP);

	if (!r)
		return;
	put(w, "mremap p%u %s", p, symbol_name(w->s, r->name));
	put_size(w, one_in(w, 3) ? some_bytes(w, t, r->start)
				 : (uint64_t)r->bytes + PAGE_SIZE * draw(w, 6));
	if (!one_in(w, 3))
		put(w, " maymove");
}

static void write_brk(struct writer *w, uint32_t p, const struct task *t)
{
	uint64_t bytes = draw(w, one_in(w, w->big) ? 4000 * PAGE_SIZE : 40 * PAGE_SIZE);

	if (one_in(w, 2))
		bytes = page_align_down(bytes);
	put(w, "brk p%u ", p);
	switch (draw(w, 6)) {
	case 0:
	case 1:
	case 2:
		put(w, "+%" PRIu64, bytes);
		break;
	case 3:
		put(w, "-%" PRIu64, bytes / 2);
		break;
	case 4:
		put_address(w, t, t ? t->mm->start_brk + bytes : bytes);
		break;
	default:
		put_address(w, t, some_address(w, t));
	}
}

static uint64_t malloc_bytes(struct writer *w)
{
	static const uint32_t below[] = {30, 200, 1100, 1100, 5000, 40000, 300000};

	if (one_in(w, 2))
		return w->chunk;
	return one_in(w, 40) ? (uint64_t)draw(w, 64) << 26 : draw(w, ONE_OF(w, below));
}

/* A name whose chunk is (not) in use, or any after some tries; NULL: no name is known. */
static const struct region *some_chunk(struct writer *w, const struct task *t, bool used)
{
	const struct region *r = NULL;

	for (int tries = 0; tries < 12; tries++) {
		r = some_region(w, t, REGION_MALLOC);
		if (!r || (user_usable_size(t->mm, r->start) > 0) == used)
			break;
	}
	return r;
}

static void write_malloc(struct writer *w, enum event_kind k, uint32_t p, const struct task *t)
{
	bool fresh = k == EV_MALLOC || k == EV_CALLOC;
	const struct region *r = some_chunk(w, t, !fresh);

	put(w, "%s p%u ", event_help(k)->word, p);
	if (fresh && (!r || one_in(w, 3)))
		put(w, "m%u", draw(w, CHUNKS));
	else if (r)
		put(w, "%s", symbol_name(w->s, r->name));
	else
		w->line[0] = '\0';
	if (w->line[0] && k != EV_FREE)
		put_size(w, malloc_bytes(w));
}

static void write_access(struct writer *w, enum event_kind k, uint32_t p, const struct task *t)
{
	static const char *const values[] = {"a", "12345678", "\xe5\x86\x85", "x.y"};

	put(w, "%s p%u ", event_help(k)->word, p);
	if (k == EV_FETCH)
		put_address(w, t, some_address(w, t) + (one_in(w, 3) ? draw(w, PAGE_SIZE) : 0));
	else
		put_range(w, t, false, 3);
	if (k == EV_WRITE && one_in(w, 4))
		put(w, " value=%s", ONE_OF(w, values));
}

static bool write_memory(struct writer *w, enum event_kind k)
{
	uint32_t p = some_proc(w);
	const struct task *t;

	if (p == PROCS)
		return false;
	t = task_of(w, p);
	if (k == EV_MMAP) {
		write_mmap(w, p, t);
	} else if (k == EV_MREMAP) {
		write_mremap(w, p, t);
	} else if (k == EV_BRK) {
		write_brk(w, p, t);
	} else if (k == EV_SET_THREAD_AREA) {
		put(w, "set_thread_area p%u ", p);
		put_address(w, t, some_address(w, t));
	} else if (k >= EV_MALLOC && k <= EV_FREE) {
		write_malloc(w, k, p, t);
	} else if (k >= EV_READ && k <= EV_FETCH) {
		write_access(w, k, p, t);
	} else {
		put(w, "%s p%u ", event_help(k)->word, p);
		put_range(w, t, !one_in(w, 20), 16);
		if (k == EV_MPROTECT)
			put(w, " prot=%s", some_prot(w));
		if (k == EV_MADVISE)
			put(w, " %s", advice_words[draw(w, NR_ADVICE)]);
	}
	return w->line[0];
}

/* ---- events of kernel memory ---- */

static const char *const gfps[] = {
	"",
	"",
	" gfp=kernel",
	" gfp=atomic",
	" gfp=dma",
	" gfp=highuser",
	" gfp=nowait",
	" gfp=user",
	" gfp=movable",
	" gfp=reclaimable",
	" gfp=memalloc",
};

/* A place among the names of kernel memory whose maker is this; KERNEL_NAMES: none. */
static uint32_t find_name(struct writer *w, enum event_kind maker)
{
	uint32_t at = draw(w, KERNEL_NAMES);

	for (uint32_t i = 0; i < KERNEL_NAMES; i++, at = (at + 1) % KERNEL_NAMES)
		if (w->given[at].maker == maker)
			return at;
	return KERNEL_NAMES;
}

/* One of the kernel's caches; NULL: boot could not make it, so that the parser does not know it. */
static const char *builtin_cache(const struct writer *w, const char *name)
{
	for (uint32_t i = 0; i < w->m->nr_caches; i++)
		if (w->m->cache[i] && strcmp(w->m->cache[i]->name, name) == 0)
			return name;
	return NULL;
}

/* A cache of the scenario's own or, now and then, one of the kernel's; NULL: none. */
static const char *some_cache(struct writer *w, uint32_t at)
{
	static const char *const boot[] = {"task_struct", "vm_area_struct", "mm_struct"};
	static char name[16];

	if (!w->cache[at])
		return one_in(w, 6) ? builtin_cache(w, ONE_OF(w, boot)) : NULL;
	snprintf(name, sizeof(name), "c%u", w->cache[at]);
	return name;
}

/* Kernel memory gets a name. No name is given twice, so that nothing is lost. */
static bool write_given(struct writer *w, enum event_kind k)
{
	static const uint32_t below[] = {40, 300, 300, 5000, 140000, 5000000};
	uint32_t at = find_name(w, EV_SPAWN);
	const char *cache = some_cache(w, some_index(w, CACHES));

	if (at == KERNEL_NAMES || (k == EV_CACHE_ALLOC && !cache))
		return false;
	w->given[at].maker = (uint8_t)k;
	w->given[at].was = EV_SPAWN;
	w->given[at].nr = ++w->nr_names;
	put(w, "%s ", event_help(k)->word);
	if (k == EV_CACHE_ALLOC)
		put(w, "%s n%u", cache, w->nr_names);
	else if (k == EV_ALLOC_PAGES)
		put(w, "n%u %u%s", w->nr_names, draw(w, one_in(w, 3) ? MAX_ORDER : 4),
		    ONE_OF(w, gfps));
	else if (k == EV_VMALLOC)
		put(w, "n%u %u", w->nr_names, draw(w, one_in(w, 8) ? 80u << 20 : 200000));
	else if (k == EV_IOREMAP)
		put(w, "n%u 0x%x %u", w->nr_names, 0xf8000000 + draw(w, 64u << 20),
		    1 + draw(w, one_in(w, 4) ? 16u << 20 : 20000));
	else
		put(w, "n%u %u%s", w->nr_names, draw(w, ONE_OF(w, below)), ONE_OF(w, gfps));
	if (k == EV_ALLOC_PAGES && w->m->nr_nodes > 1 && one_in(w, 2))
		put(w, " node=%u%s", draw(w, w->m->nr_nodes), one_in(w, 3) ? " thisnode" : "");
	return true;
}

/* Now and then what was freed already, which is refused; but a second vfree may take what another name has by now. */
static bool write_taken_again(struct writer *w)
{
	uint32_t at = draw(w, KERNEL_NAMES);
	enum event_kind was = w->given[at].was;

	if (was != EV_ALLOC_PAGES && was != EV_KMALLOC && was != EV_CACHE_ALLOC)
		return false;
	put(w, "%s n%u",
	    was == EV_ALLOC_PAGES ? "free_pages"
	    : was == EV_KMALLOC   ? "kfree"
				  : "cache_free",
	    w->given[at].nr);
	return true;
}

static bool write_taken(struct writer *w, enum event_kind k)
{
	uint32_t at = find_name(w, k == EV_FREE_PAGES ? EV_ALLOC_PAGES
				   : k == EV_KFREE    ? EV_KMALLOC
				   : k == EV_VFREE    ? EV_VMALLOC
				   : k == EV_IOUNMAP  ? EV_IOREMAP
						      : EV_CACHE_ALLOC);

	if (one_in(w, 20) && write_taken_again(w))
		return true;
	if (at == KERNEL_NAMES)
		return false;
	put(w, "%s n%u", event_help(k)->word, w->given[at].nr);
	w->given[at].was = w->given[at].maker;
	w->given[at].maker = EV_SPAWN;
	return true;
}

static bool write_cache(struct writer *w, enum event_kind k)
{
	static const uint32_t below[] = {40, 300, 300, 4200, 131072};
	uint32_t at = some_index(w, CACHES);
	const char *name = some_cache(w, at);
	bool large = w->m->profile->slab_61 && one_in(w, 12);

	if (k == EV_CACHE_CREATE && !w->cache[at]) {
		w->cache[at] = ++w->nr_names;
		put(w, "cache_create c%u %u", w->cache[at],
		    1 + draw(w, large ? CACHE_SIZE_MAX : ONE_OF(w, below)));
		if (one_in(w, 3))
			put(w, " align=%u", 1u << draw(w, 13));
		put(w, "%s%s%s%s", one_in(w, 3) ? " hwcache" : "", one_in(w, 3) ? " ctor" : "",
		    one_in(w, 3) ? " poison" : "", one_in(w, 4) ? " redzone" : "");
	} else if (k == EV_CACHE_SHRINK && name) {
		put(w, "cache_shrink %s", name);
	} else if (k == EV_CACHE_DESTROY && name) {
		put(w, "cache_destroy %s", name);
		if (one_in(w, 2))
			w->cache[at] = 0;
	}
	return w->line[0];
}

/* Some of the CPUs in some order, at some lock. */
static bool write_contend(struct writer *w)
{
	static const char *const at[] = {"", "", " on=DMA", " on=HighMem"};
	static const char *const anywhere[] = {"", " on=Normal"};
	uint32_t cpus = w->m->config.cpus, start = draw(w, cpus), nr = 2 + draw(w, cpus);
	const char *cache = one_in(w, 4) ? builtin_cache(w, "vm_area_struct")
					 : some_cache(w, some_index(w, CACHES));

	if (cpus < 2)
		return false;
	put(w, "contend");
	for (uint32_t i = 0; i < nr && i < cpus; i++)
		put(w, " %u", (start + i) % cpus);
	if (cache && one_in(w, 2))
		put(w, " on=%s", cache);
	else
		put(w, "%s",
		    strcmp(w->m->profile->arch, "i386") == 0 ? ONE_OF(w, at) : ONE_OF(w, anywhere));
	if (one_in(w, 3))
		put(w, " rounds=%u", 1 + draw(w, CONTEND_ROUNDS_MAX));
	if (one_in(w, 3))
		put(w, " polls=%u", 1 + draw(w, 100));
	return true;
}

/* kmap and its like of a block that is there. */
static bool write_kmap(struct writer *w, enum event_kind k)
{
	uint32_t at = find_name(w, EV_ALLOC_PAGES);

	if (at == KERNEL_NAMES)
		return false;
	put(w, "%s n%u", event_help(k)->word, w->given[at].nr);
	return true;
}

static bool write_fixmap(struct writer *w, enum event_kind k)
{
	uint32_t slot = 1 + draw(w, 30);

	if (!may_set_fixmap(w->m->profile, slot))
		return false;
	put(w, "%s %u", event_help(k)->word, slot);
	if (k == EV_SET_FIXMAP)
		put(w, " 0x%x000%s", 0xfe000 + draw(w, 4096), one_in(w, 2) ? " nocache" : "");
	return true;
}

/* In the kernel, for a process: an address of it. */
static void put_user_access(struct writer *w, uint32_t p)
{
	vaddr_t va = some_address(w, task_of(w, p));

	if (va >= w->m->map.task_size)
		va = one_in(w, 2) ? 0 : w->m->map.task_size - PAGE_SIZE;
	put(w, "0x%x in=p%u%s", (uint32_t)va, p, one_in(w, 2) ? " user" : "");
}

/*
 * The name of what was freed; KERNEL_NAMES: none.  Loads go by any: what the TLB still leads to behind an area of vmalloc
 * that went may be anybody's.
 */
static uint32_t find_freed_name(struct writer *w, enum event_kind k)
{
	uint32_t at = draw(w, KERNEL_NAMES);

	for (uint32_t i = 0; i < KERNEL_NAMES; i++, at = (at + 1) % KERNEL_NAMES) {
		enum event_kind was = w->given[at].was;

		if (was != EV_SPAWN && (k == EV_KREAD || (was != EV_VMALLOC && was != EV_IOREMAP)))
			return at;
	}
	return KERNEL_NAMES;
}

/*
 * A store goes to what has a name or had one, or to a process's own address: what the direct map leads to may be
 * anybody's.  A load may go anywhere.
 */
static bool write_kaccess(struct writer *w, enum event_kind k)
{
	static const enum event_kind makers[] = {EV_ALLOC_PAGES, EV_KMALLOC, EV_CACHE_ALLOC,
						 EV_VMALLOC,     EV_VMALLOC, EV_IOREMAP};
	static const char *const places[] = {"PAGE_OFFSET",   "high_memory", "VMALLOC_START",
					     "VMALLOC_END",   "PKMAP_BASE",  "_text",
					     "FIXADDR_START", "mem_map",     "FIXADDR_TOP"};
	uint32_t at = find_name(w, ONE_OF(w, makers)), p = some_proc(w);

	put(w, "%s ", event_help(k)->word);
	if (one_in(w, 4))
		at = find_freed_name(w, k);
	if (p < PROCS && one_in(w, 3)) {
		put_user_access(w, p);
		return true;
	}
	if (k == EV_KREAD && one_in(w, 4))
		put(w, "%s+%u", ONE_OF(w, places), draw(w, 40000));
	else if (at < KERNEL_NAMES)
		put(w, "n%u%s", w->given[at].nr, k == EV_KREAD && one_in(w, 3) ? "+4K" : "");
	else
		return false;
	if (p < PROCS && one_in(w, 2))
		put(w, " in=p%u", p);
	return true;
}

static bool write_vmap(struct writer *w, enum event_kind k)
{
	switch (k) {
	case EV_KREAD:
	case EV_KWRITE:
		return write_kaccess(w, k);
	case EV_SET_FIXMAP:
	case EV_CLEAR_FIXMAP:
		return write_fixmap(w, k);
	default:
		return write_kmap(w, k);
	}
}

static bool write_kernel(struct writer *w, enum event_kind k)
{
	if (k == EV_KREAD || k == EV_KWRITE || (k >= EV_KMAP && k <= EV_CLEAR_FIXMAP))
		return write_vmap(w, k);
	switch (k) {
	case EV_VMALLOC:
	case EV_IOREMAP:
	case EV_ALLOC_PAGES:
	case EV_KMALLOC:
	case EV_CACHE_ALLOC:
		return write_given(w, k);
	case EV_FREE_PAGES:
	case EV_KFREE:
	case EV_CACHE_FREE:
	case EV_VFREE:
	case EV_IOUNMAP:
		return write_taken(w, k);
	case EV_REAP:
		put(w, "reap");
		return true;
	case EV_CPU:
		put(w, "cpu %u", draw(w, w->m->config.cpus));
		return true;
	case EV_CONTEND:
		return write_contend(w);
	case EV_LOCK:
		put(w, "lock %s", lock_kind_names[draw(w, NR_LOCK_KINDS)]);
		if (one_in(w, 3))
			put(w, one_in(w, 2) ? " coherent=on" : " coherent=off");
		return w->m->config.cpus > 1;
	default:
		return write_cache(w, k);
	}
}

/* ---- lines ---- */

/* In a starved machine the kernel takes what is free but for a few pages. */
static bool write_starving(struct writer *w)
{
	const struct zone *z = w->m->node[0].node_zones;
	uint32_t free = z[ZONE_DMA].nr_free_pages + z[ZONE_NORMAL].nr_free_pages;
	uint32_t spare = z[ZONE_DMA].watermark[WMARK_MIN] + z[ZONE_NORMAL].watermark[WMARK_MIN];
	uint32_t order = 0;

	spare += w->spare;
	if (!w->spare || free <= spare || free > 6000 || one_in(w, 4) ||
	    !write_given(w, EV_ALLOC_PAGES))
		return false;
	while (order < MAX_ORDER - 1 && spare + (2u << order) <= free && !one_in(w, 12))
		order++;
	w->line[0] = '\0';
	put(w, "alloc_pages n%u %u gfp=atomic", w->nr_names, order);
	return true;
}

/* A kind of event, by the weights of this scenario's moods. */
static enum event_kind some_kind(struct writer *w)
{
	uint32_t at = draw(w, w->sum);
	unsigned k = 0;

	while (at >= w->weight[k])
		at -= w->weight[k++];
	return k;
}

/* In a wave much is given, or much is taken. */
static enum event_kind turned(struct writer *w, enum event_kind k)
{
	static const enum event_kind pairs[][2] = {
		{EV_MALLOC, EV_FREE},
		{EV_CALLOC, EV_FREE},
		{EV_ALLOC_PAGES, EV_FREE_PAGES},
		{EV_KMALLOC, EV_KFREE},
		{EV_CACHE_ALLOC, EV_CACHE_FREE},
		{EV_FORK, EV_EXIT},
	};
	bool ebb = w->wave && w->left / w->wave % 2;

	for (unsigned i = 0; w->wave && i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (pairs[i][!ebb] == k && !one_in(w, 4))
			return pairs[i][ebb];
	return k;
}

/* A line of kind k, if one is possible now. */
static bool write_kind(struct writer *w, enum event_kind k)
{
	w->line[0] = '\0';
	if (k <= EV_EXIT)
		return write_process(w, k);
	return k <= EV_FETCH ? write_memory(w, k) : write_kernel(w, k);
}

const char *writer_next(struct writer *w, const struct scenario *s, const struct machine *m)
{
	w->s = s;
	w->m = m;
	if (w->left == 0)
		return NULL;
	w->left--;
	w->line[0] = '\0';
	if (write_starving(w))
		return w->line;
	if (m->nr_tasks == 0 && !one_in(w, 4) && write_kind(w, EV_SPAWN))
		return w->line;
	for (int tries = 0; tries < 100; tries++)
		if (write_kind(w, turned(w, some_kind(w))))
			return w->line;
	return !w->recordable && write_kind(w, EV_CPU) ? w->line : NULL;
}
