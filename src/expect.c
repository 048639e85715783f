/*
 * expect: a question about the machine after an event, and its answer.
 *
 * Both sides are told as text, so that a failed expectation shows what was found and what was
 * wanted.
 */
#include "i18n.h"
#include "run.h"
#include "zone_name.h"

#include <stdio.h>
#include <string.h>

/* What a place in a process maps to; PFN_NONE: nothing. */
static pfn_t frame_at(const struct machine *m, const struct scenario *s, uint32_t proc,
		      const struct addr *a)
{
	const struct task *t = find_task_by_symbol(m, proc);
	const pte_t *entry;
	uint64_t rest;
	vaddr_t va;

	if (!t || !addr_resolve(m, s, proc, a, &va, &rest) || va >= m->map.task_size)
		return PFN_NONE;
	entry = pte_offset(m, t->mm, va);
	return entry && (*entry & PTE_P) ? pte_pfn(*entry) : PFN_NONE;
}

static bool compare(enum expect_op op, int64_t left, int64_t right)
{
	switch (op) {
	case OP_EQ:
		return left == right;
	case OP_NE:
		return left != right;
	case OP_LT:
		return left < right;
	case OP_LE:
		return left <= right;
	case OP_GT:
		return left > right;
	default:
		return left >= right;
	}
}

static void answer_number(const struct expect *e, int64_t left, struct expect_result *r)
{
	r->ok = compare(e->op, left, e->value);
	snprintf(r->left, sizeof(r->left), "%lld", (long long)left);
	snprintf(r->right, sizeof(r->right), "%lld", (long long)e->value);
}

static void answer_word(const struct expect *e, const char *left, struct expect_result *r)
{
	r->ok = compare(e->op, strcmp(left, e->word), 0);
	snprintf(r->left, sizeof(r->left), "%s", left);
	snprintf(r->right, sizeof(r->right), "%s", e->word);
}

/* There is nothing to compare: never as expected. */
static void answer_nothing(const struct expect *e, const char *what, struct expect_result *r)
{
	answer_number(e, 0, r);
	r->ok = false;
	if (e->word[0])
		snprintf(r->right, sizeof(r->right), "%s", e->word);
	snprintf(r->left, sizeof(r->left), "%s", what);
}

/* `ok` is any success; SIGSEGV any of its codes; an address is a number. */
static void answer_result(const struct expect *e, const struct outcome *last,
			  struct expect_result *r)
{
	char text[sizeof(r->left)];
	size_t len = strlen(e->word);
	bool same;

	outcome_text(last, text, sizeof(text));
	if (!e->word[0]) {
		answer_number(e, last->kind == OUT_ADDRESS ? (int64_t)last->value : -1, r);
		snprintf(r->right, sizeof(r->right), "0x%08llx", (long long)e->value);
	} else {
		same = strncmp(text, e->word, len) == 0 && (text[len] == '\0' || text[len] == ' ');
		if (last->kind == OUT_ADDRESS)
			same = strcmp(e->word, "ok") == 0;
		r->ok = same == (e->op == OP_EQ);
		snprintf(r->right, sizeof(r->right), "%s", e->word);
	}
	snprintf(r->left, sizeof(r->left), "%s", text);
}

static int64_t number_of(const struct task *t, enum expect_key key)
{
	switch (key) {
	case EXPECT_MINFLT:
		return t->event_min;
	case EXPECT_MAJFLT:
		return t->event_maj;
	case EXPECT_RSS:
		return (int64_t)t->mm->rss_anon + t->mm->rss_file;
	case EXPECT_VMAS:
		return t->mm->map_count;
	default:
		return t->mm->nr_tables;
	}
}

static void answer_process(const struct machine *m, const struct expect *e, struct expect_result *r)
{
	const struct task *t = find_task_by_symbol(m, e->proc[0]);

	if (t)
		answer_number(e, number_of(t, e->key), r);
	else
		answer_nothing(e, _("no such process"), r);
}

static uint64_t number_of_zone(const struct zone *z, const struct expect *e)
{
	switch (e->key) {
	case EXPECT_FREE:
		return z->nr_free_pages;
	case EXPECT_NR_FREE:
		return z->free_area[e->order].nr_free;
	default:
		return z->numa_events[e->key - EXPECT_NUMA_HIT];
	}
}

static void answer_zone(const struct machine *m, const struct expect *e, struct expect_result *r)
{
	const struct zone *z;
	uint64_t sum = 0;

	for_each_zone(m, z)
		if (z->id == e->zone || z->type + MAX_ZONES == e->zone)
			sum += number_of_zone(z, e);
	answer_number(e, (int64_t)sum, r);
}

static void answer_of_cache(const struct kmem_cache *c, const struct expect *e,
			    struct expect_result *r)
{
	static const char *const mgmt[] = {"on", "off", "objfreelist"};

