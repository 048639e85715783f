/*
 * Fields of segments: a CPU's GDT, and a descriptor in it.
 */
#include "fields_put.h"
#include "what.h"

void gdt_fields(struct fields *r, const struct object *o)
{
	const struct machine *m = r->m;
	const struct gdt_layout *l = m->profile->gdt;

#include "struct_gdt.def"
	put_group(r, N_("Entries in use"));
	for (uint32_t i = 0; i < GDT_MAX; i++)
		if (m->gdt[o->id].entry[i])
			put_item(r, "gdt", i, "struct desc_struct", make_object(OBJ_DESC, o->id, i),
				 N_("a segment: where it begins, how long it is, who may use it"));
}

void desc_fields(struct fields *r, const struct object *o)
{
	const struct machine *m = r->m;
	desc_t d = m->gdt[o->id].entry[o->sub];
	struct descriptor s = descriptor_read(d);
	enum gdt_use use = gdt_use_of(m->profile->gdt, o->sub);
	uint16_t selector = (uint16_t)(o->sub << 3 | s.dpl);

#include "struct_desc.def"
}
