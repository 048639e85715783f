/*
 * Fields say what can be reckoned from the machine by another way: counts from frames, entries and lists themselves.
 */
#include "tests/field_truth.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "src/fields.h"
#include "sim/pgtable.h"
#include "sim/vma.h"

/* What frames and entries say, gone through once for each moment. */
struct truth {
	const struct machine *m;
	uint32_t *mapped;                           /* of each frame: entries of processes     */
	uint32_t free_blocks[MAX_ZONES][MAX_ORDER]; /* heads of buddy blocks                */
	uint32_t frames[MAX_ZONES], at_cpus[MAX_ZONES];
};

/* ---- fields by name ---- */

static bool has(const struct truth *w, const struct object *o, const char *name, struct field *f)
{
	return find_field(w->m, o, name, f);
}

static uint64_t number(const struct truth *w, const struct object *o, const char *name)
{
	struct field f = {.value = 0};

	ck_assert_msg(has(w, o, name, &f), "%s has no field %s", object_struct(w->m, o->kind),
		      name);
	return f.value;
}

/* Of names in two generations the one that it has. */
static uint64_t either(const struct truth *w, const struct object *o, const char *classic,
		       const char *modern)
{
	return number(w, o, w->m->profile->slab_61 ? modern : classic);
}

/* ---- what a pointer must lead to ---- */

static const struct {
	const char *type;
	enum object_kind kind, or_kind;
} pointers[] = {
	{"struct zone *", OBJ_ZONE, OBJ_ZONE},
	{"struct pglist_data *", OBJ_NODE, OBJ_NODE},
	{"struct mem_section *", OBJ_SECTION, OBJ_SECTION},
	{"struct free_area *", OBJ_FREE_AREA, OBJ_FREE_AREA},
	{"struct task_struct *", OBJ_TASK, OBJ_TASK},
	{"struct mm_struct *", OBJ_MM, OBJ_MM},
	{"struct vm_area_struct *", OBJ_VMA, OBJ_VMA},
	{"struct anon_vma *", OBJ_ANON_VMA, OBJ_ANON_VMA},
	{"struct file *", OBJ_FILE, OBJ_FILE},
	{"struct address_space *", OBJ_MAPPING, OBJ_ANON_VMA},
	{"struct page *", OBJ_PAGE, OBJ_PAGE},
	{"struct page", OBJ_PAGE, OBJ_PAGE},
	{"struct kmem_cache *", OBJ_CACHE, OBJ_CACHE},
	{"kmem_cache_t *", OBJ_CACHE, OBJ_CACHE},
	{"struct slab *", OBJ_SLAB, OBJ_SLAB},
	{"struct vm_struct *", OBJ_VM_STRUCT, OBJ_VM_STRUCT},
	{"spinlock_t", OBJ_LOCK, OBJ_LOCK},
	{"pgd_t *", OBJ_TABLE, OBJ_TABLE},
	{"pte_t *", OBJ_TABLE, OBJ_ENTRY},
};

void truth_of_field(const struct truth *w, const struct object *o, const struct field *f)
{
	const char *of = object_struct(w->m, o->kind);
	vaddr_t kva;

	if (!f->target.kind)
		return;
	ck_assert_msg(object_exists(w->m, &f->target), "%s.%s leads to what is not there", of,
		      f->name);
	for (size_t i = 0; i < sizeof(pointers) / sizeof(*pointers); i++)
		if (strcmp(pointers[i].type, f->type) == 0)
			ck_assert_msg(f->target.kind == pointers[i].kind ||
					      f->target.kind == pointers[i].or_kind,
				      "%s.%s, a %s, leads to %s", of, f->name, f->type,
				      object_struct(w->m, f->target.kind));
	if (f->form == FORM_POINTER && f->target.kind != OBJ_ENTRY &&
	    object_address(w->m, &f->target, &kva))
		ck_assert_uint_eq(f->value, kva);
}

/* What comes next has this one before it. */
static void hold_neighbours(const struct truth *w, const struct object *o)
{
	static const char *const pairs[][2] = {
		{"list.next", "list.prev"},
		{"slab_list.next", "slab_list.prev"},
		{"tasks.next", "tasks.prev"},
		{"vm_next", "vm_prev"},
		{"lru.next", "lru.prev"},
		{"next", "prev"},
		{"same_anon_vma.next", "same_anon_vma.prev"},
	};
	struct field next, back;

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		if (has(w, o, pairs[i][0], &next) && next.target.kind &&
		    has(w, &next.target, pairs[i][1], &back))
			ck_assert(same_object(&back.target, o));
}

/* ---- a pass over everything ---- */

static void count_entries(struct truth *w, const struct vma *v)
{
	for (uint64_t va = v->start; va < v->end; va += PAGE_SIZE) {
		const pte_t *e = pte_offset(w->m, v->mm, (vaddr_t)va);

		if (!e)
			va = pt_next(w->m, v->mm, va, v->end) - PAGE_SIZE;
		else if (pte_present(*e))
			w->mapped[pte_pfn(*e)]++;
	}
}

