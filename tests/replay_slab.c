/*
 * mmviz-slabgeom: caches that kmem_cache_create makes.  mmviz-slabcaches: all caches after boot.  mmviz-kmalloc:
 * which class serves a request.
 *
 *	kernel 6.1.192 i386 non-PAE UP SLAB cpus=1
 *	cache_line_size 32 ... kmalloc_min_size 32 ... slab_max_order 1 ...      0: a machine of 32M
 *	cache size_req=300 align_req=0 hwcache=0 ... -> object_size=300 size=304 align=8 num=13 ...
 *	cache dentry object_size=128 ... ctor=0 flags=0x40160000 full=20 partial=0 free=0 free_objects=0 ac_avail=21
 *	kmalloc 65 -> cache kmalloc-96 ksize 96
 *	kmalloc 20000 -> pages order 3 ksize 32768
 *
 * Of a booted kernel's caches the recording gives size, flags and alignment; the geometry is ours.  How many objects
 * its drivers took is not ours to know: a cache of ours is brought to the recorded number of slabs and free objects by
 * allocating and freeing, and its lists must then count the same.  kmem_cache itself holds one object for each other
 * cache, so there everything follows.
 */
#include "tests/replay_slab.h"

#include "sim/page_alloc.h"
#include "tests/booted.h"

#include <stdlib.h>

/* 6.1's bits of kmem_cache.flags that the model has. */
enum {
	KERNEL_KMALLOC = 0x1000,
	KERNEL_HWCACHE = 0x2000,
	KERNEL_DMA = 0x4000,
	KERNEL_RECLAIM = 0x20000,
	KERNEL_RCU = 0x80000,
	KERNEL_FOREIGN =
		0x140000, /* boot's: SLAB_PANIC, SLAB_MEM_SPREAD: nothing follows from them */
	KERNEL_OBJFREELIST = 0x40000000,
	KERNEL_OFF_SLAB = 1 << 31,
};

static const struct {
	uint32_t kernel, ours;
} flag_bits[] = {
	{KERNEL_KMALLOC, SLAB_KMALLOC},     {KERNEL_HWCACHE, SLAB_HWCACHE_ALIGN},
	{KERNEL_DMA, SLAB_CACHE_DMA},       {KERNEL_RECLAIM, SLAB_RECLAIM_ACCOUNT},
	{KERNEL_RCU, SLAB_TYPESAFE_BY_RCU},
};
enum { NR_FLAG_BITS = sizeof(flag_bits) / sizeof(flag_bits[0]) };

/* ---- the head ---- */

static void open_machine(struct slabs *k)
{
	long long cpus = 1, line = 32, max_order = 1;
	struct machine_config c;
	const char *at;

	machine_destroy(k->m);
	k->m = NULL;
	recorded_profile(&k->profile, k->kernel);
	replay_value(k->kernel, "cpus", &cpus);
	if ((at = strstr(k->r->line, "cache_line_size ")) != NULL)
		line = atoll(at + 16);
	if ((at = strstr(k->r->line, "slab_max_order ")) != NULL)
		max_order = atoll(at + 15);
	if (!k->kernel[0] || cpus < 1 || cpus > MAX_CPUS || line < 8 || line > 4096) {
		replay_differ(k->r, "a kernel with 1 to %d CPUs and cache lines of 8 to 4096",
			      MAX_CPUS);
		return;
	}
	k->profile.cache_line = (uint32_t)line;
	machine_config_default(&c);
	c.profile = &k->profile;
	c.ram_bytes = max_order ? 1ull << 30 : 32u << 20;
	c.cpus = (uint32_t)cpus;
	k->m = machine_create(&c, &k->trace);
}

/* "NAME VALUE" in the line just read must be this one. */
static void compare_limit(struct slabs *k, const char *name, uint32_t ours)
{
	const char *at = strstr(k->r->line, name);

	if (at && (uint32_t)strtoul(at + strlen(name), NULL, 0) != ours)
		replay_differ(k->r, "%s%u", name, ours);
}

/* The largest number of pages that kmalloc gives, in bytes. */
static uint32_t kmalloc_max(struct machine *m)
{
	uint32_t bytes = PAGE_SIZE;

	for (vaddr_t obj; (obj = kmalloc(m, bytes * 2, GFP_KERNEL)) != 0; bytes *= 2)
		kfree(m, obj);
	return bytes;
}

