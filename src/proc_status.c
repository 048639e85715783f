/*
 * PID/status, stat, statm, comm, cmdline: a process in a few lines.
 *
 *	VmSize    all areas               VmData  writable private ones that do not grow down
 *	VmRSS     pages in memory         VmStk   areas that grow down
 *	 RssAnon   of its own             VmExe   the program's code
 *	 RssFile   of files               VmLib   other areas that are executable and not writable
 *	 RssShmem  of shared memory       VmPTE   page tables below the top one
 *
 * The Rss lines are the counters of the address space, which may be behind what is there (sim/rss.c).
 *
 * Left out of status: the marks of the past (VmPeak, VmHWM), users and groups, signals, capabilities, CPUs.  stat
 * goes by position, so what the model has not is 0 there.
 *
 * 6.1 fs/proc/array.c, fs/proc/task_mmu.c task_mem(), mm/mmap.c vm_stat_account().
 */
#include "proc.h"

enum { KB_PER_PAGE = PAGE_SIZE / 1024, EXIT_SIGNAL = 17 /* SIGCHLD */, PRIORITY = 20 };

/* ---- sums over the areas, in pages ---- */

struct mm_sums {
	uint64_t exec, stack, data, text;
	uint32_t shmem; /* resident pages of shared anonymous memory */
};

static void add_area(struct mm_sums *s, const struct vma *v)
{
	uint64_t pages = vma_pages(v);

	if ((v->flags & (VM_EXEC | VM_WRITE | VM_GROWSDOWN)) == VM_EXEC)
		s->exec += pages;
	else if (v->flags & VM_GROWSDOWN)
		s->stack += pages;
	else if ((v->flags & (VM_WRITE | VM_SHARED)) == VM_WRITE)
		s->data += pages;
}

static uint32_t resident_shmem(const struct machine *m, const struct vma *v)
{
	const pte_t *e;
	uint32_t pages = 0;

	if (!v->file || !v->file->shmem)
		return 0;
	for (uint64_t va = v->start; (e = next_present(m, v->mm, &va, v->end)); va += PAGE_SIZE)
		pages += m->mem_map[pte_pfn(*e)].use == FRAME_SHMEM;
	return pages;
}

static struct mm_sums sum_mm(const struct machine *m, const struct mm *mm)
{
	struct mm_sums s = {0};
	const struct vma *v;

	for_each_vma(mm, v) {
		add_area(&s, v);
		s.shmem += resident_shmem(m, v);
	}
	s.text = (page_align_up(mm->end_code) - page_align_down(mm->start_code)) >> PAGE_SHIFT;
	return s;
}

static uint32_t rss(const struct rss_told *r) { return r->anon + r->file + r->shmem; }

/* The one whose event ran last is on the CPU. */
static char state_letter(const struct machine *m, const struct task *t)
{
	return m->current == t ? 'R' : 'S';
}

static uint32_t parent_pid(const struct task *t) { return t->parent ? t->parent->pid : 0; }

/* ---- status ---- */

static void pages(FILE *out, const char *name, uint64_t nr_pages)
{
	fprintf(out, "%s\t%8llu kB\n", name, (unsigned long long)nr_pages * KB_PER_PAGE);
}

static void print_memory(FILE *out, const struct machine *m, const struct mm *mm)
{
	struct mm_sums s = sum_mm(m, mm);
	struct rss_told r = get_mm_rss(mm, s.shmem);
	uint64_t text = s.text < s.exec ? s.text : s.exec;

	pages(out, "VmSize:", mm->total_vm);
	pages(out, "VmLck:", mm->locked_vm);
	pages(out, "VmPin:", 0);
	pages(out, "VmRSS:", rss(&r));
	pages(out, "RssAnon:", r.anon);
	pages(out, "RssFile:", r.file);
	pages(out, "RssShmem:", r.shmem);
	pages(out, "VmData:", s.data);
	pages(out, "VmStk:", s.stack);
	pages(out, "VmExe:", text);
	pages(out, "VmLib:", s.exec - text);
	pages(out, "VmPTE:", mm->nr_tables);
	pages(out, "VmSwap:", 0);
	pages(out, "HugetlbPages:", 0);
}

void proc_status(FILE *out, const struct machine *m, const struct task *t)
{
	bool running = state_letter(m, t) == 'R';

	fprintf(out, "Name:\t%s\nState:\t%s\n", t->comm, running ? "R (running)" : "S (sleeping)");
	fprintf(out, "Tgid:\t%u\nNgid:\t0\nPid:\t%u\nPPid:\t%u\nTracerPid:\t0\n", t->pid, t->pid,
		parent_pid(t));
	print_memory(out, m, t->mm);
	fputs("CoreDumping:\t0\nTHP_enabled:\t0\nThreads:\t1\n", out);
}

/* ---- one line each ---- */

/* 52 fields, 6.1 do_task_stat(). */
void proc_stat(FILE *out, const struct machine *m, const struct task *t)
{
	const struct mm *mm = t->mm;
	struct rss_told r = get_mm_rss(mm, sum_mm(m, mm).shmem);
	const vaddr_t last[] = {mm->start_data, mm->end_data,  mm->start_brk, mm->arg_start,
				mm->arg_end,    mm->env_start, mm->env_end};

	/* pid (comm) state ppid pgrp session tty tpgid flags min_flt cmin_flt maj_flt cmaj_flt */
	fprintf(out, "%u (%s) %c %u 0 0 0 -1 0 %u 0 %u 0 ", t->pid, t->comm, state_letter(m, t),
		parent_pid(t), t->min_flt, t->maj_flt);
	/* utime stime cutime cstime priority nice threads itrealvalue starttime */
	fprintf(out, "0 0 0 0 %d 0 1 0 0 ", PRIORITY);
	/* vsize rss rsslim startcode endcode startstack */
	fprintf(out, "%" PRIu64 " %u %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " ",
		mm->total_vm * PAGE_SIZE, rss(&r), in_word(m, UINT64_MAX), mm->start_code,
		mm->end_code, mm->start_stack);
	/* esp eip signal blocked sigignore sigcatch wchan nswap cnswap exit_signal processor
	 * rt_priority policy delayacct guest_time cguest_time */
	fprintf(out, "0 0 0 0 0 0 0 0 0 %d 0 0 0 0 0 0 ", EXIT_SIGNAL);
	/* start_data end_data start_brk arg_start arg_end env_start env_end exit_code */
	for (size_t i = 0; i < sizeof(last) / sizeof(*last); i++)
		fprintf(out, "%" PRIu64 " ", last[i]);
	fputs("0\n", out);
}

void proc_statm(FILE *out, const struct machine *m, const struct task *t)
{
	struct mm_sums s = sum_mm(m, t->mm);
	struct rss_told r = get_mm_rss(t->mm, s.shmem);

	fprintf(out, "%" PRIu64 " %u %u %" PRIu64 " 0 %" PRIu64 " 0\n", t->mm->total_vm, rss(&r),
		r.file + r.shmem, s.text, s.data + s.stack);
}

void proc_comm(FILE *out, const struct machine *m, const struct task *t)
{
	(void)m;
	fprintf(out, "%s\n", t->comm);
}

/* One argument, the program's name: all that the model knows of its arguments. */
void proc_cmdline(FILE *out, const struct machine *m, const struct task *t)
{
	(void)m;
	if (!t->mm->exe)
		return;
	fputs(t->mm->exe->name, out);
	fputc('\0', out);
}
