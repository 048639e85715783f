/*
 * The checks: a scenario is run to its end, and every `expect` is reported.
 *
 *	ok cow.txt:12: expect minflt kid == 1
 *	FAILED cow.txt:14: expect rss kid == 4: 3 == 4 does not hold after event 7
 *	cow.txt: 1 expect holds, 1 failed, 9 events
 */
#include "listing.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "engine.h"
#include "i18n.h"
#include "panic.h"

struct checker {
	FILE *out;
	const struct scenario *s;
	const struct machine *m;
	size_t next, held, failed;
};

static void report(struct checker *c, const struct expect *e, const struct expect_result *r)
{
	const struct row *row = scenario_row(c->s, e->row);

	fprintf(c->out, "%s %s:%u: %s", r->ok ? "ok" : "FAILED", row->file, row->line, row->text);
	if (!r->ok)
		fprintf(c->out, ": %s %s %s does not hold after event %u", r->left,
			expect_op_words[e->op], r->right, e->event);
	fputc('\n', c->out);
	*(r->ok ? &c->held : &c->failed) += 1;
}

/* All expects up to an event that has just run. */
static void check_after(struct checker *c, uint32_t event, const struct outcome *o)
{
	for (; c->next < scenario_nr_expects(c->s); c->next++) {
		const struct expect *e = scenario_expect(c->s, c->next);
		struct expect_result r;

		if (e->event > event)
			return;
		expect_check(c->m, c->s, e, o, &r);
		report(c, e, &r);
	}
}

int list_check(struct scenario *s, FILE *out)
{
	struct trace trace = {0};
	struct machine *m = panic_if_null(engine_boot(s, &trace));
	struct checker c = {.out = out, .s = s, .m = m};
	struct outcome o = {.kind = OUT_OK};
	uint32_t nr_events = scenario_nr_events(s);
	bool check = engine_wants_check();

	check_after(&c, 0, &o);
	for (uint32_t nr = 1; nr <= nr_events; nr++) {
		o = engine_run(m, s, nr, check);
		check_after(&c, nr, &o);
	}
	fprintf(out, "%s: %zu %s, %zu failed, %u %s\n", scenario_name(s), c.held,
		c.held == 1 ? "expect holds" : "expects hold", c.failed, nr_events,
		nr_events == 1 ? "event" : "events");
	machine_destroy(m);
	return listing_end(out, c.failed ? 1 : 0);
}

/* Did the reader of the pipe go away? */
static bool reader_is_gone(FILE *out)
{
	struct pollfd p = {.fd = fileno(out), .events = POLLOUT};

	return poll(&p, 1, 0) == 1 && (p.revents & POLLERR);
}

int listing_end(FILE *out, int status)
{
	bool broken = ferror(out) != 0;

	errno = 0;
	broken |= fflush(out) != 0;
	if (!broken || errno == EPIPE || reader_is_gone(out))
		return status;
	fprintf(stderr, _("mmviz: the output could not be written: %s\n"),
		strerror(errno ? errno : EIO));
	return 2;
}
