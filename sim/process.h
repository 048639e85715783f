/*
 * Processes: spawn, fork, exec, exit, and the OOM killer.
 */
#ifndef SIM_PROCESS_H
#define SIM_PROCESS_H

#include "mm.h"
#include "fault.h"

/* A new process that runs prog, up to its first instruction; NULL: ENOMEM. */
struct task *do_spawn(struct machine *m, const char *comm, uint32_t symbol,
		      const struct program *prog);

/* A copy of parent, its first instruction run. NULL: ENOMEM. */
struct task *do_fork(struct machine *m, struct task *parent, const char *comm,
		     uint32_t symbol);

/* Replace t's memory by prog. 0 or -SIM_E... */
int64_t do_execve(struct machine *m, struct task *t,
		  const struct program *prog);

/* The process ends; its memory goes back. t is invalid then. */
void do_exit(struct machine *m, struct task *t);

/* No page could be had: end the process with the most points (6.1 badness).
 * Returns its pid; 0 if there is none. */
uint32_t out_of_memory(struct machine *m, uint32_t wanted_by);

struct task *find_task(const struct machine *m, uint32_t pid);
struct task *find_task_by_symbol(const struct machine *m, uint32_t symbol);

#endif
