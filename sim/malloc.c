/*
 * malloc, calloc, realloc, free: what a program calls.
 *
 * The C library stands between the program and the kernel, and spares it most
 * calls.  What the kernel sees of a program's malloc is this:
 *
 *	malloc(100)      first one: brk by 132 KB (i386: 136); later ones:
 *	                 nothing
 *	free             of a small one: nothing
 *	malloc(200000)   from 128 KB on: mmap of 49 pages
 *	free             of that one: munmap; and the threshold rises to its
 *	                 size, so that the next malloc(200000) comes from brk
 *	writes           headers touch their pages; user memory is touched only
 *	                 by the program itself, and by calloc and realloc
 *
 * A chunk is the request and the size in its header, since it may use the first
 * word of the chunk above, aligned: (bytes + 4 + 15) & ~15 on i386, (bytes + 8 +
 * 15) & ~15 and at least 32 on x86-64.
 *
 *	i386    malloc(12) -> 16  malloc(13) -> 32  malloc(131053): mmap
 *	x86-64  malloc(24) -> 32  malloc(25) -> 48  malloc(131049): mmap
 *
 * Simpler than glibc: one thread and one arena, no checks of corrupted chunks
 * but those of the pointer itself.
 * Source: glibc 2.36 malloc.c; REFERENCE 12.
 */
#include "heap.h"
#include "machine.h"
#include "mmap.h"

enum {
	IS_MMAPPED = 2,          /* in the size of a chunk               */
	FIRST_ERROR_ONLY = 4096, /* errno values are below                 */
	REFUSED_SHIFT = 48,      /* no user address has more bits          */
};

/* ---- results ---- */

/*
 * A refused access as a negative number: kind above, address below.  Kinds of
 * refused accesses are not 0, so it is below every errno.
 */
static int64_t result_of_refusal(const struct outcome *o)
{
	if (o->kind == OUT_ERRNO)
		return -(int64_t)o->value;
	return -((int64_t)o->kind << REFUSED_SHIFT | (int64_t)o->value);
}

struct outcome malloc_outcome(int64_t result)
{
	uint64_t refused = (uint64_t)-result;

	if (result == 0)
		return (struct outcome){OUT_OK, 0};
	if (result > 0)
		return (struct outcome){OUT_ADDRESS, (uint64_t)result};
	if (refused < FIRST_ERROR_ONLY)
		return (struct outcome){OUT_ERRNO, refused};
	return (struct outcome){(uint8_t)(refused >> REFUSED_SHIFT),
				refused & (((uint64_t)1 << REFUSED_SHIFT) - 1)};
}

/* ---- one call ---- */

static void begin(struct heap_call *k, struct machine *m, struct task *t)
{
	*k = (struct heap_call){.m = m, .t = t, .h = &t->mm->heap};
	if (k->h->mmap_threshold == 0) {
		k->h->size_sz = m->profile->word_bits / 8;
		k->h->alignment = m->profile->malloc_alignment;
		k->h->mmap_threshold = DEFAULT_MMAP_THRESHOLD;
		k->h->trim_threshold = DEFAULT_MMAP_THRESHOLD;
	}
}

/* The writes are done; c (NULL: no memory) is what the program gets and calls
 * name.  After a refusal nothing of t is looked at: it may be gone. */
static int64_t finish(struct heap_call *k, struct chunk *c, uint32_t name)
{
	if (!heap_flush(k))
		return result_of_refusal(&k->refused);
	if (!c)
		return -SIM_ENOMEM;
	c->name = name;
	return chunk2mem(k->h, c);
}

static uint64_t chunk_for(const struct malloc_state *h, uint64_t bytes)
{
	uint64_t nb = malloc_align(h, bytes + h->size_sz);

	return nb < chunk_minsize(h) ? chunk_minsize(h) : nb;
}

/* The chunk for a request; false: no chunk can be that large (PTRDIFF_MAX). */
static bool request2size(struct heap_call *k, uint64_t bytes, uint64_t *nb)
{
	if (bytes >> (k->m->profile->word_bits - 1)) {
		note(k->m, REQUEST_TOO_LARGE, bytes);
		return false;
	}
	*nb = chunk_for(k->h, bytes);
	note(k->m, REQUEST2SIZE, bytes, *nb, k->h->size_sz, k->h->alignment);
	return true;
}

/* The library's first chunk holds the tcache's lists. */
static void tcache_init(struct heap_call *k)
{
	/* Counts and heads of lists. */
	const uint64_t bytes = TCACHE_BINS * (2u + k->h->size_sz);
	uint64_t nb = chunk_for(k->h, bytes);
	struct chunk *c;

	if (k->h->tcache_mem)
		return;
	note(k->m, TCACHE_INIT, nb);
	c = int_malloc(k, nb);
	if (!c)
		return;
	c->in_use = false; /* not the program's */
	k->h->tcache_mem = chunk2mem(k->h, c);
	heap_write(k, k->h->tcache_mem);
	heap_write(k, k->h->tcache_mem + bytes - 1);
}

/* malloc without a story of its own. */
static struct chunk *allocate(struct heap_call *k, uint64_t bytes)
{
	struct chunk *c;
	uint64_t nb;

	if (!request2size(k, bytes, &nb))
		return NULL;
	tcache_init(k);
	c = tcache_get(k, nb);
	return c ? c : int_malloc(k, nb);
}

/* The chunk that the program holds at addr; NULL: there is none. */
static struct chunk *held_chunk(const struct malloc_state *h, vaddr_t addr)
{
	struct chunk *c = chunk_find(h, addr - chunk_hdr_sz(h));

	return c && c->in_use ? c : NULL;
}

