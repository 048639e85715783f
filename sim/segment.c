/*
 * Segments: from a logical address (selector : offset) to a linear one.
 *
 * A program of i386 does not name a linear address.  It names a segment, most
 * often by a register that it does not write down, and an offset in it:
 *
 *	mov 0x8049000, %eax	means	ds:0x8049000
 *
 *	selector 007b = 0000000001111 0 11
 *	                index 15      | RPL 3
 *	                              table: 0 the GDT, 1 the LDT
 *
 *	GDT[15] = 00cff3000000ffff: base 0, limit 4G, data, DPL 3
 *
 *	linear = base + offset = 0 + 8049000		then comes paging
 *
 * The CPU refuses a segment that is not there, one of a higher privilege (the
 * level of the code that runs and RPL must not be above DPL) and an offset
 * behind the limit: a general protection fault, #GP.
 *
 * Linux wants to protect by pages alone, as it does on machines without
 * segments.  So its segments are flat: all begin at 0 and have 4G, and offset
 * and linear address are the same number.  There must be four, since user mode
 * and kernel and code and data differ in a bit of the descriptor:
 *
 *	index	selector	base	limit	DPL
 *	 12	0060		0	4G	0	kernel code
 *	 13	0068		0	4G	0	kernel data
 *	 14	0073		0	4G	3	user code
 *	 15	007b		0	4G	3	user data
 *
 * (2.6 and 6.1; 2.4 had them at 0010, 0018, 0023, 002b.)  The limit of user
 * segments is 4G, too: ds:c0000000 is a good linear address, and what keeps a
 * program out of the kernel is the bit US of the page tables.
 *
 * What is not flat: three entries for thread-local storage (6, 7, 8), which
 * belong to the process that runs and are loaded when it comes to a CPU; the
 * TSS, which only tells where the kernel's stack is; and on 6.1 the per-CPU
 * segment 00d8, by which fs:variable is this CPU's copy.
 *
 * In 64-bit mode the CPU adds no base and looks at no limit, but for fs and gs,
 * whose base is in a register of the CPU: the last use that segments had.
 *
 * Source: Intel's manual 3A, 3.4 and 5; 2.6 and 6.1 asm/segment.h, cpu/common.c;
 * tls.c.  Simpler than Linux: entries for BIOS calls (18 to 26) stay empty; no
 * LDT; a CPU's variables are one page of the image, with its table and TSS at
 * the start (6.1 shows both in cpu_entry_area, read-only); and a process that
 * two CPUs have run has its new TLS on both at once.
 */
#include "segment.h"

#include <string.h>

#include "machine.h"

enum {
	IMAGE_PERCPU = 64, /* page of the image: CPU 0's variables        */
	TSS_OFFSET = 256,  /* behind its table                            */
	TSS_BYTES = 104,
};

/* Access byte and flags, as in bits 40..47 and 52..55. */
enum {
	DESC_ACCESSED = 1,
	DESC_WRITABLE = 2,
	DESC_CODE = 8,
	DESC_S = 0x10, /* code or data, no system segment             */
	DESC_DPL_SHIFT = 5,
	DESC_P = 0x80,
	DESC_TSS = 9,
	FLAG_LONG = 2,
	FLAG_32 = 4,
	FLAG_PAGES = 8, /* the limit counts pages                      */
	LIMIT_ALL = 0xfffff,
};

#define FLAT_SLOTS                                                             \
	{6, GDT_TLS}, {7, GDT_TLS}, {8, GDT_TLS}, {12, GDT_KERNEL_CS},         \
		{13, GDT_KERNEL_DS}, {14, GDT_USER_CS}, {15, GDT_USER_DS},     \
	{                                                                      \
		16, GDT_TSS                                                    \
	}
#define FLAT_USER                                                              \
	.user = {[SEG_CS] = 0x73,                                              \
		 [SEG_DS] = 0x7b,                                              \
		 [SEG_ES] = 0x7b,                                              \
		 [SEG_SS] = 0x7b}
/* The kernel leaves user data in ds and es: it is flat, too. */
#define FLAT_KERNEL                                                            \
	[SEG_CS] = 0x60, [SEG_DS] = 0x7b, [SEG_ES] = 0x7b, [SEG_SS] = 0x68

const struct gdt_layout gdt_layout_26 = {
	.nr_entries = 32,
	.slot = {FLAT_SLOTS},
	FLAT_USER,
	.kernel = {FLAT_KERNEL},
};

const struct gdt_layout gdt_layout_61 = {
	.nr_entries = 32,
	.slot = {FLAT_SLOTS, {27, GDT_PERCPU}},
	FLAT_USER,
	.kernel = {FLAT_KERNEL, [SEG_FS] = 0xd8},
};

