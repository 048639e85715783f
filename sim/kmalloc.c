/*
 * kmalloc: memory by size.
 *
 * Boot makes one cache for each of a row of sizes, the classes; kmalloc takes
 * an object of the smallest class that is large enough, and what that is larger
 * is lost (100 bytes: 28 are lost in size-128, in 6.1's kmalloc-128 too).
 *
 *	2.4   size-32 size-64 ... size-131072, each a second time as (DMA);
 *	      more than 131072 is refused
 *	6.1   kmalloc-32 -64 -96 -128 -192 -256 -512 -1k ... -8k, and the same
 *	      as dma-kmalloc; more is whole pages from the page allocator
 *
 * 6.1 has a third row, kmalloc-rcl for what can be reclaimed; it makes
 * kmalloc-64 first of all (kmem_cache_node must fit), and aligns a power of two
 * to itself.
 *
 * kfree has only the address: the frame's struct page says whether it belongs
 * to a slab, and to which, or how long the block is.
 *
 * Simpler than Linux: 0 bytes are served as 1.  REFERENCE 5.4, 5.10.
 */
#include <string.h>

#include "machine.h"
#include "page_alloc.h"

enum { NODE_CLASS = 1 }; /* 6.1: 64 bytes, the class made first */

/* The classes of a profile, smallest first. */
struct classes {
	uint32_t nr, bytes[MAX_KMALLOC_CLASSES];
};

static const struct classes classes_24 = {
	13,
	{32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536,
	 131072},
};
static const struct classes classes_61 = {
	11,
	{32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096, 8192},
};

static const struct classes *classes(const struct machine *m)
{
	return m->profile->slab_61 ? &classes_61 : &classes_24;
}

/* Which row of caches serves a request; 2.4 has no reclaimable ones. */
static enum kmalloc_type kmalloc_type(const struct machine *m, uint32_t gfp)
{
	if (gfp & GFP_BIT_DMA)
		return KMALLOC_DMA;
	if (m->profile->slab_61 && (gfp & GFP_BIT_RECLAIMABLE))
		return KMALLOC_RECLAIM;
	return KMALLOC_NORMAL;
}

/* Smallest class of at least bytes; NULL: none is that large, or boot has not
 * come to it yet. */
static struct kmem_cache *find_class(const struct machine *m, uint32_t bytes,
				     enum kmalloc_type type)
{
	const struct classes *row = classes(m);
	uint32_t i = 0;

	while (i < row->nr && row->bytes[i] < bytes)
		i++;
	return i < row->nr ? m->kmalloc_caches[type][i] : NULL;
}

struct kmem_cache *kmalloc_cache(struct machine *m, uint32_t bytes)
{
	return find_class(m, bytes, KMALLOC_NORMAL);
}

/* ---- names ---- */

static char *put_text(char *at, const char *text)
{
	size_t len = strlen(text);

	memcpy(at, text, len + 1);
	return at + len;
}

/* n in decimal. */
static char *put_number(char *at, uint32_t n)
{
	char digits[11], *d = digits + sizeof(digits) - 1;

	*d = '\0';
	do {
		*--d = (char)('0' + n % 10);
	} while ((n /= 10) > 0);
	return put_text(at, d);
}

/* "size-1024(DMA)" or "dma-kmalloc-1k". */
static void class_name(const struct machine *m, uint32_t bytes,
		       enum kmalloc_type type, char name[CACHE_NAME_LEN])
{
	static const char *const prefix[NR_KMALLOC_TYPES] = {
		"kmalloc-", "kmalloc-rcl-", "dma-kmalloc-"};
	bool kilo = m->profile->slab_61 && bytes >= 1024;

	if (m->profile->slab_61) {
		name = put_text(name, prefix[type]);
		name = put_number(name, kilo ? bytes / 1024 : bytes);
		put_text(name, kilo ? "k" : "");
	} else {
		name = put_number(put_text(name, "size-"), bytes);
		put_text(name, type == KMALLOC_DMA ? "(DMA)" : "");
	}
}

/* ---- boot ---- */

