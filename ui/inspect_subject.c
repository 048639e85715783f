/*
 * From what is chosen to a structure, and back.
 *
 * The panels' one cursor says what is chosen, and the panel in front how it is looked at: an address is an area to the
 * process panel and an entry to the walk.  Where nothing is chosen it is the process that the panels show.
 */
#include "inspect.h"

#include <string.h>
#include <strings.h>

#include "parts.h"
#include "screen.h"
#include "sim/vma.h"
#include "src/i18n.h"
#include "src/zone_name.h"

static const struct object none;

/* The lowest entry on the way to an address of a process. */
static struct object entry_of(const struct machine *m, uint32_t pid, vaddr_t va)
{
	for (unsigned level = m->profile->pt_levels; level-- > 0;) {
		struct object o = entry_object(pid, va, level);

		if (object_exists(m, &o))
			return o;
	}
	return none;
}

static struct object area_object(const struct machine *m, uint32_t pid, vaddr_t va)
{
	const struct task *t = find_task(m, pid);
	const struct vma *v = t && t->mm ? area_at(t->mm, va) : NULL;

	return vma_object(v);
}

static struct object cache_of(const struct machine *m, uint32_t index)
{
	return cache_object(index < m->nr_caches ? m->cache[index] : NULL);
}

/* The area of vmalloc that has an address, or the free range. */
static struct object vmap_manager(const struct machine *m, vaddr_t va)
{
	const struct vm_struct *a = find_vmap_area(m, va);
	const struct vmap_range *f = m->vmap.free.first;

	if (a)
		return vm_struct_object(a);
	while (f && f->end <= va)
		f = f->next;
	return vmap_range_object(f);
}

/* The structure that manages an address above low memory; OBJ_NONE: there is none. */
static struct object kernel_manager(const struct machine *m, vaddr_t va)
{
	const struct kernel_map *map = &m->map;

	if (va >= map->vmalloc_start && va < map->vmalloc_end)
		return vmap_manager(m, va);
	if (va >= map->pkmap_base && va < map->pkmap_end)
		return make_object(OBJ_PKMAP, 0, 0);
	return va >= map->fixaddr_start && va < map->fixaddr_top ? make_object(OBJ_FIXMAP, 0, 0)
								 : none;
}

/* What is chosen, as a structure; OBJ_NONE: nothing, or it does not exist now. */
static struct object chosen(const struct screen *s)
{
	const struct machine *m = view_machine(&s->view);
	const struct choice *c = &s->view.choice;
	struct object area;

	switch (c->kind) {
	case CHOOSE_FRAME:
	case CHOOSE_BLOCK:
		return page_object(c->pfn);
	case CHOOSE_ADDRESS:
		area = area_object(m, c->pid, c->va);
		if (s->active == panel_find("space") && kernel_manager(m, c->va).kind)
			return kernel_manager(m, c->va);
		return s->active == panel_find("process") && area.kind ? area
								       : entry_of(m, c->pid, c->va);
	case CHOOSE_VMA:
		return area_object(m, c->pid, c->va);
	case CHOOSE_TASK:
		return task_object(find_task(m, c->pid));
	case CHOOSE_CACHE:
		return cache_of(m, c->cache);
	case CHOOSE_OBJECT:
		return object_at(m, c->va);
	case CHOOSE_LOCK:
		return make_object(OBJ_LOCK, c->lock, 0);
	default:
		return none;
	}
}

/* Without a user's choice the zones panel is about zones: that of the frame that was touched last. */
static struct object zone_in_front(const struct screen *s)
{
	const struct machine *m = view_machine(&s->view);
	pfn_t pfn = s->view.choice.pfn;
	const struct zone *z = pfn < m->max_pfn ? page_zone_const(m, pfn) : NULL;

	return z ? make_object(OBJ_ZONE, z->id, 0) : make_object(OBJ_NODE, 0, 0);
}

struct object inspect_subject(const struct screen *s)
{
	const struct machine *m = view_machine(&s->view);
	struct object o = none;

	if (!s->view.choice_is_users && s->active == panel_find("zones"))
		o = zone_in_front(s);
	else if (m->smp && s->active == panel_find("locks"))
		o = make_object(OBJ_LOCK, lock_to_show(&s->view)->id, 0);
	else
		o = chosen(s);
	if (!object_exists(m, &o))
		o = task_object(view_task(&s->view));
	if (!o.kind)
		o = make_object(OBJ_NODE, 0, 0);
	return o;
}

/* ---- words ---- */

/* A word that is the name of a process, a zone or a cache. */
static struct object named(const struct view *v, const char *word)
{
	const struct machine *m = view_machine(v);
	const struct zone *z = zone_find(m, word);
	struct kmem_cache *c = NULL;

