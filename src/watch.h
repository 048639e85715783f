/*
 * Watching an arena: which granules were written since they were last closed.
 */
#ifndef SRC_WATCH_H
#define SRC_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct watch {
	unsigned char *base;
	size_t size, granule_bytes;
	bool watching;            /* false: writes are not noticed, see watch.c           */
	uint32_t *dirty;          /* the list of dirty granules                           */
	size_t nr_dirty;
	uint64_t *is_dirty;       /* the same as bits                                     */
	int8_t *heat;             /* found changed so often in a row; below 0: unchanged  */
	size_t sweep, next_sweep; /* granules opened last, and the one behind them        */
	unsigned char *origin;    /* bytes at the beginning of the watch, of granules that... */
	uint64_t *is_saved;       /* ... have these bits: those that were ever dirty      */
	size_t origin_bytes;      /* used then; behind them everything was zero           */
	size_t saved_bytes;       /* host memory that origin takes                        */
};

/* Begin: every granule of [base, base + size) is clean. False: no memory. */
bool watch_begin(struct watch *w, void *base, size_t size, size_t used);
void watch_end(struct watch *w);

/* Before anything writes: see that faults of the watched arenas come to us first. */
void watch_signals(const struct watch *w);

static inline bool watch_is_dirty(const struct watch *w, size_t g)
{
	return w->is_dirty[g / 64] >> (g % 64) & 1;
}

/* n granules from g on, all clean, become dirty. */
void watch_make_dirty(struct watch *w, size_t g, size_t n);
/* Everything below end becomes dirty: where writes are not noticed. */
void watch_all_dirty(struct watch *w, size_t end);

/* The owner compared a dirty granule with what he knows: was it changed? */
void watch_compared(struct watch *w, size_t g, bool changed);
/* Dirty granules become clean, but for the hot ones. */
void watch_clean(struct watch *w);
/* Only those become clean that were found unchanged again and again. */
void watch_clean_cold(struct watch *w);

/*
 * The n bytes at an offset as they were at the beginning; NULL: they are in place, never changed.
 * They must not cross a granule's border; n is at most 4096.
 */
const unsigned char *watch_origin(const struct watch *w, size_t offset);

#endif
