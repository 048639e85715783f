/*
 * Scenarios for the recorder: written at random, made to scripts, listed as the model sees them.
 *
 *	record random DIR SEED N    N random scenarios, DIR/random-SEED.txt and on
 *	record script DIR FILE...   DIR/PROFILE-RAM.script: the scripts (guest.h) of the scenarios of one machine each
 *	record list FILE            what the recorder should print of the scenario
 *
 * The scenario runs in the model while its script is written, and each line is made just before its event: so a name's
 * address is the one that it has then.  If the kernel's differs, the listing differs at the event that gave it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "sim/mm.h"
#include "sim/mmap.h"
#include "src/engine.h"
#include "src/listing.h"
#include "src/panic.h"
#include "src/proc.h"
#include "tests/random.h"

enum { FIRST_FD = 10, PATH_LEN = 512 };

/* System calls of i386, and what they are told. */
enum {
	NR_BRK = 45,
	NR_MUNMAP = 91,
	NR_MPROTECT = 125,
	NR_MLOCK = 150,
	NR_MUNLOCK = 151,
	NR_MREMAP = 163,
	NR_MMAP2 = 192,
	NR_MADVISE = 219
};
enum { MAP_SHARED = 0x1, MAP_PRIVATE = 0x2, MREMAP_MAYMOVE = 1 };

/* A scenario on its way. */
struct play {
	struct scenario *s;
	struct machine *m;
	struct trace trace;
};

static struct scenario *load(const char *path)
{
	struct diags d;
	struct scenario *s;

	diags_init(&d);
	s = scenario_load(path, NULL, &d);
	if (!s) {
		diags_print(&d, stderr);
		exit(2);
	}
	diags_free(&d);
	return s;
}

static void start_play(struct play *p, struct scenario *s)
{
	memset(p, 0, sizeof(*p));
	p->s = s;
	p->m = panic_if_null(engine_boot(s, &p->trace));
}

static void end_play(struct play *p)
{
	machine_destroy(p->m);
	scenario_free(p->s);
}

/* ---- random scenarios ---- */

/* The page of the program's file that its entry lies in. */
static uint64_t page_of_entry(const struct program *p)
{
	const struct segment *s = p->segment;

	while (p->entry - s->vaddr >= s->memsz)
		s++;
	return (p->entry - s->vaddr + s->offset) >> PAGE_SHIFT;
}

/* Is the page where its stubs are still there, and may it run? */
static bool has_code(const struct mm *mm)
{
	const struct vma *v = mm_area_at(mm, mm->entry);

	return v && v->file && strcmp(v->file->name, mm->program->name) == 0 &&
	       (v->flags & VM_READ) && (v->flags & VM_EXEC) &&
	       vma_pgoff(v, page_align_down(mm->entry)) == page_of_entry(mm->program);
}

/* Can all processes still run?  One whose stubs are gone, or are something else now, tells nothing. */
static bool all_have_code(const struct machine *m)
{
	const struct task *t = m->tasks;

	while (t && has_code(t->mm))
		t = t->next;
	return !t;
}

/* The scenario as far as it is written, from the beginning. */
static void play_again(struct play *p, const char *path)
{
	end_play(p);
	start_play(p, load(path));
	for (uint32_t nr = 1; nr <= scenario_nr_events(p->s); nr++)
		engine_run(p->m, p->s, nr, false);
}

static void write_line(FILE *out, const char *line)
{
	fprintf(out, "%s\n", line);
	fflush(out);
}

/* The line is the next event, and goes into the file unless a process lost its code by it. */
static void play_line(struct play *p, FILE *out, const char *path, const char *line)
{
	struct diags d;
	uint32_t nr;

	diags_init(&d);
	nr = scenario_insert(p->s, scenario_nr_events(p->s), line, &d);
	if (!nr)
		panic("the writer wrote %s", line);
	diags_free(&d);
	engine_run(p->m, p->s, nr, false);
	if (all_have_code(p->m))
		write_line(out, line);
	else
		play_again(p, path);
}

