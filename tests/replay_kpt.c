/*
 * mmviz-kpt: the kernel's own page tables.
 *
 *	cr3_pgd 0x1287000 pse 1 pge 1 nx 0 high_memory 0xf73fe000
 *	pmd 0xc0400000 n=3 first=0x4001e3 last=0xc001e3 large    entries over the kernel's half, in order
 *	pmd 0xc1000000 n=1 first=0x1410063 last=0x1410063 table
 *	vmalloc pfns 260668 260669 260670                        then what is done, and the entry that it leaves
 *	pte vmalloc_0 0xf7c45000 level 4K entry 0x3fa3c163
 *	pte fix1_set_fixmap_fe000000 0xffffe000 level 4K entry 0xfe000163
 *
 * Which frames tables and pages got, the recording says; that there is a table, the size of an entry, its bits and
 * the address are ours.  What boot had mapped by vmalloc lies below the first address that vmalloc gives here.
 */
#include "tests/booted.h"
#include "tests/replay.h"

#include <stdlib.h>

enum { PAGES_MAX = 64, FIRMWARE_BYTES = 128 << 10 };

struct kpt {
	struct replay *r;
	struct mm_profile profile;
	struct machine *m;
	struct trace trace;
	uint64_t next;            /* address whose upper entry comes next */
	vaddr_t area;             /* that vmalloc gave                    */
	pfn_t vmalloc[PAGES_MAX]; /* frames that theirs has               */
	unsigned nr_vmalloc;
	pfn_t page, lowmem_page; /* "page pfn", "lowmem_page pfn"        */
};

/* ---- the beginning ---- */

/* The first address that vmalloc gives later in this transcript; 0: none. */
static vaddr_t look_ahead(struct replay *r)
{
	long at = ftell(r->file);
	char line[256];
	unsigned va = 0;

	while (fgets(line, sizeof(line), r->file) && strcmp(line, "done\n") != 0)
		if (sscanf(line, "pte vmalloc_0 0x%x", &va) == 1)
			break;
	fseek(r->file, at, SEEK_SET);
	return va;
}

/* What boot has mapped there: tables, and an area so that the next one begins behind it. */
static void map_boot_areas(struct kpt *k, vaddr_t end)
{
	vaddr_t start = k->m->map.vmalloc_start;

	if (end <= start)
		return;
	for (vaddr_t va = start; va < end; va += PAGE_SIZE)
		kernel_pte_alloc(k->m, va);
	vmap_insert(k->m, start, end, 0);
}

/* RAM as large as the end of low memory tells; with high memory any size shows the same. */
static void open_machine(struct kpt *k, const char *line)
{
	const char *at = strstr(line, "high_memory ");
	struct machine_config c;
	struct kernel_map map;
	uint64_t high_memory = at ? strtoull(at + 12, NULL, 16) : 0;
	char ours[64];

	kernel_map_init(&map, &k->profile, 0);
	machine_config_default(&c);
	c.profile = &k->profile;
	c.ram_bytes = high_memory - map.page_offset + FIRMWARE_BYTES;
	if (high_memory - map.page_offset >= map.maxmem)
		c.ram_bytes = (uint64_t)1 << 30;
	c.nx = strstr(line, " nx 1 ") ? NX_ON : NX_OFF;
	k->m = machine_create(&c, &k->trace);
	k->next = k->m->map.page_offset;
	snprintf(ours, sizeof(ours), "high_memory 0x%08llx",
		 (unsigned long long)k->m->map.high_memory);
	replay_compared(k->r);
	if (!at || strcmp(at, ours) != 0)
		replay_differ(k->r, "... %s", ours);
	map_boot_areas(k, look_ahead(k->r));
}

/* ---- upper entries ---- */

/* The entry over va at the last but one level. */
static pte_t upper_entry(const struct kpt *k, uint64_t va)
{
	unsigned level = k->profile.pt_levels - 2U;
	struct pt_walk w;

	pt_walk_kernel(k->m, (vaddr_t)va, &w);
	return w.levels > level ? w.entry[level] : 0;
}

