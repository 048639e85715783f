/*
 * The state listing of a real kernel: PID/maps and PID/pagemap of every process, the flags of each frame, the fault
 * counters of PID/stat.
 *
 * Frames are numbered as they appear.  Before each listing those that nobody maps any more lose their numbers; so do,
 * before an exec or a fixed mmap, those that only the replaced range maps.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest.h"

enum {
	FRAMES = 1 << 20, /* of 4G */
	AREAS_MAX = 4096,
	WORDS = 1 << 14, /* of pagemap at once */
	PAGE_BITS = 12,
	DMA_FRAMES = 4096,
	KPF_ANON = 12,
	KPF_ZERO_PAGE = 24,
	PM_SWAP = 62,
	PM_PRESENT = 63
};

struct area {
	unsigned long start, end, offset;
	char rights[5], name[64];
};

static uint32_t *number, *number_before; /* by frame; 0: it has none */
static uint32_t last_number;
static uint8_t *mapped; /* by frame */
static unsigned long first_high = FRAMES;
static int kpageflags;

/* ---- the machine ---- */

/* Where zone HighMem begins. A machine without one lists the zone with no frames, from frame 0 on. */
static void find_high_memory(void)
{
	const char *zone = strstr(read_text("/proc/zoneinfo"), "zone  HighMem");
	const char *at = zone ? strstr(zone, "start_pfn:") : NULL;
	unsigned long pfn = at ? strtoul(at + strlen("start_pfn:"), NULL, 10) : 0;

	if (pfn)
		first_high = pfn;
}

void state_open(void)
{
	number = calloc(FRAMES, sizeof(*number));
	number_before = calloc(FRAMES, sizeof(*number));
	mapped = calloc(FRAMES, 1);
	kpageflags = open("/proc/kpageflags", O_RDONLY);
	if (!number || !number_before || !mapped || kpageflags < 0)
		give_up("kpageflags");
	find_high_memory();
}

void state_begin(void)
{
	memset(number, 0, FRAMES * sizeof(*number));
	last_number = 0;
}

/* ---- areas and their pages ---- */

/* The name as the listing has it: a file's base name, "-" for none. */
static void read_name(struct area *a, const char *line, size_t len)
{
	char text[256];
	char *slash, *deleted;

	snprintf(text, sizeof(text), "%.*s", (int)len, line);
	deleted = strstr(text, " (deleted)");
	if (deleted)
		*deleted = '\0';
	slash = strrchr(text, '/');
	snprintf(a->name, sizeof(a->name), "%.63s", !*text ? "-" : slash ? slash + 1 : text);
}

/* The areas of a process; returns how many. */
static int read_areas(pid_t pid, struct area area[AREAS_MAX])
{
	int n = 0;

	for (const char *line = read_proc(pid, "maps"); *line; line = strchr(line, '\n') + 1) {
		struct area *a = &area[n];
		int name = 0;

		if (sscanf(line, "%lx-%lx %4s %lx %*s %*u%*[ ]%n", &a->start, &a->end, a->rights,
			   &a->offset, &name) < 4 ||
		    ++n == AREAS_MAX)
			give_up("maps");
		/* without a name the line ends behind the inode */
		if (name == 0)
			name = (int)strcspn(line, "\n");
		read_name(a, line + name, strcspn(line + name, "\n"));
		if (a->name[0] == '-' || a->name[0] == '[')
			a->offset = 0;
	}
	return n;
}

/* The words of pagemap, read in runs. */
struct pagemap {
	int fd;
	unsigned long first, nr; /* the pages of word[] */
	uint64_t word[WORDS];
};
static struct pagemap pagemap;

static void open_pagemap(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	pagemap.fd = open(path, O_RDONLY);
	pagemap.nr = 0;
}

static uint64_t page_word(unsigned long page, unsigned long end)
{
	if (page - pagemap.first >= pagemap.nr) {
		unsigned long nr = end - page < WORDS ? end - page : WORDS;

		memset(pagemap.word, 0, sizeof(pagemap.word));
		if (pread(pagemap.fd, pagemap.word, nr * 8, (off_t)page * 8) < 0)
			memset(pagemap.word, 0, sizeof(pagemap.word));
		pagemap.first = page;
		pagemap.nr = nr;
	}
	return pagemap.word[page - pagemap.first];
}

static bool is_present(uint64_t word) { return word >> PM_PRESENT; }
static uint32_t frame_of(uint64_t word) { return word & (FRAMES - 1); }

/* ---- numbers ---- */

