/*
 * What is this?  A frame: where it lies, what it is used for, who maps it.
 *
 * A struct page tells little about a frame in the middle of something larger; what that is is found by the rules of its
 * kind:
 *
 *	free          the block's head is the frame with its low k bits cleared, for the k that the head has
 *	on a CPU      the same, with a list of each order for each CPU
 *	reserved      by boot's ranges: image, mem_map (which struct page?), hash tables
 *	page table    its owner's tables, searched from the top for the entry that names it
 *	slab          what_object.c
 */
#include "sim/rmap.h"
#include "what_data.h"

/* ---- free blocks ---- */

/* Place of a block on a list, from 1; 0: it is not on it. */
static uint32_t list_place(const struct machine *m, const struct page_list *l, pfn_t block)
{
	uint32_t n = 0;

	for (pfn_t pfn = l->head; pfn != PFN_NONE && n < l->count; pfn = m->mem_map[pfn].next) {
		n++;
		if (pfn == block)
			return n;
	}
	return 0;
}

/* Head of the free block that holds a free frame; PFN_NONE: it is in none at this step. */
static pfn_t free_head(const struct machine *m, pfn_t pfn)
{
	for (unsigned k = 0; k < MAX_ORDER; k++) {
		pfn_t head = pfn & ~((1u << k) - 1);
		const struct page *p = &m->mem_map[head];

		if ((p->flags & PG_BUDDY) && p->order >= k)
			return head;
	}
	return PFN_NONE;
}

static void what_buddy(const struct asking *q, const struct zone *z, pfn_t head, unsigned order)
{
	pfn_t buddy = head ^ 1u << order;
	const struct page *p = &q->m->mem_map[buddy];

	if (order == MAX_ORDER - 1)
		tell(q, BUDDY_NONE, order);
	else if (!zone_spans_pfn(z, buddy))
		tell(q, BUDDY_OUTSIDE, buddy);
	else if ((p->flags & PG_BUDDY) && p->order == order)
		tell(q, BUDDY_FREE, buddy);
	else if (p->flags & PG_BUDDY)
		tell(q, BUDDY_CUT, buddy, p->order);
	else if (p->use == FRAME_PCP)
		tell(q, BUDDY_PCP, buddy);
	else
		tell(q, BUDDY_USED, buddy, p->use);
}

static void what_free_block(const struct asking *q, const struct zone *z, pfn_t pfn)
{
	pfn_t head = free_head(q->m, pfn);
	const struct page_list *l;
	unsigned order;
	uint32_t place;

	if (!z || head == PFN_NONE) {
		tell(q, FREE_ON_ITS_WAY, 0);
		return;
	}
	order = q->m->mem_map[head].order;
	l = &z->free_area[order].free_list[q->m->mem_map[head].level];
	place = list_place(q->m, l, head);
	if (pfn == head)
		tell(q, FREE_HEAD, head, order, z->id, place, l->count);
	else
		tell(q, FREE_INSIDE, head, order, z->id, place, l->count);
	if (q->m->group_by_mobility)
		tell(q, FREE_KIND, q->m->mem_map[head].level);
	what_buddy(q, z, head, order);
}

/* ---- a CPU's list ---- */

/* The block of a CPU's lists that holds pfn, on the lists of one order. False: none does. */
static bool what_pcp_list(const struct asking *q, const struct per_cpu_pages *pcp, uint32_t cpu,
			  unsigned order, pfn_t pfn)
{
	pfn_t head = pfn & ~((1u << order) - 1);

	for (unsigned type = 0; type < MIGRATE_PCPTYPES; type++) {
		const struct page_list *l = &pcp->list[order][type];
		uint32_t place = list_place(q->m, l, head);

		if (place) {
			tell(q, PCP, head, order, cpu, place, l->count);
			if (q->m->group_by_mobility)
				tell(q, FREE_KIND, type);
			return true;
		}
	}
	return false;
}

static void what_pcp(const struct asking *q, const struct zone *z, pfn_t pfn)
{
	for (uint32_t cpu = 0; z && cpu < q->m->config.cpus; cpu++)
		for (unsigned order = 0; order < PCP_ORDERS; order++)
			if (what_pcp_list(q, &z->pcp[cpu], cpu, order, pfn))
				return;
	tell(q, PCP_ON_ITS_WAY, 0);
}

/* ---- since boot ---- */

