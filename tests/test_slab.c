/* Numbers: REFERENCE 5 with its examples and the golden trace G6.  Recordings of a real kernel: tests/replay_slab*.c. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine.h"
#include "sim/page_alloc.h"

static struct trace trace;
static struct machine *m;

static void boot(const char *profile, uint32_t ram_mb, uint32_t cpus)
{
	struct machine_config c;

	machine_config_default(&c);
	c.profile = profile_find(profile);
	c.ram_bytes = (uint64_t)ram_mb << 20;
	c.cpus = cpus;
	m = machine_create(&c, &trace);
	ck_assert_ptr_nonnull(m);
}

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

static struct kmem_cache *create(uint32_t bytes, uint32_t flags)
{
	struct kmem_cache *c = kmem_cache_create(m, "test", bytes, 0, flags);

	ck_assert_ptr_nonnull(c);
	return c;
}

/* Steps told with this id. */
static uint32_t told[NR_STEP_IDS];

static void count_steps(void *ctx, const struct step *s)
{
	(void)ctx;
	told[s->id] += s->kind != TELL_LEAVE;
}

static void listen(void)
{
	memset(told, 0, sizeof(told));
	trace.sink = count_steps;
}

/* ---- geometry of 2.4 ---- */

static const char *geometry_24(uint32_t bytes, uint32_t flags, uint32_t line, uint8_t break_order)
{
	const struct slab_rules r = {.cache_line = line, .break_order = break_order};
	struct kmem_cache c = {.object_size = bytes, .flags = flags};
	static char text[64];

	if (!cache_geometry(&c, &r))
		return "none";
	sprintf(text, "%u: %u/%u colours %u %s %u", c.size, c.gfporder, c.num, c.colour,
		c.mgmt == SLAB_ON ? "on" : "off", c.slab_size);
	return text;
}

