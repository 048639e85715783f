/*
 * ELF programs: which pieces of a file belong where in memory, and what names they hold.
 *
 *	file    0       180   1000            2800
 *	        [ R E   ]     [ RW            ]
 *	memory  08048000      08049000 ... 0804a800 ... 0804d800
 *	                      [ from the file ][ zeros: bss    ]
 *
 * Only what execve reads is read: the header and the program headers; and the symbol table, so that
 * a scenario can say `read sh main`.
 *
 * A file from anywhere may say anything.  What no i386 would even begin to run (execve's ENOEXEC), a
 * program that is cut off, and one that wants an interpreter are mistakes in the scenario: they are
 * found here, with a reason, before anything runs.  Whether the pieces can be put where they want
 * to lie is for the machine to say (sim/binfmt_elf.c).
 */
#include "i18n.h"
#include "run.h"
#include "scenario_data.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct elf_symbol {
	char *name;
	vaddr_t va;
	uint64_t bytes;
	bool local; /* of one source file: others may have the same name */
};

/* What program_load gives: the program is its first field. */
struct elf_program {
	struct program program;
	char *name;
	struct elf_symbol *symbol; /* sorted by name, global ones first */
	size_t nr_symbols, cap_symbols;
};

/* What is wrong with a file, as a sentence. */
struct reason {
	char *text;
	size_t size;
	const struct mm_profile *profile; /* whose programs are wanted */
};

__attribute__((format(printf, 2, 3))) static bool refuse(const struct reason *r, const char *format,
							 ...)
{
	va_list values;

	va_start(values, format);
	vsnprintf(r->text, r->size, format, values);
	va_end(values);
	return false;
}

static bool refuse_elf(const struct reason *r) { return refuse(r, "%s", elf_errmsg(-1)); }

/* ---- the header ---- */

/* The machine's usual name; NULL: a rare one. */
static const char *machine_name(unsigned machine)
{
	static const struct {
		unsigned machine;
		const char *name;
	} names[] = {
		{EM_386, "i386"},         {EM_X86_64, "x86-64"},       {EM_ARM, "ARM"},
		{EM_AARCH64, "AArch64"},  {EM_RISCV, "RISC-V"},        {EM_PPC, "PowerPC"},
		{EM_PPC64, "PowerPC 64"}, {EM_MIPS, "MIPS"},           {EM_SPARC, "SPARC"},
		{EM_SPARCV9, "SPARC V9"}, {EM_S390, "S/390"},          {EM_68K, "m68k"},
		{EM_ALPHA, "Alpha"},      {EM_IA_64, "Itanium"},       {EM_PARISC, "PA-RISC"},
		{EM_SH, "SuperH"},        {EM_LOONGARCH, "LoongArch"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].machine == machine)
			return names[i].name;
	return NULL;
}

/* The machine's own programs, and what execve of i386 takes for one (the 486's number): 6.1 elf_check_arch(). */
static bool is_native(const GElf_Ehdr *h, const struct mm_profile *p)
{
	return h->e_machine == p->elf_machine || (p->elf_machine == EM_386 && h->e_machine == 6);
}

static bool check_machine(const GElf_Ehdr *h, const struct reason *r)
{
	const char *name = machine_name(h->e_machine), *arch = r->profile->arch;
	int bits = r->profile->word_bits;

	if (!is_native(h, r->profile) && name)
		return refuse(r, _("a program for %s, and the machine is an %s: ENOEXEC"), name,
			      arch);
	if (!is_native(h, r->profile))
		return refuse(
			r, _("a program for another machine (ELF machine %u), not for %s: ENOEXEC"),
			h->e_machine, arch);
	if (h->e_ident[EI_CLASS] != (bits == 64 ? ELFCLASS64 : ELFCLASS32))
		return refuse(r, _("a %d-bit ELF file, and the machine is an %s: ENOEXEC"),
			      96 - bits, arch);
	if (h->e_ident[EI_DATA] != ELFDATA2LSB)
		return refuse(r, _("a big-endian ELF file, and the machine is an %s: ENOEXEC"),
			      arch);
	return true;
}

static bool check_type(const GElf_Ehdr *h, const struct reason *r)
{
	switch (h->e_type) {
	case ET_EXEC:
	case ET_DYN:
		return true;
	case ET_REL:
		return refuse(r, _("an object file, not a program: it is not linked yet"));
	case ET_CORE:
		return refuse(r, _("a core dump, not a program"));
	default:
		return refuse(r, _("an ELF file of type %u, not a program"), h->e_type);
	}
}

/* ---- segments ---- */

static bool add_segment(struct program *p, const GElf_Phdr *h, const struct reason *r)
{
	unsigned long long end = (unsigned long long)h->p_offset + h->p_filesz;

	if (h->p_filesz > 0 && end > p->file_bytes)
		return refuse(r,
			      _("cut off: a segment ends at byte %llu of the file, which has %u"),
			      end, p->file_bytes);
	p->segment[p->nr_segments++] = (struct segment){
		.vaddr = (vaddr_t)h->p_vaddr,
		.filesz = h->p_filesz,
		.memsz = h->p_memsz,
		.offset = h->p_offset,
		.align = h->p_align,
		.prot = (h->p_flags & PF_R ? VM_READ : 0) | (h->p_flags & PF_W ? VM_WRITE : 0) |
			(h->p_flags & PF_X ? VM_EXEC : 0),
	};
	return true;
}

