/* ELF programs: those of the recordings, and small ones made here, good and bad. */
#include <check.h>
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/what.h"
#include "tests/script.h"

/* A program of two segments with two symbols. Every test may spoil it before it is loaded. */
static struct {
	Elf32_Ehdr header;
	Elf32_Phdr segment[2];
	Elf32_Shdr section[3];
	Elf32_Sym symbol[4];
	char names[24];
} image;

static char path[] = "/tmp/mmviz-elf-XXXXXX";
static char why[256];
static struct program *program;

static void make_sections(void)
{
	memcpy(image.names, "\0main\0table\0printf", 19);
	image.symbol[1] = (Elf32_Sym){1, 0x08048010, 32, ELF32_ST_INFO(STB_GLOBAL, STT_FUNC), 0, 1};
	image.symbol[2] =
		(Elf32_Sym){6, 0x08049100, 64, ELF32_ST_INFO(STB_LOCAL, STT_OBJECT), 0, 1};
	image.symbol[3] = (Elf32_Sym){12, 0, 0, ELF32_ST_INFO(STB_GLOBAL, STT_FUNC), 0, SHN_UNDEF};
	image.section[1] =
		(Elf32_Shdr){.sh_type = SHT_SYMTAB,
			     .sh_offset = (Elf32_Off)((char *)image.symbol - (char *)&image),
			     .sh_size = sizeof(image.symbol),
			     .sh_link = 2,
			     .sh_addralign = 4,
			     .sh_entsize = sizeof(Elf32_Sym)};
	image.section[2] =
		(Elf32_Shdr){.sh_type = SHT_STRTAB,
			     .sh_offset = (Elf32_Off)((char *)image.names - (char *)&image),
			     .sh_size = sizeof(image.names),
			     .sh_addralign = 1};
}

static void setup(void)
{
	memset(&image, 0, sizeof(image));
	memcpy(image.header.e_ident, ELFMAG, SELFMAG);
	image.header.e_ident[EI_CLASS] = ELFCLASS32;
	image.header.e_ident[EI_DATA] = ELFDATA2LSB;
	image.header.e_ident[EI_VERSION] = EV_CURRENT;
	image.header.e_type = ET_EXEC;
	image.header.e_machine = EM_386;
	image.header.e_version = EV_CURRENT;
	image.header.e_entry = 0x08048010;
	image.header.e_phoff = sizeof(image.header);
	image.header.e_shoff = (Elf32_Off)((char *)image.section - (char *)&image);
	image.header.e_ehsize = sizeof(image.header);
	image.header.e_phentsize = sizeof(Elf32_Phdr);
	image.header.e_phnum = 2;
	image.header.e_shentsize = sizeof(Elf32_Shdr);
	image.header.e_shnum = 3;
	image.header.e_shstrndx = 2;
	image.segment[0] = (Elf32_Phdr){PT_LOAD, 0, 0x08048000, 0, 0x80, 0x80, PF_R | PF_X, 0x1000};
	image.segment[1] =
		(Elf32_Phdr){PT_LOAD, 0x80, 0x08049080, 0, 0x40, 0x2000, PF_R | PF_W, 0x1000};
	make_sections();
	unlink(path);
	strcpy(path, "/tmp/mmviz-elf-XXXXXX");
	close(mkstemp(path));
	why[0] = '\0';
}

static void teardown(void)
{
	program_free(program);
	program = NULL;
	unlink(path);
}

/* Load these bytes; "" or what is said against them, without the path. */
static const char *load_as(const char *profile, const void *file, size_t bytes)
{
	/* written over, not anew: thousands of times without a disk */
	int fd = open(path, O_WRONLY);

	ck_assert_int_eq(pwrite(fd, file, bytes, 0), (ssize_t)bytes);
	ck_assert_int_eq(ftruncate(fd, (off_t)bytes), 0);
	close(fd);
	program = program_load(path, profile_find(profile), why, sizeof(why));
	if (program)
		return "";
	ck_assert_int_eq(memcmp(why, path, strlen(path)), 0);
	return why + strlen(path) + 2;
}

