/*
 * Processes that do what they are told and nothing else.
 *
 * The recorded programs (subject, wide, pie) are a page of stubs, each of which ends in int3.  Between two events a
 * process stands at such an int3; an event sets its registers, lets it run, and waits for the next one:
 *
 *	+00  int3                       where every program begins
 *	+10  int $0x80; int3            a system call: eax and ebx to ebp
 *	+20  a byte from every page     ebx: where, ecx: how many pages
 *	+40  a byte (dl) to every page
 *	+60  ""                         the empty path of execveat
 *
 * So the page of the stubs is the only one that a process touches without being told.  A signal is taken from the
 * process before it sees it, and is the event's result: it lives on.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fcntl.h>

#include "guest.h"

enum { AT_CALL = 0x10, AT_READ = 0x20, AT_WRITE = 0x40, AT_EMPTY = 0x60, STUBS_SIZE = 0x100 };
enum { SOMEBODY = 1000 /* uid: mlock and the reserve of memory go by it */, TRAP_FLAG = 0x100 };

struct proc procs[PROCS_MAX];
int nr_procs;

static char result[64];

struct proc *find_proc(const char *name)
{
	for (int i = 0; i < nr_procs; i++)
		if (strcmp(procs[i].name, name) == 0)
			return &procs[i];
	return NULL;
}

static struct proc *add_proc(const char *name, pid_t pid, unsigned long stubs)
{
	struct proc *p = &procs[nr_procs];

	if (nr_procs == PROCS_MAX)
		give_up("too many processes");
	nr_procs++;
	*p = (struct proc){.pid = pid, .stubs = stubs};
	snprintf(p->name, sizeof(p->name), "%s", name);
	return p;
}

static void drop_proc(const struct proc *p)
{
	int at = (int)(p - procs);

	nr_procs--;
	memmove(procs + at, procs + at + 1, (size_t)(nr_procs - at) * sizeof(*procs));
}

/* ---- running ---- */

/* Let it run to where it stops next; waitpid's status. */
static int run(const struct proc *p)
{
	int status;

	do {
		if (ptrace(PTRACE_CONT, p->pid, 0, 0) < 0 || waitpid(p->pid, &status, __WALL) < 0)
			give_up("running a process");
	} while (WIFSTOPPED(status) && WSTOPSIG(status) == SIGCHLD);
	return status;
}

static struct user_regs_struct registers(const struct proc *p)
{
	struct user_regs_struct r;

	if (ptrace(PTRACE_GETREGS, p->pid, 0, &r) < 0)
		give_up("registers");
	return r;
}

/* Where it runs next; a system call that a signal broke off is not begun again. */
static struct user_regs_struct registers_at(const struct proc *p, unsigned long eip)
{
	struct user_regs_struct r = registers(p);

	r.eip = (long)eip;
	r.orig_eax = -1;
	r.eflags &= ~TRAP_FLAG;
	return r;
}

static void set_registers(const struct proc *p, struct user_regs_struct *r)
{
	if (ptrace(PTRACE_SETREGS, p->pid, 0, r) < 0)
		give_up("setting registers");
}

static void aim_call(const struct proc *p, long nr, const unsigned long arg[6])
{
	struct user_regs_struct r = registers_at(p, p->stubs + AT_CALL);

	r.eax = nr;
	r.ebx = (long)arg[0];
	r.ecx = (long)arg[1];
	r.edx = (long)arg[2];
	r.esi = (long)arg[3];
	r.edi = (long)arg[4];
	r.ebp = (long)arg[5];
	set_registers(p, &r);
}

static bool is_event(int status, int event)
{
	return WIFSTOPPED(status) && status >> 8 == (SIGTRAP | event << 8);
}

/* ---- results ---- */

static const char *errno_result(long error)
{
	static const struct {
		int error;
		const char *name;
	} known[] = {{EPERM, "EPERM"},   {ENOMEM, "ENOMEM"}, {EINVAL, "EINVAL"}, {EFAULT, "EFAULT"},
		     {EACCES, "EACCES"}, {EAGAIN, "EAGAIN"}, {EBADF, "EBADF"},   {EBUSY, "EBUSY"}};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (known[i].error == error)
			return known[i].name;
	snprintf(result, sizeof(result), "errno %ld", error);
	return result;
}

static siginfo_t signal_info(const struct proc *p)
{
	siginfo_t info;

	if (ptrace(PTRACE_GETSIGINFO, p->pid, 0, &info) < 0)
		give_up("siginfo");
	return info;
}

static const char *signal_result(const siginfo_t *info)
{
	bool segv = info->si_signo == SIGSEGV;
	const char *code = segv                          ? info->si_code == SEGV_MAPERR    ? "MAPERR"
							    : info->si_code == SEGV_ACCERR ? "ACCERR"
											   : "KERNEL"
			   : info->si_code == BUS_ADRERR ? "ADRERR"
							 : "OTHER";

	if (!segv && info->si_signo != SIGBUS)
		snprintf(result, sizeof(result), "signal %d", info->si_signo);
	else
		snprintf(result, sizeof(result), "%s %s 0x%08lx", segv ? "SIGSEGV" : "SIGBUS", code,
			 (unsigned long)info->si_addr);
	return result;
}

/* How it stopped; NULL: at an int3, as it should. */
static const char *stop_result(const struct proc *p, int status)
{
	siginfo_t info;

	if (!WIFSTOPPED(status)) {
		drop_proc(p);
		return "SIGKILL";
	}
	if (WSTOPSIG(status) == SIGTRAP)
		return NULL;
	info = signal_info(p);
	return signal_result(&info);
}

