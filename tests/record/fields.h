/*
 * Files of PID/, field by field: the same few lines from a real kernel's text and from the model's.
 *
 *	% sh status VmSize=140 VmRSS=12 RssAnon=8 ...
 *	% sh statm 35 3 1 1 0 34 0
 *	% sh stat vsize=143360 rss=3 ...
 *	% sh smaps 08048000 Rss=4 Pss=4 Referenced=4 VmFlags=rd,ex,mr,mw,me
 *
 * What is 0 is left out where there are many fields, and a file that is as it was when it was printed last.
 */
#ifndef TESTS_RECORD_FIELDS_H
#define TESTS_RECORD_FIELDS_H

#include <stdio.h>

enum { NR_FIELD_FILES = 4, FIELDS_EVERY = 8 /* events */ };
extern const char *const field_files[NR_FIELD_FILES]; /* their names in PID/ */

/* A new case: nothing was printed yet. */
void fields_begin(void);
/* The fields of process proc's file, from its text. */
void fields_print(FILE *out, const char *proc, unsigned file, const char *text);

#endif
