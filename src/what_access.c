/*
 * What is this?  What a read, a write and a fetch would meet at a user address: the engine is asked, not tried
 * (sim/fault.h).
 *
 *	read, fetch: no fault
 *	write: a fault copies the page
 */
#include "sim/fault.h"
#include "what_data.h"

static const enum fact_id fact_of[NR_FORECASTS] = {
	[FORECAST_NO_FAULT] = W_ACCESS_NO_FAULT,
	[FORECAST_NO_AREA] = W_ACCESS_NO_AREA,
	[FORECAST_NO_GROWTH] = W_ACCESS_NO_GROWTH,
	[FORECAST_NO_RIGHT] = W_ACCESS_NO_RIGHT,
	[FORECAST_BEYOND] = W_ACCESS_BEYOND,
	[FORECAST_ZERO] = W_ACCESS_ZERO,
	[FORECAST_NEW] = W_ACCESS_NEW,
	[FORECAST_FILE] = W_ACCESS_FILE,
	[FORECAST_COPY] = W_ACCESS_COPY,
	[FORECAST_REUSE] = W_ACCESS_REUSE,
	[FORECAST_SPURIOUS] = W_ACCESS_SPURIOUS,
};

void what_access(const struct asking *q, const struct task *t, vaddr_t va)
{
	uint64_t accesses[NR_FORECASTS] = {0};
	bool grows = false;

	for (unsigned kind = ACCESS_READ; kind <= ACCESS_FETCH; kind++) {
		struct forecast f = fault_forecast(q->m, t, va, (enum access)kind);

		accesses[f.kind] |= 1U << kind;
		grows |= f.grows;
	}
	for (unsigned i = 0; i < NR_FORECASTS; i++)
		if (accesses[i])
			what_add(q, fact_of[i], NULL, (uint64_t[FACT_ARGS]){accesses[i]});
	if (grows)
		tell(q, ACCESS_GROWS, 0);
}
