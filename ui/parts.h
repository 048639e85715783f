/*
 * Parts that several panels are made of: marks, lists that scroll, and how numbers, contents and entries are
 * written.
 */
#ifndef UI_PARTS_H
#define UI_PARTS_H

#include "grid.h"
#include "view.h"

/* ---- marks: what changed, told by shape and not by colour alone ---- */
enum { GLYPH_STEP = 0x25c6 /* filled diamond */, GLYPH_EVENT = 0x25c7 /* hollow */ };

/* The sign for a touch: filled for the last step, hollow for earlier in the event; a blank for none. */
uint32_t touch_glyph(enum touch t);
/* Draw it; nothing when there is none. */
void put_mark(const struct area *a, int x, int y, enum touch t);

/* One character; returns the column after it. */
int put_char_text(const struct area *a, int x, int y, uint32_t ch, enum role role);
/* The long form where it fits, else the short one; returns the column after it. */
int put_fitting(const struct area *a, int x, int y, enum role role, const char *form, const char *brief);

/* ---- lists longer than their panel ---- */
/* First line to show so that `line` of `total` is in sight, moved from `top` as little as possible. */
int scroll_to(int top, int line, int height, int total);
/*
 * First line to show of a list that grows while one follows its last line: half a page further each time the page
 * is full, so that most steps leave the lines where they are.
 */
int scroll_half(int line, int height);
/* Keep top within the list. */
int scroll_clamp(int top, int height, int total);
/* Where one is: a thumb on the box's right border. Nothing when all is in sight. */
void draw_thumb(const struct area *a, int top, int height, int total);

/* ---- the story, searched by the kinds of arguments ---- */
/* The first argument of a kind. False if the step has none. */
bool step_arg(const struct step *s, enum arg_kind kind, uint64_t *value);
/* The n-th (from 0) argument of a kind. */
bool step_arg_nth(const struct step *s, enum arg_kind kind, unsigned n, uint64_t *value);
typedef bool node_question(const struct story_node *n, const void *ctx);
/* The last node in telling order that answers yes; NULL. */
const struct story_node *story_find_last(const struct story *s, node_question *ask,
					 const void *ctx);
/* The first one. */
const struct story_node *story_find_first(const struct story *s, node_question *ask,
					  const void *ctx);
/* Every node, in telling order. */
void story_visit(const struct story *s, void (*see)(void *ctx, const struct story_node *n), void *ctx);
/* The process that a node's addresses belong to: named by itself or by the nearest span around it; 0. */
uint32_t node_pid(const struct story_node *n);

/* ---- how things are written; those with a buf return it ---- */
enum { TEXT_LEN = 64 };
/* How many digits a number has: the width of a field for what grows up to it. */
int digits(uint32_t n);
/* "8K", "1.5M", "24": powers of 1024, at most five characters. */
const char *bytes_text(uint64_t bytes, char buf[TEXT_LEN]);
/* "4G", "2^64": how many addresses a machine has, so where they end. */
const char *addresses_text(const struct machine *m, char buf[TEXT_LEN]);
/* A frame's content in quotes; "zero" when nothing was written. */
const char *tag_text(const char tag[TAG_LEN], char buf[TEXT_LEN]);
/* "P RW US A D": always the same width, a bit that is not set is a dash. */
const char *pte_bits_text(pte_t e, char buf[TEXT_LEN]);
/* "rw-p" */
const char *vma_rights(const struct vma *v, char buf[TEXT_LEN]);
/* The kernel's name of an area; one without gets the names that the scenario gave to what begins in it, or "-". */
const char *area_name(const struct view *v, const struct vma *area, char buf[TEXT_LEN]);

/* The area that holds an address; NULL if none does. */
const struct vma *area_at(const struct mm *mm, vaddr_t va);
/* The leaf entry of a user page; 0 when a table on the way is missing. */
pte_t user_entry(const struct machine *m, const struct mm *mm, vaddr_t va);
/* The struct page of an entry's frame; NULL when it has none. */
const struct page *entry_page(const struct machine *m, pte_t e);

#endif
