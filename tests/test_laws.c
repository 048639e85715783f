/*
 * What holds for the machine as a whole, whatever happens to it: random events of every kind, drawn by a
 * generator of our own, on small machines where memory runs out.
 */
#include "tests/frames.h"

#include "sim/pgtable.h"
#include "sim/rmap.h"
#include "sim/vma.h"

enum { NR_NAMES = 6, NR_EVENTS = 250 };

struct world {
	struct machine *m;
	uint32_t seed;
};

static uint32_t draw(struct world *w, uint32_t below)
{
	w->seed = w->seed * 1664525 + 1013904223;
	return (w->seed >> 8) % below;
}

static struct world new_world(int number, struct trace *trace)
{
	struct machine_config c;
	struct world w = {.seed = (uint32_t)number * 7919 + 1};

	machine_config_default(&c);
	c.profile = profile_nth((size_t)number % 4);
	c.ram_bytes = (uint64_t)(number % 3 ? 8 : 24) << 20;
	c.cpus = number % 2 + 1;
	w.m = machine_create(&c, trace);
	ck_assert_ptr_nonnull(w.m);
	return w;
}

/* One of the living, or NULL. */
static struct task *some_task(struct world *w)
{
	uint32_t n = w->m->nr_tasks ? draw(w, w->m->nr_tasks) : 0;
	struct task *t = w->m->tasks;

	while (t && n-- > 0)
		t = t->next;
	return t;
}

/* An address in or just beside one of its areas. */
static vaddr_t some_address(struct world *w, const struct task *t)
{
	const struct vma *v = mm_area_nr(t->mm, draw(w, t->mm->map_count));
	uint32_t page = draw(w, vma_pages(v) + 1);

	return v->start + page * PAGE_SIZE - (draw(w, 16) == 0 ? PAGE_SIZE : 0);
}

static uint64_t some_bytes(struct world *w)
{
	return (uint64_t)(1 + draw(w, draw(w, 4) ? 12 : 900)) * PAGE_SIZE;
}

static void map_something(struct world *w, struct task *t)
{
	static const uint32_t prots[] = {0, VM_READ, VM_READ | VM_WRITE, VM_READ | VM_WRITE,
					 VM_READ | VM_EXEC};
	struct mmap_request rq = {
		.bytes = some_bytes(w),
		.prot = prots[draw(w, 5)],
		.shared = draw(w, 4) == 0,
		.populate = draw(w, 8) == 0,
		.locked = draw(w, 10) == 0,
		.noreserve = draw(w, 10) == 0,
		.growsdown = draw(w, 20) == 0,
	};

	if (draw(w, 4) == 0) {
		rq.has_at = true;
		rq.fixed = draw(w, 2);
		rq.at = some_address(w, t);
	}
	if (rq.growsdown)
		rq.shared = false;
	sys_mmap(w->m, t, &rq);
}

static void touch(struct world *w, struct task *t)
{
	static const char tag[TAG_LEN] = "random";
	uint32_t done = 0;
	bool more;

	access_range(w->m, t, some_address(w, t), some_bytes(w), (enum access)draw(w, 3), tag,
		     &done, 1000, &more);
}

static void allocate_something(struct world *w, struct task *t)
{
	const struct chunk *c = t->mm->heap.first;

	for (uint32_t n = draw(w, 8); c && (n > 0 || !c->in_use); n -= n > 0)
		c = c->next;
	switch (draw(w, 4)) {
	case 0:
		if (c && c->in_use)
			user_free(w->m, t, c->start + 8);
		break;
	case 1:
		if (c && c->in_use)
			user_realloc(w->m, t, c->start + 8, draw(w, 9000), 0);
		break;
	default:
		user_malloc(w->m, t, draw(w, draw(w, 9) ? 5000 : 300000), 77);
	}
}

static void change_something(struct world *w, struct task *t)
{
	static const uint32_t prots[] = {0, VM_READ, VM_READ | VM_WRITE};
	vaddr_t va = some_address(w, t);
	uint64_t bytes = some_bytes(w);

	switch (draw(w, 7)) {
	case 0:
	case 1:
		sys_munmap(w->m, t, va, bytes);
		break;
	case 2:
	case 3:
		sys_mprotect(w->m, t, va, bytes, prots[draw(w, 3)]);
		break;
	case 4:
		sys_mremap(w->m, t, va, bytes, some_bytes(w), draw(w, 2));
		break;
	case 5:
		sys_madvise(w->m, t, va, bytes, (enum advice)draw(w, ADV_PAGEOUT));
		break;
	default:
		sys_brk(w->m, t, t->mm->brk + draw(w, 40000) - 15000);
	}
}