/* The first bytes of the image. */
static const char *load(size_t bytes) { return load_as("i386", &image, bytes); }

#define assert_refused(reason) ck_assert_str_eq(load(sizeof(image)), reason)

START_TEST(segments_and_entry_are_read)
{
	ck_assert_str_eq(load(sizeof(image)), "");
	ck_assert_uint_eq(program->nr_segments, 2);
	ck_assert_uint_eq(program->entry, 0x08048010);
	ck_assert_uint_eq(program->file_bytes, sizeof(image));
	ck_assert(!program->pie);
	ck_assert_str_eq(program->name, strrchr(path, '/') + 1);
	ck_assert_uint_eq(program->segment[0].prot, VM_READ | VM_EXEC);
	ck_assert_uint_eq(program->segment[1].prot, VM_READ | VM_WRITE);
	ck_assert_uint_eq(program->segment[1].vaddr, 0x08049080);
	ck_assert_uint_eq(program->segment[1].offset, 0x80);
	ck_assert_uint_eq(program->segment[1].filesz, 0x40);
	ck_assert_uint_eq(program->segment[1].memsz, 0x2000);
}
END_TEST

START_TEST(symbols_are_found_by_name)
{
	vaddr_t va;
	uint64_t bytes;

	ck_assert_str_eq(load(sizeof(image)), "");
	ck_assert(program_symbol(program, "main", &va, &bytes));
	ck_assert_uint_eq(va, 0x08048010);
	ck_assert_uint_eq(bytes, 32);
	ck_assert(program_symbol(program, "table", &va, &bytes));
	ck_assert_uint_eq(va, 0x08049100);
	ck_assert(!program_symbol(program, "printf", &va, &bytes));
	ck_assert(!program_symbol(program, "mai", &va, &bytes));
	ck_assert(!program_symbol(&builtin_program, "main", &va, &bytes));
}
END_TEST

START_TEST(a_stripped_program_has_no_symbols)
{
	vaddr_t va;
	uint64_t bytes;

	image.header.e_shoff = image.header.e_shnum = image.header.e_shstrndx = 0;
	ck_assert_str_eq(load(sizeof(image)), "");
	ck_assert(!program_symbol(program, "main", &va, &bytes));
}
END_TEST

START_TEST(the_programs_of_the_recordings_are_read)
{
	program = program_load("tests/cases/wide", profile_find("i386"), why, sizeof(why));
	ck_assert_ptr_nonnull(program);
	ck_assert_uint_eq(program->nr_segments, 4);
	ck_assert_uint_eq(program->entry, 0x0804b000);
	ck_assert_uint_eq(program->segment[3].memsz, 0x4a560);
	program_free(program);
	program = program_load("tests/cases/pie", profile_find("i386"), why, sizeof(why));
	ck_assert_ptr_nonnull(program);
	ck_assert(program->pie);
	ck_assert_uint_eq(program->entry, 0x100);
	ck_assert_uint_eq(program->segment[0].vaddr, 0);
}
END_TEST

START_TEST(what_is_no_program_for_i386_is_refused)
{
	image.header.e_machine = EM_X86_64;
	assert_refused("a program for x86-64, and the machine is an i386: ENOEXEC");
	image.header.e_machine = EM_ARM;
	assert_refused("a program for ARM, and the machine is an i386: ENOEXEC");
	image.header.e_machine = 0x1234;
	assert_refused("a program for another machine (ELF machine 4660), not for i386: ENOEXEC");
	setup();
	image.header.e_ident[EI_DATA] = ELFDATA2MSB;
	assert_refused("a program for another machine (ELF machine 768), not for i386: ENOEXEC");
	image.header.e_machine = EM_386 << 8;
	assert_refused("a big-endian ELF file, and the machine is an i386: ENOEXEC");
	setup();
	image.header.e_type = ET_REL;
	assert_refused("an object file, not a program: it is not linked yet");
	image.header.e_type = ET_CORE;
	assert_refused("a core dump, not a program");
	image.header.e_type = 0xfe00;
	assert_refused("an ELF file of type 65024, not a program");
	/* execve() takes a 486's programs, too */
	setup();
	image.header.e_machine = 6;
	assert_refused("");
}
END_TEST