static void compare_limits(struct slabs *k)
{
	const struct kmem_cache *tiny = kmem_cache_create(k->m, "tiny", 1, 0, 0);
	struct kmem_cache *c = kmalloc_cache(k->m, 1);
	struct slab_rules rules;
	uint32_t bytes;

	slab_rules_of(k->m, &rules);
	compare_limit(k, "slab_max_order ", rules.break_order);
	compare_limit(k, "kmalloc_minalign ", tiny->align);
	compare_limit(k, "obj_min_size ", tiny->size);
	compare_limit(k, "kmalloc_min_size ", c->object_size);
	for (bytes = 1; (c = kmalloc_cache(k->m, bytes)) != NULL; bytes = c->object_size + 1)
		;
	compare_limit(k, "kmalloc_max_cache ", bytes - 1);
	compare_limit(k, "kmalloc_max ", kmalloc_max(k->m));
	kmem_cache_destroy(k->m, kmem_cache_find(k->m, "tiny"));
	replay_compared(k->r);
}

static void compare_sizeof(struct slabs *k)
{
	long long bytes;

	if (replay_value(k->r->line, "kmem_cache", &bytes) && k->m &&
	    k->m->cache[0]->object_size != bytes)
		replay_differ(k->r, "kmem_cache=%u", k->m->cache[0]->object_size);
}

bool slabs_head(struct slabs *k)
{
	struct replay *r = k->r;

	if (replay_begins(r, "kernel", NULL)) {
		snprintf(k->kernel, sizeof(k->kernel), "%s", r->line);
	} else if (replay_begins(r, "cache_line_size", NULL)) {
		open_machine(k);
		if (k->m)
			compare_limits(k);
	} else if (replay_begins(r, "sizeof", NULL)) {
		compare_sizeof(k);
	} else if (!replay_begins(r, "title", NULL)) {
		if (!k->m)
			replay_differ(r, "a kernel and its cache_line_size first");
		return !k->m;
	}
	return true;
}

/* ---- a cache's words ---- */

static const char *const mgmt_words[] = {"on", "off", "objfreelist"};

static uint32_t kernel_flags(const struct kmem_cache *c)
{
	uint32_t flags = c->mgmt == SLAB_OFF           ? (uint32_t)KERNEL_OFF_SLAB
			 : c->mgmt == SLAB_OBJFREELIST ? (uint32_t)KERNEL_OBJFREELIST
						       : 0;

	for (int i = 0; i < NR_FLAG_BITS; i++)
		if (c->flags & flag_bits[i].ours)
			flags |= flag_bits[i].kernel;
	return flags;
}

static uint32_t our_flags(uint32_t kernel, bool ctor)
{
	uint32_t flags = ctor ? SLAB_CTOR : 0;

	for (int i = 0; i < NR_FLAG_BITS; i++)
		if (kernel & flag_bits[i].kernel)
			flags |= flag_bits[i].ours;
	return flags;
}

/* Our number for a key; false: none of that name. */
static bool number_of(const struct kmem_cache *c, const char *key, uint32_t *value)
{
	const struct {
		const char *key;
		uint32_t value;
	} numbers[] = {
		{"object_size", c->object_size},
		{"size", c->size},
		{"align", c->align},
		{"num", c->num},
		{"gfporder", c->gfporder},
		{"colour", c->colour},
		{"colour_off", c->colour_off},
		{"freelist_size", c->slab_size},
		{"limit", c->cpu[0].limit},
		{"batchcount", c->cpu[0].batchcount},
		{"shared", c->shared.limit / c->cpu[0].batchcount},
		{"free_limit", c->free_limit},
		{"full", c->slabs_full.count},
		{"partial", c->slabs_partial.count},
		{"free", c->slabs_free.count},
		{"free_objects", c->free_objects},
		{"ac_avail", c->cpu[0].avail},
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (strcmp(numbers[i].key, key) == 0) {
			*value = numbers[i].value;
			return true;
		}
	return false;
}

static void compare_word(struct slabs *k, const struct kmem_cache *c, const char *key,
			 const char *value)
{
	uint32_t ours;

	if (strcmp(key, "mgmt") == 0) {
		if (strcmp(value, mgmt_words[c->mgmt]) != 0)
			replay_differ(k->r, "mgmt=%s", mgmt_words[c->mgmt]);
	} else if (strcmp(key, "freelist_cache") == 0) {
		if (!c->freelist_cache || strcmp(value, c->freelist_cache->name) != 0)
			replay_differ(k->r, "freelist_cache=%s",
				      c->freelist_cache ? c->freelist_cache->name : "");
	} else if (strcmp(key, "flags") == 0) {
		if ((strtoul(value, NULL, 0) & ~k->foreign_flags) != kernel_flags(c))
			replay_differ(k->r, "flags=0x%x", kernel_flags(c));
	} else if (number_of(c, key, &ours) && strtoul(value, NULL, 0) != ours) {
		replay_differ(k->r, "%s=%u", key, ours);
	}
}

void slabs_compare(struct slabs *k, const struct kmem_cache *c, const char *text)
{
	char *copy = strdup(text), *save = NULL;

	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		char *value = strchr(word, '=');

		if (!value)
			continue;
		*value = '\0';
		compare_word(k, c, word, value + 1);
	}
	free(copy);
	replay_compared(k->r);
}

