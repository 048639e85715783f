/*
 * Lists of frames.
 *
 * The links lie in struct page as frame numbers, not pointers: a free frame is
 * a member of its list without any memory of its own.
 *
 *	head 8 <-> 12 <-> 4 tail        page[12].prev = 8, .next = 4
 *
 * A frame at an end of its list has no neighbour there; the list's own head or
 * tail leads to it instead.  So there always is one link that leads to a frame
 * from each side, and it is found without a branch (the free lists' order is
 * as good as random, and a CPU that guesses wrong pays more than all the rest
 * costs here).
 */
#ifndef SIM_PAGE_LIST_H
#define SIM_PAGE_LIST_H

#include "machine.h"

/* The links that lead to the frame behind prev, and to the one before next:
 * those of the neighbours, or the list's own. */
static inline pfn_t *link_forth(const struct machine *m, struct page_list *l,
				pfn_t prev)
{
	return prev != PFN_NONE ? &pfn_page(m, prev)->next : &l->head;
}
static inline pfn_t *link_back(const struct machine *m, struct page_list *l,
			       pfn_t next)
{
	return next != PFN_NONE ? &pfn_page(m, next)->prev : &l->tail;
}

static inline void page_list_init(struct page_list *l)
{
	l->head = l->tail = PFN_NONE;
	l->count = 0;
}

/* pfn, which is on no list, becomes the head of l. */
static inline void page_list_push(struct machine *m, struct page_list *l,
				  pfn_t pfn)
{
	struct page *page = pfn_page(m, pfn);

	page->prev = PFN_NONE;
	page->next = l->head;
	*link_back(m, l, l->head) = pfn;
	l->head = pfn;
	l->count++;
}

/* pfn, which is on no list, becomes the tail of l. */
static inline void page_list_append(struct machine *m, struct page_list *l,
				    pfn_t pfn)
{
	struct page *page = pfn_page(m, pfn);

	page->next = PFN_NONE;
	page->prev = l->tail;
	*link_forth(m, l, l->tail) = pfn;
	l->tail = pfn;
	l->count++;
}

/* pfn, which is on l, leaves it. */
static inline void page_list_remove(struct machine *m, struct page_list *l,
				    pfn_t pfn)
{
	struct page *page = pfn_page(m, pfn);

	*link_forth(m, l, page->prev) = page->next;
	*link_back(m, l, page->next) = page->prev;
	page->next = page->prev = PFN_NONE;
	l->count--;
}

#endif
