/*
 * The page-fault path: from an address to a verdict.
 *
 * The CPU could not finish an access and hands the kernel an address and an
 * error code.  The kernel asks, in this order:
 *
 *	kernel's gigabyte?                  yes -> SIGSEGV MAPERR
 *	an area at or above the address?     no -> SIGSEGV MAPERR
 *	address below it: may it grow down?  no -> SIGSEGV MAPERR
 *	does the area allow this access?     no -> SIGSEGV ACCERR
 *	what does the page-table entry say?
 *	    empty, anonymous, read             map the zero page
 *	    empty, anonymous, write            a new frame, zeroed
 *	    empty, file                        do_fault (file_fault.c)
 *	    present, read-only, write          do_wp_page (cow.c)
 *
 * An area is a promise; memory comes here.  A fault that succeeds is counted
 * and the CPU repeats the access.  A refused one counts nothing (RULES 6).
 *
 * When no frame can be had, the OOM killer ends a task and, if it was another
 * one, the access is repeated.
 *
 * Simpler than Linux: no swap, so every fault is a minor one; no locks, hence
 * no retries.  A fault of the kernel's own asks more: kernel_fault.c.
 */
#include "fault.h"

#include "machine.h"

static struct outcome sigsegv(enum outcome_kind kind, vaddr_t va)
{
	return (struct outcome){.kind = kind, .value = va};
}

/*
 * The area that va belongs to, grown down to it where that is allowed; NULL:
 * there is none.
 */
static struct vma *area_for(struct machine *m, struct mm *mm, vaddr_t va)
{
	struct vma *v = find_vma(m, mm, va);

	if (!v) {
		note(m, FAULT_NO_AREA, va);
		return NULL;
	}
	if (v->start <= va)
		return v;
	if (!(v->flags & VM_GROWSDOWN)) {
		note(m, FAULT_HOLE, va, v->start);
		return NULL;
	}
	if (expand_stack(m, v, va)) {
		note(m, FAULT_NO_GROWTH, va, v->start);
		return NULL;
	}
	return v;
}

/*
 * A write needs VM_WRITE; any right is enough to read or execute a page that is
 * not there yet.  If a page that is there refused a read, it was NX that did.
 */
static bool access_error(const struct vma *v, uint32_t error)
{
	if (error & ERR_WRITE)
		return !(v->flags & VM_WRITE);
	return (error & ERR_PROT) || !(v->flags & VM_ACCESS);
}

/* No frame for t: end a task. OK: try again. */
static struct outcome pagefault_out_of_memory(struct machine *m, uint32_t pid)
{
	if (out_of_memory(m, pid) == pid)
		return (struct outcome){.kind = OUT_KILLED};
	return (struct outcome){.kind = OUT_OK};
}

struct outcome fault_in_area(struct machine *m, struct task *t, vaddr_t va,
			     uint32_t error)
{
	struct vma *v = area_for(m, t->mm, va);

	if (!v)
		return sigsegv(OUT_MAPERR, va);
	if (access_error(v, error)) {
		note(m, FAULT_NO_RIGHT, va, v->start, v->flags & VM_ACCESS);
		return sigsegv(OUT_ACCERR, va);
	}
	note(m, FAULT_GOOD_AREA, va, v->start, v->flags & VM_ACCESS);
	switch (handle_mm_fault(m, t, v, va, error & ERR_WRITE)) {
	case FAULT_SIGBUS:
		return sigsegv(OUT_BUS, va);
	case FAULT_OOM:
		return pagefault_out_of_memory(m, t->pid);
	default:
		return (struct outcome){.kind = OUT_OK};
	}
}

static struct outcome decide(struct machine *m, struct task *t, vaddr_t va,
			     uint32_t error)
{
	if (va >= m->map.task_size) {
		note(m, FAULT_KERNEL_ADDRESS, va, m->map.task_size);
		return sigsegv(OUT_MAPERR, va);
	}
	return fault_in_area(m, t, va, error);
}

struct outcome do_page_fault(struct machine *m, struct task *t, vaddr_t va,
			     uint32_t error)
{
	struct outcome o;

	enter(m, PAGE_FAULT, t->pid, va, error);
	o = decide(m, t, va, error);
	leave(m, PAGE_FAULT, o.kind);
	return o;
}

/* ---- one page of an area ---- */

/* A read finds nothing: all such pages share the one frame of zeros. */
static enum fault_result map_zero_page(struct machine *m, struct vma *v,
				       vaddr_t va, pte_t *entry)
{
	pte_t old = *entry;

	*entry = mk_pte(m->zero_page, vma_page_prot(m, v) | PTE_SPECIAL);
	v->mm->nr_changes++;
	m->nr_zero_maps++;
	step(m, SET_PTE, va, old, *entry, m->zero_page);
	return FAULT_MINOR;
}

