/*
 * PID/maps and PID/smaps: the areas of a process, and what of each is in memory.
 *
 *	08048000-08049000 r-xp 00000000 00:02 1          /program
 *	|start   |end     |    |offset  |     |inode     '- the 50th column of a 32-bit kernel, the 74th of a 64-bit one
 *	                  |             '- device: the memory file system 00:02, shared memory's own 00:01
 *	                  '- private, readable and executable
 *
 * smaps looks at every entry of an area.  A page counts as shared when it is mapped more than once, by whomever; as
 * dirty when its entry or its frame is; and as its part of it in Pss, so that the Pss of all processes together is
 * what they hold together:
 *
 *	one page of 4096 bytes that three map: Rss 4 kB and Pss 1 kB (1365 bytes) in each of them
 *
 * The zero page belongs to nobody: it is in no sum.  The last line may be the gate, a page of the kernel's part that
 * every process has and none maps: ARM's [vectors].
 *
 * 6.1 fs/proc/task_mmu.c show_map_vma(), smaps_account(), show_smap().
 */
#include <string.h>

#include "listing.h"
#include "proc.h"

enum { PSS_SHIFT = 12 };

/* ---- maps ---- */

/* The number of the file's inode: open files of one file share it. */
static uint32_t inode_of(const struct machine *m, const struct file *f)
{
	const struct file *first = m->files;

	while (first->kobj[0] != f->kobj[0])
		first = first->next;
	return first->id;
}

/* A path as seq_file_path() escapes it: a line feed would end the line. */
static void print_path(FILE *out, const struct file *f)
{
	fputc('/', out);
	for (const char *c = f->name; *c; c++)
		if (*c == '\n')
			fputs("\\012", out);
		else
			fputc(*c, out);
}

/* The area that is in no mm; false: this machine has none. */
static bool gate_area(const struct machine *m, struct vma *gate)
{
	const struct mm_profile *p = m->profile;

	*gate = (struct vma){.start = p->gate, .end = p->gate + PAGE_SIZE, .flags = p->gate_flags};
	return p->gate != 0;
}

/* What an area without a file is called; "-": nothing. */
static const char *name_of(const struct machine *m, const struct vma *v)
{
	return v->mm ? vma_name(v) : m->profile->gate_name;
}

static void print_name(FILE *out, const struct machine *m, const struct vma *v)
{
	if (v->file && v->file->shmem)
		fputs("/dev/zero (deleted)", out);
	else if (v->file)
		print_path(out, v->file);
	else
		fputs(name_of(m, v), out);
}

/* Names begin in one column, one blank at least after what is before them: 6.1 show_vma_header_prefix(). */
static int blanks_before_name(const struct machine *m, int width)
{
	int column = 24 + 6 * m->profile->word_bits / 8;

	return width < column ? column + 1 - width : 1;
}

void proc_map_line(FILE *out, const struct machine *m, const struct vma *v)
{
	const struct file *f = v->file;
	int width;

	width = fprintf(out, "%08" PRIx64 "-%08" PRIx64 " %c%c%c%c %08llx 00:%02x %u ", v->start,
			v->end, v->flags & VM_READ ? 'r' : '-', v->flags & VM_WRITE ? 'w' : '-',
			v->flags & VM_EXEC ? 'x' : '-', v->flags & VM_MAYSHARE ? 's' : 'p',
			f ? (unsigned long long)v->pgoff << PAGE_SHIFT : 0ULL,
			!f         ? 0U
			: f->shmem ? 1U
				   : 2U,
			f ? inode_of(m, f) : 0U);
	if (!f && strcmp(name_of(m, v), "-") == 0)
		return;
	fprintf(out, "%*s", blanks_before_name(m, width), "");
	print_name(out, m, v);
}

void proc_maps(FILE *out, const struct machine *m, const struct task *t)
{
	const struct vma *v;
	struct vma gate;

	for_each_vma(t->mm, v) {
		proc_map_line(out, m, v);
		fputc('\n', out);
	}
	if (gate_area(m, &gate)) {
		proc_map_line(out, m, &gate);
		fputc('\n', out);
	}
}

/* ---- smaps ---- */

/* Bytes; what is a part of a page, shifted left by PSS_SHIFT. */
struct area_sums {
	uint64_t resident, pss, pss_dirty, locked;
	uint64_t shared_clean, shared_dirty, private_clean, private_dirty;
	uint64_t referenced, anonymous, lazyfree;
};

