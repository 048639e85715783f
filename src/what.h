/*
 * What is this?  Everything that is known of one address, as facts.
 *
 * A fact is a line of what.def with its numbers: the screen's box draws it, a listing prints it, a test asks it.
 *
 *	what_parse("kid buf")  ->  struct what_place        which address is meant
 *	what_is(place)          ->  struct what         its facts, in the order in which they are read
 *	fact_tell(fact)         ->  words and arguments, each argument with its kind
 *
 *	what.c           page-table entries, TLB               what_kernel.c   regions of the kernel
 *	what_area.c      names and areas of a process          what_chunk.c    the C library's heap
 *	what_access.c    what a read, a write would meet
 *	what_segment.c   segments, logical addresses
 *	what_frame.c     the frame: use, block, who maps it    what_object.c   slabs and their objects
 *	what_place.c     from words to a place
 *	what_text.c      from facts to words                   what_data.h     how facts are gathered
 *
 * A query: the machine is only looked at, at any micro-step, also where its laws do not hold just then.
 */
#ifndef SRC_WHAT_H
#define SRC_WHAT_H

#include "scenario.h"

/* ---- which address ---- */

enum place_kind {
	PLACE_USER,   /* va of process pid        */
	PLACE_KERNEL, /* va, in the kernel's part */
	PLACE_PHYS,   /* phys                     */
	PLACE_LOGICAL, /* selector:va of process pid, in user mode */
};

struct what_place {
	enum place_kind kind;
	uint32_t pid;
	vaddr_t va;
	paddr_t phys;
	uint16_t selector;
};

/* What is wrong with the words of a place: bytes [at, at + len) of the text. */
struct what_fault {
	size_t at, len;
	char message[160];
};

/*
 * The place that words mean now:
 *
 *	ADDR             of process t (NULL: there is none), as in the language; or a kernel address, or a name that
 *	PROC ADDR        alloc_pages, kmalloc or cache_alloc gave; eight hexadecimal digits, as the panels print them
 *	SEGMENT:ADDR     logical: a segment register (cs, ds, es, ss, fs, gs) or a selector in hexadecimal
 *	phys 0x38a50000  physical address, hexadecimal
 *	pfn 38a50        frame, hexadecimal
 *
 * False: *f says what is wrong, with the nearest known word.
 */
bool what_parse(const struct machine *m, const struct scenario *s, const struct task *t, const char *text,
		 struct what_place *p, struct what_fault *f);
/* The words that mean a place: what_parse(what_place_text(p)) gives p. Returns the length. */
size_t what_place_text(const struct machine *m, const struct what_place *p, char *buf, size_t size);

/* What an entry of the GDT is for, in words. */
const char *gdt_use_name(enum gdt_use use);

/* ---- facts ---- */

enum fact_id {
#define FACT(id, ...) W_##id,
#include "what.def"
#undef FACT
	NR_FACT_IDS
};

/* Kinds of arguments beside those of enum arg_kind. */
enum fact_kind {
	F_PHYS = NR_ARG_KINDS, /* physical address                          */
	F_END,         /* end of a range, up to 4G                  */
	F_KERNEL,      /* kernel address that leads nowhere         */
	F_OFFSET,      /* bytes, hexadecimal                        */
	F_HEX,         /* a number, hexadecimal                     */
	F_RIGHTS,      /* "rw-p", from flags of an area             */
	F_MAY,         /* "rwx", from what they may become          */
	F_VM_FLAGS,    /* flags of an area beside rwxs, in words    */
	F_REGION_KIND, /* the event that gave a name                */
	F_CHUNK,       /* enum chunk_place                          */
	F_ENTRY,       /* page-table entry: value and bits          */
	F_LEADS,       /* A frame that an entry names: never shown  */
	F_TLB_BITS,    /* "RW D"                                    */
	F_PAGE_FLAGS,  /* enum page_flag, in words                  */
	F_USE,         /* enum frame_use                            */
	F_LEVEL,       /* "pgd", "pmd", "pte"                       */
	F_EXCLUSIVE,   /* flags of an anonymous page: is it exclusive? */
	F_PTE_RIGHTS,  /* "r-", "rw" from an entry                  */
	F_ACCESSES,    /* "read, fetch" from bits 1 << enum access  */
	F_NAME,        /* of fact_tell: {name}                      */
	F_WORDS,       /* of fact_tell: no argument                 */
};

enum { FACT_ARGS = 5, FACT_NAME_LEN = 48, FACTS_MAX = 128, MAPPERS_MAX = 64 };

struct fact_info {
	const char *label, *text; /* not translated */
	uint8_t arg[FACT_ARGS];   /* enum arg_kind, enum fact_kind */
};
extern const struct fact_info fact_info[NR_FACT_IDS];

struct fact {
	uint16_t id; /* enum fact_id */
	uint64_t arg[FACT_ARGS];
	char name[FACT_NAME_LEN]; /* cut at its end if it is longer */
};

struct what {
	struct what_place place;
	uint32_t nr;
	struct fact fact[FACTS_MAX];
};

/* Gather the facts of a place. Any place is good; s: for names. */
void what_is(const struct machine *m, const struct scenario *s, const struct what_place *p, struct what *w);
/* The n-th fact (from 0) of an id; NULL. */
const struct fact *what_fact(const struct what *w, enum fact_id id, unsigned n);

/*
 * A fact, piece by piece, in the user's language: words between arguments are F_WORDS; an argument comes with its
 * kind and value, {name} as F_NAME.
 */
typedef void fact_put(void *ctx, unsigned kind, uint64_t value, const char *text);
void fact_tell(const struct machine *m, const struct fact *f, fact_put *put, void *ctx);
/* The same as one text; returns its length. */
size_t fact_text(const struct machine *m, const struct fact *f, char *buf, size_t size);
/* The first argument of a kind; false if the fact has none. */
bool fact_arg(const struct fact *f, unsigned kind, uint64_t *value);

#endif
