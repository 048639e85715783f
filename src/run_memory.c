/*
 * Events of a process's memory: system calls, the C library's allocator, accesses.
 *
 * The process runs its own code between two events, so that the page of its program that it runs in
 * is there before each of them: a child after fork has to fault it in (RULES 13).
 */
#include "run.h"

#include <string.h>

static const struct outcome bad_address = {OUT_ERRNO, SIM_EFAULT};
static const struct outcome no_process = {OUT_ERRNO, SIM_ESRCH};

/* The range that ADDR [SIZE] means: without SIZE the rest of the region, a page for a number. */
static bool find_range(const struct run *r, vaddr_t *va, uint64_t *bytes)
{
	if (!addr_resolve(r->m, r->s, r->e->proc, &r->e->addr, va, bytes))
		return false;
	if (r->e->options & OPT_HAS_SIZE)
		*bytes = r->e->size;
	return true;
}

/* REGION means this range from now on. */
static void name_region(const struct run *r, struct task *t, vaddr_t start, uint64_t bytes,
			enum region_kind kind)
{
	struct region region = {
		.name = r->e->name,
		.start = start,
		.bytes = bytes,
		.kind = kind,
	};

	region_set(r->m, &t->mm->regions, &region);
}

/* ---- system calls ---- */

/* The file to map; NULL with *o set when it cannot be opened. */
static struct file *open_file(const struct run *r, uint32_t index, struct outcome *o)
{
	const struct scenario_file *sf = scenario_file(r->s, index);
	struct file *f = file_open(r->m, sf->name, sf->bytes, sf->executable);

	if (!f)
		*o = (struct outcome){OUT_ERRNO, SIM_ENOMEM};
	return f;
}

static struct outcome run_mmap(const struct run *r, struct task *t)
{
	const struct event *e = r->e;
	const struct event_extra *x = scenario_extra(r->s, e);
	struct mmap_request rq = {
		.bytes = e->size,
		.prot = e->prot,
		.shared = e->options & OPT_SHARED,
		.fixed = e->options & OPT_FIXED,
		.populate = e->options & OPT_POPULATE,
		.growsdown = e->options & OPT_GROWSDOWN,
		.locked = e->options & OPT_LOCKED,
		.noreserve = e->options & OPT_NORESERVE,
		.has_at = e->options & OPT_HAS_AT,
		.offset = x->offset,
	};
	struct outcome o;
	uint64_t rest;
	vaddr_t at;

	if (rq.has_at && !addr_resolve(r->m, r->s, e->proc, &x->at, &at, &rest))
		return bad_address;
	if (rq.has_at)
		rq.at = at;
	if (x->file && !(rq.file = open_file(r, x->file - 1, &o)))
		return o;
	o = outcome_of(sys_mmap(r->m, t, &rq), true);
	if (o.kind == OUT_ADDRESS)
		name_region(r, t, o.value, e->size, REGION_MMAP);
	return o;
}

static struct outcome run_mremap(const struct run *r, struct task *t)
{
	const struct region *old = region_find(&t->mm->regions, r->e->name);
	struct outcome o;

	if (!old)
		return bad_address;
	o = outcome_of(sys_mremap(r->m, t, old->start, old->bytes, r->e->size,
				  r->e->options & OPT_MAYMOVE),
		       true);
	if (o.kind == OUT_ADDRESS)
		name_region(r, t, o.value, r->e->size, REGION_MMAP);
	return o;
}

static struct outcome run_brk(const struct run *r, struct task *t)
{
	uint64_t brk = t->mm->brk, size = r->e->size, rest;
	vaddr_t va;

	if (r->e->options & OPT_BRK_PLUS)
		return outcome_of(sys_brk(r->m, t, brk + size), true);
	if (r->e->options & OPT_BRK_MINUS)
		return outcome_of(sys_brk(r->m, t, brk > size ? brk - size : 0), true);
	if (!addr_resolve(r->m, r->s, r->e->proc, &r->e->addr, &va, &rest))
		return bad_address;
	return outcome_of(sys_brk(r->m, t, va), true);
}

/* The call that takes a range of addresses and gives 0 or an errno. */
static int64_t call_on_range(const struct run *r, struct task *t, vaddr_t va, uint64_t bytes)
{
	switch (r->e->kind) {
	case EV_MUNMAP:
		return sys_munmap(r->m, t, va, bytes);
	case EV_MPROTECT:
		return sys_mprotect(r->m, t, va, bytes, r->e->prot);
	case EV_MADVISE:
		return sys_madvise(r->m, t, va, bytes, r->e->other);
	case EV_MLOCK:
		return sys_mlock(r->m, t, va, bytes);
	default:
		return sys_munlock(r->m, t, va, bytes);
	}
}

static struct outcome run_range(const struct run *r, struct task *t)
{
	struct outcome o;
	uint64_t bytes;
	vaddr_t va;

