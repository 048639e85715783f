/*
 * Fields of the kernel's gigabyte: areas of vmalloc, free ranges, kmap's window, the stacks of kmap_atomic, the fixmap.
 */
#include <stdio.h>

#include "fields_put.h"
#include "sim/pgtable.h"

static const struct bit_name vm_flag_words[] = {
	{VM_IOREMAP, "VM_IOREMAP"}, {VM_ALLOC, "VM_ALLOC"}, {0, NULL}};

/* The entry of an area's first page; OBJ_NONE: its table is not there yet. */
static struct object first_entry(const struct machine *m, const struct vm_struct *a)
{
	struct object o = entry_object(0, a->start, m->profile->pt_levels - 1u);

	return object_exists(m, &o) ? o : make_object(OBJ_NONE, 0, 0);
}

void vm_struct_fields(struct fields *r, const struct object *o)
{
	const struct vm_struct *a = find_vm_struct(r->m, o);
	uint32_t nr_pages = a->page ? a->nr_pages : 0; /* vfree gives the frames back first */

#include "struct_vm.def"
	if (r->m->profile->vmap_61)
		put_number(r, "lazy", "", FORM_COUNT, a->lazy, make_object(OBJ_NONE, 0, 0),
			   N_("1: freed, its addresses wait for a flush of the TLBs"));
	put_group(r, N_("Frames, in the order of their addresses"));
	for (uint32_t i = 0; i < nr_pages && !list_is_full(r, i, nr_pages); i++)
		put_item(r, "pages", i, "struct page *", page_object(a->page[i]),
			 N_("a frame of the area: they need not lie side by side"));
}

void vmap_range_fields(struct fields *r, const struct object *o)
{
	const struct vmap_range *f = find_vmap_range(r->m, o);

#include "struct_vmap_range.def"
}

void pkmap_fields(struct fields *r, const struct object *o)
{
	const struct machine *m = r->m;
	const struct pkmap *w = &m->pkmap;
	uint32_t free_slots = 0, nr = 0;
	char name[FIELD_NAME];

	(void)o; /* there is one */
	for (uint32_t i = 0; i < m->profile->last_pkmap; i++)
		free_slots += w->count[i] == 0;
#include "struct_pkmap.def"
	put_group(r, N_("Slots that are mapped"));
	for (uint32_t i = 0; i < m->profile->last_pkmap; i++) {
		if (w->count[i] == 0)
			continue;
		if (list_is_full(r, nr++, m->profile->last_pkmap - free_slots))
			return;
		snprintf(name, sizeof(name), "pkmap_count[%u]", i);
		put_number(r, name, "int", FORM_COUNT, w->count[i], page_object(w->pfn[i]),
			   N_("1: mapped, nobody uses it; else one more than its users"));
	}
}

void kmap_ctrl_fields(struct fields *r, const struct object *o)
{
	const struct machine *m = r->m;
	const struct kmap_ctrl *c = &m->kmap_ctrl[o->id];

#include "struct_kmap_ctrl.def"
	put_group(r, N_("Slots in use, the last one at the end"));
	for (uint32_t i = 0; i < c->depth; i++)
		put_item(r, "pteval", i, "pte_t", page_object(c->pfn[i]),
			 N_("the frame that this slot maps"));
}

void fixmap_fields(struct fields *r, const struct object *o)
{
	const struct machine *m = r->m;
	char name[FIELD_NAME];
	uint32_t nr;

	(void)o; /* there is one */
#include "struct_fixmap.def"
	put_group(r, N_("Slots that are mapped"));
	for (uint32_t slot = 1; slot < m->map.nr_fix_slots; slot++) {
		vaddr_t va = fix_to_virt(&m->map, slot);
		const pte_t *e = kernel_pte(m, va);

		if (!e || !*e)
			continue;
		snprintf(name, sizeof(name), "%s %u", fix_slot_name(m->profile, slot, &nr), slot);
		put_entry(r, name, "pte_t", *e, entry_object(0, va, m->profile->pt_levels - 1U),
			  N_("the entry of this slot"));
	}
	if (!m->profile->kmap_slots)
		return;
	put_group(r, N_("Slots of kmap_atomic"));
	for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++)
		put_item(r, "kmap_ctrl", cpu, "struct kmap_ctrl",
			 make_object(OBJ_KMAP_CTRL, cpu, 0), N_("the stack of this CPU"));
}
