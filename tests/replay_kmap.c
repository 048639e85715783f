/*
 * mmviz-kmap: the window of kmap.  mmviz-kmaplocal: the slots of a CPU.
 *
 *	pkmap 0-8:0 9-10:1 11-1023:0            counts of all slots: the beginning, and compared later
 *	owner 9 pfn 260671                      whose slot it is
 *	kmap p1 -> 0xff401000 nr 1 pte_pfn 260669
 *	counts 1:0>2                            slots whose count has changed; "counts same"
 *	kunmap p1 page_address 0xff401000
 *	flush_unused
 *
 *	kmap_local h0 -> 0xffffc000 fixidx 3 depth 1
 *	kunmap_local h4 depth 4 pte none
 *
 * Which frame a page is, the recording says; the address, the slot and the counts are ours.
 */
#include "tests/booted.h"
#include "tests/replay.h"

#include <stdlib.h>

enum { TEXT_MAX = 8192, PAGES_MAX = 4096 };

struct kmaps {
	struct replay *r;
	struct mm_profile profile;
	struct machine *m;
	struct trace trace;
	uint32_t before[PKMAP_MAX];
	pfn_t page[PAGES_MAX]; /* by the number of "pN" */
	bool begun;
};

static void open_machine(struct kmaps *k, const char *line)
{
	long long cpus = 1;

	recorded_profile(&k->profile, line);
	replay_value(line, "cpus", &cpus);
	k->m = recorded_machine(&k->profile, 1ull << 30, (uint32_t)cpus, &k->trace);
}

/* ---- the window ---- */

/* " A-B:COUNT" for every run of equal counts. */
static void expect_all_counts(struct kmaps *k)
{
	char text[TEXT_MAX] = "pkmap";
	uint32_t nr = k->profile.last_pkmap;
	size_t n = 5;

	for (uint32_t from = 0, i = 1; i <= nr; i++) {
		if (i < nr && k->m->pkmap.count[i] == k->m->pkmap.count[from])
			continue;
		n += (size_t)snprintf(text + n, TEXT_MAX - n, " %u-%u:%u", from, i - 1,
				      k->m->pkmap.count[from]);
		from = i;
	}
	replay_expect(k->r, text);
}

/* What changed since the last time, runs of equal changes folded. */
static void expect_changed_counts(struct kmaps *k)
{
	const uint32_t *now = k->m->pkmap.count;
	char text[TEXT_MAX] = "counts";
	size_t n = 6;

	for (uint32_t i = 0; i < k->profile.last_pkmap; i++) {
		uint32_t from = i;

		if (now[i] == k->before[i])
			continue;
		while (i + 1 < k->profile.last_pkmap && now[i + 1] == now[from] &&
		       k->before[i + 1] == k->before[from])
			i++;
		n += (size_t)snprintf(text + n, TEXT_MAX - n, " %u", from);
		if (i > from)
			n += (size_t)snprintf(text + n, TEXT_MAX - n, "-%u", i);
		n += (size_t)snprintf(text + n, TEXT_MAX - n, ":%u>%u", k->before[from], now[from]);
	}
	memcpy(k->before, now, sizeof(k->before));
	replay_expect(k->r, n == 6 ? "counts same" : text);
}

/* Counts of the beginning; slots are given on from the last one that is in use. */
static void load_counts(struct kmaps *k, const char *text)
{
	unsigned from, to, count;
	int len;

	for (; sscanf(text, " %u-%u:%u%n", &from, &to, &count, &len) == 3; text += len)
		for (unsigned i = from; i <= to && i < k->profile.last_pkmap; i++) {
			k->m->pkmap.count[i] = count;
			k->m->pkmap.pfn[i] = PFN_NONE;
			if (count)
				k->m->pkmap.last = i;
		}
	memcpy(k->before, k->m->pkmap.count, sizeof(k->before));
	k->begun = true;
}

static void load_owner(struct kmaps *k, const char *text)
{
	unsigned slot, pfn;

	if (sscanf(text, "%u pfn %u", &slot, &pfn) != 2 || slot >= k->profile.last_pkmap)
		return;
	k->m->pkmap.pfn[slot] = pfn;
	*kernel_pte(k->m, k->m->map.pkmap_base + (slot << PAGE_SHIFT)) = mk_pte(pfn, PAGE_KERNEL);
}