const struct gdt_layout gdt_layout_64 = {
	.nr_entries = 16,
	.long_mode = true,
	.slot = {{1, GDT_KERNEL32_CS},
		 {2, GDT_KERNEL_CS},
		 {3, GDT_KERNEL_DS},
		 {4, GDT_USER32_CS},
		 {5, GDT_USER_DS},
		 {6, GDT_USER_CS},
		 {8, GDT_TSS},
		 {12, GDT_TLS},
		 {13, GDT_TLS},
		 {14, GDT_TLS}},
	.user = {[SEG_CS] = 0x33, [SEG_SS] = 0x2b},
	.kernel = {[SEG_CS] = 0x10, [SEG_SS] = 0x18},
};

enum gdt_use gdt_use_of(const struct gdt_layout *l, unsigned index)
{
	for (unsigned i = 0; i < GDT_SLOTS_MAX && l->slot[i].use; i++)
		if (l->slot[i].index == index)
			return l->slot[i].use;
	return GDT_NULL;
}

/* ---- descriptors ---- */

/* Its fields lie apart: the 80286 had three bytes of base and no flags. */
static desc_t descriptor_pack(uint32_t base, uint32_t limit, unsigned access,
			      unsigned flags)
{
	return (limit & 0xffff) | (desc_t)(base & 0xffffff) << 16 |
	       (desc_t)access << 40 | (desc_t)(limit >> 16 & 0xf) << 48 |
	       (desc_t)flags << 52 | (desc_t)(base >> 24) << 56;
}

struct descriptor descriptor_read(desc_t d)
{
	unsigned access = d >> 40 & 0xff, flags = d >> 52 & 0xf;
	uint64_t limit = (d & 0xffff) | (d >> 32 & 0xf0000);

	return (struct descriptor){
		.base = (uint32_t)(d >> 16 & 0xffffff) | (uint32_t)(d >> 56)
								 << 24,
		.bytes = flags & FLAG_PAGES ? (limit + 1) << PAGE_SHIFT
					    : limit + 1,
		.dpl = access >> DESC_DPL_SHIFT & 3,
		.present = access & DESC_P,
		.is_system = !(access & DESC_S),
		.is_code = access & DESC_S && access & DESC_CODE,
		.writable = access & DESC_WRITABLE,
		.accessed = access & DESC_ACCESSED,
	};
}

static desc_t flat_segment(bool code, unsigned dpl, unsigned flags)
{
	unsigned access = DESC_P | DESC_S | DESC_WRITABLE | DESC_ACCESSED |
			  dpl << DESC_DPL_SHIFT;

	return descriptor_pack(0, LIMIT_ALL, code ? access | DESC_CODE : access,
			       flags | FLAG_PAGES);
}

/* ---- boot ---- */

static vaddr_t percpu_address(const struct machine *m, uint32_t cpu)
{
	return pfn_to_kva(m, m->kernel_image_pfn + IMAGE_PERCPU + cpu);
}

vaddr_t gdt_address(const struct machine *m, uint32_t cpu)
{
	return percpu_address(m, cpu);
}

/* An entry of a CPU's table as boot leaves it. */
static desc_t boot_segment(const struct machine *m, enum gdt_use use,
			   uint32_t cpu)
{
	bool long_mode = m->profile->gdt->long_mode;
	unsigned code = long_mode ? FLAG_LONG : FLAG_32;
	vaddr_t own = percpu_address(m, cpu);

	switch (use) {
	case GDT_KERNEL_CS:
		return flat_segment(true, 0, code);
	case GDT_KERNEL_DS:
		return flat_segment(false, 0, FLAG_32);
	case GDT_USER_CS:
		return flat_segment(true, 3, code);
	case GDT_USER_DS:
		return flat_segment(false, 3, FLAG_32);
	case GDT_KERNEL32_CS:
		return flat_segment(true, 0, FLAG_32);
	case GDT_USER32_CS:
		return flat_segment(true, 3, FLAG_32);
	case GDT_TSS:
		return descriptor_pack((uint32_t)own + TSS_OFFSET,
				       TSS_BYTES - 1, DESC_P | DESC_TSS, 0);
	case GDT_PERCPU: /* a variable's address + base is this CPU's copy */
		return descriptor_pack(
			(uint32_t)(own - percpu_address(m, 0)), LIMIT_ALL,
			DESC_P | DESC_S | DESC_WRITABLE | DESC_ACCESSED,
			FLAG_32 | FLAG_PAGES);
	default:
		return 0;
	}
}

void segments_boot(struct machine *m)
{
	const struct gdt_layout *l = m->profile->gdt;

	for (uint32_t cpu = 0; l && cpu < m->config.cpus; cpu++)
		for (unsigned i = 0; i < GDT_SLOTS_MAX && l->slot[i].use; i++)
			m->gdt[cpu].entry[l->slot[i].index] =
				boot_segment(m, l->slot[i].use, cpu);
}

