/*
 * A folder of facts: what /proc and the boot log of one kernel showed, "@@FILE NAME" before each file.
 *
 * Given are the kernel (PAE or not, from /proc/version), where memory is (BIOS-e820 of the boot log), how many
 * CPUs there are, and each zone's managed pages: how much boot keeps for itself is the matter of that kernel's
 * image.  Boot computes its limits before init memory comes back ("Freeing ... memory: NK"), so with less.
 *
 *	zoneinfo     min, low, high, spanned, present, protection, start_pfn; the CPUs' high and batch
 *	buddyinfo    DMA, when nothing is taken out of it: the blocks that the hand-over gave it
 *	pagetypeinfo the order of pageblocks, and how many each zone has
 *	meminfo      MemTotal, HighTotal, LowTotal, CommitLimit, VmallocTotal, Hugepagesize, and the direct map's end
 *	vm settings  min_free_kbytes, lowmem_reserve_ratio, watermark_scale_factor, mmap_min_addr, max_map_count
 *	limits       stack, locked memory
 *	vmallocinfo  no area outside our vmalloc range
 *	boot log     HIGHMEM, LOWMEM, low ram, last_pfn, the zones' ranges, memory in all
 *
 * Not compared: what depends on what ran before (free pages, lists of the other zones, counters, slabs: this kernel
 * has SLUB), on the image (iomem), or on devices.
 */
#include "sim/memblock.h"
#include "sim/pgtable.h"
#include "src/proc.h"
#include "tests/bare.h"
#include "tests/replay_zones.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 512 };

struct facts {
	struct replay *r;
	char file[64]; /* "/proc/zoneinfo"                         */
	struct mm_profile profile;
	struct memblock memory;
	pfn_t end;
	uint32_t cpus;
	uint32_t nr_last_pfn; /* lines of the boot log: last_pfn = */
	uint32_t managed[MAX_NR_ZONES], free[MAX_NR_ZONES];
	uint32_t freed_by_boot; /* pages: initrd and init code              */
	long long scale, boost_factor;
	enum zone_type zone; /* of the lines of zoneinfo                 */
	struct machine *m;
	char *zoneinfo, *next; /* ours, and the next line of it            */
};

/* ---- reading ahead: what is given ---- */

static bool in_file(const struct facts *f, const char *name) { return strcmp(f->file, name) == 0; }

/* "@@FILE /proc/zoneinfo": another file begins. */
static bool is_head(struct facts *f)
{
	const char *name;

	if (!replay_begins(f->r, "@@FILE", &name))
		return false;
	snprintf(f->file, sizeof(f->file), "%s", name);
	f->zone = MAX_NR_ZONES;
	return true;
}

/* A line without the blanks that it begins with. */
static const char *trimmed(const struct facts *f) { return f->r->line + strspn(f->r->line, " "); }

/* "min      16" -> 16 */
static bool number_of(const char *line, const char *name, uint32_t *value)
{
	size_t len = strlen(name);

	if (strncmp(line, name, len) != 0 || line[len] != ' ')
		return false;
	*value = (uint32_t)strtoul(line + len, NULL, 10);
	return true;
}

/* "Node 0, zone   Normal": the next lines are about it. */
static bool is_zone_head(struct facts *f, const char *line)
{
	const char *zone = strstr(line, "zone ");

	if (strncmp(line, "Node", 4) != 0 || !zone)
		return false;
	zone += 5;
	f->zone = zone_by_name(zone + strspn(zone, " "));
	return true;
}

static void read_zoneinfo(struct facts *f)
{
	const char *line = trimmed(f);

	if (is_zone_head(f, line) || f->zone == MAX_NR_ZONES)
		return;
	number_of(line, "managed", &f->managed[f->zone]);
	number_of(line, "pages free", &f->free[f->zone]);
	if (strncmp(line, "cpu: ", 5) == 0 && strtoul(line + 5, NULL, 10) >= f->cpus)
		f->cpus = (uint32_t)strtoul(line + 5, NULL, 10) + 1;
}

