/*
 * Numbers: RULES 2; the programs are those of the recordings.  The areas of the odd programs were seen on
 * a real kernel that ran such files: 32-bit ELF, 3G of addresses, no randomisation, not as root.
 */
#include "tests/faults.h"

static const struct program wide = {
	.name = "wide",
	.file_bytes = 200936,
	.entry = 0x0804b000,
	.nr_segments = 4,
	.segment =
		{
			{0x08048000, 0x24d4, 0x24d4, 0, R},
			{0x0804b000, 0x27e80, 0x27e80, 0x3000, RX},
			{0x08073000, 0x1234, 0x1234, 0x2b000, R},
			{0x08076a40, 0x4560, 0x4a560, 0x2ca40, RW},
		},
};

static const struct program pie = {
	.name = "pie",
	.file_bytes = 21504,
	.entry = 0x100,
	.pie = true,
	.nr_segments = 2,
	.segment = {{0, 0x3180, 0x3180, 0, RX}, {0x4000, 0x1258, 0x3258, 0x4000, RW}},
};

/* Its bss is one page long and begins at a page. */
static const struct program aligned = {
	.name = "aligned",
	.file_bytes = 0x3000,
	.entry = 0x08048000,
	.nr_segments = 2,
	.segment = {{0x08048000, 0x1000, 0x1000, 0, RX}, {0x08049000, 0x2000, 0x3000, 0x1000, RW}},
};

/* All areas of t, with the number of their present pages. */
static const char *layout(const struct task *t)
{
	static char text[1024];
	size_t at = 0;

	text[0] = '\0';
	for (const struct vma *v = t->mm->mmap; v; v = v->next) {
		unsigned present = 0;

		for (vaddr_t va = v->start; va < v->end; va += PAGE_SIZE)
			present += frame_at(t, va) != PFN_NONE;
		at += (size_t)sprintf(text + at, "%s%" PRIx64 "-%" PRIx64 ":%u", at ? " " : "",
				      v->start, v->end, present);
	}
	return text;
}

/* execve's errno; 0 when the program runs. */
static uint32_t exec_errno(struct task *t, const struct program *p)
{
	struct outcome o = do_execve(m, t, p);

	return o.kind == OUT_ERRNO ? o.value : 0;
}

START_TEST(the_built_in_program_has_four_areas_and_three_pages)
{
	ck_assert_str_eq(layout(sh), "8048000-8049000:1 8049000-804b000:1 804b000-804e000:0 "
				     "bffdf000-c0000000:1");
	ck_assert_uint_eq(frame_at(sh, 0x08049000), PFN_NONE);
	ck_assert_uint_eq(page_of(sh, 0x0804a000)->use, FRAME_ANON);
	ck_assert_uint_eq(page_of(sh, 0x08048000)->use, FRAME_FILE);
	ck_assert_uint_eq(page_of(sh, 0xbffff000)->use, FRAME_ANON);
	ck_assert_uint_eq(sh->mm->brk, 0x0804e000);
	ck_assert_uint_eq(sh->mm->start_brk, 0x0804e000);
	ck_assert_uint_eq(sh->mm->entry, 0x08048100);
	ck_assert_uint_eq(sh->mm->data_page, 0x08049000);
	ck_assert_uint_eq(sh->mm->bss_start, 0x0804b000);
	ck_assert_uint_eq(sh->mm->mmap_base, 0xb8000000);
	ck_assert_uint_eq(sh->mm->start_stack >> PAGE_SHIFT, 0xbffff);
	ck_assert_uint_eq(sh->mm->rss_anon, 2);
	ck_assert_uint_eq(sh->mm->rss_file, 1);
}
END_TEST

START_TEST(the_data_area_has_an_anon_vma_and_the_bss_has_none)
{
	ck_assert_ptr_nonnull(mm_area_at(sh->mm, 0x08049000)->anon_vma);
	ck_assert_ptr_null(mm_area_at(sh->mm, 0x0804b000)->anon_vma);
	ck_assert_ptr_null(mm_area_at(sh->mm, 0x08048000)->anon_vma);
}
END_TEST

