/*
 * The page-fault path as a decision tree (REFERENCE 10; RULES 6, 7, 9).
 */
#ifndef SIM_FAULT_H
#define SIM_FAULT_H

#include "pgtable.h"

enum access { ACCESS_READ, ACCESS_WRITE, ACCESS_FETCH };

/* Error code that an i386 pushes. */
enum error_code { ERR_PROT = 1, ERR_WRITE = 2, ERR_USER = 4, ERR_RSVD = 8,
		  ERR_INSTR = 16 };

/* How an event or an access ended. */
enum outcome_kind {
	OUT_OK, OUT_ADDRESS, OUT_ERRNO,
	OUT_MAPERR, OUT_ACCERR,  /* SIGSEGV, value = si_addr   */
	OUT_BUS,                 /* SIGBUS ADRERR              */
	OUT_KILLED,              /* by the OOM killer: SIGKILL */
	OUT_FAILED,              /* a kernel request got nothing: NULL */
	NR_OUTCOMES
};

struct outcome {
	uint8_t kind;   /* enum outcome_kind               */
	uint32_t value; /* address, errno or faulting address */
};

/*
 * The CPU could not complete an access of t at va: let the kernel decide.
 * error has the bits of enum error_code.  OK: the entry is now right and the
 * access is to be tried again.
 */
struct outcome do_page_fault(struct machine *m, struct task *t, vaddr_t va,
			     uint32_t error);

/* One page for populate and exec: as a fault of this kind, vma known. */
enum fault_result { FAULT_MINOR, FAULT_MAJOR, FAULT_SIGBUS, FAULT_OOM };
enum fault_result handle_mm_fault(struct machine *m, struct task *t,
				  struct vma *v, vaddr_t va, bool write);

/* ---- cow.c ---- */
/* A write met a present read-only entry: copy or reuse (RULES 9). */
enum fault_result do_wp_page(struct machine *m, struct task *t, struct vma *v,
			     vaddr_t va, pte_t *entry);

/* A fresh anonymous page is mapped at entry, writable and dirty. */
enum fault_result map_new_anon_page(struct machine *m, struct task *t,
				    struct vma *v, vaddr_t va, pte_t *entry);

#endif