static void add_page(struct area_sums *s, const struct page *page, pte_t e, bool is_locked)
{
	bool dirty = (e & PTE_D) || (page->flags & PG_DIRTY), shared = page->mapcount > 1;
	uint64_t part =
		((uint64_t)PAGE_SIZE << PSS_SHIFT) / (shared ? (uint32_t)page->mapcount : 1);

	s->resident += PAGE_SIZE;
	s->pss += part;
	s->pss_dirty += dirty ? part : 0;
	s->locked += is_locked ? part : 0;
	*(shared  ? dirty ? &s->shared_dirty : &s->shared_clean
	  : dirty ? &s->private_dirty
		  : &s->private_clean) += PAGE_SIZE;
	s->referenced += e & PTE_A ? PAGE_SIZE : 0;
	s->anonymous += page->use == FRAME_ANON ? PAGE_SIZE : 0;
	/* given up by madvise(free), and not written since */
	s->lazyfree +=
		page->use == FRAME_ANON && !(page->flags & PG_SWAPBACKED) && !dirty ? PAGE_SIZE : 0;
}

static struct area_sums sum_area(const struct machine *m, const struct vma *v)
{
	struct area_sums s = {0};
	const pte_t *e;

	if (!v->mm) /* the gate: the kernel's tables are not looked at */
		return s;
	for (uint64_t va = v->start; (e = next_present(m, v->mm, &va, v->end)); va += PAGE_SIZE)
		if (!(*e & PTE_SPECIAL))
			add_page(&s, &m->mem_map[pte_pfn(*e)], *e, v->flags & VM_LOCKED);
	return s;
}

static void kb(FILE *out, const char *name, uint64_t bytes)
{
	fprintf(out, "%-15s %8llu kB\n", name, (unsigned long long)bytes >> 10);
}

static void print_sums(FILE *out, const struct area_sums *s)
{
	kb(out, "Rss:", s->resident);
	kb(out, "Pss:", s->pss >> PSS_SHIFT);
	kb(out, "Pss_Dirty:", s->pss_dirty >> PSS_SHIFT);
	kb(out, "Shared_Clean:", s->shared_clean);
	kb(out, "Shared_Dirty:", s->shared_dirty);
	kb(out, "Private_Clean:", s->private_clean);
	kb(out, "Private_Dirty:", s->private_dirty);
	kb(out, "Referenced:", s->referenced);
	kb(out, "Anonymous:", s->anonymous);
	kb(out, "LazyFree:", s->lazyfree);
	kb(out, "AnonHugePages:", 0);
	kb(out, "ShmemPmdMapped:", 0);
	kb(out, "FilePmdMapped:", 0);
	kb(out, "Shared_Hugetlb:", 0);
	fprintf(out, "Private_Hugetlb: %7u kB\n", 0U);
	kb(out, "Swap:", 0);
	kb(out, "SwapPss:", 0);
	kb(out, "Locked:", s->locked >> PSS_SHIFT);
}

/* A shared mapping of what may only be read counts as a private one, 6.1 do_mmap(); the engine keeps it shared. */
static uint32_t flags_of(const struct vma *v)
{
	return v->flags & VM_MAYWRITE ? v->flags : v->flags & ~(uint32_t)VM_SHARED;
}

/* In the order of the bits. */
static void print_flags(FILE *out, const struct vma *v)
{
	static const struct {
		uint32_t flag;
		const char *letters;
	} known[] = {
		{VM_READ, "rd"},      {VM_WRITE, "wr"},    {VM_EXEC, "ex"},     {VM_SHARED, "sh"},
		{VM_MAYREAD, "mr"},   {VM_MAYWRITE, "mw"}, {VM_MAYEXEC, "me"},  {VM_MAYSHARE, "ms"},
		{VM_GROWSDOWN, "gd"}, {VM_LOCKED, "lo"},   {VM_DONTCOPY, "dc"}, {VM_ACCOUNT, "ac"},
		{VM_NORESERVE, "nr"},
	};

	fputs("VmFlags: ", out);
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (flags_of(v) & known[i].flag)
			fprintf(out, "%s ", known[i].letters);
	fputc('\n', out);
}

static void print_smap(FILE *out, const struct machine *m, const struct vma *v)
{
	struct area_sums s = sum_area(m, v);

	proc_map_line(out, m, v);
	fputc('\n', out);
	kb(out, "Size:", (uint64_t)v->end - v->start);
	kb(out, "KernelPageSize:", PAGE_SIZE);
	kb(out, "MMUPageSize:", PAGE_SIZE);
	print_sums(out, &s);
	fprintf(out, "THPeligible:    %d\n", 0);
	print_flags(out, v);
}

void proc_smaps(FILE *out, const struct machine *m, const struct task *t)
{
	const struct vma *v;
	struct vma gate;

	for_each_vma(t->mm, v)
		print_smap(out, m, v);
	if (gate_area(m, &gate))
		print_smap(out, m, &gate);
}
