/*
 * A profile: every constant in which one kernel differs from another.
 *
 * No code elsewhere tests for a version: it reads the constant.  Sources:
 * REFERENCE sections 0, 1.2, 5, 6.2 and 8.1, and the recordings.
 */
#ifndef SIM_PROFILE_H
#define SIM_PROFILE_H

#include "types.h"

enum { PT_LEVELS_MAX = 4 };

struct program;

struct gdt_layout;
/* Slots of the fixmap that follow each other and are for the same. */
struct fix_row {
	const char *name; /* NULL ends a list */
	uint16_t count;
};

struct mm_profile {
	const char *name;
	const char *text; /* one line for people */
	const char *arch; /* what programs are for */

	/* the address split */
	vaddr_t page_offset;        /* begin of the direct map, unless split= */
	vaddr_t task_size;          /* end of a process's addresses, and of
	                             * its stack; 0: page_offset             */
	vaddr_t kernel_base;        /* lowest address of the kernel's part;
	                             * 0: page_offset, and split= may move it */
	vaddr_t vmalloc_offset;     /* never mapped, behind low memory       */
	vaddr_t vmalloc_base;       /* x86-64: vmalloc has a place of its own */
	vaddr_t vmalloc_end;        /* 0: it follows from what is above it   */
	uint64_t vmalloc_reserve;   /* low memory leaves it to vmalloc       */
	vaddr_t modules, modules_end; /* the kernel's modules; 0, 0: they are
	                             * in vmalloc's part                     */
	vaddr_t vmemmap, vmemmap_end; /* x86-64: all struct page             */
	vaddr_t cpu_entry_area;     /* x86-64: at a place of its own         */
	vaddr_t kernel_text;        /* x86-64: second mapping of the image   */
	vaddr_t vectors;            /* ARM: page of the exception vectors    */
	vaddr_t pkmap_base;         /* 0: it follows from what is above it   */
	vaddr_t fixaddr_top;        /* slot 0                                */
	vaddr_t fixaddr_start;      /* 0: it follows from the slots          */
	uint16_t nr_cpus;           /* that the kernel was built for         */
	uint16_t fix_kmap_begin;    /* fixmap slots before those of kmap     */
	uint16_t kmap_slots;        /* kmap_atomic's, for each CPU           */
	uint16_t fix_slots_behind_kmap;
	const struct fix_row *fix_rows;  /* from slot 0 up to kmap's         */
	const struct fix_row *fix_rows_behind_kmap;

	/* zones */
	pfn_t max_dma_pfn;          /* where DMA ends, and                   */
	pfn_t max_dma32_pfn;        /* DMA32, if it has one                  */

	/* what boot takes */
	uint64_t max_ram;           /* bytes                                 */
	pfn_t first_pfn;            /* frames below do not exist             */
	pfn_t low_reserved;         /* frames below are never handed out     */
	pfn_t hole_start, hole_end; /* firmware's hole: frames that are not  */
	uint32_t firmware_top_kb;   /* kept by firmware at the end of RAM    */
	uint32_t pci_hole_from_mb;  /* with this much RAM or more only       */
	uint32_t pci_hole_at_mb;    /* devices are here; 0, 0: nowhere       */
	uint32_t pci_hole_end_mb;   /* and the rest of the RAM from here on; 0:
	                             * it is not seen                        */
	uint32_t kernel_phys;       /* where the image begins                */
	uint32_t kernel_bytes;      /* image and what else stays from boot   */
	uint32_t init_bytes;        /* behind it, freed when boot ends       */
	uint32_t text_bytes;        /* of the image: its code, ...           */
	uint32_t ro_bytes;          /* ... and with it what is read-only; 0:
	                             * all of it may be written (classic)    */
	uint32_t idt_bytes;         /* from its start to the table of
	                             * exceptions, a read-only page          */
	uint32_t bounce_bytes;      /* buffers below 4G, with RAM above it    */
	uint32_t page_struct_bytes; /* of the modelled kernel's struct page  */
	uint32_t mem_map_align;     /* its length in frames, a multiple of   */

	/* allocators */
	uint32_t khugepaged_pages;  /* with so many managed pages khugepaged's
	                             * start computes min_free_kbytes a
	                             * second time (6.1); 0: never           */
	uint32_t cache_line;
	uint32_t last_pkmap;        /* pages of kmap's window                */