static uint64_t upper_span(const struct kpt *k) { return pt_span(k->m, k->profile.pt_levels - 2U); }

/* How many large entries follow each other from va on, each the frames behind the one before. */
static uint64_t count_run(const struct kpt *k, uint64_t va, pte_t first)
{
	uint64_t span = upper_span(k), n = 1;

	while ((va + n * span) >> 32 == 0 && upper_entry(k, va + n * span) == first + n * span)
		n++;
	return n;
}

static void compare_upper(struct kpt *k, const char *line)
{
	pte_t e = upper_entry(k, k->next), last = e;
	long long theirs = 0;
	uint64_t n = 1;
	char ours[160];

	replay_value(line, "first", &theirs);
	if (e & PTE_PSE) {
		n = count_run(k, k->next, e);
		last = e + (n - 1) * upper_span(k);
	} else if (e & PTE_P) {
		/* whose frame it is differs from boot to boot */
		last = e = mk_pte((pfn_t)((uint64_t)theirs >> PAGE_SHIFT),
				  e & (PTE_NX | (PAGE_SIZE - 1)));
	}
	snprintf(ours, sizeof(ours), "pmd 0x%08llx n=%llu first=0x%llx last=0x%llx %s",
		 (unsigned long long)k->next, (unsigned long long)n, (unsigned long long)e,
		 (unsigned long long)last,
		 e & PTE_PSE ? "large"
		 : e & PTE_P ? "table"
			     : "none");
	replay_compare(k->r, ours);
	k->next += n * upper_span(k);
}

/* ---- single entries ---- */

static bool is_what(const char *what, const char *beginning)
{
	return strncmp(what, beginning, strlen(beginning)) == 0;
}

/* fix1_set_fixmap_nocache_fe001000: does it, and says where the slot is. */
static vaddr_t do_fixmap(struct kpt *k, const char *what)
{
	char *end;
	uint32_t slot = (uint32_t)strtoul(what + 3, &end, 10);
	const char *phys = strrchr(end, '_');

	if (is_what(end, "_set_fixmap"))
		set_fixmap(k->m, slot, strtoull(phys + 1, NULL, 16),
			   strstr(end, "_nocache") != NULL);
	else if (is_what(end, "_clear_fixmap"))
		clear_fixmap(k->m, slot);
	return fix_to_virt(&k->m->map, slot);
}

/* The slot that the window gives next is the one that boot had left. */
static vaddr_t do_kmap(struct kpt *k, vaddr_t theirs)
{
	const struct kernel_map *map = &k->m->map;

	if (theirs > map->pkmap_base && theirs < map->pkmap_end)
		k->m->pkmap.last = (uint32_t)((theirs - map->pkmap_base) >> PAGE_SHIFT) - 1;
	return kmap(k->m, k->page);
}

/* kmap..., and kmap_local...: where the page was, and what becomes of it. */
static vaddr_t do_kmaps(struct kpt *k, const char *what, vaddr_t theirs)
{
	vaddr_t va = page_address(k->m, k->page);

	if (strcmp(what, "kmap") == 0)
		return do_kmap(k, theirs);
	if (strcmp(what, "kmap_after_kunmap") == 0)
		kunmap(k->m, k->page);
	else if (strcmp(what, "kmap_after_flush") == 0)
		kmap_flush_unused(k->m);
	else if (strcmp(what, "kmap_local") == 0)
		return kmap_atomic(k->m, k->page);
	else if (k->page >= k->m->max_low_pfn) {
		kunmap_atomic(k->m, k->page);
		return kmap_slot_addr(k->m, k->m->cpu, 0);
	}
	return va;
}

