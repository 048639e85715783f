/*
 * The parser's parts: each file reads one kind of statement or value.
 */
#ifndef SRC_PARSE_H
#define SRC_PARSE_H

#include "lexer.h"
#include "scenario_data.h"

enum machine_word { M_PROFILE, M_RAM, M_CPUS, M_NODES, M_SWAP, M_OVERCOMMIT, M_NX,
		    M_DISTANCE, M_MOVABLE, M_HOLE, M_MEMORY, M_LOCK, M_COHERENT, M_COST_LOCAL,
		    M_COST_REMOTE, M_SPLIT, M_BOOST, M_MIN_FREE,
		    M_SCALE_FACTOR, M_RESERVE_RATIO, M_HIGH_FRACTION, NR_MACHINE_WORDS };

struct parser {
	struct scenario *s;
	struct diags *d;
	struct scope scope;

	const struct source *source;
	unsigned line_nr;
	struct line line;
	char *buf; /* of line_resolve */
	uint32_t buf_cap;

	uint32_t counter;         /* of the innermost repeat, 0: none           */
	uint32_t row;             /* of this line                               */
	uint32_t next_row;        /* < nr_rows while a repeat's body runs again */
	unsigned nr_repeats;      /* around this line                           */
	unsigned nr_open_repeats; /* of them, in this text                 */
	unsigned nr_includes;     /* around this line                      */
	unsigned total_includes;  /* met so far                            */
	bool varies;              /* $i was met in the innermost repeat's body  */
	bool has_ended;           /* the line was the `end` of a repeat         */

	uint32_t given;      /* machine words of the header: 1 << enum machine_word */
	uint32_t overridden; /* by --machine                               */
	bool has_machine;
	bool knows_caches; /* the caches of boot are in scope            */
	struct focus_item *focus; /* ITEMs whose names the next event may still make */
	uint32_t nr_mistakes;
	bool no_memory;
};

/* ---- parse.c ---- */
/* Parse all of source[0]; p is zeroed but for s, d. False: there were mistakes. */
bool parse_scenario(struct parser *p, const char *machine_override);
/*
 * One line of the prompt: its event. False: a mistake, or no event. p->scope is what is known
 * there.
 */
bool parse_prompt(struct parser *p, struct event *e);
void parser_free(struct parser *p);
/*
 * Lines up to the text's end, or behind the `end` that belongs to the repeat we are in. Returns
 * where it stopped.
 */
const char *parse_lines(struct parser *p, const char *from, const char *end);
/* A whole text. */
void parse_text(struct parser *p, struct source *src);
/* Is the line met for the first time, not again in a repeat? */
bool is_first_pass(const struct parser *p);
bool add_block(struct parser *p, const struct block *b);

