/*
 * Lists of frames.
 *
 * The links lie in struct page as frame numbers, not pointers: a free frame is
 * a member of its list without any memory of its own.
 *
 *	head 8 <-> 12 <-> 4 tail        page[12].prev = 8, .next = 4
 */
#include "page_alloc.h"
#include "machine.h"

void page_list_init(struct page_list *l)
{
	l->head = l->tail = PFN_NONE;
	l->count = 0;
}

void page_list_push(struct machine *m, struct page_list *l, pfn_t pfn)
{
	struct page *page = pfn_page(m, pfn);

	page->prev = PFN_NONE;
	page->next = l->head;
	if (l->head != PFN_NONE)
		pfn_page(m, l->head)->prev = pfn;
	else
		l->tail = pfn;
	l->head = pfn;
	l->count++;
}

void page_list_append(struct machine *m, struct page_list *l, pfn_t pfn)
{
	struct page *page = pfn_page(m, pfn);

	page->next = PFN_NONE;
	page->prev = l->tail;
	if (l->tail != PFN_NONE)
		pfn_page(m, l->tail)->next = pfn;
	else
		l->head = pfn;
	l->tail = pfn;
	l->count++;
}

void page_list_remove(struct machine *m, struct page_list *l, pfn_t pfn)
{
	struct page *page = pfn_page(m, pfn);

	if (page->prev != PFN_NONE)
		pfn_page(m, page->prev)->next = page->next;
	else
		l->head = page->next;
	if (page->next != PFN_NONE)
		pfn_page(m, page->next)->prev = page->prev;
	else
		l->tail = page->prev;
	page->next = page->prev = PFN_NONE;
	l->count--;
}
