/*
 * The map of an address space: which range lies where, from the first address to the last.
 *
 *	address_range_at(m, t, va)        the range around an address
 *	address_range_inside(m, r, va)    the part of a range around an address: pages, areas of vmalloc, slots
 *
 * Law: ranges do not overlap and leave nothing out; the ranges inside one make up all of it.
 *
 * A query: nothing is kept, and every border is read from the areas of the process, the kernel's map and its tables.
 */
#ifndef SRC_ADDRESS_MAP_H
#define SRC_ADDRESS_MAP_H

#include "sim/machine.h"

enum range_kind {
	/* user part, without an area */
	RANGE_NULL,       /* below mmap_min_addr: never one                       */
	RANGE_FREE,       /* below mmap_base: mmap's choice, brk's room           */
	RANGE_ABOVE_BASE, /* above mmap_base: mmap comes here last                */
	RANGE_STACK_ROOM, /* the stack may grow so far                            */
	RANGE_STACK_GAP,  /* guard gap of an area that grows down                 */
	/* user part, an area, by what it is for */
	RANGE_CODE,
	RANGE_DATA,
	RANGE_BSS,
	RANGE_HEAP,
	RANGE_STACK,
	RANGE_MAPPING,
	/* the kernel's part */
	RANGE_DIRECT,     /* direct map of low memory, of one zone                */
	RANGE_HOLE,       /* behind it, so that who runs over its end is caught   */
	RANGE_VMALLOC,
	RANGE_PKMAP,
	RANGE_LDT,
	RANGE_CPU_ENTRY,
	RANGE_FIX_BOOT,   /* slots that boot alone uses                           */
	RANGE_FIXMAP,
	RANGE_LAST_PAGE,
	RANGE_MODULES,    /* not i386: the kernel's modules                       */
	RANGE_VMEMMAP,    /* x86-64: struct page of each frame                    */
	RANGE_TEXT,       /* x86-64: the image again, where it is linked to run   */
	RANGE_VECTORS,    /* ARM: where exceptions jump to                        */
	RANGE_NO_ADDRESS, /* x86-64: not canonical                                */
	RANGE_UNUSED,     /* between two of these                                 */
	/* inside others */
	RANGE_VM_AREA,    /* vmalloc: an area's pages                             */
	RANGE_VM_GUARD,   /* the page behind them                                 */
	RANGE_VM_LAZY,    /* freed, not yet reusable                              */
	RANGE_VM_FREE,
	RANGE_LARGE,      /* direct map: what one large entry maps                */
	RANGE_TABLE,      /* direct map: what one table of small entries maps     */
	RANGE_PAGE,       /* one page or slot that is mapped                      */
	RANGE_ABSENT,     /* pages in a row that are not                          */
	RANGE_FREE_FRAMES,/* direct map: frames in a row that are free            */
	NR_RANGE_KINDS
};

/* What ranges of each kind are called, in English; NULL ends it. */
extern const char *const range_kind_names[NR_RANGE_KINDS + 1];

/* Both its first and its last address belong to it: the last range of all has no end that could be written. */
struct address_range {
	enum range_kind kind;
	enum range_kind outer; /* of what is inside another one: that one's kind */
	uint32_t pid;          /* of the user part                               */
	vaddr_t first, last;
	const struct vma *area;     /* of an area, and of its pages              */
	const struct vm_struct *vm; /* of vmalloc's areas, and of their pages    */
	const struct zone *zone;    /* of the direct map; NULL: of none          */
};

static inline uint64_t range_bytes(const struct address_range *r)
{
	return (uint64_t)r->last - r->first + 1;
}
static inline bool range_is_area(const struct address_range *r)
{
	return r->kind >= RANGE_CODE && r->kind <= RANGE_MAPPING;
}
static inline bool range_is_user(const struct address_range *r) { return r->kind <= RANGE_MAPPING; }

/* The last address that there is; and the first one that is not the user's. */
vaddr_t address_last(const struct machine *m);
vaddr_t user_end(const struct machine *m);
/* The numbers between the user's half and the kernel's that are no addresses: is_canonical().  False: each number is one. */
bool address_hole(const struct machine *m, vaddr_t *first, vaddr_t *last);
/* Hexadecimal digits of an address. */
int address_digits(const struct machine *m);

/* The range around va; t: whose user part, NULL: nobody's. */
struct address_range address_range_at(const struct machine *m, const struct task *t, vaddr_t va);

/* Does a range consist of parts? */
bool range_has_parts(const struct machine *m, const struct address_range *r);
/* The part of r, which has some, around va, which lies in it. */
struct address_range address_range_inside(const struct machine *m, const struct address_range *r,
					  vaddr_t va);

/* The entry that maps a page: of the process in the user part, else of the kernel's own tables. 0: none does. */
pte_t range_entry(const struct machine *m, const struct address_range *r, vaddr_t va);
/* Pages of a range that are mapped, counted. */
uint32_t range_pages_mapped(const struct machine *m, const struct address_range *r);
/* Slots of pkmap and fixmap: the number of the one at va. */
uint32_t range_slot(const struct machine *m, const struct address_range *r, vaddr_t va);

#endif
