/*
 * The ELF loader under libFuzzer: any file is a program or is refused with a reason, and a program can
 * be executed, or execve() says why not.
 *
 *	input -> file in memory -> program_load -> spawn, exec -> touch its areas and symbols -> exit
 *
 * A file whose last byte of e_ident is odd is longer than the input: a hole follows, up to 1M.  So a
 * few bytes of headers can ask for segments of a large file.  What says that it has 64 bits goes to a
 * machine of 64 bits.
 */
#include "src/run.h"

#include <elf.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

enum { RAM_BYTES = 16 << 20, RAM_BYTES_64 = 64 << 20, WITH_HOLE = 1 << 20, NAME_MAX_LEN = 64 };

static void law(const char *broken, const char *when)
{
	if (!broken)
		return;
	fprintf(stderr, "a law is broken after %s: %s\n", when, broken);
	abort();
}

/* ---- a program's life ---- */

/* Read both ends of every area, write the first byte; the end may kill the process: false. */
static bool touch_areas(struct machine *m, uint32_t pid)
{
	static const char tag[TAG_LEN] = "fuzz";
	vaddr_t at = 0;

	for (struct task *t = find_task(m, pid); t; t = find_task(m, pid)) {
		const struct vma *v = mm_area_at(t->mm, at);
		vaddr_t start, last;

		if (!v)
			return true;
		start = v->start;
		last = v->end - 1;
		at = v->end;
		access_page(m, t, start, ACCESS_READ, tag);
		if (find_task(m, pid))
			access_page(m, t, last, ACCESS_READ, tag);
		if (find_task(m, pid))
			access_page(m, t, start, ACCESS_WRITE, tag);
	}
	return false;
}

static void run(const struct program *p, const char *profile)
{
	struct trace trace = {0};
	struct machine_config c;
	struct machine *m;
	struct task *t, *other;

	machine_config_default(&c);
	c.profile = profile_find(profile);
	c.ram_bytes = c.profile->word_bits == 64 ? RAM_BYTES_64 : RAM_BYTES;
	m = machine_create(&c, &trace);
	if (!m)
		return;
	other = do_spawn(m, "other", 2, m->profile->program, NULL);
	t = do_spawn(m, "sh", 1, p, NULL);
	law(machine_check(m), "spawn");
	if (t && touch_areas(m, t->pid))
		do_fork(m, t, "kid", 3);
	law(machine_check(m), "touching its areas");
	if (other && find_task_by_symbol(m, 2))
		do_execve(m, find_task_by_symbol(m, 2), p);
	law(machine_check(m), "exec");
	while (m->tasks)
		do_exit(m, m->tasks);
	law(machine_check(m), "exit");
	machine_destroy(m);
}

/* ---- names ---- */

/* Every text in the file may be a symbol's name. */
static void look_up_names(const struct program *p, const uint8_t *data, size_t size)
{
	char name[NAME_MAX_LEN];
	uint64_t bytes;
	vaddr_t va;

	for (size_t at = 0; at < size;) {
		size_t len = strnlen((const char *)data + at, size - at);

		if (len > 0 && len < sizeof(name)) {
			memcpy(name, data + at, len);
			name[len] = '\0';
			program_symbol(p, name, &va, &bytes);
		}
		at += len + 1;
	}
}

static bool is_64_bit(const uint8_t *data, size_t size)
{
	return size > EI_CLASS && data[EI_CLASS] == ELFCLASS64;
}

