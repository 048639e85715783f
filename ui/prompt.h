/*
 * A line that is being typed: the editor behind `:` and `/`.
 */
#ifndef UI_PROMPT_H
#define UI_PROMPT_H

#include "grid.h"

enum { LINE_MAX_BYTES = 512, HISTORY_MAX = 100 };

enum prompt_kind { PROMPT_EVENT, PROMPT_SEARCH };

/* Lines entered before, the latest last. */
struct history {
	char *line[HISTORY_MAX];
	int count;
};

struct prompt {
	bool open;
	enum prompt_kind kind;
	char text[LINE_MAX_BYTES]; /* UTF-8                                     */
	int len, cursor;           /* bytes                                     */
	struct history history[2]; /* by kind                                   */
	int at;                    /* line of history shown; its count: typed   */
	char typed[LINE_MAX_BYTES];/* kept while history is looked through      */

	/* What stands around the line; set by who reads it. */
	char hint[LINE_MAX_BYTES]; /* the grammar of the event, or completions  */
	char error[LINE_MAX_BYTES];
	int error_column, error_width; /* of the caret, from 0, in columns; width 0: none */
};

enum prompt_result {
	PROMPT_EDITED,   /* used; the line may have changed     */
	PROMPT_ENTER,    /* the line is complete                */
	PROMPT_CANCEL,   /* closed                              */
	PROMPT_COMPLETE, /* Tab: the word left of the cursor    */
};

void prompt_open(struct prompt *p, enum prompt_kind kind);
void prompt_close(struct prompt *p);
void prompt_free(struct prompt *p);

/* A key (panel.h) is pressed while the prompt is open. */
enum prompt_result prompt_key(struct prompt *p, uint32_t key);

/* Put text at the cursor; what does not fit is dropped. */
void prompt_insert(struct prompt *p, const char *text);

/* Remember the line (unless it is empty or the same as the one before). Out of memory: it is not remembered. */
void prompt_remember(struct prompt *p);

/*
 * Draw into up to three lines: hint, the line itself, caret and error; with fewer lines the hint, then the
 * error's own line is left out.  Gives the cursor's cell of the grid.
 */
void prompt_draw(const struct prompt *p, const struct area *a, int *cursor_x, int *cursor_y);

#endif
