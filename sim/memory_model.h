/*
 * Memory models: where the struct page of a frame lies.
 */
#ifndef SIM_MEMORY_MODEL_H
#define SIM_MEMORY_MODEL_H

#include "memblock.h"

struct machine;
struct machine_config;

enum memory_model {
	MEMORY_AS_NODES, /* a setting: flat for one node, sparse for several
			  * and for x86-64 */
	MEMORY_FLAT,
	MEMORY_SPARSE,
};

/* SPARSEMEM: a stretch of frames with a mem_map of its own.  6.1
 * section_mem_map holds its address, less what the first frame's number adds. */
struct mem_section {
	pfn_t mem_map_pfn; /* first frame of it; PFN_NONE without memory */
	uint8_t node;
	bool present;      /* it has memory                              */
};

enum memory_model memory_model_of(const struct machine_config *c);

/* Frames of which a whole number belongs to one node. */
pfn_t node_unit(const struct machine_config *c);

/* SPARSEMEM: the mem_map of one section. */
struct mm_profile;
uint64_t section_map_bytes(const struct mm_profile *p);

/* Boot: how large mem_map is, and for each node; node ranges must be set.  Then
 * where it lies, at lowest or above. */
void memory_model_init(struct machine *m, const struct memblock *b);
void memory_model_place(struct machine *m, struct memblock *b, pfn_t lowest);

/* SPARSEMEM: the section of a frame, NULL behind the last; its first frame. */
const struct mem_section *pfn_to_section(const struct machine *m, pfn_t pfn);
pfn_t section_start_pfn(const struct machine *m, const struct mem_section *s);

/* Is mem_map seen as one array, at map.vmemmap?  Its parts lie where the sections
 * say. */
bool has_vmemmap(const struct machine *m);

/* Kernel address of a frame's struct page; 0: it has none.  6.1
 * pfn_to_page(). */
vaddr_t page_struct_address(const struct machine *m, pfn_t pfn);
/* The same where the direct map has it: its place in RAM. */
vaddr_t page_struct_place(const struct machine *m, pfn_t pfn);

/* Is the frame part of mem_map?  *of: the frame whose struct page is at offset
 * in it; PFN_NONE: of none, the end of the array is not used. */
bool is_mem_map(const struct machine *m, pfn_t pfn, uint32_t offset,
		pfn_t *of);

#endif
