/*
 * fork: an address space like another one, at the price of its tables.
 *
 * The child gets areas equal to the parent's, and entries that name the same
 * frames.  No page is copied.  What keeps the two apart is that every entry
 * of a private area loses RW on both sides: the first write of either side
 * faults, and do_wp_page (cow.c) decides who copies.
 *
 *	parent's entry          frame                child's entry
 *	38a4f067 rw  dirty      38a4f  1 mapping     (none)
 *	                 fork
 *	38a4f065 ro  dirty      38a4f  2 mappings    38a4f045 ro  not accessed
 *
 * So a fork of n private resident pages under k page tables costs 1 PGD and k
 * tables, n counts and n entries, and the parent's TLB, which still holds the
 * rights of before.
 *
 * Areas that never had a page of their own (no anon_vma: program text, shared
 * mappings, untouched memory) are not copied entry by entry at all: faults will
 * bring the same pages, and most children exec before they need them.  2.6.11
 * still copied these too (profile fork_copies_all_ptes).
 *
 * The child begins with its first instruction, whose page it must fetch.
 *
 * Simpler than Linux: no clone flags (no threads, no vfork).
 */
#include "machine.h"
#include "process.h"

/* ---- entries ---- */

/* What the child gets for an entry of the parent. */
static pte_t child_entry(pte_t e, const struct vma *src)
{
	if (src->flags & VM_SHARED)
		e &= ~(pte_t)PTE_D;
	return e & ~(pte_t)PTE_A;
}

