/*
 * The recorder: PID 1 of a real kernel, which runs a scenario's system calls and accesses and prints what mmviz --state
 * prints.
 *
 *	guest.c        boot, the script's lines
 *	guest_drive.c  processes that do what they are told, by ptrace
 *	guest_state.c  the state listing, read from /proc
 *	script.c       (of the other side) scenarios to scripts
 *	fields.c       (of both sides) files of PID/, field by field
 *
 * A script is text, a line a step; numbers are hexadecimal, and addresses are resolved already:
 *
 *	case NAME                        everybody is killed, frames have no numbers
 *	overcommit MODE                  /proc/sys/vm/overcommit_memory
 *	open FD FILE ro|rw               a fresh copy of the file, under this number in every process
 *	event N TEXT                     the next line's event, as the listing prints it
 *	spawn PROC FILE                  fork and execve of a file
 *	fork PROC CHILD
 *	exec PROC FD
 *	exit PROC
 *	call PROC ok|address|brk NR A B C D E F
 *	touch PROC read|write VA PAGES   one byte of every page
 *	fetch PROC VA                    one instruction there
 *	result WORD                      what the C library refuses without asking the kernel
 *	fields                           PID/status and its like, after the event before
 */
#ifndef TESTS_RECORD_GUEST_H
#define TESTS_RECORD_GUEST_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

enum { PROCS_MAX = 64, NAME_MAX_LEN = 24 };

/* A process of the scenario. Law: it is stopped whenever the recorder runs. */
struct proc {
	char name[NAME_MAX_LEN];
	pid_t pid;
	unsigned long stubs;        /* where its program's stubs are: guest_drive.c */
	unsigned long minor, major; /* faults up to the last event                  */
	bool fresh;                 /* a new program: its faults are not told       */
};

extern struct proc procs[PROCS_MAX]; /* in order of creation */
extern int nr_procs;

/* What went wrong with the recorder itself; powers the machine off. */
_Noreturn void give_up(const char *what);
/* A file as text, in a buffer that the next call uses again; "" if it cannot be read. */
const char *read_text(const char *path);
/* The same of /proc/PID/NAME. */
const char *read_proc(pid_t pid, const char *name);

/* ---- guest_drive.c: each returns the event's result, as the listing prints it ---- */
struct proc *find_proc(const char *name); /* NULL: there is none */
const char *drive_spawn(const char *name, const char *file);
const char *drive_fork(struct proc *p, const char *child);
const char *drive_exec(struct proc *p, int fd);
const char *drive_exit(struct proc *p);
/* kind: the call returns "ok" (0 or an errno), "address", or "brk" (where the break is now). */
const char *drive_call(struct proc *p, const char *kind, long nr, const unsigned long arg[6]);
const char *drive_touch(struct proc *p, bool write, unsigned long va, unsigned long pages);
const char *drive_fetch(struct proc *p, unsigned long va);
void drive_kill_all(void);

/* ---- guest_state.c ---- */
void state_open(void);
/* A new listing: frames are numbered from 1. */
void state_begin(void);
/* Forget frames that nobody maps but p in [start, end): what is going to be replaced there. */
void state_replace(const struct proc *p, unsigned long start, unsigned long end);
/* It was not replaced: the numbers are as they were before. */
void state_replaced_nothing(void);
void state_print(void);

#endif
