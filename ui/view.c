/*
 * The one cursor.
 *
 * All panels look at the same moment and at the same choice.  There are two rules for who moves the choice:
 *
 *   held      the user chose something (arrow keys, a click): it stays until he lets go of it, even while time
 *             moves; only the frame behind a chosen address is looked up again at every moment
 *   follows   nobody holds it: after each move it is what the last telling named.  At a micro-step that is the
 *             step itself; after a whole event it is the last page that the event was about, so that the screen
 *             comes to rest on the subject of the event and not on its last small act (a TLB flush)
 *
 * Which arguments of a telling name what is known from their kinds (sim/trace.h): no step is known here by name.
 */
#include "view.h"

#include <string.h>

#include "parts.h"

enum { EVENTS_LOOKED_BACK = 64 };

bool view_is_complete(const struct view *v)
{
	struct when now = timeline_now(v->timeline);

	return now.event == 0 || now.step == STEP_END;
}

const struct task *view_task(const struct view *v)
{
	const struct machine *m = view_machine(v);
	const struct task *t = v->pid ? find_task(m, v->pid) : NULL;

	return t ? t : m->tasks;
}

/* The frame behind a user page of a process now; PFN_NONE if there is none. */
static pfn_t frame_behind(const struct machine *m, uint32_t pid, vaddr_t va)
{
	const struct task *t = pid ? find_task(m, pid) : NULL;
	struct pt_walk w;

	if (!t)
		return PFN_NONE;
	pt_walk(m, t->mm, va, &w);
	return w.complete ? (pfn_t)(w.phys >> PAGE_SHIFT) : PFN_NONE;
}

/* What follows from a choice: the process and the address that other panels show, the frame behind them. */
static void apply_choice(struct view *v)
{
	struct choice *c = &v->choice;

	switch (c->kind) {
	case CHOOSE_ADDRESS:
	case CHOOSE_VMA:
		v->walk_va = c->va;
		c->pfn = frame_behind(view_machine(v), c->pid, c->va);
		break;
	case CHOOSE_OBJECT:
		c->pfn = kva_to_pfn(view_machine(v), c->va);
		break;
	default:
		break;
	}
}

void view_choose(struct view *v, const struct choice *c)
{
	v->choice = *c;
	v->choice_is_users = true;
	if (c->kind == CHOOSE_ADDRESS || c->kind == CHOOSE_VMA || c->kind == CHOOSE_TASK) {
		v->pid = c->pid;
		v->pid_is_users = true;
	}
	apply_choice(v);
}

void view_choose_frame(struct view *v, pfn_t pfn)
{
	view_choose(v, &(struct choice){.kind = CHOOSE_FRAME, .pfn = pfn});
}

void view_choose_address(struct view *v, uint32_t pid, vaddr_t va)
{
	view_choose(v, &(struct choice){.kind = CHOOSE_ADDRESS, .pid = pid, .va = va});
}

bool view_choose_process(struct view *v, const char *name)
{
	const struct task *t = view_machine(v)->tasks;

	while (t && strcmp(symbol_name(v->scenario, t->symbol), name) != 0)
		t = t->next;
	if (t)
		view_choose(v,
			    &(struct choice){.kind = CHOOSE_TASK, .pid = t->pid, .pfn = PFN_NONE});
	return t != NULL;
}

void view_release(struct view *v)
{
	v->choice_is_users = false;
	v->pid_is_users = false;
	view_follow(v);
}

/* ---- following the story ---- */

/* What a telling names, as a choice; pid is the process that its addresses belong to. False: nothing. */
static bool choice_of_step(const struct step *s, uint32_t pid, struct choice *c)
{
	uint64_t value;
	pfn_t pfn = PFN_NONE;

	*c = (struct choice){.pfn = PFN_NONE, .pid = pid};
	if (step_arg(s, A_PFN, &value))
		pfn = (pfn_t)value;
	if (pid && (step_arg(s, A_VA, &value) || step_arg(s, A_VMA, &value))) {
		c->kind = CHOOSE_ADDRESS;
		c->va = (vaddr_t)value;
	} else if (pfn != PFN_NONE && step_arg(s, A_ORDER, &value)) {
		c->kind = value ? CHOOSE_BLOCK : CHOOSE_FRAME;
		c->pfn = pfn;
		c->order = (unsigned)value;
	} else if (pfn != PFN_NONE) {
		c->kind = CHOOSE_FRAME;
		c->pfn = pfn;
	} else if (step_arg(s, A_CACHE, &value)) {
		c->kind = CHOOSE_CACHE;
		c->cache = (uint32_t)value;
		if (step_arg(s, A_KVA, &value) && value) {
			c->kind = CHOOSE_OBJECT;
			c->va = (vaddr_t)value;
		}
	}
	if (c->kind == CHOOSE_NONE && step_arg(s, A_LOCK, &value)) {
		c->kind = CHOOSE_LOCK;
		c->lock = (uint32_t)value;
	}
	return c->kind != CHOOSE_NONE;
}

/* Is a telling about one page of a process? */
static bool names_page(const struct story_node *n, const void *ctx)
{
	uint64_t value;

	(void)ctx;
	return (step_arg(&n->step, A_VA, &value) || step_arg(&n->step, A_VMA, &value)) &&
	       node_pid(n);
}

/* Is it about anything that can be chosen? */
static bool names_something(const struct story_node *n, const void *ctx)
{
	struct choice c;

	(void)ctx;
	return choice_of_step(&n->step, node_pid(n), &c);
}

