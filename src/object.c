/*
 * Objects: from the machine's pointers to names that hold at every moment, and back.
 *
 * Back is a search each time: a debugger does the same.  It is done for one object at a time, when somebody looks.
 */
#include "object.h"

#include "i18n.h"

#include "sim/pgtable.h"

enum { LEVEL_MASK = PAGE_SIZE - 1, TASK_STRUCT = 0, FILP = 2 };

/* ---- to objects ---- */

static const struct object none;

struct object task_object(const struct task *t)
{
	return t ? make_object(OBJ_TASK, t->pid, 0) : none;
}

struct object mm_object(const struct mm *mm)
{
	return mm ? make_object(OBJ_MM, mm->kobj, 0) : none;
}

struct object tree_object(const struct mm *mm)
{
	return mm ? make_object(OBJ_TREE, mm->kobj, 0) : none;
}

struct object vma_object(const struct vma *v)
{
	return v ? make_object(OBJ_VMA, v->kobj, 0) : none;
}

struct object anon_vma_object(const struct anon_vma *av)
{
	return av ? make_object(OBJ_ANON_VMA, av->kobj, 0) : none;
}

struct object avc_object(const struct anon_vma_chain *avc)
{
	return avc ? make_object(OBJ_AVC, avc->kobj, 0) : none;
}

struct object file_object(const struct file *f)
{
	return f ? make_object(OBJ_FILE, f->id, 0) : none;
}

struct object mapping_object(const struct address_space *as)
{
	return as && as->host ? make_object(OBJ_MAPPING, as->host->id, 0) : none;
}

struct object cache_object(const struct kmem_cache *c)
{
	return c ? make_object(OBJ_CACHE, c->kobj, 0) : none;
}

struct object slab_object_of(const struct slab *s)
{
	return s ? make_object(OBJ_SLAB, s->pfn, 0) : none;
}

struct object section_object(const struct machine *m, pfn_t pfn)
{
	const struct mem_section *s = pfn_to_section(m, pfn);

	return s ? make_object(OBJ_SECTION, (uint32_t)(s - m->mem_section), 0)
		 : make_object(OBJ_NONE, 0, 0);
}

struct object vm_struct_object(const struct vm_struct *a)
{
	return a ? make_object(OBJ_VM_STRUCT, a->start, 0) : none;
}

struct object vmap_range_object(const struct vmap_range *f)
{
	return f ? make_object(OBJ_VMAP_RANGE, f->start, 0) : none;
}

struct object page_object(pfn_t pfn)
{
	return pfn == PFN_NONE ? none : make_object(OBJ_PAGE, pfn, 0);
}

struct object entry_object(uint32_t pid, vaddr_t va, unsigned level)
{
	return make_object(OBJ_ENTRY, pid, page_align_down(va) | level);
}

struct object table_object(uint32_t pid, vaddr_t va, unsigned level)
{
	return make_object(OBJ_TABLE, pid, page_align_down(va) | level);
}

/* ---- and back ---- */

/* The next area of all processes; NULL after the last. Begins with *t the first task and v NULL. */
static const struct vma *next_area(const struct task **t, const struct vma *v)
{
	v = v ? v->next : *t && (*t)->mm ? (*t)->mm->mmap : NULL;
	while (!v && *t) {
		*t = (*t)->next;
		v = *t && (*t)->mm ? (*t)->mm->mmap : NULL;
	}
	return v;
}

const struct mm *find_mm(const struct machine *m, const struct object *o)
{
	if (o->kind != OBJ_MM && o->kind != OBJ_TREE)
		return NULL;
	for (const struct task *t = m->tasks; t; t = t->next)
		if (t->mm && t->mm->kobj == o->id)
			return t->mm;
	return NULL;
}

const struct vma *find_area(const struct machine *m, const struct object *o)
{
	const struct task *t = m->tasks;
	const struct vma *v = NULL;

	if (o->kind == OBJ_VMA)
		for (v = next_area(&t, NULL); v && v->kobj != o->id; v = next_area(&t, v))
			;
	return v;
}

const struct anon_vma_chain *find_avc(const struct machine *m, const struct object *o)
{
	const struct task *t = m->tasks;

	if (o->kind != OBJ_AVC)
		return NULL;
	for (const struct vma *v = next_area(&t, NULL); v; v = next_area(&t, v))
		for (const struct anon_vma_chain *c = v->chain; c; c = c->next)
			if (c->kobj == o->id)
				return c;
	return NULL;
}

