/*
 * The full screen without a terminal: its state, what keys do to it, how it is drawn.
 *
 *	app.c            terminal, clock:   keys in, grid out
 *	  screen.c       open, close, choose a panel, follow the time
 *	  action.c       keys and mouse -> what happens
 *	  command.c      the prompt's line -> what happens;  complete.c, search.c
 *	  frame.c        the whole grid;  narration.c, timebar.c, help.c, quiz.c, overlay.c: parts of it
 *	screen_print.c   one frame into a file
 */
#ifndef UI_SCREEN_H
#define UI_SCREEN_H

#include "app.h"
#include "layout.h"
#include "overlay.h"
#include "prompt.h"
#include "theme.h"
#include "view.h"

enum { NR_SPEEDS = 7, MESSAGE_MAX = 256 };

/* Events before which something stands in the scenario: a label, a focus. Sorted by event. */
struct marks {
	struct mark { uint32_t event; const char *text; } *mark; /* text: the label's name; focus: see scenario.h */
	size_t count;
};

struct screen {
	struct view view;
	struct panel_state panel[MAX_PANELS];
	const struct theme *theme;
	const struct switcher_form *switcher_form; /* how panels' names are written, if they are */
	struct layout layout;
	int width, height;

	int active;                   /* panel that gets the keys                          */
	int first_panel;              /* active at the start and before the first `focus`  */
	uint32_t used[MAX_PANELS];    /* when each was last brought up; see layout.h       */
	uint32_t clock;               /* of used                                           */
	bool zoomed;
	bool focus_waits;             /* the last focus's item has not been found yet      */
	size_t focus_done;            /* `focus` statements that are behind us             */
	int subject;                  /* panel that the last of them brought up; -1        */
	uint32_t first_process;       /* event that makes the first process; 0: none does  */

	struct marks labels, focuses;

	struct prompt prompt;
	struct overlay overlay;       /* the box above the panels, if one is open          */
	bool help_open;
	int help_top, help_lines;     /* first line shown; lines there are, at the last draw */

	bool playing;
	int speed;                    /* 0 .. NR_SPEEDS - 1                                */

	bool quiz_open;               /* a question is up: the next event waits            */
	uint32_t quiz_event;          /* the event asked about; 0: none                    */
	char quiz_choice;             /* letter that was chosen, 0: none                   */

	char message[MESSAGE_MAX];    /* until the next key                                */
	enum role message_role;
	bool quit;

	int bar_x, bar_width;         /* of the timeline, at the last draw: for clicks     */
	int switcher_x;               /* of the panels' names; -1: not drawn               */
	int cursor_x, cursor_y;       /* of the prompt, after a draw; -1: hidden           */
};

/* ---- screen.c ---- */
/* The screen of a scenario at event 0. False: no memory. */
bool screen_open(struct screen *s, struct scenario *scenario, const struct ui_options *o);
void screen_close(struct screen *s);
void screen_resize(struct screen *s, int width, int height);

/* Index of the panel of a name; -1. */
int panel_find(const char *name);
int panel_count(void);
/* Bring a panel to the front and give it the keys. */
void screen_activate(struct screen *s, int panel);
/* The timeline has moved: view, focus, quiz follow. */
void screen_follow(struct screen *s);
/* Go somewhere; screen_follow included. */
void screen_goto(struct screen *s, struct when when);
/* After a panel had a key or a click: fulfil what it wishes. */
void screen_fulfil(struct screen *s);
/* One line for the user, until the next key. */
void screen_say(struct screen *s, enum role role, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Read labels and focus statements again: the scenario has grown. */
bool screen_index(struct screen *s);
/* Marks at or before an event. */
size_t marks_until(const struct marks *m, uint32_t event);

/* ---- action.c ---- */
void screen_key(struct screen *s, uint32_t key);
void screen_click(struct screen *s, int x, int y, bool doubled);
void screen_wheel(struct screen *s, int x, int y, int dy);
/* Milliseconds between two events of play. */
int play_interval(const struct screen *s);
/* Play: the next event, unless something stops here. */
void screen_play(struct screen *s);

/* ---- command.c ---- */
/* Words that only the prompt knows, ended by NULL. */
extern const char *const prompt_words[];
/* How a prompt word is used, e.g. "goto EVENT[.STEP]|LABEL", and what for; NULL if it is none. */
struct prompt_help { const char *usage, *meaning; };
const struct prompt_help *prompt_help(const char *word);
/* The prompt's line is complete: run it. On a mistake the prompt stays open with its error. */
void command_run(struct screen *s);
/* "7", "7.12", a label: a moment; false if it is none of them. */
bool moment_parse(const struct scenario *s, const char *text, struct when *when);

/* ---- what.c ---- */
struct what_place;
/* The box of a place (src/what.h); of what is chosen. */
void what_show(struct screen *s, const struct what_place *p);
void what_show_cursor(struct screen *s);

/* ---- compare.c ---- */
/* Two processes' walks from the address of the walk panel, side by side. */
void compare_open(struct screen *s);
/* "PROC PROC [ADDR]", or nothing, as the prompt's compare; false: *f says what is wrong with the text. */
struct what_fault;
bool compare_command(struct screen *s, const char *text, struct what_fault *f);

/* ---- proc_view.c ---- */
/* Open the chooser of /proc's files; close it, or the file that is open. */
void proc_view_toggle(struct screen *s);
/* Open a file: "meminfo", "maps" of the process that is shown, "2/maps", "kid/maps". False: there is none. */
bool proc_view_open(struct screen *s, const char *path);

/* ---- complete.c ---- */
/* Tab: complete the word at the cursor, or show what is possible. */
void prompt_complete(struct screen *s);
/* Show the grammar of what is being typed. */
void prompt_hint(struct screen *s);

/* ---- search.c ---- */
/* `/` was entered, or again (needle kept): direction +1 or -1. */
void search_run(struct screen *s);
void search_again(struct screen *s, int direction);

/* ---- frame.c ---- */
/* Draw everything. The grid has the screen's size, or the size of before when there was no memory. */
void screen_draw(struct screen *s, struct grid *g);

/* ---- narration.c ---- */
/* What the lecturer says, and the sentence of what happened. */
void narration_draw(const struct screen *s, const struct area *a);

/* ---- timebar.c ---- */
void timebar_draw(struct screen *s, const struct area *a);
/* The event at a column of the bar. */
uint32_t timebar_event(const struct screen *s, int x);
/* The panel whose name stands at a column of the switcher; -1. */
int switcher_panel(const struct screen *s, int x);

/* ---- help.c ---- */
void help_draw(struct screen *s, const struct area *a);
/* True if the key was used (scrolling, closing). */
bool help_key(struct screen *s, uint32_t key);

/* ---- quiz.c ---- */
/* Must the event that comes next be asked about first? Then the question is up, and true is returned. */
bool quiz_ask(struct screen *s);
/* A letter chooses an answer: true if the key was used. */
bool quiz_key(struct screen *s, uint32_t key);
void quiz_draw(const struct screen *s, const struct area *a);
/* The answer, once the event has run, behind the question or alone: its length, 0 if there is none to show. */
size_t quiz_answer(const struct screen *s, bool with_question, char *buf, size_t size);

/* ---- inspect.c ---- */
/* `i`: open the structure of what is chosen; close the box where nothing else was chosen since. */
void inspect_toggle(struct screen *s);

#endif