static void do_kmap(struct kmaps *k, const char *text)
{
	vaddr_t base = k->m->map.pkmap_base;
	unsigned page = 0, theirs = 0;
	int slot = -1, pfn = -1;
	char ours[128];
	vaddr_t va;

	if (sscanf(text, "p%u -> 0x%x nr %d pte_pfn %d", &page, &theirs, &slot, &pfn) != 4 ||
	    page >= PAGES_MAX) {
		replay_differ(k->r, "kmap pN -> ADDR nr SLOT pte_pfn PFN");
		return;
	}
	k->page[page] = slot < 0 ? kva_to_pfn(k->m, theirs) : (pfn_t)pfn;
	va = kmap(k->m, k->page[page]);
	slot = va >= base ? (int)((va - base) >> PAGE_SHIFT) : -1;
	pfn = slot < 0 ? -1 : (int)pte_pfn(*kernel_pte(k->m, va));
	snprintf(ours, sizeof(ours), "kmap p%u -> 0x%08" PRIx64 " nr %d pte_pfn %d", page, va, slot,
		 pfn);
	replay_compare(k->r, ours);
	expect_changed_counts(k);
}

static void do_kunmap(struct kmaps *k, const char *text)
{
	unsigned page = PAGES_MAX;
	char ours[128];

	sscanf(text, "p%u", &page);
	if (page >= PAGES_MAX || !kunmap(k->m, k->page[page])) {
		replay_differ(k->r, "p%u is not mapped", page);
		return;
	}
	snprintf(ours, sizeof(ours), "kunmap p%u page_address 0x%08" PRIx64, page,
		 page_address(k->m, k->page[page]));
	replay_compare(k->r, ours);
	expect_changed_counts(k);
}

static void compare_window(struct kmaps *k)
{
	char ours[64];

	snprintf(ours, sizeof(ours), "PKMAP_BASE 0x%08" PRIx64 " LAST_PKMAP %u",
		 k->m->map.pkmap_base, k->profile.last_pkmap);
	replay_compare(k->r, ours);
}

void replay_kmap(struct replay *r)
{
	static struct kmaps k;
	const char *rest;

	k = (struct kmaps){.r = r};
	while (!r->differs && replay_line(r)) {
		if (replay_begins(r, "kernel", NULL))
			open_machine(&k, r->line);
		else if (replay_begins(r, "title", NULL) || replay_begins(r, "page", NULL) || !k.m)
			continue;
		else if (replay_begins(r, "PKMAP_BASE", NULL))
			compare_window(&k);
		else if (replay_begins(r, "pkmap", &rest) && !k.begun)
			load_counts(&k, rest);
		else if (replay_begins(r, "owner", &rest))
			load_owner(&k, rest);
		else if (replay_begins(r, "kmap", &rest))
			do_kmap(&k, rest);
		else if (replay_begins(r, "kunmap", &rest))
			do_kunmap(&k, rest);
		else if (replay_begins(r, "flush_unused", NULL)) {
			kmap_flush_unused(k.m);
			expect_changed_counts(&k);
		} else if (replay_begins(r, "pkmap", NULL)) {
			replay_hold(r);
			expect_all_counts(&k);
		} else {
			replay_differ(r, "a line of a kmap transcript");
		}
		if (!r->differs && k.m && machine_check(k.m))
			replay_differ(r, "a broken law: %s", machine_check(k.m));
	}
	machine_destroy(k.m);
}

/* ---- a CPU's slots ---- */

enum { FIRST_HIGH = 250000 }; /* h0: any frame above low memory */

static struct kmap_ctrl *slots(const struct kmaps *k) { return &k->m->kmap_ctrl[k->m->cpu]; }

/* Unmap what lies above the frame in the stack, as the recorder did without a line, and the frame. */
static void unmap_down_to(struct kmaps *k, pfn_t pfn)
{
	const struct kmap_ctrl *c = slots(k);
	bool found = false;

	while (c->depth && !found) {
		pfn_t top = c->pfn[c->depth - 1];

		found = top == pfn;
		kunmap_atomic(k->m, top);
	}
	if (!found)
		replay_differ(k->r, "frame %u is not mapped here", pfn);
}

/* The line must begin with what our CPU says. */
static void compare_beginning(struct kmaps *k, const char *ours)
{
	replay_compared(k->r);
	if (strncmp(ours, k->r->line, strlen(ours)) != 0)
		replay_differ(k->r, "%s", ours);
}

static void map_low(struct kmaps *k, const char *text)
{
	unsigned theirs = 0;
	char ours[128];
	vaddr_t va;

	sscanf(text, "low -> 0x%x", &theirs);
	va = kmap_atomic(k->m, kva_to_pfn(k->m, theirs));
	snprintf(ours, sizeof(ours),
		 "kmap_local low -> 0x%08" PRIx64 " page_address 0x%08" PRIx64 " depth %u", va,
		 page_address(k->m, kva_to_pfn(k->m, theirs)), slots(k)->depth);
	compare_beginning(k, ours);
}

