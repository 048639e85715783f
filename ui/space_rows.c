/*
 * The rows of the address space: one for each range, however small it is.
 *
 *	*f8800000  12K vmalloc    3 pages                   mark, first address, size, what it is, what lies in it
 *	 c1000000 880M lowmem     Normal 01000-37fff
 *	 bffdf000 132K stack      .x32 a                    pages of an area as in the process panel
 *	 ff802000   4K slot 2     3fc05 users 1             a slot of kmap's window
 *
 * What is marked: the area that was made or cut, the page whose entry changed, the slot, vmalloc's area.  Of kernel
 * addresses the story is asked itself, so that a range is marked also where something has just gone.
 */
#include <stdio.h>
#include <string.h>

#include "area_pages.h"
#include "panel.h"
#include "parts.h"
#include "sim/pgtable.h"
#include "sim/vma.h"
#include "space.h"
#include "src/i18n.h"

enum { BYTES_WIDTH = 5, STRIP_MOST = 32, FRAME_WITH_ZONE = 13, MEDIUM = 46, WIDE = 64 };

/* ---- names ---- */

static bool is_slot(const struct address_range *r)
{
	return r->outer == RANGE_PKMAP || r->outer == RANGE_FIXMAP;
}

static const char *vm_area_use(const struct vm_struct *vm)
{
	return vm->flags & VM_IOREMAP ? "ioremap" : "vmalloc";
}

static bool is_name_of(const struct region *r, const struct vm_struct *vm)
{
	return r->name && page_align_down(r->start) == vm->start;
}

/* The event that gave a name to an area of vmalloc or ioremap last. */
static uint32_t event_of_name(const struct space *s, uint32_t name)
{
	uint32_t nr = timeline_now(s->v->timeline).event;

	for (; nr > 0; nr--) {
		const struct event *e = scenario_event(s->v->scenario, nr);

		if ((e->kind == EV_VMALLOC || e->kind == EV_IOREMAP) && e->name == name)
			break;
	}
	return nr;
}

/* The name that the scenario gave to an area: names of areas freed meanwhile keep their addresses, so the youngest. */
static const char *vm_area_name(const struct space *s, const struct vm_struct *vm)
{
	const struct region_table *names = &s->m->names;
	const struct region *found = NULL;

	for (uint32_t i = 0; i < names->cap; i++) {
		const struct region *r = &names->slot[i];

		if (is_name_of(r, vm) &&
		    (!found || event_of_name(s, r->name) > event_of_name(s, found->name)))
			found = r;
	}
	return found ? symbol_name(s->v->scenario, found->name) : vm_area_use(vm);
}

/* "apic 3", "slot 67": of the fixmap what a slot is kept for, where it has a name of its own. */
static void slot_name(const struct space *s, const struct address_range *r, uint32_t slot,
		      char *buf, size_t size)
{
	uint32_t nr = 1;
	const char *name =
		r->outer == RANGE_FIXMAP ? fix_slot_name(s->m->profile, slot, &nr) : NULL;

	if (name && nr == 0 && slot != s->m->map.fix_kmap_begin)
		snprintf(buf, size, "%s %u", name, slot);
	else
		snprintf(buf, size, _("slot %u"), slot);
}

const char *range_name(const struct space *s, const struct address_range *r, char *buf, size_t size)
{
	uint32_t low = is_slot(r) ? range_slot(s->m, r, r->first) : 0;
	uint32_t high = is_slot(r) ? range_slot(s->m, r, r->last) : 0;
	char name[TEXT_LEN];
	const char *area = r->kind == RANGE_MAPPING ? area_name(s->v, r->area, name) : "-";

	if (is_slot(r) && low == high)
		slot_name(s, r, low, buf, size);
	else if (is_slot(r))
		snprintf(buf, size, "%u-%u", low < high ? low : high, low < high ? high : low);
	else if (strcmp(area, "-") != 0)
		snprintf(buf, size, "%s", area);
	else if (r->kind == RANGE_VM_AREA)
		snprintf(buf, size, "%s", vm_area_name(s, r->vm));
	else
		snprintf(buf, size, "%s", _(range_kind_names[r->kind]));
	return buf;
}

