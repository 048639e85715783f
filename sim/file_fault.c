/*
 * Faults of areas that have a file behind them: do_fault.
 *
 *	read            map the page cache's frame; and, since the next pages
 *	                will be wanted too, those around it (fault-around)
 *	write, private  a copy of it: an anonymous frame from now on
 *	write, shared   map the page cache's frame, writable
 *
 * Fault-around: a window of 16 pages, from the 64K boundary below the address,
 * or from the start of the area if that is higher, to the end of the area, of
 * the page table or of the file, whichever comes first:
 *
 *	area 0x60003000..0x6002b000, fault at 0x60004000
 *	window 0x60003000..0x60013000: it begins where the area does and is
 *	16 pages long all the same, past the next 64K boundary
 *
 * All frames of it that are in memory are mapped, for one fault.  The window
 * is filled even if the wanted page is beyond the end of the file.
 *
 * Sizes count in pages: what lies behind the end inside the last page can be
 * read (zeros), the page after it is SIGBUS.
 *
 * Shared anonymous memory is a file here too.  Its pages are made at the first
 * touch, and are mapped writable at once: nobody asks to be told.
 */
#include "fault.h"

#include "machine.h"

enum { FAULT_AROUND_PAGES = 16 };

/* Page of the file behind an address of the area. */
static uint64_t file_index(const struct vma *v, vaddr_t va)
{
	return v->pgoff + ((va - v->start) >> PAGE_SHIFT);
}

static bool is_beyond_end(const struct vma *v, vaddr_t va)
{
	return file_index(v, va) >= v->file->nr_pages;
}

enum forecast_kind file_forecast(const struct vma *v, vaddr_t va, bool write)
{
	if (is_beyond_end(v, va))
		return FORECAST_BEYOND;
	return write && !(v->flags & VM_SHARED) ? FORECAST_COPY : FORECAST_FILE;
}

/* Map one more page of the cache: one reference and one mapping more. */
static void map_file_page(struct machine *m, struct vma *v, vaddr_t va,
			  pte_t *entry, pfn_t pfn, pte_t bits)
{
	struct page *page = pfn_page(m, pfn);

	get_page(m, pfn);
	page->mapcount++;
	v->mm->rss_file++;
	add_mm_counter_fast(m, v->mm, page, 1);
	if (v->flags & VM_LOCKED)
		lru_batch_add(m, LRU_MLOCK, pfn);
	*entry = mk_pte(pfn, bits);
	v->mm->nr_changes++;
	step(m, MAP_FILE_PAGE, va, pfn, page_index(page), page->mapcount,
	     *entry);
}

/* Fill the empty entries of [start, end), which one table covers. */
static bool filemap_map_pages(struct machine *m, struct vma *v, vaddr_t start,
			      vaddr_t end)
{
	pte_t bits = vma_page_prot(m, v);

	for (vaddr_t va = start; va < end; va += PAGE_SIZE) {
		pfn_t pfn = filemap_get_page(v->file, file_index(v, va));
		pte_t *entry;

		if (pfn == PFN_NONE)
			continue;
		entry = pte_alloc(m, v->mm, va);
		if (!entry)
			return false;
		if (!pte_present(*entry))
			map_file_page(m, v, va, entry, pfn, bits);
	}
	return true;
}

static bool do_fault_around(struct machine *m, struct vma *v, vaddr_t va)
{
	vaddr_t window = FAULT_AROUND_PAGES * PAGE_SIZE;
	vaddr_t start = va & ~(window - 1);
	uint32_t before = v->mm->rss_file;
	uint64_t end;
	bool ok;

	if (start < v->start)
		start = v->start;
	end = (uint64_t)start + window;
	if (end > v->end)
		end = v->end;
	end = pmd_addr_end(m, start, end);
	enter(m, DO_FAULT_AROUND, va, start, (end - start) >> PAGE_SHIFT);
	ok = filemap_map_pages(m, v, start, (vaddr_t)end);
	leave(m, DO_FAULT_AROUND, v->mm->rss_file - before);
	return ok;
}

