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
 * 6.1 makes kmalloc-64 first (kmem_cache_node must fit), and aligns a power of
 * two to itself.
 *
 * kfree has only the address: the frame's struct page says whether it belongs
 * to a slab, and to which, or how long the block is.
 *
 * Simpler than Linux: 0 bytes are served as 1, and 6.1's kmalloc-rcl caches,
 * which nothing here would use, are not made.  REFERENCE 5.4, 5.10.
 */
#include <string.h>

#include "machine.h"
#include "page_alloc.h"

/* Classes in order of creation; cache 0 is kmem_cache itself. */
enum { FIRST_CLASS = 1 };
struct class_row {
	const uint32_t *bytes;
	uint32_t nr;
	bool dma_beside; /* each DMA cache follows its class, else all come
	                  * after the last class                            */
};

static struct class_row class_row(const struct machine *m)
{
	static const uint32_t classes_24[] = {
		32,   64,   128,   256,   512,   1024,   2048,
		4096, 8192, 16384, 32768, 65536, 131072,
	};
	static const uint32_t classes_61[] = {
		64, 32, 96, 128, 192, 256, 512, 1024, 2048, 4096, 8192,
	};

	if (m->profile->slab_61)
		return (struct class_row){classes_61, 11, false};
	return (struct class_row){classes_24, 13, true};
}

/* Number in machine.cache of a class. */
static uint32_t class_index(const struct class_row *row, uint32_t i, bool dma)
{
	if (row->dma_beside)
		return FIRST_CLASS + 2 * i + dma;
	return FIRST_CLASS + i + (dma ? row->nr : 0);
}

/* Smallest class of at least bytes; NULL: none is that large, or boot has not
 * come to it yet. */
static struct kmem_cache *find_class(const struct machine *m, uint32_t bytes,
				     bool dma)
{
	struct class_row row = class_row(m);
	uint32_t best = row.nr;

	for (uint32_t i = 0; i < row.nr; i++)
		if (row.bytes[i] >= bytes &&
		    (best == row.nr || row.bytes[i] < row.bytes[best]))
			best = i;
	return best < row.nr ? m->cache[class_index(&row, best, dma)] : NULL;
}

struct kmem_cache *kmalloc_cache(struct machine *m, uint32_t bytes)
{
	return find_class(m, bytes, false);
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
static void class_name(const struct machine *m, uint32_t bytes, bool dma,
		       char name[CACHE_NAME_LEN])
{
	bool kilo = m->profile->slab_61 && bytes >= 1024;

	if (m->profile->slab_61) {
		name = put_text(name, dma ? "dma-kmalloc-" : "kmalloc-");
		name = put_number(name, kilo ? bytes / 1024 : bytes);
		put_text(name, kilo ? "k" : "");
	} else {
		name = put_number(put_text(name, "size-"), bytes);
		put_text(name, dma ? "(DMA)" : "");
	}
}

/* ---- boot ---- */

static void make_class(struct machine *m, uint32_t bytes, bool dma)
{
	bool natural = m->profile->slab_61 && (bytes & (bytes - 1)) == 0;
	char name[CACHE_NAME_LEN];

	class_name(m, bytes, dma, name);
	kmem_cache_create(m, name, bytes, natural ? bytes : 0,
			  SLAB_HWCACHE_ALIGN | SLAB_BUILTIN |
				  (dma ? SLAB_CACHE_DMA : 0));
}

void kmalloc_boot(struct machine *m)
{
	struct class_row row = class_row(m);

	for (uint32_t i = 0; i < row.nr; i++) {
		make_class(m, row.bytes[i], false);
		if (row.dma_beside)
			make_class(m, row.bytes[i], true);
	}
	for (uint32_t i = 0; i < row.nr && !row.dma_beside; i++)
		make_class(m, row.bytes[i], true);
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
	struct kmem_cache *c = find_class(m, bytes, gfp & GFP_BIT_DMA);
	vaddr_t obj;

	enter(m, KMALLOC, bytes, gfp);
	if (c) {
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
	if (s)
		kmem_cache_free(m, s->cache, obj);
	else
		free_pages(m, pfn, pfn_page(m, pfn)->order);
	leave(m, KFREE);
}