START_TEST(what_is_no_elf_file_is_refused_by_what_it_is)
{
	ck_assert_str_eq(load(3), "not an ELF file");
	ck_assert_str_eq(load(0), "an empty file");
	memcpy(&image, "#!/bin/sh\n", 10);
	assert_refused("a script, not a program");
}
END_TEST

static const char *refusal(const char *name)
{
	ck_assert_ptr_null(program_load(name, profile_find("i386"), why, sizeof(why)));
	return why;
}

START_TEST(what_is_no_regular_file_is_not_even_opened)
{
	static char fifo[sizeof(path) + 8], said[sizeof(fifo) + 32];

	ck_assert_str_eq(refusal("/nowhere/program"),
			 "/nowhere/program: No such file or directory");
	ck_assert_str_eq(refusal("/"), "/: a folder, not a file");
	ck_assert_str_eq(refusal("/dev/null"), "/dev/null: a device, not a file");
	snprintf(fifo, sizeof(fifo), "%s.fifo", path);
	snprintf(said, sizeof(said), "%s: a pipe, not a file", fifo);
	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	ck_assert_str_eq(refusal(fifo), said);
	unlink(fifo);
}
END_TEST

START_TEST(of_a_long_path_the_end_is_shown_and_the_reason_stays)
{
	char name[400] = "/";

	while (strlen(name) < 390)
		strcat(name, "long/");
	ck_assert_str_eq(refusal(name) + 3 + 128, ": No such file or directory");
	ck_assert_int_eq(strncmp(why, "...", 3), 0);
}
END_TEST

START_TEST(a_large_file_is_not_read_to_see_what_it_is)
{
	load(sizeof(image));
	program_free(program);
	program = NULL;
	ck_assert_int_eq(truncate(path, (off_t)3 << 30), 0);
	program = program_load(path, profile_find("i386"), why, sizeof(why));
	ck_assert_ptr_nonnull(program);
	ck_assert_uint_eq(program->file_bytes, 3u << 30);
	ck_assert_int_eq(truncate(path, (off_t)1 << 40), 0);
	ck_assert_str_eq(refusal(path) + strlen(path), ": too large: less than 4G");
}
END_TEST

START_TEST(an_interpreter_is_not_modelled)
{
	image.segment[0].p_type = PT_INTERP;
	image.segment[0].p_offset = (Elf32_Off)((char *)image.names - (char *)&image) + 1;
	image.segment[0].p_filesz = 5;
	assert_refused("dynamically linked: its interpreter, main, is not modelled; link it with "
		       "-static");
	image.segment[0].p_filesz = 0x7fffffff;
	assert_refused("dynamically linked, by an interpreter that has no name");
}
END_TEST

START_TEST(a_file_that_is_cut_off_is_refused)
{
	char said[100];

	image.segment[1].p_filesz = 0x3000;
	snprintf(said, sizeof(said),
		 "cut off: a segment ends at byte 12416 of the file, which has %zu", sizeof(image));
	assert_refused(said);
	setup();
	image.segment[0].p_offset = 0xfffff000;
	ck_assert_ptr_nonnull(strstr(load(sizeof(image)), "ends at byte 4294963328 of the file"));
	setup();
	image.header.e_phnum = 100;
	ck_assert_ptr_nonnull(strstr(load(sizeof(image)), "cut off: its program headers end at"));
}
END_TEST

START_TEST(program_headers_are_as_the_kernel_wants_them)
{
	image.header.e_phnum = 0;
	assert_refused("it has no program headers: nothing says what belongs where");
	image.header.e_phnum = 129;
	assert_refused("129 program headers; the kernel takes 128 at most");
	image.header.e_phnum = 0xffff;
	assert_refused("65535 program headers; the kernel takes 128 at most");
	image.header.e_phnum = 2;
	image.header.e_phentsize = 40;
	assert_refused("a program header has 40 bytes instead of 32");
}
END_TEST

