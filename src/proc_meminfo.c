/*
 * meminfo and vmstat: the machine's memory in one list of numbers.
 *
 *	MemTotal        what the zones manage: RAM less what boot took
 *	MemFree         in blocks of the buddy allocator, not on CPUs' lists
 *	MemAvailable    MemFree, less what the zones keep back, plus what could be reclaimed
 *	CommitLimit     half of MemTotal; Committed_AS what has been promised (overcommit.c)
 *	VmallocTotal    from 8M behind the direct map to VMALLOC_END
 *	DirectMap4k     the direct map by the size of its entries
 *
 * No page of the page cache counts as available: it belongs to a memory file system, which has nowhere else to put
 * it (Linux has such pages on the list Unevictable).
 *
 * Left out: Active, Inactive and Unevictable (there are no lists of reclaim), Percpu.
 *
 * 6.1 fs/proc/meminfo.c, mm/page_alloc.c si_mem_available(), mm/vmstat.c vmstat_show().
 */
#include "proc.h"

#include <string.h>

#include "sim/pgtable.h"

enum { KB_PER_PAGE = PAGE_SIZE / 1024 };

static void kb(FILE *out, const char *name, uint64_t kbytes)
{
	fprintf(out, "%-15s %8llu kB\n", name, (unsigned long long)kbytes);
}

static void pages(FILE *out, const char *name, uint64_t nr_pages)
{
	kb(out, name, nr_pages * KB_PER_PAGE);
}

/* ---- sums over the zones ---- */

static uint32_t nr_free_pages(const struct machine *m)
{
	const struct zone *z;
	uint32_t sum = 0;

	for_each_zone(m, z)
		sum += z->nr_free_pages;
	return sum;
}

static uint64_t mem_available(const struct machine *m, const struct page_counts *c)
{
	uint32_t keep = c->slab_reclaimable / 2, low = 0;
	uint64_t available, reserve = m->totalreserve_pages;
	const struct zone *z;

	for_each_zone(m, z)
		low += z->watermark[WMARK_LOW] + z->watermark_boost;
	if (keep > low)
		keep = low;
	available = (uint64_t)nr_free_pages(m) + c->slab_reclaimable - keep;
	return available > reserve ? available - reserve : 0;
}

static uint32_t sum_mlocked(const struct page_counts *c)
{
	uint32_t sum = 0;

	for (unsigned i = 0; i < MAX_ZONES; i++)
		sum += c->mlocked[i];
	return sum;
}

/* ---- the kernel's gigabyte ---- */

/* Frames that vmalloc's areas hold; addresses alone do not count. */
static uint64_t vmalloc_used(const struct machine *m)
{
	uint64_t sum = 0;

	for (const struct vm_struct *a = m->vmap.first; a; a = a->next)
		sum += a->lazy ? 0 : a->nr_pages;
	return sum;
}

/* Entries of a table that are present, of its first nr. */
static uint32_t nr_present(const pte_t *table, pfn_t nr)
{
	uint32_t count = 0;

	for (pfn_t i = 0; i < nr; i++)
		count += pte_present(table[i]);
	return count;
}

/* A hole in memory has neither a large entry nor a table. */
static void print_direct_map(FILE *out, const struct machine *m)
{
	uint64_t span = pt_span(m, m->profile->pt_levels - 2U), large = 0, small = 0;
	pfn_t nr = (pfn_t)(span >> PAGE_SHIFT);

	for (pfn_t pfn = 0; pfn < m->max_low_pfn; pfn += nr) {
		const pte_t *table = kernel_pte(m, pfn_to_kva(m, pfn));
		struct pt_walk w;

		if (table) {
			small += (uint64_t)nr_present(table, nr) * PAGE_SIZE;
			continue;
		}
		pt_walk_kernel(m, pfn_to_kva(m, pfn), &w);
		large += w.large ? span : 0;
	}
	kb(out, "DirectMap4k:", small / 1024);
	kb(out, span == 4U << 20 ? "DirectMap4M:" : "DirectMap2M:", large / 1024);
}

/* ---- meminfo ---- */

static void print_high_and_low(FILE *out, const struct machine *m)
{
	uint32_t total = 0, free = 0;
	const struct zone *z;

	for_each_zone(m, z) {
		total += is_highmem(m, z) ? z->managed_pages : 0;
		free += is_highmem(m, z) ? z->nr_free_pages : 0;
	}
	pages(out, "HighTotal:", total);
	pages(out, "HighFree:", free);
	pages(out, "LowTotal:", totalram_pages(m) - total);
	pages(out, "LowFree:", nr_free_pages(m) - free);
	kb(out, "SwapTotal:", 0);
	kb(out, "SwapFree:", 0);
	kb(out, "Zswap:", 0);
	kb(out, "Zswapped:", 0);
}

