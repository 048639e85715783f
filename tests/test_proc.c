/*
 * /proc as files: worked numbers, the shape of every file, and the directory that --proc writes.
 *
 * The shape is held by golden files and by recordings of a real kernel's /proc.  After a wanted change:
 *
 *	MMVIZ_ACCEPT=1 build/tests/unit proc; git diff tests/golden/proc
 */
#include "tests/script.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/proc.h"
#include "src/timeline.h"

/* Three pages that are anonymous (data, stack, buf) and one of the program; then two processes share them. */
#define MACHINE "machine i386 ram=64M\n"
#define COW                                                                                        \
	MACHINE "spawn sh\n"                                                                       \
		"mmap sh buf 8K\n"                                                                 \
		"write sh buf value=A\n"                                                           \
		"fork sh kid\n"                                                                    \
		"write kid buf value=K\n"
enum { SPAWN = 1, MMAP, WRITE, FORK, COPY };

static struct script c;

/* A test without a scenario of its own must not find the last one's, if all run in one process. */
static void tear_down(void)
{
	script_free(&c);
	memset(&c, 0, sizeof(c));
}

/* A file by its path; free it. */
static char *file(const char *path)
{
	const struct task *t;
	const struct proc_file *f = proc_file_find(c.m, path, &t);
	char *text;

	ck_assert_msg(f != NULL, "there is no /proc/%s", path);
	text = proc_file_text(f, c.m, t);
	ck_assert_ptr_nonnull(text);
	return text;
}

/* The bytes of a binary file as words; free them. */
static uint64_t *words(const char *path, size_t *nr)
{
	const struct task *t;
	const struct proc_file *f = proc_file_find(c.m, path, &t);
	FILE *out = tmpfile();
	unsigned char bytes[8];
	uint64_t *word;

	f->print(out, c.m, t);
	ck_assert_int_eq(ftell(out) % 8, 0);
	*nr = (size_t)ftell(out) / 8;
	word = calloc(*nr, sizeof(*word));
	rewind(out);
	for (size_t i = 0; i < *nr; i++) {
		ck_assert_uint_eq(fread(bytes, 8, 1, out), 1);
		for (unsigned k = 0; k < 8; k++)
			word[i] |= (uint64_t)bytes[k] << 8 * k;
	}
	fclose(out);
	return word;
}

/* The number behind a name at a line's start; after the line that begins with `after`, if that is not NULL. */
static unsigned long number(const char *path, const char *after, const char *name)
{
	char *text = file(path), *at = text, key[64];
	unsigned long value;

	if (after) {
		snprintf(key, sizeof(key), "\n%s", after);
		at = strncmp(text, after, strlen(after)) == 0 ? text : strstr(text, key);
		ck_assert_msg(at != NULL, "no line %s in\n%s", after, text);
	}
	snprintf(key, sizeof(key), "\n%s", name);
	if (after || strncmp(at, name, strlen(name)) != 0)
		at = strstr(at, key);
	ck_assert_msg(at != NULL, "no %s in\n%s", name, text);
	at += *at == '\n';
	value = strtoul(at + strlen(name), NULL, 10);
	free(text);
	return value;
}

#define BUF_AREA "b7ffe000-"

/* ---- worked numbers ---- */

START_TEST(a_shared_frame_is_counted_once_for_the_machine_and_for_each_process)
{
	script_run_to(&c, COW, FORK);
	ck_assert_uint_eq(number("meminfo", NULL, "AnonPages:"), 12);
	ck_assert_uint_eq(number("meminfo", NULL, "Mapped:"), 4);
	ck_assert_uint_eq(number("sh/status", NULL, "VmRSS:"), 16);
	ck_assert_uint_eq(number("kid/status", NULL, "VmRSS:"), 16);
	ck_assert_uint_eq(number("kid/status", NULL, "RssAnon:"), 12);
	ck_assert_uint_eq(number("kid/status", NULL, "RssFile:"), 4);
}
END_TEST

START_TEST(fork_makes_pages_shared_and_a_copy_makes_them_private_again)
{
	script_run_to(&c, COW, FORK);
	ck_assert_uint_eq(number("2/smaps", BUF_AREA, "Shared_Dirty:"), 4);
	ck_assert_uint_eq(number("2/smaps", BUF_AREA, "Private_Dirty:"), 0);
	ck_assert_uint_eq(number("2/smaps", BUF_AREA, "Pss:"), 2);
	script_free(&c);
	script_run_to(&c, COW, COPY);
	ck_assert_uint_eq(number("2/smaps", BUF_AREA, "Shared_Dirty:"), 0);
	ck_assert_uint_eq(number("2/smaps", BUF_AREA, "Private_Dirty:"), 4);
	ck_assert_uint_eq(number("1/smaps", BUF_AREA, "Private_Dirty:"), 4);
	ck_assert_uint_eq(number("2/smaps", BUF_AREA, "Pss:"), 4);
}
END_TEST

START_TEST(a_page_of_three_is_a_third_in_each_of_them)
{
	script_run(&c, COW "fork sh third\nfork sh fourth\nwrite sh buf+4K\n");
	/* 1365 bytes of each shared page: sh's data, stack; buf is shared by sh, third, fourth */
	ck_assert_uint_eq(number("sh/smaps", "b7ffe000-", "Rss:"), 8);
	ck_assert_uint_eq(number("sh/smaps", "b7ffe000-", "Pss:"), 5);
	ck_assert_uint_eq(number("fourth/smaps", "b7ffe000-", "Pss:"), 1);
}
END_TEST

