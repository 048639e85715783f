/*
 * Laws of reverse mapping: an area knows of mappings, and they know of it.
 *
 * That rmap_walk finds every entry that maps a frame is asked entry by entry:
 * the frame's mapping has the entry's area on its list, and the frame's index
 * leads to the entry's address in it.  The walk in turn shows nothing but
 * entries that name the frame; so it finds mapcount of them.
 *
 * Who stands between two neighbours that point back is on some list.  It is
 * a mapping's own, if the mappings' lists together have just as many as that.
 */
#include "check.h"

#include "rmap.h"

/* ---- areas and their anon_vmas ---- */

/* An anon_vma's list is as long as it says. */
static bool check_anon_vma(struct check *k, const struct anon_vma *av)
{
	const struct anon_vma_chain *l = av->head;
	uint32_t nr = 0;

	while (l && nr <= av->refcount) {
		nr++;
		l = l->same_next;
	}
	k->listed += nr;
	return LAW(nr == av->refcount,
		   "anon_vma %u has %u references, but its list %u links",
		   av->id, av->refcount, nr);
}

/* A link of v's chain, between its neighbours on the anon_vma's list. */
static bool check_link(struct check *k, const struct vma *v,
		       const struct anon_vma_chain *l)
{
	const struct anon_vma *av = l->anon_vma;
	const struct anon_vma_chain *prev = l->same_prev, *next = l->same_next;

	if (!LAW(av, "area %x: a link of its chain names no anon_vma",
		 v->start) ||
	    !LAW(l->vma == v && (prev ? prev->same_next : av->head) == l &&
			 (next ? next->same_prev : av->tail) == l,
		 "area %x: a link of its chain is not on the list of anon_vma "
		 "%u",
		 v->start, av->id))
		return false;
	k->links++;
	return prev || check_anon_vma(k, av);
}

/* As long as it says, the area's own anon_vma among them. */
static bool check_chain(struct check *k, const struct vma *v)
{
	bool own = v->anon_vma == NULL;
	uint32_t len = 0;

	for (const struct anon_vma_chain *l = v->chain; l; l = l->next, len++) {
		own |= l->anon_vma == v->anon_vma;
		if (!check_link(k, v, l))
			return false;
	}
	return LAW(len == v->chain_len && own,
		   "area %x: chain of %u links does not fit its anon_vma",
		   v->start, len);
}

/* ---- areas and their files ---- */

static bool check_share(struct check *k, const struct vma *v)
{
	const struct vma *prev = v->prev_share, *next = v->next_share;
	const struct address_space *as = v->file->mapping;

	k->shares++;
	return LAW((prev ? prev->next_share : as->i_mmap) == v &&
			   (next ? next->prev_share : as->i_mmap_last) == v,
		   "area %x is not on the list of its file's mapping",
		   v->start);
}

/* A file's pages are as many as it says, and so are the areas on its list. */
static bool check_mapping(struct check *k, const struct file *f)
{
	const struct address_space *as = f->mapping;
	uint32_t pages = 0;

	for (uint64_t i = 0; radix_tree_next(&as->i_pages, &i) != PFN_NONE; i++)
		pages += i < f->nr_pages;
	for (const struct vma *v = as->i_mmap;
	     v && k->listed_shares <= k->shares; v = v->next_share)
		k->listed_shares++;
	return LAW(radix_tree_counts_hold(&as->i_pages),
		   "file %u: a node of its tree of pages counts wrong",
		   f->id) &&
	       LAW(pages == as->nrpages,
		   "file %u: %u pages are counted, %u are in memory", f->id,
		   as->nrpages, pages);
}

/* ---- */

bool check_area_rmap(struct check *k, const struct vma *v)
{
	return check_chain(k, v) && (!v->file || check_share(k, v));
}

bool check_mappings(struct check *k)
{
	for (const struct file *f = k->m->files; f; f = f->next)
		if (f->mapping->host == f && !check_mapping(k, f))
			return false;
	return LAW(k->listed == k->links,
		   "areas have %u links to anon_vmas, anon_vmas %u", k->links,
		   k->listed) &&
	       LAW(k->listed_shares == k->shares,
		   "%u areas map files, %u are on the lists of files",
		   k->shares, k->listed_shares);
}

/* An anonymous page is found from the areas that know its anon_vma. */
static bool knows_anon_vma(const struct vma *v, const struct anon_vma *av)
{
	const struct anon_vma_chain *l = v->chain;

	while (l && l->anon_vma != av)
		l = l->next;
	return l != NULL;
}

bool check_mapper(const struct page *page, const struct vma *v, vaddr_t va)
{
	vaddr_t at;

	if (page->use == FRAME_ANON
		    ? !LAW(knows_anon_vma(v, page->mapping),
			   "page %x: its area does not know its frame's "
			   "anon_vma",
			   va)
		    : !LAW(v->file && v->file->mapping == page->mapping,
			   "page %x: its frame is no page of its area's file",
			   va))
		return false;
	return LAW(vma_address(v, page_index(page), &at) && at == va,
		   "page %x: its frame's index %l leads elsewhere", va,
		   page_index(page));
}
