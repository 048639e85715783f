/*
 * What is this?  The step before paging: which segments reach an address, and what a logical address becomes.
 *
 *	ds:b7ffe000   selector 007b, entry 15 of the GDT: base 0, 4G, DPL 3
 *	              linear = 0 + b7ffe000
 *
 * A machine may have no segments (ARM), or have them and not count their bases (64-bit mode): that is said, too.
 */
#include "i18n.h"
#include "what_data.h"

static const char *const uses[NR_GDT_USES] = {
	[GDT_NULL] = N_("empty"),
	[GDT_KERNEL_CS] = N_("kernel code"),
	[GDT_KERNEL_DS] = N_("kernel data"),
	[GDT_USER_CS] = N_("user code"),
	[GDT_USER_DS] = N_("user data"),
	[GDT_TSS] = N_("TSS: where the kernel's stack is"),
	[GDT_TLS] = N_("thread-local storage"),
	[GDT_PERCPU] = N_("this CPU's variables"),
	[GDT_KERNEL32_CS] = N_("kernel code, 32 bits"),
	[GDT_USER32_CS] = N_("user code, 32 bits"),
};

const char *gdt_use_name(enum gdt_use use) { return _(uses[use]); }

static enum gdt_use use_of(const struct asking *q, uint16_t selector)
{
	return gdt_use_of(q->m->profile->gdt, selector_index(selector));
}

/* A segment register as it is in user mode, where it is flat. */
static void what_flat(const struct asking *q, const struct task *t, enum segment_register reg)
{
	uint16_t selector = segment_selector(q->m, t, reg, true);
	struct descriptor s;
	desc_t d;

	if (!segment_descriptor(q->m, t, selector, &d))
		return;
	s = descriptor_read(d);
	tell_name(q, segment_words[reg], SEGMENT_FLAT, selector, selector_index(selector), s.base,
		  s.bytes, s.dpl);
}

/* Segments of t's own that begin at or below va. */
static void what_tls(const struct asking *q, const struct task *t, vaddr_t va)
{
	for (unsigned i = 0; i < GDT_MAX; i++) {
		uint16_t selector = (uint16_t)(i << 3 | 3);
		struct descriptor s;
		desc_t d;

		if (gdt_use_of(q->m->profile->gdt, i) != GDT_TLS ||
		    !segment_descriptor(q->m, t, selector, &d) || !d)
			continue;
		s = descriptor_read(d);
		if (s.base <= va)
			tell_name(q, selector == t->gs ? "gs" : _("a segment"), SEGMENT_TLS,
				  selector, i, s.base, va - s.base);
	}
}

/* Does the machine add bases? If not it is said what it does. */
static bool has_bases(const struct asking *q)
{
	const struct gdt_layout *l = q->m->profile->gdt;

	if (!l)
		tell(q, SEGMENT_NONE, 0);
	else if (l->long_mode)
		tell(q, SEGMENT_LONG_MODE, 0);
	return l && !l->long_mode;
}

void what_segments(const struct asking *q, const struct task *t, vaddr_t va)
{
	if (!has_bases(q))
		return;
	what_flat(q, t, SEG_DS);
	if (t)
		what_tls(q, t, va);
}

/* An entry of a CPU's table lies here. */
static void what_gdt_entry(const struct asking *q, vaddr_t va)
{
	for (uint32_t cpu = 0; cpu < q->m->config.cpus; cpu++) {
		vaddr_t table = gdt_address(q->m, cpu);
		unsigned i = (unsigned)((va - table) / sizeof(desc_t));

		if (va >= table && i < q->m->profile->gdt->nr_entries)
			tell_name(q, gdt_use_name(gdt_use_of(q->m->profile->gdt, i)), GDT_ENTRY,
				  cpu, i, i << 3);
	}
}

void what_kernel_segments(const struct asking *q, vaddr_t va)
{
	struct descriptor s;
	desc_t d;

	if (!has_bases(q))
		return;
	if (segment_descriptor(q->m, NULL, segment_selector(q->m, NULL, SEG_DS, true), &d)) {
		s = descriptor_read(d);
		what_flat(q, NULL, SEG_DS);
		tell(q, SEGMENT_REACHES, s.bytes);
	}
	what_gdt_entry(q, va);
}

/* Why a segment is refused. */
static void what_refusal(const struct asking *q, enum segment_verdict verdict, uint16_t selector)
{
	struct descriptor s = {.dpl = 0};
	desc_t d;

	if (segment_descriptor(q->m, NULL, selector, &d))
		s = descriptor_read(d);
	switch (verdict) {
	case SEGMENT_NULL:
		tell(q, GP_NULL, 0);
		break;
	case SEGMENT_BEYOND:
		tell(q, GP_BEYOND, q->m->profile->gdt->nr_entries);
		break;
	case SEGMENT_NO_LDT:
		tell(q, GP_NO_LDT, 0);
		break;
	case SEGMENT_SYSTEM:
		tell(q, GP_SYSTEM, 0);
		break;
	case SEGMENT_PRIVILEGE:
		tell(q, GP_PRIVILEGE, s.dpl);
		break;
	case SEGMENT_NOT_PRESENT:
		tell(q, NP_FAULT, 0);
		break;
	default:
		tell(q, GP_LIMIT, s.bytes);
		break;
	}
}

bool what_logical(const struct asking *q, const struct task *t, const struct what_place *p,
		  vaddr_t *linear)
{
	enum segment_verdict verdict;
	struct descriptor s;
	desc_t d;

	tell(q, LOGICAL, p->pid, p->selector, p->va);
	if (!has_bases(q)) {
		*linear = p->va;
		return true;
	}
	tell_name(q, p->selector & SELECTOR_LDT ? "LDT" : "GDT", SELECTOR,
		  selector_index(p->selector), p->selector & SELECTOR_RPL);
	if (segment_descriptor(q->m, t, p->selector, &d) && d) {
		s = descriptor_read(d);
		tell_name(q, gdt_use_name(use_of(q, p->selector)), DESCRIPTOR, s.base, s.bytes,
			  s.dpl);
	}
	verdict = segment_linear(q->m, t, 3, p->selector, p->va, linear);
	if (verdict != SEGMENT_OK)
		what_refusal(q, verdict, p->selector);
	else
		tell(q, LINEAR, *linear, *linear - p->va, p->va);
	return verdict == SEGMENT_OK;
}
