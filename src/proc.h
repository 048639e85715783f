/*
 * /proc of the simulated machine: the kernel's own files, about one moment.
 *
 *	proc.c            the table of files, their paths
 *	proc_dir.c        all of them into a directory: --proc
 *	proc_zone.c       buddyinfo, pagetypeinfo, zoneinfo
 *	proc_meminfo.c    meminfo, vmstat
 *	proc_slab.c       slabinfo
 *	proc_vmalloc.c    vmallocinfo
 *	proc_maps.c       PID/maps, PID/smaps
 *	proc_status.c     PID/status, stat, statm, comm, cmdline
 *	proc_pagemap.c    PID/pagemap
 *	proc_kpage.c      kpagecount, kpageflags
 *	proc_count.c      pages by use, for several of them
 */
#ifndef SRC_PROC_H
#define SRC_PROC_H

#include <stdio.h>

#include "sim/machine.h"

/* Prints a file, of the machine or of process t. A print that cannot be written shows in ferror(out). */
typedef void proc_print(FILE *out, const struct machine *m, const struct task *t);

struct proc_file {
	const char *name;
	bool of_process;     /* lies in PID/, and its t is not NULL           */
	proc_print *print;   /* byte for byte what a reader gets; a binary file seeks over what is zero */
	proc_print *explain; /* a binary file as text for people; NULL: print is text */
	const char *about;   /* N_("free blocks by zone and order")           */
};

/* The files in their order: those of the machine, then those of a process. NULL after the last. */
const struct proc_file *proc_file_nth(size_t i);
size_t proc_nr_files(void);

/* "meminfo", "2/maps", "kid/maps": the file of a path, and its process in *t (NULL for the machine's). NULL: there is
 * none. */
const struct proc_file *proc_file_find(const struct machine *m, const char *path, const struct task **t);

/* A file as people read it; free it. NULL: no memory. */
char *proc_file_text(const struct proc_file *f, const struct machine *m, const struct task *t);

/*
 * All files into directory dir, which is made if it is missing; a directory with other things in it that was not
 * made by this function is left alone.  The exit status: 0, or 2 and the reason on err.
 */
int proc_write(const struct machine *m, const char *dir, FILE *err);

/* ---- the files ---- */
proc_print proc_buddyinfo, proc_pagetypeinfo, proc_zoneinfo, proc_meminfo, proc_vmstat, proc_slabinfo,
	proc_vmallocinfo;
proc_print proc_kpagecount, proc_kpagecount_text, proc_kpageflags, proc_kpageflags_text;
proc_print proc_maps, proc_smaps, proc_status, proc_stat, proc_statm, proc_comm, proc_cmdline;
proc_print proc_pagemap, proc_pagemap_text;

/* ---- between the files ---- */

/* The line of maps, without its line feed. */
void proc_map_line(FILE *out, const struct machine *m, const struct vma *v);

/* The next entry of [*va, end) that maps something, and its address in *va; NULL: there is none. */
const pte_t *next_present(const struct machine *m, const struct mm *mm, uint64_t *va, uint64_t end);

/* One 64-bit word of a binary file at its place, little-endian; zeros are not written but skipped. */
void proc_put_word(FILE *out, uint64_t index, uint64_t word);
/* The file ends behind nr words: its last one is written whatever it is. */
void proc_end_words(FILE *out, uint64_t nr);

/* ---- proc_count.c: how many pages are what, in pages ---- */
struct page_counts {
	uint32_t anon;               /* anonymous, and mapped by somebody         */
	uint32_t mapped;             /* of files and shared memory, and mapped     */
	uint32_t cached, shmem;      /* page cache; the shared anonymous of it     */
	uint32_t slab_reclaimable, slab_unreclaimable;
	uint32_t kernel_stack, page_tables;
	uint32_t mlocked[MAX_ZONES];
};
/* Costs time in proportion to the number of frames. */
void count_pages(const struct machine *m, struct page_counts *c);
/* Of one node; mlocked stays 0. */
void count_node_pages(const struct machine *m, uint32_t node, struct page_counts *c);

/* numa_hit and its like of a zone, as zoneinfo has them; with z == NULL of all together, as vmstat: lines. */
void print_numa_events(FILE *out, const struct machine *m, const struct zone *z, bool lines);

/* By frame: is it mapped by a locked area? Free it; exits when the host has no memory. */
bool *mlocked_frames(const struct machine *m);

/* The counters of zoneinfo's first zone and of vmstat, in the kernel's order. Returns how many. */
struct node_stat { const char *name; uint64_t value; };
enum { NODE_STATS_MAX = 48 };
unsigned node_stats(const struct page_counts *c, struct node_stat s[NODE_STATS_MAX]);

#endif
