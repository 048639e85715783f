/*
 * mmap: a promise of memory.
 *
 * The call makes an area and nothing else: no frame, no page table.  Those come
 * page by page, at the first access.
 *
 *	1. Is the request sound?  Length, file offset, place (EINVAL, ENOMEM,
 *	   EPERM), then rights (EAGAIN, EACCES, EINVAL).
 *	2. Where?  MAP_FIXED says it and unmaps what is there; a hint is taken
 *	   where it is free; else the highest gap (unmapped_area.c).
 *	3. May the machine promise that much?  Private writable memory is
 *	   accounted (VM_ACCOUNT, overcommit.c).
 *	4. Does it continue a neighbour?  Then that one grows; else a new area.
 *	5. populate and locked touch every page at once; what cannot be had is
 *	   left to the first access.
 *
 * Private anonymous memory counts its pages from address 0: the area at
 * b7ffc000 has offset b7ffc, so that two areas that touch continue each other.
 * Shared anonymous memory is a file without a name, one for each call: two of
 * them never merge, the pieces of one do.
 *
 * Simpler than Linux: a file opened read-only keeps VM_SHARED in a shared
 * mapping and only lacks VM_MAYWRITE; the difference is seen in VmFlags of smaps
 * alone, which knows of it.
 *
 * 6.1 mm/mmap.c do_mmap(), mmap_region(); the order of errors is that of RULES
 * section 4.
 */
#include "mmap.h"

#include "machine.h"
#include "vma.h"

/* ---- 1 and 2: is it sound, and where? ---- */

/* Rights of the area, and those that mprotect may give it later. */
static uint32_t vm_flags_of(uint32_t prot, bool shared, const struct file *file)
{
	uint32_t flags = prot | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;

	if (!shared)
		return flags;
	if (file && file->executable)
		flags &= ~(uint32_t)VM_MAYWRITE;
	return flags | VM_SHARED | VM_MAYSHARE;
}

static uint32_t request_flags(const struct machine *m, const struct mm *mm,
			      const struct mmap_request *rq)
{
	uint32_t flags =
		vm_flags_of(implied_prot(mm, rq->prot), rq->shared, rq->file);

	if (rq->growsdown)
		flags |= VM_GROWSDOWN;
	if (rq->locked)
		flags |= VM_LOCKED;
	if (rq->noreserve && m->config.overcommit != 2)
		flags |= VM_NORESERVE;
	return flags;
}

int64_t fixed_place(struct machine *m, struct mm *mm, uint64_t at,
		    uint64_t bytes)
{
	vaddr_t low = m->profile->mmap_min_addr;

	if (at + bytes > m->map.task_size) {
		note(m, FIXED_BEYOND, mm_pid(mm), at, bytes);
		return -SIM_ENOMEM;
	}
	if (at % PAGE_SIZE) {
		note(m, FIXED_UNALIGNED, mm_pid(mm), at);
		return -SIM_EINVAL;
	}
	if (at < low) {
		note(m, FIXED_LOW, mm_pid(mm), at, low);
		return -SIM_EPERM;
	}
	return (int64_t)at;
}

/* The address, or the errno. */
static int64_t choose_place(struct machine *m, struct mm *mm,
			    const struct mmap_request *rq, uint64_t bytes)
{
	vaddr_t low = m->profile->mmap_min_addr;
	vaddr_t top = m->map.task_size;
	uint64_t hint = rq->at & ~(uint64_t)(PAGE_SIZE - 1);

	if (bytes > top - low) {
		note(m, MMAP_TOO_LONG, mm_pid(mm), bytes, top - low);
		return -SIM_ENOMEM;
	}
	if (rq->fixed)
		return fixed_place(m, mm, rq->at, bytes);
	if (rq->has_at && hint && hint < top) {
		if (hint < low)
			hint = low;
		if (hint_is_free(m, mm, (vaddr_t)hint, bytes))
			return (int64_t)hint;
	}
	return get_unmapped_area(m, mm, bytes);
}

/* What is refused whatever the place: 0 or the errno. */
static int check_request(struct machine *m, struct mm *mm,
			 const struct mmap_request *rq)
{
	if (!rq->bytes) {
		note(m, MMAP_EMPTY, mm_pid(mm));
		return -SIM_EINVAL;
	}
	if (rq->file && rq->offset % PAGE_SIZE) {
		note(m, MMAP_OFFSET, mm_pid(mm), rq->offset);
		return -SIM_EINVAL;
	}
	if (mm->map_count > m->profile->max_map_count) {
		note(m, MMAP_COUNT, mm_pid(mm), mm->map_count,
		     m->profile->max_map_count);
		return -SIM_ENOMEM;
	}
	return 0;
}

