/*
 * Replaying what a real kernel showed: transcripts and tables, line by line.
 *
 * A file holds one or more transcripts, "mmviz-KIND 1" ... "done"; '#' begins a comment.  Each kind has a
 * function that puts a machine into the recorded state in the beginning, does what the kernel did, and says
 * line by line what the machine shows; the first line that differs ends the file.
 */
#ifndef TESTS_REPLAY_H
#define TESTS_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Where a file can be read again from. */
struct replay_place {
	long offset;
	unsigned nr;
};

/* What was written to /proc/sys/vm as far as the tables of a file have shown it. */
struct replay_sysctl {
	bool known;           /* there was a table before            */
	bool wmarks, reserve; /* something that computes them anew   */
	bool said_wmarks, said_reserve; /* ... as a comment has it   */
	long long boot;       /* managed pages at boot: the machine  */
	long long min_free_kbytes, watermark_scale_factor, ratio[8];
};

struct replay {
	FILE *file;
	char *line;     /* without its line feed; "" at the end     */
	size_t cap;
	unsigned nr;    /* of the line, from 1                      */
	bool held;      /* replay_line gives this line once more    */
	unsigned nr_compared; /* lines that our machine spoke to    */
	bool differs;
	bool unknown;   /* ... as nobody can replay it              */
	struct replay_sysctl sysctl;
	char why[1024]; /* what was expected in its place           */
};

/* The next line that is no comment; false at the end of the file or at "done". */
bool replay_line(struct replay *r);
/* The line just read was not for us: the next replay_line gives it again. */
void replay_hold(struct replay *r);
/* Read once more from the next line on: where we are, and back there. */
struct replay_place replay_mark(const struct replay *r);
void replay_back(struct replay *r, struct replay_place place);
/* Does the line begin with these words?  Then *rest, if not NULL, is what follows. */
bool replay_begins(const struct replay *r, const char *words, const char **rest);
/* The value of " key=" in a line; false if it has none. */
bool replay_value(const char *line, const char *key, long long *value);
/* The line is not what our machine says. */
void replay_differ(struct replay *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The line just read was held against our machine, in a way of the caller's own. */
void replay_compared(struct replay *r);
/* The line just read must be this text. */
void replay_compare(struct replay *r, const char *text);
/* The same, but the line may have words KEY=VALUE between ours whose keys are not ours. */
void replay_compare_words(struct replay *r, const char *text);
/* Read the next line, which must be this text. */
void replay_expect(struct replay *r, const char *text);

/* Kinds: from the line after "mmviz-KIND 1" to "done", or until r->differs. */
void replay_zones(struct replay *r);
void replay_exhaust(struct replay *r);
void replay_facts(struct replay *r);
void replay_buddy_boot(struct replay *r);
void replay_buddy(struct replay *r);
void replay_layout(struct replay *r);
void replay_vmalloc(struct replay *r);
void replay_kmap(struct replay *r);
void replay_kmap_local(struct replay *r);
void replay_kpt(struct replay *r);
void replay_slab_geometry(struct replay *r);
void replay_slab_caches(struct replay *r);
void replay_slab_run(struct replay *r);
void replay_slabinfo(struct replay *r);
void replay_kmalloc(struct replay *r);

#endif
