/*
 * mmviz-vmalloc: address ranges of vmalloc and ioremap.
 *
 *	VMALLOC_START 0xf7bfe000 VMALLOC_END 0xff3fe000 lazy_max_pages 8192
 *	busy 0xf7c00000-0xf7c04000 vm=1 flags=0x2 nr_pages=3 caller=n_tty_open    an area, guard page included
 *	lazy nr=0                               freed, not yet reusable
 *	free 0x1-0xf7bfe000 0xf7c45000-0xffffffff
 *	op 1 vmalloc 4096 -> #1 0xf7c45000 area 0xf7c45000-0xf7c47000 flags=0x2 nr_pages=1 zones=0,0,1,0 pfns=260667
 *	op 2 vfree #1
 *
 * Which frames an area has depends on what boot had left free, and is not compared (pfns=); from which zones
 * they come is.
 */
#include "tests/booted.h"
#include "tests/replay.h"

#include <stdlib.h>

enum { AREAS_MAX = 4096, TEXT_MAX = 8192 };

struct known {
	vaddr_t start;
	char rest[128]; /* "vm=1 flags=... caller=..." */
};

struct vmalloc {
	struct replay *r;
	struct mm_profile profile;
	uint32_t cpus;
	struct machine *m;
	struct trace trace;
	struct known known[AREAS_MAX]; /* of every area that is or was */
	size_t nr_known;
	vaddr_t given[AREAS_MAX]; /* by number of "#K" */
	bool begun;               /* the areas of the beginning are known */
};

/* The profile has its CPUs, so it is known before the machine is. */
static void see_kernel(struct vmalloc *v)
{
	long long cpus = 1;

	recorded_profile(&v->profile, v->r->line);
	replay_value(v->r->line, "cpus", &cpus);
	v->cpus = cpus > 0 && cpus <= v->profile.nr_cpus ? (uint32_t)cpus : 1;
}

/*
 * How much RAM the machine had the file does not say, but vmalloc's part begins a gap above low memory, which ends where
 * RAM does (the last bytes are the firmware's) if there is no high memory.
 */
static void open_machine(struct vmalloc *v)
{
	const struct mm_profile *p = &v->profile;
	unsigned start = 0;

	v->m = recorded_machine(p, 1ull << 30, v->cpus, &v->trace);
	sscanf(v->r->line, "VMALLOC_START 0x%x", &start);
	if (start >= v->m->map.vmalloc_start || start <= p->page_offset + p->vmalloc_offset)
		return;
	machine_destroy(v->m);
	v->m = recorded_machine(
		p, start - p->page_offset - p->vmalloc_offset + (p->firmware_top_kb << 10), v->cpus,
		&v->trace);
}

static void compare_limits(struct vmalloc *v)
{
	char ours[128];

	snprintf(ours, sizeof(ours),
		 "VMALLOC_START 0x%08" PRIx64 " VMALLOC_END 0x%08" PRIx64 " lazy_max_pages %u",
		 v->m->map.vmalloc_start, v->m->map.vmalloc_end, lazy_max_pages(v->m));
	replay_compare(v->r, ours);
}

/* ---- our lines ---- */

static const struct known *known_at(const struct vmalloc *v, vaddr_t start)
{
	for (size_t i = v->nr_known; i-- > 0;)
		if (v->known[i].start == start)
			return &v->known[i];
	return NULL;
}

static void know(struct vmalloc *v, vaddr_t start, const char *rest)
{
	struct known *k = &v->known[v->nr_known];

	if (v->nr_known + 1 == AREAS_MAX)
		return;
	v->nr_known++;
	k->start = start;
	snprintf(k->rest, sizeof(k->rest), "%s", rest);
}