START_TEST(general_caches_have_the_geometry_of_the_table)
{
	static const struct {
		uint32_t bytes, line;
		const char *want;
	} rows[] = {
		{32, 32, "32: 0/113 colours 0 on 480"},
		{64, 32, "64: 0/59 colours 1 on 288"},
		{128, 32, "128: 0/30 colours 3 on 160"},
		{256, 32, "256: 0/15 colours 5 on 96"},
		{512, 32, "512: 0/8 colours 0 off 64"},
		{1024, 32, "1024: 0/4 colours 0 off 64"},
		{2048, 32, "2048: 0/2 colours 0 off 32"},
		{4096, 32, "4096: 0/1 colours 0 off 32"},
		{8192, 32, "8192: 1/1 colours 0 off 32"},
		{16384, 32, "16384: 2/1 colours 0 off 32"},
		{32768, 32, "32768: 3/1 colours 0 off 32"},
		{65536, 32, "65536: 4/1 colours 0 off 32"},
		{131072, 32, "131072: 5/1 colours 0 off 32"},
		{32, 64, "64: 0/59 colours 0 on 320"},
		{128, 64, "128: 0/30 colours 1 on 192"},
		{256, 64, "256: 0/15 colours 2 on 128"},
		{2048, 64, "2048: 0/2 colours 0 off 64"},
		{32, 128, "64: 0/58 colours 1 on 256"},
		{64, 128, "128: 0/30 colours 0 on 256"},
		{256, 128, "256: 0/15 colours 1 on 128"},
		{512, 128, "512: 0/8 colours 0 off 128"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_str_eq(geometry_24(rows[i].bytes, SLAB_HWCACHE_ALIGN, rows[i].line, 2),
				 rows[i].want);
}
END_TEST

START_TEST(worked_examples_of_2_4_come_out)
{
	const uint32_t hw = SLAB_HWCACHE_ALIGN;

	ck_assert_str_eq(geometry_24(480, hw, 32, 2), "480: 0/8 colours 6 on 64");
	ck_assert_str_eq(geometry_24(68, hw, 32, 2), "96: 0/40 colours 2 on 192");
	ck_assert_str_eq(geometry_24(68, hw, 64, 2), "128: 0/30 colours 1 on 192");
	ck_assert_str_eq(geometry_24(1664, hw, 32, 2), "1664: 2/9 colours 42 on 64");
	ck_assert_str_eq(geometry_24(1664, hw, 64, 2), "1664: 2/9 colours 21 on 64");
	ck_assert_str_eq(geometry_24(96, hw, 32, 2), "96: 0/40 colours 2 on 192");
	ck_assert_str_eq(geometry_24(128, hw, 32, 2), "128: 0/30 colours 3 on 160");
	ck_assert_str_eq(geometry_24(172, hw, 32, 2), "192: 0/20 colours 4 on 128");
	ck_assert_str_eq(geometry_24(424, hw, 32, 2), "448: 0/9 colours 0 on 64");
}
END_TEST

START_TEST(large_objects_of_2_4_may_get_their_management_back)
{
	ck_assert_str_eq(geometry_24(20, 0, 32, 2), "20: 0/169 colours 0 on 704");
	ck_assert_str_eq(geometry_24(100, 0, 32, 2), "100: 0/39 colours 0 on 192");
	ck_assert_str_eq(geometry_24(200, 0, 32, 2), "200: 0/19 colours 5 on 128");
	ck_assert_str_eq(geometry_24(200, 0, 64, 2), "200: 0/19 colours 2 on 128");
	ck_assert_str_eq(geometry_24(520, 0, 32, 2), "520: 0/7 colours 12 on 64");
	ck_assert_str_eq(geometry_24(700, 0, 32, 2), "700: 1/11 colours 12 on 96");
	ck_assert_str_eq(geometry_24(700, 0, 64, 2), "700: 1/11 colours 5 on 128");
	ck_assert_str_eq(geometry_24(1500, 0, 32, 2), "1500: 1/5 colours 19 on 64");
	ck_assert_str_eq(geometry_24(2600, 0, 32, 2), "2600: 1/3 colours 10 on 64");
}
END_TEST

START_TEST(a_small_machine_breaks_one_order_earlier)
{
	struct slab_rules r;

	boot("i386", 32, 1);
	slab_rules_of(m, &r);
	ck_assert_uint_eq(r.break_order, 1);
	teardown();
	boot("i386", 64, 1);
	slab_rules_of(m, &r);
	ck_assert_uint_eq(r.break_order, 2);
	ck_assert_str_eq(geometry_24(1664, SLAB_HWCACHE_ALIGN, 32, 1),
			 "1664: 1/4 colours 46 on 64");
}
END_TEST

START_TEST(an_alignment_that_is_asked_for_holds_for_every_object)
{
	boot("i386", 64, 1);
	for (uint32_t align = 8; align <= 512; align *= 2) {
		struct kmem_cache *c = kmem_cache_create(m, "test", 100, align, 0);

		for (int i = 0; i < 100; i++)
			ck_assert_uint_eq(kmem_cache_alloc(m, c) % align, 0);
	}
	ck_laws();
}
END_TEST

/* ---- slabs and their lists, 2.4 ---- */

/* The slabs of a list by their objects in use, head first. */
static const char *list_text(const struct slab_list *l)
{
	static char text[256];
	size_t at = 0;

	text[0] = '\0';
	for (const struct slab *s = l->first; s; s = s->next)
		at += (size_t)sprintf(text + at, "%s%u", at ? " " : "", s->inuse);
	return text;
}

static void ck_counts(const struct kmem_cache *c, uint32_t full, uint32_t partial, uint32_t free)
{
	ck_assert_uint_eq(c->slabs_full.count, full);
	ck_assert_uint_eq(c->slabs_partial.count, partial);
	ck_assert_uint_eq(c->slabs_free.count, free);
}

START_TEST(what_was_freed_last_is_taken_first_and_a_full_slab_becomes_partial)
{
	struct kmem_cache *c;
	const struct slab *s;
	vaddr_t a, b, d;

	boot("i386", 64, 1);
	c = create(1332, 0);
	ck_assert_uint_eq(c->num, 3);
	a = kmem_cache_alloc(m, c);
	ck_counts(c, 0, 1, 0);
	b = kmem_cache_alloc(m, c);
	d = kmem_cache_alloc(m, c);
	ck_counts(c, 1, 0, 0);
	ck_assert_uint_eq(b, a + c->size);
	ck_assert_uint_eq(d, b + c->size);
	kmem_cache_free(m, c, b);
	s = slab_of(m, a);
	ck_counts(c, 0, 1, 0);
	ck_assert_uint_eq(s->free, 1);
	ck_assert_uint_eq(kmem_cache_alloc(m, c), b);
	kmem_cache_free(m, c, d);
	kmem_cache_free(m, c, a);
	kmem_cache_free(m, c, b);
	ck_counts(c, 0, 0, 1);
	ck_assert_uint_eq(s->free, 1);
	ck_assert_uint_eq(s->bufctl[1], 0);
	ck_assert_uint_eq(s->bufctl[0], 2);
	ck_assert_uint_eq(s->bufctl[2], BUFCTL_END);
	ck_laws();
}
END_TEST

START_TEST(golden_trace_g6)
{
	vaddr_t obj[120], base;
	struct kmem_cache *c;

	boot("i386", 64, 1);
	c = create(68, SLAB_HWCACHE_ALIGN);
	for (int i = 0; i < 41; i++)
		obj[i] = kmem_cache_alloc(m, c);
	base = obj[0] & ~(vaddr_t)(PAGE_SIZE - 1);
	for (vaddr_t i = 0; i < 40; i++)
		ck_assert_uint_eq(obj[i], base + 192 + 96 * i);
	base = obj[40] & ~(vaddr_t)(PAGE_SIZE - 1);
	ck_assert_uint_eq(obj[40], base + 224);
	ck_counts(c, 1, 1, 0);
	kmem_cache_free(m, c, obj[5]);
	ck_assert_str_eq(list_text(&c->slabs_partial), "39 1");
	ck_assert_uint_eq(kmem_cache_alloc(m, c), obj[5]);
	for (int i = 41; i < 81; i++)
		obj[i] = kmem_cache_alloc(m, c);
	ck_assert_uint_eq(obj[80] % PAGE_SIZE, 192);
	ck_laws();
}
END_TEST

START_TEST(successive_slabs_get_successive_colours)
{
	static const uint32_t offsets[] = {64, 96, 128, 160, 192, 224, 64, 96};
	struct kmem_cache *c;

	boot("i386", 64, 1);
	c = create(480, SLAB_HWCACHE_ALIGN);
	for (size_t i = 0; i < 8; i++) {
		ck_assert_uint_eq(kmem_cache_alloc(m, c) % PAGE_SIZE, offsets[i]);
		for (int j = 1; j < 8; j++)
			kmem_cache_alloc(m, c);
	}
	ck_counts(c, 8, 0, 0);
}
END_TEST

START_TEST(an_off_slab_index_list_is_an_object_of_a_kmalloc_cache)
{
	struct kmem_cache *c, *lists;
	vaddr_t obj;

	boot("i386", 64, 1);
	c = kmem_cache_find(m, "size-1024");
	lists = kmem_cache_find(m, "size-64");
	ck_assert_ptr_eq(c->freelist_cache, lists);
	obj = kmem_cache_alloc(m, c);
	ck_assert_uint_eq(lists->active, 1);
	ck_assert_uint_eq(slab_of(m, slab_of(m, obj)->off_slab)->cache->index, lists->index);
	kmem_cache_free(m, c, obj);
	ck_assert_uint_eq(kmem_cache_shrink(m, c), 1);
	ck_assert_uint_eq(lists->active, 0);
	ck_laws();
}
END_TEST

START_TEST(an_address_leads_to_its_slab_and_its_object)
{
	struct kmem_cache *c;
	const struct slab *s;
	vaddr_t obj;

	boot("i386", 64, 1);
	c = create(1664, SLAB_HWCACHE_ALIGN);
	for (int i = 0; i < 7; i++)
		obj = kmem_cache_alloc(m, c);
	s = slab_of(m, obj + 1663);
	ck_assert_ptr_eq(s->cache, c);
	ck_assert_int_eq(slab_object_at(s, obj + 1663), 6);
	ck_assert_int_eq(slab_object_at(s, obj + 1664), 7);
	ck_assert_uint_eq(slab_object(s, 6), obj);
	ck_assert_int_eq(slab_object_at(s, s->s_mem - 1), -1);
	ck_assert_int_eq(slab_object_at(s, s->s_mem + 9 * 1664), -1);
	ck_assert_ptr_null(slab_of(m, 0x08048000));
	ck_assert_ptr_null(slab_of(m, pfn_to_kva(m, m->swapper_pg_dir)));
	ck_assert_ptr_null(slab_of(m, 0xfffff000));
}
END_TEST

/* ---- create, shrink, destroy ---- */

START_TEST(shrinking_gives_back_free_slabs_only)
{
	struct kmem_cache *c;
	vaddr_t obj[27];
	uint32_t free;

	boot("i386", 64, 1);
	c = create(1664, SLAB_HWCACHE_ALIGN);
	free = m->node[0].node_zones[ZONE_NORMAL].nr_free_pages +
	       m->node[0].node_zones[ZONE_NORMAL].pcp[0].count;
	for (int i = 0; i < 27; i++)
		obj[i] = kmem_cache_alloc(m, c);
	for (int i = 0; i < 26; i++)
		kmem_cache_free(m, c, obj[i]);
	ck_counts(c, 0, 1, 2);
	ck_assert_uint_eq(kmem_cache_shrink(m, c), 8);
	ck_counts(c, 0, 1, 0);
	ck_assert_uint_eq(c->reaped, 2);
	kmem_cache_free(m, c, obj[26]);
	ck_assert_uint_eq(kmem_cache_shrink(m, c), 4);
	ck_assert_uint_eq(m->node[0].node_zones[ZONE_NORMAL].nr_free_pages +
				  m->node[0].node_zones[ZONE_NORMAL].pcp[0].count,
			  free);
	ck_laws();
}
END_TEST

START_TEST(a_cache_with_objects_in_use_is_not_destroyed)
{
	struct kmem_cache *c;
	vaddr_t obj;

	boot("i386-6.1", 64, 1);
	c = create(100, 0);
	obj = kmem_cache_alloc(m, c);
	ck_assert_int_eq(kmem_cache_destroy(m, c), -SIM_EINVAL);
	ck_assert_ptr_eq(kmem_cache_find(m, "test"), c);
	kmem_cache_free(m, c, obj);
	ck_assert_int_eq(kmem_cache_destroy(m, c), 0);
	ck_assert_ptr_null(kmem_cache_find(m, "test"));
	ck_assert_int_eq(kmem_cache_destroy(m, m->kobj_cache[KOBJ_MM]), -SIM_EINVAL);
	ck_laws();
}
END_TEST

START_TEST(a_cache_costs_an_object_of_kmem_cache)
{
	struct kmem_cache *c, *first;

	boot("i386", 64, 1);
	first = m->cache[0];
	ck_assert_str_eq(first->name, "kmem_cache");
	ck_assert_uint_eq(first->num, 34);
	ck_assert_uint_eq(first->active, m->nr_caches - 1);
	c = create(100, 0);
	ck_assert_uint_eq(first->active, m->nr_caches - 1);
	ck_assert_ptr_eq(slab_of(m, c->kobj)->cache, first);
	kmem_cache_destroy(m, c);
	ck_assert_uint_eq(first->active, m->nr_caches - 1);
}
END_TEST

START_TEST(the_number_of_a_destroyed_cache_is_used_again)
{
	struct kmem_cache *a, *b;
	uint32_t index;

	boot("i386", 64, 1);
	a = create(100, 0);
	b = create(200, 0);
	index = a->index;
	kmem_cache_destroy(m, a);
	ck_assert_ptr_null(m->cache[index]);
	/* its own story still speaks of it */
	ck_assert_str_eq(cache_name(m, index), "test");
	ck_assert_ptr_null(cache_name(m, index + 2));
	ck_assert_ptr_eq(kmem_cache_find(m, "test"), b);
	ck_assert_uint_eq(create(300, 0)->index, index);
	ck_assert_uint_eq(b->index, index + 1);
}
END_TEST

START_TEST(a_senseless_cache_is_refused)
{
	boot("i386", 64, 1);
	ck_assert_ptr_null(kmem_cache_create(m, "test", 0, 0, 0));
	ck_assert_ptr_null(kmem_cache_create(m, "test", 131073, 0, 0));
	ck_assert_ptr_null(kmem_cache_create(m, "test", (4 << 20) + 1, 0, 0));
	ck_assert_ptr_null(kmem_cache_create(m, "test", 100, 24, 0));
	ck_assert_ptr_null(kmem_cache_create(m, "test", 100, 8 << 20, 0));
	for (uint32_t i = m->nr_caches; i < MAX_CACHES; i++)
		create(100, 0);
	ck_assert_ptr_null(kmem_cache_create(m, "test", 100, 0, 0));
	ck_laws();
}
END_TEST

/* ---- constructors, poison, red zones ---- */

START_TEST(a_constructor_runs_when_the_slab_is_made)
{
	struct kmem_cache *c;

	boot("i386", 64, 1);
	c = create(1332, SLAB_CTOR);
	listen();
	for (int i = 0; i < 3; i++)
		kmem_cache_free(m, c, kmem_cache_alloc(m, c));
	ck_assert_uint_eq(told[S_SLAB_CTOR], 1);
}
END_TEST

START_TEST(a_constructor_keeps_poison_out_in_2_4_and_runs_again_in_6_1)
{
	struct kmem_cache *c;

	boot("i386", 64, 1);
	c = create(1332, SLAB_CTOR | SLAB_POISON);
	ck_assert_uint_eq(c->flags, SLAB_CTOR);
	teardown();
	boot("i386-6.1", 64, 1);
	listen();
	c = create(1332, SLAB_CTOR | SLAB_POISON);
	ck_assert_uint_eq(told[S_CACHE_FLAGS_DROPPED], 0);
	for (int i = 0; i < 3; i++)
		kmem_cache_free(m, c, kmem_cache_alloc(m, c));
	ck_assert_uint_eq(told[S_SLAB_CTOR], 1 + 3);
}
END_TEST

/* The kernel writes zeros from an address on; false: nobody keeps them. */
static bool zero(vaddr_t va, uint32_t nr)
{
	static const char zeros[256];

	ck_assert_uint_le(nr, sizeof(zeros));
	return slab_write(m, va, zeros, nr);
}

/* The object's bytes as kept: first, last. */
static uint32_t ends(vaddr_t obj, uint32_t bytes)
{
	return (uint32_t)slab_byte(m, obj) << 8 | (uint32_t)slab_byte(m, obj + bytes - 1);
}

START_TEST(poison_is_5a_in_2_4_and_6b_or_5a_in_6_1_and_ends_in_a5)
{
	struct kmem_cache *c;
	vaddr_t obj;

	boot("i386", 64, 1);
	c = create(100, SLAB_POISON);
	obj = kmem_cache_alloc(m, c);
	ck_assert_uint_eq(ends(obj + c->size, 100), 0x5aa5);
	ck_assert_int_eq(slab_byte(m, slab_of(m, obj)->s_mem - 1), -1);
	teardown();
	boot("i386-6.1", 64, 1);
	c = create(100, SLAB_POISON);
	obj = kmem_cache_alloc(m, c);
	ck_assert_uint_eq(ends(obj, 100), 0x5aa5);
	ck_assert_uint_eq(ends(slab_of(m, obj)->s_mem, 100), 0x6ba5);
	kmem_cache_free(m, c, obj);
	ck_assert_uint_eq(ends(obj, 100), 0x6ba5);
	/* without poison nothing is kept */
	ck_assert_int_eq(slab_byte(m, m->cache[1]->kobj), -1);
	ck_assert(!zero(m->cache[1]->kobj, 4));
	ck_laws();
}
END_TEST

/* A write of one byte to an object that was freed; what the next allocation finds. */
static uint32_t errors_after_late_write(const char *profile, uint32_t at)
{
	struct kmem_cache *c;
	vaddr_t obj;

	boot(profile, 64, 1);
	c = create(100, SLAB_POISON);
	obj = kmem_cache_alloc(m, c);
	kmem_cache_free(m, c, obj);
	ck_assert(zero(obj + at, 1));
	listen();
	ck_assert_uint_eq(kmem_cache_alloc(m, c), obj);
	ck_assert_uint_eq(told[S_SLAB_CORRUPTION], c->errors);
	ck_assert_uint_eq(told[S_SLAB_POISON_CHECK], 1 - c->errors);
	ck_laws();
	at = c->errors;
	teardown();
	return at;
}

START_TEST(a_write_to_a_freed_object_is_found_when_it_is_taken)
{
	ck_assert_uint_eq(errors_after_late_write("i386-6.1", 0), 1);
	ck_assert_uint_eq(errors_after_late_write("i386-6.1", 99), 1);
	/* 2.4 looks for the end alone */
	ck_assert_uint_eq(errors_after_late_write("i386", 0), 0);
	ck_assert_uint_eq(errors_after_late_write("i386", 99), 1);
}
END_TEST

START_TEST(a_write_to_a_free_object_is_found_when_its_slab_goes)
{
	struct kmem_cache *c;
	vaddr_t obj;

	boot("i386-6.1", 64, 1);
	c = create(100, SLAB_POISON);
	obj = kmem_cache_alloc(m, c);
	zero(obj + c->size, 1);
	kmem_cache_free(m, c, obj);
	ck_assert_uint_eq(c->errors, 0);
	kmem_cache_shrink(m, c);
	ck_assert_uint_eq(c->errors, 1);
}
END_TEST

START_TEST(red_zones_make_an_object_larger_and_move_it)
{
	struct kmem_cache *c;
	vaddr_t obj;

	boot("i386", 64, 1);
	c = create(100, SLAB_RED_ZONE | SLAB_HWCACHE_ALIGN);
	ck_assert_uint_eq(c->size, 108);
	ck_assert_uint_eq(c->align, 4);
	ck_assert(!(c->flags & SLAB_HWCACHE_ALIGN));
	obj = kmem_cache_alloc(m, c);
	ck_assert_uint_eq(obj, slab_of(m, obj)->s_mem + 4);
	ck_assert_int_eq(slab_byte(m, obj - 4), 0xa5);
	ck_assert_int_eq(slab_byte(m, obj + 100), 0xa5);
	ck_assert_int_eq(slab_byte(m, obj - 4 + c->size), 0x71);
	teardown();
	boot("i386-6.1", 64, 1);
	c = create(100, SLAB_RED_ZONE);
	ck_assert_uint_eq(c->size, 8 + 104 + 8);
	obj = kmem_cache_alloc(m, c);
	ck_assert_int_eq(slab_byte(m, obj - 8), 0xc0);
	ck_assert_int_eq(slab_byte(m, obj + 104), 0xc0);
	listen();
	c = create(100, SLAB_RED_ZONE | SLAB_HWCACHE_ALIGN);
	ck_assert_uint_eq(c->size, 128);
	ck_assert_uint_eq(told[S_CACHE_FLAGS_DROPPED], 1);
	ck_laws();
}
END_TEST

START_TEST(a_write_outside_of_an_object_is_found_when_it_is_freed)
{
	static const char *const profiles[] = {"i386", "i386-6.1"};
	struct kmem_cache *c;
	vaddr_t obj;

	boot(profiles[_i], 64, 1);
	c = create(104, SLAB_RED_ZONE);
	obj = kmem_cache_alloc(m, c);
	zero(obj, 104);
	listen();
	kmem_cache_free(m, c, obj);
	ck_assert_uint_eq(told[S_SLAB_RED_CHECK], 1);
	obj = kmem_cache_alloc(m, c);
	zero(obj, 105);
	kmem_cache_free(m, c, obj);
	ck_assert_uint_eq(told[S_SLAB_RED_BEHIND], 1);
	obj = kmem_cache_alloc(m, c);
	zero(obj - 1, 1);
	kmem_cache_free(m, c, obj);
	ck_assert_uint_eq(told[S_SLAB_RED_BEFORE], 1);
	ck_assert_uint_eq(c->errors, 2);
	ck_laws();
}
END_TEST

/* ---- reapers ---- */

/* A cache with free slabs, and nothing taken. */
static struct kmem_cache *with_free_slabs(uint32_t bytes, uint32_t flags, uint32_t slabs)
{
	struct kmem_cache *c = create(bytes, flags);
	vaddr_t obj[256];
	uint32_t nr = slabs * c->num;

	ck_assert_uint_le(nr, 256);
	for (uint32_t i = 0; i < nr; i++)
		obj[i] = kmem_cache_alloc(m, c);
	for (uint32_t i = 0; i < nr; i++)
		kmem_cache_free(m, c, obj[i]);
	return c;
}

START_TEST(reaping_takes_half_of_the_free_slabs_of_the_best_cache)
{
	struct kmem_cache *c;

	/* T5.c: 12 free slabs of 2 pages with a constructor: 24 -> 19 -> 15 >= 10 */
	boot("i386", 64, 1);
	c = with_free_slabs(2600, SLAB_CTOR, 12);
	ck_assert_uint_eq(c->gfporder, 1);
	ck_counts(c, 0, 0, 12);
	/* it has grown: the first look only takes that mark away */
	ck_assert_uint_eq(kmem_cache_reap(m), 0);
	ck_assert(!c->grown_lately);
	m->clock_searchp = 0;
	listen();
	ck_assert_uint_eq(kmem_cache_reap(m), 12);
	ck_counts(c, 0, 0, 6);
	ck_assert_uint_eq(c->reaped, 6);
	ck_assert_uint_eq(told[S_REAP_BEST], 1);
	/* perfect: the search stopped behind it, on the next older cache */
	ck_assert_uint_eq(m->clock_searchp, c->index - 1);
	ck_laws();
}
END_TEST

START_TEST(the_best_of_ten_caches_is_reaped)
{
	struct kmem_cache *few, *more;

	boot("i386", 64, 1);
	few = with_free_slabs(2000, 0, 3);
	more = with_free_slabs(2000, 0, 5);
	kmem_cache_reap(m);
	m->clock_searchp = 0;
	ck_assert_uint_eq(kmem_cache_reap(m), 3);
	ck_counts(few, 0, 0, 3);
	ck_counts(more, 0, 0, 2);
	/* ten caches further: those were youngest of all */
	ck_assert_uint_eq(m->clock_searchp, more->index - 9);
	ck_laws();
}
END_TEST

START_TEST(the_reaper_of_6_1_spares_what_was_used)
{
	struct kmem_cache *c;

	boot("i386-6.1", 64, 1);
	c = create(300, 0);
	kmem_cache_free(m, c, kmem_cache_alloc(m, c));
	ck_assert_uint_eq(c->cpu[0].avail, 13);
	cache_reap(m);
	ck_assert_uint_eq(c->cpu[0].avail, 13);
	ck_assert(!c->cpu[0].touched);
	/* limit 54: (54 + 4) / 5 = 11 */
	cache_reap(m);
	ck_assert_uint_eq(c->cpu[0].avail, 2);
	ck_counts(c, 0, 1, 0);
	/* fewer than that: half of them, rounded up */
	cache_reap(m);
	ck_assert_uint_eq(c->cpu[0].avail, 1);
	cache_reap(m);
	ck_assert_uint_eq(c->cpu[0].avail, 0);
	/* and as nobody looked for a free slab since the second pass, it went at once */
	ck_counts(c, 0, 0, 0);
	ck_laws();
}
END_TEST

START_TEST(the_reaper_of_6_1_takes_free_slabs_that_nobody_looked_for)
{
	struct kmem_cache *c;

	/* free_limit 67, num 13: (67 + 64) / 65 = 2 slabs in every second pass */
	boot("i386-6.1", 64, 1);
	c = with_free_slabs(300, 0, 5);
	drain_cpu_caches(m, c);
	/* a refill that finds no free object grows at once, and looks for no free slab; this one does */
	ck_assert(!c->free_touched);
	kmem_cache_free(m, c, kmem_cache_alloc(m, c));
	drain_cpu_caches(m, c);
	ck_assert(c->free_touched);
	ck_counts(c, 0, 0, 5);
	cache_reap(m);
	ck_counts(c, 0, 0, 5);
	cache_reap(m);
	ck_counts(c, 0, 0, 5);
	ck_assert(!c->free_touched);
	cache_reap(m);
	ck_counts(c, 0, 0, 5);
	ck_assert_uint_eq(cache_reap(m), 2);
	ck_counts(c, 0, 0, 3);
	ck_laws();
}
END_TEST

START_TEST(boots_caches_of_6_1_have_limits_from_before_the_last_cpu)
{
	/* recorded with two CPUs: kmalloc-32 244, and 304 if made later */
	boot("i386-6.1", 64, 2);
	ck_assert_uint_eq(kmem_cache_find(m, "kmalloc-32")->free_limit, 244);
	ck_assert_uint_eq(create(32, 0)->free_limit, 304);
}
END_TEST

/* ---- CPUs' arrays ---- */

/* Objects in an array, oldest first, as letters: the first allocated is A. */
static const char *array_text(const struct array_cache *ac, const vaddr_t *obj)
{
	static char text[16];

	memset(text, 0, sizeof(text));
	for (uint32_t i = 0; i < ac->avail; i++)
		for (uint32_t j = 0; j < 5; j++)
			if (obj[j] == ac->entry[i])
				text[i] = (char)('A' + j);
	return text;
}

/* Free A to E into an array with limit 4 and batch 2. */
static const char *overflow(const char *profile)
{
	struct kmem_cache *c;
	vaddr_t obj[5];

	boot(profile, 64, profile[4] ? 1 : 2);
	c = create(100, 0);
	for (int i = 0; i < 5; i++)
		obj[i] = kmem_cache_alloc(m, c);
	drain_array(m, c, &c->cpu[0]);
	c->cpu[0].limit = 4;
	c->cpu[0].batchcount = 2;
	for (int i = 0; i < 5; i++)
		kmem_cache_free(m, c, obj[i]);
	return array_text(&c->cpu[0], obj);
}

START_TEST(a_full_array_returns_its_newest_in_2_4_and_its_oldest_in_6_1)
{
	ck_assert_str_eq(overflow("i386"), "ABE");
	teardown();
	ck_assert_str_eq(overflow("i386-6.1"), "CDE");
}
END_TEST

START_TEST(arrays_of_2_4_need_a_second_cpu_and_shrink_with_the_object)
{
	boot("i386", 64, 1);
	ck_assert_uint_eq(create(100, 0)->cpu[0].limit, 0);
	teardown();
	boot("i386", 64, 2);
	ck_assert_uint_eq(create(100, 0)->cpu[1].limit, 252);
	ck_assert_uint_eq(create(257, 0)->cpu[1].limit, 124);
	ck_assert_uint_eq(create(1028, 0)->cpu[1].batchcount, 30);
	ck_assert_uint_eq(create(4100, 0)->cpu[0].limit, 0);
	ck_assert_uint_eq(create(4100, 0)->cpu[2].limit, 0);
}
END_TEST

START_TEST(each_cpu_uses_its_own_array)
{
	struct kmem_cache *c;
	vaddr_t obj;

	boot("i386", 64, 2);
	c = create(100, 0);
	obj = kmem_cache_alloc(m, c);
	ck_assert_uint_eq(c->cpu[0].avail, 38);
	m->cpu = 1;
	kmem_cache_free(m, c, obj);
	ck_assert_uint_eq(c->cpu[1].avail, 1);
	ck_assert_uint_eq(kmem_cache_alloc(m, c), obj);
	ck_assert_uint_eq(cache_active_objs(c), 1);
	kmem_cache_free(m, c, obj);
	ck_assert_uint_eq(kmem_cache_shrink(m, c), 1);
	ck_assert_uint_eq(cache_slabs(c), 0);
	ck_laws();
}
END_TEST

/* ---- no memory; anything at all ---- */

/* Take all pages there are for the kernel. */
static void exhaust(void)
{
	for (int order = MAX_ORDER - 1; order >= 0; order--)
		while (alloc_pages(m, GFP_ATOMIC, (unsigned)order, FRAME_KERNEL) != PFN_NONE)
			;
}

START_TEST(without_memory_there_is_no_object_and_nothing_is_lost)
{
	const char *profile = _i ? "i386-6.1" : "i386";
	struct kmem_cache *on, *off;
	vaddr_t obj;

	boot(profile, 16, 1);
	on = create(100, 0);
	off = create(4096, SLAB_CTOR);
	ck_assert_int_eq(off->mgmt, SLAB_OFF);
	exhaust();
	ck_assert_uint_eq(kmem_cache_alloc(m, on), 0);
	ck_assert_uint_eq(kmem_cache_alloc(m, off), 0);
	ck_assert_uint_eq(cache_slabs(on) + on->active + on->free_objects, 0);
	ck_assert_uint_eq(cache_slabs(off) + off->active + off->free_objects, 0);
	ck_laws();
	obj = kmem_cache_alloc(m, m->cache[0]);
	ck_assert_uint_ne(obj, 0);
}
END_TEST

START_TEST(without_memory_for_the_index_list_the_pages_go_back)
{
	struct kmem_cache *off;
	pfn_t pfn, last = PFN_NONE;

	boot("i386", 16, 1);
	off = create(4096, SLAB_CTOR);
	while ((pfn = alloc_page(m, GFP_KERNEL, FRAME_KERNEL)) != PFN_NONE)
		last = pfn;
	drain_pages(m, -1);
	while ((pfn = alloc_page(m, GFP_KERNEL, FRAME_KERNEL)) != PFN_NONE)
		last = pfn;
	free_pages(m, last, 0);
	drain_pages(m, -1);
	listen();
	ck_assert_uint_eq(kmem_cache_alloc(m, off), 0);
	ck_assert_uint_eq(told[S_ALLOC_PAGES], 2);
	ck_assert_uint_eq(told[S_FREE_PAGES], 1);
	ck_assert_uint_eq(cache_slabs(off), 0);
	ck_laws();
}
END_TEST

START_TEST(without_memory_for_its_descriptor_there_is_no_cache)
{
	uint32_t nr;

	boot("i386-6.1", 16, 1);
	exhaust();
	while (kmem_cache_create(m, "test", 100, 0, 0))
		;
	nr = m->nr_caches;
	ck_assert_uint_lt(nr, MAX_CACHES);
	ck_assert_uint_eq(m->cache[0]->active, nr - 1);
	ck_laws();
}
END_TEST

START_TEST(laws_hold_whatever_is_allocated_and_freed)
{
	static const char *const profiles[] = {"i386", "i386-6.1"};
	static const uint32_t sizes[] = {4, 100, 480, 1000, 4096, 20000};
	struct kmem_cache *c[6];
	uint32_t seed = (uint32_t)_i + 1;
	vaddr_t obj[600];
	uint8_t of[600];
	int n = 0;

	boot(profiles[_i % 2], 64, 1 + (uint32_t)_i % 3);
	for (int i = 0; i < 6; i++)
		c[i] = create(sizes[i],
			      (i % 2 ? SLAB_CTOR : 0) | (i % 3 ? SLAB_POISON | SLAB_RED_ZONE : 0));
	for (int i = 0; i < 3000; i++) {
		seed = seed * 1103515245 + 12345;
		int pick = (int)(seed >> 16) % 600;

		m->cpu = (seed >> 8) % m->config.cpus;
		if (pick < n) {
			kmem_cache_free(m, c[of[pick]], obj[pick]);
			obj[pick] = obj[--n];
			of[pick] = of[n];
		} else {
			of[n] = (uint8_t)(pick % 6);
			obj[n] = kmem_cache_alloc(m, c[of[n]]);
			n += obj[n] != 0;
		}
		if (i % 90 == 0)
			slab_reap(m);
		if (i % 100 == 0)
			ck_laws();
	}
	while (n-- > 0)
		kmem_cache_free(m, c[of[n]], obj[n]);
	for (int i = 0; i < 6; i++)
		ck_assert_int_eq(kmem_cache_destroy(m, c[i]), 0);
	ck_laws();
}
END_TEST

Suite *slab_suite(void);

static TCase *geometry_case(void)
{
	TCase *t = tcase_create("geometry");

	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, general_caches_have_the_geometry_of_the_table);
	tcase_add_test(t, worked_examples_of_2_4_come_out);
	tcase_add_test(t, large_objects_of_2_4_may_get_their_management_back);
	tcase_add_test(t, a_small_machine_breaks_one_order_earlier);
	tcase_add_test(t, an_alignment_that_is_asked_for_holds_for_every_object);
	return t;
}

static TCase *slabs_case(void)
{
	TCase *t = tcase_create("slabs");

	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, what_was_freed_last_is_taken_first_and_a_full_slab_becomes_partial);
	tcase_add_test(t, golden_trace_g6);
	tcase_add_test(t, successive_slabs_get_successive_colours);
	tcase_add_test(t, an_off_slab_index_list_is_an_object_of_a_kmalloc_cache);
	tcase_add_test(t, an_address_leads_to_its_slab_and_its_object);
	tcase_add_test(t, shrinking_gives_back_free_slabs_only);
	tcase_add_test(t, a_cache_with_objects_in_use_is_not_destroyed);
	tcase_add_test(t, a_cache_costs_an_object_of_kmem_cache);
	tcase_add_test(t, the_number_of_a_destroyed_cache_is_used_again);
	tcase_add_test(t, a_senseless_cache_is_refused);
	return t;
}

