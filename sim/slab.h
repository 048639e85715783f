/*
 * The slab allocator: pages cut into equal objects.
 *
 * A cache hands out objects of one size from slabs of 2^gfporder pages.  The
 * engine's own kernel objects (task_struct, mm_struct, vm_area_struct, ...)
 * come from caches too, so that a fork is seen here.  An object is known by
 * its kernel address; its bytes are not modelled, only who holds it.
 *
 *	kmem_cache_alloc -> the CPU's array, if the cache has one
 *	                 -> refill it from partial, then free slabs
 *	                 -> grow: alloc_pages, a new slab
 */
#ifndef SIM_SLAB_H
#define SIM_SLAB_H

#include "lock.h"
#include "page.h"

struct machine;

enum { CACHE_NAME_LEN = 24, MAX_CACHES = 256 };
/* 6.1; 2.4's slabs end at 128K. */
enum { CACHE_SIZE_MAX = 4 << 20, CACHE_SIZE_MAX_24 = 128 << 10 };

enum slab_flag {
	SLAB_HWCACHE_ALIGN = 1,
	SLAB_CTOR = 2,            /* objects are constructed with the slab */
	SLAB_POISON = 4,          /* a pattern marks objects nobody holds  */
	SLAB_RED_ZONE = 256,      /* a word before and behind each object  */
	SLAB_NO_REAP = 512,       /* 2.4: not for kmem_cache_reap          */
	SLAB_BUILTIN = 8,         /* made at boot: cannot be destroyed     */
	SLAB_CACHE_DMA = 16,      /* slabs from ZONE_DMA                   */
	SLAB_RECLAIM_ACCOUNT = 32,
	SLAB_TYPESAFE_BY_RCU = 64,
	SLAB_KMALLOC = 128,       /* one of kmalloc's classes              */
};

/* Where the index list of a slab's free objects lies. */
enum slab_mgmt {
	SLAB_ON,          /* on the slab itself                  */
	SLAB_OFF,         /* in an object of a kmalloc cache     */
	SLAB_OBJFREELIST, /* 6.1: in one of the free objects     */
};

enum { BUFCTL_END = UINT16_MAX }; /* ends the 2.4 list of free indices */

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
	                           * free indices, [inuse] is taken next   */
	uint8_t *busy;            /* num: 1 = in a caller's hands          */
	vaddr_t off_slab;         /* where an off-slab index list is, or 0 */
	uint8_t *bytes;           /* poison, red zones: num * size bytes from
	                           * s_mem on; else NULL                   */
};

struct slab_list {
	struct slab *first, *last;
	uint32_t count;
};

/* A stack of free objects: a CPU's own, or the one all CPUs share. */
struct array_cache {
	uint16_t avail, limit, batchcount;
	bool touched;   /* used since the reaper last looked               */
	vaddr_t *entry; /* limit addresses; entry[avail - 1] goes next      */
};

/*
 * Law: slabs_full: inuse == num; slabs_partial: 0 < inuse < num;
 *      slabs_free: inuse == 0;  active == sum of inuse - objects in arrays;
 *      free_objects == sum of num - inuse.
 */
struct kmem_cache {
	char name[CACHE_NAME_LEN];
	uint32_t index;          /* in machine.cache: A_CACHE              */
	uint32_t flags;          /* enum slab_flag                        */
	vaddr_t kobj;            /* its descriptor, an object of cache 0;
	                          * 0 for cache 0 itself                   */
	/* geometry: fixed by kmem_cache_create */
	uint32_t object_size;    /* as asked                              */
	uint32_t size, align;    /* after rounding                        */
	uint32_t reciprocal;     /* 2^32 / size, rounded up                */
	uint16_t num;            /* objects in a slab                     */
	uint8_t gfporder;
	enum slab_mgmt mgmt;
	uint32_t slab_size;      /* bytes of the management, wherever it is */
	uint32_t colour, colour_off; /* number of colours, bytes of a step */
	uint32_t obj_offset;     /* bytes of the red zone before an object */
	struct kmem_cache *freelist_cache; /* SLAB_OFF: where indices live */
	/* state */
	uint32_t colour_next;
	struct slab_list slabs_full, slabs_partial, slabs_free;
	struct array_cache cpu[MAX_CPUS]; /* limit 0: none                 */
	struct array_cache shared; /* 6.1 with several CPUs; limit 0: none */
	uint32_t free_limit;     /* 6.1: more free objects than this leave */
	uint32_t free_objects;   /* in slabs, not in arrays                */
	uint32_t active;         /* in callers' hands                      */
	uint32_t high_mark;      /* most objects that were ever active     */
	uint32_t errors;         /* objects found overwritten              */
	uint64_t num_allocations, grown, reaped, allochit, allocmiss, freehit,
		freemiss;        /* grown and reaped: slabs                */
	/* reaping */
	uint32_t growing;        /* cache_grow is at work: keep off         */
	bool grown_lately;       /* 2.4 DFLGS_GROWN: since the last look   */
	bool free_touched;       /* 6.1: slabs_free were looked for        */
	uint32_t next_reap;      /* 6.1: pass that looks at the slabs      */
	struct spinlock list_lock; /* before the slabs and the shared array */
};