/* The same, but for locks: who took memory passed through many. */
static bool names_memory(const struct story_node *n, const void *ctx)
{
	struct choice c;

	(void)ctx;
	return choice_of_step(&n->step, node_pid(n), &c) && c.kind != CHOOSE_LOCK;
}

/* Is it about CPUs that meet at a lock? */
static bool names_contention(const struct story_node *n, const void *ctx)
{
	(void)ctx;
	return n->step.id == S_CONTEND;
}

/* The nearest node around n that answers yes; NULL. */
static const struct story_node *nearest(const struct story_node *n, node_question *ask)
{
	for (; n && n->parent; n = n->parent)
		if (ask(n, NULL))
			return n;
	return NULL;
}

/* The node to look at: see the rules above. NULL: the story names nothing. */
static const struct story_node *node_to_follow(const struct view *v)
{
	const struct story *s = view_story(v);
	const struct story_node *n;

	if (!view_is_complete(v))
		return nearest(story_last(s), names_something);
	n = story_find_last(s, names_contention, NULL);
	if (!n)
		n = story_find_last(s, names_page, NULL);
	if (!n)
		n = story_find_last(s, names_memory, NULL);
	return n ? n : story_find_last(s, names_something, NULL);
}

/*
 * The address that the last event that had one was about; 0: none had.  A moment whose own event names no page
 * shows this one, from whichever side it was reached.
 */
static vaddr_t address_of_events(const struct view *v)
{
	uint32_t now = timeline_now(v->timeline).event;
	vaddr_t va;

	for (uint32_t nr = now; nr > 0 && now - nr < EVENTS_LOOKED_BACK; nr--) {
		const struct event *e = scenario_event(v->scenario, nr);
		uint64_t rest;

		if ((e->kind == EV_KREAD || e->kind == EV_KWRITE) &&
		    kernel_addr_resolve(view_machine(v), v->scenario, e, &va))
			return va;
		if (e->addr.base != ADDR_NONE &&
		    addr_resolve(view_machine(v), v->scenario, e->proc, &e->addr, &va, &rest))
			return va;
	}
	return 0;
}

/* The page that the event is at work on, also while it speaks of frames. */
static void follow_page(struct view *v)
{
	const struct story_node *n = nearest(story_last(view_story(v)), names_page);
	struct choice c;

	if (!view_is_complete(v) && n && choice_of_step(&n->step, node_pid(n), &c))
		v->walk_va = c.va;
}

/* The living process that an event is about: of a fork that is over, the child. 0: none. */
static uint32_t pid_of_event(const struct view *v, uint32_t nr)
{
	const struct machine *m = view_machine(v);
	const struct event *e = scenario_event(v->scenario, nr);
	bool is_over = nr < timeline_now(v->timeline).event || view_is_complete(v);
	const struct task *t = NULL;

	if (e->kind == EV_FORK && is_over && e->name)
		t = find_task_by_symbol(m, e->name);
	if (!t && e->proc)
		t = find_task_by_symbol(m, e->proc);
	return t ? t->pid : 0;
}

/*
 * The process to show: the step's, else that of the last event that was about one which lives.  It follows from
 * the moment alone, so that going back shows what was shown before.
 */
static void follow_process(struct view *v)
{
	const struct machine *m = view_machine(v);
	uint32_t now = timeline_now(v->timeline).event, pid = 0;

	if (v->pid && !find_task(m, v->pid))
		v->pid_is_users = false;
	if (v->pid_is_users)
		return;
	if (!view_is_complete(v))
		pid = node_pid(story_last(view_story(v)));
	if (!pid || !find_task(m, pid))
		pid = 0;
	for (uint32_t nr = now; !pid && nr > 0 && now - nr < EVENTS_LOOKED_BACK; nr--)
		pid = pid_of_event(v, nr);
	v->pid = pid ? pid : m->last_task ? m->last_task->pid : 0;
}

void view_choose_telling(struct view *v, const struct story_node *n)
{
	struct choice c;

	if (choice_of_step(&n->step, node_pid(n), &c))
		view_choose(v, &c);
}

void view_follow(struct view *v)
{
	const struct story_node *n;

	v->moves++;
	follow_process(v);
	if (!v->choice_is_users) {
		n = node_to_follow(v);
		if (!n || !choice_of_step(&n->step, node_pid(n), &v->choice))
			v->choice = (struct choice){.kind = CHOOSE_NONE, .pfn = PFN_NONE};
	}
	/* a choice that is no address leaves the walk to the story */
	v->walk_va = address_of_events(v);
	follow_page(v);
	apply_choice(v);
}

/* ---- questions ---- */

bool view_is_chosen_pfn(const struct view *v, pfn_t pfn)
{
	const struct choice *c = &v->choice;

	switch (c->kind) {
	case CHOOSE_FRAME:
	case CHOOSE_ADDRESS:
	case CHOOSE_OBJECT:
		return pfn == c->pfn && pfn != PFN_NONE;
	case CHOOSE_BLOCK:
		return pfn != PFN_NONE && pfn >= c->pfn && pfn - c->pfn < 1u << c->order;
	default:
		return false;
	}
}

bool view_is_chosen_va(const struct view *v, uint32_t pid, vaddr_t page)
{
	const struct choice *c = &v->choice;

	return c->kind == CHOOSE_ADDRESS && c->pid == pid &&
	       page_align_down(c->va) == page_align_down(page);
}
