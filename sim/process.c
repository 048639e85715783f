/*
 * Processes: the list of the living, birth and death.
 *
 * For the memory manager a process is a task_struct, a kernel stack (a block
 * of 8K: order 1), its open files and signal handlers, and an address space:
 *
 *	task_struct -> mm_struct -> PGD -> tables -> frames
 *	     |             '-> areas -> files
 *	     '-> kernel stack, files_struct, sighand_struct
 *
 * spawn is fork and exec in one: a new task whose address space is made from
 * a program.  exit gives back everything in the order in which it is reached
 * from the top: pages, areas, tables, PGD, mm_struct, task.  A frame that
 * another process maps as well only loses a user.
 *
 * Simpler than Linux: nobody waits for a dead child, so there are no zombies;
 * the children of a process that ends have no parent from then on.
 */
#include "process.h"

#include <string.h>

#include "machine.h"

/* The caches of a task's kobj[]. */
static const enum kernel_object task_objects[] = {KOBJ_TASK, KOBJ_FILES,
						  KOBJ_SIGHAND};
enum { NR_TASK_OBJECTS = 3 };

/* The kernel stack is a block of 2^order pages. */
static unsigned stack_order(const struct machine *m)
{
	unsigned order = 0;

	while ((uint32_t)PAGE_SIZE << order < m->profile->thread_size)
		order++;
	return order;
}

/* ---- task_struct ---- */

void task_free(struct machine *m, struct task *t)
{
	if (t->stack != PFN_NONE)
		free_pages(m, t->stack, stack_order(m));
	for (unsigned i = 0; i < NR_TASK_OBJECTS; i++)
		kobj_free(m, task_objects[i], t->kobj[i]);
	arena_free(m->arena, t, sizeof(*t));
}

/* The objects and the stack; false: no memory. */
static bool fill_task(struct machine *m, struct task *t)
{
	for (unsigned i = 0; i < NR_TASK_OBJECTS; i++) {
		t->kobj[i] = kobj_alloc(m, task_objects[i]);
		if (!t->kobj[i])
			return false;
	}
	t->stack = alloc_pages(m, GFP_KERNEL, stack_order(m), FRAME_STACK);
	if (t->stack == PFN_NONE)
		return false;
	for (unsigned i = 0; i < 1u << stack_order(m); i++)
		pfn_page(m, t->stack + i)->index = t->pid;
	return true;
}

struct task *task_alloc(struct machine *m, const char *comm, uint32_t symbol,
			struct task *parent)
{
	struct task *t = arena_alloc(m->arena, sizeof(*t));

	memcpy(t->comm, comm, strnlen(comm, COMM_LEN - 1));
	t->symbol = symbol;
	t->parent = parent;
	t->pid = m->last_pid + 1;
	t->stack = PFN_NONE;
	if (!fill_task(m, t)) {
		task_free(m, t);
		return NULL;
	}
	m->last_pid++;
	step(m, DUP_TASK_STRUCT, t->pid, t->kobj[0], t->stack, stack_order(m));
	return t;
}

/* ---- the living ---- */

void task_link(struct machine *m, struct task *t)
{
	if (m->last_task)
		m->last_task->next = t;
	else
		m->tasks = t;
	m->last_task = t;
	m->nr_tasks++;
}

/* Out of the list; what others know of it is forgotten. */
static void task_unlink(struct machine *m, struct task *t)
{
	struct task **at = &m->tasks, *before = NULL;

	for (; *at != t; at = &(*at)->next)
		before = *at;
	*at = t->next;
	if (m->last_task == t)
		m->last_task = before;
	m->nr_tasks--;
	for (struct task *c = m->tasks; c; c = c->next)
		if (c->parent == t)
			c->parent = NULL;
	if (m->current == t)
		m->current = NULL;
}

struct task *find_task(const struct machine *m, uint32_t pid)
{
	struct task *t = m->tasks;

	while (t && t->pid != pid)
		t = t->next;
	return t;
}

const char *task_name(const struct machine *m, uint32_t pid)
{
	const struct ended_task *ended = &m->ended[pid % NR_ENDED];
	const struct task *t = find_task(m, pid);

	if (t)
		return t->comm;
	return ended->pid == pid ? ended->comm : NULL;
}

struct task *find_task_by_symbol(const struct machine *m, uint32_t symbol)
{
	struct task *t = m->tasks;

	while (t && t->symbol != symbol)
		t = t->next;
	return t;
}

/* ---- birth and death ---- */

struct task *do_spawn(struct machine *m, const char *comm, uint32_t symbol,
		      const struct program *prog, struct outcome *o)
{
	struct task *t = task_alloc(m, comm, symbol, NULL);
	uint32_t pid = m->last_pid;
	struct outcome ended;
	int err = t ? exec_program(m, t, prog) : -SIM_ENOMEM;

	if (err)
		ended = (struct outcome){OUT_ERRNO, (uint32_t)-err};
	else
		ended = user_runs(m, t);
	if (err && t && t->mm)
		do_exit(m, t);
	else if (err && t)
		task_free(m, t);
	if (o)
		*o = ended;
	return err ? NULL : find_task(m, pid);
}

void do_exit(struct machine *m, struct task *t)
{
	struct ended_task *ended = &m->ended[t->pid % NR_ENDED];
	uint32_t pid = t->pid;
	struct mm *mm = t->mm;

	ended->pid = pid;
	memcpy(ended->comm, t->comm, COMM_LEN);
	enter(m, DO_EXIT, pid, mm->rss_anon + mm->rss_file, mm->nr_tables);
	t->flags |= PF_EXITING;
	mmgrab(m, mm);
	mmput(m, mm);
	task_unlink(m, t);
	mmdrop(m, mm);
	task_free(m, t);
	step(m, RELEASE_TASK, pid);
	leave(m, DO_EXIT, m->nr_tasks);
}