START_TEST(the_zero_page_is_in_pagemap_and_in_no_sum)
{
	uint64_t *word;
	size_t nr;

	script_run(&c, MACHINE "spawn sh\nmmap sh buf 8K\nread sh buf 8K\n");
	ck_assert_uint_eq(number("sh/smaps", BUF_AREA, "Rss:"), 0);
	ck_assert_uint_eq(number("sh/smaps", BUF_AREA, "Referenced:"), 0);
	ck_assert_uint_eq(number("meminfo", NULL, "AnonPages:"), 8);
	word = words("sh/pagemap", &nr);
	ck_assert_uint_eq(word[0xb7ffe], 1ULL << 63 | c.m->zero_page);
	ck_assert_uint_eq(word[0xb7fff], 1ULL << 63 | c.m->zero_page);
	free(word);
}
END_TEST

/* The frame of an address. */
static pfn_t frame_of(const char *process, vaddr_t va)
{
	const struct task *t;

	proc_file_find(c.m, process, &t);
	return pte_pfn(*pte_offset(c.m, t->mm, va));
}

START_TEST(pagemap_has_a_word_for_each_page_of_3_GiB)
{
	uint64_t *word;
	size_t nr, present = 0;

	script_run_to(&c, COW, COPY);
	word = words("kid/pagemap", &nr);
	ck_assert_uint_eq(nr, 0xc0000);
	for (size_t i = 0; i < nr; i++)
		present += word[i] >> 63;
	ck_assert_uint_eq(present, 4);
	/* code: of a file, two map it; stack: anonymous, two map it; buf: kid's own */
	ck_assert_uint_eq(word[0x08048], 0xa000000000000000 | frame_of("kid/maps", 0x08048000));
	ck_assert_uint_eq(word[0xbffff], 0x8000000000000000 | frame_of("kid/maps", 0xbffff000));
	ck_assert_uint_eq(word[0xb7ffe], 0x8100000000000000 | frame_of("kid/maps", 0xb7ffe000));
	ck_assert_uint_eq(word[0xb7fff], 0);
	ck_assert_uint_ne(frame_of("kid/maps", 0xb7ffe000), frame_of("sh/maps", 0xb7ffe000));
	free(word);
}
END_TEST

START_TEST(frames_are_counted_and_flagged_by_what_they_are)
{
	uint64_t *count, *flags;
	size_t nr, nr_flags;
	pfn_t code, stack, buf;

	script_run_to(&c, COW, COPY);
	count = words("kpagecount", &nr);
	flags = words("kpageflags", &nr_flags);
	ck_assert_uint_eq(nr, 64 << 8);
	ck_assert_uint_eq(nr_flags, nr);
	code = frame_of("sh/maps", 0x08048000);
	stack = frame_of("sh/maps", 0xbffff000);
	buf = frame_of("kid/maps", 0xb7ffe000);
	ck_assert_uint_eq(count[code], 2);
	ck_assert_uint_eq(count[stack], 2);
	ck_assert_uint_eq(count[buf], 1);
	ck_assert_uint_eq(flags[code], 1 << 3 | 1 << 11);                    /* UPTODATE MMAP  */
	ck_assert_uint_eq(flags[buf], 1 << 3 | 1 << 11 | 1 << 12 | 1 << 14); /* ANON SWAPBACKED */
	ck_assert_uint_eq(flags[0], 1ULL << 32);                             /* RESERVED        */
	ck_assert_uint_eq(flags[c.m->zero_page], 1ULL << 32 | 1 << 24);
	ck_assert_uint_eq(flags[c.m->swapper_pg_dir], 1ULL << 32);
	ck_assert_uint_eq(flags[nr - 1], 1 << 10); /* BUDDY */
	ck_assert_uint_eq(flags[find_task(c.m, 1)->mm->pgd], 0);
	free(count);
	free(flags);
}
END_TEST

START_TEST(kpageflags_adds_up_to_the_sums_of_other_files)
{
	uint64_t *flags;
	size_t nr, buddy = 0, tables = 0, slab = 0, heads = 0, tails = 0;

	script_run_to(&c, COW, COPY);
	flags = words("kpageflags", &nr);
	for (size_t i = 0; i < nr; i++) {
		buddy += flags[i] >> 10 & 1;
		tables += flags[i] >> 26 & 1;
		slab += flags[i] >> 7 & 1;
		heads += flags[i] >> 15 & 1;
		tails += flags[i] >> 16 & 1;
	}
	ck_assert_uint_eq(buddy * 4, number("meminfo", NULL, "MemFree:"));
	ck_assert_uint_eq(tables * 4, number("meminfo", NULL, "PageTables:"));
	ck_assert_uint_eq(slab * 4, number("meminfo", NULL, "Slab:"));
	/* task_structs of 1712 bytes lie in a slab of 4 pages */
	ck_assert_uint_eq(heads, 1);
	ck_assert_uint_eq(tails, 3);
	free(flags);
}
END_TEST

START_TEST(locked_pages_count_once_and_by_their_part)
{
	script_run(&c, MACHINE "spawn sh\nmmap sh buf 8K\nmlock sh buf 8K\nfork sh kid\n");
	ck_assert_uint_eq(number("meminfo", NULL, "Mlocked:"), 8);
	ck_assert_uint_eq(number("sh/status", NULL, "VmLck:"), 8);
	ck_assert_uint_eq(number("kid/status", NULL, "VmLck:"), 0);
	ck_assert_uint_eq(number("sh/smaps", BUF_AREA, "Locked:"), 4);
	ck_assert_uint_eq(number("zoneinfo", "Node 0, zone   Normal", "      nr_mlock"), 2);
	script_free(&c);
	script_run(&c, MACHINE "spawn sh\nmmap sh buf 8K\nmlock sh buf 8K\nmunlock sh buf 8K\n");
	ck_assert_uint_eq(number("meminfo", NULL, "Mlocked:"), 0);
}
END_TEST

#define FREED MACHINE "spawn sh\nmmap sh buf 8K\nwrite sh buf 8K\nmadvise sh buf 8K free\n"