uint64_t user_usable_size(const struct mm *mm, vaddr_t addr)
{
	const struct chunk *c = held_chunk(&mm->heap, addr);

	if (!c)
		return 0;
	return c->bytes -
	       (c->mmapped ? chunk_hdr_sz(&mm->heap) : mm->heap.size_sz);
}

/* ---- malloc and free ---- */

int64_t user_malloc(struct machine *m, struct task *t, uint64_t bytes,
		    uint32_t name)
{
	struct heap_call k;
	struct chunk *c;
	int64_t result;

	enter(m, MALLOC, t->pid, bytes);
	begin(&k, m, t);
	c = allocate(&k, bytes);
	result = finish(&k, c, name);
	leave(m, MALLOC, result > 0 ? result : 0);
	return result;
}

/* 4M words, where addresses are plentiful; else 512K. */
static uint64_t threshold_max(const struct malloc_state *h)
{
	return h->size_sz == 8 ? (uint64_t)32 << 20 : 512 << 10;
}

/* A mapping of this size came and went: the next one shall come from the heap,
 * which is trimmed later.  The program shows what it needs. */
static void raise_threshold(struct heap_call *k, uint64_t bytes)
{
	uint64_t most = threshold_max(k->h);

	/* The library compares before it takes the flag off the size. */
	if ((bytes | IS_MMAPPED) <= k->h->mmap_threshold ||
	    (bytes | IS_MMAPPED) > most)
		return;
	k->h->mmap_threshold = bytes;
	k->h->trim_threshold = 2 * bytes;
	step(k->m, MMAP_THRESHOLD_GROWS, bytes, 2 * bytes);
}

/* free without a story of its own. */
static void release(struct heap_call *k, struct chunk *c)
{
	if (c->mmapped) {
		raise_threshold(k, c->bytes);
		munmap_chunk(k, c);
	} else {
		tcache_init(k);
		int_free(k, c);
	}
}

int64_t user_free(struct machine *m, struct task *t, vaddr_t addr)
{
	struct heap_call k;
	struct chunk *c;
	int64_t result = 0;

	enter(m, FREE, t->pid, addr);
	begin(&k, m, t);
	c = held_chunk(k.h, addr);
	if (!c) {
		note(m, INVALID_POINTER, addr);
		leave(m, FREE, SIM_EINVAL);
		return -SIM_EINVAL;
	}
	release(&k, c);
	if (!heap_flush(&k))
		result = result_of_refusal(&k.refused);
	leave(m, FREE, result ? SIM_EFAULT : 0);
	return result;
}

/* ---- calloc ---- */

/*
 * Bytes of a fresh chunk that may hold old values: all of it, but nothing of a
 * new mapping, and not what top has just got from the kernel, which gives
 * zeroed pages also where the heap had been before it was trimmed.
 */
static uint64_t bytes_to_clear(const struct chunk *c, vaddr_t old_top,
			       uint64_t old_top_bytes)
{
	if (c->mmapped)
		return 0;
	if (c->start == old_top && c->bytes > old_top_bytes)
		return old_top_bytes;
	return c->bytes;
}

static void clear_chunk(struct heap_call *k, struct chunk *c, uint64_t bytes)
{
	static const char zeros[TAG_LEN];
	vaddr_t mem = chunk2mem(k->h, c);

	if (bytes <= k->h->size_sz) {
		note(k->m, CALLOC_FRESH, mem);
		return;
	}
	bytes -= k->h->size_sz;
	if (heap_flush(k) && heap_fill(k, mem, bytes, zeros))
		step(k->m, CALLOC_CLEAR, mem, bytes);
}

/* A chunk past the tcache, as calloc takes it, cleared. */
static struct chunk *allocate_zeroed(struct heap_call *k, uint64_t nb)
{
	vaddr_t old_top;
	uint64_t old_bytes;
	struct chunk *c;

	tcache_init(k);
	old_top = k->h->top ? k->h->top->start : 0;
	old_bytes = k->h->top ? k->h->top->bytes : 0;
	c = int_malloc(k, nb);
	if (!c)
		return NULL;
	clear_chunk(k, c, bytes_to_clear(c, old_top, old_bytes));
	return c;
}

int64_t user_calloc(struct machine *m, struct task *t, uint64_t bytes,
		    uint32_t name)
{
	struct chunk *c = NULL;
	struct heap_call k;
	int64_t result;
	uint64_t nb;

	enter(m, CALLOC, t->pid, bytes);
	begin(&k, m, t);
	if (request2size(&k, bytes, &nb))
		c = allocate_zeroed(&k, nb);
	result = finish(&k, c, name);
	leave(m, CALLOC, result > 0 ? result : 0);
	return result;
}

/* ---- realloc ---- */

/* A chunk that the program holds gets room for nb bytes; NULL: no memory. */
static struct chunk *resize(struct heap_call *k, struct chunk *c,
			    uint64_t bytes)
{
	uint64_t nb;

	if (!request2size(k, bytes, &nb))
		return NULL;
	if (c->mmapped)
		return realloc_mapping(k, c, nb);
	tcache_init(k);
	return int_realloc(k, c, nb);
}

int64_t user_realloc(struct machine *m, struct task *t, vaddr_t old,
		     uint64_t bytes, uint32_t name)
{
	struct heap_call k;
	struct chunk *c;
	int64_t result;

	if (old == 0)
		return user_malloc(m, t, bytes, name);
	if (bytes == 0)
		return user_free(m, t, old);
	enter(m, REALLOC, t->pid, old, bytes);
	begin(&k, m, t);
	c = held_chunk(k.h, old);
	if (!c) {
		note(m, INVALID_POINTER, old);
		leave(m, REALLOC, 0);
		return -SIM_EINVAL;
	}
	c = resize(&k, c, bytes);
	result = finish(&k, c, name);
	leave(m, REALLOC, result > 0 ? result : 0);
	return result;
}