static void count_frame(struct truth *w, pfn_t pfn)
{
	const struct page *p = pfn_page(w->m, pfn);
	const struct zone *z = page_zone_const(w->m, pfn);

	if (!z)
		return;
	w->frames[z->id] += p->use != FRAME_HOLE;
	w->at_cpus[z->id] += p->use == FRAME_PCP;
	if (p->flags & PG_BUDDY)
		w->free_blocks[z->id][p->order]++;
}

struct truth *truth_of(const struct machine *m)
{
	struct truth *w = calloc(1, sizeof(*w));

	ck_assert_ptr_nonnull(w);
	w->m = m;
	w->mapped = calloc(m->max_pfn, sizeof(*w->mapped));
	ck_assert_ptr_nonnull(w->mapped);
	for (pfn_t pfn = 0; pfn < m->max_pfn; pfn++)
		count_frame(w, pfn);
	for (const struct task *t = m->tasks; t; t = t->next)
		for (const struct vma *v = t->mm->mmap; v; v = v->next)
			count_entries(w, v);
	return w;
}

void truth_free(struct truth *w)
{
	free(w->mapped);
	free(w);
}

/* ---- kind by kind ---- */

static void hold_zone(const struct truth *w, const struct object *o)
{
	uint64_t free_pages = 0, at_cpus = 0;

	for (unsigned k = 0; k < MAX_ORDER; k++)
		free_pages += (uint64_t)w->free_blocks[o->id][k] << k;
	for (uint32_t cpu = 0; cpu < w->m->config.cpus; cpu++) {
		struct object pcp = make_object(OBJ_PCP, o->id, cpu);

		at_cpus += number(w, &pcp, "count");
	}
	ck_assert_uint_eq(either(w, o, "free_pages", "vm_stat[NR_FREE_PAGES]"), free_pages);
	ck_assert_uint_eq(at_cpus, w->at_cpus[o->id]);
	ck_assert_uint_eq(number(w, o, "present_pages"), w->frames[o->id]);
	ck_assert_uint_le(number(w, o, "managed_pages"), number(w, o, "present_pages"));
}

static void hold_free_area(const struct truth *w, const struct object *o)
{
	uint64_t nr = w->free_blocks[o->id][o->sub];
	struct field zone;

	ck_assert_uint_eq(number(w, o, "nr_free"), nr);
	ck_assert_uint_eq(number(w, o, "pages"), nr << o->sub);
	ck_assert(has(w, o, "zone", &zone) && zone.target.id == o->id);
}

static void hold_node(const struct truth *w, const struct object *o)
{
	uint64_t present = 0, zones = 0;

	for (uint32_t id = 0; id < w->m->nr_nodes * MAX_NR_ZONES; id++) {
		const struct zone *z = zone_by_id(w->m, id);

		if (z->node != o->id || !z->name || !w->frames[id])
			continue;
		present += w->frames[id];
		zones++;
		ck_assert_uint_ge(z->start_pfn, number(w, o, "node_start_pfn"));
	}
	ck_assert_uint_eq(number(w, o, "node_present_pages"), present);
	ck_assert_uint_ge(number(w, o, "nr_zones"), zones);
}

/* Counted from the list of areas and from their entries. */
static void hold_mm(const struct truth *w, const struct object *o)
{
	const struct mm *mm = find_mm(w->m, o);
	uint64_t areas = 0, pages = 0, resident = 0;

	for (const struct vma *v = mm->mmap; v; v = v->next, areas++) {
		pages += (v->end - v->start) / PAGE_SIZE;
		for (uint64_t va = v->start; va < v->end; va += PAGE_SIZE) {
			const pte_t *e = pte_offset(w->m, mm, (vaddr_t)va);

			if (!e)
				va = pt_next(w->m, mm, va, v->end) - PAGE_SIZE;
			else
				resident += pte_present(*e) && !(*e & PTE_SPECIAL) &&
					    pte_pfn(*e) != w->m->zero_page;
		}
	}
	ck_assert_uint_eq(number(w, o, "map_count"), areas);
	ck_assert_uint_eq(number(w, o, "total_vm"), pages);
	ck_assert_uint_eq(number(w, o, "rss"), resident);
	ck_assert_uint_eq(either(w, o, "anon_rss", "rss_stat[MM_ANONPAGES]") +
				  either(w, o, "file_rss", "rss_stat[MM_FILEPAGES]"),
			  resident);
}

static void hold_anon_vma(const struct truth *w, const struct object *o)
{
	uint64_t links = 0;

	for (const struct task *t = w->m->tasks; t; t = t->next)
		for (const struct vma *v = t->mm->mmap; v; v = v->next)
			for (const struct anon_vma_chain *c = v->chain; c; c = c->next)
				links += c->anon_vma->kobj == o->id;
	ck_assert_uint_eq(number(w, o, "refcount"), links);
}

