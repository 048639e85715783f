/*
 * Names of zones: "Normal", and where a machine has several nodes "Normal@1".
 */
#include "zone_name.h"

#include <stdio.h>
#include <strings.h>

const char *const migratetype_names[KINDS_61] = {
	[MIGRATE_UNMOVABLE] = "Unmovable",     [MIGRATE_MOVABLE] = "Movable",
	[MIGRATE_RECLAIMABLE] = "Reclaimable", [MIGRATE_HIGHATOMIC] = "HighAtomic",
	[MIGRATE_TYPES] = "Isolate",
};

const char *zone_name(const struct machine *m, uint32_t id, char name[ZONE_NAME_LEN])
{
	const struct zone *z = zone_by_id(m, id);

	if (m->nr_nodes == 1)
		snprintf(name, ZONE_NAME_LEN, "%s", zone_names[z->type]);
	else
		snprintf(name, ZONE_NAME_LEN, "%s@%u", zone_names[z->type], z->node & 7U);
	return name;
}

uint32_t zone_id_of(const struct machine *m, uint32_t id)
{
	const struct zone *z;

	for_each_populated_zone(m, z)
		if (z->id == id || z->type + MAX_ZONES == id)
			return z->id;
	return id % MAX_ZONES;
}

const char *lock_owner_name(const struct machine *m, uint32_t id, char name[CACHE_NAME_LEN])
{
	const char *cache;

	if (id < LOCK_ID_CACHE)
		return zone_name(m, id, name);
	cache = cache_name(m, id - LOCK_ID_CACHE);
	snprintf(name, CACHE_NAME_LEN, "%s", cache ? cache : "?");
	return name;
}

const struct zone *zone_find(const struct machine *m, const char *name)
{
	const struct zone *z;
	char full[ZONE_NAME_LEN];

	for_each_populated_zone(m, z)
		if (strcasecmp(z->name, name) == 0 ||
		    strcasecmp(zone_name(m, z->id, full), name) == 0)
			return z;
	return NULL;
}
