/*
 * Fields: what a kernel structure holds now, one by one, and where its pointers lead.
 *
 * The fields of a structure are a table, src/struct_*.def: a line says a field's name, its C type, how it is read, and
 * what it means.  Values come from the machine and from nowhere else.
 */
#ifndef SRC_FIELDS_H
#define SRC_FIELDS_H

#include "object.h"

enum { FIELD_NAME = 40, FIELD_TEXT = 128 };

enum field_form {
	FORM_GROUP,   /* a title above the fields after it: name alone   */
	FORM_COUNT,   /* decimal                                        */
	FORM_PAGES,   /* decimal, of pages                              */
	FORM_BYTES,   /* decimal, of bytes                              */
	FORM_HEX,     /* a number with 0x                               */
	FORM_ADDRESS, /* 8 hexadecimal digits; text may say what is there */
	FORM_FRAME,   /* number of a frame, hexadecimal as on the panels */
	FORM_ENTRY,   /* value of a page-table entry; text: its bits      */
	FORM_BITS,    /* hexadecimal; text: the names of the bits set    */
	FORM_TEXT,    /* text                                           */
	FORM_POINTER, /* a kernel address, 0: NULL; target: what is there */
};

struct field {
	uint64_t key;           /* the same at every moment, another for every field of an object */
	char name[FIELD_NAME];  /* GROUP: a title, not yet translated                              */
	const char *type;
	const char *meaning;    /* not yet translated                                              */
	enum field_form form;
	uint64_t value;
	char text[FIELD_TEXT];
	struct object target;   /* where Enter leads; OBJ_NONE: nowhere                            */
};

/* Show every field of an object that exists, in order. False: it does not exist. */
bool object_fields(const struct machine *m, const struct object *o,
		   void (*see)(void *ctx, const struct field *f), void *ctx);

/* The field of that name. False: it has none now. */
bool find_field(const struct machine *m, const struct object *o, const char *name, struct field *f);

#endif
