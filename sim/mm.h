/*
 * Processes and their address spaces: task_struct, mm_struct,
 * vm_area_struct, anon_vma; and the program that a process runs.
 */
#ifndef SIM_MM_H
#define SIM_MM_H

#include "rbtree.h"
#include "segment.h"
#include "types.h"

struct machine;
struct task;
struct mm;
struct file;

enum vm_flag {
	VM_READ = 0x1, VM_WRITE = 0x2, VM_EXEC = 0x4, VM_SHARED = 0x8,
	VM_MAYREAD = 0x10, VM_MAYWRITE = 0x20, VM_MAYEXEC = 0x40,
	VM_MAYSHARE = 0x80, VM_GROWSDOWN = 0x100, VM_LOCKED = 0x2000,
	VM_DONTCOPY = 0x20000, VM_ACCOUNT = 0x100000, VM_NORESERVE = 0x200000,
	VM_ACCESS = VM_READ | VM_WRITE | VM_EXEC,
};

/* What anonymous pages of related areas belong to; shared by fork. */
struct anon_vma {
	vaddr_t kobj;      /* its object in the slab cache             */
	uint32_t id;       /* order of creation, for people            */
	uint32_t refcount; /* anon_vma_chain links that name it        */
	struct anon_vma_chain *head, *tail; /* those links, oldest first */
};

/*
 * Area v may map pages of anon_vma: 6.1 struct anon_vma_chain.  A link is on
 * two lists: its area's (next) and its anon_vma's (same_next, same_prev).
 */
struct anon_vma_chain {
	struct anon_vma *anon_vma;
	struct vma *vma;
	struct anon_vma_chain *next;
	struct anon_vma_chain *same_next, *same_prev;
	vaddr_t kobj;
};

/*
 * One area of an address space: [start, end), uniform rights and backing.
 * Law: page aligned, start < end <= task_size; links and gaps: vma_tree.c.
 */
struct vma {
	vaddr_t start;
	vaddr_t end;       /* first address behind it                     */
	struct vma *next, *prev;  /* by address: vm_next, vm_prev         */
	struct rb_node rb;        /* in mm->mm_rb: vm_rb                  */
	uint64_t gap;             /* free bytes below it                  */
	uint64_t subtree_gap;     /* bytes of the largest gap below an area
	                           * of its subtree: rb_subtree_gap       */
	uint32_t nr_gaps;         /* gaps that are not empty there        */
	uint32_t flags;    /* enum vm_flag                                */
	uint64_t pgoff;    /* page offset in file; anonymous: address >> 12
	                    * at creation                                 */
	struct file *file; /* NULL: private anonymous                     */
	struct mm *mm;
	struct anon_vma *anon_vma;
	struct anon_vma_chain *chain;
	uint32_t chain_len;
	struct vma *next_share, *prev_share; /* i_mmap of its file, file.h */
	vaddr_t kobj;      /* its vm_area_struct in the slab cache        */
};

/* A name that the scenario gave to a range of one process (or, for kernel
 * memory, of the machine): keeps its meaning whatever happens there.  No
 * padding: bytes are compared. */
struct region {
	vaddr_t start;
	uint64_t bytes;
	uint32_t name;     /* symbol number, never 0                      */
	uint32_t extra;    /* kernel names: order, cache index            */
	uint32_t kind;     /* enum region_kind                            */
	uint32_t freed;    /* kernel names: 1, it was given back since    */
};

enum region_kind { REGION_MMAP = 1, REGION_MALLOC, REGION_PAGES,
		   REGION_KMALLOC, REGION_OBJECT, REGION_VMALLOC,
		   REGION_IOREMAP };

/* Open addressing by name; cap is a power of two, 0 when never used. */
struct region_table { struct region *slot; uint32_t cap, count; };

