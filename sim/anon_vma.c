/*
 * anon_vma: which areas may map the anonymous pages of this one?
 *
 * A file page is found through its file.  An anonymous page has none; what it
 * remembers is an anon_vma, got by its area at the first anonymous page.  After
 * fork the same page is mapped by areas of several processes, so an area has a
 * chain of links, one to each anon_vma whose pages it may map:
 *
 *	           anon_vma 1        anon_vma 2        anon_vma 3
 *	parent's area  *
 *	child's area   * ............... *
 *	grandchild's   * ............... * ............... *
 *
 * New pages belong to the area's own anon_vma, the last of the row.  A page
 * that the child copied is looked for in the child's area and its children's,
 * not in the parent's.  The number of links decides what may merge: an area
 * with one link was not inherited, nobody else knows its anon_vma by fork
 * from above, and an area without one may join it (vma_merge.c).
 *
 * Read down a column, the drawing says where to look for a page: each anon_vma
 * has the list of its links, oldest first (rmap.c).
 *
 * To keep merging possible an area takes the anon_vma of a neighbour that
 * differs from it in r, w, x at most.  That is why two halves of an area that
 * mprotect has parted can become one again though each was written to.
 *
 * Simpler than Linux: an anon_vma's links are a list, as in 2.6, where 6.1 has
 * an interval tree; and a child never gets an abandoned anon_vma of an
 * ancestor.  Nobody can see a difference.
 *
 * Law: refcount of an anon_vma = links on its list = links that name it; an
 * area with an anon_vma has a link to it; an area without one has no links.
 */
#include "machine.h"
#include "vma.h"

static struct anon_vma *anon_vma_alloc(struct machine *m)
{
	vaddr_t kobj = kobj_alloc(m, KOBJ_ANON_VMA);
	struct anon_vma *av;

	if (!kobj)
		return NULL;
	av = arena_alloc(m->arena, sizeof(*av));
	av->kobj = kobj;
	av->id = ++m->nr_anon_vmas;
	return av;
}

static void anon_vma_free(struct machine *m, struct anon_vma *av)
{
	kobj_free(m, KOBJ_ANON_VMA, av->kobj);
	arena_free(m->arena, av, sizeof(*av));
}

/* A link goes to the end of its anon_vma's list. */
static void list_link(struct anon_vma *av, struct anon_vma_chain *link)
{
	link->same_prev = av->tail;
	if (av->tail)
		av->tail->same_next = link;
	else
		av->head = link;
	av->tail = link;
	av->refcount++;
}

static void list_unlink(struct anon_vma *av, const struct anon_vma_chain *link)
{
	if (link->same_prev)
		link->same_prev->same_next = link->same_next;
	else
		av->head = link->same_next;
	if (link->same_next)
		link->same_next->same_prev = link->same_prev;
	else
		av->tail = link->same_prev;
	av->refcount--;
}

/* Append a link to v's chain; 0 or -SIM_ENOMEM. */
static int chain_link(struct machine *m, struct vma *v, struct anon_vma *av)
{
	vaddr_t kobj = kobj_alloc(m, KOBJ_ANON_VMA_CHAIN);
	struct anon_vma_chain **last = &v->chain, *link;

	if (!kobj)
		return -SIM_ENOMEM;
	link = arena_alloc(m->arena, sizeof(*link));
	link->kobj = kobj;
	link->anon_vma = av;
	link->vma = v;
	while (*last)
		last = &(*last)->next;
	*last = link;
	v->chain_len++;
	list_link(av, link);
	return 0;
}

void unlink_anon_vmas(struct machine *m, struct vma *v)
{
	while (v->chain) {
		struct anon_vma_chain *link = v->chain;

		v->chain = link->next;
		v->chain_len--;
		list_unlink(link->anon_vma, link);
		if (link->anon_vma->refcount == 0)
			anon_vma_free(m, link->anon_vma);
		kobj_free(m, KOBJ_ANON_VMA_CHAIN, link->kobj);
		arena_free(m->arena, link, sizeof(*link));
	}
	v->anon_vma = NULL;
}

int anon_vma_clone(struct machine *m, struct vma *dst, const struct vma *src)
{
	for (const struct anon_vma_chain *l = src->chain; l; l = l->next) {
		if (chain_link(m, dst, l->anon_vma) < 0) {
			unlink_anon_vmas(m, dst);
			return -SIM_ENOMEM;
		}
	}
	dst->anon_vma = src->anon_vma;
	return 0;
}

/* v gets an anon_vma that nobody else has; 0 or -SIM_ENOMEM. */
static int anon_vma_own(struct machine *m, struct vma *v)
{
	struct anon_vma *av = anon_vma_alloc(m);

	if (!av)
		return -SIM_ENOMEM;
	if (chain_link(m, v, av) < 0) {
		anon_vma_free(m, av);
		return -SIM_ENOMEM;
	}
	v->anon_vma = av;
	return 0;
}

int anon_vma_fork(struct machine *m, struct vma *dst, const struct vma *src)
{
	if (!src->anon_vma)
		return 0;
	if (anon_vma_clone(m, dst, src) < 0)
		return -SIM_ENOMEM;
	if (anon_vma_own(m, dst) < 0) {
		unlink_anon_vmas(m, dst);
		return -SIM_ENOMEM;
	}
	step(m, ANON_VMA_FORK, mm_pid(dst->mm), dst->start, dst->anon_vma->id,
	     dst->chain_len);
	return 0;
}

/* Could these two become one if only their rights were equal? */
static bool anon_vma_compatible(const struct vma *lower,
				const struct vma *upper)
{
	return lower->end == upper->start && lower->file == upper->file &&
	       !((lower->flags ^ upper->flags) & ~(uint32_t)VM_ACCESS) &&
	       vma_pgoff(lower, lower->end) == upper->pgoff;
}

/* The neighbour whose anon_vma v may take; the next one is asked first. */
static const struct vma *mergeable_neighbour(const struct vma *v)
{
	const struct vma *next = vma_next(v);
	const struct vma *prev = vma_prev(v);

	if (next && next->chain_len == 1 && anon_vma_compatible(v, next))
		return next;
	if (prev && prev->chain_len == 1 && anon_vma_compatible(prev, v))
		return prev;
	return NULL;
}

int anon_vma_prepare(struct machine *m, struct vma *v)
{
	const struct vma *near;

	if (v->anon_vma)
		return 0;
	near = mergeable_neighbour(v);
	if (!near) {
		if (anon_vma_own(m, v) < 0)
			return -SIM_ENOMEM;
		step(m, ANON_VMA_PREPARE, mm_pid(v->mm), v->start,
		     v->anon_vma->id);
		return 0;
	}
	if (chain_link(m, v, near->anon_vma) < 0)
		return -SIM_ENOMEM;
	v->anon_vma = near->anon_vma;
	step(m, ANON_VMA_ADOPT, mm_pid(v->mm), v->start, v->anon_vma->id,
	     near->start);
	return 0;
}