/*
 * A new cache; NULL if there is no room or memory for one, size is 0 or more
 * than the profile's slabs hold, or align is neither 0 nor a power of two.
 * REFERENCE 5.2, 5.3, 5.10.  Destroyed caches leave a NULL in machine.cache,
 * which the next one fills: whoever goes through it skips those.
 */
struct kmem_cache *kmem_cache_create(struct machine *m, const char *name,
				     uint32_t object_size, uint32_t align,
				     uint32_t flags);

/* An object's kernel address; 0 when no page could be had. */
vaddr_t kmem_cache_alloc(struct machine *m, struct kmem_cache *c);
/* The same; a slab that has to be made asks for its pages with gfp. */
vaddr_t kmem_cache_alloc_gfp(struct machine *m, struct kmem_cache *c,
			     uint32_t gfp);
/* obj must be one that kmem_cache_alloc gave and nobody freed. */
void kmem_cache_free(struct machine *m, struct kmem_cache *c, vaddr_t obj);

/* Give all free slabs back, CPUs' arrays emptied first; returns their pages.
 * A cache that is growing is left alone. */
uint32_t kmem_cache_shrink(struct machine *m, struct kmem_cache *c);

/* 0, or -SIM_EINVAL while objects are in use (free slabs have gone then) or
 * for a builtin. */
int kmem_cache_destroy(struct machine *m, struct kmem_cache *c);

/* Name of the cache of an index in machine.cache; of the cache destroyed last
 * as well, whose story still speaks of it.  NULL: none is known. */
const char *cache_name(const struct machine *m, uint32_t index);

/* NULL if there is none of that name. */
struct kmem_cache *kmem_cache_find(struct machine *m, const char *name);

/* Objects in callers' hands, and slabs of any kind. */
uint32_t cache_active_objs(const struct kmem_cache *c);
uint32_t cache_slabs(const struct kmem_cache *c);

/* The slab that holds a kernel address; NULL if none. */
const struct slab *slab_of(const struct machine *m, vaddr_t obj);

/* Index of the object of s that covers va; -1: colour, management or rest. */
int slab_object_at(const struct slab *s, vaddr_t va);
/*
 * Index of the object of s, a slab of c, that begins at obj, without a
 * division, as the kernel does it: obj is index * size behind s_mem, and the
 * rounding of reciprocal adds less than one in that range.
 */
static inline uint16_t obj_to_index(const struct kmem_cache *c,
				    const struct slab *s, vaddr_t obj)
{
	return (uint16_t)((uint64_t)(obj - s->s_mem) * c->reciprocal >> 32);
}

/* Where object index of s, a slab of c, begins, its first red zone included. */
static inline vaddr_t index_to_obj(const struct kmem_cache *c,
				   const struct slab *s, uint32_t index)
{
	return s->s_mem + (vaddr_t)index * c->size;
}

/* The same for who has the slab alone. */
static inline vaddr_t slab_object(const struct slab *s, uint32_t index)
{
	return index_to_obj(s->cache, s, index);
}

/* ---- slab_geometry.c ---- */

/* What decides how a slab is cut, beside the cache's own wishes. */
struct slab_rules {
	bool slab_61;        /* 6.1's geometry, else 2.4.18's            */
	uint32_t cache_line;
	uint8_t break_order; /* go no higher for the sake of less waste  */
};
void slab_rules_of(const struct machine *m, struct slab_rules *r);

/*
 * From object_size, align (as asked) and flags of c to its size, align, num,
 * gfporder, mgmt, slab_size, colour and colour_off.  False if no slab of an
 * allowed order holds one object.
 */
bool cache_geometry(struct kmem_cache *c, const struct slab_rules *r);

/* ---- slab_reap.c ---- */

/* 2.4: half of the free slabs of the cache that is worth it most; 6.1: one pass
 * over all caches.  Pages given back. */
uint32_t kmem_cache_reap(struct machine *m);
uint32_t cache_reap(struct machine *m);
/* The one that the profile has. */
uint32_t slab_reap(struct machine *m);

/* ---- slab_debug.c: poison and red zones; s->bytes is not NULL ---- */

/* Bytes of one of the two words around an object. */
uint32_t red_zone_bytes(bool slab_61);
/* All objects of a new slab are free; one is taken; one is freed; the slab goes.
 * What is not as it was left is told and counted in the cache's errors. */