static void what_reserved(const struct asking *q, pfn_t pfn, uint32_t offset)
{
	const struct machine *m = q->m;
	pfn_t image = pfn - m->kernel_image_pfn, hash = pfn - m->boot_hash_pfn, of;
	pfn_t bounce = pfn - m->bounce_pfn;

	if (image < m->nr_kernel_image_pages)
		tell(q, BOOT_IMAGE, image, m->nr_kernel_image_pages);
	else if (is_mem_map(m, pfn, offset, &of) && of != PFN_NONE)
		tell(q, BOOT_MEM_MAP, of, pfn_to_kva(m, pfn) + offset - page_struct_place(m, of));
	else if (is_mem_map(m, pfn, offset, &of))
		tell(q, BOOT_MEM_MAP_END, 0);
	else if (hash < m->nr_boot_hash_pages)
		tell(q, BOOT_HASH, hash, m->nr_boot_hash_pages);
	else if (bounce < m->nr_bounce_pages)
		tell(q, BOOT_BOUNCE, bounce, m->nr_bounce_pages);
	else if (pfn < m->profile->low_reserved)
		tell(q, BOOT_LOW, m->profile->low_reserved << PAGE_SHIFT);
	else
		tell(q, BOOT_OTHER, 0);
}

/* ---- blocks of the kernel ---- */

/* Head of the allocated block that holds pfn: a single frame is its own. */
static pfn_t compound_head(const struct machine *m, pfn_t pfn)
{
	for (unsigned k = 0; k < MAX_ORDER; k++) {
		pfn_t head = pfn & ~((1u << k) - 1);
		const struct page *p = &m->mem_map[head];

		if ((p->flags & PG_COMPOUND) && p->order >= k)
			return head;
	}
	return pfn;
}

static void what_kernel_block(const struct asking *q, pfn_t pfn)
{
	const struct machine *m = q->m;
	pfn_t head = compound_head(m, pfn);
	const struct page *p = &m->mem_map[head];

	tell(q, KERNEL_BLOCK, head, p->flags & PG_COMPOUND ? p->order : 0, pfn - head);
}

static void what_stack(const struct asking *q, pfn_t pfn)
{
	const struct machine *m = q->m;
	const struct task *t = find_task(m, m->mem_map[pfn].index);
	uint32_t pages = m->profile->thread_size >> PAGE_SHIFT;
	pfn_t first = t && t->stack != PFN_NONE ? t->stack : pfn & ~(pages - 1);

	tell(q, STACK, m->mem_map[pfn].index, pfn - first, pages);
}

/* ---- page tables ---- */

/* Where the tables under entry[0 .. n) of a level name table pfn: the address that its entry 0 is for.  False: none
 * does. */
static bool find_table(const struct machine *m, const pte_t *entry, unsigned level, uint64_t base,
		       pfn_t pfn, unsigned wanted, uint64_t *va)
{
	for (unsigned i = 0; entry && i < pt_entries(m, level); i++) {
		uint64_t at = base + i * pt_span(m, level);

		if (!(entry[i] & PTE_P) || (entry[i] & PTE_PSE))
			continue;
		if (level + 1 == wanted && pte_pfn(entry[i]) == pfn) {
			*va = at;
			return true;
		}
		if (level + 1 < wanted &&
		    find_table(m, pt_table(m, entry[i]), level + 1, at, pfn, wanted, va))
			return true;
	}
	return false;
}

/* The address that entry 0 of a table is for, in the tables under top. False: it is in none. */
static bool table_base(const struct machine *m, pfn_t top, const pte_t *entry, pfn_t pfn,
		       uint64_t *va)
{
	unsigned level = m->mem_map[pfn].level;

	*va = 0;
	if (level == 0)
		return pfn == top;
	return find_table(m, entry, 0, 0, pfn, level, va);
}

/* One entry of a table, of process pid (0: the kernel's). */
static void what_table_entry(const struct asking *q, uint32_t pid, pfn_t pfn, uint64_t base,
			     uint32_t offset)
{
	const struct machine *m = q->m;
	const struct page *p = &m->mem_map[pfn];
	const pte_t *entry = p->mapping;
	unsigned i = offset / m->profile->pte_bytes;
	uint64_t va = base + i * pt_span(m, p->level);

	if (i >= pt_entries(m, p->level) || !entry)
		return;
	if (pid)
		tell(q, TABLE_ENTRY, pid, i, va, entry[i]);
	else
		tell(q, TABLE_KERNEL_ENTRY, i, va, entry[i]);
}

static void what_table(const struct asking *q, pfn_t pfn, uint32_t offset)
{
	const struct machine *m = q->m;
	const struct page *p = &m->mem_map[pfn];
	const struct task *t = p->index ? find_task(m, p->index) : NULL;
	uint64_t base, span = pt_span(m, p->level) * pt_entries(m, p->level);

	if (table_base(m, m->swapper_pg_dir, m->kernel_pgd, pfn, &base)) {
		tell(q, TABLE_KERNEL, p->level, base, base + span);
		what_table_entry(q, 0, pfn, base, offset);
	} else if (t && t->mm && table_base(m, t->mm->pgd, t->mm->pgd_entry, pfn, &base)) {
		tell(q, TABLE, t->pid, p->level, base, base + span);
		what_table_entry(q, t->pid, pfn, base, offset);
	} else {
		tell(q, TABLE_UNLINKED, p->index, p->level);
	}
}

/* ---- pages of processes ---- */

