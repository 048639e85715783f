/*
 * How the engine tells its story.
 *
 * Every function that a kernel engineer would name on the blackboard opens a
 * span and closes it; in between it announces single changes and decisions:
 *
 *	enter(m, DO_WP_PAGE, t->pid, va, pfn);
 *	note(m, WP_SHARED, pfn, mapcount);           a decision, no change
 *	step(m, COPY_PAGE, old, new);                something changed
 *	leave(m, DO_WP_PAGE, new);
 *
 * Nothing here formats text: steps.def says what each step and each argument
 * is.  Whoever listens (log, panels, narrator, tests) gets numbers.  enter,
 * step and note count as one micro-step each, and are told after the change
 * that they name; leave does not count.  Micro-step k of an event is the
 * state of the machine just after its k-th telling.
 *
 * The trace lives outside the arena, at an address that does not change: with
 * and without a listener the arena holds the same bytes.  A listener may leave
 * the engine by longjmp: the arena is restored before anything runs again.
 */
#ifndef SIM_TRACE_H
#define SIM_TRACE_H

#include "types.h"

enum { STEP_ARGS = 5 };

/* What an argument is: panels find what to light up by it. */
enum arg_kind {
	A_NONE,
	A_PFN,    /* a page frame                                      */
	A_ORDER,  /* the block that begins at the last A_PFN has 2^it   */
	A_ZONE,   /* enum zone_type                                    */
	A_TASK,   /* pid; what follows is in its address space         */
	A_VA,     /* user or kernel virtual address                    */
	A_VMA,    /* an area, by its first address                     */
	A_PTE,    /* value of a page-table entry                       */
	A_LEVEL,  /* page-table level, 0 = PGD                         */
	A_PAGES,  /* a count of pages                                  */
	A_BYTES,  /* a size in bytes                                   */
	A_COUNT,  /* a plain number                                    */
	A_CACHE,  /* index of a slab cache in machine.cache            */
	A_KVA,    /* kernel address of an object                       */
	A_GFP,    /* allocation flags                                  */
	A_PROT,   /* r w x bits                                        */
	A_ERRNO,  /* 0 or an errno                                     */
	A_MARK,   /* enum watermark                                    */
	A_CPU,
	A_ACCESS, /* enum access: read, write, fetch                   */
	A_TAG,    /* content of a frame, 8 characters packed           */
	A_ERRCODE,/* i386 page-fault error code                        */
	A_OUTCOME,/* enum outcome_kind                                 */
	A_BOOL,
	A_MOBILITY, /* enum migratetype                                */
	A_BYTE,   /* one byte, as two digits of base 16                */
	A_SELECTOR, /* of a segment                                    */
	A_LOCK,   /* id of a lock: lock_find                           */
	A_LINE,   /* cache line of the last A_LOCK: 0 its word, 1 + i node i */
	A_SOURCE, /* a CPU, or SOURCE_MEMORY + node                    */
	A_LOCK_KIND, /* enum lock_kind                                 */
	A_PHYS,   /* a physical address                                */
	NR_ARG_KINDS
};

enum step_id {
#define SPAN(id, name, text, rk, k0, k1, k2, k3, k4) S_##id,
#define STEP(id, name, text, k0, k1, k2, k3, k4) S_##id,
#include "steps.def"
#undef SPAN
#undef STEP
	NR_STEP_IDS
};

enum step_kind { TELL_ENTER, TELL_LEAVE, TELL_STEP, TELL_NOTE };

/* How many arguments a telling has, and the end of a span: 0 or 1. */
enum step_nr_args {
#define COUNT_KINDS(k0, k1, k2, k3, k4)                                      \
	((k0 != A_NONE) + (k1 != A_NONE) + (k2 != A_NONE) + (k3 != A_NONE) + \
	 (k4 != A_NONE))
#define SPAN(id, name, text, rk, k0, k1, k2, k3, k4)                         \
	NR_ARGS_##id = COUNT_KINDS(k0, k1, k2, k3, k4),                      \
	NR_RESULTS_##id = (rk) != A_NONE,
#define STEP(id, name, text, k0, k1, k2, k3, k4)                             \
	NR_ARGS_##id = COUNT_KINDS(k0, k1, k2, k3, k4),
#include "steps.def"
#undef SPAN
#undef STEP
};

