/* Numbers: REFERENCE 12 and its table T12 (glibc 2.36, 32-bit, measured). */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "sim/access.h"
#include "sim/check.h"
#include "sim/heap.h"
#include "sim/machine.h"
#include "sim/mmap.h"

enum { FRESH_HEAP = 0x22000, NAME = 7 };

/* As the probe of the recording: a heap that began here had its break at 08148000. */
static const struct program probe = {
	.name = "probe",
	.file_bytes = 8192,
	.entry = 0x08048000,
	.nr_segments = 2,
	.segment = {{0x08048000, 4096, 4096, 0, VM_READ | VM_EXEC},
		    {0x08049000, 4096, 0x08126000 - 0x08049000, 4096, VM_READ | VM_WRITE}},
};

static struct trace trace;
static struct machine *m;
static struct task *t;
static struct malloc_state *h;

static void boot(uint32_t ram_mb)
{
	struct machine_config c;

	machine_config_default(&c);
	c.profile = profile_find("i386-6.1");
	c.ram_bytes = (uint64_t)ram_mb << 20;
	m = machine_create(&c, &trace);
	t = do_spawn(m, "sh", 1, &probe, NULL);
	ck_assert_ptr_nonnull(t);
	h = &t->mm->heap;
}

static void setup(void) { boot(256); }

static void teardown(void)
{
	machine_destroy(m);
	m = NULL;
	memset(&trace, 0, sizeof(trace));
}

#define ck_laws()                                                                                  \
	do {                                                                                       \
		const char *broken_ = machine_check(m);                                            \
		ck_assert_msg(broken_ == NULL, "%s", broken_);                                     \
	} while (0)

static vaddr_t get(uint64_t bytes)
{
	int64_t va = user_malloc(m, t, bytes, NAME);

	ck_assert_msg(va > 0, "malloc(%llu)", (unsigned long long)bytes);
	ck_assert_uint_eq(va % 16, 0);
	return (vaddr_t)va;
}

static void put(vaddr_t va) { ck_assert_int_eq(user_free(m, t, va), 0); }

static struct chunk *chunk_at(vaddr_t va) { return chunk_find(h, va - 8); }

/* Which law it is, machine_check tells. */
#define ck_heap() ck_assert(check_heap(h))

/* ---- sizes and addresses ---- */

START_TEST(usable_sizes_are_those_measured)
{
	ck_assert_uint_eq(user_usable_size(t->mm, get(24)), 28);
	ck_assert_uint_eq(user_usable_size(t->mm, get(1)), 12);
	ck_assert_uint_eq(user_usable_size(t->mm, get(13)), 28);
	ck_assert_uint_eq(user_usable_size(t->mm, get(12)), 12);
	ck_assert_uint_eq(user_usable_size(t->mm, get(0)), 12);
	ck_assert_uint_eq(user_usable_size(t->mm, get(200000)), 200688);
	ck_assert_uint_eq(user_usable_size(t->mm, 0x08048000), 0);
}
END_TEST

START_TEST(a_fresh_heap_has_136_kb_and_begins_with_the_tcache)
{
	vaddr_t start = t->mm->start_brk, va = get(100);

	ck_assert_uint_eq(t->mm->brk, start + FRESH_HEAP);
	ck_assert_uint_eq(h->first->start, start + 8);
	ck_assert_uint_eq(h->first->bytes, 400);
	ck_assert_uint_eq(va, start + 8 + 400 + 8);
	ck_assert_uint_eq(h->top->start + h->top->bytes, t->mm->brk);
	ck_heap();
	ck_laws();
}
END_TEST

START_TEST(a_first_malloc_takes_one_page)
{
	uint32_t rss = t->mm->rss_anon, min_flt = t->min_flt;

	get(100);
	ck_assert_uint_eq(t->mm->rss_anon, rss + 1);
	ck_assert_uint_eq(t->min_flt, min_flt + 1);
	get(100);
	get(500);
	ck_assert_uint_eq(t->min_flt, min_flt + 1);
	get(60000); /* its own header lies in the first page, top's in the 15th */
	ck_assert_uint_eq(t->min_flt, min_flt + 2);
	get(500000); /* a mapping: its header's page */
	ck_assert_uint_eq(t->min_flt, min_flt + 3);
}
END_TEST

/* The heap of the measured program: 69688 bytes of top below the break 08148000. */
static void fill_as_measured(void)
{
	get(69164);
	ck_assert_uint_eq(h->top->bytes, 69688);
	ck_assert_uint_eq(t->mm->brk, 0x08148000);
}

START_TEST(a_request_above_top_grows_the_break_as_measured)
{
	fill_as_measured();
	get(100);
	ck_assert_uint_eq(t->mm->brk, 0x08148000);
	teardown();
	setup();
	fill_as_measured();
	get(131000);
	ck_assert_uint_eq(t->mm->brk, 0x08148000 + 0x2f000);
}
END_TEST

START_TEST(what_top_cannot_give_turns_to_mmap_at_131053_bytes)
{
	vaddr_t va;

	fill_as_measured();
	va = get(131053);
	ck_assert(chunk_at(va)->mmapped);
	ck_assert_uint_eq(va, t->mm->mmap_base - 33 * PAGE_SIZE + 0x10);
	ck_assert_uint_eq(t->mm->brk, 0x08148000);
	va = get(131052);
	ck_assert(!chunk_at(va)->mmapped);
	ck_assert_uint_eq(chunk_at(va)->bytes, 131056);
	ck_assert_uint_eq(t->mm->brk, 0x08148000 + 0x2f000);
}
END_TEST

START_TEST(two_requests_of_131060_are_33_pages_apart)
{
	vaddr_t first, second;

	fill_as_measured();
	first = get(131060);
	second = get(131060);
	ck_assert_uint_eq(first % PAGE_SIZE, 0x10);
	ck_assert_uint_eq(first - second, 33 * PAGE_SIZE);
	ck_laws();
}
END_TEST

