/*
 * The whole screen on a scenario, keys pressed on it, and what it then shows as text: for the tests of the interface.
 */
#ifndef TESTS_OPEN_SCREEN_H
#define TESTS_OPEN_SCREEN_H

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "src/i18n.h"
#include "ui/screen.h"

static struct screen s;
static struct scenario *scenario;

/* On what was just parsed, with these diagnoses. */
static inline void open_parsed(struct diags *d, const char *language, int width, int height)
{
	struct ui_options o = {.language = language};

	diags_print(d, stderr);
	ck_assert_ptr_nonnull(scenario);
	diags_free(d);
	ck_assert(screen_open(&s, scenario, &o));
	screen_resize(&s, width, height);
}

static inline void open_screen(const char *text, int width, int height)
{
	struct diags d;

	diags_init(&d);
	scenario = scenario_parse("lecture.txt", text, strlen(text), NULL, &d);
	open_parsed(&d, "en", width, height);
}

/* On a file, in a language, which stays the program's. */
static inline void open_file(const char *path, const char *language, int width, int height)
{
	struct diags d;

	diags_init(&d);
	scenario = scenario_load(path, NULL, &d);
	i18n_use(language);
	open_parsed(&d, language, width, height);
}

static inline void close_screen(void)
{
	screen_close(&s);
	scenario_free(scenario);
}

static inline void go_to(uint32_t event, uint64_t step)
{
	screen_goto(&s, (struct when){event, step});
}

/* The frame as text; taken again by the next call. */
static inline const char *frame(void)
{
	static char text[1 << 17];
	struct grid g = {.ascii = s.view.ascii};
	FILE *f = fmemopen(text, sizeof(text), "w");

	screen_draw(&s, &g);
	grid_print(&g, f);
	fclose(f);
	grid_free(&g);
	return text;
}

/* A key as at a terminal: on a screen that was drawn. */
static inline void press_key(uint32_t key)
{
	frame();
	screen_key(&s, key);
}

static inline void press(const char *keys)
{
	for (; *keys; keys++)
		press_key(*keys == '\n' ? KEY_ENTER_ : (uint32_t)*keys);
}

/* A line at the prompt. */
static inline void enter_line(const char *line)
{
	press(":");
	press(line);
	press("\n");
}

#endif
