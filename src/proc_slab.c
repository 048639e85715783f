/*
 * slabinfo: a line a cache, the youngest cache first.
 *
 *	# name          <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables ... : slabdata ...
 *	mm_struct              3          9        448          9             1
 *
 * Active objects are those that are not in a slab: in callers' hands and in the CPUs' arrays, for the slab does not
 * know who of the two has it.  Active slabs are those with an active object.
 *
 * 6.1 mm/slab_common.c cache_show(), mm/slab.c get_slabinfo().
 */
#include "proc.h"

static void print_cache(FILE *out, const struct kmem_cache *c)
{
	uint32_t slabs = cache_slabs(c);
	unsigned long objs = (unsigned long)slabs * c->num;

	fprintf(out, "%-17s %6lu %6lu %6u %4u %4u", c->name, objs - c->free_objects, objs, c->size,
		c->num, 1U << c->gfporder);
	fprintf(out, " : tunables %4u %4u %4u", c->cpu[0].limit, c->cpu[0].batchcount,
		c->shared.limit ? c->shared.limit / (unsigned)c->cpu[0].batchcount : 0U);
	fprintf(out, " : slabdata %6u %6u %6u\n", slabs - c->slabs_free.count, slabs,
		c->shared.avail);
}

void proc_slabinfo(FILE *out, const struct machine *m, const struct task *t)
{
	(void)t;
	fputs("slabinfo - version: 2.1\n"
	      "# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>"
	      " : tunables <limit> <batchcount> <sharedfactor>"
	      " : slabdata <active_slabs> <num_slabs> <sharedavail>\n",
	      out);
	for (uint32_t i = m->nr_caches; i-- > 0;)
		if (m->cache[i])
			print_cache(out, m->cache[i]);
}
