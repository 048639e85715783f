/*
 * buddyinfo, pagetypeinfo and zoneinfo: the zones as their own structures have them.
 *
 *	Node 0, zone  HighMem      2      1      1      1      1      2      1      2      1      2     35
 *	                           |      '- blocks of 2 pages                                          |
 *	                           '- single pages                      blocks of 1024 pages, in HighMem 35
 *
 * "pages free" of zoneinfo is the sum of these blocks: what lies on the CPUs' lists ("count" of a pageset) is neither
 * in a block nor free to the zone.
 *
 * pagetypeinfo has the same blocks by the list that they are on, and how many pageblocks are of which kind.  The
 * kernel counts pageblocks from the zone's first frame on, so one that it shares with the zone before is not counted
 * twice.  Nothing is ever HighAtomic or Isolate here.
 *
 * zoneinfo has the zones without a page, too: Movable keeps 32 pages, of none, where the machine has high memory.
 *
 * 6.1 mm/vmstat.c frag_show_print(), pagetypeinfo_show(), zoneinfo_show_print().
 */
#include "proc.h"
#include "zone_name.h"

void proc_buddyinfo(FILE *out, const struct machine *m, const struct task *t)
{
	const struct zone *z;

	(void)t;
	for_each_populated_zone(m, z) {
		fprintf(out, "Node %u, zone %8s ", z->node, z->name);
		for (unsigned k = 0; k < MAX_ORDER; k++)
			fprintf(out, "%6u ", z->free_area[k].nr_free);
		fputc('\n', out);
	}
}

/* ---- pagetypeinfo ---- */

static void print_free_by_kind(FILE *out, const struct zone *z)
{
	for (unsigned kind = 0; kind < KINDS_61; kind++) {
		fprintf(out, "Node %4u, zone %8s, type %12s ", z->node, z->name,
			migratetype_names[kind]);
		for (unsigned k = 0; k < MAX_ORDER; k++)
			fprintf(out, "%6u ",
				kind < MIGRATE_TYPES ? z->free_area[k].free_list[kind].count : 0U);
		fputc('\n', out);
	}
}

static void print_pageblocks(FILE *out, const struct machine *m, const struct zone *z)
{
	uint32_t count[KINDS_61] = {0}, size = 1U << m->profile->pageblock_order;
	pfn_t end = z->start_pfn + z->spanned_pages;

	for (pfn_t pfn = z->start_pfn; pfn < end; pfn += size)
		count[pageblock_type(m, z, pfn)]++;
	fprintf(out, "Node %u, zone %8s ", z->node, z->name);
	for (unsigned kind = 0; kind < KINDS_61; kind++)
		fprintf(out, "%12u ", count[kind]);
	fputc('\n', out);
}

void proc_pagetypeinfo(FILE *out, const struct machine *m, const struct task *t)
{
	const struct zone *z;
	unsigned order = m->profile->pageblock_order;

	(void)t;
	fprintf(out, "Page block order: %u\nPages per block:  %u\n\n", order, 1U << order);
	fprintf(out, "%-43s ", "Free pages count per migrate type at order ");
	for (unsigned k = 0; k < MAX_ORDER; k++)
		fprintf(out, "%6u ", k);
	fputc('\n', out);
	for_each_populated_zone(m, z)
		print_free_by_kind(out, z);
	fprintf(out, "\n%-23s", "Number of blocks type ");
	for (unsigned kind = 0; kind < KINDS_61; kind++)
		fprintf(out, "%12s ", migratetype_names[kind]);
	fputc('\n', out);
	for_each_populated_zone(m, z)
		print_pageblocks(out, m, z);
}

/* ---- zoneinfo ---- */

static unsigned bits_of(uint32_t n)
{
	unsigned bits = 0;

	for (; n; n >>= 1)
		bits++;
	return bits;
}

/* How far a CPU may run ahead of the zone's counters: 2 for each bit of the CPUs' number and of the zone's size in
 * units of 128M, plus one.  3840 pages: 2, 213777 pages: 8.  6.1 calculate_normal_threshold(). */
static unsigned stat_threshold(const struct machine *m, const struct zone *z)
{
	unsigned threshold =
		2 * bits_of(m->config.cpus) * (1 + bits_of(z->managed_pages >> (27 - PAGE_SHIFT)));

	return threshold < 125 ? threshold : 125;
}

