/*
 * Fields of spinlocks, as far as their kind has them, and of the nodes with which CPUs queue up at them.
 */
#include "fields_put.h"

#include <stdio.h>

/* "CPU 1 S, CPU 5 M": whose cache has a copy of a line. */
static void copies_text(const struct machine *m, const struct cache_line *line, char *buf,
			size_t size)
{
	static const char letter[NR_LINE_STATES] = {'I', 'S', 'E', 'M'};
	size_t len = 0;

	buf[0] = '\0';
	for (uint32_t cpu = 0; cpu < m->config.cpus && len < size; cpu++)
		if (line->state[cpu] != LINE_INVALID)
			len += (size_t)snprintf(buf + len, size - len, "%sCPU %u %c",
						len ? ", " : "", cpu, letter[line->state[cpu]]);
	if (!len)
		snprintf(buf, size, "%s", "-");
}

/* What hardware knows of the line on which the words lie. */
static void put_line(struct fields *r, const struct cache_line *line)
{
	char text[FIELD_TEXT];

	put_group(r, N_("The cache line"));
	copies_text(r->m, line, text, sizeof(text));
	put_string(r, "copies", "", text,
		   N_("whose cache has it: M alone and newer than memory, E alone, S shared"));
	put_number(r, "home", "int", FORM_COUNT, line->home, make_object(OBJ_NODE, line->home, 0),
		   N_("the node in whose memory it lies"));
}

static struct object node_object(const struct spinlock *l, unsigned node)
{
	return make_object(OBJ_LOCK_NODE, l->id, node);
}

/* tail: a node, or nobody. */
static void put_tail(struct fields *r, const struct spinlock *l)
{
	put_pointer(r, "tail", "struct mcs_spinlock *",
		    l->tail ? node_object(l, l->tail - 1u) : make_object(OBJ_NONE, 0, 0),
		    N_("the node that came last; NULL: nobody is in the queue"));
}

/* The words that each kind of lock has. */
static void put_words(struct fields *r, const struct spinlock *l)
{
	struct object none = make_object(OBJ_NONE, 0, 0);

	switch (l->kind) {
	case LOCK_TAS:
		put_number(r, "slock", "signed char", FORM_COUNT, l->slock > 0 ? 1 : 0, none,
			   N_("1: free; 0 or less: somebody has it"));
		put_number(r, "misses", "", FORM_COUNT, l->slock < 0 ? (uint64_t)-l->slock : 0,
			   none, N_("how far below 0 it is: tries in vain since it was taken"));
		break;
	case LOCK_TICKET:
		put_number(r, "owner", "unsigned short", FORM_COUNT, l->owner, none,
			   N_("the ticket that is served; next: the lock is free"));
		put_number(r, "next", "unsigned short", FORM_COUNT, l->next, none,
			   N_("the ticket that the next CPU draws"));
		break;
	case LOCK_QSPIN:
		put_number(r, "locked", "unsigned char", FORM_COUNT, l->locked, none,
			   N_("1: somebody has it"));
		put_number(r, "pending", "unsigned char", FORM_COUNT, l->pending, none,
			   N_("1: a second CPU waits, looking at this word"));
		put_tail(r, l);
		break;
	default:
		put_tail(r, l);
		break;
	}
}

static void put_stats(struct fields *r, const struct spinlock *l)
{
	const struct lock_stats *t = &l->total;

#include "struct_lock.def"
}

void lock_fields(struct fields *r, const struct object *o)
{
	const struct spinlock *l = lock_find(r->m, object_nr(o));

	put_string(r, "kind", "", lock_kind_names[l->kind],
		   N_("the algorithm: lock= of the machine"));
	put_words(r, l);
	put_line(r, &l->lines.line[0]);
	if (l->kind >= LOCK_CLH) {
		put_group(r, N_("Nodes of CPUs"));
		for (unsigned node = 0; node < CLH_NODES; node++)
			if (node < r->m->config.cpus ||
			    (l->kind == LOCK_CLH && node == CLH_NODES - 1))
				put_item(r, "node", node, "struct mcs_spinlock",
					 node_object(l, node), N_("a place in the queue"));
	}
	put_stats(r, l);
}

void lock_node_fields(struct fields *r, const struct object *o)
{
	const struct spinlock *l = lock_find(r->m, object_nr(o));
	const struct lock_node *node = &l->node[o->sub];
	struct object none = make_object(OBJ_NONE, 0, 0);

	if (l->kind == LOCK_CLH) {
		put_number(
			r, "locked", "int", FORM_COUNT, node->locked, none,
			N_("1: its CPU has the lock or waits for it; the one behind looks here"));
	} else {
		put_number(r, "locked", "int", FORM_COUNT, node->locked, none,
			   N_("1: go on; its CPU looks here while it waits"));
		put_pointer(r, "next", "struct mcs_spinlock *",
			    node->next ? node_object(l, node->next - 1u) : none,
			    N_("the node behind it; NULL: it is the last"));
	}
	put_line(r, &l->lines.line[1 + o->sub]);
}
