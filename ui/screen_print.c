/*
 * One frame without a terminal: as text, and as a picture.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "screen.h"
#include "src/i18n.h"
#include "src/utf8.h"

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

/* The key at *p, which moves behind it: a character, or a name in <>; 0: there is no such name. */
static uint32_t next_key(const char **p)
{
	const char *name = *p + 1, *end = **p == '<' ? strchr(name, '>') : NULL;

	if (!end)
		return utf8_next(p);
	*p = end + 1;
	return key_named(name, (size_t)(end - name));
}

/* Press keys as at a terminal, each on a screen that was drawn. False with a message: no such key. */
static bool press(struct screen *s, struct grid *g, const char *keys)
{
	while (*keys) {
		const char *at = keys;
		uint32_t key = next_key(&keys);

		if (!key) {
			fprintf(stderr, _("mmviz: --keys: no key is called %.*s\n"),
				(int)(keys - at), at);
			return false;
		}
		screen_draw(s, g);
		screen_key(s, key);
	}
	return true;
}

int app_print_screen(struct scenario *scenario, const struct ui_options *o, int width, int height,
		     struct when at, FILE *out, const char *svg)
{
	struct screen *s = calloc(1, sizeof(*s));
	struct grid g = {0};
	int status = 2;

	if (!s || !grid_resize(&g, width, height) || !screen_open(s, scenario, o)) {
		fprintf(stderr, "mmviz: %s\n", strerror(errno ? errno : ENOMEM));
		grid_free(&g);
		free(s);
		return 2;
	}
	screen_resize(s, width, height);
	screen_goto(s, at);
	if (press(s, &g, o->keys ? o->keys : "")) {
		screen_draw(s, &g);
		grid_print(&g, out);
		status = svg ? write_svg(&g, s->theme, svg) : 0;
	}
	screen_close(s);
	grid_free(&g);
	free(s);
	return status;
}
