/*
 * The slab map: the slabs of one cache, each with its colour, its management and its objects.
 */
#ifndef UI_SLAB_MAP_H
#define UI_SLAB_MAP_H

#include "panel.h"

/* Draw the slabs of c, as many as there is room for; with a heading, the CPUs' arrays, and a legend where it fits. */
void slab_map_draw(const struct view *v, struct panel_state *ps, const struct area *a, const struct kmem_cache *c);

/* The first object in the order drawn is chosen; false: c has no slab. */
bool slab_map_enter(struct view *v, const struct kmem_cache *c);
/* While an object of c is chosen: an arrow moves among the objects.  False: the arrow leaves them, upwards. */
bool slab_map_key(struct view *v, const struct panel_state *ps, const struct kmem_cache *c, uint32_t key);
/* A click inside the area of the last draw, at its (x, y), chooses the object there. */
void slab_map_click(struct view *v, const struct panel_state *ps, const struct kmem_cache *c, int x, int y);

#endif
