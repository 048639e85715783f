/*
 * Fields: the tables of structures, read from the machine as it stands.
 *
 * This file has what every table is made of; the tables themselves stand in struct_*.def, in the order in which the
 * kernel's headers group them, and are read by the fields_*.c beside this one.
 */
#include "fields.h"

#include <stdio.h>
#include <string.h>

#include "fields_put.h"
#include "sim/pgtable.h"

enum { LIST_MOST = 256 /* items of a list that are shown */ };

/* ---- one field ---- */

/* A number for a name: FNV-1a. */
static uint64_t name_key(const char *name)
{
	uint64_t key = 14695981039346656037ULL;

	for (; *name; name++)
		key = (key ^ (uint8_t)*name) * 1099511628211ULL;
	return key;
}

static struct field field_named(const char *name, const char *type, enum field_form form,
				const char *meaning)
{
	struct field f = {.key = name_key(name), .type = type, .form = form, .meaning = meaning};

	snprintf(f.name, sizeof(f.name), "%s", name);
	return f;
}

void put_group(struct fields *r, const char *title)
{
	struct field f = field_named(title, "", FORM_GROUP, "");

	r->see(r->ctx, &f);
}

void put_number(struct fields *r, const char *name, const char *type, enum field_form form,
		uint64_t value, struct object target, const char *meaning)
{
	struct field f = field_named(name, type, form, meaning);

	f.value = value;
	f.target = target;
	r->see(r->ctx, &f);
}

void put_string(struct fields *r, const char *name, const char *type, const char *text,
		const char *meaning)
{
	struct field f = field_named(name, type, FORM_TEXT, meaning);

	snprintf(f.text, sizeof(f.text), "%s", text);
	r->see(r->ctx, &f);
}

static void name_bits(char *buf, size_t size, uint64_t value, const struct bit_name *words)
{
	size_t len = 0;

	buf[0] = '\0';
	for (; words->name; words++)
		if ((value & words->bit) && len < size)
			len += (size_t)snprintf(buf + len, size - len, "%s%s", len ? " " : "",
						words->name);
}

void put_flags(struct fields *r, const char *name, const char *type, uint64_t value,
	       const struct bit_name *words, const char *meaning)
{
	struct field f = field_named(name, type, FORM_BITS, meaning);

	f.value = value;
	name_bits(f.text, sizeof(f.text), value, words);
	r->see(r->ctx, &f);
}

/* Of an entry its value says more than where it lies. */
static void aim(struct fields *r, struct field *f, struct object target)
{
	vaddr_t kva;

	f->target = target;
	if (target.kind != OBJ_ENTRY && object_address(r->m, &target, &kva))
		f->value = kva;
}

void put_pointer(struct fields *r, const char *name, const char *type, struct object target,
		 const char *meaning)
{
	struct field f = field_named(name, type, FORM_POINTER, meaning);

	aim(r, &f, target);
	r->see(r->ctx, &f);
}

void put_item(struct fields *r, const char *name, uint64_t index, const char *type,
	      struct object target, const char *meaning)
{
	struct field f = field_named(name, type, FORM_POINTER, meaning);

	snprintf(f.name, sizeof(f.name), "%.30s[%llu]", name, (unsigned long long)index);
	aim(r, &f, target);
	f.key ^= object_key(&target) * 0x9e3779b97f4a7c15ULL;
	r->see(r->ctx, &f);
}

bool list_is_full(struct fields *r, uint32_t index, uint64_t total)
{
	char text[FIELD_TEXT];

	if (index < LIST_MOST)
		return false;
	snprintf(text, sizeof(text), _("and more, %llu in all"), (unsigned long long)total);
	put_string(r, "...", "", text, "");
	return true;
}

static const struct bit_name entry_bits[] = {
	{PTE_P, "P"},     {PTE_RW, "RW"},
	{PTE_US, "US"},   {PTE_PWT, "PWT"},
	{PTE_PCD, "PCD"}, {PTE_A, "A"},
	{PTE_D, "D"},     {PTE_PSE, "PSE"},
	{PTE_G, "G"},     {PTE_SPECIAL, "special"},
	{PTE_NX, "NX"},   {0, NULL},
};

void put_entry(struct fields *r, const char *name, const char *type, pte_t entry,
	       struct object target, const char *meaning)
{
	struct field f = field_named(name, type, FORM_ENTRY, meaning);

	f.value = entry;
	f.target = target;
	name_bits(f.text, sizeof(f.text), entry, entry_bits);
	if (!(entry & PTE_P) && (entry & PTE_PROTNONE))
		snprintf(f.text, sizeof(f.text), "PROTNONE");
	r->see(r->ctx, &f);
}

/* ---- an object ---- */

static read_object *const readers[NR_OBJECT_KINDS] = {
	[OBJ_TASK] = task_fields,
	[OBJ_MM] = mm_fields,
	[OBJ_TREE] = tree_fields,
	[OBJ_VMA] = vma_fields,
	[OBJ_ANON_VMA] = anon_vma_fields,
	[OBJ_AVC] = avc_fields,
	[OBJ_FILE] = file_fields,
	[OBJ_MAPPING] = mapping_fields,
	[OBJ_PAGE] = page_fields,
	[OBJ_ENTRY] = entry_fields,
	[OBJ_TABLE] = table_fields,
	[OBJ_NODE] = node_fields,
	[OBJ_ZONE] = zone_fields,
	[OBJ_FREE_AREA] = free_area_fields,
	[OBJ_PCP] = pcp_fields,
	[OBJ_CACHE] = cache_fields,
	[OBJ_SLAB] = slab_fields,
	[OBJ_ARRAY] = array_fields,
	[OBJ_VM_STRUCT] = vm_struct_fields,
	[OBJ_VMAP_RANGE] = vmap_range_fields,
	[OBJ_PKMAP] = pkmap_fields,
	[OBJ_KMAP_CTRL] = kmap_ctrl_fields,
	[OBJ_FIXMAP] = fixmap_fields,
	[OBJ_SLOT] = slot_fields,
	[OBJ_GDT] = gdt_fields,
	[OBJ_DESC] = desc_fields,
	[OBJ_SECTION] = section_fields,
	[OBJ_LOCK] = lock_fields,
	[OBJ_LOCK_NODE] = lock_node_fields,
};

bool object_fields(const struct machine *m, const struct object *o,
		   void (*see)(void *ctx, const struct field *f), void *ctx)
{
	struct fields r = {.m = m, .see = see, .ctx = ctx};

	if (!object_exists(m, o))
		return false;
	readers[o->kind](&r, o);
	return true;
}

/* ---- one by its name ---- */

struct looking {
	const char *name;
	struct field *found;
	bool is_found;
};

static void look(void *ctx, const struct field *f)
{
	struct looking *l = ctx;

	if (l->is_found || f->form == FORM_GROUP || strcmp(f->name, l->name) != 0)
		return;
	*l->found = *f;
	l->is_found = true;
}

bool find_field(const struct machine *m, const struct object *o, const char *name, struct field *f)
{
	struct looking l = {.name = name, .found = f};

	object_fields(m, o, look, &l);
	return l.is_found;
}
