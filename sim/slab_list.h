/*
 * Slabs on the lists of their cache: which gives the next object, and which.
 *
 * A cache keeps its slabs on three lists.  Objects are taken from partial slabs
 * first, so that the others may drain and their pages go back:
 *
 *	          grow            take            take the last
 *	pages --------> free ------------> partial ------------> full
 *	      <--------      <------------         <------------
 *	       drain          put the last             put
 *
 * In each slab an index list says which objects are free.  2.4 chains them:
 * slab->free is the first, bufctl[i] the one after i; what was freed last goes
 * first.  Three objects, all taken, freed in the order 1, 2, 0:
 *
 *	free = 0    bufctl = { 2, END, 1 }       next: 0, 2, 1
 *
 * 6.1 keeps a stack of one-byte indices, bufctl[inuse..num), taken from inuse
 * on.  Both hand a fresh slab out in ascending order.
 *
 * The two versions also differ in the end of a list to which a slab goes:
 *
 *	                         2.4               6.1
 *	fresh slab               tail of free      tail of free
 *	taken from               head              head
 *	put into, partial        stays where it is tail of partial
 *	put into, was full       head of partial   tail of partial
 *	put into, now empty      head of free      head of free
 *
 * These few lines are most of what an object costs, so they are inline where
 * objects are taken (kmem_cache.c, array_cache.c).
 * Sources: 2.4.18 kmem_cache_alloc_one_tail and kmem_cache_free_one, 6.1
 * slab_get_obj, slab_put_obj and fixup_slab_list; REFERENCE 5.6, 5.7.
 */
#ifndef SIM_SLAB_LIST_H
#define SIM_SLAB_LIST_H

#include "machine.h"

/* ---- lists ---- */

static inline void slab_list_push(struct slab_list *l, struct slab *s)
{
	s->prev = NULL;
	s->next = l->first;
	*(l->first ? &l->first->prev : &l->last) = s;
	l->first = s;
	l->count++;
}

static inline void slab_list_append(struct slab_list *l, struct slab *s)
{
	s->next = NULL;
	s->prev = l->last;
	*(l->last ? &l->last->next : &l->first) = s;
	l->last = s;
	l->count++;
}

static inline void slab_list_remove(struct slab_list *l, struct slab *s)
{
	*(s->prev ? &s->prev->next : &l->first) = s->next;
	*(s->next ? &s->next->prev : &l->last) = s->prev;
	l->count--;
}

/* The list of a slab with so many objects in use. */
static inline struct slab_list *slab_home(struct kmem_cache *c, uint16_t inuse)
{
	if (inuse == 0)
		return &c->slabs_free;
	return inuse == c->num ? &c->slabs_full : &c->slabs_partial;
}

/* s has now objects in use, and goes to the head or the tail of its list. */
static inline void slab_moves(struct kmem_cache *c, struct slab *s,
			      uint16_t now, bool tail)
{
	slab_list_remove(slab_home(c, s->inuse), s);
	s->inuse = now;
	if (tail)
		slab_list_append(slab_home(c, now), s);
	else
		slab_list_push(slab_home(c, now), s);
}

/* ---- taking and putting ---- */

/* The slab of an object. */
static inline struct slab *virt_to_slab(const struct machine *m, vaddr_t obj)
{
	return pfn_page(m, kva_to_pfn(m, obj))->mapping;
}

/* The partial slab to take from, else a free one; NULL: there is none. */
static inline struct slab *first_slab(struct machine *m, struct kmem_cache *c)
{
	struct slab *s = c->slabs_partial.first;

	if (s) {
		note(m, SLAB_FROM_PARTIAL, c->index, s->pfn, s->inuse, c->num);
		return s;
	}
	c->free_touched = true;
	s = c->slabs_free.first;
	if (s)
		note(m, SLAB_FROM_FREE, c->index, s->pfn, c->num);
	return s;
}

/* Take an object off a slab with room, which changes lists: its address, and
 * which object of the slab it is. */
static inline vaddr_t slab_get_obj(struct machine *m, struct kmem_cache *c,
				   struct slab *s, uint16_t *index)
{
	vaddr_t obj;

	if (m->profile->slab_61) {
		*index = s->bufctl[s->inuse];
	} else {
		*index = s->free;
		s->free = s->bufctl[*index];
	}
	obj = index_to_obj(c, s, *index);
	c->free_objects--;
	/* A partial slab that stays partial is already the first one. */
	if (s->inuse != 0 && s->inuse + 1 < c->num)
		s->inuse++;
	else
		slab_moves(c, s, s->inuse + 1, false);
	step(m, SLAB_GET_OBJ, c->index, obj, *index, s->inuse, c->num);
	return obj;
}

/* Object index of s, at obj, which no caller holds, goes back to it. */
static inline void slab_put_obj(struct machine *m, struct kmem_cache *c,
				struct slab *s, vaddr_t obj, uint16_t index)
{
	uint16_t now = s->inuse - 1;

	c->free_objects++;
	if (m->profile->slab_61) {
		s->bufctl[now] = index;
		slab_moves(c, s, now, now != 0);
	} else {
		s->bufctl[index] = s->free;
		s->free = index;
		if (now == 0 || s->inuse == c->num)
			slab_moves(c, s, now, false);
		else
			s->inuse = now;
	}
	step(m, SLAB_PUT_OBJ, c->index, obj, index, now, c->num);
}

#endif