START_TEST(exec_replaces_everything)
{
	vaddr_t buf = (vaddr_t)map(64 * K, RW);
	struct region r = {.name = 7, .start = buf, .bytes = 64 * K, .kind = REGION_MMAP};

	faults_of(sh, buf, 16, ACCESS_WRITE);
	region_set(m, &sh->mm->regions, &r);
	ck_assert_uint_eq(exec_errno(sh, &wide), 0);
	ck_assert_str_eq(layout(sh), "8048000-804b000:0 804b000-8073000:16 8073000-8075000:0 "
				     "8076000-807b000:1 807b000-80c1000:0 bffdf000-c0000000:1");
	ck_assert_uint_eq(sh->mm->brk, 0x080c1000);
	ck_assert_uint_eq(sh->mm->start_code, 0x0804b000);
	ck_assert_uint_eq(sh->mm->data_page, 0x08076000);
	ck_assert_uint_eq(sh->mm->bss_start, 0x0807b000);
	ck_assert_ptr_null(region_find(&sh->mm->regions, 7));
	ck_assert_uint_eq(sh->mm->nr_tables, 2);
	ck_assert_ptr_eq(sh->mm->program, &wide);
	ck_assert_uint_eq(m->nr_tasks, 1);
}
END_TEST

START_TEST(a_position_independent_program_lies_at_the_top_and_its_heap_alone)
{
	struct task *t = do_spawn(m, "p", 2, &pie, NULL);

	ck_assert_str_eq(layout(t), "b7ff8000-b7ffc000:4 b7ffc000-b7ffe000:1 b7ffe000-b8000000:0 "
				    "bffdf000-c0000000:1");
	ck_assert_uint_eq(t->mm->brk, 0x00400000);
	ck_assert_uint_eq(t->mm->entry, 0xb7ff8100);
	ck_assert_uint_eq(t->mm->data_page, 0xb7ffc000);
}
END_TEST

START_TEST(data_that_ends_with_its_page_needs_no_clearing)
{
	struct task *t = do_spawn(m, "p", 2, &aligned, NULL);

	ck_assert_str_eq(layout(t), "8048000-8049000:1 8049000-804b000:0 804b000-804c000:0 "
				    "bffdf000-c0000000:1");
	ck_assert_uint_eq(told[S_PADZERO], 0);
	ck_assert_ptr_null(mm_area_at(t->mm, 0x08049000)->anon_vma);
}
END_TEST

START_TEST(the_same_program_twice_shares_its_code)
{
	struct task *t = do_spawn(m, "sh2", 2, &builtin_program, NULL);

	ck_assert_uint_eq(frame_at(t, 0x08048000), frame_at(sh, 0x08048000));
	ck_assert_uint_ne(frame_at(t, 0x0804a000), frame_at(sh, 0x0804a000));
	ck_assert_uint_eq(told[S_ADD_TO_PAGE_CACHE], 0);
	ck_assert_ptr_null(t->parent);
}
END_TEST

/* ---- odd programs ---- */

enum { W = VM_WRITE, RWX = VM_READ | VM_WRITE | VM_EXEC };

static const struct segment text = {0x08048000, 0x200, 0x200, 0, RX, PAGE_SIZE};

/* A program of up to three segments; the entry is in the text. */
static struct program program_of(struct segment a, struct segment b, struct segment c)
{
	const struct segment all[] = {a, b, c};
	struct program p = {.name = "odd", .file_bytes = 0x5000, .entry = 0x08048100};

	for (size_t i = 0; i < 3; i++)
		if (all[i].prot || all[i].vaddr)
			p.segment[p.nr_segments++] = all[i];
	return p;
}

/* The areas that exec of the segments gives; without the last one, the stack. */
static const char *areas_after(struct segment a, struct segment b, struct segment c)
{
	static struct program p;

	p = program_of(a, b, c);
	ck_assert_uint_eq(exec_errno(sh, &p), 0);
	return areas_of(sh, 0);
}

static struct segment seg(vaddr_t va, uint32_t filesz, uint32_t memsz, uint32_t offset,
			  uint32_t prot)
{
	return (struct segment){va, filesz, memsz, offset, prot, PAGE_SIZE};
}

#define NONE                 seg(0, 0, 0, 0, 0)
#define TEXT                 "08048000-08049000 r-xp "
#define ck_image(b, c, want) ck_assert_str_eq(areas_after(text, b, c), want)

START_TEST(bss_is_zeros_from_the_next_page_on)
{
	/* in the page of the data: no area of its own */
	ck_image(seg(0x08049080, 0x100, 0x200, 0x1080, RW), NONE, TEXT "08049000-0804a000 rw-p");
	ck_assert_uint_eq(sh->mm->brk, 0x0804a000);
	/* ends inside of a page */
	ck_image(seg(0x08049080, 0x100, 0x4801, 0x1080, RW), NONE,
		 TEXT "08049000-0804a000 rw-p 0804a000-0804e000 rw-p");
	ck_assert_uint_eq(sh->mm->brk, 0x0804e000);
}
END_TEST

