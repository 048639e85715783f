/*
 * A page fault of the kernel's own: mended, excused, or an oops.
 *
 * The kernel is not supposed to touch what is not there, so fewer faults of its
 * own are right, and those that are not have no process to be sent a signal:
 *
 *	address in the kernel's half?
 *	    not present, and the master maps it  copy the entry (vmalloc_fault.c)
 *	    else                                 bad
 *	no process (a kernel thread)?            bad
 *	the process's area allows it?            its page comes as for the process:
 *	                                         zeroed, from a file, or a copy
 *	    else                                 bad
 *
 *	bad: was the instruction one that may fail?  The exception table names
 *	    copy_from_user's and copy_to_user's, and for each an address where to
 *	    go on: the system call ends with EFAULT
 *	    else an oops: "NULL pointer dereference" below 4096, "paging request"
 *	    otherwise, with the error code and the entries that were found
 *
 * The process that was in the kernel is killed by an oops.  Here it lives on,
 * as after a signal, so that a lecture can show the next thing.
 *
 * Source: 6.1 arch/x86/mm/fault.c do_kern_addr_fault(), do_user_addr_fault(),
 * kernelmode_fixup_or_oops(), page_fault_oops(); REFERENCE 10.2.
 */
#include "kernel_access.h"

#include "machine.h"

/* What the kernel prints of the tables: 2.4's *pde and *pte. */
static void remember_oops(struct machine *m, const struct task *t, vaddr_t va,
			  uint32_t error)
{
	struct pt_walk w;

	if (t)
		pt_walk(m, t->mm, va, &w);
	else
		pt_walk_kernel(m, va, &w);
	m->oops = (struct oops){
		.va = va,
		.error = error,
		.pid = t ? t->pid : 0,
		.levels = (uint8_t)w.levels,
	};
	for (unsigned l = 0; l < w.levels; l++)
		m->oops.entry[l] = w.entry[l];
	m->nr_oopses++;
}

/* Nothing mends it. */
static struct outcome bad_area(struct machine *m, const struct task *t,
			       vaddr_t va, uint32_t error,
			       enum kernel_code code)
{
	const struct oops *o = &m->oops;

	if (code == CODE_UACCESS) {
		note(m, FIXUP_EXCEPTION, va);
		return (struct outcome){OUT_ERRNO, SIM_EFAULT};
	}
	remember_oops(m, t, va, error);
	if (va < PAGE_SIZE)
		step(m, OOPS_NULL, va, error, o->entry[0],
		     o->entry[o->levels - 1]);
	else
		step(m, OOPS_PAGING, va, error, o->entry[0],
		     o->entry[o->levels - 1]);
	return (struct outcome){OUT_OOPS, va};
}

struct outcome kernel_general_protection(struct machine *m,
					 const struct task *t, vaddr_t va)
{
	remember_oops(m, t, va, 0);
	step(m, OOPS_GP, va);
	return (struct outcome){OUT_OOPS, va};
}

static bool is_refusal(const struct outcome *o)
{
	return o->kind == OUT_MAPERR || o->kind == OUT_ACCERR ||
	       o->kind == OUT_BUS;
}

static struct outcome decide(struct machine *m, struct task *t, vaddr_t va,
			     uint32_t error, enum kernel_code code)
{
	struct outcome o = {.kind = OUT_OK};

	if (va >= m->map.task_size) {
		if (!(error & ERR_PROT) && vmalloc_fault(m, t, va))
			return o;
		if (error & ERR_PROT)
			note(m, KERNEL_READ_ONLY, va);
		return bad_area(m, t, va, error, code);
	}
	if (!t) {
		note(m, FAULT_NO_MM, va);
		return bad_area(m, t, va, error, code);
	}
	o = fault_in_area(m, t, va, error);
	return is_refusal(&o) ? bad_area(m, t, va, error, code) : o;
}

struct outcome do_kernel_fault(struct machine *m, struct task *t, vaddr_t va,
			       uint32_t error, enum kernel_code code)
{
	struct outcome o;

	enter(m, KERNEL_FAULT, va, error);
	o = decide(m, t, va, error, code);
	leave(m, KERNEL_FAULT, o.kind);
	return o;
}
