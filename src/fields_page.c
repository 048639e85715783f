/*
 * Fields of frames, files and page tables.
 */
#include <stdio.h>
#include <string.h>

#include "fields_put.h"
#include "sim/page_alloc.h"
#include "sim/arm_pte.h"
#include "sim/pgtable.h"
#include "sim/rmap.h"
#include "sim/vma.h"

static const struct object none;

/* ---- struct page ---- */

/* Names of what is set in flags, and of what the kernel knows by a page's type. */
static const char *page_flags(const struct page *p, char text[FIELD_TEXT])
{
	static const char *const by_use[NR_FRAME_USES] = {
		[FRAME_RESERVED] = "reserved", [FRAME_HOLE] = "reserved", [FRAME_SLAB] = "slab",
		[FRAME_TABLE] = "table",       [FRAME_ZERO] = "reserved",
	};

	snprintf(text, FIELD_TEXT, "%s%s%s%s%s%s%s", p->flags & PG_UPTODATE ? " uptodate" : "",
		 p->flags & PG_DIRTY ? " dirty" : "",
		 p->use == FRAME_SLAB && p->flags & PG_COMPOUND ? " head" : "",
		 by_use[p->use] ? " " : "", by_use[p->use] ? by_use[p->use] : "",
		 p->flags & PG_SWAPBACKED ? " swapbacked" : "",
		 p->flags & PG_EXCLUSIVE ? " anon_exclusive" : "");
	if (p->flags & PG_BUDDY)
		snprintf(text, FIELD_TEXT, " buddy");
	return text[0] ? text + 1 : "0";
}

/* What page->mapping leads to, by what the frame is used for. */
static struct object page_owner(const struct page *p)
{
	if (!p->mapping)
		return none;
	if (p->use == FRAME_ANON)
		return anon_vma_object(p->mapping);
	if (p->use == FRAME_FILE || p->use == FRAME_SHMEM)
		return mapping_object(p->mapping);
	return none;
}

/* Frame 0 is on no list: it stands for none, as at the ends of lists. */
static struct object list_neighbour(pfn_t pfn) { return page_object(pfn ? pfn : PFN_NONE); }

static vaddr_t page_virtual(const struct machine *m, pfn_t pfn)
{
	return pfn < m->max_low_pfn ? pfn_to_kva(m, pfn) : 0;
}

static struct object page_zone_object(const struct machine *m, pfn_t pfn)
{
	const struct zone *z = page_zone_const(m, pfn);

	return make_object(z ? OBJ_ZONE : OBJ_NONE, z ? z->id : 0, 0);
}

/* The kind of the stretch of frames around it. */
static const char *pageblock_text(const struct machine *m, pfn_t pfn)
{
	static const char *const name[MIGRATE_TYPES] = {
		[MIGRATE_UNMOVABLE] = "MIGRATE_UNMOVABLE",
		[MIGRATE_MOVABLE] = "MIGRATE_MOVABLE",
		[MIGRATE_RECLAIMABLE] = "MIGRATE_RECLAIMABLE",
		[MIGRATE_HIGHATOMIC] = "MIGRATE_HIGHATOMIC",
	};
	const struct zone *z = page_zone_const(m, pfn);

	return z ? name[pageblock_type(m, z, pfn)] : "";
}

static const char *content_text(const struct page *p, char text[FIELD_TEXT])
{
	snprintf(text, FIELD_TEXT, "\"%.*s\"", TAG_LEN, p->tag);
	return text;
}

/* The address that a process's table at a level begins at; false: the process does not reach it. */
static bool find_table_address(const struct machine *m, uint32_t pid, unsigned level, pfn_t pfn,
			       vaddr_t *va)
{
	const struct task *t = pid ? find_task(m, pid) : NULL;
	const pte_t *pgd = t ? t->mm->pgd_entry : m->kernel_pgd;
	vaddr_t first = t ? 0 : m->map.kernel_base;
	vaddr_t last = t ? m->map.task_size - 1 : in_word(m, UINT64_MAX);
	uint64_t step = level ? pt_span(m, level - 1) : last - first + 1, next;

	if (pid && !t)
		return false;
	for (uint64_t at = first; at >= first && at <= last; at = next) {
		struct object o = table_object(pid, (vaddr_t)at, level);
		struct place_in_table place;

		next = level ? pt_hole_end(m, pgd, at, level - 1, at + step) : at + step;
		*va = (vaddr_t)at;
		if (find_table(m, &o, &place) && place.pfn == pfn)
			return true;
	}
	return false;
}