START_TEST(bss_may_be_written_whatever_its_segment_says_and_executed_if_that_says_so)
{
	ck_image(seg(0x08049000, 0x800, 0x3000, 0x1000, R), NONE,
		 TEXT "08049000-0804a000 r--p 0804a000-0804c000 rw-p");
	/* what may not be written keeps what the file has */
	ck_assert_uint_eq(told[S_PADZERO], 0);
	ck_assert_uint_eq(frame_at(sh, 0x08049000), PFN_NONE);
	ck_image(seg(0x08049000, 0x800, 0x3000, 0x1000, RWX), NONE,
		 TEXT "08049000-0804a000 rwxp 0804a000-0804c000 rwxp");
	ck_image(seg(0x08049000, 0x800, 0x3000, 0x1000, 0), NONE,
		 TEXT "08049000-0804a000 ---p 0804a000-0804c000 rw-p");
	ck_image(seg(0x08049000, 0x800, 0x3000, 0x1000, W), NONE,
		 TEXT "08049000-0804a000 -w-p 0804a000-0804c000 rw-p");
}
END_TEST

START_TEST(a_segment_without_file_part_is_bss_from_its_first_page_on)
{
	ck_image(seg(0x08049000, 0, 0x3000, 0x1000, RW), NONE, TEXT "08049000-0804c000 rw-p");
	ck_image(seg(0x08049080, 0, 0x3000, 0x1080, RW), NONE, TEXT "08049000-0804d000 rw-p");
	/* and nothing is left of a text in its first page */
	ck_image(seg(0x08048200, 0, 0x3000, 0x200, RW), NONE, "08048000-0804c000 rw-p");
	/* without memory it is nothing at all */
	ck_image(seg(0x08049000, 0, 0, 0x1000, RW), seg(0x0804a000, 0x100, 0x100, 0x1000, RW),
		 TEXT "0804a000-0804b000 rw-p");
}
END_TEST

START_TEST(each_segment_has_its_own_bss)
{
	ck_image(seg(0x08049000, 0x800, 0x3000, 0x1000, RW),
		 seg(0x08050000, 0x800, 0x3000, 0x2000, RW),
		 TEXT "08049000-0804a000 rw-p 0804a000-0804c000 rw-p "
		      "08050000-08051000 rw-p 08051000-08053000 rw-p");
	/* side by side they are one area */
	ck_image(seg(0x08049000, 0x1000, 0x3000, 0x1000, RW),
		 seg(0x0804c000, 0, 0x3000, 0x2000, RW),
		 TEXT "08049000-0804a000 rw-p 0804a000-0804f000 rw-p");
}
END_TEST

START_TEST(segments_come_in_the_order_of_the_file)
{
	ck_assert_str_eq(areas_after(seg(0x08050000, 0x1800, 0x4800, 0x1000, RW), text, NONE),
			 TEXT "08050000-08052000 rw-p 08052000-08055000 rw-p");
	ck_assert_uint_eq(sh->mm->brk, 0x08055000);
	ck_assert_uint_eq(sh->mm->start_code, 0x08048000);
	ck_assert_uint_eq(sh->mm->start_data, 0x08050000);
	ck_assert_uint_eq(sh->mm->end_data, 0x08051800);
}
END_TEST

START_TEST(of_two_that_overlap_the_later_one_is_seen)
{
	ck_image(seg(0x08048000, 0x1000, 0x1000, 0x1000, RW), NONE, "08048000-08049000 rw-p");
	ck_image(seg(0x08048200, 0x100, 0x3000, 0x200, RW), NONE,
		 "08048000-08049000 rw-p 08049000-0804c000 rw-p");
	ck_assert_str_eq(areas_after(seg(0x08049000, 0x800, 0x8000, 0x1000, RW), text,
				     seg(0x0804b000, 0x1000, 0x1000, 0x2000, R)),
			 TEXT "08049000-0804a000 rw-p 0804a000-0804b000 rw-p "
			      "0804b000-0804c000 r--p 0804c000-08051000 rw-p");
}
END_TEST