/* ---- marks ---- */

vaddr_t telling_kernel_address(const struct machine *m, const struct story_node *n, unsigned nth)
{
	uint16_t id = n->step.id;
	uint64_t value;

	/* kmap speaks of its slots by number */
	if ((id == S_KMAP_AGAIN || id == S_KUNMAP) && nth == 0 &&
	    step_arg(&n->step, A_COUNT, &value))
		return m->map.pkmap_base + (vaddr_t)(value << PAGE_SHIFT);
	return step_arg_nth(&n->step, A_KVA, nth, &value) ? (vaddr_t)value : 0;
}

struct range_question {
	const struct machine *m;
	vaddr_t first, last;
};

/* Is a telling about a kernel address of the range? */
static bool names_kernel_address_in(const struct story_node *n, const void *ctx)
{
	const struct range_question *q = ctx;
	vaddr_t va;

	for (unsigned nth = 0; (va = telling_kernel_address(q->m, n, nth)); nth++)
		if (va >= q->first && va <= q->last)
			return true;
	return false;
}

static bool changes_kernel_address_in(const struct story_node *n, const void *ctx)
{
	return n->step.kind == TELL_STEP && names_kernel_address_in(n, ctx);
}

static enum touch kernel_touch(const struct space *s, const struct address_range *r)
{
	const struct story *story = view_story(s->v);
	const struct story_node *last = story_last(story);
	struct range_question q = {s->m, r->first, r->last};

	if (last && !view_is_complete(s->v) && names_kernel_address_in(last, &q))
		return TOUCH_STEP;
	if (!story_find_last(story, changes_kernel_address_in, &q))
		return TOUCH_NONE;
	return view_is_complete(s->v) ? TOUCH_STEP : TOUCH_EVENT;
}

static enum touch more(enum touch a, enum touch b) { return a > b ? a : b; }

/* Of an area: its borders and rights, and the page that the walk is about. */
static enum touch area_touch(const struct space *s, const struct address_range *r)
{
	const struct story *story = view_story(s->v);
	vaddr_t page = page_align_down(s->v->walk_va);

	if (r->outer)
		return page >= r->first && page <= r->last
			       ? story_touched_va(story, r->pid, page)
			       : story_touched_va(story, r->pid, r->first);
	return more(story_touched_vma(story, r->pid, r->area->start),
		    page >= r->first && page <= r->last ? story_touched_va(story, r->pid, page)
							: TOUCH_NONE);
}

/* Of frames of the direct map. */
static enum touch frames_touch(const struct space *s, const struct address_range *r)
{
	const struct story *story = view_story(s->v);
	pfn_t pfn = kva_to_pfn(s->m, r->first), end = kva_to_pfn(s->m, r->last);
	enum touch touch = TOUCH_NONE;

	if (r->kind == RANGE_DIRECT)
		return r->zone ? story_touched_zone(story, r->zone->type) : TOUCH_NONE;
	for (; pfn <= end && touch != TOUCH_STEP; pfn++)
		touch = more(touch, story_touched_pfn(story, pfn));
	return touch;
}

static bool is_direct(const struct address_range *r)
{
	return r->kind == RANGE_DIRECT || r->outer == RANGE_DIRECT || r->outer == RANGE_LARGE ||
	       r->outer == RANGE_TABLE;
}

enum touch range_touch(const struct space *s, const struct address_range *r)
{
	pte_t e = r->kind == RANGE_PAGE && is_slot(r) ? range_entry(s->m, r, r->first) : 0;