static void print_uses(FILE *out, const struct page_counts *c)
{
	kb(out, "Dirty:", 0);
	kb(out, "Writeback:", 0);
	pages(out, "AnonPages:", c->anon);
	pages(out, "Mapped:", c->mapped);
	pages(out, "Shmem:", c->shmem);
	pages(out, "KReclaimable:", c->slab_reclaimable);
	pages(out, "Slab:", c->slab_reclaimable + c->slab_unreclaimable);
	pages(out, "SReclaimable:", c->slab_reclaimable);
	pages(out, "SUnreclaim:", c->slab_unreclaimable);
	pages(out, "KernelStack:", c->kernel_stack);
	pages(out, "PageTables:", c->page_tables);
	kb(out, "SecPageTables:", 0);
	kb(out, "NFS_Unstable:", 0);
	kb(out, "Bounce:", 0);
	kb(out, "WritebackTmp:", 0);
}

static void print_promises(FILE *out, const struct machine *m)
{
	pages(out, "CommitLimit:", vm_commit_limit(m));
	pages(out, "Committed_AS:", vm_memory_committed(m));
	kb(out, "VmallocTotal:", vmalloc_total(m) / 1024);
	pages(out, "VmallocUsed:", vmalloc_used(m));
	kb(out, "VmallocChunk:", 0);
}

static void print_huge(FILE *out, const struct machine *m)
{
	fprintf(out, "HardwareCorrupted: %5u kB\n", 0U);
	kb(out, "AnonHugePages:", 0);
	kb(out, "ShmemHugePages:", 0);
	kb(out, "ShmemPmdMapped:", 0);
	kb(out, "FileHugePages:", 0);
	kb(out, "FilePmdMapped:", 0);
	fprintf(out, "HugePages_Total:   %5u\nHugePages_Free:    %5u\n", 0U, 0U);
	fprintf(out, "HugePages_Rsvd:    %5u\nHugePages_Surp:    %5u\n", 0U, 0U);
	kb(out, "Hugepagesize:", pt_span(m, m->profile->pt_levels - 2U) / 1024);
	kb(out, "Hugetlb:", 0);
}

void proc_meminfo(FILE *out, const struct machine *m, const struct task *t)
{
	struct page_counts c;

	(void)t;
	count_pages(m, &c);
	pages(out, "MemTotal:", totalram_pages(m));
	pages(out, "MemFree:", nr_free_pages(m));
	pages(out, "MemAvailable:", mem_available(m, &c));
	kb(out, "Buffers:", 0);
	pages(out, "Cached:", c.cached);
	kb(out, "SwapCached:", 0);
	pages(out, "Mlocked:", sum_mlocked(&c));
	print_high_and_low(out, m);
	print_uses(out, &c);
	print_promises(out, m);
	print_huge(out, m);
	print_direct_map(out, m);
}

/* ---- vmstat ---- */

static void stat_line(FILE *out, const char *name, uint64_t value)
{
	fprintf(out, "%s %llu\n", name, (unsigned long long)value);
}

/* Events since boot: pages handed to users by zone, and taken back; faults (those that succeeded: the kernel counts
 * here even those that end in SIGBUS). */
static void print_events(FILE *out, const struct machine *m)
{
	static const char *const suffix[MAX_NR_ZONES] = {"dma",  "dma32",   "normal",
							 "high", "movable", "device"};
	uint64_t nr_alloc[MAX_NR_ZONES] = {0}, nr_free = 0;
	char name[32];
	const struct zone *z;

	for_each_zone(m, z) {
		nr_alloc[z->type] += z->nr_alloc;
		nr_free += z->nr_free;
	}
	stat_line(out, "pgpgin", 0);
	stat_line(out, "pgpgout", 0);
	stat_line(out, "pswpin", 0);
	stat_line(out, "pswpout", 0);
	for (unsigned i = 0; i < MAX_NR_ZONES; i++) {
		snprintf(name, sizeof(name), "pgalloc_%s", suffix[i]);
		if (m->profile->zones >> i & 1)
			stat_line(out, name, nr_alloc[i]);
	}
	stat_line(out, "pgfree", nr_free);
	stat_line(out, "pgfault", m->nr_faults);
	stat_line(out, "pgmajfault", 0);
	stat_line(out, "oom_kill", m->nr_oom_kills);
}

void proc_vmstat(FILE *out, const struct machine *m, const struct task *t)
{
	struct node_stat s[NODE_STATS_MAX];
	struct page_counts c;
	unsigned n;

	(void)t;
	count_pages(m, &c);
	stat_line(out, "nr_free_pages", nr_free_pages(m));
	stat_line(out, "nr_zone_write_pending", 0);
	stat_line(out, "nr_mlock", sum_mlocked(&c));
	stat_line(out, "nr_bounce", 0);
	stat_line(out, "nr_zspages", 0);
	stat_line(out, "nr_free_cma", 0);
	if (m->nr_nodes > 1)
		print_numa_events(out, m, NULL, true);
	n = node_stats(&c, s);
	for (unsigned i = 0; i < n; i++)
		stat_line(out, s[i].name, s[i].value);
	print_events(out, m);
}
