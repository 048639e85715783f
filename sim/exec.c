/*
 * exec: a program becomes an address space.
 *
 * The program's file says which pieces of it belong where.  Each piece is
 * mapped, not read: its pages come by faults.  For the built-in program
 *
 *	file                          memory
 *	0000 code   0x180 bytes  ->   08048000-08049000 r-x
 *	1000 data  0x1800 bytes  ->   08049000-0804b000 rw-  ends at 0804a800
 *	     bss   0x3000 bytes       0804b000-0804e000 rw-  no file: zeros
 *	                              0804e000               the heap will start
 *	                              bffdf000-c0000000 rw-  stack
 *
 * Three pages are touched before the first instruction has run: the last page
 * of the stack (arguments and environment are written to it); the page in
 * which the data's file part ends (what follows there is bss and must read as
 * zeros, so the kernel writes zeros, and the page becomes a private copy); and
 * the page of the entry point, by the fetch of the first instruction.
 *
 * Until the new stack exists the old memory stays: a failure before that is an
 * errno to the old program.  After it there is no way back, and the process
 * ends.
 *
 * Simpler than Linux: no interpreter (a program is static), no vdso; the stack
 * area has its 33 pages at once, not one and then 128K more; a
 * position-independent program has its heap at 00400000 in every profile.
 */
#include <string.h>

#include "machine.h"
#include "process.h"

enum {
	STACK_PAGES = 33,       /* one for arguments, 128K more           */
	ARGUMENT_BYTES = 0x100, /* above the initial stack pointer        */
	PIE_HEAP = 0x00400000,  /* 6.1 ELF_ET_DYN_BASE on i386            */
};

const struct program builtin_program = {
	.name = "program",
	.file_bytes = 0x2800,
	.entry = 0x08048100,
	.nr_segments = 2,
	.segment =
		{
			{.vaddr = 0x08048000,
			 .filesz = 0x180,
			 .memsz = 0x180,
			 .offset = 0,
			 .prot = VM_READ | VM_EXEC},
			{.vaddr = 0x08049000,
			 .filesz = 0x1800,
			 .memsz = 0x4800,
			 .offset = 0x1000,
			 .prot = VM_READ | VM_WRITE},
		},
};

/* ---- what a program asks for ---- */

/* Its image, from the first page to behind the last one. */
static void image_range(const struct program *prog, uint64_t *start,
			uint64_t *end)
{
	*start = UINT64_MAX;
	*end = 0;
	for (uint32_t i = 0; i < prog->nr_segments; i++) {
		const struct segment *s = &prog->segment[i];
		uint64_t s_end = page_align_up((uint64_t)s->vaddr + s->memsz);

		if (page_align_down(s->vaddr) < *start)
			*start = page_align_down(s->vaddr);
		if (s_end > *end)
			*end = s_end;
	}
}

/* Can it be mapped where it wants to lie, below the stack?  0 or -errno. */
static int check_image(const struct machine *m, const struct program *prog)
{
	vaddr_t stack = m->profile->page_offset - STACK_PAGES * PAGE_SIZE;
	uint64_t start, end;

	image_range(prog, &start, &end);
	if (prog->nr_segments == 0)
		return -SIM_EINVAL;
	if (end > stack)
		return -SIM_ENOMEM;
	if (!prog->pie && start < m->profile->mmap_min_addr)
		return -SIM_EPERM;
	return 0;
}

/* ---- stack ---- */

/* One page of the new address space is written by the kernel. */
static int kernel_writes(struct machine *m, struct task *t, struct vma *v,
			 vaddr_t va)
{
	return handle_mm_fault(m, t, v, va, true) == FAULT_MINOR ? 0
								 : -SIM_ENOMEM;
}

/* The stack area, with the arguments in its last page. */
static int setup_arg_pages(struct machine *m, struct task *t, struct mm *mm)
{
	static const char content[TAG_LEN] = "argv";
	vaddr_t top = m->profile->page_offset;
	vaddr_t start = top - STACK_PAGES * PAGE_SIZE;
	struct vma *v = map_area(m, mm, start, top,
				 VM_READ | VM_WRITE | VM_GROWSDOWN, NULL, 0);
	const pte_t *entry;

	if (!v)
		return -SIM_ENOMEM;
	mm->start_stack = top - ARGUMENT_BYTES;
	step(m, SETUP_ARG_PAGES, t->pid, v->start, mm->start_stack);
	if (kernel_writes(m, t, v, mm->start_stack))
		return -SIM_ENOMEM;
	entry = pte_offset(m, mm, mm->start_stack);
	memcpy(pfn_page(m, pte_pfn(*entry))->tag, content, TAG_LEN);
	step(m, COPY_STRINGS, pte_pfn(*entry), mm->start_stack,
	     page_tag(pfn_page(m, pte_pfn(*entry))));
	return 0;
}

/* A new address space with a stack and nothing else; NULL: no memory. */
static struct mm *bprm_mm_init(struct machine *m, struct task *t)
{
	struct mm *mm = mm_alloc(m, t);

	if (mm && setup_arg_pages(m, t, mm)) {
		exit_mmap(m, mm);
		mmdrop(m, mm);
		mm = NULL;
	}
	return mm;
}

/* ---- segments ---- */

