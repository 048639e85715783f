/*
 * Tellings as people read them.
 *
 * The engine tells numbers, steps.def says what kind each is and gives the sentence; here the two come
 * together:
 *
 *	EXPAND 0x38a50 3 0x38a54 2
 *	"block {0} of order {1} is cut in two: the upper half {2} goes to the free list of order {3}"
 *	 block 38a50 of order 3 is cut in two: the upper half 38a54 goes to the free list of order 2
 *
 * Frames and addresses are hexadecimal without 0x, as in the kernel's own listings.
 */
#include "story.h"

#include <stdio.h>
#include <string.h>

#include "i18n.h"
#include "run.h"
#include "zone_name.h"

struct word {
	uint32_t value;
	const char *word;
};

/* The largest sets first: what is left over is named bit by bit. */
static const struct word gfp_words[] = {
	{GFP_HIGHUSER_MOVABLE, "GFP_HIGHUSER_MOVABLE"},
	{GFP_HIGHUSER, "GFP_HIGHUSER"},
	{GFP_USER, "GFP_USER"},
	{GFP_DMA, "GFP_DMA"},
	{GFP_KERNEL, "GFP_KERNEL"},
	{GFP_ATOMIC, "GFP_ATOMIC"},
	{GFP_NOWAIT, "GFP_NOWAIT"},
	{GFP_BIT_ZERO, "__GFP_ZERO"},
	{GFP_BIT_HIGHMEM, "__GFP_HIGHMEM"},
	{GFP_BIT_DMA, "__GFP_DMA"},
	{GFP_BIT_MOVABLE, "__GFP_MOVABLE"},
	{GFP_BIT_HIGH, "__GFP_HIGH"},
	{GFP_BIT_ATOMIC, "__GFP_ATOMIC"},
	{GFP_BIT_RECLAIMABLE, "__GFP_RECLAIMABLE"},
	{GFP_BIT_MEMALLOC, "__GFP_MEMALLOC"},
	{GFP_BIT_NOMEMALLOC, "__GFP_NOMEMALLOC"},
	{GFP_BIT_IO, "__GFP_IO"},
	{GFP_BIT_FS, "__GFP_FS"},
	{GFP_BIT_DIRECT_RECLAIM, "__GFP_DIRECT_RECLAIM"},
	{GFP_BIT_KSWAPD, "__GFP_KSWAPD_RECLAIM"},
	{GFP_BIT_HARDWALL, "__GFP_HARDWALL"},
	{GFP_BIT_THISNODE, "__GFP_THISNODE"},
	{0, NULL},
};

static const struct word pte_words[] = {
	{PTE_P, "P"}, {PTE_RW, "RW"}, {PTE_US, "US"},   {PTE_PWT, "PWT"}, {PTE_PCD, "PCD"},
	{PTE_A, "A"}, {PTE_D, "D"},   {PTE_PSE, "PSE"}, {PTE_G, "G"},     {PTE_SPECIAL, "special"},
	{0, NULL},
};

static const char *const access_names[] = {N_("read"), N_("write"), N_("fetch")};
static const char *const mobility_names[] = {N_("unmovable"), N_("movable"), N_("reclaimable"),
					     N_("high-atomic")};
static const char *const mark_names[] = {"min", "low", "high"};
static const char *const outcome_names[] = {
	[OUT_OK] = "ok",
	[OUT_ADDRESS] = "ok",
	[OUT_ERRNO] = N_("refused"),
	[OUT_MAPERR] = "SIGSEGV MAPERR",
	[OUT_ACCERR] = "SIGSEGV ACCERR",
	[OUT_BUS] = "SIGBUS",
	[OUT_KILLED] = "SIGKILL",
	[OUT_FAILED] = N_("no memory"),
	[OUT_OOPS] = "oops",
	[OUT_SLEEPS] = N_("sleeps"),
	[OUT_BUG] = "BUG",
	[OUT_WARNING] = "WARNING",
	[OUT_GP] = "SIGSEGV SI_KERNEL",
};

/* A text that grows in a buffer; what does not fit is cut. m: to know names from, or NULL. */
struct text {
	char *buf;
	size_t size, len;
	const struct machine *m;
};

static void put(struct text *t, const char *s, size_t n)
{
	size_t room = t->size > t->len + 1 ? t->size - t->len - 1 : 0;

	if (n > room)
		n = room;
	if (t->size == 0)
		return;
	memcpy(t->buf + t->len, s, n);
	t->len += n;
	t->buf[t->len] = 0;
}

static void put_word(struct text *t, const char *s) { put(t, s, strlen(s)); }

static void put_number(struct text *t, const char *format, uint64_t value)
{
	char number[32];
	int n = snprintf(number, sizeof(number), format, (unsigned long long)value);

	put(t, number, (size_t)n);
}

static void put_hex(struct text *t, uint64_t value) { put_number(t, "%llx", value); }

static void put_address(struct text *t, uint64_t va) { put_number(t, "%08llx", va); }

static void put_decimal(struct text *t, uint64_t value) { put_number(t, "%llu", value); }