/* The interpreter's name is in the file: as much of it as can be shown. */
static bool refuse_interpreter(Elf *elf, const GElf_Phdr *h, const struct reason *r)
{
	Elf_Data *d = elf_getdata_rawchunk(elf, (int64_t)h->p_offset, h->p_filesz, ELF_T_BYTE);
	int len = d && d->d_size < PATH_MAX ? (int)strnlen(d->d_buf, d->d_size) : 0;

	if (len == 0)
		return refuse(r, _("dynamically linked, by an interpreter that has no name"));
	return refuse(r,
		      _("dynamically linked: its interpreter, %.*s, is not modelled; link it with "
			"-static"),
		      len, (const char *)d->d_buf);
}

/* What program header i asks for. */
static bool read_segment(Elf *elf, int i, struct program *p, const struct reason *r)
{
	GElf_Phdr h;

	if (!gelf_getphdr(elf, i, &h))
		return refuse_elf(r);
	switch (h.p_type) {
	case PT_INTERP:
		return refuse_interpreter(elf, &h, r);
	case PT_GNU_STACK:
		p->stack = h.p_flags & PF_X ? EXSTACK_ENABLE_X : EXSTACK_DISABLE_X;
		return true;
	case PT_LOAD:
		return add_segment(p, &h, r);
	default:
		return true;
	}
}

/* 6.1 load_elf_phdrs() */
static bool check_program_headers(const GElf_Ehdr *h, size_t n, uint32_t file_bytes,
				  const struct reason *r)
{
	size_t each = r->profile->word_bits == 64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	unsigned long long end = (unsigned long long)h->e_phoff + n * each;

	if (n == 0)
		return refuse(r, _("it has no program headers: nothing says what belongs where"));
	if (n > PAGE_SIZE / each)
		return refuse(r, _("%zu program headers; the kernel takes %u at most"), n,
			      (unsigned)(PAGE_SIZE / each));
	if (h->e_phentsize != each)
		return refuse(r, _("a program header has %u bytes instead of %zu"), h->e_phentsize,
			      each);
	if (end > file_bytes)
		return refuse(r,
			      _("cut off: its program headers end at byte %llu of the file, "
				"which has %u"),
			      end, file_bytes);
	return true;
}

static bool read_segments(Elf *elf, struct program *p, const struct reason *r)
{
	GElf_Ehdr header;
	size_t n = 0;

	if (!gelf_getehdr(elf, &header))
		return refuse_elf(r);
	if (!check_machine(&header, r) || !check_type(&header, r))
		return false;
	/* the header's own number: libelf counts none in a file that is cut off */
	n = header.e_phnum;
	if (!check_program_headers(&header, n, p->file_bytes, r))
		return false;
	p->pie = header.e_type == ET_DYN;
	p->entry = (vaddr_t)header.e_entry;
	p->stack = EXSTACK_DEFAULT;
	for (size_t i = 0; i < n; i++)
		if (!read_segment(elf, (int)i, p, r))
			return false;
	return true;
}

/* ---- symbols ---- */

static bool add_symbol(struct elf_program *ep, const char *name, const GElf_Sym *sym)
{
	if (ep->nr_symbols == ep->cap_symbols) {
		size_t cap = ep->cap_symbols ? ep->cap_symbols * 2 : 64;
		struct elf_symbol *more = realloc(ep->symbol, cap * sizeof(*more));

		if (!more)
			return false;
		ep->symbol = more;
		ep->cap_symbols = cap;
	}
	ep->symbol[ep->nr_symbols] = (struct elf_symbol){
		.name = strdup(name),
		.va = (vaddr_t)sym->st_value,
		.bytes = sym->st_size,
		.local = GELF_ST_BIND(sym->st_info) == STB_LOCAL,
	};
	return ep->symbol[ep->nr_symbols++].name != NULL;
}

/* Functions and data of one symbol table. False: no memory. */
static bool read_table(Elf *elf, struct elf_program *ep, Elf_Scn *scn, const GElf_Shdr *h)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	GElf_Sym sym;

	for (int i = 0; data && gelf_getsym(data, i, &sym); i++) {
		unsigned type = GELF_ST_TYPE(sym.st_info);
		const char *name = elf_strptr(elf, h->sh_link, sym.st_name);

		if (sym.st_shndx == SHN_UNDEF || sym.st_shndx == SHN_ABS || type > STT_FUNC ||
		    !name || !*name)
			continue;
		if (!add_symbol(ep, name, &sym))
			return false;
	}
	return true;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct elf_symbol *)a)->name, ((const struct elf_symbol *)b)->name);
}

