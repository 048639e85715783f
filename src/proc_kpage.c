/*
 * kpagecount and kpageflags: a 64-bit word for each frame of the machine.
 *
 *	kpagecount   how many entries of page tables map the frame
 *	kpageflags   what it is, as bits (KPF_*):
 *
 *	0000001000000000 RESERVED    kernel image, mem_map, firmware, holes    bit 32
 *	0000000000000400 BUDDY       in a block of the buddy allocator         bit 10
 *	0000000000000080 SLAB                                                  bit 7
 *	0000000004000000 PGTABLE     a table of a process, below the top one    bit 26
 *	0000000000005808 UPTODATE MMAP ANON SWAPBACKED                          bits 3, 11, 12, 14
 *
 * A frame on a CPU's list has no bit, as in the kernel.  Left out: bits of the lists of reclaim (LRU, ACTIVE,
 * REFERENCED, UNEVICTABLE).
 *
 * 6.1 fs/proc/page.c stable_page_flags().
 */
#include "proc.h"

#include "sim/pgtable.h"

enum kpf_bit {
	KPF_UPTODATE = 3,
	KPF_DIRTY = 4,
	KPF_SLAB = 7,
	KPF_BUDDY = 10,
	KPF_MMAP = 11,
	KPF_ANON = 12,
	KPF_SWAPBACKED = 14,
	KPF_COMPOUND_HEAD = 15,
	KPF_COMPOUND_TAIL = 16,
	KPF_ZERO_PAGE = 24,
	KPF_PGTABLE = 26,
	KPF_RESERVED = 32,
	KPF_MLOCKED = 33,
	NR_KPF = 64
};

static const char *const kpf_name[NR_KPF] = {
	[KPF_UPTODATE] = "UPTODATE",
	[KPF_DIRTY] = "DIRTY",
	[KPF_SLAB] = "SLAB",
	[KPF_BUDDY] = "BUDDY",
	[KPF_MMAP] = "MMAP",
	[KPF_ANON] = "ANON",
	[KPF_SWAPBACKED] = "SWAPBACKED",
	[KPF_COMPOUND_HEAD] = "COMPOUND_HEAD",
	[KPF_COMPOUND_TAIL] = "COMPOUND_TAIL",
	[KPF_ZERO_PAGE] = "ZERO_PAGE",
	[KPF_PGTABLE] = "PGTABLE",
	[KPF_RESERVED] = "RESERVED",
	[KPF_MLOCKED] = "MLOCKED",
};

#define KPF(name) (1ULL << KPF_##name)

/* ---- words ---- */

static uint64_t count_word(const struct page *page)
{
	return page->use != FRAME_SLAB && page->mapcount > 0 ? (uint64_t)page->mapcount : 0;
}

static uint64_t slab_flags(const struct machine *m, pfn_t pfn)
{
	const struct slab *s = slab_of(m, pfn_to_kva(m, pfn));

	if (!s || s->cache->gfporder == 0)
		return KPF(SLAB);
	return KPF(SLAB) | (s->pfn == pfn ? KPF(COMPOUND_HEAD) : KPF(COMPOUND_TAIL));
}

/* A page that processes can map. */
static uint64_t user_flags(const struct page *page, bool is_locked)
{
	uint64_t word = KPF(UPTODATE);

	if (page->mapcount > 0)
		word |= KPF(MMAP);
	if (is_locked)
		word |= KPF(MLOCKED);
	if (page->use == FRAME_ANON)
		word |= KPF(ANON);
	else if (page->flags & PG_DIRTY)
		word |= KPF(DIRTY);
	/* a page that madvise(free) gave up has no place in swap to go to */
	if (page->flags & PG_SWAPBACKED)
		word |= KPF(SWAPBACKED);
	return word;
}

static bool is_in_image(const struct machine *m, pfn_t pfn)
{
	return pfn - m->kernel_image_pfn < m->nr_kernel_image_pages;
}

static uint64_t flags_word(const struct machine *m, pfn_t pfn, bool is_locked)
{
	const struct page *page = &m->mem_map[pfn];

	switch (page->use) {
	case FRAME_FREE:
		return KPF(BUDDY);
	case FRAME_RESERVED:
	case FRAME_HOLE:
		return KPF(RESERVED);
	case FRAME_ZERO:
		return KPF(RESERVED) | KPF(ZERO_PAGE);
	case FRAME_SLAB:
		return slab_flags(m, pfn);
	case FRAME_TABLE:
		if (is_in_image(m, pfn))
			return KPF(RESERVED);
		/* top tables and the kernel's own have no bit */
		return page->level && page->index ? KPF(PGTABLE) : 0;
	case FRAME_ANON:
	case FRAME_FILE:
	case FRAME_SHMEM:
		return user_flags(page, is_locked);
	default:
		return 0;
	}
}

/* ---- files ---- */

void proc_kpagecount(FILE *out, const struct machine *m, const struct task *t)
{
	(void)t;
	for (pfn_t pfn = 0; pfn < m->max_pfn; pfn++)
		proc_put_word(out, pfn, count_word(&m->mem_map[pfn]));
	proc_end_words(out, m->max_pfn);
}

void proc_kpageflags(FILE *out, const struct machine *m, const struct task *t)
{
	bool *locked = mlocked_frames(m);

	(void)t;
	for (pfn_t pfn = 0; pfn < m->max_pfn; pfn++)
		proc_put_word(out, pfn, flags_word(m, pfn, locked[pfn]));
	proc_end_words(out, m->max_pfn);
	free(locked);
}

/* ---- as text: equal neighbours in one line ---- */

static void explain_run(FILE *out, pfn_t first, pfn_t end)
{
	if (end - first > 1)
		fprintf(out, "%05x-%05x  ", first, end - 1);
	else
		fprintf(out, "%05x        ", first);
}

static void explain_count(FILE *out, pfn_t first, pfn_t end, uint64_t word)
{
	if (!word)
		return;
	explain_run(out, first, end);
	fprintf(out, "%3llu\n", (unsigned long long)word);
}

static void explain_flags(FILE *out, pfn_t first, pfn_t end, uint64_t word)
{
	explain_run(out, first, end);
	fprintf(out, "%016llx ", (unsigned long long)word);
	for (unsigned bit = 0; bit < NR_KPF; bit++)
		if (word >> bit & 1)
			fprintf(out, " %s", kpf_name[bit]);
	fputc('\n', out);
}

void proc_kpagecount_text(FILE *out, const struct machine *m, const struct task *t)
{
	pfn_t first = 0;

	(void)t;
	for (pfn_t pfn = 1; pfn <= m->max_pfn; pfn++) {
		uint64_t word = count_word(&m->mem_map[first]);

		if (pfn < m->max_pfn && count_word(&m->mem_map[pfn]) == word)
			continue;
		explain_count(out, first, pfn, word);
		first = pfn;
	}
}

void proc_kpageflags_text(FILE *out, const struct machine *m, const struct task *t)
{
	bool *locked = mlocked_frames(m);
	uint64_t word = flags_word(m, 0, locked[0]);
	pfn_t first = 0;

	(void)t;
	for (pfn_t pfn = 1; pfn <= m->max_pfn; pfn++) {
		uint64_t next = pfn < m->max_pfn ? flags_word(m, pfn, locked[pfn]) : ~word;

		if (next == word)
			continue;
		explain_flags(out, first, pfn, word);
		first = pfn;
		word = next;
	}
	free(locked);
}
