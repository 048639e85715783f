/*
 * ELF programs: which pieces of a file belong where in memory, and what names they hold.
 *
 *	file    0       180   1000            2800
 *	        [ R E   ]     [ RW            ]
 *	memory  08048000      08049000 ... 0804a800 ... 0804d800
 *	                      [ from the file ][ zeros: bss    ]
 *
 * Only what execve reads is read: the header and the program headers; and the symbol table, so that
 * a scenario can say `read sh main`.  What is odd is refused: the model has no interpreter, and a
 * file from anywhere may say anything.
 */
#include "i18n.h"
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct elf_symbol {
	char *name;
	vaddr_t va;
	uint32_t bytes;
};

/* What program_load gives: the program is its first field. */
struct elf_program {
	struct program program;
	char *name;
	struct elf_symbol *symbol; /* sorted by name */
	size_t nr_symbols, cap_symbols;
};

static bool refuse(char *why, size_t why_size, const char *path, const char *reason)
{
	snprintf(why, why_size, "%s: %s", path, reason);
	return false;
}

/* NULL, or why the model does not run such files. */
static const char *check_header(const GElf_Ehdr *h)
{
	if (h->e_ident[EI_CLASS] != ELFCLASS32 || h->e_ident[EI_DATA] != ELFDATA2LSB ||
	    h->e_machine != EM_386)
		return _("not an ELF program for i386");
	if (h->e_type != ET_EXEC && h->e_type != ET_DYN)
		return _("an ELF file, but not a program");
	return NULL;
}

/* NULL, or what is wrong with a loadable segment that follows the n ones of p. */
static const char *check_segment(const struct program *p, const GElf_Phdr *h)
{
	const size_t room = sizeof(p->segment) / sizeof(p->segment[0]);
	const struct segment *last = p->nr_segments ? &p->segment[p->nr_segments - 1] : NULL;

	if (p->nr_segments == room)
		return _("too many segments");
	if (h->p_filesz > h->p_memsz || h->p_offset + h->p_filesz > p->file_bytes)
		return _("a segment reaches beyond the end of the file");
	if (h->p_vaddr + h->p_memsz > 0xc0000000u)
		return _("a segment reaches into the kernel's addresses");
	if ((h->p_vaddr ^ h->p_offset) & (PAGE_SIZE - 1))
		return _("a segment's address and file offset do not fit on pages");
	if (last && page_align_down((vaddr_t)h->p_vaddr) <
			    page_align_up((uint64_t)last->vaddr + last->memsz))
		return _("segments overlap or are not in order");
	return NULL;
}

static void add_segment(struct program *p, const GElf_Phdr *h)
{
	p->segment[p->nr_segments++] = (struct segment){
		.vaddr = (vaddr_t)h->p_vaddr,
		.filesz = (uint32_t)h->p_filesz,
		.memsz = (uint32_t)h->p_memsz,
		.offset = (uint32_t)h->p_offset,
		.prot = (h->p_flags & PF_R ? VM_READ : 0) | (h->p_flags & PF_W ? VM_WRITE : 0) |
			(h->p_flags & PF_X ? VM_EXEC : 0),
	};
}

static bool is_entry_inside(const struct program *p)
{
	for (uint32_t i = 0; i < p->nr_segments; i++) {
		const struct segment *s = &p->segment[i];

		if (p->entry >= s->vaddr && p->entry - s->vaddr < s->memsz)
			return true;
	}
	return false;
}

/* Program header i; what it says. NULL, or what is wrong with it. */
static const char *read_segment(Elf *elf, int i, struct program *p)
{
	GElf_Phdr h;
	const char *wrong;

	if (!gelf_getphdr(elf, i, &h))
		return elf_errmsg(-1);
	if (h.p_type == PT_INTERP)
		return _("a dynamically linked program: its interpreter is not modelled yet; link "
			 "it with -static");
	if (h.p_type != PT_LOAD || h.p_memsz == 0)
		return NULL;
	wrong = check_segment(p, &h);
	if (!wrong)
		add_segment(p, &h);
	return wrong;
}