START_TEST(where_segments_want_to_lie_is_for_the_machine_to_judge)
{
	image.segment[0].p_vaddr = 0xbffff080;
	image.segment[1].p_vaddr = 0xbffff000;
	image.segment[1].p_align = 0x10000;
	image.segment[1].p_memsz = 0;
	image.header.e_entry = 0x1000;
	ck_assert_str_eq(load(sizeof(image)), "");
	ck_assert_uint_eq(program->nr_segments, 2);
	ck_assert_uint_eq(program->segment[1].vaddr, 0xbffff000);
	ck_assert_uint_eq(program->segment[1].align, 0x10000);
	ck_assert_uint_eq(program->segment[1].memsz, 0);
}
END_TEST

START_TEST(what_it_says_of_its_stack_is_read)
{
	ck_assert_str_eq(load(sizeof(image)), "");
	ck_assert_uint_eq(program->stack, EXSTACK_DEFAULT);
	program_free(program);
	image.segment[1].p_type = PT_GNU_STACK;
	ck_assert_str_eq(load(sizeof(image)), "");
	ck_assert_uint_eq(program->stack, EXSTACK_DISABLE_X);
	program_free(program);
	image.segment[1].p_flags = PF_R | PF_W | PF_X;
	ck_assert_str_eq(load(sizeof(image)), "");
	ck_assert_uint_eq(program->stack, EXSTACK_ENABLE_X);
	ck_assert_uint_eq(program->nr_segments, 1);
}
END_TEST

START_TEST(symbols_of_a_position_independent_program_are_where_it_lies)
{
	char text[128];

	image.header.e_type = ET_DYN;
	ck_assert_str_eq(load(sizeof(image)), "");
	snprintf(text, sizeof(text), "spawn sh %s\nfetch sh main\n", path);
	ck_assert_str_eq(script_result(text), "ok");
	snprintf(text, sizeof(text), "spawn sh %s\nfetch sh 0x08048010\n", path);
	ck_assert_str_eq(script_result(text), "SIGSEGV MAPERR 0x08048010");
}
END_TEST

START_TEST(an_address_leads_back_to_its_symbol)
{
	uint64_t offset;

	image.symbol[3] = (Elf32_Sym){12, 0x08049120, 0, ELF32_ST_INFO(STB_GLOBAL, STT_FUNC), 0, 1};
	ck_assert_str_eq(load(sizeof(image)), "");
	ck_assert_str_eq(program_symbol_at(program, 0x0804802f, &offset), "main");
	ck_assert_uint_eq(offset, 31);
	ck_assert_ptr_null(program_symbol_at(program, 0x08048030, &offset));
	ck_assert_ptr_null(program_symbol_at(program, 0x0804800f, &offset));
	/* without a size it is one byte, and nearer than table + 20 */
	ck_assert_str_eq(program_symbol_at(program, 0x08049120, &offset), "printf");
	ck_assert_str_eq(program_symbol_at(program, 0x08049121, &offset), "table");
	ck_assert_uint_eq(offset, 0x21);
	ck_assert_ptr_null(program_symbol_at(&builtin_program, 0x08048010, &offset));
}
END_TEST

START_TEST(what_names_the_symbol_where_the_program_lies)
{
	struct what_fault fault;
	struct what_place p;
	static struct what w;
	struct script c;
	char text[128];

	image.header.e_type = ET_DYN;
	ck_assert_str_eq(load(sizeof(image)), "");
	snprintf(text, sizeof(text), "spawn sh %s\n", path);
	script_run(&c, text);
	ck_assert(what_parse(c.m, c.s, c.m->tasks, "main+9", &p, &fault));
	what_is(c.m, c.s, &p, &w);
	ck_assert_str_eq(what_fact(&w, W_SYMBOL, 0)->name, "main");
	ck_assert_uint_eq(what_fact(&w, W_SYMBOL, 0)->arg[0], 9);
	ck_assert_uint_ne(p.va, 0x08048019);
	script_free(&c);
}
END_TEST