	for (const struct task *t = m->tasks; t; t = t->next)
		if (strcmp(symbol_name(v->scenario, t->symbol), word) == 0)
			return task_object(t);
	if (z)
		return make_object(OBJ_ZONE, z->id, 0);
	if (m->profile->last_pkmap && strcmp(word, "pkmap") == 0)
		return make_object(OBJ_PKMAP, 0, 0);
	if (strcmp(word, "fixmap") == 0)
		return make_object(OBJ_FIXMAP, 0, 0);
	if (m->profile->gdt && strcmp(word, "gdt") == 0)
		return make_object(OBJ_GDT, m->cpu, 0);
	for (uint32_t i = 0; i < m->nr_caches && !c; i++)
		if (m->cache[i] && strcmp(m->cache[i]->name, word) == 0)
			c = m->cache[i];
	return cache_object(c);
}

/* Of a kernel address: what lies there, else the frame of low memory, else its entry. */
static struct object kernel_place(const struct machine *m, vaddr_t va)
{
	struct object o = object_at(m, va);

	if (!o.kind && kva_to_pfn(m, va) < m->max_low_pfn)
		o = page_object(kva_to_pfn(m, va));
	return o.kind ? o : entry_of(m, 0, va);
}

bool inspect_parse(const struct view *v, const char *words, struct object *o,
		   struct what_fault *wrong)
{
	const struct machine *m = view_machine(v);
	struct what_place p;

	*o = named(v, words);
	if (o->kind)
		return true;
	if (!what_parse(m, v->scenario, view_task(v), words, &p, wrong))
		return false;
	if (p.kind == PLACE_LOGICAL)
		*o = make_object(OBJ_DESC, m->cpu, selector_index(p.selector));
	else if (p.kind == PLACE_USER)
		*o = entry_of(m, p.pid, p.va);
	else if (p.kind == PLACE_KERNEL)
		*o = kernel_place(m, p.va);
	else
		*o = page_object((pfn_t)(p.phys >> PAGE_SHIFT));
	if (object_exists(m, o))
		return true;
	*wrong = (struct what_fault){.at = 0, .len = strlen(words)};
	snprintf(wrong->message, sizeof(wrong->message), "%s", _("there is no memory there"));
	return false;
}

/* ---- back ---- */

static void choose_kernel_object(struct view *v, vaddr_t kva)
{
	const struct slab *s = slab_of(view_machine(v), kva);

	if (s)
		view_choose(v, &(struct choice){
				       .kind = CHOOSE_OBJECT, .cache = s->cache->index, .va = kva});
}

static void choose_task(struct view *v, uint32_t pid)
{
	view_choose(v, &(struct choice){.kind = CHOOSE_TASK, .pid = pid, .pfn = PFN_NONE});
}

static void choose_block(struct view *v, const struct object *o)
{
	const struct zone *z = zone_by_id(view_machine(v), object_nr(o));
	pfn_t head = PFN_NONE;

	for (unsigned type = 0; type < MIGRATE_TYPES && head == PFN_NONE; type++)
		head = z->free_area[o->sub].free_list[type].head;
	if (head != PFN_NONE)
		view_choose(v, &(struct choice){
				       .kind = CHOOSE_BLOCK, .pfn = head, .order = object_part(o)});
}

static void choose_cache(struct view *v, const struct kmem_cache *c)
{
	view_choose(v, &(struct choice){.kind = CHOOSE_CACHE, .cache = c->index, .pfn = PFN_NONE});
}

/* The user half of a process's address space is what the panels show of it. */
static void choose_entry(struct view *v, const struct object *o)
{
	vaddr_t va = page_align_down(o->sub);

	if (o->id && va < view_machine(v)->map.kernel_base)
		view_choose_address(v, object_nr(o), va);
}

void inspect_choose(struct view *v, const struct object *o)
{
	const struct machine *m = view_machine(v);
	struct place_in_table at;
	vaddr_t kva;

	switch (o->kind) {
	case OBJ_TASK:
		choose_task(v, object_nr(o));
		break;
	case OBJ_MM:
	case OBJ_TREE:
		choose_task(v, mm_pid(find_mm(m, o)));
		break;
	case OBJ_VMA:
		view_choose_address(v, mm_pid(find_area(m, o)->mm), find_area(m, o)->start);
		break;
	case OBJ_ENTRY:
		choose_entry(v, o);
		break;
	case OBJ_TABLE:
		if (find_table(m, o, &at))
			view_choose_frame(v, at.pfn);
		break;
	case OBJ_PAGE:
	case OBJ_SLAB:
		view_choose_frame(v, object_nr(o));
		break;
	case OBJ_LOCK:
	case OBJ_LOCK_NODE:
		view_choose(v, &(struct choice){
				       .kind = CHOOSE_LOCK, .lock = object_nr(o), .pfn = PFN_NONE});
		break;
	case OBJ_FREE_AREA:
		choose_block(v, o);
		break;
	case OBJ_MAPPING: /* it is part of the inode */
		choose_kernel_object(v, find_file(m, o)->kobj[0]);
		break;
	case OBJ_CACHE:
	case OBJ_ARRAY:
		choose_cache(v, find_cache(m, o));
		break;
	default:
		if (object_address(m, o, &kva))
			choose_kernel_object(v, kva);
		break;
	}
}