/* "BIOS-e820: [mem 0x100000-0x3ffdffff] usable": both bytes are part of it. */
static void read_usable(struct facts *f, const char *at)
{
	unsigned long long first, last, most = f->profile.pte_bytes == 4 ? 1ull << 32 : 1ull << 36;
	pfn_t start;

	if (sscanf(at, "BIOS-e820: [mem %llx-%llx] usable", &first, &last) != 2 ||
	    !strstr(at, "usable") || first >= most)
		return;
	start = (pfn_t)((first + PAGE_SIZE - 1) >> PAGE_SHIFT);
	if (start < f->profile.first_pfn)
		start = f->profile.first_pfn;
	memblock_remove(&f->memory, f->end, start);
	f->memory.end = f->end = (pfn_t)((last + 1) >> PAGE_SHIFT);
}

static void read_boot_log(struct facts *f)
{
	const char *at = strstr(f->r->line, "BIOS-e820: ");
	const char *freed = strstr(f->r->line, "] Freeing "),
		   *size = strstr(f->r->line, "memory: ");

	if (at)
		read_usable(f, at);
	if (freed && size && (strstr(freed, "initrd") || strstr(freed, "unused ")))
		f->freed_by_boot += (uint32_t)strtoul(size + 8, NULL, 10) / 4;
}

static void read_given(struct facts *f)
{
	if (is_head(f))
		return;
	if (in_file(f, "/proc/version"))
		f->profile = *profile_find(strstr(f->r->line, "-amd64 ") ? "x86-64"
					   : strstr(f->r->line, "-pae ") ? "i386-6.1-pae"
									 : "i386-6.1");
	else if (in_file(f, "/proc/zoneinfo"))
		read_zoneinfo(f);
	else if (in_file(f, "dmesg"))
		read_boot_log(f);
	else if (in_file(f, "/proc/sys/vm/watermark_scale_factor"))
		f->scale = atoll(f->r->line);
	else if (in_file(f, "/proc/sys/vm/watermark_boost_factor"))
		f->boost_factor = atoll(f->r->line);
}

/* ---- our machine ---- */

static void mark_frames(struct facts *f)
{
	pfn_t start, end = 0;

	while (memblock_next_memory(&f->memory, &start, &end, f->end))
		for (pfn_t pfn = start; pfn < end; pfn++)
			f->m->mem_map[pfn].use = FRAME_FREE;
	for (pfn_t pfn = f->profile.first_pfn; pfn < f->profile.low_reserved; pfn++)
		if (f->m->mem_map[pfn].use == FRAME_FREE)
			f->m->mem_map[pfn].use = FRAME_RESERVED;
}

/* Boot's limits, with what was managed then; and what is managed now. */
static void set_limits(struct facts *f)
{
	enum zone_type image_zone = f->profile.max_dma32_pfn ? ZONE_DMA32 : ZONE_NORMAL;
	struct zone *z;

	for_each_zone(f->m, z)
		z->managed_pages =
			f->managed[z->type] - (z->type == image_zone ? f->freed_by_boot : 0);
	boot_set_limits(f->m);
	for_each_zone(f->m, z)
		z->managed_pages = f->managed[z->type];
	f->m->vm.watermark_boost_factor = (uint32_t)f->boost_factor;
	if (f->scale != f->m->vm.watermark_scale_factor)
		write_watermark_scale_factor(f->m, (uint32_t)f->scale);
}

static void make_machine(struct facts *f)
{
	struct machine *m = f->m = bare_machine_like(f->profile.name, (f->end + 1023) & ~1023u);
	size_t size;
	FILE *out;
	uint64_t maxmem;

	m->profile = &f->profile;
	m->config.cpus = f->cpus;
	m->max_pfn = f->end;
	kernel_map_init(&m->map, &f->profile, 0);
	maxmem = m->map.maxmem >> PAGE_SHIFT;
	m->max_low_pfn = f->end < maxmem ? f->end : (pfn_t)maxmem;
	kernel_map_set_low_memory(&m->map, &f->profile, m->max_low_pfn);
	nodes_set_ranges(m, f->end);
	memblock_reserve(&f->memory, f->profile.first_pfn, f->profile.low_reserved);
	mark_frames(f);
	free_area_init(m, &f->memory);
	memblock_free_all(m, &f->memory);
	set_limits(f);
	out = open_memstream(&f->zoneinfo, &size);
	proc_zoneinfo(out, m, NULL);
	fclose(out);
	f->next = f->zoneinfo;
}