/* Ranges of lazy areas, neighbours joined; returns their pages. */
static void expect_lazy(struct vmalloc *v)
{
	char text[TEXT_MAX] = "lazy";
	size_t n = 4;
	vaddr_t start = 0, end = 0;

	for (const struct vm_struct *a = v->m->vmap.first; a || end; a = a ? a->next : NULL) {
		if (a && !a->lazy)
			continue;
		if (a && a->start == end) {
			end = a->end;
			continue;
		}
		if (end)
			n += (size_t)snprintf(text + n, TEXT_MAX - n,
					      " 0x%08" PRIx64 "-0x%08" PRIx64, start, end);
		start = a ? a->start : 0;
		end = a ? a->end : 0;
	}
	snprintf(text + n, TEXT_MAX - n, " nr=%u", v->m->vmap.lazy_pages);
	replay_expect(v->r, text);
}

static void expect_free(struct vmalloc *v)
{
	char text[TEXT_MAX] = "free";
	size_t n = 4;

	for (const struct vmap_range *r = v->m->vmap.free.first; r; r = r->next)
		n += (size_t)snprintf(text + n, TEXT_MAX - n,
				      r->start == 1 ? " 0x%" PRIx64 "-0x%08" PRIx64
						    : " 0x%08" PRIx64 "-0x%08" PRIx64,
				      r->start, r->end);
	replay_expect(v->r, text);
}

/* The areas at the end, from the one whose line has just been read. */
static void expect_busy(struct vmalloc *v)
{
	replay_hold(v->r);
	for (const struct vm_struct *a = v->m->vmap.first; a; a = a->next) {
		const struct known *k = known_at(v, a->start);
		char text[256];

		if (a->lazy)
			continue;
		snprintf(text, sizeof(text), "busy 0x%08" PRIx64 "-0x%08" PRIx64 " %s", a->start,
			 a->end, k ? k->rest : "vm=1");
		replay_expect(v->r, text);
	}
}

/* ---- operations ---- */

static void load_busy(struct vmalloc *v)
{
	unsigned start, end;
	long long flags = 0;
	const char *rest = strstr(v->r->line, " vm=");

	if (sscanf(v->r->line, "busy 0x%x-0x%x", &start, &end) != 2 || !rest ||
	    !replay_value(v->r->line, "flags", &flags)) {
		replay_differ(v->r, "busy START-END vm= flags=");
		return;
	}
	vmap_insert(v->m, start, end, (uint32_t)flags);
	know(v, start, rest + 1);
}

/* "zones=DMA,Normal,HighMem,Movable" of an area's frames. */
static void zones_text(const struct vmalloc *v, const struct vm_struct *a, char *text, size_t size)
{
	unsigned nr[MAX_NR_ZONES] = {0};

	for (uint32_t i = 0; i < a->nr_pages; i++)
		nr[page_zone_const(v->m, a->page[i])->type]++;
	snprintf(text, size, " zones=%u,%u,%u,%u", nr[ZONE_DMA], nr[ZONE_NORMAL], nr[ZONE_HIGHMEM],
		 nr[ZONE_MOVABLE]);
}

/* What was given to "op N WORD ... -> #K": our line up to the frames must be theirs. */
static void compare_given(struct vmalloc *v, const char *words, vaddr_t va)
{
	const struct vm_struct *a = find_vm_area(v->m, va);
	const char *arrow = strstr(v->r->line, " -> ");
	unsigned number = 0;
	char ours[512], zones[64] = "", rest[128];

	sscanf(arrow, " -> #%u", &number);
	if (!va || !a || number >= AREAS_MAX) {
		if (strcmp(arrow, " -> fail") != 0 || va)
			replay_differ(v->r, "%s -> fail", words);
		return;
	}
	v->given[number] = va;
	if (a->nr_pages)
		zones_text(v, a, zones, sizeof(zones));
	snprintf(ours, sizeof(ours),
		 "%s -> #%u 0x%08" PRIx64 " area 0x%08" PRIx64 "-0x%08" PRIx64
		 " flags=0x%x nr_pages=%u%s",
		 words, number, va, a->start, a->end, a->flags, a->nr_pages, zones);
	replay_compared(v->r);
	if (strncmp(ours, v->r->line, strlen(ours)) != 0)
		replay_differ(v->r, "%s", ours);
	snprintf(rest, sizeof(rest), "vm=1 flags=0x%x nr_pages=%u caller=rec_vmalloc_cmd", a->flags,
		 a->nr_pages);
	know(v, a->start, rest);
}