/* By name; of one name the global one first, then by address. */
static int compare_symbols(const void *a, const void *b)
{
	const struct elf_symbol *x = a, *y = b;
	int order = compare_names(a, b);

	if (order)
		return order;
	if (x->local != y->local)
		return x->local ? 1 : -1;
	return x->va < y->va ? -1 : x->va > y->va;
}

/* The tables of one type. False: no memory. */
static bool read_tables(Elf *elf, struct elf_program *ep, unsigned type)
{
	for (Elf_Scn *scn = elf_nextscn(elf, NULL); scn; scn = elf_nextscn(elf, scn)) {
		GElf_Shdr h;

		if (gelf_getshdr(scn, &h) && h.sh_type == type && !read_table(elf, ep, scn, &h))
			return false;
	}
	return true;
}

/*
 * A program may have none: it is stripped, and then the table for the dynamic linker is better than
 * nothing.  False: no memory.
 */
static bool read_symbols(Elf *elf, struct elf_program *ep)
{
	if (!read_tables(elf, ep, SHT_SYMTAB) ||
	    (!ep->nr_symbols && !read_tables(elf, ep, SHT_DYNSYM)))
		return false;
	if (ep->nr_symbols)
		qsort(ep->symbol, ep->nr_symbols, sizeof(*ep->symbol), compare_symbols);
	return true;
}

/* ---- the file ---- */

/* It is not ELF: what is it then? */
static bool refuse_other(int fd, const struct reason *r)
{
	char magic[2] = "";

	if (pread(fd, magic, sizeof(magic), 0) == sizeof(magic) &&
	    memcmp(magic, "#!", sizeof(magic)) == 0)
		return refuse(r, _("a script, not a program"));
	return refuse(r, _("not an ELF file"));
}

static bool read_elf(Elf *elf, int fd, struct elf_program *ep, const struct reason *r)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return refuse(r, "%s", strerror(errno));
	if (st.st_size == 0)
		return refuse(r, _("an empty file"));
	if (st.st_size > UINT32_MAX)
		return refuse(r, _("too large: less than 4G"));
	if (!elf || elf_kind(elf) != ELF_K_ELF)
		return refuse_other(fd, r);
	ep->program.file_bytes = (uint32_t)st.st_size;
	if (!read_segments(elf, &ep->program, r))
		return false;
	return read_symbols(elf, ep) || refuse(r, _("out of memory"));
}

static bool load(const char *path, struct elf_program *ep, const struct reason *r)
{
	const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool good = false;
	Elf *elf;

	if (fd < 0)
		return refuse(r, "%s", strerror(errno));
	ep->program.name = ep->name = strdup(base);
	if (!ep->name) {
		refuse(r, _("out of memory"));
	} else if (elf_version(EV_CURRENT) == EV_NONE) {
		refuse_elf(r);
	} else {
		elf = elf_begin(fd, ELF_C_READ, NULL);
		good = read_elf(elf, fd, ep, r);
		elf_end(elf);
	}
	close(fd);
	return good;
}

struct program *program_load(const char *path, const struct mm_profile *profile, char *why,
			     size_t why_size)
{
	struct elf_program *ep;
	struct reason r;
	size_t used;

	if (!file_is_regular(path, why, why_size))
		return NULL;
	used = path_message(why, why_size, path);
	r = (struct reason){why + used, why_size - used, profile};
	ep = calloc(1, sizeof(*ep));
	if (!ep)
		refuse(&r, _("out of memory"));
	else if (load(path, ep, &r))
		return &ep->program;
	program_free(ep ? &ep->program : NULL);
	return NULL;
}

void program_free(struct program *p)
{
	struct elf_program *ep = (struct elf_program *)p;

	if (!p || p->builtin)
		return;
	for (size_t i = 0; i < ep->nr_symbols; i++)
		free(ep->symbol[i].name);
	free(ep->symbol);
	free(ep->name);
	free(ep);
}

bool program_symbol(const struct program *p, const char *name, vaddr_t *va, uint64_t *bytes)
{
	const struct elf_program *ep = (const struct elf_program *)p;
	const struct elf_symbol key = {.name = (char *)name}, *found;

	if (p->builtin || ep->nr_symbols == 0)
		return false;
	found = bsearch(&key, ep->symbol, ep->nr_symbols, sizeof(key), compare_names);
	if (!found)
		return false;
	while (found > ep->symbol && compare_names(found - 1, &key) == 0)
		found--;
	*va = found->va;
	*bytes = found->bytes;
	return true;
}

const char *program_symbol_at(const struct program *p, vaddr_t va, uint64_t *offset)
{
	const struct elf_program *ep = (const struct elf_program *)p;
	const struct elf_symbol *best = NULL;

	for (size_t i = 0; !p->builtin && i < ep->nr_symbols; i++) {
		const struct elf_symbol *s = &ep->symbol[i];

		/* one without a size is its first byte alone */
		if (va - s->va >= (s->bytes ? s->bytes : 1))
			continue;
		if (!best || va - s->va < va - best->va)
			best = s;
	}
	*offset = best ? va - best->va : 0;
	return best ? best->name : NULL;
}