static void put_name(struct text *t, const char *const *names, size_t nr, uint64_t value)
{
	put_word(t, value < nr ? _(names[value]) : "?");
}

#define PUT_NAME(t, names, value) put_name(t, names, sizeof(names) / sizeof(*(names)), value)

/* Each word whose bits are all set; they are taken away. */
static uint32_t put_bits(struct text *t, const struct word *w, uint32_t bits, const char *between)
{
	bool first = true;

	for (; w->word; w++) {
		if ((bits & w->value) != w->value)
			continue;
		if (!first)
			put_word(t, between);
		put_word(t, w->word);
		bits &= ~w->value;
		first = false;
	}
	return bits;
}

/* 300 bytes, 64K, 16M */
static void put_bytes(struct text *t, uint64_t bytes)
{
	static const char unit[] = "KMG";
	int u = -1;

	while (bytes >= 1024 && bytes % 1024 == 0 && u < 2) {
		bytes /= 1024;
		u++;
	}
	put_decimal(t, bytes);
	if (u < 0)
		put_word(t, bytes == 1 ? _(" byte") : _(" bytes"));
	else
		put(t, &unit[u], 1);
}

/* [38a50 P RW US A D]; an entry of zeros is [0], one that only software calls present [38a50 none]. */
static void put_pte(struct text *t, pte_t e)
{
	put_word(t, "[");
	put_hex(t, pte_pfn(e));
	if (e & PTE_P || e & (PAGE_SIZE - 1))
		put_word(t, " ");
	if (!(e & PTE_P) && e & PTE_PROTNONE) {
		put_word(t, "none ");
		e &= ~(pte_t)PTE_PROTNONE;
	}
	put_bits(t, pte_words, (uint32_t)(e & (PAGE_SIZE - 1)), " ");
	put_word(t, e & PTE_NX ? " NX]" : "]");
}

/* What the CPU pushed, e.g. 6 (write, user, not present). */
static void put_error_code(struct text *t, uint64_t code)
{
	put_decimal(t, code);
	put_word(t, _(" ("));
	put_word(t, code & ERR_INSTR ? _("fetch") : code & ERR_WRITE ? _("write") : _("read"));
	put_word(t, code & ERR_USER ? _(", user, ") : _(", kernel, "));
	put_word(t, code & ERR_RSVD   ? _("reserved bit)")
		    : code & ERR_PROT ? _("present)")
				      : _("not present)"));
}

/* A result of a system call: ok, an errno or the address it returned. */
static void put_errno(struct text *t, uint64_t value)
{
	uint64_t code = (int64_t)value < 0 ? -value : value;

	if (value == 0) {
		put_word(t, "ok");
		return;
	}
	if (code < PAGE_SIZE)
		put_word(t, errno_name(code));
	else
		put_address(t, value);
}

static void put_prot(struct text *t, uint64_t prot)
{
	if (!(prot & VM_ACCESS))
		put_word(t, _("none"));
	if (prot & VM_READ)
		put_word(t, "r");
	if (prot & VM_WRITE)
		put_word(t, "w");
	if (prot & VM_EXEC)
		put_word(t, "x");
}

static void put_task(struct text *t, uint64_t pid)
{
	const char *name = t->m ? task_name(t->m, (uint32_t)pid) : NULL;

	if (pid == 0)
		name = _("a kernel thread");
	if (name) {
		put_word(t, name);
	} else {
		put_word(t, "pid ");
		put_decimal(t, pid);
	}
}

static void put_cache(struct text *t, uint64_t index)
{
	const char *name = t->m ? cache_name(t->m, (uint32_t)index) : NULL;

	if (name) {
		put_word(t, name);
	} else {
		put_word(t, "cache ");
		put_decimal(t, index);
	}
}

static void put_zone(struct text *t, uint64_t zone)
{
	const struct machine *m = t->m;
	char name[ZONE_NAME_LEN];

	put_word(t,
		 m && zone < m->nr_nodes * MAX_NR_ZONES ? zone_name(m, (uint32_t)zone, name) : "?");
}

/* A frame's content; an empty one is a page of zeros. */
static void put_tag(struct text *t, uint64_t packed)
{
	char tag[TAG_LEN];

	memcpy(tag, &packed, sizeof(tag));
	if (!packed) {
		put_word(t, _("zeros"));
		return;
	}
	put_word(t, "\"");
	put(t, tag, strnlen(tag, sizeof(tag)));
	put_word(t, "\"");
}

static void put_gfp(struct text *t, uint64_t gfp)
{
	uint32_t rest = put_bits(t, gfp_words, (uint32_t)gfp, "|");

	if (rest)
		put_number(t, "|%#llx", rest);
}

static void put_pfn(struct text *t, uint64_t pfn)
{
	if (pfn == PFN_NONE)
		put_word(t, _("none"));
	else
		put_hex(t, pfn);
}

static void put_mark(struct text *t, uint64_t value) { PUT_NAME(t, mark_names, value); }

static void put_access(struct text *t, uint64_t value) { PUT_NAME(t, access_names, value); }