/* A private area that may be written: its pages are to be copied on write. */
static bool is_cow_mapping(const struct vma *v)
{
	return (v->flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE;
}

/* One more user of the frame that a child's entry names. */
static void count_child(struct mm *mm, struct page *page)
{
	page->refcount++;
	page->mapcount++;
	if (page->use == FRAME_ANON) {
		page->flags &= (uint8_t)~PG_EXCLUSIVE;
		mm->rss_anon++;
	} else {
		mm->rss_file++;
	}
}

/* n entries of one table each, from va on. */
static void copy_pte_range(struct machine *m, struct mm *child,
			   const struct vma *src, pte_t *to, pte_t *from,
			   vaddr_t va, uint64_t n)
{
	bool cow = is_cow_mapping(src);

	child->nr_changes++;
	for (uint64_t i = 0; i < n; i++, va += PAGE_SIZE) {
		struct page *page;

		if (!from[i])
			continue;
		if (cow)
			from[i] &= ~(pte_t)PTE_RW;
		to[i] = child_entry(from[i], src);
		if (from[i] & PTE_SPECIAL) {
			step(m, COPY_ZERO_PTE, va, pte_pfn(to[i]), to[i]);
			continue;
		}
		page = pfn_page(m, pte_pfn(to[i]));
		count_child(child, page);
		if (cow)
			step(m, COPY_PRESENT_PTE, va, pte_pfn(to[i]),
			     page->mapcount, from[i], to[i]);
		else
			step(m, COPY_SHARED_PTE, va, pte_pfn(to[i]),
			     page->mapcount, from[i], to[i]);
	}
}

/* Has the area anything that faults could not bring back? */
static bool vma_needs_copy(const struct machine *m, const struct vma *src)
{
	return m->profile->fork_copies_all_ptes || src->anon_vma;
}

int copy_page_range(struct machine *m, struct mm *child, struct vma *dst,
		    struct vma *src)
{
	uint32_t rss = child->rss_anon + child->rss_file;
	int err = 0;

	if (!vma_needs_copy(m, src)) {
		note(m, COPY_NOT_NEEDED, dst->start);
		return 0;
	}
	enter(m, COPY_PAGE_RANGE, dst->start, dst->end,
	      (dst->end - dst->start) >> PAGE_SHIFT);
	for (uint64_t va = src->start, next; va < src->end; va = next) {
		pte_t *from = pte_offset(m, src->mm, (vaddr_t)va), *to;

		next = pt_next(m, src->mm, va, src->end);
		if (!from)
			continue;
		to = pte_alloc(m, child, (vaddr_t)va);
		if (!to) {
			err = -SIM_ENOMEM;
			break;
		}
		copy_pte_range(m, child, src, to, from, (vaddr_t)va,
			       (next - va) >> PAGE_SHIFT);
	}
	leave(m, COPY_PAGE_RANGE, child->rss_anon + child->rss_file - rss);
	return err;
}

/* ---- areas ---- */

/* src's like in mm, and its entries.  NULL: no memory. */
static int dup_area(struct machine *m, struct mm *mm, struct vma *src)
{
	uint64_t pages = (src->end - src->start) >> PAGE_SHIFT;
	struct vma *dst;

	if ((src->flags & VM_ACCOUNT) && vm_enough_memory(m, pages))
		return -SIM_ENOMEM;
	dst = vma_alloc(m, mm);
	if (!dst)
		return -SIM_ENOMEM;
	dst->start = src->start;
	dst->end = src->end;
	dst->flags = src->flags & ~(uint32_t)VM_LOCKED;
	dst->pgoff = src->pgoff;
	if (anon_vma_fork(m, dst, src)) {
		vma_free(m, dst);
		return -SIM_ENOMEM;
	}
	dst->file = src->file;
	if (dst->file)
		file_get(dst->file);
	insert_vma(m, mm, dst);
	return copy_page_range(m, mm, dst, src);
}

static int dup_mmap(struct machine *m, struct mm *mm, struct mm *old)
{
	struct vma *v = old->mmap;
	int err = 0;

	enter(m, DUP_MMAP, old->owner->pid, mm->owner->pid, old->map_count);
	for (; v && !err; v = v->next) {
		if (v->flags & VM_DONTCOPY)
			note(m, DUP_DONTCOPY, v->start);
		else
			err = dup_area(m, mm, v);
	}
	flush_tlb_mm(m, old);
	leave(m, DUP_MMAP, -err);
	return err;
}

/* What an address space knows beside its areas. */
static void copy_layout(struct machine *m, struct mm *mm, const struct mm *old)
{
	mm->mmap_base = old->mmap_base;
	mm->start_code = old->start_code;
	mm->end_code = old->end_code;
	mm->start_data = old->start_data;
	mm->end_data = old->end_data;
	mm->start_brk = old->start_brk;
	mm->brk = old->brk;
	mm->start_stack = old->start_stack;
	mm->arg_start = old->arg_start;
	mm->arg_end = old->arg_end;
	mm->env_start = old->env_start;
	mm->env_end = old->env_end;
	mm->entry = old->entry;
	mm->data_page = old->data_page;
	mm->bss_start = old->bss_start;
	mm->program = old->program;
	mm->exe = old->exe;
	region_copy(m, &mm->regions, &old->regions);
	malloc_copy(m, mm, old);
}

/* ---- the task ---- */

/* child gets a copy of parent's memory and lives; false: no memory, and child
 * is gone. */
static bool copy_mm(struct machine *m, struct task *child, struct task *parent)
{
	child->mm = mm_alloc(m, child);
	if (!child->mm) {
		task_free(m, child);
		return false;
	}
	copy_layout(m, child->mm, parent->mm);
	child->personality = parent->personality;
	copy_thread_tls(child, parent);
	child->flags |= PF_FORKNOEXEC;
	task_link(m, child);
	if (dup_mmap(m, child->mm, parent->mm) == 0)
		return true;
	do_exit(m, child);
	return false;
}

struct task *do_fork(struct machine *m, struct task *parent, const char *comm,
		     uint32_t symbol)
{
	struct task *child;
	uint32_t pid;

	enter(m, FORK, parent->pid, parent->mm->rss_anon + parent->mm->rss_file,
	      parent->mm->nr_tables);
	child = task_alloc(m, comm, symbol, parent);
	if (child && !copy_mm(m, child, parent))
		child = NULL;
	pid = child ? child->pid : 0;
	leave(m, FORK, pid);
	if (!child)
		return NULL;
	user_runs(m, child);
	return find_task(m, pid);
}
