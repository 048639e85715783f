/*
 * /proc/sys/vm: what an administrator may set about zones.
 *
 *	min_free_kbytes                how much all zones keep free together:
 *	                               shared out as min marks
 *	watermark_scale_factor         low and high lie at least so far apart, in
 *	                               1/10000 of the zone
 *	lowmem_reserve_ratio           a zone keeps one page for so many pages of
 *	                               the zones above it; 0: none
 *	percpu_pagelist_high_fraction  all CPUs together may hold this part of a
 *	                               zone on their lists
 *	watermark_boost_factor         how far the marks may rise when pageblocks
 *	                               are broken up (mobility.c)
 *
 * Boot computes from the pages that are managed then; a little later init
 * memory is freed, and what is written afterwards counts with more.  Writing
 * min_free_kbytes moves the marks and leaves the reserves as boot made them.
 * 1G, Normal 219290 pages, 218946 of them at boot:
 *
 *	                          DMA reserve    Normal min  low   high
 *	boot                      0 855 995      927         1158  1389
 *	min_free_kbytes 1024      0 855 995      251          470   689
 *	lowmem_reserve_ratio 256  0 856 996      251          470   689
 *
 * Source: 6.1 mm/page_alloc.c (the *_sysctl_handler functions).
 */
#include "machine.h"

void vm_sysctl_init(struct machine *m)
{
	m->vm = (struct vm_sysctl){
		.user_min_free_kbytes = -1,
		.watermark_scale_factor = 10,
		.watermark_boost_factor = m->config.watermark_boost,
		.lowmem_reserve_ratio = {[ZONE_DMA] = 256,
					 [ZONE_DMA32] = 256,
					 [ZONE_NORMAL] = 32},
	};
}

int write_min_free_kbytes(struct machine *m, uint32_t kbytes)
{
	m->vm.min_free_kbytes = kbytes;
	m->vm.user_min_free_kbytes = kbytes;
	setup_per_zone_wmarks(m);
	return 0;
}

int write_watermark_scale_factor(struct machine *m, uint32_t factor)
{
	if (factor < 1 || factor > WATERMARK_SCALE_FACTOR_MOST)
		return -SIM_EINVAL;
	m->vm.watermark_scale_factor = factor;
	setup_per_zone_wmarks(m);
	return 0;
}

int write_lowmem_reserve_ratio(struct machine *m,
			       const uint32_t ratio[MAX_NR_ZONES])
{
	for (unsigned i = 0; i < MAX_NR_ZONES; i++)
		m->vm.lowmem_reserve_ratio[i] = ratio[i];
	setup_per_zone_lowmem_reserve(m);
	return 0;
}

int write_percpu_pagelist_high_fraction(struct machine *m, uint32_t fraction)
{
	if (fraction && fraction < HIGH_FRACTION_LEAST)
		return -SIM_EINVAL;
	m->vm.percpu_pagelist_high_fraction = fraction;
	setup_zone_pagesets(m);
	return 0;
}

void vm_sysctl_apply(struct machine *m)
{
	const struct machine_config *c = &m->config;
	const uint32_t ratio[MAX_NR_ZONES] = {
		[ZONE_DMA] = c->reserve_ratio_dma,
		[ZONE_DMA32] = c->reserve_ratio_dma,
		[ZONE_NORMAL] = c->reserve_ratio_normal,
	};

	if (c->min_free_kbytes)
		write_min_free_kbytes(m, c->min_free_kbytes);
	if (c->watermark_scale_factor)
		write_watermark_scale_factor(m, c->watermark_scale_factor);
	if (c->has_reserve_ratio)
		write_lowmem_reserve_ratio(m, ratio);
	if (c->percpu_pagelist_high_fraction)
		write_percpu_pagelist_high_fraction(
			m, c->percpu_pagelist_high_fraction);
}