START_TEST(of_symbols_of_one_name_the_global_one_counts)
{
	vaddr_t va;
	uint64_t bytes;

	/* table: local in two sources, at 100 and 80, and global at 140 */
	image.symbol[1].st_name = image.symbol[3].st_name = image.symbol[2].st_name;
	image.symbol[1].st_info = ELF32_ST_INFO(STB_LOCAL, STT_OBJECT);
	image.symbol[1].st_value = 0x08049080;
	image.symbol[3].st_value = 0x08049140;
	image.symbol[3].st_shndx = 1;
	ck_assert_str_eq(load(sizeof(image)), "");
	ck_assert(program_symbol(program, "table", &va, &bytes));
	ck_assert_uint_eq(va, 0x08049140);
	program_free(program);
	image.symbol[3].st_shndx = SHN_UNDEF;
	ck_assert_str_eq(load(sizeof(image)), "");
	ck_assert(program_symbol(program, "table", &va, &bytes));
	ck_assert_uint_eq(va, 0x08049080);
}
END_TEST

START_TEST(a_stripped_program_may_have_names_for_its_linker)
{
	vaddr_t va;
	uint64_t bytes;

	image.section[1].sh_type = SHT_DYNSYM;
	ck_assert_str_eq(load(sizeof(image)), "");
	ck_assert(program_symbol(program, "main", &va, &bytes));
}
END_TEST

START_TEST(a_file_that_is_cut_anywhere_is_read_without_harm)
{
	for (size_t bytes = 0; bytes < sizeof(image); bytes += 3) {
		load(bytes);
		program_free(program);
		program = NULL;
	}
}
END_TEST

START_TEST(a_file_with_any_byte_changed_is_read_without_harm)
{
	uint32_t random = 1;

	for (unsigned round = 0; round < 4000; round++) {
		unsigned char *byte;

		random = random * 1664525 + 1013904223;
		byte = (unsigned char *)&image + random % sizeof(image);
		unsigned char old = *byte;

		*byte = (unsigned char)(random >> 24);
		load(sizeof(image));
		program_free(program);
		program = NULL;
		*byte = old;
	}
}
END_TEST

/* ---- 64 bits ---- */

/* Headers alone, of a program that wants to lie above 4G. */
struct image64 {
	Elf64_Ehdr header;
	Elf64_Phdr segment[2];
};

static struct image64 small_program_64(void)
{
	struct image64 i = {
		.header = {.e_type = ET_EXEC,
			   .e_machine = EM_X86_64,
			   .e_version = EV_CURRENT,
			   .e_entry = 0x7000400010,
			   .e_phoff = sizeof(Elf64_Ehdr),
			   .e_ehsize = sizeof(Elf64_Ehdr),
			   .e_phentsize = sizeof(Elf64_Phdr),
			   .e_phnum = 2},
		.segment = {{PT_LOAD, PF_R | PF_X, 0, 0x7000400000, 0, 0x80, 0x80, 0x1000},
			    {PT_LOAD, PF_R | PF_W, 0x80, 0x7000401080, 0, 0x20, 0x200000000,
			     0x1000}},
	};

	memcpy(i.header.e_ident, ELFMAG, SELFMAG);
	i.header.e_ident[EI_CLASS] = ELFCLASS64;
	i.header.e_ident[EI_DATA] = ELFDATA2LSB;
	i.header.e_ident[EI_VERSION] = EV_CURRENT;
	return i;
}

START_TEST(a_64_bit_program_is_read_in_words_of_8_bytes)
{
	struct image64 i = small_program_64();

	ck_assert_str_eq(load_as("x86-64", &i, sizeof(i)), "");
	ck_assert_uint_eq(program->entry, 0x7000400010);
	ck_assert_uint_eq(program->nr_segments, 2);
	ck_assert_uint_eq(program->segment[1].vaddr, 0x7000401080);
	ck_assert_uint_eq(program->segment[1].filesz, 0x20);
	ck_assert_uint_eq(program->segment[1].memsz, 0x200000000);
	ck_assert_uint_eq(program->segment[1].prot, VM_READ | VM_WRITE);
}
END_TEST