START_TEST(forty_chunks_grow_and_trim_the_break_as_measured)
{
	vaddr_t va[40];

	fill_as_measured();
	for (int i = 0; i < 40; i++)
		va[i] = get(100000);
	ck_assert_uint_eq(t->mm->brk, 0x08510000);
	for (int i = 39; i >= 0; i--) {
		put(va[i]);
		ck_heap();
	}
	ck_assert_uint_eq(t->mm->brk, 0x08157000);
	ck_laws();
}
END_TEST

START_TEST(freeing_a_mapping_raises_the_threshold)
{
	vaddr_t va = get(200000);

	ck_assert(chunk_at(va)->mmapped);
	put(va);
	ck_assert_uint_eq(h->mmap_threshold, 200696);
	ck_assert_uint_eq(h->trim_threshold, 2 * 200696);
	ck_assert(!chunk_at(get(200000))->mmapped);
	ck_assert(chunk_at(get(210000))->mmapped);
	va = get(1 << 20);
	put(va);
	ck_assert_uint_eq(h->mmap_threshold, 200696);
	ck_assert(chunk_at(get(1 << 20))->mmapped);
	ck_laws();
}
END_TEST

START_TEST(a_freed_mapping_is_unmapped)
{
	uint32_t areas, rss;
	vaddr_t va;

	get(1);
	areas = t->mm->map_count;
	rss = t->mm->rss_anon;
	va = get(200000);
	ck_assert_uint_eq(t->mm->map_count, areas + 1);
	put(va);
	ck_assert_uint_eq(t->mm->map_count, areas);
	ck_assert_uint_eq(t->mm->rss_anon, rss);
}
END_TEST

/* ---- inside the heap ---- */

START_TEST(a_small_chunk_comes_back_from_the_tcache_last_freed_first)
{
	vaddr_t a = get(100), b = get(100), brk = t->mm->brk;

	put(a);
	put(b);
	ck_assert_int_eq(chunk_at(a)->place, CHUNK_TCACHE);
	ck_assert_uint_eq(get(97), b);
	ck_assert_uint_eq(get(108), a);
	ck_assert_uint_eq(t->mm->brk, brk);
	ck_heap();
}
END_TEST

START_TEST(the_eighth_freed_chunk_goes_to_a_fastbin_or_merges)
{
	vaddr_t small[9], large[9];

	for (int i = 0; i < 9; i++)
		small[i] = get(20);
	for (int i = 0; i < 9; i++)
		large[i] = get(100);
	get(1);
	for (int i = 0; i < 9; i++) {
		put(small[i]);
		put(large[i]);
		ck_heap();
	}
	ck_assert_int_eq(chunk_at(small[6])->place, CHUNK_TCACHE);
	ck_assert_int_eq(chunk_at(small[7])->place, CHUNK_FASTBIN);
	ck_assert_int_eq(chunk_at(small[8])->place, CHUNK_FASTBIN);
	ck_assert_int_eq(chunk_at(large[6])->place, CHUNK_TCACHE);
	ck_assert_int_eq(chunk_at(large[7])->place, CHUNK_BIN);
	ck_assert_uint_eq(chunk_at(large[7])->bytes, 2 * 112);
	ck_assert_ptr_null(chunk_at(large[8]));
	for (int i = 6; i >= 0; i--)
		ck_assert_uint_eq(get(20), small[i]);
	ck_assert_uint_eq(get(20), small[8]);
	ck_assert_int_eq(chunk_at(small[7])->place, CHUNK_TCACHE);
	ck_heap();
}
END_TEST

START_TEST(a_large_request_merges_the_fastbins_first)
{
	vaddr_t va[16];

	for (int i = 0; i < 16; i++)
		va[i] = get(50);
	get(1);
	for (int i = 0; i < 16; i++)
		put(va[i]);
	ck_assert_ptr_nonnull(h->fastbin[3]);
	get(1000);
	ck_assert_ptr_null(h->fastbin[3]);
	ck_assert_int_eq(chunk_at(va[7])->place, CHUNK_BIN);
	ck_assert_uint_eq(chunk_at(va[7])->bytes, 9 * 64);
	ck_heap();
}
END_TEST

START_TEST(fastbins_are_merged_before_the_kernel_is_asked)
{
	vaddr_t va[16], brk;

	for (int i = 0; i < 16; i++)
		va[i] = get(50);
	get(h->top->bytes - 40);
	for (int i = 0; i < 16; i++)
		put(va[i]);
	brk = t->mm->brk;
	ck_assert_uint_eq(get(500), va[7]);
	ck_assert_uint_eq(t->mm->brk, brk);
	ck_heap();
}
END_TEST