START_TEST(a_segment_may_lie_on_the_stack_if_that_can_still_be_written)
{
	struct program p = program_of(text, seg(0xbffe0000, 0x800, 0x2000, 0x1000, RW), NONE);

	ck_assert_uint_eq(exec_errno(sh, &p), 0);
	ck_assert_str_eq(layout(sh), "8048000-8049000:1 bffdf000-bffe0000:0 bffe0000-bffe1000:1 "
				     "bffe1000-bffe2000:0 bffe2000-c0000000:1");
	p = program_of(text, seg(0xbffff000, 0x800, 0x1000, 0x1000, RW), NONE);
	ck_assert_uint_eq(exec_errno(sh, &p), 0);
	ck_assert_str_eq(layout(sh), "8048000-8049000:1 bffdf000-bffff000:0 bffff000-c0000000:1");
	p = program_of(text, seg(0xbffff000, 0x800, 0x800, 0x1000, R), NONE);
	ck_assert_uint_eq(exec_errno(sh, &p), SIM_EFAULT);
	ck_assert_ptr_null(find_task(m, 1));
}
END_TEST

/* ---- position-independent ones ---- */

static const char *pie_areas(uint32_t align)
{
	static struct program p;

	p = program_of(seg(0, 0x200, 0x200, 0, RX), seg(0x1000, 0x800, 0x4800, 0x1000, RW), NONE);
	p.segment[0].align = align;
	p.pie = true;
	p.entry = 0x100;
	ck_assert_uint_eq(exec_errno(sh, &p), 0);
	ck_assert_uint_eq(sh->mm->entry, sh->mm->start_code + 0x100);
	return areas_of(sh, 0);
}

START_TEST(a_position_independent_program_is_aligned_as_its_segments_want)
{
	ck_assert_str_eq(pie_areas(PAGE_SIZE), "b7ffa000-b7ffb000 r-xp b7ffb000-b7ffc000 rw-p "
					       "b7ffc000-b8000000 rw-p");
	ck_assert_str_eq(pie_areas(0x10000), "b7ff0000-b7ff1000 r-xp b7ff1000-b7ff2000 rw-p "
					     "b7ff2000-b7ff6000 rw-p");
	ck_assert_str_eq(pie_areas(0x200000), "b7e00000-b7e01000 r-xp b7e01000-b7e02000 rw-p "
					      "b7e02000-b7e06000 rw-p");
	ck_assert_str_eq(pie_areas(0x80000000), "80000000-80001000 r-xp 80001000-80002000 rw-p "
						"80002000-80006000 rw-p");
	/* no power of two: no alignment */
	ck_assert_str_eq(pie_areas(0x3000), "b7ffa000-b7ffb000 r-xp b7ffb000-b7ffc000 rw-p "
					    "b7ffc000-b8000000 rw-p");
}
END_TEST

START_TEST(a_hole_between_its_segments_stays_free)
{
	struct program p = program_of(seg(0x10000, 0x200, 0x200, 0, RX),
				      seg(0x411000, 0x800, 0x4800, 0x1000, RW), NONE);

	p.pie = true;
	p.entry = 0x10100;
	ck_assert_uint_eq(exec_errno(sh, &p), 0);
	ck_assert_str_eq(areas_of(sh, 0), "b7bfa000-b7bfb000 r-xp b7ffb000-b7ffc000 rw-p "
					  "b7ffc000-b8000000 rw-p");
	ck_assert_uint_eq(sh->mm->entry, 0xb7bfa100);
}
END_TEST

/* ---- the stack, and what may be executed ---- */

START_TEST(the_stack_holds_the_strings_and_what_the_start_code_looks_for)
{
	static struct program p;

	p = builtin_program;
	p.name = "sh";
	ck_assert_uint_eq(exec_errno(sh, &p), 0);
	ck_assert_uint_eq(sh->mm->arg_start, 0xbfffffe4);
	ck_assert_uint_eq(sh->mm->arg_end, 0xbfffffe7);
	ck_assert_uint_eq(sh->mm->env_start, 0xbfffffe7);
	ck_assert_uint_eq(sh->mm->env_end, 0xbffffff9);
	ck_assert_uint_eq(sh->mm->start_stack, 0xbfffff10);
}
END_TEST

/* ---- 64 bits: what a real kernel showed, less the 16 bytes of each pair of auxv that 6.1 without vdso has not ---- */

static const struct program hello64 = {
	.name = "hello64",
	.file_bytes = 22176,
	.entry = 0x400200,
	.stack = EXSTACK_DISABLE_X,
	.nr_segments = 3,
	.segment = {{0x400000, 0x20c0, 0x20c0, 0, RX},
		    {0x403000, 0xe, 0xe, 0x3000, R},
		    {0x404000, 0x1400, 0x4400, 0x4000, RW}},
};

