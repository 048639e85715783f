/*
 * Making a machine and taking it down.
 *
 * A machine is one arena whose first object is struct machine.  Booting is:
 * memory (zones, mem_map, buddy), then the slab allocator, which needs pages,
 * then the kernel's page tables.  What the scenario sets in /proc/sys/vm is
 * written last, as by an administrator: boot itself always gets its memory,
 * whatever shall be kept free after it.  Boot tells no story: the first
 * micro-step belongs to the first event.
 */
#include "machine.h"

#include "pgtable.h"

enum { DEFAULT_RAM_MB = 1024 };

void machine_config_default(struct machine_config *c)
{
	*c = (struct machine_config){
		.profile = profile_find("i386"),
		.ram_bytes = (uint64_t)DEFAULT_RAM_MB << 20,
		.cpus = 1,
		.nodes = 1,
		.lock = NR_LOCK_KINDS,
		.coherent = true,
		.cost_local = 40,
		.cost_remote = 120,
	};
}

/*
 * Address space for everything that a machine of this much RAM can ever hold:
 * contents of page tables take twice the tables' frames; areas and chunks are
 * larger than the objects that they stand for.  Eight times RAM is reserved,
 * and less when the host refuses.
 */
static struct arena *reserve_arena(uint64_t ram_bytes)
{
	uint64_t least = ram_bytes / 8 + (64u << 20);
	uint64_t bytes = ram_bytes * 8 + (256u << 20);

	for (; bytes >= least; bytes /= 2) {
		struct arena *a = NULL;

		if (bytes <= SIZE_MAX)
			a = arena_create((size_t)bytes);
		if (a)
			return a;
	}
	return NULL;
}

/* Do entries of this machine say NX? */
static bool has_nx(const struct machine_config *c)
{
	if (!c->profile->has_nx)
		return false;
	return c->nx == NX_AS_PROFILE ? c->profile->nx : c->nx == NX_ON;
}

struct machine *machine_create(const struct machine_config *c,
			       struct trace *trace)
{
	struct arena *a = reserve_arena(c->ram_bytes);
	struct trace silent = {0};
	struct machine *m;

	if (!a)
		return NULL;
	BUG_ON(!c->profile || c->cpus < 1 || c->cpus > MAX_CPUS);
	m = arena_alloc(a, sizeof(*m));
	m->arena = a;
	m->config = *c;
	m->profile = c->profile;
	m->nx = has_nx(c);
	m->trace = &silent;
	boot_memory(m);
	slab_boot(m);
	paging_boot(m);
	segments_boot(m);
	locks_boot(m);
	vm_sysctl_apply(m);
	m->trace = trace;
	return m;
}

void machine_destroy(struct machine *m)
{
	if (m)
		arena_destroy(m->arena);
}

void machine_begin_event(struct machine *m)
{
	m->event_nr++;
	for (struct task *t = m->tasks; t; t = t->next)
		t->event_min = t->event_maj = 0;
}