/* entry: va's, NULL if its table is missing. */
static enum fault_result do_anonymous_page(struct machine *m, struct vma *v,
					   vaddr_t va, pte_t *entry, bool write)
{
	enum fault_result r = FAULT_OOM;

	enter(m, DO_ANONYMOUS_PAGE, v->mm->owner->pid, va,
	      write ? ACCESS_WRITE : ACCESS_READ);
	if (!entry)
		entry = pte_alloc(m, v->mm, va);
	if (entry && !write)
		r = map_zero_page(m, v, va, entry);
	else if (entry && anon_vma_prepare(m, v) == 0)
		r = map_new_anon_page(m, v, va, entry);
	leave(m, DO_ANONYMOUS_PAGE,
	      r == FAULT_MINOR ? pte_pfn(*entry) : PFN_NONE);
	return r;
}

/* The entry allows the access already: the MMU leaves it to the kernel to mark
 * the entry, or the TLB was behind.  The end of 6.1 handle_pte_fault(). */
static enum fault_result mark_accessed(struct machine *m, vaddr_t va,
				       pte_t *entry, bool write)
{
	pte_t old = *entry;

	*entry |= PTE_A | (write ? PTE_D : 0);
	if (*entry != old)
		step(m, SET_ACCESS_FLAGS, va, old, *entry);
	else
		note(m, FAULT_SPURIOUS, va, old);
	return FAULT_MINOR;
}

static enum fault_result handle_pte_fault(struct machine *m, struct vma *v,
					  vaddr_t va, bool write)
{
	pte_t *entry = pte_offset(m, v->mm, va);
	pte_t e = entry ? *entry : 0;

	if (!pte_present(e) && v->file) {
		note(m, PTE_NONE_FILE, va, e, v->start);
		return do_fault(m, v, va, write);
	}
	if (!pte_present(e)) {
		note(m, PTE_NONE_ANON, va, e, v->start);
		return do_anonymous_page(m, v, va, entry, write);
	}
	if (write && !(e & PTE_RW)) {
		note(m, PTE_READ_ONLY, va, e, pte_pfn(e));
		return do_wp_page(m, v, va, entry);
	}
	return mark_accessed(m, va, entry, write);
}

static enum outcome_kind outcome_of(enum fault_result r)
{
	switch (r) {
	case FAULT_SIGBUS:
		return OUT_BUS;
	case FAULT_OOM:
		return OUT_FAILED;
	default:
		return OUT_OK;
	}
}

enum fault_result handle_mm_fault(struct machine *m, struct task *t,
				  struct vma *v, vaddr_t va, bool write)
{
	enum fault_result r = FAULT_OOM;

	enter(m, HANDLE_MM_FAULT, t->pid, va, v->start,
	      write ? ACCESS_WRITE : ACCESS_READ);
	check_sync_rss_stat(m, v->mm);
	if (pmd_alloc(m, v->mm, va))
		r = handle_pte_fault(m, v, va, write);
	if (r == FAULT_MINOR) {
		m->nr_faults++;
		t->min_flt++;
		t->event_min++;
	}
	leave(m, HANDLE_MM_FAULT, outcome_of(r));
	return r;
}

/* ---- what would happen ---- */

static enum forecast_kind pte_forecast(const struct machine *m,
				       const struct vma *v, vaddr_t va,
				       bool write)
{
	const pte_t *entry = pte_offset(m, v->mm, va);
	pte_t e = entry ? *entry : 0;

	if (!pte_present(e) && v->file)
		return file_forecast(v, va, write);
	if (!pte_present(e))
		return write ? FORECAST_NEW : FORECAST_ZERO;
	if (write && !(e & PTE_RW))
		return wp_forecast(m, v, e);
	return FORECAST_SPURIOUS;
}

/* What comes of a fault in the area.  A fetch is refused by NX when it runs
 * again, in the page that the fault brought. */
static enum forecast_kind area_forecast(const struct machine *m,
					const struct vma *v, vaddr_t va,
					enum access kind)
{
	bool write = kind == ACCESS_WRITE;
	bool no_exec = m->nx && !(v->flags & VM_EXEC);
	enum forecast_kind f;

	if (access_error(v, write ? ERR_WRITE : 0))
		return FORECAST_NO_RIGHT;
	f = pte_forecast(m, v, va, write);
	if (kind == ACCESS_FETCH && no_exec && f != FORECAST_BEYOND)
		return FORECAST_NO_RIGHT;
	return f;
}

struct forecast fault_forecast(const struct machine *m, const struct task *t,
			       vaddr_t va, enum access kind)
{
	const struct vma *v = mm_area_at(t->mm, va);
	struct forecast f = {.kind = FORECAST_NO_AREA};

	if (va >= m->map.task_size || !v)
		return f;
	if (mmu_allows(m, t->mm, va, kind))
		return (struct forecast){.kind = FORECAST_NO_FAULT};
	f.grows = v->start > va;
	if (f.grows && !(v->flags & VM_GROWSDOWN))
		f.grows = false;
	else if (f.grows && !stack_may_grow(m, v, va))
		f = (struct forecast){.kind = FORECAST_NO_GROWTH};
	else
		f.kind = area_forecast(m, v, va, kind);
	return f;
}
