/*
 * Growing arrays and short-lived-never strings: the parser's two ways to keep something.
 *
 * An array is a pointer, a count and a capacity in its owner's struct.  A pool hands out bytes that
 * live as long as the pool; nothing is given back singly.
 */
#ifndef SRC_VECTOR_H
#define SRC_VECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Is there room for item [count]?  Doubles the array when it is full; false: no memory, nothing
 * changed.
 */
#define HAS_ROOM(array, count, cap)                                                                \
	((count) < (cap) || vector_grow(&(array), &(cap), (count), sizeof(*(array))))

/*
 * array is the address of the pointer; afterwards at least count + 1 items fit; new ones hold
 * anything.
 */
bool vector_grow(void *array, uint32_t *cap, uint32_t count, size_t item_bytes);

/* Memory that is large and will be used from end to end: the host may back it by large pages. */
void advise_large(void *memory, size_t bytes);

struct pool_chunk;
struct pool {
	struct pool_chunk *chunk; /* the newest, which holds [next, next + left) */
	char *next;
	size_t left;
};

/* Zeroed bytes, aligned to 8; NULL: no memory. */
void *pool_alloc(struct pool *p, size_t bytes);
/* A copy of len bytes and a final zero; NULL: no memory. */
char *pool_text(struct pool *p, const char *text, size_t len);
void pool_free(struct pool *p);

#endif