/* What the C library knows of its heap: malloc.h. */
struct chunk;
enum { TCACHE_BINS = 64, FASTBINS_MAX = 7, NR_BINS = 127 };
struct bin { struct chunk *first, *last; };
struct malloc_state {
	struct chunk *first;       /* all heap chunks in address order; the
	                            * last one is top, unless brk failed      */
	struct chunk *top;
	struct chunk *mmapped;     /* chunks with a mapping of their own    */
	struct bin *bins;          /* free heap chunks, bins.c: 1 unsorted,
	                            * then by size; NULL: none was there yet */
	vaddr_t last_remainder;    /* what the last small request left of a
	                            * chunk in the bins                     */
	uint64_t mmap_threshold, trim_threshold; /* 0: never used           */
	uint32_t nr_chunks;        /* of both kinds                         */
	struct chunk *tcache[TCACHE_BINS]; /* freed, by size, last first    */
	uint8_t tcache_count[TCACHE_BINS];
	struct chunk *fastbin[FASTBINS_MAX];
	vaddr_t tcache_mem;        /* where the library keeps these lists    */
	bool noncontiguous;        /* brk failed once: top is in a mapping  */
	uint8_t size_sz;           /* bytes of a size in a header           */
	uint8_t alignment;         /* of chunks and of what malloc gives    */
	struct chunk **by_addr;    /* hash of all chunks by address         */
	uint32_t by_addr_cap;
};

struct page;

/* Pages that a task has counted since it told its address space: rss.c. */
struct task_rss_stat {
	uint32_t events; /* faults begun since                               */
	int32_t anon, file, shmem;
};

/*
 * Law: mmap and mm_rb hold the same map_count areas (vma_tree.c); total_vm =
 *      sum of their pages, the other _vm = those of some of them (vma.c);
 *      rss = present user entries that are not the zero page; mm_users =
 *      tasks that run in it, mm_count = 1 for all of these.
 */
struct mm {
	struct task *owner;
	uint32_t mm_users, mm_count; /* see mm.c                               */
	pfn_t pgd;
	pte_t *pgd_entry;          /* contents of the PGD                     */
	struct vma *mmap;          /* its areas, sorted by address            */
	struct rb_root mm_rb;      /* the same as a tree                      */
	uint32_t map_count;
	struct vma *mmap_cache;    /* find_vma's last answer                  */
	uint32_t nr_tables;        /* page tables below the PGD: pte=         */
	uint64_t total_vm, locked_vm, data_vm, exec_vm, stack_vm; /* pages     */
	uint32_t rss_anon, rss_file; /* pages                                  */
	struct task_rss_stat rss_stat; /* of its task: not told to /proc yet   */
	uint64_t nr_changes;       /* of areas, pages and break: who shows them
	                            * asks whether there is anything new      */
	vaddr_t mmap_base;
	vaddr_t start_code, end_code, start_data, end_data;
	vaddr_t start_brk, brk, start_stack, entry;
	vaddr_t arg_start, arg_end, env_start, env_end; /* strings on the stack */
	vaddr_t data_page, bss_start; /* what ADDR `data` and `bss` mean       */
	const struct program *program;/* outside of the arena, immutable       */
	struct file *exe;
	struct region_table regions;
	struct malloc_state heap;
	vaddr_t kobj;
};

/* Set by exec, kept by fork and by later execs. */
enum personality {
	READ_IMPLIES_EXEC = 0x400000, /* what is mapped readable is executable */
};

/* task_struct.flags, values of 6.1. */
enum task_flag {
	PF_EXITING = 0x4,     /* do_exit has begun                           */
	PF_FORKNOEXEC = 0x40, /* forked, and has not run a program since     */
};

