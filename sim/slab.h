/*
 * The slab allocator: pages cut into equal objects.
 *
 * A cache hands out objects of one size from slabs of 2^gfporder pages.  The
 * engine's own kernel objects (task_struct, mm_struct, vm_area_struct, ...)
 * come from caches too, so that a fork is seen here.  An object is known by
 * its kernel address; its bytes are not modelled, only who holds it.
 */
#ifndef SIM_SLAB_H
#define SIM_SLAB_H

#include "page.h"

struct machine;

enum { CACHE_NAME_LEN = 24, MAX_CACHES = 256 };
enum slab_flag { SLAB_HWCACHE_ALIGN = 1, SLAB_CTOR = 2, SLAB_POISON = 4,
		 SLAB_BUILTIN = 8 /* made at boot: cannot be destroyed */ };
enum slab_mgmt { SLAB_ON, SLAB_OFF, SLAB_OBJFREELIST };

/* One slab: 2^gfporder pages and its index list of free objects. */
struct slab {
	struct kmem_cache *cache;
	struct slab *next, *prev; /* on full, partial or free            */
	pfn_t pfn;                /* first frame; lowmem                  */
	uint32_t colouroff;       /* bytes before management and objects  */
	vaddr_t s_mem;            /* address of object 0                  */
	uint16_t inuse;           /* objects handed out (or in an array)  */
	uint16_t free;            /* 2.4: index of the first free object  */
	uint16_t *bufctl;         /* num entries: 2.4 next free index; 6.1
	                           * stack of free indices                 */
	uint8_t *busy;            /* num: 1 = in a caller's hands          */
	vaddr_t off_slab;         /* where an off-slab index array lives, or 0 */
};

struct slab_list { struct slab *first, *last; uint32_t count; };

/* A CPU's stack of free objects. */
struct array_cache {
	uint16_t avail, limit, batchcount;
	bool touched;
	vaddr_t *entry; /* limit addresses; entry[avail - 1] goes next */
};

/*
 * Law: slabs_full: inuse == num; slabs_partial: 0 < inuse < num;
 *      slabs_free: inuse == 0;  active objects = sum of inuse - arrays.
 */
struct kmem_cache {
	char name[CACHE_NAME_LEN];
	uint32_t index;          /* in machine.cache: A_CACHE              */
	uint32_t flags;          /* enum slab_flag                        */
	uint32_t object_size;    /* as asked                              */
	uint32_t size, align;    /* after rounding                        */
	uint16_t num;            /* objects in a slab                     */
	uint8_t gfporder;
	enum slab_mgmt mgmt;
	uint32_t slab_size;      /* bytes of the management on the slab   */
	uint32_t colour, colour_off, colour_next;
	struct kmem_cache *freelist_cache; /* SLAB_OFF: where indices live */
	struct slab_list slabs_full, slabs_partial, slabs_free;
	struct array_cache cpu[MAX_CPUS]; /* limit 0: none                 */
	uint32_t free_limit;     /* 6.1: more free objects than this leave */
	uint64_t num_allocations, grown, reaped, allochit, allocmiss, freehit,
		freemiss;
};

/*
 * A new cache; NULL if there is no room for one or size is not in
 * [1, 131072].  align 0 = default.  REFERENCE 5.2, 5.3, 5.10.
 */
struct kmem_cache *kmem_cache_create(struct machine *m, const char *name,
				     uint32_t object_size, uint32_t align,
				     uint32_t flags);

/* An object's kernel address; 0 when no page could be had. */
vaddr_t kmem_cache_alloc(struct machine *m, struct kmem_cache *c);
void kmem_cache_free(struct machine *m, struct kmem_cache *c, vaddr_t obj);

/* Give all free slabs back; returns their pages. */
uint32_t kmem_cache_shrink(struct machine *m, struct kmem_cache *c);

/* 0, or -SIM_EINVAL while objects are in use or for a builtin. */
int kmem_cache_destroy(struct machine *m, struct kmem_cache *c);

struct kmem_cache *kmem_cache_find(struct machine *m, const char *name);

/* Objects in callers' hands, and slabs of any kind. */
uint32_t cache_active_objs(const struct kmem_cache *c);
uint32_t cache_slabs(const struct kmem_cache *c);

/* The slab that holds a kernel address; NULL if none. */
const struct slab *slab_of(const struct machine *m, vaddr_t obj);

/* ---- kmalloc.c: size classes ---- */

/* 0 when there is no memory or bytes is too large for the profile. */
vaddr_t kmalloc(struct machine *m, uint32_t bytes, uint32_t gfp);
void kfree(struct machine *m, vaddr_t obj);
/* The class that serves bytes; NULL: straight from the page allocator. */
struct kmem_cache *kmalloc_cache(struct machine *m, uint32_t bytes);

/* Make the caches of boot: kmalloc's and those of enum kernel_object. */
void slab_boot(struct machine *m);

/* The engine's own objects and the caches they come from. */
enum kernel_object {
	KOBJ_TASK, KOBJ_MM, KOBJ_VMA, KOBJ_ANON_VMA, KOBJ_ANON_VMA_CHAIN,
	KOBJ_FILES, KOBJ_SIGHAND, KOBJ_FILP, KOBJ_INODE, KOBJ_DENTRY,
	NR_KERNEL_OBJECTS
};

#endif
