/*
 * Processes: spawn, fork, exec, exit, and the OOM killer.
 */
#ifndef SIM_PROCESS_H
#define SIM_PROCESS_H

#include "mm.h"
#include "fault.h"

/*
 * A new process that runs prog, up to its first instruction: *o is how that
 * ended.  NULL: there is no process; *o says why, by the errno of fork or
 * execve (or KILLED: the OOM killer took it).  o may be NULL; prog must live as
 * long as the machine.
 */
struct task *do_spawn(struct machine *m, const char *comm, uint32_t symbol,
		      const struct program *prog, struct outcome *o);

/* A copy of parent, its first instruction run. NULL: ENOMEM (or the OOM
 * killer took the child at that instruction). */
struct task *do_fork(struct machine *m, struct task *parent, const char *comm,
		     uint32_t symbol);

/*
 * Replace t's memory by prog; its first instruction is run: how that ended, or
 * the errno of execve.  ENOMEM before the old memory was given up: t goes on as
 * it was.  ENOMEM, EINVAL, EPERM, EEXIST, EFAULT after that end t: ask
 * find_task again after an errno.
 */
struct outcome do_execve(struct machine *m, struct task *t,
			 const struct program *prog);

/* The process ends; its memory goes back. t is invalid then. */
void do_exit(struct machine *m, struct task *t);

/* No page could be had: end the process with the most points (6.1 badness).
 * Returns its pid; 0 if there is none. */
uint32_t out_of_memory(struct machine *m, uint32_t wanted_by);

/* A living task; NULL if there is none. */
struct task *find_task(const struct machine *m, uint32_t pid);
/* A process's name, also for some time after its end; NULL: not known. */
const char *task_name(const struct machine *m, uint32_t pid);
struct task *find_task_by_symbol(const struct machine *m, uint32_t symbol);

/* ---- between the files of processes ---- */

/* A task without memory, not in the list of the living yet; NULL: no memory. */
struct task *task_alloc(struct machine *m, const char *comm, uint32_t symbol,
			struct task *parent);
/* Give back a task that is not in the list and has no address space. */
void task_free(struct machine *m, struct task *t);
/* t has an address space and lives from now on. */
void task_link(struct machine *m, struct task *t);

/* do_execve without the first instruction, and without the end of a process
 * that cannot go back: then t->mm is no longer what it was. */
int exec_program(struct machine *m, struct task *t,
		 const struct program *prog);

/* exec.c: the stack area, with its strings, gets its rights and its room;
 * 0 or -SIM_EFAULT. */
int setup_arg_pages(struct machine *m, struct task *t, bool exec);

/* binfmt_elf.c: map t->mm->program into t's new address space, which has its
 * strings; 0 or -SIM_E.... */
int load_elf_binary(struct machine *m, struct task *t,
		    const struct program *prog);

#endif