	if (r->area)
		return area_touch(s, r);
	if (range_is_user(r))
		return TOUCH_NONE;
	if (is_direct(r))
		return frames_touch(s, r);
	if (r->kind == RANGE_PAGE && story_touched_obj(view_story(s->v), r->first))
		return story_touched_obj(view_story(s->v), r->first);
	return more(kernel_touch(s, r),
		    e ? story_touched_pfn(view_story(s->v), pte_pfn(e)) : TOUCH_NONE);
}

bool range_is_chosen(const struct space *s, const struct address_range *r)
{
	const struct choice *c = &s->v->choice;
	vaddr_t va = c->va;

	switch (c->kind) {
	case CHOOSE_ADDRESS:
	case CHOOSE_VMA:
		if (va < user_end(s->m) && c->pid != (s->t ? s->t->pid : 0))
			return false;
		break;
	case CHOOSE_OBJECT:
		break;
	case CHOOSE_FRAME:
	case CHOOSE_BLOCK:
		if (c->pfn >= s->m->max_low_pfn)
			return false;
		va = pfn_to_kva(s->m, c->pfn);
		break;
	default:
		return false;
	}
	return va >= r->first && va <= r->last;
}

/* ---- colours ---- */

static enum role area_role(const struct vma *v)
{
	return !v->file ? ROLE_ANON : v->file->shmem ? ROLE_SHMEM : ROLE_FILE;
}

enum role range_role(const struct space *s, const struct address_range *r)
{
	(void)s;
	if (r->area)
		return r->kind == RANGE_ABSENT ? ROLE_DIM : area_role(r->area);
	if (is_direct(r))
		return r->kind == RANGE_FREE_FRAMES ? ROLE_FREE : ROLE_KERNEL;
	switch (r->outer ? r->outer : r->kind) {
	case RANGE_VMALLOC:
		return r->kind == RANGE_VMALLOC || r->kind == RANGE_VM_AREA ? ROLE_SLAB : ROLE_DIM;
	case RANGE_VM_AREA:
		return r->kind == RANGE_ABSENT ? ROLE_DIM : ROLE_SLAB;
	case RANGE_PKMAP:
		return r->kind == RANGE_ABSENT ? ROLE_DIM : ROLE_PCP;
	case RANGE_FIXMAP:
		return r->kind == RANGE_ABSENT ? ROLE_DIM : ROLE_TABLE;
	case RANGE_LDT:
	case RANGE_CPU_ENTRY:
	case RANGE_FIX_BOOT:
		return ROLE_RESERVED;
	default:
		return ROLE_DIM;
	}
}

/* ---- what lies in a range ---- */

/* Users of kmap's window: slots in use, and those that nobody uses but that are still mapped. */
static void count_slots(const struct machine *m, uint32_t *used, uint32_t *unused)
{
	*used = *unused = 0;
	for (uint32_t i = 0; i < m->profile->last_pkmap; i++) {
		*used += m->pkmap.count[i] > 1;
		*unused += m->pkmap.count[i] == 1;
	}
}

static void put_pkmap(const struct space *s, const struct area *a, int x, int y)
{
	uint32_t used, unused, all = s->m->profile->last_pkmap;
	char form[TEXT_LEN], brief[TEXT_LEN];

	count_slots(s->m, &used, &unused);
	snprintf(form, sizeof(form), _("%u of %u used"), used, all);
	snprintf(brief, sizeof(brief), "%u/%u", used, all);
	x = put_fitting(a, x, y, used ? ROLE_NORMAL : ROLE_DIM, form, brief);
	if (!unused)
		return;
	snprintf(form, sizeof(form), _("%u still mapped"), unused);
	snprintf(brief, sizeof(brief), "+%u", unused);
	put_fitting(a, x + 2, y, ROLE_DIM, form, brief);
}