/* ---- geometry ---- */

struct kmem_cache *slabs_cache(struct slabs *k, const char *line)
{
	static const struct {
		const char *key;
		uint32_t flag;
	} wishes[] = {
		{"hwcache", SLAB_HWCACHE_ALIGN},
		{"reclaim", SLAB_RECLAIM_ACCOUNT},
		{"dma", SLAB_CACHE_DMA},
		{"rcu", SLAB_TYPESAFE_BY_RCU},
		{"ctor", SLAB_CTOR},
	};
	const char *arrow = strstr(line, "->");
	long long bytes = 0, align = 0, yes;
	struct kmem_cache *c = NULL;
	uint32_t flags = 0;

	replay_value(line, "align_req", &align);
	for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++)
		if (replay_value(line, wishes[i].key, &yes) && yes)
			flags |= wishes[i].flag;
	if (arrow && replay_value(line, "size_req", &bytes))
		c = kmem_cache_create(k->m, "test", (uint32_t)bytes, (uint32_t)align, flags);
	if (c)
		slabs_compare(k, c, arrow + 2);
	else
		replay_differ(k->r, "no cache");
	return c;
}

void replay_slab_geometry(struct replay *r)
{
	struct slabs k = {.r = r};

	while (!r->differs && replay_line(r)) {
		struct kmem_cache *c;

		if (slabs_head(&k))
			continue;
		if (!replay_begins(r, "cache", NULL)) {
			replay_differ(r, "cache size_req=...");
			break;
		}
		c = slabs_cache(&k, r->line);
		if (c)
			kmem_cache_destroy(k.m, c);
	}
	machine_destroy(k.m);
}

/* ---- all caches after boot ---- */

enum { BOOTED_MAX = 4096 };

/* The word in which counts begin. */
static const char *counts_of(const char *words)
{
	const char *at = strstr(words, " full=");

	return at ? at : words + strlen(words);
}

/* Were the cache's limits set when all CPUs ran?  Boot's caches were made before the last one came, and from some cache
 * on all are made after it. */
static void see_cpus_come(struct slabs *k, const char *words)
{
	long long limit = 0, batch = 0, num = 0;

	replay_value(words, "free_limit", &limit);
	replay_value(words, "batchcount", &batch);
	replay_value(words, "num", &num);
	if (limit == (1 + k->m->config.cpus) * batch + num)
		k->m->cpus_online = k->m->config.cpus;
}

/* A cache like the recorded one, made from its size, flags and alignment. */
static struct kmem_cache *booted_cache(struct slabs *k, const char *name, const char *words)
{
	long long bytes = 0, align = 0, flags = 0, ctor = 0;
	struct kmem_cache wish, *c;
	struct slab_rules rules;

	replay_value(words, "object_size", &bytes);
	replay_value(words, "align", &align);
	replay_value(words, "flags", &flags);
	replay_value(words, "ctor", &ctor);
	/* was the alignment asked for, or does it come of itself? */
	wish = (struct kmem_cache){.object_size = (uint32_t)bytes,
				   .flags = our_flags((uint32_t)flags, ctor)};
	slab_rules_of(k->m, &rules);
	if (cache_geometry(&wish, &rules) && wish.align == align)
		align = 0;
	see_cpus_come(k, words);
	c = kmem_cache_create(k->m, name, (uint32_t)bytes, (uint32_t)align,
			      our_flags((uint32_t)flags, ctor));
	if (!c)
		replay_differ(k->r, "no cache");
	return c;
}

