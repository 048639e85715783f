/*
 * The header's words about memory: how it is cut, and what of it is missing.
 *
 *	nodes=2                 spread over two nodes
 *	distance=ring           how far the nodes are from each other: equal, ring, line
 *	movable=256M            kept for pages that can be moved
 *	hole=256M+64M           from 256M on 64M without memory
 *	memory=sparse           mem_map by sections; flat: in one piece
 */
#include <string.h>

#include "i18n.h"
#include "number.h"
#include "parse.h"

#define MIB ((uint64_t)1 << 20)

enum {
	HOLE_FROM_MB = 128, /* below it the kernel's image and its mem_map need room */
	KERNELCORE_LEAST_MB = 16,
};

static const uint64_t page_mask = ~(uint64_t)(PAGE_SIZE - 1);

/* START+SIZE */
static bool set_hole(struct parser *p, const struct word *w, const char *text, uint32_t len,
		     struct machine_config *c)
{
	const char *plus = memchr(text, '+', len);
	uint32_t before = plus ? (uint32_t)(plus - text) : len;
	uint64_t start, bytes;

	if (!plus)
		return mistake(p, w, _("hole= wants START+SIZE, such as hole=256M+64M"));
	if (!read_size(p, w, text, before, UINT64_MAX, &start) ||
	    !read_size(p, w, plus + 1, len - before - 1, UINT64_MAX, &bytes))
		return false;
	if (start < HOLE_FROM_MB * MIB)
		return mistake(p, w,
			       _("a hole cannot begin below %dM: there the kernel itself lies"),
			       HOLE_FROM_MB);
	c->hole_start = start & page_mask;
	c->hole_bytes = bytes & page_mask;
	return true;
}

bool set_memory(struct parser *p, enum machine_word key, const struct word *w, const char *text,
		uint32_t len, struct machine_config *c)
{
	static const char *const distances[] = {"equal", "ring", "line", NULL};
	static const char *const models[] = {"flat", "sparse", NULL};
	uint64_t value = 1;
	unsigned index = 0;
	bool good;

	switch (key) {
	case M_NODES:
		good = read_number(p, w, text, len, "nodes", 1, MAX_NUMNODES, &value);
		c->nodes = (uint32_t)value;
		return good;
	case M_DISTANCE:
		good = read_choice(p, w, text, len, _("distance"), distances, &index);
		c->distance = index;
		return good;
	case M_MOVABLE:
		good = read_size(p, w, text, len, UINT64_MAX, &value);
		c->movable_bytes = value & page_mask;
		return good;
	case M_HOLE:
		return set_hole(p, w, text, len, c);
	default:
		good = read_choice(p, w, text, len, _("memory model"), models, &index);
		c->memory = index ? MEMORY_SPARSE : MEMORY_FLAT;
		return good;
	}
}

void take_memory(struct machine_config *to, const struct machine_config *from,
		 enum machine_word key)
{
	switch (key) {
	case M_NODES:
		to->nodes = from->nodes;
		break;
	case M_DISTANCE:
		to->distance = from->distance;
		break;
	case M_MOVABLE:
		to->movable_bytes = from->movable_bytes;
		break;
	case M_HOLE:
		to->hole_start = from->hole_start;
		to->hole_bytes = from->hole_bytes;
		break;
	default:
		to->memory = from->memory;
		break;
	}
}

/* The word of this line that gives a setting; NULL: none does. */
static const struct word *word_of(const struct parser *p, const char *setting)
{
	size_t len = strlen(setting);

	for (uint32_t i = 0; i < p->line.nr_words; i++) {
		const struct word *w = &p->line.word[i];

		if (w->len > len && memcmp(w->text, setting, len) == 0 && w->text[len] == '=')
			return w;
	}
	return NULL;
}

bool check_memory(struct parser *p)
{
	const struct machine_config *c = &p->s->config;
	uint64_t end = (uint64_t)boot_ram_end(c) << PAGE_SHIFT;
	uint64_t ram = (uint64_t)boot_ram_pages(c) << PAGE_SHIFT;
	uint64_t unit = (uint64_t)node_unit(c) << PAGE_SHIFT;

	if (c->page_offset && c->profile->task_size)
		return mistake(p, word_of(p, "split"),
			       _("split= is a choice of i386: %s has its place for all"),
			       c->profile->name);
	if (c->ram_bytes > c->profile->max_ram)
		return mistake(p, word_of(p, "ram"), _("ram is out of range: 8M to %lluG with %s"),
			       (unsigned long long)c->profile->max_ram >> 30, c->profile->name);

	if (c->nodes > 1 && c->memory == MEMORY_FLAT)
		return mistake(p, word_of(p, "memory"),
			       _("memory=flat is for one node: with several, mem_map is cut "
				 "into sections"));
	if (c->nodes > 1 && ram / c->nodes < unit)
		return mistake(p, word_of(p, "nodes"),
			       _("nodes=%u wants more RAM: each node has at least one section "
				 "of %lluM"),
			       c->nodes, (unsigned long long)(unit / MIB));
	if (memory_model_of(c) == MEMORY_SPARSE && section_map_bytes(c->profile) > c->ram_bytes / 2)
		return mistake(p, word_of(p, "memory"),
			       _("memory=sparse wants more RAM: the mem_map of a section takes "
				 "%lluK of it"),
			       (unsigned long long)(section_map_bytes(c->profile) / 1024));
	if (c->hole_bytes && c->hole_start + c->hole_bytes > end)
		return mistake(p, word_of(p, "hole"),
			       _("the hole ends behind the memory, which ends at %lluK"),
			       (unsigned long long)(end / 1024));
	if (c->movable_bytes && (c->movable_bytes > c->ram_bytes / 2 ||
				 c->ram_bytes - c->movable_bytes < KERNELCORE_LEAST_MB * MIB))
		return mistake(p, word_of(p, "movable"),
			       _("movable= leaves too little: half of the RAM and at least %dM are "
				 "the kernel's"),
			       KERNELCORE_LEAST_MB);
	return true;
}
