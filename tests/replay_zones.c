/*
 * mmviz-zones: marks, reserves and limits of CPUs' lists of all zones.
 *
 *	kernel 6.1.192 i386 non-PAE UP SLAB cpus=1
 *	min_free_kbytes 3776 user_min_free_kbytes -1       user_...: as it was written; -1: never
 *	watermark_scale_factor 10 watermark_boost_factor 15000 percpu_pagelist_high_fraction 0
 *	lowmem_reserve_ratio DMA=256 Normal=32 HighMem=0 Movable=0
 *	totalram 258940 totalhigh 35810 nr_free_buffer_pages 221717 totalreserve 3635
 *	at_boot_calculation managed_DMA=3840 managed_Normal=218946 ... nr_free_buffer_pages=222786
 *	zone 1 Normal start=4096 spanned=222206 present=222206 managed=219290 free=218915 min=927 low=1158
 *		high=1389 boost=0 reserve=0,0,1119,1119 pcp_high=1158 pcp_batch=63      (one line)
 *
 * Given are the kernel, what was written to /proc/sys/vm, where memory is, and for each zone managed pages at
 * boot and now, free pages and boost.  Everything else our machine computes: first as boot does, then by
 * writing what was written.  A table does not say when that was: a value that is not boot's, or not that of
 * the table before in the same file, was written since; so was one that a comment before the table names.
 */
#include "tests/replay_zones.h"

#include "tests/bare.h"
#include "tests/booted.h"

#include <stdlib.h>
#include <string.h>

enum zone_type zone_by_name(const char *text)
{
	size_t len = strcspn(text, " =:,");

	for (unsigned i = 0; i < MAX_NR_ZONES; i++)
		if (strlen(zone_names[i]) == len && memcmp(zone_names[i], text, len) == 0)
			return (enum zone_type)i;
	return MAX_NR_ZONES;
}

/* ---- reading ---- */

/* The number behind a word: "min_free_kbytes 3776 ..." */
static long long number_after(const char *line, const char *word, long long otherwise)
{
	const char *at = strstr(line, word);

	while (at && ((at > line && at[-1] != ' ') || at[strlen(word)] != ' '))
		at = strstr(at + 1, word);
	return at ? atoll(at + strlen(word) + 1) : otherwise;
}

/* A number for each zone: managed_DMA=3840 ... */
static void read_by_zone(const char *line, const char *prefix, uint32_t value[MAX_NR_ZONES])
{
	for (unsigned i = 0; i < MAX_NR_ZONES; i++) {
		char key[64];
		long long n;

		snprintf(key, sizeof(key), "%s%s", prefix, zone_names[i]);
		if (replay_value(line, key, &n))
			value[i] = (uint32_t)n;
	}
}

static uint32_t value_of(const char *line, const char *key)
{
	long long n = 0;

	replay_value(line, key, &n);
	return (uint32_t)n;
}

/* "2 HighMem start=226302 ..." */
static void read_zone(struct replay *r, struct zone_table *t, const char *rest)
{
	const char *name = strchr(rest, ' ');
	enum zone_type type = zone_by_name(name ? name + 1 : "");

	if (type == MAX_NR_ZONES) {
		replay_differ(r, "no zone of this name");
		return;
	}
	t->order[t->nr_zones++ % MAX_NR_ZONES] = type;
	t->zone[type] = (struct recorded_zone){
		.listed = true,
		.start = value_of(rest, "start"),
		.spanned = value_of(rest, "spanned"),
		.present = value_of(rest, "present"),
		.managed = value_of(rest, "managed"),
		.free = value_of(rest, "free"),
		.boost = value_of(rest, "boost"),
	};
}

static void read_line(struct replay *r, struct zone_table *t)
{
	const char *rest, *line = r->line;

	if (replay_begins(r, "kernel", NULL)) {
		recorded_profile(&t->profile, line);
		t->cpus = value_of(line, "cpus");
	} else if (replay_begins(r, "min_free_kbytes", NULL)) {
		t->vm.min_free_kbytes = (uint32_t)number_after(line, "min_free_kbytes", 0);
		t->vm.user_min_free_kbytes = number_after(line, "user_min_free_kbytes", -1);
	} else if (replay_begins(r, "watermark_scale_factor", NULL)) {
		t->vm.watermark_scale_factor =
			(uint32_t)number_after(line, "watermark_scale_factor", 10);
		t->vm.watermark_boost_factor =
			(uint32_t)number_after(line, "watermark_boost_factor", 0);
		t->vm.percpu_pagelist_high_fraction =
			(uint32_t)number_after(line, "percpu_pagelist_high_fraction", 0);
	} else if (replay_begins(r, "lowmem_reserve_ratio", NULL))
		read_by_zone(line, "", t->vm.lowmem_reserve_ratio);
	else if (replay_begins(r, "at_boot_calculation", NULL)) {
		t->boot_is_known = true;
		read_by_zone(line, "managed_", t->boot_managed);
	} else if (replay_begins(r, "zone", &rest))
		read_zone(r, t, rest);
	else if (!replay_begins(r, "totalram", NULL))
		replay_differ(r, "a line of a table of zones");
}

