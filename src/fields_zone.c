/*
 * Fields of nodes and zones, their free lists, and the stocks of CPUs.
 */
#include <stdio.h>

#include "fields_put.h"
#include "zone_name.h"

/* "0 2": the CPUs of a node. */
static const char *cpus_text(const struct machine *m, uint32_t node, char text[FIELD_TEXT])
{
	size_t at = 0;

	text[0] = '\0';
	for (uint32_t cpu = 0; cpu < m->config.cpus && at + 4 < FIELD_TEXT; cpu++)
		if (cpu_to_node(m, cpu) == node)
			at += (size_t)snprintf(text + at, FIELD_TEXT - at, "%s%u", at ? " " : "",
					       cpu);
	return at ? text : _("none: memory only");
}

static const char *kswapd_text(const struct pglist_data *n, char text[FIELD_TEXT])
{
	bool asked = n->kswapd_highest_zoneidx != MAX_NR_ZONES;

	snprintf(text, FIELD_TEXT, asked ? _("kswapd%u, woken") : _("kswapd%u, asleep"),
		 n->node_id);
	return text;
}

static void put_zonelist(struct fields *r, const struct zonelist *list)
{
	const struct zoneref *ref = list->zonerefs;

	for (uint32_t i = 0; ref[i].zone; i++)
		put_item(r, NAME("zones", "_zonerefs"), i, NAME("struct zone *", "struct zoneref"),
			 make_object(OBJ_ZONE, ref[i].zone->id, 0),
			 N_("a request begins at the first one that it may use"));
}

/* How far the other nodes are, and in which order their zones are tried. */
static void put_neighbours(struct fields *r, const struct pglist_data *n)
{
	char name[FIELD_NAME];

	put_group(r, N_("Distances"));
	for (uint32_t i = 0; i < r->m->nr_nodes; i++) {
		snprintf(name, sizeof(name), "node_distance[%u]", i);
		put_number(r, name, "int", FORM_COUNT, node_distance(r->m, n->node_id, i),
			   make_object(OBJ_NODE, i, 0),
			   N_("how far that node is: 10 is itself, 20 twice as far"));
	}
	put_group(r, N_("Zonelist: the order in which zones are tried"));
	put_zonelist(r, &n->node_zonelists[ZONELIST_FALLBACK]);
	if (r->m->nr_nodes == 1)
		return;
	put_group(r, N_("The same for requests that must stay on this node (__GFP_THISNODE)"));
	put_zonelist(r, &n->node_zonelists[ZONELIST_NOFALLBACK]);
}

static void put_sections(struct fields *r, const struct pglist_data *n)
{
	uint32_t nr = 0;

	put_group(r, N_("Sections of memory, each with its own part of mem_map"));
	for (uint32_t i = 0; i < r->m->nr_sections; i++)
		if (r->m->mem_section[i].node == n->node_id && !list_is_full(r, nr++, 64))
			put_item(r, "mem_section", i, "struct mem_section",
				 make_object(OBJ_SECTION, i, 0),
				 N_("a section of memory (SPARSEMEM)"));
}

/* What the kernel has above low memory: one for the whole machine. */
static void put_kernel_half(struct fields *r)
{
	uint32_t nr = 0;

	put_group(r, N_("The kernel's half of the addresses"));
	if (r->m->profile->last_pkmap)
		put_pointer(r, "pkmap_count", "int *", make_object(OBJ_PKMAP, 0, 0),
			    N_("kmap's window on high memory"));
	put_pointer(r, "fixmap", "", make_object(OBJ_FIXMAP, 0, 0),
		    N_("addresses chosen when the kernel was built"));
	put_pointer(r, "free_vmap_area_root", "struct rb_root",
		    vmap_range_object(rb_vmap_range(r->m->vmap.free.root.node)),
		    N_("what no area has, as a red-black tree: vmalloc looks for room in it"));
	for (const struct vm_struct *a = r->m->vmap.first; a && !list_is_full(r, nr, 64);
	     a = a->next)
		put_item(r, "vmlist", nr++, "struct vm_struct *", vm_struct_object(a),
			 N_("an area of vmalloc or ioremap"));
}

static void put_settings_61(struct fields *r)
{
	const struct vm_sysctl *vm = &r->m->vm;

#include "struct_vm_sysctl_61.def"
}