static const struct program pie64 = {
	.name = "ppie",
	.file_bytes = 9000,
	.entry = 0x229,
	.pie = true,
	.stack = EXSTACK_DISABLE_X,
	.nr_segments = 2,
	.segment = {{0, 0x274, 0x274, 0, RX}, {0x1f30, 0x1070, 0x5e90, 0xf30, RW}},
};

START_TEST(a_64_bit_program_lies_as_on_a_real_kernel)
{
	teardown();
	boot("x86-64", 1024);
	ck_assert_uint_eq(exec_errno(sh, &hello64), 0);
	ck_assert_str_eq(layout(sh), "400000-403000:3 403000-404000:0 404000-406000:1 "
				     "406000-409000:0 7ffffffde000-7ffffffff000:1");
	ck_assert_uint_eq(sh->mm->start_brk, 0x409000);
	ck_assert_uint_eq(sh->mm->arg_start, 0x7fffffffefd6);
	ck_assert_uint_eq(sh->mm->arg_end, 0x7fffffffefde);
	ck_assert_uint_eq(sh->mm->env_end, 0x7fffffffeff0);
	/* efd0 - 7 of "x86_64" - 16 random bytes - 20 pairs - 6 words: ee49 */
	ck_assert_uint_eq(sh->mm->start_stack, 0x7fffffffee40);
	ck_assert_uint_eq(sh->mm->nr_tables, 6);
}
END_TEST

START_TEST(a_64_bit_pie_lies_below_mmap_base_and_its_heap_far_below)
{
	teardown();
	boot("x86-64", 1024);
	ck_assert_uint_eq(exec_errno(sh, &pie64), 0);
	ck_assert_str_eq(layout(sh), "7ffff7ff7000-7ffff7ff8000:1 7ffff7ff8000-7ffff7ffa000:1 "
				     "7ffff7ffa000-7ffff7fff000:0 7ffffffde000-7ffffffff000:1");
	ck_assert_uint_eq(sh->mm->start_brk, 0x555555555000);
	ck_assert_int_eq(sys_brk(m, sh, 0x555555557000), 0x555555557000);
}
END_TEST

/* Sizes that wrap in 64 bits, and places beyond the end of a process's addresses. */
START_TEST(a_64_bit_program_that_cannot_lie_anywhere_is_einval_or_enomem)
{
	static struct program p;

	teardown();
	boot("x86-64", 1024);
	p = hello64;
	p.segment[2].memsz = UINT64_MAX - 0x1000;
	ck_assert_uint_ne(exec_errno(do_fork(m, sh, "a", 2), &p), 0);
	p = hello64;
	p.segment[2].vaddr = 0xffffffff81000000;
	ck_assert_uint_ne(exec_errno(do_fork(m, sh, "b", 3), &p), 0);
	p = hello64;
	p.entry = 0x800000000000;
	ck_assert_uint_eq(exec_errno(do_fork(m, sh, "c", 4), &p), SIM_EINVAL);
}
END_TEST

START_TEST(an_arm_stack_has_one_pair_less_and_no_gap_below_its_strings)
{
	static struct program p;

	teardown();
	boot("arm", 512);
	p = *m->profile->program;
	p.name = "sh";
	ck_assert_uint_eq(exec_errno(sh, &p), 0);
	ck_assert_uint_eq(sh->mm->arg_start, 0xbeffffe4);
	/* e4 - 4 of "v7l" - 16 random bytes - 19 pairs - 6 words: 20 */
	ck_assert_uint_eq(sh->mm->start_stack, 0xbeffff20);
}
END_TEST

START_TEST(a_program_that_says_nothing_of_its_stack_may_execute_all_that_it_reads)
{
	static struct program p;
	vaddr_t buf;

	p = builtin_program;
	p.stack = EXSTACK_DEFAULT;
	ck_assert_uint_eq(exec_errno(sh, &p), 0);
	ck_assert_str_eq(areas_of(sh, 0), TEXT "08049000-0804b000 rwxp 0804b000-0804e000 rwxp");
	ck_assert(mm_area_at(sh->mm, 0xbffff000)->flags & VM_EXEC);
	buf = (vaddr_t)map(8 * K, RW);
	ck_assert(mm_area_at(sh->mm, buf)->flags & VM_EXEC);
	ck_assert_int_eq(sys_mprotect(m, sh, buf, 8 * K, R), 0);
	ck_assert(mm_area_at(sh->mm, buf)->flags & VM_EXEC);
	ck_assert_int_eq(sys_mprotect(m, sh, buf, 8 * K, 0), 0);
	ck_assert(!(mm_area_at(sh->mm, buf)->flags & VM_EXEC));
	ck_assert_int_eq(sys_brk(m, sh, sh->mm->brk + 4 * K), 0x0804f000);
	ck_assert(mm_area_at(sh->mm, 0x0804e000)->flags & VM_EXEC);
	/* its child is like it, and so is what that executes: only the stack is not */
	p.stack = EXSTACK_DISABLE_X;
	sh = do_fork(m, sh, "kid", 2);
	ck_assert_uint_eq(exec_errno(sh, &p), 0);
	ck_assert_str_eq(areas_of(sh, 0), TEXT "08049000-0804b000 rwxp 0804b000-0804e000 rwxp");
	ck_assert(!(mm_area_at(sh->mm, 0xbffff000)->flags & VM_EXEC));
}
END_TEST