/* "WORD hN [again] -> ADDR [fixidx N] depth N": a depth that we have already means the last one is unmapped first. */
static void map_high(struct kmaps *k, const char *word, unsigned page)
{
	const char *depth = strstr(k->r->line, " depth "), *again;
	const struct kmap_ctrl *c = slots(k);
	uint32_t first = k->m->map.fix_kmap_begin + k->m->cpu * k->profile.kmap_slots;
	char ours[128];
	vaddr_t va;

	if (depth && (unsigned)atoi(depth + 7) == c->depth && c->depth)
		kunmap_atomic(k->m, c->pfn[c->depth - 1]);
	va = kmap_atomic(k->m, FIRST_HIGH + page);
	again = strstr(k->r->line, " again ") ? " again" : "";
	if (strstr(k->r->line, " fixidx "))
		snprintf(ours, sizeof(ours), "%s h%u -> 0x%08" PRIx64 " fixidx %u depth %u", word,
			 page, va, first + c->depth - 1, c->depth);
	else
		snprintf(ours, sizeof(ours), "%s h%u%s -> 0x%08" PRIx64 " depth %u", word, page,
			 again, va, c->depth);
	compare_beginning(k, ours);
}

/* "kmap h2 -> 0xff4b4000 then kmap_local h2 -> 0xffffc000": two addresses for one frame. */
static void map_twice(struct kmaps *k)
{
	const char *then = strstr(k->r->line, " then ");
	unsigned page = 0;
	char ours[128];
	vaddr_t window, own;

	sscanf(k->r->line, "kmap h%u", &page);
	window = kmap(k->m, FIRST_HIGH + page);
	own = kmap_atomic(k->m, FIRST_HIGH + page);
	snprintf(ours, sizeof(ours), " then kmap_local h%u -> 0x%08" PRIx64, page, own);
	if (!then || strcmp(then, ours) != 0 || window < k->m->map.pkmap_base ||
	    window >= k->m->map.pkmap_end)
		replay_differ(k->r, "kmap h%u -> 0x%08" PRIx64 "%s", page, window, ours);
	kunmap_atomic(k->m, FIRST_HIGH + page);
	kunmap(k->m, FIRST_HIGH + page);
}

static void compare_slots(struct kmaps *k)
{
	uint32_t first = k->m->map.fix_kmap_begin;
	uint32_t last = first + k->profile.kmap_slots * k->profile.nr_cpus - 1;
	char ours[128];

	snprintf(ours, sizeof(ours),
		 "FIX_KMAP_BEGIN %u addr 0x%08" PRIx64
		 " KM_MAX_IDX %u FIX_KMAP_END %u addr 0x%08" PRIx64,
		 first, fix_to_virt(&k->m->map, first), k->profile.kmap_slots, last,
		 fix_to_virt(&k->m->map, last));
	compare_beginning(k, ours);
}

static void local_line(struct kmaps *k)
{
	struct replay *r = k->r;
	const char *rest;
	unsigned page = 0;
	char ours[64];

	if (replay_begins(r, "cpu", &rest))
		k->m->cpu = (uint32_t)atoi(rest);
	else if (replay_begins(r, "FIX_KMAP_BEGIN", NULL))
		compare_slots(k);
	else if (replay_begins(r, "kmap_local low", NULL))
		map_low(k, strstr(r->line, "low"));
	else if (sscanf(r->line, "kmap_local h%u", &page) == 1)
		map_high(k, "kmap_local", page);
	else if (sscanf(r->line, "kmap_atomic h%u", &page) == 1)
		map_high(k, "kmap_atomic", page);
	else if (sscanf(r->line, "kmap h%u", &page) == 1)
		map_twice(k);
	else if (sscanf(r->line, "kunmap_local h%u", &page) == 1)
		unmap_down_to(k, FIRST_HIGH + page);
	else if (replay_begins(r, "kunmap_atomic both", NULL))
		unmap_down_to(k, slots(k)->pfn[0]);
	else if (!replay_begins(r, "depth", NULL) && !replay_begins(r, "kunmap_local low", NULL))
		replay_differ(r, "a line of a kmap_local transcript");
	snprintf(ours, sizeof(ours), "depth %u", slots(k)->depth);
	if (!r->differs && strstr(r->line, "depth ") && !strstr(r->line, ours))
		replay_differ(r, "%s", ours);
	if (!r->differs && machine_check(k->m))
		replay_differ(r, "a broken law: %s", machine_check(k->m));
}

void replay_kmap_local(struct replay *r)
{
	static struct kmaps k;

	k = (struct kmaps){.r = r};
	while (!r->differs && replay_line(r)) {
		if (replay_begins(r, "kernel", NULL))
			open_machine(&k, r->line);
		else if (k.m)
			local_line(&k);
	}
	machine_destroy(k.m);
}
