/*
 * Running events: from the language to the engine's verbs.
 *
 *	write kid buf+4K value=K     kid -> task, buf+4K -> b7ffe000 + 1000
 *	                             access_range(m, kid, b7fff000, 1, WRITE, "K")
 *
 * A name is looked up when its event runs: where a region lies, and whether a process still lives,
 * is known only then.  What cannot be done is the event's result, as a system call's error is:
 * ESRCH for a process that has ended, EFAULT for a region that was never made.
 */
#include "run.h"
#include "grammar.h"

#include <stdio.h>
#include <string.h>

static const struct event_row {
	char tick;
	bool listed;
} event_rows[NR_EVENT_KINDS] = {
#define EVENT(id, word, arguments, meaning, group, tick, listed, modelled) {tick, listed},
#include "events.def"
#undef EVENT
};

bool event_is_listed(enum event_kind k) { return event_rows[k].listed; }
char event_tick(enum event_kind k) { return event_rows[k].tick; }

struct outcome outcome_of(int64_t result, bool is_address)
{
	if (result < 0)
		return (struct outcome){.kind = OUT_ERRNO, .value = (uint32_t)-result};
	if (is_address)
		return (struct outcome){.kind = OUT_ADDRESS, .value = (uint64_t)result};
	return (struct outcome){.kind = OUT_OK};
}

struct outcome event_run(struct machine *m, const struct scenario *s, uint32_t nr,
			 struct run_progress *progress, uint32_t max_pages)
{
	const struct event *e = scenario_event(s, nr);
	struct run r = {m, s, e, progress, max_pages};

	if (!progress->more)
		machine_begin_event(m);
	progress->more = false;
	if (e->kind <= EV_EXIT)
		return run_process(&r);
	return e->kind <= EV_FETCH ? run_memory(&r) : run_kernel(&r);
}

const char *errno_name(uint64_t err)
{
	switch (err) {
	case SIM_EPERM:
		return "EPERM";
	case SIM_ESRCH:
		return "ESRCH";
	case SIM_EAGAIN:
		return "EAGAIN";
	case SIM_ENOMEM:
		return "ENOMEM";
	case SIM_EACCES:
		return "EACCES";
	case SIM_EFAULT:
		return "EFAULT";
	case SIM_EEXIST:
		return "EEXIST";
	case SIM_EINVAL:
		return "EINVAL";
	default:
		return "E?";
	}
}

/* What the kernel complains of, by the address: between the halves of 48 bits it is none. */
static const char *oops_word(uint64_t va)
{
	const uint64_t half = (uint64_t)1 << 47;

	if (va >= half && va < -half)
		return "GP";
	return va < PAGE_SIZE ? "NULL" : "paging";
}

void outcome_text(const struct outcome *o, char *buf, size_t size)
{
	switch (o->kind) {
	case OUT_ADDRESS:
		snprintf(buf, size, "0x%08" PRIx64, o->value);
		break;
	case OUT_ERRNO:
		snprintf(buf, size, "%s", errno_name(o->value));
		break;
	case OUT_MAPERR:
		snprintf(buf, size, "SIGSEGV MAPERR 0x%08" PRIx64, o->value);
		break;
	case OUT_ACCERR:
		snprintf(buf, size, "SIGSEGV ACCERR 0x%08" PRIx64, o->value);
		break;
	case OUT_BUS:
		snprintf(buf, size, "SIGBUS ADRERR 0x%08" PRIx64, o->value);
		break;
	case OUT_GP:
		snprintf(buf, size, "SIGSEGV SI_KERNEL");
		break;
	case OUT_KILLED:
		snprintf(buf, size, "SIGKILL");
		break;
	case OUT_OOPS:
		snprintf(buf, size, "oops %s 0x%08" PRIx64, oops_word(o->value), o->value);
		break;
	case OUT_SLEEPS:
		snprintf(buf, size, "sleeps");
		break;
	case OUT_BUG:
		snprintf(buf, size, "BUG");
		break;
	case OUT_WARNING:
		snprintf(buf, size, "WARNING");
		break;
	case OUT_FAILED:
		snprintf(buf, size, "NULL");
		break;
	default:
		snprintf(buf, size, "ok");
		break;
	}
}
