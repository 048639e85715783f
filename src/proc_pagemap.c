/*
 * PID/pagemap: a 64-bit word for each page of the address space.
 *
 *	63      present            61  page of a file or of shared memory
 *	62      swapped out        56  mapped once, by this entry
 *	54..0   frame              55  soft-dirty: i386 does not have it
 *
 *	word number 0xb7ffe of kid's file, after a fork:   80000000 00038a4f   frame 38a4f, anonymous, shared
 *	after kid has written to the page:                 81000000 00038a50   another frame, its own
 *
 * The file covers the 3 GiB of user addresses, 6 MiB, of which nearly all is zero: it is written with holes.
 *
 * A process that maps one frame at two addresses does not map it once: bit 56 is not what COW goes by.
 *
 * 6.1 fs/proc/task_mmu.c pte_to_pagemap_entry().
 */
#include "proc.h"

#define PM_PRESENT        (1ULL << 63)
#define PM_FILE           (1ULL << 61)
#define PM_MMAP_EXCLUSIVE (1ULL << 56)

/* ---- entries, for several files ---- */

const pte_t *next_present(const struct machine *m, const struct mm *mm, uint64_t *va, uint64_t end)
{
	while (*va < end) {
		const pte_t *e = pte_offset(m, mm, (vaddr_t)*va);
		uint64_t table_end = pmd_addr_end(m, *va, end);

		for (; e && *va < table_end; *va += PAGE_SIZE, e++)
			if (pte_present(*e))
				return e;
		*va = table_end;
	}
	return NULL;
}

/* ---- binary files ---- */

static void put_word(FILE *out, uint64_t index, uint64_t word)
{
	unsigned char bytes[8];

	for (unsigned i = 0; i < 8; i++)
		bytes[i] = (unsigned char)(word >> 8 * i);
	if (ftello(out) == (off_t)index * 8 || fseeko(out, (off_t)index * 8, SEEK_SET) == 0)
		fwrite(bytes, sizeof(bytes), 1, out);
}

void proc_put_word(FILE *out, uint64_t index, uint64_t word)
{
	if (word)
		put_word(out, index, word);
}

void proc_end_words(FILE *out, uint64_t nr)
{
	if (nr && ftello(out) != (off_t)nr * 8)
		put_word(out, nr - 1, 0);
}

/* ---- pagemap ---- */

static uint64_t pagemap_word(const struct machine *m, pte_t e)
{
	const struct page *page = &m->mem_map[pte_pfn(e)];
	uint64_t word = PM_PRESENT | pte_pfn(e);

	if (e & PTE_SPECIAL)
		return word;
	if (page->use != FRAME_ANON)
		word |= PM_FILE;
	if (page->mapcount == 1)
		word |= PM_MMAP_EXCLUSIVE;
	return word;
}

void proc_pagemap(FILE *out, const struct machine *m, const struct task *t)
{
	const pte_t *e;

	for (uint32_t i = 0; i < t->mm->map_count; i++) {
		const struct vma *v = t->mm->vma[i];

		for (uint64_t va = v->start; (e = next_present(m, t->mm, &va, v->end));
		     va += PAGE_SIZE)
			proc_put_word(out, va >> PAGE_SHIFT, pagemap_word(m, *e));
	}
	proc_end_words(out, m->profile->page_offset >> PAGE_SHIFT);
}

/* ---- as text ---- */

static void explain_hole(FILE *out, uint64_t start, uint64_t end)
{
	if (start < end)
		fprintf(out, "  %08llx  %-16s  %llu not present\n", (unsigned long long)start, "0",
			(unsigned long long)(end - start) >> PAGE_SHIFT);
}

/* What the bits of a word say. */
static void explain_word(FILE *out, const struct machine *m, uint64_t va, pte_t e)
{
	uint64_t word = pagemap_word(m, e);
	const struct page *page = &m->mem_map[pte_pfn(e)];

	fprintf(out, "  %08llx  %016llx  pfn %05x %s", (unsigned long long)va,
		(unsigned long long)word, pte_pfn(e),
		e & PTE_SPECIAL  ? "zero page"
		: word & PM_FILE ? "file"
				 : "anon");
	if (word & PM_MMAP_EXCLUSIVE)
		fputs(", mapped once", out);
	else if (!(e & PTE_SPECIAL))
		fprintf(out, ", mapped %d times", page->mapcount);
	fputc('\n', out);
}

void proc_pagemap_text(FILE *out, const struct machine *m, const struct task *t)
{
	for (uint32_t i = 0; i < t->mm->map_count; i++) {
		const struct vma *v = t->mm->vma[i];
		uint64_t done = v->start;
		const pte_t *e;

		proc_map_line(out, m, v);
		fputc('\n', out);
		for (uint64_t va = v->start; (e = next_present(m, t->mm, &va, v->end));
		     va += PAGE_SIZE) {
			explain_hole(out, done, va);
			explain_word(out, m, va, *e);
			done = va + PAGE_SIZE;
		}
		explain_hole(out, done, v->end);
	}
}
