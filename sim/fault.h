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
	OUT_OOPS,                /* the kernel could not go on; value = address */
	OUT_SLEEPS,              /* it would wait for someone to give something back */
	OUT_BUG, OUT_WARNING,    /* it found itself misused */
	OUT_GP,                  /* SIGSEGV SI_KERNEL: no address at all */
	NR_OUTCOMES
};

struct outcome {
	uint8_t kind;   /* enum outcome_kind               */
	uint64_t value; /* address, errno or faulting address */
};

/*
 * The CPU could not complete an access of t at va: let the kernel decide.
 * error has the bits of enum error_code.  OK: the entry is now right and the
 * access is to be tried again.
 */
struct outcome do_page_fault(struct machine *m, struct task *t, vaddr_t va,
			     uint32_t error);

/*
 * The part of it that is about areas: va is a process's address.  MAPERR,
 * ACCERR and BUS say why it is refused, to whom is the caller's matter.
 */
struct outcome fault_in_area(struct machine *m, struct task *t, vaddr_t va,
			     uint32_t error);

/*
 * One page of v, for a fault, populate and exec.  MINOR: the entry allows the
 * access now, and t has one fault more (6.1 mm_account_fault); MAJOR comes
 * with swap.  SIGBUS: beyond the end of the file.  OOM: no frame; nothing was
 * counted, and nothing was killed.
 */
enum fault_result { FAULT_MINOR, FAULT_MAJOR, FAULT_SIGBUS, FAULT_OOM };
enum fault_result handle_mm_fault(struct machine *m, struct task *t,
				  struct vma *v, vaddr_t va, bool write);

/*
 * What would an access of t at va meet, as the machine stands?  A question:
 * nothing changes and nothing is told.  That a frame can be had is taken for
 * granted.
 */
enum forecast_kind {
	FORECAST_NO_FAULT,  /* the tables allow it                           */
	FORECAST_NO_AREA,   /* SIGSEGV MAPERR: nothing at or above va that
	                     * grows down to it                              */
	FORECAST_NO_GROWTH, /* SIGSEGV MAPERR: the stack may not reach va    */
	FORECAST_NO_RIGHT,  /* SIGSEGV ACCERR                                */
	FORECAST_BEYOND,    /* SIGBUS: behind the end of the file            */
	FORECAST_ZERO,      /* a fault maps the zero page                    */
	FORECAST_NEW,       /* a new frame of zeros                          */
	FORECAST_FILE,      /* the page cache's frame (of the file, or of
	                     * shared anonymous memory)                      */
	FORECAST_COPY,      /* a copy of what is there or in the file        */
	FORECAST_REUSE,     /* the entry becomes writable, the frame stays   */
	FORECAST_SPURIOUS,  /* the entry gets its A and D                    */
	NR_FORECASTS
};
struct forecast {
	enum forecast_kind kind;
	bool grows;         /* the stack grows down to va before             */
};
struct forecast fault_forecast(const struct machine *m, const struct task *t,
			       vaddr_t va, enum access kind);

/* ---- file_fault.c ---- */
/* The same, of a page of a file that is not mapped yet. */
enum forecast_kind file_forecast(const struct vma *v, vaddr_t va, bool write);
/* va's entry is empty and v maps a file. */
enum fault_result do_fault(struct machine *m, struct vma *v, vaddr_t va,
			   bool write);

/* ---- cow.c ---- */
/* The same, of a write to a present read-only entry. */
enum forecast_kind wp_forecast(const struct machine *m, const struct vma *v,
			       pte_t e);
/* A write met a present read-only entry: copy or reuse (RULES 9). */
enum fault_result do_wp_page(struct machine *m, struct vma *v, vaddr_t va,
			     pte_t *entry);

/* A fresh anonymous page, zeroed or with the content of frame from, is mapped
 * at entry, exclusive and dirty, writable if the area is.  v has an anon_vma.
 * MINOR or OOM. */
enum fault_result map_new_anon_page(struct machine *m, struct vma *v,
				    vaddr_t va, pte_t *entry);
enum fault_result map_anon_copy(struct machine *m, struct vma *v, vaddr_t va,
				pte_t *entry, pfn_t from);

#endif