/* A table: the process's, or the kernel's own. */
static void put_table(struct fields *r, const struct page *p, pfn_t pfn)
{
	vaddr_t va;

	if (find_table_address(r->m, p->index, p->level, pfn, &va))
		put_pointer(r, "table", "pte_t *", table_object(p->index, va, p->level),
			    N_("the page table that it holds"));
}

struct mapped {
	struct fields *r;
	uint32_t nr;
	int32_t total;
};

static bool put_mapping(void *ctx, const struct rmap_entry *e)
{
	struct mapped *w = ctx;
	unsigned leaf = w->r->m->profile->pt_levels - 1u;

	if (list_is_full(w->r, w->nr, (uint64_t)w->total))
		return false;
	put_item(w->r, "rmap", w->nr++, "pte_t", entry_object(mm_pid(e->vma->mm), e->va, leaf),
		 N_("an entry that maps it, found from mapping and index"));
	return true;
}

/* What follows from the use of the frame. */
static void put_use(struct fields *r, const struct page *p, pfn_t pfn)
{
	const struct zone *z = page_zone_const(r->m, pfn);
	struct mapped walk = {.r = r, .total = p->mapcount};

	switch (p->use) {
	case FRAME_FREE:
		if (z && (p->flags & PG_BUDDY))
			put_pointer(r, "free_area", "struct free_area *",
				    make_object(OBJ_FREE_AREA, z->id, p->order),
				    N_("the free blocks of its order"));
		break;
	case FRAME_SLAB:
		put_pointer(r, "slab", "struct slab *", slab_object_of(p->mapping),
			    N_("the slab that lies on it"));
		break;
	case FRAME_TABLE:
		put_table(r, p, pfn);
		break;
	case FRAME_STACK:
		put_pointer(r, "task", "struct task_struct *",
			    task_object(find_task(r->m, p->index)),
			    N_("the process whose kernel stack it is part of"));
		break;
	default:
		rmap_walk(r->m, pfn, put_mapping, &walk);
		break;
	}
}

void page_fields(struct fields *r, const struct object *o)
{
	const struct machine *m = r->m;
	pfn_t pfn = object_nr(o);
	const struct page *p = pfn_page(m, pfn);
	char text[FIELD_TEXT];

#include "struct_page.def"
	if (m->profile->mobility_types)
		put_string(r, "pageblock", "enum migratetype", pageblock_text(m, pfn),
			   N_("which kind of pages its stretch of frames is kept for"));
	if (m->memory_model == MEMORY_SPARSE)
		put_pointer(r, "section", "struct mem_section *", section_object(m, pfn),
			    N_("the stretch of memory whose part of mem_map this is in"));
	put_use(r, p, pfn);
}

/* ---- files ---- */

void file_fields(struct fields *r, const struct object *o)
{
	const struct machine *m = r->m;
	const struct file *f = find_file(m, o);

#include "struct_file.def"
}

void mapping_fields(struct fields *r, const struct object *o)
{
	const struct file *f = find_file(r->m, o);
	const struct address_space *as = f->mapping;
	uint32_t nr = 0;
	pfn_t pfn;

#include "struct_mapping.def"
	put_group(r, N_("Areas that map it"));
	for (const struct vma *v = as->i_mmap; v && !list_is_full(r, nr, f->nr_areas);
	     v = v->next_share)
		put_item(r, "i_mmap", nr++, "struct vm_area_struct", vma_object(v),
			 N_("an area, in the order in which they were mapped"));
	put_group(r, N_("Pages"));
	nr = 0;
	for (uint64_t i = 0; (pfn = radix_tree_next(&as->i_pages, &i)) != PFN_NONE &&
			     !list_is_full(r, nr++, as->nrpages);
	     i++)
		put_item(r, "i_pages", i, "struct page *", page_object(pfn),
			 N_("a page in memory, by its offset in the file"));
}

