/*
 * vmallocinfo: the kernel's own areas, by address.
 *
 *	0xf8800000-0xf8804000   16384 pages=3 vmalloc
 *	0xf8804000-0xf8806000    8192 phys=0xfed00000 ioremap
 *	0xf8806000-0xf8809000   12288 unpurged vm_area
 *
 * The size has the guard page in it.  The areas that were given back but whose addresses the TLBs may still know
 * stand at the end.  The kernel also names the function that asked; here it is the scenario.
 *
 * 6.1 mm/vmalloc.c s_show(), show_purge_info().
 */
#include "proc.h"

static void print_area(FILE *out, const struct machine *m, const struct vm_struct *a)
{
	fprintf(out, "0x%08" PRIx64 "-0x%08" PRIx64 " %7" PRIu64, a->start, a->end,
		a->end - a->start);
	if (a->lazy) {
		fputs(" unpurged vm_area\n", out);
		return;
	}
	if (a->nr_pages)
		fprintf(out, " pages=%u", a->nr_pages);
	if (a->phys)
		fprintf(out, " phys=0x%0*llx", m->profile->pte_bytes * 2,
			(unsigned long long)a->phys);
	if (a->flags & VM_IOREMAP)
		fputs(" ioremap", out);
	if (a->flags & VM_ALLOC)
		fputs(" vmalloc", out);
	if (a->pages_kobj >= m->map.vmalloc_start && a->pages_kobj < m->map.vmalloc_end)
		fputs(" vpages", out);
	fputc('\n', out);
}

void proc_vmallocinfo(FILE *out, const struct machine *m, const struct task *t)
{
	(void)t;
	for (int lazy = 0; lazy <= 1; lazy++)
		for (const struct vm_struct *a = m->vmap.first; a; a = a->next)
			if (a->lazy == (lazy == 1))
				print_area(out, m, a);
}
