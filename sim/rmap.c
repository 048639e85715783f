/*
 * Reverse mapping: who maps this frame?
 *
 * Page tables answer where an address leads.  To take a frame away, or to say
 * who shares it, the kernel must go the other way, and must not look through
 * all tables of all processes for it.  What a frame knows is its mapping and
 * its index, "page 3 of that"; what maps pages of that knows its areas; and an
 * area says at which address its page 3 lies:
 *
 *	struct page  mapping --> anon_vma ------> its links ---> areas
 *	                     '-> address_space -> i_mmap ------> areas
 *	             index 48203
 *	                            va = start + (index - pgoff) * 4096
 *
 *	area 48200000-48210000, pgoff 48200: page 48203 is at 48203000
 *
 * The last step is to look: an area may know of a page that its process never
 * touched or has a copy of, so only an entry that names the frame counts.
 * After fork the child's area is at the same address with the same offsets:
 * one index leads to both processes' entries.
 *
 * An anonymous page's index counts as its area did when the page was made (for
 * an area that never moved: its address / 4096).  mremap moves a touched area
 * without its offsets, or no page would be found again.
 *
 * Work: the areas that know the mapping, not the processes that there are.
 * 6.1 mm/rmap.c rmap_walk_anon(), rmap_walk_file().  Simpler than Linux: areas
 * are lists as in 2.6, where 6.1 asks interval trees for those that hold the
 * index.
 *
 * Law: every entry that maps a frame is found, so there are mapcount of them.
 */
#include "rmap.h"

#include "machine.h"

/* A walk under way. */
struct walk {
	const struct machine *m;
	pfn_t pfn;
	uint32_t seen;
	bool (*see)(void *ctx, const struct rmap_entry *e);
	void *ctx;
};

bool vma_address(const struct vma *v, uint64_t index, vaddr_t *va)
{
	uint64_t page = index - v->pgoff;

	*va = v->start + (page << PAGE_SHIFT);
	return index >= v->pgoff && page < vma_pages(v);
}

/* If v maps the frame, show its entry; false: enough. */
static bool look(struct walk *w, const struct vma *v)
{
	struct rmap_entry e = {.vma = v};

	if (!vma_address(v, page_index(pfn_page(w->m, w->pfn)), &e.va))
		return true;
	e.entry = pte_offset(w->m, v->mm, e.va);
	if (!e.entry || !pte_present(*e.entry) || pte_pfn(*e.entry) != w->pfn)
		return true;
	w->seen++;
	return !w->see || w->see(w->ctx, &e);
}

static void rmap_walk_anon(struct walk *w, const struct anon_vma *av)
{
	const struct anon_vma_chain *link = av->head;

	while (link && look(w, link->vma))
		link = link->same_next;
}

static void rmap_walk_file(struct walk *w, const struct address_space *as)
{
	const struct vma *v = as->i_mmap;

	while (v && look(w, v))
		v = v->next_share;
}

uint32_t rmap_walk(const struct machine *m, pfn_t pfn,
		   bool (*see)(void *ctx, const struct rmap_entry *e),
		   void *ctx)
{
	const struct page *page = pfn_page(m, pfn);
	struct walk w = {.m = m, .pfn = pfn, .see = see, .ctx = ctx};

	if (!page->mapping)
		return 0;
	if (page->use == FRAME_ANON)
		rmap_walk_anon(&w, page->mapping);
	else if (page->use == FRAME_FILE || page->use == FRAME_SHMEM)
		rmap_walk_file(&w, page->mapping);
	return w.seen;
}