/* ---- segments of a process ---- */

/* The first of the three entries; 0: the layout has none. */
static unsigned tls_min(const struct gdt_layout *l)
{
	for (unsigned i = 0; i < GDT_SLOTS_MAX && l->slot[i].use; i++)
		if (l->slot[i].use == GDT_TLS)
			return l->slot[i].index;
	return 0;
}

void load_tls(struct machine *m, const struct task *t)
{
	desc_t *to;

	if (!m->profile->gdt)
		return;
	to = &m->gdt[m->cpu].entry[tls_min(m->profile->gdt)];
	if (memcmp(to, t->tls, sizeof(t->tls)) == 0)
		return;
	memcpy(to, t->tls, sizeof(t->tls));
	step(m, LOAD_TLS, t->pid, m->cpu);
}

/* Every CPU that has t's address space gets its segments. */
static void tls_changed(struct machine *m, const struct task *t)
{
	unsigned first = tls_min(m->profile->gdt);

	for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++)
		if (m->tlb[cpu].pid == t->pid)
			memcpy(&m->gdt[cpu].entry[first], t->tls,
			       sizeof(t->tls));
}

int sys_set_thread_area(struct machine *m, struct task *t, vaddr_t base)
{
	const struct gdt_layout *l = m->profile->gdt;
	unsigned i = 0;

	if (!l || l->long_mode)
		return -SIM_EINVAL;
	while (i < GDT_TLS_ENTRIES && t->tls[i])
		i++;
	if (i == GDT_TLS_ENTRIES) {
		note(m, TLS_FULL, t->pid, GDT_TLS_ENTRIES);
		return -SIM_ESRCH;
	}
	t->tls[i] = descriptor_pack((uint32_t)base, LIMIT_ALL,
				    DESC_P | DESC_S | DESC_WRITABLE |
					    DESC_ACCESSED | 3 << DESC_DPL_SHIFT,
				    FLAG_32 | FLAG_PAGES);
	t->gs = (uint16_t)((tls_min(l) + i) << 3 | 3);
	tls_changed(m, t);
	step(m, SET_THREAD_AREA, t->pid, base, tls_min(l) + i, t->gs);
	return t->gs;
}

void flush_thread(struct machine *m, struct task *t)
{
	bool had = t->gs != 0;

	memset(t->tls, 0, sizeof(t->tls));
	t->gs = 0;
	if (!had)
		return;
	tls_changed(m, t);
	step(m, FLUSH_THREAD, t->pid);
}

void copy_thread_tls(struct task *child, const struct task *parent)
{
	memcpy(child->tls, parent->tls, sizeof(child->tls));
	child->gs = parent->gs;
}

/* ---- from logical to linear ---- */

uint16_t segment_selector(const struct machine *m, const struct task *t,
			  enum segment_register reg, bool user)
{
	const struct gdt_layout *l = m->profile->gdt;

	if (!l)
		return 0;
	/* what the kernel does not use keeps the program's */
	if (reg == SEG_GS && t && (user || !l->kernel[SEG_GS]))
		return t->gs;
	return user ? l->user[reg] : l->kernel[reg];
}

bool segment_descriptor(const struct machine *m, const struct task *t,
			uint16_t selector, desc_t *d)
{
	const struct gdt_layout *l = m->profile->gdt;
	unsigned index = selector_index(selector);

	if (!l || selector & SELECTOR_LDT || index >= l->nr_entries)
		return false;
	*d = m->gdt[m->cpu].entry[index];
	if (gdt_use_of(l, index) == GDT_TLS)
		*d = t ? t->tls[index - tls_min(l)] : 0;
	return true;
}

enum segment_verdict segment_linear(const struct machine *m,
				    const struct task *t, unsigned cpl,
				    uint16_t selector, vaddr_t offset,
				    vaddr_t *linear)
{
	unsigned rpl = selector & SELECTOR_RPL;
	struct descriptor s;
	desc_t d;

	*linear = offset;
	if (!m->profile->gdt)
		return SEGMENT_OK;
	if (!(selector & ~SELECTOR_RPL))
		return SEGMENT_NULL;
	if (!segment_descriptor(m, t, selector, &d))
		return selector & SELECTOR_LDT ? SEGMENT_NO_LDT
					       : SEGMENT_BEYOND;
	s = descriptor_read(d);
	if (s.is_system)
		return SEGMENT_SYSTEM;
	if (cpl > s.dpl || rpl > s.dpl)
		return SEGMENT_PRIVILEGE;
	if (!s.present)
		return SEGMENT_NOT_PRESENT;
	if (m->profile->gdt->long_mode)
		return SEGMENT_OK;
	if (offset >= s.bytes)
		return SEGMENT_LIMIT;
	*linear = (uint32_t)(s.base + offset); /* the sum has 32 bits */
	return SEGMENT_OK;
}
