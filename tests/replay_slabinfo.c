/*
 * /proc/slabinfo as it was read, without a head: "slabinfo - version: 2.1" is its first line.
 *
 *	# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables ... : slabdata ...
 *	dentry               640    640    128   32    1 : tunables  120   60    0 : slabdata     20     20      0
 *
 * Of each line we take the name, the object's size and how many slabs and objects there are; a cache of ours is filled
 * like that, and our own /proc/slabinfo must print the line.  Objects that fit in a slab, its pages and the tunables are
 * then ours, and so is the number of active slabs.  Whether the cache had a constructor, which moves its index list, the
 * file does not say: some way of making the cache must give the line.  Nor does it say what the machine was: arrays are
 * shared where there are several CPUs, classes of kmalloc are whole cache lines, and slabs are small where RAM is.
 */
#include "tests/replay_slab.h"

#include "src/proc.h"

#include <stdlib.h>

struct line {
	char name[64];
	long long active_objs, num_objs, objsize, objperslab, pagesperslab;
	long long limit, batchcount, sharedfactor, active_slabs, num_slabs, sharedavail;
};

static bool scan(const char *text, struct line *l)
{
	return sscanf(text,
		      "%63s %lld %lld %lld %lld %lld : tunables %lld %lld %lld : slabdata %lld "
		      "%lld %lld",
		      l->name, &l->active_objs, &l->num_objs, &l->objsize, &l->objperslab,
		      &l->pagesperslab, &l->limit, &l->batchcount, &l->sharedfactor,
		      &l->active_slabs, &l->num_slabs, &l->sharedavail) == 12;
}

/* ---- the machine ---- */

/* What the file's lines tell of it. */
struct traits {
	uint32_t cpus;
	uint32_t cache_line;
};

static struct machine *machine_for(const struct mm_profile *profile, uint32_t cpus,
				   uint64_t ram_bytes, struct trace *trace)
{
	struct machine_config c;

	machine_config_default(&c);
	c.profile = profile;
	c.ram_bytes = ram_bytes;
	c.cpus = cpus;
	return machine_create(&c, trace);
}

/* A class that is no power of two takes whole cache lines: where these are longer than its odd part, it has grown. */
static void see_class(const struct line *l, struct traits *t)
{
	if (strcmp(l->name, "kmalloc-96") == 0 && l->objsize == 128 && t->cache_line < 64)
		t->cache_line = 64;
	if (strcmp(l->name, "kmalloc-192") == 0 && l->objsize == 256)
		t->cache_line = 128;
}

/* The rest of the file is looked through, and then read on from where it was. */
static struct traits look_ahead(struct replay *r)
{
	struct traits t = {.cpus = 1, .cache_line = 32};
	long at = ftell(r->file);
	char *text = NULL;
	size_t cap = 0;
	struct line l;

	while (getline(&text, &cap, r->file) > 0) {
		if (!scan(text, &l))
			continue;
		if (l.sharedfactor > 0)
			t.cpus = 2;
		see_class(&l, &t);
	}
	free(text);
	fseek(r->file, at, SEEK_SET);
	return t;
}

/* ---- a cache for a line ---- */

/* Does a cache of these wishes get the line's numbers? */
static bool fits(const struct machine *m, const struct line *l, struct kmem_cache *wish)
{
	struct kmem_cache c = *wish;
	struct slab_rules rules;

	slab_rules_of(m, &rules);
	return cache_geometry(&c, &rules) && c.size == l->objsize && c.num == l->objperslab &&
	       1ll << c.gfporder == l->pagesperslab;
}

/* The cache of kmalloc that has that name: its size is not the file's to say. */
static const struct kmem_cache *own_class(const struct machine *m, const char *name)
{
	for (uint32_t i = 0; i < m->nr_caches; i++)
		if (m->cache[i] && (m->cache[i]->flags & SLAB_KMALLOC) &&
		    strcmp(m->cache[i]->name, name) == 0)
			return m->cache[i];
	return NULL;
}

/* Wishes that give the line; false: there are none. */
static bool find_wish(const struct machine *m, const struct line *l, struct kmem_cache *wish)
{
	static const uint32_t flags[] = {0, SLAB_CTOR, SLAB_RECLAIM_ACCOUNT,
					 SLAB_CTOR | SLAB_RECLAIM_ACCOUNT};
	uint32_t align = (uint32_t)l->objsize & -(uint32_t)l->objsize;
	const struct kmem_cache *own = own_class(m, l->name);

	if (own) {
		*wish = *own;
		return fits(m, l, wish);
	}

	for (uint32_t less = 0; less < align && less < l->objsize; less++)
		for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
			*wish = (struct kmem_cache){.object_size = (uint32_t)l->objsize - less,
						    .align = less < 8 ? 0 : align,
						    .flags = flags[i]};
			if (fits(m, l, wish))
				return true;
		}
	return false;
}

