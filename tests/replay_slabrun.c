/*
 * mmviz-slabrun: one fresh cache, operation by operation, with its whole state after each.
 *
 *	cache size_req=300 ... -> object_size=300 ...
 *	ac avail=0 limit=54 batch=27 touched=0 :
 *	partial
 *	full
 *	free
 *	node total_slabs=0 free_slabs=0 free_objects=0 free_limit=67 colour_next=0
 *	newslab 1 pfn=5560 order=0 s_mem_off=32 freelist_off=-1
 *	op 1 alloc -> #1 slab 1 idx 12 off 3680
 *	ac avail=12 limit=54 batch=27 touched=1 : 1.0 1.1 1.2 ...
 *	partial 1:8/13[12,3,11,9,1]@1 ...
 *
 * Slabs are known by number: 1 is the first that the cache made.  Where its pages lie is the buddy's affair.
 */
#include "tests/replay_slab.h"

#include <stdarg.h>
#include <stdlib.h>

enum { SLABS_MAX = 4096, OBJECTS_MAX = 65536, TEXT_MAX = 1 << 20 };
enum { SHARED_BATCH = 0xbaadf00d }; /* what the kernel writes there: nobody reads it */

/* Text that grows up to TEXT_MAX. */
struct text {
	char *at;
	size_t len;
};

struct run {
	struct slabs k;
	struct kmem_cache *c;
	pfn_t slab[SLABS_MAX]; /* first frame by number; PFN_NONE: given back */
	uint32_t nr_slabs;
	vaddr_t object[OBJECTS_MAX]; /* by the number of its allocation */
	uint32_t nr_objects, nr_ops;
	struct text text;
};

static void put(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct text *t, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(t->at + t->len, TEXT_MAX - t->len, format, args);
	va_end(args);
	if (n > 0 && t->len + (size_t)n < TEXT_MAX)
		t->len += (size_t)n;
}

static void begin(struct text *t, const char *word)
{
	t->len = 0;
	put(t, "%s", word);
}

/* ---- slabs by number ---- */

static uint32_t number_of(const struct run *u, const struct slab *s)
{
	for (uint32_t i = u->nr_slabs; i > 0; i--)
		if (s && u->slab[i] == s->pfn)
			return i;
	return 0;
}

/* The slabs of the cache that have no number yet get one, at most one an operation. */
static const struct slab *new_slab(struct run *u)
{
	const struct slab_list *lists[] = {&u->c->slabs_partial, &u->c->slabs_full,
					   &u->c->slabs_free};

	for (int i = 0; i < 3; i++)
		for (const struct slab *s = lists[i]->first; s; s = s->next)
			if (!number_of(u, s) && u->nr_slabs + 1 < SLABS_MAX) {
				u->slab[++u->nr_slabs] = s->pfn;
				return s;
			}
	return NULL;
}

/* Slabs that are no more, ascending: one line each. */
static void expect_gone(struct run *u)
{
	for (uint32_t i = 1; i <= u->nr_slabs; i++) {
		const struct slab *s = u->slab[i] == PFN_NONE
					       ? NULL
					       : slab_of(u->k.m, pfn_to_kva(u->k.m, u->slab[i]));

		if (u->slab[i] == PFN_NONE || (s && s->cache == u->c && s->pfn == u->slab[i]))
			continue;
		u->slab[i] = PFN_NONE;
		begin(&u->text, "goneslab");
		put(&u->text, " %u", i);
		replay_expect(u->k.r, u->text.at);
	}
}

/* Index of the object that holds the index list: the one taken last.  -1: the slab is full. */
static int holder(const struct slab *s)
{
	return s->inuse < s->cache->num ? s->bufctl[s->cache->num - 1] : -1;
}

