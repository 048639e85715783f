/*
 * A scenario: the parsed file, its events and its lecture statements.
 *
 * The parser covers the whole grammar of the language, version 1.  Everything is resolved that can
 * be resolved without running: words to numbers, names to symbols, repeat and include unrolled.
 * Events are numbered from 1 in the order in which they run; the header and lecture statements do
 * not count.
 */
#ifndef SRC_SCENARIO_H
#define SRC_SCENARIO_H

#include "diag.h"
#include "sim/machine.h"

/* Every event of the language: one line each in events.def. */
enum event_kind {
#define EVENT(id, word, ...) EV_##id,
#include "events.def"
#undef EVENT
	NR_EVENT_KINDS
};

/* ADDR of the language. */
enum addr_base {
	ADDR_NONE,
	ADDR_NUMBER,
	ADDR_REGION, /* region or symbol of the process's program: decided when it runs */
	ADDR_CODE,
	ADDR_DATA,
	ADDR_BSS,
	ADDR_HEAP,
	ADDR_STACK,
	ADDR_KERNEL_NAME,  /* of kread, kwrite: a name of kernel memory      */
	ADDR_KERNEL_PLACE, /* symbol is a number of kernel_place_find        */
};

struct addr {
	int64_t offset;  /* added; ADDR_NUMBER: the number   */
	uint32_t symbol; /* ADDR_REGION                      */
	uint8_t base;    /* enum addr_base                   */
};

enum event_option {
	OPT_SHARED = 1 << 0,
	OPT_FIXED = 1 << 1,
	OPT_POPULATE = 1 << 2,
	OPT_GROWSDOWN = 1 << 3,
	OPT_LOCKED = 1 << 4,
	OPT_NORESERVE = 1 << 5,
	OPT_MAYMOVE = 1 << 6,
	OPT_HWCACHE = 1 << 7,
	OPT_CTOR = 1 << 8,
	OPT_POISON = 1 << 9,
	OPT_HAS_SIZE = 1 << 10, /* SIZE was given */
	OPT_HAS_AT = 1 << 11,
	OPT_HAS_VALUE = 1 << 12,
	OPT_HAS_ALIGN = 1 << 13,
	OPT_BRK_PLUS = 1 << 14,
	OPT_BRK_MINUS = 1 << 15,
	OPT_RED_ZONE = OPT_NORESERVE, /* cache_create's, who has no use for mmap's */
	OPT_NOCACHE = 1 << 16,
	OPT_THISNODE = 1 << 18, /* alloc_pages: __GFP_THISNODE */
	OPT_USER = 1 << 17, /* of kread, kwrite: the kernel's copy_from_user, copy_to_user */
};

/* What few events have: kept beside them. */
struct event_extra {
	struct addr at;      /* at=                                   */
	uint64_t offset;     /* of file=FILE@OFFSET, in bytes; PHYS   */
	uint32_t file;       /* of scenario_file, + 1; 0: none        */
	uint32_t align;      /* align=, in bytes                      */
	uint16_t rounds, polls; /* of contend; rounds 0: not one      */
	bool has_phys;       /* offset is a PHYS                      */
	char value[TAG_LEN]; /* value=, padded with zeros          */
};

/*
 * One event, ready to run; a million of them are not rare, so it is small.  Which fields mean
 * something follows from its kind's line in events.def.
 */
struct event {
	uint8_t kind;     /* enum event_kind                                      */
	uint8_t prot;     /* mmap, mprotect: VM_READ | VM_WRITE | VM_EXEC;
			   * alloc_pages: node + 1, 0: the running CPU's      */
	uint32_t options; /* enum event_option                                    */
	uint32_t row;     /* of the row list: where it stands in the file         */
	uint32_t counter; /* value of $i in the innermost repeat, 0: none         */
	uint32_t proc;    /* symbol of PROC, PARENT, 0: no process's event        */
	uint32_t name;    /* symbol of REGION, CHILD, NAME, CACHE of cache_create */
	uint32_t other;   /* symbol of CACHE; GFP_... of gfp=; enum advice, enum lock_kind; SLOT;
			   * contend: as zone_id_of; CONTEND_ORDINARY: that of ordinary requests;
			   * CONTEND_CACHE: cache `name` */
	uint32_t extra;   /* of scenario_extra, 0: none                           */
	struct addr addr;
	uint64_t size; /* SIZE, NEWSIZE, ORDER, CPU; CPU...: a byte each, + 1, the first lowest;
			* lock: coherent= */
};
enum { CONTEND_CACHE = UINT16_MAX, CONTEND_ORDINARY = UINT16_MAX - 1 };

/* What the events panel shows: one row for each line of the scenario that is not blank. */
enum row_kind {
	ROW_HEADER,
	ROW_COMMENT,
	ROW_EVENT,
	ROW_SAY,
	ROW_LABEL,
	ROW_PAUSE,
	ROW_QUIZ,
	ROW_FOCUS,
	ROW_EXPECT,
	ROW_REPEAT,
	ROW_END,
	ROW_INCLUDE
};
struct row {
	uint8_t kind;
	uint32_t event; /* first event that it gives, or the next event after it; 0: none follows */
	uint32_t nr_events; /* how often it runs: 1, or more inside repeat */
	uint32_t line;      /* 0: typed at the prompt                              */
	const char *file;
	const char *text; /* blanks folded to one, comment dropped; of ROW_COMMENT the comment */
};