static void put_vmalloc(const struct space *s, const struct area *a, int x, int y)
{
	uint32_t areas = 0, pages = 0;
	char form[TEXT_LEN], brief[TEXT_LEN];

	for (const struct vm_struct *vm = s->m->vmap.first; vm; vm = vm->next) {
		areas += !vm->lazy;
		if (!vm->lazy)
			pages += (uint32_t)((vm->end - vm->start) >> PAGE_SHIFT) - 1;
	}
	snprintf(form, sizeof(form), _("areas %u  pages %u"), areas, pages);
	snprintf(brief, sizeof(brief), _("areas %u"), areas);
	x = put_fitting(a, x, y, areas ? ROLE_NORMAL : ROLE_DIM, form, brief);
	if (!s->m->vmap.lazy_pages)
		return;
	snprintf(form, sizeof(form), _("lazy %u"), s->m->vmap.lazy_pages);
	put_fitting(a, x + 2, y, ROLE_DIM, form, "");
}

static void put_direct(const struct space *s, const struct area *a, int x, int y,
		       const struct address_range *r)
{
	char frames[TEXT_LEN];

	if (r->zone)
		x = put_text(a, x, y, ROLE_LABEL, 0, r->zone->name) + 1;
	snprintf(frames, sizeof(frames), "%05x-%05x", kva_to_pfn(s->m, r->first),
		 kva_to_pfn(s->m, r->last));
	put_fitting(a, x, y, ROLE_DIM, frames, "");
}

/* The frames of a large page in cells: how many are taken, coloured by what the first of them is. */
static void put_frames(const struct space *s, const struct area *a, int x, int y,
		       const struct address_range *r)
{
	static const uint32_t shade[] = {0xb7, 0x2591, 0x2592, 0x2593, 0x2588};
	pfn_t from = kva_to_pfn(s->m, r->first), nr = kva_to_pfn(s->m, r->last) + 1 - from;
	int cells = a->width - x < STRIP_MOST ? a->width - x : STRIP_MOST;

	if (cells > (int)nr)
		cells = (int)nr;
	for (int i = 0; i < cells; i++) {
		pfn_t at = from + (pfn_t)((uint64_t)nr * (uint32_t)i / (uint32_t)cells);
		pfn_t end = from + (pfn_t)((uint64_t)nr * ((uint32_t)i + 1) / (uint32_t)cells);
		uint32_t taken = 0, all = end - at;
		enum role role = ROLE_FREE;

		for (; at < end; at++)
			if (pfn_page(s->m, at)->use != FRAME_FREE) {
				role = taken++ ? role : frame_role(s->m, at);
			}
		put_char(a, x + i, y, shade[(taken * 4 + all - 1) / all], role, 0);
	}
}

/* A frame's number, in the colour of its use. */
static int put_pfn(const struct space *s, const struct area *a, int x, int y, pfn_t pfn)
{
	const struct machine *m = s->m;
	bool known = pfn < m->max_pfn;
	enum touch touch = known ? story_touched_pfn(view_story(s->v), pfn) : TOUCH_NONE;
	enum role role = known && view_is_chosen_pfn(s->v, pfn) ? ROLE_CHOSEN
			 : known ? touched_role(touch, frame_role(m, pfn))
				 : ROLE_NUMBER;

	return put_format(a, x, y, role, ATTR_BOLD, "%05x", pfn);
}

/* A frame, and where it lies. */
static int put_frame(const struct space *s, const struct area *a, int x, int y, pfn_t pfn)
{
	bool known = pfn < s->m->max_pfn;
	const struct zone *z = known ? page_zone_const(s->m, pfn) : NULL;

	x = put_pfn(s, a, x, y, pfn);
	return put_text(a, x + 1, y, ROLE_DIM, 0, z ? z->name : known ? "" : _("no RAM"));
}

