/*
 * The C library and the kernel: sbrk, mmap, and the writes that cost faults.
 *
 * When top is too small for a chunk of nb bytes, the library asks the kernel:
 *
 *	nb >= mmap_threshold (128K at first): a mapping of its own, nb and one
 *	    size more in whole pages; on i386 the chunk begins 8 bytes into it
 *	else brk grows by nb + 128K (top_pad) + the smallest chunk - what top
 *	    has, in whole pages, and the chunk is cut from top
 *
 * Where a header is shorter than what user addresses are multiples of (i386: 8
 * and 16), the first chunk cannot begin at start_brk but 8 bytes above it, and
 * a second brk follows the first, for the end shall be on a page again: 8 bytes
 * cost a page.  A first malloc(100) begins with the tcache's own chunk:
 *
 *	i386    400 + 131072 + 16 -> 0x21000 in whole pages, + 0x1000: 136 KB
 *	x86-64  656 + 131072 + 32 -> 0x21000 in whole pages: 132 KB
 *
 * If brk is refused, 1M is mapped and the heap goes on there, the old top being
 * closed by a fence that no merge crosses.  If somebody else moved the break,
 * the same is done above it.
 *
 * systrim gives back what top has above top_pad; free calls it when a large
 * chunk was freed and top has reached the trim threshold.
 *
 * Writes to headers are collected while the records change, and then done page
 * by page through access_page, in the order of the first write to each page:
 * exactly the faults that real headers cost.  Reads of headers cost nothing
 * here: whatever has a header was written before.  The library's own variables
 * (main_arena) have no page in the modelled process.
 * Source: glibc 2.36 sysmalloc, systrim, munmap_chunk, mremap_chunk;
 * REFERENCE 12.
 */
#include <string.h>

#include "access.h"
#include "heap.h"
#include "machine.h"
#include "mmap.h"

enum {
	TOP_PAD = 131072,
	MMAP_AS_MORECORE_SIZE = 1 << 20,
	FIRST_DIRTY = 16,
};

static const char chunk_tag[TAG_LEN] = "chunk";

/* ---- writes ---- */

void heap_write(struct heap_call *k, vaddr_t va)
{
	for (uint32_t i = k->nr_dirty; i-- > 0;)
		if (page_align_down(k->dirty[i]) == page_align_down(va))
			return;
	if (k->nr_dirty == k->cap_dirty) {
		uint32_t cap = k->cap_dirty ? k->cap_dirty * 2 : FIRST_DIRTY;

		k->dirty = arena_realloc(k->m->arena, k->dirty,
					 k->cap_dirty * sizeof(vaddr_t),
					 cap * sizeof(vaddr_t));
		k->cap_dirty = cap;
	}
	k->dirty[k->nr_dirty++] = va;
}

/* One access; false: it was refused, and t may be gone. */
static bool touch(struct heap_call *k, vaddr_t va, enum access kind,
		  const char tag[TAG_LEN])
{
	k->refused = access_page(k->m, k->t, va, kind, tag);
	return k->refused.kind == OUT_OK;
}

bool heap_flush(struct heap_call *k)
{
	bool ok = k->refused.kind == OUT_OK;

	for (uint32_t i = 0; ok && i < k->nr_dirty; i++)
		ok = touch(k, k->dirty[i], ACCESS_WRITE, chunk_tag);
	arena_free(k->m->arena, k->dirty, k->cap_dirty * sizeof(vaddr_t));
	k->dirty = NULL;
	k->nr_dirty = k->cap_dirty = 0;
	return ok;
}

bool heap_fill(struct heap_call *k, vaddr_t va, uint64_t bytes,
	       const char tag[TAG_LEN])
{
	bool ok = k->refused.kind == OUT_OK;
	uint64_t end = (uint64_t)va + bytes;

	for (uint64_t at = va; ok && at < end;
	     at = page_align_down(at) + PAGE_SIZE)
		ok = touch(k, (vaddr_t)at, ACCESS_WRITE, tag);
	return ok;
}

/* What the page of va shows. */
static void content_of(const struct heap_call *k, vaddr_t va, char tag[TAG_LEN])
{
	const pte_t *e = pte_offset(k->m, k->t->mm, va);

	memset(tag, 0, TAG_LEN);
	if (e && pte_present(*e))
		memcpy(tag, pfn_page(k->m, pte_pfn(*e))->tag, TAG_LEN);
}

/* Bytes from va to the end of its page. */
static uint64_t to_page_end(vaddr_t va)
{
	return PAGE_SIZE - (va & (PAGE_SIZE - 1));
}

/* A page of one of the two ends where the copying goes on: a read there, or a
 * write there, or both. */
