/*
 * The main loop: keys and time in, frames out.
 *
 *	draw -> show -> wait for a key, or for the next event of play -> act -> draw ...
 *
 * A frame is drawn only after something was done.  When keys come faster than frames go out, all that wait are
 * acted on before the next frame.  While nothing is to be done the machine runs ahead, so that a jump to a place
 * where nobody has been is as fast as one back.
 */
#include "app.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "screen.h"
#include "term.h"

/* Keys acted on before a frame is due all the same: holding a key down shows movement. */
enum { KEYS_A_FRAME = 8 };
/* Milliseconds that it may take to come back from running ahead. */
enum { COME_BACK = 30 };

static void show(struct screen *s, struct grid *g)
{
	screen_draw(s, g);
	term_show(g, s->theme, s->cursor_x, s->cursor_y);
}

static void resize(struct screen *s)
{
	int width, height;

	term_size(&width, &height);
	screen_resize(s, width, height);
}

static void act(struct screen *s, uint32_t key, const struct mouse *mouse)
{
	switch (key) {
	case KEY_RESIZE_:
		resize(s);
		break;
	case KEY_SUSPEND_:
		term_suspend();
		resize(s);
		break;
	case KEY_MOUSE_:
		if (mouse->buttons == 1)
			screen_click(s, mouse->x, mouse->y, mouse->doubled);
		else
			screen_wheel(s, mouse->x, mouse->y, mouse->buttons == 4 ? -1 : 1);
		break;
	default:
		if (key_action(key) == ACT_REDRAW)
			term_redraw();
		else
			screen_key(s, key);
		break;
	}
}

/* Does the user want something, or the clock?  due: of play's next event; NULL: not playing. */
static bool must_stop(void *due)
{
	return term_calls() || (due && term_clock() >= *(long long *)due - COME_BACK);
}

/* Until the user or a signal ends it. */
static void loop(struct screen *s, struct grid *g)
{
	long long due = 0; /* of play's next event */

	while (!s->quit && !term_gone()) {
		bool played = s->playing;
		long long left;
		struct mouse mouse = {0};
		uint32_t key;

		show(s, g);
		timeline_run_ahead(s->view.timeline, must_stop, played ? &due : NULL);
		left = due - term_clock();
		key = term_key(!played ? -1 : left > 0 ? (int)left : 0, &mouse);
		for (int i = 0; key != KEY_NONE_ && !s->quit; i++) {
			act(s, key, &mouse);
			key = i < KEYS_A_FRAME ? term_key(0, &mouse) : KEY_NONE_;
		}
		if (s->playing && !played)
			due = term_clock() + play_interval(s);
		if (s->playing && played && term_clock() >= due) {
			s->message[0] = '\0';
			screen_play(s);
			due = term_clock() + play_interval(s);
		}
	}
}

int app_run(struct scenario *scenario, const struct ui_options *o)
{
	struct screen *s = calloc(1, sizeof(*s));
	struct grid grid = {0};
	const char *none = getenv("NO_COLOR");

	if (!s || !screen_open(s, scenario, o)) {
		fprintf(stderr, "mmviz: %s\n", strerror(errno ? errno : ENOMEM));
		free(s);
		return 2;
	}
	if (!term_open(o->no_color || (none && *none))) {
		screen_close(s);
		free(s);
		return 2;
	}
	resize(s);
	loop(s, &grid);
	term_close();
	screen_close(s);
	grid_free(&grid);
	free(s);
	term_die();
	return 0;
}
