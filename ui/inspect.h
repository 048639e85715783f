/*
 * The inspector: a kernel structure with live values, and the way that led to it.
 *
 *	inspect.c          the box: path, keys, what vanished and when
 *	inspect_rows.c     a structure's fields as rows
 *	inspect_subject.c  from what is chosen, or typed, to a structure, and back
 */
#ifndef UI_INSPECT_H
#define UI_INSPECT_H

#include "object_text.h"
#include "sheet.h"
#include "src/fields.h"
#include "src/what.h"

struct screen;

/* Open the inspector on an object, which exists. */
void inspect_open(struct screen *s, const struct object *o);

/* ---- inspect_rows.c ---- */
/* The fields of an object that exists, a row each; a row's key is its field's. */
void inspect_rows(const struct view *v, const struct object *o, struct sheet *sheet);
/* The field of a key; false: there is none now. */
bool inspect_field(const struct machine *m, const struct object *o, uint64_t key, struct field *f);

/* ---- inspect_subject.c ---- */
/* What `i` opens: what is chosen, seen from the panel in front. */
struct object inspect_subject(const struct screen *s);
/*
 * The structure that words mean: a process, a zone, a cache by its name; else what a place of what_parse is mapped by
 * or lies in.  False: *wrong says what is wrong.
 */
bool inspect_parse(const struct view *v, const char *words, struct object *o, struct what_fault *wrong);
/* Choose an object for all panels, where they can show it. */
void inspect_choose(struct view *v, const struct object *o);

#endif
