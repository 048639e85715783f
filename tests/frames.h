/*
 * Bare machines for Check suites: their lists as text, and their laws.
 */
#ifndef TESTS_FRAMES_H
#define TESTS_FRAMES_H

#include "tests/bare.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

/* One zone, NORMAL, of frames 0 .. 2^order - 1: one free block. */
static inline struct machine *one_block(unsigned order)
{
	struct machine *m = bare_machine(1u << order);

	add_block(m, add_zone(m, ZONE_NORMAL, 0, 1u << order), 0, order);
	build_zonelists(m);
	return m;
}

/* The lists of a zone as "o0[3,1] o3[8]", head first, empty ones left out. */
static inline const char *free_lists(const struct machine *m, const struct zone *z)
{
	static char text[4096];
	size_t at = 0;

	text[0] = '\0';
	for (unsigned k = 0; k < MAX_ORDER; k++) {
		pfn_t pfn = z->free_area[k].free_list[MIGRATE_UNMOVABLE].head;

		if (pfn == PFN_NONE)
			continue;
		at += (size_t)sprintf(text + at, "%so%u[", at ? " " : "", k);
		for (; pfn != PFN_NONE; pfn = m->mem_map[pfn].next)
			at += (size_t)sprintf(text + at, "%u,", pfn);
		text[at - 1] = ']';
	}
	return text;
}

#define ck_lists(m, z, want) ck_assert_str_eq(free_lists(m, z), want)
#define ck_laws(m)                                                                                 \
	do {                                                                                       \
		const char *broken_ = machine_check(m);                                            \
		ck_assert_msg(broken_ == NULL, "%s", broken_);                                     \
	} while (0)

#endif
