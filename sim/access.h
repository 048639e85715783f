/*
 * What the CPU does with an address: TLB, walk, permission, fault, retry.
 */
#ifndef SIM_ACCESS_H
#define SIM_ACCESS_H

#include "fault.h"

/*
 * One access of t.  WRITE: the frame's content becomes tag (8 characters,
 * zero padded).  The outcome's value is va when it was refused.
 */
struct outcome access_page(struct machine *m, struct task *t, vaddr_t va,
			   enum access kind, const char tag[TAG_LEN]);

/*
 * The `read` and `write` events: one byte in every page of [va, va + bytes),
 * ascending; at va, then at the start of each further page.  Ends at the first
 * refusal.  It works in slices so that a checkpoint can be taken in the middle
 * of a long one: *done counts pages already touched (0 to begin), at most max
 * pages are touched by one call; more is set while pages remain.
 */
struct outcome access_range(struct machine *m, struct task *t, vaddr_t va,
			    uint64_t bytes, enum access kind,
			    const char tag[TAG_LEN], uint64_t *done,
			    uint64_t max, bool *more);

/* Would the tables of mm allow the access, so that no fault comes?  A question:
 * nothing is told, no bit is set, no TLB is asked. */
bool mmu_allows(const struct machine *m, const struct mm *mm, vaddr_t va,
		enum access kind);

/* t runs an instruction of its program: its page is fetched if it is not
 * mapped (RULES 13).  Before every event of a process. */
struct outcome user_runs(struct machine *m, struct task *t);

#endif
