/*
 * The C library's allocator, as a process sees it (REFERENCE 12: glibc 2.36,
 * 32-bit).  It lives in user space: it asks the kernel by brk and mmap, and
 * touches the pages of its chunk headers by ordinary writes.
 */
#ifndef SIM_MALLOC_H
#define SIM_MALLOC_H

#include "mm.h"
#include "fault.h"

struct chunk {
	vaddr_t start;        /* of the header; user memory begins at +8    */
	uint32_t bytes;       /* with header                                */
	bool in_use, mmapped, is_top;
	uint32_t name;        /* symbol of the region, 0 = free              */
	struct chunk *next, *prev;  /* by address (heap) or creation (mmapped) */
	struct chunk *next_free;
};

/* User address, or -SIM_ENOMEM; a fault on the way that is refused gives
 * -SIM_EFAULT and *o tells. */
int64_t user_malloc(struct machine *m, struct task *t, uint64_t bytes,
		    uint32_t name);
int64_t user_calloc(struct machine *m, struct task *t, uint64_t bytes,
		    uint32_t name);
int64_t user_realloc(struct machine *m, struct task *t, vaddr_t old,
		     uint64_t bytes, uint32_t name);
/* 0, or -SIM_EINVAL: no chunk in use begins there (the library would abort). */
int64_t user_free(struct machine *m, struct task *t, vaddr_t addr);

/* Bytes that may be used at an address malloc gave; 0: none. */
uint32_t user_usable_size(const struct mm *mm, vaddr_t addr);

/* fork: the child's heap has the same chunks. exec, exit: forget them. */
void malloc_copy(struct machine *m, struct mm *to, const struct mm *from);
void malloc_forget(struct machine *m, struct mm *mm);

#endif
