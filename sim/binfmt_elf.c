/*
 * ELF: which pieces of a program's file lie where in memory.
 *
 * A segment is mapped, not read: its pages come by faults.  For the built-in
 * program
 *
 *	file                          memory
 *	0000 code   0x180 bytes  ->   08048000-08049000 r-x
 *	1000 data  0x1800 bytes  ->   08049000-0804b000 rw-  ends at 0804a800
 *	     bss   0x3000 bytes       0804b000-0804e000 rw-  no file: zeros
 *	                              0804e000               the heap will start
 *
 * The rest of the page in which the file part ends is bss, too, and must read
 * as zeros: the kernel writes zeros, and the page becomes a private copy
 * (padzero).  A segment that may not be written keeps what the file has there.
 *
 * The segments are taken in the file's order, each in place of what is there:
 * of two that overlap the later one is seen.  Only the first must find its
 * place free.  A position-independent program goes where a mapping as long as
 * all of it would go, moved down to its largest alignment:
 *
 *	16K long, p_align 4K:    b7ffc000
 *	16K long, p_align 64K:   b7ffc000 -> b7ff0000
 *
 * A program that does not say how it wants its stack (PT_GNU_STACK) is from
 * before there was a difference between reading and executing: whatever it
 * maps readable is executable, for ever (READ_IMPLIES_EXEC).
 *
 * Below the strings the stack begins with what the program's start code looks
 * for; addresses for the program `sh`:
 *
 *	bfffff10  ESP -> argc = 1
 *	bfffff14         argv[0] = bfffffe4, 0
 *	bfffff1c         envp[0] = bfffffe7, envp[1] = bfffffee, 0
 *	bfffff28         20 pairs of auxv: AT_PHDR, AT_ENTRY, AT_RANDOM, ...
 *	                 (ARM: 19, it has no AT_MINSIGSTKSZ)
 *	bfffffcb         16 random bytes, "i686"
 *	bfffffe4         the strings (exec.c)
 *
 * Simpler than Linux: no interpreter (a program is static), no vdso; a
 * position-independent program has its heap at elf_et_dyn_base, 00400000 on i386,
 * in every kernel.
 *
 * 6.1 fs/binfmt_elf.c (with the stable fixes of 6.1.140: elf_load, the
 * alignment and the heap of static PIE).
 */
#include "machine.h"
#include "process.h"

enum {
	RANDOM_BYTES = 16,
	STACK_ALIGN = 16,
	ARGC = 1,
	ENVC = 2,
};

/* How a segment's address is meant. */
enum placing {
	ANYWHERE,        /* not at all                     */
	FIXED_NOREPLACE, /* there, if nothing is there     */
	FIXED,           /* there, in place of what is     */
};

/* What is known of the image, segment by segment: addresses of the file. */
struct image {
	vaddr_t bias; /* to be added to them, in a word */
	vaddr_t start_code, end_code, start_data, end_data;
	vaddr_t brk;
	const struct segment *data; /* the first writable one */
};

/* ---- one segment ---- */

/* The area at va, if it may be written; NULL: EFAULT. */
static struct vma *writable_area(struct machine *m, struct mm *mm, vaddr_t va)
{
	struct vma *v = find_vma_intersection(mm, va, (uint64_t)va + 1);

	if (v && (v->flags & VM_WRITE))
		return v;
	note(m, ELF_EFAULT, va);
	return NULL;
}

/* The kernel writes to va in t's area v.  0, -SIM_EFAULT (the file has no such
 * page), or -SIM_ENOMEM.  6.1 clear_user(), copy_to_user(). */
static int user_write(struct machine *m, struct task *t, struct vma *v,
		      vaddr_t va)
{
	const pte_t writable = PTE_P | PTE_RW;
	const pte_t *entry = pte_offset(m, t->mm, va);

	if (entry && (*entry & writable) == writable)
		return 0;
	switch (handle_mm_fault(m, t, v, va, true)) {
	case FAULT_MINOR:
	case FAULT_MAJOR:
		return 0;
	case FAULT_OOM:
		return -SIM_ENOMEM;
	default:
		return -SIM_EFAULT;
	}
}

/* Zeros from va to the end of its page. */
static int padzero(struct machine *m, struct task *t, vaddr_t va)
{
	struct vma *v;

	if (va % PAGE_SIZE == 0)
		return 0;
	v = writable_area(m, t->mm, va);
	if (!v)
		return -SIM_EFAULT;
	note(m, PADZERO, va, PAGE_SIZE - va % PAGE_SIZE);
	return user_write(m, t, v, va);
}

/*
 * The pages that the file has of s, at va.  total: so many bytes must have room
 * there, 0: as many as it has.  Their address or the errno.
 */