static void hold_page(const struct truth *w, const struct object *o)
{
	const struct page *p = pfn_page(w->m, (pfn_t)o->id);
	struct field zone;

	if (o->id != w->m->zero_page)
		ck_assert_uint_eq(number(w, o, "_mapcount"), w->mapped[o->id]);
	ck_assert_uint_ge(either(w, o, "_count", "_refcount"), number(w, o, "_mapcount"));
	if (p->flags & PG_BUDDY)
		ck_assert_uint_eq(either(w, o, "_count", "_refcount"), 0);
	if (has(w, o, "zone", &zone) && zone.target.kind)
		ck_assert_uint_lt(o->id - number(w, &zone.target, "zone_start_pfn"),
				  number(w, &zone.target, "spanned_pages"));
}

static void hold_file(const struct truth *w, const struct object *o)
{
	uint64_t areas = 0;

	for (const struct task *t = w->m->tasks; t; t = t->next)
		for (const struct vma *v = t->mm->mmap; v; v = v->next)
			areas += v->file && v->file->id == o->id;
	ck_assert_uint_eq(number(w, o, "nr_areas"), areas);
}

static void hold_mapping(const struct truth *w, const struct object *o)
{
	const struct file *f = find_file(w->m, o);
	uint64_t pages = 0;

	for (pfn_t pfn = 0; pfn < w->m->max_pfn; pfn++) {
		const struct page *p = pfn_page(w->m, pfn);

		pages +=
			(p->use == FRAME_FILE || p->use == FRAME_SHMEM) && p->mapping == f->mapping;
	}
	ck_assert_uint_eq(number(w, o, "nrpages"), pages);
}

static uint64_t busy_objects(const struct slab *s)
{
	uint64_t nr = 0;

	for (uint32_t i = 0; i < s->cache->num; i++)
		nr += s->busy[i];
	return nr;
}

static void hold_cache(const struct truth *w, const struct object *o)
{
	const struct kmem_cache *c = find_cache(w->m, o);
	const struct slab *const first[] = {c->slabs_full.first, c->slabs_partial.first,
					    c->slabs_free.first};
	static const char *const name[] = {"slabs_full", "slabs_partial", "slabs_free"};
	uint64_t active = 0, free_objects = 0;

	for (int list = 0; list < 3; list++) {
		uint64_t slabs = 0;

		for (const struct slab *s = first[list]; s; s = s->next, slabs++) {
			active += busy_objects(s);
			free_objects += c->num - s->inuse;
		}
		ck_assert_uint_eq(number(w, o, name[list]), slabs);
	}
	ck_assert_uint_eq(number(w, o, "active_objs"), active);
	if (w->m->profile->slab_61)
		ck_assert_uint_eq(number(w, o, "free_objects"), free_objects);
}

static void hold_slab(const struct truth *w, const struct object *o)
{
	const struct slab *s = find_slab(w->m, o);
	uint64_t out = busy_objects(s);

	ck_assert_uint_ge(either(w, o, "inuse", "active"), out);
	ck_assert_uint_le(either(w, o, "inuse", "active"), s->cache->num);
	ck_assert_uint_ge(number(w, o, "s_mem"), pfn_to_kva(w->m, (pfn_t)o->id));
}

/* The kernel's own entries have the frames that the area says. */
static void hold_vm_struct(const struct truth *w, const struct object *o)
{
	const struct vm_struct *a = find_vm_struct(w->m, o);
	uint64_t nr = number(w, o, "nr_pages");

	ck_assert_uint_eq(number(w, o, "size"), a->end - a->start);
	for (uint64_t i = 0; i < nr; i++) {
		const pte_t *e = kernel_pte(w->m, (vaddr_t)(a->start + i * PAGE_SIZE));

		ck_assert(e && pte_present(*e) && pte_pfn(*e) == a->page[i]);
	}
}

static void hold_pkmap(const struct truth *w, const struct object *o)
{
	uint64_t free_slots = 0;

	for (uint32_t i = 0; i < w->m->profile->last_pkmap; i++) {
		const pte_t *e = kernel_pte(w->m, w->m->map.pkmap_base + (vaddr_t)i * PAGE_SIZE);

		free_slots += !e || !pte_present(*e);
	}
	ck_assert_uint_eq(number(w, o, "free"), free_slots);
}

void truth_of_object(const struct truth *w, const struct object *o)
{
	static void (*const hold[NR_OBJECT_KINDS])(const struct truth *, const struct object *) = {
		[OBJ_ZONE] = hold_zone, [OBJ_FREE_AREA] = hold_free_area, [OBJ_NODE] = hold_node,
		[OBJ_MM] = hold_mm,     [OBJ_ANON_VMA] = hold_anon_vma,   [OBJ_PAGE] = hold_page,
		[OBJ_FILE] = hold_file, [OBJ_MAPPING] = hold_mapping,     [OBJ_CACHE] = hold_cache,
		[OBJ_SLAB] = hold_slab, [OBJ_VM_STRUCT] = hold_vm_struct, [OBJ_PKMAP] = hold_pkmap,
	};

	hold_neighbours(w, o);
	if (hold[o->kind])
		hold[o->kind](w, o);
}