/* Of those types of zones that the kernel has. */
static void put_reserve_ratios(struct fields *r, const struct vm_sysctl *vm)
{
	char name[FIELD_NAME];

	for (unsigned type = 0; type < MAX_NR_ZONES; type++) {
		if (!r->m->node[0].node_zones[type].name)
			continue;
		snprintf(name, sizeof(name), "lowmem_reserve_ratio[%s]", zone_names[type]);
		put_number(r, name, "int", FORM_COUNT, vm->lowmem_reserve_ratio[type],
			   (struct object){OBJ_NONE, 0, 0},
			   N_("this zone keeps a page for so many of the zones above it; 0: none"));
	}
}

static void put_settings(struct fields *r)
{
	const struct vm_sysctl *vm = &r->m->vm;

#include "struct_vm_sysctl.def"
}

void node_fields(struct fields *r, const struct object *o)
{
	const struct machine *m = r->m;
	const struct pglist_data *n = &m->node[o->id];
	char text[FIELD_TEXT];
	uint32_t index = 0;

#include "struct_node.def"
	put_group(r, N_("Zones"));
	for (uint32_t i = 0; i < MAX_NR_ZONES; i++) {
		if (n->node_zones[i].spanned_pages)
			put_item(r, "node_zones", index, "struct zone",
				 make_object(OBJ_ZONE, n->node_zones[i].id, 0),
				 N_("a zone: memory with the same limits"));
		index += n->node_zones[i].name != NULL; /* as the kernel numbers those it has */
	}
	put_neighbours(r, n);
	if (m->memory_model == MEMORY_SPARSE)
		put_sections(r, n);
	if (n->node_id != 0)
		return;
	put_settings(r);
	put_kernel_half(r);
}

void section_fields(struct fields *r, const struct object *o)
{
	const struct machine *m = r->m;
	const struct mem_section *s = &m->mem_section[o->id];
	pfn_t start = section_start_pfn(m, s);

#include "struct_section.def"
}

/* Where requests were served. */
static void put_numa_events(struct fields *r, const struct zone *z)
{
	static const struct {
		const char *name, *meaning;
	} event[NR_NUMA_EVENTS] = {
		{"numa_hit", N_("given to requests that preferred this node")},
		{"numa_miss", N_("given to requests that preferred another node")},
		{"numa_foreign", N_("preferred here, but given by another node")},
		{"numa_local", N_("given to CPUs of this node")},
		{"numa_other", N_("given to CPUs of other nodes")},
	};

	put_group(r, N_("NUMA: where requests were served"));
	for (unsigned i = 0; i < NR_NUMA_EVENTS; i++)
		put_number(r, event[i].name, "unsigned long", FORM_COUNT, z->numa_events[i],
			   (struct object){OBJ_NONE, 0, 0}, event[i].meaning);
}

/* What a zone keeps from requests that could have used another: for each type that the kernel has. */
static void put_lowmem_reserve(struct fields *r, const struct zone *z)
{
	static const char *const meaning[MAX_NR_ZONES] = {
		[ZONE_DMA] = N_("kept from requests that may use DMA at most"),
		[ZONE_DMA32] = N_("kept from requests that could have used DMA32"),
		[ZONE_NORMAL] = N_("kept from requests that could have used Normal"),
		[ZONE_HIGHMEM] = N_("kept from requests that could have used HighMem"),
		[ZONE_MOVABLE] = N_("kept from requests that could have used Movable"),
		[ZONE_DEVICE] = N_("kept from requests that could have used Device"),
	};
	char name[FIELD_NAME];

	for (unsigned type = 0; type < MAX_NR_ZONES; type++) {
		if (!r->m->node[z->node].node_zones[type].name)
			continue;
		snprintf(name, sizeof(name), "lowmem_reserve[%s]", zone_names[type]);
		put_number(r, name, "unsigned long", FORM_PAGES, z->lowmem_reserve[type],
			   (struct object){OBJ_NONE, 0, 0}, meaning[type]);
	}
}

