/*
 * Objects as people read them: a row's words for what a pointer leads to.
 */
#include "object_text.h"

#include <stdio.h>

#include "panel.h"
#include "parts.h"
#include "sim/vma.h"
#include "src/i18n.h"
#include "src/what.h"
#include "src/zone_name.h"

static const char *process(const struct machine *m, uint32_t pid)
{
	const char *name = pid ? task_name(m, pid) : _("kernel");

	return name ? name : "?";
}

static const char *owner(const struct mm *mm) { return mm->owner ? mm->owner->comm : "?"; }

static void area_text(const struct view *v, const struct vma *area, char *buf)
{
	char rights[TEXT_LEN], name[TEXT_LEN];

	snprintf(buf, OBJECT_TEXT, _("%08" PRIx64 " %s %s of %s"), area->start,
		 vma_rights(area, rights), area_name(v, area, name), owner(area->mm));
}

static void frame_text(const struct machine *m, pfn_t pfn, char *buf)
{
	const struct page *p = pfn_page(m, pfn);
	char content[TEXT_LEN];

	if (p->tag[0])
		snprintf(buf, OBJECT_TEXT, "%05x %s %s", pfn, frame_use_name(p->use),
			 tag_text(p->tag, content));
	else
		snprintf(buf, OBJECT_TEXT, "%05x %s", pfn, frame_use_name(p->use));
}

static void entry_text(const struct machine *m, const struct object *o, char *buf)
{
	struct place_in_table at;
	char bits[TEXT_LEN];
	pte_t e;

	if (!find_table(m, o, &at))
		return;
	e = at.entry[at.index];
	snprintf(buf, OBJECT_TEXT, "%s %08" PRIx64 " %08llx %s", process(m, object_nr(o)), at.va,
		 (unsigned long long)e, pte_bits_text(e, bits));
}

static void table_text(const struct machine *m, const struct object *o, char *buf)
{
	struct place_in_table at;

	if (!find_table(m, o, &at))
		return;
	if (at.level)
		snprintf(buf, OBJECT_TEXT, _("%05x table of %s"), at.pfn, process(m, object_nr(o)));
	else
		snprintf(buf, OBJECT_TEXT, _("%05x pgd of %s"), at.pfn, process(m, object_nr(o)));
}

static void slab_text(const struct machine *m, const struct object *o, char *buf)
{
	const struct slab *s = find_slab(m, o);

	snprintf(buf, OBJECT_TEXT, _("%05x %s, %u of %u in use"), s->pfn, s->cache->name, s->inuse,
		 s->cache->num);
}

static void slot_text(const struct machine *m, const struct object *o, char *buf)
{
	const struct slab *s = slab_of(m, o->id);
	int index = s ? slab_object_at(s, o->id) : -1;

	if (index >= 0)
		snprintf(buf, OBJECT_TEXT, _("object %d of %s"), index, s->cache->name);
}

static void array_text(const struct machine *m, const struct object *o, char *buf)
{
	const struct array_cache *a = find_array(m, o);
	const struct kmem_cache *c = find_cache(m, o);

	if (o->sub == MAX_CPUS)
		snprintf(buf, OBJECT_TEXT, _("all CPUs' %s, %u at hand"), c->name, a->avail);
	else
		snprintf(buf, OBJECT_TEXT, _("CPU %u's %s, %u at hand"), object_part(o), c->name,
			 a->avail);
}

static void desc_text(const struct machine *m, const struct object *o, char *buf)
{
	struct descriptor s = descriptor_read(m->gdt[o->id].entry[o->sub]);

	snprintf(buf, OBJECT_TEXT, _("%04x %s, base %x"), (unsigned)o->sub << 3 | s.dpl,
		 gdt_use_name(gdt_use_of(m->profile->gdt, o->sub)), s.base);
}

static void lock_text(const struct machine *m, const struct object *o, char *buf)
{
	const struct spinlock *l = lock_find(m, object_nr(o));
	char name[CACHE_NAME_LEN];

	lock_owner_name(m, l->id, name);
	if (l->holder)
		snprintf(buf, OBJECT_TEXT, _("of %s: CPU %u has it, %u wait"), name, l->holder - 1u,
			 l->nr_waiters);
	else
		snprintf(buf, OBJECT_TEXT, _("of %s: free"), name);
}

/* Processes, address spaces and what belongs to them. False: another kind. */
static bool space_text(const struct view *v, const struct object *o, char *buf)
{
	const struct machine *m = view_machine(v);
	const struct anon_vma_chain *c;

	switch (o->kind) {
	case OBJ_TASK:
		snprintf(buf, OBJECT_TEXT, "%s pid %u", process(m, object_nr(o)), object_nr(o));
		return true;
	case OBJ_MM:
		snprintf(buf, OBJECT_TEXT, _("mm_struct of %s"), owner(find_mm(m, o)));
		return true;
	case OBJ_TREE:
		snprintf(buf, OBJECT_TEXT, _("tree of %u areas"), find_mm(m, o)->map_count);
		return true;
	case OBJ_VMA:
		area_text(v, find_area(m, o), buf);
		return true;
	case OBJ_ANON_VMA:
		snprintf(buf, OBJECT_TEXT, "anon_vma %u", find_anon_vma(m, o)->id);
		return true;
	case OBJ_AVC:
		c = find_avc(m, o);
		snprintf(buf, OBJECT_TEXT, _("anon_vma %u with %08" PRIx64 " of %s"),
			 c->anon_vma->id, c->vma->start, owner(c->vma->mm));
		return true;
	case OBJ_FILE:
		snprintf(buf, OBJECT_TEXT, "%s", find_file(m, o)->name);
		return true;
	case OBJ_MAPPING:
		snprintf(buf, OBJECT_TEXT, _("page cache of %s"), find_file(m, o)->name);
		return true;
	default:
		return false;
	}
}