	/* address spaces */
	uint32_t mmap_min_addr, stack_guard_gap_pages, stack_limit_bytes;
	uint32_t rss_events_thresh; /* TASK_RSS_EVENTS_THRESH: a task counts so
	                             * many faults beside; 0: none (rss.c)   */
	uint32_t max_map_count, memlock_limit_bytes;
	uint32_t thread_size;       /* bytes of a kernel stack               */
	uint32_t gate_flags;        /* VM_* of the gate below                */
	const struct program *program; /* of `spawn` without a file          */
	const struct gdt_layout *gdt;  /* segments; NULL: the CPU has none   */
	vaddr_t elf_et_dyn_base;    /* heap of a position-independent one    */
	vaddr_t gate;               /* page that each process has, in no mm:
	                             * 6.1 gate_vma; 0: there is none        */
	const char *gate_name;
	uint16_t elf_machine;       /* e_machine of its programs             */
	uint8_t platform_bytes;     /* AT_PLATFORM: "i686" with its zero     */
	uint8_t auxv_pairs;         /* that execve writes, AT_NULL counts    */
	bool aligns_strings;        /* execve goes on below the strings at a
	                             * multiple of 16: arch_align_stack()    */
	uint8_t malloc_alignment;   /* of what its C library's malloc gives  */

	/* page tables, PGD first */
	uint8_t pt_levels;
	uint8_t pt_shift[PT_LEVELS_MAX]; /* of the index in the address      */
	uint8_t pt_bits[PT_LEVELS_MAX];  /* of the index                     */
	uint8_t pte_bytes;               /* 4, with PAE 8                    */
	uint8_t pgd_order;               /* frames of a PGD: 2^it            */
	uint8_t word_bits;          /* of an unsigned long: 32, 64           */
	uint8_t va_bits;            /* of an address that are translated; those
	                             * above are copies of the highest       */
	bool pae_pgd;               /* PGD entries have no rights, and the
	                             * tables below come with the PGD        */
	bool has_nx;                /* entries can say NX                    */
	bool soft_young_dirty;      /* the MMU sets neither A nor D: an entry
	                             * without A is none for it, one without
	                             * D is read-only (ARM, arm_pte.c)       */

	/* rules */
	uint8_t zones;              /* bit enum zone_type: it knows them     */
	uint8_t section_size_bits;  /* SPARSEMEM: 2^it bytes a section       */
	uint8_t lock_kind;          /* enum lock_kind: what its spinlocks are */
	uint8_t slab_break_order;
	uint8_t pageblock_order;    /* frames of one kind of mobility, 2^it   */
	uint8_t mobility_types;     /* kinds the kernel knows, those that the
	                             * model leaves out too; 0: it does not
	                             * tell them apart (before 2.6.24)       */
	uint8_t pcp_max_order;      /* blocks up to it go through the CPU's
	                             * lists: 6.1: 3                         */
	bool vmalloc_end_is_last;   /* the kernel's VMALLOC_END is the last byte
	                             * and not, as here, the one behind      */
	bool vmap_61;               /* vmalloc searches a tree, and frees lazily */
	uint8_t ioremap_max_order;  /* log2 of what ioremap aligns to at most */
	bool slab_61;               /* geometry of 6.1 (§5.10), else 2.4.18  */
	bool vmalloc_start_round8m; /* classic rounds VMALLOC_START up       */
	bool vmalloc_start_floor8m; /* ARM rounds it down                    */
	bool highpte;               /* last-level tables may lie in high
	                             * memory (CONFIG_HIGHPTE)               */
	bool maps_ram_alone;        /* the direct map leaves holes out        */
	bool boot_takes_top;        /* mem_map at the end of lowmem, as
	                             * memblock does; else behind the image  */
	bool boot_hashes;           /* dentry and inode tables, sized by RAM */
	bool boot_lists_ascending;  /* lowmem to the tail, as 6.1            */
	bool fork_copies_all_ptes;  /* 2.6.11; 6.1: areas with anon_vma only */
	bool brk_merges_bss;        /* 2.4, 2.6                              */
	bool nx;                    /* data cannot be executed (PAE), unless
	                             * the machine says otherwise            */
};

/* NULL if there is none of that name. */
const struct mm_profile *profile_find(const char *name);

/* The i-th profile, NULL after the last: for help and completion. */
const struct mm_profile *profile_nth(size_t i);

#endif