START_TEST(a_program_may_want_its_stack_alone_executable)
{
	static struct program p;

	p = builtin_program;
	p.stack = EXSTACK_ENABLE_X;
	ck_assert_uint_eq(exec_errno(sh, &p), 0);
	ck_assert_str_eq(areas_of(sh, 0), TEXT "08049000-0804b000 rw-p 0804b000-0804e000 rw-p");
	ck_assert(mm_area_at(sh->mm, 0xbffff000)->flags & VM_EXEC);
	ck_assert_uint_eq(mm_area_at(sh->mm, 0xbffff000)->start, 0xbffdf000);
	ck_outcome(touch(sh, 0xbffff000, ACCESS_FETCH), OUT_OK, 0);
	ck_outcome(touch(sh, 0x08049000, ACCESS_FETCH), m->nx ? OUT_ACCERR : OUT_OK,
		   m->nx ? 0x08049000 : 0);
}
END_TEST

/* ---- refused ---- */

/* What execve says to text and these two; the process is gone, and another one goes on. */
static uint32_t refused(struct segment b, struct segment c)
{
	struct program p = program_of(text, b, c);
	struct task *t = do_spawn(m, "odd", 2, &builtin_program, NULL);
	uint32_t pid = t->pid, err = exec_errno(t, &p);

	ck_assert_ptr_null(find_task(m, pid));
	ck_assert_uint_eq(m->nr_tasks, 1);
	ck_assert_uint_eq(told[S_FORCE_FATAL_SIG], 1);
	space_forget();
	return err;
}

START_TEST(what_cannot_be_mapped_ends_the_process_with_the_kernels_errno)
{
	/* below mmap_min_addr, and beyond the user's 3G */
	ck_assert_uint_eq(refused(seg(0x1000, 0x800, 0x800, 0x1000, RW), NONE), SIM_EPERM);
	ck_assert_uint_eq(refused(seg(0xc0000000, 0x800, 0x800, 0x1000, RW), NONE), SIM_ENOMEM);
	ck_assert_uint_eq(refused(seg(0xbffff000, 0x800, 0x100000, 0x1000, RW), NONE), SIM_ENOMEM);
	ck_assert_uint_eq(refused(seg(0xfffff000, 0x800, 0x2000, 0x1000, RW), NONE), SIM_ENOMEM);
	ck_assert_uint_eq(refused(seg(0xd0000000, 0, 0, 0, RW), NONE), SIM_EINVAL);
	/* address and offset differ within the page */
	ck_assert_uint_eq(refused(seg(0x08049000, 0x800, 0x800, 0x1080, RW), NONE), SIM_EINVAL);
	ck_assert_uint_eq(refused(seg(0x08049020, 0x800, 0x800, 0x10, RW), NONE), SIM_EINVAL);
	/* more in the file than in memory; more than memory has */
	ck_assert_uint_eq(refused(seg(0x08049000, 0x1000, 0x800, 0x1000, RW), NONE), SIM_EINVAL);
	ck_assert_uint_eq(refused(seg(0x08049000, 0x1000, 0xffffffff, 0x1000, RW), NONE),
			  SIM_ENOMEM);
	ck_assert_uint_eq(refused(seg(0x08049000, 0x1000, 0xb0000000, 0x1000, RW), NONE),
			  SIM_ENOMEM);
	/* the zeros behind a file part that is beyond the end of the file */
	ck_assert_uint_eq(refused(seg(0x08060000, 0x1800, 0x4800, 0x100000, RW), NONE), SIM_EFAULT);
}
END_TEST

START_TEST(the_first_segment_must_find_its_place_free)
{
	struct program p = program_of(seg(0xbffe0000, 0x800, 0x2000, 0x1000, RW), text, NONE);

	ck_assert_uint_eq(exec_errno(sh, &p), SIM_EEXIST);
	ck_assert_ptr_null(find_task(m, 1));
}
END_TEST