START_TEST(free_neighbours_become_one_chunk_in_any_order)
{
	static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
					 {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	vaddr_t va[3];

	for (int i = 0; i < 3; i++)
		va[i] = get(2000);
	get(1);
	for (int i = 0; i < 3; i++) {
		put(va[orders[_i][i]]);
		ck_heap();
	}
	ck_assert_uint_eq(chunk_at(va[0])->bytes, 3 * 2016);
	ck_assert_uint_eq(get(6000), va[0]);
	ck_assert_uint_eq(user_usable_size(t->mm, va[0]), 6012);
}
END_TEST

START_TEST(the_smallest_free_chunk_that_fits_is_cut)
{
	vaddr_t large = get(8000), small;

	get(1);
	small = get(4000);
	get(1);
	put(large);
	put(small);
	ck_assert_uint_eq(get(3000), small);
	ck_assert_uint_eq(chunk_at(small)->bytes, 3008);
	ck_assert_int_eq(chunk_above(chunk_at(small))->place, CHUNK_BIN);
	ck_assert_uint_eq(chunk_above(chunk_at(small))->bytes, 4016 - 3008);
	ck_assert_uint_eq(get(4000), large);
	ck_heap();
}
END_TEST

START_TEST(the_oldest_of_equal_free_chunks_is_taken)
{
	vaddr_t a = get(2000), b;

	get(1);
	b = get(2000);
	get(1);
	put(b);
	put(a);
	ck_assert_uint_eq(get(2000), b);
	ck_assert_uint_eq(get(2000), a);
}
END_TEST

START_TEST(what_was_freed_is_sorted_by_the_next_malloc_that_needs_a_chunk)
{
	vaddr_t large = get(3000), small;

	get(1);
	small = get(1500);
	get(1);
	put(large);
	put(small);
	ck_assert(is_unsorted(chunk_at(large)));
	ck_assert(is_unsorted(chunk_at(small)));
	get(4000);
	ck_assert_uint_eq(chunk_at(large)->bytes, 3008);
	ck_assert_uint_eq(chunk_at(large)->bin, 96); /* 91 + 3008 / 512 */
	ck_assert_uint_eq(chunk_at(small)->bytes, 1504);
	ck_assert_uint_eq(chunk_at(small)->bin, 72); /* 49 + 1504 / 64 */
	ck_heap();
}
END_TEST

START_TEST(sizes_and_bins_are_those_of_32_bits_with_16_byte_alignment)
{
	get(1);
	ck_assert_uint_eq(bin_index(h, 16), 2);
	ck_assert_uint_eq(bin_index(h, 992), 63);
	ck_assert_uint_eq(bin_index(h, 1008), 64);
	ck_assert_uint_eq(bin_index(h, 2928), 94);
	ck_assert_uint_eq(bin_index(h, 3072), 97);
	ck_assert_uint_eq(bin_index(h, 10736), 111);
	ck_assert_uint_eq(bin_index(h, 10752), 112);
	ck_assert_uint_eq(bin_index(h, 45056), 120);
	ck_assert_uint_eq(bin_index(h, 163840), 124);
	ck_assert_uint_eq(bin_index(h, 786432), 126);
	ck_assert_uint_eq(bin_index(h, 0x7fff0000), 126);
}
END_TEST

/* ---- other machines ---- */

static void boot_as(const char *profile)
{
	struct machine_config c;

	teardown();
	machine_config_default(&c);
	c.profile = profile_find(profile);
	c.ram_bytes = (uint64_t)256 << 20;
	m = machine_create(&c, &trace);
	t = do_spawn(m, "sh", 1, m->profile->program, NULL);
	h = &t->mm->heap;
}

/* Sizes and limits of 64 bits: words of 8, a header of 16, the smallest chunk 32. */
START_TEST(a_64_bit_chunk_is_the_request_and_8_bytes_and_32_at_least)
{
	boot_as("x86-64");
	ck_assert_uint_eq(user_usable_size(t->mm, get(0)), 24);
	ck_assert_uint_eq(user_usable_size(t->mm, get(24)), 24);
	ck_assert_uint_eq(user_usable_size(t->mm, get(25)), 40);
	ck_assert_uint_eq(user_usable_size(t->mm, get(100)), 104);
	/* 200000 + 8 -> 200016, + 8 -> 49 pages, less a header */
	ck_assert_uint_eq(user_usable_size(t->mm, get(200000)), 49 * 4096 - 16);
	ck_assert_uint_eq(get(200000) % PAGE_SIZE, 16);
	ck_laws();
}
END_TEST

START_TEST(a_fresh_64_bit_heap_has_132_kb_and_begins_where_the_break_was)
{
	vaddr_t va;

	boot_as("x86-64");
	va = get(100);
	ck_assert_uint_eq(t->mm->brk, t->mm->start_brk + 0x21000);
	ck_assert_uint_eq(h->first->start, t->mm->start_brk);
	ck_assert_uint_eq(h->first->bytes, 656); /* 64 * (2 + 8) + 8, up to 16 */
	ck_assert_uint_eq(va, t->mm->start_brk + 656 + 16);
	ck_laws();
}
END_TEST

START_TEST(a_64_bit_mapping_begins_with_a_request_of_131049)
{
	boot_as("x86-64");
	get(131048);
	ck_assert_ptr_null(h->mmapped);
	get(131049); /* + 8, up to 16: 131072 */
	ck_assert_ptr_nonnull(h->mmapped);
	ck_assert_uint_eq(h->mmapped->bytes, 33 * 4096);
}
END_TEST

START_TEST(a_64_bit_threshold_rises_up_to_32_mb)
{
	vaddr_t va;

	boot_as("x86-64");
	va = get(32 * 1048576 - 8192);
	ck_assert_ptr_nonnull(h->mmapped);
	put(va);
	ck_assert_uint_eq(h->mmap_threshold, 32 * 1048576 - 4096);
	ck_assert_uint_eq(h->trim_threshold, 2 * h->mmap_threshold);
	va = get(32 * 1048576 - 4096); /* and 24, in whole pages: 32M and the flag in its size */
	put(va);
	ck_assert_uint_eq(h->mmap_threshold, 32 * 1048576 - 4096);
}
END_TEST

START_TEST(tcache_and_fastbins_of_64_bits_end_at_1040_and_128)
{
	vaddr_t small[9], large[9];

	boot_as("x86-64");
	for (int i = 0; i < 9; i++) {
		small[i] = get(120);
		large[i] = get(1032);
		get(1);
	}
	for (int i = 0; i < 9; i++) {
		put(small[i]);
		put(large[i]);
	}
	ck_assert_int_eq(chunk_find(h, small[6] - 16)->place, CHUNK_TCACHE);
	ck_assert_int_eq(chunk_find(h, small[8] - 16)->place, CHUNK_FASTBIN);
	ck_assert_uint_eq(chunk_find(h, small[8] - 16)->bytes, 128);
	ck_assert_int_eq(chunk_find(h, large[6] - 16)->place, CHUNK_TCACHE);
	ck_assert_int_eq(chunk_find(h, large[8] - 16)->place, CHUNK_BIN);
	ck_assert_uint_eq(chunk_find(h, large[8] - 16)->bytes, 1040);
	ck_laws();
}
END_TEST

START_TEST(bins_of_64_bits_are_numbered_by_size)
{
	boot_as("x86-64");
	get(1);
	ck_assert_uint_eq(bin_index(h, 32), 2);
	ck_assert_uint_eq(bin_index(h, 1008), 63);
	ck_assert_uint_eq(bin_index(h, 1024), 64);
	ck_assert_uint_eq(bin_index(h, 3072), 96); /* 48 + 48 */
	ck_assert_uint_eq(bin_index(h, 3136), 97); /* 91 + 6 */
	ck_assert_uint_eq(bin_index(h, 10752), 112);
	ck_assert_uint_eq(bin_index(h, 786432), 126);
}
END_TEST

/* ARM: words of 4, addresses that are multiples of 8 as every header is. */
START_TEST(on_arm_addresses_are_multiples_of_8)
{
	vaddr_t va;

	boot_as("arm");
	va = (vaddr_t)user_malloc(m, t, 13, NAME);
	ck_assert_uint_eq(user_usable_size(t->mm, va), 20); /* 13 + 4, up to 8 */
	ck_assert_uint_eq(h->first->start, t->mm->start_brk);
	ck_assert_uint_eq(h->first->bytes, 392); /* 64 * (2 + 4) + 4, up to 8 */
	ck_assert_uint_eq(va, t->mm->start_brk + 392 + 8);
	ck_assert_uint_eq(t->mm->brk, t->mm->start_brk + 0x21000);
	ck_assert_uint_eq(bin_index(h, 16), 2);
	ck_assert_uint_eq(bin_index(h, 504), 63);
	ck_assert_uint_eq(bin_index(h, 512), 64);
	ck_assert_uint_eq(bin_index(h, 2432), 94); /* 56 + 38 */
	ck_assert_uint_eq(bin_index(h, 2496), 95); /* 91 + 4 */
	ck_laws();
}
END_TEST

START_TEST(small_requests_go_on_cutting_the_last_remainder)
{
	vaddr_t large = get(4000), a, b;

	get(1);
	put(large);
	a = get(100);
	b = get(100);
	ck_assert_uint_eq(a, large);
	ck_assert_uint_eq(b, a + 112);
	ck_assert(is_unsorted(chunk_above(chunk_at(b))));
	put(get(1200)); /* a large one, which is cut from it too and comes back to it */
	ck_assert_uint_eq(get(100), b + 112);
	ck_heap();
}
END_TEST

START_TEST(further_chunks_of_a_small_bin_move_to_the_tcache)
{
	vaddr_t va[12];

	for (int i = 0; i < 12; i++) {
		va[i] = get(200);
		get(1);
	}
	for (int i = 0; i < 12; i++)
		put(va[i]);
	get(2000); /* the five that did not fit into the tcache are sorted */
	ck_assert_uint_eq(chunk_at(va[7])->bin, bin_index(h, 208));
	for (int i = 6; i >= 0; i--)
		ck_assert_uint_eq(get(200), va[i]);
	ck_assert_uint_eq(get(200), va[7]);
	for (int i = 8; i < 12; i++)
		ck_assert_int_eq(chunk_at(va[i])->place, CHUNK_TCACHE);
	ck_assert_uint_eq(get(200), va[11]);
	ck_heap();
}
END_TEST

START_TEST(of_equal_large_chunks_the_first_stays_as_long_as_it_can)
{
	vaddr_t va[3];

	for (int i = 0; i < 3; i++) {
		va[i] = get(2000);
		get(1);
	}
	for (int i = 0; i < 3; i++)
		put(va[i]);
	get(4000);
	/* Sorted in the order in which they were freed: 0, then 1 behind it, then 2 behind 0. */
	ck_assert_uint_eq(get(1990), va[2]);
	ck_assert_uint_eq(get(1990), va[1]);
	ck_assert_uint_eq(get(1990), va[0]);
	ck_heap();
}
END_TEST

START_TEST(a_pointer_that_malloc_did_not_give_is_refused)
{
	vaddr_t a = get(100), b = get(2000), d;

	get(1);
	d = get(200000);
	ck_assert_int_eq(user_free(m, t, a + 16), -SIM_EINVAL);
	ck_assert_int_eq(user_free(m, t, 0x08048000), -SIM_EINVAL);
	ck_assert_int_eq(user_realloc(m, t, a + 16, 10, NAME), -SIM_EINVAL);
	put(a);
	put(b);
	put(d);
	ck_assert_int_eq(user_free(m, t, a), -SIM_EINVAL);
	ck_assert_int_eq(user_free(m, t, b), -SIM_EINVAL);
	ck_assert_int_eq(user_free(m, t, d), -SIM_EINVAL);
	ck_assert_int_eq(user_free(m, t, h->tcache_mem), -SIM_EINVAL);
	ck_assert_int_eq(user_free(m, t, h->top->start + 8), -SIM_EINVAL);
	ck_heap();
}
END_TEST

/* ---- calloc ---- */

static void write_there(vaddr_t va, const char *word)
{
	char tag[TAG_LEN] = {0};

	memcpy(tag, word, strnlen(word, TAG_LEN));
	ck_assert_int_eq(access_page(m, t, va, ACCESS_WRITE, tag).kind, OUT_OK);
}

START_TEST(calloc_clears_what_the_heap_gives_and_not_what_the_kernel_gives)
{
	uint32_t rss;
	vaddr_t va;

	get(1);
	rss = t->mm->rss_anon;
	user_calloc(m, t, 40000, NAME);
	ck_assert_uint_eq(t->mm->rss_anon, rss + 9); /* 40012 bytes in 10 pages, one there */
	rss = t->mm->rss_anon;
	va = (vaddr_t)user_calloc(m, t, 400000, NAME);
	ck_assert(chunk_at(va)->mmapped);
	ck_assert_uint_eq(t->mm->rss_anon, rss + 1);
	ck_laws();
}
END_TEST

START_TEST(calloc_clears_only_the_old_part_of_a_top_that_grew)
{
	uint32_t rss;

	fill_as_measured();
	rss = t->mm->rss_anon;
	user_calloc(m, t, 131000, NAME);
	/* Old top: 69688 bytes and a word in 19 pages, the first one there; the new top's header. */
	ck_assert_uint_eq(t->mm->rss_anon, rss + 18 + 1);
}
END_TEST

START_TEST(calloc_does_not_clear_what_was_trimmed_and_came_back)
{
	vaddr_t va;
	uint32_t rss;

	put(get(400000)); /* chunks of that size come from the heap now */
	va = get(300000);
	write_there(va + 200000, "secret");
	put(va);
	put(get(299000));
	get(120000); /* the rest of top is smaller than what follows */
	rss = t->mm->rss_anon;
	va = (vaddr_t)user_calloc(m, t, 390000, NAME);
	ck_assert_uint_lt(t->mm->rss_anon - rss, 390000 / PAGE_SIZE);
	ck_heap();
}
END_TEST

static const char *content(vaddr_t va)
{
	const pte_t *e = pte_offset(m, t->mm, va);
	static char text[TAG_LEN + 1];

	if (!e || !pte_present(*e))
		return "none";
	memcpy(text, pfn_page(m, pte_pfn(*e))->tag, TAG_LEN);
	return text;
}

START_TEST(calloc_clears_recycled_memory)
{
	vaddr_t va = get(20000);

	get(1);
	write_there(va + 8192, "secret");
	put(va);
	ck_assert_int_eq(user_calloc(m, t, 20000, NAME), va);
	ck_assert_str_eq(content(va + 8192), "");
}
END_TEST

/* ---- realloc ---- */

START_TEST(realloc_of_nothing_is_malloc_and_to_nothing_is_free)
{
	vaddr_t va = (vaddr_t)user_realloc(m, t, 0, 100, NAME);

	ck_assert_uint_eq(user_usable_size(t->mm, va), 108);
	ck_assert_int_eq(user_realloc(m, t, va, 0, NAME), 0);
	ck_assert_uint_eq(user_usable_size(t->mm, va), 0);
}
END_TEST

START_TEST(realloc_grows_into_top_and_into_a_free_neighbour)
{
	vaddr_t a = get(2000), b = get(2000), last = get(2000);

	ck_assert_int_eq(user_realloc(m, t, last, 9000, NAME), last);
	ck_assert_uint_eq(chunk_at(last)->bytes, 9008);
	put(b);
	ck_assert_int_eq(user_realloc(m, t, a, 3000, NAME), a);
	ck_assert_uint_eq(chunk_at(a)->bytes, 3008);
	ck_assert_uint_eq(chunk_above(chunk_at(a))->bytes, 2 * 2016 - 3008);
	ck_assert_uint_eq(chunk_at(a)->name, NAME);
	ck_heap();
}
END_TEST

START_TEST(realloc_cuts_off_what_is_too_much)
{
	vaddr_t a = get(5000);

	get(1);
	ck_assert_int_eq(user_realloc(m, t, a, 3000, NAME), a);
	ck_assert_uint_eq(chunk_at(a)->bytes, 3008);
	ck_assert_int_eq(chunk_above(chunk_at(a))->place, CHUNK_BIN);
	ck_assert_int_eq(user_realloc(m, t, a, 2999, NAME), a);
	ck_assert_uint_eq(chunk_at(a)->bytes, 3008);
	ck_heap();
}
END_TEST

START_TEST(realloc_at_the_end_of_the_heap_grows_the_heap)
{
	vaddr_t a;

	fill_as_measured();
	a = get(60000);
	ck_assert_int_eq(user_realloc(m, t, a, 90000, NAME), a);
	ck_assert_uint_eq(chunk_at(a)->bytes, 90016);
	ck_assert(chunk_above(chunk_at(a))->is_top);
	ck_assert_uint_gt(t->mm->brk, 0x08148000);
	ck_heap();
	ck_laws();
}
END_TEST

START_TEST(realloc_copies_when_it_must_move)
{
	vaddr_t a = get(20000), b;

	get(1);
	write_there((a + 8192) & ~4095u, "middle");
	b = (vaddr_t)user_realloc(m, t, a, 40000, NAME);
	ck_assert_uint_ne(a, b);
	ck_assert_uint_eq(user_usable_size(t->mm, a), 0);
	ck_assert_str_eq(content(b + ((a + 8192) & ~4095u) - a + 4095), "middle");
	ck_heap();
	ck_laws();
}
END_TEST

START_TEST(realloc_of_a_mapping_moves_entries_and_no_bytes)
{
	uint32_t rss, min_flt;
	vaddr_t a, b;

	get(200000); /* in the way above */
	a = get(200000);
	write_there(a + 0x10000, "kept");
	rss = t->mm->rss_anon;
	min_flt = t->min_flt;
	b = (vaddr_t)user_realloc(m, t, a, 400000, NAME);
	ck_assert_uint_ne(a, b);
	ck_assert_str_eq(content(b + 0x10000), "kept");
	ck_assert_uint_eq(t->mm->rss_anon, rss);
	ck_assert_uint_eq(t->min_flt, min_flt);
	ck_assert_uint_eq(user_usable_size(t->mm, b), 400000 / 4096 * 4096 + 4096 - 16);
	put(b);
	ck_laws();
}
END_TEST

START_TEST(realloc_copies_a_mapping_that_cannot_be_resized)
{
	vaddr_t a = get(200000), base = a - 16, b;

	write_there(a + 0x10000, "kept");
	sys_mprotect(m, t, base + 0x8000, PAGE_SIZE, VM_READ);
	b = (vaddr_t)user_realloc(m, t, a, 400000, NAME);
	ck_assert_uint_eq(user_usable_size(t->mm, a), 0);
	ck_assert_str_eq(content(b + 0x10000), "kept");
	ck_assert_uint_gt(mm_area_at(t->mm, base)->start, base);
	sys_munmap(m, t, b - 16, 0x10000);
	ck_assert_int_eq(user_realloc(m, t, b, 1000, NAME), b);
	ck_heap();
	ck_laws();
}
END_TEST

START_TEST(realloc_to_an_impossible_size_leaves_the_chunk)
{
	vaddr_t a = get(1000);

	get(1);
	ck_assert_int_eq(user_realloc(m, t, a, 0x80000000u, NAME), -SIM_ENOMEM);
	ck_assert_int_eq(user_realloc(m, t, a, 1u << 30, NAME), -SIM_ENOMEM);
	ck_assert_uint_eq(user_usable_size(t->mm, a), 1004);
}
END_TEST

/* ---- fork, exec ---- */

START_TEST(a_child_has_the_same_heap_and_writes_to_its_own)
{
	vaddr_t a = get(100), b = get(2000);
	struct task *kid;

	get(1);
	put(a);
	put(b);
	get(200000);
	kid = do_fork(m, t, "kid", 2);
	ck_assert_uint_eq(kid->mm->heap.nr_chunks, h->nr_chunks);
	ck_assert_uint_eq(kid->mm->heap.top->start, h->top->start);
	ck_assert_ptr_ne(kid->mm->heap.top, h->top);
	ck_assert_int_eq(user_malloc(m, kid, 100, NAME), a);
	ck_assert_uint_eq(user_usable_size(kid->mm, a), 108);
	ck_assert_uint_eq(user_usable_size(t->mm, a), 0);
	ck_assert_uint_eq(get(100), a);
	ck_assert_int_eq(user_malloc(m, kid, 2000, NAME), b);
	ck_assert_uint_eq(m->nr_cow_copies, 1); /* the first page, with the tcache */
	h = &kid->mm->heap;
	ck_heap();
	ck_laws();
}
END_TEST

START_TEST(a_childs_lists_keep_their_order)
{
	vaddr_t va[9];
	struct task *kid;

	for (int i = 0; i < 9; i++)
		va[i] = get(50);
	get(1);
	for (int i = 0; i < 9; i++)
		put(va[i]);
	kid = do_fork(m, t, "kid", 2);
	for (int i = 6; i >= 0; i--)
		ck_assert_int_eq(user_malloc(m, kid, 50, NAME), va[i]);
	ck_assert_int_eq(user_malloc(m, kid, 50, NAME), va[8]);
	ck_laws();
}
END_TEST

START_TEST(exec_forgets_the_heap)
{
	vaddr_t a = get(200000);

	get(100);
	do_execve(m, t, &probe);
	h = &t->mm->heap;
	ck_assert_uint_eq(h->nr_chunks, 0);
	ck_assert_int_eq(user_free(m, t, a), -SIM_EINVAL);
	ck_assert_uint_eq(get(100), t->mm->start_brk + 416);
	ck_laws();
}
END_TEST

/* ---- refusals ---- */

START_TEST(what_does_not_fit_is_enomem)
{
	ck_assert_int_eq(user_malloc(m, t, 0x80000000u, NAME), -SIM_ENOMEM);
	ck_assert_int_eq(user_malloc(m, t, (uint64_t)5 << 30, NAME), -SIM_ENOMEM);
	ck_assert_int_eq(user_calloc(m, t, 0x7fffff00, NAME), -SIM_ENOMEM);
	ck_assert_int_eq(user_malloc(m, t, 1u << 30, NAME), -SIM_ENOMEM);
	ck_assert_int_eq(user_realloc(m, t, get(100), 1u << 30, NAME), -SIM_ENOMEM);
	ck_heap();
	ck_laws();
}
END_TEST

static void map_at(vaddr_t at, uint64_t bytes)
{
	struct mmap_request rq = {.bytes = bytes, .fixed = true, .has_at = true, .at = at};

	ck_assert_int_eq(sys_mmap(m, t, &rq), at);
}

START_TEST(a_heap_whose_break_cannot_grow_goes_on_in_a_mapping)
{
	vaddr_t a, b;

	fill_as_measured();
	map_at(t->mm->brk + PAGE_SIZE, PAGE_SIZE);
	a = get(100000);
	ck_assert_uint_eq(t->mm->brk, 0x08148000);
	ck_assert_uint_gt(a, 0xb0000000);
	ck_assert(!chunk_at(a)->mmapped);
	ck_assert_uint_eq(h->top->start + h->top->bytes - (a - 16), 1 << 20);
	ck_assert_uint_eq(get(69000) & 0xf0000000, 0); /* what was left below */
	b = get(100000);
	put(a);
	put(b);
	ck_heap();
	ck_laws();
	for (int i = 0; i < 20; i++)
		get(100000);
	ck_heap();
	ck_laws();
}
END_TEST

START_TEST(a_break_that_somebody_moved_begins_a_new_piece_of_heap)
{
	vaddr_t a, fence;

	fill_as_measured();
	fence = t->mm->brk;
	ck_assert_int_gt(sys_brk(m, t, t->mm->brk + 0x5000), 0);
	a = get(100000);
	ck_assert_uint_eq(a, fence + 0x5000 + 16);
	ck_assert_uint_eq(h->top->start + h->top->bytes, t->mm->brk);
	ck_assert_uint_eq(t->mm->brk % PAGE_SIZE, 0);
	ck_heap();
	put(a);
	ck_heap();
	ck_laws();
}
END_TEST

START_TEST(later_mappings_instead_of_the_break_are_as_large_as_is_wanted)
{
	uint32_t mapped;

	fill_as_measured();
	map_at(t->mm->brk + PAGE_SIZE, PAGE_SIZE);
	mapped = t->mm->total_vm;
	get(100000);
	ck_assert_uint_eq(t->mm->total_vm, mapped + 256); /* 1M */
	for (int i = 0; i < 9; i++)
		get(100000);
	mapped = t->mm->total_vm;
	get(120000); /* 120016 and 128K and 16 in whole pages */
	ck_assert_uint_eq(t->mm->total_vm, mapped + 62);
	ck_heap();
	ck_laws();
}
END_TEST

START_TEST(what_is_left_of_a_small_top_is_freed_as_any_chunk)
{
	vaddr_t left;

	fill_as_measured();
	get(h->top->bytes - 60);
	left = chunk2mem(h, h->top);
	map_at(t->mm->brk, PAGE_SIZE);
	get(1000);
	ck_assert_int_eq(chunk_at(left)->place, CHUNK_TCACHE);
	ck_assert_uint_eq(chunk_at(left)->bytes, 32);
	ck_heap();
}
END_TEST

START_TEST(a_top_that_does_not_end_on_a_page_is_an_abort)
{
	fill_as_measured();
	map_at(t->mm->brk + 0x40000, PAGE_SIZE);
	for (int i = 0; i < 4; i++)
		get(100000);
	ck_assert(h->noncontiguous);
	while (h->top->bytes > 100000)
		get(90000);
	ck_assert_int_eq(sys_munmap(m, t, 0x08148000 + 0x40000, PAGE_SIZE), 0);
	ck_assert_int_gt(sys_brk(m, t, t->mm->brk + 16), 0);
	get(100000);
	ck_assert_uint_eq((h->top->start + h->top->bytes) % PAGE_SIZE, 16);
	while (h->top->bytes > 100000)
		get(90000);
	ck_assert_int_eq(user_malloc(m, t, 110000, NAME), -SIM_EINVAL);
	ck_heap();
	ck_laws();
}
END_TEST

START_TEST(a_break_below_the_heap_is_an_abort)
{
	fill_as_measured();
	ck_assert_int_gt(sys_brk(m, t, t->mm->brk - 0x5000), 0);
	ck_assert_int_eq(user_malloc(m, t, 100000, NAME), -SIM_EINVAL);
}
END_TEST

START_TEST(a_header_that_cannot_be_written_is_a_signal)
{
	vaddr_t va = get(100);
	struct outcome o;

	sys_mprotect(m, t, t->mm->start_brk, FRESH_HEAP, VM_READ);
	o = malloc_outcome(user_malloc(m, t, 100, NAME));
	ck_assert_int_eq(o.kind, OUT_ACCERR);
	ck_assert_uint_eq(page_align_down(o.value), t->mm->start_brk);
	ck_assert_int_eq(malloc_outcome(user_free(m, t, va)).kind, OUT_ACCERR);
	sys_munmap(m, t, t->mm->start_brk, FRESH_HEAP);
	o = malloc_outcome(user_calloc(m, t, 100, NAME));
	ck_assert_int_eq(o.kind, OUT_MAPERR);
	ck_heap();
	ck_laws();
}
END_TEST

START_TEST(results_are_outcomes)
{
	ck_assert_int_eq(malloc_outcome(0).kind, OUT_OK);
	ck_assert_int_eq(malloc_outcome(0xb7fd5010).kind, OUT_ADDRESS);
	ck_assert_uint_eq(malloc_outcome(0xb7fd5010).value, 0xb7fd5010);
	ck_assert_int_eq(malloc_outcome(-SIM_ENOMEM).kind, OUT_ERRNO);
	ck_assert_uint_eq(malloc_outcome(-SIM_ENOMEM).value, SIM_ENOMEM);
}
END_TEST

START_TEST(a_program_that_eats_all_memory_is_killed_inside_calloc)
{
	uint32_t pid = t->pid;
	struct outcome o;

	teardown();
	boot(16);
	for (int i = 0; i < 2000; i++) {
		o = malloc_outcome(user_calloc(m, t, 100000, NAME));
		if (o.kind != OUT_ADDRESS)
			break;
	}
	ck_assert_int_eq(o.kind, OUT_KILLED);
	ck_assert_ptr_null(find_task(m, pid));
	ck_laws();
}
END_TEST

/* ---- anything at all ---- */

START_TEST(laws_hold_whatever_a_program_asks_for)
{
	enum { HELD = 100 };
	uint32_t seed = (uint32_t)_i + 1;
	vaddr_t held[HELD] = {0};

	for (int i = 0; i < 3000; i++) {
		seed = seed * 1103515245 + 12345;
		vaddr_t *p = &held[(seed >> 16) % HELD];
		uint64_t bytes = (seed >> 8 & 7) ? seed >> 4 & 0x7ff : seed >> 4 & 0x3ffff;

		if (*p && (seed & 0x40000000)) {
			put(*p);
			*p = 0;
		} else if (*p)
			*p = (vaddr_t)user_realloc(m, t, *p, bytes + 1, NAME);
		else if (seed & 0x40000000)
			*p = (vaddr_t)user_calloc(m, t, bytes, NAME);
		else
			*p = get(bytes);
		ck_heap();
		if (i % 200 == 0)
			ck_laws();
	}
	for (int i = 0; i < HELD; i++)
		if (held[i])
			put(held[i]);
	ck_heap();
	ck_assert_ptr_null(h->mmapped);
	ck_laws();
}
END_TEST

static TCase *other_machines_case(void)
{
	TCase *c = tcase_create("machines");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, a_64_bit_chunk_is_the_request_and_8_bytes_and_32_at_least);
	tcase_add_test(c, a_fresh_64_bit_heap_has_132_kb_and_begins_where_the_break_was);
	tcase_add_test(c, a_64_bit_mapping_begins_with_a_request_of_131049);
	tcase_add_test(c, a_64_bit_threshold_rises_up_to_32_mb);
	tcase_add_test(c, tcache_and_fastbins_of_64_bits_end_at_1040_and_128);
	tcase_add_test(c, bins_of_64_bits_are_numbered_by_size);
	tcase_add_test(c, on_arm_addresses_are_multiples_of_8);
	return c;
}