	if (e->key == EXPECT_MGMT)
		answer_word(e, mgmt[c->mgmt], r);
	else
		answer_number(e,
			      e->key == EXPECT_OBJS    ? cache_active_objs(c)
			      : e->key == EXPECT_SLABS ? cache_slabs(c)
						       : c->errors,
			      r);
}

/* Where the slab of a named object begins its objects: the bytes of its colour. */
static void answer_colour(const struct machine *m, const struct expect *e, struct expect_result *r)
{
	const struct region *region = region_find(&m->names, e->name);
	const struct slab *s = region && !region->freed ? slab_of(m, region->start) : NULL;

	if (s)
		answer_number(e, s->colouroff, r);
	else
		answer_nothing(e, _("no object of a slab"), r);
}

static void answer_cache(const struct machine *m, const struct scenario *s, const struct expect *e,
			 struct expect_result *r)
{
	const char *name = symbol_name(s, e->name);

	for (uint32_t i = 0; i < m->nr_caches; i++) {
		const struct kmem_cache *c = m->cache[i];

		if (c && strcmp(c->name, name) == 0) {
			answer_of_cache(c, e, r);
			return;
		}
	}
	answer_nothing(e, _("no such cache"), r);
}

static void answer_frame(const struct machine *m, const struct scenario *s, const struct expect *e,
			 struct expect_result *r)
{
	pfn_t pfn = frame_at(m, s, e->proc[0], &e->addr[0]), other;

	if (e->key == EXPECT_MAPCOUNT) {
		answer_number(e, pfn == PFN_NONE ? 0 : m->mem_map[pfn].mapcount, r);
	} else if (e->key == EXPECT_ZONE) {
		char name[ZONE_NAME_LEN];
		const struct zone *z = pfn == PFN_NONE ? NULL : page_zone_const(m, pfn);

		if (z)
			answer_word(e, strchr(e->word, '@') ? zone_name(m, z->id, name) : z->name,
				    r);
		else
			answer_nothing(e, _("not present"), r);
	} else {
		other = frame_at(m, s, e->proc[1], &e->addr[1]);
		answer_word(e, pfn != PFN_NONE && pfn == other ? "yes" : "no", r);
	}
}

/* The linear address that user mode gets, or the fault that it meets. */
static void answer_linear(const struct machine *m, const struct scenario *s, const struct expect *e,
			  struct expect_result *r)
{
	const struct task *t = find_task_by_symbol(m, e->proc[0]);
	uint16_t selector = e->selector;
	vaddr_t offset, linear;
	enum segment_verdict verdict;
	uint64_t rest;

	if (!t || !addr_resolve(m, s, e->proc[0], &e->addr[0], &offset, &rest)) {
		answer_nothing(e, t ? _("no such address") : _("no such process"), r);
		return;
	}
	if (e->segment < NR_SEGMENT_REGISTERS)
		selector = segment_selector(m, t, (enum segment_register)e->segment, true);
	verdict = segment_linear(m, t, 3, selector, offset, &linear);
	if (verdict == SEGMENT_OK && !e->word[0]) {
		r->ok = compare(e->op, (int64_t)linear, e->value);
		snprintf(r->right, sizeof(r->right), "0x%08llx", (long long)e->value);
		snprintf(r->left, sizeof(r->left), "0x%08llx", (unsigned long long)linear);
	} else if (verdict == SEGMENT_OK) {
		answer_word(e, "", r);
		snprintf(r->left, sizeof(r->left), "0x%08llx", (unsigned long long)linear);
	} else if (e->word[0]) {
		answer_word(e, verdict == SEGMENT_NOT_PRESENT ? "NP" : "GP", r);
	} else {
		answer_nothing(e, verdict == SEGMENT_NOT_PRESENT ? "NP" : "GP", r);
	}
}

static int64_t lock_number(const struct lock_stats *s, enum expect_key key)
{
	switch (key) {
	case EXPECT_ACQUISITIONS:
		return (int64_t)s->acquisitions;
	case EXPECT_CONTENDED:
		return (int64_t)s->contended;
	case EXPECT_HANDOVERS:
		return (int64_t)s->handovers;
	case EXPECT_LINES_MOVED:
		return (int64_t)s->moved;
	case EXPECT_LOCK_COST:
		return (int64_t)s->cost;
	default:
		return (int64_t)s->poll_cost;
	}
}

static void answer_lock(const struct machine *m, const struct scenario *s, const struct expect *e,
			struct expect_result *r)
{
	const struct spinlock *l = NULL;