START_TEST(pages_given_up_by_madvise_are_lazily_free_until_written)
{
	/* their batch is not worked off yet */
	script_run(&c, FREED);
	ck_assert_uint_eq(number("sh/smaps", BUF_AREA, "LazyFree:"), 0);
	ck_assert_uint_eq(number("sh/smaps", BUF_AREA, "Private_Clean:"), 8);
	script_free(&c);
	script_run(&c, FREED "madvise sh buf willneed\n");
	ck_assert_uint_eq(number("sh/smaps", BUF_AREA, "LazyFree:"), 8);
	ck_assert_uint_eq(number("sh/smaps", BUF_AREA, "Private_Clean:"), 8);
	ck_assert_uint_eq(number("sh/smaps", BUF_AREA, "Pss_Dirty:"), 0);
	ck_assert_uint_eq(number("sh/smaps", BUF_AREA, "Referenced:"), 0);
	script_free(&c);
	script_run(&c, FREED "madvise sh buf willneed\nwrite sh buf\n"
			     "read sh buf+4K\n");
	ck_assert_uint_eq(number("sh/smaps", BUF_AREA, "LazyFree:"), 4);
	ck_assert_uint_eq(number("sh/smaps", BUF_AREA, "Private_Dirty:"), 4);
	ck_assert_uint_eq(number("sh/smaps", BUF_AREA, "Referenced:"), 8);
}
END_TEST

#define SHARED MACHINE "spawn sh\nmmap sh area 16K shared\nwrite sh area 12K\n"

START_TEST(shared_memory_has_a_name_and_sums_of_its_own)
{
	char *text;

	script_run(&c, SHARED "fork sh kid\nread kid area\n");
	text = file("kid/maps");
	ck_assert_ptr_nonnull(strstr(
		text, "b7ffc000-b8000000 rw-s 00000000 00:01 2          /dev/zero (deleted)\n"));
	free(text);
	ck_assert_uint_eq(number("meminfo", NULL, "Shmem:"), 12);
	ck_assert_uint_eq(number("meminfo", NULL, "Cached:"), 24); /* and 3 of the program */
	ck_assert_uint_eq(number("sh/status", NULL, "RssShmem:"), 12);
	/* its read fault maps what is there around it */
	ck_assert_uint_eq(number("kid/status", NULL, "RssShmem:"), 12);
	ck_assert_uint_eq(number("kid/status", NULL, "RssFile:"), 4);
	ck_assert_uint_eq(number("kid/smaps", "b7ffc000-", "Anonymous:"), 0);
}
END_TEST

/* The flags of the area that begins there. */
static bool area_has(const char *area, const char *flags)
{
	char *text = file("sh/smaps");
	const char *at = strstr(text, area);
	bool has = at && strncmp(strstr(at, "VmFlags: "), flags, strlen(flags)) == 0;

	free(text);
	return has;
}

/* As recorded: a program is open read-only, and so its shared mapping is none that could be written. */
START_TEST(a_shared_mapping_of_what_may_only_be_read_has_no_sh)
{
	script_run(&c, MACHINE "spawn sh\nmmap sh ro 4K prot=r shared file=subject\n"
			       "mmap sh any 4K prot=r shared\n");
	ck_assert(area_has("b7fff000-", "VmFlags: rd mr me ms \n"));
	ck_assert(area_has("b7ffe000-", "VmFlags: rd sh mr mw me ms \n"));
}
END_TEST

START_TEST(promises_are_counted_by_area_and_fork_promises_again)
{
	unsigned long before;

	script_run_to(&c, COW, MMAP);
	before = number("meminfo", NULL, "Committed_AS:");
	/* data 8K, bss 12K, stack 132K, buf 8K */
	ck_assert_uint_eq(before, 160);
	script_free(&c);
	script_run_to(&c, COW, FORK);
	ck_assert_uint_eq(number("meminfo", NULL, "Committed_AS:"), 2 * before);
	ck_assert_uint_eq(number("meminfo", NULL, "CommitLimit:"),
			  number("meminfo", NULL, "MemTotal:") / 4 / 2 * 4);
}
END_TEST

START_TEST(areas_are_data_stack_code_or_library)
{
	script_run(&c, COW "mmap kid lib 20K prot=rx\nmmap kid both 12K prot=rwx\n");
	ck_assert_uint_eq(number("kid/status", NULL, "VmSize:"), 156 + 8 + 32);
	ck_assert_uint_eq(number("kid/status", NULL, "VmExe:"), 4);
	ck_assert_uint_eq(number("kid/status", NULL, "VmLib:"), 20);
	ck_assert_uint_eq(number("kid/status", NULL, "VmStk:"), 132);
	ck_assert_uint_eq(number("kid/status", NULL, "VmData:"), 8 + 12 + 8 + 12);
	ck_assert_uint_eq(number("kid/status", NULL, "VmPTE:"), 12);
	ck_assert_uint_eq(number("kid/status", NULL, "PPid:"), 1);
}
END_TEST

/* /proc of a real kernel of 6.1 with 1G: 3840, 213777 and 37858 pages keep 1005, 2551 and 116. */
START_TEST(available_is_free_less_what_zones_keep)
{
	script_run(&c, "machine i386-6.1 ram=1G\nkmalloc a 100\n");
	ck_assert_uint_eq(number("meminfo", NULL, "SReclaimable:"), 0);
	ck_assert_uint_eq(number("meminfo", NULL, "MemAvailable:"),
			  number("meminfo", NULL, "MemFree:") - (1005 + 2551 + 116) * 4);
}
END_TEST

START_TEST(a_large_kmalloc_counts_as_slab)
{
	unsigned long before;

	script_run(&c, "machine i386-6.1 ram=64M\nkmalloc a 100\n");
	before = number("meminfo", NULL, "Slab:");
	script_free(&c);
	script_run(&c, "machine i386-6.1 ram=64M\nkmalloc a 100\nkmalloc b 60K\n");
	ck_assert_uint_eq(number("meminfo", NULL, "Slab:"), before + 64);
	script_free(&c);
	script_run(&c, "machine i386-6.1 ram=64M\nkmalloc a 100\nkmalloc b 60K\nkfree b\n");
	ck_assert_uint_eq(number("meminfo", NULL, "Slab:"), before);
}
END_TEST

