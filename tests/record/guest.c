/*
 * The recorder's main part: PID 1 of a kernel that has nothing else to run.
 *
 * The machine is made as quiet as the recordings want it, by the kernel's command line (record.sh):
 *
 *	norandmaps                   every address is where the last one was
 *	vdso32=0                     no page of the kernel in a process
 *	transparent_hugepage=never   one page at a time
 *
 * One CPU, no swap.  Files lie in a ramfs, wholly in the page cache, and are copied anew for each case.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "fields.h"
#include "guest.h"

enum { LINE_LEN = 1024, TEXT_LEN = 4 << 20, PAGE = 4096, FILES_MAX = 16 };

static int opened[FILES_MAX], nr_opened; /* by the case that runs */

void give_up(const char *what)
{
	printf("recorder: %s: %s\n", what, strerror(errno));
	fflush(NULL);
	sync();
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

const char *read_text(const char *path)
{
	static char text[TEXT_LEN];
	size_t used = 0;
	ssize_t n = 0;
	int fd = open(path, O_RDONLY);

	while (fd >= 0 && (n = read(fd, text + used, TEXT_LEN - 1 - used)) > 0)
		used += (size_t)n;
	if (fd >= 0)
		close(fd);
	text[used] = '\0';
	return text;
}

const char *read_proc(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return read_text(path);
}

/* ---- the machine ---- */

/* The serial line is the recorder's only way out. */
static void open_line(void)
{
	int fd;

	mkdir("/dev", 0755);
	mknod("/dev/ttyS0", S_IFCHR | 0600, makedev(4, 64));
	fd = open("/dev/ttyS0", O_RDWR);
	for (int i = 0; i < 3; i++)
		dup2(fd, i);
}

static void set_up(void)
{
	mkdir("/proc", 0755);
	mkdir("/ramfs", 0755);
	if (mount("none", "/proc", "proc", 0, NULL) || mount("none", "/ramfs", "ramfs", 0, NULL))
		give_up("mount");
	open_line();
	state_open();
}

static void set_overcommit(const char *mode)
{
	FILE *f = fopen("/proc/sys/vm/overcommit_memory", "w");

	if (!f || fputs(mode, f) < 0 || fclose(f))
		give_up("overcommit_memory");
}

/* ---- a case ---- */

static void copy_file(const char *from, const char *to)
{
	static char part[16 * PAGE];
	int in = open(from, O_RDONLY), out = open(to, O_CREAT | O_WRONLY | O_TRUNC, 0755);
	ssize_t n;

	if (in < 0 || out < 0)
		give_up(from);
	while ((n = read(in, part, sizeof(part))) > 0)
		if (write(out, part, (size_t)n) != n)
			give_up(to);
	close(in);
	close(out);
}

/* "FD FILE ro|rw" */
static void open_file(const char *words)
{
	char name[64], mode[4], from[80], to[80];
	unsigned fd;
	int got;

	if (sscanf(words, "%x %63s %3s", &fd, name, mode) != 3 || nr_opened == FILES_MAX)
		give_up(words);
	snprintf(from, sizeof(from), "/files/%s", name);
	snprintf(to, sizeof(to), "/ramfs/%s", name);
	unlink(to);
	copy_file(from, to);
	got = open(to, mode[1] == 'w' ? O_RDWR : O_RDONLY);
	if (got < 0 || dup2(got, (int)fd) < 0)
		give_up(to);
	close(got);
	opened[nr_opened++] = (int)fd;
}

static void begin_case(const char *name)
{
	drive_kill_all();
	while (nr_opened)
		close(opened[--nr_opened]);
	state_begin();
	fields_begin();
	printf("case %s\nmmviz-state 1\n", name);
}

/* ---- events ---- */

/* "PROC KIND NR A B C D E F" */
static const char *run_call(struct proc *p, const char *words)
{
	unsigned long nr, arg[6];
	bool replaces;
	const char *result;
	char kind[8];

	if (sscanf(words, "%*s %7s %lx %lx %lx %lx %lx %lx %lx", kind, &nr, &arg[0], &arg[1],
		   &arg[2], &arg[3], &arg[4], &arg[5]) != 8)
		give_up(words);
	replaces = nr == SYS_mmap2 && arg[3] & MAP_FIXED;
	if (replaces)
		state_replace(p, arg[0], arg[0] + ((arg[1] + PAGE - 1) & -(unsigned long)PAGE));
	result = drive_call(p, kind, (long)nr, arg);
	if (replaces && result[0] != '0')
		state_replaced_nothing();
	return result;
}

static const char *run_exec(struct proc *p, const char *words)
{
	const char *result;
	unsigned fd;

	if (sscanf(words, "%*s %x", &fd) != 1)
		give_up(words);
	state_replace(p, 0, ~0ul);
	result = drive_exec(p, (int)fd);
	if (strcmp(result, "ok") != 0)
		state_replaced_nothing();
	return result;
}

static const char *run_access(struct proc *p, const char *op, const char *words)
{
	unsigned long va, pages;
	char kind[8];

	if (strcmp(op, "fetch") == 0 && sscanf(words, "%*s %lx", &va) == 1)
		return drive_fetch(p, va);
	if (sscanf(words, "%*s %7s %lx %lx", kind, &va, &pages) != 3)
		give_up(words);
	return drive_touch(p, kind[0] == 'w', va, pages);
}

/* The event of a line; NULL: it is none. */
static const char *run_event(const char *op, const char *words)
{
	char name[NAME_MAX_LEN] = "", second[64] = "";
	struct proc *p;

	sscanf(words, "%23s %63s", name, second);
	if (strcmp(op, "result") == 0)
		return words;
	if (strcmp(op, "spawn") == 0)
		return drive_spawn(name, second);
	p = find_proc(name);
	if (!p)
		return "ESRCH";
	if (strcmp(op, "fork") == 0)
		return drive_fork(p, second);
	if (strcmp(op, "exec") == 0)
		return run_exec(p, words);
	if (strcmp(op, "exit") == 0)
		return drive_exit(p);
	if (strcmp(op, "call") == 0)
		return run_call(p, words);
	return run_access(p, op, words);
}

/* Fields of PID/: those that are not as they were. */
static void print_fields(void)
{
	for (int i = 0; i < nr_procs; i++)
		for (unsigned f = 0; f < NR_FIELD_FILES; f++)
			fields_print(stdout, procs[i].name, f,
				     read_proc(procs[i].pid, field_files[f]));
}

static void run_line(const char *op, const char *words)
{
	if (strcmp(op, "case") == 0) {
		begin_case(words);
	} else if (strcmp(op, "overcommit") == 0) {
		set_overcommit(words);
	} else if (strcmp(op, "open") == 0) {
		open_file(words);
	} else if (strcmp(op, "event") == 0) {
		printf("@%s\n", words);
	} else if (strcmp(op, "fields") == 0) {
		print_fields();
	} else {
		printf("= %s\n", run_event(op, words));
		state_print();
	}
}

static void run_script(FILE *script)
{
	static char line[LINE_LEN];

	while (fgets(line, sizeof(line), script)) {
		char *words = strchr(line, ' ');

		line[strcspn(line, "\n")] = '\0';
		if (words)
			*words++ = '\0';
		run_line(line, words ? words : "");
	}
}

int main(void)
{
	FILE *script;

	set_up();
	printf("\nrecorder: begin\n");
	script = fopen("/script", "r");
	if (script)
		run_script(script);
	else
		give_up("/script");
	drive_kill_all();
	errno = 0;
	give_up("end");
}
