/*
 * The machine: everything there is, in one arena.
 */
#ifndef SIM_MACHINE_H
#define SIM_MACHINE_H

#include "access.h"
#include "arena.h"
#include "file.h"
#include "lru_batch.h"
#include "malloc.h"
#include "mmap.h"
#include "process.h"
#include "profile.h"
#include "slab.h"
#include "kernel_access.h"
#include "kernel_map.h"
#include "kmap.h"
#include "memory_model.h"
#include "tlb.h"
#include "trace.h"
#include "vma.h"
#include "vmalloc.h"
#include "zone.h"

/* What the header of a scenario asks for. */
struct machine_config {
	const struct mm_profile *profile;
	uint64_t ram_bytes;     /* 8M .. 4G                              */
	uint32_t cpus;          /* 1 .. MAX_CPUS                         */
	uint32_t nodes;         /* 1 .. MAX_NUMNODES                     */
	enum { DISTANCE_EQUAL, DISTANCE_RING, DISTANCE_LINE } distance;
	uint64_t movable_bytes; /* kept for Movable: 0                   */
	uint64_t hole_start, hole_bytes; /* no memory there; 0, 0        */
	enum memory_model memory;
	uint64_t swap_bytes;    /* 0                                     */
	uint32_t overcommit;    /* 0, 1, 2                               */
	uint32_t watermark_boost; /* factor, in 1/10000; 0: none          */
	uint32_t min_free_kbytes; /* written when boot is over; 0: not so */
	uint32_t watermark_scale_factor;        /* the same              */
	uint32_t percpu_pagelist_high_fraction; /* the same              */
	bool has_reserve_ratio; /* lowmem_reserve_ratio is given:        */
	uint32_t reserve_ratio_dma, reserve_ratio_normal;
	enum { NX_AS_PROFILE, NX_OFF, NX_ON } nx; /* on: has_nx alone    */
	enum lock_kind lock;    /* NR_LOCK_KINDS: the profile's          */
	bool coherent;          /* caches know of each other: MESI       */
	uint32_t cost_local, cost_remote; /* of moving a cache line, >= 1 */
	vaddr_t page_offset;    /* 0: the profile's; else c0000000,
	                         * 80000000, 40000000                    */
};

void machine_config_default(struct machine_config *c);

enum { NR_ENDED = 32 };

struct machine {
	struct trace *trace;            /* outside, at a constant address  */
	struct arena *arena;
	const struct mm_profile *profile;
	struct machine_config config;
	bool nx;                        /* entries say what is no program  */
	bool smp;                       /* several CPUs run: locks are taken */
	bool coherent;                  /* caches keep the lines of locks  */
	enum lock_kind lock_kind;       /* of all locks                    */

	struct page *mem_map;           /* one per frame, [0, max_pfn)     */
	pfn_t max_pfn;                  /* first frame that does not exist */
	pfn_t max_low_pfn;              /* end of the direct map           */
	struct kernel_map map;          /* addresses of the kernel         */
	struct vmap vmap;               /* areas of vmalloc and ioremap    */
	struct pkmap pkmap;             /* kmap's window                   */
	struct kmap_ctrl kmap_ctrl[MAX_CPUS]; /* kmap_atomic's stacks      */
	struct pglist_data *node;       /* [nr_nodes]                      */
	uint32_t nr_nodes;
	uint8_t cpu_node[MAX_CPUS];
	uint32_t nr_zone_spans;
	struct zone_span zone_span[MAX_ZONES]; /* ascending                */
	enum zone_type movable_zone;    /* that ZONE_MOVABLE is cut from   */
	struct vm_sysctl vm;
	uint32_t totalreserve_pages;    /* kept by reserves and high marks  */
	bool group_by_mobility; /* else every request is MIGRATE_UNMOVABLE */
	pfn_t zero_page;
	pfn_t swapper_pg_dir;
	pte_t *kernel_pgd;              /* contents of swapper_pg_dir      */
	/* reserved at boot */
	pfn_t kernel_image_pfn, boot_hash_pfn, bounce_pfn;
	uint32_t nr_kernel_image_pages, nr_mem_map_pages, nr_boot_hash_pages;
	uint32_t nr_bounce_pages;
	struct pfn_ranges holes; /* frames without memory, below max_pfn     */
	enum memory_model memory_model;
	uint32_t nr_sections;
	struct mem_section *mem_section; /* SPARSEMEM: [nr_sections]        */

	struct kmem_cache *cache[MAX_CACHES];
	uint32_t nr_caches;
	struct kmem_cache *kmalloc_caches[NR_KMALLOC_TYPES]
					 [MAX_KMALLOC_CLASSES];
	uint32_t clock_searchp; /* 2.4: number of the cache that
	                         * kmem_cache_reap looks at next         */
	uint32_t reap_passes;   /* 6.1: of cache_reap, since boot         */
	uint32_t cpus_online; /* 1 while boot makes its caches            */
	char ended_cache[CACHE_NAME_LEN]; /* destroyed last: its story still
	                                   * needs the name               */
	uint32_t ended_cache_index;
	struct kmem_cache *kobj_cache[NR_KERNEL_OBJECTS];

	struct contention contention;   /* the last time that CPUs met     */
	struct tlb tlb[MAX_CPUS];
	struct lru_batch lru_batch[MAX_CPUS][NR_LRU_BATCHES];
	struct gdt gdt[MAX_CPUS];       /* segments; all 0 if there are none */
	uint32_t cpu;                   /* current */
	struct task *current;           /* who runs on it, NULL: the kernel */