static void change_processes(struct world *w, struct task *t)
{
	uint32_t name = w->m->last_pid + 1;

	if (!t || (w->m->nr_tasks < NR_NAMES && draw(w, 3) == 0))
		do_spawn(w->m, "spawned", name, &builtin_program, NULL);
	else if (w->m->nr_tasks < NR_NAMES && draw(w, 3))
		do_fork(w->m, t, "forked", name);
	else if (draw(w, 3) == 0)
		do_execve(w->m, t, &builtin_program);
	else
		do_exit(w->m, t);
}

static void one_event(struct world *w)
{
	struct task *t = some_task(w);

	machine_begin_event(w->m);
	w->m->cpu = draw(w, w->m->config.cpus);
	if (!t || draw(w, 10) == 0)
		change_processes(w, t);
	else if (user_runs(w->m, t).kind != OUT_OK)
		return;
	else if (draw(w, 5) == 0)
		map_something(w, t);
	else if (draw(w, 2))
		touch(w, t);
	else if (draw(w, 5) == 0)
		allocate_something(w, t);
	else
		change_something(w, t);
}

START_TEST(every_law_holds_after_every_event)
{
	struct world w = new_world(_i, &test_trace);

	for (int i = 0; i < NR_EVENTS; i++) {
		const char *broken;

		one_event(&w);
		broken = machine_check(w.m);
		ck_assert_msg(broken == NULL, "event %d: %s", i, broken);
	}
	machine_destroy(w.m);
}
END_TEST

/* The frame of each page that t has, by brute force: entries of all its areas. */
static void count_entries(const struct machine *m, const struct task *t, uint32_t *found,
			  uint64_t *sum)
{
	for (uint64_t va = 0; va < m->profile->page_offset; va += PAGE_SIZE) {
		const pte_t *e = pte_offset(m, t->mm, (vaddr_t)va);

		if (!e) {
			va = pmd_addr_end(m, va, m->profile->page_offset) - PAGE_SIZE;
		} else if (pte_present(*e) && !(*e & PTE_SPECIAL)) {
			found[pte_pfn(*e)]++;
			sum[pte_pfn(*e)] += (uint64_t)(uintptr_t)e;
		}
	}
}

static bool add_entry(void *ctx, const struct rmap_entry *e)
{
	uint64_t *sum = ctx;

	*sum += (uint64_t)(uintptr_t)e->entry;
	return true;
}

/* The same entries, and not only as many: their places add up to the same. */
static void ck_rmap(const struct machine *m, uint32_t *found, uint64_t *sum)
{
	memset(found, 0, m->max_pfn * sizeof(*found));
	memset(sum, 0, m->max_pfn * sizeof(*sum));
	for (const struct task *t = m->tasks; t; t = t->next)
		count_entries(m, t, found, sum);
	for (pfn_t pfn = 0; pfn < m->max_pfn; pfn++) {
		uint64_t seen = 0;
		uint32_t nr = rmap_walk(m, pfn, add_entry, &seen);
		uint32_t mapcount = (uint32_t)pfn_page(m, pfn)->mapcount;

		if (nr != found[pfn] || nr != mapcount || seen != sum[pfn])
			ck_abort_msg("frame %u: %u of %u entries are seen, mapcount %u", pfn, nr,
				     found[pfn], mapcount);
	}
}

START_TEST(a_frame_leads_to_the_very_entries_that_map_it)
{
	struct world w = new_world(_i, &test_trace);
	uint32_t *found = malloc(w.m->max_pfn * sizeof(*found));
	uint64_t *sum = malloc(w.m->max_pfn * sizeof(*sum));

	for (int i = 0; i < NR_EVENTS; i++) {
		one_event(&w);
		ck_rmap(w.m, found, sum);
	}
	free(found);
	free(sum);
	machine_destroy(w.m);
}
END_TEST

/* Asks for the mappers of each frame that is told of; ctx: the machine. */
static void ask_of_frames(void *ctx, const struct step *s)
{
	const struct machine *m = *(struct machine **)ctx;

	if (!m || s->kind == TELL_LEAVE)
		return;
	for (int i = 0; i < STEP_ARGS; i++) {
		pfn_t pfn = (pfn_t)s->arg[i];

		if (step_info[s->id].arg[i] != A_PFN || pfn >= m->max_pfn)
			continue;
		if (rmap_walk(m, pfn, NULL, NULL) > (uint32_t)pfn_page(m, pfn)->mapcount + 1)
			ck_abort_msg("frame %u: more entries than mappings", pfn);
	}
}

START_TEST(a_frames_mappers_can_be_asked_for_at_every_micro_step)
{
	struct machine *m = NULL;
	struct trace trace = {.sink = ask_of_frames, .ctx = &m};
	struct world w = new_world(_i, &trace);

	m = w.m;
	for (int i = 0; i < NR_EVENTS; i++)
		one_event(&w);
	machine_destroy(w.m);
}
END_TEST