void slab_debug_new(struct machine *m, const struct slab *s);
void slab_debug_alloc(struct machine *m, const struct slab *s, uint32_t index);
void slab_debug_free(struct machine *m, const struct slab *s, uint32_t index);
void slab_debug_destroy(struct machine *m, const struct slab *s);
/* The byte at an address in such a slab's objects; -1: it is not kept. */
int slab_byte(const struct machine *m, vaddr_t va);
/* The kernel writes nr bytes from an address on, whoever owns them; false: none
 * of them are kept. */
bool slab_write(struct machine *m, vaddr_t va, const void *bytes, uint32_t nr);

/* ---- slab.c: slabs; slab_list.h: their lists, and taking from them ---- */

/* A new slab, at the tail of slabs_free; NULL: no memory. */
struct slab *cache_grow(struct machine *m, struct kmem_cache *c,
			uint32_t gfp);

/* Up to nr free slabs give their pages back, last one first; returns the
 * pages. */
uint32_t drain_freelist(struct machine *m, struct kmem_cache *c, uint32_t nr);
/* 6.1: free slabs leave from the tail while c has more free objects than
 * free_limit.  They are on no list then but the one returned, the last first,
 * until slabs_destroy (NULL: none) gives their pages back. */
struct slab *slabs_over_limit(struct machine *m, struct kmem_cache *c);
void slabs_destroy(struct machine *m, struct slab *gone);

/* ---- array_cache.c: CPUs' arrays ---- */

/* Give c the arrays that the profile and the CPUs ask for. */
void setup_cpu_cache(struct machine *m, struct kmem_cache *c);
/* Boot: the other CPUs start, after the first caches were made. */
void cache_cpus_online(struct machine *m);
void free_cpu_cache(struct machine *m, struct kmem_cache *c);
/* An empty array gets objects; it stays empty when there is no memory. */
void cache_alloc_refill(struct machine *m, struct kmem_cache *c,
			struct array_cache *ac, uint32_t gfp);
/* A full array gives a batch away. */
void cache_flusharray(struct machine *m, struct kmem_cache *c,
		      struct array_cache *ac);
/* All objects of one array, oldest first, or of all arrays of c, go back to
 * their slabs. */
void drain_array(struct machine *m, struct kmem_cache *c,
		 struct array_cache *ac);
void drain_cpu_caches(struct machine *m, struct kmem_cache *c);
/* 6.1: the reaper looks at one array.  Used since it last looked: that mark is
 * taken off; else its oldest fifth of limit goes back to the slabs, or half of
 * what it has if that is less. */
void reap_array(struct machine *m, struct kmem_cache *c,
		struct array_cache *ac);
/* One visit of the slabs with the lock taken once: an empty array is refilled
 * as far as there are free objects, another one gives back what the kernel's
 * reaper would take from it: a fifth of its limit, or half of fewer. */
void trade_array(struct machine *m, struct kmem_cache *c,
		 struct array_cache *ac);

/* ---- kmalloc.c: size classes ---- */

/* Rows of classes; 2.4 has no reclaimable ones. */
enum kmalloc_type {
	KMALLOC_NORMAL, KMALLOC_RECLAIM, KMALLOC_DMA, NR_KMALLOC_TYPES
};
enum { MAX_KMALLOC_CLASSES = 13 };

/* 0 when there is no memory or bytes is too large for the profile. */
vaddr_t kmalloc(struct machine *m, uint32_t bytes, uint32_t gfp);
/* obj 0 is allowed. */
void kfree(struct machine *m, vaddr_t obj);
/* What 6.1's kmalloc gives for no bytes: a pointer that is not NULL and leads
 * nowhere. */
enum { ZERO_SIZE_PTR = 16 };
/* Bytes that the caller of kmalloc may use at obj: its class, or its pages. */
uint32_t ksize(const struct machine *m, vaddr_t obj);
/* The class that serves bytes; NULL: straight from the page allocator (6.1)
 * or not at all (2.4). */
struct kmem_cache *kmalloc_cache(struct machine *m, uint32_t bytes);
void kmalloc_boot(struct machine *m);

/* ---- kobject.c: the engine's own objects ---- */

enum kernel_object {
	KOBJ_TASK, KOBJ_MM, KOBJ_VMA, KOBJ_ANON_VMA, KOBJ_ANON_VMA_CHAIN,
	KOBJ_FILES, KOBJ_SIGHAND, KOBJ_FILP, KOBJ_INODE, KOBJ_DENTRY,
	NR_KERNEL_OBJECTS
};

/* Make the caches of boot: kmalloc's and those of enum kernel_object. */
void slab_boot(struct machine *m);

/* An object of a kind; 0 when no page could be had. */
vaddr_t kobj_alloc(struct machine *m, enum kernel_object kind);
/* obj 0 is allowed. */
void kobj_free(struct machine *m, enum kernel_object kind, vaddr_t obj);

#endif