const struct anon_vma *find_anon_vma(const struct machine *m, const struct object *o)
{
	const struct task *t = m->tasks;

	if (o->kind != OBJ_ANON_VMA)
		return NULL;
	for (const struct vma *v = next_area(&t, NULL); v; v = next_area(&t, v))
		for (const struct anon_vma_chain *c = v->chain; c; c = c->next)
			if (c->anon_vma->kobj == o->id)
				return c->anon_vma;
	return NULL;
}

const struct file *find_file(const struct machine *m, const struct object *o)
{
	const struct file *f = m->files;

	while (f && f->id != o->id)
		f = f->next;
	return o->kind == OBJ_FILE || o->kind == OBJ_MAPPING ? f : NULL;
}

const struct kmem_cache *find_cache(const struct machine *m, const struct object *o)
{
	if (o->kind != OBJ_CACHE && o->kind != OBJ_ARRAY)
		return NULL;
	for (uint32_t i = 0; i < m->nr_caches; i++)
		if (m->cache[i] && m->cache[i]->kobj == o->id)
			return m->cache[i];
	return NULL;
}

const struct slab *find_slab(const struct machine *m, const struct object *o)
{
	const struct slab *s;

	if (o->kind != OBJ_SLAB || o->id >= m->max_low_pfn)
		return NULL;
	s = slab_of(m, pfn_to_kva(m, object_nr(o)));
	return s && s->pfn == o->id ? s : NULL;
}

const struct vm_struct *find_vm_struct(const struct machine *m, const struct object *o)
{
	const struct vm_struct *a = m->vmap.first;

	while (a && a->start != o->id)
		a = a->next;
	return o->kind == OBJ_VM_STRUCT ? a : NULL;
}

const struct vmap_range *find_vmap_range(const struct machine *m, const struct object *o)
{
	const struct vmap_range *f = m->vmap.free.first;

	while (f && f->start != o->id)
		f = f->next;
	return o->kind == OBJ_VMAP_RANGE ? f : NULL;
}

const struct array_cache *find_array(const struct machine *m, const struct object *o)
{
	const struct kmem_cache *c = o->kind == OBJ_ARRAY ? find_cache(m, o) : NULL;
	const struct array_cache *a;

	if (!c || o->sub > MAX_CPUS)
		return NULL;
	a = o->sub == MAX_CPUS ? &c->shared : &c->cpu[o->sub];
	return a->limit ? a : NULL;
}

/* ---- page tables ---- */

/* Where the tables of a process, or of the kernel itself, begin; false: nowhere. */
static bool find_pgd(const struct machine *m, uint32_t pid, struct place_in_table *at)
{
	const struct task *t = pid ? find_task(m, pid) : NULL;

	*at = (struct place_in_table){.pfn = m->swapper_pg_dir, .entry = m->kernel_pgd};
	if (t && t->mm)
		*at = (struct place_in_table){.pfn = t->mm->pgd, .entry = t->mm->pgd_entry};
	return (pid == 0 || (t && t->mm)) && at->entry;
}

bool find_table(const struct machine *m, const struct object *o, struct place_in_table *at)
{
	unsigned level = o->sub & LEVEL_MASK;
	vaddr_t va = page_align_down(o->sub);

	if ((o->kind != OBJ_ENTRY && o->kind != OBJ_TABLE) || level >= m->profile->pt_levels ||
	    !find_pgd(m, object_nr(o), at))
		return false;
	for (unsigned l = 0; l < level; l++) {
		pte_t e = at->entry[pt_index(m, l, va)];

		if (!(e & PTE_P) || (e & PTE_PSE) || !pt_table(m, e))
			return false;
		at->pfn = pte_pfn(e);
		at->entry = pt_table(m, e);
	}
	at->level = level;
	at->index = pt_index(m, level, va);
	at->va = (vaddr_t)(va & ~(pt_span(m, level) - 1));
	return true;
}

/* ---- kernel addresses ---- */

/* The structure of a kind whose object of that slab cache lies at kva; OBJ_NONE: none of those that are known. */
static struct object known_at(const struct machine *m, const struct kmem_cache *c, vaddr_t kva)
{
	struct object o = make_object(OBJ_NONE, kva, 0);

