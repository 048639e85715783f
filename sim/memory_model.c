/*
 * Memory models: where the struct page of a frame lies.
 *
 * The kernel goes from a frame to its struct page and back all the time, so it
 * must be quick.
 *
 * FLATMEM: one array for all frames from 0 on; page = mem_map + pfn.  Frames
 * without memory have a struct page as well, and waste it.
 *
 * SPARSEMEM: physical memory is cut into sections of one size, and a table says
 * for each where its part of mem_map lies.  64M a section:
 *
 *	pfn 0x0f123 = section 3, entry 0x3123
 *
 *	section   0        1        2        3        4
 *	memory    [######] [######] hole     [######] [######]
 *	mem_map   at 5M    at 5.5M  none     at 6M    at 6.5M
 *	          `- mem_section[3] -> page = its mem_map + 0x3123
 *
 * A section without memory has no mem_map and costs nothing; a node's sections
 * have theirs in that node's own memory, if any of it is mapped directly.  That
 * is why a kernel for several nodes is built with SPARSEMEM, never with FLATMEM.
 *
 * A section is small enough to be worth leaving out and so large that the table
 * stays short: 2^26 bytes with two-level tables, 2^29 with PAE (6.1
 * arch/x86/include/asm/sparsemem.h; the table is in the kernel's image).
 *
 * x86-64 has addresses to spare: there the parts are mapped side by side, at
 * vmemmap + pfn * 64, with holes where there is no memory.  So page = vmemmap +
 * pfn again, without a look into the table (SPARSEMEM_VMEMMAP), and the page
 * tables leave out what is not there.  128M a section: its mem_map is 2M, one
 * large entry.
 *
 * The engine's own array of frames is flat whatever the model is.
 */
#include "memory_model.h"
#include "machine.h"

enum memory_model memory_model_of(const struct machine_config *c)
{
	if (c->memory != MEMORY_AS_NODES)
		return c->memory;
	return c->nodes > 1 || c->profile->vmemmap ? MEMORY_SPARSE
						   : MEMORY_FLAT;
}

static uint32_t section_nr_pages(const struct mm_profile *p)
{
	return 1u << (p->section_size_bits - PAGE_SHIFT);
}

pfn_t node_unit(const struct machine_config *c)
{
	return memory_model_of(c) == MEMORY_SPARSE
		       ? section_nr_pages(c->profile)
		       : 1u << (MAX_ORDER - 1);
}

/* ---- set-up ---- */

static uint32_t bytes_to_pages(uint64_t bytes)
{
	return (uint32_t)((bytes + PAGE_SIZE - 1) >> PAGE_SHIFT);
}

uint64_t section_map_bytes(const struct mm_profile *p)
{
	return (uint64_t)section_nr_pages(p) * p->page_struct_bytes;
}

static uint32_t section_map_pages(const struct mm_profile *p)
{
	return bytes_to_pages(section_map_bytes(p));
}

/* Which sections have memory, and of which node: 6.1 memory_present(). */
static void find_sections(struct machine *m, const struct memblock *b)
{
	uint32_t pages = section_nr_pages(m->profile);

	m->nr_sections = (b->end + pages - 1) / pages;
	m->mem_section =
		arena_alloc(m->arena, m->nr_sections * sizeof(*m->mem_section));
	for (uint32_t i = 0; i < m->nr_sections; i++) {
		struct mem_section *s = &m->mem_section[i];
		pfn_t start = i * pages, end = start + pages;

		end = end < b->end ? end : b->end;
		s->mem_map_pfn = PFN_NONE;
		s->present = memblock_present(b, start, end) > 0;
		s->node = (uint8_t)pfn_to_nid(m, start ? start
						       : m->profile->first_pfn);
		if (!s->present)
			continue;
		m->node[s->node].nr_mem_map_pages +=
			section_map_pages(m->profile);
		m->nr_mem_map_pages += section_map_pages(m->profile);
	}
}

void memory_model_init(struct machine *m, const struct memblock *b)
{
	uint32_t align = m->profile->mem_map_align;
	uint64_t frames = (b->end + align - 1) / align * align;

	m->memory_model = memory_model_of(&m->config);
	if (m->memory_model == MEMORY_SPARSE) {
		find_sections(m, b);
		return;
	}
	m->nr_mem_map_pages =
		bytes_to_pages(frames * m->profile->page_struct_bytes);
	m->node[0].nr_mem_map_pages = m->nr_mem_map_pages;
}

/* With a vmemmap a section's part is mapped by one large entry. */
static uint32_t map_align(const struct machine *m)
{
	return has_vmemmap(m) ? section_map_pages(m->profile) : 1;
}