/* ---- mistake.c ---- */
/* A mistake at a word (NULL: behind the last word). Always false. */
bool mistake(struct parser *p, const struct word *w, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* A word too many, or one that the statement of this form does not know. Always false. */
bool mistake_unexpected(struct parser *p, const struct word *w, const char *form);
/* The len bytes at text, a part of what w says, as a word that a mistake can be at. */
struct word word_part(const struct word *w, const char *text, uint32_t len);
/* No memory: told once. Always false. */
bool mistake_memory(struct parser *p);
/* An unknown WHAT, with the nearest of a list ended by NULL. Always false. */
bool mistake_unknown(struct parser *p, const struct word *w, const char *what,
		     const char *const *known);
bool mistake_unknown_proc(struct parser *p, const struct word *w);
/* A REGION that the process does not have; a place, which may also be code, data, bss, heap, stack. */
bool mistake_unknown_region(struct parser *p, const struct word *w, uint32_t proc);
bool mistake_unknown_place(struct parser *p, const struct word *w, uint32_t proc);
bool mistake_unknown_name(struct parser *p, const struct word *w, enum scope_kind kind,
			  const char *what);
enum { NAMES_MAX = 512 }; /* of a scenario's own names, the latest are compared */
/* Names of one kind in the scope, of a process or (0) of all, behind the first n of names, which a NULL ends; returns
 * how many there are now. */
unsigned known_names(struct parser *p, enum scope_kind kind, uint32_t proc, const char *names[NAMES_MAX + 1],
		     unsigned n);

/* ---- values.c: one word each. False: a mistake, told ---- */
bool is_word(const struct word *w, const char *text);
/* The highest address, and most bytes of addresses, of the machine of this scenario. */
uint64_t most_address(const struct parser *p);
uint64_t most_bytes(const struct parser *p);
bool read_size(struct parser *p, const struct word *w, const char *text, uint32_t len,
	       uint64_t most, uint64_t *bytes);
bool read_number(struct parser *p, const struct word *w, const char *text, uint32_t len,
		 const char *what, uint64_t least, uint64_t most, uint64_t *value);
/* An ADDR of process proc, from text (a part of the word w). */
bool read_addr(struct parser *p, const struct word *w, const char *text, uint32_t len,
	       uint32_t proc, struct addr *a);
bool read_prot(struct parser *p, const struct word *w, const char *text, uint32_t len,
	       uint8_t *prot);
bool read_proc(struct parser *p, const struct word *w, uint32_t *symbol);
bool read_cache(struct parser *p, const struct word *w, uint32_t *symbol);
/* The caches that boot makes are in scope from here on. False: no memory. */
bool know_caches(struct parser *p);
/* A zone of the machine, "Normal@1"; "Normal" is that of all nodes, MAX_ZONES + its type. */
bool read_zone(struct parser *p, const struct word *w, uint8_t *id, char *name, size_t size);
/* ZONE|CACHE, whose lock is meant: a zone as read_zone says, and cache 0; or the cache's symbol. */
bool read_lock_owner(struct parser *p, const struct word *w, uint32_t *zone, uint32_t *cache);
/* A name given here: a letter, then letters, digits, _ and -. */
bool read_new_name(struct parser *p, const struct word *w, uint32_t *symbol);
/* index of the word in list, ended by NULL; else a mistake that names what and the nearest one. */
bool read_choice(struct parser *p, const struct word *w, const char *text, uint32_t len,
		 const char *what, const char *const *list, unsigned *index);

/* ---- statements; the line's first word is word[0] ---- */
bool parse_event(struct parser *p, enum event_kind k, struct event *e); /* event.c */
bool parse_option(struct parser *p, const struct word *w, struct event *e, struct event_extra *x,
		  uint32_t *given); /* option.c */
bool check_options(struct parser *p, const struct event *e, uint32_t given);
bool parse_title(struct parser *p); /* header.c */
/* lecture.c: the language behind the dot of the line's first word; *symbol is 0 for none. */
bool read_language(struct parser *p, uint32_t *symbol);
bool parse_machine(struct parser *p);
bool parse_machine_words(struct parser *p, uint32_t first, bool override);

/* ---- header_memory.c: nodes=, distance=, movable=, hole=, memory= ---- */
/* One of these settings into c. */
bool set_memory(struct parser *p, enum machine_word key, const struct word *w, const char *text, uint32_t len,
		struct machine_config *c);
void take_memory(struct machine_config *to, const struct machine_config *from, enum machine_word key);
/* Does what the whole header says of memory fit together? A mistake is shown at the setting of this line. */
bool check_memory(struct parser *p);
/* A note for the next event; NULL: no memory. */
struct note *add_note(struct parser *p, enum note_kind kind); /* lecture.c */
/* Has the line from least to most words? */
bool has_words(struct parser *p, uint32_t least, uint32_t most, const char *form);
bool parse_label(struct parser *p);
bool parse_say(struct parser *p);
bool parse_pause(struct parser *p);
bool parse_quiz(struct parser *p);
bool parse_focus(struct parser *p); /* focus.c */
/* An event was read, or the text is over: are the ITEMs known now? */
void check_focus(struct parser *p);
bool parse_expect(struct parser *p);  /* expect_parse.c */
bool parse_include(struct parser *p); /* include.c */
/* The line is `repeat N`, its body begins at from.  Returns what is behind its `end`. */
const char *parse_repeat(struct parser *p, const char *from, const char *end); /* repeat.c */

#endif
