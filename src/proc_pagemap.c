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
#define PM_PFRAME         ((1ULL << 55) - 1)

/* ---- entries, for several files ---- */

const pte_t *next_present(const struct machine *m, const struct mm *mm, uint64_t *va, uint64_t end)
{
	while (*va < end) {
		const pte_t *e = pte_offset(m, mm, (vaddr_t)*va);
		uint64_t table_end = pt_next(m, mm, *va, end);

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
	const struct vma *v;
	const pte_t *e;

	for_each_vma(t->mm, v)
		for (uint64_t va = v->start; (e = next_present(m, t->mm, &va, v->end));
		     va += PAGE_SIZE)
			proc_put_word(out, va >> PAGE_SHIFT, pagemap_word(m, *e));
	proc_end_words(out, m->map.task_size >> PAGE_SHIFT);
}

/*
 * ---- as text ----
 *
 * A line a page; in large areas neighbours with frames that follow each other, or with the zero page, share one.
 */
enum { LARGE_AREA_PAGES = 64 };

struct page_run {
	uint64_t va, nr_pages;
	uint64_t word; /* of its first page */
	int32_t mapcount;
	bool is_zero_page;
};

static void explain_hole(FILE *out, uint64_t start, uint64_t end)
{
	if (start < end)
		fprintf(out, "  %08llx  %-16s  %llu not present\n", (unsigned long long)start, "0",
			(unsigned long long)(end - start) >> PAGE_SHIFT);
}

/* What the bits of its words say. */
static void explain_run(FILE *out, const struct page_run *r)
{
	unsigned pfn = (unsigned)(r->word & PM_PFRAME);

	if (!r->nr_pages)
		return;
	fprintf(out, "  %08llx  %016llx  pfn %05x", (unsigned long long)r->va,
		(unsigned long long)r->word, pfn);
	if (r->nr_pages > 1 && !r->is_zero_page)
		fprintf(out, "-%05x", pfn + (unsigned)r->nr_pages - 1);
	if (r->is_zero_page)
		fputs(" zero page", out);
	else if (r->word & PM_MMAP_EXCLUSIVE)
		fprintf(out, " %s, mapped once", r->word & PM_FILE ? "file" : "anon");
	else
		fprintf(out, " %s, mapped %d times", r->word & PM_FILE ? "file" : "anon",
			r->mapcount);
	if (r->nr_pages > 1)
		fprintf(out, ", %llu pages", (unsigned long long)r->nr_pages);
	fputc('\n', out);
}

/* Does the page belong to the run?  Then it has it now. */
static bool extend_run(struct page_run *r, const struct page_run *page)
{
	uint64_t step = r->is_zero_page ? 0 : r->nr_pages;

	if (!r->nr_pages || page->va != r->va + r->nr_pages * PAGE_SIZE ||
	    page->word != r->word + step || page->mapcount != r->mapcount)
		return false;
	r->nr_pages++;
	return true;
}

static void explain_area(FILE *out, const struct machine *m, const struct vma *v)
{
	struct page_run run = {.va = v->start};
	const pte_t *e;

	for (uint64_t va = v->start; (e = next_present(m, v->mm, &va, v->end)); va += PAGE_SIZE) {
		struct page_run page = {va, 1, pagemap_word(m, *e),
					m->mem_map[pte_pfn(*e)].mapcount, *e & PTE_SPECIAL};

		if (vma_pages(v) > LARGE_AREA_PAGES && extend_run(&run, &page))
			continue;
		explain_run(out, &run);
		explain_hole(out, run.va + run.nr_pages * PAGE_SIZE, va);
		run = page;
	}
	explain_run(out, &run);
	explain_hole(out, run.va + run.nr_pages * PAGE_SIZE, v->end);
}

void proc_pagemap_text(FILE *out, const struct machine *m, const struct task *t)
{
	const struct vma *v;

	for_each_vma(t->mm, v) {
		proc_map_line(out, m, v);
		fputc('\n', out);
		explain_area(out, m, v);
	}
}
