/*
 * Who shares this page: every process and address that maps a frame, in one line.
 */
#ifndef UI_SHARERS_H
#define UI_SHARERS_H

#include "grid.h"
#include "view.h"

enum { SHARERS_KEPT = 32 };
#define NOWHERE UINT32_MAX

/* The first of them by name, the number of all. */
struct sharers {
	uint32_t nr;
	struct sharer { const struct task *task; vaddr_t va; pte_t entry; } sharer[SHARERS_KEPT];
};

/* Of a frame at this moment; pfn may be PFN_NONE: none. */
void sharers_of(const struct machine *m, pfn_t pfn, struct sharers *s);
/* Is a process one of several? */
bool sharers_have(const struct sharers *s, const struct task *t);
/* Is page va of t mapped to the chosen page's frame as well, by another entry? */
bool is_shared_with_chosen(const struct view *v, const struct task *t, vaddr_t va, pfn_t pfn);

/*
 * "sh b7ffe000 r-  kid b7ffe000 r-  +3 more" into columns [x, width); where that is too long, addresses that are `here`
 * are left out (NOWHERE: none).  Returns the column after it; x, and nothing drawn, when nobody but one maps it or there is
 * no room even for the first.
 */
int put_sharers(const struct area *a, int x, int y, const struct sharers *s, vaddr_t here);

#endif
