/*
 * What a kernel computes for a zone from its size, held against what a real one showed.
 */
#ifndef TESTS_ZONE_LIMITS_H
#define TESTS_ZONE_LIMITS_H

#include <check.h>

#include "sim/zone.h"

/* The watermarks, and the first CPU's stock. */
static inline void ck_limits(const struct zone *z, uint32_t min, uint32_t low, uint32_t high,
			    uint32_t pcp_high, uint32_t pcp_batch)
{
	ck_assert_uint_eq(z->watermark[WMARK_MIN], min);
	ck_assert_uint_eq(z->watermark[WMARK_LOW], low);
	ck_assert_uint_eq(z->watermark[WMARK_HIGH], high);
	ck_assert_uint_eq(z->pcp[0].high, pcp_high);
	ck_assert_uint_eq(z->pcp[0].batch, pcp_batch);
}

#endif