START_TEST(an_entry_point_in_the_kernel_is_refused_one_in_a_hole_is_a_signal)
{
	static struct program p;
	struct outcome o;

	p = builtin_program;
	p.entry = 0xc0000000;
	ck_assert_ptr_null(do_spawn(m, "x", 2, &p, &o));
	ck_assert_uint_eq(o.kind, OUT_ERRNO);
	ck_assert_uint_eq(o.value, SIM_EINVAL);
	p.entry = 0x1000;
	ck_assert_ptr_nonnull(do_spawn(m, "x", 2, &p, &o));
	ck_assert_uint_eq(o.kind, OUT_MAPERR);
	ck_assert_uint_eq(o.value, 0x1000);
}
END_TEST

START_TEST(a_program_without_segments_has_a_stack_and_cannot_grow_a_heap)
{
	static struct program p;
	struct outcome o;
	struct task *t;

	p = builtin_program;
	p.nr_segments = 0;
	t = do_spawn(m, "x", 2, &p, &o);
	ck_assert_uint_eq(o.kind, OUT_MAPERR);
	ck_assert_str_eq(layout(t), "bffdf000-c0000000:1");
	ck_assert_int_eq(sys_brk(m, t, 0x1000), -SIM_ENOMEM);
	ck_assert_int_eq(sys_brk(m, t, 0x100000), -SIM_ENOMEM);
}
END_TEST

START_TEST(without_memory_the_old_program_goes_on)
{
	static struct program large;

	large = builtin_program;
	large.name = "large";
	large.file_bytes = 2047u << 20; /* the page cache has no room for it */
	ck_assert_uint_eq(exec_errno(sh, &large), SIM_ENOMEM);
	ck_assert_ptr_eq(find_task(m, 1)->mm->program, &builtin_program);
	ck_assert_uint_eq(faults_of(sh, 0x08048000, 1, ACCESS_READ), 0);
}
END_TEST

START_TEST(programs_are_told_apart_by_the_last_letter_of_a_long_name)
{
	static struct program a, b;

	a = b = builtin_program;
	a.name = "a-program-with-a-name-of-some-length-1";
	b.name = "a-program-with-a-name-of-some-length-2";
	ck_assert_uint_eq(exec_errno(sh, &a), 0);
	ck_assert_str_eq(mm_area_at(sh->mm, 0x08048000)->file->name, a.name);
	ck_assert_uint_ne(frame_at(do_spawn(m, "b", 2, &b, NULL), 0x08048000),
			  frame_at(sh, 0x08048000));
}
END_TEST

START_TEST(everything_comes_back_when_the_last_process_ends)
{
	uint32_t before;
	struct task *t;

	for (int round = 0; round < 2; round++) {
		before = free_everywhere();
		t = do_spawn(m, "p", 2, &builtin_program, NULL);
		ck_assert_uint_eq(exec_errno(t, &wide), 0);
		faults_of(t, 0x0807b000, 70, ACCESS_WRITE);
		do_exit(m, do_fork(m, t, "q", 3));
		do_exit(m, t);
		for (int i = 0; i < NR_KERNEL_OBJECTS; i++)
			kmem_cache_shrink(m, m->kobj_cache[i]);
	}
	/* the first round has read the file into the page cache */
	ck_assert_uint_eq(free_everywhere(), before);
	ck_assert_ptr_null(find_task_by_symbol(m, 2));
}
END_TEST

START_TEST(without_memory_exec_fails_before_or_after_the_point_of_no_return)
{
	uint32_t pid = sh->pid, before;
	uint32_t result;

	ck_assert_ptr_nonnull(open_exec(m, "wide", 200936));
	leave_frames(GFP_HIGHUSER, (uint32_t)_i);
	before = free_everywhere();
	result = exec_errno(sh, &wide);
	if (result == 0)
		ck_assert_ptr_eq(sh->mm->program, &wide);
	else
		ck_assert_uint_eq(result, SIM_ENOMEM);
	if (result && find_task(m, pid))
		ck_assert_ptr_eq(sh->mm->program, &builtin_program);
	for (int i = 0; i < NR_KERNEL_OBJECTS; i++)
		kmem_cache_shrink(m, m->kobj_cache[i]);
	if (result)
		ck_assert_uint_ge(free_everywhere(), before);
}
END_TEST