/* NULL, or why it cannot be run. */
static const char *read_segments(Elf *elf, struct program *p)
{
	GElf_Ehdr header;
	const char *wrong = gelf_getehdr(elf, &header) ? check_header(&header) : elf_errmsg(-1);
	size_t n = 0;

	if (wrong)
		return wrong;
	if (elf_getphdrnum(elf, &n) != 0)
		return elf_errmsg(-1);
	p->pie = header.e_type == ET_DYN;
	p->entry = (vaddr_t)header.e_entry;
	for (size_t i = 0; i < n; i++) {
		wrong = read_segment(elf, (int)i, p);
		if (wrong)
			return wrong;
	}
	return is_entry_inside(p) ? NULL : _("the entry point is in no segment");
}

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
	ep->symbol[ep->nr_symbols] =
		(struct elf_symbol){strdup(name), (vaddr_t)sym->st_value, (uint32_t)sym->st_size};
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

/* A program may have none: it is stripped. False: no memory. */
static bool read_symbols(Elf *elf, struct elf_program *ep)
{
	for (Elf_Scn *scn = elf_nextscn(elf, NULL); scn; scn = elf_nextscn(elf, scn)) {
		GElf_Shdr h;

		if (gelf_getshdr(scn, &h) && h.sh_type == SHT_SYMTAB &&
		    !read_table(elf, ep, scn, &h))
			return false;
	}
	if (ep->nr_symbols)
		qsort(ep->symbol, ep->nr_symbols, sizeof(*ep->symbol), compare_names);
	return true;
}

static bool read_elf(Elf *elf, struct elf_program *ep, const char *path, char *why, size_t why_size)
{
	const char *wrong;
	size_t bytes = 0;

	if (!elf || elf_kind(elf) != ELF_K_ELF || !elf_rawfile(elf, &bytes))
		return refuse(why, why_size, path, _("not an ELF program for i386"));
	if (bytes > UINT32_MAX)
		return refuse(why, why_size, path, _("too large"));
	ep->program.file_bytes = (uint32_t)bytes;
	wrong = read_segments(elf, &ep->program);
	if (wrong)
		return refuse(why, why_size, path, wrong);
	return read_symbols(elf, ep) || refuse(why, why_size, path, _("out of memory"));
}

struct program *program_load(const char *path, char *why, size_t why_size)
{
	const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	struct elf_program *ep = calloc(1, sizeof(*ep));
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool good = false;
	Elf *elf = NULL;

	if (fd < 0 || !ep || !(ep->name = strdup(base))) {
		refuse(why, why_size, path, strerror(errno));
	} else if (elf_version(EV_CURRENT) == EV_NONE) {
		refuse(why, why_size, path, elf_errmsg(-1));
	} else {
		ep->program.name = ep->name;
		elf = elf_begin(fd, ELF_C_READ, NULL);
		good = read_elf(elf, ep, path, why, why_size);
	}
	elf_end(elf);
	if (fd >= 0)
		close(fd);
	if (good)
		return &ep->program;
	program_free(ep ? &ep->program : NULL);
	return NULL;
}

void program_free(struct program *p)
{
	struct elf_program *ep = (struct elf_program *)p;

	if (!p || p == &builtin_program)
		return;
	for (size_t i = 0; i < ep->nr_symbols; i++)
		free(ep->symbol[i].name);
	free(ep->symbol);
	free(ep->name);
	free(ep);
}

bool program_symbol(const struct program *p, const char *name, vaddr_t *va, uint32_t *bytes)
{
	const struct elf_program *ep = (const struct elf_program *)p;
	const struct elf_symbol key = {.name = (char *)name}, *found;

	if (p == &builtin_program || ep->nr_symbols == 0)
		return false;
	found = bsearch(&key, ep->symbol, ep->nr_symbols, sizeof(key), compare_names);
	if (!found)
		return false;
	*va = found->va;
	*bytes = found->bytes;
	return true;
}