/* What is refused for what is there, or for its rights: 0 or the errno. */
static int check_rights(struct machine *m, struct mm *mm,
			const struct mmap_request *rq, vaddr_t at,
			uint64_t bytes)
{
	if (rq->noreplace && find_vma_intersection(mm, at, at + bytes)) {
		note(m, FIXED_OCCUPIED, mm_pid(mm), at, bytes);
		return -SIM_EEXIST;
	}
	if (rq->locked && mlock_future_check(m, mm, bytes >> PAGE_SHIFT) < 0)
		return -SIM_EAGAIN;
	if (rq->file && rq->shared && (rq->prot & VM_WRITE) &&
	    rq->file->executable) {
		note(m, MMAP_READ_ONLY, mm_pid(mm));
		return -SIM_EACCES;
	}
	if (rq->growsdown && (rq->shared || rq->file)) {
		note(m, MMAP_GROWSDOWN, mm_pid(mm));
		return -SIM_EINVAL;
	}
	return 0;
}

/* ---- 3 and 4: promise it ---- */

/* Shared anonymous memory: an area of a file of its own. */
static struct vma *new_shmem_area(struct machine *m, struct mm *mm,
				  struct vma_range *r)
{
	uint64_t bytes = r->end - r->start;
	struct vma *v;

	if (!(r->flags & VM_NORESERVE) &&
	    vm_enough_memory(m, bytes >> PAGE_SHIFT) < 0)
		return NULL;
	r->file = shmem_file(m, bytes);
	if (!r->file)
		return NULL;
	file_get(r->file);
	v = vma_create(m, mm, r);
	file_put(m, r->file);
	return v;
}

/* Is the promise charged?  Private and writable. 6.1 accountable_mapping(). */
static bool accountable_mapping(uint32_t flags)
{
	return (flags & (VM_NORESERVE | VM_SHARED | VM_WRITE)) == VM_WRITE;
}

/* Map r in place of what is there; NULL: ENOMEM. */
static struct vma *mmap_region(struct machine *m, struct mm *mm,
			       struct vma_range *r)
{
	struct vma *v;

	if (find_vma_intersection(mm, r->start, r->end) &&
	    do_munmap(m, mm, r->start, r->end) < 0)
		return NULL;
	if (accountable_mapping(r->flags)) {
		if (vm_enough_memory(m, (r->end - r->start) >> PAGE_SHIFT) < 0)
			return NULL;
		r->flags |= VM_ACCOUNT;
	}
	if (!r->file && (r->flags & VM_SHARED))
		return new_shmem_area(m, mm, r);
	if (!r->file)
		r->pgoff = r->start >> PAGE_SHIFT;
	v = vma_merge_new_range(m, mm, r);
	return v ? v : vma_create(m, mm, r);
}

struct vma *map_area(struct machine *m, struct mm *mm, vaddr_t start,
		     vaddr_t end, uint32_t flags, struct file *file,
		     uint64_t pgoff)
{
	struct vma_range r = {
		.start = start,
		.end = end,
		.flags = flags | vm_flags_of(flags & VM_ACCESS,
					     flags & VM_SHARED, file),
		.pgoff = pgoff,
		.file = file,
	};

	return mmap_region(m, mm, &r);
}

/* ---- the call ---- */

int64_t do_mmap(struct machine *m, struct mm *mm, const struct mmap_request *rq)
{
	uint64_t bytes = page_align_up(rq->bytes);
	struct vma_range r = {.file = rq->file};
	int64_t at = check_request(m, mm, rq);

	if (!at)
		at = choose_place(m, mm, rq, bytes);
	if (at > 0) {
		int err = check_rights(m, mm, rq, (vaddr_t)at, bytes);

		at = err < 0 ? err : at;
	}
	if (at < 0)
		return at;
	r.start = (vaddr_t)at;
	r.end = (vaddr_t)(at + (int64_t)bytes);
	r.flags = request_flags(m, mm, rq);
	r.pgoff = rq->offset >> PAGE_SHIFT;
	return mmap_region(m, mm, &r) ? at : -SIM_ENOMEM;
}

int64_t sys_mmap(struct machine *m, struct task *t,
		 const struct mmap_request *rq)
{
	int64_t at;

	enter(m, SYS_MMAP, t->pid, rq->bytes, rq->prot);
	at = do_mmap(m, t->mm, rq);
	if (at > 0 && (rq->populate || rq->locked))
		mm_populate(m, t, (vaddr_t)at,
			    (vaddr_t)((uint64_t)at + page_align_up(rq->bytes)),
			    true);
	leave(m, SYS_MMAP, at < 0 ? 0 : at);
	return at;
}