void zone_table_read(struct replay *r, struct zone_table *t)
{
	*t = (struct zone_table){.cpus = 1, .vm.user_min_free_kbytes = -1};
	while (!r->differs && replay_line(r))
		read_line(r, t);
	if (!t->nr_zones || !t->profile.name || t->cpus < 1 || t->cpus > MAX_CPUS)
		replay_differ(r, "a table with a kernel of 1 to %d CPUs and its zones", MAX_CPUS);
}

/* What must have been written until this table, since boot or the table before in the same file? */
static void note_writes(struct replay *r, const struct zone_table *t, const struct vm_sysctl *boot)
{
	struct replay_sysctl *s = &r->sysctl;
	long long managed = 0;

	for (unsigned i = 0; i < MAX_NR_ZONES; i++)
		managed += t->boot_managed[i];
	if (s->boot != managed) /* another machine */
		*s = (struct replay_sysctl){.boot = managed,
					    .said_wmarks = s->said_wmarks,
					    .said_reserve = s->said_reserve};
	s->wmarks |= s->said_wmarks;
	s->reserve |= s->said_reserve;
	s->said_wmarks = s->said_reserve = false;
	s->wmarks |= t->vm.user_min_free_kbytes >= 0 ||
		     t->vm.watermark_scale_factor !=
			     (s->known ? s->watermark_scale_factor : boot->watermark_scale_factor);
	for (unsigned k = 0; k < t->nr_zones; k++) {
		enum zone_type i = t->order[k];

		if (t->vm.lowmem_reserve_ratio[i] !=
		    (s->known ? s->ratio[i] : boot->lowmem_reserve_ratio[i]))
			s->reserve = true;
		s->ratio[i] = t->vm.lowmem_reserve_ratio[i];
	}
	s->watermark_scale_factor = t->vm.watermark_scale_factor;
	s->known = true;
}

/* ---- a machine ---- */

static void make_zones(struct machine *m, const struct zone_table *t)
{
	for (unsigned i = 0; i < MAX_NR_ZONES; i++) {
		const struct recorded_zone *rec = &t->zone[i];

		if (!rec->listed || !rec->spanned)
			continue;
		add_zone(m, (enum zone_type)i, rec->start, rec->spanned)->present_pages =
			rec->present;
		m->node[0].node_present_pages -= rec->spanned - rec->present;
		m->movable_zone = (enum zone_type)i;
	}
	node_sum(&m->node[0]);
}

static void set_managed(struct machine *m, const struct zone_table *t, bool boot)
{
	struct zone *z;

	for_each_zone(m, z)
		z->managed_pages = boot ? t->boot_managed[z->type] : t->zone[z->type].managed;
}

/* Boot's values, then the writes. */
static void set_limits(struct machine *m, const struct zone_table *t, const struct replay_sysctl *s)
{
	struct zone *z;

	set_managed(m, t, t->boot_is_known);
	init_per_zone_wmark_min(m);
	build_zonelists(m);
	set_managed(m, t, false);
	m->vm.watermark_boost_factor = t->vm.watermark_boost_factor;
	if (s->wmarks && t->vm.user_min_free_kbytes >= 0)
		write_min_free_kbytes(m, (uint32_t)t->vm.user_min_free_kbytes);
	if (s->wmarks)
		write_watermark_scale_factor(m, t->vm.watermark_scale_factor);
	if (s->reserve)
		write_lowmem_reserve_ratio(m, t->vm.lowmem_reserve_ratio);
	if (t->vm.percpu_pagelist_high_fraction)
		write_percpu_pagelist_high_fraction(m, t->vm.percpu_pagelist_high_fraction);
	for_each_zone(m, z)
		z->watermark_boost = t->zone[z->type].boost;
}

struct machine *zone_table_machine(struct replay *r, const struct zone_table *t)
{
	struct machine *m;
	pfn_t end = 0;

	for (unsigned i = 0; i < MAX_NR_ZONES; i++)
		if (t->zone[i].start + t->zone[i].spanned > end)
			end = t->zone[i].start + t->zone[i].spanned;
	m = bare_machine_like(t->profile.name, (end + 1023) & ~1023u);
	m->profile = &t->profile;
	m->config.cpus = t->cpus;
	m->group_by_mobility = true;
	note_writes(r, t, &m->vm);
	make_zones(m, t);
	set_limits(m, t, &r->sysctl);
	return m;
}