START_TEST(kernel_areas_are_listed_and_their_pages_used)
{
	vaddr_t small;
	char *text;

	script_run_to(&c, COW, 0);
	small = vmalloc(c.m, 10 << 10);
	ck_assert_uint_ne(vmalloc(c.m, 5 << 20), 0);
	ck_assert_uint_ne(ioremap(c.m, 0xfed00000, PAGE_SIZE), 0);
	text = file("vmallocinfo");
	/* 1280 pages are named by an array of 5120 bytes, which is of vmalloc itself */
	ck_assert_str_eq(text, "0xc4800000-0xc4804000   16384 pages=3 vmalloc\n"
			       "0xc4804000-0xc4d05000 5246976 pages=1280 vmalloc vpages\n"
			       "0xc4d05000-0xc4d08000   12288 pages=2 vmalloc\n"
			       "0xc4d08000-0xc4d0a000    8192 phys=0xfed00000 ioremap\n");
	free(text);
	ck_assert_uint_eq(number("meminfo", NULL, "VmallocUsed:"), (3 + 1280 + 2) * 4);
	/* the tables behind them are the kernel's own */
	ck_assert_uint_eq(number("meminfo", NULL, "PageTables:"), 0);
	ck_assert(vfree(c.m, small));
	text = file("vmallocinfo");
	ck_assert_int_eq(strncmp(text, "0xc4804000-0xc4d05000", 21), 0);
	free(text);
	ck_assert_uint_eq(number("meminfo", NULL, "VmallocUsed:"), (1280 + 2) * 4);
	script_free(&c);
	script_run(&c, "machine i386-6.1 ram=64M\nvmalloc a 10K\nvfree a\n");
	text = file("vmallocinfo");
	ck_assert_str_eq(text, "0xc47e0000-0xc47e4000   16384 unpurged vm_area\n");
	free(text);
}
END_TEST

/* A directory entry of the kernel's map that vmalloc made is no process's table. */
START_TEST(tables_of_the_kernel_are_not_counted_as_those_of_processes)
{
	uint64_t *flags;
	size_t nr, tables = 0;

	script_run_to(&c, COW, COPY);
	ck_assert_uint_ne(vmalloc(c.m, 6 << 20), 0);
	flags = words("kpageflags", &nr);
	for (size_t i = 0; i < nr; i++)
		tables += flags[i] >> 26 & 1;
	free(flags);
	ck_assert_uint_eq(tables * 4, number("meminfo", NULL, "PageTables:"));
	ck_assert_uint_eq(tables, 3 + 3);
}
END_TEST

/* Names begin in the column of a real kernel: the 50th, with 64 bits the 74th. */
START_TEST(the_page_at_the_gate_is_the_last_line_of_maps)
{
	char *text;

	script_run(&c, "machine arm ram=64M\nspawn sh\n");
	text = file("1/maps");
	ck_assert_ptr_nonnull(
		strstr(text, "\nbefdf000-bf000000 rw-p 00000000 00:00 0          [stack]\n"
			     "ffff0000-ffff1000 r-xp 00000000 00:00 0          [vectors]\n"));
	free(text);
	script_free(&c);
	script_run(&c, "machine x86-64 ram=64M\nspawn sh\n");
	text = file("1/maps");
	ck_assert_str_eq(
		strstr(text, "\n7ffffffde000"),
		"\n7ffffffde000-7ffffffff000 rw-p 00000000 00:00 0                          "
		"[stack]\n");
	free(text);
}
END_TEST

START_TEST(a_line_feed_in_a_name_does_not_end_the_line)
{
	struct mmap_request rq = {.bytes = PAGE_SIZE, .prot = VM_READ};
	char *text;

	script_run_to(&c, COW, SPAWN);
	rq.file = file_open(c.m, "two\nlines", 100, false);
	ck_assert_int_gt(sys_mmap(c.m, find_task(c.m, 1), &rq), 0);
	text = file("1/maps");
	ck_assert_ptr_nonnull(strstr(text, " 00:02 2          /two\\012lines\n"));
	free(text);
}
END_TEST

START_TEST(stat_and_statm_have_their_fields_in_place)
{
	static const unsigned long want[] = {
		[4] = 1,           [10] = 2,          [18] = 20,         [20] = 1,
		[23] = 164 * 1024, [24] = 4,          [25] = UINT32_MAX, [26] = 0x08048000,
		[27] = 0x08048180, [28] = 0xbfffff00, [38] = 17,         [45] = 0x08049000,
		[46] = 0x0804a800, [47] = 0x0804e000, [52] = 0};
	char *text, *save, *word;
	unsigned i = 0;

	script_run_to(&c, COW, COPY);
	text = file("kid/stat");
	for (word = strtok_r(text, " \n", &save); word; word = strtok_r(NULL, " \n", &save)) {
		i++;
		if (i < sizeof(want) / sizeof(*want) && want[i])
			ck_assert_msg(strtoul(word, NULL, 10) == want[i], "field %u is %s", i,
				      word);
		if (i == 2)
			ck_assert_str_eq(word, "(kid)");
		if (i == 3)
			ck_assert_str_eq(word, "R");
	}
	ck_assert_uint_eq(i, 52);
	free(text);
	text = file("kid/statm");
	ck_assert_str_eq(text, "41 4 1 1 0 40 0\n");
	free(text);
}
END_TEST

/* ---- names ---- */

