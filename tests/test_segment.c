/*
 * Segments: descriptors as the CPU has them, Linux's flat ones, a process's own, and what is refused.
 */
#include "space.h"

#include "sim/segment.h"

static struct trace quiet;

static void boot(const char *profile, uint32_t cpus)
{
	struct machine_config c;

	machine_config_default(&c);
	c.profile = profile_find(profile);
	c.ram_bytes = (uint64_t)64 << 20;
	c.cpus = cpus;
	m = machine_create(&c, &quiet);
	sh = do_spawn(m, "sh", 1, &builtin_program, NULL);
}

static void boot_classic(void) { boot("i386", 1); }
static void boot_61(void) { boot("i386-6.1", 2); }

static enum segment_verdict try_user(uint16_t selector, vaddr_t offset)
{
	vaddr_t linear;

	return segment_linear(m, sh, 3, selector, offset, &linear);
}

/* ---- descriptors ---- */

START_TEST(a_descriptor_is_read_field_by_field)
{
	/* the four flat ones, as Intel's manual and every GDT dump of Linux have them */
	static const struct {
		desc_t d;
		unsigned dpl;
		bool is_code;
	} flat[] = {
		{0x00cf9b000000ffff, 0, true},
		{0x00cf93000000ffff, 0, false},
		{0x00cffb000000ffff, 3, true},
		{0x00cff3000000ffff, 3, false},
	};
	struct descriptor s;

	for (size_t i = 0; i < sizeof(flat) / sizeof(flat[0]); i++) {
		s = descriptor_read(flat[i].d);
		ck_assert_uint_eq(s.base, 0);
		ck_assert_uint_eq(s.bytes, 1ull << 32);
		ck_assert_uint_eq(s.dpl, flat[i].dpl);
		ck_assert_int_eq(s.is_code, flat[i].is_code);
		ck_assert(s.present && s.writable && s.accessed && !s.is_system);
	}
	/* a TSS of 104 bytes at c0141234 */
	s = descriptor_read(0xc000891412340067);
	ck_assert_uint_eq(s.base, 0xc0141234);
	ck_assert_uint_eq(s.bytes, 104);
	ck_assert(s.is_system && s.present && !s.is_code);
	ck_assert(!descriptor_read(0).present);
}
END_TEST

START_TEST(linux_has_four_flat_segments)
{
	ck_assert_uint_eq(m->gdt[0].entry[12], 0x00cf9b000000ffff);
	ck_assert_uint_eq(m->gdt[0].entry[13], 0x00cf93000000ffff);
	ck_assert_uint_eq(m->gdt[0].entry[14], 0x00cffb000000ffff);
	ck_assert_uint_eq(m->gdt[0].entry[15], 0x00cff3000000ffff);
	ck_assert_uint_eq(m->gdt[0].entry[0], 0);
	ck_assert_uint_eq(segment_selector(m, sh, SEG_CS, true), 0x73);
	ck_assert_uint_eq(segment_selector(m, sh, SEG_DS, true), 0x7b);
	ck_assert_uint_eq(segment_selector(m, sh, SEG_CS, false), 0x60);
	ck_assert_uint_eq(segment_selector(m, sh, SEG_SS, false), 0x68);
	/* the kernel goes on with the user's ds */
	ck_assert_uint_eq(segment_selector(m, sh, SEG_DS, false), 0x7b);
}
END_TEST

START_TEST(each_cpu_has_its_own_table_and_its_own_variables)
{
	struct descriptor one = descriptor_read(m->gdt[0].entry[27]);
	struct descriptor two = descriptor_read(m->gdt[1].entry[27]);

	ck_assert_uint_eq(segment_selector(m, sh, SEG_FS, false), 0xd8);
	ck_assert_uint_eq(one.base, 0);
	ck_assert_uint_eq(two.base, gdt_address(m, 1) - gdt_address(m, 0));
	ck_assert_uint_ne(descriptor_read(m->gdt[0].entry[16]).base,
			  descriptor_read(m->gdt[1].entry[16]).base);
}
END_TEST