/* ---- processes ---- */

/* A program has been loaded: on to its first int3. */
static void begin_program(struct proc *p)
{
	int status = run(p);

	if (!WIFSTOPPED(status) || WSTOPSIG(status) != SIGTRAP)
		give_up("a program does not begin with int3");
	p->stubs = (unsigned long)registers(p).eip & -(unsigned long)STUBS_SIZE;
	p->fresh = true;
}

const char *drive_spawn(const char *name, const char *file)
{
	/* what the kernel gives init: their lengths show in PID/stat, as that of the name does */
	char home[] = "HOME=/", terminal[] = "TERM=linux", path[64], *args[] = {path, NULL};
	char *environment[] = {home, terminal, NULL};
	struct proc *p;
	int status;
	pid_t pid;

	snprintf(path, sizeof(path), "%s", file);
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		if (chdir("/ramfs") || setgid(SOMEBODY) || setuid(SOMEBODY) ||
		    ptrace(PTRACE_TRACEME, 0, 0, 0) < 0)
			_exit(1);
		execve(path, args, environment);
		_exit(1);
	}
	if (pid < 0 || waitpid(pid, &status, __WALL) < 0 || !WIFSTOPPED(status))
		give_up("spawn");
	ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACEFORK | PTRACE_O_TRACEEXEC);
	p = add_proc(name, pid, 0);
	begin_program(p);
	return "ok";
}

const char *drive_fork(struct proc *p, const char *child)
{
	static const unsigned long none[6];
	unsigned long pid = 0;
	const char *bad;
	int status;

	aim_call(p, SYS_fork, none);
	status = run(p);
	if (is_event(status, PTRACE_EVENT_FORK)) {
		ptrace(PTRACE_GETEVENTMSG, p->pid, 0, &pid);
		status = run(p);
	}
	bad = stop_result(p, status);
	if (bad || !pid)
		return bad ? bad : errno_result(-registers(p).eax);
	p = add_proc(child, (pid_t)pid, p->stubs);
	/* it stops as it is attached, and then at its int3 */
	if (waitpid(p->pid, &status, __WALL) < 0)
		give_up("child");
	bad = stop_result(p, run(p));
	if (bad)
		printf("recorder: the child of a fork: %s\n", bad);
	return "ok";
}

const char *drive_exec(struct proc *p, int fd)
{
	const unsigned long arg[6] = {(unsigned long)fd, p->stubs + AT_EMPTY, 0, 0, AT_EMPTY_PATH};
	const char *bad;
	int status;

	aim_call(p, SYS_execveat, arg);
	status = run(p);
	if (is_event(status, PTRACE_EVENT_EXEC)) {
		begin_program(p);
		return "ok";
	}
	bad = stop_result(p, status);
	return bad ? bad : errno_result(-registers(p).eax);
}

const char *drive_exit(struct proc *p)
{
	static const unsigned long none[6];
	const char *bad;
	int status;

	aim_call(p, SYS_exit_group, none);
	status = run(p);
	bad = stop_result(p, status);
	return WIFSTOPPED(status) ? bad : "ok";
}

void drive_kill_all(void)
{
	while (nr_procs) {
		int status;

		kill(procs[0].pid, SIGKILL);
		waitpid(procs[0].pid, &status, __WALL);
		drop_proc(&procs[0]);
	}
}

/* ---- calls and accesses ---- */

const char *drive_call(struct proc *p, const char *kind, long nr, const unsigned long arg[6])
{
	const char *bad;
	unsigned long got;

	aim_call(p, nr, arg);
	bad = stop_result(p, run(p));
	if (bad)
		return bad;
	got = (unsigned long)registers(p).eax;
	if (got > -4096ul)
		return errno_result(-(long)got);
	if (kind[0] == 'o')
		return "ok";
	/* brk gives no error: the break is where it was */
	if (kind[0] == 'b' && got != arg[0])
		return "ENOMEM";
	snprintf(result, sizeof(result), "0x%08lx", got);
	return result;
}

const char *drive_touch(struct proc *p, bool write, unsigned long va, unsigned long pages)
{
	struct user_regs_struct r = registers_at(p, p->stubs + (write ? AT_WRITE : AT_READ));
	const char *bad;

	r.ebx = (long)va;
	r.ecx = (long)pages;
	r.edx = 'A';
	set_registers(p, &r);
	bad = stop_result(p, run(p));
	return bad ? bad : "ok";
}

/* Was the signal for the instruction's own page?  What the instruction does then is nobody's business. */
static bool is_refused(const siginfo_t *info, unsigned long va)
{
	return (info->si_signo == SIGSEGV || info->si_signo == SIGBUS) && info->si_code > 0 &&
	       info->si_code != SI_KERNEL && (unsigned long)info->si_addr == va;
}

const char *drive_fetch(struct proc *p, unsigned long va)
{
	struct user_regs_struct r = registers_at(p, va);
	siginfo_t info;
	int status;

	r.eax = r.ebx = r.ecx = r.edx = r.esi = r.edi = r.ebp = 0;
	r.eflags |= TRAP_FLAG;
	set_registers(p, &r);
	status = run(p);
	if (!WIFSTOPPED(status) || WSTOPSIG(status) == SIGTRAP)
		return WIFSTOPPED(status) ? "ok" : stop_result(p, status);
	info = signal_info(p);
	return is_refused(&info, va) ? signal_result(&info) : "ok";
}