/* KEYs of expect, with their words and what OP VALUE compares. */
enum expect_key {
	EXPECT_RESULT,
	EXPECT_MINFLT,
	EXPECT_MAJFLT,
	EXPECT_RSS,
	EXPECT_VMAS,
	EXPECT_PTE,
	EXPECT_FREE,
	EXPECT_NR_FREE,
	EXPECT_NUMA_HIT, /* in the order of enum numa_event */
	EXPECT_NUMA_MISS,
	EXPECT_NUMA_FOREIGN,
	EXPECT_NUMA_LOCAL,
	EXPECT_NUMA_OTHER,
	EXPECT_OBJS,
	EXPECT_SLABS,
	EXPECT_ERRORS,
	EXPECT_MGMT,
	EXPECT_COLOUR,
	EXPECT_MAPCOUNT,
	EXPECT_ZONE,
	EXPECT_SAME_FRAME,
	EXPECT_VMALLOC_FAULTS,
	EXPECT_VMALLOC_USED,
	EXPECT_VMALLOC_LAZY,
	EXPECT_KMAP_FREE,
	EXPECT_PKMAP_COUNT,
	EXPECT_KMAP_DEPTH,
	EXPECT_OOPS_ERROR,
	EXPECT_SWAP_USED,
	EXPECT_LINEAR,
	EXPECT_ACQUISITIONS, /* of the last event, as all that follow */
	EXPECT_CONTENDED,
	EXPECT_HANDOVERS,
	EXPECT_LINES_MOVED,
	EXPECT_LOCK_COST,
	EXPECT_POLL_COST,
	EXPECT_TURN_CPU,
	EXPECT_TURN_LINES,
	EXPECT_TURN_COST,
	NR_EXPECT_KEYS
};
enum expect_op { OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE, NR_EXPECT_OPS };
extern const char *const expect_op_words[NR_EXPECT_OPS];
extern const char *const segment_words[]; /* in the order of enum segment_register, then NULL */

/* `expect KEY [words] OP VALUE`, checked after event `event`. See expect.c. */
struct expect {
	uint32_t event, row;
	uint8_t key, op; /* enum expect_key, enum expect_op */
	uint8_t zone;    /* id of it; MAX_ZONES + type: of all nodes */
	uint32_t order;
	uint32_t counter;
	uint32_t name;    /* symbol of the cache      */
	uint32_t proc[2]; /* symbols                  */
	struct addr addr[2];
	uint8_t segment;   /* enum segment_register; NR_SEGMENT_REGISTERS: the selector */
	uint16_t selector;
	int64_t value;
	char word[16]; /* result names, zones, yes, no; "": a number */
};

/* A file of memory contents named by file=, or a program: from the host's disk, read once. */
struct scenario_file {
	char *name; /* base name                */
	char *path;
	uint32_t bytes;
	bool executable;               /* an ELF program           */
	const struct program *program; /* if executable    */
};

struct scenario;

/*
 * Parse a file ("-" = standard input), NULL when there are diagnoses (all of the file's, at most
 * 20).
 */
struct scenario *scenario_load(const char *path, const char *machine_override, struct diags *d);
/* The same from memory; name is for diagnoses and as the place that relative files start from. */
struct scenario *scenario_parse(const char *name, const char *text, size_t len,
				const char *machine_override, struct diags *d);
void scenario_free(struct scenario *s);

const char *scenario_name(const struct scenario *s);  /* base name of the file */
/* In a language, else the one without a language; "" if none. */
const char *scenario_title(const struct scenario *s, const char *lang);
const struct machine_config *scenario_config(const struct scenario *s);
uint32_t scenario_nr_events(const struct scenario *s);
/* nr from 1; NULL: no such event. */
const struct event *scenario_event(const struct scenario *s, uint32_t nr);
/* All zeros if the event has none. */
const struct event_extra *scenario_extra(const struct scenario *s, const struct event *e);
uint32_t scenario_nr_rows(const struct scenario *s);
const struct row *scenario_row(const struct scenario *s, uint32_t i); /* from 0 */
size_t scenario_nr_expects(const struct scenario *s);
const struct expect *scenario_expect(const struct scenario *s, size_t i); /* in order of event */
const struct scenario_file *scenario_file(const struct scenario *s, uint32_t index); /* from 0 */

/* The event as the listing prints it: blanks folded to one, $i replaced. Returns its length. */
size_t scenario_event_text(const struct scenario *s, uint32_t nr, char *buf, size_t size);

const char *symbol_name(const struct scenario *s, uint32_t symbol); /* "?" if unknown */

/*
 * Lecture statements that belong to event nr (stand before it). lang "zh" finds say.zh, then say;
 * and so for quiz. NULL: none.
 */
const char *scenario_say(const struct scenario *s, uint32_t nr, const char *lang);
bool scenario_pause(const struct scenario *s, uint32_t nr);
extern const char *const focus_words[]; /* the panels that focus can name, ended by NULL */
const char *scenario_focus(const struct scenario *s, uint32_t nr); /* "PANEL [ITEM]" */
struct quiz {
	const char *question, *answer, *choices;
};
const struct quiz *scenario_quiz(const struct scenario *s, uint32_t nr, const char *lang);
/* Label at or before event nr (nearest), "" if none; and the event of a label, 0 if unknown. */
const char *scenario_label_before(const struct scenario *s, uint32_t nr);
uint32_t scenario_label(const struct scenario *s, const char *label);

/*
 * The prompt: parse one line of the language as the event that follows event `after`; later events
 * move up by one.  Returns the new event's number, or 0 with diagnoses.
 */
uint32_t scenario_insert(struct scenario *s, uint32_t after, const char *line, struct diags *d);

/* Write the scenario, typed events included, so that it can be run again. 0, or errno. */
int scenario_save(const struct scenario *s, const char *path);

/* For help, manual page and completion: the tables. */
struct event_help {
	const char *word, *arguments, *meaning, *group;
};
const struct event_help *event_help(enum event_kind k);
const char *const *scenario_words(void); /* every statement's first word, ended by NULL */

#endif