bool heap_copy(struct heap_call *k, vaddr_t to, vaddr_t from, uint64_t bytes)
{
	bool ok = k->refused.kind == OUT_OK;
	bool new_from = true, new_to = true;
	char tag[TAG_LEN];

	while (ok && bytes > 0) {
		uint64_t here = to_page_end(from), there = to_page_end(to);
		uint64_t nr = here < there ? here : there;

		if (new_from)
			ok = touch(k, from, ACCESS_READ, NULL);
		if (ok && new_to) {
			content_of(k, from, tag);
			ok = touch(k, to, ACCESS_WRITE, tag);
		}
		nr = nr < bytes ? nr : bytes;
		new_from = nr == here;
		new_to = nr == there;
		from += nr;
		to += nr;
		bytes -= nr;
	}
	return ok;
}

/* ---- mappings ---- */

/* A private anonymous mapping; 0: refused. */
static vaddr_t map(struct heap_call *k, uint64_t bytes)
{
	struct mmap_request rq = {.bytes = bytes, .prot = VM_READ | VM_WRITE};
	int64_t at = sys_mmap(k->m, k->t, &rq);

	return at < 0 ? 0 : (vaddr_t)at;
}

static struct chunk *mmap_chunk(struct heap_call *k, uint64_t nb)
{
	uint32_t front = mmapped_front(k->h);
	uint64_t slack = k->h->size_sz + (front ? k->h->alignment - 1u : 0);
	uint64_t bytes = page_align_up(nb + slack);
	vaddr_t base = map(k, bytes);
	struct chunk *c;

	if (!base)
		return NULL;
	c = chunk_new(k->m, k->h, base + front, bytes - front, true);
	heap_write(k, base);
	return c;
}

void munmap_chunk(struct heap_call *k, struct chunk *c)
{
	vaddr_t base = c->start - mmapped_front(k->h);
	uint64_t bytes = c->bytes + mmapped_front(k->h);

	enter(k->m, MUNMAP_CHUNK, c->start, bytes);
	chunk_delete(k->m, k->h, c);
	sys_munmap(k->m, k->t, base, bytes);
	leave(k->m, MUNMAP_CHUNK);
}

struct chunk *mremap_chunk(struct heap_call *k, struct chunk *c, uint64_t nb)
{
	uint32_t front = mmapped_front(k->h);
	vaddr_t base = c->start - front;
	uint64_t old = c->bytes + front;
	uint32_t name = c->name;
	uint64_t bytes = page_align_up(nb + front + k->h->size_sz);
	int64_t at;

	if (bytes == old)
		return c;
	enter(k->m, MREMAP_CHUNK, c->start, bytes);
	at = sys_mremap(k->m, k->t, base, old, bytes, true);
	if (at < 0) {
		leave(k->m, MREMAP_CHUNK, 0);
		return NULL;
	}
	chunk_delete(k->m, k->h, c);
	c = chunk_new(k->m, k->h, (vaddr_t)at + front, bytes - front, true);
	c->name = name;
	write_size(k, c);
	leave(k->m, MREMAP_CHUNK, c->start);
	return c;
}

/* ---- the break ---- */

/* The old break; -SIM_ENOMEM: it stays there. */
static int64_t sbrk(struct heap_call *k, int64_t bytes)
{
	int64_t old = (int64_t)k->t->mm->brk;
	int64_t now =
		bytes ? sys_brk(k->m, k->t, (uint64_t)(old + bytes)) : old;

	if (now != old + bytes)
		return -SIM_ENOMEM;
	return old;
}

/* The first address at or above va where a chunk may begin. */
static vaddr_t chunk_align(const struct malloc_state *h, vaddr_t va)
{
	return malloc_align(h, va + chunk_hdr_sz(h)) - chunk_hdr_sz(h);
}

/* The old top (NULL: there was none) is not followed by heap any more: its end
 * becomes a fence, the rest of it is freed. */
static void close_top(struct heap_call *k, struct chunk *old)
{
	struct chunk *fence = old;
	uint64_t headers = 2 * chunk_hdr_sz(k->h); /* without memory */
	uint64_t keeps;

	if (!old)
		return;
	chunk_put(k->h, old, CHUNK_USED);
	keeps = (old->bytes - headers) & ~(uint64_t)(k->h->alignment - 1u);
	if (old->bytes >= chunk_minsize(k->h) + headers)
		fence = chunk_split(k->m, k->h, old, keeps);
	chunk_put(k->h, fence, CHUNK_FENCE);
	write_size(k, fence);
	if (fence == old)
		return;
	write_size(k, old);
	int_free(k, old);
}

/* [start, end) is heap that top does not touch: the new top. */
static void new_top(struct heap_call *k, vaddr_t start, vaddr_t end)
{
	struct chunk *old = k->h->top, *c;

	start = chunk_align(k->h, start);
	c = chunk_new(k->m, k->h, start, end - start, false);
	chunk_put(k->h, c, CHUNK_TOP);
	write_size(k, c);
	close_top(k, old);
}

