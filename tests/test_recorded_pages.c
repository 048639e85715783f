/*
 * Transcripts of a real kernel's page allocator, replayed: after every operation the free lists and
 * the CPU's lists that the kernel showed as changed must be ours, block for block and in order.
 *
 * The kernel has one free list for each migrate type.  A transcript whose requests are all of one
 * type (TYPE) sees only the lists of that type, and blocks of order 10 of others when its own run
 * out; so those are what a replay begins with.  The format is told in tests/recorded/README.
 */
#include "tests/frames.h"

#include <stdlib.h>

struct replay {
	struct machine *m;
	struct zone *z;
	char type;  /* U or M */
	bool drain; /* the CPU's lists are emptied after every operation */
	bool started;
	unsigned nr_ops, nr_lists; /* the last operation's number; lists compared */
};

static void start_zone(struct replay *r, const char *line)
{
	uint32_t start, spanned;

	machine_destroy(r->m);
	r->started = false;

	ck_assert_int_eq(sscanf(line, "zone %*s start=%u spanned=%u", &start, &spanned), 2);
	r->m = bare_machine((start + spanned + 1023) & ~1023u);
	r->z = add_zone(r->m, ZONE_NORMAL, start, spanned);
	r->m->node.zonelist[ZONE_NORMAL][0] = ZONE_NORMAL;
	r->m->node.zonelist[ZONE_NORMAL][1] = MAX_NR_ZONES;
}

/* "list ORDER TYPE pfn..." of the state in the beginning. */
static void load_list(struct replay *r, const char *line)
{
	unsigned order;
	char type;
	int at;

	ck_assert_int_eq(sscanf(line, "list %u %c%n", &order, &type, &at), 2);
	if (type != r->type && order < 10)
		return;
	for (const char *p = line + at; *p == ' ';) {
		char *end;

		add_block(r->m, r->z, (pfn_t)strtoul(p, &end, 10), order);
		p = end;
	}
}

/* "chg ORDER TYPE pfn...", "pcplist ORDER TYPE pfn...", "list ...": ours must be equal. */
static void compare_list(struct replay *r, const char *line)
{
	bool pcp = strncmp(line, "pcplist", 7) == 0;
	unsigned order;
	char type;
	int at;
	pfn_t pfn;

	ck_assert_int_eq(sscanf(line, "%*s %u %c%n", &order, &type, &at), 2);
	if (type != r->type)
		return;
	pfn = pcp ? r->z->pcp[0].list[order].head : r->z->free_area[order].free_list.head;
	r->nr_lists++;
	for (const char *p = line + at; *p == ' ';) {
		char *end;
		pfn_t want = (pfn_t)strtoul(p, &end, 10);

		ck_assert_msg(pfn == want, "op %u, %s: %u instead", r->nr_ops, line, pfn);
		pfn = r->m->mem_map[pfn].next;
		p = end;
	}
	/* blocks of other types may follow at the top */
	ck_assert_msg(pfn == PFN_NONE || order == 10, "op %u, %s: and %u", r->nr_ops, line, pfn);
}

static void compare_pcp(struct replay *r, const char *line)
{
	struct per_cpu_pages *pcp = &r->z->pcp[0];
	uint32_t count, high, batch, factor;

	ck_assert_int_eq(sscanf(line, "pcp count=%u high=%u batch=%u free_factor=%u", &count, &high,
				&batch, &factor),
			 4);
	if (!r->started) {
		pcp->high = high;
		pcp->batch = batch;
		pcp->free_factor = factor;
		return;
	}
	ck_assert_msg(pcp->count == count && pcp->free_factor == factor,
		      "op %u, %s: %u, %u instead", r->nr_ops, line, pcp->count, pcp->free_factor);
}

/* "wm min= low= high=": a request may be refused for them. */
static void set_marks(struct replay *r, const char *line)
{
	uint32_t *mark = r->z->watermark;

	ck_assert_int_eq(sscanf(line, "wm min=%u low=%u high=%u", &mark[WMARK_MIN],
				&mark[WMARK_LOW], &mark[WMARK_HIGH]),
			 3);
}

static void do_op(struct replay *r, const char *line)
{
	unsigned order;
	pfn_t pfn;

	r->started = true;
	if (strstr(line, "-> fail")) {
		ck_assert_int_eq(sscanf(line, "op %u alloc %u", &r->nr_ops, &order), 2);
		ck_assert_uint_eq(alloc_pages(r->m, 0, order, FRAME_KERNEL), PFN_NONE);
		return;
	}
	if (sscanf(line, "op %u alloc %u %*c -> %u", &r->nr_ops, &order, &pfn) == 3)
		ck_assert_uint_eq(alloc_pages(r->m, 0, order, FRAME_KERNEL), pfn);
	else if (sscanf(line, "op %u free %u %u", &r->nr_ops, &order, &pfn) == 3)
		free_pages(r->m, pfn, order);
	else
		ck_abort_msg("what is '%s'?", line);
	if (r->drain)
		drain_pages(r->m, 0);
}

static void replay_line(struct replay *r, const char *line)
{
	if (strncmp(line, "zone ", 5) == 0)
		start_zone(r, line);
	else if (strncmp(line, "drain ", 6) == 0)
		r->drain = line[6] == '1';
	else if (strncmp(line, "op ", 3) == 0)
		do_op(r, line);
	else if (strncmp(line, "list ", 5) == 0 && !r->started)
		load_list(r, line);
	else if (strncmp(line, "list ", 5) == 0 || strncmp(line, "chg ", 4) == 0 ||
		 strncmp(line, "pcplist ", 8) == 0)
		compare_list(r, line);
	else if (strncmp(line, "wm ", 3) == 0)
		set_marks(r, line);
	else if (strncmp(line, "pcp ", 4) == 0)
		compare_pcp(r, line);
}

static const struct {
	const char *name;
	char type;
} transcripts[] = {
	{"buddy-dma-random-o0-3-drained", 'U'}, {"buddy-dma-random-o4-10", 'U'},
	{"buddy-highmem1G-pcp", 'M'},           {"buddy-normal64M-random", 'U'},
	{"buddy-highmem1G-burst", 'M'},
};

START_TEST(a_recorded_run_gives_the_same_blocks_and_lists)
{
	static char line[131072];
	struct replay r = {.type = transcripts[_i].type};
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "tests/recorded/%s.txt", transcripts[_i].name);
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "no %s", path);
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		replay_line(&r, line);
		if (strncmp(line, "endstate", 8) == 0)
			ck_laws(r.m);
	}
	fclose(f);
	ck_assert_uint_gt(r.nr_ops, 0);
	ck_assert_uint_gt(r.nr_lists, r.nr_ops);
	machine_destroy(r.m);
}
END_TEST

Suite *recorded_pages_suite(void);

Suite *recorded_pages_suite(void)
{
	Suite *s = suite_create("recorded_pages");
	TCase *t = tcase_create("recorded_pages");

	tcase_set_timeout(t, 0);
	tcase_add_loop_test(t, a_recorded_run_gives_the_same_blocks_and_lists, 0,
			    sizeof(transcripts) / sizeof(*transcripts));
	suite_add_tcase(s, t);
	return s;
}
