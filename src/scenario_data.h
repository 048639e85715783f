/*
 * What a scenario is made of: for the parser, the editing and the saving of it; everyone else asks
 * scenario.h.
 */
#ifndef SRC_SCENARIO_DATA_H
#define SRC_SCENARIO_DATA_H

#include "grammar.h"
#include "scenario.h"
#include "scope.h"
#include "symbols.h"
#include "vector.h"

/* A text: kept, since rows point into it. */
struct source {
	struct source *next;
	const char *name;   /* as diagnoses show it                                    */
	const char *folder; /* what relative files start from: "" or ends with a slash */
	char *text;         /* the parser puts zeros where lines end                   */
	size_t len;
	uint64_t device, inode; /* which file it is; 0: not from a file                    */
	bool is_open;           /* being parsed right now                                  */
	bool is_parsed;         /* lines may end with a zero                               */
};

/* Lecture statements that belong to an event. */
enum note_kind { NOTE_LABEL, NOTE_SAY, NOTE_PAUSE, NOTE_FOCUS, NOTE_QUIZ, NR_NOTE_KINDS };

struct note {
	uint32_t event; /* that it stands before; nr_events + 1: it stands at the end */
	uint32_t row;
	uint32_t counter; /* $i where it stands                              */
	uint32_t symbol;  /* the label's name, or the language of say and quiz, 0 none */
	const char *text; /* of say and focus                                */
	const struct quiz *quiz;
};

/* Law: in order of event. */
struct note_list {
	struct note *item;
	uint32_t count, cap;
};

/*
 * A repeat, or an include: the rows and the events it covers. For saving what was typed inside of
 * it.
 */
struct block {
	uint32_t first_row,
		last_row; /* `repeat` to `end`, or `include` to the last included line */
	uint32_t first_event, nr_events; /* of all iterations                                   */
	uint32_t count;                  /* of iterations; 1: include                           */
	uint32_t period;                 /* events of one iteration as parsed; 0: they differ    */
	bool is_repeat;
	bool varies; /* $i is used in it: iterations differ                 */
};

/* title, title.zh: text is NULL where there is none. */
struct title {
	uint32_t language; /* symbol; 0: whoever has no title of his own */
	const char *text;
};

struct scenario {
	struct pool pool;
	struct symbols symbols;
	struct grammar grammar[NR_EVENT_KINDS];
	struct machine_config config;
	struct title titles[4]; /* one a language, one without; an empty one behind them */
	struct source *source;   /* the scenario's own text          */
	struct source *included; /* the others, the latest one first */

	struct event *events; /* [nr - 1] */
	uint32_t nr_events, cap_events;
	struct event_extra *extras; /* [0] is all zeros */
	uint32_t nr_extras, cap_extras;
	struct row *rows;
	uint32_t nr_rows, cap_rows;
	struct expect *expects;
	uint32_t nr_expects, cap_expects;
	struct note_list notes[NR_NOTE_KINDS];
	struct scenario_file *files;
	uint32_t nr_files, cap_files;
	struct block *blocks; /* an inner one before the one around it */
	uint32_t nr_blocks, cap_blocks;
};

enum { MAX_EVENTS = 1 << 24, MAX_INCLUDES = 16, MAX_INCLUDED = 1 << 16, MAX_REPEATS = 16 };

/* Names that the language gives: their symbols. See scenario_names. */
enum fixed_symbol {
	SYM_STATEMENTS = 1, /* + enum event_kind or enum statement */
	SYM_CODE = SYM_STATEMENTS + NR_STATEMENTS,
	SYM_DATA,
	SYM_BSS,
	SYM_HEAP,
	SYM_STACK,
	SYM_AFTER
};

struct scenario *scenario_new(void);

/* What an event makes known or unknown. False: no memory. */
bool scenario_define(const struct scenario *s, struct scope *c, const struct event *e);

/* First note of the list at or after event; count if none. */
uint32_t note_index(const struct note_list *l, uint32_t event);
/* The same for expects. */
uint32_t expect_index(const struct scenario *s, uint32_t event);

/* ---- files.c ---- */
/*
 * The file `name` as seen from folder: its index + 1; 0 with *why set.  A program is one that can
 * be run, else contents to map.
 */
uint32_t scenario_add_file(struct scenario *s, const char *folder, const char *name, uint32_t len,
			   bool as_program, char *why, size_t why_size);
/* Read a whole text, "-" from standard input; NULL with *why. The text is malloc'd. */
char *text_read(const char *path, size_t *len, char *why, size_t why_size);
/* Is there a regular file at path?  False with *why: nothing is opened. */
bool file_is_regular(const char *path, char *why, size_t why_size);
/* "PATH: ", to be followed by a reason, at the beginning of why: its length. */
size_t path_message(char *why, size_t why_size, const char *path);
/* Which file path leads to; false: to none. */
bool file_identity(const char *path, uint64_t *device, uint64_t *inode);
/* folder and name, unless name is absolute; malloc'd, NULL: no memory. */
char *path_join(const char *folder, const char *name, uint32_t len);
void scenario_files_free(struct scenario *s);

#endif