/* Random lines, each written for the machine as the lines before it left it. */
static void write_random(const char *path, uint64_t seed)
{
	struct writer *w = writer_new_recordable(seed);
	FILE *out = panic_if_null(fopen(path, "w"));
	const char *line;
	struct play p;

	write_line(out, writer_header(w));
	start_play(&p, load(path));
	while ((line = writer_next(w, p.s, p.m)))
		play_line(&p, out, path, line);
	fclose(out);
	end_play(&p);
	writer_free(w);
}

/* ---- scripts ---- */

/* The file's number in every process. */
static uint32_t fd_of(uint32_t file) { return FIRST_FD + file; }

/* Open them, and their paths for who packs them. */
static void put_files(FILE *out, FILE *paths, const struct scenario *s)
{
	const struct scenario_file *f;

	for (uint32_t i = 0; (f = scenario_file(s, i)); i++) {
		fprintf(out, "open %x %s %s\n", fd_of(i), f->name, f->executable ? "ro" : "rw");
		fprintf(paths, "%s\n", f->path);
	}
}

/* The file that a spawn or an exec names. */
static uint32_t file_of(const struct play *p, const struct event *e)
{
	uint32_t file = scenario_extra(p->s, e)->file;

	if (!file) {
		fprintf(stderr, "record: spawn without a program cannot be recorded\n");
		exit(2);
	}
	return file - 1;
}

static void put_process(FILE *out, const struct play *p, const struct event *e)
{
	const char *proc = symbol_name(p->s, e->proc);

	if (e->kind == EV_SPAWN)
		fprintf(out, "spawn %s %s\n", proc, scenario_file(p->s, file_of(p, e))->name);
	else if (e->kind == EV_FORK)
		fprintf(out, "fork %s %s\n", proc, symbol_name(p->s, e->name));
	else if (e->kind == EV_EXEC)
		fprintf(out, "exec %s %x\n", proc, fd_of(file_of(p, e)));
	else
		fprintf(out, "exit %s\n", proc);
}

static void put_call(FILE *out, const struct play *p, const struct event *e, const char *kind,
		     unsigned nr, const uint64_t arg[6])
{
	fprintf(out, "call %s %s %x", symbol_name(p->s, e->proc), kind, nr);
	for (int i = 0; i < 6; i++)
		fprintf(out, " %x", (uint32_t)arg[i]);
	fputc('\n', out);
}

static unsigned prot_word(uint32_t flags)
{
	return (flags & VM_READ ? 1 : 0) | (flags & VM_WRITE ? 2 : 0) | (flags & VM_EXEC ? 4 : 0);
}

static unsigned mmap_flags(const struct event *e, bool anonymous)
{
	static const struct {
		uint32_t option;
		unsigned flag;
	} known[] = {{OPT_FIXED, 0x10},
		     {OPT_GROWSDOWN, 0x100},
		     {OPT_LOCKED, 0x2000},
		     {OPT_NORESERVE, 0x4000},
		     {OPT_POPULATE, 0x8000}};
	unsigned flags = e->options & OPT_SHARED ? MAP_SHARED : MAP_PRIVATE;

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (e->options & known[i].option)
			flags |= known[i].flag;
	return flags | (anonymous ? 0x20 : 0);
}

/* False: its address means nothing. */
static bool put_mmap(FILE *out, const struct play *p, const struct event *e)
{
	const struct event_extra *x = scenario_extra(p->s, e);
	uint64_t rest;
	vaddr_t at = 0;

	if (e->options & OPT_HAS_AT && !addr_resolve(p->m, p->s, e->proc, &x->at, &at, &rest))
		return false;
	/* the call counts in pages: the C library refuses what is none */
	if (x->offset % PAGE_SIZE) {
		fprintf(out, "result EINVAL\n");
		return true;
	}
	put_call(out, p, e, "address", NR_MMAP2,
		 (const uint64_t[6]){at, e->size, prot_word(e->prot), mmap_flags(e, !x->file),
				     x->file ? fd_of(x->file - 1) : UINT32_MAX,
				     x->offset / PAGE_SIZE});
	return true;
}

