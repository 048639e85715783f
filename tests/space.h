/*
 * One process on a whole machine, for the tests of address spaces: the built-in program, whose
 * areas are those of the recordings' `subject`, and what the engine tells of merges.
 */
#ifndef TESTS_SPACE_H
#define TESTS_SPACE_H

#include "sim/machine.h"
#include "sim/process.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

enum { R = VM_READ, RW = VM_READ | VM_WRITE, RX = VM_READ | VM_EXEC, K = 1024 };

static struct machine *m;
static struct task *sh;
static uint32_t told[NR_STEP_IDS]; /* since space_forget()      */
static uint64_t merge_case;        /* of the last merge told, 0 */

static inline void listen(void *ctx, const struct step *s)
{
	(void)ctx;
	told[s->id] += s->kind != TELL_LEAVE;
	if (s->id == S_VMA_MERGE)
		merge_case = s->arg[1];
}

static inline void space_forget(void)
{
	memset(told, 0, sizeof(told));
	merge_case = 0;
}

static inline void space_boot(const char *profile, uint32_t overcommit)
{
	static struct trace trace;
	struct machine_config c;

	machine_config_default(&c);
	c.profile = profile_find(profile);
	c.ram_bytes = (uint64_t)256 << 20;
	c.overcommit = overcommit;
	trace = (struct trace){.sink = listen};
	m = machine_create(&c, &trace);
	sh = do_spawn(m, "sh", 1, &builtin_program, NULL);
	space_forget();
}

static inline void setup(void) { space_boot("i386-6.1", 0); }

static inline void teardown(void)
{
	const char *broken = machine_check(m);

	ck_assert_msg(broken == NULL, "%s", broken);
	machine_destroy(m);
	m = NULL;
}

/* The areas of t from low up to the stack: "b7ffc000-b8000000 rw-p ...". */
static inline const char *areas_of(const struct task *t, vaddr_t low)
{
	static char text[4096];
	size_t at = 0;

	text[0] = '\0';
	for (const struct vma *v = mm_area_at(t->mm, low); v; v = v->next) {
		if (v->end == 0xc0000000)
			break;
		at += (size_t)sprintf(
			text + at, "%s%08" PRIx64 "-%08" PRIx64 " %c%c%c%c", at ? " " : "", v->start, v->end,
			v->flags & VM_READ ? 'r' : '-', v->flags & VM_WRITE ? 'w' : '-',
			v->flags & VM_EXEC ? 'x' : '-', v->flags & VM_SHARED ? 's' : 'p');
	}
	return text;
}

/* Above the heap. */
#define ck_areas(want)       ck_assert_str_eq(areas_of(sh, 0x08100000), want)
#define ck_areas_of(t, want) ck_assert_str_eq(areas_of(t, 0x08100000), want)
/* From the end of the bss on. */
#define ck_heap(t, want) ck_assert_str_eq(areas_of(t, 0x0804e000), want)

static inline int64_t map(uint64_t bytes, uint32_t prot)
{
	struct mmap_request rq = {.bytes = bytes, .prot = prot};

	return sys_mmap(m, sh, &rq);
}

static inline int64_t map_at(vaddr_t at, uint64_t bytes, uint32_t prot)
{
	struct mmap_request rq = {.bytes = bytes, .prot = prot, .has_at = true, .at = at};

	return sys_mmap(m, sh, &rq);
}

static inline int64_t map_fixed(vaddr_t at, uint64_t bytes, uint32_t prot)
{
	struct mmap_request rq = {
		.bytes = bytes, .prot = prot, .has_at = true, .at = at, .fixed = true};

	return sys_mmap(m, sh, &rq);
}

static inline struct outcome touch(struct task *t, vaddr_t va, enum access kind)
{
	static const char tag[TAG_LEN] = "test";

	m->current = t;
	switch_mm(m, t);
	return access_page(m, t, va, kind, tag);
}

#define ck_write(t, va) ck_assert_uint_eq(touch(t, va, ACCESS_WRITE).kind, OUT_OK)
#define ck_read(t, va)  ck_assert_uint_eq(touch(t, va, ACCESS_READ).kind, OUT_OK)

/* The frame behind va; PFN_NONE if no page is there. */
static inline pfn_t frame_at(const struct task *t, vaddr_t va)
{
	const pte_t *e = pte_offset(m, t->mm, va);

	return e && pte_present(*e) ? pte_pfn(*e) : PFN_NONE;
}

static inline struct task *fork_sh(void)
{
	m->current = sh;
	switch_mm(m, sh);
	return do_fork(m, sh, "kid", 2);
}

#endif