static void do_give(struct vmalloc *v, const char *word, const char *args)
{
	const char *arrow = strstr(v->r->line, " -> ");
	struct vm_struct *area;
	char words[256], *end;
	uint32_t first = (uint32_t)strtoul(args, &end, 0);
	vaddr_t va = 0;

	snprintf(words, sizeof(words), "%.*s", (int)(arrow - v->r->line), v->r->line);
	if (strcmp(word, "vmalloc") == 0) {
		va = vmalloc(v->m, first);
	} else if (strcmp(word, "ioremap") == 0) {
		va = ioremap(v->m, first, (uint32_t)strtoul(end, NULL, 0));
	} else {
		area = get_vm_area(v->m, first, VM_ALLOC);
		va = area ? area->start : 0;
	}
	compare_given(v, words, va);
}

static void do_take(struct vmalloc *v, const char *word, const char *args)
{
	unsigned number = 0;
	struct vm_struct *area;
	vaddr_t va;
	bool good;

	sscanf(args, "#%u", &number);
	va = number < AREAS_MAX ? v->given[number] : 0;
	area = find_vm_area(v->m, va);
	if (strcmp(word, "vfree") == 0)
		good = vfree(v->m, va);
	else if (strcmp(word, "iounmap") == 0)
		good = iounmap(v->m, va);
	else
		good = area != NULL;
	if (good && strcmp(word, "free_vm_area") == 0)
		free_vm_area(v->m, area);
	if (!good)
		replay_differ(v->r, "#%u is not in use", number);
}

/* vfree lets others run while it gives frames back: if the worker was due, the next line says whether it was one of
 * them. */
static void see_worker(struct vmalloc *v)
{
	if (!v->m->vmap.drain_due || !replay_line(v->r))
		return;
	replay_hold(v->r);
	if (replay_begins(v->r, "lazy nr=0", NULL))
		drain_vmap_work(v->m);
}

static void do_op(struct vmalloc *v, const char *rest)
{
	char word[32] = "";
	int at = 0;

	sscanf(rest, "%*u %31s %n", word, &at);
	if (strstr(v->r->line, " -> "))
		do_give(v, word, rest + at);
	else if (strcmp(word, "purge") == 0)
		purge_vmap_areas(v->m);
	else if (strcmp(word, "wait-for-drain-work") == 0)
		drain_vmap_work(v->m);
	else
		do_take(v, word, rest + at);
	if (strcmp(word, "vfree") == 0)
		see_worker(v);
	expect_lazy(v);
	expect_free(v);
	if (!v->r->differs && machine_check(v->m))
		replay_differ(v->r, "a broken law: %s", machine_check(v->m));
}

void replay_vmalloc(struct replay *r)
{
	static struct vmalloc v;
	const char *rest;

	v = (struct vmalloc){.r = r};
	while (!r->differs && replay_line(r)) {
		if (replay_begins(r, "kernel", NULL))
			see_kernel(&v);
		else if (replay_begins(r, "VMALLOC_START", NULL) && v.cpus) {
			machine_destroy(v.m);
			open_machine(&v);
			compare_limits(&v);
		} else if (replay_begins(r, "title", NULL) || !v.m)
			continue;
		else if (replay_begins(r, "busy", NULL) && !v.begun)
			load_busy(&v);
		else if (replay_begins(r, "busy", NULL))
			expect_busy(&v);
		else if (replay_begins(r, "op", &rest))
			do_op(&v, rest);
		else if (replay_begins(r, "lazy", NULL) || replay_begins(r, "free", NULL)) {
			v.begun = true;
			replay_hold(r);
			replay_begins(r, "lazy", NULL) ? expect_lazy(&v) : expect_free(&v);
		} else {
			replay_differ(r, "a line of a vmalloc transcript");
		}
	}
	machine_destroy(v.m);
}