/* ---- page tables ---- */

static struct object mm_of(const struct machine *m, uint32_t pid)
{
	const struct task *t = pid ? find_task(m, pid) : NULL;

	return mm_object(t ? t->mm : NULL);
}

static struct object area_of(const struct machine *m, uint32_t pid, vaddr_t va)
{
	const struct task *t = pid ? find_task(m, pid) : NULL;
	const struct vma *v = t && t->mm ? mm_area_at(t->mm, va) : NULL;

	return vma_object(v && v->start <= va ? v : NULL);
}

static struct object entry_above(const struct object *o, const struct place_in_table *at)
{
	if (at->level == 0)
		return none;
	return entry_object(object_nr(o), at->va, at->level - 1);
}

/* The page that an entry maps, or the next table. */
static struct object entry_target(const struct machine *m, const struct object *o,
				  const struct place_in_table *at)
{
	pte_t e = at->entry[at->index];

	if (!pte_present(e))
		return none;
	if (at->level + 1u < m->profile->pt_levels && !(e & PTE_PSE))
		return table_object(object_nr(o), at->va, at->level + 1);
	return pte_pfn(e) < m->max_pfn ? page_object(pte_pfn(e)) : none;
}

/* Entries of 32 bits have no room for it; ARM has a bit of its own. */
static void put_nx(struct fields *r, pte_t e)
{
	if (r->m->profile->has_nx)
		put_number(r, "NX", r->m->profile->soft_young_dirty ? "XN" : "bit 63", FORM_COUNT,
			   (e & PTE_NX) != 0, none, N_("no instruction may be fetched from here"));
}

void entry_fields(struct fields *r, const struct object *o)
{
	const struct machine *m = r->m;
	struct place_in_table at;
	pte_t e;

	if (!find_table(m, o, &at))
		return;
	e = at.entry[at.index];
#include "struct_entry.def"
	if (m->profile->soft_young_dirty && at.level + 1u == m->profile->pt_levels) {
#include "struct_entry_arm.def"
	}
}

static uint64_t table_span(const struct machine *m, const struct place_in_table *at)
{
	return pt_span(m, at->level) * pt_entries(m, at->level);
}

static vaddr_t table_start(const struct machine *m, const struct place_in_table *at)
{
	return (vaddr_t)(at->va & ~(table_span(m, at) - 1));
}

static uint32_t nr_present(const struct machine *m, const struct place_in_table *at)
{
	uint32_t nr = 0;

	for (unsigned i = 0; i < pt_entries(m, at->level); i++)
		nr += pte_present(at->entry[i]);
	return nr;
}

/* How many entries from index on map one run of memory, large page beside large page. */
static unsigned large_run(const struct machine *m, const struct place_in_table *at, unsigned index)
{
	pte_t first = at->entry[index];
	uint64_t step = pt_span(m, at->level);
	unsigned n = 1;

	while ((first & PTE_PSE) && index + n < pt_entries(m, at->level) &&
	       at->entry[index + n] == first + n * step)
		n++;
	return n;
}

void table_fields(struct fields *r, const struct object *o)
{
	const struct machine *m = r->m;
	struct place_in_table at;
	uint32_t nr = 0, total;
	unsigned run;

	if (!find_table(m, o, &at))
		return;
	total = nr_present(m, &at);
#include "struct_table.def"
	put_group(r, N_("Entries that are present"));
	for (unsigned i = 0; i < pt_entries(m, at.level); i += run) {
		vaddr_t va = (vaddr_t)(table_start(m, &at) + i * pt_span(m, at.level));
		char name[FIELD_NAME];

		run = 1;
		if (!pte_present(at.entry[i]))
			continue;
		if (list_is_full(r, nr++, total))
			break;
		run = large_run(m, &at, i);
		snprintf(name, sizeof(name), run > 1 ? "[%u..%u]" : "[%u]", i, i + run - 1);
		put_pointer(r, name, "pte_t", entry_object(object_nr(o), va, at.level),
			    N_("an entry of this table; a row of large pages stands in one line"));
	}
}
