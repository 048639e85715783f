/*
 * The narration under the panels: at a micro-step what happened and what it is for, beside the lecturer's words.
 */
#include <glob.h>

#include "open_screen.h"

enum { STEPS_MOST = 400 /* of an event: the rest repeats what was told */ };

/* The narration's lines in one, without blanks. */
static void read_shown(char *to, size_t size)
{
	static struct grid g;
	static char text[1 << 14];
	struct area whole, a;
	FILE *f = fmemopen(text, sizeof(text), "w");
	char *end = to + size - 1;

	g.ascii = s.view.ascii;
	if (g.width != s.width || g.height != s.layout.narration_height)
		grid_resize(&g, s.width, s.layout.narration_height);
	grid_clear(&g);
	whole = area_of(&g);
	a = area_sub(&whole, 0, 0, g.width, g.height);
	narration_draw(&s, &a);
	grid_print(&g, f);
	fclose(f);
	for (const char *from = text; *from && to < end; from++)
		if (*from != ' ' && *from != '\n')
			*to++ = *from;
	*to = '\0';
}

static void squeeze(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++)
		if (*from != ' ' && *from != '\n')
			*to++ = *from;
	*to = '\0';
}

/* Is what a step is for told in full? */
static bool has_whole_reason(char *told)
{
	char shown[4096], *reason = strchr(told, '\n');

	if (!reason)
		return true;
	squeeze(reason);
	read_shown(shown, sizeof(shown));
	return strstr(shown, reason) != NULL;
}

/* How many steps of a lecture lose their reason; *told counts those that have one. */
static unsigned lost_reasons(unsigned *told)
{
	unsigned lost = 0;
	char text[2048];

	for (uint32_t nr = 1; nr <= scenario_nr_events(scenario); nr++) {
		uint64_t n;

		go_to(nr, STEP_END);
		n = timeline_steps(s.view.timeline);
		for (uint64_t k = 1; k < n && k < STEPS_MOST; k++) {
			go_to(nr, k);
			narrate(&s.view, text, sizeof(text));
			*told += strchr(text, '\n') != NULL;
			lost += !has_whole_reason(text);
		}
	}
	return lost;
}

START_TEST(a_step_keeps_its_reason)
{
	static const struct {
		const char *language;
		int width, height;
	} cases[] = {{"en", 80, 24}, {"zh", 80, 24}, {"en", 100, 30}, {"en", 120, 40}};
	unsigned told = 0;
	glob_t files;

	ck_assert_int_eq(glob("scenarios/*.txt", 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		open_file(files.gl_pathv[i], cases[_i].language, cases[_i].width, cases[_i].height);
		frame();
		ck_assert_msg(lost_reasons(&told) == 0, "%s", files.gl_pathv[i]);
		close_screen();
	}
	globfree(&files);
	i18n_use("en");
	ck_assert_uint_gt(told, 25000);
}
END_TEST

static void check_say(const char *text, uint64_t step, const char *first, const char *last)
{
	char shown[4096];

	open_screen(text, 80, 24);
	go_to(1, step);
	frame();
	read_shown(shown, sizeof(shown));
	ck_assert_msg(strstr(shown, first), "%s: %s", first, shown);
	ck_assert_msg(!strstr(shown, last) == (step == 1), "%s: %s", last, shown);
	close_screen();
}

START_TEST(the_lecturers_words_make_room_for_a_step_and_come_back)
{
	static const char text[] =
		"say \"One line is not enough for this, nor are two of them: that is why the words "
		"go on, and on, until they stand in a second line at last. But what comes then is "
		"long and wants a third one.\"\n"
		"spawn sh\n";

	check_say(text, 0, "Onelineis", "wantsathirdone.");
	check_say(text, 1, "atlast.", "wantsathirdone.");
	check_say(text, STEP_END, "Onelineis", "wantsathirdone.");
}
END_TEST

Suite *narration_suite(void)
{
	Suite *suite = suite_create("narration");
	TCase *t = tcase_create("narration");

	tcase_set_timeout(t, 0);
	tcase_add_loop_test(t, a_step_keeps_its_reason, 0, 4);
	tcase_add_test(t, the_lecturers_words_make_room_for_a_step_and_come_back);
	suite_add_tcase(suite, t);
	return suite;
}