/* A page of a process: its letter, frame, contents, rights. */
static void put_user_page(const struct space *s, const struct area *a, int x, int y,
			  const struct address_range *r)
{
	pte_t e = range_entry(s->m, r, r->first);
	const struct page *p = entry_page(s->m, e);
	char text[TEXT_LEN];

	x = put_char_text(a, x, y, (uint32_t)page_letter(s->m, e, r->area),
			  p ? frame_role(s->m, pte_pfn(e)) : ROLE_DIM);
	x = put_frame(s, a, x + 1, y, pte_pfn(e));
	if (a->width - x > 24)
		x = put_text(a, x + 1, y, ROLE_DIM, 0, pte_bits_text(e, text));
	if (p)
		put_text(a, x + 1, y, ROLE_NORMAL, ATTR_BOLD, tag_text(p->tag, text));
}

/* A slot of kmap's window that is mapped. */
static void put_pkmap_slot(const struct space *s, const struct area *a, int x, int y,
			   const struct address_range *r)
{
	uint32_t count = s->m->pkmap.count[range_slot(s->m, r, r->first)];
	pfn_t pfn = pte_pfn(range_entry(s->m, r, r->first));
	enum role role = count > 1 ? ROLE_NORMAL : ROLE_DIM;
	char form[TEXT_LEN], brief[TEXT_LEN];

	snprintf(form, sizeof(form),
		 count > 1 ? _("count %u: users %u") : _("count %u: still mapped"), count,
		 count - 1);
	snprintf(brief, sizeof(brief), _("cnt %u"), count);
	if (a->width - x < FRAME_WITH_ZONE + 1 + text_width(brief))
		x = put_pfn(s, a, x, y, pfn);
	else
		x = put_frame(s, a, x, y, pfn);
	put_fitting(a, x + 1, y, role, form, brief);
}

/* A slot of the fixmap that is mapped; those of kmap_atomic are known by CPU and place. */
static void put_fix_slot(const struct space *s, const struct area *a, int x, int y,
			 const struct address_range *r)
{
	const struct machine *m = s->m;
	uint32_t n = range_slot(m, r, r->first) - m->map.fix_kmap_begin;
	uint32_t each = m->profile->kmap_slots;

	x = put_frame(s, a, x, y, pte_pfn(range_entry(m, r, r->first)));
	if (each && n < each * m->profile->nr_cpus)
		put_format(a, x + 1, y, ROLE_NORMAL, 0, _("kmap_atomic CPU %u place %u"), n / each,
			   n % each);
}

/* A page that is mapped, in whatever range. */
static void put_mapped_page(const struct space *s, const struct area *a, int x, int y,
			    const struct address_range *r)
{
	pfn_t pfn;
	char text[TEXT_LEN];

	if (r->area) {
		put_user_page(s, a, x, y, r);
	} else if (r->outer == RANGE_PKMAP) {
		put_pkmap_slot(s, a, x, y, r);
	} else if (r->outer == RANGE_FIXMAP) {
		put_fix_slot(s, a, x, y, r);
	} else {
		pfn = pte_pfn(range_entry(s->m, r, r->first));
		x = put_frame(s, a, x, y, pfn);
		if (pfn < s->m->max_pfn)
			put_text(a, x + 1, y, frame_role(s->m, pfn), 0,
				 frame_use_name((enum frame_use)pfn_page(s->m, pfn)->use));
		else
			put_text(a, x + 1, y, ROLE_DIM, 0,
				 pte_bits_text(range_entry(s->m, r, r->first), text));
	}
}

/* Free addresses of a process: who comes here. */
static void put_free(const struct space *s, const struct area *a, int x, int y,
		     const struct address_range *r)
{
	const struct mm *mm = s->t ? s->t->mm : NULL;
	int digits = address_digits(s->m);
	vaddr_t at;

	if (!mm || r->kind != RANGE_FREE)
		return;
	if ((uint64_t)r->last + 1 == mm->mmap_base) {
		x = put_text(a, x, y, ROLE_DIM, 0, "\342\206\223 mmap_base");
		at = mm->mmap_base;
	} else if (r->first == page_align_up(mm->brk)) {
		x = put_text(a, x, y, ROLE_DIM, 0, "\342\206\221 brk");
		at = mm->brk;
	} else {
		return;
	}
	if (a->width - x > digits)
		put_format(a, x + 1, y, ROLE_DIM, 0, "%0*llx", digits, (unsigned long long)at);
}