/* The part of a segment that the file has. */
static struct vma *elf_map(struct machine *m, struct mm *mm, vaddr_t va,
			   const struct segment *s)
{
	vaddr_t start = page_align_down(va);
	vaddr_t end = (vaddr_t)page_align_up((uint64_t)va + s->filesz);
	struct vma *v = map_area(m, mm, start, end, s->prot, mm->exe,
				 (s->offset - va % PAGE_SIZE) >> PAGE_SHIFT);

	if (v)
		step(m, ELF_MAP, start, end - start, s->offset - va % PAGE_SIZE,
		     s->prot);
	return v;
}

/*
 * The rest of it, zeros: whole pages are an anonymous area, and the end of
 * the last file page is cleared by hand.
 */
static int set_bss(struct machine *m, struct task *t, struct vma *file_part,
		   vaddr_t va, const struct segment *s)
{
	vaddr_t clear = va + s->filesz;
	vaddr_t start = (vaddr_t)page_align_up(clear);
	vaddr_t end = (vaddr_t)page_align_up((uint64_t)va + s->memsz);

	if (end > start &&
	    !map_area(m, t->mm, start, end, s->prot & VM_ACCESS, NULL, 0))
		return -SIM_ENOMEM;
	step(m, SET_BRK, start, end);
	if (!file_part || clear % PAGE_SIZE == 0 || !(s->prot & VM_WRITE))
		return 0;
	note(m, PADZERO, clear, start - clear);
	return kernel_writes(m, t, file_part, clear);
}

/* What the language calls code, data and bss, and where the heap begins. */
static void note_segment(struct mm *mm, vaddr_t va, const struct segment *s)
{
	vaddr_t file_end = va + s->filesz;

	if ((s->prot & VM_EXEC) && !mm->end_code) {
		mm->start_code = va;
		mm->end_code = file_end;
	}
	if ((s->prot & VM_WRITE) && !mm->end_data) {
		mm->start_data = va;
		mm->end_data = file_end;
		mm->data_page = page_align_down(va);
		mm->bss_start = (vaddr_t)page_align_up(file_end);
	}
	if (page_align_up((uint64_t)va + s->memsz) > mm->brk)
		mm->brk = (vaddr_t)page_align_up((uint64_t)va + s->memsz);
}

static int map_segment(struct machine *m, struct task *t, vaddr_t bias,
		       const struct segment *s)
{
	vaddr_t va = s->vaddr + bias;
	struct vma *v = NULL;

	if (s->filesz > 0) {
		v = elf_map(m, t->mm, va, s);
		if (!v)
			return -SIM_ENOMEM;
	}
	note_segment(t->mm, va, s);
	return s->memsz > s->filesz ? set_bss(m, t, v, va, s) : 0;
}

/* How far from its own addresses the program is put; -SIM_ENOMEM. */
static int64_t load_bias(struct machine *m, struct mm *mm,
			 const struct program *prog)
{
	uint64_t start, end;
	int64_t at;

	if (!prog->pie)
		return 0;
	image_range(prog, &start, &end);
	at = get_unmapped_area(m, mm, end - start);
	return at < 0 ? at : at - (int64_t)start;
}

/* All segments into t's new address space, then the registers. */
static int load_elf_binary(struct machine *m, struct task *t,
			   const struct program *prog, struct file *exe)
{
	struct mm *mm = t->mm;
	int64_t bias = load_bias(m, mm, prog);
	int err = bias < 0 ? (int)bias : 0;

	enter(m, LOAD_ELF_BINARY, t->pid, prog->nr_segments, prog->pie);
	mm->exe = exe;
	mm->program = prog;
	for (uint32_t i = 0; i < prog->nr_segments && !err; i++)
		err = map_segment(m, t, (vaddr_t)bias, &prog->segment[i]);
	if (!err) {
		if (prog->pie)
			mm->brk = PIE_HEAP;
		mm->start_brk = mm->brk;
		mm->entry = prog->entry + (vaddr_t)bias;
		step(m, START_THREAD, t->pid, mm->entry, mm->start_stack,
		     mm->start_brk);
	}
	leave(m, LOAD_ELF_BINARY, -err);
	return err;
}

/* ---- the point of no return ---- */

/* t changes over to mm; its old memory, if it had any, goes. */
static void exec_mmap(struct machine *m, struct task *t, struct mm *mm)
{
	struct mm *old = t->mm;

	if (old)
		tlb_forget_mm(m, old);
	t->mm = mm;
	if (!old)
		task_link(m, t);
	m->current = t;
	switch_mm(m, t);
	step(m, EXEC_MMAP, t->pid, mm->pgd);
	if (old) {
		exit_mmap(m, old);
		mmdrop(m, old);
	}
}

int exec_program(struct machine *m, struct task *t, const struct program *prog)
{
	int err = check_image(m, prog);
	struct file *exe = NULL;
	struct mm *mm = NULL;

	enter(m, EXECVE, t->pid, prog->entry, prog->nr_segments);
	if (!err)
		exe = open_exec(m, prog->name, prog->file_bytes);
	if (exe)
		mm = bprm_mm_init(m, t);
	if (mm) {
		exec_mmap(m, t, mm);
		err = load_elf_binary(m, t, prog, exe);
	} else if (!err) {
		err = -SIM_ENOMEM;
	}
	leave(m, EXECVE, -err);
	return err;
}

int64_t do_execve(struct machine *m, struct task *t, const struct program *prog)
{
	const struct mm *old = t->mm;
	uint32_t pid = t->pid;
	int err = exec_program(m, t, prog);

	if (err) {
		if (t->mm != old)
			do_exit(m, t);
		return err;
	}
	user_runs(m, t);
	return find_task(m, pid) ? 0 : -SIM_ENOMEM;
}
