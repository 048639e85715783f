/*
 * Objects: the kernel's structures, each with a name that holds at every moment.
 *
 * A pointer into the machine is good for one moment only; an object is what a debugger's user would write down: the
 * process of this number, the vm_area_struct at this kernel address, this frame's struct page.  Whether it exists is
 * asked anew at each moment.
 */
#ifndef SRC_OBJECT_H
#define SRC_OBJECT_H

#include "sim/machine.h"

enum object_kind {
	OBJ_NONE,
	OBJ_TASK,      /* id: pid                                                                     */
	OBJ_MM,        /* id: kernel address of the mm_struct                                          */
	OBJ_TREE,      /* id: as MM: its areas as a red-black tree                                     */
	OBJ_VMA,       /* id: kernel address of the vm_area_struct                                     */
	OBJ_ANON_VMA,  /* id: kernel address                                                           */
	OBJ_AVC,       /* id: kernel address of the anon_vma_chain                                     */
	OBJ_FILE,      /* id: number of the file                                                       */
	OBJ_MAPPING,   /* id: number of the file that is its host: struct address_space                 */
	OBJ_PAGE,      /* id: pfn: struct page                                                         */
	OBJ_ENTRY,     /* id: pid, 0: the kernel's own tables; sub: address | level: page-table entry   */
	OBJ_TABLE,     /* the same: the table that holds the entries of this address at this level      */
	OBJ_NODE,      /* id: number of the node: pglist_data                                          */
	OBJ_SECTION,   /* id: number of the section: mem_section                                       */
	OBJ_ZONE,      /* id: of the zone                                                              */
	OBJ_FREE_AREA, /* id: zone; sub: order                                                         */
	OBJ_PCP,       /* id: zone; sub: CPU: per_cpu_pageset                                          */
	OBJ_CACHE,     /* id: kernel address of the kmem_cache, 0: of the cache of caches               */
	OBJ_SLAB,      /* id: pfn of its first frame                                                   */
	OBJ_ARRAY,     /* id: as CACHE; sub: CPU, MAX_CPUS: shared: array_cache                        */
	OBJ_SLOT,      /* id: kernel address of an object of a slab of which nothing more is known      */
	OBJ_GDT,       /* id: CPU: its table of segment descriptors                                    */
	OBJ_DESC,      /* id: CPU; sub: number of the entry: desc_struct                               */
	OBJ_LOCK,      /* id: as lock_find: spinlock                                                   */
	OBJ_VM_STRUCT, /* id: first address of the area: vm_struct                                     */
	OBJ_VMAP_RANGE, /* id: first address of a free range: vmap_area                                */
	OBJ_PKMAP,     /* kmap's window                                                                */
	OBJ_KMAP_CTRL, /* id: CPU: its stack of kmap_atomic                                            */
	OBJ_FIXMAP,    /* the fixmap                                                                   */
	OBJ_LOCK_NODE, /* id: lock; sub: node of a CPU in its queue: mcs_spinlock                      */
	NR_OBJECT_KINDS
};

struct object {
	enum object_kind kind;
	uint64_t id, sub;
};

static inline struct object make_object(enum object_kind kind, uint64_t id, uint64_t sub)
{
	return (struct object){.kind = kind, .id = id, .sub = sub};
}
static inline bool same_object(const struct object *a, const struct object *b)
{
	return a->kind == b->kind && a->id == b->id && a->sub == b->sub;
}

/* An id that is no kernel address (pid, pfn, zone, ...); a sub that is no address (order, CPU). */
static inline uint32_t object_nr(const struct object *o) { return (uint32_t)o->id; }
static inline uint32_t object_part(const struct object *o) { return (uint32_t)o->sub; }

/* One number for it; never 0.  Of id and sub at least one is below 2^32. */
static inline uint64_t object_key(const struct object *o)
{
	return ((o->id << 32 | o->id >> 32) ^ o->sub) * NR_OBJECT_KINDS + (uint64_t)o->kind + 1;
}

/* ---- from the machine's pointers to objects; NULL gives OBJ_NONE ---- */
struct object task_object(const struct task *t);
struct object mm_object(const struct mm *mm);
struct object tree_object(const struct mm *mm);
struct object vma_object(const struct vma *v);
struct object anon_vma_object(const struct anon_vma *av);
struct object avc_object(const struct anon_vma_chain *avc);
struct object file_object(const struct file *f);
struct object mapping_object(const struct address_space *as);
struct object cache_object(const struct kmem_cache *c);
struct object slab_object_of(const struct slab *s);
struct object vm_struct_object(const struct vm_struct *a);
struct object vmap_range_object(const struct vmap_range *f);
struct object page_object(pfn_t pfn); /* PFN_NONE: OBJ_NONE */
struct object section_object(const struct machine *m, pfn_t pfn); /* of a frame; FLATMEM: OBJ_NONE */
struct object entry_object(uint32_t pid, vaddr_t va, unsigned level);
struct object table_object(uint32_t pid, vaddr_t va, unsigned level);
/* The structure that lies at a kernel address of a slab's page: a known one, else a slot of its cache; or OBJ_NONE. */
struct object object_at(const struct machine *m, vaddr_t kva);

/* ---- and back; NULL, or a pfn of PFN_NONE: it does not exist now ---- */
const struct mm *find_mm(const struct machine *m, const struct object *o); /* of an OBJ_MM or OBJ_TREE */
const struct vma *find_area(const struct machine *m, const struct object *o);
const struct anon_vma *find_anon_vma(const struct machine *m, const struct object *o);
const struct anon_vma_chain *find_avc(const struct machine *m, const struct object *o);
const struct file *find_file(const struct machine *m, const struct object *o);
const struct kmem_cache *find_cache(const struct machine *m, const struct object *o);
const struct slab *find_slab(const struct machine *m, const struct object *o);
const struct vm_struct *find_vm_struct(const struct machine *m, const struct object *o);
const struct vmap_range *find_vmap_range(const struct machine *m, const struct object *o);
const struct array_cache *find_array(const struct machine *m, const struct object *o);

/* A table, or the place of an entry. */
struct place_in_table {
	pfn_t pfn;            /* the table's frame              */
	const pte_t *entry;   /* its contents                   */
	unsigned level, index;
	vaddr_t va;           /* first address of that entry    */
};
/* The table of an OBJ_ENTRY or OBJ_TABLE; false: a table on the way is missing. */
bool find_table(const struct machine *m, const struct object *o, struct place_in_table *at);

bool object_exists(const struct machine *m, const struct object *o);

/* Where the structure lies in the machine's memory: true and its kernel address, or false: in the kernel's image, in
 * high memory, or the model gives it no place. */
bool object_address(const struct machine *m, const struct object *o, vaddr_t *kva);

/* "vm_area_struct": the modelled kernel's word for the kind. */
const char *object_struct(const struct machine *m, enum object_kind kind);

#endif