/*
 * The frame of a page of the file, made if it is shared anonymous memory;
 * PFN_NONE with the reason in *why.
 */
static pfn_t fault_page(struct machine *m, const struct vma *v, vaddr_t va,
			enum fault_result *why)
{
	struct file *f = v->file;
	uint64_t index = file_index(v, va);
	pfn_t pfn = PFN_NONE;

	*why = FAULT_OOM;
	if (is_beyond_end(v, va)) {
		note(m, FAULT_BEYOND_END, va, index, f->nr_pages);
		*why = FAULT_SIGBUS;
	} else if (f->shmem) {
		pfn = shmem_get_page(m, f, index);
	} else {
		pfn = filemap_get_page(f, index);
	}
	return pfn;
}

static enum fault_result do_read_fault(struct machine *m, struct vma *v,
				       vaddr_t va)
{
	enum fault_result why;
	pte_t *entry;
	pfn_t pfn;

	if (!do_fault_around(m, v, va))
		return FAULT_OOM;
	entry = pte_offset(m, v->mm, va);
	if (entry && pte_present(*entry))
		return FAULT_MINOR;
	pfn = fault_page(m, v, va, &why);
	if (pfn == PFN_NONE)
		return why;
	entry = pte_alloc(m, v->mm, va);
	if (!entry)
		return FAULT_OOM;
	map_file_page(m, v, va, entry, pfn, vma_page_prot(m, v));
	return FAULT_MINOR;
}

static enum fault_result do_cow_fault(struct machine *m, struct vma *v,
				      vaddr_t va)
{
	enum fault_result why;
	pte_t *entry;
	pfn_t pfn;

	if (anon_vma_prepare(m, v))
		return FAULT_OOM;
	pfn = fault_page(m, v, va, &why);
	if (pfn == PFN_NONE)
		return why;
	entry = pte_alloc(m, v->mm, va);
	if (!entry)
		return FAULT_OOM;
	return map_anon_copy(m, v, va, entry, pfn);
}

static enum fault_result do_shared_fault(struct machine *m, struct vma *v,
					 vaddr_t va)
{
	enum fault_result why;
	pfn_t pfn = fault_page(m, v, va, &why);
	pte_t *entry;

	if (pfn == PFN_NONE)
		return why;
	entry = pte_alloc(m, v->mm, va);
	if (!entry)
		return FAULT_OOM;
	if (!v->file->shmem)
		note(m, PAGE_MKWRITE, va, pfn);
	pfn_page(m, pfn)->flags |= PG_DIRTY;
	map_file_page(m, v, va, entry, pfn,
		      vma_page_prot(m, v) | PTE_RW | PTE_D);
	return FAULT_MINOR;
}

/* What va's entry maps after a fault, for the story. */
static pfn_t mapped_pfn(const struct machine *m, const struct vma *v,
			vaddr_t va)
{
	const pte_t *entry = pte_offset(m, v->mm, va);

	return entry && pte_present(*entry) ? pte_pfn(*entry) : PFN_NONE;
}

enum fault_result do_fault(struct machine *m, struct vma *v, vaddr_t va,
			   bool write)
{
	uint32_t pid = v->mm->owner->pid;
	enum fault_result r;

	if (!write) {
		enter(m, DO_READ_FAULT, pid, va, file_index(v, va));
		r = do_read_fault(m, v, va);
		leave(m, DO_READ_FAULT, mapped_pfn(m, v, va));
	} else if (!(v->flags & VM_SHARED)) {
		enter(m, DO_COW_FAULT, pid, va, file_index(v, va));
		r = do_cow_fault(m, v, va);
		leave(m, DO_COW_FAULT, mapped_pfn(m, v, va));
	} else {
		enter(m, DO_SHARED_FAULT, pid, va, file_index(v, va));
		r = do_shared_fault(m, v, va);
		leave(m, DO_SHARED_FAULT, mapped_pfn(m, v, va));
	}
	return r;
}
