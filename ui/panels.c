/*
 * The panels in the order of their numbers, and what they agree on: how a page and a frame look.
 */
#include "panel.h"

#include "parts.h"
#include "src/i18n.h"

const struct panel *const panel_table[] = {
	&panel_events, &panel_why,    &panel_process, &panel_walk,  &panel_zones,
	&panel_slab,   &panel_memory, &panel_space,   &panel_locks, NULL,
};

char page_letter(const struct machine *m, pte_t e, const struct vma *v)
{
	const struct page *p = entry_page(m, e);

	(void)v;
	if (!p)
		return '.';
	switch (p->use) {
	case FRAME_ZERO:
		return 'z';
	case FRAME_FILE:
	case FRAME_SHMEM:
		return 'f';
	default:
		return 'a';
	}
}

enum role use_role(enum frame_use use)
{
	static const uint8_t role[NR_FRAME_USES] = {
		[FRAME_FREE] = ROLE_FREE,         [FRAME_PCP] = ROLE_PCP,
		[FRAME_RESERVED] = ROLE_RESERVED, [FRAME_HOLE] = ROLE_HOLE,
		[FRAME_KERNEL] = ROLE_KERNEL,     [FRAME_STACK] = ROLE_KERNEL,
		[FRAME_SLAB] = ROLE_SLAB,         [FRAME_TABLE] = ROLE_TABLE,
		[FRAME_ANON] = ROLE_ANON,         [FRAME_FILE] = ROLE_FILE,
		[FRAME_SHMEM] = ROLE_SHMEM,       [FRAME_ZERO] = ROLE_ZERO,
	};

	return (enum role)role[use];
}

enum role frame_role(const struct machine *m, pfn_t pfn)
{
	const struct page *p = &m->mem_map[pfn];

	return p->use == FRAME_ANON && p->mapcount > 1 ? ROLE_SHARED
						       : use_role((enum frame_use)p->use);
}

enum role touched_role(enum touch t, enum role own)
{
	return t == TOUCH_STEP ? ROLE_CHANGED : t == TOUCH_EVENT ? ROLE_CHANGED_EVENT : own;
}
