/*
 * What the user looks at: the timeline's moment plus one cursor.
 *
 * One choice for all panels: choose a frame, an area, a block, an object in one panel, and it lights up in every panel
 * that shows it.  Panels read the machine through const pointers; they change only their own view state and the choice.
 */
#ifndef UI_VIEW_H
#define UI_VIEW_H

#include "src/timeline.h"

enum choice_kind { CHOOSE_NONE, CHOOSE_FRAME, CHOOSE_ADDRESS, CHOOSE_VMA, CHOOSE_TASK, CHOOSE_BLOCK, CHOOSE_CACHE,
		   CHOOSE_OBJECT, CHOOSE_EVENT, CHOOSE_LOCK };

struct choice {
	enum choice_kind kind;
	pfn_t pfn;        /* FRAME; BLOCK: its head; also the frame behind an ADDRESS when there is one, else PFN_NONE */
	unsigned order;   /* BLOCK                                                                  */
	uint32_t pid;     /* ADDRESS, VMA, TASK                                                     */
	vaddr_t va;       /* ADDRESS; VMA: its start; OBJECT: its kernel address                     */
	uint32_t cache;   /* CACHE, OBJECT: index                                                   */
	uint32_t lock;    /* LOCK: its id                                                           */
	uint32_t event;   /* EVENT                                                                  */
};

struct view {
	struct timeline *timeline;
	struct scenario *scenario;
	struct choice choice;
	bool choice_is_users;  /* chosen by the user; else it follows what the last step touched            */
	uint32_t pid;          /* the process that process and walk panels show; follows events unless pinned */
	bool pid_is_users;
	vaddr_t walk_va;       /* the address that the walk panel translates                                  */
	const char *language;  /* "en", "zh"                                                              */
	bool ascii;
	uint32_t moves;        /* how often time has moved: a panel sees from it that this is a new moment  */

	/* Wishes of a panel's key or click; the main loop fulfils and clears them.                      */
	bool wants_go;           /* timeline_goto(go), e.g. Enter on an event or on a node of the story    */
	struct when go;
	const char *wants_panel; /* bring the panel of this name to the front, e.g. Enter follows; or NULL */
};

/* Shorthands that every panel needs. */
static inline const struct machine *view_machine(const struct view *v)
{
	return timeline_machine(v->timeline);
}
static inline const struct story *view_story(const struct view *v)
{
	return timeline_story(v->timeline);
}

/* Choose for all panels: also sets pid, walk address and the frame behind an address. */
void view_choose(struct view *v, const struct choice *c);
void view_choose_frame(struct view *v, pfn_t pfn);
void view_choose_address(struct view *v, uint32_t pid, vaddr_t va);
/* The living process of a name of the scenario's; false: there is none. */
bool view_choose_process(struct view *v, const char *name);
/* Choose what a telling of the story names, if it names anything. */
void view_choose_telling(struct view *v, const struct story_node *n);
/* Let go of what the user holds: choice, process and address follow the last step again. */
void view_release(struct view *v);

/* After the timeline moved: the choice, process and address follow the last step unless the user holds them. */
void view_follow(struct view *v);

/* Is the current event complete, i.e. not stopped at a micro-step? True at event 0. */
bool view_is_complete(const struct view *v);
/* The process that process and walk panels show; NULL when there is none. */
const struct task *view_task(const struct view *v);

/* Is this frame / page of a process what is chosen? Asked for every cell. */
bool view_is_chosen_pfn(const struct view *v, pfn_t pfn);
bool view_is_chosen_va(const struct view *v, uint32_t pid, vaddr_t page);

#endif