/* A node's own directly mapped memory, else that of any node.  Sections leave
 * DMA alone as long as they can. */
static pfn_t alloc_on_node(struct machine *m, struct memblock *b,
			   const struct pglist_data *n, pfn_t lowest)
{
	bool top = m->profile->boot_takes_top;
	pfn_t goal = m->memory_model == MEMORY_SPARSE ? m->profile->max_dma_pfn
						      : lowest;
	pfn_t low = n->range_start > goal ? n->range_start : goal;
	pfn_t low_end = m->max_low_pfn, at;
	uint32_t nr = n->nr_mem_map_pages, align = map_align(m);

	at = memblock_alloc(b, nr, align, low,
			    n->range_end < low_end ? n->range_end : low_end,
			    top);
	if (at == PFN_NONE)
		at = memblock_alloc(b, nr, align, goal, low_end, top);
	if (at == PFN_NONE)
		at = memblock_alloc(b, nr, align, lowest, low_end, top);
	BUG_ON(at == PFN_NONE);
	return at;
}

void memory_model_place(struct machine *m, struct memblock *b, pfn_t lowest)
{
	for (uint32_t i = 0; i < m->nr_nodes; i++) {
		struct pglist_data *n = &m->node[i];
		pfn_t at;

		n->mem_map_pfn = PFN_NONE;
		if (!n->nr_mem_map_pages)
			continue;
		at = n->mem_map_pfn = alloc_on_node(m, b, n, lowest);
		for (uint32_t k = 0; k < m->nr_sections; k++) {
			struct mem_section *s = &m->mem_section[k];

			if (s->node != i || !s->present)
				continue;
			s->mem_map_pfn = at;
			at += section_map_pages(m->profile);
		}
	}
}

/* ---- there and back ---- */

const struct mem_section *pfn_to_section(const struct machine *m, pfn_t pfn)
{
	uint32_t nr = pfn / section_nr_pages(m->profile);

	return nr < m->nr_sections ? &m->mem_section[nr] : NULL;
}

pfn_t section_start_pfn(const struct machine *m, const struct mem_section *s)
{
	return (pfn_t)(s - m->mem_section) * section_nr_pages(m->profile);
}

bool has_vmemmap(const struct machine *m)
{
	return m->memory_model == MEMORY_SPARSE && m->map.vmemmap;
}

vaddr_t page_struct_address(const struct machine *m, pfn_t pfn)
{
	vaddr_t place = page_struct_place(m, pfn);

	if (place && has_vmemmap(m))
		return m->map.vmemmap +
		       (vaddr_t)pfn * m->profile->page_struct_bytes;
	return place;
}

vaddr_t page_struct_place(const struct machine *m, pfn_t pfn)
{
	const struct mem_section *s = pfn_to_section(m, pfn);
	uint32_t bytes = m->profile->page_struct_bytes;

	if (m->memory_model == MEMORY_FLAT)
		return pfn_to_kva(m, m->node[0].mem_map_pfn) +
		       (vaddr_t)pfn * bytes;
	if (!s || !s->present)
		return 0;
	return pfn_to_kva(m, s->mem_map_pfn) +
	       (vaddr_t)(pfn - section_start_pfn(m, s)) * bytes;
}

/* Does [first, first + nr) hold the frame?  *bytes: how far behind first the
 * byte at offset of it is. */
static bool holds(pfn_t first, uint32_t nr, pfn_t pfn, uint32_t offset,
		  uint64_t *bytes)
{
	*bytes = ((uint64_t)(pfn - first) << PAGE_SHIFT) + offset;
	return first != PFN_NONE && pfn - first < nr;
}

bool is_mem_map(const struct machine *m, pfn_t pfn, uint32_t offset, pfn_t *of)
{
	uint32_t size = m->profile->page_struct_bytes;
	uint64_t bytes;

	*of = PFN_NONE;
	for (uint32_t i = 0; i < m->nr_nodes; i++) {
		const struct pglist_data *n = &m->node[i];

		if (!holds(n->mem_map_pfn, n->nr_mem_map_pages, pfn, offset,
			   &bytes))
			continue;
		if (m->memory_model == MEMORY_FLAT)
			*of = (pfn_t)(bytes / size);
		for (uint32_t k = 0; k < m->nr_sections; k++) {
			const struct mem_section *s = &m->mem_section[k];

			if (holds(s->mem_map_pfn, section_map_pages(m->profile),
				  pfn, offset, &bytes))
				*of = section_start_pfn(m, s) +
				      (pfn_t)(bytes / size);
		}
		if (*of >= m->max_pfn)
			*of = PFN_NONE;
		return true;
	}
	return false;
}