/* ---- from logical to linear ---- */

START_TEST(a_flat_segment_makes_the_offset_the_linear_address)
{
	static const vaddr_t offsets[] = {0, 0x08048000, 0xbfffffff, 0xc0000000, 0xffffffff};
	vaddr_t linear;

	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		ck_assert_int_eq(segment_linear(m, sh, 3, 0x7b, offsets[i], &linear), SEGMENT_OK);
		ck_assert_uint_eq(linear, offsets[i]);
	}
}
END_TEST

START_TEST(what_the_cpu_refuses)
{
	vaddr_t linear;

	ck_assert_int_eq(try_user(0, 0), SEGMENT_NULL);
	ck_assert_int_eq(try_user(3, 0), SEGMENT_NULL);
	ck_assert_int_eq(try_user(0x60, 0), SEGMENT_PRIVILEGE);
	ck_assert_int_eq(try_user(0x68, 0), SEGMENT_PRIVILEGE);
	ck_assert_int_eq(try_user(0x80, 0), SEGMENT_SYSTEM);
	ck_assert_int_eq(try_user(0x33, 0), SEGMENT_SYSTEM); /* empty */
	ck_assert_int_eq(try_user(0x100, 0), SEGMENT_BEYOND);
	ck_assert_int_eq(try_user(0x7f, 0), SEGMENT_NO_LDT);
	/* the kernel may use both; but not when it asks on behalf of user mode */
	ck_assert_int_eq(segment_linear(m, sh, 0, 0x68, 0, &linear), SEGMENT_OK);
	ck_assert_int_eq(segment_linear(m, sh, 0, 0x7b, 0, &linear), SEGMENT_OK);
	ck_assert_int_eq(segment_linear(m, sh, 0, 0x6b, 0, &linear), SEGMENT_PRIVILEGE);
	/* behind the limit: the TSS's neighbour made short */
	m->gdt[0].entry[13] = 0x0040f30000000fff;
	ck_assert_int_eq(try_user(0x6b, 0xfff), SEGMENT_OK);
	ck_assert_int_eq(try_user(0x6b, 0x1000), SEGMENT_LIMIT);
	m->gdt[0].entry[13] = 0x00cf73000000ffff;
	ck_assert_int_eq(try_user(0x6b, 0), SEGMENT_NOT_PRESENT);
	m->gdt[0].entry[13] = 0x00cf93000000ffff;
}
END_TEST

/* ---- a process's own ---- */

START_TEST(a_process_gets_three_segments_of_its_own)
{
	vaddr_t linear;

	ck_assert_int_eq(sys_set_thread_area(m, sh, 0xb7fff400), 0x33);
	ck_assert_int_eq(segment_linear(m, sh, 3, 0x33, 0x10, &linear), SEGMENT_OK);
	ck_assert_uint_eq(linear, 0xb7fff410);
	/* an offset below the base is a large one */
	ck_assert_int_eq(segment_linear(m, sh, 3, 0x33, 0xfffffffc, &linear), SEGMENT_OK);
	ck_assert_uint_eq(linear, 0xb7fff3fc);
	ck_assert_uint_eq(m->gdt[0].entry[6], 0xb7cff3fff400ffff);
	ck_assert_int_eq(sys_set_thread_area(m, sh, 0x1000), 0x3b);
	ck_assert_int_eq(sys_set_thread_area(m, sh, 0x2000), 0x43);
	ck_assert_int_eq(sys_set_thread_area(m, sh, 0x3000), -SIM_ESRCH);
	ck_assert_uint_eq(segment_selector(m, sh, SEG_GS, true), 0x43);
}
END_TEST

