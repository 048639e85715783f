/*
 * One frame without a terminal: as text, and as a picture.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "screen.h"

static int write_svg(const struct grid *g, const struct theme *t, const char *path)
{
	FILE *f = fopen(path, "w");
	bool bad = !f;

	if (f) {
		grid_svg(g, t, f);
		bad = ferror(f) != 0;
		bad |= fclose(f) != 0;
	}
	if (bad)
		fprintf(stderr, "mmviz: %s: %s\n", path, strerror(errno));
	return bad ? 2 : 0;
}

int app_print_screen(struct scenario *scenario, const struct ui_options *o, int width, int height,
		     struct when at, FILE *out, const char *svg)
{
	struct screen *s = calloc(1, sizeof(*s));
	struct grid g = {0};
	int status = 0;

	if (!s || !grid_resize(&g, width, height) || !screen_open(s, scenario, o)) {
		fprintf(stderr, "mmviz: %s\n", strerror(errno ? errno : ENOMEM));
		grid_free(&g);
		free(s);
		return 2;
	}
	screen_resize(s, width, height);
	screen_goto(s, at);
	screen_draw(s, &g);
	grid_print(&g, out);
	if (svg)
		status = write_svg(&g, s->theme, svg);
	screen_close(s);
	grid_free(&g);
	free(s);
	return status;
}