static long freelist_off(const struct slab *s)
{
	const struct kmem_cache *c = s->cache;

	if (c->mgmt == SLAB_ON)
		return (long)((uint32_t)PAGE_SIZE << c->gfporder) - (long)c->slab_size;
	if (c->mgmt == SLAB_OFF || holder(s) < 0)
		return -1;
	return (long)(s->colouroff + (uint32_t)holder(s) * c->size);
}

/* The line that precedes the operation: where the pages lie is not compared. */
static void compare_new_slab(struct run *u, const char *theirs)
{
	const struct slab *s = new_slab(u);
	const char *at = strstr(theirs, " order=");
	unsigned number = 0;
	char ours[96] = "";

	if (s)
		snprintf(ours, sizeof(ours), " order=%u s_mem_off=%u freelist_off=%ld",
			 u->c->gfporder, s->colouroff, freelist_off(s));
	sscanf(theirs, "%u", &number);
	if (!s || !at || strcmp(at, ours) != 0 || number != u->nr_slabs)
		replay_differ(u->k.r, "before it: %s %u%s", s ? "newslab" : "no newslab",
			      s ? u->nr_slabs : number, ours);
}

/* ---- the state ---- */

static void put_entries(struct run *u, const struct array_cache *ac)
{
	put(&u->text, " :");
	for (uint32_t i = 0; i < ac->avail; i++) {
		const struct slab *s = slab_of(u->k.m, ac->entry[i]);

		put(&u->text, " %u.%d", number_of(u, s), slab_object_at(s, ac->entry[i]));
	}
}

static void expect_array(struct run *u, const char *word, const struct array_cache *ac,
			 uint32_t batch)
{
	begin(&u->text, word);
	put(&u->text, " avail=%u limit=%u batch=%u touched=%u", ac->avail, ac->limit, batch,
	    ac->touched);
	put_entries(u, ac);
	replay_expect(u->k.r, u->text.at);
}

static void expect_list(struct run *u, const char *word, const struct slab_list *l)
{
	begin(&u->text, word);
	for (const struct slab *s = l->first; s; s = s->next) {
		put(&u->text, " %u:%u/%u", number_of(u, s), s->inuse, u->c->num);
		for (uint32_t i = s->inuse; i < u->c->num; i++)
			put(&u->text, "%c%u", i == s->inuse ? '[' : ',', s->bufctl[i]);
		if (s->inuse < u->c->num)
			put(&u->text, "]");
		if (u->c->mgmt == SLAB_OBJFREELIST && holder(s) >= 0)
			put(&u->text, "@%d", holder(s));
	}
	replay_expect(u->k.r, u->text.at);
}

static void expect_state(struct run *u)
{
	const struct kmem_cache *c = u->c;

	expect_array(u, "ac", &c->cpu[u->k.m->cpu], c->cpu[u->k.m->cpu].batchcount);
	if (c->shared.limit)
		expect_array(u, "shared", &c->shared, SHARED_BATCH);
	expect_list(u, "partial", &c->slabs_partial);
	expect_list(u, "full", &c->slabs_full);
	expect_list(u, "free", &c->slabs_free);
	begin(&u->text, "node");
	put(&u->text, " total_slabs=%u free_slabs=%u free_objects=%u free_limit=%u colour_next=%u",
	    cache_slabs(c), c->slabs_free.count, c->free_objects, c->free_limit, c->colour_next);
	replay_expect(u->k.r, u->text.at);
	if (!u->k.r->differs && machine_check(u->k.m))
		replay_differ(u->k.r, "a broken law: %s", machine_check(u->k.m));
}

/* ---- operations ---- */

static void do_alloc(struct run *u, unsigned nr)
{
	vaddr_t obj = kmem_cache_alloc(u->k.m, u->c);
	const struct slab *s = slab_of(u->k.m, obj);

	begin(&u->text, "op");
	if (!s || u->nr_objects + 1 == OBJECTS_MAX) {
		put(&u->text, " %u alloc -> fail", nr);
		return;
	}
	u->object[++u->nr_objects] = obj;
	put(&u->text, " %u alloc -> #%u slab ", nr, u->nr_objects);
}