/* Do what the line says was done; the address that it is about. */
static vaddr_t do_what(struct kpt *k, const char *what, vaddr_t theirs)
{
	const struct kernel_map *map = &k->m->map;

	if (strcmp(what, "vmalloc_0_after_vfree") == 0) {
		vfree(k->m, k->area);
		return k->area;
	}
	if (strcmp(what, "vmalloc_guard") == 0)
		return k->area + (vaddr_t)k->nr_vmalloc * PAGE_SIZE;
	if (is_what(what, "vmalloc_"))
		return k->area + strtoul(what + 8, NULL, 10) * PAGE_SIZE;
	if (is_what(what, "ioremap_"))
		return ioremap(k->m, strtoull(what + 8, NULL, 16), PAGE_SIZE);
	if (is_what(what, "fix") && what[3] >= '0' && what[3] <= '9')
		return do_fixmap(k, what);
	if (is_what(what, "kmap"))
		return do_kmaps(k, what, theirs);
	if (strcmp(what, "lowmem_last") == 0)
		return map->high_memory - PAGE_SIZE;
	if (strcmp(what, "high_memory") == 0)
		return map->high_memory;
	if (strcmp(what, "lowmem_page") == 0)
		return pfn_to_kva(k->m, k->lowmem_page);
	return theirs; /* a fixed place of low memory */
}

/* A page of vmalloc with the frame that theirs had. */
static pte_t with_their_frame(const struct kpt *k, vaddr_t va, pte_t e)
{
	vaddr_t nr = (va - k->area) >> PAGE_SHIFT;

	if (!k->area || va < k->area || nr >= k->nr_vmalloc || !e)
		return e;
	return mk_pte(k->vmalloc[nr], e & (PTE_NX | (PAGE_SIZE - 1)));
}

static void compare_entry(struct kpt *k, const char *rest)
{
	unsigned theirs = 0;
	char what[64] = "", ours[160];
	struct pt_walk w;
	vaddr_t va;
	pte_t e;

	sscanf(rest, "%63s 0x%x", what, &theirs);
	va = do_what(k, what, theirs);
	pt_walk_kernel(k->m, va, &w);
	e = with_their_frame(k, va, w.entry[w.levels - 1]);
	snprintf(ours, sizeof(ours), "pte %s 0x%08llx level %s entry 0x%llx", what,
		 (unsigned long long)va,
		 !w.large                    ? "4K"
		 : upper_span(k) == 2u << 20 ? "2M"
					     : "4M",
		 (unsigned long long)e);
	replay_compare(k->r, ours);
}

static void do_vmalloc(struct kpt *k, const char *rest)
{
	int len;

	k->nr_vmalloc = 0;
	for (; k->nr_vmalloc < PAGES_MAX &&
	       sscanf(rest, " %u%n", &k->vmalloc[k->nr_vmalloc], &len) == 1;
	     rest += len)
		k->nr_vmalloc++;
	k->area = vmalloc(k->m, (uint64_t)k->nr_vmalloc * PAGE_SIZE);
}

static void one_line(struct kpt *k)
{
	struct replay *r = k->r;
	const char *rest;

	if (replay_begins(r, "pmd", NULL))
		compare_upper(k, r->line);
	else if (k->next >> 32 == 0)
		replay_differ(r, "pmd 0x%08llx ...", (unsigned long long)k->next);
	else if (replay_begins(r, "vmalloc pfns", &rest))
		do_vmalloc(k, rest);
	else if (sscanf(r->line, "lowmem_page pfn %u", &k->lowmem_page) == 1)
		return;
	else if (sscanf(r->line, "page highmem=%*d pfn %u", &k->page) == 1)
		return;
	else if (replay_begins(r, "pte", &rest))
		compare_entry(k, rest);
	else
		replay_differ(r, "a line of kernel page tables");
}

void replay_kpt(struct replay *r)
{
	struct kpt k = {.r = r, .page = PFN_NONE};

	while (!r->differs && replay_line(r)) {
		if (replay_begins(r, "kernel", NULL))
			recorded_profile(&k.profile, r->line);
		else if (replay_begins(r, "cr3_pgd", NULL))
			open_machine(&k, r->line);
		else if (k.m)
			one_line(&k);
		if (!r->differs && k.m && machine_check(k.m))
			replay_differ(r, "a broken law: %s", machine_check(k.m));
	}
	if (k.m)
		machine_destroy(k.m);
}