static void what_anon(const struct asking *q, const struct page *p)
{
	const struct anon_vma *av = p->mapping;

	if (av)
		tell(q, ANON, page_index(p), av->id, p->flags);
	else
		tell(q, ANON_NEW, 0);
}

/* A page of a file, or of shared anonymous memory. */
static void what_cached(const struct asking *q, const struct page *p)
{
	const struct address_space *as = p->mapping;
	const struct file *f = as ? as->host : NULL;
	uint64_t index = page_index(p), end = (index + 1) << PAGE_SHIFT;

	if (!f) {
		tell(q, PAGES_NEW, 0);
	} else if (p->use == FRAME_SHMEM) {
		tell(q, SHMEM, index, f->nr_pages);
	} else {
		tell_name(q, f->name, FILE, index, f->nr_pages);
		if (index + 1 == f->nr_pages && end > f->bytes)
			tell(q, FILE_TAIL, f->bytes % PAGE_SIZE);
	}
}

/* Mappers on their way into facts. */
struct mappers {
	const struct asking *q;
	uint32_t nr;
};

static bool what_mapper(void *ctx, const struct rmap_entry *e)
{
	struct mappers *k = ctx;

	if (k->nr++ < MAPPERS_MAX)
		tell(k->q, MAPPED, mm_pid(e->vma->mm), e->va, *e->entry);
	return true;
}

void what_mappers(const struct asking *q, pfn_t pfn)
{
	struct mappers k = {.q = q};

	rmap_walk(q->m, pfn, what_mapper, &k);
	if (k.nr > MAPPERS_MAX)
		tell(q, MAPPED_MORE, k.nr - MAPPERS_MAX);
	else if (k.nr == 0)
		tell(q, MAPPED_NOT, 0);
}

/* ---- a frame ---- */

static void what_use(const struct asking *q, const struct zone *z, pfn_t pfn, uint32_t offset)
{
	const struct page *p = &q->m->mem_map[pfn];

	switch ((enum frame_use)p->use) {
	case FRAME_FREE:
		what_free_block(q, z, pfn);
		break;
	case FRAME_PCP:
		what_pcp(q, z, pfn);
		break;
	case FRAME_HOLE:
		tell(q, HOLE, 0);
		break;
	case FRAME_RESERVED:
		what_reserved(q, pfn, offset);
		break;
	case FRAME_KERNEL:
		what_kernel_block(q, pfn);
		break;
	case FRAME_STACK:
		what_stack(q, pfn);
		break;
	case FRAME_SLAB:
		what_slab(q, pfn_to_kva(q->m, pfn) + offset);
		break;
	case FRAME_TABLE:
		what_table(q, pfn, offset);
		break;
	case FRAME_ANON:
		what_anon(q, p);
		break;
	case FRAME_ZERO:
		tell(q, ZERO, 0);
		break;
	default:
		what_cached(q, p);
		break;
	}
}

/* The node and the section, where there are several. */
static void what_place_of(const struct asking *q, const struct zone *z, pfn_t pfn)
{
	const struct machine *m = q->m;
	const struct mem_section *s = pfn_to_section(m, pfn);

	if (z && m->nr_nodes > 1)
		tell(q, FRAME_NODE, z->node, node_distance(m, numa_node_id(m), z->node), m->cpu,
		     numa_node_id(m));
	if (s && s->present)
		tell(q, SECTION, s - m->mem_section, section_start_pfn(m, s), s->mem_map_pfn);
	else if (s)
		tell(q, SECTION_EMPTY, s - m->mem_section, section_start_pfn(m, s));
}

void what_frame(const struct asking *q, pfn_t pfn, uint32_t offset)
{
	const struct machine *m = q->m;
	const struct page *p = &m->mem_map[pfn];
	const struct zone *z = page_zone_const(m, pfn);
	paddr_t phys = ((paddr_t)pfn << PAGE_SHIFT) + offset;

	if (z)
		tell(q, FRAME, pfn, z->node, z->id, phys);
	else
		tell(q, FRAME_NO_ZONE, pfn, phys);
	what_place_of(q, z, pfn);
	if (p->use != FRAME_HOLE) {
		if (pfn < m->max_low_pfn)
			tell(q, FRAME_KVA, pfn_to_kva(m, pfn) + offset);
		else if (page_address(m, pfn))
			tell(q, FRAME_KMAP, page_address(m, pfn) + offset);
		else
			tell(q, FRAME_HIGH, 0);
		if (z && m->group_by_mobility)
			tell(q, PAGEBLOCK, pageblock_type(m, z, pfn));
		tell(q, STRUCT_PAGE, page_struct_address(m, pfn), p->refcount, p->mapcount,
		     p->flags);
	}
	if (page_is_user(p))
		tell(q, CONTENT, page_tag(p));
	what_kernel_names(q, phys, true);
	if (pfn < m->max_low_pfn)
		what_kernel_names(q, pfn_to_kva(m, pfn) + offset, false);
	what_use(q, z, pfn, offset);
	if (page_is_user(p))
		what_mappers(q, pfn);
}