	if (!find_range(r, &va, &bytes))
		return bad_address;
	o = outcome_of(call_on_range(r, t, va, bytes), false);
	/*
	 * dontneed may have taken the page that the program runs in: it is back in the same event
	 */
	if (r->e->kind == EV_MADVISE)
		user_runs(r->m, t);
	return o;
}

/* The C library's thread-local storage: a segment, which gs holds then. */
static struct outcome run_set_thread_area(const struct run *r, struct task *t)
{
	uint64_t rest;
	vaddr_t va;
	int selector;

	if (!addr_resolve(r->m, r->s, r->e->proc, &r->e->addr, &va, &rest))
		return bad_address;
	selector = sys_set_thread_area(r->m, t, va);
	return outcome_of(selector < 0 ? selector : 0, false);
}

/* ---- the C library ---- */

/* After an OUT_KILLED the process is gone: only what succeeded is named. */
static struct outcome run_malloc(const struct run *r, struct task *t)
{
	const struct region *old = region_find(&t->mm->regions, r->e->name);
	uint64_t bytes = r->e->size;
	struct outcome o;

	switch (r->e->kind) {
	case EV_MALLOC:
		o = malloc_outcome(user_malloc(r->m, t, bytes, r->e->name));
		break;
	case EV_CALLOC:
		o = malloc_outcome(user_calloc(r->m, t, bytes, r->e->name));
		break;
	case EV_REALLOC:
		o = old ? malloc_outcome(user_realloc(r->m, t, old->start, bytes, r->e->name))
			: bad_address;
		break;
	default:
		return old ? malloc_outcome(user_free(r->m, t, old->start)) : bad_address;
	}
	if (o.kind == OUT_ADDRESS)
		name_region(r, t, o.value, bytes, REGION_MALLOC);
	return o;
}

/* ---- accesses ---- */

/*
 * What a page shows when the scenario does not say: the process's name and a count, "kid.3"; the
 * name is cut.
 */
static void default_tag(const struct task *t, char tag[TAG_LEN])
{
	char count[TAG_LEN];
	int digits = snprintf(count, sizeof(count), ".%u", t->writes % 100000);
	int letters = (int)strnlen(t->comm, (size_t)(TAG_LEN - digits));

	memset(tag, 0, TAG_LEN);
	memcpy(tag, t->comm, (size_t)letters);
	memcpy(tag + letters, count, (size_t)digits);
}

/* Where the range starts: decided in the first slice, for `stack` moves down while it is written. */
static bool find_start(const struct run *r, vaddr_t *va)
{
	uint64_t rest;

	if (r->progress->pages_done == 0 &&
	    !addr_resolve(r->m, r->s, r->e->proc, &r->e->addr, &r->progress->start, &rest))
		return false;
	*va = r->progress->start;
	return true;
}

/* read, write, fetch */
static struct outcome run_access(const struct run *r, struct task *t)
{
	enum access kind = r->e->kind == EV_WRITE ? ACCESS_WRITE : ACCESS_READ;
	char tag[TAG_LEN] = "";
	uint64_t bytes;
	vaddr_t va;

	if (!find_start(r, &va))
		return bad_address;
	bytes = r->e->options & OPT_HAS_SIZE ? r->e->size : 1;
	if (r->e->kind == EV_FETCH)
		return access_page(r->m, t, va, ACCESS_FETCH, NULL);
	/* one write event is one count, however many slices it takes */
	if (kind == ACCESS_WRITE && r->progress->pages_done == 0)
		t->writes++;
	if (r->e->options & OPT_HAS_VALUE)
		memcpy(tag, scenario_extra(r->s, r->e)->value, TAG_LEN);
	else if (kind == ACCESS_WRITE)
		default_tag(t, tag);
	return access_range(r->m, t, va, bytes, kind, tag, &r->progress->pages_done, r->max_pages,
			    &r->progress->more);
}

struct outcome run_memory(const struct run *r)
{
	struct task *t = find_task_by_symbol(r->m, r->e->proc);
	struct outcome o;

	if (!t)
		return no_process;
	o = user_runs(r->m, t);
	if (o.kind != OUT_OK)
		return o;
	switch (r->e->kind) {
	case EV_MMAP:
		return run_mmap(r, t);
	case EV_MREMAP:
		return run_mremap(r, t);
	case EV_BRK:
		return run_brk(r, t);
	case EV_SET_THREAD_AREA:
		return run_set_thread_area(r, t);
	case EV_MALLOC:
	case EV_CALLOC:
	case EV_REALLOC:
	case EV_FREE:
		return run_malloc(r, t);
	case EV_READ:
	case EV_WRITE:
	case EV_FETCH:
		return run_access(r, t);
	default:
		return run_range(r, t);
	}
}