static void put_outcome(struct text *t, uint64_t value) { PUT_NAME(t, outcome_names, value); }

static void put_mobility(struct text *t, uint64_t value) { PUT_NAME(t, mobility_names, value); }

static void put_byte(struct text *t, uint64_t value) { put_number(t, "%#04llx", value); }

static void put_selector(struct text *t, uint64_t value) { put_number(t, "%04llx", value); }

/* Normal->lock, kmalloc-64->list_lock */
static void put_lock(struct text *t, uint64_t id)
{
	if (id >= LOCK_ID_CACHE) {
		put_cache(t, id - LOCK_ID_CACHE);
		put_word(t, "->list_lock");
	} else {
		put_zone(t, id);
		put_word(t, "->lock");
	}
}

static void put_line(struct text *t, uint64_t line)
{
	if (line == 0) {
		put_word(t, _("the word"));
		return;
	}
	put_word(t, _("node "));
	put_decimal(t, line - 1);
}

static void put_source(struct text *t, uint64_t source)
{
	if (source & SOURCE_MEMORY) {
		put_word(t, _("memory of node "));
		put_decimal(t, source - SOURCE_MEMORY);
	} else {
		put_word(t, _("CPU "));
		put_decimal(t, source);
	}
}

static void put_lock_kind(struct text *t, uint64_t value) { PUT_NAME(t, lock_kind_names, value); }

static void put_bool(struct text *t, uint64_t value) { put_word(t, value ? _("yes") : _("no")); }

static void put_nothing(struct text *t, uint64_t value)
{
	(void)t;
	(void)value;
}

/* Kinds that are not plain numbers; counts, orders, levels and CPUs are. */
static void (*const put_kind[NR_ARG_KINDS])(struct text *t, uint64_t value) = {
	[A_NONE] = put_nothing,
	[A_PFN] = put_pfn,
	[A_ZONE] = put_zone,
	[A_TASK] = put_task,
	[A_VA] = put_address,
	[A_VMA] = put_address,
	[A_PTE] = put_pte,
	[A_BYTES] = put_bytes,
	[A_CACHE] = put_cache,
	[A_KVA] = put_address,
	[A_GFP] = put_gfp,
	[A_PROT] = put_prot,
	[A_ERRNO] = put_errno,
	[A_MARK] = put_mark,
	[A_ACCESS] = put_access,
	[A_TAG] = put_tag,
	[A_ERRCODE] = put_error_code,
	[A_OUTCOME] = put_outcome,
	[A_BOOL] = put_bool,
	[A_MOBILITY] = put_mobility,
	[A_BYTE] = put_byte,
	[A_SELECTOR] = put_selector,
	[A_LOCK] = put_lock,
	[A_LINE] = put_line,
	[A_SOURCE] = put_source,
	[A_LOCK_KIND] = put_lock_kind,
	[A_PHYS] = put_address,
};

static void put_arg(struct text *t, enum arg_kind kind, uint64_t value)
{
	(put_kind[kind] ? put_kind[kind] : put_decimal)(t, value);
}

/* m may be NULL: processes and caches are then called by their numbers. */
size_t arg_text(const struct machine *m, enum arg_kind kind, uint64_t value, char *buf, size_t size)
{
	struct text t = {.buf = buf, .size = size, .m = m};

	if (size > 0)
		buf[0] = 0;
	put_arg(&t, kind, value);
	return t.len;
}

/* Of a leave: its result, "" if it has none. */
size_t step_text(const struct machine *m, const struct step *s, char *buf, size_t size)
{
	const struct step_info *info = &step_info[s->id];
	struct text t = {.buf = buf, .size = size, .m = m};

	if (size > 0)
		buf[0] = 0;
	if (s->kind == TELL_LEAVE) {
		put_arg(&t, (enum arg_kind)info->result, s->arg[0]);
		return t.len;
	}
	for (const char *p = *info->text ? _(info->text) : ""; *p; p++) {
		int i = *p == '{' && p[1] >= '0' && p[1] < '0' + STEP_ARGS && p[2] == '}'
				? p[1] - '0'
				: -1;

		if (i < 0) {
			put(&t, p, 1);
			continue;
		}
		put_arg(&t, (enum arg_kind)info->arg[i], s->arg[i]);
		p += 2;
	}
	return t.len;
}

const char *frame_use_name(enum frame_use use)
{
	static const char *const name[NR_FRAME_USES] = {
		[FRAME_FREE] = N_("free"),         [FRAME_PCP] = N_("per-CPU"),
		[FRAME_RESERVED] = N_("reserved"), [FRAME_HOLE] = N_("hole"),
		[FRAME_KERNEL] = N_("kernel"),     [FRAME_STACK] = N_("kernel stack"),
		[FRAME_SLAB] = N_("slab"),         [FRAME_TABLE] = N_("page table"),
		[FRAME_ANON] = N_("anonymous"),    [FRAME_FILE] = N_("file"),
		[FRAME_SHMEM] = N_("shared mem"),  [FRAME_ZERO] = N_("zero page"),
	};

	return _(name[use]);
}