	for (uint32_t i = 0; e->name && i < m->nr_caches; i++)
		if (m->cache[i] && strcmp(m->cache[i]->name, symbol_name(s, e->name)) == 0)
			l = lock_find(m, LOCK_ID_CACHE + i);
	if (!e->name)
		l = lock_find(m, zone_id_of(m, e->zone));
	if (l) {
		struct lock_stats stats = lock_event_stats(m, l);

		answer_number(e, lock_number(&stats, e->key), r);
	} else {
		answer_nothing(e, _("no such lock"), r);
	}
}

/* Of the last time that CPUs met at a lock. */
static void answer_turn(const struct machine *m, const struct expect *e, struct expect_result *r)
{
	const struct contention *c = &m->contention;
	const struct contention_turn *t = &c->turn[e->order - 1];

	if (e->order > c->nr_turns)
		answer_nothing(e, _("no such turn"), r);
	else
		answer_number(e,
			      e->key == EXPECT_TURN_CPU     ? t->cpu
			      : e->key == EXPECT_TURN_LINES ? t->moved
							    : t->cost,
			      r);
}

static uint32_t free_kmap_slots(const struct machine *m)
{
	uint32_t count = 0;

	for (uint32_t slot = 0; slot < m->profile->last_pkmap; slot++)
		count += m->pkmap.count[slot] == 0;
	return count;
}

/* Pages that vmalloc's areas hold. */
static uint64_t vmalloc_pages(const struct machine *m)
{
	uint64_t pages = 0;

	for (const struct vm_struct *a = m->vmap.first; a; a = a->next)
		pages += a->lazy ? 0 : a->nr_pages;
	return pages;
}

/* The kernel's half of the addresses. */
static int64_t number_of_kernel(const struct machine *m, const struct expect *e)
{
	switch (e->key) {
	case EXPECT_VMALLOC_FAULTS:
		return (int64_t)m->nr_vmalloc_faults;
	case EXPECT_VMALLOC_USED:
		return (int64_t)vmalloc_pages(m);
	case EXPECT_VMALLOC_LAZY:
		return m->vmap.lazy_pages;
	case EXPECT_KMAP_FREE:
		return free_kmap_slots(m);
	case EXPECT_PKMAP_COUNT:
		return m->pkmap.count[e->order];
	case EXPECT_KMAP_DEPTH:
		return m->kmap_ctrl[m->cpu].depth;
	default:
		return m->oops.error;
	}
}

/* Locks, and what the kernel maps for itself. False: the question is about something else. */
static bool answer_kernel(const struct machine *m, const struct scenario *s, const struct expect *e,
			  struct expect_result *r)
{
	switch (e->key) {
	case EXPECT_ACQUISITIONS:
	case EXPECT_CONTENDED:
	case EXPECT_HANDOVERS:
	case EXPECT_LINES_MOVED:
	case EXPECT_LOCK_COST:
	case EXPECT_POLL_COST:
		answer_lock(m, s, e, r);
		return true;
	case EXPECT_TURN_CPU:
	case EXPECT_TURN_LINES:
	case EXPECT_TURN_COST:
		answer_turn(m, e, r);
		return true;
	case EXPECT_VMALLOC_FAULTS:
	case EXPECT_VMALLOC_USED:
	case EXPECT_VMALLOC_LAZY:
	case EXPECT_KMAP_FREE:
	case EXPECT_PKMAP_COUNT:
	case EXPECT_KMAP_DEPTH:
	case EXPECT_OOPS_ERROR:
		answer_number(e, number_of_kernel(m, e), r);
		return true;
	default:
		return false;
	}
}

void expect_check(const struct machine *m, const struct scenario *s, const struct expect *e,
		  const struct outcome *last, struct expect_result *r)
{
	memset(r, 0, sizeof(*r));
	switch (e->key) {
	case EXPECT_RESULT:
		answer_result(e, last, r);
		break;
	case EXPECT_FREE:
	case EXPECT_NR_FREE:
	case EXPECT_NUMA_HIT:
	case EXPECT_NUMA_MISS:
	case EXPECT_NUMA_FOREIGN:
	case EXPECT_NUMA_LOCAL:
	case EXPECT_NUMA_OTHER:
		answer_zone(m, e, r);
		break;
	case EXPECT_OBJS:
	case EXPECT_SLABS:
	case EXPECT_ERRORS:
	case EXPECT_MGMT:
		answer_cache(m, s, e, r);
		break;
	case EXPECT_MAPCOUNT:
	case EXPECT_ZONE:
	case EXPECT_SAME_FRAME:
		answer_frame(m, s, e, r);
		break;
	case EXPECT_COLOUR:
		answer_colour(m, e, r);
		break;
	case EXPECT_SWAP_USED:
		answer_number(e, 0, r);
		break;
	case EXPECT_LINEAR:
		answer_linear(m, s, e, r);
		break;
	default:
		if (!answer_kernel(m, s, e, r))
			answer_process(m, e, r);
		break;
	}
}