	for (const struct task *t = m->tasks; t && c == m->kobj_cache[KOBJ_TASK]; t = t->next)
		if (t->kobj[TASK_STRUCT] == kva)
			return task_object(t);
	for (const struct file *f = m->files; f && c == m->kobj_cache[KOBJ_FILP]; f = f->next)
		if (f->kobj[FILP] == kva)
			return file_object(f);
	for (const struct vm_struct *a = m->vmap.first; a && c->flags & SLAB_KMALLOC; a = a->next)
		if (a->kobj == kva)
			return vm_struct_object(a);
	if (c == m->kobj_cache[KOBJ_MM])
		o.kind = OBJ_MM;
	else if (c == m->kobj_cache[KOBJ_VMA])
		o.kind = OBJ_VMA;
	else if (c == m->kobj_cache[KOBJ_ANON_VMA])
		o.kind = OBJ_ANON_VMA;
	else if (c == m->kobj_cache[KOBJ_ANON_VMA_CHAIN])
		o.kind = OBJ_AVC;
	else if (c->index == 0)
		o.kind = OBJ_CACHE;
	return object_exists(m, &o) ? o : none;
}

struct object object_at(const struct machine *m, vaddr_t kva)
{
	const struct slab *s = slab_of(m, kva);
	int index = s ? slab_object_at(s, kva) : -1;
	struct object known;

	if (index < 0)
		return s ? slab_object_of(s) : none;
	kva = slab_object(s, (uint32_t)index);
	known = known_at(m, s->cache, kva);
	return known.kind ? known : make_object(OBJ_SLOT, kva, 0);
}

/* Does an object of a slab begin at kva? */
static bool slot_exists(const struct machine *m, vaddr_t kva)
{
	const struct slab *s = slab_of(m, kva);
	int index = s ? slab_object_at(s, kva) : -1;

	return index >= 0 && slab_object(s, (uint32_t)index) == kva;
}

/* Of a slab's management, where it has one of its own. */
static vaddr_t slab_address(const struct machine *m, const struct slab *s)
{
	if (s->off_slab)
		return s->off_slab;
	return s->cache->mgmt == SLAB_ON ? pfn_to_kva(m, s->pfn) + s->colouroff : 0;
}

/* The kernel address of an entry, or of its table's first one; 0: in high memory. */
static vaddr_t entry_address(const struct machine *m, const struct place_in_table *at,
			     unsigned index)
{
	if (at->pfn >= m->max_low_pfn)
		return 0;
	return pfn_to_kva(m, at->pfn) + index * m->profile->pte_bytes;
}

static vaddr_t address_of(const struct machine *m, const struct object *o)
{
	struct place_in_table at;

	switch (o->kind) {
	case OBJ_TASK:
		return find_task(m, object_nr(o))->kobj[TASK_STRUCT];
	case OBJ_FILE:
		return find_file(m, o)->kobj[FILP];
	case OBJ_PAGE:
		return page_struct_address(m, object_nr(o));
	case OBJ_SLAB:
		return slab_address(m, find_slab(m, o));
	case OBJ_ENTRY:
	case OBJ_TABLE:
		if (!find_table(m, o, &at))
			return 0;
		return entry_address(m, &at, o->kind == OBJ_ENTRY ? at.index : 0);
	case OBJ_GDT:
	case OBJ_DESC:
		return gdt_address(m, o->id) + o->sub * (uint32_t)sizeof(desc_t);
	case OBJ_VM_STRUCT:
		return find_vm_struct(m, o)->kobj;
	case OBJ_MM:
	case OBJ_VMA:
	case OBJ_ANON_VMA:
	case OBJ_AVC:
	case OBJ_CACHE:
	case OBJ_SLOT:
		return o->id;
	default:
		return 0;
	}
}

bool object_address(const struct machine *m, const struct object *o, vaddr_t *kva)
{
	*kva = object_exists(m, o) ? address_of(m, o) : 0;
	return *kva != 0;
}

/* ---- does it exist? ---- */

static bool zone_exists(const struct machine *m, uint32_t zone)
{
	return zone < m->nr_nodes * MAX_NR_ZONES && populated_zone(zone_by_id(m, zone));
}

/* Kernels with high memory have a window, and a stack for each CPU. */
static bool kmap_exists(const struct machine *m, const struct object *o)
{
	return o->kind == OBJ_PKMAP ? m->profile->last_pkmap > 0
				    : m->profile->kmap_slots > 0 && o->id < m->config.cpus;
}

static bool segments_exist(const struct machine *m, const struct object *o)
{
	if (!m->profile->gdt || o->id >= m->config.cpus)
		return false;
	return o->kind == OBJ_GDT || (o->sub < GDT_MAX && m->gdt[o->id].entry[o->sub]);
}