static TCase *debug_case(void)
{
	TCase *t = tcase_create("debug");

	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, a_constructor_runs_when_the_slab_is_made);
	tcase_add_test(t, a_constructor_keeps_poison_out_in_2_4_and_runs_again_in_6_1);
	tcase_add_test(t, poison_is_5a_in_2_4_and_6b_or_5a_in_6_1_and_ends_in_a5);
	tcase_add_test(t, a_write_to_a_freed_object_is_found_when_it_is_taken);
	tcase_add_test(t, a_write_to_a_free_object_is_found_when_its_slab_goes);
	tcase_add_test(t, red_zones_make_an_object_larger_and_move_it);
	tcase_add_loop_test(t, a_write_outside_of_an_object_is_found_when_it_is_freed, 0, 2);
	return t;
}

static TCase *reap_case(void)
{
	TCase *t = tcase_create("reap");

	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, reaping_takes_half_of_the_free_slabs_of_the_best_cache);
	tcase_add_test(t, the_best_of_ten_caches_is_reaped);
	tcase_add_test(t, the_reaper_of_6_1_spares_what_was_used);
	tcase_add_test(t, the_reaper_of_6_1_takes_free_slabs_that_nobody_looked_for);
	tcase_add_test(t, boots_caches_of_6_1_have_limits_from_before_the_last_cpu);
	return t;
}

static TCase *arrays_case(void)
{
	TCase *t = tcase_create("arrays");

	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, a_full_array_returns_its_newest_in_2_4_and_its_oldest_in_6_1);
	tcase_add_test(t, arrays_of_2_4_need_a_second_cpu_and_shrink_with_the_object);
	tcase_add_test(t, each_cpu_uses_its_own_array);
	return t;
}

Suite *slab_suite(void)
{
	Suite *s = suite_create("slab");
	TCase *t = tcase_create("limits");

	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_loop_test(t, without_memory_there_is_no_object_and_nothing_is_lost, 0, 2);
	tcase_add_test(t, without_memory_for_the_index_list_the_pages_go_back);
	tcase_add_test(t, without_memory_for_its_descriptor_there_is_no_cache);
	tcase_add_loop_test(t, laws_hold_whatever_is_allocated_and_freed, 0, 12);
	suite_add_tcase(s, geometry_case());
	suite_add_tcase(s, slabs_case());
	suite_add_tcase(s, debug_case());
	suite_add_tcase(s, reap_case());
	suite_add_tcase(s, arrays_case());
	suite_add_tcase(s, t);
	return s;
}