/* "Unmovable 3, Movable 12": how many pageblocks are of which kind. */
static const char *pageblocks_text(const struct machine *m, const struct zone *z,
				   char text[FIELD_TEXT])
{
	uint32_t last = pageblock_index(m, z, z->start_pfn + z->spanned_pages - 1);
	uint32_t nr[MIGRATE_TYPES] = {0};
	size_t len = 0;

	for (uint32_t i = 0; z->pageblock && i <= last; i++)
		nr[z->pageblock[i]]++;
	text[0] = '\0';
	for (unsigned type = 0; type < MIGRATE_TYPES; type++)
		if (nr[type])
			len += (size_t)snprintf(text + len, FIELD_TEXT - len, "%s%s %u",
						len ? ", " : "", migratetype_names[type], nr[type]);
	return text;
}

static void put_mobility(struct fields *r, const struct zone *z)
{
	char text[FIELD_TEXT];

#include "struct_mobility.def"
}

void zone_fields(struct fields *r, const struct object *o)
{
	const struct machine *m = r->m;
	const struct zone *z = zone_by_id(m, object_nr(o));

#include "struct_zone.def"
	if (m->nr_nodes > 1)
		put_numa_events(r, z);
	if (m->smp)
		put_pointer(r, "lock", "spinlock_t", make_object(OBJ_LOCK, z->id, 0),
			    N_("whoever changes the free lists must hold it"));
	put_group(r, N_("Free blocks, and the stocks of CPUs"));
	for (uint32_t k = 0; k < MAX_ORDER; k++)
		put_item(r, "free_area", k, "struct free_area",
			 make_object(OBJ_FREE_AREA, z->id, k), N_("free blocks of 2^order frames"));
	for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++)
		put_item(r, NAME("pageset", "per_cpu_pageset"), cpu,
			 NAME("struct per_cpu_pageset", "struct per_cpu_pages"),
			 make_object(OBJ_PCP, z->id, cpu), N_("free pages at this CPU's hand"));
}

/* Kinds of lists: by mobility, where the kernel tells kinds of pages apart. */
static unsigned nr_types(const struct zone *z) { return z->pageblock ? MIGRATE_TYPES : 1; }

static const char *list_title(const struct zone *z, unsigned type)
{
	static const char *const title[MIGRATE_TYPES] = {
		[MIGRATE_UNMOVABLE] = N_("Unmovable blocks"),
		[MIGRATE_MOVABLE] = N_("Movable blocks"),
		[MIGRATE_RECLAIMABLE] = N_("Reclaimable blocks"),
		[MIGRATE_HIGHATOMIC] = N_("High-atomic blocks"),
	};

	return z->pageblock ? title[type] : N_("Blocks");
}

/* The blocks of a list, first one first. */
static void put_blocks(struct fields *r, const char *name, const struct page_list *l)
{
	uint32_t nr = 0;

	for (pfn_t pfn = l->head; pfn != PFN_NONE && nr < l->count;
	     pfn = pfn_page(r->m, pfn)->next) {
		if (list_is_full(r, nr, l->count))
			break;
		put_item(r, name, nr++, "struct page", page_object(pfn),
			 N_("a free block, by its first frame; the first one goes out next"));
	}
}

void free_area_fields(struct fields *r, const struct object *o)
{
	const struct zone *z = zone_by_id(r->m, object_nr(o));
	const struct free_area *a = &z->free_area[o->sub];

#include "struct_free_area.def"
	for (unsigned type = 0; type < nr_types(z); type++) {
		put_group(r, list_title(z, type));
		put_blocks(r, "free_list", &a->free_list[type]);
	}
}

/* One list of a CPU's stock, if there is anything on it. */
static void put_stock(struct fields *r, const struct zone *z, const struct page_list *l,
		      unsigned order, unsigned type)
{
	char name[FIELD_NAME], title[FIELD_NAME];

	if (!l->count)
		return;
	snprintf(name, sizeof(name), "lists[%u]", order);
	snprintf(title, sizeof(title), _("Order %u: %s"), order, _(list_title(z, type)));
	put_group(r, title);
	put_blocks(r, name, l);
}

void pcp_fields(struct fields *r, const struct object *o)
{
	const struct zone *z = zone_by_id(r->m, object_nr(o));
	const struct per_cpu_pages *p = &z->pcp[o->sub];

#include "struct_pcp.def"
	for (uint32_t k = 0; k < PCP_ORDERS; k++)
		for (unsigned type = 0; type < nr_types(z) && type < MIGRATE_PCPTYPES; type++)
			put_stock(r, z, &p->list[k][type], k, type);
}
