/*
 * Symbols: every name of a scenario, once, as a small number.
 */
#ifndef SRC_SYMBOLS_H
#define SRC_SYMBOLS_H

#include "vector.h"

/* Law: id of name[id] is found at its hash; ids count from 1 in order of first appearance. */
struct symbols {
	struct symbol *item; /* [0] is no name                       */
	uint32_t count, cap;
	uint64_t *slot; /* hash's upper half and id; 0 is an empty slot */
	uint32_t nr_slots;
	struct pool *pool; /* keeps the texts */
};

struct symbol {
	const char *name; /* ends with a zero */
	uint32_t len;
	uint64_t head; /* its first letters in one number: short names compare by it */
};

/* False: no memory. The pool must live as long. */
bool symbols_init(struct symbols *t, struct pool *pool);
void symbols_free(struct symbols *t);

/* The number of a name, new if need be; 0: no memory. */
uint32_t symbol_intern(struct symbols *t, const char *name, uint32_t len);
/* The number of a name, 0 if it has none. */
uint32_t symbol_find(const struct symbols *t, const char *name, uint32_t len);

#endif
