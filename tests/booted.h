/*
 * A booted machine like the kernels of the recordings: 6.1 for one CPU (UP) or for eight.
 */
#ifndef TESTS_BOOTED_H
#define TESTS_BOOTED_H

#include "sim/machine.h"

#include <string.h>

/* "kernel 6.1.192 i386 non-PAE UP SLAB cpus=1" */
static inline void recorded_profile(struct mm_profile *p, const char *kernel_line)
{
	bool up = strstr(kernel_line, " UP ") != NULL;

	*p = *profile_find(strstr(kernel_line, " PAE ") ? "i386-6.1-pae" : "i386-6.1");
	p->nr_cpus = up ? 1 : 8;
	p->fix_kmap_begin = up ? 3 : 68;
	p->fix_slots_behind_kmap = 0;
	/* _etext is at 16M + 1206K; with PAE a second large page is split, by idt_table in bss */
	p->text_bytes = 1206 << 10;
	p->ro_bytes = 1800 << 10;
	p->idt_bytes = 2300 << 10;
	p->pageblock_order = 10;
	p->khugepaged_pages = 0; /* built without huge pages */
}

/* profile and trace must live as long. */
static inline struct machine *recorded_machine(const struct mm_profile *profile, uint64_t ram_bytes,
					       uint32_t cpus, struct trace *trace)
{
	struct machine_config c;

	machine_config_default(&c);
	c.profile = profile;
	c.ram_bytes = ram_bytes;
	c.cpus = cpus;
	return machine_create(&c, trace);
}

#endif
