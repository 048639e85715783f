/*
 * Laws of segments: each CPU's GDT as its kernel has it.
 *
 *	entry		law
 *	code, data	base 0, 4G; DPL 0 for the kernel, 3 for user mode
 *	TLS		those of the process whose page tables the CPU has
 *	none		empty
 */
#include "check.h"

static bool check_flat(uint32_t cpu, unsigned i, desc_t d, unsigned dpl)
{
	struct descriptor s = descriptor_read(d);

	return LAW(s.present && !s.is_system && s.base == 0 &&
			   s.bytes == (uint64_t)1 << 32,
		   "entry %u of CPU %u's GDT is not flat", i, cpu) &&
	       LAW(s.dpl == dpl, "entry %u of CPU %u's GDT has DPL %u", i, cpu,
		   (uint32_t)s.dpl);
}

static bool check_entry(const struct machine *m, uint32_t cpu, unsigned i)
{
	desc_t d = m->gdt[cpu].entry[i];

	switch (gdt_use_of(m->profile->gdt, i)) {
	case GDT_NULL:
		return m->profile->gdt->long_mode ||
		       LAW(d == 0, "entry %u of CPU %u's GDT is used", i, cpu);
	case GDT_KERNEL_CS:
	case GDT_KERNEL_DS:
	case GDT_KERNEL32_CS:
		return check_flat(cpu, i, d, 0);
	case GDT_USER_CS:
	case GDT_USER_DS:
	case GDT_USER32_CS:
		return check_flat(cpu, i, d, 3);
	case GDT_TSS:
		return LAW(descriptor_read(d).is_system &&
				   descriptor_read(d).present,
			   "entry %u of CPU %u's GDT is no TSS", i, cpu);
	default:
		return true;
	}
}

/* A CPU that has t's address space has t's segments. */
static bool check_tls(const struct machine *m, uint32_t cpu,
		      const struct task *t)
{
	unsigned nth = 0;

	for (unsigned i = 0; i < GDT_MAX; i++)
		if (gdt_use_of(m->profile->gdt, i) == GDT_TLS &&
		    !LAW(m->gdt[cpu].entry[i] == t->tls[nth++],
			 "entry %u of CPU %u's GDT is not %s's", i, cpu,
			 t->comm))
			return false;
	return LAW(!t->gs || selector_index(t->gs) < GDT_MAX,
		   "%s's gs names no entry", t->comm);
}

bool check_segments(struct check *k)
{
	const struct machine *m = k->m;

	if (!m->kernel_pgd)
		return true; /* not booted */
	for (uint32_t cpu = 0; m->profile->gdt && cpu < m->config.cpus; cpu++) {
		const struct task *t = find_task(m, m->tlb[cpu].pid);

		for (unsigned i = 0; i < GDT_MAX; i++)
			if (!check_entry(m, cpu, i))
				return false;
		if (t && !check_tls(m, cpu, t))
			return false;
	}
	return true;
}
