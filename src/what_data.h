/*
 * How facts are gathered: what the files of "what is this?" share.
 */
#ifndef SRC_WHAT_DATA_H
#define SRC_WHAT_DATA_H

#include "what.h"

/* Facts on their way. */
struct asking {
	const struct machine *m;
	const struct scenario *s;
	struct what *w;
};

#define FACT_FIRST5(a, b, c, d, e, ...)                                                            \
	{ (uint64_t)(a), (uint64_t)(b), (uint64_t)(c), (uint64_t)(d), (uint64_t)(e) }
/* A fact, with its arguments and without a name. */
#define tell(q, ...) TELL_FACT(q, NULL, __VA_ARGS__, 0)
/* A fact with a name. */
#define tell_name(q, name, ...) TELL_FACT(q, name, __VA_ARGS__, 0)
#define TELL_FACT(q, name, id, ...)                                                                \
	what_add(q, W_##id, name, (uint64_t[FACT_ARGS])FACT_FIRST5(__VA_ARGS__, 0, 0, 0, 0, 0))
void what_add(const struct asking *q, enum fact_id id, const char *name,
	      const uint64_t arg[FACT_ARGS]);

/* A kernel address. */
void what_kernel_region(const struct asking *q, vaddr_t va);
/* A user address of t. */
void what_area(const struct asking *q, const struct task *t, vaddr_t va);
void what_access(const struct asking *q, const struct task *t, vaddr_t va);
void what_chunk(const struct asking *q, const struct task *t, vaddr_t va);
/* The segments by which t reaches a user address; those that reach a kernel address. */
void what_segments(const struct asking *q, const struct task *t, vaddr_t va);
void what_kernel_segments(const struct asking *q, vaddr_t va);
/* A logical address of t in user mode: true, and the linear one; or the CPU refuses it. */
bool what_logical(const struct asking *q, const struct task *t, const struct what_place *p, vaddr_t *linear);
/* Byte `offset` of a frame that exists. */
void what_frame(const struct asking *q, pfn_t pfn, uint32_t offset);
/* Who maps it, where that can be asked. */
void what_mappers(const struct asking *q, pfn_t pfn);
/* An address in a frame of a slab. */
void what_slab(const struct asking *q, vaddr_t va);
/*
 * The names of kernel memory that cover a byte, by its address or, for those of alloc_pages, its physical one; also
 * those whose memory was freed since.
 */
void what_kernel_names(const struct asking *q, uint64_t address, bool physical);

#endif
