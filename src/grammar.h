/*
 * The grammar of events: what events.def says, ready for the parser.
 */
#ifndef SRC_GRAMMAR_H
#define SRC_GRAMMAR_H

#include "scenario.h"

/* Positional arguments, by the word that events.def uses. */
enum argument {
	ARG_END,
	ARG_NEWPROC,
	ARG_CHILD,
	ARG_PROC,
	ARG_PARENT,
	ARG_NEWREGION,
	ARG_REGION,
	ARG_ADDR,
	ARG_SIZE,
	ARG_NEWSIZE,
	ARG_BREAK,
	ARG_ADVICE,
	ARG_FILE,
	ARG_NEWNAME,
	ARG_NAME,
	ARG_ORDER,
	ARG_NEWCACHE,
	ARG_CACHE,
	ARG_CPU,
	ARG_CPUS,
	ARG_LOCK_KIND,
	ARG_SLOT,
	ARG_PHYS,
	ARG_KADDR,
	NR_ARGUMENTS
};

/* Option words. */
enum option_word {
	O_PROT,
	O_PRIVATE,
	O_SHARED,
	O_FILE,
	O_AT,
	O_FIXED,
	O_POPULATE,
	O_GROWSDOWN,
	O_LOCKED,
	O_NORESERVE,
	O_MAYMOVE,
	O_VALUE,
	O_GFP,
	O_NODE,
	O_THISNODE,
	O_ALIGN,
	O_HWCACHE,
	O_CTOR,
	O_POISON,
	O_REDZONE,
	O_ON,
	O_ROUNDS,
	O_POLLS,
	O_IN,
	O_USER,
	O_NOCACHE,
	O_COHERENT,
	NR_OPTION_WORDS
};

struct option_info {
	const char *word;
	uint8_t len;
	bool has_value;
	uint32_t flag; /* enum event_option that the bare word sets, 0: none */
};

enum { ARGUMENTS_MAX = 4 };

/*
 * One event: arg[0..nr_args) in order; an argument's bit in optional says that it may be left out.
 */
struct grammar {
	uint8_t nr_args, optional;
	uint8_t arg[ARGUMENTS_MAX]; /* enum argument                    */
	uint32_t allowed, required; /* sets of 1 << enum option_word    */
};

extern const struct option_info option_info[NR_OPTION_WORDS];
extern const char *const advice_words[NR_ADVICE + 1]; /* ended by NULL */

/* Read the grammar of every event: g has NR_EVENT_KINDS. */
void grammar_read(struct grammar *g);

bool event_is_modelled(enum event_kind k);
/* "PROC", "+SIZE|-SIZE|ADDR": as events.def writes it. */
const char *argument_name(enum argument a);

/*
 * The words that begin a statement which is no event; the ids of symbols follow events' in this
 * order.
 */
enum statement {
	ST_TITLE = NR_EVENT_KINDS,
	ST_MACHINE,
	ST_SAY,
	ST_LABEL,
	ST_PAUSE,
	ST_QUIZ,
	ST_FOCUS,
	ST_EXPECT,
	ST_INCLUDE,
	ST_REPEAT,
	ST_END,
	NR_STATEMENTS
};

#endif