static void make_class(struct machine *m, uint32_t i, enum kmalloc_type type)
{
	static const uint32_t flags[NR_KMALLOC_TYPES] = {
		0, SLAB_RECLAIM_ACCOUNT, SLAB_CACHE_DMA};
	uint32_t bytes = classes(m)->bytes[i];
	bool natural = m->profile->slab_61 && (bytes & (bytes - 1)) == 0;
	char name[CACHE_NAME_LEN];

	if (m->kmalloc_caches[type][i])
		return;
	class_name(m, bytes, type, name);
	m->kmalloc_caches[type][i] = kmem_cache_create(
		m, name, bytes, natural ? bytes : 0,
		SLAB_HWCACHE_ALIGN | SLAB_BUILTIN | SLAB_KMALLOC | flags[type]);
	BUG_ON(!m->kmalloc_caches[type][i]);
}

/* 2.4 makes each class with its DMA twin; 6.1 first the one that takes a
 * kmem_cache_node, then row after row. */
void kmalloc_boot(struct machine *m)
{
	uint32_t nr = classes(m)->nr;

	if (!m->profile->slab_61) {
		for (uint32_t i = 0; i < nr; i++) {
			make_class(m, i, KMALLOC_NORMAL);
			make_class(m, i, KMALLOC_DMA);
		}
		return;
	}
	make_class(m, NODE_CLASS, KMALLOC_NORMAL);
	for (int type = 0; type < NR_KMALLOC_TYPES; type++)
		for (uint32_t i = 0; i < nr; i++)
			make_class(m, i, (enum kmalloc_type)type);
}

/* ---- use ---- */

static vaddr_t kmalloc_large(struct machine *m, uint32_t bytes, uint32_t gfp)
{
	unsigned order = 0;
	pfn_t pfn;

	while (order < MAX_ORDER && ((uint64_t)PAGE_SIZE << order) < bytes)
		order++;
	if (!m->profile->slab_61 || order == MAX_ORDER) {
		note(m, KMALLOC_TOO_LARGE, bytes);
		return 0;
	}
	note(m, KMALLOC_PAGES, bytes, order);
	pfn = alloc_pages(m,
			  gfp & ~(uint32_t)(GFP_BIT_HIGHMEM | GFP_BIT_MOVABLE),
			  order, FRAME_KERNEL);
	return pfn == PFN_NONE ? 0 : pfn_to_kva(m, pfn);
}

vaddr_t kmalloc(struct machine *m, uint32_t bytes, uint32_t gfp)
{
	struct kmem_cache *c = find_class(m, bytes, kmalloc_type(m, gfp));
	vaddr_t obj;

	enter(m, KMALLOC, bytes, gfp);
	if (bytes == 0 && m->profile->slab_61) {
		obj = ZERO_SIZE_PTR;
		note(m, KMALLOC_ZERO, obj);
	} else if (c) {
		note(m, KMALLOC_CLASS, c->index, bytes, c->size - bytes);
		obj = kmem_cache_alloc_gfp(m, c, gfp);
	} else {
		obj = kmalloc_large(m, bytes, gfp);
	}
	leave(m, KMALLOC, obj);
	return obj;
}

void kfree(struct machine *m, vaddr_t obj)
{
	const struct slab *s = slab_of(m, obj);
	pfn_t pfn = kva_to_pfn(m, obj);

	if (obj == 0)
		return;
	enter(m, KFREE, obj);
	if (obj == ZERO_SIZE_PTR)
		note(m, KFREE_ZERO, obj);
	else if (s)
		kmem_cache_free(m, s->cache, obj);
	else
		free_pages(m, pfn, pfn_page(m, pfn)->order);
	leave(m, KFREE);
}

uint32_t ksize(const struct machine *m, vaddr_t obj)
{
	const struct slab *s = slab_of(m, obj);

	if (s)
		return s->cache->object_size;
	if (obj == ZERO_SIZE_PTR)
		return 0;
	return (uint32_t)PAGE_SIZE << pfn_page(m, kva_to_pfn(m, obj))->order;
}