/* kmalloc's caches are our own from boot. */
static void compare_own(struct slabs *k, const char *name, const char *words)
{
	const struct kmem_cache *own = kmem_cache_find(k->m, name);

	if (own && (own->flags & SLAB_KMALLOC))
		slabs_compare(k, own, words);
	else
		replay_differ(k->r, "no cache of kmalloc has that name");
}

static void compare_counts(struct slabs *k, struct kmem_cache *c, const char *words)
{
	struct slab_counts want = {0};
	const char *why;

	replay_value(words, "full", &want.full);
	replay_value(words, "partial", &want.partial);
	replay_value(words, "free", &want.free);
	replay_value(words, "free_objects", &want.free_objects);
	replay_value(words, "ac_avail", &want.ac_avail);
	why = slabs_fill(k->m, c, &want);
	if (why)
		replay_differ(k->r, "%s", why);
	else
		slabs_compare(k, c, words);
	slabs_empty(k->m, c);
}

static void compare_booted(struct slabs *k)
{
	const char *rest = NULL, *counts;
	struct kmem_cache *c;
	char name[CACHE_NAME_LEN], words[1024];
	long long flags = 0;
	int len;

	replay_begins(k->r, "cache", &rest);
	if (sscanf(rest, "%23s%n", name, &len) != 1)
		return;
	counts = counts_of(rest + len);
	snprintf(words, sizeof(words), "%.*s", (int)(counts - rest - len), rest + len);
	replay_value(words, "flags", &flags);
	c = booted_cache(k, name, words);
	if (c && !(flags & KERNEL_KMALLOC)) {
		slabs_compare(k, c, words);
	} else if (c) {
		strcpy(c->name, "test");
		compare_own(k, name, words);
	}
	if (c && !k->r->differs)
		compare_counts(k, c, counts);
	if (c)
		kmem_cache_destroy(k->m, c);
}

/* kmem_cache holds a descriptor for each cache but itself, one taken after the other: all of its counts follow. */
static void compare_descriptors(struct slabs *k, const char *words, unsigned line,
				unsigned nr_caches)
{
	struct kmem_cache *c;

	c = booted_cache(k, "test", words);
	for (unsigned i = 1; c && i < nr_caches; i++)
		kmem_cache_alloc(k->m, c);
	if (c)
		slabs_compare(k, c, counts_of(words));
	if (k->r->differs) {
		k->r->nr = line;
		snprintf(k->r->line, k->r->cap, "cache kmem_cache with %u caches", nr_caches);
	}
}

void replay_slab_caches(struct replay *r)
{
	struct slabs k = {.r = r, .foreign_flags = KERNEL_FOREIGN};
	char kmem_cache[1024] = "";
	unsigned nr_caches = 0, line = 0;

	while (!r->differs && replay_line(r)) {
		if (slabs_head(&k)) {
			if (k.m)
				k.m->cpus_online = k.m->config.cpus > 1 ? k.m->config.cpus - 1 : 1;
			continue;
		}
		if (!replay_begins(r, "cache", NULL)) {
			replay_differ(r, "cache NAME ...");
			break;
		}
		nr_caches++;
		if (replay_begins(r, "cache kmem_cache", NULL)) {
			snprintf(kmem_cache, sizeof(kmem_cache), "%s", r->line);
			line = r->nr;
		}
		compare_booted(&k);
	}
	if (!r->differs && line)
		compare_descriptors(&k, kmem_cache, line, nr_caches);
	machine_destroy(k.m);
}

/* ---- counts ---- */

/* Every object of slab s goes back, or only so many. */
static void free_of_slab(struct machine *m, struct kmem_cache *c, const struct slab *s, uint32_t nr)
{
	vaddr_t first = s->s_mem;

	for (uint32_t i = 0; i < nr; i++)
		kmem_cache_free(m, c, first + i * c->size);
	drain_cpu_caches(m, c);
}

