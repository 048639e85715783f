/*
 * mmviz-layout: the addresses of the kernel's gigabyte.
 *
 *	kernel 6.1.192 i386 non-PAE UP SLAB cpus=1
 *	totalram_pages 7158 ... max_low_pfn 8160 ...     where low memory ends
 *	VMALLOC_START 0xc27e0000                          a name of the kernel, and its value
 *	fix 3 FIX_KMAP_BEGIN 0xffffc000                   a slot of the fixmap
 *
 * UP and SMP are two builds: NR_CPUS is 1 or 8, and only the second has APICs.  Where the image ends and
 * mem_map lies is a matter of the build and of boot, and not compared.
 */
#include "tests/booted.h"
#include "tests/replay.h"

#include <stdlib.h>

struct layout {
	struct replay *r;
	struct mm_profile profile;
	struct kernel_map map;
	long long max_pfn;
};

static void set_memory(struct layout *l, const char *line)
{
	const char *at = strstr(line, " max_pfn ");
	long long maxmem = l->map.maxmem >> PAGE_SHIFT;
	char ours[128];

	l->max_pfn = at ? atoll(at + 9) : 0;
	if (l->max_pfn < maxmem)
		maxmem = l->max_pfn;
	kernel_map_set_low_memory(&l->map, &l->profile, (pfn_t)maxmem);
	snprintf(ours, sizeof(ours),
		 "max_pfn %lld max_low_pfn %lld highstart_pfn %lld highend_pfn %lld", l->max_pfn,
		 maxmem, maxmem, l->max_pfn);
	replay_compared(l->r);
	if (!strstr(line, ours))
		replay_differ(l->r, "... %s", ours);
}

/* What our machine says to a name; false: it is none of ours. */
static bool value_of(const struct layout *l, const char *name, uint64_t *value)
{
	const struct mm_profile *p = &l->profile;
	const struct kernel_map *map = &l->map;
	const struct {
		const char *name;
		uint64_t value;
	} values[] = {
		{"PAGE_OFFSET", map->page_offset},
		{"TASK_SIZE_MAX", map->task_size},
		{"high_memory", map->high_memory},
		{"VMALLOC_OFFSET", p->vmalloc_offset},
		{"VMALLOC_START", map->vmalloc_start},
		{"VMALLOC_END", map->vmalloc_end},
		{"__VMALLOC_RESERVE", map->vmalloc_end - map->maxmem - map->page_offset},
		{"MAXMEM", map->maxmem},
		{"PKMAP_BASE", map->pkmap_base},
		{"LAST_PKMAP", p->last_pkmap},
		{"PKMAP_ADDR(LAST_PKMAP)", map->pkmap_end},
		{"LDT_BASE_ADDR", map->ldt_base},
		{"LDT_END_ADDR", map->ldt_base + (1u << p->pt_shift[p->pt_levels - 2])},
		{"CPU_ENTRY_AREA_BASE", map->cpu_entry_area},
		{"CPU_ENTRY_AREA_PAGES", map->cpu_entry_pages},
		{"FIXADDR_TOT_START", map->fixaddr_tot_start},
		{"FIXADDR_TOT_SIZE", map->fixaddr_top - map->fixaddr_tot_start},
		{"FIXADDR_START", map->fixaddr_start},
		{"FIXADDR_SIZE", map->fixaddr_top - map->fixaddr_start},
		{"FIXADDR_TOP", map->fixaddr_top},
		{"PMD_SIZE", 1u << p->pt_shift[p->pt_levels - 2]},
		{"PTRS_PER_PTE", 1u << p->pt_bits[p->pt_levels - 1]},
		{"PTRS_PER_PGD", 1u << p->pt_bits[0]},
		{"NR_CPUS", p->nr_cpus},
		{"KM_MAX_IDX", p->kmap_slots},
		{"_text", map->page_offset + p->kernel_phys},
	};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (strcmp(values[i].name, name) == 0) {
			*value = values[i].value;
			return true;
		}
	return false;
}

/* The slot that a name has in our fixmap; false: none of ours. */
static bool slot_of(const struct layout *l, const char *name, uint32_t *slot)
{
	uint32_t kmap = l->map.fix_kmap_begin, permanent = l->map.nr_fix_slots;
	uint32_t last = (l->map.fixaddr_top - l->map.fixaddr_tot_start) >> PAGE_SHIFT;
	const struct {
		const char *name;
		uint32_t slot;
	} slots[] = {
		{"FIX_KMAP_BEGIN", kmap},
		{"FIX_KMAP_END", kmap + l->profile.kmap_slots * l->profile.nr_cpus - 1},
		{"__end_of_permanent_fixed_addresses", permanent},
		{"FIX_WP_TEST", last - 1},
		{"FIX_BTMAP_BEGIN", last - 2},
		{"__end_of_fixed_addresses", last},
	};

	for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++)
		if (strcmp(slots[i].name, name) == 0) {
			*slot = slots[i].slot;
			return true;
		}
	return false;
}

/* "fix 3 FIX_KMAP_BEGIN 0xffffc000" */
static void compare_slot(struct layout *l, const char *rest)
{
	char *end, name[64] = "", ours[128];
	uint32_t slot = (uint32_t)strtoul(rest, &end, 10);

	sscanf(end, " %63s", name);
	slot_of(l, name, &slot);
	snprintf(ours, sizeof(ours), "fix %u %s 0x%08" PRIx64, slot, name,
		 fix_to_virt(&l->map, slot));
	replay_compare(l->r, ours);
}

static void compare_value(struct layout *l)
{
	char name[64] = "", ours[128];
	const char *theirs = strrchr(l->r->line, ' ');
	uint64_t value;

	sscanf(l->r->line, "%63s", name);
	if (!theirs || !value_of(l, name, &value))
		return;
	replay_compared(l->r);
	if (strtoul(theirs + 1, NULL, 16) != value) {
		snprintf(ours, sizeof(ours), "%s 0x%" PRIx64, name, value);
		replay_differ(l->r, "%s", ours);
	}
}

void replay_layout(struct replay *r)
{
	struct layout l = {.r = r};
	const char *rest;

	while (!r->differs && replay_line(r)) {
		if (replay_begins(r, "kernel", &rest)) {
			recorded_profile(&l.profile, r->line);
			kernel_map_init(&l.map, &l.profile, 0);
		} else if (replay_begins(r, "totalram_pages", NULL))
			set_memory(&l, r->line);
		else if (replay_begins(r, "fix", &rest))
			compare_slot(&l, rest);
		else
			compare_value(&l);
	}
}