START_TEST(files_are_found_by_pid_and_by_name)
{
	const struct task *t;

	script_run_to(&c, COW, FORK);
	ck_assert_str_eq(proc_file_find(c.m, "meminfo", &t)->name, "meminfo");
	ck_assert_ptr_null(t);
	ck_assert_str_eq(proc_file_find(c.m, "2/maps", &t)->name, "maps");
	ck_assert_uint_eq(t->pid, 2);
	ck_assert_str_eq(proc_file_find(c.m, "kid/maps", &t)->name, "maps");
	ck_assert_uint_eq(t->pid, 2);
	ck_assert_ptr_null(proc_file_find(c.m, "maps", &t));
	ck_assert_ptr_null(proc_file_find(c.m, "2/meminfo", &t));
	ck_assert_ptr_null(proc_file_find(c.m, "3/maps", &t));
	ck_assert_ptr_null(proc_file_find(c.m, "2x/maps", &t));
	ck_assert_ptr_null(proc_file_find(c.m, "ki/maps", &t));
	ck_assert_ptr_null(proc_file_find(c.m, "/maps", &t));
	ck_assert_ptr_null(proc_file_find(c.m, "99999999999/maps", &t));
	ck_assert_ptr_null(proc_file_find(c.m, "", &t));
}
END_TEST

/* ---- shapes: golden files ---- */

static size_t read_whole(const char *path, char *buf, size_t size)
{
	FILE *f = fopen(path, "r");
	size_t n = f ? fread(buf, 1, size - 1, f) : 0;

	if (f)
		fclose(f);
	buf[n] = '\0';
	return n;
}

START_TEST(every_file_is_as_the_golden_one)
{
	static char want[1 << 16];
	const struct proc_file *f = proc_file_nth((size_t)_i);
	char path[128], *got;

	script_run_to(&c, COW, COPY);
	got = proc_file_text(f, c.m, f->of_process ? find_task(c.m, 2) : NULL);
	snprintf(path, sizeof(path), "tests/golden/proc/%s", f->name);
	if (getenv("MMVIZ_ACCEPT")) {
		FILE *out = fopen(path, "w");

		ck_assert_msg(out != NULL, "%s cannot be written", path);
		fputs(got, out);
		fclose(out);
	}
	read_whole(path, want, sizeof(want));
	ck_assert_msg(access(path, R_OK) == 0 && strcmp(got, want) == 0,
		      "%s differs; to accept: MMVIZ_ACCEPT=1 build/tests/unit proc\n%s", path, got);
	free(got);
}
END_TEST

START_TEST(the_manual_names_every_file)
{
	static char manual[1 << 16];
	char line[64];

	read_whole("docs/mmviz.1", manual, sizeof(manual));
	for (size_t i = 0; proc_file_nth(i); i++) {
		snprintf(line, sizeof(line), "\n.It Pa %s\n", proc_file_nth(i)->name);
		ck_assert_msg(strstr(manual, line) != NULL, "%s is not in mmviz(1)",
			      proc_file_nth(i)->name);
	}
}
END_TEST

/* ---- shapes and numbers: recordings ---- */

/* Lines of a real kernel that the model has nothing to say of. */
static const char *const left_out[] = {"      nr_inactive_",
				       "      nr_active_",
				       "      nr_unevictable",
				       "      nr_isolated_",
				       "      workingset_",
				       "      nr_vmscan_",
				       "      nr_throttled",
				       "      nr_zone_inactive_",
				       "      nr_zone_act",
				       "      nr_zone_un",
				       "Active",
				       "Inactive",
				       "Unevictable",
				       "Percpu",
				       NULL};

/* Lines whose numbers depend on what the recorded machine had done by then. */
static const char *const of_its_life[] = {
	"Node    0, zone",      "Node 0, zone",      "  pages free",     "      nr_free_pages",
	"              count:", "      nr_slab_",    "      nr_anon_p",  "      nr_mapped",
	"      nr_file_pages",  "      nr_kernel_s", "      nr_page_ta", "MemFree:",
	"MemAvailable:",        "Cached:",           "HighFree:",        "LowFree:",
	"AnonPages:",           "Mapped:",           "KReclaimable:",    "Slab:",
	"SReclaimable:",        "SUnreclaim:",       "KernelStack:",     "PageTables:",
	"Committed_AS:",        "VmallocUsed:",      "DirectMap",        NULL};

static bool is_among(const char *const *beginning, const char *line)
{
	while (*beginning && strncmp(line, *beginning, strlen(*beginning)) != 0)
		beginning++;
	return *beginning != NULL;
}

/* A line without its numbers, and with one blank for several. */
static const char *label(const char *line, char buf[128])
{
	size_t n = 0;

	for (; *line && n < 127; line++)
		if ((*line < '0' || *line > '9') && !(*line == ' ' && n && buf[n - 1] == ' '))
			buf[n++] = *line;
	buf[n] = '\0';
	return buf;
}

/* One line of the recording and ours. */
static void compare_line(const char *title, const char *recorded, const char *ours)
{
	bool aligned = recorded[0] != ' ';

	if (!is_among(of_its_life, recorded))
		ck_assert_msg(strcmp(recorded, ours) == 0, "%s: \"%s\", recorded \"%s\"", title,
			      ours, recorded);
	else if (aligned)
		ck_assert_msg(strlen(recorded) == strlen(ours), "%s: \"%s\", recorded \"%s\"",
			      title, ours, recorded);
}

/* The recording's lines of one file (up to the next @@) against ours. Returns how many were compared. */
static unsigned compare_file(const char *title, FILE *recording, const char *file_name)
{
	char *text = file(file_name), *save = NULL, *ours = strtok_r(text, "\n", &save);
	char line[256], a[128], b[128];
	unsigned compared = 0;
	long here = ftell(recording);

	while (fgets(line, sizeof(line), recording) && strncmp(line, "@@", 2) != 0) {
		line[strcspn(line, "\n")] = '\0';
		here = ftell(recording);
		if (!*line)
			continue; /* strtok does not see empty lines */
		if (ours && strcmp(label(line, a), label(ours, b)) == 0) {
			compare_line(title, line, ours);
			ours = strtok_r(NULL, "\n", &save);
			compared++;
		} else {
			ck_assert_msg(is_among(left_out, line), "%s: recorded \"%s\", ours \"%s\"",
				      title, line, ours ? ours : "");
		}
	}
	ck_assert_msg(!ours, "%s: \"%s\" is in no recording", title, ours ? ours : "");
	fseek(recording, here, SEEK_SET);
	free(text);
	return compared;
}