/* ---- comparing ---- */

static void ratio_text(const struct zone_table *t, const struct machine *m, char text[512])
{
	size_t n = (size_t)snprintf(text, 512, "lowmem_reserve_ratio");

	for (unsigned i = 0; i < t->nr_zones; i++)
		n += (size_t)snprintf(text + n, 512 - n, " %s=%u", zone_names[t->order[i]],
				      m->vm.lowmem_reserve_ratio[t->order[i]]);
}

static void totals_text(const struct machine *m, char text[512])
{
	const struct zone *z;
	uint32_t high = 0;

	for_each_zone(m, z)
		high += is_highmem(m, z) ? z->managed_pages : 0;
	snprintf(text, 512, "totalram %u totalhigh %u nr_free_buffer_pages %u totalreserve %u",
		 totalram_pages(m), high, nr_free_buffer_pages(m), m->totalreserve_pages);
}

/* Nothing was a mark yet, and Normal was the highest zone to count. */
static void boot_text(const struct zone_table *t, char text[512])
{
	size_t n = (size_t)snprintf(text, 512, "at_boot_calculation");
	uint32_t sum = 0;

	for (unsigned i = 0; i < t->nr_zones; i++) {
		uint32_t managed = t->boot_managed[t->order[i]];

		n += (size_t)snprintf(text + n, 512 - n, " managed_%s=%u", zone_names[t->order[i]],
				      managed);
		sum += t->order[i] <= ZONE_NORMAL ? managed : 0;
	}
	snprintf(text + n, 512 - n, " nr_free_buffer_pages=%u", sum);
}

static void zone_text(const struct zone_table *t, const struct zone *z, unsigned nr, char text[512])
{
	size_t n = (size_t)snprintf(text, 512,
				    "zone %u %s start=%u spanned=%u present=%u managed=%u free=%u "
				    "min=%u low=%u high=%u boost=%u reserve=",
				    nr, z->name, z->start_pfn, z->spanned_pages, z->present_pages,
				    z->managed_pages, t->zone[z->type].free,
				    z->watermark[WMARK_MIN], z->watermark[WMARK_LOW],
				    z->watermark[WMARK_HIGH], z->watermark_boost);

	for (unsigned j = 0; j < t->nr_zones; j++)
		n += (size_t)snprintf(text + n, 512 - n, "%s%u", j ? "," : "",
				      z->lowmem_reserve[t->order[j]]);
	if (populated_zone(z))
		snprintf(text + n, 512 - n, " pcp_high=%u pcp_batch=%u", z->pcp[0].high,
			 z->pcp[0].batch);
	else
		snprintf(text + n, 512 - n, " pcp_high=- pcp_batch=-");
}

/* What the machine says to the line just read. */
static void our_line(struct replay *r, const struct zone_table *t, const struct machine *m,
		     unsigned *nr_zone, char text[512])
{
	const struct vm_sysctl *vm = &m->vm;
	const struct zone *z;

	if (replay_begins(r, "min_free_kbytes", NULL))
		snprintf(text, 512, "min_free_kbytes %u user_min_free_kbytes %lld",
			 vm->min_free_kbytes, (long long)vm->user_min_free_kbytes);
	else if (replay_begins(r, "watermark_scale_factor", NULL))
		snprintf(text, 512,
			 "watermark_scale_factor %u watermark_boost_factor %u "
			 "percpu_pagelist_high_fraction %u",
			 vm->watermark_scale_factor, vm->watermark_boost_factor,
			 vm->percpu_pagelist_high_fraction);
	else if (replay_begins(r, "lowmem_reserve_ratio", NULL))
		ratio_text(t, m, text);
	else if (replay_begins(r, "totalram", NULL))
		totals_text(m, text);
	else if (replay_begins(r, "at_boot_calculation", NULL))
		boot_text(t, text);
	else {
		z = &m->node[0].node_zones[t->order[*nr_zone]];
		if (z->name)
			zone_text(t, z, *nr_zone, text);
		else
			snprintf(text, 512, "no zone of this name in this machine");
		++*nr_zone;
	}
}

void zone_table_compare(struct replay *r, const struct zone_table *t, const struct machine *m)
{
	unsigned nr_zone = 0;
	char text[512];

	while (!r->differs && replay_line(r)) {
		if (replay_begins(r, "kernel", NULL))
			continue;
		our_line(r, t, m, &nr_zone, text);
		replay_compare_words(r, text);
	}
}

void replay_zones(struct replay *r)
{
	struct replay_place begin = replay_mark(r);
	struct zone_table t;
	struct machine *m;

	zone_table_read(r, &t);
	if (r->differs)
		return;
	replay_back(r, begin);
	m = zone_table_machine(r, &t);
	zone_table_compare(r, &t, m);
	machine_destroy(m);
}
