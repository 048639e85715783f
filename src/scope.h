/*
 * Scope: which names are known where, before anything has run.
 */
#ifndef SRC_SCOPE_H
#define SRC_SCOPE_H

#include "sim/mm.h"
#include "vector.h"

/* One life of a process name: from its spawn or fork on. */
struct scope_proc {
	uint32_t symbol;
	uint32_t parent;    /* index of the process that forked it, 0: spawned     */
	uint32_t fork_time; /* it knows the parent's regions defined before this   */
	bool alive;
	bool anything_goes; /* a mistake is its origin: every region name is fine  */
	const struct program *program;
};

/* What kernel names may be, beside enum region_kind. */
enum scope_kind { SCOPE_PROCESS, SCOPE_KERNEL, SCOPE_CACHE, SCOPE_LABEL };

struct scope {
	struct scope_proc *proc; /* [0] is unused */
	uint32_t nr_procs, cap_procs;
	uint32_t *proc_of; /* by symbol: latest process of that name, 0 none */
	uint32_t nr_symbols;
	struct scope_entry *entry; /* open addressing by (kind, process, symbol) */
	uint32_t nr_entries, nr_slots;
	uint32_t time; /* definitions so far */
};

/* Law: key 0 is an empty slot. */
struct scope_entry {
	uint64_t key;
	uint32_t time; /* first defined */
	/* a kernel name: the event that gives it, + 1; a cache: the event that made or ended it; a
	 * label: its event */
	uint32_t value;
};

void scope_free(struct scope *c);

/* The process of a name, NULL if there was never one. */
struct scope_proc *scope_find(const struct scope *c, uint32_t symbol);
/* A new process; parent is a symbol or 0. NULL: no memory. */
struct scope_proc *scope_add(struct scope *c, uint32_t symbol, uint32_t parent);

/* Is the region known in the process, by itself or from its parents? */
bool scope_has_region(struct scope *c, uint32_t proc, uint32_t region);
bool scope_define_region(struct scope *c, uint32_t proc, uint32_t region);

/* Names of kernel memory, caches, labels: their value, 0 if unknown. */
uint32_t scope_get(const struct scope *c, enum scope_kind kind, uint32_t symbol);
bool scope_set(struct scope *c, enum scope_kind kind, uint32_t symbol, uint32_t value);

#endif
