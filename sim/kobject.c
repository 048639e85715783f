/*
 * The engine's own objects, and boot's caches.
 *
 * Every process, area, anon_vma, open file that the engine keeps has its object
 * in a slab cache, as in the kernel: a fork takes a task_struct, an mm_struct,
 * a files_struct, a sighand_struct, and a vm_area_struct for each area.
 *
 * Sizes and flags of 6.1 are those of the recorded kernel (slab-caches-up of
 * the recordings).  The classic ones are those of a 2.6 kernel for one 686 CPU,
 * with the line of 32 bytes that section 5 of the reference reckons with:
 * mm_struct 448, vm_area_struct 88, task_struct 1712.  anon_vma_chain came in
 * 2.6.34: a cache of its own here too, for the engine links areas in that way.
 *
 * With 64 bits pointers are twice as wide: the sizes are those that such a 6.1
 * kernel has about; they were not recorded.  ARM has those of i386.
 *
 * The first of all caches is kmem_cache, which holds the others' descriptors.
 */
#include "machine.h"

struct kobj_kind {
	const char *name;
	uint16_t bytes_classic, bytes_61, bytes_64;
	uint16_t align;   /* asked for, beside flags */
	uint8_t flags;    /* of both profiles        */
	uint8_t flags_61; /* of 6.1 besides          */
};

static const struct kobj_kind kinds[NR_KERNEL_OBJECTS] = {
	[KOBJ_TASK] = {"task_struct", 1712, 1920, 9792, 64, 0, 0},
	[KOBJ_MM] = {"mm_struct", 448, 476, 1408, 0, SLAB_HWCACHE_ALIGN, 0},
	[KOBJ_VMA] = {"vm_area_struct", 88, 64, 152, 0, 0, 0},
	[KOBJ_ANON_VMA] = {"anon_vma", 12, 44, 104, 0, SLAB_CTOR,
			   SLAB_TYPESAFE_BY_RCU},
	[KOBJ_ANON_VMA_CHAIN] = {"anon_vma_chain", 24, 32, 64, 0, 0, 0},
	[KOBJ_FILES] = {"files_cache", 416, 192, 704, 0, SLAB_HWCACHE_ALIGN, 0},
	[KOBJ_SIGHAND] = {"sighand_cache", 1332, 1292, 2088, 0,
			  SLAB_HWCACHE_ALIGN | SLAB_CTOR, SLAB_TYPESAFE_BY_RCU},
	[KOBJ_FILP] = {"filp", 160, 136, 232, 0, SLAB_HWCACHE_ALIGN, 0},
	[KOBJ_INODE] = {"inode_cache", 336, 328, 608, 0, SLAB_CTOR,
			SLAB_RECLAIM_ACCOUNT},
	[KOBJ_DENTRY] = {"dentry", 132, 128, 192, 0, 0, SLAB_RECLAIM_ACCOUNT},
};

/* Bytes of struct kmem_cache; 2.4 packs them without regard to lines. */
enum { DESCRIPTOR_CLASSIC = 112, DESCRIPTOR_61 = 96, DESCRIPTOR_64 = 216 };

static uint32_t descriptor_bytes(const struct mm_profile *p)
{
	if (p->word_bits == 64)
		return DESCRIPTOR_64;
	return p->slab_61 ? DESCRIPTOR_61 : DESCRIPTOR_CLASSIC;
}

static uint32_t object_bytes(const struct mm_profile *p,
			     const struct kobj_kind *k)
{
	if (p->word_bits == 64)
		return k->bytes_64;
	return p->slab_61 ? k->bytes_61 : k->bytes_classic;
}

void slab_boot(struct machine *m)
{
	bool v61 = m->profile->slab_61;

	m->cpus_online = 1;
	kmem_cache_create(m, "kmem_cache", descriptor_bytes(m->profile), 0,
			  SLAB_BUILTIN |
				  (v61 ? SLAB_HWCACHE_ALIGN : SLAB_NO_REAP));
	kmalloc_boot(m);
	for (int i = 0; i < NR_KERNEL_OBJECTS; i++) {
		const struct kobj_kind *k = &kinds[i];
		uint32_t flags = k->flags | SLAB_BUILTIN;

		m->kobj_cache[i] = kmem_cache_create(
			m, k->name, object_bytes(m->profile, k),
			v61 ? k->align : 0, flags | (v61 ? k->flags_61 : 0));
		BUG_ON(!m->kobj_cache[i]);
	}
	cache_cpus_online(m);
}

vaddr_t kobj_alloc(struct machine *m, enum kernel_object kind)
{
	return kmem_cache_alloc(m, m->kobj_cache[kind]);
}

void kobj_free(struct machine *m, enum kernel_object kind, vaddr_t obj)
{
	if (obj)
		kmem_cache_free(m, m->kobj_cache[kind], obj);
}
