/*
 * The arrays of a cache in a few lines.
 */
#ifndef UI_SLAB_ARRAYS_H
#define UI_SLAB_ARRAYS_H

#include "panel.h"

/* Free, in an array: a small square, filled. */
enum { GLYPH_AT_HAND = 0x25aa };

/* How many objects each CPU has at hand, from line y on in at most room lines (1 or more); returns the lines used: 0
 * where the cache has no arrays. */
int slab_arrays_draw(const struct machine *m, const struct area *a, int y, int room, const struct kmem_cache *c);

#endif
