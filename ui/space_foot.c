/*
 * The range at the cursor in sentences: where it is, what it is for, what it is mapped to.
 *
 *	 bffdf000-bfffffff 132K rw-p [stack]: 1 of 33 resident
 *	 The stack grows down by faults, to bf800000 at most.
 */
#include "space.h"

#include <stdio.h>
#include <string.h>

#include "parts.h"
#include "sim/pgtable.h"
#include "sim/vma.h"
#include "src/i18n.h"

enum { SENTENCE = 320 };

static unsigned long long number(vaddr_t va) { return va; }

/* ---- first line: where ---- */

static void tell_area(const struct space *s, const struct address_range *r, char *buf, size_t size)
{
	char rights[TEXT_LEN], name[TEXT_LEN];

	snprintf(buf, size, _("%s %s: %u of %llu resident"), vma_rights(r->area, rights),
		 area_name(s->v, r->area, name), range_pages_mapped(s->m, r),
		 (unsigned long long)(range_bytes(r) >> PAGE_SHIFT));
}

static int draw_where(const struct space *s, const struct area *a, const struct address_range *r)
{
	int digits = address_digits(s->m), x;
	char text[SENTENCE], bytes[TEXT_LEN];

	if (range_is_area(r))
		tell_area(s, r, text, sizeof(text));
	else
		range_name(s, r, text, sizeof(text));
	x = put_format(a, 1, 0, ROLE_NUMBER, ATTR_BOLD, "%0*llx-%0*llx", digits, number(r->first),
		       digits, number(r->last));
	x = put_text(a, x + 1, 0, ROLE_NORMAL, 0, bytes_text(range_bytes(r), bytes));
	put_text(a, x + 1, 0, ROLE_TITLE, 0, text);
	return 1;
}

/* ---- then: what it is for, and where it leads ---- */

/* Addresses without an area. */
static void tell_free(const struct space *s, const struct address_range *r, char *buf, size_t size)
{
	const struct mm_profile *p = s->m->profile;
	const struct mm *mm = s->t ? s->t->mm : NULL;
	int digits = address_digits(s->m);
	char bytes[TEXT_LEN];

	if (!mm) {
		snprintf(buf, size, "%s", _("No process lives: nobody has addresses here."));
		return;
	}
	switch (r->kind) {
	case RANGE_NULL:
		snprintf(buf, size,
			 _("Below mmap_min_addr: never mapped, so that a null pointer faults."));
		break;
	case RANGE_ABOVE_BASE:
		snprintf(buf, size,
			 _("Above mmap_base %0*llx: left for the stack. mmap comes here when "
			   "nothing "
			   "fits below."),
			 digits, number(mm->mmap_base));
		break;
	case RANGE_STACK_ROOM:
		snprintf(buf, size, _("Down to here the stack may grow: its limit is %s."),
			 bytes_text(p->stack_limit_bytes, bytes));
		break;
	case RANGE_STACK_GAP:
		snprintf(buf, size,
			 _("Guard gap of the area above, which grows down: mmap keeps off, the "
			   "stack "
			   "may grow into it."));
		break;
	default:
		snprintf(buf, size,
			 _("Nothing is mapped: an access is SIGSEGV MAPERR. mmap places from "
			   "mmap_base "
			   "%0*llx down, brk moves up."),
			 digits, number(mm->mmap_base));
		break;
	}
}

static void tell_area_use(const struct space *s, const struct address_range *r, char *buf,
			  size_t size)
{
	const struct mm *mm = r->area->mm;
	int digits = address_digits(s->m);
	vaddr_t limit = r->area->end - s->m->profile->stack_limit_bytes;

	switch (r->kind) {
	case RANGE_CODE:
		snprintf(buf, size,
			 _("The program's code, from its file: read and executed, never written."));
		break;
	case RANGE_DATA:
		snprintf(buf, size,
			 _("The program's data: private, so a page that is written is copied from "
			   "the "
			   "file's."));
		break;
	case RANGE_BSS:
		snprintf(buf, size, _("Variables that begin as zeros: no file behind them."));
		break;
	case RANGE_HEAP:
		snprintf(buf, size, _("The heap: brk moves its end, which is %0*llx now."), digits,
			 number(mm->brk));
		break;
	case RANGE_STACK:
		snprintf(buf, size,
			 _("The stack: faults below it make it grow, down to %0*llx at most."),
			 digits, number(limit));
		break;
	default:
		snprintf(buf, size,
			 r->area->flags & VM_SHARED
				 ? _("A mapping, shared: who maps the same sees the same frames.")
			 : r->area->file ? _("A private mapping of a file: a page that is written "
					     "is copied.")
					 : _("An anonymous mapping: a page gets its frame when it "
					     "is touched."));
		break;
	}
}

static void tell_direct(const struct space *s, const struct address_range *r, char *buf,
			size_t size)
{
	char bytes[TEXT_LEN];

	snprintf(buf, size,
		 r->kind == RANGE_LARGE
			 ? _("Frames %05x-%05x by one large entry of %s: address = physical + "
			     "%0*llx.")
			 : _("Frames %05x-%05x: %s at address = physical + %0*llx, always mapped."),
		 kva_to_pfn(s->m, r->first), kva_to_pfn(s->m, r->last),
		 bytes_text(range_bytes(r), bytes), address_digits(s->m),
		 number(s->m->map.page_offset));
}

