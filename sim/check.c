/*
 * The laws of a machine, asked of it as it stands.
 *
 * Every structure's law is written above it in its header; here each of them
 * is a question.  They are asked from the owners' side first (areas own pages
 * through their tables, caches own slabs, tasks own stacks), and whatever was
 * found is counted frame by frame; then mem_map is gone through, and each
 * struct page must know of just what was found.  So a frame that two think
 * theirs is discovered as well as one that nobody remembers.
 *
 *	zones, nodes -> slabs -> address spaces -> files -> kernel tables -> all frames
 *
 * The laws hold between events, not in the middle of one.
 */
#include "check.h"

#include <stdarg.h>

/* The one thing that outlives a call: the sentence that it returns. */
static char sentence[256];

static size_t put_text(size_t at, const char *text)
{
	while (*text && at + 1 < sizeof(sentence))
		sentence[at++] = *text++;
	return at;
}

static size_t put_number(size_t at, uint64_t n, unsigned base)
{
	char digits[24];
	size_t i = sizeof(digits) - 1;

	digits[i] = '\0';
	do {
		digits[--i] = "0123456789abcdef"[n % base];
		n /= base;
	} while (n);
	return put_text(at, digits + i);
}

void check_fail(const char *format, ...)
{
	size_t at = 0;
	va_list args;

	va_start(args, format);
	for (const char *f = format; *f && at + 1 < sizeof(sentence); f++) {
		if (*f != '%') {
			sentence[at++] = *f;
			continue;
		}
		f++;
		if (*f == 's')
			at = put_text(at, va_arg(args, const char *));
		else if (*f == 'u')
			at = put_number(at, va_arg(args, uint32_t), 10);
		else if (*f == 'x')
			at = put_number(put_text(at, "0x"),
					va_arg(args, uint64_t), 16);
		else if (*f == 'l')
			at = put_number(at, va_arg(args, uint64_t), 10);
	}
	va_end(args);
	sentence[at] = '\0';
}

bool check_owned(struct check *k, pfn_t pfn, unsigned order, enum frame_use use)
{
	for (pfn_t i = pfn; i < pfn + (1u << order); i++) {
		if (!LAW(i < k->m->max_pfn, "frame %u does not exist", i) ||
		    !LAW(pfn_page(k->m, i)->use == use,
			 "frame %u is owned as use %u, but has use %u", i, use,
			 pfn_page(k->m, i)->use) ||
		    !LAW(k->found[i] == 0, "frame %u has two owners", i))
			return false;
		k->found[i] = FRAME_OWNED;
	}
	return true;
}

const char *machine_check(const struct machine *m)
{
	/* the machine is not touched: notes are taken in an arena beside it */
	size_t bytes = m->max_pfn * sizeof(uint32_t);
	struct arena *notes = arena_create(2 * bytes + (64 << 10));
	struct check k = {.m = m};
	bool holds;

	if (!notes)
		return "the host has no memory for the check";
	k.found = arena_alloc(notes, bytes);
	holds = check_zones(&k) && check_nodes(&k) && check_locks(&k) &&
		check_slabs(&k) && check_spaces(&k) && check_mappings(&k) &&
		check_kernel_tables(&k) && check_kernel_map(&k) &&
		check_segments(&k) && check_frames(&k);
	arena_destroy(notes);
	return holds ? NULL : sentence;
}