bool object_exists(const struct machine *m, const struct object *o)
{
	struct place_in_table at;

	switch (o->kind) {
	case OBJ_TASK:
		return find_task(m, object_nr(o)) != NULL;
	case OBJ_MM:
	case OBJ_TREE:
		return find_mm(m, o) != NULL;
	case OBJ_VMA:
		return find_area(m, o) != NULL;
	case OBJ_ANON_VMA:
		return find_anon_vma(m, o) != NULL;
	case OBJ_AVC:
		return find_avc(m, o) != NULL;
	case OBJ_FILE:
	case OBJ_MAPPING:
		return find_file(m, o) != NULL;
	case OBJ_PAGE:
		return o->id < m->max_pfn;
	case OBJ_ENTRY:
	case OBJ_TABLE:
		return find_table(m, o, &at);
	case OBJ_NODE:
		return o->id < m->nr_nodes;
	case OBJ_SECTION:
		return o->id < m->nr_sections;
	case OBJ_ZONE:
		return zone_exists(m, object_nr(o));
	case OBJ_FREE_AREA:
		return zone_exists(m, object_nr(o)) && o->sub < MAX_ORDER;
	case OBJ_PCP:
		return zone_exists(m, object_nr(o)) && o->sub < m->config.cpus;
	case OBJ_CACHE:
		return find_cache(m, o) != NULL;
	case OBJ_SLAB:
		return find_slab(m, o) != NULL;
	case OBJ_ARRAY:
		return find_array(m, o) != NULL;
	case OBJ_VM_STRUCT:
		return find_vm_struct(m, o) != NULL;
	case OBJ_VMAP_RANGE:
		return find_vmap_range(m, o) != NULL;
	case OBJ_PKMAP:
	case OBJ_KMAP_CTRL:
		return kmap_exists(m, o);
	case OBJ_FIXMAP:
		return true;
	case OBJ_SLOT:
		return slot_exists(m, o->id);
	case OBJ_LOCK:
		return lock_find(m, object_nr(o)) != NULL;
	case OBJ_LOCK_NODE:
		return lock_find(m, object_nr(o)) && o->sub < CLH_NODES;
	case OBJ_GDT:
	case OBJ_DESC:
		return segments_exist(m, o);
	default:
		return false;
	}
}

const char *object_struct(const struct machine *m, enum object_kind kind)
{
	static const char *const names[NR_OBJECT_KINDS] = {
		[OBJ_TASK] = "task_struct",
		[OBJ_MM] = "mm_struct",
		[OBJ_TREE] = "rb_root",
		[OBJ_VMA] = "vm_area_struct",
		[OBJ_ANON_VMA] = "anon_vma",
		[OBJ_AVC] = "anon_vma_chain",
		[OBJ_FILE] = "file",
		[OBJ_MAPPING] = "address_space",
		[OBJ_PAGE] = "page",
		[OBJ_ENTRY] = N_("page-table entry"),
		[OBJ_TABLE] = N_("page table"),
		[OBJ_NODE] = "pglist_data",
		[OBJ_ZONE] = "zone",
		[OBJ_FREE_AREA] = "free_area",
		[OBJ_PCP] = "per_cpu_pageset",
		[OBJ_CACHE] = "kmem_cache",
		[OBJ_SLAB] = "slab",
		[OBJ_ARRAY] = "array_cache",
		[OBJ_VM_STRUCT] = "vm_struct",
		[OBJ_PKMAP] = "pkmap_count",
		[OBJ_KMAP_CTRL] = "kmap_ctrl",
		[OBJ_FIXMAP] = "fixed_addresses",
		[OBJ_SLOT] = N_("slab object"),
		[OBJ_GDT] = "gdt_page",
		[OBJ_DESC] = "desc_struct",
		[OBJ_SECTION] = "mem_section",
		[OBJ_LOCK] = "spinlock",
		[OBJ_LOCK_NODE] = "mcs_spinlock",
		[OBJ_VMAP_RANGE] = "vmap_area",
	};

	if (m->profile->slab_61 && kind == OBJ_PCP) /* whose kernel has no pageset around it */
		return "per_cpu_pages";
	if (!m->profile->slab_61 && kind == OBJ_CACHE)
		return "kmem_cache_s";
	if (!m->profile->slab_61 && kind == OBJ_ARRAY)
		return "cpucache_s";
	return names[kind] ? names[kind] : "";
}