/* Objects of a cache are spread over its active slabs, so that none of these is empty. */
static bool counts_of(const struct line *l, struct slab_counts *want)
{
	long long free_slabs = l->num_slabs - l->active_slabs;
	long long spread = l->num_objs - l->active_objs - free_slabs * l->objperslab;
	long long most = l->objperslab - 1;

	if (l->num_objs != l->num_slabs * l->objperslab || free_slabs < 0 || spread < 0 ||
	    (spread > 0 && most == 0))
		return false;
	*want = (struct slab_counts){.free = free_slabs,
				     .partial = spread ? (spread + most - 1) / most : 0,
				     .free_objects = l->num_objs - l->active_objs,
				     .shared_avail = l->sharedavail};
	want->full = l->active_slabs - want->partial;
	return want->full >= 0;
}

/* ---- our file ---- */

/* The line of our slabinfo that begins with a name, or its nr-th line if name is NULL. */
static void compare_with_ours(struct replay *r, const struct machine *m, const char *name, int nr)
{
	char *text = NULL, *at, *save = NULL;
	size_t size, len = name ? strlen(name) : 0;
	FILE *out = open_memstream(&text, &size);

	proc_slabinfo(out, m, NULL);
	fclose(out);
	at = strtok_r(text, "\n", &save);
	while (at && (name ? strncmp(at, name, len) != 0 || at[len] != ' ' : nr-- > 0))
		at = strtok_r(NULL, "\n", &save);
	replay_compare(r, at ? at : "nothing");
	free(text);
}

static void compare_line(struct replay *r, struct machine *m)
{
	struct slab_counts want;
	struct kmem_cache wish, *c;
	const char *why;
	struct line l;

	if (!scan(r->line, &l) || l.objsize <= 0 || l.objsize > CACHE_SIZE_MAX) {
		replay_differ(r, "a line of slabinfo");
	} else if (!counts_of(&l, &want)) {
		replay_differ(r, "num_objs = num_slabs * objperslab, and no active slab empty");
	} else if (!find_wish(m, &l, &wish)) {
		replay_differ(r, "no cache has so many objects of that size in so many pages");
	} else if ((c = kmem_cache_create(m, l.name, wish.object_size, wish.align,
					  wish.flags & ~(uint32_t)SLAB_BUILTIN))) {
		why = slabs_fill(m, c, &want);
		if (why)
			replay_differ(r, "%s", why);
		else
			compare_with_ours(r, m, l.name, 0);
		slabs_empty(m, c);
		kmem_cache_destroy(m, c);
	}
}

/* All lines on one machine, from "slabinfo - version" on. */
static void compare_file(struct replay *r, const struct traits *t, uint64_t ram_bytes)
{
	struct mm_profile profile = *profile_find("i386-6.1");
	struct trace trace = {0};
	struct machine *m;

	profile.cache_line = t->cache_line;
	m = machine_for(&profile, t->cpus, ram_bytes, &trace);
	compare_with_ours(r, m, NULL, 0);
	while (!r->differs && replay_line(r))
		compare_line(r, m);
	machine_destroy(m);
}

/* The same from a place of the file once more. */
static void compare_again(struct replay *r, const struct replay *begin, long at,
			  const struct traits *t, uint64_t ram_bytes)
{
	fseek(r->file, at, SEEK_SET);
	r->nr = begin->nr;
	r->nr_compared = begin->nr_compared;
	r->differs = false;
	snprintf(r->line, r->cap, "slabinfo - version: 2.1");
	compare_file(r, t, ram_bytes);
}

void replay_slabinfo(struct replay *r)
{
	const uint64_t ram_bytes[] = {1u << 30, 32u << 20};
	const struct replay begin = *r;
	const struct traits t = look_ahead(r);
	long at = ftell(r->file);

	compare_file(r, &t, ram_bytes[0]);
	if (!r->differs)
		return;
	/* with little RAM slabs are smaller: is it such a machine? */
	compare_again(r, &begin, at, &t, ram_bytes[1]);
	if (r->differs)
		compare_again(r, &begin, at, &t, ram_bytes[0]);
}