START_TEST(boot_has_the_lines_and_limits_of_a_real_kernels_proc)
{
	FILE *recording = fopen("tests/recorded/proc.txt", "r");
	char line[256], profile[32], ram[32], name[32], text[128];
	unsigned files = 0, lines = 0;

	ck_assert_ptr_nonnull(recording);
	while (fgets(line, sizeof(line), recording)) {
		if (sscanf(line, "@@ %31s %31s %31s", profile, ram, name) != 3)
			continue;
		snprintf(text, sizeof(text), "machine %s %s\nkmalloc a 100\n", profile, ram);
		script_run_to(&c, text, 0);
		lines += compare_file(line, recording, name);
		script_free(&c);
		files++;
	}
	fclose(recording);
	ck_assert_uint_eq(files, 60);
	ck_assert_uint_gt(lines, 1500);
	script_run_to(&c, COW, SPAWN);
}
END_TEST

START_TEST(slabinfo_has_the_columns_of_a_real_kernels)
{
	FILE *recording = fopen("tests/recorded/proc.txt", "r");
	char line[256], *text, *save = NULL, *ours;

	script_run(&c, "machine i386-6.1 ram=64M\nspawn sh\n");
	text = file("slabinfo");
	ours = strtok_r(text, "\n", &save);
	do
		ck_assert_ptr_nonnull(fgets(line, sizeof(line), recording));
	while (strcmp(line, "@@ slab slabinfo\n") != 0);
	for (int i = 0; ours && i < 2; i++, ours = strtok_r(NULL, "\n", &save)) {
		ck_assert_ptr_nonnull(fgets(line, sizeof(line), recording));
		line[strcspn(line, "\n")] = '\0';
		ck_assert_str_eq(ours, line);
	}
	while (ours) {
		char *colon = strchr(ours, ':');

		/* "...    1 : tunables  120   60    0 : slabdata" */
		ck_assert_ptr_nonnull(colon);
		ck_assert_msg(colon - ours == 49 || strcspn(ours, " ") > 17, "%s", ours);
		ck_assert_int_eq(strncmp(colon, ": tunables ", 11), 0);
		ck_assert_int_eq(strncmp(colon + 26, ": slabdata ", 11), 0);
		ck_assert_uint_eq(strlen(colon), 26 + 10 + 21);
		ours = strtok_r(NULL, "\n", &save);
	}
	ck_assert_ptr_nonnull(fgets(line, sizeof(line), recording));
	ck_assert_int_eq(strchr(line, ':') - line, 49);
	fclose(recording);
	free(text);
}
END_TEST

/* ---- any moment ---- */

/* Print all files; returns their bytes, so that the same moment can be told. */
static size_t print_all(const struct machine *m)
{
	const struct proc_file *f;
	size_t bytes = 0;

	for (size_t i = 0; (f = proc_file_nth(i)); i++) {
		for (const struct task *t = m->tasks; f->of_process && t; t = t->next) {
			char *text = proc_file_text(f, m, t);

			ck_assert_ptr_nonnull(text);
			bytes += strlen(text);
			free(text);
		}
		if (!f->of_process) {
			char *text = proc_file_text(f, m, NULL);

			ck_assert_ptr_nonnull(text);
			bytes += strlen(text);
			free(text);
		}
	}
	return bytes;
}

START_TEST(every_file_can_be_read_at_every_micro_step)
{
	static const char text[] = COW "mmap kid s 16K shared\nwrite kid s 8K\nexec kid subject\n"
				       "munmap sh buf\nexit kid\nexit sh\n";
	struct timeline *t;
	unsigned moments = 0;

	script_read(&c, text);
	ck_assert_ptr_nonnull(c.s);
	t = timeline_open(c.s);
	do {
		struct when now = timeline_now(t);
		size_t bytes = print_all(timeline_machine(t));

		if (now.step % 16 == 3) {
			timeline_goto(t, (struct when){0, STEP_END});
			timeline_goto(t, now);
			ck_assert_uint_eq(print_all(timeline_machine(t)), bytes);
		}
		moments++;
	} while (timeline_step(t));
	ck_assert_uint_gt(moments, 300);
	timeline_close(t);
}
END_TEST

START_TEST(without_a_process_there_are_the_machines_files)
{
	script_run(&c, MACHINE "spawn sh\nexit sh\n");
	ck_assert_uint_eq(number("meminfo", NULL, "AnonPages:"), 0);
	ck_assert_uint_eq(number("meminfo", NULL, "Committed_AS:"), 0);
	ck_assert_uint_eq(number("meminfo", NULL, "PageTables:"), 0);
	ck_assert_uint_gt(print_all(c.m), 4000);
}
END_TEST

/* As recorded: the first large page, those where constants, with NX also code, end and where idt_table lies, and the
 * end of low memory. */
static const struct {
	const char *machine;
	uint64_t small, large;
} direct_maps[] = {
	{"machine i386-6.1 ram=1G\n", 12280, 884736},
	{"machine i386-6.1 ram=3G\n", 12280, 884736},
	{"machine i386-6.1-pae ram=1G nx=off\n", 8184, 892928},
	{"machine i386-6.1-pae ram=2G nx=on\n", 10232, 890880},
};

