/*
 * The table of steps, made from steps.def.
 */
#include "trace.h"

const struct step_info step_info[NR_STEP_IDS] = {
#define SPAN(id, name, text, rk, k0, k1, k2, k3, k4)                           \
	[S_##id] = {name, text, 1, rk, {k0, k1, k2, k3, k4}},
#define STEP(id, name, text, k0, k1, k2, k3, k4)                               \
	[S_##id] = {name, text, 0, A_NONE, {k0, k1, k2, k3, k4}},
#include "steps.def"
#undef SPAN
#undef STEP
};