struct task {
	char comm[COMM_LEN];
	uint32_t pid;          /* from 1, in order of creation, never reused */
	uint32_t flags;        /* enum task_flag                             */
	uint32_t symbol;       /* of its name in the scenario                */
	struct task *parent;   /* NULL: spawned, or the parent has ended     */
	struct task *next;     /* living tasks in order of creation          */
	struct mm *mm;
	uint32_t min_flt, maj_flt;
	uint32_t event_min, event_maj; /* in the current event                */
	uint32_t personality;  /* enum personality                           */
	uint32_t writes;       /* default values of `write` tell them apart  */
	vaddr_t kobj[3];       /* task_struct, files_struct, sighand_struct  */
	pfn_t stack;           /* kernel stack                               */
	desc_t tls[GDT_TLS_ENTRIES]; /* its own segments: segment.c          */
	uint16_t gs;           /* selector of the one that was set last      */
};

/* A loadable segment of a program file. */
struct segment {
	vaddr_t vaddr;
	uint64_t filesz, memsz, offset;
	uint32_t prot;         /* VM_READ | VM_WRITE | VM_EXEC               */
	uint64_t align;        /* p_align: heeded if pie, and a power of two */
};

/* PT_GNU_STACK: what the program says about its stack. */
enum executable_stack {
	EXSTACK_DISABLE_X, /* rw                                             */
	EXSTACK_ENABLE_X,  /* rwx                                            */
	EXSTACK_DEFAULT,   /* nothing: it is old, and so rwx like all it maps */
};

/* What a page of program headers holds: 6.1 load_elf_phdrs(). */
enum { MAX_PROGRAM_HEADERS = 4096 / 32 };

/* A program, read from an ELF file or built in. Immutable, lives outside of
 * the arena (src/elf.c, exec.c) as long as the machine. */
struct program {
	const char *name;      /* base name of the file                      */
	uint32_t file_bytes;
	vaddr_t entry;
	bool pie;
	bool builtin;          /* not of a file                              */
	uint8_t stack;         /* enum executable_stack                      */
	uint32_t nr_segments;
	struct segment segment[MAX_PROGRAM_HEADERS]; /* in the file's order  */
};

/* prot, and x where r implies it for mm's process. */
static inline uint32_t implied_prot(const struct mm *mm, uint32_t prot)
{
	bool implied = mm->owner && (prot & VM_READ) &&
		       (mm->owner->personality & READ_IMPLIES_EXEC);

	return implied ? prot | VM_EXEC : prot;
}

/* ---- rss.c ---- */
/* n pages of page's kind more (or less) by a fault. */
void add_mm_counter_fast(struct machine *m, struct mm *mm,
			 const struct page *page, int n);
/* A fault begins: is it time to hand over? */
void check_sync_rss_stat(struct machine *m, struct mm *mm);
/* All is handed over. */
void sync_mm_rss(struct mm *mm);
/* Pages as PID/status tells them; shmem: how many of rss_file are shared
 * memory. */
struct rss_told {
	uint32_t anon, file, shmem;
};
struct rss_told get_mm_rss(const struct mm *mm, uint32_t shmem);

/* ---- mm.c ---- */
/* An address space for t: a PGD, no areas. NULL: no memory. */
struct mm *mm_alloc(struct machine *m, struct task *t);
/* One user less: the last one takes what it maps (exit_mmap) and drops it. */
void mmput(struct machine *m, struct mm *mm);
/* Somebody needs the tables and not what they map / needs them no longer: the
 * last one gives mm back, which then no living task may have. */
void mmgrab(struct machine *m, struct mm *mm);
void mmdrop(struct machine *m, struct mm *mm);

/* Whose tables the CPU uses while t runs: its own, as every task here is a
 * process.  A kernel thread has none and goes on with those of the task that
 * ran before it (6.1 task_struct.active_mm). */
static inline const struct mm *task_active_mm(const struct task *t)
{
	return t->mm;
}

/* The tiny program of `spawn PROC` without a file: code (1 page), data (2
 * pages, the second half used), bss (3 pages). */
extern const struct program builtin_program, builtin_program_arm,
	builtin_program_64;

#endif
