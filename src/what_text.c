/*
 * Facts as people read them.
 *
 *	W_FREE_HEAD 0x38a52 1 2 1 4
 *	"free: head of block {0} of order {1}, place {3} of the {4} on the list of {2}"
 *	 free: head of block 38a52 of order 1, place 1 of the 4 on the list of HighMem
 *
 * Each argument is told with its kind, so that whoever draws the line can colour it and follow it.
 */
#include <stdio.h>
#include <string.h>

#include "i18n.h"
#include "listing.h"
#include "sim/pgtable.h"
#include "story.h"
#include "what.h"

enum { ARG_MAX = 96 };

struct bit_word {
	uint32_t bit;
	const char *word;
};

/* Add words to a text; what does not fit is cut. */
static void append(char buf[ARG_MAX], const char *words)
{
	size_t len = strlen(buf);

	snprintf(buf + len, ARG_MAX - len, "%s", words);
}

/* Add the words of the bits that are set, a blank before each but the first of the text. */
static void append_bits(char buf[ARG_MAX], const struct bit_word *w, uint64_t bits)
{
	for (; w->word; w++) {
		if (!(bits & w->bit))
			continue;
		append(buf, *buf ? " " : "");
		append(buf, _(w->word));
	}
}

/* ---- one function a kind: buf is empty before ---- */

static void phys_text(const struct machine *m, uint64_t value, char buf[ARG_MAX])
{
	(void)m;
	snprintf(buf, ARG_MAX, "%08llx", (unsigned long long)value);
}

static void offset_text(const struct machine *m, uint64_t value, char buf[ARG_MAX])
{
	(void)m;
	snprintf(buf, ARG_MAX, value ? "%#llx" : "0", (unsigned long long)value);
}

static void hex_text(const struct machine *m, uint64_t value, char buf[ARG_MAX])
{
	(void)m;
	snprintf(buf, ARG_MAX, "%llx", (unsigned long long)value);
}

static void rights_text(const struct machine *m, uint64_t value, char buf[ARG_MAX])
{
	(void)m;
	snprintf(buf, ARG_MAX, "%c%c%c%c", value & VM_READ ? 'r' : '-',
		 value & VM_WRITE ? 'w' : '-', value & VM_EXEC ? 'x' : '-',
		 value & VM_MAYSHARE ? 's' : 'p');
}

static void may_text(const struct machine *m, uint64_t value, char buf[ARG_MAX])
{
	(void)m;
	snprintf(buf, ARG_MAX, "%c%c%c", value & VM_MAYREAD ? 'r' : '-',
		 value & VM_MAYWRITE ? 'w' : '-', value & VM_MAYEXEC ? 'x' : '-');
}

static void vm_flags_text(const struct machine *m, uint64_t value, char buf[ARG_MAX])
{
	static const struct bit_word words[] = {
		{VM_GROWSDOWN, "growsdown"}, {VM_LOCKED, "locked"},       {VM_DONTCOPY, "dontfork"},
		{VM_ACCOUNT, "account"},     {VM_NORESERVE, "noreserve"}, {0, NULL},
	};

	(void)m;
	append_bits(buf, words, value);
	if (!*buf)
		append(buf, _("none"));
}

static void region_kind_text(const struct machine *m, uint64_t value, char buf[ARG_MAX])
{
	static const char *const words[] = {
		[REGION_MMAP] = "mmap",          [REGION_MALLOC] = "malloc",
		[REGION_PAGES] = "alloc_pages",  [REGION_KMALLOC] = "kmalloc",
		[REGION_OBJECT] = "cache_alloc", [REGION_VMALLOC] = "vmalloc",
		[REGION_IOREMAP] = "ioremap",
	};

	(void)m;
	snprintf(buf, ARG_MAX, "%s",
		 value < sizeof(words) / sizeof(*words) && words[value] ? words[value] : "?");
}