START_TEST(the_table_has_those_of_the_process_that_runs)
{
	struct task *kid;
	vaddr_t linear;

	sys_set_thread_area(m, sh, 0x1000);
	kid = do_fork(m, sh, "kid", 2);
	ck_assert_uint_eq(kid->gs, 0x33);
	sys_set_thread_area(m, kid, 0x2000);
	access_page(m, kid, 0x08048000, ACCESS_READ, NULL);
	ck_assert_uint_eq(descriptor_read(m->gdt[0].entry[7]).base, 0x2000);
	access_page(m, sh, 0x08048000, ACCESS_READ, NULL);
	ck_assert_uint_eq(m->gdt[0].entry[7], 0);
	ck_assert_uint_eq(descriptor_read(m->gdt[0].entry[6]).base, 0x1000);
	/* each reaches its own, whoever runs */
	ck_assert_int_eq(segment_linear(m, kid, 3, 0x3b, 4, &linear), SEGMENT_OK);
	ck_assert_uint_eq(linear, 0x2004);
	ck_assert_int_eq(segment_linear(m, sh, 3, 0x3b, 4, &linear), SEGMENT_SYSTEM);
}
END_TEST

START_TEST(exec_takes_them_away)
{
	sys_set_thread_area(m, sh, 0x1000);
	do_execve(m, sh, &builtin_program);
	ck_assert_uint_eq(sh->gs, 0);
	ck_assert_uint_eq(m->gdt[0].entry[6], 0);
}
END_TEST

START_TEST(a_table_that_is_not_linux_s_is_found)
{
	desc_t was = m->gdt[0].entry[15];

	m->gdt[0].entry[15] = 0x00cff3000001ffff; /* begins at 100 */
	ck_assert_str_eq(machine_check(m), "entry 15 of CPU 0's GDT is not flat");
	m->gdt[0].entry[15] = 0x00cf93000000ffff;
	ck_assert_str_eq(machine_check(m), "entry 15 of CPU 0's GDT has DPL 0");
	m->gdt[0].entry[15] = was;
	m->gdt[0].entry[7] = was;
	ck_assert_str_eq(machine_check(m), "entry 7 of CPU 0's GDT is not sh's");
	m->gdt[0].entry[7] = 0;
}
END_TEST

START_TEST(a_machine_without_segments_takes_every_address_as_it_is)
{
	struct mm_profile none = *m->profile;
	vaddr_t linear;

	none.gdt = NULL;
	m->profile = &none;
	ck_assert_int_eq(segment_linear(m, sh, 3, 0x60, 0x1234, &linear), SEGMENT_OK);
	ck_assert_uint_eq(linear, 0x1234);
	ck_assert_int_eq(sys_set_thread_area(m, sh, 0x1000), -SIM_EINVAL);
	/* and 64-bit mode adds no base */
	none.gdt = &gdt_layout_64;
	segments_boot(m);
	ck_assert_int_eq(segment_linear(m, sh, 3, 0x33, 0x1234, &linear), SEGMENT_OK);
	ck_assert_uint_eq(linear, 0x1234);
	ck_assert_int_eq(try_user(0x10, 0), SEGMENT_PRIVILEGE);
	memset(m->gdt, 0, sizeof(m->gdt));
	m->profile = profile_find("i386");
	segments_boot(m);
}
END_TEST

Suite *segment_suite(void)
{
	Suite *s = suite_create("segment");
	TCase *t = tcase_create("classic");

	tcase_add_checked_fixture(t, boot_classic, teardown);
	tcase_add_test(t, a_descriptor_is_read_field_by_field);
	tcase_add_test(t, linux_has_four_flat_segments);
	tcase_add_test(t, a_flat_segment_makes_the_offset_the_linear_address);
	tcase_add_test(t, what_the_cpu_refuses);
	tcase_add_test(t, a_process_gets_three_segments_of_its_own);
	tcase_add_test(t, the_table_has_those_of_the_process_that_runs);
	tcase_add_test(t, exec_takes_them_away);
	tcase_add_test(t, a_table_that_is_not_linux_s_is_found);
	tcase_add_test(t, a_machine_without_segments_takes_every_address_as_it_is);
	suite_add_tcase(s, t);
	t = tcase_create("6.1");
	tcase_add_checked_fixture(t, boot_61, teardown);
	tcase_add_test(t, each_cpu_has_its_own_table_and_its_own_variables);
	suite_add_tcase(s, t);
	return s;
}
