/*
 * Events of processes: spawn, fork, exec, exit.
 */
#include "run.h"

static const struct outcome no_process = {OUT_ERRNO, SIM_ESRCH};
static const struct outcome no_memory = {OUT_ERRNO, SIM_ENOMEM};
static const struct outcome exists = {OUT_ERRNO, SIM_EEXIST};
static const struct outcome ok = {OUT_OK, 0};

/* The ELF program that the event names, or the built-in one. */
static const struct program *program_of(const struct run *r)
{
	uint32_t file = scenario_extra(r->s, r->e)->file;

	return file ? scenario_file(r->s, file - 1)->program : r->m->profile->program;
}

static struct outcome run_spawn(const struct run *r)
{
	struct outcome o;

	if (find_task_by_symbol(r->m, r->e->proc))
		return exists;
	do_spawn(r->m, symbol_name(r->s, r->e->proc), r->e->proc, program_of(r), &o);
	return o;
}

static struct outcome run_fork(const struct run *r, struct task *t)
{
	if (find_task_by_symbol(r->m, r->e->name))
		return exists;
	return do_fork(r->m, t, symbol_name(r->s, r->e->name), r->e->name) ? ok : no_memory;
}

struct outcome run_process(const struct run *r)
{
	struct task *t = find_task_by_symbol(r->m, r->e->proc);
	struct outcome o;

	if (r->e->kind == EV_SPAWN)
		return run_spawn(r);
	if (!t)
		return no_process;
	/* a system call is an instruction of the program, too */
	o = user_runs(r->m, t);
	/* exit needs no code page: where that is gone the signal would end the process as well */
	if (o.kind == OUT_KILLED || (o.kind != OUT_OK && r->e->kind != EV_EXIT))
		return o;
	if (r->e->kind == EV_FORK)
		return run_fork(r, t);
	if (r->e->kind == EV_EXEC)
		return do_execve(r->m, t, program_of(r));
	do_exit(r->m, t);
	return ok;
}