static bool put_mremap(FILE *out, const struct play *p, const struct event *e, const struct task *t)
{
	const struct region *r = region_find(&t->mm->regions, e->name);

	if (!r)
		return false;
	put_call(out, p, e, "address", NR_MREMAP,
		 (const uint64_t[6]){r->start, r->bytes, e->size,
				     e->options & OPT_MAYMOVE ? MREMAP_MAYMOVE : 0});
	return true;
}

static bool put_brk(FILE *out, const struct play *p, const struct event *e, const struct task *t)
{
	uint64_t brk = t->mm->brk, rest;
	vaddr_t va = brk + e->size;

	if (e->options & OPT_BRK_MINUS)
		va = brk > e->size ? brk - e->size : 0;
	else if (!(e->options & OPT_BRK_PLUS) &&
		 !addr_resolve(p->m, p->s, e->proc, &e->addr, &va, &rest))
		return false;
	put_call(out, p, e, "brk", NR_BRK, (const uint64_t[6]){va});
	return true;
}

/* A call on a range of addresses, or accesses to it. */
static bool put_range(FILE *out, const struct play *p, const struct event *e)
{
	static const uint8_t advice[NR_ADVICE] = {
		[ADV_DONTNEED] = 4,        [ADV_DONTFORK] = 10,
		[ADV_DOFORK] = 11,         [ADV_FREE] = 8,
		[ADV_WILLNEED] = 3,        [ADV_POPULATE_READ] = 22,
		[ADV_POPULATE_WRITE] = 23, [ADV_PAGEOUT] = 21};
	static const uint8_t call[NR_EVENT_KINDS] = {[EV_MUNMAP] = NR_MUNMAP,
						     [EV_MPROTECT] = NR_MPROTECT,
						     [EV_MADVISE] = NR_MADVISE,
						     [EV_MLOCK] = NR_MLOCK,
						     [EV_MUNLOCK] = NR_MUNLOCK};
	bool access = e->kind == EV_READ || e->kind == EV_WRITE || e->kind == EV_FETCH;
	uint64_t bytes, third;
	vaddr_t va;

	if (!addr_resolve(p->m, p->s, e->proc, &e->addr, &va, &bytes))
		return false;
	if (e->options & OPT_HAS_SIZE || access)
		bytes = e->options & OPT_HAS_SIZE ? e->size : 1;
	third = e->kind == EV_MPROTECT  ? prot_word(e->prot)
		: e->kind == EV_MADVISE ? advice[e->other]
					: 0;
	if (!access)
		put_call(out, p, e, "ok", call[e->kind], (const uint64_t[6]){va, bytes, third});
	else if (e->kind == EV_FETCH)
		fprintf(out, "fetch %s %x\n", symbol_name(p->s, e->proc), (uint32_t)va);
	else if ((bytes = page_align_up(va % PAGE_SIZE + bytes) >> PAGE_SHIFT))
		fprintf(out, "touch %s %s %x %x\n", symbol_name(p->s, e->proc),
			e->kind == EV_READ ? "read" : "write", (uint32_t)va, (uint32_t)bytes);
	else
		fprintf(out, "result ok\n");
	return true;
}

static bool put_memory(FILE *out, const struct play *p, const struct event *e, const struct task *t)
{
	switch (e->kind) {
	case EV_MMAP:
		return put_mmap(out, p, e);
	case EV_MREMAP:
		return put_mremap(out, p, e, t);
	case EV_BRK:
		return put_brk(out, p, e, t);
	default:
		return put_range(out, p, e);
	}
}

/* Can it be one system call, or accesses? */
static bool can_record(enum event_kind k)
{
	return k <= EV_FETCH && k != EV_SET_THREAD_AREA && (k < EV_MALLOC || k > EV_FREE);
}