/* ---- comparing ---- */

/* Lines of zoneinfo that we compare. */
static bool is_limit(const char *line)
{
	static const char *const names[] = {"Node",
					    "min ",
					    "low ",
					    "high ",
					    "spanned",
					    "present",
					    "managed",
					    "protection",
					    "start_pfn:",
					    "cpu:",
					    "high:",
					    "batch:",
					    "vm stats threshold"};

	line += strspn(line, " ");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strncmp(line, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

/* The next of our lines that is compared; "": none. */
static const char *our_next_limit(struct facts *f)
{
	while (*f->next) {
		char *line = f->next, *feed = strchr(line, '\n');

		f->next = feed ? feed + 1 : line + strlen(line);
		if (feed)
			*feed = '\0';
		if (is_limit(line))
			return line;
	}
	return "";
}

static void compare_zoneinfo(struct facts *f)
{
	if (is_limit(f->r->line))
		replay_compare(f->r, our_next_limit(f));
}

/* DMA as the hand-over left it. */
static void compare_buddyinfo(struct facts *f)
{
	const struct zone *z = &f->m->node[0].node_zones[ZONE_DMA];
	char text[TEXT_MAX];
	size_t n = (size_t)snprintf(text, sizeof(text), "Node 0, zone %8s ", z->name);

	is_zone_head(f, f->r->line);
	if (f->zone != ZONE_DMA || f->free[ZONE_DMA] != f->managed[ZONE_DMA])
		return;
	for (unsigned k = 0; k < MAX_ORDER; k++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%6u ", z->free_area[k].nr_free);
	replay_compare(f->r, text);
}

/* Pageblocks of a zone: steps from its first frame on, but for sections without memory. */
static uint32_t nr_pageblocks(const struct facts *f, const struct zone *z)
{
	pfn_t section = 1u << (f->profile.section_size_bits - PAGE_SHIFT);
	uint32_t nr = 0;

	for (pfn_t pfn = z->start_pfn; pfn < z->start_pfn + z->spanned_pages;
	     pfn += 1u << f->profile.pageblock_order)
		nr += memblock_present(&f->memory, pfn & ~(section - 1),
				       (pfn | (section - 1)) + 1) > 0;
	return nr;
}

/* "Node 0, zone      DMA            1            3            0 ...": all kinds together. */
static void compare_pageblocks(struct facts *f)
{
	const char *name = zone_names[f->zone], *at = strstr(f->r->line, name);
	const struct zone *z = &f->m->node[0].node_zones[f->zone];
	uint32_t nr = nr_pageblocks(f, z);
	unsigned long sum = 0;
	char *end;

	for (at += strlen(name);; at = end) {
		sum += strtoul(at, &end, 10);
		if (end == at)
			break;
	}
	replay_compared(f->r);
	if (sum != nr)
		replay_differ(f->r, "zone %s: %u pageblocks", name, nr);
}

static void compare_pagetypeinfo(struct facts *f)
{
	unsigned order = f->profile.pageblock_order;
	char text[TEXT_MAX];

	if (replay_begins(f->r, "Page block order:", NULL))
		snprintf(text, sizeof(text), "Page block order: %u", order);
	else if (replay_begins(f->r, "Pages per block:", NULL))
		snprintf(text, sizeof(text), "Pages per block:  %u", 1u << order);
	else {
		if (is_zone_head(f, f->r->line) && f->zone != MAX_NR_ZONES &&
		    !strstr(f->r->line, ", type"))
			compare_pageblocks(f);
		return;
	}
	replay_compare(f->r, text);
}

static void compare_meminfo(struct facts *f)
{
	const struct machine *m = f->m;
	uint32_t total = totalram_pages(m), high = 0;
	const struct zone *z;
	char name[64] = "", text[TEXT_MAX];

	for_each_zone(m, z)
		high += is_highmem(m, z) ? z->managed_pages : 0;
	const struct {
		const char *name;
		uint64_t kb;
	} ours[] = {
		{"MemTotal:", 4ull * total},
		{"HighTotal:", 4ull * high},
		{"LowTotal:", 4ull * (total - high)},
		{"CommitLimit:", 4 * vm_commit_limit(m)},
		{"VmallocTotal:", vmalloc_total(m) / 1024},
		{"Hugepagesize:", pt_span(m, m->profile->pt_levels - 2u) / 1024},
	};
	sscanf(f->r->line, "%63s", name);
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (strcmp(ours[i].name, name) == 0) {
			snprintf(text, sizeof(text), "%-16s%8llu kB", name,
				 (unsigned long long)ours[i].kb);
			replay_compare(f->r, text);
		}
}

/* Files of one line; a soft limit. */
static void compare_setting(struct facts *f)
{
	const struct vm_sysctl *vm = &f->m->vm;
	const struct mm_profile *p = &f->profile;
	const struct {
		const char *file;
		uint32_t value;
	} ours[] = {
		{"/proc/sys/vm/min_free_kbytes", vm->min_free_kbytes},
		{"/proc/sys/vm/watermark_scale_factor", vm->watermark_scale_factor},
		{"/proc/sys/vm/mmap_min_addr", p->mmap_min_addr},
		{"/proc/sys/vm/max_map_count", p->max_map_count},
	};
	char text[TEXT_MAX];
	size_t n = 0;

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (in_file(f, ours[i].file)) {
			snprintf(text, sizeof(text), "%u", ours[i].value);
			replay_compare(f->r, text);
		}
	if (!in_file(f, "/proc/sys/vm/lowmem_reserve_ratio"))
		return;
	for (unsigned i = 0; i < MAX_NR_ZONES; i++)
		if (p->zones >> i & 1)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%u", n ? "\t" : "",
					      vm->lowmem_reserve_ratio[i]);
	replay_compare(f->r, text);
}

static void compare_limit(struct facts *f)
{
	const struct {
		const char *name;
		uint32_t bytes;
	} ours[] = {{"Max stack size", f->profile.stack_limit_bytes},
		    {"Max locked memory", f->profile.memlock_limit_bytes}};

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		const char *rest;

		if (!replay_begins(f->r, ours[i].name, &rest))
			continue;
		replay_compared(f->r);
		if (strtoul(rest, NULL, 10) != ours[i].bytes)
			replay_differ(f->r, "%s %u", ours[i].name, ours[i].bytes);
	}
}

static void compare_vmalloc_area(struct facts *f)
{
	const struct kernel_map *map = &f->m->map;
	unsigned long long start, end;

	if (sscanf(f->r->line, "0x%llx-0x%llx", &start, &end) != 2)
		return;
	replay_compared(f->r);
	if (start >= map->modules && end <= map->modules_end)
		return; /* where x86-64 loads code */
	if (start < map->vmalloc_start || end > map->vmalloc_end)
		replay_differ(f->r, "areas in %#llx-%#llx", (unsigned long long)map->vmalloc_start,
			      (unsigned long long)map->vmalloc_end);
}

/* The line of the boot log, behind its time, must begin so. */
static void compare_log(struct facts *f, const char *line, const char *ours)
{
	replay_compared(f->r);
	if (strncmp(line, ours, strlen(ours)) != 0)
		replay_differ(f->r, "%s", ours);
}

/* "  Normal   [mem 0x0000000001000000-0x0000000036bfdfff]": from where it may begin, not where memory does. */
static void compare_zone_range(struct facts *f, const char *line)
{
	enum zone_type type = zone_by_name(line + strspn(line, " "));
	const struct zone *z;
	char text[TEXT_MAX];

	if (type == MAX_NR_ZONES || strncmp(line, "  ", 2) != 0 || line[2] == ' ')
		return;
	z = &f->m->node[0].node_zones[type];
	if (z->spanned_pages)
		snprintf(text, sizeof(text), "  %-8s [mem 0x%016llx-0x%016llx]", zone_names[type],
			 (unsigned long long)z->start_pfn << PAGE_SHIFT,
			 ((unsigned long long)(z->start_pfn + z->spanned_pages) << PAGE_SHIFT) - 1);
	else
		snprintf(text, sizeof(text), "  %-8s empty", zone_names[type]);
	compare_log(f, line, text);
}

/* "Memory: 1020064K/1048056K available (...)": frames that there are. */
static void compare_present(struct facts *f, const char *line)
{
	const char *slash = strchr(line, '/');
	uint32_t present = f->m->node[0].node_present_pages;

	replay_compared(f->r);
	if (!slash || strtoul(slash + 1, NULL, 10) != 4ul * present)
		replay_differ(f->r, "Memory: .../%luK available", 4ul * present);
}

/* The boot log says twice where memory ends: first of all, then of what is below 4G. */
static pfn_t end_below_4g(const struct facts *f)
{
	pfn_t start, end = 0, last = 0, limit = 1u << (32 - PAGE_SHIFT);

	while (memblock_next_memory(&f->memory, &start, &end, limit))
		last = end;
	return last;
}

static void compare_boot_log(struct facts *f)
{
	const struct machine *m = f->m;
	const char *line = strstr(f->r->line, "] ");
	unsigned low = (unsigned)m->max_low_pfn << PAGE_SHIFT;
	char text[TEXT_MAX];

	if (!line)
		return;
	line += 2;
	if (strstr(line, "HIGHMEM available"))
		snprintf(text, sizeof(text), "%uMB HIGHMEM", (m->max_pfn - m->max_low_pfn) >> 8);
	else if (strstr(line, "LOWMEM available"))
		snprintf(text, sizeof(text), "%uMB LOWMEM", low >> 20);
	else if (strncmp(line, "  mapped low ram: 0", 19) == 0)
		snprintf(text, sizeof(text), "  mapped low ram: 0 - %08x", low);
	else if (strncmp(line, "  low ram: 0", 12) == 0)
		snprintf(text, sizeof(text), "  low ram: 0 - %08x", low);
	else if (strncmp(line, "last_pfn = ", 11) == 0 && !strstr(line, "0x100000 max"))
		snprintf(text, sizeof(text), "last_pfn = 0x%x",
			 f->nr_last_pfn++ ? end_below_4g(f) : m->max_pfn);
	else {
		if (strncmp(line, "Memory: ", 8) == 0)
			compare_present(f, line);
		compare_zone_range(f, line);
		return;
	}
	compare_log(f, line, text);
}

static void compare_line(struct facts *f)
{
	static const struct {
		const char *file;
		void (*compare)(struct facts *f);
	} files[] = {
		{"/proc/zoneinfo", compare_zoneinfo},
		{"/proc/buddyinfo", compare_buddyinfo},
		{"/proc/pagetypeinfo", compare_pagetypeinfo},
		{"/proc/meminfo", compare_meminfo},
		{"/proc/vmallocinfo", compare_vmalloc_area},
		{"/proc/self/limits", compare_limit},
		{"dmesg", compare_boot_log},
	};

	if (is_head(f))
		return;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (in_file(f, files[i].file))
			files[i].compare(f);
	compare_setting(f);
}

void replay_facts(struct replay *r)
{
	struct facts f = {.r = r, .cpus = 1, .scale = 10};
	struct replay_place place = replay_mark(r);

	is_head(&f);
	do
		read_given(&f);
	while (replay_line(r));
	if (!f.profile.name || !f.end || f.cpus > MAX_CPUS) {
		replay_differ(r, "facts with /proc/version, a boot log, and at most %d CPUs",
			      MAX_CPUS);
		return;
	}
	make_machine(&f);
	replay_back(r, place);
	snprintf(f.file, sizeof(f.file), "/proc/version");
	while (!r->differs && replay_line(r))
		compare_line(&f);
	free(f.zoneinfo);
	machine_destroy(f.m);
}