Suite *malloc_suite(void);

static TCase *kernel_case(void)
{
	TCase *c = tcase_create("kernel");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, usable_sizes_are_those_measured);
	tcase_add_test(c, a_fresh_heap_has_136_kb_and_begins_with_the_tcache);
	tcase_add_test(c, a_first_malloc_takes_one_page);
	tcase_add_test(c, what_top_cannot_give_turns_to_mmap_at_131053_bytes);
	tcase_add_test(c, a_request_above_top_grows_the_break_as_measured);
	tcase_add_test(c, two_requests_of_131060_are_33_pages_apart);
	tcase_add_test(c, forty_chunks_grow_and_trim_the_break_as_measured);
	tcase_add_test(c, freeing_a_mapping_raises_the_threshold);
	tcase_add_test(c, a_freed_mapping_is_unmapped);
	return c;
}

static TCase *heap_case(void)
{
	TCase *c = tcase_create("heap");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, a_small_chunk_comes_back_from_the_tcache_last_freed_first);
	tcase_add_test(c, the_eighth_freed_chunk_goes_to_a_fastbin_or_merges);
	tcase_add_test(c, a_large_request_merges_the_fastbins_first);
	tcase_add_test(c, fastbins_are_merged_before_the_kernel_is_asked);
	tcase_add_loop_test(c, free_neighbours_become_one_chunk_in_any_order, 0, 6);
	tcase_add_test(c, the_smallest_free_chunk_that_fits_is_cut);
	tcase_add_test(c, the_oldest_of_equal_free_chunks_is_taken);
	tcase_add_test(c, what_was_freed_is_sorted_by_the_next_malloc_that_needs_a_chunk);
	tcase_add_test(c, sizes_and_bins_are_those_of_32_bits_with_16_byte_alignment);
	tcase_add_test(c, small_requests_go_on_cutting_the_last_remainder);
	tcase_add_test(c, further_chunks_of_a_small_bin_move_to_the_tcache);
	tcase_add_test(c, of_equal_large_chunks_the_first_stays_as_long_as_it_can);
	tcase_add_test(c, a_pointer_that_malloc_did_not_give_is_refused);
	tcase_add_test(c, calloc_clears_what_the_heap_gives_and_not_what_the_kernel_gives);
	tcase_add_test(c, calloc_clears_only_the_old_part_of_a_top_that_grew);
	tcase_add_test(c, calloc_does_not_clear_what_was_trimmed_and_came_back);
	tcase_add_test(c, calloc_clears_recycled_memory);
	tcase_add_test(c, realloc_of_nothing_is_malloc_and_to_nothing_is_free);
	tcase_add_test(c, realloc_grows_into_top_and_into_a_free_neighbour);
	tcase_add_test(c, realloc_cuts_off_what_is_too_much);
	tcase_add_test(c, realloc_at_the_end_of_the_heap_grows_the_heap);
	tcase_add_test(c, realloc_copies_when_it_must_move);
	tcase_add_test(c, realloc_of_a_mapping_moves_entries_and_no_bytes);
	tcase_add_test(c, realloc_copies_a_mapping_that_cannot_be_resized);
	tcase_add_test(c, realloc_to_an_impossible_size_leaves_the_chunk);
	tcase_add_loop_test(c, laws_hold_whatever_a_program_asks_for, 0, 4);
	return c;
}

