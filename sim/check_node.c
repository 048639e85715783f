/*
 * Laws of nodes: their zones, their zonelists, holes, sections, counters.
 *
 * Counters of where requests were served:
 *
 *	hit + miss = local + other, in every zone
 *	all misses = all foreign, as each is one zone's loss and another's gain
 */
#include "check.h"

/* Zones lie inside their node, one above the other, and share its memory. */
static bool check_node_zones(const struct pglist_data *n)
{
	uint32_t present = 0;
	pfn_t below = n->node_start_pfn;

	for (unsigned i = 0; i < MAX_NR_ZONES; i++) {
		const struct zone *z = &n->node_zones[i];

		if (!populated_zone(z))
			continue;
		if (!LAW(z->start_pfn >= below &&
				 z->start_pfn + z->spanned_pages <=
					 node_end_pfn(n),
			 "node %u: zone %s begins at %u, inside the one below "
			 "it, or ends behind the node",
			 n->node_id, z->name, z->start_pfn))
			return false;
		below = z->start_pfn + z->spanned_pages;
		present += z->present_pages;
	}
	return LAW(present == n->node_present_pages,
		   "node %u: %u pages are present, but %u in its zones",
		   n->node_id, n->node_present_pages, present);
}

/* Frames without memory are what is spanned but not present. */
static bool check_holes(const struct check *k, const struct zone *z)
{
	pfn_t end = z->start_pfn + z->spanned_pages;
	uint32_t holes = 0;

	for (pfn_t pfn = z->start_pfn; pfn < end; pfn++)
		holes += pfn_page(k->m, pfn)->use == FRAME_HOLE;
	return LAW(holes == z->spanned_pages - z->present_pages,
		   "zone %s: spanned %u, present %u, but %u frames are holes",
		   z->name, z->spanned_pages, z->present_pages, holes);
}

/* Own zones first, a node's zones from the highest down; each that has memory
 * is there once, in the second list those of the node alone. */
static bool check_zonelist(const struct check *k, const struct pglist_data *n,
			   unsigned list)
{
	const struct zoneref *r = n->node_zonelists[list].zonerefs;
	const struct zone *z, *before = NULL;
	uint32_t present = 0;

	for (; r->zone; before = r->zone, r++) {
		if (!LAW(!before || before->node != r->zone->node ||
				 before->type > r->zone->type,
			 "node %u: zonelist %u has zone %s behind a lower one",
			 n->node_id, list, r->zone->name))
			return false;
		present += r->zone->present_pages;
	}
	for_each_zone(k->m, z)
		if (list == ZONELIST_FALLBACK || z->node == n->node_id)
			present -= z->present_pages;
	return LAW(present == 0,
		   "node %u: zonelist %u has not every zone, or one twice",
		   n->node_id, list);
}

/* mem_map lies where memory is, and of memory only. */
static bool check_sections(const struct check *k)
{
	const struct machine *m = k->m;

	for (uint32_t i = 0; i < m->nr_sections; i++) {
		const struct mem_section *s = &m->mem_section[i];
		pfn_t pfn = section_start_pfn(m, s);
		bool memory = false;

		for (; pfn < section_start_pfn(m, s + 1) && pfn < m->max_pfn;
		     pfn++)
			memory |= pfn_page(m, pfn)->use != FRAME_HOLE;
		if (!LAW(memory == s->present,
			 "section %u: its memory and its mark differ", i) ||
		    !LAW(!s->present || pfn_page(m, s->mem_map_pfn)->use ==
						FRAME_RESERVED,
			 "section %u: its mem_map at %u is in other use", i,
			 s->mem_map_pfn))
			return false;
	}
	return true;
}

static bool check_numa_counters(const struct check *k)
{
	const struct zone *z;
	uint64_t lost = 0;

	for_each_zone(k->m, z) {
		const uint64_t *c = z->numa_events;

		if (!LAW(c[NUMA_HIT] + c[NUMA_MISS] ==
				 c[NUMA_LOCAL] + c[NUMA_OTHER],
			 "zone %s of node %u: hits and misses are not what was "
			 "local and other",
			 z->name, (uint32_t)z->node))
			return false;
		lost += c[NUMA_MISS] - c[NUMA_FOREIGN];
	}
	return LAW(lost == 0, "misses of all zones are not what is foreign");
}

bool check_nodes(struct check *k)
{
	const struct machine *m = k->m;
	const struct zone *z;

	for (uint32_t i = 0; i < m->nr_nodes; i++)
		if (!check_node_zones(&m->node[i]) ||
		    !check_zonelist(k, &m->node[i], ZONELIST_FALLBACK) ||
		    !check_zonelist(k, &m->node[i], ZONELIST_NOFALLBACK))
			return false;
	for_each_populated_zone(m, z)
		if (!check_holes(k, z))
			return false;
	return check_sections(k) && check_numa_counters(k);
}