static uint32_t used_frames(const struct machine *m)
{
	uint32_t used = 0;

	for (unsigned i = 0; i < MAX_NR_ZONES; i++)
		used += (uint32_t)(m->node.node_zones[i].nr_alloc - m->node.node_zones[i].nr_free);
	return used;
}

static uint32_t frames_in_slabs(struct machine *m)
{
	uint32_t frames = 0;

	for (uint32_t i = 0; i < m->nr_caches; i++)
		if (m->cache[i])
			frames += cache_slabs(m->cache[i]) << m->cache[i]->gfporder;
	return frames;
}

START_TEST(when_all_processes_have_left_only_slabs_hold_frames)
{
	struct world w = new_world(_i, &test_trace);
	uint32_t others = used_frames(w.m) - frames_in_slabs(w.m);

	for (int i = 0; i < NR_EVENTS; i++)
		one_event(&w);
	while (w.m->tasks)
		do_exit(w.m, w.m->tasks);
	for (struct file *f = w.m->files; f; f = f->next)
		if (f->mapping->host == f)
			others += f->mapping->nrpages;
	ck_assert_uint_eq(used_frames(w.m) - frames_in_slabs(w.m), others);
	ck_laws(w.m);
	machine_destroy(w.m);
}
END_TEST

/* Balance of spans, told to a listener. */
static void follow(void *ctx, const struct step *s)
{
	int *depth = ctx;

	*depth += s->kind == TELL_ENTER ? 1 : s->kind == TELL_LEAVE ? -1 : 0;
	ck_assert_int_ge(*depth, 0);
}

START_TEST(a_listener_changes_nothing_and_hears_every_span_end)
{
	int depth = 0;
	struct trace silent = {0}, told = {.sink = follow, .ctx = &depth};
	struct world a = new_world(_i, &silent), b = new_world(_i, &told);

	for (int i = 0; i < NR_EVENTS; i++) {
		one_event(&a);
		one_event(&b);
		ck_assert_msg(depth == 0, "event %d leaves %d spans open", i, depth);
		ck_assert_uint_eq(a.seed, b.seed);
		ck_assert_uint_eq(silent.nr, told.nr);
		ck_assert_uint_eq(arena_used(a.m->arena), arena_used(b.m->arena));
	}
	ck_assert_uint_eq(used_frames(a.m), used_frames(b.m));
	for (pfn_t i = 0; i < a.m->max_pfn; i++) {
		const struct page *p = pfn_page(a.m, i), *q = pfn_page(b.m, i);

		ck_assert(p->use == q->use && p->refcount == q->refcount &&
			  p->mapcount == q->mapcount && memcmp(p->tag, q->tag, TAG_LEN) == 0);
	}
	machine_destroy(a.m);
	machine_destroy(b.m);
}
END_TEST

START_TEST(the_same_bytes_come_back_when_events_are_run_again)
{
	struct world w = new_world(_i, &test_trace);
	size_t used = arena_used(w.m->arena), after;
	char *base = arena_base(w.m->arena), *start = malloc(used), *end;
	uint32_t seed = w.seed;

	memcpy(start, base, used);
	for (int i = 0; i < NR_EVENTS; i++)
		one_event(&w);
	after = arena_used(w.m->arena);
	end = malloc(after);
	memcpy(end, base, after);

	memcpy(base, start, used);
	memset(base + used, 0, after - used);
	w.seed = seed;
	for (int i = 0; i < NR_EVENTS; i++)
		one_event(&w);
	ck_assert_uint_eq(arena_used(w.m->arena), after);
	ck_assert_int_eq(memcmp(base, end, after), 0);
	free(start);
	free(end);
	machine_destroy(w.m);
}
END_TEST

Suite *laws_suite(void);

Suite *laws_suite(void)
{
	Suite *s = suite_create("laws");
	TCase *t = tcase_create("laws");

	tcase_set_timeout(t, 0);
	tcase_add_loop_test(t, every_law_holds_after_every_event, 0, 24);
	tcase_add_loop_test(t, a_frame_leads_to_the_very_entries_that_map_it, 0, 12);
	tcase_add_loop_test(t, a_frames_mappers_can_be_asked_for_at_every_micro_step, 0, 12);
	tcase_add_loop_test(t, when_all_processes_have_left_only_slabs_hold_frames, 0, 12);
	tcase_add_loop_test(t, a_listener_changes_nothing_and_hears_every_span_end, 0, 8);
	tcase_add_loop_test(t, the_same_bytes_come_back_when_events_are_run_again, 0, 8);
	suite_add_tcase(s, t);
	return s;
}