/* Without CONFIG_IA32_EMULATION a kernel of 64 bits runs its own programs only. */
START_TEST(a_program_of_the_other_width_is_enoexec)
{
	struct image64 i = small_program_64();

	ck_assert_str_eq(load_as("i386", &i, sizeof(i)),
			 "a program for x86-64, and the machine is an i386: ENOEXEC");
	ck_assert_str_eq(load_as("x86-64", &image, sizeof(image)),
			 "a program for i386, and the machine is an x86-64: ENOEXEC");
	image.header.e_machine = EM_X86_64; /* x32 */
	ck_assert_str_eq(load_as("x86-64", &image, sizeof(image)),
			 "a 32-bit ELF file, and the machine is an x86-64: ENOEXEC");
}
END_TEST

START_TEST(program_headers_of_64_bits_have_56_bytes)
{
	struct image64 i = small_program_64();

	i.header.e_phentsize = 32;
	ck_assert_str_eq(load_as("x86-64", &i, sizeof(i)),
			 "a program header has 32 bytes instead of 56");
	i = small_program_64();
	i.header.e_phnum = 74;
	ck_assert_str_eq(load_as("x86-64", &i, sizeof(i)),
			 "74 program headers; the kernel takes 73 at most");
	i = small_program_64();
	ck_assert_str_eq(load_as("x86-64", &i, sizeof(i) - 1),
			 "cut off: its program headers end at byte 176 of the file, which has 175");
}
END_TEST

START_TEST(the_lecture_s_64_bit_program_is_read)
{
	vaddr_t va;
	uint64_t bytes;

	program = program_load("scenarios/hello64", profile_find("x86-64"), why, sizeof(why));
	ck_assert_msg(program, "%s", why);
	ck_assert_uint_eq(program->nr_segments, 3);
	ck_assert(program_symbol(program, "buffer", &va, &bytes));
	ck_assert_uint_eq(va, 0x406000);
	ck_assert_uint_eq(bytes, 8192);
}
END_TEST

Suite *elf_suite(void);
Suite *elf_suite(void)
{
	Suite *s = suite_create("elf");
	TCase *tc = tcase_create("elf");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, segments_and_entry_are_read);
	tcase_add_test(tc, symbols_are_found_by_name);
	tcase_add_test(tc, a_stripped_program_has_no_symbols);
	tcase_add_test(tc, the_programs_of_the_recordings_are_read);
	tcase_add_test(tc, what_is_no_program_for_i386_is_refused);
	tcase_add_test(tc, what_is_no_elf_file_is_refused_by_what_it_is);
	tcase_add_test(tc, what_is_no_regular_file_is_not_even_opened);
	tcase_add_test(tc, of_a_long_path_the_end_is_shown_and_the_reason_stays);
	tcase_add_test(tc, a_large_file_is_not_read_to_see_what_it_is);
	tcase_add_test(tc, an_interpreter_is_not_modelled);
	tcase_add_test(tc, a_file_that_is_cut_off_is_refused);
	tcase_add_test(tc, program_headers_are_as_the_kernel_wants_them);
	tcase_add_test(tc, where_segments_want_to_lie_is_for_the_machine_to_judge);
	tcase_add_test(tc, what_it_says_of_its_stack_is_read);
	tcase_add_test(tc, symbols_of_a_position_independent_program_are_where_it_lies);
	tcase_add_test(tc, an_address_leads_back_to_its_symbol);
	tcase_add_test(tc, what_names_the_symbol_where_the_program_lies);
	tcase_add_test(tc, of_symbols_of_one_name_the_global_one_counts);
	tcase_add_test(tc, a_stripped_program_may_have_names_for_its_linker);
	tcase_add_test(tc, a_file_that_is_cut_anywhere_is_read_without_harm);
	tcase_add_test(tc, a_file_with_any_byte_changed_is_read_without_harm);
	tcase_add_test(tc, a_64_bit_program_is_read_in_words_of_8_bytes);
	tcase_add_test(tc, a_program_of_the_other_width_is_enoexec);
	tcase_add_test(tc, program_headers_of_64_bits_have_56_bytes);
	tcase_add_test(tc, the_lecture_s_64_bit_program_is_read);
	suite_add_tcase(s, tc);
	return s;
}