static void tell_vm(const struct space *s, const struct address_range *r, char *buf, size_t size)
{
	switch (r->kind) {
	case RANGE_VM_GUARD:
		snprintf(buf, size,
			 _("The guard page behind the area: never mapped, who runs over its end is "
			   "caught."));
		break;
	case RANGE_VM_LAZY:
		snprintf(buf, size,
			 _("Freed, but a TLB may still know it: free again at the next flush "
			   "(purge)."));
		break;
	case RANGE_VM_FREE:
		snprintf(buf, size,
			 _("Free: an area takes the lowest place where it fits, with a guard "
			   "page."));
		break;
	default:
		if (r->vm->flags & VM_IOREMAP)
			snprintf(buf, size, _("A device's memory: physical %09llx, not cached."),
				 (unsigned long long)r->vm->phys);
		else
			snprintf(buf, size,
				 _("Frames of anywhere (%u), made one range by the kernel's page "
				   "tables."),
				 r->vm->nr_pages);
		break;
	}
	(void)s;
}

/* What can be said of a range of the kernel's without a number. */
static const char *kernel_range_text(enum range_kind kind)
{
	switch (kind) {
	case RANGE_VMALLOC:
		return _("vmalloc and ioremap: frames that do not lie side by side get addresses "
			 "that do.");
	case RANGE_LDT:
		return _("The process's own segment descriptors (LDT), if it has any.");
	case RANGE_FIX_BOOT:
		return _("Slots of the fixmap for boot alone (early ioremap).");
	case RANGE_MODULES:
		return _("Room for the kernel's modules, near enough for its calls.");
	case RANGE_VMEMMAP:
		return _("struct page of every frame, by its number: mem_map in one piece, with "
			 "nothing behind it where there is no memory.");
	case RANGE_TEXT:
		return _("The kernel's image a second time: here it runs, in the last 2G of "
			 "addresses.");
	case RANGE_VECTORS:
		return _("Where the CPU jumps at an exception; a process may read and run it.");
	case RANGE_NO_ADDRESS:
		return _("No addresses: bits 63 to 48 do not repeat bit 47. Who uses one is "
			 "stopped without a page fault.");
	case RANGE_LAST_PAGE:
		return _("Never mapped: error numbers -1 to -4095 are no addresses.");
	default:
		return _("Not used: nothing is ever mapped here.");
	}
}

static void tell_kernel(const struct space *s, const struct address_range *r, char *buf,
			size_t size)
{
	const struct machine *m = s->m;
	int digits = address_digits(m);

	switch (r->kind) {
	case RANGE_HOLE:
		snprintf(buf, size,
			 _("Never mapped: who runs over the end of low memory (%0*llx) is caught."),
			 digits, number(m->map.high_memory));
		break;
	case RANGE_PKMAP:
		snprintf(buf, size,
			 _("kmap's window: %u pages of addresses, lent to high frames in rotation; "
			   "last given: slot %u."),
			 m->profile->last_pkmap, m->pkmap.last);
		break;
	case RANGE_CPU_ENTRY:
		snprintf(
			buf, size,
			_("What a CPU needs to enter the kernel: GDT, entry stack, TSS; %u pages."),
			m->map.cpu_entry_pages);
		break;
	case RANGE_FIXMAP:
		snprintf(buf, size,
			 _("A page for each fixed purpose, slot 0 at %0*llx, downwards; "
			   "kmap_atomic's begin at slot %u."),
			 digits, number(m->map.fixaddr_top), m->map.fix_kmap_begin);
		break;
	default:
		snprintf(buf, size, "%s", kernel_range_text(r->kind));
		break;
	}
}

/* A page that is mapped, or pages that are not. */
static void tell_page(const struct space *s, const struct address_range *r, char *buf, size_t size)
{
	pte_t e = range_entry(s->m, r, r->first);
	char bits[TEXT_LEN];

	if (r->kind == RANGE_ABSENT)
		snprintf(buf, size,
			 r->area ? _("No frame yet: the first touch is a page fault, which finds "
				     "one.")
			 : r->outer == RANGE_PKMAP ? _("Slots that are free.")
						   : _("Nothing is mapped here now."));
	else if (r->kind == RANGE_FREE_FRAMES)
		snprintf(buf, size, _("Free frames %05x-%05x: mapped all the same."),
			 kva_to_pfn(s->m, r->first), kva_to_pfn(s->m, r->last));
	else
		snprintf(buf, size, _("Mapped to frame %05x, physical %09llx  %s"), pte_pfn(e),
			 (unsigned long long)pte_pfn(e) << PAGE_SHIFT, pte_bits_text(e, bits));
}

static void tell(const struct space *s, const struct address_range *r, char *buf, size_t size)
{
	if (r->kind == RANGE_PAGE || r->kind == RANGE_ABSENT || r->kind == RANGE_FREE_FRAMES)
		tell_page(s, r, buf, size);
	else if (range_is_area(r))
		tell_area_use(s, r, buf, size);
	else if (range_is_user(r))
		tell_free(s, r, buf, size);
	else if (r->kind == RANGE_DIRECT || r->kind == RANGE_LARGE || r->kind == RANGE_TABLE)
		tell_direct(s, r, buf, size);
	else if (r->outer == RANGE_VMALLOC)
		tell_vm(s, r, buf, size);
	else
		tell_kernel(s, r, buf, size);
}

int draw_space_foot(const struct space *s, const struct area *a, int max,
		    const struct address_range *r)
{
	char text[SENTENCE];
	int lines = max > 0 ? draw_where(s, a, r) : 0;

	if (lines >= max)
		return lines;
	tell(s, r, text, sizeof(text));
	return lines + put_wrapped(a, 1, lines, a->width - 1, max - lines, ROLE_DIM, text);
}
