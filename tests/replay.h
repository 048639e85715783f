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

struct replay {
	FILE *file;
	char *line;     /* without its line feed; "" at the end     */
	size_t cap;
	unsigned nr;    /* of the line, from 1                      */
	bool held;      /* replay_line gives this line once more    */
	unsigned nr_compared; /* lines that our machine spoke to    */
	bool differs;
	bool unknown;   /* ... as nobody can replay it              */
	char why[1024]; /* what was expected in its place           */
};

/* The next line that is no comment; false at the end of the file or at "done". */
bool replay_line(struct replay *r);
/* The line just read was not for us: the next replay_line gives it again. */
void replay_hold(struct replay *r);
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
/* Read the next line, which must be this text. */
void replay_expect(struct replay *r, const char *text);

/* Kinds: from the line after "mmviz-KIND 1" to "done", or until r->differs. */
void replay_buddy(struct replay *r);
void replay_layout(struct replay *r);
void replay_vmalloc(struct replay *r);
void replay_kmap(struct replay *r);
void replay_kmap_local(struct replay *r);
void replay_slab_geometry(struct replay *r);
void replay_slab_caches(struct replay *r);
void replay_slab_run(struct replay *r);
void replay_slabinfo(struct replay *r);
void replay_kmalloc(struct replay *r);

#endif
