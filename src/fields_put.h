/*
 * What the tables of fields, struct_*.def, are made of: for the files that include them.
 *
 *	GROUP(title)
 *	NUMBER(form, name, type, value, meaning)      form: a number's, without FORM_
 *	STRING(name, type, text, meaning)
 *	FLAGS(name, type, value, words, meaning)      words: names of bits
 *	POINTER(name, type, object, meaning)          object: OBJ_NONE is NULL
 *	ENTRY(name, type, value, object, meaning)     a page-table entry
 *	LEADS(form, name, type, value, object, meaning)   a number that leads somewhere
 *
 * A table is a row of statements inside a function that has `r`, a struct fields *, and whatever its values name.
 */
#ifndef SRC_FIELDS_PUT_H
#define SRC_FIELDS_PUT_H

#include "fields.h"
#include "i18n.h"

/* A reading under way. */
struct fields {
	const struct machine *m;
	void (*see)(void *ctx, const struct field *f);
	void *ctx;
};

/* Names of bits; a name of NULL ends it. */
struct bit_name {
	uint64_t bit;
	const char *name;
};

void put_group(struct fields *r, const char *title);
void put_number(struct fields *r, const char *name, const char *type, enum field_form form, uint64_t value,
		struct object target, const char *meaning);
void put_string(struct fields *r, const char *name, const char *type, const char *text, const char *meaning);
void put_flags(struct fields *r, const char *name, const char *type, uint64_t value, const struct bit_name *words,
	       const char *meaning);
void put_pointer(struct fields *r, const char *name, const char *type, struct object target, const char *meaning);
/* A field that another one of the same name can stand beside: "name[index]", known by its target. */
void put_item(struct fields *r, const char *name, uint64_t index, const char *type, struct object target,
	      const char *meaning);
/* "P RW US A D": the bits of an entry. */
void put_entry(struct fields *r, const char *name, const char *type, pte_t entry, struct object target,
	       const char *meaning);

#define GROUP(title) put_group(r, title);
#define NUMBER(form, name, type, value, meaning)                                                   \
	put_number(r, name, type, FORM_##form, value, (struct object){OBJ_NONE, 0, 0}, meaning);
#define LEADS(form, name, type, value, object, meaning)                                            \
	put_number(r, name, type, FORM_##form, value, object, meaning);
#define STRING(name, type, text, meaning) put_string(r, name, type, text, meaning);
#define ENTRY(name, type, value, object, meaning) put_entry(r, name, type, value, object, meaning);
#define FLAGS(name, type, value, words, meaning) put_flags(r, name, type, value, words, meaning);
#define POINTER(name, type, object, meaning) put_pointer(r, name, type, object, meaning);

/* Fields are called as the modelled kernel calls them: 6.1, or 2.4 and 2.6. Who has one's slabs has its names. */
static inline bool has_names_of_61(const struct fields *r) { return r->m->profile->slab_61; }
/* The name of a field in 2.4 and 2.6, or in 6.1. */
#define NAME(classic, modern) (has_names_of_61(r) ? (modern) : (classic))

/* Are there enough items of a list at index of total?  Then the last row says how many more there are. */
bool list_is_full(struct fields *r, uint32_t index, uint64_t total);

/* ---- fields_space.c: processes and address spaces ---- */
typedef void read_object(struct fields *r, const struct object *o);
read_object task_fields, mm_fields, tree_fields, vma_fields, anon_vma_fields, avc_fields;
/* ---- fields_page.c: frames, files, page tables ---- */
read_object page_fields, file_fields, mapping_fields, entry_fields, table_fields;
/* ---- fields_zone.c: nodes, zones, free lists ---- */
read_object node_fields, section_fields, zone_fields, free_area_fields, pcp_fields;
/* ---- fields_segment.c: segments ---- */
read_object gdt_fields, desc_fields;
/* ---- fields_lock.c: spinlocks ---- */
read_object lock_fields, lock_node_fields;
/* ---- fields_cache.c: slab caches ---- */
read_object cache_fields, slab_fields, array_fields, slot_fields;
/* ---- fields_vmap.c: the kernel's gigabyte ---- */
read_object vm_struct_fields, vmap_range_fields, pkmap_fields, kmap_ctrl_fields, fixmap_fields;

#endif