static TCase *refusal_case(void)
{
	TCase *c = tcase_create("refusals");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, a_child_has_the_same_heap_and_writes_to_its_own);
	tcase_add_test(c, a_childs_lists_keep_their_order);
	tcase_add_test(c, exec_forgets_the_heap);
	tcase_add_test(c, what_does_not_fit_is_enomem);
	tcase_add_test(c, a_heap_whose_break_cannot_grow_goes_on_in_a_mapping);
	tcase_add_test(c, a_break_that_somebody_moved_begins_a_new_piece_of_heap);
	tcase_add_test(c, later_mappings_instead_of_the_break_are_as_large_as_is_wanted);
	tcase_add_test(c, what_is_left_of_a_small_top_is_freed_as_any_chunk);
	tcase_add_test(c, a_top_that_does_not_end_on_a_page_is_an_abort);
	tcase_add_test(c, a_break_below_the_heap_is_an_abort);
	tcase_add_test(c, a_header_that_cannot_be_written_is_a_signal);
	tcase_add_test(c, results_are_outcomes);
	tcase_add_test(c, a_program_that_eats_all_memory_is_killed_inside_calloc);
	return c;
}

Suite *malloc_suite(void)
{
	Suite *s = suite_create("malloc");

	suite_add_tcase(s, kernel_case());
	suite_add_tcase(s, heap_case());
	suite_add_tcase(s, refusal_case());
	suite_add_tcase(s, other_machines_case());
	return s;
}