START_TEST(pids_and_order_of_birth_are_kept)
{
	struct task *a = do_spawn(m, "a", 2, &builtin_program, NULL), *b;

	do_exit(m, sh);
	b = do_spawn(m, "b", 3, &builtin_program, NULL);
	ck_assert_uint_eq(a->pid, 2);
	ck_assert_uint_eq(b->pid, 3);
	ck_assert_ptr_eq(m->tasks, a);
	ck_assert_ptr_eq(a->next, b);
	ck_assert_ptr_eq(find_task_by_symbol(m, 3), b);
	ck_assert_ptr_null(find_task(m, 1));
}
END_TEST

START_TEST(a_long_name_is_cut)
{
	struct task *t = do_spawn(m, "a-very-long-process-name", 2, &builtin_program, NULL);

	ck_assert_str_eq(t->comm, "a-very-long-pro");
}
END_TEST

Suite *exec_suite(void)
{
	Suite *s = suite_create("exec");
	TCase *tc = tcase_create("6.1"), *small = tcase_create("no memory");
	TCase *nx = tcase_create("three levels with NX");

	tcase_add_checked_fixture(tc, boot_61, teardown);
	tcase_add_test(tc, the_built_in_program_has_four_areas_and_three_pages);
	tcase_add_test(tc, the_data_area_has_an_anon_vma_and_the_bss_has_none);
	tcase_add_test(tc, exec_replaces_everything);
	tcase_add_test(tc, a_position_independent_program_lies_at_the_top_and_its_heap_alone);
	tcase_add_test(tc, data_that_ends_with_its_page_needs_no_clearing);
	tcase_add_test(tc, the_same_program_twice_shares_its_code);
	tcase_add_test(tc, bss_is_zeros_from_the_next_page_on);
	tcase_add_test(tc,
		       bss_may_be_written_whatever_its_segment_says_and_executed_if_that_says_so);
	tcase_add_test(tc, a_segment_without_file_part_is_bss_from_its_first_page_on);
	tcase_add_test(tc, each_segment_has_its_own_bss);
	tcase_add_test(tc, segments_come_in_the_order_of_the_file);
	tcase_add_test(tc, of_two_that_overlap_the_later_one_is_seen);
	tcase_add_test(tc, a_segment_may_lie_on_the_stack_if_that_can_still_be_written);
	tcase_add_test(tc, a_position_independent_program_is_aligned_as_its_segments_want);
	tcase_add_test(tc, a_hole_between_its_segments_stays_free);
	tcase_add_test(tc, the_stack_holds_the_strings_and_what_the_start_code_looks_for);
	tcase_add_test(tc, a_64_bit_program_lies_as_on_a_real_kernel);
	tcase_add_test(tc, a_64_bit_pie_lies_below_mmap_base_and_its_heap_far_below);
	tcase_add_test(tc, a_64_bit_program_that_cannot_lie_anywhere_is_einval_or_enomem);
	tcase_add_test(tc, an_arm_stack_has_one_pair_less_and_no_gap_below_its_strings);
	tcase_add_test(tc, a_program_that_says_nothing_of_its_stack_may_execute_all_that_it_reads);
	tcase_add_test(tc, a_program_may_want_its_stack_alone_executable);
	tcase_add_test(tc, what_cannot_be_mapped_ends_the_process_with_the_kernels_errno);
	tcase_add_test(tc, the_first_segment_must_find_its_place_free);
	tcase_add_test(tc, an_entry_point_in_the_kernel_is_refused_one_in_a_hole_is_a_signal);
	tcase_add_test(tc, a_program_without_segments_has_a_stack_and_cannot_grow_a_heap);
	tcase_add_test(tc, without_memory_the_old_program_goes_on);
	tcase_add_test(tc, programs_are_told_apart_by_the_last_letter_of_a_long_name);
	tcase_add_test(tc, everything_comes_back_when_the_last_process_ends);
	tcase_add_test(tc, pids_and_order_of_birth_are_kept);
	tcase_add_test(tc, a_long_name_is_cut);
	tcase_add_checked_fixture(small, boot_classic, teardown);
	tcase_add_loop_test(small, without_memory_exec_fails_before_or_after_the_point_of_no_return,
			    0, 16);
	tcase_add_checked_fixture(nx, boot_pae_nx, teardown);
	tcase_add_test(nx, a_program_that_says_nothing_of_its_stack_may_execute_all_that_it_reads);
	tcase_add_test(nx, a_program_may_want_its_stack_alone_executable);
	suite_add_tcase(s, tc);
	suite_add_tcase(s, nx);
	suite_add_tcase(s, small);
	return s;
}