static void do_free(struct run *u, unsigned nr, const char *args)
{
	unsigned object = 0;
	const struct slab *s;
	vaddr_t obj;

	sscanf(args, "free #%u", &object);
	begin(&u->text, "op");
	obj = object <= u->nr_objects ? u->object[object] : 0;
	if (!obj) {
		put(&u->text, " %u has nothing to free", nr);
		return;
	}
	s = slab_of(u->k.m, obj);
	put(&u->text, " %u free #%u slab %u idx %d", nr, object, number_of(u, s),
	    slab_object_at(s, obj));
	u->object[object] = 0;
	kmem_cache_free(u->k.m, u->c, obj);
}

/* What follows "op N". */
static void do_op(struct run *u, unsigned nr, const char *args)
{
	struct machine *m = u->k.m;

	if (strncmp(args, "alloc", 5) == 0)
		do_alloc(u, nr);
	else if (strncmp(args, "free ", 5) == 0)
		do_free(u, nr, args);
	else {
		begin(&u->text, "op");
		put(&u->text, " %u %s", nr, args);
		if (strcmp(args, "drain") == 0)
			drain_array(m, u->c, &u->c->cpu[m->cpu]);
		else if (strcmp(args, "reap") == 0)
			reap_array(m, u->c, &u->c->cpu[m->cpu]);
		else if (strcmp(args, "shrink") == 0)
			kmem_cache_shrink(m, u->c);
		else
			replay_differ(u->k.r, "alloc, free, drain, reap or shrink");
	}
}

/* An allocation's slab has its number by now. */
static void finish_alloc(struct run *u)
{
	vaddr_t obj = u->object[u->nr_objects];
	const struct slab *s = slab_of(u->k.m, obj);
	int index = s ? slab_object_at(s, obj) : -1;

	if (s && strstr(u->text.at, "alloc -> #"))
		put(&u->text, "%u idx %d off %u", number_of(u, s), index,
		    s->colouroff + (uint32_t)index * u->c->size);
}

/* "newslab ..." was read, or NULL; then comes "op ...". */
static void run_op(struct run *u, const char *new_slab_line)
{
	struct replay *r = u->k.r;
	const char *rest = NULL, *args;
	unsigned nr = 0;

	if (!replay_begins(r, "op", &rest) || sscanf(rest, "%u", &nr) != 1 || nr != ++u->nr_ops ||
	    !(args = strchr(rest, ' '))) {
		replay_differ(r, "op %u ...", u->nr_ops);
		return;
	}
	do_op(u, nr, args + 1);
	if (new_slab_line)
		compare_new_slab(u, new_slab_line);
	else if (new_slab(u))
		replay_differ(r, "before it: newslab %u", u->nr_slabs);
	finish_alloc(u);
	replay_compare(r, u->text.at);
	expect_gone(u);
	expect_state(u);
}

static void run_line(struct run *u)
{
	struct replay *r = u->k.r;
	const char *rest;
	char *held;

	if (slabs_head(&u->k))
		return;
	if (replay_begins(r, "cache", NULL)) {
		u->c = slabs_cache(&u->k, r->line);
		if (u->c)
			expect_state(u);
	} else if (!u->c) {
		replay_differ(r, "a cache first");
	} else if (replay_begins(r, "newslab", &rest)) {
		held = strdup(rest);
		replay_line(r);
		run_op(u, held);
		free(held);
	} else {
		run_op(u, NULL);
	}
}

void replay_slab_run(struct replay *r)
{
	struct run *u = calloc(1, sizeof(*u));

	u->k.r = r;
	u->text.at = malloc(TEXT_MAX);
	while (!r->differs && replay_line(r))
		run_line(u);
	if (!r->differs && !u->c)
		replay_differ(r, "a cache in it");
	machine_destroy(u->k.m);
	free(u->text.at);
	free(u);
}