static void print_per_node(FILE *out, const struct machine *m, uint32_t node)
{
	struct node_stat s[NODE_STATS_MAX];
	struct page_counts c;
	unsigned n;

	count_node_pages(m, node, &c);
	n = node_stats(&c, s);

	fputs("\n  per-node stats", out);
	for (unsigned i = 0; i < n; i++)
		fprintf(out, "\n      %-12s %llu", s[i].name, (unsigned long long)s[i].value);
}

static void row(FILE *out, const char *name, uint32_t pages)
{
	fprintf(out, "\n%-17s%u", name, pages);
}

/* Pages, marks and sizes of a zone. A mark's boost is part of it. */
static void print_zone_head(FILE *out, const struct machine *m, const struct zone *z)
{
	const char *separator = "";
	uint32_t boost = z->watermark_boost;

	row(out, "  pages free", z->nr_free_pages);
	row(out, "        boost", boost);
	row(out, "        min", z->watermark[WMARK_MIN] + boost);
	row(out, "        low", z->watermark[WMARK_LOW] + boost);
	row(out, "        high", z->watermark[WMARK_HIGH] + boost);
	row(out, "        spanned", z->spanned_pages);
	row(out, "        present", z->present_pages);
	row(out, "        managed", z->managed_pages);
	row(out, "        cma", 0);
	fputs("\n        protection: (", out);
	for (unsigned i = 0; i < MAX_NR_ZONES; i++) {
		if (!(m->profile->zones >> i & 1))
			continue;
		fprintf(out, "%s%u", separator, z->lowmem_reserve[i]);
		separator = ", ";
	}
	fputc(')', out);
}

static void print_pagesets(FILE *out, const struct machine *m, const struct zone *z)
{
	fputs("\n  pagesets", out);
	for (unsigned cpu = 0; cpu < m->config.cpus; cpu++)
		fprintf(out,
			"\n    cpu: %u\n              count: %u\n              high:  %u\n"
			"              batch: %u\n  vm stats threshold: %u",
			cpu, z->pcp[cpu].count, z->pcp[cpu].high, z->pcp[cpu].batch,
			stat_threshold(m, z));
}

void print_numa_events(FILE *out, const struct machine *m, const struct zone *z, bool lines)
{
	static const char *const name[NR_NUMA_EVENTS] = {"numa_hit", "numa_miss", "numa_foreign",
							 "numa_local", "numa_other"};

	for (unsigned i = 0; i < NR_NUMA_EVENTS; i++) {
		const struct zone *each;
		uint64_t sum = 0;

		for_each_populated_zone(m, each)
			sum += !z || each == z ? each->numa_events[i] : 0;
		if (i == NUMA_LOCAL)
			fprintf(out, lines ? "%s %u\n" : "\n      %-12s %u", "numa_interleave", 0U);
		fprintf(out, lines ? "%s %llu\n" : "\n      %-12s %llu", name[i],
			(unsigned long long)sum);
	}
}

/* 6.1 is_zone_first_populated(). */
static bool is_first_populated(const struct machine *m, const struct zone *z)
{
	const struct zone *first = next_populated_zone(m, z->node * (uint32_t)MAX_NR_ZONES);

	return z == first;
}

static void print_zone(FILE *out, const struct machine *m, const struct zone *z,
		       const struct page_counts *c)
{
	fprintf(out, "Node %u, zone %8s", z->node, z->name);
	if (is_first_populated(m, z))
		print_per_node(out, m, z->node);
	print_zone_head(out, m, z);
	if (populated_zone(z)) {
		fprintf(out, "\n      nr_free_pages %u", z->nr_free_pages);
		fputs("\n      nr_zone_write_pending 0", out);
		fprintf(out, "\n      nr_mlock     %u", c->mlocked[z->id]);
		fputs("\n      nr_bounce    0\n      nr_zspages   0\n      nr_free_cma  0", out);
		if (m->nr_nodes > 1)
			print_numa_events(out, m, z, false);
		print_pagesets(out, m, z);
		fprintf(out, "\n  node_unreclaimable:  0\n  start_pfn:           %u", z->start_pfn);
	}
	fputc('\n', out);
}

void proc_zoneinfo(FILE *out, const struct machine *m, const struct task *t)
{
	const struct zone *z;
	struct page_counts c;

	(void)t;
	count_pages(m, &c);
	for_each_zone(m, z)
		print_zone(out, m, z, &c);
}