/*
 * brk gave [old_brk, old_brk + bytes), which does not touch top: there was no
 * heap, or somebody else moved the break.  top_bytes were reckoned with in
 * vain: a second sbrk makes up for them and for the alignment.
 */
static void new_piece(struct heap_call *k, vaddr_t old_brk, uint64_t bytes,
		      uint64_t top_bytes)
{
	uint64_t front = chunk_align(k->h, old_brk) - old_brk;
	vaddr_t end = old_brk + bytes;
	uint64_t more = front + top_bytes;

	more = page_align_up(end + more) - end;
	if (k->h->top)
		note(k->m, BRK_MOVED, chunk_align(k->h, old_brk));
	else
		note(k->m, BRK_ALIGN, chunk_align(k->h, old_brk), more);
	if (!k->h->noncontiguous && sbrk(k, more) >= 0)
		end += more;
	new_top(k, old_brk, end);
}

/*
 * The heap goes on in a mapping; false: that is refused too.  It should have 1M
 * at least, but 2.36 mixes this number up with the size of a page: the first
 * such mapping is rounded up to whole megabytes, later ones to pages only.
 */
static bool map_piece(struct heap_call *k, uint64_t bytes, uint64_t top_bytes)
{
	vaddr_t base;

	if (!k->h->noncontiguous)
		bytes = (bytes + top_bytes + MMAP_AS_MORECORE_SIZE - 1) &
			~(uint64_t)(MMAP_AS_MORECORE_SIZE - 1);
	base = map(k, bytes);
	if (!base)
		return false;
	k->h->noncontiguous = true;
	note(k->m, BRK_FAILED, bytes);
	new_top(k, base, (vaddr_t)(base + bytes));
	return true;
}

/* A top that no call of ours can have left: the library gives up. */
static bool is_top_sound(struct heap_call *k)
{
	const struct chunk *top = k->h->top;

	if (!top || (top->start + top->bytes) % PAGE_SIZE == 0)
		return true;
	note(k->m, TOP_UNALIGNED, top->start + top->bytes);
	k->refused = (struct outcome){OUT_ERRNO, SIM_EINVAL};
	return false;
}

/* More heap for a chunk of nb bytes; false: no memory, or k->refused tells (the
 * old top's end may trim the new one, for which headers are written). */
static bool grow_heap(struct heap_call *k, uint64_t nb)
{
	struct chunk *top = k->h->top;
	uint64_t has = top ? top->bytes : 0;
	uint64_t counts = k->h->noncontiguous ? 0 : has;
	uint32_t least = chunk_minsize(k->h);
	uint64_t bytes = page_align_up(nb + TOP_PAD + least - counts);
	int64_t old_brk;
	vaddr_t end = top ? top->start + has : 0;

	note(k->m, USE_BRK, bytes, nb, least, counts);
	old_brk = sbrk(k, (int64_t)bytes);
	if (old_brk < 0) {
		if (!map_piece(k, bytes, has))
			return false;
	} else if (top && (vaddr_t)old_brk == end) {
		top->bytes += bytes;
		write_size(k, top);
	} else if (counts && (vaddr_t)old_brk < end) {
		note(k->m, HEAP_SMASHED, old_brk);
		k->refused = (struct outcome){OUT_ERRNO, SIM_EINVAL};
		return false;
	} else {
		new_piece(k, (vaddr_t)old_brk, bytes, counts);
	}
	return k->refused.kind == OUT_OK && k->h->top->bytes >= nb + least;
}

struct chunk *sysmalloc(struct heap_call *k, uint64_t nb)
{
	const struct chunk *top = k->h->top;
	struct chunk *c = NULL;

	enter(k->m, SYSMALLOC, nb, top ? top->bytes : 0);
	if (nb >= k->h->mmap_threshold) {
		note(k->m, USE_MMAP, nb, k->h->mmap_threshold);
		c = mmap_chunk(k, nb);
	}
	if (!c && is_top_sound(k) && grow_heap(k, nb))
		c = take_top(k, nb);
	leave(k->m, SYSMALLOC, c ? c->start : 0);
	return c;
}

void systrim(struct heap_call *k)
{
	struct chunk *top = k->h->top;
	uint64_t spare = top->bytes - chunk_minsize(k->h) - 1;
	uint64_t extra;

	if (spare <= TOP_PAD)
		return;
	extra = page_align_down(spare - TOP_PAD);
	if (extra == 0 || k->t->mm->brk != top->start + top->bytes)
		return;
	/* Headers are written before their pages may go. */
	if (!heap_flush(k))
		return;
	enter(k->m, SYSTRIM, top->bytes, k->h->trim_threshold);
	if (sbrk(k, -(int64_t)extra) >= 0) {
		top->bytes -= extra;
		write_size(k, top);
	} else {
		extra = 0;
	}
	leave(k->m, SYSTRIM, extra);
}
