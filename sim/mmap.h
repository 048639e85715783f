/*
 * The system calls on an address space.  All of them return >= 0 (an address
 * where one is meant) or -SIM_E...: a refusal is a result.
 */
#ifndef SIM_MMAP_H
#define SIM_MMAP_H

#include "mm.h"

struct mmap_request {
	uint64_t bytes;
	uint32_t prot;         /* VM_READ | VM_WRITE | VM_EXEC      */
	bool shared, fixed, populate, growsdown, locked, noreserve;
	bool noreplace;        /* fixed, and nothing may be there: exec */
	bool has_at;
	uint64_t at;           /* hint or fixed place               */
	struct file *file;     /* NULL: anonymous                   */
	uint64_t offset;       /* in bytes                          */
};

/* The address; errors in the order of RULES 4. */
int64_t sys_mmap(struct machine *m, struct task *t,
		 const struct mmap_request *rq);
/* 0, also where nothing is mapped. */
int64_t sys_munmap(struct machine *m, struct task *t, uint64_t start,
		   uint64_t bytes);
/* 0; areas before a hole or a refusal stay changed. */
int64_t sys_mprotect(struct machine *m, struct task *t, uint64_t start,
		     uint64_t bytes, uint32_t prot);
/* The address, new if it moved. */
int64_t sys_mremap(struct machine *m, struct task *t, vaddr_t start,
		   uint64_t old_bytes, uint64_t new_bytes, bool maymove);
enum advice { ADV_DONTNEED, ADV_DONTFORK, ADV_DOFORK, ADV_FREE, ADV_WILLNEED,
	      ADV_POPULATE_READ, ADV_POPULATE_WRITE, ADV_PAGEOUT, NR_ADVICE };
int64_t sys_madvise(struct machine *m, struct task *t, uint64_t start,
		    uint64_t bytes, enum advice advice);
/* pageout.c: of one area. */
void madvise_pageout(struct machine *m, struct vma *v, vaddr_t start,
		     vaddr_t end);
int64_t sys_mlock(struct machine *m, struct task *t, uint64_t start,
		  uint64_t bytes);
int64_t sys_munlock(struct machine *m, struct task *t, uint64_t start,
		    uint64_t bytes);
/* New break; -SIM_ENOMEM where the kernel leaves it where it was. */
int64_t sys_brk(struct machine *m, struct task *t, uint64_t new_brk);

/* ---- unmapped_area.c ---- */
/* Where a mapping of bytes would go (top-down); -SIM_ENOMEM. */
int64_t get_unmapped_area(struct machine *m, struct mm *mm, uint64_t bytes);

/* Can a mapping of bytes lie at the hint (page aligned) without touching
 * anything or a guard gap? */
bool hint_is_free(struct machine *m, struct mm *mm, vaddr_t at,
		  uint64_t bytes);

/* ---- mmap.c ---- */
/* sys_mmap without touching pages: the address or -SIM_E....  6.1 vm_mmap(). */
int64_t do_mmap(struct machine *m, struct mm *mm,
		const struct mmap_request *rq);

/* [at, at + bytes) as a fixed place: at, or -SIM_ENOMEM beyond 3G, -SIM_EINVAL
 * where no page begins, -SIM_EPERM below mmap_min_addr. */
int64_t fixed_place(struct machine *m, struct mm *mm, uint64_t at,
		    uint64_t bytes);

/*
 * Map [start, end), page aligned, without checks of rights, in place of what
 * is there: exec's stack.  flags: VM_READ, VM_WRITE, VM_EXEC,
 * VM_SHARED, VM_GROWSDOWN; the rest is added.  Private anonymous memory gets
 * its own offsets.  The area, which may have been one of the neighbours; NULL:
 * ENOMEM.
 */
struct vma *map_area(struct machine *m, struct mm *mm, vaddr_t start,
		     vaddr_t end, uint32_t flags, struct file *file,
		     uint64_t pgoff);

/* ---- brk.c ---- */
/* bss: [start, end), page aligned, becomes private zeros with rights rw, or
 * rwx, in place of what is there.  0, or as fixed_place and sys_brk. */
int vm_brk_flags(struct machine *m, struct mm *mm, vaddr_t start, uint64_t end,
		 bool exec);

/* ---- munmap.c ---- */
/* Unmap [start, end) of mm, both page aligned: split, zap, free tables.
 * 0 or -SIM_ENOMEM (a split that cannot be had). */
int do_munmap(struct machine *m, struct mm *mm, vaddr_t start, vaddr_t end);

/* Everything goes: exit and exec. */
void exit_mmap(struct machine *m, struct mm *mm);

/* ---- populate.c ---- */
/*
 * Touch every page of [start, end) as mlock (skip_errors false: 0, or at the
 * first page that cannot be had the errno of faultin_range, -SIM_EFAULT also for
 * an area that is `none`) and as mmap's populate and locked do (skip_errors
 * true: 0; the rest of an area is left out after a page that cannot be had).
 * Private writable areas are written to.
 */
int mm_populate(struct machine *m, struct task *t, vaddr_t start, vaddr_t end,
		bool skip_errors);

/* Fault in [start, end) of one area; 0, -SIM_EFAULT (beyond the file) or
 * -SIM_ENOMEM. */
int faultin_range(struct machine *m, struct task *t, struct vma *v,
		  vaddr_t start, vaddr_t end, bool write);

/* ---- mlock.c ---- */
/* May nr_pages more be locked?  0 or -SIM_EAGAIN. */
int mlock_future_check(const struct machine *m, const struct mm *mm,
		       uint64_t nr_pages);

/* ---- overcommit.c ---- */
/* May one request commit this many pages?  Overcommit mode of the machine,
 * REFERENCE 13.9. 0 or -SIM_ENOMEM. */
int vm_enough_memory(const struct machine *m, uint64_t nr_pages);
/* Pages promised to all processes, and held by shared anonymous memory. */
uint64_t vm_memory_committed(const struct machine *m);
/* Half of RAM, and swap: before mode 2 takes its reserves off. */
uint64_t vm_commit_limit(const struct machine *m);

#endif