struct step_info {
	const char *name;       /* the kernel's word: "expand"             */
	const char *text;       /* English; {0}..{4} stand for arguments   */
	uint8_t is_span;
	uint8_t result;         /* enum arg_kind of a span's result        */
	uint8_t arg[STEP_ARGS]; /* enum arg_kind                           */
};

extern const struct step_info step_info[NR_STEP_IDS];

/*
 * A telling. arg[0] of TELL_LEAVE is the span's result.  Those that the table
 * does not name are not set: what nobody may read need not be written, and
 * writing is most of what it costs to tell.
 */
struct step {
	uint16_t id;   /* enum step_id   */
	uint16_t kind; /* enum step_kind; as wide as id: one store for both */
	uint64_t arg[STEP_ARGS];
};

struct trace {
	uint64_t nr; /* micro-steps told since the machine was made;
	              * the listener may set it back             */
	void (*sink)(void *ctx, const struct step *s); /* or NULL   */
	void *ctx;
};

/* How many arguments there are before the 0 that every list here ends with. */
#define TRACE_COUNT(...) TRACE_SEVENTH(__VA_ARGS__, 5, 4, 3, 2, 1, 0, 0)
#define TRACE_SEVENTH(a, b, c, d, e, f, n, ...) n
/* Set so many of them, in one expression. */
#define TRACE_SET(n, ...)         TRACE_SET_N(n, __VA_ARGS__)
#define TRACE_SET_N(n, ...)       TRACE_SET_##n(__VA_ARGS__)
#define TRACE_SET_0(s, ...)       (void)0
#define TRACE_SET_1(s, a, ...)    (s).arg[0] = (uint64_t)(a)
#define TRACE_SET_2(s, a, b, ...) TRACE_SET_1(s, a, 0), (s).arg[1] = (uint64_t)(b)
#define TRACE_SET_3(s, a, b, c, ...)                                         \
	TRACE_SET_2(s, a, b, 0), (s).arg[2] = (uint64_t)(c)
#define TRACE_SET_4(s, a, b, c, d, ...)                                      \
	TRACE_SET_3(s, a, b, c, 0), (s).arg[3] = (uint64_t)(d)
#define TRACE_SET_5(s, a, b, c, d, e, ...)                                   \
	TRACE_SET_4(s, a, b, c, d, 0), (s).arg[4] = (uint64_t)(e)
#define TRACE_TELL(m, k, i, counts, n, ...)                                  \
	do {                                                                 \
		struct trace *trace_ = (m)->trace;                           \
		_Static_assert(TRACE_COUNT(__VA_ARGS__) == (n),              \
			       "steps.def names another number of them");    \
		trace_->nr += (counts);                                      \
		if (trace_->sink) {                                          \
			struct step step_;                                   \
			step_.id = (i), step_.kind = (k);                    \
			TRACE_SET(TRACE_COUNT(__VA_ARGS__), step_,           \
				  __VA_ARGS__);                              \
			trace_->sink(trace_->ctx, &step_);                   \
		}                                                            \
	} while (0)

#define enter(m, ...) TRACE_ENTER(m, __VA_ARGS__, 0)
#define TRACE_ENTER(m, id, ...)                                              \
	TRACE_TELL(m, TELL_ENTER, S_##id, 1, NR_ARGS_##id, __VA_ARGS__)
#define leave(m, ...) TRACE_LEAVE(m, __VA_ARGS__, 0)
#define TRACE_LEAVE(m, id, ...)                                              \
	TRACE_TELL(m, TELL_LEAVE, S_##id, 0, NR_RESULTS_##id, __VA_ARGS__)
#define step(m, ...) TRACE_STEP(m, __VA_ARGS__, 0)
#define TRACE_STEP(m, id, ...)                                               \
	TRACE_TELL(m, TELL_STEP, S_##id, 1, NR_ARGS_##id, __VA_ARGS__)
#define note(m, ...) TRACE_NOTE(m, __VA_ARGS__, 0)
#define TRACE_NOTE(m, id, ...)                                               \
	TRACE_TELL(m, TELL_NOTE, S_##id, 1, NR_ARGS_##id, __VA_ARGS__)

#endif