START_TEST(small_entries_of_the_direct_map_are_counted)
{
	script_run(&c, direct_maps[_i].machine);
	ck_assert_uint_eq(number("meminfo", NULL, "DirectMap4k:"), direct_maps[_i].small);
	ck_assert_uint_eq(number("meminfo", NULL, _i < 2 ? "DirectMap4M:" : "DirectMap2M:"),
			  direct_maps[_i].large);
}
END_TEST

START_TEST(a_machine_of_4G_and_PAE_has_its_own_sizes)
{
	script_run(&c, "machine i386-pae ram=4G\nspawn sh\nmmap sh buf 8M\nwrite sh buf 8M\n");
	ck_assert_uint_eq(number("meminfo", NULL, "Hugepagesize:"), 2048);
	ck_assert_uint_eq(number("meminfo", NULL, "DirectMap2M:") +
				  number("meminfo", NULL, "DirectMap4k:"),
			  896 * 1024);
	ck_assert_uint_eq(number("meminfo", NULL, "HighTotal:"), (4096 - 896) * 1024);
	ck_assert_uint_eq(number("sh/status", NULL, "RssAnon:"), 8192 + 8);
	/* three middle tables; code, four of buf, stack */
	ck_assert_uint_eq(number("sh/status", NULL, "VmPTE:"), (3 + 1 + 4 + 1) * 4);
	ck_assert_uint_eq(number("meminfo", NULL, "PageTables:"), (3 + 1 + 4 + 1) * 4);
}
END_TEST

#define MANY "machine i386-6.1 ram=128M\nspawn sh\nmmap sh buf 400K\n"

START_TEST(a_task_counts_beside_until_it_has_begun_65_faults)
{
	/* exec counted the stack's page at once; data, code and 63 pages are faults of the task's own */
	script_run(&c, MANY "write sh buf 63p\n");
	ck_assert_uint_eq(number("sh/status", NULL, "VmRSS:"), 4);
	ck_assert_uint_eq(number("sh/smaps", "b7f9c000-", "Rss:"), 63 * 4);
	script_free(&c);
	/* fault 66 hands over before it maps its own page */
	script_run(&c, MANY "write sh buf 64p\n");
	ck_assert_uint_eq(number("sh/status", NULL, "RssAnon:"), (1 + 1 + 63) * 4);
	ck_assert_uint_eq(number("sh/status", NULL, "RssFile:"), 4);
}
END_TEST

START_TEST(a_task_that_unmaps_anything_hands_over)
{
	script_run(&c, MANY "write sh buf 10p\nmunmap sh buf+20p 1p\n");
	ck_assert_uint_eq(number("sh/status", NULL, "VmRSS:"), (3 + 10) * 4);
	script_free(&c);
	/* a child's pages are counted at once, the parent's still beside */
	script_run(&c, MANY "write sh buf 10p\nfork sh kid\n");
	ck_assert_uint_eq(number("sh/status", NULL, "VmRSS:"), 4);
	ck_assert_uint_eq(number("kid/status", NULL, "RssAnon:"), (2 + 10) * 4);
}
END_TEST

/* ---- the directory ---- */

static char dir[128], message[512];