/* Words for ranges of which there is nothing to count, and fewer of them for a narrow panel. */
static void put_words(const struct area *a, int x, int y, const struct address_range *r)
{
	static const struct words {
		enum range_kind kind;
		const char *form, *brief;
	} words[] = {
		{RANGE_NULL, N_("NULL faults here"), N_("NULL")},
		{RANGE_ABOVE_BASE, N_("left for the stack"), N_("stack")},
		{RANGE_STACK_ROOM, N_("\342\206\223 to the stack's limit"),
		 N_("\342\206\223 limit")},
		{RANGE_STACK_GAP, N_("mmap keeps off"), N_("no mmap")},
		{RANGE_HOLE, N_("catches overruns"), N_("overruns")},
		{RANGE_LAST_PAGE, N_("error numbers"), N_("errors")},
		{RANGE_VM_GUARD, N_("never mapped"), N_("unmapped")},
		{RANGE_VM_LAZY, N_("waits for a TLB flush"), N_("TLB flush")},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (words[i].kind == r->kind)
			put_fitting(a, x, y, ROLE_DIM, _(words[i].form), _(words[i].brief));
}

static void put_mapped(const struct space *s, const struct area *a, int x, int y,
		       const struct address_range *r)
{
	unsigned long long pages = range_bytes(r) >> PAGE_SHIFT;
	uint32_t mapped = range_pages_mapped(s->m, r);
	char form[TEXT_LEN], brief[TEXT_LEN];

	snprintf(form, sizeof(form), _("mapped %u of %llu"), mapped, pages);
	snprintf(brief, sizeof(brief), "%u/%llu", mapped, pages);
	put_fitting(a, x, y, ROLE_DIM, form, brief);
}

static void draw_contents(const struct space *s, const struct area *a, int x, int y,
			  const struct address_range *r)
{
	switch (r->kind) {
	case RANGE_DIRECT:
		put_direct(s, a, x, y, r);
		break;
	case RANGE_VMALLOC:
		put_vmalloc(s, a, x, y);
		break;
	case RANGE_PKMAP:
		put_pkmap(s, a, x, y);
		break;
	case RANGE_VM_AREA:
		x = put_text(a, x, y, ROLE_LABEL, 0, vm_area_use(r->vm)) + 1;
		put_mapped(s, a, x, y, r);
		break;
	case RANGE_FIXMAP:
	case RANGE_CPU_ENTRY:
		put_mapped(s, a, x, y, r);
		break;
	case RANGE_LARGE:
	case RANGE_TABLE:
		put_frames(s, a, x, y, r);
		break;
	case RANGE_PAGE:
		put_mapped_page(s, a, x, y, r);
		break;
	case RANGE_FREE:
		put_free(s, a, x, y, r);
		break;
	default:
		put_words(a, x, y, r);
		break;
	}
}

/* Rights and name of an area where there is room, then its pages. */
static void draw_area(const struct space *s, const struct area *a, int x, int y,
		      const struct address_range *r)
{
	struct area part;
	char text[TEXT_LEN];

	if (a->width - x >= 40) {
		x = put_text(a, x, y, r->area->flags & VM_WRITE ? ROLE_NORMAL : ROLE_DIM, 0,
			     vma_rights(r->area, text)) +
		    1;
		part = area_sub(a, x, y, 10, 1);
		put_text(&part, 0, 0, ROLE_LABEL, 0, area_name(s->v, r->area, text));
		x += 11;
	}
	part = area_sub(a, x, y, a->width - x, 1);
	draw_area_pages(s->v, s->t, &part, 0, r->area);
}

/* ---- the kernel's words ---- */

/* Of free addresses of a process. */
static const char *user_symbol(const struct space *s, const struct address_range *r)
{
	const struct mm *mm = s->t ? s->t->mm : NULL;

	if (r->kind == RANGE_FREE && r->first == s->m->profile->mmap_min_addr)
		return "mmap_min_addr";
	if (mm && !r->outer && r->first == mm->mmap_base)
		return "mmap_base";
	if (mm && !r->outer && r->first == page_align_up(mm->brk))
		return "brk";
	if (mm && !r->outer && r->first == mm->start_brk)
		return "start_brk";
	return "";
}

/* The name that the kernel has for the first address of a range; "": none. */
static const char *range_symbol(const struct space *s, const struct address_range *r)
{
	const struct kernel_map *map = &s->m->map;
	/* where no process has a place for its LDT, the border is that of the next */
	vaddr_t ldt = map->ldt_base == map->cpu_entry_area ? 0 : map->ldt_base;
	const struct border {
		vaddr_t at;
		const char *name;
	} borders[] = {
		{map->page_offset, "PAGE_OFFSET"},       {map->high_memory, "high_memory"},
		{map->vmalloc_start, "VMALLOC_START"},   {map->vmalloc_end, "VMALLOC_END"},
		{map->pkmap_base, "PKMAP_BASE"},         {map->fixaddr_top, "FIXADDR_TOP"},
		{map->fixaddr_start, "FIXADDR_START"},   {ldt, "LDT_BASE_ADDR"},
		{map->cpu_entry_area, "CPU_ENTRY_AREA"}, {map->modules, "MODULES_VADDR"},
		{map->vmemmap, "VMEMMAP_START"},         {map->kernel_text, "__START_KERNEL_map"},
		{map->vectors, "CONFIG_VECTORS_BASE"},   {s->m->map.task_size, "TASK_SIZE"},
	};

	if (range_is_user(r) || r->area)
		return user_symbol(s, r);
	for (size_t i = 0; i < sizeof(borders) / sizeof(*borders); i++)
		if (borders[i].at == r->first)
			return borders[i].name;
	return "";
}

/* ---- a row ---- */

static int name_width(int width) { return width < MEDIUM ? 9 : 11; }

void draw_space_row(const struct space *s, const struct area *a, int y,
		    const struct address_range *r, bool cursor)
{
	enum touch touch = range_touch(s, r);
	bool chosen = range_is_chosen(s, r);
	enum role role = range_role(s, r);
	int digits = address_digits(s->m), x = 1 + digits + 1 + BYTES_WIDTH,
	    names = name_width(a->width);
	struct area part, rest = *a;
	char text[TEXT_LEN];

	if (touch)
		put_mark(a, 0, y, touch);
	else if (chosen)
		put_char(a, 0, y, 0x258c, ROLE_CHOSEN, 0);
	put_format(a, 1, y, touched_role(touch, role == ROLE_DIM ? ROLE_DIM : ROLE_NUMBER), 0,
		   "%0*llx", digits, (unsigned long long)r->first);
	put_right(a, x, y, ROLE_DIM, 0, bytes_text(range_bytes(r), text));
	part = area_sub(a, x + 1, y, names, 1);
	put_text(&part, 0, 0, chosen ? ROLE_TITLE : role, chosen ? ATTR_BOLD : 0,
		 range_name(s, r, text, sizeof(text)));
	x += 1 + names + (a->width >= MEDIUM);
	if (a->width >= WIDE && range_symbol(s, r)[0]) {
		put_right(a, a->width, y, ROLE_LABEL, 0, range_symbol(s, r));
		rest.width -= text_width(range_symbol(s, r)) + 1;
	}
	if (range_is_area(r))
		draw_area(s, &rest, x, y, r);
	else
		draw_contents(s, &rest, x + (a->width < MEDIUM), y, r);
	if (cursor)
		paint(a, 1, y, x - 1, ROLE_CHOSEN, 0);
}
