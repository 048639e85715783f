/*
 * exec: a program becomes an address space.
 *
 *	1. A new mm with one page of stack; the strings are copied into it.
 *	2. The point of no return: the process takes the new mm, the old one
 *	   goes.
 *	3. load_elf_binary (binfmt_elf.c) maps the program.
 *	4. The first instruction is fetched.
 *
 * A failure before 2 is an errno to the old program, which goes on.  After it
 * there is no program to tell: the process ends by SIGSEGV, whatever the errno
 * was, and the errno is what the model shows.
 *
 * The strings lie at the upper end of the stack, each with a zero behind it.
 * For the program `sh`:
 *
 *	bfffffe4    bfffffe7    bfffffee       bffffff9    bffffffc  c0000000
 *	| "sh"      | "HOME=/"  | "TERM=linux" | "sh"      | 0       |
 *	arg_start   env_start                  file's name
 *
 * The environment is the one that Linux gives to init.  Each process is called
 * by the name of its file, without arguments.
 *
 * Below the strings the stack is extended by 128K, so that it has 33 pages, of
 * which the last one is touched.
 *
 * 6.1 fs/exec.c bprm_execve(), setup_arg_pages(), exec_mmap().
 */
#include <string.h>

#include "machine.h"
#include "process.h"

enum { STACK_EXPAND = 128 << 10 }; /* below the strings: 6.1 stack_expand */

static const char *const environment[] = {"HOME=/", "TERM=linux"};

/* The same program where linkers of i386, ARM and x86-64 put one. */
#define BUILTIN(base, exstack)                                                 \
	{                                                                      \
		.name = "program", .builtin = true, .file_bytes = 0x2800,      \
		.entry = (base) + 0x100, .stack = (exstack), .nr_segments = 2, \
		.segment = {                                                   \
			{.vaddr = (base),                                      \
			 .filesz = 0x180,                                      \
			 .memsz = 0x180,                                       \
			 .offset = 0,                                          \
			 .prot = VM_READ | VM_EXEC},                           \
			{.vaddr = (base) + 0x1000,                             \
			 .filesz = 0x1800,                                     \
			 .memsz = 0x4800,                                      \
			 .offset = 0x1000,                                     \
			 .prot = VM_READ | VM_WRITE},                          \
		},                                                             \
	}

const struct program builtin_program = BUILTIN(0x08048000, EXSTACK_DISABLE_X);
const struct program builtin_program_arm = BUILTIN(0x10000, EXSTACK_DISABLE_X);
const struct program builtin_program_64 = BUILTIN(0x400000, EXSTACK_DISABLE_X);

/* ---- stack ---- */

/* Where the strings lie: from the top, a null word, the file's name, the
 * environment, the arguments. */
static void place_strings(struct mm *mm, vaddr_t top, unsigned word,
			  const char *name)
{
	vaddr_t name_bytes = (vaddr_t)strlen(name) + 1;

	mm->env_end = top - word - name_bytes;
	mm->env_start = mm->env_end;
	for (unsigned i = 0; i < sizeof(environment) / sizeof(*environment);
	     i++)
		mm->env_start -= (vaddr_t)strlen(environment[i]) + 1;
	mm->arg_end = mm->env_start;
	mm->arg_start = mm->arg_end - name_bytes;
}

/* The first page of the stack, with the strings: 0 or -SIM_ENOMEM. */
static int copy_strings(struct machine *m, struct task *t, struct mm *mm,
			const char *name)
{
	static const char content[TAG_LEN] = "argv";
	vaddr_t top = m->map.task_size;
	struct vma *v = map_area(m, mm, top - PAGE_SIZE, top,
				 VM_READ | VM_WRITE | VM_GROWSDOWN, NULL, 0);
	struct page *page;

	place_strings(mm, top, m->profile->word_bits / 8, name);
	if (!v || handle_mm_fault(m, t, v, mm->arg_start, true) != FAULT_MINOR)
		return -SIM_ENOMEM;
	page = pfn_page(m, pte_pfn(*pte_offset(m, mm, mm->arg_start)));
	memcpy(page->tag, content, TAG_LEN);
	step(m, COPY_STRINGS, pte_pfn(*pte_offset(m, mm, mm->arg_start)),
	     mm->arg_start, page_tag(page));
	return 0;
}

int setup_arg_pages(struct machine *m, struct task *t, bool exec)
{
	vaddr_t top = m->map.task_size;
	struct vma *v = find_vma_intersection(t->mm, top - PAGE_SIZE, top);

	uint32_t old = v->flags;

	if (exec) {
		vma_set_flags(v, old | VM_EXEC);
		change_protection(m, v, v->start, v->end, old);
	}
	if (expand_stack(m, v, v->start - STACK_EXPAND))
		return -SIM_EFAULT;
	step(m, SETUP_ARG_PAGES, t->pid, v->start, t->mm->arg_start);
	return 0;
}

/* A new address space with the strings and nothing else; NULL: no memory. */
static struct mm *bprm_mm_init(struct machine *m, struct task *t,
			       const char *name)
{
	struct mm *mm = mm_alloc(m, t);

	if (mm && copy_strings(m, t, mm, name)) {
		mmput(m, mm);
		mm = NULL;
	}
	return mm;
}

/* ---- the point of no return ---- */

/* t changes over to mm; its old memory, if it had any, goes. */
static void exec_mmap(struct machine *m, struct task *t, struct mm *mm)
{
	struct mm *old = t->mm;

	/* of the caller's, whose memory goes: exit_mmap() */
	lru_add_drain(m);
	if (old)
		tlb_forget_mm(m, old);
	t->mm = mm;
	if (!old)
		task_link(m, t);
	m->current = t;
	switch_mm(m, t);
	flush_thread(m, t);
	t->flags &= ~(uint32_t)PF_FORKNOEXEC;
	step(m, EXEC_MMAP, t->pid, mm->pgd);
	if (old)
		mmput(m, old);
}

/* The call, with prog's file open: 0 or -SIM_E..., t->mm says whether there
 * was a way back. */
static int bprm_execve(struct machine *m, struct task *t,
		       const struct program *prog)
{
	struct file *exe = open_exec(m, prog->name, prog->file_bytes);
	struct mm *mm = exe ? bprm_mm_init(m, t, prog->name) : NULL;
	int err;

	if (!mm)
		return -SIM_ENOMEM;
	exec_mmap(m, t, mm);
	mm->exe = exe;
	mm->program = prog;
	err = load_elf_binary(m, t, prog);
	if (err)
		step(m, FORCE_FATAL_SIG, t->pid, -err);
	return err;
}

int exec_program(struct machine *m, struct task *t, const struct program *prog)
{
	int err;

	enter(m, EXECVE, t->pid, prog->entry, prog->nr_segments);
	err = bprm_execve(m, t, prog);
	leave(m, EXECVE, -err);
	return err;
}

struct outcome do_execve(struct machine *m, struct task *t,
			 const struct program *prog)
{
	const struct mm *old = t->mm;
	int err = exec_program(m, t, prog);

	if (!err)
		return user_runs(m, t);
	if (t->mm != old)
		do_exit(m, t);
	return (struct outcome){.kind = OUT_ERRNO, .value = (uint32_t)-err};
}