static void make_scratch(void)
{
	strcpy(dir, "/tmp/mmviz-test-proc-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	strcat(dir, "/proc");
}

static void run(const char *command)
{
	char line[512];

	snprintf(line, sizeof(line), "cd %s/.. && %s", dir, command);
	ck_assert_int_eq(system(line), 0);
}

static void remove_scratch(void)
{
	dir[strlen(dir) - strlen("/proc")] = '\0';
	snprintf(message, sizeof(message), "rm -rf %s", dir);
	ck_assert_int_eq(system(message), 0);
}

/* Write c's machine; the exit status, and what was said in message. */
static int write_dir(void)
{
	FILE *err = fmemopen(message, sizeof(message), "w");
	int status = proc_write(c.m, dir, err);

	message[0] = '\0';
	fclose(err);
	if (status == 0)
		ck_assert_str_eq(message, "");
	return status;
}

static off_t file_size(const char *name, off_t *on_disk)
{
	struct stat st;
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (lstat(path, &st) != 0)
		return -1;
	*on_disk = (off_t)st.st_blocks * 512;
	return st.st_size;
}

START_TEST(the_directory_holds_every_file_and_holes_take_no_room)
{
	off_t on_disk;

	make_scratch();
	script_run_to(&c, COW, COPY);
	ck_assert_int_eq(write_dir(), 0);
	for (size_t i = 0; proc_file_nth(i); i++) {
		char name[64];

		snprintf(name, sizeof(name), "%s%s", proc_file_nth(i)->of_process ? "2/" : "",
			 proc_file_nth(i)->name);
		ck_assert_int_ge(file_size(name, &on_disk), 0);
	}
	ck_assert_int_eq(file_size("1/pagemap", &on_disk), 6 << 20);
	ck_assert_int_lt(on_disk, 256 << 10);
	ck_assert_int_eq(file_size("kpagecount", &on_disk), 64 << 11);
	remove_scratch();
}
END_TEST

START_TEST(it_can_be_written_again_and_the_dead_are_removed)
{
	off_t on_disk;

	make_scratch();
	script_run_to(&c, COW, COPY);
	ck_assert_int_eq(write_dir(), 0);
	script_free(&c);
	script_run(&c, COW "exit kid\n");
	ck_assert_int_eq(write_dir(), 0);
	ck_assert_int_gt(file_size("1/maps", &on_disk), 0);
	ck_assert_int_eq(file_size("2", &on_disk), -1);
	remove_scratch();
}
END_TEST

START_TEST(what_somebody_else_made_is_left_alone)
{
	off_t on_disk;

	make_scratch();
	script_run_to(&c, COW, COPY);
	run("mkdir proc && echo mine > proc/notes");
	ck_assert_int_eq(write_dir(), 2);
	ck_assert_ptr_nonnull(strstr(message, "did not write"));
	ck_assert_int_eq(file_size("meminfo", &on_disk), -1);
	run("rm proc/notes");
	ck_assert_int_eq(write_dir(), 0);
	/* a file of theirs among ours: theirs stays, and it is said why */
	run("echo mine > proc/2/notes");
	script_free(&c);
	script_run(&c, COW "exit kid\n");
	ck_assert_int_eq(write_dir(), 2);
	ck_assert_ptr_nonnull(strstr(message, "/proc/2: Directory not empty"));
	ck_assert_int_eq(file_size("2/notes", &on_disk), 5);
	remove_scratch();
}
END_TEST

START_TEST(links_are_not_followed_out_of_the_directory)
{
	make_scratch();
	script_run_to(&c, COW, COPY);
	ck_assert_int_eq(write_dir(), 0);
	run("echo precious > file && ln -sf ../file proc/meminfo");
	ck_assert_int_eq(write_dir(), 2);
	ck_assert_ptr_nonnull(strstr(message, "/proc/meminfo: "));
	run("grep -q precious file");
	remove_scratch();
}
END_TEST

START_TEST(what_cannot_be_made_is_an_error_with_its_reason)
{
	make_scratch();
	script_run_to(&c, COW, COPY);
	run("echo > proc");
	ck_assert_int_eq(write_dir(), 2);
	ck_assert_ptr_nonnull(strstr(message, "/proc: Not a directory"));
	strcat(dir, "/deeper");
	ck_assert_int_eq(write_dir(), 2);
	ck_assert_ptr_nonnull(strstr(message, "/proc/deeper: Not a directory"));
	dir[strlen(dir) - strlen("/deeper")] = '\0';
	remove_scratch();
}
END_TEST

/* A file may not grow beyond what ulimit -f says: as on a disk that is full. */
START_TEST(a_write_that_fails_is_an_error)
{
	struct rlimit whole, small;

	make_scratch();
	script_run_to(&c, COW, COPY);
	getrlimit(RLIMIT_FSIZE, &whole);
	small = (struct rlimit){1000, whole.rlim_max};
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	ck_assert_int_eq(write_dir(), 2);
	setrlimit(RLIMIT_FSIZE, &whole);
	signal(SIGXFSZ, SIG_DFL);
	ck_assert_ptr_nonnull(strstr(message, ": File too large"));
	remove_scratch();
}
END_TEST

Suite *proc_suite(void);
Suite *proc_suite(void)
{
	Suite *suite = suite_create("proc");
	TCase *t = tcase_create("proc");
	int nr_files = 0;

	while (proc_file_nth((size_t)nr_files))
		nr_files++;
	suite_add_tcase(suite, t);
	tcase_set_timeout(t, 0);
	tcase_add_checked_fixture(t, NULL, tear_down);
	tcase_add_test(t, a_shared_frame_is_counted_once_for_the_machine_and_for_each_process);
	tcase_add_test(t, fork_makes_pages_shared_and_a_copy_makes_them_private_again);
	tcase_add_test(t, a_page_of_three_is_a_third_in_each_of_them);
	tcase_add_test(t, the_zero_page_is_in_pagemap_and_in_no_sum);
	tcase_add_test(t, pagemap_has_a_word_for_each_page_of_3_GiB);
	tcase_add_test(t, frames_are_counted_and_flagged_by_what_they_are);
	tcase_add_test(t, kpageflags_adds_up_to_the_sums_of_other_files);
	tcase_add_test(t, locked_pages_count_once_and_by_their_part);
	tcase_add_test(t, pages_given_up_by_madvise_are_lazily_free_until_written);
	tcase_add_test(t, shared_memory_has_a_name_and_sums_of_its_own);
	tcase_add_test(t, a_shared_mapping_of_what_may_only_be_read_has_no_sh);
	tcase_add_test(t, promises_are_counted_by_area_and_fork_promises_again);
	tcase_add_test(t, areas_are_data_stack_code_or_library);
	tcase_add_test(t, available_is_free_less_what_zones_keep);
	tcase_add_test(t, a_large_kmalloc_counts_as_slab);
	tcase_add_test(t, kernel_areas_are_listed_and_their_pages_used);
	tcase_add_test(t, tables_of_the_kernel_are_not_counted_as_those_of_processes);
	tcase_add_test(t, the_page_at_the_gate_is_the_last_line_of_maps);
	tcase_add_test(t, a_line_feed_in_a_name_does_not_end_the_line);
	tcase_add_test(t, stat_and_statm_have_their_fields_in_place);
	tcase_add_test(t, files_are_found_by_pid_and_by_name);
	tcase_add_loop_test(t, every_file_is_as_the_golden_one, 0, nr_files);
	tcase_add_test(t, the_manual_names_every_file);
	tcase_add_test(t, boot_has_the_lines_and_limits_of_a_real_kernels_proc);
	tcase_add_test(t, slabinfo_has_the_columns_of_a_real_kernels);
	tcase_add_test(t, every_file_can_be_read_at_every_micro_step);
	tcase_add_test(t, without_a_process_there_are_the_machines_files);
	tcase_add_loop_test(t, small_entries_of_the_direct_map_are_counted, 0, 4);
	tcase_add_test(t, a_machine_of_4G_and_PAE_has_its_own_sizes);
	tcase_add_test(t, a_task_counts_beside_until_it_has_begun_65_faults);
	tcase_add_test(t, a_task_that_unmaps_anything_hands_over);
	tcase_add_test(t, the_directory_holds_every_file_and_holes_take_no_room);
	tcase_add_test(t, it_can_be_written_again_and_the_dead_are_removed);
	tcase_add_test(t, what_somebody_else_made_is_left_alone);
	tcase_add_test(t, links_are_not_followed_out_of_the_directory);
	tcase_add_test(t, what_cannot_be_made_is_an_error_with_its_reason);
	tcase_add_test(t, a_write_that_fails_is_an_error);
	return suite;
}