/* The machine that a program runs on; of those with 32 bits one or the other. */
static const char *profile_for(const struct program *p, bool wide)
{
	if (wide)
		return "x86-64";
	return p->entry & 0x1000 ? "i386-6.1-pae" : "i386-6.1";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool wide = is_64_bit(data, size);
	int fd = memfd_create("elf", MFD_CLOEXEC);
	bool has_hole = size > EI_NIDENT && size < WITH_HOLE && (data[EI_NIDENT - 1] & 1);
	char path[32], why[256] = "";
	struct program *p;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size ||
	    (has_hole && ftruncate(fd, WITH_HOLE) != 0))
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	p = program_load(path, profile_find(wide ? "x86-64" : "i386"), why, sizeof(why));
	close(fd);
	if (!p && !*why)
		abort();
	if (p) {
		look_up_names(p, data, size);
		run(p, profile_for(p, wide));
	}
	program_free(p);
	return 0;
}

/* ---- mutations that know where the fields are ---- */

static uint32_t random_below(unsigned *seed, uint32_t n)
{
	*seed = *seed * 1664525 + 1013904223;
	return n ? (uint32_t)((uint64_t)*seed * n >> 32) : 0;
}

/* A place for a field of 32 bits: in the header, or in an entry of the table at `table`. */
static size_t field(unsigned *seed, size_t table, size_t entry_size, uint32_t entries)
{
	return table + random_below(seed, entries ? entries : 1) * entry_size +
	       random_below(seed, (uint32_t)(entry_size / 4)) * 4;
}

static uint32_t interesting(unsigned *seed, uint32_t old, uint32_t size)
{
	static const uint32_t values[] = {
		0,          1,          2,          6,          0xfff,      0x1000,
		0x10000,    0x100000,   0x08048000, 0x08049000, 0x40000000, 0x7fffffff,
		0x80000000, 0xb8000000, 0xbffdf000, 0xbfffffff, 0xc0000000, 0xfffff000,
		0xffffffff, 0x7fff,     0x8000,     0x400000};
	uint32_t pick = random_below(seed, 6);

	if (pick == 0)
		return old + 0x1000;
	if (pick == 1)
		return old - 0x1000;
	if (pick == 2)
		return old + random_below(seed, 33) - 16;
	if (pick == 3)
		return size;
	return values[random_below(seed, sizeof(values) / sizeof(values[0]))];
}

/* Where an ELF file's header and tables are, and how large, whatever its class. */
struct tables {
	size_t header, segment, section; /* bytes of one */
	size_t segments_at, sections_at;
	uint32_t segments, sections;
};

static struct tables tables_32(const uint8_t *data)
{
	Elf32_Ehdr h;

	memcpy(&h, data, sizeof(h));
	return (struct tables){sizeof(h), sizeof(Elf32_Phdr), sizeof(Elf32_Shdr), h.e_phoff,
			       h.e_shoff, h.e_phnum,          h.e_shnum};
}

static struct tables tables_64(const uint8_t *data)
{
	Elf64_Ehdr h;

	memcpy(&h, data, sizeof(h));
	return (struct tables){sizeof(h), sizeof(Elf64_Phdr), sizeof(Elf64_Shdr), h.e_phoff,
			       h.e_shoff, h.e_phnum,          h.e_shnum};
}

/* A field's place; of a word of 64 bits one half. */
static size_t any_field(const struct tables *t, unsigned *seed)
{
	switch (random_below(seed, 4)) {
	case 0:
		return field(seed, EI_NIDENT - 4, t->header - EI_NIDENT + 4, 1);
	case 1:
		return field(seed, t->sections_at, t->section, t->sections);
	default:
		return field(seed, t->segments_at, t->segment, t->segments);
	}
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	struct tables t;
	uint32_t value;
	size_t at;

	if (size < sizeof(Elf64_Ehdr) || random_below(&seed, 3) == 0)
		return LLVMFuzzerMutate(data, size, max_size);
	t = is_64_bit(data, size) ? tables_64(data) : tables_32(data);
	at = any_field(&t, &seed);
	if (at > size || size - at < sizeof(value))
		return LLVMFuzzerMutate(data, size, max_size);
	memcpy(&value, data + at, sizeof(value));
	value = interesting(&seed, value, (uint32_t)size);
	memcpy(data + at, &value, sizeof(value));
	return size;
}