static void put_event(FILE *out, const struct play *p, uint32_t nr)
{
	const struct event *e = scenario_event(p->s, nr);
	const struct task *t = find_task_by_symbol(p->m, e->proc);
	char text[512];

	if (!can_record(e->kind)) {
		fprintf(stderr, "record: %s cannot be recorded\n", event_help(e->kind)->word);
		exit(2);
	}
	scenario_event_text(p->s, nr, text, sizeof(text));
	fprintf(out, "event %u %s\n", nr, text);
	if (e->kind <= EV_EXIT)
		put_process(out, p, e);
	else if (!t)
		fprintf(out, "result ESRCH\n");
	else if (!put_memory(out, p, e, t))
		fprintf(out, "result EFAULT\n");
}

static bool shows_fields(const struct scenario *s, uint32_t nr)
{
	return nr % FIELDS_EVERY == 0 || nr == scenario_nr_events(s);
}

static void write_script(const char *dir, const char *path)
{
	const struct machine_config *c;
	char name[PATH_LEN];
	FILE *out, *paths;
	struct play p;

	start_play(&p, load(path));
	c = scenario_config(p.s);
	snprintf(name, sizeof(name), "%s/files", dir);
	paths = panic_if_null(fopen(name, "a"));
	snprintf(name, sizeof(name), "%s/%s-%u.script", dir, c->profile->name,
		 (unsigned)(c->ram_bytes >> 20));
	out = panic_if_null(fopen(name, "a"));
	fprintf(out, "case %s\novercommit %u\n", path, c->overcommit);
	put_files(out, paths, p.s);
	fclose(paths);
	for (uint32_t nr = 1; nr <= scenario_nr_events(p.s); nr++) {
		put_event(out, &p, nr);
		engine_run(p.m, p.s, nr, false);
		if (shows_fields(p.s, nr))
			fprintf(out, "fields\n");
	}
	fclose(out);
	end_play(&p);
}

/* ---- the model's listing ---- */

static void print_fields(const struct machine *m)
{
	for (const struct task *t = m->tasks; t; t = t->next)
		for (unsigned i = 0; i < NR_FIELD_FILES; i++) {
			char path[64];
			const struct task *of;
			char *text;

			snprintf(path, sizeof(path), "%u/%s", t->pid, field_files[i]);
			text = panic_if_null(proc_file_text(proc_file_find(m, path, &of), m, t));
			fields_print(stdout, t->comm, i, text);
			free(text);
		}
}

static void list(const char *path)
{
	struct state_lister *l;
	struct play p;

	start_play(&p, load(path));
	l = state_lister_open(p.m, p.s, stdout, false);
	for (uint32_t nr = 1; nr <= scenario_nr_events(p.s); nr++) {
		struct outcome o;

		state_lister_before(l, nr);
		o = engine_run(p.m, p.s, nr, false);
		state_lister_after(l, nr, &o);
		if (shows_fields(p.s, nr)) {
			state_lister_flush(l);
			print_fields(p.m);
		}
	}
	state_lister_close(l);
	end_play(&p);
}

int main(int argc, char **argv)
{
	const char *verb = argc > 2 ? argv[1] : "";

	if (strcmp(verb, "random") == 0 && argc == 5) {
		uint64_t seed = strtoull(argv[3], NULL, 10), n = strtoull(argv[4], NULL, 10);

		for (uint64_t i = seed; i < seed + n; i++) {
			char path[PATH_LEN];

			snprintf(path, sizeof(path), "%s/random-%llu.txt", argv[2],
				 (unsigned long long)i);
			write_random(path, i);
		}
	} else if (strcmp(verb, "script") == 0) {
		for (int i = 3; i < argc; i++)
			write_script(argv[2], argv[i]);
	} else if (strcmp(verb, "list") == 0 && argc == 3) {
		list(argv[2]);
	} else {
		fputs("usage: record random DIR SEED N | script DIR FILE... | list FILE\n", stderr);
		return 2;
	}
	return 0;
}
