/* ELF programs: those of the recordings, and small ones made here, good and bad. */
#include <check.h>
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/run.h"

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

/* Load the first bytes of the image; "" or what is said against it, without the path. */
static const char *load(size_t bytes)
{
	/* written over, not anew: thousands of times without a disk */
	int fd = open(path, O_WRONLY);

	ck_assert_int_eq(pwrite(fd, &image, bytes, 0), (ssize_t)bytes);
	ck_assert_int_eq(ftruncate(fd, (off_t)bytes), 0);
	close(fd);
	program = program_load(path, why, sizeof(why));
	if (program)
		return "";
	ck_assert_int_eq(memcmp(why, path, strlen(path)), 0);
	return why + strlen(path) + 2;
}

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
	uint32_t bytes;

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
	uint32_t bytes;

	image.header.e_shoff = image.header.e_shnum = image.header.e_shstrndx = 0;
	ck_assert_str_eq(load(sizeof(image)), "");
	ck_assert(!program_symbol(program, "main", &va, &bytes));
}
END_TEST

START_TEST(the_programs_of_the_recordings_are_read)
{
	program = program_load("tests/cases/wide", why, sizeof(why));
	ck_assert_ptr_nonnull(program);
	ck_assert_uint_eq(program->nr_segments, 4);
	ck_assert_uint_eq(program->entry, 0x0804b000);
	ck_assert_uint_eq(program->segment[3].memsz, 0x4a560);
	program_free(program);
	program = program_load("tests/cases/pie", why, sizeof(why));
	ck_assert_ptr_nonnull(program);
	ck_assert(program->pie);
	ck_assert_uint_eq(program->entry, 0x100);
	ck_assert_uint_eq(program->segment[0].vaddr, 0);
}
END_TEST

START_TEST(what_is_no_program_for_i386_is_refused)
{
	image.header.e_machine = EM_ARM;
	assert_refused("not an ELF program for i386");
	setup();
	image.header.e_ident[EI_CLASS] = ELFCLASS64;
	assert_refused("not an ELF program for i386");
	setup();
	image.header.e_type = ET_REL;
	assert_refused("an ELF file, but not a program");
	ck_assert_str_eq(load(3), "not an ELF program for i386");
	ck_assert_str_eq(load(0), "not an ELF program for i386");
	ck_assert_ptr_null(program_load("/nowhere/program", why, sizeof(why)));
	ck_assert_str_eq(why, "/nowhere/program: No such file or directory");
	ck_assert_ptr_null(program_load("/", why, sizeof(why)));
}
END_TEST

START_TEST(an_interpreter_is_not_modelled)
{
	image.segment[0].p_type = PT_INTERP;
	assert_refused("a dynamically linked program: its interpreter is not modelled yet; link it "
		       "with -static");
}
END_TEST

START_TEST(segments_that_cannot_be_mapped_are_refused)
{
	image.segment[1].p_filesz = 0x3000;
	assert_refused("a segment reaches beyond the end of the file");
	setup();
	image.segment[0].p_offset = 0xfffff000;
	assert_refused("a segment reaches beyond the end of the file");
	setup();
	image.segment[1].p_vaddr = 0xbffff080;
	assert_refused("a segment reaches into the kernel's addresses");
	setup();
	image.segment[1].p_vaddr = 0x08049000;
	assert_refused("a segment's address and file offset do not fit on pages");
	setup();
	image.segment[1].p_vaddr = 0x08048080;
	assert_refused("segments overlap or are not in order");
	setup();
	image.header.e_entry = 0x1000;
	assert_refused("the entry point is in no segment");
	setup();
	image.header.e_phnum = 0;
	ck_assert_ptr_null(strstr(load(sizeof(image)), "Success"));
	ck_assert_ptr_null(program);
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
	tcase_add_test(tc, an_interpreter_is_not_modelled);
	tcase_add_test(tc, segments_that_cannot_be_mapped_are_refused);
	tcase_add_test(tc, a_file_that_is_cut_anywhere_is_read_without_harm);
	tcase_add_test(tc, a_file_with_any_byte_changed_is_read_without_harm);
	suite_add_tcase(s, tc);
	return s;
}
