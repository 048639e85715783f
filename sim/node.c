/*
 * Nodes: memory that is near to some CPUs and far from the others.
 *
 * A large machine is made of boards; each has CPUs and memory, and reaching
 * another board's memory takes longer.  Firmware says how much longer, as
 * distances: 10 to oneself, 20 is twice as far.  The setting `distance` says
 * how the boards are wired:
 *
 *	equal             ring              line
 *	   0 1 2 3           0 1 2 3           0 1 2 3
 *	0 10 20 20 20     0 10 20 30 20     0 10 20 30 40
 *	1 20 10 20 20     1 20 10 20 30     1 20 10 20 30
 *	2 20 20 10 20     2 30 20 10 20     2 30 20 10 20
 *	3 20 20 20 10     3 20 30 20 10     3 40 30 20 10
 *
 * Every node has a list of all zones, in the order in which a request of one of
 * its CPUs tries them: its own zones from the highest down, then those of the
 * nearest node, and so on ("node order").  Among nodes at the same distance the
 * one that fewest others try next is taken, so that when memory is short they
 * do not all run to node 0:
 *
 *	equal:  0: 0 1 2 3    1: 1 2 3 0    2: 2 3 0 1    3: 3 0 1 2
 *
 * A second list has the node's own zones alone, for requests that want this
 * node or nothing (__GFP_THISNODE).
 *
 * RAM is cut in equal parts, whole sections each (memory_model.c); where devices
 * are, no node has any: 4G on four nodes of x86-64 end at 1G, 2G, 3G and 5G, as
 * recorded.  Source: 6.1
 * mm/page_alloc.c (build_zonelists, find_next_best_node); REFERENCE 1.5.
 */
#include "zone.h"
#include "machine.h"

enum {
	LOCAL_DISTANCE = 10,
	HOP_DISTANCE = 10, /* what each board on the way adds         */
	CPUS_PENALTY = 1,  /* a node without CPUs is preferred        */
	LOAD_WEIGHT = 64,  /* load decides between equal distances only */
};

/* Boards on the way from one to the other. */
static uint32_t hops(const struct machine *m, uint32_t from, uint32_t to)
{
	uint32_t apart = from < to ? to - from : from - to;

	if (m->config.distance == DISTANCE_EQUAL)
		return apart > 0;
	if (m->config.distance == DISTANCE_RING && apart > m->nr_nodes / 2)
		return m->nr_nodes - apart;
	return apart;
}

uint32_t node_distance(const struct machine *m, uint32_t from, uint32_t to)
{
	return LOCAL_DISTANCE + HOP_DISTANCE * hops(m, from, to);
}

uint32_t node_nr_cpus(const struct machine *m, uint32_t node)
{
	uint32_t nr = 0;

	for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++)
		nr += cpu_to_node(m, cpu) == node;
	return nr;
}

static bool node_has_memory(const struct machine *m, uint32_t node)
{
	return m->node[node].node_present_pages > 0;
}

uint32_t pfn_to_nid(const struct machine *m, pfn_t pfn)
{
	uint32_t node = m->nr_nodes - 1;

	while (node > 0 && pfn < m->node[node].range_start)
		node--;
	return node;
}

/* ---- set-up ---- */

void nodes_init(struct machine *m, uint32_t nr_nodes)
{
	m->nr_nodes = nr_nodes;
	for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++)
		m->cpu_node[cpu] = (uint8_t)(cpu * nr_nodes / m->config.cpus);
	m->node = arena_alloc(m->arena, nr_nodes * sizeof(*m->node));
	for (uint32_t node = 0; node < nr_nodes; node++) {
		m->node[node].node_id = node;
		m->node[node].kswapd_highest_zoneidx = MAX_NR_ZONES;
	}
	for (uint32_t id = 0; id < nr_nodes * MAX_NR_ZONES; id++)
		zone_init(m, id);
}

void nodes_set_ranges(struct machine *m, pfn_t end)
{
	pfn_t unit = node_unit(&m->config), from = m->profile->first_pfn;
	pfn_t all = boot_ram_pages(&m->config);
	pfn_t part = all / m->nr_nodes / unit * unit;

	for (uint32_t node = 0; node < m->nr_nodes; node++) {
		m->node[node].range_start = from;
		from = node + 1 < m->nr_nodes
			       ? boot_ram_pfn(&m->config, part * (node + 1))
			       : end;
		m->node[node].range_end = from;
	}
}

/* ---- zonelists ---- */

/* What is known while the lists are built: nodes that this one has already,
 * and how often each was chosen first among its equals. */
struct order {
	bool used[MAX_NUMNODES];
	uint32_t load[MAX_NUMNODES];
};

/* How bad n is for local: the smallest value is taken. */
static uint32_t badness(const struct machine *m, const struct order *o,
			uint32_t local, uint32_t n)
{
	uint32_t val = node_distance(m, local, n) + (n < local);

	if (node_nr_cpus(m, n))
		val += CPUS_PENALTY;
	return val * LOAD_WEIGHT + o->load[n];
}

/* The node to try next; nr_nodes: there is none.  6.1 find_next_best_node(). */
static uint32_t find_next_best_node(const struct machine *m, struct order *o,
				    uint32_t local)
{
	uint32_t best = m->nr_nodes;

	if (!o->used[local])
		best = local;
	for (uint32_t n = 0; n < m->nr_nodes && o->used[local]; n++) {
		if (o->used[n] || !node_has_memory(m, n))
			continue;
		if (best == m->nr_nodes ||
		    badness(m, o, local, n) < badness(m, o, local, best))
			best = n;
	}
	if (best < m->nr_nodes)
		o->used[best] = true;
	return best;
}

/* The zones of a node that have memory, from the highest down, behind those
 * that the list has already; returns their new number.  6.1
 * build_zonerefs_node(). */
static unsigned build_zonerefs_node(struct machine *m, struct zonelist *list,
				    unsigned n, uint32_t node)
{
	for (unsigned i = MAX_NR_ZONES; i-- > 0;) {
		struct zone *z = &m->node[node].node_zones[i];

		if (populated_zone(z))
			list->zonerefs[n++] = (struct zoneref){z, z->type};
	}
	list->zonerefs[n] = (struct zoneref){NULL, ZONE_DMA};
	return n;
}

/* Both lists of a node. */
static void build_node_zonelists(struct machine *m, struct order *o,
				 uint32_t local)
{
	struct zonelist *list = m->node[local].node_zonelists;
	uint32_t before = local, node;
	unsigned n = 0;

	for (node = 0; node < m->nr_nodes; node++)
		o->used[node] = false;
	while ((node = find_next_best_node(m, o, local)) < m->nr_nodes) {
		/* the first of several that are equally far */
		if (node_distance(m, local, node) !=
		    node_distance(m, local, before))
			o->load[node]++;
		n = build_zonerefs_node(m, &list[ZONELIST_FALLBACK], n, node);
		before = node;
	}
	build_zonerefs_node(m, &list[ZONELIST_NOFALLBACK], 0, local);
}

void build_zonelists(struct machine *m)
{
	struct order order = {0};

	for (uint32_t node = 0; node < m->nr_nodes; node++)
		build_node_zonelists(m, &order, node);
}