static const char *why_not(const struct kmem_cache *c, const struct slab_counts *want)
{
	long long spread = want->free_objects - want->free * c->num;
	long long taken = (want->full + want->partial) * c->num - spread;

	if (want->full < 0 || want->partial < 0 || want->free < 0 || spread < want->partial ||
	    spread > want->partial * (c->num - 1ll))
		return "as many free objects as the partial and the free slabs can have";
	if (want->free && want->free_objects > c->free_limit)
		return "no more free objects than free_limit, or no free slab";
	if (want->ac_avail < 0 || want->shared_avail < 0 || want->ac_avail > c->cpu[0].limit ||
	    want->shared_avail > c->shared.limit || want->ac_avail + want->shared_avail > taken)
		return "no more objects in arrays than these hold, and than are in use";
	return NULL;
}

/* nr objects in use go on the CPU's array, from there to the shared one if that is wanted. */
static void fill_array(struct machine *m, struct kmem_cache *c, long long nr, bool shared)
{
	const struct slab_list *lists[] = {&c->slabs_full, &c->slabs_partial};

	for (int i = 0; i < 2; i++)
		for (const struct slab *s = lists[i]->first; s; s = s->next)
			for (uint32_t at = 0; at < c->num && nr > 0; at++) {
				if (!s->busy[at])
					continue;
				kmem_cache_free(m, c, s->s_mem + at * c->size);
				nr--;
				if (shared)
					c->shared.entry[c->shared.avail++] =
						c->cpu[0].entry[--c->cpu[0].avail];
			}
}

const char *slabs_fill(struct machine *m, struct kmem_cache *c, const struct slab_counts *want)
{
	long long all = (want->full + want->partial + want->free) * c->num;
	long long spread = want->free_objects - want->free * c->num;
	const char *why = why_not(c, want);

	if (why)
		return why;
	for (long long i = 0; i < all; i++)
		if (!kmem_cache_alloc(m, c))
			return "no more memory";
	for (long long i = 0; i < want->partial; i++) {
		/* each partial slab keeps one object at least, and gives one */
		long long later = want->partial - 1 - i;
		long long nr = spread - later < c->num - 1ll ? spread - later : c->num - 1ll;

		free_of_slab(m, c, c->slabs_full.last, (uint32_t)nr);
		spread -= nr;
	}
	for (long long i = 0; i < want->free; i++)
		free_of_slab(m, c, c->slabs_full.last, c->num);
	fill_array(m, c, want->shared_avail, true);
	fill_array(m, c, want->ac_avail, false);
	return NULL;
}

void slabs_empty(struct machine *m, struct kmem_cache *c)
{
	const struct slab *s;

	drain_cpu_caches(m, c);
	while ((s = c->slabs_full.first) != NULL || (s = c->slabs_partial.first) != NULL) {
		for (uint32_t at = 0; at < c->num; at++)
			if (s->busy[at])
				kmem_cache_free(m, c, s->s_mem + at * c->size);
		drain_cpu_caches(m, c);
	}
}

/* ---- kmalloc ---- */

static void compare_kmalloc(struct slabs *k)
{
	unsigned bytes = 0;
	const struct slab *s;
	char ours[128];
	vaddr_t obj;

	if (sscanf(k->r->line, "kmalloc %u ->", &bytes) != 1) {
		replay_differ(k->r, "kmalloc SIZE -> ...");
		return;
	}
	obj = kmalloc(k->m, bytes, GFP_KERNEL);
	s = slab_of(k->m, obj);
	if (!obj)
		snprintf(ours, sizeof(ours), "kmalloc %u -> fail", bytes);
	else if (s)
		snprintf(ours, sizeof(ours), "kmalloc %u -> cache %s ksize %u", bytes,
			 s->cache->name, ksize(k->m, obj));
	else
		snprintf(ours, sizeof(ours), "kmalloc %u -> pages order %u ksize %u", bytes,
			 pfn_page(k->m, kva_to_pfn(k->m, obj))->order, ksize(k->m, obj));
	replay_compare(k->r, ours);
	kfree(k->m, obj);
}

void replay_kmalloc(struct replay *r)
{
	struct slabs k = {.r = r};

	while (!r->differs && replay_line(r))
		if (!slabs_head(&k))
			compare_kmalloc(&k);
	machine_destroy(k.m);
}
