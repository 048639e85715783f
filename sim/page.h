/*
 * struct page: what the kernel knows about one page frame.
 *
 * mem_map holds one for every frame, in order, so that frame and struct page
 * are found from each other by counting.  A struct page of zeros is a frame
 * inside a free block (not its head): a machine that has touched little needs
 * little host memory.  The modelled kernel's struct page has 32 bytes (profile
 * page_struct_bytes); ours is our own.
 *
 * Law: a frame has exactly one use.  FRAME_FREE frames belong to exactly one
 * block of a free list; its head has PG_BUDDY and carries the order.
 */
#ifndef SIM_PAGE_H
#define SIM_PAGE_H

#include <string.h>

#include "types.h"

/* What a frame is used for: the colours of the physical map. */
enum frame_use {
	FRAME_FREE,     /* in a block of the buddy allocator          */
	FRAME_PCP,      /* free, on a CPU's list                      */
	FRAME_RESERVED, /* kernel image, mem_map, firmware: from boot */
	FRAME_HOLE,     /* inside a zone, but no memory there         */
	FRAME_KERNEL,   /* alloc_pages by name, large kmalloc, vmalloc */
	FRAME_STACK,    /* kernel stack of a task                     */
	FRAME_SLAB,
	FRAME_TABLE,    /* page table of any level                    */
	FRAME_ANON,     /* anonymous user page                        */
	FRAME_FILE,     /* page cache                                 */
	FRAME_SHMEM,    /* shared anonymous memory                    */
	FRAME_ZERO,     /* the zero page                              */
	NR_FRAME_USES
};

enum page_flag {
	PG_BUDDY = 1,     /* head of a free block                     */
	PG_EXCLUSIVE = 2, /* anonymous, owned by one mm: reuse on COW */
	PG_DIRTY = 4,     /* page of a file: written, the file must
	                   * hear of it.  What the CPU knows is in
	                   * the entries until they go (PTE_D)        */
	PG_COMPOUND = 8,  /* head of an allocated block of order > 0  */
	PG_UPTODATE = 16, /* a user page whose contents are there     */
	PG_SWAPBACKED = 32, /* its place to go is swap, not a file:
	                   * anonymous, until madvise(free) gives it
	                   * up, and shared anonymous memory          */
	PG_LRU = 64,      /* on one of reclaim's lists                */
	PG_BATCHED = 128, /* a batch holds it besides: lru_batch.c    */
};

struct page {
	uint8_t use;      /* enum frame_use                           */
	uint8_t flags;    /* enum page_flag                           */
	uint8_t order;    /* of the block whose head this is          */
	uint8_t level;    /* FRAME_TABLE: 0 = PGD; head of a free block:
	                   * enum migratetype of the list it is on; user
	                   * page: bits 32 and up of its index         */
	int32_t refcount; /* users; 0 = free                          */
	int32_t mapcount; /* page-table entries that map it           */
	pfn_t next, prev; /* neighbours on a list, PFN_NONE at its ends */
	uint32_t index;   /* page offset in its file or area; pid of a
	                   * table's or a stack's owner                */
	void *mapping;    /* FRAME_ANON: struct anon_vma; FILE, SHMEM:
	                   * struct address_space; SLAB: struct slab; TABLE:
	                   * pte_t[entries], its contents              */
	char tag[TAG_LEN];/* what was last written there, for the eye */
};

/* Has the frame a page that processes map? */
static inline bool page_is_user(const struct page *page)
{
	return page->use == FRAME_ANON || page->use == FRAME_FILE ||
	       page->use == FRAME_SHMEM;
}

/*
 * The index of a user page.  An anonymous page of x86-64 has one of 35 bits,
 * the page number of its address.
 */
static inline uint64_t page_index(const struct page *page)
{
	return (uint64_t)page->level << 32 | page->index;
}

static inline void page_set_index(struct page *page, uint64_t index)
{
	page->index = (uint32_t)index;
	page->level = (uint8_t)(index >> 32);
}

/* A frame's content as one number: A_TAG. */
static inline uint64_t page_tag(const struct page *page)
{
	uint64_t packed;

	memcpy(&packed, page->tag, TAG_LEN);
	return packed;
}

/* A list of frames, linked through struct page. Zeroed memory is not an empty
 * list: call page_list_init. */
struct page_list {
	pfn_t head, tail;
	uint32_t count;   /* blocks on the list */
};

#endif