static void chunk_text(const struct machine *m, uint64_t value, char buf[ARG_MAX])
{
	static const char *const words[] = {
		[CHUNK_USED] = N_("in use"),
		[CHUNK_TCACHE] = N_("in the tcache"),
		[CHUNK_FASTBIN] = N_("in a fastbin"),
		[CHUNK_BIN] = N_("free"),
		[CHUNK_TOP] = N_("top"),
		[CHUNK_FENCE] = N_("fence"),
	};

	(void)m;
	snprintf(buf, ARG_MAX, "%s", value <= CHUNK_FENCE ? _(words[value]) : "?");
}

/* The bits of an entry that is present. Of PAE's top level, which has no rights of its own, P alone. */
static void append_entry_bits(const struct machine *m, uint64_t e, char buf[ARG_MAX])
{
	static const struct bit_word words[] = {
		{PTE_PWT, "PWT"},
		{PTE_PCD, "PCD"},
		{PTE_A, "A"},
		{PTE_D, "D"},
		{PTE_PSE, "PS"},
		{PTE_G, "G"},
		{PTE_SPECIAL, "special"},
		{0, NULL},
	};

	append(buf, "P");
	if (m->profile->pae_pgd && (e & (PAGE_SIZE - 1)) == PTE_P)
		return;
	append(buf, e & PTE_RW ? " RW" : " RO");
	append(buf, e & PTE_US ? " US" : " KE");
	append_bits(buf, words, e & (PAGE_SIZE - 1));
	if (e & PTE_NX)
		append(buf, " NX");
}

/* "38a50067 P RW US A D"; of an entry that is not present its value and what that means. */
static void entry_text(const struct machine *m, uint64_t value, char buf[ARG_MAX])
{
	int digits = m->profile->pte_bytes > 4 ? 9 : 8; /* 36 address bits with PAE */

	snprintf(buf, ARG_MAX, "%0*llx ", digits, (unsigned long long)value);
	if (value & PTE_P)
		append_entry_bits(m, value, buf);
	else
		append(buf, pte_present(value) ? _("for the software only (PROT_NONE)")
					       : _("not present"));
}

static void tlb_text(const struct machine *m, uint64_t value, char buf[ARG_MAX])
{
	(void)m;
	snprintf(buf, ARG_MAX, "%s%s", value & PTE_RW ? "RW" : "RO", value & PTE_D ? " D" : "");
}

static void page_flags_text(const struct machine *m, uint64_t value, char buf[ARG_MAX])
{
	static const struct bit_word words[] = {
		{PG_BUDDY, "buddy"},
		{PG_EXCLUSIVE, "exclusive"},
		{PG_DIRTY, "dirty"},
		{PG_COMPOUND, "compound"},
		{PG_UPTODATE, "uptodate"},
		{PG_SWAPBACKED, "swapbacked"},
		{0, NULL},
	};

	(void)m;
	append_bits(buf, words, value);
	if (!*buf)
		append(buf, _("no flags"));
}

static void use_text(const struct machine *m, uint64_t value, char buf[ARG_MAX])
{
	(void)m;
	snprintf(buf, ARG_MAX, "%s", frame_use_name((enum frame_use)value));
}

static void level_text(const struct machine *m, uint64_t value, char buf[ARG_MAX])
{
	snprintf(buf, ARG_MAX, "%s",
		 value == 0                           ? "pgd"
		 : value + 2 == m->profile->pt_levels ? "pmd"
		 : value + 2 < m->profile->pt_levels  ? "pud"
						      : "pte");
}

static void exclusive_text(const struct machine *m, uint64_t value, char buf[ARG_MAX])
{
	(void)m;
	snprintf(buf, ARG_MAX, "%s", value & PG_EXCLUSIVE ? _("exclusive") : _("not exclusive"));
}

static void pte_rights_text(const struct machine *m, uint64_t value, char buf[ARG_MAX])
{
	(void)m;
	snprintf(buf, ARG_MAX, "%s", !(value & PTE_P) ? "--" : value & PTE_RW ? "rw" : "r-");
}