static int64_t elf_map(struct machine *m, struct mm *mm,
		       const struct segment *s, vaddr_t va, enum placing how,
		       uint64_t total)
{
	uint64_t room = page_align_up(total);
	uint64_t bytes = page_align_up((uint64_t)s->filesz + va % PAGE_SIZE);
	struct mmap_request rq = {
		.bytes = total ? room : bytes,
		.prot = s->prot,
		.fixed = how != ANYWHERE,
		.noreplace = how == FIXED_NOREPLACE,
		.has_at = true,
		.at = page_align_down(va),
		.file = mm->exe,
		.offset = in_word(m, s->offset - va % PAGE_SIZE),
	};
	int64_t at = do_mmap(m, mm, &rq);

	if (at < 0)
		return at;
	if (room > bytes)
		do_munmap(m, mm, (vaddr_t)(at + (int64_t)bytes),
			  (vaddr_t)(at + (int64_t)room));
	step(m, ELF_MAP, at, bytes, rq.offset, s->prot);
	return at;
}

/* The rest of s, zeros from start to end: whole pages are an area without a
 * file.  0 or the errno. */
static int set_bss(struct machine *m, struct mm *mm, const struct segment *s,
		   uint64_t start, uint64_t end)
{
	int err;

	start = page_align_up(start);
	end = page_align_up(end);
	if (start == end)
		return 0;
	err = vm_brk_flags(m, mm, (vaddr_t)start, end, s->prot & VM_EXEC);
	if (!err)
		step(m, SET_BRK, start, end);
	return err;
}

/* All of s at va: the address of its first page, or the errno. */
static int64_t elf_load(struct machine *m, struct task *t,
			const struct segment *s, vaddr_t va, enum placing how,
			uint64_t total)
{
	int64_t at = page_align_down(va);
	uint64_t zero = (uint64_t)at;
	int err = 0;

	if (s->filesz) {
		at = elf_map(m, t->mm, s, va, how, total);
		if (at < 0)
			return at;
		zero = (uint64_t)at + va % PAGE_SIZE + s->filesz;
		if (s->memsz > s->filesz)
			err = padzero(m, t, (vaddr_t)zero);
		if (err && (s->prot & VM_WRITE))
			return err;
	}
	if (s->memsz <= s->filesz)
		return at;
	err = set_bss(m, t->mm, s, zero,
		      (uint64_t)at + va % PAGE_SIZE + s->memsz);
	return err ? err : at;
}

/* ---- the image ---- */

/* From the first page to the last byte. */
static uint64_t total_mapping_size(const struct machine *m,
				   const struct program *prog)
{
	vaddr_t low = UINT64_MAX, high = 0;

	for (uint32_t i = 0; i < prog->nr_segments; i++) {
		const struct segment *s = &prog->segment[i];

		if (page_align_down(s->vaddr) < low)
			low = page_align_down(s->vaddr);
		if (in_word(m, s->vaddr + s->memsz) > high)
			high = in_word(m, s->vaddr + s->memsz);
	}
	return in_word(m, high - low);
}

/* The largest p_align that is a power of two, at least a page. */
static uint64_t maximum_alignment(const struct program *prog)
{
	uint64_t most = PAGE_SIZE;

	for (uint32_t i = 0; i < prog->nr_segments; i++) {
		uint64_t align = prog->segment[i].align;

		if ((align & (align - 1)) == 0 && align > most)
			most = align;
	}
	return most;
}

/* Where a program with this alignment would lie: tried, and given up again. An
 * address or the errno. */
static int64_t try_place(struct machine *m, struct task *t,
			 const struct segment *s, uint64_t total,
			 uint64_t align)
{
	int64_t at = elf_load(m, t, s, s->vaddr % PAGE_SIZE, ANYWHERE, total);

	if (at < 0)
		return at;
	do_munmap(m, t->mm, (vaddr_t)at,
		  (vaddr_t)((uint64_t)at + page_align_up(total)));
	note(m, ELF_ALIGN, t->pid, at, align, at & ~((int64_t)align - 1));
	return at & ~((int64_t)align - 1);
}

/* The first segment of a position-independent program, and with it the bias of
 * all of them: its address or the errno. */
static int64_t load_first_of_pie(struct machine *m, struct task *t,
				 const struct program *prog, vaddr_t *bias)
{
	const struct segment *s = &prog->segment[0];
	uint64_t total = total_mapping_size(m, prog);
	uint64_t align = maximum_alignment(prog);
	enum placing how = ANYWHERE;
	int64_t at = 0;

	if (!total)
		return -SIM_EINVAL;
	if (align > PAGE_SIZE) {
		at = try_place(m, t, s, total, align);
		how = FIXED_NOREPLACE;
	}
	if (at < 0)
		return at;
	*bias = page_align_down(in_word(m, (vaddr_t)at - s->vaddr));
	at = elf_load(m, t, s, in_word(m, *bias + s->vaddr), how, total);
	*bias += (vaddr_t)at - page_align_down(in_word(m, *bias + s->vaddr));
	return at;
}

