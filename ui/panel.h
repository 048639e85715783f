/*
 * A panel: one file with the same few functions.
 *
 * panel_table lists them all; adding one touches no other panel.
 */
#ifndef UI_PANEL_H
#define UI_PANEL_H

#include "grid.h"
#include "view.h"

enum { MAX_PANELS = 12 };

/* Keys as panels see them: Unicode characters, or one of these. */
enum key { KEY_UP_ = 0x110000, KEY_DOWN_, KEY_LEFT_, KEY_RIGHT_, KEY_ENTER_, KEY_PAGEUP_, KEY_PAGEDOWN_, KEY_HOME_,
	   KEY_END_, KEY_TAB_, KEY_BACKTAB_, KEY_BACKSPACE_, KEY_DELETE_, KEY_ESCAPE_, KEY_F1_, KEY_RESIZE_, KEY_MOUSE_,
	   KEY_SUSPEND_, KEY_NONE_ };

/* State that a panel keeps between draws: scroll and cursor. Zeroed at the start. */
struct panel_state {
	int top, cursor, column, zoom;
	uint32_t last_pid;
	uint64_t word[6]; /* a panel's own */
	uint64_t toggled[32]; /* what the user folded or unfolded against the rule, a panel's own names */
	unsigned nr_toggled;
	int height, width; /* inside, at the last draw: keys page by it */
};

struct panel {
	const char *name;   /* "zones": focus statement, help          */
	const char *title;  /* N_("Zones and buddy")                    */
	int min_width, min_height, want_width, want_height;
	int need_height; /* with fewer rows it does not tell its story, where a lecture is about it */
	bool on_demand; /* takes no place before it was brought up once */
	/* Title line at the right, e.g. the process's name; may be NULL. */
	void (*status)(const struct view *v, const struct panel_state *ps, char *buf, size_t size);
	/* Draw into the inside of the panel's box. */
	void (*draw)(struct view *v, struct panel_state *ps, const struct area *a, bool active);
	/* true if the key was used.  Comes here: arrows (hjkl arrive as arrows too), Enter, and every key that
	 * keys.def gives to nobody else (list those there as PANEL_KEY, for the help).  Left and Right that are not
	 * used step the timeline, so use them only where there is something at the left and right. */
	bool (*key)(struct view *v, struct panel_state *ps, uint32_t key);
	/* A click at (x, y) inside; wheel: dy = -1, +1 with click false. */
	void (*click)(struct view *v, struct panel_state *ps, int x, int y);
	void (*scroll)(struct view *v, struct panel_state *ps, int dy);
	/* `focus PANEL ITEM`: choose it, or look into it; false: there is none of that name at this moment. NULL: the
	 * panel has no items. */
	bool (*reveal)(struct view *v, struct panel_state *ps, const char *item);
	/* `/` search: the next place after the cursor whose text holds needle; false if none. May be NULL. */
	bool (*search)(struct view *v, struct panel_state *ps, const char *needle, int direction);
};

/* In the order of their numbers 1..9; NULL ends it. */
extern const struct panel *const panel_table[];

extern const struct panel panel_events, panel_why, panel_process, panel_walk, panel_zones, panel_slab, panel_memory,
	panel_space, panel_locks;

/* The lock that the locks panel shows: the chosen one, else the one that CPUs met at or took last.  NULL: the machine
 * has none. */
const struct spinlock *lock_to_show(const struct view *v);

/* One letter for what a page of an area is: '.' not present, 'z', 'a', 'f', 'w'. Shared by several panels. */
char page_letter(const struct machine *m, pte_t e, const struct vma *v);
/* The role of a use of memory. */
enum role use_role(enum frame_use use);
/* The role a frame is drawn in by its use (a shared COW frame: ROLE_SHARED). */
enum role frame_role(const struct machine *m, pfn_t pfn);
/* Role to draw something in, given that it was touched: its own role if not. */
enum role touched_role(enum touch t, enum role own);

/* ---- narrator.c ---- */
/* One sentence (two at most): what the current event or step did and why, from the story; of a step, what it is
 * for stands behind a line feed.  Returns its length. */
size_t narrate(const struct view *v, char *buf, size_t size);
/* The law of sentences.def: every place names a fact or a step. NULL, or the first that does not. */
const char *narrator_unknown_place(void);

#endif