/* Mark what p maps outside [start, end). */
static void mark_mapped(const struct proc *p, unsigned long start, unsigned long end)
{
	static struct area area[AREAS_MAX];
	int n = read_areas(p->pid, area);

	open_pagemap(p->pid);
	for (int i = 0; i < n; i++)
		for (unsigned long at = area[i].start; at < area[i].end; at += 1ul << PAGE_BITS) {
			uint64_t word = page_word(at >> PAGE_BITS, area[i].end >> PAGE_BITS);

			if (is_present(word) && (at < start || at >= end))
				mapped[frame_of(word)] = 1;
		}
	close(pagemap.fd);
}

/* Frames that nobody maps lose their numbers; what p maps in [start, end) does not count. */
static void forget_unmapped(const struct proc *p, unsigned long start, unsigned long end)
{
	memset(mapped, 0, FRAMES);
	for (int i = 0; i < nr_procs; i++)
		mark_mapped(&procs[i], &procs[i] == p ? start : 0, &procs[i] == p ? end : 0);
	for (uint32_t pfn = 0; pfn < FRAMES; pfn++)
		if (!mapped[pfn])
			number[pfn] = 0;
}

void state_replace(const struct proc *p, unsigned long start, unsigned long end)
{
	memcpy(number_before, number, FRAMES * sizeof(*number));
	forget_unmapped(p, start, end);
}

void state_replaced_nothing(void) { memcpy(number, number_before, FRAMES * sizeof(*number)); }

/* ---- printing ---- */

/* The letter of a page: what it is. */
static char kind_of(uint64_t word)
{
	uint64_t flags = 0;

	if (!is_present(word))
		return word >> PM_SWAP & 1 ? 'w' : '.';
	if (pread(kpageflags, &flags, sizeof(flags), (off_t)frame_of(word) * 8) < 0)
		give_up("kpageflags");
	return flags >> KPF_ZERO_PAGE & 1 ? 'z' : flags >> KPF_ANON & 1 ? 'a' : 'f';
}

static void print_frame(char kind, uint32_t pfn)
{
	if (!number[pfn])
		number[pfn] = ++last_number;
	printf(" %c%c%u", kind,
	       pfn < DMA_FRAMES    ? 'D'
	       : pfn >= first_high ? 'H'
				   : 'N',
	       number[pfn]);
}

/* So many neighbours of one kind that has no frame to name. */
static void print_run(char kind, unsigned long run)
{
	if (run == 1)
		printf(" %c", kind);
	else if (run)
		printf(" %c*%lu", kind, run);
}

static void print_pages(const struct area *a)
{
	unsigned long end = a->end >> PAGE_BITS, run = 0;
	char last = 0;

	for (unsigned long page = a->start >> PAGE_BITS; page < end; page++) {
		uint64_t word = page_word(page, end);
		char kind = kind_of(word);
		bool folds = kind == '.' || kind == 'z';

		if (kind != last) {
			print_run(last, run);
			run = 0;
		}
		if (folds)
			run++;
		else
			print_frame(kind, frame_of(word));
		last = kind;
	}
	print_run(last, run);
}

static void print_process(const struct proc *p)
{
	static struct area area[AREAS_MAX];
	const char *tables = strstr(read_proc(p->pid, "status"), "VmPTE:");
	int n;

	printf("P %s pte=%lu\n", p->name, tables ? strtoul(tables + 6, NULL, 10) / 4 : 0);
	n = read_areas(p->pid, area);
	open_pagemap(p->pid);
	for (int i = 0; i < n; i++) {
		printf(" %08lx-%08lx %s %08lx %s |", area[i].start, area[i].end, area[i].rights,
		       area[i].offset, area[i].name);
		print_pages(&area[i]);
		putchar('\n');
	}
	close(pagemap.fd);
}

/* The faults that the event took in p. */
static void print_faults(struct proc *p)
{
	const char *stat = strrchr(read_proc(p->pid, "stat"), ')');
	unsigned long minor = 0, major = 0;

	if (stat)
		sscanf(stat + 1, " %*c %*d %*d %*d %*d %*d %*u %lu %*u %lu", &minor, &major);
	if (!p->fresh && (minor != p->minor || major != p->major))
		printf("! %s min=%lu maj=%lu\n", p->name, minor - p->minor, major - p->major);
	p->minor = minor;
	p->major = major;
	p->fresh = false;
}

void state_print(void)
{
	for (int i = 0; i < nr_procs; i++)
		print_faults(&procs[i]);
	forget_unmapped(NULL, 0, 0);
	for (int i = 0; i < nr_procs; i++)
		print_process(&procs[i]);
}
