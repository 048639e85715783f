/*
 * Running events: from the language to the engine's verbs.
 */
#ifndef SRC_RUN_H
#define SRC_RUN_H

#include "scenario.h"

/* Where an event stands that is done in slices (a long range of accesses). */
struct run_progress {
	uint64_t pages_done;
	vaddr_t start; /* of the range, once pages are done */
	bool more;
};

/*
 * Run event nr on m, or its next slice of at most max_pages page accesses.  progress starts zeroed;
 * call again while progress->more.  The outcome is final when more is not set.
 */
struct outcome event_run(struct machine *m, const struct scenario *s, uint32_t nr,
			 struct run_progress *progress, uint32_t max_pages);

/* Does the event touch user memory, i.e. does --state list it? */
bool event_is_listed(enum event_kind k);
/* One letter for the timeline bar: m map, w fault, F fork, x exit, k kernel ... '-' plain. */
char event_tick(enum event_kind k);

/* The kind of names of kernel memory that the event is given; 0: it takes none. */
enum region_kind name_taken(enum event_kind k);

/* An errno's name, "ENOMEM"; "E?" if it has none here. */
const char *errno_name(uint64_t err);
/* "ok", "0xb7ffe000", "ENOMEM", "SIGSEGV MAPERR 0x00000000": as the state listing prints it. */
void outcome_text(const struct outcome *o, char *buf, size_t size);

/*
 * The address that an ADDR means for process symbol proc now, and how far it is from there to the
 * end of its region (of the area for code, data, heap, stack; a page for a number).  False if it
 * means nothing there.
 */
bool addr_resolve(const struct machine *m, const struct scenario *s, uint32_t proc,
		  const struct addr *a, vaddr_t *va, uint64_t *bytes_to_end_of_region);

/* ---- kernel_addr.c ---- */
/* What the KADDR of a kread or kwrite means now; false: the name means nothing. */
bool kernel_addr_resolve(const struct machine *m, const struct scenario *s, const struct event *e,
			 vaddr_t *va);
/* Borders of the kernel's half and places of its image; ended by NULL. */
extern const char *const kernel_place_words[];
/* The place that a word means, one of those or fix_NAME; false: none. */
bool kernel_place_find(const struct mm_profile *p, const char *text, uint32_t len, uint32_t *place);
/* The address of such a place. */
vaddr_t kernel_place_address(const struct machine *m, uint32_t place);
/* The first slot of the fixmap of that name, "apic"; false: there is none. */
bool fix_slot_find(const struct mm_profile *p, const char *text, uint32_t len, uint32_t *slot);

/* ---- between the files that run events ---- */

/* One event on its way. */
struct run {
	struct machine *m;
	const struct scenario *s;
	const struct event *e;
	struct run_progress *progress;
	uint32_t max_pages;
};

struct outcome run_process(const struct run *r); /* spawn, fork, exec, exit               */
struct outcome run_memory(const struct run *r);  /* what a process does with its memory   */
struct outcome run_kernel(const struct run *r);  /* kernel memory, the CPU                */
struct outcome run_vmap(const struct run *r);    /* its part for the kernel's gigabyte    */

/* ---- run_kernel.c: names of kernel memory ---- */
/* What stands behind the event's NAME, of the kind that it takes; NULL: nothing. */
const struct region *known_name(const struct run *r);
/* The same; NULL also if it was freed since. */
const struct region *held_name(const struct run *r);

/* A result of the engine: an address where is_address, else ok; a negative one is an errno. */
struct outcome outcome_of(int64_t result, bool is_address);

/* ---- expect.c ---- */
struct expect_result {
	bool ok;
	char left[48], right[48];
};
void expect_check(const struct machine *m, const struct scenario *s, const struct expect *e,
		  const struct outcome *last, struct expect_result *r);

/* ---- elf.c (libelf) ---- */
/* Read an ELF32 program's segments and symbols; NULL with a message. Free with program_free. */
struct program *program_load(const char *path, const struct mm_profile *profile, char *why,
			     size_t why_size);
void program_free(struct program *p);
/* A symbol of the program: false if there is none. Builtin programs have none. */
bool program_symbol(const struct program *p, const char *name, vaddr_t *va, uint64_t *bytes);
/* The other way: the symbol that holds an address of the file, the nearest before it; NULL: none. */
const char *program_symbol_at(const struct program *p, vaddr_t va, uint64_t *offset);

#endif