static void accesses_text(const struct machine *m, uint64_t value, char buf[ARG_MAX])
{
	static const char *const words[] = {[ACCESS_READ] = N_("read"),
					    [ACCESS_WRITE] = N_("write"),
					    [ACCESS_FETCH] = N_("fetch")};

	(void)m;
	for (unsigned kind = ACCESS_READ; kind <= ACCESS_FETCH; kind++) {
		if (!(value >> kind & 1))
			continue;
		append(buf, *buf ? ", " : "");
		append(buf, _(words[kind]));
	}
}

static void (*const kind_text[F_WORDS])(const struct machine *m, uint64_t value,
					char buf[ARG_MAX]) = {
	[F_PHYS] = phys_text,
	[F_END] = phys_text,
	[F_KERNEL] = phys_text,
	[F_OFFSET] = offset_text,
	[F_HEX] = hex_text,
	[F_RIGHTS] = rights_text,
	[F_MAY] = may_text,
	[F_VM_FLAGS] = vm_flags_text,
	[F_REGION_KIND] = region_kind_text,
	[F_CHUNK] = chunk_text,
	[F_ENTRY] = entry_text,
	[F_TLB_BITS] = tlb_text,
	[F_PAGE_FLAGS] = page_flags_text,
	[F_USE] = use_text,
	[F_LEVEL] = level_text,
	[F_EXCLUSIVE] = exclusive_text,
	[F_PTE_RIGHTS] = pte_rights_text,
	[F_ACCESSES] = accesses_text,
};

/* ---- a line ---- */

static void tell_arg(const struct machine *m, const struct fact *f, unsigned i, fact_put *put,
		     void *ctx)
{
	unsigned kind = fact_info[f->id].arg[i];
	char buf[ARG_MAX] = "";

	if (kind_text[kind])
		kind_text[kind](m, f->arg[i], buf);
	else
		arg_text(m, (enum arg_kind)kind, f->arg[i], buf, sizeof(buf));
	put(ctx, kind, f->arg[i], buf);
}

/* The words up to the next place; cut where they are longer than anything in what.def. */
static const char *tell_words(const char *p, fact_put *put, void *ctx)
{
	size_t len = strcspn(p, "{");
	char words[256];

	snprintf(words, sizeof(words), "%.*s", (int)len, p);
	if (len)
		put(ctx, F_WORDS, 0, words);
	return p + len;
}

void fact_tell(const struct machine *m, const struct fact *f, fact_put *put, void *ctx)
{
	static const char name[] = "{name}";
	const char *p = _(fact_info[f->id].text);

	while (*p) {
		p = tell_words(p, put, ctx);
		if (strncmp(p, name, sizeof(name) - 1) == 0) {
			put(ctx, F_NAME, 0, f->name);
			p += sizeof(name) - 1;
		} else if (*p) {
			tell_arg(m, f, (unsigned)(p[1] - '0'), put, ctx);
			p += 3;
		}
	}
}

struct line {
	char *buf;
	size_t size, len;
};

static void put_piece(void *ctx, unsigned kind, uint64_t value, const char *text)
{
	struct line *l = ctx;

	(void)kind;
	(void)value;
	for (; *text; text++) {
		if (l->len + 1 < l->size)
			l->buf[l->len++] = *text;
	}
	if (l->size)
		l->buf[l->len] = '\0';
}

size_t fact_text(const struct machine *m, const struct fact *f, char *buf, size_t size)
{
	struct line l = {buf, size, 0};

	fact_tell(m, f, put_piece, &l);
	return l.len;
}

size_t what_place_text(const struct machine *m, const struct what_place *p, char *buf, size_t size)
{
	const char *name = task_name(m, p->pid);
	int n;

	if (p->kind == PLACE_PHYS)
		n = snprintf(buf, size, "phys %08llx", (unsigned long long)p->phys);
	else if (p->kind == PLACE_LOGICAL && name)
		n = snprintf(buf, size, "%s %#x:%08llx", name, p->selector,
			     (unsigned long long)p->va);
	else if (p->kind == PLACE_KERNEL || !name)
		n = snprintf(buf, size, "%08" PRIx64, p->va);
	else
		n = snprintf(buf, size, "%s %08" PRIx64, name, p->va);
	return n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1;
}
