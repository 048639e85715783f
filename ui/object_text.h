/*
 * Objects as people read them.
 */
#ifndef UI_OBJECT_TEXT_H
#define UI_OBJECT_TEXT_H

#include "src/object.h"
#include "view.h"

enum { OBJECT_TEXT = 128 };

/* What an object is, in a few words: "b7ffe000 rw-p buf", "3fc05 anon \"A\"", "sh pid 1". "" if it does not exist. */
const char *object_text(const struct view *v, const struct object *o, char buf[OBJECT_TEXT]);

/* The same as the start of a path, with its kind: "task sh", "page 3fc05", "area b7ffe000 of sh". */
const char *object_root_text(const struct view *v, const struct object *o, char buf[OBJECT_TEXT]);

#endif
