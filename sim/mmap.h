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
	bool has_at;
	uint64_t at;           /* hint or fixed place               */
	struct file *file;     /* NULL: anonymous                   */
	uint64_t offset;       /* in bytes                          */
};

int64_t sys_mmap(struct machine *m, struct task *t,
		 const struct mmap_request *rq);
int64_t sys_munmap(struct machine *m, struct task *t, uint64_t start,
		   uint64_t bytes);
int64_t sys_mprotect(struct machine *m, struct task *t, uint64_t start,
		     uint64_t bytes, uint32_t prot);
int64_t sys_mremap(struct machine *m, struct task *t, vaddr_t start,
		   uint64_t old_bytes, uint64_t new_bytes, bool maymove);
enum advice { ADV_DONTNEED, ADV_DONTFORK, ADV_DOFORK, ADV_FREE, ADV_WILLNEED,
	      ADV_POPULATE_READ, ADV_POPULATE_WRITE, ADV_PAGEOUT, NR_ADVICE };
int64_t sys_madvise(struct machine *m, struct task *t, uint64_t start,
		    uint64_t bytes, enum advice advice);
int64_t sys_mlock(struct machine *m, struct task *t, uint64_t start,
		  uint64_t bytes);
int64_t sys_munlock(struct machine *m, struct task *t, uint64_t start,
		    uint64_t bytes);
/* New break; -SIM_ENOMEM where the kernel leaves it where it was. */
int64_t sys_brk(struct machine *m, struct task *t, uint64_t new_brk);

/* Where a mapping of bytes would go (top-down); -SIM_ENOMEM. */
int64_t get_unmapped_area(struct machine *m, struct mm *mm, uint64_t bytes);

/* Map without checks of rights: exec's segments, the stack. */
struct vma *map_area(struct machine *m, struct mm *mm, vaddr_t start,
		     vaddr_t end, uint32_t flags, struct file *file,
		     uint32_t pgoff);

/* Unmap [start, end) of mm, both page aligned: split, zap, free tables. */
int do_munmap(struct machine *m, struct mm *mm, vaddr_t start, vaddr_t end);

/* Everything goes: exit and exec. */
void exit_mmap(struct machine *m, struct mm *mm);

/* Touch every page of [start, end), errors skipped (populate, mlock);
 * 0, or -SIM_ENOMEM at the first page that cannot be had. */
int mm_populate(struct machine *m, struct task *t, vaddr_t start,
		vaddr_t end);

/* May one request commit this many pages?  Overcommit mode of the machine,
 * REFERENCE 13.9. 0 or -SIM_ENOMEM. */
int vm_enough_memory(struct machine *m, uint64_t nr_pages);

#endif
