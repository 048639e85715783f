/*
 * The scalars of the machine, and a few numbers that never differ between
 * profiles.
 */
#ifndef SIM_TYPES_H
#define SIM_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <inttypes.h>
#include <stdlib.h>

/* What must never be true. If it is, the engine itself is wrong: end here. */
#define BUG_ON(condition) ((condition) ? abort() : (void)0)

/* Done once in many times: apart, so that what is done each time stays short
 * and need not save the registers that only this would use. */
#define NOINLINE __attribute__((noinline))

typedef uint32_t pfn_t;   /* number of a page frame: physical address >> 12 */
typedef uint64_t vaddr_t; /* virtual address, user or kernel; how many of its
                           * bits there are: mm_profile.word_bits         */
typedef uint64_t paddr_t; /* physical address; more than 32 bits with PAE   */
typedef uint64_t pte_t;   /* entry of a page table of any level             */

enum {
	PAGE_SHIFT = 12,
	PAGE_SIZE = 1 << PAGE_SHIFT,
	MAX_ORDER = 11,     /* orders 0..10, as in 2.6 and 6.1             */
	MAX_CPUS = 8,
	MAX_NUMNODES = 4,
	COMM_LEN = 16,      /* a process's name, with its final zero       */
	TAG_LEN = 8,        /* content of a frame: up to 8 characters      */
};

#define PFN_NONE UINT32_MAX

/* Errno values of the modelled kernel, the same numbers as on i386. */
enum sim_errno {
	SIM_EPERM = 1,
	SIM_ESRCH = 3,
	SIM_EAGAIN = 11,
	SIM_ENOMEM = 12,
	SIM_EACCES = 13,
	SIM_EFAULT = 14,
	SIM_EEXIST = 17,
	SIM_EINVAL = 22,
};

static inline vaddr_t page_align_down(vaddr_t va)
{
	return va & ~(vaddr_t)(PAGE_SIZE - 1);
}

/* 64 bits in and out: the end of the last page of 4 GiB does not wrap. */
static inline uint64_t page_align_up(uint64_t bytes)
{
	return (bytes + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
}

#endif
