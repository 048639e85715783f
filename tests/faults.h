/*
 * For the tests of faults and processes: machines of any profile and size with one process, every telling
 * kept: how often, and the last one of each kind.  What an entry, a frame and an access look like, briefly.
 */
#ifndef TESTS_FAULTS_H
#define TESTS_FAULTS_H

#include "tests/space.h"

static struct step last_told[NR_STEP_IDS];
static uint16_t open_spans[64]; /* entered and not left */
static unsigned nr_open;
static bool badly_nested; /* one was left that is not the innermost */

static inline void listen_whole(void *ctx, const struct step *s)
{
	listen(ctx, s);
	if (s->kind == TELL_LEAVE) {
		badly_nested |= nr_open == 0 || open_spans[--nr_open] != s->id;
		return;
	}
	last_told[s->id] = *s;
	if (s->kind == TELL_ENTER)
		open_spans[nr_open++] = s->id;
}

static inline void boot_nx(const char *profile, uint64_t megabytes, unsigned nx)
{
	static struct trace trace;
	struct machine_config c;

	machine_config_default(&c);
	c.profile = profile_find(profile);
	c.ram_bytes = megabytes << 20;
	c.nx = nx;
	trace = (struct trace){.sink = listen_whole};
	m = machine_create(&c, &trace);
	sh = do_spawn(m, "sh", 1, &builtin_program, NULL);
	machine_begin_event(m);
	memset(last_told, 0, sizeof(last_told));
	space_forget();
}

static inline void boot(const char *profile, uint64_t megabytes)
{
	boot_nx(profile, megabytes, NX_AS_PROFILE);
}

static inline void boot_classic(void) { boot("i386", 1024); }
static inline void boot_61(void) { boot("i386-6.1", 1024); }
static inline void boot_pae(void) { boot("i386-6.1-pae", 1024); }
static inline void boot_pae_nx(void) { boot_nx("i386-6.1-pae", 1024, NX_ON); }

/* va's entry in its page table; 0 if it has no table. */
static inline pte_t entry_of(const struct task *t, vaddr_t va)
{
	const pte_t *e = pte_offset(m, t->mm, va);

	return e ? *e : 0;
}

/* The bits of va's entry below the frame number. */
static inline uint32_t bits_of(const struct task *t, vaddr_t va)
{
	return entry_of(t, va) & (PAGE_SIZE - 1);
}

static inline struct page *page_of(const struct task *t, vaddr_t va)
{
	return pfn_page(m, frame_at(t, va));
}

static inline struct outcome write_tag(struct task *t, vaddr_t va, const char *text)
{
	char tag[TAG_LEN] = {0};

	memcpy(tag, text, strnlen(text, TAG_LEN));
	return access_page(m, t, va, ACCESS_WRITE, tag);
}

#define ck_tag(t, va, text) ck_assert_int_eq(strncmp(page_of(t, va)->tag, text, TAG_LEN), 0)

/* An access of n pages from va on; how many faults it took. */
static inline uint32_t faults_of(struct task *t, vaddr_t va, uint32_t n, enum access kind)
{
	static const char tag[TAG_LEN] = "test";
	uint32_t before = t->min_flt;
	uint64_t done = 0;
	bool more;

	access_range(m, t, va, (uint64_t)n * PAGE_SIZE, kind, tag, &done, n, &more);
	ck_assert_uint_eq(done, n);
	return t->min_flt - before;
}

#define ck_outcome(o, want_kind, want_value)                                                       \
	do {                                                                                       \
		struct outcome o_ = (o);                                                           \
		ck_assert_uint_eq(o_.kind, want_kind);                                             \
		ck_assert_uint_eq(o_.value, want_value);                                           \
	} while (0)

/* Free pages of all zones, those on the CPU's lists as well. */
static inline uint32_t free_everywhere(void)
{
	uint32_t n = 0;

	drain_pages(m, -1);
	for (int i = 0; i < MAX_NR_ZONES; i++)
		n += m->node[0].node_zones[i].nr_free_pages;
	return n;
}

/* Take frames, those on the CPU's lists as well, until the allocator has none for gfp but n. */
static inline void leave_frames(uint32_t gfp, uint32_t n)
{
	pfn_t taken[32], pfn;
	uint32_t nr = 0, before;

	do {
		before = nr;
		drain_pages(m, -1);
		while ((pfn = alloc_page(m, gfp, FRAME_KERNEL)) != PFN_NONE)
			taken[nr++ % 32] = pfn;
	} while (nr > before);
	while (n-- > 0)
		free_pages(m, taken[--nr % 32], 0);
	drain_pages(m, -1);
}

static inline vaddr_t map_file(const char *name, uint32_t pages, uint32_t prot, bool shared)
{
	struct mmap_request rq = {
		.bytes = (uint64_t)pages * PAGE_SIZE, .prot = prot, .shared = shared};

	rq.file = file_open(m, name, pages * PAGE_SIZE, false);
	return (vaddr_t)sys_mmap(m, sh, &rq);
}

#endif