/* Of a zone, its free blocks of an order, its stock of a CPU. */
static void zone_text(const struct machine *m, const struct object *o, char *buf)
{
	char name[ZONE_NAME_LEN];
	const struct zone *z = zone_by_id(m, o->id % (m->nr_nodes * MAX_NR_ZONES));

	switch (o->kind) {
	case OBJ_ZONE:
		snprintf(buf, OBJECT_TEXT, "%s", zone_name(m, z->id, name));
		break;
	case OBJ_FREE_AREA:
		snprintf(buf, OBJECT_TEXT, _("%s order %u: %u free"), zone_name(m, z->id, name),
			 object_part(o), z->free_area[o->sub].nr_free);
		break;
	default:
		snprintf(buf, OBJECT_TEXT, _("%s CPU %u: %u pages"), zone_name(m, z->id, name),
			 object_part(o), z->pcp[o->sub].count);
		break;
	}
}

/* Of what the kernel maps for itself, and its segments. */
static void kernel_map_text(const struct machine *m, const struct object *o, char *buf)
{
	switch (o->kind) {
	case OBJ_VM_STRUCT:
		snprintf(buf, OBJECT_TEXT, "%08llx-%08llx",
			 (unsigned long long)find_vm_struct(m, o)->start,
			 (unsigned long long)find_vm_struct(m, o)->end);
		break;
	case OBJ_VMAP_RANGE:
		snprintf(buf, OBJECT_TEXT, _("%08llx-%08llx free"),
			 (unsigned long long)find_vmap_range(m, o)->start,
			 (unsigned long long)find_vmap_range(m, o)->end);
		break;
	case OBJ_PKMAP:
		snprintf(buf, OBJECT_TEXT, _("kmap's window"));
		break;
	case OBJ_KMAP_CTRL:
		snprintf(buf, OBJECT_TEXT, _("CPU %u: %u in use"), (unsigned)o->id,
			 m->kmap_ctrl[o->id].depth);
		break;
	case OBJ_FIXMAP:
		snprintf(buf, OBJECT_TEXT, _("fixmap"));
		break;
	case OBJ_GDT:
		snprintf(buf, OBJECT_TEXT, _("GDT of CPU %u"), (unsigned)o->id);
		break;
	case OBJ_DESC:
		desc_text(m, o, buf);
		break;
	default:
		break;
	}
}

/* Memory and its allocators. */
static void memory_text(const struct machine *m, const struct object *o, char *buf)
{
	char owner[CACHE_NAME_LEN];

	switch (o->kind) {
	case OBJ_PAGE:
		frame_text(m, object_nr(o), buf);
		break;
	case OBJ_ENTRY:
		entry_text(m, o, buf);
		break;
	case OBJ_TABLE:
		table_text(m, o, buf);
		break;
	case OBJ_NODE:
		snprintf(buf, OBJECT_TEXT, _("node %u"), object_nr(o));
		break;
	case OBJ_SECTION:
		snprintf(buf, OBJECT_TEXT, _("section %u"), object_nr(o));
		break;
	case OBJ_ZONE:
	case OBJ_FREE_AREA:
	case OBJ_PCP:
		zone_text(m, o, buf);
		break;
	case OBJ_CACHE:
		snprintf(buf, OBJECT_TEXT, "%s", find_cache(m, o)->name);
		break;
	case OBJ_SLAB:
		slab_text(m, o, buf);
		break;
	case OBJ_ARRAY:
		array_text(m, o, buf);
		break;
	case OBJ_LOCK:
		lock_text(m, o, buf);
		break;
	case OBJ_LOCK_NODE:
		snprintf(buf, OBJECT_TEXT, _("node %u of %s"), object_part(o),
			 lock_owner_name(m, object_nr(o), owner));
		break;
	case OBJ_SLOT:
		slot_text(m, o, buf);
		break;
	default:
		kernel_map_text(m, o, buf);
		break;
	}
}

const char *object_text(const struct view *v, const struct object *o, char buf[OBJECT_TEXT])
{
	const struct machine *m = view_machine(v);

	buf[0] = '\0';
	if (object_exists(m, o) && !space_text(v, o, buf))
		memory_text(m, o, buf);
	return buf;
}

const char *object_root_text(const struct view *v, const struct object *o, char buf[OBJECT_TEXT])
{
	const struct machine *m = view_machine(v);
	const struct vma *area = find_area(m, o);
	char text[OBJECT_TEXT];

	if (o->kind == OBJ_TASK)
		snprintf(buf, OBJECT_TEXT, _("task %s"), process(m, object_nr(o)));
	else if (area)
		snprintf(buf, OBJECT_TEXT, _("area %08" PRIx64 " of %s"), area->start,
			 owner(area->mm));
	else if (o->kind == OBJ_PAGE)
		snprintf(buf, OBJECT_TEXT, _("page %05x"), object_nr(o));
	else if (o->kind == OBJ_ENTRY)
		snprintf(buf, OBJECT_TEXT, _("entry %08" PRIx64 " of %s"), page_align_down(o->sub),
			 process(m, object_nr(o)));
	else if (o->kind == OBJ_SLOT || o->kind == OBJ_MM)
		object_text(v, o, buf);
	else
		snprintf(buf, OBJECT_TEXT, "%s %.90s", object_struct(view_machine(v), o->kind),
			 object_text(v, o, text));
	return buf;
}