	struct task *tasks, *last_task; /* living, in order of creation    */
	uint32_t nr_tasks, last_pid;
	/* Names of processes that ended lately, at pid % NR_ENDED: the
	 * story of an exit is told by name. */
	struct ended_task { uint32_t pid; char comm[COMM_LEN]; }
		ended[NR_ENDED];
	struct file *files;
	uint32_t nr_files, nr_anon_vmas;
	struct region_table names;      /* alloc_pages, kmalloc, ... by name */

	uint64_t event_nr;              /* events begun                    */
	uint64_t nr_faults, nr_cow_copies, nr_cow_reuses, nr_zero_maps,
		nr_oom_kills, nr_vmalloc_faults, nr_oopses; /* since boot */
	struct oops oops;               /* the last one                    */
	uint32_t kernel_writes;         /* kwrites, for what they leave    */
};

/*
 * A machine just booted.  NULL when the host has no memory for it; the
 * configuration must be within its ranges.  trace must live as long.
 */
struct machine *machine_create(const struct machine_config *c,
			       struct trace *trace);
void machine_destroy(struct machine *m);

static inline struct page *pfn_page(const struct machine *m, pfn_t pfn)
{
	return &m->mem_map[pfn];
}

static inline struct zone *zone_by_id(const struct machine *m, uint32_t id)
{
	return &m->node[id / MAX_NR_ZONES].node_zones[id % MAX_NR_ZONES];
}

/* The zone that holds pfn; NULL if none does. */
static inline struct zone *page_zone(struct machine *m, pfn_t pfn)
{
	for (uint32_t i = m->nr_zone_spans; i-- > 0;) {
		const struct zone_span *s = &m->zone_span[i];

		if (pfn >= s->start)
			return zone_spans_pfn(s->zone, pfn) ? s->zone : NULL;
	}
	return NULL;
}

/*
 * The node to whose memory a CPU is near.  CPUs are spread over the nodes in
 * blocks, as the sockets of a machine hold them: 8 CPUs on 2 nodes are 0-3 and
 * 4-7.  With more nodes than CPUs some nodes have memory only.
 */
static inline uint32_t cpu_to_node(const struct machine *m, uint32_t cpu)
{
	return m->cpu_node[cpu];
}
static inline uint32_t numa_node_id(const struct machine *m)
{
	return cpu_to_node(m, m->cpu);
}

/* Which pageblock of z a frame is in, and its kind: mobility.c. */
static inline uint32_t pageblock_index(const struct machine *m,
				       const struct zone *z, pfn_t pfn)
{
	unsigned order = m->profile->pageblock_order;

	return (pfn >> order) - (z->start_pfn >> order);
}
static inline enum migratetype
pageblock_type(const struct machine *m, const struct zone *z, pfn_t pfn)
{
	return z->pageblock ? (enum migratetype)
				      z->pageblock[pageblock_index(m, z, pfn)]
			    : MIGRATE_UNMOVABLE;
}

/* Kernel address of a directly mapped frame, and back. */
static inline vaddr_t pfn_to_kva(const struct machine *m, pfn_t pfn)
{
	return m->map.page_offset + ((vaddr_t)pfn << PAGE_SHIFT);
}
static inline pfn_t kva_to_pfn(const struct machine *m, vaddr_t va)
{
	return (pfn_t)((va - m->map.page_offset) >> PAGE_SHIFT);
}

/* n as an unsigned long of the modelled kernel keeps it: 32-bit kernels reckon
 * modulo 4G. */
static inline uint64_t in_word(const struct machine *m, uint64_t n)
{
	return m->profile->word_bits == 64 ? n : (uint32_t)n;
}

/* Do the pages from start on that hold so many bytes reach beyond the last
 * address of the modelled kernel? */
static inline bool range_wraps(const struct machine *m, uint64_t start,
			       uint64_t bytes)
{
	uint64_t last = in_word(m, UINT64_MAX), whole = page_align_up(bytes);

	return whole < bytes || start > last || whole > last - start;
}

/* The running CPU takes a lock and gives it back: lock.c. */
static inline void spin_lock(struct machine *m, struct spinlock *l)
{
	if (m->smp)
		lock_acquire(m, l);
}
static inline void spin_unlock(struct machine *m, struct spinlock *l)
{
	if (m->smp)
		lock_release(m, l);
}

/* Rights of a page that only the kernel uses. */
static inline pte_t kernel_prot(const struct machine *m)
{
	return PAGE_KERNEL | (m->nx ? PTE_NX : 0);
}

/* Is va an address that the MMU translates?  x86-64: bits 63..48 repeat bit
 * 47. */
static inline bool is_canonical(const struct machine *m, vaddr_t va)
{
	unsigned above = 64u - m->profile->va_bits;

	return m->profile->word_bits == 32 ||
	       (vaddr_t)((int64_t)(va << above) >> above) == va;
}

/* An event begins: the counters "of this event" start again. */
void machine_begin_event(struct machine *m);

/* ---- region.c: names that a scenario gave ---- */
/* NULL if the name is not known there. */
const struct region *region_find(const struct region_table *t, uint32_t name);
void region_set(struct machine *m, struct region_table *t,
		const struct region *r);
void region_copy(struct machine *m, struct region_table *to,
		 const struct region_table *from);
void region_clear(struct machine *m, struct region_table *t);

/* ---- check.c: the laws ---- */
/*
 * NULL if every law holds, else one sentence about the first broken one (in a
 * static buffer).  Costs time in proportion to the number of frames.
 */
const char *machine_check(const struct machine *m);

#endif
