/*
 * What the kernel itself does with an address: kread and kwrite.
 */
#ifndef SIM_KERNEL_ACCESS_H
#define SIM_KERNEL_ACCESS_H

#include "fault.h"

/* How the kernel's instruction is written. */
enum kernel_code {
	CODE_PLAIN, /* *p: a fault that cannot be mended is an oops          */
	CODE_UACCESS, /* copy_from_user, copy_to_user: the address must be a
	             * process's, and a fault that cannot be mended ends in
	             * the exception table: EFAULT                          */
};

/* The oops that came last: what the kernel prints of it. */
struct oops {
	vaddr_t va;         /* CR2                                          */
	uint32_t error;     /* enum error_code                              */
	uint32_t pid;       /* on whose behalf; 0: a kernel thread          */
	uint8_t levels;     /* entries that the kernel prints, PGD first    */
	pte_t entry[PT_LEVELS_MAX];
};

/*
 * One access in kernel mode.  t: the process in whose system call it happens,
 * so whose tables are loaded; NULL: a kernel thread, with init_mm's.  WRITE:
 * the frame's content becomes tag.  OK; EFAULT (CODE_UACCESS); OUT_OOPS, with
 * m->oops; OUT_KILLED by the OOM killer.
 */
struct outcome kernel_access(struct machine *m, struct task *t, vaddr_t va,
			     enum access kind, enum kernel_code code,
			     const char tag[TAG_LEN]);

/* ---- kernel_fault.c ---- */
/* An address that is none on x86-64: the CPU faults before it walks; an oops. */
struct outcome kernel_general_protection(struct machine *m,
					 const struct task *t, vaddr_t va);
/* The same as do_page_fault, for an access of the kernel's. */
struct outcome do_kernel_fault(struct machine *m, struct task *t, vaddr_t va,
			       uint32_t error, enum kernel_code code);

/* ---- vmalloc_fault.c ---- */
/*
 * va is above low memory and was not present.  True: t's directory has the
 * master's entry now, and the access is to be tried again.  False: the master
 * maps nothing there.  6.1 vmalloc_fault() of 32 bits.
 */
bool vmalloc_fault(struct machine *m, struct task *t, vaddr_t va);

#endif