/* Could s lie at its address, as far as sizes go? */
static bool is_sound(const struct machine *m, const struct segment *s)
{
	vaddr_t limit = m->map.task_size;

	return s->vaddr < limit && s->filesz <= s->memsz && s->memsz <= limit &&
	       limit - s->memsz >= s->vaddr;
}

static void note_segment(struct image *image, const struct segment *s)
{
	vaddr_t end = s->vaddr + s->filesz;

	if ((s->prot & VM_EXEC) && s->vaddr < image->start_code)
		image->start_code = s->vaddr;
	if ((s->prot & VM_EXEC) && end > image->end_code)
		image->end_code = end;
	if (s->vaddr > image->start_data)
		image->start_data = s->vaddr;
	if (end > image->end_data)
		image->end_data = end;
	if (s->vaddr + s->memsz > image->brk)
		image->brk = s->vaddr + s->memsz;
	if ((s->prot & VM_WRITE) && !image->data)
		image->data = s;
}

static int load_segments(struct machine *m, struct task *t,
			 const struct program *prog, struct image *image)
{
	for (uint32_t i = 0; i < prog->nr_segments; i++) {
		const struct segment *s = &prog->segment[i];
		int64_t at;

		if (i == 0 && prog->pie)
			at = load_first_of_pie(m, t, prog, &image->bias);
		else
			at = elf_load(m, t, s,
				      in_word(m, image->bias + s->vaddr),
				      i == 0 ? FIXED_NOREPLACE : FIXED, 0);
		if (at < 0)
			return (int)at;
		if (at >= (int64_t)m->map.task_size || !is_sound(m, s)) {
			note(m, ELF_UNSOUND, t->pid, s->vaddr, s->filesz,
			     s->memsz);
			return -SIM_EINVAL;
		}
		note_segment(image, s);
	}
	return 0;
}

/* ---- the program starts ---- */

/* What the start code finds below the strings; 0 or the errno. */
static int create_elf_tables(struct machine *m, struct task *t)
{
	struct mm *mm = t->mm;
	uint32_t items = ARGC + 1 + ENVC + 1 + 1;
	uint32_t pairs = m->profile->auxv_pairs;
	vaddr_t sp = mm->arg_start;
	struct vma *v;
	int err;

	if (m->profile->aligns_strings)
		sp &= ~(vaddr_t)(STACK_ALIGN - 1);
	sp -= m->profile->platform_bytes + RANDOM_BYTES;
	sp -= m->profile->word_bits / 8 * (2 * pairs + items);
	mm->start_stack = sp & ~(vaddr_t)(STACK_ALIGN - 1);
	v = writable_area(m, mm, mm->start_stack);
	err = v ? user_write(m, t, v, mm->start_stack) : -SIM_EFAULT;
	if (!err)
		step(m, CREATE_ELF_TABLES, mm->start_stack, ARGC, ENVC, pairs);
	return err;
}

/* The layout as mm_struct keeps it, and what the language calls data and bss. */
static void set_layout(const struct machine *m, struct mm *mm,
		       const struct program *prog, const struct image *image)
{
	const struct segment *data = image->data;

	mm->start_code = in_word(m, image->bias + image->start_code);
	mm->end_code = in_word(m, image->bias + image->end_code);
	mm->start_data = in_word(m, image->bias + image->start_data);
	mm->end_data = in_word(m, image->bias + image->end_data);
	mm->entry = in_word(m, image->bias + prog->entry);
	mm->brk = page_align_up(in_word(m, image->bias + image->brk));
	if (prog->pie)
		mm->brk = m->profile->elf_et_dyn_base;
	mm->start_brk = mm->brk;
	if (!data)
		return;
	mm->data_page = page_align_down(in_word(m, image->bias + data->vaddr));
	mm->bss_start = page_align_up(
		in_word(m, image->bias + data->vaddr + data->filesz));
}

static int load_image(struct machine *m, struct task *t,
		      const struct program *prog)
{
	struct image image = {.start_code = UINT64_MAX};
	int err;

	if (prog->stack == EXSTACK_DEFAULT)
		t->personality |= READ_IMPLIES_EXEC;
	err = setup_arg_pages(m, t, prog->stack != EXSTACK_DISABLE_X);
	if (!err)
		err = load_segments(m, t, prog, &image);
	if (err)
		return err;
	set_layout(m, t->mm, prog, &image);
	if (t->mm->entry >= m->map.task_size) {
		note(m, ELF_ENTRY, t->pid, t->mm->entry);
		return -SIM_EINVAL;
	}
	return create_elf_tables(m, t);
}

int load_elf_binary(struct machine *m, struct task *t,
		    const struct program *prog)
{
	const struct mm *mm = t->mm;
	int err;

	enter(m, LOAD_ELF_BINARY, t->pid, prog->nr_segments, prog->pie);
	err = load_image(m, t, prog);
	if (!err)
		step(m, START_THREAD, t->pid, mm->entry, mm->start_stack,
		     mm->start_brk);
	leave(m, LOAD_ELF_BINARY, -err);
	return err;
}
